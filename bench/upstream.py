"""The mock upstream: answers each known body with its exchange's reply, at once or paced.

It writes bytes that were made before, so that it costs next to nothing. A body that it does not know is answered with
400: what reaches the upstream is checked by that.
"""

import asyncio
from itertools import count
from typing import cast

from bench.exchanges import UPSTREAM_REQUEST_ID, Exchange, exchanges, find
from bench.process import announce, run

_HEAD = (
    b"HTTP/1.1 %b\r\ncontent-type: %b\r\nx-request-id: "
    + UPSTREAM_REQUEST_ID.encode()
    + b"\r\nopenai-processing-ms: 12\r\nx-ratelimit-remaining-requests: 4999\r\n%b\r\n\r\n"
)
_END = b"0\r\n\r\n"
_STREAMS = 100  # paced streams start as if they had not all begun in one moment


class Replies:
    """The HTTP answers to all exchanges."""

    def __init__(self) -> None:
        self._exchanges = [*exchanges().values()]
        self._by_body: dict[bytes, tuple[Exchange, bytes, list[bytes]]] = {}
        self.turn = count()

    def to(self, body: bytes) -> tuple[Exchange, bytes, list[bytes]] | None:
        """Returns the exchange of a body, the head of its answer, and what follows in pieces."""
        known = self._by_body.get(body)
        if known is None:
            exchange = find(body, self._exchanges)
            if exchange is None:
                return None
            known = self._by_body[body] = (exchange, *_answer(exchange))
        return known


class Connection(asyncio.Protocol):
    """One connection; a request follows an answer.

    Args:
        replies: What to answer.
    """

    def __init__(self, replies: Replies) -> None:
        self._replies = replies
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remembers the transport."""
        self._transport = cast("asyncio.WriteTransport", transport)  # uvloop's own class is not registered as one

    def data_received(self, data: bytes) -> None:
        """Answers once the request is whole."""
        data = self._received + data
        head, end, body = data.partition(b"\r\n\r\n")
        length = content_length(head)
        if not end or len(body) < length:
            self._received = data
            return
        self._received = b""
        reply = self._replies.to(body)
        if reply is None:
            text = b'{"error":{"message":"this is none of the benchmark\'s requests"}}'
            self._transport.write(_HEAD % (b"400 Bad Request", b"application/json", _length(text)) + text)
            return
        exchange, answer_head, pieces = reply
        if not exchange.pause:
            self._transport.write(answer_head + b"".join(pieces))
            return
        self._transport.write(answer_head)
        phase = next(self._replies.turn) % _STREAMS / _STREAMS
        loop = asyncio.get_running_loop()
        self._write_paced(loop, loop.time() + phase * exchange.pause, exchange.pause, pieces, 0)

    def _write_paced(
        self, loop: asyncio.AbstractEventLoop, due: float, pause: float, pieces: list[bytes], at: int
    ) -> None:
        if at == len(pieces) or self._transport.is_closing():
            return
        self._transport.write(pieces[at])
        # By the clock, so that a late event does not delay the others.
        loop.call_at(due + pause, self._write_paced, loop, due + pause, pause, pieces, at + 1)


def content_length(head: bytes) -> int:
    """Returns the `Content-Length` of a head, or 0."""
    _, found, rest = head.lower().partition(b"content-length:")
    return int(rest.split(b"\r\n", 1)[0]) if found else 0


def _answer(exchange: Exchange) -> tuple[bytes, list[bytes]]:
    if not exchange.streaming:
        (body,) = exchange.http_reply
        return _HEAD % (b"200 OK", b"application/json", _length(body)), [body]
    pieces = [b"%x\r\n%b\r\n" % (len(event), event) for event in exchange.http_reply]
    pieces[-1] += _END
    return _HEAD % (b"200 OK", b"text/event-stream", b"transfer-encoding: chunked"), pieces


def _length(body: bytes) -> bytes:
    return b"content-length: %d" % len(body)


async def main() -> None:
    """Serves until it is ended."""
    replies = Replies()
    server = await asyncio.get_running_loop().create_server(lambda: Connection(replies), "127.0.0.1", 0)
    announce(f"127.0.0.1:{server.sockets[0].getsockname()[1]}")
    await server.serve_forever()


if __name__ == "__main__":
    run(main())
