package io.github.openai_grpc.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * Responses, `responses` of OpenAI's API: a model's answer as a list of items, with tools that run
 * upstream, and kept there on request. A failure of any call carries `google.rpc.ErrorInfo`.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class ResponsesServiceGrpc {

  private ResponsesServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "openai_grpc.v1.ResponsesService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<io.github.openai_grpc.v1.CreateResponseRequest,
      io.github.openai_grpc.v1.Response> getCreateResponseMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CreateResponse",
      requestType = io.github.openai_grpc.v1.CreateResponseRequest.class,
      responseType = io.github.openai_grpc.v1.Response.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.github.openai_grpc.v1.CreateResponseRequest,
      io.github.openai_grpc.v1.Response> getCreateResponseMethod() {
    io.grpc.MethodDescriptor<io.github.openai_grpc.v1.CreateResponseRequest, io.github.openai_grpc.v1.Response> getCreateResponseMethod;
    if ((getCreateResponseMethod = ResponsesServiceGrpc.getCreateResponseMethod) == null) {
      synchronized (ResponsesServiceGrpc.class) {
        if ((getCreateResponseMethod = ResponsesServiceGrpc.getCreateResponseMethod) == null) {
          ResponsesServiceGrpc.getCreateResponseMethod = getCreateResponseMethod =
              io.grpc.MethodDescriptor.<io.github.openai_grpc.v1.CreateResponseRequest, io.github.openai_grpc.v1.Response>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CreateResponse"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.openai_grpc.v1.CreateResponseRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.openai_grpc.v1.Response.getDefaultInstance()))
              .setSchemaDescriptor(new ResponsesServiceMethodDescriptorSupplier("CreateResponse"))
              .build();
        }
      }
    }
    return getCreateResponseMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.github.openai_grpc.v1.CreateResponseRequest,
      io.github.openai_grpc.v1.ResponseStreamEvent> getStreamResponseMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "StreamResponse",
      requestType = io.github.openai_grpc.v1.CreateResponseRequest.class,
      responseType = io.github.openai_grpc.v1.ResponseStreamEvent.class,
      methodType = io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
  public static io.grpc.MethodDescriptor<io.github.openai_grpc.v1.CreateResponseRequest,
      io.github.openai_grpc.v1.ResponseStreamEvent> getStreamResponseMethod() {
    io.grpc.MethodDescriptor<io.github.openai_grpc.v1.CreateResponseRequest, io.github.openai_grpc.v1.ResponseStreamEvent> getStreamResponseMethod;
    if ((getStreamResponseMethod = ResponsesServiceGrpc.getStreamResponseMethod) == null) {
      synchronized (ResponsesServiceGrpc.class) {
        if ((getStreamResponseMethod = ResponsesServiceGrpc.getStreamResponseMethod) == null) {
          ResponsesServiceGrpc.getStreamResponseMethod = getStreamResponseMethod =
              io.grpc.MethodDescriptor.<io.github.openai_grpc.v1.CreateResponseRequest, io.github.openai_grpc.v1.ResponseStreamEvent>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "StreamResponse"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.openai_grpc.v1.CreateResponseRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.openai_grpc.v1.ResponseStreamEvent.getDefaultInstance()))
              .setSchemaDescriptor(new ResponsesServiceMethodDescriptorSupplier("StreamResponse"))
              .build();
        }
      }
    }
    return getStreamResponseMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.github.openai_grpc.v1.GetResponseRequest,
      io.github.openai_grpc.v1.Response> getGetResponseMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetResponse",
      requestType = io.github.openai_grpc.v1.GetResponseRequest.class,
      responseType = io.github.openai_grpc.v1.Response.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.github.openai_grpc.v1.GetResponseRequest,
      io.github.openai_grpc.v1.Response> getGetResponseMethod() {
    io.grpc.MethodDescriptor<io.github.openai_grpc.v1.GetResponseRequest, io.github.openai_grpc.v1.Response> getGetResponseMethod;
    if ((getGetResponseMethod = ResponsesServiceGrpc.getGetResponseMethod) == null) {
      synchronized (ResponsesServiceGrpc.class) {
        if ((getGetResponseMethod = ResponsesServiceGrpc.getGetResponseMethod) == null) {
          ResponsesServiceGrpc.getGetResponseMethod = getGetResponseMethod =
              io.grpc.MethodDescriptor.<io.github.openai_grpc.v1.GetResponseRequest, io.github.openai_grpc.v1.Response>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetResponse"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.openai_grpc.v1.GetResponseRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.openai_grpc.v1.Response.getDefaultInstance()))
              .setSchemaDescriptor(new ResponsesServiceMethodDescriptorSupplier("GetResponse"))
              .build();
        }
      }
    }
    return getGetResponseMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.github.openai_grpc.v1.ResumeResponseRequest,
      io.github.openai_grpc.v1.ResponseStreamEvent> getResumeResponseMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ResumeResponse",
      requestType = io.github.openai_grpc.v1.ResumeResponseRequest.class,
      responseType = io.github.openai_grpc.v1.ResponseStreamEvent.class,
      methodType = io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
  public static io.grpc.MethodDescriptor<io.github.openai_grpc.v1.ResumeResponseRequest,
      io.github.openai_grpc.v1.ResponseStreamEvent> getResumeResponseMethod() {
    io.grpc.MethodDescriptor<io.github.openai_grpc.v1.ResumeResponseRequest, io.github.openai_grpc.v1.ResponseStreamEvent> getResumeResponseMethod;
    if ((getResumeResponseMethod = ResponsesServiceGrpc.getResumeResponseMethod) == null) {
      synchronized (ResponsesServiceGrpc.class) {
        if ((getResumeResponseMethod = ResponsesServiceGrpc.getResumeResponseMethod) == null) {
          ResponsesServiceGrpc.getResumeResponseMethod = getResumeResponseMethod =
              io.grpc.MethodDescriptor.<io.github.openai_grpc.v1.ResumeResponseRequest, io.github.openai_grpc.v1.ResponseStreamEvent>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ResumeResponse"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.openai_grpc.v1.ResumeResponseRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.openai_grpc.v1.ResponseStreamEvent.getDefaultInstance()))
              .setSchemaDescriptor(new ResponsesServiceMethodDescriptorSupplier("ResumeResponse"))
              .build();
        }
      }
    }
    return getResumeResponseMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.github.openai_grpc.v1.DeleteResponseRequest,
      io.github.openai_grpc.v1.ResponseDeleted> getDeleteResponseMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "DeleteResponse",
      requestType = io.github.openai_grpc.v1.DeleteResponseRequest.class,
      responseType = io.github.openai_grpc.v1.ResponseDeleted.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.github.openai_grpc.v1.DeleteResponseRequest,
      io.github.openai_grpc.v1.ResponseDeleted> getDeleteResponseMethod() {
    io.grpc.MethodDescriptor<io.github.openai_grpc.v1.DeleteResponseRequest, io.github.openai_grpc.v1.ResponseDeleted> getDeleteResponseMethod;
    if ((getDeleteResponseMethod = ResponsesServiceGrpc.getDeleteResponseMethod) == null) {
      synchronized (ResponsesServiceGrpc.class) {
        if ((getDeleteResponseMethod = ResponsesServiceGrpc.getDeleteResponseMethod) == null) {
          ResponsesServiceGrpc.getDeleteResponseMethod = getDeleteResponseMethod =
              io.grpc.MethodDescriptor.<io.github.openai_grpc.v1.DeleteResponseRequest, io.github.openai_grpc.v1.ResponseDeleted>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "DeleteResponse"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.openai_grpc.v1.DeleteResponseRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.openai_grpc.v1.ResponseDeleted.getDefaultInstance()))
              .setSchemaDescriptor(new ResponsesServiceMethodDescriptorSupplier("DeleteResponse"))
              .build();
        }
      }
    }
    return getDeleteResponseMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.github.openai_grpc.v1.CancelResponseRequest,
      io.github.openai_grpc.v1.Response> getCancelResponseMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CancelResponse",
      requestType = io.github.openai_grpc.v1.CancelResponseRequest.class,
      responseType = io.github.openai_grpc.v1.Response.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.github.openai_grpc.v1.CancelResponseRequest,
      io.github.openai_grpc.v1.Response> getCancelResponseMethod() {
    io.grpc.MethodDescriptor<io.github.openai_grpc.v1.CancelResponseRequest, io.github.openai_grpc.v1.Response> getCancelResponseMethod;
    if ((getCancelResponseMethod = ResponsesServiceGrpc.getCancelResponseMethod) == null) {
      synchronized (ResponsesServiceGrpc.class) {
        if ((getCancelResponseMethod = ResponsesServiceGrpc.getCancelResponseMethod) == null) {
          ResponsesServiceGrpc.getCancelResponseMethod = getCancelResponseMethod =
              io.grpc.MethodDescriptor.<io.github.openai_grpc.v1.CancelResponseRequest, io.github.openai_grpc.v1.Response>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CancelResponse"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.openai_grpc.v1.CancelResponseRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.openai_grpc.v1.Response.getDefaultInstance()))
              .setSchemaDescriptor(new ResponsesServiceMethodDescriptorSupplier("CancelResponse"))
              .build();
        }
      }
    }
    return getCancelResponseMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.github.openai_grpc.v1.ListResponseInputItemsRequest,
      io.github.openai_grpc.v1.ResponseItemList> getListResponseInputItemsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListResponseInputItems",
      requestType = io.github.openai_grpc.v1.ListResponseInputItemsRequest.class,
      responseType = io.github.openai_grpc.v1.ResponseItemList.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.github.openai_grpc.v1.ListResponseInputItemsRequest,
      io.github.openai_grpc.v1.ResponseItemList> getListResponseInputItemsMethod() {
    io.grpc.MethodDescriptor<io.github.openai_grpc.v1.ListResponseInputItemsRequest, io.github.openai_grpc.v1.ResponseItemList> getListResponseInputItemsMethod;
    if ((getListResponseInputItemsMethod = ResponsesServiceGrpc.getListResponseInputItemsMethod) == null) {
      synchronized (ResponsesServiceGrpc.class) {
        if ((getListResponseInputItemsMethod = ResponsesServiceGrpc.getListResponseInputItemsMethod) == null) {
          ResponsesServiceGrpc.getListResponseInputItemsMethod = getListResponseInputItemsMethod =
              io.grpc.MethodDescriptor.<io.github.openai_grpc.v1.ListResponseInputItemsRequest, io.github.openai_grpc.v1.ResponseItemList>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListResponseInputItems"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.openai_grpc.v1.ListResponseInputItemsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.openai_grpc.v1.ResponseItemList.getDefaultInstance()))
              .setSchemaDescriptor(new ResponsesServiceMethodDescriptorSupplier("ListResponseInputItems"))
              .build();
        }
      }
    }
    return getListResponseInputItemsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.github.openai_grpc.v1.CompactResponseRequest,
      io.github.openai_grpc.v1.CompactedResponse> getCompactResponseMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CompactResponse",
      requestType = io.github.openai_grpc.v1.CompactResponseRequest.class,
      responseType = io.github.openai_grpc.v1.CompactedResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.github.openai_grpc.v1.CompactResponseRequest,
      io.github.openai_grpc.v1.CompactedResponse> getCompactResponseMethod() {
    io.grpc.MethodDescriptor<io.github.openai_grpc.v1.CompactResponseRequest, io.github.openai_grpc.v1.CompactedResponse> getCompactResponseMethod;
    if ((getCompactResponseMethod = ResponsesServiceGrpc.getCompactResponseMethod) == null) {
      synchronized (ResponsesServiceGrpc.class) {
        if ((getCompactResponseMethod = ResponsesServiceGrpc.getCompactResponseMethod) == null) {
          ResponsesServiceGrpc.getCompactResponseMethod = getCompactResponseMethod =
              io.grpc.MethodDescriptor.<io.github.openai_grpc.v1.CompactResponseRequest, io.github.openai_grpc.v1.CompactedResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CompactResponse"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.openai_grpc.v1.CompactResponseRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.openai_grpc.v1.CompactedResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ResponsesServiceMethodDescriptorSupplier("CompactResponse"))
              .build();
        }
      }
    }
    return getCompactResponseMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.github.openai_grpc.v1.CountResponseInputTokensRequest,
      io.github.openai_grpc.v1.ResponseInputTokenCount> getCountResponseInputTokensMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CountResponseInputTokens",
      requestType = io.github.openai_grpc.v1.CountResponseInputTokensRequest.class,
      responseType = io.github.openai_grpc.v1.ResponseInputTokenCount.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.github.openai_grpc.v1.CountResponseInputTokensRequest,
      io.github.openai_grpc.v1.ResponseInputTokenCount> getCountResponseInputTokensMethod() {
    io.grpc.MethodDescriptor<io.github.openai_grpc.v1.CountResponseInputTokensRequest, io.github.openai_grpc.v1.ResponseInputTokenCount> getCountResponseInputTokensMethod;
    if ((getCountResponseInputTokensMethod = ResponsesServiceGrpc.getCountResponseInputTokensMethod) == null) {
      synchronized (ResponsesServiceGrpc.class) {
        if ((getCountResponseInputTokensMethod = ResponsesServiceGrpc.getCountResponseInputTokensMethod) == null) {
          ResponsesServiceGrpc.getCountResponseInputTokensMethod = getCountResponseInputTokensMethod =
              io.grpc.MethodDescriptor.<io.github.openai_grpc.v1.CountResponseInputTokensRequest, io.github.openai_grpc.v1.ResponseInputTokenCount>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CountResponseInputTokens"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.openai_grpc.v1.CountResponseInputTokensRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.openai_grpc.v1.ResponseInputTokenCount.getDefaultInstance()))
              .setSchemaDescriptor(new ResponsesServiceMethodDescriptorSupplier("CountResponseInputTokens"))
              .build();
        }
      }
    }
    return getCountResponseInputTokensMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static ResponsesServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<ResponsesServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<ResponsesServiceStub>() {
        @java.lang.Override
        public ResponsesServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new ResponsesServiceStub(channel, callOptions);
        }
      };
    return ResponsesServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static ResponsesServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<ResponsesServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<ResponsesServiceBlockingV2Stub>() {
        @java.lang.Override
        public ResponsesServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new ResponsesServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return ResponsesServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static ResponsesServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<ResponsesServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<ResponsesServiceBlockingStub>() {
        @java.lang.Override
        public ResponsesServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new ResponsesServiceBlockingStub(channel, callOptions);
        }
      };
    return ResponsesServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static ResponsesServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<ResponsesServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<ResponsesServiceFutureStub>() {
        @java.lang.Override
        public ResponsesServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new ResponsesServiceFutureStub(channel, callOptions);
        }
      };
    return ResponsesServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * Responses, `responses` of OpenAI's API: a model's answer as a list of items, with tools that run
   * upstream, and kept there on request. A failure of any call carries `google.rpc.ErrorInfo`.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * Runs the model and returns the response when it has ended, or at once with `background`. A
     * response whose `status` is `failed` or `incomplete` is an answer, with gRPC status OK.
     * REST: `POST /responses`. Statuses: INVALID_ARGUMENT for a request that the gateway or upstream
     * refuses (400, 413, 422), NOT_FOUND for an unknown model (404), UNAUTHENTICATED or
     * PERMISSION_DENIED for credentials of the caller that are refused (401, 403), ABORTED for a
     * conflict (409), FAILED_PRECONDITION for other refusals (402 and other 4xx), RESOURCE_EXHAUSTED
     * for rate limits (`RetryInfo` says when to retry) and for quota (`QuotaFailure`),
     * DEADLINE_EXCEEDED when the call's deadline, a timer of the gateway or upstream's own (408, 504)
     * runs out, UNAVAILABLE when upstream could not be reached or is overloaded (503), INTERNAL for
     * other failures of upstream (after `UPSTREAM_CONNECTION_LOST` it may have been billed) and for
     * credentials of the gateway that upstream refuses (`UPSTREAM_CREDENTIALS`).
     * </pre>
     */
    default void createResponse(io.github.openai_grpc.v1.CreateResponseRequest request,
        io.grpc.stub.StreamObserver<io.github.openai_grpc.v1.Response> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCreateResponseMethod(), responseObserver);
    }

    /**
     * <pre>
     * Runs the model and sends its events as they happen. The last event is `completed`, `incomplete`
     * or `failed`, each with the whole response, and then the status is OK.
     * REST: `POST /responses`. Statuses: those of `CreateResponse`. After an `error` event the stream
     * fails with the status of that error. A stream that breaks off before its last event sends what
     * came and ends non-OK: INTERNAL, or DEADLINE_EXCEEDED (`FIRST_TOKEN_TIMEOUT`, `IDLE_TIMEOUT`,
     * `TOTAL_TIMEOUT`).
     * </pre>
     */
    default void streamResponse(io.github.openai_grpc.v1.CreateResponseRequest request,
        io.grpc.stub.StreamObserver<io.github.openai_grpc.v1.ResponseStreamEvent> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getStreamResponseMethod(), responseObserver);
    }

    /**
     * <pre>
     * Returns a stored response as it is now; this is how to poll one that runs in the background.
     * REST: `GET /responses/{response_id}`. Statuses: NOT_FOUND for an unknown, deleted or expired
     * id, INVALID_ARGUMENT, UNAUTHENTICATED or PERMISSION_DENIED, RESOURCE_EXHAUSTED,
     * DEADLINE_EXCEEDED, UNAVAILABLE when upstream could not be reached or answered 502, 503 or 504
     * (safe to retry), INTERNAL.
     * </pre>
     */
    default void getResponse(io.github.openai_grpc.v1.GetResponseRequest request,
        io.grpc.stub.StreamObserver<io.github.openai_grpc.v1.Response> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetResponseMethod(), responseObserver);
    }

    /**
     * <pre>
     * Takes up the stream of a response that was created with `background` by `StreamResponse`: the
     * events after `starting_after`, stored ones first, then those to come. It ends as
     * `StreamResponse` does.
     * REST: `GET /responses/{response_id}`. Statuses: those of `GetResponse`, INVALID_ARGUMENT also
     * for a response that has no stream. A stream that breaks off before its last event ends non-OK;
     * resume it with the last `sequence_number` that came.
     * </pre>
     */
    default void resumeResponse(io.github.openai_grpc.v1.ResumeResponseRequest request,
        io.grpc.stub.StreamObserver<io.github.openai_grpc.v1.ResponseStreamEvent> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getResumeResponseMethod(), responseObserver);
    }

    /**
     * <pre>
     * Deletes a stored response.
     * REST: `DELETE /responses/{response_id}`. Statuses: NOT_FOUND for an unknown id, or one that is
     * deleted already, INVALID_ARGUMENT, UNAUTHENTICATED or PERMISSION_DENIED, RESOURCE_EXHAUSTED,
     * DEADLINE_EXCEEDED, UNAVAILABLE, INTERNAL.
     * </pre>
     */
    default void deleteResponse(io.github.openai_grpc.v1.DeleteResponseRequest request,
        io.grpc.stub.StreamObserver<io.github.openai_grpc.v1.ResponseDeleted> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getDeleteResponseMethod(), responseObserver);
    }

    /**
     * <pre>
     * Stops a response that runs in the background and returns it. Cancelling it twice does no harm.
     * REST: `POST /responses/{response_id}/cancel`. Statuses: INVALID_ARGUMENT for a response that
     * was not created with `background`, NOT_FOUND for an unknown id, UNAUTHENTICATED or
     * PERMISSION_DENIED, ABORTED for a conflict (409), RESOURCE_EXHAUSTED, DEADLINE_EXCEEDED,
     * UNAVAILABLE, INTERNAL.
     * </pre>
     */
    default void cancelResponse(io.github.openai_grpc.v1.CancelResponseRequest request,
        io.grpc.stub.StreamObserver<io.github.openai_grpc.v1.Response> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCancelResponseMethod(), responseObserver);
    }

    /**
     * <pre>
     * Lists, page by page, the items that a stored response was given.
     * REST: `GET /responses/{response_id}/input_items`. Statuses: NOT_FOUND for an unknown id,
     * INVALID_ARGUMENT, UNAUTHENTICATED or PERMISSION_DENIED, RESOURCE_EXHAUSTED, DEADLINE_EXCEEDED,
     * UNAVAILABLE when upstream could not be reached or answered 502, 503 or 504 (safe to retry),
     * INTERNAL.
     * </pre>
     */
    default void listResponseInputItems(io.github.openai_grpc.v1.ListResponseInputItemsRequest request,
        io.grpc.stub.StreamObserver<io.github.openai_grpc.v1.ResponseItemList> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListResponseInputItemsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Shortens a long conversation: returns the items that stand for it as the input of the next
     * request. It runs a model and is billed.
     * REST: `POST /responses/compact`. Statuses: those of `CreateResponse`.
     * </pre>
     */
    default void compactResponse(io.github.openai_grpc.v1.CompactResponseRequest request,
        io.grpc.stub.StreamObserver<io.github.openai_grpc.v1.CompactedResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCompactResponseMethod(), responseObserver);
    }

    /**
     * <pre>
     * Counts the input tokens that a request to `CreateResponse` would take, without running the
     * model.
     * REST: `POST /responses/input_tokens`. Statuses: INVALID_ARGUMENT for a request that upstream
     * refuses (400, 413, 422), NOT_FOUND for an unknown model, UNAUTHENTICATED or PERMISSION_DENIED,
     * RESOURCE_EXHAUSTED, DEADLINE_EXCEEDED, UNAVAILABLE when upstream could not be reached or
     * answered 502, 503 or 504 (safe to retry), INTERNAL.
     * </pre>
     */
    default void countResponseInputTokens(io.github.openai_grpc.v1.CountResponseInputTokensRequest request,
        io.grpc.stub.StreamObserver<io.github.openai_grpc.v1.ResponseInputTokenCount> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCountResponseInputTokensMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service ResponsesService.
   * <pre>
   * Responses, `responses` of OpenAI's API: a model's answer as a list of items, with tools that run
   * upstream, and kept there on request. A failure of any call carries `google.rpc.ErrorInfo`.
   * </pre>
   */
  public static abstract class ResponsesServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return ResponsesServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service ResponsesService.
   * <pre>
   * Responses, `responses` of OpenAI's API: a model's answer as a list of items, with tools that run
   * upstream, and kept there on request. A failure of any call carries `google.rpc.ErrorInfo`.
   * </pre>
   */
  public static final class ResponsesServiceStub
      extends io.grpc.stub.AbstractAsyncStub<ResponsesServiceStub> {
    private ResponsesServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected ResponsesServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new ResponsesServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * Runs the model and returns the response when it has ended, or at once with `background`. A
     * response whose `status` is `failed` or `incomplete` is an answer, with gRPC status OK.
     * REST: `POST /responses`. Statuses: INVALID_ARGUMENT for a request that the gateway or upstream
     * refuses (400, 413, 422), NOT_FOUND for an unknown model (404), UNAUTHENTICATED or
     * PERMISSION_DENIED for credentials of the caller that are refused (401, 403), ABORTED for a
     * conflict (409), FAILED_PRECONDITION for other refusals (402 and other 4xx), RESOURCE_EXHAUSTED
     * for rate limits (`RetryInfo` says when to retry) and for quota (`QuotaFailure`),
     * DEADLINE_EXCEEDED when the call's deadline, a timer of the gateway or upstream's own (408, 504)
     * runs out, UNAVAILABLE when upstream could not be reached or is overloaded (503), INTERNAL for
     * other failures of upstream (after `UPSTREAM_CONNECTION_LOST` it may have been billed) and for
     * credentials of the gateway that upstream refuses (`UPSTREAM_CREDENTIALS`).
     * </pre>
     */
    public void createResponse(io.github.openai_grpc.v1.CreateResponseRequest request,
        io.grpc.stub.StreamObserver<io.github.openai_grpc.v1.Response> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCreateResponseMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Runs the model and sends its events as they happen. The last event is `completed`, `incomplete`
     * or `failed`, each with the whole response, and then the status is OK.
     * REST: `POST /responses`. Statuses: those of `CreateResponse`. After an `error` event the stream
     * fails with the status of that error. A stream that breaks off before its last event sends what
     * came and ends non-OK: INTERNAL, or DEADLINE_EXCEEDED (`FIRST_TOKEN_TIMEOUT`, `IDLE_TIMEOUT`,
     * `TOTAL_TIMEOUT`).
     * </pre>
     */
    public void streamResponse(io.github.openai_grpc.v1.CreateResponseRequest request,
        io.grpc.stub.StreamObserver<io.github.openai_grpc.v1.ResponseStreamEvent> responseObserver) {
      io.grpc.stub.ClientCalls.asyncServerStreamingCall(
          getChannel().newCall(getStreamResponseMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Returns a stored response as it is now; this is how to poll one that runs in the background.
     * REST: `GET /responses/{response_id}`. Statuses: NOT_FOUND for an unknown, deleted or expired
     * id, INVALID_ARGUMENT, UNAUTHENTICATED or PERMISSION_DENIED, RESOURCE_EXHAUSTED,
     * DEADLINE_EXCEEDED, UNAVAILABLE when upstream could not be reached or answered 502, 503 or 504
     * (safe to retry), INTERNAL.
     * </pre>
     */
    public void getResponse(io.github.openai_grpc.v1.GetResponseRequest request,
        io.grpc.stub.StreamObserver<io.github.openai_grpc.v1.Response> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetResponseMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Takes up the stream of a response that was created with `background` by `StreamResponse`: the
     * events after `starting_after`, stored ones first, then those to come. It ends as
     * `StreamResponse` does.
     * REST: `GET /responses/{response_id}`. Statuses: those of `GetResponse`, INVALID_ARGUMENT also
     * for a response that has no stream. A stream that breaks off before its last event ends non-OK;
     * resume it with the last `sequence_number` that came.
     * </pre>
     */
    public void resumeResponse(io.github.openai_grpc.v1.ResumeResponseRequest request,
        io.grpc.stub.StreamObserver<io.github.openai_grpc.v1.ResponseStreamEvent> responseObserver) {
      io.grpc.stub.ClientCalls.asyncServerStreamingCall(
          getChannel().newCall(getResumeResponseMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Deletes a stored response.
     * REST: `DELETE /responses/{response_id}`. Statuses: NOT_FOUND for an unknown id, or one that is
     * deleted already, INVALID_ARGUMENT, UNAUTHENTICATED or PERMISSION_DENIED, RESOURCE_EXHAUSTED,
     * DEADLINE_EXCEEDED, UNAVAILABLE, INTERNAL.
     * </pre>
     */
    public void deleteResponse(io.github.openai_grpc.v1.DeleteResponseRequest request,
        io.grpc.stub.StreamObserver<io.github.openai_grpc.v1.ResponseDeleted> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getDeleteResponseMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Stops a response that runs in the background and returns it. Cancelling it twice does no harm.
     * REST: `POST /responses/{response_id}/cancel`. Statuses: INVALID_ARGUMENT for a response that
     * was not created with `background`, NOT_FOUND for an unknown id, UNAUTHENTICATED or
     * PERMISSION_DENIED, ABORTED for a conflict (409), RESOURCE_EXHAUSTED, DEADLINE_EXCEEDED,
     * UNAVAILABLE, INTERNAL.
     * </pre>
     */
    public void cancelResponse(io.github.openai_grpc.v1.CancelResponseRequest request,
        io.grpc.stub.StreamObserver<io.github.openai_grpc.v1.Response> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCancelResponseMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Lists, page by page, the items that a stored response was given.
     * REST: `GET /responses/{response_id}/input_items`. Statuses: NOT_FOUND for an unknown id,
     * INVALID_ARGUMENT, UNAUTHENTICATED or PERMISSION_DENIED, RESOURCE_EXHAUSTED, DEADLINE_EXCEEDED,
     * UNAVAILABLE when upstream could not be reached or answered 502, 503 or 504 (safe to retry),
     * INTERNAL.
     * </pre>
     */
    public void listResponseInputItems(io.github.openai_grpc.v1.ListResponseInputItemsRequest request,
        io.grpc.stub.StreamObserver<io.github.openai_grpc.v1.ResponseItemList> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListResponseInputItemsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Shortens a long conversation: returns the items that stand for it as the input of the next
     * request. It runs a model and is billed.
     * REST: `POST /responses/compact`. Statuses: those of `CreateResponse`.
     * </pre>
     */
    public void compactResponse(io.github.openai_grpc.v1.CompactResponseRequest request,
        io.grpc.stub.StreamObserver<io.github.openai_grpc.v1.CompactedResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCompactResponseMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Counts the input tokens that a request to `CreateResponse` would take, without running the
     * model.
     * REST: `POST /responses/input_tokens`. Statuses: INVALID_ARGUMENT for a request that upstream
     * refuses (400, 413, 422), NOT_FOUND for an unknown model, UNAUTHENTICATED or PERMISSION_DENIED,
     * RESOURCE_EXHAUSTED, DEADLINE_EXCEEDED, UNAVAILABLE when upstream could not be reached or
     * answered 502, 503 or 504 (safe to retry), INTERNAL.
     * </pre>
     */
    public void countResponseInputTokens(io.github.openai_grpc.v1.CountResponseInputTokensRequest request,
        io.grpc.stub.StreamObserver<io.github.openai_grpc.v1.ResponseInputTokenCount> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCountResponseInputTokensMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service ResponsesService.
   * <pre>
   * Responses, `responses` of OpenAI's API: a model's answer as a list of items, with tools that run
   * upstream, and kept there on request. A failure of any call carries `google.rpc.ErrorInfo`.
   * </pre>
   */
  public static final class ResponsesServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<ResponsesServiceBlockingV2Stub> {
    private ResponsesServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected ResponsesServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new ResponsesServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * Runs the model and returns the response when it has ended, or at once with `background`. A
     * response whose `status` is `failed` or `incomplete` is an answer, with gRPC status OK.
     * REST: `POST /responses`. Statuses: INVALID_ARGUMENT for a request that the gateway or upstream
     * refuses (400, 413, 422), NOT_FOUND for an unknown model (404), UNAUTHENTICATED or
     * PERMISSION_DENIED for credentials of the caller that are refused (401, 403), ABORTED for a
     * conflict (409), FAILED_PRECONDITION for other refusals (402 and other 4xx), RESOURCE_EXHAUSTED
     * for rate limits (`RetryInfo` says when to retry) and for quota (`QuotaFailure`),
     * DEADLINE_EXCEEDED when the call's deadline, a timer of the gateway or upstream's own (408, 504)
     * runs out, UNAVAILABLE when upstream could not be reached or is overloaded (503), INTERNAL for
     * other failures of upstream (after `UPSTREAM_CONNECTION_LOST` it may have been billed) and for
     * credentials of the gateway that upstream refuses (`UPSTREAM_CREDENTIALS`).
     * </pre>
     */
    public io.github.openai_grpc.v1.Response createResponse(io.github.openai_grpc.v1.CreateResponseRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCreateResponseMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Runs the model and sends its events as they happen. The last event is `completed`, `incomplete`
     * or `failed`, each with the whole response, and then the status is OK.
     * REST: `POST /responses`. Statuses: those of `CreateResponse`. After an `error` event the stream
     * fails with the status of that error. A stream that breaks off before its last event sends what
     * came and ends non-OK: INTERNAL, or DEADLINE_EXCEEDED (`FIRST_TOKEN_TIMEOUT`, `IDLE_TIMEOUT`,
     * `TOTAL_TIMEOUT`).
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<?, io.github.openai_grpc.v1.ResponseStreamEvent>
        streamResponse(io.github.openai_grpc.v1.CreateResponseRequest request) {
      return io.grpc.stub.ClientCalls.blockingV2ServerStreamingCall(
          getChannel(), getStreamResponseMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Returns a stored response as it is now; this is how to poll one that runs in the background.
     * REST: `GET /responses/{response_id}`. Statuses: NOT_FOUND for an unknown, deleted or expired
     * id, INVALID_ARGUMENT, UNAUTHENTICATED or PERMISSION_DENIED, RESOURCE_EXHAUSTED,
     * DEADLINE_EXCEEDED, UNAVAILABLE when upstream could not be reached or answered 502, 503 or 504
     * (safe to retry), INTERNAL.
     * </pre>
     */
    public io.github.openai_grpc.v1.Response getResponse(io.github.openai_grpc.v1.GetResponseRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetResponseMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Takes up the stream of a response that was created with `background` by `StreamResponse`: the
     * events after `starting_after`, stored ones first, then those to come. It ends as
     * `StreamResponse` does.
     * REST: `GET /responses/{response_id}`. Statuses: those of `GetResponse`, INVALID_ARGUMENT also
     * for a response that has no stream. A stream that breaks off before its last event ends non-OK;
     * resume it with the last `sequence_number` that came.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<?, io.github.openai_grpc.v1.ResponseStreamEvent>
        resumeResponse(io.github.openai_grpc.v1.ResumeResponseRequest request) {
      return io.grpc.stub.ClientCalls.blockingV2ServerStreamingCall(
          getChannel(), getResumeResponseMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Deletes a stored response.
     * REST: `DELETE /responses/{response_id}`. Statuses: NOT_FOUND for an unknown id, or one that is
     * deleted already, INVALID_ARGUMENT, UNAUTHENTICATED or PERMISSION_DENIED, RESOURCE_EXHAUSTED,
     * DEADLINE_EXCEEDED, UNAVAILABLE, INTERNAL.
     * </pre>
     */
    public io.github.openai_grpc.v1.ResponseDeleted deleteResponse(io.github.openai_grpc.v1.DeleteResponseRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getDeleteResponseMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Stops a response that runs in the background and returns it. Cancelling it twice does no harm.
     * REST: `POST /responses/{response_id}/cancel`. Statuses: INVALID_ARGUMENT for a response that
     * was not created with `background`, NOT_FOUND for an unknown id, UNAUTHENTICATED or
     * PERMISSION_DENIED, ABORTED for a conflict (409), RESOURCE_EXHAUSTED, DEADLINE_EXCEEDED,
     * UNAVAILABLE, INTERNAL.
     * </pre>
     */
    public io.github.openai_grpc.v1.Response cancelResponse(io.github.openai_grpc.v1.CancelResponseRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCancelResponseMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists, page by page, the items that a stored response was given.
     * REST: `GET /responses/{response_id}/input_items`. Statuses: NOT_FOUND for an unknown id,
     * INVALID_ARGUMENT, UNAUTHENTICATED or PERMISSION_DENIED, RESOURCE_EXHAUSTED, DEADLINE_EXCEEDED,
     * UNAVAILABLE when upstream could not be reached or answered 502, 503 or 504 (safe to retry),
     * INTERNAL.
     * </pre>
     */
    public io.github.openai_grpc.v1.ResponseItemList listResponseInputItems(io.github.openai_grpc.v1.ListResponseInputItemsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListResponseInputItemsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Shortens a long conversation: returns the items that stand for it as the input of the next
     * request. It runs a model and is billed.
     * REST: `POST /responses/compact`. Statuses: those of `CreateResponse`.
     * </pre>
     */
    public io.github.openai_grpc.v1.CompactedResponse compactResponse(io.github.openai_grpc.v1.CompactResponseRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCompactResponseMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Counts the input tokens that a request to `CreateResponse` would take, without running the
     * model.
     * REST: `POST /responses/input_tokens`. Statuses: INVALID_ARGUMENT for a request that upstream
     * refuses (400, 413, 422), NOT_FOUND for an unknown model, UNAUTHENTICATED or PERMISSION_DENIED,
     * RESOURCE_EXHAUSTED, DEADLINE_EXCEEDED, UNAVAILABLE when upstream could not be reached or
     * answered 502, 503 or 504 (safe to retry), INTERNAL.
     * </pre>
     */
    public io.github.openai_grpc.v1.ResponseInputTokenCount countResponseInputTokens(io.github.openai_grpc.v1.CountResponseInputTokensRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCountResponseInputTokensMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service ResponsesService.
   * <pre>
   * Responses, `responses` of OpenAI's API: a model's answer as a list of items, with tools that run
   * upstream, and kept there on request. A failure of any call carries `google.rpc.ErrorInfo`.
   * </pre>
   */
  public static final class ResponsesServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<ResponsesServiceBlockingStub> {
    private ResponsesServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected ResponsesServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new ResponsesServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * Runs the model and returns the response when it has ended, or at once with `background`. A
     * response whose `status` is `failed` or `incomplete` is an answer, with gRPC status OK.
     * REST: `POST /responses`. Statuses: INVALID_ARGUMENT for a request that the gateway or upstream
     * refuses (400, 413, 422), NOT_FOUND for an unknown model (404), UNAUTHENTICATED or
     * PERMISSION_DENIED for credentials of the caller that are refused (401, 403), ABORTED for a
     * conflict (409), FAILED_PRECONDITION for other refusals (402 and other 4xx), RESOURCE_EXHAUSTED
     * for rate limits (`RetryInfo` says when to retry) and for quota (`QuotaFailure`),
     * DEADLINE_EXCEEDED when the call's deadline, a timer of the gateway or upstream's own (408, 504)
     * runs out, UNAVAILABLE when upstream could not be reached or is overloaded (503), INTERNAL for
     * other failures of upstream (after `UPSTREAM_CONNECTION_LOST` it may have been billed) and for
     * credentials of the gateway that upstream refuses (`UPSTREAM_CREDENTIALS`).
     * </pre>
     */
    public io.github.openai_grpc.v1.Response createResponse(io.github.openai_grpc.v1.CreateResponseRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCreateResponseMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Runs the model and sends its events as they happen. The last event is `completed`, `incomplete`
     * or `failed`, each with the whole response, and then the status is OK.
     * REST: `POST /responses`. Statuses: those of `CreateResponse`. After an `error` event the stream
     * fails with the status of that error. A stream that breaks off before its last event sends what
     * came and ends non-OK: INTERNAL, or DEADLINE_EXCEEDED (`FIRST_TOKEN_TIMEOUT`, `IDLE_TIMEOUT`,
     * `TOTAL_TIMEOUT`).
     * </pre>
     */
    public java.util.Iterator<io.github.openai_grpc.v1.ResponseStreamEvent> streamResponse(
        io.github.openai_grpc.v1.CreateResponseRequest request) {
      return io.grpc.stub.ClientCalls.blockingServerStreamingCall(
          getChannel(), getStreamResponseMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Returns a stored response as it is now; this is how to poll one that runs in the background.
     * REST: `GET /responses/{response_id}`. Statuses: NOT_FOUND for an unknown, deleted or expired
     * id, INVALID_ARGUMENT, UNAUTHENTICATED or PERMISSION_DENIED, RESOURCE_EXHAUSTED,
     * DEADLINE_EXCEEDED, UNAVAILABLE when upstream could not be reached or answered 502, 503 or 504
     * (safe to retry), INTERNAL.
     * </pre>
     */
    public io.github.openai_grpc.v1.Response getResponse(io.github.openai_grpc.v1.GetResponseRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetResponseMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Takes up the stream of a response that was created with `background` by `StreamResponse`: the
     * events after `starting_after`, stored ones first, then those to come. It ends as
     * `StreamResponse` does.
     * REST: `GET /responses/{response_id}`. Statuses: those of `GetResponse`, INVALID_ARGUMENT also
     * for a response that has no stream. A stream that breaks off before its last event ends non-OK;
     * resume it with the last `sequence_number` that came.
     * </pre>
     */
    public java.util.Iterator<io.github.openai_grpc.v1.ResponseStreamEvent> resumeResponse(
        io.github.openai_grpc.v1.ResumeResponseRequest request) {
      return io.grpc.stub.ClientCalls.blockingServerStreamingCall(
          getChannel(), getResumeResponseMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Deletes a stored response.
     * REST: `DELETE /responses/{response_id}`. Statuses: NOT_FOUND for an unknown id, or one that is
     * deleted already, INVALID_ARGUMENT, UNAUTHENTICATED or PERMISSION_DENIED, RESOURCE_EXHAUSTED,
     * DEADLINE_EXCEEDED, UNAVAILABLE, INTERNAL.
     * </pre>
     */
    public io.github.openai_grpc.v1.ResponseDeleted deleteResponse(io.github.openai_grpc.v1.DeleteResponseRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getDeleteResponseMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Stops a response that runs in the background and returns it. Cancelling it twice does no harm.
     * REST: `POST /responses/{response_id}/cancel`. Statuses: INVALID_ARGUMENT for a response that
     * was not created with `background`, NOT_FOUND for an unknown id, UNAUTHENTICATED or
     * PERMISSION_DENIED, ABORTED for a conflict (409), RESOURCE_EXHAUSTED, DEADLINE_EXCEEDED,
     * UNAVAILABLE, INTERNAL.
     * </pre>
     */
    public io.github.openai_grpc.v1.Response cancelResponse(io.github.openai_grpc.v1.CancelResponseRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCancelResponseMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists, page by page, the items that a stored response was given.
     * REST: `GET /responses/{response_id}/input_items`. Statuses: NOT_FOUND for an unknown id,
     * INVALID_ARGUMENT, UNAUTHENTICATED or PERMISSION_DENIED, RESOURCE_EXHAUSTED, DEADLINE_EXCEEDED,
     * UNAVAILABLE when upstream could not be reached or answered 502, 503 or 504 (safe to retry),
     * INTERNAL.
     * </pre>
     */
    public io.github.openai_grpc.v1.ResponseItemList listResponseInputItems(io.github.openai_grpc.v1.ListResponseInputItemsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListResponseInputItemsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Shortens a long conversation: returns the items that stand for it as the input of the next
     * request. It runs a model and is billed.
     * REST: `POST /responses/compact`. Statuses: those of `CreateResponse`.
     * </pre>
     */
    public io.github.openai_grpc.v1.CompactedResponse compactResponse(io.github.openai_grpc.v1.CompactResponseRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCompactResponseMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Counts the input tokens that a request to `CreateResponse` would take, without running the
     * model.
     * REST: `POST /responses/input_tokens`. Statuses: INVALID_ARGUMENT for a request that upstream
     * refuses (400, 413, 422), NOT_FOUND for an unknown model, UNAUTHENTICATED or PERMISSION_DENIED,
     * RESOURCE_EXHAUSTED, DEADLINE_EXCEEDED, UNAVAILABLE when upstream could not be reached or
     * answered 502, 503 or 504 (safe to retry), INTERNAL.
     * </pre>
     */
    public io.github.openai_grpc.v1.ResponseInputTokenCount countResponseInputTokens(io.github.openai_grpc.v1.CountResponseInputTokensRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCountResponseInputTokensMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service ResponsesService.
   * <pre>
   * Responses, `responses` of OpenAI's API: a model's answer as a list of items, with tools that run
   * upstream, and kept there on request. A failure of any call carries `google.rpc.ErrorInfo`.
   * </pre>
   */
  public static final class ResponsesServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<ResponsesServiceFutureStub> {
    private ResponsesServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected ResponsesServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new ResponsesServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * Runs the model and returns the response when it has ended, or at once with `background`. A
     * response whose `status` is `failed` or `incomplete` is an answer, with gRPC status OK.
     * REST: `POST /responses`. Statuses: INVALID_ARGUMENT for a request that the gateway or upstream
     * refuses (400, 413, 422), NOT_FOUND for an unknown model (404), UNAUTHENTICATED or
     * PERMISSION_DENIED for credentials of the caller that are refused (401, 403), ABORTED for a
     * conflict (409), FAILED_PRECONDITION for other refusals (402 and other 4xx), RESOURCE_EXHAUSTED
     * for rate limits (`RetryInfo` says when to retry) and for quota (`QuotaFailure`),
     * DEADLINE_EXCEEDED when the call's deadline, a timer of the gateway or upstream's own (408, 504)
     * runs out, UNAVAILABLE when upstream could not be reached or is overloaded (503), INTERNAL for
     * other failures of upstream (after `UPSTREAM_CONNECTION_LOST` it may have been billed) and for
     * credentials of the gateway that upstream refuses (`UPSTREAM_CREDENTIALS`).
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.github.openai_grpc.v1.Response> createResponse(
        io.github.openai_grpc.v1.CreateResponseRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCreateResponseMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Returns a stored response as it is now; this is how to poll one that runs in the background.
     * REST: `GET /responses/{response_id}`. Statuses: NOT_FOUND for an unknown, deleted or expired
     * id, INVALID_ARGUMENT, UNAUTHENTICATED or PERMISSION_DENIED, RESOURCE_EXHAUSTED,
     * DEADLINE_EXCEEDED, UNAVAILABLE when upstream could not be reached or answered 502, 503 or 504
     * (safe to retry), INTERNAL.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.github.openai_grpc.v1.Response> getResponse(
        io.github.openai_grpc.v1.GetResponseRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetResponseMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Deletes a stored response.
     * REST: `DELETE /responses/{response_id}`. Statuses: NOT_FOUND for an unknown id, or one that is
     * deleted already, INVALID_ARGUMENT, UNAUTHENTICATED or PERMISSION_DENIED, RESOURCE_EXHAUSTED,
     * DEADLINE_EXCEEDED, UNAVAILABLE, INTERNAL.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.github.openai_grpc.v1.ResponseDeleted> deleteResponse(
        io.github.openai_grpc.v1.DeleteResponseRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getDeleteResponseMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Stops a response that runs in the background and returns it. Cancelling it twice does no harm.
     * REST: `POST /responses/{response_id}/cancel`. Statuses: INVALID_ARGUMENT for a response that
     * was not created with `background`, NOT_FOUND for an unknown id, UNAUTHENTICATED or
     * PERMISSION_DENIED, ABORTED for a conflict (409), RESOURCE_EXHAUSTED, DEADLINE_EXCEEDED,
     * UNAVAILABLE, INTERNAL.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.github.openai_grpc.v1.Response> cancelResponse(
        io.github.openai_grpc.v1.CancelResponseRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCancelResponseMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Lists, page by page, the items that a stored response was given.
     * REST: `GET /responses/{response_id}/input_items`. Statuses: NOT_FOUND for an unknown id,
     * INVALID_ARGUMENT, UNAUTHENTICATED or PERMISSION_DENIED, RESOURCE_EXHAUSTED, DEADLINE_EXCEEDED,
     * UNAVAILABLE when upstream could not be reached or answered 502, 503 or 504 (safe to retry),
     * INTERNAL.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.github.openai_grpc.v1.ResponseItemList> listResponseInputItems(
        io.github.openai_grpc.v1.ListResponseInputItemsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListResponseInputItemsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Shortens a long conversation: returns the items that stand for it as the input of the next
     * request. It runs a model and is billed.
     * REST: `POST /responses/compact`. Statuses: those of `CreateResponse`.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.github.openai_grpc.v1.CompactedResponse> compactResponse(
        io.github.openai_grpc.v1.CompactResponseRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCompactResponseMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Counts the input tokens that a request to `CreateResponse` would take, without running the
     * model.
     * REST: `POST /responses/input_tokens`. Statuses: INVALID_ARGUMENT for a request that upstream
     * refuses (400, 413, 422), NOT_FOUND for an unknown model, UNAUTHENTICATED or PERMISSION_DENIED,
     * RESOURCE_EXHAUSTED, DEADLINE_EXCEEDED, UNAVAILABLE when upstream could not be reached or
     * answered 502, 503 or 504 (safe to retry), INTERNAL.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.github.openai_grpc.v1.ResponseInputTokenCount> countResponseInputTokens(
        io.github.openai_grpc.v1.CountResponseInputTokensRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCountResponseInputTokensMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_CREATE_RESPONSE = 0;
  private static final int METHODID_STREAM_RESPONSE = 1;
  private static final int METHODID_GET_RESPONSE = 2;
  private static final int METHODID_RESUME_RESPONSE = 3;
  private static final int METHODID_DELETE_RESPONSE = 4;
  private static final int METHODID_CANCEL_RESPONSE = 5;
  private static final int METHODID_LIST_RESPONSE_INPUT_ITEMS = 6;
  private static final int METHODID_COMPACT_RESPONSE = 7;
  private static final int METHODID_COUNT_RESPONSE_INPUT_TOKENS = 8;

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
        case METHODID_CREATE_RESPONSE:
          serviceImpl.createResponse((io.github.openai_grpc.v1.CreateResponseRequest) request,
              (io.grpc.stub.StreamObserver<io.github.openai_grpc.v1.Response>) responseObserver);
          break;
        case METHODID_STREAM_RESPONSE:
          serviceImpl.streamResponse((io.github.openai_grpc.v1.CreateResponseRequest) request,
              (io.grpc.stub.StreamObserver<io.github.openai_grpc.v1.ResponseStreamEvent>) responseObserver);
          break;
        case METHODID_GET_RESPONSE:
          serviceImpl.getResponse((io.github.openai_grpc.v1.GetResponseRequest) request,
              (io.grpc.stub.StreamObserver<io.github.openai_grpc.v1.Response>) responseObserver);
          break;
        case METHODID_RESUME_RESPONSE:
          serviceImpl.resumeResponse((io.github.openai_grpc.v1.ResumeResponseRequest) request,
              (io.grpc.stub.StreamObserver<io.github.openai_grpc.v1.ResponseStreamEvent>) responseObserver);
          break;
        case METHODID_DELETE_RESPONSE:
          serviceImpl.deleteResponse((io.github.openai_grpc.v1.DeleteResponseRequest) request,
              (io.grpc.stub.StreamObserver<io.github.openai_grpc.v1.ResponseDeleted>) responseObserver);
          break;
        case METHODID_CANCEL_RESPONSE:
          serviceImpl.cancelResponse((io.github.openai_grpc.v1.CancelResponseRequest) request,
              (io.grpc.stub.StreamObserver<io.github.openai_grpc.v1.Response>) responseObserver);
          break;
        case METHODID_LIST_RESPONSE_INPUT_ITEMS:
          serviceImpl.listResponseInputItems((io.github.openai_grpc.v1.ListResponseInputItemsRequest) request,
              (io.grpc.stub.StreamObserver<io.github.openai_grpc.v1.ResponseItemList>) responseObserver);
          break;
        case METHODID_COMPACT_RESPONSE:
          serviceImpl.compactResponse((io.github.openai_grpc.v1.CompactResponseRequest) request,
              (io.grpc.stub.StreamObserver<io.github.openai_grpc.v1.CompactedResponse>) responseObserver);
          break;
        case METHODID_COUNT_RESPONSE_INPUT_TOKENS:
          serviceImpl.countResponseInputTokens((io.github.openai_grpc.v1.CountResponseInputTokensRequest) request,
              (io.grpc.stub.StreamObserver<io.github.openai_grpc.v1.ResponseInputTokenCount>) responseObserver);
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
          getCreateResponseMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.github.openai_grpc.v1.CreateResponseRequest,
              io.github.openai_grpc.v1.Response>(
                service, METHODID_CREATE_RESPONSE)))
        .addMethod(
          getStreamResponseMethod(),
          io.grpc.stub.ServerCalls.asyncServerStreamingCall(
            new MethodHandlers<
              io.github.openai_grpc.v1.CreateResponseRequest,
              io.github.openai_grpc.v1.ResponseStreamEvent>(
                service, METHODID_STREAM_RESPONSE)))
        .addMethod(
          getGetResponseMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.github.openai_grpc.v1.GetResponseRequest,
              io.github.openai_grpc.v1.Response>(
                service, METHODID_GET_RESPONSE)))
        .addMethod(
          getResumeResponseMethod(),
          io.grpc.stub.ServerCalls.asyncServerStreamingCall(
            new MethodHandlers<
              io.github.openai_grpc.v1.ResumeResponseRequest,
              io.github.openai_grpc.v1.ResponseStreamEvent>(
                service, METHODID_RESUME_RESPONSE)))
        .addMethod(
          getDeleteResponseMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.github.openai_grpc.v1.DeleteResponseRequest,
              io.github.openai_grpc.v1.ResponseDeleted>(
                service, METHODID_DELETE_RESPONSE)))
        .addMethod(
          getCancelResponseMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.github.openai_grpc.v1.CancelResponseRequest,
              io.github.openai_grpc.v1.Response>(
                service, METHODID_CANCEL_RESPONSE)))
        .addMethod(
          getListResponseInputItemsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.github.openai_grpc.v1.ListResponseInputItemsRequest,
              io.github.openai_grpc.v1.ResponseItemList>(
                service, METHODID_LIST_RESPONSE_INPUT_ITEMS)))
        .addMethod(
          getCompactResponseMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.github.openai_grpc.v1.CompactResponseRequest,
              io.github.openai_grpc.v1.CompactedResponse>(
                service, METHODID_COMPACT_RESPONSE)))
        .addMethod(
          getCountResponseInputTokensMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.github.openai_grpc.v1.CountResponseInputTokensRequest,
              io.github.openai_grpc.v1.ResponseInputTokenCount>(
                service, METHODID_COUNT_RESPONSE_INPUT_TOKENS)))
        .build();
  }

  private static abstract class ResponsesServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    ResponsesServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return io.github.openai_grpc.v1.Responses.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("ResponsesService");
    }
  }

  private static final class ResponsesServiceFileDescriptorSupplier
      extends ResponsesServiceBaseDescriptorSupplier {
    ResponsesServiceFileDescriptorSupplier() {}
  }

  private static final class ResponsesServiceMethodDescriptorSupplier
      extends ResponsesServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    ResponsesServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (ResponsesServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new ResponsesServiceFileDescriptorSupplier())
              .addMethod(getCreateResponseMethod())
              .addMethod(getStreamResponseMethod())
              .addMethod(getGetResponseMethod())
              .addMethod(getResumeResponseMethod())
              .addMethod(getDeleteResponseMethod())
              .addMethod(getCancelResponseMethod())
              .addMethod(getListResponseInputItemsMethod())
              .addMethod(getCompactResponseMethod())
              .addMethod(getCountResponseInputTokensMethod())
              .build();
        }
      }
    }
    return result;
  }
}
