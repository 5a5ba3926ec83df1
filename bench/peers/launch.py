"""Starts and stops a peer."""

import asyncio
import os
import signal
import socket
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from bench.peers.install import PeerUnavailableError
from bench.process import STOP, Process

LIMIT = 120.0  # seconds for a peer to serve
HOST = "127.0.0.1"
_LOOK = 0.02  # seconds between two looks whether it does
_TAIL = 500  # characters of its log that say why it does not


def free_port() -> int:
    """Returns a free port, for peers that can't choose and report one."""
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        port: int = listener.getsockname()[1]
        return port


@asynccontextmanager
async def launched(
    command: Sequence[str], port: int, *, ready: str, log: Path, environment: Mapping[str, str]
) -> AsyncIterator[Process]:
    """Runs a peer until the block ends.

    Args:
        command: Its command line. The process itself does the work, not a child of it.
        port: Where it will serve.
        ready: A path that it answers with 200 once it serves.
        log: Where its output goes.
        environment: Its environment, besides `PATH`; nothing else, so that no variable of the caller's configures it.

    Raises:
        PeerUnavailableError: It did not start.
    """
    before = time.monotonic()
    with log.open("ab") as output:
        try:
            child = await asyncio.create_subprocess_exec(
                *command,
                cwd=log.parent,
                env={"PATH": os.environ["PATH"], "HOME": str(log.parent), **environment},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        except FileNotFoundError:
            raise PeerUnavailableError(f"there is no {command[0]}") from None
    try:
        while not await _serves(port, ready):
            if child.returncode is not None or time.monotonic() - before > LIMIT:
                raise PeerUnavailableError(f"it does not start: {_end_of(log)}")
            await asyncio.sleep(_LOOK)
        yield Process(f"{HOST}:{port}", child.pid, time.monotonic() - before)
    finally:
        await _end(child)


async def _serves(port: int, path: str) -> bool:
    try:
        reader, writer = await asyncio.open_connection(HOST, port)
    except OSError:
        return False
    try:
        writer.write(f"GET {path} HTTP/1.1\r\nhost: {HOST}:{port}\r\nconnection: close\r\n\r\n".encode())
        line = await reader.readline()
    except OSError:
        return False
    finally:
        writer.close()
    return b" 200 " in line


def _end_of(log: Path) -> str:
    return log.read_text(encoding="utf-8", errors="replace")[-_TAIL:]


async def _end(child: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGTERM)
    try:
        async with asyncio.timeout(STOP):
            await child.wait()
    except TimeoutError:
        os.killpg(child.pid, signal.SIGKILL)
        await child.wait()
