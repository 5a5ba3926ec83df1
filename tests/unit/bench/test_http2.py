"""The benchmark's gRPC caller sends what it should, and notices what is wrong, before a server on gRPC's library."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import grpc
import grpc.aio
import pytest

from bench.call import WrongReplyError
from bench.exchanges import exchanges
from bench.frames import LARGEST_WINDOW
from bench.http2 import Connection, Prepared

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bench.exchanges import Exchange

LIMIT = 10.0  # seconds for a test
KNOWN = exchanges()


class Server(grpc.GenericRpcHandler):
    """Answers each exchange's RPC with its messages, or ends with a status."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self.requests: list[bytes] = []
        self.written = 0
        self.cancelled = asyncio.Event()

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler[Any, Any] | None:
        handler: grpc.RpcMethodHandler[Any, Any] | None = None
        if handler_call_details.method == self._exchange.rpc:
            handler = grpc.unary_stream_rpc_method_handler(self._method)
        return handler

    async def _method(self, request: bytes, context: Any) -> None:
        self.requests.append(request)
        try:
            for message in self._exchange.messages:
                await context.write(message)
                self.written += 1
            if self._exchange.status:
                await context.abort(grpc.StatusCode.INTERNAL, "as it should")
            if self._exchange.pause:
                await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.cancelled.set()
            raise


@asynccontextmanager
async def connected(exchange: Exchange, window: int = LARGEST_WINDOW) -> AsyncIterator[tuple[Connection, Server]]:
    """Gives a connection to a server that answers an exchange."""
    handler = Server(exchange)
    server = grpc.aio.server()
    server.add_generic_rpc_handlers((handler,))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    loop = asyncio.get_running_loop()
    transport, connection = await loop.create_connection(lambda: Connection(window), "127.0.0.1", port)
    try:
        async with asyncio.timeout(LIMIT):
            yield connection, handler
    finally:
        transport.close()
        await server.stop(None)


@pytest.mark.parametrize("name", ["chat", "chat stream", "long prompt", "16 embeddings", "failing chat"])
def test_a_right_reply_is_taken(name: str) -> None:
    exchange = KNOWN[name]

    async def run() -> None:
        async with connected(exchange) as (connection, server):
            calls = [connection.call(Prepared(exchange, "localhost")) for _ in range(3)]
            await asyncio.gather(*(call.done for call in calls))
            assert server.requests == [exchange.request] * 3
            for call in calls:
                assert call.messages == len(exchange.messages) == len(call.message_times())
                assert call.ended is not None
                assert call.ended >= max(call.message_times(), default=call.started)

    asyncio.run(run())


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        pytest.param({"messages": (b"another",)}, "message 1 is another", id="another message"),
        pytest.param({"messages": ()}, "ended after 0 messages", id="none"),
        pytest.param({"status": 13}, "ended with", id="another status"),
    ],
)
def test_a_wrong_reply_is_noticed(answer: dict[str, Any], expected: str) -> None:
    async def run() -> None:
        async with connected(replace(KNOWN["chat"], **answer)) as (connection, _):
            with pytest.raises(WrongReplyError, match=expected):
                await connection.call(Prepared(KNOWN["chat"], "localhost")).done

    asyncio.run(run())


def test_the_reply_of_the_other_deployment_is_right_too() -> None:
    async def run() -> None:
        other = replace(KNOWN["chat"], messages=KNOWN["chat"].other_messages)
        async with connected(other) as (connection, _):
            await connection.call(Prepared(KNOWN["chat"], "localhost")).done

    asyncio.run(run())


def test_a_cancelled_call_is_cancelled_at_the_server() -> None:
    async def run() -> None:
        async with connected(KNOWN["paced chat stream"]) as (connection, server):
            call = connection.call(Prepared(KNOWN["paced chat stream"], "localhost"))
            await call.begun()
            assert call.messages
            call.cancel()
            await call.done
            await server.cancelled.wait()

    asyncio.run(run())


def test_a_caller_that_stalls_gets_nothing() -> None:
    async def run() -> None:
        large = KNOWN["large chat stream"]
        async with connected(large, window=0) as (connection, server):
            call = connection.call(Prepared(large, "localhost"))
            # Another call is answered meanwhile, so that there was time; and the server could not write them all.
            await connection.call(replace_status(Prepared(replace(KNOWN["chat"], rpc="/none"), "localhost"))).done
            assert call.messages == 0
            assert server.written < len(large.messages)

    asyncio.run(run())


def replace_status(prepared: Prepared) -> Prepared:
    """Expects that the RPC is not known."""
    prepared.status, prepared.expected, prepared.ends = b"\x0bgrpc-status\x0212", (b"",), []
    return prepared
