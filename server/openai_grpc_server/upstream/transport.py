"""HTTP/1.1 on aiohttp, as an httpx2 transport: connection pool, TLS, and a fast path for bodies in memory.

It uses a fraction of the CPU time of httpx2's own transport, and its pool does not degrade. The fast path has a
connection and a pool of its own, as aiohttp's session, request, writer, response and pool cost more than the rest of
a call. What is hard is aiohttp's there too: connecting, with DNS and TLS, and the parser of responses. It is one
module, because both ways share the kept connections, the limits and the errors.
"""

from __future__ import annotations

import asyncio
import select
import ssl
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, cast
from weakref import WeakKeyDictionary

import aiohttp
import httpx2
from aiohttp import Payload, hdrs
from aiohttp.http import HttpResponseParser
from aiohttp.http_exceptions import HttpProcessingError
from multidict import CIMultiDict
from yarl import URL

from openai_grpc_server.upstream.request import RequestBody

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from aiohttp.abc import AbstractStreamWriter
    from aiohttp.client_proto import ResponseHandler
    from aiohttp.client_reqrep import ClientResponse
    from aiohttp.connector import Connection
    from aiohttp.http import RawResponseMessage
    from multidict import CIMultiDictProxy

_SWITCHING_PROTOCOLS = 101
WRITE_SLICE = 256 * 1024  # bytes
READ_BUFFER = 32768  # bytes; aiohttp stops reading the socket at twice as much
KEEPALIVE = 60.0  # seconds that an idle connection is kept
MAX_HEADER = 65536  # bytes of one header line or field of an answer
MAX_HEADERS = 1024  # fields of an answer's head; content delivery networks send more than aiohttp's 128
USUAL_HEADERS = 64  # fields of a head, above which its size is checked
MAX_HEAD = 512 * 1024  # bytes of all fields of a head
MOST_STARTS = 16  # of heads that are kept for one destination
LARGE_BODY = 1 << 20  # bytes; aiohttp warns of larger ones, as writing them in one go blocks the loop
_NO_AUTO_HEADERS = frozenset(
    {hdrs.ACCEPT, hdrs.ACCEPT_ENCODING, hdrs.USER_AGENT, hdrs.CONTENT_TYPE},
)
_PARSER: dict[str, Any] = {
    "auto_decompress": True,
    "read_bufsize": READ_BUFFER,
    "max_line_size": MAX_HEADER,
    "max_field_size": MAX_HEADER,
    "max_headers": MAX_HEADERS,
}
# The same for the parser alone.
_RESPONSE: dict[str, Any] = {
    "payload_exception": aiohttp.ClientPayloadError,
    "response_with_body": True,
    "read_until_eof": True,
    "auto_decompress": True,
    "max_line_size": MAX_HEADER,
    "max_field_size": MAX_HEADER,
    "max_headers": MAX_HEADERS,
}
# aiohttp's reader raises RuntimeError where the connection was gone before it was asked to read.
_LOST = (aiohttp.ClientError, aiohttp.http_exceptions.HttpProcessingError, OSError, RuntimeError)
_ENCODING_HEADERS = (b"content-encoding", b"content-length")


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsOptions:
    """TLS options of connections to an upstream.

    Attributes:
        verify: Checks the certificate and the host name. Without it anybody can pose as the upstream.
        ca_file: PEM file of the authorities to trust, instead of the system's.
        client_cert: PEM file of the certificate to show, with its chain.
        client_key: PEM file of its key, if `client_cert` does not hold it.
    """

    verify: bool = True
    ca_file: str | None = None
    client_cert: str | None = None
    client_key: str | None = None

    def context(self) -> ssl.SSLContext:
        """Reads the files.

        Raises:
            OSError: A file cannot be read, or (as `ssl.SSLError`) holds no usable certificate or key.
        """
        context = ssl.create_default_context(cafile=self.ca_file)
        if not self.verify:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        if self.client_cert:
            context.load_cert_chain(self.client_cert, self.client_key, password="")  # must not be asked for
        return context


class Answer(Protocol):
    """Response on a connection.

    Attributes:
        content: The body; None until the headers are there.
    """

    content: aiohttp.StreamReader


class StaleConnectionError(Exception):
    """The peer had closed a pooled connection before anything of the request was written."""


