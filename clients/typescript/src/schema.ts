/**
 * Strict JSON Schemas of a caller's types, and values of these types from JSON.
 *
 * In strict mode every property is required and no other is allowed, so what is optional may be null instead. What strict
 * mode can't express is refused when the schema is made.
 *
 * Over 600 lines, as a schema and the reading of its values mirror each other type by type.
 */
import {
  type DescEnum,
  type DescEnumValue,
  type DescField,
  type DescFile,
  type DescMessage,
  type DescOneof,
  fromJson,
  type JsonValue as ProtoJson,
  type MessageShape,
  ScalarType,
} from "@bufbuild/protobuf";

import { isObject, type Json, RawNumber } from "./json/text.js";

/** A schema of zod 4.2 or later, or of another library with JSON Schema in Standard Schema. */
export interface StandardSchema<T = unknown> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => StandardResult<T> | Promise<StandardResult<T>>;
    readonly types?: { readonly input: unknown; readonly output: T } | undefined;
  };
}

/** Result of a validation by Standard Schema. */
type StandardResult<T> =
  | { readonly value: T; readonly issues?: undefined }
  | { readonly issues: readonly { readonly message: string; readonly path?: readonly unknown[] | undefined }[] };

/** A type of a caller's: a message type of Protobuf, or a schema of zod or another library of Standard Schema. */
export type Type = DescMessage | StandardSchema;

/** The values of a type. */
export type ValueOf<T extends Type> = T extends DescMessage
  ? MessageShape<T>
  : T extends StandardSchema<infer Value>
    ? Value
    : never;

/** A JSON Schema. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** A value that is not one of its type. */
export class TypeMismatch extends Error {
  override readonly name = "TypeMismatch";
  /** @param path Where: `items[2].name`. Empty for the whole value. */
  constructor(
    reason: string,
    readonly path: string,
  ) {
    super(path ? `${path}: ${reason}` : reason);
  }
}

/** Tells whether a type is a message type of Protobuf. */
export function isMessageType(type: unknown): type is DescMessage {
  return typeof type === "object" && type !== null && (type as { kind?: unknown }).kind === "message";
}

/** Tells whether a type is a schema of zod, or of another library of Standard Schema. */
export function isStandardSchema(type: unknown): type is StandardSchema {
  return (typeof type === "object" || typeof type === "function") && type !== null && "~standard" in type;
}

/**
 * Returns the strict JSON Schema of a type.
 *
 * @throws TypeError The type has something that strict mode can't express.
 */
export function schemaOf(type: Type): JsonSchema {
  const schema = isMessageType(type) ? new MessageSchemas().root(type) : strict(jsonSchemaOf(type));
  checkLimits(schema);
  return schema;
}

/** Returns the name of a type, for a schema or an error. */
export function nameOf(type: Type): string {
  const title = isMessageType(type) ? type.name : jsonSchemaOf(type)["title"];
  const name = typeof title === "string" ? title.replace(/[^A-Za-z0-9_-]/g, "_").slice(0, 64) : "";
  return name || "reply";
}

/**
 * Returns a JSON value as a value of a type.
 *
 * @throws TypeMismatch It is not one.
 */
export async function valueOf<T extends Type>(type: T, json: Json): Promise<ValueOf<T>> {
  if (isMessageType(type)) {
    const value = readMessage(type, json, "");
    try {
      return fromJson(type, value) as ValueOf<T>;
    } catch (error) {
      throw new TypeMismatch(error instanceof Error ? error.message : String(error), "");
    }
  }
  const result = await type["~standard"].validate(withoutNulls(plain(json), jsonSchemaOf(type), jsonSchemaOf(type)));
  if (result.issues) {
    const [issue] = result.issues;
    throw new TypeMismatch(issue?.message ?? "invalid", pathOf(issue?.path ?? []));
  }
  return result.value as ValueOf<T>;
}

// Messages of Protobuf

