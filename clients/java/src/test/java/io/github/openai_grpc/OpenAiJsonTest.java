package io.github.openai_grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.openai_grpc.v1.ChatCompletion;
import io.github.openai_grpc.v1.ChatCompletionChunk;
import io.github.openai_grpc.v1.ChatCompletionContent;
import io.github.openai_grpc.v1.CreateChatCompletionRequest;
import io.github.openai_grpc.v1.Embedding;
import io.github.openai_grpc.v1.ResponseItem;
import io.github.openai_grpc.v1.ResponseStreamEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Values at the edges of the codec; ReplayTest has those of real servers. */
class OpenAiJsonTest {
  @Test
  void unknownKeysEventsAndArmsPass() {
    var event = "{\"type\":\"response.of_tomorrow\",\"n\":1.50}";
    assertEquals(event, OpenAiJson.read(event, ResponseStreamEvent.class).getUnknown());
    assertEquals(event, OpenAiJson.write(OpenAiJson.read(event, ResponseStreamEvent.class)));
    var request = OpenAiJson.readRequest("{\"messages\":[],\"stop\":null,\"new\":{\"a\":[1e400]}}", CreateChatCompletionRequest.class);
    assertEquals("{\"messages\":[],\"stop\":null,\"new\":{\"a\":[1e400]}}", request.getExtraJson());
    assertEquals(request.getExtraJson(), OpenAiJson.write(request));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"id\":7} | 7",
        "{\"id\":{\"a\":1.50}} | {\"a\":1.50}",
        "{\"id\":true} | true",
        "{\"id\":\"\\ud83d\"} | \uFFFD",
      })
  void nearValuesAreHeldTwice(String json, String id) {
    var read = OpenAiJson.read(json, ChatCompletionChunk.class);
    assertEquals(id, read.getId());
    assertTrue(OpenAiJson.write(read).contains(json.substring(1, json.length() - 1)), OpenAiJson.write(read));
  }

  @ParameterizedTest
  @CsvSource({
    "1700000000, 1700000000, false",
    "1.7e9, 1700000000, false",
    "'\"1700000000\"', 1700000000, true",
    "1.5, 1, true",
    "9223372036854775808, 0, true",
    "12345678901234567890123, 0, true"
  })
  void integers(String created, long value, boolean kept) {
    var read = OpenAiJson.read("{\"created\":" + created + "}", ChatCompletion.class);
    assertEquals(value, read.getCreated());
    assertEquals(kept, read.getExtraJson().contains("created"));
    if (kept) {
      assertTrue(OpenAiJson.write(read).contains("\"created\":" + created), OpenAiJson.write(read));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.1", "1e23", "2e-3", "5e-324", "1.7976931348623157e308", "123456789.12345678", "0.30000000000000004"})
  void doubles(String number) {
    var json = "{\"temperature\":" + number + "}";
    var read = OpenAiJson.readRequest(json, CreateChatCompletionRequest.class);
    assertTrue(read.hasTemperature());
    assertFalse(read.hasExtraJson(), read::getExtraJson);
    var written = ((JsonText.Num) ((java.util.Map<?, ?>) JsonText.read(OpenAiJson.write(read))).get("temperature")).token;
    assertEquals(0, new java.math.BigDecimal(number).compareTo(new java.math.BigDecimal(written)), written);
  }

  @ParameterizedTest
  @CsvSource({"'[0.1,-2.5e-8,3]', 1, false", "'[0.5,0.25]', 2, false", "'\"AACAPw==\"', 3, false", "'[0.12345678901]', 1, true"})
  void vectors(String vector, int encoding, boolean kept) {
    var read = OpenAiJson.read("{\"object\":\"embedding\",\"embedding\":" + vector + ",\"index\":0}", Embedding.class);
    assertEquals(encoding, read.getEmbeddingEncoding().getNumber());
    assertEquals(kept, read.hasExtraJson());
    assertEquals(read, OpenAiJson.read(OpenAiJson.write(read), Embedding.class));
  }

  @Test
  void itemsAreRecognizedWithoutATag() {
    assertTrue(OpenAiJson.read("{\"role\":\"user\",\"content\":\"hi\"}", ResponseItem.class).hasMessage());
    assertTrue(OpenAiJson.read("{\"id\":\"msg_1\"}", ResponseItem.class).hasItemReference());
    assertEquals("{\"id\":\"msg_1\"}", OpenAiJson.write(OpenAiJson.read("{\"id\":\"msg_1\"}", ResponseItem.class)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "[1,]", "{\"a\":1,}", "01", "1.", "nul", "\"\\x\"", "\"\n\"", "{} {}", "NaN", "[", "-"})
  void notJson(String text) {
    assertThrows(JsonException.class, () -> OpenAiJson.read(text, ChatCompletion.class));
  }

  @Test
  void deepNestingIsRefused() {
    assertThrows(JsonException.class, () -> OpenAiJson.read("[".repeat(100_000), ChatCompletion.class));
    var deep = "{\"type\":\"thinking\",\"thinking\":[".repeat(120) + "]}".repeat(120);
    var message = "{\"role\":\"assistant\",\"content\":[" + deep + "]}";
    assertThrows(
        JsonException.class,
        () -> OpenAiJson.readRequest("{\"messages\":[" + message + "]}", CreateChatCompletionRequest.class));
  }

  @Test
  void whatHasNoJsonIsRefusedWithItsPlace() {
    var request = CreateChatCompletionRequest.newBuilder().addMessages(Messages.user("hi"));
    request.getMessagesBuilder(0).getUserBuilder().setContent(ChatCompletionContent.getDefaultInstance());
    assertEquals("messages[0].user.content", assertThrows(JsonException.class, () -> OpenAiJson.write(request.build())).path());
    var infinite = CreateChatCompletionRequest.newBuilder().setTemperature(Double.POSITIVE_INFINITY).build();
    assertEquals("temperature", assertThrows(JsonException.class, () -> OpenAiJson.write(infinite)).path());
    var raw = CreateChatCompletionRequest.newBuilder().setChatTemplateKwargsJson("{\"a\":1},\"model\":\"other\"").build();
    assertThrows(JsonException.class, () -> OpenAiJson.write(raw));
    var extra = CreateChatCompletionRequest.newBuilder().setExtraJson("[]").build();
    assertEquals("extra_json", assertThrows(JsonException.class, () -> OpenAiJson.write(extra)).path());
  }
}
