package openaigrpc_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"

	openaigrpc "github.com/openai-grpc/openai-grpc/clients/go"
	pb "github.com/openai-grpc/openai-grpc/clients/go/openai_grpc/v1"
)

type place struct {
	City    string             `json:"city" description:"The city, in English"`
	Unit    string             `json:"unit" enum:"celsius,fahrenheit"`
	Days    *int               `json:"days"`
	Near    []place            `json:"near"`
	Heights map[string]float64 `json:"heights"`
	Since   time.Time          `json:"since"`
	Raw     []byte
	Hidden  string `json:"-"`
}

func TestSchemaOfStruct(t *testing.T) {
	schema, err := openaigrpc.SchemaOf[place]()
	if err != nil {
		t.Fatal(err)
	}
	want := `{"type":"object","properties":{` +
		`"city":{"type":"string","description":"The city, in English"},` +
		`"unit":{"type":"string","enum":["celsius","fahrenheit"]},` +
		`"days":{"anyOf":[{"type":"integer"},{"type":"null"}]},` +
		`"near":{"type":"array","items":{"$ref":"#"}},` +
		`"heights":{"type":"array","items":{"type":"object","properties":{"key":{"type":"string"},"value":{"type":"number"}},` +
		`"required":["key","value"],"additionalProperties":false}},` +
		`"since":{"type":"string","format":"date-time"},` +
		`"Raw":{"type":"string","description":"Base64."}},` +
		`"required":["city","unit","days","near","heights","since","Raw"],"additionalProperties":false}`
	if schema.JSON() != want || schema.Name() != "place" {
		t.Errorf("%s: %s", schema.Name(), schema.JSON())
	}
}

