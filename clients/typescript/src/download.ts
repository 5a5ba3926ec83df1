/** Downloads of files. */
import { createHash, type Hash } from "node:crypto";
import { open } from "node:fs/promises";

import type { Message } from "@bufbuild/protobuf";

import { OpenAIGrpcError } from "./errors.js";
import type { CallMetadata } from "./metadata.js";

const overlap = 64 * 1024; // bytes that are compared before a file is continued

/** A download is not what the gateway sent, or not of the file that was there. */
export class DownloadError extends OpenAIGrpcError {}

/** A message of a download. */
export interface Piece {
  readonly data: Uint8Array;
  readonly sha256?: Uint8Array | undefined;
  readonly size?: number | undefined;
  readonly contentType?: string | undefined;
}

/** The messages of a download. */
export interface Pieces {
  readonly metadata: CallMetadata | undefined;
  next(): Promise<IteratorResult<Message, undefined>>;
  cancel(): void;
}

/** Where a download is: read by who makes its requests. */
export class Position {
  /** The first byte, in the file. */
  offset = 0;
  /** How many bytes came. */
  received = 0;
  /** Whether it goes on after it broke off, without a message so far. */
  isAgain = false;
  private sum: Hash = createHash("sha256"); // of one stream

  /** Takes note that another stream begins, and returns the byte that it begins with. */
  again(): number {
    this.isAgain = true;
    this.sum = createHash("sha256");
    return this.offset + this.received;
  }

  /** Takes note of bytes that came. */
  add(data: Uint8Array): void {
    this.sum.update(data);
  }

  /** Returns the SHA-256 of the stream. */
  digest(): Uint8Array {
    return this.sum.digest();
  }
}

/**
 * The bytes of a file, as they arrive; no more are asked for than are read. The first read begins the call, and leaving a
 * loop over it cancels the call. One that breaks off goes on where it was. At the end the bytes are compared with their
 * checksum. `Readable.from(download)` and `pipeline(download, writable)` of Node take it.
 */
export class Download implements AsyncIterableIterator<Uint8Array>, AsyncDisposable {
  /** The MIME type, once something was read, if upstream says. */
  contentType: string | undefined;
  /** The size of the whole file in bytes, once something was read, if upstream says. */
  size: number | undefined;
  private stream: Pieces | undefined;

  /** @internal */
  constructor(
    private readonly position: Position,
    private readonly begin: () => Pieces,
    private readonly read: (message: Message) => Piece,
    private readonly onProgress: DownloadOptions["onProgress"],
  ) {}

  /** Metadata of the call, once something has arrived. */
  get metadata(): CallMetadata | undefined {
    return this.stream?.metadata;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /**
   * Returns the next bytes.
   *
   * @throws APIError The call failed; what came before stays valid.
   * @throws DownloadError The bytes differ from their checksum, or the file has changed.
   */
  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.stream ??= this.begin();
    for (;;) {
      const { done, value } = await this.stream.next();
      if (done) {
        return { done: true, value: undefined };
      }
      try {
        const data = this.take(this.read(value));
        if (data.length > 0) {
          return { done: false, value: data };
        }
      } catch (error) {
        this.cancel();
        throw error;
      }
    }
  }

  /** Cancels the download. What a loop does when it is left early. */
  async return(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.cancel();
    return { done: true, value: undefined };
  }

  /** Cancels the download, unless it has ended. */
  cancel(): void {
    this.stream ??= this.begin();
    this.stream.cancel();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  /** Reads all bytes into memory. */
  async bytes(): Promise<Uint8Array> {
    const chunks = [];
    for await (const chunk of this) {
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  }

  /**
   * Writes all bytes to a file. One that is cut off stays.
   *
   * @param options With `resume` a file that an earlier download has begun is completed, instead of replaced; the end of
   *   what is there is compared with what comes. It is for downloads of a whole file.
   * @throws DownloadError As for `next`; or the file is not the beginning of what comes.
   */
  async toPath(path: string, { resume = false }: { readonly resume?: boolean } = {}): Promise<void> {
    const file = await open(path, resume ? "a+" : "w");
    try {
      if (resume) {
        const { size } = await file.stat();
        const known = Buffer.alloc(Math.min(size, overlap));
        await file.read(known, 0, known.length, size - known.length);
        this.position.offset = size - known.length;
        const rest = await this.behind(known, path);
        await file.writeFile(rest);
      }
      for await (const chunk of this) {
        await file.writeFile(chunk);
      }
    } finally {
      this.cancel();
      await file.close();
    }
  }

  /** Reads bytes that are known, and returns what came behind them. */
  private async behind(known: Buffer, path: string): Promise<Uint8Array> {
    let at = 0;
    while (at < known.length) {
      const { done, value } = await this.next();
      const part = value?.subarray(0, known.length - at);
      if (done || !part || Buffer.compare(part, known.subarray(at, at + part.length)) !== 0) {
        throw new DownloadError(`the file ${path} is not the beginning of the download: remove it`);
      }
      at += part.length;
      if (part.length < value.length) {
        return value.subarray(part.length);
      }
    }
    return new Uint8Array();
  }

  private take({ data, sha256, size, contentType }: Piece): Uint8Array {
    const { position } = this;
    if (sha256 && Buffer.compare(sha256, position.digest()) !== 0) {
      throw new DownloadError("the content differs from its checksum: download it again");
    }
    if (position.isAgain && size !== undefined && this.size !== undefined && size !== this.size) {
      throw new DownloadError(`the file has changed from ${this.size} to ${size} bytes while it was read: download it again`);
    }
    position.isAgain = false;
    this.size ??= size;
    this.contentType ??= contentType;
    position.received += data.length;
    if (data.length > 0) {
      position.add(data);
      this.onProgress?.(position.offset + position.received, this.size);
    }
    return data;
  }
}

/** Options of a download. */
export interface DownloadOptions {
  /** Called as bytes are read, with those so far and those of the whole file, if known, from its beginning. */
  readonly onProgress?: (received: number, size: number | undefined) => void;
}
