package io.github.openai_grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.MessageOrBuilder;
import io.github.openai_grpc.JsonShape.Field;
import io.github.openai_grpc.JsonShape.Kind;
import io.github.openai_grpc.JsonText.Num;
import io.github.openai_grpc.v1.InlineData;
import io.github.openai_grpc.v1.VectorEncoding;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * OpenAI's JSON from and to the messages of {@code io.github.openai_grpc.v1}, without loss: what a message has no
 * field for is in its {@code extra_json}, or in the arm {@code unknown} of a union. For logs, stores and replays.
 *
 * <p>Over 600 lines, since reading and writing mirror each other field kind by field kind.
 */
public final class OpenAiJson {
  /** How many messages may stand around a message: what Protobuf's parsers take in every language. */
  private static final int MAX_DEPTH = 100;

  private static final double DOUBLE_INTEGERS = 0x1p53;
  private static final String BASE64_MARK = ";base64,";
  private static final Pattern NUMBER = Pattern.compile("-?[0-9]+(?:\\.[0-9]+)?(?:[eE][-+]?[0-9]+)?");
  private static final int NUMBER_LENGTH = 64; // characters; no number that a double holds nearly needs more

  private final boolean keepNulls;

  private OpenAiJson(boolean keepNulls) {
    this.keepNulls = keepNulls;
  }

  /**
   * Reads a reply, event or other object of OpenAI's.
   *
   * @param type a message of {@code io.github.openai_grpc.v1}, such as {@code ChatCompletion.class}
   * @throws JsonException the text is not JSON, nothing that the message can stand for, or nested too deeply
   */
  public static <T extends Message> T read(String json, Class<T> type) {
    return new OpenAiJson(false).read(json, Schema.defaultInstance(type));
  }

  /** Reads a request. An explicit null is kept, since what a request means by it may not be absence. */
  public static <T extends Message> T readRequest(String json, Class<T> type) {
    return new OpenAiJson(true).read(json, Schema.defaultInstance(type));
  }

  /**
   * Writes a message as compact JSON.
   *
   * @throws JsonException a field has no JSON: a double that is not finite, raw JSON that is none, a union without an
   *     arm, two fields of one key
   */
  public static String write(Message message) {
    return JsonText.write(encode(message));
  }

  @SuppressWarnings("unchecked") // a builder makes messages of the type that it is of
  private <T extends Message> T read(String json, T prototype) {
    Object value = JsonText.read(json);
    Message read = decode(JsonShape.of(prototype.getDescriptorForType()), value, 0, prototype.newBuilderForType());
    if (read == null) {
      throw new JsonException(prototype.getDescriptorForType().getFullName() + " can't hold this JSON value");
    }
    return (T) read;
  }

  /** Returns the message, or null for a value that it can't hold. */
  private Message decode(JsonShape shape, Object value, int depth, Message.Builder into) {
    if (depth > MAX_DEPTH) {
      throw new JsonException("nested deeper than " + MAX_DEPTH + " messages");
    }
    if (shape.union != null) {
      return union(shape, value, depth, into) ? into.build() : null;
    }
    if (shape.transparent) {
      return set(shape.fields.get(0), value, depth, into) ? into.build() : null;
    }
    return value instanceof Map ? object(shape, entries(value), depth, into) : null;
  }

  @SuppressWarnings("unchecked") // JsonText makes no other maps
  private static Map<String, Object> entries(Object value) {
    return (Map<String, Object>) value;
  }

