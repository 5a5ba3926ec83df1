"""A gateway that drains: new calls are sent elsewhere, open streams are told at once, and it may serve again."""

import base64
import json
import queue
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import grpc
import httpx2
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc  # type: ignore[import-untyped]  # ships no py.typed

from clients.openai_ways import WAYS
from faults import answers
from faults.outcome import outcome
from faults.rpcs import (
    CHAT,
    CREATE_CHAT,
    RESPONSE,
    STREAM_CHAT,
    STREAM_RESPONSE,
    STREAM_TRANSCRIPTION,
    STREAMING,
    UPLOAD,
)
from faults.stand_in import Gate, StandIn
from openai_grpc.codec import from_object, to_object
from openai_grpc.v1 import (
    CONTRACT_REVISION,
    CreateCompletionRequest,
    CreateEmbeddingRequest,
    CreateImageRequest,
    CreateSpeechRequest,
    DownloadFileRequest,
    DownloadVideoRequest,
    EmbeddingInput,
    RawRequest,
    ResponsesClientEvent,
    StreamEmbeddingsRequest,
)
from openai_grpc_server.config import RawSettings
from support.failure import failure_of
from support.gateway import (
    LIMIT,
    Drained,
    RunningGateway,
    deployment,
    on_loop,
    running_door,
    running_gateway,
    submit,
)
from support.python_client import KINDS, driver

GRACE = 19.0  # seconds
NEW = (("openai-grpc-contract", str(CONTRACT_REVISION)),)
OLD = {"of revision 1": (("openai-grpc-contract", "1"),), "of none": ()}
DATA = base64.b64encode(b"\x00\x01").decode()
COMPLETIONS: list[dict[str, Any]] = [
    {"id": "cmpl-1", "object": "text_completion", "created": 1, "model": "m", "choices": [{"index": 0, "text": text}]}
    for text in ("Fog", " ahead")
]
IMAGES: list[dict[str, Any]] = [
    {"type": "image_generation.partial_image", "b64_json": DATA, "partial_image_index": 0},
    {"type": "image_generation.completed", "b64_json": DATA},
]
SPOKEN: list[dict[str, Any]] = [{"type": "speech.audio.delta", "audio": DATA}, {"type": "speech.audio.done"}]
BYTES, OCTETS = [b"\x00\x01", b"\x02"], "application/octet-stream"
# What an upstream streams, by its path: the pieces, and their type.
UPSTREAM: dict[tuple[str, str], tuple[list[bytes], str]] = {
    **{
        ("POST", rpc.path): ([*rpc.pieces, answers.event("[DONE]")], answers.SSE)
        for rpc in (STREAM_CHAT, STREAM_RESPONSE, STREAM_TRANSCRIPTION)
    },
    ("POST", "/v1/completions"): (answers.events(COMPLETIONS), answers.SSE),
    ("POST", "/v1/images/generations"): (answers.events(IMAGES, named=True), answers.SSE),
    ("POST", "/v1/audio/speech"): (BYTES, "audio/mpeg"),
    ("POST", "/events/v1/audio/speech"): (answers.events(SPOKEN, named=True), answers.SSE),
    ("GET", "/v1/files/file-1/content"): (BYTES, OCTETS),
    ("GET", "/v1/videos/video_1/content"): (BYTES, "video/mp4"),
    ("GET", "/v1/notices"): ([answers.event("one"), answers.event("two")], answers.SSE),
    ("GET", "/v1/charts"): (BYTES, OCTETS),
}
VECTOR = {"object": "list", "data": [{"object": "embedding", "index": 0, "embedding": "AACAPwAAAMA="}], "model": "e"}
SPEECH = {"input": "Fog ahead", "voice": "alloy"}
# Each RPC with a stream to the caller: its service, its request, or the first ones of a stream to the gateway.
STREAMS: dict[str, tuple[str, Any]] = {
    "StreamChatCompletion": ("chat", CHAT),
    "StreamResponse": ("responses", RESPONSE),
    "Connect": ("responses", [ResponsesClientEvent(create=RESPONSE)]),
    "StreamTranscription": ("audio", list(UPLOAD)),
    "StreamCompletion": ("completions", from_object(CreateCompletionRequest, {"model": "m", "prompt": "say"})),
    "StreamImage": ("images", from_object(CreateImageRequest, {"model": "m", "prompt": "fog"})),
    "CreateSpeech": ("audio", from_object(CreateSpeechRequest, {"model": "tts-1", **SPEECH})),
    "StreamSpeech": ("audio", from_object(CreateSpeechRequest, {"model": "tts-events", **SPEECH})),
    "StreamEmbeddings": (
        "embeddings",
        [
            StreamEmbeddingsRequest(config=CreateEmbeddingRequest(model="e")),
            StreamEmbeddingsRequest(input=EmbeddingInput(text="fog")),
        ],
    ),
    "DownloadFile": ("files", DownloadFileRequest(file_id="file-1")),
    "DownloadVideo": ("videos", DownloadVideoRequest(video_id="video_1")),
    "StreamCall": ("raw", RawRequest(method="GET", path="/notices")),
    "Download": ("raw", RawRequest(method="GET", path="/charts")),
}
TWO_BEFORE = ("StreamCall", "Download")  # their first message has the headers


