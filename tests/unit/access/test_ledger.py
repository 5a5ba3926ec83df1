"""What callers and ended calls see of a store that hangs, fails and comes back."""

import asyncio
import io
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from openai_grpc_server.access import ledger as ledger_module
from openai_grpc_server.access.keyring import Caller, Limits
from openai_grpc_server.access.ledger import Entry, Ledger
from openai_grpc_server.access.store import Answer, Batch, Enter, Leave, Renew, Store, StoreError
from openai_grpc_server.config import LogSettings
from openai_grpc_server.telemetry.log import Log

CALLER = Caller(name="team", limits=Limits(max_parallel_requests=5, max_budget=1.0))


class Scripted(Store):
    """A store that answers, hangs or fails as it is told to."""

    def __init__(self) -> None:
        self.batches: list[Batch] = []
        self.error: Exception | None = None
        self.answers = asyncio.Event()
        self.answers.set()
        self._asked = asyncio.Condition()

    async def apply(self, batch: Batch) -> list[Answer]:
        self.batches.append(batch)
        async with self._asked:
            self._asked.notify_all()
        await self.answers.wait()
        if self.error is not None:
            raise self.error
        return [None] * len(batch.changes)

    async def aclose(self) -> None:
        """Nothing is open."""

    async def asked(self, when: Callable[[], bool]) -> None:
        """Waits until it was asked for something."""
        async with self._asked:
            await self._asked.wait_for(when)

    def changes(self, kind: type[Any]) -> list[Any]:
        return [change for batch in self.batches for change in batch.changes if isinstance(change, kind)]


class Scene:
    """A ledger, its store, and what it logs."""

    def __init__(self) -> None:
        self.store = Scripted()
        self._lines = io.StringIO()
        self.ledger = Ledger(self.store, Log(self._lines, LogSettings()))

    def logged(self, event: str) -> list[dict[str, Any]]:
        return [each for each in map(json.loads, self._lines.getvalue().splitlines()) if each["event"] == event]

    async def entry(self) -> Entry:
        entry = await self.ledger.enter(CALLER)
        assert isinstance(entry, Entry)
        return entry

    async def refused(self) -> None:
        with pytest.raises(StoreError):
            await self.ledger.enter(CALLER)


def run(scene: Callable[[Scene], Awaitable[None]]) -> None:
    async def main() -> None:
        async with asyncio.timeout(20):
            await scene(Scene())

    asyncio.run(main())


@pytest.fixture(autouse=True)
def quick_probes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger_module, "PROBE_INTERVAL", 0.001)


@pytest.mark.parametrize("error", [StoreError("down"), ValueError("nobody foresaw it")], ids=["known", "unknown"])
def test_one_failure_fails_all_who_wait(error: Exception) -> None:
    async def scene(scene: Scene) -> None:
        store = scene.store
        store.answers.clear()
        callers = [asyncio.create_task(scene.ledger.enter(CALLER)) for _ in range(50)]
        await store.asked(lambda: len(store.batches) == 1)
        callers += [asyncio.create_task(scene.ledger.enter(CALLER)) for _ in range(50)]
        await asyncio.sleep(0)
        store.error = error
        store.answers.set()
        outcomes = await asyncio.gather(*callers, return_exceptions=True)
        assert [type(each) for each in outcomes] == [StoreError] * 100
        assert len(store.changes(Enter)) == 50
        assert len(scene.logged("limits store does not answer")) == 1

    run(scene)


def test_while_a_probe_hangs_callers_are_refused_at_once() -> None:
    async def scene(scene: Scene) -> None:
        store = scene.store
        store.error = StoreError("down")
        await scene.refused()
        store.answers.clear()
        await store.asked(lambda: len(store.batches) > 1)
        batches = len(store.batches)
        for _ in range(50):
            await scene.refused()
        assert (len(store.batches), len(store.changes(Enter))) == (batches, 1)

    run(scene)


def test_calls_are_counted_once_the_store_answers_again() -> None:
    async def scene(scene: Scene) -> None:
        store = scene.store
        first, second = await scene.entry(), await scene.entry()
        store.error = StoreError("down")
        first.leave(10, 0.5)
        failed = len(store.batches)
        await store.asked(lambda: len(store.batches) > failed + 3)
        second.leave(20, 0.25)
        store.error = None
        counted = [Leave(CALLER, first.call, 10, 0.5), Leave(CALLER, second.call, 20, 0.25)]
        await store.asked(lambda: counted[1] in store.batches[-1].changes)
        given = [batch for batch in store.batches if counted[0] in batch.changes]
        assert len({batch.number for batch in given}) == 1, "so that a store whose answer was lost counts it once"
        await scene.ledger.aclose()
        assert not scene.logged("usage not counted")

    run(scene)


def test_what_can_never_be_counted_is_logged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger_module, "CLOSE_TIMEOUT", 0.01)

    async def scene(scene: Scene) -> None:
        entries = [await scene.entry() for _ in range(3)]
        scene.store.error = StoreError("down")
        for entry in entries:
            entry.leave(10, 0.5)
        await scene.ledger.settled()
        await scene.ledger.aclose()
        (lost,) = scene.logged("usage not counted")
        assert (lost["key"], lost["calls"], lost["tokens"], lost["cost"]) == ("team", 3, 30, 1.5)

    run(scene)


def test_a_caller_who_goes_while_he_is_counted_in_is_counted_out() -> None:
    async def scene(scene: Scene) -> None:
        store = scene.store
        store.answers.clear()
        caller = asyncio.create_task(scene.ledger.enter(CALLER))
        await store.asked(lambda: bool(store.changes(Enter)))
        caller.cancel()
        await asyncio.wait([caller])
        store.answers.set()
        await store.asked(lambda: bool(store.changes(Leave)))
        assert [each.call for each in store.changes(Leave)] == [each.call for each in store.changes(Enter)]

    run(scene)


def test_a_call_that_the_store_may_have_counted_in_after_all_is_counted_out() -> None:
    async def scene(scene: Scene) -> None:
        store = scene.store
        store.error = StoreError("its answer was lost")
        await scene.refused()
        store.error = None
        await store.asked(lambda: bool(store.changes(Leave)))
        assert store.changes(Leave) == [Leave(CALLER, store.changes(Enter)[0].call)]

    run(scene)


def test_the_lease_of_a_call_is_renewed_while_it_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger_module, "LEASE", 0.003)

    async def scene(scene: Scene) -> None:
        store = scene.store
        entry = await scene.entry()
        await store.asked(lambda: len(store.changes(Renew)) >= 3)
        assert {each.call for each in store.changes(Renew)} == {entry.call}
        entry.leave(0, 0.0)
        await store.asked(lambda: bool(store.changes(Leave)))
        await scene.ledger.settled()
        assert isinstance(store.batches[-1].changes[-1], Leave)

    run(scene)


def test_usage_that_makes_no_sense_gives_nothing_back() -> None:
    async def scene(scene: Scene) -> None:
        (await scene.entry()).leave(-5, float("nan"))
        (await scene.entry()).leave(5, -1.0)
        await scene.ledger.settled()
        assert [(each.tokens, each.cost) for each in scene.store.changes(Leave)] == [(0, 0.0), (5, 0.0)]

    run(scene)
