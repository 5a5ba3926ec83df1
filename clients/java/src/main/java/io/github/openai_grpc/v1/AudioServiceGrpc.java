package io.github.openai_grpc.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * Transcription. Reference: OpenAI API, Audio.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class AudioServiceGrpc {

  private AudioServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "openai_grpc.v1.AudioService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<io.github.openai_grpc.v1.CreateTranscriptionRequest,
      io.github.openai_grpc.v1.Transcription> getCreateTranscriptionMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CreateTranscription",
      requestType = io.github.openai_grpc.v1.CreateTranscriptionRequest.class,
      responseType = io.github.openai_grpc.v1.Transcription.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.github.openai_grpc.v1.CreateTranscriptionRequest,
      io.github.openai_grpc.v1.Transcription> getCreateTranscriptionMethod() {
    io.grpc.MethodDescriptor<io.github.openai_grpc.v1.CreateTranscriptionRequest, io.github.openai_grpc.v1.Transcription> getCreateTranscriptionMethod;
    if ((getCreateTranscriptionMethod = AudioServiceGrpc.getCreateTranscriptionMethod) == null) {
      synchronized (AudioServiceGrpc.class) {
        if ((getCreateTranscriptionMethod = AudioServiceGrpc.getCreateTranscriptionMethod) == null) {
          AudioServiceGrpc.getCreateTranscriptionMethod = getCreateTranscriptionMethod =
              io.grpc.MethodDescriptor.<io.github.openai_grpc.v1.CreateTranscriptionRequest, io.github.openai_grpc.v1.Transcription>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CreateTranscription"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.openai_grpc.v1.CreateTranscriptionRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.openai_grpc.v1.Transcription.getDefaultInstance()))
              .setSchemaDescriptor(new AudioServiceMethodDescriptorSupplier("CreateTranscription"))
              .build();
        }
      }
    }
    return getCreateTranscriptionMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.github.openai_grpc.v1.UploadTranscriptionRequest,
      io.github.openai_grpc.v1.Transcription> getUploadTranscriptionMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "UploadTranscription",
      requestType = io.github.openai_grpc.v1.UploadTranscriptionRequest.class,
      responseType = io.github.openai_grpc.v1.Transcription.class,
      methodType = io.grpc.MethodDescriptor.MethodType.CLIENT_STREAMING)
  public static io.grpc.MethodDescriptor<io.github.openai_grpc.v1.UploadTranscriptionRequest,
      io.github.openai_grpc.v1.Transcription> getUploadTranscriptionMethod() {
    io.grpc.MethodDescriptor<io.github.openai_grpc.v1.UploadTranscriptionRequest, io.github.openai_grpc.v1.Transcription> getUploadTranscriptionMethod;
    if ((getUploadTranscriptionMethod = AudioServiceGrpc.getUploadTranscriptionMethod) == null) {
      synchronized (AudioServiceGrpc.class) {
        if ((getUploadTranscriptionMethod = AudioServiceGrpc.getUploadTranscriptionMethod) == null) {
          AudioServiceGrpc.getUploadTranscriptionMethod = getUploadTranscriptionMethod =
              io.grpc.MethodDescriptor.<io.github.openai_grpc.v1.UploadTranscriptionRequest, io.github.openai_grpc.v1.Transcription>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.CLIENT_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "UploadTranscription"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.openai_grpc.v1.UploadTranscriptionRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.openai_grpc.v1.Transcription.getDefaultInstance()))
              .setSchemaDescriptor(new AudioServiceMethodDescriptorSupplier("UploadTranscription"))
              .build();
        }
      }
    }
    return getUploadTranscriptionMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.github.openai_grpc.v1.UploadTranscriptionRequest,
      io.github.openai_grpc.v1.TranscriptionStreamEvent> getStreamTranscriptionMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "StreamTranscription",
      requestType = io.github.openai_grpc.v1.UploadTranscriptionRequest.class,
      responseType = io.github.openai_grpc.v1.TranscriptionStreamEvent.class,
      methodType = io.grpc.MethodDescriptor.MethodType.BIDI_STREAMING)
  public static io.grpc.MethodDescriptor<io.github.openai_grpc.v1.UploadTranscriptionRequest,
      io.github.openai_grpc.v1.TranscriptionStreamEvent> getStreamTranscriptionMethod() {
    io.grpc.MethodDescriptor<io.github.openai_grpc.v1.UploadTranscriptionRequest, io.github.openai_grpc.v1.TranscriptionStreamEvent> getStreamTranscriptionMethod;
    if ((getStreamTranscriptionMethod = AudioServiceGrpc.getStreamTranscriptionMethod) == null) {
      synchronized (AudioServiceGrpc.class) {
        if ((getStreamTranscriptionMethod = AudioServiceGrpc.getStreamTranscriptionMethod) == null) {
          AudioServiceGrpc.getStreamTranscriptionMethod = getStreamTranscriptionMethod =
              io.grpc.MethodDescriptor.<io.github.openai_grpc.v1.UploadTranscriptionRequest, io.github.openai_grpc.v1.TranscriptionStreamEvent>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.BIDI_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "StreamTranscription"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.openai_grpc.v1.UploadTranscriptionRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.openai_grpc.v1.TranscriptionStreamEvent.getDefaultInstance()))
              .setSchemaDescriptor(new AudioServiceMethodDescriptorSupplier("StreamTranscription"))
              .build();
        }
      }
    }
    return getStreamTranscriptionMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static AudioServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<AudioServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<AudioServiceStub>() {
        @java.lang.Override
        public AudioServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new AudioServiceStub(channel, callOptions);
        }
      };
    return AudioServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static AudioServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<AudioServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<AudioServiceBlockingV2Stub>() {
        @java.lang.Override
        public AudioServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new AudioServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return AudioServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static AudioServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<AudioServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<AudioServiceBlockingStub>() {
        @java.lang.Override
        public AudioServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new AudioServiceBlockingStub(channel, callOptions);
        }
      };
    return AudioServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static AudioServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<AudioServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<AudioServiceFutureStub>() {
        @java.lang.Override
        public AudioServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new AudioServiceFutureStub(channel, callOptions);
        }
      };
    return AudioServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * Transcription. Reference: OpenAI API, Audio.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * Transcribes a recording that fits into one message.
     * REST: `POST /audio/transcriptions`.
     * Statuses: INVALID_ARGUMENT for a request that the gateway or upstream refuses (400, 413, 422),
     * UNAUTHENTICATED or PERMISSION_DENIED where the caller's own key is missing or refused,
     * NOT_FOUND for an unknown model, RESOURCE_EXHAUSTED for rate limits (RetryInfo says when), spent
     * quota (QuotaFailure) and a message above the gateway's limit, FAILED_PRECONDITION for other
     * refusals (402), DEADLINE_EXCEEDED at the caller's deadline or a timeout of the gateway or
     * upstream, UNAVAILABLE when upstream could not be reached or is overloaded, or the gateway shuts
     * down, INTERNAL when upstream failed, refused the gateway's key, or broke the connection, which
     * may have been billed.
     * </pre>
     */
    default void createTranscription(io.github.openai_grpc.v1.CreateTranscriptionRequest request,
        io.grpc.stub.StreamObserver<io.github.openai_grpc.v1.Transcription> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCreateTranscriptionMethod(), responseObserver);
    }

    /**
     * <pre>
     * Transcribes a recording of any size. It goes upstream while it arrives, and the transcript
     * comes once all of it is there.
     * REST: `POST /audio/transcriptions`.
     * Statuses: INVALID_ARGUMENT for a request that the gateway or upstream refuses (400, 413, 422),
     * and for a stream whose first message is not `config`, a `config` after it, or a content of
     * another length than declared, UNAUTHENTICATED or PERMISSION_DENIED where the caller's own key
     * is missing or refused, NOT_FOUND for an unknown model, RESOURCE_EXHAUSTED for rate limits
     * (RetryInfo says when) and spent quota (QuotaFailure), FAILED_PRECONDITION for other refusals
     * (402), DEADLINE_EXCEEDED at the caller's deadline or a timeout of the gateway or upstream,
     * UNAVAILABLE when upstream could not be reached or is overloaded, or the gateway shuts down,
     * INTERNAL when upstream failed, refused the gateway's key, or broke the connection, which may
     * have been billed.
     * </pre>
     */
    default io.grpc.stub.StreamObserver<io.github.openai_grpc.v1.UploadTranscriptionRequest> uploadTranscription(
        io.grpc.stub.StreamObserver<io.github.openai_grpc.v1.Transcription> responseObserver) {
      return io.grpc.stub.ServerCalls.asyncUnimplementedStreamingCall(getUploadTranscriptionMethod(), responseObserver);
    }

    /**
     * <pre>
     * Transcribes a recording of any size and sends the text in events as it is found. The stream
     * ends with OK only after the event `transcript.text.done`; when it breaks off or carries an
     * error, the events so far are followed by a status that is not OK. The model must be one that
     * streams; `whisper-1` does not.
     * REST: `POST /audio/transcriptions`.
     * Statuses: those of UploadTranscription, before the first event or after any; INTERNAL also for
     * a truncated stream (reason `UPSTREAM_TRUNCATED`), DEADLINE_EXCEEDED also for no first event, or
     * none for too long (reasons `FIRST_TOKEN_TIMEOUT`, `IDLE_TIMEOUT`).
     * </pre>
     */
    default io.grpc.stub.StreamObserver<io.github.openai_grpc.v1.UploadTranscriptionRequest> streamTranscription(
        io.grpc.stub.StreamObserver<io.github.openai_grpc.v1.TranscriptionStreamEvent> responseObserver) {
      return io.grpc.stub.ServerCalls.asyncUnimplementedStreamingCall(getStreamTranscriptionMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service AudioService.
   * <pre>
   * Transcription. Reference: OpenAI API, Audio.
   * </pre>
   */
  public static abstract class AudioServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return AudioServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service AudioService.
   * <pre>
   * Transcription. Reference: OpenAI API, Audio.
   * </pre>
   */
  public static final class AudioServiceStub
      extends io.grpc.stub.AbstractAsyncStub<AudioServiceStub> {
    private AudioServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected AudioServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new AudioServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * Transcribes a recording that fits into one message.
     * REST: `POST /audio/transcriptions`.
     * Statuses: INVALID_ARGUMENT for a request that the gateway or upstream refuses (400, 413, 422),
     * UNAUTHENTICATED or PERMISSION_DENIED where the caller's own key is missing or refused,
     * NOT_FOUND for an unknown model, RESOURCE_EXHAUSTED for rate limits (RetryInfo says when), spent
     * quota (QuotaFailure) and a message above the gateway's limit, FAILED_PRECONDITION for other
     * refusals (402), DEADLINE_EXCEEDED at the caller's deadline or a timeout of the gateway or
     * upstream, UNAVAILABLE when upstream could not be reached or is overloaded, or the gateway shuts
     * down, INTERNAL when upstream failed, refused the gateway's key, or broke the connection, which
     * may have been billed.
     * </pre>
     */
    public void createTranscription(io.github.openai_grpc.v1.CreateTranscriptionRequest request,
        io.grpc.stub.StreamObserver<io.github.openai_grpc.v1.Transcription> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCreateTranscriptionMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Transcribes a recording of any size. It goes upstream while it arrives, and the transcript
     * comes once all of it is there.
     * REST: `POST /audio/transcriptions`.
     * Statuses: INVALID_ARGUMENT for a request that the gateway or upstream refuses (400, 413, 422),
     * and for a stream whose first message is not `config`, a `config` after it, or a content of
     * another length than declared, UNAUTHENTICATED or PERMISSION_DENIED where the caller's own key
     * is missing or refused, NOT_FOUND for an unknown model, RESOURCE_EXHAUSTED for rate limits
     * (RetryInfo says when) and spent quota (QuotaFailure), FAILED_PRECONDITION for other refusals
     * (402), DEADLINE_EXCEEDED at the caller's deadline or a timeout of the gateway or upstream,
     * UNAVAILABLE when upstream could not be reached or is overloaded, or the gateway shuts down,
     * INTERNAL when upstream failed, refused the gateway's key, or broke the connection, which may
     * have been billed.
     * </pre>
     */
    public io.grpc.stub.StreamObserver<io.github.openai_grpc.v1.UploadTranscriptionRequest> uploadTranscription(
        io.grpc.stub.StreamObserver<io.github.openai_grpc.v1.Transcription> responseObserver) {
      return io.grpc.stub.ClientCalls.asyncClientStreamingCall(
          getChannel().newCall(getUploadTranscriptionMethod(), getCallOptions()), responseObserver);
    }

    /**
     * <pre>
     * Transcribes a recording of any size and sends the text in events as it is found. The stream
     * ends with OK only after the event `transcript.text.done`; when it breaks off or carries an
     * error, the events so far are followed by a status that is not OK. The model must be one that
     * streams; `whisper-1` does not.
     * REST: `POST /audio/transcriptions`.
     * Statuses: those of UploadTranscription, before the first event or after any; INTERNAL also for
     * a truncated stream (reason `UPSTREAM_TRUNCATED`), DEADLINE_EXCEEDED also for no first event, or
     * none for too long (reasons `FIRST_TOKEN_TIMEOUT`, `IDLE_TIMEOUT`).
     * </pre>
     */
    public io.grpc.stub.StreamObserver<io.github.openai_grpc.v1.UploadTranscriptionRequest> streamTranscription(
        io.grpc.stub.StreamObserver<io.github.openai_grpc.v1.TranscriptionStreamEvent> responseObserver) {
      return io.grpc.stub.ClientCalls.asyncBidiStreamingCall(
          getChannel().newCall(getStreamTranscriptionMethod(), getCallOptions()), responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service AudioService.
   * <pre>
   * Transcription. Reference: OpenAI API, Audio.
   * </pre>
   */
  public static final class AudioServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<AudioServiceBlockingV2Stub> {
    private AudioServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected AudioServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new AudioServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * Transcribes a recording that fits into one message.
     * REST: `POST /audio/transcriptions`.
     * Statuses: INVALID_ARGUMENT for a request that the gateway or upstream refuses (400, 413, 422),
     * UNAUTHENTICATED or PERMISSION_DENIED where the caller's own key is missing or refused,
     * NOT_FOUND for an unknown model, RESOURCE_EXHAUSTED for rate limits (RetryInfo says when), spent
     * quota (QuotaFailure) and a message above the gateway's limit, FAILED_PRECONDITION for other
     * refusals (402), DEADLINE_EXCEEDED at the caller's deadline or a timeout of the gateway or
     * upstream, UNAVAILABLE when upstream could not be reached or is overloaded, or the gateway shuts
     * down, INTERNAL when upstream failed, refused the gateway's key, or broke the connection, which
     * may have been billed.
     * </pre>
     */
    public io.github.openai_grpc.v1.Transcription createTranscription(io.github.openai_grpc.v1.CreateTranscriptionRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCreateTranscriptionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Transcribes a recording of any size. It goes upstream while it arrives, and the transcript
     * comes once all of it is there.
     * REST: `POST /audio/transcriptions`.
     * Statuses: INVALID_ARGUMENT for a request that the gateway or upstream refuses (400, 413, 422),
     * and for a stream whose first message is not `config`, a `config` after it, or a content of
     * another length than declared, UNAUTHENTICATED or PERMISSION_DENIED where the caller's own key
     * is missing or refused, NOT_FOUND for an unknown model, RESOURCE_EXHAUSTED for rate limits
     * (RetryInfo says when) and spent quota (QuotaFailure), FAILED_PRECONDITION for other refusals
     * (402), DEADLINE_EXCEEDED at the caller's deadline or a timeout of the gateway or upstream,
     * UNAVAILABLE when upstream could not be reached or is overloaded, or the gateway shuts down,
     * INTERNAL when upstream failed, refused the gateway's key, or broke the connection, which may
     * have been billed.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<io.github.openai_grpc.v1.UploadTranscriptionRequest, io.github.openai_grpc.v1.Transcription>
        uploadTranscription() {
      return io.grpc.stub.ClientCalls.blockingClientStreamingCall(
          getChannel(), getUploadTranscriptionMethod(), getCallOptions());
    }

    /**
     * <pre>
     * Transcribes a recording of any size and sends the text in events as it is found. The stream
     * ends with OK only after the event `transcript.text.done`; when it breaks off or carries an
     * error, the events so far are followed by a status that is not OK. The model must be one that
     * streams; `whisper-1` does not.
     * REST: `POST /audio/transcriptions`.
     * Statuses: those of UploadTranscription, before the first event or after any; INTERNAL also for
     * a truncated stream (reason `UPSTREAM_TRUNCATED`), DEADLINE_EXCEEDED also for no first event, or
     * none for too long (reasons `FIRST_TOKEN_TIMEOUT`, `IDLE_TIMEOUT`).
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<io.github.openai_grpc.v1.UploadTranscriptionRequest, io.github.openai_grpc.v1.TranscriptionStreamEvent>
        streamTranscription() {
      return io.grpc.stub.ClientCalls.blockingBidiStreamingCall(
          getChannel(), getStreamTranscriptionMethod(), getCallOptions());
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service AudioService.
   * <pre>
   * Transcription. Reference: OpenAI API, Audio.
   * </pre>
   */
  public static final class AudioServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<AudioServiceBlockingStub> {
    private AudioServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected AudioServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new AudioServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * Transcribes a recording that fits into one message.
     * REST: `POST /audio/transcriptions`.
     * Statuses: INVALID_ARGUMENT for a request that the gateway or upstream refuses (400, 413, 422),
     * UNAUTHENTICATED or PERMISSION_DENIED where the caller's own key is missing or refused,
     * NOT_FOUND for an unknown model, RESOURCE_EXHAUSTED for rate limits (RetryInfo says when), spent
     * quota (QuotaFailure) and a message above the gateway's limit, FAILED_PRECONDITION for other
     * refusals (402), DEADLINE_EXCEEDED at the caller's deadline or a timeout of the gateway or
     * upstream, UNAVAILABLE when upstream could not be reached or is overloaded, or the gateway shuts
     * down, INTERNAL when upstream failed, refused the gateway's key, or broke the connection, which
     * may have been billed.
     * </pre>
     */
    public io.github.openai_grpc.v1.Transcription createTranscription(io.github.openai_grpc.v1.CreateTranscriptionRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCreateTranscriptionMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service AudioService.
   * <pre>
   * Transcription. Reference: OpenAI API, Audio.
   * </pre>
   */
  public static final class AudioServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<AudioServiceFutureStub> {
    private AudioServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected AudioServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new AudioServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * Transcribes a recording that fits into one message.
     * REST: `POST /audio/transcriptions`.
     * Statuses: INVALID_ARGUMENT for a request that the gateway or upstream refuses (400, 413, 422),
     * UNAUTHENTICATED or PERMISSION_DENIED where the caller's own key is missing or refused,
     * NOT_FOUND for an unknown model, RESOURCE_EXHAUSTED for rate limits (RetryInfo says when), spent
     * quota (QuotaFailure) and a message above the gateway's limit, FAILED_PRECONDITION for other
     * refusals (402), DEADLINE_EXCEEDED at the caller's deadline or a timeout of the gateway or
     * upstream, UNAVAILABLE when upstream could not be reached or is overloaded, or the gateway shuts
     * down, INTERNAL when upstream failed, refused the gateway's key, or broke the connection, which
     * may have been billed.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.github.openai_grpc.v1.Transcription> createTranscription(
        io.github.openai_grpc.v1.CreateTranscriptionRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCreateTranscriptionMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_CREATE_TRANSCRIPTION = 0;
  private static final int METHODID_UPLOAD_TRANSCRIPTION = 1;
  private static final int METHODID_STREAM_TRANSCRIPTION = 2;

  private static final class MethodHandlers<Req, Resp> implements
      io.grpc.stub.ServerCalls.UnaryMethod<Req, Resp>,
      io.grpc.stub.ServerCalls.ServerStreamingMethod<Req, Resp>,
      io.grpc.stub.ServerCalls.ClientStreamingMethod<Req, Resp>,
      io.grpc.stub.ServerCalls.BidiStreamingMethod<Req, Resp> {
    private final AsyncService serviceImpl;
    private final int methodId;

    MethodHandlers(AsyncService serviceImpl, int methodId) {
      this.serviceImpl = serviceImpl;
      this.methodId = methodId;
    }

    @java.lang.Override
    @java.lang.SuppressWarnings("unchecked")
    public void invoke(Req request, io.grpc.stub.StreamObserver<Resp> responseObserver) {
      switch (methodId) {
        case METHODID_CREATE_TRANSCRIPTION:
          serviceImpl.createTranscription((io.github.openai_grpc.v1.CreateTranscriptionRequest) request,
              (io.grpc.stub.StreamObserver<io.github.openai_grpc.v1.Transcription>) responseObserver);
          break;
        default:
          throw new AssertionError();
      }
    }

    @java.lang.Override
    @java.lang.SuppressWarnings("unchecked")
    public io.grpc.stub.StreamObserver<Req> invoke(
        io.grpc.stub.StreamObserver<Resp> responseObserver) {
      switch (methodId) {
        case METHODID_UPLOAD_TRANSCRIPTION:
          return (io.grpc.stub.StreamObserver<Req>) serviceImpl.uploadTranscription(
              (io.grpc.stub.StreamObserver<io.github.openai_grpc.v1.Transcription>) responseObserver);
        case METHODID_STREAM_TRANSCRIPTION:
          return (io.grpc.stub.StreamObserver<Req>) serviceImpl.streamTranscription(
              (io.grpc.stub.StreamObserver<io.github.openai_grpc.v1.TranscriptionStreamEvent>) responseObserver);
        default:
          throw new AssertionError();
      }
    }
  }

  public static final io.grpc.ServerServiceDefinition bindService(AsyncService service) {
    return io.grpc.ServerServiceDefinition.builder(getServiceDescriptor())
        .addMethod(
          getCreateTranscriptionMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.github.openai_grpc.v1.CreateTranscriptionRequest,
              io.github.openai_grpc.v1.Transcription>(
                service, METHODID_CREATE_TRANSCRIPTION)))
        .addMethod(
          getUploadTranscriptionMethod(),
          io.grpc.stub.ServerCalls.asyncClientStreamingCall(
            new MethodHandlers<
              io.github.openai_grpc.v1.UploadTranscriptionRequest,
              io.github.openai_grpc.v1.Transcription>(
                service, METHODID_UPLOAD_TRANSCRIPTION)))
        .addMethod(
          getStreamTranscriptionMethod(),
          io.grpc.stub.ServerCalls.asyncBidiStreamingCall(
            new MethodHandlers<
              io.github.openai_grpc.v1.UploadTranscriptionRequest,
              io.github.openai_grpc.v1.TranscriptionStreamEvent>(
                service, METHODID_STREAM_TRANSCRIPTION)))
        .build();
  }

  private static abstract class AudioServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    AudioServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return io.github.openai_grpc.v1.Audio.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("AudioService");
    }
  }

  private static final class AudioServiceFileDescriptorSupplier
      extends AudioServiceBaseDescriptorSupplier {
    AudioServiceFileDescriptorSupplier() {}
  }

  private static final class AudioServiceMethodDescriptorSupplier
      extends AudioServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    AudioServiceMethodDescriptorSupplier(java.lang.String methodName) {
      this.methodName = methodName;
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.MethodDescriptor getMethodDescriptor() {
      return getServiceDescriptor().findMethodByName(methodName);
    }
  }

  private static volatile io.grpc.ServiceDescriptor serviceDescriptor;

  public static io.grpc.ServiceDescriptor getServiceDescriptor() {
    io.grpc.ServiceDescriptor result = serviceDescriptor;
    if (result == null) {
      synchronized (AudioServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new AudioServiceFileDescriptorSupplier())
              .addMethod(getCreateTranscriptionMethod())
              .addMethod(getUploadTranscriptionMethod())
              .addMethod(getStreamTranscriptionMethod())
              .build();
        }
      }
    }
    return result;
  }
}
