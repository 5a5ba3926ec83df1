"""One request to the stand-in upstream and the answer being given to it."""

from __future__ import annotations

import asyncio
import socket
import time
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

from faults.http_request import ReceivedRequest, read_body

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    Answer = Callable[["Exchange"], Awaitable[None]]

SEND_SIZE = 16384


def promise() -> Future[Any]:
    """A future that a cancelled waiter cannot cancel for the others."""
    future: Future[Any] = Future()
    future.set_running_or_notify_cancel()
    return future


class Gate:
    """Opened by the test, awaited inside an answer: `await gate.passed()`."""

    def __init__(self) -> None:
        self._opened: Future[None] = promise()

    def open(self) -> None:
        """Lets everything through, now and later. Any thread."""
        if not self._opened.done():
            self._opened.set_result(None)

    async def passed(self) -> None:
        """Waits until the gate is open."""
        await asyncio.wrap_future(self._opened)


class Exchange:
    """One request and the answer being given to it. Methods belong to the answer, futures to the test.

    Attributes:
        request: What was received; `request.body` grows as the answer reads it.
        number: 1 for the first request on its connection, 2 for the next, ...
        first_byte: Done when the first byte of the request's body is here.
        received: Done when the request was read to its end.
        closed: Done when the connection is gone; holds `time.monotonic()` of that moment.
        sent: Bytes of the answer that the kernel has accepted.
    """

    def __init__(
        self, request: ReceivedRequest, number: int, connection: Connection, on_accepted: Callable[[int], None]
    ) -> None:
        self.request = request
        self.number = number
        self.first_byte: Future[None] = promise()
        self.received: Future[None] = promise()
        self.closed: Future[float] = connection.closed
        self.sent = 0
        self.keep_alive = True
        self._connection = connection
        self._on_accepted = on_accepted

    async def chunks(self) -> AsyncIterator[bytes]:
        """Yields the request's body as it arrives."""
        async for chunk in read_body(self.request, self._connection.reader):
            if not self.first_byte.done():
                self.first_byte.set_result(None)
            yield chunk
        if not self.received.done():
            self.received.set_result(None)

    async def body(self) -> bytes:
        """Reads the request to its end and returns its whole body."""
        if not self.received.done():
            async for _ in self.chunks():
                pass
        return bytes(self.request.body)

    async def send(self, data: bytes) -> None:
        """Writes raw bytes of the answer, waiting until the kernel has taken them."""
        writer = self._connection.writer
        for start in range(0, len(data), SEND_SIZE):
            piece = data[start : start + SEND_SIZE]
            writer.write(piece)
            await writer.drain()
            self.sent += len(piece)
            self._on_accepted(len(piece))

    def close(self) -> None:
        """Closes the connection in order (FIN) after what was sent."""
        self.keep_alive = False
        self._connection.writer.close()

    def reset(self) -> None:
        """Aborts the connection with RST."""
        self.keep_alive = False
        self._connection.reset()

    async def stall(self) -> None:
        """Does nothing until the gateway closes the connection.

        With more than 1 MiB of the request unread that cannot be noticed.
        """
        await asyncio.wrap_future(self.closed)


class Connection(asyncio.StreamReaderProtocol):
    """A connection that knows the moment when its peer closed it, also while nobody reads."""

    def __init__(self, serve: Callable[[Connection], Awaitable[None]]) -> None:
        self.reader = asyncio.StreamReader(limit=1 << 20)
        super().__init__(self.reader, self._connected)
        self.closed: Future[float] = promise()
        self._serve = serve

    async def _connected(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writer = writer
        writer.transport.set_write_buffer_limits(0)
        await self._serve(self)

    def reset(self) -> None:
        connection: socket.socket = self.writer.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        self.writer.transport.abort()

    def eof_received(self) -> bool:
        super().eof_received()
        return False  # no half-open connections: a gateway that closed is gone

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        # The transport closes its socket only after this call.
        asyncio.get_running_loop().call_soon(self.closed.set_result, time.monotonic())
