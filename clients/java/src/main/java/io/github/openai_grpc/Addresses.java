package io.github.openai_grpc;

import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.NameResolverRegistry;
import io.grpc.Status;
import io.grpc.StatusOr;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Addresses of gateways: their defaults and checks, and the name resolution of several of them. */
final class Addresses {
  static final int DEFAULT_PORT = 50051;
  static final String DEFAULT = "localhost:" + DEFAULT_PORT;

  private static final String SCHEME = "openai-grpc";
  private static final Pattern HOST_PORT = Pattern.compile("(\\[[0-9A-Fa-f:.%]+\\]|[^\\[\\]:/,\\s]+)(?::(.*))?");
  private static final Pattern RESOLVED = Pattern.compile("(dns|unix|xds|passthrough|ipv4|ipv6|vsock):.+");

  private Addresses() {}

  /**
   * Returns the gRPC target of one or more addresses.
   *
   * @param addresses {@code host}, {@code host:port}, or one target with a scheme of gRPC's, such as {@code dns:///}
   * @throws IllegalArgumentException an address is invalid
   */
  static String target(Collection<String> addresses) {
    List<String> each =
        addresses.stream().flatMap(text -> Arrays.stream(text.split(","))).map(String::trim).collect(Collectors.toList());
    if (each.isEmpty() || each.contains("")) {
      throw new IllegalArgumentException("empty address: write host:port, such as " + DEFAULT);
    }
    if (each.size() == 1) {
      return RESOLVED.matcher(each.get(0)).matches() ? each.get(0) : "dns:///" + withPort(each.get(0));
    }
    NameResolverRegistry.getDefaultRegistry().register(Provider.INSTANCE);
    return SCHEME + ":///" + each.stream().map(Addresses::withPort).collect(Collectors.joining(","));
  }

  private static String withPort(String address) {
    int scheme = address.indexOf("://");
    if (scheme >= 0) {
      String rest = address.substring(scheme + 3).replaceAll("/.*", "");
      String tls = address.startsWith("https") ? ", and call tls() of the builder" : "";
      throw new IllegalArgumentException(
          "invalid address " + address + ": write " + (rest.isEmpty() ? DEFAULT : rest) + ", without "
              + address.substring(0, scheme + 3) + tls);
    }
    // An IPv6 address without brackets would read as a host and a port.
    boolean bare = address.indexOf(':') != address.lastIndexOf(':') && !address.startsWith("[");
    Matcher parts = HOST_PORT.matcher(bare ? "[" + address + "]" : address);
    if (!parts.matches()) {
      throw new IllegalArgumentException("invalid address " + address + ": write host:port, such as " + DEFAULT);
    }
    String port = parts.group(2) == null ? Integer.toString(DEFAULT_PORT) : parts.group(2);
    if (!port.matches("[0-9]{1,5}") || Integer.parseInt(port) < 1 || Integer.parseInt(port) > 65535) {
      throw new IllegalArgumentException("invalid port " + port + " in " + address + ": must be 1 to 65535");
    }
    return parts.group(1) + ":" + port;
  }

  /** Resolves a list of addresses, as gRPC's own resolvers take but one. */
  private static final class Provider extends NameResolverProvider {
    static final Provider INSTANCE = new Provider();

    @Override
    protected boolean isAvailable() {
      return true;
    }

    @Override
    protected int priority() {
      return 5;
    }

    @Override
    public String getDefaultScheme() {
      return SCHEME;
    }

    @Override
    public Collection<Class<? extends SocketAddress>> getProducedSocketAddressTypes() {
      return Collections.singleton(InetSocketAddress.class);
    }

    @Override
    public NameResolver newNameResolver(URI target, NameResolver.Args arguments) {
      List<String> addresses = List.of(target.toString().substring((SCHEME + ":///").length()).split(","));
      return new ListResolver(addresses, arguments.getOffloadExecutor());
    }
  }

  private static final class ListResolver extends NameResolver {
    private final List<String> addresses;
    private final Executor executor;
    private Listener2 listener;

    ListResolver(List<String> addresses, Executor executor) {
      this.addresses = addresses;
      this.executor = executor == null ? Runnable::run : executor;
    }

    @Override
    public String getServiceAuthority() {
      return addresses.get(0);
    }

    @Override
    public void start(Listener2 listener) {
      this.listener = listener;
      refresh();
    }

    @Override
    public void refresh() {
      executor.execute(() -> listener.onResult(ResolutionResult.newBuilder().setAddressesOrError(resolve()).build()));
    }

    @Override
    public void shutdown() {}

    /** Resolves every name; one that can't be resolved is left out while another can. */
    private StatusOr<List<EquivalentAddressGroup>> resolve() {
      List<EquivalentAddressGroup> found = new ArrayList<>();
      UnknownHostException failure = null;
      for (String address : addresses) {
        int colon = address.lastIndexOf(':');
        int port = Integer.parseInt(address.substring(colon + 1));
        // The TLS certificate of each is checked against its own name.
        io.grpc.Attributes own =
            io.grpc.Attributes.newBuilder().set(EquivalentAddressGroup.ATTR_AUTHORITY_OVERRIDE, address).build();
        try {
          for (InetAddress host : InetAddress.getAllByName(address.substring(0, colon))) {
            found.add(new EquivalentAddressGroup(new InetSocketAddress(host, port), own));
          }
        } catch (UnknownHostException unknown) {
          failure = unknown;
        }
      }
      return failure != null && found.isEmpty()
          ? StatusOr.fromStatus(Status.UNAVAILABLE.withDescription("no such host: " + addresses).withCause(failure))
          : StatusOr.fromValue(found);
    }
  }
}
