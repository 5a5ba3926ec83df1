package io.github.openai_grpc;

import io.github.openai_grpc.v1.RawEvent;
import io.github.openai_grpc.v1.RawStreamReply;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;

/** The streamed reply of a raw call, read once, by one thread. Closing it before its end cancels the call. */
public final class RawStream implements Iterable<RawStreamReply>, AutoCloseable {
  private final ReplyStream.Source<RawStreamReply> source;
  private RawStreamReply first;
  private boolean begun;

  RawStream(ReplyStream.Source<RawStreamReply> source) {
    this.source = source;
  }

  /** Returns the HTTP status; it waits for the first message. */
  public int status() {
    begin();
    return first.getStatus();
  }

  /** Returns the headers, by their names in lower case; it waits for the first message. */
  public Map<String, String> headers() {
    begin();
    return first.getHeadersMap();
  }

  private void begin() {
    if (first == null) {
      begun = !source.hasNext(); // then there is no first message to give
      first = begun ? RawStreamReply.getDefaultInstance() : source.next();
    }
  }

  /** Returns the messages, as they come; the first one has the status and the headers. */
  @Override
  public Iterator<RawStreamReply> iterator() {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        begin();
        return !begun || source.hasNext();
      }

      @Override
      public RawStreamReply next() {
        begin();
        if (!begun) {
          begun = true;
          return first;
        }
        return source.next();
      }
    };
  }

  /** Returns the server-sent events, but not {@code [DONE]}. */
  public Iterable<RawEvent> events() {
    Iterator<RawStreamReply> messages = iterator();
    return () ->
        new Iterator<>() {
          private RawEvent event;

          @Override
          public boolean hasNext() {
            while (event == null && messages.hasNext()) {
              RawStreamReply message = messages.next();
              boolean told = message.hasEvent() && !message.getEvent().getData().equals("[DONE]");
              event = told ? message.getEvent() : null;
            }
            return event != null;
          }

          @Override
          public RawEvent next() {
            if (!hasNext()) {
              throw new NoSuchElementException();
            }
            RawEvent found = event;
            event = null;
            return found;
          }
        };
  }

  /** Returns the facts about the call that are known by now; all of them after its end. */
  public CallDetails details() {
    return source.details();
  }

  /** Cancels the call, unless it is at its end. */
  @Override
  public void close() {
    source.cancel();
  }
}
