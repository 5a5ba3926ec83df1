"""Which calls can be served as calls of another API, and what that other API gets, answers and streams.

A bridge starts from the request's JSON object, so that what the configuration adds to a request or takes from it has
been done.
"""

from abc import ABC, abstractmethod
from typing import Any, ClassVar, TypeVar

from google.protobuf.message import Message

from openai_grpc.codec import dumps, from_json, to_object
from openai_grpc.v1 import chat_pb2, completions_pb2, responses_pb2
from openai_grpc_server.bridge.chat_to_completions import CompletionChunks, completion_request
from openai_grpc_server.bridge.chat_to_completions import chat_completion as from_completion
from openai_grpc_server.bridge.chat_to_responses.reply import chat_completion as from_response
from openai_grpc_server.bridge.chat_to_responses.request import response_request
from openai_grpc_server.bridge.chat_to_responses.stream import ResponseChunks
from openai_grpc_server.bridge.losses import Losses
from openai_grpc_server.bridge.responses_to_chat.reply import response as from_chat_completion
from openai_grpc_server.bridge.responses_to_chat.request import chat_request
from openai_grpc_server.bridge.responses_to_chat.stream import ResponseEvents as EventsOfChat
from openai_grpc_server.bridge.system_to_user import system_to_user
from openai_grpc_server.calls.call import Call
from openai_grpc_server.calls.rpc import Rpc
from openai_grpc_server.config import DeploymentConfig
from openai_grpc_server.offload import is_large_json
from openai_grpc_server.services.bridged_events import BridgedChunks, BridgedResponse
from openai_grpc_server.services.chunks import ChunkEvents, ask_for_usage
from openai_grpc_server.services.events import EventReader
from openai_grpc_server.services.request import request_object
from openai_grpc_server.services.response_events import ResponseEvents

M = TypeVar("M", bound=Message)
Value = dict[str, Any]


class Bridge(ABC):
    """A call as one of another API.

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
    def reply(self, reply: Any) -> Message:
        """Returns the caller's reply for one of the other API.

        Raises:
            GatewayError: The reply tells of a failure that the caller's API has no reply for.
        """

    @abstractmethod
    def reader(self, call: Call, value: Value, accumulate: bool) -> EventReader:
        """Returns what reads the other API's stream as the caller's.

        Args:
            call: The call.
            value: The request of the other API, which may be told to include the usage.
            accumulate: Whether the caller wants the whole object as the last message.
        """

    def written(self, request: Message) -> Value:
        """Returns a request of the other API as a JSON object: what that API has more keys for is checked again.

        Raises:
            InvalidArgumentError: A key of the caller's `extra_json` reads as one that the other API has.
        """
        return request_object(self.rpc, request)

    def losses(self, target: str) -> Losses:
        """Returns what takes the fields that can't be expressed."""
        return Losses(target, drop=self.config.drop_params)


class ChatByResponses(Bridge):
    """A chat completion by `/responses`."""

    rpc = Rpc.from_descriptor(
        responses_pb2.DESCRIPTOR.services_by_name["ResponsesService"].methods_by_name["CreateResponse"]
    )

    def request(self) -> Value:
        """Returns the request of Responses."""
        return self.written(response_request(chat_of(self.value), self.losses("the Responses API")))

    def reply(self, reply: Any) -> Message:
        """Returns the chat completion."""
        return from_response(reply)

    def reader(self, call: Call, value: Value, accumulate: bool) -> EventReader:
        """Reads the events of a response as chunks."""
        del value
        usage = usage_wanted(self.value)
        chunks = ResponseChunks(usage=usage or accumulate)
        return BridgedChunks(call, ResponseEvents(call), chunks.read, hide_usage=not usage, accumulate=accumulate)


class ChatByCompletions(Bridge):
    """A chat completion by legacy `/completions`."""

    rpc = Rpc.from_descriptor(
        completions_pb2.DESCRIPTOR.services_by_name["CompletionsService"].methods_by_name["CreateCompletion"]
    )

    def request(self) -> Value:
        """Returns the request of a legacy completion."""
        return self.written(completion_request(chat_of(self.value), self.losses("the legacy completions API")))

    def reply(self, reply: Any) -> Message:
        """Returns the chat completion."""
        return from_completion(reply)

    def reader(self, call: Call, value: Value, accumulate: bool) -> EventReader:
        """Reads the chunks of a legacy completion as those of a chat completion."""
        hide_usage = self.config.include_usage and ask_for_usage(value, always=call.meter is not None)
        events = ChunkEvents(call, completions_pb2.Completion, hide_usage=False, accumulator=None)
        chunks = CompletionChunks()
        return BridgedChunks(
            call, events, lambda event: [chunks.chunk(event)], hide_usage=hide_usage, accumulate=accumulate
        )


class ResponsesByChat(Bridge):
    """A response by `/chat/completions`."""

    rpc = Rpc.from_descriptor(
        chat_pb2.DESCRIPTOR.services_by_name["ChatService"].methods_by_name["CreateChatCompletion"]
    )

    def request(self) -> Value:
        """Returns the chat request."""
        request = chat_request(self._request(), self.losses("the chat API"))
        return self.written(request if self.config.supports_system_message else system_to_user(request))

    def reply(self, reply: Any) -> Message:
        """Returns the response."""
        return from_chat_completion(self._request(), reply)

    def reader(self, call: Call, value: Value, accumulate: bool) -> EventReader:
        """Reads the chunks of a chat completion as the events of a response, the last of which has it whole."""
        del accumulate
        if self.config.include_usage:
            ask_for_usage(value, always=call.meter is not None)
        events = ChunkEvents(call, chat_pb2.ChatCompletionChunk, hide_usage=False, accumulator=None)
        writer = EventsOfChat(self._request())
        return BridgedResponse(call, events, writer.read, writer.end)

    def _request(self) -> responses_pb2.CreateResponseRequest:
        return read_again(responses_pb2.CreateResponseRequest, self.value)


def usage_wanted(value: Value) -> bool:
    """Whether the caller of a chat stream asked for the usage."""
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
