"""Conversion of chat completions, whole or as chunks, to responses or their events.

One module, as a whole completion is read as a stream of one chunk: what an output grows from, and the events that tell
of it, are only used together.
"""

import uuid
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from google.protobuf.message import Message

from openai_grpc.codec import CodecError, from_object, loads, to_json
from openai_grpc.v1 import (
    chat_message_pb2,
    chat_pb2,
    response_content_pb2,
    response_event_pb2,
    response_item_pb2,
    response_pb2,
    responses_pb2,
)
from openai_grpc_server.bridge.losses import add_extra, carry_extra, copy_fields, keys_without
from openai_grpc_server.bridge.reply_parts import (
    fill_response,
    response_annotation,
    response_logprobs,
    response_usage,
)
from openai_grpc_server.streams.deltas import Growth, ToolCalls, paired

Emit = Callable[[str, Message], None]
Item = response_item_pb2.ResponseItem
ContentPart = response_content_pb2.ResponseContentPart
IN_PROGRESS = "in_progress"
COMPLETED = "completed"
PREFIXES = {
    "message": "msg",
    "reasoning": "rs",
    "function_call": "fc",
    "custom_tool_call": "ctc",
    "image_generation_call": "ig",
}


class OutputItems:
    """Items of a response.

    Args:
        suffix: Suffix of the items' ids.
        emit: Takes each event, by the name of its arm.

    Attributes:
        items: The items so far.
        suffix: As above.
        emit: As above.
    """

    def __init__(self, suffix: str, emit: Emit) -> None:
        self.items: list[Item] = []
        self.suffix = suffix
        self.emit = emit

    def add(self, kind: str) -> int:
        """Adds an item, without an event, and returns its index."""
        index = self.reserve()
        self.fill(index, kind)
        return index

    def reserve(self) -> int:
        """Reserves an index for an item of unknown kind, and returns it."""
        self.items.append(Item())
        return len(self.items) - 1

    def fill(self, index: int, kind: str) -> Any:
        """Creates an item of a kind at its index, and returns its arm."""
        item: Any = getattr(self.items[index], kind)
        item.id = f"{PREFIXES[kind]}_{self.suffix}_{index}"
        return item

    def identity(self, index: int) -> str:
        """Returns the id of an item."""
        item = self.items[index]
        identity: str = getattr(item, item.WhichOneof("kind") or "").id
        return identity

    def added(self, index: int) -> None:
        """Writes the event of an added item."""
        event = response_event_pb2.ResponseOutputItemAddedEvent(item=self.items[index], output_index=index)
        self.emit("output_item_added", event)

    def done(self, index: int) -> None:
        """Writes the event of a complete item."""
        event = response_event_pb2.ResponseOutputItemDoneEvent(item=self.items[index], output_index=index)
        self.emit("output_item_done", event)


