/** Raw calls: paths of the upstream's API that the contract does not have. */
import type { MessageInitShape } from "@bufbuild/protobuf";

import { type Caller, type CallOptions, once } from "./call.js";
import { Download, DownloadError, type DownloadOptions, Position } from "./download.js";
import { OpenAIGrpcError } from "./errors.js";
import {
  type RawChunk,
  type RawEvent,
  type RawReply,
  type RawRequestSchema,
  RawService,
  type RawStreamReply,
} from "./openai_grpc/v1/raw_pb.js";
import type { Params } from "./params.js";
import { Stream } from "./stream.js";
import { bodyMessages, type Upload, uploadOf, type UploadSource } from "./upload.js";

/** A request of a raw call. */
export type RawParams = Omit<Params<typeof RawRequestSchema>, "method" | "path" | "$typeName" | "$unknown"> & {
  /** The HTTP method. */
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** The path, percent-encoded; a query such as `?limit=2` becomes its parameters. */
  readonly path: string;
  /** A value that becomes the JSON body. */
  readonly body?: unknown;
};

/** A streamed reply of a raw call. Its first message has the status and the headers. */
export class RawStream extends Stream<RawStreamReply, RawStreamReply> {
  /** Yields the server-sent events, but not `[DONE]`. Leaving the loop cancels the call. */
  async *events(): AsyncGenerator<RawEvent, void, undefined> {
    for await (const { part } of this) {
      if (part.case === "event" && part.value.data !== "[DONE]") {
        yield part.value;
      }
    }
  }
}

/** The body of a raw call's reply. */
export class RawDownload extends Download {
  /** The HTTP status, once something was read. */
  status: number | undefined;
  /** The headers that describe the body, by their names in lower case, once something was read. */
  headers: Readonly<Record<string, string>> = {};
}

/** Raw calls: `client.raw`. The gateway's operator says which paths are allowed. */
export class Raw {
  /** @internal */
  constructor(private readonly caller: Caller) {}

  /** Makes a call and returns the whole reply. */
  call(request: RawParams, options?: CallOptions): Promise<RawReply> {
    return this.caller.unary(RawService.method.call, requestOf(request), options);
  }

  /**
   * Makes a call with a JSON body and returns the JSON of the reply.
   *
   * @typeParam T The type that the reply is taken for; it is not checked.
   * @throws OpenAIGrpcError The reply is not JSON.
   */
  async json<T = unknown>(
    method: RawParams["method"],
    path: string,
    body?: unknown,
    options?: CallOptions & Omit<RawParams, "method" | "path" | "body">,
  ): Promise<T> {
    const { signal, timeoutMs, maxRetries, headers, contextValues, ...fields } = (options ?? {}) as CallOptions;
    const reply = await this.call(
      { ...fields, method, path, body },
      { signal, timeoutMs, maxRetries, headers, contextValues },
    );
    if (reply.body.case !== "json") {
      const type = reply.headers["content-type"] ?? "empty";
      throw new OpenAIGrpcError(`the reply of ${method} ${path} is not JSON but ${type}: use call`);
    }
    return JSON.parse(reply.body.value) as T;
  }

  /** Makes a call whose reply is streamed. */
  stream(request: RawParams, options?: CallOptions): RawStream {
    const reader = { text: () => "", whole: (reply: RawStreamReply) => reply };
    return new RawStream(
      ...this.caller.streamOf(RawService.method.streamCall, once(requestOf(request)), reader, options),
    );
  }

  /** Makes a call whose body is the content of a source of any size, sent in chunks. */
  upload(request: RawParams, body: UploadSource | Upload, options?: CallOptions): Promise<RawReply> {
    const messages = bodyMessages((facts) => ({ ...requestOf(request), ...facts }), uploadOf(body));
    return this.caller.upload(RawService.method.upload, messages, options);
  }

  /**
   * Makes a call and returns the body of the reply as it arrives. One of GET that breaks off goes on where it was, if
   * upstream names a version of it (`etag` or `last-modified`) and takes ranges.
   */
  download(request: RawParams, { onProgress, ...options }: DownloadOptions & CallOptions = {}): RawDownload {
    const asked = requestOf(request);
    const given = Object.fromEntries(Object.entries(asked.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
    const position = new Position();
    const canResume = request.method === "GET" && given["range"] === undefined && given["if-range"] === undefined;
    let version: string | undefined;
    const from = (at: number) => ({
      ...asked,
      ...(at > 0 && { headers: { ...given, range: `bytes=${at}-`, ...(version !== undefined && { "if-range": version }) } }),
    });
    const reader = { text: () => "", whole: (chunk: RawChunk) => chunk };
    const made: RawDownload = new RawDownload(
      position,
      () => {
        const next = () => (canResume && version !== undefined ? from(position.again()) : undefined);
        return this.caller.stream(RawService.method.download, once(from(position.offset)), reader, options, { next });
      },
      (message) => {
        const { status, headers, data = new Uint8Array() } = message as RawChunk;
        if (status === undefined) {
          return { data };
        }
        if ((position.isAgain || position.offset > 0) && status !== 206) {
          throw new DownloadError("the body can't be resumed: upstream sent it from its beginning, download it again");
        }
        if (!position.isAgain) {
          made.status = status;
          made.headers = headers;
          const { etag } = headers;
          version = etag === undefined || etag.startsWith("W/") ? headers["last-modified"] : etag;
        }
        return { data, size: sizeOf(status, headers), contentType: headers["content-type"] };
      },
      onProgress,
    );
    return made;
  }
}

/** Returns the size of the whole body, if it is told. */
function sizeOf(status: number, headers: Readonly<Record<string, string>>): number | undefined {
  const told = status === 206 ? headers["content-range"]?.split("/")[1] : headers["content-length"];
  return told !== undefined && /^\d+$/.test(told) ? Number(told) : undefined;
}

function requestOf({ path, body, query = [], ...request }: RawParams): MessageInitShape<typeof RawRequestSchema> {
  const at = path.indexOf("?");
  const more = at < 0 ? [] : [...new URLSearchParams(path.slice(at))].map(([name, value]) => ({ name, value }));
  return {
    ...request,
    path: at < 0 ? path : path.slice(0, at),
    query: [...more, ...query],
    ...(body !== undefined && { json: JSON.stringify(body) }),
  };
}
