"""Responses over one connection: lanes, steering, WebSocket upstreams and others, ends."""

import json
import queue
import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import aiohttp
import grpc
import pytest

from faults import answers
from faults.stand_in import Gate, StandIn
from openai_grpc.codec import from_object, to_json
from openai_grpc.v1 import responses_pb2
from openai_grpc_server.access.ownership import SealedId, Sealer
from openai_grpc_server.config import GeneralSettings, KeySettings, RouterConfig, Secret
from support.failure import failure_of
from support.gateway import LIMIT, RunningGateway, deployment, on_loop, running_door, running_gateway, submit
from support.websocket_peer import CLOSED, SocketCaller, WebSocketPeer

STATUS = grpc.StatusCode
RESPONSES = "/v1/responses"
END = object()
MASTER, NARROW, OTHER = "sk-Vk3xq8RzT1mWb7Ly", "sk-c9Hd2PfNs5uJg4Ea", "sk-Zt6oKw1QxB8vYi3M"
SEALING_KEY = Secret("of all ids in these tests, at random 5518")
KEYS = GeneralSettings(
    master_key=Secret(MASTER),
    sealing_key=SEALING_KEY,
    keys=(
        KeySettings(key=Secret(NARROW), name="narrow", models=("calm",), rpm=2),
        KeySettings(key=Secret(OTHER), name="other"),
    ),
)


class Client:
    """A caller of `Connect`."""

    def __init__(self, gateway: RunningGateway, key: str | None = MASTER, **options: Any) -> None:
        self._requests: queue.Queue[Any] = queue.Queue()
        metadata = () if key is None else (("authorization", f"Bearer {key}"),)
        self.call: Any = gateway.responses.Connect(
            iter(self._requests.get, END), metadata=metadata, **{"timeout": LIMIT, **options}
        )

    def create(self, lane: str | None = None, model: str = "calm", **fields: Any) -> None:
        request = from_object(responses_pb2.CreateResponseRequest, {"model": model, "input": "Ahoy", **fields})
        self._requests.put(responses_pb2.ResponsesClientEvent(create=request, stream_id=lane))

    def send(self, value: dict[str, Any]) -> None:
        self._requests.put(from_object(responses_pb2.ResponsesClientEvent, value))

    def put(self, message: responses_pb2.ResponsesClientEvent) -> None:
        self._requests.put(message)

    def done(self) -> None:
        self._requests.put(END)

    def next(self, count: int = 1) -> list[tuple[str | None, dict[str, Any]]]:
        return [seen(next(self.call)) for _ in range(count)]

    def rest(self) -> list[tuple[str | None, dict[str, Any]]]:
        return [seen(event) for event in self.call]


def seen(event: responses_pb2.ResponsesServerEvent) -> tuple[str | None, dict[str, Any]]:
    """Returns the lane of an event, and its JSON."""
    return event.stream_id if event.HasField("stream_id") else None, json.loads(to_json(event))


def response(number: int, status: str = "in_progress", **fields: Any) -> dict[str, Any]:
    return {"id": f"resp_{number}", "object": "response", "model": "m", "status": status, "output": [], **fields}


def created(number: int) -> dict[str, Any]:
    return {"type": "response.created", "response": response(number), "sequence_number": 0}


def delta(text: str) -> dict[str, Any]:
    return {
        "type": "response.output_text.delta",
        "item_id": "msg_1",
        "output_index": 0,
        "content_index": 0,
        "delta": text,
        "logprobs": [],
        "sequence_number": 1,
    }


def completed(number: int, tokens: int = 5, kind: str = "completed", **fields: Any) -> dict[str, Any]:
    usage = {"input_tokens": tokens, "output_tokens": 2, "total_tokens": tokens + 2}
    ended = response(number, kind, usage=usage, **fields)
    return {"type": f"response.{kind}", "response": ended, "sequence_number": 2}


def laned(lane: str | None, *values: dict[str, Any]) -> list[dict[str, Any]]:
    return [value if lane is None else {**value, "stream_id": lane} for value in values]


def kinds(events: list[tuple[str | None, dict[str, Any]]]) -> list[tuple[str | None, str]]:
    return [(lane, value["type"].removeprefix("response.")) for lane, value in events]


