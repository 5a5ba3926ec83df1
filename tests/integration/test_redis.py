"""Replicas of the gateway that share cooldowns, limits and what upstreams refuse through a real Redis."""

import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import grpc
import pytest
from redis import Redis
from redis.backoff import ConstantBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.retry import Retry

from faults import answers
from faults.exchange import Exchange, Gate
from faults.stand_in import LIMIT, StandIn
from openai_grpc.v1 import chat_pb2, embeddings_pb2
from openai_grpc_server.config import ConfigError, RouterConfig, Secret
from openai_grpc_server.routing import state
from openai_grpc_server.routing.state import LocalState
from support.gateway import RunningGateway, deployment, running_gateway

CHAT = "/v1/chat/completions"
USAGE = {"prompt_tokens": 60, "completion_tokens": 40, "total_tokens": 100}
COMPLETION = {"id": "c1", "object": "chat.completion", "choices": [], "usage": USAGE}
REQUEST = chat_pb2.CreateChatCompletionRequest(model="m")


@contextmanager
def redis_process() -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """Runs a Redis that keeps nothing on disk; yields its URL and its process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        try:
            url = f"redis://127.0.0.1:{port}"
            retry = Retry(ConstantBackoff(0.05), 200, (RedisConnectionError,))
            with Redis.from_url(url, retry=retry) as client:
                assert client.ping()
            yield url, process
        finally:
            process.kill()


@contextmanager
def redis_server() -> Iterator[str]:
    """Runs a Redis that keeps nothing on disk; yields its URL."""
    with redis_process() as (url, _):
        yield url


@pytest.fixture(autouse=True)
def one_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stops the clock by which minutes are counted: none begins while a test counts."""
    monkeypatch.setattr(LocalState, "this_minute", lambda _: 1)


@pytest.fixture(scope="module")
def redis() -> Iterator[str]:
    with redis_server() as url:
        yield url


@contextmanager
def replicas(url: str, name: str, **first: Any) -> Iterator[tuple[list[RunningGateway], list[StandIn]]]:
    """Two gateways with the same two deployments, of which the second has no weight."""
    with ExitStack() as stack:
        upstreams = [stack.enter_context(StandIn()) for _ in range(2)]
        for upstream in upstreams:
            upstream.on("POST", CHAT, answers.json(COMPLETION))
        deployments = (
            deployment(upstreams[0].url, name=f"{name} first", model_name="m", weight=1, **first),
            deployment(upstreams[1].url, name=f"{name} second", model_name="m", weight=0),
        )
        router = RouterConfig(num_retries=0, cooldown_time=60, redis_url=Secret(url))
        gateways = [stack.enter_context(running_gateway(*deployments, router=router)) for _ in range(2)]
        yield gateways, upstreams


def test_a_cooldown_holds_for_all_replicas(redis: str) -> None:
    with replicas(redis, "cooldown") as (gateways, upstreams):
        upstreams[0].enqueue(answers.json({"error": {}}, status=429))
        for gateway in gateways * 2:
            assert gateway.chat.CreateChatCompletion(REQUEST, timeout=10).call_info.deployment == "cooldown second"
    assert len(upstreams[0].requests) == 1


LIMITS: dict[str, tuple[dict[str, Any], int]] = {"requests": ({"rpm": 3}, 3), "tokens": ({"tpm": 250}, 3)}


@pytest.mark.parametrize(("limit", "taken"), LIMITS.values(), ids=LIMITS)
def test_the_limits_of_a_minute_hold_for_all_replicas_together(redis: str, limit: dict[str, Any], taken: int) -> None:
    with replicas(redis, f"limit {limit}", **limit) as (gateways, upstreams):
        for gateway in gateways * 4:
            gateway.chat.CreateChatCompletion(REQUEST, timeout=10)
    assert [len(upstream.requests) for upstream in upstreams] == [taken, 8 - taken]


