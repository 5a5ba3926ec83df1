"""Messages whose fields are keys of the object around them."""

import json
from typing import Any

import pytest
from google.protobuf import descriptor_pb2, descriptor_pool

from openai_grpc.codec import (
    CodecError,
    _options,
    count_elements,
    from_json,
    read_extra,
    to_json,
    to_object,
    to_revision,
)
from openai_grpc.codec._decode import MAX_DEPTH, decode_compiler
from openai_grpc.options.v1 import json_pb2
from unit.codec.forms import MESSAGES

Acme = MESSAGES["Acme"]
Bolt = MESSAGES["Bolt"]
Provided = MESSAGES["Provided"]
Served = MESSAGES["Served"]
OBJECT: dict[str, Any] = {"object": "provided"}


def decode(message_type: Any, value: Any, *, keep_nulls: bool = False) -> Any:
    return from_json(message_type, json.dumps(value), keep_nulls=keep_nulls)


def encode(message: Any) -> Any:
    return json.loads(to_json(message))


@pytest.mark.parametrize("keep_nulls", [False, True])
@pytest.mark.parametrize(
    ("value", "fields"),
    [
        ({}, {}),
        ({"text": "x"}, {"text": "x"}),
        ({"bolt_count": 0}, {"bolt": {"bolt_count": 0}}),
        ({"bolt_content": "x"}, {"bolt": {"bolt_content": {"text": "x"}}}),
        ({"acme_items": []}, {"acme": {}}),
        ({"text": "x", "acme_items": ["a"]}, {"text": "x", "acme": {"acme_items": ["a"]}}),
        ({"acme_items": [], "acme_text": ""}, {"acme": {"acme_text": ""}}),
        ({"acme_items": [], "acme_cost": 0.5}, {"acme": {"acme_cost": 0.5}}),
        (
            {"acme_items": [], "acme_cost": {"object": "narrow", "tags": []}},
            {"acme": {"acme_cost_parts": {}}},
        ),
        ({"acme_items": [], "acme_schema": {"b": [1]}}, {"acme": {"acme_schema_json": '{"b":[1]}'}}),
        ({"acme_items": [], "acme_picture": "QQ=="}, {"acme": {"acme_data": b"A"}}),
        ({"acme_items": [], "acme_picture": "https://x"}, {"acme": {"acme_url": "https://x"}}),
        ({"acme_items": [], "acme_contents": {"a": "x"}}, {"acme": {"acme_contents": {"a": {"text": "x"}}}}),
        (
            {"small": 1, "acme_items": [], "acme_text": "x", "bolt_count": 2, "new": 3},
            {"small": 1, "acme": {"acme_text": "x"}, "bolt": {"bolt_count": 2}, "extra_json": '{"new":3}'},
        ),
    ],
)
def test_keys_fill_the_inline_message(value: dict[str, Any], fields: dict[str, Any], keep_nulls: bool) -> None:
    message = decode(Provided, OBJECT | value, keep_nulls=keep_nulls)
    assert message == Provided(**fields)
    assert encode(message) == OBJECT | value
    served = decode(Served, value, keep_nulls=keep_nulls)
    assert served.acme == message.acme
    assert served.bolt == message.bolt
    assert encode(served) == value


def test_an_object_without_its_keys_has_no_inline_message() -> None:
    message = decode(Provided, {"text": "x", "new": 1})
    assert not message.HasField("acme")
    assert not message.HasField("bolt")


def test_an_empty_inline_message_is_nothing() -> None:
    assert encode(Provided(bolt={})) == OBJECT


@pytest.mark.parametrize(
    ("value", "fields"),
    [
        ({"bolt_count": "7"}, {"bolt": {"bolt_count": 7}, "extra_json": '{"bolt_count":"7"}'}),
        (
            {"acme_text": 1, "acme_items": []},
            {"acme": {"acme_text": "1"}, "extra_json": '{"acme_text":1}'},
        ),
        ({"bolt_count": {}}, {"extra_json": '{"bolt_count":{}}'}),
        ({"acme_items": "x"}, {"acme": {"acme_items": ["x"]}, "extra_json": '{"acme_items":"x"}'}),
    ],
)
def test_a_value_that_a_field_holds_only_nearly_is_there_twice(value: dict[str, Any], fields: dict[str, Any]) -> None:
    message = decode(Provided, OBJECT | value)
    assert message == Provided(**fields)
    assert encode(message) == OBJECT | value


