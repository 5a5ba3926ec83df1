package io.github.openai_grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.api.Http;
import com.google.api.HttpRule;
import com.google.api.LabelDescriptor;
import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.DescriptorProtos.SourceCodeInfo;
import com.google.protobuf.Duration;
import com.google.protobuf.FloatValue;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import com.google.type.Color;
import com.google.type.Interval;
import com.google.type.Money;
import com.google.type.PhoneNumber;
import io.github.openai_grpc.v1.InlineData;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Schemas of message types, and replies that follow them or do not. The types are Google's, for want of our own. */
class SchemaTest {
  private static String object(String properties, String required) {
    return "{\"type\":\"object\",\"properties\":{" + properties + "},\"required\":[" + required
        + "],\"additionalProperties\":false}";
  }

  private static String nullable(String type) {
    return "{\"anyOf\":[" + type + ",{\"type\":\"null\"}]}";
  }

  private static final String STRING = "{\"type\":\"string\"}";
  private static final String NUMBER = "{\"type\":\"number\"}";
  private static final String INTEGER = "{\"type\":\"integer\"}";

  static Stream<Arguments> types() {
    var shortCode = object("\"region_code\":" + STRING + ",\"number\":" + STRING, "\"region_code\",\"number\"");
    var entry = object("\"key\":" + STRING + ",\"value\":" + STRING, "\"key\",\"value\"");
    return Stream.of(
        Arguments.of(
            object(
                "\"currency_code\":" + STRING + ",\"units\":" + INTEGER + ",\"nanos\":" + INTEGER,
                "\"currency_code\",\"units\",\"nanos\""),
            "{\"currency_code\":\"EUR\",\"units\":9007199254740993,\"nanos\":5.0}",
            Money.newBuilder().setCurrencyCode("EUR").setUnits(9007199254740993L).setNanos(5).build()),
        Arguments.of(
            object(
                "\"kind\":{\"anyOf\":[" + object("\"e164_number\":" + STRING, "\"e164_number\"") + ","
                    + object("\"short_code\":" + shortCode, "\"short_code\"") + "]},\"extension\":" + STRING,
                "\"kind\",\"extension\""),
            "{\"kind\":{\"short_code\":{\"region_code\":\"NO\",\"number\":\"113\"}},\"extension\":\"\"}",
            PhoneNumber.newBuilder()
                .setShortCode(PhoneNumber.ShortCode.newBuilder().setRegionCode("NO").setNumber("113"))
                .build()),
        Arguments.of(
            object(
                "\"reason\":" + STRING + ",\"domain\":" + STRING + ",\"metadata\":{\"type\":\"array\",\"items\":" + entry
                    + "}",
                "\"reason\",\"domain\",\"metadata\""),
            "{\"reason\":\"R\",\"domain\":\"\",\"metadata\":[{\"key\":\"a\",\"value\":\"b\"}]}",
            ErrorInfo.newBuilder().setReason("R").putMetadata("a", "b").build()),
        Arguments.of(
            object(
                "\"start_time\":{\"type\":\"string\",\"format\":\"date-time\"},"
                    + "\"end_time\":{\"type\":\"string\",\"format\":\"date-time\"}",
                "\"start_time\",\"end_time\""),
            "{\"start_time\":\"1970-01-01T00:00:01.5Z\",\"end_time\":\"1970-01-01T02:00:00+01:00\"}",
            Interval.newBuilder()
                .setStartTime(Timestamp.newBuilder().setSeconds(1).setNanos(500_000_000))
                .setEndTime(Timestamp.newBuilder().setSeconds(3600))
                .build()),
        Arguments.of(
            object("\"retry_delay\":{\"type\":\"string\",\"format\":\"duration\"}", "\"retry_delay\""),
            "{\"retry_delay\":\"PT-1.5S\"}",
            RetryInfo.newBuilder()
                .setRetryDelay(Duration.newBuilder().setSeconds(-1).setNanos(-500_000_000))
                .build()),
        Arguments.of(
            object(
                "\"red\":" + NUMBER + ",\"green\":" + NUMBER + ",\"blue\":" + NUMBER + ",\"alpha\":" + nullable(NUMBER),
                "\"red\",\"green\",\"blue\",\"alpha\""),
            "{\"red\":1,\"green\":0.5,\"blue\":0,\"alpha\":0.25}",
            Color.newBuilder().setRed(1).setGreen(0.5f).setAlpha(FloatValue.of(0.25f)).build()),
        Arguments.of(
            object(
                "\"mime_type\":" + nullable(STRING) + ",\"data\":"
                    + nullable("{\"type\":\"string\",\"description\":\"Bytes in base64.\"}"),
                "\"mime_type\",\"data\""),
            "{\"mime_type\":null,\"data\":\"AQI=\"}",
            InlineData.newBuilder().setData(ByteString.copyFrom(new byte[] {1, 2})).build()),
        Arguments.of(
            object(
                "\"key\":" + STRING + ",\"value_type\":{\"type\":\"string\",\"enum\":[\"STRING\",\"BOOL\",\"INT64\"]},"
                    + "\"description\":" + STRING,
                "\"key\",\"value_type\",\"description\""),
            "{\"key\":\"k\",\"value_type\":\"INT64\",\"description\":\"d\"}",
            LabelDescriptor.newBuilder()
                .setKey("k")
                .setValueType(LabelDescriptor.ValueType.INT64)
                .setDescription("d")
                .build()));
  }

