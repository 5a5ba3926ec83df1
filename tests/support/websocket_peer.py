"""A real WebSocket server that tests script, an upstream that has a WebSocket mode; and a caller by WebSocket.

with WebSocketPeer() as peer:
    socket = peer.accept()
    assert socket.receive() == {...}
    socket.send({...})
"""

import asyncio
import json
import queue
from types import TracebackType
from typing import Any, Self

import aiohttp
from aiohttp import WSMsgType, web

from support.gateway import LIMIT, on_loop

CLOSED = object()


class PeerSocket:
    """A WebSocket that a client has opened, from the thread of a test.

    Attributes:
        path: Path and query of the handshake.
        headers: Headers of the handshake.
        code: Code of the close, once it is closed.
        sent: Number of messages that were sent to the client.
    """

    def __init__(self, request: web.Request, socket: web.WebSocketResponse) -> None:
        self.path = request.path_qs
        self.headers = request.headers
        self.code: int | None = None
        self.sent = 0
        self._socket = socket
        self._received: queue.Queue[Any] = queue.Queue()

    def receive(self) -> Any:
        """Waits for the next message and returns its JSON value, or `CLOSED`."""
        return self._received.get(timeout=LIMIT)

    def send(self, *values: Any) -> None:
        """Sends JSON values, or text as it is."""
        for value in values:
            on_loop(self._socket.send_str(value if isinstance(value, str) else json.dumps(value)))

    def close(self, code: int = 1000, reason: str = "") -> None:
        """Closes the WebSocket."""
        on_loop(self._socket.close(code=code, message=reason.encode()))

    def cut(self) -> None:
        """Drops the connection without a close."""

        async def cut() -> None:
            transport = self._socket._req.transport  # type: ignore[union-attr]  # it is open
            assert transport is not None
            transport.abort()

        on_loop(cut())

    async def flood(self, value: Any) -> None:
        """Sends a value until the client stops to read: then it waits."""
        text = json.dumps(value)
        while True:
            await self._socket.send_str(text)
            self.sent += 1

    async def serve(self) -> None:
        """Receives until the WebSocket is closed."""
        async for message in self._socket:
            if message.type is WSMsgType.TEXT:
                self._received.put(json.loads(message.data))
        self.code = self._socket.close_code
        self._received.put(CLOSED)


class WebSocketPeer:
    """The server.

    Attributes:
        refuses: Status of the answer to a handshake; None: it is accepted.
        url: Its URL.
    """

    def __init__(self) -> None:
        self.refuses: int | None = None
        self.handshakes = 0
        self._opened: queue.Queue[PeerSocket] = queue.Queue()

    def accept(self) -> PeerSocket:
        """Waits for the next WebSocket and returns it."""
        return self._opened.get(timeout=LIMIT)

    def __enter__(self) -> Self:
        self.url = on_loop(self._start())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        on_loop(self._runner.cleanup())

    async def _start(self) -> str:
        app = web.Application()
        app.router.add_get("/{path:.*}", self._serve)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        return f"http://{host}:{port}"

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        self.handshakes += 1
        if self.refuses is not None:
            return web.json_response({"error": {"message": "no"}}, status=self.refuses)
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        opened = PeerSocket(request, socket)
        self._opened.put(opened)
        try:
            await opened.serve()
        except asyncio.CancelledError:
            opened._received.put(CLOSED)
            raise
        return socket


class SocketCaller:
    """A caller by a WebSocket of the HTTP port.

    Args:
        url: The URL, of HTTP.
        headers: Headers of the handshake.
        protocols: Subprotocols to offer.

    Attributes:
        socket: The WebSocket, once it is open.
    """

    def __init__(self, url: str, headers: dict[str, str] | None = None, protocols: tuple[str, ...] = ()) -> None:
        self._url = url.replace("http://", "ws://")
        self._headers = headers
        self._protocols = protocols

    def __enter__(self) -> Self:
        on_loop(self._open())
        return self

    def __exit__(self, *_: object) -> None:
        on_loop(self._close())

    async def _open(self) -> None:
        self._session = aiohttp.ClientSession()
        try:
            self.socket = await self._session.ws_connect(
                self._url, headers=self._headers, protocols=self._protocols, max_msg_size=0
            )
        except aiohttp.WSServerHandshakeError:
            await self._session.close()
            raise

    async def _close(self) -> None:
        await self.socket.close()
        await self._session.close()

    def send(self, value: Any) -> None:
        """Sends a JSON value, or text as it is."""
        on_loop(self.socket.send_str(value if isinstance(value, str) else json.dumps(value)))

    def next(self) -> Any:
        """Waits for the next message and returns its JSON value, or `CLOSED`."""
        message = on_loop(self.socket.receive(LIMIT))
        return json.loads(message.data) if message.type is WSMsgType.TEXT else CLOSED
