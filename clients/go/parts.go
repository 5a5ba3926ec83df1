package openaigrpc

import (
	"cmp"
	"context"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"mime"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	pb "github.com/openai-grpc/openai-grpc/clients/go/openai_grpc/v1"
)

const (
	partBytes     = 64 << 20 // OpenAI's limit
	parallelParts = 4
	maxParts      = 4096
	cancelTimeout = 10 * time.Second
)

// Upload uploads a large file in parts, several at once, and returns the upload, which has the file. A part
// that fails in passing is sent again, [WithRetries] times at most, and upstream compares the MD5 of the whole.
// If one can't be sent, or the context ends, the upload is cancelled. Each part holds a few hundred KiB of memory.
//
// The source is a path, bytes, or a reader that is also an [io.ReaderAt]. Of the request, the size is filled in,
// and where they are not set the name and the MIME type.
func (u Uploads) Upload(
	ctx context.Context, request *pb.CreateUploadRequest, source *Source, options ...grpc.CallOption,
) (*pb.Upload, error) {
	defer source.done()
	config := &pb.CreateUploadRequest{}
	if request != nil {
		config = shallow(request)
	}
	if source.Name == "" {
		source.Name = config.GetFilename()
	}
	file, err := newPartedFile(source)
	if err != nil {
		return nil, err
	}
	config.Bytes = proto.Int64(file.size)
	config.Filename = proto.String(cmp.Or(config.GetFilename(), source.Name))
	config.MimeType = proto.String(cmp.Or(config.GetMimeType(), source.mimeType()))
	created, err := u.CreateUpload(ctx, config, options...)
	if err != nil {
		return nil, err
	}
	completed, err := u.sendAll(ctx, created.GetId(), file, options)
	if err != nil {
		// One that can't be cancelled expires.
		last, stop := context.WithTimeout(context.WithoutCancel(ctx), cancelTimeout)
		defer stop()
		_, _ = u.CancelUpload(last, &pb.CancelUploadRequest{UploadId: created.Id})
	}
	return completed, err
}

// AddPart adds a part of any size up to upstream's limit, sent in chunks. Several can be added at once: their
// order is that in which CompleteUpload names them.
func (u Uploads) AddPart(
	ctx context.Context, uploadID string, source *Source, options ...grpc.CallOption,
) (*pb.UploadPart, error) {
	if source.Name == "" {
		source.Name = "part"
	}
	return uploaded(ctx, source, options, u.AddUploadPart,
		func(file *pb.UploadFile) *pb.AddUploadPartRequest {
			config := &pb.CreateUploadPartRequest{UploadId: &uploadID, File: file}
			return &pb.AddUploadPartRequest{Message: &pb.AddUploadPartRequest_Config{Config: config}}
		}, func(chunk []byte) *pb.AddUploadPartRequest {
			return &pb.AddUploadPartRequest{Message: &pb.AddUploadPartRequest_Chunk{Chunk: chunk}}
		})
}

// sendAll sends all parts and completes the upload.
func (u Uploads) sendAll(
	ctx context.Context, id string, file *partedFile, options []grpc.CallOption,
) (*pb.Upload, error) {
	sending, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var work sync.WaitGroup
	do := func(task func() error) {
		work.Add(1)
		go func() {
			defer work.Done()
			if err := task(); err != nil {
				cancel(err) // the first one is the cause
			}
		}()
	}
	var sum string
	do(func() (err error) {
		sum, err = file.md5(sending)
		return err
	})
	ids, numbers := make([]string, file.count()), make(chan int, file.count())
	for number := range ids {
		numbers <- number
	}
	close(numbers)
	for range min(file.parallel, len(ids)) {
		do(func() error {
			for number := range numbers {
				part, err := u.sendPart(sending, id, file, number, options)
				if err != nil {
					return err
				}
				ids[number] = part.GetId()
			}
			return nil
		})
	}
	work.Wait()
	if sending.Err() != nil {
		return nil, context.Cause(sending)
	}
	return u.CompleteUpload(ctx, &pb.CompleteUploadRequest{UploadId: &id, PartIds: ids, Md5: &sum}, options...)
}

