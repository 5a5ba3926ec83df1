"""The items of a streamed response as deltas of a chat message: tool calls, images, details of reasoning."""

from typing import Any

from openai_grpc.v1 import response_item_pb2
from openai_grpc_server.bridge.chat_to_responses.reply import image
from openai_grpc_server.bridge.chat_to_responses.stream_texts import Streamed, TextDeltas
from openai_grpc_server.bridge.losses import carry_extra, copy_fields
from openai_grpc_server.bridge.reasoning import reasoning_details


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
