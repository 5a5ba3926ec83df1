"""Requests to the HTTP port that are not HTTP/1.1, or that two servers may read differently: none is a call."""

import json
import re
import socket
from collections.abc import Iterator

import pytest

from faults import answers
from faults.stand_in import LIMIT, StandIn
from openai_grpc_server.config import HttpSettings
from support.gateway import RunningGateway, deployment, running_door

BODY = b'{"model": "m", "messages": []}'
LENGTH = b"Content-Length: %d" % len(BODY)
CHUNKED = b"Transfer-Encoding: chunked"
LINE = b"POST /v1/chat/completions HTTP/1.1"
ONE_CHUNK = b"%x\r\n%b\r\n0\r\n\r\n" % (len(BODY), BODY)
COMPLETION = {
    "object": "chat.completion",
    "id": "c1",
    "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "ebb"}}],
}


def request(*headers: bytes, line: bytes = LINE, body: bytes = BODY, ends: bytes = b"\r\n") -> bytes:
    return ends.join([line, b"Host: harbour", *headers, b"", b""]) + body


@pytest.fixture(scope="module")
def upstream() -> Iterator[StandIn]:
    with StandIn() as running:
        running.on("POST", "/v1/chat/completions", answers.json(COMPLETION))
        yield running


@pytest.fixture(scope="module")
def gateway(upstream: StandIn) -> Iterator[RunningGateway]:
    with running_door(deployment(upstream.url)) as running:
        yield running


def exchange(gateway: RunningGateway, data: bytes, calls: int = 0) -> bytes:
    """Sends bytes after some calls, and returns what comes until the server closes the connection."""
    with socket.create_connection(("127.0.0.1", gateway.gateway.http_port), LIMIT) as connection:
        for _ in range(calls):
            connection.sendall(request(LENGTH))
            assert connection.recv(1 << 16).startswith(b"HTTP/1.1 200 ")
        connection.sendall(data)
        received = b""
        try:
            while piece := connection.recv(1 << 16):
                received += piece
        except ConnectionResetError:  # it closed before it had read all
            pass
        return received


REFUSED: dict[str, tuple[bytes, int]] = {
    "two lengths": (request(LENGTH, b"Content-Length: 3"), 400),
    "the same length twice": (request(LENGTH, LENGTH), 400),
    "a list of lengths": (request(b"Content-Length: 30, 30"), 400),
    "a signed length": (request(b"Content-Length: +30"), 400),
    "a negative length": (request(b"Content-Length: -1"), 400),
    "a length and chunks": (request(LENGTH, CHUNKED, body=ONE_CHUNK), 400),
    "chunks and a length": (request(CHUNKED, LENGTH, body=ONE_CHUNK), 400),
    "an unknown coding and a length": (request(b"Transfer-Encoding: xchunked", LENGTH), 400),
    "chunked twice": (request(b"Transfer-Encoding: chunked, chunked", body=ONE_CHUNK), 400),
    "another coding": (request(b"Transfer-Encoding: gzip, chunked", body=ONE_CHUNK), 501),
    "a coding with a vertical tab": (request(b"Transfer-Encoding:\x0bchunked", body=ONE_CHUNK), 400),
    "a chunk without a size": (request(CHUNKED, body=b"zz\r\n" + BODY), 400),
    "a size with a prefix": (request(CHUNKED, body=b"0x" + ONE_CHUNK), 400),
    "a size with a sign": (request(CHUNKED, body=b"+" + ONE_CHUNK), 400),
    "a chunk that is longer than its size": (request(CHUNKED, body=b"3\r\n" + BODY), 400),
    "a chunk that ends with a line feed": (request(CHUNKED, body=b"1e\n" + BODY + b"\n0\n\n"), 400),
    "a space before a colon": (request(b"Content-Length : 30"), 400),
    "a folded header": (request(LENGTH, b"A: b", b" c"), 400),
    "a header with a zero byte": (request(LENGTH, b"A: b\0c"), 400),
    "a header without a colon": (request(LENGTH, b"A"), 400),
    "line feeds alone": (request(LENGTH, ends=b"\n"), 400),
    "carriage returns alone": (request(LENGTH, ends=b"\r"), 400),
    "no host": (b"GET /v1/models HTTP/1.1\r\n\r\n", 400),
    "two hosts": (request(LENGTH, b"Host: elsewhere"), 400),
    "a control character in the path": (request(LENGTH, line=b"POST /v1/\x01 HTTP/1.1"), 400),
    "a method that nobody knows": (request(LENGTH, line=b"TIDE /v1/models HTTP/1.1"), 400),
    "a tunnel": (request(line=b"CONNECT elsewhere:443 HTTP/1.1", body=b""), 405),
    "HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
    "HTTP/0.9": (b"GET /v1/models\r\n\r\n", 400),
    "another version": (request(LENGTH, line=b"POST /v1/chat/completions HTTP/3.7"), 400),
    "TLS": (bytes.fromhex("1603010200010001fc0303"), 400),
    "a long header": (request(LENGTH, b"A: " + b"x" * 40_000), 431),
    "a long path": (request(LENGTH, line=b"POST /" + b"x" * 40_000 + b" HTTP/1.1"), 431),
    "headers that are large together": (request(LENGTH, *[b"A: " + b"x" * 1000] * 40), 431),
    "very many headers": (request(LENGTH, *[b"A: b"] * 1000), 400),
}


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("calls", [0, 2], ids=["at first", "after calls"])
def test_what_is_not_http_is_refused(calls: int, name: str, gateway: RunningGateway, upstream: StandIn) -> None:
    data, status = REFUSED[name]
    before = len(upstream.exchanges) + calls
    # What follows must not be taken for a request of its own either.
    head, _, body = exchange(gateway, data + request(LENGTH), calls).partition(b"\r\n\r\n")
    assert int(head.split(b" ")[1]) == status
    error, _ = json.JSONDecoder().raw_decode(body.decode())
    assert error["error"]["message"]
    assert len(upstream.exchanges) == before


