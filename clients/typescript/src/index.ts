/**
 * The settings of a transport to openai-grpc, and the details of its errors. The messages and services are in
 * `openai-grpc/v1`.
 */
export { errorDetail, errorInfo, retryDelay } from "./errors.js";
export { retryUnavailable } from "./retry.js";
export { maxMessageBytes, sendContract, transportOptions } from "./transport.js";
export * from "./google/rpc/error_details_pb.js";
