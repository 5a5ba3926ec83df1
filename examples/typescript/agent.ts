/**
 * An agent with two tools behind an HTTP API: `POST /ask` with `{"question": "..."}` streams the answer as text.
 *
 * A caller who hangs up cancels the run: its call, its tools, and the request upstream.
 */
import { createServer, type Server } from "node:http";

import { type ChatParams, type Client, defineTool, OpenAIGrpcError, system, user } from "openai-grpc";
import { z } from "zod";

const stock = new Map([
  ["tea", { price: 4.5, left: 12 }],
  ["cups", { price: 9, left: 0 }],
]);
const orders: { article: string; count: number }[] = [];

const tools = [
  defineTool({
    name: "look_up",
    description: "Price of an article, and how many are left.",
    parameters: z.object({ article: z.string() }),
    run: ({ article }) => stock.get(article) ?? `There is no article ${article}.`,
  }),
  defineTool({
    name: "order",
    description: "Orders an article.",
    parameters: z.object({ article: z.string(), count: z.int().min(1).max(10) }),
    run: ({ article, count }) => {
      const found = stock.get(article);
      if (!found || found.left < count) {
        return "There are not so many left.";
      }
      found.left -= count;
      orders.push({ article, count });
      return { ordered: count, sum: found.price * count };
    },
  }),
];

/** Returns the agent's server. The request says which model is asked, and how. */
export function agent(client: Client, base: Omit<ChatParams, "messages" | "$typeName">): Server {
  return createServer((request, response) => {
    void answer().catch((error: unknown) => {
      const message = error instanceof OpenAIGrpcError ? error.message : "internal error";
      if (!response.headersSent) {
        response.writeHead(error instanceof SyntaxError || error instanceof z.ZodError ? 400 : 502);
      }
      response.end(message);
    });

    async function answer(): Promise<void> {
      if (request.method !== "POST" || request.url !== "/ask") {
        response.writeHead(404).end("POST /ask\n");
        return;
      }
      const { question } = z.object({ question: z.string() }).parse(JSON.parse(await bodyOf()));
      const hangUp = new AbortController();
      response.on("close", () => {
        hangUp.abort();
      });
      await client.chat.completions.runTools(
        { ...base, messages: [system("You sell tea and cups. Be brief."), user(question)] },
        tools,
        { signal: hangUp.signal, maxRounds: 5, onText: (text) => response.write(text) },
      );
      response.end("\n");
    }

    async function bodyOf(): Promise<string> {
      const chunks: Buffer[] = [];
      for await (const chunk of request) {
        chunks.push(chunk as Buffer);
      }
      return Buffer.concat(chunks).toString();
    }
  });
}
