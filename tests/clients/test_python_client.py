"""The Python clients against the real gateway: shortcuts, and what requests may be made of."""

from collections.abc import Iterator
from typing import Any

import pytest

from clients.python_answers import CHUNKS, COMPLETION, EVENTS, HEADERS, RESPONSE, TRANSCRIPT, VECTORS
from faults import answers
from faults.stand_in import StandIn
from openai_grpc.v1 import ChatCompletionRequestMessage, CreateChatCompletionRequest
from support.gateway import deployment, running_gateway
from support.python_client import KINDS, Driver, driver

CHAT = "/v1/chat/completions"
HELLO = {"role": "user", "content": "hello"}


@pytest.fixture(scope="module")
def stand_in() -> Iterator[StandIn]:
    with StandIn() as upstream:
        yield upstream


@pytest.fixture(scope="module")
def target(stand_in: StandIn) -> Iterator[str]:
    with running_gateway(deployment(stand_in.url)) as gateway:
        yield gateway.target


@pytest.fixture
def upstream(stand_in: StandIn) -> StandIn:
    stand_in.exchanges.clear()
    return stand_in


@pytest.fixture(params=KINDS)
def drive(request: pytest.FixtureRequest, target: str) -> Iterator[Driver]:
    with driver(request.param, target) as driven:
        yield driven


SHORTCUTS: dict[str, tuple[Any, tuple[str, Any], dict[str, Any]]] = {
    "chat": (
        lambda c: c.chat("hello", system="be nice", temperature=0.5),
        (CHAT, answers.json(COMPLETION, headers=HEADERS)),
        {"messages": [{"role": "system", "content": "be nice"}, HELLO], "temperature": 0.5},
    ),
    "chat with a conversation": (
        lambda c: c.chat([HELLO], model="m"),
        (CHAT, answers.json(COMPLETION, headers=HEADERS)),
        {"messages": [HELLO], "model": "m"},
    ),
    "respond": (
        lambda c: c.respond("hello", model="m", store=False),
        ("/v1/responses", answers.json(RESPONSE, headers=HEADERS)),
        {"input": "hello", "model": "m", "store": False},
    ),
}


@pytest.mark.parametrize(("use", "answer", "sent"), SHORTCUTS.values(), ids=SHORTCUTS)
def test_shortcuts(use: Any, answer: tuple[str, Any], sent: Any, drive: Driver, upstream: StandIn) -> None:
    upstream.on("POST", *answer)
    reply = drive(use)
    assert (reply.text, str(reply), reply.message.id[1:]) == ("Hi!", "Hi!", "1")
    assert (reply.metadata.request_id, reply.metadata.rate_limits.remaining_tokens) == ("req_1", 99)
    assert upstream.requests[0].json() == sent


TEXT_STREAMS: dict[str, tuple[Any, tuple[str, Any], str]] = {
    "chat_stream": (lambda c: c.chat_stream("hello", model="m"), (CHAT, CHUNKS), "choices"),
    "respond_stream": (lambda c: c.respond_stream("hello", model="m"), ("/v1/responses", EVENTS), "output"),
    "transcribe_stream": (
        lambda c: c.transcribe_stream(("a.wav", b"RIFF")),
        ("/v1/audio/transcriptions", TRANSCRIPT),
        "text",
    ),
}


@pytest.mark.parametrize(("use", "answer", "field"), TEXT_STREAMS.values(), ids=TEXT_STREAMS)
def test_text_streams(use: Any, answer: tuple[str, Any], field: str, drive: Driver, upstream: StandIn) -> None:
    upstream.on("POST", *answer)
    stream = drive(use)
    assert stream.message is None
    assert drive.read(lambda _: stream) == ["Hi", "!"]
    assert stream.text == "Hi!"
    assert getattr(stream.message, field)
    assert drive(lambda _: stream.metadata()).request_id == "req_1"


def test_embed(drive: Driver, upstream: StandIn) -> None:
    upstream.on("POST", "/v1/embeddings", answers.json(VECTORS))
    assert drive(lambda c: c.embed("a", model="m", dimensions=2)) == [[0.5, 0.25]]
    received = upstream.requests[0].json()
    assert (received["input"], received["model"], received["dimensions"]) == (["a"], "m", 2)


def test_messages_and_plain_values_are_the_same_request(drive: Driver, upstream: StandIn) -> None:
    upstream.on("POST", CHAT, answers.json(COMPLETION))
    message = ChatCompletionRequestMessage()
    message.user.content.text = "hello"
    request = CreateChatCompletionRequest(model="m", messages=[message], temperature=0.5)
    drive(lambda c: c.chat.completions.create(request))
    drive(lambda c: c.chat.completions.create(model="m", messages=[message], temperature=0.5))
    drive(lambda c: c.chat.completions.create(model="m", messages=[HELLO], temperature=0.5))
    first, *others = [each.json() for each in upstream.requests]
    assert others == [first, first]


def test_a_new_field_passes_both_ways(drive: Driver, upstream: StandIn) -> None:
    upstream.on("POST", CHAT, answers.json(COMPLETION | {"brand_new": 1}))
    reply = drive(lambda c: c.chat.completions.create(model="m", extra_body={"brand_new": {"a": [1]}}))
    assert upstream.requests[0].json() == {"model": "m", "brand_new": {"a": [1]}}
    assert reply.extra_json == '{"brand_new":1}'


def test_a_large_reply(drive: Driver, upstream: StandIn) -> None:
    text = "x" * 8_000_000  # gRPC's own limit is 4 MiB
    upstream.on("POST", CHAT, answers.json({"choices": [{"index": 0, "message": {"content": text}}]}))
    assert drive(lambda c: c.chat(text)).text == text
