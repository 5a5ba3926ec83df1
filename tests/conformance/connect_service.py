"""connectrpc.conformance.v1.ConformanceService: answers as each request asks, and with what it saw of it."""

import asyncio
import base64
from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Any

import grpc
from google.rpc import status_pb2  # type: ignore[import-untyped]  # ships no py.typed

from conformance.servers import Methods

_SERVICE = "/connectrpc.conformance.v1.ConformanceService/"
_CODES = {code.value[0]: code for code in grpc.StatusCode}
_BINARY = "-bin"
_MILLISECONDS = 1000

Metadata = tuple[tuple[str, str | bytes], ...]


def conformance_methods(messages: dict[str, type[Any]]) -> Methods:
    """Returns the methods of the service.

    Args:
        messages: The message classes of its .proto files by name.
    """
    service = _ConformanceService(messages)

    def method(kind: str, name: str, behavior: Any) -> "grpc.RpcMethodHandler[Any, Any]":
        make = getattr(grpc, f"{kind}_rpc_method_handler")
        made: grpc.RpcMethodHandler[Any, Any] = make(
            behavior,
            request_deserializer=messages[f"{name}Request"].FromString,
            response_serializer=messages[f"{name}Response"].SerializeToString,
        )
        return made

    return Methods(
        {
            f"{_SERVICE}Unary": method("unary_unary", "Unary", service.unary),
            f"{_SERVICE}IdempotentUnary": method("unary_unary", "IdempotentUnary", service.idempotent_unary),
            f"{_SERVICE}ClientStream": method("stream_unary", "ClientStream", service.client_stream),
            f"{_SERVICE}ServerStream": method("unary_stream", "ServerStream", service.server_stream),
            f"{_SERVICE}BidiStream": method("stream_stream", "BidiStream", service.bidi_stream),
        }
    )


class _ConformanceService:
    def __init__(self, messages: dict[str, type[Any]]) -> None:
        self._messages = messages

    async def unary(self, request: Any, context: Any) -> Any:
        return await self._single("UnaryResponse", [request], context)

    async def idempotent_unary(self, request: Any, context: Any) -> Any:
        return await self._single("IdempotentUnaryResponse", [request], context)

    async def client_stream(self, requests: AsyncIterator[Any], context: Any) -> Any:
        return await self._single("ClientStreamResponse", [request async for request in requests], context)

    async def server_stream(self, request: Any, context: Any) -> None:
        await self._half_duplex("ServerStreamResponse", [request], context)

    async def bidi_stream(self, requests: AsyncIterator[Any], context: Any) -> None:
        first = await anext(aiter(requests), None)
        if first is not None and first.full_duplex:
            await self._full_duplex(first, requests, context)
        elif first is not None:
            rest = [request async for request in requests]
            await self._half_duplex("BidiStreamResponse", [first, *rest], context)

    async def _single(self, reply: str, requests: list[Any], context: Any) -> Any:
        payload = self._messages["ConformancePayload"](request_info=self._seen(requests, context))
        if requests and requests[0].HasField("response_definition"):
            definition = requests[0].response_definition
            await _begin(definition, context)
            await _delay(definition)
            if definition.HasField("error"):
                await self._fail(definition, context, [payload.request_info])
            payload.data = definition.response_data
        return self._messages[reply](payload=payload)

    async def _half_duplex(self, reply: str, requests: Sequence[Any], context: Any) -> None:
        if not requests[0].HasField("response_definition"):
            return
        definition = requests[0].response_definition
        await _begin(definition, context)
        seen = self._seen(requests, context)
        for number, data in enumerate(definition.response_data):
            await _delay(definition)
            await context.write(self._reply(reply, data, None if number else seen))
        if definition.HasField("error"):
            await self._fail(definition, context, () if definition.response_data else [seen])

    async def _full_duplex(self, first: Any, requests: AsyncIterator[Any], context: Any) -> None:
        definition = first.response_definition
        await _begin(definition, context)
        for number, data in enumerate(definition.response_data):
            request = await anext(aiter(requests), None) if number else first
            seen = None if request is None else self._seen([request], context, metadata=not number)
            await _delay(definition)
            await context.write(self._reply("BidiStreamResponse", data, seen))
        if definition.HasField("error"):
            seen = self._seen([first], context)
            await self._fail(definition, context, () if definition.response_data else [seen])

    def _reply(self, name: str, data: bytes, seen: Any) -> Any:
        return self._messages[name](payload={"data": data, "request_info": seen})

    def _seen(self, requests: Iterable[Any], context: Any, *, metadata: bool = True) -> Any:
        info = self._messages["ConformancePayload"].RequestInfo(requests=[self._any(request) for request in requests])
        if not metadata:
            return info
        values: dict[str, list[str]] = {}
        for name, value in context.invocation_metadata():
            text = base64.b64encode(value).decode() if isinstance(value, bytes) else value
            values.setdefault(name, []).append(text)
        for name, several in values.items():
            info.request_headers.add(name=name, value=several)
        left = context.time_remaining()
        if left is not None:
            info.timeout_ms = int(left * _MILLISECONDS)
        return info

    def _any(self, message: Any) -> Any:
        packed = self._messages["Any"]()
        packed.Pack(message)
        return packed

    async def _fail(self, definition: Any, context: Any, seen: Iterable[Any]) -> None:
        error = definition.error
        code = _CODES[error.code]
        status = status_pb2.Status(code=error.code, message=error.message)
        for detail in (*error.details, *map(self._any, seen)):
            status.details.add(type_url=detail.type_url, value=detail.value)
        details: Metadata = (("grpc-status-details-bin", status.SerializeToString()),) if status.details else ()
        await context.abort(code, error.message, (*_metadata(definition.response_trailers), *details))


async def _begin(definition: Any, context: Any) -> None:
    context.set_trailing_metadata(_metadata(definition.response_trailers))
    await context.send_initial_metadata(_metadata(definition.response_headers))


async def _delay(definition: Any) -> None:
    if definition.response_delay_ms:
        await asyncio.sleep(definition.response_delay_ms / _MILLISECONDS)


def _metadata(headers: Iterable[Any]) -> Metadata:
    return tuple(_pair(header.name.lower(), value) for header in headers for value in header.value)


def _pair(name: str, value: str) -> tuple[str, str | bytes]:
    return (name, base64.b64decode(value + "=" * (-len(value) % 4))) if name.endswith(_BINARY) else (name, value)
