"""gRPC messages in DATA frames: length prefixes and compression."""

import asyncio
import struct
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import grpc
import grpc.aio

from openai_grpc_server.errors.error import RpcError

PREFIX: Final = 5
_PREFIX: Final = struct.Struct(">BL")
_WINDOW_BITS: Final = {"gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}
ACCEPTED: Final = "identity,deflate,gzip"
LONGEST_ECHO: Final = 100  # characters of the peer's in a status
_INFLATED_AT_ONCE: Final = 1 << 16  # bytes; what is larger would hold up the event loop
# Threads of their own: what a peer makes them do keeps nothing else waiting, and few messages grow at once.
_INFLATERS: Final = ThreadPoolExecutor(2, "inflate")


class StreamClosedError(grpc.aio.BaseError):
    """Write to an RPC that was cancelled, is past its deadline, or lost its connection."""


class CompressedMessage:
    """Compressed message, inflated only when it is read: it may be a thousand times as large.

    Args:
        data: The message.
        encoding: Compression of the message.
        max_size: The largest that it may mean, in bytes.
    """

    __slots__ = ("_data", "_max_size", "_window_bits")

    def __init__(self, data: bytes, encoding: str, max_size: int) -> None:
        self._data = data
        self._window_bits = _WINDOW_BITS[encoding]
        self._max_size = max_size

    def __len__(self) -> int:
        return len(self._data)

    async def inflate(self) -> bytes:
        """Returns the inflated message.

        Raises:
            RpcError: RESOURCE_EXHAUSTED: it is too large. INTERNAL: it can't be read.
        """
        limit = min(self._max_size, _INFLATED_AT_ONCE)
        data, complete = self._inflate(limit)
        if len(data) > limit < self._max_size:
            loop = asyncio.get_running_loop()
            data, complete = await loop.run_in_executor(_INFLATERS, self._inflate, self._max_size)
        if len(data) > self._max_size:
            raise _too_large(len(data), self._max_size)
        if not complete:
            raise RpcError(grpc.StatusCode.INTERNAL, "A compressed message is not complete")
        return data

    def _inflate(self, limit: int) -> tuple[bytes, bool]:
        """Returns the inflated message, up to one byte over the limit, and whether it is complete."""
        inflate = zlib.decompressobj(self._window_bits)
        try:
            return inflate.decompress(self._data, limit + 1), inflate.eof
        except zlib.error:
            raise RpcError(grpc.StatusCode.INTERNAL, "A compressed message can't be read") from None


class MessageReader:
    """Splits the data of a request into messages.

    Args:
        encoding: The request's `grpc-encoding`.
        max_size: The largest message, compressed or not, in bytes.

    Attributes:
        begun: The bytes of a message that is incomplete.

    Raises:
        RpcError: UNIMPLEMENTED: the encoding is not known.
    """

    __slots__ = ("_encoding", "_max_size", "_missing", "begun")

    def __init__(self, encoding: str, max_size: int) -> None:
        if encoding != "identity" and encoding not in _WINDOW_BITS:
            details = f"Compression algorithm '{encoding[:LONGEST_ECHO]}' is not supported"
            raise RpcError(grpc.StatusCode.UNIMPLEMENTED, details, (("grpc-accept-encoding", ACCEPTED),))
        self._encoding = encoding
        self._max_size = max_size
        self.begun = bytearray()  # not a list of pieces: each of one byte would take sixty
        self._missing = 0  # how many more bytes the message that has begun, or its prefix, needs

    @property
    def inside(self) -> bool:
        """True if a message is incomplete."""
        return bool(self.begun)

    def feed(self, data: bytes | memoryview) -> list[bytes | CompressedMessage]:
        """Adds data; returns the messages completed by it.

        Raises:
            RpcError: RESOURCE_EXHAUSTED: a message is too large. INTERNAL: it can't be read.
        """
        if self.begun:
            self.begun += data
            if len(data) < self._missing:
                self._missing -= len(data)
                return []
            data = memoryview(self.begun)  # each message is copied once: one of 64 MiB takes 30 ms
            self.begun = bytearray()
        messages: list[bytes | CompressedMessage] = []
        at, end = 0, len(data)
        while end - at >= PREFIX:
            compressed, size = _PREFIX.unpack_from(data, at)
            if size > self._max_size:
                raise _too_large(size, self._max_size)
            stop = at + PREFIX + size
            if stop > end:
                break
            message = bytes(data[at + PREFIX : stop])
            messages.append(self._compressed(message, compressed) if compressed else message)
            at = stop
        if at < end:
            rest = data[at:] if at else data
            self.begun += rest
            needed = PREFIX if len(rest) < PREFIX else PREFIX + _PREFIX.unpack_from(rest)[1]
            self._missing = needed - len(rest)
        return messages

    def _compressed(self, message: bytes, flag: int) -> CompressedMessage:
        if flag != 1:
            raise RpcError(grpc.StatusCode.INTERNAL, f"invalid compressed flag {flag}: must be 0 or 1")
        if self._encoding == "identity":
            raise RpcError(grpc.StatusCode.INTERNAL, "A message is compressed, but the request has no grpc-encoding")
        return CompressedMessage(message, self._encoding, self._max_size)


def _too_large(size: int, limit: int) -> RpcError:
    return RpcError(grpc.StatusCode.RESOURCE_EXHAUSTED, f"Received message larger than max ({size} vs. {limit})")


def compressor(encoding: str) -> Callable[[bytes], bytes]:
    """Returns the compressor for `grpc-encoding: gzip` or `deflate`."""

    def compress(message: bytes) -> bytes:
        deflate = zlib.compressobj(wbits=_WINDOW_BITS[encoding])
        return deflate.compress(message) + deflate.flush()

    return compress
