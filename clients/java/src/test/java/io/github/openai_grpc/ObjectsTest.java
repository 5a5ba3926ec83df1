package io.github.openai_grpc;

import static io.github.openai_grpc.Messages.chat;
import static io.github.openai_grpc.Messages.user;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.github.openai_grpc.v1.BatchRequestInput;
import io.github.openai_grpc.v1.CallInfo;
import io.github.openai_grpc.v1.CreateBatchRequest;
import io.github.openai_grpc.v1.CreateEmbeddingRequest;
import io.github.openai_grpc.v1.CreateFileRequest;
import io.github.openai_grpc.v1.CreateResponseRequest;
import io.github.openai_grpc.v1.CreateUploadRequest;
import io.github.openai_grpc.v1.CreateVideoRequest;
import io.github.openai_grpc.v1.DownloadFileRequest;
import io.github.openai_grpc.v1.EmbeddingInput;
import io.github.openai_grpc.v1.FileChunk;
import io.github.openai_grpc.v1.FilesServiceGrpc;
import io.github.openai_grpc.v1.GetVideoRequest;
import io.github.openai_grpc.v1.Response;
import io.github.openai_grpc.v1.ResponseCompletedEvent;
import io.github.openai_grpc.v1.ResponseCreatedEvent;
import io.github.openai_grpc.v1.ResponseSteer;
import io.github.openai_grpc.v1.ResponseSteerAcceptedEvent;
import io.github.openai_grpc.v1.ResponseSteerFailedEvent;
import io.github.openai_grpc.v1.ResponsesClientEvent;
import io.github.openai_grpc.v1.ResponsesServerEvent;
import io.github.openai_grpc.v1.ResponsesServiceGrpc;
import io.github.openai_grpc.v1.Video;
import io.github.openai_grpc.v1.VideosServiceGrpc;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** Stored objects and long connections on the live gateway, whose upstream tests/clients/upstream_objects.py has. */
@EnabledIfEnvironmentVariable(named = "OPENAI_GRPC_ADDRESS", matches = ".+", disabledReason = "needs a gateway: see README.md")
class ObjectsTest {
  private static final byte[] CONTENT = content();

  private final OpenAiGrpc client = OpenAiGrpc.builder().timeout(Live.LIMIT).build();

  @AfterEach
  void disconnect() {
    client.close();
  }

  private static byte[] content() {
    byte[] made = new byte[600_000];
    for (int index = 0; index < made.length; index++) {
      made[index] = (byte) (index * 7 % 251);
    }
    return made;
  }

  private static <T, R> List<R> all(Iterable<T> items, Function<T, R> of) {
    return StreamSupport.stream(items.spliterator(), false).map(of).collect(Collectors.toList());
  }

  @Test
  void uploads() throws IOException {
    var sent = new AtomicLong();
    var batch = CreateFileRequest.newBuilder().setPurpose("batch");
    var log = Upload.of(new ByteArrayInputStream(new byte[300_000]), "log.jsonl").size(300_000).onProgress(sent::set);
    var file = client.files().upload(log, batch);
    assertEquals("log.jsonl 300000 batch", file.getFilename() + " " + file.getBytes() + " " + file.getPurpose());
    assertEquals(300_000, sent.get());
    var broken = InputStream.nullInputStream();
    broken.close();
    var error =
        assertThrows(UncheckedIOException.class, () -> client.files().upload(Upload.of(broken, "log.jsonl"), batch));
    assertTrue(error.getMessage().contains("Stream closed"), error.getMessage());
    var image = Upload.of(new byte[99], "boat.png").contentType("image/png").read();
    var video = client.videos().create(CreateVideoRequest.newBuilder().setPrompt("A boat").setInputReference(image));
    assertEquals("A boat boat.png 99", video.getPrompt());
  }

