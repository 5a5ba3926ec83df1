"""Base of services: request to REST call, reply to message, events to stream of messages; and attempts to serve a call.

Over 600 lines, as each attempt is one pass through it: the parts hand over to each other for every call, and in modules
of their own they would be entered in turn (`make counts`).
"""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Coroutine, Iterator, Sequence
from functools import cache, partial
from http import HTTPStatus
from typing import Any, ClassVar, TypeVar, cast

from google.protobuf.descriptor import Descriptor, ServiceDescriptor
from google.protobuf.message import Message

from openai_grpc.codec import CodecError, dumps, from_json, from_object, loads, name_problem, to_object
from openai_grpc.options.v1 import json_pb2
from openai_grpc.v1 import models_pb2, realtime_session_pb2
from openai_grpc_server.access.keyring import Caller, Refusal, limit_error
from openai_grpc_server.access.ledger import limits_unavailable
from openai_grpc_server.access.names import check_models, check_names
from openai_grpc_server.access.ownership import NOTHING, Opened
from openai_grpc_server.access.store import StoreError
from openai_grpc_server.calls.call import NO_ANSWER, Answer, Call
from openai_grpc_server.calls.method import Rpc
from openai_grpc_server.calls.reply import begin, encoder_of, measure, write
from openai_grpc_server.calls.rest import (
    LIMITS_KEY,
    MODEL_KEY,
    check_extra,
    check_metadata,
    fill_path,
    query,
    time_limits,
    upstream_headers,
    uses_own_key,
)
from openai_grpc_server.config import ServerSettings
from openai_grpc_server.cost.usage import Outputs, Usage, input_tokens, survey
from openai_grpc_server.errors import (
    GatewayError,
    InvalidArgumentError,
    InvalidUpstreamJsonError,
    UnframedReplyError,
    UpstreamError,
    UpstreamProtocolError,
    UpstreamTruncatedError,
    from_error_object,
    from_reply,
    stated_error,
)
from openai_grpc_server.errors.error import forget_frames
from openai_grpc_server.errors.upstream import BOM, FAILED_REASONS, plain_text, says_something
from openai_grpc_server.models.parameters import OTHER_API, refusal
from openai_grpc_server.routing import Deployment, Router
from openai_grpc_server.routing.failures import blamed, clear_caller
from openai_grpc_server.routing.router import Affinity
from openai_grpc_server.runtime.offload import LARGE, SMALL, beside_loop, in_thread
from openai_grpc_server.services.model_lists import OPENAI_PREFIX, PUBLISHED, learn_names
from openai_grpc_server.streams.relay import EventReader, EventSource, Reading, check_elements, relay
from openai_grpc_server.streams.synthetic import MarkedMessages, WholeReply, asks_for_usage, whole_request
from openai_grpc_server.upstream import (
    LinesDecoder,
    ServerSentEvent,
    UpstreamRequest,
    UpstreamResponse,
    are_lines,
    extra_headers,
    metadata_headers,
)
from openai_grpc_server.upstream.websocket import UpstreamSocket

R = TypeVar("R", bound=Message)
T = TypeVar("T")
Method = Callable[[Call, Any], Awaitable[Any]]

USAGE_FOLLOWS = 1.0  # seconds after the last word of a stream within which its usage comes
CALL = ("call_id",)
# Keys of a chat completion that say something of the call.
FACTS = ("choices", "error", "id", "object", "usage")
CHOICE_FACTS = ("error", "finish_reason")
MOST_OF_JSON = 16  # bytes of a message that a byte of its JSON makes
JSON = "application/json"
EVENT_STREAM = "text/event-stream"
# Answers of an upstream that has no such path.
NO_SUCH_API = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.NOT_IMPLEMENTED})
# Beginnings of the paths of objects that local models keep.
LOCAL_OBJECTS = ("/batches", "/files")
_WORD_START = re.compile(r"(?<!^)(?=[A-Z])")


