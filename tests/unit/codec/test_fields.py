"""Where each JSON value of each form lands, and that it comes back."""

import json
from typing import Any

import pytest

from openai_grpc.codec import dumps, from_json, to_json, to_object
from openai_grpc.v1 import chat_pb2
from unit.codec.exactly import read
from unit.codec.forms import MESSAGES

Wide = MESSAGES["Wide"]
_ALWAYS = '"object":"wide","items":[],"metadata":{}'


def _wide(text: str) -> str:
    return f"{{{_ALWAYS},{text}}}" if text else f"{{{_ALWAYS}}}"


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("", {}),
        ('"text":""', {"text": ""}),
        ('"flag":false', {"flag": False}),
        ('"small":0', {"small": 0}),
        ('"small":-2147483648', {"small": -(2**31)}),
        ('"small":1.0', {"small": 1}),
        ('"small":1e2', {"small": 100}),
        ('"large":9223372036854775807', {"large": 2**63 - 1}),
        ('"large":9007199254740992.0', {"large": 2**53}),
        ('"number":1', {"number": 1.0}),
        ('"number":-0.0', {"number": -0.0}),
        ('"number":1.7976931348623157e308', {"number": 1.7976931348623157e308}),
        ('"number":9007199254740992', {"number": 2.0**53}),
        ('"texts":["a",""]', {"texts": ["a", ""]}),
        ('"flags":[true,false]', {"flags": [True, False]}),
        ('"smalls":[1,2.0]', {"smalls": [1, 2]}),
        ('"larges":[9223372036854775807]', {"larges": [2**63 - 1]}),
        ('"numbers":[1,0.5]', {"numbers": [1.0, 0.5]}),
        ('"schema":{"b":1.50,"a":[null]}', {"schema_json": '{"b":1.5,"a":[null]}'}),
        ('"schema":[]', {"schema_json": "[]"}),
        ('"schema":12345678901234567890123', {"schema_json": "12345678901234567890123"}),
        ('"schema":"\\ud800"', {"schema_json": '"\\ud800"'}),
        ('"values":[null,{},"x"]', {"values_json": ["null", "{}", '"x"']}),
        ('"arguments":{"a":null,"b":[1]}', {"arguments_json": {"a": "null", "b": "[1]"}}),
        ('"audio":""', {"audio": b""}),
        ('"audio":"AP8="', {"audio": b"\x00\xff"}),
        ('"images":["QQ==","QUI="]', {"images": [b"A", b"AB"]}),
        ('"file":"data:image/png;base64,QQ=="', {"file": {"mime_type": "image/png", "data": b"A"}}),
        ('"file":"data:;base64,QQ=="', {"file": {"data": b"A"}}),
        (
            '"file":"data:text/plain;charset=utf-8;base64,"',
            {"file": {"mime_type": "text/plain;charset=utf-8", "data": b""}},
        ),
        ('"labels":{"a":""}', {"labels": {"a": ""}}),
        ('"switches":{"a":false}', {"switches": {"a": False}}),
        ('"counts":{"a":1.0}', {"counts": {"a": 1}}),
        ('"scores":{"a":1}', {"scores": {"a": 1.0}}),
        (
            '"contents":{"a":"x","b":["y"]}',
            {"contents": {"a": {"text": "x"}, "b": {"parts": {"parts": [{"unknown": '"y"'}]}}}},
        ),
        ('"self-harm/intent":"x"', {"self_harm_intent": "x"}),
        ('"image":"https://x"', {"url": "https://x"}),
        ('"image":"data:image/png;base64,QQ=="', {"inline": {"mime_type": "image/png", "data": b"A"}}),
        ('"image":"data:image/png;base64,QQ"', {"url": "data:image/png;base64,QQ"}),
        ('"alias":{"object":"narrow","tags":["x"]}', {"alias": {"narrow": {"tags": ["x"]}}}),
    ],
)
def test_lands_in_a_field(text: str, fields: dict[str, Any]) -> None:
    message = from_json(Wide, _wide(text))
    assert message == Wide(**fields)
    assert read(to_json(message)) == read(_wide(text))


