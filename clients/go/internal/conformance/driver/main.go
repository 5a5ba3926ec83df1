// Command driver runs the cases of tests/conformance/clients with the Go client.
//
//	driver TASK RESULTS
//
// tests/conformance/clients/driver.py says what the files have. It is one file of over 600 lines, as a driver is in each language.
package main

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"log"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
	"unicode"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"

	openaigrpc "github.com/openai-grpc/openai-grpc/clients/go"
	"github.com/openai-grpc/openai-grpc/clients/go/internal/conformance"
	pb "github.com/openai-grpc/openai-grpc/clients/go/openai_grpc/v1"
)

type task struct {
	Gateways    map[string]string
	Descriptors string
	Cases       []testCase
}

type testCase struct {
	Case, Do, RPC, Gateway, Request, Key, File, From, Type string

	Repeat, Read, Most, Size, Rounds int
	Fails                            string
	Stops                            bool
	Timeout                          float64
	MaxRetries                       *int `json:"max_retries"`
	Metadata                         map[string]string
	Accumulate                       *bool
	Described                        bool
}

// result has what the caller of a case has seen.
type result map[string]any

type driver struct {
	task    task
	folder  string
	clients map[string]*openaigrpc.Client
}

func main() {
	log.SetFlags(0)
	if err := run(os.Args[1], os.Args[2]); err != nil {
		log.Fatal(err)
	}
}

func run(taskFile, resultsFile string) error {
	text, err := os.ReadFile(taskFile)
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "conformance")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	made := driver{folder: folder, clients: map[string]*openaigrpc.Client{}}
	if err := json.Unmarshal(text, &made.task); err != nil {
		return err
	}
	results, err := os.Create(resultsFile)
	if err != nil {
		return err
	}
	writer := json.NewEncoder(results)
	for _, each := range made.task.Cases {
		begun := time.Now()
		seen := made.run(each)
		seen["took"] = time.Since(begun).Seconds()
		if err := writer.Encode(seen); err != nil {
			return err
		}
	}
	for _, client := range made.clients {
		if err := client.Close(); err != nil {
			return err
		}
	}
	return results.Close()
}

func (d *driver) run(c testCase) result {
	seen := result{"case": c.Case}
	err := d.carryOut(c, seen)
	var failure *openaigrpc.Error
	var failed *openaigrpc.ResponseFailedError
	switch {
	case errors.As(err, &failure):
		seen["error"] = errorFacts(failure)
	case errors.As(err, &failed):
		seen["whole_error"] = "failed"
		seen["no_value"] = noValue("failed", "", err)
	case err != nil:
		seen["crash"] = err.Error()
	}
	return seen
}

func (d *driver) client(c testCase) (*openaigrpc.Client, error) {
	name := c.Gateway + " " + c.Key
	var options []openaigrpc.Option
	if c.Key != "" {
		options = append(options, openaigrpc.WithKey(c.Key))
	}
	if c.MaxRetries != nil {
		name += fmt.Sprint(" ", *c.MaxRetries)
		options = append(options, openaigrpc.WithRetries(*c.MaxRetries))
	}
	if found := d.clients[name]; found != nil {
		return found, nil
	}
	client, err := openaigrpc.NewClient(d.task.Gateways[c.Gateway], options...)
	d.clients[name] = client
	return client, err
}

func (d *driver) carryOut(c testCase, seen result) error {
	if c.Do == "schema" {
		d.schema(c, seen)
		return nil
	}
	client, err := d.client(c)
	if err != nil {
		return err
	}
	ctx := context.Background()
	if c.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Duration(c.Timeout*float64(time.Second)))
		defer cancel()
	}
	for name, value := range c.Metadata {
		ctx = metadata.AppendToOutgoingContext(ctx, name, value)
	}
	switch c.Do {
	case "call":
		var err error
		for range c.Repeat {
			err = call(ctx, client, c, seen)
		}
		return err
	case "stream", "text", "leave", "leave text", "leave upload", "upload stream", "upload text":
		return d.streams(ctx, client, c, seen)
	case "pages":
		return pages(ctx, client, c, seen)
	case "upload":
		var facts openaigrpc.Call
		request := &pb.CreateTranscriptionRequest{}
		if err := openaigrpc.RequestFromJSON([]byte(c.Request), request); err != nil {
			return err
		}
		source := d.source(c).OnProgress(func(sent, _ int64) { seen["progress"] = sent })
		reply, err := client.Audio.Transcribe(ctx, request, source, openaigrpc.Capture(&facts))
		return replied(seen, reply, &facts, err)
	case "parse":
		return parsers[c.Type](ctx, client, c, seen)
	case "tools":
		return tools(ctx, client, c, seen)
	}
	return fmt.Errorf("a case that does %s", c.Do)
}

