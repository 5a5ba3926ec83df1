import type { GrpcTransportOptions } from "@connectrpc/connect-node";

import { retryUnavailable } from "./retry.js";

/** How large a message may be in either direction, in bytes: the gateway's default limit. */
export const maxMessageBytes = 64 * 1024 * 1024;

/** What `createGrpcTransport` should be given besides `baseUrl`. */
export const transportOptions = {
  readMaxBytes: maxMessageBytes,
  writeMaxBytes: maxMessageBytes,
  // A model may think for minutes without a byte, in which routers forget a connection. Servers close connections
  // that ping without calls.
  pingIntervalMs: 30_000,
  pingTimeoutMs: 20_000,
  pingIdleConnection: false,
  interceptors: [retryUnavailable],
} satisfies Omit<GrpcTransportOptions, "baseUrl">;
