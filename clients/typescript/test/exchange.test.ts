/** How replies arrive, as a server of HTTP/2 sends them byte by byte. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { constants, createServer, type IncomingHttpHeaders, type ServerHttp2Session, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";
import { after, before, describe, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { gzipSync } from "node:zlib";

import { create, toBinary } from "@bufbuild/protobuf";
import { Code, type Interceptor } from "@connectrpc/connect";
import { APIError, type CallOptions, Client } from "openai-grpc";
import { ChatCompletionChunkSchema, ChatCompletionSchema } from "openai-grpc/v1";

const status = { "grpc-status": "0" };
const completion = prefixed(toBinary(ChatCompletionSchema, create(ChatCompletionSchema, { id: "tide" })));
const large = "x".repeat(3_000_000);

function prefixed(bytes: Uint8Array, flags = 0): Buffer {
  const prefix = Buffer.of(flags, 0, 0, 0, 0);
  prefix.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([prefix, bytes]);
}

function chunk(id: string): Buffer {
  return prefixed(toBinary(ChatCompletionChunkSchema, create(ChatCompletionChunkSchema, { id })));
}

/** Answers with frames, one by one, and with trailers if there are any. */
function frames(pieces: Uint8Array[], trailers?: Record<string, string>, header: Record<string, string> = {}) {
  return async (stream: ServerHttp2Stream) => {
    const fields = { ":status": 200, "content-type": "application/grpc+proto", ...header };
    stream.respond(fields, { waitForTrailers: trailers !== undefined });
    stream.on("wantTrailers", () => {
      stream.sendTrailers(trailers ?? {});
    });
    for (const piece of pieces) {
      await new Promise((resolve) => stream.write(piece, resolve));
    }
    stream.end();
  };
}

function reset(code: number) {
  return (stream: ServerHttp2Stream) => {
    stream.close(code);
  };
}

let answer: (stream: ServerHttp2Stream) => Promise<void> | void = () => undefined;
const server = createServer();
const sessions: ServerHttp2Session[] = [];
let client: Client;

