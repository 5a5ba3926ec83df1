"""Chunks of a stream, put together."""

import base64
import time
from typing import Any

import pytest

from openai_grpc.codec import RawString
from openai_grpc_server.errors import MessageTooLargeError
from openai_grpc_server.streams import accumulate as pieces
from openai_grpc_server.streams.accumulate import ChatAccumulator, CompletionAccumulator

MANY = 20_000
THINKING = {"type": "thinking", "thinking": [{"type": "text", "text": "Hm"}]}


def text(value: str) -> dict[str, Any]:
    return {"type": "text", "text": value}


def chat_chunk(**delta: Any) -> dict[str, Any]:
    return {"id": "c1", "choices": [{"index": 0, "delta": delta}]}


def message(*deltas: dict[str, Any]) -> Any:
    """Returns the message that these deltas make."""
    accumulator = ChatAccumulator()
    for delta in deltas:
        accumulator.add(chat_chunk(**delta))
    return accumulator.completion()["choices"][0]["message"]


CONTENTS: dict[str, tuple[list[Any], Any]] = {
    "texts": (["He", "llo"], "Hello"),
    "parts": ([[THINKING], [text("a")]], [THINKING, text("a")]),
    "parts, then texts": ([[THINKING], "He", "llo"], [THINKING, text("Hello")]),
    "a text, then parts": (["Hello", [THINKING]], [text("Hello"), THINKING]),
    "texts, parts and texts": (["He", "llo", [THINKING], "a", "b"], [text("Hello"), THINKING, text("ab")]),
    "a part of text goes on as a text": ([[text("He")], "llo"], [text("Hello")]),
    "no part, then a text": ([[], "a"], [text("a")]),
    "halves of a character": (["a", RawString("\ud83c"), RawString("\udf89")], "a\U0001f389"),
    "half a character": (["a", RawString("\ud83c")], RawString("a\ud83c")),
    "nothing between": (["a", None, "b"], "ab"),
}


@pytest.mark.parametrize(("contents", "whole"), CONTENTS.values(), ids=CONTENTS)
def test_content(contents: list[Any], whole: Any) -> None:
    assert message(*({"content": each} for each in contents)) == {"role": "assistant", "content": whole}


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


AUDIO: dict[str, tuple[list[str], str]] = {
    "pieces without padding": ([encoded(b"abc"), encoded(b"defg")], encoded(b"abcdefg")),
    "pieces with padding": ([encoded(b"a"), encoded(b"bc"), encoded(b"def")], encoded(b"abcdef")),
    "one text that was cut": (["YW", "JjZA=="], "YWJjZA=="),
    "no base64": (["YQ==", "?"], "YQ==?"),
    "one piece": (["abc"], "abc"),
}


@pytest.mark.parametrize(("data", "whole"), AUDIO.values(), ids=AUDIO)
def test_audio(data: list[str], whole: str) -> None:
    made = message(*({"audio": {"id": "a", "data": each}} for each in data))
    assert made["audio"] == {"id": "a", "data": whole}


class Piece(str):
    """A text that must not be added to another: each time, all that came before would be copied."""

    __slots__ = ()

    def __radd__(self, other: object) -> str:
        raise AssertionError("joined at once")


def test_a_text_is_joined_once() -> None:
    assert message(*({"content": Piece("ab")} for _ in range(MANY)))["content"] == "ab" * MANY


def test_a_text_of_a_legacy_completion_is_joined_once() -> None:
    accumulator = CompletionAccumulator()
    for _ in range(MANY):
        accumulator.add({"choices": [{"index": 0, "text": Piece("ab")}]})
    assert accumulator.completion()["choices"] == [{"index": 0, "text": "ab" * MANY}]


def test_each_piece_of_audio_is_decoded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []

    def decode(data: str, *, validate: bool) -> bytes:
        sizes.append(len(data))
        return base64.b64decode(data, validate=validate)

    monkeypatch.setattr(pieces, "b64decode", decode)
    made = message(*({"audio": {"data": encoded(b"ab")}} for _ in range(MANY)))
    assert made["audio"]["data"] == encoded(b"ab" * MANY)
    assert sizes == [4] * MANY


def test_what_is_said_again_counts_once() -> None:
    accumulator = ChatAccumulator(limit=100)
    for _ in range(MANY):
        accumulator.add({**chat_chunk(content=""), "id": "c" * 30, "created": 7})
    assert accumulator.completion()["id"] == "c" * 30


GROWING: dict[str, dict[str, Any]] = {
    "content": {"content": "x" * 10},
    "content in parts": {"content": [text("x" * 10)]},
    "a field that the contract does not know": {"new": ["x" * 10]},
    "arguments": {"tool_calls": [{"index": 0, "function": {"arguments": "x" * 10}}]},
    "audio": {"audio": {"data": "x" * 10}},
    "numbers": {"new": [1] * 10},
}


@pytest.mark.parametrize("delta", GROWING.values(), ids=GROWING)
def test_what_exceeds_the_limit(delta: dict[str, Any]) -> None:
    accumulator = ChatAccumulator(limit=100)
    for _ in range(20):
        accumulator.add(chat_chunk(**delta))
    with pytest.raises(MessageTooLargeError) as caught:
        accumulator.completion()
    assert caught.value.maybe_billed


def test_many_elements_with_an_index_take_linear_time() -> None:
    accumulator = ChatAccumulator()
    calls = [{"index": number, "function": {"arguments": "a"}} for number in range(MANY)]
    begun = time.thread_time()
    for _ in range(2):
        accumulator.add(chat_chunk(tool_calls=calls))
    found = accumulator.completion()["choices"][0]["message"]["tool_calls"]
    assert time.thread_time() - begun < 5  # CPU seconds; a search for each element takes a minute
    assert found == [{"function": {"arguments": "aa"}}] * MANY


@pytest.mark.parametrize("index", [None, [], {}, "a", 1.5, True])
def test_odd_indices(index: Any) -> None:
    element = {"index": index, "id": "x"}
    twice = message({"annotations": [element]}, {"annotations": [element]})["annotations"]
    kept = {"id": "x"} if index is None else element
    assert twice == [kept] * (1 if isinstance(index, (str, float, bool)) else 2)
