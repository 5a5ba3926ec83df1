/** Streams of replies. */
import { setTimeout } from "node:timers/promises";

import { type DescMessage, isFieldSet, type Message } from "@bufbuild/protobuf";
import { Code, ConnectError, type StreamResponse } from "@connectrpc/connect";

import { apiError, OpenAIGrpcError, unlessLost } from "./errors.js";
import { type CallMetadata, readMetadata } from "./metadata.js";
import type { CallDrain } from "./openai_grpc/v1/common_pb.js";
import { pauseBeforeResuming } from "./retry.js";

/** How the messages of a stream are read. */
export interface Reader<T, W> {
  /** Returns the text of a message; empty where it has none. */
  readonly text: (message: T) => string;
  /** Returns the whole reply, if a message has it. */
  readonly whole: (message: T) => W | undefined;
  /** Called with the whole reply at the end; throws if it is a failure. */
  readonly check?: (whole: W) => void;
}

/** How a stream goes on that broke off amid its messages. */
export interface Resumption<T> {
  /** How often in a row it is tried without a message. */
  readonly retries: number;
  /** Begins the call that brings what is missing; undefined: there can be none. */
  readonly start: (signal: AbortSignal) => Promise<StreamResponse> | undefined;
  /** Tells whether its first message is nothing new after the last one. */
  readonly isOld?: (message: T, last: T) => boolean;
}

/**
 * Messages of a call, as they arrive. Its first read begins the call, and it can be read once. Leaving a loop over it, by
 * `break`, `return` or an error, cancels the call at once, which closes the request upstream.
 *
 * @typeParam T The messages.
 * @typeParam W The whole reply.
 */
export class Stream<T extends Message, W> implements AsyncIterableIterator<T>, AsyncDisposable {
  private readonly controller = new AbortController();
  private messages: AsyncIterator<T> | undefined;
  private response: Pick<StreamResponse, "header" | "trailer"> | undefined;
  private last: T | undefined;
  private reply: W | undefined;
  private notice: CallDrain | undefined;
  private state: "new" | "active" | "ended" | "left" = "new";
  private failures = 0;
  private isAgain = false;
  private restarted: Promise<StreamResponse> | undefined;

  /** @internal */
  constructor(
    private readonly schema: DescMessage,
    private readonly start: (signal: AbortSignal) => Promise<StreamResponse>,
    private readonly reader: Reader<T, W>,
    private readonly signal: AbortSignal | undefined,
    private readonly sourceError: () => Error | undefined,
    private readonly resumption?: Resumption<T>,
  ) {}

  /** Metadata of the call, once its first message or its end has arrived: headers, and after the end trailers. */
  get metadata(): CallMetadata | undefined {
    const { header, trailer } = this.response ?? {};
    return header && readMetadata(header, this.state === "ended" ? trailer : undefined, this.last);
  }