@pytest.mark.parametrize(
    "text",
    [
        '"small":2147483648',
        '"small":true',
        '"large":9223372036854775808',
        '"large":-9223372036854775809',
        '"large":14226756897978507000',
        '"number":1e400',
        '"number":true',
        '"texts":[null]',
        '"texts":[]',
        '"smalls":[2147483648]',
        '"values":{}',
        '"arguments":[1]',
        '"audio":"QQ==QQ=="',
        '"audio":"\\u00e9"',
        '"audio":1',
        '"images":["QQ==","?"]',
        '"file":"data:image/png,QQ=="',
        '"file":"data:a,b;base64,QQ=="',
        '"file":"https://x"',
        '"labels":{}',
        '"labels":{"\\ud800":"a"}',
        '"switches":{"a":null}',
        '"alias":[]',
        '"narrow":"x"',
        '"any":[null]',
        '"unknown key":{"a":[1,null]}',
        '"call_options":"x"',
        '"extra_json":"x"',
        '"url":"x"',
        '"new":null',
    ],
)
def test_stays_in_extra_json(text: str) -> None:
    message = from_json(Wide, _wide(text))
    ((field, value),) = message.ListFields()
    assert field.name == "extra_json"
    assert read(value) == read(f"{{{text}}}")
    assert read(to_json(message)) == read(_wide(text))


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ('"text":1', {"text": "1"}),
        ('"text":true', {"text": "true"}),
        ('"text":{"b":1,"a":[2]}', {"text": '{"b":1,"a":[2]}'}),
        ('"text":"\\ud800"', {"text": "\ufffd"}),
        ('"flag":1', {"flag": True}),
        ('"flag":"true"', {"flag": True}),
        ('"small":1.5', {"small": 1}),
        ('"small":"1"', {"small": 1}),
        ('"large":9007199254740993.0', {"large": 9007199254740992}),
        ('"number":9007199254740993', {"number": 9007199254740992.0}),
        ('"number":1e-400', {"number": 0.0}),
        ('"number":0.1000000000000000055511151231257827', {"number": 0.1}),
        ('"number":"0.5"', {"number": 0.5}),
        ('"texts":"abc"', {"texts": ["abc"]}),
        ('"texts":["a",1]', {"texts": ["a", "1"]}),
        ('"flags":[1]', {"flags": [True]}),
        ('"larges":[1,1.5]', {"larges": [1, 1]}),
        ('"numbers":["1"]', {"numbers": [1.0]}),
        ('"audio":"QQ"', {"audio": b"A"}),
        ('"audio":"QR=="', {"audio": b"A"}),
        ('"audio":"Q Q="', {"audio": b"A"}),
        ('"audio":"_-8="', {"audio": b"\xff\xef"}),
        ('"labels":{"a":1}', {"labels": {"a": "1"}}),
        ('"counts":{"a":1.5}', {"counts": {"a": 1}}),
    ],
)
def test_a_value_that_a_field_holds_only_nearly_is_there_twice(text: str, held: dict[str, object]) -> None:
    message = from_json(Wide, _wide(text))
    extra = message.extra_json
    assert read(extra) == read(f"{{{text}}}")
    assert message == Wide(**held, extra_json=extra)
    assert read(to_json(message)) == read(_wide(text))
    assert read(dumps(to_object(message, strict=True))) == read(_wide(text))


def test_fields_of_one_oneof_do_not_displace_each_other() -> None:
    text = _wide('"image":"https://x","file_id":"file-1"')
    message = from_json(Wide, text)
    assert message == Wide(url="https://x", extra_json='{"file_id":"file-1"}')
    assert read(to_json(message)) == read(text)


@pytest.mark.parametrize("key", ["text", "schema", "content", "any", "file", "labels", "texts", "narrow"])
def test_null_reads_as_absent(key: str) -> None:
    text = _wide(f'"{key}":null')
    assert from_json(Wide, text) == Wide()
    kept = from_json(Wide, text, keep_nulls=True)
    assert kept == Wide(extra_json=f'{{"{key}":null}}')
    assert read(to_json(kept)) == read(text)


