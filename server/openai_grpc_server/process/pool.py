"""Pool of worker processes: starts them together, keeps them running, replaces them one at a time."""

import asyncio
import logging
import os
import signal
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from openai_grpc_server.config import ConfigError, Problem, ServerSettings
from openai_grpc_server.process.child import (
    STOP_MARGIN,
    Assignment,
    WorkerError,
    WorkerProcess,
    drain_limit,
    how_it_ended,
)
from openai_grpc_server.telemetry.log import Log, log_refusal
from openai_grpc_server.telemetry.prometheus import LAG_NAME, Registry, dropped_lines

HEARTBEATS = 10  # checks within the timeout
HEARTBEAT_IDLE = 5.0  # seconds after which a timeout is looked for again where there is none
FIRST_WAIT = 0.5  # seconds
LONGEST_WAIT = 30.0
STABLE_AFTER = 60.0  # seconds after which a worker was not at fault from the start


class WorkerPool:
    """Keeps workers running.

    Args:
        assign: Returns the parameters of the worker of a number.
        log: Log of starts and ends.
        settings: Settings of the workers.

    Attributes:
        settings: As above; may be replaced.
    """

    def __init__(self, assign: Callable[[int], Assignment], log: Log, settings: ServerSettings) -> None:
        self.settings = settings
        self._assign = assign
        self._log = log
        self._serving: dict[int, WorkerProcess] = {}
        self._living: dict[WorkerProcess, asyncio.Task[None]] = {}
        self._keepers: dict[int, asyncio.Task[None]] = {}
        self._starting: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._ended = Pages()
        self._own = Registry()
        self._own.add(dropped_lines(lambda: self._log.dropped))
        self._watching: asyncio.Task[None] | None = None
        self._switched: dict[str, str] = {}

    @property
    def serving(self) -> bool:
        """True if a worker serves."""
        return bool(self._serving)

    @property
    def draining(self) -> bool:
        """True if an operator has taken the workers out of service."""
        return "drain" in self._switched

    async def ask(self, what: str, value: str = "") -> list[tuple[int, Any]]:
        """Returns the workers' answers to an operator's question, each with its number; without those that are late.

        Workers that start later are switched as these are.

        Args:
            what: As for `Operations.answer`.
            value: The same.
        """
        if what == "undrain":
            self._switched.pop("drain", None)
        elif what in {"drain", "log-level"}:
            self._switched[what] = value
        asked = sorted(self._living, key=lambda each: each.number)
        answers = await asyncio.gather(*(worker.ask(what, value) for worker in asked))
        return [(worker.number, answer) for worker, answer in zip(asked, answers, strict=True) if answer is not None]

    async def start(self, count: int) -> str:
        """Starts workers and returns the address at which they serve; those that fail are tried again.

        Raises:
            ConfigError: No worker could be started, for this reason.
        """
        numbers = range(1, count + 1)
        self._watching = asyncio.create_task(self._watch())
        started = await asyncio.gather(*(self._start(number) for number in numbers), return_exceptions=True)
        failures = [each for each in started if isinstance(each, BaseException)]
        if len(failures) == count:
            first = failures[0]
            raise first if isinstance(first, ConfigError) else ConfigError(Problem(f"no worker serves: {first}"))
        for failure in failures:
            self._tell_failure(failure)
        for number in numbers:
            self._keep(number)
        return next(iter(self._serving.values())).address

    async def replace(self, count: int) -> bool:
        """Replaces the workers one at a time, and stops those above `count`.

        Returns:
            Whether all are new. Once a new one could not be started the rest stay.
        """
        for number in range(1, count + 1):
            async with self._starting[number]:
                before = self._serving.get(number)
                try:
                    await self._start(number)
                except (ConfigError, WorkerError) as error:
                    self._tell_failure(error)
                    return False
            self._keep(number)
            if before is not None:
                await self._drain(before)
        for number in [each for each in self._keepers if each > count]:
            self._keepers.pop(number).cancel()
            if (before := self._serving.pop(number, None)) is not None:
                await self._drain(before)
        return True

    def reload(self) -> None:
        """Reloads every worker, as far as it can apply a new configuration."""
        for worker in self._living:
            worker.send(signal.SIGHUP)

    def cut_off(self) -> None:
        """Aborts the calls in flight of every worker."""
        for worker in self._living:
            worker.cut_off()

    async def stop(self) -> None:
        """Stops all workers and waits until they have ended."""
        for keeper in self._keepers.values():
            keeper.cancel()
        await asyncio.gather(*self._keepers.values(), return_exceptions=True)
        for worker in self._living:
            worker.stop()
        await asyncio.gather(*map(self._end, self._living))
        if self._watching is not None:
            self._watching.cancel()

    async def page(self) -> str:
        """Returns the metrics of all workers, including ended ones, so that counters never decrease."""
        workers = sorted(self._living, key=lambda each: each.number)
        await asyncio.gather(*(worker.ask_page() for worker in workers))
        pages = self._ended.copy()
        pages.add(self._own.text())
        for worker in self._living:
            pages.add(worker.page)
        serving = [(number, worker.pid) for number, worker in sorted(self._serving.items())]
        return "".join(f"{line}\n" for lines in (pages.lines(), process_lines(serving)) for line in lines)

    async def _start(self, number: int) -> None:
        worker = WorkerProcess(number, drain_limit(self.settings))
        try:
            await worker.start(self._assign(number))
        except asyncio.CancelledError:
            worker.kill()
            raise
        self._serving[number] = worker
        self._living[worker] = asyncio.create_task(self._forget(worker))
        await asyncio.gather(*(worker.ask(what, value) for what, value in self._switched.items()))

    async def _forget(self, worker: WorkerProcess) -> None:
        await worker.ended()
        self._ended.add(worker.page, ended=True)
        del self._living[worker]

    async def _watch(self) -> None:
        """Kills unresponsive workers, whether they serve, drain or stop."""
        while True:
            timeout = self.settings.worker_heartbeat_timeout
            step = (timeout or HEARTBEAT_IDLE) / HEARTBEATS
            before = time.monotonic()
            await asyncio.sleep(step)
            if not timeout:
                continue
            # More has passed where the machine or this process was suspended; no worker could answer then, either.
            passed = min(time.monotonic() - before, 2 * step)
            for worker in tuple(self._living):
                if worker.silent(passed) >= timeout and not worker.killed:
                    fields = {"worker": worker.number, "pid": worker.pid, "timeout": timeout}
                    self._log.write(logging.ERROR, "worker does not answer", fields)
                    worker.kill()

    def _keep(self, number: int) -> None:
        if number not in self._keepers:
            self._keepers[number] = asyncio.create_task(self._keep_running(number))

    async def _keep_running(self, number: int) -> None:
        backoff = Backoff()
        while True:
            lived = 0.0
            worker = self._serving.get(number)
            if worker is not None:
                status = await worker.ended()
                if self._serving.get(number) is not worker:
                    continue  # it was replaced
                del self._serving[number]
                lived = worker.lived
                fields = {"worker": number, "pid": worker.pid, "how": how_it_ended(status)}
                self._log.write(logging.ERROR, "worker ended", fields)
            await asyncio.sleep(backoff.after(lived))
            async with self._starting[number]:
                if number not in self._serving:
                    try:
                        await self._start(number)
                    except (ConfigError, WorkerError) as error:
                        self._tell_failure(error)

    async def _drain(self, worker: WorkerProcess) -> None:
        self._log.write(logging.INFO, "worker drains", {"worker": worker.number, "pid": worker.pid})
        worker.drain()
        await self._end(worker)

    async def _end(self, worker: WorkerProcess) -> None:
        limit = worker.drain_limit + self.settings.grace_period + STOP_MARGIN
        try:
            async with asyncio.timeout(limit):
                await worker.ended()
        except TimeoutError:
            self._log.write(logging.ERROR, "worker killed", {"worker": worker.number, "pid": worker.pid})
            worker.kill()
            await worker.ended()

    def _tell_failure(self, error: BaseException) -> None:
        if isinstance(error, ConfigError):
            log_refusal(error, self._log)
        else:
            self._log.write(logging.ERROR, "worker not started", {"error": str(error)})


