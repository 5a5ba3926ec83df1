"""Events that are not parsed, as they repeat the one before, mean what a parser would have found."""

import json
import re
from typing import Any

import pytest
from google.protobuf.message import Message
from hypothesis import given
from hypothesis import strategies as st

from openai_grpc.codec import CodecError, from_object, loads
from openai_grpc.rest import Events
from openai_grpc.rest._operations import Framing
from openai_grpc.v1 import chat_pb2, completions_pb2, response_event_pb2
from openai_grpc_server.streams import chat as chunks
from openai_grpc_server.streams import responses as response_events
from openai_grpc_server.streams.deltas import RepeatedEvents, Variable

CHAT: Any = {
    "id": "chatcmpl-1",
    "object": "chat.completion.chunk",
    "created": 1787150055,
    "model": "m",
    "choices": [{"index": 0, "delta": {"content": "a"}, "logprobs": None, "finish_reason": None}],
    "unknown": {"b": 1.5},
    "obfuscation": "x",
}
REASONING = {**CHAT, "choices": [{"index": 0, "delta": {"content": "", "reasoning_content": "why"}}]}
COMPLETION = {
    "id": "cmpl-1",
    "object": "text_completion",
    "created": 1,
    "model": "m",
    "choices": [{"text": "a", "index": 0}],
}
RESPONSE = {
    "type": "response.output_text.delta",
    "item_id": "msg_1",
    "output_index": 0,
    "content_index": 0,
    "delta": "a",
    "logprobs": [],
    "sequence_number": 7,
    "obfuscation": "x",
}
KINDS: dict[str, tuple[type[Message], tuple[Variable, ...], Any]] = {
    "chat": (chat_pb2.ChatCompletionChunk, chunks.VARIABLES[chat_pb2.ChatCompletionChunk], CHAT),
    "reasoning": (chat_pb2.ChatCompletionChunk, chunks.VARIABLES[chat_pb2.ChatCompletionChunk], REASONING),
    "completion": (completions_pb2.Completion, chunks.VARIABLES[completions_pb2.Completion], COMPLETION),
    "response": (response_event_pb2.ResponseStreamEvent, response_events.VARIABLES, RESPONSE),
}
SEPARATORS = [(",", ":"), (", ", ": ")]


def text(value: Any, separators: tuple[str, str] = (",", ":")) -> bytes:
    return json.dumps(value, separators=separators, ensure_ascii=False).encode()


def after(kind: str, data: bytes) -> RepeatedEvents:
    """Has parsed one event."""
    message_type, variables, _ = KINDS[kind]
    events = RepeatedEvents(variables)
    events.learn(data, from_object(message_type, loads(data)))
    return events


def parsed(kind: str, data: bytes) -> Message | None:
    """What a parser finds."""
    try:
        return from_object(KINDS[kind][0], loads(data))
    except CodecError:
        return None


@pytest.mark.parametrize("separators", SEPARATORS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("piece", ["", " tide", "潮汐 ", "👍", "}],{:,", "1e5"])
def test_another_text_is_not_parsed(kind: str, piece: str, separators: tuple[str, str]) -> None:
    first = text(KINDS[kind][2], separators)
    events = after(kind, first)
    second = first.replace(b'"a"', f'"{piece}"'.encode()).replace(b'"why"', f'"{piece}"'.encode())
    for data in (second, second.replace(b'"x"', b'"yz"'), re.sub(rb"7,(?= ?.obf)", b"12,", second), first):
        assert events.read(data) == parsed(kind, data)
        assert events.read(data) is not None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"a"', rb'"\n"'),
        (b'"a"', rb'"\u0061"'),
        (b'"a"', b'"\xff"'),
        (b'"a"', b'"\n"'),
        (b'"a"', b"null"),
        (b'"a"', b'["a"]'),
        (b'"a"', b'"a","content":"b"'),
        (b'"a"', b'"a","role":"assistant"'),
        (b"1.5", b"1.25"),
        (b"null}]", b'"stop"}]'),
        (b'"x"}', b'"x"} '),
        (b'"x"}', b'"x"'),
        (b'"x"}', b'"x","usage":{"prompt_tokens":1}}'),
        (b'"m"', b'"n"'),
    ],
)
def test_what_differs_in_more_than_its_text_is_parsed(old: bytes, new: bytes) -> None:
    first = text(CHAT)
    assert old in first
    assert after("chat", first).read(first.replace(old, new)) is None


@pytest.mark.parametrize("number", [b"07", b"-7", b"7.0", b"7e1", b"1234567890", b'"7"'])
def test_what_is_no_plain_integer_is_parsed(number: bytes) -> None:
    first = text(RESPONSE)
    assert after("response", first).read(first.replace(b"7", number)) is None


