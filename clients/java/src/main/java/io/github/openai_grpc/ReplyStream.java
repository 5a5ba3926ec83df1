package io.github.openai_grpc;

import io.github.openai_grpc.v1.CallDrain;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * The reply of a streaming call, which is read once, by one thread. Closing it before its end cancels the call, and
 * with it the request upstream:
 *
 * <pre>{@code
 * try (var stream = client.chat().stream("gpt-4o-mini", user("hi"))) {
 *   stream.text().forEach(System.out::print);
 * }
 * }</pre>
 *
 * @param <T> what the messages are
 * @param <F> the whole that they add up to
 */
public final class ReplyStream<T, F> implements Iterable<T>, AutoCloseable {
  private final Source<T> source;
  private final Function<T, String> textOf;
  private final Function<T, Optional<F>> wholeOf;
  private final Consumer<F> check;
  private F whole;
  private T next;
  private CallDrain draining;
  private boolean taken;

  /** The messages of a call. */
  interface Source<T> extends Iterator<T> {
    void cancel();

    CallDetails details();
  }

  ReplyStream(Source<T> source, Function<T, String> textOf, Function<T, Optional<F>> wholeOf) {
    this(source, textOf, wholeOf, whole -> {});
  }

  /**
   * Makes a stream.
   *
   * @param check throws if the whole is a failure
   */
  ReplyStream(Source<T> source, Function<T, String> textOf, Function<T, Optional<F>> wholeOf, Consumer<F> check) {
    this.source = source;
    this.textOf = textOf;
    this.wholeOf = wholeOf;
    this.check = check;
  }

  /**
   * Returns the messages, as they come.
   *
   * @throws IllegalStateException the messages were asked for before
   */
  @Override
  public Iterator<T> iterator() {
    if (taken) {
      throw new IllegalStateException("the stream is being read already: read it once");
    }
    taken = true;
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return arrives();
      }

      @Override
      public T next() {
        return read();
      }
    };
  }

  /** Returns the messages as a stream; closing that closes this one. */
  public Stream<T> stream() {
    var messages = Spliterators.spliteratorUnknownSize(iterator(), Spliterator.ORDERED | Spliterator.NONNULL);
    return StreamSupport.stream(messages, false).onClose(this::close);
  }

  /** Returns the text of the reply, piece by piece; of a chat with several choices that of the first. */
  public Iterable<String> text() {
    var messages = iterator();
    return () ->
        new Iterator<>() {
          private String piece = "";

          @Override
          public boolean hasNext() {
            while (piece.isEmpty() && messages.hasNext()) {
              piece = textOf.apply(messages.next());
            }
            return !piece.isEmpty();
          }

          @Override
          public String next() {
            if (!hasNext()) {
              throw new NoSuchElementException();
            }
            String found = piece;
            piece = "";
            return found;
          }
        };
  }

  /**
   * Reads what is left of the stream and returns the whole: a {@code ChatCompletion}, {@code Response} (also one that
   * is incomplete, as its status says), {@code Completion}, or the last event of a transcription.
   *
   * @throws ReplyException.Failed the response failed
   * @throws IllegalStateException the stream had no whole, since the request said {@code accumulate: false}
   */
  public F finalMessage() {
    taken = true;
    while (arrives()) {
      read();
    }
    if (whole == null) {
      throw new IllegalStateException("the stream had no final message: leave call_options.accumulate unset");
    }
    check.accept(whole);
    return whole;
  }

  /** Returns the facts about the call that are known by now; all of them after its end. */
  public CallDetails details() {
    return source.details();
  }

  /** Returns the notice that the gateway's replica is leaving, with the seconds that this stream has, if it is. */
  public Optional<CallDrain> draining() {
    return Optional.ofNullable(draining);
  }

  /** Cancels the call, unless it is at its end. */
  @Override
  public void close() {
    source.cancel();
  }

  /** Waits for the next message of the reply, past notices; returns false at the end. */
  private boolean arrives() {
    while (next == null && source.hasNext()) {
      T message = source.next();
      draining = Calls.drainOf(message).orElse(draining);
      if (!Calls.isNotice(message)) {
        next = message;
      }
    }
    return next != null;
  }

  private T read() {
    if (!arrives()) {
      throw new NoSuchElementException();
    }
    T message = next;
    next = null;
    wholeOf.apply(message).ifPresent(found -> whole = found);
    return message;
  }
}
