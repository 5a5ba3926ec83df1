"""Adapters of bridges: selection, requests, replies and streams.

Also chat for models that take no system messages (`supports_system_message: false`).
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar, Protocol, TypeVar

from google.protobuf.message import Message

from openai_grpc.codec import dumps, from_json, loads, to_json, to_object
from openai_grpc.v1 import chat_content_pb2, chat_message_pb2, chat_pb2, completions_pb2, responses_pb2
from openai_grpc_server.bridge.chat_to_completions import CompletionChunks, completion_request
from openai_grpc_server.bridge.chat_to_completions import chat_completion as from_completion
from openai_grpc_server.bridge.chat_to_responses_reply import chat_completion as from_response
from openai_grpc_server.bridge.chat_to_responses_request import ENCRYPTED, response_request
from openai_grpc_server.bridge.chat_to_responses_stream import ResponseChunks
from openai_grpc_server.bridge.losses import Losses
from openai_grpc_server.bridge.responses_to_chat_reply import ResponseEvents as EventsOfChat
from openai_grpc_server.bridge.responses_to_chat_reply import response as from_chat_completion
from openai_grpc_server.bridge.responses_to_chat_request import chat_request, restrict_tools
from openai_grpc_server.calls.call import Call
from openai_grpc_server.calls.method import Rpc
from openai_grpc_server.calls.rest import request_object
from openai_grpc_server.config import DeploymentConfig
from openai_grpc_server.config.checks import is_openai
from openai_grpc_server.config.deployment import MODES
from openai_grpc_server.config.providers import Mode
from openai_grpc_server.errors import GatewayError
from openai_grpc_server.routing import Deployment
from openai_grpc_server.runtime.offload import beside_loop, is_large_json
from openai_grpc_server.streams.accumulate import ChatAccumulator
from openai_grpc_server.streams.chat import ChunkEvents, ask_for_usage
from openai_grpc_server.streams.relay import EventReader
from openai_grpc_server.streams.responses import ResponseEvents

M = TypeVar("M", bound=Message)
Value = dict[str, Any]


class RestCalls(Protocol):
    """Interface for the REST calls of a service."""

    async def fetch(
        self, call: Call, rpc: Rpc, value: Value, convert: Callable[[Message], Message] | None = None
    ) -> Message:
        """Sends one; returns its reply, converted to the caller's API."""

    async def stream(self, call: Call, rpc: Rpc, value: Value, reader: EventReader) -> None:
        """Sends one; writes the events of its reply to the caller."""


class Bridge(ABC):
    """Conversion of a call to another API.

    Args:
        config: The deployment.
        value: The request's JSON object.
    """

    rpc: ClassVar[Rpc]

    def __init__(self, config: DeploymentConfig, value: Value) -> None:
        self.config = config
        self.value = value

    @abstractmethod
    def request(self) -> Value:
        """Returns the request of the other API.

        Raises:
            InvalidArgumentError: It can't express the caller's request.
        """

    @abstractmethod
    def reply(self, call: Call, reply: Any) -> Message:
        """Returns the caller's reply, converted from one of the other API.

        Raises:
            GatewayError: The reply tells of a failure that the caller's API has no reply for.
        """

    @abstractmethod
    def reader(self, call: Call, value: Value, accumulate: bool) -> EventReader:
        """Returns a reader that converts the other API's stream to the caller's.

        Args:
            call: The call.
            value: The request of the other API, which may be told to include the usage.
            accumulate: Whether the caller wants the whole object as the last message.
        """

    def written(self, request: Message) -> Value:
        """Returns a request of the other API as a JSON object; checks keys that only that API has.

        Raises:
            InvalidArgumentError: A key of the caller's `extra_json` reads as one that the other API has.
        """
        return request_object(self.rpc, request)

    def leave_out(self, call: Call, value: Value) -> None:  # noqa: B027 - most bridges add nothing
        """Removes the gateway's additions from a request that the upstream has refused lately."""

    def losses(self, target: str) -> Losses:
        """Returns the collector of fields that can't be converted."""
        return Losses(target, drop=self.config.drop_params)


