"""Peers that attack the server by HTTP/2 itself: each is stopped, and what it costs meanwhile is bounded.

The names of attacks are those of docs/http2.md.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import grpc
import pytest

from openai_grpc_server.listen.http2 import frames as wire
from openai_grpc_server.listen.http2 import streams as http2_streams
from openai_grpc_server.listen.http2.frames import (
    CONTINUATION,
    DATA,
    DEFAULT_WINDOW,
    END_HEADERS,
    END_STREAM,
    GOAWAY,
    HEADERS,
    PING,
    PREFACE,
    PRIORITY,
    RST_STREAM,
    SETTINGS,
    WINDOW_UPDATE,
    frame,
    rst_stream,
    window_update,
)
from openai_grpc_server.listen.http2.limits import BURST, UPDATES_PER_FRAME, Limits
from support.gateway import LIMIT
from support.http2_peer import Http2Peer, peer
from support.http2_server import COUNT, DEAF, ECHO, ENDLESS, PIECE, STREAM, UPLOAD, WAIT, http2_server

CALM = wire.ENHANCE_YOUR_CALM
MESSAGE = b"\0\0\0\0\0"
DEFAULTS = Limits(max_message_size=0)
RESETS_AT_ONCE = int(DEFAULTS.resets_per_second * BURST)
EMPTY_AT_ONCE = int(DEFAULTS.empty_frames_per_second * BURST)
LATE_AT_ONCE = int(DEFAULTS.late_frames_per_second * BURST)
ENTRY = b"\x40\x01a\x7f\x81\x1e" + b"x" * 3968  # fills the dynamic table


def streams(count: int) -> Iterator[int]:
    return iter(range(1, 2 * count + 1, 2))


def rapid_reset(attacker: Http2Peer, count: int = RESETS_AT_ONCE + LATE_AT_ONCE) -> None:
    for stream in streams(count):
        attacker.call(stream, WAIT)
        attacker.send(rst_stream(stream, wire.CANCEL))


def made_you_reset(attacker: Http2Peer) -> None:
    for stream in streams(RESETS_AT_ONCE + LATE_AT_ONCE):
        attacker.call(stream, WAIT)
        attacker.send(window_update(stream, 0))


def continuation_flood(attacker: Http2Peer) -> None:
    attacker.send(frame(HEADERS, 0, 1, attacker.block(ECHO)))
    attacker.send(*(frame(CONTINUATION, 0, 1, b"\0\1a\1b" * 100) for _ in range(10_000)))


def empty_continuation_flood(attacker: Http2Peer) -> None:
    attacker.send(frame(HEADERS, 0, 1, b""))
    attacker.send(*(frame(CONTINUATION, 0, 1) for _ in range(10_000)))


def settings_flood(attacker: Http2Peer) -> None:
    attacker.send(*(frame(SETTINGS, 0, 0) for _ in range(10_000)))


def ping_flood(attacker: Http2Peer) -> None:
    attacker.send(*(frame(PING, 0, 0, b"12345678") for _ in range(10_000)))


def priority_flood(attacker: Http2Peer) -> None:
    attacker.send(*(frame(PRIORITY, 0, 2 * number + 1, b"\0\0\0\0\1") for number in range(10_000)))


def empty_data_flood(attacker: Http2Peer) -> None:
    attacker.open(1, UPLOAD)
    attacker.send(*(frame(DATA, 0, 1) for _ in range(10_000)))


def unknown_frame_flood(attacker: Http2Peer) -> None:
    attacker.send(*(frame(0xBE, 0, 0) for _ in range(10_000)))


def goaway_flood(attacker: Http2Peer) -> None:
    attacker.send(*(frame(GOAWAY, 0, 0, bytes(8)) for _ in range(10_000)))


def closed_stream(attacker: Http2Peer) -> None:
    """Opens a stream that the server closes before the request has ended."""
    attacker.open(1, "/test.Test/Unknown")
    attacker.expect(RST_STREAM, 1)


def late_data_flood(attacker: Http2Peer) -> None:
    closed_stream(attacker)
    attacker.send(frame(DATA, 0, 1, b"x") * (3 * LATE_AT_ONCE))


def late_reset_flood(attacker: Http2Peer) -> None:
    closed_stream(attacker)
    attacker.send(rst_stream(1, wire.CANCEL) * (3 * LATE_AT_ONCE))


def late_window_flood(attacker: Http2Peer) -> None:
    closed_stream(attacker)
    attacker.send(window_update(1, 1) * (3 * LATE_AT_ONCE))


def window_flood(attacker: Http2Peer) -> None:
    attacker.send(window_update(0, 1) * (3 * EMPTY_AT_ONCE))


def stream_window_flood(attacker: Http2Peer) -> None:
    attacker.call(1, WAIT)
    attacker.send(window_update(1, 1) * (3 * EMPTY_AT_ONCE))


def malformed_flood(attacker: Http2Peer) -> None:
    attacker.send(
        *(
            frame(HEADERS, END_HEADERS | END_STREAM, stream, b"\x82")
            for stream in streams(RESETS_AT_ONCE + 3 * LATE_AT_ONCE)
        )
    )


def late_headers_flood(attacker: Http2Peer) -> None:
    closed_stream(attacker)
    attacker.send(frame(HEADERS, END_HEADERS, 1, b"\x82" * 4096) * (LATE_AT_ONCE // 10))


FLOODS: list[Callable[[Http2Peer], None]] = [
    rapid_reset,
    made_you_reset,
    continuation_flood,
    empty_continuation_flood,
    settings_flood,
    ping_flood,
    priority_flood,
    empty_data_flood,
    unknown_frame_flood,
    goaway_flood,
    late_data_flood,
    late_reset_flood,
    late_window_flood,
    window_flood,
    stream_window_flood,
    malformed_flood,
    late_headers_flood,
]


@pytest.mark.parametrize("flood", FLOODS, ids=lambda each: each.__name__)
def test_flood(flood: Callable[[Http2Peer], None]) -> None:
    with http2_server() as (target, methods, _):
        with peer(target) as attacker:
            flood(attacker)
            assert attacker.goaway() == CALM
        with grpc.insecure_channel(target) as channel:
            call: Any = channel.unary_unary(ECHO)
            assert call(b"x", timeout=LIMIT) == b"x"
        assert methods.running == 0


def test_a_header_bomb_is_not_built() -> None:
    with http2_server() as (target, _, _), peer(target) as attacker:
        attacker.send(frame(HEADERS, END_HEADERS | END_STREAM, 1, attacker.block(ECHO) + ENTRY + b"\xbe" * 4000))
        assert attacker.status(1)["grpc-status"] == "8"


def test_a_compression_bomb_is_not_built() -> None:
    with http2_server(max_message_size=1000) as (target, _, _), grpc.insecure_channel(target) as channel:
        call: Any = channel.unary_unary(ECHO)
        future = call.future(bytes(10**7), timeout=LIMIT, compression=grpc.Compression.Gzip)
        assert future.code() is grpc.StatusCode.RESOURCE_EXHAUSTED


def test_more_streams_than_are_allowed() -> None:
    with http2_server(max_concurrent_streams=2) as (target, methods, _), peer(target) as attacker:
        for stream in streams(3):
            attacker.call(stream, WAIT)
        assert attacker.expect(RST_STREAM, 5).code == wire.REFUSED_STREAM
        assert methods.begun <= 2


def test_a_peer_that_keeps_its_window_shut() -> None:
    shut = b"\0\4\0\0\0\0"  # SETTINGS_INITIAL_WINDOW_SIZE
    with http2_server() as (target, methods, _), peer(target, shut) as attacker:
        for stream in streams(20):
            attacker.call(stream, ENDLESS)
        attacker.send(frame(PING, 0, 0, b"12345678"))
        attacker.expect(PING)
        assert methods.written == 0
        attacker.send(window_update(1, len(PIECE) + 5))
        assert len(attacker.expect(DATA, 1).payload) == len(PIECE) + 5
        attacker.send(frame(PING, 0, 0, b"12345678"))
        attacker.expect(PING)
        assert methods.written == 1


def test_a_peer_that_sends_more_than_the_window() -> None:
    with http2_server(stream_window=1 << 16) as (target, _, _), peer(target) as attacker:
        attacker.open(1, DEAF)
        attacker.send(frame(DATA, 0, 1, MESSAGE))
        attacker.send(*(frame(DATA, 0, 1, bytes(1 << 14)) for _ in range(5)))
        assert attacker.expect(RST_STREAM, 1).code == wire.FLOW_CONTROL_ERROR


@pytest.mark.parametrize("sent", [b"", PREFACE, PREFACE[:5]], ids=["nothing", "no SETTINGS", "half a preface"])
def test_a_peer_that_does_not_begin(sent: bytes) -> None:
    with http2_server(setup_timeout=0.1) as (target, _, _), peer(target, settings=None) as attacker:
        attacker.send(sent)
        assert attacker.closed()


@pytest.mark.parametrize("sent", [b"GET / HTTP/1.1\r\nhost: here\r\n\r\n", b"\x16\x03\x01\x02\x00\x01"])
def test_a_peer_that_speaks_something_else(sent: bytes) -> None:
    with http2_server() as (target, _, _), peer(target, settings=None) as attacker:
        attacker.send(sent)
        assert attacker.goaway() == wire.PROTOCOL_ERROR


SMUGGLED: dict[str, list[tuple[str, str]]] = {
    "transfer-encoding": [("transfer-encoding", "chunked")],
    "connection": [("connection", "x-a")],
    "another host": [("host", "there")],
    "an upper-case name": [("X-A", "1")],
    "a line break": [("x-a", "1\r\nx-b: 2")],
    "a pseudo-header at the end": [(":path", "/other")],
}


@pytest.mark.parametrize("fields", SMUGGLED.values(), ids=SMUGGLED)
def test_a_head_that_is_malformed(fields: list[tuple[str, str]]) -> None:
    with http2_server() as (target, methods, _), peer(target) as attacker:
        attacker.call(1, ECHO, *fields)
        assert attacker.expect(RST_STREAM, 1).code == wire.PROTOCOL_ERROR
        attacker.call(3, ECHO)
        assert attacker.status(3)["grpc-status"] == "0"
        assert methods.begun == 1


@pytest.mark.parametrize(("length", "data"), [("4", MESSAGE), ("6", MESSAGE)], ids=["more", "less"])
def test_a_body_that_is_not_as_long_as_it_says(length: str, data: bytes) -> None:
    with http2_server() as (target, _, _), peer(target) as attacker:
        attacker.open(1, ECHO, ("content-length", length))
        attacker.send(frame(DATA, END_STREAM, 1, data))
        assert attacker.expect(RST_STREAM, 1).code == wire.PROTOCOL_ERROR


BROKEN: dict[str, tuple[bytes, int]] = {
    "a frame that is too large": (b"\x00\x40\x01\x00\x00\x00\x00\x00\x01" + bytes(10), wire.FRAME_SIZE_ERROR),
    "a header block that can't be decoded": (frame(HEADERS, END_HEADERS, 1, b"\xff"), wire.COMPRESSION_ERROR),
    "an even stream": (frame(HEADERS, END_HEADERS, 2, b"\x82"), wire.PROTOCOL_ERROR),
    "data of a stream that was never opened": (frame(DATA, 0, 1, b"x"), wire.PROTOCOL_ERROR),
    "a window that is too large": (frame(WINDOW_UPDATE, 0, 0, b"\x7f\xff\xff\xff"), wire.FLOW_CONTROL_ERROR),
    "padding longer than its frame": (frame(DATA, 8, 1, b"\xff"), wire.PROTOCOL_ERROR),
    "GOAWAY cut short": (frame(GOAWAY, 0, 0, b"\0"), wire.FRAME_SIZE_ERROR),
}


@pytest.mark.parametrize(("sent", "code"), BROKEN.values(), ids=BROKEN)
def test_a_frame_that_breaks_the_rules(sent: bytes, code: int) -> None:
    with http2_server() as (target, _, _), peer(target) as attacker:
        attacker.send(sent)
        assert attacker.goaway() == code


def test_a_peer_that_does_not_read_its_answers() -> None:
    wide = b"\0\4\x7f\xff\xff\xff"  # SETTINGS_INITIAL_WINDOW_SIZE
    opened = window_update(0, (1 << 31) - 1 - 65535)
    with http2_server() as (target, _, server), peer(target, wide) as attacker:
        attacker.send(opened)
        attacker.call(1, ENDLESS)
        attacker.expect(DATA, 1)
        (connection,) = server._connections
        attacker._socket.setblocking(False)
        stream = 3
        while not connection._held_up:
            with suppress(BlockingIOError):
                attacker.open(stream, "/test.Test/Unknown")
                stream += 2
        assert connection._transport.get_write_buffer_size() < 1 << 20


def test_a_mass_cancel_of_calls_that_are_not_new(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http2_streams, "RAPID", 0.0)
    with http2_server() as (target, methods, _), peer(target) as caller:
        rapid_reset(caller, 2 * RESETS_AT_ONCE)
        last = 4 * RESETS_AT_ONCE + 1
        caller.call(last, ECHO)
        assert caller.status(last)["grpc-status"] == "0"
        assert methods.running == 0


def test_a_mass_cancel_refuses_new_streams_and_ends_no_other() -> None:
    with http2_server(resets_per_second=1.0) as (target, _, _), peer(target) as proxy:
        proxy.call(1, WAIT)
        proxy.open(3, UPLOAD)
        for stream in range(5, 5 + 2 * 30, 2):
            proxy.call(stream, WAIT)
            proxy.send(rst_stream(stream, wire.CANCEL))
        proxy.call(101, ECHO)
        assert proxy.expect(RST_STREAM, 101).code == wire.REFUSED_STREAM
        proxy.send(frame(DATA, END_STREAM, 3, MESSAGE))
        assert proxy.status(3)["grpc-status"] == "0"


def test_resets_are_judged_by_their_share() -> None:
    with http2_server(resets_per_second=0.5) as (target, _, _), peer(target) as proxy:
        for stream in range(1, 4 * 100, 4):
            proxy.call(stream, ECHO)
            assert proxy.status(stream)["grpc-status"] == "0"
            proxy.call(stream + 2, WAIT)
            proxy.send(rst_stream(stream + 2, wire.CANCEL))
        for stream in range(401, 401 + 2 * 30, 2):
            proxy.call(stream, WAIT)
            proxy.send(rst_stream(stream, wire.CANCEL))
        proxy.call(501, ECHO)
        assert proxy.expect(RST_STREAM, 501).code == wire.REFUSED_STREAM


@pytest.mark.parametrize("ended", [False, True], ids=["while the answer comes", "after it"])
def test_a_reader_that_opens_its_windows_for_each_piece(*, ended: bool) -> None:
    wide = b"\0\4\x7f\xff\xff\xff"  # SETTINGS_INITIAL_WINDOW_SIZE
    few = {"empty_frames_per_second": 0.5, "late_frames_per_second": 0.5}
    with http2_server(**few) as (target, _, _), peer(target, wide) as reader:
        for stream in range(1, 2 * 50, 2):
            reader.call(stream, STREAM)
            if ended:
                reader.status(stream)
            for _ in range(COUNT):
                if not ended:
                    reader.expect(DATA, stream)
                reader.send(window_update(0, 5), window_update(stream, 5))
        reader.call(101, ECHO)
        assert reader.status(101)["grpc-status"] == "0"


def test_a_reader_that_takes_a_large_frame_in_small_parts() -> None:
    large = b"\0\4\x7f\xff\xff\xff\0\5\0\x01\0\0"  # SETTINGS_INITIAL_WINDOW_SIZE and SETTINGS_MAX_FRAME_SIZE
    size, part = 60_000, 512
    with http2_server(empty_frames_per_second=0.5) as (target, _, _), peer(target, large) as reader:
        message = b"\0" + size.to_bytes(4, "big") + bytes(size)
        reader.open(1, ECHO)
        reader.send(*(frame(DATA, 0, 1, message[at : at + 10_000]) for at in range(0, len(message), 10_000)))
        reader.send(frame(DATA, END_STREAM, 1))
        assert len(reader.expect(DATA, 1).payload) == len(message)
        reader.send(window_update(0, part) * (size // part))
        reader.call(3, ECHO)
        assert reader.status(3)["grpc-status"] == "0"


def test_windows_that_are_opened_more_often_than_data_comes() -> None:
    with http2_server(empty_frames_per_second=0.5) as (target, _, _), peer(target) as attacker:
        attacker.call(1, ECHO)
        attacker.status(1)
        attacker.send(window_update(0, 1) * (4 * UPDATES_PER_FRAME))
        assert attacker.goaway() == CALM


def test_streams_take_turns() -> None:
    wide = b"\0\4\x7f\xff\xff\xff"  # SETTINGS_INITIAL_WINDOW_SIZE
    with http2_server() as (target, _, _), peer(target, wide) as caller:
        caller.call(1, ENDLESS)  # takes all of the connection's window
        received = 0
        while received < DEFAULT_WINDOW:
            received += len(caller.expect(DATA, 1).payload)
        for stream in (3, 5):
            caller.call(stream, ENDLESS)
            caller.send(frame(PING, 0, 0, b"12345678"))
            caller.expect(PING)
        caller.send(window_update(0, 6 * (len(PIECE) + len(MESSAGE))))
        frames = (each for each in caller.frames() if each.kind == DATA)
        assert [next(frames).stream for _ in range(6)] == [1, 3, 5, 1, 3, 5]
