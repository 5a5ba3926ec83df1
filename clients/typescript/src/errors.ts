/** Errors of calls. */
import type { DescMessage, Message, MessageShape } from "@bufbuild/protobuf";
import { durationMs } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError } from "@connectrpc/connect";

import {
  BadRequestSchema,
  type BadRequest_FieldViolation as FieldViolation,
  type ErrorInfo,
  ErrorInfoSchema,
  QuotaFailureSchema,
  type QuotaFailure_Violation as QuotaViolation,
  RetryInfoSchema,
} from "./google/rpc/error_details_pb.js";
import { type CallMetadata, readMetadata } from "./metadata.js";
import type { Response } from "./openai_grpc/v1/response_pb.js";

/** The domain of the gateway's `ErrorInfo`. */
export const domain = "openai-grpc";

/** Returns the first detail of a kind of a call's error, such as `QuotaFailureSchema` or `BadRequestSchema`. */
export function errorDetail<Desc extends DescMessage>(error: unknown, schema: Desc): MessageShape<Desc> | undefined {
  return ConnectError.from(error instanceof APIError ? error.cause : error).findDetails(schema)[0];
}

/**
 * Returns why a call failed: a reason such as `RATE_LIMITED`, and as metadata what is known of `http_status`, `type`,
 * `param`, `code` and `request_id`. It is undefined for an error that is not the gateway's, such as a refused
 * connection.
 */
export function errorInfo(error: unknown): ErrorInfo | undefined {
  return errorDetail(error, ErrorInfoSchema);
}

/** Returns for how many milliseconds upstream asks to wait before the call is made again, if it does. */
export function retryDelay(error: unknown): number | undefined {
  const delay = errorDetail(error, RetryInfoSchema)?.retryDelay;
  return delay && durationMs(delay);
}

/** Base of all errors of this package but `CodecError` and `TypeError`. */
export class OpenAIGrpcError extends Error {
  override get name(): string {
    return this.constructor.name;
  }
}

/** A call that failed. Its class says how, and its fields why. */
export class APIError extends OpenAIGrpcError {
  /** The error of Connect, with all its details. */
  override readonly cause: ConnectError;
  /** The gRPC status. */
  readonly status: Code;
  /** Reason for programs, such as `RATE_LIMITED`. Undefined: the error is not the gateway's. */
  readonly reason: string | undefined;
  /** The HTTP status of the upstream, if it answered. */
  readonly httpStatus: number | undefined;
  /** The type in the upstream's error object, such as `invalid_request_error`. */
  readonly type: string | undefined;
  /** The code in the upstream's error object, such as `context_length_exceeded`. */
  readonly code: string | undefined;
  /** The parameter of the request that is at fault. */
  readonly param: string | undefined;
  /** The upstream's id of the request, or else the gateway's. */
  readonly requestId: string | undefined;
  /** Milliseconds after which it makes sense to try again, where the server said so. */
  readonly retryAfterMs: number | undefined;
  /** Whether the upstream may have carried the call out, and billed it. */
  readonly mayBeBilled: boolean;
  /** All that the upstream's error object said, by its keys; values that are no texts are JSON. */
  readonly info: Readonly<Record<string, string>>;
  /** The fields of the request that are invalid. */
  readonly fieldViolations: readonly FieldViolation[];
  /** The quotas that are exceeded. */
  readonly quotaViolations: readonly QuotaViolation[];
  /** Metadata of the call, such as rate limits. */
  readonly metadata: CallMetadata;

  constructor(cause: ConnectError, facts: Facts) {
    const kind = [Code[cause.code], facts.info?.reason].filter(Boolean).join(", ");
    const told = facts.info?.metadata ?? {};
    const requestId = told["request_id"] ?? facts.metadata.requestId ?? facts.metadata.gatewayRequestId;
    super(`${cause.rawMessage || "the call failed"} (${kind})${requestId ? ` [request ${requestId}]` : ""}`);
    this.cause = cause;
    this.status = cause.code;
    this.reason = facts.info?.reason;
    this.httpStatus = /^\d+$/.test(told["http_status"] ?? "") ? Number(told["http_status"]) : undefined;
    this.type = told["type"];
    this.code = told["code"];
    this.param = told["param"];
    this.requestId = requestId;
    this.retryAfterMs = retryDelay(cause);
    this.mayBeBilled = facts.mayBeBilled;
    this.info = told;
    this.fieldViolations = errorDetail(cause, BadRequestSchema)?.fieldViolations ?? [];
    this.quotaViolations = facts.quota;
    this.metadata = facts.metadata;
  }
}

