"""How long limits hold, whatever the clock does, and that processes share them through a file."""

import asyncio
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from openai_grpc_server.access import store as store_module
from openai_grpc_server.access.keyring import Caller, Limit, Limits, Refusal
from openai_grpc_server.access.store import Batch, Leave, Renew, SqliteStore, StoreError
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

    def __init__(self, store: SqliteStore, *, name: str = "team", **limits: Any) -> None:
        self._store = store
        self._caller = Caller(name=name, limits=Limits(**limits))

    def enter(self, call: str = "") -> Refusal | None:
        return asyncio.run(self._store.enter(self._caller, call, LONGEST))

    def leave(self, call: str = "", tokens: int = 0, cost: float = 0.0) -> None:
        asyncio.run(self._store.leave(self._caller, call, tokens, cost))

    def renew(self, call: str) -> None:
        asyncio.run(self._store.apply(Batch([Renew(self._caller, call, LONGEST)])))


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


def test_a_renewed_call_counts_on() -> None:
    clock = Clock()
    key = Used(SqliteStore(clock=clock), max_parallel_requests=1)
    assert key.enter("a") is None
    for _ in range(3):
        clock.now += LONGEST - 1
        key.renew("a")
    assert key.enter("b") == Refusal(Limit.PARALLEL, 1.0)


BACK = {"an hour": 3600.0, "to the start of a host": 999_999.0}


@pytest.mark.parametrize("seconds", BACK.values(), ids=BACK)
def test_a_clock_that_goes_back_locks_nobody_out(seconds: float) -> None:
    clock = Clock()
    store = SqliteStore(clock=clock)
    requests, tokens, parallel = (
        Used(store, rpm=6),
        Used(store, name="other", tpm=600),
        Used(store, name="third", max_parallel_requests=1),
    )
    assert [requests.enter() for _ in range(7)] == [None] * 6 + [Refusal(Limit.RPM, 10.0)]
    assert tokens.enter() is None
    tokens.leave(tokens=699)
    assert parallel.enter("left behind") is None
    clock.now -= seconds
    assert (requests.enter(), tokens.enter()) == (Refusal(Limit.RPM, 10.0), Refusal(Limit.TPM, 10.0))
    assert parallel.enter("next") is None
    clock.now += 10.0
    assert (requests.enter(), tokens.enter()) == (None, None)


def test_a_limit_that_is_set_later_begins_full() -> None:
    clock = Clock()
    store = SqliteStore(clock=clock)
    unlimited = Used(store, max_budget=1e9)
    for _ in range(1000):
        assert unlimited.enter() is None
    unlimited.leave(tokens=10**6, cost=0.5)
    clock.now += 60
    assert Used(store, rpm=1, tpm=1).enter() is None


def test_a_budget_is_used_up_for_good() -> None:
    clock = Clock()
    key = Used(SqliteStore(clock=clock), max_budget=1.0)
    for _ in range(2):
        assert key.enter() is None
        key.leave(cost=0.5)
    clock.now += 86400
    assert key.enter() == Refusal(Limit.BUDGET, None)


def test_which_usage_was_counted_is_known_of_the_newest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_module, "MAX_COUNTED", 2)
    store = SqliteStore()
    caller = Caller(name="team", limits=Limits(max_budget=1.0))
    for once in ("a", "b", "a", "b", "c", "a"):
        asyncio.run(store.apply(Batch([Leave(caller, "call", 0, 0.25, once)])))
    assert Used(store, max_budget=1.0).enter() == Refusal(Limit.BUDGET, None)
    assert Used(store, max_budget=1.01).enter() is None


def test_a_file_is_shared_and_outlives_the_process(tmp_path: Path) -> None:
    file = str(tmp_path / "limits.db")
    first, second = SqliteStore(file), SqliteStore(file)
    limits: dict[str, Any] = {"rpm": 10, "max_parallel_requests": 1, "max_budget": 1.0}
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


@contextmanager
def full_disk(directory: Path) -> Iterator[None]:
    """Lets no file grow."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    largest = max(each.stat().st_size for each in directory.iterdir())
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_disk_that_was_full(tmp_path: Path) -> None:
    store = SqliteStore(str(tmp_path / "limits.db"))
    key = Used(store, rpm=10**6, max_parallel_requests=1000)
    assert key.enter("a") is None
    with full_disk(tmp_path):
        for number in range(3):
            with pytest.raises(StoreError):
                key.enter(f"{number} " + "x" * 10_000)
            with pytest.raises(StoreError):
                asyncio.run(store.apply(Batch((), number)))
    assert key.enter("b") is None
    assert Used(SqliteStore(str(tmp_path / "limits.db")), rpm=10**6).enter("c") is None
    asyncio.run(store.aclose())


def test_a_batch_is_made_whole_or_not_at_all() -> None:
    store = SqliteStore()
    caller = Caller(name="team", limits=Limits(max_budget=1.0))
    with pytest.raises(StoreError):
        asyncio.run(store.apply(Batch([Leave(caller, "a", 1, 5.0), Leave(caller, object())])))  # type: ignore[arg-type]  # what SQLite refuses
    assert Used(store, max_budget=1.0).enter("b") is None


def test_a_file_that_cannot_be_used(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=str(tmp_path)):
        SqliteStore(str(tmp_path))
