package io.github.openai_grpc;

import static io.github.openai_grpc.Live.askUpstream;
import static io.github.openai_grpc.Live.chatRequest;
import static io.github.openai_grpc.Live.embeddingRequest;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.openai_grpc.v1.ChatServiceGrpc;
import io.github.openai_grpc.v1.EmbeddingsServiceGrpc;
import io.grpc.Deadline;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
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

  private static Deadline limit() {
    return Deadline.after(Live.LIMIT.toSeconds(), TimeUnit.SECONDS);
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
}