  private Message object(JsonShape shape, Map<String, Object> value, int depth, Message.Builder into) {
    Set<String> kept = new LinkedHashSet<>();
    shape.constants.forEach((key, constant) -> {
      if (!constant.equals(value.get(key))) {
        kept.add(key);
      }
    });
    Set<OneofDescriptor> seen = new HashSet<>();
    Map<FieldDescriptor, Message.Builder> inside = new LinkedHashMap<>();
    shape.inlines.forEach(inline -> inside.put(inline, into.newBuilderForField(inline)));
    Set<FieldDescriptor> found = new HashSet<>();
    shape.byKey.forEach((key, fields) -> {
      FieldDescriptor inline = fields.get(0).inside;
      if (key(key, fields, value, depth, inline == null ? into : inside.get(inline), seen, kept) && inline != null) {
        found.add(inline);
      }
    });
    for (FieldDescriptor inline : shape.inlines) {
      if (found.contains(inline)) {
        if (depth >= MAX_DEPTH) {
          throw new JsonException("nested deeper than " + MAX_DEPTH + " messages");
        }
        into.setField(inline, inside.get(inline).build());
        shape.byKey.forEach((key, fields) -> {
          if (fields.get(0).inside == inline && fields.stream().anyMatch(f -> f.writeEmpty) && !value.containsKey(key)) {
            kept.add(key);
          }
        });
      }
    }
    Map<String, Object> extra = new LinkedHashMap<>();
    value.forEach((key, item) -> {
      if (!shape.knows(key) || kept.contains(key) || (keepNulls && item == null)) {
        extra.put(key, item);
      }
    });
    kept.forEach(key -> extra.putIfAbsent(key, null));
    if (!extra.isEmpty()) {
      if (shape.extra == null) {
        return null;
      }
      into.setField(shape.extra, JsonText.write(extra));
    }
    return into.build();
  }

  /** Reads one key: the first field that can hold the value has it. Returns whether one has. */
  private boolean key(
      String key,
      List<Field> fields,
      Map<String, Object> value,
      int depth,
      Message.Builder into,
      Set<OneofDescriptor> seen,
      Set<String> kept) {
    boolean writeEmpty = fields.stream().anyMatch(field -> field.writeEmpty);
    if (!value.containsKey(key)) {
      if (writeEmpty && fields.get(0).inside == null) {
        kept.add(key);
      }
      return false;
    }
    Object item = value.get(key);
    for (Field field : fields) {
      if (field.kind == Kind.VECTOR) {
        Boolean exact = vector(field, item, into);
        if (exact != null) {
          if (!exact) {
            kept.add(key);
          }
          return true;
        }
        continue;
      }
      boolean empty = field.isOne()
          ? item == null && (field.kind == Kind.MESSAGE || field.kind == Kind.RAW)
          : !field.writeEmpty && isEmpty(item);
      boolean taken = field.oneof() != null && seen.contains(field.oneof());
      if (!taken && !empty && set(field, item, depth, into)) {
        if (field.oneof() != null) {
          seen.add(field.oneof());
        }
        return true;
      }
    }
    if (!keepNulls) {
      for (Field field : fields) {
        if (field.oneof() == null && field.kind.compareTo(Kind.VECTOR) < 0 && near(field, item, into)) {
          kept.add(key);
          return true;
        }
      }
    }
    if (writeEmpty || item != null) {
      kept.add(key);
    }
    return false;
  }

  private static boolean isEmpty(Object item) {
    return item == null
        || (item instanceof List && ((List<?>) item).isEmpty())
        || (item instanceof Map && ((Map<?, ?>) item).isEmpty());
  }

  /** Puts a value into a field; returns false, with nothing put, if the field can't hold it exactly. */
  private boolean set(Field field, Object item, int depth, Message.Builder into) {
    if (field.isOne()) {
      Object read = one(field, item, depth + (field.inside == null ? 1 : 2), () -> into.newBuilderForField(field.value));
      if (read == null) {
        return false;
      }
      into.setField(field.descriptor, read);
      return true;
    }
    List<Object> read = new ArrayList<>();
    int below = depth + (field.inside == null ? 1 : 2);
    if (field.isList()) {
      if (!(item instanceof List)) {
        return false;
      }
      for (Object each : (List<?>) item) {
        Object one = one(field, each, below, () -> into.newBuilderForField(field.descriptor));
        if (one == null) {
          return false;
        }
        read.add(one);
      }
    } else {
      if (!(item instanceof Map)) {
        return false;
      }
      for (Map.Entry<String, Object> each : entries(item).entrySet()) {
        Message.Builder entry = into.newBuilderForField(field.descriptor);
        Object one = one(field, each.getValue(), below + 1, () -> entry.newBuilderForField(field.value));
        if (one == null || hasLoneSurrogate(each.getKey())) {
          return false;
        }
        entry.setField(field.descriptor.getMessageType().findFieldByName("key"), each.getKey());
        read.add(entry.setField(field.value, one).build());
      }
    }
    into.setField(field.descriptor, read);
    return true;
  }

