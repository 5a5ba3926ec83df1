"""The supervisor, seen from a worker."""

import asyncio
import json
import os
from collections.abc import Callable, Mapping, Sequence

from openai_grpc_server.child_reports import ChildReports
from openai_grpc_server.config import Problem
from openai_grpc_server.workers.assignment import Assignment


class Parent:
    """Speaks with the supervisor over stdin and stdout, one JSON value a line.

    Attributes:
        assignment: What this worker is told.
    """

    def __init__(self) -> None:
        self._reports = ChildReports()
        self._commands = os.fdopen(0, "rb", buffering=0, closefd=False)
        self.assignment = Assignment.from_json(self._commands.readline())

    async def obey(self, commands: Mapping[str, Callable[[], object]], gone: Callable[[], object]) -> None:
        """Does what the supervisor says, until it is gone.

        Args:
            commands: What is done at each command.
            gone: Is called when the supervisor is gone.
        """
        reader = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), self._commands)
        async for command in reader:
            commands[json.loads(command)]()
        gone()

    def ready(self, address: str) -> None:
        """Reports that calls are served."""
        self._reports.write({"address": address})

    def refused(self, problems: Sequence[Problem]) -> None:
        """Reports why no call can be served."""
        self._reports.write({"problems": [(each.message, each.where, each.hint) for each in problems]})

    def pong(self) -> None:
        """Reports that the event loop runs."""
        self._reports.write({"pong": True})

    def metrics(self, page: str) -> None:
        """Reports what was counted."""
        self._reports.write({"metrics": page})

    def close(self) -> None:
        """Waits, but not for long, until the reports are written."""
        self._reports.close()
