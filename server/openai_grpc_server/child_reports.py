"""What a child process tells the one that started it."""

import contextlib
import json
import os
from typing import Any


class ChildReports:
    """Writes one JSON object a line to what was stdout.

    Nothing else may write there: from here on, what a library prints to stdout goes to stderr.
    """

    def __init__(self) -> None:
        self._pipe = os.dup(1)
        os.dup2(2, 1)

    def write(self, report: dict[str, Any]) -> None:
        """Writes a report, unless nobody is left to read it."""
        line = memoryview(json.dumps(report).encode() + b"\n")
        with contextlib.suppress(BrokenPipeError):  # the parent is gone, and this process will be
            while line:
                line = line[os.write(self._pipe, line) :]
