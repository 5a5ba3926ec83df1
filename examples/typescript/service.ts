/** A service's use of the API: `node service.js FILE.wav`, against `OPENAI_GRPC_ADDRESS`. */
import { APIError, Client, DeadlineExceededError, functionTool, NotFoundError, system, user } from "openai-grpc";

const client = new Client();
const story = { model: "m", messages: [user("tell a very long story")] };

console.log("== chat stream with a system message and a tool");
const parameters = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
const stream = client.chat.completions.stream(
  {
    model: "gpt-4o-mini",
    messages: [system("You are terse. Use tools."), user("What is the weather in Paris?")],
    tools: [functionTool("get_weather", "Current weather of a city", parameters)],
    maxTokens: 60,
  },
  { timeoutMs: 30_000 },
);
for await (const { choices } of stream) {
  process.stdout.write(choices[0]?.delta?.content ?? "");
  for (const call of choices[0]?.delta?.toolCalls ?? []) {
    process.stdout.write(`[${call.function?.name ?? ""}${call.function?.arguments ?? ""}]`);
  }
}
console.log();
for (const { kind: call } of (await stream.final()).choices[0]?.message?.toolCalls ?? []) {
  if (call.case === "function") {
    console.log("TOOL", call.value.id, call.value.function?.name, call.value.function?.arguments);
  }
}

console.log("== NOT_FOUND");
try {
  await client.responses.get("resp_nope");
} catch (error) {
  if (!(error instanceof NotFoundError)) throw error;
  console.log(error.message, error.reason, error.httpStatus, error.requestId);
}

console.log("== deadline");
try {
  await client.chat.completions.create(story, { timeoutMs: 300 });
} catch (error) {
  if (!(error instanceof DeadlineExceededError)) throw error;
  console.log(error instanceof APIError, error.message);
}

console.log("== cancel half-way");
let n = 0;
for await (const _ of client.chat.completions.stream(story)) {
  if (++n === 3) break; // cancels the call, and the request upstream
}
console.log(n);

console.log("== responses events");
for await (const { kind: event } of client.responses.stream({ model: "m", input: "Say hello", maxOutputTokens: 40 })) {
  switch (event.case) {
    case "outputTextDelta":
      process.stdout.write(event.value.delta ?? "");
      break;
    case "completed":
      console.log("\ndone", event.value.response?.usage?.totalTokens);
      break;
  }
}

console.log("== embedding");
const reply = await client.embeddings.create({ model: "text-embedding-3-small", input: "hello" });
console.log(reply.data[0]?.embedding.length);

console.log("== audio, streamed");
const transcript = client.audio.transcriptions.stream({ model: "gpt-4o-transcribe", file: process.argv[2] ?? "" });
for await (const text of transcript.text()) {
  process.stdout.write(text);
}
console.log("\nwhole:", (await transcript.final()).text);

client.close();
