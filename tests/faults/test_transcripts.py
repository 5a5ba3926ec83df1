"""All that a transcription can come back as, also where a stream was asked for; made from the types of OpenAI's SDK."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import grpc
import pytest
from openai.types import audio
from openai.types.audio import (
    transcription_diarized,
    transcription_text_delta_event,
    transcription_text_done_event,
    transcription_verbose,
)

from faults import answers
from faults.outcome import outcome, try_fault
from faults.rpcs import CREATE_TRANSCRIPTION, STREAM_TRANSCRIPTION, UPLOAD, UPLOAD_TRANSCRIPTION, Rpc
from faults.stand_in import StandIn
from openai_grpc.v1 import transcription_pb2
from support.gateway import deployment, running_gateway

if TYPE_CHECKING:
    from collections.abc import Mapping

    from openai import BaseModel

    from faults.exchange import Answer

SEGMENT = audio.TranscriptionSegment(
    id=0,
    avg_logprob=-0.25,
    compression_ratio=1.5,
    end=2.5,
    no_speech_prob=0.125,
    seek=0,
    start=0.5,
    temperature=0.0,
    text=" Hi there.",
    tokens=[1, 2, 3],
)
SPOKEN = audio.TranscriptionDiarizedSegment(
    id="seg_1", end=2.5, speaker="A", start=0.5, text="Hi there.", type="transcript.text.segment"
)
JSON_FORMATS: dict[str, BaseModel] = {
    "json": audio.Transcription(text="Hi there."),
    "verbose_json": audio.TranscriptionVerbose(
        duration=3.5,
        language="english",
        text="Hi there.",
        segments=[SEGMENT],
        usage=transcription_verbose.Usage(seconds=4.0, type="duration"),
        words=[audio.TranscriptionWord(end=1.0, start=0.5, word="Hi")],
    ),
    "diarized_json": audio.TranscriptionDiarized(
        duration=3.5,
        segments=[SPOKEN],
        task="transcribe",
        text="Hi there.",
        usage=transcription_diarized.UsageTokens(
            input_tokens=20,
            output_tokens=4,
            total_tokens=24,
            type="tokens",
            input_token_details=transcription_diarized.UsageTokensInputTokenDetails(audio_tokens=18, text_tokens=2),
        ),
    ),
}
# Content types as servers send them; some call every text HTML.
TEXT_FORMATS = {
    "text": ("text/plain; charset=utf-8", "Hí there.\n"),
    "text, as HTML": ("text/html; charset=utf-8", "Hí <there>.\n"),
    "srt": ("application/x-subrip", "1\n00:00:00,500 --> 00:00:02,500\nHi there.\n\n"),
    "vtt": ("text/vtt", "WEBVTT\n\n00:00.500 --> 00:02.500\nHi there.\n\n"),
}
PAGE = b"\n<!DOCTYPE html><html><body>Sign in</body></html>"


def asking_for(rpc: Rpc, response_format: str) -> Rpc:
    """The RPC with a format in its request."""
    if rpc is CREATE_TRANSCRIPTION:
        request = transcription_pb2.CreateTranscriptionRequest()
        request.CopyFrom(rpc.request)
        request.response_format = response_format
        return Rpc(rpc.service, rpc.name, request, rpc.path, reply=rpc.reply)
    first = transcription_pb2.UploadTranscriptionRequest()
    first.CopyFrom(UPLOAD[0])
    first.config.response_format = response_format
    return Rpc(rpc.service, rpc.name, (first, *UPLOAD[1:]), rpc.path, reply=rpc.reply, events=rpc.events)


def sent(model: BaseModel) -> dict[str, Any]:
    """What the SDK's type stands for in JSON."""
    return model.model_dump(exclude_none=True)


def received(rpc: Rpc, answer: Answer) -> list[Any]:
    """The messages that arrive."""
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.enqueue(answer)
        found = outcome(rpc, rpc.start(gateway))
    assert (found.code, found.text) == (grpc.StatusCode.OK, "")
    return found.messages


@pytest.mark.parametrize("rpc", [CREATE_TRANSCRIPTION, UPLOAD_TRANSCRIPTION], ids=["message", "upload"])
@pytest.mark.parametrize("name", [*JSON_FORMATS, *TEXT_FORMATS])
def test_format(rpc: Rpc, name: str) -> None:
    rpc = asking_for(rpc, name.split(",", maxsplit=1)[0])
    if name in JSON_FORMATS:
        reply = sent(JSON_FORMATS[name])
        assert received(rpc, answers.json(reply)) == [reply]
    else:
        content_type, text = TEXT_FORMATS[name]
        assert received(rpc, answers.body(text.encode(), content_type=content_type)) == [{"text": text}]