@pytest.mark.parametrize(
    "first",
    [
        text(CHAT).replace(b'"a"', rb'"\n"'),
        text(CHAT).replace(b'"a"', b'"a","content":"a"'),
        text(CHAT).replace(b'"logprobs":null', b'"logprobs":{"content":[]}'),
        text(CHAT).replace(b'"content"', rb'"\u0063ontent"'),
        text({**CHAT, "choices": CHAT["choices"] * 2, "obfuscation": None}),
    ],
)
def test_nothing_is_learned_where_the_place_is_not_certain(first: bytes) -> None:
    assert after("chat", first).read(first) is None


def test_nothing_is_learned_while_half_of_a_character_waits() -> None:
    """The piece that comes next must be joined to it, however well it repeats the one before."""
    events = RepeatedEvents(KINDS["chat"][1])
    for piece in ("a", "\ud83d", ""):
        event = {**CHAT, "choices": [{"index": 0, "delta": {"content": piece}}]}
        events.join(event)
        events.learn(text(event), from_object(chat_pb2.ChatCompletionChunk, event))
    following = {**CHAT, "choices": [{"index": 0, "delta": {"content": "x"}}]}
    assert events.read(text(following)) is None
    events.join(following)
    assert following["choices"][0]["delta"]["content"] == "\ud83dx"


def test_what_never_repeats_is_soon_not_tried_any_more() -> None:
    events = RepeatedEvents(KINDS["chat"][1])
    for number in range(100):
        data = text({**CHAT, "id": str(number)})
        assert events.read(data) is None
        events.learn(data, from_object(chat_pb2.ChatCompletionChunk, loads(data)))
    repeated = text({**CHAT, "id": "99"})
    assert events.read(repeated) is None


def test_a_message_is_dropped_before_the_texts_that_it_had_are_many() -> None:
    first = text(CHAT)
    events = after("chat", first)
    parsed_again = 0
    for number in range(1000):
        data = first.replace(b'"a"', f'"{number:01000}"'.encode())
        if events.read(data) is None:
            parsed_again += 1
            events.learn(data, from_object(chat_pb2.ChatCompletionChunk, loads(data)))
    assert 1000 * 1000 >> 17 < parsed_again < 1000 * 1000 >> 15


@given(
    kind=st.sampled_from(list(KINDS)),
    separators=st.sampled_from(SEPARATORS),
    pieces=st.lists(st.text() | st.text(alphabet='"\\,:{}[]a0'), max_size=3),
)
def test_whatever_the_text_it_means_the_same(kind: str, separators: tuple[str, str], pieces: list[str]) -> None:
    first = text(KINDS[kind][2], separators)
    events = after(kind, first)
    for piece in pieces:
        data = first.replace(b'"a"', json.dumps(piece).encode())
        read = events.read(data)
        assert read is None or read == parsed(kind, data)


@given(
    kind=st.sampled_from(list(KINDS)),
    cut=st.integers(0, 400),
    removed=st.integers(0, 8),
    added=st.binary(max_size=8) | st.text(alphabet='"\\,:{}[]a07').map(str.encode),
)
def test_whatever_was_altered_is_parsed_or_means_the_same(kind: str, cut: int, removed: int, added: bytes) -> None:
    first = text(KINDS[kind][2])
    data = first[:cut] + added + first[cut + removed :]
    read = after(kind, first).read(data)
    assert read is None or read == parsed(kind, data)


def test_text_is_sent_as_it_is_only_if_it_says_the_same() -> None:
    message_type, variables, _ = KINDS["chat"]
    framing = Events(Framing.DONE)
    first, second = text(CHAT), text(CHAT).replace(b'"a"', b'"b"')
    for changed, head in ((False, b"data: "), (True, None)):
        events = RepeatedEvents(variables, framing.head_of)
        message: Any = from_object(message_type, loads(first), keep_nulls=True)
        if changed:
            message.model = "another"
        events.learn(first, message)
        assert events.read(second) is not None
        assert events.head == head


@pytest.mark.parametrize("data", [b'{"type":"t",\n"a":1}', b'{"type":"t",\r"a":1}'])
def test_text_of_several_lines_is_not_sent_as_it_is(data: bytes) -> None:
    message = from_object(response_event_pb2.ResponseStreamEvent, loads(data))
    assert Events(Framing.NAMED).head_of(message, data) is None
    assert Events(Framing.NAMED).head_of(message, data.replace(b"\n", b"").replace(b"\r", b"")) == b"event: t\ndata: "
