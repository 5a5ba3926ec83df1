package openaigrpc

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	pb "github.com/openai-grpc/openai-grpc/clients/go/openai_grpc/v1"
)

// RefusalError is a model that refused to answer.
type RefusalError struct {
	// Text is why.
	Text string
}

// Error says that the model refused.
func (e *RefusalError) Error() string { return "the model refused: " + e.Text }

// CutError is a reply that was cut off before its end.
type CutError struct {
	// Reason is why: `length`, `max_output_tokens` or `content_filter`.
	Reason string
	// Text is what there is of the reply.
	Text string
}

// Error says why the reply was cut off, without its text.
func (e *CutError) Error() string {
	return fmt.Sprintf("the reply was cut off (%s) after %d bytes: raise the limit of tokens", e.Reason, len(e.Text))
}

// InvalidReplyError is a reply that is not of the type that was asked for.
type InvalidReplyError struct {
	// Text is the reply.
	Text string
	// Err says what is wrong with it.
	Err error
}

// Error says what is wrong with the reply, without its text.
func (e *InvalidReplyError) Error() string {
	return "the reply is not of the type asked for: " + e.Err.Error()
}

// Unwrap returns what is wrong with the reply.
func (e *InvalidReplyError) Unwrap() error { return e.Err }

// FormatOf makes a chat reply JSON of a schema, as `response_format`.
func FormatOf(schema Schema) *pb.ChatCompletionResponseFormat {
	inner := &pb.ResponseFormatJsonSchema_JsonSchema{
		Name: &schema.name, SchemaJson: &schema.text, Strict: Ptr(true), Description: textOrNil(schema.description),
	}
	return &pb.ChatCompletionResponseFormat{Kind: &pb.ChatCompletionResponseFormat_JsonSchema{
		JsonSchema: &pb.ResponseFormatJsonSchema{JsonSchema: inner},
	}}
}

// TextFormatOf makes a response JSON of a schema, as `text.format`.
func TextFormatOf(schema Schema) *pb.ResponseTextConfig {
	inner := &pb.ResponseTextConfig_JsonSchema{
		Name: &schema.name, SchemaJson: &schema.text, Strict: Ptr(true), Description: textOrNil(schema.description),
	}
	return &pb.ResponseTextConfig{Format: &pb.ResponseTextConfig_Format{
		Kind: &pb.ResponseTextConfig_Format_JsonSchema{JsonSchema: inner},
	}}
}

func textOrNil(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// Ask calls a model for a value of a type: a Protobuf message (a pointer, as generated) or a struct, as
// [SchemaOf] takes it. The error is an [*Error], a [*RefusalError], a [*CutError] or an
// [*InvalidReplyError]; the completion is there with the latter three.
func Ask[T any](
	ctx context.Context, chat Chat, request *pb.CreateChatCompletionRequest, options ...grpc.CallOption,
) (T, *pb.ChatCompletion, error) {
	var none T
	schema, err := schemaFor[T]()
	if err != nil {
		return none, nil, err
	}
	asked := shallow(request)
	asked.ResponseFormat = FormatOf(schema)
	completion, err := chat.CreateChatCompletion(ctx, asked, options...)
	if err != nil {
		return none, nil, err
	}
	value, err := Parse[T](completion)
	return value, completion, err
}

// Parse reads the first choice of a completion as a value of the type that was asked for, like [Ask].
func Parse[T any](completion *pb.ChatCompletion) (T, error) {
	var refusal, ending string
	for _, choice := range completion.GetChoices() {
		if choice.GetIndex() == 0 {
			refusal, ending = choice.GetMessage().GetRefusal(), choice.GetFinishReason()
		}
	}
	if ending != pb.ChatCompletionChoiceFinishReasonLength && ending != pb.ChatCompletionChoiceFinishReasonContentFilter {
		ending = ""
	}
	return parseReply[T](TextOf(completion), refusal, ending)
}

// AskResponse is [Ask] by the Responses API.
func AskResponse[T any](
	ctx context.Context, responses Responses, request *pb.CreateResponseRequest, options ...grpc.CallOption,
) (T, *pb.Response, error) {
	var none T
	schema, err := schemaFor[T]()
	if err != nil {
		return none, nil, err
	}
	asked := shallow(request)
	config := TextFormatOf(schema)
	if request.GetText() != nil {
		format := config.GetFormat()
		config = shallow(request.GetText())
		config.Format = format
	}
	asked.Text = config
	response, err := responses.CreateResponse(ctx, asked, options...)
	if err != nil {
		return none, nil, err
	}
	value, err := ParseResponse[T](response)
	return value, response, err
}

// ParseResponse is [Parse] for a response.
func ParseResponse[T any](response *pb.Response) (T, error) {
	if response.GetStatus() == pb.ResponseStatusFailed {
		var none T
		return none, &ResponseFailedError{response}
	}
	var refusal, ending string
	for _, item := range response.GetOutput() {
		for _, part := range item.GetMessage().GetContent().GetParts().GetParts() {
			refusal += part.GetRefusal().GetRefusal()
		}
	}
	if response.GetStatus() == pb.ResponseStatusIncomplete {
		if ending = response.GetIncompleteDetails().GetReason(); ending == "" {
			ending = response.GetStatus()
		}
	}
	return parseReply[T](OutputText(response), refusal, ending)
}

func parseReply[T any](text, refusal, ending string) (T, error) {
	var none T
	switch {
	case refusal != "":
		return none, &RefusalError{refusal}
	case ending != "":
		return none, &CutError{ending, text}
	}
	value, err := parseText[T](text)
	if err != nil {
		return none, &InvalidReplyError{text, err}
	}
	return value, nil
}

var schemasByType sync.Map // reflect.Type: Schema

func schemaFor[T any]() (Schema, error) {
	kind := reflect.TypeFor[T]()
	if found, ok := schemasByType.Load(kind); ok {
		schema, _ := found.(Schema)
		return schema, nil
	}
	schema, err := SchemaOf[T]()
	if err == nil {
		schemasByType.Store(kind, schema)
	}
	return schema, err
}

// parseText reads JSON that a schema describes as a value of its type.
func parseText[T any](text string) (T, error) {
	var value T
	schema, err := schemaFor[T]()
	if err != nil {
		return value, err
	}
	data, err := schema.read(text)
	if err != nil {
		return value, err
	}
	if _, ok := any(value).(proto.Message); ok {
		message, _ := reflect.New(reflect.TypeFor[T]().Elem()).Interface().(proto.Message)
		if err := protojson.Unmarshal(data, message); err != nil {
			return value, err
		}
		value, _ = message.(T)
		return value, nil
	}
	err = json.Unmarshal(data, &value)
	return value, err
}
