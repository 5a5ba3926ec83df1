package openaigrpc

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	pb "github.com/openai-grpc/openai-grpc/clients/go/openai_grpc/v1"
)

const chunkBytes = 256 << 10

// Source is a file to upload: of a path, of bytes, or of a reader that is read while it is sent. It is for
// one call, and a reader that blocks may still be read when a call has failed.
type Source struct {
	// Name is the name of the file; upstream reads the format off its extension. Required.
	Name string
	// Reader has the content. It is closed after the call if it is an [io.Closer] that this package opened.
	Reader io.Reader
	// Size is the content's size in bytes; 0: not known.
	Size int64
	// ContentType is the MIME type. Default: guessed by the gateway from the name.
	ContentType string
	// Progress is called after each chunk with the bytes sent so far and Size.
	Progress func(sent, size int64)
	// PartBytes and Parallel are for [Uploads.Upload]: the size of a part, at most upstream's limit, and how many are
	// sent at once. Default: 64 MiB and 4.
	PartBytes int64
	Parallel  int

	close func() error
	err   error
}

// FromPath uploads a file. One that can't be opened is the error of the call.
func FromPath(path string) *Source {
	file, err := os.Open(path)
	if err != nil {
		return &Source{err: err}
	}
	source := FromReader(filepath.Base(path), file)
	source.close = file.Close
	return source
}

// FromBytes uploads bytes under a name.
func FromBytes(name string, content []byte) *Source {
	return FromReader(name, bytes.NewReader(content))
}

// FromReader uploads what a reader yields under a name. No more is read than the gateway takes.
func FromReader(name string, reader io.Reader) *Source {
	return &Source{Name: name, Reader: reader, Size: sizeOf(reader)}
}

// OnProgress sets Progress.
func (s *Source) OnProgress(progress func(sent, size int64)) *Source {
	s.Progress = progress
	return s
}

// sizeOf returns how much is left to read, where that can be told.
func sizeOf(reader io.Reader) int64 {
	switch reader := reader.(type) {
	case interface{ Len() int }:
		return int64(reader.Len())
	case *os.File:
		status, err := reader.Stat()
		if err != nil || !status.Mode().IsRegular() {
			return 0
		}
		position, err := reader.Seek(0, io.SeekCurrent)
		if err != nil {
			return 0
		}
		return status.Size() - position
	}
	return 0
}

// File reads all of the source, for a request that has its file in itself, such as
// [pb.CreateVideoRequest]'s InputReference. Such a file is at most as large as a message.
func (s *Source) File() (*pb.UploadFile, error) {
	defer s.done()
	file, err := s.description()
	if err != nil {
		return nil, err
	}
	if file.Data, err = io.ReadAll(s.Reader); err != nil {
		return nil, fmt.Errorf("unreadable upload %s: %w", s.Name, err)
	}
	file.Size = nil
	return file, nil
}

// Transcribe uploads a recording of any size and returns its transcript. The file of the request is
// described by the source.
func (a Audio) Transcribe(
	ctx context.Context, request *pb.CreateTranscriptionRequest, source *Source, options ...grpc.CallOption,
) (*pb.Transcription, error) {
	return uploaded(ctx, source, options, a.UploadTranscription, transcriptionConfig(request), transcriptionChunk)
}

// Translate uploads a recording of any size and returns its translation into English, like [Audio.Transcribe].
func (a Audio) Translate(
	ctx context.Context, request *pb.CreateTranslationRequest, source *Source, options ...grpc.CallOption,
) (*pb.Translation, error) {
	return uploaded(ctx, source, options, a.UploadTranslation,
		func(file *pb.UploadFile) *pb.UploadTranslationRequest {
			config := withFile(request, func(c *pb.CreateTranslationRequest) { c.File = file })
			return &pb.UploadTranslationRequest{Message: &pb.UploadTranslationRequest_Config{Config: config}}
		}, func(chunk []byte) *pb.UploadTranslationRequest {
			return &pb.UploadTranslationRequest{Message: &pb.UploadTranslationRequest_Chunk{Chunk: chunk}}
		})
}

// Upload uploads a file of any size. The file of the request is described by the source.
func (f Files) Upload(
	ctx context.Context, request *pb.CreateFileRequest, source *Source, options ...grpc.CallOption,
) (*pb.FileObject, error) {
	return uploaded(ctx, source, options, f.UploadFile,
		func(file *pb.UploadFile) *pb.UploadFileRequest {
			config := withFile(request, func(c *pb.CreateFileRequest) { c.File = file })
			return &pb.UploadFileRequest{Message: &pb.UploadFileRequest_Config{Config: config}}
		}, func(chunk []byte) *pb.UploadFileRequest {
			return &pb.UploadFileRequest{Message: &pb.UploadFileRequest_Chunk{Chunk: chunk}}
		})
}

func transcriptionConfig(request *pb.CreateTranscriptionRequest) func(*pb.UploadFile) *pb.UploadTranscriptionRequest {
	return func(file *pb.UploadFile) *pb.UploadTranscriptionRequest {
		config := withFile(request, func(c *pb.CreateTranscriptionRequest) { c.File = file })
		return &pb.UploadTranscriptionRequest{Message: &pb.UploadTranscriptionRequest_Config{Config: config}}
	}
}

