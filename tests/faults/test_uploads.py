"""Uploads, which are passed on while they come, and what can end them early."""

from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING, Any

import grpc
import pytest

from faults import answers
from faults.exchange import promise
from faults.outcome import check_failure, outcome
from faults.rpcs import (
    STREAM_TRANSCRIPTION,
    UPLOAD,
    UPLOAD_TRANSCRIPTION,
    Rpc,
    held_back,
    rpc_name,
    transcription,
)
from faults.stand_in import StandIn
from openai_grpc.v1.transcription_pb2 import UploadTranscriptionRequest
from support.gateway import LIMIT, deployment, running_gateway

if TYPE_CHECKING:
    from collections.abc import Iterator

    from faults.exchange import Answer, Exchange

Code = grpc.StatusCode
BOTH = (UPLOAD_TRANSCRIPTION, STREAM_TRANSCRIPTION)
MEBIBYTE = 1 << 20


def begin(rpc: Rpc, gateway: Any, messages: Iterator[Any]) -> Any:
    """Starts an upload."""
    stub = getattr(gateway.audio, rpc.name)
    start: Any = stub if rpc.streaming else stub.future
    return start(messages, timeout=LIMIT, metadata=[("x-request-id", "mine")])


@pytest.mark.parametrize("rpc", BOTH, ids=rpc_name)
def test_each_chunk_is_there_before_the_next_is_sent(rpc: Rpc) -> None:
    chunks = [b"<first>", b"<second>", b"<third>"]
    arrived = {chunk: promise() for chunk in chunks}

    async def answer(exchange: Exchange) -> None:
        async for _ in exchange.chunks():
            for chunk in chunks:
                if chunk in exchange.request.body and not arrived[chunk].done():
                    arrived[chunk].set_result(None)
        await rpc.well()(exchange)

    def messages() -> Iterator[Any]:
        yield UploadTranscriptionRequest(config=transcription())
        for chunk in chunks:
            yield UploadTranscriptionRequest(chunk=chunk)
            arrived[chunk].result(LIMIT)

    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.enqueue(answer)
        assert outcome(rpc, begin(rpc, gateway, messages())).code is Code.OK
        assert all(chunk.done() for chunk in arrived.values())


def early(status: int, *, reads_on: bool = False) -> Answer:
    """Answers as soon as something of the body has come, and reads the rest only if it is told to."""

    async def answer(exchange: Exchange) -> None:
        parts = exchange.chunks()
        await anext(parts)
        body = b'{"error":{"message":"Too long","type":"invalid_request_error","param":"file","code":null}}'
        fields = [("content-type", answers.JSON), ("content-length", str(len(body))), ("x-request-id", "req_1")]
        await exchange.send(answers.head(status, fields) + body)
        exchange.keep_alive = False  # what is left of the body is no request
        if reads_on:
            async for _ in parts:
                exchange.request.body.clear()
        await exchange.stall()

    return answer


EARLY = {413: (Code.INVALID_ARGUMENT, "INVALID_REQUEST"), 429: (Code.RESOURCE_EXHAUSTED, "RATE_LIMITED")}


@pytest.mark.parametrize("rpc", BOTH, ids=rpc_name)
@pytest.mark.parametrize("status", EARLY)
def test_an_early_answer_ends_the_upload(rpc: Rpc, status: int) -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway, held_back() as messages:
        upstream.enqueue(early(status))
        found = outcome(rpc, begin(rpc, gateway, messages))
        upstream.exchange(0).closed.result(LIMIT)
        check_failure(found, gateway)
    assert ((found.code, found.reason), found.text) == (EARLY[status], "Too long")
    assert (found.info["http_status"], found.info["request_id"]) == (str(status), "req_1")


@pytest.mark.parametrize("rpc", BOTH, ids=rpc_name)
@pytest.mark.parametrize("reads_on", [False, True])
def test_an_early_answer_to_a_caller_who_never_stops(rpc: Rpc, reads_on: bool) -> None:
    over = Event()

    def messages() -> Iterator[Any]:
        yield from UPLOAD[:1]
        while not over.is_set():
            yield UploadTranscriptionRequest(chunk=bytes(MEBIBYTE))

    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.enqueue(early(413, reads_on=reads_on))
        found = outcome(rpc, begin(rpc, gateway, messages()))
        over.set()
        if reads_on:  # a socket that nobody reads does not tell when it is closed
            upstream.exchange(0).closed.result(LIMIT)
        check_failure(found, gateway)
    assert (found.code, found.text) == (Code.INVALID_ARGUMENT, "Too long")


@pytest.mark.parametrize("on_cancel", ["abort", "drain"])
@pytest.mark.parametrize("rpc", BOTH, ids=rpc_name)
def test_a_cancelled_upload_is_never_taken_for_a_whole_one(rpc: Rpc, on_cancel: str) -> None:
    times = 30

    async def swallow(exchange: Exchange) -> None:
        async for _ in exchange.chunks():
            pass

    with StandIn() as upstream, running_gateway(deployment(upstream.url), on_cancel=on_cancel) as gateway:
        upstream.on("POST", rpc.path, swallow)
        for number in range(times):
            with held_back() as messages:
                call = begin(rpc, gateway, messages)
                upstream.exchange(number).first_byte.result(LIMIT)
                call.cancel()
        for exchange in upstream.exchanges:
            exchange.closed.result(LIMIT)
        lines = gateway.logged("rpc")
    assert [line["status"] for line in lines] == ["CANCELLED"] * times
    for exchange in upstream.exchanges:
        boundary = str(exchange.request.header("content-type")).rpartition("boundary=")[2].encode()
        assert boundary + b"--" not in exchange.request.body
        assert not exchange.received.done()


async def reset_inside(exchange: Exchange) -> None:
    """Resets the connection once something of the body has come."""
    async for _ in exchange.chunks():
        break
    exchange.reset()


@pytest.mark.parametrize("rpc", BOTH, ids=rpc_name)
def test_a_connection_lost_inside_the_upload_was_not_billed(rpc: Rpc) -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway, held_back() as messages:
        upstream.enqueue(reset_inside)
        found = outcome(rpc, begin(rpc, gateway, messages))
        check_failure(found, gateway)
    assert (found.code, found.reason) == (Code.UNAVAILABLE, "UPSTREAM_CONNECTION_LOST")
    assert found.pushback is None


@pytest.mark.parametrize("rpc", BOTH, ids=rpc_name)
@pytest.mark.parametrize("size", [3, 1000])
def test_a_size_that_is_not_as_declared(rpc: Rpc, size: int) -> None:
    messages = (UploadTranscriptionRequest(config=transcription(size=size)), *UPLOAD[1:])
    rpc = Rpc(rpc.service, rpc.name, messages, rpc.path, reply=rpc.reply, events=rpc.events)
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.enqueue(rpc.well())
        found = outcome(rpc, rpc.start(gateway, metadata=[("x-request-id", "mine")]))
        check_failure(found, gateway)
    assert (found.code, found.fields) == (Code.INVALID_ARGUMENT, ["file"])
    assert (found.pushback, not any(exchange.received.done() for exchange in upstream.exchanges)) == (None, True)
