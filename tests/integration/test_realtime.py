"""Realtime sessions: events both ways, limits, ends, the WebSocket of the HTTP port; client secrets and calls.

Over 600 lines, as all tests share one peer, its keys and its gateway.
"""

import base64
import json
import queue
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import aiohttp
import grpc
import httpx2
import openai
import pytest
import websockets
from openai.types.realtime import ResponseAudioDeltaEvent

from faults import answers
from faults.stand_in import StandIn
from openai_grpc import v1
from openai_grpc.client import AsyncClient
from openai_grpc.client import Client as PythonClient
from openai_grpc.client.errors import NotFoundError
from openai_grpc.codec import from_object, to_json
from openai_grpc.codec._options import Field, Kind, Label, Shape, shape
from openai_grpc.v1 import CONTRACT_REVISION, CallOptions, TimeLimits, realtime_event_pb2, realtime_pb2
from openai_grpc_server.access.ownership import SealedId, Sealer
from openai_grpc_server.config import GeneralSettings, KeySettings, RouterConfig, Secret
from openai_grpc_server.services.realtime import MAX_EVENT_ID, MAX_WAITING, types_of
from support.failure import failure_of
from support.gateway import LIMIT, RunningGateway, deployment, running_door, running_gateway, submit
from support.websocket_peer import CLOSED, PeerSocket, SocketCaller, WebSocketPeer

STATUS = grpc.StatusCode
END = object()
Event = dict[str, Any]
KEY_NAMES = ("owner", "other", "narrow", "limited", "hasty", "mute", "heard", "single", "capped", "operator")
KEYS = {name: f"sk-Rw6Yt2{name}Kp9Vd4Nx7Qs" for name in KEY_NAMES}
RIGHTS: dict[str, dict[str, Any]] = {
    "narrow": {"models": ("harp",)},
    "limited": {"tpm": 100},
    "hasty": {"tpm": 100},
    "mute": {"tpm": 100},
    "heard": {"tpm": 100},
    "single": {"max_parallel_requests": 1},
    "capped": {"tpm": 100_000},
    "operator": {
        "tpm": 100_000,
        "rpcs": ("*", "CreateRealtimeClientSecret", "CreateRealtimeCall", "HangupRealtimeCall"),
    },
}
GENERAL = GeneralSettings(
    sealing_key=Secret("Bq7Lx2Vn9Tc4Hm1Zs6Wd"),
    keys=tuple(KeySettings(name=name, key=Secret(key), **RIGHTS.get(name, {})) for name, key in KEYS.items()),
)
PRICES = {
    "gpt-realtime": {"input_cost_per_token": 1e-6, "output_cost_per_token": 1e-5, "input_cost_per_audio_token": 1e-4},
    "scribe": {"input_cost_per_token": 1e-3},
}


class Client:
    """A caller of `Connect`."""

    def __init__(self, gateway: RunningGateway, *, key: str | None = "owner", **connect: Any) -> None:
        self._requests: queue.Queue[Any] = queue.Queue()
        known = (("openai-grpc-contract", str(CONTRACT_REVISION)),)
        metadata = known if key is None else (*known, ("authorization", f"Bearer {KEYS[key]}"))
        self.call: Any = gateway.realtime.Connect(iter(self._requests.get, END), metadata=metadata, timeout=LIMIT)
        if connect:
            self.put(realtime_pb2.RealtimeClientEvent(connect=realtime_pb2.RealtimeConnect(**connect)))

    def put(self, message: realtime_pb2.RealtimeClientEvent) -> None:
        self._requests.put(message)

    def send(self, value: Event) -> None:
        self.put(from_object(realtime_pb2.RealtimeClientEvent, value, keep_nulls=True))

    def done(self) -> None:
        self._requests.put(END)

    def next(self) -> Event:
        return seen(next(self.call))

    def rest(self) -> list[Event]:
        return [seen(event) for event in self.call]

    def open(self, peer: WebSocketPeer) -> PeerSocket:
        """Waits until the session has begun, and returns upstream's side of it."""
        socket = peer.accept()
        socket.send(created())
        assert self.next()["type"] == "session.created"
        return socket


def seen(event: realtime_pb2.RealtimeServerEvent) -> Event:
    value: Event = json.loads(to_json(event))
    return value


def created(**audio: Any) -> Event:
    session = {"type": "realtime", "id": "sess_1", "object": "realtime.session", "model": "gpt-realtime"}
    return {"type": "session.created", "event_id": "e1", "session": {**session, "audio": audio} if audio else session}


def begun(response: str) -> Event:
    return {"type": "response.created", "event_id": "e2", "response": {"id": response, "output": []}}


def done(response: str, **usage: Any) -> Event:
    body = {"id": response, "object": "realtime.response", "status": "completed", "output": [], "usage": usage}
    return {"type": "response.done", "event_id": "e3", "response": body}


def audio(response: str, delta: str) -> Event:
    at = {"response_id": response, "item_id": "item_1", "output_index": 0, "content_index": 0}
    return {"type": "response.output_audio.delta", "event_id": "e4", **at, "delta": delta}


MOST_ELEMENTS = 30_000


@pytest.fixture(scope="module")
def peer() -> Iterator[WebSocketPeer]:
    with WebSocketPeer() as peer:
        yield peer


@pytest.fixture(scope="module")
def plain() -> Iterator[StandIn]:
    with StandIn() as upstream:
        yield upstream


