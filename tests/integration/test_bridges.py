"""Calls that reach the upstream as calls of another API."""

from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf.message import Message

from faults import answers
from faults.stand_in import StandIn
from openai_grpc.codec import from_object, loads, to_json
from openai_grpc.v1 import chat_pb2, responses_pb2
from openai_grpc_server.config import DeploymentConfig, load_config
from openai_grpc_server.config.model_settings import ModelInfo
from openai_grpc_server.routing import Deployment
from openai_grpc_server.services.bridged import ChatByResponses, chat_bridge
from support.failure import failure_of
from support.gateway import deployment, running_gateway

CHAT = "/v1/chat/completions"
RESPONSES = "/v1/responses"
COMPLETIONS = "/v1/completions"

NO_CLIENT: Any = None
USER = {"role": "user", "content": "Hi"}
ITEM = {"type": "message", "role": "user", "content": "Hi"}
TOKENS = {"input_tokens": 3, "output_tokens": 2, "total_tokens": 5}
USAGE = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
SUMMARY = [{"type": "summary_text", "text": "Hm"}]
MESSAGE = {"type": "message", "id": "m", "role": "assistant", "content": [{"type": "output_text", "text": "Yo"}]}
RESPONSE = {
    "id": "resp_1",
    "object": "response",
    "created_at": 7,
    "model": "gpt-5-mini",
    "status": "completed",
    "output": [{"type": "reasoning", "id": "rs_1", "summary": SUMMARY}, MESSAGE],
    "usage": TOKENS,
}
PLACE = {"item_id": "m", "output_index": 1, "content_index": 0}
RESPONSE_EVENTS = [
    {"type": "response.created", "response": {**RESPONSE, "status": "in_progress", "output": [], "usage": None}},
    {"type": "response.reasoning_summary_text.delta", **PLACE, "output_index": 0, "summary_index": 0, "delta": "Hm"},
    {"type": "response.output_text.delta", **PLACE, "delta": "Y", "logprobs": []},
    {"type": "response.output_text.delta", **PLACE, "delta": "o", "logprobs": []},
    {"type": "response.completed", "response": RESPONSE},
]
FAILED = {**RESPONSE, "status": "failed", "output": [], "error": {"code": "server_error", "message": "It broke"}}

COMPLETION = {
    "id": "cmpl-1",
    "object": "text_completion",
    "created": 7,
    "model": "gpt-3.5-turbo-instruct",
    "choices": [{"index": 0, "text": "Yo", "finish_reason": "stop"}],
    "usage": USAGE,
}
COMPLETION_EVENTS = [
    {**COMPLETION, "choices": [{"index": 0, "text": "Y"}], "usage": None},
    {**COMPLETION, "choices": [{"index": 0, "text": "o", "finish_reason": "stop"}], "usage": None},
    {**COMPLETION, "choices": []},
]
CHAT_COMPLETION = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 7,
    "model": "llama",
    "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "Yo"}}],
    "usage": USAGE,
}
CHUNK = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 7, "model": "llama"}
CHUNKS = [
    {**CHUNK, "choices": [{"index": 0, "delta": {"role": "assistant", "content": "Y"}}]},
    {**CHUNK, "choices": [{"index": 0, "delta": {"content": "o"}}]},
    {**CHUNK, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
    {**CHUNK, "choices": [], "usage": USAGE},
]

BRIDGES: dict[str, tuple[dict[str, Any], str, dict[str, Any], dict[str, Any]]] = {
    "chat by responses": (
        {"mode": "responses"},
        RESPONSES,
        RESPONSE,
        {"input": [ITEM], "store": False, "reasoning": {"effort": "low"}, "include": ["reasoning.encrypted_content"]},
    ),
    "chat by legacy completions": (
        {"mode": "completions", "drop_params": True},
        COMPLETIONS,
        COMPLETION,
        {"prompt": "Hi"},
    ),
}


@pytest.mark.parametrize(("config", "path", "answer", "sent"), BRIDGES.values(), ids=BRIDGES)
def test_chat(config: dict[str, Any], path: str, answer: dict[str, Any], sent: dict[str, Any]) -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url, model="real", **config)) as gateway:
        upstream.on("POST", path, answers.json(answer, headers={"x-request-id": "req_1"}))
        reply = gateway.chat.CreateChatCompletion(chat(reasoning_effort="low"), timeout=10)
        (line,) = gateway.logged("rpc")
    assert upstream.requests[0].json() == {"model": "real", **sent}
    assert (reply.choices[0].message.content, reply.choices[0].finish_reason) == ("Yo", "stop")
    assert (reply.usage.prompt_tokens, reply.usage.completion_tokens) == (3, 2)
    assert (reply.call_info.deployment, reply.call_info.request_id) == ("stand-in", "req_1")
    assert line["method"] == "/openai_grpc.v1.ChatService/CreateChatCompletion"
    assert (line["input_tokens"], line["output_tokens"]) == (3, 2)


