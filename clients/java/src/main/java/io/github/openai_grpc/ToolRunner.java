package io.github.openai_grpc;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Runs a chat, or a response, whose model calls functions: sends the request, calls what the model asks for, sends the
 * results, until the model has finished. Each round is a streamed call. Run once.
 *
 * @param <I> what a message, or item, of the conversation is
 * @param <M> what the messages of a stream are
 * @param <F> what a whole reply is
 */
public final class ToolRunner<I, M, F> {
  private final Conversation<I, M, F> conversation;
  private final Function<M, String> textOf;
  private final Map<String, Tools.Callable> tools = new LinkedHashMap<>();
  private int maxRounds = 10;
  private int maxParallel = 4;
  private boolean stopOnError;
  private Consumer<M> messages = message -> {};
  private volatile boolean cancelled;
  private volatile ReplyStream<M, F> current;
  private volatile ExecutorService executor;

  /** A request that grows by replies and results. */
  interface Conversation<I, M, F> {
    ReplyStream<M, F> stream();

    List<Call> calls(F reply);

    void addReply(F reply);

    void addResult(String id, String text);

    List<I> messages();
  }

  /** A call of a function. */
  static final class Call {
    private final String id;
    private final String name;
    private final String arguments;

    Call(String id, String name, String arguments) {
      this.id = id;
      this.name = name;
      this.arguments = arguments;
    }
  }

  ToolRunner(Conversation<I, M, F> conversation, Function<M, String> textOf, Tools.Callable... tools) {
    this.conversation = conversation;
    this.textOf = textOf;
    for (Tools.Callable tool : tools) {
      this.tools.put(tool.name, tool);
    }
  }

  /** Sets how many calls of the model there may be. Default: 10. */
  public ToolRunner<I, M, F> maxRounds(int rounds) {
    maxRounds = rounds;
    return this;
  }

  /** Sets how many functions may run at the same time. Default: 4. */
  public ToolRunner<I, M, F> maxParallel(int functions) {
    maxParallel = functions;
    return this;
  }

  /** Ends the run with the first exception of a function. Default: the model is told, and goes on. */
  public ToolRunner<I, M, F> stopOnError() {
    stopOnError = true;
    return this;
  }

  /** Sets who is given the chunks, or events, of all rounds, as they come. */
  public ToolRunner<I, M, F> onMessage(Consumer<M> consumer) {
    messages = messages.andThen(consumer);
    return this;
  }

  /** Sets who is given the text of all rounds, as it comes. */
  public ToolRunner<I, M, F> onText(Consumer<String> consumer) {
    return onMessage(message -> consumer.accept(textOf.apply(message)));
  }

  /**
   * Runs the conversation and returns the last reply. The model is told of arguments that do not fit a
   * function's type, of unknown function names, and of exceptions that functions throw.
   *
   * @throws ToolFailed a function threw, and {@link #stopOnError} was set
   * @throws TooManyRounds the model still calls functions after the last round
   * @throws OpenAiGrpcException a call failed
   * @throws CancellationException the run was cancelled
   */
  public F run() {
    executor = Executors.newFixedThreadPool(maxParallel, ToolRunner::daemon);
    try {
      for (int round = 0; round < maxRounds; round++) {
        F reply = call();
        conversation.addReply(reply);
        List<Call> calls = conversation.calls(reply);
        if (calls.isEmpty()) {
          return reply;
        }
        addResults(calls);
      }
      throw new TooManyRounds(maxRounds);
    } finally {
      executor.shutdownNow();
    }
  }

  /** Returns the messages, or items, of the conversation as they are by now, to go on from there. */
  public List<I> messages() {
    return conversation.messages();
  }

  /** Cancels the run from another thread: the call, and with an interrupt the functions that run. */
  public void cancel() {
    cancelled = true;
    ReplyStream<M, F> stream = current;
    if (stream != null) {
      stream.close();
    }
    ExecutorService running = executor;
    if (running != null) {
      running.shutdownNow();
    }
  }

  private F call() {
    try (ReplyStream<M, F> stream = conversation.stream()) {
      current = stream;
      check();
      for (M message : stream) {
        messages.accept(message);
      }
      check();
      return stream.finalMessage();
    } catch (OpenAiGrpcException error) {
      check();
      throw error;
    } finally {
      current = null;
    }
  }

  private void check() {
    if (cancelled) {
      throw new CancellationException("the run was cancelled");
    }
  }

  private void addResults(List<Call> calls) {
    check();
    List<Future<String>> running = new ArrayList<>();
    for (Call call : calls) {
      try {
        running.add(executor.submit(() -> result(call)));
      } catch (RejectedExecutionException stopped) {
        throw new CancellationException("the run was cancelled");
      }
    }
    for (int index = 0; index < calls.size(); index++) {
      conversation.addResult(calls.get(index).id, wait(running.get(index)));
    }
  }

  private String result(Call call) {
    Tools.Callable tool = tools.get(call.name);
    if (tool == null) {
      return "error: there is no function " + call.name;
    }
    try {
      return tool.body.apply(call.arguments);
    } catch (Tools.InvalidArguments invalid) {
      return "error: " + invalid.getMessage();
    } catch (RuntimeException failure) {
      if (stopOnError) {
        throw new ToolFailed(call.name, failure);
      }
      return "error: " + Objects.requireNonNullElse(failure.getMessage(), failure.getClass().getSimpleName());
    }
  }

  private String wait(Future<String> running) {
    while (true) {
      try {
        return running.get(100, TimeUnit.MILLISECONDS);
      } catch (TimeoutException unfinished) {
        check(); // a function that was never begun does not end by an interrupt
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        throw new CancellationException("the thread was interrupted");
      } catch (ExecutionException failed) {
        check();
        if (failed.getCause() instanceof RuntimeException) {
          throw (RuntimeException) failed.getCause();
        }
        throw new IllegalStateException(failed.getCause());
      }
    }
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "openai-grpc-tool");
    thread.setDaemon(true);
    return thread;
  }

  /** A function threw, in a run that ends with that; the cause is what. */
  public static final class ToolFailed extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final String tool;

    ToolFailed(String tool, RuntimeException cause) {
      super("the function " + tool + " failed: " + cause.getMessage(), cause);
      this.tool = tool;
    }

    /** Returns the name of the function. */
    public String tool() {
      return tool;
    }
  }

  /** The model still calls functions after the last round that was allowed. */
  public static final class TooManyRounds extends RuntimeException {
    private static final long serialVersionUID = 1;

    TooManyRounds(int rounds) {
      super("the model still calls functions after " + rounds + " rounds: raise maxRounds, or ask for less");
    }
  }
}
