"""Workers that are kept running."""

import asyncio
import io
import itertools
from types import SimpleNamespace
from typing import Any

import pytest

from openai_grpc_server.config import LogSettings, ServerSettings
from openai_grpc_server.process import pool
from openai_grpc_server.process.pool import WorkerPool
from openai_grpc_server.telemetry.log import Log

SETTINGS = ServerSettings(workers=2)


class Worker:
    """A worker without a process, which serves at its first start and hangs at later ones when it is the first."""

    address, page, pid, lived, drain_limit, killed = "here", "", 0, 100.0, 0.0, False
    starts: "asyncio.Queue[int]"
    passed: "asyncio.Queue[float]"
    living: "dict[int, Worker]"

    def __init__(self, number: int, _: float) -> None:
        self.number = number
        self._end = asyncio.Event()

    async def start(self, _: Any) -> None:
        again = self.number in self.living
        self.living[self.number] = self
        self.starts.put_nowait(self.number)
        if again and self.number == 1:
            await asyncio.Event().wait()

    async def ended(self) -> int:
        await self._end.wait()
        return 1

    def stop(self) -> None:
        self._end.set()

    def kill(self) -> None:
        self._end.set()

    def silent(self, passed: float) -> float:
        self.passed.put_nowait(passed)
        return 0.0


def test_a_worker_that_hangs_at_its_start_is_in_nobodys_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "WorkerProcess", Worker)

    async def run() -> None:
        Worker.starts, Worker.living, Worker.passed = asyncio.Queue(), {}, asyncio.Queue()
        workers = WorkerPool(lambda _: None, Log(io.StringIO(), LogSettings()), SETTINGS)  # type: ignore[arg-type,return-value]  # nobody is told anything
        assert await workers.start(2) == "here"
        assert {await Worker.starts.get() for _ in range(2)} == {1, 2}
        for number in (1, 2):
            Worker.living[number].stop()
            assert await Worker.starts.get() == number
        await workers.stop()

    async def limited() -> None:
        async with asyncio.timeout(20):
            await run()

    asyncio.run(limited())


def test_time_in_which_the_machine_was_suspended_counts_against_no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "WorkerProcess", Worker)
    clock = itertools.count(step=3600.0)  # an hour between any two looks at it
    monkeypatch.setattr(pool, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    settings = ServerSettings(workers=2, worker_heartbeat_timeout=0.1)

    async def run() -> None:
        Worker.starts, Worker.living, Worker.passed = asyncio.Queue(), {}, asyncio.Queue()
        workers = WorkerPool(lambda _: None, Log(io.StringIO(), LogSettings()), settings)  # type: ignore[arg-type,return-value]  # as above
        await workers.start(2)
        assert await Worker.passed.get() == pytest.approx(0.02)
        await workers.stop()

    asyncio.run(run())
