"""Comparison of replies by content, for peers that rewrite JSON."""

import re
from collections.abc import Callable
from typing import Any

import orjson

from bench.call import Call
from bench.exchanges import Exchange

_EVENT_END = re.compile(rb"\n\n")
_DONE = b"data: [DONE]"
_OWN = frozenset({"id", "created"})  # what a gateway may give an event its own values of


class Content:
    """Content of the upstream's reply in an exchange.

    Args:
        exchange: The exchange.

    Attributes:
        path: The path of the call.
        messages: How many messages there are.
        streaming: Whether they are events.
    """

    def __init__(self, exchange: Exchange) -> None:
        self.path = exchange.http_path
        self.messages = len(exchange.messages)
        self.streaming = exchange.streaming
        self._own = _OWN if exchange.streaming else frozenset()
        self._expected, self._done = self._values(b"".join(exchange.http_reply))
        self._right = b""

    def difference(self, body: bytes) -> str | None:
        """Describes content of the upstream that a reply lacks; empty if none. Additions are ignored."""
        if body == self._right:  # most are, and parsing each would cost more than the call
            return None
        try:
            values, done = self._values(body)
        except ValueError as error:
            return f"the reply is no JSON: {error}"
        if len(values) != len(self._expected):
            return f"there are {len(values)} messages and not {len(self._expected)}"
        if self._done and not done:
            return "[DONE] is missing"
        for number, (value, expected) in enumerate(zip(values, self._expected, strict=True)):
            if not self._has(value, expected):
                return f"message {number + 1} does not say what it should: {value}"
        self._right = body
        return None

    def _values(self, body: bytes) -> tuple[list[Any], bool]:
        if not self.streaming:
            return [orjson.loads(body)], False
        events = [event for event in body.split(b"\n\n") if event]
        done = bool(events) and events[-1] == _DONE
        return [orjson.loads(event.rpartition(b"data: ")[2]) for event in (events[:-1] if done else events)], done

    def _has(self, value: Any, expected: Any) -> bool:
        if isinstance(expected, dict):
            return isinstance(value, dict) and all(
                self._has(value.get(key), each) for key, each in expected.items() if key not in self._own
            )
        if isinstance(expected, list) and expected:
            return isinstance(value, list) and len(value) == len(expected) and all(map(self._has, value, expected))
        return bool(value == expected) or expected == []


class ContentCall(Call):
    """Call whose reply is compared by content at its end, as parsing it earlier would delay other calls.

    Args:
        content: What the reply must say.
        close: Closes the connection.
    """

    __slots__ = ("_content", "_pieces")

    def __init__(self, content: Content, close: Callable[[], object]) -> None:
        super().__init__(content.path, (b"",), [], close)
        self._content = content
        self._pieces: list[bytes] = []

    @property
    def messages(self) -> int:
        """The number of messages received."""
        self._find_ends()
        return super().messages

    def message_times(self) -> list[float]:
        """Returns the times at which messages were complete."""
        self._find_ends()
        return super().message_times()

    def data(self, payload: bytes, now: float) -> None:
        """Stores received data."""
        if self.first is None:
            self.first = now
        self.arrivals.append((now, self._received + len(payload)))
        self._pieces.append(payload)

    def complete(self, now: float) -> None:
        """Ends the call: compares its reply."""
        self.ended = now
        difference = self._content.difference(b"".join(self._pieces))
        if difference:
            self.failed(difference)
        elif not self.done.done():
            self.done.set_result(None)

    def _find_ends(self) -> None:
        if self._content.streaming:
            found = _EVENT_END.finditer(b"".join(self._pieces))
            self._ends = [each.end() for each in found][: self._content.messages]
        elif self.ended is not None:
            self._ends = [self._received]