// A method makes a call of one reply.
type method func(ctx context.Context, client *openaigrpc.Client, request []byte, options ...grpc.CallOption) (proto.Message, error)

func unary[Q any, R proto.Message, P interface {
	*Q
	proto.Message
}](of func(*openaigrpc.Client) func(context.Context, P, ...grpc.CallOption) (R, error)) method {
	return func(ctx context.Context, client *openaigrpc.Client, text []byte, options ...grpc.CallOption) (proto.Message, error) {
		request := P(new(Q))
		if err := openaigrpc.RequestFromJSON(text, request); err != nil {
			return nil, err
		}
		return of(client)(ctx, request, options...)
	}
}

type client = *openaigrpc.Client

var methods = map[string]method{
	"chat.create": unary(func(c client) func(context.Context, *pb.CreateChatCompletionRequest, ...grpc.CallOption) (*pb.ChatCompletion, error) {
		return c.Chat.CreateChatCompletion
	}),
	"chat.get": unary(func(c client) func(context.Context, *pb.GetChatCompletionRequest, ...grpc.CallOption) (*pb.ChatCompletion, error) {
		return c.Chat.GetChatCompletion
	}),
	"chat.update": unary(func(c client) func(context.Context, *pb.UpdateChatCompletionRequest, ...grpc.CallOption) (*pb.ChatCompletion, error) {
		return c.Chat.UpdateChatCompletion
	}),
	"chat.delete": unary(func(c client) func(context.Context, *pb.DeleteChatCompletionRequest, ...grpc.CallOption) (*pb.ChatCompletionDeleted, error) {
		return c.Chat.DeleteChatCompletion
	}),
	"completions.create": unary(func(c client) func(context.Context, *pb.CreateCompletionRequest, ...grpc.CallOption) (*pb.Completion, error) {
		return c.Completions.CreateCompletion
	}),
	"embeddings.create": unary(func(c client) func(context.Context, *pb.CreateEmbeddingRequest, ...grpc.CallOption) (*pb.CreateEmbeddingResponse, error) {
		return c.Embeddings.CreateEmbedding
	}),
	"models.get": unary(func(c client) func(context.Context, *pb.GetModelRequest, ...grpc.CallOption) (*pb.Model, error) {
		return c.Models.GetModel
	}),
	"responses.create": unary(func(c client) func(context.Context, *pb.CreateResponseRequest, ...grpc.CallOption) (*pb.Response, error) {
		return c.Responses.CreateResponse
	}),
	"responses.get": unary(func(c client) func(context.Context, *pb.GetResponseRequest, ...grpc.CallOption) (*pb.Response, error) {
		return c.Responses.GetResponse
	}),
	"responses.cancel": unary(func(c client) func(context.Context, *pb.CancelResponseRequest, ...grpc.CallOption) (*pb.Response, error) {
		return c.Responses.CancelResponse
	}),
	"responses.delete": unary(func(c client) func(context.Context, *pb.DeleteResponseRequest, ...grpc.CallOption) (*pb.ResponseDeleted, error) {
		return c.Responses.DeleteResponse
	}),
	"responses.compact": unary(func(c client) func(context.Context, *pb.CompactResponseRequest, ...grpc.CallOption) (*pb.CompactedResponse, error) {
		return c.Responses.CompactResponse
	}),
	"responses.count_tokens": unary(func(c client) func(context.Context, *pb.CountResponseInputTokensRequest, ...grpc.CallOption) (*pb.ResponseInputTokenCount, error) {
		return c.Responses.CountResponseInputTokens
	}),
}

func call(ctx context.Context, client *openaigrpc.Client, c testCase, seen result) error {
	var facts openaigrpc.Call
	reply, err := methods[c.RPC](ctx, client, []byte(c.Request), openaigrpc.Capture(&facts))
	return replied(seen, reply, &facts, err)
}

func replied(seen result, reply proto.Message, facts *openaigrpc.Call, err error) error {
	if err != nil {
		return err
	}
	text, err := openaigrpc.ToJSON(reply)
	seen["reply"], seen["call"] = string(text), callFacts(facts)
	return err
}

