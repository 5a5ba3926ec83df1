"""Which texts can name something, and which keys of `extra_json` read as a typed name."""

from typing import Any

import pytest

from openai_grpc.codec import CodecError, dumps, folded, loads, name_problem, stem, to_object
from openai_grpc.options.v1 import json_pb2
from openai_grpc.v1 import chat_pb2, response_item_pb2, response_tool_pb2, responses_pb2

Request = responses_pb2.CreateResponseRequest
ResponseTool = response_tool_pb2.ResponseTool
ImageTool = response_tool_pb2.ImageGenerationTool
MODEL, RESPONSE = json_pb2.JSON_NAMES_MODEL, json_pb2.JSON_NAMES_RESPONSE
ITEM, SECRET = json_pb2.JSON_NAMES_ITEM, json_pb2.JSON_NAMES_SECRET


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (MODEL, ""),
        (MODEL, "ft:gpt-4o-mini:org::id"),
        (MODEL, "accounts/a/models/b#accounts/a/deployments/c"),
        (MODEL, "x" * 256),
        (MODEL, "é" * 128),
        (RESPONSE, "resp_0123=+:;."),
        (RESPONSE, "x" * 1024),
        (ITEM, "rs/../?#% é"),
        (SECRET, "x" * 8192),
    ],
)
def test_can_be_a_name(kind: int, text: str) -> None:
    assert not name_problem(kind, text)


@pytest.mark.parametrize(
    ("kind", "text", "problem"),
    [
        (MODEL, "x" * 257, "too long: at most 256 bytes"),
        (MODEL, "é" * 129, "too long: at most 256 bytes"),
        (MODEL, "m\0", "printable"),
        (MODEL, "m\u202e", "printable"),
        (RESPONSE, "x" * 1025, "too long: at most 1024 bytes"),
        (ITEM, "x" * 1025, "too long: at most 1024 bytes"),
        (SECRET, "x" * 8193, "too long: at most 8192 bytes"),
        *[(RESPONSE, text, "must not have") for text in ("a/b", "..", "a..b", "a\\b", "a?b", "a#b", "a%2fb")],
        *[(RESPONSE, text, "visible ASCII") for text in ("a b", "a\n", "a\0", "\x7f", "é")],
    ],
)
def test_can_be_no_name(kind: int, text: str, problem: str) -> None:
    assert problem in name_problem(kind, text)


@pytest.mark.parametrize("key", ["model", "Model", "MODEL", " model\t", "model[]", "model[0]"])
def test_folded(key: str) -> None:
    assert folded(key) == "model"


@pytest.mark.parametrize(
    ("key", "plain"),
    [("\u017ftore", "store"), ("to\u212aen", "token"), ("\u0130d", "id"), ("\u0131d", "id"), ("models", "models")],
)
def test_letters_that_fold_to_ascii(key: str, plain: str) -> None:
    assert folded(key) == plain


@pytest.mark.parametrize("key", ["previousResponseId", "Previous-Response-ID", "PREVIOUS_RE\u017fPONSE_ID"])
def test_stem(key: str) -> None:
    assert stem(key) == stem("previous_response_id")


NAMES = {
    "the model": ({"model": "x" * 257}, "model"),
    "one of several models": ({"openrouter": {"models": ["a", "b\n"]}}, "openrouter.models"),
}


@pytest.mark.parametrize(("fields", "path"), NAMES.values(), ids=NAMES)
def test_refuses_what_can_be_no_name(fields: dict[str, Any], path: str) -> None:
    message = chat_pb2.CreateChatCompletionRequest(**fields)
    to_object(message)
    with pytest.raises(CodecError) as error:
        to_object(message, strict=True)
    assert error.value.path == path


def test_refuses_what_can_be_no_name_further_down() -> None:
    item = response_item_pb2.ResponseItem()
    item.item_reference.id = "x" * 1025
    request = Request(tools=[ResponseTool(image_generation=ImageTool(model="y" * 257))])
    with pytest.raises(CodecError, match="at most 256 bytes") as error:
        to_object(request, strict=True)
    assert error.value.path == "tools[0].image_generation.model"
    with pytest.raises(CodecError, match="at most 1024 bytes"):
        to_object(item, strict=True)


@pytest.mark.parametrize("key", ["Model", "MODEL", "model ", "model[]"])
def test_a_key_that_reads_as_a_name(key: str) -> None:
    tool = ResponseTool(image_generation=ImageTool(extra_json=dumps({key: "large"}).decode()))
    value = loads(dumps(to_object(tool)))
    assert value[key] == "large"
    with pytest.raises(CodecError, match="can be read as 'model'") as error:
        to_object(tool, strict=True)
    assert error.value.path == "image_generation.extra_json"


def test_headers_are_checked_one_by_one() -> None:
    tool = ResponseTool()
    tool.mcp.headers["x"] = "y" * 8193
    with pytest.raises(CodecError, match="at most 8192 bytes") as error:
        to_object(tool, strict=True)
    assert error.value.path == "mcp.headers"
