// Package openaigrpcv1 has OpenAI's API as messages and gRPC stubs, generated from proto/openai_grpc/v1.
//
// A field that may be absent is a pointer; its getter returns the zero value then, also on a nil
// message, so getters chain. A union is a message with the one field Kind, to be told apart by a type
// switch; its arm Unknown has the JSON of what this version of the contract does not know. A field
// named ExtraJson has the keys that it does not know, as a JSON object.
package openaigrpcv1
