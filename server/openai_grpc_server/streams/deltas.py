"""Deltas of a stream: tool calls, split characters, and events that repeat the previous one.

Nearly all events of a stream say again what the one before them said, but for a piece of text. Such an event is not
parsed. Its bytes are compared with those of the one before, and the message that was read from that one gets the new
text. What surrounds the text is equal to the last byte, so its meaning is, too.
"""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any, NamedTuple

from google.protobuf.message import Message

from openai_grpc.codec import CodecError, RawString, loads

# Texts that come in pieces. Everything else that comes again replaces what came before.
PIECES = frozenset(
    {
        "arguments",
        "content",
        "data",
        "input",
        "reasoning",
        "reasoning_content",
        "refusal",
        "summary",
        "text",
        "transcript",
    }
)
_SURROGATE = re.compile("[\ud800-\udfff]")

_MAX_DIGITS = 9  # fit any integer field
_LEARN_COST = 4  # hits that it takes to make up for a pattern that was learned
_CREDIT = 16
# Bytes of events that a message may have stood for: Protobuf keeps each text that it ever had until it is dropped.
_MAX_KEPT = 1 << 16


class ToolCalls:
    """Assigns tool call fragments to calls, as not every upstream numbers them like OpenAI.

    | piece | call |
    |---|---|
    | a new id | a new one, but for the next two rows |
    | a new id at the index of a call that has none | that one, if their names don't differ |
    | a new id without a name, at the index of a call whose arguments are not whole | that one: an id for each piece |
    | an id that is known | the one with that id; a new one where the index is new |
    | an index without an id | the last one of that index |
    | neither | the last one |
    | a name, after another piece of the same chunk for that call | a new one |
    | a name, and arguments that would spoil those of that call, which are a whole JSON object | a new one |

    Empty ids and names are as absent. Calls are numbered from 0, in the order in which they begin.

    Args:
        arguments: Returns the arguments of a call so far, by the call's number.
    """

    __slots__ = ("_arguments", "_by_id", "_by_index", "_calls", "_last")

    def __init__(self, arguments: Callable[[int], str]) -> None:
        self._arguments = arguments
        self._by_id: dict[str, int] = {}
        self._by_index: dict[int | float | str, int] = {}
        self._calls: list[_Call] = []
        self._last: int | None = None

    def number(self, index: Any, identity: Any, name: Any, arguments: str, *, taken: Collection[int] = ()) -> int:
        """Returns the number of a fragment's call.

        Args:
            index: The piece's index, as the upstream sent it; None: it has none.
            identity: Its id.
            name: Its name of the tool.
            arguments: Its arguments.
            taken: The calls of the pieces before it in the same chunk.
        """
        index = _index(index)
        identity = identity if isinstance(identity, str) else ""
        name = name if isinstance(name, str) else ""
        at = self._last if index is None else self._by_index.get(index)
        if identity:
            number = self._identified(identity, index, name, arguments, at)
        elif at is None:
            number = self._unnumbered(name)
        else:
            number = at
        if number is not None and name and self._is_another(number, identity, name, arguments, taken):
            number = None
        if number is None:
            number = len(self._calls)
            self._calls.append(_Call())
        call = self._calls[number]
        if index is not None:
            self._by_index[index] = number
            call.indexed = True
        if identity:
            self._by_id[identity] = number
            call.identity = identity
        call.name = name or call.name
        call.length += len(arguments)
        call.end = arguments.rstrip()[-1:] or call.end
        self._last = number
        return number

    def repeats(self, number: int, arguments: str) -> bool:
        """Returns whether a fragment, just numbered, repeats its call.

        A whole object can't be the rest of another.
        """
        call = self._calls[number]
        if call.length != 2 * len(arguments) or not is_object(arguments) or arguments != self._arguments(number):
            return False
        call.length = len(arguments)
        return True

    def _identified(self, identity: str, index: Any, name: str, arguments: str, at: int | None) -> int | None:
        """Returns the call of a fragment with an id; None: a new one."""
        there = None if at is None else self._calls[at]
        if there is not None and there.identity == identity:
            return at
        known = self._by_id.get(identity)
        if known is not None:
            return None if index is not None and there is None else known
        if at is None or there is None:
            return None
        if not there.identity:  # it comes late
            return at if not name or there.name in {"", name} else None
        continues = index is not None and arguments and not name and there.name
        return at if continues and not is_object(self._arguments(at)) else None

    def _unnumbered(self, name: str) -> int | None:
        """Returns the call of a fragment without an id and with a new index: a late index starts no call."""
        last = self._last
        return None if name or last is None or self._calls[last].indexed else last

    def _is_another(self, number: int, identity: str, name: str, arguments: str, taken: Collection[int]) -> bool:
        """Returns whether a named fragment can't belong to a call: it would corrupt the arguments, or rename it."""
        there = self._calls[number]
        if not there.name:
            return False
        if number in taken and not identity:
            return True
        if not arguments and name == there.name:
            return False
        if there.end != "}":  # spares to join them for each piece
            return False
        so_far = self._arguments(number)
        return is_object(so_far) and not (identity and arguments == so_far)


