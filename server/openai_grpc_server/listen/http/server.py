"""HTTP port: aiohttp's server behind the limits that the gRPC port has.

aiohttp parses (llhttp, strict), frames and keeps connections alive. Here are the timers that it lacks, its answers to
what is not HTTP in the form of OpenAI's errors, and an orderly end. It logs nothing by itself: who sends garbage must
not fill the log.
"""

import asyncio
import logging
import ssl
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from aiohttp import http_exceptions, web, web_protocol

from openai_grpc.rest import HttpError
from openai_grpc_server.config import ServerSettings
from openai_grpc_server.listen.http2.limits import Limits, Peer
from openai_grpc_server.listen.http2.server import ConnectionCount, Listener, open_sockets

if TYPE_CHECKING:
    import socket

Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]

LINGER: Final = 2.0  # seconds in which the rest of a refused request is read and dropped, so that its answer arrives
READ_BUFFER: Final = 1 << 16  # bytes of a body that may wait to be read
NAME: Final = "openai-grpc"
_SILENT: Final = logging.getLogger(f"{__name__}.aiohttp")
_SILENT.addHandler(logging.NullHandler())
_SILENT.propagate = False


class KnownHeaders(NamedTuple):
    """Headers that ask for nothing but a call with a body of JSON, or without one; most requests repeat them.

    Attributes:
        settings: The settings of `server` by which they were read.
        raw: The headers as they came, without the length of the body.
        size: Their bytes.
        metadata: Metadata of the call.
    """

    settings: ServerSettings
    raw: list[tuple[bytes, bytes]]
    size: int
    metadata: tuple[tuple[str, str | bytes], ...]