  @Test
  void uploadsInParts(@TempDir Path folder) throws IOException {
    var path = Files.write(folder.resolve("plan.pdf"), CONTENT);
    var sent = new AtomicLong();
    var request = CreateUploadRequest.newBuilder().setPurpose("user_data").setMimeType("application/pdf");
    var upload = client.uploads().upload(path, request, 250_000, 2, sent::set);
    var parts = IntStream.of(0, 250_000, 500_000).mapToObj(from -> "part_" + (CONTENT[from] & 0xff) + "_");
    var sizes = List.of("250000", "250000", "100000").iterator();
    assertEquals(parts.map(part -> part + sizes.next()).collect(Collectors.joining(" ")), upload.getFile().getFilename());
    assertEquals(CONTENT.length, sent.get());
    Files.delete(path);
    assertThrows(UncheckedIOException.class, () -> client.uploads().upload(path, "user_data", "application/pdf"));
  }

  @Test
  void batchesOfMessages() {
    var requests =
        IntStream.range(0, 100)
            .mapToObj(index -> chat("m", user("" + index)).build())
            .map(request -> BatchRequestInput.newBuilder().setChatCompletion(request).build())
            .collect(Collectors.toList());
    var batch = client.batches().submit(CreateBatchRequest.getDefaultInstance(), requests);
    assertEquals(100, batch.getRequestCounts().getTotal());
    assertEquals("/v1/chat/completions", batch.getEndpoint());
    try (var results = client.batches().results("batch_done")) {
      var told =
          all(
              results,
              each -> each.getCustomId() + " " + Messages.outputText(each.getChatCompletion()) + each.getError().getCode());
      assertEquals(List.of("a one", "b two", "c batch_expired"), told);
    }
    assertThrows(
        OpenAiGrpcException.InvalidRequest.class,
        () -> client.batches().submit(CreateBatchRequest.getDefaultInstance(), List.of()));
  }

  private Map<String, Supplier<Download>> downloads() {
    return Map.of(
        "whole", () -> client.files().download("file-stored"),
        "breaks", () -> client.files().download("file-breaks"),
        "video", () -> client.videos().download("video_1"),
        "raw", () -> client.raw().download(OpenAiGrpc.Raw.request("GET", "/vector_stores/vs_1/content")));
  }

  @Test
  void downloadsWithProgress(@TempDir Path folder) throws IOException {
    for (var each : downloads().entrySet()) {
      var name = each.getKey();
      var told = new AtomicLong();
      var path = folder.resolve(name);
      var file = each.getValue().get();
      file.onProgress((received, size) -> told.set(received == size ? received : told.get())).to(path);
      assertArrayEquals(CONTENT, Files.readAllBytes(path), name);
      assertEquals(CONTENT.length, told.get(), name);
      assertEquals(CONTENT.length + " video/mp4", file.size() + " " + file.contentType(), name);
      try (var read = each.getValue().get()) {
        assertEquals(CONTENT[0] & 0xff, read.read(), name);
        assertArrayEquals(Arrays.copyOfRange(CONTENT, 1, CONTENT.length), read.readAllBytes(), name);
      }
    }
  }

  @Test
  void downloadsGoOnWithAFile(@TempDir Path folder) throws IOException {
    for (var each : downloads().entrySet()) {
      var name = each.getKey();
      var path = folder.resolve(name);
      for (int there : new int[] {0, 100_000, CONTENT.length}) {
        Files.write(path, Arrays.copyOf(CONTENT, there));
        each.getValue().get().resume(path);
        assertArrayEquals(CONTENT, Files.readAllBytes(path), name + " from " + there);
      }
      Files.write(path, new byte[70_000]);
      var other = assertThrows(IOException.class, () -> each.getValue().get().resume(path), name);
      assertTrue(other.getMessage().contains("remove it"), other.getMessage());
    }
    var longer = folder.resolve("longer");
    Files.write(longer, Arrays.copyOf(CONTENT, CONTENT.length + 100_000));
    assertThrows(IOException.class, () -> client.files().download("file-stored").resume(longer));
  }

  @Test
  void partsAndEndsOfDownloads() throws IOException {
    var part = DownloadFileRequest.newBuilder().setFileId("file-breaks").setOffset(1000).setLength(400_000);
    assertArrayEquals(Arrays.copyOfRange(CONTENT, 1000, 401_000), client.files().download(part).readAllBytes());
    var hasty = client.withMaxRetries(0).files().download("file-breaks");
    assertArrayEquals(Arrays.copyOf(CONTENT, 250_000), hasty.readNBytes(250_000));
    for (int again = 0; again < 2; again++) { // not an end, however often it is read
      assertEquals("UPSTREAM_TRUNCATED", assertThrows(OpenAiGrpcException.class, hasty::read).reason());
    }
    var left = client.files().download("file-stored");
    assertEquals(10, left.readNBytes(10).length);
    left.close();
    assertThrows(IOException.class, left::readAllBytes);
    assertThrows(OpenAiGrpcException.InvalidRequest.class, () -> client.files().download("a/b").read());
  }

