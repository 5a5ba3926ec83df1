"""What large messages need: counts of elements before they are read, and reading in steps."""

import json
import random
from collections.abc import Sequence

import pytest
from google.protobuf.message import Message
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openai_grpc.codec import (
    CodecError,
    _build,
    count_elements,
    count_json_elements,
    from_json,
    loads,
    loads_in_steps,
)
from openai_grpc.codec._options import has_vector
from openai_grpc.v1 import chat_pb2, embeddings_pb2
from unit.codec.catalog import CONTRACT, FORMS, about, in_groups
from unit.codec.documents import SEEDED, json_values, messages

LIMIT = 1000
REQUEST = chat_pb2.CreateChatCompletionRequest
SETTINGS = settings(
    derandomize=True,
    deadline=None,
    database=None,
    max_examples=5,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
# Beside a vector, integers over 64 bits are rounded in one step, and kept in many.
EXACT = [each for each in FORMS + CONTRACT if not has_vector(each.DESCRIPTOR)]


@pytest.fixture
def _short_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_build, "_STEP", 1)


def result(message_type: type[Message], data: bytes, *, in_steps: bool) -> Message | str:
    try:
        return from_json(message_type, data, keep_nulls=True, in_steps=in_steps)
    except CodecError:
        return "refused"


@pytest.mark.usefixtures("_short_steps")
@pytest.mark.parametrize("types", in_groups(EXACT))
def test_reading_in_steps_gives_the_same(types: Sequence[type[Message]]) -> None:
    for message_type in types:
        with about(message_type):
            steps_give_the_same(message_type)


def steps_give_the_same(message_type: type[Message]) -> None:
    @given(json_values(message_type, SEEDED))
    def check(data: bytes) -> None:
        assert result(message_type, data, in_steps=True) == result(message_type, data, in_steps=False)

    SETTINGS(check)()


@given(st.recursive(st.floats(allow_nan=False, allow_infinity=False) | st.integers() | st.text(), st.lists))
def test_json_in_steps_is_the_same(value: object) -> None:
    text = json.dumps(value)
    assert loads_in_steps(text) == loads(text)


@pytest.mark.parametrize(
    "text", ["[1", "NaN", "[" * 5000 + "]" * 5000, '{"a":"\udc00"}'.encode("utf-8", "surrogatepass")]
)
def test_what_is_no_json(text: str | bytes) -> None:
    with pytest.raises(CodecError):
        loads_in_steps(text)


def elements(message: Message) -> int:
    """Counts the fields of a message as `count_elements` does, but slowly, and without JSON and packed numbers."""
    count = 0
    for field, value in message.ListFields():
        if field.message_type is not None and field.message_type.GetOptions().map_entry:
            nested = [item for item in value.values() if isinstance(item, Message)]
            count += 3 * len(value) + sum(map(elements, nested))
        elif field.is_repeated:
            packed = field.message_type is None and not isinstance(value[0], str | bytes)
            count += 1 if packed else len(value)
            count += sum(map(elements, value)) if field.message_type is not None else 0
        else:
            count += 1 + (elements(value) if field.message_type is not None else 0)
    return count


@pytest.mark.parametrize("types", in_groups(FORMS + CONTRACT))
def test_every_field_is_counted(types: Sequence[type[Message]]) -> None:
    for message_type in types:
        with about(message_type):
            every_field_is_counted(message_type)


def every_field_is_counted(message_type: type[Message]) -> None:
    @given(messages(message_type, SEEDED))
    def check(message: Message) -> None:
        data = message.SerializeToString()
        assert count_elements(message_type, data, 10**9) >= elements(message)

    SETTINGS(check)()


SHORTEST = REQUEST(messages=[from_json(REQUEST, '{"messages":[{"role":"user","content":""}]}').messages[0]])
DENSE = {
    "messages": SHORTEST.SerializeToString() * 1000,
    "empty messages": b"\x0a\0" * 1001,
    "a field again and again": b"\x12\x01m" * 1001,
    "list entries": REQUEST(modalities=[""] * 1001).SerializeToString(),
    "map entries": REQUEST(logit_bias={str(number): 0.5 for number in range(334)}).SerializeToString(),
    "unknown fields": b"\xa0\xa4\xa8\x03\0" * 1001,
    "extra_json": REQUEST(extra_json='{"a":[' + "{}," * 1000 + "0]}").SerializeToString(),
    "extra_json of strings": REQUEST(extra_json='{"a":[' + '"",' * 1001 + "0]}").SerializeToString(),
}


@pytest.mark.parametrize("data", DENSE.values(), ids=DENSE)
def test_what_has_too_many_elements(data: bytes) -> None:
    REQUEST.FromString(data)
    assert count_elements(REQUEST, data, LIMIT) > LIMIT


def test_packed_numbers_count_by_their_bytes() -> None:
    tokens = json.dumps({"input": [1] * 16_000}).encode()
    data = from_json(embeddings_pb2.CreateEmbeddingRequest, tokens).SerializeToString()
    assert 1000 < count_elements(embeddings_pb2.CreateEmbeddingRequest, data, 10**9) < 1010


@pytest.mark.parametrize(
    "data", [b"\x0a", b"\x0a\x7f\x12", b"\xff" * 50, b"\x0b\x0b\x0c", b"\x0a\xff\xff\xff\xff\x0f\x0a"]
)
def test_malformed_messages_are_left_to_the_parser(data: bytes) -> None:
    assert count_elements(REQUEST, data, LIMIT) <= len(data)


JSON = {
    "one long text": ('["' + "[{" * 5000 + '"]', 2),
    "escapes": ('["' + r"\"{" * 5000 + r"\\" + '"]', 2),
    "keys": (json.dumps({str(number): number for number in range(5000)}), 1),
    "numbers": (json.dumps([[0.5] * 5000] * 3), 4),
    "strings": (json.dumps(["a"] * 3000), 3001),
    "objects and lists": (json.dumps([{"a": []}] * 2000), 4001),
    "a string that does not end": ('["' + '"' * 3000 + "\\", 1502),
}


@pytest.mark.parametrize(("text", "count"), JSON.values(), ids=JSON)
def test_elements_of_json(text: str, count: int) -> None:
    found = count_json_elements(text.encode(), LIMIT)
    assert found == count if count <= LIMIT else found > LIMIT


def test_many_elements_are_counted_exactly_before_they_are_refused() -> None:
    chooser = random.Random(1)  # noqa: S311 - an example
    value = [{"k": ["x", chooser.random(), {"y": '"{['}]} for _ in range(200)]
    assert count_json_elements(json.dumps(value).encode(), 1001) == 1001
    assert count_json_elements(json.dumps(value).encode(), 1000) > 1000
