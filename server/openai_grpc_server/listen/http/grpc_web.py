"""gRPC-Web: every RPC of the gRPC port over HTTP/1.1, for web pages, with the trailers in the body.

Heads, messages and statuses are read and written by the code of the HTTP/2 server, so this port refuses the same
requests for the same reasons.

Source: PROTOCOL-WEB.md of https://github.com/grpc/grpc.
"""

import asyncio
import re
import time
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any, Final, Self, cast

import grpc
import grpc.aio
from aiohttp import web, web_protocol

from openai_grpc_server.config import ServerSettings
from openai_grpc_server.errors import GatewayError
from openai_grpc_server.errors.error import RequestMemoryError, RpcError
from openai_grpc_server.listen.http.body import SLOW, too_large
from openai_grpc_server.listen.http.rest import FRAMING, OF_CLIENTS, Decorate, HttpContext
from openai_grpc_server.listen.http.server import Connection, error_of
from openai_grpc_server.listen.http2.call import Handler, Methods
from openai_grpc_server.listen.http2.headers import (
    BINARY,
    CONNECTION_SPECIFIC,
    KEY,
    PRINTABLE,
    MalformedError,
    Metadata,
    RequestHead,
    code_number,
    encode_message,
    read_head,
)
from openai_grpc_server.listen.http2.hpack import FIELD_OVERHEAD
from openai_grpc_server.listen.http2.limits import SMALL_MESSAGE
from openai_grpc_server.listen.http2.messages import PREFIX, CompressedMessage, MessageReader
from openai_grpc_server.listen.http2.stream import RequestMemory
from openai_grpc_server.listen.options import receive_limit
from openai_grpc_server.pipeline.handler import Handlers
from openai_grpc_server.runtime.offload import LARGE, beside_loop

CONTENT_TYPE: Final = "application/grpc-web"
TEXT: Final = "application/grpc-web-text"
TRAILERS: Final = 0x80  # flag of the last frame
_CODECS: Final = frozenset({CONTENT_TYPE, f"{CONTENT_TYPE}+proto", TEXT, f"{TEXT}+proto"})
# Headers of HTTP and of browsers: by gRPC they don't come, and pages must not choose what goes upstream by them.
_NOT_METADATA: Final = (OF_CLIENTS - {"user-agent"}) | {
    *("cookie", "host", "te", "x-grpc-web", "access-control-request-headers", "access-control-request-method")
}
_BROWSERS: Final = "sec-"
_SEGMENT: Final = re.compile(rb"[^=]+=*")
_QUANTUM: Final = 4  # characters of base64


class WebMethods(Methods):
    """The methods of the HTTP port; services register with it as with a server.

    Args:
        handlers: The methods of the contract, which REST calls as well.

    Attributes:
        handlers: As above.
    """

    def __init__(self, handlers: Handlers) -> None:
        super().__init__()
        self.handlers = handlers
        self.add_generic((handlers,))

    def add_generic_rpc_handlers(self, generic_rpc_handlers: Sequence[grpc.GenericRpcHandler]) -> None:
        """Adds handlers that look up the method of each RPC."""
        self.add_generic(generic_rpc_handlers)

    def add_registered_method_handlers(self, service_name: str, method_handlers: Mapping[str, Handler]) -> None:
        """Adds the methods of a service."""
        self.add_registered(service_name, method_handlers)


