"""How long limits hold, whatever the clock does, and that processes share them through a file."""

import asyncio
import resource
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from openai_grpc_server.access import store as store_module
from openai_grpc_server.access.keyring import Caller, Limit, Limits, Notice, Period, Refusal
from openai_grpc_server.access.store import (
    Answer,
    Batch,
    Leave,
    LocalStore,
    MemoryStore,
    Renew,
    Reserve,
    SqliteStore,
    StoreError,
)
from openai_grpc_server.config import ConfigError

LONGEST = 600.0


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


_kinds: list[type[MemoryStore] | type[SqliteStore]] = []


@pytest.fixture(autouse=True, params=[MemoryStore, SqliteStore])
def _kind(request: pytest.FixtureRequest) -> Iterator[None]:
    _kinds[:] = [request.param]
    yield
    _kinds.clear()


def local(**options: Any) -> LocalStore:
    """Returns a store of one process, of each kind in turn."""
    return _kinds[0](**options)


class Used:
    """Drives a store with one key."""

    def __init__(self, store: LocalStore, *, name: str = "team", **limits: Any) -> None:
        self._store = store
        self._caller = Caller(name=name, limits=Limits(**limits))

    def enter(self, call: str = "") -> Answer:
        return asyncio.run(self._store.enter(self._caller, call, LONGEST))

    def leave(self, call: str = "", tokens: int = 0, cost: float = 0.0) -> None:
        asyncio.run(self._store.leave(self._caller, call, tokens, cost))

    def reserve(self, call: str, tokens: int = 0, cost: float = 0.0) -> Answer:
        return asyncio.run(self._store.apply(Batch([Reserve(self._caller, call, tokens, cost)])))[0]

    def settle(self, call: str, tokens: int = 0, cost: float = 0.0, once: str = "") -> None:
        asyncio.run(self._store.apply(Batch([Leave(self._caller, call, tokens, cost, once, True)])))

    def renew(self, call: str) -> None:
        asyncio.run(self._store.apply(Batch([Renew(self._caller, call, LONGEST)])))


def test_requests_come_back_over_a_minute() -> None:
    clock = Clock()
    key = Used(local(clock=clock), rpm=3)
    assert [key.enter() for _ in range(4)] == [None, None, None, Refusal(Limit.RPM, 20.0)]
    clock.now += 19.9
    refused = key.enter()
    assert isinstance(refused, Refusal)
    assert refused.retry_after == pytest.approx(0.1, abs=0.01)
    clock.now += 0.1
    assert [key.enter(), key.enter()] == [None, Refusal(Limit.RPM, 20.0)]
    clock.now += 3600
    assert [key.enter() for _ in range(4)] == [None, None, None, Refusal(Limit.RPM, 20.0)]


def test_tokens_beyond_the_limit_are_waited_for() -> None:
    clock = Clock()
    key = Used(local(clock=clock), tpm=600)
    assert key.enter() is None
    key.leave(tokens=600 + 99)
    assert key.enter() == Refusal(Limit.TPM, 10.0)
    clock.now += 10
    assert key.enter() is None


def test_calls_at_once_and_those_whose_process_died() -> None:
    clock = Clock()
    key = Used(local(clock=clock), max_parallel_requests=2)
    assert [key.enter("a"), key.enter("b"), key.enter("c")] == [None, None, Refusal(Limit.PARALLEL, 1.0)]
    key.leave("a")
    assert [key.enter("c"), key.enter("d")] == [None, Refusal(Limit.PARALLEL, 1.0)]
    clock.now += LONGEST + 1
    assert key.enter("d") is None


def test_a_renewed_call_counts_on() -> None:
    clock = Clock()
    key = Used(local(clock=clock), max_parallel_requests=1)
    assert key.enter("a") is None
    for _ in range(3):
        clock.now += LONGEST - 1
        key.renew("a")
    assert key.enter("b") == Refusal(Limit.PARALLEL, 1.0)


BACK = {"an hour": 3600.0, "to the start of a host": 999_999.0}


@pytest.mark.parametrize("seconds", BACK.values(), ids=BACK)
def test_a_clock_that_goes_back_locks_nobody_out(seconds: float) -> None:
    clock = Clock()
    store = local(clock=clock)
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
    store = local(clock=clock)
    unlimited = Used(store, max_budget=1e9)
    for _ in range(1000):
        assert unlimited.enter() is None
    unlimited.leave(tokens=10**6, cost=0.5)
    clock.now += 60
    assert Used(store, rpm=1, tpm=1).enter() is None


def test_a_budget_is_used_up_for_good() -> None:
    clock = Clock()
    key = Used(local(clock=clock), max_budget=1.0)
    for _ in range(2):
        assert key.enter() is None
        key.leave(cost=0.5)
    clock.now += 86400
    assert key.enter() == Refusal(Limit.BUDGET, None)


def at(text: str) -> float:
    return datetime.fromisoformat(f"{text}+00:00").timestamp()


