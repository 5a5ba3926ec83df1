/** Vectors: numbers or base64 in JSON, float32 in Protobuf. */
import { VectorEncoding } from "../openai_grpc/v1/embeddings_pb.js";
import { CodecError, type Json } from "./text.js";
import { Kind } from "./shape.js";
import { base64, readBase64, readNear } from "./values.js";

/** A vector as a message holds it. */
export interface Vector {
  readonly encoding: VectorEncoding;
  readonly floats: number[];
  /** Whether the floats are the very numbers that were given. */
  readonly exact: boolean;
}

const leastNormal = 2 ** -126;

/** Reads a vector. Undefined: it is not one. */
export function readVector(value: Json): Vector | undefined {
  if (typeof value === "string") {
    const data = readBase64(value);
    return data && data.length % 4 === 0
      ? { encoding: VectorEncoding.BASE64, floats: unpack(data), exact: true }
      : undefined;
  }
  if (!Array.isArray(value) || value.length === 0) {
    return undefined;
  }
  const plain = value.every((item) => typeof item === "number");
  const numbers = plain ? value : value.map((item) => readNear(Kind.Double, item));
  if (!numbers.every((item) => typeof item === "number")) {
    return undefined;
  }
  const floats = numbers.map(Math.fround);
  if (!floats.every(Number.isFinite)) {
    return undefined;
  }
  if (floats.every((float, index) => float === numbers[index])) {
    return { encoding: VectorEncoding.FLOAT64, floats, exact: plain };
  }
  const exact = plain && floats.every((float, index) => shortest(float) === numbers[index]);
  return { encoding: VectorEncoding.FLOAT32, floats, exact };
}

/** Writes a vector as JSON text. */
export function writeVector(floats: readonly number[], encoding: VectorEncoding | undefined): string {
  if (encoding === VectorEncoding.BASE64) {
    return `"${pack(floats)}"`;
  }
  if (!floats.every(Number.isFinite)) {
    throw new CodecError("JSON has no such number");
  }
  return `[${(encoding === VectorEncoding.FLOAT64 ? floats : floats.map(shortest)).join()}]`;
}

/** Returns the number of the fewest digits that is the same float32. */
export function shortest(float: number): number {
  // Any two numbers of six digits are different float32, but for the tiny ones.
  for (let digits = Math.abs(float) < leastNormal ? 1 : 6; digits < 9; digits++) {
    const number = Number(float.toPrecision(digits));
    if (Math.fround(number) === float) {
      return number;
    }
  }
  return Number(float.toPrecision(9));
}

function unpack(data: Uint8Array): number[] {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return Array.from({ length: data.length / 4 }, (_, index) => view.getFloat32(index * 4, true));
}

function pack(floats: readonly number[]): string {
  const data = new Uint8Array(floats.length * 4);
  const view = new DataView(data.buffer);
  floats.forEach((float, index) => {
    view.setFloat32(index * 4, float, true);
  });
  return base64(data);
}
