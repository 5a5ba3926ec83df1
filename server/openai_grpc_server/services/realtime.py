"""`RealtimeService`: sessions with models that hear and speak, and live transcription; client secrets and calls.

A session is a WebSocket to the upstream, and each of its events a message. A response counts against the limits of the
caller's key when it is asked for, and with its tokens when it is done; so does a transcription, when its audio is
committed and when it is done. What has not ended when the session does is counted by an estimate.

Over 600 lines: what counts a session needs the events of both directions, and each reads what others have noted.
"""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from typing import Any, ClassVar, Final, NamedTuple

import grpc
from google.protobuf.descriptor import Descriptor
from google.protobuf.message import Message

from openai_grpc.codec import CodecError, dumps, from_object, loads, to_object
from openai_grpc.options.v1 import json_pb2
from openai_grpc.v1 import realtime_pb2
from openai_grpc_server.access.keyring import Refusal, limit_error
from openai_grpc_server.access.ledger import Entry, limits_unavailable
from openai_grpc_server.access.names import check_models
from openai_grpc_server.access.store import StoreError
from openai_grpc_server.calls.call import Call
from openai_grpc_server.calls.reply import begin, encode, measure
from openai_grpc_server.calls.rest import MODEL_KEY, query
from openai_grpc_server.cost.usage import (
    AUDIO_TOKENS_PER_SECOND,
    MEDIUM_TOKENS,
    NONE,
    Usage,
    input_tokens,
    read_usage,
    rounded_up,
)
from openai_grpc_server.errors import (
    CallerDeadlineError,
    GatewayError,
    InvalidArgumentError,
    UpstreamError,
    UpstreamProtocolError,
)
from openai_grpc_server.errors.upstream import plain_text
from openai_grpc_server.runtime.offload import beside_loop
from openai_grpc_server.services.base import JSON, Service, read_reply
from openai_grpc_server.services.media import form_fields, form_request
from openai_grpc_server.services.sessions import NO_SUCH_MODE, Session, told
from openai_grpc_server.upstream import Multipart
from openai_grpc_server.upstream.websocket import SocketClosedError, UpstreamSocket

ClientEvent = realtime_pb2.RealtimeClientEvent
ServerEvent = realtime_pb2.RealtimeServerEvent
Note = Callable[[Any, Any], Awaitable[GatewayError | None]]

PATH: Final = "/realtime"
TRANSCRIPTION: Final = "transcription"
DONE: Final = 1000  # the code of the close of a session that has ended well
PCM: Final = 48_000  # bytes of a second at 24 kHz and 16 bits
TELEPHONE: Final = 8_000  # and of G.711
SDP: Final = "application/sdp"
MAX_SDP: Final = 64 * 1024  # characters of a session description
TELEPHONE_FORMATS: Final = frozenset({"audio/pcmu", "audio/pcma"})
MAX_EVENT_ID: Final = 512  # characters, as of OpenAI
MAX_WAITING: Final = 64  # responses, and commits of audio, that upstream has not answered
OWN: Final = "-"  # instead of a model that transcribes: upstream's own choice


def types_of(union: Descriptor) -> Iterator[str]:
    """Yields the types of the events that have a field of their own."""
    for arm in union.oneofs_by_name["kind"].fields:
        if arm.message_type is not None:
            constants = arm.message_type.GetOptions().Extensions[json_pb2.json_message].constants
            yield from (each.value for each in constants if each.key == "type")


TYPED: Final = frozenset(types_of(ClientEvent.DESCRIPTOR))


