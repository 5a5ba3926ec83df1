package openaigrpc

import (
	"google.golang.org/protobuf/proto"

	"github.com/openai-grpc/openai-grpc/clients/go/internal/openaijson"
)

// JSONError is a message that has no JSON, and where in it the fault is.
type JSONError = openaijson.Error

// ToJSON writes a message as OpenAI's JSON, as its REST API has it. Nothing is lost: keys that the contract
// does not know are written as they came. The error is a [*JSONError], for a number that is not finite, a text
// that should be JSON, or a union with nothing set.
func ToJSON(message proto.Message) ([]byte, error) { return openaijson.Encode(message) }

// FromJSON reads OpenAI's JSON into a message, which is emptied first. What its fields can't hold stays in
// extra_json; a null is the same as an absent key.
func FromJSON(data []byte, message proto.Message) error {
	return openaijson.Decode(data, message, false)
}

// RequestFromJSON is [FromJSON] for a request, where a null may mean something: it stays in extra_json. Values
// of another type than a field has are not converted.
func RequestFromJSON(data []byte, message proto.Message) error {
	return openaijson.Decode(data, message, true)
}