  private interface NewBuilder {
    Message.Builder get();
  }

  /** Returns one value of a field, or null if the field can't hold it as it is. */
  private Object one(Field field, Object item, int depth, NewBuilder builder) {
    switch (field.kind) {
      case STRING:
        return item instanceof String && !hasLoneSurrogate((String) item) ? item : null;
      case BOOL:
        return item instanceof Boolean ? item : null;
      case INT32:
        Long whole = integer(item);
        return whole != null && whole == whole.intValue() ? (Object) whole.intValue() : null;
      case INT64:
        return integer(item);
      case DOUBLE:
        return exactDouble(item);
      case BASE64:
        return base64(item);
      case DATA_URL:
        return dataUrl(item, builder);
      case RAW:
        return JsonText.write(item);
      default:
        return decode(field.message(), item, depth, builder.get());
    }
  }

  private static boolean hasLoneSurrogate(String text) {
    for (int index = 0; index < text.length(); index++) {
      char c = text.charAt(index);
      if (Character.isSurrogate(c)) {
        if (Character.isLowSurrogate(c)
            || index + 1 == text.length()
            || !Character.isLowSurrogate(text.charAt(index + 1))) {
          return true;
        }
        index++;
      }
    }
    return false;
  }

  /** Reads a number as an int64; {@code 1.0} is 1. */
  private static Long integer(Object item) {
    if (!(item instanceof Num)) {
      return null;
    }
    Num number = (Num) item;
    if (number.isInteger()) {
      try {
        return Long.valueOf(number.token);
      } catch (NumberFormatException unsigned) {
        return null;
      }
    }
    if (!number.isDouble()) {
      return null;
    }
    double value = number.value();
    return Math.abs(value) <= DOUBLE_INTEGERS && value == Math.rint(value) ? (Long) (long) value : null;
  }

  private static Double exactDouble(Object item) {
    if (!(item instanceof Num)) {
      return null;
    }
    Num number = (Num) item;
    if (number.isInteger()) {
      return Math.abs(number.value()) <= DOUBLE_INTEGERS ? (Double) number.value() : null;
    }
    return number.isDouble() ? (Double) number.value() : null;
  }

  /** Reads standard base64, if encoding it again gives the same text. */
  private static ByteString base64(Object item) {
    if (!(item instanceof String)) {
      return null;
    }
    String text = (String) item;
    try {
      byte[] data = Base64.getDecoder().decode(text);
      // Unused bits of the last characters, and absent padding, would not come back.
      int tail = Math.max(0, data.length - (data.length % 3 == 0 ? 3 : data.length % 3));
      byte[] end = java.util.Arrays.copyOfRange(data, tail, data.length);
      boolean same = text.length() % 4 == 0 && text.endsWith(Base64.getEncoder().encodeToString(end));
      return same ? ByteString.copyFrom(data) : null;
    } catch (IllegalArgumentException malformed) {
      return null;
    }
  }

