package io.github.openai_grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.DescriptorProtos.SourceCodeInfo.Location;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.GenericDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import io.github.openai_grpc.JsonText.Num;
import io.github.openai_grpc.v1.ChatCompletion;
import io.github.openai_grpc.v1.ChatCompletionMessage;
import io.github.openai_grpc.v1.ChatCompletionResponseFormat;
import io.github.openai_grpc.v1.Response;
import io.github.openai_grpc.v1.ResponseContentPart;
import io.github.openai_grpc.v1.ResponseFormatJsonSchema;
import io.github.openai_grpc.v1.ResponseItem;
import io.github.openai_grpc.v1.ResponseTextConfig;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A JSON Schema in OpenAI's strict mode, made from a Protobuf message type, and the reader of replies that follow it.
 *
 * <table>
 * <caption>How types map</caption>
 * <tr><td>field</td><td>a required property of the field's name</td></tr>
 * <tr><td>{@code optional} field, wrapper type, message that leads back to the one around it</td>
 *     <td>required, but may be null</td></tr>
 * <tr><td>oneof</td><td>a property of the oneof's name: an object with exactly one of the arms</td></tr>
 * <tr><td>enum</td><td>the names of its values, without a zero value that ends in {@code UNSPECIFIED}</td></tr>
 * <tr><td>map</td><td>an array of objects with {@code key} and {@code value}</td></tr>
 * <tr><td>bytes</td><td>a string in base64</td></tr>
 * <tr><td>Timestamp, Duration</td><td>strings in RFC 3339, and seconds such as {@code 1.5s}</td></tr>
 * </table>
 *
 * <p>Over 600 lines, as a schema and the reader of its replies mirror each other type by type.
 *
 * @param <T> the message type
 */
public final class Schema<T extends Message> {
  private static final Pattern DURATION = Pattern.compile("^-?[0-9]+(\\.[0-9]{1,9})?s$");
  private static final int MAX_LEVELS = 10;
  private static final int MAX_PROPERTIES = 5000;
  private static final int MAX_ENUM_VALUES = 1000;
  private static final Set<String> WRAPPERS =
      Set.of("Double", "Float", "Int64", "UInt64", "Int32", "UInt32", "Bool", "String", "Bytes").stream()
          .map(name -> "google.protobuf." + name + "Value")
          .collect(Collectors.toSet());
  private static final Set<String> ANYTHING =
      Set.of("google.protobuf.Any", "google.protobuf.Struct", "google.protobuf.Value", "google.protobuf.ListValue");

  private final T prototype;
  private final Map<String, String> comments;
  private final Map<String, Object> schema;

  private Schema(T prototype, Map<String, String> comments) {
    this.prototype = prototype;
    this.comments = comments;
    this.schema = new Writer().root(prototype.getDescriptorForType());
  }

  /**
   * Returns the schema of a type.
   *
   * @throws IllegalArgumentException strict mode can't express the type
   */
  public static <T extends Message> Schema<T> of(Class<T> type) {
    return new Schema<>(defaultInstance(type), Map.of());
  }

  /**
   * Returns this schema with the comments of the .proto files as descriptions.
   *
   * @param files made by {@code protoc --include_source_info --descriptor_set_out}: generated classes have no comments
   */
  public Schema<T> withComments(FileDescriptorSet files) {
    Map<String, String> found = new HashMap<>();
    files.getFileList().forEach(file -> readComments(file, found));
    return new Schema<>(prototype, found);
  }

  /** Returns the schema as JSON text. */
  public String json() {
    return JsonText.write(schema);
  }

  /** Returns the name under which it is sent: that of the type. */
  public String name() {
    String name = prototype.getDescriptorForType().getName();
    return name.length() > 64 ? name.substring(0, 64) : name;
  }

  /** Returns the format that makes a chat reply with the type. */
  public ChatCompletionResponseFormat responseFormat() {
    var wanted = ResponseFormatJsonSchema.JsonSchema.newBuilder();
    wanted.setName(name()).setSchemaJson(json()).setStrict(true);
    return ChatCompletionResponseFormat.newBuilder()
        .setJsonSchema(ResponseFormatJsonSchema.newBuilder().setJsonSchema(wanted))
        .build();
  }

