package io.github.openai_grpc;

import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Message;
import com.google.rpc.BadRequest;
import io.github.openai_grpc.conformance.types.GetWeather;
import io.github.openai_grpc.v1.CallOptions;
import io.github.openai_grpc.v1.CancelResponseRequest;
import io.github.openai_grpc.v1.ChatCompletionChunk;
import io.github.openai_grpc.v1.CompactResponseRequest;
import io.github.openai_grpc.v1.Completion;
import io.github.openai_grpc.v1.CountResponseInputTokensRequest;
import io.github.openai_grpc.v1.CreateChatCompletionRequest;
import io.github.openai_grpc.v1.CreateCompletionRequest;
import io.github.openai_grpc.v1.CreateEmbeddingRequest;
import io.github.openai_grpc.v1.CreateResponseRequest;
import io.github.openai_grpc.v1.CreateTranscriptionRequest;
import io.github.openai_grpc.v1.DeleteChatCompletionRequest;
import io.github.openai_grpc.v1.DeleteResponseRequest;
import io.github.openai_grpc.v1.GetChatCompletionRequest;
import io.github.openai_grpc.v1.GetModelRequest;
import io.github.openai_grpc.v1.GetResponseRequest;
import io.github.openai_grpc.v1.ListChatCompletionMessagesRequest;
import io.github.openai_grpc.v1.ListChatCompletionsRequest;
import io.github.openai_grpc.v1.ListResponseInputItemsRequest;
import io.github.openai_grpc.v1.ResumeResponseRequest;
import io.github.openai_grpc.v1.UpdateChatCompletionRequest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Runs the cases of {@code tests/conformance/clients} with this client: {@code Conformance TASK RESULTS}. There,
 * {@code driver.py} says what the files have.
 */
final class Conformance {
  private final Map<?, ?> task;
  private final Path folder;
  private final Map<String, OpenAiGrpc> clients = new HashMap<>();

  private Conformance(Map<?, ?> task, Path folder) {
    this.task = task;
    this.folder = folder;
  }

  public static void main(String[] arguments) throws Exception {
    var task = (Map<?, ?>) JsonText.read(Files.readString(Path.of(arguments[0])));
    var driver = new Conformance(task, Files.createTempDirectory("conformance"));
    try (var results = Files.newBufferedWriter(Path.of(arguments[1]))) {
      for (var each : (List<?>) task.get("cases")) {
        long begun = System.nanoTime();
        var seen = driver.run((Map<?, ?>) each);
        seen.put("took", (System.nanoTime() - begun) / 1e9);
        results.write(JsonText.write(seen));
        results.newLine();
      }
    }
    driver.clients.values().forEach(OpenAiGrpc::close);
  }

  private Map<String, Object> run(Map<?, ?> told) {
    var seen = new LinkedHashMap<String, Object>();
    seen.put("case", told.get("case"));
    try {
      carryOut(told, seen);
    } catch (OpenAiGrpcException error) {
      seen.put("error", facts(error));
    } catch (ReplyException.Failed error) {
      seen.put("whole_error", "failed");
      seen.put("no_value", noValue("failed", "", error));
    } catch (ReplyException.Refused error) {
      seen.put("no_value", noValue("refused", error.text(), error));
    } catch (ReplyException.Cut error) {
      seen.put("no_value", noValue("cut", error.text(), error));
    } catch (ReplyException.Invalid error) {
      seen.put("no_value", noValue("invalid", error.text(), error));
    } catch (ToolRunner.ToolFailed error) {
      seen.put("no_value", noValue("tool", "", error));
    } catch (ToolRunner.TooManyRounds error) {
      seen.put("no_value", noValue("rounds", "", error));
    } catch (Exception error) {
      seen.put("crash", error.toString());
    }
    return seen;
  }

  private static Map<String, Object> noValue(String kind, String text, Exception error) {
    return Map.of("kind", kind, "text", text, "message", error.getMessage());
  }