class KeptConnection:
    """State of a pooled connection that aiohttp does not keep.

    Attributes:
        answer: The latest response on it.
    """

    __slots__ = ("_poll", "answer")

    def __init__(self, transport: asyncio.Transport) -> None:
        self.answer: Answer | None = None
        self._poll = select.poll()
        self._poll.register(transport.get_extra_info("socket").fileno(), select.POLLIN)

    def readable(self) -> bool:
        """True if an idle connection was closed by the peer or has unexpected bytes."""
        return bool(self._poll.poll(0))


_kept: WeakKeyDictionary[ResponseHandler, KeptConnection] = WeakKeyDictionary()


def ready(connection: Connection) -> tuple[ResponseHandler, asyncio.Transport, KeptConnection]:
    """Returns protocol, transport and state of a connection that can be written to.

    Raises:
        StaleConnectionError: It was used before, and its peer has closed it since.
        httpx2.ConnectError: It is new, and closed already.
    """
    protocol = connection.protocol
    transport = connection.transport
    if protocol is None or transport is None:
        raise httpx2.ConnectError("the connection was closed immediately")
    kept = _kept.get(protocol)
    if kept is None:
        kept = _kept[protocol] = KeptConnection(transport)
        _watch(protocol)
    elif kept.readable():
        raise StaleConnectionError
    return protocol, transport, kept


def translated(error: BaseException) -> httpx2.TransportError | None:
    """Returns httpx2's exception for one of aiohttp, or None for others."""
    match error:
        case aiohttp.ConnectionTimeoutError():
            return httpx2.ConnectTimeout(str(error))
        case aiohttp.ClientProxyConnectionError() | aiohttp.ClientHttpProxyError():
            return httpx2.ProxyError(str(error))
        case aiohttp.ClientConnectorError():
            return httpx2.ConnectError(str(error))
        case aiohttp.ClientResponseError() | HttpProcessingError():
            return httpx2.RemoteProtocolError(error.message)
        case aiohttp.ClientError() | OSError():
            return httpx2.ReadError(str(error) or type(error).__name__)
    return None


def _watch(protocol: ResponseHandler) -> None:
    """Fails an unfinished body when its connection is lost: after bad framing aiohttp leaves it waiting."""

    def lost(closed: asyncio.Future[None]) -> None:
        closed.exception()  # retrieved, so that nothing logs it
        while len(protocol):  # an answer that nobody has taken refers to the connection
            with suppress(StopIteration):
                protocol.read().send(None)  # it is there, so that nothing is waited for
        kept = _kept.pop(protocol, None)
        answer = kept.answer if kept is not None else None
        if answer is None or answer.content is None:
            return
        if not answer.content.is_eof() and answer.content.exception() is None:
            answer.content.set_exception(aiohttp.ClientPayloadError("the connection was lost"))

    if protocol.closed is not None:
        protocol.closed.add_done_callback(lost)


class Exchange:
    """A request on an `Http1Connection` and its response, with the attributes of `aiohttp.ClientResponse`.

    Args:
        connection: The connection; None once all of the body has arrived, and the pool has it back.
        message: The head of the response.
        content: The body.

    Attributes:
        status: The HTTP status.
        headers: The headers.
        raw_headers: The headers as they came.
        content: As above; None once it is closed.
        connection: As above.
    """

    __slots__ = ("_reusable", "connection", "content", "headers", "raw_headers", "status")

    def __init__(self, connection: Http1Connection, message: RawResponseMessage, content: Any) -> None:
        self.status: int = message.code
        self.headers = message.headers
        self.raw_headers = message.raw_headers
        self.content = content
        self.connection: Http1Connection | None = connection
        self._reusable = not message.should_close and message.code != _SWITCHING_PROTOCOLS
        if self.status != _SWITCHING_PROTOCOLS:
            content.on_eof(self._release)

    def close(self) -> None:
        """Closes the connection, unless it is back in the pool."""
        connection, self.connection = self.connection, None
        if connection is not None:
            if self.content is not None and self.content.exception() is None:
                self.content.set_exception(aiohttp.ClientConnectionError("Connection closed"))
            if connection.arrived is not None:
                connection.arrived()
            connection.close()
        self.content = None  # which may hold `_release`

    def _release(self) -> None:
        connection, self.connection = self.connection, None
        if connection is not None:
            connection.finish(reusable=self._reusable and not closes_silently(self.headers))