class OutputCall:
    """A tool call in progress. Its events start once its name is known, at the latest at its end.

    Args:
        items: The items of the response.
    """

    def __init__(self, items: OutputItems) -> None:
        self._items = items
        self._index = items.reserve()
        self._item: Any = None
        self._early: list[Any] = []  # pieces before it was told of
        self._custom = False
        self._id = ""
        self._name = ""
        self._texts: list[str] = []
        self._empty_object = ""

    @property
    def text(self) -> str:
        """The arguments, or the input, so far."""
        return "".join(self._texts) or self._empty_object

    def add(self, piece: Any) -> None:
        """Adds a fragment."""
        self._id = self._id or piece.id
        self._name = piece.custom.name or piece.function.name or self._name
        text = piece.custom.input or piece.function.arguments
        if text == "{}" and piece.function.extra_json and loads(piece.function.extra_json).get("arguments") == {}:
            self._empty_object, text = text, ""  # an object, which stands for nothing where others follow
        if text:
            self._texts.append(text)
        if self._item is not None:
            self._carry(piece)
            self._delta(text)
            return
        self._early.append(piece)
        if self._name:
            self._tell()

    def end(self, status: str = COMPLETED) -> None:
        """Ends the call."""
        if self._item is None:
            self._tell()
        if not self._texts:
            self._delta(self._empty_object)
        whole = self.text
        self._item.status = status
        if self._custom:
            self._item.input = whole
            done = response_event_pb2.ResponseCustomToolCallInputDoneEvent(input=whole, **self._place())
            self._items.emit("custom_tool_call_input_done", done)
        else:
            self._item.arguments = whole
            arguments = response_event_pb2.ResponseFunctionCallArgumentsDoneEvent(arguments=whole, **self._place())
            self._items.emit("function_call_arguments_done", arguments)
        self._items.done(self._index)

    def _tell(self) -> None:
        self._custom = any(piece.HasField("custom") or piece.type == "custom" for piece in self._early)
        self._item = self._items.fill(self._index, "custom_tool_call" if self._custom else "function_call")
        self._item.status = IN_PROGRESS
        if self._custom:
            self._item.input = ""
        else:
            self._item.arguments = ""
        for piece in self._early:
            self._carry(piece)
        self._early = []
        self._items.added(self._index)
        self._delta("".join(self._texts))

    def _carry(self, piece: Any) -> None:
        self._item.call_id = self._id or f"call_{self._items.suffix}_{self._index}"
        self._item.name = self._name
        if piece.HasField("namespace"):
            self._item.namespace = piece.namespace
        carry_extra(piece, self._item)
        carry_extra(piece.custom if self._custom else piece.function, self._item)
        if piece.google.extra_content_json:
            add_extra(self._item, extra_content=loads(piece.google.extra_content_json))

    def _delta(self, text: str) -> None:
        if not text:
            return
        if self._custom:
            event = response_event_pb2.ResponseCustomToolCallInputDeltaEvent(delta=text, **self._place())
            self._items.emit("custom_tool_call_input_delta", event)
        else:
            arguments = response_event_pb2.ResponseFunctionCallArgumentsDeltaEvent(delta=text, **self._place())
            self._items.emit("function_call_arguments_delta", arguments)

    def _place(self) -> dict[str, Any]:
        return {"item_id": self._items.identity(self._index), "output_index": self._index}


def is_empty(piece: Any) -> bool:
    """Returns whether a fragment is empty: some servers send one in every chunk."""
    return not (piece.id or piece.function.name or piece.function.arguments or piece.custom.name or piece.custom.input)


class OutputCalls:
    """Tool calls, possibly interleaved; all end at the end of the stream.

    Args:
        items: The items of the response.
    """

    def __init__(self, items: OutputItems) -> None:
        self._items = items
        self._calls: list[OutputCall] = []
        self._rule = ToolCalls(lambda number: self._calls[number].text)

    def find(self, piece: Any, taken: set[int]) -> OutputCall | None:
        """Returns the call of a fragment; None: it starts a new one.

        Args:
            piece: The piece.
            taken: The calls of the pieces before it in the same chunk; its own is added.
        """
        index = piece.index if piece.HasField("index") else None
        name = piece.function.name or piece.custom.name
        text = piece.function.arguments
        number = self._rule.number(index, piece.id, name, text, taken=taken)
        taken.add(number)
        if number == len(self._calls):
            return None
        if text and self._rule.repeats(number, text):
            piece.function.ClearField("arguments")
        return self._calls[number]

    def __len__(self) -> int:
        """Returns the number of calls."""
        return len(self._calls)

    def begin(self) -> OutputCall:
        """Starts a call."""
        self._calls.append(OutputCall(self._items))
        return self._calls[-1]

    def end(self, status: str) -> None:
        """Ends all calls, in order of their start; the last one with a status."""
        for call in self._calls[:-1]:
            call.end()
        for call in self._calls[-1:]:
            call.end(status)