interface Facts {
  readonly info: ErrorInfo | undefined;
  readonly quota: readonly QuotaViolation[];
  readonly metadata: CallMetadata;
  readonly mayBeBilled: boolean;
}

/** The request was refused as it is: INVALID_ARGUMENT, OUT_OF_RANGE. */
export class BadRequestError extends APIError {}
/** No key was sent, or one that is not accepted. */
export class AuthenticationError extends APIError {}
/** The key may not do this. */
export class PermissionDeniedError extends APIError {}
/** There is no such model, or no such object. */
export class NotFoundError extends APIError {}
/** Another change came in between: ABORTED, ALREADY_EXISTS. */
export class ConflictError extends APIError {}
/** The upstream refused the call for another reason than the request itself, such as an unpaid bill. */
export class FailedPreconditionError extends APIError {}
/** A limit was exceeded, such as that of a message's size. */
export class ResourceExhaustedError extends APIError {}
/** Too many requests or tokens; `retryAfterMs` says when to come back. */
export class RateLimitError extends ResourceExhaustedError {}
/** The quota or budget is spent: waiting does not help. */
export class QuotaExceededError extends ResourceExhaustedError {}
/** The deadline passed, or a timer of the gateway's or the upstream's ran out. */
export class DeadlineExceededError extends APIError {}
/** The call was cancelled, by a signal or by leaving its loop. */
export class CallCancelledError extends APIError {}
/** The gateway or the upstream could not be reached, is overloaded, or shuts down. */
export class UnavailableError extends APIError {}
/** The server does not know the RPC: it is another one, or an older one. */
export class UnimplementedError extends APIError {}
/** The gateway or the upstream failed: INTERNAL, UNKNOWN, DATA_LOSS. */
export class InternalError extends APIError {}
/** The upstream got the request and then was lost; it may have billed it. */
export class UpstreamConnectionLostError extends InternalError {}
/** The answer broke off; what came of it is not the whole. */
export class UpstreamTruncatedError extends InternalError {}
/** The upstream refused the gateway's own key. */
export class UpstreamCredentialsError extends InternalError {}

/** The call succeeded, and brought a response that says `failed`. */
export class ResponseFailedError extends OpenAIGrpcError {
  /** @param response The response; its `error` says why. */
  constructor(readonly response: Response) {
    const { error } = response;
    super(`the response failed: ${error?.message ?? error?.code ?? "upstream gave no reason"}`);
  }
}

// `instanceof` takes every ConnectError for one of a subclass.
const unsent = new WeakSet<ConnectError>();

/** Returns the error of a call that had no connection, so that nothing was sent. */
export function notConnected(message: string): ConnectError {
  const error = new ConnectError(message, Code.Unavailable);
  unsent.add(error);
  return error;
}

/** Tells whether a call failed before anything was sent. */
export function isNotConnected(error: ConnectError): boolean {
  return unsent.has(error);
}

/**
 * Returns the error of a call as UNAVAILABLE if its connection was lost. Connect has CANCELED or, with Node's error as
 * the cause, ABORTED for it; the one is the caller's, the other a gateway's word for a conflict.
 *
 * @param isAborted Whether the caller has cancelled the call.
 */
export function unlessLost(error: unknown, isAborted: boolean): unknown {
  const cause = ConnectError.from(error);
  const isClosed = cause.code === Code.Canceled && cause.rawMessage.startsWith("http/2 stream closed");
  const isReset = cause.code === Code.Aborted && cause.cause instanceof Error;
  if (isAborted || !(isClosed || isReset)) {
    return error;
  }
  return new ConnectError("the connection to the gateway was lost", Code.Unavailable, undefined, undefined, cause);
}

type Kind = new (cause: ConnectError, facts: Facts) => APIError;

