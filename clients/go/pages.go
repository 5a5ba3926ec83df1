package openaigrpc

import (
	"context"
	"fmt"
	"iter"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	pb "github.com/openai-grpc/openai-grpc/clients/go/openai_grpc/v1"
)

// pages yields the elements of all pages of a list, asking for the next page when it is needed.
func pages[E any](page func(after string) (elements []*E, last string, more bool, err error)) iter.Seq2[*E, error] {
	return func(yield func(*E, error) bool) {
		after := ""
		for {
			elements, last, more, err := page(after)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, element := range elements {
				if !yield(element, nil) {
					return
				}
			}
			if !more || last == "" || last == after {
				return
			}
			after = last
		}
	}
}

// All yields the stored chat completions, page after page; `limit` is the size of a page.
func (c Chat) All(
	ctx context.Context, request *pb.ListChatCompletionsRequest, options ...grpc.CallOption,
) iter.Seq2[*pb.ChatCompletion, error] {
	return pages(func(after string) ([]*pb.ChatCompletion, string, bool, error) {
		asked := request
		if after != "" {
			asked = shallow(request)
			asked.After = proto.String(after)
		}
		list, err := c.ListChatCompletions(ctx, asked, options...)
		last := list.GetLastId()
		if data := list.GetData(); last == "" && len(data) > 0 {
			last = data[len(data)-1].GetId()
		}
		return list.GetData(), last, list.GetHasMore(), err
	})
}

// AllMessages yields the messages of a stored chat completion, page after page.
func (c Chat) AllMessages(
	ctx context.Context, request *pb.ListChatCompletionMessagesRequest, options ...grpc.CallOption,
) iter.Seq2[*pb.ChatCompletionStoreMessage, error] {
	return pages(func(after string) ([]*pb.ChatCompletionStoreMessage, string, bool, error) {
		asked := request
		if after != "" {
			asked = shallow(request)
			asked.After = proto.String(after)
		}
		list, err := c.ListChatCompletionMessages(ctx, asked, options...)
		last := list.GetLastId()
		if data := list.GetData(); last == "" && len(data) > 0 {
			last = data[len(data)-1].GetId()
		}
		return list.GetData(), last, list.GetHasMore(), err
	})
}

// AllInputItems yields the input items of a stored response, page after page.
func (r Responses) AllInputItems(
	ctx context.Context, request *pb.ListResponseInputItemsRequest, options ...grpc.CallOption,
) iter.Seq2[*pb.ResponseItem, error] {
	return pages(func(after string) ([]*pb.ResponseItem, string, bool, error) {
		asked := request
		if after != "" {
			asked = shallow(request)
			asked.After = proto.String(after)
		}
		list, err := r.ListResponseInputItems(ctx, asked, options...)
		return list.GetData(), list.GetLastId(), list.GetHasMore(), err
	})
}

// All yields the uploaded files, page after page; `limit` is the size of a page.
func (f Files) All(
	ctx context.Context, request *pb.ListFilesRequest, options ...grpc.CallOption,
) iter.Seq2[*pb.FileObject, error] {
	return pages(func(after string) ([]*pb.FileObject, string, bool, error) {
		asked := request
		if after != "" {
			asked = shallow(request)
			asked.After = proto.String(after)
		}
		list, err := f.ListFiles(ctx, asked, options...)
		last := list.GetLastId()
		if data := list.GetData(); last == "" && len(data) > 0 {
			last = data[len(data)-1].GetId()
		}
		return list.GetData(), last, list.GetHasMore(), err
	})
}

// All yields the batches, page after page; `limit` is the size of a page.
func (b Batches) All(
	ctx context.Context, request *pb.ListBatchesRequest, options ...grpc.CallOption,
) iter.Seq2[*pb.Batch, error] {
	return pages(func(after string) ([]*pb.Batch, string, bool, error) {
		asked := request
		if after != "" {
			asked = shallow(request)
			asked.After = proto.String(after)
		}
		list, err := b.ListBatches(ctx, asked, options...)
		last := list.GetLastId()
		if data := list.GetData(); last == "" && len(data) > 0 {
			last = data[len(data)-1].GetId()
		}
		return list.GetData(), last, list.GetHasMore(), err
	})
}

// All yields the videos, page after page; `limit` is the size of a page.
func (v Videos) All(
	ctx context.Context, request *pb.ListVideosRequest, options ...grpc.CallOption,
) iter.Seq2[*pb.Video, error] {
	return pages(func(after string) ([]*pb.Video, string, bool, error) {
		asked := request
		if after != "" {
			asked = shallow(request)
			asked.After = proto.String(after)
		}
		list, err := v.ListVideos(ctx, asked, options...)
		last := list.GetLastId()
		if data := list.GetData(); last == "" && len(data) > 0 {
			last = data[len(data)-1].GetId()
		}
		return list.GetData(), last, list.GetHasMore(), err
	})
}

// All yields the models that the caller may use.
func (m Models) All(ctx context.Context, options ...grpc.CallOption) iter.Seq2[*pb.Model, error] {
	return pages(func(string) ([]*pb.Model, string, bool, error) {
		list, err := m.ListModels(ctx, &pb.ListModelsRequest{}, options...)
		return list.GetData(), "", false, err
	})
}

// MaxEmbeddingInputs is how many texts [Embeddings.Embed] puts into one call: OpenAI's limit.
const MaxEmbeddingInputs = 2048

// Embed returns a vector for each text, in their order, in as many calls as that takes.
func (e Embeddings) Embed(
	ctx context.Context, request *pb.CreateEmbeddingRequest, texts []string, options ...grpc.CallOption,
) ([][]float32, error) {
	vectors := make([][]float32, len(texts))
	for start := 0; start < len(texts); start += MaxEmbeddingInputs {
		batch := shallow(request)
		batch.Input = EmbeddingTexts(texts[start:min(start+MaxEmbeddingInputs, len(texts))]...)
		reply, err := e.CreateEmbedding(ctx, batch, options...)
		if err != nil {
			return nil, err
		}
		for _, embedding := range reply.GetData() {
			if at := start + int(embedding.GetIndex()); at >= start && at < len(texts) {
				vectors[at] = embedding.GetEmbedding()
			}
		}
		for at := start; at < min(start+MaxEmbeddingInputs, len(texts)); at++ {
			if vectors[at] == nil {
				return nil, fmt.Errorf("reply without a vector for text %d", at)
			}
		}
	}
	return vectors, nil
}
