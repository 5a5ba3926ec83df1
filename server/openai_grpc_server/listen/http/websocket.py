"""WebSockets of the HTTP port, as OpenAI's SDKs open them: each is a call of a session's RPC, in JSON.

Browsers can't send headers with one: their key is one of the subprotocols that they offer.
"""

import asyncio
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast
from urllib.parse import parse_qsl

import grpc
import grpc.aio
from aiohttp import WSCloseCode, WSMsgType, web

from openai_grpc.codec import CodecError, count_json_elements, dumps, from_object, loads, to_object
from openai_grpc.rest import http_error
from openai_grpc.v1 import realtime_pb2, responses_pb2
from openai_grpc_server.config import ServerSettings
from openai_grpc_server.errors import InvalidArgumentError, MessageTooLargeError
from openai_grpc_server.listen.http.rest import HttpContext, Metadata, legal, read_deadline
from openai_grpc_server.listen.http2.stream import UNBOUNDED, RequestMemory
from openai_grpc_server.pipeline.handler import Handlers
from openai_grpc_server.runtime.offload import MOST, beside_loop, is_large_json
from openai_grpc_server.runtime.resources import no_memory

if TYPE_CHECKING:
    from google.protobuf.message import Message

    from openai_grpc_server.listen.http.server import Connection

LANE: Final = "stream_id"
_CODES: Final = {grpc.StatusCode.UNAVAILABLE: 1001, grpc.StatusCode.RESOURCE_EXHAUSTED: 1013}
_REFUSED: Final = frozenset(
    {
        *(grpc.StatusCode.UNAUTHENTICATED, grpc.StatusCode.PERMISSION_DENIED, grpc.StatusCode.INVALID_ARGUMENT),
        *(grpc.StatusCode.NOT_FOUND, grpc.StatusCode.UNIMPLEMENTED),
    }
)
REALTIME: Final = "realtime"  # the subprotocol
_KEY: Final = "openai-insecure-api-key."  # and the beginning of the one that is a key


class WebSockets:
    """Serves WebSockets.

    Args:
        settings: Returns the settings of `server`, which a reload replaces.
        handlers: The methods.
        metadata: Returns the metadata of a call.
        memory: Bounds the bytes of all requests.
    """

    def __init__(
        self,
        settings: Callable[[], ServerSettings],
        handlers: Handlers,
        metadata: Callable[[web.BaseRequest], Metadata],
        memory: RequestMemory,
    ) -> None:
        self._settings = settings
        self._handlers = handlers
        self._metadata = metadata
        self._memory = memory

    @staticmethod
    def takes(request: web.BaseRequest, path: str) -> bool:
        """Returns whether a request opens a WebSocket that is served here."""
        return path in KINDS and request.headers.get("upgrade", "").lower() == "websocket"

    async def serve(self, request: web.BaseRequest, path: str, query: str) -> web.StreamResponse:
        """Serves a WebSocket until it is closed.

        Args:
            request: The request.
            path: Its path.
            query: Its query.

        Raises:
            HttpError: The caller is turned away.
            asyncio.CancelledError: The caller has hung up.
        """
        task = cast("asyncio.Task[Any]", asyncio.current_task())
        peer = cast("Connection", request.protocol).peer
        kind = KINDS[path]
        metadata = with_key(self._metadata(request), offered(request), self._settings().key_header.lower())
        context = SocketContext(metadata, peer, read_deadline(request), task)
        context.kind = kind
        context.first = kind.first(query)
        context.memory = self._memory
        context.max_elements = self._settings().max_message_elements
        socket: web.WebSocketResponse | None = None
        try:
            try:
                if not await self._handlers.turns_away(context):
                    protocols = (REALTIME,) if kind.protocol else ()
                    socket = web.WebSocketResponse(
                        compress=False, max_msg_size=self._settings().max_message_bytes, protocols=protocols
                    )
                    await socket.prepare(cast("web.Request", request))
                    context.socket = socket
                await self._handlers.dispatch(kind.path, context)
            except asyncio.CancelledError:
                if not context.expired or request.transport is None:
                    raise
                task.uncancel()
            except grpc.aio.AbortError as error:
                error.__traceback__ = None  # its frames hold the call
            failure = None if context.code() is grpc.StatusCode.OK else http_error(context)
            if socket is None:
                assert failure is not None  # noqa: S101 - who is turned away has an error
                raise failure
            if failure is not None and not socket.closed:
                event = {"type": "error", "status": failure.status, "error": failure.body["error"]}
                await socket.send_str(dumps(event).decode())
            large = failure is not None and failure.status == web.HTTPRequestEntityTooLarge.status_code
            await socket.close(code=WSCloseCode.MESSAGE_TOO_BIG if large else code_of(context.code()))
            return socket
        finally:
            context.socket = None
            context.close()


