"""The stand-in itself: what it says must be true, since other tests rest on it."""

from __future__ import annotations

import http.client
import socket
import struct
from typing import TYPE_CHECKING

import pytest

from faults import answers
from faults.stand_in import LIMIT, Gate, StandIn, refusing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from faults.exchange import Answer


@pytest.fixture
def upstream() -> Iterator[StandIn]:
    with StandIn(send_buffer=16384) as stand_in:
        yield stand_in


def connect(upstream: StandIn) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", upstream.port, timeout=LIMIT)


def test_answers_in_order_and_records_requests(upstream: StandIn) -> None:
    upstream.enqueue(answers.json({"n": 1}), answers.body(b"<html>", status=502, content_type="text/html"))
    upstream.on("GET", "/v1/models", answers.stream([b"a", b"b"]))
    client = connect(upstream)
    seen = []
    sent: list[tuple[str, str, bytes | Iterable[bytes] | None]] = [
        ("POST", "/v1/x?a=1&a=2", b'{"m":1}'),
        ("POST", "/", [b"c1", b"c2"]),
        ("GET", "/v1/models", None),
    ]
    for method, path, data in sent:
        client.request(method, path, body=data, encode_chunked=isinstance(data, list))
        reply = client.getresponse()
        seen.append((reply.status, reply.read()))
    client.close()
    assert seen == [(200, b'{"n":1}'), (502, b"<html>"), (200, b"ab")]
    assert upstream.requests[0].query == [("a", "1"), ("a", "2")]
    assert upstream.requests[0].json() == {"m": 1}
    assert upstream.requests[1].body == b"c1c2"
    assert [exchange.number for exchange in upstream.exchanges] == [1, 2, 3]
    assert upstream.connections == 1


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (answers.close(), http.client.RemoteDisconnected),
        (answers.reset(), ConnectionResetError),
        (answers.stream([b"x"], then="truncate"), http.client.IncompleteRead),
        (answers.stream([b"x"], then="reset"), (ConnectionResetError, http.client.IncompleteRead)),
        (answers.raw(b"not http\r\n\r\n"), http.client.BadStatusLine),
    ],
)
def test_faults_reach_the_client(
    upstream: StandIn, answer: Answer, error: type[Exception] | tuple[type[Exception], ...]
) -> None:
    upstream.enqueue(answer)
    client = connect(upstream)
    with pytest.raises(error):  # noqa: PT012 - where exactly it surfaces depends on the fault
        client.request("GET", "/")
        client.getresponse().read()
    client.close()


def test_refuses() -> None:
    with refusing() as url, pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", int(url.rsplit(":", 1)[1])))


def test_gates_hold_a_piece_back_and_a_closed_socket_is_seen(upstream: StandIn) -> None:
    gate = Gate()
    upstream.enqueue(answers.stream([b"one", b"two"], gates={1: gate}, then="stall"))
    client = connect(upstream)
    client.request("GET", "/")
    reply = client.getresponse()
    assert reply.read1() == b"one"
    gate.open()
    assert reply.read1() == b"two"
    assert not upstream.exchange(0).closed.done()
    reply.close()
    client.close()
    assert upstream.exchange(0).closed.result(LIMIT) > 0


def test_accepted_bytes_stop_when_nobody_reads(upstream: StandIn) -> None:
    upstream.enqueue(answers.stream([b"x" * 16384], then="repeat"))
    client = socket.create_connection(("127.0.0.1", upstream.port))
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.sendall(b"GET / HTTP/1.1\r\n\r\n")
    stopped = upstream.settled_bytes()
    assert stopped == upstream.settled_bytes() > 0
    client.close()
    upstream.exchange(0).closed.result(LIMIT)


def test_idle_connections_can_be_dropped(upstream: StandIn) -> None:
    upstream.on("GET", "/", answers.json({}))
    client = connect(upstream)
    client.request("GET", "/")
    client.getresponse().read()
    upstream.drop_connections()
    with pytest.raises(ConnectionError):  # noqa: PT012 - the kernel may tell at the write or at the read
        client.request("GET", "/")
        client.getresponse()
    client.close()


def test_an_unscripted_request_fails_the_test() -> None:
    def ask_for_nothing() -> None:
        with StandIn() as upstream:
            client = connect(upstream)
            client.request("GET", "/nothing")
            with pytest.raises(ConnectionError):
                client.getresponse()
            client.close()

    with pytest.raises(LookupError, match="GET /nothing"):
        ask_for_nothing()