class Http1Connection(asyncio.Protocol):
    """Connection for requests whose body is in memory, one at a time; aiohttp's parser reads the responses.

    aiohttp connects, with DNS and TLS. From then on the transport is this protocol's.

    Args:
        held: The connection in aiohttp's pool, which it never goes back to.
        transport: Its transport.
        pool: Where it goes after each response, if it can be used again.

    Attributes:
        transport: As above; None once the connection is lost.
        idle_since: When it came to the pool, in `time.monotonic()` seconds.
        loop: Its event loop.
        paused: Whether nothing is read from the socket, as too much of the body waits.
        arrived: Is called when more of the body is there, or its end or failure; None: nobody waits.
    """

    def __init__(self, held: Connection, transport: asyncio.Transport, pool: deque[Http1Connection]) -> None:
        self.transport: asyncio.Transport | None = transport
        self.idle_since = 0.0
        self.arrived: Callable[[], None] | None = None
        self._held = held
        self._pool = pool
        self.loop = asyncio.get_running_loop()
        self._protocol = held.protocol
        self._parser: Any = None
        self._waiter: asyncio.Future[tuple[RawResponseMessage, Any]] | None = None
        self._content: Any = None
        self.paused = False
        self._poll = select.poll()
        self._poll.register(transport.get_extra_info("socket").fileno(), select.POLLIN)
        transport.set_protocol(self)

    @property
    def connected(self) -> bool:
        """True if it is open, for aiohttp's reader."""
        return self.transport is not None

    @property
    def usable(self) -> bool:
        """True if a request can be written: the peer has not closed it, and sent nothing unasked."""
        transport = self.transport
        if transport is None or transport.is_closing() or time.monotonic() - self.idle_since > KEEPALIVE:
            return False
        return not self._poll.poll(0)

    async def send(self, head: bytes, body: bytes) -> Exchange:
        """Writes a request and waits for the head of its response.

        Args:
            head: The request's head.
            body: The request's body.

        Raises:
            httpx2.TransportError: As for the transport.
        """
        transport, loop = self.transport, self.loop
        if transport is None:
            raise httpx2.ConnectError("the connection was closed immediately")
        protocol: Any = self  # it has what the parser and its reader call, and not aiohttp's base class
        self._parser = HttpResponseParser(protocol, loop, READ_BUFFER, **_RESPONSE)
        self._waiter = waiter = loop.create_future()
        try:
            transport.writelines((head, body))
            message, content = await waiter
        except BaseException as error:
            self.abort()
            if (fault := translated(error)) is None:
                raise
            raise fault from error
        finally:
            self._waiter = None
            del waiter  # its error holds this frame
        return Exchange(self, message, content)

    def finish(self, *, reusable: bool) -> None:
        """Goes back to the pool once the response is read, or closes."""
        self._parser = self._content = self.arrived = None
        if reusable and self.transport is not None:
            self.idle_since = time.monotonic()
            self._pool.append(self)
        else:
            self.close()

    def close(self) -> None:
        """Closes the connection."""
        if self.transport is not None:
            self.transport.close()

    def abort(self) -> None:
        """Closes the connection at once: closing alone would first flush what is not written yet."""
        if self.transport is not None:
            self.transport.abort()

    def data_received(self, data: bytes) -> None:
        """Parses what has come."""
        parser = self._parser
        if parser is None:
            if data:  # unasked
                self.close()
            return
        arrived = self.arrived  # at the end of the body the connection may go to another response
        try:
            messages, upgraded, _ = parser.feed_data(data)
        except Exception as error:  # noqa: BLE001 - whatever the parser finds wrong
            error.__traceback__ = None  # its frames hold this connection
            self._parser = None
            fault = error if isinstance(error, HttpProcessingError) else HttpProcessingError()
            self._fail(fault, aiohttp.ClientPayloadError("the body is not framed as it says"))
            self.close()
            return
        for message, content in messages:
            if message.code < 200 and message.code != _SWITCHING_PROTOCOLS:
                continue
            if self._waiter is None or self._waiter.done():  # a second response
                self.close()
                return
            if not content.is_eof():
                self._content = content
            self._waiter.set_result((message, content))
        if upgraded:
            self._parser = None
        if arrived is not None:
            arrived()

    def connection_lost(self, exc: Exception | None) -> None:
        """Ends the body that lasts until the connection closes, and fails any other."""
        self.transport = None
        arrived = self.arrived  # at the end of the body it is forgotten
        parser, self._parser = self._parser, None
        body = aiohttp.ClientPayloadError("the connection was lost")
        if parser is not None:
            try:
                parser.feed_eof()
            except Exception as error:  # noqa: BLE001 - whatever the parser misses
                body = aiohttp.ClientPayloadError(f"Response payload is not completed: {error!r}")
        lost = exc if isinstance(exc, OSError) else aiohttp.ServerDisconnectedError()
        self._fail(lost, body)
        if arrived is not None:
            arrived()
        if self._protocol is not None:
            self._protocol.connection_lost(exc)  # aiohttp waits for that when it closes
            self._protocol = None
        self._held.close()

    def pause_reading(self) -> None:
        """Reads no more from the socket for now, as aiohttp's reader asks: the body is not read as fast as it comes."""
        self.paused = True
        if self._parser is not None:
            self._parser.pause_reading()
        if self.transport is not None:
            self.transport.pause_reading()

    def resume_reading(self, resume_parser: bool = True) -> None:
        """Reads again."""
        if not self.paused:
            return
        self.paused = False
        if resume_parser:
            self.data_received(b"")  # what the parser holds back, which may pause again
        if not self.paused and self.transport is not None:
            self.transport.resume_reading()

    def _fail(self, head: Exception, body: Exception) -> None:
        """Raises errors where a head or the rest of a body is awaited."""
        content, self._content = self._content, None
        if content is not None and not content.is_eof() and content.exception() is None:
            content.set_exception(body)
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_exception(head)
        if self.arrived is not None:
            self.arrived()


