// Stored objects and long connections, on a live gateway; tests/clients/upstream_objects.py has the upstream.
// Over 600 lines, so that each kind of object is tested beside the others.

package openaigrpc_test

import (
	"bytes"
	"context"
	"crypto/md5"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	openaigrpc "github.com/openai-grpc/openai-grpc/clients/go"
	pb "github.com/openai-grpc/openai-grpc/clients/go/openai_grpc/v1"
)

// content returns what the upstream's files have.
func content() []byte {
	made := make([]byte, 600_000)
	for index := range made {
		made[index] = byte(index * 7 % 251)
	}
	return made
}

func download(id string) *pb.DownloadFileRequest { return &pb.DownloadFileRequest{FileId: &id} }

func TestUploadFile(t *testing.T) {
	client := newClient(t)
	sent := int64(0)
	source := openaigrpc.FromReader("log.jsonl", iotest.OneByteReader(bytes.NewReader(make([]byte, 300_000))))
	source.Size = 300_000
	file, err := client.Files.Upload(deadline(t), &pb.CreateFileRequest{Purpose: openaigrpc.Ptr("batch")},
		source.OnProgress(func(done, _ int64) { sent = done }))
	if err != nil || file.GetFilename() != "log.jsonl" || file.GetBytes() != 300_000 || file.GetPurpose() != "batch" || sent != 300_000 {
		t.Errorf("%v, %d sent (%v)", file, sent, err)
	}
	broken := iotest.ErrReader(errors.New("no more tape"))
	if _, err := client.Files.Upload(deadline(t), nil, openaigrpc.FromReader("log.jsonl", broken)); err == nil || !strings.Contains(err.Error(), "no more tape") {
		t.Error(err)
	}
	image, err := openaigrpc.FromBytes("boat.png", make([]byte, 99)).File()
	if err != nil {
		t.Fatal(err)
	}
	video, err := client.Videos.CreateVideo(deadline(t), &pb.CreateVideoRequest{Prompt: openaigrpc.Ptr("A boat"), InputReference: image})
	if err != nil || video.GetPrompt() != "A boat boat.png 99" {
		t.Errorf("%v (%v)", video, err)
	}
}

// watched returns an option that notes the names of calls, and the MD5 of an upload that is completed.
func watched(names *[]string, sum *string) openaigrpc.Option {
	return openaigrpc.WithUnaryInterceptors(func(
		ctx context.Context, method string, request, reply any, connection *grpc.ClientConn,
		invoke grpc.UnaryInvoker, options ...grpc.CallOption,
	) error {
		*names = append(*names, filepath.Base(method))
		if complete, ok := request.(*pb.CompleteUploadRequest); ok {
			*sum = complete.GetMd5()
		}
		return invoke(ctx, method, request, reply, connection, options...)
	})
}

