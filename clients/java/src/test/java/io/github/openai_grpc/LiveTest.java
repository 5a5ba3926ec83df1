package io.github.openai_grpc;

import static io.github.openai_grpc.Live.askUpstream;
import static io.github.openai_grpc.Live.chatRequest;
import static io.github.openai_grpc.Live.embeddingRequest;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.openai_grpc.v1.CallOptions;
import io.github.openai_grpc.v1.ChatCompletionChunk;
import io.github.openai_grpc.v1.ChatServiceGrpc;
import io.github.openai_grpc.v1.CreateResponseRequest;
import io.github.openai_grpc.v1.Embedding;
import io.github.openai_grpc.v1.EmbeddingsServiceGrpc;
import io.github.openai_grpc.v1.Response;
import io.github.openai_grpc.v1.ResponseInput;
import io.github.openai_grpc.v1.ResponsesServiceGrpc;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@EnabledIfEnvironmentVariable(named = "OPENAI_GRPC_ADDRESS", matches = ".+", disabledReason = "needs a gateway: see README.md")
class LiveTest {
  private final ManagedChannel channel = Live.channel().build();

  @AfterEach
  void disconnect() {
    channel.shutdownNow();
  }

  private EmbeddingsServiceGrpc.EmbeddingsServiceBlockingStub embeddings() {
    return EmbeddingsServiceGrpc.newBlockingStub(channel).withDeadline(limit());
  }

  private ChatServiceGrpc.ChatServiceBlockingStub chat() {
    return ChatServiceGrpc.newBlockingStub(channel).withDeadline(limit());
  }

  private static Deadline limit() {
    return Deadline.after(Live.LIMIT.toSeconds(), TimeUnit.SECONDS);
  }

  @Test
  void embed() {
    var answer = embeddings().createEmbedding(embeddingRequest("text-embedding-3-small", "java-embed"));
    var vectors = answer.getDataList().stream().map(Embedding::getEmbeddingList).collect(Collectors.toList());
    assertEquals(List.of(List.of(0.5f, -0.25f, 0.125f), List.of(1f, 0f, -2f)), vectors);
    assertEquals(1, answer.getData(1).getIndex());
    assertEquals(2, answer.getUsage().getPromptTokens());
    assertFalse(answer.getCallInfo().getDeployment().isEmpty());
  }

  @Test
  void streamChat() {
    var request =
        chatRequest("gpt-4o-mini", "java-stream")
            .setCallOptions(CallOptions.newBuilder().setAccumulate(true))
            .build();
    var chunks = new ArrayList<ChatCompletionChunk>();
    chat().streamChatCompletion(request).forEachRemaining(chunks::add);
    var text =
        chunks.stream()
            .flatMap(chunk -> chunk.getChoicesList().stream())
            .map(choice -> choice.getDelta().getContent())
            .collect(Collectors.joining());
    assertEquals(Live.REPLY, text);
    var whole = chunks.get(chunks.size() - 1).getAccumulated();
    assertEquals(Live.REPLY, whole.getChoices(0).getMessage().getContent());
    assertEquals(6, whole.getUsage().getTotalTokens());
  }

  @Test
  void toolCall() {
    var answer = chat().createChatCompletion(chatRequest("tool-caller", "java-tool").build());
    var choice = answer.getChoices(0);
    assertEquals("tool_calls", choice.getFinishReason());
    assertFalse(choice.getMessage().hasContent());
    var call = choice.getMessage().getToolCalls(0);
    var called =
        switch (call.getKindCase()) {
          case FUNCTION -> call.getFunction().getFunction();
          case CUSTOM, UNKNOWN, KIND_NOT_SET -> throw new AssertionError(call);
        };
    assertEquals("get_weather", called.getName());
    assertEquals("{\"city\":\"Oslo\"}", called.getArguments());
  }

  @Test
  void streamResponse() {
    var request =
        CreateResponseRequest.newBuilder()
            .setModel("gpt-4o-mini")
            .setInput(ResponseInput.newBuilder().setText("hello"))
            .build();
    var text = new StringBuilder();
    var unknown = new ArrayList<String>();
    var completed = new ArrayList<Response>();
    var stub = ResponsesServiceGrpc.newBlockingStub(channel).withDeadline(limit());
    stub.streamResponse(request)
        .forEachRemaining(
            event -> {
              switch (event.getKindCase()) {
                case OUTPUT_TEXT_DELTA -> text.append(event.getOutputTextDelta().getDelta());
                case COMPLETED -> completed.add(event.getCompleted().getResponse());
                case UNKNOWN -> unknown.add(event.getUnknown());
                default -> {}
              }
            });
    assertEquals(Live.REPLY, text.toString());
    assertEquals(List.of("completed"), completed.stream().map(Response::getStatus).collect(Collectors.toList()));
    assertEquals(1, unknown.size());
    assertTrue(unknown.get(0).contains("response.of_tomorrow"), unknown.get(0));
  }

