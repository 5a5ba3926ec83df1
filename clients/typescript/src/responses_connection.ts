/** Responses over one connection. */
import type { MessageInitShape } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";

import { type Caller, type CallOptions, withField } from "./call.js";
import { apiError, domain, OpenAIGrpcError, ResponseFailedError } from "./errors.js";
import { ErrorInfoSchema } from "./google/rpc/error_details_pb.js";
import type { CallDrain } from "./openai_grpc/v1/common_pb.js";
import type { Response } from "./openai_grpc/v1/response_pb.js";
import {
  type ResponsesClientEventSchema,
  type ResponsesServerEvent,
  ResponsesService,
  type ResponseSocketErrorEvent,
  ResponseSteerEventSchema,
} from "./openai_grpc/v1/responses_pb.js";
import { inputOf, type ResponseParams, withInput } from "./params.js";
import type { Stream } from "./stream.js";

type ClientEvent = MessageInitShape<typeof ResponsesClientEventSchema>;

/**
 * Several responses over one connection. Those of a lane run one after the other, those of different lanes at once.
 *
 * An event is received when one is read for which it must be. So what nobody reads holds the others back no more than the
 * connection's flow control does, and events of other responses that come first wait for their readers in memory.
 */
export class ResponsesConnection implements AsyncIterableIterator<ResponsesServerEvent>, AsyncDisposable {
  private readonly stream: Stream<ResponsesServerEvent, ResponsesServerEvent>;
  private readonly requests = new Requests();
  private readonly lanes = new Map<string, LaneResponse[]>(); // those that are not over
  private readonly others: ResponsesServerEvent[] = [];
  private receiving: Promise<void> | undefined;
  private failure: Error | undefined;
  private isOver = false;

  /** @internal */
  constructor(caller: Caller, options?: CallOptions) {
    const reader = { text: () => "", whole: (event: ResponsesServerEvent) => event };
    this.stream = caller.stream(ResponsesService.method.connect, this.requests, reader, options);
    this.receiving = this.receive(); // what is created is sent, whether it is read or not
  }

  /** The notice that the gateway's replica is leaving, with the seconds that the connection has; undefined: it is not. */
  get draining(): CallDrain | undefined {
    return this.stream.draining;
  }

  /** Begins a response in a lane. Default: that without a name. */
  create(request: ResponseParams, { lane = "" }: { readonly lane?: string } = {}): LaneResponse {
    const made = new LaneResponse(this, lane);
    this.send({ kind: { case: "create", value: withInput(request) }, ...(lane && { streamId: lane }) });
    this.lanes.set(lane, [...(this.lanes.get(lane) ?? []), made]);
    return made;
  }

  /** Adds input to a response that runs, by its id; `steer` of a response made here does so for that. */
  steer(responseId: string, input: ResponseParams["input"]): void {
    const fields = { previousResponseId: responseId, input: inputOf(input) };
    const value = withField(ResponseSteerEventSchema, {}, fields);
    this.send({ kind: { case: "steer", value } });
    this.byId(responseId)?.steered();
  }

  /**
   * Sends an event. Those of a response that it creates come by the connection itself.
   *
   * @throws OpenAIGrpcError The connection was ended.
   */
  send(event: ClientEvent): void {
    this.requests.put(event);
  }

  /** Says that no response will follow: the connection ends when those that run are over. */
  end(): void {
    this.requests.end();
  }

