"""Answers that are no good: not the JSON or the stream that they should be, broken off, too large."""

from __future__ import annotations

import gzip
import zlib
from typing import TYPE_CHECKING

import grpc
import orjson
import pytest

from faults import answers
from faults.outcome import check_failure, outcome, try_fault
from faults.rpcs import (
    CREATE_CHAT,
    CREATE_EMBEDDING,
    CREATE_TRANSCRIPTION,
    STREAM_CHAT,
    STREAMING,
    UNARY,
    Rpc,
    rpc_name,
)
from faults.stand_in import StandIn
from support.gateway import deployment, running_gateway

if TYPE_CHECKING:
    from faults.exchange import Answer, Exchange

Code = grpc.StatusCode
IDS = {"x-request-id": "req_1", "x-ratelimit-remaining-tokens": "5"}
PAGE = b"<!doctype html><html><body><h1>Sign in</h1></body></html>"

NO_JSON: dict[str, tuple[bytes, str]] = {
    "HTML": (PAGE, "text/html; charset=utf-8"),
    "HTML that says it is JSON": (PAGE, "application/json"),
    "plain text": (b"ok", "text/plain"),
    "an empty body": (b"", "application/json"),
    "cut off": (b'{"id": "chatcmpl-1", "choices": [', "application/json"),
    "a list": (b"[]", "application/json"),
    "null": (b"null", "application/json"),
    "invalid UTF-8": (b'{"id": "caf\xe9"}', "application/json"),
    "NaN": (b'{"created": NaN}', "application/json"),
    "nested without end": (b'{"a":' * 100_000, "application/json"),
}


@pytest.mark.parametrize("rpc", UNARY, ids=rpc_name)
@pytest.mark.parametrize(("body", "content_type"), NO_JSON.values(), ids=NO_JSON)
def test_a_reply_that_is_not_the_json_it_should_be(rpc: Rpc, body: bytes, content_type: str) -> None:
    found = try_fault(rpc, answers.body(body, content_type=content_type, headers=IDS))
    assert (found.code, found.reason, found.pushback) == (Code.INTERNAL, "UPSTREAM_INVALID_JSON", "-1")
    assert (found.info["http_status"], found.info["request_id"]) == ("200", "req_1")
    assert found.trailers["openai-request-id"] == "req_1"
    assert found.trailers["x-ratelimit-remaining-tokens"] == "5"


NO_STREAM: dict[str, tuple[bytes, str]] = {
    "HTML": (PAGE, "text/html; charset=utf-8"),
    "plain text": (b"ok", "text/plain"),
    "JSON that is cut off": (b'{"text":', "application/json"),
}


@pytest.mark.parametrize("rpc", STREAMING, ids=rpc_name)
@pytest.mark.parametrize(("body", "content_type"), NO_STREAM.values(), ids=NO_STREAM)
def test_a_reply_that_is_no_stream(rpc: Rpc, body: bytes, content_type: str) -> None:
    found = try_fault(rpc, answers.body(body, content_type=content_type, headers=IDS))
    assert (found.code, found.reason, found.pushback) == (Code.INTERNAL, "UPSTREAM_PROTOCOL_ERROR", "-1")
    assert (found.messages, found.info["http_status"]) == ([], "200")
    assert found.trailers["openai-request-id"] == "req_1"


def lost_inside(*, reset: bool) -> Answer:
    """Announces more than it sends, and then the connection is gone."""

    async def answer(exchange: Exchange) -> None:
        await exchange.body()
        fields = [("content-type", answers.JSON), ("content-length", "1000"), *IDS.items()]
        await exchange.send(answers.head(200, fields) + b'{"id":')
        (exchange.reset if reset else exchange.close)()

    return answer


