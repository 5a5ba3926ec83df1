"""Child processes: start, CPU time, memory."""

import asyncio
import ctypes
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import uvloop

LIMIT = 30.0  # seconds for a process to start
STOP = 10.0  # seconds for it to stop
Result = TypeVar("Result")
_LIBC = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, slots=True)
class Process:
    """A server process with its children.

    Attributes:
        address: Where it serves.
        pid: Its id.
        start_up: Seconds from its start until it said that it serves.
    """

    address: str
    pid: int
    start_up: float

    def cpu(self) -> float:
        """Returns the CPU time of all threads, in seconds."""
        return sum(map(cpu_of, family(self.pid)))

    def proportional_set_size(self) -> int:
        """Returns the memory in bytes, shared pages divided among those that share them."""
        return sum(map(_proportional_set_size, family(self.pid)))

    def resident_set_size(self) -> int:
        """Returns the anonymous memory of the processes, in bytes."""
        return sum(map(_anonymous, family(self.pid)))

    def ask(self) -> None:
        """Sends SIGUSR2."""
        os.kill(self.pid, signal.SIGUSR2)

    def open_files(self) -> int:
        """Returns the number of open files, sockets included."""
        return sum(len(os.listdir(f"/proc/{pid}/fd")) for pid in family(self.pid))  # noqa: PTH208 - names suffice

    def halt(self) -> None:
        """Halts the process, so that it takes no CPU from others."""
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Resumes a halted process."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        for pid in family(self.pid):
            with suppress(ProcessLookupError):
                os.kill(pid, number)


def family(pid: int) -> Iterator[int]:
    """Yields the ids of a process and its running descendants."""
    yield pid
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in children.read_text(encoding="ascii").split():
            yield from family(int(child))


def cpu_of(pid: int) -> float:
    """Returns the CPU time of a process, in seconds, of all threads and without children."""
    clock = ctypes.c_int()
    error = _LIBC.clock_getcpuclockid(pid, ctypes.byref(clock))
    if error:
        raise OSError(error, os.strerror(error))
    return time.clock_gettime(clock.value)


def _proportional_set_size(pid: int) -> int:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    raise OSError("the kernel does not tell Pss")


def _anonymous(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) * 1024
    raise OSError("the kernel does not tell RssAnon")


@asynccontextmanager
async def started(module: str, arguments: Sequence[str], log: Path) -> AsyncIterator[Process]:
    """Runs a module until the block ends.

    Args:
        module: The module.
        arguments: Its arguments.
        log: Where its standard error goes.
    """
    before = time.monotonic()
    with log.open("ab") as errors:
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", module, *arguments, stdout=asyncio.subprocess.PIPE, stderr=errors
        )
    try:
        assert child.stdout is not None  # noqa: S101 - a pipe was asked for
        async with asyncio.timeout(LIMIT):
            line = (await child.stdout.readline()).decode()
        start_up = time.monotonic() - before
        if not line:
            raise RuntimeError(f"{module} did not start:\n{await asyncio.to_thread(log.read_text)}")
        yield Process(line.split()[-1], child.pid, start_up)
    finally:
        if child.returncode is None:
            child.terminate()
        async with asyncio.timeout(STOP):
            await child.communicate()


def announce(address: str) -> None:
    """Reports readiness to the parent process."""
    sys.stdout.write(f"serves on {address}\n")
    sys.stdout.flush()


def supervise(main: Coroutine[Any, Any, Result]) -> Result:
    """Runs the main function of a process with children, which end with it.

    Raises:
        SystemExit: It was told to end (SIGTERM).
    """

    async def until_told() -> Result:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a coroutine that runs
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        return await main

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        try:
            return runner.run(until_told())
        except asyncio.CancelledError:
            raise SystemExit(128 + signal.SIGTERM) from None


def run(main: Coroutine[Any, Any, None]) -> None:
    """Runs a process's main function."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main)
