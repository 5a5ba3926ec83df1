"""Requests to the HTTP port whose heads repeat: they are not parsed again, and are answered as the first of them."""

import json
import re
import socket
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Self

import pytest
from aiohttp import web_protocol

from faults import answers
from faults.stand_in import LIMIT, Gate, StandIn
from openai_grpc_server.config import Config, HttpSettings
from support.gateway import RunningGateway, deployment, on_loop, running_door, submit

CHAT = "/v1/chat/completions"
BODY = b'{"model":"m","messages":[{"role":"user","content":"tide?"}]}'
STREAM = b'{"model":"m","messages":[],"stream":true}'
COMPLETION: dict[str, Any] = {
    "object": "chat.completion",
    "id": "c1",
    "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "ebb"}}],
}
CHUNK = {"object": "chat.completion.chunk", "id": "c1", "choices": [{"index": 0, "delta": {"content": "ebb"}}]}
VARYING = re.compile(rb"(?m)^(?:date|x-request-id): .*\r\n", re.IGNORECASE)

Answer = tuple[int, bytes, bytes]


def head(length: bytes, path: str = CHAT) -> bytes:
    lines = (b"POST %b HTTP/1.1" % path.encode(), b"Host: harbour", b"Content-Length: " + length, b"X-Tenant: harbour")
    return b"\r\n".join([*lines, b"Content-Type: application/json", b"", b""])


def request(body: bytes = BODY, path: str = CHAT) -> bytes:
    return head(b"%d" % len(body), path) + body


class Caller:
    """A connection to the HTTP port of a gateway."""

    def __init__(self, gateway: RunningGateway, receive_buffer: int = 0) -> None:
        self._socket = socket.socket()
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if receive_buffer:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self._socket.settimeout(LIMIT)
        self._socket.connect(("127.0.0.1", gateway.gateway.http_port))
        self._received = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def close(self) -> None:
        self._socket.close()

    def send(self, data: bytes) -> None:
        self._socket.sendall(data)

    def answer(self) -> Answer:
        """Returns status, headers without those that differ from call to call, and body of the next answer."""
        top = self._until(b"\r\n\r\n")
        if b"transfer-encoding: chunked" in top.lower():
            body = self._until(b"0\r\n\r\n")
        else:
            found = re.search(rb"(?i)content-length: (\d+)", top)
            assert found is not None
            body = self._take(int(found[1]))
        return int(top.split(b" ")[1]), VARYING.sub(b"", top), body

    def asks(self, *data: bytes) -> Answer:
        for each in data:
            self.send(each)
        return self.answer()

    def closed(self) -> bool:
        """Waits until the gateway closes the connection."""
        return not self.rest()

    def rest(self) -> bytes:
        """Returns what comes until the gateway closes the connection."""
        while data := self._socket.recv(1 << 16):
            self._received += data
        return self._received

    def _until(self, end: bytes) -> bytes:
        while (at := self._received.find(end)) < 0:
            self._more()
        return self._take(at + len(end))

    def _take(self, size: int) -> bytes:
        while len(self._received) < size:
            self._more()
        data, self._received = self._received[:size], self._received[size:]
        return data

    def _more(self) -> None:
        data = self._socket.recv(1 << 16)
        assert data, self._received
        self._received += data


def repeating(gateway: RunningGateway, **options: Any) -> Caller:
    """Returns a caller whose head the gateway knows."""
    caller = Caller(gateway, **options)
    for _ in range(2):
        assert caller.asks(request())[0] == 200
    return caller


@pytest.fixture(scope="module")
def upstream() -> Iterator[StandIn]:
    with StandIn() as running:
        running.on("POST", CHAT, answers.json(COMPLETION))
        yield running


@pytest.fixture(scope="module")
def gateway(upstream: StandIn) -> Iterator[RunningGateway]:
    with running_door(deployment(upstream.url)) as running:
        yield running