  @Test
  void longReply() {
    var answer = chat().createChatCompletion(chatRequest("long-winded", "java-long").build());
    assertTrue(answer.getSerializedSize() > 4 << 20);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void errorDetails(boolean stream) {
    var request = chatRequest("rate-limited", "java-limited-" + stream).build();
    var channel = Live.channel().build();
    var chat = ChatServiceGrpc.newBlockingStub(channel).withDeadline(limit());
    var error =
        assertThrows(
            StatusRuntimeException.class,
            () -> {
              if (stream) {
                chat.streamChatCompletion(request).next();
              } else {
                chat.createChatCompletion(request);
              }
            });
    channel.shutdownNow();
    assertEquals(Status.Code.RESOURCE_EXHAUSTED, error.getStatus().getCode());
    var info = ErrorDetails.errorInfo(error).orElseThrow();
    assertEquals("RATE_LIMITED", info.getReason());
    assertEquals("openai-grpc", info.getDomain());
    assertEquals("429", info.getMetadataOrThrow("http_status"));
    assertEquals("requests", info.getMetadataOrThrow("type"));
    assertEquals("rate_limit_exceeded", info.getMetadataOrThrow("code"));
    assertEquals("req_limited", info.getMetadataOrThrow("request_id"));
    assertEquals(Duration.ofSeconds(7), ErrorDetails.retryDelay(error).orElseThrow());
    assertEquals("{\"requests\":1}", askUpstream("/seen", "java-limited-" + stream).replace(" ", ""));
  }

  @Test
  void unavailableIsTriedAgain() {
    embeddings().createEmbedding(embeddingRequest("overloaded-once", "java-overloaded"));
    assertEquals("{\"requests\":2}", askUpstream("/seen", "java-overloaded").replace(" ", ""));
  }

  /** Counts requests at an upstream that always fails: the gateway retries, the client does not. */
  @ParameterizedTest
  @CsvSource({"fails-429, 3", "fails-500, 1", "fails-503, 3", "fails-closing, 1"})
  void retriesDoNotMultiply(String model, int requests) {
    var retrying = Live.retryingChannel().build();
    try {
      var chat = ChatServiceGrpc.newBlockingStub(retrying).withDeadline(limit());
      var call = chatRequest(model, "java-call-" + model).build();
      assertThrows(StatusRuntimeException.class, () -> chat.createChatCompletion(call));
      var stream = chatRequest(model, "java-stream-" + model).build();
      assertThrows(StatusRuntimeException.class, () -> chat.streamChatCompletion(stream).hasNext());
    } finally {
      retrying.shutdownNow();
    }
    for (var kind : List.of("call", "stream")) {
      var seen = askUpstream("/seen", "java-" + kind + "-" + model).replace(" ", "");
      assertEquals("{\"requests\":" + requests + "}", seen);
    }
  }

  @Test
  void cancelReachesUpstream() {
    try (var context = Context.current().withCancellation()) {
      var previous = context.attach();
      var chunks = chat().streamChatCompletion(chatRequest("endless", "java-cancel").build());
      context.detach(previous);
      chunks.next();
      context.cancel(null);
      endsWith(Status.Code.CANCELLED, chunks::next);
    }
    askUpstream("/closed", "java-cancel");
  }

  @Test
  void deadlineReachesUpstream() {
    var stub = chat().withDeadlineAfter(2, TimeUnit.SECONDS);
    var chunks = stub.streamChatCompletion(chatRequest("endless", "java-deadline").build());
    chunks.next();
    endsWith(Status.Code.DEADLINE_EXCEEDED, chunks::next);
    askUpstream("/closed", "java-deadline");
  }

  private static void endsWith(Status.Code code, Runnable read) {
    var error = assertThrows(StatusRuntimeException.class, read::run);
    assertEquals(code, error.getStatus().getCode());
  }
}
