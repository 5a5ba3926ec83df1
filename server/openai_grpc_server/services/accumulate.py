"""Puts the chunks of a streamed completion together.

It works on JSON objects, so that what the contract does not know is put together as well.
"""

import base64
import binascii
from collections.abc import Iterator
from typing import Any

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
OF_CHUNKS_ONLY = ("obfuscation", "p")


class ChatAccumulator:
    """Collects the chunks of one stream."""

    def __init__(self) -> None:
        self._top: dict[str, Any] = {}
        self._choices: dict[int, dict[str, Any]] = {}

    def add(self, chunk: dict[str, Any]) -> None:
        """Adds the next chunk, as a JSON object."""
        merge(self._top, {key: value for key, value in chunk.items() if key not in {"choices", *OF_CHUNKS_ONLY}})
        for index, each in numbered(chunk.get("choices")):
            choice = self._choices.setdefault(index, {"message": {"role": "assistant"}})
            merge(choice, {key: value for key, value in each.items() if key != "delta"})
            delta = each.get("delta")
            if isinstance(delta, dict):
                merge(choice["message"], delta)

    def completion(self) -> dict[str, Any]:
        """Returns the whole completion, as a JSON object."""
        choices = [self._choices[index] for index in sorted(self._choices)]
        for choice in choices:
            for _, call in numbered(choice["message"].get("tool_calls")):
                call.pop("index", None)
        return {**self._top, "object": "chat.completion", "choices": choices}


class CompletionAccumulator:
    """Collects the chunks of one stream of a legacy completion."""

    def __init__(self) -> None:
        self._top: dict[str, Any] = {}
        self._choices: dict[int, dict[str, Any]] = {}

    def add(self, chunk: dict[str, Any]) -> None:
        """Adds the next chunk, as a JSON object."""
        merge(self._top, {key: value for key, value in chunk.items() if key != "choices"})
        for index, each in numbered(chunk.get("choices")):
            merge(self._choices.setdefault(index, {}), each)

    def completion(self) -> dict[str, Any]:
        """Returns the whole completion, as a JSON object."""
        return {**self._top, "choices": [self._choices[index] for index in sorted(self._choices)]}


def numbered(elements: Any) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yields the elements of a list with their `index`, less what is no such element: upstreams send all sorts."""
    if type(elements) is list:
        for element in elements:
            if type(element) is dict and type(index := element.get("index", 0)) is int:
                yield index, element


def merge(whole: dict[str, Any], piece: dict[str, Any]) -> None:
    """Adds a piece of an object to what is there of it."""
    for key, value in piece.items():
        if value is None:
            continue
        there = whole.get(key)
        if isinstance(there, dict) and isinstance(value, dict):
            merge(there, value)
        elif isinstance(there, list) and isinstance(value, list):
            merge_list(there, value)
        elif key == "data" and isinstance(there, str) and isinstance(value, str):
            whole[key] = join_base64(there, value)
        elif key in PIECES and isinstance(there, str) and isinstance(value, str):
            whole[key] = there + value
        elif isinstance(value, dict):
            whole[key] = {}
            merge(whole[key], value)
        elif isinstance(value, list):
            whole[key] = []
            merge_list(whole[key], value)
        else:
            whole[key] = value


def merge_list(whole: list[Any], piece: list[Any]) -> None:
    """Adds elements; those with an `index` to the element that has it."""
    for element in piece:
        if not isinstance(element, dict):
            whole.append(element)
            continue
        index = element.get("index")
        for there in whole if index is not None else ():
            if isinstance(there, dict) and there.get("index") == index:
                merge(there, element)
                break
        else:
            fresh: dict[str, Any] = {}
            merge(fresh, element)
            whole.append(fresh)


def join_base64(first: str, second: str) -> str:
    """Joins two pieces of audio, each of which is base64 of its own; other texts are put one after the other."""
    try:
        data = base64.b64decode(first, validate=True) + base64.b64decode(second, validate=True)
    except (binascii.Error, ValueError):
        return first + second
    return base64.b64encode(data).decode()
