"""Explicit nulls of replies, for a caller who asks for them."""

from typing import Any

import pytest

from faults import answers
from faults.stand_in import StandIn
from integration.three_apis import CHAT, CHAT_COMPLETION, RESPONSES, chat
from openai_grpc.codec import to_object
from openai_grpc.v1 import common_pb2, embeddings_pb2, models_pb2, responses_pb2, transcription_pb2
from support.gateway import RunningGateway, deployment, running_gateway

KEEP = (("openai-grpc-nulls", "keep"),)
LIMIT = 10.0

MESSAGE = {"role": "assistant", "content": "flood tide", "refusal": None, "audio": None}
COMPLETION = {
    "id": "c",
    "object": "chat.completion",
    "created": 1,
    "model": "m",
    "choices": [{"index": 0, "message": MESSAGE, "logprobs": None, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2, "prompt_tokens_details": None},
    "system_fingerprint": None,
    "harbour": None,
}
DELTAS: list[dict[str, Any]] = [
    {"role": "assistant", "content": None, "refusal": None},
    {"content": "flood"},
    {"content": " tide"},
    {},
]
CHUNKS = [
    {
        "id": "c",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "m",
        "choices": [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": None if delta else "stop"}],
        "usage": None,
    }
    for delta in DELTAS
]
# As vLLM writes it: what OpenAI sends as an empty object is null.
RESPONSE = {
    "id": "r",
    "object": "response",
    "created_at": 1,
    "status": "completed",
    "error": None,
    "metadata": None,
    "output": [{"type": "reasoning", "id": "rs", "summary": None, "status": None}],
    "tools": [],
    "usage": None,
}
EVENTS = [
    {"type": "response.created", "sequence_number": 0, "response": {**RESPONSE, "status": "in_progress"}},
    {"type": "response.completed", "sequence_number": 1, "response": RESPONSE},
]
TRANSCRIPT = [
    {"type": "transcript.text.delta", "delta": "flood", "logprobs": None},
    {"type": "transcript.text.done", "text": "flood", "usage": None},
]
MODEL = {"id": "m", "object": "model", "created": 1, "owned_by": None, "parent": None}
VECTORS = {"object": "list", "data": [{"object": "embedding", "index": 0, "embedding": [0.5]}], "usage": None}


def recording() -> Any:
    config = transcription_pb2.CreateTranscriptionRequest(model="m", file=common_pb2.UploadFile(filename="a.wav"))
    yield transcription_pb2.UploadTranscriptionRequest(config=config)
    yield transcription_pb2.UploadTranscriptionRequest(chunk=b"RIFF")


def replies(gateway: RunningGateway, kind: str, metadata: Any) -> list[Any]:
    """Makes a call, and returns its replies as JSON without the gateway's own fields."""
    options = {"timeout": LIMIT, "metadata": metadata}
    request = responses_pb2.CreateResponseRequest(model="m")
    calls: dict[str, Any] = {
        "chat": lambda: [gateway.chat.CreateChatCompletion(chat(model="m"), **options)],
        "chunks": lambda: gateway.chat.StreamChatCompletion(chat(model="m"), **options),
        "response": lambda: [gateway.responses.CreateResponse(request, **options)],
        "events": lambda: gateway.responses.StreamResponse(request, **options),
        "transcript": lambda: gateway.audio.StreamTranscription(recording(), **options),
        "models": lambda: gateway.models.ListModels(models_pb2.ListModelsRequest(), **options).data,
        "vectors": lambda: [
            gateway.embeddings.CreateEmbedding(embeddings_pb2.CreateEmbeddingRequest(model="m"), **options)
        ],
    }
    return [to_object(each) for each in calls[kind]()]


CASES: dict[str, tuple[str, Any, list[Any]]] = {
    "chat": (CHAT, answers.json(COMPLETION), [COMPLETION]),
    "chunks": (CHAT, answers.stream(answers.events(CHUNKS)), CHUNKS),
    "response": (RESPONSES, answers.json(RESPONSE), [RESPONSE]),
    "events": (RESPONSES, answers.stream(answers.events(EVENTS, named=True)), EVENTS),
    "transcript": (
        "/v1/audio/transcriptions",
        answers.stream(answers.events(TRANSCRIPT, named=True)),
        TRANSCRIPT,
    ),
    "models": ("/v1/models", answers.json({"object": "list", "data": [MODEL]}), [MODEL]),
    "vectors": ("/v1/embeddings", answers.json(VECTORS), [VECTORS]),
}


@pytest.mark.parametrize("kind", CASES)
def test_nulls_are_kept_for_who_asks(kind: str) -> None:
    path, answer, sent = CASES[kind]
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.on("GET" if kind == "models" else "POST", path, answer)
        kept = replies(gateway, kind, KEEP)
        plain = replies(gateway, kind, ())
    assert kept == sent
    assert plain == [without_nulls(each, keep="harbour") for each in sent]


def test_a_field_that_holds_a_value_nearly_has_it_also_where_nulls_are_kept() -> None:
    odd = {**COMPLETION, "usage": {"prompt_tokens": "3", "completion_tokens": 2.0, "total_tokens": 5}}
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.on("POST", CHAT, answers.json(odd))
        reply = gateway.chat.CreateChatCompletion(chat(model="m"), timeout=LIMIT, metadata=KEEP)
        (line,) = gateway.logged("rpc")
    assert reply.usage.prompt_tokens == line["input_tokens"] == 3
    assert to_object(reply) == odd


def test_a_bridge_carries_no_nulls_of_another_api() -> None:
    nulls = {
        **CHAT_COMPLETION,
        "choices": [{"index": 0, "message": MESSAGE, "logprobs": None, "finish_reason": "stop"}],
    }
    with StandIn() as upstream, running_gateway(deployment(upstream.url, responses_as_chat=True)) as gateway:
        upstream.on("POST", CHAT, answers.json(nulls))
        request = responses_pb2.CreateResponseRequest(model="m")
        kept, plain = (
            gateway.responses.CreateResponse(request, timeout=LIMIT, metadata=metadata) for metadata in (KEEP, ())
        )
    for reply in (kept, plain):
        reply.ClearField("id")
        reply.ClearField("created_at")
        reply.output[0].message.ClearField("id")
    whole, short = to_object(kept), to_object(plain)
    assert whole.items() >= short.items()
    assert "logprobs" not in whole
    # Such a caller expects what OpenAI always sends.
    added = {key: value for key, value in whole.items() if key not in short and value is not None}
    assert isinstance(added.pop("completed_at"), int)
    assert added == {
        "background": False,
        "frequency_penalty": 0.0,
        "presence_penalty": 0.0,
        "service_tier": "default",
        "temperature": 1.0,
        "text": {"format": {"type": "text"}},
        "top_logprobs": 0,
        "top_p": 1.0,
        "truncation": "disabled",
    }
    assert {key for key, value in whole.items() if value is None} >= {"error", "incomplete_details", "instructions"}


def without_nulls(value: Any, *, keep: str) -> Any:
    """Returns a JSON value without its nulls but those of a key that the contract does not know."""
    if isinstance(value, dict):
        return {k: without_nulls(v, keep=keep) for k, v in value.items() if v is not None or k == keep}
    if isinstance(value, list):
        return [without_nulls(each, keep=keep) for each in value]
    return value
