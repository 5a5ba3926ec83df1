"""One line an RPC, with what is needed to find out what happened, and nothing of what was said."""

from contextlib import suppress
from typing import Any

import grpc
import pytest

from faults import answers
from faults.stand_in import StandIn
from openai_grpc.codec import from_object
from openai_grpc.v1 import chat_pb2
from openai_grpc_server.services.chat import ChatService
from support.failure import failure_of
from support.gateway import OWN_KEY, RunningGateway, deployment, running_gateway

CHAT = "/v1/chat/completions"
SAID = "what the caller said"
ANSWERED = "what the model answered"
REQUEST = from_object(
    chat_pb2.CreateChatCompletionRequest, {"model": "gpt-4o", "messages": [{"role": "user", "content": SAID}]}
)
REPLY = {
    "id": "c1",
    "object": "chat.completion",
    "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": ANSWERED}}],
    "usage": {"prompt_tokens": 5, "completion_tokens": 4, "total_tokens": 9},
}
CHUNK = {
    "id": "c1",
    "object": "chat.completion.chunk",
    "choices": [{"index": 0, "finish_reason": "stop", "delta": {"content": ANSWERED}}],
}
HEADERS = {"x-request-id": "req_1"}
CALLER_KEY = "sk-of-the-caller"
COMMON = {"request_id": "id-1", "model": "gpt-4o", "deployment": "stand-in", "upstream_request_id": "req_1"}

LINES: dict[str, tuple[str, Any, dict[str, Any]]] = {
    "a reply": (
        "CreateChatCompletion",
        answers.json(REPLY, headers=HEADERS),
        COMMON | {"status": "OK", "upstream_status": 200, "messages": 1, "input_tokens": 5, "output_tokens": 4},
    ),
    "a stream": (
        "StreamChatCompletion",
        answers.stream(answers.events([CHUNK, CHUNK]), headers=HEADERS),
        COMMON | {"status": "OK", "upstream_status": 200, "messages": 2},
    ),
    "an error of the upstream": (
        "CreateChatCompletion",
        answers.json({"error": {"message": SAID, "code": "c"}}, status=400, headers=HEADERS),
        {"status": "INVALID_ARGUMENT", "reason": "INVALID_REQUEST", "upstream_status": 400, "request_id": "id-1"},
    ),
    "a reply that is no JSON": (
        "CreateChatCompletion",
        answers.body(ANSWERED.encode(), headers=HEADERS),
        COMMON | {"status": "INTERNAL", "reason": "UPSTREAM_INVALID_JSON", "upstream_status": 200},
    ),
}


@pytest.mark.parametrize(("rpc", "answer", "expected"), LINES.values(), ids=LINES)
def test_line(rpc: str, answer: Any, expected: dict[str, Any]) -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.on("POST", CHAT, answer)
        ask(gateway, rpc)
        (line,) = gateway.logged("rpc")
        text = gateway.log.getvalue()
    assert {name: line[name] for name in expected} == expected
    assert line["method"] == f"/openai_grpc.v1.ChatService/{rpc}"
    assert line["request_bytes"] == REQUEST.ByteSize()
    assert (line["level"], line["duration_ms"] > 0) == ("info", True)
    for secret in (SAID, ANSWERED, OWN_KEY, CALLER_KEY):
        assert secret not in text


def test_a_failure_that_nobody_foresaw(monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object) -> None:
        raise ValueError(SAID)

    monkeypatch.setattr(ChatService, "create_chat_completion", broken)
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        metadata = (("x-request-id", "id-1"),)
        failure = failure_of(lambda: gateway.chat.CreateChatCompletion(REQUEST, metadata=metadata, timeout=10))
        (line,) = gateway.logged("rpc")
        (error,) = gateway.logged("unexpected error")
        text = gateway.log.getvalue()
    assert (failure.code, failure.reason) == (grpc.StatusCode.INTERNAL, "INTERNAL")
    assert SAID not in failure.message
    assert SAID not in text
    assert (line["status"], line["reason"]) == ("INTERNAL", "INTERNAL")
    assert error["request_id"] == "id-1"
    assert "in broken" in error["traceback"][-1]
    assert error["traceback"][-1].startswith("ValueError at ")


def ask(gateway: RunningGateway, rpc: str) -> None:
    """Calls, whatever the outcome."""
    metadata = (("x-request-id", "id-1"), ("authorization", f"Bearer {CALLER_KEY}"))
    with suppress(grpc.RpcError, TypeError):  # TypeError: a reply is no stream
        list(getattr(gateway.chat, rpc)(REQUEST, metadata=metadata, timeout=10))
