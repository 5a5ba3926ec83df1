"""Low-overhead gRPC client over HTTP/2 (RFC 9113) with prebuilt frames.

A caller on a gRPC library costs as much as the server, which then waits for it and merges its writes, the faster one
most of all. This one asks for a header table of no size (RFC 7541), so that headers can be looked at as they are, and
for windows that never close.
"""

import asyncio
from collections.abc import Mapping
from functools import partial
from itertools import accumulate
from time import monotonic
from typing import cast

from bench import frames
from bench.call import Call, WrongReplyError
from bench.exchanges import Exchange
from bench.frames import frame, header, text

__all__ = ["Call", "Connection", "Prepared", "WrongReplyError"]

_METHOD_POST, _SCHEME_HTTP, _SCHEME_HTTPS, _PATH, _AUTHORITY = b"\x83", b"\x86", b"\x87", b"\x04", b"\x01"  # RFC 7541


class Prepared:
    """An exchange as frames.

    Args:
        exchange: The exchange.
        authority: The server's address.
        metadata: What every call takes along.
        secure: Whether the connection is encrypted.

    Attributes:
        rpc: The RPC's path.
        headers: The header block.
        body: The request, framed as gRPC frames a message.
        expected: The replies, any of which is right: their messages, framed likewise.
        ends: Where in them each message ends.
        status: The status that the trailers must have.
    """

    def __init__(
        self, exchange: Exchange, authority: str, metadata: Mapping[str, str] | None = None, *, secure: bool = False
    ) -> None:
        self.rpc = exchange.rpc
        self.headers = b"".join(
            (
                _METHOD_POST,
                _SCHEME_HTTPS if secure else _SCHEME_HTTP,
                _PATH + text(exchange.rpc.encode()),
                _AUTHORITY + text(authority.encode()),
                header(b"te", b"trailers"),
                header(b"content-type", b"application/grpc"),
                header(b"grpc-timeout", b"60S"),
                *(header(name.encode(), value.encode()) for name, value in (metadata or {}).items()),
            )
        )
        self.body = frames.message(exchange.request)
        framed = [frames.message(message) for message in exchange.messages]
        self.ends = list(accumulate(map(len, framed)))
        self.expected = (b"".join(framed), *(frames.message(message) for message in exchange.other_messages))
        self.status = b"\x0bgrpc-status" + text(b"%d" % exchange.status)


