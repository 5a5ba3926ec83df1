"""Accumulates a stream's chunks into the whole object."""

import binascii
import math
from abc import abstractmethod
from base64 import b64decode, b64encode
from collections.abc import Iterable, Sequence
from typing import Any

from openai_grpc.codec import CodecError, RawString, dumps, loads
from openai_grpc_server.errors import MessageTooLargeError
from openai_grpc_server.streams.deltas import PIECES, Growth, ToolCalls, numbered, paired


class Pieces:
    """Builder of a text from fragments, joined once: joining each time would take quadratic time.

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
    """Joins fragments of text, and surrogate pairs split between fragments."""
    text = "".join(texts)
    if not any(isinstance(each, RawString) for each in texts):
        return text
    return paired(text)


def join_base64(texts: Sequence[str]) -> str:
    """Joins fragments of audio, each base64-encoded; other texts are concatenated."""
    if any(text.endswith("=") for text in texts[:-1]):
        try:
            data = b"".join(b64decode(text, validate=True) for text in texts)
        except (binascii.Error, ValueError):
            pass
        else:
            return b64encode(data).decode()
    return join_text(texts)


OF_CHUNKS_ONLY = frozenset({"choices", "obfuscation", "p"})


class _Elements(list[Any]):
    """A list with its elements by `index`: a search for each would take quadratic time."""

    __slots__ = ("by_index",)

    def __init__(self, elements: Iterable[Any] = ()) -> None:
        super().__init__(elements)
        self.by_index: dict[Any, dict[str, Any]] = {}


class _Calls(_Elements):
    """Tool calls of a message, in order of their start."""

    __slots__ = ("begun", "rule")

    def __init__(self) -> None:
        super().__init__()
        self.begun: list[dict[str, Any]] = []
        self.rule = ToolCalls(
            lambda number: arguments_text(joined(object_of(self.begun[number], "function").get("arguments")))
        )


def object_of(call: dict[str, Any], key: str) -> dict[str, Any]:
    """Returns the function or the custom tool of a call, or an empty object."""
    value = call.get(key)
    return value if isinstance(value, dict) else {}


def arguments_text(arguments: Any) -> str:
    """Returns arguments as text; some upstreams send the object itself."""
    if arguments is None:
        return ""
    return arguments if isinstance(arguments, str) else dumps(arguments).decode()


class Accumulation:
    """Accumulator of a JSON object from chunks.

    Args:
        limit: Maximum size of its message in bytes; the excess is dropped.
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

    def _add_top(self, chunk: dict[str, Any]) -> None:
        """Adds the keys of a chunk; ignores a time of 0, as in Azure's content filter chunks."""
        top = {key: value for key, value in chunk.items() if key not in OF_CHUNKS_ONLY}
        if not top.get("created", True) and "created" in self._top:
            del top["created"]
        for key, value in top.items():
            there = self._top.get(key)
            if there and isinstance(there, list) and isinstance(value, list) and value[: len(there)] == joined(there):
                top[key] = value[len(there) :]  # each chunk has all so far
        self._merge(self._top, top)

    def _merge(self, whole: dict[str, Any], piece: dict[str, Any]) -> None:
        """Merges a fragment into an object."""
        for key, value in piece.items():
            if value is None:
                continue
            there = whole.get(key)
            if isinstance(there, Pieces) and isinstance(value, str):
                self._append(there, value)
            elif value == "" and there is not None:
                continue
            elif key == "arguments" and not isinstance(value if there is None else there, str):
                self._merge_arguments(whole, there, value)
            elif isinstance(there, dict) and isinstance(value, dict):
                self._merge(there, value)
            elif isinstance(there, _Elements) and isinstance(value, list):
                self._merge_list(there, value)
            elif key == "content" and isinstance(there, Pieces | list) and isinstance(value, str | list):
                self._merge_content(whole, there, value)
            else:
                self._size -= size(there)
                whole[key] = self._fresh(key, value)

    def _merge_content(self, whole: dict[str, Any], there: Any, value: Any) -> None:
        """Merges content that is a string in some chunks and a list of parts in others."""
        if isinstance(there, list):
            self._append_text(there, value)
        else:
            whole["content"] = _Elements([{"type": "text", "text": there}])
            self._merge_list(whole["content"], value)

    def _merge_arguments(self, whole: dict[str, Any], there: Any, value: Any) -> None:
        """Merges arguments if some are an object; ignores an empty object."""
        so_far = arguments_text(joined(there))
        self._size += len(arguments_text(value))
        if not so_far.strip() or so_far == "{}":
            whole["arguments"] = Pieces(value, is_base64=False) if isinstance(value, str) else value
        elif isinstance(there, dict) and isinstance(value, dict):
            whole["arguments"] = {**there, **value}
        elif value != {} and not same_object(so_far, value):
            whole["arguments"] = Pieces(paired(so_far + arguments_text(value)), is_base64=False)

    def _merge_list(self, whole: _Elements, piece: list[Any]) -> None:
        """Merges list elements by `index`, and tool call fragments by call."""
        if isinstance(whole, _Calls):
            self._merge_calls(whole, piece)
            return
        for element in piece:
            index = element.get("index") if isinstance(element, dict) else None
            if not isinstance(index, int | float | str):
                whole.append(self._fresh("", element))
            elif index in whole.by_index:
                self._merge(whole.by_index[index], element)
            else:
                whole.by_index[index] = self._fresh("", element)
                whole.append(whole.by_index[index])

    def _merge_calls(self, whole: _Calls, pieces: list[Any]) -> None:
        """Merges tool call fragments, each into its call."""
        taken: set[int] = set()
        for piece in pieces:
            if not isinstance(piece, dict):
                whole.append(self._fresh("", piece))
                continue
            function = object_of(piece, "function")
            index, identity = piece.get("index"), piece.get("id")
            name = function.get("name") or object_of(piece, "custom").get("name")
            text = arguments_text(function.get("arguments"))
            number = whole.rule.number(index, identity, name, text, taken=taken)
            taken.add(number)
            if number < len(whole.begun):
                call = whole.begun[number]
                if call.get("id"):
                    piece = {**piece, "id": None}  # noqa: PLW2901 # the first is that of the call
                if text and whole.rule.repeats(number, text):
                    piece = {**piece, "function": {**function, "arguments": None}}  # noqa: PLW2901 # the same again
                self._merge(call, piece)
            else:
                whole.begun.append(self._fresh("", piece))
                whole.append(whole.begun[number])

    def _append(self, there: Pieces, text: str) -> None:
        self._size += len(text)
        there.texts.append(text)

    def _append_text(self, parts: list[Any], text: str) -> None:
        """Adds a text to content parts: to the last one, if it is text."""
        last = parts[-1] if parts else None
        if isinstance(last, dict) and last.get("type") == "text" and isinstance(there := last.get("text"), Pieces):
            self._append(there, text)
        else:
            parts.append(self._fresh("", {"type": "text", "text": text}))

    def _fresh(self, key: str, value: Any) -> Any:
        """Returns a copy of a value for accumulation."""
        if isinstance(value, dict):
            whole: dict[str, Any] = {}
            self._merge(whole, value)
            return whole
        if isinstance(value, list):
            elements = _Calls() if key == "tool_calls" else _Elements()
            self._merge_list(elements, value)
            return elements
        self._size += size(value)
        return Pieces(value, is_base64=key == "data") if key in PIECES and isinstance(value, str) else value


