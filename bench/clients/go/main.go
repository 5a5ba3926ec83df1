// Calls makes the calls that standard input names, with this repository's client, its stubs alone or OpenAI's module, as
// calls.py does.
package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"sync"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	openaigrpc "github.com/openai-grpc/openai-grpc/clients/go"
	pb "github.com/openai-grpc/openai-grpc/clients/go/openai_grpc/v1"
)

const (
	system = "Answer in the voice of a harbour pilot."
	user   = "What should I know about the tide before I leave the bay this evening?"
)

// counted is what was received: calls or chunks with text, and characters.
type counted struct{ units, characters int }

func (c *counted) add(text string) {
	if text != "" {
		c.units++
		c.characters += len(text)
	}
}

var streamed = map[string]string{"burst": "gpt-bench", "paced": "gpt-bench-fast"} // their models

type calls map[string]func(ctx context.Context, into *counted) error

func ours(address string) calls {
	client, err := openaigrpc.NewClient(address)
	if err != nil {
		log.Fatal(err)
	}
	said := openaigrpc.Messages(openaigrpc.SystemMessage(system), openaigrpc.UserMessage(user))
	made := calls{
		"chat": func(ctx context.Context, into *counted) error {
			completion, err := client.Chat.CreateChatCompletion(ctx, &pb.CreateChatCompletionRequest{
				Model: openaigrpc.Ptr("gpt-bench"), Messages: said, Temperature: openaigrpc.Ptr(0.5),
				MaxCompletionTokens: openaigrpc.Ptr[int32](256),
			})
			into.add(openaigrpc.TextOf(completion))
			return err
		},
	}
	for kind, model := range streamed {
		made[kind] = func(ctx context.Context, into *counted) error {
			request := &pb.CreateChatCompletionRequest{
				Model: &model, Messages: said, Temperature: openaigrpc.Ptr(0.5),
			}
			for chunk, err := range client.Chat.Stream(ctx, request).All() {
				if err != nil {
					return err
				}
				for _, choice := range chunk.GetChoices() {
					into.add(choice.GetDelta().GetContent())
				}
			}
			return nil
		}
	}
	return made
}

func stubs(address string) calls {
	connection, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		log.Fatal(err)
	}
	client := pb.NewChatServiceClient(connection)
	said := openaigrpc.Messages(openaigrpc.SystemMessage(system), openaigrpc.UserMessage(user))
	made := calls{
		"chat": func(ctx context.Context, into *counted) error {
			completion, err := client.CreateChatCompletion(ctx, &pb.CreateChatCompletionRequest{
				Model: openaigrpc.Ptr("gpt-bench"), Messages: said, Temperature: openaigrpc.Ptr(0.5),
				MaxCompletionTokens: openaigrpc.Ptr[int32](256),
			})
			into.add(openaigrpc.TextOf(completion))
			return err
		},
	}
	for kind, model := range streamed {
		made[kind] = func(ctx context.Context, into *counted) error {
			stream, err := client.StreamChatCompletion(ctx, &pb.CreateChatCompletionRequest{
				Model: &model, Messages: said, Temperature: openaigrpc.Ptr(0.5),
			})
			if err != nil {
				return err
			}
			for {
				chunk, err := stream.Recv()
				if errors.Is(err, io.EOF) {
					return nil
				}
				if err != nil {
					return err
				}
				for _, choice := range chunk.GetChoices() {
					into.add(choice.GetDelta().GetContent())
				}
			}
		}
	}
	return made
}

func theirs(address string) calls {
	client := openai.NewClient(option.WithBaseURL(address), option.WithAPIKey("sk-bench"), option.WithMaxRetries(0))
	said := []openai.ChatCompletionMessageParamUnion{openai.SystemMessage(system), openai.UserMessage(user)}
	made := calls{
		"chat": func(ctx context.Context, into *counted) error {
			completion, err := client.Chat.Completions.New(ctx, openai.ChatCompletionNewParams{
				Model: "gpt-bench", Messages: said, Temperature: openai.Float(0.5), MaxCompletionTokens: openai.Int(256),
			})
			if err == nil {
				into.add(completion.Choices[0].Message.Content)
			}
			return err
		},
	}
	for kind, model := range streamed {
		made[kind] = func(ctx context.Context, into *counted) error {
			stream := client.Chat.Completions.NewStreaming(ctx, openai.ChatCompletionNewParams{
				Model: model, Messages: said, Temperature: openai.Float(0.5),
				StreamOptions: openai.ChatCompletionStreamOptionsParam{IncludeUsage: openai.Bool(true)},
			})
			defer stream.Close()
			for stream.Next() {
				for _, choice := range stream.Current().Choices {
					into.add(choice.Delta.Content)
				}
			}
			return stream.Err()
		}
	}
	return made
}

func main() {
	made := map[string]func(string) calls{"ours": ours, "stubs": stubs, "openai": theirs}[os.Args[1]](os.Args[2])
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		var kind string
		var workers, number int
		if _, err := fmt.Sscan(lines.Text(), &kind, &workers, &number); err != nil {
			log.Fatal(err)
		}
		left := make(chan struct{}, number)
		for range number {
			left <- struct{}{}
		}
		close(left)
		received := make([]counted, workers)
		var group sync.WaitGroup
		for worker := range workers {
			group.Go(func() {
				for range left {
					if err := made[kind](context.Background(), &received[worker]); err != nil {
						log.Fatal(err)
					}
				}
			})
		}
		group.Wait()
		var all counted
		for _, each := range received {
			all.units += each.units
			all.characters += each.characters
		}
		fmt.Println(all.units, all.characters)
	}
}
