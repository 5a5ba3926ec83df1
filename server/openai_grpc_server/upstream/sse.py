"""Parses server-sent events (WHATWG HTML standard, 9.2.6, Interpreting an event stream), and JSON lines."""

from __future__ import annotations

from typing import Any, NamedTuple

from openai_grpc.codec import CodecError, loads
from openai_grpc_server.errors import MessageTooLargeError

MAX_EVENT_BYTES = 64 * 1024 * 1024
MAX_LINES = 100_000  # of an event: each takes many times its bytes
LF = 10
ERROR = "error"
"""The type of an event that is an error, whatever its data is; also of one in llama.cpp's form (`error: {...}`)."""
UNFRAMED = "\0unframed"
"""The type given to JSON that is in a stream without `data:`, which the standard would ignore."""
FIELDS = frozenset({b"", b"data", b"error", b"event", b"id", b"retry"})  # of events, and a comment's none
_MAX_DIGITS = 18  # of `retry`; Python refuses to read thousands of them
_BOM = b"\xef\xbb\xbf"
_new = tuple.__new__  # a named tuple's own constructor costs twice as much


class ServerSentEvent(NamedTuple):
    """One event.

    Attributes:
        data: Its data, as upstream's bytes (which need not be UTF-8); several lines are joined with a line feed.
        event: Its type; empty when none was given, which the standard reads as "message".
        id: The last event id that the stream has given.
        retry: Milliseconds to wait before a reconnection, if this event said so.
    """

    data: bytes
    event: str = ""
    id: str = ""
    retry: int | None = None