  /** Cancels all responses and ends the connection. */
  close(): void {
    this.requests.end();
    this.stream.cancel();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    await this.receiving;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /**
   * Returns the next event that belongs to no response made by `create`.
   *
   * @throws APIError The connection failed.
   */
  async next(): Promise<IteratorResult<ResponsesServerEvent, undefined>> {
    const event = await this.take(this.others, () => false);
    return event ? { done: false, value: event } : { done: true, value: undefined };
  }

  /** Leaves a loop over the connection, which stays open. */
  return(): Promise<IteratorResult<ResponsesServerEvent, undefined>> {
    return Promise.resolve({ done: true, value: undefined });
  }

  /** Returns the next event of a queue, and undefined at its end. @internal */
  async take(queue: ResponsesServerEvent[], isOver: () => boolean): Promise<ResponsesServerEvent | undefined> {
    for (;;) {
      const event = queue.shift();
      if (event ?? isOver()) {
        return event;
      }
      if (this.failure !== undefined) {
        throw this.failure;
      }
      if (this.isOver) {
        return undefined;
      }
      this.receiving ??= this.receive();
      await this.receiving;
    }
  }

  private async receive(): Promise<void> {
    try {
      const { done, value } = await this.stream.next();
      if (done) {
        this.isOver = true;
        this.requests.end();
      } else {
        this.deliver(value);
      }
    } catch (error) {
      this.failure = error as Error; // of the stream's own
      this.requests.end();
    } finally {
      this.receiving = undefined;
    }
  }

  private deliver(event: ResponsesServerEvent): void {
    const { kind } = event;
    const isSteering = kind.case === "steerAccepted" || kind.case === "steerPending" || kind.case === "steerFailed";
    const steered = isSteering ? kind.value.steer?.previousResponseId : undefined;
    const to = steered === undefined ? this.lanes.get(event.streamId ?? "")?.[0] : this.byId(steered);
    if (!to) {
      this.others.push(event);
      return;
    }
    to.put(event);
    if (to.isOver) {
      const rest = (this.lanes.get(to.lane) ?? []).slice(1);
      if (rest.length > 0) {
        this.lanes.set(to.lane, rest);
      } else {
        this.lanes.delete(to.lane);
      }
    }
  }

  /** Returns the response with an id that is not over. Only the first of a lane has begun. */
  private byId(responseId: string): LaneResponse | undefined {
    return [...this.lanes.values()].map(([first]) => first).find((first) => first?.has(responseId));
  }
}

/** A response of a connection, and those that follow it when it is steered. */
export class LaneResponse implements AsyncIterableIterator<ResponsesServerEvent> {
  /** Whether all events of it were received. @internal */
  isOver = false;
  private readonly events: ResponsesServerEvent[] = [];
  private readonly ids = new Set<string>();
  private current: string | undefined;
  private steers = 0; // inputs that are not accounted for
  private whole: Response | undefined;
  private isEnded = false; // by a last event, which a steered response may have several of
  private isLeft = false;
  private error: Error | undefined;

  /** @internal */
  constructor(
    private readonly connection: ResponsesConnection,
    /** The name of the lane; empty: it has none. */
    readonly lane: string,
  ) {}

  /** The id of the response, or of the one that follows it; undefined before its first event was received. */
  get id(): string | undefined {
    return this.current;
  }

