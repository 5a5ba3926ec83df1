package io.github.openai_grpc;

import static io.github.openai_grpc.Live.askUpstream;
import static io.github.openai_grpc.Live.chatRequest;
import static io.github.openai_grpc.Messages.chat;
import static io.github.openai_grpc.Messages.user;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.type.Money;
import io.github.openai_grpc.v1.ChatCompletion;
import io.github.openai_grpc.v1.ChatCompletionChunk;
import io.github.openai_grpc.v1.ChatServiceGrpc;
import io.github.openai_grpc.v1.CreateChatCompletionRequest;
import io.github.openai_grpc.v1.CreateTranscriptionRequest;
import io.github.openai_grpc.v1.UserLocation;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The client against the live gateway. */
@EnabledIfEnvironmentVariable(named = "OPENAI_GRPC_ADDRESS", matches = ".+", disabledReason = "needs a gateway: see README.md")
class ClientTest {
  private final OpenAiGrpc client = OpenAiGrpc.builder().apiKey("sk-test").timeout(Live.LIMIT).build();

  @AfterEach
  void disconnect() {
    client.close();
  }

  private static String joined(Iterable<String> pieces) {
    return StreamSupport.stream(pieces.spliterator(), false).collect(Collectors.joining());
  }

  @Test
  void closingCancelsUpstream() {
    try (var stream = client.chat().stream(chatRequest("endless", "java-close"))) {
      assertEquals(1, stream.stream().limit(1).count());
    }
    askUpstream("/closed", "java-close");
  }

  @Test
  void closingTheClientEndsStreams() {
    var stream = client.chat().stream(chatRequest("endless", "java-close-all"));
    var chunks = stream.iterator();
    chunks.next();
    client.close();
    assertThrows(OpenAiGrpcException.class, chunks::hasNext);
    askUpstream("/closed", "java-close-all");
    assertThrows(OpenAiGrpcException.class, () -> client.chat().create("gpt-4o-mini", user("hi")));
  }

  @Test
  void interruptCancelsUpstream() throws InterruptedException {
    var failure = new CompletableFuture<Throwable>();
    var begun = new CompletableFuture<Void>();
    var thread =
        new Thread(
            () -> {
              try (var stream = client.chat().stream(chatRequest("endless", "java-interrupt"))) {
                stream.forEach(chunk -> begun.complete(null));
              } catch (RuntimeException error) {
                failure.complete(error);
              }
            });
    thread.start();
    begun.join();
    thread.interrupt();
    assertInstanceOf(OpenAiGrpcException.Cancelled.class, failure.orTimeout(20, TimeUnit.SECONDS).join());
    thread.join();
    askUpstream("/closed", "java-interrupt");
  }

  @Test
  void futures() {
    var replies = new ArrayList<CompletableFuture<ChatCompletion>>();
    for (int n = 0; n < 4; n++) {
      replies.add(client.chat().createAsync(chatRequest("gpt-4o-mini", "java-future")));
    }
    replies.forEach(reply -> assertEquals(Live.REPLY, Messages.outputText(reply.join())));
    var limited = client.chat().createAsync(chatRequest("rate-limited", "java-future-limited"));
    var error = assertThrows(CompletionException.class, limited::join).getCause();
    assertEquals("RATE_LIMITED", assertInstanceOf(OpenAiGrpcException.LimitExceeded.class, error).reason());
    client.chat().createAsync(chatRequest("overloaded-once", "java-future-retry")).join();
    assertEquals("{\"requests\":2}", askUpstream("/seen", "java-future-retry").replace(" ", ""));
  }

