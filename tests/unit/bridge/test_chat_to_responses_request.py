"""Chat requests for an upstream that is called by the Responses API."""

from typing import Any

import pytest

from openai_grpc.codec import from_object, loads, to_json
from openai_grpc.v1 import chat_pb2
from openai_grpc_server.bridge.chat_to_responses_request import response_request
from openai_grpc_server.bridge.losses import Losses
from openai_grpc_server.errors import InvalidArgumentError

USER = {"role": "user", "content": "Hi"}
MESSAGE = {"type": "message", "role": "user", "content": "Hi"}
SCHEMA = {"type": "object", "properties": {"b": {"type": "string"}, "a": {"type": "string"}}}
FORMAT = {"name": "answer", "schema": SCHEMA, "strict": True, "description": "An answer"}
PNG = "data:image/png;base64,iVBORw0KGgo="
PDF = "data:application/pdf;base64,JVBERi0="
ENCRYPTED = ["reasoning.encrypted_content"]
NAMESPACE = {
    "type": "namespace",
    "name": "billing",
    "description": "Billing tools",
    "tools": [{"type": "function", "name": "get_invoice", "parameters": SCHEMA, "defer_loading": True}],
}
GRAMMAR = {"type": "grammar", "grammar": {"syntax": "lark", "definition": "start: A"}}


