"""An upstream that echoes what it was sent: the caller never gets the gateway's own key or headers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import grpc
import pytest

from faults import answers
from faults.rpcs import (
    CALLER_KEY,
    COMPLETION,
    CREATE_CHAT,
    CREATE_EMBEDDING,
    RESPONSE_OBJECT,
    STREAM_CHAT,
    STREAM_RESPONSE,
    UPLOAD_TRANSCRIPTION,
    Rpc,
    chunk,
)
from faults.stand_in import StandIn
from openai_grpc_server.config import ModelInfo, Secret
from support.gateway import LIMIT, deployment, running_gateway

if TYPE_CHECKING:
    from faults.exchange import Answer, Exchange

KEY = "sk-live-Zt7/Qw2+Lm9xRb4VcN8d"
HEADER = "hel-Yc5Nf8Kq3Tz1Wj6Px0Bv"
PLAIN = "tenant-secret-42"
SECRETS = (KEY, HEADER, PLAIN)
HEADERS = (
    ("helicone-auth", Secret(f"Bearer {HEADER}")),
    ("x-tenant-token", Secret(PLAIN)),
    ("openai-beta", Secret("assistants=v2")),
)
ENCODED = (quote(KEY, safe=""), quote(KEY, safe="").replace("%2B", "%2b").replace("%2F", "%2f"))
ECHO = f"authorization: Bearer {KEY}, helicone-auth: Bearer {HEADER}"
MASKED = "authorization: Bearer ***, helicone-auth: Bearer ***"


def message(text: str) -> dict[str, Any]:
    return COMPLETION | {
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}]
    }


def response(text: str) -> dict[str, Any]:
    content = [{"type": "output_text", "text": text, "annotations": []}]
    item = {"type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "content": content}
    return RESPONSE_OBJECT | {"output": [item]}


EVENT = answers.event(chunk(ECHO, "stop"))
DONE = answers.event("[DONE]")
ERROR = {"error": {"message": ECHO, "type": KEY, "param": KEY, "code": KEY}}
SLASHES = json.dumps(message(ECHO)).replace("/", "\\/").encode()  # as PHP writes JSON

OF_NET = json.dumps(message(ECHO)).replace("+", "\\u002B").encode()
IN_URL = "https://host/?key=" + "&old=".join(ENCODED)

ECHOES: dict[str, tuple[Rpc, Answer]] = {
    "a reply": (CREATE_CHAT, answers.json(message(ECHO))),
    "a reply with slashes escaped": (CREATE_CHAT, answers.body(SLASHES)),
    "a reply with escapes of .NET": (CREATE_CHAT, answers.body(OF_NET)),
    "a reply with a URL": (CREATE_CHAT, answers.json(message(IN_URL))),
    "a URL in an error": (CREATE_CHAT, answers.json({"error": {"message": IN_URL}}, status=400)),
    "a URL in a header": (CREATE_CHAT, answers.json(message("hi"), headers={"openai-version": IN_URL})),
    "500 with escapes of .NET": (CREATE_CHAT, answers.body(OF_NET, status=500)),
    "a large reply": (CREATE_CHAT, answers.json(message("word " * 600_000 + ECHO))),
    "a bridged reply": (CREATE_CHAT, answers.json(response(ECHO))),
    "a transcription": (UPLOAD_TRANSCRIPTION, answers.json({"text": ECHO})),
    "a key that no field holds": (CREATE_EMBEDDING, answers.json({"object": "list", "seen": ECHO})),
    "an event": (STREAM_CHAT, answers.stream([EVENT, DONE])),
    "an event that is cut": (STREAM_CHAT, answers.stream([EVENT[:-60], EVENT[-60:], DONE])),
    "an event of a response": (
        STREAM_RESPONSE,
        answers.stream(answers.events([{"type": "response.completed", "response": response(ECHO)}], named=True)),
    ),
    "a stream that is made of a reply": (STREAM_CHAT, answers.json(message(ECHO))),
    "400": (CREATE_CHAT, answers.json(ERROR, status=400)),
    "422 with fields": (CREATE_CHAT, answers.json({"detail": [{"loc": ["a"], "msg": ECHO}]}, status=422)),
    "429 for want of quota": (
        CREATE_CHAT,
        answers.json({"error": {"message": ECHO, "code": "insufficient_quota"}}, status=429),
    ),
    "500": (CREATE_CHAT, answers.json(ERROR, status=500)),
    "500 with slashes escaped": (CREATE_CHAT, answers.body(SLASHES, status=500)),
    "an HTML page": (CREATE_CHAT, answers.body(f"<p>{ECHO}</p>".encode(), status=502, content_type="text/html")),
    "401": (CREATE_CHAT, answers.json(ERROR, status=401)),
    "an error with status 200": (CREATE_CHAT, answers.json(ERROR)),
    "no JSON": (CREATE_CHAT, answers.body(ECHO.encode())),
    "an error in a stream": (STREAM_CHAT, answers.stream([answers.event(ERROR)])),
    "no event stream": (STREAM_CHAT, answers.json(ERROR)),
    "headers": (
        CREATE_CHAT,
        answers.json(
            message("hi"), headers={"x-request-id": KEY, "x-ratelimit-limit-tokens": PLAIN, "openai-version": HEADER}
        ),
    ),
    "headers of an error": (CREATE_CHAT, answers.json(ERROR, status=400, headers={"x-request-id": KEY})),
}


@pytest.mark.parametrize("name", ECHOES)
def test_no_secret_comes_back(name: str) -> None:
    rpc, answer = ECHOES[name]
    facts: dict[str, Any] = {"mode": "responses"} if "bridged" in name else {}
    if "made of a reply" in name:
        facts["info"] = ModelInfo(supports_native_streaming=False)
    with StandIn() as upstream:
        upstream.enqueue(answer)
        at = deployment(upstream.url, api_key=Secret(KEY), extra_headers=HEADERS, **facts)
        with running_gateway(at) as gateway:
            call = rpc.start(gateway, metadata=[("x-request-id", "mine")])
            try:
                told = repr(list(call) if rpc.streaming else call.result())
            except grpc.RpcError:
                told = ""
            told += f"{call.details()} {call.initial_metadata()} {call.trailing_metadata()}"
            gateway.logged("rpc")
            log = gateway.log.getvalue()
    sent = upstream.requests[0]
    assert (sent.header("authorization"), sent.header("helicone-auth")) == (f"Bearer {KEY}", f"Bearer {HEADER}")
    assert not [secret for secret in (*SECRETS, *ENCODED) if secret in told or secret in log]
    assert "***" in told or name == "401"  # of which nothing is quoted


def test_what_is_told_beside_a_secret_stays() -> None:
    with StandIn() as upstream:
        upstream.enqueue(answers.json(message(f"{ECHO}; openai-beta: assistants=v2")))
        with running_gateway(deployment(upstream.url, api_key=Secret(KEY), extra_headers=HEADERS)) as gateway:
            reply = gateway.chat.CreateChatCompletion(CREATE_CHAT.request, timeout=LIMIT)
    assert reply.choices[0].message.content == f"{MASKED}; openai-beta: assistants=v2"


@pytest.mark.parametrize("key", ["test", "anything", "not-needed", "password"])
def test_a_key_that_is_no_secret_changes_no_text(key: str) -> None:
    with StandIn() as upstream:
        upstream.enqueue(answers.json(message(f"{key} goes")), answers.json({"error": f"{key} goes"}, status=500))
        with running_gateway(deployment(upstream.url, api_key=Secret(key))) as gateway:
            reply = gateway.chat.CreateChatCompletion(CREATE_CHAT.request, timeout=LIMIT)
            with pytest.raises(grpc.RpcError, match=f"{key} goes"):
                gateway.chat.CreateChatCompletion(CREATE_CHAT.request, timeout=LIMIT)
    assert reply.choices[0].message.content == f"{key} goes"


def test_a_callers_own_key_in_an_error() -> None:
    async def echo(exchange: Exchange) -> None:
        told = {"error": {"message": f"no such key: {exchange.request.header('authorization')}"}}
        await answers.json(told, status=401)(exchange)

    with StandIn() as upstream, running_gateway(deployment(upstream.url, api_key=None)) as gateway:
        upstream.enqueue(echo)
        call = CREATE_CHAT.start(gateway)
        assert call.code() is grpc.StatusCode.UNAUTHENTICATED
    assert call.details() == "no such key: Bearer ***"
    assert CALLER_KEY not in f"{call.trailing_metadata()}"
