package io.github.openai_grpc;

import com.google.protobuf.ByteString;
import io.github.openai_grpc.v1.CreateTranscriptionRequest;
import io.github.openai_grpc.v1.UploadFile;
import io.github.openai_grpc.v1.UploadTranscriptionRequest;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.LongConsumer;

/** A file to upload, from a path, a stream or bytes. It is read once, in chunks, as fast as upstream takes them. */
public final class Upload {
  private static final int CHUNK = 256 << 10;

  private final Opener opener;
  private final UploadFile file;
  private final LongConsumer progress;

  private interface Opener {
    InputStream open() throws IOException;
  }

  private Upload(Opener opener, UploadFile file, LongConsumer progress) {
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

  /** Returns this upload, with a consumer that is told after each chunk how many bytes have been sent. */
  public Upload onProgress(LongConsumer consumer) {
    return new Upload(opener, file, consumer);
  }

  /** Sends a request and the file, chunk by chunk. */
  private void send(Sink sink, CreateTranscriptionRequest request) throws IOException, InterruptedException {
    UploadFile named = file.toBuilder().mergeFrom(request.getFile()).build();
    CreateTranscriptionRequest config = request.toBuilder().setFile(named).build();
    if (!sink.send(UploadTranscriptionRequest.newBuilder().setConfig(config).build())) {
      return;
    }
    long sent = 0;
    try (InputStream in = opener.open()) {
      for (byte[] bytes = in.readNBytes(CHUNK); bytes.length > 0; bytes = in.readNBytes(CHUNK)) {
        ByteString chunk = ByteString.copyFrom(bytes);
        if (!sink.send(UploadTranscriptionRequest.newBuilder().setChunk(chunk).build())) {
          return;
        }
        sent += bytes.length;
        if (progress != null) {
          progress.accept(sent);
        }
      }
    }
    sink.finish();
  }

  private interface Sink {
    /** Sends a message once there is room for it; returns false if the call has ended. */
    boolean send(UploadTranscriptionRequest message) throws InterruptedException;

    void finish();
  }

  /** The messages of a call to which a file is sent meanwhile. */
  static final class Sent<R> extends ClientCall.Listener<R> implements Sink, ReplyStream.Source<R> {
    private static final Object END = new Object();

    private final Calls.Exchange exchange;
    private final ClientCall<UploadTranscriptionRequest, R> call;
    private final BlockingQueue<Object> arrived = new LinkedBlockingQueue<>();
    private volatile boolean closed;
    private volatile Throwable broken;
    private Object next;

    Sent(ClientCall<UploadTranscriptionRequest, R> call, Calls.Exchange exchange) {
      this.call = call;
      this.exchange = exchange;
      call.start(this, new Metadata());
      call.request(1);
    }

    /** Sends the whole file, in the caller's thread. */
    void upload(Upload upload, CreateTranscriptionRequest request) {
      try {
        upload.send(this, request);
      } catch (IOException | InterruptedException | RuntimeException error) {
        if (error instanceof InterruptedException) {
          Thread.currentThread().interrupt();
        }
        broken = error;
        call.cancel("the file can't be sent", error);
      }
    }

    /** Sends the file in a thread of its own, so that events can be read meanwhile. */
    void uploadAside(Upload upload, CreateTranscriptionRequest request) {
      Thread thread = new Thread(() -> upload(upload, request), "openai-grpc-upload");
      thread.setDaemon(true);
      thread.start();
    }

    @Override
    public boolean send(UploadTranscriptionRequest message) throws InterruptedException {
      synchronized (this) {
        while (!closed && !call.isReady()) {
          wait();
        }
        if (closed) {
          return false;
        }
      }
      call.sendMessage(message);
      return true;
    }

    @Override
    public void finish() {
      if (!closed) {
        call.halfClose();
      }
    }

    @Override
    public synchronized void onReady() {
      notifyAll();
    }

    @Override
    public void onMessage(R message) {
      arrived.add(message);
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      synchronized (this) {
        closed = true;
        notifyAll();
      }
      arrived.add(status.isOk() ? END : status.asRuntimeException(trailers));
    }

    @Override
    public boolean hasNext() {
      if (next == null) {
        try {
          next = arrived.take();
        } catch (InterruptedException interrupted) {
          Thread.currentThread().interrupt();
          call.cancel("the caller was interrupted", interrupted);
          next = Status.CANCELLED.withDescription("interrupted").withCause(interrupted).asRuntimeException();
        }
      }
      if (next == END) {
        exchange.end(null);
        return false;
      }
      if (next instanceof RuntimeException) {
        OpenAiGrpcException failure = exchange.failure((RuntimeException) next);
        next = END;
        if (broken instanceof IOException) {
          UncheckedIOException unread = new UncheckedIOException((IOException) broken);
          unread.addSuppressed(failure);
          throw unread;
        }
        throw failure;
      }
      return true;
    }

    @Override
    @SuppressWarnings("unchecked")
    public R next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      R message = (R) next;
      next = null;
      exchange.received(message);
      call.request(1);
      return message;
    }

    @Override
    public void cancel() {
      if (!closed) {
        exchange.cancel();
        exchange.end(null);
      }
    }

    @Override
    public CallDetails details() {
      return exchange.details();
    }
  }
}
