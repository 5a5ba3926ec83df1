package openaigrpc

import (
	"context"
	"errors"
	"io"
	"iter"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	pb "github.com/openai-grpc/openai-grpc/clients/go/openai_grpc/v1"
)

// Batchable is a request that a batch can have.
type Batchable interface {
	*pb.CreateChatCompletionRequest | *pb.CreateResponseRequest | *pb.CreateEmbeddingRequest |
		*pb.CreateCompletionRequest | *pb.CreateModerationRequest | *pb.CreateImageRequest |
		*pb.CreateImageEditRequest | *pb.CreateVideoRequest
}

// BatchRequest makes a request of a batch. Its result has the same id, which is another one for each; with an empty
// one the gateway numbers it: `request-1`.
func BatchRequest[R Batchable](customID string, request R) *pb.BatchRequestInput {
	made := &pb.BatchRequestInput{}
	if customID != "" {
		made.CustomId = &customID
	}
	switch request := any(request).(type) {
	case *pb.CreateChatCompletionRequest:
		made.Request = &pb.BatchRequestInput_ChatCompletion{ChatCompletion: request}
	case *pb.CreateResponseRequest:
		made.Request = &pb.BatchRequestInput_Response{Response: request}
	case *pb.CreateEmbeddingRequest:
		made.Request = &pb.BatchRequestInput_Embedding{Embedding: request}
	case *pb.CreateCompletionRequest:
		made.Request = &pb.BatchRequestInput_Completion{Completion: request}
	case *pb.CreateModerationRequest:
		made.Request = &pb.BatchRequestInput_Moderation{Moderation: request}
	case *pb.CreateImageRequest:
		made.Request = &pb.BatchRequestInput_Image{Image: request}
	case *pb.CreateImageEditRequest:
		made.Request = &pb.BatchRequestInput_ImageEdit{ImageEdit: request}
	case *pb.CreateVideoRequest:
		made.Request = &pb.BatchRequestInput_Video{Video: request}
	}
	return made
}

// Submit begins a batch of requests, however many there are: the gateway checks them and writes their file. They
// are of one kind, and are taken as the gateway takes them, so that memory is bounded. The config may be nil. To give
// up amid the requests, end the context: no batch is made.
func (b Batches) Submit(
	ctx context.Context, config *pb.CreateBatchRequest, requests iter.Seq[*pb.BatchRequestInput], options ...grpc.CallOption,
) (*pb.Batch, error) {
	ctx, cancel := context.WithCancel(ctx) // a panic of the requests ends the call
	defer cancel()
	stream, err := b.SubmitBatch(ctx, options...)
	if err != nil {
		return nil, err
	}
	if config == nil {
		config = &pb.CreateBatchRequest{}
	}
	err = stream.Send(&pb.SubmitBatchRequest{Message: &pb.SubmitBatchRequest_Config{Config: config}})
	if err == nil {
		for request := range requests {
			err = stream.Send(&pb.SubmitBatchRequest{Message: &pb.SubmitBatchRequest_Request{Request: request}})
			if err != nil {
				break
			}
		}
	}
	if err != nil && !errors.Is(err, io.EOF) { // with io.EOF the reply has the status
		return nil, err
	}
	if ctx.Err() != nil { // not closed: half a batch would be made
		batch := &pb.Batch{}
		return nil, stream.RecvMsg(batch)
	}
	return stream.CloseAndRecv()
}

// Results streams the results of a batch that is done: replies and failures of its requests, in the order of
// upstream's files. A type switch on the result, or its getters, tell them apart. A connection that is lost in
// between does not end the stream; another program goes on after the cursor of the last result, as `after`.
func (b Batches) Results(
	ctx context.Context, request *pb.StreamBatchResultsRequest, options ...grpc.CallOption,
) *Stream[pb.BatchResult] {
	rest := shallow(request)
	resume := resumeOption{next: func() proto.Message { return rest }}
	return newStream(ctx, func(result *pb.BatchResult) {
		if result.Cursor != nil {
			rest = shallow(rest) // gRPC may still have the one before
			rest.After = result.Cursor
		}
	}, append(options[:len(options):len(options)], resume),
		func(ctx context.Context, options ...grpc.CallOption) (grpc.ServerStreamingClient[pb.BatchResult], error) {
			return b.StreamBatchResults(ctx, request, options...)
		})
}
