"""Conversion of response events to chat chunks."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from google.protobuf.message import Message

from openai_grpc.codec import dumps
from openai_grpc.v1 import chat_pb2, response_content_pb2, response_event_pb2, response_item_pb2, response_pb2
from openai_grpc_server.bridge.chat_to_responses_reply import (
    SAME,
    carry_rest,
    failure,
    finish_reason,
    image,
    provider_fields,
)
from openai_grpc_server.bridge.losses import carry_extra, copy_fields, telling
from openai_grpc_server.bridge.reply_parts import (
    SEPARATOR,
    chat_annotation,
    chat_logprobs,
    chat_usage,
    reasoning_details,
)

Chunk = chat_pb2.ChatCompletionChunk
Event = response_event_pb2.ResponseStreamEvent
BEGUN = frozenset({"created", "in_progress", "queued"})
FINAL = frozenset({"completed", "incomplete", "failed"})
CALLS = frozenset({"function_call", "custom_tool_call"})
Write = Callable[[Any, int, Any], None]
"""Writes an event about the item of a number into a choice of a chunk."""


class ResponseChunks:
    """Converts the events of one response to chunks.

    Args:
        usage: Whether the caller gets a last chunk with the usage.
    """

    def __init__(self, *, usage: bool) -> None:
        self._usage = usage
        self._response = response_pb2.Response()
        self._began = False
        self._places = OutputPlaces()
        streamed = Streamed()
        texts = TextDeltas(streamed)
        self._items = items = ItemDeltas(texts, streamed)
        # By event: the kind of item that it is about, and what writes it.
        self._write: dict[str, tuple[str, Write]] = {
            "output_text_delta": ("message", texts.text_delta),
            "output_text_done": ("message", texts.text_done),
            "output_text_annotation_added": ("message", texts.annotation_added),
            "refusal_delta": ("message", texts.refusal_delta),
            "refusal_done": ("message", texts.refusal_done),
            "reasoning_summary_text_delta": ("reasoning", texts.summary_delta),
            "reasoning_summary_text_done": ("reasoning", texts.summary_done),
            "reasoning_text_delta": ("reasoning", texts.reasoning_delta),
            "reasoning_text_done": ("reasoning", texts.reasoning_done),
            "function_call_arguments_delta": ("function_call", items.arguments_delta),
            "function_call_arguments_done": ("function_call", items.arguments_done),
            "custom_tool_call_input_delta": ("custom_tool_call", items.input_delta),
            "custom_tool_call_input_done": ("custom_tool_call", items.input_done),
            "image_generation_call_partial_image": ("image_generation_call", items.partial_image),
        }

    def read(self, event: Event) -> list[Chunk]:
        """Returns the chunks for an event; none for the progress of a hosted tool.

        Raises:
            GatewayError: The response has failed.
        """
        kind = event.WhichOneof("kind") or ""
        if kind in BEGUN:
            self._response = getattr(event, kind).response
            return []
        if kind in FINAL:
            return self._end(getattr(event, kind).response)
        chunk = self._top()
        choice = chunk.choices.add(index=0)
        value: Any = getattr(event, kind)
        if kind in self._write:
            item_kind, write = self._write[kind]
            write(value, self._places.of_event(value, item_kind), choice)
        elif kind == "output_item_added":
            self._items.added(value.item, self._places.of_item(value.item, position(value), begins=True), choice)
        elif kind == "output_item_done":
            self._items.done(value.item, self._places.of_item(value.item, position(value), begins=False), choice)
        elif kind == "audio_delta":
            choice.delta.audio.data = value.delta
        elif kind == "audio_transcript_delta":
            choice.delta.audio.transcript = value.delta
        if not self._says(choice):
            return []
        if "obfuscation" in value.DESCRIPTOR.fields_by_name and value.obfuscation:
            chunk.obfuscation = value.obfuscation
        self._begin(choice)
        return [chunk]

    def _top(self) -> Chunk:
        chunk = Chunk(created=self._response.created_at)
        copy_fields(self._response, chunk, SAME - {"metadata", "moderation"})
        return chunk

    @staticmethod
    def _says(choice: Any) -> bool:
        return bool(choice.delta.ListFields()) or choice.HasField("logprobs")

    def _begin(self, choice: Any) -> None:
        choice.delta.SetInParent()
        if not self._began:
            self._began = True
            choice.delta.role = "assistant"

    def _end(self, response: response_pb2.Response) -> list[Chunk]:
        if response.status == "failed":
            raise failure(response, started=self._began)
        output = list(response.output)
        chunks: list[Chunk] = []
        numbers = self._places.of_output(output)
        for number, item in zip(numbers, output, strict=True):
            chunk = self._top()
            choice = chunk.choices.add(index=0)
            self._items.done(item, number, choice)
            if self._says(choice):
                self._begin(choice)
                chunks.append(chunk)
        # Some servers leave out of the response what they have streamed.
        output += [item for number, item in sorted(self._items.whole.items()) if number not in numbers]
        self._response = response
        chunks.append(self._last(response, output))
        if self._usage and response.HasField("usage"):
            usage = self._top()
            usage.usage.CopyFrom(chat_usage(response.usage))
            chunks.append(usage)
        return chunks

    def _last(self, response: response_pb2.Response, output: Any) -> Chunk:
        chunk = self._top()
        choice = chunk.choices.add(index=0)
        self._begin(choice)
        whole = response_pb2.Response(output=output)
        copy_fields(response, whole, {"status", "incomplete_details"})
        reason = finish_reason(whole)
        if reason:
            choice.finish_reason = "tool_calls" if reason == "stop" and self._items.calls else reason
        fields = provider_fields(output)
        if fields:
            choice.delta.provider_specific_fields_json = dumps(fields).decode()
        carry_rest(response, chunk)
        copy_fields(response, chunk, {"moderation"})
        return chunk


def position(event: Any) -> int | None:
    """Returns the output index of an event, if any."""
    return event.output_index if event.HasField("output_index") else None


class OutputPlace:
    """Identity of an output item, as far as known from its events.

    Attributes:
        kind: The arm of the item.
        index: Its place in the output, once an event has named it.
        call_id: The id of the call, if it is one.
        begun: Whether an event has brought the item itself.
    """

    __slots__ = ("begun", "call_id", "index", "kind")

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.index: int | None = None
        self.call_id = ""
        self.begun = False


class OutputPlaces:
    """Finds the item of an event by id, output index, or call id, whichever the server sends.

    Items are numbered from 0 in the order in which they come, so that gaps in the places of the output, places that
    are 0 for all items, and ids that differ from event to event do no harm.
    """

    def __init__(self) -> None:
        self._places: list[OutputPlace] = []
        self._by_id: dict[str, int] = {}
        self._by_index: dict[int, int] = {}
        self._by_call: dict[str, int] = {}

    def of_event(self, event: Any, kind: str) -> int:
        """Returns the number of an event's item.

        Args:
            event: The event.
            kind: The kind of the item.
        """
        index = position(event)
        number = self._named(event.item_id, index, kind)
        if number is None and not event.item_id and index is None:
            number = self._last(lambda place: place.kind == kind)
        return self._note(self._open(kind) if number is None else number, event.item_id, index)

    def of_item(self, item: response_item_pb2.ResponseItem, index: int | None, *, begins: bool) -> int:
        """Returns the number of an added or done item.

        Args:
            item: The item.
            index: Its place in the output; None: the event does not name it.
            begins: Whether the event says that it begins.
        """
        kind, identity, call_id = names_of(item)
        number = self._by_call.get(call_id)
        if number is None:
            number = self._named(identity, index, kind)
            if number is None and not begins and index is None:
                number = self._last(lambda place: place.kind == kind and place.call_id in {"", call_id})
            if number is not None and not self._is(number, call_id, identity, begins=begins):
                number = None
        number = self._note(self._open(kind) if number is None else number, identity, index)
        self._places[number].begun = True
        self._note_call(number, call_id)
        return number

    def of_output(self, output: Sequence[response_item_pb2.ResponseItem]) -> list[int]:
        """Returns the numbers of the items of the whole output; indices and ids may differ from those of events.

        Args:
            output: The items.
        """
        numbers: dict[int, int] = {}
        taken: set[int] = set()
        for index, item in enumerate(output):
            kind, identity, call_id = names_of(item)
            number = self._by_call.get(call_id, self._by_id.get(identity) if identity and not call_id else None)
            if number is not None and number not in taken and self._places[number].kind == kind:
                numbers[index] = number
                taken.add(number)
        for index, item in enumerate(output):
            if index not in numbers:
                kind, _, call_id = names_of(item)
                others = (number for number in self._in_order(index) if number not in taken)
                number = next((each for each in others if self._may_be(each, kind, call_id)), None)
                numbers[index] = self._open(kind) if number is None else number
                taken.add(numbers[index])
        return [numbers[index] for index in range(len(output))]

    def _in_order(self, index: int) -> Iterator[int]:
        """Yields the items, the one at an output index first."""
        if index in self._by_index:
            yield self._by_index[index]
        yield from range(len(self._places))

    def _may_be(self, number: int, kind: str, call_id: str) -> bool:
        place = self._places[number]
        return place.kind == kind and (not call_id or not place.call_id)

    def _named(self, identity: str, index: int | None, kind: str) -> int | None:
        """Returns the item with an id or at an output index; for a duplicate id, the index decides."""
        known = self._by_id.get(identity) if identity else None
        if known is not None and self._places[known].kind == kind:
            at = self._places[known].index
            if index is None or at is None or at == index:
                return known
        if index is None:
            return None
        number = self._by_index.get(index)
        if number is not None and self._places[number].kind != kind:
            return self._last(lambda place: place.index == index and place.kind == kind)
        return number

    def _is(self, number: int, call_id: str, identity: str, *, begins: bool) -> bool:
        """Returns whether an item can be the one of earlier events: same call, and not added twice."""
        place = self._places[number]
        if call_id and place.call_id not in {"", call_id}:
            return False
        return not (begins and place.begun and self._by_id.get(identity) != number)

    def _last(self, is_it: Callable[[OutputPlace], bool]) -> int | None:
        numbers = range(len(self._places) - 1, -1, -1)
        return next((number for number in numbers if is_it(self._places[number])), None)

    def _open(self, kind: str) -> int:
        self._places.append(OutputPlace(kind))
        return len(self._places) - 1

    def _note(self, number: int, identity: str, index: int | None) -> int:
        if identity:
            self._by_id[identity] = number
        if index is not None:
            self._by_index[index] = number
            self._places[number].index = index
        return number

    def _note_call(self, number: int, call_id: str) -> None:
        if call_id:
            self._by_call[call_id] = number
            self._places[number].call_id = call_id


def names_of(item: response_item_pb2.ResponseItem) -> tuple[str, str, str]:
    """Returns an item's kind, id and call id; empty if it has none."""
    kind = item.WhichOneof("kind") or ""
    arm: Any = getattr(item, kind, None)
    fields = arm.DESCRIPTOR.fields_by_name if isinstance(arm, Message) else {}
    return kind, arm.id if "id" in fields else "", arm.call_id if kind in CALLS else ""


