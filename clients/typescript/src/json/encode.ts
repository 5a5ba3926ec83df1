/** Writes a message as JSON text. */
import { type DescMessage, isFieldSet, type Message } from "@bufbuild/protobuf";

import { VectorEncoding } from "../openai_grpc/v1/embeddings_pb.js";
import { type Field, impliedTag, Kind, type Shape, shapeOf } from "./shape.js";
import { CodecError, isObject, parseJson, writeJson } from "./text.js";
import { writeScalar } from "./values.js";
import { writeVector } from "./vector.js";

/** The keys of a JSON object, each with the text of its value. */
type Texts = Map<string, string>;

/** Writes a message as compact JSON text. */
export function encode(desc: DescMessage, message: Message): string {
  const shape = shapeOf(desc);
  if (shape.union) {
    return encodeUnion(shape, message);
  }
  if (!shape.transparent) {
    return joined(encodeObject(shape, message));
  }
  const [field] = shape.fields;
  if (!field || (field.label === "one" && !isFieldSet(message, field.desc))) {
    throw empty(shape);
  }
  return encodeField(field, valueOf(message, field));
}

function encodeUnion(shape: Shape, message: Message): string {
  const arm = shape.fields.find(({ desc }) => isFieldSet(message, desc));
  if (!arm) {
    throw empty(shape);
  }
  const value = valueOf(message, arm);
  const tag = impliedTag(shape, arm);
  if (tag === undefined || !arm.message) {
    return encodeField(arm, value);
  }
  const texts = located(arm, () => encodeObject(shapeOf(arm.message as DescMessage), value as Message));
  if (!texts.has(shape.tag)) {
    return joined(new Map([[shape.tag, JSON.stringify(tag)], ...texts]));
  }
  if (texts.get(shape.tag) === "null") {
    texts.delete(shape.tag);
  }
  return joined(texts);
}

function encodeObject(shape: Shape, message: Message): Texts {
  refuseDoubles(shape, message);
  const texts: Texts = new Map([...shape.constants].map(([key, value]) => [key, JSON.stringify(value)]));
  for (const field of shape.fields) {
    const value = valueOf(message, field);
    if (field.kind === Kind.Vector) {
      const encoding = (message as Message & Record<string, unknown>)[`${field.desc.localName}Encoding`];
      if ((value as number[]).length > 0 || encoding === VectorEncoding.BASE64) {
        texts.set(field.key, located(field, () => writeVector(value as number[], encoding as VectorEncoding)));
      }
    } else if (isFieldSet(message, field.desc) || field.writeEmpty) {
      const text = encodeField(field, value);
      // Of two fields of one key, the empty one does not hide the other.
      if (isFieldSet(message, field.desc) || !texts.has(field.key)) {
        texts.set(field.key, text);
      }
    }
  }
  for (const { desc, message: inner } of shape.inlines) {
    if (isFieldSet(message, desc)) {
      const inline = (message as Message & Record<string, unknown>)[desc.localName] as Message;
      for (const [key, text] of encodeObject(shapeOf(inner), inline)) {
        texts.set(key, text);
      }
    }
  }
  const { extraJson } = message as Message & { extraJson?: string };
  if (shape.extra && extraJson) {
    addExtra(texts, extraJson, shape);
  }
  return texts;
}

/** Adds the keys of `extra_json`. A null for a key that is otherwise always written says that it is absent. */
function addExtra(texts: Texts, extra: string, shape: Shape): void {
  let keys;
  try {
    keys = parseJson(extra);
  } catch (error) {
    throw error instanceof CodecError ? error.below("extra_json") : error;
  }
  if (!isObject(keys)) {
    throw new CodecError("not a JSON object", "extra_json");
  }
  for (const [key, value] of Object.entries(keys)) {
    if (value !== null || !shape.markers.has(key)) {
      texts.set(key, writeJson(value));
    } else if (shape.constants.has(key) || ["[]", "{}"].includes(texts.get(key) ?? "[]")) {
      texts.delete(key);
    }
  }
}

function refuseDoubles(shape: Shape, message: Message): void {
  for (const fields of shape.byKey.values()) {
    if (fields.length > 1) {
      const set = fields.filter(({ oneof, inside, desc }) => !oneof && !inside && isFieldSet(message, desc));
      const [one, other] = set.sort((a, b) => Number(a.label === "one") - Number(b.label === "one"));
      if (one && other) {
        const names = `${one.desc.name} and ${other.desc.name}`;
        const reason = `${names} are both set, and both are "${one.key}" in JSON: set only one of them`;
        throw new CodecError(reason, one.desc.name);
      }
    }
  }
}

function encodeField(field: Field, value: unknown): string {
  switch (field.label) {
    case "one":
      return located(field, () => encodeOne(field, value));
    case "list":
      return `[${(value as unknown[]).map((item, index) => located(field, () => encodeOne(field, item), index)).join()}]`;
    case "map":
      return joined(
        new Map(
          Object.entries(value as Record<string, unknown>).map(([key, item]) => [
            key,
            located(field, () => encodeOne(field, item), key),
          ]),
        ),
      );
  }
}

function encodeOne(field: Field, value: unknown): string {
  return field.message ? encode(field.message, value as Message) : writeScalar(field.kind, value);
}

/** Names the field where an error is. */
function located<T>({ desc }: Field, write: () => T, index?: number | string): T {
  try {
    return write();
  } catch (error) {
    if (!(error instanceof CodecError)) {
      throw error;
    }
    const place = index === undefined ? "" : `[${JSON.stringify(index)}]`;
    throw error.below(`${desc.name}${place}`);
  }
}

function valueOf(message: Message, { desc }: Field): unknown {
  const fields = message as Message & Record<string, unknown>;
  if (!desc.oneof) {
    return fields[desc.localName];
  }
  const { case: name, value } = fields[desc.oneof.localName] as { case?: string; value?: unknown };
  return name === desc.localName ? value : undefined;
}

function joined(texts: Texts): string {
  return `{${[...texts].map(([key, text]) => `${JSON.stringify(key)}:${text}`).join()}}`;
}

function empty({ desc }: Shape): CodecError {
  return new CodecError(`${desc.typeName} is empty: one of its fields must be set`);
}
