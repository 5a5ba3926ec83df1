"""The server as a separate process, as run by an operator."""

import os
import queue
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from support.gateway import LIMIT

SERVES = re.compile(r"openai-grpc serves on (\S+)")
REST = re.compile(r"REST API is at (\S+)$", re.MULTILINE)
KEYS = ("OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_API_BASE", "OPENAI_ORGANIZATION", "OPENAI_PROJECT")


def run(*arguments: str, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Runs a command of the server to its end."""
    return subprocess.run(
        command(*arguments), env=environment(env), capture_output=True, text=True, timeout=LIMIT, check=False
    )


class ServerProcess:
    """`serve` on a free port.

    Attributes:
        address: Where it listens.
        url: Base URL of OpenAI's REST API; empty if it is not served.
        pid: Its process id.
        welcome: What it printed when it began to serve.
    """

    def __init__(self, process: "subprocess.Popen[str]", errors: Path) -> None:
        self._process = process
        self.pid = process.pid
        self._errors = errors
        errors.touch()
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._copier = threading.Thread(target=self._copy_errors)
        self._copier.start()
        self.welcome = ""
        assert process.stdout
        for line in process.stdout:
            self.welcome += line
            if "from openai_grpc import Client" in line:  # the last line of the welcome
                break
        found = SERVES.search(self.welcome)
        assert found, self.log()
        self.address = found[1]
        rest = REST.search(self.welcome)
        self.url = rest[1] if rest else ""

    def send(self, number: signal.Signals) -> None:
        """Sends a signal."""
        self._process.send_signal(number)

    def wait(self) -> int:
        """Waits until it has ended and returns its exit code."""
        code = self._process.wait(LIMIT)
        self.end_log()
        return code

    def end_log(self) -> None:
        """Waits for the last line of a process that has ended."""
        self._copier.join(LIMIT)

    def _copy_errors(self) -> None:
        assert self._process.stderr
        with self._errors.open("w") as errors:
            for line in self._process.stderr:
                errors.write(line)
                errors.flush()
                self._lines.put(line)

    def memory(self, kind: str = "VmRSS") -> int:
        """Returns its memory in bytes: current (`VmRSS`) or peak (`VmHWM`)."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(re.findall(rf"^{kind}:\s+(\d+) kB$", status, re.MULTILINE)[0]) * 1024

    def follow_log(self) -> Iterator[str]:
        """Yields the lines of standard error as they are written, after the last one read.

        Raises:
            queue.Empty: No line came for too long.
        """
        while True:
            yield self._lines.get(timeout=LIMIT)

    def log(self) -> str:
        """Returns what it has written to standard error so far."""
        return self._errors.read_text()


@contextmanager
def server_process(
    errors: Path, *arguments: str, env: Mapping[str, str] | None = None, limits: str = ":"
) -> Iterator[ServerProcess]:
    """Runs `serve --port 0 --http-port 0`; its standard error goes to a file.

    Args:
        errors: The file.
        arguments: More arguments.
        env: More of its environment.
        limits: What a shell does before, such as `ulimit -n 100`.
    """
    with subprocess.Popen(
        ["sh", "-c", f'{limits} && exec "$@"', "sh", *command("serve", "--port", "0", "--http-port", "0", *arguments)],
        env=environment(env),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        server = None
        try:
            server = ServerProcess(process, errors)
            yield server
        finally:
            process.kill()
            if server is not None:
                server.end_log()


def command(*arguments: str) -> list[str]:
    """The command line of the server."""
    return [sys.executable, "-m", "openai_grpc_server", *arguments]


def environment(env: Mapping[str, str] | None) -> dict[str, str]:
    """Returns this process's environment, without settings of a real upstream."""
    here = {key: value for key, value in os.environ.items() if key not in KEYS}
    here["PYTHONPATH"] = str(Path(__file__).with_name("in_servers"))  # also for what the process starts
    return {**here, **(env or {})}