  @Test
  void cancellingAFutureCancelsUpstream() {
    var details = new CompletableFuture<CallDetails>();
    var waiting = chatRequest("silent", "java-future-cancel").build();
    var reply = client.onCall(details::complete).callAsync(ChatServiceGrpc.getCreateChatCompletionMethod(), waiting);
    while (!askUpstream("/seen", "java-future-cancel").replace(" ", "").equals("{\"requests\":1}")) {
      Thread.onSpinWait();
    }
    assertTrue(reply.cancel(true));
    assertThrows(CancellationException.class, reply::join);
    askUpstream("/closed", "java-future-cancel");
    details.orTimeout(20, TimeUnit.SECONDS).join();
  }

  @Test
  void publisherObeysDemand() {
    var text = new StringBuilder();
    var done = new CompletableFuture<Void>();
    client
        .chat()
        .publisher(chat("gpt-4o-mini", user("hi")))
        .subscribe(
            new Flow.Subscriber<>() {
              private Flow.Subscription subscription;

              @Override
              public void onSubscribe(Flow.Subscription subscription) {
                this.subscription = subscription;
                subscription.request(1);
              }

              @Override
              public void onNext(ChatCompletionChunk chunk) {
                text.append(OpenAiGrpc.Chat.textOf(chunk));
                subscription.request(1);
              }

              @Override
              public void onError(Throwable error) {
                done.completeExceptionally(error);
              }

              @Override
              public void onComplete() {
                done.complete(null);
              }
            });
    done.orTimeout(20, TimeUnit.SECONDS).join();
    assertEquals(Live.REPLY, text.toString());
  }

  @Test
  void cancelledSubscriptionCancelsUpstream() {
    var cancelled = new CompletableFuture<Void>();
    client
        .chat()
        .publisher(chatRequest("endless", "java-flow"))
        .subscribe(
            new Flow.Subscriber<>() {
              private Flow.Subscription subscription;

              @Override
              public void onSubscribe(Flow.Subscription subscription) {
                this.subscription = subscription;
                subscription.request(Long.MAX_VALUE);
              }

              @Override
              public void onNext(ChatCompletionChunk chunk) {
                subscription.cancel();
                cancelled.complete(null);
              }

              @Override
              public void onError(Throwable error) {}

              @Override
              public void onComplete() {}
            });
    cancelled.orTimeout(20, TimeUnit.SECONDS).join();
    askUpstream("/closed", "java-flow");
  }

  @Test
  void errorSaysWhetherItMayHaveBeenBilled() {
    var lost = chatRequest("fails-closing", "java-billed");
    assertTrue(assertThrows(OpenAiGrpcException.Internal.class, () -> client.chat().create(lost)).mayHaveBeenBilled());
    try (var nowhere = OpenAiGrpc.builder().address("localhost:1").maxRetries(0).build()) {
      var refused =
          assertThrows(OpenAiGrpcException.Unavailable.class, () -> nowhere.chat().create("m", user("hi")));
      assertFalse(refused.mayHaveBeenBilled());
      assertEquals("", refused.reason());
    }
  }

  @Test
  void errorsOfStubsConvert() {
    var stub = ChatServiceGrpc.newBlockingStub(client.channel());
    var error =
        assertThrows(
            RuntimeException.class, () -> stub.createChatCompletion(chatRequest("rate-limited", "java-stub").build()));
    assertEquals(OptionalInt.of(429), OpenAiGrpcException.of(error).httpStatus());
  }

  @Test
  void timeLimitReachesUpstream() {
    var slow = client.withTimeout(Duration.ofSeconds(2));
    assertThrows(
        OpenAiGrpcException.DeadlineExceeded.class,
        () -> slow.chat().create(chatRequest("silent", "java-limit")));
    askUpstream("/closed", "java-limit");
    try (var other = OpenAiGrpc.builder().timeout(Duration.ofMillis(1)).channel(builder -> {}).build()) {
      assertThrows(OpenAiGrpcException.DeadlineExceeded.class, () -> other.chat().create("silent", user("hi")));
    }
  }

  @Test
  void interruptEndsACall() {
    Thread.currentThread().interrupt();
    assertThrows(OpenAiGrpcException.Cancelled.class, () -> client.chat().create("silent", user("hi")));
    assertTrue(Thread.interrupted());
  }

