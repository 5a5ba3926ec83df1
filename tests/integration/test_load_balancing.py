"""Which of several deployments of one name a call goes to."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import grpc
import pytest

from faults import answers
from faults.stand_in import Gate, StandIn, refusing
from openai_grpc.v1 import chat_pb2
from openai_grpc_server.config import RouterConfig
from openai_grpc_server.routing.deployment import Health
from openai_grpc_server.routing.state import LocalState
from support.failure import failure_of
from support.gateway import LIMIT, RunningGateway, deployment, running_gateway

CHAT = "/v1/chat/completions"
USAGE = {"prompt_tokens": 60, "completion_tokens": 40, "total_tokens": 100}
COMPLETION = {"id": "c1", "object": "chat.completion", "model": "m", "choices": [], "usage": USAGE}
CHUNKS = [{"id": "c", "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}]
REQUEST = chat_pb2.CreateChatCompletionRequest(model="m")


@pytest.fixture
def one_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stops the clock by which minutes are counted: none begins while a test counts."""
    monkeypatch.setattr(LocalState, "this_minute", lambda _: 1)


@contextmanager
def several(
    *facts: dict[str, Any], router: RouterConfig | None = None
) -> Iterator[tuple[RunningGateway, list[StandIn]]]:
    """A gateway with a deployment of `m` for each of these facts, named by their numbers."""
    with ExitStack() as stack:
        upstreams = [stack.enter_context(StandIn()) for _ in facts]
        for upstream in upstreams:
            upstream.on("POST", CHAT, answers.json(COMPLETION))
        deployments = [
            deployment(upstream.url, name=str(number), model_name="m", **each)
            for number, (upstream, each) in enumerate(zip(upstreams, facts, strict=True))
        ]
        yield stack.enter_context(running_gateway(*deployments, router=router)), upstreams


def served(gateway: RunningGateway, calls: int) -> Counter[str]:
    """Makes calls and counts which deployment served them."""
    replies = [gateway.chat.CreateChatCompletion(REQUEST, timeout=10) for _ in range(calls)]
    return Counter(reply.call_info.deployment for reply in replies)


# Of 60 calls; the bounds are missed once in some ten million runs.
SHARES: dict[str, tuple[tuple[dict[str, Any], dict[str, Any]], range]] = {
    "equal": (({}, {}), range(9, 52)),
    "by weight": (({"weight": 3}, {"weight": 1}), range(26, 60)),
    "a weight of nothing": (({"weight": 1}, {"weight": 0}), range(60, 61)),
    "by requests a minute": (({"rpm": 100}, {"rpm": 1000000000}), range(2)),
    "by tokens a minute": (({"tpm": 1000000000}, {"tpm": 100}), range(59, 61)),
}


@pytest.mark.parametrize(("facts", "first"), SHARES.values(), ids=SHARES)
def test_simple_shuffle(facts: tuple[dict[str, Any], dict[str, Any]], first: range) -> None:
    with several(*facts) as (gateway, _):
        assert served(gateway, 60)["0"] in first


def test_least_busy() -> None:
    with several({}, {}, router=RouterConfig(routing_strategy="least-busy")) as (gateway, upstreams):
        gate = Gate()
        for upstream in upstreams:
            upstream.enqueue(answers.stream(answers.events(CHUNKS), gates={0: gate}))
        running = gateway.chat.StreamChatCompletion(REQUEST, timeout=10)
        busy = 0 if _has_one(upstreams) == upstreams[0] else 1
        upstreams[1 - busy].clear_queue()
        assert served(gateway, 5) == {str(1 - busy): 5}
        gate.open()
        assert len(list(running)) == 1


def _has_one(upstreams: list[StandIn]) -> StandIn:
    """Waits until one of them has a request, and returns it."""
    limit = time.monotonic() + LIMIT
    while time.monotonic() < limit:
        for upstream in upstreams:
            if upstream.exchanges:
                return upstream
    raise TimeoutError("no request came")


LATENCIES: dict[str, tuple[dict[str, float], set[str]]] = {
    "those that nobody has measured go first": ({"0": 0.1}, {"1", "2"}),
    "then the fastest": ({"0": 0.2, "1": 0.1, "2": 0.3}, {"1"}),
}


@pytest.mark.parametrize(("measured", "chosen"), LATENCIES.values(), ids=LATENCIES)
def test_lowest_latency(measured: dict[str, float], chosen: set[str]) -> None:
    with several({}, {}, {}, router=RouterConfig(routing_strategy="latency-based-routing")) as (gateway, upstreams):
        for upstream in upstreams:
            upstream.on("POST", CHAT, answers.stream(answers.events(CHUNKS)))
        for name, seconds in measured.items():
            found = gateway.gateway._router.by_name(name)
            assert found
            found.load.measured(streaming=True, seconds=seconds, now=time.monotonic())
        call = gateway.chat.StreamChatCompletion(REQUEST, timeout=10)
        assert dict(call.initial_metadata())["openai-grpc-deployment"] in chosen
        assert len(list(call)) == 1


@pytest.mark.usefixtures("one_minute")
def test_lowest_usage() -> None:
    with several({}, {}, router=RouterConfig(routing_strategy="usage-based-routing-v2")) as (gateway, _):
        assert served(gateway, 6) == {"0": 3, "1": 3}


