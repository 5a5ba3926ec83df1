"""The output of a response as it grows, with the events that tell of it."""

from collections.abc import Sequence
from typing import Any

from openai_grpc.codec import loads
from openai_grpc.v1 import response_content_pb2, response_event_pb2
from openai_grpc_server.bridge.losses import add_extra
from openai_grpc_server.bridge.responses_to_chat.output_calls import OutputCalls
from openai_grpc_server.bridge.responses_to_chat.output_items import COMPLETED, IN_PROGRESS, Emit, Item, OutputItems

ContentPart = response_content_pb2.ResponseContentPart


class Output:
    """The items of a response.

    Text and reasoning are one item after the other. Tool calls may grow side by side, as chat numbers them: they are
    done when everything is.

    Args:
        suffix: What the ids of the items end with.
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
        """Adds a piece of text."""
        self._begin_part("output_text")
        self._pieces.append(delta)
        self._logprobs.extend(logprobs)
        event = response_event_pb2.ResponseTextDeltaEvent(delta=delta, logprobs=logprobs, **self._place())
        self._emit("output_text_delta", event)

    def refusal(self, delta: str) -> None:
        """Adds a piece of a refusal."""
        self._begin_part("refusal")
        self._pieces.append(delta)
        self._emit("refusal_delta", response_event_pb2.ResponseRefusalDeltaEvent(delta=delta, **self._place()))

    def reasoning(self, delta: str) -> None:
        """Adds a piece of reasoning."""
        self._begin_part("reasoning_text")
        self._pieces.append(delta)
        event = response_event_pb2.ResponseReasoningTextDeltaEvent(delta=delta, **self._place())
        self._emit("reasoning_text_delta", event)

    def reasoning_details(self, details: Sequence[dict[str, Any]]) -> None:
        """Adds what a server wants back of its reasoning beside the text: a signature, or the encrypted whole."""
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

    def call(self, piece: Any) -> None:
        """Adds a piece of a tool call."""
        if not self._calls.knows(piece.index):
            self._end_item()
        self._calls.add(piece)

    def image(self, data: bytes, mime_type: str) -> None:
        """Adds an image that the model has made."""
        self._end_item()
        index = self._items.add("image_generation_call")
        item = self.items[index].image_generation_call
        item.status = IN_PROGRESS
        self._items.added(index)
        item.result = data
        item.output_format = mime_type.removeprefix("image/")
        item.status = COMPLETED
        self._items.done(index)

    def end(self) -> None:
        """Ends everything that is open."""
        self._end_item()
        self._calls.end()

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
        """Returns the open part as it is now."""
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
        """Puts a part that is done into its item, and tells of its text."""
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

    def _end_item(self) -> None:
        if self._item is None:
            return
        self._end_part()
        kind = self._item.WhichOneof("kind") or ""
        getattr(self._item, kind).status = COMPLETED
        self._item = None
        self._items.done(self._index)

    def _place(self) -> dict[str, Any]:
        identity = self._items.identity(self._index)
        return {"item_id": identity, "output_index": self._index, "content_index": self._part}
