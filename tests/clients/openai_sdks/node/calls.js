// Makes the calls that standard input names, a JSON object a line, with OpenAI's package; writes the outcome of each as one.
import { createInterface } from "node:readline";
import OpenAI, { toFile } from "openai";

const HEADERS = ["x-request-id", "openai-processing-ms", "openai-version", "retry-after", "content-type"];

const told = (headers) => Object.fromEntries(HEADERS.map((name) => [name, headers.get(name)]));

// Uses besides a path such as `chat.completions.create`.
const USES = {
  "chat.gather": (client, [params]) => client.chat.completions.stream(params).finalChatCompletion(),
  "responses.gather": (client, [params]) => client.responses.stream(params).finalResponse(),
};

const make = (client, op, args, options) => {
  if (USES[op]) return USES[op](client, args);
  const path = op.split(".");
  const name = path.pop();
  const target = path.reduce((object, key) => object[key], client);
  return name === "stream" ? target.create({ ...args[0], stream: true }, options) : target[name](...args, options);
};

const withFile = async ([first, ...others]) => {
  if (!first?.file) return [first, ...others].filter((each) => each !== undefined);
  return [{ ...first, file: await toFile(Buffer.from(first.file, "base64"), "tide.wav", { type: "audio/wav" }) }];
};

const failure = (error) => {
  const found = { class: error.constructor.name };
  for (const key of ["status", "code", "param", "type", "requestID", "error"]) found[key] = error[key] ?? null;
  if (error.headers) found.headers = told(error.headers);
  if (error instanceof OpenAI.APIError && !(error instanceof OpenAI.APIConnectionError)) found.message = error.message;
  return found;
};

const run = async ({ url, op, args, leave, raw, timeout, retries, headers }) => {
  const client = new OpenAI({
    apiKey: "sk-of-the-caller-of-openai",
    baseURL: url,
    maxRetries: retries ?? 0,
    timeout: timeout ? timeout * 1000 : undefined,
  });
  const options = headers ? { headers } : undefined;
  const items = [];
  try {
    const call = make(client, op, await withFile(args), options);
    if (raw) {
      const { data, response, request_id } = await call.withResponse();
      items.push({ status: response.status, headers: told(response.headers), request_id }, data);
    } else {
      const result = await call;
      if (/\.(stream|list)$/.test(op)) {
        for await (const each of result) {
          items.push(each);
          if (items.length === leave) break;
        }
      } else {
        items.push(result ?? null, result?._request_id ?? null);
      }
    }
    return { items, end: "whole" };
  } catch (error) {
    return { items, end: failure(error) };
  }
};

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await run(JSON.parse(line)))}\n`);
}
