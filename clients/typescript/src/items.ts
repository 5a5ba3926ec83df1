/** Builders of what a response is made of, and readers of its output. */
import { create } from "@bufbuild/protobuf";

import { typeOfName } from "./media.js";
import { imageSource } from "./messages.js";
import {
  type ResponseContentPart,
  ResponseContentPartSchema,
  type ResponseContent,
  ResponseContentSchema,
} from "./openai_grpc/v1/response_content_pb.js";
import { type ResponseFunctionToolCall, type ResponseItem, ResponseItemSchema } from "./openai_grpc/v1/response_item_pb.js";
import { type Response, type ResponseInput, ResponseInputSchema } from "./openai_grpc/v1/response_pb.js";

/** Content of an item: a text, or parts in order. */
export type ItemContent = string | readonly (string | ResponseContentPart)[];

/** Items and parts of a response's input. */
export const item = {
  /** A message of the user. */
  user: (content: ItemContent): ResponseItem => message("user", content),
  /** A system message. */
  system: (content: ItemContent): ResponseItem => message("system", content),
  /** A message of the developer. */
  developer: (content: ItemContent): ResponseItem => message("developer", content),
  /** A message of the assistant. An earlier output is an item as it is. */
  assistant: (content: string): ResponseItem => message("assistant", content),
  /** The result of a function call, given the call or its `callId`. */
  functionOutput: (call: string | ResponseFunctionToolCall, output: ItemContent): ResponseItem => {
    const callId = typeof call === "string" ? call : call.callId;
    if (!callId) {
      throw new TypeError("the function call has no callId: give it as text");
    }
    return create(ResponseItemSchema, {
      kind: { case: "functionCallOutput", value: { callId, output: itemContent(output) } },
    });
  },
  /** A part of text. */
  text: (text: string): ResponseContentPart =>
    create(ResponseContentPartSchema, { kind: { case: "inputText", value: { text } } }),
  /** A part with an image: an `https:` or `data:` URL, or the bytes of a PNG, JPEG, GIF or WebP. */
  image: (source: string | URL | Uint8Array, detail?: string): ResponseContentPart =>
    create(ResponseContentPartSchema, {
      kind: { case: "inputImage", value: { source: imageSource(source, "imageUrl"), detail: detail ?? "auto" } },
    }),
  /** A part with a file: its URL, or its bytes with a name. */
  file: (source: URL | Uint8Array, filename?: string): ResponseContentPart => {
    const name = filename ?? "file";
    const data = { case: "data", value: { mimeType: typeOfName(name) } } as const;
    return create(ResponseContentPartSchema, {
      kind: {
        case: "inputFile",
        value:
          source instanceof URL
            ? { fileUrl: source.toString() }
            : { filename: name, source: { ...data, value: { ...data.value, data: source } } },
      },
    });
  },
};

/** Makes the input of a response: a text, or items in order. */
export function input(given: string | readonly ResponseItem[]): ResponseInput {
  return create(ResponseInputSchema, {
    kind: typeof given === "string" ? { case: "text", value: given } : { case: "items", value: { items: [...given] } },
  });
}

/** Returns the text of a response's output, of all its messages. */
export function outputText(response: Response): string {
  return partsOf(response)
    .map(({ kind }) => (kind.case === "outputText" ? (kind.value.text ?? "") : ""))
    .join("");
}

/** Returns why the model refused, if it did. */
export function outputRefusal(response: Response): string | undefined {
  const refusals = partsOf(response).flatMap(({ kind }) => (kind.case === "refusal" ? [kind.value.refusal ?? ""] : []));
  return refusals.length > 0 ? refusals.join("") : undefined;
}

/** Returns the calls of functions in a response's output. */
export function functionCalls(response: Response): ResponseFunctionToolCall[] {
  return response.output.flatMap(({ kind }) => (kind.case === "functionCall" ? [kind.value] : []));
}

/** Makes the content of an item. */
export function itemContent(given: ItemContent): ResponseContent {
  return create(ResponseContentSchema, {
    kind:
      typeof given === "string"
        ? { case: "text", value: given }
        : { case: "parts", value: { parts: given.map((part) => (typeof part === "string" ? item.text(part) : part)) } },
  });
}

function partsOf(response: Response): ResponseContentPart[] {
  return response.output.flatMap(({ kind }) => {
    const content = kind.case === "message" ? kind.value.content?.kind : undefined;
    if (content?.case === "text") {
      return [create(ResponseContentPartSchema, { kind: { case: "outputText", value: { text: content.value } } })];
    }
    return content?.case === "parts" ? content.value.parts : [];
  });
}

function message(role: string, content: ItemContent): ResponseItem {
  return create(ResponseItemSchema, { kind: { case: "message", value: { role, content: itemContent(content) } } });
}
