package openaigrpc

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"

	pb "github.com/openai-grpc/openai-grpc/clients/go/openai_grpc/v1"
)

// EmbeddingError is why an input of a stream has no vector. The others have theirs.
type EmbeddingError struct {
	// Index is that of the input in the stream, from 0.
	Index int64
	// Status, Message and Reason are those that the call of it alone would have had.
	Status          codes.Code
	Message, Reason string
}

// Error says which input failed, and why.
func (e *EmbeddingError) Error() string {
	return fmt.Sprintf("input %d: %s (%s)", e.Index, e.Message, e.Status)
}

// EmbeddingStream reads the vectors of a stream of inputs, in their order.
type EmbeddingStream struct {
	*Stream[pb.StreamEmbeddingsReply]

	usage *pb.CreateEmbeddingResponse_EmbeddingUsage
}

// Stream embeds texts, however many there are: the gateway puts them together to requests of the upstream's size.
// The request has no input. Texts are taken as the gateway takes them, by a goroutine of the stream, and vectors are
// made as they are read, so that memory is bounded.
func (e Embeddings) Stream(
	ctx context.Context, request *pb.CreateEmbeddingRequest, texts iter.Seq[string], options ...grpc.CallOption,
) *EmbeddingStream {
	return e.StreamInputs(ctx, request, func(yield func(*pb.EmbeddingInput) bool) {
		for text := range texts {
			if !yield(EmbeddingText(text)) {
				return
			}
		}
	}, options...)
}

// StreamInputs embeds inputs, each a text or the tokens of one, like [Embeddings.Stream].
func (e Embeddings) StreamInputs(
	ctx context.Context, request *pb.CreateEmbeddingRequest, inputs iter.Seq[*pb.EmbeddingInput], options ...grpc.CallOption,
) *EmbeddingStream {
	made := &EmbeddingStream{}
	made.Stream = newStream(ctx, func(reply *pb.StreamEmbeddingsReply) {
		if usage := reply.GetUsage(); usage != nil {
			made.usage = usage
		}
	}, options, func(ctx context.Context, options ...grpc.CallOption) (grpc.ServerStreamingClient[pb.StreamEmbeddingsReply], error) {
		stream, err := e.StreamEmbeddings(ctx, options...)
		if err != nil {
			return nil, err
		}
		go func() {
			config := &pb.StreamEmbeddingsRequest{Message: &pb.StreamEmbeddingsRequest_Config{Config: request}}
			if stream.Send(config) != nil { // who reads has the status
				return
			}
			for input := range inputs {
				if stream.Send(&pb.StreamEmbeddingsRequest{Message: &pb.StreamEmbeddingsRequest_Input{Input: input}}) != nil {
					return
				}
			}
			_ = stream.CloseSend()
		}()
		return stream, nil
	})
	return made
}

// Vectors yields the vector of each input, in order; for one that failed an [*EmbeddingError], after which the loop
// may go on. Any other error is the last: that of the call.
func (s *EmbeddingStream) Vectors() iter.Seq2[[]float32, error] {
	return func(yield func([]float32, error) bool) {
		for reply, err := range s.All() {
			switch failure := reply.GetFailure(); {
			case err != nil:
				yield(nil, err)
				return
			case failure != nil:
				failed := &EmbeddingError{
					reply.GetIndex(), codes.Code(failure.GetCode()), failure.GetMessage(), failure.GetReason(),
				}
				if !yield(nil, failed) {
					return
				}
			case reply.GetEmbedding() != nil:
				if !yield(reply.GetEmbedding().GetEmbedding(), nil) {
					return
				}
			}
		}
	}
}

// Final reads the rest and returns the usage of all inputs.
func (s *EmbeddingStream) Final() (*pb.CreateEmbeddingResponse_EmbeddingUsage, error) {
	if err := s.drain(); err != nil {
		return nil, err
	}
	if s.usage == nil {
		return nil, errors.New("stream ended without its usage")
	}
	return s.usage, nil
}
