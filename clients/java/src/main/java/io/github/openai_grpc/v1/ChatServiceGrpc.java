package io.github.openai_grpc.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * Chat completions. Reference: OpenAI API, Chat.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class ChatServiceGrpc {

  private ChatServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "openai_grpc.v1.ChatService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<io.github.openai_grpc.v1.CreateChatCompletionRequest,
      io.github.openai_grpc.v1.ChatCompletion> getCreateChatCompletionMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CreateChatCompletion",
      requestType = io.github.openai_grpc.v1.CreateChatCompletionRequest.class,
      responseType = io.github.openai_grpc.v1.ChatCompletion.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.github.openai_grpc.v1.CreateChatCompletionRequest,
      io.github.openai_grpc.v1.ChatCompletion> getCreateChatCompletionMethod() {
    io.grpc.MethodDescriptor<io.github.openai_grpc.v1.CreateChatCompletionRequest, io.github.openai_grpc.v1.ChatCompletion> getCreateChatCompletionMethod;
    if ((getCreateChatCompletionMethod = ChatServiceGrpc.getCreateChatCompletionMethod) == null) {
      synchronized (ChatServiceGrpc.class) {
        if ((getCreateChatCompletionMethod = ChatServiceGrpc.getCreateChatCompletionMethod) == null) {
          ChatServiceGrpc.getCreateChatCompletionMethod = getCreateChatCompletionMethod =
              io.grpc.MethodDescriptor.<io.github.openai_grpc.v1.CreateChatCompletionRequest, io.github.openai_grpc.v1.ChatCompletion>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CreateChatCompletion"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.openai_grpc.v1.CreateChatCompletionRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.openai_grpc.v1.ChatCompletion.getDefaultInstance()))
              .setSchemaDescriptor(new ChatServiceMethodDescriptorSupplier("CreateChatCompletion"))
              .build();
        }
      }
    }
    return getCreateChatCompletionMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.github.openai_grpc.v1.CreateChatCompletionRequest,
      io.github.openai_grpc.v1.ChatCompletionChunk> getStreamChatCompletionMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "StreamChatCompletion",
      requestType = io.github.openai_grpc.v1.CreateChatCompletionRequest.class,
      responseType = io.github.openai_grpc.v1.ChatCompletionChunk.class,
      methodType = io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
  public static io.grpc.MethodDescriptor<io.github.openai_grpc.v1.CreateChatCompletionRequest,
      io.github.openai_grpc.v1.ChatCompletionChunk> getStreamChatCompletionMethod() {
    io.grpc.MethodDescriptor<io.github.openai_grpc.v1.CreateChatCompletionRequest, io.github.openai_grpc.v1.ChatCompletionChunk> getStreamChatCompletionMethod;
    if ((getStreamChatCompletionMethod = ChatServiceGrpc.getStreamChatCompletionMethod) == null) {
      synchronized (ChatServiceGrpc.class) {
        if ((getStreamChatCompletionMethod = ChatServiceGrpc.getStreamChatCompletionMethod) == null) {
          ChatServiceGrpc.getStreamChatCompletionMethod = getStreamChatCompletionMethod =
              io.grpc.MethodDescriptor.<io.github.openai_grpc.v1.CreateChatCompletionRequest, io.github.openai_grpc.v1.ChatCompletionChunk>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "StreamChatCompletion"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.openai_grpc.v1.CreateChatCompletionRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.openai_grpc.v1.ChatCompletionChunk.getDefaultInstance()))
              .setSchemaDescriptor(new ChatServiceMethodDescriptorSupplier("StreamChatCompletion"))
              .build();
        }
      }
    }
    return getStreamChatCompletionMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.github.openai_grpc.v1.GetChatCompletionRequest,
      io.github.openai_grpc.v1.ChatCompletion> getGetChatCompletionMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetChatCompletion",
      requestType = io.github.openai_grpc.v1.GetChatCompletionRequest.class,
      responseType = io.github.openai_grpc.v1.ChatCompletion.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.github.openai_grpc.v1.GetChatCompletionRequest,
      io.github.openai_grpc.v1.ChatCompletion> getGetChatCompletionMethod() {
    io.grpc.MethodDescriptor<io.github.openai_grpc.v1.GetChatCompletionRequest, io.github.openai_grpc.v1.ChatCompletion> getGetChatCompletionMethod;
    if ((getGetChatCompletionMethod = ChatServiceGrpc.getGetChatCompletionMethod) == null) {
      synchronized (ChatServiceGrpc.class) {
        if ((getGetChatCompletionMethod = ChatServiceGrpc.getGetChatCompletionMethod) == null) {
          ChatServiceGrpc.getGetChatCompletionMethod = getGetChatCompletionMethod =
              io.grpc.MethodDescriptor.<io.github.openai_grpc.v1.GetChatCompletionRequest, io.github.openai_grpc.v1.ChatCompletion>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetChatCompletion"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.openai_grpc.v1.GetChatCompletionRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.openai_grpc.v1.ChatCompletion.getDefaultInstance()))
              .setSchemaDescriptor(new ChatServiceMethodDescriptorSupplier("GetChatCompletion"))
              .build();
        }
      }
    }
    return getGetChatCompletionMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.github.openai_grpc.v1.ListChatCompletionsRequest,
      io.github.openai_grpc.v1.ChatCompletionList> getListChatCompletionsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListChatCompletions",
      requestType = io.github.openai_grpc.v1.ListChatCompletionsRequest.class,
      responseType = io.github.openai_grpc.v1.ChatCompletionList.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.github.openai_grpc.v1.ListChatCompletionsRequest,
      io.github.openai_grpc.v1.ChatCompletionList> getListChatCompletionsMethod() {
    io.grpc.MethodDescriptor<io.github.openai_grpc.v1.ListChatCompletionsRequest, io.github.openai_grpc.v1.ChatCompletionList> getListChatCompletionsMethod;
    if ((getListChatCompletionsMethod = ChatServiceGrpc.getListChatCompletionsMethod) == null) {
      synchronized (ChatServiceGrpc.class) {
        if ((getListChatCompletionsMethod = ChatServiceGrpc.getListChatCompletionsMethod) == null) {
          ChatServiceGrpc.getListChatCompletionsMethod = getListChatCompletionsMethod =
              io.grpc.MethodDescriptor.<io.github.openai_grpc.v1.ListChatCompletionsRequest, io.github.openai_grpc.v1.ChatCompletionList>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListChatCompletions"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.openai_grpc.v1.ListChatCompletionsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.openai_grpc.v1.ChatCompletionList.getDefaultInstance()))
              .setSchemaDescriptor(new ChatServiceMethodDescriptorSupplier("ListChatCompletions"))
              .build();
        }
      }
    }
    return getListChatCompletionsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.github.openai_grpc.v1.UpdateChatCompletionRequest,
      io.github.openai_grpc.v1.ChatCompletion> getUpdateChatCompletionMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "UpdateChatCompletion",
      requestType = io.github.openai_grpc.v1.UpdateChatCompletionRequest.class,
      responseType = io.github.openai_grpc.v1.ChatCompletion.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.github.openai_grpc.v1.UpdateChatCompletionRequest,
      io.github.openai_grpc.v1.ChatCompletion> getUpdateChatCompletionMethod() {
    io.grpc.MethodDescriptor<io.github.openai_grpc.v1.UpdateChatCompletionRequest, io.github.openai_grpc.v1.ChatCompletion> getUpdateChatCompletionMethod;
    if ((getUpdateChatCompletionMethod = ChatServiceGrpc.getUpdateChatCompletionMethod) == null) {
      synchronized (ChatServiceGrpc.class) {
        if ((getUpdateChatCompletionMethod = ChatServiceGrpc.getUpdateChatCompletionMethod) == null) {
          ChatServiceGrpc.getUpdateChatCompletionMethod = getUpdateChatCompletionMethod =
              io.grpc.MethodDescriptor.<io.github.openai_grpc.v1.UpdateChatCompletionRequest, io.github.openai_grpc.v1.ChatCompletion>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "UpdateChatCompletion"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.openai_grpc.v1.UpdateChatCompletionRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.openai_grpc.v1.ChatCompletion.getDefaultInstance()))
              .setSchemaDescriptor(new ChatServiceMethodDescriptorSupplier("UpdateChatCompletion"))
              .build();
        }
      }
    }
    return getUpdateChatCompletionMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.github.openai_grpc.v1.DeleteChatCompletionRequest,
      io.github.openai_grpc.v1.ChatCompletionDeleted> getDeleteChatCompletionMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "DeleteChatCompletion",
      requestType = io.github.openai_grpc.v1.DeleteChatCompletionRequest.class,
      responseType = io.github.openai_grpc.v1.ChatCompletionDeleted.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.github.openai_grpc.v1.DeleteChatCompletionRequest,
      io.github.openai_grpc.v1.ChatCompletionDeleted> getDeleteChatCompletionMethod() {
    io.grpc.MethodDescriptor<io.github.openai_grpc.v1.DeleteChatCompletionRequest, io.github.openai_grpc.v1.ChatCompletionDeleted> getDeleteChatCompletionMethod;
    if ((getDeleteChatCompletionMethod = ChatServiceGrpc.getDeleteChatCompletionMethod) == null) {
      synchronized (ChatServiceGrpc.class) {
        if ((getDeleteChatCompletionMethod = ChatServiceGrpc.getDeleteChatCompletionMethod) == null) {
          ChatServiceGrpc.getDeleteChatCompletionMethod = getDeleteChatCompletionMethod =
              io.grpc.MethodDescriptor.<io.github.openai_grpc.v1.DeleteChatCompletionRequest, io.github.openai_grpc.v1.ChatCompletionDeleted>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "DeleteChatCompletion"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.openai_grpc.v1.DeleteChatCompletionRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.openai_grpc.v1.ChatCompletionDeleted.getDefaultInstance()))
              .setSchemaDescriptor(new ChatServiceMethodDescriptorSupplier("DeleteChatCompletion"))
              .build();
        }
      }
    }
    return getDeleteChatCompletionMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.github.openai_grpc.v1.ListChatCompletionMessagesRequest,
      io.github.openai_grpc.v1.ChatCompletionMessageList> getListChatCompletionMessagesMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListChatCompletionMessages",
      requestType = io.github.openai_grpc.v1.ListChatCompletionMessagesRequest.class,
      responseType = io.github.openai_grpc.v1.ChatCompletionMessageList.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.github.openai_grpc.v1.ListChatCompletionMessagesRequest,
      io.github.openai_grpc.v1.ChatCompletionMessageList> getListChatCompletionMessagesMethod() {
    io.grpc.MethodDescriptor<io.github.openai_grpc.v1.ListChatCompletionMessagesRequest, io.github.openai_grpc.v1.ChatCompletionMessageList> getListChatCompletionMessagesMethod;
    if ((getListChatCompletionMessagesMethod = ChatServiceGrpc.getListChatCompletionMessagesMethod) == null) {
      synchronized (ChatServiceGrpc.class) {
        if ((getListChatCompletionMessagesMethod = ChatServiceGrpc.getListChatCompletionMessagesMethod) == null) {
          ChatServiceGrpc.getListChatCompletionMessagesMethod = getListChatCompletionMessagesMethod =
              io.grpc.MethodDescriptor.<io.github.openai_grpc.v1.ListChatCompletionMessagesRequest, io.github.openai_grpc.v1.ChatCompletionMessageList>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListChatCompletionMessages"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.openai_grpc.v1.ListChatCompletionMessagesRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.openai_grpc.v1.ChatCompletionMessageList.getDefaultInstance()))
              .setSchemaDescriptor(new ChatServiceMethodDescriptorSupplier("ListChatCompletionMessages"))
              .build();
        }
      }
    }
    return getListChatCompletionMessagesMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static ChatServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<ChatServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<ChatServiceStub>() {
        @java.lang.Override
        public ChatServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new ChatServiceStub(channel, callOptions);
        }
      };
    return ChatServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static ChatServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<ChatServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<ChatServiceBlockingV2Stub>() {
        @java.lang.Override
        public ChatServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new ChatServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return ChatServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static ChatServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<ChatServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<ChatServiceBlockingStub>() {
        @java.lang.Override
        public ChatServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new ChatServiceBlockingStub(channel, callOptions);
        }
      };
    return ChatServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static ChatServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<ChatServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<ChatServiceFutureStub>() {
        @java.lang.Override
        public ChatServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new ChatServiceFutureStub(channel, callOptions);
        }
      };
    return ChatServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * Chat completions. Reference: OpenAI API, Chat.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * Completes a chat and answers when the whole reply is there.
     * REST: `POST /chat/completions`.
     * Statuses: INVALID_ARGUMENT for a request that the gateway or upstream refuses (400, 413, 422),
     * UNAUTHENTICATED or PERMISSION_DENIED where the caller's own key is missing or refused,
     * NOT_FOUND for an unknown model, RESOURCE_EXHAUSTED for rate limits (RetryInfo says when) and
     * spent quota (QuotaFailure), FAILED_PRECONDITION for other refusals (402), DEADLINE_EXCEEDED at
     * the caller's deadline or a timeout of the gateway or upstream, UNAVAILABLE when upstream could
     * not be reached or is overloaded, or the gateway shuts down, INTERNAL when upstream failed,
     * refused the gateway's key, or broke the connection, which may have been billed.
     * </pre>
     */
    default void createChatCompletion(io.github.openai_grpc.v1.CreateChatCompletionRequest request,
        io.grpc.stub.StreamObserver<io.github.openai_grpc.v1.ChatCompletion> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCreateChatCompletionMethod(), responseObserver);
    }

    /**
     * <pre>
     * Completes a chat and sends the reply in chunks as the model writes it. The stream ends with OK
     * only after upstream's `[DONE]`; when it breaks off or carries an error, the chunks so far are
     * followed by a status that is not OK. Cancelling the RPC closes the upstream request.
     * REST: `POST /chat/completions`.
     * Statuses: those of CreateChatCompletion, before the first chunk or after any; INTERNAL also for
     * a truncated stream (reason `UPSTREAM_TRUNCATED`), DEADLINE_EXCEEDED also for no first token, or
     * none for too long (reasons `FIRST_TOKEN_TIMEOUT`, `IDLE_TIMEOUT`).
     * </pre>
     */
    default void streamChatCompletion(io.github.openai_grpc.v1.CreateChatCompletionRequest request,
        io.grpc.stub.StreamObserver<io.github.openai_grpc.v1.ChatCompletionChunk> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getStreamChatCompletionMethod(), responseObserver);
    }

    /**
     * <pre>
     * Returns a stored chat completion, which is one that was created with `store`.
     * REST: `GET /chat/completions/{completion_id}`.
     * Statuses: INVALID_ARGUMENT for a parameter that upstream refuses, UNAUTHENTICATED or
     * PERMISSION_DENIED where the caller's own key is missing or refused, NOT_FOUND for an id that is
     * not stored, RESOURCE_EXHAUSTED for rate limits (RetryInfo says when), DEADLINE_EXCEEDED,
     * UNAVAILABLE when upstream could not be reached or is overloaded (502, 503, 504), or the gateway
     * shuts down, INTERNAL when upstream failed.
     * </pre>
     */
    default void getChatCompletion(io.github.openai_grpc.v1.GetChatCompletionRequest request,
        io.grpc.stub.StreamObserver<io.github.openai_grpc.v1.ChatCompletion> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetChatCompletionMethod(), responseObserver);
    }

    /**
     * <pre>
     * Lists stored chat completions, a page at a time.
     * REST: `GET /chat/completions`.
     * Statuses: INVALID_ARGUMENT for a parameter that upstream refuses, UNAUTHENTICATED or
     * PERMISSION_DENIED where the caller's own key is missing or refused, RESOURCE_EXHAUSTED for rate
     * limits (RetryInfo says when), DEADLINE_EXCEEDED, UNAVAILABLE when upstream could not be reached
     * or is overloaded (502, 503, 504), or the gateway shuts down, INTERNAL when upstream failed.
     * </pre>
     */
    default void listChatCompletions(io.github.openai_grpc.v1.ListChatCompletionsRequest request,
        io.grpc.stub.StreamObserver<io.github.openai_grpc.v1.ChatCompletionList> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListChatCompletionsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Replaces the metadata of a stored chat completion, the only thing of it that can be changed.
     * REST: `POST /chat/completions/{completion_id}`.
     * Statuses: INVALID_ARGUMENT for a request that upstream refuses, UNAUTHENTICATED or
     * PERMISSION_DENIED where the caller's own key is missing or refused, NOT_FOUND for an id that is
     * not stored, ABORTED for a conflict with another change (409), RESOURCE_EXHAUSTED for rate
     * limits (RetryInfo says when), DEADLINE_EXCEEDED, UNAVAILABLE when upstream could not be reached
     * or is overloaded, or the gateway shuts down, INTERNAL when upstream failed.
     * </pre>
     */
    default void updateChatCompletion(io.github.openai_grpc.v1.UpdateChatCompletionRequest request,
        io.grpc.stub.StreamObserver<io.github.openai_grpc.v1.ChatCompletion> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getUpdateChatCompletionMethod(), responseObserver);
    }

    /**
     * <pre>
     * Deletes a stored chat completion.
     * REST: `DELETE /chat/completions/{completion_id}`.
     * Statuses: INVALID_ARGUMENT for a request that upstream refuses, UNAUTHENTICATED or
     * PERMISSION_DENIED where the caller's own key is missing or refused, NOT_FOUND for an id that is
     * not stored, ABORTED for a conflict with another change (409), RESOURCE_EXHAUSTED for rate
     * limits (RetryInfo says when), DEADLINE_EXCEEDED, UNAVAILABLE when upstream could not be reached
     * or is overloaded, or the gateway shuts down, INTERNAL when upstream failed.
     * </pre>
     */
    default void deleteChatCompletion(io.github.openai_grpc.v1.DeleteChatCompletionRequest request,
        io.grpc.stub.StreamObserver<io.github.openai_grpc.v1.ChatCompletionDeleted> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getDeleteChatCompletionMethod(), responseObserver);
    }

    /**
     * <pre>
     * Lists the messages that a stored chat completion was asked to complete, a page at a time.
     * REST: `GET /chat/completions/{completion_id}/messages`.
     * Statuses: INVALID_ARGUMENT for a parameter that upstream refuses, UNAUTHENTICATED or
     * PERMISSION_DENIED where the caller's own key is missing or refused, NOT_FOUND for an id that is
     * not stored, RESOURCE_EXHAUSTED for rate limits (RetryInfo says when), DEADLINE_EXCEEDED,
     * UNAVAILABLE when upstream could not be reached or is overloaded (502, 503, 504), or the gateway
     * shuts down, INTERNAL when upstream failed.
     * </pre>
     */
    default void listChatCompletionMessages(io.github.openai_grpc.v1.ListChatCompletionMessagesRequest request,
        io.grpc.stub.StreamObserver<io.github.openai_grpc.v1.ChatCompletionMessageList> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListChatCompletionMessagesMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service ChatService.
   * <pre>
   * Chat completions. Reference: OpenAI API, Chat.
   * </pre>
   */
  public static abstract class ChatServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return ChatServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service ChatService.
   * <pre>
   * Chat completions. Reference: OpenAI API, Chat.
   * </pre>
   */
  public static final class ChatServiceStub
      extends io.grpc.stub.AbstractAsyncStub<ChatServiceStub> {
    private ChatServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected ChatServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new ChatServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * Completes a chat and answers when the whole reply is there.
     * REST: `POST /chat/completions`.
     * Statuses: INVALID_ARGUMENT for a request that the gateway or upstream refuses (400, 413, 422),
     * UNAUTHENTICATED or PERMISSION_DENIED where the caller's own key is missing or refused,
     * NOT_FOUND for an unknown model, RESOURCE_EXHAUSTED for rate limits (RetryInfo says when) and
     * spent quota (QuotaFailure), FAILED_PRECONDITION for other refusals (402), DEADLINE_EXCEEDED at
     * the caller's deadline or a timeout of the gateway or upstream, UNAVAILABLE when upstream could
     * not be reached or is overloaded, or the gateway shuts down, INTERNAL when upstream failed,
     * refused the gateway's key, or broke the connection, which may have been billed.
     * </pre>
     */
    public void createChatCompletion(io.github.openai_grpc.v1.CreateChatCompletionRequest request,
        io.grpc.stub.StreamObserver<io.github.openai_grpc.v1.ChatCompletion> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCreateChatCompletionMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Completes a chat and sends the reply in chunks as the model writes it. The stream ends with OK
     * only after upstream's `[DONE]`; when it breaks off or carries an error, the chunks so far are
     * followed by a status that is not OK. Cancelling the RPC closes the upstream request.
     * REST: `POST /chat/completions`.
     * Statuses: those of CreateChatCompletion, before the first chunk or after any; INTERNAL also for
     * a truncated stream (reason `UPSTREAM_TRUNCATED`), DEADLINE_EXCEEDED also for no first token, or
     * none for too long (reasons `FIRST_TOKEN_TIMEOUT`, `IDLE_TIMEOUT`).
     * </pre>
     */
    public void streamChatCompletion(io.github.openai_grpc.v1.CreateChatCompletionRequest request,
        io.grpc.stub.StreamObserver<io.github.openai_grpc.v1.ChatCompletionChunk> responseObserver) {
      io.grpc.stub.ClientCalls.asyncServerStreamingCall(
          getChannel().newCall(getStreamChatCompletionMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Returns a stored chat completion, which is one that was created with `store`.
     * REST: `GET /chat/completions/{completion_id}`.
     * Statuses: INVALID_ARGUMENT for a parameter that upstream refuses, UNAUTHENTICATED or
     * PERMISSION_DENIED where the caller's own key is missing or refused, NOT_FOUND for an id that is
     * not stored, RESOURCE_EXHAUSTED for rate limits (RetryInfo says when), DEADLINE_EXCEEDED,
     * UNAVAILABLE when upstream could not be reached or is overloaded (502, 503, 504), or the gateway
     * shuts down, INTERNAL when upstream failed.
     * </pre>
     */
    public void getChatCompletion(io.github.openai_grpc.v1.GetChatCompletionRequest request,
        io.grpc.stub.StreamObserver<io.github.openai_grpc.v1.ChatCompletion> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetChatCompletionMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Lists stored chat completions, a page at a time.
     * REST: `GET /chat/completions`.
     * Statuses: INVALID_ARGUMENT for a parameter that upstream refuses, UNAUTHENTICATED or
     * PERMISSION_DENIED where the caller's own key is missing or refused, RESOURCE_EXHAUSTED for rate
     * limits (RetryInfo says when), DEADLINE_EXCEEDED, UNAVAILABLE when upstream could not be reached
     * or is overloaded (502, 503, 504), or the gateway shuts down, INTERNAL when upstream failed.
     * </pre>
     */
    public void listChatCompletions(io.github.openai_grpc.v1.ListChatCompletionsRequest request,
        io.grpc.stub.StreamObserver<io.github.openai_grpc.v1.ChatCompletionList> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListChatCompletionsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Replaces the metadata of a stored chat completion, the only thing of it that can be changed.
     * REST: `POST /chat/completions/{completion_id}`.
     * Statuses: INVALID_ARGUMENT for a request that upstream refuses, UNAUTHENTICATED or
     * PERMISSION_DENIED where the caller's own key is missing or refused, NOT_FOUND for an id that is
     * not stored, ABORTED for a conflict with another change (409), RESOURCE_EXHAUSTED for rate
     * limits (RetryInfo says when), DEADLINE_EXCEEDED, UNAVAILABLE when upstream could not be reached
     * or is overloaded, or the gateway shuts down, INTERNAL when upstream failed.
     * </pre>
     */
    public void updateChatCompletion(io.github.openai_grpc.v1.UpdateChatCompletionRequest request,
        io.grpc.stub.StreamObserver<io.github.openai_grpc.v1.ChatCompletion> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getUpdateChatCompletionMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Deletes a stored chat completion.
     * REST: `DELETE /chat/completions/{completion_id}`.
     * Statuses: INVALID_ARGUMENT for a request that upstream refuses, UNAUTHENTICATED or
     * PERMISSION_DENIED where the caller's own key is missing or refused, NOT_FOUND for an id that is
     * not stored, ABORTED for a conflict with another change (409), RESOURCE_EXHAUSTED for rate
     * limits (RetryInfo says when), DEADLINE_EXCEEDED, UNAVAILABLE when upstream could not be reached
     * or is overloaded, or the gateway shuts down, INTERNAL when upstream failed.
     * </pre>
     */
    public void deleteChatCompletion(io.github.openai_grpc.v1.DeleteChatCompletionRequest request,
        io.grpc.stub.StreamObserver<io.github.openai_grpc.v1.ChatCompletionDeleted> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getDeleteChatCompletionMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Lists the messages that a stored chat completion was asked to complete, a page at a time.
     * REST: `GET /chat/completions/{completion_id}/messages`.
     * Statuses: INVALID_ARGUMENT for a parameter that upstream refuses, UNAUTHENTICATED or
     * PERMISSION_DENIED where the caller's own key is missing or refused, NOT_FOUND for an id that is
     * not stored, RESOURCE_EXHAUSTED for rate limits (RetryInfo says when), DEADLINE_EXCEEDED,
     * UNAVAILABLE when upstream could not be reached or is overloaded (502, 503, 504), or the gateway
     * shuts down, INTERNAL when upstream failed.
     * </pre>
     */
    public void listChatCompletionMessages(io.github.openai_grpc.v1.ListChatCompletionMessagesRequest request,
        io.grpc.stub.StreamObserver<io.github.openai_grpc.v1.ChatCompletionMessageList> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListChatCompletionMessagesMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service ChatService.
   * <pre>
   * Chat completions. Reference: OpenAI API, Chat.
   * </pre>
   */
  public static final class ChatServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<ChatServiceBlockingV2Stub> {
    private ChatServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected ChatServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new ChatServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * Completes a chat and answers when the whole reply is there.
     * REST: `POST /chat/completions`.
     * Statuses: INVALID_ARGUMENT for a request that the gateway or upstream refuses (400, 413, 422),
     * UNAUTHENTICATED or PERMISSION_DENIED where the caller's own key is missing or refused,
     * NOT_FOUND for an unknown model, RESOURCE_EXHAUSTED for rate limits (RetryInfo says when) and
     * spent quota (QuotaFailure), FAILED_PRECONDITION for other refusals (402), DEADLINE_EXCEEDED at
     * the caller's deadline or a timeout of the gateway or upstream, UNAVAILABLE when upstream could
     * not be reached or is overloaded, or the gateway shuts down, INTERNAL when upstream failed,
     * refused the gateway's key, or broke the connection, which may have been billed.
     * </pre>
     */
    public io.github.openai_grpc.v1.ChatCompletion createChatCompletion(io.github.openai_grpc.v1.CreateChatCompletionRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCreateChatCompletionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Completes a chat and sends the reply in chunks as the model writes it. The stream ends with OK
     * only after upstream's `[DONE]`; when it breaks off or carries an error, the chunks so far are
     * followed by a status that is not OK. Cancelling the RPC closes the upstream request.
     * REST: `POST /chat/completions`.
     * Statuses: those of CreateChatCompletion, before the first chunk or after any; INTERNAL also for
     * a truncated stream (reason `UPSTREAM_TRUNCATED`), DEADLINE_EXCEEDED also for no first token, or
     * none for too long (reasons `FIRST_TOKEN_TIMEOUT`, `IDLE_TIMEOUT`).
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<?, io.github.openai_grpc.v1.ChatCompletionChunk>
        streamChatCompletion(io.github.openai_grpc.v1.CreateChatCompletionRequest request) {
      return io.grpc.stub.ClientCalls.blockingV2ServerStreamingCall(
          getChannel(), getStreamChatCompletionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Returns a stored chat completion, which is one that was created with `store`.
     * REST: `GET /chat/completions/{completion_id}`.
     * Statuses: INVALID_ARGUMENT for a parameter that upstream refuses, UNAUTHENTICATED or
     * PERMISSION_DENIED where the caller's own key is missing or refused, NOT_FOUND for an id that is
     * not stored, RESOURCE_EXHAUSTED for rate limits (RetryInfo says when), DEADLINE_EXCEEDED,
     * UNAVAILABLE when upstream could not be reached or is overloaded (502, 503, 504), or the gateway
     * shuts down, INTERNAL when upstream failed.
     * </pre>
     */
    public io.github.openai_grpc.v1.ChatCompletion getChatCompletion(io.github.openai_grpc.v1.GetChatCompletionRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetChatCompletionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists stored chat completions, a page at a time.
     * REST: `GET /chat/completions`.
     * Statuses: INVALID_ARGUMENT for a parameter that upstream refuses, UNAUTHENTICATED or
     * PERMISSION_DENIED where the caller's own key is missing or refused, RESOURCE_EXHAUSTED for rate
     * limits (RetryInfo says when), DEADLINE_EXCEEDED, UNAVAILABLE when upstream could not be reached
     * or is overloaded (502, 503, 504), or the gateway shuts down, INTERNAL when upstream failed.
     * </pre>
     */
    public io.github.openai_grpc.v1.ChatCompletionList listChatCompletions(io.github.openai_grpc.v1.ListChatCompletionsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListChatCompletionsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Replaces the metadata of a stored chat completion, the only thing of it that can be changed.
     * REST: `POST /chat/completions/{completion_id}`.
     * Statuses: INVALID_ARGUMENT for a request that upstream refuses, UNAUTHENTICATED or
     * PERMISSION_DENIED where the caller's own key is missing or refused, NOT_FOUND for an id that is
     * not stored, ABORTED for a conflict with another change (409), RESOURCE_EXHAUSTED for rate
     * limits (RetryInfo says when), DEADLINE_EXCEEDED, UNAVAILABLE when upstream could not be reached
     * or is overloaded, or the gateway shuts down, INTERNAL when upstream failed.
     * </pre>
     */
    public io.github.openai_grpc.v1.ChatCompletion updateChatCompletion(io.github.openai_grpc.v1.UpdateChatCompletionRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getUpdateChatCompletionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Deletes a stored chat completion.
     * REST: `DELETE /chat/completions/{completion_id}`.
     * Statuses: INVALID_ARGUMENT for a request that upstream refuses, UNAUTHENTICATED or
     * PERMISSION_DENIED where the caller's own key is missing or refused, NOT_FOUND for an id that is
     * not stored, ABORTED for a conflict with another change (409), RESOURCE_EXHAUSTED for rate
     * limits (RetryInfo says when), DEADLINE_EXCEEDED, UNAVAILABLE when upstream could not be reached
     * or is overloaded, or the gateway shuts down, INTERNAL when upstream failed.
     * </pre>
     */
    public io.github.openai_grpc.v1.ChatCompletionDeleted deleteChatCompletion(io.github.openai_grpc.v1.DeleteChatCompletionRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getDeleteChatCompletionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists the messages that a stored chat completion was asked to complete, a page at a time.
     * REST: `GET /chat/completions/{completion_id}/messages`.
     * Statuses: INVALID_ARGUMENT for a parameter that upstream refuses, UNAUTHENTICATED or
     * PERMISSION_DENIED where the caller's own key is missing or refused, NOT_FOUND for an id that is
     * not stored, RESOURCE_EXHAUSTED for rate limits (RetryInfo says when), DEADLINE_EXCEEDED,
     * UNAVAILABLE when upstream could not be reached or is overloaded (502, 503, 504), or the gateway
     * shuts down, INTERNAL when upstream failed.
     * </pre>
     */
    public io.github.openai_grpc.v1.ChatCompletionMessageList listChatCompletionMessages(io.github.openai_grpc.v1.ListChatCompletionMessagesRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListChatCompletionMessagesMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service ChatService.
   * <pre>
   * Chat completions. Reference: OpenAI API, Chat.
   * </pre>
   */
  public static final class ChatServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<ChatServiceBlockingStub> {
    private ChatServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected ChatServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new ChatServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * Completes a chat and answers when the whole reply is there.
     * REST: `POST /chat/completions`.
     * Statuses: INVALID_ARGUMENT for a request that the gateway or upstream refuses (400, 413, 422),
     * UNAUTHENTICATED or PERMISSION_DENIED where the caller's own key is missing or refused,
     * NOT_FOUND for an unknown model, RESOURCE_EXHAUSTED for rate limits (RetryInfo says when) and
     * spent quota (QuotaFailure), FAILED_PRECONDITION for other refusals (402), DEADLINE_EXCEEDED at
     * the caller's deadline or a timeout of the gateway or upstream, UNAVAILABLE when upstream could
     * not be reached or is overloaded, or the gateway shuts down, INTERNAL when upstream failed,
     * refused the gateway's key, or broke the connection, which may have been billed.
     * </pre>
     */
    public io.github.openai_grpc.v1.ChatCompletion createChatCompletion(io.github.openai_grpc.v1.CreateChatCompletionRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCreateChatCompletionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Completes a chat and sends the reply in chunks as the model writes it. The stream ends with OK
     * only after upstream's `[DONE]`; when it breaks off or carries an error, the chunks so far are
     * followed by a status that is not OK. Cancelling the RPC closes the upstream request.
     * REST: `POST /chat/completions`.
     * Statuses: those of CreateChatCompletion, before the first chunk or after any; INTERNAL also for
     * a truncated stream (reason `UPSTREAM_TRUNCATED`), DEADLINE_EXCEEDED also for no first token, or
     * none for too long (reasons `FIRST_TOKEN_TIMEOUT`, `IDLE_TIMEOUT`).
     * </pre>
     */
    public java.util.Iterator<io.github.openai_grpc.v1.ChatCompletionChunk> streamChatCompletion(
        io.github.openai_grpc.v1.CreateChatCompletionRequest request) {
      return io.grpc.stub.ClientCalls.blockingServerStreamingCall(
          getChannel(), getStreamChatCompletionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Returns a stored chat completion, which is one that was created with `store`.
     * REST: `GET /chat/completions/{completion_id}`.
     * Statuses: INVALID_ARGUMENT for a parameter that upstream refuses, UNAUTHENTICATED or
     * PERMISSION_DENIED where the caller's own key is missing or refused, NOT_FOUND for an id that is
     * not stored, RESOURCE_EXHAUSTED for rate limits (RetryInfo says when), DEADLINE_EXCEEDED,
     * UNAVAILABLE when upstream could not be reached or is overloaded (502, 503, 504), or the gateway
     * shuts down, INTERNAL when upstream failed.
     * </pre>
     */
    public io.github.openai_grpc.v1.ChatCompletion getChatCompletion(io.github.openai_grpc.v1.GetChatCompletionRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetChatCompletionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists stored chat completions, a page at a time.
     * REST: `GET /chat/completions`.
     * Statuses: INVALID_ARGUMENT for a parameter that upstream refuses, UNAUTHENTICATED or
     * PERMISSION_DENIED where the caller's own key is missing or refused, RESOURCE_EXHAUSTED for rate
     * limits (RetryInfo says when), DEADLINE_EXCEEDED, UNAVAILABLE when upstream could not be reached
     * or is overloaded (502, 503, 504), or the gateway shuts down, INTERNAL when upstream failed.
     * </pre>
     */
    public io.github.openai_grpc.v1.ChatCompletionList listChatCompletions(io.github.openai_grpc.v1.ListChatCompletionsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListChatCompletionsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Replaces the metadata of a stored chat completion, the only thing of it that can be changed.
     * REST: `POST /chat/completions/{completion_id}`.
     * Statuses: INVALID_ARGUMENT for a request that upstream refuses, UNAUTHENTICATED or
     * PERMISSION_DENIED where the caller's own key is missing or refused, NOT_FOUND for an id that is
     * not stored, ABORTED for a conflict with another change (409), RESOURCE_EXHAUSTED for rate
     * limits (RetryInfo says when), DEADLINE_EXCEEDED, UNAVAILABLE when upstream could not be reached
     * or is overloaded, or the gateway shuts down, INTERNAL when upstream failed.
     * </pre>
     */
    public io.github.openai_grpc.v1.ChatCompletion updateChatCompletion(io.github.openai_grpc.v1.UpdateChatCompletionRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getUpdateChatCompletionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Deletes a stored chat completion.
     * REST: `DELETE /chat/completions/{completion_id}`.
     * Statuses: INVALID_ARGUMENT for a request that upstream refuses, UNAUTHENTICATED or
     * PERMISSION_DENIED where the caller's own key is missing or refused, NOT_FOUND for an id that is
     * not stored, ABORTED for a conflict with another change (409), RESOURCE_EXHAUSTED for rate
     * limits (RetryInfo says when), DEADLINE_EXCEEDED, UNAVAILABLE when upstream could not be reached
     * or is overloaded, or the gateway shuts down, INTERNAL when upstream failed.
     * </pre>
     */
    public io.github.openai_grpc.v1.ChatCompletionDeleted deleteChatCompletion(io.github.openai_grpc.v1.DeleteChatCompletionRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getDeleteChatCompletionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists the messages that a stored chat completion was asked to complete, a page at a time.
     * REST: `GET /chat/completions/{completion_id}/messages`.
     * Statuses: INVALID_ARGUMENT for a parameter that upstream refuses, UNAUTHENTICATED or
     * PERMISSION_DENIED where the caller's own key is missing or refused, NOT_FOUND for an id that is
     * not stored, RESOURCE_EXHAUSTED for rate limits (RetryInfo says when), DEADLINE_EXCEEDED,
     * UNAVAILABLE when upstream could not be reached or is overloaded (502, 503, 504), or the gateway
     * shuts down, INTERNAL when upstream failed.
     * </pre>
     */
    public io.github.openai_grpc.v1.ChatCompletionMessageList listChatCompletionMessages(io.github.openai_grpc.v1.ListChatCompletionMessagesRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListChatCompletionMessagesMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service ChatService.
   * <pre>
   * Chat completions. Reference: OpenAI API, Chat.
   * </pre>
   */
  public static final class ChatServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<ChatServiceFutureStub> {
    private ChatServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected ChatServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new ChatServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * Completes a chat and answers when the whole reply is there.
     * REST: `POST /chat/completions`.
     * Statuses: INVALID_ARGUMENT for a request that the gateway or upstream refuses (400, 413, 422),
     * UNAUTHENTICATED or PERMISSION_DENIED where the caller's own key is missing or refused,
     * NOT_FOUND for an unknown model, RESOURCE_EXHAUSTED for rate limits (RetryInfo says when) and
     * spent quota (QuotaFailure), FAILED_PRECONDITION for other refusals (402), DEADLINE_EXCEEDED at
     * the caller's deadline or a timeout of the gateway or upstream, UNAVAILABLE when upstream could
     * not be reached or is overloaded, or the gateway shuts down, INTERNAL when upstream failed,
     * refused the gateway's key, or broke the connection, which may have been billed.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.github.openai_grpc.v1.ChatCompletion> createChatCompletion(
        io.github.openai_grpc.v1.CreateChatCompletionRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCreateChatCompletionMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Returns a stored chat completion, which is one that was created with `store`.
     * REST: `GET /chat/completions/{completion_id}`.
     * Statuses: INVALID_ARGUMENT for a parameter that upstream refuses, UNAUTHENTICATED or
     * PERMISSION_DENIED where the caller's own key is missing or refused, NOT_FOUND for an id that is
     * not stored, RESOURCE_EXHAUSTED for rate limits (RetryInfo says when), DEADLINE_EXCEEDED,
     * UNAVAILABLE when upstream could not be reached or is overloaded (502, 503, 504), or the gateway
     * shuts down, INTERNAL when upstream failed.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.github.openai_grpc.v1.ChatCompletion> getChatCompletion(
        io.github.openai_grpc.v1.GetChatCompletionRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetChatCompletionMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Lists stored chat completions, a page at a time.
     * REST: `GET /chat/completions`.
     * Statuses: INVALID_ARGUMENT for a parameter that upstream refuses, UNAUTHENTICATED or
     * PERMISSION_DENIED where the caller's own key is missing or refused, RESOURCE_EXHAUSTED for rate
     * limits (RetryInfo says when), DEADLINE_EXCEEDED, UNAVAILABLE when upstream could not be reached
     * or is overloaded (502, 503, 504), or the gateway shuts down, INTERNAL when upstream failed.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.github.openai_grpc.v1.ChatCompletionList> listChatCompletions(
        io.github.openai_grpc.v1.ListChatCompletionsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListChatCompletionsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Replaces the metadata of a stored chat completion, the only thing of it that can be changed.
     * REST: `POST /chat/completions/{completion_id}`.
     * Statuses: INVALID_ARGUMENT for a request that upstream refuses, UNAUTHENTICATED or
     * PERMISSION_DENIED where the caller's own key is missing or refused, NOT_FOUND for an id that is
     * not stored, ABORTED for a conflict with another change (409), RESOURCE_EXHAUSTED for rate
     * limits (RetryInfo says when), DEADLINE_EXCEEDED, UNAVAILABLE when upstream could not be reached
     * or is overloaded, or the gateway shuts down, INTERNAL when upstream failed.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.github.openai_grpc.v1.ChatCompletion> updateChatCompletion(
        io.github.openai_grpc.v1.UpdateChatCompletionRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getUpdateChatCompletionMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Deletes a stored chat completion.
     * REST: `DELETE /chat/completions/{completion_id}`.
     * Statuses: INVALID_ARGUMENT for a request that upstream refuses, UNAUTHENTICATED or
     * PERMISSION_DENIED where the caller's own key is missing or refused, NOT_FOUND for an id that is
     * not stored, ABORTED for a conflict with another change (409), RESOURCE_EXHAUSTED for rate
     * limits (RetryInfo says when), DEADLINE_EXCEEDED, UNAVAILABLE when upstream could not be reached
     * or is overloaded, or the gateway shuts down, INTERNAL when upstream failed.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.github.openai_grpc.v1.ChatCompletionDeleted> deleteChatCompletion(
        io.github.openai_grpc.v1.DeleteChatCompletionRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getDeleteChatCompletionMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Lists the messages that a stored chat completion was asked to complete, a page at a time.
     * REST: `GET /chat/completions/{completion_id}/messages`.
     * Statuses: INVALID_ARGUMENT for a parameter that upstream refuses, UNAUTHENTICATED or
     * PERMISSION_DENIED where the caller's own key is missing or refused, NOT_FOUND for an id that is
     * not stored, RESOURCE_EXHAUSTED for rate limits (RetryInfo says when), DEADLINE_EXCEEDED,
     * UNAVAILABLE when upstream could not be reached or is overloaded (502, 503, 504), or the gateway
     * shuts down, INTERNAL when upstream failed.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.github.openai_grpc.v1.ChatCompletionMessageList> listChatCompletionMessages(
        io.github.openai_grpc.v1.ListChatCompletionMessagesRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListChatCompletionMessagesMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_CREATE_CHAT_COMPLETION = 0;
  private static final int METHODID_STREAM_CHAT_COMPLETION = 1;
  private static final int METHODID_GET_CHAT_COMPLETION = 2;
  private static final int METHODID_LIST_CHAT_COMPLETIONS = 3;
  private static final int METHODID_UPDATE_CHAT_COMPLETION = 4;
  private static final int METHODID_DELETE_CHAT_COMPLETION = 5;
  private static final int METHODID_LIST_CHAT_COMPLETION_MESSAGES = 6;

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
        case METHODID_CREATE_CHAT_COMPLETION:
          serviceImpl.createChatCompletion((io.github.openai_grpc.v1.CreateChatCompletionRequest) request,
              (io.grpc.stub.StreamObserver<io.github.openai_grpc.v1.ChatCompletion>) responseObserver);
          break;
        case METHODID_STREAM_CHAT_COMPLETION:
          serviceImpl.streamChatCompletion((io.github.openai_grpc.v1.CreateChatCompletionRequest) request,
              (io.grpc.stub.StreamObserver<io.github.openai_grpc.v1.ChatCompletionChunk>) responseObserver);
          break;
        case METHODID_GET_CHAT_COMPLETION:
          serviceImpl.getChatCompletion((io.github.openai_grpc.v1.GetChatCompletionRequest) request,
              (io.grpc.stub.StreamObserver<io.github.openai_grpc.v1.ChatCompletion>) responseObserver);
          break;
        case METHODID_LIST_CHAT_COMPLETIONS:
          serviceImpl.listChatCompletions((io.github.openai_grpc.v1.ListChatCompletionsRequest) request,
              (io.grpc.stub.StreamObserver<io.github.openai_grpc.v1.ChatCompletionList>) responseObserver);
          break;
        case METHODID_UPDATE_CHAT_COMPLETION:
          serviceImpl.updateChatCompletion((io.github.openai_grpc.v1.UpdateChatCompletionRequest) request,
              (io.grpc.stub.StreamObserver<io.github.openai_grpc.v1.ChatCompletion>) responseObserver);
          break;
        case METHODID_DELETE_CHAT_COMPLETION:
          serviceImpl.deleteChatCompletion((io.github.openai_grpc.v1.DeleteChatCompletionRequest) request,
              (io.grpc.stub.StreamObserver<io.github.openai_grpc.v1.ChatCompletionDeleted>) responseObserver);
          break;
        case METHODID_LIST_CHAT_COMPLETION_MESSAGES:
          serviceImpl.listChatCompletionMessages((io.github.openai_grpc.v1.ListChatCompletionMessagesRequest) request,
              (io.grpc.stub.StreamObserver<io.github.openai_grpc.v1.ChatCompletionMessageList>) responseObserver);
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
          getCreateChatCompletionMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.github.openai_grpc.v1.CreateChatCompletionRequest,
              io.github.openai_grpc.v1.ChatCompletion>(
                service, METHODID_CREATE_CHAT_COMPLETION)))
        .addMethod(
          getStreamChatCompletionMethod(),
          io.grpc.stub.ServerCalls.asyncServerStreamingCall(
            new MethodHandlers<
              io.github.openai_grpc.v1.CreateChatCompletionRequest,
              io.github.openai_grpc.v1.ChatCompletionChunk>(
                service, METHODID_STREAM_CHAT_COMPLETION)))
        .addMethod(
          getGetChatCompletionMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.github.openai_grpc.v1.GetChatCompletionRequest,
              io.github.openai_grpc.v1.ChatCompletion>(
                service, METHODID_GET_CHAT_COMPLETION)))
        .addMethod(
          getListChatCompletionsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.github.openai_grpc.v1.ListChatCompletionsRequest,
              io.github.openai_grpc.v1.ChatCompletionList>(
                service, METHODID_LIST_CHAT_COMPLETIONS)))
        .addMethod(
          getUpdateChatCompletionMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.github.openai_grpc.v1.UpdateChatCompletionRequest,
              io.github.openai_grpc.v1.ChatCompletion>(
                service, METHODID_UPDATE_CHAT_COMPLETION)))
        .addMethod(
          getDeleteChatCompletionMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.github.openai_grpc.v1.DeleteChatCompletionRequest,
              io.github.openai_grpc.v1.ChatCompletionDeleted>(
                service, METHODID_DELETE_CHAT_COMPLETION)))
        .addMethod(
          getListChatCompletionMessagesMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.github.openai_grpc.v1.ListChatCompletionMessagesRequest,
              io.github.openai_grpc.v1.ChatCompletionMessageList>(
                service, METHODID_LIST_CHAT_COMPLETION_MESSAGES)))
        .build();
  }

  private static abstract class ChatServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    ChatServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return io.github.openai_grpc.v1.Chat.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("ChatService");
    }
  }

  private static final class ChatServiceFileDescriptorSupplier
      extends ChatServiceBaseDescriptorSupplier {
    ChatServiceFileDescriptorSupplier() {}
  }

  private static final class ChatServiceMethodDescriptorSupplier
      extends ChatServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    ChatServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (ChatServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new ChatServiceFileDescriptorSupplier())
              .addMethod(getCreateChatCompletionMethod())
              .addMethod(getStreamChatCompletionMethod())
              .addMethod(getGetChatCompletionMethod())
              .addMethod(getListChatCompletionsMethod())
              .addMethod(getUpdateChatCompletionMethod())
              .addMethod(getDeleteChatCompletionMethod())
              .addMethod(getListChatCompletionMessagesMethod())
              .build();
        }
      }
    }
    return result;
  }
}
