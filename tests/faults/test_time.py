"""Limits of time, the caller's deadline and the caller's cancel: each closes the upstream's connection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import grpc
import pytest

from faults import answers
from faults.outcome import check_failure, check_log, outcome
from faults.rpcs import (
    CREATING,
    STREAM_TRANSCRIPTION,
    STREAMING,
    UNARY,
    UPLOAD_TRANSCRIPTION,
    Rpc,
    held_back,
    rpc_name,
)
from faults.stand_in import StandIn
from openai_grpc_server.config import TimeoutSettings
from support.gateway import LIMIT, deployment, running_gateway

if TYPE_CHECKING:
    from faults.exchange import Answer, Exchange

Code = grpc.StatusCode
SHORT = 0.4  # seconds; all other limits are far longer
PATIENT = {"first_token": 60.0, "idle": 60.0, "total": 60.0}


def silent_inside(exchange_headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    """Sends headers of a JSON reply and a piece of its body, and no more."""

    async def answer(exchange: Exchange) -> None:
        await exchange.body()
        fields = [("content-type", answers.JSON), ("content-length", "1000"), *exchange_headers]
        await exchange.send(answers.head(200, fields) + b'{"id":')
        await exchange.stall()

    return answer


LIMITS: dict[str, tuple[tuple[Rpc, ...], str, str, str, int]] = {
    "no headers": (UNARY, "total", "TOTAL_TIMEOUT", "nothing", 0),
    "no end of the body": (UNARY, "total", "TOTAL_TIMEOUT", "headers", 0),
    "no headers of a stream": (STREAMING, "first_token", "FIRST_TOKEN_TIMEOUT", "nothing", 0),
    "no first event": (STREAMING, "first_token", "FIRST_TOKEN_TIMEOUT", "events", 0),
    "no next event": (STREAMING, "idle", "IDLE_TIMEOUT", "events", 2),
    "a stream is too long": (STREAMING, "total", "TOTAL_TIMEOUT", "events", 2),
}
CASES = [(name, rpc) for name, (rpcs, *_) in LIMITS.items() for rpc in rpcs]


@pytest.mark.parametrize(("name", "rpc"), CASES, ids=lambda value: rpc_name(value) or str(value))
def test_limit(name: str, rpc: Rpc) -> None:
    _, limit, reason, until, count = LIMITS[name]
    timeouts = TimeoutSettings(**{**PATIENT, limit: SHORT})
    answer = {
        "nothing": answers.stall(),
        "headers": silent_inside(),
        "events": answers.stream(rpc.pieces[:count], then="stall"),
    }[until]
    with StandIn() as upstream, running_gateway(deployment(upstream.url, timeouts=timeouts)) as gateway:
        upstream.enqueue(answer)
        found = outcome(rpc, rpc.start(gateway, metadata=[("x-request-id", "mine")]))
        upstream.exchange(0).closed.result(LIMIT)
        check_failure(found, gateway)
    assert (found.code, found.reason, found.pushback) == (Code.DEADLINE_EXCEEDED, reason, "-1")
    assert found.messages == list(rpc.events[:count])
    assert found.info.get("http_status") == (None if until == "nothing" else "200")


def test_comments_break_the_silence_and_events_end_the_wait_for_the_first() -> None:
    timeouts = TimeoutSettings(**{**PATIENT, "first_token": 5.0})
    rpc = STREAMING[0]
    pieces = [b": ping\n\n", *rpc.pieces, answers.event("[DONE]")]
    with StandIn() as upstream, running_gateway(deployment(upstream.url, timeouts=timeouts)) as gateway:
        upstream.enqueue(answers.stream(pieces))
        found = outcome(rpc, rpc.start(gateway))
    assert (found.code, found.messages) == (Code.OK, list(rpc.events))


STAGES = ("before the headers", "inside the body")


def stalled(rpc: Rpc, stage: str) -> Answer:
    """An answer that falls silent at a stage."""
    if stage == STAGES[0]:
        return answers.stall()
    return answers.stream(rpc.pieces[:1], then="stall") if rpc.streaming else silent_inside()


@pytest.mark.parametrize("rpc", CREATING, ids=rpc_name)
@pytest.mark.parametrize("stage", STAGES)
def test_cancel(rpc: Rpc, stage: str) -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.enqueue(stalled(rpc, stage))
        call = rpc.start(gateway)
        if rpc.streaming and stage == STAGES[1]:
            next(call)
        upstream.exchange(0).received.result(LIMIT)
        assert not upstream.exchange(0).closed.done()
        call.cancel()
        upstream.exchange(0).closed.result(LIMIT)
        (line,) = gateway.logged("rpc")
        assert line["status"] == "CANCELLED"
        check_log(gateway)


@pytest.mark.parametrize("rpc", [*UNARY[:2], *STREAMING], ids=rpc_name)
@pytest.mark.parametrize("stage", STAGES)
def test_deadline(rpc: Rpc, stage: str) -> None:
    before = list(rpc.events[:1] if stage == STAGES[1] else ())
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        for timeout in (1.0, 4.0, LIMIT):  # a loaded machine may not reach the stage in time
            upstream.clear_queue()
            upstream.enqueue(stalled(rpc, stage))
            found = outcome(rpc, rpc.start(gateway, timeout=timeout))
            if upstream.exchanges and len(found.messages) == len(before):
                break
        upstream.exchanges[-1].closed.result(LIMIT)
        assert found.code is Code.DEADLINE_EXCEEDED
        assert found.messages == before
        line = gateway.logged("rpc")[-1]
        assert line["status"] == "DEADLINE_EXCEEDED"
        check_log(gateway)


@pytest.mark.parametrize("rpc", [UPLOAD_TRANSCRIPTION, STREAM_TRANSCRIPTION], ids=rpc_name)
@pytest.mark.parametrize("how", ["cancel", "deadline"])
def test_the_end_of_a_call_whose_request_is_still_being_sent(rpc: Rpc, how: str) -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway, held_back() as messages:
        upstream.enqueue(answers.stall())
        stub = getattr(gateway.audio, rpc.name)
        begin: Any = stub if rpc.streaming else stub.future
        call = begin(messages, timeout=1.0 if how == "deadline" else LIMIT)
        exchange = upstream.exchange(0)
        exchange.first_byte.result(LIMIT)
        if how == "cancel":
            call.cancel()
        exchange.closed.result(LIMIT)
        assert not exchange.received.done()
        assert call.code() is (Code.CANCELLED if how == "cancel" else Code.DEADLINE_EXCEEDED)
        (line,) = gateway.logged("rpc")
        assert line["status"] == call.code().name
        check_log(gateway)