def closes_silently(headers: CIMultiDictProxy[str]) -> bool:
    """Returns whether the peer closes the connection after this response without announcing it.

    llama.cpp's server does so after every stream; a request that is written just then is lost, and it is unknown
    whether it was carried out.
    """
    return headers.get("server") == "llama.cpp" and headers.get("content-type", "").startswith("text/event-stream")


class Destination:
    """Method and URL of requests, with the cached starts of their heads.

    Attributes:
        method: The HTTP method.
        url: The URL.
        origin: Its scheme, host and port.
    """

    __slots__ = ("_line", "_starts", "method", "origin", "url")

    def __init__(self, method: str, url: httpx2.URL) -> None:
        self.method = method
        self.url = url
        self.origin = (url.raw_scheme, url.raw_host, url.port)
        target, host = url.raw_path.decode("ascii"), url.netloc.decode("ascii")
        self._line = f"{method} {target} HTTP/1.1\r\n{_lines((('Host', host),))}"
        self._starts: dict[tuple[tuple[str, str], ...], str] = {}

    def start(self, own: tuple[tuple[str, str], ...]) -> str:
        """Returns the start of a head: the request line, `Host`, and headers that most requests share.

        Raises:
            httpx2.UnsupportedProtocol: A line break in one of them.
        """
        start = self._starts.get(own)
        if start is None:
            start = self._line + _lines(own)
            if len(self._starts) >= MOST_STARTS:  # such as those of forms, each with a boundary of its own
                self._starts.clear()
            self._starts[own] = start
        return start


def request_head(
    destination: Destination, own: tuple[tuple[str, str], ...], headers: Sequence[tuple[str, str]], length: int
) -> bytes:
    """Writes the head of a request.

    Args:
        destination: Where it goes.
        own: Headers that most requests share.
        headers: Its other headers, without `Host` and those of framing.
        length: The size of its body in bytes.

    Raises:
        httpx2.UnsupportedProtocol: A line break in it, or a letter that is not ASCII.
    """
    head = f"{destination.start(own)}{_lines(headers)}Content-Length: {length}\r\n\r\n"
    try:
        return head.encode("ascii")
    except UnicodeEncodeError as error:
        raise httpx2.UnsupportedProtocol("a header that is not ASCII") from error


def _lines(headers: Sequence[tuple[str, str]]) -> str:
    lines = ""
    for name, value in headers:
        line = f"{name}: {value}"
        if "\n" in line or "\r" in line:
            raise httpx2.UnsupportedProtocol("a line break in a header")
        lines += f"{line}\r\n"
    return lines


