/**
 * Carries OpenAI's JSON through the codec for a judge of another language: one request a line, one answer a line.
 *
 * A request is `{type, json, keepNulls}`; an answer `{binary, json}`, the message in base64 and what it is as JSON again,
 * or `{error}`.
 */
import { deepStrictEqual } from "node:assert/strict";
import { createInterface } from "node:readline";

import { type DescMessage, fromBinary, type Message, toBinary } from "@bufbuild/protobuf";
import { fromOpenAIJson, toOpenAIJson } from "openai-grpc";
import * as v1 from "openai-grpc/v1";

import { readMessage } from "../src/binary.js";

interface Request {
  readonly type: string;
  readonly json: string;
  readonly keepNulls: boolean;
}

const schemas = new Map(
  (Object.values(v1) as unknown[]).filter(isMessageType).map((desc): [string, DescMessage] => [desc.typeName, desc]),
);

function isMessageType(value: unknown): value is DescMessage {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "message";
}

function carry({ type, json, keepNulls }: Request): object {
  const schema = schemas.get(type);
  if (!schema) {
    return { error: `${type} is not exported` };
  }
  try {
    const binary = Buffer.from(toBinary(schema, fromOpenAIJson(schema, json, { keepNulls })));
    const message: Message = fromBinary(schema, binary);
    deepStrictEqual(readMessage(schema, binary), message);
    return { binary: binary.toString("base64"), json: toOpenAIJson(message) };
  } catch (error) {
    return { error: String(error) };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(carry(JSON.parse(line) as Request))}\n`);
}
