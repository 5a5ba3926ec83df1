"""The tool calls of a response as they grow."""

from typing import Any

from openai_grpc.codec import loads
from openai_grpc.v1 import response_event_pb2
from openai_grpc_server.bridge.losses import add_extra, carry_extra
from openai_grpc_server.bridge.responses_to_chat.output_items import COMPLETED, IN_PROGRESS, OutputItems


class OutputCalls:
    """Tool calls, which may grow side by side, as chat numbers them: they are done when everything is.

    Args:
        items: The items of the response.
    """

    def __init__(self, items: OutputItems) -> None:
        self._items = items
        self._calls: dict[int, tuple[int, list[str]]] = {}

    def knows(self, number: int) -> bool:
        """Whether a call has begun."""
        return number in self._calls

    def add(self, piece: Any) -> None:
        """Adds a piece of a call; the first one says which tool it is."""
        custom = piece.HasField("custom") or piece.type == "custom"
        if piece.index not in self._calls:
            self._calls[piece.index] = (self._begin(piece, custom=custom), [])
        index, pieces = self._calls[piece.index]
        delta = piece.custom.input if custom else piece.function.arguments
        if not delta:
            return
        pieces.append(delta)
        place: dict[str, Any] = {"item_id": self._items.identity(index), "output_index": index}
        if custom:
            event = response_event_pb2.ResponseCustomToolCallInputDeltaEvent(delta=delta, **place)
            self._items.emit("custom_tool_call_input_delta", event)
        else:
            arguments = response_event_pb2.ResponseFunctionCallArgumentsDeltaEvent(delta=delta, **place)
            self._items.emit("function_call_arguments_delta", arguments)

    def end(self) -> None:
        """Ends all calls, in the order in which they began."""
        for index, pieces in self._calls.values():
            self._end(index, "".join(pieces))
        self._calls.clear()

    def _begin(self, piece: Any, *, custom: bool) -> int:
        index = self._items.add("custom_tool_call" if custom else "function_call")
        item = self._items.items[index]
        target: Any = item.custom_tool_call if custom else item.function_call
        target.call_id = piece.id or f"call_{self._items.suffix}_{index}"
        target.name = piece.custom.name if custom else piece.function.name
        target.status = IN_PROGRESS
        if custom:
            target.input = ""
        else:
            target.arguments = ""
        if piece.HasField("namespace"):
            target.namespace = piece.namespace
        carry_extra(piece, target)
        if piece.google.extra_content_json:
            add_extra(target, extra_content=loads(piece.google.extra_content_json))
        self._items.added(index)
        return index

    def _end(self, index: int, whole: str) -> None:
        item = self._items.items[index]
        place: dict[str, Any] = {"item_id": self._items.identity(index), "output_index": index}
        if item.HasField("custom_tool_call"):
            item.custom_tool_call.input = whole
            item.custom_tool_call.status = COMPLETED
            done = response_event_pb2.ResponseCustomToolCallInputDoneEvent(input=whole, **place)
            self._items.emit("custom_tool_call_input_done", done)
        else:
            item.function_call.arguments = whole
            item.function_call.status = COMPLETED
            arguments = response_event_pb2.ResponseFunctionCallArgumentsDoneEvent(arguments=whole, **place)
            self._items.emit("function_call_arguments_done", arguments)
        self._items.done(index)