func (d *driver) streams(ctx context.Context, client *openaigrpc.Client, c testCase, seen result) error {
	text := []byte(c.Request)
	switch c.RPC {
	case "chat.stream":
		request := &pb.CreateChatCompletionRequest{}
		if err := openaigrpc.RequestFromJSON(text, request); err != nil {
			return err
		}
		if c.Accumulate != nil {
			request.CallOptions = &pb.CallOptions{Accumulate: c.Accumulate}
		}
		return reads(c, seen, func() reader[*pb.ChatCompletionChunk, *pb.ChatCompletion] {
			stream := client.Chat.Stream(ctx, request)
			return reader[*pb.ChatCompletionChunk, *pb.ChatCompletion]{stream.All(), stream.Text(), stream.Final, stream.Call, stream.Draining}
		})
	case "completions.stream":
		request := &pb.CreateCompletionRequest{}
		if err := openaigrpc.RequestFromJSON(text, request); err != nil {
			return err
		}
		return reads(c, seen, func() reader[*pb.Completion, *pb.Completion] {
			stream := client.Completions.Stream(ctx, request)
			return reader[*pb.Completion, *pb.Completion]{stream.All(), stream.Text(), stream.Final, stream.Call, stream.Draining}
		})
	case "audio.stream":
		request := &pb.CreateTranscriptionRequest{}
		if err := openaigrpc.RequestFromJSON(text, request); err != nil {
			return err
		}
		return reads(c, seen, func() reader[*pb.TranscriptionStreamEvent, *pb.TranscriptionTextDoneEvent] {
			stream := client.Audio.Stream(ctx, request, d.source(c))
			return reader[*pb.TranscriptionStreamEvent, *pb.TranscriptionTextDoneEvent]{stream.All(), stream.Text(), stream.Final, stream.Call, stream.Draining}
		})
	}
	begin := func() *openaigrpc.ResponseStream { return nil }
	if c.RPC == "responses.resume" {
		request := &pb.ResumeResponseRequest{}
		if err := openaigrpc.RequestFromJSON(text, request); err != nil {
			return err
		}
		begin = func() *openaigrpc.ResponseStream { return client.Responses.Resume(ctx, request) }
	} else {
		request := &pb.CreateResponseRequest{}
		if err := openaigrpc.RequestFromJSON(text, request); err != nil {
			return err
		}
		begin = func() *openaigrpc.ResponseStream { return client.Responses.Stream(ctx, request) }
	}
	return reads(c, seen, func() reader[*pb.ResponseStreamEvent, *pb.Response] {
		stream := begin()
		return reader[*pb.ResponseStreamEvent, *pb.Response]{stream.All(), stream.Text(), stream.Final, stream.Call, stream.Draining}
	})
}

type reader[M, W proto.Message] struct {
	all  iter.Seq2[M, error]
	text iter.Seq2[string, error]

	final    func() (W, error)
	call     func() *openaigrpc.Call
	draining func() *pb.CallDrain
}

func reads[M, W proto.Message](c testCase, seen result, begin func() reader[M, W]) error {
	if strings.HasPrefix(c.Do, "leave") {
		var left []float64
		for range c.Repeat {
			stream := begin()
			var err error
			if c.Do == "leave text" {
				err = leave(stream.text, c.Read)
			} else {
				err = leave(stream.all, c.Read)
			}
			if err != nil {
				return err
			}
			left = append(left, float64(time.Now().UnixMicro())/1e6)
		}
		seen["left_at"] = left
		return nil
	}
	stream := begin()
	if strings.HasSuffix(c.Do, "text") {
		pieces := []string{}
		for piece, err := range stream.text {
			if err != nil {
				seen["pieces"] = pieces
				return err
			}
			pieces = append(pieces, piece)
		}
		seen["pieces"] = pieces
	} else {
		messages := []string{}
		for message, err := range stream.all {
			if err != nil {
				seen["messages"] = messages
				return err
			}
			if text := withoutWhole(message); text != "" {
				messages = append(messages, text)
			}
		}
		seen["messages"] = messages
	}
	seen["call"] = callFacts(stream.call())
	seen["drained"] = stream.draining() != nil
	whole, err := stream.final()
	var failed *openaigrpc.ResponseFailedError
	switch {
	case errors.As(err, &failed):
		return err
	case err != nil:
		seen["whole_error"] = err.Error()
		return nil
	}
	text, err := openaigrpc.ToJSON(whole)
	seen["whole"] = string(text)
	return err
}

func leave[T any](messages iter.Seq2[T, error], read int) error {
	count := 0
	for _, err := range messages {
		if err != nil {
			return err
		}
		if count++; count == read {
			break
		}
	}
	return nil
}