  /** Returns the format that makes a response's text the type. */
  public ResponseTextConfig.Format textFormat() {
    var wanted = ResponseTextConfig.JsonSchema.newBuilder().setName(name()).setSchemaJson(json()).setStrict(true);
    return ResponseTextConfig.Format.newBuilder().setJsonSchema(wanted).build();
  }

  /**
   * Reads a chat's reply into the type.
   *
   * @throws ReplyException the model refused, the reply was cut, or it is not of the type
   */
  public T read(ChatCompletion reply) {
    ChatCompletionMessage message = Messages.message(reply);
    String text = Messages.outputText(reply);
    if (!message.getRefusal().isEmpty()) {
      throw new ReplyException.Refused(message.getRefusal());
    }
    String reason = Messages.firstChoice(reply).map(ChatCompletion.Choice::getFinishReason).orElse("");
    if (reason.equals("length") || reason.equals("content_filter")) {
      throw new ReplyException.Cut(reason, text);
    }
    return read(text);
  }

  /**
   * Reads a response's text into the type.
   *
   * @throws ReplyException the model refused, the response failed or is incomplete, or it is not of the type
   */
  public T read(Response response) {
    ReplyException.Failed.check(response);
    String text = Inputs.outputText(response);
    for (ResponseItem item : response.getOutputList()) {
      for (ResponseContentPart part : item.getMessage().getContent().getParts().getPartsList()) {
        if (part.hasRefusal()) {
          throw new ReplyException.Refused(part.getRefusal().getRefusal());
        }
      }
    }
    if (response.getStatus().equals("incomplete")) {
      String reason = response.getIncompleteDetails().getReason();
      throw new ReplyException.Cut(reason.isEmpty() ? response.getStatus() : reason, text);
    }
    return read(text);
  }

  /**
   * Reads JSON that follows the schema, such as the arguments of a tool call.
   *
   * @throws ReplyException.Invalid it is not JSON, or not of the type
   */
  @SuppressWarnings("unchecked") // a builder makes messages of the type that it is of
  public T read(String json) {
    try {
      return (T) message(JsonText.read(json), prototype.newBuilderForType());
    } catch (JsonException invalid) {
      String name = prototype.getDescriptorForType().getName();
      throw new ReplyException.Invalid("the reply is not a " + name + ": " + invalid.getMessage(), json, invalid);
    }
  }

  static <T extends Message> T defaultInstance(Class<T> type) {
    try {
      return type.cast(type.getMethod("getDefaultInstance").invoke(null));
    } catch (ReflectiveOperationException unknown) {
      throw new IllegalArgumentException(type.getName() + " is not a generated message class", unknown);
    }
  }

  /** Writes the schema of one type. */
  private final class Writer {
    private final Map<String, Object> definitions = new LinkedHashMap<>();
    private final Set<Descriptor> recursive = new HashSet<>();
    private int properties;
    private int enumValues;

    Map<String, Object> root(Descriptor type) {
      findRecursive(type, new ArrayDeque<>(), new HashSet<>());
      if (isSpecial(type)) {
        throw refused(type, "the root must be a message of fields");
      }
      Map<String, Object> schema = object(type, 1);
      if (!definitions.isEmpty()) {
        schema.put("$defs", definitions);
      }
      if (properties > MAX_PROPERTIES || enumValues > MAX_ENUM_VALUES) {
        throw refused(
            type, "it has " + properties + " properties and " + enumValues + " enum values: at most " + MAX_PROPERTIES
                + " and " + MAX_ENUM_VALUES + " are possible");
      }
      return schema;
    }

    private void findRecursive(Descriptor type, Deque<Descriptor> path, Set<Descriptor> done) {
      if (path.contains(type)) {
        recursive.add(type);
        return;
      }
      if (!done.add(type)) {
        return;
      }
      path.push(type);
      for (FieldDescriptor field : type.getFields()) {
        if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE && !ANYTHING.contains(field.getMessageType().getFullName())) {
          findRecursive(field.getMessageType(), path, done);
        }
      }
      path.pop();
    }