  @Test
  void listsAndWatches() {
    var items = List.of("item-0", "item-1", "item-2", "item-3", "item-4");
    assertEquals(items, all(client.files().list(), file -> file.getId()));
    assertEquals(items, all(client.batches().list(), batch -> batch.getId()));
    assertEquals(items, all(client.videos().list(), video -> video.getId()));
    assertTrue(client.files().delete(client.files().get("file-stored").getId()).getDeleted());
    try (var states = client.batches().watch("batch_job")) {
      var seen = all(states, batch -> batch.getStatus());
      assertEquals("completed", seen.get(seen.size() - 1));
      assertEquals(seen.stream().distinct().collect(Collectors.toList()), seen);
    }
    assertEquals("completed", client.responses().watch("resp_job").finalMessage().getStatus());
    assertEquals("completed", client.videos().watch("video_job").finalMessage().getStatus());
  }

  @Test
  void rawCalls() throws IOException {
    var raw = client.raw();
    var echo = raw.json("POST", "/vector_stores?include[]=a%26b&include[]=c+d&e", "{\"name\":\"charts\",\"ropes\":3}");
    assertEquals(
        "{\"id\":\"vs_1\",\"body\":{\"name\":\"charts\",\"ropes\":3},"
            + "\"query\":[[\"include[]\",\"a&b\"],[\"include[]\",\"c d\"],[\"e\",\"\"]]}",
        echo.replaceAll("(?<=[,:]) ", ""));
    var refused = assertThrows(OpenAiGrpcException.NotFound.class, () -> raw.json("GET", "/elsewhere"));
    assertEquals("RAW_PATH_NOT_ALLOWED", refused.reason());
    try (var stream = raw.stream(OpenAiGrpc.Raw.request("GET", "/vector_stores/vs_1/events"))) {
      assertEquals(200, stream.status());
      var pieces = all(stream.events(), event -> event.getData());
      assertEquals("{\"piece\":\"Hel\"}{\"piece\":\"lo\"}{\"piece\":\" there\"}", String.join("", pieces));
    }
    var body = Upload.of(new byte[700_000], "").contentType("application/x-chart");
    var reply = raw.upload(OpenAiGrpc.Raw.request("POST", "/vector_stores/vs_1/body"), body);
    assertEquals("{\"type\":\"application/x-chart\",\"bytes\":700000}", reply.getJson().replace(" ", ""));
    try (var file = raw.download(OpenAiGrpc.Raw.request("GET", "/vector_stores/vs_1/content"))) {
      assertArrayEquals(CONTENT, file.readAllBytes());
      assertEquals("200 \"7\"", file.status() + " " + file.headers().get("etag"));
    }
  }

  @Test
  void embeddings() throws InterruptedException {
    var texts =
        IntStream.range(0, 600).mapToObj(index -> index == 234 ? "many" : "" + index).collect(Collectors.toList());
    try (var stream = client.embeddings().stream("counts", texts)) {
      long next = 0;
      for (var each : stream) {
        assertEquals(next, each.index());
        if (next++ == 234) {
          var failure = assertThrows(OpenAiGrpcException.InvalidRequest.class, each::vector);
          assertTrue(failure.getMessage().startsWith("Not a number (INVALID_ARGUMENT"), failure.getMessage());
          assertFalse(failure.mayHaveBeenBilled());
        } else {
          assertEquals(List.of((float) each.index()), each.vector());
        }
      }
      assertEquals(600, next);
      assertEquals(599, stream.usage().getTotalTokens());
    }
    var feeding = new CompletableFuture<Thread>();
    var left = new CompletableFuture<Void>();
    Iterable<String> endless =
        () ->
            new Iterator<>() {
              private int taken;

              @Override
              public boolean hasNext() {
                feeding.complete(Thread.currentThread());
                if (taken == 2500) { // enough for a request to upstream
                  left.join();
                }
                return true;
              }

              @Override
              public String next() {
                taken++;
                return "1";
              }
            };
    try (var stream = client.embeddings().stream("counts", endless)) {
      assertEquals(List.of(1f), stream.iterator().next().vector());
    }
    left.complete(null);
    feeding.join().join(); // who leaves stops the texts
    var request = CreateEmbeddingRequest.newBuilder().setInput(EmbeddingInput.newBuilder().setText("x"));
    try (var stream = client.embeddings().stream(request, List.of())) {
      assertThrows(OpenAiGrpcException.InvalidRequest.class, stream::usage);
    }
  }

