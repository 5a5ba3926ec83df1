/**
 * One gRPC call on a stream of Node's HTTP/2: messages with their prefixes, metadata, flow control and failures.
 *
 * Source: "gRPC over HTTP2" (PROTOCOL-HTTP2.md of gRPC).
 */
import { type ClientHttp2Stream, constants, type IncomingHttpHeaders } from "node:http2";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";

import { type DescMessage, type MessageShape, toBinary } from "@bufbuild/protobuf";
import { Code, ConnectError, type StreamRequest, type UnaryRequest } from "@connectrpc/connect";
import type { Http2SessionManager } from "@connectrpc/connect-node";
import { validateResponse, validateTrailer } from "@connectrpc/connect/protocol-grpc";

import { readMessage } from "./binary.js";
import { unlessLost } from "./errors.js";

const prefixBytes = 5; // a byte of flags, four of the length
const compressedFlag = 1;
const bufferedBytes = 256 * 1024; // of one stream that its reader has not read
const mostPieces = 1024; // small ones would take more memory than their bytes
const noticeMs = 100; // how often the keepalive of the connection hears that bytes came
const unzip = promisify(gunzip);

/** One call on a stream of HTTP/2; as an iterator, its replies. */
export class Exchange<I extends DescMessage, O extends DescMessage> implements AsyncIterableIterator<MessageShape<O>> {
  /** Metadata that began the reply. */
  readonly header: Promise<Headers>;
  /** Metadata that ended the reply; empty before. */
  readonly trailer = new Headers();

  /** Told how the call ended, once its replies are read. */
  limits: { end(): void; fail(error: unknown): ConnectError } | undefined;

  private readonly method: { readonly input: I; readonly output: O };
  private readonly signal: AbortSignal;
  private head: Headers | undefined;
  private hasStatus = false; // in its header, as a call has that fails before a message
  private onHeader!: (header: Headers) => void;
  private onFailure!: (error: ConnectError) => void;
  private readonly pieces: Buffer[] = [];
  private noticed = 0; // when the connection was last known to be alive
  private offset = 0; // in the first piece
  private held = 0; // bytes of all pieces behind the offset
  private needed = prefixBytes; // bytes until the next message is whole
  private waiting: { resolve: (result: Result<O> | Promise<Result<O>>) => void; reject: (error: unknown) => void } | undefined;
  private ended = false;
  private failure: ConnectError | undefined;
  private aborted = false;