class Connection(web_protocol.RequestHandler):
    """A connection.

    Args:
        server: aiohttp's server.
        settings: Settings of `server`.
        opened: Called once it is open.
        lost: Called once it is closed.

    Attributes:
        begun: Whether it was opened, after TLS.
        peer: The peer.
        since: When it was opened, in `time.monotonic()` seconds.
        leaving: Whether it closes after the answer that is being sent.
        known: Headers of the last call; None: they asked for more than a call.
    """

    def __init__(
        self,
        server: web.Server,
        settings: ServerSettings,
        opened: "Callable[[Connection], None]",
        lost: "Callable[[Connection], None]",
    ) -> None:
        http = settings.http
        super().__init__(
            server,
            loop=asyncio.get_running_loop(),
            keepalive_timeout=http.idle_timeout,
            access_log=None,  # type: ignore[arg-type]  # it takes None, and the annotation does not say so
            logger=_SILENT,
            max_line_size=http.max_header_bytes,
            max_field_size=http.max_header_bytes,
            lingering_time=LINGER,
            read_bufsize=READ_BUFFER,
            auto_decompress=False,
        )
        self.begun = False
        self.leaving = False
        self.known: KnownHeaders | None = None
        self._opened = opened
        self._lost = lost
        self._head_timeout = http.header_timeout
        self._head_timer: asyncio.TimerHandle | None = None
        age = settings.max_connection_age
        self._expires = float("inf") if age is None else time.monotonic() + age

    @property
    def ends(self) -> bool:
        """True if the next answer is its last."""
        return self.leaving or time.monotonic() > self._expires

    @property
    def idle(self) -> bool:
        """True if it waits for a request."""
        return self._waiter is not None and not self._waiter.done()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begins to serve."""
        self.begun = True
        self.peer = Peer.of(transport)
        self.since = time.monotonic()
        self._opened(self)
        self._await_head()
        super().connection_made(transport)

    def connection_lost(self, exc: BaseException | None) -> None:
        """Cancels what is being served."""
        self._head_done()
        super().connection_lost(exc)
        self._lost(self)

    def data_received(self, data: bytes) -> None:
        """Parses what has come."""
        before = self._request_count
        super().data_received(data)
        if self._request_count != before:
            self._head_done()
        elif data and self._head_timer is None and self.idle:
            self._await_head()

    def leave(self) -> None:
        """Closes once the answer is sent that is being made."""
        self.leaving = True
        if self.idle:
            self.force_close()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answers what is not HTTP, or what failed without an answer.

        Raises:
            ConnectionError: A part of an answer is sent already.
        """
        if exc is not None:
            exc.__traceback__ = None  # a frame of aiohttp's holds it
        if request.writer.output_size > 0:
            raise ConnectionError
        if isinstance(exc, http_exceptions.LineTooLong):
            status, told = 431, "The request's line or a header is too long"
        elif isinstance(exc, http_exceptions.HttpProcessingError) or status == 400:
            told = f"The request is not valid HTTP/1.1: {(message or '').partition(chr(10))[0].rstrip(':')}"
        else:
            status, told = 500, "The gateway failed; see its log"
        return refusal(error_of(status, told), last=True)

    def _await_head(self) -> None:
        self._head_timer = self._loop.call_later(self._head_timeout, self._head_late)

    def _head_done(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _head_late(self) -> None:
        self._head_timer = None
        if self.transport is not None and self.idle:
            self.force_close()


def error_of(status: int, message: str, code: str | None = None) -> HttpError:
    """Makes an answer of the port itself, in the form of OpenAI's errors."""
    kind = "invalid_request_error" if status < 500 else "server_error"
    return HttpError(status, {"error": {"message": message, "type": kind, "param": None, "code": code}})


def refusal(error: HttpError, *, last: bool = False) -> web.Response:
    """Returns the response for an error.

    Args:
        error: The error.
        last: Whether the connection closes after it.
    """
    status, headers, data = error.parts()
    response = web.Response(status=status, body=data, headers=[*headers, ("server", NAME)])
    if last:
        response.force_close()
    return response


class HttpServer:
    """The HTTP port.

    Args:
        settings: Settings of `server`.
        limits: Limits of connections.
        tls: TLS of the port; None: plain text.
        count: Counts connections, and says which are over a limit.
    """

    def __init__(
        self, settings: ServerSettings, limits: Limits, tls: ssl.SSLContext | None, count: ConnectionCount
    ) -> None:
        self._settings = settings
        self._limits = limits
        self._count = count
        self._tls = tls
        self._bound: list[socket.socket] = []
        self._listening: list[Listener] = []
        self._connections: set[Connection] = set()
        self._empty = asyncio.Event()
        self._empty.set()
        self._leaving = False

    def bind(self, port: int) -> int:
        """Takes a port, and returns it.

        Raises:
            OSError: It can't be taken.
        """
        settings = self._settings
        self._bound = open_sockets(settings.host, port, reuse_port=settings.reuse_port)
        number: int = self._bound[0].getsockname()[1]
        return number

    def start(self, serve: Handler) -> None:
        """Begins to serve.

        Args:
            serve: Answers requests; it is cancelled when the caller hangs up.
        """
        server = web.Server(serve, handler_cancellation=True)
        connect: Any = partial(self._connect, server)
        for bound in self._bound:
            listener = Listener(bound, self._tls, self._limits.setup_timeout, self._count, connect)
            self._listening.append(listener)
            listener.start()

    def use_tls(self, tls: ssl.SSLContext) -> None:
        """Replaces TLS for connections to come."""
        self._tls = tls
        for listener in self._listening:
            listener.tls = tls

    def leave(self) -> None:
        """Closes connections without a request, and the others after their answers."""
        self._leaving = True
        for connection in tuple(self._connections):
            connection.leave()

    def connections(self) -> list[tuple[str, float, int]]:
        """Returns the peer of each connection, its age in seconds and the number of its requests."""
        now = time.monotonic()
        return [(each.peer.address, now - each.since, int(not each.idle)) for each in self._connections]

    async def stop(self, grace: float) -> None:
        """Listens no more, and closes each connection after its answer, or after the grace period in seconds."""
        for listener in self._listening:
            listener.close()
        for bound in self._bound:
            bound.close()
        self.leave()
        try:
            async with asyncio.timeout(grace):
                await self._empty.wait()
        except TimeoutError:
            for connection in tuple(self._connections):
                connection.force_close()

    def _connect(self, server: web.Server, host: str) -> Connection:
        return Connection(server, self._settings, self._opened, partial(self._closed, host))

    def _opened(self, connection: Connection) -> None:
        connection.leaving = self._leaving
        self._connections.add(connection)
        self._empty.clear()

    def _closed(self, host: str, connection: Connection) -> None:
        self._count.leave(host)
        self._connections.discard(connection)
        if not self._connections:
            self._empty.set()
