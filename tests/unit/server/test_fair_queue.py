"""The fair queue: whoever comes, waits, gives up and goes, nothing is counted that is not there."""

import asyncio
import random
from typing import Any

import pytest

from openai_grpc_server.config import AdmissionSettings
from openai_grpc_server.errors import GatewayError
from openai_grpc_server.runtime.fair_queue import USUAL, FairQueue, Standing
from openai_grpc_server.runtime.resources import Admission


async def churn(queue: FairQueue, admission: Admission, choice: random.Random, most: list[int]) -> None:
    """Makes one call, which ends by itself or is cancelled anywhere."""
    name, streaming = f"key:{choice.randrange(4)}", choice.random() < 0.5
    standing = Standing(weight=choice.choice([0.5, 1.0, 3.0]), priority=choice.randrange(3))
    await asyncio.sleep(choice.randrange(4) * 0.001)
    account = await queue.enter(name, standing, None, streaming=streaming, deadline=None)
    most[0] += 1
    most[1] += streaming
    assert most[0] <= 3
    assert most[1] <= 2
    try:
        await asyncio.sleep(choice.randrange(3) * 0.001)
    finally:
        most[0] -= 1
        most[1] -= streaming
        admission.leave(0)
        queue.leave(account, streaming=streaming)


@pytest.mark.parametrize("seed", range(20))
def test_every_count_comes_back_to_nothing(seed: int) -> None:
    choice = random.Random(seed)  # noqa: S311 - of a test

    async def run() -> None:
        admission = Admission(1000, 3)
        queue = FairQueue(admission, AdmissionSettings(max_streams=2, max_queued=10, max_queue_time=0.003))
        running = [0, 0]
        calls: set[asyncio.Task[None]] = set()
        for _ in range(120):
            calls.add(asyncio.create_task(churn(queue, admission, choice, running)))
            if choice.random() < 0.3:
                choice.choice(sorted(calls, key=id)).cancel()
            if choice.random() < 0.2:
                await asyncio.sleep(0)
        ended: Any = await asyncio.gather(*calls, return_exceptions=True)
        assert {type(each) for each in ended} <= {type(None), GatewayError, asyncio.CancelledError}
        assert (queue.queued, queue._streams, admission._calls) == (0, 0, 0)
        assert all((each.calls, each.streams) == (0, 0) for each in queue._accounts.values())
        assert queue._waiting == [{}, {}, {}]

    asyncio.run(run())


def test_a_caller_who_was_idle_has_saved_nothing() -> None:
    """One who comes late shares from then on; what it did not use before does not count."""

    async def run() -> list[str]:
        admission = Admission(1000, 1)
        queue = FairQueue(admission, AdmissionSettings(max_queued=100))
        served: list[str] = []
        half = asyncio.Event()

        async def call(name: str) -> None:
            account = await queue.enter(name, USUAL, None, streaming=False, deadline=None)
            served.append(name)
            if len(served) == 10:
                half.set()
            await asyncio.sleep(0)
            admission.leave(0)
            queue.leave(account, streaming=False)

        async with asyncio.TaskGroup() as tasks:
            for _ in range(20):
                tasks.create_task(call("early"))
            await half.wait()
            for _ in range(8):
                tasks.create_task(call("late"))
        return served

    served = asyncio.run(run())
    shared = served[11:27]
    assert abs(shared.count("early") - shared.count("late")) <= 2


def test_callers_who_are_gone_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("openai_grpc_server.runtime.fair_queue.MOST_CALLERS", 10)

    async def run() -> int:
        admission = Admission(1000)
        queue = FairQueue(admission, AdmissionSettings())
        for number in range(100):
            account = await queue.enter(f"key:{number}", USUAL, None, streaming=False, deadline=None)
            queue.leave(account, streaming=False)
        return len(queue._accounts)

    assert asyncio.run(run()) <= 10