// sendPart sends a part, again if it fails in passing. The gateway, which can't know that a part twice does no
// harm (the file has those that are named), advises against it where upstream may have begun.
func (u Uploads) sendPart(
	ctx context.Context, id string, file *partedFile, number int, options []grpc.CallOption,
) (*pb.UploadPart, error) {
	options = slices.DeleteFunc(slices.Clone(options), func(option grpc.CallOption) bool {
		_, isCapture := option.(captureOption) // it is for one call
		return isCapture
	})
	for failures := 0; ; failures++ {
		part, err := u.AddPart(ctx, id, file.part(number), options...)
		var failure *Error
		if err == nil || !errors.As(err, &failure) || !passing(failure) || failures >= u.retries {
			return part, err
		}
		if !sleep(ctx, max(failure.RetryAfter, backoff(failures, firstPause))) {
			return nil, err
		}
	}
}

// passing tells whether another attempt may do better.
func passing(failure *Error) bool {
	switch failure.Status {
	case codes.Unavailable:
		return true
	case codes.Internal:
		return failure.Reason != "UPSTREAM_CREDENTIALS"
	case codes.ResourceExhausted:
		return failure.RetryAfter > 0
	}
	return false
}

// partedFile is a file whose parts are read side by side, each as often as it takes.
type partedFile struct {
	source     *Source
	content    io.ReaderAt
	base, size int64 // where it begins in content, and its length
	bytes      int64 // of a part
	parallel   int

	mutex sync.Mutex
	sent  map[int]int64
}

func newPartedFile(source *Source) (*partedFile, error) {
	if _, err := source.description(); err != nil {
		return nil, err
	}
	content, ok := source.Reader.(io.ReaderAt)
	if !ok {
		return nil, fmt.Errorf("upload %s can't be read in parts: give a path, bytes or an io.ReaderAt", source.Name)
	}
	made := &partedFile{
		source: source, content: content, size: source.Size,
		bytes: cmp.Or(source.PartBytes, partBytes), parallel: cmp.Or(source.Parallel, parallelParts), sent: map[int]int64{},
	}
	if seeker, ok := content.(io.Seeker); ok {
		base, err := seeker.Seek(0, io.SeekCurrent)
		if err != nil {
			return nil, fmt.Errorf("unreadable upload %s: %w", source.Name, err)
		}
		made.base = base
	}
	switch {
	case made.bytes < 1 || made.parallel < 1:
		return nil, fmt.Errorf("invalid parts of %d bytes, %d at once: both must be 1 or more", made.bytes, made.parallel)
	case made.size < 1:
		return nil, fmt.Errorf("upload %s is empty or of unknown size: set Size, or use Files.Upload", source.Name)
	case made.count() > maxParts:
		return nil, fmt.Errorf("parts of %d bytes are too small for %d: at most %d parts", made.bytes, made.size, maxParts)
	}
	return made, nil
}

func (f *partedFile) count() int { return int((f.size + f.bytes - 1) / f.bytes) }

// part returns the source of a part.
func (f *partedFile) part(number int) *Source {
	start := int64(number) * f.bytes
	size := min(f.bytes, f.size-start)
	made := &Source{Name: f.source.Name, Reader: io.NewSectionReader(f.content, f.base+start, size), Size: size}
	if f.source.Progress != nil {
		made.Progress = func(sent, _ int64) {
			f.mutex.Lock()
			defer f.mutex.Unlock()
			f.sent[number] = sent
			var all int64
			for _, each := range f.sent {
				all += each
			}
			f.source.Progress(all, f.size)
		}
	}
	return made
}

// md5 returns the MD5 of the file, in hexadecimal digits.
func (f *partedFile) md5(ctx context.Context) (string, error) {
	sum, rest := md5.New(), io.NewSectionReader(f.content, f.base, f.size)
	for read := int64(0); read < f.size; {
		if ctx.Err() != nil {
			return "", context.Cause(ctx)
		}
		size, err := io.CopyN(sum, rest, min(chunkBytes, f.size-read))
		if err != nil {
			return "", fmt.Errorf("unreadable upload %s: %w", f.source.Name, err)
		}
		read += size
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

func (s *Source) mimeType() string {
	guessed, _, _ := mime.ParseMediaType(mime.TypeByExtension(filepath.Ext(s.Name)))
	return cmp.Or(s.ContentType, guessed, "application/octet-stream")
}
