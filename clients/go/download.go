package openaigrpc

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"strconv"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	pb "github.com/openai-grpc/openai-grpc/clients/go/openai_grpc/v1"
)

// ErrChecksum is the error of a download whose bytes are not those that the gateway sent.
var ErrChecksum = errors.New("content differs from its checksum: download it again")

// overlap is how much of a file is compared before a download is resumed at its end.
const overlap = 64 << 10

// Download reads a file as it arrives; no more is asked for than is read. It begins with the first read, and
// Close cancels it. One that breaks off goes on where it was, [WithRetries] times in a row at most without a
// byte. At the end the content is compared with its checksum. It is for one goroutine, but for Close.
type Download struct {
	next     func() (piece, error)
	close    func()
	call     *Call
	progress func(received, size int64)
	seek     func(offset int64) // begins elsewhere, before the first read
	offset   int64              // of the first byte, in the file

	rest        []byte
	received    int64
	size        int64
	contentType string
	sum         hash.Hash // nil: there is no checksum
	isAgain     bool
	err         error
}

// piece is a message of a download.
type piece struct {
	data, sha256 []byte
	size         int64
	contentType  string
}

// Download begins to download the content of a file, or a range of it.
func (f Files) Download(ctx context.Context, request *pb.DownloadFileRequest, options ...grpc.CallOption) *Download {
	return download(ctx, request, options, f.DownloadFile, func(r *pb.DownloadFileRequest, offset int64, length *int64) {
		r.Offset, r.Length = &offset, length
	})
}

// Download begins to download a finished video, or an image of it.
func (v Videos) Download(ctx context.Context, request *pb.DownloadVideoRequest, options ...grpc.CallOption) *Download {
	return download(ctx, request, options, v.DownloadVideo, func(r *pb.DownloadVideoRequest, offset int64, length *int64) {
		r.Offset, r.Length = &offset, length
	})
}

// ranged is a request of a range of a file.
type ranged interface {
	proto.Message
	GetOffset() int64
	GetLength() int64
}

func download[Q ranged](
	ctx context.Context, request Q, options []grpc.CallOption,
	begin func(context.Context, Q, ...grpc.CallOption) (grpc.ServerStreamingClient[pb.FileChunk], error),
	set func(request Q, offset int64, length *int64),
) *Download {
	made := &Download{sum: sha256.New(), offset: request.GetOffset()}
	first := made.offset
	limited := request.ProtoReflect().Has(request.ProtoReflect().Descriptor().Fields().ByName("length"))
	at := func(offset int64) Q {
		asked := shallow(request)
		var length *int64
		if limited {
			length = Ptr(request.GetLength() - (offset - first))
		}
		set(asked, offset, length)
		return asked
	}
	made.seek = func(offset int64) { made.offset = offset }
	resume := resumeOption{next: func() proto.Message {
		made.isAgain = true
		made.sum.Reset() // a checksum is that of one stream
		return at(made.offset + made.received)
	}}
	stream := newStream(ctx, nil, append(options[:len(options):len(options)], resume),
		func(ctx context.Context, options ...grpc.CallOption) (grpc.ServerStreamingClient[pb.FileChunk], error) {
			asked := request
			if made.offset != first {
				asked = at(made.offset)
			}
			return begin(ctx, asked, options...)
		})
	made.close, made.call = stream.Close, stream.Call()
	made.next = func() (piece, error) {
		chunk, err := stream.Recv()
		return piece{chunk.GetData(), chunk.GetSha256(), chunk.GetSize(), chunk.GetContentType()}, err
	}
	return made
}

// OnProgress sets a function that is called as bytes are read, with those read so far and those of the whole
// file (0: not known), from its beginning.
func (d *Download) OnProgress(progress func(received, size int64)) *Download {
	d.progress = progress
	return d
}

// ContentType returns the MIME type, once something was read; empty where upstream does not say.
func (d *Download) ContentType() string { return d.contentType }

// Size returns the size of the whole file in bytes, once something was read; 0 where upstream does not say.
func (d *Download) Size() int64 { return d.size }

// Call returns what came with the reply. It is complete when all was read.
func (d *Download) Call() *Call { return d.call }

// Close cancels the download if it has not ended. It may be called at any time, and more than once.
func (d *Download) Close() error {
	d.close()
	return nil
}

// Read reads what has arrived, and waits where nothing has.
func (d *Download) Read(into []byte) (int, error) {
	for len(d.rest) == 0 {
		if err := d.receive(); err != nil {
			return 0, err
		}
	}
	size := copy(into, d.rest)
	d.rest = d.rest[size:]
	return size, nil
}

// WriteTo writes all that is left to a writer, as [io.Copy] does.
func (d *Download) WriteTo(to io.Writer) (int64, error) {
	var written int64
	for {
		if len(d.rest) > 0 {
			size, err := to.Write(d.rest)
			written += int64(size)
			d.rest = d.rest[size:]
			if err != nil {
				d.close()
				return written, err
			}
		}
		if err := d.receive(); errors.Is(err, io.EOF) {
			return written, nil
		} else if err != nil {
			return written, err
		}
	}
}

// ToPath writes all to a file, which is replaced if it exists. One that is cut off stays, for [Download.ResumePath].
func (d *Download) ToPath(path string) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	return d.toFile(file)
}