  private static Message dataUrl(Object item, NewBuilder builder) {
    if (!(item instanceof String) || !((String) item).startsWith("data:")) {
      return null;
    }
    String text = (String) item;
    int mark = text.indexOf(BASE64_MARK);
    // Data starts at the first comma, so one in the type would make this another URL.
    if (mark < 0 || text.indexOf(',') < mark) {
      return null;
    }
    String mimeType = text.substring(5, mark);
    ByteString data = base64(text.substring(mark + BASE64_MARK.length()));
    if (data == null || hasLoneSurrogate(mimeType)) {
      return null;
    }
    InlineData.Builder found = ((InlineData.Builder) builder.get()).setData(data);
    return mimeType.isEmpty() ? found.build() : found.setMimeType(mimeType).build();
  }

  /** Puts a value that a field holds only nearly; returns false if it does not. */
  private static boolean near(Field field, Object item, Message.Builder into) {
    if (field.isOne()) {
      Object read = nearOne(field.kind, item);
      if (read != null) {
        into.setField(field.descriptor, read);
      }
      return read != null;
    }
    if (item == null || isEmpty(item)) {
      return false;
    }
    List<Object> read = new ArrayList<>();
    if (field.isList()) {
      for (Object each : item instanceof List ? (List<?>) item : List.of(item)) {
        Object one = nearOne(field.kind, each);
        if (one == null) {
          return false;
        }
        read.add(one);
      }
    } else {
      if (!(item instanceof Map)) {
        return false;
      }
      for (Map.Entry<String, Object> each : entries(item).entrySet()) {
        Object one = nearOne(field.kind, each.getValue());
        if (one == null || hasLoneSurrogate(each.getKey())) {
          return false;
        }
        Message.Builder entry = into.newBuilderForField(field.descriptor);
        entry.setField(field.descriptor.getMessageType().findFieldByName("key"), each.getKey());
        read.add(entry.setField(field.value, one).build());
      }
    }
    into.setField(field.descriptor, read);
    return true;
  }

  private static Object nearOne(Kind kind, Object item) {
    if (item == null) {
      return null;
    }
    String text = item.toString();
    switch (kind) {
      case STRING:
        return item instanceof String ? scalars(text) : JsonText.write(item);
      case BOOL:
        if (item instanceof Num) {
          return text.equals("0") || text.equals("1") ? (Object) text.equals("1") : null;
        }
        String lower = text.toLowerCase(Locale.ROOT);
        return item instanceof String && (lower.equals("true") || lower.equals("false")) ? (Object) lower.equals("true") : null;
      case INT32:
        Long whole = nearInteger(item);
        return whole != null && whole == whole.intValue() ? (Object) whole.intValue() : null;
      case INT64:
        return nearInteger(item);
      case DOUBLE:
        return nearDouble(item);
      case BASE64:
        return item instanceof String ? nearBase64(text) : null;
      default:
        return null;
    }
  }

  /** Returns a text with a replacement for each half of a surrogate pair, which UTF-8 does not have. */
  private static String scalars(String text) {
    StringBuilder found = new StringBuilder();
    text.codePoints().forEach(c -> found.appendCodePoint(c >= 0xD800 && c <= 0xDFFF ? 0xFFFD : c));
    return found.toString();
  }

  /** Returns the text of a number, or of one in a string; null for anything else. */
  private static String numberText(Object item) {
    if (!(item instanceof Num || item instanceof String)) {
      return null;
    }
    String text = item.toString();
    return text.length() <= NUMBER_LENGTH && NUMBER.matcher(text).matches() ? text : null;
  }

  private static Long nearInteger(Object item) {
    String text = numberText(item);
    if (text == null) {
      return null;
    }
    try {
      return Long.valueOf(text);
    } catch (NumberFormatException fraction) {
      double value = Double.parseDouble(text);
      return Math.abs(value) < 0x1p63 ? (Long) (long) value : null;
    }
  }

  private static Double nearDouble(Object item) {
    String text = numberText(item);
    Double value = text == null ? null : (Double) Double.parseDouble(text);
    return value == null || !Double.isFinite(value) ? null : value;
  }