def test_requests_that_are_sent_together_are_answered_in_their_order(
    gateway: RunningGateway, upstream: StandIn
) -> None:
    before = len(upstream.exchanges)
    bad = request(b"Content-Length: 1", body=b"{")
    last = request(LENGTH, b"Connection: close")
    together = request(LENGTH) + bad + request(CHUNKED, body=ONE_CHUNK) + last
    for calls in (0, 2):
        received = exchange(gateway, together, calls)
        assert re.findall(rb"HTTP/1.1 (\d+) ", received) == [b"200", b"400", b"200", b"200"]
    assert len(upstream.exchanges) == before + 8


@pytest.mark.parametrize("tail", [b"zz\r\n", b"%x\r\n" % len(BODY)], ids=["no size", "an end that is missing"])
def test_a_body_that_turns_bad_is_no_call(tail: bytes, gateway: RunningGateway, upstream: StandIn) -> None:
    before = len(upstream.exchanges)
    with socket.create_connection(("127.0.0.1", gateway.gateway.http_port), LIMIT) as connection:
        connection.sendall(request(CHUNKED, b"Expect: 100-continue", body=b""))
        assert connection.recv(1 << 16).startswith(b"HTTP/1.1 100 ")
        connection.sendall(b"3\r\nabc\r\n" + tail)
        connection.shutdown(socket.SHUT_WR)
        received = b""
        while piece := connection.recv(1 << 16):
            received += piece
    assert received == b"" or received.split(b" ")[1] == b"400"
    assert len(upstream.exchanges) == before
    assert not gateway.logged("unexpected error")


LATE: dict[str, bytes] = {
    "nothing": b"",
    "half a line": b"POST /v1/chat",
    "half a head": LINE + b"\r\nHost: harbour\r\n",
    "half a body": request(LENGTH, body=BODY[:5]),
    "half a chunk": request(CHUNKED, body=b"1e\r\n{"),
    "half a form": request(
        b"Content-Type: multipart/form-data; boundary=x",
        b"Content-Length: 1000",
        line=b"POST /v1/audio/transcriptions HTTP/1.1",
        body=b'--x\r\nContent-Disposition: form-data; name="model"\r\n\r\nm\r\n--x\r\n',
    ),
}


@pytest.mark.parametrize("name", LATE)
def test_who_is_too_slow_loses_the_connection(name: str, upstream: StandIn) -> None:
    before = len(upstream.exchanges)
    slow = HttpSettings(port=0, header_timeout=0.2, body_timeout=0.2)
    with running_door(deployment(upstream.url), http=slow) as gateway:
        received = exchange(gateway, LATE[name])
    assert received == b"" or received.split(b" ")[1] == b"408"
    assert len(upstream.exchanges) == before


def test_a_connection_without_a_request_is_closed(upstream: StandIn) -> None:
    with running_door(deployment(upstream.url), http=HttpSettings(port=0, idle_timeout=0.2)) as gateway:
        assert exchange(gateway, request(LENGTH)).startswith(b"HTTP/1.1 200 ")


def test_a_body_that_is_too_large_is_not_read(gateway: RunningGateway, upstream: StandIn) -> None:
    before = len(upstream.exchanges)
    received = exchange(gateway, request(b"Content-Length: 2000000000", body=b"{"))
    assert received.split(b" ")[1] == b"413"
    assert len(upstream.exchanges) == before
    assert gateway.logged("rpc")[-1]["reason"] == "MESSAGE_TOO_LARGE"


@pytest.mark.parametrize("framing", [b"Content-Length: 5000", CHUNKED], ids=["with a length", "in chunks"])
def test_the_limit_of_a_body(framing: bytes, upstream: StandIn) -> None:
    data = b'{"a": "' + b"x" * 4991 + b'"}'
    body = data if framing != CHUNKED else b"1388\r\n" + data + b"\r\n0\r\n\r\n"
    with running_door(deployment(upstream.url), http=HttpSettings(port=0, max_body_bytes=4999)) as gateway:
        assert exchange(gateway, request(framing, body=body)).split(b" ")[1] == b"413"


def test_bodies_count_as_requests_in_memory(upstream: StandIn) -> None:
    with running_door(deployment(upstream.url), max_in_flight_bytes=2000) as gateway:
        first = socket.create_connection(("127.0.0.1", gateway.gateway.http_port), LIMIT)
        with first:
            first.sendall(request(b"Content-Length: 1900", b"Expect: 100-continue", body=b""))
            assert first.recv(1 << 16).startswith(b"HTTP/1.1 100 ")
            first.sendall(b"x" * 1500)
            large = request(b"Content-Length: 1000", body=b"x" * 1000)
            while not (received := exchange(gateway, large + request(LENGTH, b"Connection: close"))).startswith(
                b"HTTP/1.1 429 "
            ):
                assert received.startswith(b"HTTP/1.1 400 ")  # the first one's bytes are not there yet
    assert b"request bytes" in received


def test_a_connection_over_the_limit_is_closed(upstream: StandIn) -> None:
    with (
        running_door(deployment(upstream.url), max_connections=1) as gateway,
        socket.create_connection(("127.0.0.1", gateway.gateway.http_port), LIMIT) as first,
    ):
        first.sendall(request(LENGTH))
        assert first.recv(1 << 16).startswith(b"HTTP/1.1 200 ")
        assert exchange(gateway, b"") == b""
