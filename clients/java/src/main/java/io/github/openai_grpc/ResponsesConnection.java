package io.github.openai_grpc;

import com.google.rpc.ErrorInfo;
import io.github.openai_grpc.v1.CallInfo;
import io.github.openai_grpc.v1.CreateResponseRequest;
import io.github.openai_grpc.v1.CreateResponseRequestOrBuilder;
import io.github.openai_grpc.v1.Response;
import io.github.openai_grpc.v1.ResponseInput;
import io.github.openai_grpc.v1.ResponseSocketErrorEvent;
import io.github.openai_grpc.v1.ResponseSteerEvent;
import io.github.openai_grpc.v1.ResponsesClientEvent;
import io.github.openai_grpc.v1.ResponsesServerEvent;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * Several responses over one connection. Those of a lane run one after the other, those of different lanes at once. It
 * can be shared by threads; closing it cancels what runs on it, as does an interrupt of a thread that reads.
 *
 * <pre>{@code
 * try (var connection = client.responses().connect()) {
 *   var response = connection.create(Inputs.response("gpt-4o-mini", "hi"));
 *   response.text().forEach(System.out::print);
 * }
 * }</pre>
 *
 * <p>An event is received when one is read for which it must be. So what nobody reads holds the others back no more than
 * the connection's flow control does, and events of other responses that come first wait for their readers in memory.
 */
public final class ResponsesConnection implements AutoCloseable {
  private final Duplex<ResponsesClientEvent, ResponsesServerEvent> call;
  private final Object sending = new Object(); // never taken while this object's own lock is held
  private final Map<String, Deque<LaneResponse>> lanes = new HashMap<>(); // those that are not over, in their order
  private final Queue<ResponsesServerEvent> others = new ArrayDeque<>();
  private boolean receiving;
  private boolean over;
  private OpenAiGrpcException failure;
  private boolean finished;

  ResponsesConnection(Duplex<ResponsesClientEvent, ResponsesServerEvent> call) {
    this.call = call;
  }

  /** Begins a response in the lane without a name. */
  public LaneResponse create(CreateResponseRequestOrBuilder request) {
    return create("", request);
  }

  /**
   * Begins a response in a lane.
   *
   * @throws OpenAiGrpcException the connection failed
   * @throws IllegalStateException the connection is at its end
   */
  public LaneResponse create(String lane, CreateResponseRequestOrBuilder request) {
    CreateResponseRequest built = OpenAiGrpc.built(request);
    ResponsesClientEvent.Builder event = ResponsesClientEvent.newBuilder().setCreate(built);
    if (!lane.isEmpty()) {
      event.setStreamId(lane);
    }
    LaneResponse made = new LaneResponse(this, lane);
    synchronized (sending) { // responses are noted in the order in which they are sent
      synchronized (this) {
        lanes.computeIfAbsent(lane, name -> new ArrayDeque<>()).add(made);
      }
      send(event.build());
    }
    return made;
  }

  /** Adds input to a response that runs, by its id; {@link LaneResponse#steer} does so for one that was made here. */
  public void steer(String responseId, ResponseInput input) {
    synchronized (this) {
      LaneResponse found = byId(responseId);
      if (found != null) {
        found.steers++;
      }
    }
    var steer = ResponseSteerEvent.newBuilder().setPreviousResponseId(responseId).setInput(input);
    send(ResponsesClientEvent.newBuilder().setSteer(steer).build());
  }

  /** Sends an event. Those of a response that it creates come by {@link #events()}. */
  public void send(ResponsesClientEvent event) {
    synchronized (sending) {
      if (finished) {
        throw new IllegalStateException("connection takes no more events: open another one");
      }
      boolean sent;
      try {
        sent = call.send(event);
      } catch (InterruptedException interrupted) {
        throw interrupted(interrupted);
      }
      if (!sent && await(new ArrayDeque<>(), () -> false) == null) { // who receives has the status
        throw new IllegalStateException("connection is at its end: open another one");
      }
    }
  }

  /** Says that no response will follow: the connection ends when those that run are over. */
  public void finish() {
    synchronized (sending) {
      if (!finished) {
        finished = true;
        call.finish();
      }
    }
  }

  /** Returns the events that belong to no response made by {@link #create}, until the connection's end. */
  public Iterable<ResponsesServerEvent> events() {
    return () -> new Events(others, () -> false);
  }

  /** Returns the facts about the call that are known by now; all of them after its end. */
  public CallDetails details() {
    return call.details();
  }

  /** Cancels all responses and ends the connection. */
  @Override
  public void close() {
    call.cancel();
    synchronized (sending) { // after it was cancelled, which ends a thread that waits to send
      finished = true;
    }
  }

  private OpenAiGrpcException interrupted(InterruptedException cause) {
    call.cancel();
    return Calls.interrupted(cause);
  }

