package io.github.openai_grpc;

import com.google.protobuf.ByteString;
import io.github.openai_grpc.v1.FileChunk;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.Function;

/**
 * The content of a file, read as it arrives; no more is asked for than is read. It begins with the first read, and
 * closing it cancels it. One that breaks off goes on where it was, {@code maxRetries} times in a row at most without a
 * byte. At the end the content is compared with its checksum. It is for one thread, but for {@link #close()}.
 *
 * <pre>{@code
 * try (var download = client.files().download("file-1")) {
 *   download.to(Path.of("copy.pdf"));
 * }
 * }</pre>
 *
 * <p>Methods that read throw {@link OpenAiGrpcException} if the call fails, and {@link Corrupt} if the bytes are not
 * those that the gateway sent.
 */
public abstract class Download extends InputStream {
  private static final int OVERLAP = 64 << 10; // bytes of a file that are compared before it is continued

  private final MessageDigest sum = newDigest();
  private final long first;
  private long offset; // of the first byte that is read, in the file
  private long received;
  private long size;
  private String contentType = "";
  private ByteString rest = ByteString.EMPTY;
  private Progress progress = (received, size) -> {};
  private boolean again;
  private Exception failure;
  private volatile ReplyStream.Source<Piece> source;
  private volatile boolean closed;

  /** Is told how far a download has come. */
  @FunctionalInterface
  public interface Progress {
    /**
     * Bytes have been read.
     *
     * @param received those read so far, from the beginning of the file
     * @param size those of the whole file; 0: not known
     */
    void received(long received, long size);
  }

  /** The content differs from its checksum. */
  public static final class Corrupt extends IOException {
    private static final long serialVersionUID = 1;

    Corrupt() {
      super("content differs from its checksum: download it again");
    }
  }

  /** A message of a download. */
  static final class Piece {
    private final ByteString data;
    private final ByteString checksum; // empty: it is not the last one
    private final long size;
    private final String contentType;

    Piece(ByteString data, ByteString checksum, long size, String contentType) {
      this.data = data;
      this.checksum = checksum;
      this.size = size;
      this.contentType = contentType;
    }
  }

  Download(long first) {
    this.first = first;
    offset = first;
  }

  /** Begins the call, at {@link #position()}. */
  abstract ReplyStream.Source<Piece> begin();

  /** Returns where the next byte is in the file. */
  final long position() {
    return offset + received;
  }

  /** Notes that the call is made again; its checksum will be that of the new stream. */
  final void goesOn() {
    again = true;
    sum.reset();
  }

  /** Tells whether a message may not be the first of the whole. */
  final boolean isContinued() {
    return again || offset != first;
  }

  /** Returns the download of a range of a file. */
  static <Q> Download of(Calls calls, MethodDescriptor<Q, FileChunk> method, long first, Function<Long, Q> from) {
    return new Download(first) {
      @Override
      ReplyStream.Source<Piece> begin() {
        var chunks =
            calls.resumable(
                method,
                from.apply(position()),
                () -> {
                  goesOn();
                  return from.apply(position());
                });
        return new Pieces<>(
            chunks,
            chunk -> new Piece(chunk.getData(), chunk.getSha256(), chunk.getSize(), chunk.getContentType()));
      }
    };
  }

  /** Sets who is told of each piece that was read. */
  public Download onProgress(Progress listener) {
    progress = listener;
    return this;
  }

  /** Returns the MIME type, once something was read; empty where upstream does not say. */
  public String contentType() {
    return contentType;
  }

  /** Returns the size of the whole file in bytes, once something was read; 0 where upstream does not say. */
  public long size() {
    return size;
  }

  /**
   * Returns the facts about the call that are known by now; all of them after its end.
   *
   * @throws IllegalStateException nothing was read
   */
  public CallDetails details() {
    if (source == null) {
      throw new IllegalStateException("download has not begun: read from it first");
    }
    return source.details();
  }

