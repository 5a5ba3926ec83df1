"""Limits of keys in a Redis that is stopped, slow, killed or set back while calls run."""

import asyncio
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import grpc
import pytest
from redis import Redis

from faults import answers
from faults.exchange import Exchange, Gate
from faults.stand_in import LIMIT, StandIn
from integration.test_redis import redis_process, redis_server
from openai_grpc.v1 import chat_pb2
from openai_grpc_server.access import ledger
from openai_grpc_server.access.keyring import Caller, Limit, Limits, Notice, Period, Refusal
from openai_grpc_server.access.store import (
    LEASE,
    Answer,
    Batch,
    Change,
    Enter,
    Leave,
    RedisStore,
    Reserve,
    SqliteStore,
    StoreError,
)
from openai_grpc_server.config import GeneralSettings, KeySettings, RouterConfig, Secret
from support.failure import failure_of
from support.gateway import RunningGateway, deployment, running_gateway

if TYPE_CHECKING:
    import subprocess

KEY = "sk-v3R9xQ2mT7bK4wZ8nL5c"
METADATA = (("authorization", f"Bearer {KEY}"),)
CHAT = "/v1/chat/completions"
USAGE = {"prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1100}
REQUEST = chat_pb2.CreateChatCompletionRequest(model="gpt-4o")


@dataclass
class Scene:
    """A gateway with one limited key, its Redis, and an upstream that answers when a gate opens."""

    gateway: RunningGateway
    upstream: StandIn
    redis: "subprocess.Popen[bytes]"
    client: Redis
    gate: Gate

    def begin(self) -> Any:
        return self.gateway.chat.CreateChatCompletion.future(REQUEST, metadata=METADATA, timeout=LIMIT)

    def pause(self) -> None:
        self.redis.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self.redis.send_signal(signal.SIGCONT)

    def until_served(self) -> None:
        """Calls until the Redis answers again."""
        ends = time.monotonic() + LIMIT
        while (code := self.begin().code()) is grpc.StatusCode.UNAVAILABLE and time.monotonic() < ends:
            time.sleep(0.05)
        assert code is grpc.StatusCode.OK


@contextmanager
def scene(**limits: Any) -> Iterator[Scene]:
    gate = Gate()

    async def held(exchange: Exchange) -> None:
        await gate.passed()
        await answers.json({"id": "c1", "object": "chat.completion", "usage": USAGE})(exchange)

    with ExitStack() as stack:
        upstream = stack.enter_context(StandIn())
        upstream.on("POST", CHAT, held)
        url, process = stack.enter_context(redis_process())
        client = stack.enter_context(Redis.from_url(url))
        key = KeySettings(name="team", key=Secret(KEY), **limits)
        gateway = running_gateway(
            deployment(upstream.url),
            general=GeneralSettings(keys=(key,)),
            router=RouterConfig(num_retries=0, redis_url=Secret(url)),
        )
        yield Scene(stack.enter_context(gateway), upstream, process, client, gate)


def test_callers_of_a_redis_that_is_paused_fail_together() -> None:
    with scene(rpm=10_000) as here:
        here.gate.open()
        assert here.begin().code() is grpc.StatusCode.OK
        here.pause()
        # Each second that they would wait for each other is one of the few that they have.
        calls = [here.begin() for _ in range(60)]
        reasons = [failure_of(call.result).reason for call in calls]
        here.go_on()
        assert reasons == ["LIMITS_UNAVAILABLE"] * 60
        here.until_served()
        assert len(here.gateway.logged("limits store does not answer")) == 1


def test_replies_wait_for_no_redis_and_are_counted_when_it_answers_again() -> None:
    with scene(max_parallel_requests=40, max_budget=0.1) as here:
        calls = [here.begin() for _ in range(40)]
        for number in range(40):
            here.upstream.exchange(number)
        assert here.client.zcard("openai-grpc:key:team:running") == 40
        here.pause()
        here.gate.open()
        assert [call.result().id for call in calls] == ["c1"] * 40
        here.go_on()
        # 40 calls of 0.0035 dollars; and none of them runs any more.
        ends = time.monotonic() + LIMIT
        while (failure := failure_of(here.begin().result)).reason != "BUDGET_EXCEEDED" and time.monotonic() < ends:
            assert failure.reason == "LIMITS_UNAVAILABLE"
            time.sleep(0.05)
        assert failure.reason == "BUDGET_EXCEEDED"
        assert here.client.zcard("openai-grpc:key:team:running") == 0
        assert float(here.client.hget("openai-grpc:key:team:used", "spent") or 0) == pytest.approx(40 * 0.0035)


def test_a_redis_that_comes_back_empty_learns_which_calls_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "LEASE", 0.5)
    with scene(max_parallel_requests=1) as here:
        running = here.begin()
        here.upstream.exchange(0)
        here.client.flushall()
        ends = time.monotonic() + LIMIT
        while not here.client.zcard("openai-grpc:key:team:running") and time.monotonic() < ends:
            time.sleep(0.05)
        assert failure_of(here.begin().result).reason == "KEY_LIMIT_EXCEEDED"
        here.gate.open()
        assert running.result().id == "c1"
        here.until_served()


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with redis_server() as url:
        yield url


