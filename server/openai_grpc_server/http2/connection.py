"""One connection of a caller: its parts, the RPCs on it, and how it closes."""

import asyncio
from typing import TYPE_CHECKING, Final, cast

import grpc

from openai_grpc_server.http2.call import ServerCall
from openai_grpc_server.http2.errors import NO_ERROR, H2ConnectionError, RpcError
from openai_grpc_server.http2.frames import LARGEST_STREAM_ID, goaway, window_update
from openai_grpc_server.http2.incoming import Incoming
from openai_grpc_server.http2.lifetime import Lifetime
from openai_grpc_server.http2.messages import MessageReader
from openai_grpc_server.http2.metadata import encode_metadata
from openai_grpc_server.http2.methods import Methods
from openai_grpc_server.http2.output import Output
from openai_grpc_server.http2.peer import Peer
from openai_grpc_server.http2.refusal import Refusal, refusal
from openai_grpc_server.http2.request_head import RequestHead
from openai_grpc_server.http2.settings import DEFAULT_WINDOW, Limits, PeerSettings
from openai_grpc_server.http2.status import BEGIN, trailers
from openai_grpc_server.http2.stream import Stream
from openai_grpc_server.http2.streams import Streams

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

ALPN: Final = "h2"
_LAST_WORDS: Final = 1.0  # seconds for what was written before the connection is dropped


class Connection(asyncio.Protocol):
    """One connection.

    Args:
        methods: What can be called.
        limits: What it may cost.
        opened: Called once it stands, TLS included.
        closed: Called once it is closed.
    """

    def __init__(
        self,
        methods: Methods,
        limits: Limits,
        opened: "Callable[[Connection], None]",
        closed: "Callable[[Connection], None]",
    ) -> None:
        self._methods = methods
        self._limits = limits
        self._opened = opened
        self._closed = closed
        self._calls: set[ServerCall | Refusal] = set()
        self._closing = False
        self._ending = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Says the limits of this side."""
        self._loop = asyncio.get_running_loop()
        self._transport = cast("asyncio.Transport", transport)  # uvloop's own class is not registered as one
        self._peer = Peer.of(transport)
        limits = self._limits
        self._output = Output(self._transport, PeerSettings())
        self._streams = Streams(self._output, limits, self._accept, lambda: len(self._calls))
        self._lifetime = Lifetime(limits, self._output, self._streams, self._transport.abort, self._close_if_idle)
        self._incoming = Incoming(limits, self._output, self._streams, self._lifetime)
        self._opened(self)
        tls: ssl.SSLObject | None = transport.get_extra_info("ssl_object")
        if tls is not None and tls.selected_alpn_protocol() != ALPN:
            self._close()
            return
        opened = limits.connection_window - DEFAULT_WINDOW
        self._output.send(limits.settings_frame(), window_update(0, opened))

    def data_received(self, data: bytes) -> None:
        """Takes what has come."""
        if self._closing:
            return
        self._lifetime.last_read = self._loop.time()
        try:
            self._incoming.feed(data)
        except H2ConnectionError as error:
            self._output.send(goaway(self._streams.last_id, error.code, error.reason))
            self._close(linger=self._transport.can_write_eof())

    def pause_writing(self) -> None:
        """The socket takes no more for now."""
        self._output.pause()

    def resume_writing(self) -> None:
        """The socket takes more."""
        self._output.resume()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - nobody is left to be told why
        """Ends everything that was on it."""
        self._closing = True
        self._lifetime.stop()
        self._streams.lost()
        self._closed(self)

    def drain(self) -> None:
        """Asks the peer to open no more streams; closes once those that are open have ended."""
        self._lifetime.drain()

    def end(self) -> None:
        """Ends all RPCs, and closes."""
        self._ending = True
        for call in tuple(self._calls):
            call.cancel()
        self._loop.call_later(_LAST_WORDS, self._transport.abort)
        self._close_if_idle()

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
        handler = self._methods.find(head.path, head.metadata)
        if handler is None:
            raise RpcError(grpc.StatusCode.UNIMPLEMENTED, "Method not found!")
        if head.bad_timeout:
            raise RpcError(grpc.StatusCode.INTERNAL, "grpc-timeout can't be read")
        stream.read_with(MessageReader(head.encoding, self._limits.max_message_size))
        return ServerCall(stream, head, handler, self._peer, self._call_over)

    def _call_over(self, call: ServerCall | Refusal) -> None:
        self._calls.discard(call)
        if self._ending or self._lifetime.draining:
            self._close_if_idle()

    def _close_if_idle(self) -> None:
        drained = self._streams.final_id != LARGEST_STREAM_ID
        if not self._calls and not self._closing and (self._ending or drained):
            if not drained:
                self._output.send(goaway(self._streams.last_id, NO_ERROR))
            self._close()

    def _close(self, *, linger: bool = False) -> None:
        """Writes what is to be written, then closes; what comes is dropped.

        Args:
            linger: Whether the peer still sends: what it has not read would be lost if the socket were closed at once.
        """
        self._closing = True
        self._lifetime.stop()
        self._streams.lost()
        self._output.flush()
        if linger:
            self._transport.write_eof()
        else:
            self._transport.close()
        self._loop.call_later(_LAST_WORDS, self._transport.abort)
