import type { GrpcTransportOptions } from "@connectrpc/connect-node";

import type { Interceptor } from "@connectrpc/connect";

import { contractRevision } from "./openai_grpc/v1/revision.js";
import { retryUnavailable } from "./retry.js";

/** How large a message may be in either direction, in bytes: the gateway's default limit. */
export const maxMessageBytes = 64 * 1024 * 1024;

/**
 * Tells the gateway which revision of the contract this package is generated from, so that a newer gateway answers with
 * what the package can read.
 */
export const sendContract: Interceptor = (next) => (request) => {
  request.header.set("openai-grpc-contract", String(contractRevision));
  return next(request);
};

/** What `createGrpcTransport` should be given besides `baseUrl`. */
export const transportOptions = {
  readMaxBytes: maxMessageBytes,
  writeMaxBytes: maxMessageBytes,
  // A model may think for minutes without a byte, in which routers forget a connection. Servers close connections
  // that ping without calls.
  pingIntervalMs: 30_000,
  pingTimeoutMs: 20_000,
  pingIdleConnection: false,
  interceptors: [sendContract, retryUnavailable],
} satisfies Omit<GrpcTransportOptions, "baseUrl">;
