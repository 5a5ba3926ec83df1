/**
 * The client: all services of a gateway. It is one file of over 600 lines, so that a reader finds every method here.
 */
import { create, type DescService, type Message, type MessageInitShape } from "@bufbuild/protobuf";
import { type Client as ServiceClient, createClient, type Interceptor } from "@connectrpc/connect";

import { parseAddresses } from "./address.js";
import { Caller, type CallOptions, once, withField } from "./call.js";
import { type ConnectionOptions, Pool } from "./connection.js";
import type { Download, DownloadOptions } from "./download.js";
import {
  type EmbeddingInputParam,
  embeddingMessages,
  EmbeddingStream,
  type EmbeddingStreamParams,
} from "./embeddings.js";
import { ResponseFailedError } from "./errors.js";
import { Batches, download, Files } from "./files.js";
import { input, item, outputRefusal, outputText } from "./items.js";
import { assistant, firstChoice, messageText, partsText, tool as toolMessage } from "./messages.js";
import { AudioService } from "./openai_grpc/v1/audio_pb.js";
import {
  type ChatCompletion,
  type ChatCompletionChunk,
  type ChatCompletionList,
  type ChatCompletionMessageList,
  type ChatCompletionDeleted,
  ChatService,
  CreateChatCompletionRequestSchema,
  type ListChatCompletionMessagesRequestSchema,
  type ListChatCompletionsRequestSchema,
} from "./openai_grpc/v1/chat_pb.js";
import type {
  ChatCompletionMessageToolCall,
  ChatCompletionStoreMessage,
} from "./openai_grpc/v1/chat_message_pb.js";
import { CallOptionsSchema, type UploadFileSchema } from "./openai_grpc/v1/common_pb.js";
import { type Completion, CompletionsService, CreateCompletionRequestSchema } from "./openai_grpc/v1/completions_pb.js";
import {
  type Conversation,
  type ConversationDeleted,
  type ConversationItem,
  ConversationsService,
  type CreateConversationItemsRequestSchema,
  type CreateConversationRequestSchema,
  type ListConversationItemsRequestSchema,
} from "./openai_grpc/v1/conversations_pb.js";
import {
  type ContentProvenanceCheck,
  ContentProvenanceChecksService,
  type CreateContentProvenanceCheckRequestSchema,
} from "./openai_grpc/v1/content_provenance_checks_pb.js";
import { type CreateDecisionRequestSchema, type Decision, DecisionsService } from "./openai_grpc/v1/decisions_pb.js";
import {
  CreateEmbeddingRequestSchema,
  type CreateEmbeddingResponse,
  EmbeddingInputSchema,
  EmbeddingsService,
  type StreamEmbeddingsReply,
} from "./openai_grpc/v1/embeddings_pb.js";
import {
  type CreateImageEditRequestSchema,
  type CreateImageRequestSchema,
  type CreateImageVariationRequestSchema,
  type ImageCompletedEvent,
  ImagesService,
  type ImagesResponse,
  type ImageStreamEvent,
} from "./openai_grpc/v1/images_pb.js";
import { type Model, type ModelDeleted, type ModelList, ModelsService } from "./openai_grpc/v1/models_pb.js";
import {
  type CreateModerationRequestSchema,
  type CreateModerationResponse,
  ModerationsService,
} from "./openai_grpc/v1/moderations_pb.js";
import type { ResponseStreamEvent } from "./openai_grpc/v1/response_event_pb.js";
import type { ResponseFunctionToolCall, ResponseItem } from "./openai_grpc/v1/response_item_pb.js";
import type { Response } from "./openai_grpc/v1/response_pb.js";
import {
  CompactResponseRequestSchema,
  type CompactedResponse,
  CountResponseInputTokensRequestSchema,
  CreateResponseRequestSchema,
  type ListResponseInputItemsRequestSchema,
  type ResponseDeleted,
  type ResponseInputTokenCount,
  type ResponseItemList,
  ResponsesService,
} from "./openai_grpc/v1/responses_pb.js";
import type {
  CreateSpeechRequestSchema,
  SpeechAudioDoneEvent,
  SpeechChunk,
  SpeechStreamEvent,
} from "./openai_grpc/v1/speech_pb.js";
import type {
  CreateTranscriptionRequestSchema,
  Transcription,
  TranscriptionStreamEvent,
  TranscriptionTextDoneEvent,
} from "./openai_grpc/v1/transcription_pb.js";
import type { CreateTranslationRequestSchema, Translation } from "./openai_grpc/v1/translation_pb.js";
import { contractRevision } from "./openai_grpc/v1/revision.js";
import {
  type CompleteUploadRequestSchema,
  type CreateUploadPartRequestSchema,
  type CreateUploadRequestSchema,
  type Upload as UploadObject,
  type UploadPart,
  UploadsService,
} from "./openai_grpc/v1/uploads_pb.js";
import {
  type CreateVideoCharacterRequestSchema,
  type CreateVideoRequestSchema,
  type DownloadVideoRequestSchema,
  type EditVideoRequestSchema,
  type ExtendVideoRequestSchema,
  type ListVideosRequestSchema,
  type Video,
  type VideoCharacter,
  type VideoDeleted,
  type VideoList,
  VideosService,
} from "./openai_grpc/v1/videos_pb.js";
import { Pages } from "./pages.js";
import { inputOf, pages, type Params, type ResponseParams, withInput, type WithInput } from "./params.js";
import { addPart, type LargeFileParams, uploadInParts } from "./parts.js";
import { Raw } from "./raw.js";
import { ResponsesConnection } from "./responses_connection.js";
import { defaultMaxRetries, retry } from "./retry.js";
import { type Reader, type Stream } from "./stream.js";
import type { Type, ValueOf } from "./schema.js";
import { type Parsed, readText, responseFormat, textFormat } from "./structured.js";
import {
  chatCalls,
  type FunctionCall,
  loop,
  mustCall,
  responseCalls,
  type RunnableTool,
  type RunOptions,
  type ToolRun,
} from "./tools.js";
import { readUpload, Upload, uploadMessages, uploadOf, type UploadSource } from "./upload.js";
import { watch } from "./watch.js";

