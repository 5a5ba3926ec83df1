"""Budgets: periods, warnings, and what calls reserve while they run, over replicas too."""

import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from threading import Semaphore
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
from integration.test_metrics import page, samples
from integration.test_redis import redis_process
from openai_grpc.codec import dumps, from_json
from openai_grpc.v1 import chat_pb2, chat_pb2_grpc
from openai_grpc_server.config import GeneralSettings, KeySettings, RouterConfig, Secret
from support.failure import failure_of
from support.gateway import RunningGateway, deployment, running_gateway
from support.process import server_process

KEY = "sk-v3R9xQ2mT7bK4wZ8nL5c"
METADATA = (("authorization", f"Bearer {KEY}"),)
CHAT = "/v1/chat/completions"
USAGE = {"prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1100}
COMPLETION = {"id": "c1", "object": "chat.completion", "choices": [], "usage": USAGE}
COST = 0.0035  # of that usage by gpt-4o
# Its estimate is the usage.
REQUEST = from_json(
    chat_pb2.CreateChatCompletionRequest,
    dumps(
        {
            "model": "gpt-4o",
            "messages": [{"role": "user", "content": "word" * 1000}],
            "max_completion_tokens": 100,
        }
    ),
)


def general(*, reserve_usage: bool = True, **limits: Any) -> GeneralSettings:
    return GeneralSettings(keys=(KeySettings(name="team", key=Secret(KEY), **limits),), reserve_usage=reserve_usage)


def chat(gateway: RunningGateway) -> Any:
    return gateway.chat.CreateChatCompletion.with_call(REQUEST, metadata=METADATA, timeout=10)


def until(call: Callable[[], Any], wanted: grpc.StatusCode) -> Any:
    """Calls until it ends with a status; returns that call."""
    ends = time.monotonic() + LIMIT
    while (running := call()).code() is not wanted:
        assert time.monotonic() < ends
    return running


def test_a_soft_budget_warns_and_a_period_begins_anew() -> None:
    limits = general(soft_budget=0.003, max_budget=1.0, budget_duration="1mo")
    with (
        StandIn() as upstream,
        running_gateway(deployment(upstream.url), general=limits, metrics_port=0) as gateway,
    ):
        upstream.on("POST", CHAT, answers.json(COMPLETION))
        warnings = [dict(chat(gateway)[1].initial_metadata()).get("openai-grpc-soft-budget") for _ in range(3)]
        _, text = page(gateway)
    assert warnings == [None, "0.003", "0.003"]
    assert samples(text)["openai_grpc_soft_budget_calls_total", 'key="team"'] == 2


def test_the_budget_of_a_short_period() -> None:
    limits = general(max_budget=0.003, budget_duration="2s")
    with StandIn() as upstream, running_gateway(deployment(upstream.url), general=limits) as gateway:
        upstream.on("POST", CHAT, answers.json(COMPLETION))

        def begin() -> Any:
            return gateway.chat.CreateChatCompletion.future(REQUEST, metadata=METADATA, timeout=10)

        refused = failure_of(until(begin, grpc.StatusCode.RESOURCE_EXHAUSTED).result)
        assert refused.reason == "BUDGET_EXCEEDED"
        assert refused.details["RetryInfo"].retry_delay.ToTimedelta().total_seconds() <= 2
        until(begin, grpc.StatusCode.OK)


@pytest.mark.parametrize(
    ("limits", "reason"), [({"max_budget": 0.01}, "BUDGET_EXCEEDED"), ({"tpm": 3000}, "KEY_LIMIT_EXCEEDED")]
)
@pytest.mark.parametrize(("reserves", "served"), [(True, 3), (False, 10)], ids=["reserved", "not reserved"])
def test_calls_at_once_share_what_is_left(limits: dict[str, Any], reason: str, reserves: bool, served: int) -> None:
    gate, ended = Gate(), Semaphore(0)

    async def held(exchange: Exchange) -> None:
        await gate.passed()
        await answers.json(COMPLETION)(exchange)

    settings = general(reserve_usage=reserves, **limits)
    with StandIn() as upstream, running_gateway(deployment(upstream.url), general=settings) as gateway:
        upstream.on("POST", CHAT, held)
        calls: list[Any] = []
        for _ in range(10):
            calls.append(gateway.chat.CreateChatCompletion.future(REQUEST, metadata=METADATA, timeout=LIMIT))
            calls[-1].add_done_callback(lambda _: ended.release())
        for number in range(served):
            upstream.exchange(number)
        for _ in range(10 - served):
            assert ended.acquire(timeout=LIMIT)
        gate.open()
        refused = [call for call in calls if call.code() is not grpc.StatusCode.OK]
        assert {failure_of(call.result).reason for call in refused} <= {reason}
        assert (len(upstream.exchanges), len(refused)) == (served, 10 - served)


CHUNK = {"id": "c1", "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {"content": "word " * 40}}]}
ENDS: dict[str, Any] = {
    "served": answers.json(COMPLETION),
    "refused by the upstream": answers.json({"error": {"message": "no"}}, status=400),
    "cut off": answers.close(),
    "cancelled": answers.stall(),
    "a stream": answers.stream(answers.events([CHUNK, {**CHUNK, "choices": [], "usage": USAGE}])),
    "a stream that is cut": answers.stream(answers.events([CHUNK], done=False), then="truncate"),
    "a stream that is cancelled": answers.stream(answers.events([CHUNK], done=False), then="stall"),
}


def test_what_calls_reserve_is_settled_however_they_end(tmp_path: Path) -> None:
    file, spent = tmp_path / "limits.db", 0.0
    limits = general(max_budget=1.0, budget_duration="1mo")
    with (
        StandIn() as upstream,
        running_gateway(deployment(upstream.url), general=limits, limits_file=str(file)) as gateway,
        closing(sqlite3.connect(file)) as database,
    ):
        for number, (name, answer) in enumerate(ENDS.items()):
            upstream.enqueue(answer)
            stream = name.startswith("a stream")
            method: Any = gateway.chat.StreamChatCompletion if stream else gateway.chat.CreateChatCompletion.future
            call = method(REQUEST, metadata=METADATA, timeout=10)
            upstream.exchange(number)
            if stream:
                next(call)
            if name.endswith("cancelled"):
                ((reserved,),) = database.execute("SELECT cost FROM reserved").fetchall()
                assert reserved == pytest.approx(COST, rel=0.2)  # of 60 to 100 tokens of output
                call.cancel()
            call.code()
            entry = gateway.logged("rpc")[-1]
            spent += entry.get("cost") or 0.0
            assert database.execute("SELECT count(*) FROM reserved").fetchone() == (0,), name
            assert database.execute("SELECT spent FROM used").fetchone() == (pytest.approx(spent),), name
    assert spent > 4 * COST  # what was cut or cancelled is estimated


@contextmanager
def replicas(
    directory: Path, url: str, upstream: StandIn, budget: float
) -> Iterator[list[chat_pb2_grpc.ChatServiceStub]]:
    """Four processes of the gateway, and stubs of each."""
    config = directory / "config.yaml"
    config.write_text(f"""
model_list:
  - model_name: gpt-4o
    litellm_params: {{model: openai/gpt-4o, api_base: "{upstream.url}/v1", api_key: ""}}
router_settings: {{redis_url: "{url}", num_retries: 0}}
general_settings:
  keys: [{{name: team, key: "{KEY}", max_budget: {budget}, budget_duration: 1mo}}]
""")
    with ExitStack() as stack:
        servers = [
            stack.enter_context(server_process(directory / f"{number}.log", "--config", str(config)))
            for number in range(4)
        ]
        channels = [stack.enter_context(grpc.insecure_channel(server.address)) for server in servers]
        yield [chat_pb2_grpc.ChatServiceStub(channel) for channel in channels]


def test_a_budget_holds_to_one_in_a_hundred_over_four_replicas(tmp_path: Path) -> None:
    gate = Gate()

    async def held(exchange: Exchange) -> None:
        await gate.passed()
        await answers.json(COMPLETION)(exchange)

    budget = 100 * COST
    with ExitStack() as stack:
        url, _ = stack.enter_context(redis_process())
        upstream = stack.enter_context(StandIn())
        upstream.on("POST", CHAT, held)
        stubs = stack.enter_context(replicas(tmp_path, url, upstream, budget))
        ended = Semaphore(0)
        calls: list[Any] = []
        for stub in stubs * 60:
            calls.append(stub.CreateChatCompletion.future(REQUEST, metadata=METADATA, timeout=LIMIT))
            calls[-1].add_done_callback(lambda _: ended.release())
        for _ in range(139):  # all that are refused end while the others are held
            assert ended.acquire(timeout=LIMIT)
        gate.open()
        statuses = Counter(call.code() for call in calls)
        assert statuses.keys() == {grpc.StatusCode.OK, grpc.StatusCode.RESOURCE_EXHAUSTED}
        served = statuses[grpc.StatusCode.OK]
        assert 100 <= served <= 101
        client = stack.enter_context(Redis.from_url(url))
        ends = time.monotonic() + LIMIT
        while client.keys("openai-grpc:key:team:reserved:*") and time.monotonic() < ends:
            pass  # the last calls are settled after their replies
        spent = float(client.hget("openai-grpc:key:team:used", "spent") or 0)
    assert spent == pytest.approx(served * COST)
    assert spent <= budget * 1.01 + 1e-9


@contextmanager
def durable_redis(directory: Path, port: int) -> Iterator["subprocess.Popen[bytes]"]:
    """Runs a Redis that writes every change to the disk before it answers."""
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(directory)]
    with subprocess.Popen(
        [*command, "--appendonly", "yes", "--appendfsync", "always"], stdout=subprocess.DEVNULL
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def test_nothing_is_lost_with_a_redis_that_is_killed(tmp_path: Path) -> None:
    gate = Gate()

    async def held(exchange: Exchange) -> None:
        await gate.passed()
        await answers.json(COMPLETION)(exchange)

    with ExitStack() as stack:
        with redis_process() as (url, _):
            port = int(url.rpartition(":")[2])  # free again from here on
        upstream = stack.enter_context(StandIn())
        upstream.on("POST", CHAT, held)
        client = stack.enter_context(
            Redis.from_url(url, retry=Retry(ConstantBackoff(0.05), 200, (RedisConnectionError,)))
        )
        with durable_redis(tmp_path, port):
            assert client.ping()
            router = RouterConfig(num_retries=0, redis_url=Secret(url))
            gateway = stack.enter_context(
                running_gateway(deployment(upstream.url), general=general(max_budget=0.1), router=router)
            )

            def begin() -> Any:
                return gateway.chat.CreateChatCompletion.future(REQUEST, metadata=METADATA, timeout=LIMIT)

            calls = [begin() for _ in range(20)]
            for number in range(20):
                upstream.exchange(number)
            assert len(client.keys("openai-grpc:key:team:reserved:*")) == 20
        gate.open()
        assert [call.result().id for call in calls] == ["c1"] * 20
        assert failure_of(begin().result).reason == "LIMITS_UNAVAILABLE"
        with durable_redis(tmp_path, port):
            until(begin, grpc.StatusCode.OK)
            refused = until(begin, grpc.StatusCode.RESOURCE_EXHAUSTED)
            assert failure_of(refused.result).reason == "BUDGET_EXCEEDED"
            assert gateway.logged("rpc")
            served = len([each for each in gateway.logged("rpc") if each["status"] == "OK"])
            assert float(client.hget("openai-grpc:key:team:used", "spent") or 0) == pytest.approx(served * COST)
            assert not client.keys("openai-grpc:key:team:reserved:*")
    assert served == 29  # 0.1 dollars are 28.6 of them
