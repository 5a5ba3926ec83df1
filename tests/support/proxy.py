"""A TCP proxy whose connections a test can cut."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from support.gateway import on_loop


class Proxy:
    """Passes bytes both ways.

    Args:
        target: Where they go, as `host:port`.
    """

    def __init__(self, target: str) -> None:
        self._host, _, self._port = target.rpartition(":")
        self._writers: list[asyncio.StreamWriter] = []
        self.target = ""

    async def start(self) -> None:
        """Listens on a free port."""
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.target = f"127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def cut(self) -> None:
        """Resets every connection, and takes new ones as before."""
        on_loop(self._cut())

    async def stop(self) -> None:
        """Stops."""
        self._server.close()
        await self._cut()

    async def _cut(self) -> None:
        while self._writers:
            self._writers.pop().transport.abort()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there = await asyncio.open_connection(self._host, int(self._port))
        self._writers += [writer, there[1]]
        await asyncio.gather(_copy(reader, there[1]), _copy(there[0], writer))


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(1 << 16):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()


@contextmanager
def proxy(target: str) -> Iterator[Proxy]:
    """Runs a proxy."""
    running = Proxy(target)
    on_loop(running.start())
    try:
        yield running
    finally:
        on_loop(running.stop())
