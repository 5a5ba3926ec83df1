import { setTimeout } from "node:timers/promises";

import type { DescMethod } from "@bufbuild/protobuf";
import { MethodOptions_IdempotencyLevel as IdempotencyLevel } from "@bufbuild/protobuf/wkt";
import {
  Code,
  ConnectError,
  createContextKey,
  type Interceptor,
  type StreamRequest,
  type UnaryRequest,
} from "@connectrpc/connect";

import { APIError, errorInfo, InternalError, isNotConnected, RateLimitError, UnavailableError, UpstreamCredentialsError } from "./errors.js";

/** How often a call is made again, by default. */
export const defaultMaxRetries = 2;
/** How often one call may be made again; a call's context values override what the client was made with. */
export const maxRetriesKey = createContextKey<number | undefined>(undefined);

const firstPause = 200; // milliseconds; it doubles with each retry
const interruptions = new Set(["UPSTREAM_TRUNCATED", "UPSTREAM_CONNECTION_LOST", "IDLE_TIMEOUT", "FIRST_TOKEN_TIMEOUT"]);
const longestPause = 10_000;
const pushback = "grpc-retry-pushback-ms";

/**
 * Makes a call again, twice at most, that ended with UNAVAILABLE before its first byte. A delay or a refusal in the
 * trailer `grpc-retry-pushback-ms` is respected. Calls that stream their requests are made once.
 *
 * Of a call that creates, and so costs, UNAVAILABLE must be the gateway's own, which carries its `ErrorInfo` and
 * means that nothing was billed, or there was no connection; from a proxy it may stand for one that was lost with the
 * call under way.
 */
export const retryUnavailable: Interceptor = retry(defaultMaxRetries);

/** Returns the interceptor that makes calls again up to so many times. */
export function retry(maxRetries: number): Interceptor {
  return (next) => async (request) => {
    const retries = request.contextValues.get(maxRetriesKey) ?? maxRetries;
    const again = retries > 0 ? await repeatable(request) : undefined;
    if (again === undefined) {
      return next(request);
    }
    const deadline = performance.now() + timeLeft(request);
    for (let failures = 1; ; failures++) {
      try {
        return await next(again());
      } catch (error) {
        const pause = pauseBeforeRetry(request.method, ConnectError.from(error), failures);
        if (pause === undefined || failures > retries || performance.now() + pause >= deadline) {
          throw error;
        }
        await setTimeout(pause, undefined, { signal: request.signal });
      }
    }
  };
}

/** Returns the milliseconds until the deadline of a call. */
function timeLeft({ header }: UnaryRequest | StreamRequest): number {
  const [, milliseconds] = /^(\d+)m$/.exec(header.get("grpc-timeout") ?? "") ?? [];
  return milliseconds === undefined ? Infinity : Number(milliseconds);
}

/** Returns what makes the request of each attempt, or undefined for a stream that can be read only once. */
async function repeatable(request: UnaryRequest | StreamRequest) {
  if (!request.stream) {
    return () => request;
  }
  if (request.method.methodKind !== "server_streaming") {
    return undefined;
  }
  const messages = await collect(request);
  return () => ({ ...request, message: iterate(messages) });
}

async function collect(request: StreamRequest) {
  const messages = [];
  for await (const message of request.message) {
    messages.push(message);
  }
  return messages;
}

async function* iterate<T>(values: Iterable<T>) {
  yield* values;
}

/** Returns after how many milliseconds to make a call again, or undefined if it must not be. */
function pauseBeforeRetry(method: DescMethod, error: ConnectError, failures: number): number | undefined {
  const harmless =
    method.idempotency !== IdempotencyLevel.IDEMPOTENCY_UNKNOWN ||
    isNotConnected(error) ||
    errorInfo(error) !== undefined;
  if (error.code !== Code.Unavailable || !harmless) {
    return undefined;
  }
  return pauseOf(error, failures, firstPause);
}

/** Returns after how many milliseconds a stream may go on that broke off amid its messages, or undefined if it may not. */
export function pauseBeforeResuming(error: Error, failures: number): number | undefined {
  if (!(error instanceof APIError)) {
    return undefined;
  }
  const isReset = error.reason === undefined && error.status === Code.Internal; // by a proxy
  if (error.status !== Code.Unavailable && !isReset && !interruptions.has(error.reason ?? "")) {
    return undefined;
  }
  return pauseOf(error.cause, failures, firstPause / 2);
}

/**
 * Returns after how many milliseconds to send a part of a file again, or undefined if that would not help. The gateway,
 * which can't know that a part twice does no harm (the file has those that are named), may advise against it.
 */
export function pauseBeforePart(error: unknown, failures: number): number | undefined {
  const passing = error instanceof UnavailableError || error instanceof InternalError || error instanceof RateLimitError;
  if (!passing || error instanceof UpstreamCredentialsError) {
    return undefined;
  }
  return error.retryAfterMs ?? backoff(failures, firstPause);
}

/** Returns the pause that the server asks for, or one that grows; undefined: it asks for no other attempt. */
function pauseOf(error: ConnectError, failures: number, first: number): number | undefined {
  const asked = error.metadata.get(pushback);
  if (asked === null) {
    return backoff(failures, first);
  }
  return /^\d+$/.test(asked) ? Number(asked) : undefined;
}

/** Returns a pause that grows, and spreads, so that callers don't return at once. */
function backoff(failures: number, first: number): number {
  return Math.min(longestPause, first * 2 ** (failures - 1)) * (0.5 + Math.random() / 2);
}
