"""Connections to one server, over its protocol."""

import asyncio
import json
import ssl
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from bench import frames, http1, http2
from bench.call import Call
from bench.exchanges import Exchange
from bench.peers import Peer
from bench.process import Process

STREAMS = 100  # a connection, of HTTP/2: about what proxies put on one
CONNECTIONS = 4  # at least


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A server and its protocol.

    Attributes:
        process: Its process.
        upstream: The process of its upstream.
        peer: What it is, if it is called over HTTP/1.1; else it is called by gRPC.
        metadata: What every call by gRPC takes along.
        authority: The PEM file of the authority that its certificate is checked with; none: no TLS.
    """

    process: Process
    upstream: Process
    peer: Peer | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    authority: Path | None = None


class Client:
    """Connections to one server; a context manager that opens and closes them.

    Args:
        target: The server.
        exchanges: What can be called, by name.
        in_flight: How many calls there will be at a time.
        initial_window: How many bytes the server may send on each stream, by gRPC.
        connections: How many there are by gRPC; 0: as many as are usual for so many calls.
    """

    def __init__(
        self,
        target: Target,
        exchanges: dict[str, Exchange],
        in_flight: int,
        initial_window: int = frames.LARGEST_WINDOW,
        connections: int = 0,
    ) -> None:
        self.target = target
        self.exchanges = exchanges
        self._size = connections or max(CONNECTIONS, in_flight // STREAMS)
        self._window = initial_window
        self._calls: dict[str, Callable[[int], Call]] = {}
        self._http1 = http1.Connections(target.process.address)
        self._http2: list[http2.Connection] = []
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        self._stack.callback(self._http1.close)
        if self.target.peer is None:
            await self._open_http2()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, frames: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    def call(self, exchange: str, number: int) -> Call:
        """Starts a call.

        Args:
            exchange: Its name.
            number: Which of those in flight it is: those of one number follow each other.
        """
        if exchange not in self._calls:
            self._calls[exchange] = self._prepared(self.exchanges[exchange])
        return self._calls[exchange](number)

    def _prepared(self, exchange: Exchange) -> Callable[[int], Call]:
        target, connections = self.target, self._http2
        if target.peer is not None:
            request = target.peer.prepared(exchange, target.process, target.upstream.address)
            return lambda _: self._http1.call(request)
        secure = target.authority is not None
        prepared = http2.Prepared(exchange, target.process.address, target.metadata, secure=secure)
        return lambda number: connections[number % len(connections)].call(prepared)

    async def _open_http2(self) -> None:
        host, _, port = self.target.process.address.rpartition(":")
        context = None
        if self.target.authority is not None:
            context = ssl.create_default_context(cafile=self.target.authority)
            context.set_alpn_protocols(["h2"])
        for _ in range(self._size):
            transport, connection = await asyncio.get_running_loop().create_connection(
                lambda: http2.Connection(self._window), host, int(port), ssl=context
            )
            self._stack.callback(transport.close)
            self._http2.append(connection)


@dataclass(frozen=True, slots=True)
class Connections:
    """Outcome of an upstream's connections.

    Attributes:
        open: How many are open, without the one that asks.
        broken: When connections were closed before their reply was written, by `time.monotonic`, since this was asked
            last.
    """

    open: int
    broken: tuple[float, ...]


async def connections(upstream: Process) -> Connections:
    """Queries the mock upstream for the outcome of its connections."""
    reader, writer = await asyncio.open_connection(*upstream.address.rsplit(":", 1))
    writer.write(b"GET / HTTP/1.1\r\n\r\n")
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n", 1)[0])
    value = json.loads(await reader.readexactly(length))
    writer.close()
    await writer.wait_closed()
    return Connections(value["connections"] - 1, tuple(value["broken"]))
