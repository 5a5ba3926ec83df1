"""Relays the upstream's events to the caller, in batches as received."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import chain
from types import TracebackType
from typing import Any, Protocol

from google.protobuf.message import Message

from openai_grpc.codec import CodecError, count_json_elements, loads, loads_in_steps
from openai_grpc_server.calls.call import Call
from openai_grpc_server.calls.reply import encoder_of, measure, write, wrote
from openai_grpc_server.errors import (
    GatewayError,
    InvalidUpstreamJsonError,
    MessageTooLargeError,
    UnframedReplyError,
    stated_error,
)
from openai_grpc_server.errors.upstream import plain_text
from openai_grpc_server.routing.failures import blamed
from openai_grpc_server.runtime.offload import SMALL, beside_loop
from openai_grpc_server.streams.deltas import RepeatedEvents, Variable
from openai_grpc_server.telemetry.log import frames
from openai_grpc_server.upstream import ERROR, UNFRAMED, ServerSentEvent, UpstreamResponse, is_event


class EventSource(Protocol):
    """A streamed reply."""

    def event_batches(self) -> AsyncIterator[list[ServerSentEvent]]:
        """Yields the events in batches as received."""


class EventReader(Protocol):
    """Reads the events of one stream.

    Attributes:
        complete: Whether the stream has said that it is finished; what goes wrong after that is no matter.
        failure: The error that the event just read stands for; its message, if it is one, still goes out first.
        started: Whether more than lifecycle events has come: output of the model, or the end of the stream.
    """

    complete: bool
    failure: GatewayError | None

    @property
    def started(self) -> bool:
        """True if output has been received, not only lifecycle events."""

    @property
    def variables(self) -> Sequence[Variable]:
        """Fields that may differ between repeated events that skip the reader; empty: it reads all events."""

    def read(self, value: Any) -> Any:
        """Returns the message of an event, a list of several, or None for an event that is not passed on.

        Args:
            value: The event's data, as `loads` gives it.

        Raises:
            CodecError: The event has no place in the contract.
        """

    def done(self) -> None:
        """Called at `[DONE]`; may set `complete`, or `failure`."""

    def ended(self) -> None:
        """Called at a proper end of the reply; may set `complete`, or `failure`."""

    def last(self) -> Message | Sequence[Message] | None:
        """Called once at the end of a complete stream; returns a last message, if any."""


MAX_FRAMES = 8  # of a traceback in the log, those nearest to the failure


class Reading:
    """A context in which every failure to read becomes `InvalidUpstreamJsonError`.

    Failures that have a status of their own stay as they are, and so does `MemoryError`, which is the gateway's.

    Args:
        call: The call; takes note of where a reader failed, for the log.
        data: The data read, whose beginning is quoted to the caller; empty for events.
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
HOLD_TIME = 1.0  # seconds that lifecycle events are held back
HOLD_MESSAGES = 32
HOLD_BYTES = 256 * 1024
AFTER_ERROR_TIME = 1.0  # seconds that a stream is read on after an error
AFTER_ERROR_BYTES = 4 * 1024 * 1024


class Hold:
    """Buffer of lifecycle events, so that the call can still fail over to another deployment.

    They go out with the first message that is more than that, when they become too many, or after `HOLD_TIME`.

    Args:
        call: The call.
        reader: Reader of its stream.
    """

    def __init__(self, call: Call, reader: EventReader) -> None:
        self._call = call
        self._reader = reader
        self._messages: list[bytes] = []
        self._size = 0
        self._timer: asyncio.TimerHandle | None = None
        self._late: asyncio.Task[None] | None = None

    async def write(self, messages: list[bytes]) -> bool:
        """Buffers messages, and writes them when due.

        Returns:
            Whether it still holds back.
        """
        self._messages += messages
        self._size += sum(map(len, messages))
        within = len(self._messages) <= HOLD_MESSAGES and self._size <= HOLD_BYTES
        if within and not self._reader.started and self._late is None:
            if messages and self._timer is None:
                self._timer = asyncio.get_running_loop().call_later(HOLD_TIME, self._expire)
            return True
        await self.release()
        return False

    async def release(self) -> None:
        """Writes the buffered messages."""
        await self.close()
        await self._write()

    async def close(self) -> None:
        """Stops the timer and waits for its pending write."""
        if self._timer is not None:
            self._timer.cancel()
        if self._late is not None:
            await self._late

    def abandon(self) -> None:
        """Drops the buffered messages and the pending write."""
        self._messages = []
        if self._timer is not None:
            self._timer.cancel()
        if self._late is not None:
            self._late.cancel()
            self._late.add_done_callback(lambda late: late.cancelled() or late.exception())
            self._late = None

    def _expire(self) -> None:
        self._late = asyncio.get_running_loop().create_task(self._write())

    async def _write(self) -> None:
        messages, self._messages = self._messages, []
        await write(self._call, messages)