    private Map<String, Object> object(Descriptor type, int level) {
      if (level > MAX_LEVELS) {
        throw refused(type, "it is nested deeper than " + MAX_LEVELS + " levels");
      }
      Map<String, Object> all = new LinkedHashMap<>();
      Set<OneofDescriptor> done = new LinkedHashSet<>();
      for (FieldDescriptor field : type.getFields()) {
        OneofDescriptor oneof = field.getRealContainingOneof();
        if (oneof == null) {
          all.put(field.getName(), described(property(field, level), field));
        } else if (done.add(oneof)) {
          all.put(oneof.getName(), described(choice(oneof, level), oneof));
        }
      }
      return described(closed(all), type);
    }

    private Map<String, Object> closed(Map<String, Object> all) {
      properties += all.size();
      Map<String, Object> schema = new LinkedHashMap<>();
      schema.put("type", "object");
      schema.put("properties", all);
      schema.put("required", new ArrayList<>(all.keySet()));
      schema.put("additionalProperties", false);
      return schema;
    }

    private Map<String, Object> choice(OneofDescriptor oneof, int level) {
      List<Object> arms = new ArrayList<>();
      for (FieldDescriptor arm : oneof.getFields()) {
        Map<String, Object> one = new LinkedHashMap<>();
        one.put(arm.getName(), described(single(arm, level + 1), arm));
        arms.add(closed(one));
      }
      return new LinkedHashMap<>(Map.of("anyOf", arms));
    }

    private Map<String, Object> property(FieldDescriptor field, int level) {
      if (field.isMapField()) {
        Map<String, Object> entry = new LinkedHashMap<>();
        for (FieldDescriptor part : field.getMessageType().getFields()) {
          entry.put(part.getName(), single(part, level + 1));
        }
        return array(closed(entry));
      }
      if (field.isRepeated()) {
        return array(single(field, level));
      }
      Map<String, Object> one = single(field, level);
      return isNullable(field) ? nullable(one) : one;
    }

    private Map<String, Object> array(Map<String, Object> items) {
      Map<String, Object> schema = new LinkedHashMap<>();
      schema.put("type", "array");
      schema.put("items", items);
      return schema;
    }

    private Map<String, Object> nullable(Map<String, Object> one) {
      return new LinkedHashMap<>(Map.of("anyOf", List.of(one, Map.of("type", "null"))));
    }

    private Map<String, Object> single(FieldDescriptor field, int level) {
      switch (field.getJavaType()) {
        case BOOLEAN:
          return type("boolean");
        case INT:
        case LONG:
          return type("integer");
        case FLOAT:
        case DOUBLE:
          return type("number");
        case STRING:
          return type("string");
        case BYTE_STRING:
          return with(type("string"), "description", "Base64.");
        case ENUM:
          return enumeration(field.getEnumType());
        default:
          return nested(field, field.getMessageType(), level);
      }
    }

    private Map<String, Object> nested(FieldDescriptor field, Descriptor type, int level) {
      String name = type.getFullName();
      if (ANYTHING.contains(name) || field.getType() == FieldDescriptor.Type.GROUP) {
        throw refused(field, name + " can be anything: use a message with the fields that are wanted");
      }
      if (name.equals("google.protobuf.Timestamp")) {
        return with(type("string"), "format", "date-time");
      }
      if (name.equals("google.protobuf.Duration")) {
        return with(type("string"), "pattern", DURATION.pattern());
      }
      if (WRAPPERS.contains(name)) {
        return single(type.findFieldByName("value"), level);
      }
      if (type == prototype.getDescriptorForType()) {
        return new LinkedHashMap<>(Map.of("$ref", "#"));
      }
      if (!recursive.contains(type)) {
        return object(type, level + 1);
      }
      if (!definitions.containsKey(name)) {
        definitions.put(name, Map.of());
        definitions.put(name, object(type, level + 1));
      }
      return new LinkedHashMap<>(Map.of("$ref", "#/$defs/" + name));
    }

    private Map<String, Object> enumeration(EnumDescriptor type) {
      List<Object> names = new ArrayList<>();
      List<String> texts = new ArrayList<>();
      Optional.ofNullable(comments.get(type.getFullName())).ifPresent(texts::add);
      for (EnumValueDescriptor value : allowed(type)) {
        names.add(value.getName());
        String comment = comments.get(value.getFullName());
        if (comment != null) {
          texts.add(value.getName() + ": " + comment);
        }
      }
      enumValues += names.size();
      Map<String, Object> schema = with(type("string"), "enum", names);
      return texts.isEmpty() ? schema : with(schema, "description", String.join("\n", texts));
    }