  /** Writes all that is left to a file, which is replaced if it exists. One that is cut off stays: see {@link #resume}. */
  public void to(Path file) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      transferTo(out);
    } finally {
      close();
    }
  }

  /**
   * Goes on with a file that an earlier download has begun, or begins it. The end of what is there is compared with what
   * comes.
   *
   * @throws IOException the file is not the beginning of the download
   */
  public void resume(Path file) throws IOException {
    try (var out =
        Files.newByteChannel(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      long there = out.size();
      byte[] known = lastOf(out, (int) Math.min(there, OVERLAP));
      offset = first + there - known.length;
      if (!Arrays.equals(known, known.length == 0 ? known : next(known.length))) {
        throw new IOException("file " + file + " is not the beginning of the download: remove it");
      }
      transferTo(Channels.newOutputStream(out));
    } finally {
      close();
    }
  }

  private static byte[] lastOf(SeekableByteChannel file, int count) throws IOException {
    ByteBuffer found = ByteBuffer.allocate(count);
    file.position(file.size() - count);
    int read = 0;
    while (read >= 0 && found.hasRemaining()) {
      read = file.read(found);
    }
    file.position(file.size());
    return found.array();
  }

  /** Returns the next bytes, none if the file ends before them. */
  private byte[] next(int count) throws IOException {
    try {
      return readNBytes(count);
    } catch (OpenAiGrpcException error) {
      if (error.status() == Status.Code.OUT_OF_RANGE) {
        return new byte[0];
      }
      throw error;
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int at, int length) throws IOException {
    Objects.checkFromIndexSize(at, length, into.length);
    if (length == 0) {
      return 0;
    }
    if (!fill()) {
      return -1;
    }
    int count = Math.min(length, rest.size());
    rest.substring(0, count).copyTo(into, at);
    rest = rest.substring(count);
    return count;
  }

  @Override
  public int available() {
    return rest.size();
  }

  @Override
  public long transferTo(OutputStream out) throws IOException {
    long written = 0;
    while (fill()) {
      rest.writeTo(out);
      written += rest.size();
      rest = ByteString.EMPTY;
    }
    return written;
  }

  /** Cancels the download if it has not ended. */
  @Override
  public void close() {
    closed = true;
    if (source != null) {
      source.cancel();
    }
  }

  /** Waits until there is something to read; returns false at the end. */
  private boolean fill() throws IOException {
    while (rest.isEmpty()) {
      if (failure instanceof IOException) {
        throw (IOException) failure;
      }
      if (failure != null) {
        throw (RuntimeException) failure;
      }
      if (closed) {
        throw new IOException("download is closed: begin another one");
      }
      try {
        if (source == null) {
          source = begin();
        }
        if (!source.hasNext()) {
          return false;
        }
        take(source.next());
      } catch (IOException | RuntimeException error) {
        failure = error;
        close();
        throw error;
      }
    }
    return true;
  }

  private void take(Piece piece) throws IOException {
    if (again && size != 0 && piece.size != 0 && piece.size != size) {
      throw new IOException(
          "file has changed from " + size + " to " + piece.size + " bytes while it was read: download it again");
    }
    again = false;
    size = Math.max(size, piece.size);
    contentType = piece.contentType.isEmpty() ? contentType : piece.contentType;
    piece.data.asReadOnlyByteBufferList().forEach(sum::update);
    if (!piece.checksum.isEmpty() && !Arrays.equals(piece.checksum.toByteArray(), sum.digest())) {
      throw new Corrupt();
    }
    rest = piece.data;
    received += rest.size();
    if (!rest.isEmpty()) {
      progress.received(position(), size);
    }
  }

  private static MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) { // every Java has it
      throw new IllegalStateException(impossible);
    }
  }

  /** The messages of a call as pieces. */
  static final class Pieces<R> implements ReplyStream.Source<Piece> {
    private final ReplyStream.Source<R> messages;
    private final Function<R, Piece> pieceOf;

    Pieces(ReplyStream.Source<R> messages, Function<R, Piece> pieceOf) {
      this.messages = messages;
      this.pieceOf = pieceOf;
    }

    @Override
    public boolean hasNext() {
      return messages.hasNext();
    }

    @Override
    public Piece next() {
      return pieceOf.apply(messages.next());
    }

    @Override
    public void cancel() {
      messages.cancel();
    }

    @Override
    public CallDetails details() {
      return messages.details();
    }
  }
}