  private OpenAiGrpc client(Map<?, ?> told, List<CallDetails> details) {
    var key = text(told, "key");
    var name = told.get("gateway") + " " + key;
    var client =
        clients.computeIfAbsent(
            name,
            missing -> {
              var builder = OpenAiGrpc.builder().address(text((Map<?, ?>) task.get("gateways"), text(told, "gateway").orElseThrow()).orElseThrow());
              key.ifPresent(builder::apiKey);
              return builder.build();
            });
    if (told.get("timeout") != null) {
      client = client.withTimeout(Duration.ofMillis(Math.round(1000 * ((JsonText.Num) told.get("timeout")).value())));
    }
    if (told.get("max_retries") != null) {
      client = client.withMaxRetries(number(told, "max_retries"));
    }
    if (told.get("metadata") instanceof Map) {
      for (var entry : ((Map<?, ?>) told.get("metadata")).entrySet()) {
        client = client.withMetadata((String) entry.getKey(), (String) entry.getValue());
      }
    }
    return client.onCall(details::add);
  }

  private static Optional<String> text(Map<?, ?> told, String key) {
    return Optional.ofNullable((String) told.get(key));
  }

  private static int number(Map<?, ?> told, String key) {
    return Integer.parseInt(((JsonText.Num) told.get(key)).token);
  }

  private static <T extends Message> T request(Map<?, ?> told, Class<T> type) {
    return OpenAiJson.readRequest((String) told.get("request"), type);
  }

  private void carryOut(Map<?, ?> told, Map<String, Object> seen) throws Exception {
    var does = (String) told.get("do");
    if (does.equals("schema")) {
      schema(told, seen);
      return;
    }
    var details = new ArrayList<CallDetails>();
    var client = client(told, details);
    try {
      switch (does) {
        case "call" -> {
          for (int times = 0; times < number(told, "repeat"); times++) {
            seen.put("reply", OpenAiJson.write(call(client, told)));
          }
        }
        case "upload" -> {
          seen.put("progress", 0L);
          var upload = upload(told).onProgress(sent -> seen.put("progress", sent));
          var reply = client.audio().transcribe(upload, request(told, CreateTranscriptionRequest.class));
          seen.put("reply", OpenAiJson.write(reply));
        }
        case "stream", "upload stream" -> messages(stream(client, told), seen);
        case "text", "upload text" -> pieces(stream(client, told), seen);
        case "leave", "leave text", "leave upload" -> leave(client, told, seen);
        case "pages" -> pages(client, told, seen);
        case "parse" -> seen.put("value", hex(parse(client, told, type(told))));
        case "tools" -> tools(client, told, seen);
        default -> throw new IllegalArgumentException("a case that does " + does);
      }
    } finally {
      if (!details.isEmpty()) {
        seen.put("call", facts(details.get(details.size() - 1)));
      }
    }
  }

  private static Message call(OpenAiGrpc client, Map<?, ?> told) {
    return switch ((String) told.get("rpc")) {
      case "chat.create" -> client.chat().create(request(told, CreateChatCompletionRequest.class));
      case "chat.get" -> client.chat().get(request(told, GetChatCompletionRequest.class).getCompletionId());
      case "chat.update" -> client.chat().update(request(told, UpdateChatCompletionRequest.class));
      case "chat.delete" -> client.chat().delete(request(told, DeleteChatCompletionRequest.class).getCompletionId());
      case "completions.create" -> client.completions().create(request(told, CreateCompletionRequest.class));
      case "embeddings.create" -> client.embeddings().create(request(told, CreateEmbeddingRequest.class));
      case "models.get" -> client.models().get(request(told, GetModelRequest.class).getModel());
      case "responses.create" -> client.responses().create(request(told, CreateResponseRequest.class));
      case "responses.get" -> client.responses().get(request(told, GetResponseRequest.class));
      case "responses.cancel" -> client.responses().cancel(request(told, CancelResponseRequest.class).getResponseId());
      case "responses.delete" -> client.responses().delete(request(told, DeleteResponseRequest.class).getResponseId());
      case "responses.compact" -> client.responses().compact(request(told, CompactResponseRequest.class));
      case "responses.count_tokens" -> client.responses().countInputTokens(request(told, CountResponseInputTokensRequest.class));
      default -> throw new IllegalArgumentException("no such call: " + told.get("rpc"));
    };
  }

