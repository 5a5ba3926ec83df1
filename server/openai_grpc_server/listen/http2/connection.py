"""Connection of a peer: its calls, timers and graceful shutdown."""

import asyncio
import logging
import random
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, cast

import grpc

from openai_grpc_server.errors.error import RpcError
from openai_grpc_server.listen.http2.call import Methods, Refusal, ServerCall
from openai_grpc_server.listen.http2.frames import (
    ALPN,
    DEFAULT_WINDOW,
    INTERNAL_ERROR,
    LARGEST_STREAM_ID,
    NO_ERROR,
    PING,
    H2ConnectionError,
    PeerSettings,
    frame,
    goaway,
    window_update,
)
from openai_grpc_server.listen.http2.headers import BEGIN, RequestHead, encode_metadata, trailers
from openai_grpc_server.listen.http2.limits import Limits, Peer
from openai_grpc_server.listen.http2.messages import LONGEST_ECHO, MessageReader
from openai_grpc_server.listen.http2.reader import FrameReader
from openai_grpc_server.listen.http2.stream import UNBOUNDED, RequestMemory, Stream
from openai_grpc_server.listen.http2.streams import Streams
from openai_grpc_server.listen.http2.writer import FrameWriter

if TYPE_CHECKING:
    import ssl

_KEEPALIVE: Final = b"alive?\0\0"
_DRAIN: Final = b"last one"
_AGE_SPREAD: Final = 0.1  # so that connections that came together don't end together: gRPC's own jitter


