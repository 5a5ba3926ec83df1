"""The text in replies and in pieces of streams."""

from typing import Any

import pytest

from openai_grpc.client import _text
from openai_grpc.client.errors import ResponseFailedError
from openai_grpc.codec import from_object
from openai_grpc.v1 import (
    CallOptions,
    ChatCompletion,
    ChatCompletionChunk,
    CreateEmbeddingResponse,
    Response,
    ResponseStreamEvent,
    TranscriptionStreamEvent,
)


def completion(**message: Any) -> ChatCompletion:
    return from_object(ChatCompletion, {"choices": [{"index": 0, "message": {"role": "assistant", **message}}]})


def chunk(*deltas: dict[str, Any]) -> ChatCompletionChunk:
    choices = [{"index": index, "delta": delta} for index, delta in enumerate(deltas)]
    return from_object(ChatCompletionChunk, {"choices": choices})


def response(*output: dict[str, Any], **fields: Any) -> Response:
    return from_object(Response, {"id": "r", "output": list(output), **fields})


def event(kind: str, **fields: Any) -> ResponseStreamEvent:
    return from_object(ResponseStreamEvent, {"type": f"response.{kind}", **fields})


PARTS = [{"type": "text", "text": "a"}, {"type": "refusal", "refusal": "b"}]
SAID = {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "a"}]}
REFUSED = {"type": "message", "role": "assistant", "content": [{"type": "refusal", "refusal": "no"}]}
THOUGHT = {"type": "reasoning", "summary": [{"type": "summary_text", "text": "s"}]}

TEXTS: dict[str, tuple[str, str]] = {
    "a completion": (_text.chat_text(completion(content="hi")), "hi"),
    "its reasoning": (_text.chat_reasoning(completion(reasoning_content="hm")), "hm"),
    "its reasoning under another name": (_text.chat_reasoning(completion(reasoning="hm")), "hm"),
    "a refusal": (_text.chat_text(completion(refusal="no")), "no"),
    "parts": (_text.chat_text(completion(content=PARTS)), "ab"),
    "no choice": (_text.chat_text(ChatCompletion()), ""),
    "a chunk, of its first choice": (_text.chat_piece(chunk({"content": "a"}, {"content": "b"})), "a"),
    "a chunk's reasoning": (_text.chat_reasoning_piece(chunk({"reasoning_content": "hm"})), "hm"),
    "a chunk without choices": (_text.chat_piece(ChatCompletionChunk()), ""),
    "a response": (_text.response_text(response(THOUGHT, SAID, SAID)), "aa"),
    "a response that refuses": (_text.response_text(response(REFUSED)), "no"),
    "a response's reasoning": (_text.response_reasoning(response(THOUGHT, SAID)), "s"),
    "a delta": (_text.response_piece(event("output_text.delta", delta="a")), "a"),
    "a delta of a refusal": (_text.response_piece(event("refusal.delta", delta="no")), "no"),
    "a delta of reasoning": (_text.response_reasoning_piece(event("reasoning_text.delta", delta="hm")), "hm"),
    "a delta of its summary": (
        _text.response_reasoning_piece(event("reasoning_summary_text.delta", delta="hm")),
        "hm",
    ),
    "another event": (_text.response_piece(event("in_progress")), ""),
}


@pytest.mark.parametrize(("text", "expected"), TEXTS.values(), ids=TEXTS)
def test_texts(text: str, expected: str) -> None:
    assert text == expected


@pytest.mark.parametrize(
    ("kind", "whole"), [("completed", True), ("incomplete", True), ("in_progress", False), ("output_text.delta", False)]
)
def test_the_event_that_has_the_whole_response(kind: str, whole: bool) -> None:
    final = _text.response_final(event(kind, response={"id": "r"}))
    assert (final is not None) == whole


@pytest.mark.parametrize(
    ("error", "told"),
    [({"code": "server_error", "message": "it broke"}, "it broke"), ({"code": "x"}, "x"), (None, "did not say why")],
)
def test_a_failed_response(error: Any, told: str) -> None:
    failed = event("failed", response={"id": "r", "status": "failed", "error": error})
    with pytest.raises(ResponseFailedError, match=told) as raised:
        _text.response_final(failed)
    assert raised.value.response.id == "r"


def test_vectors_in_the_order_of_the_inputs() -> None:
    data = [{"index": 1, "embedding": [1.0]}, {"index": 0, "embedding": [2.0]}]
    assert _text.vectors(from_object(CreateEmbeddingResponse, {"data": data})) == [[2.0], [1.0]]


def test_accumulation_is_asked_for_beside_the_callers_options() -> None:
    own = CallOptions()
    assert _text.accumulating(own).accumulate
    assert not own.accumulate
    assert _text.accumulating({"accumulate": False}).accumulate
    assert _text.accumulating(None).accumulate


def test_the_pieces_of_a_stream() -> None:
    reader = _text.transcription_reader()
    deltas = [{"type": "transcript.text.delta", "delta": text} for text in ("a", "b")]
    done = {"type": "transcript.text.done", "text": "ab"}
    pieces = [reader.read(from_object(TranscriptionStreamEvent, each)) for each in (*deltas, done)]
    assert (pieces, reader.text) == (["a", "b", ""], "ab")
    assert reader.final is not None
    assert reader.final.text == "ab"