class Service:
    """A service of the contract. An RPC without a method of its own is served by `unary`.

    Args:
        router: Finds deployments.
        settings: Settings of the gateway.

    Attributes:
        dispatch: Serves a call of another RPC within the process, by its path and a context; set once it is registered.
    """

    descriptor: ClassVar[ServiceDescriptor]

    def __init__(self, router: Router, settings: ServerSettings) -> None:
        self.router = router
        self.settings = settings
        self.dispatch: Callable[[str, Any], Awaitable[None]] | None = None

    def methods(self) -> Iterator[tuple[Rpc, Method]]:
        """Yields each RPC with its method: `CreateResponse` with `create_response`, or `unary`."""
        for descriptor in self.descriptor.methods:
            yield Rpc.from_descriptor(descriptor), getattr(self, snake_case(descriptor.name), self.unary)

    async def unary(self, call: Call, request: Message) -> Message:
        """Serves an RPC that is one REST call with a JSON reply."""
        return await self.route(call, request, self.once)

    async def route(
        self, call: Call, request: R, attempt: Callable[[Call, R], Awaitable[T]], *, billed: bool = True
    ) -> T:
        """Serves a call by a deployment; after a failure, by another one, or the same one later.

        Args:
            call: The call.
            request: Its request; every attempt starts from it.
            attempt: Carries the call out once, at `call.route.chosen`.
            billed: Whether the usage of an RPC that creates something is estimated where the upstream does not tell.

        Raises:
            GatewayError: NOT_FOUND: the model is not configured. INVALID_ARGUMENT, UNAUTHENTICATED: metadata that no
                header can have. Else what the last attempt failed with.
        """
        limit_time(call, request)
        await find_plan(self.router, call, request)
        check_metadata(call, self.settings.key_header)
        if call.trace is not None:
            attempt = partial(traced, attempt)
        if call.route.plan.model.startswith(OPENAI_PREFIX):
            attempt = self._by_listed_name(attempt)
        meter = call.access.meter if billed and call.rpc.creates else None
        if meter is not None and meter.outputs is not None:
            reserving = reserve(call, request, meter.outputs)
            if reserving is not None:
                await reserving
        work = serve(call, partial(attempt, call, request))
        if self.settings.on_cancel == "drain" and call.rpc.creates and not call.rpc.session:
            work = drained(call, work, lambda: self.settings.drain_limit)
        elif meter is not None and call.rpc.server_streaming:
            work = drained(call, work, lambda: USAGE_FOLLOWS if meter.finished else 0.0)
        if meter is None:
            return await work
        try:
            reply = await work
        except BaseException as error:
            meter.failed(request, error, call.bill.usage)
            raise
        meter.succeeded(request, reply if isinstance(reply, Message) else None, call.used())
        return reply

    def _by_listed_name(self, attempt: Callable[[Call, R], Awaitable[T]]) -> Callable[[Call, R], Awaitable[T]]:
        """Keeps the `openai/` prefix for a name that the upstream lists.

        Upstreams are asked for their list only where the name is one of weights that OpenAI publishes, which servers
        call so, or once they don't know the name without the prefix.
        """

        async def named(call: Call, request: R) -> T:
            route = call.route
            if route.plan.model.startswith(PUBLISHED):
                await learn_names(call, self.settings.key_header)
            try:
                return await attempt(call, request)
            except UpstreamError as error:
                if error.http_status != HTTPStatus.NOT_FOUND or not may_resend(call):
                    raise
                await learn_names(call, self.settings.key_header)
                if route.chosen.resolve(route.plan.model).model == route.upstream_model:
                    raise
                call.route.attempts += 1
                resend(call, error)
            return await attempt(call, request)

        return named

    async def once(self, call: Call, request: Message) -> Message:
        """Serves one attempt of an RPC with a JSON reply."""
        large = call.received.large
        value = await in_thread(self.prepare, call, request) if large else self.prepare(call, request)
        return await self.fetch(call, call.rpc, value)

    def prepare(self, call: Call, request: Message) -> dict[str, Any]:
        """Returns the request's JSON object for the chosen deployment, with the upstream's model name.

        Raises:
            InvalidArgumentError: The request can't be sent as it is.
            CodecError: As above.
        """
        rpc, route = call.rpc, call.route
        given: Any = request
        if extra := getattr(request, "extra_json", ""):
            check_extra(rpc, extra)
        value: dict[str, Any] = to_object(request, strict=True)
        if rpc.takes_options and (asked_for := given.call_options.extra_headers):
            route.extra_headers = extra_headers(asked_for, self.settings.extra_headers)
        if self.settings.metadata_headers:
            given = dict(metadata_headers(call.head.metadata, self.settings.metadata_headers))
            route.extra_headers = list((given | dict(route.extra_headers)).items())
        name, deployment = route.plan.model, route.chosen
        named = deployment.fixed or deployment.resolve(name)
        route.upstream_model = named.model
        route.api = named.mode
        if name and rpc.takes_model:
            value["model"] = route.upstream_model
            if rpc.has_body and (deployment.rules is not None or deployment.refusals):
                deployment.adjust(rpc, value)
        return value

    async def fetch(
        self,
        call: Call,
        rpc: Rpc,
        value: dict[str, Any],
        convert: Callable[[Message], Message] | None = None,
        *,
        relays: bool = False,
    ) -> Message:
        """Sends a REST call and returns its reply as a message.

        Args:
            call: The call.
            rpc: The RPC whose REST call it is.
            value: The request's JSON object.
            convert: Makes the caller's reply of the upstream's, where that is another API's.
            relays: Whether the reply is a chat completion, which goes to the caller without a change. One by REST may
                then get its text, and what is returned has its facts alone.
        """
        if call.received.large:
            request = await self._request(call, rpc, value)
        else:
            request = json_request(call, rpc, value, self.settings.key_header, streaming=False)
        response = await self.send(call, rpc, request)
        try:
            data = await response.read()
        finally:
            await response.close()
        if (len(data) > SMALL or call.sent.large) and measure(call, data):
            reply = await in_thread(read_reply, call, rpc, data, convert, relays)
        else:
            reply = read_reply(call, rpc, data, convert, relays)
        await begin(call)
        return reply

    async def _request(
        self, call: Call, rpc: Rpc, value: dict[str, Any], *, streaming: bool = False
    ) -> UpstreamRequest:
        key_header = self.settings.key_header
        if call.received.large:
            return await in_thread(json_request, call, rpc, value, key_header, streaming)
        return json_request(call, rpc, value, key_header, streaming)

    def poll_part(self, call: Call, rpc: Rpc, context: Any) -> Call:
        """Returns a call that polls what another one watches, at the deployment of that.

        Args:
            call: The other call.
            rpc: The RPC that gets the state.
            context: The context of the polls.
        """
        part = call.part(rpc, context, traced=False)
        part.route.plan = call.route.plan
        part.route.model = call.route.model
        part.route.deployment = part.route.chosen = call.route.chosen
        part.route.upstream_model = call.route.upstream_model
        part.route.extra_headers = call.route.extra_headers
        return part

    def carried_part(self, call: Call, rpc: Rpc, context: Any, model: str) -> Call:
        """Returns a call whose request another one carries to its upstream, as a line of a batch is.

        Args:
            call: The other call.
            rpc: The RPC of the request.
            context: The context of the part.
            model: The model that the request names; empty: none.

        Raises:
            GatewayError: NOT_FOUND: the model is not configured. INVALID_ARGUMENT: another upstream serves it.
        """
        part = self.poll_part(call, rpc, context)
        if model != call.route.model:
            part.route.model = model
            part.route.plan = plan = self.router.plan_at(call.route.chosen, model, deadline=call.head.deadline)
            part.route.deployment = part.route.chosen = plan.deployments[0]
        return part

    async def check_carried(self, part: Call, request: Message, *, large: bool) -> None:
        """Checks the names in a request that another call carries, and unseals its ids.

        Args:
            part: The call of `carried_part`.
            request: Its request.
            large: Whether work on it is done beside the event loop.

        Raises:
            GatewayError: NOT_FOUND: an id is not one of the caller's. PERMISSION_DENIED: the caller's key does not
                allow a model.
            InvalidArgumentError: A name can't be one, or is of an object at another upstream.
        """
        check_names(request)
        route, caller = part.route, part.access.caller
        limited = caller is not None and caller.limited_to_models
        if caller is not None and limited:
            if route.model:
                caller.check_model(route.model)
            else:
                caller.refuse(caller.model_missing())
        route.stores = keeps_object(part.rpc, request)
        opened = await beside_loop(large, _read_names, part, request)
        if self.router.affinity is not None:
            object_id = find_place(self.router, self.router.affinity, part, request, opened)
            self.router.check_place(object_id, route.chosen)

    async def poll(self, part: Call, value: dict[str, Any], names: Collection[str]) -> tuple[Message, dict[str, str]]:
        """Returns the state of what is polled, without call info, and headers of the reply by their names.

        Args:
            part: The call of `poll_part`.
            value: The request's JSON object.
            names: The names of the headers.

        Raises:
            GatewayError: The poll failed.
        """
        response = await self.send(part, part.rpc, await self._request(part, part.rpc, value))
        try:
            data = await response.read()
        finally:
            await response.close()
        state: Any = await beside_loop(len(data) > SMALL and measure(part, data), read_reply, part, part.rpc, data)
        state.ClearField("call_info")
        return state, response.described(names)

    def answered(self, call: Call, answer: Answer) -> None:
        """Notes the upstream's answer to a poll as that of a call that watches."""
        call.answer = answer

    async def send(
        self, call: Call, rpc: Rpc, request: UpstreamRequest, *, synthetic: bool = False
    ) -> UpstreamResponse:
        """Sends a REST call to the call's deployment.

        Args:
            call: The call.
            rpc: The RPC whose REST call it is.
            request: The REST call.
            synthetic: Whether the caller's stream is made of its whole reply.

        Raises:
            GatewayError: The upstream could not be reached, or answered with an error.
        """
        if call.access.meter is not None:
            call.access.meter.sent = True
        response = await call.route.chosen.client.send(request)
        call.answer = Answer(response.status, response.request_id, response.metadata, rpc, synthetic)
        return response

    def handshake(self, call: Call, path: str) -> UpstreamRequest:
        """Returns the handshake of a WebSocket to the call's deployment."""
        return UpstreamRequest(
            method="GET",
            path=path,
            headers=upstream_headers(call, self.settings.key_header),
            deadline=call.head.deadline,
            limits=call.route.limits,
            streaming=True,
            own_key=uses_own_key(call),
        )

    async def open_socket(self, call: Call, path: str, query: Sequence[tuple[str, str]] = ()) -> UpstreamSocket:
        """Opens a WebSocket to the call's deployment.

        Args:
            call: The call.
            path: The path below the base URL.
            query: Query parameters.

        Raises:
            GatewayError: The upstream could not be reached, or refused the handshake.
        """
        request = self.handshake(call, path)
        request.query = query
        socket, metadata = await call.route.chosen.client.connect(request)
        self.answered_by_socket(call, metadata)
        return socket

    def answered_by_socket(self, call: Call, metadata: tuple[tuple[str, str], ...]) -> None:
        """Notes that a WebSocket answers a call.

        Args:
            call: The call.
            metadata: Metadata of the handshake.
        """
        found = dict(metadata)
        call.answer = Answer(HTTPStatus.SWITCHING_PROTOCOLS, found.get("x-request-id", ""), metadata, call.rpc)

    async def stream(self, call: Call, rpc: Rpc, value: dict[str, Any], reader: EventReader) -> None:
        """Sends a REST call with a streamed reply, and relays its events to the caller.

        A model that can't stream is asked for its whole reply, and the events are made of that.

        Args:
            call: The call.
            rpc: The RPC whose REST call it is.
            value: The request's JSON object.
            reader: Reads the events.

        Raises:
            GatewayError: The stream failed, or ended before it was finished.
        """
        models = call.route.chosen.models
        if rpc.has_body and models.find(value.get("model", "")).supports_native_streaming is False:
            await self._stream_whole(call, rpc, value, reader)
            return
        value["stream"] = True
        response = await self.send(call, rpc, await self._request(call, rpc, value, streaming=True))
        whole = None
        try:
            if is_event_stream(response) or await response.begins_as_events():
                await self.forward(call, response, reader)
            else:
                whole = await response.read()
        except UnframedReplyError as error:
            whole = error.data
        finally:
            await response.close()
        if whole is not None and are_lines(whole):
            await self.forward(call, Lines(whole), reader)
        elif whole is not None:
            reply = await beside_loop(measure(call, whole), whole_reply, call, rpc, response, whole)
            mark_synthetic(call)
            await self.forward(call, reply, MarkedMessages(call, reader, usage=asks_for_usage(value)))

    async def _stream_whole(self, call: Call, rpc: Rpc, value: dict[str, Any], reader: EventReader) -> None:
        response = await self.send(call, rpc, await self._request(call, rpc, whole_request(value)), synthetic=True)
        try:
            data = await response.read()
        finally:
            await response.close()
        reply = await beside_loop(measure(call, data), WholeReply, call, rpc, data)
        await self.forward(call, reply, MarkedMessages(call, reader, usage=asks_for_usage(value)))

    def answer_here(self, call: Call, deployment: Deployment, model: str = "") -> None:
        """Marks a call as answered without an upstream.

        Args:
            call: The call.
            deployment: The deployment that it is about.
            model: The model that it is about.
        """
        call.route.model = model
        call.route.deployment = call.route.chosen = deployment

    def lists_missing(self, call: Call, missing: Sequence[str]) -> None:
        """Notes, for the log, the deployments whose lists of models an answer lacks, each with the reason."""
        call.route.missing = missing

    async def forward(self, call: Call, response: EventSource, reader: EventReader) -> None:
        """Relays the events of a reply to the caller.

        Each write waits until the caller's flow control has taken the message, and only then the next event is read:
        a slow caller slows the upstream down.

        Raises:
            GatewayError: The stream failed, or ended before it was finished.
        """
        # Else the first message decides that it is this deployment that answers.
        if not call.route.plan.alternatives and not call.sent.begun:
            await begin(call)
        try:
            await relay(call, response, reader)
        except UpstreamError:
            if reader.failure or not reader.complete:
                raise
        if not reader.complete:
            raise UpstreamTruncatedError(
                "The upstream ended the stream before its end marker", maybe_billed=not call.rpc.safe
            )
        large = call.sent.bytes > LARGE  # what was accumulated is
        last = await beside_loop(large, read_last, call, reader)
        if last:
            await write(call, last)
        if not call.sent.begun:
            await begin(call)