class Output:
    """Items of a response.

    Text and reasoning are one item after the other. Tool calls may grow side by side, as chat numbers them: they are
    done when everything is.

    Args:
        suffix: Suffix of the items' ids.
        emit: Takes each event, by the name of its arm.
    """

    def __init__(self, suffix: str, emit: Emit) -> None:
        self._items = OutputItems(suffix, emit)
        self._calls = OutputCalls(self._items)
        self._emit = emit
        self._item: Item | None = None
        self._index = 0
        self._kind = ""
        self._part = 0
        self._pieces: list[str] = []
        self._logprobs: list[response_content_pb2.ResponseLogprob] = []
        self._annotations: list[response_content_pb2.ResponseAnnotation] = []

    @property
    def items(self) -> list[Item]:
        """The items so far."""
        return self._items.items

    def text(self, delta: str, logprobs: Sequence[response_content_pb2.ResponseLogprob]) -> None:
        """Adds a fragment of text."""
        self._begin_part("output_text")
        self._pieces.append(delta)
        self._logprobs.extend(logprobs)
        event = response_event_pb2.ResponseTextDeltaEvent(delta=delta, logprobs=logprobs, **self._place())
        self._emit("output_text_delta", event)

    def refusal(self, delta: str) -> None:
        """Adds a fragment of a refusal."""
        self._begin_part("refusal")
        self._pieces.append(delta)
        self._emit("refusal_delta", response_event_pb2.ResponseRefusalDeltaEvent(delta=delta, **self._place()))

    def reasoning(self, delta: str) -> None:
        """Adds a fragment of reasoning."""
        self._begin_part("reasoning_text")
        self._pieces.append(delta)
        event = response_event_pb2.ResponseReasoningTextDeltaEvent(delta=delta, **self._place())
        self._emit("reasoning_text_delta", event)

    def reasoning_details(self, details: Sequence[dict[str, Any]]) -> None:
        """Adds the signature or encrypted content of reasoning that a server needs back."""
        self._begin_item("reasoning")
        item = self.items[self._index].reasoning
        known = loads(item.extra_json)["reasoning_details"] if item.extra_json else []
        add_extra(item, reasoning_details=[*known, *details])
        for detail in details:
            if isinstance(detail.get("data"), str):
                item.encrypted_content = detail["data"]

    def annotation(self, annotation: response_content_pb2.ResponseAnnotation) -> None:
        """Adds an annotation of the text."""
        self._begin_part("output_text")
        self._annotations.append(annotation)
        self._emit(
            "output_text_annotation_added",
            response_event_pb2.ResponseOutputTextAnnotationAddedEvent(
                annotation=annotation, annotation_index=len(self._annotations) - 1, **self._place()
            ),
        )

    def calls(self, pieces: Iterable[Any]) -> None:
        """Adds the tool call fragments of one chunk."""
        taken: set[int] = set()
        for piece in pieces:
            if not self._calls and is_empty(piece):
                continue
            call = self._calls.find(piece, taken)
            if call is None:
                self._end_item()
                call = self._calls.begin()
            call.add(piece)

    def image(self, data: bytes, mime_type: str) -> None:
        """Adds a generated image."""
        self._end_item()
        index = self._items.add("image_generation_call")
        item = self.items[index].image_generation_call
        item.status = IN_PROGRESS
        self._items.added(index)
        item.result = data
        item.output_format = mime_type.removeprefix("image/")
        item.status = COMPLETED
        self._items.done(index)

    def end(self, status: str = COMPLETED) -> None:
        """Ends everything that is open; what grew last with a status."""
        growing = self._item is not None
        self._end_item(status)
        self._calls.end(COMPLETED if growing else status)

    def _begin_item(self, kind: str) -> None:
        if self._item is not None and self._item.WhichOneof("kind") == kind:
            return
        self._end_item()
        self._index = self._items.add(kind)
        self._item = self.items[self._index]
        self._part = -1
        if kind == "message":
            self._item.message.role = "assistant"
            self._item.message.status = IN_PROGRESS
            self._item.message.content.parts.SetInParent()
        else:
            self._item.reasoning.status = IN_PROGRESS
        self._items.added(self._index)

    def _begin_part(self, kind: str) -> None:
        self._begin_item("reasoning" if kind == "reasoning_text" else "message")
        if self._kind == kind:
            return
        self._end_part()
        self._kind = kind
        self._part += 1
        part = self._content_part()
        event = response_event_pb2.ResponseContentPartAddedEvent(part=part, **self._place())
        self._emit("content_part_added", event)

    def _content_part(self) -> ContentPart:
        """Returns the current content part."""
        whole = "".join(self._pieces)
        if self._kind == "output_text":
            text = response_content_pb2.ResponseOutputText(
                text=whole, logprobs=self._logprobs, annotations=self._annotations
            )
            return ContentPart(output_text=text)
        if self._kind == "refusal":
            return ContentPart(refusal=response_content_pb2.ResponseOutputRefusal(refusal=whole))
        return ContentPart(reasoning_text=response_content_pb2.ResponseReasoningText(text=whole))

    def _end_part(self) -> None:
        if self._kind:
            part = self._content_part()
            self._keep(part)
            event = response_event_pb2.ResponseContentPartDoneEvent(part=part, **self._place())
            self._emit("content_part_done", event)
        self._kind = ""
        self._pieces = []
        self._logprobs = []
        self._annotations = []

    def _keep(self, part: ContentPart) -> None:
        """Adds a complete part to its item and writes its events."""
        item = self.items[self._index]
        place = self._place()
        if part.HasField("output_text"):
            item.message.content.parts.parts.append(part)
            text = part.output_text
            done = response_event_pb2.ResponseTextDoneEvent(text=text.text, logprobs=text.logprobs, **place)
            self._emit("output_text_done", done)
        elif part.HasField("refusal"):
            item.message.content.parts.parts.append(part)
            refusal = response_event_pb2.ResponseRefusalDoneEvent(refusal=part.refusal.refusal, **place)
            self._emit("refusal_done", refusal)
        else:
            item.reasoning.content.append(part.reasoning_text)
            text_done = response_event_pb2.ResponseReasoningTextDoneEvent(text=part.reasoning_text.text, **place)
            self._emit("reasoning_text_done", text_done)

    def _end_item(self, status: str = COMPLETED) -> None:
        if self._item is None:
            return
        self._end_part()
        kind = self._item.WhichOneof("kind") or ""
        getattr(self._item, kind).status = status
        self._item = None
        self._items.done(self._index)

    def _place(self) -> dict[str, Any]:
        identity = self._items.identity(self._index)
        return {"item_id": identity, "output_index": self._index, "content_index": self._part}


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
# Of OpenAI; Mistral, Anthropic-like, Cohere and Gemini, in lower case.
INCOMPLETE = {
    **dict.fromkeys(("length", "model_length", "max_tokens", "model_context_window_exceeded"), "max_output_tokens"),
    **dict.fromkeys(("content_filter", "safety", "sensitive", "prohibited_content", "recitation"), "content_filter"),
}
TOP = frozenset({"id", "choices", "created", "mistral", "model", "moderation", "obfuscation", "service_tier", "usage"})
CHOICE = frozenset({"delta", "finish_reason", "index", "logprobs"})
# A server that writes its reasoning in two fields writes it twice.
DELTA = frozenset(
    {"annotations", "content", "content_parts", "function_call", "images", "reasoning", "reasoning_content"}
    | {"reasoning_details", "refusal", "role", "tool_calls"}
)
# Fields that say the same in other words: what of a whole message was streamed, was so under any of them.
SUBJECTS = (
    frozenset({"content", "content_parts"}),
    frozenset({"tool_calls", "function_call"}),
    frozenset({"reasoning", "reasoning_content", "reasoning_details"}),
)
SAME_SUBJECT = {name: subject for subject in SUBJECTS for name in subject}
GROWING = frozenset({"content", "reasoning", "reasoning_content", "refusal"})
DEPRECATED_CALL = -1