LIMITS: dict[str, tuple[dict[str, Any], int]] = {
    "requests a minute": ({"rpm": 3}, 3),
    "tokens a minute": ({"tpm": 150}, 2),
}


@pytest.mark.usefixtures("one_minute")
@pytest.mark.parametrize(("limit", "taken"), LIMITS.values(), ids=LIMITS)
def test_limits_of_a_deployment(limit: dict[str, Any], taken: int) -> None:
    with several({**limit, "weight": 1}, {"weight": 0}) as (gateway, _):
        assert served(gateway, 6) == {"0": taken, "1": 6 - taken}


@pytest.mark.usefixtures("one_minute")
def test_limits_of_all_deployments() -> None:
    with several({"rpm": 2}) as (gateway, upstreams):
        assert served(gateway, 2) == {"0": 2}
        failure = failure_of(lambda: gateway.chat.CreateChatCompletion(REQUEST, timeout=10))
    assert (failure.code, failure.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "DEPLOYMENT_LIMIT")
    assert 0 < failure.details["RetryInfo"].retry_delay.ToMilliseconds() <= 60_000
    assert len(upstreams[0].requests) == 2


def test_requests_at_once() -> None:
    with several({"max_parallel_requests": 1, "weight": 1}, {"weight": 0}) as (gateway, upstreams):
        gate = Gate()
        upstreams[0].enqueue(answers.stream(answers.events(CHUNKS), gates={0: gate}))
        running = gateway.chat.StreamChatCompletion(REQUEST, timeout=10)
        upstreams[0].exchange(0)
        assert served(gateway, 2) == {"1": 2}
        gate.open()
        assert len(list(running)) == 1
        gateway.logged("rpc")  # all calls have ended
        assert served(gateway, 2) == {"0": 2}


def test_one_dead_deployment_of_two_fails_no_call() -> None:
    with refusing() as dead, StandIn() as alive:
        alive.on("POST", CHAT, answers.json(COMPLETION))
        with running_gateway(
            deployment(dead, name="dead", model_name="m"), deployment(alive.url, name="alive", model_name="m")
        ) as gateway:
            replies = [gateway.chat.CreateChatCompletion(REQUEST, timeout=10) for _ in range(60)]
    attempts = [reply.call_info.attempts for reply in replies]
    assert {reply.call_info.deployment for reply in replies} == {"alive"}
    assert attempts.count(2) == 1, "the dead one is left alone after the first failure"


def test_a_rate_limited_deployment_is_left_alone_for_as_long_as_it_asks() -> None:
    with several({"weight": 1}, {"weight": 0}) as (gateway, upstreams):
        upstreams[0].enqueue(answers.json({"error": {}}, status=429, headers={"retry-after": "30"}))
        assert served(gateway, 10) == {"1": 10}
        assert len(upstreams[0].requests) == 1


def test_a_cooldown_ends_with_a_call_that_probes() -> None:
    with several({"weight": 1}, {"weight": 0}, router=RouterConfig(cooldown_time=0.05)) as (gateway, upstreams):
        upstreams[0].enqueue(*[answers.json({"error": {}}, status=429)] * 2)
        limit = time.monotonic() + LIMIT
        while not upstreams[0].requests[2:]:  # each probe but the last fails, and the other deployment serves
            served(gateway, 1)
            assert time.monotonic() < limit
        assert served(gateway, 3) == {"0": 3}


HISTORIES: dict[str, tuple[list[tuple[float, str]], float, bool]] = {
    "closed": ([], 0.0, True),
    "fewer failures than are allowed": ([(1, "fail"), (2, "fail")], 3.0, True),
    "more failures than are allowed": ([(1, "fail"), (2, "fail"), (3, "fail")], 4.0, False),
    "failures of more than a minute ago": ([(1, "fail"), (2, "fail"), (63, "fail")], 64.0, True),
    "the cooldown is over": ([(1, "fail"), (2, "fail"), (3, "fail")], 14.0, True),
    "one call probes": ([(1, "fail"), (2, "fail"), (3, "fail"), (14, "begin")], 15.0, False),
    "the probe failed": ([(1, "fail"), (2, "fail"), (3, "fail"), (14, "begin"), (15, "fail")], 24.0, False),
    "the probe succeeded": ([(1, "fail"), (2, "fail"), (3, "fail"), (14, "begin"), (15, "good")], 15.0, True),
    "the probe was cancelled": ([(1, "fail"), (2, "fail"), (3, "fail"), (14, "begin"), (15, "gone")], 15.0, True),
    "an older call succeeded": ([(1, "fail"), (2, "fail"), (3, "fail"), (4, "good")], 5.0, False),
}


@pytest.mark.parametrize(("history", "now", "usable"), HISTORIES.values(), ids=HISTORIES)
def test_health(history: list[tuple[float, str]], now: float, usable: bool) -> None:
    health, probe = Health(), False
    for at, what in history:
        match what:
            case "begin":
                probe = health.begin()
            case "good":
                health.succeeded(probe)
            case "gone":
                health.abandoned(probe)
            case "fail" if health.failed(at, probe, allowed=2):
                health.hold(at, 10.0)
                probe = False
    assert health.usable(now) is usable
