// As calls.py: the calls that standard input names, with this repository's client, its stubs alone or OpenAI's package.
import { createInterface } from "node:readline";

const [library, address] = process.argv.slice(2);
const said = [
  ["system", "Answer in the voice of a harbour pilot."],
  ["user", "What should I know about the tide before I leave the bay this evening?"],
];

async function ours() {
  const { Client, system, user } = await import("openai-grpc");
  const client = new Client(address);
  const messages = [system(said[0][1]), user(said[1][1])];
  return {
    async chat() {
      const completion = await client.chat.completions.create({
        model: "gpt-bench",
        messages,
        temperature: 0.5,
        maxCompletionTokens: 256,
      });
      return [completion.choices[0].message.content];
    },
    async stream(model) {
      const texts = [];
      for await (const chunk of client.chat.completions.stream({ model, messages, temperature: 0.5 })) {
        texts.push(chunk.choices[0]?.delta?.content ?? "");
      }
      return texts;
    },
  };
}

async function stubs() {
  const { createClient } = await import("@connectrpc/connect");
  const { createGrpcTransport } = await import("@connectrpc/connect-node");
  const { system, user } = await import("openai-grpc");
  const { ChatService } = await import("openai-grpc/v1");
  const client = createClient(ChatService, createGrpcTransport({ baseUrl: `http://${address}` }));
  const messages = [system(said[0][1]), user(said[1][1])];
  return {
    async chat() {
      const completion = await client.createChatCompletion({
        model: "gpt-bench",
        messages,
        temperature: 0.5,
        maxCompletionTokens: 256,
      });
      return [completion.choices[0].message.content];
    },
    async stream(model) {
      const texts = [];
      for await (const chunk of client.streamChatCompletion({ model, messages, temperature: 0.5 })) {
        texts.push(chunk.choices[0]?.delta?.content ?? "");
      }
      return texts;
    },
  };
}

async function openai() {
  const { default: OpenAI } = await import("openai");
  const client = new OpenAI({ baseURL: address, apiKey: "sk-bench", maxRetries: 0 });
  const messages = said.map(([role, content]) => ({ role, content }));
  return {
    async chat() {
      const completion = await client.chat.completions.create({
        model: "gpt-bench",
        messages,
        temperature: 0.5,
        max_completion_tokens: 256,
      });
      return [completion.choices[0].message.content];
    },
    async stream(model) {
      const texts = [];
      const stream = await client.chat.completions.create({
        model,
        messages,
        temperature: 0.5,
        stream: true,
        stream_options: { include_usage: true },
      });
      for await (const chunk of stream) {
        texts.push(chunk.choices[0]?.delta?.content ?? "");
      }
      return texts;
    },
  };
}

const { chat, stream } = await { ours, stubs, openai }[library]();
const calls = { chat, burst: () => stream("gpt-bench"), paced: () => stream("gpt-bench-fast") };
for await (const line of createInterface({ input: process.stdin })) {
  const [kind, workers, number] = line.split(" ");
  let left = Number(number);
  let units = 0;
  let characters = 0;
  const work = async () => {
    while (left-- > 0) {
      for (const text of await calls[kind]()) {
        units += text ? 1 : 0;
        characters += text.length;
      }
    }
  };
  await Promise.all(Array.from({ length: Number(workers) }, work));
  console.log(units, characters);
}
process.exit();