async def relay(call: Call, response: EventSource, reader: EventReader) -> None:
    """Writes the messages of a stream until it ends.

    While only lifecycle events have come, their messages are held back if another deployment may serve the call.

    Raises:
        GatewayError: The stream failed. What follows an error was written, unless the call may be tried again.
    """
    if call.sent.begun:
        await _relay(call, response, reader, None)
        return
    hold = Hold(call, reader)
    try:
        await _relay(call, response, reader, hold)
    except GatewayError as error:
        if not may_be_repeated(call, error):
            await hold.release()
        raise
    except asyncio.CancelledError:
        hold.abandon()
        raise
    else:
        await hold.release()
    finally:
        await hold.close()


def may_be_repeated(call: Call, error: GatewayError) -> bool:
    """Returns whether a call that has failed before its output began may be made again: elsewhere, or without a key."""
    route = call.route
    if call.added and blamed(error, call.added) is not None:
        return True
    return route.plan.may_move(error, route.chosen, route.attempts)


class Passage:
    """Sends events that repeat the one before as they arrive, in the callback of upstream's connection.

    That is nearly every event of a paced stream: to wake the relay's task for each would cost more than all the rest.
    Whatever is more than that is left to the task: other events, a caller who has to be waited for, a drain.

    Args:
        call: The call.
        repeated: Reads the events.

    Attributes:
        open: Whether nothing is held back, and nothing has failed.
    """

    __slots__ = ("_call", "_limit", "_repeated", "_send", "open")

    def __init__(self, call: Call, repeated: RepeatedEvents) -> None:
        self._call = call
        self._repeated = repeated
        self._send: Callable[[Sequence[bytes]], int] = getattr(call.context, "write_now", _refuse)
        self._limit = min(call.max_message_bytes, SMALL)
        self.open = False

    def source(self, response: EventSource) -> AsyncIterator[list[ServerSentEvent]]:
        """Returns the events that are left to the relay's task."""
        if isinstance(response, UpstreamResponse) and self._send is not _refuse:
            return response.event_batches(self.take)
        return response.event_batches()

    def take(self, events: list[ServerSentEvent]) -> list[ServerSentEvent]:
        """Sends events; returns those that are left to the task."""
        call = self._call
        many = BATCH if call.frames is None else 1  # by REST events that came together leave together
        if not self.open or len(events) > many or call.sent.drain_due is not None or call.route.gone:
            return events
        meter, repeated, count, size = call.access.meter, self._repeated, 0, 0
        for event in events:
            message = repeated.read(event.data)
            if message is None:
                break
            if call.frames is None:
                data = message.SerializeToString()
            elif repeated.head is not None:
                data = as_read(repeated.head, event.data)
            else:
                break
            if len(data) > self._limit or not self._send((data,)):
                break
            if meter is not None:
                meter.read(message)
            count += 1
            size += len(data)
        if count:
            wrote(call, count, size)
        return events[count:]


def _refuse(_: Sequence[bytes]) -> int:
    """Sends nothing, for gRPC's own server: its writes wait."""
    return 0