def test_a_redis_that_is_gone_fails_no_call() -> None:
    with redis_server() as url, replicas(url, "gone") as (gateways, upstreams):
        gateways[0].chat.CreateChatCompletion(REQUEST, timeout=10)
        with Redis.from_url(url) as client:
            client.shutdown(nosave=True)
        upstreams[0].enqueue(answers.json({"error": {}}, status=429))
        for _ in range(2):
            reply = gateways[0].chat.CreateChatCompletion(REQUEST, timeout=10)
            assert reply.call_info.deployment == "gone second"
        assert len(gateways[0].logged("redis does not answer")) == 1, "and it is asked again only after a while"


def test_no_reply_waits_for_a_redis_that_is_paused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "PATIENCE", 60.0)
    gate = Gate()

    async def held(exchange: Exchange) -> None:
        await gate.passed()
        await answers.json(COMPLETION)(exchange)

    with redis_process() as (url, process), replicas(url, "paused", tpm=1000) as (gateways, upstreams):
        upstreams[0].on("POST", CHAT, held)
        call = gateways[0].chat.CreateChatCompletion.future(REQUEST, timeout=LIMIT)
        upstreams[0].exchange(0)
        process.send_signal(signal.SIGSTOP)
        gate.open()
        assert call.result().id == "c1"
        process.send_signal(signal.SIGCONT)


def test_a_redis_that_failed_is_asked_by_one_call_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "PAUSE", 0.0)
    with redis_process() as (url, process), replicas(url, "probed", rpm=1000) as (gateways, _):
        process.send_signal(signal.SIGSTOP)
        calls = [gateways[0].chat.CreateChatCompletion.future(REQUEST, timeout=LIMIT) for _ in range(3)]
        assert [call.result().id for call in calls] == ["c1"] * 3
        monkeypatch.setattr(state, "PATIENCE", 60.0)
        waiting = gateways[0].chat.CreateChatCompletion.future(REQUEST, timeout=LIMIT)
        served = [gateways[0].chat.CreateChatCompletion.future(REQUEST, timeout=LIMIT) for _ in range(20)]
        assert sum(call.code() is grpc.StatusCode.OK for call in served) == 20
        assert not waiting.done()
        process.send_signal(signal.SIGCONT)
        assert waiting.result().id == "c1"


def test_a_cooldown_by_a_clock_that_has_gone_back_since_does_not_hold(redis: str) -> None:
    with replicas(redis, "back") as (gateways, _), Redis.from_url(redis) as client:
        client.set("openai-grpc:back first:cooldown", 1000, px=86_400_000)
        for gateway in gateways:
            assert gateway.chat.CreateChatCompletion(REQUEST, timeout=10).call_info.deployment == "back first"
        assert not client.exists("openai-grpc:back first:cooldown")


def test_a_url_that_is_none() -> None:
    router = RouterConfig(redis_url=Secret("http://user:secret@host"))
    with pytest.raises(ConfigError) as caught, running_gateway(deployment("http://127.0.0.1:1"), router=router):
        pass
    assert "redis_url" in str(caught.value)
    assert "secret" not in str(caught.value)


EMBEDDINGS = "/v1/embeddings"
VECTORS = answers.json({"object": "list", "data": [{"object": "embedding", "index": 0, "embedding": [0.5]}]})
NO_FORMAT = answers.json({"error": {"message": "Unknown parameter: 'encoding_format'."}}, status=400)
ONLY_RESPONSES = answers.json({"error": {"message": "This model is only supported in v1/responses."}}, status=404)
RESPONSE = answers.json({"id": "resp_1", "object": "response", "status": "completed", "output": []})


def embed(gateway: RunningGateway, upstream: StandIn, model: str = "m") -> bool:
    """Makes embeddings; returns whether the last request had the gateway's own key."""
    gateway.embeddings.CreateEmbedding(embeddings_pb2.CreateEmbeddingRequest(model=model), timeout=LIMIT)
    return "encoding_format" in upstream.requests[-1].json()


def until(true: Callable[[], bool]) -> None:
    """Waits for what another replica tells."""
    ends = time.monotonic() + LIMIT
    while not true():
        assert time.monotonic() < ends
        time.sleep(0.02)


