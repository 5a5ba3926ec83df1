"""What the codec refuses, and where it says that it is."""

import math
from typing import Any

import pytest

from openai_grpc.codec import CodecError, from_json, from_object, to_json
from openai_grpc.v1 import ChatCompletionRequestMessage
from unit.codec.forms import MESSAGES

_TEXT_PART = {"text": {"text": "x"}}


@pytest.mark.parametrize(
    ("name", "fields", "path", "reason"),
    [
        ("Narrow", {"number": math.nan}, "number", "no such number"),
        ("Narrow", {"number": -math.inf}, "number", "no such number"),
        ("Narrow", {"numbers": [0.5, math.inf]}, "numbers[1]", "no such number"),
        ("Wide", {"number": math.inf}, "number", "no such number"),
        ("Wide", {"scores": {"a": math.nan}}, "scores['a']", "no such number"),
        ("Any", {"number": math.nan}, "number", "no such number"),
        ("Wide", {"schema_json": '1,"model":"x"'}, "schema_json", "not JSON"),
        ("Wide", {"schema_json": ""}, "schema_json", "not JSON"),
        ("Wide", {"values_json": ["{}", "{"]}, "values_json", "not JSON"),
        ("Wide", {"arguments_json": {"a": "NaN"}}, "arguments_json", "not JSON"),
        ("Part", {"unknown": "{"}, "unknown", "not JSON"),
        ("Narrow", {"extra_json": "{"}, "extra_json", "not JSON"),
        ("Narrow", {"extra_json": "[]"}, "extra_json", "not a JSON object"),
        ("Content", {}, "", "codec_forms.Content is empty"),
        ("Alias", {}, "", "codec_forms.Alias is empty"),
        ("Narrow", {"content": {}}, "content", "codec_forms.Content is empty"),
        (
            "Wide",
            {"content": {"parts": {"parts": [_TEXT_PART, {}]}}},
            "content.parts.parts[1]",
            "codec_forms.Part is empty",
        ),
        (
            "Wide",
            {"narrow": {}, "contents": {"k": {"parts": {"parts": [{"unknown": "x"}]}}}},
            "contents['k'].parts.parts[0].unknown",
            "not JSON",
        ),
        ("Embeddings", {"data": [{}, {"embedding": [math.inf]}]}, "data[1].embedding", "no such number"),
    ],
)
def test_path(name: str, fields: dict[str, Any], path: str, reason: str) -> None:
    with pytest.raises(CodecError, match=reason) as error:
        to_json(MESSAGES[name](**fields))
    assert error.value.path == path
    assert str(error.value).startswith(path)


@pytest.mark.parametrize(
    ("name", "text"), [("Texts", b"[]"), ("Parts", b"[]"), ("Labels", b"{}"), ("TokenLists", b"[]")]
)
def test_a_transparent_list_or_map_may_be_empty(name: str, text: bytes) -> None:
    assert to_json(MESSAGES[name]()) == text


def _nested(levels: int) -> str:
    # A Filter is two messages a level, and the innermost Compound is one.
    return '{"type":"and","filters":[' * (levels // 2) + "]}" * (levels // 2)


def _nested_in_maps(levels: int) -> str:
    # Here it is three messages a level, as a map's entry is one.
    return '{"type":"and","named":{"a":' * (levels // 3) + '{"type":"and"}' + "}}" * (levels // 3)


@pytest.mark.parametrize(("name", "levels"), [("Compound", 98), ("Compound", 100), ("Filter", 98), ("Filter", 100)])
def test_as_deep_as_protobuf_goes(name: str, levels: int) -> None:
    message_type = MESSAGES[name]
    text = _nested(levels)
    message = from_json(message_type, text)
    assert to_json(message_type.FromString(message.SerializeToString())).decode() == text


def test_99_messages_deep() -> None:
    text = _nested_in_maps(99)
    message = from_json(MESSAGES["Compound"], text)
    assert to_json(MESSAGES["Compound"].FromString(message.SerializeToString())).decode() == text


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Compound", _nested(104)),
        ("Filter", _nested(102)),
        ("Compound", _nested_in_maps(102)),
        ("Compound", _nested(2000)),
        ("Compound", _nested(200_000)),
        ("Wide", '{"schema":' + "[" * 100_000 + "]" * 100_000 + "}"),
        ("Wide", '{"new":' + "[" * 100_000 + "]" * 100_000 + "}"),
    ],
)
def test_deeper_than_protobuf_goes(name: str, text: str) -> None:
    with pytest.raises(CodecError):
        from_json(MESSAGES[name], text)


def test_raw_json_may_be_deeper() -> None:
    text = '{"object":"wide","items":[],"metadata":{},"schema":' + "[" * 200 + "]" * 200 + "}"
    assert from_json(MESSAGES["Wide"], text) == MESSAGES["Wide"](schema_json="[" * 200 + "]" * 200)


def test_a_deep_message_is_no_crash() -> None:
    fields: dict[str, Any] = {}
    for _ in range(2000):
        fields = {"filters": [{"compound": fields}]}
    with pytest.raises((CodecError, RecursionError)):
        to_json(MESSAGES["Compound"](**fields))


def test_the_value_is_not_changed() -> None:
    value = {"object": "wide", "texts": ["a"], "new": [1], "items": [{"role": "user", "prompt": "x"}]}
    copy = {**value, "texts": ["a"], "new": [1], "items": [{"role": "user", "prompt": "x"}]}
    from_object(MESSAGES["Wide"], value)
    assert value == copy


def test_two_fields_of_one_key_are_not_both_written() -> None:
    message = ChatCompletionRequestMessage()
    message.assistant.content = "a"
    message.assistant.content_parts.add().text.text = "b"
    with pytest.raises(CodecError, match="content_parts and content are both set") as error:
        to_json(message)
    assert error.value.path == "assistant.content_parts"