class LargeBytes(Payload):
    """Large body in memory, written in slices so that it does not block the event loop."""

    _value: bytes

    def __init__(self, value: bytes) -> None:
        super().__init__(value, content_type="application/octet-stream")
        self._size = len(value)

    async def write(self, writer: AbstractStreamWriter) -> None:
        """Writes the whole body."""
        view = memoryview(self._value)
        for start in range(0, len(view), WRITE_SLICE):
            await writer.write(view[start : start + WRITE_SLICE])

    async def write_with_length(self, writer: AbstractStreamWriter, content_length: int | None) -> None:
        """Writes the whole body: `Content-Length` is the size of the value."""
        del content_length
        await self.write(writer)

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        """Returns the value as text."""
        return self._value.decode(encoding, errors)


class AiohttpTransport(httpx2.AsyncBaseTransport):
    """HTTP/1.1 with keep-alive; no cookies, no redirects, nothing inherited from the environment.

    Sends just the headers of the request, and `Host` and the framing of its body. Bodies of answers come decompressed,
    without `content-encoding`. Of the extension `timeout`, `connect` is heeded; other limits belong to the caller.
    A request on a pooled connection that turns out to be closed before anything was written goes out on another one.

    Args:
        tls: TLS options; None: the system's authorities are trusted.
        proxy: URL of an HTTP proxy, with its credentials, if any.
    """

    def __init__(self, *, tls: TlsOptions | None = None, proxy: str | None = None) -> None:
        self._ssl = True if tls is None else tls.context()
        self._proxy = proxy
        self._session: aiohttp.ClientSession | None = None
        self._pools: dict[tuple[bytes, bytes, int | None], deque[Http1Connection]] = {}
        self._expiry: asyncio.TimerHandle | None = None
        self._targets: dict[tuple[bytes, bytes, int | None], aiohttp.ClientRequest] = {}
        self._timeouts: dict[float | None, aiohttp.ClientTimeout] = {}

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Sends a request; returns the response once its headers have arrived.

        Raises:
            httpx2.ConnectError: No connection: refused, unknown host, TLS. (Also `ProxyError`.)
            httpx2.ConnectTimeout: No connection within the limit.
            httpx2.ReadError: The connection was lost after the request, or part of it, was written.
            httpx2.RemoteProtocolError: The answer is not HTTP.
            httpx2.UnsupportedProtocol: The URL cannot be requested.
        """
        body = request.stream
        whole = body.data if isinstance(body, RequestBody) else None
        while True:
            try:
                response = await self._send(request, body if whole is None else whole)
            except StaleConnectionError:  # leaves the pool with it, so that this ends
                continue
            return httpx2.Response(
                response.status, headers=raw_headers(response), stream=ResponseStream(response), request=request
            )

    def takes(self, body: bytes) -> bool:
        """Returns whether `exchange` can send a request with this body."""
        return self._proxy is None and 0 < len(body) < LARGE_BODY

    async def exchange(
        self,
        destination: Destination,
        own: tuple[tuple[str, str], ...],
        headers: Sequence[tuple[str, str]],
        body: bytes,
        connect: float | None,
    ) -> Exchange | aiohttp.ClientResponse:
        """Fast path of `handle_async_request`, without httpx2's objects.

        Args:
            destination: Destination of the request.
            own: Headers that most requests share.
            headers: Its other headers.
            body: Its body, one that this transport `takes`.
            connect: The limit for a connection, in seconds.

        Raises:
            httpx2.TransportError: As for `handle_async_request`.
        """
        head = request_head(destination, own, headers, len(body))
        pool = self._pools.get(destination.origin)
        if pool is None:
            pool = self._pools[destination.origin] = deque()
        while pool:
            kept = pool.popleft()
            if kept.usable:
                return await kept.send(head, body)
            kept.close()
        connection = await self._connect(destination, pool, connect)
        if connection is None:
            request = httpx2.Request(destination.method, destination.url, headers=[*own, *headers])
            return await self._send(request, body)
        return await connection.send(head, body)

    async def _connect(
        self, destination: Destination, pool: deque[Http1Connection], limit: float | None
    ) -> Http1Connection | None:
        """Connects; returns None if bytes came before they were asked for, which aiohttp may make sense of."""
        session = self._session or self._open()
        connector = cast("aiohttp.BaseConnector", session.connector)
        target, timeout = self._target(destination), self._timeout(limit)
        while True:
            try:
                held = await connector.connect(target, [], timeout)
            except TimeoutError as error:
                raise httpx2.ConnectTimeout("the connection timed out") from error
            except (aiohttp.ClientError, OSError) as error:
                raise translated(error) or error from error
            try:
                protocol, transport, _ = ready(held)
            except StaleConnectionError:  # leaves the pool with it, so that this ends
                held.close()
                continue
            except BaseException:
                held.close()
                raise
            if protocol.should_close:
                held.close()
                return None
            if self._expiry is None:
                self._expire()
            return Http1Connection(held, transport, pool)

    def _expire(self) -> None:
        """Closes connections that were not used for long, every `KEEPALIVE` seconds."""
        due = time.monotonic() - KEEPALIVE
        for pool in self._pools.values():
            while pool and pool[0].idle_since < due:
                pool.popleft().close()
        self._expiry = asyncio.get_running_loop().call_later(KEEPALIVE, self._expire)

    def _target(self, destination: Destination) -> aiohttp.ClientRequest:
        """Returns the key of an origin in aiohttp's pool: a request of aiohttp."""
        target = self._targets.get(destination.origin)
        if target is None:
            try:
                target = aiohttp.ClientRequest(
                    destination.method, URL(str(destination.url), encoded=True), loop=asyncio.get_running_loop()
                )
            except (aiohttp.InvalidURL, ValueError) as error:
                raise httpx2.UnsupportedProtocol(str(error)) from error
            self._targets[destination.origin] = target
        return target

    async def _send(self, request: httpx2.Request, body: Any) -> aiohttp.ClientResponse:
        session = self._session or self._open()
        if isinstance(body, bytes) and len(body) >= LARGE_BODY:
            body = LargeBytes(body)
        headers = CIMultiDict(
            [(name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw]
        )
        try:
            return await session.request(
                request.method,
                URL(str(request.url), encoded=True),
                data=body or None,
                headers=headers,
                allow_redirects=False,
                timeout=self._timeout(request.extensions.get("timeout", {}).get("connect")),
                middlewares=_MIDDLEWARES,
            )
        except (aiohttp.InvalidURL, ValueError) as error:
            raise httpx2.UnsupportedProtocol(str(error), request=request) from error

    @property
    def session(self) -> aiohttp.ClientSession:
        """Aiohttp's session; opened in the loop that is running."""
        return self._session or self._open()

    async def aclose(self) -> None:
        """Closes all connections."""
        self._pools.clear()  # aiohttp closes them: for it they are in use
        if self._expiry is not None:
            self._expiry.cancel()
            self._expiry = None
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _open(self) -> aiohttp.ClientSession:
        """Opens the session in the loop that is running."""
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, limit_per_host=0, ssl=self._ssl, keepalive_timeout=KEEPALIVE),
            cookie_jar=aiohttp.DummyCookieJar(),
            skip_auto_headers=_NO_AUTO_HEADERS,
            trust_env=False,
            proxy=self._proxy,
            request_class=_Request,
            **_PARSER,
        )
        return self._session

    def _timeout(self, connect: float | None) -> aiohttp.ClientTimeout:
        timeout = self._timeouts.get(connect)
        if timeout is None:
            timeout = self._timeouts[connect] = aiohttp.ClientTimeout(total=None, connect=connect)
        return timeout


