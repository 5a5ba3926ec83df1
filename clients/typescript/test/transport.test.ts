/** What the gateway does not do at will: a server of these tests answers in its place, on a real port. */
import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { createServer, type ServerHttp2Session } from "node:http2";
import type { AddressInfo } from "node:net";
import { after, before, beforeEach, describe, test } from "node:test";

import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { connectNodeAdapter, createGrpcTransport } from "@connectrpc/connect-node";
import { ErrorInfoSchema, maxMessageBytes, transportOptions } from "openai-grpc";
import { AudioService, ChatService, EmbeddingsService } from "openai-grpc/v1";

const pushback = "grpc-retry-pushback-ms";
const own = { desc: ErrorInfoSchema, value: { reason: "UPSTREAM_UNAVAILABLE", domain: "openai-grpc" } };

/** The models or, of an upload, the kinds of the requests that arrived. */
let seen: (string | undefined)[] = [];
const arrivals = new EventEmitter();
/** How each of the next calls fails; after these they succeed. */
let failures: ConnectError[] = [];

function answer(request: string | undefined): void {
  seen.push(request);
  arrivals.emit("request");
  const failure = failures.shift();
  if (failure) {
    throw failure;
  }
}

/** A failure that is the gateway's own, or else without details, as a proxy sends it. */
function failure({ code = Code.Unavailable, asked, byProxy }: Failure): ConnectError {
  return new ConnectError("no", code, asked === undefined ? {} : { [pushback]: asked }, byProxy ? [] : [own]);
}

interface Failure {
  code?: Code;
  asked?: string;
  byProxy?: boolean;
}

const server = createServer(
  connectNodeAdapter({
    routes: (router) => {
      router.service(EmbeddingsService, {
        createEmbedding: (request) => {
          answer(request.model);
          return {};
        },
      });
      router.service(ChatService, {
        createChatCompletion: () => ({ id: "x".repeat(maxMessageBytes) }),
        getChatCompletion: (request) => {
          answer(request.completionId);
          return {};
        },
        async *streamChatCompletion(request) {
          yield {};
          answer(request.model);
        },
      });
      router.service(AudioService, {
        uploadTranscription: async (requests) => {
          for await (const request of requests) {
            answer(request.message.case);
          }
          return {};
        },
      });
    },
  }),
);

const sessions: ServerHttp2Session[] = [];
server.on("session", (session) => sessions.push(session));

let embeddings: ReturnType<typeof createClient<typeof EmbeddingsService>>;
let chat: ReturnType<typeof createClient<typeof ChatService>>;
let audio: ReturnType<typeof createClient<typeof AudioService>>;

before(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const transport = createGrpcTransport({ ...transportOptions, baseUrl: `http://127.0.0.1:${port}` });
  embeddings = createClient(EmbeddingsService, transport);
  chat = createClient(ChatService, transport);
  audio = createClient(AudioService, transport);
});

after(() => {
  server.close();
  sessions.forEach((session) => session.destroy());
});

beforeEach(() => {
  seen = [];
  failures = [];
});

async function read(stream: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of stream) {
    // only the status matters
  }
}

/** Ends once its first message has arrived, so what collects a stream before it sends it never ends. */
async function* upload() {
  const arrived = once(arrivals, "request");
  yield { message: { case: "chunk", value: Uint8Array.of(1) } } as const;
  await arrived;
}

const calls = {
  create: () => embeddings.createEmbedding({ model: "m" }),
  stream: () => read(chat.streamChatCompletion({ model: "m" })),
  get: () => chat.getChatCompletion({ completionId: "m" }),
  upload: () => audio.uploadTranscription(upload()),
};

describe("calls that fail", () => {
  const table: [keyof typeof calls, Failure, times: number, attempts: number][] = [
    ["create", {}, 1, 2],
    ["create", {}, 2, 3],
    ["create", {}, 3, 3],
    ["create", { asked: "1" }, 2, 3],
    ["create", { asked: "-1" }, 1, 1],
    ["create", { asked: "soon" }, 1, 1],
    ["create", { byProxy: true }, 1, 1],
    ["create", { code: Code.ResourceExhausted }, 1, 1],
    ["create", { code: Code.Internal }, 1, 1],
    ["get", { byProxy: true }, 1, 2],
    ["get", { byProxy: true, asked: "-1" }, 1, 1],
    ["stream", {}, 1, 1],
    ["upload", {}, 1, 1],
  ];
  for (const [call, how, times, attempts] of table) {
    test(`${call}: ${times} x ${JSON.stringify(how)}`, async () => {
      failures = Array.from({ length: times }, () => failure(how));
      const outcome = await calls[call]().then(() => undefined, (error: unknown) => ConnectError.from(error));
      assert.equal(outcome?.code, attempts > times ? undefined : (how.code ?? Code.Unavailable));
      assert.equal(seen.length, attempts);
      assert.equal(new Set(seen).size, 1);
    });
  }
});

test("a retry after the deadline is not waited for", async () => {
  failures = [failure({ asked: "3600000" })];
  await assert.rejects(embeddings.createEmbedding({ model: "m" }, { timeoutMs: 60_000 }), { code: Code.Unavailable });
  assert.equal(seen.length, 1);
});

test("a signal ends the pause before a retry", async () => {
  const controller = new AbortController();
  failures = [failure({ asked: "3600000" })];
  const call = embeddings.createEmbedding({ model: "m" }, { signal: controller.signal });
  void once(arrivals, "request").then(() => controller.abort());
  await assert.rejects(call, { code: Code.Canceled });
  assert.equal(seen.length, 1);
});

test("a gateway that can't be reached", async () => {
  const transport = createGrpcTransport({ ...transportOptions, baseUrl: "http://127.0.0.1:1" });
  await assert.rejects(createClient(EmbeddingsService, transport).createEmbedding({}), { code: Code.Unavailable });
});

describe("a message that is too large", () => {
  test("is not sent", async () => {
    const request = { model: "x".repeat(maxMessageBytes) };
    await assert.rejects(embeddings.createEmbedding(request), { code: Code.ResourceExhausted });
    assert.equal(seen.length, 0);
  });

  test("is not read", async () => {
    await assert.rejects(chat.createChatCompletion({}), { code: Code.ResourceExhausted });
  });
});
