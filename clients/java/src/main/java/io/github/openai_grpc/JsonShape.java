package io.github.openai_grpc;

import com.google.protobuf.DescriptorProtos.FieldOptions;
import com.google.protobuf.DescriptorProtos.MessageOptions;
import com.google.protobuf.DescriptorProtos.OneofOptions;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.ExtensionLite;
import io.github.openai_grpc.options.v1.Json;
import io.github.openai_grpc.options.v1.JsonConstant;
import io.github.openai_grpc.options.v1.JsonField;
import io.github.openai_grpc.options.v1.JsonForm;
import io.github.openai_grpc.options.v1.JsonMessage;
import io.github.openai_grpc.options.v1.JsonOneof;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** How a message maps to JSON, by its descriptor and the options of {@code openai_grpc/options/v1/json.proto}. */
final class JsonShape {
  // By this type the oldest runtime has a method that reads them; their own type has one in newer ones only.
  private static final ExtensionLite<MessageOptions, JsonMessage> MESSAGE = Json.jsonMessage;
  private static final ExtensionLite<FieldOptions, JsonField> FIELD = Json.json;
  private static final ExtensionLite<OneofOptions, JsonOneof> ONEOF = Json.jsonOneof;

  private static final Map<Descriptor, JsonShape> SHAPES = new ConcurrentHashMap<>();

  final Descriptor descriptor;
  /** The fields that are part of the JSON, by number, without those of inline messages. */
  final List<Field> fields;
  /** Fields of one message whose fields are keys of the enclosing object. */
  final List<FieldDescriptor> inlines;
  /** The fields of each key, the most specific first, with those of inline messages. */
  final Map<String, List<Field>> byKey;
  final Map<String, String> constants;
  /** The field for JSON that no other field can hold, or null. */
  final FieldDescriptor extra;
  final boolean transparent;
  /** The oneof of a transparent message, or null. */
  final OneofDescriptor union;
  /** The key of the union's discriminator. */
  final String tag;
  /** The keys whose null in the extra ones says only that the key is absent. */
  final Set<String> markers;

  // Made when they are first needed: a union may be an arm of itself.
  private volatile Map<String, Field> tagged;
  private volatile List<Field> untagged;
  private volatile Map<Type, List<Field>> taking;

  /** A form of a value. Where fields share a key, an earlier kind is tried first. */
  enum Kind {
    DATA_URL,
    BASE64,
    BOOL,
    INT32,
    INT64,
    DOUBLE,
    STRING,
    VECTOR,
    MESSAGE,
    RAW
  }

  /** A type of JSON values. */
  enum Type {
    STRING,
    BOOL,
    NUMBER,
    LIST,
    OBJECT
  }

  /** A field that is part of the JSON. */
  static final class Field {
    final FieldDescriptor descriptor;
    /** The field that has the value: that of a map's values, or the field itself. */
    final FieldDescriptor value;
    final String key;
    final Kind kind;
    final boolean writeEmpty;
    final List<String> tags;
    final List<String> has;
    /** The field of the inline message that it is in; null: it is one of the message itself. */
    final FieldDescriptor inside;

    private Field(FieldDescriptor field, FieldDescriptor inside) {
      JsonField options = field.getOptions().getExtension(FIELD);
      this.descriptor = field;
      this.value = field.isMapField() ? field.getMessageType().findFieldByName("value") : field;
      this.key = options.getName().isEmpty() ? field.getName() : options.getName();
      this.kind = kind(options.getForm(), value);
      this.writeEmpty = options.getWriteEmpty();
      this.tags = options.getTagList();
      this.has = options.getHasList();
      this.inside = inside;
    }

    boolean isMap() {
      return descriptor.isMapField();
    }

    boolean isList() {
      return descriptor.isRepeated() && !isMap();
    }

    boolean isOne() {
      return !descriptor.isRepeated();
    }

