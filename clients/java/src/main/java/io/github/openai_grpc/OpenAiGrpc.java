package io.github.openai_grpc;

import com.google.protobuf.Message;
import com.google.protobuf.MessageOrBuilder;
import io.github.openai_grpc.v1.AudioServiceGrpc;
import io.github.openai_grpc.v1.Batch;
import io.github.openai_grpc.v1.BatchList;
import io.github.openai_grpc.v1.BatchRequestInput;
import io.github.openai_grpc.v1.BatchResult;
import io.github.openai_grpc.v1.BatchesServiceGrpc;
import io.github.openai_grpc.v1.CallOptions;
import io.github.openai_grpc.v1.CancelBatchRequest;
import io.github.openai_grpc.v1.CancelResponseRequest;
import io.github.openai_grpc.v1.CancelUploadRequest;
import io.github.openai_grpc.v1.ChatCompletion;
import io.github.openai_grpc.v1.ChatCompletionChunk;
import io.github.openai_grpc.v1.ChatCompletionDeleted;
import io.github.openai_grpc.v1.ChatCompletionList;
import io.github.openai_grpc.v1.ChatCompletionMessageList;
import io.github.openai_grpc.v1.ChatCompletionRequestMessage;
import io.github.openai_grpc.v1.ChatCompletionStoreMessage;
import io.github.openai_grpc.v1.ChatServiceGrpc;
import io.github.openai_grpc.v1.CompactResponseRequest;
import io.github.openai_grpc.v1.CompactResponseRequestOrBuilder;
import io.github.openai_grpc.v1.CompactedResponse;
import io.github.openai_grpc.v1.CompleteUploadRequest;
import io.github.openai_grpc.v1.CompleteUploadRequestOrBuilder;
import io.github.openai_grpc.v1.Completion;
import io.github.openai_grpc.v1.CompletionsServiceGrpc;
import io.github.openai_grpc.v1.ContentProvenanceCheck;
import io.github.openai_grpc.v1.ContentProvenanceChecksServiceGrpc;
import io.github.openai_grpc.v1.Conversation;
import io.github.openai_grpc.v1.ConversationDeleted;
import io.github.openai_grpc.v1.ConversationItem;
import io.github.openai_grpc.v1.ConversationsServiceGrpc;
import io.github.openai_grpc.v1.CountResponseInputTokensRequest;
import io.github.openai_grpc.v1.CountResponseInputTokensRequestOrBuilder;
import io.github.openai_grpc.v1.CreateBatchRequest;
import io.github.openai_grpc.v1.CreateBatchRequestOrBuilder;
import io.github.openai_grpc.v1.CreateChatCompletionRequest;
import io.github.openai_grpc.v1.CreateChatCompletionRequestOrBuilder;
import io.github.openai_grpc.v1.CreateCompletionRequest;
import io.github.openai_grpc.v1.CreateCompletionRequestOrBuilder;
import io.github.openai_grpc.v1.CreateContentProvenanceCheckRequest;
import io.github.openai_grpc.v1.CreateContentProvenanceCheckRequestOrBuilder;
import io.github.openai_grpc.v1.CreateConversationItemsRequest;
import io.github.openai_grpc.v1.CreateConversationItemsRequestOrBuilder;
import io.github.openai_grpc.v1.CreateConversationRequest;
import io.github.openai_grpc.v1.CreateConversationRequestOrBuilder;
import io.github.openai_grpc.v1.CreateDecisionRequest;
import io.github.openai_grpc.v1.CreateDecisionRequestOrBuilder;
import io.github.openai_grpc.v1.CreateEmbeddingRequest;
import io.github.openai_grpc.v1.CreateEmbeddingRequestOrBuilder;
import io.github.openai_grpc.v1.CreateEmbeddingResponse;
import io.github.openai_grpc.v1.CreateFileRequest;
import io.github.openai_grpc.v1.CreateFileRequestOrBuilder;
import io.github.openai_grpc.v1.CreateImageEditRequest;
import io.github.openai_grpc.v1.CreateImageEditRequestOrBuilder;
import io.github.openai_grpc.v1.CreateImageRequest;
import io.github.openai_grpc.v1.CreateImageRequestOrBuilder;
import io.github.openai_grpc.v1.CreateImageVariationRequest;
import io.github.openai_grpc.v1.CreateImageVariationRequestOrBuilder;
import io.github.openai_grpc.v1.CreateModerationRequest;
import io.github.openai_grpc.v1.CreateModerationRequestOrBuilder;
import io.github.openai_grpc.v1.CreateModerationResponse;
import io.github.openai_grpc.v1.CreateResponseRequest;
import io.github.openai_grpc.v1.CreateResponseRequestOrBuilder;
import io.github.openai_grpc.v1.CreateSpeechRequest;
import io.github.openai_grpc.v1.CreateSpeechRequestOrBuilder;
import io.github.openai_grpc.v1.CreateTranscriptionRequest;
import io.github.openai_grpc.v1.CreateTranscriptionRequestOrBuilder;
import io.github.openai_grpc.v1.CreateTranslationRequest;
import io.github.openai_grpc.v1.CreateTranslationRequestOrBuilder;
import io.github.openai_grpc.v1.CreateUploadPartRequest;
import io.github.openai_grpc.v1.CreateUploadPartRequestOrBuilder;
import io.github.openai_grpc.v1.CreateUploadRequest;
import io.github.openai_grpc.v1.CreateUploadRequestOrBuilder;
import io.github.openai_grpc.v1.CreateVideoCharacterRequest;
import io.github.openai_grpc.v1.CreateVideoCharacterRequestOrBuilder;
import io.github.openai_grpc.v1.CreateVideoRequest;
import io.github.openai_grpc.v1.CreateVideoRequestOrBuilder;
import io.github.openai_grpc.v1.Decision;
import io.github.openai_grpc.v1.DecisionsServiceGrpc;
import io.github.openai_grpc.v1.DeleteChatCompletionRequest;
import io.github.openai_grpc.v1.DeleteConversationItemRequest;
import io.github.openai_grpc.v1.DeleteConversationRequest;
import io.github.openai_grpc.v1.DeleteFileRequest;
import io.github.openai_grpc.v1.DeleteModelRequest;
import io.github.openai_grpc.v1.DeleteResponseRequest;
import io.github.openai_grpc.v1.DeleteVideoRequest;
import io.github.openai_grpc.v1.DownloadFileRequest;
import io.github.openai_grpc.v1.DownloadFileRequestOrBuilder;
import io.github.openai_grpc.v1.DownloadVideoRequest;
import io.github.openai_grpc.v1.DownloadVideoRequestOrBuilder;
import io.github.openai_grpc.v1.EditVideoRequest;
import io.github.openai_grpc.v1.EditVideoRequestOrBuilder;
import io.github.openai_grpc.v1.EmbeddingInput;
import io.github.openai_grpc.v1.EmbeddingsServiceGrpc;
import io.github.openai_grpc.v1.ExtendVideoRequest;
import io.github.openai_grpc.v1.ExtendVideoRequestOrBuilder;
import io.github.openai_grpc.v1.FileDeleted;
import io.github.openai_grpc.v1.FileList;
import io.github.openai_grpc.v1.FileObject;
import io.github.openai_grpc.v1.FilesServiceGrpc;
import io.github.openai_grpc.v1.GetBatchRequest;
import io.github.openai_grpc.v1.GetChatCompletionRequest;
import io.github.openai_grpc.v1.GetConversationItemRequest;
import io.github.openai_grpc.v1.GetConversationRequest;
import io.github.openai_grpc.v1.GetFileRequest;
import io.github.openai_grpc.v1.GetModelRequest;
import io.github.openai_grpc.v1.GetResponseRequest;
import io.github.openai_grpc.v1.GetResponseRequestOrBuilder;
import io.github.openai_grpc.v1.GetVideoCharacterRequest;
import io.github.openai_grpc.v1.GetVideoRequest;
import io.github.openai_grpc.v1.ImageCompletedEvent;
import io.github.openai_grpc.v1.ImageStreamEvent;
import io.github.openai_grpc.v1.ImagesResponse;
import io.github.openai_grpc.v1.ImagesServiceGrpc;
import io.github.openai_grpc.v1.ListBatchesRequest;
import io.github.openai_grpc.v1.ListBatchesRequestOrBuilder;
import io.github.openai_grpc.v1.ListChatCompletionMessagesRequest;
import io.github.openai_grpc.v1.ListChatCompletionMessagesRequestOrBuilder;
import io.github.openai_grpc.v1.ListChatCompletionsRequest;
import io.github.openai_grpc.v1.ListChatCompletionsRequestOrBuilder;
import io.github.openai_grpc.v1.ListConversationItemsRequest;
import io.github.openai_grpc.v1.ListConversationItemsRequestOrBuilder;
import io.github.openai_grpc.v1.ListFilesRequest;
import io.github.openai_grpc.v1.ListFilesRequestOrBuilder;
import io.github.openai_grpc.v1.ListModelsRequest;
import io.github.openai_grpc.v1.ListModelsRequestOrBuilder;
import io.github.openai_grpc.v1.ListResponseInputItemsRequest;
import io.github.openai_grpc.v1.ListResponseInputItemsRequestOrBuilder;
import io.github.openai_grpc.v1.ListVideosRequest;
import io.github.openai_grpc.v1.ListVideosRequestOrBuilder;
import io.github.openai_grpc.v1.Model;
import io.github.openai_grpc.v1.ModelDeleted;
import io.github.openai_grpc.v1.ModelList;
import io.github.openai_grpc.v1.ModelsServiceGrpc;
import io.github.openai_grpc.v1.ModerationsServiceGrpc;
import io.github.openai_grpc.v1.RawParameter;
import io.github.openai_grpc.v1.RawReply;
import io.github.openai_grpc.v1.RawRequest;
import io.github.openai_grpc.v1.RawRequestOrBuilder;
import io.github.openai_grpc.v1.RawServiceGrpc;
import io.github.openai_grpc.v1.RawUpload;
import io.github.openai_grpc.v1.RemixVideoRequest;
import io.github.openai_grpc.v1.Response;
import io.github.openai_grpc.v1.ResponseDeleted;
import io.github.openai_grpc.v1.ResponseInputTokenCount;
import io.github.openai_grpc.v1.ResponseItem;
import io.github.openai_grpc.v1.ResponseItemList;
import io.github.openai_grpc.v1.ResponseStreamEvent;
import io.github.openai_grpc.v1.ResponsesServiceGrpc;
import io.github.openai_grpc.v1.ResumeResponseRequest;
import io.github.openai_grpc.v1.ResumeResponseRequestOrBuilder;
import io.github.openai_grpc.v1.SpeechAudioDoneEvent;
import io.github.openai_grpc.v1.SpeechChunk;
import io.github.openai_grpc.v1.SpeechStreamEvent;
import io.github.openai_grpc.v1.StreamBatchResultsRequest;
import io.github.openai_grpc.v1.StreamBatchResultsRequestOrBuilder;
import io.github.openai_grpc.v1.SubmitBatchRequest;
import io.github.openai_grpc.v1.Transcription;
import io.github.openai_grpc.v1.TranscriptionStreamEvent;
import io.github.openai_grpc.v1.TranscriptionTextDoneEvent;
import io.github.openai_grpc.v1.Translation;
import io.github.openai_grpc.v1.UpdateChatCompletionRequest;
import io.github.openai_grpc.v1.UpdateChatCompletionRequestOrBuilder;
import io.github.openai_grpc.v1.UpdateConversationRequest;
import io.github.openai_grpc.v1.UpdateConversationRequestOrBuilder;
import io.github.openai_grpc.v1.UploadFile;
import io.github.openai_grpc.v1.UploadFileRequest;
import io.github.openai_grpc.v1.UploadPart;
import io.github.openai_grpc.v1.UploadTranscriptionRequest;
import io.github.openai_grpc.v1.UploadsServiceGrpc;
import io.github.openai_grpc.v1.Video;
import io.github.openai_grpc.v1.VideoCharacter;
import io.github.openai_grpc.v1.VideoDeleted;
import io.github.openai_grpc.v1.VideoList;
import io.github.openai_grpc.v1.VideosServiceGrpc;
import io.github.openai_grpc.v1.WatchResponseRequest;
import io.grpc.Channel;
import io.grpc.ChannelCredentials;
import io.grpc.ClientInterceptor;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.TlsChannelCredentials;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * A client of a gateway, for all its services. It can be shared by threads, and connects at its first call.
 * It is one file of over 600 lines, with a nested class for each service, so that completion shows all there is.
 *
 * <pre>{@code
 * try (var client = OpenAiGrpc.connect("localhost:50051")) {
 *   var reply = client.chat().create("gpt-4o-mini", user("hi"));
 * }
 * }</pre>
 *
 * <p>Requests and replies are the generated messages of {@code io.github.openai_grpc.v1}; a method takes a request or
 * its builder. Calls throw {@link OpenAiGrpcException}. Replies come whole, as {@link CompletableFuture}, as
 * {@link ReplyStream} or as {@link Flow.Publisher}.
 */