class Opened:
    """A stream that has had its first messages, and now waits for its upstream.

    Args:
        gateway: The gateway.
        name: The name of its RPC.
        metadata: The caller's metadata.
    """

    def __init__(self, gateway: RunningGateway, name: str, metadata: Any = NEW) -> None:
        service, request = STREAMS[name]
        self._requests: queue.SimpleQueue[Any] = queue.SimpleQueue()
        if isinstance(request, list):
            for each in request:
                self._requests.put(each)
            request = iter(self._requests.get, None)
        if name == "StreamTranscription":
            self.end()
        self.call = getattr(getattr(gateway, service), name)(request, timeout=LIMIT, metadata=metadata)
        self.seen = [next(self.call) for _ in range(2 if name in TWO_BEFORE else 1)]

    def end(self) -> None:
        """Ends the requests."""
        self._requests.put(None)


def plain(messages: list[Any]) -> list[Any]:
    """Returns messages without what they tell of the call."""
    for each in messages:
        each.ClearField("call_info")
    return messages


def answering(upstream: StandIn, gate: Any) -> None:
    """Makes an upstream stream the first piece of everything, and the others behind a gate."""
    upstream.on("POST", "/v1/embeddings", answers.json(VECTOR))
    for (method, path), (pieces, kind) in UPSTREAM.items():
        upstream.on(method, path, answers.stream(pieces, gates={1: gate}, content_type=kind))


@pytest.fixture(scope="module")
def upstream() -> Iterator[StandIn]:
    with StandIn() as standing:
        yield standing


@pytest.fixture(scope="module")
def gateway(upstream: StandIn) -> Iterator[RunningGateway]:
    events = deployment(f"{upstream.url}/events", name="events", model_name="tts-events", model="tts-events")
    raw = tuple(RawSettings(path=path, methods=("GET",)) for path in ("/notices", "/charts"))
    with running_door(deployment(upstream.url), events, raw=raw) as running:
        yield running


@pytest.fixture
def gate(upstream: StandIn) -> Iterator[Gate]:
    """Holds back what upstreams stream after their first piece."""
    made = Gate()
    answering(upstream, made)
    yield made
    made.open()


def told_of(message: Any) -> bool:
    """Returns whether a message says that the gateway drains."""
    return bool(message.call_info.HasField("drain"))


def is_told_alone(message: Any) -> bool:
    """Returns whether a message says nothing else."""
    return told_of(message) and [field.name for field, _ in message.ListFields()] == ["call_info"]


async def drain(gateway: RunningGateway) -> None:
    gateway.gateway.drain()


async def undrain(gateway: RunningGateway) -> None:
    gateway.gateway.undrain()


def health(gateway: RunningGateway) -> Any:
    return health_pb2_grpc.HealthStub(gateway.channel).Check(health_pb2.HealthCheckRequest(), timeout=LIMIT).status


