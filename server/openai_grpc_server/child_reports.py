"""What a child process tells the one that started it."""

import json
import os
from typing import Any, Final

from openai_grpc_server.telemetry.output import Output

_BACKLOG: Final = 64 << 20  # bytes; a page of metrics may be one of many series


class ChildReports:
    """Writes one JSON object a line to what was stdout.

    Nothing else may write there: from here on, what a library prints to stdout goes to stderr.
    """

    def __init__(self) -> None:
        pipe = os.dup(1)
        os.dup2(2, 1)
        # A parent that hangs must not hold this process up. Nobody else has this end of the pipe.
        os.set_blocking(pipe, False)
        self._output = Output(pipe, _BACKLOG)

    def write(self, report: dict[str, Any]) -> None:
        """Writes a report, now or soon, unless nobody is left to read it."""
        self._output.write_whole(json.dumps(report).encode() + b"\n")

    def close(self) -> None:
        """Waits, but not for long, until the reports are written."""
        self._output.drain()
