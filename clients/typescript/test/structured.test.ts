/** Replies that are values of a type, and tools with arguments of a type. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { clone, createFileRegistry } from "@bufbuild/protobuf";
import {
  FileDescriptorProtoSchema,
  FileDescriptorSetSchema,
  SourceCodeInfoSchema,
} from "@bufbuild/protobuf/wkt";
import {
  CallCancelledError,
  Client,
  create,
  CutReplyError,
  defineTool,
  InvalidReplyError,
  item,
  messageText,
  readChat,
  readValue,
  RefusalError,
  ResponseFailedError,
  responseFormat,
  responseFunctionTool,
  responseToolChoice,
  schemaOf,
  ToolError,
  TooManyRoundsError,
  user,
} from "openai-grpc";
import { z } from "zod";

import {
  EndlessSchema,
  FolderSchema,
  Forecast_Sky as Sky,
  ForecastSchema,
  GetWeatherSchema,
  LooseSchema,
  ShelfSchema,
} from "./types_pb.js";
import { environment } from "./upstream.js";

const client = new Client(environment("OPENAI_GRPC_ADDRESS"), { timeoutMs: 20_000 });

const forecast = {
  city: "Oslo",
  temperature: -3.5,
  sky: "SKY_CLEAR",
  warning: null,
  days: [{ name: "today", highest: 1 }],
  rain_by_month: [{ key: "may", value: 50 }],
  speed: null,
  words: "calm",
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

describe("a message type", () => {
  test("is a strict schema", () => {
    const schema = schemaOf(ForecastSchema) as { properties: Record<string, unknown>; required: string[] };
    assert.deepEqual(schema.required, Object.keys(forecast));
    const day = {
      type: "object",
      properties: { name: { type: "string" }, highest: { type: "number" } },
      required: ["name", "highest"],
      additionalProperties: false,
    };
    const { city, sky, warning, days, rain_by_month, speed, station, made, today, readers } = schema.properties;
    assert.deepEqual(city, { type: "string" });
    assert.deepEqual(sky, { type: "string", enum: ["SKY_CLEAR", "SKY_CLOUDED"] });
    assert.deepEqual(warning, { anyOf: [{ type: "string" }, { type: "null" }] });
    assert.deepEqual(days, { type: "array", items: day });
    assert.deepEqual(today, day);
    assert.deepEqual(rain_by_month, {
      type: "array",
      items: {
        type: "object",
        properties: { key: { type: "string" }, value: { type: "integer" } },
        required: ["key", "value"],
        additionalProperties: false,
      },
    });
    assert.deepEqual(speed, {
      anyOf: [{ type: "number" }, { type: "null" }],
      description: "Exactly one of speed, words is not null.",
    });
    assert.deepEqual(station, { type: "integer" });
    assert.deepEqual(readers, { anyOf: [{ type: "integer" }, { type: "null" }] });
    assert.deepEqual(made, { type: "string", format: "date-time" });
  });

  test("may contain itself, in lists", () => {
    assert.deepEqual(schemaOf(FolderSchema)["properties"], {
      name: { type: "string" },
      folders: { type: "array", items: { $ref: "#" } },
    });
    const { properties, $defs } = schemaOf(ShelfSchema) as Record<string, Record<string, unknown>>;
    assert.deepEqual(properties, { folder: { $ref: "#/$defs/openai_grpc.test.Folder" } });
    const folder = $defs?.["openai_grpc.test.Folder"] as { properties: Record<string, unknown> };
    assert.deepEqual(folder.properties["folders"], {
      type: "array",
      items: { $ref: "#/$defs/openai_grpc.test.Folder" },
    });
  });

  test("is refused where strict mode can't express it", () => {
    assert.throws(() => schemaOf(EndlessSchema), /contains itself, without end: make the field optional/);
    assert.throws(() => schemaOf(LooseSchema), /strict mode can't express google\.protobuf\.Struct/);
  });

  test("has its comments as descriptions, where its descriptor has them", () => {
    const file = clone(FileDescriptorProtoSchema, ForecastSchema.file.proto);
    file.sourceCodeInfo = create(SourceCodeInfoSchema, {
      location: [
        { path: [4, 0], leadingComments: " The weather of a city.\n" },
        { path: [4, 0, 2, 0], leadingComments: " Its English name.\n" },
        { path: [4, 0, 3, 0, 2, 1], leadingComments: " Degrees\n Celsius.\n" },
      ],
    });
    const others = ForecastSchema.file.dependencies.map(({ proto }) => proto);
    const registry = createFileRegistry(create(FileDescriptorSetSchema, { file: [...others, file] }));
    const type = registry.getMessage("openai_grpc.test.Forecast");
    assert.ok(type);
    const schema = schemaOf(type) as { description: string; properties: Record<string, { description?: string }> };
    assert.equal(schema.description, "The weather of a city.");
    assert.equal(schema.properties["city"]?.description, "Its English name.");
    const { items } = schema.properties["days"] as { items: typeof schema };
    assert.equal(items.properties["highest"]?.description, "Degrees Celsius.");
  });

  test("is what the reply is read into", async () => {
    const { value, reply } = await client.chat.completions.parse(says(JSON.stringify(forecast)), ForecastSchema);
    assert.equal(value.sky, Sky.CLEAR);
    assert.equal(value.station, 3n);
    assert.equal(value.warning, undefined);
    assert.equal(value.readers, 5n);
    assert.deepEqual(value.rainByMonth, { may: 50 });
    assert.deepEqual(value.wind, { case: "words", value: "calm" });
    assert.equal(messageText(reply), JSON.stringify(forecast));
  });

  const invalid: Record<string, [change: object, reason: RegExp]> = {
    "a missing field": [{ city: undefined }, /city: is missing/],
    "a null": [{ city: null }, /city: must not be null/],
    "another type": [{ temperature: "cold" }, /temperature: must be a number/],
    "a number in text": [{ station: "3" }, /station: must be an integer/],
    "a fraction": [{ station: 3.5 }, /station: must be an integer/],
    "another key": [{ extra: 1 }, /extra: there is no such field/],
    "another enum value": [{ sky: "SKY_GREEN" }, /sky: must be one of SKY_CLEAR, SKY_CLOUDED/],
    "two arms of a oneof": [{ speed: 1 }, /exactly one of speed, words must not be null/],
    "no arm of a oneof": [{ words: null }, /exactly one of speed, words must not be null/],
    "a fault deep inside": [{ days: [{ name: "today" }] }, /days\[0\]\.highest: is missing/],
    "an entry without a value": [{ rain_by_month: [{ key: "may" }] }, /rain_by_month\[0\]/],
    "a time that is none": [{ made: "soon" }, /made|Timestamp/],
  };
  for (const [name, [change, reason]] of Object.entries(invalid)) {
    test(`${name} is an invalid reply`, async () => {
      const text = JSON.stringify({ ...forecast, ...change });
      const error = await failure(client.chat.completions.parse(says(text), ForecastSchema));
      assert.ok(error instanceof InvalidReplyError);
      assert.equal(error.text, text);
      assert.match(error.message, reason);
    });
  }

  test("keeps the digits of integers", async () => {
    const value = await readValue(ForecastSchema, JSON.stringify(forecast).replace('"station":3', '"station":9007199254740993'));
    assert.equal(value.station, 9_007_199_254_740_993n);
  });
});

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

describe("a reply without a value", () => {
  test("is a refusal", async () => {
    const error = await failure(client.chat.completions.parse(says({ content: null, refusal: "No." }), ForecastSchema));
    assert.ok(error instanceof RefusalError);
    assert.equal(error.text, "No.");
  });

  for (const reason of ["length", "content_filter"]) {
    test(`is cut by ${reason}`, async () => {
      const cut = says('{"city": "Os', { finish_reason: reason });
      const error = await failure(client.chat.completions.parse(cut, ForecastSchema));
      assert.ok(error instanceof CutReplyError);
      assert.equal(error.text, '{"city": "Os');
      assert.match(error.message, new RegExp(reason));
    });
  }

  test("is not JSON", async () => {
    const error = await failure(client.chat.completions.parse(says("Sunny!"), ForecastSchema));
    assert.ok(error instanceof InvalidReplyError);
    assert.match(error.message, /not JSON/);
  });

  test("is read at the end of a stream, too", async () => {
    const request = { ...says(JSON.stringify(forecast)), responseFormat: responseFormat(ForecastSchema) };
    const stream = client.chat.completions.stream(request);
    assert.equal((await readChat(await stream.final(), ForecastSchema)).city, "Oslo");
  });
});

describe("a response", () => {
  const of = (fields: object) => ({ model: "scripted", input: JSON.stringify(fields) });
  const message = (part: object) => [{ id: "msg_1", type: "message", role: "assistant", content: [part] }];

  test("is read into a type", async () => {
    const said = { output: message({ type: "output_text", text: '{"city": "Oslo"}', annotations: [] }) };
    const { value } = await client.responses.parse(of(said), GetWeatherSchema);
    assert.deepEqual(value, create(GetWeatherSchema, { city: "Oslo" }));
  });

  const failures = {
    refused: [{ output: message({ type: "refusal", refusal: "No." }) }, RefusalError],
    cut: [{ output: [], status: "incomplete", incomplete_details: { reason: "max_output_tokens" } }, CutReplyError],
    failed: [{ output: [], status: "failed", error: { code: "server_error", message: "It broke" } }, ResponseFailedError],
    empty: [{ output: [] }, InvalidReplyError],
  } as const;
  for (const [name, [fields, kind]] of Object.entries(failures)) {
    test(`that is ${name} has none`, async () => {
      const error = await failure(client.responses.parse(of(fields), GetWeatherSchema));
      assert.ok(error instanceof kind);
    });
  }

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

  test("tell the model of arguments and names that are invalid", async () => {
    const { messages } = await client.chat.completions.runTools(
      script(calls(call("{}")), calls(call("{}", "get_news")), calls(call("{", "get_weather")), done),
      [weather],
    );
    const told = messages.flatMap(({ kind }) => (kind.case === "tool" ? [JSON.stringify(kind.value.content?.kind.value)] : []));
    assert.match(told[0] ?? "", /^"The arguments are invalid: city: is missing/);
    assert.match(told[1] ?? "", /^"There is no tool \\"get_news\\". The tools are: get_weather/);
    assert.match(told[2] ?? "", /^"The arguments are invalid: not JSON/);
  });

  test("end the run by throwing", async () => {
    const broken = defineTool({
      name: "get_weather",
      parameters: z.object({ city: z.string() }),
      run: () => {
        throw new RangeError("no window");
      },
    });
    const error = await failure(client.chat.completions.runTools(script(calls(call('{"city": "Oslo"}'))), [broken]));
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