  /** Reads base64 of the URL alphabet, with line breaks, or without padding. */
  private static ByteString nearBase64(String text) {
    String plain = text.replaceAll("\\s", "").replace('-', '+').replace('_', '/').replaceAll("=+$", "");
    try {
      return plain.isEmpty() ? null : ByteString.copyFrom(Base64.getDecoder().decode(plain));
    } catch (IllegalArgumentException malformed) {
      return null;
    }
  }

  /** Reads a vector; returns whether its floats are exactly the numbers given, or null if it is none. */
  private static Boolean vector(Field field, Object item, Message.Builder into) {
    if (item instanceof String) {
      ByteString data = base64(item);
      if (data == null || data.size() % Float.BYTES != 0) {
        return null;
      }
      FloatBuffer floats = data.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
      List<Float> values = new ArrayList<>();
      while (floats.hasRemaining()) {
        values.add(floats.get());
      }
      putVector(field, values, VectorEncoding.VECTOR_ENCODING_BASE64, into);
      return true;
    }
    if (!(item instanceof List) || ((List<?>) item).isEmpty()) {
      return null;
    }
    List<Float> values = new ArrayList<>();
    boolean numbers = true;
    boolean doubles = true;
    boolean floats = true;
    for (Object each : (List<?>) item) {
      Double value = nearDouble(each);
      if (value == null || !Float.isFinite(value.floatValue())) {
        return null;
      }
      float held = value.floatValue();
      numbers &= each instanceof Num;
      doubles &= held == value;
      floats &= JsonText.shortest(held) == value;
      values.add(held);
    }
    putVector(
        field,
        values,
        doubles && numbers ? VectorEncoding.VECTOR_ENCODING_FLOAT64 : VectorEncoding.VECTOR_ENCODING_FLOAT32,
        into);
    return numbers && (doubles || floats);
  }

  private static void putVector(Field field, List<Float> values, VectorEncoding encoding, Message.Builder into) {
    into.setField(field.descriptor, values);
    into.setField(encodingOf(field), encoding.getValueDescriptor());
  }

  private static FieldDescriptor encodingOf(Field field) {
    return field.descriptor.getContainingType().findFieldByName(field.descriptor.getName() + "_encoding");
  }

  /** Chooses the arm by the type of the value; of an object by its discriminator, and without one by its keys. */
  private boolean union(JsonShape union, Object value, int depth, Message.Builder into) {
    if (value instanceof Map ? tagged(union, entries(value), depth, into) : attempt(union, value, depth, into)) {
      return true;
    }
    Field unknown = union.catchAll();
    if (unknown != null) {
      into.setField(unknown.descriptor, JsonText.write(value));
      return true;
    }
    for (Field arm : union.fields) {
      if (arm.isUnion() && arm.message().catchAll() != null) {
        return set(arm, value, depth, into);
      }
    }
    return false;
  }

  private boolean attempt(JsonShape union, Object value, int depth, Message.Builder into) {
    JsonShape.Type type =
        value instanceof String ? JsonShape.Type.STRING
            : value instanceof Boolean ? JsonShape.Type.BOOL
            : value instanceof Num ? JsonShape.Type.NUMBER
            : value instanceof List ? JsonShape.Type.LIST
            : null;
    return type != null && attempt(union, union.taking(type), value, depth, into);
  }

  private boolean tagged(JsonShape union, Map<String, Object> value, int depth, Message.Builder into) {
    List<Field> untagged = union.untagged();
    if (union.tagged().isEmpty()) {
      return attempt(union, untagged, value, depth, into);
    }
    Object tag = value.get(union.tag);
    if (tag instanceof String) {
      Field arm = union.tagged().get(tag);
      if (arm != null && set(arm, withoutTag(union, arm, value), depth, into)) {
        return true;
      }
    }
    if ((tag == null || tag.equals("")) && attempt(union, untagged, value, depth, into)) {
      return true;
    }
    boolean all = union.catchAll() == null;
    List<Field> others = new ArrayList<>();
    for (Field arm : untagged) {
      if ((all && arm.has.isEmpty()) || (arm.isUnion() && !arm.message().tag.equals(union.tag))) {
        others.add(arm);
      }
    }
    return attempt(union, others, value, depth, into);
  }

