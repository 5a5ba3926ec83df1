"""What a connection reads in a turn of the loop, and when it drops what a peer leaves unread."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import grpc
import hpack
import pytest

from openai_grpc_server.listen.http2 import Limits, TrustedPeers, connection
from openai_grpc_server.listen.http2.call import Methods
from openai_grpc_server.listen.http2.connection import Connection
from openai_grpc_server.listen.http2.frames import (
    DATA,
    END_HEADERS,
    END_STREAM,
    HEADERS,
    PING,
    PREFACE,
    PRIORITY,
    SETTINGS,
    PeerSettings,
    frame,
    window_update,
)
from openai_grpc_server.listen.http2.writer import HIGH_WATER, FrameWriter
from support.gateway import LIMIT

FRAMES_IN_A_TURN = 256
CALLS_IN_A_TURN = 16


class Transport(asyncio.Transport):
    """A socket whose peer reads nothing.

    Attributes:
        unread: How many bytes wait.
        reading: Whether the connection wants to be told what comes.
        dropped: Whether it was dropped.
        written: What was written.
        writes: How many writes that took.
    """

    def __init__(self) -> None:
        super().__init__()
        self.unread = 0
        self.reading = True
        self.dropped = asyncio.Event()
        self.written = b""
        self.writes = 0

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        pass

    def get_write_buffer_size(self) -> int:
        return self.unread

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True

    def can_write_eof(self) -> bool:
        return True

    def write_eof(self) -> None:
        assert not self.is_closing()

    def is_closing(self) -> bool:
        return self.dropped.is_set()

    def abort(self) -> None:
        self.dropped.set()

    def write(self, data: Any) -> None:
        self.written += data
        self.writes += 1


class Stream:
    """A stream that waits for its turn."""

    def __init__(self) -> None:
        self.turns = 0

    def wake(self) -> None:
        self.turns += 1


class Echo(grpc.GenericRpcHandler):
    """A method that returns its request."""

    def service(self, _: grpc.HandlerCallDetails) -> "grpc.RpcMethodHandler[Any, Any] | None":
        return grpc.unary_unary_rpc_method_handler(self.echo)

    async def echo(self, request: bytes, context: Any) -> bytes:
        await context.send_initial_metadata((("x-first", "1"),))
        return request


@asynccontextmanager
async def connected() -> AsyncIterator[tuple[Connection, Transport]]:
    transport = Transport()
    methods = Methods()
    methods.add_generic([Echo()])
    opened = Connection(methods, Limits(max_message_size=1 << 22), lambda _: True, lambda _: None)
    opened.connection_made(transport)
    opened.data_received(PREFACE + frame(SETTINGS, 0, 0))
    yield opened, transport
    opened.connection_lost(None)


def test_a_peer_that_is_gone_before_its_address_is_read() -> None:
    async def run() -> None:
        limits = Limits(max_message_size=1, trusted_peers=TrustedPeers.parse(["10.0.0.0/8", "proxy"]))
        opened = Connection(Methods(), limits, lambda _: True, lambda _: None)
        opened.connection_made(Transport())  # which has no `peername`
        opened.connection_lost(None)

    asyncio.run(run())


def calls(count: int, flags: int = END_HEADERS | END_STREAM) -> bytes:
    """HEADERS of so many calls."""
    encoder = hpack.Encoder()
    fields = [(":method", "POST"), (":scheme", "http"), (":path", "/a.B/C"), ("content-type", "application/grpc")]
    return b"".join(frame(HEADERS, flags, 2 * number + 1, encoder.encode(fields)) for number in range(count))


async def turns_until_read(transport: Transport) -> int:
    turns = 0
    while not transport.reading:
        await asyncio.sleep(0)
        turns += 1
    return turns


@pytest.mark.parametrize(
    ("data", "turns"),
    [
        (window_update(0, 1) * FRAMES_IN_A_TURN, 0),
        (window_update(0, 1) * (3 * FRAMES_IN_A_TURN + 1), 3),
        (b"".join(frame(SETTINGS, 0, 0, b"\0\4\0\0\0" + bytes([value % 2])) for value in range(9)), 8),
        (calls(3 * CALLS_IN_A_TURN + 1), 3),
    ],
    ids=["as many frames as a turn has time for", "more frames", "windows that are changed", "calls"],
)
def test_reading_takes_turns(data: bytes, turns: int) -> None:
    async def run() -> None:
        async with connected() as (opened, transport):
            opened.data_received(data)
            assert await turns_until_read(transport) == turns

    asyncio.run(run())


@pytest.mark.parametrize(("count", "turns"), [(1, 1), (3, 2)], ids=["one call", "several"])
def test_replies_are_written_together(count: int, turns: int) -> None:
    """That of the only call leaves in the turn that it is made in: nothing could be added to the write."""

    async def run() -> None:
        async with connected() as (opened, transport):
            await asyncio.sleep(0)
            before = transport.writes
            sent = (frame(DATA, END_STREAM, 2 * number + 1, b"\0\0\0\0\1x") for number in range(count))
            opened.data_received(calls(count, END_HEADERS) + b"".join(sent))
            for _ in range(turns):
                assert transport.writes == before
                await asyncio.sleep(0)
            assert transport.writes == before + 1
            assert transport.written.count(b"\x07x-first\x011") == count
            assert transport.written.count(b"\0\0\0\0\1x") == count
            assert transport.written.count(b"\x0bgrpc-status\x010") == count

    asyncio.run(run())


def test_nothing_is_read_while_the_peer_reads_nothing() -> None:
    async def run() -> None:
        async with connected() as (opened, transport):
            opened.pause_writing()
            transport.unread = 1 << 20
            for _ in range(3):
                opened.data_received(frame(PING, 0, 0, b"1" * 8))
            await asyncio.sleep(0)
            assert not transport.reading
            assert transport.written.count(b"1" * 8) == 1
            transport.unread = 0
            opened.resume_writing()
            await turns_until_read(transport)
            await asyncio.sleep(0)
            assert transport.written.count(b"1" * 8) == 3

    asyncio.run(run())


def test_what_is_unread_outlives_the_end_of_the_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> None:
        async with connected() as (opened, transport):
            transport.unread = 1000
            opened.drain()
            opened.data_received(frame(PING, 1, 0, b"last one"))
            for _ in range(100):
                await asyncio.sleep(0)
            assert not transport.dropped.is_set()
            transport.unread = 0
            opened.data_received(window_update(0, 1))  # it reads
            async with asyncio.timeout(LIMIT):
                await transport.dropped.wait()

    monkeypatch.setattr(connection, "LAST_WORDS", 0)
    asyncio.run(run())


def test_the_end_of_a_connection_that_is_lost() -> None:
    async def run() -> None:
        async with connected() as (opened, transport):
            opened.abort()
            opened.end()
            opened.drain()
            assert transport.is_closing()

    asyncio.run(run())


def test_the_end_of_a_connection_that_is_closing() -> None:
    async def run() -> None:
        async with connected() as (opened, transport):
            opened.data_received(frame(PRIORITY, 0, 0))
            await asyncio.sleep(0)
            written = transport.written
            assert written
            opened.drain()
            opened.end()
            await asyncio.sleep(0)
            assert transport.written == written

    asyncio.run(run())


@pytest.mark.parametrize(
    ("window", "size", "turns"),
    [(0, 100, 0), (1, 100, 1), (250, 100, 3), (1 << 30, HIGH_WATER // 4, 4)],
    ids=["no room", "a byte", "room for some", "more room than the socket takes at once"],
)
def test_no_more_streams_get_their_turn_than_there_is_room_for(window: int, size: int, turns: int) -> None:
    async def run() -> None:
        writer = FrameWriter(Transport(), PeerSettings())
        streams = [Stream() for _ in range(100)]
        writer.waiting.update(dict.fromkeys(streams, size))
        writer.window = window
        for _ in range(10):
            writer.wake()
        assert [stream.turns for stream in streams] == [1] * turns + [0] * (100 - turns)

    asyncio.run(run())


def test_what_can_not_be_written_is_not_kept() -> None:
    async def run() -> None:
        transport = Transport()
        writer = FrameWriter(transport, PeerSettings())
        writer.send("no bytes")  # type: ignore[arg-type]  # on purpose
        with pytest.raises(TypeError):
            writer.flush()
        writer.send(b"bytes")
        writer.flush()
        assert transport.written == b"bytes"

    asyncio.run(run())