class SocketContext(HttpContext):
    """The context of a session over a WebSocket.

    Attributes:
        kind: The kind of session.
        socket: The WebSocket, once it is open.
        first: The message that precedes the caller's, if any.
        memory: Bounds the bytes of all requests.
        max_elements: Limit of the objects, lists and strings of a message.
        takes_notices: Whether it is told that the gateway drains: no, its events are OpenAI's.
    """

    takes_notices = False
    kind: "Kind"
    socket: web.WebSocketResponse | None = None
    first: bytes | None = None
    memory: RequestMemory = UNBOUNDED
    max_elements = MOST

    async def read(self) -> Any:
        """Returns the next message, or `grpc.aio.EOF`.

        Raises:
            InvalidArgumentError: It is not JSON text.
            MessageTooLargeError: It has too many elements.
            GatewayError: There is no room for it.
        """
        if self.socket is None or self.socket.closed:
            return grpc.aio.EOF
        if self.first is not None:
            first, self.first = self.first, None
            return first
        message = await self.socket.receive()
        if message.type in {WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR}:
            self._cancelled = True  # nobody reads what would still come
            return grpc.aio.EOF
        data = message.data.encode() if isinstance(message.data, str) else message.data
        del message
        if not self.memory.take(len(data), 0):
            raise no_memory()
        try:
            return await beside_loop(is_large_json(data), self._parse, data)
        except CodecError as error:
            raise InvalidArgumentError(f"a message is not JSON of an event: {error}") from None
        finally:
            self.memory.release(len(data))

    def _parse(self, data: bytes) -> bytes:
        limit = self.max_elements
        if len(data) > limit and count_json_elements(data, limit) > limit:
            raise MessageTooLargeError(
                f"A message has more than {limit} objects, lists and strings, "
                "the limit of server.max_message_elements: send less at once"
            )
        return self.kind.read(data).SerializeToString()

    async def write(self, message: Any) -> None:
        """Sends an event; returns once the connection has room for more."""
        if self.socket is not None and not self.socket.closed:
            event = self.kind.write(message)
            if event is not None:
                await self.socket.send_str(dumps(event).decode())


def client_event(data: bytes) -> responses_pb2.ResponsesClientEvent:
    """Returns the message of a caller's event.

    Raises:
        CodecError: It has no place in the contract, or is not JSON.
    """
    value = loads(data)
    lane = value.pop(LANE, None) if isinstance(value, dict) else None
    if isinstance(value, dict) and value.get("type") == "response.create":
        value.pop("stream", None)  # as OpenAI says, it is implied
    event: responses_pb2.ResponsesClientEvent = from_object(responses_pb2.ResponsesClientEvent, value, keep_nulls=True)
    if isinstance(lane, str):
        event.stream_id = lane
    return event


def server_event(data: bytes) -> dict[str, Any]:
    """Returns the JSON object of an encoded event."""
    event = responses_pb2.ResponsesServerEvent.FromString(data)
    if event.WhichOneof("kind") == "unknown":
        value = loads(event.unknown)
        value = value if isinstance(value, dict) else {"value": value}
    else:
        value = to_object(event)
    return {**value, LANE: event.stream_id} if event.HasField(LANE) else value


def realtime_client_event(data: bytes) -> realtime_pb2.RealtimeClientEvent:
    """Returns the message of a caller's event of a realtime session; what is not JSON is refused there, by an event."""
    try:
        return from_object(realtime_pb2.RealtimeClientEvent, loads(data), keep_nulls=True)
    except CodecError:
        return realtime_pb2.RealtimeClientEvent(unknown=data.decode("utf-8", "replace"))


def realtime_server_event(data: bytes) -> Any:
    """Returns the JSON of an encoded event of a realtime session; None: it is the gateway's own, without one."""
    event = realtime_pb2.RealtimeServerEvent.FromString(data)
    kind = event.WhichOneof("kind")
    if kind is None:
        return None
    return loads(event.unknown) if kind == "unknown" else to_object(event)


def realtime_first(query: str) -> bytes:
    """Returns the first message of a realtime session, which is in its query."""
    value = dict(parse_qsl(query, keep_blank_values=True))
    connect = from_object(realtime_pb2.RealtimeConnect, value)
    return realtime_pb2.RealtimeClientEvent(connect=connect).SerializeToString()


def offered(request: web.BaseRequest) -> list[str]:
    """Returns the subprotocols that a caller offers."""
    several = request.headers.getall("sec-websocket-protocol", ())
    return [each.strip() for header in several for each in header.split(",")]


def with_key(metadata: Metadata, protocols: Iterable[str], key_header: str) -> Metadata:
    """Returns the metadata of a call with the key that a browser sends as a subprotocol, if there is no other.

    Args:
        metadata: The metadata.
        protocols: The subprotocols.
        key_header: The metadata key in which callers send a key.
    """
    key = next((each[len(_KEY) :] for each in protocols if each.startswith(_KEY)), "")
    if not key or any(name == key_header for name, _ in metadata):
        return metadata
    return [*metadata, (key_header, legal(f"Bearer {key}"))]


class Kind(NamedTuple):
    """A kind of session.

    Attributes:
        path: The path of its RPC.
        read: Returns the message of a caller's event.
        write: Returns the JSON of an encoded event, or None for one without JSON.
        first: Returns the message that precedes the caller's, made of the query, if any.
        protocol: Whether it has a subprotocol.
    """

    path: str
    read: "Callable[[bytes], Message]"
    write: Callable[[bytes], Any]
    first: Callable[[str], bytes | None]
    protocol: bool = False


RESPONSES: Final = Kind("/openai_grpc.v1.ResponsesService/Connect", client_event, server_event, lambda _: None)
SESSIONS: Final = Kind(
    "/openai_grpc.v1.RealtimeService/Connect",
    realtime_client_event,
    realtime_server_event,
    realtime_first,
    protocol=True,
)
KINDS: Final = {
    f"{prefix}{path}": kind
    for prefix in ("/v1", "", "/openai/v1")
    for path, kind in (("/responses", RESPONSES), ("/realtime", SESSIONS))
}


def code_of(status: grpc.StatusCode) -> int:
    """Returns the code of the close for a status."""
    if status is grpc.StatusCode.OK:
        return 1000
    return 1008 if status in _REFUSED else _CODES.get(status, 1011)
