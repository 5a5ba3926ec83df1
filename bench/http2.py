"""A caller that costs next to nothing: gRPC over HTTP/2 (RFC 9113) with frames that were made before.

A caller on a gRPC library costs as much as the server, which then waits for it and merges its writes, the faster one
most of all. This one asks for a header table of no size (RFC 7541), so that headers can be looked at as they are, and
for windows that never close.
"""

import asyncio
from bisect import bisect_right
from itertools import accumulate
from typing import cast

from bench.exchanges import Exchange

_DATA, _HEADERS, _RST_STREAM, _SETTINGS, _PING, _GOAWAY, _WINDOW_UPDATE = 0, 1, 3, 4, 6, 7, 8
_END_STREAM, _ACK, _END_HEADERS = 1, 1, 4
_FRAME_HEAD = 9
_LARGEST_WINDOW = 2**31 - 1
_DEFAULT_WINDOW = 65535
_OK = b"\x0bgrpc-status\x010"
_METHOD_POST, _SCHEME_HTTP, _PATH, _AUTHORITY = b"\x83", b"\x86", b"\x04", b"\x01"  # of HPACK's static table


class WrongReplyError(Exception):
    """A server answered something else than it should."""


class Call:
    """One RPC.

    Attributes:
        done: Done when the RPC has ended; fails with `WrongReplyError`.
    """

    __slots__ = ("_at", "_exchange", "_expected", "done")

    def __init__(self, prepared: "Prepared") -> None:
        self._exchange = prepared
        self._expected = prepared.expected
        self._at = 0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @property
    def messages(self) -> int:
        """How many messages have come, each of them as it should be."""
        return bisect_right(self._exchange.ends, self._at)

    def data(self, payload: bytes) -> None:
        """Compares what has come."""
        end = self._at + len(payload)
        if payload != self._expected[self._at : end]:
            self.failed(f"message {self.messages + 1} is another than it should be")
        self._at = end

    def ended(self, trailers: bytes) -> None:
        """Looks at the status."""
        if _OK not in trailers:
            self.failed(f"ended with {trailers!r}")
        elif self._at != len(self._expected):
            self.failed(f"ended after {self.messages} messages")
        elif not self.done.done():
            self.done.set_result(None)

    def failed(self, reason: str) -> None:
        """Ends the call."""
        if not self.done.done():
            self.done.set_exception(WrongReplyError(f"{self._exchange.rpc}: {reason}"))


class Prepared:
    """An exchange as frames.

    Attributes:
        rpc: The RPC's path.
        headers: The header block.
        body: The request, framed as gRPC frames a message.
        expected: The messages of the reply, framed likewise.
        ends: Where in that each message ends.
    """

    def __init__(self, exchange: Exchange, authority: str) -> None:
        self.rpc = exchange.rpc
        self.headers = b"".join(
            (
                _METHOD_POST,
                _SCHEME_HTTP,
                _PATH + _text(exchange.rpc.encode()),
                _AUTHORITY + _text(authority.encode()),
                _header(b"te", b"trailers"),
                _header(b"content-type", b"application/grpc"),
                _header(b"grpc-timeout", b"60S"),
            )
        )
        self.body = _message(exchange.request)
        framed = [_message(message) for message in exchange.messages]
        self.expected = b"".join(framed)
        self.ends = list(accumulate(map(len, framed)))


class Connection(asyncio.Protocol):
    """One connection to a server."""

    def __init__(self) -> None:
        self._received = b""
        self._calls: dict[int, Call] = {}
        self._next = 1
        self._window = _DEFAULT_WINDOW

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Says the limits of this side."""
        self.transport = cast("asyncio.WriteTransport", transport)  # uvloop's own class is not registered as one
        # SETTINGS_HEADER_TABLE_SIZE, ENABLE_PUSH, INITIAL_WINDOW_SIZE
        settings = b"".join(
            number.to_bytes(2, "big") + value.to_bytes(4, "big")
            for number, value in ((1, 0), (2, 0), (4, _LARGEST_WINDOW))
        )
        opened = (_LARGEST_WINDOW - _DEFAULT_WINDOW).to_bytes(4, "big")
        self.transport.write(
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
            + _frame(_SETTINGS, 0, 0, settings)
            + _frame(_WINDOW_UPDATE, 0, 0, opened)
        )

    def call(self, prepared: Prepared) -> Call:
        """Starts an RPC."""
        self._window -= len(prepared.body)
        if self._window < 0:
            raise WrongReplyError("the server does not open its window")
        call = self._calls[self._next] = Call(prepared)
        self.transport.write(
            _frame(_HEADERS, _END_HEADERS, self._next, prepared.headers)
            + _frame(_DATA, _END_STREAM, self._next, prepared.body)
        )
        self._next += 2
        return call

    def data_received(self, data: bytes) -> None:
        """Takes the frames that are whole."""
        if self._received:
            data = self._received + data
        at = 0
        while len(data) - at >= _FRAME_HEAD:
            start = at + _FRAME_HEAD
            end = start + (data[at] << 16 | data[at + 1] << 8 | data[at + 2])
            if end > len(data):
                break
            stream = int.from_bytes(data[at + 5 : start], "big")
            self._frame(data[at + 3], data[at + 4], stream, data[start:end])
            at = end
        self._received = data[at:]

    def connection_lost(self, exc: Exception | None) -> None:
        """Fails what is under way."""
        for call in self._calls.values():
            call.failed(f"the connection was lost: {exc}")
        self._calls.clear()

    def _frame(self, kind: int, flags: int, stream: int, payload: bytes) -> None:
        if kind == _DATA:
            self._calls[stream].data(payload)
        elif kind == _HEADERS:
            if flags & _END_STREAM:
                self._calls.pop(stream).ended(payload)
        elif kind == _SETTINGS and not flags & _ACK:
            self.transport.write(_frame(_SETTINGS, _ACK, 0, b""))
        elif kind == _PING and not flags & _ACK:
            self.transport.write(_frame(_PING, _ACK, 0, payload))
        elif kind == _WINDOW_UPDATE and not stream:
            self._window += int.from_bytes(payload, "big")
        elif kind == _RST_STREAM:
            self._calls.pop(stream).failed("was reset")
        elif kind == _GOAWAY:
            self.transport.close()


def _frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    return b"".join((len(payload).to_bytes(3, "big"), bytes((kind, flags)), stream.to_bytes(4, "big"), payload))


def _message(data: bytes) -> bytes:
    return b"\0" + len(data).to_bytes(4, "big") + data


def _header(name: bytes, value: bytes) -> bytes:
    return b"\0" + _text(name) + _text(value)


def _text(value: bytes) -> bytes:
    return bytes((len(value),)) + value  # of less than 127 bytes, not Huffman-coded
