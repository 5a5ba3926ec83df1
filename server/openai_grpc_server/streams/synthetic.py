"""Synthesizes a stream from a non-streaming reply."""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from itertools import count
from typing import Any

from openai_grpc.codec import CodecError, dumps, loads, loads_in_steps
from openai_grpc_server.calls.call import Call
from openai_grpc_server.calls.method import Rpc
from openai_grpc_server.calls.rest import uses_own_key
from openai_grpc_server.errors import (
    GatewayError,
    InvalidArgumentError,
    from_error_object,
    from_reply,
)
from openai_grpc_server.errors.upstream import BOM
from openai_grpc_server.runtime.offload import beside_loop
from openai_grpc_server.streams.accumulate import arguments_text
from openai_grpc_server.streams.relay import EventReader, Reading, check_elements
from openai_grpc_server.upstream import ServerSentEvent

# What every chunk of a stream has; the rest of a completion goes with the last.
ON_EVERY_CHUNK = ("id", "created", "model", "service_tier", "system_fingerprint")
OF_COMPLETION = frozenset({*ON_EVERY_CHUNK, "object", "choices", "usage"})


def chat_chunks(completion: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yields the chunks of a completion: for each choice its message and end, then the usage.

    Args:
        completion: The completion's JSON object.

    Raises:
        CodecError: Its choices are no list of objects.
    """
    top = {"object": "chat.completion.chunk"} | {key: completion[key] for key in ON_EVERY_CHUNK if key in completion}
    choices = completion.get("choices") or []
    if not isinstance(choices, list) or not all(isinstance(choice, dict) for choice in choices):
        raise CodecError("no list of objects", "choices")
    yield {**top, "choices": [_message(choice) for choice in choices]}
    rest = {key: value for key, value in completion.items() if key not in OF_COMPLETION}
    yield {**top, **rest, "choices": [_end(choice) for choice in choices]}
    if completion.get("usage"):
        yield {**top, "choices": [], "usage": completion["usage"]}


def _message(choice: dict[str, Any]) -> dict[str, Any]:
    others = {key: value for key, value in choice.items() if key not in {"message", "finish_reason"}}
    message = choice.get("message")
    if message is not None and not isinstance(message, dict):
        return {**others, "delta": {}, "message": message}
    delta = dict(message or {})
    if isinstance(delta.get("tool_calls"), dict):  # one call, not in a list
        delta["tool_calls"] = [delta["tool_calls"]]
    if isinstance(calls := delta.get("tool_calls"), list):
        numbered = _are_numbered(calls)
        delta["tool_calls"] = [_call(call, None if numbered else index) for index, call in enumerate(calls)]
    if isinstance(function := delta.get("function_call"), dict):
        delta["function_call"] = _with_text(function)
    return {**others, "delta": delta}


def _are_numbered(calls: list[Any]) -> bool:
    """Returns whether each call has a distinct index: some servers send 0 for all."""
    indexes = [call.get("index") for call in calls if isinstance(call, dict)]
    return all(type(index) is int for index in indexes) and len(set(indexes)) == len(indexes)


def _call(call: Any, index: int | None) -> Any:
    """Returns a tool call as a stream fragment.

    Args:
        call: The call.
        index: Its index; None: it has one.
    """
    if not isinstance(call, dict):
        return call
    piece = call if index is None else {**call, "index": index}
    if isinstance(function := call.get("function"), dict):
        piece = {**piece, "function": _with_text(function)}
        if not call.get("type"):
            piece["type"] = "function"
    return piece


def _with_text(function: dict[str, Any]) -> dict[str, Any]:
    """Returns a function call with arguments as text, even if the server sent an object."""
    if isinstance(function.get("arguments"), dict | list):
        return {**function, "arguments": arguments_text(function["arguments"])}
    return function


def _end(choice: dict[str, Any]) -> dict[str, Any]:
    return {"index": choice.get("index", 0), "delta": {}, "finish_reason": choice.get("finish_reason")}


Event = dict[str, Any]

UNFINISHED = frozenset({"in_progress", "queued"})
FINAL = {"failed": "response.failed", "incomplete": "response.incomplete"}
# What a response does not have yet when its stream begins.
NOT_YET: dict[str, Any] = {"status": "in_progress", "output": [], "usage": None, "completed_at": None}
OF_THE_END = frozenset({"error", "incomplete_details"})

# Of items whose text comes in pieces: the field that has it, and the events that bring it.
PIECES = {
    "code_interpreter_call": ("code", "response.code_interpreter_call_code"),
    "custom_tool_call": ("input", "response.custom_tool_call_input"),
    "function_call": ("arguments", "response.function_call_arguments"),
    "mcp_call": ("arguments", "response.mcp_call_arguments"),
}
# The same of the parts of a message, and of reasoning.
PARTS = {
    "output_text": ("text", "response.output_text"),
    "refusal": ("refusal", "response.refusal"),
    "reasoning_text": ("text", "response.reasoning_text"),
}


def response_events(response: dict[str, Any]) -> Iterator[Event]:
    """Yields the events of a response, numbered from 0, with each text as one delta.

    What is not of the type that it should be stays as it is, without pieces of its own.

    Args:
        response: The JSON object of a response; one that is not done has no last event.
    """
    for number, event in zip(count(), _events(response), strict=False):
        yield {**event, "sequence_number": number}


def _events(response: dict[str, Any]) -> Iterator[Event]:
    begun = {key: value for key, value in response.items() if key not in OF_THE_END} | NOT_YET
    yield {"type": "response.created", "response": begun}
    yield {"type": "response.in_progress", "response": begun}
    for index, item in enumerate(_list(response.get("output"))):
        yield from _item(item, {"output_index": index})
    status = _text_of(response, "status")
    if status not in UNFINISHED:
        yield {"type": FINAL.get(status, "response.completed"), "response": response}


def _item(item: Any, place: dict[str, Any]) -> Iterator[Event]:
    if not isinstance(item, dict):
        yield {"type": "response.output_item.added", **place, "item": item}
        yield {"type": "response.output_item.done", **place, "item": item}
        return
    inside = {"item_id": item.get("id", ""), **place}
    field, event = PIECES.get(_text_of(item, "type"), ("", ""))
    yield {"type": "response.output_item.added", **place, "item": _unfinished(item, field)}
    if field and isinstance(item.get(field), str | dict | list):
        yield from _text(event, field, arguments_text(item[field]), inside)
    for index, part in enumerate(_list(item.get("summary"))):
        yield from _summary(part, {**inside, "summary_index": index})
    for index, part in enumerate(_list(item.get("content"))):
        yield from _part(part, {**inside, "content_index": index})
    yield {"type": "response.output_item.done", **place, "item": item}


def _unfinished(item: dict[str, Any], field: str) -> dict[str, Any]:
    """Returns an item in its initial state, without what deltas add."""
    later: dict[str, Any] = {key: [] for key in ("content", "summary") if isinstance(item.get(key), list)}
    if field in item:
        later[field] = ""
    if "status" in item:
        later["status"] = "in_progress"
    return {**item, **later}


def _part(part: Any, place: dict[str, Any]) -> Iterator[Event]:
    if not isinstance(part, dict):
        yield {"type": "response.content_part.added", **place, "part": part}
        yield {"type": "response.content_part.done", **place, "part": part}
        return
    field, event = PARTS.get(_text_of(part, "type"), ("", ""))
    notes = _list(part.get("annotations"))
    later: dict[str, Any] = {
        key: empty for key, empty in ((field, ""), ("annotations", []), ("logprobs", [])) if key in part
    }
    yield {"type": "response.content_part.added", **place, "part": {**part, **later}}
    if field and isinstance(part.get(field), str):
        logprobs = {"logprobs": part["logprobs"]} if "logprobs" in part else {}
        yield from _text(event, field, part[field], {**place, **logprobs})
    for index, note in enumerate(notes):
        kind = "response.output_text.annotation.added"
        yield {"type": kind, **place, "annotation_index": index, "annotation": note}
    yield {"type": "response.content_part.done", **place, "part": part}


def _summary(part: Any, place: dict[str, Any]) -> Iterator[Event]:
    begun = {**part, "text": ""} if isinstance(part, dict) else part
    yield {"type": "response.reasoning_summary_part.added", **place, "part": begun}
    yield from _text("response.reasoning_summary_text", "text", _text_of(part, "text"), place)
    yield {"type": "response.reasoning_summary_part.done", **place, "part": part}


def _text(event: str, field: str, text: str, place: dict[str, Any]) -> Iterator[Event]:
    if text:
        yield {"type": f"{event}.delta", **place, "delta": text}
    yield {"type": f"{event}.done", **place, field: text}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text_of(value: Any, key: str) -> str:
    text = value.get(key) if isinstance(value, dict) else None
    return text if isinstance(text, str) else ""


DONE = b"[DONE]"
OF_STREAMS = frozenset({"stream", "stream_options"})

# How a reply is told, by the path of its REST call; a legacy completion is a chunk as it is.
EVENTS: Mapping[str, Callable[[dict[str, Any]], Iterator[dict[str, Any]]]] = {
    "/chat/completions": chat_chunks,
    "/responses": response_events,
    "/responses/{response_id}": response_events,
}


def asks_for_usage(value: dict[str, Any]) -> bool:
    """Returns whether the request of a stream asks for a usage chunk."""
    options = value.get("stream_options")
    return isinstance(options, dict) and options.get("include_usage") is True


def whole_request(value: dict[str, Any]) -> dict[str, Any]:
    """Converts the request of a stream to a non-streaming one.

    Raises:
        InvalidArgumentError: The reply is to be made in the background, where it is not whole yet when it comes.
    """
    if value.get("background") is True:
        raise InvalidArgumentError.of_field(
            "background", "this model can't stream: create the response, and get it until it is done"
        )
    return {key: each for key, each in value.items() if key not in OF_STREAMS}


class WholeReply:
    """The events of one reply.

    Args:
        call: The call.
        rpc: The RPC whose REST call it answers.
        data: The reply's JSON.

    Raises:
        GatewayError: It is an error, or not the JSON that it should be.
    """

    def __init__(self, call: Call, rpc: Rpc, data: bytes) -> None:
        check_elements(call, data)
        data = data.removeprefix(BOM)
        with Reading(call, data):
            reply = loads_in_steps(data) if call.sent.large else loads(data)
            if not isinstance(reply, dict):
                raise CodecError("no JSON object")
        # A response that failed has its error beside its id.
        if reply.get("error") and not reply.get("id"):
            raise from_error_object(reply, safe=False, own_key=uses_own_key(call))
        key = "output" if rpc.http_path.startswith("/responses") else "choices"
        if (error := from_reply(reply, key, safe=False, own_key=uses_own_key(call))) is not None:
            raise error
        tell = EVENTS.get(rpc.http_path)
        self._call = call
        self._events = tell(reply) if tell else iter([reply])
        # A whole reply is complete whatever its choices say; a response has its last event.
        self._end = () if tell is response_events else (ServerSentEvent(DONE),)

    async def event_batches(self) -> AsyncIterator[list[ServerSentEvent]]:
        """Yields the events in one batch."""
        yield await beside_loop(self._call.sent.large, self._written)

    def _written(self) -> list[ServerSentEvent]:
        with Reading(self._call):
            return [*(ServerSentEvent(dumps(event)) for event in self._events), *self._end]


class MarkedMessages:
    """Wraps a reader and marks each message as synthesized.

    Args:
        call: The call.
        reader: The other reader.
        usage: Whether a chunk that has nothing but the usage is one that the request asks for.
    """

    def __init__(self, call: Call, reader: EventReader, *, usage: bool) -> None:
        self._usage = usage
        self._call = call
        self._reader = reader
        self.variables = ()

    @property
    def complete(self) -> bool:
        """True if the stream has its end marker."""
        return self._reader.complete

    @complete.setter
    def complete(self, value: bool) -> None:
        self._reader.complete = value

    @property
    def failure(self) -> GatewayError | None:
        """The error of the event just read."""
        return self._reader.failure

    @failure.setter
    def failure(self, value: GatewayError | None) -> None:
        self._reader.failure = value

    def read(self, value: Any) -> Any:
        """Returns the messages of an event, marked."""
        messages = self._reader.read(value)
        if not self._usage and value.get("usage") and value.get("choices") == []:
            return None
        return self._marked(messages)

    @property
    def started(self) -> bool:
        """True if output has been received, not only lifecycle events."""
        return self._reader.started

    def done(self) -> None:
        """Handles the end of the events."""
        self._reader.done()

    def ended(self) -> None:
        """Handles the end of the reply."""
        self._reader.ended()

    def last(self) -> Any:
        """Returns what follows, marked."""
        return self._marked(self._reader.last())

    def _marked(self, messages: Any) -> Any:
        for message in messages if isinstance(messages, list) else filter(None, [messages]):
            message.call_info.CopyFrom(self._call.info())
        return messages