class ChatByResponses(Bridge):
    """Serves chat completions by `/responses`."""

    rpc = Rpc.from_descriptor(
        responses_pb2.DESCRIPTOR.services_by_name["ResponsesService"].methods_by_name["CreateResponse"]
    )

    def request(self) -> Value:
        """Returns the request of Responses."""
        return self.written(response_request(chat_of(self.value), self.losses("the Responses API")))

    def leave_out(self, call: Call, value: Value) -> None:
        """Removes the added `store: false` and the request for encrypted reasoning."""
        if "store" not in self.value and "store" in value and not call.may_add("store"):
            del value["store"]
        included = value.get("include", ())
        if "include" not in self.value and ENCRYPTED in included and not call.may_add("include"):
            rest = [each for each in included if each != ENCRYPTED]
            value.pop("include")
            value |= {"include": rest} if rest else {}

    def reply(self, call: Call, reply: Any) -> Message:  # noqa: ARG002 - the same for all callers
        """Returns the chat completion."""
        return from_response(reply)

    def reader(self, call: Call, value: Value, accumulate: bool) -> EventReader:
        """Reads the events of a response as chunks."""
        del value
        usage = usage_wanted(self.value)
        chunks = ResponseChunks(usage=usage or accumulate)
        return BridgedChunks(call, ResponseEvents(call), chunks.read, hide_usage=not usage, accumulate=accumulate)


class ChatByCompletions(Bridge):
    """Serves chat completions by legacy `/completions`."""

    rpc = Rpc.from_descriptor(
        completions_pb2.DESCRIPTOR.services_by_name["CompletionsService"].methods_by_name["CreateCompletion"]
    )

    def request(self) -> Value:
        """Returns the request of a legacy completion."""
        return self.written(completion_request(chat_of(self.value), self.losses("the legacy completions API")))

    def reply(self, call: Call, reply: Any) -> Message:  # noqa: ARG002 - the same for all callers
        """Returns the chat completion."""
        return from_completion(reply)

    def reader(self, call: Call, value: Value, accumulate: bool) -> EventReader:
        """Reads the chunks of a legacy completion as those of a chat completion."""
        hide_usage = ask_for_usage(call, value)
        events = ChunkEvents(call, completions_pb2.Completion, hide_usage=False, accumulator=None)
        chunks = CompletionChunks()
        return BridgedChunks(
            call, events, lambda event: [chunks.chunk(event)], hide_usage=hide_usage, accumulate=accumulate
        )


class ResponsesByChat(Bridge):
    """Serves responses by `/chat/completions`."""

    rpc = Rpc.from_descriptor(
        chat_pb2.DESCRIPTOR.services_by_name["ChatService"].methods_by_name["CreateChatCompletion"]
    )

    def request(self) -> Value:
        """Returns the chat request."""
        request = chat_request(self._request(), self.losses("the chat API"))
        if not is_openai(self.config.base_url):
            restrict_tools(request)
        return self.written(request if self.config.supports_system_message else system_to_user(request))

    def reply(self, call: Call, reply: Any) -> Message:
        """Returns the response."""
        return from_chat_completion(self._request(), reply, filled=call.head.nulls)

    def reader(self, call: Call, value: Value, accumulate: bool) -> EventReader:
        """Reads the chunks of a chat completion as response events; the last one has the whole response."""
        del accumulate
        ask_for_usage(call, value)
        events = ChunkEvents(call, chat_pb2.ChatCompletionChunk, hide_usage=False, accumulator=None)
        writer = EventsOfChat(self._request(), filled=call.head.nulls)
        return BridgedResponse(call, events, writer.read, writer.end)

    def _request(self) -> responses_pb2.CreateResponseRequest:
        return read_again(responses_pb2.CreateResponseRequest, self.value)


def usage_wanted(value: Value) -> bool:
    """Returns whether the caller of a chat stream requested the usage."""
    options = value.get("stream_options")
    return isinstance(options, dict) and options.get("include_usage") is True


def chat_of(value: Value) -> chat_pb2.CreateChatCompletionRequest:
    """Returns a chat request as a message."""
    return read_again(chat_pb2.CreateChatCompletionRequest, value)


def read_again(message_type: type[M], value: Value) -> M:
    """Returns the message of a request's JSON object."""
    data = dumps(value)
    return from_json(message_type, data, keep_nulls=True, in_steps=is_large_json(data))


def written(request: Message) -> Value:
    """Returns a message as a JSON object."""
    value: Value = to_object(request, strict=True)
    return value


async def fetch(service: RestCalls, call: Call, bridge: Bridge) -> Message:
    """Serves a call with one reply."""
    value = await beside_loop(call.received.large, upstream_value, call, bridge)
    converted: Any = await service.fetch(call, bridge.rpc, value, partial(bridge.reply, call))
    converted.call_info.CopyFrom(call.info())
    message: Message = converted
    return message


