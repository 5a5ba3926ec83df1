"""Large messages: those of too many elements are refused before they are parsed, the others pass without loss."""

import json
from collections.abc import Iterator
from typing import Any

import grpc
import pytest

from faults import answers
from faults.stand_in import StandIn
from openai_grpc.codec import from_json, to_json
from openai_grpc.v1 import chat_pb2, common_pb2, embeddings_pb2, responses_pb2
from openai_grpc_server.runtime.offload import LARGE, MANY
from support.failure import failure_of
from support.gateway import RunningGateway, deployment, running_gateway

LIMIT = 1000
SETTING = "server.max_message_elements"
REQUEST = chat_pb2.CreateChatCompletionRequest
CHAT, CHAT_STREAM = (f"/openai_grpc.v1.ChatService/{name}ChatCompletion" for name in ("Create", "Stream"))
RESPONSE = "/openai_grpc.v1.ResponsesService/CreateResponse"
MESSAGE = from_json(REQUEST, '{"messages":[{"role":"user","content":""}]}').SerializeToString()
ITEM = from_json(responses_pb2.CreateResponseRequest, '{"input":[{"role":"user","content":""}]}').SerializeToString()

REQUESTS = {
    "messages": (CHAT, MESSAGE * 500),
    "messages of a stream": (CHAT_STREAM, MESSAGE * 500),
    "empty messages": (CHAT, b"\x0a\0" * 1200),
    "list entries": (CHAT, REQUEST(modalities=[""] * 1200).SerializeToString()),
    "objects in extra_json": (CHAT, REQUEST(extra_json='{"a":[' + "{}," * 1200 + "0]}").SerializeToString()),
    "unknown fields": (CHAT, b"\xa0\xa4\xa8\x03\0" * 1200),
    "items of a response": (RESPONSE, ITEM * 500),
}


@pytest.fixture(scope="module")
def upstream() -> Iterator[StandIn]:
    with StandIn() as running:
        yield running


@pytest.fixture(scope="module")
def strict(upstream: StandIn) -> Iterator[RunningGateway]:
    """A gateway that takes few elements; its model `bridged` is served by Responses."""
    settings: dict[str, dict[str, Any]] = {"m": {}, "bridged": {"mode": "responses"}}
    few = (deployment(upstream.url, name=name, model_name=name, **each) for name, each in settings.items())
    with running_gateway(*few, max_message_elements=LIMIT) as gateway:
        yield gateway


@pytest.fixture(scope="module")
def gateway(upstream: StandIn) -> Iterator[RunningGateway]:
    settings: dict[str, dict[str, Any]] = {"m": {}, "bridged": {"mode": "responses"}}
    ordinary = (deployment(upstream.url, name=name, model_name=name, **each) for name, each in settings.items())
    with running_gateway(*ordinary) as running:
        yield running


@pytest.mark.parametrize("model", ["m", "bridged"])
@pytest.mark.parametrize(("path", "data"), REQUESTS.values(), ids=REQUESTS)
def test_a_request_of_too_many_elements(strict: RunningGateway, path: str, data: bytes, model: str) -> None:
    stream = path == CHAT_STREAM
    call: Any = strict.channel.unary_stream(path) if stream else strict.channel.unary_unary(path)
    named = data + REQUEST(model=model).SerializeToString()
    failure = failure_of(lambda: list(call(named, timeout=10)) if stream else call(named, timeout=10))
    assert (failure.code, failure.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "MESSAGE_TOO_LARGE")
    assert SETTING in failure.message
    assert str(LIMIT) in failure.message


DENSE: dict[str, Any] = {
    "choices": {"id": "c1", "choices": [{}] * 1200},
    "an unknown key": {"id": "c1", "choices": [], "x": [[]] * 1200},
    "strings": {"id": "c1", "choices": [], "x": [""] * 1200},
}


@pytest.mark.parametrize("reply", DENSE.values(), ids=DENSE)
def test_a_reply_of_too_many_elements(upstream: StandIn, strict: RunningGateway, reply: dict[str, Any]) -> None:
    upstream.on("POST", "/v1/chat/completions", answers.json(reply))
    failure = failure_of(lambda: strict.chat.CreateChatCompletion(REQUEST(model="m"), timeout=10))
    assert (failure.code, failure.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "MESSAGE_TOO_LARGE")
    assert SETTING in failure.message


@pytest.mark.parametrize("reply", DENSE.values(), ids=DENSE)
def test_an_event_of_too_many_elements(upstream: StandIn, reply: dict[str, Any]) -> None:
    large = {**reply, "y": "." * LARGE}
    first = {"id": "c1", "choices": [{"index": 0, "delta": {"content": "a"}}]}
    upstream.on("POST", "/v1/chat/completions", answers.stream(answers.events([first, large])))
    with running_gateway(deployment(upstream.url), max_message_elements=LIMIT) as gateway:
        stream = gateway.chat.StreamChatCompletion(REQUEST(model="m"), timeout=10)
        assert next(stream).choices[0].delta.content == "a"
        failure = failure_of(lambda: next(stream))
    assert (failure.code, failure.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "MESSAGE_TOO_LARGE")


def test_as_many_as_there_may_be(upstream: StandIn, strict: RunningGateway) -> None:
    upstream.on("POST", "/v1/chat/completions", answers.json({"id": "c1", "choices": [{"index": 0}] * 490}))
    request = REQUEST.FromString(MESSAGE * 240)
    request.model = "m"
    assert len(strict.chat.CreateChatCompletion(request, timeout=10).choices) == 490