const kinds: Partial<Record<Code, Kind>> = {
  [Code.InvalidArgument]: BadRequestError,
  [Code.OutOfRange]: BadRequestError,
  [Code.Unauthenticated]: AuthenticationError,
  [Code.PermissionDenied]: PermissionDeniedError,
  [Code.NotFound]: NotFoundError,
  [Code.Aborted]: ConflictError,
  [Code.AlreadyExists]: ConflictError,
  [Code.FailedPrecondition]: FailedPreconditionError,
  [Code.ResourceExhausted]: ResourceExhaustedError,
  [Code.DeadlineExceeded]: DeadlineExceededError,
  [Code.Canceled]: CallCancelledError,
  [Code.Unavailable]: UnavailableError,
  [Code.Unimplemented]: UnimplementedError,
  [Code.Internal]: InternalError,
  [Code.Unknown]: InternalError,
  [Code.DataLoss]: InternalError,
};
const reasons: Readonly<Record<string, Kind>> = {
  UPSTREAM_CONNECTION_LOST: UpstreamConnectionLostError,
  UPSTREAM_TRUNCATED: UpstreamTruncatedError,
  UPSTREAM_CREDENTIALS: UpstreamCredentialsError,
};
const unbilled = new Set(["UPSTREAM_CREDENTIALS", "UPSTREAM_REDIRECT", "UPSTREAM_CONNECT_TIMEOUT"]);

/**
 * Returns the error of a failed call.
 *
 * @param error What was thrown: by Connect, or by an interceptor, a signal or the source of an upload.
 * @param begun Whether a part of the reply had arrived.
 */
export function apiError(error: unknown, begun = false): Error {
  if (error instanceof OpenAIGrpcError) {
    return error;
  }
  const cause = ConnectError.from(error);
  const found = cause.findDetails(ErrorInfoSchema)[0];
  const info = found?.domain === domain ? found : undefined;
  const quota = cause.findDetails(QuotaFailureSchema).flatMap(({ violations }) => violations);
  const facts = { info, quota, metadata: readMetadata(cause.metadata), mayBeBilled: begun || isBillable(cause, info) };
  return new (kindOf(cause, facts))(cause, facts);
}

function kindOf(cause: ConnectError, { info, quota }: Facts): Kind {
  if (cause.code === Code.ResourceExhausted) {
    if (info?.reason === "RATE_LIMITED" || retryDelay(cause) !== undefined) {
      return RateLimitError; // a limit of the gateway's own has a quota, too, and opens again
    }
    return quota.length > 0 ? QuotaExceededError : ResourceExhaustedError;
  }
  const named = cause.code === Code.Internal ? reasons[info?.reason ?? ""] : undefined;
  return named ?? kinds[cause.code] ?? APIError;
}

/** Tells whether an upstream may have begun to work when a call failed that had no part of a reply. */
function isBillable(cause: ConnectError, info: ErrorInfo | undefined): boolean {
  if (isNotConnected(cause) || unbilled.has(info?.reason ?? "")) {
    return false;
  }
  switch (cause.code) {
    case Code.Canceled:
    case Code.DeadlineExceeded:
    case Code.Internal:
    case Code.Unknown:
    case Code.DataLoss:
      return true;
    case Code.ResourceExhausted:
      return info === undefined || info.reason === "MESSAGE_TOO_LARGE"; // also of a reply
    case Code.Unavailable:
      return info === undefined; // the gateway's own says that nothing was billed
    default:
      return false;
  }
}

/** A reply that could not be read as the type that was asked for. */
export class ReplyError extends OpenAIGrpcError {
  /**
   * @param message What is wrong.
   * @param text The text of the reply, as far as it came.
   * @param reply The whole reply.
   */
  constructor(
    message: string,
    readonly text: string,
    readonly reply: Message,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
/** The model refused; `text` is why. */
export class RefusalError extends ReplyError {}
/** The reply was cut: by a limit of tokens, or by a filter of content. */
export class CutReplyError extends ReplyError {}
/** The reply is not JSON of the type; `cause` says where, if it is JSON. */
export class InvalidReplyError extends ReplyError {}