// ResumePath goes on with a file that an earlier download has begun, or begins it. The end of what is there is
// compared with what comes: another file's is refused. It is for downloads of a whole file.
func (d *Download) ResumePath(path string) error {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return err
	}
	size, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		_ = file.Close()
		return err
	}
	known := make([]byte, min(size, overlap))
	if _, err := file.ReadAt(known, size-int64(len(known))); err != nil && !errors.Is(err, io.EOF) {
		_ = file.Close()
		return err
	}
	d.seek(size - int64(len(known)))
	same := make([]byte, len(known))
	if _, err := io.ReadFull(d, same); err != nil || !bytes.Equal(same, known) {
		d.close()
		_ = file.Close()
		if err == nil || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			err = fmt.Errorf("file %s is not the beginning of the download: remove it", path)
		}
		return err
	}
	return d.toFile(file)
}

func (d *Download) toFile(file *os.File) error {
	_, err := d.WriteTo(file)
	return errors.Join(err, file.Close())
}

// receive reads the next message.
func (d *Download) receive() error {
	if d.err != nil {
		return d.err
	}
	next, err := d.next()
	switch {
	case err != nil:
	case next.sha256 != nil && !bytes.Equal(next.sha256, d.sum.Sum(nil)):
		err = ErrChecksum
	case d.isAgain && next.size != 0 && d.size != 0 && next.size != d.size:
		err = fmt.Errorf("file has changed from %d to %d bytes while it was read: download it again", d.size, next.size)
	}
	if err != nil {
		d.close()
		d.err = err
		return err
	}
	d.isAgain = false
	d.size = max(d.size, next.size)
	if next.contentType != "" {
		d.contentType = next.contentType
	}
	if d.sum != nil {
		_, _ = d.sum.Write(next.data) // never fails
	}
	d.rest = next.data
	d.received += int64(len(next.data))
	if d.progress != nil && len(next.data) > 0 {
		d.progress(d.offset+d.received, d.size)
	}
	return nil
}

// RawDownload is the body of a raw call's reply.
type RawDownload struct {
	*Download

	status  int
	headers map[string]string
}

// Status returns the HTTP status, once something was read.
func (d *RawDownload) Status() int { return d.status }

// Headers returns the headers that describe the body, by their names in lower case, once something was read.
func (d *RawDownload) Headers() map[string]string { return d.headers }

// Download begins to download the body of a reply. One of GET that breaks off goes on where it was, if upstream
// names a version of it (`etag` or `last-modified`) and takes ranges.
func (r Raw) Download(ctx context.Context, request *pb.RawRequest, options ...grpc.CallOption) *RawDownload {
	made := &RawDownload{Download: &Download{}}
	version := ""
	at := func(offset int64) *pb.RawRequest {
		asked := shallow(request)
		asked.Headers = map[string]string{}
		for name, value := range request.GetHeaders() {
			asked.Headers[strings.ToLower(name)] = value
		}
		asked.Headers["range"] = fmt.Sprintf("bytes=%d-", offset)
		if version != "" {
			asked.Headers["if-range"] = version
		}
		return asked
	}
	made.seek = func(offset int64) { made.offset = offset }
	resume := resumeOption{next: func() proto.Message {
		if version == "" {
			return nil
		}
		made.isAgain = true
		return at(made.offset + made.received)
	}}
	isPart := false
	for name := range request.GetHeaders() {
		isPart = isPart || strings.EqualFold(name, "range") || strings.EqualFold(name, "if-range")
	}
	if request.GetMethod() == "GET" && !isPart {
		options = append(options[:len(options):len(options)], resume)
	}
	stream := newStream(ctx, nil, options,
		func(ctx context.Context, options ...grpc.CallOption) (grpc.ServerStreamingClient[pb.RawChunk], error) {
			asked := request
			if made.offset > 0 {
				asked = at(made.offset)
			}
			return r.RawServiceClient.Download(ctx, asked, options...)
		})
	made.close, made.call = stream.Close, stream.Call()
	made.next = func() (piece, error) {
		chunk, err := stream.Recv()
		if err != nil || chunk.Status == nil {
			return piece{data: chunk.GetData()}, err
		}
		headers := chunk.GetHeaders()
		if (made.isAgain || made.offset > 0) && chunk.GetStatus() != 206 {
			return piece{}, errors.New("body can't be resumed: upstream sent it from its beginning, download it again")
		}
		if !made.isAgain {
			made.status, made.headers = int(chunk.GetStatus()), headers
			version = headers["etag"]
			if version == "" || strings.HasPrefix(version, "W/") {
				version = headers["last-modified"]
			}
		}
		return piece{data: chunk.GetData(), size: sizeOfBody(chunk), contentType: headers["content-type"]}, nil
	}
	return made
}

// sizeOfBody returns the size of the whole body of which a message is the first; 0: not known.
func sizeOfBody(first *pb.RawChunk) int64 {
	text := first.GetHeaders()["content-length"]
	if first.GetStatus() == 206 {
		_, text, _ = strings.Cut(first.GetHeaders()["content-range"], "/")
	}
	size, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0
	}
	return size
}