    /** The type of its values, when they are messages. */
    JsonShape message() {
      return kind == Kind.MESSAGE ? of(value.getMessageType()) : null;
    }

    boolean isUnion() {
      return kind == Kind.MESSAGE && message().union != null;
    }

    /** The oneof that it is in, when that has more than one field. */
    OneofDescriptor oneof() {
      OneofDescriptor oneof = descriptor.getContainingOneof();
      return oneof != null && oneof.getFieldCount() > 1 ? oneof : null;
    }

    private static Kind kind(JsonForm form, FieldDescriptor value) {
      switch (form) {
        case JSON_FORM_RAW:
          return Kind.RAW;
        case JSON_FORM_DATA_URL:
          return Kind.DATA_URL;
        case JSON_FORM_VECTOR:
          return Kind.VECTOR;
        default:
          break;
      }
      switch (value.getType()) {
        case STRING:
          return Kind.STRING;
        case BOOL:
          return Kind.BOOL;
        case INT32:
          return Kind.INT32;
        case INT64:
          return Kind.INT64;
        case DOUBLE:
          return Kind.DOUBLE;
        case BYTES:
          return Kind.BASE64;
        case MESSAGE:
          return Kind.MESSAGE;
        default:
          throw new IllegalArgumentException(value.getFullName() + " has a type that has no JSON");
      }
    }
  }

  /** Returns the shape of a message of {@code openai_grpc.v1}. */
  static JsonShape of(Descriptor descriptor) {
    JsonShape found = SHAPES.get(descriptor);
    if (found == null) {
      found = new JsonShape(descriptor);
      SHAPES.put(descriptor, found);
    }
    return found;
  }

  private JsonShape(Descriptor descriptor) {
    JsonMessage options = descriptor.getOptions().getExtension(MESSAGE);
    this.descriptor = descriptor;
    List<FieldDescriptor> ordered = new ArrayList<>(descriptor.getFields());
    ordered.sort(Comparator.comparing(FieldDescriptor::getNumber));
    fields = new ArrayList<>();
    inlines = new ArrayList<>();
    FieldDescriptor keeps = null;
    for (FieldDescriptor field : ordered) {
      FieldOptions declared = field.getOptions();
      if (declared.getExtension(FIELD).getForm() == JsonForm.JSON_FORM_EXTRA) {
        keeps = field;
      } else if (declared.getExtension(FIELD).getInline()) {
        inlines.add(field);
      } else if (field.getNumber() < 900 || field.getNumber() > 999) {
        fields.add(new Field(field, null));
      }
    }
    extra = keeps;
    transparent = options.getTransparent();
    List<OneofDescriptor> oneofs = transparent ? descriptor.getRealOneofs() : List.of();
    union = oneofs.isEmpty() ? null : oneofs.get(0);
    String named = union == null ? "" : union.getOptions().getExtension(ONEOF).getTag();
    tag = named.isEmpty() ? "type" : named;
    constants = new LinkedHashMap<>();
    for (JsonConstant constant : options.getConstantsList()) {
      constants.put(constant.getKey(), constant.getValue());
    }
    List<Field> all = new ArrayList<>(fields);
    for (FieldDescriptor inline : inlines) {
      List<FieldDescriptor> inner = new ArrayList<>(inline.getMessageType().getFields());
      inner.sort(Comparator.comparing(FieldDescriptor::getNumber));
      inner.forEach(field -> all.add(new Field(field, inline)));
    }
    byKey = new LinkedHashMap<>();
    all.forEach(field -> byKey.computeIfAbsent(field.key, key -> new ArrayList<>()).add(field));
    byKey.values().forEach(same -> same.sort(Comparator.comparing(field -> field.kind)));
    markers = new HashSet<>(constants.keySet());
    all.stream().filter(field -> field.writeEmpty).forEach(field -> markers.add(field.key));
  }

  boolean knows(String key) {
    return byKey.containsKey(key) || constants.containsKey(key);
  }