  constructor(
    private readonly stream: ClientHttp2Stream,
    private readonly manager: Http2SessionManager,
    request: UnaryRequest<I, O> | StreamRequest<I, O>,
    private readonly maxMessageBytes: number,
  ) {
    this.method = request.method;
    this.signal = request.signal;
    this.header = new Promise((resolve, reject) => {
      this.onHeader = resolve;
      this.onFailure = reject;
    });
    this.header.catch(() => undefined); // whoever awaits it has the error
    stream.on("response", (headers) => {
      this.begin(headers);
    });
    stream.on("data", (piece: Buffer) => {
      this.feed(piece);
    });
    stream.on("trailers", (headers: IncomingHttpHeaders) => {
      copy(headers, this.trailer);
    });
    stream.on("end", () => {
      if (this.trailer.has("grpc-status")) {
        this.end();
      }
    });
    stream.on("error", (error: Error) => {
      this.fail(unlessLost(failureOf(error, stream.rstCode), false));
    });
    stream.on("close", () => {
      const reset = this.ended ? undefined : resetError(stream.rstCode);
      if (reset) {
        this.fail(unlessLost(reset, false));
      }
      this.end();
    });
    if (this.signal.aborted) {
      this.abort();
    } else {
      this.signal.addEventListener("abort", this.abort);
    }
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Sends the only request. */
  send(message: MessageShape<I>): void {
    this.stream.end(this.frame(message));
  }

  /** Sends all requests, each when there is room for it. */
  async sendAll(messages: AsyncIterable<MessageShape<I>>): Promise<void> {
    try {
      for await (const message of messages) {
        if (this.stream.destroyed || this.stream.writableEnded) {
          return;
        }
        if (!this.stream.write(this.frame(message))) {
          await room(this.stream);
        }
      }
      this.stream.end();
    } catch (error) {
      this.fail(ConnectError.from(error));
    }
  }

  /** Returns the next reply. */
  next(): Promise<Result<O>> {
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
      this.wake();
    });
  }

  /** Ends the call with an error, unless it has ended, and returns the error. */
  fail(error: unknown): ConnectError {
    const failure = ConnectError.from(error);
    if (!this.ended && this.failure === undefined) {
      this.failure = failure;
      this.onFailure(failure);
      this.settle();
      this.wake();
      if (!this.stream.closed) {
        this.stream.close(constants.NGHTTP2_CANCEL);
      }
    }
    return failure;
  }

  private begin(headers: IncomingHttpHeaders & { readonly ":status"?: number | undefined }): void {
    const header = copy(headers, new Headers());
    try {
      const { foundStatus, headerError } = validateResponse(headers[":status"] ?? 0, header);
      const encoding = header.get("grpc-encoding") ?? "identity";
      if (headerError) {
        throw headerError;
      }
      if (encoding !== "identity" && encoding !== "gzip") {
        throw new ConnectError(`unsupported response encoding "${encoding}"`, Code.Internal, header);
      }
      this.hasStatus = foundStatus;
      this.head = header;
      this.onHeader(header);
    } catch (error) {
      this.fail(error);
    }
  }

  private feed(piece: Buffer): void {
    const now = performance.now();
    if (now - this.noticed > noticeMs) {
      this.noticed = now;
      this.manager.notifyResponseByteRead(this.stream);
    }
    this.pieces.push(piece);
    this.held += piece.length;
    if (this.pieces.length > mostPieces) {
      this.atLeast(this.held);
    }
    if (this.held >= this.needed) {
      this.wake();
      if (this.held > bufferedBytes && this.held >= this.needed) {
        this.stream.pause();
      }
    }
  }

  private end(): void {
    if (!this.ended) {
      this.ended = true;
      if (this.head === undefined) {
        this.onFailure(new ConnectError("protocol error: missing status", Code.Internal));
      }
      this.settle();
      this.wake();
    }
  }

  private wake(): void {
    const { waiting } = this;
    if (!waiting) {
      return;
    }
    try {
      const result = this.result();
      if (result !== undefined) {
        this.waiting = undefined;
        waiting.resolve(result);
      }
    } catch (error) {
      this.waiting = undefined;
      waiting.reject(this.conclude(error));
    }
  }

  /** Ends the call with an error, and returns what its reader gets. */
  private conclude(error: unknown): ConnectError {
    const failure = this.fail(error);
    return this.limits?.fail(failure) ?? failure;
  }

  /** Returns the next reply or the end, and undefined where it is to come. */
  private result(): Result<O> | Promise<Result<O>> | undefined {
    const message = this.aborted ? undefined : this.take();
    if (message !== undefined) {
      return message;
    }
    if (this.failure !== undefined) {
      throw this.failure;
    }
    if (!this.ended) {
      return undefined;
    }
    if (!this.hasStatus) {
      validateTrailer(this.trailer, this.head ?? new Headers());
    }
    if (this.held > 0) {
      throw new ConnectError("protocol error: the reply ended inside a message", Code.Internal);
    }
    this.limits?.end();
    return { done: true, value: undefined };
  }

  /** Takes the next whole message from the pieces. */
  private take(): Result<O> | Promise<Result<O>> | undefined {
    if (this.held < this.needed) {
      return undefined;
    }
    let first = this.atLeast(prefixBytes);
    const length = first.readUInt32BE(this.offset + 1);
    if (length > this.maxMessageBytes) {
      const limit = `larger than configured readMaxBytes ${this.maxMessageBytes}`;
      throw new ConnectError(`message size ${length} is ${limit}`, Code.ResourceExhausted);
    }
    const size = prefixBytes + length;
    if (this.held < size) {
      this.needed = size;
      if (this.stream.isPaused()) {
        this.stream.resume();
      }
      return undefined;
    }
    first = this.atLeast(size);
    const start = this.offset;
    this.offset += size;
    this.held -= size;
    this.needed = prefixBytes;
    if (this.offset === first.length) {
      this.pieces.shift();
      this.offset = 0;
    }
    if (this.stream.isPaused() && this.held < bufferedBytes / 2) {
      this.stream.resume();
    }
    return this.decode(first, start, start + size);
  }

  /** Returns the first piece, joined with others if it has too few bytes behind the offset. */
  private atLeast(size: number): Buffer {
    let first = this.pieces[0] as Buffer;
    if (first.length - this.offset < size) {
      first = Buffer.concat([first.subarray(this.offset), ...this.pieces.slice(1)]);
      this.pieces.splice(0, this.pieces.length, first);
      this.offset = 0;
    }
    return first;
  }

  /** Reads a message that begins with its prefix. */
  private decode(piece: Buffer, start: number, end: number): Result<O> | Promise<Result<O>> {
    if (((piece[start] ?? 0) & compressedFlag) === 0) {
      return this.read(piece, start + prefixBytes, end);
    }
    const read = unzip(piece.subarray(start + prefixBytes, end), { maxOutputLength: this.maxMessageBytes }).then(
      (bytes) => this.read(bytes, 0, bytes.length),
      (cause: unknown) => {
        const { code, message } = cause as NodeJS.ErrnoException;
        const kind = code === "ERR_BUFFER_TOO_LARGE" ? Code.ResourceExhausted : Code.Internal;
        throw new ConnectError(`a compressed message can't be read: ${message}`, kind, undefined, undefined, cause);
      },
    );
    return read.catch((error: unknown) => {
      throw this.conclude(error);
    });
  }

  private read(bytes: Buffer, start: number, end: number): Result<O> {
    try {
      return { done: false, value: readMessage(this.method.output, bytes, start, end) };
    } catch (error) {
      throw ConnectError.from(error, Code.Internal);
    }
  }

  /** Returns a message with its prefix. */
  private frame(message: MessageShape<I>): Buffer {
    const bytes = toBinary(this.method.input, message);
    if (bytes.length > this.maxMessageBytes) {
      const limit = `larger than configured writeMaxBytes ${this.maxMessageBytes}`;
      throw this.fail(new ConnectError(`message size ${bytes.length} is ${limit}`, Code.ResourceExhausted));
    }
    const frame = Buffer.allocUnsafe(prefixBytes + bytes.length);
    frame[0] = 0;
    frame.writeUInt32BE(bytes.length, 1);
    frame.set(bytes, prefixBytes);
    return frame;
  }

  private settle(): void {
    this.signal.removeEventListener("abort", this.abort);
  }

  private readonly abort = (): void => {
    this.aborted = true;
    this.fail(ConnectError.from(this.signal.reason, Code.Canceled));
  };
}