def test_a_copy_is_not_parsed(gateway: RunningGateway, monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[bytes] = []
    parse = web_protocol.RequestHandler.data_received

    def counted(self: web_protocol.RequestHandler, data: bytes) -> None:
        if data:
            parsed.append(data)
        parse(self, data)

    monkeypatch.setattr(web_protocol.RequestHandler, "data_received", counted)
    others = [request(path="/chat/completions"), request(b'{"model":"m","messages":[]}')]
    with Caller(gateway) as caller:
        for data in [request(), *others, request(), *others]:
            assert caller.asks(data)[0] == 200
        assert caller.asks(head(b"%d" % len(BODY)), BODY[:9], BODY[9:])[0] == 200
    assert parsed == [request(), others[0]]


REQUESTS: dict[str, tuple[bytes, ...]] = {
    "the same": (request(),),
    "another length": (request(BODY[:-1] + b',"user":"a sailor of the bay"}'),),
    "large": (request(BODY[:-1] + b',"user":"' + b"x" * 50_000 + b'"}'),),
    "larger": (request(BODY[:-1] + b',"user":"' + b"x" * 900_000 + b'"}'),),
    "a stream": (request(STREAM),),
    "no JSON": (request(b"{" + BODY),),
    "a list": (request(b"[1]"),),
    "not a boolean": (request(BODY[:-1] + b',"stream":"yes"}'),),
    "not UTF-8": (request(b'{"model":"\xff"}'),),
    "spaces": (request(b"    "),),
    "no body": (head(b"0"),),
    "a length with a zero": (head(b"0%d" % len(BODY)) + BODY,),
    "a model that is not there": (request(BODY.replace(b'"m"', b'"moon"')),),
    "head, then body": (head(b"%d" % len(BODY)), BODY),
    "a body in pieces": (head(b"%d" % len(BODY)) + BODY[:5], BODY[5:20], BODY[20:]),
    "a head in pieces": (request()[:30], request()[30:]),
    "a length in pieces": (request()[: -len(BODY) - 50], request()[-len(BODY) - 50 :]),
    "another path": (request(path="/v1/embeddings"),),
    "a path that is not there": (request(path="/v1/tides"),),
}


@pytest.mark.parametrize("name", REQUESTS)
def test_a_copy_is_answered_as_the_first(name: str, gateway: RunningGateway, upstream: StandIn) -> None:
    upstream.on("POST", "/v1/embeddings", answers.json({"object": "list", "data": []}))
    pieces = REQUESTS[name]
    with Caller(gateway) as fresh, repeating(gateway) as caller:
        if b'"stream":true' in pieces[0]:
            upstream.enqueue(*[answers.stream(answers.events([CHUNK]))] * 2)
        expected = fresh.asks(*pieces)
        before = len(upstream.exchanges)
        assert caller.asks(*pieces) == expected
        sent = [each.body for each in upstream.requests[before - 1 :]]
        assert len(sent) == 1 or len({bytes(each) for each in sent}) == 1
        assert caller.asks(request()) == fresh.asks(request())


def test_what_comes_meanwhile_is_answered_in_its_order(gateway: RunningGateway, upstream: StandIn) -> None:
    gate, large = Gate(), request(BODY[:-1] + b',"user":"' + b"x" * 300_000 + b'"}')
    with repeating(gateway) as caller:
        upstream.enqueue(answers.stream(answers.events([CHUNK]), gates={0: gate}))
        before = len(upstream.exchanges)
        caller.send(request(STREAM))
        upstream.exchange(before).received.result(LIMIT)
        bad = request(b"{")
        for data in (request() + bad, request(), large, bad[:30], bad[30:] + request()):
            caller.send(data)
        gate.open()
        found = [caller.answer()[0] for _ in range(7)]
    assert found == [200, 200, 400, 200, 200, 400, 200]


def test_what_is_not_http_takes_no_request_before_it_along(gateway: RunningGateway, upstream: StandIn) -> None:
    gate = Gate()
    with repeating(gateway) as caller, Caller(gateway) as other:
        upstream.enqueue(answers.stream(answers.events([CHUNK]), gates={0: gate}))
        before = len(upstream.exchanges)
        caller.send(request(STREAM))
        upstream.exchange(before).received.result(LIMIT)
        caller.send(request())
        assert other.asks(request())[0] == 200  # what the first caller sent was read before
        caller.send(b"low water\r\n\r\n")
        gate.open()
        found = [caller.answer()[0] for _ in range(3)]
    assert found == [200, 200, 400]


@pytest.mark.parametrize("stream", [False, True])
def test_who_hangs_up_cancels_upstream(stream: bool, gateway: RunningGateway, upstream: StandIn) -> None:
    with repeating(gateway) as caller:
        begun = answers.stream(answers.events([CHUNK], done=False), then="stall")
        upstream.enqueue(begun if stream else answers.stall())
        exchange = len(upstream.exchanges)
        caller.send(request(STREAM if stream else BODY))
        upstream.exchange(exchange).received.result(LIMIT)
        caller.close()
        upstream.exchange(exchange).closed.result(LIMIT)
    assert gateway.logged("rpc")[-1]["status"] == "CANCELLED"


def test_a_stream_that_breaks_off_never_ends_well(gateway: RunningGateway, upstream: StandIn) -> None:
    with repeating(gateway) as caller:
        upstream.enqueue(answers.stream(answers.events([CHUNK], done=False), then="truncate"))
        caller.send(request(STREAM))
        received = caller.rest()
    assert b'"error"' in received
    assert not received.endswith(b"0\r\n\r\n")


def test_a_caller_who_does_not_read_is_not_served_further(upstream: StandIn) -> None:
    large = {**COMPLETION, "system_fingerprint": "x" * (8 << 20)}
    with (
        running_door(deployment(upstream.url)) as gateway,
        repeating(gateway, receive_buffer=1 << 14) as caller,
        repeating(gateway) as other,
    ):
        before = len(upstream.exchanges)
        upstream.enqueue(answers.json(large))
        caller.send(request())
        upstream.exchange(before).received.result(LIMIT)
        for _ in range(5):
            caller.send(request())
        for _ in range(3):
            assert other.asks(request())[0] == 200
        assert len(upstream.exchanges) == before + 1 + 3
        assert [caller.answer()[0] for _ in range(6)] == [200] * 6


def test_a_body_that_does_not_come(upstream: StandIn) -> None:
    with (
        running_door(deployment(upstream.url), http=HttpSettings(port=0, body_timeout=0.2)) as gateway,
        repeating(gateway) as caller,
    ):
        before = len(upstream.exchanges)
        status, _, body = caller.asks(head(b"60") + BODY[:5])
        assert (status, b"did not arrive in time" in body) == (408, True)
        assert caller.closed()
        assert len(upstream.exchanges) == before


def test_idle_connections_are_closed_and_busy_ones_are_not(upstream: StandIn) -> None:
    gate = Gate()
    with (
        running_door(deployment(upstream.url), http=HttpSettings(port=0, idle_timeout=0.2)) as gateway,
        repeating(gateway) as busy,
    ):
        before = len(upstream.exchanges)
        upstream.enqueue(answers.stream(answers.events([CHUNK]), gates={0: gate}))
        busy.send(request(STREAM))
        upstream.exchange(before).received.result(LIMIT)
        for _ in range(2):  # longer than that time
            with repeating(gateway) as idle:
                assert idle.closed()
        gate.open()
        assert busy.answer()[0] == 200
        assert busy.asks(request())[0] == 200
        assert busy.closed()


def test_an_answer_is_the_last_of_a_server_that_stops(upstream: StandIn) -> None:
    gate = Gate()
    with (
        running_door(deployment(upstream.url), grace_period=LIMIT) as gateway,
        repeating(gateway) as caller,
        repeating(gateway) as idle,
    ):
        before = len(upstream.exchanges)
        reply = [json.dumps(COMPLETION).encode()]
        upstream.enqueue(answers.stream(reply, gates={0: gate}, content_type=answers.JSON))
        caller.send(request())
        upstream.exchange(before).received.result(LIMIT)
        stopping = submit(gateway.gateway.stop())
        assert idle.closed()
        gate.open()
        status, headers, _ = caller.answer()
        assert (status, b"\r\nConnection: close\r\n" in headers) == (200, True)
        assert caller.closed()
        stopping.result(LIMIT)


def test_an_old_connection_is_closed_after_an_answer(upstream: StandIn) -> None:
    with running_door(deployment(upstream.url), max_connection_age=0.1) as gateway, Caller(gateway) as caller:
        found: Sequence[bytes] = ()
        while not found or b"\r\nConnection: close\r\n" not in found[-1]:
            status, headers, _ = caller.asks(request())
            assert status == 200
            found = [*found, headers]
        assert caller.closed()


def test_a_reload_is_taken_up(upstream: StandIn) -> None:
    with running_door(deployment(upstream.url)) as gateway, repeating(gateway) as caller:
        assert upstream.requests[-1].header("x-tenant") is None
        on_loop(reload(gateway, upstream))
        before = len(upstream.exchanges)
        for _ in range(2):
            assert caller.asks(request())[0] == 200
        assert [each.header("x-tenant") for each in upstream.requests[before:]] == ["harbour"] * 2


async def reload(gateway: RunningGateway, upstream: StandIn) -> None:
    server = replace(gateway.gateway.settings, metadata_headers=("x-tenant",))
    assert not gateway.gateway.reload(Config(server=server, deployments=(deployment(upstream.url),)))