class Lifetime:
    """The timers of one connection.

    Args:
        limits: Timeouts of the connection.
        writer: Sending side of the connection.
        streams: Its streams.
        abort: Drops the connection.
        close_if_idle: Closes the connection if nothing is being served.

    Attributes:
        idle_since: When the last RPC ended, in seconds of the loop's clock; else when the connection was set up.
        last_read: When something came last, in seconds of the loop's clock.
        draining: Whether the peer was told to open no more streams.
    """

    def __init__(
        self,
        limits: Limits,
        writer: FrameWriter,
        streams: Streams,
        abort: Callable[[], None],
        close_if_idle: Callable[[], None],
    ) -> None:
        self._limits = limits
        self._writer = writer
        self._streams = streams
        self._abort = abort
        self._close_if_idle = close_if_idle
        self._loop = asyncio.get_running_loop()
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self.last_read = self.idle_since = self._loop.time()
        self.draining = False
        self._set("setup", limits.setup_timeout, abort)
        self._set("keepalive", limits.keepalive_time, self._keepalive)

    def set_up(self) -> None:
        """Handles the peer's preface and SETTINGS."""
        self._cancel("setup")
        age = self._limits.max_connection_age
        if age is not None:
            self._set("age", age * random.uniform(1 - _AGE_SPREAD, 1 + _AGE_SPREAD), self._grow_old)  # noqa: S311 - no secret

        self.idle_since = self._loop.time()
        if self._limits.max_connection_idle is not None:
            self._set("idle", self._limits.max_connection_idle, self._look_idle, self._limits.max_connection_idle)

    def ponged(self, payload: bytes) -> bool:
        """Handles a PING acknowledgement; returns whether it answers one of ours."""
        if payload == _DRAIN and self.draining:
            self._end_streams()
            return True
        if payload == _KEEPALIVE:
            self._cancel("pong")
            return True
        return False

    def drain(self) -> None:
        """Shuts down gracefully: sends GOAWAY, closes the connection when open streams have ended.

        First GOAWAY names no stream, and a ping follows: once it is answered the peer knows, and second GOAWAY says
        which streams had come by then, so that none is lost on the way.
        """
        if self.draining:
            return
        self.draining = True
        self._writer.send(goaway(LARGEST_STREAM_ID, NO_ERROR), frame(PING, 0, 0, _DRAIN))
        self._set("drain", self._limits.keepalive_timeout, self._end_streams)

    def stop(self) -> None:
        """Stops all timers and drops the reference to the closing connection."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        self._abort = self._close_if_idle = _nothing

    def _end_streams(self) -> None:
        self._cancel("drain")
        if self._streams.final_id == LARGEST_STREAM_ID:
            self._streams.final_id = self._streams.last_id
            self._writer.send(goaway(self._streams.last_id, NO_ERROR))
            self._close_if_idle()

    def _grow_old(self) -> None:
        self.drain()
        self._set("grace", self._limits.max_connection_age_grace, self._abort)

    def _look_idle(self, limit: float) -> None:
        idle = 0.0 if self._streams.busy else self._loop.time() - self.idle_since
        if idle < limit:
            self._set("idle", limit - idle, self._look_idle, limit)
        else:
            self.drain()

    def _keepalive(self) -> None:
        silent = self._loop.time() - self.last_read
        left = self._limits.keepalive_time - silent
        if left <= 0:
            self._writer.send(frame(PING, 0, 0, _KEEPALIVE))
            self._set("pong", self._limits.keepalive_timeout, self._silent)
            left = self._limits.keepalive_time + self._limits.keepalive_timeout
        self._set("keepalive", left, self._keepalive)

    def _silent(self) -> None:
        if self._loop.time() - self.last_read >= self._limits.keepalive_timeout:
            self._abort()

    def _set(self, name: str, seconds: float, act: Callable[..., None], *arguments: float) -> None:
        self._cancel(name)
        self._timers[name] = self._loop.call_later(seconds, act, *arguments)

    def _cancel(self, name: str) -> None:
        timer = self._timers.pop(name, None)
        if timer is not None:
            timer.cancel()


def _nothing() -> None:
    """Does nothing."""


LAST_WORDS: Final = 1.0  # seconds for what was written before the connection is dropped
_LOG: Final = logging.getLogger(__name__)


class Connection(asyncio.Protocol):
    """A connection.

    Args:
        methods: The methods served.
        limits: Limits of the connection.
        opened: Called once it is open, TLS included; returns whether it may go on.
        closed: Called once it is closed, if it was open before.
        memory: Bounds the bytes of requests.

    Attributes:
        begun: Whether it was ever open, so that `closed` has been or will be called.
    """

    def __init__(
        self,
        methods: Methods,
        limits: Limits,
        opened: "Callable[[Connection], bool]",
        closed: "Callable[[Connection], None]",
        memory: RequestMemory = UNBOUNDED,
    ) -> None:
        self._methods = methods
        self._memory = memory
        self._limits = limits
        self._opened = opened
        self._closed = closed
        self.begun = False
        self._calls: set[ServerCall | Refusal] = set()
        self._closing = False
        self._ending = False
        self._next_turn: asyncio.Handle | None = None
        self._held_up = False  # whether nothing is read until the peer has read
        self._heard = False  # whether something has come since it began to close
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Sends SETTINGS."""
        self.begun = True
        self._loop = asyncio.get_running_loop()
        self._transport = cast("asyncio.Transport", transport)  # uvloop's own class is not registered as one
        self._peer = Peer.of(transport)
        self._since = self._loop.time()
        limits = self._limits = self._limits.of(self._peer)
        self._writer = FrameWriter(self._transport, PeerSettings())
        self._streams = Streams(self._writer, limits, self._accept, self._calls)
        self._lifetime = Lifetime(limits, self._writer, self._streams, self._transport.abort, self._close_if_idle)
        self._reader = FrameReader(limits, self._writer, self._streams, self._lifetime)
        if not self._opened(self):
            self._closing = True
            self.abort()
            return
        tls: ssl.SSLObject | None = transport.get_extra_info("ssl_object")
        if tls is not None and tls.selected_alpn_protocol() != ALPN:
            self._close(LAST_WORDS)
            return
        opened = limits.connection_window - DEFAULT_WINDOW
        self._writer.send(limits.settings_frame(), window_update(0, opened))

    def data_received(self, data: bytes) -> None:
        """Handles received bytes."""
        if self._closing:
            self._heard = True
            return
        self._lifetime.last_read = self._loop.time()
        self._reader.add(data)
        if self._next_turn is None and not self._held_up:
            self._read()

    def pause_writing(self) -> None:
        """Handles a full socket buffer: stops writing."""
        self._writer.pause()

    def resume_writing(self) -> None:
        """Handles a drained socket buffer: resumes writing."""
        self._writer.resume()
        if self._held_up and not self._closing:
            self._held_up = False
            self._next_turn = self._loop.call_soon(self._read)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - nobody is left to be told why
        """Ends all streams."""
        self._closing = True
        if self._timer is not None:
            self._timer.cancel()
        self._lifetime.stop()
        self._streams.lost()
        self._closed(self)

    def facts(self) -> tuple[str, float, int]:
        """Returns the peer's address, the age in seconds and the number of RPCs in flight."""
        return self._peer.address, self._loop.time() - self._since, len(self._calls)

    def drain(self) -> None:
        """Shuts down gracefully; see `Lifetime.drain`."""
        if not self._closing:
            self._lifetime.drain()

    def end(self) -> None:
        """Ends all RPCs, and closes."""
        self._ending = True
        self._loop.call_later(LAST_WORDS, self._transport.abort)
        for call in tuple(self._calls):
            call.cancel()
        self._close_if_idle()

    def abort(self) -> None:
        """Drops the connection."""
        self._transport.abort()

    def _read(self) -> None:
        """Reads frames for one turn of the event loop; the rest waits, for fairness among connections."""
        reads = self._next_turn is None
        self._next_turn = None
        if self._closing:
            return
        try:
            more = self._reader.read()
        except H2ConnectionError as error:
            self._fail(error.code, error.reason)
            return
        except Exception as error:  # noqa: BLE001 - the boundary: nothing that comes may leave a connection half read
            _LOG.exception("Unexpected [%s] on a connection", type(error).__name__)
            self._fail(INTERNAL_ERROR, "")
            return
        if self._writer.paused and self._writer.unread:
            self._held_up = True
        elif more:
            self._next_turn = self._loop.call_soon(self._read)
        waits = self._held_up or more
        if waits and reads:
            self._transport.pause_reading()
        elif not waits and not reads:
            self._transport.resume_reading()

    def _fail(self, code: int, reason: str) -> None:
        self._writer.send(goaway(self._streams.last_id, code, reason))
        self._close(LAST_WORDS)

    def _accept(self, stream: Stream, head: RequestHead) -> None:
        status = head.refusal
        call: ServerCall | Refusal
        try:
            if status is None:
                call = self._call(stream, head)
            else:
                call = Refusal(stream, status, body=head.method != "HEAD", over=self._call_over)
        except RpcError as error:
            stream.send_trailers(BEGIN + trailers(error.code, error.details) + encode_metadata(error.metadata))
            return
        self._calls.add(call)
        if stream.remote_ended:
            call.received()

    def _call(self, stream: Stream, head: RequestHead) -> ServerCall:
        if not head.codec_known:
            details = f"unsupported content type {head.content_type[:LONGEST_ECHO]}: send application/grpc+proto"
            raise RpcError(grpc.StatusCode.UNIMPLEMENTED, details)
        handler = self._methods.find(head.path, head.metadata)
        if handler is None:
            raise RpcError(grpc.StatusCode.UNIMPLEMENTED, "Method not found!")
        if head.bad_timeout:
            raise RpcError(grpc.StatusCode.INTERNAL, "grpc-timeout can't be read")
        limits = self._limits
        size = limits.max_small_message_size if head.path in self._methods.small else limits.max_message_size
        stream.read_with(MessageReader(head.encoding, size), self._memory)
        return ServerCall(stream, head, handler, self._peer, self._loop, self._call_over)

    def _call_over(self, call: ServerCall | Refusal) -> None:
        self._calls.discard(call)
        if not self._calls:
            self._lifetime.idle_since = self._loop.time()
        if self._ending or self._lifetime.draining:
            self._close_if_idle()

    def _close_if_idle(self) -> None:
        drained = self._streams.final_id != LARGEST_STREAM_ID
        if not self._calls and not self._closing and (self._ending or drained):
            if not drained:
                self._writer.send(goaway(self._streams.last_id, NO_ERROR))
            self._close(self._limits.keepalive_timeout)

    def _close(self, patience: float) -> None:
        """Flushes pending writes, then closes; received data is dropped.

        The socket itself stays until the peer has closed, too: what it has not read would be lost if it still sends.

        Args:
            patience: Seconds for the peer to read what was written.
        """
        self._closing = True
        self._lifetime.stop()
        self._streams.lost()
        if self._transport.is_closing():
            return
        self._writer.flush()
        self._transport.resume_reading()
        if self._transport.can_write_eof():
            self._transport.write_eof()
        else:
            self._transport.close()
        self._linger(self._loop.time() + patience)

    def _linger(self, end: float) -> None:
        left = end - self._loop.time()
        self._timer = self._loop.call_later(min(left, LAST_WORDS), self._lingered, end)

    def _lingered(self, end: float) -> None:
        reads = self._heard or self._transport.get_write_buffer_size() > 0
        self._heard = False
        if reads and self._loop.time() < end:
            self._linger(end)
        else:
            self._transport.abort()