def name_upstream(call: Call) -> None:
    """Notes the upstream's name of the model, for a request that is not made by `prepare`."""
    route = call.route
    route.upstream_model = (route.chosen.fixed or route.chosen.resolve(route.plan.model)).model


def note_model(call: Call, model: str) -> None:
    """Notes the upstream's model that a reply names, for a request that names none."""
    if not call.rpc.takes_model:
        call.route.upstream_model = model


def note_part(call: Call, part: Call, usage: Usage) -> None:
    """Counts a call that is a part of another as attempts and usage of that one, which its deployment serves."""
    route = call.route
    route.attempts += part.route.attempts
    if part.route.deployment is not None:
        route.deployment = route.chosen = part.route.deployment
        route.upstream_model = part.route.upstream_model
        call.answer = part.answer
    call.note_usage(call.used().plus(usage))


def may_resend(call: Call) -> bool:
    """Returns whether the request may be sent again: nothing of an answer went out, and its messages are kept."""
    return not (call.sent.begun or call.received.spent or call.route.gone)


def resend(call: Call, error: GatewayError) -> None:
    """Records that the request of a call is sent again, whose failure nobody is told of."""
    call.begin_again(error)
    call.answer = NO_ANSWER
    forget_frames(error)


def read_last(call: Call, reader: EventReader) -> list[bytes]:
    """Returns the last message of a stream, for the caller.

    Raises:
        GatewayError: It can't be made of what the upstream has sent, or is too large.
    """
    with Reading(call):
        last = reader.last()
    if last is None:
        return []
    return list(map(encoder_of(call), [last] if isinstance(last, Message) else last))


