/** The messages and services of the package `openai_grpc.admin.v1`. Generated: do not edit. */
export * from "./keys_pb.js";
