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
  type Response,
  ResponsesService,
} from "openai-grpc/v1";

import { reply, requestClosed, requestsSeen, retryingTransport, transport } from "./upstream.js";

const chat = createClient(ChatService, transport);
const embeddings = createClient(EmbeddingsService, transport);
const responses = createClient(ResponsesService, transport);

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

test("embed", async (t) => {
  const answer = await embeddings.createEmbedding(embeddingRequest(t, "text-embedding-3-small"));
  const vectors = answer.data.map(({ index, embedding }) => ({ index, embedding }));
  assert.deepEqual(vectors, [
    { index: 0, embedding: [0.5, -0.25, 0.125] },
    { index: 1, embedding: [1, 0, -2] },
  ]);
  assert.equal(answer.usage?.promptTokens, 2);
  assert.ok(answer.callInfo?.deployment);
});

test("stream a chat answer", async (t) => {
  const request = { ...chatRequest(t, "gpt-4o-mini"), callOptions: { accumulate: true } };
  const chunks = await drain(chat.streamChatCompletion(request));
  const pieces = chunks.flatMap((chunk) => chunk.choices.map((choice) => choice.delta?.content));
  assert.equal(pieces.join(""), reply);
  const whole = chunks.at(-1)?.accumulated;
  assert.equal(whole?.choices[0]?.message?.content, reply);
  assert.equal(whole.usage?.totalTokens, 6);
  assert.equal(whole.created, 1_700_000_000n);
});

test("a tool call", async (t) => {
  const answer = await chat.createChatCompletion(chatRequest(t, "tool-caller"));
  const choice = answer.choices[0];
  assert.equal(choice?.finishReason, "tool_calls");
  assert.equal(choice.message?.content, undefined);
  const call = choice.message?.toolCalls[0]?.kind;
  assert.equal(call?.case, "function");
  assert.equal(call.value.function?.name, "get_weather");
  assert.equal(call.value.function.arguments, '{"city":"Oslo"}');
});

test("stream a response", async (t) => {
  const request = { model: "gpt-4o-mini", user: t.name, input: { kind: { case: "text", value: "hello" } } } as const;
  let text = "";
  let completed: Response | undefined;
  const unknown: unknown[] = [];
  for await (const { kind: event } of responses.streamResponse(request)) {
    switch (event.case) {
      case "outputTextDelta":
        text += event.value.delta ?? "";
        break;
      case "completed":
        completed = event.value.response;
        break;
      case "unknown":
        unknown.push(JSON.parse(event.value));
        break;
    }
  }
  assert.equal(text, reply);
  assert.equal(completed?.status, "completed");
  assert.deepEqual(unknown, [{ type: "response.of_tomorrow", news: true, sequence_number: 1 }]);
});

test("a long reply", async (t) => {
  const answer = await chat.createChatCompletion(chatRequest(t, "long-winded"));
  assert.ok((answer.choices[0]?.message?.content?.length ?? 0) > 4 * 1024 * 1024);
});

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

describe("UNAVAILABLE is tried again", () => {
  const calls = {
    "as a call": (t: TestContext) => embeddings.createEmbedding(embeddingRequest(t, "overloaded-once")),
    "as a stream": (t: TestContext) => drain(chat.streamChatCompletion(chatRequest(t, "overloaded-once"))),
  };
  for (const [name, call] of Object.entries(calls)) {
    test(name, async (t) => {
      await call(t);
      assert.equal(await requestsSeen(t), 2);
    });
  }
});

describe("retries do not multiply: the gateway makes them, the client does not", () => {
  const retrying = createClient(ChatService, retryingTransport);
  const calls = {
    "as a call": (t: TestContext, model: string) => retrying.createChatCompletion(chatRequest(t, model)),
    "as a stream": (t: TestContext, model: string) => drain(retrying.streamChatCompletion(chatRequest(t, model))),
  };
  const requests = { "fails-429": 3, "fails-500": 1, "fails-503": 3, "fails-closing": 1 };
  for (const [model, expected] of Object.entries(requests)) {
    for (const [name, call] of Object.entries(calls)) {
      test(`${model} ${name}`, async (t) => {
        await assert.rejects(call(t, model), ConnectError);
        assert.equal(await requestsSeen(t), expected);
      });
    }
  }
});

describe("the upstream request is closed", () => {
  const ends = {
    "by a signal": { code: Code.Canceled, timeoutMs: 20_000, end: (controller: AbortController) => controller.abort() },
    "by the deadline": { code: Code.DeadlineExceeded, timeoutMs: 2000, end: () => undefined },
  };
  for (const [name, { code, timeoutMs, end }] of Object.entries(ends)) {
    test(name, async (t) => {
      const controller = new AbortController();
      const options = { signal: controller.signal, timeoutMs };
      const stream = chat.streamChatCompletion(chatRequest(t, "endless"), options)[Symbol.asyncIterator]();
      assert.equal((await stream.next()).done, false);
      end(controller);
      await assert.rejects(stream.next(), { code });
      await requestClosed(t);
    });
  }

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