def read_reply(
    call: Call,
    rpc: Rpc,
    data: bytes,
    convert: Callable[[Message], Message] | None = None,
    relays: bool = False,
) -> Message:
    """Decodes a reply.

    Args:
        call: The call.
        rpc: The RPC whose REST call it answers.
        data: The reply's JSON.
        convert: Makes the caller's reply of the upstream's, where that is another API's.
        relays: As for `fetch`.

    Raises:
        GatewayError: It is an error after all, or not the JSON that it should be.
    """
    if len(data) > call.max_elements:
        check_elements(call, data)
    data = data.removeprefix(BOM)
    if data.startswith(b"[") and rpc.reply_type is models_pb2.ModelList:  # Together's list is the array alone
        data = b'{"object":"list","data":%b}' % data
    try:
        reply = decoded(call, rpc, data, relays=relays and may_relay(call, data))
    except Exception:
        with Reading(call, data):  # says what is wrong with it
            raise
    if convert is not None:
        with Reading(call):
            reply = convert(reply)
        call.text = None
    return reply


def may_relay(call: Call, data: bytes) -> bool:
    """Returns whether a reply's text goes to a caller by REST as it is, and nothing but its facts is asked for."""
    head, rpc, frames = call.head, call.rpc, call.frames
    return (
        frames is not None
        and head.nulls
        and head.revision >= rpc.reply_revision
        and call.ownership is None
        and call.access.meter is None
        and call.trace is None
        and not call.sent.large
        and len(data) <= call.max_message_bytes // MOST_OF_JSON
        and frames.head_of(rpc.reply_type(), data) is not None
    )