/** Settings of a client. */
export interface ClientOptions extends ConnectionOptions {
  /** Key or token of the gateway, or what returns it for each call. Default: `OPENAI_GRPC_API_KEY`, or none. */
  readonly apiKey?: string | (() => string | Promise<string>);
  /** Organization to bill, where the gateway passes it on. */
  readonly organization?: string;
  /** Project to bill, where the gateway passes it on. */
  readonly project?: string;
  /** Time limit of calls with one reply, in milliseconds; 0: none. Default: 600,000. Streams have none. */
  readonly timeoutMs?: number;
  /** How often a call is made again that failed before anything could be billed. Default: 2. */
  readonly maxRetries?: number;
  /** Metadata that goes with every call. */
  readonly headers?: HeadersInit;
  /** Interceptors of Connect, the outermost first. Each sees a call once, whatever its retries. */
  readonly interceptors?: readonly Interceptor[];
}

/** A request of a chat completion. */
export type ChatParams = Params<typeof CreateChatCompletionRequestSchema>;
/** A request of a text completion. */
export type CompletionParams = Params<typeof CreateCompletionRequestSchema>;
/** A request of embeddings, whose input may be one text or several. */
export type EmbeddingParams = WithInput<
  Params<typeof CreateEmbeddingRequestSchema>,
  string | readonly string[] | Params<typeof CreateEmbeddingRequestSchema>["input"]
>;
/** A request of a transcription. */
export type TranscriptionParams = Omit<
  Params<typeof CreateTranscriptionRequestSchema>,
  "file" | "$typeName" | "$unknown"
> & {
  /** The sound: a path, bytes, a `Blob`, a stream, or `upload(...)` of one of them with its name. */
  readonly file: UploadSource | Upload;
};

/** A request of a translation. */
export type TranslationParams = Omit<
  Params<typeof CreateTranslationRequestSchema>,
  "file" | "$typeName" | "$unknown"
> & {
  /** The sound, as of a transcription. */
  readonly file: UploadSource | Upload;
};
/** A request of a video. */
export type VideoParams = Omit<
  Params<typeof CreateVideoRequestSchema>,
  "inputReference" | "$typeName" | "$unknown"
> & {
  /** An image to begin with: its path, a `Blob` or `File`, `upload(...)`, or a message. It is sent in one message. */
  readonly inputReference?: string | URL | Blob | Upload | Params<typeof UploadFileSchema> | undefined;
};

/** Which file of a video to download, or a range of it. */
export type VideoDownloadParams = Omit<Params<typeof DownloadVideoRequestSchema>, "videoId" | "$typeName" | "$unknown">;

/**
 * A client of one gateway, or of several that are the same. It opens connections when they are needed and serves any
 * number of calls at once.
 *
 * ```typescript
 * const client = new Client();
 * const reply = await client.chat.completions.create({ model: "gpt-4o-mini", messages: [user("hi")] });
 * ```
 */
export class Client implements Disposable {
  /** Chat completions. */
  readonly chat: { readonly completions: ChatCompletions };
  /** Responses. */
  readonly responses: Responses;
  /** Conversations. */
  readonly conversations: Conversations;
  /** Embeddings. */
  readonly embeddings: Embeddings;
  /** Audio. */
  readonly audio: {
    readonly transcriptions: Transcriptions;
    readonly translations: Translations;
    readonly speech: Speech;
  };
  /** Images. */
  readonly images: Images;
  /** Files. */
  readonly files: Files;
  /** Batches. */
  readonly batches: Batches;
  /** Videos. */
  readonly videos: Videos;
  /** Moderations. */
  readonly moderations: Moderations;
  /** Answers to closed questions. */
  readonly decisions: Decisions;
  /** Checks whether files were generated. */
  readonly contentProvenanceChecks: ContentProvenanceChecks;
  /** Uploads in parts. */
  readonly uploads: Uploads;
  /** Text completions. */
  readonly completions: Completions;
  /** Models. */
  readonly models: Models;
  /** Raw calls. */
  readonly raw: Raw;
  private readonly pool: Pool;

