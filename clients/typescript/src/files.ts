/** Files and batches. */
import type { DescMessage, DescMethodServerStreaming, Message, MessageInitShape } from "@bufbuild/protobuf";

import { type Caller, type CallOptions, once } from "./call.js";
import { Download, type DownloadOptions, Position } from "./download.js";
import {
  type Batch,
  type BatchList,
  type BatchRequestInputSchema,
  type BatchResult,
  BatchesService,
  type CreateBatchRequestSchema,
  type ListBatchesRequestSchema,
  type StreamBatchResultsRequestSchema,
  type SubmitBatchRequestSchema,
} from "./openai_grpc/v1/batches_pb.js";
import {
  type CreateFileRequestSchema,
  type DownloadFileRequestSchema,
  type FileChunk,
  type FileChunkSchema,
  type FileDeleted,
  type FileList,
  type FileObject,
  FilesService,
  type ListFilesRequestSchema,
} from "./openai_grpc/v1/files_pb.js";
import type { Pages } from "./pages.js";
import { pages, type Params } from "./params.js";
import type { Stream } from "./stream.js";
import { type Upload, uploadMessages, uploadOf, type UploadSource } from "./upload.js";
import { watch } from "./watch.js";

/** A file to upload, with its use. */
export type FileParams = Omit<Params<typeof CreateFileRequestSchema>, "file" | "$typeName" | "$unknown"> & {
  /** The file: a path, bytes, a `Blob`, a stream, or `upload(...)` of one of them with its name. */
  readonly file: UploadSource | Upload;
};

/** A file to download, or a range of it. */
export type FileDownloadParams = Omit<Params<typeof DownloadFileRequestSchema>, "fileId" | "$typeName" | "$unknown">;

/** A request of a batch, with its id: `{ customId: "sky", request: { case: "chatCompletion", value: {...} } }`. */
export type BatchRequestParams = Params<typeof BatchRequestInputSchema>;

/** Which results of a batch to stream. */
export type BatchResultParams = Omit<Params<typeof StreamBatchResultsRequestSchema>, "batchId" | "$typeName" | "$unknown">;

/** Files: `client.files`. */
export class Files {
  /** @internal */
  constructor(private readonly caller: Caller) {}

  /** Uploads a file of any size, in chunks. */
  upload({ file, ...request }: FileParams, options?: CallOptions): Promise<FileObject> {
    const messages = uploadMessages((described) => ({ ...request, file: described }), uploadOf(file));
    return this.caller.upload(FilesService.method.uploadFile, messages, options);
  }

  /** Lists files. */
  list(request: Params<typeof ListFilesRequestSchema> = {}, options?: CallOptions): Pages<FileObject, FileList> {
    return pages(request, (page) => this.caller.unary(FilesService.method.listFiles, page, options));
  }

  /** Returns the facts of a file. */
  get(fileId: string, options?: CallOptions): Promise<FileObject> {
    return this.caller.unary(FilesService.method.getFile, { fileId }, options);
  }

  /** Deletes a file. */
  delete(fileId: string, options?: CallOptions): Promise<FileDeleted> {
    return this.caller.unary(FilesService.method.deleteFile, { fileId }, options);
  }

  /** Downloads the content of a file, or a range of it. */
  download(fileId: string, options: FileDownloadParams & DownloadOptions & CallOptions = {}): Download {
    const { offset, length, callOptions, extraJson, ...others } = options;
    const request = {
      fileId,
      ...(callOptions && { callOptions }),
      ...(extraJson !== undefined && { extraJson }),
    };
    return download(this.caller, FilesService.method.downloadFile, request, { offset, length }, others);
  }
}

/** Batches: `client.batches`. */
export class Batches {
  /** @internal */
  constructor(private readonly caller: Caller) {}

  /** Creates a batch of an uploaded file. */
  create(request: MessageInitShape<typeof CreateBatchRequestSchema>, options?: CallOptions): Promise<Batch> {
    return this.caller.unary(BatchesService.method.createBatch, request, options);
  }

