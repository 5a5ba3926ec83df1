/** Replies that are values of a caller's type. */
import { create, type Message } from "@bufbuild/protobuf";

import { CutReplyError, InvalidReplyError, RefusalError } from "./errors.js";
import { CodecError, type Json, parseJson } from "./json/text.js";
import {
  type ChatCompletionResponseFormat,
  ChatCompletionResponseFormatSchema,
} from "./openai_grpc/v1/chat_tool_pb.js";
import { type ResponseTextConfig_Format, ResponseTextConfig_FormatSchema } from "./openai_grpc/v1/response_item_pb.js";
import { nameOf, schemaOf, type Type, TypeMismatch, type ValueOf, valueOf } from "./schema.js";

/** A reply with the value that it is of the type that was asked for. */
export interface Parsed<T, R> {
  /** The value. */
  readonly value: T;
  /** The whole reply. */
  readonly reply: R;
}

/** Names of a type, for the model. */
export interface FormatOptions {
  /** Its name. Default: that of the message type, or the title of the schema, or `reply`. */
  readonly name?: string;
  /** What it is for. */
  readonly description?: string;
}

/**
 * Makes the `responseFormat` of a chat completion whose reply is a value of a type.
 *
 * @throws TypeError The type has something that strict mode can't express.
 */
export function responseFormat(type: Type, options: FormatOptions = {}): ChatCompletionResponseFormat {
  return create(ChatCompletionResponseFormatSchema, {
    kind: { case: "jsonSchema", value: { jsonSchema: formatOf(type, options) } },
  });
}

/** Makes the `text.format` of a response whose text is a value of a type. Throws as `responseFormat`. */
export function textFormat(type: Type, options: FormatOptions = {}): ResponseTextConfig_Format {
  return create(ResponseTextConfig_FormatSchema, { kind: { case: "jsonSchema", value: formatOf(type, options) } });
}

/** A reply to read as a value of a type. */
interface Reply {
  readonly reply: Message;
  readonly text: string;
  /** Why the model refused. */
  readonly refusal: string | undefined;
  /** Why the reply ended early. */
  readonly cut: string | undefined;
}

/**
 * Reads a reply as a value of a type.
 *
 * @throws RefusalError, CutReplyError, InvalidReplyError It is not one.
 */
export async function readText<T extends Type>(type: T, { reply, text, refusal, cut }: Reply): Promise<ValueOf<T>> {
  if (refusal) {
    throw new RefusalError("the model refused", refusal, reply);
  }
  if (cut !== undefined) {
    throw new CutReplyError(`the reply was cut (${cut}): it is not a whole ${nameOf(type)}`, text, reply);
  }
  try {
    return await readValue(type, text);
  } catch (error) {
    if (!(error instanceof CodecError || error instanceof TypeMismatch)) {
      throw error;
    }
    throw new InvalidReplyError(`the reply is not a ${nameOf(type)}: ${error.message}`, text, reply, { cause: error });
  }
}

/**
 * Reads JSON text as a value of a type.
 *
 * @throws CodecError It is not JSON.
 * @throws TypeMismatch It is not of the type.
 */
export async function readValue<T extends Type>(type: T, text: string): Promise<ValueOf<T>> {
  const json: Json = parseJson(text);
  return valueOf(type, json);
}

function formatOf(type: Type, { name, description }: FormatOptions) {
  return {
    name: name ?? nameOf(type),
    ...(description !== undefined && { description }),
    schemaJson: JSON.stringify(schemaOf(type)),
    strict: true,
  };
}
