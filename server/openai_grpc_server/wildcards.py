"""Names with wildcards, matched in linear time whatever the name is."""

import math
from collections.abc import Iterable


class Wildcard:
    """A name in which each `*` stands for any text, also for none.

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

    def matches(self, name: str) -> bool:
        """Whether it stands for a name."""
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
    """A list of names, some of them with wildcards.

    Args:
        patterns: The names; an empty list lets every name pass.
    """

    __slots__ = ("_names", "_wildcards")

    def __init__(self, patterns: Iterable[str] = ()) -> None:
        given = tuple(patterns) or ("*",)
        self._names = frozenset(pattern for pattern in given if "*" not in pattern)
        self._wildcards = tuple(Wildcard(pattern) for pattern in given if "*" in pattern)

    def allow(self, name: str) -> bool:
        """Whether a name is among them."""
        return name in self._names or any(pattern.matches(name) for pattern in self._wildcards)