@pytest.fixture(scope="module")
def gateway(peer: WebSocketPeer, plain: StandIn, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningGateway]:
    prices = tmp_path_factory.mktemp("prices") / "prices.json"
    prices.write_text(json.dumps(PRICES))
    with running_door(
        deployment(peer.url, name="socket", model_name="harp", model="gpt-realtime"),
        deployment(plain.url, name="plain", model_name="lute", model="m"),
        general=GENERAL,
        router=RouterConfig(num_retries=0),
        prices_file=str(prices),
    ) as gateway:
        yield gateway


@pytest.fixture(scope="module")
def open_gateway(peer: WebSocketPeer) -> Iterator[RunningGateway]:
    """A gateway without keys."""
    harp = deployment(peer.url, model_name="harp", model="harp")
    with running_door(harp, max_message_elements=MOST_ELEMENTS) as gateway:
        yield gateway


SAMPLES: dict[Kind, Any] = {
    Kind.STRING: "harp",
    Kind.BOOL: True,
    Kind.INT32: 7,
    Kind.INT64: 1 << 40,
    Kind.DOUBLE: 0.25,
    Kind.BASE64: "AP8Q",
    Kind.RAW: {"any": [None, 1.5]},
}


def whole(target: Shape, depth: int = 0) -> Any:
    """Returns a JSON value of a message with all of its fields."""
    if target.transparent:
        usable = [each for each in target.fields if each.name != "unknown" and (depth < 8 or each.message is None)]
        value = of_field(usable[0], depth) if usable else "harp"
        tags = usable[0].tags if usable else ()
        return {target.tag: tags[0], **value} if tags and isinstance(value, dict) else value
    value = dict(target.constants)
    for field in target.fields:
        if field.key not in value and field.kind is not Kind.DATA_URL and field.name != "extra_json":
            value[field.key] = of_field(field, depth)
    return {**value, "newer": {"than": [None, "this"]}}


def of_field(field: Field, depth: int) -> Any:
    one = SAMPLES[field.kind] if field.message is None else whole(shape(field.message), depth + 1)
    if field.label is Label.LIST:
        return [one]
    return {"key": one} if field.label is Label.MAP else one


def events_of(union: Any) -> list[Event]:
    """Returns an event of each arm, with all fields; then one of each item, and one that nobody knows."""
    arms = [each for each in shape(union.DESCRIPTOR).fields if each.name != "unknown" and each.message is not None]
    events = [whole(shape(each.message), 1) for each in arms if each.message is not None]
    assert {each["type"] for each in events} == {*types_of(union.DESCRIPTOR)}
    item = shape(realtime_event_pb2.RealtimeItem.DESCRIPTOR)
    items = [whole(shape(each.message), 2) for each in item.fields if each.message is not None]
    holder = "conversation.item.create" if union is realtime_pb2.RealtimeClientEvent else "conversation.item.done"
    events += [{"type": holder, "event_id": "e", "item": each} for each in items]
    transcribes = {"type": "transcription", "audio": {"input": {"turn_detection": {"type": "semantic_vad", "a": None}}}}
    name = "session.update" if union is realtime_pb2.RealtimeClientEvent else "session.updated"
    events.append({"type": name, "event_id": "e", "session": transcribes})
    unknown = [{**each, "type": f"next.{each['type']}"} for each in events]
    return [*events, *unknown]


def test_every_event_passes_both_ways(open_gateway: RunningGateway, peer: WebSocketPeer) -> None:
    up, down = events_of(realtime_pb2.RealtimeClientEvent), events_of(realtime_pb2.RealtimeServerEvent)
    client = Client(open_gateway, key=None, model="harp")
    socket = client.open(peer)
    for each in up:
        client.send(each)
    for each in up:
        assert socket.receive() == each
    socket.send(*down)
    for each in down:
        got = client.next()
        assert got == each
    client.call.cancel()
    assert socket.receive() is CLOSED
    with SocketCaller(f"{open_gateway.url}/realtime?model=harp") as caller:
        socket = peer.accept()
        for each in up:
            caller.send(each)
        for each in up:
            assert socket.receive() == each
        nulls = {"type": "conversation.item.added", "event_id": "e", "previous_item_id": None, "item": None}
        socket.send(*down, nulls)
        for each in (*down, nulls):
            assert caller.next() == each
    assert socket.receive() is CLOSED


def test_a_session(gateway: RunningGateway, peer: WebSocketPeer) -> None:
    client = Client(gateway, model="harp")
    socket = peer.accept()
    assert socket.path == "/v1/realtime?model=gpt-realtime"
    assert socket.headers["authorization"] == "Bearer sk-of-the-gateway"
    socket.send(created())
    first = next(client.call)
    assert first.call_info.deployment == "socket"
    assert first.session_created.session.realtime.id == "sess_1"
    off = {"type": "realtime", "model": "harp", "audio": {"input": {"turn_detection": None}}}
    client.send({"type": "session.update", "session": off})
    assert socket.receive() == {"type": "session.update", "session": {**off, "model": "gpt-realtime"}}
    # As it came: by upstream's name.
    client.send({"type": "session.update", "session": {"type": "realtime", "model": "gpt-realtime"}})
    assert socket.receive()["session"]["model"] == "gpt-realtime"
    heard = bytes(range(256)) * 3
    append = realtime_event_pb2.RealtimeInputAudioBufferAppendEvent(audio=heard)
    client.put(realtime_pb2.RealtimeClientEvent(input_audio_buffer_append=append))
    assert base64.b64decode(socket.receive()["audio"]) == heard
    client.send({"type": "response.create", "event_id": "mine"})
    client.done()
    assert socket.receive() == {"type": "response.create", "event_id": "mine"}
    socket.send(begun("r1"), audio("r1", base64.b64encode(heard).decode()))
    used = {
        "input_tokens": 30,
        "output_tokens": 4,
        "total_tokens": 34,
        "input_token_details": {"audio_tokens": 10, "text_tokens": 20},
    }
    socket.send(done("r1", **used))
    events = list(client.call)
    assert [event.WhichOneof("kind") for event in events] == [
        *("response_created", "response_output_audio_delta", "response_done")
    ]
    assert events[1].response_output_audio_delta.delta == heard
    cost = 20 * 1e-6 + 10 * 1e-4 + 4 * 1e-5
    assert events[2].call_info.cost == pytest.approx(cost)
    assert socket.receive() is CLOSED
    assert socket.code == 1000
    assert client.call.code() is STATUS.OK
    assert dict(client.call.trailing_metadata())["openai-grpc-cost"] == f"{cost:.10f}".rstrip("0")
    line = gateway.logged("rpc")[-1]
    assert (line["method"], line["input_tokens"], line["output_tokens"], line["key"], line["model"]) == (
        *("/openai_grpc.v1.RealtimeService/Connect", 30, 4, "owner", "harp"),
    )
    assert "AAEC" not in gateway.log.getvalue()


