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

// Transcribe uploads a recording of any size and returns its transcript. The file of the request is
// described by the source.
func (a Audio) Transcribe(
	ctx context.Context, request *pb.CreateTranscriptionRequest, source *Source, options ...grpc.CallOption,
) (*pb.Transcription, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stream, err := a.UploadTranscription(ctx, options...)
	if err != nil {
		source.done()
		return nil, err
	}
	go source.upload(request, stream, cancel)
	transcription := &pb.Transcription{}
	if err := stream.RecvMsg(transcription); err != nil {
		return nil, uploadError(ctx, err)
	}
	return transcription, nil
}

// uploader is a call that takes a recording.
type uploader interface {
	Send(*pb.UploadTranscriptionRequest) error
	CloseSend() error
}

// upload sends all of the source beside who waits for the reply, as the call may end while the source is read.
func (s *Source) upload(request *pb.CreateTranscriptionRequest, call uploader, cancel context.CancelCauseFunc) {
	if err := s.send(request, call.Send); err != nil && !errors.Is(err, io.EOF) {
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
		go source.upload(request, stream, cancel)
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

// send sends the request and then the content; gRPC's flow control holds it back as the gateway does.
func (s *Source) send(request *pb.CreateTranscriptionRequest, send func(*pb.UploadTranscriptionRequest) error) error {
	defer s.done()
	switch {
	case s.err != nil:
		return s.err
	case s.Name == "":
		return errors.New("upload without a name: set Name, upstream reads the format off its extension")
	case s.Reader == nil:
		return errors.New("upload without content: set Reader")
	}
	file := &pb.UploadFile{Filename: proto.String(s.Name)}
	if s.Size > 0 {
		file.Size = proto.Int64(s.Size)
	}
	if s.ContentType != "" {
		file.ContentType = proto.String(s.ContentType)
	}
	config := &pb.CreateTranscriptionRequest{}
	if request != nil {
		config = shallow(request)
	}
	config.File = file
	if err := send(&pb.UploadTranscriptionRequest{Message: &pb.UploadTranscriptionRequest_Config{Config: config}}); err != nil {
		return err
	}
	var sent int64
	for {
		buffer := make([]byte, chunkBytes) // gRPC keeps what it is given, for another attempt
		size, err := io.ReadFull(s.Reader, buffer)
		if size > 0 {
			chunk := &pb.UploadTranscriptionRequest_Chunk{Chunk: buffer[:size]}
			if err := send(&pb.UploadTranscriptionRequest{Message: chunk}); err != nil {
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
