/** Replies that are values of a type, and tools with arguments of a type. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";

import {
  CallCancelledError,
  Client,
  defineTool,
  functionTool,
  InvalidReplyError,
  item,
  messageText,
  outputText,
  readChat,
  responseFormat,
  responseFunctionTool,
  responseToolChoice,
  schemaOf,
  ToolError,
  TooManyRoundsError,
  user,
} from "openai-grpc";
import { z } from "zod";

import { ForecastSchema, GetWeatherSchema } from "./types_pb.js";
import { environment } from "./upstream.js";

const client = new Client(environment("OPENAI_GRPC_ADDRESS"), { timeoutMs: 20_000 });

const forecast = {
  city: "Oslo",
  temperature: -3.5,
  sky: "SKY_CLEAR",
  warning: null,
  days: [{ name: "today", highest: 1 }],
  rain_by_month: [{ key: "may", value: 50 }],
  wind: { words: "calm" },
  station: 3,
  today: { name: "today", highest: 1 },
  reliable: true,
  made: "2026-01-01T00:00:00Z",
  readers: 5,
};

/** The request of a model that says what the request itself has. */
function says(message: string | object, choice: object = {}) {
  const said = typeof message === "string" ? { content: message } : message;
  return { model: "scripted", messages: [user(JSON.stringify([{ message: said, ...choice }]))] };
}

async function failure(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => assert.fail("it did not fail"),
    (error: unknown) => error,
  );
}

