"""The server around the services: health, reflection, limits, deadlines, TLS."""

import asyncio
from collections.abc import Callable
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc  # type: ignore[import-untyped]  # ships no py.typed
from grpc_reflection.v1alpha import (  # type: ignore[import-untyped]  # ships no py.typed
    reflection_pb2,
    reflection_pb2_grpc,
)

from faults import answers
from faults.stand_in import Gate, StandIn
from openai_grpc.v1 import chat_pb2, common_pb2, responses_pb2, transcription_pb2
from openai_grpc_server.config import ConfigError, KeepaliveSettings
from openai_grpc_server.listen.http2.frames import PING, frame
from openai_grpc_server.services import SERVICES
from support.failure import failure_of
from support.gateway import LIMIT, RunningGateway, deployment, on_loop, running_gateway
from support.http2_peer import peer

CHAT = "/v1/chat/completions"
REQUEST = chat_pb2.CreateChatCompletionRequest(model="gpt-4o")
OK = answers.json({"id": "c1", "object": "chat.completion", "choices": []})
CHUNK = {"id": "c1", "object": "chat.completion.chunk", "choices": [{"index": 0, "finish_reason": "stop"}]}
NAMES = [service.descriptor.full_name for service in SERVICES]
NOWHERE = deployment("http://127.0.0.1:1")


@pytest.mark.parametrize("name", ["", *NAMES])
def test_health(name: str) -> None:
    with running_gateway(NOWHERE) as gateway:
        stub = health_pb2_grpc.HealthStub(gateway.channel)
        reply = stub.Check(health_pb2.HealthCheckRequest(service=name), timeout=10)
    assert reply.status == health_pb2.HealthCheckResponse.SERVING


def test_health_of_an_unknown_service() -> None:
    request = health_pb2.HealthCheckRequest(service="none")
    with running_gateway(NOWHERE) as gateway:
        failure = failure_of(lambda: health_pb2_grpc.HealthStub(gateway.channel).Check(request, timeout=10))
    assert failure.code is grpc.StatusCode.NOT_FOUND


def sized(size: int) -> chat_pb2.CreateChatCompletionRequest:
    return chat_pb2.CreateChatCompletionRequest(model="m", user="x" * size)


MIB = 1 << 20
SIZES: dict[str, tuple[dict[str, Any], int, int, grpc.StatusCode]] = {
    "5 MiB both ways, more than gRPC's own default": ({}, 5 * MIB, 5 * MIB, grpc.StatusCode.OK),
    "a request over the limit": ({"max_message_bytes": MIB}, MIB, 1, grpc.StatusCode.RESOURCE_EXHAUSTED),
    "a reply over the limit": ({"max_message_bytes": MIB}, 1, MIB, grpc.StatusCode.RESOURCE_EXHAUSTED),
}


@pytest.mark.parametrize(("settings", "up", "down", "status"), SIZES.values(), ids=SIZES)
def test_size(settings: dict[str, Any], up: int, down: int, status: grpc.StatusCode) -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url), **settings) as gateway:
        upstream.on("POST", CHAT, answers.json({"id": "x" * down, "object": "chat.completion"}))
        reply = gateway.chat.CreateChatCompletion.future(sized(up), timeout=10)
        assert reply.code() is status
        if status is grpc.StatusCode.OK:
            assert len(reply.result().id) == down


def in_one(gateway: RunningGateway, size: int) -> Any:
    return gateway.chat.CreateChatCompletion(sized(size), timeout=10)


def in_a_stream(gateway: RunningGateway, size: int) -> Any:
    upload = transcription_pb2.UploadTranscriptionRequest
    config = transcription_pb2.CreateTranscriptionRequest(model="m", file=common_pb2.UploadFile(filename="a.wav"))
    messages = [upload(config=config), upload(chunk=b"x"), upload(chunk=b"x" * size)]
    return gateway.audio.UploadTranscription(iter(messages), timeout=10)


