/**
 * A client of openai-grpc: OpenAI's API as typed gRPC. The messages and services are in `openai-grpc/v1`.
 *
 * @module
 */
export { defaultAddress } from "./address.js";
export type { CallOptions } from "./call.js";
export {
  type ChatCompletions,
  type ChatParams,
  Client,
  type ClientOptions,
  type CompletionParams,
  type Completions,
  type EmbeddingParams,
  type Embeddings,
  type Models,
  readChat,
  readResponse,
  type Responses,
  type TranscriptionParams,
  type Transcriptions,
  type TranslationParams,
  type VideoDownloadParams,
  type VideoParams,
  type Videos,
} from "./client.js";
export type { ConnectionOptions, TlsOptions } from "./connection.js";
export { Download, DownloadError, type DownloadOptions } from "./download.js";
export {
  EmbeddingError,
  type EmbeddingInputParam,
  type EmbeddingResult,
  EmbeddingStream,
  type EmbeddingStreamParams,
} from "./embeddings.js";
export {
  APIError,
  AuthenticationError,
  BadRequestError,
  CallCancelledError,
  ConflictError,
  CutReplyError,
  DeadlineExceededError,
  errorDetail,
  errorInfo,
  FailedPreconditionError,
  InternalError,
  InvalidReplyError,
  NotFoundError,
  OpenAIGrpcError,
  PermissionDeniedError,
  QuotaExceededError,
  RateLimitError,
  RefusalError,
  ReplyError,
  ResourceExhaustedError,
  ResponseFailedError,
  retryDelay,
  UnavailableError,
  UnimplementedError,
  UpstreamConnectionLostError,
  UpstreamCredentialsError,
  UpstreamTruncatedError,
} from "./errors.js";
export type { Batches, BatchRequestParams, BatchResultParams, FileDownloadParams, FileParams, Files } from "./files.js";
export { functionCalls, input, item, type ItemContent, outputRefusal, outputText } from "./items.js";
export { CodecError, fromOpenAIJson, toOpenAIJson } from "./json/index.js";
export {
  assistant,
  audio,
  type Content,
  content,
  developer,
  file,
  image,
  loadFile,
  loadImage,
  messageText,
  system,
  text,
  tool,
  user,
} from "./messages.js";
export { type CallMetadata, callMetadata, type RateLimits } from "./metadata.js";
export { type Page, Pages } from "./pages.js";
export type { ResponseParams } from "./params.js";
export type { LargeFileParams, RereadableSource } from "./parts.js";
export { type Raw, RawDownload, type RawParams, RawStream } from "./raw.js";
export { type LaneResponse, type ResponsesConnection } from "./responses_connection.js";
export { maxRetriesKey, retryUnavailable } from "./retry.js";
export { type JsonSchema, schemaOf, type StandardSchema, type Type, TypeMismatch, type ValueOf } from "./schema.js";
export { Stream } from "./stream.js";
export { type FormatOptions, type Parsed, readValue, responseFormat, textFormat } from "./structured.js";
export {
  defineTool,
  type FunctionCall,
  functionTool,
  type Parameters,
  responseFunctionTool,
  responseToolChoice,
  type RunnableTool,
  type RunOptions,
  toolChoice,
  type ToolContext,
  ToolError,
  TooManyRoundsError,
  type ToolOptions,
  type ToolResult,
  type ToolRun,
} from "./tools.js";
export { maxMessageBytes, sendContract, transportOptions } from "./transport.js";
export { Upload, upload, type UploadOptions, type UploadSource } from "./upload.js";
export * from "./google/rpc/error_details_pb.js";
export { Code } from "@connectrpc/connect";
export { create } from "@bufbuild/protobuf";
