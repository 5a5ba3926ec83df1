"""One connection of a caller: its parts, the RPCs on it, and how it closes."""

import asyncio
import logging
from typing import TYPE_CHECKING, Final, cast

import grpc

from openai_grpc_server.http2.call import ServerCall
from openai_grpc_server.http2.errors import INTERNAL_ERROR, NO_ERROR, H2ConnectionError, RpcError
from openai_grpc_server.http2.frames import LARGEST_STREAM_ID, goaway, window_update
from openai_grpc_server.http2.incoming import Incoming
from openai_grpc_server.http2.lifetime import Lifetime
from openai_grpc_server.http2.messages import MessageReader
from openai_grpc_server.http2.metadata import encode_metadata
from openai_grpc_server.http2.methods import Methods
from openai_grpc_server.http2.output import Output
from openai_grpc_server.http2.peer import Peer
from openai_grpc_server.http2.receiving import UNBOUNDED, RequestMemory
from openai_grpc_server.http2.refusal import Refusal, refusal
from openai_grpc_server.http2.request_head import LONGEST_ECHO, RequestHead
from openai_grpc_server.http2.settings import DEFAULT_WINDOW, Limits, PeerSettings
from openai_grpc_server.http2.status import BEGIN, trailers
from openai_grpc_server.http2.stream import Stream
from openai_grpc_server.http2.streams import Streams

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

ALPN: Final = "h2"
LAST_WORDS: Final = 1.0  # seconds for what was written before the connection is dropped
_LOG: Final = logging.getLogger(__name__)


class Connection(asyncio.Protocol):
    """One connection.

    Args:
        methods: What can be called.
        limits: What it may cost.
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
        """Says the limits of this side."""
        self.begun = True
        self._loop = asyncio.get_running_loop()
        self._transport = cast("asyncio.Transport", transport)  # uvloop's own class is not registered as one
        self._peer = Peer.of(transport)
        limits = self._limits = self._limits.of(self._peer)
        self._output = Output(self._transport, PeerSettings())
        self._streams = Streams(self._output, limits, self._accept, lambda: len(self._calls))
        self._lifetime = Lifetime(limits, self._output, self._streams, self._transport.abort, self._close_if_idle)
        self._incoming = Incoming(limits, self._output, self._streams, self._lifetime)
        if not self._opened(self):
            self._closing = True
            self.abort()
            return
        tls: ssl.SSLObject | None = transport.get_extra_info("ssl_object")
        if tls is not None and tls.selected_alpn_protocol() != ALPN:
            self._close(LAST_WORDS)
            return
        opened = limits.connection_window - DEFAULT_WINDOW
        self._output.send(limits.settings_frame(), window_update(0, opened))

    def data_received(self, data: bytes) -> None:
        """Takes what has come."""
        if self._closing:
            self._heard = True
            return
        self._lifetime.last_read = self._loop.time()
        self._incoming.add(data)
        if self._next_turn is None and not self._held_up:
            self._read()

    def pause_writing(self) -> None:
        """The socket takes no more for now."""
        self._output.pause()

    def resume_writing(self) -> None:
        """The socket takes more."""
        self._output.resume()
        if self._held_up and not self._closing:
            self._held_up = False
            self._next_turn = self._loop.call_soon(self._read)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - nobody is left to be told why
        """Ends everything that was on it."""
        self._closing = True
        if self._timer is not None:
            self._timer.cancel()
        self._lifetime.stop()
        self._streams.lost()
        self._closed(self)

    def drain(self) -> None:
        """Asks the peer to open no more streams; closes once those that are open have ended."""
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
        """Reads for one turn of the loop: what then is left waits, so that other connections are read, too."""
        reads = self._next_turn is None
        self._next_turn = None
        if self._closing:
            return
        try:
            more = self._incoming.read()
        except H2ConnectionError as error:
            self._fail(error.code, error.reason)
            return
        except Exception as error:  # noqa: BLE001 - the boundary: nothing that comes may leave a connection half read
            _LOG.exception("Unexpected [%s] on a connection", type(error).__name__)
            self._fail(INTERNAL_ERROR, "")
            return
        if self._output.unread:
            self._held_up = True
        elif more:
            self._next_turn = self._loop.call_soon(self._read)
        waits = self._held_up or more
        if waits and reads:
            self._transport.pause_reading()
        elif not waits and not reads:
            self._transport.resume_reading()

    def _fail(self, code: int, reason: str) -> None:
        self._output.send(goaway(self._streams.last_id, code, reason))
        self._close(LAST_WORDS)

    def _accept(self, stream: Stream, head: RequestHead) -> None:
        status = refusal(head)
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
        size = limits.max_small_message_size if self._methods.small(head.path) else limits.max_message_size
        stream.read_with(MessageReader(head.encoding, size), self._memory)
        return ServerCall(stream, head, handler, self._peer, self._call_over)

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
                self._output.send(goaway(self._streams.last_id, NO_ERROR))
            self._close(self._limits.keepalive_timeout)

    def _close(self, patience: float) -> None:
        """Writes what is to be written, then closes; what comes is dropped.

        The socket itself stays until the peer has closed, too: what it has not read would be lost if it still sends.

        Args:
            patience: How many seconds the peer may take to read what was written.
        """
        self._closing = True
        self._lifetime.stop()
        self._streams.lost()
        if self._transport.is_closing():
            return
        self._output.flush()
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
