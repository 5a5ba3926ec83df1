"""The benchmark's upstream answers what it knows, at its pace, and tells what became of its connections."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from bench.client import connections
from bench.exchanges import exchanges
from bench.pacing import Pace, Stream
from bench.process import Process
from bench.upstream import Connection, Replies

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

LIMIT = 10.0  # seconds for a test
KNOWN = exchanges()


@asynccontextmanager
async def served() -> AsyncIterator[Process]:
    """Runs the upstream in this process."""
    replies = Replies()
    listener = await asyncio.get_running_loop().create_server(lambda: Connection(replies), "127.0.0.1", 0)
    try:
        async with asyncio.timeout(LIMIT):
            yield Process(f"127.0.0.1:{listener.sockets[0].getsockname()[1]}", 0, 0.0)
    finally:
        listener.close()


async def opened(upstream: Process, body: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection(*upstream.address.rsplit(":", 1))
    writer.write(b"POST /v1 HTTP/1.1\r\ncontent-length: %d\r\n\r\n%b" % (len(body), body))
    return reader, writer


@pytest.mark.parametrize(
    ("body", "status", "end"),
    [
        pytest.param(KNOWN["chat"].http_body, b"200", KNOWN["chat"].http_reply[-1], id="whole"),
        pytest.param(KNOWN["long prompt"].http_body, b"200", KNOWN["long prompt"].http_reply[-1], id="long request"),
        pytest.param(KNOWN["chat stream"].http_body, b"200", b"data: [DONE]\n\n\r\n0\r\n\r\n", id="stream"),
        pytest.param(KNOWN["failing chat"].http_body, b"500", KNOWN["failing chat"].http_reply[-1], id="failing"),
        pytest.param(b'{"model":"none"}', b"400", b"this is none of the benchmark's requests\"}}", id="unknown"),
    ],
)
def test_answers(body: bytes, status: bytes, end: bytes) -> None:
    async def run() -> None:
        async with served() as upstream:
            reader, writer = await opened(upstream, body)
            data = b""
            while not data.endswith(end):
                data += await reader.read(65536)
            assert data.startswith(b"HTTP/1.1 " + status)
            assert (await connections(upstream)).open == 1
            writer.close()
            await writer.wait_closed()

    asyncio.run(run())


def test_a_connection_that_breaks_off_is_noted() -> None:
    async def run() -> None:
        async with served() as upstream:
            reader, writer = await opened(upstream, KNOWN["slow chat stream"].http_body)
            await reader.readuntil(b"\r\n\r\n")
            assert (await connections(upstream)).broken == ()
            writer.close()
            await writer.wait_closed()
            while not (found := await connections(upstream)).broken:
                assert found.open <= 1
            assert len(found.broken) == 1
            assert (await connections(upstream)).broken == ()

    asyncio.run(run())


def test_each_stream_gets_its_events_in_order_and_one_that_stops_none() -> None:
    async def run() -> None:
        pace, ends = Pace(0.01), asyncio.Semaphore(0)
        pieces = [b"a", b"b", b"c"]
        written: list[list[bytes]] = [[] for _ in range(40)]
        streams = [Stream(each.append, pieces, ends.release) for each in written]
        for stream in streams:
            pace.add(stream)
        streams[7].stopped = True
        async with asyncio.timeout(LIMIT):
            for _ in range(len(streams) - 1):
                await ends.acquire()
        assert written == [[] if number == 7 else pieces for number in range(40)]

    asyncio.run(run())