describe("a schema of zod", () => {
  const Trip = z.object({
    from: z.string().min(1).describe("Where it begins"),
    stops: z.array(z.object({ place: z.string(), hours: z.int().optional() })),
    by: z.discriminatedUnion("kind", [
      z.object({ kind: z.literal("train"), line: z.string() }),
      z.object({ kind: z.literal("foot") }),
    ]),
    note: z.string().default("none"),
  });

  test("is a strict schema", () => {
    const object = (properties: object) => ({
      type: "object",
      properties,
      required: Object.keys(properties),
      additionalProperties: false,
    });
    assert.deepEqual(
      schemaOf(Trip),
      object({
        from: { type: "string", description: "Where it begins" },
        stops: {
          type: "array",
          items: object({ place: { type: "string" }, hours: { anyOf: [{ type: "integer" }, { type: "null" }] } }),
        },
        by: {
          anyOf: [
            object({ kind: { type: "string", const: "train" }, line: { type: "string" } }),
            object({ kind: { type: "string", const: "foot" } }),
          ],
        },
        note: { anyOf: [{ type: "string" }, { type: "null" }] },
      }),
    );
  });

  test("is what the reply is read into", async () => {
    const said = { from: "Oslo", stops: [{ place: "Hamar", hours: null }], by: { kind: "foot" }, note: null };
    const { value } = await client.chat.completions.parse(says(JSON.stringify(said)), Trip);
    assert.deepEqual(value, { from: "Oslo", stops: [{ place: "Hamar" }], by: { kind: "foot" }, note: "none" });
    const error = await failure(client.chat.completions.parse(says('{"from": ""}'), Trip));
    assert.ok(error instanceof InvalidReplyError);
    assert.match(error.message, /from: /);
  });

  const refused: Record<string, [z.ZodType, RegExp]> = {
    "keys of any name": [z.object({ map: z.record(z.string(), z.number()) }), /map: strict mode can't express/],
    "any value": [z.object({ any: z.any() }), /any: strict mode can't express a value of any type/],
    tuples: [z.object({ pair: z.tuple([z.string(), z.number()]) }), /pair: strict mode can't express prefixItems/],
    "other keys": [z.looseObject({ a: z.string() }), /keys of any name/],
    "a root that is no object": [z.string(), /the outermost type must be an object/],
    dates: [z.object({ when: z.date() }), /Date cannot be represented/],
  };
  for (const [name, [schema, reason]] of Object.entries(refused)) {
    test(`with ${name} is refused`, () => {
      assert.throws(() => schemaOf(schema), reason);
    });
  }
});

describe("a reply", () => {
  test("is read at the end of a stream, too", async () => {
    const request = { ...says(JSON.stringify(forecast)), responseFormat: responseFormat(ForecastSchema) };
    const stream = client.chat.completions.stream(request);
    assert.equal((await readChat(await stream.final(), ForecastSchema)).city, "Oslo");
  });
});

describe("a response", () => {
  test("takes functions and their results", async () => {
    const tools = [responseFunctionTool("get_weather", "Looks outside.", GetWeatherSchema)];
    const input = [item.user("hello"), item.functionOutput("call_1", "sunny")];
    const toolChoice = responseToolChoice("auto");
    const response = await client.responses.create({ model: "gpt-4o-mini", input, tools, toolChoice });
    assert.equal(response.status, "completed");
  });
});

describe("tools", () => {
  const call = (args: string, name = "get_weather", id = "call_1") => ({
    id,
    type: "function",
    function: { name, arguments: args },
  });
  const calls = (...made: object[]) => ({ message: { content: null, tool_calls: made }, finish_reason: "tool_calls" });
  const script = (...choices: object[]) => ({ model: "scripted", messages: [user(JSON.stringify(choices))] });
  const done = { message: { content: "It is sunny." } };
  const weather = defineTool({
    name: "get_weather",
    description: "Looks outside.",
    parameters: GetWeatherSchema,
    run: ({ city }) => ({ city, sky: "clear" }),
  });

  for (const streamed of [false, true]) {
    test(`are run until the model has finished${streamed ? ", streamed" : ""}`, async () => {
      const heard: string[] = [];
      const made: string[] = [];
      const onText = (text: string) => heard.push(text);
      const { reply, messages, rounds } = await client.chat.completions.runTools(
        script(calls(call('{"city": "Oslo"}'), call('{"city": "Rome"}', "get_weather", "call_2")), done),
        [weather],
        { onCall: (name, args) => made.push(`${name}${args}`), ...(streamed && { onText }) },
      );
      assert.equal(messageText(reply), "It is sunny.");
      assert.equal(rounds, 2);
      assert.deepEqual(made, ['get_weather{"city": "Oslo"}', 'get_weather{"city": "Rome"}']);
      assert.deepEqual(messages.map(({ kind }) => kind.case), ["user", "assistant", "tool", "tool", "assistant"]);
      const [, , first] = messages;
      assert.ok(first?.kind.case === "tool");
      assert.equal(first.kind.value.toolCallId, "call_1");
      assert.equal(first.kind.value.content?.kind.value, '{"city":"Oslo","sky":"clear"}');
      assert.deepEqual(heard, streamed ? ["It is sunny."] : []);
    });
  }

  for (const streamed of [false, true]) {
    test(`are run for a response${streamed ? ", streamed" : ""}`, async () => {
      const heard: string[] = [];
      const { reply, messages, rounds } = await client.responses.runTools(
        { model: "tool-loop", input: "hello", toolChoice: responseToolChoice("required") },
        [weather],
        streamed ? { onText: (text) => heard.push(text) } : {},
      );
      assert.equal(outputText(reply), '{"city":"Oslo","sky":"clear"}');
      assert.equal(rounds, 2);
      assert.deepEqual(
        messages.map(({ kind }) => kind.case),
        ["message", "functionCall", "functionCallOutput", "message"],
      );
      assert.ok(heard.join("").endsWith(streamed ? outputText(reply) : ""));
      assert.equal(heard.length > 0, streamed);
    });
  }

  test("of the request itself are the caller's to answer", async () => {
    const own = { model: "tool-loop", tools: [functionTool("get_weather", "", {})] };
    const chat = await client.chat.completions.runTools({ ...own, messages: [user("hi")] }, []);
    assert.equal(chat.rounds, 1);
    const tools = [responseFunctionTool("get_weather", "", {})];
    const response = await client.responses.runTools({ model: "tool-loop", input: "hi", tools }, []);
    assert.deepEqual(
      response.messages.map(({ kind }) => kind.case),
      ["message", "functionCall"],
    );
  });

  test("that throw are told to the model, or end the run", async () => {
    const broken = defineTool({
      name: "get_weather",
      parameters: z.object({ city: z.string() }),
      run: () => {
        throw new RangeError("no window");
      },
    });
    const request = script(calls(call('{"city": "Oslo"}')), done);
    const { messages } = await client.chat.completions.runTools(request, [broken]);
    const told = messages.flatMap(({ kind }) => (kind.case === "tool" ? [kind.value.content?.kind.value] : []));
    assert.deepEqual(told, ["error: no window"]);
    const error = await failure(client.chat.completions.runTools(request, [broken], { stopOnError: true }));
    assert.ok(error instanceof ToolError);
    assert.equal(error.message, "the tool get_weather failed: no window");
    assert.ok(error.cause instanceof RangeError);
  });

  test("are bounded in rounds", async () => {
    const again = calls(call('{"city": "Oslo"}'));
    const run = client.chat.completions.runTools(script(again, again, again), [weather], { maxRounds: 2 });
    const error = await failure(run);
    assert.ok(error instanceof TooManyRoundsError);
    assert.equal(error.messages.length, 5);
  });

  test("are bounded in parallel, and keep the order of their calls", async () => {
    let active = 0;
    let most = 0;
    const slow = defineTool({
      name: "get_weather",
      parameters: GetWeatherSchema,
      run: async ({ city }) => {
        most = Math.max(most, ++active);
        await new Promise(setImmediate);
        active--;
        return city;
      },
    });
    const made = ["a", "b", "c", "d"].map((city) => call(JSON.stringify({ city }), "get_weather", city));
    const options = { maxParallel: 2 };
    const { messages } = await client.chat.completions.runTools(script(calls(...made), done), [slow], options);
    assert.equal(most, 2);
    const ids = messages.flatMap(({ kind }) => (kind.case === "tool" ? [kind.value.content?.kind.value] : []));
    assert.deepEqual(ids, ["a", "b", "c", "d"]);
  });

  test("are cancelled by a signal", async () => {
    const controller = new AbortController();
    let cancelled = false;
    const waiting = defineTool({
      name: "get_weather",
      parameters: GetWeatherSchema,
      run: (_, { signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener("abort", () => {
            cancelled = true;
            reject(new Error("stopped"));
          });
          controller.abort();
        }),
    });
    const request = script(calls(call('{"city": "Oslo"}')), done);
    const run = client.chat.completions.runTools(request, [waiting], { signal: controller.signal });
    await assert.rejects(run, { name: "AbortError" });
    assert.ok(cancelled);
    const late = client.chat.completions.runTools(request, [weather], { signal: controller.signal });
    assert.ok((await failure(late)) instanceof CallCancelledError);
  });
});
