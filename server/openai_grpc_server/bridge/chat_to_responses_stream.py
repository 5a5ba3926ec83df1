"""Events of a response as chunks of a chat completion."""

from typing import Any

from openai_grpc.codec import dumps
from openai_grpc.v1 import chat_pb2, response_event_pb2, response_item_pb2, response_pb2
from openai_grpc_server.bridge.chat_to_responses_reply import (
    SAME,
    carry_rest,
    failure,
    finish_reason,
    image,
    provider_fields,
)
from openai_grpc_server.bridge.losses import carry_extra, copy_fields
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


class ResponseChunks:
    """Writes the events of one response as chunks.

    Args:
        usage: Whether the caller gets a last chunk with the usage.
    """

    def __init__(self, *, usage: bool) -> None:
        self._usage = usage
        self._response = response_pb2.Response()
        self._began = False
        streamed = Streamed()
        texts = TextDeltas(streamed)
        self._items = items = ItemDeltas(texts, streamed)
        self._write = {
            "output_item_added": items.added,
            "output_item_done": items.item_done,
            "output_text_delta": texts.text_delta,
            "output_text_done": texts.text_done,
            "output_text_annotation_added": texts.annotation_added,
            "refusal_delta": texts.refusal_delta,
            "refusal_done": texts.refusal_done,
            "reasoning_summary_text_delta": texts.summary_delta,
            "reasoning_summary_text_done": texts.summary_done,
            "reasoning_text_delta": texts.reasoning_delta,
            "reasoning_text_done": texts.reasoning_done,
            "function_call_arguments_delta": items.arguments_delta,
            "function_call_arguments_done": items.arguments_done,
            "custom_tool_call_input_delta": items.input_delta,
            "custom_tool_call_input_done": items.input_done,
            "image_generation_call_partial_image": items.partial_image,
            "audio_delta": items.audio_delta,
            "audio_transcript_delta": items.transcript_delta,
        }

    def read(self, event: Event) -> list[Chunk]:
        """Returns the chunks that stand for an event. The progress of a hosted tool stands for none.

        Raises:
            GatewayError: The response has failed.
        """
        kind = event.WhichOneof("kind") or ""
        if kind in BEGUN:
            self._response = getattr(event, kind).response
            return []
        if kind in FINAL:
            return self._end(getattr(event, kind).response)
        write = self._write.get(kind)
        if write is None:
            return []
        chunk = self._top()
        choice = chunk.choices.add(index=0)
        value: Any = getattr(event, kind)
        write(value, choice)
        if not choice.delta.ListFields() and not choice.HasField("logprobs"):
            return []
        if "obfuscation" in value.DESCRIPTOR.fields_by_name and value.obfuscation:
            chunk.obfuscation = value.obfuscation
        self._begin(choice)
        return [chunk]

    def _top(self) -> Chunk:
        chunk = Chunk(created=self._response.created_at)
        copy_fields(self._response, chunk, SAME - {"metadata", "moderation"})
        return chunk

    def _begin(self, choice: Any) -> None:
        choice.delta.SetInParent()
        if not self._began:
            self._began = True
            choice.delta.role = "assistant"

    def _end(self, response: response_pb2.Response) -> list[Chunk]:
        if response.status == "failed":
            raise failure(response, started=self._began)
        done = self._items.done
        output = list(response.output) or [done[index] for index in sorted(done)]
        chunks: list[Chunk] = []
        for index, item in enumerate(output):
            if index not in done:
                whole = response_event_pb2.ResponseOutputItemDoneEvent(item=item, output_index=index)
                chunks += self.read(Event(output_item_done=whole))
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
            choice.finish_reason = reason
        fields = provider_fields(output)
        if fields:
            choice.delta.provider_specific_fields_json = dumps(fields).decode()
        carry_rest(response, chunk)
        copy_fields(response, chunk, {"moderation"})
        return chunk


class Streamed:
    """What was streamed of each text, so that nothing is said twice and nothing is left out.

    Servers differ in what they stream: some send a text only when it is done, or only with its item.
    """

    def __init__(self) -> None:
        self._texts: dict[tuple[str, int, int], str] = {}

    def piece(self, kind: str, output_index: int, part: int, piece: str) -> str:
        """Notes a piece of a text, and returns it."""
        key = (kind, output_index, part)
        self._texts[key] = self._texts.get(key, "") + piece
        return piece

    def rest(self, kind: str, output_index: int, part: int, whole: str) -> str:
        """Returns what of a text was not streamed, and notes that now it is."""
        key = (kind, output_index, part)
        said = self._texts.get(key, "")
        if not whole.startswith(said):
            return ""
        self._texts[key] = whole
        return whole[len(said) :]


