package io.github.openai_grpc;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.openai_grpc.v1.ChatCompletionContent;
import io.github.openai_grpc.v1.ChatCompletionRequestMessage;
import io.github.openai_grpc.v1.ChatCompletionRequestUserMessage;
import io.github.openai_grpc.v1.CreateChatCompletionRequest;
import io.github.openai_grpc.v1.CreateEmbeddingRequest;
import io.github.openai_grpc.v1.EmbeddingInput;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannelBuilder;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;

/** The live gateway and its scripted upstream; see tests/clients/live.py and upstream_script.py. */
final class Live {
  static final String REPLY = "Hello there";
  static final Duration LIMIT = Duration.ofSeconds(20);

  private Live() {}

  static ManagedChannelBuilder<?> channel() {
    return channel("OPENAI_GRPC_ADDRESS");
  }

  /** A channel to a gateway that retries by itself. */
  static ManagedChannelBuilder<?> retryingChannel() {
    return channel("OPENAI_GRPC_RETRYING");
  }

  private static ManagedChannelBuilder<?> channel(String variable) {
    return ChannelDefaults.newChannelBuilder(environment(variable), InsecureChannelCredentials.create());
  }

  @SuppressWarnings("deprecation") // the upstream tells the tests apart by `user`
  static CreateChatCompletionRequest.Builder chatRequest(String model, String user) {
    var content = ChatCompletionContent.newBuilder().setText("hello");
    var message = ChatCompletionRequestUserMessage.newBuilder().setContent(content);
    return CreateChatCompletionRequest.newBuilder()
        .setModel(model)
        .setUser(user)
        .addMessages(ChatCompletionRequestMessage.newBuilder().setUser(message));
  }

  static CreateEmbeddingRequest embeddingRequest(String model, String user) {
    var texts = EmbeddingInput.TextList.newBuilder().addValues("one").addValues("two");
    return CreateEmbeddingRequest.newBuilder()
        .setModel(model)
        .setUser(user)
        .setInput(EmbeddingInput.newBuilder().setTexts(texts))
        .build();
  }

  /** What the upstream answers about the requests of a user. */
  static String askUpstream(String path, String user) {
    var request =
        HttpRequest.newBuilder(URI.create(environment("OPENAI_GRPC_TEST_UPSTREAM") + path + "?user=" + user))
            .version(HttpClient.Version.HTTP_1_1)
            .timeout(LIMIT)
            .build();
    try {
      var answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
      assertTrue(answer.statusCode() < 400, () -> path + " answered " + answer.statusCode());
      return answer.body();
    } catch (IOException | InterruptedException failure) {
      throw new AssertionError(path, failure);
    }
  }

  static String environment(String name) {
    return Optional.ofNullable(System.getenv(name))
        .orElseThrow(() -> new AssertionError(name + " is not set: these tests run against a gateway, see README.md"));
  }
}