async def stream(service: RestCalls, call: Call, bridge: Bridge, *, accumulate: bool = False) -> None:
    """Serves a call with a stream of replies.

    Args:
        service: The service that was called.
        call: The call.
        bridge: Its bridge.
        accumulate: Whether the caller wants the whole object as the last message.
    """
    large = call.received.large
    value = await beside_loop(large, upstream_value, call, bridge)
    reader = await beside_loop(large, bridge.reader, call, value, accumulate)
    await service.stream(call, bridge.rpc, value, reader)


def upstream_value(call: Call, bridge: Bridge) -> Value:
    """Returns the request of the other API, with the deployment's defaults and dropped parameters."""
    value = bridge.request()
    bridge.leave_out(call, value)
    chosen = call.route.chosen
    if (chosen.rules is not None or chosen.refusals) and "model" in value:
        chosen.adjust(bridge.rpc, value)
    return value


def chat_bridge(deployment: Deployment, value: Value, api: Mode | None = None) -> Bridge | None:
    """Returns the bridge of a chat request, if its deployment needs one.

    Args:
        deployment: The deployment.
        value: The request's JSON object, with the upstream's name of the model.
        api: The API that the caller's name of the model asks for.
    """
    config = deployment.config
    mode = config.mode if api is None or config.responses_as_chat else api
    if mode == "chat":
        refused = deployment.refused_chat(value)
        mode = "responses" if refused else api_of_model(deployment, value.get("model"))
    if mode == "responses":
        return ChatByResponses(config, value)
    return ChatByCompletions(config, value) if mode == "completions" else None


def api_of_model(deployment: Deployment, model: Any) -> Mode:
    """Returns the API for chat with a model, by the model's info.

    What the gateway knows holds for OpenAI's own models. Another upstream may serve a model of the same name as it
    likes: there it counts what the operator says, of the deployment or of its models.
    """
    mode = MODES.get(deployment.models.find(model).mode or "", "chat") if isinstance(model, str) else "chat"
    if mode == "chat" or deployment.config.responses_as_chat:
        return "chat"
    told = is_openai(deployment.config.base_url) or deployment.models.operator_says(model)
    return mode if told else "chat"


def system_messages(value: Value) -> Value:
    """Returns a chat request for a model that does not accept system messages."""
    return written(system_to_user(chat_of(value)))


Convert = Callable[[Any], list[Any]]
End = Callable[[], list[Any]]


class BridgedEvents(EventReader):
    """Converts the events of another API to the caller's.

    Args:
        call: The call.
        reader: Reads the events as what they are.
        convert: Writes one as messages of the caller's API.
    """

    def __init__(self, call: Call, reader: EventReader, convert: Convert) -> None:
        self.failure: GatewayError | None = None
        self._call = call
        self._reader = reader
        self._convert = convert

    @property
    def variables(self) -> tuple[()]:
        """None: every event must be parsed."""
        return ()

    @property
    def complete(self) -> bool:
        """True if the stream has its end marker."""
        return self._reader.complete

    @complete.setter
    def complete(self, value: bool) -> None:
        self._reader.complete = value

    def read(self, value: Any) -> list[Any]:
        """Returns the messages for an event."""
        event = self._reader.read(value)
        self._take_failure()
        if event is None:
            return []
        try:
            return self._convert(event)
        except GatewayError as error:
            self.failure = error
            return []

    @property
    def started(self) -> bool:
        """True if output has been received, not only lifecycle events."""
        return self._reader.started

    def done(self) -> None:
        """Handles `[DONE]`."""
        self._reader.done()
        self._take_failure()

    def ended(self) -> None:
        """Handles the end of the upstream's reply."""
        self._reader.ended()
        self._take_failure()

    def _take_failure(self) -> None:
        self.failure, self._reader.failure = self._reader.failure, None

    def last(self) -> list[Any] | None:
        """Returns none: nothing follows."""
        return None


class BridgedChunks(BridgedEvents):
    """Writes chunks of a chat completion.

    Args:
        call: The call.
        reader: Reads the events as what they are.
        convert: Writes one as chunks.
        hide_usage: Whether a chunk that has nothing but the usage is kept from the caller.
        accumulate: Whether the whole completion follows.
    """

    def __init__(
        self, call: Call, reader: EventReader, convert: Convert, *, hide_usage: bool, accumulate: bool
    ) -> None:
        super().__init__(call, reader, convert)
        self._hide_usage = hide_usage
        self._accumulator = ChatAccumulator(call.max_message_bytes) if accumulate else None

    def read(self, value: Any) -> list[Any]:
        """Returns the chunks for an event."""
        chunks = super().read(value)
        if self._accumulator is not None:
            for chunk in chunks:
                self._accumulator.add(loads(to_json(chunk)))
        if self._hide_usage:
            return [each for each in chunks if each.choices or not each.HasField("usage")]
        return chunks

    def last(self) -> list[Any] | None:
        """Returns a chunk with the whole completion, if requested."""
        if self._accumulator is None:
            return None
        data = dumps(self._accumulator.completion())
        whole = from_json(chat_pb2.ChatCompletion, data, in_steps=is_large_json(data))
        last = chat_pb2.ChatCompletionChunk(id=whole.id, created=whole.created, model=whole.model, accumulated=whole)
        last.call_info.CopyFrom(self._call.info())
        return [last]