class RealtimeService(Service):
    """Realtime sessions, and what opens them elsewhere."""

    descriptor = realtime_pb2.DESCRIPTOR.services_by_name["RealtimeService"]

    async def connect(self, call: Call, messages: AsyncIterator[Any]) -> None:
        """Serves `Connect`.

        Raises:
            GatewayError: There is no first message, or it names no model where several are configured.
        """
        first: Any = await anext(messages, None)
        if first is None:
            raise InvalidArgumentError("the first message must have connect, with the model of the session")
        request = first.connect
        if not request.HasField("model") and (model := self._default_model(call, request)):
            request.model = model
        if not request.model and not request.call_id:
            raise InvalidArgumentError.of_field("connect.model", "is required")
        caller = call.access.caller
        if caller is not None and caller.limited_to_models and not request.model:
            caller.refuse(caller.model_missing())
        failure = await self.route(call, request, partial(self._serve, first=first, messages=messages), billed=False)
        if failure is not None:
            raise failure

    async def create_realtime_client_secret(self, call: Call, request: Message) -> Message:
        """Serves `CreateRealtimeClientSecret`."""
        check_unseen(call)
        return await self.unary(call, request)

    async def create_realtime_call(self, call: Call, request: realtime_pb2.CreateRealtimeCallRequest) -> Message:
        """Serves `CreateRealtimeCall`.

        Raises:
            InvalidArgumentError: There is no offer.
        """
        check_unseen(call)
        if not request.sdp:
            raise InvalidArgumentError.of_field("sdp", "is required")
        return await self.route(call, request, self._begin_call)

    async def accept_realtime_call(self, call: Call, request: Message) -> Message:
        """Serves `AcceptRealtimeCall`."""
        return await self.route(call, request, self._change_call)

    async def reject_realtime_call(self, call: Call, request: Message) -> Message:
        """Serves `RejectRealtimeCall`."""
        return await self.route(call, request, self._change_call)

    async def refer_realtime_call(self, call: Call, request: Message) -> Message:
        """Serves `ReferRealtimeCall`."""
        return await self.route(call, request, self._change_call)

    async def hangup_realtime_call(self, call: Call, request: Message) -> Message:
        """Serves `HangupRealtimeCall`."""
        return await self.route(call, request, self._change_call)

    def prepare(self, call: Call, request: Message) -> dict[str, Any]:
        """Returns the request's JSON object, with the upstream's name of the session's model."""
        value = super().prepare(call, request)
        name_model(call, value.get("session"))
        return value

    def _default_model(self, call: Call, request: realtime_pb2.RealtimeConnect) -> str:
        """Returns the model of a session that names none: that of the metadata, or the only one, else an empty string.

        That of a call is known upstream.
        """
        named = call.head.metadata.get(MODEL_KEY)
        if isinstance(named, str):
            return named
        return "" if request.call_id else self.router.default_model or ""

    async def _serve(
        self, call: Call, request: realtime_pb2.RealtimeConnect, *, first: Any, messages: AsyncIterator[Any]
    ) -> GatewayError | None:
        """Serves a session at the chosen deployment.

        Returns:
            A failure that is not the deployment's.
        """
        value = self.prepare(call, request)
        if value.get("intent") == TRANSCRIPTION:
            value.pop("model", None)  # that is in the session's configuration
        try:
            socket = await self.open_socket(call, PATH, query(value))
        except UpstreamError as error:
            raise without_sessions(call, error) from None
        transcribes = OWN if value.get("intent") == TRANSCRIPTION else ""
        return await RealtimeSession(self, call, socket, transcribes).serve(first, messages)

    async def _begin_call(self, call: Call, request: realtime_pb2.CreateRealtimeCallRequest) -> Message:
        value = self.prepare(call, request)
        form = Multipart(form_fields(value), [])
        body = b"".join([piece async for piece in form])  # in memory, so that it can be sent again
        sent = form_request(call, form, body, self.settings.key_header, streaming=False)
        sent.accept = SDP
        if value.keys() == {"sdp"}:
            sent.body, sent.content_type = value["sdp"].encode(), SDP
        response = await self.send(call, call.rpc, sent)
        try:
            data = await response.read()
        finally:
            await response.close()
        if (response.content_type or "").startswith((JSON, "text/html")) or len(data) > MAX_SDP:
            text = plain_text(data, response.content_type or "")
            raise UpstreamProtocolError(
                f"The upstream answered with {response.content_type} instead of a session description: {text}",
                maybe_billed=True,
            )
        location = response.described({"location"}).get("location", "")
        reply = realtime_pb2.RealtimeCall(sdp=data.decode("utf-8", "replace"))
        if name := location.partition("?")[0].rstrip("/").rpartition("/")[2]:
            reply.id = name
            call.made(name)
        reply.call_info.CopyFrom(call.info())
        await begin(call)
        return reply

    async def _change_call(self, call: Call, request: Message) -> Message:
        response = await self.send(call, call.rpc, await self._request(call, call.rpc, self.prepare(call, request)))
        try:
            data = await response.read()
        finally:
            await response.close()
        reply = read_reply(call, call.rpc, data.strip() or b"{}")
        await begin(call)
        return reply


