"""Messages that can't be read: the caller is told whose fault it is, and the log has no traceback."""

import gzip
import json
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import grpc
import pytest

from faults.stand_in import StandIn
from openai_grpc_server.listen.http2.frames import DATA, END_STREAM, frame
from support.gateway import LIMIT, RunningGateway, deployment, running_gateway
from support.http2_peer import peer

BOTH = pytest.mark.parametrize("http2", ["grpcio", "asyncio"])
HEALTH = "/grpc.health.v1.Health"
REFLECTION = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"
UPLOAD = "/openai_grpc.v1.AudioService/UploadTranscription"
CHAT = "/openai_grpc.v1.ChatService/CreateChatCompletion"
GARBAGE = b"\xff\xff\xff"
GZIP = ("grpc-encoding", "gzip")


@contextmanager
def gateway(http2: str, **settings: Any) -> Iterator[RunningGateway]:
    with StandIn() as upstream, running_gateway(deployment(upstream.url), http2=http2, **settings) as running:
        yield running


@BOTH
@pytest.mark.parametrize("kind", ["unary", "server stream", "both streams"])
def test_garbage_to_services_without_a_key(http2: str, kind: str, caplog: pytest.LogCaptureFixture) -> None:
    with gateway(http2) as running, caplog.at_level(logging.WARNING):
        channel: Any = running.channel
        if kind == "unary":
            call = channel.unary_unary(f"{HEALTH}/Check").future(GARBAGE, timeout=LIMIT)
        elif kind == "server stream":
            call = channel.unary_stream(f"{HEALTH}/Watch")(GARBAGE, timeout=LIMIT)
        else:
            call = channel.stream_stream(REFLECTION)(iter([GARBAGE]), timeout=LIMIT)
        assert (call.code(), call.details()) == (grpc.StatusCode.INVALID_ARGUMENT, "The request can't be parsed")
        assert running.log.getvalue() == ""
    assert caplog.text == ""


@BOTH
def test_health_is_told_all_the_same(http2: str) -> None:
    with gateway(http2) as running:
        channel: Any = running.channel
        assert channel.unary_unary(f"{HEALTH}/Check")(b"", timeout=LIMIT) == b"\x08\x01"
        watch = channel.unary_stream(f"{HEALTH}/Watch")(b"", timeout=LIMIT)
        assert next(watch) == b"\x08\x01"
        watch.cancel()
        unknown = channel.unary_unary(f"{HEALTH}/Check").future(b"\x0a\x04none", timeout=LIMIT)
        assert unknown.code() is grpc.StatusCode.NOT_FOUND


@pytest.mark.parametrize("path", [UPLOAD, CHAT])
def test_gzip_that_is_broken(path: str, caplog: pytest.LogCaptureFixture) -> None:
    with gateway("asyncio") as running, caplog.at_level(logging.WARNING), peer(running.target) as caller:
        caller.open(1, path, GZIP)
        caller.send(frame(DATA, END_STREAM, 1, b"\1\0\0\0\4nope"))
        status = caller.status(1)
        assert (status["grpc-status"], status["grpc-message"]) == ("13", "A compressed message can't be read")
        assert [entry["event"] for entry in map(json.loads, running.log.getvalue().splitlines())] == ["rpc"]
        (entry,) = running.logged("rpc")
        assert (entry["status"], entry["reason"]) == ("INTERNAL", "INVALID_REQUEST")
    assert caplog.text == ""


@pytest.mark.parametrize("path", [UPLOAD, CHAT])
def test_gzip_that_is_too_large(path: str) -> None:
    bomb = gzip.compress(bytes(1 << 22))
    with gateway("asyncio", max_message_bytes=1000) as running, peer(running.target) as caller:
        caller.open(1, path, GZIP)
        caller.send(frame(DATA, END_STREAM, 1, b"\1" + len(bomb).to_bytes(4, "big") + bomb))
        assert caller.status(1)["grpc-status"] == "8"
        (entry,) = running.logged("rpc")
        assert (entry["status"], entry["reason"]) == ("RESOURCE_EXHAUSTED", "MESSAGE_TOO_LARGE")


ENDED: dict[str, tuple[bytes, str, str]] = {
    "a message over the limit": (b"\0\x10\0\0\0", "8", "RESOURCE_EXHAUSTED"),
    "a message that is neither compressed nor not": (b"\7\0\0\0\0", "13", "INTERNAL"),
    "half a message": (b"\0\0\0\0\2x", "13", "INTERNAL"),
}


@pytest.mark.parametrize("path", [UPLOAD, CHAT])
@pytest.mark.parametrize(("data", "code", "status"), ENDED.values(), ids=ENDED)
def test_the_log_says_what_the_caller_is_told(path: str, data: bytes, code: str, status: str) -> None:
    with gateway("asyncio") as running, peer(running.target) as caller:
        caller.open(1, path)
        begun(running)
        caller.send(frame(DATA, END_STREAM, 1, data))
        assert caller.status(1)["grpc-status"] == code
        (entry,) = running.logged("rpc")
        assert entry["status"] == status


def begun(running: RunningGateway) -> None:
    """Waits until a method is being served."""
    end = time.monotonic() + LIMIT
    while not running.gateway._handlers.running():
        assert time.monotonic() < end
