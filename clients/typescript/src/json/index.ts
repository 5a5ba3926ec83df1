/**
 * Messages of `openai_grpc.v1` to and from OpenAI's JSON, without loss.
 *
 * How a message maps to JSON is declared in the protos, by the options of `openai_grpc/options/v1/json.proto`: nothing
 * here knows a message by name. What the fields of a message can't hold stays in its `extraJson`, in both directions.
 * Values are kept, not text: `1.0` may come back as `1`, and keys may come in another order.
 */
import { createRegistry, type DescMessage, type Message, type MessageShape } from "@bufbuild/protobuf";

import { file_openai_grpc_v1_audio } from "../openai_grpc/v1/audio_pb.js";
import { file_openai_grpc_v1_batches } from "../openai_grpc/v1/batches_pb.js";
import { file_openai_grpc_v1_chat } from "../openai_grpc/v1/chat_pb.js";
import { file_openai_grpc_v1_completions } from "../openai_grpc/v1/completions_pb.js";
import { file_openai_grpc_v1_content_provenance_checks } from "../openai_grpc/v1/content_provenance_checks_pb.js";
import { file_openai_grpc_v1_conversations } from "../openai_grpc/v1/conversations_pb.js";
import { file_openai_grpc_v1_decisions } from "../openai_grpc/v1/decisions_pb.js";
import { file_openai_grpc_v1_embeddings } from "../openai_grpc/v1/embeddings_pb.js";
import { file_openai_grpc_v1_files } from "../openai_grpc/v1/files_pb.js";
import { file_openai_grpc_v1_images } from "../openai_grpc/v1/images_pb.js";
import { file_openai_grpc_v1_models } from "../openai_grpc/v1/models_pb.js";
import { file_openai_grpc_v1_moderations } from "../openai_grpc/v1/moderations_pb.js";
import { file_openai_grpc_v1_realtime } from "../openai_grpc/v1/realtime_pb.js";
import { file_openai_grpc_v1_responses } from "../openai_grpc/v1/responses_pb.js";
import { file_openai_grpc_v1_uploads } from "../openai_grpc/v1/uploads_pb.js";
import { file_openai_grpc_v1_videos } from "../openai_grpc/v1/videos_pb.js";
import { Decoder } from "./decode.js";
import { encode } from "./encode.js";
import { hasVector } from "./shape.js";
import { CodecError, parseJson } from "./text.js";

export { CodecError } from "./text.js";

const services = [
  file_openai_grpc_v1_audio,
  file_openai_grpc_v1_batches,
  file_openai_grpc_v1_chat,
  file_openai_grpc_v1_completions,
  file_openai_grpc_v1_content_provenance_checks,
  file_openai_grpc_v1_conversations,
  file_openai_grpc_v1_decisions,
  file_openai_grpc_v1_embeddings,
  file_openai_grpc_v1_files,
  file_openai_grpc_v1_videos,
  file_openai_grpc_v1_images,
  file_openai_grpc_v1_models,
  file_openai_grpc_v1_moderations,
  file_openai_grpc_v1_responses,
  file_openai_grpc_v1_uploads,
  file_openai_grpc_v1_realtime,
];
const registry = createRegistry(...services, ...services.flatMap((file) => file.dependencies));

/**
 * Writes a message of `openai_grpc.v1` as OpenAI's JSON, compact.
 *
 * @throws CodecError A field has no JSON: a double that is not finite, a raw field or `extraJson` that is not JSON, a
 *   union with no arm set.
 */
export function toOpenAIJson(message: Message): string {
  const desc = registry.getMessage(message.$typeName);
  if (!desc) {
    throw new CodecError(`${message.$typeName} is not a message of openai_grpc.v1`);
  }
  return unlessTooDeep(() => encode(desc, message));
}

/**
 * Reads OpenAI's JSON as a message.
 *
 * @param schema The message's type, such as `ChatCompletionSchema`.
 * @param json The text, or its UTF-8 bytes.
 * @param options `keepNulls`: whether an explicit null is kept, in `extraJson`, as a request may mean it.
 * @throws CodecError It is not JSON, no value that the message can stand for, or nested too deeply.
 */
export function fromOpenAIJson<Desc extends DescMessage>(
  schema: Desc,
  json: string | Uint8Array,
  options: { readonly keepNulls?: boolean } = {},
): MessageShape<Desc> {
  return unlessTooDeep(() => {
    // Every number of a vector is long, and none needs more than a double.
    const value = parseJson(typeof json === "string" ? json : decoded(json), hasVector(schema));
    const message = new Decoder(options.keepNulls ?? false).read(schema, value, 0);
    if (!message) {
      throw new CodecError(`${schema.typeName} can't hold this JSON value`);
    }
    return message as MessageShape<Desc>;
  });
}

function decoded(data: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data);
  } catch {
    throw new CodecError("not UTF-8");
  }
}

function unlessTooDeep<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw error instanceof RangeError ? new CodecError("nested too deeply") : error;
  }
}
