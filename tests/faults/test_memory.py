"""What a gateway holds in memory when its callers do not read, and while large files pass through it."""

from __future__ import annotations

import hashlib
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import grpc
import pytest

from faults import answers
from faults.exchange import promise
from faults.rpcs import CREATE_CHAT, STREAM_CHAT, UPLOAD, UPLOAD_TRANSCRIPTION, chunk, transcription
from faults.stand_in import LIMIT, StandIn
from openai_grpc.v1.audio_pb2_grpc import AudioServiceStub
from openai_grpc.v1.chat_pb2 import CreateChatCompletionRequest
from openai_grpc.v1.chat_pb2_grpc import ChatServiceStub
from openai_grpc.v1.files_pb2 import CreateFileRequest, DownloadFileRequest, UploadFileRequest
from openai_grpc.v1.files_pb2_grpc import FilesServiceStub
from openai_grpc.v1.transcription_pb2 import UploadTranscriptionRequest
from support.process import ServerProcess, server_process

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from faults.exchange import Exchange

MEBIBYTE = 1 << 20
TEST_LIMIT = 180.0  # seconds; only a hung test takes as long

CALLERS = 100
# Measured: 0.45 MiB. For each caller the gateway holds what is read ahead from the upstream's socket (at most 128 KiB),
# the message being written, and what gRPC has serialized for it; the rest is the allocators'.
PER_CALLER = MEBIBYTE
PADDING = "x" * 16000  # as large as the buffers are: with small messages the test would take minutes to fill them

SIZE = 256 * MEBIBYTE
BLOCK = bytes(range(256)) * 4096
UPLOAD_MARGIN = 64 * MEBIBYTE  # measured: 27 MiB
FILE_BLOCKS = 500
# Bytes of a whole process that passes 500 MiB each way. Measured: 83 MB; 126 MB, as gRPC's own server reads far ahead.
GATEWAY_LIMITS = {"asyncio": 100_000_000, "grpcio": 200_000_000}


@contextmanager
def gateway_process(
    upstream: StandIn, path: Path, http2: str | None = None
) -> Iterator[tuple[ServerProcess, grpc.Channel]]:
    """Runs a gateway in a process of its own, with a channel to it."""
    env = {"OPENAI_BASE_URL": f"{upstream.url}/v1", "OPENAI_API_KEY": "sk-of-the-gateway"}
    if http2:
        env["OPENAI_GRPC_TEST_HTTP2"] = http2
    with server_process(path / "log", env=env) as server, grpc.insecure_channel(server.address) as channel:
        yield server, channel


async def endless(exchange: Exchange) -> None:
    """Streams numbered chunks for ever."""
    await exchange.body()
    fields = [("content-type", answers.SSE), ("transfer-encoding", "chunked")]
    await exchange.send(answers.head(200, fields))
    number = 0
    while True:
        await exchange.send(answers.chunk(answers.event(chunk(f"{number} {PADDING}"))))
        number += 1


FAILED = 60  # calls
REQUEST_BYTES = 5_000_000
LEFT = 20 * MEBIBYTE


@pytest.mark.parametrize("http2", ["grpcio", "asyncio"])
def test_calls_that_failed_leave_nothing(tmp_path: Path, http2: str) -> None:
    request = CreateChatCompletionRequest(model="m", user="x" * REQUEST_BYTES)
    env = {"OPENAI_API_KEY": "sk-of-the-gateway"}
    with StandIn() as upstream:
        env["OPENAI_BASE_URL"] = f"{upstream.url}/v1"
        upstream.on("POST", "/v1/chat/completions", answers.json({"error": {"message": "no"}}, status=500))
        config = tmp_path / "config.yaml"
        config.write_text(f"server: {{http2: {http2}}}\nrouter_settings: {{num_retries: 0}}\n")
        with (
            server_process(tmp_path / "log", "--config", str(config), env=env) as server,
            grpc.insecure_channel(server.address) as channel,
        ):
            chat = ChatServiceStub(channel)

            def fail(_: int) -> grpc.StatusCode:
                call: Any = chat.CreateChatCompletion.future(request, timeout=TEST_LIMIT)
                code: grpc.StatusCode = call.code()
                upstream.exchanges.clear()
                return code

            fail(0)  # loads all that is loaded on first use
            before = server.memory()
            with ThreadPoolExecutor(4) as callers:
                assert set(callers.map(fail, range(FAILED))) == {grpc.StatusCode.INTERNAL}
            until = time.monotonic() + LIMIT
            while server.memory() - before > LEFT and time.monotonic() < until:
                chat.CreateChatCompletion.future(CREATE_CHAT.request, timeout=LIMIT).code()
            assert server.memory() - before <= LEFT


def content(call: Any) -> str:
    """Reads the next chunk."""
    text: str = next(call).choices[0].delta.content
    return text


