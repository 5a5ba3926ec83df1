/** Large files, uploaded in parts. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { setImmediate, setTimeout } from "node:timers/promises";

import type { Caller, CallOptions } from "./call.js";
import {
  type CreateUploadRequestSchema,
  type Upload as UploadObject,
  type UploadPart,
  UploadsService,
} from "./openai_grpc/v1/uploads_pb.js";
import type { Params } from "./params.js";
import { pauseBeforePart } from "./retry.js";
import { chunkBytes, opened, pathOf, Upload, uploadMessages, uploadOf, type UploadSource } from "./upload.js";

/** What a part is read from again if it fails: a path, the URL of a file, bytes, a `Blob` or `File`. */
export type RereadableSource = Exclude<UploadSource, AsyncIterable<unknown>>;

/** A large file to upload in parts, with its use. */
export type LargeFileParams = Omit<Params<typeof CreateUploadRequestSchema>, "bytes" | "filename" | "$typeName" | "$unknown"> & {
  /** The file, or `upload(...)` of it with its name, its type, or to watch its progress. Not a stream. */
  readonly file: RereadableSource | Upload;
  /** Size of a part in bytes, at most the upstream's limit. Default: 64 MiB. */
  readonly partBytes?: number;
  /** How many parts are sent at once; each holds a few hundred KiB of memory. Default: 4. */
  readonly parallel?: number;
};

const maxParts = 4096;
const cancelTimeoutMs = 10_000;

/** Adds a part, which is sent in chunks. */
export function addPart(
  caller: Caller,
  uploadId: string,
  { source, options: facts }: Upload,
  options?: CallOptions,
): Promise<UploadPart> {
  const part = new Upload(source, { filename: "part", ...facts });
  const messages = uploadMessages((file) => ({ uploadId, file }), part);
  return caller.upload(UploadsService.method.addUploadPart, messages, options);
}

/** Uploads a file in parts; cancels the upload if it fails. */
export async function uploadInParts(caller: Caller, params: LargeFileParams, options: CallOptions = {}): Promise<UploadObject> {
  const { file: given, partBytes = 64 * 1024 * 1024, parallel = 4, mimeType, ...request } = params;
  const file = await PartedFile.of(uploadOf(given), partBytes, parallel);
  const type = mimeType ?? file.contentType;
  if (!type) {
    throw new TypeError("the file has no MIME type: give mimeType, which must fit the purpose");
  }
  const config = { ...request, filename: file.filename, mimeType: type, bytes: BigInt(file.size) };
  const { id: uploadId = "" } = await caller.unary(UploadsService.method.createUpload, config, options);
  try {
    const sent = await sendParts(caller, uploadId, file, options);
    return await caller.unary(UploadsService.method.completeUpload, { uploadId, ...sent }, options);
  } catch (error) {
    const { signal: _, ...others } = options; // it may be what has ended the upload
    const last = { ...others, timeoutMs: cancelTimeoutMs };
    await caller.unary(UploadsService.method.cancelUpload, { uploadId }, last).catch(() => undefined); // then it expires
    throw error;
  }
}

/** Sends all parts, several at once, while the MD5 is made; the first failure ends the others. */
async function sendParts(
  caller: Caller,
  uploadId: string,
  file: PartedFile,
  options: CallOptions,
): Promise<{ partIds: string[]; md5: string }> {
  const stop = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal;
  const partIds = Array<string>(file.count).fill("");
  let failure: { readonly error: unknown } | undefined;
  let next = 0;
  const work = async () => {
    while (next < file.count && !failure) {
      const number = next++;
      partIds[number] = await sendPart(caller, uploadId, file, number, { ...options, signal });
    }
  };
  const guarded = async <T>(task: Promise<T>): Promise<T | undefined> => {
    try {
      return await task;
    } catch (error) {
      failure ??= { error };
      stop.abort();
      return undefined;
    }
  };
  const workers = Array.from({ length: Math.min(file.parallel, file.count) }, () => guarded(work()));
  const [md5 = ""] = await Promise.all([guarded(file.md5(signal)), ...workers]);
  if (failure) {
    throw failure.error;
  }
  return { partIds, md5 };
}