const integers = new Set<ScalarType>([
  ScalarType.INT32,
  ScalarType.INT64,
  ScalarType.UINT32,
  ScalarType.UINT64,
  ScalarType.SINT32,
  ScalarType.SINT64,
  ScalarType.FIXED32,
  ScalarType.FIXED64,
  ScalarType.SFIXED32,
  ScalarType.SFIXED64,
]);
const wellKnown: Readonly<Record<string, JsonSchema>> = {
  "google.protobuf.Timestamp": { type: "string", format: "date-time" },
  "google.protobuf.Duration": { type: "string", pattern: "^-?[0-9]+(\\.[0-9]{1,9})?s$" },
};

/** Writes the schemas of messages; one that contains itself is a definition. */
class MessageSchemas {
  private readonly definitions = new Map<DescMessage, JsonSchema | undefined>();
  private readonly active = new Set<DescMessage>();
  private readonly recursive = new Set<DescMessage>();

  root(desc: DescMessage): JsonSchema {
    if (desc.typeName in wellKnown || isWrapper(desc)) {
      throw new TypeError(`${desc.typeName} can't be asked for: the outermost type must be an object`);
    }
    const schema = this.object(desc, desc.name);
    const definitions = [...this.definitions].filter(([each]) => each !== desc);
    return definitions.length === 0
      ? schema
      : { ...schema, $defs: Object.fromEntries(definitions.map(([each, found]) => [each.typeName, found])) };
  }

  private message(desc: DescMessage, path: string): JsonSchema {
    const known = wellKnown[desc.typeName];
    if (known) {
      return known;
    }
    if (isWrapper(desc)) {
      return scalarSchema(wrapped(desc));
    }
    if (desc.file.proto.package === "google.protobuf") {
      throw new TypeError(`${path}: strict mode can't express ${desc.typeName}: use a message of your own`);
    }
    if (this.active.has(desc) || this.definitions.has(desc)) {
      this.recursive.add(desc);
      return { $ref: this.active.values().next().value === desc ? "#" : `#/$defs/${desc.typeName}` };
    }
    const schema = this.object(desc, path);
    if (!this.recursive.has(desc)) {
      return schema;
    }
    this.definitions.set(desc, schema);
    return { $ref: `#/$defs/${desc.typeName}` };
  }

  private object(desc: DescMessage, path: string): JsonSchema {
    this.active.add(desc);
    const properties = desc.members.map((member): [string, JsonSchema] => {
      const place = `${path}.${member.name}`;
      return [member.name, member.kind === "oneof" ? this.oneof(member, place) : this.field(member, place)];
    });
    this.active.delete(desc);
    return describe(closed(properties), commentOf(desc));
  }

  /** A oneof is an object with the one arm that is set, so that strict mode allows neither two nor none. */
  private oneof(oneof: DescOneof, path: string): JsonSchema {
    const arms = oneof.fields.map((field) => closed([[field.name, this.field(field, `${path}.${field.name}`)]]));
    return describe({ anyOf: arms }, commentOf(oneof));
  }

  private field(field: DescField, path: string): JsonSchema {
    const schema = this.value(field, path);
    return describe(isNullable(field) ? { anyOf: [schema, { type: "null" }] } : schema, commentOf(field));
  }

  private value(field: DescField, path: string): JsonSchema {
    switch (field.fieldKind) {
      case "scalar":
        return scalarSchema(field.scalar);
      case "enum":
        return enumSchema(field.enum);
      case "message":
        return this.message(field.message, path);
      case "list":
        return { type: "array", items: this.item(field, path) };
      case "map": {
        // Strict mode has no maps: their entries are listed.
        const entry = closed([
          ["key", scalarSchema(field.mapKey)],
          ["value", this.item(field, path)],
        ]);
        return { type: "array", items: entry };
      }
    }
  }

  private item(field: DescField & { fieldKind: "list" | "map" }, path: string): JsonSchema {
    if (field.message) {
      return this.message(field.message, `${path}[]`);
    }
    return field.enum ? enumSchema(field.enum) : scalarSchema(field.scalar);
  }
}

/**
 * Tells whether a field may be absent: one that is `optional`, a wrapper of a scalar, or a message that leads back to the
 * one around it, which would have no end. Of a oneof, no arm is.
 */
