"""The list of a response's output items, and the events that say which ones there are."""

from collections.abc import Callable

from google.protobuf.message import Message

from openai_grpc.v1 import response_event_pb2, response_item_pb2

Emit = Callable[[str, Message], None]
Item = response_item_pb2.ResponseItem
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
    """The items of a response.

    Args:
        suffix: What the ids of the items are made from.
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
        """Adds an item, of which nothing is told yet, and returns its place."""
        index = len(self.items)
        item = Item()
        getattr(item, kind).id = f"{PREFIXES[kind]}_{self.suffix}_{index}"
        self.items.append(item)
        return index

    def identity(self, index: int) -> str:
        """Returns the id of an item."""
        item = self.items[index]
        identity: str = getattr(item, item.WhichOneof("kind") or "").id
        return identity

    def added(self, index: int) -> None:
        """Tells that an item has begun."""
        event = response_event_pb2.ResponseOutputItemAddedEvent(item=self.items[index], output_index=index)
        self.emit("output_item_added", event)

    def done(self, index: int) -> None:
        """Tells that an item is complete."""
        event = response_event_pb2.ResponseOutputItemDoneEvent(item=self.items[index], output_index=index)
        self.emit("output_item_done", event)
