"""Requests of Responses for an upstream that has chat completions only."""

from typing import Any

import pytest

from openai_grpc.codec import from_object, loads, to_json
from openai_grpc.v1 import responses_pb2
from openai_grpc_server.bridge.losses import Losses
from openai_grpc_server.bridge.responses_to_chat_request import chat_request, restrict_tools
from openai_grpc_server.errors import InvalidArgumentError

HI = {"role": "user", "content": "Hi"}
SCHEMA = {"type": "object", "properties": {"b": {"type": "string"}, "a": {"type": "string"}}}
PNG = "data:image/png;base64,iVBORw0KGgo="
CALL = {"type": "function_call", "id": "fc_1", "call_id": "c1", "name": "f", "arguments": "{}", "status": "completed"}
CALLED = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
RESULT = {"type": "function_call_output", "call_id": "c1", "output": "42"}
TOOL = {"role": "tool", "tool_call_id": "c1", "content": "42"}
THOUGHT = {"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "Hm"}]}
SIGNED = {"type": "reasoning.text", "signature": "sig", "index": 0}


def said(text: str) -> dict[str, Any]:
    return {
        "type": "message",
        "id": "msg_1",
        "role": "assistant",
        "status": "completed",
        "content": [{"type": "output_text", "text": text, "annotations": []}],
    }


PARAMETERS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "nothing else": ({}, {}),
    "what both have": (
        {"temperature": 0.5, "top_p": 0.9, "metadata": {"k": "v"}, "parallel_tool_calls": False, "user": "u"},
        {"temperature": 0.5, "top_p": 0.9, "metadata": {"k": "v"}, "parallel_tool_calls": False, "user": "u"},
    ),
    "the limit": ({"max_output_tokens": 50}, {"max_tokens": 50}),
    "effort and summary": ({"reasoning": {"effort": "low", "summary": "auto"}}, {"reasoning_effort": "low"}),
    "reasoning in a server's own terms": (
        {"reasoning": {"effort": "low", "max_tokens": 5}},
        {"reasoning": {"effort": "low", "max_tokens": 5}},
    ),
    "verbosity": ({"text": {"verbosity": "low"}}, {"verbosity": "low"}),
    "a schema": (
        {"text": {"format": {"type": "json_schema", "name": "n", "schema": SCHEMA, "strict": True}}},
        {
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "n", "schema": SCHEMA, "strict": True},
            }
        },
    ),
    "any JSON": ({"text": {"format": {"type": "json_object"}}}, {"response_format": {"type": "json_object"}}),
    "text, as always": ({"text": {"format": {"type": "text"}}}, {}),
    "log probabilities": (
        {"include": ["message.output_text.logprobs"], "top_logprobs": 2},
        {"logprobs": True, "top_logprobs": 2},
    ),
    "what chat does anyway": (
        {"include": ["reasoning.encrypted_content"], "store": False, "truncation": "disabled", "background": False},
        {},
    ),
    "a parameter that only chat has": ({"stop": ["x"], "new": 1}, {"stop": ["x"], "new": 1}),
    "a function": (
        {"tools": [{"type": "function", "name": "f", "description": "d", "parameters": SCHEMA, "strict": True}]},
        {
            "tools": [
                {
                    "type": "function",
                    "function": {"name": "f", "description": "d", "parameters": SCHEMA, "strict": True},
                }
            ]
        },
    ),
    "a custom tool": (
        {
            "tools": [
                {
                    "type": "custom",
                    "name": "sql",
                    "format": {"type": "grammar", "syntax": "lark", "definition": "start: A"},
                }
            ]
        },
        {
            "tools": [
                {
                    "type": "custom",
                    "custom": {
                        "name": "sql",
                        "format": {"type": "grammar", "grammar": {"syntax": "lark", "definition": "start: A"}},
                    },
                }
            ]
        },
    ),
    "a search of the web": (
        {
            "tools": [
                {
                    "type": "web_search",
                    "search_context_size": "low",
                    "user_location": {"type": "approximate", "city": "Paris"},
                }
            ]
        },
        {
            "web_search_options": {
                "search_context_size": "low",
                "user_location": {"type": "approximate", "approximate": {"city": "Paris"}},
            }
        },
    ),
    "a mode of choice": ({"tool_choice": "required"}, {"tool_choice": "required"}),
    "a chosen function": (
        {"tool_choice": {"type": "function", "name": "f"}},
        {"tool_choice": {"type": "function", "function": {"name": "f"}}},
    ),
    "allowed tools": (
        {"tool_choice": {"type": "allowed_tools", "mode": "auto", "tools": [{"type": "function", "name": "f"}]}},
        {
            "tool_choice": {
                "type": "allowed_tools",
                "allowed_tools": {"mode": "auto", "tools": [{"type": "function", "function": {"name": "f"}}]},
            }
        },
    ),
}