  @Test
  void responsesOverOneConnection() {
    var connection = client.responses().connect();
    var slow = connection.create("slow", Inputs.response("endless", "wait"));
    var waiting = slow.iterator();
    assertTrue(waiting.next().hasCreated());
    assertEquals("resp_1", slow.id());
    // Others are read while it runs, in any order, also by several threads.
    var first = connection.create("a", Inputs.response("echo", "one"));
    var second = connection.create("a", Inputs.response("echo", "two"));
    var limited = connection.create(Inputs.response("rate-limited", "x"));
    var aside = CompletableFuture.supplyAsync(() -> String.join("", first.text()));
    assertEquals("two", String.join("", second.text()));
    assertEquals("one", aside.orTimeout(20, TimeUnit.SECONDS).join());
    assertEquals("one", Inputs.outputText(first.finalMessage()));
    var refused = assertThrows(OpenAiGrpcException.LimitExceeded.class, limited::finalMessage);
    assertEquals(429, refused.httpStatus().orElseThrow());
    assertEquals("rate_limit_exceeded", refused.code().orElseThrow());
    assertFalse(refused.mayHaveBeenBilled());
    slow.steer("faster");
    ResponsesServerEvent event = waiting.next();
    while (!event.hasSteerFailed()) {
      event = waiting.next();
    }
    assertEquals("steering_not_supported", event.getSteerFailed().getError().getCode());
    slow.close();
    assertThrows(IllegalStateException.class, waiting::hasNext);
    // An event that belongs to no response comes by the connection.
    connection.send(ResponsesClientEvent.newBuilder().setUnknown("{\"type\": \"response.odd\"}").build());
    assertEquals(400, connection.events().iterator().next().getError().getStatus());
    connection.close();
    assertThrows(OpenAiGrpcException.Cancelled.class, () -> connection.events().iterator().hasNext());
    assertThrows(IllegalStateException.class, () -> connection.create(Inputs.response("echo", "late")));
    try (var ending = client.responses().connect()) {
      var last = ending.create(Inputs.response("echo", "bye"));
      ending.finish();
      assertFalse(ending.events().iterator().hasNext());
      assertEquals("bye", Inputs.outputText(last.finalMessage()));
    }
  }

  /** A gateway that breaks off, and whose responses can be steered. */
  private static final class Fickle implements AutoCloseable {
    private final Server server;
    private int watches;

    Fickle() throws IOException {
      server =
          Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
              .addService(new Videos())
              .addService(new StoredFiles())
              .addService(new Steered())
              .build()
              .start();
    }

    OpenAiGrpc client() {
      return OpenAiGrpc.builder().address("127.0.0.1:" + server.getPort()).timeout(Live.LIMIT).build();
    }

    @Override
    public void close() {
      server.shutdownNow();
    }

    private final class Videos extends VideosServiceGrpc.VideosServiceImplBase {
      @Override
      public void watchVideo(GetVideoRequest request, StreamObserver<Video> to) {
        watches++;
        var states = List.of(List.of("queued", "begun"), List.of("begun", "half"), List.of("completed"));
        for (var status : states.get(watches - 1)) {
          var info = CallInfo.newBuilder().setRequestId("" + watches);
          to.onNext(Video.newBuilder().setStatus(status).setCallInfo(info).build());
        }
        if (watches < states.size()) {
          to.onError((watches == 1 ? Status.UNAVAILABLE : Status.INTERNAL).asRuntimeException());
        } else {
          to.onCompleted();
        }
      }
    }

