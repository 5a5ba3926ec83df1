"""Which upstream a call goes to, under which name of the model."""

from collections.abc import Iterator
from typing import Any

import grpc
import pytest

from faults import answers
from faults.stand_in import StandIn
from openai_grpc.v1 import chat_pb2, responses_pb2
from openai_grpc_server.config import Secret
from support.failure import failure_of
from support.gateway import RunningGateway, deployment, running_gateway

COMPLETION = answers.json({"id": "c1", "object": "chat.completion", "model": "gpt-4o-2024", "choices": []})


@pytest.fixture(scope="module")
def upstreams() -> Iterator[tuple[StandIn, StandIn]]:
    with StandIn() as first, StandIn() as second:
        for upstream in (first, second):
            upstream.on("POST", "/v1/chat/completions", COMPLETION)
            upstream.on("GET", "/v1/responses/r", answers.json({"id": "r", "object": "response"}))
        yield first, second


@pytest.fixture(scope="module")
def gateway(upstreams: tuple[StandIn, StandIn]) -> Iterator[RunningGateway]:
    first, second = upstreams
    with running_gateway(
        deployment(first.url, name="big", model_name="big", model="gpt-4o", api_key=Secret("sk-1")),
        deployment(second.url, name="small ä", model_name="openai/gpt-oss", model="gpt-oss", api_key=Secret("sk-2")),
    ) as running:
        yield running


@pytest.mark.parametrize(
    ("model", "index", "sent", "key", "label"),
    [("big", 0, "gpt-4o", "sk-1", "big"), ("openai/gpt-oss", 1, "gpt-oss", "sk-2", "small ?")],
)
def test_by_model(  # noqa: PLR0917 - a table
    gateway: RunningGateway, upstreams: tuple[StandIn, StandIn], model: str, index: int, sent: str, key: str, label: str
) -> None:
    request = chat_pb2.CreateChatCompletionRequest(model=model)
    reply, call = gateway.chat.CreateChatCompletion.with_call(request, timeout=10)
    received = upstreams[index].requests[-1]
    assert (received.json()["model"], received.header("authorization")) == (sent, f"Bearer {key}")
    assert reply.model == "gpt-4o-2024"
    assert dict(call.initial_metadata())["openai-grpc-deployment"] == label


@pytest.mark.parametrize("model", ["gpt-4o", "gpt-oss", "Big", "openai/big", ""])
def test_a_model_that_is_not_configured(gateway: RunningGateway, model: str) -> None:
    request = chat_pb2.CreateChatCompletionRequest(model=model)
    failure = failure_of(lambda: gateway.chat.CreateChatCompletion(request, timeout=10))
    assert (failure.code, failure.reason) == (grpc.StatusCode.NOT_FOUND, "MODEL_NOT_FOUND")
    assert repr(model) in failure.message


def test_a_call_without_a_model_among_several_upstreams(gateway: RunningGateway) -> None:
    request = chat_pb2.ListChatCompletionsRequest()
    failure = failure_of(lambda: gateway.chat.ListChatCompletions(request, timeout=10))
    assert failure.code is grpc.StatusCode.INVALID_ARGUMENT


def test_a_call_without_a_model_where_all_models_are_at_one_upstream(upstreams: tuple[StandIn, StandIn]) -> None:
    first, _ = upstreams
    with running_gateway(deployment(first.url, model_name="a"), deployment(first.url, model_name="b")) as gateway:
        reply = gateway.responses.GetResponse(responses_pb2.GetResponseRequest(response_id="r"), timeout=10)
    assert reply.id == "r"


SINGLE: dict[str, tuple[dict[str, Any], str | None]] = {
    "the only one configured": ({"model_name": "a", "model": "gpt-4o"}, "gpt-4o"),
    "the one behind any name": ({"model": "local"}, "local"),
    "none, where any model is passed on": ({}, None),
}


@pytest.mark.parametrize(("facts", "model"), SINGLE.values(), ids=SINGLE)
def test_the_model_of_a_call_that_names_none(
    upstreams: tuple[StandIn, StandIn], facts: dict[str, Any], model: str | None
) -> None:
    first, _ = upstreams
    with running_gateway(deployment(first.url, **facts)) as gateway:
        gateway.chat.CreateChatCompletion(chat_pb2.CreateChatCompletionRequest(user="u"), timeout=10)
        gateway.responses.GetResponse(responses_pb2.GetResponseRequest(response_id="r"), timeout=10)
    create, get = first.requests[-2:]
    assert create.json().get("model") == model
    assert get.query == []


def test_any_model(upstreams: tuple[StandIn, StandIn]) -> None:
    first, _ = upstreams
    with running_gateway(deployment(first.url)) as gateway:
        gateway.chat.CreateChatCompletion(chat_pb2.CreateChatCompletionRequest(model="openai/any"), timeout=10)
    assert first.requests[-1].json()["model"] == "any"