class GrpcWeb:
    """Serves gRPC-Web.

    Args:
        settings: Settings of `server`.
        methods: The methods.
        memory: Bounds the bytes of all requests.
        decorate: Adds the headers that every response has.
    """

    def __init__(
        self, settings: ServerSettings, methods: WebMethods, memory: RequestMemory, decorate: Decorate
    ) -> None:
        self._http = settings.http
        self._max_size = receive_limit(settings.max_message_bytes)
        self._methods = methods
        self._memory = memory
        self._decorate = decorate

    async def serve(self, request: web.BaseRequest, path: str) -> web.StreamResponse:
        """Makes a call and answers with its messages and status.

        Args:
            request: The request.
            path: Its path, which names the RPC.

        Raises:
            HttpError: It is not a call.
            asyncio.CancelledError: The caller has hung up.
        """
        if request.method != "POST":
            raise error_of(405, f"Method {request.method[:16]} is not allowed: gRPC-Web calls are POST")
        reply = _Reply(request, self._decorate)
        try:
            head = self._head(request, path)
            handler, reader = self._find(head, request)
        except RpcError as error:
            return await reply.end(error.code, error.details, error.metadata)
        task = cast("asyncio.Task[Any]", asyncio.current_task())
        deadline = None if head.timeout is None else time.monotonic() + head.timeout
        peer = cast("Connection", request.protocol).peer
        context = _Context(head.metadata, peer, deadline, task)
        context.begin(reader, reply, handler)
        try:
            await _call(handler, context)
        except asyncio.CancelledError:
            if not context.expired or request.transport is None:
                raise
            task.uncancel()
        except grpc.aio.AbortError as error:
            error.__traceback__ = None  # its frames hold the call
        except RpcError as error:
            return await reply.end(error.code, error.details, error.metadata)
        except GatewayError as error:
            return await reply.end(error.code, str(error))
        finally:
            reader.close()
            context.close()
        return await reply.end(context.code(), context.details(), context.trailing_metadata())

    def _head(self, request: web.BaseRequest, path: str) -> RequestHead:
        fields = [(b":method", b"POST"), (b":scheme", b"http"), (b":path", path.encode())]
        joined = 0
        for raw_name, value in request.raw_headers:
            name = raw_name.lower()
            text = name.decode("latin-1")
            if name in CONNECTION_SPECIFIC or text in _NOT_METADATA or text.startswith(_BROWSERS):
                continue
            if text.endswith(BINARY):
                joined += value.count(b",") * FIELD_OVERHEAD
            fields.append((name, value))
        if joined > self._http.max_header_bytes:
            raise error_of(431, "The request's headers have too many values joined by commas: send fewer")
        try:
            return read_head(fields)
        except MalformedError as error:
            raise error_of(400, f"The request is not gRPC-Web: {error}") from None

    def _find(self, head: RequestHead, request: web.BaseRequest) -> tuple[Handler, "_Body"]:
        """Returns the method and the reader of the request.

        Raises:
            RpcError: There is no such method, or it can't be asked like this.
        """
        codec = head.content_type.partition(";")[0].strip().lower()
        if codec not in _CODECS:
            known = f"send {CONTENT_TYPE}+proto"
            raise RpcError(grpc.StatusCode.UNIMPLEMENTED, f"Unknown content type {codec[:64]!r}: {known}")
        if request.headers.get("content-encoding", "identity") != "identity":
            raise RpcError(grpc.StatusCode.UNIMPLEMENTED, "Content-Encoding is not supported: send the body as it is")
        handler = self._methods.find(head.path, head.metadata)
        if handler is None:
            raise RpcError(grpc.StatusCode.UNIMPLEMENTED, "Method not found!")
        if self._methods.handlers.is_session(head.path):
            raise RpcError(
                grpc.StatusCode.UNIMPLEMENTED,
                "gRPC-Web has no streams in both directions: use gRPC, or the WebSocket of this port",
            )
        if head.bad_timeout:
            raise RpcError(grpc.StatusCode.INTERNAL, "grpc-timeout can't be read")
        if head.fault:
            raise RpcError(grpc.StatusCode.INTERNAL, head.fault)
        size = SMALL_MESSAGE if head.path in self._methods.small else self._max_size
        reader = MessageReader(head.encoding, size)
        return handler, _Body(request, reader, self._memory, self._http.body_timeout, self._http.max_body_bytes)


async def _call(handler: Handler, context: "_Context") -> None:
    method: Any  # the stubs say that it takes the context of threads
    request: Any
    if handler.request_streaming:
        request = _Messages(context)
        method = handler.stream_stream if handler.response_streaming else handler.stream_unary
    else:
        request = await context.read()
        if request is grpc.aio.EOF or await context.read() is not grpc.aio.EOF:
            raise RpcError(grpc.StatusCode.UNIMPLEMENTED, "This RPC takes exactly one message")
        method = handler.unary_stream if handler.response_streaming else handler.unary_unary
    result = method(request, context)
    if not handler.response_streaming:
        message = await result
        if not code_number(context.code()):
            context.keep(message)
    elif hasattr(result, "__aiter__"):
        async for message in result:
            await context.write(message)
    else:
        await result