class Backoff:
    """Exponential backoff between starts of a worker that keeps ending early."""

    def __init__(self) -> None:
        self._wait = 0.0

    def after(self, lived: float) -> float:
        """Returns the seconds to wait before the next start.

        Args:
            lived: Lifetime of the ended worker, in seconds.
        """
        if lived >= STABLE_AFTER:
            self._wait = 0.0
        wait, self._wait = self._wait, min(max(self._wait * 2, FIRST_WAIT), LONGEST_WAIT)
        return wait


TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
PAGE_SIZE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096

PROCESS_METRICS = (
    ("process_cpu_seconds_total", "counter", "CPU time of the worker."),
    ("process_resident_memory_bytes", "gauge", "Memory of the worker."),
    ("process_start_time_seconds", "gauge", "When the worker was started, since the epoch."),
)


# Metrics whose sum says nothing.
MAXIMA = frozenset({LAG_NAME})


class Pages:
    """Sum of the pages of several workers; for some metrics, the maximum."""

    def __init__(self) -> None:
        self._heads: dict[str, list[str]] = {}
        self._values: dict[str, dict[str, int | float]] = {}

    def add(self, page: str, *, ended: bool = False) -> None:
        """Adds a page, series by series.

        Args:
            page: The page.
            ended: Whether it is that of a worker that has ended: what it had counted stays, but its gauges don't.
        """
        heads: list[str] = []
        name = ""
        left_out = False
        for line in page.splitlines():
            if line.startswith("# HELP"):
                name, heads = line.split(" ", 3)[2], [line]
                left_out = False
            elif line.startswith("#"):
                heads.append(line)
                self._heads.setdefault(name, heads)
                left_out = ended and line.endswith(" gauge")
            elif not left_out:
                series, _, value = line.rpartition(" ")
                values = self._values.setdefault(name, {})
                number = _number(value)
                before = values.get(series, 0)
                values[series] = max(before, number) if name in MAXIMA else before + number

    def copy(self) -> "Pages":
        """Returns a copy."""
        other = Pages()
        other._heads = dict(self._heads)
        other._values = {name: dict(values) for name, values in self._values.items()}
        return other

    def lines(self) -> Iterator[str]:
        """Yields the lines of the page."""
        for name, heads in self._heads.items():
            yield from heads
            for series, value in self._values.get(name, {}).items():
                yield f"{series} {value!r}"


def process_lines(workers: Iterable[tuple[int, int]]) -> Iterator[str]:
    """Yields process metrics from /proc.

    Args:
        workers: The number and process id of each.
    """
    known = [(number, facts) for number, pid in workers if (facts := _facts(pid)) is not None]
    for index, (name, kind, text) in enumerate(PROCESS_METRICS):
        yield f"# HELP {name} {text}"
        yield f"# TYPE {name} {kind}"
        for number, facts in known:
            yield f'{name}{{worker="{number}"}} {facts[index]!r}'


def _facts(pid: int) -> tuple[float, int, float] | None:
    """Returns CPU seconds, memory in bytes and start time of a process (proc(5)); None: it has ended."""
    try:
        # The name of the program, in parentheses, may hold anything.
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return None
    user, system, started, resident = (int(fields[place - 3]) for place in (14, 15, 22, 24))
    booted = time.time() - time.clock_gettime(time.CLOCK_BOOTTIME)
    return (user + system) / TICKS, resident * PAGE_SIZE, round(booted + started / TICKS, 2)


def _number(text: str) -> int | float:
    return int(text) if text.isdecimal() else float(text)
