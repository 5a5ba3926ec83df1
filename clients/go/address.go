package openaigrpc

import (
	"fmt"
	"net"
	"strconv"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/resolver"
	"google.golang.org/grpc/resolver/manual"
)

const (
	defaultHost = "localhost"
	defaultPort = "50051"
)

// parseAddress returns the target of an address, and what gRPC needs to resolve a list of them.
func parseAddress(address string) (string, []grpc.DialOption, error) {
	address = strings.TrimSpace(address)
	if address == "" {
		address = defaultHost
	}
	for _, scheme := range []string{"http", "https"} {
		if rest, found := cutScheme(address, scheme+"://"); found {
			hint := ""
			if scheme == "https" {
				hint = ", with the option WithTLS"
			}
			return "", nil, fmt.Errorf("invalid address %q: write it without %s://, as %s%s", address, scheme, rest, hint)
		}
	}
	if scheme, rest, found := strings.Cut(address, ":"); found && isScheme(scheme, rest) {
		return parseTarget(address, scheme, rest)
	}
	var found []resolver.Address
	for _, each := range strings.Split(address, ",") {
		hostPort, err := withPort(strings.TrimSpace(each))
		if err != nil {
			return "", nil, err
		}
		host, _, err := net.SplitHostPort(hostPort)
		if err != nil {
			return "", nil, fmt.Errorf("invalid address %q: %w", each, err)
		}
		found = append(found, resolver.Address{Addr: hostPort, ServerName: host})
	}
	if len(found) == 1 {
		return "dns:///" + found[0].Addr, nil, nil
	}
	list := manual.NewBuilderWithScheme("openai-grpc-list")
	list.InitialState(resolver.State{Addresses: found})
	return list.Scheme() + ":///" + found[0].Addr, []grpc.DialOption{grpc.WithResolvers(list)}, nil
}

// parseTarget adds the port to the name in a target of gRPC's own form.
func parseTarget(address, scheme, rest string) (string, []grpc.DialOption, error) {
	if resolver.Get(scheme) == nil {
		return "", nil, fmt.Errorf("invalid address %q: no resolver of gRPC is registered as %s", address, scheme)
	}
	if scheme != "dns" {
		return address, nil, nil
	}
	at := strings.LastIndex(rest, "/") + 1
	hostPort, err := withPort(rest[at:])
	if err != nil {
		return "", nil, err
	}
	return scheme + ":" + rest[:at] + hostPort, nil, nil
}

// isScheme tells whether an address begins with the name of a resolver: localhost:50051 does not.
func isScheme(scheme, rest string) bool {
	known := resolver.Get(scheme) != nil
	_, err := strconv.Atoi(rest)
	return strings.HasPrefix(rest, "//") || (known && err != nil)
}

func withPort(address string) (string, error) {
	host, port := address, defaultPort
	switch {
	case address == "":
		return "", fmt.Errorf("empty address: give a host, such as %s:%s", defaultHost, defaultPort)
	case strings.HasPrefix(address, "[") && strings.HasSuffix(address, "]"):
		host = address[1 : len(address)-1]
	case strings.Count(address, ":") == 1 || strings.Contains(address, "]:"):
		var err error
		if host, port, err = net.SplitHostPort(address); err != nil {
			return "", fmt.Errorf("invalid address %q: must be host or host:port", address)
		}
	}
	if strings.ContainsAny(host, "/ ") {
		return "", fmt.Errorf("invalid address %q: must be host or host:port, without a path", address)
	}
	if number, err := strconv.Atoi(port); err != nil || number < 1 || number > 65535 {
		return "", fmt.Errorf("invalid port %s: must be 1 to 65535", port)
	}
	return net.JoinHostPort(host, port), nil
}

func cutScheme(address, scheme string) (string, bool) {
	if len(address) < len(scheme) || !strings.EqualFold(address[:len(scheme)], scheme) {
		return "", false
	}
	return address[len(scheme):], true
}
