"""The connection of requests whose body is in memory: when it is used again, and what a peer sends unasked."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from openai_grpc_server.errors import GatewayError
from openai_grpc_server.upstream import UpstreamClient, UpstreamRequest, transport
from unit.upstream.conftest import connected

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from unit.upstream.conftest import Run

REQUEST = UpstreamRequest(method="POST", path="/", body=b"{}")
ONE = b'HTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\n{"n":1}'
OTHER = b'HTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\n{"n":2}'


class Peer:
    """A server that answers each request with the next of some texts, as they are.

    Args:
        replies: The texts.
        greeting: Sent when a connection is opened.

    Attributes:
        requests: The number of requests of each connection.
        latest: The writer of the latest connection.
        lost: Set when a connection is lost.
    """

    latest: asyncio.StreamWriter

    def __init__(self, *replies: bytes, greeting: bytes = b"") -> None:
        self._replies = list(replies)
        self._greeting = greeting
        self.requests: list[int] = []
        self.lost = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        index = len(self.requests)
        self.requests.append(0)
        self.latest = writer
        writer.write(self._greeting)
        try:
            while await reader.readuntil(b"\r\n\r\n{}"):
                self.requests[index] += 1
                reply = self._replies.pop(0)
                writer.write(reply.removesuffix(b"EOF"))
                if reply.endswith(b"EOF"):
                    return
        except (asyncio.IncompleteReadError, ConnectionError):
            self.lost.set()
        finally:
            writer.close()


@asynccontextmanager
async def client_of(peer: Peer) -> AsyncIterator[UpstreamClient]:
    server = await asyncio.start_server(peer.serve, "127.0.0.1", 0)
    async with server, connected(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}") as client:
        yield client


async def got(client: UpstreamClient) -> bytes:
    async with await client.send(REQUEST) as response:
        return await response.read()


REUSE: dict[str, tuple[list[bytes], list[int]]] = {
    "a length": ([ONE, OTHER], [2]),
    "chunks": ([b'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n7\r\n{"n":1}\r\n0\r\n\r\n', OTHER], [2]),
    "early hints": ([b"HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n" + ONE, OTHER], [2]),
    "an announced close": (
        [b'HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 7\r\n\r\n{"n":1}', OTHER],
        [1, 1],
    ),
    "no end but the connection's": ([b'HTTP/1.1 200 OK\r\n\r\n{"n":1}EOF', OTHER], [1, 1]),
    "HTTP/1.0": ([b'HTTP/1.0 200 OK\r\ncontent-length: 7\r\n\r\n{"n":1}', OTHER], [1, 1]),
    "a second response": ([ONE + OTHER + OTHER, OTHER], [1, 1]),
}


@pytest.mark.parametrize(("replies", "requests"), REUSE.values(), ids=REUSE)
def test_when_a_connection_is_used_again(run: Run, replies: list[bytes], requests: list[int]) -> None:
    async def main() -> None:
        peer = Peer(*replies)
        async with client_of(peer) as client:
            assert [await got(client), await got(client)] == [b'{"n":1}', b'{"n":2}']
            assert peer.requests == requests

    run(main())


def test_what_comes_between_requests_answers_none(run: Run) -> None:
    async def main() -> None:
        peer = Peer(ONE, OTHER)
        async with client_of(peer) as client:
            await got(client)
            peer.latest.write(OTHER * 2)
            await peer.latest.drain()
            assert await got(client) == b'{"n":2}'
            assert peer.requests == [1, 1]

    run(main())


@pytest.mark.parametrize(
    "greeting", [b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n", b"220 hello\r\n"]
)
def test_a_peer_that_speaks_first(run: Run, greeting: bytes) -> None:
    async def main() -> None:
        async with client_of(Peer(ONE, ONE, greeting=greeting)) as client:
            with pytest.raises(GatewayError) as caught:
                await got(client)
            reason = "UPSTREAM_UNAVAILABLE" if b"503" in greeting else "UPSTREAM_PROTOCOL_ERROR"
            assert caught.value.reason == reason

    run(main())


def test_a_connection_that_was_idle_for_long_is_not_used(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> None:
        peer = Peer(ONE, OTHER)
        async with client_of(peer) as client:
            await got(client)
            monkeypatch.setattr(transport, "KEEPALIVE", -1.0)
            await got(client)
            assert peer.requests == [1, 1]
            await peer.lost.wait()

    run(main())


def test_closing_closes_idle_connections_and_those_in_use(run: Run) -> None:
    async def main() -> None:
        peer = Peer(ONE, b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{")
        async with client_of(peer) as client:
            await got(client)
            response = await client.send(REQUEST)
            await client.aclose()
            with pytest.raises(GatewayError):
                await response.read()
            await peer.lost.wait()

    run(main())