  private ReplyStream<? extends Message, ? extends Message> stream(OpenAiGrpc client, Map<?, ?> told) throws IOException {
    return switch ((String) told.get("rpc")) {
      case "chat.stream" -> {
        var chat = request(told, CreateChatCompletionRequest.class).toBuilder();
        if (told.get("accumulate") instanceof Boolean) {
          chat.setCallOptions(CallOptions.newBuilder().setAccumulate((Boolean) told.get("accumulate")));
        }
        yield client.chat().stream(chat);
      }
      case "completions.stream" -> client.completions().stream(request(told, CreateCompletionRequest.class));
      case "responses.stream" -> client.responses().stream(request(told, CreateResponseRequest.class));
      case "responses.resume" -> client.responses().resume(request(told, ResumeResponseRequest.class));
      case "audio.stream" -> client.audio().stream(upload(told), request(told, CreateTranscriptionRequest.class));
      default -> throw new IllegalArgumentException("no such stream: " + told.get("rpc"));
    };
  }

  private Upload upload(Map<?, ?> told) throws IOException {
    var content = new byte[number(told, "size")];
    var name = (String) told.get("file");
    return switch (text(told, "from").orElse("bytes")) {
      case "path" -> Upload.of(Files.write(folder.resolve(name), content));
      case "reader" -> Upload.of(new ByteArrayInputStream(content), name);
      default -> Upload.of(content, name);
    };
  }

  private static void messages(ReplyStream<? extends Message, ? extends Message> stream, Map<String, Object> seen) {
    var messages = new ArrayList<String>();
    seen.put("messages", messages);
    stream.forEach(message -> withoutWhole(message).ifPresent(own -> messages.add(OpenAiJson.write(own))));
    whole(stream, seen);
  }

  /** Returns a message as the upstream sent it; nothing for one of the gateway's own. */
  private static Optional<Message> withoutWhole(Message message) {
    if (message instanceof ChatCompletionChunk chunk) {
      boolean own = chunk.getChoicesCount() > 0 || chunk.hasUsage();
      return own ? Optional.of(chunk.toBuilder().clearAccumulated().build()) : Optional.empty();
    }
    if (message instanceof Completion piece) {
      boolean own = piece.getChoicesCount() > 0 || piece.hasUsage();
      return own ? Optional.of(piece.toBuilder().clearAccumulated().build()) : Optional.empty();
    }
    return Optional.of(message);
  }

  private static void pieces(ReplyStream<? extends Message, ? extends Message> stream, Map<String, Object> seen) {
    var pieces = new ArrayList<String>();
    seen.put("pieces", pieces);
    stream.text().forEach(pieces::add);
    whole(stream, seen);
  }

  private static void whole(ReplyStream<? extends Message, ? extends Message> stream, Map<String, Object> seen) {
    seen.put("drained", stream.draining().isPresent());
    try {
      seen.put("whole", OpenAiJson.write(stream.finalMessage()));
    } catch (IllegalStateException none) {
      seen.put("whole_error", none.getMessage());
    }
  }

  private void leave(OpenAiGrpc client, Map<?, ?> told, Map<String, Object> seen) throws IOException {
    var left = new ArrayList<Object>();
    for (int times = 0; times < number(told, "repeat"); times++) {
      try (var stream = stream(client, told)) {
        Iterable<?> messages = told.get("do").equals("leave text") ? stream.text() : stream;
        int count = 0;
        for (var message : messages) {
          if (message != null && ++count == number(told, "read")) {
            break;
          }
        }
      }
      left.add(System.currentTimeMillis() / 1e3);
    }
    seen.put("left_at", left);
  }

  private static void pages(OpenAiGrpc client, Map<?, ?> told, Map<String, Object> seen) {
    var items = new ArrayList<String>();
    seen.put("items", items);
    for (var item : list(client, told)) {
      items.add(OpenAiJson.write(item));
      if (told.get("most") != null && items.size() == number(told, "most")) {
        break;
      }
    }
  }

  private static Iterable<? extends Message> list(OpenAiGrpc client, Map<?, ?> told) {
    return switch ((String) told.get("rpc")) {
      case "chat.list" -> client.chat().list(request(told, ListChatCompletionsRequest.class));
      case "chat.messages" -> client.chat().messages(request(told, ListChatCompletionMessagesRequest.class));
      default -> client.responses().inputItems(request(told, ListResponseInputItemsRequest.class));
    };
  }