def facts_of(value: Any) -> Any:
    """Returns the members that `decoded` reads of a chat completion's JSON object; any other value unchanged."""
    if type(value) is not dict:
        return value
    facts = {}
    for key in FACTS:
        if key in value:
            facts[key] = value[key]
    choices = facts.get("choices")
    if type(choices) is list:
        ends = []
        for each in choices:
            if type(each) is not dict:
                return facts
            ends.append({key: each[key] for key in CHOICE_FACTS if key in each})
        facts["choices"] = ends
    return facts


def decoded(call: Call, rpc: Rpc, data: bytes, *, relays: bool = False) -> Message:
    """Decodes a reply, and records its facts about the call.

    Args:
        call: The call.
        rpc: The RPC whose REST call it answers.
        data: The reply's JSON.
        relays: Whether the caller gets that, and only the facts are decoded.

    Raises:
        GatewayError: It is an error after all.
        CodecError: It is not the JSON that it should be.
    """
    nulls = not relays and call.head.nulls and call.keeps_nulls(rpc.reply_type)
    reply: Any = (
        from_object(rpc.reply_type, facts_of(loads(data)))
        if relays
        else from_json(rpc.reply_type, data, keep_nulls=nulls, nearly=True, in_steps=call.sent.large)
    )
    # What no field can hold is in `extra_json`: also an `error`, of types that have no such field.
    extra_json = getattr(reply, "extra_json", "")  # not of what is no object
    extra = loads(extra_json) if extra_json else None
    declared = rpc.reply_has_error and reply.HasField("error") and not reply.id
    if declared or (extra and says_something(extra.get("error"))):
        raise from_error_object(loads(data), safe=rpc.safe, own_key=uses_own_key(call))
    key = rpc.reply_key
    if key and (not getattr(reply, key) or (key == "choices" and may_have_failed(reply))):
        error = from_reply(loads(data), key, safe=rpc.safe, own_key=uses_own_key(call))
        if error is not None:
            raise error
    call.note_usage(getattr(reply, "usage", None))
    if call.trace is not None:
        call.trace.note_reply(reply)
    if call.route.keeper is not None:
        call.made(reply.id)
    if relays:
        call.relay = data
        return cast("Message", reply)
    call.fill_info(reply.call_info)
    if call.frames is not None and nulls:
        call.text = reply.SerializeToString(), data
    return reply  # type: ignore[no-any-return]  # of the class that the RPC names


def may_have_failed(reply: Any) -> bool:
    """Returns whether a choice of a completion may have ended with an error: choices have no field for one."""
    # A list, as an iteration over the field itself ends with an IndexError.
    for choice in reply.choices[:]:  # noqa: SIM110 - a generator costs more than the loop
        if choice.finish_reason in FAILED_REASONS or '"error"' in choice.extra_json:
            return True
    return False


def json_request(call: Call, rpc: Rpc, value: dict[str, Any], key_header: str, streaming: bool) -> UpstreamRequest:
    """Writes a REST call whose body, if it has one, is JSON."""
    path = fill_path(rpc, value) if rpc.path_fields else rpc.http_path
    asked = {key: value.pop(key) for key in rpc.query_keys if key in value} if rpc.query_keys else None
    return UpstreamRequest(
        method=rpc.http_method,
        path=path,
        query=(query(asked) if asked else ()) if rpc.has_body else query(value),
        headers=upstream_headers(call, key_header),
        own_key=uses_own_key(call),
        body=dumps(value) if rpc.has_body else None,
        content_type=JSON if rpc.has_body else None,
        content_length=None,
        deadline=call.head.deadline,
        limits=call.route.limits,
        safe=rpc.safe,
        resend=rpc.safe and not call.route.plan.retries(call.route.chosen),
        streaming=streaming,
    )


