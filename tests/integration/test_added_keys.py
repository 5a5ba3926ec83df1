"""Keys that the gateway adds to requests by itself: an upstream that refuses them gets the call without them."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import grpc
import pytest

from faults import answers
from faults.stand_in import StandIn
from openai_grpc.v1 import chat_pb2, completions_pb2, embeddings_pb2, responses_pb2
from openai_grpc_server.config import RouterConfig
from support.failure import failure_of
from support.gateway import RunningGateway, deployment, running_gateway

if TYPE_CHECKING:
    from faults.exchange import Answer, Exchange

CHUNK = {"id": "c", "choices": [{"index": 0, "delta": {"content": "Hi"}, "finish_reason": "stop"}]}
TEXT = {"id": "c", "choices": [{"index": 0, "text": "Hi", "finish_reason": "stop"}]}
RESPONSE = {"id": "resp_1", "object": "response", "status": "completed", "output": []}
VECTORS = {"object": "list", "data": [{"object": "embedding", "index": 0, "embedding": [0.5]}]}
STREAM = answers.stream(answers.events([CHUNK]))

Send = Callable[[RunningGateway], object]


def chat_stream(gateway: RunningGateway) -> object:
    return list(gateway.chat.StreamChatCompletion(chat_pb2.CreateChatCompletionRequest(model="m"), timeout=10))


def completion_stream(gateway: RunningGateway) -> object:
    return list(gateway.completions.StreamCompletion(completions_pb2.CreateCompletionRequest(model="m"), timeout=10))


def response_stream(gateway: RunningGateway) -> object:
    request = responses_pb2.CreateResponseRequest(model="m")
    request.input.text = "Hi"
    return list(gateway.responses.StreamResponse(request, timeout=10))


def embedding(gateway: RunningGateway) -> object:
    return gateway.embeddings.CreateEmbedding(embeddings_pb2.CreateEmbeddingRequest(model="m"), timeout=10)


def chat(gateway: RunningGateway) -> object:
    request = chat_pb2.CreateChatCompletionRequest(model="m", reasoning_effort="low")
    return gateway.chat.CreateChatCompletion(request, timeout=10)


# The path, the call, the answer where the key is left out, and more of the deployment.
ROUTES: dict[str, tuple[str, Send, "Answer", dict[str, Any]]] = {
    "stream_options": ("/v1/chat/completions", chat_stream, STREAM, {}),
    "stream_options of a completion": (
        "/v1/completions",
        completion_stream,
        answers.stream(answers.events([TEXT])),
        {},
    ),
    "stream_options of a response by chat": (
        "/v1/chat/completions",
        response_stream,
        STREAM,
        {"responses_as_chat": True},
    ),
    "stream_options of a chat by completions": (
        "/v1/completions",
        chat_stream,
        answers.stream(answers.events([TEXT])),
        {"mode": "completions"},
    ),
    "encoding_format": ("/v1/embeddings", embedding, answers.json(VECTORS), {}),
    "include": ("/v1/responses", chat, answers.json(RESPONSE), {"mode": "responses"}),
    "store": ("/v1/responses", chat, answers.json(RESPONSE), {"mode": "responses"}),
}
# How servers refuse a key.
REFUSALS: dict[str, Callable[[str], tuple[int, Any]]] = {
    "OpenAI": lambda key: (
        400,
        {"error": {"message": f"Unknown parameter: '{key}'.", "param": key, "code": "unknown"}},
    ),
    "FastAPI": lambda key: (422, {"detail": [{"loc": ["body", key], "msg": "Extra inputs are not permitted"}]}),
    "a text": lambda key: (400, {"error": f'unknown field "{key}"'}),
    "a server's fault": lambda key: (500, {"error": {"message": f"unexpected keyword argument '{key}'"}}),
}


def unless_left_out(key: str, refusal: tuple[int, Any], reply: "Answer") -> "Answer":
    async def answer(exchange: "Exchange") -> None:
        await exchange.body()
        status, body = refusal
        chosen = answers.json(body, status=status) if key in exchange.request.json() else reply
        await chosen(exchange)

    return answer


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
@pytest.mark.parametrize("name", ROUTES)
def test_left_out(name: str, refusal: Callable[[str], tuple[int, Any]]) -> None:
    path, send, reply, facts = ROUTES[name]
    key = name.partition(" ")[0]
    with StandIn() as upstream, running_gateway(deployment(upstream.url, **facts)) as gateway:
        upstream.on("POST", path, unless_left_out(key, refusal(key), reply))
        send(gateway)
        assert [key in each.json() for each in upstream.requests] == [True, False]
        send(gateway)  # it is remembered
        assert [key in each.json() for each in upstream.requests] == [True, False, False]


def test_it_is_remembered_for_the_model_alone() -> None:
    refused = REFUSALS["OpenAI"]("encoding_format")
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.on("POST", "/v1/embeddings", unless_left_out("encoding_format", refused, answers.json(VECTORS)))
        for model in ("one", "one", "other"):
            gateway.embeddings.CreateEmbedding(embeddings_pb2.CreateEmbeddingRequest(model=model), timeout=10)
        sent = [(each.json()["model"], "encoding_format" in each.json()) for each in upstream.requests]
    assert sent == [("one", True), ("one", False), ("one", False), ("other", True), ("other", False)]


@pytest.mark.parametrize("name", ["stream_options", "encoding_format"])
def test_the_caller_is_never_blamed(name: str) -> None:
    path, send, _, _ = ROUTES[name]
    status, body = REFUSALS["OpenAI"](name)
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.on("POST", path, answers.json(body, status=status))  # whether it is there or not
        for _ in range(2):
            failure = failure_of(lambda: send(gateway))
            assert (failure.code, failure.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "UPSTREAM_REJECTED")
            assert {"stream_options": "include_usage: false", "encoding_format": "embeddings_base64: false"}[
                name
            ] in failure.message
            assert "BadRequest" not in failure.details
        assert len(upstream.requests) == 3


def test_what_the_caller_sent_is_his() -> None:
    status, body = REFUSALS["OpenAI"]("stream_options")
    request = chat_pb2.CreateChatCompletionRequest(model="m")
    request.stream_options.include_usage = True
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.on("POST", "/v1/chat/completions", answers.json(body, status=status))
        failure = failure_of(lambda: list(gateway.chat.StreamChatCompletion(request, timeout=10)))
        assert failure.code is grpc.StatusCode.INVALID_ARGUMENT
        assert len(upstream.requests) == 1


def test_other_refusals_are_made_once() -> None:
    body = {"error": {"message": "temperature: must be at most 2", "param": "temperature"}}
    with StandIn() as upstream, running_gateway(deployment(upstream.url), router=RouterConfig()) as gateway:
        upstream.on("POST", "/v1/chat/completions", answers.json(body, status=400))
        failure = failure_of(lambda: chat_stream(gateway))
        assert failure.code is grpc.StatusCode.INVALID_ARGUMENT
        assert len(upstream.requests) == 1


REFUSAL = {"error": {"message": "Unknown parameter: 'stream_options'", "param": "stream_options", "code": 400}}


def test_a_stream_that_refuses_a_key_with_200_is_made_again_where_it_is_not_begun() -> None:
    with StandIn() as upstream, StandIn() as other:
        deployments = (
            deployment(upstream.url, name="first", model_name="m", weight=1),
            deployment(other.url, name="second", model_name="m", weight=0),
        )
        with running_gateway(*deployments) as gateway:
            upstream.enqueue(answers.stream(answers.events([REFUSAL])))
            upstream.on("POST", "/v1/chat/completions", STREAM)
            for _ in range(2):
                request = chat_pb2.CreateChatCompletionRequest(model="m")
                (first,) = gateway.chat.StreamChatCompletion(request, timeout=10)
                assert first.choices[0].delta.content == "Hi"
        assert ["stream_options" in each.json() for each in upstream.requests] == [True, False, False]
        assert other.requests == []


def test_the_only_deployment_is_asked_without_it_by_the_next_call() -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.enqueue(answers.stream(answers.events([REFUSAL])))
        upstream.on("POST", "/v1/chat/completions", STREAM)
        failure = failure_of(lambda: chat_stream(gateway))  # the caller has its metadata already
        assert failure.reason == "UPSTREAM_REJECTED"
        chat_stream(gateway)
        assert ["stream_options" in each.json() for each in upstream.requests] == [True, False]
