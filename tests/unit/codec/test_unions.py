"""Which arm of a union a JSON value chooses."""

from typing import Any

import pytest

from openai_grpc.codec import CodecError, from_json, to_json
from unit.codec.exactly import read
from unit.codec.forms import MESSAGES

_IMAGE = {"type": "picture", "url": "https://x"}


@pytest.mark.parametrize(
    ("name", "text", "fields"),
    [
        ("Content", '"x"', {"text": "x"}),
        ("Content", "[]", {"parts": {}}),
        ("Content", "1", {"unknown": "1"}),
        ("Content", "null", {"unknown": "null"}),
        ("Content", '{"a":1.0}', {"unknown": '{"a":1.0}'}),
        ("Content", '[{"type":"text","text":"x"}]', {"parts": {"parts": [{"text": {"text": "x"}}]}}),
        ("Part", '{"type":"picture","url":"https://x"}', {"image": _IMAGE}),
        (
            "Part",
            '{"type":"image","url":"data:a/b;base64,"}',
            {"image": {"type": "image", "data": {"mime_type": "a/b", "data": b""}}},
        ),
        ("Part", '{"type":"new","text":"x"}', {"unknown": '{"type":"new","text":"x"}'}),
        ("Part", '{"type":1}', {"unknown": '{"type":1}'}),
        ("Part", '{"type":["text"]}', {"unknown": '{"type":["text"]}'}),
        ("Part", "{}", {"unknown": "{}"}),
        ("Part", '{"type":"audio","samples":"QQ=="}', {"audio": {"samples": b"A"}}),
        ("Part", '{"type":"sound","samples":"QQ=="}', {"audio": {"samples": b"A", "extra_json": '{"type":"sound"}'}}),
        ("Part", '{"samples":"QQ=="}', {"audio": {"samples": b"A", "extra_json": '{"type":null}'}}),
        ("Item", '{"role":"user","prompt":"x"}', {"user": {"prompt": "x"}}),
        ("Item", '{"prompt":"x"}', {"user": {"prompt": "x", "extra_json": '{"role":null}'}}),
        ("Item", '{"id":"a","kind":"b"}', {"reference": {"id": "a", "kind": "b"}}),
        ("Item", '{"label":"a","b":"c"}', {"labels": {"labels": {"label": "a", "b": "c"}}}),
        ("Item", '{"label":1}', {"rest": {"extra_json": '{"label":1}'}}),
        ("Item", '{"id":"a"}', {"rest": {"extra_json": '{"id":"a"}'}}),
        ("Item", '{"role":"new","id":"a","kind":"b"}', {"rest": {"extra_json": '{"role":"new","id":"a","kind":"b"}'}}),
        ("Any", "1", {"integer": 1}),
        ("Any", "1.0", {"integer": 1}),
        ("Any", "1.5", {"number": 1.5}),
        ("Any", "2147483648", {"number": 2147483648.0}),
        ("Any", "true", {"flag": True}),
        ("Any", '"x"', {"text": "x"}),
        ("Any", '"QQ=="', {"data": b"A"}),
        ("Any", '"data:;base64,QQ=="', {"file": {"data": b"A"}}),
        ("Any", '["a"]', {"texts": {"texts": ["a"]}}),
        ("Any", "[1]", {"tokens": {"tokens": [1]}}),
        ("Any", "[[1],[]]", {"token_lists": {"lists": [{"tokens": [1]}, {}]}}),
        ("Any", '{"label":"x"}', {"labels": {"labels": {"label": "x"}}}),
        ("Outer", '{"type":"text"}', {"part": {"text": {}}}),
        ("Outer", '{"type":"eq","value":1}', {"filter": {"comparison": {"type": "eq", "value": {"integer": 1}}}}),
        ("Outer", '{"role":"user"}', {"item": {"user": {}}}),
        ("Outer", '{"type":"new"}', {"item": {"rest": {"extra_json": '{"type":"new"}'}}}),
        ("Outer", "true", {"flag": True}),
        ("Outer", '"x"', {"part": {"unknown": '"x"'}}),
    ],
)
def test_arm(name: str, text: str, fields: dict[str, Any]) -> None:
    message_type = MESSAGES[name]
    message = from_json(message_type, text)
    assert message == message_type(**fields)
    assert read(to_json(message)) == read(text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Any", "null"),
        ("Any", "[null]"),
        ("Any", '["a",1]'),
        ("Any", '{"a":1}'),
        ("Any", "9007199254740993"),
        ("Filter", '{"type":"new"}'),
        ("Filter", "{}"),
        ("Item", "[]"),
        ("Texts", '"x"'),
        ("Alias", "[]"),
        ("Narrow", "[]"),
        ("Narrow", "null"),
    ],
)
def test_nothing_takes_it(name: str, text: str) -> None:
    with pytest.raises(CodecError, match=f"codec_forms.{name} can't hold"):
        from_json(MESSAGES[name], text)
