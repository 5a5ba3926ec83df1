package io.github.openai_grpc;

/** A text that is not JSON, a value that a message can't hold, or a message that has no JSON. */
public final class JsonException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  private final String reason;
  private final String path;

  JsonException(String reason) {
    this(reason, "");
  }

  private JsonException(String reason, String path) {
    super(path.isEmpty() ? reason : path + ": " + reason);
    this.reason = reason;
    this.path = path;
  }

  /** Returns where in the message the error is; empty if it is in all of it. */
  public String path() {
    return path;
  }

  JsonException inside(String step) {
    return new JsonException(reason, path.isEmpty() ? step : step + (path.startsWith("[") ? "" : ".") + path);
  }
}
