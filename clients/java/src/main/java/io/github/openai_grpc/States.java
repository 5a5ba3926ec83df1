package io.github.openai_grpc;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.grpc.MethodDescriptor;
import java.util.NoSuchElementException;

/**
 * The states of a job: its present one, each change, the last one. A call that breaks off is made again, and the state
 * that the job had already is left out.
 */
final class States<Q, M extends Message> implements ReplyStream.Source<M> {
  private final ReplyStream.Source<M> source;
  private M last;
  private M next;
  private boolean again;

  States(Calls calls, MethodDescriptor<Q, M> method, Q request) {
    source =
        calls.resumable(
            method,
            request,
            () -> {
              again = true;
              return request;
            });
  }

  @Override
  public boolean hasNext() {
    while (next == null && source.hasNext()) {
      M state = source.next();
      boolean known = again && last != null && bare(state).equals(bare(last));
      again = false;
      last = state;
      next = known ? null : state;
    }
    return next != null;
  }

  @Override
  public M next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    M found = next;
    next = null;
    return found;
  }

  @Override
  public void cancel() {
    source.cancel();
  }

  @Override
  public CallDetails details() {
    return source.details();
  }

  /** Returns a state without what is said of the call that brought it. */
  private static Message bare(Message state) {
    FieldDescriptor info = state.getDescriptorForType().findFieldByName("call_info");
    return info == null ? state : state.toBuilder().clearField(info).build();
  }
}
