package main

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	openaigrpc "github.com/openai-grpc/openai-grpc/clients/go"
)

// post asks an agent before the live gateway, whose scripted upstream asks for the weather of Oslo.
func post(t *testing.T, model, body string) (int, string) {
	t.Helper()
	address, ok := os.LookupEnv("OPENAI_GRPC_ADDRESS")
	if !ok {
		t.Fatal("OPENAI_GRPC_ADDRESS is not set: these tests run against a live gateway, see README.md")
	}
	client, err := openaigrpc.NewClient(address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	server := httptest.NewServer(newAgent(client, model, lookUp, time.Now))
	t.Cleanup(server.Close)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, server.URL, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := server.Client().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, strings.TrimSpace(string(text))
}

func TestAgent(t *testing.T) {
	for name, test := range map[string]struct {
		model, body string
		status      int
		answer      string
	}{
		"an answer with a tool": {"tool-loop", `{"question": "weather?"}`, http.StatusOK, `{"answer":"{\"celsius\":-3,\"sky\":\"snow\"}"}`},
		"an answer without":     {"gpt-4o-mini", `{"question": "hi"}`, http.StatusOK, `{"answer":"Hello there"}`},
		"no question":           {"gpt-4o-mini", `{}`, http.StatusBadRequest, `invalid body: must be {"question": "..."}`},
		"a limit":               {"rate-limited", `{"question": "hi"}`, http.StatusTooManyRequests, "Rate limit reached for requests"},
		"no end":                {"tool-caller", `{"question": "hi"}`, http.StatusInternalServerError, "after 6 rounds"},
	} {
		t.Run(name, func(t *testing.T) {
			status, answer := post(t, test.model, test.body)
			if status != test.status || !strings.Contains(answer, test.answer) {
				t.Errorf("%d %s", status, answer)
			}
		})
	}
}
