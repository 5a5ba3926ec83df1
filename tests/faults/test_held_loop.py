"""Messages that are made to hold the event loop: the watch on it, in conftest.py, fails a test whose loop was held."""

import gzip
import json
import threading
from collections.abc import Iterator
from typing import Any

import grpc
import httpx2
import pytest

from faults import answers
from faults.stand_in import LIMIT, StandIn
from openai_grpc.codec import from_json
from openai_grpc.rest import Events, Prepared
from openai_grpc.v1 import chat_pb2
from openai_grpc_server.config import GeneralSettings, KeySettings, Secret
from support.failure import failure_of
from support.gateway import RunningGateway, deployment, running_door, running_gateway

MEBIBYTE = 1 << 20
REQUEST = chat_pb2.CreateChatCompletionRequest
CREATE = "/openai_grpc.v1.ChatService/CreateChatCompletion"
MESSAGE = from_json(REQUEST, '{"messages":[{"role":"user","content":""}]}').SerializeToString()
KEY = "sk-Wd5Rj8mQx2Lz7TbY4nKc"
MASTER = "sk-Vh3Gp9sFe6Ua1CkZ0yXo"
KEYS = GeneralSettings(
    master_key=Secret(MASTER),
    keys=(KeySettings(name="few", key=Secret(KEY), models=("*/*-mini", "ft:*:acme:*-prod")),),
)


@pytest.fixture(scope="module")
def upstream() -> Iterator[StandIn]:
    with StandIn() as running:
        yield running


@pytest.fixture(scope="module")
def gateway(upstream: StandIn) -> Iterator[RunningGateway]:
    modes: dict[str, dict[str, Any]] = {"chat": {}, "responses": {"mode": "responses"}}
    with running_gateway(
        *(deployment(upstream.url, name=name, model_name=name, **each) for name, each in modes.items())
    ) as running:
        yield running


