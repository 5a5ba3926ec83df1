// Agent answers questions over HTTP, with a model that looks things up in two tools: agent ADDRESS LISTEN.
//
//	curl -d '{"question": "Is it warmer in Oslo or in Rome?"}' http://localhost:8080/ask
//
// A caller that goes away cancels the call of the model, and with it the request upstream.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"log"
	"net/http"
	"os"
	"time"

	"google.golang.org/grpc/codes"

	openaigrpc "github.com/openai-grpc/openai-grpc/clients/go"
	pb "github.com/openai-grpc/openai-grpc/clients/go/openai_grpc/v1"
)

const instructions = "Answer in one sentence. Look up weather and time, never guess them."

type weatherQuestion struct {
	City string `json:"city" description:"Name of the city, in English"`
}

type weather struct {
	Celsius float64 `json:"celsius"`
	Sky     string  `json:"sky"`
}

type timeQuestion struct {
	Zone string `json:"zone" description:"IANA time zone, such as Europe/Oslo"`
}

// agent is the service.
type agent struct {
	client *openaigrpc.Client
	model  string
	tools  []openaigrpc.Tool
}

// newAgent returns a service that asks a lookup for the weather and a clock for the time.
func newAgent(client *openaigrpc.Client, model string, lookup func(context.Context, string) (weather, error), now func() time.Time) *agent {
	return &agent{client, model, []openaigrpc.Tool{
		openaigrpc.MustTool("get_weather", "Current weather of a city",
			func(ctx context.Context, question weatherQuestion) (weather, error) {
				return lookup(ctx, question.City)
			}),
		openaigrpc.MustTool("get_time", "Current time of a time zone",
			func(_ context.Context, question timeQuestion) (string, error) {
				zone, err := time.LoadLocation(question.Zone)
				if err != nil {
					return "", err
				}
				return now().In(zone).Format(time.RFC1123), nil
			}),
	}}
}

// ServeHTTP answers POST {"question": "..."} with {"answer": "..."}.
func (a *agent) ServeHTTP(writer http.ResponseWriter, request *http.Request) {
	var asked struct{ Question string }
	if err := json.NewDecoder(http.MaxBytesReader(writer, request.Body, 64<<10)).Decode(&asked); err != nil || asked.Question == "" {
		http.Error(writer, `invalid body: must be {"question": "..."}`, http.StatusBadRequest)
		return
	}
	completion, _, err := a.client.Chat.RunTools(request.Context(), &pb.CreateChatCompletionRequest{
		Model:    &a.model,
		Messages: openaigrpc.Messages(openaigrpc.SystemMessage(instructions), openaigrpc.UserMessage(asked.Question)),
	}, openaigrpc.ToolLoop{Rounds: 6}, a.tools)
	if err != nil {
		http.Error(writer, err.Error(), httpStatus(err))
		return
	}
	writer.Header().Set("content-type", "application/json")
	_ = json.NewEncoder(writer).Encode(map[string]string{"answer": openaigrpc.TextOf(completion)}) // the caller may be gone
}

func httpStatus(err error) int {
	var failure *openaigrpc.Error
	if !errors.As(err, &failure) {
		return http.StatusInternalServerError
	}
	switch failure.Status {
	case codes.ResourceExhausted:
		return http.StatusTooManyRequests
	case codes.Unavailable:
		return http.StatusServiceUnavailable
	case codes.DeadlineExceeded:
		return http.StatusGatewayTimeout
	}
	return http.StatusBadGateway
}

// lookUp stands for a service of one's own.
func lookUp(_ context.Context, city string) (weather, error) {
	found, ok := map[string]weather{"Oslo": {-3, "snow"}, "Rome": {14, "clear"}}[city]
	if !ok {
		return weather{}, errors.New("no such city")
	}
	return found, nil
}

func main() {
	client, err := openaigrpc.NewClient(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	server := &http.Server{Addr: os.Args[2], Handler: newAgent(client, "gpt-4o-mini", lookUp, time.Now), ReadHeaderTimeout: 10 * time.Second}
	log.Fatal(server.ListenAndServe())
}
