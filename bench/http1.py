"""Low-overhead HTTP/1.1 client (RFC 9112) with prebuilt requests.

It is to HTTP servers what `bench.http2` is to gRPC servers. A connection carries one call at a time, so there are as
many of them as calls.
"""

import asyncio
import re
from collections.abc import Callable, Mapping
from itertools import accumulate
from time import monotonic
from typing import cast
from weakref import WeakSet

from bench.call import Call
from bench.exchanges import Exchange

_HEAD_END = b"\r\n\r\n"
_LINE_END = b"\r\n"
_OK = b"HTTP/1.1 200 "
_CONTENT_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)
_OPENING = 64  # connections at a time: a server drops what its backlog does not hold
_IDLE = 2.0  # seconds; the server may close a connection that is idle for longer just when it is used again


class Prepared:
    """An exchange as bytes.

    Args:
        exchange: The exchange.
        authority: The server's address.
        headers: What every call takes along.
        call: Makes a call of the function that closes its connection. By default the reply must be the upstream's, byte
            by byte.

    Attributes:
        path: The path of the call.
        request: The request, head and body.
        expected: The upstream's body.
        ends: Where in that each message ends; usage and `[DONE]` are none, as they are no messages of gRPC's.
    """

    def __init__(
        self,
        exchange: Exchange,
        authority: str,
        headers: Mapping[str, str] | None = None,
        call: Callable[[Callable[[], object]], Call] | None = None,
    ) -> None:
        self.path = f"/v1{exchange.http_path}"
        head = {
            "host": authority,
            "content-type": "application/json",
            "content-length": str(len(exchange.http_body)),
            **(headers or {}),
        }
        lines = (f"POST {self.path} HTTP/1.1", *(f"{name}: {value}" for name, value in head.items()))
        self.request = "\r\n".join(lines).encode() + _HEAD_END + exchange.http_body
        self.expected = b"".join(exchange.http_reply)
        self.ends = list(accumulate(map(len, exchange.http_reply)))[: len(exchange.messages)]
        self._call = call

    def start(self, close: Callable[[], object]) -> Call:
        """Returns a call that looks at the reply.

        Args:
            close: Closes its connection, which is how a caller gives up.
        """
        if self._call is not None:
            return self._call(close)
        return Call(self.path, (self.expected,), self.ends, close)


class Connection(asyncio.Protocol):
    """One connection to a server, open or being opened.

    Args:
        free: Told when a reply is whole and the connection can be used again.
    """

    def __init__(self, free: Callable[["Connection"], object]) -> None:
        self._free = free
        self._transport: asyncio.WriteTransport | None = None
        self._unsent = b""
        self._received = b""
        self._call: Call | None = None
        self._closed = False
        self._head_came = False
        self._chunked = False
        self._left = 0
        self._chunk_end = 0

    @property
    def closed(self) -> bool:
        """True if it can't be used any more."""
        return self._closed

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Sends the pending request."""
        self._transport = cast("asyncio.WriteTransport", transport)  # uvloop's own class is not registered as one
        if self._closed:
            transport.close()
        elif self._unsent:
            self._transport.write(self._unsent)

    def call(self, prepared: Prepared) -> Call:
        """Starts a call; the previous one must have ended."""
        self._call = call = prepared.start(self.close)
        self._head_came = self._chunked = False
        self._left = self._chunk_end = 0
        if self._transport is None:
            self._unsent = prepared.request
        else:
            self._transport.write(prepared.request)
        return call

    def close(self) -> None:
        """Closes it; a call in flight fails."""
        self._closed = True
        if self._transport is None:
            self.connection_lost(None)
        else:
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        """Handles the complete parts of the reply."""
        call = self._call
        if call is None:
            self.close()
            return
        if self._received:
            data = self._received + data
        now = monotonic()
        at = 0
        if not self._head_came:
            at = self._take_head(call, data)
            if not at:
                self._received = data
                return
        pieces: list[bytes] = []
        at, ended = (self._take_chunks if self._chunked else self._take_body)(data, at, pieces)
        self._received = data[at:]
        if pieces:
            call.data(b"".join(pieces), now)
        if ended:
            self._call = None
            call.complete(now)
            if not self._closed:
                self._free(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Fails the call in flight: the connection was closed, or could not be opened."""
        self._closed = True
        if self._call is not None:
            self._call.failed(f"the connection was lost: {exc}")

    def _take_head(self, call: Call, data: bytes) -> int:
        """Returns the offset of the body, or 0 if the head is incomplete."""
        end = data.find(_HEAD_END) + len(_HEAD_END)
        if end < len(_HEAD_END):
            return 0
        head = data[: end - len(_LINE_END)]
        length = _CONTENT_LENGTH.search(head)
        self._chunked = _CHUNKED.search(head) is not None
        if not head.startswith(_OK):
            call.failed(f"was answered {data[:500]!r}")
        elif length is None and not self._chunked:
            call.failed(f"has no length: {head!r}")
        if call.done.done():
            self.close()
        self._left = int(length[1]) if length is not None else 0
        self._head_came = True
        return end

    def _take_body(self, data: bytes, at: int, pieces: list[bytes]) -> tuple[int, bool]:
        """Adds received body data; returns the offset after it, and whether the body is complete."""
        end = min(at + self._left, len(data))
        if end > at:
            pieces.append(data[at:end])
        self._left -= end - at
        return end, not self._left

    def _take_chunks(self, data: bytes, at: int, pieces: list[bytes]) -> tuple[int, bool]:
        """Does the same for a body in chunks (RFC 9112, section 7.1), which have no extensions here and no trailers."""
        while True:
            at, whole = self._take_body(data, at, pieces)
            start = at + self._chunk_end
            end = data.find(_LINE_END, start)
            if not whole or end < 0:
                return at, False
            self._left = int(data[start:end], 16)
            if not self._left:
                ended = data.startswith(_LINE_END, end + 2)
                return (end + 4, True) if ended else (at, False)
            at = end + 2
            self._chunk_end = 2  # each further size follows the end of the line that its chunk's data is


class Connections:
    """Connections to one server, one per concurrent call.

    Args:
        address: The server's address.
    """

    def __init__(self, address: str) -> None:
        self._host, _, port = address.rpartition(":")
        self._port = int(port)
        self._all: WeakSet[Connection] = WeakSet()  # those that are open are held by their transports
        self._idle: list[tuple[float, Connection]] = []
        self._openings: set[asyncio.Task[None]] = set()
        self._gate = asyncio.Semaphore(_OPENING)

    def call(self, prepared: Prepared) -> Call:
        """Starts a call on an idle connection, or on a new one."""
        while self._idle:
            since, connection = self._idle.pop()
            if not connection.closed and monotonic() - since < _IDLE:
                return connection.call(prepared)
            connection.close()
        connection = Connection(self._free)
        self._all.add(connection)
        call = connection.call(prepared)
        opening = asyncio.get_running_loop().create_task(self._open(connection))
        self._openings.add(opening)
        opening.add_done_callback(self._openings.discard)
        return call

    def close(self) -> None:
        """Closes all of them; calls in flight fail."""
        for opening in self._openings:
            opening.cancel()
        for connection in self._all:
            connection.close()
        self._idle.clear()

    def _free(self, connection: Connection) -> None:
        self._idle.append((monotonic(), connection))

    async def _open(self, connection: Connection) -> None:
        loop = asyncio.get_running_loop()
        async with self._gate:
            try:
                await loop.create_connection(lambda: connection, self._host, self._port)
            except OSError as error:
                connection.connection_lost(error)
