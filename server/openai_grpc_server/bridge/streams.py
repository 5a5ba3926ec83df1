"""Streams of one API as streams of another."""

from collections.abc import Callable
from typing import Any

from openai_grpc.codec import dumps, from_json, loads, to_json
from openai_grpc.v1 import chat_pb2
from openai_grpc_server.calls.call import Call
from openai_grpc_server.errors import GatewayError
from openai_grpc_server.runtime.offload import is_large_json
from openai_grpc_server.streams.accumulate import ChatAccumulator
from openai_grpc_server.streams.relay import EventReader

Convert = Callable[[Any], list[Any]]
End = Callable[[], list[Any]]


class BridgedEvents(EventReader):
    """Reads the events of another API, and writes them as those of the caller's.

    Args:
        call: The call.
        reader: Reads the events as what they are.
        convert: Writes one as messages of the caller's API.
    """

    def __init__(self, call: Call, reader: EventReader, convert: Convert) -> None:
        self.failure: GatewayError | None = None
        self._call = call
        self._reader = reader
        self._convert = convert

    @property
    def variables(self) -> tuple[()]:
        """Nothing: every event must be seen."""
        return ()

    @property
    def complete(self) -> bool:
        """Whether the stream has said that it is finished."""
        return self._reader.complete

    @complete.setter
    def complete(self, value: bool) -> None:
        self._reader.complete = value

    def read(self, value: Any) -> list[Any]:
        """Returns the messages that stand for an event."""
        event = self._reader.read(value)
        self.failure = self._reader.failure
        if event is None:
            return []
        try:
            return self._convert(event)
        except GatewayError as error:
            self.failure = error
            return []

    def ended(self) -> None:
        """Tells the reader that the upstream has ended its answer."""
        self._reader.ended()

    def last(self) -> list[Any] | None:
        """Nothing follows."""
        return None


class BridgedChunks(BridgedEvents):
    """Writes chunks of a chat completion.

    Args:
        call: The call.
        reader: Reads the events as what they are.
        convert: Writes one as chunks.
        hide_usage: Whether a chunk that has nothing but the usage is kept from the caller.
        accumulate: Whether the whole completion follows.
    """

    def __init__(
        self, call: Call, reader: EventReader, convert: Convert, *, hide_usage: bool, accumulate: bool
    ) -> None:
        super().__init__(call, reader, convert)
        self._hide_usage = hide_usage
        self._accumulator = ChatAccumulator(call.max_message_bytes) if accumulate else None

    def read(self, value: Any) -> list[Any]:
        """Returns the chunks that stand for an event."""
        chunks = super().read(value)
        if self._accumulator is not None:
            for chunk in chunks:
                self._accumulator.add(loads(to_json(chunk)))
        if self._hide_usage:
            return [each for each in chunks if each.choices or not each.HasField("usage")]
        return chunks

    def last(self) -> list[Any] | None:
        """Returns a chunk that has the whole completion, if that was asked for."""
        if self._accumulator is None:
            return None
        data = dumps(self._accumulator.completion())
        whole = from_json(chat_pb2.ChatCompletion, data, in_steps=is_large_json(data))
        last = chat_pb2.ChatCompletionChunk(id=whole.id, created=whole.created, model=whole.model, accumulated=whole)
        last.call_info.CopyFrom(self._call.info())
        return [last]


class BridgedResponse(BridgedEvents):
    """Writes events of a response.

    Args:
        call: The call.
        reader: Reads the events as what they are.
        convert: Writes one as events.
        end: Returns the events that end the response.
    """

    def __init__(self, call: Call, reader: EventReader, convert: Convert, end: End) -> None:
        super().__init__(call, reader, convert)
        self._end = end

    def last(self) -> list[Any]:
        """Returns the events that end the response."""
        events = self._end()
        kind = events[-1].WhichOneof("kind")
        getattr(events[-1], kind).response.call_info.CopyFrom(self._call.info())
        return events
