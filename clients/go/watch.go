package openaigrpc

import (
	"context"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	pb "github.com/openai-grpc/openai-grpc/clients/go/openai_grpc/v1"
)

// States reads the states of a job: its present one, each change, and the last one, after which the stream
// ends. A connection that is lost in between, or a gateway that shuts down, does not end it: the job is watched
// again, [WithRetries] times in a row at most.
type States[M any] struct {
	*Stream[M]

	last *M
}

// Final waits until the job is done and returns it, whatever its status.
func (s *States[M]) Final() (*M, error) {
	if err := s.drain(); err != nil {
		return nil, err
	}
	return s.last, nil
}

// Watch watches a response that runs in the background until it is done.
func (r Responses) Watch(
	ctx context.Context, request *pb.WatchResponseRequest, options ...grpc.CallOption,
) *States[pb.Response] {
	return watch(ctx, request, options, r.WatchResponse)
}

// Watch watches a batch until it is done.
func (b Batches) Watch(ctx context.Context, request *pb.GetBatchRequest, options ...grpc.CallOption) *States[pb.Batch] {
	return watch(ctx, request, options, b.WatchBatch)
}

// Watch watches a video until it is done.
func (v Videos) Watch(ctx context.Context, request *pb.GetVideoRequest, options ...grpc.CallOption) *States[pb.Video] {
	return watch(ctx, request, options, v.WatchVideo)
}

func watch[Q proto.Message, M any](
	ctx context.Context, request Q, options []grpc.CallOption,
	begin func(context.Context, Q, ...grpc.CallOption) (grpc.ServerStreamingClient[M], error),
) *States[M] {
	made := &States[M]{}
	reader := &newStates[M]{}
	resume := resumeOption{next: func() proto.Message {
		reader.isAgain = true
		return request
	}}
	made.Stream = newStream(ctx, func(state *M) { made.last = state }, append(options[:len(options):len(options)], resume),
		func(ctx context.Context, options ...grpc.CallOption) (grpc.ServerStreamingClient[M], error) {
			stream, err := begin(ctx, request, options...)
			reader.ServerStreamingClient = stream
			return reader, err
		})
	return made
}

// newStates leaves out the state that a job had already when it is watched again.
type newStates[M any] struct {
	grpc.ServerStreamingClient[M]

	last    *M
	isAgain bool
}

func (s *newStates[M]) Recv() (*M, error) {
	for {
		state, err := s.ServerStreamingClient.Recv()
		if err != nil {
			return nil, err
		}
		if _, isNotice := drainOf(state); isNotice {
			return state, nil
		}
		isOld := s.isAgain && s.last != nil && sameState(state, s.last)
		s.isAgain, s.last = false, state
		if !isOld {
			return state, nil
		}
	}
}

// sameState tells whether two states differ in nothing but the call that brought them.
func sameState(one, other any) bool {
	bare := func(state any) proto.Message {
		message, _ := state.(proto.Message)
		message = shallow(message)
		reflected := message.ProtoReflect()
		if field := reflected.Descriptor().Fields().ByName("call_info"); field != nil {
			reflected.Clear(field)
		}
		return message
	}
	return proto.Equal(bare(one), bare(other))
}
