package io.github.openai_grpc;

import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.NoSuchElementException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** A call to which messages are sent, as fast as the gateway takes them, while its replies are read. */
final class Duplex<Q, R> extends ClientCall.Listener<R> implements ReplyStream.Source<R> {
  private static final Object END = new Object();

  private final Calls.Exchange exchange;
  private final ClientCall<Q, R> call;
  private final BlockingQueue<Object> arrived = new LinkedBlockingQueue<>();
  private volatile boolean closed;
  private volatile Throwable broken;
  private Object next;

  /** Where the messages come from. */
  interface Feed<Q, R> {
    /** Sends all messages, until {@link Duplex#send} returns false. */
    void to(Duplex<Q, R> call) throws IOException, InterruptedException;
  }

  Duplex(ClientCall<Q, R> call, Calls.Exchange exchange) {
    this.call = call;
    this.exchange = exchange;
    call.start(this, new Metadata());
    call.request(1);
  }

  /** Sends all messages of a feed, in the caller's thread, and says that none will follow. */
  void feed(Feed<Q, R> feed) {
    try {
      feed.to(this);
      finish();
    } catch (IOException | InterruptedException | RuntimeException error) {
      if (error instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      broken = error;
      call.cancel("the request can't be sent", error);
    }
  }

  /** Sends the messages in a thread of its own, so that replies can be read meanwhile. */
  Duplex<Q, R> feedAside(Feed<Q, R> feed) {
    Thread thread = new Thread(() -> feed(feed), "openai-grpc-upload");
    thread.setDaemon(true);
    thread.start();
    return this;
  }

  /** Sends a message once there is room for it, from one thread at a time; returns false if the call has ended. */
  boolean send(Q message) throws InterruptedException {
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

  void finish() {
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

  /** Reads the only message of a reply. */
  R only(R none) {
    R reply = none;
    while (hasNext()) { // false at the end of the call
      reply = next();
    }
    return reply;
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
