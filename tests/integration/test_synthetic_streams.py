"""Streams of models that can't stream: made of the whole reply, and marked."""

from typing import Any

import grpc
import pytest
from google.protobuf.message import Message

from faults import answers
from faults.stand_in import StandIn
from openai_grpc.codec import from_object, loads, to_json
from openai_grpc.v1 import chat_pb2, completions_pb2, responses_pb2
from openai_grpc_server.config import ModelInfo, RouterConfig
from support.failure import failure_of
from support.gateway import RunningGateway, deployment, running_gateway

CHAT = "/v1/chat/completions"
RESPONSES = "/v1/responses"
WHOLE_ONLY = ModelInfo(supports_native_streaming=False)
USAGE = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
CALLS = [
    {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{}"}},
    {"id": "call_2", "type": "function", "function": {"name": "g", "arguments": "{}"}},
]
COMPLETION = {
    "id": "c1",
    "object": "chat.completion",
    "created": 7,
    "model": "m-1",
    "service_tier": "default",
    "choices": [
        {"index": 0, "finish_reason": "tool_calls", "message": {"role": "assistant", "tool_calls": CALLS}},
        {"index": 1, "finish_reason": "stop", "message": {"role": "assistant", "content": "Hi", "new": 1}},
    ],
    "usage": USAGE,
    "unheard_of": [1],
}
TOP = {"id": "c1", "object": "chat.completion.chunk", "created": 7, "model": "m-1", "service_tier": "default"}
CHUNKS = [
    {
        **TOP,
        "choices": [
            {
                "index": 0,
                "delta": {
                    "role": "assistant",
                    "tool_calls": [{"index": index, **each} for index, each in enumerate(CALLS)],
                },
            },
            {"index": 1, "delta": {"role": "assistant", "content": "Hi", "new": 1}},
        ],
    },
    {
        **TOP,
        "unheard_of": [1],
        "choices": [
            {"index": 0, "delta": {}, "finish_reason": "tool_calls"},
            {"index": 1, "delta": {}, "finish_reason": "stop"},
        ],
    },
]
USAGE_CHUNK = {**TOP, "choices": [], "usage": USAGE}

USAGE_CASES: dict[str, tuple[dict[str, Any], bool, list[Any]]] = {
    "not asked for": ({}, True, CHUNKS),
    "not asked for, nor by the gateway": ({}, False, CHUNKS),
    "asked for": ({"stream_options": {"include_usage": True}}, True, [*CHUNKS, USAGE_CHUNK]),
    "refused": ({"stream_options": {"include_usage": False}}, True, CHUNKS),
}


def as_json(message: Message) -> Any:
    return loads(to_json(message))


def chat_stream(gateway: RunningGateway, value: dict[str, Any], *, accumulate: bool = False) -> list[Any]:
    request = from_object(chat_pb2.CreateChatCompletionRequest, value)
    request.call_options.accumulate = accumulate
    return list(gateway.chat.StreamChatCompletion(request, timeout=10))


@pytest.mark.parametrize(("options", "setting", "expected"), USAGE_CASES.values(), ids=USAGE_CASES)
def test_chat(options: dict[str, Any], setting: bool, expected: list[Any]) -> None:
    facts: dict[str, Any] = {"info": WHOLE_ONLY, "include_usage": setting}
    with StandIn() as upstream, running_gateway(deployment(upstream.url, **facts)) as gateway:
        upstream.on("POST", CHAT, answers.json(COMPLETION))
        chunks = chat_stream(gateway, {"model": "m", **options})
        (line,) = gateway.logged("rpc")
    assert [as_json(each) for each in chunks] == expected
    assert all(each.call_info.synthetic_stream for each in chunks)
    assert upstream.requests[0].json() == {"model": "m"}
    assert (line["input_tokens"], line["output_tokens"]) == (3, 2)


def test_chat_accumulated() -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url, info=WHOLE_ONLY)) as gateway:
        upstream.on("POST", CHAT, answers.json(COMPLETION))
        *_, last = chat_stream(gateway, {"model": "m"}, accumulate=True)
    assert as_json(last.accumulated) == COMPLETION
    assert last.call_info.synthetic_stream


