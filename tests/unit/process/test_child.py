"""A worker, seen from the supervisor: one that hangs, and how one ended."""

import asyncio
import signal
from asyncio.subprocess import PIPE

import pytest

from openai_grpc_server.config import ServeOptions
from openai_grpc_server.process import child
from openai_grpc_server.process.child import Assignment, WorkerError, WorkerProcess, how_it_ended

ENDS = {0: "ended with status 0", 1: "ended with status 1", -9: "ended by SIGKILL", -40: "ended by signal 40"}


@pytest.mark.parametrize(("status", "expected"), ENDS.items())
def test_how_it_ended(status: int, expected: str) -> None:
    assert how_it_ended(status) == expected


def test_one_that_does_not_come_to_serve_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "START_LIMIT", 0.0)
    assignment = Assignment(
        number=1,
        workers=2,
        options=ServeOptions(),
        host="127.0.0.1",
        port=1,
        http_port=None,
        limits_file="",
        metrics=False,
    )

    async def run() -> None:
        worker = WorkerProcess(1, drain_limit=0.0)
        with pytest.raises(WorkerError, match="did not serve within 0 s"):
            await worker.start(assignment)
        assert await worker.ended() == -signal.SIGKILL

    asyncio.run(run())


def test_a_worker_owes_one_answer_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    async def run() -> None:
        worker = WorkerProcess(1, drain_limit=0.0)
        monkeypatch.setattr(worker, "_command", asked.append)
        assert [worker.silent(1.0) for _ in range(4)] == [0.0, 1.0, 2.0, 3.0]
        assert asked == ["ping"]
        worker._heard({"pong": True})
        assert [worker.silent(1.0) for _ in range(2)] == [0.0, 1.0]
        assert asked == ["ping", "ping"]

    asyncio.run(run())


def test_a_worker_that_the_kernel_does_not_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "KILL_LIMIT", 0.0)

    async def run() -> None:
        worker = WorkerProcess(1, drain_limit=0.0)
        worker.kill()
        assert await worker.ended() == -signal.SIGKILL

    asyncio.run(run())


def test_a_worker_that_reports_what_is_no_report_is_killed() -> None:
    async def run() -> None:
        worker = WorkerProcess(1, drain_limit=0.0)
        talkative = await asyncio.create_subprocess_exec("sh", "-c", "echo no report; exec sleep 600", stdout=PIPE)
        worker._process = talkative
        await worker._read()
        assert await worker.ended() == -signal.SIGKILL

    asyncio.run(run())
