"""Worker process, both ends of its pipes: assignment, commands, reports."""

import asyncio
import json
import os
import signal
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from openai_grpc_server.config import (
    AdmissionSettings,
    Config,
    ConfigError,
    DeploymentConfig,
    Problem,
    ServeOptions,
    ServerSettings,
)
from openai_grpc_server.runtime.resources import container_memory
from openai_grpc_server.telemetry.log import ChildReports, error_of_child

# Connections spread over the workers as fast as they age, and a worker that is replaced waits for as long.
MAX_CONNECTION_AGE = 30.0
# gRPC closes connections at their age, more or less a tenth, once the client has answered.
JITTER, ANSWER = 1.1, 1.0
STOP_MARGIN = 15.0  # by which a worker may stop late
LONGEST_REPORT = 64 << 20  # bytes; a page of metrics is one
START_LIMIT = 60.0  # seconds in which a worker has to serve
KILL_LIMIT = 5.0  # seconds that the kernel has to end a worker that is killed
PAGE_TIMEOUT = 2.0  # seconds that a worker has to tell its metrics


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalModels:
    """Base URLs of the local models shared by the workers.

    Attributes:
        chat: The base URL of the chat model.
        audio: The base URL of the transcription model.
    """

    chat: str
    audio: str

    def deployments(self) -> tuple[DeploymentConfig, ...]:
        """Returns their deployments."""
        from openai_grpc_server.local.engine import deployments_at  # noqa: PLC0415 - not needed with a real upstream

        return deployments_at(self.chat, self.audio)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """Parameters of a worker; it reads the configuration itself.

    Attributes:
        number: Number of the worker, from 1.
        workers: Number of workers.
        options: Source of the configuration.
        host: Address that the supervisor holds; overrides the configuration.
        port: Port that the supervisor holds; overrides the configuration.
        http_port: The same for HTTP; None: it is not served.
        limits_file: Database of the usage of keys, unless the configuration names one.
        metrics: Whether calls are counted.
        local: The local models, if no upstream is configured.
    """

    number: int
    workers: int
    options: ServeOptions
    host: str
    port: int
    http_port: int | None
    limits_file: str
    metrics: bool
    local: LocalModels | None = None

    def to_json(self) -> bytes:
        """Writes it as one line."""
        return json.dumps(asdict(self), default=str).encode() + b"\n"

    @classmethod
    def from_json(cls, line: bytes) -> "Assignment":
        """Reads the line of `to_json`."""
        said: dict[str, Any] = json.loads(line)
        options, local = said.pop("options"), said.pop("local")
        if options["config"] is not None:
            options["config"] = Path(options["config"])
        return cls(**said, options=ServeOptions(**options), local=LocalModels(**local) if local else None)

    def load(self) -> Config:
        """Reads the configuration of this worker.

        Raises:
            ConfigError: It can't be used.
        """
        config = self.options.load()
        if not config.deployments and self.local is not None:
            config = replace(config, deployments=self.local.deployments())
        counted_together = config.router.redis_url is not None
        deployments = tuple(self._deployment(each, counted_together) for each in config.deployments)
        # The supervisor has told the warnings.
        return replace(config, server=self._server(config.server), deployments=deployments, warnings=())

    def _server(self, settings: ServerSettings) -> ServerSettings:
        return replace(
            settings,
            host=self.host,
            port=self.port,
            http=replace(settings.http, port=self.http_port),
            reuse_port=True,
            metrics_port=None,
            admin=replace(settings.admin, port=None),
            limits_file=settings.limits_file or self.limits_file,
            max_connection_age=connection_age(settings),
            max_concurrent_rpcs=self._part(settings.max_concurrent_rpcs),
            max_memory=self._part(settings.max_memory or container_memory()),
            max_in_flight_bytes=self._part(settings.max_in_flight_bytes) or 1,
            admission=None if settings.admission is None else self._admission(settings.admission),
            load_reports=replace(settings.load_reports, capacity=self._part(settings.load_reports.capacity)),
        )

    def _admission(self, settings: AdmissionSettings) -> AdmissionSettings:
        return replace(
            settings,
            max_streams=self._part(settings.max_streams),
            max_calls_per_caller=self._part(settings.max_calls_per_caller),
            max_streams_per_caller=self._part(settings.max_streams_per_caller),
            max_bytes_per_caller=self._part(settings.max_bytes_per_caller),
            max_queued=self._part(settings.max_queued) or 0,
        )

    def _deployment(self, config: DeploymentConfig, counted_together: bool) -> DeploymentConfig:
        return replace(
            config,
            rpm=config.rpm if counted_together else self._part(config.rpm),
            tpm=config.tpm if counted_together else self._part(config.tpm),
            max_parallel_requests=self._part(config.max_parallel_requests),
        )

    def _part(self, limit: int | None) -> int | None:
        """Returns a worker's share of a limit: workers don't share counts."""
        return limit and max(limit // self.workers, 1)


def connection_age(settings: ServerSettings) -> float:
    """Returns the maximum age of a connection to a worker, in seconds."""
    return settings.max_connection_age or MAX_CONNECTION_AGE


def drain_limit(settings: ServerSettings) -> float:
    """Returns the time for clients to leave a draining worker, in seconds."""
    return connection_age(settings) * JITTER + ANSWER


class SupervisorPipe:
    """The worker's end: commands on stdin, reports on stdout, one JSON value a line.

    Attributes:
        assignment: Parameters of this worker.
    """

    def __init__(self) -> None:
        self._reports = ChildReports()
        self._commands = os.fdopen(0, "rb", buffering=0, closefd=False)
        self.assignment = Assignment.from_json(self._commands.readline())

    async def obey(
        self,
        commands: Mapping[str, Callable[[], object]],
        answer: Callable[[str, str], Any],
        gone: Callable[[], object],
    ) -> None:
        """Runs the supervisor's commands until stdin closes.

        Args:
            commands: Function of each command.
            answer: Answers the questions of operators, as `Operations.answer` does.
            gone: Called when the supervisor is gone.
        """
        reader = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), self._commands)
        async for line in reader:
            command = json.loads(line)
            if isinstance(command, str):
                commands[command]()
            else:
                number, what, value = command
                self._reports.write({"answer": number, "value": answer(what, value)})
        gone()

    def ready(self, address: str) -> None:
        """Reports that calls are served."""
        self._reports.write({"address": address})

    def refused(self, problems: Sequence[Problem]) -> None:
        """Reports why calls can't be served."""
        self._reports.write({"problems": [(each.message, each.where, each.hint) for each in problems]})

    def pong(self) -> None:
        """Reports that the event loop runs."""
        self._reports.write({"pong": True})

    def metrics(self, page: str) -> None:
        """Reports the metrics."""
        self._reports.write({"metrics": page})

    def close(self) -> None:
        """Waits briefly for the reports to be written."""
        self._reports.close()