  /** Returns the next event of a queue, null at its end; receives events where nobody else does. */
  private ResponsesServerEvent await(Queue<ResponsesServerEvent> queue, BooleanSupplier done) {
    while (true) {
      synchronized (this) {
        if (!queue.isEmpty() || done.getAsBoolean()) {
          return queue.poll();
        }
        if (failure != null) {
          throw failure;
        }
        if (over) {
          return null;
        }
        if (receiving) {
          try {
            wait();
          } catch (InterruptedException interrupted) {
            throw interrupted(interrupted);
          }
          continue;
        }
        receiving = true;
      }
      receive();
    }
  }

  /** Waits for an event, or for the end, and puts it where it is read. */
  private void receive() {
    ResponsesServerEvent event = null;
    OpenAiGrpcException failed = null;
    try {
      event = call.hasNext() ? call.next() : null;
    } catch (OpenAiGrpcException error) {
      failed = error;
    }
    synchronized (this) {
      receiving = false;
      failure = failed;
      over = event == null;
      if (event != null) {
        deliver(event);
      }
      notifyAll();
    }
  }

  private LaneResponse byId(String id) {
    return lanes.values().stream()
        .map(Deque::getFirst) // only the first of a lane has begun
        .filter(first -> first.ids.contains(id))
        .findFirst()
        .orElse(null);
  }

  private void deliver(ResponsesServerEvent event) {
    String steered = steeredBy(event);
    Deque<LaneResponse> lane = lanes.get(event.getStreamId());
    LaneResponse to = !steered.isEmpty() ? byId(steered) : lane == null ? null : lane.getFirst();
    if (to == null) {
      others.add(event);
      return;
    }
    if (!to.left) {
      to.events.add(event);
    }
    to.note(event);
    if (to.over) {
      Deque<LaneResponse> own = lanes.get(to.lane);
      own.remove();
      if (own.isEmpty()) {
        lanes.remove(to.lane);
      }
    }
  }

  /** Returns the id of the response that an event about steering names; empty: it is about something else. */
  private static String steeredBy(ResponsesServerEvent event) {
    switch (event.getKindCase()) {
      case STEER_ACCEPTED:
        return event.getSteerAccepted().getSteer().getPreviousResponseId();
      case STEER_PENDING:
        return event.getSteerPending().getSteer().getPreviousResponseId();
      case STEER_FAILED:
        return event.getSteerFailed().getSteer().getPreviousResponseId();
      default:
        return "";
    }
  }

  /** The events of a queue. */
  private final class Events implements Iterator<ResponsesServerEvent> {
    private final Queue<ResponsesServerEvent> queue;
    private final BooleanSupplier done;
    private ResponsesServerEvent next;

    Events(Queue<ResponsesServerEvent> queue, BooleanSupplier done) {
      this.queue = queue;
      this.done = done;
    }

    @Override
    public boolean hasNext() {
      next = next == null ? await(queue, done) : next;
      return next != null;
    }

