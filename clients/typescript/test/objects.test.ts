/** Stored objects and long connections; tests/clients/upstream_objects.py has what the upstream answers. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type ServerHttp2Session } from "node:http2";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { after, before, describe, test, type TestContext } from "node:test";

import { ConnectError } from "@connectrpc/connect";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import {
  APIError,
  BadRequestError,
  type BatchRequestParams,
  CallCancelledError,
  Client,
  Code,
  type Download,
  DownloadError,
  EmbeddingError,
  type LaneResponse,
  type LargeFileParams,
  NotFoundError,
  OpenAIGrpcError,
  outputText,
  RateLimitError,
  upload,
  user,
  UpstreamTruncatedError,
} from "openai-grpc";
import { BatchesService, FilesService, ResponsesService, VideosService } from "openai-grpc/v1";

import { environment, requestClosed } from "./upstream.js";

const client = new Client(environment("OPENAI_GRPC_ADDRESS"), { timeoutMs: 20_000 });
const folder = mkdtempSync(join(tmpdir(), "objects-"));
after(() => {
  client.close();
  rmSync(folder, { recursive: true });
});
const content = Uint8Array.from({ length: 600_000 }, (_, index) => (index * 7) % 251);
const soon = { timeoutMs: 20_000 }; // gives up on a gateway that hangs

async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const all = [];
  for await (const each of source) {
    all.push(each);
  }
  return all;
}

describe("files", () => {
  test("are uploaded from a stream, and images of videos in one message", async () => {
    let progress: unknown;
    const parts = Readable.from([Buffer.alloc(299_999), Buffer.alloc(1)]);
    const onProgress = (sent: number, total: number | undefined) => {
      progress = [sent, total];
    };
    const file = upload(parts, { filename: "log.jsonl", size: 300_000, onProgress });
    const made = await client.files.upload({ purpose: "batch", file });
    assert.deepEqual([made.filename, made.bytes, made.purpose], ["log.jsonl", 300_000n, "batch"]);
    assert.deepEqual(progress, [300_000, 300_000]);
    const path = join(folder, "boat.png");
    writeFileSync(path, Buffer.alloc(99));
    for (const inputReference of [path, new File([Buffer.alloc(99)], "boat.png"), { filename: "boat.png", data: Buffer.alloc(99) }]) {
      const { prompt } = await client.videos.create({ prompt: "A boat", inputReference });
      assert.equal(prompt, "A boat boat.png 99");
    }
    assert.equal((await client.files.get("file-stored")).id, "file-stored");
    assert.equal((await client.files.delete("file-stored")).deleted, true);
  });

  test("are listed, as batches and videos are", async () => {
    const items = ["item-0", "item-1", "item-2", "item-3", "item-4"];
    const lists: AsyncIterable<{ id?: string | undefined }>[] = [client.files.list(), client.batches.list(), client.videos.list()];
    for (const list of lists) {
      assert.deepEqual((await collect(list)).map(({ id }) => id), items);
    }
  });

  test("are uploaded in parts, which are sent again, and the upload that fails is cancelled", async () => {
    let calls: string[] = [];
    let md5: string | undefined;
    const watched = new Client(environment("OPENAI_GRPC_ADDRESS"), {
      interceptors: [
        (next) => (request) => {
          calls.push(request.method.name);
          if (!request.stream && "md5" in request.message) {
            md5 = String(request.message.md5);
          }
          return next(request);
        },
      ],
    });
    after(() => watched.close());
    const path = join(folder, "plan.pdf");
    writeFileSync(path, content);
    const purpose = { purpose: "user_data", mimeType: "application/pdf", partBytes: 250_000, parallel: 2 };
    const names = [0, 250_000, 500_000].map((from) => `part_${content[from]}_${Math.min(250_000, 600_000 - from)}`);
    for (const source of [path, content, new File([content], "plan.pdf")]) {
      let progress: unknown;
      const file = upload(source, { filename: "plan.pdf", onProgress: (sent, total) => (progress = [sent, total]) });
      const made = await watched.uploads.upload({ ...purpose, file }, soon); // the first part is cut off
      assert.equal(made.file?.filename, names.join(" "));
      assert.deepEqual(progress, [600_000, 600_000]);
      assert.equal(md5, createHash("md5").update(content).digest("hex"));
      assert.deepEqual(calls, ["CreateUpload", ...Array<string>(4).fill("AddUploadPart"), "CompleteUpload"]);
      calls = [];
    }
    await assert.rejects(watched.uploads.upload({ ...purpose, file: path }, { ...soon, maxRetries: 0 }), APIError);
    assert.deepEqual([calls[0], calls.at(-1)], ["CreateUpload", "CancelUpload"]);
    calls = [];
    const controller = new AbortController();
    const left = upload(path, { onProgress: () => controller.abort() });
    await assert.rejects(watched.uploads.upload({ ...purpose, file: left }, { signal: controller.signal }), CallCancelledError);
    assert.deepEqual([calls[0], calls.at(-1)], ["CreateUpload", "CancelUpload"]);
    calls = [];
    const refused: [object, object][] = [
      [{ file: content }, TypeError],
      [{ file: path, mimeType: "" }, TypeError],
      [{ file: upload(Readable.from([content]), { filename: "plan.pdf" }) }, TypeError],
      [{ file: new File([], "plan.pdf") }, RangeError],
      [{ file: path, partBytes: 100 }, RangeError],
      [{ file: path, parallel: 0 }, RangeError],
      [{ file: join(folder, "nowhere") }, /ENOENT/],
    ];
    for (const [params, error] of refused) {
      await assert.rejects(watched.uploads.upload({ ...purpose, ...params } as LargeFileParams, soon), error);
    }
    assert.deepEqual(calls, []);
  });

  const downloads: Record<string, (onProgress?: (received: number, size: number | undefined) => void) => Download> = {
    whole: (onProgress) => client.files.download("file-stored", { ...soon, ...(onProgress && { onProgress }) }),
    "that breaks": () => client.files.download("file-breaks", soon),
    "of a video": () => client.videos.download("video_1", soon),
    "of a raw path": () => client.raw.download({ method: "GET", path: "/vector_stores/vs_1/content" }, soon),
  };
  for (const [name, begin] of Object.entries(downloads)) {
    test(`are downloaded: ${name}`, async () => {
      let progress: unknown;
      const first = begin((received, size) => {
        progress = [received, size];
      });
      assert.deepEqual(await first.bytes(), Buffer.from(content));
      assert.deepEqual([first.size, first.contentType], [content.length, "video/mp4"]);
      assert.deepEqual(progress, name === "whole" ? [content.length, content.length] : undefined);
      const path = join(folder, name);
      await begin().toPath(path);
      assert.deepEqual(readFileSync(path), Buffer.from(content));
      for (const size of [0, 100_000, content.length]) {
        writeFileSync(path, content.subarray(0, size)); // what an earlier download left
        await begin().toPath(path, { resume: true });
        assert.deepEqual(readFileSync(path), Buffer.from(content));
      }
      writeFileSync(path, Buffer.alloc(70_000));
      await assert.rejects(begin().toPath(path, { resume: true }), /is not the beginning of the download/);
    });
  }

  test("are piped, read in part, left, and not resumed without retries", async () => {
    const range = { ...soon, offset: 1000n, length: 400_000n };
    const chunks: Buffer[] = [];
    const sink = new Writable({
      write(chunk: Buffer, _, done) {
        chunks.push(chunk);
        done();
      },
    });
    await pipeline(client.files.download("file-breaks", range), sink);
    assert.deepEqual(Buffer.concat(chunks), Buffer.from(content.subarray(1000, 401_000)));
    const hasty = client.files.download("file-breaks", { ...soon, maxRetries: 0 });
    await assert.rejects(hasty.bytes(), UpstreamTruncatedError);
    const left = client.files.download("file-stored", soon);
    for await (const chunk of left) {
      assert.ok(chunk.length > 0);
      break;
    }
    assert.equal((await left.next()).done, true);
    await assert.rejects(client.files.download("a/b", soon).bytes(), BadRequestError);
    const raw = client.raw.download({ method: "GET", path: "/vector_stores/vs_1/content" }, soon);
    await raw.bytes();
    assert.deepEqual([raw.status, raw.headers["etag"]], [200, '"7"']);
  });
});

test("jobs are watched until they are done", async () => {
  const states = (await collect(client.batches.watch("batch_job", soon))).map(({ status }) => status);
  assert.equal(states.at(-1), "completed");
  assert.equal((await client.responses.watch("resp_job", soon).final()).status, "completed");
  assert.equal((await client.videos.watch("video_job", soon).final()).status, "completed");
});

test("batches of messages are submitted, and their results read", async () => {
  const request: NonNullable<BatchRequestParams["request"]> = {
    case: "chatCompletion",
    value: { model: "m", messages: [user("hi")] },
  };
  const batch = await client.batches.submit(Array<BatchRequestParams>(100).fill({ request }), { metadata: { a: "b" } }, soon);
  assert.deepEqual([batch.requestCounts?.total, batch.endpoint, batch.metadata], [100n, "/v1/chat/completions", { a: "b" }]);
  const results = await collect(client.batches.results(batch, soon));
  const told = results.map(({ customId, result }) => [
    customId,
    result.case === "chatCompletion" ? result.value.choices[0]?.message?.content : result.case === "error" && result.value.code,
  ]);
  assert.deepEqual(told, [["a", "one"], ["b", "two"], ["c", "batch_expired"]]);
  // A request that is refused ends the call, and stops the others; the error of their source is that of the call.
  async function* endless() {
    for (;;) {
      yield { customId: "same", request };
    }
  }
  await assert.rejects(client.batches.submit(endless(), {}, soon), BadRequestError);
  async function* broken() {
    yield { request };
    throw new RangeError("no more");
  }
  await assert.rejects(client.batches.submit(broken(), {}, soon), RangeError);
});

test("raw calls", async () => {
  const body = { name: "charts", ropes: 3 };
  const path = "/vector_stores?include[]=a%26b&include[]=c+d&e";
  interface Echo {
    readonly id: string;
    readonly body: unknown;
    readonly query: string[][];
  }
  const query = [{ name: "f", value: "g" }];
  const echo = await client.raw.json<Echo>("POST", path, body, { query });
  assert.deepEqual(echo, { id: "vs_1", body, query: [["include[]", "a&b"], ["include[]", "c d"], ["e", ""], ["f", "g"]] });
  await assert.rejects(client.raw.json("GET", "/elsewhere"), NotFoundError);
  const events = await collect(client.raw.stream({ method: "GET", path: "/vector_stores/vs_1/events" }, soon).events());
  assert.deepEqual(events.map(({ data }) => data), ['{"piece":"Hel"}', '{"piece":"lo"}', '{"piece":" there"}']);
  const source = upload(Readable.from([Buffer.alloc(700_000)]), { contentType: "application/x-chart" });
  const reply = await client.raw.upload({ method: "POST", path: "/vector_stores/vs_1/body" }, source);
  assert.deepEqual(reply.body, { case: "json", value: '{"type":"application/x-chart","bytes":700000}' });
});

test("embeddings of a stream of inputs come in order, with failures by input", async () => {
  function* numbers() {
    for (let number = 0; number < 600; number++) {
      yield number === 234 ? "many" : String(number);
    }
  }
  const stream = client.embeddings.stream({ model: "counts" }, numbers(), soon);
  const results = await collect(stream.vectors());
  assert.deepEqual(results.map(({ index }) => index), [...Array(600).keys()]);
  const [failed, ...others] = results.flatMap(({ error }) => error ?? []);
  assert.ok(failed instanceof EmbeddingError);
  assert.deepEqual([failed.index, failed.status, others.length], [234, Code.InvalidArgument, 0]);
  assert.ok(results.every(({ index, vector }) => index === 234 || vector?.[0] === index));
  assert.equal((await stream.final()).totalTokens, 599);
  // One who leaves stops the inputs; the error of their source is that of the call.
  let isStopped: ((value: true) => void) | undefined;
  const stopped = new Promise<true>((resolve) => {
    isStopped = resolve;
  });
  async function* endless() {
    try {
      for (;;) {
        yield "1";
      }
    } finally {
      isStopped?.(true);
    }
  }
  for await (const { vector } of client.embeddings.stream({ model: "counts" }, endless(), soon).vectors()) {
    assert.deepEqual(vector, [1]);
    break;
  }
  assert.ok(await stopped);
  async function* broken() {
    yield "1";
    throw new RangeError("no more");
  }
  await assert.rejects(collect(client.embeddings.stream({ model: "counts" }, broken(), soon).vectors()), RangeError);
});

test("responses over one connection", async (t: TestContext) => {
  const connection = client.responses.connect(soon);
  const create = (lane: string, model: string, input: string) => {
    const user = lane === "slow" ? { user: t.name } : {}; // the one whose end is waited for
    return connection.create({ model, input, ...user }, { lane });
  };
  const slow = create("slow", "endless", "wait");
  assert.throws(() => slow.steer("too soon"), /has not begun/);
  assert.equal((await slow.next()).value?.kind.case, "created");
  assert.deepEqual([slow.id, slow.lane], ["resp_1", "slow"]);
  // Others are read while it runs, in any order, also at once.
  const [first, second, limited] = [create("a", "echo", "one"), create("a", "echo", "two"), create("", "rate-limited", "x")];
  const read = async (response: LaneResponse) => [(await collect(response.text())).join(""), outputText(await response.final())];
  assert.deepEqual(await Promise.all([read(second), read(first)]), [["two", "two"], ["one", "one"]]);
  await assert.rejects(limited.final(), (error: unknown) => {
    assert.ok(error instanceof RateLimitError || error instanceof OpenAIGrpcError);
    const { httpStatus, code, status } = error as RateLimitError;
    assert.deepEqual([httpStatus, code, status], [429, "rate_limit_exceeded", Code.ResourceExhausted]);
    return true;
  });
  slow.steer("faster");
  for await (const { kind } of slow) {
    if (kind.case === "steerFailed") {
      assert.equal(kind.value.error?.code, "steering_not_supported");
      break;
    }
  }
  await assert.rejects(slow.final(), /was left before its end/);
  connection.send({ kind: { case: "unknown", value: '{"type": "response.odd"}' } });
  for await (const { kind } of connection) {
    assert.equal(kind.case === "error" && kind.value.status, 400); // it belongs to no response
    break;
  }
  connection.close();
  await requestClosed(t);
  assert.throws(() => create("late", "echo", "x"), /has ended/);
  const ending = client.responses.connect(soon);
  const last = ending.create({ model: "echo", input: "bye" });
  ending.end();
  assert.equal((await ending.next()).done, true);
  assert.equal(outputText(await last.final()), "bye");
  const controller = new AbortController();
  const aborted = client.responses.connect({ signal: controller.signal });
  const never = aborted.create({ model: "endless", input: "wait" });
  await never.next();
  controller.abort();
  await assert.rejects(never.final(), CallCancelledError);
});

describe("a gateway that breaks off", () => {
  let watches = 0;
  const created = (id: string) => ({ kind: { case: "created", value: { response: { id } } }, streamId: "a" }) as const;
  const over = (id: string) => ({ kind: { case: "completed", value: { response: { id } } }, streamId: "a" }) as const;
  const server = createServer(
    connectNodeAdapter({
      routes: (router) => {
        router.service(VideosService, {
          async *watchVideo() {
            const callInfo = { requestId: String(++watches) };
            if (watches === 1) {
              yield { status: "queued", callInfo };
              yield { status: "in_progress", progress: 1, callInfo };
              throw new ConnectError("draining", Code.Unavailable);
            }
            if (watches === 2) {
              yield { status: "in_progress", progress: 1, callInfo };
              yield { status: "in_progress", progress: 2, callInfo };
              throw new ConnectError("the stream was reset", Code.Internal);
            }
            yield { status: "completed", callInfo };
          },
        });
        router.service(BatchesService, {
          async *streamBatchResults({ batchId = "", after = "" }) {
            for (const cursor of ["1", "2", "3"].filter((each) => each > after)) {
              yield { customId: `${batchId}${cursor}`, cursor };
              if (cursor < "3") {
                throw new ConnectError("draining", Code.Unavailable);
              }
            }
          },
        });
        router.service(FilesService, {
          async *downloadFile() {
            yield { data: Buffer.from("bytes") };
            yield { sha256: new Uint8Array(32) };
          },
        });
        router.service(ResponsesService, {
          async *connect(requests) {
            const incoming = requests[Symbol.asyncIterator]();
            await incoming.next();
            yield created("one");
            await incoming.next(); // what steers it
            await incoming.next(); // the next of the lane
            const accepted = { steer: { previousResponseId: "one" } };
            yield { kind: { case: "steerAccepted", value: accepted }, streamId: "a" };
            yield over("one");
            yield created("successor");
            yield over("successor");
            yield created("two");
            await incoming.next(); // what steers it, in vain
            yield over("two");
            const failed = { steer: { previousResponseId: "two" } };
            yield { kind: { case: "steerFailed", value: failed }, streamId: "a" };
            await incoming.next();
          },
        });
      },
    }),
  );
  const sessions: ServerHttp2Session[] = [];
  server.on("session", (session) => sessions.push(session));
  let fickle: Client;
  before(async () => {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    fickle = new Client(`127.0.0.1:${(server.address() as AddressInfo).port}`);
  });
  after(() => {
    fickle.close();
    server.close();
    sessions.forEach((session) => session.destroy());
  });

  test("is watched again, and no state comes twice", async () => {
    const stream = fickle.videos.watch("v", soon);
    const states = (await collect(stream)).map(({ status, progress }) => [status, progress]);
    assert.deepEqual(states, [["queued", undefined], ["in_progress", 1], ["in_progress", 2], ["completed", undefined]]);
    assert.equal(stream.metadata?.requestId, "3");
    watches = 0;
    await assert.rejects(collect(fickle.videos.watch("v", { ...soon, maxRetries: 0 })), /draining/);
  });

  test("streams the results of a batch on after their cursor", async () => {
    for (const [after, names] of [[undefined, ["b1", "b2", "b3"]], ["1", ["b2", "b3"]], ["3", []]] as const) {
      const results = await collect(fickle.batches.results("b", { ...soon, ...(after && { after }) }));
      assert.deepEqual(results.map(({ customId }) => customId), names);
    }
  });

  test("is found out by a checksum", async () => {
    await assert.rejects(fickle.files.download("x", soon).bytes(), DownloadError);
  });

  test("has responses that are steered", async () => {
    const connection = fickle.responses.connect(soon);
    const one = connection.create({ model: "m", input: "hi" }, { lane: "a" });
    await one.next();
    one.steer("shorter");
    const two = connection.create({ model: "m", input: "hi" }, { lane: "a" });
    await two.next(); // all events of the first were received on the way
    two.steer("late");
    assert.deepEqual([(await one.final()).id, (await two.final()).id], ["successor", "two"]);
    assert.deepEqual([one.id, two.id], ["successor", "two"]);
    connection.end();
    assert.equal((await connection.next()).done, true);
  });
});
