/** The messages and services of the package `openai_grpc.v1`. Generated: do not edit. */
export * from "./audio_pb.js";
export * from "./chat_pb.js";
export * from "./chat_content_pb.js";
export * from "./chat_message_pb.js";
export * from "./chat_tool_pb.js";
export * from "./common_pb.js";
export * from "./completions_pb.js";
export * from "./embeddings_pb.js";
export * from "./json_pb.js";
export * from "./models_pb.js";
export * from "./response_pb.js";
export * from "./response_content_pb.js";
export * from "./response_event_pb.js";
export * from "./response_item_pb.js";
export * from "./response_tool_pb.js";
export * from "./responses_pb.js";
export * from "./transcription_pb.js";
