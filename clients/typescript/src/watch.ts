/** Jobs that are watched until they are done. */
import { clone, type DescMessage, type DescMethodServerStreaming, equals, type Message, type MessageInitShape, type MessageShape } from "@bufbuild/protobuf";

import { type Caller, type CallOptions, once } from "./call.js";
import type { Stream } from "./stream.js";

/**
 * Watches a job. A connection that is lost in between, or a gateway that shuts down, does not end it: the job is watched
 * again.
 */
export function watch<I extends DescMessage, O extends DescMessage>(
  caller: Caller,
  method: DescMethodServerStreaming<I, O>,
  request: MessageInitShape<I>,
  options?: CallOptions,
): Stream<MessageShape<O>, MessageShape<O>> {
  const reader = { text: () => "", whole: (state: MessageShape<O>) => state };
  const isOld = (state: MessageShape<O>, last: MessageShape<O>) =>
    equals(method.output, bare(method.output, state), bare(method.output, last));
  return caller.stream(method, once(request), reader, options, { next: () => request, isOld });
}

/** Returns a state without the call that brought it. */
function bare<Desc extends DescMessage>(schema: Desc, state: MessageShape<Desc>): MessageShape<Desc> {
  const copy = clone(schema, state);
  delete (copy as Message & { callInfo?: unknown }).callInfo;
  return copy;
}