function isNullable(field: DescField): boolean {
  if (field.oneof !== undefined) {
    return false;
  }
  const isMessage = field.fieldKind === "message";
  return field.proto.proto3Optional || (isMessage && (isWrapper(field.message) || reaches(field.message, field.parent)));
}

function reaches(from: DescMessage, target: DescMessage, seen = new Set<DescMessage>()): boolean {
  if (from === target) {
    return true;
  }
  if (seen.has(from)) {
    return false;
  }
  seen.add(from);
  return from.fields.some(({ message }) => message && reaches(message, target, seen));
}

function closed(properties: readonly (readonly [string, JsonSchema])[]): JsonSchema {
  return {
    type: "object",
    properties: Object.fromEntries(properties),
    required: properties.map(([name]) => name),
    additionalProperties: false,
  };
}

/** Puts a description before what the schema's own type says of itself. */
function describe(schema: JsonSchema, description: string): JsonSchema {
  if (!description) {
    return schema;
  }
  if ("$ref" in schema) {
    return { anyOf: [schema], description }; // strict mode allows nothing besides a reference
  }
  return { ...schema, description: [description, schema["description"]].filter(Boolean).join("\n") };
}

/** Tells whether a message is a scalar that may be absent, such as `google.protobuf.StringValue`. */
function isWrapper(desc: DescMessage): boolean {
  return desc.file.name === "google/protobuf/wrappers";
}

function wrapped(desc: DescMessage): ScalarType {
  return desc.fields[0]?.scalar ?? ScalarType.STRING;
}

function scalarSchema(scalar: ScalarType): JsonSchema {
  switch (scalar) {
    case ScalarType.BOOL:
      return { type: "boolean" };
    case ScalarType.STRING:
      return { type: "string" };
    case ScalarType.BYTES:
      return { type: "string", description: "Base64." };
    default:
      return { type: integers.has(scalar) ? "integer" : "number" };
  }
}

function enumSchema(desc: DescEnum): JsonSchema {
  const values = valuesOf(desc).map((value) => [value.name, commentOf(value)] as const);
  const comments = values.filter(([, comment]) => comment).map(([name, comment]) => `${name}: ${comment}`);
  const description = [commentOf(desc), ...comments].filter(Boolean).join("\n");
  return describe({ type: "string", enum: values.map(([name]) => name) }, description);
}

/** Returns the values that can be asked for: all but an unspecified first one. */
function valuesOf(desc: DescEnum) {
  const [first, ...rest] = desc.values;
  return first?.number === 0 && first.name.endsWith("UNSPECIFIED") && rest.length > 0 ? rest : desc.values;
}

/** Reads a JSON value as the JSON of Protobuf of a message, and checks that it is of the message's schema. */
function readMessage(desc: DescMessage, json: Json, path: string): ProtoJson {
  if (desc.typeName in wellKnown) {
    return typeof json === "string" ? json : fail("must be a string", path);
  }
  if (isWrapper(desc)) {
    return readScalar(wrapped(desc), json, path);
  }
  if (!isObject(json)) {
    return fail("must be an object", path);
  }
  refuseOthers(json, desc.members.map(({ name }) => name), path);
  const read: [string, ProtoJson][] = [];
  for (const member of desc.members) {
    const { name } = member;
    const value = json[name];
    const isAbsent = value === null && member.kind === "field" && isNullable(member);
    if (value === undefined || (value === null && !isAbsent)) {
      return fail(value === null ? "must not be null" : "is missing", at(path, name));
    }
    if (!isAbsent) {
      read.push(member.kind === "oneof" ? readArm(member, value, at(path, name)) : [name, readField(member, value, at(path, name))]);
    }
  }
  return Object.fromEntries(read);
}

function refuseOthers(json: object, names: readonly string[], path: string): void {
  const unknown = Object.keys(json).find((key) => !names.includes(key));
  if (unknown !== undefined) {
    fail("there is no such field", at(path, unknown));
  }
}

