/** Calls of a client: their options, and how RPCs are made. */
import {
  create,
  type DescMessage,
  type DescMethodClientStreaming,
  type DescMethodStreaming,
  type DescMethodUnary,
  type Message,
  type MessageInitShape,
  type MessageShape,
} from "@bufbuild/protobuf";
import { Code, ConnectError, type ContextValues, createContextValues, type Transport } from "@connectrpc/connect";

import { apiError, unlessLost } from "./errors.js";
import { type CallMetadata, withMetadata } from "./metadata.js";
import { maxRetriesKey } from "./retry.js";
import { type Reader, type Resumption, Stream } from "./stream.js";

/** Options of one call. */
export interface CallOptions {
  /** Cancels the call when it is aborted. */
  readonly signal?: AbortSignal | undefined;
  /** Time limit in milliseconds; 0: none. Default: that of the client; a stream has none. */
  readonly timeoutMs?: number | undefined;
  /** How often the call may be made again. Default: that of the client. */
  readonly maxRetries?: number | undefined;
  /** Metadata to send besides the client's. */
  readonly headers?: HeadersInit | undefined;
  /** Values for interceptors. */
  readonly contextValues?: ContextValues | undefined;
}

/** Makes RPCs. */
export class Caller {
  constructor(
    readonly transport: Transport,
    private readonly timeoutMs: number,
    readonly maxRetries: number,
  ) {}

  /**
   * Makes a call with one request and one reply.
   *
   * @throws APIError The call failed.
   */
  async unary<I extends DescMessage, O extends DescMessage>(
    method: DescMethodUnary<I, O>,
    request: MessageInitShape<I>,
    options: CallOptions = {},
  ): Promise<MessageShape<O>> {
    try {
      const { message, header, trailer } = await this.transport.unary(
        method,
        options.signal,
        options.timeoutMs ?? this.timeoutMs,
        options.headers,
        request,
        contextOf(options),
      );
      return withMetadata(message, header, trailer);
    } catch (error) {
      throw apiError(error);
    }
  }

  /**
   * Makes a call that streams its requests and has one reply.
   *
   * @throws APIError The call failed.
   */
  async upload<I extends DescMessage, O extends DescMessage>(
    method: DescMethodClientStreaming<I, O>,
    requests: AsyncIterable<MessageInitShape<I>>,
    options: CallOptions = {},
  ): Promise<MessageShape<O>> {
    const source = watched(requests);
    try {
      const { message, header, trailer } = await this.transport.stream(
        method,
        options.signal,
        options.timeoutMs ?? this.timeoutMs,
        options.headers,
        source.messages,
        contextOf(options),
      );
      let reply: MessageShape<O> | undefined;
      for await (const each of message) {
        reply = each;
      }
      if (reply === undefined) {
        throw new ConnectError("the gateway sent no reply", Code.Internal);
      }
      return withMetadata(reply, header, trailer);
    } catch (error) {
      throw source.error() ?? apiError(unlessLost(error, options.signal?.aborted ?? false));
    }
  }

  /** Makes a call that streams its replies. It begins with the first read. */
  stream<I extends DescMessage, O extends DescMessage, W>(
    method: DescMethodStreaming<I, O>,
    requests: AsyncIterable<MessageInitShape<I>>,
    reader: Reader<MessageShape<O>, W>,
    options: CallOptions = {},
    resumable?: Resumable<I, O>,
  ): Stream<MessageShape<O>, W> {
    return new Stream(...this.streamOf(method, requests, reader, options, resumable));
  }

  /** Returns the arguments of the stream of a call. */
  streamOf<I extends DescMessage, O extends DescMessage, W>(
    method: DescMethodStreaming<I, O>,
    requests: AsyncIterable<MessageInitShape<I>>,
    reader: Reader<MessageShape<O>, W>,
    options: CallOptions = {},
    resumable?: Resumable<I, O>,
  ): ConstructorParameters<typeof Stream<MessageShape<O>, W>> {
    const source = watched(requests);
    const { timeoutMs = 0 } = options;
    let deadline = Infinity;
    const start = (signal: AbortSignal, messages: AsyncIterable<MessageInitShape<I>>) => {
      const left = deadline === Infinity ? timeoutMs : Math.max(1, Math.ceil(deadline - performance.now()));
      if (timeoutMs > 0 && deadline === Infinity) {
        deadline = performance.now() + timeoutMs;
      }
      return this.transport.stream(method, signal, left, options.headers, messages, contextOf(options));
    };
    const resumption: Resumption<MessageShape<O>> | undefined = resumable && {
      retries: options.maxRetries ?? this.maxRetries,
      start: (signal) => {
        const request = resumable.next();
        return request && start(signal, once(request));
      },
      ...(resumable.isOld && { isOld: resumable.isOld }),
    };
    return [method.output, (signal) => start(signal, source.messages), reader, options.signal, source.error, resumption];
  }
}

/** How a call goes on that broke off amid its replies. */
export interface Resumable<I extends DescMessage, O extends DescMessage> {
  /** Returns the request of what is missing; undefined: there can be none. */
  readonly next: () => MessageInitShape<I> | undefined;
  /** Tells whether the first reply to it is nothing new after the last one. */
  readonly isOld?: (reply: MessageShape<O>, last: MessageShape<O>) => boolean;
}

/** Yields one request. */
export async function* once<T>(request: T): AsyncGenerator<T> {
  yield request;
}

/** A message with one more field, of what may be a message already. */
export function withField<Desc extends DescMessage>(
  schema: Desc,
  request: MessageInitShape<Desc>,
  fields: Record<string, unknown>,
): MessageShape<Desc> {
  const { $typeName: _, ...init } = request as Message & Record<string, unknown>;
  return create(schema, { ...init, ...fields } as unknown as MessageInitShape<Desc>);
}

export type { CallMetadata };

/** Remembers the error of the caller's own source of requests, which Connect would wrap. */
function watched<T>(requests: AsyncIterable<T>) {
  let failure: Error | undefined;
  async function* messages(): AsyncGenerator<T> {
    const iterator = requests[Symbol.asyncIterator]();
    try {
      for (;;) {
        let result;
        try {
          result = await iterator.next();
        } catch (error) {
          failure = error instanceof Error ? error : new Error(String(error));
          throw error;
        }
        if (result.done) {
          return;
        }
        yield result.value;
      }
    } finally {
      await iterator.return?.();
    }
  }
  return { messages: messages(), error: () => failure };
}

function contextOf({ contextValues, maxRetries }: CallOptions): ContextValues | undefined {
  if (maxRetries === undefined) {
    return contextValues;
  }
  return (contextValues ?? createContextValues()).set(maxRetriesKey, maxRetries);
}