class _Context(HttpContext):
    def begin(self, body: "_Body", reply: "_Reply", handler: Handler) -> None:
        """Sets where messages come from and go to."""
        self._body = body
        self._reply = reply
        self._parse = handler.request_deserializer
        self._serialize = handler.response_serializer

    async def read(self) -> Any:
        """Returns the next message of the request, or `grpc.aio.EOF`.

        Raises:
            RpcError: The request can't be read.
            GatewayError: It is too large.
        """
        data = await self._body.read()
        if data is None:
            return grpc.aio.EOF
        return data if self._parse is None else self._parse(data)

    async def write(self, message: Any) -> None:
        """Sends a message of a stream; returns once the connection has room for more."""
        await self._reply.send(self._bytes(message))

    async def send_initial_metadata(self, initial_metadata: Any) -> None:
        """Keeps the metadata for the headers of the response."""
        self._reply.initial = tuple(initial_metadata)

    def keep(self, message: Any) -> None:
        """Keeps the only message of a reply: its trailers are sent with it."""
        self._reply.only = self._bytes(message)

    def _bytes(self, message: Any) -> bytes:
        return message if self._serialize is None else self._serialize(message)


class _Messages:
    def __init__(self, context: _Context) -> None:
        self._context = context

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Any:
        message = await self._context.read()
        if message is grpc.aio.EOF:
            raise StopAsyncIteration
        return message


class _Body:
    """The messages of a request, read no faster than the method asks for them.

    Args:
        request: The request.
        reader: Splits data into messages.
        memory: Bounds the bytes of all requests.
        timeout: Seconds between two parts of the body.
        limit: Bytes of the body.
    """

    def __init__(
        self, request: web.BaseRequest, reader: MessageReader, memory: RequestMemory, timeout: float, limit: int
    ) -> None:
        self._request = request
        self._reader = reader
        self._memory = memory
        self._timeout = timeout
        self._limit = limit
        self._text = is_text(request.headers["content-type"])
        self._rest = b""  # characters of base64, fewer than make a byte
        self._messages: deque[bytes | CompressedMessage] = deque()
        self._size = 0
        self._held = 0
        self._begun = False

    async def read(self) -> bytes | None:
        """Returns the next message, or None at the end.

        Raises:
            RpcError: It does not come, or is not valid.
            GatewayError: The body is too large.
        """
        if not self._messages and not await self._receive():
            return None
        message = self._messages.popleft()
        self._let_go(len(message) + PREFIX)
        return message if isinstance(message, bytes) else await message.inflate()

    def close(self) -> None:
        """Drops the messages that were not read."""
        self._messages.clear()
        self._let_go(self._held)

    async def _receive(self) -> bool:
        """Waits for a message; returns whether there is one."""
        self._begin()
        content = self._request.content
        try:
            async with asyncio.timeout(self._timeout * SLOW):
                while not self._messages and not content.at_eof():
                    async with asyncio.timeout(self._timeout):
                        piece = await content.readany()
                    self._take(self._binary(piece) if self._text else piece)
        except TimeoutError:
            self._refuse_rest()
            raise RpcError(
                grpc.StatusCode.INVALID_ARGUMENT, "The request's body did not arrive in time: send it faster"
            ) from None
        except (web_protocol.RequestPayloadError, Base64Error, ValueError):
            self._refuse_rest()
            raise RpcError(grpc.StatusCode.INTERNAL, "The request's body is not valid HTTP or base64") from None
        except (RpcError, GatewayError):
            self._refuse_rest()
            raise
        if not self._messages and (self._reader.inside or self._rest):
            raise RpcError(grpc.StatusCode.INTERNAL, "The request ends inside a message")
        return bool(self._messages)

    def _begin(self) -> None:
        if self._begun:
            return
        self._begun = True
        request = self._request
        if request.headers.get("expect", "").lower() == "100-continue" and request.transport is not None:
            request.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _take(self, data: bytes) -> None:
        self._size += len(data)
        if self._size > self._limit:
            raise too_large(self._limit)
        if not self._memory.take(len(data), self._held):
            raise RequestMemoryError
        self._held += len(data)
        self._messages.extend(self._reader.feed(data))

    def _binary(self, piece: bytes) -> bytes:
        """Decodes base64, whose padded parts may follow each other at any place."""
        piece = self._rest + piece
        whole = len(piece) - len(piece) % _QUANTUM
        self._rest = piece[whole:]
        parts = _SEGMENT.findall(piece[:whole])
        if sum(map(len, parts)) != whole:
            raise Base64Error
        return b"".join([b64decode(each, validate=True) for each in parts])

    def _let_go(self, size: int) -> None:
        self._held -= size
        self._memory.release(size)

    def _refuse_rest(self) -> None:
        cast("Connection", self._request.protocol).leaving = True


