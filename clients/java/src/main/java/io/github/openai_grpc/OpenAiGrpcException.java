package io.github.openai_grpc;

import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.QuotaFailure;
import io.github.openai_grpc.v1.CallInfo;
import io.grpc.Metadata;
import io.grpc.Status;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A call that failed. Its subclasses tell kinds apart; {@link #reason()} says more, with the values that the gateway's
 * {@code docs/errors.md} lists.
 */
public class OpenAiGrpcException extends RuntimeException {
  private static final long serialVersionUID = 1;
  private static final Set<String> NEVER_SENT =
      Set.of("UPSTREAM_CREDENTIALS", "UPSTREAM_REDIRECT", "UPSTREAM_CONNECT_FAILED", "UPSTREAM_CONNECT_TIMEOUT", "GATEWAY_OVERLOADED");

  private final transient Status status;
  private final transient ErrorInfo info;
  private final transient CallDetails details;
  private final boolean received;

  OpenAiGrpcException(Status status, Throwable cause, CallDetails details, boolean received) {
    super(cause);
    this.status = status;
    this.info = ErrorDetails.errorInfo(cause).orElse(ErrorInfo.getDefaultInstance());
    this.details = details;
    this.received = received;
  }

  /** Returns the exception of the same kind for one that a stub of gRPC has thrown. */
  public static OpenAiGrpcException of(Throwable error) {
    Metadata trailers = Status.trailersFromThrowable(error);
    Metadata found = trailers == null ? new Metadata() : trailers;
    return of(error, new CallDetails(new Metadata(), found, CallInfo.getDefaultInstance()), false);
  }

  static OpenAiGrpcException of(Throwable error, CallDetails details, boolean received) {
    Status status = Status.fromThrowable(error);
    switch (status.getCode()) {
      case INVALID_ARGUMENT:
      case OUT_OF_RANGE:
        return new InvalidRequest(status, error, details, received);
      case UNAUTHENTICATED:
        return new Unauthenticated(status, error, details, received);
      case PERMISSION_DENIED:
        return new PermissionDenied(status, error, details, received);
      case NOT_FOUND:
        return new NotFound(status, error, details, received);
      case ABORTED:
      case ALREADY_EXISTS:
        return new Conflict(status, error, details, received);
      case FAILED_PRECONDITION:
        return new FailedPrecondition(status, error, details, received);
      case RESOURCE_EXHAUSTED:
        String reason = ErrorDetails.errorInfo(error).map(ErrorInfo::getReason).orElse("");
        return Set.of("INSUFFICIENT_QUOTA", "BUDGET_EXCEEDED").contains(reason)
            ? new QuotaExceeded(status, error, details, received)
            : new LimitExceeded(status, error, details, received);
      case DEADLINE_EXCEEDED:
        return new DeadlineExceeded(status, error, details, received);
      case CANCELLED:
        return new Cancelled(status, error, details, received);
      case UNAVAILABLE:
        return new Unavailable(status, error, details, received);
      case UNIMPLEMENTED:
        return new Unimplemented(status, error, details, received);
      default:
        return new Internal(status, error, details, received);
    }
  }

  @Override
  public String getMessage() {
    if (status == null) { // after deserialization
      return getCause() == null ? null : getCause().getMessage();
    }
    String text = Optional.ofNullable(status.getDescription()).orElse("no description");
    String reason = reason().isEmpty() ? "" : ", " + reason();
    return text + " (" + status.getCode() + reason + ")" + requestId().map(id -> " [request " + id + "]").orElse("");
  }

  /** Returns the gRPC status code. */
  public Status.Code status() {
    return status.getCode();
  }

  /** Returns what went wrong, for programs, such as {@code RATE_LIMITED}; empty if the error is not the gateway's. */
  public String reason() {
    return info.getReason();
  }

  /** Returns the HTTP status of the upstream, if it answered. */
  public OptionalInt httpStatus() {
    String text = info.getMetadataOrDefault("http_status", "");
    return text.matches("[0-9]{3}") ? OptionalInt.of(Integer.parseInt(text)) : OptionalInt.empty();
  }

  /** Returns the type in the upstream's error, such as {@code invalid_request_error}. */
  public Optional<String> type() {
    return text("type");
  }

  /** Returns the code in the upstream's error, such as {@code context_length_exceeded}. */
  public Optional<String> code() {
    return text("code");
  }

  /** Returns the parameter that is at fault. */
  public Optional<String> param() {
    return text("param");
  }

  /** Returns the upstream's id of the request, or else the gateway's. */
  public Optional<String> requestId() {
    return text("request_id").or(details::requestId).or(details::gatewayRequestId);
  }

  /** Returns how long to wait before the call is made again, if the error says so. */
  public Optional<Duration> retryAfter() {
    return ErrorDetails.retryDelay(getCause());
  }

  /** Returns the fields of the request that are at fault. */
  public List<BadRequest.FieldViolation> fieldViolations() {
    return ErrorDetails.detail(getCause(), BadRequest.class)
        .map(BadRequest::getFieldViolationsList)
        .orElse(List.of());
  }

  /** Returns the limits and quotas that were exceeded. */
  public List<QuotaFailure.Violation> quotaViolations() {
    return ErrorDetails.detail(getCause(), QuotaFailure.class)
        .map(QuotaFailure::getViolationsList)
        .orElse(List.of());
  }

  /**
   * Returns whether the upstream may have begun to bill the call. False is certain: the call was refused, or never got
   * there.
   */
  public boolean mayHaveBeenBilled() {
    if (received) {
      return true;
    }
    switch (status.getCode()) {
      case UNAVAILABLE:
        return isUnexplained() && !neverConnected(getCause());
      case CANCELLED:
      case DEADLINE_EXCEEDED:
      case INTERNAL:
      case UNKNOWN:
      case DATA_LOSS:
        return !NEVER_SENT.contains(info.getReason());
      case RESOURCE_EXHAUSTED: // of a reply, which was made; without details gRPC refused it, either way
        return info.getReason().equals("MESSAGE_TOO_LARGE") || isUnexplained();
      default:
        return false;
    }
  }

  /** Returns every fact of the error that the gateway tells: {@code ErrorInfo} with all its metadata. */
  public ErrorInfo info() {
    return info;
  }

  /** Returns the facts about the call besides the error, such as rate limits. */
  public CallDetails details() {
    return details;
  }

  private Optional<String> text(String key) {
    return Optional.of(info.getMetadataOrDefault(key, "")).filter(value -> !value.isEmpty());
  }

  private boolean isUnexplained() {
    return info.getReason().isEmpty() && info.getDomain().isEmpty();
  }

  private static boolean neverConnected(Throwable error) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (cause instanceof ConnectException || cause instanceof UnknownHostException) {
        return true;
      }
    }
    return false;
  }

  /** The request was refused as it is; see {@link #fieldViolations()}. */
  public static final class InvalidRequest extends OpenAiGrpcException {
    private static final long serialVersionUID = 1;

    InvalidRequest(Status status, Throwable cause, CallDetails details, boolean received) {
      super(status, cause, details, received);
    }
  }

  /** No key was sent, or one that is not accepted. */
  public static final class Unauthenticated extends OpenAiGrpcException {
    private static final long serialVersionUID = 1;

    Unauthenticated(Status status, Throwable cause, CallDetails details, boolean received) {
      super(status, cause, details, received);
    }
  }

  /** The key may not do this. */
  public static final class PermissionDenied extends OpenAiGrpcException {
    private static final long serialVersionUID = 1;

    PermissionDenied(Status status, Throwable cause, CallDetails details, boolean received) {
      super(status, cause, details, received);
    }
  }

  /** There is no such model, or no such object. */
  public static final class NotFound extends OpenAiGrpcException {
    private static final long serialVersionUID = 1;

    NotFound(Status status, Throwable cause, CallDetails details, boolean received) {
      super(status, cause, details, received);
    }
  }

  /** Another change came in between. */
  public static final class Conflict extends OpenAiGrpcException {
    private static final long serialVersionUID = 1;

    Conflict(Status status, Throwable cause, CallDetails details, boolean received) {
      super(status, cause, details, received);
    }
  }

  /** The upstream refused the call for another reason than the request, such as an unpaid bill. */
  public static final class FailedPrecondition extends OpenAiGrpcException {
    private static final long serialVersionUID = 1;

    FailedPrecondition(Status status, Throwable cause, CallDetails details, boolean received) {
      super(status, cause, details, received);
    }
  }

  /** A limit was exceeded, such as a rate limit; see {@link #retryAfter()}. */
  public static class LimitExceeded extends OpenAiGrpcException {
    private static final long serialVersionUID = 1;

    LimitExceeded(Status status, Throwable cause, CallDetails details, boolean received) {
      super(status, cause, details, received);
    }
  }

  /** The quota or budget is spent: waiting does not help. */
  public static final class QuotaExceeded extends LimitExceeded {
    private static final long serialVersionUID = 1;

    QuotaExceeded(Status status, Throwable cause, CallDetails details, boolean received) {
      super(status, cause, details, received);
    }
  }

  /** The deadline passed, or a time limit of the gateway or the upstream. */
  public static final class DeadlineExceeded extends OpenAiGrpcException {
    private static final long serialVersionUID = 1;

    DeadlineExceeded(Status status, Throwable cause, CallDetails details, boolean received) {
      super(status, cause, details, received);
    }
  }

  /** The call was cancelled. */
  public static final class Cancelled extends OpenAiGrpcException {
    private static final long serialVersionUID = 1;

    Cancelled(Status status, Throwable cause, CallDetails details, boolean received) {
      super(status, cause, details, received);
    }
  }

  /** The gateway or the upstream can't be reached, is overloaded, or shuts down. */
  public static final class Unavailable extends OpenAiGrpcException {
    private static final long serialVersionUID = 1;

    Unavailable(Status status, Throwable cause, CallDetails details, boolean received) {
      super(status, cause, details, received);
    }
  }

  /** The server does not know the RPC. */
  public static final class Unimplemented extends OpenAiGrpcException {
    private static final long serialVersionUID = 1;

    Unimplemented(Status status, Throwable cause, CallDetails details, boolean received) {
      super(status, cause, details, received);
    }
  }

  /** The gateway or the upstream failed. */
  public static final class Internal extends OpenAiGrpcException {
    private static final long serialVersionUID = 1;

    Internal(Status status, Throwable cause, CallDetails details, boolean received) {
      super(status, cause, details, received);
    }
  }
}
