"""Requests that cost the server more than their bytes: what they mean is bounded, and what is theirs ends with them.

The names of attacks are those of docs/http2.md.
"""

import asyncio
import gzip
import threading
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import grpc
import pytest

from openai_grpc_server.listen.http2 import Limits, Server, messages
from openai_grpc_server.listen.http2 import frames as wire
from openai_grpc_server.listen.http2.frames import (
    DATA,
    END_HEADERS,
    END_STREAM,
    HEADERS,
    PING,
    RST_STREAM,
    frame,
)
from openai_grpc_server.listen.http2.hpack import encode
from support.gateway import on_loop
from support.http2_peer import Http2Peer, peer
from support.http2_server import CONTEXT, ECHO, UPLOAD, WAIT, http2_server

LARGE = 16 << 20
BOMB = gzip.compress(bytes(LARGE), 9)
HEAD = {":method": "POST", ":scheme": "http", ":path": ECHO, "te": "trailers", "content-type": "application/grpc"}
GZIP = ("grpc-encoding", "gzip")
MEBIBYTE = 1 << 20


def framed(message: bytes, flag: int = 0) -> bytes:
    return bytes((flag,)) + len(message).to_bytes(4, "big") + message


def data_frames(stream: int, data: bytes, *, end: bool = False) -> Iterator[bytes]:
    for at in range(0, len(data), 1 << 14):
        last = end and at + (1 << 14) >= len(data)
        yield frame(DATA, END_STREAM if last else 0, stream, data[at : at + (1 << 14)])


def pinged(attacker: Http2Peer) -> None:
    """Waits until the server has taken everything before."""
    attacker.send(frame(PING, 0, 0, b"12345678"))
    attacker.expect(PING)


@contextmanager
def serving(method: Callable[[Any, Any], Any], **limits: Any) -> Iterator[tuple[str, Server]]:
    """Runs a server that has one method, whose name is its kind."""

    class Only(grpc.GenericRpcHandler):
        def service(self, _: grpc.HandlerCallDetails) -> Any:
            return getattr(grpc, f"{method.__name__}_rpc_method_handler")(method)

    server = Server(Limits(**{"max_message_size": LARGE, **limits}))
    server.add_generic_rpc_handlers((Only(),))
    port = server.bind("127.0.0.1", 0, reuse_port=False, tls=None)
    on_loop(server.start())
    try:
        yield f"127.0.0.1:{port}", server
    finally:
        on_loop(server.stop(0))


@contextmanager
def allocated() -> Iterator[Callable[[], int]]:
    """Yields what returns the most bytes that were allocated at one time since."""
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        yield lambda: tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()


async def stream_unary(_: Any, __: Any) -> bytes:
    """Reads nothing."""
    await asyncio.Event().wait()
    raise AssertionError("it waits for ever")


def test_messages_that_nobody_reads_stay_compressed() -> None:
    with serving(stream_unary) as (target, _), peer(target) as attacker, allocated() as peak:
        attacker.open(1, "/a.B/C", GZIP)
        attacker.send(*data_frames(1, framed(BOMB, 1) * 4))
        pinged(attacker)
        assert peak() < MEBIBYTE


@pytest.mark.parametrize("second", [framed(b"ab") * 37_000, b"\0"], ids=["many", "a byte of one"])
def test_what_follows_the_message_of_a_unary_request(second: bytes) -> None:
    more = b"".join(data_frames(1, second))  # each would be an object
    with http2_server() as (target, methods, _), peer(target) as attacker:
        attacker.open(1, WAIT)
        attacker.send(frame(DATA, 0, 1, framed(b"")))
        pinged(attacker)
        with allocated() as peak:
            attacker.send(more)
            assert attacker.status(1)["grpc-status"] == "12"
            pinged(attacker)
            assert peak() < MEBIBYTE
        assert methods.begun == 0
        attacker.call(3, ECHO, message=b"x")
        assert attacker.status(3)["grpc-status"] == "0"