def test_a_transcription(gateway: RunningGateway, peer: WebSocketPeer) -> None:
    client = Client(gateway, model="harp", intent="transcription")
    socket = peer.accept()
    assert socket.path == "/v1/realtime?intent=transcription"
    heard = {"input": {"transcription": {"model": "scribe"}}}
    socket.send({**created(), "session": {"type": "transcription", "audio": heard}})
    assert client.next()["session"]["audio"] == heard
    client.send({"type": "input_audio_buffer.commit"})
    client.done()
    socket.receive()
    item = {"item_id": "i1", "event_id": "e"}
    said = "conversation.item.input_audio_transcription"
    usage = {"type": "tokens", "input_tokens": 5, "output_tokens": 0, "total_tokens": 5}
    socket.send({"type": "input_audio_buffer.committed", **item}, {"type": f"{said}.delta", "delta": "Ahoy", **item})
    socket.send({"type": f"{said}.completed", "transcript": "Ahoy", "content_index": 0, "usage": usage, **item})
    assert [each["type"].rpartition(".")[2] for each in client.rest()] == ["committed", "delta", "completed"]
    assert client.call.code() is STATUS.OK
    assert float(dict(client.call.trailing_metadata())["openai-grpc-cost"]) == pytest.approx(5e-3)


ASK: Event = {"type": "response.create"}
COMMIT: Event = {"type": "input_audio_buffer.commit"}

REFUSED: dict[str, tuple[Any, str]] = {
    "no event": ({"unknown": "[1]"}, "type"),
    "no JSON": ({"unknown": "{"}, "JSON"),
    "a typed event all the same": (
        {"unknown": '{"type": "session.update", "session": {"type": "realtime", "model": "lute"}}'},
        "may not use the model",
    ),
    "a model in JSON that nobody knows": ({"unknown": '{"type": "x", "session": {"model": "lute"}}'}, "model"),
    "a model that the key may not use": (
        {"session_update": {"session": {"realtime": {"model": "lute"}}, "event_id": "mine"}},
        "may not use the model",
    ),
    "a model to transcribe with": (
        {
            "session_update": {
                "session": {"realtime": {"audio": {"input": {"transcription": {"model": "scribe"}}}}},
                "event_id": "mine",
            }
        },
        "may not use the model",
    ),
    "a file of another key": (
        {
            "response_create": {
                "response": {"prompt": {"id": "p", "variables": {"v": {"input_file": {"file_id": "file-1"}}}}},
                "event_id": "mine",
            }
        },
        "file-1",
    ),
}


def test_refused_events_leave_the_session(gateway: RunningGateway, peer: WebSocketPeer) -> None:
    client = Client(gateway, key="narrow", model="harp")
    socket = client.open(peer)
    for fields, words in REFUSED.values():
        client.put(realtime_pb2.RealtimeClientEvent(**fields))
        event = client.next()
        assert event["type"] == "error"
        assert words in event["error"]["message"]
        assert event["error"].get("event_id") == ("mine" if "unknown" not in fields else None)
    client.send({"type": "input_audio_buffer.clear"})
    assert socket.receive() == {"type": "input_audio_buffer.clear"}
    client.put(realtime_pb2.RealtimeClientEvent(connect=realtime_pb2.RealtimeConnect(model="lute")))
    failure = failure_of(client.rest)
    assert (failure.code, failure.reason) == (STATUS.INVALID_ARGUMENT, "INVALID_REQUEST")
    assert socket.receive() is CLOSED


def test_an_object_of_another_upstream_is_refused(gateway: RunningGateway, peer: WebSocketPeer) -> None:
    client = Client(gateway, model="harp")
    socket = client.open(peer)
    assert GENERAL.sealing_key is not None
    sealer = Sealer(GENERAL.sealing_key)
    here, elsewhere = (sealer.seal(SealedId("owner", place, "file-1" + place)) for place in ("socket", "plain"))
    for where, passes in ((here, True), (elsewhere, False)):
        prompt = {"id": "p", "variables": {"v": {"type": "input_file", "file_id": where}}}
        for event in (
            {"type": "session.update", "session": {"type": "realtime", "prompt": prompt}},
            {"type": "x", "file_id": where},
        ):
            client.send(event)
            if passes:
                assert "file-1socket" in json.dumps(socket.receive())
            else:
                assert "another upstream" in client.next()["error"]["message"]
    client.call.cancel()
    assert socket.receive() is CLOSED