function readArm({ fields }: DescOneof, json: Json, path: string): [string, ProtoJson] {
  const set = isObject(json) ? Object.entries(json) : [];
  const [name, value] = set[0] ?? [];
  const arm = fields.find((field) => field.name === name);
  if (set.length !== 1 || !arm || value === undefined) {
    return fail(`must be an object with exactly one of ${fields.map((field) => field.name).join(", ")}`, path);
  }
  return [arm.name, value === null ? fail("must not be null", at(path, arm.name)) : readField(arm, value, at(path, arm.name))];
}

function readField(field: DescField, json: Json, path: string): ProtoJson {
  if (field.fieldKind !== "list" && field.fieldKind !== "map") {
    return readOne(field, json, path);
  }
  if (!Array.isArray(json)) {
    return fail("must be an array", path);
  }
  if (field.fieldKind === "list") {
    return json.map((item, index) => readOne(field, item, `${path}[${index}]`));
  }
  const keys = new Set<string>();
  const entries = json.map((entry, index): [string, ProtoJson] => {
    const place = `${path}[${index}]`;
    if (!isObject(entry) || entry["key"] === undefined || entry["value"] === undefined) {
      return fail("must be an object of key and value", place);
    }
    refuseOthers(entry, ["key", "value"], place);
    const key = (readScalar(field.mapKey, entry["key"], `${place}.key`) as string | number | boolean).toString();
    if (keys.has(key)) {
      return fail("is there twice", `${place}.key`);
    }
    keys.add(key);
    return [key, readOne(field, entry["value"], `${place}.value`)];
  });
  return Object.fromEntries(entries);
}

function readOne(field: DescField, json: Json, path: string): ProtoJson {
  if (field.message) {
    return readMessage(field.message, json, path);
  }
  if (field.enum) {
    const names = valuesOf(field.enum).map(({ name }) => name);
    return typeof json === "string" && names.includes(json) ? json : fail(`must be one of ${names.join(", ")}`, path);
  }
  return readScalar(field.scalar, json, path);
}

function readScalar(scalar: ScalarType, json: Json, path: string): ProtoJson {
  switch (scalar) {
    case ScalarType.BOOL:
      return typeof json === "boolean" ? json : fail("must be a boolean", path);
    case ScalarType.STRING:
    case ScalarType.BYTES:
      return typeof json === "string" ? json : fail("must be a string", path);
    default:
      if (json instanceof RawNumber || typeof json === "bigint") {
        return json instanceof RawNumber ? json.token : json.toString();
      }
      if (typeof json !== "number" || (integers.has(scalar) && !Number.isInteger(json))) {
        return fail(integers.has(scalar) ? "must be an integer" : "must be a number", path);
      }
      return json;
  }
}

function fail(reason: string, path: string): never {
  throw new TypeMismatch(reason, path);
}

function at(path: string, name: string): string {
  return path ? `${path}.${name}` : name;
}

type Commented = DescMessage | DescField | DescOneof | DescEnum | DescEnumValue;

/** Returns the comment of a declaration, where its descriptor has comments: generated code leaves them out. */
function commentOf(desc: Commented): string {
  const file = "file" in desc ? desc.file : desc.parent.file;
  const path = sourcePath(desc).join();
  const location = file.proto.sourceCodeInfo?.location.find((each) => each.path.join() === path);
  const comments = `${location?.leadingComments ?? ""} ${location?.trailingComments ?? ""}`;
  return comments.replace(/\s+/g, " ").trim();
}

/** Returns where a declaration is in its file, as `SourceCodeInfo` numbers it. */
function sourcePath(desc: Commented): number[] {
  switch (desc.kind) {
    case "field":
      return [...sourcePath(desc.parent), 2, desc.parent.proto.field.indexOf(desc.proto)];
    case "oneof":
      return [...sourcePath(desc.parent), 8, desc.parent.proto.oneofDecl.indexOf(desc.proto)];
    case "enum_value":
      return [...sourcePath(desc.parent), 2, desc.parent.proto.value.indexOf(desc.proto)];
  }
  const { parent, file } = desc;
  const [list, number] = desc.kind === "message" ? messagesOf(parent ?? file) : enumsOf(parent ?? file);
  return [...(parent ? sourcePath(parent) : []), number, (list as unknown[]).indexOf(desc.proto)];
}

