package openaigrpc_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	openaigrpc "github.com/openai-grpc/openai-grpc/clients/go"
	openaigrpcv1 "github.com/openai-grpc/openai-grpc/clients/go/openai_grpc/v1"
)

// reply is what the scripted upstream says; see tests/clients/upstream_script.py.
const reply = "Hello there"

// environment returns a variable that tests/clients/live.py sets.
func environment(t *testing.T, name string) string {
	t.Helper()
	value, ok := os.LookupEnv(name)
	if !ok {
		t.Fatalf("%s is not set: these tests run against a live gateway, see README.md", name)
	}
	return value
}

func connect(t *testing.T) *grpc.ClientConn {
	t.Helper()
	return connectTo(t, "OPENAI_GRPC_ADDRESS")
}

func connectTo(t *testing.T, variable string) *grpc.ClientConn {
	t.Helper()
	options := append(openaigrpc.DialOptions(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	connection, err := grpc.NewClient(environment(t, variable), options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = connection.Close() })
	return connection
}

// deadline gives up on a gateway that hangs.
func deadline(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// askUpstream returns what the upstream answers about the requests that named this test as the user.
func askUpstream(t *testing.T, path string) []byte {
	t.Helper()
	target := environment(t, "OPENAI_GRPC_TEST_UPSTREAM") + path + "?user=" + url.QueryEscape(t.Name())
	request, err := http.NewRequestWithContext(deadline(t), http.MethodGet, target, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode >= http.StatusBadRequest {
		t.Fatalf("upstream answered %s to %s (%v)", answer.Status, path, err)
	}
	return body
}

func requestsSeen(t *testing.T) int {
	t.Helper()
	var seen struct{ Requests int }
	if err := json.Unmarshal(askUpstream(t, "/seen"), &seen); err != nil {
		t.Fatal(err)
	}
	return seen.Requests
}

func chatRequest(t *testing.T, model string) *openaigrpcv1.CreateChatCompletionRequest {
	t.Helper()
	return &openaigrpcv1.CreateChatCompletionRequest{
		Model: proto.String(model),
		//lint:ignore SA1019 the scripted upstream tells tests apart by it
		User: proto.String(t.Name()),
		Messages: []*openaigrpcv1.ChatCompletionRequestMessage{{
			Kind: &openaigrpcv1.ChatCompletionRequestMessage_User{
				User: &openaigrpcv1.ChatCompletionRequestUserMessage{
					Content: &openaigrpcv1.ChatCompletionContent{
						Kind: &openaigrpcv1.ChatCompletionContent_Text{Text: "hello"},
					},
				},
			},
		}},
	}
}

func embeddingRequest(t *testing.T, model string) *openaigrpcv1.CreateEmbeddingRequest {
	t.Helper()
	return &openaigrpcv1.CreateEmbeddingRequest{
		Model: proto.String(model),
		User:  proto.String(t.Name()),
		Input: &openaigrpcv1.EmbeddingInput{
			Kind: &openaigrpcv1.EmbeddingInput_Texts{
				Texts: &openaigrpcv1.EmbeddingInput_TextList{Values: []string{"one", "two"}},
			},
		},
	}
}

// drain reads a stream to its end and returns its messages.
func drain[T any](t *testing.T, stream grpc.ServerStreamingClient[T], err error) []*T {
	t.Helper()
	var messages []*T
	for err == nil {
		var message *T
		if message, err = stream.Recv(); err == nil {
			messages = append(messages, message)
		}
	}
	if !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
	return messages
}

func TestErrorDetails(t *testing.T) {
	connection := connect(t)
	calls := map[string]func(*testing.T) error{
		"unary": func(t *testing.T) error {
			client := openaigrpcv1.NewEmbeddingsServiceClient(connection)
			_, err := client.CreateEmbedding(deadline(t), embeddingRequest(t, "rate-limited"))
			return err
		},
		"stream": func(t *testing.T) error {
			client := openaigrpcv1.NewChatServiceClient(connection)
			stream, err := client.StreamChatCompletion(deadline(t), chatRequest(t, "rate-limited"))
			if err == nil {
				_, err = stream.Recv()
			}
			return err
		},
	}
	for name, call := range calls {
		t.Run(name, func(t *testing.T) {
			err := call(t)
			if status.Code(err) != codes.ResourceExhausted {
				t.Fatal(err)
			}
			info := openaigrpc.ErrorInfo(err)
			if info.GetReason() != "RATE_LIMITED" || info.GetDomain() != "openai-grpc" {
				t.Errorf("info %v", info)
			}
			want := map[string]string{
				"http_status": "429",
				"type":        "requests",
				"code":        "rate_limit_exceeded",
				"request_id":  "req_limited",
			}
			for key, value := range want {
				if got := info.GetMetadata()[key]; got != value {
					t.Errorf("%s: %q", key, got)
				}
			}
			if delay, ok := openaigrpc.RetryDelay(err); !ok || delay != 7*time.Second {
				t.Errorf("retry after %v, %v", delay, ok)
			}
			if seen := requestsSeen(t); seen != 1 {
				t.Errorf("%d requests", seen)
			}
		})
	}
}

func TestErrorWithoutDetails(t *testing.T) {
	for name, err := range map[string]error{"none": nil, "of another kind": io.EOF} {
		t.Run(name, func(t *testing.T) {
			if info := openaigrpc.ErrorInfo(err); info != nil || info.GetReason() != "" {
				t.Errorf("info %v", info)
			}
			if delay, ok := openaigrpc.RetryDelay(err); ok {
				t.Errorf("retry after %v", delay)
			}
		})
	}
}

func TestRetryOfUnavailable(t *testing.T) {
	client := openaigrpcv1.NewEmbeddingsServiceClient(connect(t))
	if _, err := client.CreateEmbedding(deadline(t), embeddingRequest(t, "overloaded-once")); err != nil {
		t.Fatal(err)
	}
	if seen := requestsSeen(t); seen != 2 {
		t.Errorf("%d requests", seen)
	}
}

// TestRetriesDoNotMultiply counts requests at an upstream that always fails: the gateway retries, the client does not.
func TestRetriesDoNotMultiply(t *testing.T) {
	client := openaigrpcv1.NewChatServiceClient(connectTo(t, "OPENAI_GRPC_RETRYING"))
	calls := map[string]func(*testing.T, *openaigrpcv1.CreateChatCompletionRequest) error{
		"call": func(t *testing.T, request *openaigrpcv1.CreateChatCompletionRequest) error {
			t.Helper()
			_, err := client.CreateChatCompletion(deadline(t), request)
			return err
		},
		"stream": func(t *testing.T, request *openaigrpcv1.CreateChatCompletionRequest) error {
			t.Helper()
			stream, err := client.StreamChatCompletion(deadline(t), request)
			for err == nil {
				_, err = stream.Recv()
			}
			return err
		},
	}
	for model, requests := range map[string]int{
		"fails-429": 3, "fails-500": 1, "fails-503": 3, "fails-closing": 1,
	} {
		for kind, call := range calls {
			t.Run(model+" "+kind, func(t *testing.T) {
				if err := call(t, chatRequest(t, model)); err == nil || errors.Is(err, io.EOF) {
					t.Fatal("it has not failed")
				}
				if seen := requestsSeen(t); seen != requests {
					t.Errorf("%d requests", seen)
				}
			})
		}
	}
}

func TestCancelReachesUpstream(t *testing.T) {
	client := openaigrpcv1.NewChatServiceClient(connect(t))
	ends := map[string]struct {
		code  codes.Code
		begin func(context.Context) (context.Context, context.CancelFunc)
		end   func(context.CancelFunc)
	}{
		"cancel": {
			codes.Canceled,
			context.WithCancel,
			func(cancel context.CancelFunc) { cancel() },
		},
		"deadline": {
			codes.DeadlineExceeded,
			func(ctx context.Context) (context.Context, context.CancelFunc) {
				return context.WithTimeout(ctx, 2*time.Second)
			},
			func(context.CancelFunc) {},
		},
	}
	for name, test := range ends {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := test.begin(deadline(t))
			defer cancel()
			stream, err := client.StreamChatCompletion(ctx, chatRequest(t, "endless"))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := stream.Recv(); err != nil {
				t.Fatal(err)
			}
			test.end(cancel)
			if _, err := stream.Recv(); status.Code(err) != test.code {
				t.Errorf("ended with %v", err)
			}
			askUpstream(t, "/closed")
		})
	}
}