def test_a_request_of_small_parts(gateway: RunningGateway) -> None:
    data = REQUEST(model="chat").SerializeToString() + MESSAGE * (30 * MEBIBYTE // len(MESSAGE))
    create: Any = gateway.channel.unary_unary(CREATE)
    failure = failure_of(lambda: create(data, timeout=LIMIT))
    assert (failure.code, failure.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "MESSAGE_TOO_LARGE")


REPLIES: dict[str, dict[str, Any]] = {
    "chat": {"id": "c1", "object": "chat.completion", "choices": []},
    "responses": {"id": "r1", "object": "response", "status": "completed", "output": []},
}


@pytest.mark.parametrize("model", REPLIES)
def test_a_request_of_as_many_parts_as_there_may_be(upstream: StandIn, gateway: RunningGateway, model: str) -> None:
    for path, name in {"/v1/chat/completions": "chat", "/v1/responses": "responses"}.items():
        upstream.on("POST", path, answers.json(REPLIES[name]))
    data = REQUEST(model=model).SerializeToString() + MESSAGE * 150_000
    create: Any = gateway.channel.unary_unary(CREATE)
    reply = chat_pb2.ChatCompletion.FromString(create(data, timeout=60))
    assert reply.id == REPLIES[model]["id"]


def test_a_long_text(upstream: StandIn, gateway: RunningGateway) -> None:
    text = "word " * (3 * MEBIBYTE)
    choice = {"index": 0, "message": {"role": "assistant", "content": text}}
    upstream.on("POST", "/v1/chat/completions", answers.json({"id": "c1", "choices": [choice]}))
    request = REQUEST(model="chat", extra_json='{"a":"' + text + '"}')
    reply = gateway.chat.CreateChatCompletion(request, timeout=60)
    assert reply.choices[0].message.content == text


DENSE = {
    "choices": b'{"id":"c1","choices":[' + b"{}," * 6_000_000 + b"{}]}",
    "lists in an unknown key": b'{"id":"c1","choices":[],"x":[' + b"[[]]," * 4_000_000 + b"0]}",
}


@pytest.mark.parametrize("text", DENSE.values(), ids=DENSE)
def test_a_reply_that_is_small_on_the_wire(upstream: StandIn, gateway: RunningGateway, text: bytes) -> None:
    headers = {"content-encoding": "gzip"}
    upstream.on("POST", "/v1/chat/completions", answers.body(gzip.compress(text, 1), headers=headers))
    failure = failure_of(lambda: gateway.chat.CreateChatCompletion(REQUEST(model="chat"), timeout=60))
    assert failure.reason == "MESSAGE_TOO_LARGE"


def test_a_reply_of_numbers(upstream: StandIn, gateway: RunningGateway) -> None:
    value: dict[str, Any] = {"id": "c1", "choices": [], "x": [1] * 1_000_000}
    upstream.on("POST", "/v1/chat/completions", answers.json(value))
    reply = gateway.chat.CreateChatCompletion(REQUEST(model="chat"), timeout=60)
    assert json.loads(reply.extra_json)["x"] == value["x"]


CHAT = "/v1/chat/completions"
EVENT = b'data: {"id":"c1","choices":[]}\n\n'
EMPTY = {"line feeds": b"\n", "returns": b"\r", "comments": b":\n\n", "data": b"data:\n\n", "ids": b"id:1\n\n"}


@pytest.mark.parametrize("unit", EMPTY.values(), ids=EMPTY)
def test_a_stream_of_next_to_nothing(upstream: StandIn, gateway: RunningGateway, unit: bytes) -> None:
    data = EVENT + unit * (4 * MEBIBYTE // len(unit)) + b"\n\n" + EVENT + b"data: [DONE]\n\n"
    headers = {"content-encoding": "gzip", "content-type": "text/event-stream"}
    upstream.on("POST", CHAT, answers.body(gzip.compress(data, 1), headers=headers))
    assert len(list(gateway.chat.StreamChatCompletion(REQUEST(model="chat"), timeout=60))) == 2


@pytest.mark.parametrize("line", [b"data:\n", b"data: {\n", b"{}\n"])
def test_an_event_of_many_lines(upstream: StandIn, gateway: RunningGateway, line: bytes) -> None:
    headers = {"content-type": "text/event-stream"}
    upstream.on("POST", CHAT, answers.body(EVENT + line * 2_000_000 + b"\n", headers=headers))
    stream = gateway.chat.StreamChatCompletion(REQUEST(model="chat"), timeout=60)
    assert next(stream).id == "c1"
    failure = failure_of(lambda: list(stream))
    assert (failure.reason, "more than 100000 lines" in failure.message) == ("MESSAGE_TOO_LARGE", True)


@pytest.mark.parametrize("stream", [False, True])
def test_what_is_inflated(upstream: StandIn, gateway: RunningGateway, stream: bool) -> None:
    text = b'data: {"id":"' if stream else b'{"id":"'
    headers = {"content-encoding": "gzip", "content-type": "text/event-stream" if stream else "application/json"}
    upstream.on("POST", CHAT, answers.body(gzip.compress(text + bytes(100 * MEBIBYTE), 1), headers=headers))
    request = REQUEST(model="chat")
    failure = failure_of(
        lambda: (
            list(gateway.chat.StreamChatCompletion(request, timeout=60))
            if stream
            else gateway.chat.CreateChatCompletion(request, timeout=60)
        )
    )
    assert failure.reason == "MESSAGE_TOO_LARGE"


PAGES = ("<a ", "<!--", "</", "<![", "<script>", "<a a=", "<p>&#1", "<p>x")


@pytest.mark.parametrize("status", [200, 500])
@pytest.mark.parametrize("unit", PAGES)
def test_a_page_of_tags(upstream: StandIn, gateway: RunningGateway, unit: str, status: int) -> None:
    page = unit.encode() * (2 * MEBIBYTE // len(unit))
    headers = {"content-type": "text/html" if status == 500 else "application/json"}
    upstream.on("POST", "/v1/chat/completions", answers.body(page, status=status, headers=headers))
    failure = failure_of(lambda: gateway.chat.CreateChatCompletion(REQUEST(model="chat"), timeout=LIMIT))
    assert failure.code is grpc.StatusCode.INTERNAL


@pytest.mark.parametrize("name", ["/" * 300_000, "ft:" + ":acme:" * 50_000, "/" * 256, "ft:" + ":acme:" * 40], ids=len)
def test_a_name_with_many_places_for_wildcards(upstream: StandIn, name: str) -> None:
    with running_gateway(deployment(upstream.url, model_name="*"), general=KEYS) as gateway:
        metadata = (("authorization", f"Bearer {KEY}"),)
        failure = failure_of(
            lambda: gateway.chat.CreateChatCompletion(REQUEST(model=name), metadata=metadata, timeout=LIMIT)
        )
    assert failure.code in {grpc.StatusCode.PERMISSION_DENIED, grpc.StatusCode.INVALID_ARGUMENT}


NOTE = b'{"message":{"annotations":[{"url_citation":{}}]}}'
NOTES = b"[" + (NOTE + b",") * 13_000 + NOTE + b"]"  # half a megabyte as a message, and a tenth of a second of CPU
BY_HTTP = {
    "reply": (b'{"id":"c1","object":"chat.completion","choices":' + NOTES + b"}", False),
    "event": (b'data: {"id":"c1","choices":' + NOTES.replace(b"message", b"delta") + b"}\n\ndata: [DONE]\n\n", True),
}


@pytest.mark.parametrize(("reply", "stream"), BY_HTTP.values(), ids=BY_HTTP)
def test_a_message_of_many_parts_by_http(
    upstream: StandIn, reply: bytes, stream: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: set[str] = set()
    # A reply's text goes out as it came if it may, which is asked where it would be written.
    kind, name = (Events, "event") if stream else (Prepared, "head_of")
    write = getattr(kind, name)

    def written(*args: Any) -> Any:
        threads.add(threading.current_thread().name)
        return write(*args)

    monkeypatch.setattr(kind, name, written)
    headers = {"content-type": "text/event-stream" if stream else "application/json"}
    upstream.on("POST", "/v1/chat/completions", answers.body(reply, headers=headers))
    request = {"model": "chat", "stream": stream, "messages": [{"role": "user", "content": "x"}] * 100_000}
    with running_door(deployment(upstream.url)) as gateway:
        answered = httpx2.post(f"{gateway.url}/chat/completions", json=request, timeout=60)
    assert answered.status_code == 200
    assert answered.content.count(b"url_citation") == 13_001
    assert {name.rpartition("_")[0] for name in threads} == {"large-messages"}
