"""Streams, uploads, deadlines and TLS of the Python clients."""

import math
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from faults import answers
from faults.stand_in import LIMIT, Gate, StandIn
from openai_grpc import DeadlineExceededError, UnavailableError
from openai_grpc.v1.common_pb2 import TimeLimits
from openai_grpc_server.config import TlsSettings
from support.certificates import Authority
from support.gateway import deployment, running_gateway
from support.python_client import KINDS, Driver, driver

CHAT = "/v1/chat/completions"
AUDIO = "/v1/audio/transcriptions"
COMPLETION = answers.json({"id": "c1", "choices": [{"index": 0, "message": {"content": "Hi!"}}]})
RECORDING = bytes(range(256)) * 1024  # four chunks


def chunk(content: str) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": {"content": content}}]}


ENDLESS = answers.stream(answers.events([chunk("a")], done=False), then="repeat")
SILENT = answers.stream(answers.events([chunk("a")], done=False), then="stall")


@pytest.fixture
def upstream() -> Iterator[StandIn]:
    with StandIn() as running:
        yield running


@pytest.fixture
def target(upstream: StandIn) -> Iterator[str]:
    with running_gateway(deployment(upstream.url)) as gateway:
        yield gateway.target


@pytest.fixture(params=KINDS)
def drive(request: pytest.FixtureRequest, target: str) -> Iterator[Driver]:
    with driver(request.param, target) as driven:
        yield driven


def same(stream: Any) -> Callable[[Any], Any]:
    return lambda _: stream


def dropped(drive: Driver) -> None:
    drive.read(lambda c: c.chat_stream("hello"), most=1)


def closed(drive: Driver) -> None:
    stream = drive(lambda c: c.chat_stream("hello"))
    assert drive.read(lambda _: stream, most=1) == ["a"]
    drive(lambda _: stream.close())
    assert drive.read(lambda _: stream) == []


def left(drive: Driver) -> None:
    def block(client: Any) -> Any:
        with client.chat.completions.stream(model="m") as stream:
            next(stream)

    async def async_block(client: Any) -> None:
        async with client.chat.completions.stream(model="m") as stream:
            await anext(stream)

    drive(async_block if type(drive).__name__ == "AsyncDriver" else block)


@pytest.mark.parametrize("leave", [dropped, closed, left])
@pytest.mark.parametrize("answer", [ENDLESS, SILENT], ids=["endless", "silent"])
def test_leaving_a_stream_closes_the_upstream_request(
    leave: Callable[[Driver], None], answer: Any, drive: Driver, upstream: StandIn
) -> None:
    upstream.on("POST", CHAT, answer)
    leave(drive)
    upstream.exchange(0).closed.result(LIMIT)


def test_closing_the_client_ends_its_streams(target: str, upstream: StandIn) -> None:
    upstream.on("POST", CHAT, SILENT)
    for number, kind in enumerate(KINDS):
        with driver(kind, target) as drive:
            stream = drive(lambda c: c.chat_stream("hello"))
            drive.read(same(stream), most=1)
        upstream.exchange(number).closed.result(LIMIT)


def chat(client: Any, **options: Any) -> Any:
    """Calls a client of either kind."""
    return client.chat("hello", **options)


def chat_stream(client: Any, **options: Any) -> Any:
    """Begins a stream of a client of either kind."""
    return client.chat_stream("hello", **options)


# Settings of the client and the timeout of a call, of a limit in seconds.
DEADLINES: dict[str, Callable[[float], tuple[dict[str, Any], Any]]] = {
    "of a call": lambda limit: ({}, limit),
    "of the client": lambda limit: ({"timeout": limit}, None),
    "as a limit": lambda limit: ({}, {"total": limit}),
    "of the first message": lambda limit: ({}, TimeLimits(first_message=limit, connect=5)),
}
LIMITS = (0.2, 2.0, LIMIT)  # seconds: on a loaded machine a short one may end before its call is upstream


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("of", DEADLINES.values(), ids=DEADLINES)
def test_deadlines(
    kind: str, of: Callable[[float], tuple[dict[str, Any], Any]], target: str, upstream: StandIn
) -> None:
    upstream.on("POST", CHAT, answers.stall())
    for limit in LIMITS:
        settings, timeout = of(limit)
        options = {} if timeout is None else {"timeout": timeout}
        with driver(kind, target, **settings) as drive, pytest.raises(TimeoutError) as failed:
            drive(partial(chat, **options))
        assert isinstance(failed.value, DeadlineExceededError)
        if upstream.exchanges:
            break
    upstream.exchange(0).closed.result(LIMIT)


def test_the_deadline_of_a_stream(drive: Driver, upstream: StandIn) -> None:
    upstream.on("POST", CHAT, SILENT)
    pieces: list[str] = []
    for limit in LIMITS:
        with pytest.raises(DeadlineExceededError):
            drive.read(partial(chat_stream, timeout=limit), pieces)
        if pieces:
            break
    assert pieces == ["a"]


