// The calls of the client on a live gateway; over 600 lines, as each test is one use from its call to its result.

package openaigrpc_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	openaigrpc "github.com/openai-grpc/openai-grpc/clients/go"
	pb "github.com/openai-grpc/openai-grpc/clients/go/openai_grpc/v1"
)

func newClient(t *testing.T, options ...openaigrpc.Option) *openaigrpc.Client {
	t.Helper()
	return newClientAt(t, environment(t, "OPENAI_GRPC_ADDRESS"), options...)
}

func newClientAt(t *testing.T, address string, options ...openaigrpc.Option) *openaigrpc.Client {
	t.Helper()
	client, err := openaigrpc.NewClient(address, options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return client
}

func ask(t *testing.T, model string, messages ...*pb.ChatCompletionRequestMessage) *pb.CreateChatCompletionRequest {
	t.Helper()
	if len(messages) == 0 {
		messages = openaigrpc.Messages(openaigrpc.UserMessage("hi"))
	}
	//lint:ignore SA1019 the scripted upstream tells tests apart by it
	return &pb.CreateChatCompletionRequest{Model: &model, User: openaigrpc.Ptr(t.Name()), Messages: messages}
}

func respond(t *testing.T, model, text string) *pb.CreateResponseRequest {
	t.Helper()
	//lint:ignore SA1019 as above
	return &pb.CreateResponseRequest{Model: &model, User: openaigrpc.Ptr(t.Name()), Input: openaigrpc.TextInput(text)}
}

func failureOf(t *testing.T, err error) *openaigrpc.Error {
	t.Helper()
	var failure *openaigrpc.Error
	if !errors.As(err, &failure) {
		t.Fatalf("%T: %v", err, err)
	}
	return failure
}

func TestAddresses(t *testing.T) {
	t.Setenv("OPENAI_GRPC_ADDRESS", "")
	for address, want := range map[string]string{
		"":                         "dns:///localhost:50051",
		"localhost":                "dns:///localhost:50051",
		"gateway:8443":             "dns:///gateway:8443",
		"::1":                      "dns:///[::1]:50051",
		"[::1]":                    "dns:///[::1]:50051",
		"[::1]:7":                  "dns:///[::1]:7",
		"dns:///gateway":           "dns:///gateway:50051",
		"dns:///gateway:9":         "dns:///gateway:9",
		"dns://1.1.1.1/gateway":    "dns://1.1.1.1/gateway:50051",
		"unix:///run/gateway.sock": "unix:///run/gateway.sock",
		"unix:gateway.sock":        "unix:gateway.sock",
		"one, two:9":               "openai-grpc-list:///one:50051",
		"passthrough:///there:1":   "passthrough:///there:1",
	} {
		client, err := openaigrpc.NewClient(address)
		if err != nil {
			t.Errorf("%q: %v", address, err)
			continue
		}
		if target := client.Conn().Target(); target != want {
			t.Errorf("%q: %s, not %s", address, target, want)
		}
		_ = client.Close()
	}
	t.Setenv("OPENAI_GRPC_ADDRESS", "elsewhere:1")
	client := newClientAt(t, "")
	if target := client.Conn().Target(); target != "dns:///elsewhere:1" {
		t.Error(target)
	}
}

func TestInvalidAddresses(t *testing.T) {
	for address, want := range map[string]string{
		"http://localhost:50051":  `invalid address "http://localhost:50051": write it without http://, as localhost:50051`,
		"HTTPS://gateway":         `write it without https://, as gateway, with the option WithTLS`,
		"gateway:70000":           "invalid port 70000: must be 1 to 65535",
		"gateway:port":            "invalid port port: must be 1 to 65535",
		"gateway:0":               "invalid port 0: must be 1 to 65535",
		"gateway/v1":              "without a path",
		"one,,two":                "empty address: give a host",
		"nonsense:///gateway":     "invalid address",
		"dns:///gateway:99999999": "invalid port",
	} {
		client, err := openaigrpc.NewClient(address)
		if err == nil {
			_ = client.Close()
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", address, err)
		}
	}
}

func TestInvalidOptions(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "empty.pem")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for want, option := range map[string]openaigrpc.Option{
		"unreadable CA file":         openaigrpc.WithCA("/nowhere.pem"),
		"it must be PEM":             openaigrpc.WithCA(empty),
		"unusable client certificat": openaigrpc.WithCertificate(empty, empty),
		"empty key":                  openaigrpc.WithKey(""),
		"byte 3 is not visible":      openaigrpc.WithKey("key\n"),
		"must not be negative":       openaigrpc.WithTimeout(-1),
		"must be 0 to 4":             openaigrpc.WithRetries(5),
		"at least 1 byte":            openaigrpc.WithMaxMessageBytes(0),
		"keys and values by turns":   openaigrpc.WithMetadata("one"),
	} {
		if _, err := openaigrpc.NewClient("", option); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}

func TestChatStreams(t *testing.T) {
	client := newClient(t)
	stream := client.Chat.Stream(deadline(t), ask(t, "gpt-4o-mini"))
	var pieces []string
	for text, err := range stream.Text() {
		if err != nil {
			t.Fatal(err)
		}
		pieces = append(pieces, text)
	}
	if !slices.Equal(pieces, []string{"Hel", "lo", " there"}) {
		t.Errorf("pieces %q", pieces)
	}
	whole, err := stream.Final()
	if err != nil || openaigrpc.TextOf(whole) != reply || whole.GetUsage().GetTotalTokens() != 6 {
		t.Errorf("whole %v (%v)", whole, err)
	}
	if stream.Call().Deployment() == "" {
		t.Errorf("call %+v", stream.Call())
	}

	whole, err = client.Chat.Stream(deadline(t), ask(t, "tool-caller")).Final()
	if err != nil {
		t.Fatal(err)
	}
	if calls := openaigrpc.ToolCalls(whole); len(calls) != 1 || calls[0].GetFunction().GetArguments() != `{"city":"Oslo"}` {
		t.Errorf("calls %v", calls)
	}
}

// TestStreamLeavesRequests alone: the caller's request is not changed by what a stream asks for.
func TestStreamLeavesRequests(t *testing.T) {
	request := ask(t, "gpt-4o-mini")
	stream := newClient(t).Chat.Stream(deadline(t), request)
	if _, err := stream.Final(); err != nil {
		t.Fatal(err)
	}
	if request.CallOptions != nil {
		t.Error(request.CallOptions)
	}
	request.CallOptions = &pb.CallOptions{Accumulate: openaigrpc.Ptr(false)}
	if _, err := newClient(t).Chat.Stream(deadline(t), request).Final(); err == nil || !strings.Contains(err.Error(), "accumulate") {
		t.Error(err)
	}
}

func TestLeavingTheLoopCancels(t *testing.T) {
	client := newClient(t)
	stream := client.Chat.Stream(context.Background(), ask(t, "endless"))
	for _, err := range stream.All() {
		if err != nil {
			t.Fatal(err)
		}
		break
	}
	askUpstream(t, "/closed")
	if _, err := stream.Final(); err == nil || !strings.Contains(err.Error(), "left before its end") {
		t.Error(err)
	}
}

func TestCloseCancels(t *testing.T) {
	stream := newClient(t).Chat.Stream(context.Background(), ask(t, "endless"))
	if _, err := stream.Recv(); err != nil {
		t.Fatal(err)
	}
	stream.Close()
	askUpstream(t, "/closed")
	stream.Close()
}

func TestResponseEvents(t *testing.T) {
	client := newClient(t)
	stream := client.Responses.Stream(deadline(t), respond(t, "gpt-4o-mini", "hi"))
	var text, unknown string
	for event, err := range stream.All() {
		if err != nil {
			t.Fatal(err)
		}
		switch event := event.GetKind().(type) {
		case *pb.ResponseStreamEvent_OutputTextDelta:
			text += event.OutputTextDelta.GetDelta()
		case *pb.ResponseStreamEvent_Unknown:
			unknown = event.Unknown
		}
	}
	if text != reply || !strings.Contains(unknown, "of_tomorrow") {
		t.Errorf("text %q, unknown %q", text, unknown)
	}
	whole, err := stream.Final()
	if err != nil || openaigrpc.OutputText(whole) != reply {
		t.Errorf("whole %v (%v)", whole, err)
	}
	var texts strings.Builder
	for piece, err := range client.Responses.Stream(deadline(t), respond(t, "echo", "to you")).Text() {
		if err != nil {
			t.Fatal(err)
		}
		texts.WriteString(piece)
	}
	if texts.String() != "to you" {
		t.Errorf("text %q", texts.String())
	}
}

func TestErrorText(t *testing.T) {
	_, err := newClient(t).Chat.CreateChatCompletion(deadline(t), ask(t, "rate-limited"))
	if text := failureOf(t, err).Error(); text != "Rate limit reached for requests (ResourceExhausted, RATE_LIMITED) [request req_limited]" {
		t.Error(text)
	}
	if status.Code(err) != codes.ResourceExhausted {
		t.Error(err)
	}
}

func TestErrorsOfTheWay(t *testing.T) {
	nobody := newClientAt(t, "127.0.0.1:1", openaigrpc.WithRetries(0))
	_, err := nobody.Models.ListModels(deadline(t), &pb.ListModelsRequest{})
	if failure := failureOf(t, err); failure.Status != codes.Unavailable || failure.MayHaveBeenBilled || failure.Reason != "" {
		t.Errorf("%+v", failure)
	}
	ctx, cancel := context.WithCancel(t.Context())
	stream := newClient(t).Chat.Stream(ctx, ask(t, "endless"))
	if _, err := stream.Recv(); err != nil {
		t.Fatal(err)
	}
	cancel()
	_, err = stream.Recv()
	if failure := failureOf(t, err); !errors.Is(err, context.Canceled) || !failure.MayHaveBeenBilled {
		t.Errorf("%+v", failure)
	}
	if _, err := stream.Final(); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestTimeLimit(t *testing.T) {
	client := newClient(t, openaigrpc.WithTimeout(time.Nanosecond))
	_, err := client.Chat.CreateChatCompletion(t.Context(), ask(t, "gpt-4o-mini"))
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	// A context's own deadline is the one that counts.
	if _, err := client.Chat.CreateChatCompletion(deadline(t), ask(t, "gpt-4o-mini")); err != nil {
		t.Error(err)
	}
}

// TestEncryption calls a gateway that asks for certificates of its clients, which test_go.py starts.
func TestEncryption(t *testing.T) {
	address, ok := os.LookupEnv("OPENAI_GRPC_TEST_TLS")
	if !ok {
		t.Skip("OPENAI_GRPC_TEST_TLS is not set: test_go.py runs this one by itself")
	}
	authority := openaigrpc.WithCA(environment(t, "OPENAI_GRPC_CA_FILE"))
	own := openaigrpc.WithCertificate(environment(t, "OPENAI_GRPC_CERT_FILE"), environment(t, "OPENAI_GRPC_KEY_FILE"))
	for name, options := range map[string][]openaigrpc.Option{
		"files":          {authority, own, openaigrpc.WithKey("sk-test")},
		"config as well": {authority, own, openaigrpc.WithTLS(&tls.Config{MinVersion: tls.VersionTLS13})},
		"config first":   {openaigrpc.WithTLS(nil), own, authority},
	} {
		if _, err := newClientAt(t, address, options...).Models.ListModels(deadline(t), &pb.ListModelsRequest{}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		several := newClientAt(t, address+","+address, options...)
		if _, err := several.Models.ListModels(deadline(t), &pb.ListModelsRequest{}); err != nil {
			t.Errorf("%s, several addresses: %v", name, err)
		}
	}
	for name, options := range map[string][]openaigrpc.Option{
		"no certificate":    {authority, openaigrpc.WithRetries(0)},
		"another authority": {own, openaigrpc.WithTLS(nil), openaigrpc.WithRetries(0)},
		"plain text":        {openaigrpc.WithRetries(0)},
	} {
		_, err := newClientAt(t, address, options...).Models.ListModels(deadline(t), &pb.ListModelsRequest{})
		if failure := failureOf(t, err); failure.Status != codes.Unavailable {
			t.Errorf("%s: %+v", name, failure)
		}
	}
}

func TestSeveralAddresses(t *testing.T) {
	both := environment(t, "OPENAI_GRPC_ADDRESS") + "," + environment(t, "OPENAI_GRPC_RETRYING")
	client := newClientAt(t, both)
	served := map[string]bool{}
	for len(served) < 2 {
		stream, err := client.Chat.StreamChatCompletion(deadline(t), ask(t, "gpt-4o-mini"))
		if err != nil {
			t.Fatal(err)
		}
		drain(t, stream, nil)
		served[peerOf(stream)] = true
	}
}

func TestInterceptorsAndMetadata(t *testing.T) {
	var unary, streams atomic.Int32
	client := newClient(t,
		openaigrpc.WithKey("sk-test"),
		openaigrpc.WithMetadata("x-request-id", "of-the-test"),
		openaigrpc.WithUnaryInterceptors(func(
			ctx context.Context, method string, request, reply any, connection *grpc.ClientConn,
			invoke grpc.UnaryInvoker, options ...grpc.CallOption,
		) error {
			unary.Add(1)
			return invoke(ctx, method, request, reply, connection, options...)
		}),
		openaigrpc.WithStreamInterceptors(func(
			ctx context.Context, description *grpc.StreamDesc, connection *grpc.ClientConn, method string,
			open grpc.Streamer, options ...grpc.CallOption,
		) (grpc.ClientStream, error) {
			streams.Add(1)
			return open(ctx, description, connection, method, options...)
		}),
	)
	var call openaigrpc.Call
	if _, err := client.Chat.CreateChatCompletion(deadline(t), ask(t, "overloaded-once"), openaigrpc.Capture(&call)); err != nil {
		t.Fatal(err)
	}
	if call.RequestID() != "of-the-test" {
		t.Errorf("request id %q", call.RequestID())
	}
	if _, err := client.Chat.Stream(deadline(t), ask(t, "gpt-4o-mini")).Final(); err != nil {
		t.Fatal(err)
	}
	if unary.Load() != 1 || streams.Load() != 1 {
		t.Errorf("%d and %d calls", unary.Load(), streams.Load())
	}
	failing := newClient(t, openaigrpc.WithToken(func(context.Context) (string, error) { return "", errors.New("no token today") }))
	_, err := failing.Chat.CreateChatCompletion(deadline(t), ask(t, "gpt-4o-mini"))
	if failure := failureOf(t, err); failure.MayHaveBeenBilled || !strings.Contains(failure.Message, "no token today") {
		t.Errorf("%+v", failure)
	}
}

func TestPages(t *testing.T) {
	client, ctx := newClient(t), deadline(t)
	for _, err := range client.Responses.AllInputItems(ctx, &pb.ListResponseInputItemsRequest{ResponseId: openaigrpc.Ptr("a/b")}) {
		if failureOf(t, err).Status != codes.InvalidArgument {
			t.Error(err)
		}
	}
	models := 0
	for _, err := range client.Models.All(ctx) {
		if err != nil {
			t.Fatal(err)
		}
		models++
	}
	if models == 0 {
		t.Error("no models")
	}
}

func TestEmbedInBatches(t *testing.T) {
	request := &pb.CreateEmbeddingRequest{Model: openaigrpc.Ptr("text-embedding-3-small"), User: openaigrpc.Ptr(t.Name())}
	vectors, err := newClient(t).Embeddings.Embed(deadline(t), request, []string{"one", "two"})
	if err != nil || len(vectors) != 2 || !slices.Equal(vectors[1], []float32{1, 0, -2}) {
		t.Errorf("%v (%v)", vectors, err)
	}
	// The upstream answers with two vectors, however many are asked for.
	many := slices.Repeat([]string{"text"}, openaigrpc.MaxEmbeddingInputs+1)
	if _, err := newClient(t).Embeddings.Embed(deadline(t), request, many); err == nil || !strings.Contains(err.Error(), "text 2") {
		t.Error(err)
	}
}

func TestUploads(t *testing.T) {
	client := newClient(t)
	path := filepath.Join(t.TempDir(), "speech.wav")
	content := bytes.Repeat([]byte("sound"), 200_000)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	request := &pb.CreateTranscriptionRequest{Model: openaigrpc.Ptr("gpt-4o-transcribe")}
	var steps []int64
	source := openaigrpc.FromPath(path).OnProgress(func(sent, size int64) {
		if size != int64(len(content)) {
			t.Errorf("size %d", size)
		}
		steps = append(steps, sent)
	})
	transcript, err := client.Audio.Transcribe(deadline(t), request, source)
	if err != nil || transcript.GetText() != reply {
		t.Fatalf("%v (%v)", transcript, err)
	}
	if len(steps) != 4 || steps[3] != int64(len(content)) || !slices.IsSorted(steps) {
		t.Errorf("progress %v", steps)
	}
	if request.File != nil {
		t.Error("the request was changed")
	}
	stream := client.Audio.Stream(deadline(t), request, openaigrpc.FromReader("speech.wav", io.LimitReader(bytes.NewReader(content), 9)))
	var text string
	for piece, err := range stream.Text() {
		if err != nil {
			t.Fatal(err)
		}
		text += piece
	}
	done, err := stream.Final()
	if err != nil || text != reply || done.GetText() != reply {
		t.Errorf("%q, %v (%v)", text, done, err)
	}
}

func TestUploadsThatFail(t *testing.T) {
	client := newClient(t)
	request := &pb.CreateTranscriptionRequest{Model: openaigrpc.Ptr("gpt-4o-transcribe")}
	broken := func() *openaigrpc.Source {
		return openaigrpc.FromReader("a.wav", io.MultiReader(strings.NewReader("so"), iotest.ErrReader(errors.New("the disk is gone"))))
	}
	for want, source := range map[string]func() *openaigrpc.Source{
		"no such file":     func() *openaigrpc.Source { return openaigrpc.FromPath("/nowhere.wav") },
		"without a name":   func() *openaigrpc.Source { return openaigrpc.FromBytes("", nil) },
		"the disk is gone": broken,
	} {
		if _, err := client.Audio.Transcribe(deadline(t), request, source()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
		if _, err := client.Audio.Stream(deadline(t), request, source()).Final(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
	// The call ends while the source has nothing to read.
	blocked, writer := io.Pipe()
	defer func() { _ = writer.Close() }()
	refused := &pb.CreateTranscriptionRequest{Model: request.Model, ExtraJson: openaigrpc.Ptr(`{"model": "another"}`)}
	_, err := client.Audio.Transcribe(deadline(t), refused, openaigrpc.FromReader("a.wav", blocked))
	if failureOf(t, err).Status != codes.InvalidArgument {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(deadline(t))
	reading := openaigrpc.FromReader("a.wav", readerFunc(func([]byte) (int, error) { cancel(); return blocked.Read(nil) }))
	if _, err := client.Audio.Transcribe(ctx, request, reading); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	request.Model = openaigrpc.Ptr("rate-limited")
	_, err = client.Audio.Transcribe(deadline(t), request, openaigrpc.FromBytes("a.wav", []byte("sound")))
	if failureOf(t, err).Status != codes.ResourceExhausted {
		t.Error(err)
	}
}

type readerFunc func([]byte) (int, error)

func (r readerFunc) Read(into []byte) (int, error) { return r(into) }

func TestBuilders(t *testing.T) {
	picture := filepath.Join(t.TempDir(), "picture.png")
	if err := os.WriteFile(picture, []byte("\x89PNG\r\n\x1a\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	image, err := openaigrpc.ImagePathPart(picture)
	if err != nil {
		t.Fatal(err)
	}
	input, err := openaigrpc.InputImagePath(picture)
	if err != nil {
		t.Fatal(err)
	}
	request := &pb.CreateChatCompletionRequest{
		Model: openaigrpc.Ptr("m"),
		Messages: openaigrpc.Messages(
			openaigrpc.SystemMessage("be brief"),
			openaigrpc.DeveloperMessage("be kind"),
			openaigrpc.UserMessage(openaigrpc.Parts(
				openaigrpc.TextPart("look"), image, openaigrpc.ImageURLPart("https://example.com/a.png"),
				openaigrpc.FilePart("a.pdf", []byte("%PDF-")), openaigrpc.FileIDPart("file-1"), openaigrpc.AudioPart([]byte("s"), "wav"),
			)),
			openaigrpc.AssistantMessage("well"),
			openaigrpc.ToolMessage("call_1", "12 degrees"),
		),
		Tools:      []*pb.ChatCompletionTool{openaigrpc.FunctionTool("f", "does", `{"type":"object"}`)},
		ToolChoice: openaigrpc.ToolChoiceOf("f"),
	}
	checkJSON(t, request, `{
		"model": "m",
		"messages": [
			{"role": "system", "content": "be brief"},
			{"role": "developer", "content": "be kind"},
			{"role": "user", "content": [
				{"type": "text", "text": "look"},
				{"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}},
				{"type": "image_url", "image_url": {"url": "https://example.com/a.png"}},
				{"type": "file", "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,JVBERi0="}},
				{"type": "file", "file": {"file_id": "file-1"}},
				{"type": "input_audio", "input_audio": {"data": "cw==", "format": "wav"}}
			]},
			{"role": "assistant", "content": "well"},
			{"role": "tool", "tool_call_id": "call_1", "content": "12 degrees"}
		],
		"tools": [{"type": "function", "function": {"name": "f", "description": "does", "parameters": {"type": "object"}}}],
		"tool_choice": {"type": "function", "function": {"name": "f"}}
	}`)
	checkJSON(t, &pb.CreateResponseRequest{
		Input: openaigrpc.ItemsInput(
			openaigrpc.InputMessage("user", openaigrpc.InputParts(
				openaigrpc.InputText("look"), input, openaigrpc.InputFileURL("https://example.com/a.pdf"),
			)),
			openaigrpc.FunctionOutput("call_1", "12 degrees"),
		),
		Tools:      []*pb.ResponseTool{openaigrpc.ResponseFunction("f", "does", `{"type":"object"}`)},
		ToolChoice: openaigrpc.ResponseToolChoice("required"),
	}, `{
		"input": [
			{"type": "message", "role": "user", "content": [
				{"type": "input_text", "text": "look"},
				{"type": "input_image", "detail": "auto", "image_url": "data:image/png;base64,iVBORw0KGgo="},
				{"type": "input_file", "file_url": "https://example.com/a.pdf"}
			]},
			{"type": "function_call_output", "call_id": "call_1", "output": "12 degrees"}
		],
		"tools": [{"type": "function", "name": "f", "description": "does", "parameters": {"type": "object"}, "strict": false}],
		"tool_choice": "required"
	}`)
	checkJSON(t, &pb.CreateEmbeddingRequest{Input: openaigrpc.EmbeddingText("one")}, `{"input": "one"}`)
}