class _Reply:
    """The response.

    Args:
        request: The request.
        decorate: Adds the headers that every response has.

    Attributes:
        initial: The initial metadata.
        only: The message of a reply that is no stream, sent by `end`.
    """

    def __init__(self, request: web.BaseRequest, decorate: Decorate) -> None:
        self.initial: Metadata = ()
        self.only: bytes | None = None
        self._request = request
        self._decorate = decorate
        self._response: web.StreamResponse | None = None
        accepts = request.headers.get("accept", "")
        self._text = is_text(accepts if CONTENT_TYPE in accepts.lower() else request.headers["content-type"])

    async def send(self, message: bytes) -> None:
        """Sends a message of a stream, and waits while the caller reads slower."""
        if self._response is None:
            response = self._response = web.StreamResponse(headers=self._headers(fields(self.initial)))
            response.headers["cache-control"] = "no-cache"
            self._decorate(self._request, response)
            await response.prepare(self._request)
        await self._response.write(await self._frame(0, message))

    async def end(self, code: "grpc.StatusCode | int", details: str, metadata: Metadata = ()) -> web.StreamResponse:
        """Ends the response with a status: in its headers where there is no message, else in a frame."""
        status = [("grpc-status", str(code_number(code)))]
        if details:
            status.append(("grpc-message", encode_message(details).decode()))
        trailers = [*status, *fields(metadata)]
        if self._response is None and (self.only is None or code_number(code)):
            return web.Response(headers=self._headers([*fields(self.initial), *trailers]))
        frame = await self._frame(TRAILERS, "".join([f"{name}: {value}\r\n" for name, value in trailers]).encode())
        if self._response is not None:
            await self._response.write(frame)
            await self._response.write_eof()
            return self._response
        body = await self._frame(0, self.only or b"") + frame
        return web.Response(body=body, headers=self._headers(fields(self.initial)))

    async def _frame(self, flag: int, data: bytes) -> bytes:
        frame = b"%c%b%b" % (flag, len(data).to_bytes(4, "big"), data)
        return await beside_loop(len(data) > LARGE, b64encode, frame) if self._text else frame

    def _headers(self, metadata: "Sequence[tuple[str, str]]") -> list[tuple[str, str]]:
        kept = [pair for pair in metadata if pair[0] not in FRAMING]
        return [*kept, ("content-type", f"{TEXT if self._text else CONTENT_TYPE}+proto")]


def is_text(content_type: str) -> bool:
    """Returns whether a content type, or a list of accepted ones, means base64."""
    return TEXT in content_type.lower()


def fields(metadata: Metadata) -> list[tuple[str, str]]:
    """Returns metadata as header fields.

    Raises:
        ValueError: A key or a value can't be sent.
    """
    return [_field(key, value) for key, value in metadata]


def _field(key: str, value: str | bytes) -> tuple[str, str]:
    if key.endswith(BINARY):
        data = value.encode() if isinstance(value, str) else value
        text = b64encode(data).rstrip(b"=").decode()
    else:
        text = value if isinstance(value, str) else value.decode("latin-1")
    if not KEY.fullmatch(key) or not PRINTABLE.fullmatch(text):
        raise ValueError(f"metadata was invalid: {key!r} has characters that can't be sent")
    return key, text