@contextmanager
def alike(url: str, upstream: StandIn, count: int, name: str) -> Iterator[list[RunningGateway]]:
    """Replicas with one deployment of any model, for which no call asks Redis."""
    router = RouterConfig(num_retries=0, redis_url=Secret(url))
    with ExitStack() as stack:
        yield [
            stack.enter_context(running_gateway(deployment(upstream.url, name=name), router=router))
            for _ in range(count)
        ]


def test_a_key_that_one_replica_was_refused_is_left_out_by_all(redis: str) -> None:
    with StandIn() as upstream, alike(redis, upstream, 2, "added") as (first, second):
        upstream.enqueue(NO_FORMAT)
        upstream.on("POST", EMBEDDINGS, VECTORS)
        assert not embed(first, upstream)
        # The upstream has nothing against it any more: the second replica has it from the first alone.
        until(lambda: not embed(second, upstream))
        with alike(redis, upstream, 1, "added") as (later,):
            until(lambda: not embed(later, upstream))
            assert embed(later, upstream, "another")
        with alike(redis, upstream, 1, "another deployment") as (other,), Redis.from_url(redis) as client:
            assert 0 < client.pttl("openai-grpc:refusals") <= 600_000
            assert embed(other, upstream)


def test_an_api_that_one_replica_was_told_of_is_asked_by_all_until_one_misses_it(redis: str) -> None:
    with StandIn() as upstream, alike(redis, upstream, 2, "told") as (first, second):
        upstream.enqueue(ONLY_RESPONSES)
        upstream.on("POST", CHAT, answers.json({**COMPLETION, "choices": [{"index": 0, "message": {}}]}))
        upstream.on("POST", "/v1/responses", RESPONSE)

        def asked_by(gateway: RunningGateway) -> str:
            gateway.chat.CreateChatCompletion(REQUEST, timeout=LIMIT)
            return upstream.requests[-1].path

        assert asked_by(first) == "/v1/responses"
        until(lambda: asked_by(second) == "/v1/responses")
        upstream.on("POST", "/v1/responses", answers.json({"detail": "Not Found"}, status=404))
        assert asked_by(first) == CHAT
        upstream.on("POST", "/v1/responses", RESPONSE)
        until(lambda: asked_by(second) == CHAT)


def test_no_call_waits_to_tell_of_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "PATIENCE", 60.0)
    with redis_process() as (url, process), StandIn() as upstream, alike(url, upstream, 2, "paused") as (first, second):
        upstream.on("POST", EMBEDDINGS, VECTORS)
        process.send_signal(signal.SIGSTOP)
        upstream.enqueue(NO_FORMAT)
        assert not embed(first, upstream)
        assert not embed(first, upstream)
        assert embed(second, upstream)
        process.send_signal(signal.SIGCONT)
        until(lambda: not embed(second, upstream))


def test_refusals_in_redis_are_bounded(redis: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "MOST_SHARED", 3)
    with StandIn() as upstream, alike(redis, upstream, 1, "bounded") as (gateway,), Redis.from_url(redis) as client:
        upstream.on("POST", EMBEDDINGS, VECTORS)
        for number in range(6):
            upstream.enqueue(NO_FORMAT)
            embed(gateway, upstream, f"m{number}")
        until(lambda: any(b'"m5"' in each for each in client.zrange("openai-grpc:refusals", 0, -1)))
        assert client.zcard("openai-grpc:refusals") == 3


def test_a_replica_hears_of_refusals_again_after_redis_was_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "REJOIN", 0.05)
    with redis_server() as url, StandIn() as upstream, alike(url, upstream, 2, "back") as (first, second):
        upstream.on("POST", EMBEDDINGS, VECTORS)
        with Redis.from_url(url) as client:
            until(lambda: client.pubsub_numsub("openai-grpc:refusals")[0][1] == 2)
            client.client_kill_filter(_type="pubsub", skipme=False)
            until(lambda: client.pubsub_numsub("openai-grpc:refusals")[0][1] == 2)
        upstream.enqueue(NO_FORMAT)
        assert not embed(first, upstream)
        until(lambda: not embed(second, upstream))
