"""Puts the chunks of a streamed chat completion together.

It works on JSON objects, so that what the contract does not know is put together as well.
"""

import base64
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
        for each in chunk.get("choices") or ():
            choice = self._choices.setdefault(each.get("index", 0), {"message": {"role": "assistant"}})
            merge(choice, {key: value for key, value in each.items() if key != "delta"})
            merge(choice["message"], each.get("delta") or {})

    def completion(self) -> dict[str, Any]:
        """Returns the whole completion, as a JSON object."""
        choices = [self._choices[index] for index in sorted(self._choices)]
        for choice in choices:
            for call in choice["message"].get("tool_calls", ()):
                call.pop("index", None)
        return {**self._top, "object": "chat.completion", "choices": choices}


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
            merge(whole.setdefault(key, {}), value)
        elif isinstance(value, list):
            merge_list(whole.setdefault(key, []), value)
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
    """Joins two pieces of audio, each of which is base64 of its own."""
    return base64.b64encode(base64.b64decode(first) + base64.b64decode(second)).decode()
