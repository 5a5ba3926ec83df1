/**
 * Runs the cases of tests/conformance/clients with the TypeScript client: `node conformance.js TASK RESULTS`.
 *
 * tests/conformance/clients/driver.py says what the files have.
 */
import { createReadStream, createWriteStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { once } from "node:events";

import { createFileRegistry, type DescMessage, fromBinary, isMessage, type Message, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import {
  APIError,
  type CallMetadata,
  callMetadata,
  type CallOptions,
  Client,
  Code,
  create,
  CutReplyError,
  defineTool,
  fromOpenAIJson,
  InvalidReplyError,
  OpenAIGrpcError,
  RefusalError,
  ReplyError,
  ResponseFailedError,
  schemaOf,
  type Stream,
  toOpenAIJson,
  ToolError,
  TooManyRoundsError,
  upload,
  type UploadSource,
} from "openai-grpc";
import * as v1 from "openai-grpc/v1";

import * as types from "./types_pb.js";

interface Case {
  readonly case: string;
  readonly do: string;
  readonly rpc: string;
  readonly gateway: string;
  readonly request: string;
  readonly repeat: number;
  readonly key?: string;
  readonly timeout?: number;
  readonly max_retries?: number;
  readonly metadata?: Record<string, string>;
  readonly accumulate?: boolean;
  readonly read?: number;
  readonly most?: number;
  readonly file?: string;
  readonly from?: string;
  readonly size?: number;
  readonly type?: string;
  readonly rounds?: number;
  readonly fails?: string;
  readonly stops?: boolean;
  readonly described?: boolean;
}

interface Task {
  readonly gateways: Record<string, string>;
  readonly descriptors: string;
  readonly cases: readonly Case[];
}

type Seen = Record<string, unknown>;

const [, , taskFile = "", resultsFile = ""] = process.argv;
const task = JSON.parse(readFileSync(taskFile, "utf8")) as Task;
const folder = mkdtempSync(join(tmpdir(), "conformance-"));
const clients = new Map<string, Client>();

function clientOf({ gateway, key }: Case): Client {
  const name = `${gateway} ${key ?? ""}`;
  const found = clients.get(name) ?? new Client(task.gateways[gateway], key === undefined ? {} : { apiKey: key });
  clients.set(name, found);
  return found;
}

function optionsOf({ timeout, max_retries, metadata }: Case): CallOptions {
  return {
    ...(timeout !== undefined && { timeoutMs: timeout * 1000 }),
    ...(max_retries !== undefined && { maxRetries: max_retries }),
    ...(metadata !== undefined && { headers: metadata }),
  };
}

function read<Desc extends DescMessage>(schema: Desc, { request }: Case) {
  return fromOpenAIJson(schema, request, { keepNulls: true });
}

async function call(client: Client, c: Case): Promise<Message> {
  const options = optionsOf(c);
  const { completions } = client.chat;
  switch (c.rpc) {
    case "chat.create":
      return completions.create(read(v1.CreateChatCompletionRequestSchema, c), options);
    case "chat.get":
      return completions.get(read(v1.GetChatCompletionRequestSchema, c).completionId ?? "", options);
    case "chat.update": {
      const { completionId, metadata } = read(v1.UpdateChatCompletionRequestSchema, c);
      return completions.update(completionId ?? "", metadata, options);
    }
    case "chat.delete":
      return completions.delete(read(v1.DeleteChatCompletionRequestSchema, c).completionId ?? "", options);
    case "completions.create":
      return client.completions.create(read(v1.CreateCompletionRequestSchema, c), options);
    case "embeddings.create":
      return client.embeddings.create(read(v1.CreateEmbeddingRequestSchema, c), options);
    case "models.get":
      return client.models.get(read(v1.GetModelRequestSchema, c).model ?? "", options);
    case "responses.create":
      return client.responses.create(read(v1.CreateResponseRequestSchema, c), options);
    case "responses.get":
      return client.responses.get(read(v1.GetResponseRequestSchema, c).responseId ?? "", options);
    case "responses.cancel":
      return client.responses.cancel(read(v1.CancelResponseRequestSchema, c).responseId ?? "", options);
    case "responses.delete":
      return client.responses.delete(read(v1.DeleteResponseRequestSchema, c).responseId ?? "", options);
    case "responses.compact":
      return client.responses.compact(read(v1.CompactResponseRequestSchema, c), options);
    case "responses.count_tokens":
      return client.responses.countTokens(read(v1.CountResponseInputTokensRequestSchema, c), options);
    default:
      throw new Error(`no such call: ${c.rpc}`);
  }
}

function streamOf(client: Client, c: Case): Stream<Message, Message> {
  const options = optionsOf(c);
  switch (c.rpc) {
    case "chat.stream": {
      const request = read(v1.CreateChatCompletionRequestSchema, c);
      if (c.accumulate !== undefined) {
        request.callOptions = create(v1.CallOptionsSchema, { accumulate: c.accumulate });
      }
      return client.chat.completions.stream(request, options);
    }
    case "completions.stream":
      return client.completions.stream(read(v1.CreateCompletionRequestSchema, c), options);
    case "responses.stream":
      return client.responses.stream(read(v1.CreateResponseRequestSchema, c), options);
    case "responses.resume": {
      const { responseId, startingAfter } = read(v1.ResumeResponseRequestSchema, c);
      return client.responses.resume(responseId ?? "", startingAfter, options);
    }
    case "audio.stream":
      return client.audio.transcriptions.stream(transcription(c), options);
    default:
      throw new Error(`no such stream: ${c.rpc}`);
  }
}

function transcription(c: Case, onProgress?: (sent: number) => void) {
  const file = upload(sourceOf(c), { filename: c.file ?? "", ...(onProgress && { onProgress }) });
  return { ...read(v1.CreateTranscriptionRequestSchema, c), file };
}

function sourceOf({ from, file = "", size = 0 }: Case): UploadSource {
  const content = Buffer.alloc(size);
  if (from === undefined) {
    return content;
  }
  const path = join(folder, file);
  writeFileSync(path, content);
  return from === "path" ? path : createReadStream(path, { highWaterMark: 50_000 });
}

async function run(c: Case): Promise<Seen> {
  const seen: Seen = { case: c.case };
  try {
    await carryOut(c, seen);
  } catch (error) {
    if (error instanceof APIError) {
      seen["error"] = errorFacts(error);
    } else if (error instanceof ResponseFailedError) {
      seen["whole_error"] = "failed";
      seen["no_value"] = { kind: "failed", text: "", message: error.message };
    } else if (error instanceof ReplyError) {
      seen["no_value"] = { kind: kindOf(error), text: error.text, message: error.message };
    } else if (error instanceof ToolError) {
      seen["no_value"] = { kind: "tool", text: "", message: error.message };
    } else if (error instanceof TooManyRoundsError) {
      seen["no_value"] = { kind: "rounds", text: "", message: error.message };
    } else {
      seen["crash"] = String(error);
    }
  }
  return seen;
}

function kindOf(error: ReplyError): string {
  const kinds = [
    ["refused", RefusalError],
    ["cut", CutReplyError],
    ["invalid", InvalidReplyError],
  ] as const;
  return kinds.find(([, kind]) => error instanceof kind)?.[0] ?? error.name;
}

async function carryOut(c: Case, seen: Seen): Promise<void> {
  if (c.do === "schema") {
    schema(c, seen);
    return;
  }
  const client = clientOf(c);
  switch (c.do) {
    case "call":
      for (let times = 0; times < c.repeat; times++) {
        replied(await call(client, c), seen);
      }
      return;
    case "upload": {
      const asked = transcription(c, (sent) => {
        seen["progress"] = sent;
      });
      replied(await client.audio.transcriptions.create(asked, optionsOf(c)), seen);
      return;
    }
    case "stream":
    case "upload stream":
    case "text":
    case "upload text":
      await stream(client, c, seen);
      return;
    case "leave":
    case "leave text":
    case "leave upload":
      await leave(client, c, seen);
      return;
    case "pages":
      await pages(client, c, seen);
      return;
    case "parse": {
      const type = typeOf(c);
      const { value } =
        c.rpc === "chat.create"
          ? await client.chat.completions.parse(read(v1.CreateChatCompletionRequestSchema, c), type)
          : await client.responses.parse(read(v1.CreateResponseRequestSchema, c), type);
      seen["value"] = hex(type, value);
      return;
    }
    case "tools":
      await tools(client, c, seen);
      return;
    default:
      throw new Error(`a case that does ${c.do}`);
  }
}

function replied(reply: Message, seen: Seen): void {
  seen["reply"] = toOpenAIJson(reply);
  seen["call"] = callFacts(callMetadata(reply));
}

async function stream(client: Client, c: Case, seen: Seen): Promise<void> {
  const streamed = streamOf(client, c);
  if (c.do.endsWith("text")) {
    const pieces: string[] = [];
    seen["pieces"] = pieces;
    for await (const piece of streamed.text()) {
      pieces.push(piece);
    }
  } else {
    const messages: string[] = [];
    seen["messages"] = messages;
    for await (const message of streamed) {
      const own = withoutWhole(message);
      messages.push(...(own === undefined ? [] : [own]));
    }
  }
  seen["call"] = callFacts(streamed.metadata);
  seen["drained"] = streamed.draining !== undefined;
  try {
    seen["whole"] = toOpenAIJson(await streamed.final());
  } catch (error) {
    if (!(error instanceof OpenAIGrpcError) || error instanceof ResponseFailedError) {
      throw error;
    }
    seen["whole_error"] = error.message;
  }
}

/** Returns a message as the upstream sent it, or undefined for one of the gateway's own. */
function withoutWhole(message: Message): string | undefined {
  if (isMessage(message, v1.ChatCompletionChunkSchema) || isMessage(message, v1.CompletionSchema)) {
    delete message.accumulated;
    if (message.choices.length === 0 && message.usage === undefined) {
      return undefined;
    }
  }
  return toOpenAIJson(message);
}

async function leave(client: Client, c: Case, seen: Seen): Promise<void> {
  const left: number[] = [];
  for (let times = 0; times < c.repeat; times++) {
    const streamed = streamOf(client, c);
    let count = 0;
    for await (const _ of c.do === "leave text" ? streamed.text() : streamed) {
      if (++count === c.read) {
        break;
      }
    }
    left.push(Date.now() / 1000);
  }
  seen["left_at"] = left;
}

async function pages(client: Client, c: Case, seen: Seen): Promise<void> {
  const items: string[] = [];
  seen["items"] = items;
  for await (const item of listOf(client, c)) {
    items.push(toOpenAIJson(item));
    if (items.length === c.most) {
      break;
    }
  }
}

function listOf(client: Client, c: Case): AsyncIterable<Message> {
  switch (c.rpc) {
    case "chat.list":
      return client.chat.completions.list(read(v1.ListChatCompletionsRequestSchema, c));
    case "chat.messages": {
      const { completionId = "", ...request } = read(v1.ListChatCompletionMessagesRequestSchema, c);
      return client.chat.completions.messages(completionId, request);
    }
    default: {
      const { responseId = "", ...request } = read(v1.ListResponseInputItemsRequestSchema, c);
      return client.responses.inputItems(responseId, request);
    }
  }
}

function typeOf({ type = "", described }: Case): DescMessage {
  if (described) {
    const files = fromBinary(FileDescriptorSetSchema, readFileSync(task.descriptors));
    const found = createFileRegistry(files).getMessage(`openai_grpc.test.${type}`);
    if (found) {
      return found;
    }
  }
  return (types as unknown as Record<string, DescMessage>)[`${type}Schema`] as DescMessage;
}

function schema(c: Case, seen: Seen): void {
  try {
    seen["schema"] = JSON.stringify(schemaOf(typeOf(c)));
  } catch (error) {
    seen["refused"] = (error as Error).message;
  }
}

function hex(type: DescMessage, value: Message): string {
  return Buffer.from(toBinary(type, value)).toString("hex");
}

async function tools(client: Client, c: Case, seen: Seen): Promise<void> {
  const args: string[] = [];
  seen["arguments"] = args;
  const weather = defineTool({
    name: "get_weather",
    description: "Weather of a city",
    parameters: types.GetWeatherSchema,
    run: (asked) => {
      args.push(hex(types.GetWeatherSchema, asked));
      if (c.fails !== undefined) {
        throw new Error(c.fails);
      }
      return `sunny in ${asked.city}`;
    },
  });
  const options = { ...(c.rounds !== undefined && { maxRounds: c.rounds }), stopOnError: c.stops ?? false };
  const request = read(v1.CreateChatCompletionRequestSchema, c);
  const { reply, messages } = await client.chat.completions.runTools(request, [weather], options);
  seen["conversation"] = messages.length;
  seen["reply"] = toOpenAIJson(reply);
}

function callFacts(metadata: CallMetadata | undefined): object {
  const { rateLimits } = metadata ?? {};
  const seconds = (milliseconds: number | undefined) => milliseconds && milliseconds / 1000;
  return {
    request_id: metadata?.requestId,
    gateway_request_id: metadata?.gatewayRequestId,
    deployment: metadata?.deployment,
    attempts: metadata?.attempts,
    cost: metadata?.cost,
    processing_ms: metadata?.processingMs,
    limit_requests: rateLimits?.limitRequests,
    remaining_requests: rateLimits?.remainingRequests,
    reset_requests: seconds(rateLimits?.resetRequestsMs),
    limit_tokens: rateLimits?.limitTokens,
    remaining_tokens: rateLimits?.remainingTokens,
    reset_tokens: seconds(rateLimits?.resetTokensMs),
  };
}

function errorFacts(error: APIError): object {
  return {
    class: error.name.replace(/Error$/, ""),
    status: Code[error.status].replace(/(?<=[a-z])(?=[A-Z])/g, "_").toUpperCase(),
    message: error.cause.rawMessage,
    reason: error.reason,
    http_status: error.httpStatus,
    type: error.type,
    param: error.param,
    code: error.code,
    request_id: error.requestId,
    retry_after: error.retryAfterMs === undefined ? undefined : error.retryAfterMs / 1000,
    may_be_billed: error.mayBeBilled,
    fields: error.fieldViolations.map(({ field }) => field),
    quota: error.quotaViolations.length,
    metadata: error.info,
    call: callFacts(error.metadata),
  };
}

const results = createWriteStream(resultsFile);
for (const each of task.cases) {
  const begun = performance.now();
  const seen = await run(each);
  results.write(`${JSON.stringify({ ...seen, took: (performance.now() - begun) / 1000 })}\n`);
}
results.end();
await once(results, "close");
for (const client of clients.values()) {
  client.close();
}
rmSync(folder, { recursive: true });
