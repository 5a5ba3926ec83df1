package io.github.openai_grpc;

import io.github.openai_grpc.v1.AddUploadPartRequest;
import io.github.openai_grpc.v1.CreateUploadPartRequest;
import io.github.openai_grpc.v1.UploadPart;
import io.github.openai_grpc.v1.UploadsServiceGrpc;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.LongConsumer;

/** Sends a file in parts, several at a time. A part that is cut off is sent again, which does no harm. */
final class UploadParts {
  private final Calls calls;
  private final String uploadId;
  private final LongConsumer progress;
  private long[] sent; // by part

  UploadParts(Calls calls, String uploadId, LongConsumer progress) {
    this.calls = calls;
    this.uploadId = uploadId;
    this.progress = progress;
  }

  static UploadPart send(Calls calls, String uploadId, Upload part) {
    Duplex<AddUploadPartRequest, UploadPart> call = calls.duplex(UploadsServiceGrpc.getAddUploadPartMethod(), false);
    call.feed(
        part.feed(
            known -> {
              var config = CreateUploadPartRequest.newBuilder().setUploadId(uploadId).setFile(known);
              return AddUploadPartRequest.newBuilder().setConfig(config).build();
            },
            chunk -> AddUploadPartRequest.newBuilder().setChunk(chunk).build()));
    return call.only(UploadPart.getDefaultInstance());
  }

  /** Sends all parts and returns their ids, in order. */
  List<String> send(Path file, long size, int partBytes, int parallel) {
    int count = (int) ((size + partBytes - 1) / partBytes);
    sent = new long[count];
    String[] ids = new String[count];
    ExecutorService threads =
        Executors.newFixedThreadPool(
            Math.max(1, Math.min(parallel, count)),
            work -> {
              Thread thread = new Thread(work, "openai-grpc-upload");
              thread.setDaemon(true);
              return thread;
            });
    try {
      var parts = new ExecutorCompletionService<Integer>(threads);
      for (int index = 0; index < count; index++) {
        int number = index;
        long from = (long) index * partBytes;
        Upload part =
            Upload.of(file, from, Math.min(partBytes, size - from)).onProgress(bytes -> progress(number, bytes));
        parts.submit(
            () -> {
              ids[number] = calls.repeated(() -> send(calls, uploadId, part)).getId();
              return number;
            });
      }
      for (int done = 0; done < count; done++) {
        parts.take().get();
      }
    } catch (ExecutionException failure) {
      if (failure.getCause() instanceof RuntimeException) {
        throw (RuntimeException) failure.getCause();
      }
      throw new IllegalStateException(failure.getCause());
    } catch (InterruptedException interrupted) {
      throw Calls.interrupted(interrupted);
    } finally {
      threads.shutdownNow(); // its interrupts cancel the calls that still run
    }
    return new ArrayList<>(Arrays.asList(ids));
  }

  private synchronized void progress(int part, long bytes) {
    sent[part] = bytes;
    progress.accept(Arrays.stream(sent).sum());
  }
}