before(async () => {
  server.on("session", (session) => sessions.push(session));
  server.on("stream", (stream) => {
    stream.on("error", () => undefined).resume();
    void answer(stream);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  client = new Client(`127.0.0.1:${(server.address() as AddressInfo).port}`, { tls: false });
});

after(() => {
  client.close();
  server.close();
  sessions.forEach((session) => session.destroy());
});

async function ids(): Promise<string[]> {
  const found = [];
  for await (const { id } of client.chat.completions.stream({ model: "m", messages: [] })) {
    found.push(id ?? "");
  }
  return found;
}

describe("replies", () => {
  const gzip = { "grpc-encoding": "gzip" };
  const packed = prefixed(gzipSync(completion.subarray(5)), 1);
  const several = Buffer.concat([chunk("a"), chunk("b"), chunk(large), chunk("c")]);
  const unary: Record<string, Uint8Array[]> = {
    "in one frame": [completion],
    "byte by byte": [...completion].map((byte) => Uint8Array.of(byte)),
    "compressed": [packed],
  };
  for (const [name, pieces] of Object.entries(unary)) {
    test(`of one message, ${name}`, async () => {
      answer = frames(pieces, status, name === "compressed" ? gzip : {});
      assert.equal((await client.chat.completions.create({ model: "m", messages: [] })).id, "tide");
    });
  }
  const streamed: Record<string, Uint8Array[]> = {
    "in one frame": [several],
    "cut anywhere": [several.subarray(0, 3), several.subarray(3, 21), several.subarray(21)],
    "some compressed": [chunk("a"), prefixed(gzipSync(chunk("b").subarray(5)), 1), chunk(large), chunk("c")],
  };
  for (const [name, pieces] of Object.entries(streamed)) {
    test(`of several messages, ${name}`, async () => {
      answer = frames(pieces, status, gzip);
      assert.deepEqual(await ids(), ["a", "b", large, "c"]);
    });
  }
});

describe("replies that fail", () => {
  const table: Record<string, [(stream: ServerHttp2Stream) => Promise<void> | void, Code]> = {
    "end inside a message": [frames([completion.subarray(0, 7)], status), Code.Internal],
    "have no status": [frames([completion], {}), Code.Internal],
    "have no trailers": [frames([completion]), Code.Internal],
    "have no message": [frames([], status), Code.Unimplemented],
    "have two messages": [frames([completion, completion], status), Code.Unimplemented],
    "are no message": [frames([prefixed(Uint8Array.of(255, 255))], status), Code.Internal],
    "are no gzip": [frames([prefixed(Uint8Array.of(1, 2, 3), 1)], status), Code.Internal],
    "are too large": [frames([Uint8Array.of(0, 255, 255, 255, 255)], status), Code.ResourceExhausted],
    "have another encoding": [frames([completion], status, { "grpc-encoding": "zstd" }), Code.Internal],
    "have a status in the header": [frames([], undefined, { "grpc-status": "5", "grpc-message": "no tide" }), Code.NotFound],
    "have a status behind a message": [frames([completion], { "grpc-status": "8" }), Code.ResourceExhausted],
    "are of a proxy": [frames([], undefined, { ":status": "503", "content-type": "text/html" }), Code.Unavailable],
    "are refused": [reset(constants.NGHTTP2_REFUSED_STREAM), Code.Unavailable],
    "are cancelled": [reset(constants.NGHTTP2_CANCEL), Code.Unavailable],
    "are too many": [reset(constants.NGHTTP2_ENHANCE_YOUR_CALM), Code.ResourceExhausted],
  };
  for (const [name, [failing, code]] of Object.entries(table)) {
    test(name, async () => {
      answer = failing;
      const call = client.chat.completions.create({ model: "m", messages: [] });
      await assert.rejects(call, (error) => error instanceof APIError && error.status === code);
    });
  }
});

test("time limits of any length", async () => {
  const asked: unknown[] = [];
  answer = (stream) => frames([completion], status)(stream);
  const onStream = (_: ServerHttp2Stream, fields: IncomingHttpHeaders) => asked.push(fields["grpc-timeout"]);
  server.on("stream", onStream);
  for (const timeoutMs of [1500.5, 1e8, 1e12, Infinity]) {
    await client.chat.completions.create({ model: "m", messages: [] }, { timeoutMs });
  }
  server.off("stream", onStream);
  assert.deepEqual(asked, ["1501m", "100000S", "99999999S", "99999999S"]);
});

test("what came before a failure is read before it", async () => {
  answer = async (stream) => {
    await frames([chunk("a"), chunk("b")], { "grpc-status": "14" })(stream);
  };
  const found: string[] = [];
  await assert.rejects(async () => {
    for await (const { id } of client.chat.completions.stream({ model: "m", messages: [] })) {
      found.push(id ?? "");
    }
  }, APIError);
  assert.deepEqual(found, ["a", "b"]);
});

test("an interceptor reads the messages of a stream before the caller", async (t) => {
  const seen: string[] = [];
  const through = async function* <T>(messages: AsyncIterable<T>) {
    for await (const message of messages) {
      seen.push((message as { id?: string }).id ?? "");
      yield message;
    }
  };
  const interceptor: Interceptor = (next) => async (request) => {
    const reply = await next(request);
    return reply.stream ? { ...reply, message: through(reply.message) } : reply;
  };
  const { port } = server.address() as AddressInfo;
  const intercepted = new Client(`127.0.0.1:${port}`, { tls: false, interceptors: [interceptor], maxRetries: 0 });
  t.after(() => {
    intercepted.close();
  });
  const read = async (options?: CallOptions) => {
    const found: string[] = [];
    for await (const { id } of intercepted.chat.completions.stream({ model: "m", messages: [] }, options)) {
      found.push(id ?? "");
    }
    return found;
  };
  answer = frames([chunk("a"), chunk("b")], status);
  assert.deepEqual(await read({ timeoutMs: 60_000 }), ["a", "b"]);
  answer = frames([chunk("c")], { "grpc-status": "5" });
  await assert.rejects(read(), (error) => error instanceof APIError && error.status === Code.NotFound);
  answer = (stream) => {
    stream.respond({ "content-type": "application/grpc+proto" });
    stream.write(chunk("d"));
  };
  await assert.rejects(read({ timeoutMs: 50 }), (error) => error instanceof APIError && error.status === Code.DeadlineExceeded);
  assert.deepEqual(seen.slice(0, 3), ["a", "b", "c"]);
});

test("a reader that is slow holds the server back", async () => {
  let sent = 0;
  answer = async (stream) => {
    stream.respond({ "content-type": "application/grpc+proto" }, { waitForTrailers: true });
    stream.on("wantTrailers", () => {
      stream.sendTrailers(status);
    });
    for (; sent < 300; sent++) {
      await new Promise((resolve) => stream.write(chunk("x".repeat(100_000)), resolve));
    }
    stream.end();
  };
  let read = 0;
  for await (const { id } of client.chat.completions.stream({ model: "m", messages: [] })) {
    read += id ? 1 : 0;
    for (let turns = 0; turns < 20; turns++) {
      await setImmediate();
    }
    assert.ok(sent - read < 20, `${sent} sent, ${read} read`);
  }
  assert.equal(read, 300);
});
