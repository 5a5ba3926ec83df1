/** Streams of embeddings. */
import type { MessageInitShape } from "@bufbuild/protobuf";
import { Code } from "@connectrpc/connect";

import { OpenAIGrpcError } from "./errors.js";
import type {
  CreateEmbeddingRequestSchema,
  CreateEmbeddingResponse_EmbeddingUsage as Usage,
  StreamEmbeddingsReply,
  StreamEmbeddingsRequestSchema,
} from "./openai_grpc/v1/embeddings_pb.js";
import { embeddingInputOf, type Params } from "./params.js";
import { Stream } from "./stream.js";

/** An input to embed: a text, or the tokens of one. */
export type EmbeddingInputParam = string | readonly number[];
/** Settings of a stream of embeddings: a request without its input. */
export type EmbeddingStreamParams = Omit<Params<typeof CreateEmbeddingRequestSchema>, "input" | "$typeName" | "$unknown">;

/** An input of a stream has no vector. The others have theirs. */
export class EmbeddingError extends OpenAIGrpcError {
  /**
   * @param index The index of the input, from 0.
   * @param status The status that a call of it alone would have had.
   * @param reason The reason for programs.
   */
  constructor(
    readonly index: number,
    readonly status: Code,
    readonly reason: string | undefined,
    message: string,
  ) {
    super(`input ${index}: ${message}`);
  }
}

/** The vector of an input, or why it has none. */
export type EmbeddingResult =
  | { readonly index: number; readonly vector: number[]; readonly error?: never }
  | { readonly index: number; readonly vector?: never; readonly error: EmbeddingError };

/** Embeddings of a stream of inputs, in their order. The last message has the usage, which `final()` returns. */
export class EmbeddingStream extends Stream<StreamEmbeddingsReply, Usage> {
  /** Yields the vector of each input, or its error. Leaving the loop cancels the call. */
  async *vectors(): AsyncGenerator<EmbeddingResult, void, undefined> {
    for await (const { index, embedding, failure } of this) {
      const at = Number(index);
      if (failure) {
        yield { index: at, error: new EmbeddingError(at, codeOf(failure.code), failure.reason, failure.message ?? "") };
      } else if (embedding) {
        yield { index: at, vector: embedding.embedding };
      }
    }
  }
}

/** Returns the status of a number of `google.rpc.Code`. */
function codeOf(number: number | undefined): Code {
  return Object.values(Code).find((code): code is Code => code === number) ?? Code.Unknown;
}

/** Yields the messages of a stream of inputs, each taken when the one before is sent. */
export async function* embeddingMessages(
  config: EmbeddingStreamParams,
  inputs: Iterable<EmbeddingInputParam> | AsyncIterable<EmbeddingInputParam>,
): AsyncGenerator<MessageInitShape<typeof StreamEmbeddingsRequestSchema>> {
  yield { message: { case: "config", value: config } };
  for await (const input of inputs) {
    yield { message: { case: "input", value: embeddingInputOf(input) } };
  }
}
