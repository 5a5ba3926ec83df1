/**
 * Reads a JSON value as a message.
 *
 * Nothing is lost: what a field can't hold stays, with its key, in `extra_json` of its message. A value that a scalar
 * field can hold only nearly, such as an object where text belongs, does both. Where nulls are kept, as in requests,
 * only exact values fill fields: what a request means is not to be guessed.
 */
import { create, type DescMessage, type DescOneof, type Message } from "@bufbuild/protobuf";

import { type Field, impliedTag, Kind, rawArm, type Shape, shapeOf } from "./shape.js";
import { CodecError, hasLoneSurrogate, isObject, type Json, type JsonObject, RawNumber, setKey, writeJson } from "./text.js";
import { isEmpty, readNear, readScalar, type Value } from "./values.js";
import { readVector, type Vector } from "./vector.js";

/** How many messages may be around a message: what Protobuf's parsers take in every language. */
const maxDepth = 100;

/** The fields of a message, by name. */
type Fields = Message & Record<string, unknown>;

/** Reads JSON values. */
export class Decoder {
  /** @param keepNulls Whether an explicit null of a known key is kept, in `extra_json`. */
  constructor(private readonly keepNulls: boolean) {}

  /** Reads a value as a message. Undefined: the message can't hold it. */
  read(desc: DescMessage, value: Json, depth: number): Message | undefined {
    if (depth > maxDepth) {
      throw new CodecError(`nested deeper than ${maxDepth} messages`);
    }
    const shape = shapeOf(desc);
    if (shape.union) {
      return this.union(shape, value, depth);
    }
    if (shape.transparent) {
      const [field] = shape.fields;
      const held = field && this.field(field, value, depth);
      return held === undefined ? undefined : filled(desc, field as Field, held);
    }
    return isObject(value) ? this.object(shape, value, depth) : undefined;
  }

  private object(shape: Shape, value: JsonObject, depth: number): Message | undefined {
    const message = create(shape.desc) as Fields;
    const kept: string[] = [];
    for (const [key, constant] of shape.constants) {
      if (ownKey(value, key) !== constant) {
        kept.push(key);
      }
    }
    const seen = new Set<DescOneof>();
    for (const [key, fields] of shape.byKey) {
      if (!fields[0]?.inside) {
        this.key(message, key, fields, value, kept, seen, depth);
      }
    }
    const keys = Object.keys(value);
    if (shape.inlines.length > 0 && keys.some((key) => !shape.own.has(key))) {
      this.inlines(message, shape, value, kept, depth);
    }
    const isExtra = keys.some((key) => !shape.known.has(key) || (this.keepNulls && value[key] === null));
    if (kept.length > 0 || isExtra) {
      if (!shape.extra) {
        return undefined;
      }
      message["extraJson"] = this.extra(shape, value, kept);
    }
    return message;
  }

  private inlines(message: Fields, shape: Shape, value: JsonObject, kept: string[], depth: number): void {
    for (const inline of shape.inlines) {
      const target = create(inline.message) as Fields;
      const keys = new Set(inline.fields.map(({ key }) => key));
      let filledAny = false;
      for (const key of keys) {
        const fields = shape.byKey.get(key) ?? [];
        filledAny = this.key(target, key, fields, value, kept, new Set(), depth) || filledAny;
      }
      if (!filledAny) {
        continue;
      }
      if (depth >= maxDepth) {
        throw new CodecError(`nested deeper than ${maxDepth} messages`);
      }
      message[inline.desc.localName] = target;
      for (const { key, writeEmpty } of inline.fields) {
        if (writeEmpty && !Object.hasOwn(value, key)) {
          kept.push(key);
        }
      }
    }
  }

  /** Reads one key: the first field that can hold the value has it. Returns whether one has. */
  private key(
    message: Fields,
    key: string,
    fields: readonly Field[],
    object: JsonObject,
    kept: string[],
    seen: Set<DescOneof>,
    depth: number,
  ): boolean {
    const value = ownKey(object, key);
    const writeEmpty = fields.some((field) => field.writeEmpty);
    if (value === undefined) {
      if (writeEmpty && !fields[0]?.inside) {
        kept.push(key);
      }
      return false;
    }
    for (const field of fields) {
      if (field.oneof && seen.has(field.oneof)) {
        continue;
      }
      const isNothing = field.label === "one" ? value === null : !field.writeEmpty && isEmpty(value);
      if (isNothing && field.kind !== Kind.Vector) {
        continue;
      }
      const held = this.field(field, value, depth);
      if (held === undefined) {
        continue;
      }
      if (field.kind === Kind.Vector) {
        const { encoding, floats, exact } = held as Vector;
        message[`${field.desc.localName}Encoding`] = encoding;
        message[field.desc.localName] = floats;
        if (!exact) {
          kept.push(key);
        }
      } else {
        assign(message, field, held);
      }
      if (field.oneof) {
        seen.add(field.oneof);
      }
      return true;
    }
    if (!this.keepNulls && this.near(message, fields, value)) {
      kept.push(key);
      return true;
    }
    if (writeEmpty || value !== null) {
      kept.push(key);
    }
    return false;
  }

