package openaigrpc_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/protobuf/encoding/prototext"
	"google.golang.org/protobuf/proto"

	openaigrpc "github.com/openai-grpc/openai-grpc/clients/go"
	pb "github.com/openai-grpc/openai-grpc/clients/go/openai_grpc/v1"
)

// TestOddValues reads replies that are not as OpenAI documents them, and writes them as they were.
func TestOddValues(t *testing.T) {
	for name, test := range map[string]struct {
		into    proto.Message
		json    string
		message string
	}{
		"number as text": {
			&pb.ChatCompletion{}, `{"object":"chat.completion","choices":[],"created":"17"}`,
			`created: 17 extra_json: "{\"created\":\"17\"}"`,
		},
		"number with a fraction": {
			&pb.ChatCompletion{}, `{"object":"chat.completion","choices":[],"created":17.9}`,
			`created: 17 extra_json: "{\"created\":17.9}"`,
		},
		"whole number with a point": {
			&pb.ChatCompletion{}, `{"object":"chat.completion","choices":[],"created":17.0}`, `created: 17`,
		},
		"more digits than a double": {
			&pb.ChatCompletionTokenLogprob{}, `{"logprob":-0.12345678901234567890123,"top_logprobs":[]}`,
			`logprob: -0.12345678901234568 extra_json: "{\"logprob\":-0.12345678901234567890123}"`,
		},
		"number beyond a double": {
			&pb.ChatCompletionTokenLogprob{}, `{"logprob":-1e999,"top_logprobs":[]}`, `extra_json: "{\"logprob\":-1e999}"`,
		},
		"object as text": {
			&pb.ChatCompletion_Choice{}, `{"finish_reason":{"type":"stop"}}`,
			`finish_reason: "{\"type\":\"stop\"}" extra_json: "{\"finish_reason\":{\"type\":\"stop\"}}"`,
		},
		"other constant": {
			&pb.ChatCompletion{}, `{"object":"list","choices":[]}`, `extra_json: "{\"object\":\"list\"}"`,
		},
		"no constant": {&pb.ChatCompletion{}, `{"choices":[]}`, `extra_json: "{\"object\":null}"`},
		"no list":     {&pb.ModelList{}, `{"object":"list"}`, `extra_json: "{\"data\":null}"`},
		"lone surrogate": {
			&pb.ChatCompletionMessage{}, `{"role":"assistant","content":"a\ud800b"}`,
			`content: "a` + "\ufffd" + `b" extra_json: "{\"content\":\"a\\ud800b\"}"`,
		},
		"surrogate pair":  {&pb.ChatCompletionMessage{}, `{"role":"assistant","content":"\ud83d\ude00"}`, `content: "😀"`},
		"key of a pair":   {&pb.ChatCompletionMessage{}, `{"role":"assistant","a\udc00":1}`, `extra_json: "{\"a\\udc00\":1}"`},
		"unknown key":     {&pb.ChatCompletionMessage{}, `{"role":"assistant","new":[1,{"a":null}]}`, `extra_json: "{\"new\":[1,{\"a\":null}]}"`},
		"content as list": {&pb.ChatCompletionMessage{}, `{"role":"assistant","content":[{"type":"text","text":"a"}]}`, `content_parts: {text: {text: "a"}}`},
		"unknown event":   {&pb.ResponseStreamEvent{}, `{"type":"response.of_tomorrow","x":1}`, `unknown: "{\"type\":\"response.of_tomorrow\",\"x\":1}"`},
		"no type, but role": {
			&pb.ResponseItem{}, `{"role":"user","content":"hi"}`,
			`message: {content: {text: "hi"} role: "user" extra_json: "{\"type\":null}"}`,
		},
		"tag of many": {&pb.ResponseToolChoice{}, `{"type":"web_search"}`, `hosted_tool: {type: "web_search"}`},
		"tag without a field": {
			&pb.ResponseTool{}, `{"type":"web_search_2025_08_26","search_context_size":"low"}`,
			`web_search_2025_08_26: {search_context_size: "low"}`,
		},
		"data URL": {
			&pb.ChatCompletionContentPartImage_ImageUrl{}, `{"url":"data:image/png;base64,AAE="}`,
			`data: {mime_type: "image/png" data: "\x00\x01"}`,
		},
		"data URL of another alphabet": {
			&pb.ChatCompletionContentPartImage_ImageUrl{}, `{"url":"data:image/png;base64,AA-_"}`, `url: "data:image/png;base64,AA-_"`,
		},
		"vector": {&pb.Embedding{}, `{"object":"embedding","embedding":[0.1,-2]}`, `embedding: [0.1, -2] embedding_encoding: VECTOR_ENCODING_FLOAT32`},
		"vector of doubles": {
			&pb.Embedding{}, `{"object":"embedding","embedding":[0.10000000149011612]}`,
			`embedding: [0.1] embedding_encoding: VECTOR_ENCODING_FLOAT64`,
		},
		"vector in base64": {
			&pb.Embedding{}, `{"object":"embedding","embedding":"AAAAPw=="}`,
			`embedding: [0.5] embedding_encoding: VECTOR_ENCODING_BASE64`,
		},
		"empty vector in base64": {&pb.Embedding{}, `{"object":"embedding","embedding":""}`, `embedding_encoding: VECTOR_ENCODING_BASE64`},
		"vector of many digits": {
			&pb.Embedding{}, `{"object":"embedding","embedding":[0.12345678901]}`,
			`embedding: [0.12345679] embedding_encoding: VECTOR_ENCODING_FLOAT32 extra_json: "{\"embedding\":[0.12345678901]}"`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			if err := openaigrpc.FromJSON([]byte(test.json), test.into); err != nil {
				t.Fatal(err)
			}
			want := test.into.ProtoReflect().New().Interface()
			if err := prototext.Unmarshal([]byte(test.message), want); err != nil {
				t.Fatal(err)
			}
			if !proto.Equal(test.into, want) {
				t.Errorf("read %v", test.into)
			}
			checkJSON(t, test.into, test.json)
		})
	}
}

