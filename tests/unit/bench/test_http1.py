"""The benchmark's HTTP caller notices what is wrong, however a reply is cut, and what it counts is true."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from bench.call import WrongReplyError
from bench.exchanges import exchanges
from bench.http1 import Connection, Connections, Prepared

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bench.exchanges import Exchange

LIMIT = 10.0  # seconds for a test
KNOWN = exchanges()
Answer = Callable[[bytes, asyncio.StreamWriter], None]


def whole(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)


def chunked(*chunks: bytes) -> bytes:
    lines = b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks)
    return b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%b0\r\n\r\n" % lines


def reply(exchange: Exchange) -> bytes:
    return chunked(*exchange.http_reply) if exchange.streaming else whole(exchange.http_reply[0])


class Transport(asyncio.WriteTransport):
    """Keeps what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.aborted = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += data

    def abort(self) -> None:
        self.aborted = True


@asynccontextmanager
async def server(answer: Answer) -> AsyncIterator[tuple[Connections, list[asyncio.Event]]]:
    """Answers each request; gives connections to it, and for each that it has accepted what tells that it is closed."""
    accepted: list[asyncio.Event] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        closed = asyncio.Event()
        accepted.append(closed)
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.partition(b"content-length: ")[2].split(b"\r\n")[0])
                answer(head + await reader.readexactly(length), writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.transport.abort()
            closed.set()

    async with asyncio.timeout(LIMIT):
        listener = await asyncio.start_server(serve, "127.0.0.1", 0)
        connections = Connections(f"127.0.0.1:{listener.sockets[0].getsockname()[1]}")
        try:
            yield connections, accepted
        finally:
            connections.close()
            listener.close()
            for closed in accepted:
                await closed.wait()


@pytest.mark.parametrize("name", ["chat", "embedding", "paced chat stream", "response stream"])
@pytest.mark.parametrize("size", [1, 7, 1 << 20])
def test_a_reply_is_the_same_however_it_is_cut(name: str, size: int) -> None:
    exchange = KNOWN[name]
    data = reply(exchange)

    async def main() -> None:
        free: list[Connection] = []
        connection, transport = Connection(free.append), Transport()
        connection.connection_made(transport)
        for _ in range(2):  # on one connection
            call = connection.call(Prepared(exchange, "host"))
            for start in range(0, len(data), size):
                assert not call.done.done()
                connection.data_received(data[start : start + size])
            await call.done
            assert call.messages == len(call.message_times()) == len(exchange.messages)
            assert call.first is not None
            assert call.ended is not None
            assert call.started <= call.first <= call.ended
        assert free == [connection, connection]
        assert transport.written.endswith(exchange.http_body)

    asyncio.run(main())


CHAT = KNOWN["chat"].http_reply[0]
EVENTS = KNOWN["paced chat stream"].http_reply


@pytest.mark.parametrize(
    ("name", "answer", "reason"),
    [
        pytest.param("chat", whole(CHAT.replace(b"harbour", b"harbor").replace(b"tide", b"time")), "", id="same"),
        pytest.param("chat", whole(CHAT.replace(b"high water", b"low water ")), "another than", id="other bytes"),
        pytest.param("chat", whole(CHAT[:-1]), "ended after 0 messages", id="too short"),
        pytest.param("chat", whole(CHAT + b" "), "another than", id="too long"),
        pytest.param("chat", chunked(CHAT[:9], CHAT[9:]), "", id="chunked"),
        pytest.param("chat", whole(CHAT).replace(b"200 OK", b"429 Slow"), "was answered b'HTTP/1.1 429", id="status"),
        pytest.param("chat", b"HTTP/1.1 200 OK\r\n\r\n" + CHAT, "has no length", id="no length"),
        pytest.param("chat", whole(CHAT)[:-9] + b"close", "another than", id="cut off"),
        pytest.param("paced chat stream", chunked(*EVENTS[1:]), "message 1 is another", id="an event is missing"),
        pytest.param("paced chat stream", chunked(*EVENTS[:-1]), "ended after 45 messages", id="[DONE] is missing"),
        pytest.param("paced chat stream", chunked(b"".join(EVENTS)), "", id="events in one chunk"),
        pytest.param("paced chat stream", chunked(*EVENTS)[:-5], "connection was lost", id="no end"),
    ],
)
def test_a_wrong_reply_is_noticed(name: str, answer: bytes, reason: str) -> None:
    def respond(_request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        writer.close()

    async def main() -> None:
        async with server(respond) as (connections, _):
            call = connections.call(Prepared(KNOWN[name], "host"))
            if reason:
                with pytest.raises(WrongReplyError, match=reason):
                    await call.done
            else:
                await call.done

    asyncio.run(main())


def test_what_is_called_is_the_exchange_with_the_given_headers() -> None:
    requests: list[bytes] = []

    def respond(request: bytes, writer: asyncio.StreamWriter) -> None:
        requests.append(request)
        writer.write(whole(CHAT))

    async def main() -> None:
        async with server(respond) as (connections, _):
            await connections.call(Prepared(KNOWN["chat"], "host:1", {"authorization": "Bearer sk-bench"})).done

    asyncio.run(main())
    head, _, body = requests[0].partition(b"\r\n\r\n")
    assert head.split(b"\r\n") == [
        b"POST /v1/chat/completions HTTP/1.1",
        b"host: host:1",
        b"content-type: application/json",
        b"content-length: %d" % len(KNOWN["chat"].http_body),
        b"authorization: Bearer sk-bench",
    ]
    assert body == KNOWN["chat"].http_body


def test_a_connection_carries_one_call_at_a_time_and_is_used_again() -> None:
    async def main() -> None:
        async with server(lambda _, writer: writer.write(whole(CHAT))) as (connections, accepted):
            prepared = Prepared(KNOWN["chat"], "host")
            await asyncio.gather(*(connections.call(prepared).done for _ in range(3)))
            assert len(accepted) == 3
            await asyncio.gather(*(connections.call(prepared).done for _ in range(3)))
            assert len(accepted) == 3

    asyncio.run(main())


def test_a_connection_that_was_idle_for_long_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.http1._IDLE", 0.0)

    async def main() -> None:
        async with server(lambda _, writer: writer.write(whole(CHAT))) as (connections, accepted):
            for count in (1, 2):
                await connections.call(Prepared(KNOWN["chat"], "host")).done
                assert len(accepted) == count

    asyncio.run(main())


def test_a_cancelled_call_closes_its_connection() -> None:
    begun = asyncio.Event()

    def respond(_request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(chunked(*EVENTS)[:500])
        begun.set()

    async def main() -> None:
        async with server(respond) as (connections, accepted):
            call = connections.call(Prepared(KNOWN["paced chat stream"], "host"))
            await begun.wait()
            call.cancel()
            await call.done
            await accepted[0].wait()
            assert call.messages < len(EVENTS)

    asyncio.run(main())


def test_calls_of_a_server_that_is_not_there_or_that_are_closed_fail() -> None:
    async def main() -> None:
        async with server(lambda *_: None) as (connections, _):
            closed = connections.call(Prepared(KNOWN["chat"], "host"))
            connections.close()
            with pytest.raises(WrongReplyError, match="connection was lost"):
                await closed.done
        with pytest.raises(WrongReplyError, match=r"connection was lost: .*Connect call failed"):
            await connections.call(Prepared(KNOWN["chat"], "host")).done

    asyncio.run(main())
