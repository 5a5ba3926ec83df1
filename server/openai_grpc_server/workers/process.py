"""A worker, seen from the supervisor."""

import asyncio
import json
import signal
import sys
import time
from asyncio.subprocess import PIPE, Process
from typing import Any

from openai_grpc_server.config import ConfigError, Problem
from openai_grpc_server.telemetry.output import error_of_child
from openai_grpc_server.workers.assignment import Assignment

LONGEST_REPORT = 64 << 20  # bytes; a page of metrics is one
START_LIMIT = 60.0  # seconds in which a worker has to serve
KILL_LIMIT = 5.0  # seconds that the kernel has to end a worker that is killed
PAGE_TIMEOUT = 2.0  # seconds that a worker has to tell its metrics


class WorkerError(Exception):
    """A worker ended before it served; its text says how."""


class WorkerProcess:
    """Runs `python -m openai_grpc_server.workers`.

    Its stdin is its lifeline: it stops when that closes. It leads a session of its own, so that Ctrl-C reaches the
    supervisor alone.

    Args:
        number: Which of the workers it is.
        drain_limit: Seconds until its connections have gone over to other workers.

    Attributes:
        number: As above.
        drain_limit: As above.
        address: Where it serves.
        page: Its metrics, as it last told them.
        killed: Whether it was killed on purpose.
    """

    def __init__(self, number: int, drain_limit: float) -> None:
        self.number = number
        self.drain_limit = drain_limit
        self.address = ""
        self.page = ""
        self._process: Process | None = None
        self._started = 0.0
        self._serves: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._told = asyncio.Event()
        self._asked = False
        self._pinged = False
        self._silent = 0.0
        self.killed = False
        self._gone: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._reader: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._running.pid

    @property
    def lived(self) -> float:
        """For how many seconds it has been running."""
        return time.monotonic() - self._started

    @property
    def _running(self) -> Process:
        assert self._process is not None  # noqa: S101 - nothing else is called before `start`
        return self._process

    async def start(self, assignment: Assignment) -> None:
        """Starts it and waits until it serves.

        Raises:
            ConfigError: It refused the configuration.
            WorkerError: It ended, or takes too long.
        """
        self._started = time.monotonic()
        # -P: a directory of the caller that has a module of the same name must not be imported.
        command = (sys.executable, "-P", "-m", "openai_grpc_server.workers")
        try:
            with error_of_child() as stderr:
                self._process = await asyncio.create_subprocess_exec(
                    *command, stdin=PIPE, stdout=PIPE, stderr=stderr, start_new_session=True, limit=LONGEST_REPORT
                )
        except OSError as error:
            raise WorkerError(f"can't be started: {error}") from error
        self._reader = asyncio.create_task(self._read())
        self._tell(assignment.to_json())
        try:
            async with asyncio.timeout(START_LIMIT):
                self.address = await asyncio.shield(self._serves)
        except TimeoutError as error:
            self.kill()
            raise WorkerError(f"did not serve within {START_LIMIT:.0f} s") from error

    def send(self, number: signal.Signals) -> None:
        """Sends a signal, if it is still there."""
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(number)

    def kill(self) -> None:
        """Ends it at once. One that the kernel does not let die is given up after a while."""
        if not self.killed:
            self.killed = True
            self.send(signal.SIGKILL)
            asyncio.get_running_loop().call_later(KILL_LIMIT, self._end, -signal.SIGKILL)

    def silent(self, passed: float) -> float:
        """Asks its event loop for a sign of life unless it still owes one.

        Args:
            passed: Seconds since the last call in which it could have answered and the supervisor have read it.

        Returns:
            For how many such seconds it has not answered.
        """
        if self._pinged:
            self._silent += passed
        else:
            self._pinged, self._silent = True, 0.0
            self._command("ping")
        return self._silent

    def drain(self) -> None:
        """Asks it to let its connections go over to other workers, and then to stop."""
        self._command("drain")

    def stop(self) -> None:
        """Asks it to stop, as SIGTERM does; asked again it does no more."""
        self._command("stop")

    def cut_off(self) -> None:
        """Asks it to end the calls that still run."""
        self._command("cut off")

    async def ask_page(self) -> None:
        """Brings `page` up to date, if it answers."""
        if not self._asked:
            self._asked = True
            self._told.clear()
            self._command("metrics")
        try:
            async with asyncio.timeout(PAGE_TIMEOUT):
                await self._told.wait()
        except TimeoutError:
            pass

    async def ended(self) -> int:
        """Waits for its end and returns its exit status; less than nothing: the signal that ended it."""
        return await asyncio.shield(self._gone)

    def _command(self, name: str) -> None:
        self._tell(json.dumps(name).encode() + b"\n")

    def _tell(self, line: bytes) -> None:
        stdin = self._running.stdin
        if stdin is not None and self._running.returncode is None:
            stdin.write(line)

    async def _read(self) -> None:
        process = self._running
        assert process.stdout is not None  # noqa: S101 - it is a pipe
        try:
            async for line in process.stdout:
                self._heard(json.loads(line))
        except (LookupError, ValueError, asyncio.InvalidStateError):  # no report, or one that is far too long
            self.kill()
        self._end(await process.wait())

    def _end(self, status: int) -> None:
        if self._gone.done():
            return
        self._gone.set_result(status)
        self._told.set()
        if not self._serves.done():
            self._serves.set_exception(WorkerError(how_it_ended(status)))
            self._serves.exception()  # whoever waited may be gone

    def _heard(self, report: dict[str, Any]) -> None:
        if "pong" in report:
            self._pinged = False
        elif "metrics" in report:
            self.page, self._asked = report["metrics"], False
            self._told.set()
        elif "problems" in report:
            self._serves.set_exception(ConfigError(*(Problem(*each) for each in report["problems"])))
            self._serves.exception()  # as above
        else:
            self._serves.set_result(report["address"])


def how_it_ended(status: int) -> str:
    """Says an exit status in words."""
    if status >= 0:
        return f"ended with status {status}"
    named = {each.value: each.name for each in signal.Signals}
    return f"ended by {named.get(-status, f'signal {-status}')}"