  @ParameterizedTest
  @MethodSource("types")
  void schemaAndReply(String schema, String reply, Message value) {
    var made = Schema.of(value.getClass());
    assertEquals(schema, made.json());
    assertEquals(value, made.read(reply));
  }

  @Test
  void recursiveTypes() {
    assertTrue(Schema.of(HttpRule.class).json().contains("\"additional_bindings\":{\"type\":\"array\",\"items\":{\"$ref\":\"#\"}}"));
    var within = Schema.of(Http.class).json();
    assertTrue(within.contains("\"rules\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/$defs/google.api.HttpRule\"}}"), within);
    assertTrue(within.contains("\"$defs\":{\"google.api.HttpRule\":{\"type\":\"object\""), within);
    assertEquals(
        HttpRule.newBuilder().setSelector("s").setGet("/").build(),
        Schema.of(HttpRule.class)
            .read("{\"selector\":\"s\",\"pattern\":{\"get\":\"/\"},\"body\":\"\",\"response_body\":\"\",\"additional_bindings\":[]}"));
  }

  @Test
  void commentsAreDescriptions() {
    var file = Money.getDescriptor().getFile().toProto().toBuilder();
    file.getSourceCodeInfoBuilder()
        .addLocation(location(" An amount\n of money.\n", 4, 0))
        .addLocation(location(" Such as EUR.\n", 4, 0, 2, 0));
    var schema = Schema.of(Money.class).withComments(FileDescriptorSet.newBuilder().addFile(file).build()).json();
    assertTrue(schema.contains("\"currency_code\":{\"type\":\"string\",\"description\":\"Such as EUR.\"}"), schema);
    assertTrue(schema.endsWith("\"description\":\"An amount of money.\"}"), schema);
  }

  private static SourceCodeInfo.Location.Builder location(String comment, Integer... path) {
    return SourceCodeInfo.Location.newBuilder().addAllPath(List.of(path)).setLeadingComments(comment);
  }

  @ParameterizedTest
  @ValueSource(classes = {com.google.rpc.Status.class, com.google.protobuf.Struct.class, Timestamp.class})
  void refusesWhatStrictModeHasNot(Class<? extends Message> type) {
    var error = assertThrows(IllegalArgumentException.class, () -> Schema.of(type));
    assertTrue(error.getMessage().startsWith("no strict schema for google."), error.getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[] | expected an object",
        "{\"currency_code\":\"EUR\" | ends too early",
        "{\"currency_code\":\"EUR\",\"units\":1,\"nanos\":0,\"more\":1} | more: unknown property",
        "{\"currency_code\":null,\"units\":1,\"nanos\":0} | currency_code: expected a string",
        "{\"currency_code\":\"\",\"units\":1.5,\"nanos\":0} | units: expected a whole number",
        "{\"currency_code\":\"\",\"units\":1e99999999,\"nanos\":0} | units: 1e99999999 is out of range",
        "{\"currency_code\":\"\",\"units\":1,\"nanos\":2147483648} | nanos: 2147483648 is out of range",
        "{\"currency_code\":\"\",\"units\":true,\"nanos\":0} | units: expected a whole number",
      })
  void invalidReply(String reply, String why) {
    var error = assertThrows(ReplyException.Invalid.class, () -> Schema.of(Money.class).read(reply));
    assertTrue(error.getMessage().contains(why), error.getMessage());
    assertEquals(reply, error.text());
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "null", "{\"e164_number\":\"1\",\"short_code\":null}", "{\"other\":1}"})
  void invalidOneof(String kind) {
    var reply = "{\"kind\":" + kind + ",\"extension\":\"\"}";
    var error = assertThrows(ReplyException.Invalid.class, () -> Schema.of(PhoneNumber.class).read(reply));
    assertTrue(error.getMessage().contains("kind: expected"), error.getMessage());
  }

  @Test
  void invalidMapsAndEnums() {
    var twice = "{\"reason\":\"\",\"domain\":\"\",\"metadata\":[{\"key\":\"a\",\"value\":\"\"},{\"key\":\"a\",\"value\":\"\"}]}";
    assertThrows(ReplyException.Invalid.class, () -> Schema.of(ErrorInfo.class).read(twice));
    var unknown = "{\"key\":\"\",\"value_type\":\"FLOAT\",\"description\":\"\"}";
    assertThrows(ReplyException.Invalid.class, () -> Schema.of(LabelDescriptor.class).read(unknown));
  }
}
