package io.github.openai_grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.DescriptorProtos.MethodOptions;
import com.google.protobuf.ExtensionLite;
import com.google.protobuf.Message;
import io.github.openai_grpc.JsonText.Num;
import io.github.openai_grpc.options.v1.Json;
import io.github.openai_grpc.options.v1.RestRoute;
import io.github.openai_grpc.v1.AudioServiceGrpc;
import io.github.openai_grpc.v1.BatchesServiceGrpc;
import io.github.openai_grpc.v1.ChatServiceGrpc;
import io.github.openai_grpc.v1.CompletionsServiceGrpc;
import io.github.openai_grpc.v1.ContentProvenanceChecksServiceGrpc;
import io.github.openai_grpc.v1.ConversationsServiceGrpc;
import io.github.openai_grpc.v1.DecisionsServiceGrpc;
import io.github.openai_grpc.v1.EmbeddingsServiceGrpc;
import io.github.openai_grpc.v1.FilesServiceGrpc;
import io.github.openai_grpc.v1.ImagesServiceGrpc;
import io.github.openai_grpc.v1.ModelsServiceGrpc;
import io.github.openai_grpc.v1.ModerationsServiceGrpc;
import io.github.openai_grpc.v1.ResponsesServiceGrpc;
import io.github.openai_grpc.v1.UploadsServiceGrpc;
import io.github.openai_grpc.v1.VideosServiceGrpc;
import io.grpc.MethodDescriptor;
import io.grpc.ServiceDescriptor;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every body of the corpora goes through the codec and over the wire format, and comes back. */
class ReplayTest {
  private static final Path INVENTED = Path.of("../../tests/conformance/corpus");
  private static final Path RECORDED = Path.of("../../../shared/corpus"); // recordings, which are in no repository
  private static final Map<String, Class<? extends Message>> REQUESTS = new HashMap<>();
  private static final Map<String, Class<? extends Message>> REPLIES = new HashMap<>();
  private static final Map<String, Class<? extends Message>> EVENTS = new HashMap<>();

  static {
    for (ServiceDescriptor service :
        List.of(
            AudioServiceGrpc.getServiceDescriptor(),
            BatchesServiceGrpc.getServiceDescriptor(),
            ChatServiceGrpc.getServiceDescriptor(),
            CompletionsServiceGrpc.getServiceDescriptor(),
            ConversationsServiceGrpc.getServiceDescriptor(),
            EmbeddingsServiceGrpc.getServiceDescriptor(),
            FilesServiceGrpc.getServiceDescriptor(),
            ImagesServiceGrpc.getServiceDescriptor(),
            ModelsServiceGrpc.getServiceDescriptor(),
            ModerationsServiceGrpc.getServiceDescriptor(),
            VideosServiceGrpc.getServiceDescriptor(),
            UploadsServiceGrpc.getServiceDescriptor(),
            DecisionsServiceGrpc.getServiceDescriptor(),
            ContentProvenanceChecksServiceGrpc.getServiceDescriptor(),
            ResponsesServiceGrpc.getServiceDescriptor())) {
      for (MethodDescriptor<?, ?> method : service.getMethods()) {
        var schema = (ProtoMethodDescriptorSupplier) method.getSchemaDescriptor();
        ExtensionLite<MethodOptions, RestRoute> option = Json.rest;
        var rest = schema.getMethodDescriptor().getOptions().getExtension(option);
        String route = route(rest.getMethod(), rest.getPath());
        if (method.getType().clientSendsOneMessage()) {
          REQUESTS.put(route, type(method.getRequestMarshaller()));
          var replies = method.getType().serverSendsOneMessage() ? REPLIES : EVENTS;
          replies.put(route, type(method.getResponseMarshaller()));
        } else if (!method.getType().serverSendsOneMessage()) {
          EVENTS.put(route, type(method.getResponseMarshaller()));
        }
      }
    }
  }

  private static Class<? extends Message> type(MethodDescriptor.Marshaller<?> marshaller) {
    return ((MethodDescriptor.PrototypeMarshaller<?>) marshaller).getMessageClass().asSubclass(Message.class);
  }

  private static String route(String method, String path) {
    return method + " " + path.replaceAll("\\{\\w+}", "{}");
  }