    @Override
    public ResponsesServerEvent next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      ResponsesServerEvent found = next;
      next = null;
      return found;
    }
  }

  /**
   * A response of a connection, and those that follow it when it is steered. It is read by one thread. Closing it
   * forgets the events that are left; the response runs on, until the connection is closed.
   */
  public static final class LaneResponse implements Iterable<ResponsesServerEvent>, AutoCloseable {
    private final ResponsesConnection connection;
    private final String lane;
    private final Queue<ResponsesServerEvent> events = new ArrayDeque<>();
    private final Set<String> ids = new HashSet<>();
    private String id = "";
    private int steers; // inputs that are not accounted for
    private boolean ended; // by a last event, of which one that is steered has several
    private boolean over;
    private boolean left;
    private Response whole;
    private OpenAiGrpcException failure;

    private LaneResponse(ResponsesConnection connection, String lane) {
      this.connection = connection;
      this.lane = lane;
    }

    /** Returns the id of the response, or of the one that follows it; empty before its first event was received. */
    public String id() {
      synchronized (connection) {
        return id;
      }
    }

    /** Returns the name of the lane. */
    public String lane() {
      return lane;
    }

    /** Adds a user's text to the response while it runs; see {@link #steer(ResponseInput)}. */
    public void steer(String text) {
      steer(ResponseInput.newBuilder().setText(text).build());
    }

    /**
     * Adds input to the response while it runs. If it is accepted, another response follows it, whose events come by
     * this one as well.
     *
     * @throws IllegalStateException the response has not begun
     */
    public void steer(ResponseInput input) {
      if (id().isEmpty()) {
        throw new IllegalStateException("response has not begun: read its first event before it is steered");
      }
      connection.steer(id(), input);
    }

    /**
     * Returns the events, as they come. A response that failed before its end has an error as the last one, which
     * {@link #finalMessage()} throws.
     */
    @Override
    public Iterator<ResponsesServerEvent> iterator() {
      return connection.new Events(events, this::isDone);
    }

    private boolean isDone() {
      if (left) {
        throw new IllegalStateException("response was closed before its end: read it to the end");
      }
      if (!over && connection.over && connection.failure == null) {
        throw OpenAiGrpcException.of(
            Status.INTERNAL.withDescription("connection ended before the response did").asRuntimeException());
      }
      return over;
    }

    /** Returns the text that the model says, piece by piece. */
    public Iterable<String> text() {
      Iterator<ResponsesServerEvent> all = iterator();
      return () ->
          new Iterator<>() {
            private String piece = "";

            @Override
            public boolean hasNext() {
              while (piece.isEmpty() && all.hasNext()) {
                piece = all.next().getOutputTextDelta().getDelta();
              }
              if (piece.isEmpty()) {
                throwFailure();
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
     * Reads the rest and returns the whole response, the last one if it was steered. Its status may be {@code
     * incomplete}.
     *
     * @throws ReplyException.Failed the response failed
     * @throws OpenAiGrpcException it was refused, or the connection failed
     */
    public Response finalMessage() {
      iterator().forEachRemaining(event -> {});
      throwFailure();
      ReplyException.Failed.check(whole);
      return whole;
    }

    private void throwFailure() {
      synchronized (connection) {
        if (failure != null) {
          throw failure;
        }
      }
    }

    /** Forgets the events that are left. The response runs on: closing the connection cancels it. */
    @Override
    public void close() {
      synchronized (connection) {
        left = !over;
        events.clear();
      }
    }

    /**
     * Keeps what an event says of the response. One that was steered is over when its successor is, or when all of its
     * input was refused or waits for another response: so the gateway counts, too.
     */
    private void note(ResponsesServerEvent event) {
      switch (event.getKindCase()) {
        case CREATED:
          steers = 0;
          ended = false;
          id = event.getCreated().getResponse().getId();
          ids.add(id);
          break;
        case STEER_PENDING:
        case STEER_FAILED:
          steers = Math.max(steers - 1, 0);
          break;
        case COMPLETED:
          end(event.getCompleted().getResponse());
          break;
        case INCOMPLETE:
          end(event.getIncomplete().getResponse());
          break;
        case FAILED:
          end(event.getFailed().getResponse());
          break;
        case ERROR:
          failure = failureOf(event.getError());
          over = true;
          break;
        default:
          break;
      }
      over |= ended && steers == 0;
    }

    private void end(Response response) {
      whole = response;
      ended = true;
    }
  }

  /** Returns the error of an event as that of a call. */
  private static OpenAiGrpcException failureOf(ResponseSocketErrorEvent event) {
    var nested = event.getError();
    Metadata headers = new Metadata();
    nested
        .getHeadersMap()
        .forEach(
            (name, value) -> {
              if (name.matches("[0-9a-z_.-]+(?<!-bin)")) {
                headers.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value);
              }
            });
    ErrorInfo.Builder info = ErrorDetails.info("");
    Map<String, String> facts =
        Map.of(
            "http_status", event.hasStatus() ? Integer.toString(event.getStatus()) : "",
            "type", nested.getType(),
            "code", nested.hasCode() ? nested.getCode() : event.getCode(),
            "param", nested.hasParam() ? nested.getParam() : event.getParam());
    facts.forEach(
        (name, value) -> {
          if (!value.isEmpty()) {
            info.putMetadata(name, value);
          }
        });
    String message = nested.hasMessage() ? nested.getMessage() : event.getMessage();
    RuntimeException error =
        ErrorDetails.exception(
            codeOf(event.getStatus()).value(), message.isEmpty() ? "the response failed" : message, info.build());
    CallDetails details = new CallDetails(headers, new Metadata(), CallInfo.getDefaultInstance());
    return OpenAiGrpcException.of(error, details, false);
  }

  /** Returns the status of a call that fails with an HTTP status, as docs/errors.md has them. */
  private static Status.Code codeOf(int status) {
    switch (status) {
      case 400:
      case 413:
      case 422:
        return Status.Code.INVALID_ARGUMENT;
      case 401:
        return Status.Code.UNAUTHENTICATED;
      case 402:
        return Status.Code.FAILED_PRECONDITION;
      case 403:
        return Status.Code.PERMISSION_DENIED;
      case 404:
        return Status.Code.NOT_FOUND;
      case 409:
        return Status.Code.ABORTED;
      case 429:
        return Status.Code.RESOURCE_EXHAUSTED;
      case 503:
        return Status.Code.UNAVAILABLE;
      case 408:
      case 504:
        return Status.Code.DEADLINE_EXCEEDED;
      default:
        return Status.Code.INTERNAL;
    }
  }
}