  @Test
  void callsWithOwnInterceptorsAreTheSame() {
    try (var other = OpenAiGrpc.builder().apiKey("sk-test").channel(builder -> {}).build()) {
      assertEquals(client.chat().create("gpt-4o-mini", user("hi")), other.chat().create("gpt-4o-mini", user("hi")));
      var here = assertThrows(OpenAiGrpcException.class, () -> client.chat().create("rate-limited", user("hi")));
      var there = assertThrows(OpenAiGrpcException.class, () -> other.chat().create("rate-limited", user("hi")));
      assertEquals(there.status(), here.status());
      assertEquals(there.reason(), here.reason());
    }
  }

  @Test
  void durationsOfRateLimits() {
    assertEquals(Optional.of(Duration.ofMinutes(6)), CallDetails.duration("6m0s"));
    assertEquals(Optional.of(Duration.ofMillis(20)), CallDetails.duration("20ms"));
    assertEquals(Optional.of(Duration.ofMillis(1500)), CallDetails.duration("1.5"));
    assertEquals(Optional.of(Duration.ofHours(26)), CallDetails.duration("1d2h"));
    for (var text : List.of("", "soon", "1m later", "-1")) {
      assertEquals(Optional.empty(), CallDetails.duration(text));
    }
  }

  @Test
  void metadataAndInterceptors() {
    var seen = new ArrayList<String>();
    ClientInterceptor own =
        new ClientInterceptor() {
          @Override
          public <Q, R> ClientCall<Q, R> interceptCall(MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
            seen.add(method.getBareMethodName());
            return next.newCall(method, options);
          }
        };
    var ids = new ArrayList<String>();
    try (var other = OpenAiGrpc.builder().intercept(own).metadata("x-tenant", "t").build()) {
      other
          .withMetadata("x-request-id", "mine-1")
          .onCall(details -> ids.add(details.gatewayRequestId().orElse("")))
          .models()
          .list();
    }
    assertEquals(List.of("ListModels"), seen);
    assertEquals(List.of("mine-1"), ids);
  }