class Streamed:
    """Tracks the streamed part of each text, so that nothing is repeated or omitted.

    Servers differ in what they stream: some send a text only when it is done, or only with its item.
    """

    def __init__(self) -> None:
        self._texts: dict[tuple[str, int, int], str] = {}

    def piece(self, kind: str, number: int, part: int, piece: str) -> str:
        """Records a fragment of a text and returns it."""
        key = (kind, number, part)
        self._texts[key] = self._texts.get(key, "") + piece
        return piece

    def rest(self, kind: str, number: int, part: int, whole: str) -> str:
        """Returns the part of a text not streamed yet, and records it as streamed."""
        key = (kind, number, part)
        said = self._texts.get(key, "")
        if not whole.startswith(said):
            return ""
        self._texts[key] = whole
        return whole[len(said) :]


class TextDeltas:
    """Converts text events into a choice of a chunk.

    Args:
        streamed: The streamed part of each text.
    """

    def __init__(self, streamed: Streamed) -> None:
        self._streamed = streamed
        self._length = 0
        self._starts: dict[tuple[int, int], int] = {}
        self._annotations: dict[tuple[int, int], int] = {}
        self._reasoned: tuple[str, int, int] | None = None

    def text_delta(self, event: Any, number: int, choice: Any) -> None:
        """Adds a fragment of the content."""
        piece = self._streamed.piece("text", number, event.content_index, event.delta)
        self._write(number, event.content_index, piece, choice)
        if event.logprobs:
            choice.logprobs.content.extend(chat_logprobs(event.logprobs))

    def text_done(self, event: Any, number: int, choice: Any) -> None:
        """Adds the rest of a content part."""
        self._text(number, event.content_index, event, choice)

    def refusal_delta(self, event: Any, number: int, choice: Any) -> None:
        """Adds a fragment of a refusal."""
        choice.delta.refusal = self._streamed.piece("refusal", number, event.content_index, event.delta)

    def refusal_done(self, event: Any, number: int, choice: Any) -> None:
        """Adds the rest of a refusal."""
        self._refusal(number, event.content_index, event.refusal, choice)

    def annotation_added(self, event: Any, number: int, choice: Any) -> None:
        """Adds an annotation."""
        place = (number, event.content_index)
        self._annotations[place] = self._annotations.get(place, 0) + 1
        choice.delta.annotations.append(chat_annotation(event.annotation, self._start(*place)))

    def summary_delta(self, event: Any, number: int, choice: Any) -> None:
        """Adds a fragment of the reasoning summary."""
        piece = self._streamed.piece("summary", number, event.summary_index, event.delta)
        self._reason(("summary", number, event.summary_index), piece, choice)

    def summary_done(self, event: Any, number: int, choice: Any) -> None:
        """Adds the rest of a part of the summary."""
        self._reasoning("summary", number, event.summary_index, event.text, choice)

    def reasoning_delta(self, event: Any, number: int, choice: Any) -> None:
        """Adds a fragment of the reasoning text."""
        piece = self._streamed.piece("reasoning", number, event.content_index, event.delta)
        self._reason(("reasoning", number, event.content_index), piece, choice)

    def reasoning_done(self, event: Any, number: int, choice: Any) -> None:
        """Adds the rest of a reasoning part."""
        self._reasoning("reasoning", number, event.content_index, event.text, choice)

    def message_done(self, item: Any, number: int, choice: Any) -> None:
        """Adds the parts of a message that were not streamed."""
        if item.content.text:
            self._text(number, 0, response_content_pb2.ResponseOutputText(text=item.content.text), choice)
        for index, part in enumerate(item.content.parts.parts):
            if part.HasField("output_text"):
                self._text(number, index, part.output_text, choice)
                begun = self._annotations.get((number, index), 0)
                start = self._start(number, index)
                annotations = [chat_annotation(each, start) for each in part.output_text.annotations[begun:]]
                choice.delta.annotations.extend(annotations)
                self._annotations[number, index] = begun + len(annotations)
            elif part.HasField("refusal"):
                self._refusal(number, index, part.refusal.refusal, choice)

    def reasoning_item_done(self, item: Any, number: int, choice: Any) -> None:
        """Adds the parts of a reasoning item that were not streamed."""
        for kind, parts in (("summary", item.summary), ("reasoning", item.content)):
            for index, part in enumerate(parts):
                self._reasoning(kind, number, index, part.text, choice)

    def _text(self, number: int, index: int, whole: Any, choice: Any) -> None:
        unseen = (number, index) not in self._starts
        rest = self._streamed.rest("text", number, index, whole.text)
        self._write(number, index, rest, choice)
        if unseen and whole.logprobs:
            choice.logprobs.content.extend(chat_logprobs(whole.logprobs))

    def _write(self, number: int, index: int, text: str, choice: Any) -> None:
        self._start(number, index)
        if text:
            self._length += len(text)
            choice.delta.content += text

    def _start(self, number: int, index: int) -> int:
        """Returns the start of a part within the content."""
        return self._starts.setdefault((number, index), self._length)

    def _refusal(self, number: int, index: int, whole: str, choice: Any) -> None:
        rest = self._streamed.rest("refusal", number, index, whole)
        if rest:
            choice.delta.refusal += rest

    def _reasoning(self, kind: str, number: int, index: int, whole: str, choice: Any) -> None:
        rest = self._streamed.rest(kind, number, index, whole)
        self._reason((kind, number, index), rest, choice)

    def _reason(self, place: tuple[str, int, int], text: str, choice: Any) -> None:
        if text:
            apart = self._reasoned not in {None, place}
            self._reasoned = place
            choice.delta.reasoning_content += SEPARATOR + text if apart else text


