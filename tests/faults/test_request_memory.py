"""The bytes of requests are bounded from the first one on, whether the requests are ever complete or not."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Any

import grpc
import pytest

from faults import answers
from faults.stand_in import StandIn
from openai_grpc.v1 import chat_pb2
from openai_grpc_server.config import KeepaliveSettings
from openai_grpc_server.listen.http2.frames import CANCEL, DATA, END_STREAM, PING, WINDOW_UPDATE, frame, rst_stream
from support.failure import failure_of
from support.gateway import LIMIT, RunningGateway, deployment, on_loop, running_gateway
from support.http2_peer import Http2Peer, peer

if TYPE_CHECKING:
    from collections.abc import Callable

CHAT = "/v1/chat/completions"
CREATE = "/openai_grpc.v1.ChatService/CreateChatCompletion"
UPLOAD = "/openai_grpc.v1.AudioService/UploadTranscription"
OK = answers.json({"id": "c1", "object": "chat.completion"})
MIB = 1 << 20
MOST = MIB * 3 // 4
FRAME = 1 << 14
HALF_WINDOW = 1 << 17  # of a stream, after which the server opens it again
RESOURCE_EXHAUSTED = "8"
PINGS = KeepaliveSettings(min_ping_interval=0.0001)


def sized(size: int) -> chat_pb2.CreateChatCompletionRequest:
    return chat_pb2.CreateChatCompletionRequest(model="m", user="x" * size)


def send(caller: Http2Peer, stream: int, data: bytes) -> None:
    """Sends data as fast as the server reads it."""
    for start in range(0, len(data), HALF_WINDOW):
        part = data[start : start + HALF_WINDOW]
        caller.send(*(frame(DATA, 0, stream, part[at : at + FRAME]) for at in range(0, len(part), FRAME)))
        if len(part) == HALF_WINDOW:
            caller.expect(WINDOW_UPDATE, stream)


def served(caller: Http2Peer) -> None:
    """Waits until the server has read what was sent."""
    caller.send(frame(PING, 0, 0, b"all read"))
    caller.expect(PING)


def begin(caller: Http2Peer, stream: int = 1, size: int = MOST, path: str = CREATE) -> None:
    """Sends a part of a message."""
    caller.open(stream, path)
    served(caller)  # its method is called
    send(caller, stream, b"\0" + (8 * MIB).to_bytes(4, "big") + b"x" * size)


def overloaded(gateway: RunningGateway) -> bool:
    """Whether there is no room for a request."""
    call: Any = gateway.chat.CreateChatCompletion.future(sized(MOST), timeout=LIMIT)
    if call.exception() is None:
        return False
    failure = failure_of(call.result)
    assert (failure.code, failure.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "GATEWAY_OVERLOADED")
    assert failure.details["RetryInfo"].retry_delay.seconds == 1
    return True


def reset(caller: Http2Peer) -> None:
    caller.send(rst_stream(1, CANCEL))
    served(caller)


def close(caller: Http2Peer) -> None:
    caller.__exit__()


@pytest.mark.parametrize("end", [reset, close])
@pytest.mark.parametrize("path", [CREATE, UPLOAD])
def test_requests_that_are_not_complete(path: str, end: Callable[[Http2Peer], None]) -> None:
    settings: dict[str, Any] = {
        "http2": "asyncio",
        "max_in_flight_bytes": MIB,
        "keepalive": PINGS,
    }  # gRPC's own server does not tell
    with (
        StandIn() as upstream,
        running_gateway(deployment(upstream.url), **settings) as gateway,
        peer(gateway.target) as caller,
    ):
        upstream.on("POST", CHAT, OK)
        begin(caller, path=path)
        assert overloaded(gateway)
        end(caller)
        on_loop(gateway.gateway.idle())
        assert not overloaded(gateway)


def test_one_too_many_on_a_connection() -> None:
    settings: dict[str, Any] = {"http2": "asyncio", "max_in_flight_bytes": MIB, "keepalive": PINGS}
    with (
        StandIn() as upstream,
        running_gateway(deployment(upstream.url), **settings) as gateway,
        peer(gateway.target) as caller,
    ):
        begin(caller)
        caller.open(3, CREATE)
        served(caller)
        caller.send(frame(DATA, 0, 3, b"\0" + MIB.to_bytes(4, "big")))
        for _ in range((MIB - MOST) // FRAME):
            caller.send(frame(DATA, 0, 3, b"x" * FRAME))
        assert caller.status(3)["grpc-status"] == RESOURCE_EXHAUSTED
        caller.send(rst_stream(1, CANCEL))
        assert [line.get("reason") for line in gateway.logged("rpc")] == ["GATEWAY_OVERLOADED", None]


@pytest.mark.parametrize("http2", ["grpcio", "asyncio"])
def test_a_single_request_may_be_larger_than_the_bound(http2: str) -> None:
    settings: dict[str, Any] = {"http2": http2, "max_in_flight_bytes": MIB}
    with StandIn() as upstream, running_gateway(deployment(upstream.url), **settings) as gateway:
        upstream.on("POST", CHAT, OK)
        assert gateway.chat.CreateChatCompletion(sized(3 * MIB), timeout=LIMIT).id == "c1"


@pytest.mark.parametrize("http2", ["grpcio", "asyncio"])
def test_a_compressed_request_counts_by_what_it_means(http2: str) -> None:
    settings: dict[str, Any] = {"http2": http2, "max_in_flight_bytes": MIB}
    with (
        StandIn() as upstream,
        running_gateway(deployment(upstream.url), **settings) as gateway,
        peer(gateway.target) as caller,
    ):
        upstream.on("POST", CHAT, answers.stall())
        first = gateway.chat.CreateChatCompletion.future(sized(MOST), timeout=LIMIT)
        upstream.exchange(0).received.result(LIMIT)
        message = gzip.compress(sized(MOST).SerializeToString())
        caller.open(1, CREATE, ("grpc-encoding", "gzip"))
        caller.send(frame(DATA, END_STREAM, 1, b"\1" + len(message).to_bytes(4, "big") + message))
        assert caller.status(1)["grpc-status"] == RESOURCE_EXHAUSTED
        first.cancel()


@pytest.mark.parametrize("path", ["/grpc.health.v1.Health/Check", "/grpc.health.v1.Health/Watch"])
def test_requests_that_need_no_key_are_small(path: str) -> None:
    with running_gateway(deployment("http://127.0.0.1:1"), http2="asyncio") as gateway, peer(gateway.target) as caller:
        caller.open(1, path)
        caller.send(frame(DATA, 0, 1, b"\0" + (FRAME + 1).to_bytes(4, "big")))
        assert caller.status(1)["grpc-status"] == RESOURCE_EXHAUSTED