@pytest.mark.parametrize("path", [ECHO, UPLOAD])
def test_large_messages_are_inflated_beside_the_loop(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    inflated: list[tuple[str, int]] = []

    class Recorded:
        def __init__(self, wbits: int) -> None:
            self._inflate = zlib.decompressobj(wbits)

        def decompress(self, data: bytes, limit: int) -> bytes:
            found = self._inflate.decompress(data, limit)
            inflated.append((threading.current_thread().name, len(found)))
            return found

        @property
        def eof(self) -> bool:
            return self._inflate.eof

    class Module:
        error = zlib.error
        decompressobj = Recorded

    monkeypatch.setattr(messages, "zlib", Module)
    with http2_server(max_message_size=LARGE) as (target, _, _), peer(target) as attacker:
        attacker.open(1, path, GZIP)
        attacker.send(*data_frames(1, framed(BOMB, 1), end=True))
        pinged(attacker)
        attacker.head(1)
    small = [size for thread, size in inflated if not thread.startswith("inflate")]
    large = [size for thread, size in inflated if thread.startswith("inflate")]
    assert small
    assert max(small) <= (1 << 16) + 1
    assert large == [LARGE]


BROKEN: dict[str, tuple[bytes, str]] = {
    "too large": (gzip.compress(bytes(LARGE)), "8"),
    "no gzip": (b"x", "13"),
    "cut short": (gzip.compress(b"x" * 50)[:-9], "13"),
}


@pytest.mark.parametrize("path", [ECHO, UPLOAD])
@pytest.mark.parametrize(("message", "code"), BROKEN.values(), ids=BROKEN)
def test_a_message_that_can_not_be_inflated(path: str, message: bytes, code: str) -> None:
    with http2_server(max_message_size=LARGE // 2) as (target, methods, _), peer(target) as attacker:
        attacker.open(1, path, GZIP)
        attacker.send(*data_frames(1, framed(message, 1), end=True))
        assert attacker.status(1)["grpc-status"] == code
        attacker.call(3, ECHO, message=b"x")
        assert attacker.status(3)["grpc-status"] == "0"
    assert methods.running == 0


def test_values_that_are_joined_by_commas_count_like_fields() -> None:
    entry = b"\x40" + encode(b"x-bin", b"," * 3900)[1:]
    with http2_server() as (target, methods, _), peer(target) as attacker, allocated() as peak:
        block = b"".join(encode(name.encode(), value.encode()) for name, value in HEAD.items())
        attacker.send(frame(HEADERS, END_HEADERS | END_STREAM, 1, block + entry))
        assert attacker.status(1)["grpc-status"] == "8"
        block += b"\xbe" * 3
        for stream in range(3, 2 * 64, 2):
            attacker.send(frame(HEADERS, END_HEADERS | END_STREAM, stream, block + b"\0\1n\2%02d" % (stream // 2)))
            assert attacker.status(stream)["grpc-status"] == "8"
        assert peak() < MEBIBYTE
        assert methods.begun == 0


@pytest.mark.parametrize("length", ["1" * 5000, "1" * 19, "\u0663"], ids=["5,000 digits", "19 digits", "no digit"])
def test_a_length_that_no_body_has(length: str) -> None:
    with http2_server() as (target, _, _), peer(target) as attacker:
        attacker.open(1, ECHO, ("content-length", length))
        assert attacker.expect(RST_STREAM, 1).code == wire.PROTOCOL_ERROR
        attacker.call(3, ECHO)
        assert attacker.status(3)["grpc-status"] == "0"


@pytest.mark.parametrize("value", [b" \xe9\t", "\u00e9".encode(), b" padded "])
def test_metadata_that_is_not_plain(value: bytes) -> None:
    with http2_server() as (target, _, _), peer(target) as attacker:
        block = attacker.block(CONTEXT) + encode(b"x-a", value)
        attacker.send(frame(HEADERS, END_HEADERS, 1, block), frame(DATA, END_STREAM, 1, framed(b"")))
        seen = attacker.expect(DATA, 1).payload[5:].decode()
    assert repr(("x-a", "padded" if b"padded" in value else "\u00e9")) in seen


FAULTS: dict[str, tuple[list[tuple[str, str]], str]] = {
    "an encoding that is not known": ([("grpc-encoding", "s" * 9000)], "12"),
    "binary that is none": ([("x" * 9000 + "-bin", "!")], "13"),
}


@pytest.mark.parametrize(("fields", "code"), FAULTS.values(), ids=FAULTS)
def test_a_status_does_not_echo_all(fields: list[tuple[str, str]], code: str) -> None:
    with http2_server() as (target, _, _), peer(target) as attacker:
        attacker.call(1, ECHO, *fields)
        status = attacker.status(1)
    assert status["grpc-status"] == code
    assert len(status["grpc-message"]) < 200


PSEUDO: dict[str, tuple[tuple[str, str], str]] = {
    "a path without a slash": ((":path", "nope"), "12"),
    "another scheme": ((":scheme", "ftp"), "13"),
    "a content type in capitals": (("content-type", "Application/gRPC"), "0"),
}


@pytest.mark.parametrize(("field", "code"), PSEUDO.values(), ids=PSEUDO)
def test_heads_that_are_unusual(field: tuple[str, str], code: str) -> None:
    with http2_server() as (target, _, _), peer(target) as attacker:
        block = attacker.encode(list((HEAD | dict([field])).items()))
        attacker.send(frame(HEADERS, END_HEADERS, 1, block), frame(DATA, END_STREAM, 1, framed(b"")))
        assert attacker.status(1)["grpc-status"] == code


def test_answers_say_which_compression_is_taken() -> None:
    with http2_server() as (target, _, _), peer(target) as attacker:
        attacker.call(1, ECHO)
        assert attacker.head(1)["grpc-accept-encoding"] == "identity,deflate,gzip"


async def unary_unary(_: Any, __: Any) -> Any:
    """Answers with something that is no message."""
    return "text"


async def unary_stream(_: Any, context: Any) -> None:
    """The same, after a message."""
    await context.write(b"x")
    await context.write(None)


@pytest.mark.parametrize("method", [unary_unary, unary_stream])
def test_an_answer_that_is_no_bytes(method: Any) -> None:
    with serving(method) as (target, _), peer(target) as caller:
        for stream in (1, 3):
            caller.call(stream, "/a.B/C")
            status = caller.status(stream)
            assert status["grpc-status"] == "13"
            assert status["grpc-message"].endswith("not bytes")


def test_callbacks_that_raise() -> None:
    called: list[bool] = []

    async def unary_unary(request: bytes, context: Any) -> bytes:
        context.add_done_callback(lambda _: called.append(1 / 0 > 1))
        context.add_done_callback(lambda ended: called.append(ended.done()))
        return request

    with serving(unary_unary, max_concurrent_streams=1) as (target, _), peer(target) as caller:
        for stream in (1, 3, 5):
            caller.call(stream, "/a.B/C")
            assert caller.status(stream)["grpc-status"] == "0"
            pinged(caller)  # the first has returned
    assert called == [True] * 3