def test_legacy_completions() -> None:
    reply = {"id": "c1", "object": "text_completion", "choices": [{"index": 0, "text": "Hi", "finish_reason": "stop"}]}
    request = completions_pb2.CreateCompletionRequest(model="m")
    with StandIn() as upstream, running_gateway(deployment(upstream.url, info=WHOLE_ONLY)) as gateway:
        upstream.on("POST", "/v1/completions", answers.json(reply))
        (chunk,) = gateway.completions.StreamCompletion(request, timeout=10)
    assert as_json(chunk)["choices"] == reply["choices"]
    assert chunk.call_info.synthetic_stream


NOTE = {"type": "url_citation", "url": "https://e.com", "title": "E", "start_index": 0, "end_index": 2}
OUTPUT: list[dict[str, Any]] = [
    {
        "id": "rs_1",
        "type": "reasoning",
        "summary": [{"type": "summary_text", "text": "Hm"}],
        "content": [{"type": "reasoning_text", "text": "so"}],
    },
    {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "status": "completed",
        "content": [
            {"type": "output_text", "text": "Hi", "annotations": [NOTE], "logprobs": []},
            {"type": "refusal", "refusal": "No"},
        ],
    },
    {"id": "fc_1", "type": "function_call", "call_id": "c", "name": "f", "arguments": "{}", "status": "completed"},
    {"id": "ct_1", "type": "custom_tool_call", "call_id": "c", "name": "t", "input": "raw"},
    {"id": "ws_1", "type": "web_search_call", "status": "completed", "action": {"type": "search", "query": "q"}},
]
RESPONSE: dict[str, Any] = {
    "id": "resp_1",
    "object": "response",
    "created_at": 7,
    "model": "gpt-5-pro",
    "status": "completed",
    "output": OUTPUT,
    "usage": {"input_tokens": 3, "output_tokens": 2, "total_tokens": 5},
}
TYPES = [
    "created",
    "in_progress",
    # The reasoning.
    "output_item.added",
    "reasoning_summary_part.added",
    "reasoning_summary_text.delta",
    "reasoning_summary_text.done",
    "reasoning_summary_part.done",
    "content_part.added",
    "reasoning_text.delta",
    "reasoning_text.done",
    "content_part.done",
    "output_item.done",
    # The message.
    "output_item.added",
    "content_part.added",
    "output_text.delta",
    "output_text.done",
    "output_text.annotation.added",
    "content_part.done",
    "content_part.added",
    "refusal.delta",
    "refusal.done",
    "content_part.done",
    "output_item.done",
    # The calls.
    "output_item.added",
    "function_call_arguments.delta",
    "function_call_arguments.done",
    "output_item.done",
    "output_item.added",
    "custom_tool_call_input.delta",
    "custom_tool_call_input.done",
    "output_item.done",
    "output_item.added",
    "output_item.done",
    "completed",
]


def response_stream(gateway: RunningGateway, **fields: Any) -> list[Any]:
    request = responses_pb2.CreateResponseRequest(model="gpt-5-pro", **fields)
    return list(gateway.responses.StreamResponse(request, timeout=10))


def test_responses() -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.on("POST", RESPONSES, answers.json(RESPONSE))
        events = response_stream(gateway)
    told = [as_json(each) for each in events]
    assert upstream.requests[0].json() == {"model": "gpt-5-pro"}
    assert [each["type"] for each in told] == [f"response.{name}" for name in TYPES]
    assert [each["sequence_number"] for each in told] == list(range(len(TYPES)))
    assert all(each.call_info.synthetic_stream for each in events)
    assert {each.WhichOneof("kind") for each in events}.isdisjoint({"unknown"})
    assert told[0]["response"]["status"] == "in_progress"
    assert told[0]["response"]["output"] == []
    assert told[-1]["response"] == RESPONSE
    assert events[-1].completed.response.call_info.synthetic_stream
    done = [each["item"] for each in told if each["type"] == "response.output_item.done"]
    assert done == OUTPUT
    deltas = [each["delta"] for each in told if each["type"].endswith(".delta")]
    assert deltas == ["Hm", "so", "Hi", "No", "{}", "raw"]