@pytest.mark.parametrize("keep_nulls", [False, True])
@pytest.mark.parametrize(
    ("text", "extra"),
    [
        ('{"object":"wide","items":[],"metadata":{}}', {}),
        ('{"items":[],"metadata":{}}', {"object": None}),
        ('{"object":"wide","metadata":{}}', {"items": None}),
        ('{"object":"wide","items":[]}', {"metadata": None}),
        ("{}", {"object": None, "items": None, "metadata": None}),
        ('{"object":"other","items":{},"metadata":{}}', {"object": "other", "items": {}}),
        ('{"object":1,"items":[1],"metadata":{"a":1}}', {"object": 1, "items": [1], "metadata": {"a": 1}}),
    ],
)
def test_what_is_always_written_is_marked_when_absent(text: str, extra: dict[str, Any], keep_nulls: bool) -> None:
    message = from_json(Wide, text, keep_nulls=keep_nulls)
    assert json.loads(message.extra_json or "{}") == extra
    assert read(to_json(message)) == read(text)


def test_null_is_absence_for_what_is_always_written() -> None:
    message = from_json(Wide, '{"object":null,"items":null,"metadata":null}')
    assert to_json(message) == b"{}"


@pytest.mark.parametrize(
    "text",
    [
        '{"object":null,"items":null,"metadata":null}',
        '{"object":null,"items":[]}',
        '{"object":"wide","metadata":null}',
        '{"items":[{}],"metadata":null,"text":null,"odd":null}',
    ],
)
@pytest.mark.parametrize("nearly", [False, True])
def test_null_of_what_is_always_written_is_kept_where_nulls_are(text: str, nearly: bool) -> None:
    message = from_json(Wide, text, keep_nulls=True, nearly=nearly)
    assert read(to_json(message)) == read(text)
    assert read(dumps(to_object(message, strict=True))) == read(text)


@pytest.mark.parametrize("nulls", [[], ["text"], ["items", 1], "items", None, {"items": None}])
def test_a_list_of_nulls_that_nobody_wrote_is_a_key_like_any_other(nulls: Any) -> None:
    extra = {"openai_grpc.nulls": nulls}
    assert read(to_json(Wide(extra_json=json.dumps(extra)))) == read(_wide(json.dumps(extra)[1:-1]))


def test_a_null_gives_way_to_a_value() -> None:
    message = from_json(Wide, '{"object":"wide","items":null,"metadata":null}', keep_nulls=True)
    message.MergeFrom(Wide(metadata={"a": "b"}))
    assert read(to_json(message)) == read('{"object":"wide","items":null,"metadata":{"a":"b"}}')


def test_a_kept_null_leaves_values_that_are_nearly_held() -> None:
    text = _wide('"labels":{"a":1},"text":{"b":null},"schema":null')
    message = from_json(Wide, text, keep_nulls=True, nearly=True)
    assert message.text == '{"b":null}'
    assert read(to_json(message)) == read(text)
    assert not from_json(Wide, text, keep_nulls=True).text


def test_a_marker_gives_way_to_a_value() -> None:
    message = from_json(Wide, "{}")
    message.MergeFrom(Wide(metadata={"a": "b"}))
    assert json.loads(to_json(message)) == {"metadata": {"a": "b"}}


@pytest.mark.parametrize("name", ["Narrow", "Wide"])
def test_extra_json_overrides_fields(name: str) -> None:
    message = MESSAGES[name](text="typed", extra_json='{"text":{"a":1},"number":null}')
    value = json.loads(to_json(message))
    assert (value["text"], value["number"]) == ({"a": 1}, None)


def test_gateway_fields_are_not_in_json() -> None:
    assert to_json(Wide(call_options="x")) == to_json(Wide())


@pytest.mark.parametrize(
    "text",
    [
        b"{}",
        b'{"audio_tokens":0,"cached_tokens":1073741823}',
        b'{"audio_tokens":7,"cached_tokens":1073741824}',
        b'{"cached_tokens":-1}',
        b'{"cached_tokens":2147483648}',
        b'{"cached_tokens":1.5}',
        b'{"cached_tokens":true}',
        b'{"cached_tokens":"3"}',
        b'{"audio_tokens":null,"cached_tokens":1}',
        b'{"cached_tokens":1,"new_tokens":2}',
    ],
)
def test_counts(text: bytes) -> None:
    kind = chat_pb2.CompletionUsage.PromptTokensDetails
    message = from_json(kind, text, keep_nulls=True, nearly=True)
    assert read(to_json(message)) == read(text)
    cached = json.loads(text).get("cached_tokens")
    if type(cached) is int and -(2**31) <= cached < 2**31:
        assert message.cached_tokens == cached