func transcriptionChunk(chunk []byte) *pb.UploadTranscriptionRequest {
	return &pb.UploadTranscriptionRequest{Message: &pb.UploadTranscriptionRequest_Chunk{Chunk: chunk}}
}

// withFile returns a copy of a request, or an empty one for nil, with its file set.
func withFile[M any, P interface {
	*M
	proto.Message
}](request P, set func(P)) P {
	config := P(new(M))
	if request != nil {
		config = shallow(request)
	}
	set(config)
	return config
}

// uploaded makes the call of an upload: its settings, then chunks of its source.
func uploaded[Q, R any](
	ctx context.Context, source *Source, options []grpc.CallOption,
	begin func(context.Context, ...grpc.CallOption) (grpc.ClientStreamingClient[Q, R], error),
	config func(*pb.UploadFile) *Q, chunk func([]byte) *Q,
) (*R, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stream, err := begin(ctx, options...)
	if err != nil {
		source.done()
		return nil, err
	}
	go upload(source, stream, cancel, config, chunk)
	reply := new(R)
	if err := stream.RecvMsg(reply); err != nil {
		return nil, uploadError(ctx, err)
	}
	return reply, nil
}

// upload sends all of a source beside who waits for the reply, as the call may end while the source is read.
func upload[Q any](
	source *Source, call interface {
		Send(*Q) error
		CloseSend() error
	}, cancel context.CancelCauseFunc,
	config func(*pb.UploadFile) *Q, chunk func([]byte) *Q,
) {
	err := source.send(
		func(file *pb.UploadFile) error { return call.Send(config(file)) },
		func(data []byte) error { return call.Send(chunk(data)) })
	if err != nil && !errors.Is(err, io.EOF) {
		cancel(err)
		return
	}
	_ = call.CloseSend() // who waits for the reply has the status
}

// uploadError returns why a call ended: what was wrong with the source, or the call's own error.
func uploadError(ctx context.Context, err error) error {
	cause := context.Cause(ctx)
	if cause == nil || errors.Is(cause, context.Canceled) || errors.Is(cause, context.DeadlineExceeded) {
		return err
	}
	return cause
}

// Stream uploads a recording of any size and streams its transcript, which may begin before the upload is
// complete.
func (a Audio) Stream(
	ctx context.Context, request *pb.CreateTranscriptionRequest, source *Source, options ...grpc.CallOption,
) *TranscriptionStream {
	made := &TranscriptionStream{}
	made.Stream = newStream(ctx, func(event *pb.TranscriptionStreamEvent) {
		if done := event.GetTranscriptTextDone(); done != nil {
			made.done = done
		}
	}, options, func(ctx context.Context, options ...grpc.CallOption) (grpc.ServerStreamingClient[pb.TranscriptionStreamEvent], error) {
		ctx, cancel := context.WithCancelCause(ctx)
		stream, err := a.StreamTranscription(ctx, options...)
		if err != nil {
			source.done()
			cancel(nil)
			return nil, err
		}
		go upload(source, stream, cancel, transcriptionConfig(request), transcriptionChunk)
		return &uploading{stream, ctx, cancel}, nil
	})
	return made
}

// uploading is a stream whose upload may be what failed.
type uploading struct {
	grpc.BidiStreamingClient[pb.UploadTranscriptionRequest, pb.TranscriptionStreamEvent]

	ctx    context.Context
	cancel context.CancelCauseFunc
}

func (u *uploading) Recv() (*pb.TranscriptionStreamEvent, error) {
	event, err := u.BidiStreamingClient.Recv()
	if err == nil {
		return event, nil
	}
	err = uploadError(u.ctx, err)
	u.cancel(nil)
	return nil, err
}

// description returns the facts of the source that are sent before its content.
func (s *Source) description() (*pb.UploadFile, error) {
	switch {
	case s.err != nil:
		return nil, s.err
	case s.Name == "":
		return nil, errors.New("upload without a name: set Name, upstream reads the format off its extension")
	case s.Reader == nil:
		return nil, errors.New("upload without content: set Reader")
	}
	file := &pb.UploadFile{Filename: proto.String(s.Name)}
	if s.Size > 0 {
		file.Size = proto.Int64(s.Size)
	}
	if s.ContentType != "" {
		file.ContentType = proto.String(s.ContentType)
	}
	return file, nil
}

// send sends a description and then the content; gRPC's flow control holds it back as the gateway does.
func (s *Source) send(begin func(*pb.UploadFile) error, chunk func([]byte) error) error {
	defer s.done()
	file, err := s.description()
	if err != nil {
		return err
	}
	if err := begin(file); err != nil {
		return err
	}
	var sent int64
	for {
		buffer := make([]byte, chunkBytes) // gRPC keeps what it is given, for another attempt
		size, err := io.ReadFull(s.Reader, buffer)
		if size > 0 {
			if err := chunk(buffer[:size]); err != nil {
				return err
			}
			if sent += int64(size); s.Progress != nil {
				s.Progress(sent, s.Size)
			}
		}
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return nil
		case err != nil:
			return fmt.Errorf("unreadable upload %s: %w", s.Name, err)
		}
	}
}

func (s *Source) done() {
	if s.close != nil {
		_ = s.close() // it was only read
		s.close = nil
	}
}
