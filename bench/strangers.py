"""Hostile peers of a port: without a key, half open, sending garbage, abandoning uploads.

Each is one connection. What they must get is little: an answer or the end of their connection, in time.
"""

import asyncio
import gzip
import random
import socket
import struct
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, Final

from bench import frames, http2
from bench.exchanges import Exchange
from bench.frames import frame, header, text
from bench.http2 import Prepared

LIMIT: Final = 40.0  # seconds for an answer; a TLS or HTTP/2 that does not begin may take 20
HALF_OPEN: Final = 5.0  # seconds
DEADLINE: Final = b"300m"
_BOMB: Final = 4 << 20  # bytes, inflated
_UPLOADED: Final = 0.05  # seconds until an upload is abandoned
_UNAUTHENTICATED: Final = 16
_SHAPES: Final = (b"GET / HTTP/1.1\r\nhost: x\r\n\r\n", b"\x16\x03\x01\x02\x00", frames.PREFACE, b"")

Stranger = Callable[[random.Random], Coroutine[Any, Any, str]]


class WrongAnswerError(Exception):
    """A hostile peer got a wrong reply, or none in time."""


class Strangers:
    """Hostile peers of one server.

    Args:
        address: The server.
        metadata: What callers with a key take along.
        exchanges: What can be called.
    """

    def __init__(self, address: str, metadata: dict[str, str], exchanges: dict[str, Exchange]) -> None:
        self._address = address
        self._metadata = metadata
        self._exchanges = exchanges
        self.kinds: dict[str, Stranger] = {
            "without a key": self._without_key,
            "deadline": self._deadline,
            "half open": self._half_open,
            "garbage": self._garbage,
            "abandoned upload": self._abandoned_upload,
            "abandoned upload without a key": self._abandoned_upload_without_key,
            "compression bomb": self._bomb,
            "compression bomb without a key": self._bomb_without_key,
        }

    async def _without_key(self, _: random.Random) -> str:
        exchange = self._exchanges["chat"]
        return await self._call(self._head(exchange), frames.message(exchange.request), _UNAUTHENTICATED)

    async def _deadline(self, _: random.Random) -> str:
        exchange = self._exchanges["slow chat stream"]
        fields = self._fields() + header(b"grpc-timeout", DEADLINE)
        return await self._call(self._head(exchange) + fields, frames.message(exchange.request), None)

    async def _bomb(self, rng: random.Random) -> str:
        return await self._bombed(self._fields(), rng)

    async def _bomb_without_key(self, rng: random.Random) -> str:
        return await self._bombed(b"", rng)

    async def _bombed(self, fields: bytes, rng: random.Random) -> str:
        packed = gzip.compress(bytes((rng.randrange(256),)) * _BOMB)
        head = self._head(self._exchanges["chat"]) + fields + header(b"grpc-encoding", b"gzip")
        return await self._call(head, b"\1" + struct.pack(">L", len(packed)) + packed, None)

    async def _half_open(self, rng: random.Random) -> str:
        reader, writer = await self._connect()
        whole = frames.opening(frames.LARGEST_WINDOW)
        writer.write(whole[: rng.randrange(len(whole))])
        with suppress(TimeoutError):
            await asyncio.wait_for(reader.read(), HALF_OPEN)
        _drop(writer)
        return "dropped"

    async def _garbage(self, rng: random.Random) -> str:
        reader, writer = await self._connect()
        writer.write(rng.choice(_SHAPES) + rng.randbytes(rng.randrange(9, 400)))
        try:
            await asyncio.wait_for(reader.read(), LIMIT)
        except TimeoutError:
            raise WrongAnswerError(f"garbage: still connected after {LIMIT} s") from None
        except ConnectionError:
            pass
        _drop(writer)
        return "closed"

    async def _abandoned_upload(self, rng: random.Random) -> str:
        return await self._upload(self._metadata, rng)

    async def _abandoned_upload_without_key(self, rng: random.Random) -> str:
        return await self._upload({}, rng)

    async def _upload(self, metadata: dict[str, str], rng: random.Random) -> str:
        host, _, port = self._address.rpartition(":")
        loop = asyncio.get_running_loop()
        transport, connection = await loop.create_connection(http2.Connection, host, int(port))
        call = connection.call(Prepared(self._exchanges["large prompt"], self._address, metadata))
        await asyncio.wait((call.done,), timeout=rng.random() * _UPLOADED)
        transport.abort()
        return "abandoned"

    def _head(self, exchange: Exchange) -> bytes:
        return (
            b"\x83\x86\x04"
            + text(exchange.rpc.encode())
            + b"\x01"
            + text(self._address.encode())
            + header(b"te", b"trailers")
            + header(b"content-type", b"application/grpc")
        )

    def _fields(self) -> bytes:
        return b"".join(header(name.encode(), value.encode()) for name, value in self._metadata.items())

    async def _call(self, block: bytes, body: bytes, status: int | None) -> str:
        """Makes a call on a new connection; returns its status."""
        reader, writer = await self._connect()
        writer.write(frames.opening(frames.LARGEST_WINDOW) + frame(frames.HEADERS, frames.END_HEADERS, 1, block))
        writer.write(frame(frames.DATA, frames.END_STREAM, 1, body))
        try:
            ended = await asyncio.wait_for(_end(reader), LIMIT)
        except TimeoutError:
            raise WrongAnswerError(f"no answer within {LIMIT} s") from None
        finally:
            _drop(writer)
        if status is not None and b"grpc-status" + text(b"%d" % status) not in ended:
            raise WrongAnswerError(f"not answered with {status}, but {ended!r}")
        return "answered"

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        host, _, port = self._address.rpartition(":")
        return await asyncio.open_connection(host, int(port))


async def _end(reader: asyncio.StreamReader) -> bytes:
    """Returns the payload of the frame that ends the first stream, or the connection."""
    while True:
        try:
            head = await reader.readexactly(frames.FRAME_HEAD)
            payload = await reader.readexactly(int.from_bytes(head[:3], "big"))
        except (asyncio.IncompleteReadError, ConnectionError):
            return b"closed"
        kind, flags, stream = head[3], head[4], int.from_bytes(head[5:], "big")
        if kind == frames.GOAWAY or (stream and kind == frames.RST_STREAM):
            return payload
        if stream and kind in (frames.HEADERS, frames.DATA) and flags & frames.END_STREAM:
            return payload


def _drop(writer: asyncio.StreamWriter) -> None:
    """Closes a connection with a reset."""
    peer = writer.get_extra_info("socket")
    if peer is not None:
        with suppress(OSError):
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