class TextDeltas:
    """Writes the events of texts into a choice of a chunk.

    Args:
        streamed: What was streamed of each text.
    """

    def __init__(self, streamed: Streamed) -> None:
        self._streamed = streamed
        self._length = 0
        self._starts: dict[tuple[int, int], int] = {}
        self._annotations: dict[tuple[int, int], int] = {}
        self._reasoned: tuple[str, int, int] | None = None

    def text_delta(self, event: Any, choice: Any) -> None:
        """A piece of the content."""
        piece = self._streamed.piece("text", event.output_index, event.content_index, event.delta)
        self._write(event.output_index, event.content_index, piece, choice)
        if event.logprobs:
            choice.logprobs.content.extend(chat_logprobs(event.logprobs))

    def text_done(self, event: Any, choice: Any) -> None:
        """A whole part of the content."""
        self._text(event.output_index, event.content_index, event, choice)

    def refusal_delta(self, event: Any, choice: Any) -> None:
        """A piece of a refusal."""
        choice.delta.refusal = self._streamed.piece("refusal", event.output_index, event.content_index, event.delta)

    def refusal_done(self, event: Any, choice: Any) -> None:
        """A whole refusal."""
        self._refusal(event.output_index, event.content_index, event.refusal, choice)

    def annotation_added(self, event: Any, choice: Any) -> None:
        """An annotation."""
        place = (event.output_index, event.content_index)
        self._annotations[place] = self._annotations.get(place, 0) + 1
        choice.delta.annotations.append(chat_annotation(event.annotation, self._start(*place)))

    def summary_delta(self, event: Any, choice: Any) -> None:
        """A piece of the summary of reasoning."""
        piece = self._streamed.piece("summary", event.output_index, event.summary_index, event.delta)
        self._reason(("summary", event.output_index, event.summary_index), piece, choice)

    def summary_done(self, event: Any, choice: Any) -> None:
        """A whole part of the summary."""
        self._reasoning("summary", event.output_index, event.summary_index, event.text, choice)

    def reasoning_delta(self, event: Any, choice: Any) -> None:
        """A piece of reasoning in full."""
        piece = self._streamed.piece("reasoning", event.output_index, event.content_index, event.delta)
        self._reason(("reasoning", event.output_index, event.content_index), piece, choice)

    def reasoning_done(self, event: Any, choice: Any) -> None:
        """A whole part of reasoning."""
        self._reasoning("reasoning", event.output_index, event.content_index, event.text, choice)

    def message_done(self, item: Any, output_index: int, choice: Any) -> None:
        """A whole message, of which parts may not have been streamed."""
        for index, part in enumerate(item.content.parts.parts):
            if part.HasField("output_text"):
                self._text(output_index, index, part.output_text, choice)
                begun = self._annotations.get((output_index, index), 0)
                start = self._start(output_index, index)
                annotations = [chat_annotation(each, start) for each in part.output_text.annotations[begun:]]
                choice.delta.annotations.extend(annotations)
            elif part.HasField("refusal"):
                self._refusal(output_index, index, part.refusal.refusal, choice)

    def reasoning_item_done(self, item: Any, output_index: int, choice: Any) -> None:
        """A whole item of reasoning, of which parts may not have been streamed."""
        for kind, parts in (("summary", item.summary), ("reasoning", item.content)):
            for index, part in enumerate(parts):
                self._reasoning(kind, output_index, index, part.text, choice)

    def _text(self, output_index: int, index: int, whole: Any, choice: Any) -> None:
        unseen = (output_index, index) not in self._starts
        rest = self._streamed.rest("text", output_index, index, whole.text)
        self._write(output_index, index, rest, choice)
        if unseen and whole.logprobs:
            choice.logprobs.content.extend(chat_logprobs(whole.logprobs))

    def _write(self, output_index: int, index: int, text: str, choice: Any) -> None:
        self._start(output_index, index)
        if text:
            self._length += len(text)
            choice.delta.content += text

    def _start(self, output_index: int, index: int) -> int:
        """Returns where in the content a part of it begins."""
        return self._starts.setdefault((output_index, index), self._length)

    def _refusal(self, output_index: int, index: int, whole: str, choice: Any) -> None:
        rest = self._streamed.rest("refusal", output_index, index, whole)
        if rest:
            choice.delta.refusal += rest

    def _reasoning(self, kind: str, output_index: int, index: int, whole: str, choice: Any) -> None:
        rest = self._streamed.rest(kind, output_index, index, whole)
        self._reason((kind, output_index, index), rest, choice)

    def _reason(self, place: tuple[str, int, int], text: str, choice: Any) -> None:
        if text:
            apart = self._reasoned not in {None, place}
            self._reasoned = place
            choice.delta.reasoning_content += SEPARATOR + text if apart else text