def user(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": list(parts)}]}


def item(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"input": [{"type": "message", "role": "user", "content": list(parts)}]}


def tools(*chat: dict[str, Any]) -> dict[str, Any]:
    return {"tools": list(chat)}


PARAMETERS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "nothing else": ({}, {}),
    "what both have": (
        {"temperature": 0.5, "top_p": 0.9, "metadata": {"k": "v"}, "user": "u", "parallel_tool_calls": False},
        {"temperature": 0.5, "top_p": 0.9, "metadata": {"k": "v"}, "user": "u", "parallel_tool_calls": False},
    ),
    "to be stored": ({"store": True}, {"store": True}),
    "the limit": ({"max_completion_tokens": 50}, {"max_output_tokens": 50}),
    "the old name of the limit": ({"max_tokens": 50}, {"max_output_tokens": 50}),
    "an effort": ({"reasoning_effort": "low"}, {"reasoning": {"effort": "low"}, "include": ENCRYPTED}),
    "no effort": ({"reasoning_effort": "none"}, {"reasoning": {"effort": "none"}}),
    "an effort with a summary": (
        {"reasoning_effort": {"effort": "high", "summary": "auto"}},
        {"reasoning": {"effort": "high", "summary": "auto"}, "include": ENCRYPTED},
    ),
    "the same, typed": (
        {"reasoning": {"summary": "detailed"}, "reasoning_effort": "high", "store": True},
        {"reasoning": {"effort": "high", "summary": "detailed"}, "store": True},
    ),
    "verbosity": ({"verbosity": "low"}, {"text": {"verbosity": "low"}}),
    "a schema": (
        {"response_format": {"type": "json_schema", "json_schema": FORMAT}},
        {"text": {"format": {"type": "json_schema", **FORMAT}}},
    ),
    "any JSON": ({"response_format": {"type": "json_object"}}, {"text": {"format": {"type": "json_object"}}}),
    "log probabilities": (
        {"logprobs": True, "top_logprobs": 2},
        {"include": ["message.output_text.logprobs"], "top_logprobs": 2},
    ),
    "what Responses do anyway": (
        {"n": 1, "frequency_penalty": 0, "modalities": ["text"], "usage": {"include": True}},
        {},
    ),
    "a parameter that only Responses have": ({"truncation": "auto"}, {"truncation": "auto"}),
    "a parameter that nobody knows": ({"new": {"a": 1}}, {"new": {"a": 1}}),
    "a null and an empty list": ({"stop": None, "tools": []}, {}),
}
TOOLS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "a function": (
        tools({"type": "function", "function": {"name": "f", "description": "d", "parameters": SCHEMA}}),
        tools({"type": "function", "name": "f", "description": "d", "parameters": SCHEMA, "strict": False}),
    ),
    "a strict function": (
        tools({"type": "function", "function": {"name": "f", "parameters": SCHEMA, "strict": True}}),
        tools({"type": "function", "name": "f", "parameters": SCHEMA, "strict": True}),
    ),
    "a function without parameters": (
        tools({"type": "function", "function": {"name": "f"}}),
        tools({"type": "function", "name": "f", "parameters": {"type": "object", "properties": {}}, "strict": False}),
    ),
    "a function in the form of Responses": (
        tools({"type": "function", "name": "f", "parameters": SCHEMA, "defer_loading": True}),
        tools({"type": "function", "name": "f", "parameters": SCHEMA, "defer_loading": True}),
    ),
    "a custom tool with a grammar": (
        tools({"type": "custom", "custom": {"name": "sql", "description": "d", "format": GRAMMAR}}),
        tools(
            {
                "type": "custom",
                "name": "sql",
                "description": "d",
                "format": {"type": "grammar", "syntax": "lark", "definition": "start: A"},
            }
        ),
    ),
    "tool search and a namespace": (
        tools({"type": "tool_search"}, NAMESPACE),
        tools({"type": "tool_search"}, NAMESPACE),
    ),
    "hosted tools": (
        tools({"type": "code_interpreter", "container": {"type": "auto"}}, {"type": "web_search"}),
        tools({"type": "code_interpreter", "container": {"type": "auto"}}, {"type": "web_search"}),
    ),
    "a tool that nobody knows": (tools({"type": "new", "a": 1}), tools({"type": "new", "a": 1})),
    "chat's web search": (
        {
            "web_search_options": {
                "search_context_size": "low",
                "user_location": {"type": "approximate", "approximate": {"city": "Paris", "country": "FR"}},
            }
        },
        tools(
            {
                "type": "web_search",
                "search_context_size": "low",
                "user_location": {"type": "approximate", "city": "Paris", "country": "FR"},
            }
        ),
    ),
    "a mode of choice": ({"tool_choice": "required"}, {"tool_choice": "required"}),
    "a chosen function": (
        {"tool_choice": {"type": "function", "function": {"name": "f"}}},
        {"tool_choice": {"type": "function", "name": "f"}},
    ),
    "a chosen custom tool": (
        {"tool_choice": {"type": "custom", "custom": {"name": "sql"}}},
        {"tool_choice": {"type": "custom", "name": "sql"}},
    ),
    "a chosen hosted tool": ({"tool_choice": {"type": "web_search"}}, {"tool_choice": {"type": "web_search"}}),
    "allowed tools": (
        {
            "tool_choice": {
                "type": "allowed_tools",
                "allowed_tools": {"mode": "auto", "tools": [{"type": "function", "function": {"name": "f"}}]},
            }
        },
        {"tool_choice": {"type": "allowed_tools", "mode": "auto", "tools": [{"type": "function", "name": "f"}]}},
    ),
}
CONTENT: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "text": (user({"type": "text", "text": "a"}), item({"type": "input_text", "text": "a"})),
    "an image by its address": (
        user({"type": "image_url", "image_url": {"url": "https://host/i.png", "detail": "low"}}),
        item({"type": "input_image", "image_url": "https://host/i.png", "detail": "low"}),
    ),
    "an image": (
        user({"type": "image_url", "image_url": {"url": PNG}}),
        item({"type": "input_image", "image_url": PNG}),
    ),
    "a file": (
        user({"type": "file", "file": {"filename": "a.pdf", "file_data": PDF}}),
        item({"type": "input_file", "filename": "a.pdf", "file_data": PDF}),
    ),
    "an uploaded file": (
        user({"type": "file", "file": {"file_id": "file-1"}}),
        item({"type": "input_file", "file_id": "file-1"}),
    ),
    "speech": (
        user({"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}}),
        item({"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}}),
    ),
    "a part of Responses": (
        user({"type": "input_file", "file_url": "https://host/f.pdf"}),
        item({"type": "input_file", "file_url": "https://host/f.pdf"}),
    ),
}


@pytest.mark.parametrize(
    ("value", "expected"),
    [*PARAMETERS.values(), *TOOLS.values(), *CONTENT.values()],
    ids=[*PARAMETERS, *TOOLS, *CONTENT],
)
def test_request(value: dict[str, Any], expected: dict[str, Any]) -> None:
    request = from_object(
        chat_pb2.CreateChatCompletionRequest, {"model": "m", "messages": [USER], **value}, keep_nulls=True
    )
    written = loads(to_json(response_request(request, Losses("Responses"))))
    assert written == {"model": "m", "store": False, "input": [MESSAGE], **expected}


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "several choices": ({"n": 2}, "n"),
    "a seed": ({"seed": 1}, "seed"),
    "stop sequences": ({"stop": "x"}, "stop"),
    "a bias": ({"logit_bias": {"1": 2}}, "logit_bias"),
    "a penalty": ({"frequency_penalty": 0.5}, "frequency_penalty"),
    "speech": ({"modalities": ["text", "audio"]}, "modalities"),
    "two limits": ({"max_completion_tokens": 1, "max_tokens": 2}, "max_tokens"),
    "functions": ({"functions": [{"name": "f"}]}, "functions"),
    "an effort of no known form": ({"reasoning_effort": 3}, "extra_json.reasoning_effort"),
    "a value that no field holds": ({"temperature": "hot"}, "extra_json.temperature"),
    "a name": ({"messages": [{**USER, "name": "n"}]}, "messages[0].user.name"),
    "a field of another provider": (
        {"messages": [{"role": "assistant", "content": "Yo", "provider_specific_fields": {"other": 1}}]},
        "messages[0].assistant.provider_specific_fields_json.other",
    ),
    "a new field of a message without text": (
        {"messages": [{"role": "assistant", "new": 1}]},
        "messages[0].assistant.extra_json.new",
    ),
    "an option of streams": ({"stream_options": {"new": 1}}, "stream_options.extra_json.new"),
}
SAID: dict[str, tuple[dict[str, Any], str]] = {
    "a video": (
        user({"type": "video_url", "video_url": {"url": "https://host/v"}}),
        "messages[0].user.content.parts[0].video_url",
    ),
    "a function's result": (
        {"messages": [{"role": "function", "name": "f", "content": "1"}]},
        "messages[0].function",
    ),
}


@pytest.mark.parametrize(("value", "field"), REFUSED.values(), ids=REFUSED)
def test_what_can_not_be_said_is_refused_or_dropped(value: dict[str, Any], field: str) -> None:
    request = from_object(chat_pb2.CreateChatCompletionRequest, {"model": "m", "messages": [USER], **value})
    with pytest.raises(InvalidArgumentError) as caught:
        response_request(request, Losses("Responses"))
    assert caught.value.param == field
    assert field in caught.value.message
    dropping = Losses("Responses", drop=True)
    response_request(request, dropping)
    assert dropping.dropped == [field]


@pytest.mark.parametrize(("value", "field"), SAID.values(), ids=SAID)
def test_what_the_caller_says_is_never_dropped(value: dict[str, Any], field: str) -> None:
    request = from_object(chat_pb2.CreateChatCompletionRequest, {"model": "m", "messages": [USER], **value})
    for drop in (False, True):
        with pytest.raises(InvalidArgumentError) as caught:
            response_request(request, Losses("Responses", drop=drop))
        assert caught.value.param == field
