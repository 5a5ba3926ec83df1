package openaigrpc

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"net/url"
	"strings"

	"google.golang.org/grpc"

	pb "github.com/openai-grpc/openai-grpc/clients/go/openai_grpc/v1"
)

// RawRequest returns a request of a raw call. A query in the path, as in `/vector_stores?limit=2`, becomes its
// parameters. The body is encoded as JSON; nil sends none.
func RawRequest(method, path string, body any) (*pb.RawRequest, error) {
	path, query, _ := strings.Cut(path, "?")
	request := &pb.RawRequest{Method: &method, Path: &path}
	for pair := range strings.SplitSeq(query, "&") {
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		name, err := url.QueryUnescape(name)
		if err == nil {
			value, err = url.QueryUnescape(value)
		}
		if err != nil {
			return nil, fmt.Errorf("invalid query %q: %w", query, err)
		}
		request.Query = append(request.Query, &pb.RawParameter{Name: &name, Value: &value})
	}
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return nil, fmt.Errorf("invalid body of %s: %w", path, err)
		}
		request.Json = Ptr(string(text))
	}
	return request, nil
}

// JSON makes a raw call with a JSON body and reads the reply, which is JSON, into a pointer, as package
// [encoding/json] does. Either may be nil: then there is no body, or the reply's is left. The path may have a query,
// as of [RawRequest]:
//
//	var store struct{ ID string }
//	err := client.Raw.JSON(ctx, "POST", "/vector_stores", map[string]any{"name": "charts"}, &store)
func (r Raw) JSON(ctx context.Context, method, path string, body, into any, options ...grpc.CallOption) error {
	request, err := RawRequest(method, path, body)
	if err != nil {
		return err
	}
	reply, err := r.Call(ctx, request, options...)
	if err != nil || into == nil {
		return err
	}
	if _, isJSON := reply.GetBody().(*pb.RawReply_Json); !isJSON {
		return fmt.Errorf("reply of %s %s is not JSON but %q: use Call", method, path, reply.GetHeaders()["content-type"])
	}
	if err := json.Unmarshal([]byte(reply.GetJson()), into); err != nil {
		return fmt.Errorf("unexpected reply of %s %s: %w", method, path, err)
	}
	return nil
}

// RawStream is a streamed reply of a raw call. Its first message has the status and the headers.
type RawStream struct{ *Stream[pb.RawStreamReply] }

// Stream begins a raw call whose reply is streamed.
func (r Raw) Stream(ctx context.Context, request *pb.RawRequest, options ...grpc.CallOption) *RawStream {
	return &RawStream{newStream(ctx, nil, options,
		func(ctx context.Context, options ...grpc.CallOption) (grpc.ServerStreamingClient[pb.RawStreamReply], error) {
			return r.StreamCall(ctx, request, options...)
		})}
}

// Events yields the server-sent events, but not `[DONE]`. Leaving the loop cancels the call.
func (s *RawStream) Events() iter.Seq2[*pb.RawEvent, error] {
	return func(yield func(*pb.RawEvent, error) bool) {
		for message, err := range s.All() {
			if err != nil {
				yield(nil, err)
				return
			}
			if event := message.GetEvent(); event != nil && event.GetData() != "[DONE]" && !yield(event, nil) {
				return
			}
		}
	}
}

// Upload makes a raw call whose body is the content of a source, of any size. The request has no body; its
// content type is that of the source, if it has one. The source needs no name.
func (r Raw) Upload(
	ctx context.Context, request *pb.RawRequest, source *Source, options ...grpc.CallOption,
) (*pb.RawReply, error) {
	if source.Name == "" {
		source.Name = "body"
	}
	return uploaded(ctx, source, options, r.RawServiceClient.Upload,
		func(file *pb.UploadFile) *pb.RawUpload {
			config := shallow(request)
			if file.Size != nil {
				config.Size = file.Size
			}
			if file.ContentType != nil {
				config.ContentType = file.ContentType
			}
			return &pb.RawUpload{Message: &pb.RawUpload_Config{Config: config}}
		}, func(chunk []byte) *pb.RawUpload {
			return &pb.RawUpload{Message: &pb.RawUpload_Chunk{Chunk: chunk}}
		})
}
