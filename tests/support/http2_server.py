"""Test server on our own HTTP/2 or gRPC's."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import grpc
import grpc.aio

from openai_grpc_server.listen.http2 import Limits, Server
from support.gateway import on_loop

ECHO, STREAM, UPLOAD, WAIT, ABORT, RAISE, ENDLESS, CONTEXT, HALF, DEAF = (
    f"/test.Test/{name}"
    for name in ("Echo", "Stream", "Upload", "Wait", "Abort", "Raise", "Endless", "Context", "Half", "Deaf")
)
COUNT = 5  # messages of a stream
PIECE = b"x" * 10_000


@dataclass
class Methods(grpc.GenericRpcHandler):
    """The methods.

    Attributes:
        begun: How many methods were called.
        running: How many have not returned.
        cancelled: How many were cancelled.
        written: How many messages the endless stream has written.
        done: Of each RPC that has ended, whether it was cancelled.
    """

    begun: int = 0
    running: int = 0
    cancelled: int = 0
    written: int = 0
    done: list[bool] = field(default_factory=list)

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> "grpc.RpcMethodHandler[Any, Any] | None":
        name = handler_call_details.method.rpartition("/")[2]
        streaming = {"Stream": grpc.unary_stream_rpc_method_handler, "Endless": grpc.unary_stream_rpc_method_handler}
        make: Any = streaming.get(name, grpc.unary_unary_rpc_method_handler)
        if name in {"Upload", "Half", "Deaf"}:
            make = grpc.stream_unary_rpc_method_handler
        method = getattr(self, name.lower(), None)
        return None if method is None else make(self._counted(method))

    def _counted(self, method: Any) -> Any:
        async def counted(request: Any, context: Any) -> Any:
            self.begun += 1
            self.running += 1
            context.add_done_callback(lambda ended: self.done.append(ended.cancelled()))
            try:
                return await method(request, context)
            except asyncio.CancelledError:
                self.cancelled += 1
                raise
            finally:
                self.running -= 1

        return counted

    async def echo(self, request: bytes, context: Any) -> bytes:
        await context.send_initial_metadata((("x-first", "1"), ("x-first-bin", b"\0\1")))
        context.set_trailing_metadata((("x-last", "2"), ("x-last-bin", b"\2\3")))
        return request

    async def stream(self, request: bytes, context: Any) -> None:
        for _ in range(COUNT):
            await context.write(request)

    async def upload(self, request: AsyncIterator[bytes], _: Any) -> bytes:
        return b"%d" % sum([len(message) async for message in request])

    async def half(self, _: AsyncIterator[bytes], context: Any) -> bytes:
        message: bytes = await context.read()
        return message

    async def wait(self, _: bytes, __: Any) -> bytes:
        await asyncio.Event().wait()
        raise AssertionError("it waits for ever")

    async def deaf(self, _: AsyncIterator[bytes], __: Any) -> bytes:
        await asyncio.Event().wait()
        raise AssertionError("it waits for ever")

    async def abort(self, request: bytes, context: Any) -> bytes:
        details = request.decode()
        await context.abort(grpc.StatusCode.FAILED_PRECONDITION, details, (("x-why-bin", b"\0\xff"),))
        raise AssertionError("abort returned")

    async def raise_(self, _: bytes, __: Any) -> bytes:
        raise ValueError("unforeseen")

    async def endless(self, _: bytes, context: Any) -> None:
        while True:
            await context.write(PIECE)
            self.written += 1

    async def context(self, _: bytes, context: Any) -> bytes:
        metadata = tuple(tuple(each) for each in context.invocation_metadata() if each[0] != "user-agent")
        left = context.time_remaining()
        facts = (metadata, left is None, context.peer().rpartition(":")[0], dict(context.auth_context()))
        identities = list(context.peer_identities() or ()), context.peer_identity_key()
        return repr((*facts, *identities, context.details(), context.done())).encode()


setattr(Methods, "raise", Methods.raise_)


@contextmanager
def http2_server(**limits: Any) -> Iterator[tuple[str, Methods, Server]]:
    """Runs a server of our own with these limits; yields its address."""
    methods = Methods()
    server = Server(Limits(**{"max_message_size": 1 << 22, **limits}))
    server.add_generic_rpc_handlers((methods,))
    port = server.bind("127.0.0.1", 0, reuse_port=False, tls=None)
    on_loop(server.start())
    try:
        yield f"127.0.0.1:{port}", methods, server
    finally:
        on_loop(server.stop(0))


@contextmanager
def grpc_server() -> Iterator[tuple[str, Methods]]:
    """Runs a server of gRPC's; yields its address."""

    async def started() -> tuple[grpc.aio.Server, int]:
        server = grpc.aio.server()
        server.add_generic_rpc_handlers((methods,))
        port = server.add_insecure_port("127.0.0.1:0")
        await server.start()
        return server, port

    methods = Methods()
    server, port = on_loop(started())
    try:
        yield f"127.0.0.1:{port}", methods
    finally:
        on_loop(server.stop(0))