def test_what_waits_for_upstream_is_bounded(gateway: RunningGateway, peer: WebSocketPeer) -> None:
    client = Client(gateway, key="single", model="harp")
    socket = client.open(peer)
    client.send({**ASK, "event_id": "x" * (MAX_EVENT_ID + 1)})
    error = client.next()["error"]
    assert str(MAX_EVENT_ID) in error["message"]
    assert error.get("event_id") is None
    # An error that does not say what it is of: only one waits, whose place in `max_parallel_requests` it frees.
    for _ in range(2):
        client.send({**ASK, "event_id": "x" * MAX_EVENT_ID})
        assert socket.receive()["type"] == "response.create"
        socket.send({"type": "error", "event_id": "e", "error": {"type": "x", "message": "no", "event_id": None}})
        assert client.next()["error"]["message"] == "no"
    for _ in range(MAX_WAITING):
        client.send(COMMIT)
        assert socket.receive() == COMMIT
    client.send({**COMMIT, "event_id": "mine"})
    error = client.next()["error"]
    assert (error["event_id"], str(MAX_WAITING) in error["message"]) == ("mine", True)
    client.call.cancel()
    assert socket.receive() is CLOSED


UNOPENED: dict[str, tuple[str | None, dict[str, Any], STATUS]] = {
    "no model": ("owner", {}, STATUS.INVALID_ARGUMENT),
    "no key": (None, {"model": "harp"}, STATUS.UNAUTHENTICATED),
    "an unknown model": ("owner", {"model": "nobody"}, STATUS.NOT_FOUND),
    "a model that the key may not use": ("narrow", {"model": "lute"}, STATUS.PERMISSION_DENIED),
    "a call of nobody": ("owner", {"model": "harp", "call_id": "rtc_1"}, STATUS.NOT_FOUND),
    "a name with a slash": ("owner", {"model": "harp", "call_id": "a/b"}, STATUS.INVALID_ARGUMENT),
}


@pytest.mark.parametrize(("key", "connect", "status"), UNOPENED.values(), ids=UNOPENED)
def test_a_session_that_is_not_opened(
    gateway: RunningGateway, peer: WebSocketPeer, key: str | None, connect: dict[str, Any], status: STATUS
) -> None:
    before = peer.handshakes
    client = Client(gateway, key=key, **connect)
    client.done()
    assert failure_of(client.rest).code is status
    assert peer.handshakes == before


@pytest.mark.parametrize("status", [404, 405, 426, 200])
def test_an_upstream_without_sessions(gateway: RunningGateway, plain: StandIn, status: int) -> None:
    plain.enqueue(answers.json({}, status=status))
    failure = failure_of(Client(gateway, model="lute").rest)
    assert (failure.code, failure.reason) == (STATUS.UNIMPLEMENTED, "REALTIME_NOT_SUPPORTED")
    assert "plain" in failure.message


CLOSES: dict[str, tuple[tuple[int, str] | None, STATUS]] = {
    "done": ((1000, "bye"), STATUS.OK),
    "policy": ((1008, "not allowed"), STATUS.FAILED_PRECONDITION),
    "try again later": ((1013, "busy"), STATUS.UNAVAILABLE),
    "going away": ((1001, ""), STATUS.UNAVAILABLE),
    "internal error": ((1011, "oops"), STATUS.INTERNAL),
    "without a close": (None, STATUS.INTERNAL),
}


def test_an_upstream_that_closes(gateway: RunningGateway, peer: WebSocketPeer) -> None:
    for close, status in CLOSES.values():
        client = Client(gateway, model="harp")
        socket = client.open(peer)
        if close is None:
            socket.cut()
        else:
            socket.close(*close)
        if status is STATUS.OK:
            assert client.rest() == []
            continue
        failure = failure_of(client.rest)
        assert failure.code is status
        assert close is None or (str(close[0]) in failure.message and close[1] in failure.message)


def test_garbage_ends_the_session(gateway: RunningGateway, peer: WebSocketPeer) -> None:
    client = Client(gateway, model="harp")
    socket = client.open(peer)
    socket.send('{"type": "resp')
    failure = failure_of(client.rest)
    assert (failure.code, failure.reason) == (STATUS.INTERNAL, "UPSTREAM_PROTOCOL_ERROR")
    assert socket.receive() is CLOSED


def test_a_slow_reader_stops_the_upstream(gateway: RunningGateway, peer: WebSocketPeer) -> None:
    client = Client(gateway, model="harp")
    socket = client.open(peer)
    flood = submit(socket.flood(audio("r1", "A" * 100_000)))
    stopped = settled(lambda: socket.sent)
    assert stopped < 2000  # of 100 kB each: buffers of sockets, gRPC and the gateway
    for _ in range(stopped + 100):
        next(client.call)
    assert socket.sent > stopped
    client.call.cancel()
    assert socket.receive() is CLOSED
    flood.cancel()


def test_the_limits_of_a_key(gateway: RunningGateway, peer: WebSocketPeer) -> None:
    client = Client(gateway, key="limited", model="harp")
    socket = client.open(peer)
    client.send({"type": "response.create"})
    socket.receive()
    socket.send(begun("r1"), done("r1", input_tokens=90, output_tokens=30, total_tokens=120))
    assert [client.next()["type"], client.next()["type"]] == ["response.created", "response.done"]
    client.send({"type": "response.create", "event_id": "mine"})
    event = client.next()
    assert (event["type"], event["error"]["event_id"]) == ("error", "mine")
    assert "tpm" in event["error"]["message"] or "tokens" in event["error"]["message"]
    # One that upstream begins by itself, as the speaker has finished.
    socket.send(begun("r2"))
    assert [client.next()["type"], client.next()["type"]] == ["response.created", "error"]
    assert socket.receive() == {"type": "response.cancel", "response_id": "r2"}
    client.call.cancel()
    assert socket.receive() is CLOSED