class Direct:
    """A store in a Redis, for one key that no other test has, and a client to look at it."""

    def __init__(self, url: str, **limits: Any) -> None:
        self._url = url
        self.caller = Caller(name=uuid4().hex, limits=Limits(**limits))
        self.client: Redis = Redis.from_url(url)
        self.used = f"openai-grpc:key:{self.caller.name}:used"
        self.running = f"openai-grpc:key:{self.caller.name}:running"

    def apply(self, *batches: Batch) -> list[list[Answer]]:
        async def main() -> list[list[Answer]]:
            store = RedisStore(Secret(self._url))
            try:
                return [await store.apply(batch) for batch in batches]
            finally:
                await store.aclose()

        return asyncio.run(main())

    def change(self, *changes: Change) -> list[Answer]:
        return self.apply(Batch(changes))[0]

    def enter(self, call: str = "a") -> Answer:
        return self.change(Enter(self.caller, call))[0]

    def now(self) -> float:
        seconds, microseconds = self.client.time()
        return float(seconds + microseconds / 1e6)


def test_a_batch_whose_answer_was_lost_is_counted_once(url: str) -> None:
    key = Direct(url, max_budget=1.0, tpm=10)
    batch = Batch([Leave(key.caller, "a", 3, 0.25), Leave(key.caller, "b", 2, 0.25)], 7)
    key.apply(batch, batch, Batch([Leave(key.caller, "c", 1, 0.125)], 8), batch)
    assert float(key.client.hget(key.used, "spent") or 0) == 0.625
    assert float(key.client.hget(key.used, "tokens") or 0) == pytest.approx(4, abs=0.5)


def test_usage_that_several_calls_report_is_counted_once(url: str) -> None:
    key, other = Direct(url, max_budget=1.0), Direct(url, max_budget=1.0)
    for caller in (key.caller, other.caller):
        key.change(*(Leave(caller, call, 1, 0.25, "resp_1") for call in "abc"))
        key.change(Leave(caller, "d", 1, 0.25, "resp_1"), Leave(caller, "e", 1, 0.125, "resp_2"))
    assert [float(each.client.hget(each.used, "spent") or 0) for each in (key, other)] == [0.375, 0.375]


LEFT_BEHIND = {
    "by a process that was killed": (-0.5, None),
    "by one that still runs": (20.0, Refusal(Limit.PARALLEL, 1.0)),
    "by a clock that has gone back since": (3600.0, None),
}


@pytest.mark.parametrize(("seconds", "refused"), LEFT_BEHIND.values(), ids=LEFT_BEHIND)
def test_calls_left_behind(url: str, seconds: float, refused: Refusal | None) -> None:
    key = Direct(url, max_parallel_requests=1)
    key.client.zadd(key.running, {"left": key.now() + seconds})
    assert key.enter() == refused


def test_running_calls_are_forgotten_after_their_lease(url: str) -> None:
    key = Direct(url, max_parallel_requests=5)
    assert key.enter() is None
    assert 0 < key.client.pttl(key.running) <= LEASE * 1000


