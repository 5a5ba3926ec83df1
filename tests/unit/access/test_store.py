"""How long limits hold, and that processes share them through a file."""

import asyncio
from pathlib import Path

import pytest

from openai_grpc_server.access.caller import Caller, Limits
from openai_grpc_server.access.limits import Limit, Refusal
from openai_grpc_server.access.store import SqliteStore, StoreError
from openai_grpc_server.config import ConfigError

LONGEST = 600.0


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


class Used:
    """Drives a store with one key."""

    def __init__(self, store: SqliteStore, **limits: float) -> None:
        self._store = store
        self._caller = Caller(name="team", limits=Limits(**limits))  # type: ignore[arg-type]  # a table's numbers

    def enter(self, call: str = "") -> Refusal | None:
        return asyncio.run(self._store.enter(self._caller, call, LONGEST))

    def leave(self, call: str = "", tokens: int = 0, cost: float = 0.0) -> None:
        asyncio.run(self._store.leave(self._caller, call, tokens, cost))


def test_requests_come_back_over_a_minute() -> None:
    clock = Clock()
    key = Used(SqliteStore(clock=clock), rpm=3)
    assert [key.enter() for _ in range(4)] == [None, None, None, Refusal(Limit.RPM, 20.0)]
    clock.now += 19.9
    refused = key.enter()
    assert refused
    assert refused.retry_after == pytest.approx(0.1, abs=0.01)
    clock.now += 0.1
    assert [key.enter(), key.enter()] == [None, Refusal(Limit.RPM, 20.0)]
    clock.now += 3600
    assert [key.enter() for _ in range(4)] == [None, None, None, Refusal(Limit.RPM, 20.0)]


def test_tokens_beyond_the_limit_are_waited_for() -> None:
    clock = Clock()
    key = Used(SqliteStore(clock=clock), tpm=600)
    assert key.enter() is None
    key.leave(tokens=600 + 99)
    assert key.enter() == Refusal(Limit.TPM, 10.0)
    clock.now += 10
    assert key.enter() is None


def test_calls_at_once_and_those_whose_process_died() -> None:
    clock = Clock()
    key = Used(SqliteStore(clock=clock), max_parallel_requests=2)
    assert [key.enter("a"), key.enter("b"), key.enter("c")] == [None, None, Refusal(Limit.PARALLEL, 1.0)]
    key.leave("a")
    assert [key.enter("c"), key.enter("d")] == [None, Refusal(Limit.PARALLEL, 1.0)]
    clock.now += LONGEST + 1
    assert key.enter("d") is None


def test_a_budget_is_used_up_for_good() -> None:
    clock = Clock()
    key = Used(SqliteStore(clock=clock), max_budget=1.0)
    for _ in range(2):
        assert key.enter() is None
        key.leave(cost=0.5)
    clock.now += 86400
    assert key.enter() == Refusal(Limit.BUDGET, None)


def test_a_file_is_shared_and_outlives_the_process(tmp_path: Path) -> None:
    file = str(tmp_path / "limits.db")
    first, second = SqliteStore(file), SqliteStore(file)
    limits = {"rpm": 10, "max_parallel_requests": 1, "max_budget": 1.0}
    assert Used(first, **limits).enter("a") is None
    assert Used(second, **limits).enter("b") == Refusal(Limit.PARALLEL, 1.0)
    Used(first, **limits).leave("a", cost=1.0)
    for store in (first, second):
        asyncio.run(store.aclose())
    third = SqliteStore(file)
    assert Used(third, **limits).enter("c") == Refusal(Limit.BUDGET, None)
    asyncio.run(third.aclose())


def test_a_failure_leaves_no_transaction_open() -> None:
    store = SqliteStore()
    with pytest.raises(StoreError):
        Used(store, max_parallel_requests=9).enter(None)  # type: ignore[arg-type]  # what the table refuses
    assert Used(store, max_parallel_requests=9).enter("a") is None


def test_a_file_that_cannot_be_used(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=str(tmp_path)):
        SqliteStore(str(tmp_path))