def test_a_response_that_is_cut_off_is_counted(gateway: RunningGateway, peer: WebSocketPeer) -> None:
    client = Client(gateway, model="harp")
    socket = client.open(peer)
    client.send({"type": "response.create"})
    socket.receive()
    socket.send(begun("r1"), audio("r1", base64.b64encode(bytes(96_000)).decode()))
    assert [client.next()["type"], client.next()["type"]] == ["response.created", "response.output_audio.delta"]
    client.call.cancel()
    assert socket.receive() is CLOSED
    line = gateway.logged("rpc")[-1]
    assert (line["status"], line["output_tokens"]) == ("CANCELLED", 20)  # 2 s


def said(text: str) -> Event:
    content = [{"type": "input_text", "text": text}]
    return {"type": "conversation.item.create", "item": {"type": "message", "role": "user", "content": content}}


def appended(seconds: float) -> Event:
    return {"type": "input_audio_buffer.append", "audio": base64.b64encode(bytes(round(seconds * 48_000))).decode()}


def instructed(text: str) -> Event:
    return {"type": "session.update", "session": {"type": "realtime", "instructions": text}}


COMMITTED: Event = {"type": "input_audio_buffer.committed", "event_id": "e5", "item_id": "i1"}

# Of sessions that are cut off: what the caller sends, what upstream sends then, and tokens of input that are counted.
CUT: dict[str, tuple[tuple[Event, ...], tuple[Event, ...], int]] = {
    "a text, and a response that has not begun": ((said("x" * 4000), ASK), (), 1000),
    "a response that has not begun, with its own input": (
        ({**ASK, "response": {"instructions": "x" * 400, "input": [said("x" * 800)["item"]]}},),
        (),
        300,
    ),
    "a text, and a response that runs": ((said("x" * 4000), ASK), (begun("r1"),), 1000),
    "instructions that are sent twice": ((instructed("x" * 2000), instructed("x" * 2000), ASK), (), 500),
    "audio that is committed": ((appended(2), COMMIT, ASK), (), 20),
    "audio that is an item": ((appended(2), COMMIT, ASK), (COMMITTED, begun("r1")), 20),
    "audio that is cleared": (
        (appended(2), {"type": "input_audio_buffer.clear"}, ASK),
        ({"type": "input_audio_buffer.cleared", "event_id": "e"}, begun("r1")),
        0,
    ),
    "what is asked for after a response": (
        (said("x" * 4000), ASK, ASK),
        (begun("r1"), done("r1", input_tokens=30, output_tokens=0, total_tokens=30)),
        60,
    ),
    "an event that the contract does not know": (({"type": "x", "text": "x" * 1000}, ASK), (begun("r1"),), 256),
    "nothing is asked for": ((said("x" * 4000),), (), 0),
}


def test_what_was_asked_for_is_counted_without_its_end(gateway: RunningGateway, peer: WebSocketPeer) -> None:
    for what, (given, answered, tokens) in CUT.items():
        client = Client(gateway, model="harp")
        socket = client.open(peer)
        for event in given:
            client.send(event)
            assert socket.receive()["type"] == event["type"]
        socket.send(*answered)
        assert [client.next()["type"] for _ in answered] == [each["type"] for each in answered]
        client.call.cancel()
        assert socket.receive() is CLOSED
        line = gateway.logged("rpc")[-1]
        assert (line["status"], line.get("input_tokens") or 0) == ("CANCELLED", tokens), what


@pytest.mark.parametrize("key", ["hasty", "mute"])
def test_limits_hold_for_callers_who_hang_up(gateway: RunningGateway, peer: WebSocketPeer, key: str) -> None:
    client = Client(gateway, key=key, model="harp")
    socket = client.open(peer)
    for event in (said("x" * 4000), ASK):
        client.send(event)
        socket.receive()
    if key == "hasty":
        socket.send(begun("r1"))
        client.next()
    client.call.cancel()
    assert socket.receive() is CLOSED
    client = Client(gateway, key=key, model="harp")
    socket = client.open(peer)
    client.send({**ASK, "event_id": "mine"})
    event = client.next()
    assert (event["type"], event["error"]["event_id"]) == ("error", "mine")
    client.call.cancel()
    assert socket.receive() is CLOSED


def test_transcriptions_are_counted_without_their_end(gateway: RunningGateway, peer: WebSocketPeer) -> None:
    def opened() -> tuple[Client, PeerSocket]:
        client = Client(gateway, key="heard", model="harp", intent="transcription")
        socket = peer.accept()
        heard = {"input": {"transcription": {"model": "scribe"}}}
        socket.send({**created(), "session": {"type": "transcription", "audio": heard}})
        assert client.next()["type"] == "session.created"
        return client, socket

    def hung_up(client: Client, socket: PeerSocket) -> float:
        client.call.cancel()
        assert socket.receive() is CLOSED
        return float(gateway.logged("rpc")[-1].get("cost") or 0)

    client, socket = opened()
    client.send(appended(2))
    socket.receive()
    assert hung_up(client, socket) == 0  # nobody has spoken
    client, socket = opened()
    client.send(appended(3))
    socket.receive()
    socket.send({"type": "input_audio_buffer.speech_started", "event_id": "e", "item_id": "i", "audio_start_ms": 0})
    client.next()
    assert hung_up(client, socket) == pytest.approx(30e-3)
    client, socket = opened()
    for event in (appended(4), COMMIT):
        client.send(event)
        socket.receive()
    assert hung_up(client, socket) == pytest.approx(40e-3)
    client, socket = opened()
    for event in (appended(4), COMMIT):
        client.send(event)
        socket.receive()
    socket.send(COMMITTED)
    client.next()
    client.send(appended(1))
    socket.receive()
    client.send({**COMMIT, "event_id": "mine"})  # 70 tokens are counted
    assert socket.receive()["event_id"] == "mine"
    assert hung_up(client, socket) == pytest.approx(50e-3)
    client, socket = opened()
    client.send({**COMMIT, "event_id": "mine"})  # before the work
    event = client.next()
    assert (event["type"], event["error"]["event_id"]) == ("error", "mine")
    # An item that upstream makes of what it hears.
    socket.send(COMMITTED)
    failure = failure_of(client.rest)
    assert failure.code is STATUS.RESOURCE_EXHAUSTED
    assert socket.receive() is CLOSED


