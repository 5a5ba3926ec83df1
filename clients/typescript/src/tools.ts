/** Tools: their definitions, and the loop that runs them. */
import { create, type DescMessage, isMessage, type Message, toJsonString } from "@bufbuild/protobuf";

import type { CallOptions } from "./call.js";
import { OpenAIGrpcError } from "./errors.js";
import { CodecError } from "./json/text.js";
import { assistant, firstChoice, tool as toolMessage } from "./messages.js";
import type {
  ChatCompletionMessageToolCall,
  ChatCompletionRequestMessage,
} from "./openai_grpc/v1/chat_message_pb.js";
import type { ChatCompletion } from "./openai_grpc/v1/chat_pb.js";
import {
  type ChatCompletionTool,
  type ChatCompletionToolChoice,
  ChatCompletionToolChoiceSchema,
  ChatCompletionToolSchema,
} from "./openai_grpc/v1/chat_tool_pb.js";
import {
  type ResponseTool,
  type ResponseToolChoice,
  ResponseToolChoiceSchema,
  ResponseToolSchema,
} from "./openai_grpc/v1/response_tool_pb.js";
import { isMessageType, isStandardSchema, type JsonSchema, schemaOf, type Type, TypeMismatch, type ValueOf } from "./schema.js";
import { readValue } from "./structured.js";

/** Parameters of a function: a message type of Protobuf, a schema of zod, or a JSON Schema, which is sent as it is. */
export type Parameters = Type | JsonSchema;

/**
 * Makes the definition of a function for chat completions.
 *
 * @param parameters With a type, the function is strict.
 * @throws TypeError The type has something that strict mode can't express.
 */
export function functionTool(name: string, description?: string, parameters?: Parameters): ChatCompletionTool {
  const value = { name, ...(description !== undefined && { description }), ...parametersOf(parameters) };
  return create(ChatCompletionToolSchema, { kind: { case: "function", value: { function: value } } });
}

/** Makes the definition of a function for responses. As `functionTool`. */
export function responseFunctionTool(name: string, description?: string, parameters?: Parameters): ResponseTool {
  const value = { name, ...(description !== undefined && { description }), ...parametersOf(parameters) };
  return create(ResponseToolSchema, { kind: { case: "function", value } });
}

/** Makes the choice of a tool: `auto`, `none`, `required`, or the function of a name. */
export function toolChoice(choice: "auto" | "none" | "required" | { readonly function: string }): ChatCompletionToolChoice {
  return create(ChatCompletionToolChoiceSchema, {
    kind:
      typeof choice === "string"
        ? { case: "mode", value: choice }
        : { case: "function", value: { function: { name: choice.function } } },
  });
}

/** Makes the choice of a tool for responses. As `toolChoice`. */
export function responseToolChoice(
  choice: "auto" | "none" | "required" | { readonly function: string },
): ResponseToolChoice {
  return create(ResponseToolChoiceSchema, {
    kind:
      typeof choice === "string"
        ? { case: "mode", value: choice }
        : { case: "function", value: { name: choice.function } },
  });
}

/** What a tool's function gets besides its arguments. */
export interface ToolContext {
  /** The call. */
  readonly call: ChatCompletionMessageToolCall;
  /** Aborted when the run is cancelled. */
  readonly signal: AbortSignal;
}

/** Result of a tool: a text, or what is sent as JSON. */
export type ToolResult = string | number | boolean | null | undefined | object;

/** A tool that can be run. `defineTool` makes one. */
export interface RunnableTool {
  /** The name of its function. */
  readonly name: string;
  /** Its definition, for a request. */
  readonly definition: ChatCompletionTool;
  /** Runs it with arguments as the model wrote them; returns the text of its result. */
  readonly run: (args: string, context: ToolContext) => Promise<string>;
}

/** A tool that `runTools` can run. */
export interface ToolOptions<P extends Type> {
  /** The name of the function. */
  readonly name: string;
  /** What it does, for the model. */
  readonly description?: string;
  /** The type of its arguments. */
  readonly parameters: P;
  /** The function. What it throws ends the run. */
  readonly run: (args: ValueOf<P>, context: ToolContext) => ToolResult | Promise<ToolResult>;
}

/**
 * Defines a tool whose arguments are values of a type.
 *
 * @throws TypeError The type has something that strict mode can't express.
 */
export function defineTool<P extends Type>({ name, description, parameters, run }: ToolOptions<P>): RunnableTool {
  return {
    name,
    definition: functionTool(name, description, parameters),
    run: async (args, context) => {
      const value = await readValue(parameters, args || "{}");
      return resultText(await run(value, context), parameters);
    },
  };
}

/** Bounds of a run, and its observers. */
export interface RunOptions extends CallOptions {
  /** How many replies the model may make. Default: 10. */
  readonly maxRounds?: number;
  /** How many tools may run at once. Default: 8. */
  readonly maxParallel?: number;
  /** Called with the text of replies as it arrives: then they are streamed. */
  readonly onText?: (text: string) => void;
  /** Called before a tool is run. */
  readonly onCall?: (name: string, args: string) => void;
}