class Expected(NamedTuple):
    """What the caller has asked for and upstream has not begun yet.

    Attributes:
        event_id: The id of the caller's event; empty: it has none.
        entry: Counts a response against the limits of the key; None: the key has none.
        given: Estimated usage of what the event itself has.
        counted: Whether it has been counted as a request of the key.
    """

    event_id: str
    entry: Entry | None = None
    given: Usage = NONE
    counted: bool = False


class Running:
    """A response that runs.

    Args:
        entry: Counts it against the limits of the key; None: the key has none, or had no room for it.
        own: Estimated usage of what it alone was given.
        added: Estimated usage of what the conversation was given since the last response that is done.

    Attributes:
        entry: As above.
        own: As above.
        added: As above.
        text: Bytes of text that it has had so far.
        audio: Bytes of audio.
    """

    def __init__(self, entry: Entry | None, own: Usage, added: Usage) -> None:
        self.entry = entry
        self.own = own
        self.added = added
        self.text = 0
        self.audio = 0


class RealtimeSession(Session):
    """A session of a caller over a WebSocket to an upstream.

    Args:
        service: The service.
        call: The call.
        socket: The WebSocket.
        transcribes: The model that transcribes until upstream tells the session's configuration; empty: none does.
    """

    def __init__(self, service: RealtimeService, call: Call, socket: UpstreamSocket, transcribes: str) -> None:
        super().__init__(service, call, ServerEvent)
        self._socket = socket
        self._started = False
        self._timer: asyncio.TimerHandle | None = None
        self._responses: list[Expected] = []  # asked for
        self._running: dict[str, Running] = {}
        self._commits: list[Expected] = []
        self._transcribing: dict[str, float] = {}  # seconds of audio, by the ids of items
        self._transcribes = transcribes
        self._bytes_a_second = PCM
        self._heard_a_second = PCM  # bytes of the caller's audio
        self._used = NONE
        self._context = 0  # tokens that the conversation has
        self._added = NONE  # estimated usage of what it was given since
        self._instructed = 0  # most tokens of instructions and tools so far
        self._appended = 0  # bytes of audio that are not committed
        self._clearing = 0  # of them, those that the caller has cleared
        self._speaking = False  # whether upstream hears somebody speak
        self._quiet = asyncio.Event()

    async def serve(self, first: Any, messages: AsyncIterator[Any]) -> GatewayError | None:
        """Serves the session until a side has ended it.

        Args:
            first: The first message.
            messages: Those after it.

        Returns:
            A failure that is not upstream's: nothing happened for too long, a message is invalid, a limit is reached.

        Raises:
            GatewayError: Upstream has failed.
        """
        call = self.call
        reading: asyncio.Task[Any] | None = None
        receiving: asyncio.Task[Any] | None = None
        try:
            await begin(call)
            self.watch()
            self._limit_time()
            reading = asyncio.create_task(self._read(first, messages))
            receiving = asyncio.create_task(self._receive())
            await asyncio.wait({reading, receiving, self.over}, return_when=asyncio.FIRST_COMPLETED)
            if self.over.done():
                return await failure_of(self.over)
            if receiving.done():
                receiving.result()
            elif reading.done():
                return await failure_of(reading)
            return None
        finally:
            if self._timer is not None:
                self._timer.cancel()
            try:
                await self.stop(*filter(None, (reading, receiving)))
            finally:
                self._leave()
                await self._socket.close()

    async def refuse(self, error: GatewayError, message: Any) -> None:
        """Tells the caller that an event of his is refused, by the id that it has."""
        value = told(error)
        del value["status"]
        arm = getattr(message, message.WhichOneof("kind") or "", None) if message is not None else None
        if 0 < len(event_id := getattr(arm, "event_id", "")) <= MAX_EVENT_ID:
            value["error"]["event_id"] = event_id
        value["event_id"] = f"event_{secrets.token_hex(8)}"
        await self.emit(self.own_event(value).SerializeToString())

    async def _read(self, first: Any, messages: AsyncIterator[Any]) -> None:
        """Passes the caller's events on until he has ended the stream, and nothing runs."""
        if first.WhichOneof("kind") is not None:
            await self.guarded(first, self._take)
        async for message in messages:
            self.touch()
            if message.HasField("connect"):
                raise InvalidArgumentError.of_field("connect", "is for the first message")
            if message.WhichOneof("kind") is None:
                raise InvalidArgumentError("a message of Connect must have an event")
            await self.guarded(message, self._take)
        await self.caller_ended()
        if self.call.context.cancelled():
            return
        while self._works():
            self._quiet.clear()
            await self._quiet.wait()

    def _works(self) -> bool:
        return bool(self._responses or self._running or self._commits or self._transcribing)

    async def _take(self, message: Any) -> None:
        """Sends an event of the caller upstream.

        Raises:
            GatewayError: It is refused.
        """
        call, arm = self.call, message.WhichOneof("kind")
        message.ClearField("connect")
        if arm == "unknown":
            value = self.read_unknown(message, TYPED.__contains__, call.route.chosen)
            self._add(Usage(rounded_up(len(message.unknown))))
            await self._send(value)
            return
        if arm == "session_update":
            self._name_as_caller(message.session_update.session.realtime)
        caller = call.access.caller
        if caller is not None and caller.limited_to_models:
            check_models(caller, message, untyped=call.received.untyped)
        event_id = getattr(message, arm).event_id
        if len(event_id) > MAX_EVENT_ID:
            raise InvalidArgumentError.of_field(f"{arm}.event_id", f"must have at most {MAX_EVENT_ID} characters")
        self.check_places(self.open_ids(message), call.route.chosen)
        value = await beside_loop(call.received.large, partial(to_object, message, strict=True))
        if arm == "session_update":
            name_model(call, value.get("session"))
        if arm == "response_create":
            check_room(self._responses, "responses")
            given = Usage(input_tokens(message.response_create.response))
            for item in message.response_create.response.input:
                given = given.plus(self._media(item))
            self._responses.append(Expected(event_id, await self._count(), given))
        elif arm == "input_audio_buffer_commit":
            check_room(self._commits, "commits")
            counted = bool(self._transcribes)
            if counted:
                await self._count_transcription()
            self._commits.append(Expected(event_id, counted=counted))
        else:
            self._note_given(arm, message)
        await self._send(value)

    def _note_given(self, arm: str, message: Any) -> None:
        """Notes what an event gives to the conversation."""
        if arm == "input_audio_buffer_append":
            self._appended += len(message.input_audio_buffer_append.audio)
        elif arm == "input_audio_buffer_clear":
            self._clearing = self._appended
        elif arm == "conversation_item_create":
            item = message.conversation_item_create.item
            self._add(Usage(input_tokens(item)).plus(self._media(item)))
        elif arm == "session_update":
            # Clients send whole configurations again and again: only what is more than before is new.
            tokens = input_tokens(message.session_update.session)
            self._add(Usage(max(tokens - self._instructed, 0)))
            self._instructed = max(tokens, self._instructed)

    def _add(self, given: Usage) -> None:
        self._added = self._added.plus(given)

    def _media(self, item: Any) -> Usage:
        """Returns the estimated usage of audio and images in an item."""
        used = NONE
        for part in item.message.content:
            if part.WhichOneof("source") == "data":
                used = used.plus(Usage(MEDIUM_TOKENS))
            if part.audio:
                used = used.plus(heard(len(part.audio) / self._heard_a_second))
        return used

    async def _count_transcription(self) -> None:
        """Counts a transcription as a request; its usage follows.

        It holds no place of `max_parallel_requests`: a session that answers as well has its response run beside it.

        Raises:
            GatewayError: As `_count`.
        """
        entry = await self._count()
        if entry is not None:
            entry.leave(0, 0.0)

    def _name_as_caller(self, session: Any) -> None:
        """Gives a session that is sent back as it came the model's name that the caller knows."""
        if session.model and session.model == self.call.route.upstream_model and self.call.route.model:
            session.model = self.call.route.model

    async def _send(self, value: dict[str, Any]) -> None:
        with suppress(SocketClosedError):  # what receives tells of the end
            await self._socket.send(await beside_loop(self.call.received.large, dumps, value))

    async def _count(self) -> Entry | None:
        """Counts a response against the limits of the caller's key; returns None if it has none.

        Raises:
            GatewayError: RESOURCE_EXHAUSTED: a limit is reached. UNAVAILABLE: limits can't be looked up.
        """
        ledger, caller = self.call.access.ledger, self.call.access.caller
        if ledger is None or caller is None:
            return None
        try:
            entry = await ledger.enter(caller)
        except StoreError as error:
            caller.refuse(limits_unavailable(error))
            return None
        if isinstance(entry, Refusal):
            caller.refuse(limit_error(caller, entry))
            return None
        return entry

    async def _receive(self) -> None:
        """Passes upstream's events on until it has ended the session.

        Raises:
            GatewayError: It has failed.
        """
        call, client = self.call, self.call.route.chosen.client
        try:
            while True:
                data = client.redacted(await self._socket.receive())
                event = await beside_loop(measure(call, data), self._decoded, data)
                if not self._started:
                    self._started = True
                    self._limit_time()
                arm = event.WhichOneof("kind")
                note = self.NOTES.get(arm)
                refused = None if note is None else await note(self, getattr(event, arm))
                if arm in TOLD:
                    event.call_info.CopyFrom(call.info())
                await self.emit(await beside_loop(call.sent.large, encode, call, event))
                if refused is not None and arm == "response_created":
                    await self.refuse(refused, None)
                elif refused is not None:
                    self.end(refused)
                if not self._works():
                    self._quiet.set()
        except SocketClosedError as closed:
            if closed.code != DONE:
                raise closed.error(maybe_billed=True) from None

    def _decoded(self, data: bytes) -> Any:
        """Returns the message of an event.

        Raises:
            UpstreamProtocolError: It is none.
        """
        try:
            return from_object(ServerEvent, loads(data), keep_nulls=self.call.head.nulls, nearly=True)
        except CodecError as error:
            raise UpstreamProtocolError(
                f"The upstream sent an event that can't be read: {error}", maybe_billed=True
            ) from None

    async def _configured(self, event: Any) -> None:
        """Notes what of the session's configuration matters here."""
        kind = event.session.WhichOneof("kind")
        if kind not in {"realtime", "transcription"}:
            return
        audio = getattr(event.session, kind).audio
        known = audio.input.HasField("transcription")
        self._transcribes = (audio.input.transcription.model or OWN) if known else ""
        self._bytes_a_second = TELEPHONE if audio.output.format.type in TELEPHONE_FORMATS else PCM
        self._heard_a_second = TELEPHONE if audio.input.format.type in TELEPHONE_FORMATS else PCM

    async def _created(self, event: Any) -> GatewayError | None:
        """Notes that a response runs; returns why it is cancelled, if upstream has begun it by itself, or None."""
        refused, entry, own = None, None, NONE
        if self._responses:
            expected = self._responses.pop(0)
            entry, own = expected.entry, expected.given
        else:
            try:
                entry = await self._count()
            except GatewayError as error:
                refused = error
                await self._send({"type": "response.cancel", "response_id": event.response.id})
        self._running[event.response.id] = Running(entry, own, self._added)
        self._added = NONE
        return refused

    async def _done(self, event: Any) -> None:
        """Counts a response that has ended."""
        running = self._running.pop(event.response.id, None)
        used = read_usage(event.response.usage)
        self._context = used.tokens or self._context
        if running is not None and not used.tokens:
            self._add(running.added)  # that is for the next one
        self._spend(None if running is None else running.entry, used)

    async def _spoken(self, event: Any) -> None:
        """Notes a piece of the audio of a response."""
        if (running := self._running.get(event.response_id)) is not None:
            running.audio += len(event.delta)

    async def _written(self, event: Any) -> None:
        """Notes a piece of the text of a response."""
        if (running := self._running.get(event.response_id)) is not None:
            running.text += len(event.delta.encode())

    async def _failed(self, event: Any) -> None:
        """Notes that what an event of the caller asked for does not come."""
        named = event.error.event_id
        alone = not named and len(self._responses) + len(self._commits) == 1  # then it can be of no other one
        for several in (self._responses, self._commits):
            found = next((each for each in several if alone or each.event_id == named), None)
            if found is not None:
                several.remove(found)
                if found.entry is not None:
                    found.entry.leave(0, 0.0)
                return

    async def _committed(self, event: Any) -> GatewayError | None:
        """Notes that audio of the caller has become an item; returns why it may not be transcribed, or None."""
        counted = self._commits[0].counted if self._commits else False
        del self._commits[:1]
        seconds = self._appended / self._heard_a_second
        self._appended = self._clearing = 0
        self._speaking = False
        self._add(heard(seconds))
        if not self._transcribes:
            return None
        self._transcribing[event.item_id] = seconds
        if not counted:
            try:
                await self._count_transcription()
            except GatewayError as error:
                return error
        return None

    async def _cleared(self, event: Any) -> None:
        """Notes that audio of the caller is dropped."""
        del event
        self._appended = max(self._appended - self._clearing, 0)
        self._clearing = 0
        self._speaking = False

    async def _speech_started(self, event: Any) -> None:
        """Notes that upstream hears the caller speak."""
        del event
        self._speaking = True

    async def _transcript(self, event: Any) -> None:
        """Notes that audio is transcribed, which may not be committed yet."""
        self._speaking = self._speaking or event.item_id not in self._transcribing

    async def _untranscribed(self, event: Any) -> None:
        """Notes that a transcription has failed."""
        self._transcribing.pop(event.item_id, None)

    async def _transcribed(self, event: Any) -> GatewayError | None:
        """Counts a transcription; returns why there can be no more of them, or None."""
        refused = None
        if self._transcribing.pop(event.item_id, None) is None:  # a model that does not wait for the whole item
            self._appended, self._speaking = 0, False
            try:
                await self._count_transcription()
            except GatewayError as error:
                refused = error
        self._spend_transcription(read_usage(event.usage))
        return refused

    def _spend_transcription(self, used: Usage) -> None:
        """Counts usage of the model that transcribes."""
        call = self.call
        model = call.route.upstream_model if self._transcribes in {"", OWN} else self._transcribes
        if model == call.route.upstream_model:
            self._spend(None, used)
            return
        price = call.price(call.route.chosen, model)
        cost = 0.0 if price is None else price.cost(used)
        call.note_other(cost)
        self._leave_with(None, used.tokens, cost)

    def _spend(self, entry: Entry | None, used: Usage) -> None:
        """Counts usage of the session's model."""
        call = self.call
        self._used = self._used.plus(used)
        call.note_usage(self._used)
        price = call.price(call.route.chosen, call.route.upstream_model)
        self._leave_with(entry, used.tokens, 0.0 if price is None else price.cost(used))

    def _leave_with(self, entry: Entry | None, tokens: int, cost: float) -> None:
        ledger, caller = self.call.access.ledger, self.call.access.caller
        if entry is None and ledger is not None and caller is not None and (tokens or cost):
            entry = Entry(ledger, caller, secrets.token_hex(16))  # that is not in the ledger: the usage is all the same
        if entry is not None:
            entry.leave(tokens, cost)

    def _leave(self) -> None:
        """Counts what has not ended, by an estimate: responses asked for and those that run, and transcriptions."""
        context = Usage(self._context)
        for running in self._running.values():
            spoken = round(running.audio / self._bytes_a_second * AUDIO_TOKENS_PER_SECOND)
            made = rounded_up(running.text) + spoken
            given = context.plus(running.added).plus(running.own)
            self._spend(running.entry, given.plus(Usage(0, 0, made, output_audio_tokens=spoken)))
            context = context.plus(running.added)
        appended = self._appended / self._heard_a_second
        if self._commits:
            self._add(heard(appended))
        for expected in self._responses:
            self._spend(expected.entry, context.plus(self._added).plus(expected.given))
        if self._transcribes and (self._commits or self._speaking):
            self._transcribing[""] = appended
        for seconds in self._transcribing.values():
            self._spend_transcription(heard(seconds)._replace(seconds=seconds))
        self._responses.clear()
        self._running.clear()
        self._transcribing.clear()

    def _limit_time(self) -> None:
        """Starts the timer of the caller's own limits: until the first event, and of all."""
        limits = self.call.route.limits
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if limits is None:
            return
        known = [("had no first message within", limits.first_message)] if not self._started else []
        known.append(("took longer than", limits.total))
        given = [(seconds, what) for what, seconds in known if seconds is not None]
        if given:
            seconds, what = min(given)
            error = CallerDeadlineError(f"the call {what} {seconds:g} s, its own limit")
            left = limits.started + seconds - time.monotonic()
            self._timer = asyncio.get_running_loop().call_later(max(left, 0.0), self.end, error)

    # What notes an event, by its arm.
    NOTES: ClassVar[dict[str | None, Note]] = {
        "session_created": _configured,
        "session_updated": _configured,
        "response_created": _created,
        "response_done": _done,
        "response_output_audio_delta": _spoken,
        "response_output_text_delta": _written,
        "response_output_audio_transcript_delta": _written,
        "response_function_call_arguments_delta": _written,
        "response_mcp_call_arguments_delta": _written,
        "error": _failed,
        "input_audio_buffer_committed": _committed,
        "input_audio_buffer_cleared": _cleared,
        "input_audio_buffer_speech_started": _speech_started,
        "conversation_item_input_audio_transcription_delta": _transcript,
        "conversation_item_input_audio_transcription_completed": _transcribed,
        "conversation_item_input_audio_transcription_failed": _untranscribed,
    }


