/**
 * The gRPC protocol over Node's HTTP/2, as a transport of Connect. It stands in for `createGrpcTransport`, whose chain of
 * asynchronous generators costs several times what decoding a message does.
 *
 * Source: "gRPC over HTTP2" (PROTOCOL-HTTP2.md of gRPC).
 */
import type { OutgoingHttpHeaders } from "node:http2";

import { create, type DescMessage, isMessage, type MessageInitShape, type MessageShape } from "@bufbuild/protobuf";
import {
  Code,
  ConnectError,
  createContextValues,
  type Interceptor,
  type StreamRequest,
  type StreamResponse,
  type Transport,
  type UnaryRequest,
  type UnaryResponse,
} from "@connectrpc/connect";
import type { Http2SessionManager } from "@connectrpc/connect-node";
import { createMethodUrl } from "@connectrpc/connect/protocol";
import { requestHeader } from "@connectrpc/connect/protocol-grpc";

import { Exchange } from "./exchange.js";

/** Settings of the transport. */
export interface GrpcOptions {
  /** What the URL of a request begins with, for interceptors. */
  readonly baseUrl: string;
  /** Largest message in either direction, in bytes. */
  readonly maxMessageBytes: number;
  /** The outermost first. */
  readonly interceptors: Interceptor[];
  /** Returns the connection of a call, once it is open. */
  readonly connect: (signal: AbortSignal) => Promise<Http2SessionManager>;
}

/** Returns a transport that makes calls by gRPC. */
export function grpcTransport({ baseUrl, maxMessageBytes, interceptors, connect }: GrpcOptions): Transport {
  async function begin<I extends DescMessage, O extends DescMessage>(
    request: UnaryRequest<I, O> | StreamRequest<I, O>,
  ): Promise<Exchange<I, O>> {
    const manager = await connect(request.signal);
    const stream = await manager.request("POST", createMethodUrl("", request.method), nodeHeaders(request.header), {});
    return new Exchange(stream, manager, request, maxMessageBytes);
  }

  async function callUnary(request: UnaryRequest): Promise<UnaryResponse> {
    const exchange = await begin(request);
    exchange.send(request.message);
    const header = await exchange.header;
    const reply = await exchange.next();
    if (reply.done) {
      throw new ConnectError("protocol error: a unary reply without a message", Code.Unimplemented);
    }
    if (!(await exchange.next()).done) {
      throw exchange.fail(new ConnectError("protocol error: a second message of a unary reply", Code.Unimplemented));
    }
    const { service, method } = request;
    return { stream: false, service, method, header, message: reply.value, trailer: exchange.trailer };
  }

  async function callStream(request: StreamRequest): Promise<StreamResponse> {
    const exchange = await begin(request);
    void exchange.sendAll(request.message);
    const header = await exchange.header;
    const { service, method } = request;
    return { stream: true, service, method, header, message: exchange, trailer: exchange.trailer };
  }

  type Call = (request: UnaryRequest | StreamRequest) => Promise<UnaryResponse | StreamResponse>;
  const innermost: Call = (request) => (request.stream ? callStream(request) : callUnary(request));
  const call = interceptors.reduceRight<Call>((next, each) => each(next), innermost);

  const fields = requestHeader(true, undefined, undefined);
  fields.set("grpc-accept-encoding", "gzip");

  function headerOf(timeoutMs: number | undefined, given: HeadersInit | undefined): Headers {
    const header = new Headers(fields);
    if (given !== undefined) {
      new Headers(given).forEach((value, key) => {
        header.set(key, value);
      });
    }
    if (timeoutMs !== undefined && timeoutMs > 0) {
      header.set("grpc-timeout", timeout(timeoutMs));
    }
    return header;
  }

  return {
    async unary(method, signal, timeoutMs, given, message, contextValues = createContextValues()) {
      const limits = new Limits(signal, timeoutMs);
      try {
        const reply = await call({
          stream: false,
          service: method.parent,
          method,
          requestMethod: "POST",
          url: createMethodUrl(baseUrl, method),
          header: headerOf(timeoutMs, given),
          contextValues,
          signal: limits.signal,
          message: complete(method.input, message),
        });
        limits.end();
        return reply as UnaryResponse<typeof method.input, typeof method.output>;
      } catch (error) {
        throw limits.fail(error);
      }
    },
    async stream(method, signal, timeoutMs, given, messages, contextValues = createContextValues()) {
      const limits = new Limits(signal, timeoutMs, messages);
      try {
        const reply = await call({
          stream: true,
          service: method.parent,
          method,
          requestMethod: "POST",
          url: createMethodUrl(baseUrl, method),
          header: headerOf(timeoutMs, given),
          contextValues,
          signal: limits.signal,
          message: completeAll(method.input, messages),
        });
        const response = reply as StreamResponse<typeof method.input, typeof method.output>;
        return { ...response, message: limited(response.message, limits) };
      } catch (error) {
        throw limits.fail(error);
      }
    },
  };
}

