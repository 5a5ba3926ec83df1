"""The store in memory, which counts nearly every call in place, keeps the rules that SQLite's store keeps."""

import asyncio
from random import Random

import pytest

from openai_grpc_server.access.keyring import Caller, Limits, Period
from openai_grpc_server.access.store import Batch, Change, Enter, Leave, MemoryStore, Renew, Reserve, SqliteStore

LIMITS = (
    Limits(rpm=5),
    Limits(tpm=200, max_parallel_requests=3),
    Limits(max_budget=1.0, soft_budget=0.5, period=Period.parse("1h")),
    Limits(rpm=20, tpm=100, max_budget=2.0, period=Period.parse("1mo")),
    Limits(max_parallel_requests=2, max_budget=0.25),
)
STEPS = (0.0, 0.001, 0.7, 13.0, 61.0, 1800.0, 86_400.0, -0.5, -4000.0)
LEASE = 1e6  # seconds: longer than a test


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


def change(chance: Random, caller: Caller, calls: list[str]) -> Change:
    """Returns a change, which begins a call or is one of those that run."""
    if not calls or chance.random() < 0.4:
        calls.append(f"call {chance.random()}")
        return Enter(caller, calls[-1], LEASE)
    call = chance.choice(calls)
    kind = chance.random()
    if kind < 0.4:
        return Reserve(caller, call, chance.randrange(60), chance.choice((0.0, 0.125, 0.25)))
    if kind < 0.5:
        return Renew(caller, call, LEASE)
    calls.remove(call)
    once = chance.choice(("", "", "resp_1", f"resp_{chance.randrange(5)}"))
    return Leave(
        caller, call, chance.choice((0, 7, 90)), chance.choice((0.0, 0.0625, 0.5)), once, chance.random() < 0.8
    )


@pytest.mark.parametrize("seed", range(40))
def test_both_stores_answer_the_same(seed: int) -> None:
    chance, clock, calendar = Random(seed), Clock(), Clock()  # noqa: S311 - a test that can be repeated
    memory, file = MemoryStore(clock, calendar), SqliteStore(None, clock, calendar)
    callers = [Caller(name=name, limits=chance.choice(LIMITS)) for name in ("a", "b")]
    calls: dict[str, list[str]] = {"a": [], "b": []}

    async def check() -> None:
        for number in range(150):
            step = chance.choice(STEPS) if chance.random() < 0.5 else 0.0
            clock.now += max(step, 0.0)  # it never goes back
            calendar.now += step
            index = chance.randrange(len(callers))
            if chance.random() < 0.02:  # as after a reload of the configuration
                callers[index] = Caller(name=callers[index].name, limits=chance.choice(LIMITS))
            batch = Batch([change(chance, callers[index], calls[callers[index].name])])
            assert await memory.apply(batch) == await file.apply(batch), (number, batch)
        for caller in callers:
            used, kept = (store._state(caller, clock.now)[0] for store in (memory, file))
            assert (used.requests.balance, used.tokens.balance, used.spent, used.period) == pytest.approx(
                (kept.requests.balance, kept.tokens.balance, kept.spent, kept.period), abs=1e-6
            )
        await file.aclose()

    asyncio.run(check())
