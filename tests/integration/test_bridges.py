"""Calls that reach the upstream as calls of another API."""

from typing import Any

import grpc
import pytest

from faults import answers
from faults.stand_in import StandIn
from integration.three_apis import (
    CHAT,
    CHAT_COMPLETION,
    CHUNKS,
    COMPLETION,
    COMPLETION_EVENTS,
    COMPLETIONS,
    FAILED,
    ITEM,
    RESPONSE,
    RESPONSE_EVENTS,
    RESPONSES,
    USER,
    as_json,
    chat,
)
from openai_grpc.codec import from_object
from openai_grpc.v1 import responses_pb2
from support.failure import failure_of
from support.gateway import deployment, running_gateway

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


def unsayable(gateway: Any, responses: bool) -> None:
    if responses:
        value = {"model": "m", "input": "Hi", "previous_response_id": "resp_0"}
        gateway.responses.CreateResponse(from_object(responses_pb2.CreateResponseRequest, value), timeout=10)
    else:
        tools = [{"type": "function", "function": {"name": "f"}}]
        gateway.chat.CreateChatCompletion(chat(stop=["x"], tools=tools), timeout=10)


def stream(events: list[Any], end: str) -> Any:
    sent = answers.events(events)
    return answers.stream(sent if end == "done" else [each for each in sent if b"[DONE]" not in each])
