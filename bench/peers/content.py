"""Whether a reply says what the upstream said, for peers that write JSON anew."""

from typing import Any

import orjson

from bench.exchanges import Exchange

_DONE = b"data: [DONE]"
_OWN = frozenset({"id", "created"})  # what a gateway may give an event its own values of


class Content:
    """What the upstream says in an exchange.

    Args:
        exchange: The exchange.
    """

    def __init__(self, exchange: Exchange) -> None:
        self._streaming = exchange.streaming
        self._own = _OWN if exchange.streaming else frozenset()
        self._expected, self._done = self._values(b"".join(exchange.http_reply))

    def difference(self, body: bytes) -> str | None:
        """Says where a reply lacks something that the upstream said, or nothing; what it has besides is no matter."""
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
        return None

    def _values(self, body: bytes) -> tuple[list[Any], bool]:
        if not self._streaming:
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
