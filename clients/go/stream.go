package openaigrpc

import (
	"context"
	"errors"
	"io"
	"iter"
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	pb "github.com/openai-grpc/openai-grpc/clients/go/openai_grpc/v1"
)

var (
	errLeft       = errors.New("stream was left before its end: read it to the end, or call Final first")
	errIncomplete = errors.New("stream ended without the whole object: set call_options.accumulate, or leave it unset")
)

// Stream reads the messages of one call. The call begins when it is first read; leaving a loop over it
// cancels the call at once, and with it the request upstream. It is for one goroutine, but for Close.
type Stream[M any] struct {
	begin   func(context.Context) (grpc.ServerStreamingClient[M], error)
	note    func(*M)
	call    Call
	options []grpc.CallOption

	mutex  sync.Mutex
	ctx    context.Context
	cancel context.CancelFunc
	reader grpc.ServerStreamingClient[M]
	err    error // io.EOF: the stream is over
	notice *pb.CallDrain
}

func newStream[M any](
	ctx context.Context, note func(*M), options []grpc.CallOption,
	begin func(context.Context, ...grpc.CallOption) (grpc.ServerStreamingClient[M], error),
) *Stream[M] {
	made := &Stream[M]{note: note}
	made.ctx, made.cancel = context.WithCancel(ctx)
	made.options = append(options[:len(options):len(options)], Capture(&made.call))
	made.begin = func(ctx context.Context) (grpc.ServerStreamingClient[M], error) { return begin(ctx, made.options...) }
	return made
}

// All yields the messages, and an error as the last of them where the call failed.
func (s *Stream[M]) All() iter.Seq2[*M, error] {
	return func(yield func(*M, error) bool) {
		defer s.Close()
		for {
			message, err := s.Recv()
			if errors.Is(err, io.EOF) {
				return
			}
			if !yield(message, err) || err != nil {
				return
			}
		}
	}
}

// Recv returns the next message, [io.EOF] after the last one, and an [*Error] if the call failed.
func (s *Stream[M]) Recv() (*M, error) {
	reader, err := s.started()
	if err != nil {
		return nil, err
	}
	message, err := reader.Recv()
	for err == nil && s.passesOver(message) {
		message, err = reader.Recv()
	}
	if err != nil {
		s.end(err)
		return nil, err
	}
	if s.note != nil {
		s.note(message)
	}
	return message, nil
}

// Close cancels the call if it has not ended. It may be called at any time, and more than once.
func (s *Stream[M]) Close() { s.end(errLeft) }

// Draining returns the notice that the gateway's replica is leaving, with the seconds that this stream
// has; nil: it is not.
func (s *Stream[M]) Draining() *pb.CallDrain {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.notice
}

// passesOver keeps a notice, and tells whether the message is that alone, and none of the reply's.
func (s *Stream[M]) passesOver(message *M) bool {
	notice, alone := drainOf(message)
	if notice != nil {
		s.mutex.Lock()
		s.notice = notice
		s.mutex.Unlock()
	}
	return alone
}

// drainOf returns the notice of a message that the gateway's replica is leaving, or nil, and whether it has
// nothing else.
func drainOf(message any) (*pb.CallDrain, bool) {
	told, ok := message.(interface {
		proto.Message
		GetCallInfo() *pb.CallInfo
	})
	if !ok || told.GetCallInfo().GetDrain() == nil {
		return nil, false
	}
	fields := 0
	told.ProtoReflect().Range(func(protoreflect.FieldDescriptor, protoreflect.Value) bool {
		fields++
		return true
	})
	return told.GetCallInfo().GetDrain(), fields == 1
}

// Call returns what came with the reply. It is complete when the stream has ended.
func (s *Stream[M]) Call() *Call { return &s.call }

func (s *Stream[M]) started() (grpc.ServerStreamingClient[M], error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.err == nil && s.reader == nil {
		if s.reader, s.err = s.begin(s.ctx); s.err != nil {
			s.cancel()
		}
	}
	return s.reader, s.err
}

