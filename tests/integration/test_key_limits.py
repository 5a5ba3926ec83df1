"""How much a key may call, and what its calls cost."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest

from faults import answers
from faults.exchange import Exchange, Gate
from faults.stand_in import StandIn
from openai_grpc.v1 import chat_pb2, common_pb2, embeddings_pb2, models_pb2, responses_pb2
from openai_grpc_server.access import ledger, store
from openai_grpc_server.config import GeneralSettings, KeySettings, ModelInfo, Secret
from support.failure import Failure, failure_of
from support.gateway import RunningGateway, deployment, running_gateway

KEY = "sk-v3R9xQ2mT7bK4wZ8nL5c"
OTHER = "sk-Jq6Xh1uYf0sD9gRe2aPo"
SEALING_KEY = "Wf4Yp9Ts2Gd7Xk1Nb6Vm"
METADATA = (("authorization", f"Bearer {KEY}"),)
CHAT = "/v1/chat/completions"
USAGE = {"prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1100}
COMPLETION = {"id": "c1", "object": "chat.completion", "usage": USAGE}
COST = "0.0035"  # of that usage by gpt-4o


def limited(**limits: Any) -> GeneralSettings:
    """One key with these limits, and one without any."""
    return GeneralSettings(
        sealing_key=Secret(SEALING_KEY),
        keys=(KeySettings(name="team", key=Secret(KEY), **limits), KeySettings(name="free", key=Secret(OTHER))),
    )


def chat(gateway: RunningGateway, key: str = KEY) -> Any:
    request = chat_pb2.CreateChatCompletionRequest(model="gpt-4o")
    metadata = (("authorization", f"Bearer {key}"),)
    return gateway.chat.CreateChatCompletion(request, metadata=metadata, timeout=10)


def refused(gateway: RunningGateway) -> Failure:
    failure = failure_of(lambda: chat(gateway))
    assert failure.code is grpc.StatusCode.RESOURCE_EXHAUSTED
    return failure


LIMITS = {
    "requests": ({"rpm": 1}, "rpm: 1", "KEY_LIMIT_EXCEEDED"),
    "tokens": ({"tpm": 1000}, "tpm: 1000", "KEY_LIMIT_EXCEEDED"),
    "a budget": ({"max_budget": 0.003}, "max_budget: 0.003", "BUDGET_EXCEEDED"),
    "a budget of nothing": ({"max_budget": 0.0}, "max_budget: 0.0", "BUDGET_EXCEEDED"),
}


@pytest.mark.parametrize(("limits", "text", "reason"), LIMITS.values(), ids=LIMITS)
def test_the_call_over_a_limit(limits: dict[str, Any], text: str, reason: str) -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url), general=limited(**limits)) as gateway:
        upstream.on("POST", CHAT, answers.json(COMPLETION))
        if limits.get("max_budget") != 0.0:
            chat(gateway)
        failure = refused(gateway)
        chat(gateway, OTHER)
    (violation,) = failure.details["QuotaFailure"].violations
    assert (failure.reason, violation.subject, violation.description) == (reason, "key:team", text)
    assert ("RetryInfo" in failure.details) == (reason == "KEY_LIMIT_EXCEEDED")
    assert len(upstream.exchanges) == (1 if limits.get("max_budget") == 0.0 else 2)


def test_calls_at_the_same_time() -> None:
    general = limited(max_parallel_requests=1)
    with StandIn() as upstream, running_gateway(deployment(upstream.url), general=general) as gateway:
        upstream.enqueue(answers.stall())
        request = chat_pb2.CreateChatCompletionRequest(model="gpt-4o")
        first: Any = gateway.chat.CreateChatCompletion.future(request, metadata=METADATA, timeout=10)
        exchange = upstream.exchange(0)
        failure = refused(gateway)
        assert failure.details["QuotaFailure"].violations[0].description == "max_parallel_requests: 1"
        first.cancel()
        exchange.closed.result(10)
        gateway.logged("rpc")
        upstream.on("POST", CHAT, answers.json(COMPLETION))
        assert chat(gateway).id == "c1"


COSTS: dict[str, tuple[str, ModelInfo, str | None]] = {
    "by the table": ("gpt-4o", ModelInfo(), COST),
    "by the operator's prices": ("mine", ModelInfo(input_cost_per_token=1e-3, output_cost_per_token=0.0), "1"),
    "unknown": ("mine", ModelInfo(), None),
}


@pytest.mark.parametrize(("model", "info", "cost"), COSTS.values(), ids=COSTS)
@pytest.mark.parametrize("stream", [False, True], ids=["unary", "stream"])
def test_the_cost_of_a_call(model: str, info: ModelInfo, cost: str | None, stream: bool) -> None:
    configured = {"model_name": "chat", "model": model, "info": info}
    chunk = {"id": "c1", "object": "chat.completion.chunk", "choices": [], "usage": USAGE}
    events = answers.events([chunk])
    with StandIn() as upstream, running_gateway(deployment(upstream.url, **configured)) as gateway:
        upstream.on("POST", CHAT, answers.stream(events) if stream else answers.json(COMPLETION))
        request = chat_pb2.CreateChatCompletionRequest(
            model="chat", call_options=common_pb2.CallOptions(accumulate=True)
        )
        call: Any
        if stream:
            call = gateway.chat.StreamChatCompletion(request, timeout=10)
            info_ = list(call)[-1].call_info
        else:
            reply, call = gateway.chat.CreateChatCompletion.with_call(request, timeout=10)
            info_ = reply.call_info
        assert dict(call.trailing_metadata()).get("openai-grpc-cost") == cost
        assert (info_.cost if info_.HasField("cost") else None) == (cost and pytest.approx(float(cost)))
        (entry,) = gateway.logged("rpc")
        assert entry.get("cost") == (cost and pytest.approx(float(cost)))


def test_reading_a_response_again_costs_nothing() -> None:
    stored = {"id": "r1", "object": "response", "usage": {"input_tokens": 1000, "output_tokens": 100}}
    with StandIn() as upstream, running_gateway(deployment(upstream.url, model="gpt-4o")) as gateway:
        upstream.on("POST", "/v1/responses", answers.json(stored))
        upstream.on("GET", "/v1/responses/r1", answers.json(stored))
        created = gateway.responses.CreateResponse(responses_pb2.CreateResponseRequest(model="gpt-4o"), timeout=10)
        got = gateway.responses.GetResponse(responses_pb2.GetResponseRequest(response_id="r1"), timeout=10)
    assert created.call_info.cost == pytest.approx(0.0035)
    assert not got.call_info.HasField("cost")


def test_the_cost_of_embeddings() -> None:
    reply = {"object": "list", "data": [], "usage": {"prompt_tokens": 1000, "total_tokens": 1000}}
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.on("POST", "/v1/embeddings", answers.json(reply))
        request = embeddings_pb2.CreateEmbeddingRequest(model="text-embedding-3-small")
        assert gateway.embeddings.CreateEmbedding(request, timeout=10).call_info.cost == pytest.approx(2e-5)


def test_a_file_of_limits_that_can_no_longer_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "CLOSE_TIMEOUT", 0.1)
    file = tmp_path / "limits.db"
    settings: dict[str, Any] = {"general": limited(rpm=100), "limits_file": str(file)}
    with StandIn() as upstream, running_gateway(deployment(upstream.url), **settings) as gateway:

        async def drop_tables(exchange: Exchange) -> None:
            with closing(sqlite3.connect(file)) as database:
                database.executescript("DROP TABLE used; DROP TABLE running")
            await answers.json(COMPLETION)(exchange)

        upstream.on("POST", CHAT, drop_tables)
        assert chat(gateway).id == "c1"
        assert gateway.logged("limits store does not answer")
        failure = failure_of(lambda: chat(gateway))
    (lost,) = gateway.logged("usage not counted")
    assert (lost["key"], lost["calls"], lost["tokens"], lost["cost"]) == ("team", 1, 1100, pytest.approx(0.0035))
    assert (failure.code, failure.reason) == (grpc.StatusCode.UNAVAILABLE, "LIMITS_UNAVAILABLE")


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Locks a file of limits as another process would."""
    with closing(sqlite3.connect(file, isolation_level=None)) as database:
        database.execute("BEGIN IMMEDIATE")
        yield


