"""Floor server: the cost of a gateway on these libraries that does nothing.

A grpc.aio server that sends a request made before over a bare connection, on the same loop, looks at what comes back
only as far as it must to know that it is there, and answers with messages made before: no JSON, no Protobuf, no HTTP
library.
"""

import asyncio
import ssl
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import grpc
import grpc.aio

from bench.exchanges import Exchange, exchanges
from bench.process import announce, run
from bench.upstream import content_length

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

_HEAD_END = b"\r\n\r\n"
_STREAM_END = b"0\r\n\r\n"


class Connection(asyncio.Protocol):
    """A persistent connection to the upstream."""

    def __init__(self) -> None:
        self._received: list[bytes] = []
        self._waiter: asyncio.Future[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remembers the transport."""
        self.transport = cast("asyncio.WriteTransport", transport)  # uvloop's own class is not registered as one

    def data_received(self, data: bytes) -> None:
        """Wakes the reader."""
        self._received.append(data)
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def read(self) -> bytes:
        """Waits for data and returns it."""
        if not self._received:
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter
        data = b"".join(self._received)
        self._received.clear()
        return data


class Floor(grpc.GenericRpcHandler):
    """Serves all exchanges.

    Args:
        upstream: The upstream's address.
        authority: What the upstream's certificate is checked with; none: no TLS.
    """

    def __init__(self, upstream: str, authority: ssl.SSLContext | None) -> None:
        host, _, port = upstream.rpartition(":")
        self._upstream = (host, int(port))
        self._authority = authority
        self._idle: list[Connection] = []
        known = exchanges().values()
        self._requests = {each.request + each.rpc.encode(): (each, _http_request(each, upstream)) for each in known}
        self._handlers = {each.rpc: self._handler(each) for each in known}

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> "grpc.RpcMethodHandler[Any, Any] | None":
        """Finds the handler of an RPC."""
        return self._handlers.get(handler_call_details.method)

    def _handler(self, exchange: Exchange) -> "grpc.RpcMethodHandler[Any, Any]":
        suffix = exchange.rpc.encode()
        if exchange.streaming:
            make: Callable[..., Any] = grpc.unary_stream_rpc_method_handler
            serve: Callable[[bytes, Any], Awaitable[Any]] = self._stream
        else:
            make, serve = grpc.unary_unary_rpc_method_handler, self._unary

        async def method(request: bytes, context: Any) -> Any:
            return await serve(request + suffix, context)

        handler: grpc.RpcMethodHandler[Any, Any] = make(method)
        return handler

    async def _unary(self, key: bytes, _: Any) -> bytes:
        exchange, http_request = self._requests[key]
        connection = await self._connection()
        connection.transport.write(http_request)
        data = await connection.read()
        while (end := data.find(_HEAD_END)) < 0 or len(data) - end - 4 < content_length(data[:end]):
            data += await connection.read()
        self._idle.append(connection)
        return exchange.messages[0]

    async def _stream(self, key: bytes, context: Any) -> None:
        exchange, http_request = self._requests[key]
        connection = await self._connection()
        connection.transport.write(http_request)
        messages = exchange.messages
        write = context.write
        sent = 0
        data = b""
        while not data.endswith(_STREAM_END):
            data = await connection.read()
            arrived = min(sent + data.count(b"\n\n"), len(messages))
            for message in messages[sent:arrived]:
                await write(message)
            sent = arrived
        self._idle.append(connection)

    async def _connection(self) -> Connection:
        if self._idle:
            return self._idle.pop()
        _, connection = await asyncio.get_running_loop().create_connection(
            Connection, *self._upstream, ssl=self._authority
        )
        return connection


def _http_request(exchange: Exchange, upstream: str) -> bytes:
    return b"POST /v1%b HTTP/1.1\r\nhost: %b\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%b" % (
        exchange.http_path.encode(),
        upstream.encode(),
        len(exchange.http_body),
        exchange.http_body,
    )


def _credentials(chain: str, key: str) -> grpc.ServerCredentials:
    return grpc.ssl_server_credentials([(Path(key).read_bytes(), Path(chain).read_bytes())])


async def main(upstream: str, certificate: list[str]) -> None:
    """Serves until it is ended.

    Args:
        upstream: The upstream's address.
        certificate: The PEM files of a certificate, which is its own authority, and of its key, for TLS on both sides.
    """
    server = grpc.aio.server(options=[("grpc.max_receive_message_length", -1)])
    if certificate:
        server.add_generic_rpc_handlers((Floor(upstream, ssl.create_default_context(cafile=certificate[0])),))
        port = server.add_secure_port("127.0.0.1:0", _credentials(*certificate))
    else:
        server.add_generic_rpc_handlers((Floor(upstream, None),))
        port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    announce(f"127.0.0.1:{port}")
    await server.wait_for_termination()


if __name__ == "__main__":
    run(main(sys.argv[1], sys.argv[2:]))