  private static Class<? extends Message> type(Map<?, ?> told) throws ClassNotFoundException {
    var name = GetWeather.class.getPackageName() + "." + told.get("type");
    return Class.forName(name).asSubclass(Message.class);
  }

  private void schema(Map<?, ?> told, Map<String, Object> seen) throws Exception {
    try {
      var schema = Schema.of(type(told));
      if (told.get("described") != null) {
        var files = Files.readAllBytes(Path.of((String) task.get("descriptors")));
        schema = schema.withComments(FileDescriptorSet.parseFrom(files));
      }
      seen.put("schema", schema.json());
    } catch (IllegalArgumentException refused) {
      seen.put("refused", refused.getMessage());
    }
  }

  private static <T extends Message> T parse(OpenAiGrpc client, Map<?, ?> told, Class<T> type) {
    return told.get("rpc").equals("chat.create")
        ? client.chat().parse(request(told, CreateChatCompletionRequest.class), type)
        : client.responses().parse(request(told, CreateResponseRequest.class), type);
  }

  private static void tools(OpenAiGrpc client, Map<?, ?> told, Map<String, Object> seen) {
    var arguments = Collections.synchronizedList(new ArrayList<String>());
    seen.put("arguments", arguments);
    var weather =
        Tools.of(
            "get_weather",
            "Weather of a city",
            GetWeather.class,
            asked -> {
              arguments.add(hex(asked));
              text(told, "fails").ifPresent(why -> {
                throw new IllegalStateException(why);
              });
              return "sunny in " + asked.getCity();
            });
    var run = client.chat().runTools(request(told, CreateChatCompletionRequest.class), weather);
    if (told.get("rounds") != null) {
      run.maxRounds(number(told, "rounds"));
    }
    if (told.get("stops") != null) {
      run.stopOnError();
    }
    seen.put("reply", OpenAiJson.write(run.run()));
    seen.put("conversation", run.messages().size());
  }

  private static String hex(Message message) {
    return HexFormat.of().formatHex(message.toByteArray());
  }

  private static Map<String, Object> facts(CallDetails details) {
    var facts = new LinkedHashMap<String, Object>();
    details.requestId().ifPresent(id -> facts.put("request_id", id));
    details.gatewayRequestId().ifPresent(id -> facts.put("gateway_request_id", id));
    details.deployment().ifPresent(name -> facts.put("deployment", name));
    details.attempts().ifPresent(count -> facts.put("attempts", count));
    details.cost().ifPresent(cost -> facts.put("cost", cost));
    details.processingTime().ifPresent(time -> facts.put("processing_ms", time.toMillis()));
    details.limitRequests().ifPresent(limit -> facts.put("limit_requests", limit));
    details.remainingRequests().ifPresent(left -> facts.put("remaining_requests", left));
    details.resetRequests().ifPresent(time -> facts.put("reset_requests", seconds(time)));
    details.limitTokens().ifPresent(limit -> facts.put("limit_tokens", limit));
    details.remainingTokens().ifPresent(left -> facts.put("remaining_tokens", left));
    details.resetTokens().ifPresent(time -> facts.put("reset_tokens", seconds(time)));
    return facts;
  }

  private static double seconds(Duration time) {
    return time.toNanos() / 1e9;
  }

  private static Map<String, Object> facts(OpenAiGrpcException error) {
    var facts = new LinkedHashMap<String, Object>();
    facts.put("class", error.getClass().getSimpleName());
    facts.put("status", error.status().name());
    facts.put("message", error.getMessage());
    facts.put("reason", error.reason());
    error.httpStatus().ifPresent(status -> facts.put("http_status", status));
    error.type().ifPresent(type -> facts.put("type", type));
    error.param().ifPresent(param -> facts.put("param", param));
    error.code().ifPresent(code -> facts.put("code", code));
    error.requestId().ifPresent(id -> facts.put("request_id", id));
    error.retryAfter().ifPresent(time -> facts.put("retry_after", seconds(time)));
    facts.put("may_be_billed", error.mayHaveBeenBilled());
    facts.put("fields", error.fieldViolations().stream().map(BadRequest.FieldViolation::getField).collect(Collectors.toList()));
    facts.put("quota", error.quotaViolations().size());
    facts.put("metadata", error.info().getMetadataMap());
    facts.put("call", facts(error.details()));
    return facts;
  }
}
