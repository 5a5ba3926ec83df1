"""HTTP port: aiohttp's server behind the limits that the gRPC port has.

aiohttp parses (llhttp, strict), frames and keeps connections alive. Here are the timers that it lacks, its answers to
what is not HTTP in the form of OpenAI's errors, a fast path for heads that repeat, and an orderly end. It logs nothing
by itself: who sends garbage must not fill the log.
"""

import asyncio
import logging
import re
import ssl
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Final

from aiohttp import EMPTY_PAYLOAD, http_exceptions, web, web_protocol
from aiohttp.http import RawRequestMessage, StreamWriter

from openai_grpc.rest import HttpError, Match
from openai_grpc_server.config import ServerSettings
from openai_grpc_server.listen.http2.limits import Limits, Peer
from openai_grpc_server.listen.http2.server import ConnectionCount, Listener, open_sockets

if TYPE_CHECKING:
    import socket

Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]

LINGER: Final = 2.0  # seconds in which the rest of a refused request is read and dropped, so that its answer arrives
READ_BUFFER: Final = 1 << 16  # bytes of a body that may wait to be read
HELD: Final = 0.05  # seconds in which the body of a known head is awaited before both are parsed
TURNS: Final = 3  # of the event loop, more than aiohttp takes from its answer until it waits for the next request
MAX_KNOWN: Final = 8  # heads of a connection
MAX_DIGITS: Final = 9  # of the length of a body
NAME: Final = "openai-grpc"
_HEAD_END: Final = b"\r\n\r\n"
_LINE_END: Final = b"\r\n"
_ZERO: Final = ord("0")
_LENGTHS: Final = re.compile(rb"\r\ncontent-length:", re.IGNORECASE)
_SPLIT: Final = re.compile(rb"(.*\r\ncontent-length:[ \t]*)[1-9]\d*(\r\n.*)", re.IGNORECASE | re.DOTALL)
_SILENT: Final = logging.getLogger(f"{__name__}.aiohttp")
_SILENT.addHandler(logging.NullHandler())
_SILENT.propagate = False


@dataclass(slots=True)
class KnownHead:
    """The head of a POST with a JSON body, as aiohttp has parsed it: a copy of it needs no parser.

    Attributes:
        serve: Serves a copy, and returns whether its connection stays open.
        settings: The settings of `server` by which its metadata was read.
        message: What aiohttp's parser made of it.
        match: The route that it matches.
        query: Its query.
        content_type: The media type of the body.
        metadata: Metadata of the call.
        start: Its bytes up to the length of the body.
        end: Its bytes after that.
    """

    serve: "Callable[[Repeated], Awaitable[bool]]"
    settings: ServerSettings
    message: RawRequestMessage
    match: Match
    query: str
    content_type: str
    metadata: tuple[tuple[str, str | bytes], ...]
    start: bytes = b""
    end: bytes = b""


class Repeated:
    """A request whose head is a copy of a known one.

    Args:
        connection: Its connection.
        known: Its head.
        body: Its body.
    """

    def __init__(self, connection: "Connection", known: KnownHead, body: bytes) -> None:
        self.connection = connection
        self.known = known
        self.body = body

    @cached_property
    def request(self) -> web.BaseRequest:
        """The request as aiohttp has it, without the body, for responses that aiohttp sends."""
        loop = asyncio.get_running_loop()
        task: Any = asyncio.current_task()
        writer = StreamWriter(self.connection, loop)
        return web.BaseRequest(self.known.message, EMPTY_PAYLOAD, self.connection, writer, task, loop)

    @property
    def transport(self) -> asyncio.Transport | None:
        """The transport of its connection; None once that is closed."""
        return self.connection.transport

    @property
    def begun(self) -> bool:
        """True if a part of aiohttp's response is sent."""
        return "request" in vars(self) and self.request.writer.output_size > 0