  private boolean attempt(JsonShape union, List<Field> arms, Object value, int depth, Message.Builder into) {
    for (Field arm : arms) {
      if (!arm.has.isEmpty() && !(value instanceof Map && entries(value).keySet().containsAll(arm.has))) {
        continue;
      }
      Object given = value instanceof Map ? withoutTag(union, arm, entries(value)) : value;
      if (set(arm, given, depth, into)) {
        Field unknown = arm.isUnion() ? arm.message().catchAll() : null;
        if (unknown == null || !((Message) into.getField(arm.descriptor)).hasField(unknown.descriptor)) {
          return true;
        }
        into.clearField(arm.descriptor);
      }
    }
    return false;
  }

  /** Returns an object without the discriminator that its arm stands for; an absent one is marked with a null. */
  private static Map<String, Object> withoutTag(JsonShape union, Field arm, Map<String, Object> value) {
    String implied = union.impliedTag(arm);
    if (implied == null) {
      return value;
    }
    Map<String, Object> changed = new LinkedHashMap<>(value);
    if (implied.equals(value.get(union.tag))) {
      changed.remove(union.tag);
    } else {
      changed.putIfAbsent(union.tag, null);
    }
    return changed;
  }

  private static Object encode(Message message) {
    JsonShape shape = JsonShape.of(message.getDescriptorForType());
    if (shape.union != null) {
      FieldDescriptor set = message.getOneofFieldDescriptor(shape.union);
      if (set == null) {
        throw new JsonException(shape.descriptor.getFullName() + " is empty: one of its fields must be set");
      }
      Field arm = shape.fields.stream().filter(field -> field.descriptor == set).findFirst().orElseThrow();
      Object value = value(arm, message);
      String implied = shape.impliedTag(arm);
      return implied == null ? value : withTag(shape.tag, implied, entries(value));
    }
    if (shape.transparent) {
      Field field = shape.fields.get(0);
      if (field.isOne() && !message.hasField(field.descriptor)) {
        throw new JsonException(shape.descriptor.getFullName() + " is empty: its field must be set");
      }
      return value(field, message);
    }
    Map<String, Object> out = new LinkedHashMap<>(shape.constants);
    shape.byKey.forEach((key, fields) -> exclusive(key, fields, message));
    write(shape, message, out);
    for (FieldDescriptor inline : shape.inlines) {
      if (message.hasField(inline)) {
        write(JsonShape.of(inline.getMessageType()), (Message) message.getField(inline), out);
      }
    }
    if (shape.extra != null && !((String) message.getField(shape.extra)).isEmpty()) {
      addExtra(shape, (String) message.getField(shape.extra), out);
    }
    return out;
  }

  private static void write(JsonShape shape, Message message, Map<String, Object> out) {
    for (Field field : shape.fields) {
      if (field.kind == Kind.VECTOR) {
        Object value = vectorValue(field, message);
        if (value != null) {
          out.put(field.key, value);
        }
      } else if (isSet(field, message) || (field.writeEmpty && !out.containsKey(field.key))) {
        out.put(field.key, value(field, message));
      }
    }
  }

  /** Checks that of several fields with one key, outside a oneof, no two are set. */
  private static void exclusive(String key, List<Field> fields, Message message) {
    Field first = null;
    for (Field field : fields) {
      if (fields.size() > 1 && field.oneof() == null && field.inside == null && isSet(field, message)) {
        if (first != null) {
          throw new JsonException(
              first.descriptor.getName() + " and " + field.descriptor.getName() + " are both set, and both are " + key
                  + " in JSON: set only one of them");
        }
        first = field;
      }
    }
  }

