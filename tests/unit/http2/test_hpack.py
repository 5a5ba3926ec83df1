"""Header compression, beside the `hpack` package, which implements all of RFC 7541."""

import hpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openai_grpc_server.listen.http2.frames import COMPRESSION_ERROR, H2ConnectionError
from openai_grpc_server.listen.http2.hpack import STATIC, TABLE_SIZE, Decoder, HeaderListTooLargeError, encode

LIST_SIZE = 1 << 16

names = st.one_of(st.sampled_from([name for name, _ in STATIC]), st.binary(min_size=1, max_size=40))
values = st.one_of(st.sampled_from([value for _, value in STATIC]), st.binary(max_size=300))
blocks = st.lists(st.tuples(st.lists(st.tuples(names, values), max_size=12), st.booleans()), max_size=8)


@given(blocks=blocks, sizes=st.lists(st.integers(0, TABLE_SIZE), max_size=8))
def test_decodes_what_the_package_encodes(
    blocks: list[tuple[list[tuple[bytes, bytes]], bool]], sizes: list[int]
) -> None:
    encoder, decoder = hpack.Encoder(), Decoder(LIST_SIZE)
    for number, (fields, huffman) in enumerate(blocks):
        if number < len(sizes):
            encoder.header_table_size = sizes[number]
        assert decoder.decode(encoder.encode(fields, huffman=huffman)) == fields


@given(data=st.binary(max_size=60))
def test_any_bytes_decode_as_by_the_package_or_fail(data: bytes) -> None:
    package = hpack.Decoder(LIST_SIZE)
    package.max_allowed_table_size = TABLE_SIZE
    try:
        expected = [(bytes(name), bytes(value)) for name, value in package.decode(data, raw=True)]
    except hpack.HPACKError:
        return  # the package forgives less than it must in places; what it takes is what counts
    assert Decoder(LIST_SIZE).decode(data) == expected


@given(fields=st.lists(st.tuples(names, values), max_size=12))
def test_the_package_decodes_what_is_encoded(fields: list[tuple[bytes, bytes]]) -> None:
    block = b"".join(encode(name, value) for name, value in fields)
    assert [(bytes(name), bytes(value)) for name, value in hpack.Decoder().decode(block, raw=True)] == fields


BROKEN = {
    "index 0": b"\x80",
    "an index that no table has": b"\xbe",
    "a name that no table has": b"\x7e\x01a",
    "the end inside an integer": b"\xff",
    "the end inside a length": b"\x40",
    "the end inside a string": b"\x40\x05ab",
    "an integer that is too large": b"\xff\x80\x80\x80\x80\x80\x01",
    "a table larger than allowed": b"\x3f\xe2\x1f",
    "a table size update after a field": b"\x82\x20",
    "Huffman code with the end-of-string symbol": b"\x40\x01a\x84\xff\xff\xff\xff",
    "Huffman code padded with zeros": b"\x40\x01a\x81\x00",
    "Huffman code padded by a whole byte": b"\x40\x01a\x82\x1f\xff",
}


@pytest.mark.parametrize("block", BROKEN.values(), ids=BROKEN)
def test_broken(block: bytes) -> None:
    with pytest.raises(H2ConnectionError) as caught:
        Decoder(LIST_SIZE).decode(block)
    assert caught.value.code == COMPRESSION_ERROR


def test_a_bomb_is_counted_and_not_built() -> None:
    decoder = Decoder(1 << 14)
    decoder.decode(b"\x40\x01a" + b"\x7f\x81\x1e" + b"x" * 3968)
    with pytest.raises(HeaderListTooLargeError):
        decoder.decode(b"\xbe" * 10_000)
    assert decoder.decode(b"\xbe") == [(b"a", b"x" * 3968)]


@pytest.mark.parametrize(
    ("block", "changes"), [(b"\x82", 0), (b"\x00\x01a\x01b", 0), (b"\x40\x01a\x01b", 1), (b"\x20", 1)]
)
def test_the_generation_grows_with_the_table(block: bytes, changes: int) -> None:
    decoder = Decoder(LIST_SIZE)
    decoder.decode(block)
    assert decoder.generation == changes
