"""What a request's `extra_json` may hold."""

import pytest

from openai_grpc.codec import CodecError, dumps, from_json, to_object
from unit.codec.exactly import read
from unit.codec.forms import MESSAGES

Wide = MESSAGES["Wide"]


@pytest.mark.parametrize(
    "extra",
    [
        "{}",
        '{"new":1,"newer":{"text":"x"}}',
        '{"text":null,"items":null,"object":null}',
        '{"texts":[],"labels":{},"items":{},"text":[]}',
        '{"text":1,"flag":"x","small":2147483648,"items":"x","object":"other"}',
        '{"number":0.1000000000000000055511151231257827}',
        '{"texts":["a",1]}',
    ],
)
def test_accepts(extra: str) -> None:
    value = read(dumps(to_object(Wide(extra_json=extra), strict=True)))
    for key, item in read(extra).items():
        assert value.get(key) == item


@pytest.mark.parametrize(
    ("extra", "fields"),
    [
        ('{"text":"x"}', {"text": "x"}),
        ('{"new":1,"texts":["x"]}', {"texts": ["x"]}),
        ('{"small":1}', {"small": 1}),
        ('{"schema":1}', {"schema_json": "1"}),
        ('{"image":"https://x"}', {"url": "https://x"}),
        ('{"self-harm/intent":"x"}', {"self_harm_intent": "x"}),
        ('{"content":"x"}', {"content": {"text": "x"}}),
        ('{"narrow":{"object":"narrow","tags":[],"text":"x"}}', {"narrow": {"text": "x"}}),
    ],
)
def test_a_key_whose_typed_field_is_not_set_is_read_as_that_field(extra: str, fields: dict[str, object]) -> None:
    value = dumps(to_object(Wide(extra_json=extra), strict=True))
    read_as = from_json(Wide, value)
    assert read_as == Wide(**fields, extra_json=read_as.extra_json or None)


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"text": "x", "extra_json": '{"text":"y"}'}, "extra_json"),
        ({"text": "", "extra_json": '{"text":"y"}'}, "extra_json"),
        ({"text": "x", "extra_json": '{"text":2}'}, "extra_json"),
        ({"texts": ["a"], "extra_json": '{"new":1,"texts":["x"]}'}, "extra_json"),
        ({"small": 2, "extra_json": '{"small":1.5}'}, "extra_json"),
        ({"schema_json": "2", "extra_json": '{"schema":1}'}, "extra_json"),
        ({"inline": {"data": b"x"}, "extra_json": '{"image":"https://x"}'}, "extra_json"),
        ({"content": {"text": "x"}, "extra_json": '{"content":"y"}'}, "extra_json"),
        ({"narrow": {"text": "y", "extra_json": '{"text":"x"}'}}, "narrow.extra_json"),
        (
            {
                "contents": {
                    "k": {"parts": {"parts": [{"unknown": "1"}, {"text": {"text": "y", "extra_json": '{"text":"x"}'}}]}}
                }
            },
            "contents['k'].parts.parts[1].text.extra_json",
        ),
    ],
)
def test_refuses_a_key_that_contradicts_its_typed_field(fields: dict[str, object], path: str) -> None:
    message = Wide(**fields)
    to_object(message)
    with pytest.raises(CodecError, match="set only one of them") as error:
        to_object(message, strict=True)
    assert error.value.path == path


def test_accepts_what_from_json_could_not_type() -> None:
    text = '{"object":"narrow","tags":[],"text":1,"count":null,"number":1e400,"content":{"a":[]},"new":{}}'
    message = from_json(MESSAGES["Narrow"], text, keep_nulls=True)
    assert read(dumps(to_object(message, strict=True))) == read(text)


def test_accepts_a_vector_that_float32_does_not_hold() -> None:
    text = '{"embedding":[0.12345678901]}'
    message = from_json(MESSAGES["Embedding"], text)
    assert read(dumps(to_object(message, strict=True))) == read(text)