async def _relay(call: Call, response: EventSource, reader: EventReader, hold: Hold | None) -> None:
    """Does the work of `relay`.

    A batch is read before any of it is written: gRPC merges writes that follow each other closely.
    """
    frames = call.frames
    # Ids that are sealed differ each time. Of a message for an older caller the one that it gets is repeated.
    same = call.ownership is None and not (call.trace is not None and call.trace.content)
    repeated = RepeatedEvents(reader.variables if same else (), None if frames is None else frames.head_of)
    reading = Reading(call)
    passage = Passage(call, repeated)
    source = passage.source(response)
    async for events in source:
        rest = batches(events)
        for batch, size in rest:
            messages: list[bytes] = []
            unread = iter(batch)
            if size > SMALL or call.sent.large:
                measure(call, batch[0].data)  # a batch that is not small is one event
            try:
                with reading:
                    done = await beside_loop(call.sent.large, read, call, reader, repeated, unread, messages)
            except GatewayError as error:
                passage.open = False
                if error is reader.failure and not (hold and not reader.started and may_be_repeated(call, error)):
                    hold = await _write(call, hold, messages, release=True)
                    messages = []
                    await read_on(call, reader, repeated, source, chain([(unread, 0)], rest))
                raise
            finally:  # what came before a failure goes out before it
                hold = await _write(call, hold, messages)
            if done:
                return
            if len(messages) >= BATCH or size > SMALL:  # writing may not have had to wait for anything
                await asyncio.sleep(0)
        passage.open = hold is None
    with reading:
        reader.ended()
    if reader.failure is not None:
        raise reader.failure


async def _write(call: Call, hold: Hold | None, messages: list[bytes], *, release: bool = False) -> Hold | None:
    """Writes or buffers messages; returns the buffer in use."""
    if hold is None:
        await write(call, messages)
        return None
    held = await hold.write(messages)
    if release:
        await hold.release()
    return hold if held and not release else None


async def read_on(
    call: Call,
    reader: EventReader,
    repeated: RepeatedEvents,
    source: AsyncIterator[list[ServerSentEvent]],
    rest: Iterator[tuple[Iterable[ServerSentEvent], int]],
) -> None:
    """Reads and writes what follows an error: the failed response, or the usage.

    What goes wrong meanwhile is no matter, but a caller who has gone.
    """
    failure, reader.failure = reader.failure, None
    left = AFTER_ERROR_BYTES
    until = asyncio.get_running_loop().time() + AFTER_ERROR_TIME
    try:
        with suppress(GatewayError, TimeoutError):
            while not reader.complete:
                for batch, size in rest:
                    left -= size
                    if left < 0:
                        return
                    messages: list[bytes] = []
                    unread = list(batch)
                    if unread and (size > SMALL or call.sent.large):
                        measure(call, unread[0].data)
                    try:
                        with Reading(call):
                            done = await beside_loop(
                                call.sent.large, read, call, reader, repeated, iter(unread), messages
                            )
                    finally:
                        await write(call, messages)
                    if done:
                        return
                async with asyncio.timeout_at(until):
                    events = await anext(source, None)
                if events is None:
                    return
                rest = batches(events)
    finally:
        reader.failure = failure


def batches(events: Sequence[ServerSentEvent]) -> Iterator[tuple[Sequence[ServerSentEvent], int]]:
    """Yields batches of events with their size in bytes: small events together, large ones alone."""
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


def read(  # noqa: C901, PLR0912 - split up, it would cost a function call an event
    call: Call,
    reader: EventReader,
    repeated: RepeatedEvents,
    events: Iterator[ServerSentEvent],
    messages: list[bytes],
) -> bool:
    """Reads a batch of events.

    Args:
        call: The call.
        reader: Reader of the events.
        repeated: Reads those that repeat the one before.
        events: The events; after a failure those that follow it are left.
        messages: Their messages are added to it, also those before a failure.

    Returns:
        Whether one of them was `[DONE]`.

    Raises:
        CodecError: An event is no JSON object, or has no place in the contract.
        GatewayError: An event is a failure.
    """
    read_event, written, trace = reader.read, encoder(call), call.trace
    read_repeated, write_repeated = repeater(call, repeated, written)
    for event in events:
        data = event.data
        again = read_repeated(data)
        if again is not None:
            messages.append(write_repeated(again))
            continue
        value = odd_event(call, event) if data[:1] != b"{" or event.event in _ODD_TYPES else loaded(call, data)
        if value is SKIP:
            continue
        if value is DONE:
            reader.done()
            break
        if type(value) is not dict:
            raise CodecError("no JSON object")
        if trace is not None:
            trace.note(value)
        # Looking for one byte costs a tenth of looking for an escape.
        if repeated.cut.halves or (BACKSLASH in event.data and b"\\ud" in event.data.lower()):
            repeated.join(value)
        message = read_event(value)
        if type(message) is list:
            messages += [written(each) for each in message]
        elif message is not None:
            messages.append(written(message))
            if reader.started:  # else the next one may be the first with content, which the reader must see
                repeated.learn(data, message)
        if reader.failure is not None:
            break
    else:
        return False
    if reader.failure is not None:
        raise reader.failure
    return True


