import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.MultipartField;
import com.openai.core.ObjectMappers;
import com.openai.core.http.Headers;
import com.openai.core.http.HttpResponseFor;
import com.openai.core.http.StreamResponse;
import com.openai.errors.OpenAIException;
import com.openai.errors.OpenAIServiceException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.helpers.ResponseAccumulator;
import com.openai.models.audio.AudioResponseFormat;
import com.openai.models.audio.transcriptions.TranscriptionCreateParams;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionListParams;
import com.openai.models.completions.CompletionCreateParams;
import com.openai.models.embeddings.EmbeddingCreateParams;
import com.openai.models.responses.ResponseCreateParams;
import com.openai.models.responses.inputitems.InputItemListParams;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes the calls that standard input names, a JSON object a line, with OpenAI's library; writes the outcome of each as one. */
public final class Calls {
  private static final JsonMapper JSON = ObjectMappers.jsonMapper();
  private static final List<String> HEADERS =
      List.of("x-request-id", "openai-processing-ms", "openai-version", "retry-after", "content-type");

  private final OpenAIClient client;
  private final JsonNode call;
  private final List<Object> items = new ArrayList<>();

  private Calls(OpenAIClient client, JsonNode call) {
    this.client = client;
    this.call = call;
  }

  public static void main(String[] args) throws IOException {
    var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      out.println(JSON.writeValueAsString(run(JSON.readTree(line))));
    }
  }

  private static Map<String, Object> run(JsonNode call) throws IOException {
    var builder =
        OpenAIOkHttpClient.builder()
            .apiKey("sk-of-the-caller-of-openai")
            .baseUrl(call.get("url").asText())
            .maxRetries(call.path("retries").asInt(0));
    if (call.has("timeout")) {
      builder.timeout(Duration.ofMillis(Math.round(call.get("timeout").asDouble() * 1000)));
    }
    var client = builder.build();
    var calls = new Calls(client, call);
    Object end = "whole";
    try {
      calls.make();
    } catch (OpenAIException error) {
      end = failure(error);
    } finally {
      client.close();
    }
    var outcome = new LinkedHashMap<String, Object>();
    outcome.put("items", calls.items);
    outcome.put("end", end);
    return outcome;
  }

  private static Map<String, Object> failure(OpenAIException error) {
    var found = new LinkedHashMap<String, Object>();
    found.put("class", error.getClass().getSimpleName());
    if (error instanceof OpenAIServiceException refused) {
      found.put("status", refused.statusCode());
      found.put("code", refused.code().orElse(null));
      found.put("param", refused.param().orElse(null));
      found.put("type", refused.type().orElse(null));
      found.put("message", refused.getMessage());
      found.put("error", refused.body());
      found.put("headers", told(refused.headers()));
    }
    return found;
  }

  private static Map<String, Object> told(Headers headers) {
    var found = new LinkedHashMap<String, Object>();
    HEADERS.forEach(name -> found.put(name, headers.values(name)));
    return found;
  }

  private <T> T body(Class<T> type) throws IOException {
    return JSON.treeToValue(call.get("args").get(0), type);
  }

  private String text() {
    return call.get("args").get(0).asText();
  }

  private void read(StreamResponse<?> response) {
    int leave = call.path("leave").asInt(0);
    try (response) {
      var each = response.stream().iterator();
      while (each.hasNext()) {
        items.add(each.next());
        if (items.size() == leave) {
          return;
        }
      }
    }
  }

  private void raw(HttpResponseFor<?> response) {
    try (response) {
      var found = new LinkedHashMap<String, Object>();
      found.put("status", response.statusCode());
      found.put("headers", told(response.headers()));
      found.put("request_id", response.requestId().orElse(null));
      items.add(found);
      items.add(response.parse());
    }
  }

  private ChatCompletionCreateParams chat() throws IOException {
    var params = ChatCompletionCreateParams.builder().body(body(ChatCompletionCreateParams.Body.class));
    call.path("headers").fields().forEachRemaining(each -> params.putAdditionalHeader(each.getKey(), each.getValue().asText()));
    return params.build();
  }

  private ResponseCreateParams response() throws IOException {
    return ResponseCreateParams.builder().body(body(ResponseCreateParams.Body.class)).build();
  }

  private TranscriptionCreateParams transcription() throws IOException {
    JsonNode given = call.get("args").get(0);
    InputStream recording = new ByteArrayInputStream(given.get("file").binaryValue());
    var field =
        MultipartField.<InputStream>builder().value(recording).filename("tide.wav").contentType("audio/wav").build();
    var params = TranscriptionCreateParams.builder().model(given.get("model").asText()).file(field);
    if (given.has("language")) {
      params.language(given.get("language").asText());
    }
    if (given.has("response_format")) {
      params.responseFormat(AudioResponseFormat.of(given.get("response_format").asText()));
    }
    return params.build();
  }

  private void make() throws IOException {
    switch (call.get("op").asText()) {
      case "chat.completions.create" -> {
        if (call.path("raw").asBoolean()) {
          raw(client.chat().completions().withRawResponse().create(chat()));
        } else {
          items.add(client.chat().completions().create(chat()));
        }
      }
      case "chat.completions.stream" -> read(client.chat().completions().createStreaming(chat()));
      case "chat.gather" -> {
        var gathered = ChatCompletionAccumulator.create();
        try (var stream = client.chat().completions().createStreaming(chat())) {
          stream.stream().forEach(gathered::accumulate);
        }
        items.add(gathered.chatCompletion());
      }
      case "chat.completions.retrieve" -> items.add(client.chat().completions().retrieve(text()));
      case "chat.completions.delete" -> items.add(client.chat().completions().delete(text()));
      case "chat.completions.list" -> {
        var params = ChatCompletionListParams.builder().limit(1).build();
        client.chat().completions().list(params).autoPager().forEach(items::add);
      }
      case "completions.create" -> items.add(client.completions().create(completion()));
      case "completions.stream" -> read(client.completions().createStreaming(completion()));
      case "responses.create" -> items.add(client.responses().create(response()));
      case "responses.stream" -> read(client.responses().createStreaming(response()));
      case "responses.gather" -> {
        var gathered = ResponseAccumulator.create();
        try (var stream = client.responses().createStreaming(response())) {
          stream.stream().forEach(gathered::accumulate);
        }
        items.add(gathered.response());
      }
      case "responses.retrieve" -> items.add(client.responses().retrieve(text()));
      case "responses.cancel" -> items.add(client.responses().cancel(text()));
      case "responses.delete" -> client.responses().delete(text());
      case "responses.inputItems.list" -> {
        var params = InputItemListParams.builder().limit(1).build();
        client.responses().inputItems().list(text(), params).autoPager().forEach(items::add);
      }
      case "embeddings.create" -> {
        var body = body(EmbeddingCreateParams.Body.class);
        items.add(client.embeddings().create(EmbeddingCreateParams.builder().body(body).build()));
      }
      case "models.list" -> client.models().list().autoPager().forEach(items::add);
      case "models.retrieve" -> items.add(client.models().retrieve(text()));
      case "audio.transcriptions.create" -> items.add(client.audio().transcriptions().create(transcription()));
      case "audio.transcriptions.stream" -> read(client.audio().transcriptions().createStreaming(transcription()));
      default -> throw new IllegalArgumentException("unknown call " + call.get("op"));
    }
  }

  private CompletionCreateParams completion() throws IOException {
    return CompletionCreateParams.builder().body(body(CompletionCreateParams.Body.class)).build();
  }
}
