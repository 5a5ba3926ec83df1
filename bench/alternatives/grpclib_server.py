"""grpclib's HTTP/2 protocol for asyncio, which is h2 with flow control and keepalive.

Not its server above that: that one refuses trailers whose names begin with `grpc-`, so it can send neither the details
of an error that are bytes already, nor the delay after which a caller may try again.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

from grpclib.config import Configuration  # type: ignore[import-not-found]  # is in the candidate's environment alone
from grpclib.protocol import AbstractHandler, H2Protocol, Stream  # type: ignore[import-not-found]  # as above
from h2.config import H2Configuration
from h2.exceptions import StreamClosedError

from bench.alternatives.rpc import SocketServer
from bench.alternatives.wire import Headers, frame

_OK = (":status", "200")
_PREFIX = 5
WINDOW = 16 << 20  # grpclib can only widen what h2 begins with, and jh2 begins wider than grpclib's own default


class Server(SocketServer):
    """Serves connections by grpclib's protocol."""

    def __init__(self) -> None:
        super().__init__()
        windows = {"http2_connection_window_size": WINDOW, "http2_stream_window_size": WINDOW}
        self._configuration = Configuration(**windows).__for_server__()
        self._h2 = H2Configuration(
            client_side=False,
            header_encoding="ascii",
            validate_inbound_headers=False,
            validate_outbound_headers=False,
            normalize_inbound_headers=False,
            normalize_outbound_headers=False,
        )

    def protocol(self) -> asyncio.BaseProtocol:
        """Makes what serves one connection."""
        protocol: asyncio.BaseProtocol = H2Protocol(Handler(self), self._configuration, self._h2)
        return protocol


class Handler(AbstractHandler):  # type: ignore[misc]  # as above
    """Runs the RPCs of one connection.

    Args:
        server: Finds and runs methods.
    """

    def __init__(self, server: Server) -> None:
        self._server = server
        self._tasks: dict[Stream, asyncio.Task[None]] = {}

    def accept(self, stream: Stream, headers: Headers, release_stream: Callable[[], Any]) -> None:
        """Begins an RPC."""
        self._tasks[stream] = asyncio.create_task(self._serve(stream, headers, release_stream))

    def cancel(self, stream: Stream) -> None:
        """Ends the RPC that the caller has cancelled."""
        task = self._tasks.get(stream)
        if task is not None:
            task.cancel()

    def close(self) -> None:
        """Ends all RPCs of a connection that is lost."""
        for task in self._tasks.values():
            task.cancel()

    async def _serve(self, stream: Stream, headers: Headers, release_stream: Callable[[], Any]) -> None:
        try:
            await self._server.serve(dict(headers)[":path"], headers, messages(stream), Sender(stream))
        except StreamClosedError:
            pass  # the caller has gone while the reply was sent
        finally:
            del self._tasks[stream]
            release_stream()


class Sender:
    """Sends one reply.

    Args:
        stream: The HTTP/2 stream.
    """

    def __init__(self, stream: Stream) -> None:
        self._stream = stream

    async def headers(self, headers: Headers) -> None:
        """Sends the initial metadata."""
        await self._stream.send_headers([_OK, *headers])

    async def message(self, data: bytes) -> None:
        """Sends a message; returns once flow control has room for another."""
        await self._stream.send_data(frame(data))

    async def trailers(self, trailers: Headers, *, alone: bool) -> None:
        """Ends the RPC."""
        await self._stream.send_headers([_OK, *trailers] if alone else trailers, end_stream=True)


async def messages(stream: Stream) -> AsyncIterator[bytes]:
    """Yields the caller's messages."""
    while prefix := await stream.recv_data(_PREFIX):
        yield await stream.recv_data(int.from_bytes(prefix[1:], "big"))


def server(options: Any) -> Server:  # noqa: ARG001 - grpclib has none of gRPC's channel arguments
    """Makes a server."""
    return Server()