@pytest.mark.parametrize("rpc", [CREATE_TRANSCRIPTION, STREAM_TRANSCRIPTION], ids=["reply", "stream"])
@pytest.mark.parametrize("response_format", ["text", "srt", "vtt"])
def test_a_page_is_no_transcript(rpc: Rpc, response_format: str) -> None:
    found = try_fault(asking_for(rpc, response_format), answers.body(PAGE, content_type="text/html"))
    assert (found.code, found.messages) == (grpc.StatusCode.INTERNAL, [])
    assert found.reason == ("UPSTREAM_PROTOCOL_ERROR" if rpc.streaming else "UPSTREAM_INVALID_JSON")


@pytest.mark.parametrize("rpc", [CREATE_TRANSCRIPTION, STREAM_TRANSCRIPTION], ids=["reply", "stream"])
@pytest.mark.parametrize("response_format", ["text", "srt", "vtt"])
@pytest.mark.parametrize("before", [b"", b"\n ", b"\xef\xbb\xbf"], ids=["bare", "after blanks", "after a mark"])
def test_an_error_is_no_transcript(rpc: Rpc, response_format: str, before: bytes) -> None:
    body = before + b'{"error": {"message": "Still loading", "code": 503}}'
    found = try_fault(asking_for(rpc, response_format), answers.body(body, content_type="text/plain"))
    assert (found.code, found.text, found.messages) == (grpc.StatusCode.INTERNAL, "Still loading", [])
    said = answers.body(b"{error}: said the machine", content_type="text/plain")
    (spoken,) = received(asking_for(rpc, response_format), said)
    assert spoken["text"] == "{error}: said the machine"


@pytest.mark.parametrize("kind", ["delta", "segment"])
def test_a_transcript_that_is_cut_inside_a_character(kind: str) -> None:
    key = "delta" if kind == "delta" else "text"
    pieces = ["An \\ud83c", "\\udf4e!"]
    if kind == "segment":  # each is whole of its own
        pieces = ["An \\ud83c\\udf4e", "!"]
    rest = ',"id":"s","start":0,"end":1,"speaker":"A"' if kind == "segment" else ""
    raw = [f'data: {{"type":"transcript.text.{kind}"{rest},"{key}":"{each}"}}\n\n'.encode() for each in pieces]
    done = answers.event({"type": "transcript.text.done", "text": "An \U0001f34e!"})
    found = received(STREAM_TRANSCRIPTION, answers.stream([*raw, done]))
    assert "".join(each[key] for each in found[:-1]) == "An \U0001f34e!"
    assert found[-1]["text"] == "An \U0001f34e!"


def test_every_event() -> None:
    events = [
        audio.TranscriptionTextDeltaEvent(
            delta="Hi",
            type="transcript.text.delta",
            logprobs=[transcription_text_delta_event.Logprob(token="Hi", bytes=[72, 105], logprob=-0.5)],
            segment_id="seg_1",
        ),
        audio.TranscriptionTextSegmentEvent(**sent(SPOKEN)),
        audio.TranscriptionTextDoneEvent(
            text="Hi there.",
            type="transcript.text.done",
            logprobs=[transcription_text_done_event.Logprob(token="Hi", bytes=[72, 105], logprob=-0.5)],
            usage=transcription_text_done_event.Usage(
                input_tokens=20,
                output_tokens=4,
                total_tokens=24,
                type="tokens",
                input_token_details=transcription_text_done_event.UsageInputTokenDetails(audio_tokens=18),
            ),
        ),
    ]
    objects = [sent(event) for event in events]
    assert received(STREAM_TRANSCRIPTION, answers.stream(answers.events(objects))) == objects


# What models that do not stream, such as whisper-1, answer where a stream was asked for.
WHOLE: dict[str, tuple[str, Answer, Mapping[str, Any]]] = {
    **{name: (name, answers.json(sent(model)), sent(model)) for name, model in JSON_FORMATS.items()},
    **{
        name: (name.split(",")[0], answers.body(text.encode(), content_type=content_type), {"text": text})
        for name, (content_type, text) in TEXT_FORMATS.items()
    },
}


@pytest.mark.parametrize(("response_format", "answer", "transcript"), WHOLE.values(), ids=WHOLE)
def test_a_whole_transcript_is_the_last_event(
    response_format: str, answer: Answer, transcript: Mapping[str, Any]
) -> None:
    (event,) = received(asking_for(STREAM_TRANSCRIPTION, response_format), answer)
    assert event == {**transcript, "type": "transcript.text.done"}


@pytest.mark.parametrize("body", [{}, {"text": 5}, {"detail": "no"}, []])
def test_json_that_is_no_transcript(body: Any) -> None:
    found = try_fault(STREAM_TRANSCRIPTION, answers.json(body))
    assert (found.code, found.reason, found.messages) == (grpc.StatusCode.INTERNAL, "UPSTREAM_PROTOCOL_ERROR", [])