def test_the_time_between_messages(drive: Driver, upstream: StandIn) -> None:
    upstream.on("POST", CHAT, SILENT)
    pieces: list[str] = []
    with pytest.raises(DeadlineExceededError, match=r"silent for 0\.3 s"):
        drive.read(lambda c: c.chat_stream("hello", timeout={"between_messages": 0.3, "total": math.inf}), pieces)
    assert pieces == ["a"]


def test_a_stream_has_no_deadline_of_its_own(target: str, upstream: StandIn) -> None:
    read = Gate()
    upstream.on("POST", CHAT, answers.stream(answers.events([chunk("a"), chunk("b")]), gates={1: read}))
    for kind in KINDS:
        with driver(kind, target, timeout=0.001) as drive:
            stream = drive(lambda c: c.chat_stream("hello", timeout=None))
            assert drive.read(same(stream), most=1) == ["a"]
            read.open()
            assert drive.read(same(stream)) == ["b"]


def pieces() -> Iterator[bytes]:
    yield RECORDING[:1000]
    yield b""
    yield RECORDING[1000:]


async def async_pieces() -> AsyncIterator[bytes]:
    for piece in pieces():
        yield piece


UPLOADS: dict[str, tuple[Callable[[Path], Any], bool]] = {
    "a path": (lambda path: path, True),
    "bytes with a name": (lambda path: (path.name, RECORDING), True),
    "pieces": (lambda path: (path.name, pieces()), False),
}


@pytest.mark.parametrize(("form", "sized"), UPLOADS.values(), ids=UPLOADS)
def test_uploads(form: Callable[[Path], Any], sized: bool, drive: Driver, upstream: StandIn, tmp_path: Path) -> None:
    upstream.on("POST", AUDIO, answers.json({"text": "Hi!"}))
    path = tmp_path / "a.wav"
    path.write_bytes(RECORDING)
    seen: list[tuple[int, int | None]] = []
    reply = drive(lambda c: c.transcribe(form(path), language="en", on_progress=lambda *now: seen.append(now)))
    received = upstream.requests[0]
    assert reply.text == "Hi!"
    assert RECORDING in received.body
    assert b'filename="a.wav"' in received.body
    assert b"whisper-1" in received.body
    assert (received.header("content-length") is not None) == sized
    assert seen[-1] == (len(RECORDING), len(RECORDING) if sized else None)
    assert [sent for sent, _ in seen] == sorted(sent for sent, _ in seen)


def test_asynchronous_pieces(target: str, upstream: StandIn) -> None:
    upstream.on("POST", AUDIO, answers.json({"text": "Hi!"}))
    with driver("asyncio", target) as drive:
        assert drive(lambda c: c.transcribe(("a.wav", async_pieces()))).text == "Hi!"
    with driver("blocking", target) as drive, pytest.raises(TypeError, match="AsyncClient"):
        drive(lambda c: c.transcribe(("a.wav", async_pieces())))
    assert RECORDING in upstream.requests[0].body


def broken() -> Iterator[bytes]:
    yield RECORDING
    raise OSError("the disk is gone")


BROKEN: dict[str, Callable[[Any], Any]] = {
    "one reply": lambda c: c.transcribe(("a.wav", broken())),
    "a stream": lambda c: c.transcribe_stream(("a.wav", broken())),
}


@pytest.mark.parametrize("use", BROKEN.values(), ids=BROKEN)
def test_a_file_that_breaks_off_is_no_upload(use: Callable[[Any], Any], drive: Driver, upstream: StandIn) -> None:
    upstream.on("POST", AUDIO, answers.json({"text": "half of it"}))
    with pytest.raises(OSError, match="the disk is gone"):
        drive.read(use) if use is BROKEN["a stream"] else drive(use)
    for exchange in upstream.exchanges:  # the call may have been cancelled before it got there
        exchange.closed.result(LIMIT)


@pytest.mark.parametrize("kind", KINDS)
def test_tls(kind: str, upstream: StandIn, tmp_path: Path) -> None:
    upstream.on("POST", CHAT, COMPLETION)
    authority = Authority(tmp_path / "authority")
    certificate, key = authority.issue("gateway")
    tls = TlsSettings(certificate=str(certificate), private_key=str(key))
    with running_gateway(deployment(upstream.url), tls=tls) as gateway:
        address = gateway.target.replace("127.0.0.1", "localhost")
        with driver(kind, address, tls=authority.certificate) as drive:
            assert drive(lambda c: c.chat("hello")).text == "Hi!"
        for other in (True, False):
            with driver(kind, address, tls=other) as drive, pytest.raises(UnavailableError):
                drive(lambda c: c.chat("hello"))