class Lines:
    """The events of a body of JSON lines that came where a stream of events was announced.

    Args:
        data: The body.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data

    async def event_batches(self) -> AsyncIterator[list[ServerSentEvent]]:
        """Yields the events in one batch."""
        decoder = LinesDecoder(len(self._data))
        yield decoder.feed(self._data) + decoder.flush()


def mark_synthetic(call: Call) -> None:
    """Notes that the caller's stream is made of a whole reply."""
    call.answer = call.answer._replace(synthetic=True)


def is_event_stream(response: UpstreamResponse) -> bool:
    """Returns whether a reply has the content type of an event stream."""
    return (response.content_type or "").startswith(EVENT_STREAM)


def whole_reply(call: Call, rpc: Rpc, response: UpstreamResponse, data: bytes) -> WholeReply:
    """Returns the events of a non-streaming reply to a request for a stream.

    Raises:
        GatewayError: It is an error, or no reply at all.
    """
    try:
        return WholeReply(call, rpc, data)
    except InvalidUpstreamJsonError:
        raise no_event_stream(call, response, data) from None


def no_event_stream(call: Call, response: UpstreamResponse, data: bytes) -> GatewayError:
    """Returns the error of a reply that should be an event stream; its own, if it is an error."""
    try:
        value = loads(data.removeprefix(BOM))
    except CodecError:
        value = None
    if isinstance(value, list) and value:  # Google's
        value = value[0]
    if isinstance(value, dict) and (error := stated_error(value)) is not None:
        return from_error_object(error, safe=call.rpc.safe, own_key=uses_own_key(call))
    text = plain_text(data, response.content_type or "")
    return UpstreamProtocolError(
        f"The upstream answered with {response.content_type} instead of an event stream: {text}",
        maybe_billed=not call.rpc.safe,
    )


def snake_case(name: str) -> str:
    """Converts the name of an RPC to that of its method."""
    return _WORD_START.sub("_", name).lower()


def limit_time(call: Call, request: Message) -> None:
    """Notes the time limits that the caller has set.

    Raises:
        InvalidArgumentError: One of them is invalid.
    """
    if LIMITS_KEY in call.head.metadata or (call.rpc.takes_options and request.HasField("call_options")):
        call.route.limits = time_limits(call, request)


async def find_plan(router: Router, call: Call, request: Message) -> None:
    """Returns the plan of a call, by its model or stored object.

    Raises:
        GatewayError: NOT_FOUND: the model is not configured. PERMISSION_DENIED: the caller's key does not allow it.
        InvalidArgumentError: A name is too long, or can't be one. Or there are several upstreams, and the call says
            nothing that tells one.
    """
    check_names(request)
    rpc, route, caller = call.rpc, call.route, call.access.caller
    model = named_model(router, call, request)
    route.model = model or ""
    limited = caller is not None and caller.limited_to_models
    if caller is not None and limited:
        if model is not None:
            caller.check_model(model)
        elif rpc.has_body and "model" in request.DESCRIPTOR.fields_by_name:
            caller.refuse(caller.model_missing())
    opened = NOTHING
    if limited or call.ownership is not None:
        route.stores = not rpc.creates or keeps_object(rpc, request)
        large = call.received.large
        opened = await in_thread(_read_names, call, request) if large else _read_names(call, request)
    object_id = ""
    if router.affinity is not None:
        object_id = find_place(router, router.affinity, call, request, opened)
    due = call.head.deadline if route.limits is None else call.reply_due
    route.plan = router.plan(model, object_id, streaming=rpc.server_streaming, deadline=due)


def reserve(call: Call, request: Message, outputs: Outputs) -> Coroutine[Any, Any, None] | None:
    """Counts what a call may take against the limits of its key, until it has ended.

    Returns:
        An awaitable that raises the same errors, or None: a store in memory needs no coroutine.

    Raises:
        GatewayError: RESOURCE_EXHAUSTED: calls that run have reserved what is left. UNAVAILABLE: limits can't be looked
            up.
    """
    access, model = call.access, call.route.plan.model
    if access.entry is None or access.caller is None:
        return None
    found = None if access.meter is None else access.meter.survey
    # Ids that were opened are shorter.
    tokens = input_tokens(request) if found is None or found.named else found.tokens
    expected, cost = outputs.expected(call.rpc.name, call.route.model, request), 0.0
    if access.caller.limits.has_budget:
        usage = Usage(tokens, 0, expected)
        prices = (call.price(each, each.resolve(model).model) for each in call.route.plan.deployments)
        cost = max((price.cost(usage) for price in prices if price is not None), default=0.0)
    answer = access.entry.reserve(tokens + expected, cost)
    if answer is None:
        return None
    if not isinstance(answer, Refusal):
        return _reserved(access.caller, answer)
    access.caller.refuse(limit_error(access.caller, answer))
    return None


