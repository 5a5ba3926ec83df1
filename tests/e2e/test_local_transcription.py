"""The local engine's transcription server, with the real model and a spoken sentence."""

from __future__ import annotations

import io
import json
import re
import wave
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from e2e.conftest import SENTENCE

if TYPE_CHECKING:
    from pathlib import Path

    from openai_grpc_server.local import LocalUpstreams

PLAYLIST = b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n"
CUE = r"00:00:0\d[.,]\d{3} --> 00:00:0\d[.,]\d{3}\n(?P<text>.+)\n\n"


def words(text: str) -> list[str]:
    return re.findall(r"[a-z]+", text.lower())


def transcribe(local_engine: LocalUpstreams, audio: bytes | Path, **fields: str | list[str]) -> httpx2.Response:
    content = audio if isinstance(audio, bytes) else audio.read_bytes()
    return httpx2.post(
        f"{local_engine.audio.base_url}/audio/transcriptions",
        data={"model": "whisper-tiny.en", **fields},
        files={"file": ("speech.wav", content)},
        timeout=60,
    )


def silence(seconds: int) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as audio:
        audio.setparams((1, 2, 8000, 0, "NONE", ""))
        audio.writeframes(bytes(2 * 8000 * seconds))
    return file.getvalue()


def test_json(local_engine: LocalUpstreams, speech: Path) -> None:
    reply = transcribe(local_engine, speech, language="en", prompt="Politics.", temperature="0")
    assert reply.headers["content-type"] == "application/json"
    assert words(reply.json()["text"]) == words(SENTENCE)
    assert reply.json()["usage"] == {"type": "duration", "seconds": 4}


@pytest.mark.parametrize(
    ("response_format", "pattern"),
    [
        ("text", r"(?P<text>.+)\n"),
        ("srt", rf"1\n{CUE}"),
        ("vtt", rf"WEBVTT\n\n{CUE}"),
    ],
)
def test_text_formats(local_engine: LocalUpstreams, speech: Path, response_format: str, pattern: str) -> None:
    reply = transcribe(local_engine, speech, response_format=response_format)
    assert reply.headers["content-type"] == "text/plain; charset=utf-8"
    match = re.fullmatch(pattern, reply.text)
    assert match, reply.text
    assert words(match["text"]) == words(SENTENCE)


@pytest.mark.parametrize(
    ("granularities", "keys"),
    [
        ([], {"segments"}),
        (["segment"], {"segments"}),
        (["word"], {"words"}),
        (["segment", "word"], {"segments", "words"}),
    ],
)
def test_verbose_json(local_engine: LocalUpstreams, speech: Path, granularities: list[str], keys: set[str]) -> None:
    fields = {"timestamp_granularities[]": granularities}
    reply = transcribe(local_engine, speech, response_format="verbose_json", **fields).json()
    assert reply.keys() == {"task", "language", "duration", "text", "usage"} | keys
    assert (reply["task"], reply["language"]) == ("transcribe", "english")
    if "words" in keys:
        assert [words(word["word"]) for word in reply["words"]] == [[word] for word in words(SENTENCE)]
    if "segments" in keys:
        (segment,) = reply["segments"]
        assert segment["id"] == 0
        assert 0 <= segment["start"] < segment["end"]


def test_stream(local_engine: LocalUpstreams, speech: Path) -> None:
    reply = transcribe(local_engine, speech, stream="true")
    assert reply.headers["content-type"] == "text/event-stream"
    *events, end = [line.removeprefix("data: ") for line in reply.text.split("\n\n") if line]
    *deltas, done = map(json.loads, events)
    assert end == "[DONE]"
    assert {delta["type"] for delta in deltas} == {"transcript.text.delta"}
    assert done["type"] == "transcript.text.done"
    assert done["text"] == "".join(delta["delta"] for delta in deltas)
    assert words(done["text"]) == words(SENTENCE)


def test_the_model_may_be_asked_by_several_at_once(local_engine: LocalUpstreams, speech: Path) -> None:
    with ThreadPoolExecutor(3) as callers:
        replies = list(callers.map(lambda _: transcribe(local_engine, speech).json()["text"], range(3)))
    assert [words(text) for text in replies] == [words(SENTENCE)] * 3


@pytest.mark.parametrize(
    ("audio", "fields", "param"),
    [
        (b"", {}, "file"),
        (b"this is no audio" * 99, {}, "file"),
        (PLAYLIST, {}, "file"),
        (silence(0), {}, "file"),
        (silence(3601), {}, "file"),
        (silence(1), {"response_format": "diarized_json"}, "response_format"),
        (silence(1), {"language": "de"}, "language"),
        (silence(1), {"temperature": "hot"}, "temperature"),
        (silence(1), {"temperature": "nan"}, "temperature"),
        (silence(1), {"stream": "yes"}, "stream"),
        (silence(1), {"stream": "true", "response_format": "srt"}, "response_format"),
        (silence(1), {"timestamp_granularities[]": "word"}, "timestamp_granularities"),
        (silence(1), {"timestamp_granularities[]": "x", "response_format": "verbose_json"}, "timestamp_granularities"),
        (silence(1), {"prompt": "long " * 20_000}, "prompt"),
    ],
    ids=lambda value: f"{len(value)} bytes" if isinstance(value, bytes) else None,
)
def test_refused(local_engine: LocalUpstreams, audio: bytes, fields: dict[str, str], param: str) -> None:
    reply = transcribe(local_engine, audio, **fields)
    assert reply.status_code == 400
    error = reply.json()["error"]
    assert error.pop("message")
    assert error == {"type": "invalid_request_error", "param": param, "code": None}


@pytest.mark.parametrize(
    ("method", "path", "request_", "status"),
    [
        ("POST", "/audio/transcriptions", {"json": {"model": "whisper-tiny.en"}}, 400),
        ("POST", "/audio/transcriptions", {"files": {"model": (None, "whisper-tiny.en")}}, 400),
        ("POST", "/audio/transcriptions", {"content": b"x", "headers": {"content-type": "multipart/form-data"}}, 400),
        (
            "POST",
            "/audio/transcriptions",
            {"content": b"--b\r\nx", "headers": {"content-type": "multipart/form-data; boundary=b"}},
            400,
        ),
        ("GET", "/audio/transcriptions", {}, 405),
        ("POST", "/audio/translations", {}, 404),
    ],
)
def test_not_a_form(
    local_engine: LocalUpstreams, method: str, path: str, request_: dict[str, Any], status: int
) -> None:
    reply = httpx2.request(method, local_engine.audio.base_url + path, **request_)
    assert reply.status_code == status
    assert reply.json()["error"]["type"] == "invalid_request_error"