STREAMS: dict[str, tuple[dict[str, Any], str, list[Any], str, list[dict[str, Any]]]] = {
    "chat by responses": (
        {"mode": "responses"},
        RESPONSES,
        RESPONSE_EVENTS,
        "end",
        [{"role": "assistant", "reasoning_content": "Hm"}, {"content": "Y"}, {"content": "o"}],
    ),
    "chat by legacy completions": (
        {"mode": "completions"},
        COMPLETIONS,
        COMPLETION_EVENTS,
        "done",
        [{"role": "assistant", "content": "Y"}, {"content": "o"}],
    ),
}


@pytest.mark.parametrize("usage", [False, True], ids=["", "with usage"])
@pytest.mark.parametrize(("config", "path", "events", "end", "deltas"), STREAMS.values(), ids=STREAMS)
def test_chat_stream(  # noqa: PLR0917 - a table
    config: dict[str, Any], path: str, events: list[Any], end: str, deltas: list[dict[str, Any]], usage: bool
) -> None:
    options = {"stream_options": {"include_usage": True}} if usage else {}
    with StandIn() as upstream, running_gateway(deployment(upstream.url, **config)) as gateway:
        upstream.on("POST", path, stream(events, end))
        chunks = list(gateway.chat.StreamChatCompletion(chat(**options), timeout=10))
        (line,) = gateway.logged("rpc")
    assert upstream.requests[0].json()["stream"] is True
    written = [as_json(each)["choices"][0]["delta"] for each in chunks if each.choices]
    assert [each for each in written if each.keys() - {"reasoning_details"}] == deltas
    assert [each.usage.total_tokens for each in chunks if not each.choices] == ([5] if usage else [])
    assert {each.id for each in chunks} == {chunks[0].id}
    assert [each.choices[0].finish_reason for each in chunks if each.choices][-1] == "stop"
    assert (line["input_tokens"], line["output_tokens"], line["messages"]) == (3, 2, len(chunks))


@pytest.mark.parametrize(("config", "path", "events", "end", "deltas"), STREAMS.values(), ids=STREAMS)
def test_accumulated(
    config: dict[str, Any], path: str, events: list[Any], end: str, deltas: list[dict[str, Any]]
) -> None:
    request = chat()
    request.call_options.accumulate = True
    with StandIn() as upstream, running_gateway(deployment(upstream.url, **config)) as gateway:
        upstream.on("POST", path, stream(events, end))
        *chunks, last = gateway.chat.StreamChatCompletion(request, timeout=10)
    assert len(chunks) >= len(deltas)
    whole = last.accumulated
    assert (whole.choices[0].message.content, whole.choices[0].finish_reason) == ("Yo", "stop")
    assert whole.usage.total_tokens == 5
    assert last.call_info.deployment == "stand-in"