class Connection(web_protocol.RequestHandler):
    """A connection.

    Callers repeat the heads of their requests. A head that is, but for the length of its body, byte by byte one that
    aiohttp has parsed on this connection is not parsed again, and its call is served without aiohttp's objects. All
    else, such as requests sent together, is aiohttp's.

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
        candidate: The head of the request that is being answered, if a copy of it may come; None: it asks for more than
            a call.
        call: The task that serves a repeated request, if any.
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
        self.candidate: KnownHead | None = None
        self._known: dict[bytes, KnownHead] = {}  # by the request line
        self._head = b""  # the first head of what was parsed since `_parsed` was 0
        self._parsed = 0  # bytes that the parser got since it was last known to be between two requests
        self._held = b""  # a known head whose body has not all come
        self._held_timer: asyncio.TimerHandle | None = None
        self.call: asyncio.Task[None] | None = None  # serves a repeated request
        # Came while it does. Not joined: aiohttp drops all requests of a piece that is malformed.
        self._behind: list[bytes] = []
        self._behind_size = 0
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
        return self.call is None and not self._held and self._parser_idle

    @property
    def _parser_idle(self) -> bool:
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
        self._take_held()
        if self.call is not None:
            self.call.cancel()
        super().connection_lost(exc)
        self._lost(self)

    def data_received(self, data: bytes) -> None:
        """Serves a repeated request, or parses what has come."""
        if self.call is not None:
            self._keep(data)
        elif self._parsed or not self._known:
            self._parse(data)
        else:
            self._receive(self._held + data if self._held else data)

    def answered(self, request: web.BaseRequest) -> None:
        """Notes that the parser is between two requests, if that is certain, and keeps the head of the last one.

        Args:
            request: The request that is answered.
        """
        head, known = self._head, self.candidate
        self._head, self.candidate = b"", None
        if not head or not request.content.is_eof() or self._parsed != len(head) + (request.content_length or 0):
            return  # more came, or not all
        self._parsed = 0
        if known is None or not request.keep_alive or len(_LENGTHS.findall(head)) != 1:
            return
        if found := _SPLIT.fullmatch(head):
            known.start, known.end = found.groups()
            if len(self._known) >= MAX_KNOWN:
                self._known.clear()
            self._known[head[: head.find(_LINE_END)]] = known

    async def send(self, pieces: Sequence[bytes]) -> None:
        """Sends a response to a repeated request; returns once the caller reads it.

        Raises:
            ConnectionError: The connection is closed.
        """
        transport = self.transport
        if transport is None:
            raise ConnectionResetError
        for each in pieces:
            transport.write(each)
        if self._paused:
            await StreamWriter(self, self._loop).drain()

    def _receive(self, data: bytes, turns: int = TURNS) -> None:
        """Serves what has come since the parser was between two requests, or has it parsed.

        Args:
            data: The data.
            turns: Turns of the event loop in which aiohttp may end its last answer.
        """
        idle = self._parser_idle
        if not idle and turns:
            if not self._held:
                self._loop.call_soon(self._receive_held, turns - 1)
            self._held = data
        elif not idle or not self._repeats(data):
            self._take_held()
            self._parse(data)

    def _receive_held(self, turns: int) -> None:
        if data := self._take_held():
            self._receive(data, turns)

    def _parse(self, data: bytes) -> None:
        if not self._parsed:
            end = data.find(_HEAD_END)
            self._head = data[: end + len(_HEAD_END)] if end >= 0 else b""
        self._parsed += len(data)
        before = self._request_count
        super().data_received(data)
        if self._request_count != before:
            self._head_done()
        elif data and self._head_timer is None and self.idle:
            self._await_head()

    def _repeats(self, data: bytes) -> bool:
        """Begins to serve a copy of a known request, or holds it for a moment, until its body is there.

        Returns:
            False if the data is not a copy of a known request.
        """
        known = self._known.get(data[: data.find(_LINE_END)])
        if known is None or not data.startswith(known.start):
            return False
        start = len(known.start)
        end = data.find(_LINE_END, start, start + MAX_DIGITS + len(_LINE_END))
        digits = data[start:end]
        if end < 0 or not digits.isdigit() or digits[0] == _ZERO or not data.startswith(known.end, end):
            return False
        size, begin = int(digits), end + len(known.end)
        left = begin + size - len(data)
        if left < 0 or (left and size > READ_BUFFER):
            return False
        if left:
            self._held = data
            if self._held_timer is None:
                self._held_timer = self._loop.call_later(HELD, self._held_too_long)
            return True
        if self._held:
            self._take_held()
        self.call = self._loop.create_task(self._serve(Repeated(self, known, data[begin:])))
        return True

    async def _serve(self, repeated: Repeated) -> None:
        stays = False
        try:
            stays = await repeated.known.serve(repeated)
        except ConnectionError:
            pass  # the caller has gone
        finally:
            self.call = None
            if not stays:
                self.force_close()
        self._next_keepalive_close_time = self._loop.time() + self._keepalive_timeout
        if self._behind and self.transport is not None and not self.transport.is_closing():
            if self._behind_size > READ_BUFFER:
                self.transport.resume_reading()
            behind, self._behind, self._behind_size = self._behind, [], 0
            for each in behind:
                self.data_received(each)

    def _keep(self, data: bytes) -> None:
        """Keeps what comes while a repeated request is served."""
        before = self._behind_size
        self._behind.append(data)
        self._behind_size += len(data)
        if before <= READ_BUFFER < self._behind_size and self.transport is not None:
            self.transport.pause_reading()

    def _take_held(self) -> bytes:
        """Returns what is held, and holds it no more."""
        if self._held_timer is not None:
            self._held_timer.cancel()
            self._held_timer = None
        data, self._held = self._held, b""
        return data

    def _held_too_long(self) -> None:
        self._parse(self._take_held())  # its own timers apply

    def _process_keepalive(self) -> None:
        if self.call is None and not self._held:
            super()._process_keepalive()
        else:
            self._keepalive_handle = self._loop.call_later(self._keepalive_timeout, self._process_keepalive)

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
