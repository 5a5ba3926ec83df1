"""Addresses of gateways."""

import ipaddress
import os
import re
import socket
from collections.abc import Iterable, Sequence

VARIABLE = "OPENAI_GRPC_ADDRESS"
DEFAULT_TARGET = "localhost:50051"
DEFAULT_PORT = 50051

_SCHEMES = re.compile(r"(?:dns|ipv4|ipv6|unix|unix-abstract|vsock|xds|google-c2p):", re.IGNORECASE)
_OTHER_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*)://", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:\[([0-9a-f:.%]+)\]|([^:\[\]]+))(?::(\d+))?", re.IGNORECASE)
_BARE_IPV6 = re.compile(r"[0-9a-f:.]*:[0-9a-f:.]*:[0-9a-f:.]*", re.IGNORECASE)
_HIGHEST_PORT = 65535


def addresses(given: str | Sequence[str] | None) -> tuple[str, ...]:
    """Reads the addresses of one or more gateways.

    Args:
        given: `host`, `host:port`, `[IPv6]:port` or a target of gRPC such as `dns:///host:port` or `unix:path`;
            several in a list, or separated by commas. None: `OPENAI_GRPC_ADDRESS`, or else `localhost:50051`. The port
            is 50051 where none is given.

    Returns:
        Each once, with its port.

    Raises:
        TypeError: It is not a string, or a list of them.
        ValueError: An address is invalid, or has a scheme such as `http://`.
    """
    if given is None:
        given = os.environ.get(VARIABLE) or DEFAULT_TARGET
    if isinstance(given, str) and _SCHEMES.match(given):
        return (given,)  # its commas are gRPC's
    if not isinstance(given, str) and not (
        isinstance(given, Iterable) and all(isinstance(each, str) for each in given)
    ):
        raise TypeError("the address must be a string, or a list of strings")
    texts = [text.strip() for each in ([given] if isinstance(given, str) else given) for text in each.split(",")]
    found = tuple(dict.fromkeys(_address(text) for text in texts if text))
    if not found:
        raise ValueError(f"no address of a gateway: give one such as {DEFAULT_TARGET}")
    if len(found) > 1 and any(_SCHEMES.match(each) for each in found):
        raise ValueError(f"invalid addresses {', '.join(found)}: each of several must be host:port")
    return found


def target(found: Sequence[str]) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Returns gRPC's target of addresses, and the options of its channel.

    Several names are resolved here and now: gRPC takes several addresses only as numbers.

    Raises:
        OSError: No name can be resolved.
    """
    if len(found) == 1:
        return found[0], ()
    numbers = tuple(dict.fromkeys(_resolved(found)))
    authority = (("grpc.default_authority", found[0]),)  # which TLS checks
    if all(number.version == 4 for number, _ in numbers):
        return "ipv4:" + ",".join(f"{number}:{port}" for number, port in numbers), authority
    mapped = (f"::ffff:{number}" if number.version == 4 else str(number) for number, _ in numbers)
    pairs = zip(mapped, numbers, strict=True)
    return "ipv6:" + ",".join(f"[{number}]:{port}" for number, (_, port) in pairs), authority


def _resolved(found: Iterable[str]) -> "list[tuple[ipaddress.IPv4Address | ipaddress.IPv6Address, str]]":
    numbers = []
    failure: OSError | None = None
    for each in found:
        host, _, port = each.rpartition(":")
        try:
            answers = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
        except OSError as error:
            failure = error
            continue
        families = {answer[0] for answer in answers}
        # One family of a name: its other addresses are the same gateway.
        family = socket.AF_INET if socket.AF_INET in families else socket.AF_INET6
        numbers += [(ipaddress.ip_address(answer[4][0]), port) for answer in answers if answer[0] == family]
    if not numbers:
        raise OSError(f"no name of {', '.join(found)} can be resolved: {failure}") from failure
    return numbers


def _address(text: str) -> str:
    if _SCHEMES.match(text):
        return text
    if scheme := _OTHER_SCHEME.match(text):
        name = scheme[1].lower()
        tls = ", and pass tls=True" if name == "https" else ""
        raise ValueError(f"invalid address {text}: leave out {name}://{tls}, as in {DEFAULT_TARGET}")
    bare = text if _BARE_IPV6.fullmatch(text) else None
    found = _ADDRESS.fullmatch(text)
    if re.search(r"[/?#@\s\\]", text) or not (found or bare):
        raise ValueError(f"invalid address {text}: must be host:port, such as {DEFAULT_TARGET}")
    if found is None:
        return f"[{bare}]:{DEFAULT_PORT}"
    bracketed, named, port = found.groups()
    number = DEFAULT_PORT if port is None else int(port)
    if not 1 <= number <= _HIGHEST_PORT:
        raise ValueError(f"invalid port {number} in {text}: must be 1 to {_HIGHEST_PORT}")
    return f"[{bracketed}]:{number}" if bracketed else f"{named}:{number}"
