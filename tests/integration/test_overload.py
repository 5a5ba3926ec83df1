"""Overload: limits of each caller, the fair queue, priorities, and what a refusal costs."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import grpc
import httpx2
import pytest

from faults import answers
from faults.exchange import Exchange, Gate
from faults.stand_in import StandIn
from openai_grpc.v1 import chat_pb2
from openai_grpc_server.config import AdmissionSettings, GeneralSettings, KeySettings, RouterConfig, Secret
from openai_grpc_server.config.settings import AdaptiveConcurrencySettings
from support.failure import Failure, failure_of
from support.gateway import LIMIT, RunningGateway, deployment, on_loop, running_gateway

KEYS = {
    "batch": "sk-v3R9xQ2mT7bK4wZ8nL5c",
    "web": "sk-Jq6Xh1uYf0sD9gRe2aPo",
    "desk": "sk-Hq2Lw8vN4xT6yB9cJ3mF",
}
CHAT = "/v1/chat/completions"
OK = answers.json({"id": "c1", "object": "chat.completion", "choices": []})
EVENTS = answers.stream(answers.events([{"id": "c1", "object": "chat.completion.chunk", "choices": []}]))
PRIORITY = "x-priority"


class Scene:
    """A gateway with keys, whose upstream holds every call until the gate opens."""

    def __init__(self, upstream: StandIn, gateway: RunningGateway, gate: Gate) -> None:
        self.upstream = upstream
        self.gateway = gateway
        self.gate = gate
        self.calls: list[Any] = []
        self.streams: list[Any] = []

    def send(self, key: str, label: str = "", *, stream: bool = False, ask: str | None = None, size: int = 0) -> Any:
        """Begins a call."""
        request = chat_pb2.CreateChatCompletionRequest(model="m", user=label or key, metadata={"text": "x" * size})
        asked = () if ask is None else ((PRIORITY, ask),)
        metadata = (("authorization", f"Bearer {KEYS[key]}"), *asked)
        stub = self.gateway.chat
        call = (
            stub.StreamChatCompletion(request, metadata=metadata, timeout=LIMIT)
            if stream
            else stub.CreateChatCompletion.future(request, metadata=metadata, timeout=LIMIT)
        )
        self.calls.append(call)
        if stream:
            self.streams.append(call)
        return call

    def served(self, key: str, **how: Any) -> Any:
        """Begins a call, and waits until the upstream has it."""
        before = len(self.upstream.exchanges)
        call = self.send(key, **how)
        self.upstream.exchange(before).received.result(LIMIT)
        return call

    def queued(self, key: str, label: str = "", **how: Any) -> Any:
        """Begins a call, and waits until it is in the queue."""
        before = self.waiting
        call = self.send(key, label, **how)
        while self.waiting == before:
            on_loop(self.gateway.gateway._health.Check(Asked(), None))  # type: ignore[arg-type]  # takes a turn
        return call

    def refused(self, key: str, **how: Any) -> Failure:
        """Returns how a call fails."""
        call = self.send(key, **how)
        self.calls.remove(call)
        return failure_of(lambda: self.finish(call))

    @property
    def waiting(self) -> int:
        """Number of calls in the queue."""
        queue = self.gateway.gateway._handlers._queue
        assert queue is not None
        return queue.queued

    def finish(self, call: Any) -> None:
        """Waits until a call has succeeded."""
        if call in self.streams:
            assert [each.id for each in call] == ["c1"]
        else:
            assert call.result().id == "c1"

    def order(self) -> list[str]:
        """Opens the gate, and returns the labels of the calls after the first in the order in which they are served."""
        self.gate.open()
        for each in self.calls:
            self.finish(each)
        return [each.request.json()["user"] for each in self.upstream.exchanges[1:]]


class Asked:
    """A health check of the server."""

    service = ""


@contextmanager
def scene(max_calls: int | None = 1, keys: dict[str, dict[str, Any]] | None = None, **settings: Any) -> Iterator[Scene]:
    """Runs the scene; keyword arguments are those of `AdmissionSettings`."""
    gate = Gate()

    async def gated(exchange: Exchange) -> None:
        await exchange.body()
        await gate.passed()
        await (EVENTS if exchange.request.json().get("stream") else OK)(exchange)

    known = tuple(KeySettings(name=name, key=Secret(key), **(keys or {}).get(name, {})) for name, key in KEYS.items())
    with (
        StandIn() as upstream,
        running_gateway(
            deployment(upstream.url),
            general=GeneralSettings(keys=known, sealing_key=Secret("Wf4Yp9Ts2Gd7Xk1Nb6Vm")),
            max_concurrent_rpcs=max_calls,
            admission=AdmissionSettings(**settings),
            metrics_port=0,
        ) as gateway,
    ):
        upstream.on("POST", CHAT, gated)
        yield Scene(upstream, gateway, gate)
        gate.open()


def test_callers_are_served_by_weight() -> None:
    """A caller of weight 3 gets three calls for each one of another, whoever came first and however many wait."""
    with scene(keys={"batch": {"weight": 1.0}, "web": {"weight": 3.0}}, max_queued=20) as here:
        here.served("desk")
        for number in range(8):
            here.queued("batch", f"batch{number}")
        for number in range(6):
            here.queued("web", f"web{number}")
        order = here.order()
    first = [each.rstrip("0123456789") for each in order[:8]]
    assert (first.count("web"), first.count("batch")) == (6, 2)
    for name in ("batch", "web"):
        own = [each for each in order if each.startswith(name)]
        assert own == sorted(own)


def test_priorities_of_keys_and_of_metadata_that_a_key_allows() -> None:
    keys = {"batch": {"priority": "low"}, "desk": {"priority": "low", "max_priority": "high"}}
    with scene(keys=keys, max_queued=20, priority_key=PRIORITY) as here:
        here.served("web")
        here.queued("batch", "low")
        here.queued("batch", "may not be high", ask="high")
        here.queued("web", "normal")
        here.queued("web", "asks for low", ask="low")
        here.queued("desk", "asks for high", ask="high")
        failure = here.refused("web", ask="urgent")
        assert (failure.code, failure.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "INVALID_REQUEST")
        order = here.order()
    assert order[:2] == ["asks for high", "normal"]
    assert set(order[2:]) == {"low", "may not be high", "asks for low"}


def test_a_full_queue_drops_calls_of_whoever_has_most_of_them() -> None:
    with scene(max_queued=3, max_queue_time=LIMIT) as here:
        here.served("desk")
        noisy = [here.queued("batch", f"batch{number}") for number in range(3)]
        failure = here.refused("batch")
        assert (failure.code, failure.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "GATEWAY_OVERLOADED")
        here.send("web")
        dropped = failure_of(noisy[-1].result)
        assert (dropped.reason, "RetryInfo" in dropped.details) == ("GATEWAY_OVERLOADED", True)
        here.calls = [each for each in here.calls if not each.done()]
        assert sorted(here.order()) == ["batch0", "batch1", "web"]


def test_a_cancelled_call_leaves_the_queue() -> None:
    with scene(max_queued=2) as here:
        here.served("desk")
        gone = here.queued("batch")
        page = httpx2.get(f"http://127.0.0.1:{here.gateway.gateway.metrics_port}/metrics", timeout=LIMIT).text
        assert "\nopenai_grpc_calls_queued 1" in page
        gone.cancel()
        while here.waiting:
            on_loop(here.gateway.gateway._health.Check(Asked(), None))  # type: ignore[arg-type]  # takes a turn
        here.calls.remove(gone)
        here.queued("web")
        assert here.order() == ["web"]


def test_what_waited_too_long_is_refused() -> None:
    with scene(max_queued=2, max_queue_time=0.05) as here:
        here.served("desk")
        assert here.refused("batch").reason == "GATEWAY_OVERLOADED"
        assert here.waiting == 0


OWN = {
    "calls": ({"max_calls_per_caller": 1}, {}, {}, "max_calls_per_caller: 1"),
    "streams": ({"max_streams_per_caller": 1}, {}, {"stream": True}, "max_streams_per_caller: 1"),
    "streams of the key": ({}, {"max_parallel_streams": 1}, {"stream": True}, "max_streams_per_caller: 1"),
    "bytes": ({"max_bytes_per_caller": 3000}, {}, {"size": 2000}, "max_bytes_per_caller: 3000"),
    "bytes of the key": ({}, {"max_in_flight_bytes": 3000}, {"size": 2000}, "max_bytes_per_caller: 3000"),
}


@pytest.mark.parametrize(("settings", "key", "how", "limit"), OWN.values(), ids=OWN)
def test_a_callers_own_limits(settings: dict[str, Any], key: dict[str, Any], how: dict[str, Any], limit: str) -> None:
    """One caller's limit is no other's, and is free again once its call has ended."""
    with scene(None, {"batch": key}, **settings) as here:
        first = here.served("batch", **how)
        failure = here.refused("batch", **how)
        (violation,) = failure.details["QuotaFailure"].violations
        assert (failure.code, failure.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "CALLER_LIMIT_EXCEEDED")
        assert (violation.subject, violation.description) == ("key:batch", limit)
        here.served("web", **how)
        assert len(here.upstream.exchanges) == 2
        here.gate.open()
        here.finish(first)
        on_loop(here.gateway.gateway.idle())
        here.finish(here.served("batch", **how))


def test_streams_leave_room_for_other_calls() -> None:
    with scene(10, max_streams=1, max_queued=5) as here:
        here.served("desk", stream=True)
        waiting = here.queued("desk", "second", stream=True)
        here.served("web")
        assert not waiting.done()
        here.order()


def test_a_refusal_spends_nothing() -> None:
    """Neither the upstream nor the limits of the key see a call that is refused for overload."""
    with scene(keys={"batch": {"rpm": 1}}, overload_status="unavailable") as here:
        here.served("desk")
        for _ in range(3):
            failure = here.refused("batch", size=100_000)
            assert (failure.code, failure.reason) == (grpc.StatusCode.UNAVAILABLE, "GATEWAY_OVERLOADED")
            assert failure.trailers["grpc-retry-pushback-ms"] == "1000"
        refused = [line for line in here.gateway.log.getvalue().splitlines() if "GATEWAY_OVERLOADED" in line]
        assert len(refused) == 3
        assert all('"request_bytes":0' in line.replace(" ", "") for line in refused)
        here.gate.open()
        here.calls[0].result()
        on_loop(here.gateway.gateway.idle())
        assert here.served("batch").result().id == "c1"
    assert len(here.upstream.exchanges) == 2


def test_callers_without_a_key_are_known_by_their_address() -> None:
    settings = AdmissionSettings(max_calls_per_caller=1)
    with StandIn() as upstream, running_gateway(deployment(upstream.url), admission=settings) as gateway:
        upstream.on("POST", CHAT, answers.stall())
        request = chat_pb2.CreateChatCompletionRequest(model="m")
        first = gateway.chat.CreateChatCompletion.future(request, timeout=LIMIT)
        upstream.exchange(0).received.result(LIMIT)
        failure = failure_of(lambda: gateway.chat.CreateChatCompletion(request, timeout=LIMIT))
        (violation,) = failure.details["QuotaFailure"].violations
        assert violation.subject == "address:ipv4:127.0.0.1"
        first.cancel()


def test_concurrency_adapts_to_an_upstream() -> None:
    """An upstream that is overloaded gets fewer calls at once; the rest are refused, or go to a fallback."""
    adaptive = AdaptiveConcurrencySettings(initial=4, min=1, max=8, backoff=0.5)
    router = RouterConfig(
        num_retries=0, cooldown_time=0, adaptive_concurrency=adaptive, fallbacks={"small": ("large",)}
    )
    with StandIn() as small, StandIn() as large:
        small.on("POST", CHAT, answers.json({"error": {"message": "busy"}}, status=503))
        large.on("POST", CHAT, OK)
        places = (
            deployment(small.url, name="small", model_name="small", model="small"),
            deployment(large.url, name="large", model_name="large", model="large"),
        )
        with running_gateway(*places, router=router) as gateway:
            named = gateway.gateway._router._deployments["small"]
            assert named.load.adaptive is not None
            request = chat_pb2.CreateChatCompletionRequest(model="small")
            for _ in range(3):
                assert gateway.chat.CreateChatCompletion(request, timeout=LIMIT).id == "c1"
            assert named.load.adaptive.limit == 1
            gate = Gate()

            async def gated(exchange: Exchange) -> None:
                await exchange.body()
                await gate.passed()
                await OK(exchange)

            small.on("POST", CHAT, gated)
            first = gateway.chat.CreateChatCompletion.future(request, timeout=LIMIT)
            small.exchange(3).received.result(LIMIT)
            assert gateway.chat.CreateChatCompletion(request, timeout=LIMIT).id == "c1"
            assert (len(small.exchanges), len(large.exchanges)) == (4, 4)
            gate.open()
            first.result(LIMIT)