SDP = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\n"
ANSWER = "v=0\r\no=- 2 2 IN IP4 127.0.0.1\r\n"


def call(gateway: RunningGateway, rpc: str, fields: Event, key: str | None = "operator") -> Any:
    method = getattr(gateway.realtime, rpc)
    request_type = getattr(v1, f"{rpc}Request")
    metadata = () if key is None else (("authorization", f"Bearer {KEYS[key]}"),)
    return method(from_object(request_type, fields, keep_nulls=True), metadata=metadata, timeout=LIMIT)


def webrtc_answer() -> Any:
    head = "HTTP/1.1 201 Created\r\nContent-Type: application/sdp\r\nLocation: /v1/realtime/calls/rtc_1\r\n"
    return answers.raw(f"{head}Content-Length: {len(ANSWER)}\r\n\r\n{ANSWER}".encode())


def test_a_client_secret(gateway: RunningGateway, plain: StandIn) -> None:
    session = {"type": "realtime", "model": "lute", "audio": {"input": {"turn_detection": None}}, "new": 1}
    made = {"value": "ek_1", "expires_at": 1790000600, "session": {**session, "model": "m", "id": "sess_1"}}
    plain.enqueue(answers.json(made))
    reply = call(gateway, "CreateRealtimeClientSecret", {"session": session, "expires_after": {"seconds": 60}})
    assert (reply.value, reply.call_info.deployment) == ("ek_1", "plain")
    request = plain.requests[-1]
    assert (request.method, request.path) == ("POST", "/v1/realtime/client_secrets")
    assert request.json() == {"session": {**session, "model": "m"}, "expires_after": {"seconds": 60}}
    assert "ek_1" not in gateway.log.getvalue()


@pytest.mark.parametrize("rpc", ["CreateRealtimeClientSecret", "CreateRealtimeCall"])
def test_sessions_that_nobody_sees_need_a_key_that_names_them(
    rpc: str, gateway: RunningGateway, plain: StandIn
) -> None:
    fields = {"session": {"type": "realtime", "model": "lute"}, **({"sdp": SDP} if "Call" in rpc else {})}
    before = len(plain.exchanges)
    for key in ("capped", "narrow"):
        failure = failure_of(partial(call, gateway, rpc, fields, key))
        assert (failure.code, failure.reason) == (STATUS.PERMISSION_DENIED, "RPC_NOT_ALLOWED")
    assert len(plain.exchanges) == before


def begin_call(gateway: RunningGateway, plain: StandIn, key: str = "operator") -> Any:
    plain.enqueue(webrtc_answer())
    return call(gateway, "CreateRealtimeCall", {"sdp": SDP, "session": {"type": "realtime", "model": "lute"}}, key)


CHANGES: dict[str, tuple[str, Event, str, Event | None]] = {
    "accept": (
        *("AcceptRealtimeCall", {"type": "realtime", "model": "lute", "instructions": "Sing"}, "/accept"),
        {"type": "realtime", "model": "m", "instructions": "Sing"},
    ),
    "reject": ("RejectRealtimeCall", {"status_code": 486}, "/reject", {"status_code": 486}),
    "refer": ("ReferRealtimeCall", {"target_uri": "tel:+1"}, "/refer", {"target_uri": "tel:+1"}),
    "hangup": ("HangupRealtimeCall", {}, "/hangup", None),
}


def test_a_call_is_its_makers_alone(gateway: RunningGateway, plain: StandIn) -> None:
    reply = begin_call(gateway, plain, "owner")
    assert (reply.sdp, reply.call_info.deployment) == (ANSWER, "plain")
    assert reply.id not in {"", "rtc_1"}
    request = plain.requests[-1]
    assert (request.method, request.path) == ("POST", "/v1/realtime/calls")
    body = bytes(request.body).decode()
    assert SDP in body
    assert '{"type":"realtime","model":"m"}' in body
    for rpc, fields, path, sent in CHANGES.values():
        plain.enqueue(answers.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))
        assert call(gateway, rpc, {"call_id": reply.id, **fields}, "owner").call_info.deployment == "plain"
        request = plain.requests[-1]
        assert (request.method, request.path) == ("POST", f"/v1/realtime/calls/rtc_1{path}")
        assert (request.json() if request.body else None) == sent
        before = len(plain.exchanges)
        for given, key in ((reply.id, "other"), ("rtc_1", "other"), ("rtc_1", "owner")):
            failure = failure_of(partial(call, gateway, rpc, {"call_id": given, **fields}, key))
            assert failure.code is STATUS.NOT_FOUND
        assert len(plain.exchanges) == before
    failure = failure_of(Client(gateway, key="other", call_id=reply.id).rest)
    assert failure.code is STATUS.NOT_FOUND
    plain.enqueue(answers.json({}, status=404))
    failure = failure_of(Client(gateway, call_id=reply.id).rest)
    assert failure.code is STATUS.UNIMPLEMENTED
    assert (plain.requests[-1].path, plain.requests[-1].query) == ("/v1/realtime", [("call_id", "rtc_1")])


