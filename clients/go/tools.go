package openaigrpc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	pb "github.com/openai-grpc/openai-grpc/clients/go/openai_grpc/v1"
)

// ErrStop ends a loop of tools when a tool returns it, or an error that wraps it. Any other error of a tool is
// told to the model, which may try again, unless [ToolLoop.StopOnError] is set.
var ErrStop = errors.New("stop calling tools")

// Tool is a function that the model may call, with what carries it out.
type Tool struct {
	name, description string
	schema            Schema
	run               func(context.Context, string) (string, error)
}

// NewTool returns a tool whose argument is of a type: a Protobuf message (a pointer, as generated) or a struct,
// as [SchemaOf] takes it. A result that is a string goes to the model as it is, any other as JSON. The function
// may be called by several goroutines at once.
func NewTool[T, R any](name, description string, run func(context.Context, T) (R, error)) (Tool, error) {
	schema, err := schemaFor[T]()
	if err != nil {
		return Tool{}, fmt.Errorf("tool %s: %w", name, err)
	}
	return Tool{name, description, schema, func(ctx context.Context, text string) (string, error) {
		argument, err := parseText[T](text)
		if err != nil {
			return "", fmt.Errorf("%w: %w", errInvalid, err)
		}
		result, err := run(ctx, argument)
		if err != nil {
			return "", err
		}
		return resultText(result)
	}}, nil
}

// MustTool is [NewTool] for types that are known to have a schema; it panics where one has none.
func MustTool[T, R any](name, description string, run func(context.Context, T) (R, error)) Tool {
	tool, err := NewTool(name, description, run)
	if err != nil {
		panic(err)
	}
	return tool
}

func resultText(result any) (string, error) {
	switch result := result.(type) {
	case string:
		return result, nil
	case proto.Message:
		text, err := protojson.MarshalOptions{UseProtoNames: true}.Marshal(result)
		return string(text), err
	}
	text, err := json.Marshal(result)
	return string(text), err
}

// Chat returns the tool for a chat request.
func (t Tool) Chat() *pb.ChatCompletionTool { return FunctionTool(t.name, t.description, t.schema) }

// Response returns the tool for a request of Responses.
func (t Tool) Response() *pb.ResponseTool { return ResponseFunction(t.name, t.description, t.schema) }

// ToolLoop bounds how tools are run.
type ToolLoop struct {
	// Rounds is how many replies the model may make, the last one included. Default: 10.
	Rounds int
	// Parallel is how many calls of one reply are carried out at once. Default: 4.
	Parallel int
	// StopOnError ends the loop with the first error of a tool, as a [*ToolError]. Default: the model is told.
	StopOnError bool
	// OnText is called with each piece of the model's text as it comes; with it the calls are streamed.
	OnText func(string)
}

func (l ToolLoop) rounds() int {
	if l.Rounds > 0 {
		return l.Rounds
	}
	return 10
}

// RoundsError is a loop of tools that the model has not finished within its bound.
type RoundsError struct {
	// Rounds is the bound.
	Rounds int
}

// Error says that the bound was reached.
func (e *RoundsError) Error() string {
	return fmt.Sprintf("the model still calls tools after %d rounds: raise ToolLoop.Rounds", e.Rounds)
}

// ToolError is an error of a tool that ended a loop with [ToolLoop.StopOnError].
type ToolError struct {
	// Tool is the tool's name.
	Tool string
	err  error
}

// Error says which tool failed, and how.
func (e *ToolError) Error() string { return fmt.Sprintf("the tool %s failed: %v", e.Tool, e.err) }

// Unwrap returns the tool's own error.
func (e *ToolError) Unwrap() error { return e.err }

// errInvalid is a call that the model can correct: of no tool, or with arguments of another type.
var errInvalid = errors.New("invalid arguments")

// RunTools calls the model and the tools that it asks for, until it answers without. It returns the last
// completion and the conversation, that completion's message included; with an error both are what there is so
// far. The tools of the request itself are sent as well; calls of those end the loop like an answer.
func (c Chat) RunTools(
	ctx context.Context, request *pb.CreateChatCompletionRequest, loop ToolLoop, tools []Tool, options ...grpc.CallOption,
) (*pb.ChatCompletion, []*pb.ChatCompletionRequestMessage, error) {
	asked := shallow(request)
	asked.Messages = slices.Clone(request.GetMessages())
	asked.Tools = slices.Clone(request.GetTools())
	for _, tool := range tools {
		asked.Tools = append(asked.Tools, tool.Chat())
	}
	var completion *pb.ChatCompletion
	for range loop.rounds() {
		next, err := c.round(ctx, shallow(asked), loop, options)
		if err != nil {
			return completion, asked.Messages, err
		}
		completion = next
		message := messageOf(completion)
		asked.Messages = append(asked.Messages, AssistantMessage(message))
		var calls []toolCall
		for _, call := range message.GetToolCalls() {
			function := call.GetFunction()
			calls = append(calls, toolCall{function.GetId(), function.GetFunction().GetName(), function.GetFunction().GetArguments(), function != nil})
		}
		if len(calls) == 0 || !own(calls, tools, requestNames(request)) {
			return completion, asked.Messages, nil
		}
		results, err := loop.carryOut(ctx, calls, tools)
		if err != nil {
			return completion, asked.Messages, err
		}
		for index, call := range calls {
			asked.Messages = append(asked.Messages, ToolMessage(call.id, results[index]))
		}
		asked.ToolChoice = again(asked.GetToolChoice())
	}
	return completion, asked.Messages, &RoundsError{loop.rounds()}
}

