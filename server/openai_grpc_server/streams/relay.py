"""Relays the upstream's events to the caller, in batches of what has come together."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from types import TracebackType
from typing import Any, Protocol

from google.protobuf.message import Message

from openai_grpc.codec import CodecError, count_json_elements, loads, loads_in_steps
from openai_grpc.v1 import CONTRACT_REVISION
from openai_grpc_server.calls.call import Call
from openai_grpc_server.calls.reply import encoder_of, measure, write
from openai_grpc_server.errors import GatewayError, InvalidUpstreamJsonError, MessageTooLargeError
from openai_grpc_server.errors.upstream import plain_text
from openai_grpc_server.runtime.offload import SMALL, beside_loop
from openai_grpc_server.streams.delta_cache import RepeatedEvents, Variable
from openai_grpc_server.telemetry.log import frames
from openai_grpc_server.upstream import ServerSentEvent


class EventSource(Protocol):
    """A reply that is a stream of events."""

    def event_batches(self) -> AsyncIterator[list[ServerSentEvent]]:
        """Yields the events, together what has come together."""


class EventReader(Protocol):
    """Reads the events of one stream.

    Attributes:
        complete: Whether the stream has said that it is finished; what goes wrong after that is no matter.
        failure: The error that the event just read stands for; its message, if it is one, still goes out first.
    """

    complete: bool
    failure: GatewayError | None

    @property
    def variables(self) -> Sequence[Variable]:
        """What of an event may differ from the one before without the reader having to see it; empty: it sees all."""

    def read(self, value: Any) -> Any:
        """Returns the message of an event, a list of several, or None for one that the caller does not get.

        Args:
            value: The event's data, as `loads` gives it.

        Raises:
            CodecError: The event has no place in the contract.
        """

    def ended(self) -> None:
        """Called when the upstream has ended its answer in order; may set `complete`."""

    def last(self) -> Message | Sequence[Message] | None:
        """Called once when the stream has ended as it should; returns what follows, if anything does."""


MAX_FRAMES = 8  # of a traceback in the log, those nearest to the failure


class Reading:
    """A context in which every failure to read becomes `InvalidUpstreamJsonError`.

    Failures that have a status of their own stay as they are, and so does `MemoryError`, which is the gateway's.

    Args:
        call: The call; takes note of where a reader failed, for the log.
        data: What is read, whose beginning the caller is told; empty for events.
    """

    __slots__ = ("_call", "_data")

    def __init__(self, call: Call, data: bytes = b"") -> None:
        self._call = call
        self._data = data

    def __enter__(self) -> None:
        """Does nothing."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Replaces an exception.

        Raises:
            InvalidUpstreamJsonError: In its place.
        """
        if not isinstance(error, Exception) or isinstance(error, (GatewayError, MemoryError)):
            return
        parts = ["The upstream sent what is not the JSON it should be"]
        if isinstance(error, CodecError):
            parts.append(str(error))
        else:
            self._call.unreadable = frames(error)[-MAX_FRAMES:]
        if self._data:
            parts.append(plain_text(self._data, ""))
        error.__traceback__ = None  # its frames hold the reply
        raise InvalidUpstreamJsonError(": ".join(parts), maybe_billed=not self._call.rpc.safe) from None


DONE = b"[DONE]"
BACKSLASH = ord("\\")
BATCH = 32  # events: more would keep other calls waiting


async def relay(call: Call, response: EventSource, reader: EventReader) -> None:
    """Writes the messages of a stream until it ends.

    A batch is read before any of it is written: gRPC merges writes that follow each other closely.
    """
    # Ids that are sealed differ each time, and a message for an older caller is not the one that was read.
    same = call.ownership is None and call.head.revision >= CONTRACT_REVISION
    repeated = RepeatedEvents(reader.variables if same else ())
    reading = Reading(call)
    async for events in response.event_batches():
        for batch, size in batches(events):
            messages: list[bytes] = []
            if size > SMALL or call.sent.large:
                measure(call, batch[0].data)  # a batch that is not small is one event
            try:
                with reading:
                    done = await beside_loop(call.sent.large, read, call, reader, repeated, batch, messages)
            finally:  # what came before a failure goes out before it
                await write(call, messages)
            if done:
                return
            if len(messages) >= BATCH or size > SMALL:  # writing may not have had to wait for anything
                await asyncio.sleep(0)
    with reading:
        reader.ended()


def batches(events: Sequence[ServerSentEvent]) -> Iterator[tuple[Sequence[ServerSentEvent], int]]:
    """Yields events in batches, and how many bytes each has: as many as may be, but few bytes, or one large event."""
    if len(events) == 1:
        yield events, len(events[0].data)
        return
    start = size = 0
    for index, event in enumerate(events):
        size += len(event.data)
        if size > SMALL or index - start == BATCH:
            if index > start:
                yield events[start:index], size - len(event.data)
            start, size = index, len(event.data)
    yield events[start:], size


def read(
    call: Call,
    reader: EventReader,
    repeated: RepeatedEvents,
    events: Sequence[ServerSentEvent],
    messages: list[bytes],
) -> bool:
    """Reads a batch of events.

    Args:
        call: The call.
        reader: What the events mean.
        repeated: Reads those that repeat the one before.
        events: The events.
        messages: Their messages are added to it, also those before a failure.

    Returns:
        Whether one of them was `[DONE]`.

    Raises:
        CodecError: An event is no JSON object, or has no place in the contract.
        GatewayError: An event is a failure.
    """
    read_event, read_repeated, written = reader.read, repeated.read, encoder(call)
    for event in events:
        again = read_repeated(event.data)
        if again is not None:
            messages.append(written(again))
            continue
        if event.data == DONE:
            reader.complete = True
            return True
        if call.sent.large:
            check_elements(call, event.data)
            value = loads_in_steps(event.data)
        else:
            value = loads(event.data)
        if type(value) is not dict:
            raise CodecError("no JSON object")
        # Looking for one byte costs a tenth of looking for an escape.
        if repeated.cut.halves or (BACKSLASH in event.data and b"\\ud" in event.data.lower()):
            repeated.join(value)
        message = read_event(value)
        if type(message) is list:
            messages += [written(each) for each in message]
        elif message is not None:
            messages.append(written(message))
            repeated.learn(event.data, message)
        if reader.failure is not None:
            raise reader.failure
    return False


def encoder(call: Call) -> Callable[[Message], bytes]:
    """Returns what writes a message as the caller gets it, and notes its text where that may have to be estimated."""
    encode, meter = encoder_of(call), call.access.meter
    if meter is None:
        return encode

    def metered(message: Message) -> bytes:
        meter.read(message)
        return encode(message)

    return metered


def check_elements(call: Call, data: bytes) -> None:
    """Checks a JSON text of the upstream's before it is parsed: objects take up to a hundred times its bytes.

    Raises:
        MessageTooLargeError: It has too many elements.
    """
    if len(data) > call.max_elements and count_json_elements(data, call.max_elements) > call.max_elements:
        raise MessageTooLargeError(
            f"The upstream sent more than {call.max_elements} objects, lists and strings in one message, "
            "the limit of server.max_message_elements",
            maybe_billed=not call.rpc.safe,
        )
