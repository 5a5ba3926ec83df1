"""Patterns of settings: names with `*`, peers by address or name, paths into JSON such as `tools[*].strict`."""

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any, Self


class Wildcard:
    """A pattern in which each `*` matches any text, including none.

    No regular expression: one with several `.*` backtracks, and a name of a caller's choice makes it take hours.

    Args:
        pattern: The name.
    """

    __slots__ = ("_end", "_inner", "_longest", "_shortest", "_start")

    def __init__(self, pattern: str) -> None:
        self._start, *inner, self._end = pattern.split("*") if "*" in pattern else (pattern, "")
        self._inner = tuple(part for part in inner if part)
        self._shortest = len(pattern) - pattern.count("*")
        self._longest = math.inf if "*" in pattern else len(pattern)

    @property
    def exact(self) -> bool:
        """True if it has no `*`, so that it matches one name only."""
        return self._longest != math.inf

    def matches(self, name: str) -> bool:
        """Returns whether it matches a name."""
        if not (self._shortest <= len(name) <= self._longest):
            return False
        if not (name.startswith(self._start) and name.endswith(self._end)):
            return False
        at, end = len(self._start), len(name) - len(self._end)
        for part in self._inner:  # the first place of each leaves the most for the others
            at = name.find(part, at, end)
            if at < 0:
                return False
            at += len(part)
        return True


class Patterns:
    """A list of names and wildcards.

    Args:
        patterns: The names; an empty list lets every name pass.
    """

    __slots__ = ("_all", "_names", "_wildcards")

    def __init__(self, patterns: Iterable[str] = ()) -> None:
        given = tuple(patterns) or ("*",)
        self._all = "*" in given
        self._names = frozenset(pattern for pattern in given if "*" not in pattern)
        self._wildcards = tuple(Wildcard(pattern) for pattern in given if "*" in pattern)

    def allow(self, name: str) -> bool:
        """Returns whether a name is among them."""
        return self._all or name in self._names or any(pattern.matches(name) for pattern in self._wildcards)

    def name(self, name: str) -> bool:
        """Returns whether a name is among them as it is, not by a `*`."""
        return name in self._names


class RpcPatterns:
    """A list of RPCs: `Connect` is that of every service, `ResponsesService.Connect` or `ResponsesService/Connect` one.

    A service may have its package in front. Wildcards without a service match names of RPCs alone.

    Args:
        patterns: The names and wildcards; an empty list lets every RPC pass.
    """

    __slots__ = ("_all", "_names", "_of_services")

    def __init__(self, patterns: Iterable[str] = ()) -> None:
        given = tuple(patterns)
        self._all = not given or "*" in given
        self._names = _listed(each for each in given if not _has_service(each))
        self._of_services = _listed(each.removeprefix("/").replace("/", ".") for each in given if _has_service(each))

    def allow(self, path: str) -> bool:
        """Returns whether an RPC is among them, by its path: `/openai_grpc.v1.ResponsesService/Connect`."""
        return self._all or self._has(path, Patterns.allow)

    def name(self, path: str) -> bool:
        """Returns whether an RPC is among them as it is, not by a `*`."""
        return self._has(path, Patterns.name)

    def _has(self, path: str, test: Callable[[Patterns, str], bool]) -> bool:
        service, _, name = path.removeprefix("/").rpartition("/")
        if self._names is not None and test(self._names, name):
            return True
        forms = (f"{service}.{name}", f"{service.rpartition('.')[2]}.{name}")
        return self._of_services is not None and any(test(self._of_services, form) for form in forms)


def _has_service(pattern: str) -> bool:
    return "." in pattern or "/" in pattern


def _listed(patterns: Iterable[str]) -> Patterns | None:
    given = tuple(patterns)
    return Patterns(given) if given else None


@dataclass(frozen=True, slots=True)
class TrustedPeers:
    """Trusted peers, such as proxies.

    Attributes:
        networks: By address.
        names: By a name in the client certificate.
    """

    networks: tuple[IPv4Network | IPv6Network, ...] = ()
    names: frozenset[str] = frozenset()

    @classmethod
    def parse(cls, entries: Iterable[str]) -> Self:
        """Reads addresses, networks (CIDR) and names.

        Raises:
            ValueError: One looks like a network and is not valid.
        """
        networks, names = [], []
        for entry in entries:
            try:
                networks.append(ip_network(entry, strict=False))
            except ValueError:
                if entry.strip("0123456789abcdefABCDEF.:/") == "":
                    raise
                names.append(entry)
        return cls(tuple(networks), frozenset(names))

    def has_address(self, host: str) -> bool:
        """Returns whether an address is trusted; an empty one, of a peer already gone, is not."""
        if not self.networks or not host:
            return False
        address = parsed_address(host)
        return any(address in network for network in self.networks)

    def include(self, host: str, names: Callable[[], AbstractSet[str]]) -> bool:
        """Returns whether a peer is trusted.

        Args:
            host: Its address, without a port.
            names: Returns the names in its certificate; called only where peers are trusted by name.
        """
        return self.has_address(host) or bool(self.names and self.names & names())


def parsed_address(host: str) -> IPv4Address | IPv6Address:
    """Returns a parsed address; IPv4-mapped IPv6 addresses become IPv4.

    Raises:
        ValueError: It is not an address.
    """
    address = ip_address(host)
    return getattr(address, "ipv4_mapped", None) or address


Path = tuple[str | int, ...]

_STEP = re.compile(r"(?P<key>[^.\[\]]+)|\[(?P<index>\d+|\*)\]")


def value_at(value: Any, path: Path) -> Any:
    """Returns the value at a path, or None."""
    for step in path:
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return value


def remove(value: Any, path: Path) -> None:
    """Removes the value at a path, and objects and lists that become empty by it."""
    parents = [value]
    for step in path[:-1]:
        parents.append(parents[-1][step])
    for parent, step in zip(reversed(parents), reversed(path), strict=True):
        del parent[step]
        if parent:
            return


def text_of(path: Path) -> str:
    """Writes a path as `tools[0].type`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")


def parse_pattern(text: str) -> tuple[str, ...]:
    """Reads a pattern of paths in LiteLLM's form: `a.b`, `tools[*].strict`, `tools[0]`.

    Raises:
        ValueError: The text is not a pattern.
    """
    steps = tuple(step["key"] or f"[{step['index']}]" for step in _STEP.finditer(text))
    written = "".join(step if step.startswith("[") else f".{step}" for step in steps).removeprefix(".")
    if not steps or written != text:
        raise ValueError(f"invalid parameter path {text!r}: must be like `name`, `outer.inner` or `tools[*].strict`")
    return steps


def matching(value: Any, pattern: Sequence[str]) -> Iterator[Path]:
    """Yields the paths in a value that match a pattern, the later elements of a list first."""
    if not pattern:
        yield ()
        return
    step, *rest = pattern
    if not step.startswith("["):
        if isinstance(value, dict) and step in value:
            yield from ((step, *path) for path in matching(value[step], rest))
    elif isinstance(value, list):
        chosen = range(len(value)) if step == "[*]" else [int(step[1:-1])]
        for index in reversed([each for each in chosen if each < len(value)]):
            yield from ((index, *path) for path in matching(value[index], rest))