    private Map<String, Object> type(String name) {
      Map<String, Object> schema = new LinkedHashMap<>();
      schema.put("type", name);
      return schema;
    }

    private Map<String, Object> with(Map<String, Object> schema, String key, Object value) {
      schema.put(key, value);
      return schema;
    }

    private Map<String, Object> described(Map<String, Object> schema, GenericDescriptor of) {
      String comment = comments.get(of.getFullName());
      if (comment == null) {
        return schema;
      }
      if (schema.containsKey("$ref")) { // strict mode allows nothing besides a reference
        return with(new LinkedHashMap<>(Map.of("anyOf", List.of(schema))), "description", comment);
      }
      Object own = schema.get("description");
      return with(schema, "description", own == null ? comment : comment + "\n" + own);
    }

    private IllegalArgumentException refused(GenericDescriptor of, String why) {
      return new IllegalArgumentException("no strict schema for " + of.getFullName() + ": " + why);
    }
  }

  private static boolean isMessage(FieldDescriptor field) {
    return field.getJavaType() == FieldDescriptor.JavaType.MESSAGE;
  }

  private static boolean isNullable(FieldDescriptor field) {
    boolean wrapper = isMessage(field) && WRAPPERS.contains(field.getMessageType().getFullName());
    boolean everyFieldIsOptional = !field.getFile().toProto().getSyntax().equals("proto3"); // proto2, editions
    return !field.isRepeated()
        && field.getRealContainingOneof() == null
        && (wrapper
            || (isMessage(field) && reaches(field.getMessageType(), field.getContainingType(), new HashSet<>()))
            || field.toProto().getProto3Optional()
            || (everyFieldIsOptional && field.hasPresence() && !field.isRequired()));
  }

  private static boolean reaches(Descriptor from, Descriptor target, Set<Descriptor> seen) {
    if (from.equals(target)) {
      return true;
    }
    return seen.add(from)
        && from.getFields().stream().anyMatch(field -> isMessage(field) && reaches(field.getMessageType(), target, seen));
  }

  private static boolean isSpecial(Descriptor type) {
    String name = type.getFullName();
    return ANYTHING.contains(name)
        || WRAPPERS.contains(name)
        || name.equals("google.protobuf.Timestamp")
        || name.equals("google.protobuf.Duration");
  }

  /** Returns the values that a reply may have: all but an unspecified zero value. */
  private static List<EnumValueDescriptor> allowed(EnumDescriptor type) {
    List<EnumValueDescriptor> all = type.getValues();
    List<EnumValueDescriptor> meant =
        all.stream()
            .filter(value -> value.getNumber() != 0 || !value.getName().endsWith("UNSPECIFIED"))
            .collect(Collectors.toList());
    return meant.isEmpty() ? all : meant;
  }

  private static Message message(Object value, Message.Builder into) {
    Map<?, ?> object = expect(value, Map.class, "an object");
    Set<String> left = new LinkedHashSet<>();
    object.keySet().forEach(key -> left.add((String) key));
    for (FieldDescriptor field : into.getDescriptorForType().getFields()) {
      OneofDescriptor oneof = field.getRealContainingOneof();
      if (oneof != null) {
        if (left.remove(oneof.getName())) {
          arm(oneof, object.get(oneof.getName()), into);
        } else if (!object.containsKey(oneof.getName())) {
          throw new JsonException("missing").inside(oneof.getName());
        }
        continue;
      }
      left.remove(field.getName());
      if (!object.containsKey(field.getName())) {
        if (isNullable(field)) { // models that are not held to the schema leave it out
          continue;
        }
        throw new JsonException("missing").inside(field.getName());
      }
      try {
        put(field, object.get(field.getName()), into);
      } catch (JsonException error) {
        throw error.inside(field.getName());
      }
    }
    if (!left.isEmpty()) {
      throw new JsonException("unknown property").inside(left.iterator().next());
    }
    return into.build();
  }

  private static void arm(OneofDescriptor oneof, Object value, Message.Builder into) {
    try {
      Map<?, ?> chosen = expect(value, Map.class, "an object");
      Object name = chosen.size() == 1 ? chosen.keySet().iterator().next() : null;
      for (FieldDescriptor arm : oneof.getFields()) {
        if (arm.getName().equals(name)) {
          setArm(arm, chosen.get(name), into);
          return;
        }
      }
      Collection<String> names = oneof.getFields().stream().map(FieldDescriptor::getName).collect(Collectors.toList());
      throw new JsonException("expected exactly one of " + names);
    } catch (JsonException error) {
      throw error.inside(oneof.getName());
    }
  }

  private static void setArm(FieldDescriptor arm, Object value, Message.Builder into) {
    try {
      into.setField(arm, one(arm, value, into));
    } catch (JsonException error) {
      throw error.inside(arm.getName());
    }
  }

  private static void put(FieldDescriptor field, Object value, Message.Builder into) {
    if (field.isMapField()) {
      FieldDescriptor key = field.getMessageType().findFieldByName("key");
      FieldDescriptor item = field.getMessageType().findFieldByName("value");
      Set<Object> keys = new HashSet<>();
      int index = 0;
      for (Object each : expect(value, List.class, "an array")) {
        try {
          Map<?, ?> entry = expect(each, Map.class, "an object");
          if (!entry.keySet().equals(Set.of("key", "value"))) {
            throw new JsonException("expected an object with key and value");
          }
          Message.Builder built = into.newBuilderForField(field);
          built.setField(key, one(key, entry.get("key"), built)).setField(item, one(item, entry.get("value"), built));
          if (!keys.add(built.getField(key))) {
            throw new JsonException("the key " + entry.get("key") + " is there twice");
          }
          into.addRepeatedField(field, built.build());
        } catch (JsonException error) {
          throw error.inside("[" + index + "]");
        }
        index++;
      }
    } else if (field.isRepeated()) {
      int index = 0;
      for (Object each : expect(value, List.class, "an array")) {
        try {
          into.addRepeatedField(field, one(field, each, into));
        } catch (JsonException error) {
          throw error.inside("[" + index + "]");
        }
        index++;
      }
    } else {
      if (value != null || !isNullable(field)) {
        into.setField(field, one(field, value, into));
      }
    }
  }

  private static Object one(FieldDescriptor field, Object value, Message.Builder into) {
    switch (field.getType()) {
      case BOOL:
        return expect(value, Boolean.class, "true or false");
      case INT32:
      case SINT32:
      case SFIXED32:
        return (int) whole(value, Integer.MIN_VALUE, Integer.MAX_VALUE);
      case UINT32:
      case FIXED32:
        return (int) whole(value, 0, 0xFFFF_FFFFL);
      case INT64:
      case SINT64:
      case SFIXED64:
        return whole(value, Long.MIN_VALUE, Long.MAX_VALUE);
      case UINT64:
      case FIXED64:
        return integer(value, BigInteger.ZERO, BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE)).longValue();
      case FLOAT:
        return (float) number(value, Float.MAX_VALUE);
      case DOUBLE:
        return number(value, Double.MAX_VALUE);
      case STRING:
        return expect(value, String.class, "a string");
      case BYTES:
        try {
          String text = expect(value, String.class, "a string");
          return ByteString.copyFrom(Base64.getDecoder().decode(text.replace('-', '+').replace('_', '/')));
        } catch (IllegalArgumentException malformed) {
          throw malformed instanceof JsonException ? (JsonException) malformed : new JsonException("not base64");
        }
      case ENUM:
        String name = expect(value, String.class, "a string");
        return allowed(field.getEnumType()).stream()
            .filter(each -> each.getName().equals(name))
            .findFirst()
            .orElseThrow(() -> new JsonException("unknown value " + name));
      default:
        return nested(field.getMessageType(), value, into.newBuilderForField(field));
    }
  }

  private static Message nested(Descriptor type, Object value, Message.Builder builder) {
    String name = type.getFullName();
    if (WRAPPERS.contains(name)) {
      FieldDescriptor inner = type.findFieldByName("value");
      return builder.setField(inner, one(inner, value, builder)).build();
    }
    try {
      if (name.equals("google.protobuf.Timestamp")) {
        Instant instant = OffsetDateTime.parse(expect(value, String.class, "a string")).toInstant();
        return Timestamp.newBuilder().setSeconds(instant.getEpochSecond()).setNanos(instant.getNano()).build();
      }
      if (name.equals("google.protobuf.Duration")) {
        String text = expect(value, String.class, "a string");
        if (!DURATION.matcher(text).matches()) {
          throw new JsonException("expected seconds such as 1.5s");
        }
        java.time.Duration length = java.time.Duration.parse("PT" + text);
        boolean back = length.isNegative() && length.getNano() > 0; // Protobuf wants both parts of one sign
        return Duration.newBuilder()
            .setSeconds(length.getSeconds() + (back ? 1 : 0))
            .setNanos(length.getNano() - (back ? 1_000_000_000 : 0))
            .build();
      }
    } catch (DateTimeException malformed) {
      throw new JsonException(malformed.getMessage());
    }
    return message(value, builder);
  }

  private static <V> V expect(Object value, Class<V> type, String wanted) {
    if (!type.isInstance(value)) {
      throw new JsonException("expected " + wanted);
    }
    return type.cast(value);
  }

  private static long whole(Object value, long least, long most) {
    return integer(value, BigInteger.valueOf(least), BigInteger.valueOf(most)).longValue();
  }

  private static BigInteger integer(Object value, BigInteger least, BigInteger most) {
    String token = expect(value, Num.class, "a whole number").token;
    try {
      BigDecimal number = new BigDecimal(token);
      if (Math.abs(number.scale()) < 64) { // an exponent of a billion would take all memory
        BigInteger found = number.toBigIntegerExact();
        if (found.compareTo(least) >= 0 && found.compareTo(most) <= 0) {
          return found;
        }
      }
    } catch (ArithmeticException | NumberFormatException fraction) {
      throw new JsonException("expected a whole number, not " + token);
    }
    throw new JsonException(token + " is out of range: must be " + least + " to " + most);
  }

  private static double number(Object value, double most) {
    Num number = expect(value, Num.class, "a number");
    double found = number.value();
    if (Math.abs(found) > most) {
      throw new JsonException(number + " is out of range");
    }
    return found;
  }

  private static void readComments(FileDescriptorProto file, Map<String, String> found) {
    Map<List<Integer>, String> texts = new HashMap<>();
    for (Location location : file.getSourceCodeInfo().getLocationList()) {
      String text = location.getLeadingComments() + " " + location.getTrailingComments();
      if (!text.isBlank()) {
        texts.put(location.getPathList(), text.strip().replaceAll("\\s+", " "));
      }
    }
    FileDescriptor built = fileDescriptor(file);
    built.getMessageTypes().forEach(type -> comment(type, List.of(4, type.getIndex()), texts, found));
    built.getEnumTypes().forEach(type -> comment(type, List.of(5, type.getIndex()), texts, found));
  }

  private static FileDescriptor fileDescriptor(FileDescriptorProto file) {
    try {
      return FileDescriptor.buildFrom(file, new FileDescriptor[0], true);
    } catch (com.google.protobuf.Descriptors.DescriptorValidationException invalid) {
      throw new IllegalArgumentException(file.getName() + " is not valid: " + invalid.getMessage(), invalid);
    }
  }

  private static void comment(
      Descriptor type, List<Integer> path, Map<List<Integer>, String> texts, Map<String, String> found) {
    put(texts.get(path), type, found);
    type.getFields().forEach(field -> put(texts.get(below(path, 2, field.getIndex())), field, found));
    type.getOneofs().forEach(oneof -> put(texts.get(below(path, 8, oneof.getIndex())), oneof, found));
    type.getEnumTypes().forEach(inner -> comment(inner, below(path, 4, inner.getIndex()), texts, found));
    type.getNestedTypes().forEach(inner -> comment(inner, below(path, 3, inner.getIndex()), texts, found));
  }

  private static void comment(
      EnumDescriptor type, List<Integer> path, Map<List<Integer>, String> texts, Map<String, String> found) {
    put(texts.get(path), type, found);
    type.getValues().forEach(value -> put(texts.get(below(path, 2, value.getIndex())), value, found));
  }

  private static List<Integer> below(List<Integer> path, int kind, int index) {
    List<Integer> longer = new ArrayList<>(path);
    longer.add(kind);
    longer.add(index);
    return longer;
  }

  private static void put(String text, GenericDescriptor of, Map<String, String> found) {
    if (text != null) {
      found.put(of.getFullName(), text);
    }
  }
}
