"""Mock upstream: answers each known body with its exchange's reply, at once or paced.

It writes bytes that were made before, so that it costs next to nothing. A body that it does not know is answered with
400: what reaches the upstream is checked by that. GET tells what became of its connections.
"""

import asyncio
import json
import ssl
import sys
from time import monotonic
from typing import cast

from bench.exchanges import UPSTREAM_REQUEST_ID, Exchange, exchanges, find
from bench.pacing import Pace, Stream
from bench.process import announce, run

_HEAD = (
    b"HTTP/1.1 %b\r\ncontent-type: %b\r\nx-request-id: "
    + UPSTREAM_REQUEST_ID.encode()
    + b"\r\nopenai-processing-ms: 12\r\nx-ratelimit-remaining-requests: 4999\r\n%b\r\n\r\n"
)
_END = b"0\r\n\r\n"
_UNKNOWN = b'{"error":{"message":"this is none of the benchmark\'s requests"}}'


class Replies:
    """HTTP replies of all exchanges, and outcomes of connections.

    Attributes:
        connections: How many are open.
        broken: When connections were closed before their reply was written, by `time.monotonic`.
    """

    def __init__(self) -> None:
        self._exchanges = [*exchanges().values()]
        self._by_body: dict[bytes, tuple[Exchange, bytes, list[bytes]]] = {}
        self._paces: dict[float, Pace] = {}
        self.connections = 0
        self.broken: list[float] = []

    def to(self, body: bytes) -> tuple[Exchange, bytes, list[bytes]] | None:
        """Returns the exchange of a body, the response head, and the chunks of the body."""
        known = self._by_body.get(body)
        if known is None:
            exchange = find(body, self._exchanges)
            if exchange is None:
                return None
            known = self._by_body[body] = (exchange, *_answer(exchange))
        return known

    def pace(self, pause: float) -> Pace:
        """Returns the pacer for an interval."""
        return self._paces.setdefault(pause, Pace(pause))

    def told(self) -> bytes:
        """Returns the outcomes of connections, and resets those of broken ones."""
        value = {"connections": self.connections, "broken": self.broken}
        self.broken = []
        return json.dumps(value).encode()


class Connection(asyncio.Protocol):
    """A connection with one request at a time.

    Args:
        replies: What to answer.
    """

    def __init__(self, replies: Replies) -> None:
        self._replies = replies
        self._received: list[bytes] = []
        self._missing = 0
        self._stream: Stream | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remembers the transport."""
        self._transport = cast("asyncio.WriteTransport", transport)  # uvloop's own class is not registered as one
        self._replies.connections += 1

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        """Records what was not written."""
        self._replies.connections -= 1
        if self._stream is not None or self._transport.get_write_buffer_size():
            self._replies.broken.append(monotonic())
        if self._stream is not None:
            self._stream.stopped = True

    def data_received(self, data: bytes) -> None:
        """Replies when the request is complete."""
        self._received.append(data)
        self._missing -= len(data)
        if self._missing > 0:  # of a long body, which is joined only once
            return
        data = b"".join(self._received)
        head, end, body = data.partition(b"\r\n\r\n")
        self._missing = content_length(head) - len(body) if end else 0
        if not end or self._missing > 0:
            self._received = [data]
            return
        self._received = []
        self._missing = 0
        if head.startswith(b"GET"):
            self._write_whole(b"200 OK", self._replies.told())
        else:
            self._answer(body)

    def _answer(self, body: bytes) -> None:
        reply = self._replies.to(body)
        if reply is None:
            self._write_whole(b"400 Bad Request", _UNKNOWN)
            return
        exchange, head, pieces = reply
        self._transport.write(head)
        if exchange.cut:
            self._transport.close()
        elif exchange.pause:
            self._stream = Stream(self._transport.write, pieces, self._ended)
            self._replies.pace(exchange.pause).add(self._stream)

    def _ended(self) -> None:
        self._stream = None

    def _write_whole(self, status: bytes, body: bytes) -> None:
        self._transport.write(_HEAD % (status, b"application/json", _length(body)) + body)


def content_length(head: bytes) -> int:
    """Returns the `Content-Length` of a head, or 0."""
    _, found, rest = head.lower().partition(b"content-length:")
    return int(rest.split(b"\r\n", 1)[0]) if found else 0


def _answer(exchange: Exchange) -> tuple[bytes, list[bytes]]:
    """Returns the part written at once, and the paced part."""
    status = exchange.http_status.encode()
    if not exchange.streaming:
        (body,) = exchange.http_reply
        return _HEAD % (status, b"application/json", _length(body)) + body, []
    head = _HEAD % (status, b"text/event-stream", b"transfer-encoding: chunked")
    pieces = [b"%x\r\n%b\r\n" % (len(event), event) for event in exchange.http_reply]
    if not exchange.cut:
        pieces[-1] += _END
    return (head, pieces) if exchange.pause else (head + b"".join(pieces), [])


def _length(body: bytes) -> bytes:
    return b"content-length: %d" % len(body)


async def main(certificate: list[str]) -> None:
    """Serves until it is ended.

    Args:
        certificate: The PEM files of a certificate and of its key; none: without TLS.
    """
    context = None
    if certificate:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(*certificate)
    replies = Replies()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(replies), "127.0.0.1", 0, ssl=context, backlog=4096)
    announce(f"127.0.0.1:{server.sockets[0].getsockname()[1]}")
    await server.serve_forever()


if __name__ == "__main__":
    run(main(sys.argv[1:]))