class _Call:
    """A tool call, as known from its fragments.

    Attributes:
        identity: Its id.
        name: Its name.
        indexed: Whether a piece had an index.
        length: Characters of its arguments.
        end: The last of them that is no space.
    """

    __slots__ = ("end", "identity", "indexed", "length", "name")

    def __init__(self) -> None:
        self.end = ""
        self.length = 0
        self.identity = ""
        self.indexed = False
        self.name = ""


def _index(index: Any) -> int | float | str | None:
    """Returns an index as a key; None if it is invalid."""
    if isinstance(index, str):
        return int(index) if index.isdecimal() else index or None
    return index if isinstance(index, int | float) else None


def is_object(text: str) -> bool:
    """Returns whether a text is a complete JSON object."""
    if not text.rstrip().endswith("}"):
        return False
    try:
        return isinstance(loads(text), dict)
    except CodecError:
        return False


class CutCharacters:
    """Joins surrogate pairs that an upstream splits between two fragments.

    The first half waits for the piece that has the other one. A half that none follows goes on as it came.

    Attributes:
        halves: The halves that wait, by the place of their texts.
    """

    __slots__ = ("halves",)

    def __init__(self) -> None:
        self.halves: dict[tuple[Any, ...], str] = {}

    def join(self, event: dict[str, Any]) -> None:
        """Joins the pending surrogate to an event, in place, and removes one split at its end."""
        if isinstance(event.get("delta"), str):
            names = ("type", "item_id", "output_index", "content_index", "summary_index")
            self._text(event, "delta", tuple(str(event.get(name)) for name in names), last=False)
        for index, choice in numbered(event.get("choices")):
            last = bool(choice.get("finish_reason"))
            if isinstance(choice.get("text"), str):
                self._text(choice, "text", (index, "text"), last=last)
            delta = choice.get("delta")
            if isinstance(delta, dict):
                self._pieces(delta, (index,), last=last)
                for place in [each for each in self.halves if last and each[0] == index and each[1:2] == each[1:]]:
                    delta[place[1]] = RawString(self.halves.pop(place))

    def _pieces(self, delta: dict[str, Any], place: tuple[Any, ...], *, last: bool) -> None:
        for key, value in delta.items():
            if isinstance(value, dict):
                self._pieces(value, (*place, key), last=last)
            elif isinstance(value, list):
                for position, each in enumerate(value):
                    if isinstance(each, dict):
                        self._pieces(each, (*place, key, str(each.get("index", position))), last=last)
            elif key in PIECES and isinstance(value, str):
                self._text(delta, key, (*place, key), last=last)

    def _text(self, holder: dict[str, Any], key: str, place: tuple[Any, ...], *, last: bool) -> None:
        text = holder[key]
        half = self.halves.pop(place, "") if text else ""
        if half:
            text = paired(half + text)
        if not last and "\ud800" <= text[-1:] <= "\udbff":
            self.halves[place] = text[-1]
            text = paired(text[:-1])
        holder[key] = text