def test_nulls() -> None:
    value = OBJECT | {"bolt_count": None, "acme_text": None}
    assert decode(Provided, value) == Provided()
    kept = decode(Provided, value, keep_nulls=True)
    assert kept == Provided(extra_json='{"bolt_count":null,"acme_text":null}')
    assert encode(kept) == value


def test_a_list_that_is_always_written_is_written_where_the_inline_message_is() -> None:
    message = decode(Provided, OBJECT | {"acme_text": "x"})
    assert message == Provided(acme={"acme_text": "x"}, extra_json='{"acme_items":null}')
    assert encode(message) == OBJECT | {"acme_text": "x"}
    assert encode(Provided(acme={"acme_text": "x"})) == OBJECT | {"acme_text": "x", "acme_items": []}


def test_extra_overrides_inline_fields_and_strict_refuses_the_contradiction() -> None:
    twice = Provided(bolt={"bolt_count": 1}, extra_json='{"bolt_count":2}')
    assert encode(twice) == OBJECT | {"bolt_count": 2}
    with pytest.raises(CodecError, match="bolt_count is set here and in its typed field"):
        to_object(twice, strict=True)
    near = decode(Provided, OBJECT | {"bolt_count": "7"})
    assert to_object(near, strict=True)["bolt_count"] == "7"


@pytest.mark.parametrize("key", ["acme_models", "ACME_MODELS", "acmeModels"])
def test_strict_refuses_a_key_that_can_be_read_as_one_that_names_something(key: str) -> None:
    with pytest.raises(CodecError, match="acme_models"):
        to_object(Provided(extra_json=json.dumps({key: "x"})), strict=True)


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"acme": {"acme_cost": float("inf")}}, "acme.acme_cost"),
        ({"acme": {"acme_schema_json": "{"}}, "acme.acme_schema_json"),
        ({"acme": {"acme_narrows": [{}, {"extra_json": "{"}]}}, "acme.acme_narrows[1].extra_json"),
        ({"acme": {"acme_cost": 1, "acme_cost_parts": {}}}, "acme.acme_cost"),
        ({"bolt": {"bolt_content": {}}}, "bolt.bolt_content"),
    ],
)
@pytest.mark.parametrize("message_type", [Provided, Served], ids=["few", "many"])
def test_errors_name_the_inline_field(message_type: Any, fields: dict[str, Any], path: str) -> None:
    with pytest.raises(CodecError) as error:
        to_json(message_type(**fields))
    assert error.value.path == path


def test_names_are_checked_by_strict() -> None:
    with pytest.raises(CodecError, match="too long") as error:
        to_object(Provided(acme={"acme_models": ["x" * 257]}), strict=True)
    assert error.value.path == "acme.acme_models"


def test_reads_extra_as_inline_fields() -> None:
    value = {"bolt_count": 1, "acme_models": ["a"], "acme_cost": {"object": "narrow", "tags": []}, "new": 1}
    message = Provided(acme={"acme_text": "x"}, extra_json=json.dumps(value))
    read_extra(message)
    acme = {"acme_text": "x", "acme_models": ["a"], "acme_cost_parts": {}}
    assert message == Provided(bolt={"bolt_count": 1}, acme=acme, extra_json='{"new":1}')


def test_reads_no_extra_over_a_field_that_is_set() -> None:
    extra = '{"bolt_count":2,"acme_picture":"QQ=="}'
    message = Provided(bolt={"bolt_count": 1}, acme={"acme_url": "x"}, extra_json=extra)
    read_extra(message)
    assert message == Provided(bolt={"bolt_count": 1}, acme={"acme_url": "x"}, extra_json=extra)


def test_an_older_caller_gets_a_newer_inline_message_as_extra() -> None:
    value = {"a": "x", "acme_items": [], "acme_text": "y", "acme_models": ["z"], "bolt_count": 1}
    message = decode(Served, value)
    to_revision(message, 1)
    assert not message.HasField("acme")
    assert message.bolt == Bolt(bolt_count=1)
    assert json.loads(message.extra_json) == {"acme_items": [], "acme_text": "y", "acme_models": ["z"]}
    assert encode(message) == value
    read_extra(message)
    assert message.acme == Acme(acme_text="y", acme_models=["z"])
    assert encode(message) == value