func TestUploadInParts(t *testing.T) {
	whole, calls, sum := content(), []string{}, ""
	client := newClient(t, watched(&calls, &sum))
	path := filepath.Join(t.TempDir(), "plan.pdf")
	if err := os.WriteFile(path, append([]byte("head"), whole...), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := file.Seek(4, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	purpose := &pb.CreateUploadRequest{Purpose: openaigrpc.Ptr("user_data")}
	want := fmt.Sprintf("part_%d_250000 part_%d_250000 part_%d_100000", whole[0], whole[250_000], whole[500_000])
	for name, source := range map[string]*openaigrpc.Source{
		"bytes": openaigrpc.FromBytes("plan.pdf", whole), "rest of a file": openaigrpc.FromReader("plan.pdf", file),
	} {
		var sent, size int64
		source.PartBytes, source.Parallel = 250_000, 2
		source.OnProgress(func(done, of int64) { sent, size = done, of })
		var call openaigrpc.Call
		upload, err := client.Uploads.Upload(deadline(t), purpose, source, openaigrpc.Capture(&call)) // the first part is cut off
		if err != nil || upload.GetFile().GetFilename() != want || sent != 600_000 || size != sent || call.RequestID() == "" {
			t.Errorf("%s: %v, %d of %d sent (%v)", name, upload, sent, size, err)
		}
		if sum != fmt.Sprintf("%x", md5.Sum(whole)) || !slices.Equal(calls, []string{"CreateUpload", "CompleteUpload"}) {
			t.Errorf("%s: %v, %s", name, calls, sum)
		}
		calls = nil
	}
	hasty := newClient(t, openaigrpc.WithRetries(0), watched(&calls, &sum))
	_, err = hasty.Uploads.Upload(deadline(t), purpose, openaigrpc.FromPath(path))
	if failure := failureOf(t, err); failure.Reason == "" || !slices.Equal(calls, []string{"CreateUpload", "CancelUpload"}) {
		t.Errorf("%v after %v", failure, calls)
	}
	calls = nil
	small := openaigrpc.FromBytes("a", whole)
	small.PartBytes = 100
	for source, why := range map[*openaigrpc.Source]string{
		small:                           "at most 4096 parts",
		openaigrpc.FromBytes("a", nil):  "empty",
		openaigrpc.FromBytes("", whole): "Name",
		openaigrpc.FromPath("/nowhere"): "no such file",
		openaigrpc.FromReader("a", io.LimitReader(file, 9)): "io.ReaderAt",
	} {
		if _, err := client.Uploads.Upload(deadline(t), purpose, source); err == nil || !strings.Contains(err.Error(), why) || calls != nil {
			t.Errorf("%v, not %s (%v)", err, why, calls)
		}
	}
	shrinking := openaigrpc.FromBytes("plan.pdf", whole)
	shrinking.Size++
	if _, err := client.Uploads.Upload(deadline(t), purpose, shrinking); err == nil || calls[1] != "CancelUpload" {
		t.Errorf("%v after %v", err, calls)
	}
}

func TestBatchesOfMessages(t *testing.T) {
	client, taken := newClient(t), 0
	requests := func(yield func(*pb.BatchRequestInput) bool) {
		for taken < 100 && yield(openaigrpc.BatchRequest("", ask(t, "m"))) {
			taken++
		}
	}
	batch, err := client.Batches.Submit(deadline(t), nil, requests)
	if err != nil || batch.GetRequestCounts().GetTotal() != 100 || batch.GetEndpoint() != "/v1/chat/completions" {
		t.Errorf("%v of %d (%v)", batch, taken, err)
	}
	var told []string
	for result, err := range client.Batches.Results(deadline(t), &pb.StreamBatchResultsRequest{BatchId: openaigrpc.Ptr("batch_done")}).All() {
		if err != nil {
			t.Fatal(err)
		}
		text := openaigrpc.TextOf(result.GetChatCompletion()) + result.GetError().GetCode()
		told = append(told, result.GetCustomId()+" "+text)
	}
	if !slices.Equal(told, []string{"a one", "b two", "c batch_expired"}) {
		t.Error(told)
	}
	// A request that is refused ends the call, and stops the others.
	endless := func(yield func(*pb.BatchRequestInput) bool) {
		for yield(openaigrpc.BatchRequest("same", &pb.CreateEmbeddingRequest{Model: openaigrpc.Ptr("m"), Input: openaigrpc.EmbeddingText("x")})) {
		}
	}
	if _, err := client.Batches.Submit(deadline(t), nil, endless); failureOf(t, err).Status != codes.InvalidArgument {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(deadline(t))
	half := func(yield func(*pb.BatchRequestInput) bool) {
		yield(openaigrpc.BatchRequest("", ask(t, "m")))
		cancel()
	}
	if _, err := client.Batches.Submit(ctx, &pb.CreateBatchRequest{}, half); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestDownload(t *testing.T) {
	client, whole, folder := newClient(t), content(), t.TempDir()
	for name, begin := range map[string]func() *openaigrpc.Download{
		"whole":  func() *openaigrpc.Download { return client.Files.Download(deadline(t), download("file-stored")) },
		"breaks": func() *openaigrpc.Download { return client.Files.Download(deadline(t), download("file-breaks")) },
		"video": func() *openaigrpc.Download {
			return client.Videos.Download(deadline(t), &pb.DownloadVideoRequest{VideoId: openaigrpc.Ptr("video_1")})
		},
		"raw": func() *openaigrpc.Download {
			return client.Raw.Download(deadline(t), rawRequest(t, "GET", "/vector_stores/vs_1/content", nil)).Download
		},
	} {
		var received, size int64
		path := filepath.Join(folder, name)
		file := begin().OnProgress(func(done, of int64) { received, size = done, of })
		if err := file.ToPath(path); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if found, err := os.ReadFile(path); err != nil || !bytes.Equal(found, whole) {
			t.Errorf("%s: %d bytes (%v)", name, len(found), err)
		}
		if received != int64(len(whole)) || size != received || file.Size() != size || file.ContentType() != "video/mp4" {
			t.Errorf("%s: %d of %d, %s", name, received, size, file.ContentType())
		}
		var read bytes.Buffer
		if _, err := io.Copy(struct{ io.Writer }{&read}, struct{ io.Reader }{begin()}); err != nil || !bytes.Equal(read.Bytes(), whole) {
			t.Errorf("%s: %d bytes read (%v)", name, read.Len(), err)
		}
		// What an earlier download left is completed, whether it is a part, all or nothing.
		for _, size := range []int{0, 100_000, len(whole)} {
			if err := os.WriteFile(path, whole[:size], 0o600); err != nil {
				t.Fatal(err)
			}
			if err := begin().ResumePath(path); err != nil {
				t.Errorf("%s from %d: %v", name, size, err)
			}
			if found, err := os.ReadFile(path); err != nil || !bytes.Equal(found, whole) {
				t.Errorf("%s from %d: %d bytes (%v)", name, size, len(found), err)
			}
		}
		if err := os.WriteFile(path, make([]byte, 70_000), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := begin().ResumePath(path); err == nil || !strings.Contains(err.Error(), "remove it") {
			t.Errorf("%s: another file was continued: %v", name, err)
		}
	}
	part := download("file-breaks")
	part.Offset, part.Length = openaigrpc.Ptr[int64](1000), openaigrpc.Ptr[int64](400_000)
	if found, err := io.ReadAll(client.Files.Download(deadline(t), part)); err != nil || !bytes.Equal(found, whole[1000:401_000]) {
		t.Errorf("%d bytes of the part (%v)", len(found), err)
	}
	hasty := newClient(t, openaigrpc.WithRetries(0)).Files.Download(deadline(t), download("file-breaks"))
	found, err := io.ReadAll(hasty)
	if failure := failureOf(t, err); failure.Reason != "UPSTREAM_TRUNCATED" || len(found) != 250_000 {
		t.Errorf("%v after %d bytes", failure, len(found))
	}
	left := client.Files.Download(deadline(t), download("file-stored"))
	if _, err := left.Read(make([]byte, 10)); err != nil {
		t.Error(err)
	}
	if err := left.Close(); err != nil {
		t.Error(err)
	}
	if _, err := io.ReadAll(left); err == nil {
		t.Error("read to its end after Close")
	}
	if _, err := io.ReadAll(client.Files.Download(deadline(t), download("a/b"))); failureOf(t, err).Status != codes.InvalidArgument {
		t.Error(err)
	}
}

func TestListsAndWatches(t *testing.T) {
	client, ctx := newClient(t), deadline(t)
	var files, batches, videos []string
	for file, err := range client.Files.All(ctx, &pb.ListFilesRequest{}) {
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file.GetId())
	}
	for batch, err := range client.Batches.All(ctx, &pb.ListBatchesRequest{}) {
		if err != nil {
			t.Fatal(err)
		}
		batches = append(batches, batch.GetId())
	}
	for video, err := range client.Videos.All(ctx, &pb.ListVideosRequest{}) {
		if err != nil {
			t.Fatal(err)
		}
		videos = append(videos, video.GetId())
	}
	if all := fmt.Sprint(files); all != "[item-0 item-1 item-2 item-3 item-4]" || fmt.Sprint(batches) != all || fmt.Sprint(videos) != all {
		t.Error(files, batches, videos)
	}
	var states []string
	watch := client.Batches.Watch(ctx, &pb.GetBatchRequest{BatchId: openaigrpc.Ptr("batch_job")})
	for batch, err := range watch.All() {
		if err != nil {
			t.Fatal(err)
		}
		states = append(states, batch.GetStatus())
	}
	if states[len(states)-1] != "completed" {
		t.Error(states)
	}
	response, err := client.Responses.Watch(ctx, &pb.WatchResponseRequest{ResponseId: openaigrpc.Ptr("resp_job")}).Final()
	if err != nil || response.GetStatus() != pb.ResponseStatusCompleted {
		t.Error(response, err)
	}
	video, err := client.Videos.Watch(ctx, &pb.GetVideoRequest{VideoId: openaigrpc.Ptr("video_job")}).Final()
	if err != nil || video.GetStatus() != "completed" {
		t.Error(video, err)
	}
}

func rawRequest(t *testing.T, method, path string, body any) *pb.RawRequest {
	t.Helper()
	request, err := openaigrpc.RawRequest(method, path, body)
	if err != nil {
		t.Fatal(err)
	}
	return request
}

func TestRawCalls(t *testing.T) {
	client, ctx := newClient(t), deadline(t)
	var echo struct {
		ID    string
		Body  map[string]any
		Query [][]string
	}
	body := map[string]any{"name": "charts", "ropes": 3.0}
	if err := client.Raw.JSON(ctx, "POST", "/vector_stores?include[]=a%26b&include[]=c+d&e", body, &echo); err != nil {
		t.Fatal(err)
	}
	if echo.ID != "vs_1" || fmt.Sprint(echo.Body) != fmt.Sprint(body) || fmt.Sprint(echo.Query) != "[[include[] a&b] [include[] c d] [e ]]" {
		t.Errorf("%+v", echo)
	}
	if err := client.Raw.JSON(ctx, "GET", "/elsewhere", nil, nil); failureOf(t, err).Reason != "RAW_PATH_NOT_ALLOWED" {
		t.Error(err)
	}
	if err := client.Raw.JSON(ctx, "GET", "/vector_stores/vs_1/content", nil, &echo); err == nil || !strings.Contains(err.Error(), "UPSTREAM") {
		t.Error(err)
	}
	stream := client.Raw.Stream(ctx, rawRequest(t, "GET", "/vector_stores/vs_1/events", nil))
	var pieces string
	for event, err := range stream.Events() {
		if err != nil {
			t.Fatal(err)
		}
		pieces += event.GetData()
	}
	if pieces != `{"piece":"Hel"}{"piece":"lo"}{"piece":" there"}` {
		t.Error(pieces)
	}
	source := openaigrpc.FromReader("", bytes.NewReader(make([]byte, 700_000)))
	source.ContentType = "application/x-chart"
	reply, err := client.Raw.Upload(ctx, rawRequest(t, "POST", "/vector_stores/vs_1/body", nil), source)
	if err != nil || reply.GetJson() != `{"type":"application/x-chart","bytes":700000}` {
		t.Errorf("%v (%v)", reply, err)
	}
	file := client.Raw.Download(ctx, rawRequest(t, "GET", "/vector_stores/vs_1/content", nil))
	if found, err := io.ReadAll(file); err != nil || len(found) != 600_000 || file.Status() != 200 || file.Headers()["etag"] != `"7"` {
		t.Errorf("%d bytes, %d, %v (%v)", len(found), file.Status(), file.Headers(), err)
	}
}

func TestStreamEmbeddings(t *testing.T) {
	client := newClient(t)
	request := &pb.CreateEmbeddingRequest{Model: openaigrpc.Ptr("counts")}
	taken := 0
	texts := func(yield func(string) bool) {
		for ; taken < 600; taken++ {
			text := fmt.Sprint(taken)
			if taken == 234 {
				text = "many"
			}
			if !yield(text) {
				return
			}
		}
	}
	next, failed := 0, -1
	stream := client.Embeddings.Stream(deadline(t), request, texts)
	for vector, err := range stream.Vectors() {
		var failure *openaigrpc.EmbeddingError
		if errors.As(err, &failure) {
			failed = int(failure.Index)
			if failure.Status != codes.InvalidArgument || failure.Message != "Not a number" || failed != next {
				t.Errorf("%+v at %d", failure, next)
			}
		} else if err != nil || len(vector) != 1 || vector[0] != float32(next) {
			t.Fatalf("%v for %d (%v)", vector, next, err)
		}
		next++
	}
	usage, err := stream.Final()
	if err != nil || next != 600 || failed != 234 || usage.GetTotalTokens() != 599 {
		t.Errorf("%d vectors, %d failed, %v (%v)", next, failed, usage, err)
	}
	// One who leaves stops the texts.
	stopped := make(chan struct{})
	endless := func(yield func(string) bool) {
		for yield("1") {
		}
		close(stopped)
	}
	for vector, err := range client.Embeddings.Stream(deadline(t), request, endless).Vectors() {
		if err != nil || vector[0] != 1 {
			t.Error(vector, err)
		}
		break
	}
	<-stopped
	none := func(func(string) bool) {}
	if _, err := client.Embeddings.Stream(deadline(t), &pb.CreateEmbeddingRequest{Input: openaigrpc.EmbeddingText("x")}, none).Final(); failureOf(t, err).Status != codes.InvalidArgument {
		t.Error(err)
	}
}

func TestConnectResponses(t *testing.T) {
	connection, err := newClient(t).Responses.Connect(deadline(t))
	if err != nil {
		t.Fatal(err)
	}
	create := func(lane, model, text string) *openaigrpc.LaneResponse {
		response, err := connection.Create(lane, respond(t, model, text))
		if err != nil {
			t.Fatal(err)
		}
		return response
	}
	slow := create("slow", "endless", "wait")
	event, err := slow.Recv()
	if err != nil || event.GetCreated() == nil || slow.ID() != "resp_1" {
		t.Fatal(event, err)
	}
	// Others are read while it runs, in any order, also by several goroutines.
	first, second, limited := create("a", "echo", "one"), create("a", "echo", "two"), create("", "rate-limited", "x")
	var both sync.WaitGroup
	for response, want := range map[*openaigrpc.LaneResponse]string{second: "two", first: "one"} {
		both.Add(1)
		go func() {
			defer both.Done()
			text := ""
			for piece, err := range response.Text() {
				if err != nil {
					t.Error(err)
				}
				text += piece
			}
			if whole, err := response.Final(); err != nil && text == want || openaigrpc.OutputText(whole) != want {
				t.Errorf("%q, %v (%v)", text, whole, err)
			}
		}()
	}
	_, err = limited.Final()
	if failure := failureOf(t, err); failure.Status != codes.ResourceExhausted || failure.HTTPStatus != 429 || failure.Code != "rate_limit_exceeded" {
		t.Errorf("%+v", failure)
	}
	both.Wait()
	if err := slow.Steer(openaigrpc.TextInput("faster")); err != nil {
		t.Fatal(err)
	}
	for event, err := range slow.All() {
		if err != nil {
			t.Fatal(err)
		}
		if failed := event.GetSteerFailed(); failed != nil {
			if failed.GetError().GetCode() != "steering_not_supported" {
				t.Error(failed)
			}
			break
		}
	}
	// An event that belongs to no response comes by the connection.
	odd := &pb.ResponsesClientEvent{Kind: &pb.ResponsesClientEvent_Unknown{Unknown: `{"type": "response.odd"}`}}
	if err := connection.Send(odd); err != nil {
		t.Fatal(err)
	}
	if told, err := connection.Recv(); err != nil || told.GetError().GetStatus() != 400 {
		t.Error(told, err)
	}
	if err := connection.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := slow.Recv(); err == nil {
		t.Error("an event of a response that was left")
	}
	if _, err := connection.Recv(); failureOf(t, err).Status != codes.Canceled {
		t.Error(err)
	}
	if _, err := connection.Create("late", respond(t, "echo", "x")); err == nil {
		t.Error("created on a closed connection")
	}
	ending, err := newClient(t).Responses.Connect(deadline(t))
	if err != nil {
		t.Fatal(err)
	}
	last, err := ending.Create("", respond(t, "echo", "bye"))
	if err != nil {
		t.Fatal(err)
	}
	if err := ending.CloseSend(); err != nil {
		t.Fatal(err)
	}
	if _, err := ending.Recv(); !errors.Is(err, io.EOF) {
		t.Error(err)
	}
	if whole, err := last.Final(); err != nil || openaigrpc.OutputText(whole) != "bye" {
		t.Error(whole, err)
	}
}

// fickle is a gateway that breaks off, and whose responses can be steered.
type fickle struct {
	pb.UnimplementedVideosServiceServer
	pb.UnimplementedResponsesServiceServer
	pb.UnimplementedFilesServiceServer
	pb.UnimplementedBatchesServiceServer

	watches int
}

func (f *fickle) WatchVideo(_ *pb.GetVideoRequest, stream grpc.ServerStreamingServer[pb.Video]) error {
	f.watches++
	all := []string{"queued 1", "in_progress 2", "in_progress 2", "in_progress 3", "completed 4"}
	state := func(at int) *pb.Video {
		return &pb.Video{Status: &all[at], CallInfo: &pb.CallInfo{RequestId: openaigrpc.Ptr(fmt.Sprint(f.watches))}}
	}
	switch f.watches {
	case 1: // queued, in progress
		_ = stream.Send(state(0))
		_ = stream.Send(state(1))
		return status.Error(codes.Unavailable, "draining")
	case 2: // that state again, the next one
		_ = stream.Send(state(2))
		_ = stream.Send(state(3))
		return status.Error(codes.Internal, "stream was reset")
	default:
		return stream.Send(state(4))
	}
}

func (f *fickle) StreamBatchResults(request *pb.StreamBatchResultsRequest, stream grpc.ServerStreamingServer[pb.BatchResult]) error {
	for _, cursor := range []string{"1", "2", "3"} {
		if cursor > request.GetAfter() {
			_ = stream.Send(&pb.BatchResult{CustomId: openaigrpc.Ptr(request.GetBatchId() + cursor), Cursor: &cursor})
			if cursor < "3" {
				return status.Error(codes.Unavailable, "draining")
			}
		}
	}
	return nil
}

func (f *fickle) DownloadFile(_ *pb.DownloadFileRequest, stream grpc.ServerStreamingServer[pb.FileChunk]) error {
	_ = stream.Send(&pb.FileChunk{Data: []byte("bytes")})
	return stream.Send(&pb.FileChunk{Sha256: make([]byte, 32)})
}

func (f *fickle) Connect(stream grpc.BidiStreamingServer[pb.ResponsesClientEvent, pb.ResponsesServerEvent]) error {
	send := func(lane string, event *pb.ResponsesServerEvent) {
		event.StreamId = &lane
		_ = stream.Send(event)
	}
	created := func(id string) *pb.ResponsesServerEvent {
		return &pb.ResponsesServerEvent{Kind: &pb.ResponsesServerEvent_Created{
			Created: &pb.ResponseCreatedEvent{Response: &pb.Response{Id: &id}},
		}}
	}
	over := func(id string) *pb.ResponsesServerEvent {
		return &pb.ResponsesServerEvent{Kind: &pb.ResponsesServerEvent_Completed{
			Completed: &pb.ResponseCompletedEvent{Response: &pb.Response{Id: &id}},
		}}
	}
	receive := func() *pb.ResponsesClientEvent {
		event, _ := stream.Recv()
		return event
	}
	receive()
	send("a", created("one"))
	receive() // what steers it
	receive() // the next of the lane
	steer := &pb.ResponseSteer{PreviousResponseId: openaigrpc.Ptr("one")}
	send("a", &pb.ResponsesServerEvent{Kind: &pb.ResponsesServerEvent_SteerAccepted{SteerAccepted: &pb.ResponseSteerAcceptedEvent{Steer: steer}}})
	send("a", over("one"))
	send("a", created("successor"))
	send("a", over("successor"))
	send("a", created("two"))
	receive() // what steers it, in vain
	send("a", over("two"))
	steer = &pb.ResponseSteer{PreviousResponseId: openaigrpc.Ptr("two")}
	send("a", &pb.ResponsesServerEvent{Kind: &pb.ResponsesServerEvent_SteerFailed{SteerFailed: &pb.ResponseSteerFailedEvent{Steer: steer}}})
	_, err := stream.Recv()
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

func fickleClient(t *testing.T) *openaigrpc.Client {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server, gateway := grpc.NewServer(), &fickle{}
	pb.RegisterVideosServiceServer(server, gateway)
	pb.RegisterResponsesServiceServer(server, gateway)
	pb.RegisterFilesServiceServer(server, gateway)
	pb.RegisterBatchesServiceServer(server, gateway)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	return newClientAt(t, listener.Addr().String())
}

func TestWatchGoesOnAfterAReconnect(t *testing.T) {
	client := fickleClient(t)
	watch := client.Videos.Watch(deadline(t), &pb.GetVideoRequest{VideoId: openaigrpc.Ptr("v")})
	var states []string
	for state, err := range watch.All() {
		if err != nil {
			t.Fatal(err)
		}
		states = append(states, state.GetStatus())
	}
	if want := []string{"queued 1", "in_progress 2", "in_progress 3", "completed 4"}; !slices.Equal(states, want) {
		t.Error(states)
	}
	if watch.Call().Info.GetRequestId() != "3" {
		t.Error(watch.Call())
	}
}

func TestResultsGoOnAfterTheirCursor(t *testing.T) {
	for after, want := range map[string]string{"": "[b1 b2 b3]", "1": "[b2 b3]", "3": "[]"} {
		var names []string
		request := &pb.StreamBatchResultsRequest{BatchId: openaigrpc.Ptr("b"), After: &after}
		for result, err := range fickleClient(t).Batches.Results(deadline(t), request).All() {
			if err != nil {
				t.Fatal(err)
			}
			names = append(names, result.GetCustomId())
		}
		if fmt.Sprint(names) != want || request.GetAfter() != after {
			t.Error(names, want, request)
		}
	}
}

func TestDownloadIsChecked(t *testing.T) {
	found, err := io.ReadAll(fickleClient(t).Files.Download(deadline(t), download("x")))
	if !errors.Is(err, openaigrpc.ErrChecksum) || string(found) != "bytes" {
		t.Errorf("%q (%v)", found, err)
	}
}

func TestSteeredResponses(t *testing.T) {
	connection, err := fickleClient(t).Responses.Connect(deadline(t))
	if err != nil {
		t.Fatal(err)
	}
	begin := func() *openaigrpc.LaneResponse {
		response, err := connection.Create("a", &pb.CreateResponseRequest{})
		if err != nil {
			t.Fatal(err)
		}
		return response
	}
	one := begin()
	if err := one.Steer(openaigrpc.TextInput("too soon")); err == nil {
		t.Error("steered before it had begun")
	}
	if _, err := one.Recv(); err != nil {
		t.Fatal(err)
	}
	if err := one.Steer(openaigrpc.TextInput("shorter")); err != nil {
		t.Fatal(err)
	}
	two := begin()
	if _, err := two.Recv(); err != nil { // all events of the first were received on the way
		t.Fatal(err)
	}
	if err := two.Steer(openaigrpc.TextInput("late")); err != nil {
		t.Fatal(err)
	}
	for response, want := range map[*openaigrpc.LaneResponse]string{one: "successor", two: "two"} {
		if whole, err := response.Final(); err != nil || whole.GetId() != want || response.ID() != want {
			t.Errorf("%v, not %s (%v)", whole, want, err)
		}
	}
	if err := connection.CloseSend(); err != nil {
		t.Fatal(err)
	}
	if event, err := connection.Recv(); !errors.Is(err, io.EOF) {
		t.Error(event, err)
	}
}
