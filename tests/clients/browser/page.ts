/** A web page that calls the gateway by the generated client: a stream, one that it cancels, and an error's details. */
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createGrpcWebTransport } from "@connectrpc/connect-web";
import { errorInfo, retryDelay } from "openai-grpc";
import { ChatService, ModelsService } from "openai-grpc/v1";

function request(model: string, user: string) {
  const content = { kind: { case: "text" as const, value: "hello" } };
  return { model, user, messages: [{ kind: { case: "user" as const, value: { content } } }] };
}

/** Returns why a call failed. */
async function failure(call: Promise<unknown>) {
  const error = await call.then(() => undefined, (reason: unknown) => ConnectError.from(reason));
  const info = errorInfo(error);
  return { code: error && Code[error.code], reason: info?.reason, status: info?.metadata["http_status"], delay: retryDelay(error) };
}

async function run(baseUrl: string) {
  const transport = createGrpcWebTransport({ baseUrl });
  const chat = createClient(ChatService, transport);

  const pieces: string[] = [];
  for await (const chunk of chat.streamChatCompletion(request("m", "page"))) {
    pieces.push(...chunk.choices.map(({ delta }) => delta?.content ?? ""));
  }
  const controller = new AbortController();
  const cancelled = failure(
    (async () => {
      for await (const _ of chat.streamChatCompletion(request("endless", "left"), { signal: controller.signal })) {
        controller.abort();
      }
    })(),
  );
  return {
    pieces,
    cancelled: await cancelled,
    refused: await failure(chat.createChatCompletion(request("rate-limited", "page"))),
    refusedStream: await failure(chat.streamChatCompletion(request("rate-limited", "page"))[Symbol.asyncIterator]().next()),
    late: await failure(chat.createChatCompletion(request("silent", "late"), { timeoutMs: 500 })),
    whole: (await chat.createChatCompletion(request("m", "page"))).choices[0]?.message?.content,
  };
}

async function attempt(baseUrl: string) {
  const models = createClient(ModelsService, createGrpcWebTransport({ baseUrl }));
  return failure(models.listModels({}));
}

Object.assign(globalThis, { run, attempt });
