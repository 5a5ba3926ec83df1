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


# The latest answer on each connection that was used.
_latest: WeakKeyDictionary[ResponseHandler, Answer] = WeakKeyDictionary()


def ready(connection: Connection) -> tuple[ResponseHandler, asyncio.Transport]:
    """Returns the two parts of a connection that can be written to.

    Raises:
        StaleConnectionError: It was used before, and its peer has closed it since.
        httpx2.ConnectError: It is new, and closed already.
    """
    protocol = connection.protocol
    transport = connection.transport
    if protocol is None or transport is None:
        raise httpx2.ConnectError("the connection was closed as soon as it stood")
    if protocol not in _latest:
        _watch(protocol)
    elif _readable(transport):
        raise StaleConnectionError
    return protocol, transport


def expect(protocol: ResponseHandler, answer: Answer) -> None:
    """Says which answer it is that a connection carries now."""
    _latest[protocol] = answer


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
        answer = _latest.pop(protocol, None)
        if answer is None or answer.content is None:
            return
        if not answer.content.is_eof() and answer.content.exception() is None:
            answer.content.set_exception(aiohttp.ClientPayloadError("the connection was lost"))

    if protocol.closed is not None:
        protocol.closed.add_done_callback(lost)


def _readable(transport: asyncio.Transport) -> bool:
    """Whether there is something to read on an idle connection: its end, or bytes that nobody asked for."""
    poll = select.poll()
    poll.register(transport.get_extra_info("socket").fileno(), select.POLLIN)
    return bool(poll.poll(0))