@pytest.fixture(scope="module")
def peer() -> Iterator[WebSocketPeer]:
    with WebSocketPeer() as peer:
        yield peer


@pytest.fixture(scope="module")
def plain() -> Iterator[StandIn]:
    with StandIn() as upstream:
        yield upstream


@pytest.fixture(scope="module")
def gateway(peer: WebSocketPeer, plain: StandIn) -> Iterator[RunningGateway]:
    with running_gateway(
        deployment(peer.url, name="socket", model_name="calm", model="m", responses_websocket=True),
        deployment(plain.url, name="plain", model_name="plain", model="m"),
        general=KEYS,
        router=RouterConfig(num_retries=0),
    ) as gateway:
        yield gateway


def test_lanes_are_interleaved_and_each_is_in_order(gateway: RunningGateway, peer: WebSocketPeer) -> None:
    client = Client(gateway)
    client.create("a", input="one", new_key={"deep": [1]})
    socket = peer.accept()
    first = socket.receive()
    assert (first["type"], first["stream_id"], first["input"], first["model"]) == ("response.create", "a", "one", "m")
    assert first["new_key"] == {"deep": [1]}
    assert "stream" not in first
    client.create("b")
    client.create(None)
    client.create("a", input="after one")
    assert {socket.receive().get("stream_id"), socket.receive().get("stream_id")} == {"b", None}
    a, b, none = (
        laned(lane, created(at), delta(f"of {at}"), completed(at)) for at, lane in enumerate(("a", "b", None))
    )
    order = [a[0], b[0], b[1], none[0], a[1], none[1], b[2], none[2]]
    socket.send(*order)
    got = client.next(8)
    assert sorted(kinds(got), key=str) == sorted(kinds([(each.get("stream_id"), each) for each in order]), key=str)
    for lane in ("a", "b", None):
        ours = [value["type"] for name, value in got if name == lane]
        assert ours == [each["type"] for each in order if each.get("stream_id") == lane]
    assert not [value for _, value in got if "stream_id" in value]
    socket.send(a[2])
    assert socket.receive()["input"] == "after one"  # only now: a lane is first in, first out
    client.done()
    socket.send(*laned("a", created(9), completed(9)))
    assert kinds(client.rest()) == [("a", "completed"), ("a", "created"), ("a", "completed")]
    assert client.call.code() is STATUS.OK
    assert socket.receive() is CLOSED
    lines = [line for line in gateway.logged("rpc") if line["method"].endswith("StreamResponse")]
    assert [(line["key"], line["input_tokens"], line["status"]) for line in lines[-4:]] == [("master", 5, "OK")] * 4
    assert len({line["request_id"] for line in lines[-4:]}) == 4


def test_a_steered_response_and_its_successor(gateway: RunningGateway, peer: WebSocketPeer) -> None:
    client = Client(gateway)
    client.create("a")
    socket = peer.accept()
    socket.receive()
    socket.send(*laned("a", created(1)))
    ((_, event),) = client.next()
    sealed = event["response"]["id"]
    assert sealed != "resp_1"
    client.send({"type": "response.steer", "previous_response_id": sealed, "input": "Shorter", "new": 1})
    steer = socket.receive()
    assert steer == {"type": "response.steer", "previous_response_id": "resp_1", "input": "Shorter", "new": 1}
    told = {"type": "response.steer.accepted", "sequence_number": 1}
    socket.send(*laned("a", {**told, "steer": {"id": "st_1", "previous_response_id": "resp_1"}}))
    ended = completed(1, kind="incomplete", incomplete_details={"reason": "steered"})
    socket.send(*laned("a", ended, created(2), delta("short"), completed(2, tokens=7)))
    client.done()
    events = client.rest()
    assert [kind for _, kind in kinds(events)] == [
        *("steer.accepted", "incomplete", "created", "output_text.delta", "completed")
    ]
    assert events[0][1]["steer"] == {"id": "st_1", "previous_response_id": sealed}
    line = [line for line in gateway.logged("rpc") if line["method"].endswith("StreamResponse")][-1]
    assert (line["input_tokens"], line["output_tokens"]) == (12, 4)