  /**
   * Adds input to the response while it runs. If it is accepted, another response follows, whose events come by this one.
   *
   * @throws OpenAIGrpcError The response has not begun.
   */
  steer(input: ResponseParams["input"]): void {
    if (this.current === undefined) {
      throw new OpenAIGrpcError("the response has not begun: read its first event before it is steered");
    }
    this.connection.steer(this.current, input);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /**
   * Returns the next event. A response that failed before its end has an error event as the last one.
   *
   * @throws APIError The connection failed.
   */
  async next(): Promise<IteratorResult<ResponsesServerEvent, undefined>> {
    const event = await this.connection.take(this.events, () => this.isOver || this.isLeft);
    if (event) {
      return { done: false, value: event };
    }
    if (!this.isOver && !this.isLeft) {
      throw new OpenAIGrpcError("the connection was closed before the end of the response");
    }
    return { done: true, value: undefined };
  }

  /** Forgets the events that are left; a loop that is left does so. The response runs on: closing the connection cancels it. */
  return(): Promise<IteratorResult<ResponsesServerEvent, undefined>> {
    this.isLeft = !this.isOver;
    this.events.length = 0;
    return Promise.resolve({ done: true, value: undefined });
  }

  /**
   * Yields the text that the model says. Leaving the loop forgets the rest.
   *
   * @throws APIError The response or the connection failed.
   */
  async *text(): AsyncGenerator<string, void, undefined> {
    for await (const { kind } of this) {
      if (kind.case === "outputTextDelta" && kind.value.delta) {
        yield kind.value.delta;
      }
    }
    if (this.error) {
      throw this.error;
    }
  }

  /**
   * Reads the rest and returns the whole response, the last one if it was steered. Its status may be `incomplete`.
   *
   * @throws APIError The response or the connection failed.
   * @throws ResponseFailedError The response failed.
   * @throws OpenAIGrpcError The response was left before its end.
   */
  async final(): Promise<Response> {
    while (!(await this.next()).done) {
      // the last events have the response
    }
    if (this.error) {
      throw this.error;
    }
    if (this.whole === undefined || this.isLeft) {
      throw new OpenAIGrpcError("the response was left before its end: read it to the end");
    }
    if (this.whole.status === "failed") {
      throw new ResponseFailedError(this.whole);
    }
    return this.whole;
  }

  /** Whether a response with an id is this one, or follows it. @internal */
  has(responseId: string): boolean {
    return this.ids.has(responseId);
  }

  /** Takes note of input that is sent. @internal */
  steered(): void {
    this.steers++;
  }

  /**
   * Takes an event. A response that was steered is over when its successor is, or when all of its input was refused or
   * waits for another response: so the gateway counts, too.
   *
   * @internal
   */
  put(event: ResponsesServerEvent): void {
    if (!this.isLeft) {
      this.events.push(event);
    }
    const { kind } = event;
    switch (kind.case) {
      case "created":
        this.steers = 0;
        this.isEnded = false;
        this.current = kind.value.response?.id ?? "";
        this.ids.add(this.current);
        break;
      case "steerPending":
      case "steerFailed":
        this.steers = Math.max(this.steers - 1, 0);
        break;
      case "completed":
      case "incomplete":
      case "failed":
        this.whole = kind.value.response;
        this.isEnded = true;
        break;
      case "error":
        this.error = eventError(kind.value);
        this.isOver = true;
        return;
    }
    this.isOver = this.isEnded && this.steers === 0;
  }
}

/** Events to send, in their order. */
class Requests implements AsyncIterable<ClientEvent> {
  private readonly waiting: ClientEvent[] = [];
  private isEnded = false;
  private wake: (() => void) | undefined;

  put(event: ClientEvent): void {
    if (this.isEnded) {
      throw new OpenAIGrpcError("the connection has ended: open another one with client.responses.connect");
    }
    this.waiting.push(event);
    this.wake?.();
  }

  end(): void {
    this.isEnded = true;
    this.wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ClientEvent> {
    for (;;) {
      const event = this.waiting.shift();
      if (event) {
        yield event;
      } else if (this.isEnded) {
        return;
      } else {
        await new Promise<void>((resolve) => (this.wake = resolve));
      }
    }
  }
}

/** Statuses of calls that fail with an HTTP status, as docs/errors.md has them. */
const statuses: Readonly<Record<number, Code>> = {
  400: Code.InvalidArgument,
  401: Code.Unauthenticated,
  402: Code.FailedPrecondition,
  403: Code.PermissionDenied,
  404: Code.NotFound,
  408: Code.DeadlineExceeded,
  409: Code.Aborted,
  413: Code.InvalidArgument,
  422: Code.InvalidArgument,
  429: Code.ResourceExhausted,
  503: Code.Unavailable,
  504: Code.DeadlineExceeded,
};

/** Returns the error of an event as that of a call. */
function eventError({ status, error, ...flat }: ResponseSocketErrorEvent): Error {
  const message = error?.message ?? flat.message ?? "the response failed";
  const told = {
    http_status: status?.toString(),
    type: error?.type,
    code: error?.code ?? flat.code,
    param: error?.param ?? flat.param,
  };
  const metadata = Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined)) as Record<string, string>;
  const detail = { desc: ErrorInfoSchema, value: { domain, metadata } };
  return apiError(new ConnectError(message, statuses[status ?? 0] ?? Code.Internal, error?.headers ?? {}, [detail]));
}
