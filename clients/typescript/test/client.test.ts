/** The client against a live gateway. */
import assert from "node:assert/strict";
import { createReadStream } from "node:fs";
import { mkdtemp, writeFile } from "node:fs/promises";
import { createServer } from "node:http2";
import type { Socket } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { after, describe, test, type TestContext } from "node:test";

import { Code, ConnectError, type Interceptor } from "@connectrpc/connect";
import {
  APIError,
  AuthenticationError,
  assistant,
  CallCancelledError,
  callMetadata,
  Client,
  DeadlineExceededError,
  functionTool,
  image,
  input,
  item,
  messageText,
  OpenAIGrpcError,
  outputText,
  RateLimitError,
  ResponseFailedError,
  system,
  text,
  tool,
  toolChoice,
  UnavailableError,
  upload,
  user,
} from "openai-grpc";
import { ChatService, contractRevision } from "openai-grpc/v1";

import { environment, reply, requestClosed, requestsSeen } from "./upstream.js";

const address = environment("OPENAI_GRPC_ADDRESS");
const client = new Client(address, { timeoutMs: 20_000 });
after(() => {
  client.close();
});

function chat({ name }: TestContext, model = "gpt-4o-mini") {
  return { model, user: name, messages: [user("hello")] };
}

/** The request of a model that says what the request itself has. */
function scripted(...choices: object[]) {
  return { model: "scripted", messages: [user(JSON.stringify(choices))] };
}

async function all<T>(values: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const value of values) {
    found.push(value);
  }
  return found;
}

async function failure(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => assert.fail("it did not fail"),
    (error: unknown) => error,
  );
}

describe("calls", () => {
  test("chat", async (t) => {
    const completion = await client.chat.completions.create(chat(t));
    assert.equal(messageText(completion), reply);
    const again = [system("be brief"), user("hello"), assistant(completion.choices[0]?.message ?? ""), user("and?")];
    assert.equal(messageText(await client.chat.completions.create({ ...chat(t), messages: again })), reply);
  });

  test("a response", async (t) => {
    const response = await client.responses.create({ model: "gpt-4o-mini", user: t.name, input: "hello" });
    assert.equal(outputText(response), reply);
    const items = [item.user([item.text("hello"), "again"]), ...response.output, item.developer("be brief")];
    assert.equal(outputText(await client.responses.create({ model: "gpt-4o-mini", input: items })), reply);
    assert.equal(outputText(await client.responses.create({ model: "gpt-4o-mini", input: input("hello") })), reply);
  });

  test("embeddings", async () => {
    const one = await client.embeddings.create({ model: "text-embedding-3-small", input: "hello" });
    assert.deepEqual(one.data.map(({ embedding }) => embedding), [[0.5, -0.25, 0.125]]);
    const two = await client.embeddings.create({ model: "text-embedding-3-small", input: ["hello", "there"] });
    assert.equal(two.data.length, 2);
  });

  test("models", async () => {
    assert.deepEqual((await all(client.models.list())).map(({ id }) => id), ["gpt-4o-mini"]);
  });

  test("another service, as Connect has it", async (t) => {
    const completion = await client.service(ChatService).createChatCompletion(chat(t));
    assert.equal(messageText(completion), reply);
  });
});

