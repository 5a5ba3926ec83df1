"""Parse errors of services whose code is not the gateway's own: health and reflection.

grpc.aio answers a request that can't be parsed with UNKNOWN and the name of a Python class, and logs a traceback; so
does our own HTTP/2. Callers need no key for these services, so that is all it would take to fill the log.
"""

import inspect
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Protocol

import grpc
import grpc.aio
from google.protobuf.message import DecodeError

from openai_grpc_server.errors.frames import unwound

if TYPE_CHECKING:  # it is generic in the stubs alone
    Handler = grpc.RpcMethodHandler[Any, Any]
else:
    Handler = grpc.RpcMethodHandler

_UNREADABLE: Final = object()  # in the place of a request
_DETAILS: Final = "The request can't be parsed"


class Registry(Protocol):
    """A server, as generated code registers services with it."""

    def add_generic_rpc_handlers(self, generic_rpc_handlers: Sequence[grpc.GenericRpcHandler]) -> None:
        """Adds handlers that are asked for the method of each RPC."""

    def add_registered_method_handlers(self, service_name: str, method_handlers: Mapping[str, Handler]) -> None:
        """Adds the methods of a service."""


class ParsedRequests:
    """Registers services with a server so that a request that can't be parsed is INVALID_ARGUMENT.

    Args:
        server: The server.
    """

    def __init__(self, server: Registry) -> None:
        self._server = server

    def add_generic_rpc_handlers(self, generic_rpc_handlers: Sequence[grpc.GenericRpcHandler]) -> None:
        """Adds handlers that are asked for the method of each RPC."""
        self._server.add_generic_rpc_handlers([_Generic(each) for each in generic_rpc_handlers])

    def add_registered_method_handlers(self, service_name: str, method_handlers: Mapping[str, Handler]) -> None:
        """Adds the methods of a service."""
        handlers = {name: parsed(handler) for name, handler in method_handlers.items()}
        self._server.add_registered_method_handlers(service_name, handlers)


class _Generic(grpc.GenericRpcHandler):
    def __init__(self, inner: grpc.GenericRpcHandler) -> None:
        self._inner = inner

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> "Handler | None":
        handler = self._inner.service(handler_call_details)
        return None if handler is None else parsed(handler)


def parsed(handler: Handler) -> Handler:
    """Returns a handler whose method is not called with a request that can't be parsed."""
    kind = f"{_word(handler.request_streaming)}_{_word(handler.response_streaming)}"
    method = getattr(handler, kind)
    check = _checked_stream if handler.request_streaming else _checked

    async def answer(request: Any, context: Any) -> Any:
        return await method(await check(request, context), context)

    async def call(request: Any, context: Any) -> Any:
        reply = await unwound(answer(request, context))
        if not isinstance(reply, grpc.aio.AbortError):
            return reply
        del request, context
        try:
            raise reply
        finally:
            del reply

    async def stream(request: Any, context: Any) -> AsyncIterator[Any]:
        async for message in method(await check(request, context), context):
            yield message

    make: Callable[..., Handler] = getattr(grpc, f"{kind}_rpc_method_handler")
    chosen = stream if inspect.isasyncgenfunction(method) else call
    return make(chosen, _parser(handler.request_deserializer), handler.response_serializer)


def _parser(parse: Any) -> Callable[[bytes], Any]:
    def read(data: bytes) -> Any:
        try:
            return parse(data)
        except DecodeError:
            return _UNREADABLE

    return read


async def _checked(request: Any, context: Any) -> Any:
    if request is _UNREADABLE:
        await context.abort(grpc.StatusCode.INVALID_ARGUMENT, _DETAILS)
    return request


async def _checked_stream(requests: AsyncIterator[Any], context: Any) -> AsyncIterator[Any]:
    async def each() -> AsyncIterator[Any]:
        async for request in requests:
            if request is _UNREADABLE:  # an abort would leave these frames in a cycle with the context that keeps it
                context.set_code(grpc.StatusCode.INVALID_ARGUMENT)
                context.set_details(_DETAILS)
                return
            yield request

    return each()


def _word(streaming: object) -> str:
    return "stream" if streaming else "unary"