def test_responses_by_chat() -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url, responses_as_chat=True)) as gateway:
        upstream.on("POST", CHAT, answers.json(CHAT_COMPLETION))
        request = from_object(
            responses_pb2.CreateResponseRequest,
            {"model": "m", "instructions": "Be brief.", "input": "Hi", "max_output_tokens": 9},
        )
        reply = gateway.responses.CreateResponse(request, timeout=10)
        (line,) = gateway.logged("rpc")
    assert upstream.requests[0].json() == {
        "model": "m",
        "messages": [{"role": "system", "content": "Be brief."}, USER],
        "max_tokens": 9,
    }
    assert (reply.id, reply.status, reply.max_output_tokens) == ("resp_1", "completed", 9)
    assert reply.output[0].message.content.parts.parts[0].output_text.text == "Yo"
    assert (reply.usage.input_tokens, reply.usage.output_tokens) == (3, 2)
    assert (line["method"], line["output_tokens"]) == ("/openai_grpc.v1.ResponsesService/CreateResponse", 2)


@pytest.mark.parametrize("end", ["done", "end"])
def test_responses_stream_by_chat(end: str) -> None:
    request = from_object(responses_pb2.CreateResponseRequest, {"model": "m", "input": "Hi"})
    with StandIn() as upstream, running_gateway(deployment(upstream.url, responses_as_chat=True)) as gateway:
        upstream.on("POST", CHAT, stream(CHUNKS, end))
        events = [as_json(each) for each in gateway.responses.StreamResponse(request, timeout=10)]
    assert upstream.requests[0].json()["stream_options"] == {"include_usage": True}
    assert [event["type"].removeprefix("response.") for event in events] == [
        "created",
        "in_progress",
        "output_item.added",
        "content_part.added",
        "output_text.delta",
        "output_text.delta",
        "output_text.done",
        "content_part.done",
        "output_item.done",
        "completed",
    ]
    assert [event["sequence_number"] for event in events] == list(range(10))
    assert events[-1]["response"]["usage"]["total_tokens"] == 5


def test_a_stream_that_breaks_off_is_no_response() -> None:
    request = from_object(responses_pb2.CreateResponseRequest, {"model": "m", "input": "Hi"})
    with StandIn() as upstream, running_gateway(deployment(upstream.url, responses_as_chat=True)) as gateway:
        upstream.on("POST", CHAT, stream(CHUNKS[:2], "end"))
        failure = failure_of(lambda: list(gateway.responses.StreamResponse(request, timeout=10)))
    assert (failure.code, failure.reason) == (grpc.StatusCode.INTERNAL, "UPSTREAM_TRUNCATED")


def test_a_failed_response_is_a_failed_chat() -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url, mode="responses")) as gateway:
        upstream.on("POST", RESPONSES, answers.json(FAILED))
        failure = failure_of(lambda: gateway.chat.CreateChatCompletion(chat(), timeout=10))
        upstream.on("POST", RESPONSES, stream([{"type": "response.failed", "response": FAILED}], "end"))
        streamed = failure_of(lambda: list(gateway.chat.StreamChatCompletion(chat(), timeout=10)))
    for each in (failure, streamed):
        assert (each.code, each.message) == (grpc.StatusCode.INTERNAL, "It broke")


REFUSED: dict[str, tuple[dict[str, Any], bool, str]] = {
    "chat by responses": ({"mode": "responses"}, False, "stop"),
    "chat by legacy completions": ({"mode": "completions"}, False, "tools"),
    "responses by chat": ({"responses_as_chat": True}, True, "previous_response_id"),
}


@pytest.mark.parametrize(("config", "responses", "field"), REFUSED.values(), ids=REFUSED)
def test_what_can_not_be_said_is_refused_before_it_is_sent(config: dict[str, Any], responses: bool, field: str) -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url, **config)) as gateway:
        failure = failure_of(lambda: unsayable(gateway, responses))
    assert failure.code is grpc.StatusCode.INVALID_ARGUMENT
    assert [each.field for each in failure.details["BadRequest"].field_violations] == [field]
    assert not upstream.requests


@pytest.mark.parametrize(("config", "responses", "field"), REFUSED.values(), ids=REFUSED)
def test_what_can_not_be_said_is_dropped_on_request(config: dict[str, Any], responses: bool, field: str) -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url, drop_params=True, **config)) as gateway:
        for path, answer in ((CHAT, CHAT_COMPLETION), (RESPONSES, RESPONSE), (COMPLETIONS, COMPLETION)):
            upstream.on("POST", path, answers.json(answer))
        unsayable(gateway, responses)
    assert field not in upstream.requests[0].json()


