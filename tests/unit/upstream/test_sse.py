"""Event streams, cut at any byte, against the standard's algorithm written out plainly."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openai_grpc_server.errors import MessageTooLargeError
from openai_grpc_server.upstream import ServerSentEvent, SSEDecoder

TABLE = {
    "one": (b"data: a\n\n", [(b"a", "", "")]),
    "no space": (b"data:a\n\n", [(b"a", "", "")]),
    "two spaces": (b"data:  a\n\n", [(b" a", "", "")]),
    "several": (b"data: a\n\ndata: b\n\n", [(b"a", "", ""), (b"b", "", "")]),
    "named": (b"event: x\ndata: a\n\ndata: b\n\n", [(b"a", "x", ""), (b"b", "", "")]),
    "name after data": (b"data: a\nevent: x\n\n", [(b"a", "x", "")]),
    "many lines": (b"data: a\ndata\ndata: b\n\n", [(b"a\n\nb", "", "")]),
    "empty data": (b"data\n\ndata:\n\n", [(b"", "", ""), (b"", "", "")]),
    "no data": (b"event: x\n\ndata: a\n\n", [(b"a", "", "")]),
    "comments": (b": OPENROUTER PROCESSING\n\n:\ndata: a\n:x\n\n", [(b"a", "", "")]),
    "colons": (b"data: a: b\nevent: x: y\n\n", [(b"a: b", "x: y", "")]),
    "unknown fields": (b"dat: x\ndata : y\n data: z\ndata: a\nfoo\n\n", [(b"a", "", "")]),
    "id persists": (
        b"id: 1\ndata: a\n\ndata: b\n\nid\ndata: c\n\n",
        [(b"a", "", "1"), (b"b", "", "1"), (b"c", "", "")],
    ),
    "id without data": (b"id: 1\n\ndata: b\n\n", [(b"b", "", "1")]),
    "id with NUL": (b"id: 1\nid: a\0b\ndata: a\n\n", [(b"a", "", "1")]),
    "CRLF": (b"event: x\r\ndata: a\r\n\r\ndata: b\r\n\r\n", [(b"a", "x", ""), (b"b", "", "")]),
    "CR": (b"data: a\r\rdata: b\r\r", [(b"a", "", ""), (b"b", "", "")]),
    "mixed": (b"data: a\r\n\ndata: b\n\rdata: c\r\r\n", [(b"a", "", ""), (b"b", "", ""), (b"c", "", "")]),
    "BOM": (b"\xef\xbb\xbfdata: a\n\n", [(b"a", "", "")]),
    "BOM inside": (b"data: a\n\n\xef\xbb\xbfdata: b\n\n", [(b"a", "", "")]),
    "empty lines": (b"\n\n\ndata: a\n\n\n\n\ndata: b\n\n", [(b"a", "", ""), (b"b", "", "")]),
    "invalid UTF-8": (b"data: \xff\xfe\n\n", [(b"\xff\xfe", "", "")]),
    "incomplete": (b"data: a\n\ndata: b\n", [(b"a", "", "")]),
    "nothing": (b"", []),
}


def decode(*pieces: bytes) -> list[ServerSentEvent]:
    decoder = SSEDecoder()
    return [event for piece in pieces for event in decoder.feed(piece)]


@pytest.mark.parametrize(("stream", "expected"), TABLE.values(), ids=TABLE.keys())
def test_events(stream: bytes, expected: list[tuple[bytes, str, str]]) -> None:
    found = decode(stream)
    assert [event[:3] for event in found] == expected
    assert found == decode(*(stream[at : at + 1] for at in range(len(stream))))
    for at in range(len(stream)):
        assert decode(stream[:at], stream[at:]) == found


@pytest.mark.parametrize(
    ("field", "retry"), [(b"3000", 3000), (b"0", 0), (b"-1", None), (b"1.5", None), (b"", None), (b"x", None)]
)
def test_retry(field: bytes, retry: int | None) -> None:
    assert [event.retry for event in decode(b"retry: " + field + b"\ndata: a\n\n")] == [retry]


def by_the_book(stream: bytes) -> list[ServerSentEvent]:
    """The algorithm of the HTML standard, 9.2.6, line by line."""
    stream = stream.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    events: list[ServerSentEvent] = []
    data, name, last_id = b"", "", ""
    retry: int | None = None
    for line in stream.split(b"\n")[:-1]:
        key, _, value = line.partition(b":")
        value = value[1:] if value.startswith(b" ") else value
        if not line:
            if data:
                events.append(ServerSentEvent(data[:-1], name, last_id, retry))
            data, name, retry = b"", "", None
        elif key == b"data":
            data += value + b"\n"
        elif key == b"event":
            name = value.decode("utf-8", "replace")
        elif key == b"id" and b"\0" not in value:
            last_id = value.decode("utf-8", "replace")
        elif key == b"retry" and value.isdigit():
            retry = int(value)
    return events


FRAGMENTS = st.sampled_from(
    [
        *(b"data", b"data: ", b"event: ", b"id: ", b"retry: ", b":", b" ", b"a", b"\0", b"7", b"\xef\xbb\xbf"),
        *(b"\n", b"\r", b"\r\n", b"\n\n", b"data: {}\n\n", b"event: x\ndata: {}\n\n", b"data: {}\r\n\r\n"),
    ]
)


@given(st.lists(FRAGMENTS, max_size=40).map(b"".join), st.lists(st.integers(0, 200)))
def test_any_stream_cut_anywhere(stream: bytes, cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(stream)]
    expected = by_the_book(stream)
    assert decode(*(stream[start:end] for start, end in pairwise(edges))) == expected
    assert decode(*(stream[at : at + 1] for at in range(len(stream)))) == expected


@pytest.mark.parametrize("stream", [b"data: a\n\ndata: b", b"data: a\n\ndata: b\n", b"data: a\n\ndata: b\r"])
def test_a_body_that_ends_without_an_empty_line(stream: bytes) -> None:
    decoder = SSEDecoder()
    assert [event.data for event in decoder.feed(stream)] == [b"a"]
    assert [event.data for event in decoder.flush()] == [b"b"]
    assert decoder.flush() == []


def test_a_line_of_5_mb_and_the_limit() -> None:
    line = b"data: " + b"x" * 5_000_000 + b"\n\n"
    pieces = [line[at : at + 16384] for at in range(0, len(line), 16384)]
    assert [len(event.data) for event in decode(*pieces)] == [5_000_000]
    decoder = SSEDecoder(max_event_bytes=1000)
    assert len(decoder.feed(b"data: x\n\n" * 1000)) == 1000
    decoder.feed(b"data: " + b"x" * 990)
    with pytest.raises(MessageTooLargeError):
        decoder.feed(b"xxxxx")
