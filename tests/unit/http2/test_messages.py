"""gRPC's framing of messages."""

import asyncio
import gzip
import zlib
from typing import Any

import grpc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openai_grpc_server.errors.error import RpcError
from openai_grpc_server.listen.http2.messages import CompressedMessage, MessageReader, compressor


def framed(message: bytes, *, compressed: bool = False) -> bytes:
    return bytes((compressed,)) + len(message).to_bytes(4, "big") + message


def read(reader: MessageReader, data: bytes) -> list[bytes]:
    return [each if isinstance(each, bytes) else asyncio.run(each.inflate()) for each in reader.feed(data)]


@given(messages=st.lists(st.binary(max_size=50), max_size=6), data=st.data())
def test_messages_in_any_pieces(messages: list[bytes], data: Any) -> None:
    stream = b"".join(map(framed, messages))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=10)))
    reader = MessageReader("identity", 100)
    found: list[bytes | CompressedMessage] = []
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        found += reader.feed(stream[start:end])
    assert found == messages
    assert not reader.inside


@pytest.mark.parametrize("cut", [1, 4, 5, 6])
def test_inside_a_message(cut: int) -> None:
    reader = MessageReader("identity", 100)
    assert reader.feed(framed(b"ab")[:cut]) == []
    assert reader.inside


@pytest.mark.parametrize(("encoding", "compress"), [("gzip", gzip.compress), ("deflate", zlib.compress)])
@pytest.mark.parametrize("size", [200, 1 << 16, (1 << 16) + 2, 1 << 20])
def test_compressed(encoding: str, compress: Any, size: int) -> None:
    reader = MessageReader(encoding, size)
    message = b"ab" * (size // 2)
    stream = framed(compress(message), compressed=True) + framed(b"plain")
    assert read(reader, stream) == [message, b"plain"]
    assert read(reader, framed(compressor(encoding)(message), compressed=True)) == [message]
    assert [len(each) for each in reader.feed(stream)] == [len(compress(message)), len(b"plain")]


BAD: dict[str, tuple[str, bytes, grpc.StatusCode]] = {
    "over the limit": ("identity", framed(b"x" * 101), grpc.StatusCode.RESOURCE_EXHAUSTED),
    "over the limit by its prefix alone": ("identity", framed(b"x" * 101)[:5], grpc.StatusCode.RESOURCE_EXHAUSTED),
    "a bomb": (
        "gzip",
        framed(gzip.compress(bytes(10**6), 9)[:90], compressed=True),
        grpc.StatusCode.RESOURCE_EXHAUSTED,
    ),
    "one byte over the limit": (
        "gzip",
        framed(compressor("gzip")(bytes(101)), compressed=True),
        grpc.StatusCode.RESOURCE_EXHAUSTED,
    ),
    "a flag that says nothing": ("gzip", b"\2" + framed(gzip.compress(b"x"))[1:], grpc.StatusCode.INTERNAL),
    "compressed, and nobody said how": ("identity", framed(b"x", compressed=True), grpc.StatusCode.INTERNAL),
    "compressed otherwise": ("gzip", framed(zlib.compress(b"x"), compressed=True), grpc.StatusCode.INTERNAL),
    "cut short": ("gzip", framed(gzip.compress(b"x" * 50)[:-9], compressed=True), grpc.StatusCode.INTERNAL),
}


@pytest.mark.parametrize(("encoding", "data", "code"), BAD.values(), ids=BAD)
def test_what_is_refused(encoding: str, data: bytes, code: grpc.StatusCode) -> None:
    with pytest.raises(RpcError) as caught:
        read(MessageReader(encoding, 100), data)
    assert caught.value.code is code


def test_an_encoding_that_is_not_known() -> None:
    with pytest.raises(RpcError) as caught:
        MessageReader("snappy" * 1000, 100)
    assert caught.value.code is grpc.StatusCode.UNIMPLEMENTED
    assert len(caught.value.details) < 200
    assert dict(caught.value.metadata) == {"grpc-accept-encoding": "identity,deflate,gzip"}