// withoutWhole returns a message as the upstream sent it; empty where it is the gateway's own.
func withoutWhole(message proto.Message) string {
	switch message := message.(type) {
	case *pb.ChatCompletionChunk:
		message.Accumulated = nil
		if len(message.GetChoices()) == 0 && message.GetUsage() == nil {
			return ""
		}
	case *pb.Completion:
		message.Accumulated = nil
		if len(message.GetChoices()) == 0 && message.GetUsage() == nil {
			return ""
		}
	}
	text, err := openaigrpc.ToJSON(message)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

func pages(ctx context.Context, client *openaigrpc.Client, c testCase, seen result) error {
	text := []byte(c.Request)
	switch c.RPC {
	case "chat.list":
		request := &pb.ListChatCompletionsRequest{}
		if err := openaigrpc.RequestFromJSON(text, request); err != nil {
			return err
		}
		return items(client.Chat.All(ctx, request), c, seen)
	case "chat.messages":
		request := &pb.ListChatCompletionMessagesRequest{}
		if err := openaigrpc.RequestFromJSON(text, request); err != nil {
			return err
		}
		return items(client.Chat.AllMessages(ctx, request), c, seen)
	}
	request := &pb.ListResponseInputItemsRequest{}
	if err := openaigrpc.RequestFromJSON(text, request); err != nil {
		return err
	}
	return items(client.Responses.AllInputItems(ctx, request), c, seen)
}

func items[T proto.Message](all iter.Seq2[T, error], c testCase, seen result) error {
	found := []string{}
	for item, err := range all {
		if err != nil {
			seen["items"] = found
			return err
		}
		text, err := openaigrpc.ToJSON(item)
		if err != nil {
			return err
		}
		if found = append(found, string(text)); len(found) == c.Most {
			break
		}
	}
	seen["items"] = found
	return nil
}

type onlyReader struct{ io.Reader }

func (d *driver) source(c testCase) *openaigrpc.Source {
	content := make([]byte, c.Size)
	switch c.From {
	case "path":
		path := filepath.Join(d.folder, c.File)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			log.Fatal(err)
		}
		return openaigrpc.FromPath(path)
	case "reader":
		return openaigrpc.FromReader(c.File, onlyReader{strings.NewReader(string(content))})
	}
	return openaigrpc.FromBytes(c.File, content)
}

func (d *driver) schema(c testCase, seen result) {
	var options []openaigrpc.SchemaOption
	if c.Described {
		set, err := os.ReadFile(d.task.Descriptors)
		if err != nil {
			log.Fatal(err)
		}
		options = append(options, openaigrpc.WithComments(set))
	}
	schema, err := schemas[c.Type](options...)
	if err != nil {
		seen["refused"] = err.Error()
		return
	}
	seen["schema"] = schema.JSON()
}

type schemaOf = func(...openaigrpc.SchemaOption) (openaigrpc.Schema, error)

type parser = func(context.Context, *openaigrpc.Client, testCase, result) error

var (
	schemas = map[string]schemaOf{}
	parsers = map[string]parser{}
)

func register[T proto.Message]() {
	var message T
	name := string(message.ProtoReflect().Descriptor().Name())
	schemas[name], parsers[name] = openaigrpc.SchemaOf[T], parse[T]
}

func init() {
	register[*conformance.Forecast]()
	register[*conformance.Scalars]()
	register[*conformance.Options]()
	register[*conformance.Choice]()
	register[*conformance.Maps]()
	register[*conformance.Lists]()
	register[*conformance.Times]()
	register[*conformance.Wrapped]()
	register[*conformance.Named]()
	register[*conformance.Folder]()
	register[*conformance.Shelf]()
	register[*conformance.Tree]()
	register[*conformance.Person]()
	register[*conformance.Empty]()
	register[*conformance.Level0]()
	register[*conformance.Level1]()
	register[*conformance.Loose]()
	register[*conformance.Packed]()
	register[*conformance.GetWeather]()
}

