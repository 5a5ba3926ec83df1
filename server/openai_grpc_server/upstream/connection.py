"""What holds for every use of a kept connection, and what its faults are called in httpx2's terms."""

from __future__ import annotations

import select
from typing import TYPE_CHECKING, Protocol
from weakref import WeakKeyDictionary

import aiohttp
import httpx2
from aiohttp.http_exceptions import HttpProcessingError

if TYPE_CHECKING:
    import asyncio

    from aiohttp.client_proto import ResponseHandler
    from aiohttp.connector import Connection


class Answer(Protocol):
    """What comes back on a connection.

    Attributes:
        content: The body; None until the headers are there.
    """

    content: aiohttp.StreamReader


class StaleConnectionError(Exception):
    """The peer had closed a pooled connection before anything of the request was written."""


class KeptConnection:
    """What is known of a connection beside aiohttp's own objects.

    Attributes:
        answer: The latest answer on it.
    """

    __slots__ = ("_poll", "answer")

    def __init__(self, transport: asyncio.Transport) -> None:
        self.answer: Answer | None = None
        self._poll = select.poll()
        self._poll.register(transport.get_extra_info("socket").fileno(), select.POLLIN)

    def readable(self) -> bool:
        """Whether there is something to read while it is idle: its end, or bytes that nobody asked for."""
        return bool(self._poll.poll(0))


_kept: WeakKeyDictionary[ResponseHandler, KeptConnection] = WeakKeyDictionary()


def ready(connection: Connection) -> tuple[ResponseHandler, asyncio.Transport, KeptConnection]:
    """Returns the parts of a connection that can be written to, and what is known of it.

    Raises:
        StaleConnectionError: It was used before, and its peer has closed it since.
        httpx2.ConnectError: It is new, and closed already.
    """
    protocol = connection.protocol
    transport = connection.transport
    if protocol is None or transport is None:
        raise httpx2.ConnectError("the connection was closed as soon as it stood")
    kept = _kept.get(protocol)
    if kept is None:
        kept = _kept[protocol] = KeptConnection(transport)
        _watch(protocol)
    elif kept.readable():
        raise StaleConnectionError
    return protocol, transport, kept


def translated(error: BaseException) -> httpx2.TransportError | None:
    """Returns httpx2's exception for one of aiohttp's, or None for any other."""
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
    """Fails an unfinished body when its connection is gone: after bad framing, aiohttp itself leaves it waiting."""

    def lost(closed: asyncio.Future[None]) -> None:
        closed.exception()  # retrieved, so that nothing logs it
        protocol._buffer.clear()  # noqa: SLF001 - an answer that nobody has taken refers to the connection
        kept = _kept.pop(protocol, None)
        answer = kept.answer if kept is not None else None
        if answer is None or answer.content is None:
            return
        if not answer.content.is_eof() and answer.content.exception() is None:
            answer.content.set_exception(aiohttp.ClientPayloadError("the connection was lost"))

    if protocol.closed is not None:
        protocol.closed.add_done_callback(lost)
