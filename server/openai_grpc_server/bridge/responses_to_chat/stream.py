"""The chunks of a chat completion as the events of a response."""

import uuid
from typing import Any

from google.protobuf.message import Message

from openai_grpc.codec import loads, to_json
from openai_grpc.v1 import chat_pb2, response_event_pb2, response_pb2, responses_pb2
from openai_grpc_server.bridge.annotations import response_annotation
from openai_grpc_server.bridge.logprobs import response_logprobs
from openai_grpc_server.bridge.losses import add_extra, copy_fields, keys_without
from openai_grpc_server.bridge.responses_to_chat.output import Output
from openai_grpc_server.bridge.usage import response_usage

Event = response_event_pb2.ResponseStreamEvent
Delta = chat_pb2.ChatCompletionChunk.Choice.Delta
ECHOED = frozenset(
    {
        "max_output_tokens",
        "metadata",
        "model",
        "parallel_tool_calls",
        "prompt_cache_key",
        "reasoning",
        "safety_identifier",
        "service_tier",
        "temperature",
        "text",
        "tool_choice",
        "tools",
        "top_logprobs",
        "top_p",
        "user",
    }
)
INCOMPLETE = {"length": "max_output_tokens", "content_filter": "content_filter"}
TOP = frozenset({"id", "choices", "created", "mistral", "model", "moderation", "obfuscation", "service_tier", "usage"})
CHOICE = frozenset({"delta", "finish_reason", "index", "logprobs"})
# A server that writes its reasoning in two fields writes it twice.
DELTA = frozenset(
    {"annotations", "content", "content_parts", "function_call", "images", "reasoning", "reasoning_content"}
    | {"reasoning_details", "refusal", "role", "tool_calls"}
)
DEPRECATED_CALL = -1


class ResponseEvents:
    """Writes the chunks of a chat completion as the events of a response.

    Args:
        request: The caller's request, of which a response repeats a part.
    """

    def __init__(self, request: responses_pb2.CreateResponseRequest) -> None:
        self._request = request
        self._response = response_pb2.Response()
        self._output: Output | None = None
        self._events: list[Event] = []
        self._sequence_number = 0
        self._finish_reason = ""
        self._rest: dict[str, Any] = {}

    def read(self, chunk: chat_pb2.ChatCompletionChunk) -> list[Event]:
        """Returns the events that stand for a chunk."""
        output = self._output or self._begin(chunk)
        self._keep_rest(chunk, TOP)
        copy_fields(chunk, self._response, {"model", "moderation", "service_tier"})
        if chunk.HasField("usage"):
            self._response.usage.CopyFrom(response_usage(chunk.usage))
        for choice in chunk.choices:
            if choice.index == 0:
                self._read(choice, output)
        return self._taken()

    def end(self) -> list[Event]:
        """Returns the events that end the response."""
        output = self._output or self._begin(chat_pb2.ChatCompletionChunk())
        output.end()
        response = self._response
        response.output.extend(output.items)
        reason = INCOMPLETE.get(self._finish_reason)
        response.status = "incomplete" if reason else "completed"
        if self._rest:
            add_extra(response, **self._rest)
        if reason:
            response.incomplete_details.reason = reason
            self._emit("incomplete", response_event_pb2.ResponseIncompleteEvent(response=response))
        else:
            self._emit("completed", response_event_pb2.ResponseCompletedEvent(response=response))
        return self._taken()

    def _emit(self, kind: str, event: Message) -> None:
        numbered: Any = event
        numbered.sequence_number = self._sequence_number
        self._sequence_number += 1
        self._events.append(Event(**{kind: numbered}))

    def _taken(self) -> list[Event]:
        events, self._events = self._events, []
        return events

    def _begin(self, chunk: chat_pb2.ChatCompletionChunk) -> Output:
        suffix = chunk.id.removeprefix("chatcmpl-") or uuid.uuid4().hex
        response = self._response
        copy_fields(self._request, response, ECHOED)
        if self._request.HasField("instructions"):
            response.instructions.text = self._request.instructions
        if not response.HasField("parallel_tool_calls"):
            response.parallel_tool_calls = True
        if not response.HasField("tool_choice"):
            response.tool_choice.mode = "auto"
        response.id = f"resp_{suffix}"
        response.created_at = chunk.created
        copy_fields(chunk, response, {"model", "service_tier"})
        response.store = False
        response.status = "in_progress"
        self._output = Output(suffix, self._emit)
        self._emit("created", response_event_pb2.ResponseCreatedEvent(response=response))
        self._emit("in_progress", response_event_pb2.ResponseInProgressEvent(response=response))
        return self._output

    def _read(self, choice: chat_pb2.ChatCompletionChunk.Choice, output: Output) -> None:
        delta = choice.delta
        self._keep_rest(choice, CHOICE)
        self._keep_rest(delta, DELTA)
        _reasoning(delta, output)
        self._rest_of_parts("content_parts", [part for part in delta.content_parts if not _part(part, output)])
        if delta.content or choice.logprobs.content:
            output.text(delta.content, response_logprobs(choice.logprobs.content))
        for annotation in delta.annotations:
            output.annotation(response_annotation(annotation))
        if delta.refusal:
            output.refusal(delta.refusal)
        self._rest_of_parts("images", [image for image in delta.images if not _image(image, output)])
        for call in delta.tool_calls:
            output.call(call)
        if delta.HasField("function_call"):
            output.call(Delta.ToolCall(index=DEPRECATED_CALL, function=delta.function_call))
        if choice.finish_reason:
            self._finish_reason = choice.finish_reason
            output.end()

    def _rest_of_parts(self, name: str, parts: list[Any]) -> None:
        if parts:
            self._rest.setdefault(name, []).extend(loads(to_json(part)) for part in parts)

    def _keep_rest(self, message: Message, known: frozenset[str]) -> None:
        """Keeps what a response has no field for: it goes out with the last event."""
        if any(field.name not in known for field, _ in message.ListFields()):
            rest = keys_without(message, known)
            self._rest |= {key: value for key, value in rest.items() if value is not None}


def _reasoning(delta: Delta, output: Output) -> None:
    text = delta.reasoning_content or delta.reasoning
    details = [loads(to_json(detail)) for detail in delta.reasoning_details]
    text = text or "".join(detail.summary or detail.text for detail in delta.reasoning_details)
    if text:
        output.reasoning(text)
    secret = [detail for detail in details if detail.keys() & {"data", "signature"}]
    if secret:
        output.reasoning_details(secret)


def _image(part: Any, output: Output) -> bool:
    """Writes an image; returns whether it came with its data, which a response has instead of an address."""
    source = part.image_url.image_url
    if not source.HasField("data"):
        return False
    output.image(source.data.data, source.data.mime_type)
    return True


def _part(part: Any, output: Output) -> bool:
    """Writes a part of the content; returns whether it is one that a response has."""
    kind = part.WhichOneof("kind")
    if kind == "text":
        output.text(part.text.text, ())
    elif kind == "plain_text":
        output.text(part.plain_text, ())
    elif kind == "refusal":
        output.refusal(part.refusal.refusal)
    elif kind == "thinking":
        for thought in part.thinking.thinking:
            output.reasoning(thought.text.text or thought.plain_text)
    elif kind == "reasoning":
        for summary in part.reasoning.summary:
            output.reasoning(summary.text)
    else:
        return False
    return True