@pytest.mark.parametrize("rpc", UNARY, ids=rpc_name)
@pytest.mark.parametrize("reset", [False, True], ids=["closed", "reset"])
def test_a_reply_that_breaks_off(rpc: Rpc, reset: bool) -> None:
    found = try_fault(rpc, lost_inside(reset=reset))
    assert (found.code, found.pushback) == (Code.INTERNAL, "-1")
    if found.reason == "UPSTREAM_CONNECTION_LOST":
        assert reset  # a reset may overtake the headers
    else:
        assert (found.reason, found.info["http_status"]) == ("UPSTREAM_TRUNCATED", "200")
        assert found.trailers["openai-request-id"] == "req_1"


LARGE = 5 * 1024 * 1024
LIMIT_BYTES = 1024 * 1024


def completion(size: int) -> bytes:
    """A completion whose content has this size."""
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "x" * size}}
    return orjson.dumps({**(CREATE_CHAT.reply or {}), "choices": [choice]})


@pytest.mark.parametrize("encoding", ["identity", "gzip", "deflate"])
def test_a_large_reply(encoding: str) -> None:
    body = completion(LARGE)
    if encoding != "identity":
        body = gzip.compress(body, 1) if encoding == "gzip" else zlib.compress(body, 1)
    answer = answers.body(body, headers={"content-encoding": encoding} if encoding != "identity" else None)
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.on("POST", CREATE_CHAT.path, answer)
        found = outcome(CREATE_CHAT, CREATE_CHAT.start(gateway))
    assert found.messages == [orjson.loads(completion(LARGE))]


TOO_LARGE: dict[str, tuple[Rpc, Answer]] = {
    "a reply": (CREATE_CHAT, answers.body(completion(LARGE), headers=IDS)),
    "a reply that grows when it is unpacked": (
        CREATE_CHAT,
        answers.body(gzip.compress(completion(LARGE)), headers=IDS | {"content-encoding": "gzip"}),
    ),
    "a transcript": (CREATE_TRANSCRIPTION, answers.json({"text": "x" * LARGE}, headers=IDS)),
    "no stream at all": (STREAM_CHAT, answers.body(completion(LARGE), headers=IDS)),
}


@pytest.mark.parametrize(("rpc", "answer"), TOO_LARGE.values(), ids=TOO_LARGE)
def test_a_reply_above_the_limit(rpc: Rpc, answer: Answer) -> None:
    with (
        StandIn() as upstream,
        running_gateway(deployment(upstream.url), max_message_bytes=LIMIT_BYTES) as gateway,
    ):
        upstream.on("POST", rpc.path, answer)
        found = outcome(rpc, rpc.start(gateway, metadata=[("x-request-id", "mine")]))
        check_failure(found, gateway)
    assert (found.code, found.reason, found.pushback) == (Code.RESOURCE_EXHAUSTED, "MESSAGE_TOO_LARGE", "-1")
    assert (found.info["http_status"], found.info["request_id"]) == ("200", "req_1")


def test_a_reply_whose_message_alone_is_above_the_limit() -> None:
    vector = {"object": "embedding", "index": 0, "embedding": [0] * (LIMIT_BYTES * 2 // 5)}
    reply = answers.json({"object": "list", "model": "m", "data": [vector]}, headers=IDS)
    with (
        StandIn() as upstream,
        running_gateway(deployment(upstream.url), max_message_bytes=LIMIT_BYTES) as gateway,
    ):
        upstream.on("POST", CREATE_EMBEDDING.path, reply)
        found = outcome(CREATE_EMBEDDING, CREATE_EMBEDDING.start(gateway, metadata=[("x-request-id", "mine")]))
        check_failure(found, gateway)
    assert (found.code, found.reason, found.pushback) == (Code.RESOURCE_EXHAUSTED, "MESSAGE_TOO_LARGE", "-1")
    assert (found.info["http_status"], found.info["request_id"]) == ("200", "req_1")


def test_bytes_that_are_not_compressed_as_they_say() -> None:
    found = try_fault(CREATE_CHAT, answers.body(b"not gzip at all", headers=IDS | {"content-encoding": "gzip"}))
    assert (found.code, found.pushback) == (Code.INTERNAL, "-1")
    assert found.reason in {"UPSTREAM_TRUNCATED", "UPSTREAM_PROTOCOL_ERROR"}
