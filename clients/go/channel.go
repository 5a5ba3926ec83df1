// Package openaigrpc helps a client of openai-grpc: it has the settings of a channel, and reads the
// details of errors. The messages and stubs are in the package openai_grpc/v1.
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
// override them.
func DialOptions() []grpc.DialOption {
	return []grpc.DialOption{
		grpc.WithDefaultServiceConfig(ServiceConfig),
		grpc.WithChainUnaryInterceptor(unaryContract),
		grpc.WithChainStreamInterceptor(streamContract),
		grpc.WithDefaultCallOptions(
			grpc.MaxCallRecvMsgSize(MaxMessageBytes),
			grpc.MaxCallSendMsgSize(MaxMessageBytes),
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
