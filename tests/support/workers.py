"""Server processes with several workers, and their logs."""

import json
import os
import select
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc

from support.gateway import HTTP2, LIMIT
from support.process import ServerProcess, server_process

Entry = dict[str, Any]

# Channels of one process would share a connection.
OWN_CONNECTION = [("grpc.use_local_subchannel_pool", 1)]
WORKERS = 2
AGE = 1.0  # seconds


class WorkerServer:
    """A server with workers.

    Args:
        server: Its supervisor.
        file: Its configuration file.

    Attributes:
        address: Where it serves.
        supervisor: Its supervisor.
        seen: The entries of its log that were read.
    """

    def __init__(self, server: ServerProcess, file: Path) -> None:
        self.address = server.address
        self.supervisor = server
        self.seen: list[Entry] = []
        self._file = file
        self._lines = server.follow_log()

    def configure(self, **sections: Any) -> None:
        """Writes another configuration file; see `write_configuration`."""
        write_configuration(self._file, **sections)

    def wait_for(self, event: str, count: int = 1, **fields: Any) -> list[Entry]:
        """Reads the log until an event with these fields has occurred a number of times since the last call."""
        found: list[Entry] = []
        for line in self._lines:
            entry = json.loads(line)
            self.seen.append(entry)
            if entry["event"] == event and fields.items() <= entry.items():
                found.append(entry)
            if len(found) == count:
                break
        return found

    def reload(self) -> None:
        """Asks for a reload."""
        self.supervisor.send(signal.SIGHUP)

    def stop(self) -> None:
        """Stops it gracefully and reads its log to the end."""
        self.supervisor.send(signal.SIGTERM)
        assert self.supervisor.wait() == 0, self.supervisor.log()
        self.seen = [json.loads(line) for line in self.supervisor.log().splitlines()]

    def entries(self, event: str) -> list[Entry]:
        """Returns the log lines of an event read so far."""
        return [entry for entry in self.seen if entry["event"] == event]


@contextmanager
def worker_server(directory: Path, **sections: Any) -> Iterator[WorkerServer]:
    """Runs a server with workers that are ready, with this configuration; see `write_configuration`."""
    file = directory / "config.yaml"
    write_configuration(file, **sections)
    with server_process(directory / "log", "--config", str(file)) as process:
        server = WorkerServer(process, file)
        server.wait_for("serving", workers=sections.get("server", {}).get("workers", WORKERS))
        yield server
        if not server.entries("stopped"):
            server.stop()


def write_configuration(
    file: Path, upstream: str, server: Entry | None = None, deployment: Entry | None = None, **sections: Any
) -> None:
    """Writes a configuration file: the model `m` at an upstream, two workers, and connections that age quickly.

    Args:
        file: The file.
        upstream: Its URL, without `/v1`.
        server: What the section `server` says differently.
        deployment: More `litellm_params` of the model.
        sections: Other sections.
    """
    params = {"model": "m", "api_base": f"{upstream}/v1", "api_key": "sk-of-the-gateway", **(deployment or {})}
    settings = {"http2": HTTP2, "workers": WORKERS, "max_connection_age": AGE, "grace_period": 10, **(server or {})}
    whole = {"model_list": [{"model_name": "m", "litellm_params": params}], "server": settings, **sections}
    file.write_text(json.dumps(whole))  # JSON is YAML


@contextmanager
def connection(address: str) -> Iterator[grpc.Channel]:
    """Opens a channel with a connection of its own."""
    with grpc.insecure_channel(address, OWN_CONNECTION) as channel:
        yield channel


def wait_for_end(pid: int) -> None:
    """Waits until a process that is no child of this one has ended."""
    try:
        watched = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        assert select.select([watched], [], [], LIMIT)[0], f"{pid} still runs"
    finally:
        os.close(watched)
