/** Tools: their definitions, and the loop that runs them. */
import { create, type DescMessage, isMessage, type Message, toJsonString } from "@bufbuild/protobuf";

import type { CallOptions } from "./call.js";
import { OpenAIGrpcError } from "./errors.js";
import { CodecError } from "./json/text.js";
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
import type { ResponseFunctionToolCall, ResponseItem } from "./openai_grpc/v1/response_item_pb.js";
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

/** A call of a function, of a chat or a response. */
export type FunctionCall = ChatCompletionMessageToolCall | ResponseFunctionToolCall;

/** What a tool's function gets besides its arguments. */
export interface ToolContext {
  /** The call. */
  readonly call: FunctionCall;
  /** Aborted when the run is cancelled. */
  readonly signal: AbortSignal;
}

/** Result of a tool: a text, or what is sent as JSON. */
export type ToolResult = string | number | boolean | null | undefined | object;

/** A tool that can be run. `defineTool` makes one. */
export interface RunnableTool {
  /** The name of its function. */
  readonly name: string;
  /** Its definition, for a request of a chat. */
  readonly definition: ChatCompletionTool;
  /** Its definition, for a request of a response. */
  readonly responseDefinition: ResponseTool;
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
  /** The function. The model is told the text of what it throws, unless the run is to end with it. */
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
    responseDefinition: responseFunctionTool(name, description, parameters),
    run: async (args, context) => {
      let value;
      try {
        value = await readValue(parameters, args || "{}");
      } catch (error) {
        throw error instanceof CodecError || error instanceof TypeMismatch ? new InvalidArguments(error) : error;
      }
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
  /** Whether what a tool throws ends the run, as a `ToolError`. Default: the model is told its text, and goes on. */
  readonly stopOnError?: boolean;
  /** Called with the text of replies as it arrives: then they are streamed. */
  readonly onText?: (text: string) => void;
  /** Called before a tool is run. */
  readonly onCall?: (name: string, args: string) => void;
}

/**
 * A run of tools that has ended.
 *
 * @typeParam R The replies.
 * @typeParam M The messages of the conversation, or the items of a response's.
 */
export interface ToolRun<R = ChatCompletion, M = ChatCompletionRequestMessage> {
  /** The last reply, which called none of the tools. */
  readonly reply: R;
  /** The conversation: the request's messages, and those of the run. */
  readonly messages: M[];
  /** How many replies the model made. */
  readonly rounds: number;
}

/** A run that reached its limit of rounds. */
export class TooManyRoundsError extends OpenAIGrpcError {
  /** @param messages The conversation so far. */
  constructor(
    rounds: number,
    readonly messages: readonly (ChatCompletionRequestMessage | ResponseItem)[],
  ) {
    super(`the model still calls tools after ${rounds} replies: raise maxRounds`);
  }
}

/** A tool that threw, in a run with `stopOnError`; `cause` is what. */
export class ToolError extends OpenAIGrpcError {
  /**
   * @param tool The tool's name.
   * @param messages The conversation so far.
   */
  constructor(
    readonly tool: string,
    readonly messages: readonly (ChatCompletionRequestMessage | ResponseItem)[],
    cause: unknown,
  ) {
    super(`the tool ${tool} failed: ${textOf(cause)}`, { cause });
  }
}

/** Arguments that are not of a tool's type, which the model can correct. */
class InvalidArguments extends OpenAIGrpcError {
  constructor(cause: Error) {
    super(cause.message, { cause });
  }
}

/** A conversation that a run goes on with: of chat messages, or of items of a response. */
export interface Conversation<R, M> {
  /** What was said so far. */
  readonly messages: M[];
  /** Asks for the next reply. */
  readonly ask: (signal: AbortSignal) => Promise<R>;
  /** Adds a reply, and returns the calls in it; undefined: they are the caller's to answer. */
  readonly add: (reply: R) => readonly Called[] | undefined;
  /** Adds the result of a call. */
  readonly addResult: (call: FunctionCall, text: string) => void;
}

/** A call by the model; without a name it is of a kind that is the caller's to answer. */
interface Called {
  readonly call: FunctionCall;
  readonly name: string;
  readonly args: string;
}

/** Returns the calls of a chat's reply; undefined where one is of another kind, or of a tool of the request's own. */
export function chatCalls(
  calls: readonly ChatCompletionMessageToolCall[],
  tools: readonly RunnableTool[],
  others: readonly ChatCompletionTool[],
): Called[] | undefined {
  const found = calls.map((call) => {
    const value = call.kind.case === "function" ? call.kind.value.function : undefined;
    return value && { call, name: value.name ?? "", args: value.arguments ?? "" };
  });
  const names = others.map(({ kind }) => (kind.case === "function" ? kind.value.function?.name : undefined));
  return found.every((each) => each !== undefined) ? unlessForeign(found, tools, names) : undefined;
}

/** Returns the calls of functions in a response; undefined where one is of a tool of the request's own. */
export function responseCalls(
  output: readonly ResponseItem[],
  tools: readonly RunnableTool[],
  others: readonly ResponseTool[],
): Called[] | undefined {
  const found = output.flatMap(({ kind }) =>
    kind.case === "functionCall"
      ? [{ call: kind.value, name: kind.value.name ?? "", args: kind.value.arguments ?? "" }]
      : [],
  );
  const names = others.map(({ kind }) => (kind.case === "function" ? kind.value.name : undefined));
  return unlessForeign(found, tools, names);
}

/** Tells whether a choice makes the model call a tool, whatever it has been told. */
export function mustCall({ case: kind, value }: { readonly case: string | undefined; readonly value?: unknown }): boolean {
  return kind === "function" || (kind === "mode" && value === "required");
}

function unlessForeign(
  calls: Called[],
  tools: readonly RunnableTool[],
  others: readonly (string | undefined)[],
): Called[] | undefined {
  const isForeign = ({ name }: Called) => others.includes(name) && !tools.some((tool) => tool.name === name);
  return calls.some(isForeign) ? undefined : calls;
}

/**
 * Runs tools until the model calls none.
 *
 * @throws TooManyRoundsError, ToolError As they say.
 */
export async function loop<R, M extends ChatCompletionRequestMessage | ResponseItem>(
  { messages, ask, add, addResult }: Conversation<R, M>,
  tools: readonly RunnableTool[],
  options: RunOptions,
): Promise<ToolRun<R, M>> {
  const { maxRounds = 10, maxParallel = 8, signal } = options;
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
      const reply = await ask(controller.signal);
      const calls = add(reply) ?? [];
      if (calls.length === 0) {
        return { reply, messages, rounds };
      }
      const results = await inParallel(calls, maxParallel, async (called) => {
        controller.signal.throwIfAborted();
        return runOne(called, tools, messages, controller.signal, options);
      });
      for (const [index, { call }] of calls.entries()) {
        addResult(call, results[index] ?? "");
      }
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
  { call, name, args }: Called,
  tools: readonly RunnableTool[],
  messages: readonly (ChatCompletionRequestMessage | ResponseItem)[],
  signal: AbortSignal,
  { onCall, stopOnError }: RunOptions,
): Promise<string> {
  const found = tools.find((tool) => tool.name === name);
  if (!found) {
    const names = tools.map((tool) => tool.name).join(", ");
    return `There is no tool ${JSON.stringify(name)}. The tools are: ${names}.`;
  }
  onCall?.(name, args);
  try {
    return await found.run(args, { call, signal });
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof InvalidArguments) {
      return `The arguments are invalid: ${error.message}`; // which the model can correct
    }
    if (stopOnError) {
      throw new ToolError(name, messages, error);
    }
    return `error: ${textOf(error)}`;
  }
}

function textOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message || thrown.name : String(thrown);
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