  /**
   * @param address Address of the gateway, or several, as `host:port`. Default: `OPENAI_GRPC_ADDRESS`, or else
   *   `localhost:50051`. The port is 50051 where none is given.
   * @param options Settings.
   * @throws TypeError The address or an option is invalid.
   */
  constructor(address?: string | readonly string[], options: ClientOptions = {}) {
    const { interceptors = [], maxRetries = defaultMaxRetries, timeoutMs = 600_000 } = options;
    this.pool = new Pool(parseAddresses(address), options, [
      headersOf(options),
      ...interceptors,
      retry(notNegative("maxRetries", maxRetries)),
    ]);
    const caller = new Caller(this.pool.transport, notNegative("timeoutMs", timeoutMs), maxRetries);
    this.chat = { completions: new ChatCompletions(caller) };
    this.responses = new Responses(caller);
    this.conversations = new Conversations(caller);
    this.embeddings = new Embeddings(caller);
    this.audio = {
      transcriptions: new Transcriptions(caller),
      translations: new Translations(caller),
      speech: new Speech(caller),
    };
    this.images = new Images(caller);
    this.files = new Files(caller);
    this.batches = new Batches(caller);
    this.videos = new Videos(caller);
    this.moderations = new Moderations(caller);
    this.decisions = new Decisions(caller);
    this.contentProvenanceChecks = new ContentProvenanceChecks(caller);
    this.uploads = new Uploads(caller);
    this.completions = new Completions(caller);
    this.models = new Models(caller);
    this.raw = new Raw(caller);
  }

  /** Returns Connect's own client of a service, over the same connections: its errors are `ConnectError`. */
  service<Service extends DescService>(service: Service): ServiceClient<Service> {
    return createClient(service, this.pool.transport);
  }