def test_callers_that_stop_reading(tmp_path: Path) -> None:
    with StandIn(send_buffer=16384) as upstream, gateway_process(upstream, tmp_path) as (server, channel):
        chat = ChatServiceStub(channel)
        upstream.enqueue(CREATE_CHAT.well(), *[endless] * CALLERS, CREATE_CHAT.well())
        chat.CreateChatCompletion(CREATE_CHAT.request, timeout=LIMIT)  # loads all that is loaded on first use
        before = server.memory()
        calls = [chat.StreamChatCompletion(STREAM_CHAT.request, timeout=TEST_LIMIT) for _ in range(CALLERS)]
        assert [content(call) for call in calls] == [f"0 {PADDING}"] * CALLERS

        ahead = upstream.settled_bytes(limit=TEST_LIMIT)
        assert server.memory() - before < CALLERS * PER_CALLER

        # Others are served as ever, on the same connection too.
        chat.CreateChatCompletion(CREATE_CHAT.request, timeout=LIMIT)

        # Every caller reads on, one of them more than all buffers between it and the upstream can hold.
        for call, count in zip(calls, [ahead // CALLERS // len(PADDING) * 3, *[20] * (CALLERS - 1)], strict=True):
            assert [content(call) for _ in range(count)] == [f"{number} {PADDING}" for number in range(1, count + 1)]
        assert upstream.accepted_bytes > ahead
        for call in calls:
            call.cancel()
        for exchange in upstream.exchanges[1 : CALLERS + 1]:
            exchange.closed.result(LIMIT)
        assert server.memory("VmHWM") - before < CALLERS * PER_CALLER


def messages(*, declared: bool) -> Iterator[UploadTranscriptionRequest]:
    """A file that is made while it is sent."""
    file = {"size": SIZE} if declared else {}
    yield UploadTranscriptionRequest(config=transcription(**file))
    for _ in range(SIZE // len(BLOCK)):
        yield UploadTranscriptionRequest(chunk=BLOCK)


async def content_hash(exchange: Exchange) -> str:
    """Reads a form with one file and returns the hash of the file, keeping nothing of it."""
    digest = hashlib.sha256()
    boundary = (exchange.request.header("content-type") or "").split("boundary=")[1]
    end = len(f"\r\n--{boundary}--\r\n")
    body = exchange.request.body
    begun = False
    async for _ in exchange.chunks():
        if not begun:
            file = body.find(b"\r\n\r\n", body.find(b"filename="))
            begun = b"filename=" in body and file >= 0
            del body[: file + 4 if begun else 0]
        if begun and len(body) > end:
            digest.update(body[:-end])
            del body[:-end]
    return digest.hexdigest()


@pytest.mark.parametrize("declared", [True, False])
def test_a_large_upload(tmp_path: Path, declared: bool) -> None:
    received = promise()

    async def answer(exchange: Exchange) -> None:
        received.set_result(await content_hash(exchange))
        await UPLOAD_TRANSCRIPTION.well()(exchange)

    with StandIn() as upstream, gateway_process(upstream, tmp_path) as (server, channel):
        audio = AudioServiceStub(channel)
        upstream.enqueue(UPLOAD_TRANSCRIPTION.well(), answer)
        audio.UploadTranscription(iter(UPLOAD), timeout=LIMIT)  # loads all that is loaded on first use
        before = server.memory()
        audio.UploadTranscription(messages(declared=declared), timeout=TEST_LIMIT)
        assert server.memory("VmHWM") - before < UPLOAD_MARGIN
    expected = hashlib.sha256()
    for _ in range(SIZE // len(BLOCK)):
        expected.update(BLOCK)
    assert received.result(LIMIT) == expected.hexdigest()
    length = upstream.requests[1].header("content-length")
    assert (int(length) > SIZE if length else None) is (True if declared else None)


FILE = {"id": "file-1", "object": "file", "bytes": 1, "created_at": 1, "filename": "a.bin", "purpose": "user_data"}


def file_messages() -> Iterator[UploadFileRequest]:
    """A file that is made while it is sent."""
    config = CreateFileRequest(purpose="user_data")
    config.file.filename = "a.bin"
    yield UploadFileRequest(config=config)
    for _ in range(FILE_BLOCKS):
        yield UploadFileRequest(chunk=BLOCK)


async def give_file(exchange: Exchange) -> None:
    """Answers with a file that is made while it is sent."""
    await exchange.body()
    length = str(FILE_BLOCKS * len(BLOCK))
    await exchange.send(answers.head(200, [("content-type", "application/octet-stream"), ("content-length", length)]))
    for _ in range(FILE_BLOCKS):
        await exchange.send(BLOCK)


@pytest.mark.parametrize("http2", GATEWAY_LIMITS)
def test_a_large_file_each_way(tmp_path: Path, http2: str) -> None:
    received = promise()

    async def take_file(exchange: Exchange) -> None:
        received.set_result(await content_hash(exchange))
        await answers.json(FILE)(exchange)

    with StandIn() as upstream, gateway_process(upstream, tmp_path, http2) as (server, channel):
        files = FilesServiceStub(channel)
        upstream.enqueue(take_file, give_file)
        file_id = files.UploadFile(file_messages(), timeout=TEST_LIMIT).id
        digest, size = hashlib.sha256(), 0
        for each in files.DownloadFile(DownloadFileRequest(file_id=file_id), timeout=TEST_LIMIT):
            digest.update(each.data)
            size += len(each.data)
        peak = server.memory("VmHWM")
    assert size == FILE_BLOCKS * len(BLOCK)
    assert received.result(LIMIT) == digest.hexdigest() == each.sha256.hex()
    assert peak < GATEWAY_LIMITS[http2], f"{peak / 1e6:.1f} MB"
