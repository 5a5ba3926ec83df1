"""The head of a request: what is taken, and what is refused because it could smuggle another request."""

from typing import Any

import hpack
import pytest

from openai_grpc_server.listen.http2.headers import HeadReader, MalformedError, parse_timeout, read_head
from openai_grpc_server.listen.http2.hpack import encode

PSEUDO = [(b":method", b"POST"), (b":scheme", b"http"), (b":path", b"/a.B/C"), (b":authority", b"here")]
REST = [(b"te", b"trailers"), (b"content-type", b"application/grpc")]
GOOD = PSEUDO + REST
PLAIN = b"".join(encode(*field) for field in GOOD)  # without the dynamic table
LARGE = b"\x40\1a\x7f\x81\x1e" + b"x" * 3968  # fills the dynamic table

READ: dict[str, tuple[list[tuple[bytes, bytes]], str, Any]] = {
    "path": ([], "path", "/a.B/C"),
    "metadata without gRPC's own": (
        [(b"user-agent", b"me"), (b"x-a", b"1"), (b"x-a", b"2"), (b"grpc-encoding", b"gzip")],
        "metadata",
        (("user-agent", "me"), ("x-a", "1"), ("x-a", "2")),
    ),
    "binary": ([(b"x-bin", b"AAE=")], "metadata", (("x-bin", b"\0\1"),)),
    "binary without padding": ([(b"x-bin", b"AAE")], "metadata", (("x-bin", b"\0\1"),)),
    "space around a value": ([(b"x-a", b" \t1 2\t ")], "metadata", (("x-a", "1 2"),)),
    "UTF-8": ([(b"x-a", b"\xc3\xa9")], "metadata", (("x-a", "\u00e9"),)),
    "neither ASCII nor UTF-8": ([(b"x-a", b"\xe9")], "metadata", (("x-a", "\u00e9"),)),
    "what gRPC keeps for itself": ([(b"grpc-trace-bin", b"AA"), (b"grpc-tags-bin", b"!")], "metadata", ()),
    "no fault": ([], "fault", ""),
    "binary that is none": ([(b"x-bin", b"A*E=")], "fault", "Error parsing 'x-bin' metadata: illegal base64 encoding"),
    "binary, joined": ([(b"x-bin", b"AAE, AA==,")], "metadata", (("x-bin", b"\0\1"), ("x-bin", b"\0"), ("x-bin", b""))),
    "binary, joined, of which one is none": (
        [(b"x-bin", b"AAE,*")],
        "fault",
        "Error parsing 'x-bin' metadata: illegal base64 encoding",
    ),
    "binary with a long name": (
        [(b"x" * 999 + b"-bin", b"A")],
        "fault",
        f"Error parsing '{'x' * 100}' metadata: illegal base64 encoding",
    ),
    "deadline": ([(b"grpc-timeout", b"1500m")], "timeout", 1.5),
    "no deadline": ([], "timeout", None),
    "a deadline that is none": ([(b"grpc-timeout", b"soon")], "bad_timeout", True),
    "encoding": ([(b"grpc-encoding", b"gzip")], "encoding", "gzip"),
    "length": ([(b"content-length", b"12")], "content_length", 12),
    "host that says the same": ([(b"host", b"here")], "metadata", ()),
}


@pytest.mark.parametrize(("more", "name", "expected"), READ.values(), ids=READ)
def test_read(more: list[tuple[bytes, bytes]], name: str, expected: Any) -> None:
    assert getattr(read_head(GOOD + more), name) == expected