type Result<O extends DescMessage> = IteratorResult<MessageShape<O>, undefined>;

/** Waits until a stream takes more, or is closed. */
function room(stream: ClientHttp2Stream): Promise<void> {
  return new Promise((resolve) => {
    const settle = () => {
      stream.off("drain", settle).off("close", settle);
      resolve();
    };
    if (stream.destroyed) {
      resolve();
    } else {
      stream.on("drain", settle).on("close", settle);
    }
  });
}

/** Appends fields of HTTP/2, but for its pseudo-header fields. */
function copy(fields: IncomingHttpHeaders, headers: Headers): Headers {
  for (const key in fields) {
    const value = fields[key];
    if (typeof value === "string") {
      headers.append(key, value);
    } else if (Array.isArray(value)) {
      for (const each of value) {
        headers.append(key, each);
      }
    }
  }
  return headers;
}

const lostCodes = new Set(["ECONNRESET", "EPIPE", "ERR_HTTP2_INVALID_STREAM", "ERR_STREAM_DESTROYED"]);

/** Returns what an error of Node's HTTP/2 means for a call. */
function failureOf(error: Error, resetCode: number): ConnectError {
  if (error instanceof ConnectError) {
    return error;
  }
  if (lostCodes.has((error as NodeJS.ErrnoException).code ?? "")) {
    return new ConnectError(error.message, Code.Aborted, undefined, undefined, error);
  }
  return resetError(resetCode, error) ?? new ConnectError(error.message, Code.Internal, undefined, undefined, error);
}

const resets: Readonly<Record<number, Code>> = {
  [constants.NGHTTP2_REFUSED_STREAM]: Code.Unavailable,
  [constants.NGHTTP2_CANCEL]: Code.Canceled,
  [constants.NGHTTP2_ENHANCE_YOUR_CALM]: Code.ResourceExhausted,
  [constants.NGHTTP2_INADEQUATE_SECURITY]: Code.PermissionDenied,
};

/** Returns the error of a stream that was reset, as gRPC maps the codes of HTTP/2; undefined if it was not. */
function resetError(code: number, cause?: Error): ConnectError | undefined {
  if (code === constants.NGHTTP2_NO_ERROR) {
    return undefined;
  }
  const message = `http/2 stream closed with error code 0x${code.toString(16)}`;
  return new ConnectError(message, resets[code] ?? Code.Internal, undefined, undefined, cause);
}
