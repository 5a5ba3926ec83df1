/** Builders of chat messages and of their parts. */
import { readFile } from "node:fs/promises";
import { basename } from "node:path";

import { create, type MessageInitShape } from "@bufbuild/protobuf";

import { imageType, typeOfName } from "./media.js";
import {
  type ChatCompletionContent,
  type ChatCompletionContentPart,
  ChatCompletionContentPartSchema,
  ChatCompletionContentSchema,
} from "./openai_grpc/v1/chat_content_pb.js";
import {
  ChatCompletionMessageSchema,
  type ChatCompletionMessageToolCall,
  type ChatCompletionRequestMessage,
  ChatCompletionRequestMessageSchema,
} from "./openai_grpc/v1/chat_message_pb.js";
import type { ChatCompletion, ChatCompletion_Choice } from "./openai_grpc/v1/chat_pb.js";

/** Content of a message: a text, or parts in order. */
export type Content = string | readonly (string | ChatCompletionContentPart)[];

/** Makes a message of the user: `user("hi")`, `user(["What is this?", image(bytes)])`. */
export function user(content: Content, name?: string): ChatCompletionRequestMessage {
  return message("user", content, name);
}

/** Makes a system message, for models that take no developer messages. */
export function system(content: Content, name?: string): ChatCompletionRequestMessage {
  return message("system", content, name);
}

/** Makes a message of the developer: instructions that the model follows before those of the user. */
export function developer(content: Content, name?: string): ChatCompletionRequestMessage {
  return message("developer", content, name);
}

/** Makes a message of the assistant: an earlier reply as it was received, or a text. */
export function assistant(reply: string | MessageInitShape<typeof ChatCompletionMessageSchema>): ChatCompletionRequestMessage {
  const value = create(ChatCompletionMessageSchema, typeof reply === "string" ? { content: reply } : reply);
  return create(ChatCompletionRequestMessageSchema, { kind: { case: "assistant", value } });
}

/** Makes the message with the result of a tool call, given the call or its id. */
export function tool(call: string | ChatCompletionMessageToolCall, result: Content): ChatCompletionRequestMessage {
  const { kind } = typeof call === "string" ? {} : call;
  const toolCallId = typeof call === "string" ? call : kind?.case === "unknown" ? undefined : kind?.value?.id;
  if (!toolCallId) {
    throw new TypeError("the tool call has no id: give it as text");
  }
  return create(ChatCompletionRequestMessageSchema, {
    kind: { case: "tool", value: { toolCallId, content: content(result) } },
  });
}

/** Makes the content of a message. */
export function content(given: Content): ChatCompletionContent {
  return create(ChatCompletionContentSchema, {
    kind:
      typeof given === "string"
        ? { case: "text", value: given }
        : { case: "parts", value: { parts: given.map((part) => (typeof part === "string" ? text(part) : part)) } },
  });
}

/** Makes a part of text. */
export function text(value: string): ChatCompletionContentPart {
  return create(ChatCompletionContentPartSchema, { kind: { case: "text", value: { text: value } } });
}

/**
 * Makes a part with an image.
 *
 * @param source An `https:` or `data:` URL, or the bytes of a PNG, JPEG, GIF or WebP. `loadImage` reads a file.
 * @param detail How closely to look at it: `auto`, `low`, `high` or `original`. Default: `auto`.
 */
export function image(source: string | URL | Uint8Array, detail?: string): ChatCompletionContentPart {
  return create(ChatCompletionContentPartSchema, {
    kind: { case: "imageUrl", value: { imageUrl: { source: imageSource(source, "url"), ...(detail && { detail }) } } },
  });
}

/** Reads an image from a file. */
export async function loadImage(path: string | URL, detail?: string): Promise<ChatCompletionContentPart> {
  return image(await readFile(path), detail);
}

/** Makes a part with sound: `wav` or `mp3`. */
export function audio(data: Uint8Array, format: string): ChatCompletionContentPart {
  return create(ChatCompletionContentPartSchema, {
    kind: { case: "inputAudio", value: { inputAudio: { data, format } } },
  });
}

/**
 * Makes a part with a file, such as a PDF.
 *
 * @param source Its bytes, or the id of an uploaded file.
 * @param filename Its name, which tells the type. Default, of bytes: `file`.
 */
export function file(source: string | Uint8Array, filename?: string): ChatCompletionContentPart {
  const name = filename ?? "file";
  const value =
    typeof source === "string"
      ? { fileId: source, ...(filename && { filename }) }
      : { filename: name, source: { case: "data", value: { mimeType: typeOfName(name), data: source } } as const };
  return create(ChatCompletionContentPartSchema, { kind: { case: "file", value: { file: value } } });
}

/** Reads a file, for a part of a message. */
export async function loadFile(path: string | URL): Promise<ChatCompletionContentPart> {
  return file(await readFile(path), basename(path.toString()));
}

/** Returns the source of an image, as the field of a message. */
export function imageSource<Url extends string>(source: string | URL | Uint8Array, url: Url) {
  if (source instanceof Uint8Array) {
    return { case: "data", value: { mimeType: imageType(source), data: source } } as const;
  }
  const value = source.toString();
  if (!/^(https?|data):/i.test(value)) {
    throw new TypeError(`${value.slice(0, 64)} is not the URL of an image: read a file with loadImage(path)`);
  }
  return { case: url, value } as const;
}

/** Returns the text of a chat reply: that of its first choice. */
export function messageText(reply: ChatCompletion): string {
  const message = firstChoice(reply)?.message;
  return message?.content ?? partsText(message?.contentParts ?? []);
}

/** Returns the choice with the index 0, which need not be the first that is sent. */
export function firstChoice({ choices }: ChatCompletion): ChatCompletion_Choice | undefined {
  return choices.find(({ index }) => (index ?? 0) === 0);
}

/** Returns the texts of parts, joined. */
export function partsText(parts: readonly ChatCompletionContentPart[]): string {
  return parts.map(({ kind }) => textOf(kind)).join("");
}

function textOf(kind: ChatCompletionContentPart["kind"]): string {
  return kind.case === "text" ? (kind.value.text ?? "") : kind.case === "plainText" ? kind.value : "";
}

function message(role: "user" | "system" | "developer", given: Content, name?: string): ChatCompletionRequestMessage {
  const value = { content: content(given), ...(name !== undefined && { name }) };
  return create(ChatCompletionRequestMessageSchema, { kind: { case: role, value } });
}
