/** Uploads of files, in chunks. */
import { createReadStream, type ReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";

import { create, type MessageInitShape } from "@bufbuild/protobuf";

import { UploadFileSchema } from "./openai_grpc/v1/common_pb.js";
import {
  CreateTranscriptionRequestSchema,
  type UploadTranscriptionRequestSchema,
} from "./openai_grpc/v1/transcription_pb.js";

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

const chunkBytes = 256 * 1024;

/**
 * Yields the messages of an upload: the request, then the file in chunks, each read when the one before is sent.
 *
 * @throws TypeError The source has no name, and none is given.
 */
export async function* uploadMessages(
  request: Omit<MessageInitShape<typeof CreateTranscriptionRequestSchema>, "file" | "$typeName">,
  { source, options }: Upload,
): AsyncGenerator<MessageInitShape<typeof UploadTranscriptionRequestSchema>> {
  const { chunks, filename, size, contentType } = await opened(source);
  const name = options.filename ?? filename;
  if (name === undefined) {
    throw new TypeError("the file has no name: give one, as in upload(source, { filename: 'speech.wav' })");
  }
  const total = options.size ?? size;
  const type = options.contentType ?? contentType;
  const file = create(UploadFileSchema, {
    filename: name,
    ...(type && { contentType: type }),
    ...(total !== undefined && { size: BigInt(total) }),
  });
  yield { message: { case: "config", value: create(CreateTranscriptionRequestSchema, { ...request, file }) } };
  let sent = 0;
  for await (const chunk of chunks()) {
    const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
    for (let at = 0; at < bytes.length; at += chunkBytes) {
      const part = bytes.subarray(at, at + chunkBytes);
      yield { message: { case: "chunk", value: part } };
      sent += part.length;
      options.onProgress?.(sent, total);
    }
  }
}

interface Opened {
  readonly chunks: () => AsyncIterable<Uint8Array | string>;
  readonly filename?: string | undefined;
  readonly size?: number | undefined;
  readonly contentType?: string | undefined;
}

async function opened(source: UploadSource): Promise<Opened> {
  if (typeof source === "string" || source instanceof URL) {
    const path = typeof source === "string" ? source : fileURLToPath(source);
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
