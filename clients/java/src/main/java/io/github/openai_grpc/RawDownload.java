package io.github.openai_grpc;

import com.google.protobuf.ByteString;
import io.github.openai_grpc.v1.RawChunk;
import io.github.openai_grpc.v1.RawRequest;
import io.github.openai_grpc.v1.RawServiceGrpc;
import java.util.Locale;
import java.util.Map;

/**
 * The body of a raw call's reply. One of GET that breaks off goes on where it was, if upstream names a version of it
 * ({@code etag} or {@code last-modified}) and takes ranges.
 */
public final class RawDownload extends Download {
  private final Calls calls;
  private final RawRequest request;
  private final boolean resumable;
  private int status;
  private Map<String, String> headers = Map.of();
  private String version = "";

  RawDownload(Calls calls, RawRequest request) {
    super(0);
    this.calls = calls;
    this.request = request;
    boolean part =
        request.getHeadersMap().keySet().stream()
            .map(name -> name.toLowerCase(Locale.ROOT))
            .anyMatch(name -> name.equals("range") || name.equals("if-range"));
    resumable = request.getMethod().equals("GET") && !part;
  }

  /** Returns the HTTP status, once something was read. */
  public int status() {
    return status;
  }

  /** Returns the headers that describe the body, by their names in lower case, once something was read. */
  public Map<String, String> headers() {
    return headers;
  }

  @Override
  ReplyStream.Source<Piece> begin() {
    RawRequest asked = position() == 0 ? request : rest();
    return new Pieces<>(calls.resumable(RawServiceGrpc.getDownloadMethod(), asked, this::resumed), this::piece);
  }

  private RawRequest resumed() {
    if (!resumable || version.isEmpty()) {
      return null;
    }
    goesOn();
    return rest();
  }

  /** Returns the request of what is missing. */
  private RawRequest rest() {
    RawRequest.Builder asked = request.toBuilder().putHeaders("range", "bytes=" + position() + "-");
    if (!version.isEmpty()) {
      asked.putHeaders("if-range", version);
    }
    return asked.build();
  }

  private Piece piece(RawChunk chunk) {
    if (!chunk.hasStatus()) {
      return new Piece(chunk.getData(), ByteString.EMPTY, 0, "");
    }
    boolean partial = chunk.getStatus() == 206;
    if (isContinued() && !partial) {
      throw new IllegalStateException(
          "body can't be resumed: upstream sent it from its beginning, download it again");
    }
    Map<String, String> found = chunk.getHeadersMap();
    if (status == 0) {
      status = chunk.getStatus();
      headers = found;
      String etag = found.getOrDefault("etag", "");
      version = etag.isEmpty() || etag.startsWith("W/") ? found.getOrDefault("last-modified", "") : etag;
    }
    String range = found.getOrDefault("content-range", "");
    String size = partial ? range.substring(range.indexOf('/') + 1) : found.getOrDefault("content-length", "");
    return new Piece(
        chunk.getData(),
        ByteString.EMPTY,
        size.matches("[0-9]{1,18}") ? Long.parseLong(size) : 0,
        found.getOrDefault("content-type", ""));
  }
}
