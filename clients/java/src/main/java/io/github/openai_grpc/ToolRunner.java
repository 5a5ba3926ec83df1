package io.github.openai_grpc;

import io.github.openai_grpc.v1.ChatCompletion;
import io.github.openai_grpc.v1.ChatCompletionChunk;
import io.github.openai_grpc.v1.ChatCompletionMessageFunctionToolCall;
import io.github.openai_grpc.v1.ChatCompletionRequestMessage;
import io.github.openai_grpc.v1.CreateChatCompletionRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/**
 * Runs a chat whose model calls functions: sends the request, calls what the model asks for, sends the results, until
 * the model has finished. Each round is a streamed call. Run once.
 */
public final class ToolRunner {
  private final OpenAiGrpc.Chat chat;
  private final CreateChatCompletionRequest.Builder request;
  private final Map<String, Tools.Callable> tools = new LinkedHashMap<>();
  private int maxRounds = 10;
  private int maxParallel = 4;
  private Consumer<ChatCompletionChunk> chunks = chunk -> {};
  private volatile boolean cancelled;
  private volatile ReplyStream<ChatCompletionChunk, ChatCompletion> current;
  private volatile ExecutorService executor;

  ToolRunner(OpenAiGrpc.Chat chat, CreateChatCompletionRequest request, Tools.Callable... tools) {
    this.chat = chat;
    this.request = request.toBuilder();
    for (Tools.Callable tool : tools) {
      this.tools.put(tool.name, tool);
      this.request.addTools(tool.tool);
    }
  }

  /** Sets how many calls of the model there may be. Default: 10. */
  public ToolRunner maxRounds(int rounds) {
    maxRounds = rounds;
    return this;
  }

  /** Sets how many functions may run at the same time. Default: 4. */
  public ToolRunner maxParallel(int functions) {
    maxParallel = functions;
    return this;
  }

  /** Sets who is given the chunks of all rounds, as they come. */
  public ToolRunner onChunk(Consumer<ChatCompletionChunk> consumer) {
    chunks = consumer;
    return this;
  }

  /** Sets who is given the text of all rounds, as it comes. */
  public ToolRunner onText(Consumer<String> consumer) {
    return onChunk(chunk -> consumer.accept(OpenAiGrpc.Chat.textOf(chunk)));
  }

  /**
   * Runs the chat and returns the last reply. Arguments that are not of a function's type, and names of functions that
   * there are none of, are told to the model; an exception of a function ends the run.
   *
   * @throws TooManyRounds the model still calls functions after the last round
   * @throws OpenAiGrpcException a call failed
   * @throws CancellationException the run was cancelled
   */
  public ChatCompletion run() {
    executor = Executors.newFixedThreadPool(maxParallel, ToolRunner::daemon);
    try {
      for (int round = 0; round < maxRounds; round++) {
        ChatCompletion reply = call();
        List<ChatCompletionMessageFunctionToolCall> calls = Messages.functionCalls(reply);
        request.addMessages(Messages.assistant(reply));
        if (calls.isEmpty()) {
          return reply;
        }
        request.addAllMessages(results(calls));
      }
      throw new TooManyRounds(maxRounds, messages());
    } finally {
      executor.shutdownNow();
    }
  }

  /** Returns the messages of the chat as they are by now, to go on from there. */
  public List<ChatCompletionRequestMessage> messages() {
    return List.copyOf(request.getMessagesList());
  }

  /** Cancels the run from another thread: the call, and with an interrupt the functions that run. */
  public void cancel() {
    cancelled = true;
    var stream = current;
    if (stream != null) {
      stream.close();
    }
    ExecutorService running = executor;
    if (running != null) {
      running.shutdownNow();
    }
  }

  private ChatCompletion call() {
    try (var stream = chat.stream(request)) {
      current = stream;
      check();
      for (ChatCompletionChunk chunk : stream) {
        chunks.accept(chunk);
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

  private List<ChatCompletionRequestMessage> results(List<ChatCompletionMessageFunctionToolCall> calls) {
    check();
    List<Future<String>> running = new ArrayList<>();
    for (ChatCompletionMessageFunctionToolCall call : calls) {
      try {
        running.add(executor.submit(() -> result(call)));
      } catch (java.util.concurrent.RejectedExecutionException stopped) {
        throw new CancellationException("the run was cancelled");
      }
    }
    List<ChatCompletionRequestMessage> results = new ArrayList<>();
    for (int index = 0; index < calls.size(); index++) {
      results.add(Messages.tool(calls.get(index).getId(), wait(running.get(index))));
    }
    return results;
  }

  private String result(ChatCompletionMessageFunctionToolCall call) {
    Tools.Callable tool = tools.get(call.getFunction().getName());
    if (tool == null) {
      return "error: there is no function " + call.getFunction().getName();
    }
    try {
      return tool.body.apply(call.getFunction().getArguments());
    } catch (ReplyException.Invalid invalid) {
      return "error: invalid arguments: " + invalid.getCause().getMessage();
    }
  }

  private String wait(Future<String> running) {
    while (true) {
      try {
        return running.get(100, java.util.concurrent.TimeUnit.MILLISECONDS);
      } catch (java.util.concurrent.TimeoutException unfinished) {
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

  /** The model still calls functions after the last round that was allowed. */
  public static final class TooManyRounds extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient List<ChatCompletionRequestMessage> messages;

    TooManyRounds(int rounds, List<ChatCompletionRequestMessage> messages) {
      super("the model still calls functions after " + rounds + " rounds: raise maxRounds, or ask for less");
      this.messages = messages;
    }

    /** Returns the messages of the chat, to go on from there. */
    public List<ChatCompletionRequestMessage> messages() {
      return messages;
    }
  }
}
