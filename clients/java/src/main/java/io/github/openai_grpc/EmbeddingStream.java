package io.github.openai_grpc;

import com.google.rpc.ErrorInfo;
import io.github.openai_grpc.v1.CreateEmbeddingRequest;
import io.github.openai_grpc.v1.CreateEmbeddingResponse.EmbeddingUsage;
import io.github.openai_grpc.v1.Embedding;
import io.github.openai_grpc.v1.EmbeddingFailure;
import io.github.openai_grpc.v1.EmbeddingInput;
import io.github.openai_grpc.v1.StreamEmbeddingsReply;
import io.github.openai_grpc.v1.StreamEmbeddingsRequest;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * The vectors of a stream of inputs, in their order, read once, by one thread. Inputs are taken as the gateway takes
 * them, by a thread of the stream, and vectors are made as they are read, so that memory is bounded. Closing it before
 * its end cancels the call.
 */
public final class EmbeddingStream implements Iterable<EmbeddingStream.Result>, AutoCloseable {
  private final Duplex<StreamEmbeddingsRequest, StreamEmbeddingsReply> call;
  private EmbeddingUsage usage;
  private Result next;

  EmbeddingStream(
      Duplex<StreamEmbeddingsRequest, StreamEmbeddingsReply> call,
      CreateEmbeddingRequest request,
      Iterable<EmbeddingInput> inputs) {
    this.call = call;
    call.feedAside(
        to -> {
          boolean open = to.send(StreamEmbeddingsRequest.newBuilder().setConfig(request).build());
          for (Iterator<EmbeddingInput> left = inputs.iterator(); open && left.hasNext(); ) {
            open = to.send(StreamEmbeddingsRequest.newBuilder().setInput(left.next()).build());
          }
        });
  }

  /** The vector of an input, or why it has none. */
  public static final class Result {
    private final StreamEmbeddingsReply reply;

    Result(StreamEmbeddingsReply reply) {
      this.reply = reply;
    }

    /** Returns the index of the input in the stream, from 0. */
    public long index() {
      return reply.getIndex();
    }

    /**
     * Returns the vector.
     *
     * @throws OpenAiGrpcException the input failed
     */
    public List<Float> vector() {
      return embedding().getEmbeddingList();
    }

    /** Returns the vector as the message that has it; see {@link #vector()}. */
    public Embedding embedding() {
      failure().ifPresent(
          failure -> {
            throw failure;
          });
      return reply.getEmbedding();
    }

    /** Returns why the input has no vector, as the call of it alone would have failed. */
    public Optional<OpenAiGrpcException> failure() {
      if (!reply.hasFailure()) {
        return Optional.empty();
      }
      EmbeddingFailure failure = reply.getFailure();
      ErrorInfo info = ErrorDetails.info(failure.getReason()).build();
      return Optional.of(
          OpenAiGrpcException.of(ErrorDetails.exception(failure.getCode(), failure.getMessage(), info)));
    }
  }

  /** Returns the vector or the failure of each input, as they come. */
  @Override
  public Iterator<Result> iterator() {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        while (next == null && call.hasNext()) {
          StreamEmbeddingsReply reply = call.next();
          if (reply.hasIndex()) {
            next = new Result(reply);
          } else {
            usage = reply.getUsage();
          }
        }
        return next != null;
      }

      @Override
      public Result next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        Result found = next;
        next = null;
        return found;
      }
    };
  }

  /**
   * Reads the rest and returns the token usage of all inputs.
   *
   * @throws IllegalStateException the stream was closed before its end
   */
  public EmbeddingUsage usage() {
    iterator().forEachRemaining(result -> {});
    if (usage == null) {
      throw new IllegalStateException("the stream ended without its usage: read it to its end before it is closed");
    }
    return usage;
  }

  /** Returns the facts about the call that are known by now; all of them after its end. */
  public CallDetails details() {
    return call.details();
  }

  /** Cancels the call, unless it is at its end. */
  @Override
  public void close() {
    call.cancel();
  }
}
