"""All of it for real: calls over gRPC through the gateway to the local models."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import grpc
import pytest

from openai_grpc.codec import from_object
from openai_grpc.v1 import chat_pb2, embeddings_pb2, responses_pb2
from openai_grpc.v1.transcription_pb2 import CreateTranscriptionRequest, UploadTranscriptionRequest
from openai_grpc_server.local.engine import local_deployments
from support.gateway import running_gateway

from .conftest import SENTENCE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from openai_grpc_server.local import LocalUpstreams
    from support.gateway import RunningGateway

SKY = "What color is the sky?"  # a question that the small model gets right
TIMEOUT = 120.0  # seconds; only a hung test takes as long

CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
FUNCTIONS = [
    {"name": "get_time", "description": "Get the current time in a city", "parameters": CITY},
    {"name": "get_weather", "description": "Get the current weather in a city", "parameters": CITY},
]


@pytest.fixture(scope="module")
def gateway(local_engine: LocalUpstreams) -> Iterator[RunningGateway]:
    """A gateway in front of the local models."""
    with running_gateway(*local_deployments(local_engine)) as running:
        yield running


def chat(**fields: Any) -> chat_pb2.CreateChatCompletionRequest:
    """A request that is always answered alike."""
    asked = {"model": "local", "temperature": 0, "max_tokens": 24, **fields}
    return from_object(chat_pb2.CreateChatCompletionRequest, asked)


def user(text: str) -> list[dict[str, Any]]:
    return [{"role": "user", "content": text}]


def test_chat(gateway: RunningGateway) -> None:
    reply = gateway.chat.CreateChatCompletion(chat(messages=user(SKY)), timeout=TIMEOUT)
    (choice,) = reply.choices
    assert "blue" in choice.message.content
    assert reply.usage.total_tokens == reply.usage.prompt_tokens + reply.usage.completion_tokens > 0
    assert reply.call_info.deployment == "smollm2-135m-instruct"


def test_a_chat_that_streams(gateway: RunningGateway) -> None:
    request = chat(messages=user(SKY))
    whole = gateway.chat.CreateChatCompletion(request, timeout=TIMEOUT)
    request.call_options.accumulate = True
    *chunks, last = gateway.chat.StreamChatCompletion(request, timeout=TIMEOUT)
    deltas = [choice.delta.content for chunk in chunks for choice in chunk.choices]
    assert len([delta for delta in deltas if delta]) > 3
    assert "".join(deltas) == whole.choices[0].message.content
    assert last.accumulated.choices[0].message.content == whole.choices[0].message.content
    assert last.accumulated.choices[0].finish_reason == whole.choices[0].finish_reason
    assert last.accumulated.usage.completion_tokens == whole.usage.completion_tokens


def test_a_chat_that_is_cancelled(gateway: RunningGateway) -> None:
    request = chat(messages=user("Tell me a long story."), max_tokens=1000)
    call = gateway.chat.StreamChatCompletion(request, timeout=TIMEOUT)
    next(call)
    call.cancel()
    assert call.code() is grpc.StatusCode.CANCELLED
    # The model is free again: the next call is answered.
    assert gateway.chat.CreateChatCompletion(chat(messages=user("Say hello.")), timeout=TIMEOUT).choices


def tool_calls(completion: chat_pb2.ChatCompletion) -> list[tuple[str, Any]]:
    """The names and arguments of the functions that a completion calls."""
    (choice,) = completion.choices
    assert choice.finish_reason == "tool_calls"
    functions = [call.function.function for call in choice.message.tool_calls]
    return [(function.name, json.loads(function.arguments)) for function in functions]


def test_a_tool_call(gateway: RunningGateway) -> None:
    tools = [{"type": "function", "function": function} for function in FUNCTIONS]
    request = chat(messages=user("What is the weather in Paris?"), tools=tools, max_tokens=64)
    expected = [("get_weather", {"city": "Paris"})]
    assert tool_calls(gateway.chat.CreateChatCompletion(request, timeout=TIMEOUT)) == expected

    request.call_options.accumulate = True
    *chunks, last = gateway.chat.StreamChatCompletion(request, timeout=TIMEOUT)
    parts = [call.function for chunk in chunks for choice in chunk.choices for call in choice.delta.tool_calls]
    assert len(parts) > 1
    assert json.loads("".join(part.arguments for part in parts)) == {"city": "Paris"}
    assert tool_calls(last.accumulated) == expected


def respond(**fields: Any) -> responses_pb2.CreateResponseRequest:
    """A request that is always answered alike."""
    asked = {"model": "local", "temperature": 0, "max_output_tokens": 24, **fields}
    return from_object(responses_pb2.CreateResponseRequest, asked)


def text_of(response: Any) -> str:
    """The text of a response."""
    return "".join(content.output_text.text for item in response.output for content in item.message.content.parts.parts)


def test_a_response(gateway: RunningGateway) -> None:
    request = respond(input=SKY)
    whole = gateway.responses.CreateResponse(request, timeout=TIMEOUT)
    # The request's limit cut it.
    assert (whole.status, whole.incomplete_details.reason) == ("incomplete", "max_output_tokens")
    assert "sky" in text_of(whole)

    events = list(gateway.responses.StreamResponse(request, timeout=TIMEOUT))
    kinds = [event.WhichOneof("kind") for event in events]
    assert [kind for kind in dict.fromkeys(kinds) if kind] == [
        "created",
        "in_progress",
        "output_item_added",
        "content_part_added",
        "output_text_delta",
        "output_text_done",
        "content_part_done",
        "output_item_done",
        "incomplete",
    ]
    deltas = [event.output_text_delta.delta for event in events if event.HasField("output_text_delta")]
    assert len(deltas) > 3
    assert "".join(deltas) == text_of(events[-1].incomplete.response) == text_of(whole)


def test_a_response_that_calls_a_tool(gateway: RunningGateway) -> None:
    tools = [{"type": "function", **function} for function in FUNCTIONS]
    request = respond(input="What is the weather in Paris?", tools=tools, max_output_tokens=64)
    (item,) = gateway.responses.CreateResponse(request, timeout=TIMEOUT).output
    assert item.function_call.name == "get_weather"
    assert json.loads(item.function_call.arguments) == {"city": "Paris"}


def embed(gateway: RunningGateway, texts: Sequence[str], **fields: Any) -> list[list[float]]:
    """The vectors of texts, in the order of the texts."""
    asked = {"model": "local", "input": list(texts), **fields}
    request = from_object(embeddings_pb2.CreateEmbeddingRequest, asked)
    reply = gateway.embeddings.CreateEmbedding(request, timeout=TIMEOUT)
    assert [item.index for item in reply.data] == list(range(len(texts)))
    return [list(item.embedding) for item in reply.data]


def likeness(one: Sequence[float], other: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("encoding_format", ["float", "base64"])
def test_embeddings(gateway: RunningGateway, encoding_format: str) -> None:
    texts = ["The cat sleeps on the sofa.", "The cat is sleeping on the couch.", "Interest rates rose again."]
    cat, same_cat, rates = embed(gateway, texts, encoding_format=encoding_format)
    assert {len(cat), len(same_cat), len(rates)} == {576}
    assert likeness(cat, cat) == pytest.approx(1, abs=1e-3)
    assert likeness(cat, same_cat) > likeness(cat, rates)


def spoken(text: str) -> list[str]:
    """The words of a text, without what a transcript may write differently."""
    return re.findall(r"[a-z]+", text.lower())


def upload(speech: Path, **fields: Any) -> Iterator[UploadTranscriptionRequest]:
    """A recording in small chunks."""
    config = from_object(CreateTranscriptionRequest, {"model": "whisper-1", **fields})
    config.file.filename = speech.name
    yield UploadTranscriptionRequest(config=config)
    data = speech.read_bytes()
    for start in range(0, len(data), 10_000):
        yield UploadTranscriptionRequest(chunk=data[start : start + 10_000])


def test_a_transcription(gateway: RunningGateway, speech: Path) -> None:
    request = from_object(CreateTranscriptionRequest, {"model": "whisper-1"})
    request.file.filename = speech.name
    request.file.data = speech.read_bytes()
    reply = gateway.audio.CreateTranscription(request, timeout=TIMEOUT)
    assert spoken(reply.text) == spoken(SENTENCE)
    assert reply.usage.duration.seconds > 0


FORMATS = {
    "text": r"\S.*\n",
    "srt": r"1\n00:00:00,\d{3} --> 00:00:0\d,\d{3}\n(.|\n)*",
    "vtt": r"WEBVTT\n\n00:00:00\.\d{3} --> 00:00:0\d\.\d{3}\n(.|\n)*",
}


@pytest.mark.parametrize("response_format", FORMATS)
def test_a_transcription_as_text(gateway: RunningGateway, speech: Path, response_format: str) -> None:
    reply = gateway.audio.UploadTranscription(upload(speech, response_format=response_format), timeout=TIMEOUT)
    assert re.fullmatch(FORMATS[response_format], reply.text)
    assert not set(spoken(SENTENCE)) - set(spoken(reply.text))


def test_a_transcription_with_times(gateway: RunningGateway, speech: Path) -> None:
    granularities = ["word", "segment"]
    messages = upload(speech, response_format="verbose_json", timestamp_granularities=granularities)
    reply = gateway.audio.UploadTranscription(messages, timeout=TIMEOUT)
    assert spoken(" ".join(word.word for word in reply.words)) == spoken(SENTENCE)
    assert spoken("".join(segment.text for segment in reply.segments)) == spoken(SENTENCE)
    assert all(0 <= word.start <= word.end <= reply.duration for word in reply.words)


def test_a_transcription_that_streams(gateway: RunningGateway, speech: Path) -> None:
    *deltas, done = gateway.audio.StreamTranscription(upload(speech), timeout=TIMEOUT)
    assert spoken(done.transcript_text_done.text) == spoken(SENTENCE)
    assert spoken("".join(event.transcript_text_delta.delta for event in deltas)) == spoken(SENTENCE)


def test_a_recording_that_is_none(gateway: RunningGateway, tmp_path: Path) -> None:
    path = tmp_path / "speech.wav"
    path.write_bytes(b"RIFF and nothing else")
    with pytest.raises(grpc.RpcError) as caught:
        gateway.audio.UploadTranscription(upload(path), timeout=TIMEOUT)
    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
