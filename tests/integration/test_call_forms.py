"""What callers write in the contract's types, and what of it the upstream receives."""

from typing import Any

import pytest

from faults import answers
from faults.stand_in import StandIn
from openai_grpc.v1 import chat_pb2, responses_pb2
from support.gateway import deployment, running_gateway

CHAT = "/v1/chat/completions"
RESPONSES = "/v1/responses"

URL = "https://example.com/logo.png"
PNG = {"mime_type": "image/png", "data": b"\x89PNG\r\n"}
PNG_URL = "data:image/png;base64,iVBORw0K"
PDF = {"mime_type": "application/pdf", "data": b"%PDF-1.7"}
PDF_URL = "data:application/pdf;base64,JVBERi0xLjc="
SCHEMA = '{"type":"object","properties":{"location":{"type":"string"}},"required":["location"]}'
FUNCTION = {"name": "get_weather", "parameters_json": SCHEMA}
WEATHER = {
    "name": "get_weather",
    "parameters": {"type": "object", "properties": {"location": {"type": "string"}}, "required": ["location"]},
}


def user(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"user": {"content": {"parts": {"parts": parts}}}}


def call(number: int, city: str) -> dict[str, Any]:
    function = {"name": "get_weather", "arguments": f'{{"location":"{city}"}}'}
    return {"id": f"call_{number}", "function": function}


def result(number: int) -> dict[str, Any]:
    return {"tool": {"tool_call_id": f"call_{number}", "content": {"text": "10"}}}


CHAT_FORMS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "an image by its URL": (
        {
            "messages": [
                user({"text": {"text": "What is it?"}}, {"image_url": {"image_url": {"url": URL, "detail": "low"}}})
            ]
        },
        {
            "messages": [
                {
                    "role": "user",
                    "content": [
                        {"type": "text", "text": "What is it?"},
                        {"type": "image_url", "image_url": {"url": URL, "detail": "low"}},
                    ],
                }
            ]
        },
    ),
    "an image as bytes": (
        {"messages": [user({"image_url": {"image_url": {"data": PNG}}})]},
        {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": PNG_URL}}]}]},
    ),
    "a PDF file": (
        {"messages": [user({"file": {"file": {"filename": "dragons.pdf", "data": PDF}}})]},
        {
            "messages": [
                {
                    "role": "user",
                    "content": [{"type": "file", "file": {"filename": "dragons.pdf", "file_data": PDF_URL}}],
                }
            ]
        },
    ),
    "a fine-tuned model": ({"model": "ft:gpt-4o-2024-08-06:org::id"}, {"model": "ft:gpt-4o-2024-08-06:org::id"}),
    "metadata": ({"metadata": {"team": "a", "run": "7"}}, {"metadata": {"team": "a", "run": "7"}}),
    "a tool, and whether it may be called several times": (
        {"tools": [{"function": {"function": FUNCTION}}], "tool_choice": {"mode": "auto"}, "parallel_tool_calls": True},
        {"tools": [{"type": "function", "function": WEATHER}], "tool_choice": "auto", "parallel_tool_calls": True},
    ),
    "the results of calls in parallel": (
        {
            "messages": [
                {"assistant": {"tool_calls": [{"function": call(1, "Tokyo")}, {"function": call(2, "Paris")}]}},
                result(1),
                result(2),
            ]
        },
        {
            "messages": [
                {
                    "role": "assistant",
                    "tool_calls": [
                        {"type": "function", **call(1, "Tokyo")},
                        {"type": "function", **call(2, "Paris")},
                    ],
                },
                {"role": "tool", "tool_call_id": "call_1", "content": "10"},
                {"role": "tool", "tool_call_id": "call_2", "content": "10"},
            ]
        },
    ),
    "an effort": ({"reasoning_effort": "high"}, {"reasoning_effort": "high"}),
    "an effort of tomorrow": ({"reasoning_effort": "ultra"}, {"reasoning_effort": "ultra"}),
    "an effort with a summary, as LiteLLM has it": (
        {"extra_json": '{"reasoning_effort":{"effort":"high","summary":"auto"}}'},
        {"reasoning_effort": {"effort": "high", "summary": "auto"}},
    ),
    "an effort with a summary": (
        {"reasoning": {"effort": "high", "summary": "auto"}},
        {"reasoning": {"effort": "high", "summary": "auto"}},
    ),
    "verbosity": ({"verbosity": "low"}, {"verbosity": "low"}),
}


@pytest.mark.parametrize(("fields", "expected"), CHAT_FORMS.values(), ids=CHAT_FORMS)
def test_chat(fields: dict[str, Any], expected: dict[str, Any]) -> None:
    given: dict[str, Any] = {"model": "gpt-4o", **fields}
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.on("POST", CHAT, answers.json({"object": "chat.completion"}))
        gateway.chat.CreateChatCompletion(chat_pb2.CreateChatCompletionRequest(**given), timeout=10)
    assert upstream.requests[0].json() == {"model": "gpt-4o", **expected}


def item(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"items": {"items": [{"message": {"role": "user", "content": {"parts": {"parts": parts}}}}]}}


def message(*parts: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"type": "message", "role": "user", "content": list(parts)}]


RESPONSE_FORMS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "an image by its URL": (
        {"input": item({"input_image": {"image_url": URL}})},
        {"input": message({"type": "input_image", "image_url": URL})},
    ),
    "an image as bytes": (
        {"input": item({"input_image": {"data": PNG}})},
        {"input": message({"type": "input_image", "image_url": PNG_URL})},
    ),
    "a PDF file": (
        {"input": item({"input_file": {"filename": "dragons.pdf", "data": PDF}})},
        {"input": message({"type": "input_file", "filename": "dragons.pdf", "file_data": PDF_URL})},
    ),
    "effort and summary": (
        {"reasoning": {"effort": "high", "summary": "detailed"}},
        {"reasoning": {"effort": "high", "summary": "detailed"}},
    ),
    "verbosity": ({"text": {"verbosity": "high"}}, {"text": {"verbosity": "high"}}),
    "metadata": ({"metadata": {"team": "a"}}, {"metadata": {"team": "a"}}),
    "calls in parallel": ({"parallel_tool_calls": False}, {"parallel_tool_calls": False}),
}


@pytest.mark.parametrize(("fields", "expected"), RESPONSE_FORMS.values(), ids=RESPONSE_FORMS)
def test_responses(fields: dict[str, Any], expected: dict[str, Any]) -> None:
    given: dict[str, Any] = {"model": "gpt-5", **fields}
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.on("POST", RESPONSES, answers.json({"object": "response"}))
        gateway.responses.CreateResponse(responses_pb2.CreateResponseRequest(**given), timeout=10)
    assert upstream.requests[0].json() == {"model": "gpt-5", **expected}
