package io.github.openai_grpc;

import io.github.openai_grpc.v1.CallInfo;
import io.grpc.Metadata;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Facts about a call besides its reply: ids, deployment, cost, attempts and the upstream's rate limits. */
public final class CallDetails {
  private static final Pattern DURATION = Pattern.compile("(\\d+(?:\\.\\d+)?)(ms|s|m|h|d)");

  private final Metadata metadata;
  private final CallInfo info;

  CallDetails(Metadata headers, Metadata trailers, CallInfo info) {
    metadata = new Metadata();
    metadata.merge(headers);
    metadata.merge(trailers);
    this.info = info;
  }

  /** Returns the upstream's id of the request, for OpenAI's support. */
  public Optional<String> requestId() {
    return info.hasRequestId() ? Optional.of(info.getRequestId()) : text("openai-request-id");
  }

  /** Returns the gateway's id of the call, which its log names. */
  public Optional<String> gatewayRequestId() {
    return text("x-request-id");
  }

  /** Returns the name of the deployment that answered. */
  public Optional<String> deployment() {
    return info.hasDeployment() ? Optional.of(info.getDeployment()) : text("openai-grpc-deployment");
  }

  /** Returns the model that answered, as upstream names it. */
  public Optional<String> model() {
    return text("openai-model");
  }

  /** Returns the organization that was billed. */
  public Optional<String> organization() {
    return text("openai-organization");
  }

  /** Returns how long the upstream took. */
  public Optional<Duration> processingTime() {
    return text("openai-processing-ms").flatMap(CallDetails::whole).map(Duration::ofMillis);
  }

  /** Returns how many requests the gateway made to upstreams for the call. */
  public OptionalInt attempts() {
    return info.hasAttempts() ? OptionalInt.of(info.getAttempts()) : OptionalInt.empty();
  }

  /** Returns what the call cost, in US dollars, by the gateway's price table. */
  public OptionalDouble cost() {
    return info.hasCost() ? OptionalDouble.of(info.getCost()) : OptionalDouble.empty();
  }

  /** Returns the limit of requests in the upstream's current period. */
  public OptionalLong limitRequests() {
    return number("x-ratelimit-limit-requests");
  }

  /** Returns how many requests are left in it. */
  public OptionalLong remainingRequests() {
    return number("x-ratelimit-remaining-requests");
  }

  /** Returns how long it takes until all requests are there again. */
  public Optional<Duration> resetRequests() {
    return text("x-ratelimit-reset-requests").flatMap(CallDetails::duration);
  }

  /** Returns the limit of tokens in the upstream's current period. */
  public OptionalLong limitTokens() {
    return number("x-ratelimit-limit-tokens");
  }

  /** Returns how many tokens are left in it. */
  public OptionalLong remainingTokens() {
    return number("x-ratelimit-remaining-tokens");
  }

  /** Returns how long it takes until all tokens are there again. */
  public Optional<Duration> resetTokens() {
    return text("x-ratelimit-reset-tokens").flatMap(CallDetails::duration);
  }

  /** Returns what the last message of the reply says of the call; empty if it has nothing of it. */
  public CallInfo info() {
    return info;
  }

  /** Returns the call's headers and trailers. */
  public Metadata metadata() {
    return metadata;
  }

  /** Returns the last value of a text header or trailer. */
  public Optional<String> text(String name) {
    return Optional.ofNullable(metadata.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER)));
  }

  private OptionalLong number(String name) {
    return text(name).flatMap(CallDetails::whole).map(OptionalLong::of).orElse(OptionalLong.empty());
  }

  private static Optional<Long> whole(String text) {
    return text.matches("[0-9]{1,18}") ? Optional.of(Long.valueOf(text)) : Optional.empty();
  }

  /** Reads {@code 6m0s}, {@code 20ms}, or a bare number of seconds. */
  static Optional<Duration> duration(String text) {
    if (text.matches("\\d{1,15}(\\.\\d+)?")) {
      return Optional.of(seconds(Double.parseDouble(text)));
    }
    Duration sum = Duration.ZERO;
    int end = 0;
    for (Matcher part = DURATION.matcher(text); end < text.length(); end = part.end()) {
      if (!part.find() || part.start() != end) {
        return Optional.empty();
      }
      double number = Double.parseDouble(part.group(1));
      sum = sum.plus(seconds(number * unit(part.group(2))));
    }
    return text.isEmpty() ? Optional.empty() : Optional.of(sum);
  }

  private static Duration seconds(double seconds) {
    return Duration.ofNanos(Math.round(seconds * 1e9));
  }

  private static double unit(String name) {
    switch (name) {
      case "ms":
        return 0.001;
      case "m":
        return 60;
      case "h":
        return 3600;
      case "d":
        return 86400;
      default:
        return 1;
    }
  }
}
