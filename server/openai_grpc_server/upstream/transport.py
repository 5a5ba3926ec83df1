"""An httpx2 transport on aiohttp: a fraction of the CPU time of httpx2's own, and a pool that does not degrade."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, cast

import aiohttp
import httpx2
from aiohttp import hdrs
from multidict import CIMultiDict
from yarl import URL

from openai_grpc_server.upstream.connection import StaleConnectionError, ready, translated
from openai_grpc_server.upstream.exchange import Destination, WholeExchange, request_head
from openai_grpc_server.upstream.payload import LargeBytes
from openai_grpc_server.upstream.request import RequestBody

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from aiohttp.client_reqrep import ClientResponse
    from aiohttp.connector import Connection

    from openai_grpc_server.upstream.tls import TlsOptions

READ_BUFFER = 32768  # bytes; aiohttp stops reading the socket at twice as much
KEEPALIVE = 60.0  # seconds that an idle connection is kept
MAX_HEADER = 65536  # bytes of one header line or field of an answer
LARGE_BODY = 1 << 20  # bytes; aiohttp warns of larger ones, as writing them in one go blocks the loop

_NO_AUTO_HEADERS = frozenset(
    {hdrs.ACCEPT, hdrs.ACCEPT_ENCODING, hdrs.USER_AGENT, hdrs.CONTENT_TYPE},
)

_PARSER: dict[str, Any] = {
    "auto_decompress": True,
    "read_bufsize": READ_BUFFER,
    "max_line_size": MAX_HEADER,
    "max_field_size": MAX_HEADER,
}


class AiohttpTransport(httpx2.AsyncBaseTransport):
    """HTTP/1.1 with keep-alive; no cookies, no redirects, nothing inherited from the environment.

    Sends just the headers of the request, and `Host` and the framing of its body. Bodies of answers come decompressed,
    without `content-encoding`. Of the extension `timeout`, `connect` is heeded; other limits belong to the caller.
    A request on a pooled connection that turns out to be closed before anything was written goes out on another one.

    Args:
        tls: How TLS is done; None trusts the system's authorities.
        proxy: URL of an HTTP proxy, with its credentials, if any.
    """

    def __init__(self, *, tls: TlsOptions | None = None, proxy: str | None = None) -> None:
        self._ssl = True if tls is None else tls.context()
        self._proxy = proxy
        self._session: aiohttp.ClientSession | None = None
        self._targets: dict[tuple[bytes, bytes, int | None], aiohttp.ClientRequest] = {}
        self._timeouts: dict[float | None, aiohttp.ClientTimeout] = {}

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Sends a request and returns the answer once its headers are there.

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
        """Whether `exchange` can send a request with this body."""
        return self._proxy is None and 0 < len(body) < LARGE_BODY

    async def exchange(
        self, destination: Destination, headers: Sequence[tuple[str, str]], body: bytes, connect: float | None
    ) -> WholeExchange:
        """Does what `handle_async_request` does for most requests, without the cost of httpx2's objects.

        Args:
            destination: Where the request goes.
            headers: Its headers.
            body: Its body, one that this transport `takes`.
            connect: The limit for a connection, in seconds.

        Raises:
            httpx2.TransportError: As for `handle_async_request`.
        """
        head = request_head(destination, headers, len(body))
        session = self._session or self._open()
        connector = cast("aiohttp.BaseConnector", session.connector)
        target, timeout = self._target(destination), self._timeout(connect)
        while True:
            try:
                connection = await connector.connect(target, [], timeout)
            except TimeoutError as error:
                raise httpx2.ConnectTimeout("the connection timed out") from error
            except (aiohttp.ClientError, OSError) as error:
                raise translated(error) or error from error
            exchange = WholeExchange(connection)
            try:
                await exchange.send(head, body, read_until_eof=True, **_PARSER)
            except StaleConnectionError:  # leaves the pool with it, so that this ends
                continue
            return exchange

    def _target(self, destination: Destination) -> aiohttp.ClientRequest:
        """Returns what tells aiohttp's pool where to: one for each origin, whatever else is in its requests."""
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

    async def aclose(self) -> None:
        """Closes all connections."""
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


def raw_headers(response: ClientResponse | WholeExchange) -> Sequence[tuple[bytes, bytes]]:
    """Returns the headers of an answer, without those of the compression that its body no longer has."""
    headers = response.raw_headers
    if hdrs.CONTENT_ENCODING in response.headers:
        return tuple(header for header in headers if header[0].lower() not in _ENCODING_HEADERS)
    return headers


class ResponseStream(httpx2.AsyncByteStream):
    """The body of an answer."""

    def __init__(self, response: ClientResponse | WholeExchange) -> None:
        self._response = response
        self._content = response.content

    @property
    def complete(self) -> bool:
        """All of the body has arrived, and the pool has the connection back."""
        return self._response.connection is None

    def whole(self, limit: int) -> bytes | None:
        """Returns the rest of the body if all of it has arrived and is not larger than a limit, else None."""
        content = self._content
        if content.is_eof() and content.exception() is None and content.total_bytes <= limit:
            return content.read_nowait()
        return None

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        """Returns what has arrived, once there is something.

        Raises:
            httpx2.ReadError: The connection was lost inside the body, or it is not framed or compressed as it says.
        """
        try:
            data = await self._content.readany()
        except _LOST as error:
            if left := self._content._read_nowait(-1):  # noqa: SLF001 - aiohttp has no other way to what came before
                return left
            raise httpx2.ReadError(str(error) or type(error).__name__) from error
        if not data:
            raise StopAsyncIteration
        return data

    async def aclose(self) -> None:
        """Ends the connection at once, unless all of the body has arrived and the pool has it back."""
        connection = self._response.connection
        if connection is not None and connection.transport is not None:
            connection.transport.abort()  # closing alone would first flush what is left of an upload
        self._response.close()


class _Request(aiohttp.ClientRequest):
    """A request that tries a pooled connection before it writes, and can be abandoned while it is being written."""

    written_to: asyncio.Transport | None = None

    async def send(self, conn: Connection) -> ClientResponse:
        _, self.written_to, kept = ready(conn)
        response = await super().send(conn)
        kept.answer = response
        return response


async def _translate(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> ClientResponse:
    """Raises httpx2's exceptions; as aiohttp does not know them, it does not repeat the request either."""
    try:
        return await handler(request)
    except BaseException as error:
        if isinstance(request, _Request) and request.written_to is not None:
            request.written_to.abort()  # aiohttp's closing would first flush what is not written yet
        if (fault := translated(error)) is None:
            raise
        raise fault from error


_MIDDLEWARES = (_translate,)
# aiohttp's reader raises RuntimeError where the connection was gone before it was asked to read.
_LOST = (aiohttp.ClientError, aiohttp.http_exceptions.HttpProcessingError, OSError, RuntimeError)
_ENCODING_HEADERS = (b"content-encoding", b"content-length")