@pytest.mark.parametrize("send", [in_one, in_a_stream])
def test_what_is_said_of_a_request_over_the_limit(send: Callable[[RunningGateway, int], Any]) -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url), max_message_bytes=MIB) as gateway:
        upstream.on("POST", "/v1/audio/transcriptions", OK)
        failure = failure_of(lambda: send(gateway, MIB))
        (line,) = gateway.logged("rpc")
    assert (failure.code, failure.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "MESSAGE_TOO_LARGE")
    assert failure.trailers["x-request-id"] == line["request_id"]
    assert (line["status"], line["reason"]) == ("RESOURCE_EXHAUSTED", "MESSAGE_TOO_LARGE")
    assert line["request_bytes"] > MIB


def test_requests_over_the_bound_on_memory() -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url), max_in_flight_bytes=MIB) as gateway:
        upstream.on("POST", CHAT, answers.stall())
        first = gateway.chat.CreateChatCompletion.future(sized(2 * MIB), timeout=LIMIT)
        upstream.exchange(0).received.result(LIMIT)
        failure = failure_of(lambda: gateway.chat.CreateChatCompletion(sized(1), timeout=10))
        assert failure.code is grpc.StatusCode.RESOURCE_EXHAUSTED
        assert failure.details["RetryInfo"].retry_delay.seconds == 1
        first.cancel()
        on_loop(gateway.gateway.idle())
        upstream.on("POST", CHAT, OK)
        assert gateway.chat.CreateChatCompletion(sized(1), timeout=10).id == "c1"


def test_calls_over_the_bound() -> None:
    healthy = health_pb2.HealthCheckRequest()
    with StandIn() as upstream, running_gateway(deployment(upstream.url), max_concurrent_rpcs=1) as gateway:
        upstream.on("POST", CHAT, answers.stream([answers.event({"id": "c1"})], then="stall"))
        first = gateway.chat.StreamChatCompletion(REQUEST)
        next(first)
        for _ in range(2):
            failure = failure_of(lambda: gateway.chat.CreateChatCompletion(REQUEST, timeout=10))
            assert (failure.code, failure.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "GATEWAY_OVERLOADED")
            assert failure.details["RetryInfo"].retry_delay.seconds == 1
            assert failure.trailers["x-request-id"]
        stub = health_pb2_grpc.HealthStub(gateway.channel)
        assert stub.Check(healthy, timeout=10).status == health_pb2.HealthCheckResponse.SERVING
        reflection = reflection_pb2_grpc.ServerReflectionStub(gateway.channel)
        asked = reflection_pb2.ServerReflectionRequest(list_services="")
        assert len(list(reflection.ServerReflectionInfo(iter([asked]), timeout=10))) == 1
        first.cancel()
        lines = gateway.logged("rpc")
        upstream.on("POST", CHAT, OK)
        assert gateway.chat.CreateChatCompletion(REQUEST, timeout=10).id == "c1"
    assert [line.get("reason") for line in lines] == ["GATEWAY_OVERLOADED", "GATEWAY_OVERLOADED", None]


def test_a_request_that_is_no_message() -> None:
    with running_gateway(NOWHERE) as gateway:
        call: Any = gateway.channel.unary_unary("/openai_grpc.v1.ChatService/CreateChatCompletion")
        failure = failure_of(lambda: call(b"\xff", timeout=10))
    assert failure.code is grpc.StatusCode.INVALID_ARGUMENT


@pytest.mark.parametrize("rpc", ["CreateChatCompletion", "StreamChatCompletion"])
def test_the_deadline_closes_the_upstream_request(rpc: str) -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.on("POST", CHAT, answers.stall())
        failure = failure_of(lambda: getattr(gateway.chat, rpc)(REQUEST, timeout=1))
        assert failure.code is grpc.StatusCode.DEADLINE_EXCEEDED
        upstream.exchange(0).closed.result(LIMIT)
        (line,) = gateway.logged("rpc")
    assert (line["status"], line["reason"]) == ("DEADLINE_EXCEEDED", "CALLER_DEADLINE")


