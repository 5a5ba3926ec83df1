"""Events that say again what the one before them said, but for a piece of text: nearly all of a stream.

Such an event is not parsed. Its bytes are compared with those of the one before, and the message that was read from
that one gets the new text. What stands around the text is equal to the last byte, so its meaning is, too.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from google.protobuf.message import Message

from openai_grpc_server.streams.deltas import CutCharacters

_MAX_DIGITS = 9  # fit any integer field
_LEARN_COST = 4  # hits that it takes to make up for a pattern that was learned
_CREDIT = 16
# Bytes of events that a message may have stood for: Protobuf keeps each text that it ever had until it is dropped.
_MAX_KEPT = 1 << 16


class Variable(NamedTuple):
    """A field that differs from event to event.

    Attributes:
        key: Its JSON key, with quotes.
        holder: Returns the message that has the field, or None if this one has it not.
        field: The field's name.
        number: Whether it is an integer; else it is a string.
    """

    key: bytes
    holder: Callable[[Any], Message | None]
    field: str
    number: bool = False


class _Place(NamedTuple):
    start: int
    end: int
    holder: Message
    field: str
    number: bool


class RepeatedEvents:
    """Reads the events of one stream that repeat the one before.

    Args:
        variables: What may differ; empty: every event is parsed.

    Attributes:
        cut: Characters that are cut between two events.
    """

    __slots__ = ("_credit", "_first", "_kept", "_message", "_rest", "_variables", "cut")

    def __init__(self, variables: Sequence[Variable]) -> None:
        self.cut = CutCharacters()
        self._variables = variables
        self._credit = _CREDIT if variables else 0
        # Of the event that the others repeat: its text up to the first place, each place with the text that follows it,
        # and its message, which is changed with every event that is read.
        self._first: bytes | None = None
        self._rest: list[tuple[Message, str, bool, bytes]] = []
        self._message: Message | None = None
        self._kept = 0  # bytes of events that the message was given so far

    def read(self, data: bytes) -> Message | None:
        """Returns the message of an event, valid until the next one is read, or None if the event must be parsed."""
        first = self._first
        if first is None or not data.startswith(first):
            return None
        start = at = len(first)
        if self._kept > _MAX_KEPT:
            self._first = None
            return None
        values: list[tuple[Message, str, str | int]] = []
        for holder, field, number, after in self._rest:
            end = data.find(after, at)
            if end < 0:
                return None
            raw = data[at:end]
            # ASCII letters between spaces, as most texts are, can't stand for anything else in JSON.
            value = _integer(raw) if number else raw.decode() if raw.strip(b" ").isalnum() else _text(raw)
            if value is None:
                return None
            values.append((holder, field, value))
            at = end + len(after)
        if at != len(data):
            return None
        for holder, field, value in values:
            setattr(holder, field, value)
        self._kept += at - start
        if self._credit < _CREDIT:
            self._credit += 1
        return self._message

    def join(self, event: dict[str, Any]) -> None:
        """Joins characters that are cut between an event that was parsed and others, in place."""
        self.cut.join(event)
        if self.cut.halves:
            self._first = None  # the next event is to be parsed, whatever it repeats

    def learn(self, data: bytes, message: Message) -> None:
        """Takes note of an event that was parsed; the message must not be used any more."""
        if self._credit < _LEARN_COST:  # a stream whose events differ too much
            return
        if len(data) > _MAX_KEPT:
            self._first = None
            return
        places = _places(data, message, self._variables)
        if places:
            self._credit -= _LEARN_COST
            ends = [*(place.start for place in places[1:]), len(data)]
            self._first = data[: places[0].start]
            self._rest = [
                (place.holder, place.field, place.number, data[place.end : end])
                for place, end in zip(places, ends, strict=True)
            ]
            self._message = message
            self._kept = 0


def _places(data: bytes, message: Message, variables: Sequence[Variable]) -> list[_Place]:
    """Finds the variable values; none if it is not certain that each of them is the field's.

    In JSON without a backslash a key in quotes can stand nowhere but where a string begins.
    """
    if b"\\" in data:
        return []
    places = []
    for variable in variables:
        holder = variable.holder(message)
        if holder is None or variable.field not in holder.DESCRIPTOR.fields_by_name:
            continue
        if not holder.HasField(variable.field):
            continue
        start = data.find(variable.key) + len(variable.key)
        if data.count(variable.key) != 1 or data[start : start + 1] != b":":
            return []
        start += 2 if data[start + 1 : start + 2] == b" " else 1
        end = _number_end(data, start) if variable.number else data.find(b'"', start + 1)
        start += 0 if variable.number else 1
        raw = data[start:end]
        if (_integer(raw) if variable.number else _text(raw)) != getattr(holder, variable.field):
            return []
        places.append(_Place(start, end, holder, variable.field, variable.number))
    return sorted(places)


def _number_end(data: bytes, start: int) -> int:
    end = start
    while data[end : end + 1].isdigit():
        end += 1
    return end


def _text(raw: bytes) -> str | None:
    """What a JSON string stands for, or None if it needs a parser."""
    if b'"' in raw or b"\\" in raw:
        return None
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return None
    return text if text.isprintable() else None


def _integer(raw: bytes) -> int | None:
    """What a JSON number stands for, or None if it needs a parser."""
    if not raw.isdigit() or len(raw) > _MAX_DIGITS or (raw.startswith(b"0") and len(raw) > 1):
        return None
    return int(raw)