def raw_headers(response: ClientResponse | Exchange) -> Sequence[tuple[bytes, bytes]]:
    """Returns the headers of a response, without those of its removed compression.

    Raises:
        httpx2.RemoteProtocolError: They exceed `MAX_HEAD`.
    """
    headers = response.raw_headers
    if len(headers) > USUAL_HEADERS and sum(len(name) + len(value) for name, value in headers) > MAX_HEAD:
        response.close()
        raise httpx2.RemoteProtocolError(f"the headers exceed {MAX_HEAD} bytes")
    if hdrs.CONTENT_ENCODING in response.headers:
        return tuple(header for header in headers if header[0].lower() not in _ENCODING_HEADERS)
    return headers


class _Offer:
    """Offers a body to a function as it arrives.

    Args:
        connection: The connection.
        content: The body.
        take: As for `ResponseStream.untaken`.

    Attributes:
        left: What the function has left; None: the body is to be read on without it.
    """

    __slots__ = ("_connection", "_content", "_take", "left")

    def __init__(self, connection: Http1Connection, content: Any, take: Callable[[bytes], bytes | None]) -> None:
        self._connection = connection
        self._content = content
        self._take = take
        self.left: asyncio.Future[bytes | None] = connection.loop.create_future()

    def arrived(self) -> None:
        """Offers what has arrived; ends with the body, or its failure."""
        content = self._content
        if self.left.done():
            return
        # A buffer that is full is left to the task: reading it makes the parser go on, which may call this in turn.
        if content.is_eof() or content.exception() is not None or self._connection.paused:
            self.left.set_result(None)
            return
        try:
            left = self._take(content.read_nowait())
        except Exception as error:  # noqa: BLE001 - whatever it is, the task is to be told
            self.left.set_exception(error)
        else:
            if left is not None:
                self.left.set_result(left)


