"""Every RPC of the contract, called by both Python clients against the real gateway."""

from collections.abc import Iterator
from typing import Any

import pytest

from clients.python_answers import CHUNKS, COMPLETION, EVENTS, RESPONSE, TRANSCRIPT, VECTORS
from faults import answers
from faults.stand_in import StandIn
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


RPCS: dict[str, tuple[Any, tuple[str, str, Any]]] = {
    "chat.completions.create": (
        lambda c: c.chat.completions.create(model="m", messages=[HELLO]),
        ("POST", CHAT, answers.json(COMPLETION)),
    ),
    "chat.completions.retrieve": (
        lambda c: c.chat.completions.retrieve("c1"),
        ("GET", f"{CHAT}/c1", answers.json(COMPLETION)),
    ),
    "chat.completions.list": (
        lambda c: c.chat.completions.list(limit=1),
        ("GET", CHAT, answers.json({"object": "list", "data": [COMPLETION]})),
    ),
    "chat.completions.update": (
        lambda c: c.chat.completions.update("c1", metadata={"a": "b"}),
        ("POST", f"{CHAT}/c1", answers.json(COMPLETION)),
    ),
    "chat.completions.delete": (
        lambda c: c.chat.completions.delete("c1"),
        ("DELETE", f"{CHAT}/c1", answers.json({"id": "c1", "deleted": True})),
    ),
    "chat.completions.messages.list": (
        lambda c: c.chat.completions.messages.list("c1"),
        ("GET", f"{CHAT}/c1/messages", answers.json({"object": "list", "data": []})),
    ),
    "responses.create": (
        lambda c: c.responses.create(model="m", input="hello"),
        ("POST", "/v1/responses", answers.json(RESPONSE)),
    ),
    "responses.retrieve": (
        lambda c: c.responses.retrieve("r1", include=["x"]),
        ("GET", "/v1/responses/r1", answers.json(RESPONSE)),
    ),
    "responses.delete": (
        lambda c: c.responses.delete("r1"),
        ("DELETE", "/v1/responses/r1", answers.json({"id": "r1", "deleted": True})),
    ),
    "responses.cancel": (
        lambda c: c.responses.cancel("r1"),
        ("POST", "/v1/responses/r1/cancel", answers.json(RESPONSE)),
    ),
    "responses.compact": (
        lambda c: c.responses.compact(model="m", input="hello"),
        ("POST", "/v1/responses/compact", answers.json({"id": "r1", "object": "response.compaction"})),
    ),
    "responses.input_items.list": (
        lambda c: c.responses.input_items.list("r1"),
        ("GET", "/v1/responses/r1/input_items", answers.json({"object": "list", "data": []})),
    ),
    "responses.input_tokens.count": (
        lambda c: c.responses.input_tokens.count(model="m", input="hello"),
        ("POST", "/v1/responses/input_tokens", answers.json({"input_tokens": 3})),
    ),
    "embeddings.create": (
        lambda c: c.embeddings.create(model="m", input=["a"]),
        ("POST", "/v1/embeddings", answers.json(VECTORS)),
    ),
    "completions.create": (
        lambda c: c.completions.create(model="m", prompt="hello"),
        ("POST", "/v1/completions", answers.json({"id": "c1", "object": "text_completion", "choices": []})),
    ),
    "models.list": (lambda c: c.models.list(), ("GET", "/v1/models", answers.json({"data": []}))),
    "models.retrieve": (lambda c: c.models.retrieve("m"), ("GET", "/v1/models/m", answers.json({"id": "m"}))),
    "audio.transcriptions.create": (
        lambda c: c.audio.transcriptions.create(model="m", file=("a.wav", b"RIFF")),
        ("POST", "/v1/audio/transcriptions", answers.json({"text": "Hi!"})),
    ),
    "audio.transcriptions.upload": (
        lambda c: c.audio.transcriptions.upload(model="m", file=("a.wav", b"RIFF")),
        ("POST", "/v1/audio/transcriptions", answers.json({"text": "Hi!"})),
    ),
}


@pytest.mark.parametrize(("use", "exchange"), RPCS.values(), ids=RPCS)
def test_calls_with_one_reply(use: Any, exchange: tuple[str, str, Any], drive: Driver, upstream: StandIn) -> None:
    upstream.on(*exchange)
    assert drive(use).call_info.deployment == "stand-in"
    assert [(each.method, each.path) for each in upstream.requests] == [exchange[:2]]


STREAMS: dict[str, tuple[Any, tuple[str, str, Any], int]] = {
    "chat.completions.stream": (
        lambda c: c.chat.completions.stream(model="m", messages=[HELLO]),
        ("POST", CHAT, CHUNKS),
        2,
    ),
    "responses.stream": (lambda c: c.responses.stream(model="m", input="x"), ("POST", "/v1/responses", EVENTS), 3),
    "responses.resume": (lambda c: c.responses.resume("r1"), ("GET", "/v1/responses/r1", EVENTS), 3),
    "completions.stream": (
        lambda c: c.completions.stream(model="m", prompt="x"),
        ("POST", "/v1/completions", answers.stream(answers.events([{"choices": [{"text": "Hi"}]}]))),
        1,
    ),
    "audio.transcriptions.stream": (
        lambda c: c.audio.transcriptions.stream(model="m", file=("a.wav", b"RIFF")),
        ("POST", "/v1/audio/transcriptions", TRANSCRIPT),
        3,
    ),
}


@pytest.mark.parametrize(("use", "exchange", "messages"), STREAMS.values(), ids=STREAMS)
def test_calls_with_a_stream(
    use: Any, exchange: tuple[str, str, Any], messages: int, drive: Driver, upstream: StandIn
) -> None:
    upstream.on(*exchange)
    assert len(drive.read(use)) == messages
    assert [(each.method, each.path) for each in upstream.requests] == [exchange[:2]]