def test_steering_that_fails_after_the_end(gateway: RunningGateway, peer: WebSocketPeer) -> None:
    client = Client(gateway)
    client.create("a")
    socket = peer.accept()
    socket.receive()
    socket.send(*laned("a", created(1), completed(1)))
    sealed = client.next(2)[0][1]["response"]["id"]
    client.send({"type": "response.steer", "previous_response_id": sealed, "input": "Late"})
    assert socket.receive()["previous_response_id"] == "resp_1"
    error = {"code": "response_already_completed", "message": "late", "type": "invalid_request_error"}
    failed = {"type": "response.steer.failed", "sequence_number": 3, "error": error}
    socket.send(*laned("a", {**failed, "steer": {"input": "Late", "previous_response_id": "resp_1"}}))
    ((lane, event),) = client.next()
    assert (lane, event) == ("a", {**failed, "steer": {"input": "Late", "previous_response_id": sealed}})
    client.create("a", previous_response_id=sealed)
    assert socket.receive()["previous_response_id"] == "resp_1"
    client.call.cancel()
    assert socket.receive() is CLOSED


def test_unknown_events_pass_both_ways(gateway: RunningGateway, peer: WebSocketPeer) -> None:
    client = Client(gateway)
    client.create("a")
    socket = peer.accept()
    socket.receive()
    future = {"type": "response.pause", "until": 1.50, "deep": {"list": [None, 2**60]}}
    client.send(future)
    assert socket.receive() == future
    answer = {"type": "response.paused", "sequence_number": 4, "why": [{"a": None}]}
    socket.send(*laned("a", answer, {**created(1), "new": 1}))
    socket.send({"type": "server.notice", "text": "soon"})
    got = client.next(3)
    assert ("a", answer) in got
    assert (None, {"type": "server.notice", "text": "soon"}) in got
    assert next(value for _, value in got if value["type"] == "response.created")["new"] == 1
    # Told by its type, whatever field it is in: no way around the checks of a request.
    client.put(responses_pb2.ResponsesClientEvent(unknown='{"type": "response.create", "model": "nobody"}'))
    client.put(responses_pb2.ResponsesClientEvent(unknown="[1]"))
    assert {value["status"] for _, value in client.next(2)} == {404, 400}
    client.call.cancel()
    assert socket.receive() is CLOSED


def test_an_object_of_another_upstream_is_refused(gateway: RunningGateway, peer: WebSocketPeer) -> None:
    sealer = Sealer(SEALING_KEY)
    here, elsewhere = (sealer.seal(SealedId("other", place, f"file-{place}")) for place in ("socket", "plain"))
    client = Client(gateway, OTHER)
    client.create("a")
    socket = peer.accept()
    socket.receive()
    socket.send(*laned("a", created(1)))
    ((_, event),) = client.next()
    for file, passes in ((here, True), (elsewhere, False)):
        content = [{"type": "input_file", "file_id": file}]
        steer = {"type": "response.steer", "input": [{"type": "message", "role": "user", "content": content}]}
        for sent in ({**steer, "previous_response_id": event["response"]["id"]}, {"type": "x", "file_id": file}):
            client.send(sent)
            if passes:
                assert "file-socket" in json.dumps(socket.receive())
            else:
                assert "another upstream" in client.next()[0][1]["error"]["message"]
    client.call.cancel()
    assert socket.receive() is CLOSED


def test_an_upstream_without_the_mode_has_a_stream_for_each(gateway: RunningGateway, plain: StandIn) -> None:
    gates = Gate(), Gate()
    for at, gate in enumerate(gates):
        plain.enqueue(answers.stream(answers.events([created(at), completed(at)], named=True), gates={1: gate}))
    client = Client(gateway)
    client.create("a", model="plain")
    client.next()
    client.create("b", model="plain")
    ((_, event),) = client.next()
    client.send({"type": "response.steer", "previous_response_id": event["response"]["id"], "input": "x"})
    ((_, failed),) = client.next()
    assert (failed["type"], failed["error"]["code"]) == ("response.steer.failed", "steering_not_supported")
    assert failed["steer"] == {"input": "x", "previous_response_id": event["response"]["id"]}
    gates[1].open()
    assert kinds(client.next()) == [("b", "completed")]
    gates[0].open()
    client.done()
    assert kinds(client.rest()) == [("a", "completed")]


