// Tour calls a gateway in each of the ways that a service does: tour ADDRESS RECORDING.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"time"

	"google.golang.org/grpc/codes"

	openaigrpc "github.com/openai-grpc/openai-grpc/clients/go"
	pb "github.com/openai-grpc/openai-grpc/clients/go/openai_grpc/v1"
)

func main() {
	client, err := openaigrpc.NewClient(os.Args[1])
	check(err)
	defer client.Close()
	ctx := context.Background()

	fmt.Println("== chat stream with a system message and a tool")
	limited, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	stream := client.Chat.Stream(limited, &pb.CreateChatCompletionRequest{
		Model:               openaigrpc.Ptr("gpt-4o-mini"),
		Messages:            openaigrpc.Messages(openaigrpc.SystemMessage("You are terse. Use tools."), openaigrpc.UserMessage("What is the weather in Paris?")),
		MaxCompletionTokens: openaigrpc.Ptr[int32](60),
		Tools: []*pb.ChatCompletionTool{openaigrpc.FunctionTool("get_weather", "Current weather of a city",
			`{"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}`)},
	})
	for text, err := range stream.Text() {
		check(err)
		fmt.Print(text)
	}
	whole, err := stream.Final()
	check(err)
	for _, call := range openaigrpc.ToolCalls(whole) {
		fmt.Println("TOOL", call.GetId(), call.GetFunction().GetName(), call.GetFunction().GetArguments())
	}

	fmt.Println("\n== NOT_FOUND")
	_, err = client.Responses.GetResponse(ctx, &pb.GetResponseRequest{ResponseId: openaigrpc.Ptr("resp_nope")})
	if failure := (*openaigrpc.Error)(nil); errors.As(err, &failure) && failure.Status == codes.NotFound {
		fmt.Println(failure.Message, failure.Reason, failure.HTTPStatus, failure.RequestID)
	}

	fmt.Println("== deadline")
	short, cancel := context.WithTimeout(ctx, 300*time.Millisecond)
	defer cancel()
	story := &pb.CreateChatCompletionRequest{Model: openaigrpc.Ptr("endless"), Messages: openaigrpc.Messages(openaigrpc.UserMessage("tell a very long story"))}
	_, err = client.Chat.Stream(short, story).Final()
	fmt.Println(errors.Is(err, context.DeadlineExceeded), err)

	fmt.Println("== cancel half-way")
	for text, err := range client.Chat.Stream(ctx, story).Text() {
		check(err)
		fmt.Println(text)
		break
	}

	fmt.Println("== responses events")
	for event, err := range client.Responses.Stream(ctx, &pb.CreateResponseRequest{
		Model: openaigrpc.Ptr("gpt-4o-mini"), Input: openaigrpc.TextInput("Say hello"), MaxOutputTokens: openaigrpc.Ptr[int32](40),
	}).All() {
		check(err)
		switch event := event.GetKind().(type) {
		case *pb.ResponseStreamEvent_OutputTextDelta:
			fmt.Print(event.OutputTextDelta.GetDelta())
		case *pb.ResponseStreamEvent_Completed:
			fmt.Println("\ndone", event.Completed.GetResponse().GetUsage().GetTotalTokens())
		}
	}

	fmt.Println("== embedding")
	vectors, err := client.Embeddings.Embed(ctx, &pb.CreateEmbeddingRequest{Model: openaigrpc.Ptr("text-embedding-3-small")}, []string{"hello"})
	check(err)
	fmt.Println(len(vectors[0]))

	fmt.Println("== audio, streamed")
	for text, err := range client.Audio.Stream(ctx, &pb.CreateTranscriptionRequest{Model: openaigrpc.Ptr("gpt-4o-transcribe")}, openaigrpc.FromPath(os.Args[2])).Text() {
		check(err)
		fmt.Print(text)
	}
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