  private static boolean isSet(Field field, MessageOrBuilder message) {
    return field.isOne() ? message.hasField(field.descriptor) : message.getRepeatedFieldCount(field.descriptor) > 0;
  }

  private static Map<String, Object> withTag(String key, String tag, Map<String, Object> value) {
    if (value.containsKey(key)) {
      if (value.get(key) == null) {
        value.remove(key);
      }
      return value;
    }
    Map<String, Object> changed = new LinkedHashMap<>();
    changed.put(key, tag);
    changed.putAll(value);
    return changed;
  }

  /** Adds the extra keys. A null for a constant, or for what is otherwise always written, says that it is absent. */
  private static void addExtra(JsonShape shape, String text, Map<String, Object> out) {
    Object keys;
    try {
      keys = JsonText.read(text);
    } catch (JsonException error) {
      throw error.inside(shape.extra.getName());
    }
    if (!(keys instanceof Map)) {
      throw new JsonException("not a JSON object").inside(shape.extra.getName());
    }
    entries(keys).forEach((key, item) -> {
      if (item != null || !shape.markers.contains(key)) {
        out.put(key, item);
      } else if (shape.constants.containsKey(key) || isEmpty(out.get(key))) {
        out.remove(key);
      }
    });
  }

  private static Object value(Field field, Message message) {
    String name = field.descriptor.getName();
    if (field.isOne()) {
      return value(field, message.getField(field.descriptor), name);
    }
    List<?> values = (List<?>) message.getField(field.descriptor);
    if (field.isList()) {
      List<Object> found = new ArrayList<>();
      for (Object each : values) {
        found.add(value(field, each, name + "[" + found.size() + "]"));
      }
      return found;
    }
    Map<String, Object> found = new LinkedHashMap<>();
    FieldDescriptor key = field.descriptor.getMessageType().findFieldByName("key");
    for (Object each : values) {
      String text = (String) ((Message) each).getField(key);
      found.put(text, value(field, ((Message) each).getField(field.value), name + "[" + text + "]"));
    }
    return found;
  }

  private static Object value(Field field, Object value, String step) {
    try {
      switch (field.kind) {
        case INT32:
        case INT64:
          return Num.of(((Number) value).longValue());
        case DOUBLE:
          if (!Double.isFinite((Double) value)) {
            throw new JsonException("JSON has no such number");
          }
          return Num.of((double) value);
        case BASE64:
          return base64Text((ByteString) value);
        case DATA_URL:
          InlineData data = (InlineData) value;
          return "data:" + data.getMimeType() + BASE64_MARK + base64Text(data.getData());
        case RAW:
          return JsonText.read((String) value);
        case MESSAGE:
          return encode((Message) value);
        default:
          return value;
      }
    } catch (JsonException error) {
      throw error.inside(step);
    }
  }

  private static String base64Text(ByteString data) {
    return Base64.getEncoder().encodeToString(data.toByteArray());
  }

  /** Returns a vector's JSON, or null where the message has none. */
  private static Object vectorValue(Field field, Message message) {
    List<?> values = (List<?>) message.getField(field.descriptor);
    int encoding = ((EnumValueDescriptor) message.getField(encodingOf(field))).getNumber();
    if (encoding == VectorEncoding.VECTOR_ENCODING_BASE64_VALUE) {
      ByteBuffer data = ByteBuffer.allocate(values.size() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      values.forEach(each -> data.putFloat((Float) each));
      return Base64.getEncoder().encodeToString(data.array());
    }
    if (values.isEmpty()) {
      return null;
    }
    List<Object> found = new ArrayList<>();
    for (Object each : values) {
      float value = (Float) each;
      if (!Float.isFinite(value)) {
        throw new JsonException("JSON has no such number").inside(field.descriptor.getName());
      }
      found.add(Num.of(encoding == VectorEncoding.VECTOR_ENCODING_FLOAT64_VALUE ? value : JsonText.shortest(value)));
    }
    return found;
  }
}
