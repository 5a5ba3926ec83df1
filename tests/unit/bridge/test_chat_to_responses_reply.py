"""Responses, whole and streamed, as chat completions."""

from typing import Any

import grpc
import pytest

from openai_grpc.codec import from_object, loads, to_json
from openai_grpc.v1 import response_event_pb2, response_pb2
from openai_grpc_server.bridge.chat_to_responses_reply import chat_completion
from openai_grpc_server.bridge.chat_to_responses_stream import ResponseChunks
from openai_grpc_server.errors import GatewayError
from openai_grpc_server.streams.accumulate import ChatAccumulator

TOP = {"id": "resp_1", "object": "response", "created_at": 7, "model": "gpt-5", "service_tier": "default"}
CHAT = {"id": "resp_1", "created": 7, "model": "gpt-5", "service_tier": "default"}
USAGE = {
    "input_tokens": 20,
    "input_tokens_details": {"cached_tokens": 5, "cache_write_tokens": 2},
    "output_tokens": 9,
    "output_tokens_details": {"reasoning_tokens": 4},
    "total_tokens": 29,
}
CHAT_USAGE = {
    "prompt_tokens": 20,
    "prompt_tokens_details": {"cached_tokens": 5, "cache_write_tokens": 2},
    "completion_tokens": 9,
    "completion_tokens_details": {"reasoning_tokens": 4},
    "total_tokens": 29,
}
LOGPROBS = [{"token": "Hi", "bytes": [72, 105], "logprob": -0.5, "top_logprobs": [{"token": "Yo", "logprob": -1.5}]}]
CITATION = {"type": "url_citation", "url": "https://host", "title": "t", "start_index": 0, "end_index": 2}
SEARCH = {"type": "web_search_call", "id": "ws_1", "status": "completed", "action": {"type": "search", "query": "q"}}
IMAGE = {"type": "image_generation_call", "id": "ig_1", "status": "completed", "output_format": "webp"}


def message(*parts: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "content": [*parts], **fields}


def text(value: str, **fields: Any) -> dict[str, Any]:
    return {"type": "output_text", "text": value, "annotations": [], **fields}


def called(name: str, call_id: str, **fields: Any) -> dict[str, Any]:
    return {
        "type": "function_call",
        "id": f"fc_{call_id}",
        "call_id": call_id,
        "name": name,
        "arguments": "{}",
        **fields,
    }


REASONING = {
    "type": "reasoning",
    "id": "rs_1",
    "summary": [{"type": "summary_text", "text": "One"}, {"type": "summary_text", "text": "Two"}],
    "encrypted_content": "gAAA",
}
DETAIL = {"id": "rs_1", "format": "openai-responses-v1"}
DETAILS = [
    {"type": "reasoning.summary", "summary": "One", "index": 0, **DETAIL},
    {"type": "reasoning.summary", "summary": "Two", "index": 1, **DETAIL},
    {"type": "reasoning.encrypted", "data": "gAAA", "index": 2, **DETAIL},
]

