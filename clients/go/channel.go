// Package openaigrpc is a client of openai-grpc: OpenAI's API as typed gRPC.
//
//	client, err := openaigrpc.NewClient("localhost:50051")
//	...
//	stream := client.Chat.Stream(ctx, &pb.CreateChatCompletionRequest{
//		Model:    openaigrpc.Ptr("gpt-4o-mini"),
//		Messages: openaigrpc.Messages(openaigrpc.UserMessage("hi")),
//	})
//	for text, err := range stream.Text() { ... }
//
// The messages are those of the package openai_grpc/v1, generated from the contract. This package adds
// how to connect, to build them, to call, to read streams, and to understand errors.
package openaigrpc

import (
	"context"
	"strconv"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/metadata"

	openaigrpcv1 "github.com/openai-grpc/openai-grpc/clients/go/openai_grpc/v1"
)

// MaxMessageBytes is how large a message may be in either direction: the gateway's default limit.
// grpc-go's own is 4 MiB for what is received, which long embeddings and images exceed.
const MaxMessageBytes = 64 << 20

// Bytes that the gateway may send ahead of what is read.
const (
	streamWindow     = 1 << 20
	connectionWindow = 4 << 20
)

// ServiceConfig balances calls over all addresses of the gateway, and retries a call that ended with
// UNAVAILABLE: the gateway sends that status only where nothing can have been billed yet. A delay or
// a refusal in the trailer grpc-retry-pushback-ms is respected. A connection that breaks before the
// first byte of a reply reads as UNAVAILABLE as well, so a call that was in flight then may be made,
// and billed, twice; [grpc.WithDisableRetry] rules that out.
const ServiceConfig = `{
	"loadBalancingConfig": [{"round_robin": {}}],
	"methodConfig": [{
		"name": [{}],
		"retryPolicy": {
			"maxAttempts": 3,
			"initialBackoff": "0.2s",
			"maxBackoff": "5s",
			"backoffMultiplier": 2,
			"retryableStatusCodes": ["UNAVAILABLE"]
		}
	}],
	"retryThrottling": {"maxTokens": 10, "tokenRatio": 0.1}
}`

// DialOptions returns what [grpc.NewClient] should be given besides credentials. Options after these
// override them. [NewClient] has them already.
func DialOptions() []grpc.DialOption {
	return append(channelOptions(MaxMessageBytes),
		grpc.WithDefaultServiceConfig(ServiceConfig),
		grpc.WithChainUnaryInterceptor(unaryContract),
		grpc.WithChainStreamInterceptor(streamContract),
	)
}

func channelOptions(maxBytes int) []grpc.DialOption {
	return []grpc.DialOption{
		// Fixed windows: to size them by the bandwidth, gRPC would send a ping for what it reads.
		grpc.WithInitialWindowSize(streamWindow),
		grpc.WithInitialConnWindowSize(connectionWindow),
		grpc.WithDefaultCallOptions(
			grpc.MaxCallRecvMsgSize(maxBytes),
			grpc.MaxCallSendMsgSize(maxBytes),
		),
		// A model may think for minutes without a byte, in which routers forget a connection. Servers
		// close connections that ping without calls.
		grpc.WithKeepaliveParams(keepalive.ClientParameters{
			Time:                30 * time.Second,
			Timeout:             20 * time.Second,
			PermitWithoutStream: false,
		}),
	}
}

// withContract tells the gateway which revision of the contract this module is generated from, so
// that a newer gateway answers with what the module can read.
func withContract(ctx context.Context) context.Context {
	return metadata.AppendToOutgoingContext(ctx, "openai-grpc-contract", strconv.Itoa(openaigrpcv1.ContractRevision))
}

func unaryContract(
	ctx context.Context, method string, request, reply any, connection *grpc.ClientConn,
	invoke grpc.UnaryInvoker, options ...grpc.CallOption,
) error {
	return invoke(withContract(ctx), method, request, reply, connection, options...)
}

func streamContract(
	ctx context.Context, description *grpc.StreamDesc, connection *grpc.ClientConn, method string,
	open grpc.Streamer, options ...grpc.CallOption,
) (grpc.ClientStream, error) {
	return open(withContract(ctx), description, connection, method, options...)
}