describe("streams", () => {
  test("chunks, and the whole", async (t) => {
    const stream = client.chat.completions.stream(chat(t));
    const chunks = await all(stream);
    assert.equal(chunks.map(({ choices }) => choices[0]?.delta?.content ?? "").join(""), reply);
    const whole = await stream.final();
    assert.equal(messageText(whole), reply);
    assert.equal(whole.usage?.totalTokens, 6);
    assert.ok(stream.metadata?.deployment);
  });

  test("the whole alone", async (t) => {
    const { choices } = await client.chat.completions.stream(chat(t, "tool-caller")).final();
    assert.equal(choices[0]?.finishReason, "tool_calls");
    const none = client.chat.completions.stream({ ...chat(t), callOptions: { accumulate: false } });
    assert.match(String(await failure(none.final())), /don't set callOptions\.accumulate/);
  });

  test("events of a response", async (t) => {
    const seen: (string | undefined)[] = [];
    const stream = client.responses.stream({ model: "gpt-4o-mini", user: t.name, input: "hello" });
    for await (const { kind: event } of stream) {
      seen.push(event.case);
      if (event.case === "unknown") {
        assert.equal((JSON.parse(event.value) as { type: string }).type, "response.of_tomorrow");
      }
    }
    assert.deepEqual(seen.slice(0, 3), ["created", "unknown", "outputTextDelta"]);
    assert.equal(outputText(await stream.final()), reply);
    const again = client.responses.stream({ model: "gpt-4o-mini", input: "hello" });
    assert.equal((await all(again.text())).join(""), reply);
  });

  const leaves: Record<string, (request: ReturnType<typeof chat>) => Promise<void>> = {
    break: async (request) => {
      for await (const _ of client.chat.completions.stream(request)) {
        break;
      }
    },
    "an error in the loop": async (request) => {
      const loop = async () => {
        for await (const _ of client.chat.completions.stream(request)) {
          throw new Error("enough");
        }
      };
      await assert.rejects(loop, /enough/);
    },
    "break of the text": async (request) => {
      for await (const _ of client.chat.completions.stream(request).text()) {
        break;
      }
    },
    cancel: async (request) => {
      const stream = client.chat.completions.stream(request, { timeoutMs: 600_000 });
      await stream.next();
      const waiting = stream.next();
      stream.cancel();
      assert.deepEqual(await waiting, { done: true, value: undefined });
      await assert.rejects(stream.final(), /left before its end/);
    },
    "the end of its scope": async (request) => {
      const stream = client.chat.completions.stream(request);
      await stream.next();
      await stream[Symbol.asyncDispose]();
    },
  };
  for (const [name, leave] of Object.entries(leaves)) {
    test(`leaving by ${name} closes the request upstream`, async (t) => {
      await leave(chat(t, "endless"));
      await requestClosed(t);
    });
  }

  test("a signal closes the request upstream", async (t) => {
    const controller = new AbortController();
    const stream = client.chat.completions.stream(chat(t, "endless"), { signal: controller.signal });
    await stream.next();
    const waiting = failure(stream.next());
    controller.abort();
    assert.ok((await waiting) instanceof CallCancelledError);
    await requestClosed(t);
    const aborted = client.chat.completions.stream(chat(t), { signal: controller.signal });
    assert.ok((await failure(aborted.next())) instanceof CallCancelledError);
  });

  test("a stream that is never read makes no call", async (t) => {
    client.chat.completions.stream(chat(t)).cancel();
    client.chat.completions.stream(chat(t));
    await client.chat.completions.create({ ...chat(t), user: `${t.name}, after` });
    assert.equal(await requestsSeen(t), 0);
  });
});

describe("errors", () => {
  test("of a limit", async (t) => {
    const error = await failure(client.chat.completions.create(chat(t, "rate-limited")));
    assert.ok(error instanceof RateLimitError);
    assert.ok(error instanceof APIError);
    assert.ok(error instanceof OpenAIGrpcError);
    const { status, reason, httpStatus, type, code, requestId, retryAfterMs, mayBeBilled, name } = error;
    assert.deepEqual(
      { status, reason, httpStatus, type, code, requestId, retryAfterMs, mayBeBilled, name },
      {
        status: Code.ResourceExhausted,
        reason: "RATE_LIMITED",
        httpStatus: 429,
        type: "requests",
        code: "rate_limit_exceeded",
        requestId: "req_limited",
        retryAfterMs: 7000,
        mayBeBilled: false,
        name: "RateLimitError",
      },
    );
    assert.equal(error.message, "Rate limit reached for requests (ResourceExhausted, RATE_LIMITED) [request req_limited]");
  });

  test("of a connection that was refused", async () => {
    const closed = await unusedPort();
    const alone = new Client(`127.0.0.1:${closed}`, { maxRetries: 0 });
    const error = await failure(alone.models.list().first());
    assert.ok(error instanceof UnavailableError);
    assert.equal(error.mayBeBilled, false);
    assert.equal(error.reason, undefined);
    assert.match(error.message, new RegExp(`no gateway can be reached \\(127\\.0\\.0\\.1:${closed}: .*ECONNREFUSED`));
  });

  test("of a closed client", async () => {
    const closed = new Client(address);
    await closed.models.list().first();
    closed.close();
    assert.match(String(await failure(closed.models.list().first())), /the client is closed/);
  });

  test("of a response that failed", async () => {
    const failed = { status: "failed", output: [], error: { code: "server_error", message: "It broke" } };
    const request = { model: "scripted", input: JSON.stringify(failed) };
    assert.equal((await client.responses.create(request)).status, "failed");
    const error = new ResponseFailedError(await client.responses.create(request));
    assert.equal(error.message, "the response failed: It broke");
  });
});

describe("several addresses", () => {
  test("share the calls, and one that can't be reached is left out", async (t) => {
    const other = environment("OPENAI_GRPC_RETRYING");
    const dead = `127.0.0.1:${await unusedPort()}`;
    const several = new Client([address, dead, other], { maxRetries: 0 });
    const ids = new Set<string | undefined>();
    for (let number = 0; number < 6; number++) {
      const completion = await several.chat.completions.create(chat(t));
      assert.equal(messageText(completion), reply);
      const streamed = await several.chat.completions.stream(chat(t)).final();
      assert.equal(messageText(streamed), reply);
      ids.add(callMetadata(completion)?.gatewayRequestId);
    }
    assert.equal(ids.size, 6);
    several.close();
  });

  test("are all tried before a call fails", async () => {
    const ports = [await unusedPort(), await unusedPort()];
    const several = new Client(ports.map((port) => `127.0.0.1:${port}`).join(", "), { maxRetries: 0 });
    const error = await failure(several.models.list().first());
    for (const port of ports) {
      assert.match(String(error), new RegExp(`127\\.0\\.0\\.1:${port}`));
    }
  });
});

describe("what goes with calls", () => {
  test("headers, a key that is renewed, and interceptors", async (t) => {
    const seen: Headers[] = [];
    const watch: Interceptor = (next) => (request) => {
      seen.push(new Headers(request.header));
      return next(request);
    };
    let number = 0;
    const watched = new Client(address, {
      apiKey: () => `key-${++number}`,
      organization: "org",
      headers: { "x-app": "tests", "x-both": "client" },
      interceptors: [watch],
    });
    const options = { headers: { "x-both": "call", "x-request-id": "mine" } };
    const completion = await watched.chat.completions.create(chat(t, "overloaded-once"), options);
    await watched.chat.completions.stream(chat(t)).final();
    assert.equal(callMetadata(completion)?.gatewayRequestId, "mine");
    assert.equal(seen.length, 2); // a retry is the same call
    const [first, second] = seen;
    assert.equal(first?.get("authorization"), "Bearer key-1");
    assert.equal(second?.get("authorization"), "Bearer key-2");
    assert.deepEqual(
      ["x-app", "x-both", "openai-organization", "openai-grpc-contract"].map((name) => first.get(name)),
      ["tests", "call", "org", String(contractRevision)],
    );
    watched.close();
  });

  test("an interceptor of the user's own may answer or fail", async (t) => {
    const refuse: Interceptor = () => () => Promise.reject(new ConnectError("no key", Code.Unauthenticated));
    const refusing = new Client(address, { interceptors: [refuse] });
    await assert.rejects(refusing.chat.completions.create(chat(t)), AuthenticationError);
  });
});

describe("uploads", () => {
  const bytes = new Uint8Array(1_000_000).fill(7);

  test("from a path, bytes, a blob and streams", async () => {
    const folder = await mkdtemp(join(tmpdir(), "uploads-"));
    const path = join(folder, "speech.wav");
    await writeFile(path, bytes);
    async function* generated() {
      yield bytes.subarray(0, 600_000);
      yield bytes.subarray(600_000);
    }
    const sources = [
      path,
      pathToFileURL(path),
      createReadStream(path),
      new File([bytes], "speech.wav", { type: "audio/wav" }),
      upload(bytes, { filename: "speech.wav" }),
      upload(generated(), { filename: "speech.wav", contentType: "audio/wav", size: bytes.length }),
      upload(new Blob([bytes]).stream(), { filename: "speech.wav" }),
    ];
    for (const file of sources) {
      const { text: weight } = await client.audio.transcriptions.create({ model: "weighs", file });
      assert.match(weight ?? "", /^speech\.wav audio\/(x-|vnd\.)?wav(e)? 1000000$/);
    }
  });

  test("tell their progress", async () => {
    const steps: [number, number | undefined][] = [];
    const file = upload(bytes, { filename: "a.wav", onProgress: (sent, total) => steps.push([sent, total]) });
    await client.audio.transcriptions.create({ model: "weighs", file });
    assert.deepEqual(steps.at(-1), [1_000_000, 1_000_000]);
    assert.equal(steps.length, 4);
  });

  test("are streamed both ways", async () => {
    const stream = client.audio.transcriptions.stream({ model: "whisper-1", file: upload(bytes, { filename: "a.wav" }) });
    assert.deepEqual(await all(stream.text()), ["Hel", "lo", " there"]);
    assert.equal((await stream.final()).text, reply);
  });

  test("fail with the error of their source", async () => {
    async function* broken() {
      yield bytes;
      throw new RangeError("the disk is gone");
    }
    const file = upload(broken(), { filename: "a.wav" });
    await assert.rejects(client.audio.transcriptions.create({ model: "whisper-1", file }), /the disk is gone/);
    await assert.rejects(client.audio.transcriptions.create({ model: "whisper-1", file: "/nowhere.wav" }), /ENOENT/);
    await assert.rejects(client.audio.transcriptions.create({ model: "whisper-1", file: bytes }), /has no name/);
  });
});

describe("pages", () => {
  test("of a list, one after the other", async () => {
    const list = client.chat.completions.list({ limit: 2 });
    assert.deepEqual((await all(list)).map(({ id }) => id), [0, 1, 2, 3, 4].map((number) => `item-${number}`));
    assert.equal((await all(client.chat.completions.messages("chatcmpl-1", { limit: 3 }))).length, 5);
    assert.equal((await all(client.responses.inputItems("resp_1"))).length, 5);
    assert.deepEqual((await all(list.pages())).map(({ data }) => data.length), [2, 2, 1]);
    assert.equal((await list.first()).lastId, "item-1");
    for await (const { id } of list) {
      assert.equal(id, "item-0");
      break;
    }
  });
});

describe("addresses", () => {
  const refused: Record<string, RegExp> = {
    "http://localhost:50051": /leave out http:\/\/, as in localhost:50051/,
    "https://gateway": /leave out https:\/\/, and set the option tls/,
    "localhost:70000": /invalid port 70000 in localhost:70000: must be 1 to 65535/,
    "localhost:0": /invalid port 0/,
    "localhost:50051/v1": /must be host:port/,
    "localhost:port": /must be host:port/,
    " , ": /no address/,
  };
  for (const [given, reason] of Object.entries(refused)) {
    test(`${given} is refused`, () => {
      assert.throws(() => new Client(given), reason);
    });
  }

  test("come from the environment, with port 50051", async (t) => {
    const before = process.env["OPENAI_GRPC_ADDRESS"];
    t.after(() => {
      process.env["OPENAI_GRPC_ADDRESS"] = before;
    });
    const inherited = new Client();
    assert.equal(messageText(await inherited.chat.completions.create(chat(t))), reply);
    inherited.close();
    process.env["OPENAI_GRPC_ADDRESS"] = "gateway.invalid, [::1], ::1";
    const error = await failure(new Client(undefined, { maxRetries: 0, timeoutMs: 20_000 }).models.list().first());
    assert.match(String(error), /gateway\.invalid:50051/);
    assert.match(String(error), /\[::1\]:50051/);
  });

  test("options that contradict each other are refused", () => {
    assert.throws(() => new Client(address, { tls: { cert: "-----BEGIN" } }), /tls\.key is missing/);
    assert.throws(() => new Client(address, { tls: { ca: "/nowhere.pem" } }), /tls\.ca can't be read.*ENOENT/);
    assert.throws(() => new Client(address, { maxRetries: -1 }), /invalid maxRetries -1/);
  });
});

describe("a connection that is lost", () => {
  const ways = {
    "by its end": (socket: Socket) => socket.destroy(),
    "by a reset": (socket: Socket) => socket.resetAndDestroy(), // Node: ECONNRESET, which Connect calls ABORTED
  };
  for (const [name, lose] of Object.entries(ways)) {
    test(`${name} is UNAVAILABLE, and calls without side effects are made again`, async (t) => {
      const server = createServer();
      const sockets: Socket[] = [];
      let calls = 0;
      server.on("connection", (socket: Socket) => sockets.push(socket));
      server.on("session", (session) => session.on("error", () => undefined));
      server.on("stream", (stream) => {
        calls++;
        stream.on("error", () => undefined);
        sockets.splice(0).forEach(lose);
      });
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      t.after(() => server.close());
      const lost = new Client(`127.0.0.1:${(server.address() as { port: number }).port}`);
      for (const [call, expected] of [
        [() => lost.chat.completions.create(chat(t)), 1],
        [() => lost.chat.completions.stream(chat(t)).final(), 1],
        [() => lost.models.list().first(), 3],
      ] as const) {
        calls = 0;
        const error = await failure(call());
        assert.ok(error instanceof UnavailableError);
        assert.equal(error.mayBeBilled, true);
        assert.equal(calls, expected);
      }
    });
  }
});

describe("a gateway that does not answer", () => {
  test("is given up in time", async (t) => {
    const silent = createServer();
    silent.listen(0, "127.0.0.1");
    await once(silent, "listening");
    t.after(() => silent.close());
    const { port } = silent.address() as { port: number };
    const waiting = new Client(`127.0.0.1:${port}`);
    const controller = new AbortController();
    silent.on("stream", (stream) => {
      stream.on("error", () => undefined); // it is reset
      controller.abort();
    });
    await assert.rejects(waiting.models.list({ signal: controller.signal }).first(), CallCancelledError);
    await assert.rejects(waiting.models.list({ timeoutMs: 200 }).first(), DeadlineExceededError);
    waiting.close();
  });
});

describe("builders", () => {
  const pixel = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");

  test("of images", () => {
    const part = image(pixel, "low").kind;
    assert.ok(part.case === "imageUrl" && part.value.imageUrl?.source.case === "data");
    assert.equal(part.value.imageUrl.source.value.mimeType, "image/png");
    const url = image("https://example.com/cat.png").kind;
    assert.ok(url.case === "imageUrl" && url.value.imageUrl?.source.value === "https://example.com/cat.png");
    assert.throws(() => image("cat.png"), /read a file with loadImage/);
    assert.throws(() => image(Buffer.from("text")), /must be a PNG, JPEG, GIF or WebP/);
  });

  test("of tools and choices", async () => {
    const parameters = { type: "object", properties: { city: { type: "string" } } };
    const call = { id: "call_1", type: "function", function: { name: "look", arguments: "{}" } };
    const request = scripted({ message: { content: null, tool_calls: [call] } }, { message: { content: "done" } });
    const tools = [functionTool("look", "Looks around.", parameters)];
    const first = await client.chat.completions.create({ ...request, tools, toolChoice: toolChoice({ function: "look" }) });
    const message = first.choices[0]?.message;
    const [made] = message?.toolCalls ?? [];
    assert.ok(message && made);
    const messages = [...request.messages, assistant(message), tool(made, [text("nothing"), "here"])];
    assert.equal(messageText(await client.chat.completions.create({ ...request, messages, tools })), "done");
    assert.throws(() => tool("", "x"), /has no id/);
  });
});

/** Returns a port at which nobody listens. */
async function unusedPort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}