TEXT = "é" * LARGE
BODIES: dict[str, dict[str, Any]] = {
    "a long text": {"messages": [{"role": "user", "content": TEXT}]},
    "many messages": {"messages": [{"role": "user", "content": f"{number}"} for number in range(MANY)]},
    "extra keys": {"messages": [], "x": [{"a": 1.5}] * MANY, "y": 14226756897978507000123},
    "tools": {
        "messages": [{"role": "user", "content": "hi"}],
        "tools": [{"type": "function", "function": {"name": f"f{number}"}} for number in range(MANY)],
    },
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_large_request_reaches_the_upstream_as_it_is(
    upstream: StandIn, gateway: RunningGateway, body: dict[str, Any]
) -> None:
    upstream.on("POST", "/v1/chat/completions", answers.json({"id": "c1", "choices": []}))
    request = from_json(REQUEST, json.dumps({"model": "m", **body}))
    gateway.chat.CreateChatCompletion(request, timeout=20)
    assert json.loads(upstream.requests[-1].body) == {"model": "m", **body}


REPLIES: dict[str, dict[str, Any]] = {
    "a long text": {"id": "c1", "choices": [{"index": 0, "message": {"role": "assistant", "content": TEXT}}]},
    "logprobs": {
        "id": "c1",
        "choices": [
            {
                "index": 0,
                "logprobs": {
                    "content": [
                        {"token": f"{number}", "logprob": -0.25, "bytes": [1, 2], "top_logprobs": []}
                        for number in range(MANY)
                    ]
                },
            }
        ],
    },
    "extra keys": {"id": "c1", "choices": [], "x": [{"a": 1.5}] * MANY},
}


def whole(gateway: RunningGateway) -> Any:
    return gateway.chat.CreateChatCompletion(REQUEST(model="m"), timeout=20)


@pytest.mark.parametrize("reply", REPLIES.values(), ids=REPLIES)
def test_a_large_reply_reaches_the_caller_as_it_is(
    upstream: StandIn, gateway: RunningGateway, reply: dict[str, Any]
) -> None:
    upstream.on("POST", "/v1/chat/completions", answers.json(reply))
    message = whole(gateway)
    message.ClearField("call_info")
    assert message == from_json(chat_pb2.ChatCompletion, json.dumps(reply))


@pytest.mark.parametrize("reply", REPLIES.values(), ids=REPLIES)
def test_a_large_event_reaches_the_caller_as_it_is(
    upstream: StandIn, gateway: RunningGateway, reply: dict[str, Any]
) -> None:
    last = {"id": "c1", "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
    upstream.on("POST", "/v1/chat/completions", answers.stream(answers.events([last, reply, last])))
    chunks = list(gateway.chat.StreamChatCompletion(REQUEST(model="m"), timeout=20))
    assert chunks[1] == from_json(chat_pb2.ChatCompletionChunk, json.dumps(reply))
    assert len(chunks) == 3


def test_vectors_as_numbers(upstream: StandIn, gateway: RunningGateway) -> None:
    vectors = [[number / 1000 + place / 7 for place in range(256)] for number in range(300)]
    data = [{"object": "embedding", "index": index, "embedding": vector} for index, vector in enumerate(vectors)]
    upstream.on("POST", "/v1/embeddings", answers.json({"object": "list", "data": data, "model": "m"}))
    reply = gateway.embeddings.CreateEmbedding(embeddings_pb2.CreateEmbeddingRequest(model="m"), timeout=20)
    expected = from_json(
        embeddings_pb2.CreateEmbeddingResponse, json.dumps({"object": "list", "data": data, "model": "m"})
    )
    assert list(reply.data) == list(expected.data)


def test_a_large_request_by_another_api(upstream: StandIn, gateway: RunningGateway) -> None:
    reply = {"id": "r1", "object": "response", "status": "completed", "output": []}
    upstream.on("POST", "/v1/responses", answers.json(reply))
    messages = [{"role": "user", "content": f"{number}"} for number in range(MANY)]
    request = from_json(REQUEST, json.dumps({"model": "bridged", "messages": messages}))
    gateway.chat.CreateChatCompletion(request, timeout=20)
    sent = json.loads(upstream.requests[-1].body)
    assert [item["content"] for item in sent["input"]] == [message["content"] for message in messages]


def test_a_large_reply_is_accumulated(upstream: StandIn, gateway: RunningGateway) -> None:
    texts = [str(number) * 1000 for number in range(10)] * 60
    chunks = [{"id": "c1", "choices": [{"index": 0, "delta": {"content": text}}]} for text in texts]
    chunks.append({"id": "c1", "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    upstream.on("POST", "/v1/chat/completions", answers.stream(answers.events(chunks)))
    request = REQUEST(model="m", call_options=common_pb2.CallOptions(accumulate=True))
    *_, last = gateway.chat.StreamChatCompletion(request, timeout=20)
    assert json.loads(to_json(last.accumulated))["choices"][0]["message"]["content"] == "".join(texts)


def test_large_calls_that_are_cancelled_leave_the_others_served(upstream: StandIn, gateway: RunningGateway) -> None:
    upstream.on("POST", "/v1/chat/completions", answers.json({"id": "c1", "choices": []}))
    body = {"model": "m", **BODIES["many messages"]}
    request = from_json(REQUEST, json.dumps(body))
    for _ in range(5):
        gateway.chat.CreateChatCompletion.future(request, timeout=20).cancel()
    gateway.chat.CreateChatCompletion(request, timeout=20)
    assert json.loads(upstream.requests[-1].body) == body
