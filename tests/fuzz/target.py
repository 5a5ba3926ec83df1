"""What is fuzzed, and how an input is mutated."""

import copy
import random
from collections.abc import Iterator
from typing import Any, Protocol

_NUMBERS = (0, 1, -1, 127, 128, 255, 256, 65535, 1 << 24, (1 << 31) - 1, 1 << 31)
_SCALARS: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    1.5,
    10**30,
    "",
    "x",
    "\ud800",
    [],
    {},
    [None],
    {"type": 7},
    [[]],
)
_KEYS = ("type", "error", "choices", "id", "usage", "role", "object", "", "extra_json", "value")


class FaultError(Exception):
    """What must hold does not."""


class Target(Protocol):
    """What is fuzzed."""

    name: str

    def make(self, rng: random.Random) -> Any:
        """Makes an input."""

    def check(self, data: Any) -> str:
        """Tries an input.

        Returns:
            How it went, for the statistics.

        Raises:
            FaultError: What must hold does not.
        """

    def close(self) -> list[str]:
        """Ends what serves the tries; returns what is left that should not be."""


def mutated_bytes(rng: random.Random, data: bytes, most: int = 4) -> bytes:
    """Changes, inserts, drops and repeats a few bytes."""
    changed = bytearray(data)
    for _ in range(rng.randrange(most + 1)):
        at = rng.randrange(len(changed) + 1)
        how = rng.randrange(5)
        if how == 0 and at < len(changed):
            changed[at] = rng.randrange(256)
        elif how == 1:
            changed[at:at] = rng.randbytes(rng.randrange(1, 9))
        elif how == 2:
            del changed[at : at + rng.randrange(1, 20)]
        elif how == 3:
            changed[at:at] = changed[at : at + rng.randrange(1, 30)]
        elif at < len(changed):
            changed[at] ^= 1 << rng.randrange(8)
    return bytes(changed)


def mutated_json(rng: random.Random, value: Any, most: int = 4) -> Any:
    """Changes a few values and keys of a JSON value."""
    value = copy.deepcopy(value)
    for _ in range(rng.randrange(most + 1)):
        places = list(_places(value))
        if not places:
            return value
        container, key = rng.choice(places)
        how = rng.randrange(5)
        if how == 0:
            del container[key]
        elif how == 1:
            container[key] = copy.deepcopy(rng.choice(_SCALARS))
        elif how == 2:
            container[key] = [copy.deepcopy(container[key])] * rng.randrange(3)
        elif how == 3:
            container[key] = "x" * rng.choice((300, 5000)) if rng.random() < 0.1 else rng.choice(_NUMBERS)
        elif isinstance(container, dict):
            container[rng.choice(_KEYS)] = copy.deepcopy(rng.choice(_SCALARS))
        else:
            container.insert(key, copy.deepcopy(rng.choice(_SCALARS)))
    return value


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield value, key
        yield from _places(value[key])