def test_an_older_caller_gets_a_newer_field_of_an_inline_message_as_extra() -> None:
    value = {"provided": [OBJECT | {"bolt_content": "x"}, OBJECT | {"bolt_count": 1, "bolt_content": "x"}]}
    message = decode(Served, value)
    to_revision(message, 1)
    assert message == Served(
        provided=[
            {"extra_json": '{"bolt_content":"x"}'},
            {"bolt": {"bolt_count": 1}, "extra_json": '{"bolt_content":"x"}'},
        ]
    )
    assert encode(message) == value


def test_a_revision_that_has_all_gets_it_as_it_is() -> None:
    message = decode(Served, {"acme_items": [], "acme_text": "y", "bolt_content": "x"})
    same = decode(Served, {"acme_items": [], "acme_text": "y", "bolt_content": "x"})
    to_revision(message, 2)
    assert message == same


def test_elements_of_inline_messages_count() -> None:
    message = Provided(acme={"acme_models": ["a", "b"], "acme_schema_json": "[[],{}]"})
    assert count_elements(Provided, message.SerializeToString(), 100) == 1 + 3 + 3


def test_inline_messages_count_as_a_level() -> None:
    read = decode_compiler(keep_nulls=False, nearly=True).of(Provided)
    assert read(OBJECT, MAX_DEPTH) == {}
    assert read({"bolt_count": 1}, MAX_DEPTH - 1)
    with pytest.raises(CodecError, match="nested deeper"):
        read({"bolt_count": 1}, MAX_DEPTH)
    with pytest.raises(CodecError, match="nested deeper"):
        read({"bolt_content": "x"}, MAX_DEPTH - 1)


def field(name: str, number: int, *, kind: str = "", inline: bool = False, many: bool = False) -> Any:
    proto = descriptor_pb2.FieldDescriptorProto
    made = proto(
        name=name,
        number=number,
        label=proto.LABEL_REPEATED if many else proto.LABEL_OPTIONAL,
        type=proto.TYPE_MESSAGE if kind else proto.TYPE_STRING,
        type_name=f".refused.{kind}" if kind else None,
    )
    if inline:
        made.options.Extensions[json_pb2.json].inline = True
    if name == "extra_json":
        made.options.Extensions[json_pb2.json].form = json_pb2.JSON_FORM_EXTRA
    return made


EXTRA = field("extra_json", 1000)


@pytest.mark.parametrize(
    ("inner", "outer", "reason"),
    [
        ([field("a", 1)], [field("a", 1), field("p", 2, kind="P", inline=True), EXTRA], "the key 'a' is in p"),
        (
            [field("a", 1)],
            [field("p", 1, kind="P", inline=True), field("q", 2, kind="P", inline=True), EXTRA],
            "the key 'a' is in q",
        ),
        ([field("a", 1), EXTRA], [field("p", 1, kind="P", inline=True), EXTRA], "must be an object of fields"),
        ([field("a", 1)], [field("p", 1, kind="P", inline=True)], "must be an object with extra_json"),
        ([field("a", 1)], [field("p", 1, inline=True), EXTRA], "must be one message"),
        ([field("a", 1)], [field("p", 1, kind="P", inline=True, many=True), EXTRA], "must be one message"),
    ],
)
def test_what_has_no_meaning_is_refused(inner: list[Any], outer: list[Any], reason: str) -> None:
    file = descriptor_pb2.FileDescriptorProto(name="refused.proto", package="refused", syntax="proto2")
    file.message_type.add(name="P", field=inner)
    file.message_type.add(name="Outer", field=outer)
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(descriptor_pb2.FileDescriptorProto.FromString(descriptor_bytes()).SerializeToString())
    pool.AddSerializedFile(json_pb2.DESCRIPTOR.serialized_pb)
    pool.AddSerializedFile(file.SerializeToString())
    with pytest.raises(TypeError, match=reason):
        _options.shape(pool.FindMessageTypeByName("refused.Outer"))


def descriptor_bytes() -> bytes:
    """Returns the file that options extend."""
    return bytes(descriptor_pb2.DESCRIPTOR.serialized_pb)
