/**
 * The values of single fields.
 *
 * A reader returns undefined for a value that the field can't hold as it is; the caller then keeps it elsewhere. One
 * whose name begins with `near` reads such a value as well as the field can.
 */
import { create, type Message } from "@bufbuild/protobuf";

import { type InlineData, InlineDataSchema } from "../openai_grpc/v1/common_pb.js";
import { CodecError, hasLoneSurrogate, isObject, type Json, RawNumber, writeJson } from "./text.js";
import { Kind } from "./shape.js";

/** A value of a field of a message. */
export type Value = string | boolean | number | bigint | Uint8Array | Message;

const int32 = 2 ** 31;
const int64 = 2n ** 63n;
const aNumber = /^-?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?$/;
const aWhole = /^-?[0-9]+$/;
const numberLength = 64; // characters; no number that a double holds nearly needs more
const base64Mark = ";base64,";

/** Reads a scalar that the field holds exactly. */
export function readScalar(kind: Kind, value: Json): Value | undefined {
  switch (kind) {
    case Kind.String:
      return typeof value === "string" && !hasLoneSurrogate(value) ? value : undefined;
    case Kind.Bool:
      return typeof value === "boolean" ? value : undefined;
    case Kind.Int32:
      return typeof value === "number" && Number.isInteger(value) && value >= -int32 && value < int32
        ? value
        : undefined;
    case Kind.Int64:
      if (typeof value === "number") {
        return Number.isSafeInteger(value) ? BigInt(value) : undefined;
      }
      return typeof value === "bigint" && value >= -int64 && value < int64 ? value : undefined;
    case Kind.Double:
      return typeof value === "number" ? value : undefined;
    case Kind.Base64:
      return typeof value === "string" ? readBase64(value) : undefined;
    case Kind.DataUrl:
      return typeof value === "string" ? readDataUrl(value) : undefined;
    case Kind.Raw:
      return writeJson(value);
    default:
      return undefined;
  }
}

/** Reads a scalar that the field holds only nearly. */
export function readNear(kind: Kind, value: Json): Value | undefined {
  switch (kind) {
    case Kind.String:
      return nearString(value);
    case Kind.Bool:
      return nearBool(value);
    case Kind.Int32: {
      const whole = nearWhole(value);
      return whole !== undefined && whole >= -int32 && whole < int32 ? Number(whole) : undefined;
    }
    case Kind.Int64: {
      const whole = nearWhole(value);
      return whole !== undefined && whole >= -int64 && whole < int64 ? whole : undefined;
    }
    case Kind.Double: {
      const number = nearNumber(value);
      return number !== undefined && Number.isFinite(Number(number)) ? Number(number) : undefined;
    }
    case Kind.Base64:
      return nearBase64(value);
    default:
      return undefined;
  }
}

/** Writes a scalar as JSON text. */
export function writeScalar(kind: Kind, value: unknown): string {
  switch (kind) {
    case Kind.Double:
      if (!Number.isFinite(value)) {
        throw new CodecError("JSON has no such number");
      }
      return JSON.stringify(value);
    case Kind.Int64:
      return String(value);
    case Kind.Base64:
      return `"${base64(value as Uint8Array)}"`;
    case Kind.DataUrl: {
      const { mimeType, data } = value as InlineData;
      return JSON.stringify(`data:${mimeType ?? ""}${base64Mark}${base64(data ?? new Uint8Array())}`);
    }
    case Kind.Raw:
      try {
        JSON.parse(value as string); // unchecked it could close its key and open others
      } catch {
        throw new CodecError("not JSON");
      }
      return value as string;
    default:
      return JSON.stringify(value);
  }
}

/** Writes bytes as standard base64 (RFC 4648, section 4). */
export function base64(data: Uint8Array): string {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("base64");
}

/** Reads standard base64, if encoding it again gives the same text. */
export function readBase64(text: string): Uint8Array | undefined {
  const data = Buffer.from(text, "base64");
  return data.toString("base64") === text ? new Uint8Array(data) : undefined;
}

function readDataUrl(text: string): InlineData | undefined {
  const mark = text.indexOf(base64Mark);
  if (!text.startsWith("data:") || mark < 0) {
    return undefined;
  }
  const mimeType = text.slice("data:".length, mark);
  const data = readBase64(text.slice(mark + base64Mark.length));
  // Data starts at the first comma, so one in the type would make this another URL.
  if (!data || mimeType.includes(",") || hasLoneSurrogate(mimeType)) {
    return undefined;
  }
  return create(InlineDataSchema, mimeType ? { mimeType, data } : { data });
}

function nearString(value: Json): string | undefined {
  if (value === null) {
    return undefined;
  }
  return typeof value === "string" ? Buffer.from(value).toString() : writeJson(value);
}

function nearBool(value: Json): boolean | undefined {
  const text = typeof value === "string" ? value.toLowerCase() : value;
  if (text === "true" || text === 1) {
    return true;
  }
  return text === "false" || text === 0 ? false : undefined;
}

/** Returns a number, as text where a double may not hold it. */
function nearNumber(value: Json): number | bigint | string | undefined {
  if (typeof value === "number" || typeof value === "bigint") {
    return value;
  }
  const text = value instanceof RawNumber ? value.token : value;
  return typeof text === "string" && text.length <= numberLength && aNumber.test(text) ? text : undefined;
}

function nearWhole(value: Json): bigint | undefined {
  const number = nearNumber(value);
  if (number === undefined || typeof number === "bigint") {
    return number;
  }
  if (typeof number === "string" && aWhole.test(number)) {
    return BigInt(number);
  }
  const whole = Math.trunc(Number(number));
  return Number.isFinite(whole) ? BigInt(whole) : undefined;
}

function nearBase64(value: Json): Uint8Array | undefined {
  if (typeof value !== "string") {
    return undefined;
  }
  const text = value.replace(/\s/g, "").replaceAll("-", "+").replaceAll("_", "/").replace(/=+$/, "");
  if (text === "" || text.length % 4 === 1 || !/^[A-Za-z0-9+/]*$/.test(text)) {
    return undefined;
  }
  return new Uint8Array(Buffer.from(text, "base64"));
}

/** Tells whether a value is an empty list or an empty object. */
export function isEmpty(value: Json): boolean {
  return Array.isArray(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0;
}