func (c Chat) round(
	ctx context.Context, request *pb.CreateChatCompletionRequest, loop ToolLoop, options []grpc.CallOption,
) (*pb.ChatCompletion, error) {
	if loop.OnText == nil {
		return c.CreateChatCompletion(ctx, request, options...)
	}
	stream := c.Stream(ctx, request, options...)
	for text, err := range stream.Text() {
		if err != nil {
			return nil, err
		}
		loop.OnText(text)
	}
	return stream.Final()
}

// again is the choice for further rounds: a model that must call a tool would never answer.
func again(choice *pb.ChatCompletionToolChoice) *pb.ChatCompletionToolChoice {
	if choice.GetFunction() != nil || choice.GetMode() == "required" {
		return nil
	}
	return choice
}

func messageOf(completion *pb.ChatCompletion) *pb.ChatCompletionMessage {
	for _, choice := range completion.GetChoices() {
		if choice.GetIndex() == 0 {
			return choice.GetMessage()
		}
	}
	return &pb.ChatCompletionMessage{}
}

func requestNames(request *pb.CreateChatCompletionRequest) []string {
	var names []string
	for _, tool := range request.GetTools() {
		names = append(names, tool.GetFunction().GetFunction().GetName())
	}
	return names
}

// RunTools is [Chat.RunTools] by the Responses API: it returns the last response and the input items of the
// conversation, that response's output included.
func (r Responses) RunTools(
	ctx context.Context, request *pb.CreateResponseRequest, loop ToolLoop, tools []Tool, options ...grpc.CallOption,
) (*pb.Response, []*pb.ResponseItem, error) {
	asked := shallow(request)
	asked.Tools = slices.Clone(request.GetTools())
	var names []string
	for _, tool := range request.GetTools() {
		names = append(names, tool.GetFunction().GetName())
	}
	for _, tool := range tools {
		asked.Tools = append(asked.Tools, tool.Response())
	}
	items := slices.Clone(request.GetInput().GetItems().GetItems())
	if text := request.GetInput().GetText(); text != "" {
		items = append(items, InputMessage("user", text))
	}
	begin := 0 // of what upstream does not have yet
	var response *pb.Response
	for range loop.rounds() {
		asked.Input = ItemsInput(slices.Clone(items[begin:])...)
		next, err := r.round(ctx, shallow(asked), loop, options)
		if err != nil {
			return response, items, err
		}
		response = next
		items = append(items, response.GetOutput()...)
		if request.GetConversation() != nil {
			begin = len(items)
		}
		var calls []toolCall
		for _, call := range FunctionCalls(response) {
			calls = append(calls, toolCall{call.GetCallId(), call.GetName(), call.GetArguments(), true})
		}
		if len(calls) == 0 || !own(calls, tools, names) {
			return response, items, nil
		}
		results, err := loop.carryOut(ctx, calls, tools)
		if err != nil {
			return response, items, err
		}
		for index, call := range calls {
			items = append(items, FunctionOutput(call.id, results[index]))
		}
		if choice := asked.GetToolChoice(); choice.GetFunction() != nil || choice.GetMode() == "required" {
			asked.ToolChoice = nil
		}
	}
	return response, items, &RoundsError{loop.rounds()}
}

func (r Responses) round(
	ctx context.Context, request *pb.CreateResponseRequest, loop ToolLoop, options []grpc.CallOption,
) (*pb.Response, error) {
	if loop.OnText == nil {
		response, err := r.CreateResponse(ctx, request, options...)
		if err == nil && response.GetStatus() == pb.ResponseStatusFailed {
			return nil, &ResponseFailedError{response}
		}
		return response, err
	}
	stream := r.Stream(ctx, request, options...)
	for text, err := range stream.Text() {
		if err != nil {
			return nil, err
		}
		loop.OnText(text)
	}
	return stream.Final()
}

type toolCall struct {
	id, name, arguments string
	function            bool
}

// own tells whether all calls are for the loop: a call of the caller's own tools is the caller's to answer.
func own(calls []toolCall, tools []Tool, others []string) bool {
	for _, call := range calls {
		ours := slices.ContainsFunc(tools, func(tool Tool) bool { return tool.name == call.name })
		if !call.function || (!ours && slices.Contains(others, call.name)) {
			return false
		}
	}
	return true
}

// carryOut runs the calls of one reply and returns their results in their order.
func (l ToolLoop) carryOut(ctx context.Context, calls []toolCall, tools []Tool) ([]string, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	parallel := l.Parallel
	if parallel < 1 {
		parallel = 4
	}
	slots := make(chan struct{}, parallel)
	results := make([]string, len(calls))
	var running sync.WaitGroup
	for index, call := range calls {
		slots <- struct{}{}
		if ctx.Err() != nil {
			break
		}
		running.Add(1)
		go func() {
			defer running.Done()
			defer func() { <-slots }()
			result, err := call.carryOut(ctx, tools)
			switch {
			case err == nil || errors.Is(err, errInvalid):
			case errors.Is(err, ErrStop):
				cancel(err)
			case l.StopOnError:
				cancel(&ToolError{call.name, err})
			}
			if err != nil {
				result = "error: " + err.Error()
			}
			results[index] = result
		}()
	}
	running.Wait()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return results, nil
}

func (c toolCall) carryOut(ctx context.Context, tools []Tool) (string, error) {
	for _, tool := range tools {
		if tool.name == c.name {
			return tool.run(ctx, c.arguments)
		}
	}
	return "", unknownTool(c.name)
}

// unknownTool is a call of a tool that is not there.
type unknownTool string

func (t unknownTool) Error() string { return fmt.Sprintf("there is no tool %q", string(t)) }

// Is makes it a call that the model can correct.
func (t unknownTool) Is(target error) bool { return target == errInvalid } //nolint:errorlint // as errors.Is asks for
