package io.github.openai_grpc.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * Embeddings. Reference: OpenAI API, Embeddings.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class EmbeddingsServiceGrpc {

  private EmbeddingsServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "openai_grpc.v1.EmbeddingsService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<io.github.openai_grpc.v1.CreateEmbeddingRequest,
      io.github.openai_grpc.v1.CreateEmbeddingResponse> getCreateEmbeddingMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CreateEmbedding",
      requestType = io.github.openai_grpc.v1.CreateEmbeddingRequest.class,
      responseType = io.github.openai_grpc.v1.CreateEmbeddingResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.github.openai_grpc.v1.CreateEmbeddingRequest,
      io.github.openai_grpc.v1.CreateEmbeddingResponse> getCreateEmbeddingMethod() {
    io.grpc.MethodDescriptor<io.github.openai_grpc.v1.CreateEmbeddingRequest, io.github.openai_grpc.v1.CreateEmbeddingResponse> getCreateEmbeddingMethod;
    if ((getCreateEmbeddingMethod = EmbeddingsServiceGrpc.getCreateEmbeddingMethod) == null) {
      synchronized (EmbeddingsServiceGrpc.class) {
        if ((getCreateEmbeddingMethod = EmbeddingsServiceGrpc.getCreateEmbeddingMethod) == null) {
          EmbeddingsServiceGrpc.getCreateEmbeddingMethod = getCreateEmbeddingMethod =
              io.grpc.MethodDescriptor.<io.github.openai_grpc.v1.CreateEmbeddingRequest, io.github.openai_grpc.v1.CreateEmbeddingResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CreateEmbedding"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.openai_grpc.v1.CreateEmbeddingRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.openai_grpc.v1.CreateEmbeddingResponse.getDefaultInstance()))
              .setSchemaDescriptor(new EmbeddingsServiceMethodDescriptorSupplier("CreateEmbedding"))
              .build();
        }
      }
    }
    return getCreateEmbeddingMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static EmbeddingsServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<EmbeddingsServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<EmbeddingsServiceStub>() {
        @java.lang.Override
        public EmbeddingsServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new EmbeddingsServiceStub(channel, callOptions);
        }
      };
    return EmbeddingsServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static EmbeddingsServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<EmbeddingsServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<EmbeddingsServiceBlockingV2Stub>() {
        @java.lang.Override
        public EmbeddingsServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new EmbeddingsServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return EmbeddingsServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static EmbeddingsServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<EmbeddingsServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<EmbeddingsServiceBlockingStub>() {
        @java.lang.Override
        public EmbeddingsServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new EmbeddingsServiceBlockingStub(channel, callOptions);
        }
      };
    return EmbeddingsServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static EmbeddingsServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<EmbeddingsServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<EmbeddingsServiceFutureStub>() {
        @java.lang.Override
        public EmbeddingsServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new EmbeddingsServiceFutureStub(channel, callOptions);
        }
      };
    return EmbeddingsServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * Embeddings. Reference: OpenAI API, Embeddings.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * Embeds one or more texts, each as a vector.
     * REST: `POST /embeddings`.
     * Statuses: INVALID_ARGUMENT for a request that the gateway or upstream refuses (400, 413, 422),
     * UNAUTHENTICATED or PERMISSION_DENIED where the caller's own key is missing or refused,
     * NOT_FOUND for an unknown model, RESOURCE_EXHAUSTED for rate limits (RetryInfo says when) and
     * spent quota (QuotaFailure), FAILED_PRECONDITION for other refusals (402), DEADLINE_EXCEEDED at
     * the caller's deadline or a timeout of the gateway or upstream, UNAVAILABLE when upstream could
     * not be reached or is overloaded, or the gateway shuts down, INTERNAL when upstream failed,
     * refused the gateway's key, or broke the connection, which may have been billed.
     * </pre>
     */
    default void createEmbedding(io.github.openai_grpc.v1.CreateEmbeddingRequest request,
        io.grpc.stub.StreamObserver<io.github.openai_grpc.v1.CreateEmbeddingResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCreateEmbeddingMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service EmbeddingsService.
   * <pre>
   * Embeddings. Reference: OpenAI API, Embeddings.
   * </pre>
   */
  public static abstract class EmbeddingsServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return EmbeddingsServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service EmbeddingsService.
   * <pre>
   * Embeddings. Reference: OpenAI API, Embeddings.
   * </pre>
   */
  public static final class EmbeddingsServiceStub
      extends io.grpc.stub.AbstractAsyncStub<EmbeddingsServiceStub> {
    private EmbeddingsServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected EmbeddingsServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new EmbeddingsServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * Embeds one or more texts, each as a vector.
     * REST: `POST /embeddings`.
     * Statuses: INVALID_ARGUMENT for a request that the gateway or upstream refuses (400, 413, 422),
     * UNAUTHENTICATED or PERMISSION_DENIED where the caller's own key is missing or refused,
     * NOT_FOUND for an unknown model, RESOURCE_EXHAUSTED for rate limits (RetryInfo says when) and
     * spent quota (QuotaFailure), FAILED_PRECONDITION for other refusals (402), DEADLINE_EXCEEDED at
     * the caller's deadline or a timeout of the gateway or upstream, UNAVAILABLE when upstream could
     * not be reached or is overloaded, or the gateway shuts down, INTERNAL when upstream failed,
     * refused the gateway's key, or broke the connection, which may have been billed.
     * </pre>
     */
    public void createEmbedding(io.github.openai_grpc.v1.CreateEmbeddingRequest request,
        io.grpc.stub.StreamObserver<io.github.openai_grpc.v1.CreateEmbeddingResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCreateEmbeddingMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service EmbeddingsService.
   * <pre>
   * Embeddings. Reference: OpenAI API, Embeddings.
   * </pre>
   */
  public static final class EmbeddingsServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<EmbeddingsServiceBlockingV2Stub> {
    private EmbeddingsServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected EmbeddingsServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new EmbeddingsServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * Embeds one or more texts, each as a vector.
     * REST: `POST /embeddings`.
     * Statuses: INVALID_ARGUMENT for a request that the gateway or upstream refuses (400, 413, 422),
     * UNAUTHENTICATED or PERMISSION_DENIED where the caller's own key is missing or refused,
     * NOT_FOUND for an unknown model, RESOURCE_EXHAUSTED for rate limits (RetryInfo says when) and
     * spent quota (QuotaFailure), FAILED_PRECONDITION for other refusals (402), DEADLINE_EXCEEDED at
     * the caller's deadline or a timeout of the gateway or upstream, UNAVAILABLE when upstream could
     * not be reached or is overloaded, or the gateway shuts down, INTERNAL when upstream failed,
     * refused the gateway's key, or broke the connection, which may have been billed.
     * </pre>
     */
    public io.github.openai_grpc.v1.CreateEmbeddingResponse createEmbedding(io.github.openai_grpc.v1.CreateEmbeddingRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCreateEmbeddingMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service EmbeddingsService.
   * <pre>
   * Embeddings. Reference: OpenAI API, Embeddings.
   * </pre>
   */
  public static final class EmbeddingsServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<EmbeddingsServiceBlockingStub> {
    private EmbeddingsServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected EmbeddingsServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new EmbeddingsServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * Embeds one or more texts, each as a vector.
     * REST: `POST /embeddings`.
     * Statuses: INVALID_ARGUMENT for a request that the gateway or upstream refuses (400, 413, 422),
     * UNAUTHENTICATED or PERMISSION_DENIED where the caller's own key is missing or refused,
     * NOT_FOUND for an unknown model, RESOURCE_EXHAUSTED for rate limits (RetryInfo says when) and
     * spent quota (QuotaFailure), FAILED_PRECONDITION for other refusals (402), DEADLINE_EXCEEDED at
     * the caller's deadline or a timeout of the gateway or upstream, UNAVAILABLE when upstream could
     * not be reached or is overloaded, or the gateway shuts down, INTERNAL when upstream failed,
     * refused the gateway's key, or broke the connection, which may have been billed.
     * </pre>
     */
    public io.github.openai_grpc.v1.CreateEmbeddingResponse createEmbedding(io.github.openai_grpc.v1.CreateEmbeddingRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCreateEmbeddingMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service EmbeddingsService.
   * <pre>
   * Embeddings. Reference: OpenAI API, Embeddings.
   * </pre>
   */
  public static final class EmbeddingsServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<EmbeddingsServiceFutureStub> {
    private EmbeddingsServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected EmbeddingsServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new EmbeddingsServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * Embeds one or more texts, each as a vector.
     * REST: `POST /embeddings`.
     * Statuses: INVALID_ARGUMENT for a request that the gateway or upstream refuses (400, 413, 422),
     * UNAUTHENTICATED or PERMISSION_DENIED where the caller's own key is missing or refused,
     * NOT_FOUND for an unknown model, RESOURCE_EXHAUSTED for rate limits (RetryInfo says when) and
     * spent quota (QuotaFailure), FAILED_PRECONDITION for other refusals (402), DEADLINE_EXCEEDED at
     * the caller's deadline or a timeout of the gateway or upstream, UNAVAILABLE when upstream could
     * not be reached or is overloaded, or the gateway shuts down, INTERNAL when upstream failed,
     * refused the gateway's key, or broke the connection, which may have been billed.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.github.openai_grpc.v1.CreateEmbeddingResponse> createEmbedding(
        io.github.openai_grpc.v1.CreateEmbeddingRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCreateEmbeddingMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_CREATE_EMBEDDING = 0;

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
        case METHODID_CREATE_EMBEDDING:
          serviceImpl.createEmbedding((io.github.openai_grpc.v1.CreateEmbeddingRequest) request,
              (io.grpc.stub.StreamObserver<io.github.openai_grpc.v1.CreateEmbeddingResponse>) responseObserver);
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
          getCreateEmbeddingMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.github.openai_grpc.v1.CreateEmbeddingRequest,
              io.github.openai_grpc.v1.CreateEmbeddingResponse>(
                service, METHODID_CREATE_EMBEDDING)))
        .build();
  }

  private static abstract class EmbeddingsServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    EmbeddingsServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return io.github.openai_grpc.v1.Embeddings.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("EmbeddingsService");
    }
  }

  private static final class EmbeddingsServiceFileDescriptorSupplier
      extends EmbeddingsServiceBaseDescriptorSupplier {
    EmbeddingsServiceFileDescriptorSupplier() {}
  }

  private static final class EmbeddingsServiceMethodDescriptorSupplier
      extends EmbeddingsServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    EmbeddingsServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (EmbeddingsServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new EmbeddingsServiceFileDescriptorSupplier())
              .addMethod(getCreateEmbeddingMethod())
              .build();
        }
      }
    }
    return result;
  }
}
