"""A worker, seen from the supervisor: one that hangs, and how one ended."""

import asyncio
import signal

import pytest

from openai_grpc_server.serve_options import ServeOptions
from openai_grpc_server.workers import process
from openai_grpc_server.workers.assignment import Assignment
from openai_grpc_server.workers.process import WorkerError, WorkerProcess, how_it_ended

ENDS = {0: "ended with status 0", 1: "ended with status 1", -9: "ended by SIGKILL", -40: "ended by signal 40"}


@pytest.mark.parametrize(("status", "expected"), ENDS.items())
def test_how_it_ended(status: int, expected: str) -> None:
    assert how_it_ended(status) == expected


def test_one_that_does_not_come_to_serve_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "START_LIMIT", 0.0)
    assignment = Assignment(
        number=1, workers=2, options=ServeOptions(), host="127.0.0.1", port=1, limits_file="", metrics=False
    )

    async def run() -> None:
        worker = WorkerProcess(1, drain_limit=0.0)
        with pytest.raises(WorkerError, match="did not serve within 0 s"):
            await worker.start(assignment)
        assert await worker.ended() == -signal.SIGKILL

    asyncio.run(run())