class BridgedResponse(BridgedEvents):
    """Writes events of a response.

    Args:
        call: The call.
        reader: Reads the events as what they are.
        convert: Writes one as events.
        end: Returns the events that end the response.
    """

    def __init__(self, call: Call, reader: EventReader, convert: Convert, end: End) -> None:
        super().__init__(call, reader, convert)
        self._end = end

    def last(self) -> list[Any]:
        """Returns the events that end the response."""
        events = self._end()
        kind = events[-1].WhichOneof("kind")
        getattr(events[-1], kind).response.call_info.CopyFrom(self._call.info())
        return events


SEPARATOR = "\n\n"
SYSTEM_ROLES = ("system", "developer")
RESULT_ROLES = ("tool", "function")

Param = chat_message_pb2.ChatCompletionRequestMessage


def system_to_user(request: chat_pb2.CreateChatCompletionRequest) -> chat_pb2.CreateChatCompletionRequest:
    """Returns the request with the text of its system and developer messages as user text.

    The text goes to the front of the user message that follows, so that roles still alternate; where none follows it is
    a user message of its own. It never comes between a tool call and its results, which belong together: it follows
    them.
    """
    rewritten = chat_pb2.CreateChatCompletionRequest()
    rewritten.CopyFrom(request)
    del rewritten.messages[:]
    waiting: list[Any] = []
    for param in request.messages:
        role = param.WhichOneof("kind")
        if role in SYSTEM_ROLES:
            waiting.append(getattr(param, role))
            continue
        if waiting and not (role in RESULT_ROLES and _calls(rewritten.messages)):
            merged = param.user if role == "user" and _merges(waiting) else None
            if merged is not None:
                param = Param(user=_joined(waiting, merged))  # noqa: PLW2901 # it takes the place of what was read
            else:
                rewritten.messages.extend(Param(user=_as_user(each)) for each in waiting)
            waiting = []
        rewritten.messages.append(param)
    rewritten.messages.extend(Param(user=_as_user(each)) for each in waiting)
    return rewritten


def _calls(messages: Any) -> bool:
    """Returns whether the last message is a tool call or result, so that another result may follow."""
    role = messages[-1].WhichOneof("kind") if messages else None
    return role in RESULT_ROLES or role == "assistant"


def _merges(waiting: list[Any]) -> bool:
    """Returns whether the messages have only content, so that they can be merged."""
    return all({field.name for field, _ in each.ListFields()} <= {"content"} for each in waiting)


def _as_user(message: Any) -> chat_message_pb2.ChatCompletionRequestUserMessage:
    # The two types have the same fields under the same numbers but for the role, which is no field.
    user = chat_message_pb2.ChatCompletionRequestUserMessage(extra_json=message.extra_json or None)
    if message.HasField("content"):
        user.content.CopyFrom(message.content)
    if message.HasField("name"):
        user.name = message.name
    if message.HasField("cache_control"):
        user.cache_control.CopyFrom(message.cache_control)
    return user


def _joined(
    waiting: list[Any], user: chat_message_pb2.ChatCompletionRequestUserMessage
) -> chat_message_pb2.ChatCompletionRequestUserMessage:
    joined = chat_message_pb2.ChatCompletionRequestUserMessage()
    joined.CopyFrom(user)
    contents = [each.content for each in waiting]
    if user.content.WhichOneof("kind") == "text" and all(each.WhichOneof("kind") == "text" for each in contents):
        joined.content.text = SEPARATOR.join([each.text for each in contents] + [user.content.text])
    else:
        joined.content.Clear()
        joined.content.parts.parts.extend(part for each in [*contents, user.content] for part in _parts(each))
    return joined


def _parts(content: chat_content_pb2.ChatCompletionContent) -> list[chat_content_pb2.ChatCompletionContentPart]:
    kind = content.WhichOneof("kind")
    if kind == "parts":
        return list(content.parts.parts)
    if kind is None:
        return []
    part = chat_content_pb2.ChatCompletionContentPart()
    if kind == "text":
        part.text.text = content.text
    else:
        part.unknown = content.unknown
    return [part]