func TestNullsOfRequests(t *testing.T) {
	const text = `{"model":"m","temperature":null,"seed":"1","messages":null}`
	request := &pb.CreateChatCompletionRequest{}
	if err := openaigrpc.RequestFromJSON([]byte(text), request); err != nil {
		t.Fatal(err)
	}
	for _, nulls := range []string{`{"object":null,"choices":[]}`, `{"choices":null,"object":"chat.completion"}`, `{}`} {
		completion := &pb.ChatCompletion{}
		if err := openaigrpc.RequestFromJSON([]byte(nulls), completion); err != nil {
			t.Error(err)
		}
		checkJSON(t, completion, nulls)
	}
	if request.Seed != nil || request.GetModel() != "m" {
		t.Errorf("read %v", request)
	}
	checkJSON(t, request, text)
}

func TestNoMessageForJSON(t *testing.T) {
	deep := strings.Repeat(`{"type":"thinking","thinking":[`, 60) + strings.Repeat("]}", 60)
	for text, into := range map[string]proto.Message{
		`{`:                 &pb.ChatCompletion{},
		`{"a":01}`:          &pb.ChatCompletion{},
		`{"a":1} x`:         &pb.ChatCompletion{},
		`{"a":NaN}`:         &pb.ChatCompletion{},
		"\"\xff\"":          &pb.ChatCompletion{},
		"\"\n\"":            &pb.ChatCompletionContent{},
		`"\x"`:              &pb.ChatCompletionContent{},
		`[]`:                &pb.ChatCompletion{},
		`1`:                 &pb.ChatCompletionContentParts{},
		deep:                &pb.ChatCompletionContentPart{},
		deep[:len(deep)-60]: &pb.ChatCompletionContentPart{},
		`{}`:                &errdetails.ErrorInfo{},
		strings.Repeat("[", 5000) + strings.Repeat("]", 5000): &pb.ChatCompletionContent{},
	} {
		if err := openaigrpc.FromJSON([]byte(text), into); err == nil {
			t.Errorf("%.60s was read as %v", text, into)
		}
	}
}

func TestNoJSONForMessage(t *testing.T) {
	for want, message := range map[string]proto.Message{
		"google.rpc.ErrorInfo is not a message of the contract": &errdetails.ErrorInfo{},
		"no message":                           nil,
		"temperature: JSON has no such number": &pb.CreateChatCompletionRequest{Temperature: openaigrpc.Ptr(math.NaN())},
		"tools[0]: openai_grpc.v1.ChatCompletionTool is empty: one of its fields must be set": &pb.CreateChatCompletionRequest{
			Tools: []*pb.ChatCompletionTool{{}},
		},
		"extra_json: not a JSON object":       &pb.CreateChatCompletionRequest{ExtraJson: openaigrpc.Ptr("[]")},
		"function.function.parameters_json: ": openaigrpc.FunctionTool("f", "", `{"a":1}, "b":{}`),
		"content_parts: another field that is \"content\" in JSON is set as well: set only one of them": &pb.ChatCompletionMessage{
			Content: openaigrpc.Ptr("a"), ContentParts: openaigrpc.Parts(openaigrpc.TextPart("b")),
		},
	} {
		_, err := openaigrpc.ToJSON(message)
		var failure *openaigrpc.JSONError
		if !errors.As(err, &failure) || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}