  /** Returns the arm that holds any JSON value as text, or null. */
  Field catchAll() {
    return fields.stream().filter(arm -> arm.kind == Kind.RAW).findFirst().orElse(null);
  }

  /** Returns the discriminator that an arm alone stands for, as its message has no key for it; null: none. */
  String impliedTag(Field arm) {
    if (arm.tags.isEmpty() || arm.kind != Kind.MESSAGE) {
      return null;
    }
    JsonShape message = arm.message();
    return message.transparent || message.knows(tag) ? null : arm.tags.get(0);
  }

  /** Returns the arm of each discriminator. */
  Map<String, Field> tagged() {
    Map<String, Field> found = tagged;
    if (found == null) {
      found = new HashMap<>();
      for (Field arm : fields) {
        for (String each : tags(arm, tag)) {
          found.putIfAbsent(each, arm);
        }
      }
      tagged = found;
    }
    return found;
  }

  /** Returns the arms that take objects without a discriminator, in the order in which they are tried. */
  List<Field> untagged() {
    List<Field> found = untagged;
    if (found == null) {
      found = ordered();
      untagged = found;
    }
    return found;
  }

  private List<Field> ordered() {
    List<Field> arms = fields.stream().filter(arm -> takes(arm).contains(Type.OBJECT)).collect(Collectors.toList());
    List<Field> ordered = arms.stream().filter(arm -> !arm.has.isEmpty()).collect(Collectors.toList());
    arms.stream().filter(arm -> arm.has.isEmpty() && arm.isUnion()).forEach(ordered::add);
    arms.stream()
        .filter(arm -> arm.has.isEmpty() && !arm.isUnion() && tags(arm, tag).isEmpty())
        .forEach(ordered::add);
    return ordered;
  }

  /** Returns the arms that take a type, in the order in which they are tried. */
  List<Field> taking(Type type) {
    Map<Type, List<Field>> found = taking;
    if (found == null) {
      found = new EnumMap<>(Type.class);
      for (Type each : Type.values()) {
        found.put(each, armsOf(each));
      }
      taking = found;
    }
    return found.get(type);
  }

  private List<Field> armsOf(Type type) {
    List<Field> arms = fields.stream().filter(arm -> takes(arm).contains(type)).collect(Collectors.toList());
    if (type != Type.LIST) {
      arms.sort(Comparator.comparing(arm -> arm.kind));
    }
    return arms;
  }

  /** Returns the discriminators that choose an arm, or an arm of the union that it is. */
  private static List<String> tags(Field arm, String key) {
    if (arm.kind != Kind.MESSAGE) {
      return List.of();
    }
    JsonShape message = arm.message();
    List<String> tags = new ArrayList<>(arm.tags);
    if (tags.isEmpty() && message.constants.containsKey(key)) {
      tags.add(message.constants.get(key));
    }
    if (message.union != null && message.tag.equals(key)) {
      message.fields.forEach(inner -> tags.addAll(tags(inner, key)));
    }
    return tags;
  }

  /** Returns the types of JSON values that an arm may take, apart from an arm that takes all. */
  private static Set<Type> takes(Field arm) {
    if (!arm.isOne()) {
      return EnumSet.of(arm.isList() ? Type.LIST : Type.OBJECT);
    }
    switch (arm.kind) {
      case DATA_URL:
      case BASE64:
      case STRING:
        return EnumSet.of(Type.STRING);
      case BOOL:
        return EnumSet.of(Type.BOOL);
      case INT32:
      case INT64:
      case DOUBLE:
        return EnumSet.of(Type.NUMBER);
      case MESSAGE:
        JsonShape message = arm.message();
        if (!message.transparent) {
          return EnumSet.of(Type.OBJECT);
        }
        return message.fields.stream()
            .map(JsonShape::takes)
            .flatMap(Collection::stream)
            .collect(Collectors.toCollection(() -> EnumSet.noneOf(Type.class)));
      default:
        return EnumSet.noneOf(Type.class);
    }
  }
}
