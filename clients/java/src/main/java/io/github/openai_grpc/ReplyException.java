package io.github.openai_grpc;

import io.github.openai_grpc.v1.Response;

/** A reply that can't be read into the type that was asked for. Its subclasses say why. */
public abstract class ReplyException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String text;

  ReplyException(String message, String text, Throwable cause) {
    super(message, cause);
    this.text = text;
  }

  /** Returns the text of the reply, as far as it came. */
  public String text() {
    return text;
  }

  /** The model refused to answer; the text is its refusal. */
  public static final class Refused extends ReplyException {
    private static final long serialVersionUID = 1;

    Refused(String text) {
      super("the model refused: " + text, text, null);
    }
  }

  /** The reply was cut before its end. */
  public static final class Cut extends ReplyException {
    private static final long serialVersionUID = 1;

    private final String reason;

    Cut(String reason, String text) {
      super("the reply was cut (" + reason + "): raise the limit of tokens, or ask for less", text, null);
      this.reason = reason;
    }

    /** Returns why, such as {@code length} or {@code content_filter}. */
    public String reason() {
      return reason;
    }
  }

  /** The response failed: the call succeeded, and brought a response that says so. */
  public static final class Failed extends ReplyException {
    private static final long serialVersionUID = 1;

    private final transient Response response;

    Failed(Response response) {
      super("the response failed: " + reason(response), "", null);
      this.response = response;
    }

    static void check(Response response) {
      if (response.getStatus().equals("failed")) {
        throw new Failed(response);
      }
    }

    private static String reason(Response response) {
      String message = response.getError().getMessage();
      String reason = message.isEmpty() ? response.getError().getCode() : message;
      return reason.isEmpty() ? "the upstream did not say why" : reason;
    }

    /** Returns the response, whose {@code error} says why. */
    public Response response() {
      return response;
    }
  }

  /** The reply is not JSON, or not of the type. */
  public static final class Invalid extends ReplyException {
    private static final long serialVersionUID = 1;

    Invalid(String message, String text, Throwable cause) {
      super(message, text, cause);
    }
  }
}
