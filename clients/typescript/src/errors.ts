import type { DescMessage, MessageShape } from "@bufbuild/protobuf";
import { durationMs } from "@bufbuild/protobuf/wkt";
import { ConnectError } from "@connectrpc/connect";

import { type ErrorInfo, ErrorInfoSchema, RetryInfoSchema } from "./google/rpc/error_details_pb.js";

/** Returns the first detail of a kind of a call's error, such as `QuotaFailureSchema` or `BadRequestSchema`. */
export function errorDetail<Desc extends DescMessage>(error: unknown, schema: Desc): MessageShape<Desc> | undefined {
  return ConnectError.from(error).findDetails(schema)[0];
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
