/** Messages as this client reads them, and as Protobuf-ES does. */
import assert from "node:assert/strict";
import { test } from "node:test";

import {
  create,
  type DescField,
  type DescMessage,
  fromBinary,
  type Message,
  type MessageInitShape,
  protoInt64,
  ScalarType,
  toBinary,
} from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { GeneratedCodeInfoSchema, StructSchema, TypeSchema } from "@bufbuild/protobuf/wkt";
import * as v1 from "openai-grpc/v1";

import { readMessage } from "../src/binary.js";

const mostLevels = 3;
const texts = ["", "tide", "too long to be remembered from one message to the next", "Flut: ä 潮 🌊", "\ufeffmark", "not \ufffd UTF-8", "tide"];
const integers = [0, 1, -1, 127, 128, 300, 2 ** 31 - 1, -(2 ** 31)];
const longs = [0n, 1n, -1n, 2n ** 31n, 2n ** 32n, 2n ** 35n, -(2n ** 63n), 2n ** 63n - 1n, 1_787_150_055n];
const doubles = [0, -0, 0.1, NaN, Infinity, -1e308];

// Of Protobuf's own types, some have closed enums or are other values than messages.
const own = [GeneratedCodeInfoSchema, StructSchema, TypeSchema];
const schemas = [...(Object.values(v1) as unknown[]).filter(isMessageType), ...own];

function isMessageType(value: unknown): value is DescMessage {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "message";
}

let turn = 0;

/** Returns each of some values in turn. */
function next<T>(values: readonly T[]): T {
  return values[turn++ % values.length] as T;
}

function scalar(type: ScalarType | undefined): unknown {
  switch (type) {
    case ScalarType.STRING:
      return next(texts);
    case ScalarType.BYTES:
      return Buffer.from(next(texts));
    case ScalarType.BOOL:
      return next([true, false]);
    case ScalarType.DOUBLE:
      return next(doubles);
    case ScalarType.INT64:
      return next(longs);
    case ScalarType.UINT64:
      return protoInt64.uParse(7);
    default:
      return next(integers);
  }
}

function value(field: DescField, level: number): unknown {
  return field.message ? filled(field.message, level + 1) : field.enum ? next([0, 1, 77]) : scalar(field.scalar);
}

/** Makes a message with some of its fields, and with others each time. */
function filled(schema: DescMessage, level: number): Message {
  const init: Record<string, unknown> = {};
  for (const field of schema.fields) {
    if ((field.message && level >= mostLevels) || next([false, false, true, false, true])) {
      continue;
    }
    if (field.fieldKind === "list") {
      init[field.localName] = Array.from({ length: next([0, 1, 3]) }, () => value(field, level));
    } else if (field.fieldKind === "map") {
      init[field.localName] = next([{}, {}, { key: value(field, level), "": value(field, level) }]);
    } else if (field.oneof) {
      init[field.oneof.localName] = { case: field.localName, value: value(field, level) };
    } else {
      init[field.localName] = value(field, level);
    }
  }
  return create(schema, init);
}

/** Reads bytes in both ways. */
function agree(schema: DescMessage, bytes: Buffer): void {
  let expected: object;
  try {
    expected = fromBinary(schema, bytes);
  } catch (error) {
    assert.throws(() => readMessage(schema, bytes), error as Error);
    return;
  }
  const read = readMessage(schema, bytes);
  assert.deepStrictEqual(read, expected);
  assert.deepStrictEqual(Object.keys(read), Object.keys(expected));
}

test("messages of all types, whole and broken", () => {
  assert.ok(schemas.length > 400);
  for (const schema of schemas) {
    for (let times = 0; times < 2; times++) {
      const bytes = Buffer.from(toBinary(schema, filled(schema, 0)));
      agree(schema, bytes);
      for (let faults = 0; faults < Math.min(bytes.length, 6); faults++) {
        const broken = Buffer.from(bytes);
        const place = (turn++ * 7919) % bytes.length;
        broken[place] = (broken[place] ?? 0) ^ (1 << turn % 8);
        agree(schema, broken);
        agree(schema, bytes.subarray(0, place));
      }
    }
  }
});

test("odd ways to write a chunk", () => {
  const text = (writer: BinaryWriter, no: number, value: string) => writer.tag(no, WireType.LengthDelimited).string(value);
  const schema = v1.ChatCompletionChunkSchema;
  const chunk = (init: MessageInitShape<typeof schema>) => toBinary(schema, create(schema, init));
  const { id } = schema.field;
  const group = new BinaryWriter().tag(900, WireType.StartGroup).tag(1, WireType.Varint).uint32(1).tag(900, WireType.EndGroup);
  const later = text(new BinaryWriter(), 900, "of tomorrow").tag(901, WireType.Varint).int64(-1n);
  const unknown = later.tag(902, WireType.Bit64).double(1).tag(903, WireType.Bit32).float(1);
  const cases: Record<string, Uint8Array> = {
    "a field twice": text(text(new BinaryWriter(), id.number, "one"), id.number, "two").finish(),
    "a message in two parts": Buffer.concat([chunk({ callInfo: { deployment: "a" } }), chunk({ callInfo: { attempts: 2 } })]),
    "lists in parts": Buffer.concat([1, 2].map((index) => chunk({ choices: [{ index, delta: { content: "tide" } }] }))),
    "unknown fields": text(unknown, id.number, "known").finish(),
    "an unknown group": group.finish(),
    "another wire type": new BinaryWriter().tag(id.number, WireType.Varint).uint32(1).finish(),
    "a tag in six bytes": Uint8Array.of(0x80 | (id.number << 3) | 2, 0x80, 0x80, 0x80, 0x80, 0, 1, 65),
    "a tag beyond 32 bits": Uint8Array.of(0x80 | (id.number << 3) | 2, 0x80, 0x80, 0x80, 0x7f, 1, 65),
    "a number in eleven bytes": Uint8Array.of(0x20, ...Array.from({ length: 10 }, () => 0x80), 0),
    "no UTF-8": new BinaryWriter().tag(id.number, WireType.LengthDelimited).bytes(Uint8Array.of(0xff, 65)).finish(),
    "nothing": new Uint8Array(),
  };
  for (const bytes of Object.values(cases)) {
    agree(schema, Buffer.from(bytes));
  }
});

test("messages in messages, as deep as may be and deeper", () => {
  for (const levels of [49, 50, 51, 60]) {
    let filter = create(v1.FileSearchFilterSchema);
    for (let level = 0; level < levels; level++) {
      filter = create(v1.FileSearchFilterSchema, { kind: { case: "compound", value: { filters: [filter] } } });
    }
    agree(v1.FileSearchFilterSchema, Buffer.from(toBinary(v1.FileSearchFilterSchema, filter)));
  }
});