func TestNoSchema(t *testing.T) {
	type deep[T any] struct{ In T }
	type level3[T any] struct{ In deep[deep[T]] }
	type level3deep = level3[level3[level3[string]]]
	for want, make := range map[string]func() error{
		"$.Any: interface {} has no fixed type": schemaError[struct{ Any any }],
		"map[int]string has no fixed type":      schemaError[struct{ Map map[int]string }],
		"can't have the Protobuf message":       schemaError[struct{ In *errdetails.ErrorInfo }],
		"more than 10 levels":                   schemaError[deep[deep[level3deep]]],
		"give a Protobuf message or a struct":   schemaError[string],
		"the tag enum is for strings": schemaError[struct {
			A int `enum:"1,2"`
		}],
		"reads its JSON itself": schemaError[struct{ Raw jsonReader }],
	} {
		if err := make(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}

type jsonReader struct{}

func (*jsonReader) UnmarshalJSON([]byte) error { return nil }

func schemaError[T any]() error {
	_, err := openaigrpc.SchemaOf[T]()
	return err
}

const placeText = `{"city":"Oslo","unit":"celsius","days":null,"near":[],"heights":[{"key":"hill","value":12.5}],` +
	`"since":"2026-01-02T03:04:05Z","Raw":"AAE="}`

func TestAsk(t *testing.T) {
	client := newClient(t)
	found, completion, err := openaigrpc.Ask[place](deadline(t), client.Chat, ask(t, "echo", openaigrpc.UserMessage(placeText)))
	if err != nil || found.City != "Oslo" || found.Days != nil || found.Heights["hill"] != 12.5 || len(found.Raw) != 2 || completion == nil {
		t.Errorf("%+v (%v)", found, err)
	}
}

func TestAskThatFails(t *testing.T) {
	client := newClient(t)
	asks := map[string]func(model, text string) error{
		"chat": func(model, text string) error {
			_, _, err := openaigrpc.Ask[place](deadline(t), client.Chat, ask(t, model, openaigrpc.UserMessage(text)))
			return err
		},
		"responses": func(model, text string) error {
			_, _, err := openaigrpc.AskResponse[place](deadline(t), client.Responses, respond(t, model, text))
			return err
		},
	}
	for name, call := range asks {
		var refusal *openaigrpc.RefusalError
		if err := call("refuses", "not for me"); !errors.As(err, &refusal) || refusal.Text != "not for me" {
			t.Errorf("%s: %v", name, err)
		}
		var cut *openaigrpc.CutError
		if err := call("cut-short", `{"city":"Os`); !errors.As(err, &cut) || cut.Text != `{"city":"Os` || cut.Reason == "" {
			t.Errorf("%s: %v", name, err)
		}
		for text, want := range map[string]string{
			`Oslo`:            "invalid character",
			placeText + "1":   "more than one",
			`{"city":"Oslo"}`: "$.unit is missing",
			`{"city":1}`:      "$.city is not of the type string",
			`{"city":null}`:   "$.city is null",
			`[]`:              "$ is not of the type object",
			placeTextWith(t, `"unit":"celsius"`, `"unit":"kelvin"`):         "$.unit: must be one of celsius, fahrenheit",
			placeTextWith(t, `"days":null`, `"days":null,"x":1`):            "$.x is not in the schema",
			placeTextWith(t, `"near":[]`, `"near":[{}]`):                    "$.near[0].city is missing",
			placeTextWith(t, `[{"key"`, `[{"key":"hill","value":1},{"key"`): "$.heights[1].key is there twice",
			placeTextWith(t, `"2026-01-02T03:04:05Z"`, `"yesterday"`):       "parsing time",
		} {
			var invalid *openaigrpc.InvalidReplyError
			if err := call("echo", text); !errors.As(err, &invalid) || invalid.Text != text || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v, not %s", name, err, want)
			}
		}
		var failure *openaigrpc.Error
		if err := call("rate-limited", "x"); !errors.As(err, &failure) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func placeTextWith(t *testing.T, old, replacement string) string {
	t.Helper()
	if !strings.Contains(placeText, old) {
		t.Fatal(old)
	}
	return strings.Replace(placeText, old, replacement, 1)
}

type city struct {
	City string `json:"city"`
}

type degrees struct {
	Degrees int `json:"degrees"`
}

func TestRunTools(t *testing.T) {
	client := newClient(t)
	var called atomic.Int32
	weather := openaigrpc.MustTool("get_weather", "Weather of a city", func(_ context.Context, at city) (degrees, error) {
		called.Add(1)
		return degrees{len(at.City)}, nil
	})
	var streamed string
	for name, loop := range map[string]openaigrpc.ToolLoop{
		"whole":    {},
		"streamed": {OnText: func(text string) { streamed += text }},
	} {
		completion, messages, err := client.Chat.RunTools(deadline(t), ask(t, "tool-loop"), loop, []openaigrpc.Tool{weather})
		if err != nil || openaigrpc.TextOf(completion) != `{"degrees":4}` || len(messages) != 4 {
			t.Errorf("%s: %v, %v (%v)", name, completion, messages, err)
		}
	}
	if called.Load() != 2 || streamed != `{"degrees":4}` {
		t.Errorf("%d calls, streamed %q", called.Load(), streamed)
	}
	response, items, err := client.Responses.RunTools(deadline(t), respond(t, "tool-loop", "hi"), openaigrpc.ToolLoop{}, []openaigrpc.Tool{weather})
	if err != nil || openaigrpc.OutputText(response) != `{"degrees":4}` || len(items) != 4 {
		t.Errorf("%v, %v (%v)", response, items, err)
	}
}

func TestRunToolsThatFail(t *testing.T) {
	client := newClient(t)
	run := func(ctx context.Context, model string, tools ...openaigrpc.Tool) (string, error) {
		completion, _, err := client.Chat.RunTools(ctx, ask(t, model), openaigrpc.ToolLoop{Rounds: 3}, tools)
		return openaigrpc.TextOf(completion), err
	}
	broken := openaigrpc.MustTool("get_weather", "", func(context.Context, city) (string, error) { return "", errors.New("no wind") })
	if text, err := run(deadline(t), "tool-loop", broken); err != nil || text != "error: no wind" {
		t.Errorf("%q (%v)", text, err)
	}
	other := openaigrpc.MustTool("get_wind", "", func(context.Context, city) (string, error) { return "", nil })
	if text, err := run(deadline(t), "tool-loop", other); err != nil || text != `error: there is no tool "get_weather"` {
		t.Errorf("%q (%v)", text, err)
	}
	strict := openaigrpc.MustTool("get_weather", "", func(context.Context, place) (string, error) { return "", nil })
	if text, err := run(deadline(t), "tool-loop", strict); err != nil || text != "error: invalid arguments: $.unit is missing" {
		t.Errorf("%q (%v)", text, err)
	}
	fine := openaigrpc.MustTool("get_weather", "", func(context.Context, city) (string, error) { return "fine", nil })
	var rounds *openaigrpc.RoundsError
	if _, err := run(deadline(t), "tool-caller", fine); !errors.As(err, &rounds) || rounds.Rounds != 3 {
		t.Error(err)
	}
	stopping := openaigrpc.MustTool("get_weather", "", func(context.Context, city) (string, error) {
		return "", fmt.Errorf("%w: it rains", openaigrpc.ErrStop)
	})
	if _, err := run(deadline(t), "tool-loop", stopping); !errors.Is(err, openaigrpc.ErrStop) {
		t.Error(err)
	}
	loop := openaigrpc.ToolLoop{StopOnError: true}
	var failed *openaigrpc.ToolError
	if _, _, err := client.Chat.RunTools(deadline(t), ask(t, "tool-loop"), loop, []openaigrpc.Tool{broken}); !errors.As(err, &failed) ||
		failed.Tool != "get_weather" || failed.Error() != "the tool get_weather failed: no wind" {
		t.Error(err)
	}
	for _, corrected := range []openaigrpc.Tool{other, strict} {
		if _, _, err := client.Chat.RunTools(deadline(t), ask(t, "tool-loop"), loop, []openaigrpc.Tool{corrected}); err != nil {
			t.Error(err)
		}
	}
	ctx, cancel := context.WithCancel(deadline(t))
	waiting := openaigrpc.MustTool("get_weather", "", func(ctx context.Context, _ city) (string, error) {
		cancel()
		<-ctx.Done()
		return "", ctx.Err()
	})
	if _, err := run(ctx, "tool-loop", waiting); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if _, err := openaigrpc.NewTool("bad", "", func(context.Context, struct{ A any }) (string, error) { return "", nil }); err == nil {
		t.Error("a tool without a schema was made")
	}
}

// TestRunToolsLeavesOthers: a call of a tool of the request itself is the caller's to answer.
func TestRunToolsLeavesOthers(t *testing.T) {
	request := ask(t, "tool-loop")
	request.Tools = []*pb.ChatCompletionTool{openaigrpc.FunctionTool("get_weather", "", `{"type":"object"}`)}
	completion, messages, err := newClient(t).Chat.RunTools(deadline(t), request, openaigrpc.ToolLoop{}, nil)
	if err != nil || len(openaigrpc.ToolCalls(completion)) != 1 || len(messages) != 2 || len(request.GetMessages()) != 1 {
		t.Errorf("%v, %v (%v)", completion, messages, err)
	}
}
