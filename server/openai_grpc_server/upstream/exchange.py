"""The short way for nearly all requests, whose body is there as bytes: written at once, without aiohttp's session.

The session, with its request, writer and response, costs more than all else that a call does here. Of aiohttp this
keeps what is hard: connections and their pool, TLS, and the parser of answers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aiohttp
import httpx2

from openai_grpc_server.upstream.connection import ready, translated

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aiohttp.connector import Connection
    from multidict import CIMultiDictProxy

_SWITCHING_PROTOCOLS = 101


class WholeExchange:
    """An answer to a request that was written at once, as `aiohttp.ClientResponse` has it.

    Attributes:
        status: The HTTP status.
        headers: The headers.
        raw_headers: The headers as they came.
        content: The body; None until the headers are there.
        connection: The connection; None once all of the body has arrived, and the pool has it back.
    """

    status: int
    headers: CIMultiDictProxy[str]
    raw_headers: tuple[tuple[bytes, bytes], ...]
    content: Any = None

    def __init__(self, connection: Connection) -> None:
        self.connection: Connection | None = connection

    async def send(self, head: bytes, body: bytes, **parser: Any) -> None:
        """Writes the request and waits for the headers of the answer.

        Args:
            head: The request's head.
            body: The request's body.
            parser: How the answer is parsed, as aiohttp's protocol takes it.

        Raises:
            StaleConnectionError: Nothing was written: the connection is closed.
            httpx2.TransportError: As for the transport.
        """
        connection = self.connection
        if connection is None:
            raise AssertionError("an exchange is sent once")
        try:
            protocol, transport, kept = ready(connection)
        except BaseException:
            connection.close()
            raise
        try:
            protocol.set_response_params(**parser)
            kept.answer = self
            transport.writelines((head, body))
            while True:
                message, content = await protocol.read()
                if message.code >= 200 or message.code == _SWITCHING_PROTOCOLS:
                    break
        except BaseException as error:
            transport.abort()  # closing alone would first flush what is not written yet
            connection.close()
            if (fault := translated(error)) is None:
                raise
            raise fault from error
        self.status = message.code
        self.headers = message.headers
        self.raw_headers = message.raw_headers
        self.content = content
        content.on_eof(self._release)

    def close(self) -> None:
        """Closes the connection, unless the pool has it back."""
        if self.connection is not None:
            if self.content is not None and self.content.exception() is None:
                self.content.set_exception(aiohttp.ClientConnectionError("Connection closed"))
            self.connection.close()
            self.connection = None
        self.content = None  # which may hold `_release`

    def _release(self) -> None:
        if self.connection is not None and not self.connection.protocol.upgraded:  # type: ignore[union-attr]  # held
            if closes_silently(self.headers):
                self.connection.close()
            else:
                self.connection.release()
            self.connection = None


def closes_silently(headers: CIMultiDictProxy[str]) -> bool:
    """Whether the peer closes the connection after this answer although it said that it would keep it.

    llama.cpp's server does so after every stream; a request that is written just then is lost, and nobody can tell
    whether it was carried out.
    """
    return headers.get("server") == "llama.cpp" and headers.get("content-type", "").startswith("text/event-stream")


class Destination:
    """Where requests go, with what is the same in each of them: made once for a method and a URL.

    Attributes:
        method: The HTTP method.
        url: The URL.
        origin: Its scheme, host and port.
        start: The request line and `Host`.
    """

    __slots__ = ("method", "origin", "start", "url")

    def __init__(self, method: str, url: httpx2.URL) -> None:
        self.method = method
        self.url = url
        self.origin = (url.raw_scheme, url.raw_host, url.port)
        target, host = url.raw_path.decode("ascii"), url.netloc.decode("ascii")
        self.start = f"{method} {target} HTTP/1.1\r\nHost: {host}\r\n"


def request_head(destination: Destination, headers: Sequence[tuple[str, str]], length: int) -> bytes:
    """Writes the head of a request.

    Args:
        destination: Where it goes.
        headers: Its headers, without `Host` and those of framing.
        length: The size of its body in bytes.

    Raises:
        httpx2.UnsupportedProtocol: A line break in it, or a letter that is not ASCII.
    """
    lines = "".join([f"{name}: {value}\r\n" for name, value in headers])
    head = f"{destination.start}{lines}Content-Length: {length}\r\n\r\n"
    if head.count("\n") != len(headers) + 4 or head.count("\r") != len(headers) + 4:
        raise httpx2.UnsupportedProtocol("a line break in a header")
    try:
        return head.encode("ascii")
    except UnicodeEncodeError as error:
        raise httpx2.UnsupportedProtocol("a header that is not ASCII") from error
