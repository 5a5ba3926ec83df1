"""gRPC as an ASGI application, for servers that can send trailers (`http.response.trailers`)."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from bench.alternatives.rpc import Server
from bench.alternatives.wire import HEAD, Frames, Headers, frame

Event = dict[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]


class Body:
    """What the caller sends, read as it arrives, and not only as it is wanted: that is how one learns of a cancel.

    Args:
        receive: ASGI's own.
        method: The task that serves the RPC, ended when the caller has gone.
    """

    def __init__(self, receive: Receive, method: "asyncio.Task[Any] | None") -> None:
        self._receive = receive
        self._method = method
        self._messages: asyncio.Queue[bytes | None] = asyncio.Queue()

    async def watch(self) -> None:
        """Reads until the caller has gone."""
        frames = Frames()
        while (event := await self._receive())["type"] == "http.request":
            for message in frames.feed(event.get("body", b"")):
                self._messages.put_nowait(message)
            if not event.get("more_body", False):
                self._messages.put_nowait(None)
        if self._method is not None:
            self._method.cancel()

    async def messages(self) -> AsyncIterator[bytes]:
        """Yields the messages."""
        while (message := await self._messages.get()) is not None:
            yield message


class Sender:
    """Sends one reply.

    Args:
        send: ASGI's own.
    """

    def __init__(self, send: Send) -> None:
        self._send = send

    async def headers(self, headers: Headers) -> None:
        """Sends the initial metadata."""
        await self._send({"type": "http.response.start", "status": 200, "headers": _bytes(headers), "trailers": True})

    async def message(self, data: bytes) -> None:
        """Sends a message; returns once flow control has room for another."""
        await self._send({"type": "http.response.body", "body": frame(data), "more_body": True})

    async def trailers(self, trailers: Headers, *, alone: bool) -> None:
        """Ends the RPC. ASGI has no way to end a reply with its headers, which gRPC calls Trailers-Only."""
        if alone:
            await self.headers(HEAD)
            trailers = trailers[len(HEAD) :]
        await self._send({"type": "http.response.body"})
        await self._send({"type": "http.response.trailers", "headers": _bytes(trailers)})


async def respond(server: Server, scope: Event, receive: Receive, send: Send) -> None:
    """Serves one RPC."""
    body = Body(receive, asyncio.current_task())
    watch = asyncio.create_task(body.watch())
    headers = [(name.decode(), value.decode()) for name, value in scope["headers"]]
    try:
        await server.serve(scope["path"], headers, body.messages(), Sender(send))
    finally:
        watch.cancel()


def _bytes(headers: Headers) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), value.encode()) for name, value in headers]