public final class OpenAiGrpc implements AutoCloseable {
  private final ManagedChannel managed;
  private final Calls calls;

  private OpenAiGrpc(ManagedChannel managed, Calls calls) {
    this.managed = managed;
    this.calls = calls;
  }

  /** Connects to the address in {@code OPENAI_GRPC_ADDRESS}, by default {@code localhost:50051}, without TLS. */
  public static OpenAiGrpc connect() {
    return builder().build();
  }

  /**
   * Connects without TLS.
   *
   * @param address {@code host:port}; the port is 50051 by default
   * @throws IllegalArgumentException the address is invalid, such as one with {@code http://}
   */
  public static OpenAiGrpc connect(String address) {
    return builder().address(address).build();
  }

  /** Returns a builder of a client. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns chat completions. */
  public Chat chat() {
    return new Chat(calls);
  }

  /** Returns responses. */
  public Responses responses() {
    return new Responses(calls);
  }

  /** Returns videos. */
  public Videos videos() {
    return new Videos(calls);
  }

  /** Returns files. */
  public Files files() {
    return new Files(calls);
  }

  /** Returns batches. */
  public Batches batches() {
    return new Batches(calls);
  }

  /** Returns raw calls: paths of the upstream's API that the contract does not have, as the gateway allows them. */
  public Raw raw() {
    return new Raw(calls);
  }

  /** Returns conversations. */
  public Conversations conversations() {
    return new Conversations(calls);
  }

  /** Returns embeddings. */
  public Embeddings embeddings() {
    return new Embeddings(calls);
  }

  /** Returns transcription, translation and speech. */
  public Audio audio() {
    return new Audio(calls);
  }

  /** Returns images. */
  public Images images() {
    return new Images(calls);
  }

  /** Returns answers to closed questions. */
  public Decisions decisions() {
    return new Decisions(calls);
  }

  /** Returns checks whether files were generated. */
  public ContentProvenanceChecks contentProvenanceChecks() {
    return new ContentProvenanceChecks(calls);
  }

  /** Returns uploads in parts. */
  public Uploads uploads() {
    return new Uploads(calls);
  }

  /** Returns moderations. */
  public Moderations moderations() {
    return new Moderations(calls);
  }

  /** Returns the models. */
  public Models models() {
    return new Models(calls);
  }

  /** Returns completions of a text, the older API. */
  public Completions completions() {
    return new Completions(calls);
  }

  /** Returns this client with a time limit for each call. It shares the connection, so only one of them is closed. */
  public OpenAiGrpc withTimeout(Duration limit) {
    return new OpenAiGrpc(managed, calls.withTimeout(limit));
  }

  /** Returns this client with another number of retries of calls that create; it shares the connection. */
  public OpenAiGrpc withMaxRetries(int retries) {
    return new OpenAiGrpc(managed, calls.withMaxRetries(retries));
  }

  /** Returns this client with one more metadata entry for each call; it shares the connection. */
  public OpenAiGrpc withMetadata(String name, String value) {
    return new OpenAiGrpc(managed, calls.withMetadata(entry(name, value)));
  }

  /**
   * Returns this client with a consumer that is told the facts about each call at its end, such as the rate limits; of
   * a call that was made again, those of each attempt. It shares the connection.
   */
  public OpenAiGrpc onCall(Consumer<CallDetails> consumer) {
    return new OpenAiGrpc(managed, calls.observedBy(consumer));
  }

  /**
   * Calls any RPC with one reply.
   *
   * @param method such as {@code ChatServiceGrpc.getGetChatCompletionMethod()}
   */
  public <Q, R> R call(MethodDescriptor<Q, R> method, Q request) {
    return calls.call(method, request);
  }

  /** Calls any RPC with one reply; cancelling the future cancels the call. */
  public <Q, R> CompletableFuture<R> callAsync(MethodDescriptor<Q, R> method, Q request) {
    return calls.callAsync(method, request);
  }

  /** Returns a publisher of the messages of any RPC with a streamed reply; it makes a call for each subscriber. */
  public <Q, R> Flow.Publisher<R> publisher(MethodDescriptor<Q, R> method, Q request) {
    return calls.publisher(method, request);
  }

  /** Returns the channel, which adds this client's key and metadata, for stubs of one's own. */
  public Channel channel() {
    return calls.channel();
  }

  /** Closes the connection, which cancels calls that still run. */
  @Override
  public void close() {
    managed.shutdownNow();
  }