class SSEDecoder:
    """Incremental parser: chunks of bytes, split anywhere, to events.

    Beyond the standard: llama.cpp's field `error` and JSON without any field are events, as `ERROR` and `UNFRAMED`.
    Events without data are left to the reader, who tests for the rare data anyway.

    Args:
        max_event_bytes: The limit of what is kept of an event that is not complete.
    """

    def __init__(self, max_event_bytes: int = MAX_EVENT_BYTES) -> None:
        self._limit = max_event_bytes
        self._parts: list[bytes] = []  # an incomplete event, whose end none of the parts holds
        self._size = 0
        self._last_id = ""
        self._after_cr = False
        self._begun = False
        self._plain = False  # nothing is kept or awaited from the bytes before
        self._unframed: list[bytes] = []  # blocks of JSON without a field whose objects are not closed yet
        self._open = 0  # how many of its braces
        self._unframed_size = 0

    @property
    def held(self) -> int:
        """The size of the event that is not complete, in bytes."""
        return self._size

    def feed(self, data: bytes) -> list[ServerSentEvent]:
        """Returns the events completed by these bytes.

        Raises:
            MessageTooLargeError: An event exceeds the limit.
        """
        if not self._plain or b"\r" in data:
            data = self._joined(data)
        if data[:6] == b"data: " and data.find(b"\n") == len(data) - 2 and data[-1] == LF:
            # One event in one read: the common case by far.
            return [_new(ServerSentEvent, (data[6:-2], "", self._last_id, None))]
        alike = self._alike(data)
        if alike is not None:
            return alike
        blocks = data.split(b"\n\n")
        rest = blocks.pop()
        if rest:
            self._keep(rest)
        events: list[ServerSentEvent] = []
        for block in blocks:
            # Two forms that most events have; anything else goes by the book.
            if block[:6] == b"data: " and b"\n" not in block:
                events.append(_new(ServerSentEvent, (block[6:], "", self._last_id, None)))
            elif block[:7] == b"event: " and block.count(b"\n") == 1 and (at := block.find(b"\ndata: ")) > 0:
                name = block[7:at].decode("utf-8", "replace")
                events.append(_new(ServerSentEvent, (block[at + 7 :], name, self._last_id, None)))
            elif event := self._parse(block) if not self._unframed else self._parse_on(block):
                events += [event] if b"\n" not in event.data else apart(event)
        return events

    def _alike(self, data: bytes) -> list[ServerSentEvent] | None:
        """Fast path for events that all are a line of data, or all a type and a line of data; None: they are not.

        A search for one line feed takes half the time of one for two.
        """
        lines = data.split(b"\n")
        last_id = self._last_id
        if not any(lines[1::2]):
            end = (len(lines) - 1) // 2 * 2
            events = [
                _new(ServerSentEvent, (line[6:], "", last_id, None)) for line in lines[:end:2] if line[:6] == b"data: "
            ]
            whole = len(events) * 2 == end
        elif not any(lines[2::3]):
            end = (len(lines) - 1) // 3 * 3
            events = [
                _new(ServerSentEvent, (line[6:], name[7:].decode("utf-8", "replace"), last_id, None))
                for name, line in zip(lines[:end:3], lines[1:end:3], strict=True)
                if line[:6] == b"data: " and name[:7] == b"event: "
            ]
            whole = len(events) * 3 == end
        else:
            return None
        rest = b"\n".join(lines[end:])
        if not whole or b"\n\n" in rest:
            return None
        if rest:
            self._keep(rest)
        return events

    def flush(self) -> list[ServerSentEvent]:
        """Returns the last event of a complete body that lacks its empty line, if any.

        The standard drops it, as it cannot know whether it is whole; here HTTP's framing has said so.
        """
        events = self.feed(b"\n\n")
        if self._unframed:
            events.append(ServerSentEvent(self._unframed_data(), UNFRAMED, self._last_id))
        return events

    def _joined(self, data: bytes) -> bytes:
        """Returns the buffered and new bytes; empty while no event can be complete."""
        data = self._normalized(data)
        if self._parts:
            ended = self._parts[-1].endswith(b"\n") and data.startswith(b"\n")
            if not ended and b"\n\n" not in data:
                self._keep(data)
                return b""
            data = b"".join((*self._parts, data))
            self._parts = []
            self._size = 0
        if not self._begun:
            if _BOM.startswith(data):  # perhaps the beginning of one
                self._keep(data)
                return b""
            self._begun = True
            data = data.removeprefix(_BOM)
        self._plain = not self._after_cr
        return data

    def _keep(self, data: bytes) -> None:
        self._plain = False
        if not data:
            return
        self._size += len(data)
        if self._size > self._limit:
            raise MessageTooLargeError(f"an event of the upstream exceeds {self._limit} bytes")
        self._parts.append(data)

    def _normalized(self, data: bytes) -> bytes:
        """Normalizes line ends to LF, including a CR LF split between chunks."""
        if self._after_cr and data.startswith(b"\n"):
            data = data[1:]
            if not data:
                self._after_cr = False
                return data
        elif not data:
            return data
        self._after_cr = data.endswith(b"\r")
        # Looking for one byte costs a tenth of looking for two.
        return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in data else data

    def _unframed_data(self) -> bytes:
        data = b"\n\n".join(self._unframed)
        self._unframed, self._open, self._unframed_size = [], 0, 0
        return data

    def _of_json(self, block: bytes) -> bytes | None:
        """Adds a block to JSON that is in the stream without a field; returns it once its objects are closed.

        Braces inside texts count as well: where they mislead, what there is is told at the end of the stream.
        """
        self._unframed.append(block)
        self._unframed_size += len(block)
        if self._unframed_size > self._limit:
            raise MessageTooLargeError(f"an event of the upstream's exceeds {self._limit} bytes")
        self._open += block.count(b"{") - block.count(b"}")
        return None if self._open > 0 else self._unframed_data()

    def _parse_on(self, block: bytes) -> ServerSentEvent | None:
        """Parses a block after JSON without a field that is not closed yet: its rest, unless it has a field itself."""
        if block.partition(b":")[0].strip() in FIELDS:
            return self._parse(block)
        whole = self._of_json(block)
        return ServerSentEvent(whole, UNFRAMED, self._last_id) if whole else None

    def _parse(self, block: bytes) -> ServerSentEvent | None:
        data: list[bytes] = []
        error: list[bytes] = []
        event = ""
        retry = None
        if block.count(b"\n") > MAX_LINES:
            raise MessageTooLargeError(f"an event of the upstream has more than {MAX_LINES} lines")
        for line in block.split(b"\n"):
            name, _, value = line.partition(b":")
            value = value.removeprefix(b" ")
            match name:
                case b"data":
                    data.append(value)
                case b"event":
                    event = value.decode("utf-8", "replace")
                case b"error":
                    error.append(value)
                case b"id" if b"\0" not in value:
                    self._last_id = value.decode("utf-8", "replace")
                case b"retry" if value.isdigit() and len(value) <= _MAX_DIGITS:
                    retry = int(value)
        if not data and error:
            data, event = error, ERROR
        elif block.lstrip()[:1] == b"{":
            block, _, framed = block.partition(b"\ndata:")
            whole = block if framed else self._of_json(block)
            data, event = [whole] if whole else [], UNFRAMED
        return ServerSentEvent(b"\n".join(data), event, self._last_id, retry) if data else None