TOLD: Final = frozenset({"session_created", "response_done"})
"""Arms of the events that have information of the gateway."""


def check_room(waiting: list[Expected], what: str) -> None:
    """Checks that the caller may ask for one more.

    Raises:
        InvalidArgumentError: Too many wait for upstream.
    """
    if len(waiting) >= MAX_WAITING:
        raise InvalidArgumentError(f"{MAX_WAITING} {what} wait for the upstream already: wait for its events first")


def heard(seconds: float) -> Usage:
    """Returns the estimated usage of audio of the caller."""
    tokens = round(seconds * AUDIO_TOKENS_PER_SECOND)
    return Usage(tokens, input_audio_tokens=tokens)


async def failure_of(future: "asyncio.Future[None]") -> GatewayError | None:
    """Returns the failure of something that has ended, or None; raises what is no failure of a call."""
    try:
        await future
    except GatewayError as error:
        return error
    return None


def name_model(call: Call, session: Any) -> None:
    """Gives the model in a session's configuration the name that the chosen deployment has for it."""
    route = call.route
    if not isinstance(session, dict):
        return
    name = session.get("model")
    if isinstance(name, str):
        known = name == route.plan.model
        session["model"] = route.upstream_model if known else route.chosen.resolve(name).model
    audio = session.get("audio")
    given = audio.get("input") if isinstance(audio, dict) else None
    written = given.get("transcription") if isinstance(given, dict) else None
    if isinstance(written, dict) and written.get("model") == route.plan.model:
        written["model"] = route.upstream_model


def check_unseen(call: Call) -> None:
    """Checks the key of a call that opens sessions which the gateway does not see.

    Raises:
        GatewayError: PERMISSION_DENIED: the key has limits or is restricted to models, and does not name the RPC.
    """
    caller = call.access.caller
    if caller is not None and (caller.limits.any or caller.limited_to_models):
        caller.check_named_rpc(call.rpc.path)


def without_sessions(call: Call, error: UpstreamError) -> UpstreamError:
    """Returns the error of a handshake, which says so where the upstream has no sessions."""
    status = error.http_status
    if status is None or (status not in NO_SUCH_MODE and status >= HTTPStatus.MULTIPLE_CHOICES):
        return error
    chosen = call.route.chosen
    where = f"the local model {chosen.name}" if chosen.config.local else f"the upstream of {chosen.name}"
    return UpstreamError(
        f"{where} has no realtime sessions (HTTP {status} for GET {PATH} as a WebSocket): use a model of an upstream "
        "that has them",
        code=grpc.StatusCode.UNIMPLEMENTED,
        reason="REALTIME_NOT_SUPPORTED",
        http_status=status,
        request_id=error.request_id,
    )