  /** Closes the connections: active calls are cancelled, and later ones fail. */
  close(): void {
    this.pool.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** Chat completions: `client.chat.completions`. */
export class ChatCompletions {
  /** @internal */
  constructor(private readonly caller: Caller) {}

  /** Creates a completion. */
  create(request: ChatParams, options?: CallOptions): Promise<ChatCompletion> {
    return this.caller.unary(ChatService.method.createChatCompletion, request, options);
  }

  /** Streams a completion. `final()` of the stream is the whole of it, which the gateway puts together. */
  stream(request: ChatParams, options?: CallOptions): Stream<ChatCompletionChunk, ChatCompletion> {
    const asked = accumulated(CreateChatCompletionRequestSchema, request);
    return this.caller.stream(ChatService.method.streamChatCompletion, once(asked), chatReader, options);
  }

  /**
   * Creates a completion that is a value of a type.
   *
   * @param type A message type of Protobuf, or a schema of zod or another library of Standard Schema.
   * @throws RefusalError, CutReplyError, InvalidReplyError There is no such value; the error has the text.
   */
  async parse<T extends Type>(
    request: ChatParams,
    type: T,
    options?: CallOptions,
  ): Promise<Parsed<ValueOf<T>, ChatCompletion>> {
    const asked = withField(CreateChatCompletionRequestSchema, request, { responseFormat: responseFormat(type) });
    const reply = await this.create(asked, options);
    return { value: await readChat(reply, type), reply };
  }

  /**
   * Asks for replies and runs the tools that they call, until one calls none.
   *
   * Arguments that are not of their type and what a tool throws are told to the model, which goes on. Calls of tools that
   * are in the request itself end the run like an answer: they are the caller's to carry out.
   *
   * @param options Bounds, observers and the options of each call. `signal` cancels calls and tools.
   * @throws TooManyRoundsError, ToolError, APIError As they say; the first two have the conversation so far.
   */
  runTools(request: ChatParams, tools: readonly RunnableTool[], options: RunOptions = {}): Promise<ToolRun> {
    const base = withField(CreateChatCompletionRequestSchema, request, {});
    const messages = [...base.messages];
    const others = base.tools;
    base.tools = [...others, ...tools.map(({ definition }) => definition)];
    const ask = async (signal: AbortSignal) => {
      const call = { ...options, signal };
      const asked = withField(CreateChatCompletionRequestSchema, base, { messages: [...messages] });
      return options.onText ? readAloud(this.stream(asked, call), options.onText) : this.create(asked, call);
    };
    const add = (reply: ChatCompletion) => {
      const message = firstChoice(reply)?.message;
      messages.push(...(message ? [assistant(message)] : []));
      if (base.toolChoice && mustCall(base.toolChoice.kind)) {
        delete base.toolChoice; // a model that must call a tool never answers
      }
      return chatCalls(message?.toolCalls ?? [], tools, others);
    };
    const addResult = (call: FunctionCall, text: string) => {
      messages.push(toolMessage(call as ChatCompletionMessageToolCall, text));
    };
    return loop({ messages, ask, add, addResult }, tools, options);
  }

  /** Returns a stored completion. */
  get(completionId: string, options?: CallOptions): Promise<ChatCompletion> {
    return this.caller.unary(ChatService.method.getChatCompletion, { completionId }, options);
  }

  /** Lists stored completions. */
  list(
    request: Params<typeof ListChatCompletionsRequestSchema> = {},
    options?: CallOptions,
  ): Pages<ChatCompletion, ChatCompletionList> {
    return pages(request, (page) => this.caller.unary(ChatService.method.listChatCompletions, page, options));
  }

  /** Replaces the metadata of a stored completion. */
  update(completionId: string, metadata: Record<string, string>, options?: CallOptions): Promise<ChatCompletion> {
    return this.caller.unary(ChatService.method.updateChatCompletion, { completionId, metadata }, options);
  }

  /** Deletes a stored completion. */
  delete(completionId: string, options?: CallOptions): Promise<ChatCompletionDeleted> {
    return this.caller.unary(ChatService.method.deleteChatCompletion, { completionId }, options);
  }

  /** Lists the messages of a stored completion. */
  messages(
    completionId: string,
    request: Omit<Params<typeof ListChatCompletionMessagesRequestSchema>, "completionId" | "$typeName"> = {},
    options?: CallOptions,
  ): Pages<ChatCompletionStoreMessage, ChatCompletionMessageList> {
    return pages({ ...request, completionId }, (page) =>
      this.caller.unary(ChatService.method.listChatCompletionMessages, page, options),
    );
  }
}

/** Responses: `client.responses`. */
export class Responses {
  /** @internal */
  constructor(private readonly caller: Caller) {}

  /** Creates a response. */
  create(request: ResponseParams, options?: CallOptions): Promise<Response> {
    return this.caller.unary(ResponsesService.method.createResponse, withInput(request), options);
  }

  /** Streams the events of a response, for a `switch` over `event.kind.case`. */
  stream(request: ResponseParams, options?: CallOptions): Stream<ResponseStreamEvent, Response> {
    return this.caller.stream(ResponsesService.method.streamResponse, once(withInput(request)), eventReader, options);
  }

  /**
   * Creates a response whose text is a value of a type.
   *
   * @param type As for `chat.completions.parse`.
   * @throws RefusalError, CutReplyError, InvalidReplyError, ResponseFailedError There is no such value.
   */
  async parse<T extends Type>(
    request: ResponseParams,
    type: T,
    options?: CallOptions,
  ): Promise<Parsed<ValueOf<T>, Response>> {
    const asked = withInput(request);
    const text = { ...asked.text, format: textFormat(type) };
    const reply = await this.create(withField(CreateResponseRequestSchema, asked, { text }), options);
    return { value: await readResponse(reply, type), reply };
  }

  /**
   * Asks for responses and runs the tools that they call, until one calls none. As `chat.completions.runTools`.
   *
   * @returns The last response, and the items of the conversation with its output.
   * @throws ResponseFailedError A response failed; TooManyRoundsError, ToolError, APIError as they say.
   */
  runTools(
    request: ResponseParams,
    tools: readonly RunnableTool[],
    options: RunOptions = {},
  ): Promise<ToolRun<Response, ResponseItem>> {
    const base = withInput(request);
    const given = base.input?.kind;
    const messages = given?.case === "items" ? [...given.value.items] : given?.value ? [item.user(given.value)] : [];
    const others = base.tools;
    base.tools = [...others, ...tools.map(({ responseDefinition }) => responseDefinition)];
    let begin = 0; // of what upstream does not have yet
    const ask = async (signal: AbortSignal) => {
      const call = { ...options, signal };
      const asked = withField(CreateResponseRequestSchema, base, { input: input(messages.slice(begin)) });
      if (options.onText) {
        return readAloud(this.stream(asked, call), options.onText);
      }
      const reply = await this.create(asked, call);
      refuseFailed(reply);
      return reply;
    };
    const add = (reply: Response) => {
      messages.push(...reply.output);
      begin = base.conversation ? messages.length : 0;
      if (base.toolChoice && mustCall(base.toolChoice.kind)) {
        delete base.toolChoice;
      }
      return responseCalls(reply.output, tools, others);
    };
    const addResult = (call: FunctionCall, text: string) => {
      messages.push(item.functionOutput(call as ResponseFunctionToolCall, text));
    };
    return loop({ messages, ask, add, addResult }, tools, options);
  }

  /** Returns a stored response. */
  get(responseId: string, options?: CallOptions & { readonly include?: string[] }): Promise<Response> {
    const include = options?.include ?? [];
    return this.caller.unary(ResponsesService.method.getResponse, { responseId, include }, options);
  }

  /**
   * Takes up the stream of a response in the background.
   *
   * @param startingAfter `sequenceNumber` of the last event that was read. Default: from the start.
   */
  resume(
    responseId: string,
    startingAfter?: number,
    options?: CallOptions,
  ): Stream<ResponseStreamEvent, Response> {
    const request = { responseId, ...(startingAfter !== undefined && { startingAfter }) };
    return this.caller.stream(ResponsesService.method.resumeResponse, once(request), eventReader, options);
  }

  /**
   * Watches a response in the background until it is done: its present state, each change, the last state; over lost
   * connections too.
   */
  watch(responseId: string, options?: CallOptions): Stream<Response, Response> {
    return watch(this.caller, ResponsesService.method.watchResponse, { responseId }, options);
  }

  /** Opens a connection on which several responses run. */
  connect(options?: CallOptions): ResponsesConnection {
    return new ResponsesConnection(this.caller, options);
  }

  /** Deletes a stored response. */
  delete(responseId: string, options?: CallOptions): Promise<ResponseDeleted> {
    return this.caller.unary(ResponsesService.method.deleteResponse, { responseId }, options);
  }

  /** Cancels a response in the background. */
  cancel(responseId: string, options?: CallOptions): Promise<Response> {
    return this.caller.unary(ResponsesService.method.cancelResponse, { responseId }, options);
  }

  /** Lists the items that a response was made of. */
  inputItems(
    responseId: string,
    request: Omit<Params<typeof ListResponseInputItemsRequestSchema>, "responseId" | "$typeName"> = {},
    options?: CallOptions,
  ): Pages<ResponseItem, ResponseItemList> {
    return pages({ ...request, responseId }, (page) =>
      this.caller.unary(ResponsesService.method.listResponseInputItems, page, options),
    );
  }

  /** Compacts a conversation. */
  compact(
    request: WithInput<Params<typeof CompactResponseRequestSchema>, ResponseParams["input"]>,
    options?: CallOptions,
  ): Promise<CompactedResponse> {
    const asked = withField(CompactResponseRequestSchema, request as object, { input: inputOf(request.input) });
    return this.caller.unary(ResponsesService.method.compactResponse, asked, options);
  }

  /** Counts the tokens of a response's input. */
  countTokens(
    request: WithInput<Params<typeof CountResponseInputTokensRequestSchema>, ResponseParams["input"]>,
    options?: CallOptions,
  ): Promise<ResponseInputTokenCount> {
    const asked = withField(CountResponseInputTokensRequestSchema, request as object, { input: inputOf(request.input) });
    return this.caller.unary(ResponsesService.method.countResponseInputTokens, asked, options);
  }
}

/** Embeddings: `client.embeddings`. */
export class Embeddings {
  /** @internal */
  constructor(private readonly caller: Caller) {}

  /** Creates the embedding of each input. */
  create(request: EmbeddingParams, options?: CallOptions): Promise<CreateEmbeddingResponse> {
    const input = embeddingInput(request.input);
    const asked = withField(CreateEmbeddingRequestSchema, request as object, { input });
    return this.caller.unary(EmbeddingsService.method.createEmbedding, asked, options);
  }

  /**
   * Embeds inputs, however many there are: the gateway puts them together to requests of the upstream's size. They are
   * taken as the gateway takes them, and vectors are made as they are read, so that memory is bounded.
   */
  stream(
    request: EmbeddingStreamParams,
    inputs: Iterable<EmbeddingInputParam> | AsyncIterable<EmbeddingInputParam>,
    options?: CallOptions,
  ): EmbeddingStream {
    const reader = { text: () => "", whole: ({ usage }: StreamEmbeddingsReply) => usage };
    const messages = embeddingMessages(request, inputs);
    return new EmbeddingStream(
      ...this.caller.streamOf(EmbeddingsService.method.streamEmbeddings, messages, reader, options),
    );
  }
}

/** Transcriptions: `client.audio.transcriptions`. */
export class Transcriptions {
  /** @internal */
  constructor(private readonly caller: Caller) {}

  /** Uploads sound, in chunks, and returns its transcript. */
  create({ file, ...request }: TranscriptionParams, options?: CallOptions): Promise<Transcription> {
    const messages = uploadMessages((described) => ({ ...request, file: described }), uploadOf(file));
    return this.caller.upload(AudioService.method.uploadTranscription, messages, options);
  }

  /** Uploads sound and streams its transcript. */
  stream(
    { file, ...request }: TranscriptionParams,
    options?: CallOptions,
  ): Stream<TranscriptionStreamEvent, TranscriptionTextDoneEvent> {
    const messages = uploadMessages((described) => ({ ...request, file: described }), uploadOf(file));
    return this.caller.stream(AudioService.method.streamTranscription, messages, transcriptReader, options);
  }
}

/** Translations: `client.audio.translations`. */
export class Translations {
  /** @internal */
  constructor(private readonly caller: Caller) {}

  /** Uploads sound in one message, and returns its translation into English. */
  create(request: MessageInitShape<typeof CreateTranslationRequestSchema>, options?: CallOptions): Promise<Translation> {
    return this.caller.unary(AudioService.method.createTranslation, request, options);
  }

  /** Uploads sound of any size, in chunks, and returns its translation into English. */
  upload({ file, ...request }: TranslationParams, options?: CallOptions): Promise<Translation> {
    const messages = uploadMessages((described) => ({ ...request, file: described }), uploadOf(file));
    return this.caller.upload(AudioService.method.uploadTranslation, messages, options);
  }
}

/** Speech: `client.audio.speech`. */
export class Speech {
  /** @internal */
  constructor(private readonly caller: Caller) {}

  /** Speaks a text and streams the audio as bytes. */
  create(
    request: MessageInitShape<typeof CreateSpeechRequestSchema>,
    options?: CallOptions,
  ): Stream<SpeechChunk, SpeechChunk> {
    return this.caller.stream(AudioService.method.createSpeech, once(request), speechReader, options);
  }

  /** Speaks a text and streams the audio as events, of which the last has the usage. */
  stream(
    request: MessageInitShape<typeof CreateSpeechRequestSchema>,
    options?: CallOptions,
  ): Stream<SpeechStreamEvent, SpeechAudioDoneEvent> {
    return this.caller.stream(AudioService.method.streamSpeech, once(request), speechEventReader, options);
  }
}

/** Images: `client.images`. */
export class Images {
  /** @internal */
  constructor(private readonly caller: Caller) {}

  /** Generates images. */
  generate(request: MessageInitShape<typeof CreateImageRequestSchema>, options?: CallOptions): Promise<ImagesResponse> {
    return this.caller.unary(ImagesService.method.createImage, request, options);
  }

  /** Generates images and streams them, partial ones too. */
  stream(
    request: MessageInitShape<typeof CreateImageRequestSchema>,
    options?: CallOptions,
  ): Stream<ImageStreamEvent, ImageCompletedEvent> {
    return this.caller.stream(ImagesService.method.streamImage, once(request), imageReader, options);
  }

  /** Edits images. */
  edit(
    request: MessageInitShape<typeof CreateImageEditRequestSchema>,
    options?: CallOptions,
  ): Promise<ImagesResponse> {
    return this.caller.unary(ImagesService.method.createImageEdit, request, options);
  }

  /** Edits images and streams the result, partial images too. */
  streamEdit(
    request: MessageInitShape<typeof CreateImageEditRequestSchema>,
    options?: CallOptions,
  ): Stream<ImageStreamEvent, ImageCompletedEvent> {
    return this.caller.stream(ImagesService.method.streamImageEdit, once(request), imageReader, options);
  }

  /** Makes variations of an image. */
  createVariation(
    request: MessageInitShape<typeof CreateImageVariationRequestSchema>,
    options?: CallOptions,
  ): Promise<ImagesResponse> {
    return this.caller.unary(ImagesService.method.createImageVariation, request, options);
  }
}

/** Videos: `client.videos`. */
export class Videos {
  /** @internal */
  constructor(private readonly caller: Caller) {}

  /** Begins to generate a video. */
  async create({ inputReference: given, ...request }: VideoParams, options?: CallOptions): Promise<Video> {
    const isSource = typeof given === "string" || given instanceof URL || given instanceof Blob || given instanceof Upload;
    const inputReference = isSource ? await readUpload(given) : given;
    const asked = { ...request, ...(inputReference && { inputReference }) };
    return this.caller.unary(VideosService.method.createVideo, asked, options);
  }

  /** Watches a video until it is done: its present state, each change, the last state; over lost connections too. */
  watch(videoId: string, options?: CallOptions): Stream<Video, Video> {
    return watch(this.caller, VideosService.method.watchVideo, { videoId }, options);
  }

  /** Returns the state of a video. */
  get(videoId: string, options?: CallOptions): Promise<Video> {
    return this.caller.unary(VideosService.method.getVideo, { videoId }, options);
  }

  /** Lists videos. */
  list(request: Params<typeof ListVideosRequestSchema> = {}, options?: CallOptions): Pages<Video, VideoList> {
    return pages(request, (page) => this.caller.unary(VideosService.method.listVideos, page, options));
  }

  /** Deletes a video. */
  delete(videoId: string, options?: CallOptions): Promise<VideoDeleted> {
    return this.caller.unary(VideosService.method.deleteVideo, { videoId }, options);
  }

  /** Downloads a finished video, an image of it (`variant`), or a range of either. */
  download(videoId: string, options: VideoDownloadParams & DownloadOptions & CallOptions = {}): Download {
    const { offset, length, variant, callOptions, extraJson, ...others } = options;
    const request = {
      videoId,
      ...(variant !== undefined && { variant }),
      ...(callOptions && { callOptions }),
      ...(extraJson !== undefined && { extraJson }),
    };
    return download(this.caller, VideosService.method.downloadVideo, request, { offset, length }, others);
  }

  /** Begins to generate a video that varies another. */
  remix(videoId: string, prompt: string, options?: CallOptions): Promise<Video> {
    return this.caller.unary(VideosService.method.remixVideo, { videoId, prompt }, options);
  }

  /** Begins to edit a video. */
  edit(request: MessageInitShape<typeof EditVideoRequestSchema>, options?: CallOptions): Promise<Video> {
    return this.caller.unary(VideosService.method.editVideo, request, options);
  }

  /** Begins to generate a video that goes on from another. */
  extend(request: MessageInitShape<typeof ExtendVideoRequestSchema>, options?: CallOptions): Promise<Video> {
    return this.caller.unary(VideosService.method.extendVideo, request, options);
  }

  /** Makes a character of a video. */
  createCharacter(
    request: MessageInitShape<typeof CreateVideoCharacterRequestSchema>,
    options?: CallOptions,
  ): Promise<VideoCharacter> {
    return this.caller.unary(VideosService.method.createVideoCharacter, request, options);
  }

  /** Returns a character. */
  getCharacter(characterId: string, options?: CallOptions): Promise<VideoCharacter> {
    return this.caller.unary(VideosService.method.getVideoCharacter, { characterId }, options);
  }
}

/** Conversations: `client.conversations`. */
export class Conversations {
  /** Items of conversations. */
  readonly items: ConversationItems;

  /** @internal */
  constructor(private readonly caller: Caller) {
    this.items = new ConversationItems(caller);
  }

  /** Creates a conversation. */
  create(
    request: MessageInitShape<typeof CreateConversationRequestSchema> = {},
    options?: CallOptions,
  ): Promise<Conversation> {
    return this.caller.unary(ConversationsService.method.createConversation, request, options);
  }

  /** Returns a conversation, without its items. */
  get(conversationId: string, options?: CallOptions): Promise<Conversation> {
    return this.caller.unary(ConversationsService.method.getConversation, { conversationId }, options);
  }

  /** Replaces the metadata of a conversation. */
  update(conversationId: string, metadata: Record<string, string>, options?: CallOptions): Promise<Conversation> {
    return this.caller.unary(ConversationsService.method.updateConversation, { conversationId, metadata }, options);
  }

  /** Deletes a conversation. */
  delete(conversationId: string, options?: CallOptions): Promise<ConversationDeleted> {
    return this.caller.unary(ConversationsService.method.deleteConversation, { conversationId }, options);
  }
}

/** Items of conversations: `client.conversations.items`. */
export class ConversationItems {
  /** @internal */
  constructor(private readonly caller: Caller) {}

  /** Adds items to a conversation, and returns them. */
  create(
    conversationId: string,
    request: Omit<Params<typeof CreateConversationItemsRequestSchema>, "conversationId" | "$typeName">,
    options?: CallOptions,
  ): Promise<ResponseItemList> {
    const asked = { ...request, conversationId };
    return this.caller.unary(ConversationsService.method.createConversationItems, asked, options);
  }

  /** Returns an item. */
  get(conversationId: string, itemId: string, options?: CallOptions): Promise<ConversationItem> {
    return this.caller.unary(ConversationsService.method.getConversationItem, { conversationId, itemId }, options);
  }

  /** Lists the items of a conversation. */
  list(
    conversationId: string,
    request: Omit<Params<typeof ListConversationItemsRequestSchema>, "conversationId" | "$typeName"> = {},
    options?: CallOptions,
  ): Pages<ResponseItem, ResponseItemList> {
    return pages({ ...request, conversationId }, (page) =>
      this.caller.unary(ConversationsService.method.listConversationItems, page, options),
    );
  }

  /** Deletes an item, and returns its conversation. */
  delete(conversationId: string, itemId: string, options?: CallOptions): Promise<Conversation> {
    return this.caller.unary(ConversationsService.method.deleteConversationItem, { conversationId, itemId }, options);
  }
}

/** Moderations: `client.moderations`. */
export class Moderations {
  /** @internal */
  constructor(private readonly caller: Caller) {}

  /** Classifies texts and images as harmful or not. */
  create(
    request: MessageInitShape<typeof CreateModerationRequestSchema>,
    options?: CallOptions,
  ): Promise<CreateModerationResponse> {
    return this.caller.unary(ModerationsService.method.createModeration, request, options);
  }
}

/** Answers to closed questions: `client.decisions`. */
export class Decisions {
  /** @internal */
  constructor(private readonly caller: Caller) {}

  /** Answers questions about an input. */
  create(request: MessageInitShape<typeof CreateDecisionRequestSchema>, options?: CallOptions): Promise<Decision> {
    return this.caller.unary(DecisionsService.method.createDecision, request, options);
  }
}

/** Checks whether files were generated: `client.contentProvenanceChecks`. */
export class ContentProvenanceChecks {
  /** @internal */
  constructor(private readonly caller: Caller) {}

  /** Looks in a file for signed metadata and a watermark. */
  create(
    request: MessageInitShape<typeof CreateContentProvenanceCheckRequestSchema>,
    options?: CallOptions,
  ): Promise<ContentProvenanceCheck> {
    return this.caller.unary(
      ContentProvenanceChecksService.method.createContentProvenanceCheck,
      request,
      options,
    );
  }
}

/** Uploads in parts: `client.uploads`. */
export class Uploads {
  /** @internal */
  constructor(private readonly caller: Caller) {}

  /** Creates an upload, to which parts are added. */
  create(request: MessageInitShape<typeof CreateUploadRequestSchema>, options?: CallOptions): Promise<UploadObject> {
    return this.caller.unary(UploadsService.method.createUpload, request, options);
  }

  /** Adds a part sent in one message. */
  addPart(request: MessageInitShape<typeof CreateUploadPartRequestSchema>, options?: CallOptions): Promise<UploadPart> {
    return this.caller.unary(UploadsService.method.createUploadPart, request, options);
  }

  /** Adds a part of any size up to the upstream's limit, sent in chunks. Several can be added at once. */
  sendPart(uploadId: string, file: UploadSource | Upload, options?: CallOptions): Promise<UploadPart> {
    return addPart(this.caller, uploadId, uploadOf(file), options);
  }

  /**
   * Uploads a large file in parts, several at once, and returns the upload, which has the file. A part that fails in
   * passing is sent again, `maxRetries` times at most, and the upstream compares the MD5 of the whole. If it can't be
   * sent, the upload is cancelled.
   *
   * @param options Options of each call.
   * @throws TypeError The file is a stream, or has no name or type.
   * @throws RangeError The file is empty, or has more than 4096 parts.
   */
  upload(params: LargeFileParams, options?: CallOptions): Promise<UploadObject> {
    return uploadInParts(this.caller, params, options);
  }

  /** Makes a file of the parts. */
  complete(
    request: MessageInitShape<typeof CompleteUploadRequestSchema>,
    options?: CallOptions,
  ): Promise<UploadObject> {
    return this.caller.unary(UploadsService.method.completeUpload, request, options);
  }

  /** Cancels an upload. */
  cancel(uploadId: string, options?: CallOptions): Promise<UploadObject> {
    return this.caller.unary(UploadsService.method.cancelUpload, { uploadId }, options);
  }
}

/** Text completions: `client.completions`. */
export class Completions {
  /** @internal */
  constructor(private readonly caller: Caller) {}

  /** Creates a completion. */
  create(request: CompletionParams, options?: CallOptions): Promise<Completion> {
    return this.caller.unary(CompletionsService.method.createCompletion, request, options);
  }

  /** Streams a completion. */
  stream(request: CompletionParams, options?: CallOptions): Stream<Completion, Completion> {
    const asked = accumulated(CreateCompletionRequestSchema, request);
    return this.caller.stream(CompletionsService.method.streamCompletion, once(asked), completionReader, options);
  }
}

/** Models: `client.models`. */
export class Models {
  /** @internal */
  constructor(private readonly caller: Caller) {}

  /** Lists the models that the gateway serves. */
  list(options?: CallOptions): Pages<Model, ModelList> {
    return new Pages(() => this.caller.unary(ModelsService.method.listModels, {}, options));
  }

  /** Returns a model. */
  get(model: string, options?: CallOptions): Promise<Model> {
    return this.caller.unary(ModelsService.method.getModel, { model }, options);
  }

  /** Deletes a fine-tuned model. */
  delete(model: string, options?: CallOptions): Promise<ModelDeleted> {
    return this.caller.unary(ModelsService.method.deleteModel, { model }, options);
  }
}

/**
 * Reads a chat reply as a value of a type.
 *
 * @throws RefusalError, CutReplyError, InvalidReplyError As for `parse`.
 */
export function readChat<T extends Type>(reply: ChatCompletion, type: T): Promise<ValueOf<T>> {
  const choice = firstChoice(reply);
  const reason = choice?.finishReason;
  return readText(type, {
    reply,
    text: messageText(reply),
    refusal: choice?.message?.refusal,
    cut: reason === "length" || reason === "content_filter" ? reason : undefined,
  });
}

/**
 * Reads the text of a response as a value of a type.
 *
 * @throws RefusalError, CutReplyError, InvalidReplyError, ResponseFailedError As for `parse`.
 */
export async function readResponse<T extends Type>(reply: Response, type: T): Promise<ValueOf<T>> {
  refuseFailed(reply);
  const cut = reply.status === "incomplete" ? (reply.incompleteDetails?.reason ?? "incomplete") : undefined;
  return readText(type, { reply, text: outputText(reply), refusal: outputRefusal(reply), cut });
}

const chatReader: Reader<ChatCompletionChunk, ChatCompletion> = {
  text: ({ choices }) => {
    const delta = choices.find(({ index }) => (index ?? 0) === 0)?.delta;
    return delta?.content ?? partsText(delta?.contentParts ?? []);
  },
  whole: ({ accumulated }) => accumulated,
};
const completionReader: Reader<Completion, Completion> = {
  text: ({ choices }) => choices.find(({ index }) => (index ?? 0) === 0)?.text ?? "",
  whole: ({ accumulated }) => accumulated,
};
const eventReader: Reader<ResponseStreamEvent, Response> = {
  text: ({ kind }) => (kind.case === "outputTextDelta" ? (kind.value.delta ?? "") : ""),
  whole: ({ kind }) =>
    kind.case === "completed" || kind.case === "incomplete" || kind.case === "failed" ? kind.value.response : undefined,
  check: refuseFailed,
};
const transcriptReader: Reader<TranscriptionStreamEvent, TranscriptionTextDoneEvent> = {
  text: ({ kind }) => (kind.case === "transcriptTextDelta" ? (kind.value.delta ?? "") : ""),
  whole: ({ kind }) => (kind.case === "transcriptTextDone" ? kind.value : undefined),
};

/** Reads a stream to its end, with its text to a listener as it arrives. */
async function readAloud<T extends Message, W>(stream: Stream<T, W>, onText: (text: string) => void): Promise<W> {
  for await (const text of stream.text()) {
    onText(text);
  }
  return stream.final();
}

const speechReader: Reader<SpeechChunk, SpeechChunk> = { text: () => "", whole: (chunk) => chunk };
const speechEventReader: Reader<SpeechStreamEvent, SpeechAudioDoneEvent> = {
  text: () => "",
  whole: ({ kind }) => (kind.case === "speechAudioDone" ? kind.value : undefined),
};
const imageReader: Reader<ImageStreamEvent, ImageCompletedEvent> = {
  text: () => "",
  whole: ({ kind }) =>
    kind.case === "imageGenerationCompleted" || kind.case === "imageEditCompleted" ? kind.value : undefined,
};

function refuseFailed(response: Response): void {
  if (response.status === "failed") {
    throw new ResponseFailedError(response);
  }
}

/** Asks the gateway for the whole reply at the end of a stream, unless the request says otherwise. */
function accumulated<Desc extends typeof CreateChatCompletionRequestSchema | typeof CreateCompletionRequestSchema>(
  schema: Desc,
  request: MessageInitShape<Desc>,
) {
  const { callOptions } = request as { callOptions?: MessageInitShape<typeof CallOptionsSchema> };
  return withField(schema, request, {
    callOptions: withField(CallOptionsSchema, callOptions ?? {}, { accumulate: callOptions?.accumulate ?? true }),
  });
}

function embeddingInput(given: EmbeddingParams["input"]) {
  if (typeof given === "string") {
    return create(EmbeddingInputSchema, { kind: { case: "text", value: given } });
  }
  return Array.isArray(given)
    ? create(EmbeddingInputSchema, { kind: { case: "texts", value: { values: given as string[] } } })
    : given;
}

function headersOf({ apiKey, organization, project, headers }: ClientOptions): Interceptor {
  const key = apiKey ?? process.env["OPENAI_GRPC_API_KEY"];
  const fixed = new Headers(headers);
  fixed.set("openai-grpc-contract", String(contractRevision));
  for (const [name, value] of Object.entries({ "openai-organization": organization, "openai-project": project })) {
    if (value) {
      fixed.set(name, value);
    }
  }
  return (next) => async (request) => {
    fixed.forEach((value, name) => {
      if (!request.header.has(name)) {
        request.header.set(name, value);
      }
    });
    const token = typeof key === "function" ? await key() : key;
    if (token && !request.header.has("authorization")) {
      request.header.set("authorization", `Bearer ${token}`);
    }
    return next(request);
  };
}

function notNegative(name: string, value: number): number {
  if (!(value >= 0)) {
    throw new TypeError(`invalid ${name} ${value}: must be 0 or more`);
  }
  return value;
}