  /** The notice that the gateway's replica is leaving, with the seconds that this stream has; undefined: it is not. */
  get draining(): CallDrain | undefined {
    return this.notice;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /**
   * Returns the next message.
   *
   * @throws APIError The call failed; what came before stays valid.
   */
  next(): Promise<Result<T>> {
    if (this.state === "ended" || this.state === "left") {
      return Promise.resolve({ done: true, value: undefined });
    }
    // No asynchronous function, which costs twice the promises, and this is called for each message.
    const result = this.messages ? this.messages.next() : this.begin().then((messages) => messages.next());
    return result.then(this.onResult, this.onError);
  }

  /** Leaves the stream: the call is cancelled. What a loop does when it is left early. */
  return(): Promise<Result<T>> {
    this.cancel();
    return Promise.resolve({ done: true, value: undefined });
  }

  /** Cancels the call, unless it has ended. */
  cancel(): void {
    if (this.state === "ended" || this.state === "left") {
      return;
    }
    this.state = "left";
    this.signal?.removeEventListener("abort", this.abort);
    this.controller.abort(new ConnectError("the stream was left", Code.Canceled));
    if (this.messages) {
      void readToTheEnd(this.messages);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  /**
   * Yields the text of the messages as it arrives. Leaving the loop cancels the call.
   *
   * @throws APIError As for `next`.
   */
  async *text(): AsyncGenerator<string, void, undefined> {
    for await (const message of this) {
      const text = this.reader.text(message);
      if (text !== "") {
        yield text;
      }
    }
    if (this.reply !== undefined && this.state === "ended") {
      this.reader.check?.(this.reply);
    }
  }

  /**
   * Reads what is left and returns the whole reply.
   *
   * @throws APIError As for `next`.
   * @throws OpenAIGrpcError The stream was left before its end, or had no whole reply.
   */
  async final(): Promise<W> {
    while (!(await this.next()).done) {
      // the last messages have the reply
    }
    if (this.reply === undefined) {
      throw new OpenAIGrpcError(
        this.state === "left"
          ? "the stream was left before its end, so there is no whole reply: read it to the end"
          : "the stream had no whole reply: don't set callOptions.accumulate to false",
      );
    }
    this.reader.check?.(this.reply);
    return this.reply;
  }

  private readonly onResult = (result: Result<T>): Result<T> | Promise<Result<T>> => {
    if (!result.done && this.passesOver(result.value)) {
      return this.next();
    }
    if (this.isLeft()) {
      return { done: true, value: undefined };
    }
    if (result.done) {
      this.end();
      return result;
    }
    this.failures = 0;
    const isOld = this.isAgain && this.last && this.resumption?.isOld?.(result.value, this.last);
    this.isAgain = false;
    this.last = result.value;
    this.reply = this.reader.whole(result.value) ?? this.reply;
    return isOld ? this.next() : result;
  };

  private readonly onError = async (error: unknown): Promise<Result<T>> => {
    if (this.isLeft()) {
      return { done: true, value: undefined };
    }
    const failure = this.sourceError() ?? apiError(unlessLost(error, this.controller.signal.aborted), this.last !== undefined);
    if (await this.resume(failure)) {
      return this.next();
    }
    if (this.isLeft()) {
      return { done: true, value: undefined };
    }
    this.end();
    throw failure;
  };

  /** Keeps a notice of the gateway, and returns whether the message is that alone, and none of the reply's. */
  private passesOver(message: T): boolean {
    const drain = (message as { readonly callInfo?: { readonly drain?: CallDrain } }).callInfo?.drain;
    this.notice = drain ?? this.notice;
    return !!drain && this.schema.fields.every((field) => field.name === "call_info" || !isFieldSet(message, field));
  }

  /** Begins the call again where it broke off, if it can be; returns whether it was. */
  private async resume(failure: Error): Promise<boolean> {
    const { signal } = this.controller;
    const pause = this.resumption && this.last && pauseBeforeResuming(failure, ++this.failures);
    if (pause === undefined || this.failures > (this.resumption?.retries ?? 0)) {
      return false;
    }
    try {
      await setTimeout(pause, undefined, { signal });
    } catch {
      return false; // cancelled meanwhile
    }
    const started = this.resumption?.start(signal);
    this.isAgain = true;
    this.messages = undefined;
    this.restarted = started;
    return started !== undefined;
  }

  private async begin(): Promise<AsyncIterator<T>> {
    this.state = "active";
    if (this.signal?.aborted) {
      this.abort();
    }
    this.signal?.addEventListener("abort", this.abort, { once: true });
    const response = await (this.restarted ?? this.start(this.controller.signal));
    this.restarted = undefined;
    this.response = response;
    this.messages = (response.message as unknown as AsyncIterable<T>)[Symbol.asyncIterator]();
    if (this.isLeft()) {
      void readToTheEnd(this.messages);
    }
    return this.messages;
  }

  private end(): void {
    this.state = "ended";
    this.signal?.removeEventListener("abort", this.abort);
  }

  private isLeft(): boolean {
    return this.state === "left";
  }

  private readonly abort = (): void => {
    this.controller.abort(this.signal?.reason);
  };
}

type Result<T> = IteratorResult<T, undefined>;

/** Reads a cancelled call to its error, behind messages that had arrived, which clears the timer of the deadline. */
async function readToTheEnd(messages: AsyncIterator<unknown>): Promise<void> {
  try {
    while (!(await messages.next()).done) {
      // those are for nobody
    }
  } catch {
    // the cancellation
  }
}