class ResponseStream(httpx2.AsyncByteStream):
    """Body of a response."""

    def __init__(self, response: ClientResponse | Exchange) -> None:
        self._response = response
        self._content: Any = response.content

    @property
    def complete(self) -> bool:
        """True if the whole body has arrived and the connection is back in the pool."""
        return self._response.connection is None

    def whole(self, limit: int) -> bytes | None:
        """Returns the rest of the body if all of it has arrived, within a limit, else None."""
        content = self._content
        if content.is_eof() and content.exception() is None and content.total_bytes <= limit:
            data: bytes = content.read_nowait()
            return data
        return None

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        """Waits for data and returns it.

        Raises:
            httpx2.ReadError: The connection was lost inside the body, or it is not framed or compressed as it says.
        """
        try:
            data: bytes = await self._content.readany()
        except _LOST as error:
            content = self._content
            content.set_exception(None)  # else it does not give what came before
            left: bytes = content.read_nowait()
            content.set_exception(error)
            if left:
                return left
            raise httpx2.ReadError(str(error) or type(error).__name__) from error
        if not data:
            raise StopAsyncIteration
        return data

    async def untaken(self, take: Callable[[bytes], bytes | None]) -> bytes:
        """Waits for data as `anext` does, but offers it to `take` first, as it arrives.

        For what is taken no task is woken and no future made: for a small event that would cost more than all the rest.

        Args:
            take: Takes data in the callback of the connection, where it must not wait. Returns None to be offered more,
                or data for the task to be woken with, which may be empty.

        Raises:
            StopAsyncIteration: At the end of the body.
            httpx2.ReadError: As for `anext`. Also what `take` raises.
        """
        connection, content = self._response.connection, self._content
        if not isinstance(connection, Http1Connection) or content.is_eof() or content.exception() is not None:
            return await anext(self)
        data: bytes = content.read_nowait()
        if data:
            return data
        offer = _Offer(connection, content, take)
        connection.arrived = offer.arrived
        try:
            left = await offer.left
        finally:
            if connection.arrived == offer.arrived:  # else it is another response's by now
                connection.arrived = None
            del offer  # its error holds this frame
        return await anext(self) if left is None else left

    async def aclose(self) -> None:
        """Closes the connection, unless the whole body has arrived and it is back in the pool."""
        connection = self._response.connection
        if connection is not None and connection.transport is not None:
            connection.transport.abort()  # closing alone would first flush what is left of an upload
        self._response.close()


class _Request(aiohttp.ClientRequest):
    """Request that tests a pooled connection before writing, and can be cancelled while it is written."""

    written_to: asyncio.Transport | None = None

    async def send(self, conn: Connection) -> ClientResponse:
        _, self.written_to, kept = ready(conn)
        response = await super().send(conn)
        kept.answer = response
        return response


async def _translate(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> ClientResponse:
    """Raises httpx2's exceptions; aiohttp does not know them, so it does not retry."""
    try:
        return await handler(request)
    except BaseException as error:
        if isinstance(request, _Request) and request.written_to is not None:
            request.written_to.abort()  # aiohttp's closing would first flush what is not written yet
        if (fault := translated(error)) is None:
            raise
        raise fault from error


_MIDDLEWARES = (_translate,)