class Connection(asyncio.Protocol):
    """One connection to a server.

    Args:
        initial_window: How many bytes the server may send on each stream: with 0 a caller that never reads.
    """

    def __init__(self, initial_window: int = frames.LARGEST_WINDOW) -> None:
        self._initial_window = initial_window
        self._received = b""
        self._calls: dict[int, tuple[Call, Prepared]] = {}
        self._cancelled: set[int] = set()
        self._unsent: dict[int, _Unsent] = {}
        self._next = 1
        self._window = self._stream_window = frames.DEFAULT_WINDOW

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Sends SETTINGS."""
        self.transport = cast("asyncio.WriteTransport", transport)  # uvloop's own class is not registered as one
        self.transport.write(frames.opening(self._initial_window))

    def call(self, prepared: Prepared) -> Call:
        """Starts an RPC.

        Raises:
            WrongReplyError: The server has closed the connection.
        """
        if self.transport.is_closing():
            raise WrongReplyError("the server has closed the connection")
        stream = self._next
        self._next += 2
        call = Call(prepared.rpc, prepared.expected, prepared.ends, partial(self._cancel, stream))
        self._calls[stream] = call, prepared
        head = frame(frames.HEADERS, frames.END_HEADERS, stream, prepared.headers)
        size = len(prepared.body)
        if size <= min(frames.LARGEST_FRAME, self._window, self._stream_window):
            self._window -= size
            self.transport.write(head + frame(frames.DATA, frames.END_STREAM, stream, prepared.body))
        else:
            self.transport.write(head)
            self._unsent[stream] = _Unsent(prepared.body, self._stream_window)
            self._send()
        return call

    def data_received(self, data: bytes) -> None:
        """Handles complete frames."""
        if self._received:
            data = self._received + data
        now = monotonic()
        at = 0
        while len(data) - at >= frames.FRAME_HEAD:
            start = at + frames.FRAME_HEAD
            end = start + (data[at] << 16 | data[at + 1] << 8 | data[at + 2])
            if end > len(data):
                break
            stream = int.from_bytes(data[at + 5 : start], "big")
            self._frame(data[at + 3], data[at + 4], stream, data[start:end], now)
            at = end
        self._received = data[at:]

    def connection_lost(self, exc: Exception | None) -> None:
        """Fails the calls in flight."""
        self._fail(f"the connection was lost: {exc}")

    def _fail(self, reason: str) -> None:
        self.transport.close()
        for call, _ in self._calls.values():
            call.failed(reason)
        self._calls.clear()

    def _frame(self, kind: int, flags: int, stream: int, payload: bytes, now: float) -> None:
        if kind == frames.WINDOW_UPDATE:
            self._opened(stream, int.from_bytes(payload, "big"))
        elif stream in self._calls:
            self._of_call(kind, flags, stream, payload, now)
        elif stream:  # of a call that was cancelled: the server had not heard of that. Or it resets what has ended
            if stream not in self._cancelled and kind != frames.RST_STREAM:
                self._fail(f"a frame of kind {kind} came after the end of its stream")
        elif kind == frames.GOAWAY:
            self.transport.close()
        elif not flags & frames.ACK:
            self._acknowledge(kind, payload)

    def _of_call(self, kind: int, flags: int, stream: int, payload: bytes, now: float) -> None:
        call, prepared = self._calls[stream]
        if kind == frames.DATA:
            call.data(payload, now)
        elif kind == frames.HEADERS and flags & frames.END_STREAM:
            del self._calls[stream]
            if prepared.status not in payload:
                call.failed(f"ended with {payload!r}")
            call.complete(now)
        elif kind == frames.RST_STREAM:
            del self._calls[stream]
            call.failed("was reset")

    def _acknowledge(self, kind: int, payload: bytes) -> None:
        self.transport.write(frame(kind, frames.ACK, 0, payload if kind == frames.PING else b""))
        if kind == frames.SETTINGS:  # what the new windows let through comes after: a server may count on that
            self._settings(payload)

    def _settings(self, payload: bytes) -> None:
        window = frames.initial_window(payload)
        if window is not None:
            for unsent in self._unsent.values():
                unsent.window += window - self._stream_window
            self._stream_window = window
            self._send()

    def _opened(self, stream: int, more: int) -> None:
        if not stream:
            self._window += more
        elif stream in self._unsent:
            self._unsent[stream].window += more
        self._send()

    def _send(self) -> None:
        for stream, unsent in list(self._unsent.items()):
            while (size := min(frames.LARGEST_FRAME, self._window, unsent.window, len(unsent.body) - unsent.at)) > 0:
                payload = unsent.body[unsent.at : unsent.at + size]
                unsent.at += size
                unsent.window -= size
                self._window -= size
                ends = unsent.at == len(unsent.body)
                self.transport.write(frame(frames.DATA, frames.END_STREAM if ends else 0, stream, payload))
            if unsent.at == len(unsent.body):
                del self._unsent[stream]

    def _cancel(self, stream: int) -> None:
        if self._calls.pop(stream, None) is not None:
            self._cancelled.add(stream)
            self._unsent.pop(stream, None)
            self.transport.write(frame(frames.RST_STREAM, 0, stream, frames.CANCEL))


class _Unsent:
    """Data held back by flow control."""

    __slots__ = ("at", "body", "window")

    def __init__(self, body: bytes, window: int) -> None:
        self.body = body
        self.at = 0
        self.window = window
