import static io.github.openai_grpc.Messages.chat;
import static io.github.openai_grpc.Messages.system;
import static io.github.openai_grpc.Messages.user;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import io.github.openai_grpc.OpenAiGrpc;
import io.github.openai_grpc.v1.ChatServiceGrpc;
import io.grpc.ManagedChannelBuilder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;

/** Makes the calls that standard input names, with this repository's client, its stubs alone or OpenAI's, as calls.py. */
final class Calls {
  private static final String SYSTEM = "Answer in the voice of a harbour pilot.";
  private static final String USER = "What should I know about the tide before I leave the bay this evening?";

  /** Gives the texts of a call's reply to a consumer. */
  private interface Call {
    void make(Consumer<String> into);
  }

  private static Map<String, Call> ours(String address) {
    OpenAiGrpc client = OpenAiGrpc.connect(address);
    var whole = chat("gpt-bench", system(SYSTEM), user(USER)).setTemperature(0.5).setMaxCompletionTokens(256).build();
    return Map.of(
        "chat",
        into -> into.accept(client.chat().create(whole).getChoices(0).getMessage().getContent()),
        "burst",
        into -> stream(client, "gpt-bench", into),
        "paced",
        into -> stream(client, "gpt-bench-fast", into));
  }

  private static void stream(OpenAiGrpc client, String model, Consumer<String> into) {
    try (var stream = client.chat().stream(chat(model, system(SYSTEM), user(USER)).setTemperature(0.5))) {
      for (var chunk : stream) {
        chunk.getChoicesList().forEach(choice -> into.accept(choice.getDelta().getContent()));
      }
    }
  }

  private static Map<String, Call> stubs(String address) {
    var stub = ChatServiceGrpc.newBlockingStub(ManagedChannelBuilder.forTarget(address).usePlaintext().build());
    var whole = chat("gpt-bench", system(SYSTEM), user(USER)).setTemperature(0.5).setMaxCompletionTokens(256).build();
    return Map.of(
        "chat",
        into -> into.accept(stub.createChatCompletion(whole).getChoices(0).getMessage().getContent()),
        "burst",
        into -> stream(stub, "gpt-bench", into),
        "paced",
        into -> stream(stub, "gpt-bench-fast", into));
  }

  private static void stream(ChatServiceGrpc.ChatServiceBlockingStub stub, String model, Consumer<String> into) {
    stub.streamChatCompletion(chat(model, system(SYSTEM), user(USER)).setTemperature(0.5).build())
        .forEachRemaining(
            chunk -> chunk.getChoicesList().forEach(choice -> into.accept(choice.getDelta().getContent())));
  }

  private static Map<String, Call> openai(String address) {
    OpenAIClient client = OpenAIOkHttpClient.builder().baseUrl(address).apiKey("sk-bench").maxRetries(0).build();
    var whole =
        ChatCompletionCreateParams.builder()
            .model("gpt-bench")
            .addSystemMessage(SYSTEM)
            .addUserMessage(USER)
            .temperature(0.5)
            .maxCompletionTokens(256)
            .build();
    return Map.of(
        "chat",
        into -> into.accept(client.chat().completions().create(whole).choices().get(0).message().content().orElse("")),
        "burst",
        into -> stream(client, "gpt-bench", into),
        "paced",
        into -> stream(client, "gpt-bench-fast", into));
  }

  private static void stream(OpenAIClient client, String model, Consumer<String> into) {
    var params =
        ChatCompletionCreateParams.builder()
            .model(model)
            .addSystemMessage(SYSTEM)
            .addUserMessage(USER)
            .temperature(0.5)
            .streamOptions(ChatCompletionStreamOptions.builder().includeUsage(true).build())
            .build();
    try (var stream = client.chat().completions().createStreaming(params)) {
      stream.stream()
          .forEach(chunk -> chunk.choices().forEach(choice -> into.accept(choice.delta().content().orElse(""))));
    }
  }

  public static void main(String[] args) throws IOException, InterruptedException, ExecutionException {
    Map<String, Function<String, Map<String, Call>>> libraries =
        Map.of("ours", Calls::ours, "stubs", Calls::stubs, "openai", Calls::openai);
    var calls = libraries.get(args[0]).apply(args[1]);
    var pool = Executors.newCachedThreadPool();
    var lines = new BufferedReader(new InputStreamReader(System.in));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      String[] words = line.split(" ");
      var left = new AtomicInteger(Integer.parseInt(words[2]));
      List<Future<int[]>> working = new ArrayList<>();
      for (int worker = 0; worker < Integer.parseInt(words[1]); worker++) {
        working.add(pool.submit(() -> work(calls.get(words[0]), left)));
      }
      int units = 0;
      int characters = 0;
      for (Future<int[]> each : working) {
        units += each.get()[0];
        characters += each.get()[1];
      }
      System.out.println(units + " " + characters);
    }
    System.exit(0);
  }

  private static int[] work(Call call, AtomicInteger left) {
    int[] counted = new int[2];
    while (left.getAndDecrement() > 0) {
      call.make(
          text -> {
            counted[0] += text.isEmpty() ? 0 : 1;
            counted[1] += text.length();
          });
    }
    return counted;
  }
}
