package io.github.openai_grpc;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ChannelCredentials;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Grpc;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The settings of a channel to a gateway. */
public final class ChannelDefaults {
  /**
   * How large a received message may be, in bytes: the gateway's default limit. gRPC's own is 4 MiB, which long
   * embeddings and images exceed.
   */
  public static final int MAX_MESSAGE_BYTES = 64 << 20;

  /**
   * Balances calls over all addresses of the gateway, and retries a call that ended with {@code UNAVAILABLE}: the
   * gateway sends that status only where nothing can have been billed yet. A delay or a refusal in the trailer {@code
   * grpc-retry-pushback-ms} is respected. A connection that breaks before the first byte of a reply reads as {@code
   * UNAVAILABLE} as well, so a call that was in flight then may be made, and billed, twice; {@link
   * ManagedChannelBuilder#disableRetry()} rules that out.
   */
  public static final Map<String, ?> SERVICE_CONFIG =
      Map.of(
          "loadBalancingConfig", List.of(Map.of("round_robin", Map.of())),
          "methodConfig",
              List.of(
                  Map.of(
                      "name", List.of(Map.of()),
                      "retryPolicy",
                          Map.of(
                              "maxAttempts", 3.0,
                              "initialBackoff", "0.2s",
                              "maxBackoff", "5s",
                              "backoffMultiplier", 2.0,
                              "retryableStatusCodes", List.of("UNAVAILABLE")))),
          "retryThrottling", Map.of("maxTokens", 10.0, "tokenRatio", 0.1));

  private static final int WINDOW = 1 << 20; // bytes; what gRPC begins with

  private ChannelDefaults() {}

  /**
   * Returns a builder of a channel with these settings, which the builder's own methods override.
   *
   * @param target the gateway's address, such as {@code gateway.example.com:443}
   * @param credentials {@link io.grpc.TlsChannelCredentials} or {@link io.grpc.InsecureChannelCredentials}
   */
  public static ManagedChannelBuilder<?> newChannelBuilder(String target, ChannelCredentials credentials) {
    // A model may think for minutes without a byte, in which routers forget a connection. Servers close connections
    // that ping without calls.
    return withFixedWindow(Grpc.newChannelBuilder(target, credentials))
        .defaultServiceConfig(SERVICE_CONFIG)
        .intercept(new SendContract())
        .maxInboundMessageSize(MAX_MESSAGE_BYTES)
        .keepAliveTime(30, TimeUnit.SECONDS)
        .keepAliveTimeout(20, TimeUnit.SECONDS)
        .keepAliveWithoutCalls(false);
  }

  /**
   * Fixes the window of HTTP/2. gRPC measures the bandwidth to size it, with a ping for what it reads: more packets than
   * small replies themselves. No interface has the setting, and the package is not compiled against a transport; those
   * of gRPC have a method of this name.
   */
  private static ManagedChannelBuilder<?> withFixedWindow(ManagedChannelBuilder<?> builder) {
    try {
      builder.getClass().getMethod("flowControlWindow", int.class).invoke(builder, WINDOW);
    } catch (ReflectiveOperationException other) {
      // a transport of another kind keeps its own
    }
    return builder;
  }

  /**
   * Tells the gateway which revision of the contract this library is generated from, so that a newer gateway answers
   * with what the library can read.
   */
  private static final class SendContract implements ClientInterceptor {
    private static final Metadata.Key<String> KEY =
        Metadata.Key.of("openai-grpc-contract", Metadata.ASCII_STRING_MARSHALLER);
    private static final String REVISION = Integer.toString(ContractRevision.VALUE);

    @Override
    public <ReqT, RespT> ClientCall<ReqT, RespT> interceptCall(
        MethodDescriptor<ReqT, RespT> method, CallOptions options, Channel next) {
      return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
        @Override
        public void start(Listener<RespT> listener, Metadata headers) {
          headers.put(KEY, REVISION);
          super.start(listener, headers);
        }
      };
    }
  }
}
