/** The messages and services of the package `openai_grpc.options.v1`. Generated: do not edit. */
export * from "./json_pb.js";