class ResponseEvents:
    """Converts the chunks of a chat completion to response events.

    Args:
        request: The caller's request, of which a response repeats a part.
        filled: Whether responses have every key that OpenAI's API sends, as callers of its JSON expect.
    """

    def __init__(self, request: responses_pb2.CreateResponseRequest, *, filled: bool = False) -> None:
        self._request = request
        self._filled = filled
        self._response = response_pb2.Response()
        self._output: Output | None = None
        self._events: list[Event] = []
        self._sequence_number = 0
        self._finish_reason = ""
        self._content: list[str] = []
        self._said: set[str] = set()
        self._growth: dict[str, Growth] = {}
        self._rest: dict[str, Any] = {}

    def read(self, chunk: chat_pb2.ChatCompletionChunk) -> list[Event]:
        """Returns the events for a chunk."""
        self._keep_rest(chunk, TOP)
        if chunk.HasField("usage"):
            self._response.usage.CopyFrom(response_usage(chunk.usage))
        if self._output is None and not chunk.id and not chunk.choices:
            return []  # such as Azure's filter of the prompt: what the response is called comes with the next
        output = self._output or self._begin(chunk)
        self._keep_top(chunk)
        for choice in chunk.choices:
            if choice.index == 0:
                self._read(choice, output)
        return self._taken()

    def end(self) -> list[Event]:
        """Returns the events that end the response."""
        output = self._output or self._begin(chat_pb2.ChatCompletionChunk())
        reason = INCOMPLETE.get(self._finish_reason.lower())
        status = "incomplete" if reason else COMPLETED
        output.end(status)
        response = self._response
        response.output.extend(output.items)
        response.status = status
        if self._rest:
            add_extra(response, **self._rest)
        if reason:
            response.incomplete_details.reason = reason
        if self._filled:
            fill_response(response)
        if reason:
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
        self._keep_top(chunk)
        response.store = False
        response.status = "in_progress"
        if self._filled:
            fill_response(response)
        self._output = Output(suffix, self._emit)
        self._emit("created", response_event_pb2.ResponseCreatedEvent(response=response))
        self._emit("in_progress", response_event_pb2.ResponseInProgressEvent(response=response))
        return self._output

    def _keep_top(self, chunk: chat_pb2.ChatCompletionChunk) -> None:
        """Stores top-level fields of the chunks; Azure's content filter chunks have them empty."""
        response = self._response
        copy_fields(chunk, response, {"moderation"})
        response.model = chunk.model or response.model
        response.created_at = response.created_at or chunk.created
        if chunk.service_tier:
            response.service_tier = chunk.service_tier

    def _read(self, choice: chat_pb2.ChatCompletionChunk.Choice, output: Output) -> None:
        self._keep_rest(choice, CHOICE)
        self._said.update(field.name for field, value in choice.delta.ListFields() if value)
        if choice.delta.content:
            self._content.append(choice.delta.content)
        self._add(choice.delta, choice.logprobs.content, output)
        if isinstance(self._rest.get("message"), dict):
            self._add(from_object(Delta, self._unsaid(self._rest.pop("message"))), (), output)
        self._finish_reason = choice.finish_reason or self._finish_reason

    def _unsaid(self, message: dict[str, Any]) -> dict[str, Any]:
        """Returns the new part of a message sent in place of a delta.

        Some servers send the whole message with the last chunk; others send messages as pieces, or all so far, and no
        delta.
        """
        if self._said <= {"role"}:
            return {
                key: paired(self._growth.setdefault(key, Growth()).add(value))
                if key in GROWING and isinstance(value, str)
                else value
                for key, value in message.items()
            }
        said, content = "".join(self._content), message.get("content")
        unsaid = {key: value for key, value in message.items() if not self._said & SAME_SUBJECT.get(key, {key})}
        if said and isinstance(content, str) and content.startswith(said):
            unsaid["content"] = paired(content[len(said) :])
            self._content.append(unsaid["content"])
        self._said.update(unsaid)
        return unsaid

    def _add(self, delta: Delta, logprobs: Sequence[Any], output: Output) -> None:
        self._keep_rest(delta, DELTA)
        _reasoning(delta, output)
        self._rest_of_parts("content_parts", [part for part in delta.content_parts if not _part(part, output)])
        if delta.content or logprobs:
            output.text(delta.content, response_logprobs(logprobs))
        for annotation in delta.annotations:
            output.annotation(response_annotation(annotation))
        if delta.refusal:
            output.refusal(delta.refusal)
        self._rest_of_parts("images", [image for image in delta.images if not _image(image, output)])
        if delta.tool_calls:
            output.calls(delta.tool_calls)
        elif delta.function_call.name or delta.function_call.arguments:  # beside tool calls it says one of them again
            output.calls([Delta.ToolCall(index=DEPRECATED_CALL, function=delta.function_call)])

    def _rest_of_parts(self, name: str, parts: list[Any]) -> None:
        if parts:
            self._rest.setdefault(name, []).extend(loads(to_json(part)) for part in parts)

    def _keep_rest(self, message: Message, known: frozenset[str]) -> None:
        """Stores keys without a field in a response, for the last event."""
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
    """Writes an image; returns whether it has data, as a response needs, instead of a URL."""
    source = part.image_url.image_url
    if not source.HasField("data"):
        return False
    output.image(source.data.data, source.data.mime_type)
    return True