  private static Metadata entry(String name, String value) {
    Metadata metadata = new Metadata();
    metadata.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value);
    return metadata;
  }

  // A message's interface of getters has but these two implementations, and names neither.
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  static <T extends Message> T built(MessageOrBuilder message) {
    return (T) (message instanceof Message.Builder ? ((Message.Builder) message).build() : message);
  }

  /** Returns the states of a job; its last one is the whole. */
  private static <Q, M extends Message> ReplyStream<M, M> watched(
      Calls calls, MethodDescriptor<Q, M> method, Q request) {
    return new ReplyStream<>(new States<>(calls, method, request), state -> "", Optional::of);
  }

  /** Settings of a client. */
  public static final class Builder {
    private final List<String> addresses = new ArrayList<>();
    private final Metadata metadata = new Metadata();
    private final List<ClientInterceptor> interceptors = new ArrayList<>();
    private Supplier<String> token;
    private ChannelCredentials credentials = InsecureChannelCredentials.create();
    private Optional<Duration> timeout = Optional.empty();
    private int maxRetries = Calls.DEFAULT_MAX_RETRIES;
    private int maxMessageBytes = ChannelDefaults.MAX_MESSAGE_BYTES;
    private Duration keepAlive = Duration.ofSeconds(30);
    private Consumer<ManagedChannelBuilder<?>> channel;

    private Builder() {}

    /**
     * Sets the gateway's address, or several, over which calls are balanced.
     *
     * @param each {@code host:port}, the port 50051 by default, or one target of gRPC's such as {@code dns:///name:port}
     */
    public Builder address(String... each) {
      addresses.addAll(List.of(each));
      return this;
    }

    /** Sets the key that is sent as {@code authorization: Bearer ...}. */
    public Builder apiKey(String key) {
      return token(() -> key);
    }

    /** Sets who is asked for the key, or token, at each call. */
    public Builder token(Supplier<String> supplier) {
      token = supplier;
      return this;
    }

    /** Sets the organization that is billed. */
    public Builder organization(String id) {
      return metadata("openai-organization", id);
    }

    /** Sets the project that is billed. */
    public Builder project(String id) {
      return metadata("openai-project", id);
    }

    /** Adds metadata to every call. */
    public Builder metadata(String name, String value) {
      metadata.merge(entry(name, value));
      return this;
    }

    /** Sets TLS, with the CA certificates of Java. */
    public Builder tls() {
      return credentials(TlsChannelCredentials.create());
    }

    /** Sets TLS, with the CA certificates in a PEM file. */
    public Builder tls(Path ca) {
      return credentials(read(() -> TlsChannelCredentials.newBuilder().trustManager(ca.toFile()).build()));
    }

    /** Sets TLS with a certificate of the client's own; all three are PEM files. */
    public Builder tls(Path ca, Path certificate, Path key) {
      return credentials(
          read(
              () ->
                  TlsChannelCredentials.newBuilder()
                      .trustManager(ca.toFile())
                      .keyManager(certificate.toFile(), key.toFile())
                      .build()));
    }

    /** Sets credentials of gRPC's. */
    public Builder credentials(ChannelCredentials own) {
      credentials = own;
      return this;
    }

    /** Sets the time limit of every call. Default: 10 minutes for calls with one reply, none for streams. */
    public Builder timeout(Duration limit) {
      timeout = Optional.of(limit);
      return this;
    }

    /**
     * Sets how often a call is made again that failed before anything can have been billed. Default: 2. What the
     * gateway says by {@code grpc-retry-pushback-ms} is obeyed.
     */
    public Builder maxRetries(int retries) {
      if (retries < 0) {
        throw new IllegalArgumentException("invalid number of retries " + retries + ": must be 0 or more");
      }
      maxRetries = retries;
      return this;
    }

    /** Sets how large a received message may be. Default: 64 MiB. */
    public Builder maxMessageBytes(int bytes) {
      maxMessageBytes = bytes;
      return this;
    }

    /** Sets after how long a silence a connection with calls is tested. Default: 30 seconds. */
    public Builder keepAlive(Duration interval) {
      keepAlive = interval;
      return this;
    }

    /** Adds interceptors, the first of them next to the network. */
    public Builder intercept(ClientInterceptor... each) {
      interceptors.addAll(List.of(each));
      return this;
    }

    /** Sets what else is done to gRPC's builder of the channel. */
    public Builder channel(Consumer<ManagedChannelBuilder<?>> customizer) {
      channel = customizer;
      return this;
    }

    /**
     * Returns the client.
     *
     * @throws IllegalArgumentException an address is invalid
     */
    public OpenAiGrpc build() {
      if (addresses.isEmpty()) {
        String found = System.getenv("OPENAI_GRPC_ADDRESS");
        addresses.add(found == null || found.isBlank() ? Addresses.DEFAULT : found);
      }
      ManagedChannelBuilder<?> builder =
          ChannelDefaults.newChannelBuilder(Addresses.target(addresses), credentials)
              .defaultServiceConfig(serviceConfig())
              .maxInboundMessageSize(maxMessageBytes)
              .keepAliveTime(keepAlive.toMillis(), TimeUnit.MILLISECONDS)
              .userAgent("openai-grpc-java")
              .intercept(interceptors);
      if (channel != null) {
        channel.accept(builder);
      }
      boolean intercepted = channel != null || !interceptors.isEmpty();
      ManagedChannel managed = builder.build();
      return new OpenAiGrpc(managed, Calls.on(managed, intercepted, timeout, maxRetries, metadata, token));
    }

    /** Returns the service config, by which gRPC repeats what can be repeated without harm. */
    private Map<String, ?> serviceConfig() {
      Map<String, Object> config = new HashMap<>(ChannelDefaults.SERVICE_CONFIG);
      config.remove("methodConfig");
      if (maxRetries > 0) {
        Map<String, ?> policy =
            Map.of(
                "maxAttempts", Math.min(maxRetries, 4) + 1.0, // gRPC's own limit is 5
                "initialBackoff", "0.5s",
                "maxBackoff", "8s",
                "backoffMultiplier", 2.0,
                "retryableStatusCodes", List.of("UNAVAILABLE"));
        config.put("methodConfig", List.of(Map.of("name", repeatable(), "retryPolicy", policy)));
      }
      return config;
    }

    private static List<Map<String, ?>> repeatable() {
      return Stream.of(
              ChatServiceGrpc.getServiceDescriptor(),
              ResponsesServiceGrpc.getServiceDescriptor(),
              ModelsServiceGrpc.getServiceDescriptor(),
              ConversationsServiceGrpc.getServiceDescriptor(),
              FilesServiceGrpc.getServiceDescriptor(),
              BatchesServiceGrpc.getServiceDescriptor(),
              VideosServiceGrpc.getServiceDescriptor(),
              EmbeddingsServiceGrpc.getServiceDescriptor(),
              ModerationsServiceGrpc.getServiceDescriptor(),
              ImagesServiceGrpc.getServiceDescriptor(),
              AudioServiceGrpc.getServiceDescriptor(),
              CompletionsServiceGrpc.getServiceDescriptor())
          .flatMap(service -> service.getMethods().stream())
          .filter(Calls::isRepeatable)
          .map(method -> Map.of("service", method.getServiceName(), "method", method.getBareMethodName()))
          .collect(Collectors.toList());
    }

    private interface Reader<T> {
      T read() throws IOException;
    }

    private static <T> T read(Reader<T> reader) {
      try {
        return reader.read();
      } catch (IOException error) {
        throw new UncheckedIOException(error);
      }
    }
  }

  /** Calls of chat completions. */
  public static final class Chat {
    private final Calls calls;

    private Chat(Calls calls) {
      this.calls = calls;
    }

    /** Completes a chat. */
    public ChatCompletion create(String model, ChatCompletionRequestMessage... messages) {
      return create(Messages.chat(model, messages));
    }

    /** Completes a chat. */
    public ChatCompletion create(CreateChatCompletionRequestOrBuilder request) {
      CreateChatCompletionRequest built = built(request);
      return calls.call(ChatServiceGrpc.getCreateChatCompletionMethod(), built);
    }

    /** Completes a chat. Cancelling the future cancels the call. */
    public CompletableFuture<ChatCompletion> createAsync(CreateChatCompletionRequestOrBuilder request) {
      CreateChatCompletionRequest built = built(request);
      return calls.callAsync(ChatServiceGrpc.getCreateChatCompletionMethod(), built);
    }

    /** Completes a chat and streams the reply. */
    public ReplyStream<ChatCompletionChunk, ChatCompletion> stream(
        String model, ChatCompletionRequestMessage... messages) {
      return stream(Messages.chat(model, messages));
    }

    /** Completes a chat and streams the reply. The gateway puts the whole together, unless the request refuses that. */
    public ReplyStream<ChatCompletionChunk, ChatCompletion> stream(CreateChatCompletionRequestOrBuilder request) {
      return new ReplyStream<>(
          calls.stream(ChatServiceGrpc.getStreamChatCompletionMethod(), accumulating(request)),
          Chat::textOf,
          chunk -> chunk.hasAccumulated() ? Optional.of(chunk.getAccumulated()) : Optional.empty());
    }

    /** Returns a publisher of the chunks, which makes a call for each subscriber. */
    public Flow.Publisher<ChatCompletionChunk> publisher(CreateChatCompletionRequestOrBuilder request) {
      return calls.publisher(ChatServiceGrpc.getStreamChatCompletionMethod(), accumulating(request));
    }

    /** Returns a stored chat completion. */
    public ChatCompletion get(String completionId) {
      GetChatCompletionRequest request = GetChatCompletionRequest.newBuilder().setCompletionId(completionId).build();
      return calls.call(ChatServiceGrpc.getGetChatCompletionMethod(), request);
    }

    /** Returns the stored chat completions, page after page. */
    public Pages<ChatCompletionList, ChatCompletion> list(ListChatCompletionsRequestOrBuilder request) {
      ListChatCompletionsRequest first = built(request);
      return new Pages<>(
          after -> {
            ListChatCompletionsRequest.Builder page = first.toBuilder();
            after.ifPresent(page::setAfter);
            return calls.call(ChatServiceGrpc.getListChatCompletionsMethod(), page.build());
          },
          ChatCompletionList::getDataList,
          page -> Pages.last(page.getHasMore(), page.getLastId(), page.getDataList(), ChatCompletion::getId));
    }

    /** Returns all stored chat completions. */
    public Pages<ChatCompletionList, ChatCompletion> list() {
      return list(ListChatCompletionsRequest.getDefaultInstance());
    }

    /** Changes the metadata of a stored chat completion. */
    public ChatCompletion update(UpdateChatCompletionRequestOrBuilder request) {
      UpdateChatCompletionRequest built = built(request);
      return calls.call(ChatServiceGrpc.getUpdateChatCompletionMethod(), built);
    }

    /** Deletes a stored chat completion. */
    public ChatCompletionDeleted delete(String completionId) {
      DeleteChatCompletionRequest request = DeleteChatCompletionRequest.newBuilder().setCompletionId(completionId).build();
      return calls.call(ChatServiceGrpc.getDeleteChatCompletionMethod(), request);
    }

    /** Returns the messages of a stored chat completion, page after page. */
    public Pages<ChatCompletionMessageList, ChatCompletionStoreMessage> messages(ListChatCompletionMessagesRequestOrBuilder request) {
      ListChatCompletionMessagesRequest first = built(request);
      return new Pages<>(
          after -> {
            ListChatCompletionMessagesRequest.Builder page = first.toBuilder();
            after.ifPresent(page::setAfter);
            return calls.call(ChatServiceGrpc.getListChatCompletionMessagesMethod(), page.build());
          },
          ChatCompletionMessageList::getDataList,
          page -> Pages.last(page.getHasMore(), page.getLastId(), page.getDataList(), ChatCompletionStoreMessage::getId));
    }

    /**
     * Completes a chat whose reply is a value of a type.
     *
     * @throws ReplyException the model refused, the reply was cut, or it is not of the type
     */
    public <T extends Message> T parse(CreateChatCompletionRequestOrBuilder request, Class<T> type) {
      return parse(request, Schema.of(type));
    }

    /** Completes a chat whose reply follows a schema; see {@link #parse(CreateChatCompletionRequestOrBuilder, Class)}. */
    public <T extends Message> T parse(CreateChatCompletionRequestOrBuilder request, Schema<T> schema) {
      CreateChatCompletionRequest built = built(request);
      return schema.read(create(built.toBuilder().setResponseFormat(schema.responseFormat())));
    }

    /** Returns a run of a chat whose model may call functions. */
    public ToolRunner<ChatCompletionRequestMessage, ChatCompletionChunk, ChatCompletion> runTools(
        CreateChatCompletionRequestOrBuilder request, Tools.Callable... tools) {
      CreateChatCompletionRequest built = built(request);
      CreateChatCompletionRequest.Builder growing = built.toBuilder();
      List.of(tools).forEach(tool -> growing.addTools(tool.tool()));
      var conversation =
          new ToolRunner.Conversation<ChatCompletionRequestMessage, ChatCompletionChunk, ChatCompletion>() {
            @Override
            public ReplyStream<ChatCompletionChunk, ChatCompletion> stream() {
              return Chat.this.stream(growing);
            }

            @Override
            public List<ToolRunner.Call> calls(ChatCompletion reply) {
              return Messages.functionCalls(reply).stream()
                  .map(call -> new ToolRunner.Call(
                      call.getId(), call.getFunction().getName(), call.getFunction().getArguments()))
                  .collect(Collectors.toList());
            }

            @Override
            public void addReply(ChatCompletion reply) {
              growing.addMessages(Messages.assistant(reply));
            }

            @Override
            public void addResult(String id, String text) {
              growing.addMessages(Messages.tool(id, text));
            }

            @Override
            public List<ChatCompletionRequestMessage> messages() {
              return List.copyOf(growing.getMessagesList());
            }
          };
      return new ToolRunner<>(conversation, Chat::textOf, tools);
    }

    private static CreateChatCompletionRequest accumulating(CreateChatCompletionRequestOrBuilder request) {
      CreateChatCompletionRequest built = built(request);
      if (built.getCallOptions().hasAccumulate()) {
        return built;
      }
      return built.toBuilder().setCallOptions(built.getCallOptions().toBuilder().setAccumulate(true)).build();
    }

    static String textOf(ChatCompletionChunk chunk) {
      for (ChatCompletionChunk.Choice choice : chunk.getChoicesList()) {
        if (choice.getIndex() == 0) {
          var delta = choice.getDelta();
          return delta.hasContent() ? delta.getContent() : Messages.textOf(delta.getContentPartsList());
        }
      }
      return "";
    }
  }

  /** Calls of responses. */
  public static final class Responses {
    private final Calls calls;

    private Responses(Calls calls) {
      this.calls = calls;
    }

    /** Creates a response to a text. */
    public Response create(String model, String text) {
      return create(Inputs.response(model, text));
    }

    /** Creates a response. */
    public Response create(CreateResponseRequestOrBuilder request) {
      CreateResponseRequest built = built(request);
      return calls.call(ResponsesServiceGrpc.getCreateResponseMethod(), built);
    }

    /** Creates a response. Cancelling the future cancels the call. */
    public CompletableFuture<Response> createAsync(CreateResponseRequestOrBuilder request) {
      CreateResponseRequest built = built(request);
      return calls.callAsync(ResponsesServiceGrpc.getCreateResponseMethod(), built);
    }

    /** Creates a response to a text and streams its events. */
    public ReplyStream<ResponseStreamEvent, Response> stream(String model, String text) {
      return stream(Inputs.response(model, text));
    }

    /** Creates a response and streams its events. */
    public ReplyStream<ResponseStreamEvent, Response> stream(CreateResponseRequestOrBuilder request) {
      CreateResponseRequest built = built(request);
      return streamed(ResponsesServiceGrpc.getStreamResponseMethod(), built);
    }

    /** Returns a publisher of the events, which makes a call for each subscriber. */
    public Flow.Publisher<ResponseStreamEvent> publisher(CreateResponseRequestOrBuilder request) {
      CreateResponseRequest built = built(request);
      return calls.publisher(ResponsesServiceGrpc.getStreamResponseMethod(), built);
    }

    /** Takes up the stream of a response in the background. */
    public ReplyStream<ResponseStreamEvent, Response> resume(ResumeResponseRequestOrBuilder request) {
      ResumeResponseRequest built = built(request);
      return streamed(ResponsesServiceGrpc.getResumeResponseMethod(), built);
    }

    /**
     * Watches a response in the background until it is done: its present state, each change, the last state. A
     * connection that is lost in between does not end it.
     */
    public ReplyStream<Response, Response> watch(String responseId) {
      WatchResponseRequest request = WatchResponseRequest.newBuilder().setResponseId(responseId).build();
      return watched(calls, ResponsesServiceGrpc.getWatchResponseMethod(), request);
    }

    /** Opens a connection for several responses, one after the other or at once. */
    public ResponsesConnection connect() {
      return new ResponsesConnection(calls.duplex(ResponsesServiceGrpc.getConnectMethod(), false));
    }

    /** Returns a stored response. */
    public Response get(String responseId) {
      GetResponseRequest request = GetResponseRequest.newBuilder().setResponseId(responseId).build();
      return calls.call(ResponsesServiceGrpc.getGetResponseMethod(), request);
    }

    /** Returns a stored response. */
    public Response get(GetResponseRequestOrBuilder request) {
      GetResponseRequest built = built(request);
      return calls.call(ResponsesServiceGrpc.getGetResponseMethod(), built);
    }

    /** Deletes a stored response. */
    public ResponseDeleted delete(String responseId) {
      DeleteResponseRequest request = DeleteResponseRequest.newBuilder().setResponseId(responseId).build();
      return calls.call(ResponsesServiceGrpc.getDeleteResponseMethod(), request);
    }

    /** Cancels a response in the background. */
    public Response cancel(String responseId) {
      CancelResponseRequest request = CancelResponseRequest.newBuilder().setResponseId(responseId).build();
      return calls.call(ResponsesServiceGrpc.getCancelResponseMethod(), request);
    }

    /** Returns the input items of a response, page after page. */
    public Pages<ResponseItemList, ResponseItem> inputItems(ListResponseInputItemsRequestOrBuilder request) {
      ListResponseInputItemsRequest first = built(request);
      return new Pages<>(
          after -> {
            ListResponseInputItemsRequest.Builder page = first.toBuilder();
            after.ifPresent(page::setAfter);
            return calls.call(ResponsesServiceGrpc.getListResponseInputItemsMethod(), page.build());
          },
          ResponseItemList::getDataList,
          page -> Pages.last(page.getHasMore(), page.getLastId(), List.of(), item -> ""));
    }

    /** Compacts a conversation. */
    public CompactedResponse compact(CompactResponseRequestOrBuilder request) {
      CompactResponseRequest built = built(request);
      return calls.call(ResponsesServiceGrpc.getCompactResponseMethod(), built);
    }

    /** Counts the tokens of an input. */
    public ResponseInputTokenCount countInputTokens(CountResponseInputTokensRequestOrBuilder request) {
      CountResponseInputTokensRequest built = built(request);
      return calls.call(ResponsesServiceGrpc.getCountResponseInputTokensMethod(), built);
    }

    /**
     * Creates a response whose text is a value of a type.
     *
     * @throws ReplyException the model refused, the response is incomplete, or it is not of the type
     */
    public <T extends Message> T parse(CreateResponseRequestOrBuilder request, Class<T> type) {
      return parse(request, Schema.of(type));
    }

    /** Creates a response whose text follows a schema; see {@link #parse(CreateResponseRequestOrBuilder, Class)}. */
    public <T extends Message> T parse(CreateResponseRequestOrBuilder request, Schema<T> schema) {
      CreateResponseRequest built = built(request);
      return schema.read(
          create(built.toBuilder().setText(built.getText().toBuilder().setFormat(schema.textFormat()))));
    }

    /** Returns a run of a response whose model may call functions. */
    public ToolRunner<ResponseItem, ResponseStreamEvent, Response> runTools(
        CreateResponseRequestOrBuilder request, Tools.Callable... tools) {
      CreateResponseRequest built = built(request);
      CreateResponseRequest.Builder growing = built.toBuilder();
      List.of(tools).forEach(tool -> growing.addTools(Tools.forResponse(tool.tool())));
      List<ResponseItem> items = new ArrayList<>(built.getInput().getItems().getItemsList());
      if (built.getInput().hasText()) {
        items.add(Inputs.user(built.getInput().getText()));
      }
      var conversation =
          new ToolRunner.Conversation<ResponseItem, ResponseStreamEvent, Response>() {
            @Override
            public ReplyStream<ResponseStreamEvent, Response> stream() {
              return Responses.this.stream(growing.setInput(Inputs.input(items)));
            }

            @Override
            public List<ToolRunner.Call> calls(Response reply) {
              return Inputs.functionCalls(reply).stream()
                  .map(call -> new ToolRunner.Call(call.getCallId(), call.getName(), call.getArguments()))
                  .collect(Collectors.toList());
            }

            @Override
            public void addReply(Response reply) {
              items.addAll(reply.getOutputList());
            }

            @Override
            public void addResult(String id, String text) {
              items.add(Inputs.functionOutput(id, text));
            }

            @Override
            public List<ResponseItem> messages() {
              return List.copyOf(items);
            }
          };
      return new ToolRunner<>(conversation, event -> event.getOutputTextDelta().getDelta(), tools);
    }

    private <Q> ReplyStream<ResponseStreamEvent, Response> streamed(
        MethodDescriptor<Q, ResponseStreamEvent> method, Q request) {
      return new ReplyStream<>(
          calls.stream(method, request),
          event -> event.getOutputTextDelta().getDelta(),
          Responses::wholeOf,
          ReplyException.Failed::check);
    }

    private static Optional<Response> wholeOf(ResponseStreamEvent event) {
      switch (event.getKindCase()) {
        case COMPLETED:
          return Optional.of(event.getCompleted().getResponse());
        case INCOMPLETE:
          return Optional.of(event.getIncomplete().getResponse());
        case FAILED:
          return Optional.of(event.getFailed().getResponse());
        default:
          return Optional.empty();
      }
    }
  }

  /** Calls of embeddings. */
  public static final class Embeddings {
    private final Calls calls;

    private Embeddings(Calls calls) {
      this.calls = calls;
    }

    /** Returns a vector for each text. */
    public CreateEmbeddingResponse create(String model, String... texts) {
      EmbeddingInput.TextList list = EmbeddingInput.TextList.newBuilder().addAllValues(List.of(texts)).build();
      return create(
          CreateEmbeddingRequest.newBuilder().setModel(model).setInput(EmbeddingInput.newBuilder().setTexts(list)));
    }

    /** Returns a vector for each input. */
    public CreateEmbeddingResponse create(CreateEmbeddingRequestOrBuilder request) {
      CreateEmbeddingRequest built = built(request);
      return calls.call(EmbeddingsServiceGrpc.getCreateEmbeddingMethod(), built);
    }

    /** Returns a vector for each input. Cancelling the future cancels the call. */
    public CompletableFuture<CreateEmbeddingResponse> createAsync(CreateEmbeddingRequestOrBuilder request) {
      CreateEmbeddingRequest built = built(request);
      return calls.callAsync(EmbeddingsServiceGrpc.getCreateEmbeddingMethod(), built);
    }

    /**
     * Returns a vector for each text, however many there are: the gateway puts them together to requests of the
     * upstream's size.
     */
    public EmbeddingStream stream(String model, Iterable<String> texts) {
      return stream(CreateEmbeddingRequest.newBuilder().setModel(model), texts);
    }

    /** Returns a vector for each text; the request has no input. */
    public EmbeddingStream stream(CreateEmbeddingRequestOrBuilder request, Iterable<String> texts) {
      return streamInputs(
          request,
          () ->
              StreamSupport.stream(texts.spliterator(), false)
                  .map(text -> EmbeddingInput.newBuilder().setText(text).build())
                  .iterator());
    }

    /** Returns a vector for each input, which is a text or the tokens of one; the request has no input. */
    public EmbeddingStream streamInputs(CreateEmbeddingRequestOrBuilder request, Iterable<EmbeddingInput> inputs) {
      return new EmbeddingStream(
          calls.duplex(EmbeddingsServiceGrpc.getStreamEmbeddingsMethod(), false), built(request), inputs);
    }
  }

  /** Calls of transcription, translation and speech. */
  public static final class Audio {
    private final Calls calls;

    private Audio(Calls calls) {
      this.calls = calls;
    }

    /** Transcribes a file, which is sent in chunks. */
    public Transcription transcribe(Path file, String model) {
      return transcribe(Upload.of(file), CreateTranscriptionRequest.newBuilder().setModel(model));
    }

    /** Transcribes a file, which is sent in chunks. */
    public Transcription transcribe(Upload file, CreateTranscriptionRequestOrBuilder request) {
      CreateTranscriptionRequest built = built(request);
      Duplex<UploadTranscriptionRequest, Transcription> call =
          calls.duplex(AudioServiceGrpc.getUploadTranscriptionMethod(), true);
      call.feed(feed(file, built));
      return call.only(Transcription.getDefaultInstance());
    }

    /** Transcribes a file and streams the text, which may begin before the file has been sent. */
    public ReplyStream<TranscriptionStreamEvent, TranscriptionTextDoneEvent> stream(Path file, String model) {
      return stream(Upload.of(file), CreateTranscriptionRequest.newBuilder().setModel(model));
    }

    /** Transcribes a file and streams the text, which may begin before the file has been sent. */
    public ReplyStream<TranscriptionStreamEvent, TranscriptionTextDoneEvent> stream(
        Upload file, CreateTranscriptionRequestOrBuilder request) {
      CreateTranscriptionRequest built = built(request);
      Duplex<UploadTranscriptionRequest, TranscriptionStreamEvent> call =
          calls.duplex(AudioServiceGrpc.getStreamTranscriptionMethod(), false);
      return new ReplyStream<>(
          call.feedAside(feed(file, built)),
          event -> event.getTranscriptTextDelta().getDelta(),
          event -> event.hasTranscriptTextDone() ? Optional.of(event.getTranscriptTextDone()) : Optional.empty());
    }

    /** Translates a recording, which is in the request, into English. */
    public Translation translate(CreateTranslationRequestOrBuilder request) {
      CreateTranslationRequest built = built(request);
      return calls.call(AudioServiceGrpc.getCreateTranslationMethod(), built);
    }

    /** Speaks a text and streams the audio as bytes. */
    public ReplyStream<SpeechChunk, SpeechChunk> speak(CreateSpeechRequestOrBuilder request) {
      CreateSpeechRequest built = built(request);
      return new ReplyStream<>(calls.stream(AudioServiceGrpc.getCreateSpeechMethod(), built), chunk -> "", Optional::of);
    }

    /** Speaks a text and streams the audio as events, of which the last has the usage. */
    public ReplyStream<SpeechStreamEvent, SpeechAudioDoneEvent> speakEvents(CreateSpeechRequestOrBuilder request) {
      CreateSpeechRequest built = built(request);
      return new ReplyStream<>(
          calls.stream(AudioServiceGrpc.getStreamSpeechMethod(), built),
          event -> "",
          event -> event.hasSpeechAudioDone() ? Optional.of(event.getSpeechAudioDone()) : Optional.empty());
    }

    private static <R> Duplex.Feed<UploadTranscriptionRequest, R> feed(
        Upload file, CreateTranscriptionRequest request) {
      return file.feed(
          known -> {
            UploadFile named = known.toBuilder().mergeFrom(request.getFile()).build();
            CreateTranscriptionRequest config = request.toBuilder().setFile(named).build();
            return UploadTranscriptionRequest.newBuilder().setConfig(config).build();
          },
          chunk -> UploadTranscriptionRequest.newBuilder().setChunk(chunk).build());
    }
  }

  /** Calls of images. */
  public static final class Images {
    private final Calls calls;

    private Images(Calls calls) {
      this.calls = calls;
    }

    /** Generates images. */
    public ImagesResponse generate(CreateImageRequestOrBuilder request) {
      CreateImageRequest built = built(request);
      return calls.call(ImagesServiceGrpc.getCreateImageMethod(), built);
    }

    /** Generates images and streams them, partial ones too. */
    public ReplyStream<ImageStreamEvent, ImageCompletedEvent> stream(CreateImageRequestOrBuilder request) {
      CreateImageRequest built = built(request);
      return streamed(ImagesServiceGrpc.getStreamImageMethod(), built);
    }

    /** Edits images. */
    public ImagesResponse edit(CreateImageEditRequestOrBuilder request) {
      CreateImageEditRequest built = built(request);
      return calls.call(ImagesServiceGrpc.getCreateImageEditMethod(), built);
    }

    /** Edits images and streams the result, partial images too. */
    public ReplyStream<ImageStreamEvent, ImageCompletedEvent> streamEdit(CreateImageEditRequestOrBuilder request) {
      CreateImageEditRequest built = built(request);
      return streamed(ImagesServiceGrpc.getStreamImageEditMethod(), built);
    }

    /** Makes variations of an image. */
    public ImagesResponse createVariation(CreateImageVariationRequestOrBuilder request) {
      CreateImageVariationRequest built = built(request);
      return calls.call(ImagesServiceGrpc.getCreateImageVariationMethod(), built);
    }

    private <Q> ReplyStream<ImageStreamEvent, ImageCompletedEvent> streamed(
        MethodDescriptor<Q, ImageStreamEvent> method, Q request) {
      return new ReplyStream<>(calls.stream(method, request), event -> "", Images::completed);
    }

    private static Optional<ImageCompletedEvent> completed(ImageStreamEvent event) {
      switch (event.getKindCase()) {
        case IMAGE_GENERATION_COMPLETED:
          return Optional.of(event.getImageGenerationCompleted());
        case IMAGE_EDIT_COMPLETED:
          return Optional.of(event.getImageEditCompleted());
        default:
          return Optional.empty();
      }
    }
  }

  /** Calls of videos and characters for them. */
  public static final class Videos {
    private final Calls calls;

    private Videos(Calls calls) {
      this.calls = calls;
    }

    /** Begins to generate a video; {@link Upload#read()} reads the image or video that it begins with. */
    public Video create(CreateVideoRequestOrBuilder request) {
      CreateVideoRequest built = built(request);
      return calls.call(VideosServiceGrpc.getCreateVideoMethod(), built);
    }

    /** Returns the state of a video. */
    public Video get(String videoId) {
      GetVideoRequest request = GetVideoRequest.newBuilder().setVideoId(videoId).build();
      return calls.call(VideosServiceGrpc.getGetVideoMethod(), request);
    }

    /** Returns videos, page after page. */
    public Pages<VideoList, Video> list(ListVideosRequestOrBuilder request) {
      ListVideosRequest first = built(request);
      return new Pages<>(
          after -> {
            ListVideosRequest.Builder page = first.toBuilder();
            after.ifPresent(page::setAfter);
            return calls.call(VideosServiceGrpc.getListVideosMethod(), page.build());
          },
          VideoList::getDataList,
          page -> Pages.last(page.getHasMore(), page.getLastId(), page.getDataList(), Video::getId));
    }

    /** Deletes a video. */
    public VideoDeleted delete(String videoId) {
      DeleteVideoRequest request = DeleteVideoRequest.newBuilder().setVideoId(videoId).build();
      return calls.call(VideosServiceGrpc.getDeleteVideoMethod(), request);
    }

    /** Watches a video until it is done; see {@link Responses#watch}. */
    public ReplyStream<Video, Video> watch(String videoId) {
      GetVideoRequest request = GetVideoRequest.newBuilder().setVideoId(videoId).build();
      return watched(calls, VideosServiceGrpc.getWatchVideoMethod(), request);
    }

    /** Returns all videos, page after page. */
    public Pages<VideoList, Video> list() {
      return list(ListVideosRequest.getDefaultInstance());
    }

    /** Returns the content of a video that is done. */
    public Download download(String videoId) {
      return download(DownloadVideoRequest.newBuilder().setVideoId(videoId));
    }

    /** Returns the content of a video that is done, a range of it, or an image of it. */
    public Download download(DownloadVideoRequestOrBuilder request) {
      DownloadVideoRequest built = built(request);
      long first = built.getOffset();
      return Download.of(
          calls,
          VideosServiceGrpc.getDownloadVideoMethod(),
          first,
          from -> {
            DownloadVideoRequest.Builder rest = built.toBuilder();
            if (from != first) {
              rest.setOffset(from);
            }
            return (built.hasLength() ? rest.setLength(built.getLength() - (from - first)) : rest).build();
          });
    }

    /** Begins to generate a video that varies another. */
    public Video remix(String videoId, String prompt) {
      RemixVideoRequest request = RemixVideoRequest.newBuilder().setVideoId(videoId).setPrompt(prompt).build();
      return calls.call(VideosServiceGrpc.getRemixVideoMethod(), request);
    }

    /** Begins to edit a video. */
    public Video edit(EditVideoRequestOrBuilder request) {
      EditVideoRequest built = built(request);
      return calls.call(VideosServiceGrpc.getEditVideoMethod(), built);
    }

    /** Begins to generate a video that goes on from another. */
    public Video extend(ExtendVideoRequestOrBuilder request) {
      ExtendVideoRequest built = built(request);
      return calls.call(VideosServiceGrpc.getExtendVideoMethod(), built);
    }

    /** Makes a character of a video. */
    public VideoCharacter createCharacter(CreateVideoCharacterRequestOrBuilder request) {
      CreateVideoCharacterRequest built = built(request);
      return calls.call(VideosServiceGrpc.getCreateVideoCharacterMethod(), built);
    }

    /** Returns a character. */
    public VideoCharacter getCharacter(String characterId) {
      GetVideoCharacterRequest request = GetVideoCharacterRequest.newBuilder().setCharacterId(characterId).build();
      return calls.call(VideosServiceGrpc.getGetVideoCharacterMethod(), request);
    }
  }

  /** Calls of files. */
  public static final class Files {
    private final Calls calls;

    private Files(Calls calls) {
      this.calls = calls;
    }

    /**
     * Uploads a file, which is sent in chunks.
     *
     * @param purpose what it is for, such as {@code user_data} or {@code batch}
     */
    public FileObject upload(Path file, String purpose) {
      return upload(Upload.of(file), CreateFileRequest.newBuilder().setPurpose(purpose));
    }

    /** Uploads a file, which is sent in chunks. It has no time limit but the one that is set. */
    public FileObject upload(Upload file, CreateFileRequestOrBuilder request) {
      CreateFileRequest built = built(request);
      Duplex<UploadFileRequest, FileObject> call = calls.duplex(FilesServiceGrpc.getUploadFileMethod(), false);
      call.feed(
          file.feed(
              known -> {
                UploadFile named = known.toBuilder().mergeFrom(built.getFile()).build();
                return UploadFileRequest.newBuilder().setConfig(built.toBuilder().setFile(named)).build();
              },
              chunk -> UploadFileRequest.newBuilder().setChunk(chunk).build()));
      return call.only(FileObject.getDefaultInstance());
    }

    /** Returns a file, without its content. */
    public FileObject get(String fileId) {
      GetFileRequest request = GetFileRequest.newBuilder().setFileId(fileId).build();
      return calls.call(FilesServiceGrpc.getGetFileMethod(), request);
    }

    /** Returns files, page after page. */
    public Pages<FileList, FileObject> list(ListFilesRequestOrBuilder request) {
      ListFilesRequest first = built(request);
      return new Pages<>(
          after -> {
            ListFilesRequest.Builder page = first.toBuilder();
            after.ifPresent(page::setAfter);
            return calls.call(FilesServiceGrpc.getListFilesMethod(), page.build());
          },
          FileList::getDataList,
          page -> Pages.last(page.getHasMore(), page.getLastId(), page.getDataList(), FileObject::getId));
    }

    /** Returns all files, page after page. */
    public Pages<FileList, FileObject> list() {
      return list(ListFilesRequest.getDefaultInstance());
    }

    /** Deletes a file. */
    public FileDeleted delete(String fileId) {
      DeleteFileRequest request = DeleteFileRequest.newBuilder().setFileId(fileId).build();
      return calls.call(FilesServiceGrpc.getDeleteFileMethod(), request);
    }

    /** Returns the content of a file. */
    public Download download(String fileId) {
      return download(DownloadFileRequest.newBuilder().setFileId(fileId));
    }

    /** Returns the content of a file, or a range of it. */
    public Download download(DownloadFileRequestOrBuilder request) {
      DownloadFileRequest built = built(request);
      long first = built.getOffset();
      return Download.of(
          calls,
          FilesServiceGrpc.getDownloadFileMethod(),
          first,
          from -> {
            DownloadFileRequest.Builder rest = built.toBuilder();
            if (from != first) {
              rest.setOffset(from);
            }
            return (built.hasLength() ? rest.setLength(built.getLength() - (from - first)) : rest).build();
          });
    }
  }

  /** Calls of batches. */
  public static final class Batches {
    private final Calls calls;

    private Batches(Calls calls) {
      this.calls = calls;
    }

    /**
     * Begins a batch of requests, however many there are: the gateway writes their file.
     *
     * @param config what is known of the batch; {@code CreateBatchRequest.getDefaultInstance()} is enough
     * @param requests all of one kind; they are taken as the gateway takes them
     */
    public Batch submit(CreateBatchRequestOrBuilder config, Iterable<BatchRequestInput> requests) {
      CreateBatchRequest built = built(config);
      Duplex<SubmitBatchRequest, Batch> call = calls.duplex(BatchesServiceGrpc.getSubmitBatchMethod(), false);
      call.feed(
          to -> {
            boolean open = to.send(SubmitBatchRequest.newBuilder().setConfig(built).build());
            for (Iterator<BatchRequestInput> left = requests.iterator(); open && left.hasNext(); ) {
              open = to.send(SubmitBatchRequest.newBuilder().setRequest(left.next()).build());
            }
          });
      return call.only(Batch.getDefaultInstance());
    }

    /** Returns the results of a batch that is done; see {@link #results(StreamBatchResultsRequestOrBuilder)}. */
    public ReplyStream<BatchResult, BatchResult> results(String batchId) {
      return results(StreamBatchResultsRequest.newBuilder().setBatchId(batchId));
    }

    /**
     * Returns the results of a batch that is done, each a reply or the failure of its request, in the order of
     * upstream's files. A connection that is lost in between does not end it.
     */
    public ReplyStream<BatchResult, BatchResult> results(StreamBatchResultsRequestOrBuilder request) {
      StreamBatchResultsRequest.Builder rest = OpenAiGrpc.<StreamBatchResultsRequest>built(request).toBuilder();
      return new ReplyStream<>(
          calls.resumable(BatchesServiceGrpc.getStreamBatchResultsMethod(), rest.build(), rest::build),
          result -> "",
          result -> {
            rest.setAfter(result.getCursor()); // where it goes on
            return Optional.of(result);
          });
    }

    /** Begins a batch. */
    public Batch create(CreateBatchRequestOrBuilder request) {
      CreateBatchRequest built = built(request);
      return calls.call(BatchesServiceGrpc.getCreateBatchMethod(), built);
    }

    /** Returns the state of a batch. */
    public Batch get(String batchId) {
      GetBatchRequest request = GetBatchRequest.newBuilder().setBatchId(batchId).build();
      return calls.call(BatchesServiceGrpc.getGetBatchMethod(), request);
    }

    /** Watches a batch until it is done; see {@link Responses#watch}. */
    public ReplyStream<Batch, Batch> watch(String batchId) {
      GetBatchRequest request = GetBatchRequest.newBuilder().setBatchId(batchId).build();
      return watched(calls, BatchesServiceGrpc.getWatchBatchMethod(), request);
    }

    /** Returns batches, page after page. */
    public Pages<BatchList, Batch> list(ListBatchesRequestOrBuilder request) {
      ListBatchesRequest first = built(request);
      return new Pages<>(
          after -> {
            ListBatchesRequest.Builder page = first.toBuilder();
            after.ifPresent(page::setAfter);
            return calls.call(BatchesServiceGrpc.getListBatchesMethod(), page.build());
          },
          BatchList::getDataList,
          page -> Pages.last(page.getHasMore(), page.getLastId(), page.getDataList(), Batch::getId));
    }

    /** Returns all batches, page after page. */
    public Pages<BatchList, Batch> list() {
      return list(ListBatchesRequest.getDefaultInstance());
    }

    /** Cancels a batch. */
    public Batch cancel(String batchId) {
      CancelBatchRequest request = CancelBatchRequest.newBuilder().setBatchId(batchId).build();
      return calls.call(BatchesServiceGrpc.getCancelBatchMethod(), request);
    }
  }

  /** Raw calls. */
  public static final class Raw {
    private final Calls calls;

    private Raw(Calls calls) {
      this.calls = calls;
    }

    /**
     * Returns a request without a body. A query in the path, as in {@code /vector_stores?limit=2}, becomes its
     * parameters.
     */
    public static RawRequest.Builder request(String method, String path) {
      int query = path.indexOf('?');
      RawRequest.Builder made =
          RawRequest.newBuilder().setMethod(method).setPath(query < 0 ? path : path.substring(0, query));
      for (String pair : query < 0 ? new String[0] : path.substring(query + 1).split("&")) {
        int equals = pair.indexOf('=');
        if (!pair.isEmpty()) {
          made.addQuery(
              RawParameter.newBuilder()
                  .setName(decoded(equals < 0 ? pair : pair.substring(0, equals)))
                  .setValue(equals < 0 ? "" : decoded(pair.substring(equals + 1))));
        }
      }
      return made;
    }

    private static String decoded(String text) {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    /** Makes a call without a body and returns the JSON of its reply; see {@link #json(String, String, String)}. */
    public String json(String method, String path) {
      return json(request(method, path));
    }

    /**
     * Makes a call with a JSON text and returns that of its reply.
     *
     * @param path it may have a query
     * @throws ReplyException.Invalid the reply is not JSON
     */
    public String json(String method, String path, String body) {
      return json(request(method, path).setJson(body));
    }

    private String json(RawRequest.Builder request) {
      RawReply reply = call(request);
      if (!reply.hasJson()) {
        String type = reply.getHeadersOrDefault("content-type", "");
        throw new ReplyException.Invalid(
            "the reply of " + request.getMethod() + " " + request.getPath() + " is not JSON but \"" + type + "\": use call",
            "",
            null);
      }
      return reply.getJson();
    }

    /** Makes a call. */
    public RawReply call(RawRequestOrBuilder request) {
      RawRequest built = built(request);
      return calls.call(RawServiceGrpc.getCallMethod(), built);
    }

    /** Makes a call and streams its reply. */
    public RawStream stream(RawRequestOrBuilder request) {
      RawRequest built = built(request);
      return new RawStream(calls.stream(RawServiceGrpc.getStreamCallMethod(), built));
    }

    /**
     * Makes a call whose body is a file of any size, which is sent in chunks. The request has no body; its content type
     * is that of the file, if it has one. It has no time limit but the one that is set.
     */
    public RawReply upload(RawRequestOrBuilder request, Upload file) {
      RawRequest built = built(request);
      Duplex<RawUpload, RawReply> call = calls.duplex(RawServiceGrpc.getUploadMethod(), false);
      call.feed(
          file.feed(
              known -> {
                RawRequest.Builder config = built.toBuilder();
                if (known.hasSize()) {
                  config.setSize(known.getSize());
                }
                if (known.hasContentType()) {
                  config.setContentType(known.getContentType());
                }
                return RawUpload.newBuilder().setConfig(config).build();
              },
              chunk -> RawUpload.newBuilder().setChunk(chunk).build()));
      return call.only(RawReply.getDefaultInstance());
    }

    /** Returns the body of a reply, of any size. */
    public RawDownload download(RawRequestOrBuilder request) {
      return new RawDownload(calls, built(request));
    }
  }

  /** Calls of conversations and their items. */
  public static final class Conversations {
    private final Calls calls;

    private Conversations(Calls calls) {
      this.calls = calls;
    }

    /** Creates a conversation. */
    public Conversation create(CreateConversationRequestOrBuilder request) {
      CreateConversationRequest built = built(request);
      return calls.call(ConversationsServiceGrpc.getCreateConversationMethod(), built);
    }

    /** Returns a conversation, without its items. */
    public Conversation get(String conversationId) {
      GetConversationRequest request = GetConversationRequest.newBuilder().setConversationId(conversationId).build();
      return calls.call(ConversationsServiceGrpc.getGetConversationMethod(), request);
    }

    /** Replaces the metadata of a conversation. */
    public Conversation update(UpdateConversationRequestOrBuilder request) {
      UpdateConversationRequest built = built(request);
      return calls.call(ConversationsServiceGrpc.getUpdateConversationMethod(), built);
    }

    /** Deletes a conversation. */
    public ConversationDeleted delete(String conversationId) {
      DeleteConversationRequest request =
          DeleteConversationRequest.newBuilder().setConversationId(conversationId).build();
      return calls.call(ConversationsServiceGrpc.getDeleteConversationMethod(), request);
    }

    /** Adds items to a conversation, and returns them. */
    public ResponseItemList addItems(CreateConversationItemsRequestOrBuilder request) {
      CreateConversationItemsRequest built = built(request);
      return calls.call(ConversationsServiceGrpc.getCreateConversationItemsMethod(), built);
    }

    /** Returns an item of a conversation. */
    public ConversationItem getItem(String conversationId, String itemId) {
      GetConversationItemRequest request =
          GetConversationItemRequest.newBuilder().setConversationId(conversationId).setItemId(itemId).build();
      return calls.call(ConversationsServiceGrpc.getGetConversationItemMethod(), request);
    }

    /** Returns the items of a conversation, page after page. */
    public Pages<ResponseItemList, ResponseItem> items(ListConversationItemsRequestOrBuilder request) {
      ListConversationItemsRequest first = built(request);
      return new Pages<>(
          after -> {
            ListConversationItemsRequest.Builder page = first.toBuilder();
            after.ifPresent(page::setAfter);
            return calls.call(ConversationsServiceGrpc.getListConversationItemsMethod(), page.build());
          },
          ResponseItemList::getDataList,
          page -> Pages.last(page.getHasMore(), page.getLastId(), List.of(), item -> ""));
    }

    /** Deletes an item of a conversation, and returns the conversation. */
    public Conversation deleteItem(String conversationId, String itemId) {
      DeleteConversationItemRequest request =
          DeleteConversationItemRequest.newBuilder().setConversationId(conversationId).setItemId(itemId).build();
      return calls.call(ConversationsServiceGrpc.getDeleteConversationItemMethod(), request);
    }
  }

  /** Calls of moderations. */
  public static final class Moderations {
    private final Calls calls;

    private Moderations(Calls calls) {
      this.calls = calls;
    }

    /** Classifies texts and images as harmful or not. */
    public CreateModerationResponse create(CreateModerationRequestOrBuilder request) {
      CreateModerationRequest built = built(request);
      return calls.call(ModerationsServiceGrpc.getCreateModerationMethod(), built);
    }
  }

  /** Calls of answers to closed questions. */
  public static final class Decisions {
    private final Calls calls;

    private Decisions(Calls calls) {
      this.calls = calls;
    }

    /** Answers questions about an input. */
    public Decision create(CreateDecisionRequestOrBuilder request) {
      CreateDecisionRequest built = built(request);
      return calls.call(DecisionsServiceGrpc.getCreateDecisionMethod(), built);
    }
  }

  /** Calls of checks whether files were generated. */
  public static final class ContentProvenanceChecks {
    private final Calls calls;

    private ContentProvenanceChecks(Calls calls) {
      this.calls = calls;
    }

    /** Looks in a file for signed metadata and a watermark. */
    public ContentProvenanceCheck create(CreateContentProvenanceCheckRequestOrBuilder request) {
      CreateContentProvenanceCheckRequest built = built(request);
      return calls.call(ContentProvenanceChecksServiceGrpc.getCreateContentProvenanceCheckMethod(), built);
    }
  }

  /** Calls of uploads in parts. */
  public static final class Uploads {
    private static final int PART_BYTES = 64 << 20;
    private static final int PARALLEL = 4;

    private final Calls calls;

    private Uploads(Calls calls) {
      this.calls = calls;
    }

    /** Creates an upload, to which parts are added. */
    public io.github.openai_grpc.v1.Upload create(CreateUploadRequestOrBuilder request) {
      CreateUploadRequest built = built(request);
      return calls.call(UploadsServiceGrpc.getCreateUploadMethod(), built);
    }

    /** Adds a part sent in one message. */
    public UploadPart addPart(CreateUploadPartRequestOrBuilder request) {
      CreateUploadPartRequest built = built(request);
      return calls.call(UploadsServiceGrpc.getCreateUploadPartMethod(), built);
    }

    /**
     * Adds a part of any size up to the upstream's limit, which is sent in chunks. Several can be added at once; their
     * order is that in which {@link #complete} names them.
     */
    public UploadPart addPart(String uploadId, Upload part) {
      return UploadParts.send(calls, uploadId, part);
    }

    /**
     * Uploads a file in parts of 64 MiB, four at a time, and returns the upload, which has the file.
     *
     * @param purpose what it is for, such as {@code user_data} or {@code batch}
     * @param mimeType such as {@code application/pdf}
     */
    public io.github.openai_grpc.v1.Upload upload(Path file, String purpose, String mimeType) {
      var request = CreateUploadRequest.newBuilder().setPurpose(purpose).setMimeType(mimeType);
      return upload(file, request, PART_BYTES, PARALLEL, sent -> {});
    }

    /**
     * Uploads a file in parts. A part that is cut off is sent again; if one fails, the upload is cancelled.
     *
     * @param request what is known of the file; its name and size are filled in
     * @param partBytes size of a part, at most the upstream's limit of 64 MiB
     * @param parallel how many are sent at once; each holds a few hundred KiB of memory
     * @param progress is told how many bytes have been sent, by one thread at a time
     * @throws UncheckedIOException the file can't be read
     */
    public io.github.openai_grpc.v1.Upload upload(
        Path file, CreateUploadRequestOrBuilder request, int partBytes, int parallel, LongConsumer progress) {
      if (partBytes < 1 || parallel < 1) {
        throw new IllegalArgumentException(
            "invalid parts of " + partBytes + " bytes, " + parallel + " at once: both must be 1 or more");
      }
      CreateUploadRequest built = built(request);
      Path name = file.getFileName();
      long size = Builder.read(() -> java.nio.file.Files.size(file));
      CreateUploadRequest.Builder named = CreateUploadRequest.newBuilder().setFilename(name.toString());
      String id = create(named.mergeFrom(built).setBytes(size)).getId();
      try {
        List<String> parts = new UploadParts(calls, id, progress).send(file, size, partBytes, parallel);
        return complete(CompleteUploadRequest.newBuilder().setUploadId(id).addAllPartIds(parts));
      } catch (RuntimeException error) {
        try {
          cancel(id);
        } catch (OpenAiGrpcException failure) {
          error.addSuppressed(failure);
        }
        throw error;
      }
    }

    /** Makes a file of the parts. */
    public io.github.openai_grpc.v1.Upload complete(CompleteUploadRequestOrBuilder request) {
      CompleteUploadRequest built = built(request);
      return calls.call(UploadsServiceGrpc.getCompleteUploadMethod(), built);
    }

    /** Cancels an upload. */
    public io.github.openai_grpc.v1.Upload cancel(String uploadId) {
      CancelUploadRequest request = CancelUploadRequest.newBuilder().setUploadId(uploadId).build();
      return calls.call(UploadsServiceGrpc.getCancelUploadMethod(), request);
    }
  }

  /** Calls of models. */
  public static final class Models {
    private final Calls calls;

    private Models(Calls calls) {
      this.calls = calls;
    }

    /** Returns the models that can be named. */
    public List<Model> list() {
      return calls.call(ModelsServiceGrpc.getListModelsMethod(), ListModelsRequest.getDefaultInstance()).getDataList();
    }

    /** Returns the models. */
    public ModelList list(ListModelsRequestOrBuilder request) {
      ListModelsRequest built = built(request);
      return calls.call(ModelsServiceGrpc.getListModelsMethod(), built);
    }

    /** Returns a model. */
    public Model get(String model) {
      GetModelRequest request = GetModelRequest.newBuilder().setModel(model).build();
      return calls.call(ModelsServiceGrpc.getGetModelMethod(), request);
    }

    /** Deletes a fine-tuned model. */
    public ModelDeleted delete(String model) {
      DeleteModelRequest request = DeleteModelRequest.newBuilder().setModel(model).build();
      return calls.call(ModelsServiceGrpc.getDeleteModelMethod(), request);
    }
  }

  /** Calls of completions of a text. */
  public static final class Completions {
    private final Calls calls;

    private Completions(Calls calls) {
      this.calls = calls;
    }

    /** Completes a text. */
    public Completion create(CreateCompletionRequestOrBuilder request) {
      CreateCompletionRequest built = built(request);
      return calls.call(CompletionsServiceGrpc.getCreateCompletionMethod(), built);
    }

    /** Completes a text. Cancelling the future cancels the call. */
    public CompletableFuture<Completion> createAsync(CreateCompletionRequestOrBuilder request) {
      CreateCompletionRequest built = built(request);
      return calls.callAsync(CompletionsServiceGrpc.getCreateCompletionMethod(), built);
    }

    /** Completes a text and streams the reply. */
    public ReplyStream<Completion, Completion> stream(CreateCompletionRequestOrBuilder request) {
      CreateCompletionRequest built = built(request);
      CallOptions options = built.getCallOptions();
      CreateCompletionRequest accumulating =
          options.hasAccumulate()
              ? built
              : built.toBuilder().setCallOptions(options.toBuilder().setAccumulate(true)).build();
      return new ReplyStream<>(
          calls.stream(CompletionsServiceGrpc.getStreamCompletionMethod(), accumulating),
          Completions::textOf,
          piece -> piece.hasAccumulated() ? Optional.of(piece.getAccumulated()) : Optional.empty());
    }

    private static String textOf(Completion piece) {
      return piece.getChoicesList().stream()
          .filter(choice -> choice.getIndex() == 0)
          .map(Completion.Choice::getText)
          .findFirst()
          .orElse("");
    }
  }
}