  @Test
  void severalAddresses() {
    var live = Live.environment("OPENAI_GRPC_ADDRESS");
    try (var several = OpenAiGrpc.builder().address("localhost:1", live).build()) {
      for (int n = 0; n < 4; n++) {
        assertEquals(Live.REPLY, Messages.outputText(several.chat().create("gpt-4o-mini", user("hi"))));
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "http://localhost:50051 | write localhost:50051, without http://",
        "https://x.example | write x.example, without https://, and call tls()",
        "localhost:70000 | invalid port 70000 in localhost:70000: must be 1 to 65535",
        "localhost: | invalid port",
        "a b | write host:port",
        "'' | write host:port",
      })
  void badAddress(String address, String message) {
    var error = assertThrows(IllegalArgumentException.class, () -> OpenAiGrpc.connect(address));
    assertTrue(error.getMessage().contains(message), error.getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "localhost, dns:///localhost:50051",
    "10.0.0.1:80, dns:///10.0.0.1:80",
    "::1, dns:///[::1]:50051",
    "[::1]:9, dns:///[::1]:9",
    "dns:///x:1, dns:///x:1",
    "'a,b:2', 'openai-grpc:///a:50051,b:2'"
  })
  void target(String address, String target) {
    assertEquals(target, Addresses.target(List.of(address)));
  }

  @Test
  void uploads(@TempDir Path folder) throws IOException {
    var file = Files.write(folder.resolve("speech.wav"), new byte[3 << 20]);
    assertEquals(Live.REPLY, client.audio().transcribe(file, "whisper-1").getText());
    var sent = new ArrayList<Long>();
    try (var in = Files.newInputStream(file)) {
      var request = CreateTranscriptionRequest.newBuilder().setModel("whisper-1").setResponseFormat("srt");
      var reply = client.audio().transcribe(Upload.of(in, "speech.wav").onProgress(sent::add), request);
      assertTrue(reply.getText().contains(Live.REPLY));
    }
    assertEquals(12, sent.size());
    assertEquals(3L << 20, sent.get(11));
    try (var stream = client.audio().stream(file, "whisper-1")) {
      assertEquals(Live.REPLY, joined(stream.text()));
      assertEquals(Live.REPLY, stream.finalMessage().getText());
    }
    try (var broken = client.audio().stream(Upload.of(new Broken(), "x.wav"), CreateTranscriptionRequest.newBuilder().setModel("m"))) {
      assertEquals("gone", assertThrows(UncheckedIOException.class, broken::finalMessage).getCause().getMessage());
    }
    var limited = CreateTranscriptionRequest.newBuilder().setModel("rate-limited");
    assertThrows(
        OpenAiGrpcException.LimitExceeded.class, () -> client.audio().transcribe(Upload.of(new byte[10], "x.wav"), limited));
  }

  private static final class Broken extends InputStream {
    @Override
    public int read() throws IOException {
      throw new IOException("gone");
    }

    @Override
    public int read(byte[] into, int from, int most) throws IOException {
      throw new IOException("gone");
    }
  }

  @Test
  void asksForAType() {
    var json = "{\"currency_code\":\"EUR\",\"units\":12,\"nanos\":0}";
    var expected = Money.newBuilder().setCurrencyCode("EUR").setUnits(12).build();
    assertEquals(expected, client.chat().parse(chat("echo", user(json)), Money.class));
    assertEquals(expected, client.responses().parse(Inputs.response("echo", json), Money.class));
    var refused =
        assertThrows(
            ReplyException.Refused.class, () -> client.chat().parse(chat("refuses", user("no")), Money.class));
    assertEquals("no", refused.text());
    assertThrows(
        ReplyException.Refused.class, () -> client.responses().parse(Inputs.response("refuses", "no"), Money.class));
    var cut =
        assertThrows(
            ReplyException.Cut.class, () -> client.chat().parse(chat("cut-short", user("{\"cur")), Money.class));
    assertEquals("{\"cur", cut.text());
    assertEquals("length", cut.reason());
    var incomplete = Inputs.response("cut-short", "{\"cur");
    assertEquals(
        "max_output_tokens",
        assertThrows(ReplyException.Cut.class, () -> client.responses().parse(incomplete, Money.class)).reason());
    var invalid =
        assertThrows(ReplyException.Invalid.class, () -> client.chat().parse(chat("echo", user("{}")), Money.class));
    assertEquals("{}", invalid.text());
    assertTrue(invalid.getMessage().contains("currency_code: missing"), invalid.getMessage());
  }

  @Test
  void runsTools() {
    var asked = new ArrayList<String>();
    var tool =
        Tools.of(
            "get_weather",
            "Current weather of a city",
            com.google.rpc.LocalizedMessage.class,
            argument -> {
              asked.add(argument.getMessage());
              return "sunny";
            });
    var weather = Tools.of("get_weather", "Current weather", UserLocation.class, place -> "sunny in " + place.getCity());
    var told = client.chat().runTools(chat("tool-loop", user("weather?")), weather).run();
    assertEquals("sunny in Oslo", Messages.outputText(told));

    // The model's arguments are {"city": ...}, which is not of the type: it is told so, and says what it was told.
    var run = client.chat().runTools(chat("tool-loop", user("weather?")), tool);
    var text = new StringBuilder();
    var reply = run.onText(text::append).run();
    assertEquals("error: invalid arguments: locale: missing", Messages.outputText(reply));
    assertEquals(Messages.outputText(reply), text.toString());
    assertEquals(List.of(), asked);
    assertEquals(4, run.messages().size());

    var other = Tools.of("another", "Not asked for", Money.class, money -> "");
    assertEquals(
        "error: there is no function get_weather",
        Messages.outputText(client.chat().runTools(chat("tool-loop", user("weather?")), other).run()));

    var endless = client.chat().runTools(chat("tool-caller", user("weather?")), tool).maxRounds(2);
    assertThrows(ToolRunner.TooManyRounds.class, endless::run);
    assertEquals(5, endless.messages().size());
    var responding = client.responses().runTools(Inputs.response("tool-loop", "weather?"), weather);
    assertEquals("sunny in Oslo", Inputs.outputText(responding.run()));
    assertEquals(4, responding.messages().size());
  }

  @Test
  void failingFunctionIsToldToTheModel() {
    var broken =
        Tools.of(
            "get_weather",
            "Current weather",
            UserLocation.class,
            place -> {
              throw new IllegalStateException("no station in " + place.getCity());
            });
    var reply = client.chat().runTools(chat("tool-loop", user("weather?")), broken).run();
    assertEquals("error: no station in Oslo", Messages.outputText(reply));
    var ended = client.chat().runTools(chat("tool-loop", user("weather?")), broken).stopOnError();
    var failed = assertThrows(ToolRunner.ToolFailed.class, ended::run);
    assertEquals("get_weather", failed.tool());
    assertEquals("no station in Oslo", failed.getCause().getMessage());
  }

  @Test
  void cancelledRunInterruptsItsFunctions() {
    var interrupted = new CompletableFuture<Void>();
    var running = new CompletableFuture<Void>();
    var slow =
        Tools.of(
            "get_weather",
            "Current weather",
            UserLocation.class,
            place -> {
              running.complete(null);
              try {
                new java.util.concurrent.CountDownLatch(1).await();
              } catch (InterruptedException stopped) {
                interrupted.complete(null);
              }
              return "";
            });
    var run = client.chat().runTools(chat("tool-loop", user("weather?")), slow);
    var cancelled = running.thenRun(run::cancel);
    assertThrows(CancellationException.class, run::run);
    cancelled.join();
    interrupted.orTimeout(20, TimeUnit.SECONDS).join();
  }

  @Test
  void cancelledRunEnds() {
    var run = client.chat().runTools(chatRequest("endless", "java-run"));
    run.onMessage(chunk -> run.cancel());
    assertThrows(CancellationException.class, run::run);
    askUpstream("/closed", "java-run");
  }

  @Test
  void messagesWithFiles(@TempDir Path folder) throws IOException {
    var image = Files.write(folder.resolve("a.png"), new byte[] {1, 2});
    var message =
        user(
            Messages.text("look"),
            Messages.image(image),
            Messages.image("https://x.example/a.jpg"),
            Messages.file("hello".getBytes(StandardCharsets.UTF_8), "a.pdf"),
            Messages.audio(new byte[] {3}, "wav"));
    assertEquals(
        "{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"look\"},"
            + "{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64,AQI=\"}},"
            + "{\"type\":\"image_url\",\"image_url\":{\"url\":\"https://x.example/a.jpg\"}},"
            + "{\"type\":\"file\",\"file\":{\"filename\":\"a.pdf\",\"file_data\":\"data:application/pdf;base64,aGVsbG8=\"}},"
            + "{\"type\":\"input_audio\",\"input_audio\":{\"data\":\"Aw==\",\"format\":\"wav\"}}]}",
        OpenAiJson.write(message));
    var request =
        Messages.chat("m", Messages.system("be brief"), Messages.assistant("ok"), Messages.tool("call_1", "42"))
            .addTools(Tools.function("f", "does", java.util.Map.of("type", "object")))
            .setToolChoice(Tools.choiceOf("f"))
            .build();
    var again = OpenAiJson.readRequest(OpenAiJson.write(request), CreateChatCompletionRequest.class);
    assertEquals(request, again);
    assertArrayEquals(new byte[] {1, 2}, message.getUser().getContent().getParts().getParts(1).getImageUrl().getImageUrl().getData().getData().toByteArray());
  }
}