/** A run of tools that has ended. */
export interface ToolRun {
  /** The last reply, which called no tool. */
  readonly reply: ChatCompletion;
  /** The conversation: the request's messages, and those of the run. */
  readonly messages: ChatCompletionRequestMessage[];
  /** How many replies the model made. */
  readonly rounds: number;
}

/** A run that reached its limit of rounds. */
export class TooManyRoundsError extends OpenAIGrpcError {
  /** @param messages The conversation so far. */
  constructor(
    rounds: number,
    readonly messages: readonly ChatCompletionRequestMessage[],
  ) {
    super(`the model still calls tools after ${rounds} replies: raise maxRounds`);
  }
}

/** A tool that threw; `cause` is what. */
export class ToolError extends OpenAIGrpcError {
  /**
   * @param tool The tool's name.
   * @param messages The conversation so far.
   */
  constructor(
    readonly tool: string,
    readonly messages: readonly ChatCompletionRequestMessage[],
    cause: unknown,
  ) {
    super(`the tool ${tool} failed: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** Asks for a reply to a conversation. */
export type Ask = (messages: ChatCompletionRequestMessage[], signal: AbortSignal) => Promise<ChatCompletion>;

/**
 * Runs tools until the model calls none.
 *
 * @throws TooManyRoundsError, ToolError As they say.
 */
export async function loop(
  ask: Ask,
  messages: ChatCompletionRequestMessage[],
  tools: readonly RunnableTool[],
  { maxRounds = 10, maxParallel = 8, signal, onCall }: RunOptions,
): Promise<ToolRun> {
  const controller = new AbortController();
  const abort = () => {
    controller.abort(signal?.reason);
  };
  signal?.addEventListener("abort", abort, { once: true });
  if (signal?.aborted) {
    abort();
  }
  try {
    for (let rounds = 1; rounds <= maxRounds; rounds++) {
      const reply = await ask(messages, controller.signal);
      const message = firstChoice(reply)?.message;
      messages.push(...(message ? [assistant(message)] : []));
      const calls = message?.toolCalls ?? [];
      if (calls.length === 0) {
        return { reply, messages, rounds };
      }
      const run = async (call: ChatCompletionMessageToolCall) => {
        controller.signal.throwIfAborted();
        return runOne(call, tools, messages, controller.signal, onCall);
      };
      messages.push(...(await inParallel(calls, maxParallel, run)));
    }
    throw new TooManyRoundsError(maxRounds, messages);
  } catch (error) {
    controller.abort(error); // the other tools of the round
    throw error;
  } finally {
    signal?.removeEventListener("abort", abort);
  }
}

async function runOne(
  call: ChatCompletionMessageToolCall,
  tools: readonly RunnableTool[],
  messages: readonly ChatCompletionRequestMessage[],
  signal: AbortSignal,
  onCall: RunOptions["onCall"],
): Promise<ChatCompletionRequestMessage> {
  const { kind } = call;
  if (kind.case !== "function") {
    throw new OpenAIGrpcError(`the model made a call of the kind ${kind.case ?? "none"}: only functions can be run`);
  }
  const name = kind.value.function?.name ?? "";
  const args = kind.value.function?.arguments ?? "";
  const found = tools.find((tool) => tool.name === name);
  if (!found) {
    const names = tools.map((tool) => tool.name).join(", ");
    return toolMessage(call, `There is no tool ${JSON.stringify(name)}. The tools are: ${names}.`);
  }
  onCall?.(name, args);
  try {
    return toolMessage(call, await found.run(args, { call, signal }));
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof CodecError || error instanceof TypeMismatch) {
      return toolMessage(call, `The arguments are invalid: ${error.message}`); // which the model can correct
    }
    throw new ToolError(name, messages, error);
  }
}

/** Runs a function of each value, at most so many at once. Fails with the first failure. */
async function inParallel<T, R>(values: readonly T[], most: number, run: (value: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async () => {
    while (next < values.length) {
      const index = next++;
      results[index] = await run(values[index] as T);
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(most, values.length)) }, worker));
  return results;
}

function parametersOf(parameters: Parameters | undefined) {
  if (parameters === undefined) {
    return {};
  }
  const isType = isMessageType(parameters) || isStandardSchema(parameters);
  return { parametersJson: JSON.stringify(isType ? schemaOf(parameters) : parameters), ...(isType && { strict: true }) };
}

function resultText(result: ToolResult, type: Type): string {
  if (typeof result === "string") {
    return result;
  }
  if (isMessageType(type) && isMessage(result)) {
    const schema: DescMessage | undefined = schemas(type).find(({ typeName }) => typeName === (result as Message).$typeName);
    if (schema) {
      return toJsonString(schema, result);
    }
  }
  return JSON.stringify(result ?? null, (_, value: unknown) => (typeof value === "bigint" ? value.toString() : value));
}

function schemas(type: DescMessage): readonly DescMessage[] {
  return type.file.messages;
}