def test_a_clock_of_the_redis_that_goes_back_locks_nobody_out(url: str) -> None:
    key = Direct(url, rpm=600)
    ahead = key.now() + 86400
    fields: dict[Any, Any] = {"requests": -0.5, "requests_at": ahead, "tokens": 0, "tokens_at": ahead, "spent": 0}
    key.client.hset(key.used, mapping=fields)
    refused = key.enter()
    assert isinstance(refused, Refusal)
    assert refused.retry_after == pytest.approx(0.15)
    assert float(key.client.hget(key.used, "requests_at") or 0) == pytest.approx(key.now(), abs=10)
    ends = time.monotonic() + LIMIT
    while key.enter() is not None and time.monotonic() < ends:
        time.sleep(0.05)
    assert time.monotonic() < ends


def test_a_batch_that_the_redis_gets_to_too_late_is_not_made() -> None:
    with redis_process() as (url, process):
        key = Direct(url, max_parallel_requests=1)

        async def main() -> None:
            store = RedisStore(Secret(url))
            await store.apply(Batch(()))  # from now on it knows the time of the Redis
            process.send_signal(signal.SIGSTOP)
            with pytest.raises(StoreError):
                await store.apply(Batch([Enter(key.caller, "late")]))
            process.send_signal(signal.SIGCONT)
            await store.aclose()

        asyncio.run(main())
        assert key.enter("next") is None


def test_the_limits_of_one_batch_count_in_order(url: str) -> None:
    key = Direct(url, rpm=2, max_parallel_requests=1)
    a, b, c = (Enter(key.caller, call) for call in "abc")
    assert key.change(a, b, Leave(key.caller, "a"), c) == [None, Refusal(Limit.PARALLEL, 1.0), None, None]
    key.change(Leave(key.caller, "c"))
    refused = key.enter("d")
    assert isinstance(refused, Refusal)
    assert refused.limit is Limit.RPM
    assert refused.retry_after == pytest.approx(30, abs=5)


def test_a_redis_settles_as_sqlite_does(url: str) -> None:
    soft = {"soft_budget": 0.5, "max_budget": 1.0, "tpm": 100, "period": Period.parse("3mo")}
    for key in (Direct(url, **soft), Local(**soft)):
        a, b, c = (Enter(key.caller, call) for call in "abc")
        assert key.change(a, b, c) == [None] * 3
        reserved = [Reserve(key.caller, call, 60, 0.5) for call in "abc"]
        limits = [each and isinstance(each, Refusal) and each.limit for each in key.change(*reserved)]
        assert limits == [None, None, Limit.BUDGET]
        settled = [Leave(key.caller, call, 10, 0.25, "resp_1", True) for call in "abc"]
        assert key.change(*settled, *settled) == [None] * 6
        assert key.change(Enter(key.caller, "d")) == [None]
        assert key.change(Leave(key.caller, "d", 0, 0.25), Enter(key.caller, "e")) == [None, Notice.SOFT_BUDGET]
        (refused,) = key.change(Leave(key.caller, "e", 0, 0.5), Enter(key.caller, "f"))[1:]
        assert isinstance(refused, Refusal)
        assert refused.retry_after == pytest.approx(Period.parse("3mo").end(time.time()) - time.time(), abs=60)


def test_a_budget_in_a_redis_begins_anew_with_each_period(url: str) -> None:
    key = Direct(url, max_budget=1.0, period=Period.parse("1h"))
    key.change(Leave(key.caller, "a", 0, 1.5))
    assert isinstance(key.enter(), Refusal)
    key.client.hincrbyfloat(key.used, "period", -3600)
    assert key.enter() is None
    key.change(Leave(key.caller, "a", 0, 1.5))
    key.client.hincrbyfloat(key.used, "period", 86400)  # by a clock that was ahead
    assert key.enter() is None


class Local(Direct):
    """A store in memory, driven as one in a Redis."""

    def __init__(self, **limits: Any) -> None:
        self.caller = Caller(name="team", limits=Limits(**limits))
        self._store = SqliteStore()

    def apply(self, *batches: Batch) -> list[list[Answer]]:
        async def main() -> list[list[Answer]]:
            return [await self._store.apply(batch) for batch in batches]

        return asyncio.run(main())
