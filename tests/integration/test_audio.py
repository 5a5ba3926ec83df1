"""Transcription: the form that goes up, while it is still being sent, and all that can come back."""

import email.parser
import email.policy
from collections.abc import Iterator
from typing import Any

import grpc
import pytest

from faults import answers
from faults.http_request import ReceivedRequest
from faults.stand_in import StandIn
from openai_grpc.codec import from_object, loads, to_json
from openai_grpc.v1 import transcription_pb2
from support.failure import failure_of
from support.gateway import LIMIT, deployment, running_gateway

PATH = "/v1/audio/transcriptions"
AUDIO = bytes(range(256)) * 40
FIELDS: dict[str, Any] = {
    "model": "whisper-1",
    "language": "en",
    "temperature": 0.5,
    "response_format": "verbose_json",
    "timestamp_granularities": ["word", "segment"],
    "include": ["logprobs"],
    "chunking_strategy": {"type": "server_vad", "threshold": 0.5},
}
FORM = {
    "model": ["whisper-1"],
    "language": ["en"],
    "temperature": ["0.5"],
    "response_format": ["verbose_json"],
    "timestamp_granularities[]": ["word", "segment"],
    "include[]": ["logprobs"],
    "chunking_strategy": [{"type": "server_vad", "threshold": 0.5}],
}
VERBOSE = {
    "task": "transcribe",
    "language": "english",
    "duration": 2.78,
    "text": "Hi",
    "segments": [{"id": 0, "start": 0, "end": 2, "text": "Hi", "tokens": [1]}],
    "words": [{"word": "Hi", "start": 0, "end": 1}],
}
EVENTS: list[dict[str, Any]] = [
    {"type": "transcript.text.delta", "delta": "Hi"},
    {"type": "transcript.text.segment", "id": "seg_1", "start": 0, "end": 1, "speaker": "A", "text": "Hi"},
    {"type": "transcript.text.done", "text": "Hi", "usage": {"type": "tokens", "input_tokens": 3, "output_tokens": 1}},
]

Request = transcription_pb2.CreateTranscriptionRequest
Message = transcription_pb2.UploadTranscriptionRequest


def config(size: int | None = None, **fields: Any) -> Request:
    request = from_object(Request, {"model": "whisper-1", **fields})
    request.file.filename = "speech.wav"
    if size is not None:
        request.file.size = size
    return request


def upload(request: Request, *chunks: bytes) -> Iterator[Message]:
    yield Message(config=request)
    for chunk in chunks:
        yield Message(chunk=chunk)


def form(request: ReceivedRequest) -> tuple[dict[str, list[Any]], dict[str, Any]]:
    """Reads a form: its fields, and of its file the name, the type and the content."""
    head = f"Content-Type: {request.header('content-type')}\r\n\r\n".encode()
    parsed = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + bytes(request.body))
    fields: dict[str, list[Any]] = {}
    file: dict[str, Any] = {}
    for part in parsed.iter_parts():
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        if part.get_filename():
            file = {"name": part.get_filename(), "type": part.get_content_type(), "content": content}
        else:
            text = content.decode()
            name = str(part.get_param("name", header="content-disposition"))
            fields.setdefault(name, []).append(loads(text) if text.startswith("{") else text)
    return fields, file


def test_a_recording_in_one_message() -> None:
    request = config(**FIELDS)
    request.file.data = AUDIO
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.on("POST", PATH, answers.json(VERBOSE))
        reply = gateway.audio.CreateTranscription(request, timeout=10)
    fields, file = form(upstream.requests[0])
    assert fields == FORM
    assert file == {"name": "speech.wav", "type": "audio/x-wav", "content": AUDIO}
    assert upstream.requests[0].header("transfer-encoding") is None
    assert loads(to_json(reply)) == VERBOSE
    assert reply.call_info.deployment == "stand-in"


@pytest.mark.parametrize("declared", [True, False])
def test_a_recording_in_chunks(declared: bool) -> None:
    chunks = [AUDIO[:1], b"", AUDIO[1:5000], AUDIO[5000:]]
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.on("POST", PATH, answers.json({"text": "Hi"}))
        request = config(len(AUDIO) if declared else None)
        reply = gateway.audio.UploadTranscription(upload(request, *chunks), timeout=10)
        (line,) = gateway.logged("rpc")
    _, file = form(upstream.requests[0])
    assert file["content"] == AUDIO
    assert reply.text == "Hi"
    assert (upstream.requests[0].header("content-length") is not None) is declared
    assert line["request_bytes"] > len(AUDIO)


