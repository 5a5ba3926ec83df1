"""zttp: HTTP/2 in Zig, which does no I/O; what is between it and a socket is written here.

All that arises in one turn of the event loop on one connection is written at once.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, cast

import zttp  # type: ignore[import-not-found]  # is in the candidate's environment alone

from bench.alternatives.rpc import SocketServer
from bench.alternatives.wire import Frames, Headers, frame

MOST_QUEUED = 65536  # bytes that wait for the end of a turn; what is more is written at once, to see whether it passes


class Server(SocketServer):
    """Serves connections by zttp."""

    def protocol(self) -> asyncio.BaseProtocol:
        """Makes what serves one connection."""
        return Connection(self)


class Request:
    """A request as it arrives.

    Args:
        headers: Its headers.
    """

    def __init__(self, headers: Headers) -> None:
        self.headers = headers
        self._frames = Frames()
        self._messages: list[bytes] = []
        self._ended = self._cancelled = False
        self._waiter: asyncio.Future[None] | None = None

    def data(self, data: bytes) -> None:
        """Takes a part of the body."""
        self._messages.extend(self._frames.feed(data))
        self._wake()

    def end(self) -> None:
        """Takes note that the body is whole."""
        self._ended = True
        self._wake()

    def cancel(self) -> None:
        """Takes note that the rest will not come, so that nobody takes the body for whole."""
        self._cancelled = True
        self._wake()

    async def messages(self) -> AsyncIterator[bytes]:
        """Yields the messages.

        Raises:
            CancelledError: The caller has cancelled.
        """
        while self._messages or not self._ended:
            if self._messages:
                yield self._messages.pop(0)
            else:
                self._waiter = asyncio.get_running_loop().create_future()
                await self._waiter
            if self._cancelled:
                raise asyncio.CancelledError

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


class Connection(asyncio.Protocol):
    """One connection.

    Args:
        server: Finds and runs methods.
    """

    def __init__(self, server: Server) -> None:
        self._server = server
        self._http2 = zttp.Connection(zttp.SERVER, protocol=zttp.HTTP2)
        self._requests: dict[int, Request] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._flush_due = False
        self._queued = 0
        self.room = asyncio.Event()
        self.room.set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Says the limits of this side."""
        self._transport = cast("asyncio.WriteTransport", transport)  # uvloop's own class is not registered as one
        self._loop = asyncio.get_running_loop()
        self._http2.initiate_connection()
        self._flush()

    def data_received(self, data: bytes) -> None:
        """Takes what has come."""
        try:
            self._http2.receive_data(data)
            while (event := self._http2.next_event()) is not zttp.NEED_DATA:
                if event is zttp.CONNECTION_CLOSED:
                    break
                self._take(event)
        except zttp.RemoteProtocolError:
            self._flush()
            self._transport.close()
            return
        self.flush()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's own signature
        """Ends what is under way."""
        for task in self._tasks.values():
            task.cancel()

    def pause_writing(self) -> None:
        """Has senders wait."""
        self.room.clear()

    def resume_writing(self) -> None:
        """Lets senders go on."""
        self.room.set()

    def flush(self, size: int = 0) -> None:
        """Writes what there is to send at the end of this turn of the loop.

        Args:
            size: How many bytes have come on top.
        """
        self._queued += size
        if self._queued > MOST_QUEUED:
            self._flush()
        elif not self._flush_due:
            self._flush_due = True
            self._loop.call_soon(self._flush)

    def _flush(self) -> None:
        self._flush_due = False
        self._queued = 0
        data = self._http2.data_to_send()
        if data and not self._transport.is_closing():
            self._transport.write(data)

    def _take(self, event: Any) -> None:
        if isinstance(event, zttp.Request):
            headers = [(name.decode(), value.decode()) for name, value in event.headers]
            request = self._requests[event.stream_id] = Request(headers)
            self._tasks[event.stream_id] = asyncio.create_task(
                self._serve(event.path.decode(), request, event.stream_id)
            )
        elif isinstance(event, zttp.Data) and event.stream_id in self._requests:
            self._requests[event.stream_id].data(event.data)
        elif isinstance(event, zttp.EndOfMessage) and event.stream_id in self._requests:
            self._requests[event.stream_id].end()
        elif isinstance(event, zttp.RstStream) and event.stream_id in self._tasks:
            self._requests[event.stream_id].cancel()
            self._tasks[event.stream_id].cancel()
        elif isinstance(event, zttp.WindowUpdate | zttp.Settings):
            self.room.set()

    async def _serve(self, path: str, request: Request, stream: int) -> None:
        try:
            await self._server.serve(
                path, request.headers, request.messages(), Sender(self, self._http2.stream(stream))
            )
        except zttp.LocalProtocolError:
            pass  # the caller has gone while the reply was sent
        finally:
            del self._requests[stream], self._tasks[stream]


class Sender:
    """Sends one reply.

    Args:
        connection: Writes what zttp has made.
        stream: zttp's own stream.
    """

    def __init__(self, connection: Connection, stream: Any) -> None:
        self._connection = connection
        self._stream = stream

    async def headers(self, headers: Headers) -> None:
        """Sends the initial metadata."""
        self._stream.send_response(200, _bytes(headers))
        self._connection.flush()

    async def message(self, data: bytes) -> None:
        """Sends a message; returns once flow control has room for another."""
        self._stream.send_data(frame(data))
        self._connection.flush(len(data))
        while self._stream.pending_bytes:
            self._connection.room.clear()
            await self._connection.room.wait()
        await self._connection.room.wait()

    async def trailers(self, trailers: Headers, *, alone: bool) -> None:
        """Ends the RPC."""
        if alone:
            self._stream.send_response(200, _bytes(trailers), end_stream=True)
        else:
            self._stream.end_message(_bytes(trailers))
        self._connection.flush()


def _bytes(headers: Headers) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), value.encode()) for name, value in headers]


def server(options: Any) -> Server:  # noqa: ARG001 - zttp has none of gRPC's channel arguments
    """Makes a server."""
    return Server()