OUTPUTS: dict[str, tuple[list[Any], dict[str, Any], dict[str, Any]]] = {
    "text": ([message(text("Hi"))], {"content": "Hi"}, {}),
    "text in parts": ([message(text("Hi"), text(" there"))], {"content": "Hi there"}, {}),
    "a refusal": ([message({"type": "refusal", "refusal": "No"})], {"refusal": "No"}, {}),
    "log probabilities": (
        [message(text("Hi", logprobs=LOGPROBS))],
        {"content": "Hi"},
        {"logprobs": {"content": LOGPROBS}},
    ),
    "a citation in the second part": (
        [message(text("Hi"), text(" there", annotations=[CITATION]))],
        {
            "content": "Hi there",
            "annotations": [
                {
                    "type": "url_citation",
                    "url_citation": {"url": "https://host", "title": "t", "start_index": 2, "end_index": 4},
                }
            ],
        },
        {},
    ),
    "a citation of a file": (
        [message(text("Hi", annotations=[{"type": "file_citation", "file_id": "f", "filename": "n", "index": 1}]))],
        {
            "content": "Hi",
            "annotations": [
                {"type": "file_citation", "file_citation": {"file_id": "f", "filename": "n", "index": 1}},
            ],
        },
        {},
    ),
    "reasoning": (
        [REASONING, message(text("Hi"))],
        {"content": "Hi", "reasoning_content": "One\n\nTwo", "reasoning_details": DETAILS},
        {},
    ),
    "reasoning in full": (
        [{"type": "reasoning", "id": "rs_1", "summary": [], "content": [{"type": "reasoning_text", "text": "Hm"}]}],
        {
            "reasoning_content": "Hm",
            "reasoning_details": [{"type": "reasoning.text", "text": "Hm", "index": 0, **DETAIL}],
        },
        {},
    ),
    "tool calls": (
        [called("f", "c1"), called("g", "c2", namespace="billing", arguments='{"a":1}')],
        {
            "tool_calls": [
                {"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}},
                {
                    "id": "c2",
                    "type": "function",
                    "function": {"name": "g", "arguments": '{"a":1}'},
                    "namespace": "billing",
                },
            ]
        },
        {"finish_reason": "tool_calls"},
    ),
    "a custom tool call": (
        [{"type": "custom_tool_call", "id": "ctc_1", "call_id": "c1", "name": "sql", "input": "SELECT 1"}],
        {"tool_calls": [{"id": "c1", "type": "custom", "custom": {"name": "sql", "input": "SELECT 1"}}]},
        {"finish_reason": "tool_calls"},
    ),
    "a hosted tool": (
        [SEARCH, message(text("Hi"), phase="final_answer")],
        {"content": "Hi", "provider_specific_fields": {"phase": "final_answer", "output_items": [SEARCH]}},
        {},
    ),
    "an image": (
        [{**IMAGE, "result": "UklGRg=="}],
        {
            "images": [{"type": "image_url", "image_url": {"url": "data:image/webp;base64,UklGRg=="}, "index": 0}],
            "provider_specific_fields": {"output_items": [IMAGE]},
        },
        {},
    ),
    "nothing": ([], {}, {}),
}


@pytest.mark.parametrize(("output", "expected", "choice"), OUTPUTS.values(), ids=OUTPUTS)
def test_reply(output: list[Any], expected: dict[str, Any], choice: dict[str, Any]) -> None:
    assert completion({**TOP, "status": "completed", "output": output, "usage": USAGE}) == {
        **CHAT,
        "object": "chat.completion",
        "usage": CHAT_USAGE,
        "choices": [
            {"index": 0, "finish_reason": "stop", **choice, "message": {"role": "assistant", **expected}},
        ],
    }


@pytest.mark.parametrize("output", [each[0] for each in OUTPUTS.values()], ids=OUTPUTS)
def test_a_server_that_streams_nothing_but_the_end(output: list[Any]) -> None:
    response = {**TOP, "status": "completed", "output": output, "usage": USAGE}
    assert accumulated([{"type": "response.completed", "response": response}]) == completion(response)


@pytest.mark.parametrize("output", [each[0] for each in OUTPUTS.values()], ids=OUTPUTS)
def test_a_server_that_streams_whole_items(output: list[Any]) -> None:
    response = {**TOP, "status": "completed", "output": output, "usage": USAGE}
    events = [
        {"type": "response.created", "response": {**TOP, "status": "in_progress", "output": []}},
        *[
            {"type": "response.output_item.done", "output_index": index, "item": item}
            for index, item in enumerate(output)
        ],
        {"type": "response.completed", "response": {**response, "output": []}},
    ]
    assert accumulated(events) == completion(response)


FINISHES: dict[str, tuple[dict[str, Any], str | None]] = {
    "too long": ({"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}}, "length"),
    "filtered": ({"status": "incomplete", "incomplete_details": {"reason": "content_filter"}}, "content_filter"),
    "for a new reason": ({"status": "incomplete", "incomplete_details": {"reason": "new"}}, "new"),
    "for no reason": ({"status": "incomplete"}, "length"),
    "not yet": ({"status": "queued"}, None),
    "of a server that does not say": ({}, "stop"),
}


@pytest.mark.parametrize(("fields", "reason"), FINISHES.values(), ids=FINISHES)
def test_finish_reason(fields: dict[str, Any], reason: str | None) -> None:
    written = completion({**TOP, "output": [message(text("Hi"))], **fields})
    assert written["choices"][0].get("finish_reason") == reason


FAILED = {**TOP, "status": "failed", "error": {"code": "rate_limit_exceeded", "message": "Slow down"}, "output": []}


def test_a_failed_response_is_an_error() -> None:
    with pytest.raises(GatewayError, match="Slow down") as caught:
        completion(FAILED)
    assert caught.value.code is grpc.StatusCode.RESOURCE_EXHAUSTED
    with pytest.raises(GatewayError, match="Slow down"):
        chunks([{"type": "response.failed", "response": FAILED}])


def test_what_chat_has_no_field_for_is_handed_on() -> None:
    written = completion(
        {**TOP, "status": "completed", "output": [], "tool_usage": {"web_search": {"num_requests": 1}}}
    )
    assert written["tool_usage"] == {"web_search": {"num_requests": 1}}


AT = {"item_id": "i", "output_index": 0}
PART = {**AT, "content_index": 0}
CREATED = {"type": "response.created", "response": {**TOP, "status": "in_progress", "output": []}}
STREAMS: dict[str, tuple[list[Any], list[Any], list[Any]]] = {
    "text with log probabilities": (
        [
            {"type": "response.output_item.added", "output_index": 0, "item": message()},
            {"type": "response.output_text.delta", **PART, "delta": "H", "logprobs": LOGPROBS, "obfuscation": "xy"},
            {"type": "response.output_text.delta", **PART, "delta": "i", "logprobs": []},
            {"type": "response.output_text.done", **PART, "text": "Hi", "logprobs": LOGPROBS},
        ],
        [message(text("Hi"))],
        [{"role": "assistant", "content": "H"}, {"content": "i"}, {}],
    ),
    "a refusal": (
        [
            {"type": "response.refusal.delta", **PART, "delta": "N"},
            {"type": "response.refusal.delta", **PART, "delta": "o"},
            {"type": "response.refusal.done", **PART, "refusal": "No"},
        ],
        [message({"type": "refusal", "refusal": "No"})],
        [{"role": "assistant", "refusal": "N"}, {"refusal": "o"}, {}],
    ),
    "reasoning": (
        [
            {"type": "response.output_item.added", "output_index": 0, "item": {"type": "reasoning", "id": "rs_1"}},
            {"type": "response.reasoning_summary_text.delta", **AT, "summary_index": 0, "delta": "On"},
            {"type": "response.reasoning_summary_text.delta", **AT, "summary_index": 0, "delta": "e"},
            {"type": "response.reasoning_summary_text.done", **AT, "summary_index": 0, "text": "One"},
            {"type": "response.reasoning_summary_text.delta", **AT, "summary_index": 1, "delta": "Two"},
            {"type": "response.output_item.done", "output_index": 0, "item": REASONING},
        ],
        [REASONING],
        [
            {"role": "assistant", "reasoning_content": "On"},
            {"reasoning_content": "e"},
            {"reasoning_content": "\n\nTwo"},
            {"reasoning_details": DETAILS},
            {},
        ],
    ),
    "a tool call": (
        [
            {"type": "response.output_item.added", "output_index": 0, "item": {**called("f", "c1"), "arguments": ""}},
            {"type": "response.function_call_arguments.delta", **AT, "delta": '{"a"'},
            {"type": "response.function_call_arguments.delta", **AT, "delta": ":1}"},
            {"type": "response.function_call_arguments.done", **AT, "arguments": '{"a":1}'},
        ],
        [called("f", "c1", arguments='{"a":1}')],
        [
            {
                "role": "assistant",
                "tool_calls": [
                    {"index": 0, "id": "c1", "type": "function", "function": {"name": "f", "arguments": ""}}
                ],
            },
            {"tool_calls": [{"index": 0, "function": {"arguments": '{"a"'}}]},
            {"tool_calls": [{"index": 0, "function": {"arguments": ":1}"}}]},
            {},
        ],
    ),
    "a custom tool call": (
        [
            {
                "type": "response.output_item.added",
                "output_index": 0,
                "item": {"type": "custom_tool_call", "call_id": "c1", "name": "sql", "input": ""},
            },
            {"type": "response.custom_tool_call_input.delta", **AT, "delta": "SELECT"},
            {"type": "response.custom_tool_call_input.done", **AT, "input": "SELECT 1"},
        ],
        [{"type": "custom_tool_call", "call_id": "c1", "name": "sql", "input": "SELECT 1"}],
        [
            {
                "role": "assistant",
                "tool_calls": [{"index": 0, "id": "c1", "type": "custom", "custom": {"name": "sql", "input": ""}}],
            },
            {"tool_calls": [{"index": 0, "custom": {"input": "SELECT"}}]},
            {"tool_calls": [{"index": 0, "custom": {"input": " 1"}}]},
            {},
        ],
    ),
    "an image that gets sharper": (
        [
            {"type": "response.image_generation_call.generating", **AT},
            {
                "type": "response.image_generation_call.partial_image",
                **AT,
                "partial_image_b64": "AAAA",
                "partial_image_index": 0,
                "output_format": "webp",
            },
        ],
        [{**IMAGE, "result": "UklGRg=="}],
        [
            {
                "role": "assistant",
                "images": [{"type": "image_url", "image_url": {"url": "data:image/webp;base64,AAAA"}, "index": 0}],
            },
            {"images": [{"type": "image_url", "image_url": {"url": "data:image/webp;base64,UklGRg=="}, "index": 0}]},
            {"provider_specific_fields": {"output_items": [IMAGE]}},
        ],
    ),
    "a citation": (
        [
            {"type": "response.output_text.delta", **PART, "delta": "Hi", "logprobs": []},
            {"type": "response.output_text.annotation.added", **PART, "annotation_index": 0, "annotation": CITATION},
        ],
        [message(text("Hi", annotations=[CITATION]))],
        [
            {"role": "assistant", "content": "Hi"},
            {
                "annotations": [
                    {
                        "type": "url_citation",
                        "url_citation": {"url": "https://host", "title": "t", "start_index": 0, "end_index": 2},
                    }
                ]
            },
            {},
        ],
    ),
}


@pytest.mark.parametrize(("events", "output", "deltas"), STREAMS.values(), ids=STREAMS)
def test_stream(events: list[Any], output: list[Any], deltas: list[Any]) -> None:
    response = {**TOP, "status": "completed", "output": output, "usage": USAGE}
    whole = [CREATED, *events, {"type": "response.completed", "response": response}]
    *written, usage = chunks(whole)
    assert [each["choices"][0]["delta"] for each in written] == deltas
    assert {key: written[0][key] for key in CHAT} == CHAT
    assert written[-1]["choices"][0]["finish_reason"] == completion(response)["choices"][0]["finish_reason"]
    assert (usage["choices"], usage["usage"]) == ([], CHAT_USAGE)
    assert chunks(whole, usage=False) == written


def test_pieces_of_a_stream_keep_what_comes_with_them() -> None:
    events, _, _ = STREAMS["text with log probabilities"]
    first, second = chunks([CREATED, *events])
    assert (first["choices"][0]["logprobs"], first["obfuscation"]) == ({"content": LOGPROBS}, "xy")
    assert "logprobs" not in second["choices"][0]


def completion(response: dict[str, Any]) -> Any:
    return loads(to_json(chat_completion(from_object(response_pb2.Response, response))))


def chunks(events: list[dict[str, Any]], *, usage: bool = True) -> list[Any]:
    converter = ResponseChunks(usage=usage)
    read = (from_object(response_event_pb2.ResponseStreamEvent, each) for each in events)
    return [loads(to_json(chunk)) for event in read for chunk in converter.read(event)]


def accumulated(events: list[dict[str, Any]]) -> Any:
    accumulator = ChatAccumulator()
    for chunk in chunks(events):
        accumulator.add(chunk)
    return accumulator.completion()
