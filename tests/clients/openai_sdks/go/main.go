// Makes the calls that standard input names, a JSON object a line, with OpenAI's module; writes the outcome of each as one.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"reflect"
	"time"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
	"github.com/openai/openai-go/v3/packages/param"
	"github.com/openai/openai-go/v3/packages/ssestream"
	"github.com/openai/openai-go/v3/responses"
)

var headerNames = []string{"x-request-id", "openai-processing-ms", "openai-version", "retry-after", "content-type"}

type call struct {
	URL     string            `json:"url"`
	Op      string            `json:"op"`
	Args    []json.RawMessage `json:"args"`
	Leave   int               `json:"leave"`
	Raw     bool              `json:"raw"`
	Timeout float64           `json:"timeout"`
	Retries int               `json:"retries"`
	Headers map[string]string `json:"headers"`
}

type outcome struct {
	Items []any `json:"items"`
	End   any   `json:"end"`
}

type hasRaw interface{ RawJSON() string }

func raw(value hasRaw) any { return json.RawMessage(value.RawJSON()) }

// unary adds the JSON that a call gave, as the SDK has it.
func (o *outcome) unary(value hasRaw, err error) error {
	if err == nil {
		o.Items = append(o.Items, raw(value))
	}
	return err
}

type pager[T any] interface {
	Next() bool
	Current() T
	Err() error
}

func each[T hasRaw](o *outcome, pages pager[T]) error {
	for pages.Next() {
		o.Items = append(o.Items, raw(pages.Current()))
	}
	return pages.Err()
}

func read[T hasRaw](o *outcome, leave int, stream *ssestream.Stream[T]) error {
	defer stream.Close()
	for stream.Next() {
		o.Items = append(o.Items, raw(stream.Current()))
		if len(o.Items) == leave {
			return nil
		}
	}
	return stream.Err()
}

func params[T param.ParamStruct, P param.InferPtr[T]](c call, at int) T {
	return param.Override[T, P](c.Args[at])
}

func text(c call, at int) (value string) {
	_ = json.Unmarshal(c.Args[at], &value)
	return value
}

func (o *outcome) make(ctx context.Context, client openai.Client, c call, opts ...option.RequestOption) error {
	switch c.Op {
	case "chat.completions.create":
		return o.unary(client.Chat.Completions.New(ctx, params[openai.ChatCompletionNewParams](c, 0), opts...))
	case "chat.completions.stream":
		return read(o, c.Leave, client.Chat.Completions.NewStreaming(ctx, params[openai.ChatCompletionNewParams](c, 0), opts...))
	case "chat.gather":
		stream := client.Chat.Completions.NewStreaming(ctx, params[openai.ChatCompletionNewParams](c, 0), opts...)
		gathered := openai.ChatCompletionAccumulator{}
		for stream.Next() {
			o.Items = append(o.Items, gathered.AddChunk(stream.Current()))
		}
		choices := []any{}
		for _, each := range gathered.Choices {
			choices = append(choices, map[string]any{"message": each.Message, "finish_reason": each.FinishReason})
		}
		o.Items = append(o.Items, choices)
		return stream.Err()
	case "chat.completions.retrieve":
		return o.unary(client.Chat.Completions.Get(ctx, text(c, 0), opts...))
	case "chat.completions.delete":
		return o.unary(client.Chat.Completions.Delete(ctx, text(c, 0), opts...))
	case "chat.completions.list":
		return each(o, client.Chat.Completions.ListAutoPaging(ctx, openai.ChatCompletionListParams{Limit: openai.Int(1)}, opts...))
	case "completions.create":
		return o.unary(client.Completions.New(ctx, params[openai.CompletionNewParams](c, 0), opts...))
	case "completions.stream":
		return read(o, c.Leave, client.Completions.NewStreaming(ctx, params[openai.CompletionNewParams](c, 0), opts...))
	case "responses.create":
		return o.unary(client.Responses.New(ctx, params[responses.ResponseNewParams](c, 0), opts...))
	case "responses.stream":
		return read(o, c.Leave, client.Responses.NewStreaming(ctx, params[responses.ResponseNewParams](c, 0), opts...))
	case "responses.retrieve":
		return o.unary(client.Responses.Get(ctx, text(c, 0), responses.ResponseGetParams{}, opts...))
	case "responses.cancel":
		return o.unary(client.Responses.Cancel(ctx, text(c, 0), opts...))
	case "responses.delete":
		return client.Responses.Delete(ctx, text(c, 0), opts...)
	case "responses.inputItems.list":
		return each(o, client.Responses.InputItems.ListAutoPaging(ctx, text(c, 0), responses.InputItemListParams{Limit: openai.Int(1)}, opts...))
	case "embeddings.create":
		reply, err := client.Embeddings.New(ctx, params[openai.EmbeddingNewParams](c, 0), opts...)
		return o.unary(reply, err)
	case "models.list":
		return each(o, client.Models.ListAutoPaging(ctx, opts...))
	case "models.retrieve":
		return o.unary(client.Models.Get(ctx, text(c, 0), opts...))
	case "audio.transcriptions.create", "audio.transcriptions.stream":
		return o.transcribe(ctx, client, c, opts...)
	default:
		panic("unknown call " + c.Op)
	}
}