  static Stream<Path> files() throws IOException {
    List<Path> found = new ArrayList<>();
    for (Path folder : List.of(INVENTED, RECORDED)) {
      if (Files.isDirectory(folder)) {
        try (var files = Files.list(folder)) {
          files.filter(file -> file.toString().matches(".*\\.jsonl(\\.gz)?")).sorted().forEach(found::add);
        }
      }
    }
    assertTrue(found.size() >= 6, () -> "only " + found);
    return found.stream();
  }

  @ParameterizedTest
  @MethodSource("files")
  void losesNothing(Path file) throws IOException {
    List<String> lost = new ArrayList<>();
    int total = 0;
    try (InputStream in = Files.newInputStream(file);
        InputStream plain = file.toString().endsWith(".gz") ? new GZIPInputStream(in) : in;
        var lines = new BufferedReader(new InputStreamReader(plain, StandardCharsets.UTF_8))) {
      for (String line; (line = lines.readLine()) != null; ) {
        Map<?, ?> exchange = (Map<?, ?>) JsonText.read(line);
        String route = route((String) exchange.get("method"), (String) exchange.get("op_path"));
        if (REQUESTS.containsKey(route)) {
          total++;
          replay(exchange, route, lost);
        }
      }
    }
    assertTrue(total > 0);
    assertEquals(List.of(), lost.subList(0, Math.min(lost.size(), 20)), lost.size() + " losses");
  }

  private static void replay(Map<?, ?> exchange, String route, List<String> lost) {
    String id = exchange.get("id").toString();
    if (exchange.get("request_body") instanceof Map<?, ?> body) {
      Map<Object, Object> request = new java.util.LinkedHashMap<>(body);
      request.remove("stream");
      check(id + " request", REQUESTS.get(route), request, false, lost);
    }
    if (((Num) exchange.get("status")).value() >= 300) {
      return;
    }
    if (exchange.get("response_body") instanceof Map<?, ?> body) {
      check(id + " reply", REPLIES.get(route), body, true, lost);
    }
    if (exchange.get("response_sse") instanceof List<?> events && EVENTS.containsKey(route)) {
      for (Object event : events) {
        Object data = ((Map<?, ?>) event).get("data");
        if (data instanceof String text) {
          data = text.isBlank() || text.equals("[DONE]") ? null : JsonText.read(text);
        }
        if (data instanceof Map) {
          check(id + " event", EVENTS.get(route), data, true, lost);
        }
      }
    }
  }

  private static void check(String name, Class<? extends Message> type, Object value, boolean reply, List<String> lost) {
    try {
      String json = JsonText.write(value);
      Message first = reply ? OpenAiJson.read(json, type) : OpenAiJson.readRequest(json, type);
      Message second = first.getParserForType().parseFrom(first.toByteString());
      differences(value, JsonText.read(OpenAiJson.write(second)), reply, name, lost);
    } catch (JsonException | com.google.protobuf.InvalidProtocolBufferException error) {
      lost.add(name + ": " + error.getMessage());
    }
  }

  /** Adds the places where two values differ; in a reply null, empty and absent are the same. */
  private static void differences(Object sent, Object received, boolean reply, String path, List<String> lost) {
    if (sent instanceof Map<?, ?> one && received instanceof Map<?, ?> other) {
      Set<Object> keys = new LinkedHashSet<>(one.keySet());
      keys.addAll(other.keySet());
      for (Object key : keys) {
        if (reply && isAbsent(one.get(key)) && isAbsent(other.get(key))) {
          continue;
        }
        if (!one.containsKey(key) || !other.containsKey(key)) {
          lost.add(path + "." + key + (one.containsKey(key) ? " lost" : " added"));
        } else {
          differences(one.get(key), other.get(key), reply, path + "." + key, lost);
        }
      }
    } else if (sent instanceof List<?> one && received instanceof List<?> other && one.size() == other.size()) {
      for (int index = 0; index < one.size(); index++) {
        differences(one.get(index), other.get(index), reply, path + "[" + index + "]", lost);
      }
    } else if (sent instanceof Num one && received instanceof Num other) {
      if (new BigDecimal(one.token).compareTo(new BigDecimal(other.token)) != 0) {
        lost.add(path + " is " + other + ", not " + one);
      }
    } else if (sent == null ? received != null : !sent.equals(received)) {
      lost.add(path + " changed");
    }
  }

  private static boolean isAbsent(Object value) {
    return value == null || value.equals(List.of()) || value.equals(Map.of());
  }
}
