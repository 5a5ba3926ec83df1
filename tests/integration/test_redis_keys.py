"""Replicas of the gateway that share the limits of keys through a real Redis."""

from collections.abc import Iterator
from contextlib import ExitStack
from threading import Semaphore
from typing import Any
from uuid import uuid4

import grpc
import pytest

from faults import answers
from faults.exchange import Exchange, Gate
from faults.stand_in import LIMIT, StandIn
from integration.test_redis import redis_server
from openai_grpc.v1 import chat_pb2
from openai_grpc_server.config import GeneralSettings, KeySettings, RouterConfig, Secret
from support.failure import failure_of
from support.gateway import RunningGateway, deployment, running_gateway

KEY = "sk-v3R9xQ2mT7bK4wZ8nL5c"
METADATA = (("authorization", f"Bearer {KEY}"),)
CHAT = "/v1/chat/completions"
USAGE = {"prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1100}
REQUEST = chat_pb2.CreateChatCompletionRequest(model="gpt-4o")


@pytest.fixture(scope="module")
def redis() -> Iterator[str]:
    with redis_server() as url:
        yield url


def replicas(stack: ExitStack, url: str, upstream: StandIn, **limits: Any) -> list[RunningGateway]:
    """Two gateways with the same key, which no other test has."""
    key = KeySettings(name=uuid4().hex, key=Secret(KEY), **limits)
    settings: dict[str, Any] = {
        "general": GeneralSettings(keys=(key,)),
        "router": RouterConfig(num_retries=0, redis_url=Secret(url)),
    }
    return [stack.enter_context(running_gateway(deployment(upstream.url), **settings)) for _ in range(2)]


def chat(gateway: RunningGateway) -> Any:
    return gateway.chat.CreateChatCompletion(REQUEST, metadata=METADATA, timeout=10)


LIMITS = {
    "requests": ({"rpm": 1}, "rpm: 1"),
    "tokens": ({"tpm": 1000}, "tpm: 1000"),
    "a budget": ({"max_budget": 0.003}, "max_budget: 0.003"),
}


@pytest.mark.parametrize(("limits", "text"), LIMITS.values(), ids=LIMITS)
def test_a_limit_holds_for_all_replicas(redis: str, limits: dict[str, Any], text: str) -> None:
    with ExitStack() as stack:
        upstream = stack.enter_context(StandIn())
        upstream.on("POST", CHAT, answers.json({"id": "c1", "object": "chat.completion", "usage": USAGE}))
        first, second = replicas(stack, redis, upstream, **limits)
        chat(first)
        failure = failure_of(lambda: chat(second))
    assert failure.code is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert failure.details["QuotaFailure"].violations[0].description == text


def test_calls_at_once_are_counted_together(redis: str) -> None:
    with ExitStack() as stack:
        upstream = stack.enter_context(StandIn())
        upstream.enqueue(answers.stall())
        first, second = replicas(stack, redis, upstream, max_parallel_requests=1)
        running: Any = first.chat.CreateChatCompletion.future(REQUEST, metadata=METADATA, timeout=10)
        upstream.exchange(0)
        assert failure_of(lambda: chat(second)).reason == "KEY_LIMIT_EXCEEDED"
        running.cancel()
        first.logged("rpc")
        upstream.on("POST", CHAT, answers.json({"id": "c1", "object": "chat.completion"}))
        assert chat(second).id == "c1"


def test_replicas_that_count_at_once_let_no_call_too_many_in(redis: str) -> None:
    gate, ended = Gate(), Semaphore(0)

    async def held(exchange: Exchange) -> None:
        await gate.passed()
        await answers.json({"id": "c1", "object": "chat.completion"})(exchange)

    with ExitStack() as stack:
        upstream = stack.enter_context(StandIn())
        upstream.on("POST", CHAT, held)
        calls: list[Any] = []
        for gateway in replicas(stack, redis, upstream, max_parallel_requests=5) * 10:
            calls.append(gateway.chat.CreateChatCompletion.future(REQUEST, metadata=METADATA, timeout=LIMIT))
            calls[-1].add_done_callback(lambda _: ended.release())
        for _ in range(15):
            assert ended.acquire(timeout=LIMIT)
        gate.open()
        statuses = [call.code() for call in calls]
    assert statuses.count(grpc.StatusCode.OK) == 5
    assert statuses.count(grpc.StatusCode.RESOURCE_EXHAUSTED) == 15


def test_without_its_redis_no_limited_call_begins() -> None:
    with redis_server() as url, ExitStack() as stack:
        upstream = stack.enter_context(StandIn())
        gateways = replicas(stack, url.replace("redis://", "redis://user:wrong@"), upstream, rpm=10)
        failure = failure_of(lambda: chat(gateways[0]))
    assert (failure.code, failure.reason) == (grpc.StatusCode.UNAVAILABLE, "LIMITS_UNAVAILABLE")
    assert "wrong" not in failure.message