func (o *outcome) transcribe(ctx context.Context, client openai.Client, c call, opts ...option.RequestOption) error {
	var given struct {
		Model          string `json:"model"`
		File           []byte `json:"file"`
		ResponseFormat string `json:"response_format"`
		Language       string `json:"language"`
	}
	if err := json.Unmarshal(c.Args[0], &given); err != nil {
		return err
	}
	body := openai.AudioTranscriptionNewParams{
		Model:          given.Model,
		File:           openai.File(bytes.NewReader(given.File), "tide.wav", "audio/wav"),
		ResponseFormat: openai.AudioResponseFormat(given.ResponseFormat),
	}
	if given.Language != "" {
		body.Language = openai.String(given.Language)
	}
	if c.Op == "audio.transcriptions.stream" {
		return read(o, c.Leave, client.Audio.Transcriptions.NewStreaming(ctx, body, opts...))
	}
	return o.unary(client.Audio.Transcriptions.New(ctx, body, opts...))
}

func headersOf(response *http.Response) map[string]string {
	found := map[string]string{}
	for _, name := range headerNames {
		found[name] = response.Header.Get(name)
	}
	return found
}

func failure(err error) map[string]any {
	var refused *openai.Error
	var inside *ssestream.StreamError
	switch {
	case errors.As(err, &refused):
		return map[string]any{
			"class": fmt.Sprintf("%T", refused), "status": refused.StatusCode, "code": refused.Code, "param": refused.Param,
			"type": refused.Type, "message": refused.Message, "error": json.RawMessage(refused.RawJSON()),
			"headers": headersOf(refused.Response),
		}
	case errors.As(err, &inside):
		return map[string]any{"class": fmt.Sprintf("%T", inside), "event": inside.Event.Type, "error": json.RawMessage(inside.Event.Data)}
	case errors.Is(err, context.DeadlineExceeded):
		return map[string]any{"class": "deadline exceeded"}
	default:
		return map[string]any{"class": reflect.TypeOf(err).String()}
	}
}

func run(c call) outcome {
	client := openai.NewClient(option.WithAPIKey("sk-of-the-caller-of-openai"), option.WithBaseURL(c.URL), option.WithMaxRetries(c.Retries))
	var response *http.Response
	opts := []option.RequestOption{option.WithResponseInto(&response)}
	if c.Timeout > 0 {
		opts = append(opts, option.WithRequestTimeout(time.Duration(c.Timeout*float64(time.Second))))
	}
	for name, value := range c.Headers {
		opts = append(opts, option.WithHeader(name, value))
	}
	found := outcome{Items: []any{}, End: "whole"}
	if err := found.make(context.Background(), client, c, opts...); err != nil {
		found.End = failure(err)
	}
	if c.Raw {
		found.Items = append(found.Items, map[string]any{"status": response.StatusCode, "headers": headersOf(response)})
	}
	return found
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var c call
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			panic(err)
		}
		if err := json.NewEncoder(os.Stdout).Encode(run(c)); err != nil {
			panic(err)
		}
	}
}
