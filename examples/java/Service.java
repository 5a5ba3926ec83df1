// Everything that a service asks of the API, one after the other: java -cp ... Service.java SPEECH.wav
import static io.github.openai_grpc.Messages.chat;
import static io.github.openai_grpc.Messages.system;
import static io.github.openai_grpc.Messages.user;

import io.github.openai_grpc.Inputs;
import io.github.openai_grpc.Messages;
import io.github.openai_grpc.OpenAiGrpc;
import io.github.openai_grpc.OpenAiGrpcException;
import io.github.openai_grpc.Tools;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

class Service {
  public static void main(String[] args) {
    try (var client = OpenAiGrpc.connect()) { // to OPENAI_GRPC_ADDRESS
      System.out.println("== chat stream with a system message and a tool");
      var properties = Map.of("city", Map.of("type", "string"));
      var city = Map.of("type", "object", "properties", properties, "required", List.of("city"));
      var request =
          chat("gpt-4o-mini", system("You are terse. Use tools."), user("What is the weather in Paris?"))
              .addTools(Tools.function("get_weather", "Current weather of a city", city))
              .setMaxCompletionTokens(60);
      try (var stream = client.withTimeout(Duration.ofSeconds(30)).chat().stream(request)) {
        stream.text().forEach(System.out::print);
        for (var call : Messages.functionCalls(stream.finalMessage())) {
          var function = call.getFunction();
          System.out.println("TOOL " + call.getId() + " " + function.getName() + " " + function.getArguments());
        }
      }

      System.out.println("\n== NOT_FOUND");
      try {
        client.responses().get("resp_nope");
      } catch (OpenAiGrpcException.NotFound error) {
        System.out.println(error.getMessage() + " " + error.reason() + " " + error.requestId().orElse("-"));
      }

      System.out.println("== deadline");
      var story = chat("gpt-4o-mini", user("tell a very long story"));
      try {
        client.withTimeout(Duration.ofMillis(1)).chat().create(story);
      } catch (OpenAiGrpcException.DeadlineExceeded error) {
        System.out.println(error.status());
      }

      System.out.println("== cancel half-way");
      try (var stream = client.chat().stream(story)) {
        System.out.println(stream.stream().limit(2).count() + " chunks");
      }

      System.out.println("== responses events");
      try (var stream = client.responses().stream(Inputs.response("gpt-4o-mini", "Say hello").setMaxOutputTokens(40))) {
        for (var event : stream) {
          switch (event.getKindCase()) {
            case OUTPUT_TEXT_DELTA -> System.out.print(event.getOutputTextDelta().getDelta());
            case COMPLETED -> {
              var usage = event.getCompleted().getResponse().getUsage();
              System.out.println("\ndone " + usage.getTotalTokens());
            }
            default -> {}
          }
        }
      }

      System.out.println("== embedding");
      System.out.println(client.embeddings().create("text-embedding-3-small", "hello").getData(0).getEmbeddingCount());

      System.out.println("== audio, streamed");
      try (var stream = client.audio().stream(Path.of(args[0]), "gpt-4o-transcribe")) {
        stream.text().forEach(System.out::print);
        System.out.println("\nwhole: " + stream.finalMessage().getText());
      }
    }
  }
}