def test_a_call_of_a_webhook(gateway: RunningGateway, plain: StandIn) -> None:
    plain.enqueue(answers.json({}))
    # Its id was never sealed: a key that names the RPC may say it, with the upstream that has it.
    request = realtime_pb2.HangupRealtimeCallRequest(call_id="rtc_9")
    metadata = (("authorization", f"Bearer {KEYS['operator']}"), ("openai-grpc-model", "lute"))
    gateway.realtime.HangupRealtimeCall(request, metadata=metadata, timeout=LIMIT)
    assert plain.requests[-1].path == "/v1/realtime/calls/rtc_9/hangup"


def test_calls_by_the_http_port(gateway: RunningGateway, plain: StandIn) -> None:
    key = {"authorization": f"Bearer {KEYS['operator']}"}
    session = '{"type": "realtime", "model": "lute"}'
    with httpx2.Client(base_url=gateway.url, headers=key) as http:
        plain.enqueue(webrtc_answer())
        response = http.post("/realtime/calls", files={"sdp": (None, SDP), "session": (None, session)})
        assert (response.status_code, response.text) == (201, ANSWER)
        assert response.headers["content-type"] == "application/sdp"
        location = response.headers["location"]
        assert location.startswith("/v1/realtime/calls/rtc_")
        plain.enqueue(answers.json({}))
        assert http.post(f"{location.removeprefix('/v1')}/hangup").json() == {}
        assert plain.requests[-1].path == "/v1/realtime/calls/rtc_1/hangup"
        plain.enqueue(webrtc_answer())
        offer = http.post(
            "/realtime/calls", content=SDP, headers={"content-type": "application/sdp", "openai-grpc-model": "lute"}
        )
        assert offer.text == ANSWER
        assert SDP in bytes(plain.requests[-1].body).decode()


def test_an_idle_session_ends(peer: WebSocketPeer) -> None:
    with running_gateway(deployment(peer.url), session_idle_timeout=0.1) as gateway:
        client = Client(gateway, key=None, model="harp")
        failure = failure_of(client.rest)
        assert (failure.code, failure.reason) == (STATUS.DEADLINE_EXCEEDED, "IDLE_TIMEOUT")
        assert peer.accept().receive() is CLOSED


def test_the_time_limits_of_a_call(open_gateway: RunningGateway, peer: WebSocketPeer) -> None:
    limits = CallOptions(time_limits=TimeLimits(first_message=0.2))
    failure = failure_of(Client(open_gateway, key=None, model="harp", call_options=limits).rest)
    assert (failure.code, failure.reason) == (STATUS.DEADLINE_EXCEEDED, "CALLER_DEADLINE")
    assert peer.accept().receive() is CLOSED


def test_a_shutdown_is_told(peer: WebSocketPeer) -> None:
    with running_gateway(deployment(peer.url), grace_period=LIMIT) as gateway:
        client = Client(gateway, key=None, model="harp")
        socket = client.open(peer)
        known = PythonClient(gateway.target).realtime.connect(model="harp")
        other = peer.accept()
        stopping = submit(gateway.gateway.stop())
        notice = next(client.call)
        assert notice.WhichOneof("kind") is None
        assert 0 < notice.call_info.drain.seconds_left <= LIMIT
        client.send({"type": "input_audio_buffer.clear"})
        assert socket.receive() == {"type": "input_audio_buffer.clear"}  # it goes on
        client.done()
        assert client.rest() == []
        other.send(created())
        other.close()
        assert [event.WhichOneof("kind") for event in known] == ["session_created"]  # not the notice
        assert known.draining is not None
        stopping.result(LIMIT)


def test_a_session_falls_back(peer: WebSocketPeer, plain: StandIn) -> None:
    plain.enqueue(answers.json({"error": {"message": "busy"}}, status=503))
    first, second = deployment(plain.url, name="first", model_name="harp"), deployment(peer.url, name="second")
    with running_gateway(first, second, router=RouterConfig(num_retries=0, fallbacks={"harp": ("horn",)})) as gateway:
        client = Client(gateway, key=None, model="harp")
        socket = peer.accept()
        assert socket.path == "/v1/realtime?model=horn"
        client.done()
        assert client.rest() == []


def test_the_websocket_of_the_http_port(gateway: RunningGateway, peer: WebSocketPeer) -> None:
    url = f"{gateway.url}/realtime?model=harp"
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused, SocketCaller(url):
        pass
    assert refused.value.status == 401
    protocols = ("realtime", f"openai-insecure-api-key.{KEYS['owner']}", "openai-beta.realtime-v1")
    with SocketCaller(url, protocols=protocols) as caller:
        assert caller.socket.protocol == "realtime"
        socket = peer.accept()
        socket.send(created())
        assert caller.next() == created()
        caller.send("{")
        assert caller.next()["error"]["type"] == "invalid_request_error"
        caller.send({"type": "response.create"})
        assert socket.receive() == {"type": "response.create"}
        socket.send(begun("r1"))
        assert caller.next() == begun("r1")
    assert socket.receive() is CLOSED  # at once, though a response runs
    assert gateway.logged("rpc")[-1]["key"] == "owner"
    with SocketCaller(f"{gateway.url}/realtime?model=nobody", protocols=protocols) as caller:
        assert caller.next()["error"]["code"] == "model_not_found"
        assert caller.next() is CLOSED
        assert caller.socket.close_code == 1008


