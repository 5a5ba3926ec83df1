/** What a message's descriptor and the options of `openai_grpc/options/v1/json.proto` say about its JSON. */
import { type DescField, type DescMessage, type DescOneof, getOption, hasOption, ScalarType } from "@bufbuild/protobuf";

import { json, json_message, json_oneof, JsonForm } from "../openai_grpc/options/v1/json_pb.js";

/** What a single value of a field is in JSON. Where fields share a key, a lower kind is tried first. */
export enum Kind {
  DataUrl,
  Base64,
  Bool,
  Int32,
  Int64,
  Double,
  String,
  Vector,
  Message,
  Raw,
}

/** How many values a field has. */
export type Label = "one" | "list" | "map";

/** A field that is part of the JSON. */
export interface Field {
  readonly desc: DescField;
  readonly key: string;
  readonly kind: Kind;
  readonly label: Label;
  /** The type of its values, when they are messages. */
  readonly message: DescMessage | undefined;
  /** The oneof of several fields that it is in. */
  readonly oneof: DescOneof | undefined;
  /** Whether an empty list or map of it is written. */
  readonly writeEmpty: boolean;
  /** The discriminators that choose it as an arm of a union, besides its own message's constant. */
  readonly tags: readonly string[];
  /** The keys that choose it as an arm of a union, for an object without a discriminator. */
  readonly has: readonly string[];
  /** The inline message whose field it is. */
  readonly inside: DescField | undefined;
}

/** A field of one message whose fields are keys of the enclosing object. */
export interface Inline {
  readonly desc: DescField;
  readonly message: DescMessage;
  readonly fields: readonly Field[];
}

/** How a message maps to JSON. */
export interface Shape {
  readonly desc: DescMessage;
  /** The fields that are part of the JSON, by number, without those of inline messages. */
  readonly fields: readonly Field[];
  readonly inlines: readonly Inline[];
  /** The fields of each key, the most specific first. Those of one key are in one message. */
  readonly byKey: ReadonlyMap<string, readonly Field[]>;
  readonly constants: ReadonlyMap<string, string>;
  /** Whether the message keeps what its fields can't hold, in `extra_json`. */
  readonly extra: boolean;
  /** Whether the message stands for the value of its field or oneof. */
  readonly transparent: boolean;
  /** The oneof that a transparent message stands for. */
  readonly union: DescOneof | undefined;
  /** The key of the union's discriminator. */
  readonly tag: string;
  /** The keys that are not extra. */
  readonly known: ReadonlySet<string>;
  /** The keys that are not extra, and of no inline message. */
  readonly own: ReadonlySet<string>;
  /** The keys whose null in `extra_json` says only that the key is absent. */
  readonly markers: ReadonlySet<string>;
}

const scalars: Partial<Record<ScalarType, Kind>> = {
  [ScalarType.STRING]: Kind.String,
  [ScalarType.BOOL]: Kind.Bool,
  [ScalarType.INT32]: Kind.Int32,
  [ScalarType.INT64]: Kind.Int64,
  [ScalarType.DOUBLE]: Kind.Double,
  [ScalarType.BYTES]: Kind.Base64,
};
const forms: Partial<Record<JsonForm, Kind>> = {
  [JsonForm.RAW]: Kind.Raw,
  [JsonForm.BASE64]: Kind.Base64,
  [JsonForm.DATA_URL]: Kind.DataUrl,
  [JsonForm.VECTOR]: Kind.Vector,
};

const shapes = new WeakMap<DescMessage, Shape>();
const vectors = new WeakMap<DescMessage, boolean>();

/**
 * Reads a message's options, once.
 *
 * @throws TypeError A field has a type that has no JSON.
 */
export function shapeOf(desc: DescMessage): Shape {
  let shape = shapes.get(desc);
  if (!shape) {
    shape = readShape(desc);
    shapes.set(desc, shape);
  }
  return shape;
}

/** Returns the arm of a union that holds any JSON value, as text. */
export function rawArm(union: Shape): Field | undefined {
  return union.fields.find(({ kind, label }) => kind === Kind.Raw && label === "one");
}

