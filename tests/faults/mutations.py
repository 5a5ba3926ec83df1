"""JSON as no upstream should send it: good values of which parts have other types, are missing or stand twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from random import Random

ODD: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 2**31, 2**63 - 1, 2**64, 10**40, 1.5, 1e308),
    *("", "x", "\ud83c", "stop", [], {}, [None], ["x"], [[]], [5], {"a": 1}, {"type": []}, {"type": {"type": 1}}),
    *({"type": "message", "content": 5}, {"error": {"code": 10**30}}, [{"index": "0"}], "9" * 5000),
)
KEYS = ("error", "type", "choices", "index", "id", "usage", "response", "item", "output", "delta", "status", "")


def mutated(value: Any, rng: Random, chance: float = 0.08) -> Any:
    """Returns a value in which each part is, by chance, something else.

    Args:
        value: A JSON value.
        rng: Decides.
        chance: How likely it is for each part.
    """
    if rng.random() < chance:
        return rng.choice(ODD)
    if isinstance(value, dict):
        changed = {key: mutated(each, rng, chance) for key, each in value.items() if rng.random() > chance / 2}
        if rng.random() < chance:
            changed[rng.choice(KEYS)] = rng.choice(ODD)
        return changed
    if isinstance(value, list):
        twice = (each for each in value for _ in range(2 if rng.random() < chance / 2 else 1))
        return [mutated(each, rng, chance) for each in twice]
    return value