class ItemDeltas:
    """Writes the events of items into a choice of a chunk.

    Args:
        texts: Writes the texts.
        streamed: What was streamed of each text.

    Attributes:
        done: The items that are done, by their place in the output.
    """

    def __init__(self, texts: TextDeltas, streamed: Streamed) -> None:
        self.done: dict[int, response_item_pb2.ResponseItem] = {}
        self._texts = texts
        self._streamed = streamed
        self._calls: dict[int, int] = {}
        self._images: dict[int, int] = {}
        self._details = 0

    def added(self, event: Any, choice: Any) -> None:
        """An item that has begun: a tool call says which one it is."""
        self._open(event.item, event.output_index, choice)

    def item_done(self, event: Any, choice: Any) -> None:
        """An item that is complete."""
        item, index = event.item, event.output_index
        self.done[index] = item
        kind = item.WhichOneof("kind")
        if kind == "message":
            self._texts.message_done(item.message, index, choice)
        elif kind == "reasoning":
            self._texts.reasoning_item_done(item.reasoning, index, choice)
            details = reasoning_details(item.reasoning, self._details)
            self._details += len(details)
            choice.delta.reasoning_details.extend(details)
        elif kind == "function_call":
            self._open(item, index, choice)
            self._arguments(index, item.function_call.arguments, choice)
        elif kind == "custom_tool_call":
            self._open(item, index, choice)
            self._input(index, item.custom_tool_call.input, choice)
        elif kind == "image_generation_call" and item.image_generation_call.result:
            choice.delta.images.append(image(item.image_generation_call, self._image(index)))

    def arguments_delta(self, event: Any, choice: Any) -> None:
        """A piece of a function's arguments."""
        piece = self._streamed.piece("arguments", event.output_index, 0, event.delta)
        self._call(event.output_index, choice).function.arguments += piece

    def arguments_done(self, event: Any, choice: Any) -> None:
        """A function's whole arguments."""
        self._arguments(event.output_index, event.arguments, choice)

    def input_delta(self, event: Any, choice: Any) -> None:
        """A piece of a custom tool's input."""
        piece = self._streamed.piece("input", event.output_index, 0, event.delta)
        self._call(event.output_index, choice).custom.input += piece

    def input_done(self, event: Any, choice: Any) -> None:
        """A custom tool's whole input."""
        self._input(event.output_index, event.input, choice)

    def partial_image(self, event: Any, choice: Any) -> None:
        """An image that is not finished; the next one of the same index takes its place."""
        choice.delta.images.append(image(event, self._image(event.output_index), event.partial_image))

    def audio_delta(self, event: Any, choice: Any) -> None:
        """A piece of speech."""
        choice.delta.audio.data = event.delta

    def transcript_delta(self, event: Any, choice: Any) -> None:
        """A piece of the speech's text."""
        choice.delta.audio.transcript = event.delta

    def _open(self, item: response_item_pb2.ResponseItem, output_index: int, choice: Any) -> None:
        kind = item.WhichOneof("kind")
        if output_index in self._calls or kind not in {"function_call", "custom_tool_call"}:
            return
        source: Any = getattr(item, kind)
        call = self._call(output_index, choice)
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

    def _call(self, output_index: int, choice: Any) -> Any:
        """Returns the delta's piece of a tool call, under the call's place among the calls."""
        index = self._calls.setdefault(output_index, len(self._calls))
        pieces = choice.delta.tool_calls
        return pieces[-1] if pieces else pieces.add(index=index)

    def _arguments(self, output_index: int, whole: str, choice: Any) -> None:
        rest = self._streamed.rest("arguments", output_index, 0, whole)
        if rest:
            self._call(output_index, choice).function.arguments += rest

    def _input(self, output_index: int, whole: str, choice: Any) -> None:
        rest = self._streamed.rest("input", output_index, 0, whole)
        if rest:
            self._call(output_index, choice).custom.input += rest

    def _image(self, output_index: int) -> int:
        return self._images.setdefault(output_index, len(self._images))
