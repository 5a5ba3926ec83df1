/** Arguments of calls, as the client's methods share them. */
import { create, type DescMessage, type MessageInitShape } from "@bufbuild/protobuf";

import { withField } from "./call.js";
import { input } from "./items.js";
import { type EmbeddingInput, EmbeddingInputSchema } from "./openai_grpc/v1/embeddings_pb.js";
import type { ResponseItem } from "./openai_grpc/v1/response_item_pb.js";
import { CreateResponseRequestSchema } from "./openai_grpc/v1/responses_pb.js";
import { type Page, Pages } from "./pages.js";

/** A request without the names of its type. */
export type Params<Desc extends DescMessage> = MessageInitShape<Desc>;
/** A request whose input may be given in other ways. */
export type WithInput<P, I> = Omit<P, "input" | "$typeName" | "$unknown"> & { readonly input?: I };

/** A request of a response, whose input may be a text or items. */
export type ResponseParams = WithInput<
  Params<typeof CreateResponseRequestSchema>,
  string | readonly ResponseItem[] | Params<typeof CreateResponseRequestSchema>["input"]
>;

/** Returns the request of a response. */
export function withInput(request: ResponseParams) {
  return withField(CreateResponseRequestSchema, request as object, { input: inputOf(request.input) });
}

/** Returns the input of a response, of a text or items. */
export function inputOf(given: ResponseParams["input"]) {
  return typeof given === "string" || Array.isArray(given) ? input(given as string | ResponseItem[]) : given;
}

/** Returns a text, or the tokens of one, as an input of embeddings. */
export function embeddingInputOf(given: string | readonly number[]): EmbeddingInput {
  return create(EmbeddingInputSchema, {
    kind: typeof given === "string" ? { case: "text", value: given } : { case: "tokens", value: { values: [...given] } },
  });
}

/** Returns the pages of a list. */
export function pages<R extends object, P extends Page<unknown>>(
  request: R,
  fetch: (request: R) => Promise<P>,
): Pages<P["data"][number], P> {
  return new Pages((after) => fetch({ ...request, ...(after !== undefined && { after }) }));
}
