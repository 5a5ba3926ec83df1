package io.github.openai_grpc;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import io.grpc.protobuf.StatusProto;
import java.time.Duration;
import java.util.Optional;

/** What a gateway says of a call that failed, beside the status. */
public final class ErrorDetails {
  private ErrorDetails() {}

  /**
   * Returns why a call failed: a reason such as {@code RATE_LIMITED}, and as metadata what is known of {@code
   * http_status}, {@code type}, {@code param}, {@code code} and {@code request_id}. It is empty for an error that is
   * not the gateway's, such as a refused connection.
   */
  public static Optional<ErrorInfo> errorInfo(Throwable error) {
    return detail(error, ErrorInfo.class);
  }

  /** Returns how long upstream asks to wait before the call is tried again, if it does. */
  public static Optional<Duration> retryDelay(Throwable error) {
    return detail(error, RetryInfo.class)
        .map(RetryInfo::getRetryDelay)
        .map(delay -> Duration.ofSeconds(delay.getSeconds(), delay.getNanos()));
  }

  /**
   * Returns the first detail of a type, such as {@link com.google.rpc.QuotaFailure} or {@link
   * com.google.rpc.BadRequest}, of an exception that gRPC threw, or of its cause.
   */
  public static <T extends Message> Optional<T> detail(Throwable error, Class<T> type) {
    Status status = StatusProto.fromThrowable(error);
    if (status == null) {
      return Optional.empty();
    }
    return status.getDetailsList().stream().filter(detail -> detail.is(type)).findFirst().flatMap(
        detail -> unpack(detail, type));
  }

  private static <T extends Message> Optional<T> unpack(Any detail, Class<T> type) {
    try {
      return Optional.of(detail.unpack(type));
    } catch (InvalidProtocolBufferException malformed) {
      return Optional.empty();
    }
  }

  /** Returns a builder of the facts of an error that the gateway told in a message. */
  static ErrorInfo.Builder info(String reason) {
    return ErrorInfo.newBuilder().setDomain("openai-grpc").setReason(reason);
  }

  /** Returns an error that the gateway told in a message as gRPC throws one. */
  static RuntimeException exception(int code, String message, ErrorInfo info) {
    Status status = Status.newBuilder().setCode(code).setMessage(message).addDetails(Any.pack(info)).build();
    return StatusProto.toStatusRuntimeException(status);
  }
}