SKIP = object()
_ODD_TYPES = frozenset({ERROR, UNFRAMED})


def odd_event(call: Call, event: ServerSentEvent) -> Any:
    """Slow path: returns the JSON value of an unusual event.

    Returns:
        `SKIP` for an empty one, with which a relay keeps a stream alive; `DONE` for the end.

    Raises:
        CodecError: It is not JSON.
        UnframedReplyError: It is JSON without `data:` that is no error.
    """
    word = event.data.strip()
    if word.startswith(b"data:"):  # the field's name twice
        event = event._replace(data=word.removeprefix(b"data:").strip())
        word = event.data
    if event.event not in _ODD_TYPES:
        return {b"": SKIP, DONE: DONE}.get(word.strip(b'"').upper()) or loaded(call, event.data)
    try:
        value = loaded(call, event.data)
    except CodecError:
        value = plain_text(event.data, "")
    if event.event == UNFRAMED and is_event(value):
        return value
    if event.event == UNFRAMED and not (isinstance(value, dict) and stated_error(value)):
        text = plain_text(event.data, "")
        raise UnframedReplyError(
            f"The upstream sent JSON that is not an event: {text}", data=event.data, maybe_billed=not call.rpc.safe
        )
    if isinstance(value, dict) and (value.get("error") or value.get("type") == "error"):
        return value
    return {"error": value or "the upstream sent an error that says nothing"}


def loaded(call: Call, data: bytes) -> Any:
    """Returns the JSON value of an event's data."""
    if call.sent.large:
        check_elements(call, data)
        return loads_in_steps(data)
    return loads(data)


def encoder(call: Call, *, adapted: bool = False) -> Callable[[Message], bytes]:
    """Returns the encoder of messages, which records text for estimates of usage; `adapted` as for `encoder_of`."""
    encode, meter = encoder_of(call, adapted=adapted), call.access.meter
    if meter is None:
        return encode

    def metered(message: Message) -> bytes:
        meter.read(message)
        return encode(message)

    return metered


def repeater(
    call: Call, repeated: RepeatedEvents, written: Callable[[Message], bytes]
) -> tuple[Callable[[bytes], Any], Callable[[Any], bytes]]:
    """Returns the reader of repeated events and the encoder of what it reads: for a caller by REST, upstream's text."""
    if call.frames is None:
        return repeated.read, encoder(call, adapted=True)
    meter, limit = call.access.meter, call.max_message_bytes

    def read_repeated(data: bytes) -> bytes | None:
        message = repeated.read(data)
        if message is None:
            return None
        head = repeated.head
        if head is None or len(data) > limit:
            return written(message)
        if meter is not None:
            meter.read(message)
        return as_read(head, data)

    return read_repeated, bytes


def as_read(head: bytes, data: bytes) -> bytes:
    """Returns the event of upstream's text, for a caller by REST."""
    return b"%b%b\n\n" % (head, data)


def check_elements(call: Call, data: bytes) -> None:
    """Checks the elements of upstream's JSON before parsing: objects take up to a hundred times its bytes.

    Raises:
        MessageTooLargeError: It has too many elements.
    """
    if len(data) > call.max_elements and count_json_elements(data, call.max_elements) > call.max_elements:
        raise MessageTooLargeError(
            f"The upstream sent more than {call.max_elements} objects, lists and strings in one message, "
            "the limit of server.max_message_elements",
            maybe_billed=not call.rpc.safe,
        )