def _part(part: Any, output: Output) -> bool:
    """Writes a content part; returns whether a response has an equivalent."""
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


Chunk = chat_pb2.ChatCompletionChunk
# What a completion and a chunk have alike.
SAME_TOP = frozenset(Chunk.DESCRIPTOR.fields_by_name) - {"choices"}
SAME_CHOICE = frozenset(Chunk.Choice.DESCRIPTOR.fields_by_name) - {"delta", "perplexity"}
SAME_DELTA = frozenset(Chunk.Choice.Delta.DESCRIPTOR.fields_by_name) - {"audio", "together", "tool_calls"}


def response(
    request: responses_pb2.CreateResponseRequest, completion: chat_pb2.ChatCompletion, *, filled: bool = False
) -> response_pb2.Response:
    """Converts a chat completion to a response: the last event of a stream of one chunk.

    Args:
        request: The caller's request, of which a response repeats a part.
        completion: The completion.
        filled: Whether the response has every key that OpenAI's API sends, as callers of its JSON expect.
    """
    events = ResponseEvents(request, filled=filled)
    events.read(_chunk(completion))
    last = events.end()[-1]
    kind = last.WhichOneof("kind") or ""
    written: response_pb2.Response = getattr(last, kind).response
    return written


def _chunk(completion: chat_pb2.ChatCompletion) -> Chunk:
    chunk = Chunk()
    copy_fields(completion, chunk, SAME_TOP)
    carry_extra(completion, chunk)
    for choice in completion.choices:
        written = chunk.choices.add()
        copy_fields(choice, written, SAME_CHOICE)
        message = choice.message
        copy_fields(message, written.delta, SAME_DELTA)
        for index, call in enumerate(message.tool_calls):
            _add_call(call, written.delta.tool_calls.add(index=index))
    return chunk


def _add_call(call: chat_message_pb2.ChatCompletionMessageToolCall, piece: Any) -> None:
    kind = call.WhichOneof("kind")
    if kind == "unknown":
        unknown = loads(call.unknown)
        if not isinstance(unknown, dict):
            raise CodecError("no object", "tool_calls")
        piece.CopyFrom(from_object(type(piece), {**unknown, "index": piece.index}))
    elif kind is not None:
        source: Any = getattr(call, kind)
        copy_fields(source, piece, {"id", "namespace", "function", "google"})
        carry_extra(source, piece)
        piece.type = kind
        if kind == "custom":
            copy_fields(source.custom, piece.custom, {"name", "input"})