class WorkerError(Exception):
    """A worker ended before it was ready; the text says how."""


class WorkerProcess:
    """The supervisor's end: runs `python -m openai_grpc_server.process`.

    The worker stops when its stdin closes. It leads a session of its own, so that Ctrl-C reaches only the supervisor.

    Args:
        number: Number of the worker.
        drain_limit: Seconds until its connections have moved to other workers.

    Attributes:
        number: As above.
        drain_limit: As above.
        address: Address at which it serves.
        page: Its last reported metrics.
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
        self._questions: dict[int, asyncio.Future[Any]] = {}
        self._count = 0
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
        """The seconds since its start."""
        return time.monotonic() - self._started

    @property
    def _running(self) -> Process:
        assert self._process is not None  # noqa: S101 - nothing else is called before `start`
        return self._process

    async def start(self, assignment: Assignment) -> None:
        """Starts it and waits until it is ready.

        Raises:
            ConfigError: It refused the configuration.
            WorkerError: It ended, or takes too long.
        """
        self._started = time.monotonic()
        # -P: a directory of the caller that has a module of the same name must not be imported.
        command = (sys.executable, "-P", "-m", "openai_grpc_server.process")
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
        """Sends a signal, if it is still running."""
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(number)

    def kill(self) -> None:
        """Kills it; gives up after a while if the kernel does not let it end."""
        if not self.killed:
            self.killed = True
            self.send(signal.SIGKILL)
            asyncio.get_running_loop().call_later(KILL_LIMIT, self._end, -signal.SIGKILL)

    def silent(self, passed: float) -> float:
        """Sends a heartbeat unless one is unanswered.

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
        """Asks it to drain: connections move to other workers, then it stops."""
        self._command("drain")

    def stop(self) -> None:
        """Asks it to stop, as SIGTERM does; repeated requests are ignored."""
        self._command("stop")

    def cut_off(self) -> None:
        """Asks it to abort the calls in flight."""
        self._command("cut off")

    async def ask_page(self) -> None:
        """Updates `page`, if it answers."""
        if not self._asked:
            self._asked = True
            self._told.clear()
            self._command("metrics")
        try:
            async with asyncio.timeout(PAGE_TIMEOUT):
                await self._told.wait()
        except TimeoutError:
            pass

    async def ask(self, what: str, value: str) -> Any:
        """Returns the answer to an operator's question, or None if it does not come in time.

        Args:
            what: As for `Operations.answer`.
            value: The same.
        """
        self._count += 1
        number = self._count
        self._questions[number] = answer = asyncio.get_running_loop().create_future()
        self._tell(json.dumps((number, what, value)).encode() + b"\n")
        try:
            async with asyncio.timeout(PAGE_TIMEOUT):
                return await answer
        except TimeoutError:
            return None
        finally:
            del self._questions[number]

    async def ended(self) -> int:
        """Waits for its end and returns its exit status; negative: the signal that ended it."""
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
        for question in self._questions.values():
            if not question.done():
                question.set_result(None)
        if not self._serves.done():
            self._serves.set_exception(WorkerError(how_it_ended(status)))
            self._serves.exception()  # whoever waited may be gone

    def _heard(self, report: dict[str, Any]) -> None:
        if "pong" in report:
            self._pinged = False
        elif "metrics" in report:
            self.page, self._asked = report["metrics"], False
            self._told.set()
        elif "answer" in report:
            question = self._questions.get(report["answer"])  # nobody waits for one that is late
            if question is not None and not question.done():
                question.set_result(report["value"])
        elif "problems" in report:
            self._serves.set_exception(ConfigError(*(Problem(*each) for each in report["problems"])))
            self._serves.exception()  # as above
        else:
            self._serves.set_result(report["address"])


def how_it_ended(status: int) -> str:
    """Describes an exit status."""
    if status >= 0:
        return f"ended with status {status}"
    named = {each.value: each.name for each in signal.Signals}
    return f"ended by {named.get(-status, f'signal {-status}')}"
