/** Services as Connect has them, with what the package adds. */
import assert from "node:assert/strict";
import { describe, test, type TestContext } from "node:test";

import type { MessageInitShape } from "@bufbuild/protobuf";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { errorInfo, retryDelay } from "openai-grpc";
import {
  ChatService,
  type CreateChatCompletionRequestSchema,
  type CreateEmbeddingRequestSchema,
  EmbeddingsService,
} from "openai-grpc/v1";

import { requestClosed, requestsSeen, transport } from "./upstream.js";

const chat = createClient(ChatService, transport);
const embeddings = createClient(EmbeddingsService, transport);

function chatRequest({ name }: TestContext, model: string) {
  return {
    model,
    user: name,
    messages: [
      { kind: { case: "user", value: { content: { kind: { case: "text", value: "hello" } } } } },
    ],
  } satisfies MessageInitShape<typeof CreateChatCompletionRequestSchema>;
}

function embeddingRequest({ name }: TestContext, model: string) {
  return {
    model,
    user: name,
    input: { kind: { case: "texts", value: { values: ["one", "two"] } } },
  } satisfies MessageInitShape<typeof CreateEmbeddingRequestSchema>;
}

async function drain<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const messages = [];
  for await (const message of stream) {
    messages.push(message);
  }
  return messages;
}

describe("the details of an error", () => {
  const calls = {
    "of a call": (t: TestContext) => embeddings.createEmbedding(embeddingRequest(t, "rate-limited")),
    "of a stream": (t: TestContext) => drain(chat.streamChatCompletion(chatRequest(t, "rate-limited"))),
  };
  for (const [name, call] of Object.entries(calls)) {
    test(name, async (t) => {
      const error = await call(t).then(
        () => assert.fail("it did not fail"),
        (reason: unknown) => reason,
      );
      assert.equal(ConnectError.from(error).code, Code.ResourceExhausted);
      const info = errorInfo(error);
      assert.equal(info?.reason, "RATE_LIMITED");
      assert.equal(info.domain, "openai-grpc");
      const { http_status, type, code, request_id } = info.metadata;
      assert.deepEqual(
        { http_status, type, code, request_id },
        { http_status: "429", type: "requests", code: "rate_limit_exceeded", request_id: "req_limited" },
      );
      assert.equal(retryDelay(error), 7000);
      assert.equal(await requestsSeen(t), 1);
    });
  }
});

describe("an error without details", () => {
  for (const error of [undefined, new Error("of another kind"), new ConnectError("refused", Code.Unavailable)]) {
    test(String(error), () => {
      assert.equal(errorInfo(error), undefined);
      assert.equal(retryDelay(error), undefined);
    });
  }
});

describe("the upstream request is closed", () => {
  test("by a signal after the loop was left", async (t) => {
    const controller = new AbortController();
    const options = { signal: controller.signal, timeoutMs: 0 }; // of a call that is left, the deadline's timer runs on
    for await (const _ of chat.streamChatCompletion(chatRequest(t, "endless"), options)) {
      break;
    }
    controller.abort();
    await requestClosed(t);
  });
});
