"""Responses over one connection: the RPC `ResponsesService.Connect`.

Each `create` becomes a call of `StreamResponse` within the process, with everything around a call: the caller's
permissions and limits, routing, retries, bridges, sealed ids, usage, log and metrics. Its messages go out with the name
of its lane. A call whose upstream has the WebSocket mode sends its request over the connection's WebSocket to that
upstream, which the calls share, and reads its events from there.

Over 600 lines, since a lane, its responses and the connection end each other, and share the order of their events.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Never, cast

import grpc
import grpc.aio
from google.protobuf.message import Message

from openai_grpc.codec import CodecError, dumps, from_object, loads, to_object
from openai_grpc.rest import http_error
from openai_grpc.v1 import responses_pb2
from openai_grpc_server.access.names import check_names
from openai_grpc_server.calls.call import REQUEST_ID, Call
from openai_grpc_server.calls.reply import begin, encode
from openai_grpc_server.errors import DrainingError, GatewayError, InvalidArgumentError, UpstreamError
from openai_grpc_server.services.sessions import NO_SUCH_MODE, Session, error_event
from openai_grpc_server.streams.responses import FINAL, ResponseEvents
from openai_grpc_server.upstream import ServerSentEvent
from openai_grpc_server.upstream.websocket import SocketClosedError, UpstreamSocket

if TYPE_CHECKING:
    from openai_grpc_server.services.responses import ResponsesService
    from openai_grpc_server.upstream.client import UpstreamClient
    from openai_grpc_server.upstream.request import TimeLimits

Event = responses_pb2.ResponsesServerEvent
Dispatch = Callable[[str, "LaneContext"], Awaitable[None]]

CREATE = "/openai_grpc.v1.ResponsesService/StreamResponse"
PATH = "/responses"
MAX_LANE = 256  # bytes of the name of a lane
MAX_RESPONSES = 64  # of a connection that run or wait; with more, no further message is read
QUEUED = 32  # events of a lane that may wait to be sent
MAX_KNOWN = 1024  # responses of a WebSocket whose lane is remembered
# Types of the events that have a field of their own.
TYPED = frozenset({"response.create", "response.steer"})
OVER = frozenset({"error", *(f"response.{each}" for each in FINAL)})
# The first byte of an encoded event that is an error.
_ERROR = Event(error=responses_pb2.ResponseSocketErrorEvent()).SerializeToString()[:1]


class Connection(Session):
    """A connection of a caller.

    Args:
        service: The service.
        call: The call of `Connect`.
        dispatch: Serves a call, by the path of its RPC.
    """

    def __init__(self, service: "ResponsesService", call: Call, dispatch: Dispatch) -> None:
        super().__init__(service, call, Event)
        self.sockets: dict[str, LaneSocket] = {}
        self._service: ResponsesService = service
        self._dispatch = dispatch
        self._lanes: dict[str | None, Lane] = {}
        self._room = asyncio.Semaphore(MAX_RESPONSES)
        self._opening = asyncio.Lock()
        self._without: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._count = 0

    @property
    def busy(self) -> bool:
        """True while responses run."""
        return bool(self._lanes)

    async def serve(self, messages: AsyncIterator[responses_pb2.ResponsesClientEvent]) -> None:
        """Serves the connection until the caller has ended the stream and all responses are done.

        Raises:
            GatewayError: A message is invalid, nothing happened for too long, or the gateway shuts down.
        """
        call = self.call
        await begin(call)
        call.when_draining(self._drain)
        self.watch()
        reading = asyncio.create_task(self._read(messages))
        try:
            await asyncio.wait({reading, self.over}, return_when=asyncio.FIRST_COMPLETED)
            if reading.done():
                reading.result()
            while self._tasks and not self._failed:
                others = () if self.over.done() else (self.over,)
                await asyncio.wait({*self._tasks, *others}, return_when=asyncio.FIRST_COMPLETED)
            if self.over.done():
                self.over.result()
        finally:
            await self.stop(reading, *self._tasks)
            await asyncio.gather(*(each.close() for each in tuple(self.sockets.values())), return_exceptions=True)

    async def tell(self, value: dict[str, Any], lane: str | None = None) -> None:
        """Sends an event of the gateway's own."""
        event = self.own_event(value)
        if lane is not None:
            event.stream_id = lane
        await self.emit(event.SerializeToString())  # without an id to seal

    async def stream(self, call: Call, value: dict[str, Any]) -> bool:
        """Serves an attempt at a response over a WebSocket.

        Args:
            call: The call of the response.
            value: The request's JSON object.

        Returns:
            Whether the upstream has that mode.

        Raises:
            GatewayError: As for a stream.
        """
        socket = await self._socket(call)
        if socket is None:
            return False
        lane = cast("LaneContext", call.context).lane
        client = call.route.chosen.client
        limits = client.time_limits(self._service.handshake(call, PATH))
        events = socket.open(lane.name, limits)
        try:
            if lane.name is not None:
                value["stream_id"] = lane.name
            if call.access.meter is not None:
                call.access.meter.sent = True
            await socket.send({"type": "response.create", **value})
            await self._service.forward(call, events, SteerableEvents(call, events))
        finally:
            limits.stop()
            socket.leave(events)
        return True

    async def pass_on(self, socket: "LaneSocket", value: dict[str, Any]) -> None:
        """Sends an event of an upstream that belongs to no response that runs."""
        lane = value.pop("stream_id", None)
        self._service.answer_here(self.call, socket.deployment)
        event = from_object(Event, value, nearly=True)
        if isinstance(lane, str):
            event.stream_id = lane
        await self.emit(encode(self.call, event))

    async def _read(self, messages: AsyncIterator[responses_pb2.ResponsesClientEvent]) -> None:
        async for message in messages:
            self.touch()
            match message.WhichOneof("kind"):
                case "create":
                    await self._create(message)
                case "steer":
                    await self.guarded(message, self._steer)
                case "unknown":
                    await self.guarded(message, self._send_unknown)
                case _:
                    raise InvalidArgumentError("a message of Connect must have create, steer or unknown")
        await self.caller_ended()

    async def _create(self, message: responses_pb2.ResponsesClientEvent) -> None:
        name = message.stream_id if message.HasField("stream_id") else None
        if name is not None and len(name.encode()) > MAX_LANE:
            raise InvalidArgumentError.of_field("stream_id", f"too long: at most {MAX_LANE} bytes")
        await self._room.acquire()
        lane = self._lanes.get(name)
        if lane is None:
            lane = self._lanes[name] = Lane(name)
            task = asyncio.create_task(self._run(lane))
            self._tasks.add(task)
            task.add_done_callback(self._ran)
        lane.waiting.append(message.create.SerializeToString())

    async def _run(self, lane: "Lane") -> None:
        """Serves the responses of a lane one after the other."""
        try:
            while lane.waiting:
                self._count += 1
                context = LaneContext(self, lane, lane.waiting.popleft(), f"{self.call.head.request_id}-{self._count}")
                try:
                    with suppress(grpc.aio.AbortError):
                        await self._dispatch(CREATE, context)
                finally:
                    context.run_done_callbacks()
                    self.touch()
                    self._room.release()
        finally:
            del self._lanes[lane.name]

    @property
    def _failed(self) -> bool:
        """True if it ends at once; while the gateway drains, responses that run may end."""
        return self.over.done() and not isinstance(self.over.exception(), DrainingError)

    def _ran(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None and not self.over.done():
            self.over.set_exception(error)

    async def _steer(self, message: responses_pb2.ResponsesClientEvent) -> None:
        steer = message.steer
        given = steer.previous_response_id
        check_names(steer)
        opened = self.open_ids(steer)
        response = steer.previous_response_id
        socket = next((each for each in self.sockets.values() if response in each.known), None)
        if socket is None:
            over_http = bool(self._without) or not self.sockets
            code = "steering_not_supported" if over_http else "response_not_found"
            told_why = (
                "The response does not run over a WebSocket upstream, so it can't be steered"
                if over_http
                else "No response of this connection has this id"
            )
            value: dict[str, Any] = to_object(steer)
            await self.tell(
                {
                    "type": "response.steer.failed",
                    "sequence_number": 0,
                    "error": {"code": code, "message": told_why, "type": "invalid_request_error"},
                    "steer": {"input": value.get("input"), "previous_response_id": given},
                }
            )
            return
        self.check_places(opened, socket.deployment)
        value = to_object(steer, strict=True)
        socket.steered(response)
        await socket.send(value)

    async def _send_unknown(self, message: responses_pb2.ResponsesClientEvent) -> None:
        sockets = list(self.sockets.values())
        value = self.read_unknown(message, TYPED.__contains__, sockets[0].deployment if len(sockets) == 1 else None)
        if len(sockets) != 1:
            raise InvalidArgumentError.of_field(
                "unknown", f"no upstream of this connection takes events of type {value['type'][:64]!r}"
            )
        await sockets[0].send(value)

    async def _socket(self, call: Call) -> "LaneSocket | None":
        """Returns the WebSocket to the upstream of a call; None: it has none.

        Raises:
            GatewayError: It can't be opened.
        """
        deployment = call.route.chosen
        async with self._opening:
            if deployment.name in self._without:
                return None
            socket = self.sockets.get(deployment.name)
            if socket is None:
                try:
                    opened = await self._service.open_socket(call, PATH)
                except UpstreamError as error:
                    if error.http_status not in NO_SUCH_MODE:
                        raise
                    self._without.add(deployment.name)
                    return None
                socket = self.sockets[deployment.name] = LaneSocket(self, opened, call)
                socket.task = asyncio.create_task(socket.run())
            else:
                self._service.answered_by_socket(call, socket.metadata)
        return socket

    def _drain(self) -> bool:
        self.end(DrainingError("The server is shutting down; another one may serve the connection", retry_after=0.0))
        return bool(self._tasks)


class Lane:
    """Responses that run one after the other.

    Args:
        name: The name; None: the lane without one.

    Attributes:
        name: As above.
        suffix: What makes an encoded event one of this lane.
        waiting: Requests that wait.
    """

    def __init__(self, name: str | None) -> None:
        self.name = name
        # Encoded messages that follow each other are read as one, with the fields of both.
        self.suffix = b"" if name is None else Event(stream_id=name).SerializeToString()
        self.waiting: deque[bytes] = deque()


class LaneContext(grpc.aio.ServicerContext[Any, Any]):
    """The context of a response's call: its messages go to the connection.

    Args:
        connection: The connection.
        lane: The lane.
        request: The request.
        request_id: The id of the call.

    Attributes:
        connection: As above.
        lane: As above.
        takes_notices: Whether its stream is told that the gateway drains: no, the connection is.
    """

    takes_notices = False

    def __init__(self, connection: Connection, lane: Lane, request: bytes, request_id: str) -> None:
        self.connection = connection
        self.lane = lane
        self._parent = connection.call.context
        self._request: bytes | None = request
        self._request_id = request_id
        self._told = False
        self._code: Any = None
        self._details = ""
        self._trailing: tuple[tuple[str, str | bytes], ...] = ()
        self._callbacks: list[Callable[[Any], None]] = []
        self.over = False

    async def read(self) -> Any:
        """Returns the request, then `grpc.aio.EOF`."""
        request, self._request = self._request, None
        return grpc.aio.EOF if request is None else request

    async def write(self, message: Any) -> None:
        """Sends an event; returns once the caller's flow control has taken it."""
        self._told = message[:1] == _ERROR
        await self.connection.emit(message + self.lane.suffix)

    async def send_initial_metadata(self, initial_metadata: Any) -> None:
        """Does nothing: the metadata of the connection is sent already."""

    async def abort(self, code: grpc.StatusCode, details: str = "", trailing_metadata: Any = ()) -> Never:
        """Ends the response with an `error` event, unless the upstream's was the last one.

        Raises:
            AbortError: Always, to end the method.
        """
        self._code, self._details, self._trailing = code, details, tuple(trailing_metadata)
        self.over = True
        if not self._told:
            await self.connection.tell(error_event(http_error(self)), self.lane.name)
        raise grpc.aio.AbortError("Locally aborted.")

    async def abort_with_status(self, status: grpc.Status) -> Never:
        """Ends the response with an error; as `abort`."""
        await self.abort(status.code, status.details, status.trailing_metadata or ())

    def set_trailing_metadata(self, trailing_metadata: Any) -> None:
        """Keeps the trailing metadata."""
        self._trailing = tuple(trailing_metadata)

    def invocation_metadata(self) -> Any:
        """Returns the connection's metadata, with an id of its own."""
        pairs: Iterable[tuple[str, Any]] = self._parent.invocation_metadata() or ()
        return (*((name, value) for name, value in pairs if name != REQUEST_ID), (REQUEST_ID, self._request_id))

    def set_code(self, code: grpc.StatusCode) -> None:
        """Sets the status code."""
        self._code = code

    def set_details(self, details: str) -> None:
        """Sets the status message."""
        self._details = details

    def set_compression(self, compression: grpc.Compression) -> None:
        """Does nothing: the connection's compression applies."""

    def disable_next_message_compression(self) -> None:
        """Does nothing, as above."""

    def peer(self) -> str:
        """Returns the caller's address."""
        return str(self._parent.peer())

    def peer_identities(self) -> Iterable[bytes] | None:
        """Returns the names in the caller's certificate, or None without one."""
        return self._parent.peer_identities()

    def peer_identity_key(self) -> str | None:
        """Returns the key of `auth_context` that has the identities, or None."""
        return self._parent.peer_identity_key()

    def auth_context(self) -> Mapping[str, Iterable[bytes]]:
        """Returns the TLS properties of the caller."""
        return self._parent.auth_context()

    def time_remaining(self) -> Any:
        """Returns the seconds until the deadline of the connection, or None without one."""
        return self._parent.time_remaining()

    def trailing_metadata(self) -> Any:
        """Returns the trailing metadata."""
        return self._trailing

    def code(self) -> Any:
        """Returns the status code set for the call."""
        return self._code

    def details(self) -> str:
        """Returns the status message set for the call."""
        return self._details

    def add_done_callback(self, callback: Any) -> None:
        """Registers a function that is called when the call has ended."""
        self._callbacks.append(callback)

    def cancelled(self) -> bool:
        """Returns whether the connection is cancelled."""
        return bool(self._parent.cancelled())

    def done(self) -> bool:
        """Returns whether the call has ended."""
        return self.over

    def run_done_callbacks(self) -> None:
        """Runs the done callbacks."""
        self.over = True
        callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            callback(self)


class LaneSocket:
    """A WebSocket to an upstream, shared by the lanes of a connection.

    Args:
        connection: The connection.
        opened: The WebSocket.
        call: The call that opened it.

    Attributes:
        deployment: The deployment.
        metadata: Metadata of its handshake.
        known: Responses that ran over it, with the events of each.
        task: Reads it.
    """

    task: "asyncio.Task[None]"

    def __init__(self, connection: Connection, opened: UpstreamSocket, call: Call) -> None:
        self.deployment = call.route.chosen
        self.metadata = call.answer.metadata
        self.known: dict[str, LaneEvents] = {}
        self._connection = connection
        self._client: UpstreamClient = call.route.chosen.client
        self._socket = opened
        self._running: dict[str | None, LaneEvents] = {}
        self._abandoned: set[str | None] = set()
        self._closed: SocketClosedError | None = None

    def open(self, lane: str | None, limits: "TimeLimits") -> "LaneEvents":
        """Begins to receive the events of a lane."""
        events = self._running[lane] = LaneEvents(self, lane, limits)
        return events

    def leave(self, events: "LaneEvents") -> None:
        """Ends that: what still comes of a response that is not over is dropped."""
        events.leave()
        self._running.pop(events.lane, None)
        if not events.over and self._closed is None:
            self._abandoned.add(events.lane)

    def remember(self, response: str, events: "LaneEvents") -> None:
        """Notes the lane of a response."""
        if len(self.known) >= MAX_KNOWN:
            del self.known[next(iter(self.known))]
        self.known[response] = events

    def steered(self, response: str) -> None:
        """Notes that input for a response is on its way."""
        self.known[response].steers += 1

    async def send(self, value: dict[str, Any]) -> None:
        """Sends an event.

        Raises:
            GatewayError: The WebSocket is closed.
        """
        try:
            await self._socket.send(dumps(value))
        except SocketClosedError as closed:
            self._end(closed)
            raise closed.error(maybe_billed=False) from None

    async def run(self) -> None:
        """Reads events and hands them to their lanes until the WebSocket is closed."""
        try:
            while True:
                data = self._client.redacted(await self._socket.receive())
                await self._hand_out(data)
        except SocketClosedError as closed:
            self._end(closed)
        except (GatewayError, CodecError):
            self._end(SocketClosedError(1007, "an event could not be read"))
        finally:
            await self._socket.close()

    async def close(self) -> None:
        """Closes the WebSocket."""
        self.task.cancel()
        with suppress(asyncio.CancelledError):
            await self.task

    async def _hand_out(self, data: bytes) -> None:
        lane, kind = None, ""
        events = self._running.get(None)
        if events is None or len(self._running) > 1 or self._abandoned or b'"stream_id"' in data:
            value = loads(data)
            if isinstance(value, dict):
                found = value.get("stream_id")
                lane, kind = found if isinstance(found, str) else None, str(value.get("type"))
            if lane in self._abandoned:
                if kind in OVER:
                    self._abandoned.discard(lane)
                return
            events = self._running.get(lane)
            if events is None and lane is None and kind == "error" and len(self._running) == 1:
                events = next(iter(self._running.values()))  # of the only one
            if events is None:
                if not isinstance(value, dict):
                    value = {"value": value}
                await self._connection.pass_on(self, value)
                return
        await events.put(data)

    def _end(self, closed: SocketClosedError) -> None:
        if self._closed is None:
            self._closed = closed
            if self._connection.sockets.get(self.deployment.name) is self:
                del self._connection.sockets[self.deployment.name]
            for events in self._running.values():
                events.end(closed)


class LaneEvents:
    """Events of a response over a WebSocket, in batches.

    Args:
        socket: The WebSocket.
        lane: The name of the lane, or None.
        limits: Timeouts of the response.

    Attributes:
        lane: As above.
        steers: Inputs of `response.steer` that are not accounted for.
        over: Whether the upstream has ended the response.
    """

    def __init__(self, socket: LaneSocket, lane: str | None, limits: "TimeLimits") -> None:
        self.lane = lane
        self.steers = 0
        self.over = False
        self._socket = socket
        self._limits = limits
        self._waiting: list[ServerSentEvent] = []
        self._arrived = asyncio.Event()
        self._taken = asyncio.Event()
        self._closed: SocketClosedError | None = None
        self._left = False
        limits.abandon = self._arrived.set

    async def put(self, data: bytes) -> None:
        """Takes an event; waits while too many wait to be sent."""
        self._waiting.append(ServerSentEvent(data))
        self._arrived.set()
        while len(self._waiting) >= QUEUED and not self._left:
            self._taken.clear()
            await self._taken.wait()

    def end(self, closed: SocketClosedError) -> None:
        """Ends the events: the WebSocket is closed."""
        self._closed = closed
        self._arrived.set()

    def leave(self) -> None:
        """Takes no further events."""
        self._left = True
        self._taken.set()

    def created(self, response: str) -> None:
        """Notes the id of the response."""
        self._socket.remember(response, self)

    async def event_batches(self) -> AsyncIterator[list[ServerSentEvent]]:
        """Yields the events in batches as received.

        Raises:
            GatewayError: A timeout, or the WebSocket was closed before the end.
        """
        limits, task = self._limits, asyncio.current_task()
        while True:
            limits.wait(task)
            try:
                await self._arrived.wait()
            except asyncio.CancelledError:
                if (error := limits.reason_of_cancel(task)) is not None:
                    raise error from None
                raise
            limits.waited()
            if limits.error is not None:
                raise limits.error
            batch, self._waiting = self._waiting, []
            self._arrived.clear()
            self._taken.set()
            if batch:
                if not limits.started:
                    limits.first_event()
                yield batch
            if self.over:
                return
            if self._closed is not None:
                raise self._closed.error(maybe_billed=True)


class SteerableEvents(ResponseEvents):
    """Reads the events of a response over a WebSocket, and of those that follow it when it is steered.

    Args:
        call: The call; its usage is noted: that of all.
        events: The events.
    """

    kind = Event

    def __init__(self, call: Call, events: LaneEvents) -> None:
        super().__init__(call)
        self._events = events
        self._used: Any = None
        self._final = False

    def read(self, value: Any) -> Any:
        """Returns the message of an event; None for an error that is not an event."""
        value.pop("stream_id", None)
        kind, events = value.get("type"), self._events
        if kind == "response.created":
            events.steers, self._final = 0, False
            response = value.get("response")
            if isinstance(response, dict) and isinstance(response.get("id"), str):
                events.created(response["id"])
        elif kind in {"response.steer.failed", "response.steer.pending"}:
            events.steers = max(events.steers - 1, 0)
        event = super().read(value)
        events.over = events.over or kind == "error"
        if kind in OVER and kind != "error" and event is not None:
            self._final = True
            self._sum(getattr(event, str(event.WhichOneof("kind")), None))
        self.complete = self._final and events.steers == 0
        events.over = self.complete or kind == "error"
        return event

    def _sum(self, final: Any) -> None:
        """Adds up the usage of the responses that have ended."""
        response = getattr(final, "response", None)
        if response is None:
            return
        if self._used is not None:
            add_counts(self._used, response.usage)
            self._call.note_usage(self._used)
            response.call_info.CopyFrom(self._call.info())
        else:
            self._used = type(response.usage)()
            self._used.CopyFrom(response.usage)


def add_counts(total: Any, more: Any) -> None:
    """Adds the numbers of a message, and of those in it, to those of another one."""
    for field, value in more.ListFields():
        if isinstance(value, int | float):
            setattr(total, field.name, getattr(total, field.name) + value)
        elif isinstance(value, Message):
            add_counts(getattr(total, field.name), value)