def test_a_refused_handshake_falls_back_to_streams(plain: StandIn) -> None:
    plain.enqueue(answers.json({"error": {"message": "no such path"}}, status=404))
    plain.enqueue(answers.stream(answers.events([created(1), completed(1)], named=True)))
    with running_gateway(deployment(plain.url, responses_websocket=True)) as gateway:
        client = Client(gateway, key=None)
        client.create()
        client.done()
        assert kinds(client.rest()) == [(None, "created"), (None, "completed")]


CLOSES = {
    "policy": ((1008, "not allowed"), 400, "1008"),
    "try again later": ((1013, "busy"), 503, "1013"),
    "internal error": ((1011, "oops"), 500, "1011"),
    "without a close": (None, 502, "lost"),
}


@pytest.mark.parametrize(("close", "status", "words"), CLOSES.values(), ids=CLOSES)
def test_an_upstream_that_closes(
    gateway: RunningGateway, peer: WebSocketPeer, close: tuple[int, str] | None, status: int, words: str
) -> None:
    client = Client(gateway)
    client.create("a")
    socket = peer.accept()
    socket.receive()
    socket.send(*laned("a", created(1), delta("x")))
    client.next(2)
    if close is None:
        socket.cut()
    else:
        socket.close(*close)
    ((lane, event),) = client.next()
    assert (lane, event["type"], event["status"]) == ("a", "error", status)
    assert words in event["error"]["message"]
    assert close is None or close[1] in event["error"]["message"]
    client.create("b")  # on a new WebSocket
    again = peer.accept()
    again.receive()
    again.send(*laned("b", {"type": "error", "status": 400, "error": {"code": "bad", "message": "no", "type": "t"}}))
    assert client.next() == [
        ("b", {"type": "error", "status": 400, "error": {"code": "bad", "message": "no", "type": "t"}})
    ]
    client.done()
    assert client.rest() == []
    assert client.call.code() is STATUS.OK


def test_a_cancelled_connection_closes_the_upstreams(gateway: RunningGateway, peer: WebSocketPeer) -> None:
    client = Client(gateway)
    client.create("a")
    socket = peer.accept()
    socket.receive()
    socket.send(*laned("a", created(1)))
    client.next()
    client.call.cancel()
    assert socket.receive() is CLOSED


def test_a_slow_reader_stops_the_upstream(gateway: RunningGateway, peer: WebSocketPeer) -> None:
    client = Client(gateway)
    client.create("a")
    socket = peer.accept()
    socket.receive()
    socket.send(*laned("a", created(1)))
    client.next()
    flood = submit(socket.flood({**delta("x" * 100_000), "stream_id": "a"}))
    stopped = settled(lambda: socket.sent)
    assert stopped < 2000  # of 100 kB each: buffers of sockets, gRPC and the gateway
    for _ in range(stopped + 100):
        next(client.call)
    assert socket.sent > stopped
    flood.cancel()
    client.call.cancel()


def settled(count: Callable[[], int]) -> int:
    """Waits until a number stays the same."""
    last = 0
    while (now := count()) != last or not now:
        last = now
        time.sleep(0.3)
    return now


REFUSED: dict[str, tuple[str, dict[str, Any], int]] = {
    "a model that the key may not use": (NARROW, {"model": "plain"}, 403),
    "another's response": (NARROW, {"previous_response_id": "resp_1"}, 404),
    "an unknown model": (MASTER, {"model": "nobody"}, 404),
}


@pytest.mark.parametrize(("key", "fields", "status"), REFUSED.values(), ids=REFUSED)
def test_a_refused_response_leaves_the_connection(
    gateway: RunningGateway, key: str, fields: dict[str, Any], status: int
) -> None:
    client = Client(gateway, key)
    client.create("a", **fields)
    ((lane, event),) = client.next()
    assert (lane, event["type"], event["status"]) == ("a", "error", status)
    client.done()
    assert client.rest() == []