/** Returns a time limit as gRPC writes it: 8 digits at most. */
function timeout(milliseconds: number): string {
  const whole = Math.ceil(milliseconds);
  return whole < 1e8 ? `${whole}m` : `${Math.min(Math.ceil(whole / 1000), 99_999_999)}S`;
}

const longestTimer = 2 ** 31 - 1; // milliseconds; Node's timers fire at once beyond
const finished = new ConnectError("the call has ended", Code.Canceled);

/** What can end a call early: its caller's signal and its deadline. Interceptors see both as one signal. */
class Limits {
  private readonly controller = new AbortController();
  private readonly timer: NodeJS.Timeout | undefined;

  /**
   * @param caller The caller's signal.
   * @param timeoutMs How long the call may take; 0 or less: for ever.
   * @param messages The requests, which end with the call.
   */
  constructor(
    private readonly caller: AbortSignal | undefined,
    timeoutMs: number | undefined,
    private readonly messages?: AsyncIterable<unknown>,
  ) {
    if (timeoutMs !== undefined && timeoutMs > 0 && timeoutMs <= longestTimer) {
      this.timer = setTimeout(() => {
        this.abort(new ConnectError("the operation timed out", Code.DeadlineExceeded));
      }, timeoutMs);
    }
    if (caller?.aborted) {
      this.onCaller();
    } else {
      caller?.addEventListener("abort", this.onCaller);
    }
  }

  /** Aborted when the call ends, with the reason. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Ends the call without an error. */
  end(): void {
    this.abort(finished);
  }

  /** Ends the call with an error, and returns the error: why the call was ended early, if it was. */
  fail(error: unknown): ConnectError {
    const { signal } = this;
    const reason = signal.aborted && signal.reason !== finished ? (signal.reason as unknown) : error;
    const failure = ConnectError.from(reason, signal.aborted ? Code.Canceled : Code.Unknown);
    this.abort(failure);
    return failure;
  }

  private abort(reason: unknown): void {
    clearTimeout(this.timer);
    this.caller?.removeEventListener("abort", this.onCaller);
    if (this.signal.aborted) {
      return;
    }
    this.controller.abort(reason);
    void stop(this.messages, reason);
  }

  private readonly onCaller = (): void => {
    this.abort(this.caller?.reason);
  };
}

/** Ends the limits of a call with its replies. */
function limited<T>(replies: AsyncIterable<T>, limits: Limits): AsyncIterable<T> {
  if (replies instanceof Exchange) {
    replies.limits = limits; // without another promise for each message
    return replies;
  }
  const iterator = replies[Symbol.asyncIterator]();
  const onResult = (result: IteratorResult<T>) => {
    if (result.done) {
      limits.end();
    }
    return result;
  };
  const onError = (error: unknown) => {
    throw limits.fail(error);
  };
  return { [Symbol.asyncIterator]: () => ({ next: () => iterator.next().then(onResult, onError) }) };
}

/** Tells a source of requests that no more are read. */
async function stop(messages: AsyncIterable<unknown> | undefined, reason: unknown): Promise<void> {
  const source = messages?.[Symbol.asyncIterator]();
  try {
    await (reason === finished ? source?.return?.() : source?.throw?.(reason));
  } catch {
    // the reason, or what the source makes of it
  }
}

function complete<I extends DescMessage>(schema: I, message: MessageInitShape<I>): MessageShape<I> {
  return isMessage(message, schema) ? message : create(schema, message);
}

async function* completeAll<I extends DescMessage>(schema: I, messages: AsyncIterable<MessageInitShape<I>>) {
  for await (const message of messages) {
    yield complete(schema, message);
  }
}

function nodeHeaders(headers: Headers): OutgoingHttpHeaders {
  const fields: OutgoingHttpHeaders = {};
  headers.forEach((value, key) => {
    fields[key] = value;
  });
  return fields;
}