/** Sends a part, again if it fails in passing, and returns its id. */
async function sendPart(caller: Caller, uploadId: string, file: PartedFile, number: number, options: CallOptions): Promise<string> {
  const retries = options.maxRetries ?? caller.maxRetries;
  for (let failures = 1; ; failures++) {
    try {
      return (await addPart(caller, uploadId, file.part(number), options)).id ?? "";
    } catch (error) {
      const pause = pauseBeforePart(error, failures);
      if (pause === undefined || failures > retries) {
        throw error;
      }
      await setTimeout(pause, undefined, { signal: options.signal ?? undefined }).catch(() => {
        throw error;
      });
    }
  }
}

/** A file whose parts are read side by side, each as often as it takes. */
class PartedFile {
  private readonly sent: number[] = [];

  private constructor(
    private readonly file: Upload,
    private readonly source: RereadableSource,
    readonly filename: string,
    readonly contentType: string | undefined,
    readonly size: number,
    private readonly partBytes: number,
    readonly parallel: number,
  ) {}

  /**
   * @throws TypeError It is a stream, or has no name.
   * @throws RangeError It is empty, has too many parts, or a number is invalid.
   */
  static async of(file: Upload, partBytes: number, parallel: number): Promise<PartedFile> {
    const { source, options } = file;
    if (!isRereadable(source)) {
      throw new TypeError("a stream can't be uploaded in parts: give a path, bytes or a Blob, or use files.upload");
    }
    const facts = await opened(source);
    const filename = options.filename ?? facts.filename;
    if (!filename) {
      throw new TypeError("the file has no name: give one, as in upload(source, { filename: 'plan.pdf' })");
    }
    const size = facts.size ?? 0;
    if (![partBytes, parallel].every((number) => Number.isSafeInteger(number) && number > 0)) {
      throw new RangeError(`invalid parts of ${partBytes} bytes, ${parallel} at once: both must be integers of 1 or more`);
    }
    if (size === 0) {
      throw new RangeError("the file is empty: use files.upload");
    }
    if (size > partBytes * maxParts) {
      throw new RangeError(`parts of ${partBytes} bytes are too small for ${size}: at most ${maxParts} parts`);
    }
    return new PartedFile(file, source, filename, options.contentType ?? facts.contentType, size, partBytes, parallel);
  }

  get count(): number {
    return Math.ceil(this.size / this.partBytes);
  }

  part(number: number): Upload {
    const start = number * this.partBytes;
    const size = Math.min(this.partBytes, this.size - start);
    const onProgress = (sent: number) => {
      this.sent[number] = sent;
      this.file.options.onProgress?.(this.sent.reduce((total, each) => total + each, 0), this.size);
    };
    return new Upload(this.read(start, start + size), { filename: this.filename, size, onProgress });
  }

  /** Returns the MD5 of the file in hexadecimal digits, of a part of it once the signal is aborted. */
  async md5(signal: AbortSignal): Promise<string> {
    const hash = createHash("md5");
    for await (const chunk of this.read(0, this.size)) {
      hash.update(chunk);
      if (signal.aborted) {
        break;
      }
      await setImmediate(); // lets the parts go on where the file is in memory
    }
    return hash.digest("hex");
  }

  private async *read(start: number, end: number): AsyncGenerator<Uint8Array> {
    const { source } = this;
    if (typeof source === "string" || source instanceof URL) {
      yield* createReadStream(pathOf(source), { start, end: end - 1, highWaterMark: chunkBytes });
    } else if (source instanceof Blob) {
      yield* source.slice(start, end).stream();
    } else {
      const bytes = source instanceof Uint8Array ? source : new Uint8Array(source);
      for (let at = start; at < end; at += chunkBytes) {
        yield bytes.subarray(at, Math.min(end, at + chunkBytes));
      }
    }
  }
}

function isRereadable(source: UploadSource): source is RereadableSource {
  return typeof source === "string" || [URL, Uint8Array, ArrayBuffer, Blob].some((kind) => source instanceof kind);
}
