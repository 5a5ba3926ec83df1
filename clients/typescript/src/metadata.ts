/** Response metadata: which request it was, and what is left of the rate limits. */
import type { Message } from "@bufbuild/protobuf";

/** The upstream's rate limits, from its `x-ratelimit-*` headers; undefined where it sent none. */
export interface RateLimits {
  /** Requests allowed in the current period. */
  readonly limitRequests: number | undefined;
  /** Requests left in it. */
  readonly remainingRequests: number | undefined;
  /** Milliseconds until they are all there again. */
  readonly resetRequestsMs: number | undefined;
  /** Tokens allowed in the current period. */
  readonly limitTokens: number | undefined;
  /** Tokens left in it. */
  readonly remainingTokens: number | undefined;
  /** Milliseconds until they are all there again. */
  readonly resetTokensMs: number | undefined;
}

/** Metadata of a call. */
export interface CallMetadata {
  /** The upstream's id of the request, for its support. */
  readonly requestId: string | undefined;
  /** The gateway's id of the call, which its log names. */
  readonly gatewayRequestId: string | undefined;
  /** The deployment that answered, as the gateway's configuration names it. */
  readonly deployment: string | undefined;
  /** How many requests to upstreams were begun for the call. */
  readonly attempts: number | undefined;
  /** Cost of the call in US dollars, by the gateway's price table. */
  readonly cost: number | undefined;
  /** How long the upstream took, in milliseconds. */
  readonly processingMs: number | undefined;
  /** The organization that was billed. */
  readonly organization: string | undefined;
  /** The upstream's rate limits. */
  readonly rateLimits: RateLimits;
  /** All of the metadata, headers before trailers. */
  readonly headers: Headers;
}

/** `CallInfo` as far as it is needed here, of any reply. */
interface Informed {
  readonly callInfo?: { readonly deployment?: string; readonly requestId?: string; readonly attempts?: number; readonly cost?: number };
}

const replies = new WeakMap<object, () => CallMetadata>(); // read by few callers, so not before it is asked for

/**
 * Returns the metadata that came with a reply of a client's call: request ids, deployment, attempts, cost and rate limits.
 *
 * @param reply A reply, as the call returned it. Of a stream, `stream.metadata` is the same.
 */
export function callMetadata(reply: Message): CallMetadata | undefined {
  return replies.get(reply)?.();
}

/** Keeps the metadata of a reply for `callMetadata`, and returns the reply. */
export function withMetadata<T extends Message>(reply: T, header: Headers, trailer?: Headers): T {
  let read: CallMetadata | undefined;
  replies.set(reply, () => (read ??= readMetadata(header, trailer, reply)));
  return reply;
}

/** Reads a call's metadata. */
export function readMetadata(header: Headers, trailer?: Headers, reply?: Message): CallMetadata {
  const headers = new Headers(header);
  trailer?.forEach((value, key) => {
    headers.set(key, value);
  });
  const info = (reply as Informed | undefined)?.callInfo;
  const text = (key: string) => headers.get(key) ?? undefined;
  return {
    requestId: text("openai-request-id") ?? info?.requestId,
    gatewayRequestId: text("x-request-id"),
    deployment: text("openai-grpc-deployment") ?? info?.deployment,
    attempts: info?.attempts,
    cost: info?.cost,
    processingMs: integer(text("openai-processing-ms")),
    organization: text("openai-organization"),
    rateLimits: {
      limitRequests: integer(text("x-ratelimit-limit-requests")),
      remainingRequests: integer(text("x-ratelimit-remaining-requests")),
      resetRequestsMs: duration(text("x-ratelimit-reset-requests")),
      limitTokens: integer(text("x-ratelimit-limit-tokens")),
      remainingTokens: integer(text("x-ratelimit-remaining-tokens")),
      resetTokensMs: duration(text("x-ratelimit-reset-tokens")),
    },
    headers,
  };
}

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function integer(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

/** Reads `6m0s`, `20ms`, or a bare number of seconds, as milliseconds. */
function duration(text: string | undefined): number | undefined {
  if (text === undefined) {
    return undefined;
  }
  if (/^\d+(\.\d+)?$/.test(text)) {
    return Number(text) * 1000;
  }
  if (!/^(\d+(\.\d+)?(ms|d|h|m|s))+$/.test(text)) {
    return undefined;
  }
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|d|h|m|s)/g)];
  return parts.reduce((sum, [, number, unit]) => sum + Number(number) * (units[unit ?? ""] ?? 0), 0);
}
