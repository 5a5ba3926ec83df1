/** Uploads of files, in chunks. */
import { createReadStream, type ReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";

import { create } from "@bufbuild/protobuf";

import { type UploadFile, UploadFileSchema } from "./openai_grpc/v1/common_pb.js";

/** What a file is read from: a path, the URL of a file, bytes, a `Blob` or `File`, or a stream of bytes. */
export type UploadSource = string | URL | Uint8Array | ArrayBuffer | Blob | AsyncIterable<Uint8Array | string>;

/** Facts of a file that its source does not tell. */
export interface UploadOptions {
  /** Its name, of whose extension upstream reads the format. Default: that of the path or `File`; else required. */
  readonly filename?: string;
  /** Its MIME type. Default: guessed of the extension by the gateway. */
  readonly contentType?: string;
  /** Its size in bytes, where a stream's is known: with it upstream gets a `Content-Length`. */
  readonly size?: number;
  /** Called after each chunk that was sent, with the bytes so far and those of all, if known. */
  readonly onProgress?: (sent: number, total: number | undefined) => void;
}

/** A file to upload. `upload` makes one. */
export class Upload {
  /** @internal */
  constructor(
    readonly source: UploadSource,
    readonly options: UploadOptions,
  ) {}
}

/** Names a file to upload, with its name, type and size, or to watch its progress. */
export function upload(source: UploadSource, options: UploadOptions = {}): Upload {
  return new Upload(source, options);
}

/** Size of a chunk, in bytes. */
export const chunkBytes = 256 * 1024;

/** A message of an upload: its settings, or the next chunk of its file. */
export interface UploadMessage<Config> {
  readonly message: { readonly case: "config"; readonly value: Config } | { readonly case: "chunk"; readonly value: Uint8Array };
}

/** Returns a file as an upload. */
export function uploadOf(file: UploadSource | Upload): Upload {
  return file instanceof Upload ? file : new Upload(file, {});
}

/**
 * Yields the messages of an upload: the settings, then the file in chunks, each read when the one before is sent.
 *
 * @param config Returns the settings, with the description of the file.
 * @throws TypeError The source has no name, and none is given.
 */
export async function* uploadMessages<Config>(
  config: (file: UploadFile) => Config,
  { source, options }: Upload,
): AsyncGenerator<UploadMessage<Config>> {
  const file = await opened(source);
  const total = options.size ?? file.size;
  yield { message: { case: "config", value: config(description(file, options)) } };
  yield* chunkMessages(file, total, options);
}

/** Yields the messages of an upload whose body is the content of a source, which needs no name. */
export async function* bodyMessages<Config>(
  config: (facts: { size?: bigint; contentType?: string }) => Config,
  { source, options }: Upload,
): AsyncGenerator<UploadMessage<Config>> {
  const file = await opened(source);
  const { size, contentType } = description(file, { filename: "body", ...options });
  const facts = { ...(size !== undefined && { size }), ...(contentType && { contentType }) };
  yield { message: { case: "config", value: config(facts) } };
  yield* chunkMessages(file, options.size ?? file.size, options);
}

/**
 * Reads a file for a request that has it in itself. It is at most as large as a message.
 *
 * @throws TypeError The source has no name, and none is given.
 */
export async function readUpload(given: UploadSource | Upload): Promise<UploadFile> {
  const { source, options } = uploadOf(given);
  const file = await opened(source);
  const { size: _, ...described } = description(file, options);
  const chunks: Uint8Array[] = [];
  for await (const chunk of file.chunks()) {
    chunks.push(bytesOf(chunk));
  }
  return create(UploadFileSchema, { ...described, data: Buffer.concat(chunks) });
}

function description(file: Opened, options: UploadOptions): UploadFile {
  const name = options.filename ?? file.filename;
  if (name === undefined) {
    throw new TypeError("the file has no name: give one, as in upload(source, { filename: 'speech.wav' })");
  }
  const total = options.size ?? file.size;
  const type = options.contentType ?? file.contentType;
  return create(UploadFileSchema, {
    filename: name,
    ...(type && { contentType: type }),
    ...(total !== undefined && { size: BigInt(total) }),
  });
}

async function* chunkMessages(file: Opened, total: number | undefined, { onProgress }: UploadOptions) {
  let sent = 0;
  for await (const chunk of file.chunks()) {
    const bytes = bytesOf(chunk);
    for (let at = 0; at < bytes.length; at += chunkBytes) {
      const part = bytes.subarray(at, at + chunkBytes);
      yield { message: { case: "chunk", value: part } } as const;
      sent += part.length;
      onProgress?.(sent, total);
    }
  }
}

function bytesOf(chunk: Uint8Array | string): Uint8Array {
  return typeof chunk === "string" ? Buffer.from(chunk) : chunk;
}

interface Opened {
  readonly chunks: () => AsyncIterable<Uint8Array | string>;
  readonly filename?: string | undefined;
  readonly size?: number | undefined;
  readonly contentType?: string | undefined;
}

/** Returns the path of a file. */
export function pathOf(source: string | URL): string {
  return typeof source === "string" ? source : fileURLToPath(source);
}

/**
 * Returns the facts of a source, and what reads it.
 *
 * @throws Error There is no such file.
 */
export async function opened(source: UploadSource): Promise<Opened> {
  if (typeof source === "string" || source instanceof URL) {
    const path = pathOf(source);
    const { size } = await stat(path); // fails before anything is sent
    return { chunks: () => createReadStream(path, { highWaterMark: chunkBytes }), filename: basename(path), size };
  }
  if (source instanceof Uint8Array || source instanceof ArrayBuffer) {
    const bytes = source instanceof Uint8Array ? source : new Uint8Array(source);
    return { chunks: () => one(bytes), size: bytes.length };
  }
  if (source instanceof Blob) {
    const { name } = source as Blob & { name?: string };
    return { chunks: () => source.stream(), filename: name, size: source.size, contentType: source.type };
  }
  const { path } = source as Partial<ReadStream>;
  return { chunks: () => source, filename: path === undefined ? undefined : basename(path.toString()) };
}

async function* one<T>(value: T): AsyncGenerator<T> {
  yield value;
}