func parse[T proto.Message](ctx context.Context, client *openaigrpc.Client, c testCase, seen result) error {
	var value T
	var err error
	if c.RPC == "chat.create" {
		request := &pb.CreateChatCompletionRequest{}
		if err := openaigrpc.RequestFromJSON([]byte(c.Request), request); err != nil {
			return err
		}
		value, _, err = openaigrpc.Ask[T](ctx, client.Chat, request)
	} else {
		request := &pb.CreateResponseRequest{}
		if err := openaigrpc.RequestFromJSON([]byte(c.Request), request); err != nil {
			return err
		}
		value, _, err = openaigrpc.AskResponse[T](ctx, client.Responses, request)
	}
	var refusal *openaigrpc.RefusalError
	var cut *openaigrpc.CutError
	var invalid *openaigrpc.InvalidReplyError
	switch {
	case errors.As(err, &refusal):
		seen["no_value"] = noValue("refused", refusal.Text, err)
	case errors.As(err, &cut):
		seen["no_value"] = noValue("cut", cut.Text, err)
	case errors.As(err, &invalid):
		seen["no_value"] = noValue("invalid", invalid.Text, err)
	case err != nil:
		return err
	default:
		seen["value"], err = binary(value)
		return err
	}
	return nil
}

func binary(message proto.Message) (string, error) {
	data, err := proto.Marshal(message)
	return hex.EncodeToString(data), err
}

func noValue(kind, text string, err error) map[string]string {
	return map[string]string{"kind": kind, "text": text, "message": err.Error()}
}

func tools(ctx context.Context, client *openaigrpc.Client, c testCase, seen result) error {
	request := &pb.CreateChatCompletionRequest{}
	if err := openaigrpc.RequestFromJSON([]byte(c.Request), request); err != nil {
		return err
	}
	var mutex sync.Mutex
	arguments := []string{}
	weather := openaigrpc.MustTool("get_weather", "Weather of a city", func(_ context.Context, asked *conformance.GetWeather) (string, error) {
		mutex.Lock()
		defer mutex.Unlock()
		data, err := binary(asked)
		arguments = append(arguments, data)
		if c.Fails != "" {
			return "", errors.New(c.Fails)
		}
		return "sunny in " + asked.GetCity(), err
	})
	reply, conversation, err := client.Chat.RunTools(ctx, request, openaigrpc.ToolLoop{Rounds: c.Rounds, StopOnError: c.Stops}, []openaigrpc.Tool{weather})
	seen["arguments"], seen["conversation"] = arguments, len(conversation)
	var rounds *openaigrpc.RoundsError
	if errors.As(err, &rounds) {
		seen["no_value"] = noValue("rounds", "", err)
		return nil
	}
	var failed *openaigrpc.ToolError
	if errors.As(err, &failed) {
		seen["no_value"] = noValue("tool", "", err)
		return nil
	}
	if err != nil {
		return err
	}
	text, err := openaigrpc.ToJSON(reply)
	seen["reply"] = string(text)
	return err
}

func callFacts(call *openaigrpc.Call) map[string]any {
	facts := map[string]any{
		"request_id":         call.UpstreamRequestID(),
		"gateway_request_id": call.RequestID(),
		"deployment":         call.Deployment(),
		"attempts":           call.Attempts(),
		"processing_ms":      call.ProcessingTime().Milliseconds(),
	}
	if cost, known := call.Cost(); known {
		facts["cost"] = cost
	}
	limits := call.RateLimits()
	for unit, limit := range map[string]openaigrpc.RateLimit{"requests": limits.Requests, "tokens": limits.Tokens} {
		facts["limit_"+unit], facts["remaining_"+unit] = limit.Limit, limit.Remaining
		if limit.Reset != nil {
			facts["reset_"+unit] = limit.Reset.Seconds()
		}
	}
	return facts
}

func errorFacts(failure *openaigrpc.Error) map[string]any {
	fields := []string{}
	for _, each := range failure.FieldViolations {
		fields = append(fields, each.GetField())
	}
	return map[string]any{
		"status":        upperSnake(failure.Status),
		"message":       failure.Message,
		"reason":        failure.Reason,
		"http_status":   failure.HTTPStatus,
		"type":          failure.Type,
		"param":         failure.Param,
		"code":          failure.Code,
		"request_id":    failure.RequestID,
		"retry_after":   failure.RetryAfter.Seconds(),
		"may_be_billed": failure.MayHaveBeenBilled,
		"fields":        fields,
		"quota":         len(failure.Quota),
		"metadata":      maps.Clone(failure.Metadata),
		"call":          callFacts(&failure.Call),
	}
}

// upperSnake returns the name of a status as Protobuf has it: INVALID_ARGUMENT.
func upperSnake(code codes.Code) string {
	var name strings.Builder
	for index, char := range code.String() {
		if index > 0 && unicode.IsUpper(char) {
			name.WriteByte('_')
		}
		name.WriteRune(unicode.ToUpper(char))
	}
	return name.String()
}
