"""The gateway, seen from the process of a local model."""

import os
import threading

from openai_grpc_server.telemetry.log import ChildReports


class Parent:
    """Reports to the parent process over stdout, and ends this process with it."""

    def __init__(self) -> None:
        self._reports = ChildReports()
        threading.Thread(target=_exit_at_end_of_stdin, daemon=True).start()

    def loading(self, progress: float) -> None:
        """Reports that a part of the way is done, from 0 to 1."""
        self._reports.write({"progress": progress})

    def ready(self, port: int) -> None:
        """Reports that requests are answered on this port of 127.0.0.1."""
        self._reports.write({"progress": 1.0, "port": port})


def _exit_at_end_of_stdin() -> None:
    while os.read(0, 4096):
        pass
    # A plain exit would wait for native threads that may be in the middle of an answer that nobody reads.
    os._exit(0)