class ChatAccumulator(Accumulation):
    """Accumulates the chunks of one stream.

    Args:
        limit: Maximum size of the completion in bytes.
    """

    def __init__(self, limit: float = math.inf) -> None:
        super().__init__(limit)
        self._streamed: set[int] = set()  # choices of which deltas with content have come
        self._messages: dict[tuple[int, str], Growth] = {}  # texts of messages that came in place of deltas

    def _add(self, chunk: dict[str, Any]) -> None:
        self._add_top(chunk)
        for index, each in numbered(chunk.get("choices")):
            choice = self._choices.setdefault(index, {"message": {"role": "assistant"}})
            self._merge(choice, {key: value for key, value in each.items() if key not in {"delta", "message"}})
            delta = each.get("delta")
            if isinstance(delta, dict):
                self._merge(choice["message"], delta)
                if index not in self._streamed and any(value for key, value in delta.items() if key != "role"):
                    self._streamed.add(index)
            if "message" in each:
                self._add_message(choice, index, each["message"])

    def _add_message(self, choice: dict[str, Any], index: int, message: Any) -> None:
        """Adds the message of a chunk: whole if deltas came before, else a fragment or all so far.

        Of the whole message only counts what was not streamed.
        """
        if not isinstance(message, dict):
            return
        there = choice["message"]
        if index not in self._streamed:
            texts = {key for key, value in message.items() if key in PIECES and value and isinstance(value, str)}
            self._merge(there, {key: value for key, value in message.items() if key not in texts})
            for key in texts:
                self._add_text(there, key, self._messages.setdefault((index, key), Growth()), message[key])
            return
        for key, value in message.items():
            streamed = joined(there.get(key))
            if not streamed:
                self._merge(there, {key: value})
            elif isinstance(streamed, str) and isinstance(value, str) and value.startswith(streamed):
                self._merge(there, {key: paired(value[len(streamed) :]) if key in PIECES else value})

    def _add_text(self, there: dict[str, Any], key: str, growth: "Growth", text: str) -> None:
        said = growth.said
        self._merge(there, {key: paired(growth.add(text))})
        if growth.wrong:
            there[key] = Pieces(growth.said, is_base64=False)
            self._size += len(growth.said) - len(said) - len(text)
            growth.wrong = False

    def completion(self) -> dict[str, Any]:
        """Returns the whole completion, as a JSON object.

        Raises:
            MessageTooLargeError: It exceeds the limit.
        """
        whole = super().completion()
        for choice in whole["choices"]:
            calls = choice["message"].get("tool_calls")
            for call in calls if isinstance(calls, list) else ():
                if isinstance(call, dict):
                    call.pop("index", None)
                    if call.get("type") == "":
                        del call["type"]
                    _write_arguments(object_of(call, "function"))
            _write_arguments(object_of(choice["message"], "function_call"))
        return {**whole, "object": "chat.completion"}


def _write_arguments(function: dict[str, Any]) -> None:
    if function.get("arguments") is not None:
        function["arguments"] = arguments_text(function["arguments"])


class CompletionAccumulator(Accumulation):
    """Accumulates the chunks of a legacy completion."""

    def _add(self, chunk: dict[str, Any]) -> None:
        self._add_top(chunk)
        for index, each in numbered(chunk.get("choices")):
            self._merge(self._choices.setdefault(index, {}), each)


def size(value: Any) -> int:
    """Returns the minimum bytes of a string, number or boolean in a message; 0 for other values."""
    return len(value) if isinstance(value, str) else int(isinstance(value, (int, float)))


def same_object(text: str, value: Any) -> bool:
    """Returns whether a text is the JSON of a value."""
    try:
        return bool(loads(text) == value)
    except CodecError:
        return False
