"""Process of a local model: both ends of its pipes."""

import asyncio
import contextlib
import json
import logging
import os
import sys
import threading
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable

from openai_grpc_server.telemetry.log import ChildReports, error_of_child

_LOG = logging.getLogger(__name__)
_STOP_SECONDS = 5.0


class LocalEngineError(Exception):
    """The local engine can't run; the message is for the user."""


class ModelProcess:
    """The gateway's end: runs `python -m openai_grpc_server.local KIND`.

    The child exits when its stdin closes. Its stdout has one JSON object a line,
    `{"progress": 0.5}` while it loads and `{"progress": 1, "port": 4711}` once it listens.

    Args:
        kind: `chat` or `transcription`.
        model: The model's name, for messages.
        debug: Lets the child log.
    """

    def __init__(self, kind: str, model: str, *, debug: bool) -> None:
        self._kind = kind
        self._model = model
        self._debug = debug
        self._process: Process | None = None
        self._watcher: asyncio.Task[None] | None = None

    async def start(self, on_progress: Callable[[str, float], None]) -> str:
        """Starts the process and waits until it listens.

        Returns:
            The base URL of its API.

        Raises:
            LocalEngineError: It exited first.
        """
        on_progress(self._model, 0.0)
        # -P: a directory of the caller that has a module of the same name must not be imported.
        command = [sys.executable, "-P", "-m", "openai_grpc_server.local", self._kind]
        if self._debug:
            command.append("--debug")
        with error_of_child() as stderr:
            process = await asyncio.create_subprocess_exec(
                *command, stdin=PIPE, stdout=PIPE, stderr=stderr, start_new_session=True
            )
        self._process = process
        assert process.stdout is not None  # noqa: S101 - it is a pipe
        async for line in process.stdout:
            report = json.loads(line)
            on_progress(self._model, report["progress"])
            if "port" in report:
                self._watcher = asyncio.create_task(self._watch(process))
                return f"http://127.0.0.1:{report['port']}/v1"
        code = await process.wait()
        raise LocalEngineError(f"the local model {self._model} ended with code {code} before it was loaded")

    async def stop(self) -> None:
        """Stops the process and waits for its end."""
        process, self._process = self._process, None
        if self._watcher:
            self._watcher.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watcher
            self._watcher = None
        if process is None:
            return
        assert process.stdin is not None  # noqa: S101 - it is a pipe
        process.stdin.close()
        try:
            async with asyncio.timeout(_STOP_SECONDS):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()

    async def _watch(self, process: Process) -> None:
        code = await process.wait()
        _LOG.error("the local model %s ended with code %d", self._model, code)


class GatewayPipe:
    """The child's end: reports on stdout, and exits when stdin closes."""

    def __init__(self) -> None:
        self._reports = ChildReports()
        threading.Thread(target=_exit_at_end_of_stdin, daemon=True).start()

    def loading(self, progress: float) -> None:
        """Reports the progress of loading, from 0 to 1."""
        self._reports.write({"progress": progress})

    def ready(self, port: int) -> None:
        """Reports the port of 127.0.0.1 on which it serves."""
        self._reports.write({"progress": 1.0, "port": port})


def _exit_at_end_of_stdin() -> None:
    while os.read(0, 4096):
        pass
    # A plain exit would wait for native threads that may be in the middle of an answer that nobody reads.
    os._exit(0)
