package io.github.openai_grpc;

import com.google.protobuf.DescriptorProtos.MethodOptions.IdempotencyLevel;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.github.openai_grpc.v1.CallDrain;
import io.github.openai_grpc.v1.CallInfo;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.Deadline;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.KnownLength;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Calls of a client: deadlines, metadata, retries, and what comes besides replies. Immutable.
 *
 * <p>Over 600 lines, as every way of calling makes an attempt in the same steps.
 */
final class Calls {
  /** The limit of calls with one reply; OpenAI's own clients have it, too. */
  static final Duration DEFAULT_TIMEOUT = Duration.ofMinutes(10);

  static final int DEFAULT_MAX_RETRIES = 2;

  private static final CallOptions.Key<Exchange> EXCHANGE = CallOptions.Key.create("openai-grpc-exchange");
  private static final Metadata.Key<String> PUSHBACK =
      Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);
  private static final Map<Descriptor, Optional<FieldDescriptor>> INFO = new ConcurrentHashMap<>(); // by type of reply
  private static final Set<String> INTERRUPTIONS =
      Set.of("UPSTREAM_TRUNCATED", "UPSTREAM_CONNECTION_LOST", "IDLE_TIMEOUT", "FIRST_TOKEN_TIMEOUT");
  private static final double FIRST_PAUSE = 0.5;
  private static final double RESUME_PAUSE = 0.1; // of a call that has come to something since the last failure
  private static final double LONGEST_PAUSE = 8;

  private final Channel channel;
  private final boolean intercepted;
  private final Optional<Duration> timeout;
  private final int maxRetries;
  private final Metadata metadata;
  private final Consumer<CallDetails> observer;

  private Calls(
      Channel channel,
      boolean intercepted,
      Optional<Duration> timeout,
      int maxRetries,
      Metadata metadata,
      Consumer<CallDetails> observer) {
    this.channel = channel;
    this.intercepted = intercepted;
    this.timeout = timeout;
    this.maxRetries = maxRetries;
    this.metadata = metadata;
    this.observer = observer;
  }

  /**
   * Returns calls on a channel.
   *
   * @param intercepted whether code of the caller's own, such as an interceptor, may take part in calls
   * @param token the key of the caller, asked for at each call; null for none
   */
  static Calls on(
      ManagedChannel channel,
      boolean intercepted,
      Optional<Duration> timeout,
      int maxRetries,
      Metadata metadata,
      Supplier<String> token) {
    Channel recorded = ClientInterceptors.intercept(channel, new Recorder(metadata, token));
    return new Calls(recorded, intercepted, timeout, maxRetries, null, null);
  }

  Calls withTimeout(Duration limit) {
    return new Calls(channel, intercepted, Optional.of(limit), maxRetries, metadata, observer);
  }

  Calls withMaxRetries(int retries) {
    return new Calls(channel, intercepted, timeout, retries, metadata, observer);
  }

  Calls withMetadata(Metadata more) {
    Metadata merged = new Metadata();
    if (metadata != null) {
      merged.merge(metadata);
    }
    merged.merge(more);
    return new Calls(channel, intercepted, timeout, maxRetries, merged, observer);
  }

  Calls observedBy(Consumer<CallDetails> other) {
    return new Calls(channel, intercepted, timeout, maxRetries, metadata, observer == null ? other : observer.andThen(other));
  }

  Channel channel() {
    return channel;
  }

  <Q, R> R call(MethodDescriptor<Q, R> method, Q request) {
    Deadline deadline = deadline(timeout.or(() -> Optional.of(DEFAULT_TIMEOUT)));
    for (int failures = 1; ; failures++) {
      Exchange exchange = new Exchange();
      try {
        R reply =
            intercepted
                ? ClientCalls.blockingUnaryCall(channel, method, options(deadline, exchange), request)
                : new Awaited().call(channel, method, options(null, exchange), deadline, request);
        exchange.end(reply);
        return reply;
      } catch (StatusRuntimeException error) {
        OpenAiGrpcException failure = exchange.failure(error);
        pause(failure, retryPause(method, failure, failures, deadline));
      }
    }
  }

  <Q, R> CompletableFuture<R> callAsync(MethodDescriptor<Q, R> method, Q request) {
    Reply<R> reply = new Reply<>();
    begin(method, request, deadline(timeout.or(() -> Optional.of(DEFAULT_TIMEOUT))), reply, 1);
    return reply;
  }

  private <Q, R> void begin(MethodDescriptor<Q, R> method, Q request, Deadline deadline, Reply<R> reply, int failures) {
    Exchange exchange = new Exchange();
    reply.exchange.set(exchange);
    if (reply.isDone()) {
      return;
    }
    ClientCalls.asyncUnaryCall(
        channel.newCall(method, options(deadline, exchange)),
        request,
        new ClientResponseObserver<Q, R>() {
          private R received;

          @Override
          public void beforeStart(ClientCallStreamObserver<Q> call) {}

          @Override
          public void onNext(R message) {
            received = message;
          }

          @Override
          public void onError(Throwable error) {
            OpenAiGrpcException failure = exchange.failure(error);
            double seconds = retryPause(method, failure, failures, deadline);
            if (seconds < 0 || reply.isDone()) {
              reply.completeExceptionally(failure);
            } else {
              Executor later = CompletableFuture.delayedExecutor((long) (seconds * 1e6), TimeUnit.MICROSECONDS);
              later.execute(() -> begin(method, request, deadline, reply, failures + 1));
            }
          }

          @Override
          public void onCompleted() {
            exchange.end(received);
            reply.complete(received);
          }
        });
    if (reply.isDone()) { // cancelled in between
      exchange.cancel();
    }
  }

  /** A reply that cancels its call when it is cancelled. */
  private static final class Reply<R> extends CompletableFuture<R> {
    final AtomicReference<Exchange> exchange = new AtomicReference<>();

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
      boolean cancelled = super.cancel(mayInterruptIfRunning);
      Exchange current = exchange.get();
      if (cancelled && current != null) {
        current.cancel();
      }
      return cancelled;
    }
  }

  <Q, R> ReplyStream.Source<R> stream(MethodDescriptor<Q, R> method, Q request) {
    return resumable(method, request, () -> null);
  }

  /**
   * Begins a streamed call that goes on after it broke off amid its replies.
   *
   * @param resume returns the request that asks for what is missing; null: it can't go on
   */
  <Q, R> ReplyStream.Source<R> resumable(MethodDescriptor<Q, R> method, Q request, Supplier<Q> resume) {
    return new StreamedReply<>(method, request, resume);
  }

  /**
   * Makes a call again if it is cut off, which must do no harm: the gateway can't tell, and advises against it where
   * upstream may have begun.
   */
  <R> R repeated(Supplier<R> call) {
    for (int failures = 1; ; failures++) {
      try {
        return call.get();
      } catch (OpenAiGrpcException failure) {
        boolean again = isInterrupted(failure) && failures <= maxRetries;
        double told = pauseBefore(failures, failure, RESUME_PAUSE);
        pause(failure, again ? Math.max(told, backoff(failures, RESUME_PAUSE)) : -1);
      }
    }
  }

  /** Returns the error of a thread that was interrupted as it waited. */
  static OpenAiGrpcException interrupted(InterruptedException cause) {
    Thread.currentThread().interrupt();
    return OpenAiGrpcException.of(
        Status.CANCELLED.withDescription("interrupted").withCause(cause).asRuntimeException());
  }

  /** Begins a call whose messages are sent while its replies are read. */
  <Q, R> Duplex<Q, R> duplex(MethodDescriptor<Q, R> method, boolean limited) {
    Exchange exchange = new Exchange();
    return new Duplex<>(begin(method, exchange, limited), exchange);
  }

  /** Returns a publisher that makes a call for each subscriber, and asks for messages as the subscriber does. */
  <Q, R> Flow.Publisher<R> publisher(MethodDescriptor<Q, R> method, Q request) {
    return subscriber -> {
      Exchange exchange = new Exchange();
      ClientCall<Q, R> call = channel.newCall(method, options(deadline(timeout), exchange));
      Published<R> published = new Published<>(exchange, subscriber);
      call.start(published, new Metadata());
      call.sendMessage(request);
      call.halfClose();
      subscriber.onSubscribe(published);
      published.open();
    };
  }

  /** A call as a subscription. gRPC calls a listener from one thread at a time, as Flow asks of a publisher. */
  private static final class Published<R> extends ClientCall.Listener<R> implements Flow.Subscription {
    private final Exchange exchange;
    private final Flow.Subscriber<? super R> subscriber;
    private final AtomicBoolean over = new AtomicBoolean();
    private Runnable early;
    private boolean open;

    Published(Exchange exchange, Flow.Subscriber<? super R> subscriber) {
      this.exchange = exchange;
      this.subscriber = subscriber;
    }

    /** Lets the end of the call through, which may come before the subscriber knows of its subscription. */
    void open() {
      Runnable held;
      synchronized (this) {
        open = true;
        held = early;
      }
      if (held != null) {
        held.run();
      }
    }

    @Override
    public void request(long count) {
      if (count > 0) {
        exchange.request((int) Math.min(count, Integer.MAX_VALUE));
      } else if (over.compareAndSet(false, true)) {
        exchange.cancel();
        subscriber.onError(new IllegalArgumentException("invalid request for " + count + ": must be positive"));
      }
    }

    @Override
    public void cancel() {
      over.set(true);
      exchange.cancel();
    }

    @Override
    public void onMessage(R message) {
      if (!over.get() && isNotice(message)) {
        exchange.request(1); // in its place
      } else if (!over.get()) {
        exchange.received(message);
        subscriber.onNext(message);
      }
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      synchronized (this) {
        if (!open) {
          early = () -> close(status, trailers);
          return;
        }
      }
      close(status, trailers);
    }

    private void close(Status status, Metadata trailers) {
      if (!status.isOk()) {
        OpenAiGrpcException failure = exchange.failure(status.asRuntimeException(trailers));
        if (over.compareAndSet(false, true)) {
          subscriber.onError(failure);
        }
        return;
      }
      exchange.end(null);
      if (over.compareAndSet(false, true)) {
        subscriber.onComplete();
      }
    }
  }

  private <Q, R> ClientCall<Q, R> begin(MethodDescriptor<Q, R> method, Exchange exchange, boolean limited) {
    Optional<Duration> limit = limited ? timeout.or(() -> Optional.of(DEFAULT_TIMEOUT)) : timeout;
    return channel.newCall(method, options(deadline(limit), exchange));
  }

  private CallOptions options(Deadline deadline, Exchange exchange) {
    CallOptions options = CallOptions.DEFAULT.withOption(EXCHANGE, exchange);
    return deadline == null ? options : options.withDeadline(deadline);
  }

  private static Deadline deadline(Optional<Duration> limit) {
    return limit.map(found -> Deadline.after(found.toNanos(), TimeUnit.NANOSECONDS)).orElse(null);
  }

  /**
   * Returns after how many seconds to make a call again; negative: it must not be.
   *
   * <p>gRPC itself repeats what is safe to repeat. Of a call that costs it can't tell whether UNAVAILABLE is the
   * gateway's, which means that nothing was billed, or a connection that was lost with the call under way.
   */
  private double retryPause(
      MethodDescriptor<?, ?> method, OpenAiGrpcException failure, int failures, Deadline deadline) {
    double seconds = retryPause(method, failure, failures);
    boolean late = deadline != null && deadline.timeRemaining(TimeUnit.MICROSECONDS) <= seconds * 1e6;
    return late ? -1 : seconds;
  }

  private double retryPause(MethodDescriptor<?, ?> method, OpenAiGrpcException failure, int failures) {
    boolean safe = failure.status() == Status.Code.UNAVAILABLE && !failure.reason().isEmpty();
    if (!safe || failure.mayHaveBeenBilled() || isRepeatable(method)) {
      return -1;
    }
    return pauseBefore(failures, failure, FIRST_PAUSE);
  }

  /** Returns after how many seconds to go on with a call that broke off amid its replies; negative: it must not be. */
  private double resumePause(OpenAiGrpcException failure, int failures, Deadline deadline) {
    double seconds = isInterrupted(failure) ? pauseBefore(failures, failure, RESUME_PAUSE) : -1;
    boolean late = deadline != null && deadline.timeRemaining(TimeUnit.MICROSECONDS) <= seconds * 1e6;
    return late ? -1 : seconds;
  }

  private static boolean isInterrupted(OpenAiGrpcException failure) {
    if (failure.reason().isEmpty()) { // not the gateway's: a connection was lost, or a proxy has reset the stream
      return failure.status() == Status.Code.UNAVAILABLE || failure.status() == Status.Code.INTERNAL;
    }
    return failure.status() == Status.Code.UNAVAILABLE || INTERRUPTIONS.contains(failure.reason());
  }

  private double pauseBefore(int failures, OpenAiGrpcException failure, double first) {
    if (failures > maxRetries) {
      return -1;
    }
    String pushback = failure.details().metadata().get(PUSHBACK);
    if (pushback == null) {
      return backoff(failures, first);
    }
    return pushback.matches("[0-9]{1,9}") ? Integer.parseInt(pushback) / 1000.0 : -1;
  }

  private static double backoff(int failures, double first) {
    double longest = Math.min(first * Math.pow(2, failures - 1), LONGEST_PAUSE);
    return longest * ThreadLocalRandom.current().nextDouble(0.5, 1);
  }

  private static void pause(OpenAiGrpcException failure, double seconds) {
    if (seconds < 0) {
      throw failure;
    }
    try {
      TimeUnit.MICROSECONDS.sleep((long) (seconds * 1e6));
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw failure;
    }
  }

  /** Tells whether a call can be made twice without harm, so that the channel's service config repeats it. */
  static boolean isRepeatable(MethodDescriptor<?, ?> method) {
    Object schema = method.getSchemaDescriptor();
    return schema instanceof ProtoMethodDescriptorSupplier
        && ((ProtoMethodDescriptorSupplier) schema).getMethodDescriptor().getOptions().getIdempotencyLevel()
            != IdempotencyLevel.IDEMPOTENCY_UNKNOWN;
  }

  /** One attempt of a call, with what comes besides its messages. */
  final class Exchange {
    private volatile ClientCall<?, ?> call;
    private volatile Metadata headers = new Metadata();
    private volatile Metadata trailers = new Metadata();
    private volatile CallInfo info = CallInfo.getDefaultInstance();
    private volatile boolean received;
    private final AtomicBoolean ended = new AtomicBoolean();

    /** Returns the metadata of this call alone; null for none. */
    Metadata metadata() {
      return metadata;
    }

    void cancel() {
      ClientCall<?, ?> current = call;
      if (current != null) {
        current.cancel("the caller left the call", null);
      }
    }

    void request(int count) {
      call.request(count);
    }

    void received(Object message) {
      received = true;
      CallInfo found = infoOf(message);
      if (found != null && !found.hasDrain()) {
        info = found;
      }
    }

    CallDetails details() {
      return new CallDetails(headers, trailers, info);
    }

    /** Ends the call; its last message, if there is one that was not told of before, has its info. */
    void end(Object message) {
      if (message != null) {
        received(message);
      }
      if (observer != null && ended.compareAndSet(false, true)) {
        observer.accept(details());
      }
    }

    OpenAiGrpcException failure(Throwable error) {
      Metadata found = Status.trailersFromThrowable(error);
      if (found != null) {
        trailers = found;
      }
      end(null);
      return OpenAiGrpcException.of(error, details(), received);
    }
  }

  /** Returns the notice of a message that the gateway's replica is leaving, if it has one. */
  static Optional<CallDrain> drainOf(Object message) {
    CallInfo info = infoOf(message);
    return info != null && info.hasDrain() ? Optional.of(info.getDrain()) : Optional.empty();
  }

  /** Returns whether a message is such a notice alone, and none of the reply's. */
  static boolean isNotice(Object message) {
    return drainOf(message).isPresent() && ((Message) message).getAllFields().size() == 1;
  }

  private static CallInfo infoOf(Object message) {
    if (!(message instanceof Message)) {
      return null;
    }
    Message reply = (Message) message;
    Optional<FieldDescriptor> field =
        INFO.computeIfAbsent(
            reply.getDescriptorForType(), type -> Optional.ofNullable(type.findFieldByName("call_info")));
    return field.isPresent() && reply.hasField(field.get()) ? (CallInfo) reply.getField(field.get()) : null;
  }

  /**
   * The one reply of a call, for which the calling thread waits. That thread is woken once, at the end of the call,
   * parses the reply and watches the deadline: gRPC's own blocking call wakes it for the headers as well, and has
   * another thread watch the deadline, and waking threads is most of what a call costs. The thread of the connection
   * calls the listener, so nothing that may block takes part in it: no code of the caller's own, and no parsing.
   */
  private static final class Awaited extends ClientCall.Listener<byte[]> {
    private static final Metadata.Key<String> TIMEOUT =
        Metadata.Key.of("grpc-timeout", Metadata.ASCII_STRING_MARSHALLER);
    private static final long TIMEOUT_LIMIT = 100_000_000; // of any unit: the protocol has eight digits

    private final Thread caller = Thread.currentThread();
    private byte[] reply;
    private boolean repeated;
    private Metadata trailers;
    private volatile Status status; // set last

    <Q, R> R call(Channel channel, MethodDescriptor<Q, R> method, CallOptions options, Deadline deadline, Q request) {
      Metadata headers = new Metadata();
      if (deadline != null) {
        headers.put(TIMEOUT, timeout(deadline));
      }
      MethodDescriptor<Q, byte[]> unread = method.toBuilder(method.getRequestMarshaller(), Bytes.MARSHALLER).build();
      ClientCall<Q, byte[]> call = channel.newCall(unread, options.withExecutor(Runnable::run));
      try {
        call.start(this, headers);
        call.request(2); // more than the one would be an error
        call.sendMessage(request);
        call.halfClose();
        await(deadline);
      } catch (RuntimeException | Error error) {
        call.cancel("the caller left the call", error);
        throw error;
      }
      if (!status.isOk()) {
        throw status.asRuntimeException(trailers);
      }
      if (reply == null || repeated) {
        String count = reply == null ? "no message" : "more than one message";
        throw Status.INTERNAL.withDescription("invalid reply: it has " + count).asRuntimeException(trailers);
      }
      return method.parseResponse(new Bytes(reply));
    }

    private void await(Deadline deadline) {
      while (status == null) {
        if (deadline == null) {
          LockSupport.park(this);
        } else {
          long left = deadline.timeRemaining(TimeUnit.NANOSECONDS);
          if (left <= 0) {
            throw Status.DEADLINE_EXCEEDED.withDescription("deadline exceeded: no reply in time").asRuntimeException();
          }
          LockSupport.parkNanos(this, left);
        }
        if (status == null && caller.isInterrupted()) {
          throw Status.CANCELLED.withDescription("interrupted").asRuntimeException();
        }
      }
    }

    /** Returns what is left, rounded up, so that most calls send the same text, which HTTP/2 compresses to a byte. */
    private static String timeout(Deadline deadline) {
      long milliseconds = Math.max(deadline.timeRemaining(TimeUnit.MICROSECONDS) + 999, 1000) / 1000;
      return milliseconds < TIMEOUT_LIMIT ? milliseconds + "m" : Math.min(milliseconds / 1000, TIMEOUT_LIMIT - 1) + "S";
    }

    @Override
    public void onMessage(byte[] message) {
      repeated = reply != null;
      reply = message;
    }

    @Override
    public void onClose(Status closed, Metadata last) {
      trailers = last;
      status = closed;
      LockSupport.unpark(caller);
    }
  }

  /** A message that is not parsed yet. */
  private static final class Bytes extends ByteArrayInputStream implements KnownLength {
    static final MethodDescriptor.Marshaller<byte[]> MARSHALLER =
        new MethodDescriptor.Marshaller<>() {
          @Override
          public InputStream stream(byte[] message) {
            return new Bytes(message);
          }

          @Override
          public byte[] parse(InputStream stream) {
            try {
              return stream.readAllBytes();
            } catch (IOException error) {
              throw new UncheckedIOException(error);
            }
          }
        };

    Bytes(byte[] message) {
      super(message);
    }
  }

  /**
   * The messages of a call. Its listener is called by the thread that reads, as that of gRPC's own iterator, which asks
   * for each message once it has the one before: a switch to the connection's thread and back for each.
   */
  private static final class Arriving<R> extends ClientCall.Listener<R> implements Iterator<R>, Executor {
    private static final int AHEAD = 16; // messages that may arrive before they are read

    private final BlockingQueue<Runnable> events = new LinkedBlockingQueue<>();
    private final Queue<R> arrived = new ArrayDeque<>();
    private ClientCall<?, R> call;
    private StatusRuntimeException failure;
    private boolean closed;
    private int taken;
    private volatile boolean left;

    <Q> void start(ClientCall<Q, R> begun, Q request) {
      call = begun;
      try {
        begun.start(this, new Metadata());
        begun.request(AHEAD);
        begun.sendMessage(request);
        begun.halfClose();
      } catch (RuntimeException | Error error) {
        begun.cancel("the request can't be sent", error);
        throw error;
      }
    }

    @Override
    public void execute(Runnable event) {
      events.add(event);
      if (left) {
        ForkJoinPool.commonPool().execute(this::discard);
      }
    }

    /** Has somebody else run the events that are left: those of messages hold buffers until they have run. */
    void leave() {
      left = true;
      ForkJoinPool.commonPool().execute(this::discard);
    }

    private void discard() {
      for (Runnable event = events.poll(); event != null; event = events.poll()) {
        event.run();
      }
      events.add(() -> {}); // wakes a reader that waits for them
    }

    @Override
    public void onMessage(R message) {
      if (!left) {
        arrived.add(message);
      }
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      closed = true;
      failure = status.isOk() ? null : status.asRuntimeException(trailers);
    }

    @Override
    public boolean hasNext() {
      while (arrived.isEmpty() && !closed) {
        try {
          events.take().run();
        } catch (InterruptedException interrupted) {
          Thread.currentThread().interrupt();
          call.cancel("the caller was interrupted", interrupted);
          leave();
          throw Status.CANCELLED.withDescription("interrupted").withCause(interrupted).asRuntimeException();
        }
      }
      if (arrived.isEmpty() && failure != null) {
        throw failure;
      }
      return !arrived.isEmpty();
    }

    @Override
    public R next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      if (++taken == AHEAD / 2) {
        taken = 0;
        call.request(AHEAD / 2);
      }
      return arrived.remove();
    }
  }

  /** A streamed reply, read by its caller; begun again as long as nothing has come of it, or if it can be resumed. */
  private final class StreamedReply<Q, R> implements ReplyStream.Source<R> {
    private final MethodDescriptor<Q, R> method;
    private final Supplier<Q> resume;
    private final Deadline deadline = deadline(timeout);
    private Q request;
    private volatile Exchange exchange;
    private volatile boolean left;
    private volatile Arriving<R> messages;
    private boolean begun;
    private boolean over;

    StreamedReply(MethodDescriptor<Q, R> method, Q request, Supplier<Q> resume) {
      this.method = method;
      this.request = request;
      this.resume = resume;
      begin();
    }

    private void begin() {
      exchange = new Exchange();
      Arriving<R> arriving = new Arriving<>();
      messages = arriving;
      arriving.start(channel.newCall(method, options(deadline, exchange).withExecutor(arriving)), request);
    }

    @Override
    public boolean hasNext() {
      for (int failures = 1; !over; failures++) {
        try {
          boolean found = messages.hasNext();
          if (!found) {
            over = true;
            exchange.end(null);
          }
          return found;
        } catch (StatusRuntimeException error) {
          OpenAiGrpcException failure = exchange.failure(error);
          double seconds = left ? -1 : pauseAfter(failure, failures);
          over = true; // unless it begins again
          pause(failure, seconds);
          if (left) {
            throw failure;
          }
          over = false;
          begin();
        }
      }
      return false;
    }

    private double pauseAfter(OpenAiGrpcException failure, int failures) {
      if (!begun) {
        return retryPause(method, failure, failures, deadline);
      }
      double seconds = resumePause(failure, failures, deadline);
      Q next = seconds < 0 ? null : resume.get();
      if (next == null) {
        return -1;
      }
      request = next;
      return seconds;
    }

    @Override
    public R next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      R message = messages.next();
      begun = begun || !isNotice(message);
      exchange.received(message);
      return message;
    }

    @Override
    public void cancel() {
      left = true;
      if (!over) {
        exchange.cancel();
        messages.leave();
        exchange.end(null);
      }
    }

    @Override
    public CallDetails details() {
      return exchange.details();
    }
  }

  /** Adds a client's metadata to every call, and keeps what comes back with those that are this client's own. */
  private static final class Recorder implements ClientInterceptor {
    private static final Metadata.Key<String> AUTHORIZATION =
        Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private final Metadata metadata;
    private final Supplier<String> token;

    Recorder(Metadata metadata, Supplier<String> token) {
      this.metadata = metadata;
      this.token = token;
    }

    @Override
    public <Q, R> ClientCall<Q, R> interceptCall(MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
      Exchange exchange = options.getOption(EXCHANGE);
      ClientCall<Q, R> call = next.newCall(method, options);
      if (exchange != null) {
        exchange.call = call;
      }
      return new SimpleForwardingClientCall<>(call) {
        @Override
        public void start(Listener<R> listener, Metadata headers) {
          headers.merge(metadata);
          if (exchange != null && exchange.metadata() != null) {
            headers.merge(exchange.metadata());
          }
          if (token != null && !headers.containsKey(AUTHORIZATION)) {
            headers.put(AUTHORIZATION, "Bearer " + token.get());
          }
          super.start(exchange == null ? listener : new Kept<>(listener, exchange), headers);
        }
      };
    }
  }

  private static final class Kept<R> extends SimpleForwardingClientCallListener<R> {
    private final Exchange exchange;

    Kept(ClientCall.Listener<R> listener, Exchange exchange) {
      super(listener);
      this.exchange = exchange;
    }

    @Override
    public void onHeaders(Metadata headers) {
      exchange.headers = headers;
      super.onHeaders(headers);
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      exchange.trailers = trailers;
      super.onClose(status, trailers);
    }
  }
}