@pytest.mark.parametrize("pieces", [[], [answers.event({"id": "c1"})]], ids=["before", "inside"])
def test_a_cancel_closes_the_upstream_request(pieces: list[bytes]) -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.on("POST", CHAT, answers.stream(pieces, then="stall"))
        call = gateway.chat.StreamChatCompletion(REQUEST)
        assert [next(call).id for _ in pieces] == ["c1" for _ in pieces]
        upstream.exchange(0).received.result(LIMIT)
        call.cancel()
        upstream.exchange(0).closed.result(LIMIT)
        (line,) = gateway.logged("rpc")
    assert line["status"] == "CANCELLED"


def test_a_port_that_is_taken() -> None:
    with running_gateway(NOWHERE) as gateway:
        port = int(gateway.target.rpartition(":")[2])
        with pytest.raises(ConfigError, match="--port 0 takes a free one"), running_gateway(NOWHERE, port=port):
            pass


def test_a_port_that_is_shared() -> None:
    with running_gateway(NOWHERE, reuse_port=True) as gateway:
        port = int(gateway.target.rpartition(":")[2])
        with running_gateway(NOWHERE, reuse_port=True, port=port) as other:
            assert other.target == gateway.target


def test_calls_that_outlive_the_grace_period_are_told() -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url), grace_period=0.1) as gateway:
        upstream.on("POST", CHAT, answers.stream([answers.event({"id": "c1"})], then="stall"))
        upstream.on("GET", "/v1/responses/r", answers.stall())
        stream = gateway.chat.StreamChatCompletion(REQUEST)
        next(stream)
        get = gateway.responses.GetResponse.future(responses_pb2.GetResponseRequest(response_id="r"))
        upstream.exchange(1).received.result(LIMIT)
        on_loop(gateway.gateway.stop())
        assert (stream.code(), get.code()) == (grpc.StatusCode.INTERNAL, grpc.StatusCode.INTERNAL)
        assert dict(stream.trailing_metadata())["grpc-retry-pushback-ms"] == "-1"
        assert "grpc-retry-pushback-ms" not in dict(get.trailing_metadata())
        assert {line["reason"] for line in gateway.logged("rpc")} == {"DRAINING"}


def test_messages_are_read_no_faster_than_the_caller_takes_them() -> None:
    piece = answers.event({"id": "x" * 10_000})
    with StandIn(send_buffer=65536) as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.on("POST", CHAT, answers.stream([piece], then="repeat"))
        call = gateway.chat.StreamChatCompletion(REQUEST)
        next(call)
        assert upstream.settled_bytes() < 16 * MIB
        call.cancel()
        upstream.exchange(0).closed.result(LIMIT)


def test_many_calls_at_once() -> None:
    async def ask(target: str, calls: int) -> list[str]:
        async with grpc.aio.insecure_channel(target) as channel:
            call = channel.unary_unary(
                "/openai_grpc.v1.ChatService/CreateChatCompletion",
                request_serializer=chat_pb2.CreateChatCompletionRequest.SerializeToString,
                response_deserializer=chat_pb2.ChatCompletion.FromString,
            )
            replies = await asyncio.gather(*(call(REQUEST, timeout=LIMIT) for _ in range(calls)))
        return [reply.id for reply in replies]

    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.on("POST", CHAT, OK)
        assert on_loop(ask(gateway.target, 300)) == ["c1"] * 300
        assert len(gateway.logged("rpc")) == 300


def test_pings_during_a_silent_call_close_no_connection() -> None:
    """A client pings while a model thinks: gRPC's own limit is one ping in five minutes."""
    spoken = Gate()
    pings = KeepaliveSettings(min_ping_interval=1e-6)
    with StandIn() as upstream, running_gateway(deployment(upstream.url), keepalive=pings) as gateway:
        upstream.on("POST", CHAT, answers.stream(answers.events([CHUNK]), gates={0: spoken}))
        with peer(gateway.target) as caller:
            caller.call(1, "/openai_grpc.v1.ChatService/StreamChatCompletion", message=REQUEST.SerializeToString())
            upstream.exchange(0)
            for number in range(6):
                caller.send(frame(PING, 0, 0, number.to_bytes(8, "big")))
                while caller.expect(PING).payload != number.to_bytes(8, "big"):
                    pass  # one of the server's own
            spoken.open()
            assert caller.status(1)["grpc-status"] == "0"