  private near(message: Fields, fields: readonly Field[], value: Json): boolean {
    for (const field of fields) {
      const held = field.oneof ? undefined : nearly(field, value);
      if (held !== undefined) {
        assign(message, field, held);
        return true;
      }
    }
    return false;
  }

  /** Returns what a field holds of a value. Undefined: it can't hold it. */
  private field(field: Field, value: Json, depth: number): unknown {
    if (field.kind === Kind.Vector) {
      return readVector(value);
    }
    const level = depth + (field.inside ? 2 : 1);
    if (field.label === "one") {
      return this.one(field, value, level);
    }
    if (field.label === "list") {
      return Array.isArray(value) ? all(value, (item) => this.one(field, item, level)) : undefined;
    }
    // A map's entry is a message of its own on the wire.
    return isObject(value) ? allOf(value, (item) => this.one(field, item, level + 1)) : undefined;
  }

  private one(field: Field, value: Json, level: number): Value | undefined {
    return field.message ? this.read(field.message, value, level) : readScalar(field.kind, value);
  }

  private extra(shape: Shape, value: JsonObject, kept: readonly string[]): string {
    const keys: JsonObject = {};
    for (const [key, item] of Object.entries(value)) {
      if (!shape.known.has(key) || kept.includes(key) || (this.keepNulls && item === null)) {
        setKey(keys, key, item);
      }
    }
    for (const key of kept) {
      keys[key] ??= null;
    }
    return writeJson(keys);
  }

  /** Chooses the arm by the type of the value, for an object by its discriminator, and else by the keys it has. */
  private union(union: Shape, value: Json, depth: number): Message | undefined {
    const type = typeOf(value);
    if (type === "object") {
      const found = this.taggedArm(union, value as JsonObject, depth);
      if (found) {
        return found;
      }
    } else if (type !== undefined) {
      const arms = union.fields.filter((arm) => takes(arm).has(type));
      if (type !== "list") {
        arms.sort((one, other) => one.kind - other.kind);
      }
      const found = this.firstOf(union, arms, value, depth);
      if (found) {
        return found;
      }
    }
    const unknown = union.fields.find(({ kind }) => kind === Kind.Raw);
    if (unknown) {
      return filled(union.desc, unknown, writeJson(value));
    }
    const nested = union.fields.find((arm) => innerUnknown(arm));
    const held = nested && this.field(nested, value, depth);
    return held === undefined ? undefined : filled(union.desc, nested as Field, held);
  }

  private taggedArm(union: Shape, value: JsonObject, depth: number): Message | undefined {
    const { tagged, untagged, others } = armsOf(union);
    if (tagged.size === 0) {
      return this.firstOf(union, untagged, value, depth);
    }
    const tag = ownKey(value, union.tag);
    const arm = typeof tag === "string" ? tagged.get(tag) : undefined;
    if (arm?.message) {
      const implied = impliedTag(union, arm);
      const inner = implied === undefined ? value : withoutTag(value, union.tag, implied);
      const held = this.read(arm.message, inner, depth + 1);
      if (held) {
        return filled(union.desc, arm, held);
      }
    }
    const found =
      tag === undefined || tag === null || tag === "" ? this.firstOf(union, untagged, value, depth) : undefined;
    return found ?? this.firstOf(union, others, value, depth);
  }

  private firstOf(union: Shape, arms: readonly Field[], value: Json, depth: number): Message | undefined {
    for (const arm of arms) {
      if (isObject(value) && !arm.has.every((key) => Object.hasOwn(value, key))) {
        continue;
      }
      const implied = impliedTag(union, arm);
      const inner = implied !== undefined && isObject(value) ? withoutTag(value, union.tag, implied) : value;
      const held = this.field(arm, inner, depth);
      if (held !== undefined && !isUnknown(arm, held as Message)) {
        return filled(union.desc, arm, held);
      }
    }
    return undefined;
  }
}

/** The arms of a union that an object may choose. */
interface Arms {
  readonly tagged: ReadonlyMap<string, Field>;
  readonly untagged: readonly Field[];
  /** Those that are tried for an object of another discriminator. */
  readonly others: readonly Field[];
}

const arms = new WeakMap<Shape, Arms>();

function armsOf(union: Shape): Arms {
  let found = arms.get(union);
  if (!found) {
    found = readArms(union);
    arms.set(union, found);
  }
  return found;
}