def test_a_message_of_many_elements(open_gateway: RunningGateway, peer: WebSocketPeer) -> None:
    url = f"{open_gateway.url}/realtime?model=harp"
    usual: Event = {"type": "session.update", "session": {"type": "realtime"}}
    large = {"type": "next.step", "event_id": "e", "list": [[]] * 20_000}
    beyond = '{"type":"next.step","list":[' + "[]," * MOST_ELEMENTS + "[]]}"
    with SocketCaller(url) as caller:
        socket = peer.accept()
        for each in (usual, large):
            caller.send(each)
            assert socket.receive() == each
        caller.send(beyond)
        told = caller.next()
        assert (told["type"], told["status"]) == ("error", 413)
        assert "send less at once" in told["error"]["message"]
        assert caller.next() is CLOSED
        assert caller.socket.close_code == aiohttp.WSCloseCode.MESSAGE_TOO_BIG
    assert socket.receive() is CLOSED
    with SocketCaller(open_gateway.url + "/responses") as caller:
        caller.send(beyond)
        told = caller.next()
        assert (told["type"], told["status"]) == ("error", 413)
        assert caller.next() is CLOSED
        assert caller.socket.close_code == aiohttp.WSCloseCode.MESSAGE_TOO_BIG


def scripted(peer: WebSocketPeer) -> PeerSocket:
    """Begins a session, and answers a response with audio."""
    socket = peer.accept()
    socket.send(created())
    assert base64.b64decode(socket.receive()["audio"]) == b"ahoy"
    assert socket.receive() == {"type": "response.create", "response": {"instructions": "Sing", "audio": None}}
    socket.send(begun("r1"), audio("r1", "AAEC"), done("r1"))
    return socket


def test_the_python_client(gateway: RunningGateway, peer: WebSocketPeer) -> None:
    kinds = ["response_created", "response_output_audio_delta", "response_done"]
    with (
        PythonClient(gateway.target, api_key=KEYS["owner"]) as client,
        client.realtime.connect(model="harp") as session,
    ):
        session.input_audio_buffer.append(audio=b"ahoy")
        session.response.create(response={"instructions": "Sing", "audio": None})
        socket = scripted(peer)
        assert session.recv().session_created.session.realtime.id == "sess_1"
        session.done()
        assert [event.WhichOneof("kind") for event in session] == kinds
        assert socket.receive() is CLOSED
        with pytest.raises(AttributeError, match=r"response\.dance"):
            session.response.dance()
    with (
        PythonClient(gateway.target, api_key=KEYS["owner"]) as client,
        client.realtime.connect(model="nobody") as session,
        pytest.raises(NotFoundError),
    ):
        session.recv()


async def by_async_client(target: str) -> list[str]:
    async with (
        AsyncClient(target, api_key=KEYS["owner"]) as client,
        client.realtime.connect(model="harp") as session,
    ):
        await session.input_audio_buffer.append(audio=b"ahoy")
        await session.response.create(response={"instructions": "Sing", "audio": None})
        await session.done()
        seen = [event.WhichOneof("kind") async for event in session]
    async with AsyncClient(target, api_key=KEYS["owner"]) as client, client.realtime.connect(model="no") as session:
        with pytest.raises(NotFoundError):
            await session.recv()
    return seen


def test_the_python_client_for_asyncio(gateway: RunningGateway, peer: WebSocketPeer) -> None:
    calling = submit(by_async_client(gateway.target))
    socket = scripted(peer)
    assert calling.result(LIMIT) == [
        *("session_created", "response_created", "response_output_audio_delta", "response_done")
    ]
    assert socket.receive() is CLOSED


def test_openais_own_client(gateway: RunningGateway, peer: WebSocketPeer) -> None:
    with (
        openai.OpenAI(api_key=KEYS["owner"], base_url=gateway.url) as client,
        client.realtime.connect(model="harp") as connection,
    ):
        connection.input_audio_buffer.append(audio="YWhveQ==")
        connection.response.create(response={"instructions": "Sing", "audio": None})  # type: ignore[arg-type]  # a null goes up
        scripted(peer)
        got = [connection.recv() for _ in range(4)]
        assert [each.type for each in got] == [
            *("session.created", "response.created", "response.output_audio.delta", "response.done")
        ]
        assert isinstance(got[2], ResponseAudioDeltaEvent)
        assert got[2].delta == "AAEC"
    with pytest.raises(websockets.exceptions.InvalidStatus, match="401"):
        openai.OpenAI(api_key="sk-unknown", base_url=gateway.url, max_retries=0).realtime.connect(model="harp").enter()


def test_openais_own_client_of_responses(plain: StandIn) -> None:
    told = {"id": "resp_1", "object": "response", "model": "m", "status": "completed", "output": []}
    plain.enqueue(answers.stream(answers.events([{"type": "response.completed", "response": told}], named=True)))
    with (
        running_door(deployment(plain.url)) as gateway,
        openai.OpenAI(api_key="sk-any", base_url=gateway.url) as client,
        client.responses.connect() as connection,
    ):
        connection.response.create(model="m", input="Ahoy")
        event: Any = connection.recv()
        assert (event.type, event.response.id) == ("response.completed", "resp_1")


def settled(count: Callable[[], int]) -> int:
    """Waits until a number stays the same."""
    last = 0
    while (now := count()) != last or not now:
        last = now
        time.sleep(0.3)
    return now