def test_each_silent_stream_is_told_at_once_and_goes_on(gateway: RunningGateway, upstream: StandIn, gate: Gate) -> None:
    opened = {name: Opened(gateway, name) for name in STREAMS}
    older = [Opened(gateway, "StreamChatCompletion", metadata) for metadata in OLD.values()]
    by_rest: dict[str, Any] = {"json": {**to_object(CHAT), "stream": True}, "headers": dict(NEW), "timeout": LIMIT}
    with ExitStack() as stack:
        events = stack.enter_context(httpx2.stream("POST", f"{gateway.url}/chat/completions", **by_rest)).iter_lines()
        first = next(events)
        on_loop(drain(gateway))
        try:
            told = {name: next(each.call) for name, each in opened.items()}  # while the upstreams are silent
            assert [name for name, message in told.items() if not is_told_alone(message)] == []
            assert not told["StreamChatCompletion"].call_info.drain.HasField("seconds_left")
        finally:
            gate.open()
        for each in opened.values():
            each.end()
        connection = opened.pop("Connect")
        seen = {name: [*each.seen, *each.call] for name, each in opened.items()}
        assert failure_of(lambda: connection.seen.extend(connection.call)).reason == "DRAINING"
        for stream in older:
            stream.seen += stream.call
        lines = [first, *events]
    on_loop(undrain(gateway))
    assert not any(told_of(each) for messages in [*seen.values(), connection.seen] for each in messages)
    assert not any(told_of(each) or each.extra_json for stream in older for each in stream.seen)
    told_by_rest = [json.loads(line.removeprefix("data: ")) for line in list(filter(None, lines))[:-1]]
    assert told_by_rest == list(STREAM_CHAT.events)
    undisturbed = Gate()  # bytes that come together are one message
    answering(upstream, undisturbed)
    again = {name: Opened(gateway, name) for name in opened}
    undisturbed.open()
    for each in again.values():
        each.end()
    assert {name: plain(messages) for name, messages in seen.items()} == {
        name: plain([*each.seen, *each.call]) for name, each in again.items()
    }
    assert [each.WhichOneof("kind") for each in connection.seen] == [
        each.WhichOneof("kind") for each in seen["StreamResponse"]
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_the_python_clients_pass_over_the_notice(gateway: RunningGateway, upstream: StandIn, kind: str) -> None:
    calls = {
        "chunks": lambda client: client.chat.completions.stream(model="m", messages=[]),
        "text": lambda client: client.chat.completions.stream(model="m", messages=[]).text(),
        "events": lambda client: client.responses.stream(model="m", input="say"),
    }
    gates: list[Any] = [Gate(), Drained(gateway)]
    gates[0].open()
    seen = []
    for gate in gates:
        answering(upstream, gate)
        with driver(kind, gateway.target) as drive:
            found = {name: drive.read(call) for name, call in calls.items()}
            final = drive(lambda client: client.responses.stream(model="m", input="say").final())
            seen.append((found, final.status))
    assert seen[1] == seen[0]


@pytest.mark.parametrize("way", WAYS)
def test_the_sdk_of_openai_passes_over_the_notice(gateway: RunningGateway, upstream: StandIn, way: str) -> None:
    answering(upstream, Drained(gateway))
    with WAYS[way](upstream.url, gateway, max_retries=0) as client:
        chunks = client.chat.completions.create(model="m", messages=[], stream=True)
        assert [each.choices[0].delta.content for each in chunks] == [
            each["choices"][0]["delta"]["content"] for each in STREAM_CHAT.events
        ]
        events = client.responses.create(model="m", input="say", stream=True)
        assert [each.type for each in events] == [each["type"] for each in STREAM_RESPONSE.events]
        assert client.audio.speech.create(model="tts-1", **SPEECH).read() == b"".join(BYTES)


def test_a_stream_without_a_message_yet(gateway: RunningGateway, upstream: StandIn) -> None:
    """It is told at once if its deployment is settled, else before its first message."""
    both = [deployment(upstream.url, name=name) for name in ("one", "other")]
    with running_gateway(*both) as moving:
        for running, settled in ((gateway, True), (moving, False)):
            made, count = Gate(), len(upstream.exchanges)
            pieces, _ = UPSTREAM["POST", STREAM_CHAT.path]
            upstream.on("POST", STREAM_CHAT.path, answers.stream(pieces, gates={0: made}))
            call = STREAM_CHAT.start(running, metadata=NEW)
            upstream.exchange(count).received.result(LIMIT)
            if settled:
                call.initial_metadata()
            on_loop(drain(running))
            if settled:
                assert is_told_alone(next(call))
            made.open()
            if not settled:
                assert is_told_alone(next(call))
            assert not any(map(told_of, call))
            on_loop(undrain(running))


def test_a_stream_that_is_not_told_in_time_is_not_told(upstream: StandIn) -> None:
    made = Gate()
    upstream.on("POST", STREAM_CHAT.path, answers.stream(UPSTREAM["POST", STREAM_CHAT.path][0], gates={0: made}))
    with running_gateway(*[deployment(upstream.url, name=name) for name in ("one", "other")]) as gateway:
        count = len(upstream.exchanges)
        call = STREAM_CHAT.start(gateway, metadata=NEW)
        upstream.exchange(count).received.result(LIMIT)
        on_loop(drain(gateway))
        on_loop(undrain(gateway))
        made.open()
        assert not any(map(told_of, call))


def test_a_stop_tells_how_long_streams_have(upstream: StandIn, gate: Gate) -> None:
    with running_gateway(deployment(upstream.url), grace_period=GRACE) as gateway:
        call = Opened(gateway, "StreamChatCompletion").call
        on_loop(drain(gateway))
        assert not next(call).call_info.drain.HasField("seconds_left")
        watched = health_pb2_grpc.HealthStub(gateway.channel).Watch(health_pb2.HealthCheckRequest(), timeout=LIMIT)
        assert next(watched).status == health_pb2.HealthCheckResponse.NOT_SERVING
        stopping = submit(gateway.gateway.stop())
        assert 0 < next(call).call_info.drain.seconds_left <= GRACE
        gate.open()
        assert not any(map(told_of, call))
        assert call.code() is grpc.StatusCode.OK
        stopping.result(LIMIT)


def test_new_calls_go_elsewhere_at_once_until_it_serves_again(gateway: RunningGateway, upstream: StandIn) -> None:
    serving, not_serving = health_pb2.HealthCheckResponse.SERVING, health_pb2.HealthCheckResponse.NOT_SERVING
    on_loop(drain(gateway))
    for rpc in (CREATE_CHAT, *STREAMING):
        found = outcome(rpc, rpc.start(gateway))
        assert (found.code, found.reason, found.pushback) == (grpc.StatusCode.UNAVAILABLE, "DRAINING", "0")
        assert found.retry_delay == 0
    assert health(gateway) == not_serving
    on_loop(undrain(gateway))
    assert health(gateway) == serving
    upstream.on("POST", CREATE_CHAT.path, CREATE_CHAT.well())
    assert outcome(CREATE_CHAT, CREATE_CHAT.start(gateway)).code is grpc.StatusCode.OK