def test_the_limits_of_a_key_count_responses(peer: WebSocketPeer) -> None:
    general = GeneralSettings(keys=(KeySettings(key=Secret(NARROW), name="n", rpm=2, max_parallel_requests=1),))
    with running_gateway(deployment(peer.url, responses_websocket=True), general=general) as gateway:
        client = Client(gateway, NARROW)
        client.create()
        socket = peer.accept()
        socket.receive()
        client.create("b")
        ((lane, event),) = client.next()
        assert (lane, event["status"]) == ("b", 429)
        socket.send(created(1), completed(1))
        client.next(2)
        client.call.cancel()


def test_no_key(gateway: RunningGateway) -> None:
    assert failure_of(lambda: Client(gateway, "sk-unknown-key").rest()).code is STATUS.UNAUTHENTICATED


def test_an_idle_connection_ends(peer: WebSocketPeer) -> None:
    with running_gateway(deployment(peer.url), session_idle_timeout=0.1) as gateway:
        failure = failure_of(lambda: Client(gateway, None).rest())
        assert (failure.code, failure.reason) == (STATUS.DEADLINE_EXCEEDED, "IDLE_TIMEOUT")


def test_a_shutdown_lets_responses_end(peer: WebSocketPeer) -> None:
    with running_gateway(deployment(peer.url, responses_websocket=True), grace_period=LIMIT) as gateway:
        idle, busy = Client(gateway, None), Client(gateway, None)
        busy.create("a")
        socket = peer.accept()
        socket.receive()
        socket.send(*laned("a", created(1)))
        busy.next()
        idle.call.initial_metadata()
        stopping = submit(gateway.gateway.stop())
        failure = failure_of(idle.rest)
        assert (failure.code, failure.reason) == (STATUS.UNAVAILABLE, "DRAINING")
        socket.send(*laned("a", completed(1)))
        assert kinds(busy.next()) == [("a", "completed")]
        assert failure_of(busy.rest).reason == "DRAINING"
        stopping.result(LIMIT)


def door(gateway: RunningGateway, key: str = MASTER) -> SocketCaller:
    """Returns a caller by the WebSocket of the HTTP port."""
    return SocketCaller(f"{gateway.url}/responses", {"authorization": f"Bearer {key}"})


async def by_grpc_web(gateway: RunningGateway) -> str | None:
    """Returns the status of a call of `Connect` by gRPC-Web."""
    url = gateway.url.removesuffix("/v1") + "/openai_grpc.v1.ResponsesService/Connect"
    headers = {"content-type": "application/grpc-web+proto", "authorization": f"Bearer {MASTER}"}
    async with aiohttp.ClientSession() as session, session.post(url, data=bytes(5), headers=headers) as response:
        found = re.search(rb"grpc-status: ?(\d+)", await response.read())
        return response.headers.get("grpc-status") or (found[1].decode() if found else None)


def test_the_websocket_of_the_http_port(peer: WebSocketPeer) -> None:
    stand_in = deployment(peer.url, model_name="calm", model="m", responses_websocket=True)
    with running_door(stand_in, general=KEYS) as gateway:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused, door(gateway, "sk-unknown"):
            pass
        assert refused.value.status == 401
        assert on_loop(by_grpc_web(gateway)) == "12"  # UNIMPLEMENTED: it has no such streams
        with door(gateway) as caller:
            create = {"type": "response.create", "model": "calm", "input": "Ahoy", "stream_id": "a", "new": {"b": 1}}
            caller.send({**create, "stream": True})
            socket = peer.accept()
            assert socket.receive() == {**create, "model": "m"}
            future = {"type": "response.future", "sequence_number": 1, "new": None, "stream_id": "a"}
            told = laned("a", delta("Ahoy"), completed(1))
            socket.send(*laned("a", created(1)), future, *told)
            got = [caller.next() for _ in range(4)]
            begun = next(each for each in got if each["type"] == "response.created")
            sealed = begun["response"]["id"]
            assert sealed != "resp_1"
            assert future in got
            assert got[-2] == told[0]
            assert got[-1] == {**told[1], "response": {**told[1]["response"], "id": sealed}}
            caller.send({"type": "response.steer", "previous_response_id": sealed, "input": "x"})
            assert socket.receive() == {"type": "response.steer", "previous_response_id": "resp_1", "input": "x"}
            caller.send({"type": "response.create", "model": "nobody"})
            assert caller.next()["status"] == 404
        assert socket.receive() is CLOSED
