"""What grpc.aio does around a method, for servers that only carry HTTP/2: finding it, its context, its status.

An adapter says how its library sends headers, messages and trailers (`Sender`) and gives each RPC to `Server.serve`.
What is here is what a product would need as well, so its cost counts.
"""

import asyncio
import socket
import time
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Iterable
from typing import Any, NoReturn, Protocol

import grpc
import grpc.aio

from bench.alternatives.wire import HEAD, Headers, Metadata, deadline_of, encode, metadata_of, status


class Sender(Protocol):
    """How a library sends the parts of one reply. Names are lower-case; values are as they go on the wire."""

    async def headers(self, headers: Headers) -> None:
        """Sends the initial metadata."""

    async def message(self, data: bytes) -> None:
        """Sends a message; returns once flow control has room for another."""

    async def trailers(self, trailers: Headers, *, alone: bool) -> None:
        """Ends the RPC; `alone` if no headers went before."""


class CallDetails(grpc.HandlerCallDetails):
    """Which RPC is called.

    Args:
        method: Its path.
    """

    def __init__(self, method: str) -> None:
        self.method = method
        self.invocation_metadata = ()


class Context:
    """What of `grpc.aio.ServicerContext` the gateway and the health service use.

    Args:
        sender: Sends the reply.
        headers: The caller's headers.
        messages: The caller's messages.

    Attributes:
        deadline: The caller's deadline in `time.monotonic()` seconds, or None.
    """

    def __init__(self, sender: Sender, headers: Headers, messages: AsyncIterator[bytes]) -> None:
        self._sender = sender
        self._headers = headers
        self._messages = messages
        self._begun = False
        self._trailing: Metadata = ()
        self._code = grpc.StatusCode.OK
        self._details = ""
        self.deadline = deadline_of(headers)

    def invocation_metadata(self) -> list[tuple[str, Any]]:
        """Returns the caller's metadata."""
        return metadata_of(self._headers)

    def time_remaining(self) -> float | None:
        """Returns the seconds until the caller's deadline, or None."""
        return None if self.deadline is None else max(self.deadline - time.monotonic(), 0.0)

    async def read(self) -> Any:
        """Returns the caller's next message, or `grpc.aio.EOF`."""
        return await anext(self._messages, grpc.aio.EOF)

    async def send_initial_metadata(self, metadata: Metadata) -> None:
        """Sends the initial metadata now."""
        self._begun = True
        await self._sender.headers([*HEAD, *encode(metadata)])

    async def write(self, message: bytes) -> None:
        """Sends a message."""
        if not self._begun:
            await self.send_initial_metadata(())
        await self._sender.message(message)

    def set_trailing_metadata(self, metadata: Metadata) -> None:
        """Sets what goes with the status."""
        self._trailing = metadata

    def set_code(self, code: grpc.StatusCode) -> None:
        """Sets the status."""
        self._code = code

    def set_details(self, details: str) -> None:
        """Sets the text of the status."""
        self._details = details

    async def abort(self, code: grpc.StatusCode, details: str = "", trailing_metadata: Metadata = ()) -> NoReturn:
        """Ends the method with a status.

        Raises:
            AbortError: Always.
        """
        self._code, self._details, self._trailing = code, details, trailing_metadata or self._trailing
        raise grpc.aio.AbortError

    async def end(self) -> None:
        """Sends the status."""
        trailers = [*status(self._code.value[0], self._details), *encode(self._trailing)]
        await self._sender.trailers(trailers if self._begun else [*HEAD, *trailers], alone=not self._begun)


class Server(ABC):
    """The part of `grpc.aio.Server` that the gateway calls."""

    def __init__(self) -> None:
        self._handlers: list[Any] = []
        self._registered: dict[str, Any] = {}

    def add_generic_rpc_handlers(self, handlers: Iterable[Any]) -> None:
        """Adds handlers that are asked for each method."""
        self._handlers.extend(handlers)

    def add_registered_method_handlers(self, service: str, handlers: dict[str, Any]) -> None:
        """Adds the methods of a service."""
        self._registered.update({f"/{service}/{name}": handler for name, handler in handlers.items()})

    @abstractmethod
    def add_insecure_port(self, address: str) -> int:
        """Takes a port and returns it."""

    @abstractmethod
    async def start(self) -> None:
        """Starts to serve."""

    @abstractmethod
    async def stop(self, grace: float | None) -> None:
        """Stops."""

    async def serve(self, path: str, headers: Headers, messages: AsyncIterator[bytes], sender: Sender) -> None:
        """Serves one RPC; to be cancelled when the caller has gone."""
        context = Context(sender, headers, messages)
        try:
            await self._run(path, context, messages)
        except grpc.aio.AbortError:
            pass
        except TimeoutError:
            context.set_code(grpc.StatusCode.DEADLINE_EXCEEDED)
            context.set_details("Deadline Exceeded")
        except Exception as error:  # noqa: BLE001 - grpc.aio, too, answers whatever a method raises with UNKNOWN
            context.set_code(grpc.StatusCode.UNKNOWN)
            context.set_details(f"Unexpected {type(error)}: {error}")
        await context.end()

    async def _run(self, path: str, context: Context, messages: AsyncIterator[bytes]) -> None:
        handler = self._find(path)
        if handler is None:
            await context.abort(grpc.StatusCode.UNIMPLEMENTED, "Method not found!")
        async with asyncio.timeout_at(context.deadline):  # asyncio's clock is time.monotonic()
            request: Any = messages
            if not handler.request_streaming:
                request = decoded(handler, await anext(messages))
            elif handler.request_deserializer:
                request = (decoded(handler, data) async for data in messages)
            if handler.response_streaming:
                replies = (handler.stream_stream or handler.unary_stream)(request, context)
                if isinstance(replies, AsyncIterator):
                    async for reply in replies:
                        await context.write(encoded(handler, reply))
                else:
                    await replies
            else:
                reply = await (handler.stream_unary or handler.unary_unary)(request, context)
                await context.write(encoded(handler, reply))

    def _find(self, path: str) -> Any:
        if path in self._registered:
            return self._registered[path]
        details = CallDetails(path)
        return next((found for each in self._handlers if (found := each.service(details)) is not None), None)


def decoded(handler: Any, data: bytes) -> Any:
    """Returns a request as its method wants it."""
    return handler.request_deserializer(data) if handler.request_deserializer else data


def encoded(handler: Any, reply: Any) -> bytes:
    """Returns a reply as bytes."""
    data: bytes = handler.response_serializer(reply) if handler.response_serializer else reply
    return data


class SocketServer(Server):
    """A server that asyncio listens for."""

    @abstractmethod
    def protocol(self) -> asyncio.BaseProtocol:
        """Makes what serves one connection."""

    def add_insecure_port(self, address: str) -> int:
        """Takes a port and returns it."""
        self.socket = listening(address)
        port: int = self.socket.getsockname()[1]
        return port

    async def start(self) -> None:
        """Starts to serve."""
        self._server = await asyncio.get_running_loop().create_server(self.protocol, sock=self.socket)

    async def stop(self, grace: float | None) -> None:  # noqa: ARG002 - as grpc.aio's; connections just close here
        """Stops to listen."""
        self._server.close()


def listening(address: str) -> socket.socket:
    """Binds a port."""
    host, _, port = address.rpartition(":")
    return socket.create_server((host, int(port)))
