"""WebSocket to an upstream, on aiohttp's client."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import aiohttp
import grpc
import httpx2
from aiohttp import WSMsgType
from multidict import CIMultiDict
from yarl import URL

from openai_grpc_server.errors import UpstreamConnectionLostError, UpstreamError
from openai_grpc_server.errors.upstream import plain_text
from openai_grpc_server.upstream.transport import StaleConnectionError, translated

if TYPE_CHECKING:
    from collections.abc import Sequence

    from openai_grpc_server.upstream.transport import Destination

HANDSHAKE = 10.0  # seconds that the answer may take once the connection stands
CLOSE = 1.0  # seconds that the peer may take to answer a close
MAX_REASON = 256  # characters of the reason of a close that callers are told

_ABNORMAL = 1006
_GRACEFUL = frozenset({1000, 1001})
# RFC 6455, section 7.4, and IANA's registry; others are INTERNAL.
_STATUSES = {
    1001: grpc.StatusCode.UNAVAILABLE,
    1007: grpc.StatusCode.INVALID_ARGUMENT,
    1008: grpc.StatusCode.FAILED_PRECONDITION,
    1009: grpc.StatusCode.RESOURCE_EXHAUSTED,
    1012: grpc.StatusCode.UNAVAILABLE,
    1013: grpc.StatusCode.UNAVAILABLE,
    3003: grpc.StatusCode.PERMISSION_DENIED,
    3008: grpc.StatusCode.DEADLINE_EXCEEDED,
}


class SocketClosedError(Exception):
    """The upstream has closed the WebSocket.

    Args:
        code: The code of the close; 1006: the connection was lost.
        reason: Its reason, or empty.

    Attributes:
        code: As above.
        reason: As above.
    """

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = reason

    @property
    def graceful(self) -> bool:
        """True if the upstream was done, or went away in good order."""
        return self.code in _GRACEFUL

    def error(self, *, maybe_billed: bool) -> UpstreamError:
        """Returns the caller's error, for a session that was not done."""
        if self.code == _ABNORMAL:
            return UpstreamConnectionLostError("the connection to the upstream was lost", maybe_billed=maybe_billed)
        told = f": {self.reason}" if self.reason else ""
        return UpstreamError(
            f"the upstream closed the WebSocket with code {self.code}{told}",
            code=_STATUSES.get(self.code, grpc.StatusCode.INTERNAL),
            reason="UPSTREAM_CLOSED",
            maybe_billed=maybe_billed,
            upstream_code=str(self.code),
        )


class UpstreamSocket:
    """An open WebSocket.

    Reading stops while received messages wait: a slow caller slows the upstream down.

    Args:
        socket: aiohttp's.
        headers: Headers of the handshake's response.

    Attributes:
        headers: As above.
    """

    def __init__(self, socket: aiohttp.ClientWebSocketResponse[Any], headers: Sequence[tuple[bytes, bytes]]) -> None:
        self._socket = socket
        self._ended: SocketClosedError | None = None
        self.headers = headers

    async def send(self, text: bytes) -> None:
        """Sends a message of JSON text; waits while the upstream reads slower.

        Raises:
            SocketClosedError: The WebSocket is closed.
        """
        try:
            await self._socket.send_frame(text, WSMsgType.TEXT)
        except (ConnectionError, aiohttp.ClientError):
            raise self._ended or SocketClosedError(_ABNORMAL, "") from None

    async def receive(self) -> bytes:
        """Waits for the next message and returns it.

        Raises:
            SocketClosedError: There is none.
        """
        message: Any = await self._socket.receive()
        match message.type:
            case WSMsgType.CLOSE:
                reason = message.extra or ""
                self._ended = SocketClosedError(message.data, plain_text(reason.encode(), "")[:MAX_REASON])
            case WSMsgType.ERROR:  # such as a message that is too large
                code = getattr(message.data, "code", _ABNORMAL)
                self._ended = SocketClosedError(code, str(message.data)[:MAX_REASON])
            case WSMsgType.CLOSED | WSMsgType.CLOSING:  # without a close frame
                self._ended = self._ended or SocketClosedError(_ABNORMAL, "")
            case _:
                return bytes(message.data)
        raise self._ended

    async def close(self) -> None:
        """Closes the WebSocket."""
        await self._socket.close()


class HandshakeError(Exception):
    """The upstream answered the handshake with a status of its own.

    Args:
        status: The status.
        headers: The headers of the answer.

    Attributes:
        status: As above.
        headers: As above.
    """

    def __init__(self, status: int, headers: Sequence[tuple[str, str]]) -> None:
        super().__init__(status)
        self.status = status
        self.headers = headers


async def open_socket(
    session: aiohttp.ClientSession,
    destination: Destination,
    headers: Sequence[tuple[str, str]],
    connect: float | None,
    max_bytes: int,
) -> UpstreamSocket:
    """Opens a WebSocket.

    Args:
        session: The session of the upstream.
        destination: The URL.
        headers: Headers of the handshake.
        connect: Seconds for the connection.
        max_bytes: The limit of a received message.

    Raises:
        httpx2.TransportError: There is no connection.
        HandshakeError: The upstream refused the handshake.
    """
    options = aiohttp.ClientWSTimeout(ws_close=CLOSE)
    try:
        async with asyncio.timeout(None if connect is None else connect + HANDSHAKE):
            while True:
                try:
                    socket = await session.ws_connect(
                        URL(str(destination.url), encoded=True),
                        headers=CIMultiDict(headers),
                        timeout=options,
                        max_msg_size=max_bytes,
                        decode_text=False,
                    )
                except StaleConnectionError:  # leaves the pool with it, so that this ends
                    continue
                break
    except TimeoutError as error:
        raise httpx2.ConnectTimeout("the handshake timed out") from error
    except aiohttp.WSServerHandshakeError as error:
        headers = [(name.lower(), value) for name, value in (error.headers or {}).items()]
        raise HandshakeError(error.status, headers) from None
    except (aiohttp.ClientError, OSError) as error:
        raise translated(error) or error from error
    return UpstreamSocket(socket, socket._response.raw_headers)  # noqa: SLF001 - aiohttp has no other way to them
