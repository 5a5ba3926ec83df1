package io.github.openai_grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.github.openai_grpc.v1.UploadFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.LongConsumer;

/** A file to upload, from a path, a stream or bytes. It is read once, in chunks, as fast as upstream takes them. */
public final class Upload {
  private static final int CHUNK = 256 << 10;

  private final Opener opener;
  private final UploadFile file;
  private final LongConsumer progress;
  private final long limit; // bytes that are read at most

  private interface Opener {
    InputStream open() throws IOException;
  }

  private Upload(Opener opener, UploadFile file, LongConsumer progress) {
    this(opener, file, progress, Long.MAX_VALUE);
  }

  private Upload(Opener opener, UploadFile file, LongConsumer progress, long limit) {
    this.limit = limit;
    this.opener = opener;
    this.file = file;
    this.progress = progress;
  }

  /** Returns the upload of a file, whose size is told to upstream. */
  public static Upload of(Path path) {
    UploadFile.Builder file = UploadFile.newBuilder().setFilename(path.getFileName().toString());
    try {
      file.setSize(Files.size(path));
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    }
    return new Upload(() -> Files.newInputStream(path), file.build(), null);
  }

  /**
   * Returns the upload of a stream, which is closed at its end.
   *
   * @param filename a name, whose extension tells the format
   */
  public static Upload of(InputStream stream, String filename) {
    Objects.requireNonNull(stream, "stream");
    return new Upload(() -> stream, UploadFile.newBuilder().setFilename(filename).build(), null);
  }

  /** Returns the upload of bytes; see {@link #of(InputStream, String)}. */
  public static Upload of(byte[] data, String filename) {
    UploadFile file = UploadFile.newBuilder().setFilename(filename).setSize(data.length).build();
    return new Upload(() -> new ByteArrayInputStream(data), file, null);
  }

  /** Returns the upload of a part of a file. */
  static Upload of(Path path, long from, long size) {
    UploadFile file = UploadFile.newBuilder().setFilename(path.getFileName().toString()).setSize(size).build();
    return new Upload(
        () -> Channels.newInputStream(Files.newByteChannel(path).position(from)), file, null, size);
  }

  /** Returns this upload, with a consumer that is told after each chunk how many bytes have been sent. */
  public Upload onProgress(LongConsumer consumer) {
    return new Upload(opener, file, consumer, limit);
  }

  /** Returns this upload, with its MIME type, such as {@code image/png}. */
  public Upload contentType(String type) {
    return new Upload(opener, file.toBuilder().setContentType(type).build(), progress, limit);
  }

  /** Returns this upload, with the size of a stream in bytes, which is told to upstream. */
  public Upload size(long bytes) {
    return new Upload(opener, file.toBuilder().setSize(bytes).build(), progress, limit);
  }

  /**
   * Reads all into a file of a request, such as the reference image of a video.
   *
   * @throws UncheckedIOException it can't be read
   */
  public UploadFile read() {
    try (InputStream in = opener.open()) {
      return file.toBuilder().setData(ByteString.readFrom(in)).build();
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    }
  }

  /**
   * Returns what sends a request and the file, chunk by chunk.
   *
   * @param config makes the first message, of what is known of the file
   * @param chunk makes the others
   */
  <Q, R> Duplex.Feed<Q, R> feed(Function<UploadFile, Q> config, Function<ByteString, Q> chunk) {
    return call -> {
      if (!call.send(config.apply(file))) {
        return;
      }
      long sent = 0;
      try (InputStream in = opener.open()) {
        for (byte[] bytes = next(in, sent); bytes.length > 0; bytes = next(in, sent)) {
          if (!call.send(chunk.apply(UnsafeByteOperations.unsafeWrap(bytes)))) { // nobody else has these bytes
            return;
          }
          sent += bytes.length;
          if (progress != null) {
            progress.accept(sent);
          }
        }
      }
    };
  }

  private byte[] next(InputStream in, long sent) throws IOException {
    return in.readNBytes((int) Math.min(CHUNK, limit - sent));
  }
}
