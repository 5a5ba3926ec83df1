"""What becomes of a request when its caller cancels."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from faults import answers
from faults.stand_in import LIMIT, Gate, StandIn
from openai_grpc.v1 import chat_pb2, models_pb2
from support.gateway import RunningGateway, deployment, running_gateway

if TYPE_CHECKING:
    from faults.exchange import Answer, Exchange

CHAT = "/v1/chat/completions"
USAGE = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
EVENTS = answers.events(
    [
        {"id": "c", "choices": [{"index": 0, "delta": {"content": "a"}}]},
        {"id": "c", "choices": [{"index": 0, "delta": {"content": "b"}, "finish_reason": "stop"}]},
        {"id": "c", "choices": [], "usage": USAGE},
    ]
)
REQUEST = chat_pb2.CreateChatCompletionRequest(model="m")


@contextmanager
def gated(**settings: Any) -> Iterator[tuple[RunningGateway, StandIn, Gate]]:
    """A gateway and an upstream that holds the rest of its stream back until a gate opens."""
    gate = Gate()
    with StandIn() as upstream:
        upstream.on("POST", CHAT, answers.stream(EVENTS, gates={1: gate}))
        with running_gateway(deployment(upstream.url, model_name="m"), **settings) as gateway:
            yield gateway, upstream, gate


def cancel_stream(gateway: RunningGateway) -> None:
    call = gateway.chat.StreamChatCompletion(REQUEST, timeout=LIMIT)
    assert next(iter(call)).choices[0].delta.content == "a"
    call.cancel()
    # On the same connection, so that the gateway has read the cancel before it answers this.
    gateway.models.ListModels(models_pb2.ListModelsRequest(), timeout=LIMIT)


def test_drain_reads_the_usage_of_a_stream() -> None:
    with gated(on_cancel="drain") as (gateway, upstream, gate):
        cancel_stream(gateway)
        gate.open()
        line = next(each for each in gateway.logged("rpc") if each["method"].endswith("StreamChatCompletion"))
    assert (line["input_tokens"], line["output_tokens"], line["messages"]) == (3, 2, 1)
    assert len(upstream.requests) == 1


def test_drain_reads_on_when_the_caller_had_stopped_reading() -> None:
    big = {"id": "c", "choices": [{"index": 0, "delta": {"content": "x" * 100_000}}]}
    with StandIn() as upstream:
        upstream.on("POST", CHAT, answers.stream([EVENTS[0], *answers.events([big] * 100, done=False), *EVENTS[1:]]))
        with running_gateway(deployment(upstream.url, model_name="m"), on_cancel="drain") as gateway:
            cancel_stream(gateway)
            line = next(each for each in gateway.logged("rpc") if each["method"].endswith("StreamChatCompletion"))
    assert (line["status"], line["output_tokens"]) == ("CANCELLED", 2)


ENDS: "dict[str, dict[str, Any]]" = {
    "abort": {},
    "a drain that takes too long": {"on_cancel": "drain", "drain_limit": 0.05},
}


@pytest.mark.parametrize("settings", ENDS.values(), ids=ENDS)
def test_the_connection_is_closed(settings: dict[str, Any]) -> None:
    with gated(**settings) as (gateway, upstream, _):
        cancel_stream(gateway)
        upstream.exchange(0).closed.result(LIMIT)
        line = next(each for each in gateway.logged("rpc") if each["method"].endswith("StreamChatCompletion"))
    assert (line["status"], line.get("output_tokens")) == ("CANCELLED", None)


def test_a_server_that_stops_waits_for_no_drain() -> None:
    with gated(on_cancel="drain", drain_limit=600.0) as (gateway, upstream, _):
        cancel_stream(gateway)
    assert upstream.exchange(0).closed.done()


def drain_one(answer: "Answer") -> tuple[dict[str, Any], int]:
    """Cancels a call, lets the first of two upstreams answer; returns what is logged and the requests of the other."""
    gate = Gate()

    async def later(exchange: "Exchange") -> None:
        await exchange.body()
        await gate.passed()
        await answer(exchange)

    with StandIn() as first, StandIn() as second:
        first.on("POST", CHAT, later)
        with running_gateway(
            deployment(first.url, name="first", model_name="m", weight=1),
            deployment(second.url, name="second", model_name="m", weight=0),
            on_cancel="drain",
        ) as gateway:
            call = gateway.chat.CreateChatCompletion.future(REQUEST, timeout=LIMIT)
            first.exchange(0)
            call.cancel()
            gateway.models.ListModels(models_pb2.ListModelsRequest(), timeout=LIMIT)
            gate.open()
            line = next(each for each in gateway.logged("rpc") if each["method"].endswith("CreateChatCompletion"))
        return line, len(second.requests)


def test_drain_reads_the_usage_of_a_reply() -> None:
    line, _ = drain_one(answers.json({"id": "c", "object": "chat.completion", "choices": [], "usage": USAGE}))
    assert (line["status"], line["output_tokens"]) == ("CANCELLED", 2)


def test_a_call_whose_caller_has_gone_is_not_made_again() -> None:
    line, elsewhere = drain_one(answers.json({"error": {}}, status=503))
    assert (line["status"], elsewhere) == ("CANCELLED", 0)