  /**
   * Begins a batch of requests, however many there are: the gateway checks them and writes their file. They are of one
   * kind, and each is taken when the one before is sent. An error of their source is that of the call: no batch is made.
   *
   * @param config What is known of the batch, such as its metadata.
   */
  submit(
    requests: Iterable<BatchRequestParams> | AsyncIterable<BatchRequestParams>,
    config: Params<typeof CreateBatchRequestSchema> = {},
    options?: CallOptions,
  ): Promise<Batch> {
    return this.caller.upload(BatchesService.method.submitBatch, batchMessages(config, requests), options);
  }

  /**
   * Streams the results of a batch that is done, each a reply or the failure of its request, in the order of the
   * upstream's files. It goes on over lost connections; another program goes on with `after: result.cursor`.
   *
   * @param batch The batch, or its id.
   */
  results(batch: string | Batch, options: BatchResultParams & CallOptions = {}): Stream<BatchResult, BatchResult> {
    const { after, callOptions, ...others } = options;
    const batchId = typeof batch === "string" ? batch : (batch.id ?? "");
    let cursor = after;
    const request = () => ({ batchId, ...(cursor !== undefined && { after: cursor }), ...(callOptions && { callOptions }) });
    const reader = {
      text: () => "",
      whole: (result: BatchResult) => {
        cursor = result.cursor ?? cursor;
        return result;
      },
    };
    return this.caller.stream(BatchesService.method.streamBatchResults, once(request()), reader, others, { next: request });
  }

  /** Lists batches. */
  list(request: Params<typeof ListBatchesRequestSchema> = {}, options?: CallOptions): Pages<Batch, BatchList> {
    return pages(request, (page) => this.caller.unary(BatchesService.method.listBatches, page, options));
  }

  /** Returns the state of a batch. */
  get(batchId: string, options?: CallOptions): Promise<Batch> {
    return this.caller.unary(BatchesService.method.getBatch, { batchId }, options);
  }

  /** Watches a batch until it is done: its present state, each change, the last state; over lost connections too. */
  watch(batchId: string, options?: CallOptions): Stream<Batch, Batch> {
    return watch(this.caller, BatchesService.method.watchBatch, { batchId }, options);
  }

  /** Cancels a batch. */
  cancel(batchId: string, options?: CallOptions): Promise<Batch> {
    return this.caller.unary(BatchesService.method.cancelBatch, { batchId }, options);
  }
}

async function* batchMessages(
  config: Params<typeof CreateBatchRequestSchema>,
  requests: Iterable<BatchRequestParams> | AsyncIterable<BatchRequestParams>,
): AsyncGenerator<MessageInitShape<typeof SubmitBatchRequestSchema>> {
  yield { message: { case: "config", value: config } };
  for await (const request of requests) {
    yield { message: { case: "request", value: request } };
  }
}

interface Range {
  readonly offset: bigint | undefined;
  readonly length: bigint | undefined;
}

const chunkReader = { text: () => "", whole: (chunk: FileChunk) => chunk };

/** Downloads a file or a video. */
export function download<I extends DescMessage>(
  caller: Caller,
  method: DescMethodServerStreaming<I, typeof FileChunkSchema>,
  request: object,
  { offset = 0n, length }: Range,
  { onProgress, ...options }: DownloadOptions & CallOptions,
): Download {
  const position = new Position();
  position.offset = Number(offset);
  const from = (at: number) => {
    const left = length === undefined ? {} : { length: length - (BigInt(at) - offset) };
    return { ...request, ...(at > 0 && { offset: BigInt(at) }), ...left } as MessageInitShape<I>;
  };
  const begin = () => {
    const next = () => from(position.again());
    return caller.stream(method, once(from(position.offset)), chunkReader, options, { next });
  };
  const read = (message: Message) => {
    const { data = new Uint8Array(), sha256, size, contentType } = message as FileChunk;
    return { data, sha256, size: size === undefined ? undefined : Number(size), contentType };
  };
  return new Download(position, begin, read, onProgress);
}
