"""gRPC server of the port, gRPC's own or ours, and parse errors of health and reflection.

grpc.aio answers a request that can't be parsed with UNKNOWN and the name of a Python class, and logs a traceback; so
does our own HTTP/2. Health and reflection, whose code is not the gateway's own, need no key: `ParsedRequests` keeps
anybody from filling the log through them.
"""

import inspect
import ssl
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, Protocol

import grpc
import grpc.aio
from google.protobuf.message import DecodeError

from openai_grpc_server.config import ConfigError, Problem, ServerSettings, TlsSettings
from openai_grpc_server.errors.error import unwound
from openai_grpc_server.listen import http2
from openai_grpc_server.listen.http2.call import Handler
from openai_grpc_server.listen.options import (
    HTTP_PORT,
    GrpcioTls,
    channel_arguments,
    check_tls,
    check_trusted_peers,
    connection_limit,
    http2_limits,
    tls_context,
)
from openai_grpc_server.runtime.resources import bind_error, listen_problem


class Registry(Protocol):
    """The part of a server with which generated code registers services."""

    def add_generic_rpc_handlers(self, generic_rpc_handlers: Sequence[grpc.GenericRpcHandler]) -> None:
        """Adds handlers that look up the method of each RPC."""

    def add_registered_method_handlers(self, service_name: str, method_handlers: Mapping[str, Handler]) -> None:
        """Adds the methods of a service."""


class RpcServer(Registry, Protocol):
    """Interface of both servers."""

    async def start(self) -> None:
        """Starts serving."""

    async def stop(self, grace: float) -> None:
        """Refuses new RPCs; cancels the rest after the grace period, in seconds."""


UseTls = Callable[[TlsSettings], None]
"""Reads the files of TLS again, for connections to come. Raises `ConfigError` if one is unusable."""


def rpc_server(
    settings: ServerSettings, longest_call: float, memory: http2.RequestMemory
) -> tuple[RpcServer, str, UseTls]:
    """Returns a server bound to its port, not yet serving.

    Args:
        settings: Settings of `server`.
        longest_call: Longest timeout of an upstream call, in seconds.
        memory: Bounds the bytes of incomplete requests; gRPC's own server does not report those.

    Returns:
        The server, its address with the port, and what reads the files of TLS again.

    Raises:
        ConfigError: The address can't be listened on, a TLS file can't be used, or a trusted peer is not valid.
    """
    check_trusted_peers(settings)
    check_tls(settings)
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    address = f"{host}:{settings.port}"
    # Read for both servers: its errors name the files.
    tls = None if settings.tls is None else tls_context(settings.tls)
    try:
        if settings.http2 == "grpcio":
            server, port, use_tls = _on_grpcio(settings, longest_call, address)
        else:
            server, port, use_tls = _on_asyncio(settings, longest_call, tls, memory)
    except OSError as error:
        raise ConfigError(listen_problem(settings.host, settings.port, error)) from error
    except RuntimeError as error:  # gRPC's own, which says no more
        raise ConfigError(Problem(f"can't listen on {address}")) from error
    return server, f"{host}:{port}", use_tls


def _on_grpcio(settings: ServerSettings, longest_call: float, address: str) -> tuple[RpcServer, int, UseTls]:
    # gRPC raises an error without a reason, after it has printed one to standard error.
    error = bind_error(settings.host, settings.port, shared=settings.reuse_port, every=False)
    if error is not None:
        raise error
    server: Any = grpc.aio.server(
        options=channel_arguments(settings, longest_call)
    )  # registers methods; the stubs do not
    if settings.tls is None:
        return server, server.add_insecure_port(address), _no_tls
    tls = GrpcioTls(settings.tls)

    def use_tls(new: TlsSettings) -> None:
        tls_context(new)  # whose errors name the files
        tls.use(new)

    return server, server.add_secure_port(address, tls.credentials), use_tls


def _on_asyncio(
    settings: ServerSettings, longest_call: float, tls: ssl.SSLContext | None, memory: http2.RequestMemory
) -> tuple[RpcServer, int, UseTls]:
    server = http2.Server(http2_limits(settings, longest_call), memory)
    port = server.bind(settings.host, settings.port, reuse_port=settings.reuse_port, tls=tls)
    return server, port, lambda new: server.use_tls(tls_context(new))


def _no_tls(new: TlsSettings) -> None:
    """Ignores TLS settings of a port in plain text, which a reload does not change."""


def http_connections(server: RpcServer, settings: ServerSettings, limits: http2.Limits) -> http2.ConnectionCount:
    """Returns the counter of the HTTP port's connections: that of the gRPC port, if it is ours.

    Args:
        server: The gRPC server.
        settings: Settings of `server`.
        limits: Limits of connections.
    """
    if isinstance(server, http2.Server):
        return server.count
    return http2.ConnectionCount(replace(limits, max_connections=connection_limit(settings.max_connections, HTTP_PORT)))


_UNREADABLE: Final = object()  # in the place of a request
_DETAILS: Final = "The request can't be parsed"


class ParsedRequests:
    """Registers services so that a malformed request is INVALID_ARGUMENT.

    Args:
        server: Serves them.
    """

    def __init__(self, server: Registry) -> None:
        self._server = server

    def add_generic_rpc_handlers(self, generic_rpc_handlers: Sequence[grpc.GenericRpcHandler]) -> None:
        """Adds handlers that look up the method of each RPC."""
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
    """Returns a handler that refuses malformed requests before calling the method."""
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