PERIODS = {
    "1m": ("2026-11-28T12:34", "2026-11-28T12:35"),
    "1h": ("2026-11-28T12:00", "2026-11-28T13:00"),
    "6h": ("2026-11-28T12:00", "2026-11-28T18:00"),
    "1d": ("2026-11-28", "2026-11-29"),
    "7d": ("2026-11-23", "2026-11-30"),
    "1w": ("2026-11-23", "2026-11-30"),
    "30d": ("2026-11-01", "2026-12-01"),
    "1mo": ("2026-11-01", "2026-12-01"),
    "3mo": ("2026-10-01", "2027-01-01"),
    "12mo": ("2026-01-01", "2027-01-01"),
}


@pytest.mark.parametrize(("text", "bounds"), PERIODS.items(), ids=PERIODS)
def test_the_periods_of_budgets(text: str, bounds: tuple[str, str]) -> None:
    start, end = map(at, bounds)
    period = Period.parse(text)
    for now in (start, at("2026-11-28T12:34:56"), end - 0.001):
        assert (period.start(now), period.end(now)) == (start, end)


@pytest.mark.parametrize("text", ["", "1", "d", "0d", "1.5h", "1y", "-1d", " 1d", "1d ", "1D", "1234567d"])
def test_no_period(text: str) -> None:
    with pytest.raises(ValueError, match="invalid budget_duration"):
        Period.parse(text)


def test_a_budget_begins_anew_with_each_period() -> None:
    calendar = Clock()
    calendar.now = at("2026-11-28T12:30")
    store = local(calendar=calendar)
    key = Used(store, max_budget=1.0, period=Period.parse("1h"))
    for _ in range(3):
        assert key.enter() is None
        key.leave(cost=1.5)
        assert key.enter() == Refusal(Limit.BUDGET, 1800.0)
        calendar.now += 3600
    assert key.enter() is None


def test_a_period_by_a_clock_that_is_ahead() -> None:
    calendar = Clock()
    calendar.now = at("2027-11-28T12:30")
    store = local(calendar=calendar)
    key = Used(store, max_budget=1.0, period=Period.parse("1d"))
    key.leave(cost=1.5)
    calendar.now = at("2026-11-28T12:30")
    assert key.enter() is None


def test_what_a_call_has_reserved_is_settled_once() -> None:
    store = local()
    key = Used(store, max_budget=1.0, tpm=100)
    assert [key.enter(call) for call in "abc"] == [None] * 3
    assert [key.reserve("a", 60, 0.5), key.reserve("b", 60, 0.5)] == [None, None]
    refused = key.reserve("c", 60, 0.5)
    assert isinstance(refused, Refusal)
    assert refused.limit is Limit.BUDGET
    for _ in range(2):
        key.settle("a", 10, 0.25)
        key.settle("b")
        key.settle("c")
    assert Used(store, max_budget=0.51).enter() is None
    assert Used(store, max_budget=0.5).enter() == Refusal(Limit.BUDGET, None)


def test_what_was_reserved_in_the_period_before_is_not_given_back_in_this_one() -> None:
    calendar = Clock()
    store = local(calendar=calendar)
    key = Used(store, max_budget=1.0, period=Period.parse("1h"))
    assert key.reserve("a", cost=0.75) is None
    calendar.now += 3600
    assert key.reserve("b", cost=0.5) is None
    key.settle("a", cost=0.25)
    key.settle("b", cost=0.25)
    assert Used(store, max_budget=0.51, period=Period.parse("1h")).enter() is None
    assert isinstance(Used(store, max_budget=0.5, period=Period.parse("1h")).enter(), Refusal)


def test_a_soft_budget_warns_of_calls_that_it_lets_in() -> None:
    key = Used(local(), soft_budget=0.5, max_budget=1.0)
    seen = []
    for _ in range(4):
        seen.append(key.enter())
        key.leave(cost=0.375)
    assert seen == [None, None, Notice.SOFT_BUDGET, Refusal(Limit.BUDGET, None)]


def test_a_file_of_an_earlier_release(tmp_path: Path) -> None:
    file = tmp_path / "limits.db"
    with closing(sqlite3.connect(file)) as database:
        database.execute(
            "CREATE TABLE used (caller TEXT PRIMARY KEY, requests REAL NOT NULL, requests_at REAL NOT NULL, "
            "tokens REAL NOT NULL, tokens_at REAL NOT NULL, spent REAL NOT NULL) WITHOUT ROWID"
        )
        database.execute("INSERT INTO used VALUES ('team', 0, 0, 0, 0, 1.5)")
        database.commit()
    store = SqliteStore(str(file))
    assert Used(store, max_budget=1.5).enter() == Refusal(Limit.BUDGET, None)
    assert Used(store, max_budget=1.5, period=Period.parse("1d")).enter() is None
    asyncio.run(store.aclose())


def test_which_usage_was_counted_is_known_of_the_newest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_module, "MAX_COUNTED", 2)
    store = local()
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