async def _reserved(caller: Caller, answer: Coroutine[Any, Any, Refusal | None]) -> None:
    """Waits for the answer of a store; raises as `reserve`."""
    try:
        refused = await answer
    except StoreError as error:
        caller.refuse(limits_unavailable(error))
        return
    if refused is not None:
        caller.refuse(limit_error(caller, refused))


def _read_names(call: Call, request: Message) -> Opened:
    """Checks the models in a request and unseals its ids. May run in a thread."""
    caller = call.access.caller
    if caller is not None and caller.limited_to_models:
        check_models(caller, request, untyped=call.received.untyped)
    if call.ownership is None:
        return NOTHING
    meter = call.access.meter
    if meter is None or meter.outputs is None or not call.rpc.creates:
        return call.ownership.open_request(call, request)
    meter.survey = found = survey(request)  # one walk for both: the next one is that of the reservation
    return call.ownership.open_request(call, request, named=found.named)


def named_model(router: Router, call: Call, request: Any) -> str | None:
    """Returns the model of a request, or the only configured one; None: the request has no model.

    Requests for an object that is no model's may name one in metadata, for its upstream.

    Raises:
        InvalidArgumentError: The metadata can't be a model's name.
    """
    if not call.rpc.takes_model:
        rpc = call.rpc
        if found := session_model(request):
            return found
        # A call over SIP has no place that the gateway knows: it came to upstream by telephone.
        asks = ((rpc.keeps or rpc.lists or rpc.creates) and not rpc.path_fields) or rpc.path_fields == CALL
        named = call.head.metadata.get(MODEL_KEY) if asks else None
        problem = "" if named is None else name_problem(json_pb2.JSON_NAMES_MODEL, named)
        if problem or named == "":
            raise InvalidArgumentError.of_field(MODEL_KEY, problem or "must be the name of a model")
        return named
    if request.HasField("model"):
        return str(request.model)
    return router.default_model if call.rpc.has_body else None


def session_model(request: Any) -> str:
    """Returns the model of the realtime session that a request configures; empty: it names none."""
    session = getattr(request, "session", None)
    if not isinstance(session, realtime_session_pb2.RealtimeSession):
        return ""
    return str(session.realtime.model or session.transcription.audio.input.transcription.model)


def named_object(rpc: Rpc, request: Any) -> str:
    """Returns the id of the stored object that a request reads or continues; empty without one."""
    if rpc.path_fields:
        return str(getattr(request, rpc.path_fields[0]))
    if previous := getattr(request, "previous_response_id", ""):
        return str(previous)
    if file := getattr(request, "input_file_id", ""):
        return str(file)
    if rpc.keeps and (video := getattr(request, "video_reference", None)) is not None:
        return str(video.id)
    if rpc.keeps and (characters := getattr(request, "characters", None)):
        return str(characters[0].id)
    given = getattr(request, "conversation", None)
    return "" if given is None else str(given.id or given.conversation.id)


def find_place(router: Router, affinity: Affinity, call: Call, request: Message, opened: Opened) -> str:
    """Returns the object whose upstream serves a call, or an empty text.

    Raises:
        InvalidArgumentError: The objects that the request names are at several upstreams.
    """
    placed = {}
    for each in opened.ids:
        if each.deployment:
            affinity.remember(each.object_id, each.deployment)
            placed[each.deployment] = each.object_id
    if len(placed) > 1 and len({found.upstream for name in placed if (found := router.by_name(name))}) > 1:
        raise InvalidArgumentError("The objects that this request names are stored at different upstreams: name one's")
    if keeps_object(call.rpc, request):
        call.route.keeper = affinity
    return named_object(call.rpc, request) or opened.previous or next(iter(placed.values()), "")


def keeps_object(rpc: Rpc, request: Any) -> bool:
    """Returns whether a call creates a stored object: responses by default, chats on request, some at any rate."""
    if rpc.keeps:
        return True
    by_default = None if rpc.path_fields else stored_by_default(request.DESCRIPTOR)
    return by_default is not None and bool(request.store if request.HasField("store") else by_default)


@cache
def stored_by_default(request: Descriptor) -> bool | None:
    """Returns whether what a request creates is stored unless it says otherwise; None: it can't say so."""
    fields = request.fields_by_name
    return "previous_response_id" in fields if "store" in fields else None


async def traced(attempt: Callable[[Call, R], Awaitable[T]], call: Call, request: R) -> T:
    """Carries out an attempt as a span of the call's trace, whose context goes upstream."""
    route, trace = call.route, call.trace
    assert trace is not None  # noqa: S101 - wrapped only then
    begun, number, deployment = trace.begin_attempt(), route.attempts, route.chosen
    reason, status = "CANCELLED", 0
    try:
        result = await attempt(call, request)
        reason = ""
    except GatewayError as error:
        reason = error.reason
        status = error.http_status or 0
        raise
    finally:
        answer = call.answer
        sent = call.rpc if answer.rpc is None else answer.rpc
        bridge = "" if sent is call.rpc else sent.http_path
        base_url = deployment.config.base_url
        status = answer.status or status
        trace.end_attempt(begun, number, deployment.name, base_url, reason, route.upstream_model, status, bridge)
    return result


