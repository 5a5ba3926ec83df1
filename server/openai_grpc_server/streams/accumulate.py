"""Accumulation of a stream's chunks into the whole object."""

import binascii
import math
import re
from abc import abstractmethod
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from openai_grpc.codec import RawString
from openai_grpc_server.errors import MessageTooLargeError

_SURROGATE = re.compile("[\ud800-\udfff]")


class Pieces:
    """A text of which pieces come. They are joined once: a join for each would take time by the square of their number.

    Args:
        first: Its first piece.
        is_base64: Whether each piece is base64 of its own.

    Attributes:
        texts: The pieces.
    """

    __slots__ = ("_is_base64", "texts")

    def __init__(self, first: str, *, is_base64: bool) -> None:
        self.texts = [first]
        self._is_base64 = is_base64

    def joined(self) -> str:
        """Returns the whole text."""
        return join_base64(self.texts) if self._is_base64 else join_text(self.texts)


def joined(value: Any) -> Any:
    """Returns a JSON value with its texts joined."""
    if isinstance(value, Pieces):
        return value.joined()
    if isinstance(value, dict):
        return {key: joined(each) for key, each in value.items()}
    return [joined(each) for each in value] if isinstance(value, list) else value


def join_text(texts: Sequence[str]) -> str:
    """Joins pieces of text; the two halves of a character, each an escape in a piece of its own, become one again."""
    text = "".join(texts)
    if not any(isinstance(each, RawString) for each in texts):
        return text
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
    return RawString(whole) if _SURROGATE.search(whole) else whole


def join_base64(texts: Sequence[str]) -> str:
    """Joins pieces of audio, each of which is base64 of its own; other texts are put one after the other."""
    if any(text.endswith("=") for text in texts[:-1]):
        try:
            data = b"".join(b64decode(text, validate=True) for text in texts)
        except (binascii.Error, ValueError):
            pass
        else:
            return b64encode(data).decode()
    return join_text(texts)


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


class _Elements(list[Any]):
    """A list, and those of its elements that have an `index` by it: a search for each would take quadratic time."""

    __slots__ = ("by_index",)

    def __init__(self, elements: Iterable[Any] = ()) -> None:
        super().__init__(elements)
        self.by_index: dict[Any, dict[str, Any]] = {}


class Accumulation:
    """A JSON object that comes in chunks.

    Args:
        limit: How many bytes its message may have; what exceeds it is not kept.
    """

    def __init__(self, limit: float = math.inf) -> None:
        self._limit = limit
        self._size = 0  # at most that of the message, which is checked when it is written
        self._top: dict[str, Any] = {}
        self._choices: dict[int, dict[str, Any]] = {}

    def add(self, chunk: dict[str, Any]) -> None:
        """Adds the next chunk, as a JSON object."""
        if self._size > self._limit:
            return
        self._add(chunk)
        if self._size > self._limit:
            self._top, self._choices = {}, {}

    def completion(self) -> dict[str, Any]:
        """Returns the whole completion, as a JSON object.

        Raises:
            MessageTooLargeError: It exceeds the limit.
        """
        if self._size > self._limit:
            raise MessageTooLargeError(
                f"The accumulated completion exceeds {self._limit} bytes; the chunks before are all there",
                maybe_billed=True,
            )
        choices: list[dict[str, Any]] = [joined(self._choices[index]) for index in sorted(self._choices)]
        return {**joined(self._top), "choices": choices}

    @abstractmethod
    def _add(self, chunk: dict[str, Any]) -> None: ...

    def _merge(self, whole: dict[str, Any], piece: dict[str, Any]) -> None:
        """Adds a piece of an object to what is there of it."""
        for key, value in piece.items():
            if value is None:
                continue
            there = whole.get(key)
            if isinstance(there, dict) and isinstance(value, dict):
                self._merge(there, value)
            elif isinstance(there, _Elements) and isinstance(value, list):
                self._merge_list(there, value)
            elif isinstance(there, Pieces) and isinstance(value, str):
                self._append(there, value)
            elif key == "content" and isinstance(there, Pieces) and isinstance(value, list):
                whole[key] = _Elements([{"type": "text", "text": there}])
                self._merge_list(whole[key], value)
            elif key == "content" and isinstance(there, list) and isinstance(value, str):
                self._append_text(there, value)
            else:
                self._size -= size(there)
                whole[key] = self._fresh(key, value)

    def _merge_list(self, whole: _Elements, piece: list[Any]) -> None:
        """Adds elements; those with an `index` to the element that has it."""
        for element in piece:
            index = element.get("index") if isinstance(element, dict) else None
            if not isinstance(index, int | float | str):
                whole.append(self._fresh("", element))
            elif index in whole.by_index:
                self._merge(whole.by_index[index], element)
            else:
                whole.by_index[index] = self._fresh("", element)
                whole.append(whole.by_index[index])

    def _append(self, there: Pieces, text: str) -> None:
        self._size += len(text)
        there.texts.append(text)

    def _append_text(self, parts: list[Any], text: str) -> None:
        """Adds a text to parts of content: to the last of them, if that is a text."""
        last = parts[-1] if parts else None
        if isinstance(last, dict) and last.get("type") == "text" and isinstance(there := last.get("text"), Pieces):
            self._append(there, text)
        else:
            parts.append(self._fresh("", {"type": "text", "text": text}))

    def _fresh(self, key: str, value: Any) -> Any:
        """Returns a value as it is kept: what is in it may grow."""
        if isinstance(value, dict):
            whole: dict[str, Any] = {}
            self._merge(whole, value)
            return whole
        if isinstance(value, list):
            elements = _Elements()
            self._merge_list(elements, value)
            return elements
        self._size += size(value)
        return Pieces(value, is_base64=key == "data") if key in PIECES and isinstance(value, str) else value


class ChatAccumulator(Accumulation):
    """Collects the chunks of one stream."""

    def _add(self, chunk: dict[str, Any]) -> None:
        self._merge(self._top, {key: value for key, value in chunk.items() if key not in {"choices", *OF_CHUNKS_ONLY}})
        for index, each in numbered(chunk.get("choices")):
            choice = self._choices.setdefault(index, {"message": {"role": "assistant"}})
            self._merge(choice, {key: value for key, value in each.items() if key != "delta"})
            delta = each.get("delta")
            if isinstance(delta, dict):
                self._merge(choice["message"], delta)

    def completion(self) -> dict[str, Any]:
        """Returns the whole completion, as a JSON object.

        Raises:
            MessageTooLargeError: It exceeds the limit.
        """
        whole = super().completion()
        for choice in whole["choices"]:
            for _, call in numbered(choice["message"].get("tool_calls")):
                call.pop("index", None)
        return {**whole, "object": "chat.completion"}


class CompletionAccumulator(Accumulation):
    """Collects the chunks of one stream of a legacy completion."""

    def _add(self, chunk: dict[str, Any]) -> None:
        self._merge(self._top, {key: value for key, value in chunk.items() if key != "choices"})
        for index, each in numbered(chunk.get("choices")):
            self._merge(self._choices.setdefault(index, {}), each)


def size(value: Any) -> int:
    """Returns how many bytes a text, a number or a boolean has at least in a message; 0 for all else."""
    return len(value) if isinstance(value, str) else int(isinstance(value, (int, float)))


def numbered(elements: Any) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yields the elements of a list with their `index`, less what is no such element: upstreams send all sorts."""
    if type(elements) is list:
        for element in elements:
            if type(element) is dict and type(index := element.get("index", 0)) is int:
                yield index, element
