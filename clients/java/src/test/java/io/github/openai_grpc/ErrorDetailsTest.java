package io.github.openai_grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.rpc.ErrorInfo;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ErrorDetailsTest {
  static Stream<Throwable> withoutDetails() {
    var malformed =
        Any.newBuilder()
            .setTypeUrl(Any.pack(ErrorInfo.getDefaultInstance()).getTypeUrl())
            .setValue(ByteString.copyFromUtf8("\u0007"));
    return Stream.of(
        new IllegalStateException("of another kind"),
        Status.UNAVAILABLE.asRuntimeException(),
        StatusProto.toStatusException(com.google.rpc.Status.newBuilder().setCode(8).addDetails(malformed).build()));
  }

  @ParameterizedTest
  @MethodSource
  void withoutDetails(Throwable error) {
    assertEquals(Optional.empty(), ErrorDetails.errorInfo(error));
    assertEquals(Optional.empty(), ErrorDetails.retryDelay(error));
  }
}