function readArms(union: Shape): Arms {
  const tagged = new Map<string, Field>();
  for (const arm of union.fields) {
    for (const tag of tagsOf(arm, union.tag)) {
      tagged.set(tag, arm);
    }
  }
  const objects = union.fields.filter((arm) => takes(arm).has("object"));
  const plain = objects.filter((arm) => arm.has.length === 0);
  const untagged = [
    ...objects.filter((arm) => arm.has.length > 0),
    ...plain.filter(isNested),
    ...plain.filter((arm) => !isNested(arm) && tagsOf(arm, union.tag).length === 0),
  ];
  const others = rawArm(union) ? [] : untagged.filter((arm) => arm.has.length === 0);
  const foreign = untagged.filter(
    (arm) => isNested(arm) && arm.message && shapeOf(arm.message).tag !== union.tag && !others.includes(arm),
  );
  return { tagged, untagged, others: [...others, ...foreign] };
}

function tagsOf(arm: Field, key: string): string[] {
  if (!arm.message) {
    return [];
  }
  const message = shapeOf(arm.message);
  const constant = message.constants.get(key);
  const tags = arm.tags.length === 0 && constant !== undefined ? [constant] : [...arm.tags];
  if (message.union && message.tag === key) {
    tags.push(...message.fields.flatMap((inner) => tagsOf(inner, key)));
  }
  return tags;
}

type Type = "string" | "boolean" | "number" | "list" | "object";

function typeOf(value: Json): Type | undefined {
  switch (typeof value) {
    case "string":
      return hasLoneSurrogate(value) ? undefined : "string";
    case "boolean":
      return "boolean";
    case "number":
    case "bigint":
      return "number";
    default:
      if (value === null || value instanceof RawNumber) {
        return undefined;
      }
      return Array.isArray(value) ? "list" : "object";
  }
}

const scalarTypes: Partial<Record<Kind, Type>> = {
  [Kind.DataUrl]: "string",
  [Kind.Base64]: "string",
  [Kind.String]: "string",
  [Kind.Bool]: "boolean",
  [Kind.Int32]: "number",
  [Kind.Int64]: "number",
  [Kind.Double]: "number",
  [Kind.Vector]: "list",
};

/** Returns the types of JSON values that an arm may take, apart from an arm that takes all. */
function takes(arm: Field): ReadonlySet<Type> {
  if (arm.label !== "one") {
    return new Set([arm.label === "list" ? "list" : "object"]);
  }
  if (!arm.message) {
    const type = scalarTypes[arm.kind];
    return new Set(type ? [type] : []);
  }
  const message = shapeOf(arm.message);
  return message.transparent ? new Set(message.fields.flatMap((field) => [...takes(field)])) : new Set(["object"]);
}

function isNested(arm: Field): boolean {
  return arm.message !== undefined && shapeOf(arm.message).union !== undefined;
}

/** Returns the arm of raw JSON of the union that an arm is. */
function innerUnknown(arm: Field): Field | undefined {
  return arm.message && isNested(arm)
    ? shapeOf(arm.message).fields.find(({ kind }) => kind === Kind.Raw)
    : undefined;
}

function isUnknown(arm: Field, held: Message): boolean {
  const unknown = innerUnknown(arm);
  const union = unknown && arm.message && shapeOf(arm.message).union;
  return union !== undefined && ((held as Fields)[union.localName] as { case?: string }).case === unknown?.desc.localName;
}

/** Returns an object without the discriminator that its arm stands for; an absent one is marked with a null. */
function withoutTag(value: JsonObject, key: string, tag: string): JsonObject {
  const { [key]: found, ...rest } = value;
  return found === tag ? rest : { ...rest, [key]: found ?? null };
}

function filled(desc: DescMessage, field: Field, held: unknown): Message {
  const message = create(desc) as Fields;
  assign(message, field, held);
  return message;
}

function assign(message: Fields, { desc }: Field, held: unknown): void {
  if (desc.oneof) {
    message[desc.oneof.localName] = { case: desc.localName, value: held };
  } else {
    message[desc.localName] = held;
  }
}

function nearly(field: Field, value: Json): unknown {
  if (field.label === "one") {
    return readNear(field.kind, value);
  }
  if (value === null || isEmpty(value)) {
    return undefined;
  }
  if (field.label === "list") {
    return all(Array.isArray(value) ? value : [value], (item) => readNear(field.kind, item));
  }
  return isObject(value) ? allOf(value, (item) => readNear(field.kind, item)) : undefined;
}

function all(values: readonly Json[], read: (value: Json) => Value | undefined): Value[] | undefined {
  const held: Value[] = [];
  for (const value of values) {
    const item = read(value);
    if (item === undefined) {
      return undefined;
    }
    held.push(item);
  }
  return held;
}

function allOf(values: JsonObject, read: (value: Json) => Value | undefined): Record<string, Value> | undefined {
  const held: Record<string, Value> = {};
  for (const [key, value] of Object.entries(values)) {
    const item = hasLoneSurrogate(key) ? undefined : read(value);
    if (item === undefined) {
      return undefined;
    }
    setKey(held, key, item);
  }
  return held;
}

function ownKey(value: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}