@pytest.mark.parametrize(("value", "expected"), PARAMETERS.values(), ids=PARAMETERS)
def test_request(value: dict[str, Any], expected: dict[str, Any]) -> None:
    request = from_object(responses_pb2.CreateResponseRequest, {"model": "m", "input": "Hi", **value})
    assert loads(to_json(chat_request(request, Losses("chat")))) == {"model": "m", "messages": [HI], **expected}


INPUT: dict[str, tuple[list[Any], list[Any]]] = {
    "messages": (
        [
            {"role": "developer", "content": "Be brief."},
            {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hi"}]},
            said("Yo"),
        ],
        [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": [{"type": "text", "text": "Hi"}]},
            {"role": "assistant", "content": "Yo"},
        ],
    ),
    "an image, a file and speech": (
        [
            {
                "role": "user",
                "content": [
                    {"type": "input_image", "image_url": PNG, "detail": "low"},
                    {"type": "input_file", "file_id": "file-1"},
                    {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}},
                ],
            }
        ],
        [
            {
                "role": "user",
                "content": [
                    {"type": "image_url", "image_url": {"url": PNG, "detail": "low"}},
                    {"type": "file", "file": {"file_id": "file-1"}},
                    {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}},
                ],
            }
        ],
    ),
    "a turn is one message": (
        [THOUGHT, said("Let me see"), CALL, {**CALL, "call_id": "c2"}, RESULT, {**RESULT, "call_id": "c2"}],
        [
            {
                "role": "assistant",
                "reasoning_content": "Hm",
                "content": "Let me see",
                "tool_calls": [CALLED, {**CALLED, "id": "c2"}],
            },
            TOOL,
            {**TOOL, "tool_call_id": "c2"},
        ],
    ),
    "a text between a call and its result": (
        [CALL, said("Let me see"), RESULT],
        [{"role": "assistant", "content": "Let me see", "tool_calls": [CALLED]}, TOOL],
    ),
    "two answers": (
        [said("Yo"), said("Hello")],
        [{"role": "assistant", "content": "Yo"}, {"role": "assistant", "content": "Hello"}],
    ),
    "a refusal": (
        [{"type": "message", "role": "assistant", "content": [{"type": "refusal", "refusal": "No"}]}],
        [{"role": "assistant", "refusal": "No"}],
    ),
    "encrypted reasoning": (
        [{"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "gAAA"}],
        [
            {
                "role": "assistant",
                "reasoning_details": [
                    {
                        "type": "reasoning.encrypted",
                        "data": "gAAA",
                        "id": "rs_1",
                        "format": "openai-responses-v1",
                        "index": 0,
                    }
                ],
            }
        ],
    ),
    "signed reasoning": (
        [{**THOUGHT, "reasoning_details": [SIGNED]}, {**CALL, "extra_content": {"google": {"signature": "s"}}}],
        [
            {
                "role": "assistant",
                "reasoning_content": "Hm",
                "reasoning_details": [SIGNED],
                "tool_calls": [{**CALLED, "extra_content": {"google": {"signature": "s"}}}],
            }
        ],
    ),
    "a custom tool's call with its result": (
        [
            {"type": "custom_tool_call", "call_id": "c1", "name": "sql", "input": "SELECT 1"},
            {"type": "custom_tool_call_output", "call_id": "c1", "output": [{"type": "input_text", "text": "1"}]},
        ],
        [
            {
                "role": "assistant",
                "tool_calls": [{"id": "c1", "type": "custom", "custom": {"name": "sql", "input": "SELECT 1"}}],
            },
            {**TOOL, "content": [{"type": "text", "text": "1"}]},
        ],
    ),
}


@pytest.mark.parametrize(("items", "messages"), INPUT.values(), ids=INPUT)
def test_input(items: list[Any], messages: list[Any]) -> None:
    value = {"model": "m", "instructions": "Rhyme.", "input": items}
    request = from_object(responses_pb2.CreateResponseRequest, value)
    written = loads(to_json(chat_request(request, Losses("chat"))))
    assert written["messages"] == [{"role": "system", "content": "Rhyme."}, *messages]


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "an earlier response": ({"previous_response_id": "resp_1"}, "previous_response_id"),
    "a conversation": ({"conversation": "conv_1"}, "conversation"),
    "the background": ({"background": True}, "background"),
    "to be stored": ({"store": True}, "store"),
    "truncation": ({"truncation": "auto"}, "truncation"),
    "results of a hosted tool": ({"include": ["file_search_call.results"]}, "include[0]"),
    "a hosted tool": ({"tools": [{"type": "code_interpreter"}]}, "tools[0].code_interpreter"),
    "a namespace": ({"tools": [{"type": "namespace", "name": "n", "tools": []}]}, "tools[0].namespace"),
    "a chosen hosted tool": ({"tool_choice": {"type": "file_search"}}, "tool_choice.hosted_tool"),
}
SAID: dict[str, tuple[dict[str, Any], str]] = {
    "an item of a hosted tool": (
        {"input": [{"type": "web_search_call", "id": "ws_1"}]},
        "input.items.items[0].web_search_call",
    ),
    "a file by its address": (
        {"input": [{"role": "user", "content": [{"type": "input_file", "file_url": "https://host/f"}]}]},
        "input.items.items[0].message.content.parts[0].input_file.file_url",
    ),
    "a role": ({"input": [{"type": "message", "role": "critic", "content": "x"}]}, "input.items.items[0].message.role"),
}