func (s *Stream[M]) end(err error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.err == nil {
		s.err = err
	}
	s.cancel()
}

// drain reads what is left.
func (s *Stream[M]) drain() error {
	for {
		if _, err := s.Recv(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// texts yields the pieces of text in the messages that are left.
func (s *Stream[M]) texts(piece func(*M) string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for message, err := range s.All() {
			if err != nil {
				yield("", err)
				return
			}
			if text := piece(message); text != "" && !yield(text, nil) {
				return
			}
		}
	}
}

// ChatStream is a chat completion as it is made.
type ChatStream struct {
	*Stream[pb.ChatCompletionChunk]

	whole *pb.ChatCompletion
}

// Stream begins a chat completion.
//
// The whole completion is put together by the gateway, unless the request says otherwise in
// call_options.accumulate.
func (c Chat) Stream(
	ctx context.Context, request *pb.CreateChatCompletionRequest, options ...grpc.CallOption,
) *ChatStream {
	made := &ChatStream{}
	made.Stream = newStream(ctx, func(chunk *pb.ChatCompletionChunk) {
		if whole := chunk.GetAccumulated(); whole != nil {
			made.whole = whole
		}
	}, options, func(ctx context.Context, options ...grpc.CallOption) (grpc.ServerStreamingClient[pb.ChatCompletionChunk], error) {
		if accumulate := accumulating(request.GetCallOptions()); accumulate != nil {
			request = shallow(request)
			request.CallOptions = accumulate
		}
		return c.StreamChatCompletion(ctx, request, options...)
	})
	return made
}

// Text yields the text of the first choice, piece by piece.
func (s *ChatStream) Text() iter.Seq2[string, error] {
	return s.texts(func(chunk *pb.ChatCompletionChunk) string {
		var text string
		for _, choice := range chunk.GetChoices() {
			if choice.GetIndex() == 0 {
				text += choice.GetDelta().GetContent()
				for _, part := range choice.GetDelta().GetContentParts() {
					text += part.GetText().GetText() + part.GetPlainText()
				}
			}
		}
		return text
	})
}

// Final reads the rest and returns the whole completion.
func (s *ChatStream) Final() (*pb.ChatCompletion, error) {
	if err := s.drain(); err != nil {
		return nil, err
	}
	if s.whole == nil {
		return nil, errIncomplete
	}
	return s.whole, nil
}

// CompletionStream is a completion of the older API as it is made.
type CompletionStream struct {
	*Stream[pb.Completion]

	whole *pb.Completion
}

// Stream begins a completion, like [Chat.Stream].
func (c Completions) Stream(
	ctx context.Context, request *pb.CreateCompletionRequest, options ...grpc.CallOption,
) *CompletionStream {
	made := &CompletionStream{}
	made.Stream = newStream(ctx, func(piece *pb.Completion) {
		if whole := piece.GetAccumulated(); whole != nil {
			made.whole = whole
		}
	}, options, func(ctx context.Context, options ...grpc.CallOption) (grpc.ServerStreamingClient[pb.Completion], error) {
		if accumulate := accumulating(request.GetCallOptions()); accumulate != nil {
			request = shallow(request)
			request.CallOptions = accumulate
		}
		return c.StreamCompletion(ctx, request, options...)
	})
	return made
}

// Text yields the text of the first choice, piece by piece.
func (s *CompletionStream) Text() iter.Seq2[string, error] {
	return s.texts(func(piece *pb.Completion) string {
		var text string
		for _, choice := range piece.GetChoices() {
			if choice.GetIndex() == 0 {
				text += choice.GetText()
			}
		}
		return text
	})
}

// Final reads the rest and returns the whole completion.
func (s *CompletionStream) Final() (*pb.Completion, error) {
	if err := s.drain(); err != nil {
		return nil, err
	}
	if s.whole == nil {
		return nil, errIncomplete
	}
	return s.whole, nil
}

// ResponseStream is a response as it is made. A type switch tells its events apart:
//
//	for event, err := range stream.All() {
//		...
//		switch event := event.GetKind().(type) {
//		case *pb.ResponseStreamEvent_OutputTextDelta:
//			fmt.Print(event.OutputTextDelta.GetDelta())
//		}
//	}
type ResponseStream struct {
	*Stream[pb.ResponseStreamEvent]

	whole *pb.Response
}

// Stream begins a response.
func (r Responses) Stream(
	ctx context.Context, request *pb.CreateResponseRequest, options ...grpc.CallOption,
) *ResponseStream {
	return responseStream(ctx, options,
		func(ctx context.Context, options ...grpc.CallOption) (grpc.ServerStreamingClient[pb.ResponseStreamEvent], error) {
			return r.StreamResponse(ctx, request, options...)
		})
}

// Resume continues the stream of a stored response that runs in the background.
func (r Responses) Resume(
	ctx context.Context, request *pb.ResumeResponseRequest, options ...grpc.CallOption,
) *ResponseStream {
	return responseStream(ctx, options,
		func(ctx context.Context, options ...grpc.CallOption) (grpc.ServerStreamingClient[pb.ResponseStreamEvent], error) {
			return r.ResumeResponse(ctx, request, options...)
		})
}

func responseStream(
	ctx context.Context, options []grpc.CallOption,
	begin func(context.Context, ...grpc.CallOption) (grpc.ServerStreamingClient[pb.ResponseStreamEvent], error),
) *ResponseStream {
	made := &ResponseStream{}
	made.Stream = newStream(ctx, func(event *pb.ResponseStreamEvent) {
		switch event := event.GetKind().(type) {
		case *pb.ResponseStreamEvent_Completed:
			made.whole = event.Completed.GetResponse()
		case *pb.ResponseStreamEvent_Incomplete:
			made.whole = event.Incomplete.GetResponse()
		case *pb.ResponseStreamEvent_Failed:
			made.whole = event.Failed.GetResponse()
		}
	}, options, begin)
	return made
}

// Text yields the text that the model says, piece by piece.
func (s *ResponseStream) Text() iter.Seq2[string, error] {
	return s.texts(func(event *pb.ResponseStreamEvent) string { return event.GetOutputTextDelta().GetDelta() })
}

// Final reads the rest and returns the whole response, whose status may be `incomplete`; for one that
// failed the error is a [*ResponseFailedError] or an [*Error].
func (s *ResponseStream) Final() (*pb.Response, error) {
	if err := s.drain(); err != nil {
		return nil, err
	}
	switch {
	case s.whole == nil:
		return nil, errors.New("stream ended without a response")
	case s.whole.GetStatus() == pb.ResponseStatusFailed:
		return nil, &ResponseFailedError{s.whole}
	}
	return s.whole, nil
}

// TranscriptionStream is a transcript as it is made.
type TranscriptionStream struct {
	*Stream[pb.TranscriptionStreamEvent]

	done *pb.TranscriptionTextDoneEvent
}

// Text yields the transcript, piece by piece.
func (s *TranscriptionStream) Text() iter.Seq2[string, error] {
	return s.texts(func(event *pb.TranscriptionStreamEvent) string { return event.GetTranscriptTextDelta().GetDelta() })
}

// Final reads the rest and returns the last event, which has the whole text.
func (s *TranscriptionStream) Final() (*pb.TranscriptionTextDoneEvent, error) {
	if err := s.drain(); err != nil {
		return nil, err
	}
	if s.done == nil {
		return nil, errors.New("stream ended without the whole transcript")
	}
	return s.done, nil
}

// accumulating returns options that ask for the whole object; nil where the caller has decided.
func accumulating(options *pb.CallOptions) *pb.CallOptions {
	if options != nil && options.Accumulate != nil {
		return nil
	}
	if options == nil {
		return &pb.CallOptions{Accumulate: proto.Bool(true)}
	}
	options = shallow(options)
	options.Accumulate = proto.Bool(true)
	return options
}
