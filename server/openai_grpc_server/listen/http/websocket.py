"""WebSockets of the HTTP port, as OpenAI's SDKs open them: each is a call of a session's RPC, in JSON."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, cast

import grpc
import grpc.aio
from aiohttp import WSMsgType, web

from openai_grpc.codec import CodecError, dumps, from_object, loads, to_object
from openai_grpc.rest import http_error
from openai_grpc.v1 import responses_pb2
from openai_grpc_server.config import ServerSettings
from openai_grpc_server.errors import InvalidArgumentError
from openai_grpc_server.listen.http.rest import HttpContext, Metadata, read_deadline
from openai_grpc_server.pipeline.handler import Handlers

if TYPE_CHECKING:
    from openai_grpc_server.listen.http.server import Connection

CONNECT: Final = "/openai_grpc.v1.ResponsesService/Connect"
PATHS: Final = frozenset({"/v1/responses", "/responses", "/openai/v1/responses"})
LANE: Final = "stream_id"
_CODES: Final = {grpc.StatusCode.UNAVAILABLE: 1001, grpc.StatusCode.RESOURCE_EXHAUSTED: 1013}
_REFUSED: Final = frozenset(
    {grpc.StatusCode.UNAUTHENTICATED, grpc.StatusCode.PERMISSION_DENIED, grpc.StatusCode.INVALID_ARGUMENT}
)


class WebSockets:
    """Serves WebSockets.

    Args:
        settings: Returns the settings of `server`, which a reload replaces.
        handlers: The methods.
        metadata: Returns the metadata of a call.
    """

    def __init__(
        self,
        settings: Callable[[], ServerSettings],
        handlers: Handlers,
        metadata: Callable[[web.BaseRequest], Metadata],
    ) -> None:
        self._settings = settings
        self._handlers = handlers
        self._metadata = metadata

    @staticmethod
    def takes(request: web.BaseRequest, path: str) -> bool:
        """Returns whether a request opens a WebSocket that is served here."""
        return path in PATHS and request.headers.get("upgrade", "").lower() == "websocket"

    async def serve(self, request: web.BaseRequest) -> web.StreamResponse:
        """Serves a WebSocket until it is closed.

        Raises:
            HttpError: The caller is turned away.
            asyncio.CancelledError: The caller has hung up.
        """
        task = cast("asyncio.Task[Any]", asyncio.current_task())
        peer = cast("Connection", request.protocol).peer
        context = SocketContext(self._metadata(request), peer, read_deadline(request), task)
        socket: web.WebSocketResponse | None = None
        try:
            try:
                if not await self._handlers.turns_away(context):
                    socket = web.WebSocketResponse(compress=False, max_msg_size=self._settings().max_message_bytes)
                    await socket.prepare(cast("web.Request", request))
                    context.socket = socket
                await self._handlers.dispatch(CONNECT, context)
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
            await socket.close(code=code_of(context.code()))
            return socket
        finally:
            context.socket = None
            context.close()


class SocketContext(HttpContext):
    """The context of a session over a WebSocket.

    Attributes:
        socket: The WebSocket; None: it is not open.
        takes_notices: Whether it is told that the gateway drains: no, its events are OpenAI's.
    """

    takes_notices = False
    socket: web.WebSocketResponse | None = None

    async def read(self) -> Any:
        """Returns the next message, or `grpc.aio.EOF`.

        Raises:
            InvalidArgumentError: It is not JSON text.
        """
        if self.socket is None or self.socket.closed:
            return grpc.aio.EOF
        message = await self.socket.receive()
        if message.type in {WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR}:
            return grpc.aio.EOF
        try:
            return client_event(loads(message.data)).SerializeToString()
        except CodecError as error:
            raise InvalidArgumentError(f"a message is not JSON of an event: {error}") from None

    async def write(self, message: Any) -> None:
        """Sends an event; returns once the connection has room for more."""
        if self.socket is not None and not self.socket.closed:
            await self.socket.send_str(dumps(server_event(message)).decode())


def client_event(value: Any) -> responses_pb2.ResponsesClientEvent:
    """Returns the message of a caller's event.

    Raises:
        CodecError: It has no place in the contract.
    """
    lane = value.pop(LANE, None) if isinstance(value, dict) else None
    if isinstance(value, dict) and value.get("type") == "response.create":
        value.pop("stream", None)  # as OpenAI says, it is implied
    event: responses_pb2.ResponsesClientEvent = from_object(responses_pb2.ResponsesClientEvent, value)
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


def code_of(status: grpc.StatusCode) -> int:
    """Returns the code of the close for a status."""
    if status is grpc.StatusCode.OK:
        return 1000
    return 1008 if status in _REFUSED else _CODES.get(status, 1011)
