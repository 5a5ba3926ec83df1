/** The gateway and the scripted upstream that tests/clients/live.py runs; tests/clients/upstream_script.py describes it. */
import assert from "node:assert/strict";
import type { TestContext } from "node:test";

import { createGrpcTransport } from "@connectrpc/connect-node";
import { transportOptions } from "openai-grpc";

/** What the upstream says. */
export const reply = "Hello there";

/** Returns a variable that tests/clients/live.py sets. */
export function environment(name: string): string {
  const value = process.env[name];
  assert.ok(value, `${name} is not set: these tests run against a live gateway, see README.md`);
  return value;
}

export const transport = createGrpcTransport({
  ...transportOptions,
  baseUrl: `http://${environment("OPENAI_GRPC_ADDRESS")}`,
  defaultTimeoutMs: 20_000, // gives up on a gateway that hangs
});


/** Asks upstream about the requests that named this test as the user. */
async function ask(path: string, { name }: TestContext): Promise<Response> {
  const target = new URL(path, environment("OPENAI_GRPC_TEST_UPSTREAM"));
  target.searchParams.set("user", name);
  const answer = await fetch(target);
  assert.ok(answer.ok, `upstream answered ${answer.status} to ${path}`);
  return answer;
}

/** Returns how many requests of this test reached upstream. */
export async function requestsSeen(test: TestContext): Promise<unknown> {
  return ((await (await ask("/seen", test)).json()) as { requests: unknown }).requests;
}

/** Returns once the connection of this test's last request is gone. */
export async function requestClosed(test: TestContext): Promise<void> {
  await ask("/closed", test);
}