MALFORMED: dict[str, list[tuple[bytes, bytes]]] = {
    **{f"no {name.decode()}": [each for each in GOOD if each[0] != name] for name, _ in PSEUDO[:3]},
    "an empty path": [*PSEUDO[:2], (b":path", b""), *REST],
    "a pseudo-header twice": [*PSEUDO, PSEUDO[2], *REST],
    "a pseudo-header after others": [*PSEUDO[:3], *REST, PSEUDO[3]],
    "a pseudo-header after one that is hidden": [*PSEUDO[:3], (b"grpc-tags-bin", b""), PSEUDO[3]],
    "a pseudo-header that is not ASCII": [*PSEUDO[:2], (b":path", b"/\xc3\xa9"), *REST],
    "a pseudo-header of replies": [(b":status", b"200"), *GOOD],
    "a pseudo-header that is not known": [(b":protocol", b"websocket"), *GOOD],
    "an upper-case name": [*GOOD, (b"X-A", b"1")],
    "a name with a space": [*GOOD, (b"x a", b"1")],
    "an empty name": [*GOOD, (b"", b"1")],
    "a line break": [*GOOD, (b"x-a", b"1\r\nhost: other")],
    "a zero byte": [*GOOD, (b"x-a", b"\0")],
    "connection": [*GOOD, (b"connection", b"close")],
    "transfer-encoding": [*GOOD, (b"transfer-encoding", b"chunked")],
    "upgrade": [*GOOD, (b"upgrade", b"h2c")],
    "te that is not trailers": [*PSEUDO, (b"te", b"gzip")],
    "another host": [*GOOD, (b"host", b"there")],
    "two lengths": [*GOOD, (b"content-length", b"1"), (b"content-length", b"2")],
    "a length that is none": [*GOOD, (b"content-length", b"-1")],
    "a length that no body has": [*GOOD, (b"content-length", b"1" * 5000)],
}


@pytest.mark.parametrize("fields", MALFORMED.values(), ids=MALFORMED)
def test_malformed(fields: list[tuple[bytes, bytes]]) -> None:
    with pytest.raises(MalformedError):
        read_head(fields)


TIMEOUTS = {"1H": 3600.0, "2M": 120.0, "3S": 3.0, "4m": 0.004, "5u": 5e-6, "6n": 6e-9, "99999999S": 99999999.0}


@pytest.mark.parametrize(("text", "seconds"), TIMEOUTS.items())
def test_timeout(text: str, seconds: float) -> None:
    assert parse_timeout(text) == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["", "S", "1", "1s", "123456789S", "-1S", "1.5S", "1S "])
def test_no_timeout(text: str) -> None:
    assert parse_timeout(text) is None


def test_what_is_remembered_is_right_when_the_table_changes() -> None:
    encoder, reader = hpack.Encoder(), HeadReader(1 << 14)
    for number in range(300):
        # The same bytes mean another field each time the table has moved on.
        fields = [*GOOD, (b"x-a", b"%d" % (number % 7)), (b"x-b", b"%d" % (number // 3))]
        for _ in range(3):
            head = reader.read(encoder.encode(fields))
            assert head.metadata == (("x-a", str(number % 7)), ("x-b", str(number // 3)))
    block = encoder.encode(fields)
    assert reader.read(block) is reader.read(block)


CODECS = {
    "application/grpc": True,
    "application/grpc+proto": True,
    "Application/GRPC+Proto; charset=utf-8": True,
    "application/grpc+json": False,
    "application/grpc+": False,
}


@pytest.mark.parametrize(("content_type", "known"), CODECS.items())
def test_codecs(content_type: str, *, known: bool) -> None:
    head = read_head([*PSEUDO, (b"te", b"trailers"), (b"content-type", content_type.encode())])
    assert head.codec_known is known


@pytest.mark.parametrize("scheme", [b"ftp", b"HTTP"])
def test_a_scheme_that_is_not_served(scheme: bytes) -> None:
    head = read_head([PSEUDO[0], (b":scheme", scheme), *PSEUDO[2:], *REST])
    assert head.fault == "Error parsing ':scheme' metadata"


def test_lists_that_are_large_are_not_remembered() -> None:
    reader = HeadReader(1 << 14)
    reader.read(PLAIN + LARGE)
    once, thrice = (PLAIN + b"\xbe" * count for count in (1, 3))
    assert reader.read(once) is reader.read(once)
    assert reader.read(thrice) is not reader.read(thrice)


def test_what_is_remembered_is_bounded_by_what_it_means() -> None:
    reader = HeadReader(1 << 14)
    reader.read(PLAIN + LARGE)
    blocks = [PLAIN + b"\0\1n\1%c" % (65 + number) + b"\xbe" for number in range(20)]  # of some 4 KiB each
    heads = [reader.read(block) for block in blocks]
    remembered = [reader.read(block) is head for block, head in zip(blocks[::-1], heads[::-1], strict=True)]
    assert remembered[0]
    assert sum(remembered) <= 16