def test_a_locked_file_of_limits_holds_up_nobody_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "LOCK_TIMEOUT", 60.0)
    file = tmp_path / "limits.db"
    settings: dict[str, Any] = {"general": limited(rpm=100), "limits_file": str(file)}
    with StandIn() as upstream, running_gateway(deployment(upstream.url), **settings) as gateway:
        upstream.on("POST", CHAT, answers.json(COMPLETION))
        with locked(file):
            request = chat_pb2.CreateChatCompletionRequest(model="gpt-4o")
            waiting = [
                gateway.chat.CreateChatCompletion.future(request, metadata=METADATA, timeout=60) for _ in range(5)
            ]
            for _ in range(5):
                assert chat(gateway, OTHER).id == "c1"
            assert not any(call.done() for call in waiting)
        assert [call.result().id for call in waiting] == ["c1"] * 5


def test_a_file_of_limits_that_stays_locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "LOCK_TIMEOUT", 0.05)
    file = tmp_path / "limits.db"
    settings: dict[str, Any] = {"general": limited(rpm=100), "limits_file": str(file)}
    with StandIn() as upstream, running_gateway(deployment(upstream.url), **settings) as gateway:
        upstream.on("POST", CHAT, answers.json(COMPLETION))
        with locked(file):
            failures = [failure_of(lambda: chat(gateway)) for _ in range(5)]
        assert {(each.code, each.reason) for each in failures} == {(grpc.StatusCode.UNAVAILABLE, "LIMITS_UNAVAILABLE")}
        ends = time.monotonic() + 10
        request = chat_pb2.CreateChatCompletionRequest(model="gpt-4o")
        while time.monotonic() < ends:
            call = gateway.chat.CreateChatCompletion.future(request, metadata=METADATA, timeout=10)
            if call.code() is grpc.StatusCode.OK:
                break
            time.sleep(0.02)
        assert call.code() is grpc.StatusCode.OK
        assert [len(gateway.logged(f"limits store {what}")) for what in ("does not answer", "answers again")] == [1, 1]


def test_a_call_that_is_read_on_after_its_cancel_counts() -> None:
    gate = Gate()
    pieces = answers.events([{"id": "c1", "choices": [{"delta": {"content": "a"}}]}, {"choices": [], "usage": USAGE}])
    settings: dict[str, Any] = {"general": limited(tpm=1000), "on_cancel": "drain"}
    with StandIn() as upstream, running_gateway(deployment(upstream.url, model_name="gpt-4o"), **settings) as gateway:
        upstream.on("POST", CHAT, answers.stream(pieces, gates={1: gate}))
        request = chat_pb2.CreateChatCompletionRequest(model="gpt-4o")
        call: Any = gateway.chat.StreamChatCompletion(request, metadata=METADATA, timeout=10)
        next(call)
        call.cancel()
        # On the same connection, so that the gateway has read the cancel before it answers this.
        gateway.models.ListModels(models_pb2.ListModelsRequest(), metadata=METADATA, timeout=10)
        gate.open()
        gateway.logged("rpc")
        assert refused(gateway).details["QuotaFailure"].violations[0].description == "tpm: 1000"