class ItemDeltas:
    """Converts item events into a choice of a chunk.

    Args:
        texts: Writes the texts.
        streamed: The streamed part of each text.

    Attributes:
        whole: The items that are done, by their numbers.
        calls: The index of each tool call, by its item's number.
    """

    def __init__(self, texts: TextDeltas, streamed: Streamed) -> None:
        self.whole: dict[int, response_item_pb2.ResponseItem] = {}
        self.calls: dict[int, int] = {}
        self._texts = texts
        self._streamed = streamed
        self._told: dict[int, tuple[str, str, dict[str, Any]]] = {}
        self._images: dict[int, int] = {}
        self._details = 0

    def added(self, item: response_item_pb2.ResponseItem, number: int, choice: Any) -> None:
        """Handles an added item; a tool call gets its id and name."""
        if item.WhichOneof("kind") in CALLS:
            self._tell(item, number, choice)

    def done(self, item: response_item_pb2.ResponseItem, number: int, choice: Any) -> None:
        """Handles a complete item; a repeated one adds only what was omitted before."""
        again = number in self.whole
        self.whole[number] = item
        kind = item.WhichOneof("kind")
        if kind == "message":
            self._texts.message_done(item.message, number, choice)
        elif kind == "reasoning":
            self._texts.reasoning_item_done(item.reasoning, number, choice)
            details = [] if again else reasoning_details(item.reasoning, self._details)
            self._details += len(details)
            choice.delta.reasoning_details.extend(details)
        elif kind == "function_call":
            self._tell(item, number, choice)
            self._arguments(number, item.function_call.arguments, choice)
        elif kind == "custom_tool_call":
            self._tell(item, number, choice)
            self._input(number, item.custom_tool_call.input, choice)
        elif kind == "image_generation_call" and item.image_generation_call.result and not again:
            choice.delta.images.append(image(item.image_generation_call, self._image(number)))

    def arguments_delta(self, event: Any, number: int, choice: Any) -> None:
        """Adds a fragment of a function's arguments."""
        self._call(number, choice).function.arguments += self._streamed.piece("arguments", number, 0, event.delta)

    def arguments_done(self, event: Any, number: int, choice: Any) -> None:
        """Adds the rest of a function's arguments."""
        self._arguments(number, event.arguments, choice)

    def input_delta(self, event: Any, number: int, choice: Any) -> None:
        """Adds a fragment of a custom tool's input."""
        self._call(number, choice).custom.input += self._streamed.piece("input", number, 0, event.delta)

    def input_done(self, event: Any, number: int, choice: Any) -> None:
        """Adds the rest of a custom tool's input."""
        self._input(number, event.input, choice)

    def partial_image(self, event: Any, number: int, choice: Any) -> None:
        """Adds a partial image, replaced by the next one of the same index."""
        choice.delta.images.append(image(event, self._image(number), event.partial_image))

    def _tell(self, item: response_item_pb2.ResponseItem, number: int, choice: Any) -> None:
        """Writes the name and id of an item's call, unless already written: they may arrive late."""
        kind = item.WhichOneof("kind") or ""
        source: Any = getattr(item, kind)
        says = source.call_id, source.name, telling(source.extra_json)
        told = self._told.get(number)
        if told is None:
            call = self._call(number, choice)
            call.id = source.call_id
            copy_fields(source, call, {"namespace"})
            carry_extra(source, call)
            if kind == "function_call":
                call.type = "function"
                call.function.name = source.name
                call.function.arguments = ""
            else:
                call.type = "custom"
                call.custom.name = source.name
                call.custom.input = ""
        elif any(now and now != before for now, before in zip(says, told, strict=True)):
            call = self._call(number, choice)
            call.id = source.call_id or told[0]
            getattr(call, "function" if kind == "function_call" else "custom").name = source.name or told[1]
            carry_extra(source, call)
        self._told[number] = says

    def _call(self, number: int, choice: Any) -> Any:
        """Returns the tool call in the delta, by the call's index."""
        index = self.calls.setdefault(number, len(self.calls))
        pieces = choice.delta.tool_calls
        return pieces[-1] if pieces else pieces.add(index=index)

    def _arguments(self, number: int, whole: str, choice: Any) -> None:
        rest = self._streamed.rest("arguments", number, 0, whole)
        if rest:
            self._call(number, choice).function.arguments += rest

    def _input(self, number: int, whole: str, choice: Any) -> None:
        rest = self._streamed.rest("input", number, 0, whole)
        if rest:
            self._call(number, choice).custom.input += rest

    def _image(self, number: int) -> int:
        return self._images.setdefault(number, len(self._images))