def test_system_text_becomes_user_text() -> None:
    request = chat(messages=[{"role": "system", "content": "Be brief."}, USER])
    with StandIn() as upstream, running_gateway(deployment(upstream.url, supports_system_message=False)) as gateway:
        upstream.on("POST", CHAT, answers.json(CHAT_COMPLETION))
        gateway.chat.CreateChatCompletion(request, timeout=10)
        upstream.on("POST", CHAT, stream(CHUNKS, "done"))
        list(gateway.chat.StreamChatCompletion(request, timeout=10))
    expected = [{"role": "user", "content": "Be brief.\n\nHi"}]
    assert [each.json()["messages"] for each in upstream.requests] == [expected, expected]


# As in LiteLLM's documentation: the prefix of `model` says by which API of the upstream it is served.
CONFIG = """
model_list:
  - model_name: gpt-5.4
    litellm_params: {model: openai/responses/gpt-5.4, api_key: sk-1, api_base: BASE}
  - model_name: gpt-3.5-turbo-instruct
    litellm_params: {model: text-completion-openai/gpt-3.5-turbo-instruct, api_key: sk-1, api_base: BASE}
  - model_name: gpt-5.1-codex
    litellm_params: {model: openai/gpt-5.1-codex, api_key: sk-1, api_base: BASE}
    model_info: {mode: responses}
  - model_name: gemma
    litellm_params: {model: openai/gemma, api_key: sk-1, api_base: BASE, supports_system_message: false}
"""
SERVED: dict[str, tuple[str, str, dict[str, Any]]] = {
    "openai/responses/": ("gpt-5.4", RESPONSES, {"model": "gpt-5.4", "instructions": "Be brief.", "input": [ITEM]}),
    "text-completion-openai/": (
        "gpt-3.5-turbo-instruct",
        COMPLETIONS,
        {"model": "gpt-3.5-turbo-instruct", "prompt": "System: Be brief.\n\nUser: Hi\n\nAssistant:"},
    ),
    "mode: responses": (
        "gpt-5.1-codex",
        RESPONSES,
        {"model": "gpt-5.1-codex", "instructions": "Be brief.", "input": [ITEM]},
    ),
    "supports_system_message: false": (
        "gemma",
        CHAT,
        {"model": "gemma", "messages": [{"role": "user", "content": "Be brief.\n\nHi"}]},
    ),
}


@pytest.mark.parametrize(("model", "path", "sent"), SERVED.values(), ids=SERVED)
def test_a_config_file_of_litellm(tmp_path: Path, model: str, path: str, sent: dict[str, Any]) -> None:
    with StandIn() as upstream:
        file = tmp_path / "config.yaml"
        file.write_text(CONFIG.replace("BASE", f"{upstream.url}/v1"))
        for each, answer in ((CHAT, CHAT_COMPLETION), (RESPONSES, RESPONSE), (COMPLETIONS, COMPLETION)):
            upstream.on("POST", each, answers.json(answer))
        with running_gateway(*load_config(file, {}).deployments) as gateway:
            system = {"role": "system", "content": "Be brief."}
            reply = gateway.chat.CreateChatCompletion(chat(model=model, messages=[system, USER]), timeout=10)
    received = upstream.requests[0]
    assert received.path == path
    assert {key: value for key, value in received.json().items() if key != "store"} == sent
    assert reply.choices[0].message.content == "Yo"


RESPONSES_ONLY: dict[str, tuple[dict[str, Any], str]] = {
    "as its base model": ({"info": ModelInfo(base_model="gpt-5-pro")}, RESPONSES),
    "as the operator's models say": ({"models": {"m": ModelInfo(mode="responses")}}, RESPONSES),
    "a model of another server": ({"model": "gpt-5-pro"}, CHAT),
    "an unknown model": ({}, CHAT),
}


@pytest.mark.parametrize(("config", "path"), RESPONSES_ONLY.values(), ids=RESPONSES_ONLY)
def test_a_model_without_chat(config: dict[str, Any], path: str) -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url, **config)) as gateway:
        for each, answer in ((CHAT, CHAT_COMPLETION), (RESPONSES, RESPONSE)):
            upstream.on("POST", each, answers.json(answer))
        reply = gateway.chat.CreateChatCompletion(chat(), timeout=10)
    assert upstream.requests[0].path == path
    assert reply.choices[0].message.content == "Yo"