async def serve(call: Call, attempt: Callable[[], Awaitable[T]]) -> T:
    """Makes attempts until one succeeds or no option is left; `call.route.chosen` is the current deployment.

    Nothing is repeated once the caller has got a part of the answer, or has sent a stream that can't be had again.

    Args:
        call: The call, with its plan.
        attempt: Carries it out once.

    Raises:
        GatewayError: The failure of the last attempt.
    """
    route, plan = call.route, call.route.plan
    route.deployment = route.chosen = await plan.first()
    while True:
        route.attempts += 1
        present = plan.attempt
        try:
            result = await attempt()
        except GatewayError as error:
            once = not may_resend(call)
            if adapt_request(call, error, once=once):
                resend(call, error)
                continue  # the same attempt
            if present is not None:
                await present.failed(error)
            if once:
                raise
            route.deployment = route.chosen = await plan.after(error, route.chosen, route.attempts)
            route.told = None
            resend(call, error)
        except BaseException:
            if present is not None:
                present.abandoned()
            raise
        else:
            if present is not None:
                present.succeeded(
                    streaming=call.rpc.server_streaming,
                    first_message=call.sent.first_message,
                    tokens=getattr(call.bill.usage, "total_tokens", 0),
                )
            return result


def adapt_request(call: Call, error: GatewayError, *, once: bool) -> bool:
    """Takes from a refusal another form of the request for the same upstream; returns whether there is one.

    Args:
        call: The call.
        error: The failure.
        once: Whether nothing may be repeated.
    """
    if (call.added or call.left_out) and leave_out_refused_key(call, error, once=once):
        return True
    if not isinstance(error, UpstreamError):
        return False
    return (not once and learn_refusal(call, error)) or api_is_missing(call, error, once=once)


def api_is_missing(call: Call, error: UpstreamError, *, once: bool) -> bool:
    """Returns whether to send a call by its own API again, as the upstream lacks the one that it named before.

    Args:
        call: The call.
        error: The failure. Its message gets the upstream's refusal, if that came in this call.
        once: Whether nothing may be repeated.
    """
    if error.http_status not in NO_SUCH_API:
        return False
    if call.route.chosen.config.local:
        if call.rpc.http_path.startswith(LOCAL_OBJECTS):
            return False  # there is no such object
        error.message = (
            f"The local model {call.route.chosen.name} does not serve {call.rpc.http_method} {call.rpc.http_path}: "
            "set OPENAI_API_KEY, or configure an upstream that does"
        )
        return False
    route, refusals = call.route, call.route.chosen.refusals
    refused = route.chosen.mistaken_api(call.rpc.http_path, route.upstream_model)
    if refused is None:
        return False
    refusals.forget(route.upstream_model, refused)
    if route.told is not None:
        vars(error).update(vars(route.told))
    return route.told is None and not once


def learn_refusal(call: Call, error: UpstreamError) -> bool:
    """Remembers another API or parameters that a refusal names, for a while; returns whether it names any."""
    route, deployment = call.route, call.route.chosen
    path = call.rpc.http_path
    key = refusal(error, path, drops=deployment.config.drop_params)
    if key is None or deployment.refusals.refuses(route.upstream_model, key):
        return False
    deployment.refusals.remember(route.upstream_model, key)
    if key in OTHER_API:
        route.told = error
    return True


def leave_out_refused_key(call: Call, error: GatewayError, *, once: bool) -> bool:
    """Remembers a key of the gateway's own that the upstream has refused; returns whether to send the call without it.

    Args:
        call: The call.
        error: The failure. Changed to not blame the caller for such a key.
        once: Whether nothing may be repeated.
    """
    key = blamed(error, (*call.added, *call.left_out))
    if key is None:
        return False
    call.route.chosen.refusals.remember(call.route.upstream_model, key)
    if once or key not in call.added:
        clear_caller(error, key)
        return False
    return True


async def drained(call: Call, work: Coroutine[Any, Any, T], limit: Callable[[], float]) -> T:
    """Serves a call; after cancellation nothing is written, but upstream's reply is read for a while.

    A second cancel, when the server stops, ends the work at once.

    Args:
        call: The call.
        work: The coroutine that serves the call.
        limit: Returns the seconds that it may take after the cancel.

    Raises:
        asyncio.CancelledError: The caller has cancelled, and the work is over.
    """
    task = asyncio.create_task(outcome(work))
    try:
        result, error = await asyncio.shield(task)
    except asyncio.CancelledError:
        call.route.gone = True
        try:
            await asyncio.wait({task}, timeout=limit())
        finally:
            task.cancel()
            await asyncio.wait({task})
            if not task.cancelled() and (error := task.result()[1]) is not None:  # nobody is left to be told of it
                forget_frames(error)
        raise
    finally:
        del task
    if error is None:
        return cast("T", result)
    try:
        raise error
    finally:
        del error  # it holds this frame


async def outcome(work: Coroutine[Any, Any, T]) -> tuple[T | None, BaseException | None]:
    """Returns the result or the exception of a coroutine: a task would keep the frames of a raised one."""
    try:
        return await work, None
    except BaseException as error:  # noqa: BLE001 - raised by who is told of it
        return None, error
