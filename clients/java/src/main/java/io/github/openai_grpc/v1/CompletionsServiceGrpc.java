package io.github.openai_grpc.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * Completions of a text, without messages. Reference: OpenAI API, Completions (legacy).
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class CompletionsServiceGrpc {

  private CompletionsServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "openai_grpc.v1.CompletionsService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<io.github.openai_grpc.v1.CreateCompletionRequest,
      io.github.openai_grpc.v1.Completion> getCreateCompletionMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CreateCompletion",
      requestType = io.github.openai_grpc.v1.CreateCompletionRequest.class,
      responseType = io.github.openai_grpc.v1.Completion.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.github.openai_grpc.v1.CreateCompletionRequest,
      io.github.openai_grpc.v1.Completion> getCreateCompletionMethod() {
    io.grpc.MethodDescriptor<io.github.openai_grpc.v1.CreateCompletionRequest, io.github.openai_grpc.v1.Completion> getCreateCompletionMethod;
    if ((getCreateCompletionMethod = CompletionsServiceGrpc.getCreateCompletionMethod) == null) {
      synchronized (CompletionsServiceGrpc.class) {
        if ((getCreateCompletionMethod = CompletionsServiceGrpc.getCreateCompletionMethod) == null) {
          CompletionsServiceGrpc.getCreateCompletionMethod = getCreateCompletionMethod =
              io.grpc.MethodDescriptor.<io.github.openai_grpc.v1.CreateCompletionRequest, io.github.openai_grpc.v1.Completion>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CreateCompletion"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.openai_grpc.v1.CreateCompletionRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.openai_grpc.v1.Completion.getDefaultInstance()))
              .setSchemaDescriptor(new CompletionsServiceMethodDescriptorSupplier("CreateCompletion"))
              .build();
        }
      }
    }
    return getCreateCompletionMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.github.openai_grpc.v1.CreateCompletionRequest,
      io.github.openai_grpc.v1.Completion> getStreamCompletionMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "StreamCompletion",
      requestType = io.github.openai_grpc.v1.CreateCompletionRequest.class,
      responseType = io.github.openai_grpc.v1.Completion.class,
      methodType = io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
  public static io.grpc.MethodDescriptor<io.github.openai_grpc.v1.CreateCompletionRequest,
      io.github.openai_grpc.v1.Completion> getStreamCompletionMethod() {
    io.grpc.MethodDescriptor<io.github.openai_grpc.v1.CreateCompletionRequest, io.github.openai_grpc.v1.Completion> getStreamCompletionMethod;
    if ((getStreamCompletionMethod = CompletionsServiceGrpc.getStreamCompletionMethod) == null) {
      synchronized (CompletionsServiceGrpc.class) {
        if ((getStreamCompletionMethod = CompletionsServiceGrpc.getStreamCompletionMethod) == null) {
          CompletionsServiceGrpc.getStreamCompletionMethod = getStreamCompletionMethod =
              io.grpc.MethodDescriptor.<io.github.openai_grpc.v1.CreateCompletionRequest, io.github.openai_grpc.v1.Completion>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "StreamCompletion"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.openai_grpc.v1.CreateCompletionRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.openai_grpc.v1.Completion.getDefaultInstance()))
              .setSchemaDescriptor(new CompletionsServiceMethodDescriptorSupplier("StreamCompletion"))
              .build();
        }
      }
    }
    return getStreamCompletionMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static CompletionsServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<CompletionsServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<CompletionsServiceStub>() {
        @java.lang.Override
        public CompletionsServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new CompletionsServiceStub(channel, callOptions);
        }
      };
    return CompletionsServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static CompletionsServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<CompletionsServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<CompletionsServiceBlockingV2Stub>() {
        @java.lang.Override
        public CompletionsServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new CompletionsServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return CompletionsServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static CompletionsServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<CompletionsServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<CompletionsServiceBlockingStub>() {
        @java.lang.Override
        public CompletionsServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new CompletionsServiceBlockingStub(channel, callOptions);
        }
      };
    return CompletionsServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static CompletionsServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<CompletionsServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<CompletionsServiceFutureStub>() {
        @java.lang.Override
        public CompletionsServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new CompletionsServiceFutureStub(channel, callOptions);
        }
      };
    return CompletionsServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * Completions of a text, without messages. Reference: OpenAI API, Completions (legacy).
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * Completes a prompt, or several.
     * REST: `POST /completions`. Statuses: INVALID_ARGUMENT for a request that upstream refuses (400,
     * 413, 422), NOT_FOUND for an unknown model, RESOURCE_EXHAUSTED for rate limits (RetryInfo says
     * when) and quota, DEADLINE_EXCEEDED, UNAVAILABLE when upstream can't be reached or is overloaded.
     * </pre>
     */
    default void createCompletion(io.github.openai_grpc.v1.CreateCompletionRequest request,
        io.grpc.stub.StreamObserver<io.github.openai_grpc.v1.Completion> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCreateCompletionMethod(), responseObserver);
    }

    /**
     * <pre>
     * Completes a prompt, or several, and sends each piece of text as it is made. Every message is a
     * Completion whose `text` is the next piece.
     * REST: `POST /completions`. Statuses as of CreateCompletion. A stream that ends with OK is
     * complete; one that breaks off ends non-OK after the messages so far.
     * </pre>
     */
    default void streamCompletion(io.github.openai_grpc.v1.CreateCompletionRequest request,
        io.grpc.stub.StreamObserver<io.github.openai_grpc.v1.Completion> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getStreamCompletionMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service CompletionsService.
   * <pre>
   * Completions of a text, without messages. Reference: OpenAI API, Completions (legacy).
   * </pre>
   */
  public static abstract class CompletionsServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return CompletionsServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service CompletionsService.
   * <pre>
   * Completions of a text, without messages. Reference: OpenAI API, Completions (legacy).
   * </pre>
   */
  public static final class CompletionsServiceStub
      extends io.grpc.stub.AbstractAsyncStub<CompletionsServiceStub> {
    private CompletionsServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected CompletionsServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new CompletionsServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * Completes a prompt, or several.
     * REST: `POST /completions`. Statuses: INVALID_ARGUMENT for a request that upstream refuses (400,
     * 413, 422), NOT_FOUND for an unknown model, RESOURCE_EXHAUSTED for rate limits (RetryInfo says
     * when) and quota, DEADLINE_EXCEEDED, UNAVAILABLE when upstream can't be reached or is overloaded.
     * </pre>
     */
    public void createCompletion(io.github.openai_grpc.v1.CreateCompletionRequest request,
        io.grpc.stub.StreamObserver<io.github.openai_grpc.v1.Completion> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCreateCompletionMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Completes a prompt, or several, and sends each piece of text as it is made. Every message is a
     * Completion whose `text` is the next piece.
     * REST: `POST /completions`. Statuses as of CreateCompletion. A stream that ends with OK is
     * complete; one that breaks off ends non-OK after the messages so far.
     * </pre>
     */
    public void streamCompletion(io.github.openai_grpc.v1.CreateCompletionRequest request,
        io.grpc.stub.StreamObserver<io.github.openai_grpc.v1.Completion> responseObserver) {
      io.grpc.stub.ClientCalls.asyncServerStreamingCall(
          getChannel().newCall(getStreamCompletionMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service CompletionsService.
   * <pre>
   * Completions of a text, without messages. Reference: OpenAI API, Completions (legacy).
   * </pre>
   */
  public static final class CompletionsServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<CompletionsServiceBlockingV2Stub> {
    private CompletionsServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected CompletionsServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new CompletionsServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * Completes a prompt, or several.
     * REST: `POST /completions`. Statuses: INVALID_ARGUMENT for a request that upstream refuses (400,
     * 413, 422), NOT_FOUND for an unknown model, RESOURCE_EXHAUSTED for rate limits (RetryInfo says
     * when) and quota, DEADLINE_EXCEEDED, UNAVAILABLE when upstream can't be reached or is overloaded.
     * </pre>
     */
    public io.github.openai_grpc.v1.Completion createCompletion(io.github.openai_grpc.v1.CreateCompletionRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCreateCompletionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Completes a prompt, or several, and sends each piece of text as it is made. Every message is a
     * Completion whose `text` is the next piece.
     * REST: `POST /completions`. Statuses as of CreateCompletion. A stream that ends with OK is
     * complete; one that breaks off ends non-OK after the messages so far.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<?, io.github.openai_grpc.v1.Completion>
        streamCompletion(io.github.openai_grpc.v1.CreateCompletionRequest request) {
      return io.grpc.stub.ClientCalls.blockingV2ServerStreamingCall(
          getChannel(), getStreamCompletionMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service CompletionsService.
   * <pre>
   * Completions of a text, without messages. Reference: OpenAI API, Completions (legacy).
   * </pre>
   */
  public static final class CompletionsServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<CompletionsServiceBlockingStub> {
    private CompletionsServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected CompletionsServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new CompletionsServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * Completes a prompt, or several.
     * REST: `POST /completions`. Statuses: INVALID_ARGUMENT for a request that upstream refuses (400,
     * 413, 422), NOT_FOUND for an unknown model, RESOURCE_EXHAUSTED for rate limits (RetryInfo says
     * when) and quota, DEADLINE_EXCEEDED, UNAVAILABLE when upstream can't be reached or is overloaded.
     * </pre>
     */
    public io.github.openai_grpc.v1.Completion createCompletion(io.github.openai_grpc.v1.CreateCompletionRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCreateCompletionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Completes a prompt, or several, and sends each piece of text as it is made. Every message is a
     * Completion whose `text` is the next piece.
     * REST: `POST /completions`. Statuses as of CreateCompletion. A stream that ends with OK is
     * complete; one that breaks off ends non-OK after the messages so far.
     * </pre>
     */
    public java.util.Iterator<io.github.openai_grpc.v1.Completion> streamCompletion(
        io.github.openai_grpc.v1.CreateCompletionRequest request) {
      return io.grpc.stub.ClientCalls.blockingServerStreamingCall(
          getChannel(), getStreamCompletionMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service CompletionsService.
   * <pre>
   * Completions of a text, without messages. Reference: OpenAI API, Completions (legacy).
   * </pre>
   */
  public static final class CompletionsServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<CompletionsServiceFutureStub> {
    private CompletionsServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected CompletionsServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new CompletionsServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * Completes a prompt, or several.
     * REST: `POST /completions`. Statuses: INVALID_ARGUMENT for a request that upstream refuses (400,
     * 413, 422), NOT_FOUND for an unknown model, RESOURCE_EXHAUSTED for rate limits (RetryInfo says
     * when) and quota, DEADLINE_EXCEEDED, UNAVAILABLE when upstream can't be reached or is overloaded.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.github.openai_grpc.v1.Completion> createCompletion(
        io.github.openai_grpc.v1.CreateCompletionRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCreateCompletionMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_CREATE_COMPLETION = 0;
  private static final int METHODID_STREAM_COMPLETION = 1;

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
        case METHODID_CREATE_COMPLETION:
          serviceImpl.createCompletion((io.github.openai_grpc.v1.CreateCompletionRequest) request,
              (io.grpc.stub.StreamObserver<io.github.openai_grpc.v1.Completion>) responseObserver);
          break;
        case METHODID_STREAM_COMPLETION:
          serviceImpl.streamCompletion((io.github.openai_grpc.v1.CreateCompletionRequest) request,
              (io.grpc.stub.StreamObserver<io.github.openai_grpc.v1.Completion>) responseObserver);
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
        default:
          throw new AssertionError();
      }
    }
  }

  public static final io.grpc.ServerServiceDefinition bindService(AsyncService service) {
    return io.grpc.ServerServiceDefinition.builder(getServiceDescriptor())
        .addMethod(
          getCreateCompletionMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.github.openai_grpc.v1.CreateCompletionRequest,
              io.github.openai_grpc.v1.Completion>(
                service, METHODID_CREATE_COMPLETION)))
        .addMethod(
          getStreamCompletionMethod(),
          io.grpc.stub.ServerCalls.asyncServerStreamingCall(
            new MethodHandlers<
              io.github.openai_grpc.v1.CreateCompletionRequest,
              io.github.openai_grpc.v1.Completion>(
                service, METHODID_STREAM_COMPLETION)))
        .build();
  }

  private static abstract class CompletionsServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    CompletionsServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return io.github.openai_grpc.v1.Completions.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("CompletionsService");
    }
  }

  private static final class CompletionsServiceFileDescriptorSupplier
      extends CompletionsServiceBaseDescriptorSupplier {
    CompletionsServiceFileDescriptorSupplier() {}
  }

  private static final class CompletionsServiceMethodDescriptorSupplier
      extends CompletionsServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    CompletionsServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (CompletionsServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new CompletionsServiceFileDescriptorSupplier())
              .addMethod(getCreateCompletionMethod())
              .addMethod(getStreamCompletionMethod())
              .build();
        }
      }
    }
    return result;
  }
}