class Growth:
    """A text of messages that come in place of deltas: some servers send in each the next piece, some all so far.

    It is all so far as long as each begins with the one before. Once one does not, all were pieces.

    Attributes:
        said: The text so far.
        wrong: Whether pieces before the last one were taken for all so far.
    """

    __slots__ = ("_lengths", "said", "wrong")

    def __init__(self) -> None:
        self.said = ""
        self.wrong = False
        self._lengths: list[int] | None = []  # of the messages so far; None: they are pieces

    def add(self, text: str) -> str:
        """Adds the text of the next message, and returns what of it is new."""
        if self._lengths is not None and text.startswith(self.said):
            new = text[len(self.said) :]
            self._lengths.append(len(text))
            self.said = text
            return new
        if self._lengths is not None:
            self.wrong = len(self._lengths) > 1
            self.said = "".join(self.said[:length] for length in self._lengths)
            self._lengths = None
        self.said += text
        return text


def paired(text: str) -> str:
    """Returns a text with surrogate pairs joined."""
    if not _SURROGATE.search(text):
        return text
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
    return RawString(whole) if _SURROGATE.search(whole) else whole


def numbered(elements: Any) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yields the valid elements of a list with their `index`."""
    if type(elements) is list:
        for element in elements:
            if type(element) is dict and type(index := element.get("index", 0)) is int:
                yield index, element


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
    """Fast path for events that repeat the previous one.

    Args:
        variables: The parts that may differ; empty: every event is parsed.
        head_of: Returns what precedes JSON text that may be sent as it is, instead of its message; None: none may.

    Attributes:
        cut: Characters that are cut between two events.
        head: What precedes the text of an event that `read` has just read; None: its message must be sent.
    """

    __slots__ = ("_credit", "_first", "_head_of", "_kept", "_message", "_rest", "_variables", "cut", "head")

    def __init__(
        self, variables: Sequence[Variable], head_of: Callable[[Message, bytes], bytes | None] | None = None
    ) -> None:
        self.cut = CutCharacters()
        self.head: bytes | None = None
        self._variables = variables
        self._head_of = head_of
        self._credit = _CREDIT if variables else 0
        # Of the event that the others repeat: its text up to the first place, each place with the text that follows it
        # (and the first byte of that), and its message, which is changed with every event that is read.
        self._first: bytes | None = None
        self._rest: list[tuple[Message, str, bool, bytes, bytes]] = []
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
        value: str | bytes | int | None
        for holder, field, number, stop, after in self._rest:
            end = data.find(stop, at)
            raw = data[at:end]
            # ASCII letters between spaces, as most texts are, can't stand for anything else in JSON.
            value = _integer(raw) if number else raw if raw.strip(b" ").isalnum() else _text(raw)
            if value is None or end < 0 or not data.startswith(after, end):
                self._kept += at - start
                return None
            setattr(holder, field, value)
            at = end + len(after)
        self._kept += at - start
        if at != len(data):
            return None
        if self._credit < _CREDIT:
            self._credit += 1
        return self._message

    def join(self, event: dict[str, Any]) -> None:
        """Joins surrogate pairs split between a parsed event and others, in place."""
        self.cut.join(event)
        if self.cut.halves:
            self._first = None  # the next event is to be parsed, whatever it repeats

    def learn(self, data: bytes, message: Message) -> None:
        """Stores a parsed event for comparison; the message must not be used any more."""
        if self._credit < _LEARN_COST or self.cut.halves:  # its events differ too much, or half of a character waits
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
                (place.holder, place.field, place.number, data[place.end : place.end + 1], data[place.end : end])
                for place, end in zip(places, ends, strict=True)
            ]
            self._message = message
            self._kept = 0
            if self._head_of is not None:
                self.head = self._head_of(message, data)


def _places(data: bytes, message: Message, variables: Sequence[Variable]) -> list[_Place]:
    """Finds the variable values; none unless each is certain to be the field's.

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
    """Returns the value of a JSON string, or None if it needs a parser."""
    if b'"' in raw or b"\\" in raw:
        return None
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return None
    return text if text.isprintable() else None


def _integer(raw: bytes) -> int | None:
    """Returns the value of a JSON number, or None if it needs a parser."""
    if not raw.isdigit() or len(raw) > _MAX_DIGITS or (raw.startswith(b"0") and len(raw) > 1):
        return None
    return int(raw)
