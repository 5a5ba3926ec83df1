"""What crosses beside the messages, in both directions."""

import re
from typing import Any

import grpc
import pytest

from faults import answers
from faults.stand_in import StandIn
from openai_grpc.v1 import chat_pb2
from openai_grpc_server.config import Secret
from support.failure import failure_of
from support.gateway import OWN_KEY, deployment, running_gateway

CHAT = "/v1/chat/completions"
REQUEST = chat_pb2.CreateChatCompletionRequest(model="gpt-4o")
OK = answers.json({"id": "c1", "object": "chat.completion", "choices": []})
CALLER = ("authorization", "Bearer sk-of-the-caller")

Pairs = tuple[tuple[str, str | bytes], ...]

UP: dict[str, tuple[dict[str, Any], dict[str, Any], Pairs, dict[str, str | None]]] = {
    "the gateway's key, whatever the caller sends": ({}, {}, (CALLER,), {"authorization": f"Bearer {OWN_KEY}"}),
    "the caller's key, where the gateway has none": ({"api_key": None}, {}, (CALLER,), {"authorization": CALLER[1]}),
    "no key at all": ({"api_key": None}, {}, (), {"authorization": None}),
    "an empty key: none is sent": ({"api_key": Secret("")}, {}, (CALLER,), {"authorization": None}),
    "the caller's key under another name": (
        {"api_key": None},
        {"key_header": "x-openai-key"},
        (
            ("authorization", "Bearer of-the-mesh"),
            ("x-openai-key", "sk-of-the-caller"),
        ),
        {"authorization": CALLER[1], "x-openai-key": None},
    ),
    "the caller's organization and project": (
        {"organization": "org-gateway", "forward_organization": True},
        {},
        (("openai-organization", "org-caller"), ("openai-project", "proj-caller")),
        {"openai-organization": "org-caller", "openai-project": "proj-caller"},
    ),
    "the gateway's organization": ({"organization": "org-gateway"}, {}, (), {"openai-organization": "org-gateway"}),
    "the request's id, traces and idempotency": (
        {},
        {},
        (
            ("x-request-id", "id-1"),
            ("traceparent", "00-1-2-01"),
            ("idempotency-key", "once"),
        ),
        {"x-client-request-id": "id-1", "traceparent": "00-1-2-01", "idempotency-key": "once"},
    ),
    "nothing else of the caller's": (
        {},
        {},
        (
            ("cookie", "c=1"),
            ("x-forwarded-for", "1.2.3.4"),
            ("api-key", "k"),
            ("x-other", "x"),
            ("host-bin", b"b"),
        ),
        {"cookie": None, "x-forwarded-for": None, "api-key": None, "x-other": None, "host-bin": None},
    ),
}


@pytest.mark.parametrize(("facts", "settings", "metadata", "expected"), UP.values(), ids=UP)
def test_up(facts: dict[str, Any], settings: dict[str, Any], metadata: Pairs, expected: dict[str, str | None]) -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url, **facts), **settings) as gateway:
        upstream.on("POST", CHAT, OK)
        gateway.chat.CreateChatCompletion(REQUEST, metadata=metadata, timeout=10)
    assert {name: upstream.requests[0].header(name) for name in expected} == expected


HEADERS = {
    "x-request-id": "req_1",
    "x-ratelimit-remaining-tokens": "149",
    "openai-processing-ms": "7",
    "openai-organization": "org",
    "openai-version": "2020-10-01",
    "set-cookie": "__cf_bm=secret",
    "server": "cloudflare",
    "authorization": "Bearer secret",
}
OUT = {
    "openai-request-id": "req_1",
    "x-ratelimit-remaining-tokens": "149",
    "openai-processing-ms": "7",
    "openai-organization": "org",
    "openai-version": "2020-10-01",
    "x-request-id": "id-1",
    "openai-grpc-deployment": "stand-in",
}


def test_out_as_initial_metadata() -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.on("POST", CHAT, answers.json({"id": "c1", "object": "chat.completion"}, headers=HEADERS))
        _, call = gateway.chat.CreateChatCompletion.with_call(REQUEST, metadata=(("x-request-id", "id-1"),), timeout=10)
        assert dict(call.initial_metadata()) == OUT


@pytest.mark.parametrize("rpc", ["CreateChatCompletion", "StreamChatCompletion"])
def test_out_as_trailers_when_the_call_fails(rpc: str) -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.on("POST", CHAT, answers.json({"error": {"message": "no"}}, status=400, headers=HEADERS))
        metadata = (("x-request-id", "id-1"),)
        failure = failure_of(lambda: getattr(gateway.chat, rpc)(REQUEST, metadata=metadata, timeout=10))
    assert failure.trailers.items() >= OUT.items()
    assert not failure.initial.keys() & OUT.keys()


@pytest.mark.parametrize("given", [None, "", "with space", "x" * 300])
def test_a_request_id_is_made_when_there_is_no_good_one(given: str | None) -> None:
    metadata = () if given is None else (("x-request-id", given),)
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.on("POST", CHAT, OK)
        _, call = gateway.chat.CreateChatCompletion.with_call(REQUEST, metadata=metadata, timeout=10)
        made = dict(call.initial_metadata())["x-request-id"]
    assert re.fullmatch("[0-9a-f]{32}", str(made))
    assert upstream.requests[0].header("x-client-request-id") == made


REFUSED = {
    "by the gateway's own key": (Secret("sk-bad"), 401, grpc.StatusCode.INTERNAL, "UPSTREAM_CREDENTIALS"),
    "by the caller's key": (None, 401, grpc.StatusCode.UNAUTHENTICATED, "UNAUTHENTICATED"),
    "by the rights of the caller's key": (None, 403, grpc.StatusCode.PERMISSION_DENIED, "PERMISSION_DENIED"),
}


@pytest.mark.parametrize(("key", "http_status", "status", "reason"), REFUSED.values(), ids=REFUSED)
def test_refused(key: Secret | None, http_status: int, status: grpc.StatusCode, reason: str) -> None:
    error = {"error": {"message": "Incorrect API key provided: sk-bad"}}
    with StandIn() as upstream, running_gateway(deployment(upstream.url, api_key=key)) as gateway:
        upstream.on("POST", CHAT, answers.json(error, status=http_status))
        failure = failure_of(lambda: gateway.chat.CreateChatCompletion(REQUEST, metadata=(CALLER,), timeout=10))
    assert (failure.code, failure.reason) == (status, reason)
    if key:
        assert "sk-bad" not in failure.message