function messagesOf(parent: DescMessage | DescFile) {
  return parent.kind === "message" ? ([parent.proto.nestedType, 3] as const) : ([parent.proto.messageType, 4] as const);
}

function enumsOf(parent: DescMessage | DescFile) {
  return parent.kind === "message" ? ([parent.proto.enumType, 4] as const) : ([parent.proto.enumType, 5] as const);
}

// Schemas of zod and the like

type Node = Readonly<Record<string, unknown>>;

const kept = ["type", "description", "enum", "const", "multipleOf", "minimum", "maximum", "exclusiveMinimum"];
kept.push("exclusiveMaximum", "minItems", "maxItems", "$ref");
const formats = new Set(["date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"]);
const refused = ["allOf", "not", "if", "then", "else", "dependentRequired", "dependentSchemas", "patternProperties"];
refused.push("propertyNames", "prefixItems", "contains", "unevaluatedProperties", "unevaluatedItems");

function jsonSchemaOf(type: StandardSchema): Node {
  // What the model writes is what the schema takes in.
  const { jsonSchema, vendor } = type["~standard"] as { jsonSchema?: { input?: (options: object) => Node }; vendor: string };
  if (!jsonSchema?.input) {
    throw new TypeError(`this schema of ${vendor} tells no JSON Schema: use zod 4.2 or later`);
  }
  try {
    return jsonSchema.input({ target: "draft-2020-12" });
  } catch (error) {
    throw new TypeError(`this schema of ${vendor} has no JSON Schema: ${(error as Error).message}`, { cause: error });
  }
}

function strict(root: Node): JsonSchema {
  if (root["type"] !== "object") {
    throw new TypeError("the outermost type must be an object: wrap it in one");
  }
  const definitions = Object.entries((root["$defs"] ?? {}) as Record<string, Node>);
  const schema = strictNode(root, "");
  return definitions.length === 0
    ? schema
    : { ...schema, $defs: Object.fromEntries(definitions.map(([name, node]) => [name, strictNode(node, `$defs.${name}`)])) };
}

function strictNode(node: Node, path: string): JsonSchema {
  const place = path || "the outermost type";
  const found = refused.find((keyword) => keyword in node);
  if (found !== undefined) {
    throw new TypeError(`${place}: strict mode can't express ${found}`);
  }
  const schema: Record<string, unknown> = Object.fromEntries(
    kept.filter((key) => key in node && Math.abs(Number(node[key])) !== Number.MAX_SAFE_INTEGER).map((key) => [key, node[key]]),
  );
  if (formats.has(String(node["format"]))) {
    schema["format"] = node["format"];
  } else if ("pattern" in node) {
    schema["pattern"] = node["pattern"];
  }
  const choices = (node["anyOf"] ?? node["oneOf"]) as readonly Node[] | undefined;
  if (choices) {
    schema["anyOf"] = choices.map((choice, index) => strictNode(choice, `${path}(${index})`));
  } else if (!["type", "enum", "const", "$ref"].some((key) => key in node)) {
    throw new TypeError(`${place}: strict mode can't express a value of any type`);
  }
  if (node["type"] === "array") {
    if (!isNode(node["items"])) {
      throw new TypeError(`${place}: strict mode needs the type of the items`);
    }
    schema["items"] = strictNode(node["items"], `${path}[]`);
  }
  return node["type"] === "object" ? { ...schema, ...strictObject(node, path) } : schema;
}

function strictObject(node: Node, path: string): JsonSchema {
  const { additionalProperties } = node;
  if (additionalProperties === true || isNode(additionalProperties)) {
    throw new TypeError(`${path || "the outermost type"}: strict mode can't express keys of any name: list entries instead`);
  }
  const given = Object.entries((node["properties"] ?? {}) as Record<string, Node>);
  const required = new Set(node["required"] as readonly string[] | undefined);
  const properties = given.map(([name, property]): [string, JsonSchema] => {
    const schema = strictNode(property, at(path, name));
    return [name, required.has(name) || takesNull(schema) ? schema : { anyOf: [schema, { type: "null" }] }];
  });
  return {
    properties: Object.fromEntries(properties),
    required: given.map(([name]) => name),
    additionalProperties: false,
  };
}