STATUSES: dict[str, tuple[dict[str, Any], str]] = {
    "cut short": ({"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}}, "incomplete"),
    "failed": ({"status": "failed", "error": {"code": "server_error", "message": "no"}}, "failed"),
}


@pytest.mark.parametrize(("fields", "last"), STATUSES.values(), ids=STATUSES)
def test_responses_that_do_not_complete(fields: dict[str, Any], last: str) -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.on("POST", RESPONSES, answers.json({**RESPONSE, **fields}))
        events = response_stream(gateway)
    assert events[-1].WhichOneof("kind") == last
    assert as_json(events[-1])["response"] == {**RESPONSE, **fields}
    assert not as_json(events[0])["response"].keys() & {"error", "incomplete_details"}


def test_chat_by_responses() -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url, mode="responses")) as gateway:
        upstream.on("POST", RESPONSES, answers.json({**RESPONSE, "output": OUTPUT[1:2]}))
        chunks = chat_stream(gateway, {"model": "gpt-5-pro", "messages": [{"role": "user", "content": "hi"}]})
    assert "".join(each.choices[0].delta.content for each in chunks if each.choices) == "Hi"
    assert all(each.call_info.synthetic_stream for each in chunks)
    assert "stream" not in upstream.requests[0].json()


def test_a_response_in_the_background_is_got_instead() -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        failure = failure_of(lambda: response_stream(gateway, background=True))
    assert failure.code is grpc.StatusCode.INVALID_ARGUMENT
    assert "background: this model can't stream" in failure.message
    assert not upstream.requests


BAD: dict[str, tuple[bytes, grpc.StatusCode]] = {
    "an error after all": (
        b'{"error": {"message": "no", "type": "invalid_request_error"}}',
        grpc.StatusCode.INVALID_ARGUMENT,
    ),
    "no object": (b"[]", grpc.StatusCode.INTERNAL),
    "no JSON": (b"<html>", grpc.StatusCode.INTERNAL),
}


@pytest.mark.parametrize(("body", "code"), BAD.values(), ids=BAD)
def test_replies_that_are_none(body: bytes, code: grpc.StatusCode) -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.on("POST", RESPONSES, answers.body(body))
        failure = failure_of(lambda: response_stream(gateway))
    assert failure.code is code


def test_a_model_that_streams_is_not_marked() -> None:
    chunk = {**TOP, "choices": [{"index": 0, "delta": {"content": "Hi"}, "finish_reason": "stop"}]}
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.on("POST", CHAT, answers.stream(answers.events([chunk])))
        (only,) = chat_stream(gateway, {"model": "gpt-5"})
    assert not only.HasField("call_info")
    assert upstream.requests[0].json()["stream"] is True


def test_a_fallback_that_streams_is_not_marked() -> None:
    chunk = {**TOP, "choices": [{"index": 0, "delta": {"content": "Hi"}, "finish_reason": "stop"}]}
    with (
        StandIn() as upstream,
        running_gateway(
            deployment(upstream.url, name="a", model_name="a", model="a", info=WHOLE_ONLY),
            deployment(upstream.url, name="b", model_name="b", model="b"),
            router=RouterConfig(num_retries=0, fallbacks={"a": ("b",)}),
        ) as gateway,
    ):
        upstream.enqueue(
            answers.json({"error": {"message": "too many"}}, status=429),
            answers.stream(answers.events([chunk])),
        )
        *_, last = chat_stream(gateway, {"model": "a"}, accumulate=True)
    assert last.call_info.deployment == "b"
    assert not last.call_info.HasField("synthetic_stream")
    assert ["stream" in each.json() for each in upstream.requests] == [False, True]