/** Returns the discriminator that an arm alone stands for, as its message has no key for it. */
export function impliedTag(union: Shape, arm: Field): string | undefined {
  if (arm.tags.length === 0 || !arm.message) {
    return undefined;
  }
  const message = shapeOf(arm.message);
  return message.transparent || message.known.has(union.tag) ? undefined : arm.tags[0];
}

/** Tells whether a message, or one below it, has a vector. */
export function hasVector(desc: DescMessage): boolean {
  let found = vectors.get(desc);
  if (found === undefined) {
    found = findVector(desc);
    vectors.set(desc, found);
  }
  return found;
}

function findVector(desc: DescMessage): boolean {
  const seen = new Set([desc]);
  for (const current of seen) {
    for (const fields of shapeOf(current).byKey.values()) {
      for (const { kind, message } of fields) {
        if (kind === Kind.Vector) {
          return true;
        }
        if (message) {
          seen.add(message); // a set that grows is iterated to its new end
        }
      }
    }
  }
  return false;
}

function readShape(desc: DescMessage): Shape {
  const options = hasOption(desc, json_message) ? getOption(desc, json_message) : undefined;
  const numbered = [...desc.fields].sort((one, other) => one.number - other.number);
  const fields = numbered.filter((field) => isJson(field) && !isInline(field)).map((field) => readField(field));
  const inlines = numbered.filter(isInline).map(readInline);
  const extra = desc.fields.find((field) => formOf(field) === JsonForm.EXTRA);
  const union = options?.transparent ? desc.oneofs[0] : undefined;
  const constants = new Map(options?.constants.map(({ key, value }) => [key, value]));
  const all = [...fields, ...inlines.flatMap((inline) => inline.fields)];
  const byKey = new Map<string, Field[]>(all.map(({ key }) => [key, []]));
  for (const field of [...all].sort((one, other) => one.kind - other.kind)) {
    byKey.get(field.key)?.push(field);
  }
  return {
    desc,
    fields,
    inlines,
    byKey,
    constants,
    extra: extra !== undefined,
    transparent: options?.transparent ?? false,
    union,
    tag: (union && hasOption(union, json_oneof) && getOption(union, json_oneof).tag) || "type",
    known: new Set([...byKey.keys(), ...constants.keys()]),
    own: new Set([...fields.map(({ key }) => key), ...constants.keys()]),
    markers: new Set([...constants.keys(), ...all.filter(({ writeEmpty }) => writeEmpty).map(({ key }) => key)]),
  };
}

function readInline(desc: DescField): Inline {
  if (!desc.message) {
    throw new TypeError(`${String(desc)} is inline, so it must be one message`);
  }
  const fields = shapeOf(desc.message).fields.map((field) => ({ ...field, inside: desc }));
  return { desc, message: desc.message, fields };
}

function readField(desc: DescField): Field {
  const options = optionsOf(desc);
  const kind = (options && forms[options.form]) ?? (desc.scalar === undefined ? undefined : scalars[desc.scalar]);
  const known = kind ?? (desc.message ? Kind.Message : undefined);
  if (known === undefined) {
    throw new TypeError(`${String(desc)} has a type that has no JSON`);
  }
  return {
    desc,
    key: options?.name || desc.name,
    kind: known,
    label: desc.fieldKind === "list" || desc.fieldKind === "map" ? desc.fieldKind : "one",
    message: known === Kind.Message ? desc.message : undefined,
    oneof: desc.oneof && desc.oneof.fields.length > 1 ? desc.oneof : undefined,
    writeEmpty: options?.writeEmpty ?? false,
    tags: options?.tag ?? [],
    has: options?.has ?? [],
    inside: undefined,
  };
}

function isJson(field: DescField): boolean {
  const isGateway = field.number >= 900 && field.number < 1000;
  return !isGateway && formOf(field) !== JsonForm.EXTRA;
}

function isInline(field: DescField): boolean {
  return optionsOf(field)?.inline ?? false;
}

function formOf(field: DescField): JsonForm {
  return optionsOf(field)?.form ?? JsonForm.UNSPECIFIED;
}

function optionsOf(field: DescField) {
  return hasOption(field, json) ? getOption(field, json) : undefined;
}