def test_a_model_without_chat_and_without_streams() -> None:
    config = {"info": ModelInfo(base_model="gpt-5-pro")}
    with StandIn() as upstream, running_gateway(deployment(upstream.url, **config)) as gateway:
        upstream.on("POST", RESPONSES, answers.json(RESPONSE))
        chunks = list(gateway.chat.StreamChatCompletion(chat(), timeout=10))
    assert "stream" not in upstream.requests[0].json()
    assert "".join(each.choices[0].delta.content for each in chunks if each.choices) == "Yo"


def test_openai_has_models_without_chat() -> None:
    openai = Deployment(DeploymentConfig(name="openai", base_url="https://api.openai.com/v1"), NO_CLIENT)
    assert isinstance(chat_bridge(openai, {"model": "gpt-5-pro-2025-10-06"}), ChatByResponses)
    assert chat_bridge(openai, {"model": "gpt-4o"}) is None


NAMESPACE = {
    "type": "namespace",
    "name": "billing",
    "description": "Billing tools",
    "tools": [
        {
            "type": "function",
            "name": "get_invoice",
            "description": "Get an invoice by ID",
            "parameters": {"type": "object", "properties": {"invoice_id": {"type": "string"}}},
            "defer_loading": True,
        }
    ],
}
SEARCHED = [
    {"type": "tool_search_call", "id": "ts_1", "execution": "server", "arguments": {"paths": ["billing"]}},
    {"type": "tool_search_output", "id": "to_1", "execution": "server", "tools": [NAMESPACE]},
]
INVOICE = {
    "type": "function_call",
    "call_id": "c1",
    "namespace": "billing",
    "name": "get_invoice",
    "arguments": '{"invoice_id":"INV-2024-001"}',
}


def test_tool_search_by_chat_and_back() -> None:
    question = {"role": "user", "content": "Look up invoice INV-2024-001"}
    tools = [{"type": "tool_search"}, NAMESPACE]
    with StandIn() as upstream, running_gateway(deployment(upstream.url, mode="responses")) as gateway:
        upstream.on("POST", RESPONSES, answers.json({**RESPONSE, "output": [*SEARCHED, INVOICE]}))
        reply = gateway.chat.CreateChatCompletion(chat(messages=[question], tools=tools), timeout=10)
        (call,) = reply.choices[0].message.tool_calls
        said = as_json(reply.choices[0].message)
        result = {"role": "tool", "tool_call_id": call.function.id, "content": "42 EUR"}
        gateway.chat.CreateChatCompletion(chat(messages=[question, said, result], tools=tools), timeout=10)
    assert upstream.requests[0].json()["tools"] == tools
    assert (call.function.namespace, call.function.function.name) == ("billing", "get_invoice")
    assert reply.choices[0].finish_reason == "tool_calls"
    output = {"type": "function_call_output", "call_id": "c1", "output": "42 EUR"}
    assert upstream.requests[1].json()["input"][1:] == [*SEARCHED, INVOICE, output]


def unsayable(gateway: Any, responses: bool) -> None:
    if responses:
        value = {"model": "m", "input": "Hi", "previous_response_id": "resp_0"}
        gateway.responses.CreateResponse(from_object(responses_pb2.CreateResponseRequest, value), timeout=10)
    else:
        tools = [{"type": "function", "function": {"name": "f"}}]
        gateway.chat.CreateChatCompletion(chat(stop=["x"], tools=tools), timeout=10)


def chat(**fields: Any) -> chat_pb2.CreateChatCompletionRequest:
    return from_object(chat_pb2.CreateChatCompletionRequest, {"model": "m", "messages": [USER], **fields})


def stream(events: list[Any], end: str) -> Any:
    sent = answers.events(events)
    return answers.stream(sent if end == "done" else [each for each in sent if b"[DONE]" not in each])


def as_json(message: Message) -> Any:
    return loads(to_json(message))