    private static final class StoredFiles extends FilesServiceGrpc.FilesServiceImplBase {
      @Override
      public void downloadFile(DownloadFileRequest request, StreamObserver<FileChunk> to) {
        to.onNext(FileChunk.newBuilder().setData(ByteString.copyFromUtf8("bytes")).build());
        to.onNext(FileChunk.newBuilder().setSha256(ByteString.copyFrom(new byte[32])).build());
        to.onCompleted();
      }
    }

    private static final class Steered extends ResponsesServiceGrpc.ResponsesServiceImplBase {
      @Override
      public StreamObserver<ResponsesClientEvent> connect(StreamObserver<ResponsesServerEvent> to) {
        return new StreamObserver<>() {
          private int received;

          @Override
          public void onNext(ResponsesClientEvent event) {
            received++;
            if (received == 1) {
              to.onNext(created("one"));
            } else if (received == 3) { // the second steers it, the third is the next of the lane
              var accepted = ResponseSteerAcceptedEvent.newBuilder().setSteer(steer("one"));
              to.onNext(in().setSteerAccepted(accepted).build());
              to.onNext(over("one"));
              to.onNext(created("successor"));
              to.onNext(over("successor"));
              to.onNext(created("two"));
            } else if (received == 4) { // steers it in vain
              to.onNext(over("two"));
              to.onNext(in().setSteerFailed(ResponseSteerFailedEvent.newBuilder().setSteer(steer("two"))).build());
            }
          }

          @Override
          public void onError(Throwable error) {}

          @Override
          public void onCompleted() {
            to.onCompleted();
          }
        };
      }

      private static ResponsesServerEvent.Builder in() {
        return ResponsesServerEvent.newBuilder().setStreamId("a");
      }

      private static ResponsesServerEvent created(String id) {
        return in().setCreated(ResponseCreatedEvent.newBuilder().setResponse(Response.newBuilder().setId(id))).build();
      }

      private static ResponsesServerEvent over(String id) {
        return in()
            .setCompleted(ResponseCompletedEvent.newBuilder().setResponse(Response.newBuilder().setId(id)))
            .build();
      }

      private static ResponseSteer steer(String id) {
        return ResponseSteer.newBuilder().setPreviousResponseId(id).build();
      }
    }
  }

  @Test
  void watchesGoOnAfterAReconnect() throws IOException {
    var ids = new ArrayList<String>();
    try (var gateway = new Fickle();
        var fickle = gateway.client();
        var states = fickle.onCall(call -> ids.add(call.requestId().orElse(""))).videos().watch("v")) {
      assertEquals(List.of("queued", "begun", "half", "completed"), all(states, Video::getStatus));
      assertEquals(List.of("1", "2", "3"), ids);
    }
    try (var gateway = new Fickle();
        var fickle = gateway.client();
        var states = fickle.withMaxRetries(0).videos().watch("v")) {
      assertThrows(OpenAiGrpcException.Unavailable.class, states::finalMessage);
    }
  }

  @Test
  void checksumsAreCompared() throws IOException {
    try (var gateway = new Fickle();
        var fickle = gateway.client();
        var download = fickle.files().download("x")) {
      assertEquals("bytes", new String(download.readNBytes(5), java.nio.charset.StandardCharsets.UTF_8));
      assertThrows(Download.Corrupt.class, download::read);
      assertThrows(Download.Corrupt.class, download::read);
    }
  }

  @Test
  void steeredResponses() throws IOException {
    try (var gateway = new Fickle();
        var fickle = gateway.client();
        var connection = fickle.responses().connect()) {
      var one = connection.create("a", CreateResponseRequest.getDefaultInstance());
      assertThrows(IllegalStateException.class, () -> one.steer("too soon"));
      one.iterator().next();
      one.steer("shorter");
      var two = connection.create("a", CreateResponseRequest.getDefaultInstance());
      two.iterator().next(); // all events of the first were received on the way
      two.steer("late");
      assertEquals("successor", one.finalMessage().getId());
      assertEquals("two", two.finalMessage().getId());
      connection.finish();
      assertFalse(connection.events().iterator().hasNext());
    }
  }
}