@pytest.mark.parametrize(("value", "field"), REFUSED.values(), ids=REFUSED)
def test_what_can_not_be_said_is_refused_or_dropped(value: dict[str, Any], field: str) -> None:
    request = from_object(responses_pb2.CreateResponseRequest, {"model": "m", "input": "Hi", **value})
    with pytest.raises(InvalidArgumentError) as caught:
        chat_request(request, Losses("chat"))
    assert caught.value.param == field
    dropping = Losses("chat", drop=True)
    chat_request(request, dropping)
    assert dropping.dropped == [field]


@pytest.mark.parametrize(("value", "field"), SAID.values(), ids=SAID)
def test_what_the_caller_says_is_never_dropped(value: dict[str, Any], field: str) -> None:
    request = from_object(responses_pb2.CreateResponseRequest, {"model": "m", **value})
    for drop in (False, True):
        with pytest.raises(InvalidArgumentError) as caught:
            chat_request(request, Losses("chat", drop=drop))
        assert caught.value.param == field


FUNCTION, CUSTOM = {"type": "function", "name": "f", "parameters": {}}, {"type": "custom", "name": "f"}
OTHER = {"type": "function", "name": "g", "parameters": {}}
ALLOWED: dict[str, tuple[dict[str, Any], list[str], Any]] = {
    "one": ({"mode": "required", "tools": [FUNCTION]}, ["function f"], "required"),
    "of a kind": ({"mode": "auto", "tools": [CUSTOM, OTHER]}, ["custom f", "function g"], "auto"),
    "without a mode": ({"tools": [OTHER]}, ["function g"], None),
    "none that is there": ({"mode": "required", "tools": [{**OTHER, "name": "h"}]}, [], None),
}


@pytest.mark.parametrize(("choice", "kept", "mode"), ALLOWED.values(), ids=ALLOWED)
def test_tools_that_are_not_allowed_are_left_out(choice: dict[str, Any], kept: list[str], mode: Any) -> None:
    choice = {"type": "allowed_tools", **choice}
    value = {"model": "m", "input": "Hi", "tools": [FUNCTION, CUSTOM, OTHER], "tool_choice": choice}
    request = chat_request(from_object(responses_pb2.CreateResponseRequest, value), Losses("chat"))
    restrict_tools(request)
    written = loads(to_json(request))
    tools = [f"{tool['type']} {tool[tool['type']]['name']}" for tool in written.get("tools", ())]
    assert (tools, written.get("tool_choice")) == (kept, mode)


def test_other_choices_keep_all_tools() -> None:
    value = {"model": "m", "input": "Hi", "tools": [FUNCTION, OTHER], "tool_choice": {"type": "function", "name": "f"}}
    request = chat_request(from_object(responses_pb2.CreateResponseRequest, value), Losses("chat"))
    before = to_json(request)
    restrict_tools(request)
    assert to_json(request) == before
