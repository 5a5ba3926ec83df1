"""Calls to a server of our own HTTP/2 and to gRPC's: callers and methods can't tell them apart."""

from collections.abc import Iterator
from typing import Any

import grpc
import pytest

from support.gateway import LIMIT
from support.http2_server import ABORT, CONTEXT, ECHO, HALF, RAISE, STREAM, UPLOAD, WAIT, grpc_server, http2_server


@pytest.fixture(scope="module", params=["grpcio", "asyncio"])
def channel(request: pytest.FixtureRequest) -> Iterator[grpc.Channel]:
    options = [("grpc.max_receive_message_length", -1)]
    if request.param == "grpcio":
        with grpc_server() as (target, _), grpc.insecure_channel(target, options) as opened:
            yield opened
    else:
        with http2_server() as (target, _, _), grpc.insecure_channel(target, options) as opened:
            yield opened


def unary(channel: grpc.Channel, path: str, message: bytes = b"", **options: Any) -> Any:
    call: Any = channel.unary_unary(path)
    return call.future(message, **{"timeout": LIMIT, **options})


@pytest.mark.parametrize("size", [0, 1, 16379, 16380, 65536, 4_000_000])
def test_unary(channel: grpc.Channel, size: int) -> None:
    call = unary(channel, ECHO, b"x" * size)
    assert call.result() == b"x" * size
    assert dict(call.initial_metadata()) == {"x-first": "1", "x-first-bin": b"\0\1"}
    assert dict(call.trailing_metadata()) == {"x-last": "2", "x-last-bin": b"\2\3"}


@pytest.mark.parametrize("size", [0, 1, 16379, 16380, 1_000_000])
def test_stream(channel: grpc.Channel, size: int) -> None:
    call: Any = channel.unary_stream(STREAM)
    assert list(call(b"x" * size, timeout=LIMIT)) == [b"x" * size] * 5


def test_upload(channel: grpc.Channel) -> None:
    call: Any = channel.stream_unary(UPLOAD)
    assert call(iter([b"x" * 300_000] * 20), timeout=LIMIT) == b"6000000"
    assert call(iter([]), timeout=LIMIT) == b"0"


def test_a_method_that_reads_a_part_of_the_request(channel: grpc.Channel) -> None:
    call: Any = channel.stream_unary(HALF)
    assert call(iter([b"first", b"x" * 1_000_000]), timeout=LIMIT) == b"first"


@pytest.mark.parametrize("compression", [grpc.Compression.Gzip, grpc.Compression.Deflate])
def test_compressed_requests(channel: grpc.Channel, compression: grpc.Compression) -> None:
    assert unary(channel, ECHO, b"x" * 100_000, compression=compression).result() == b"x" * 100_000


METADATA: dict[str, tuple[tuple[str, str | bytes], ...]] = {
    "none": (),
    "text, one key twice": (("x-a", "1"), ("x-a", "2"), ("authorization", "Bearer sk-1")),
    "bytes": (("x-bin", b"\0\1\xff"), ("y-bin", b"")),
    "long": (("x-long", "v" * 5000),),
}


@pytest.mark.parametrize("metadata", METADATA.values(), ids=METADATA)
def test_what_a_method_sees(channel: grpc.Channel, metadata: tuple[tuple[str, str | bytes], ...]) -> None:
    expected = (metadata, False, "ipv4:127.0.0.1")
    seen = unary(channel, CONTEXT, metadata=metadata).result().decode()
    assert seen.startswith(repr(expected)[:-1])
    assert "[b'insecure']" in seen
    assert seen.endswith("[], None, '', False)")


STATUSES: dict[str, tuple[str, bytes, grpc.StatusCode, str]] = {
    "abort": (ABORT, b"not yet", grpc.StatusCode.FAILED_PRECONDITION, "not yet"),
    "abort, in another script": (ABORT, "100 % für\n".encode(), grpc.StatusCode.FAILED_PRECONDITION, "100 % für\n"),
    "an exception": (RAISE, b"", grpc.StatusCode.UNKNOWN, "Unexpected <class 'ValueError'>: unforeseen"),
    "no such method": ("/test.Test/None", b"", grpc.StatusCode.UNIMPLEMENTED, "Method not found!"),
    "no such service": ("/none.None/None", b"", grpc.StatusCode.UNIMPLEMENTED, "Method not found!"),
}


@pytest.mark.parametrize(("path", "message", "code", "details"), STATUSES.values(), ids=STATUSES)
def test_status(channel: grpc.Channel, path: str, message: bytes, code: grpc.StatusCode, details: str) -> None:
    call = unary(channel, path, message)
    assert (call.code(), call.details()) == (code, details)
    assert dict(call.trailing_metadata()) == ({"x-why-bin": b"\0\xff"} if path == ABORT else {})


def test_deadline(channel: grpc.Channel) -> None:
    assert unary(channel, WAIT, timeout=0.1).code() is grpc.StatusCode.DEADLINE_EXCEEDED


def test_a_request_over_the_limit(channel: grpc.Channel) -> None:
    assert unary(channel, ECHO, b"x" * (5 << 20)).code() is grpc.StatusCode.RESOURCE_EXHAUSTED


def test_many_at_once(channel: grpc.Channel) -> None:
    calls = [unary(channel, ECHO, b"%d" % number) for number in range(300)]
    assert [call.result() for call in calls] == [b"%d" % number for number in range(300)]
