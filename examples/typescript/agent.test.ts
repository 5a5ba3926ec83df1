import assert from "node:assert/strict";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { after, before, test, type TestContext } from "node:test";

import { Client } from "openai-grpc";

import { agent } from "./agent.js";

const client = new Client(environment("OPENAI_GRPC_ADDRESS"));
const server = agent(client, { model: "scripted" });
let url: string;

before(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/ask`;
});

after(() => {
  server.close();
  client.close();
});

function ask(question: unknown, to = url): Promise<Response> {
  return fetch(to, { method: "POST", body: JSON.stringify({ question }) });
}

/** A variable that tests/clients/live.py sets. */
function environment(name: string): string {
  const value = process.env[name];
  assert.ok(value, `${name} is not set: these tests run against a live gateway, see clients/typescript/README.md`);
  return value;
}

/** Returns once the connection of this test's last request upstream is gone. */
async function requestClosed({ name }: TestContext): Promise<void> {
  const target = new URL("/closed", environment("OPENAI_GRPC_TEST_UPSTREAM"));
  target.searchParams.set("user", name);
  assert.ok((await fetch(target)).ok);
}

/** A question whose answer the upstream of the tests reads in it. */
function scripted(...calls: [name: string, args: object][]): string {
  const rounds = calls.map(([name, args]) => ({
    message: {
      content: null,
      tool_calls: [{ id: "call_1", type: "function", function: { name, arguments: JSON.stringify(args) } }],
    },
  }));
  return JSON.stringify([...rounds, { message: { content: "Two teas are on their way." } }]);
}

test("an order", async () => {
  const response = await ask(scripted(["look_up", { article: "tea" }], ["order", { article: "tea", count: 2 }]));
  assert.equal(response.status, 200);
  assert.equal(await response.text(), "Two teas are on their way.\n");
});

test("what is no question", async () => {
  assert.equal((await ask(5)).status, 400);
  assert.equal((await ask("hello", url.replace("/ask", "/"))).status, 404);
});

test("a model that fails", async () => {
  const failing = agent(client, { model: "fails-500" });
  failing.listen(0, "127.0.0.1");
  await once(failing, "listening");
  const response = await ask("hello", `http://127.0.0.1:${(failing.address() as AddressInfo).port}/ask`);
  assert.equal(response.status, 502);
  assert.match(await response.text(), /UPSTREAM_ERROR/);
  failing.close();
});

test("a caller who hangs up", async (t) => {
  const endless = agent(client, { model: "endless", user: t.name });
  endless.listen(0, "127.0.0.1");
  await once(endless, "listening");
  const hangUp = new AbortController();
  const to = `http://127.0.0.1:${(endless.address() as AddressInfo).port}/ask`;
  const response = await fetch(to, { method: "POST", body: '{"question": "hi"}', signal: hangUp.signal });
  const reader = response.body?.getReader();
  await reader?.read();
  hangUp.abort();
  await requestClosed(t);
  endless.close();
});