/** Leaves out nulls of properties that are optional and take none: strict mode has made them so. */
function withoutNulls(value: unknown, node: Node, root: Node): unknown {
  const target = resolved(node, root);
  const choices = (target["anyOf"] ?? target["oneOf"]) as readonly Node[] | undefined;
  if (choices) {
    const objects = choices.map((choice) => resolved(choice, root)).filter((choice) => fits(value, choice));
    return objects.length > 0 ? withoutNulls(value, objects[0] as Node, root) : value;
  }
  if (Array.isArray(value) && isNode(target["items"])) {
    const { items } = target;
    return value.map((item) => withoutNulls(item, items, root));
  }
  if (typeof value !== "object" || value === null || !isNode(target["properties"])) {
    return value;
  }
  const properties = target["properties"] as Record<string, Node>;
  const required = new Set(target["required"] as readonly string[] | undefined);
  const entries = Object.entries(value).flatMap(([name, item]): [string, unknown][] => {
    const property = properties[name];
    if (item === null && property && !required.has(name) && !takesNull(resolved(property, root))) {
      return [];
    }
    return [[name, property ? withoutNulls(item, property, root) : item]];
  });
  return Object.fromEntries(entries);
}

/** Tells whether a value may be meant by one of several schemas: its constants are the value's. */
function fits(value: unknown, node: Node): boolean {
  if (Array.isArray(value)) {
    return node["type"] === "array";
  }
  if (typeof value !== "object" || value === null || node["type"] !== "object") {
    return false;
  }
  const properties = Object.entries((node["properties"] ?? {}) as Record<string, Node>);
  return properties.every(
    ([name, property]) => name in value && (!("const" in property) || property["const"] === (value as Node)[name]),
  );
}

function resolved(node: Node, root: Node): Node {
  const ref = node["$ref"];
  if (typeof ref !== "string") {
    return node;
  }
  const name = ref.replace("#/$defs/", "");
  return ref === "#" ? root : (((root["$defs"] ?? {}) as Record<string, Node>)[name] ?? {});
}

function takesNull(node: Node): boolean {
  const choices = (node["anyOf"] ?? node["oneOf"]) as readonly Node[] | undefined;
  const types = [node["type"]].flat();
  return types.includes("null") || node["const"] === null || (choices?.some(takesNull) ?? false);
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Returns a JSON value as JavaScript has it: of what no number holds, the nearest one. */
function plain(json: Json): unknown {
  if (json instanceof RawNumber || typeof json === "bigint") {
    return Number(json instanceof RawNumber ? json.token : json);
  }
  if (Array.isArray(json)) {
    return json.map(plain);
  }
  return isObject(json) ? Object.fromEntries(Object.entries(json).map(([key, item]) => [key, plain(item)])) : json;
}

function pathOf(steps: readonly unknown[]): string {
  const keys = steps.map((step) => (typeof step === "object" && step !== null && "key" in step ? step.key : step));
  return keys.map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`)).join("").replace(/^\./, "");
}

// Limits of strict mode, as OpenAI documents them
const deepest = 10;
const mostProperties = 5000;

function checkLimits(schema: JsonSchema): void {
  let count = 0;
  const visit = (node: unknown, depth: number): void => {
    if (Array.isArray(node)) {
      node.forEach((item) => {
        visit(item, depth);
      });
    } else if (isNode(node)) {
      const inner = depth + (node["type"] === "object" ? 1 : 0);
      if (inner > deepest) {
        throw new TypeError(`nested too deeply: strict mode takes ${deepest} levels`);
      }
      if (isNode(node["properties"])) {
        count += Object.keys(node["properties"]).length;
        Object.values(node["properties"]).forEach((property) => {
          visit(property, inner);
        });
      }
      visit(node["items"], inner);
      visit(node["anyOf"], inner);
      Object.values((node["$defs"] ?? {}) as Node).forEach((definition) => {
        visit(definition, 0);
      });
    }
  };
  visit(schema, 0);
  if (count > mostProperties) {
    throw new TypeError(`${count} properties: strict mode takes ${mostProperties}`);
  }
}