def apart(event: ServerSentEvent) -> list[ServerSentEvent]:
    """Returns the events of data that is several JSON objects, one a line, from servers that leave out empty lines."""
    lines = event.data.split(b"\n")
    first, *others = lines
    if event.event == UNFRAMED or not first.startswith(b"{") or first.count(b"{") != first.count(b"}"):
        return [event]
    if not all(each.startswith((b"{", b"[DONE]")) for each in others):
        return [event]
    return [event._replace(data=each) for each in lines]


class LinesDecoder:
    """Incremental parser of JSON lines: one object a line, as some servers stream whatever they were asked for.

    Args:
        max_event_bytes: The limit of a line.
    """

    def __init__(self, max_event_bytes: int = MAX_EVENT_BYTES) -> None:
        self._limit = max_event_bytes
        self._parts: list[bytes] = []  # of a line that is not complete
        self._size = 0

    @property
    def held(self) -> int:
        """The size of the line that is not complete, in bytes."""
        return self._size

    def feed(self, data: bytes) -> list[ServerSentEvent]:
        """Returns the events of the lines that these bytes complete.

        Raises:
            MessageTooLargeError: A line exceeds the limit.
        """
        first, *rest = data.split(b"\n")
        self._parts.append(first)
        self._size += len(first)
        if self._size > self._limit:
            raise MessageTooLargeError(f"an event of the upstream's exceeds {self._limit} bytes")
        if not rest:
            return []
        lines = [b"".join(self._parts), *rest]
        self._parts = [lines.pop()]
        self._size = len(self._parts[0])
        stripped = (line.strip().removeprefix(b"data:").strip() for line in lines)
        return [ServerSentEvent(line) for line in stripped if line]

    def flush(self) -> list[ServerSentEvent]:
        """Returns the event of a last line without a line feed."""
        return self.feed(b"\n")


def are_lines(data: bytes) -> bool:
    """Returns whether a body is JSON lines, by its first bytes: the first line is an event of OpenAI's streams."""
    line, end, _ = data.partition(b"\n")
    if not end:
        return False
    try:
        return is_event(loads(line))
    except CodecError:
        return False


def is_event(value: Any) -> bool:
    """Returns whether a JSON value is an event of a stream, not a whole reply."""
    if not isinstance(value, dict):
        return False
    choices = value.get("choices")
    if isinstance(choices, list) and any(isinstance(each, dict) and "delta" in each for each in choices):
        return True
    kind = str(value.get("object", "")), str(value.get("type", ""))
    return kind[0].endswith(".chunk") or kind[1].startswith(("response.", "transcript."))