def test_the_upstream_has_the_first_byte_before_the_caller_sent_the_last() -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.on("POST", PATH, answers.json({"text": "Hi"}))

        def messages() -> Iterator[Message]:
            yield from upload(config(), AUDIO)
            upstream.exchange(0).first_byte.result(LIMIT)
            yield Message(chunk=AUDIO)

        assert gateway.audio.UploadTranscription(messages(), timeout=LIMIT).text == "Hi"
    assert form(upstream.requests[0])[1]["content"] == AUDIO * 2


TEXTS = {
    "text": ("text/plain; charset=utf-8", "Hí there.\n"),
    "srt": ("text/plain", "1\n00:00:00,000 --> 00:00:02,000\nHi\n\n"),
    "vtt": ("text/vtt", "WEBVTT\n\n00:00.000 --> 00:02.000\nHi\n\n"),
}


@pytest.mark.parametrize("response_format", TEXTS)
def test_formats_of_text(response_format: str) -> None:
    content_type, text = TEXTS[response_format]
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.on("POST", PATH, answers.body(text.encode(), content_type=content_type))
        request = config(response_format=response_format)
        reply = gateway.audio.UploadTranscription(upload(request, AUDIO), timeout=10)
    assert reply.text == text


def test_json_where_text_was_asked_for() -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.on("POST", PATH, answers.json({"text": "Hi"}))
        reply = gateway.audio.UploadTranscription(upload(config(response_format="text"), AUDIO), timeout=10)
    assert reply.text == "Hi"


STREAMS: dict[str, tuple[list[dict[str, Any]], bool, int, grpc.StatusCode]] = {
    "with [DONE]": (EVENTS, True, 3, grpc.StatusCode.OK),
    "without [DONE]": (EVENTS, False, 3, grpc.StatusCode.OK),
    "an unknown event": ([{"type": "transcript.new", "x": 1}, *EVENTS], True, 4, grpc.StatusCode.OK),
    "unfinished": (EVENTS[:2], False, 2, grpc.StatusCode.INTERNAL),
    "an error inside": ([*EVENTS[:2], {"error": {"message": "no"}}], False, 2, grpc.StatusCode.INTERNAL),
}


@pytest.mark.parametrize(("events", "done", "messages", "status"), STREAMS.values(), ids=STREAMS)
def test_events(events: list[dict[str, Any]], done: bool, messages: int, status: grpc.StatusCode) -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.on("POST", PATH, answers.stream(answers.events(events, done=done)))
        call = gateway.audio.StreamTranscription(upload(config(), AUDIO), timeout=10)
        received = [loads(to_json(next(call))) for _ in range(messages)]
        assert (received, call.code()) == (events[:messages], status)
        (line,) = gateway.logged("rpc")
    fields, file = form(upstream.requests[0])
    assert (fields, file["content"]) == ({"model": ["whisper-1"], "stream": ["true"]}, AUDIO)
    if status is grpc.StatusCode.OK:
        assert (line["input_tokens"], line["output_tokens"]) == (3, 1)


def without_name() -> Request:
    request = config()
    request.file.ClearField("filename")
    return request


def with_data() -> Request:
    request = config()
    request.file.data = b"x"
    return request


def with_(**fields: str) -> Request:
    request = config()
    request.file.filename = fields.get("filename", request.file.filename)
    request.file.content_type = fields.get("content_type", "")
    request.extra_json = fields.get("extra_json", "")
    return request


BAD: dict[str, tuple[list[Message], str]] = {
    "nothing": ([], "config"),
    "a long name": ([Message(config=with_(filename="a" * 1025))], "file.filename"),
    "a long media type": ([Message(config=with_(content_type="audio/" + "a" * 1025))], "file.content_type"),
    "another field of the file's name": ([Message(config=with_(extra_json='{"file": "x"}'))], "extra_json.file"),
    "one that is read so": ([Message(config=with_(extra_json='{"File[]": "x"}'))], "extra_json.File[]"),
    "a chunk first": ([Message(chunk=b"x")], "config"),
    "an empty message": ([Message()], "config"),
    "the settings twice": ([Message(config=config()), Message(config=config())], "chunk"),
    "no name": ([Message(config=without_name()), Message(chunk=b"x")], "file.filename"),
    "content in the settings": ([Message(config=with_data())], "config.file.data"),
    "less than declared": ([Message(config=config(5)), Message(chunk=b"four")], "file"),
    "more than declared": ([Message(config=config(3)), Message(chunk=b"four")], "file"),
}


@pytest.mark.parametrize(("messages", "field"), BAD.values(), ids=BAD)
def test_bad_upload(messages: list[Message], field: str) -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.on("POST", PATH, answers.json({"text": "Hi"}))
        failure = failure_of(lambda: gateway.audio.UploadTranscription(iter(messages), timeout=10))
    assert failure.code is grpc.StatusCode.INVALID_ARGUMENT
    assert [violation.field for violation in failure.details["BadRequest"].field_violations] == [field]
