"""The watch on event loops, which fails every test in which one step takes too long: it sees all kinds of steps."""

import asyncio
import gc
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from support import loop_watch
from support.gateway import on_loop, submit
from support.loop_watch import LIMIT
from support.process import environment

TESTS = Path(loop_watch.__file__).parents[1]
HOLDING = """
def test_it():
    from unit.server.test_loop_watch import in_a_task

    in_a_task()
"""


def hold(*_: object) -> None:
    """Uses the processor for longer than a step may."""
    begun = time.thread_time()
    while time.thread_time() - begun < 1.5 * LIMIT:
        pass


async def called(how: Callable[[asyncio.AbstractEventLoop, Callable[[], None]], object]) -> None:
    over = asyncio.Event()

    def step() -> None:
        hold()
        over.set()

    how(asyncio.get_running_loop(), step)
    await over.wait()


class Ending(asyncio.Protocol):
    def __init__(self) -> None:
        self.ended = asyncio.Event()

    def connection_lost(self, _: Exception | None) -> None:
        self.ended.set()


class Holding(asyncio.Protocol):
    def __init__(self) -> None:
        self._transport: asyncio.BaseTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, _: bytes) -> None:
        hold()
        assert self._transport
        self._transport.close()


async def received() -> None:
    loop = asyncio.get_running_loop()
    async with await loop.create_server(Holding, "127.0.0.1", 0) as server:
        transport, protocol = await loop.create_connection(Ending, *server.sockets[0].getsockname())
        transport.write(b"x")
        await protocol.ended.wait()


async def step_of_a_task() -> None:
    await asyncio.sleep(0)
    hold()


def in_a_task() -> None:
    on_loop(step_of_a_task())


STEPS: dict[str, Callable[[], None]] = {
    "a step of a task": in_a_task,
    "call_soon": lambda: on_loop(called(lambda loop, step: loop.call_soon(step))),
    "call_later": lambda: on_loop(called(lambda loop, step: loop.call_later(0.001, step))),
    "call_soon_threadsafe": lambda: on_loop(called(lambda loop, step: loop.call_soon_threadsafe(step))),
    "data of a connection": lambda: on_loop(received()),
}


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
def test_a_step_that_holds_the_loop_is_noted(step: Callable[[], None], held_file: Path) -> None:
    step()
    on_loop(asyncio.sleep(0))  # a step is noted when it is over
    (line,) = loop_watch.take(held_file)
    assert "ms of CPU in one step of" in line


def test_what_waits_is_not_noted(held_file: Path) -> None:
    submit(asyncio.sleep(2 * LIMIT)).result()
    on_loop(called(lambda loop, step: loop.run_in_executor(None, step)))
    assert loop_watch.take(held_file) == []


def test_collections_of_the_test_process_are_not_noted(held_file: Path) -> None:
    many = [[each] for each in range(1_000_000)]

    async def collect() -> float:
        begun = time.thread_time()
        while time.thread_time() - begun < 1.5 * LIMIT:
            gc.collect()
        return time.thread_time() - begun

    assert on_loop(collect()) > LIMIT
    assert loop_watch.take(held_file) == []
    del many


def test_a_test_fails_when_a_loop_is_held(tmp_path: Path) -> None:
    file = tmp_path / "test_held.py"
    file.write_text(HOLDING)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "conftest", "-p", "no:cacheprovider", "-c", os.devnull, str(file)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS), str(TESTS.parent)])},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1, done.stdout
    assert "an event loop was held for over" in done.stdout
    assert "step_of_a_task" in done.stdout


def test_a_server_that_is_a_process_is_watched(held_file: Path) -> None:
    program = (
        "import sys, asyncio, uvloop; sys.path[:0] = sys.argv[1:]; "
        "from unit.server.test_loop_watch import step_of_a_task; "
        "asyncio.Runner(loop_factory=uvloop.new_event_loop).run(step_of_a_task())"
    )
    subprocess.run(
        [sys.executable, "-c", program, str(TESTS), str(TESTS.parent)], env=environment(None), timeout=60, check=True
    )
    (line,) = loop_watch.take(held_file)
    assert "step_of_a_task" in line
