"""gRPC's framing of messages."""

import gzip
import zlib
from typing import Any

import grpc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openai_grpc_server.http2.errors import RpcError
from openai_grpc_server.http2.messages import MessageReader, compressor


def framed(message: bytes, *, compressed: bool = False) -> bytes:
    return bytes((compressed,)) + len(message).to_bytes(4, "big") + message


@given(messages=st.lists(st.binary(max_size=50), max_size=6), data=st.data())
def test_messages_in_any_pieces(messages: list[bytes], data: Any) -> None:
    stream = b"".join(map(framed, messages))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=10)))
    reader = MessageReader("identity", 100)
    found = []
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
def test_compressed(encoding: str, compress: Any) -> None:
    reader = MessageReader(encoding, 1000)
    message = b"ab" * 100
    stream = framed(compress(message), compressed=True) + framed(b"plain")
    assert reader.feed(stream) == [message, b"plain"]
    assert reader.feed(framed(compressor(encoding)(message), compressed=True)) == [message]


BAD: dict[str, tuple[str, bytes, grpc.StatusCode]] = {
    "over the limit": ("identity", framed(b"x" * 101), grpc.StatusCode.RESOURCE_EXHAUSTED),
    "over the limit by its prefix alone": ("identity", framed(b"x" * 101)[:5], grpc.StatusCode.RESOURCE_EXHAUSTED),
    "a bomb": (
        "gzip",
        framed(gzip.compress(bytes(10**6), 9)[:90], compressed=True),
        grpc.StatusCode.RESOURCE_EXHAUSTED,
    ),
    "compressed, and nobody said how": ("identity", framed(b"x", compressed=True), grpc.StatusCode.INTERNAL),
    "compressed otherwise": ("gzip", framed(zlib.compress(b"x"), compressed=True), grpc.StatusCode.INTERNAL),
    "cut short": ("gzip", framed(gzip.compress(b"x" * 50)[:-9], compressed=True), grpc.StatusCode.INTERNAL),
}


@pytest.mark.parametrize(("encoding", "data", "code"), BAD.values(), ids=BAD)
def test_what_is_refused(encoding: str, data: bytes, code: grpc.StatusCode) -> None:
    with pytest.raises(RpcError) as caught:
        MessageReader(encoding, 100).feed(data)
    assert caught.value.code is code


def test_an_encoding_that_is_not_known() -> None:
    with pytest.raises(RpcError) as caught:
        MessageReader("snappy", 100)
    assert caught.value.code is grpc.StatusCode.UNIMPLEMENTED
    assert dict(caught.value.metadata) == {"grpc-accept-encoding": "identity,deflate,gzip"}
