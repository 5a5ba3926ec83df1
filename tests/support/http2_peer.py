"""HTTP/2 peer that sends single frames, including invalid ones."""

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple, Self

import hpack

from openai_grpc_server.listen.http2.frames import (
    DATA,
    END_HEADERS,
    END_STREAM,
    GOAWAY,
    HEAD,
    HEADERS,
    PREFACE,
    RST_STREAM,
    SETTINGS,
    frame,
)
from support.gateway import LIMIT

Fields = list[tuple[str, str]]


class Frame(NamedTuple):
    """A received frame."""

    kind: int
    flags: int
    stream: int
    payload: bytes

    @property
    def code(self) -> int:
        """The error code of RST_STREAM or GOAWAY."""
        return int(struct.unpack(">L", self.payload[-4:] if self.kind == RST_STREAM else self.payload[4:8])[0])


class Http2Peer:
    """One connection to a server.

    Args:
        target: The server's address.
        settings: The payload of this side's SETTINGS; None: neither preface nor SETTINGS are sent.
    """

    def __init__(self, target: str, settings: bytes | None = b"") -> None:
        host, _, port = target.rpartition(":")
        self._socket = socket.create_connection((host, int(port)), LIMIT)
        self._received = b""
        self._encoder = hpack.Encoder()
        self._decoder = hpack.Decoder()
        if settings is not None:
            self.send(PREFACE, frame(SETTINGS, 0, 0, settings))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def send(self, *frames: bytes) -> None:
        """Sends bytes."""
        self._socket.sendall(b"".join(frames))

    def block(self, path: str, *more: tuple[str, str]) -> bytes:
        """Returns the header block of an RPC."""
        fields = [(":method", "POST"), (":scheme", "http"), (":path", path), (":authority", "here")]
        return self.encode([*fields, ("te", "trailers"), ("content-type", "application/grpc"), *more])

    def encode(self, fields: Fields) -> bytes:
        """Returns a header block."""
        return self._encoder.encode(fields)

    def open(self, stream: int, path: str, *more: tuple[str, str]) -> None:
        """Opens a stream."""
        self.send(frame(HEADERS, END_HEADERS, stream, self.block(path, *more)))

    def call(self, stream: int, path: str, *more: tuple[str, str], message: bytes = b"") -> None:
        """Sends a whole request."""
        data = b"\0" + len(message).to_bytes(4, "big") + message
        self.open(stream, path, *more)
        self.send(frame(DATA, END_STREAM, stream, data))

    def frames(self) -> Iterator[Frame]:
        """Yields frames until the connection is closed."""
        while True:
            while len(self._received) < HEAD.size or len(self._received) < HEAD.size + self._size():
                try:
                    data = self._socket.recv(1 << 16)
                except ConnectionResetError:
                    return
                if not data:
                    return
                self._received += data
            _, _, kind, flags, stream = HEAD.unpack_from(self._received)
            end = HEAD.size + self._size()
            payload, self._received = self._received[HEAD.size : end], self._received[end:]
            yield Frame(kind, flags, stream, payload)

    def expect(self, kind: int, stream: int = 0) -> Frame:
        """Returns the next frame of a type on a stream."""
        for each in self.frames():
            if (each.kind, each.stream) == (kind, stream):
                return each
        raise AssertionError("the connection was closed")

    def status(self, stream: int) -> dict[str, str]:
        """Returns the trailers of a stream."""
        return self._fields(stream, END_STREAM)

    def head(self, stream: int) -> dict[str, str]:
        """Returns the head of an answer."""
        return self._fields(stream, 0)

    def goaway(self) -> int:
        """Returns the error code of the GOAWAY with which the server closes."""
        codes = [each.code for each in self.frames() if each.kind == GOAWAY]
        return codes[-1]

    def closed(self) -> bool:
        """Waits until the server has closed the connection."""
        return all(True for _ in self.frames())

    def _fields(self, stream: int, flag: int) -> dict[str, str]:
        for each in self.frames():
            if each.kind == HEADERS:
                fields = {str(name): str(value) for name, value in self._decoder.decode(each.payload)}
                if each.stream == stream and each.flags & flag == flag:
                    return fields
        raise AssertionError("the connection was closed")

    def _size(self) -> int:
        high, low = struct.unpack_from(">BH", self._received)
        return int(high << 16 | low)


@contextmanager
def peer(target: str, settings: bytes | None = b"") -> Iterator[Http2Peer]:
    """Connects to a server."""
    with Http2Peer(target, settings) as connection:
        yield connection
