"""What is exchanged: the caller's request, the upstream's JSON both ways, and the messages that the caller must get."""

import json
import math
import struct
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from google.protobuf.message import Message

from openai_grpc.codec import from_json
from openai_grpc.v1 import chat_pb2, common_pb2, embeddings_pb2, response_event_pb2, responses_pb2

CHAT = "gpt-bench"
PACED = "gpt-bench-paced"
EMBEDDING = "embedding-bench"
MODELS = (CHAT, PACED, EMBEDDING)
UPSTREAM_REQUEST_ID = "req_0a1b2c3d4e5f"

BACK_TO_BACK_CHUNKS = 500
PACED_CHUNKS = 45
DIMENSIONS = 1536

_CHAT_USAGE = {
    "prompt_tokens": 24,
    "completion_tokens": 148,
    "total_tokens": 172,
    "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
    "completion_tokens_details": {
        "reasoning_tokens": 0,
        "audio_tokens": 0,
        "accepted_prediction_tokens": 0,
        "rejected_prediction_tokens": 0,
    },
}
_MESSAGES = [
    {"role": "system", "content": "Answer in the voice of a harbour pilot."},
    {"role": "user", "content": "What should I know about the tide before I leave the bay this evening?"},
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One call and its two sides.

    Attributes:
        rpc: The RPC's HTTP/2 path.
        request: The caller's message.
        http_path: The path of the REST call, below the base URL.
        http_body: The body of the REST call.
        http_reply: The body of the upstream's reply, or of a stream its events, each whole.
        messages: What the caller must get.
        streaming: Whether the upstream answers with events.
        pause: Seconds between two events.
    """

    rpc: str
    request: bytes
    http_path: str
    http_body: bytes
    http_reply: tuple[bytes, ...]
    messages: tuple[bytes, ...]
    streaming: bool = False
    pause: float = 0.0


def exchanges() -> dict[str, Exchange]:
    """Returns all exchanges by name."""
    return {
        "chat": _chat(),
        "chat stream": _chat_stream(CHAT, BACK_TO_BACK_CHUNKS, 0.0),
        "paced chat stream": _chat_stream(PACED, PACED_CHUNKS, 0.1),
        "response stream": _response_stream(BACK_TO_BACK_CHUNKS),
        "embedding": _embeddings(1),
        "16 embeddings": _embeddings(16),
    }


def _chat() -> Exchange:
    text = "Leave an hour after high water and keep to the north side of the channel. " * 8
    reply = {
        "id": "chatcmpl-9a8b7c6d5e4f",
        "object": "chat.completion",
        "created": 1787150055,
        "model": CHAT,
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": text, "refusal": None, "annotations": []},
                "logprobs": None,
                "finish_reason": "stop",
            }
        ],
        "usage": _CHAT_USAGE,
        "service_tier": "default",
        "system_fingerprint": "fp_1a2b3c",
    }
    body = {"model": CHAT, "messages": _MESSAGES, "temperature": 0.5, "max_completion_tokens": 256}
    return Exchange(
        rpc="/openai_grpc.v1.ChatService/CreateChatCompletion",
        request=_wire(chat_pb2.CreateChatCompletionRequest, body),
        http_path="/chat/completions",
        http_body=_json(body),
        http_reply=(_json(reply),),
        messages=(_with_call_info(from_json(chat_pb2.ChatCompletion, _json(reply)), CHAT),),
    )


def _chat_stream(model: str, chunks: int, pause: float) -> Exchange:
    head = {
        "id": "chatcmpl-9a8b7c6d5e4f",
        "object": "chat.completion.chunk",
        "created": 1787150055,
        "model": model,
        "service_tier": "default",
        "system_fingerprint": "fp_1a2b3c",
    }
    choices: list[dict[str, Any]] = [
        {"index": 0, "delta": {"content": f" tide{number}"}, "logprobs": None, "finish_reason": None}
        for number in range(chunks - 1)
    ]
    choices.append({"index": 0, "delta": {}, "logprobs": None, "finish_reason": "stop"})
    values = [{**head, "choices": [choice], "usage": None, "obfuscation": "q1w2e3r4t5"} for choice in choices]
    usage = {**head, "choices": [], "usage": _CHAT_USAGE}
    body = {"model": model, "messages": _MESSAGES, "temperature": 0.5}
    return Exchange(
        rpc="/openai_grpc.v1.ChatService/StreamChatCompletion",
        request=_wire(chat_pb2.CreateChatCompletionRequest, body),
        http_path="/chat/completions",
        http_body=_json({**body, "stream": True, "stream_options": {"include_usage": True}}),
        http_reply=(*(_event(value) for value in (*values, usage)), b"data: [DONE]\n\n"),
        messages=tuple(_wire(chat_pb2.ChatCompletionChunk, value) for value in values),
        streaming=True,
        pause=pause,
    )


def _response_stream(events: int) -> Exchange:
    response: dict[str, Any] = {
        "id": "resp_0a1b2c3d4e5f",
        "object": "response",
        "created_at": 1787150055,
        "status": "in_progress",
        "model": CHAT,
        "output": [],
        "parallel_tool_calls": True,
        "temperature": 1.0,
        "tool_choice": "auto",
        "tools": [],
        "top_p": 1.0,
        "metadata": {},
    }
    delta = {
        "type": "response.output_text.delta",
        "item_id": "msg_0a1b2c",
        "output_index": 0,
        "content_index": 0,
        "logprobs": [],
        "obfuscation": "q1w2e3r4t5",
    }
    values: list[dict[str, Any]] = [{"type": "response.created", "response": response}]
    values.extend({**delta, "delta": f" tide{number}"} for number in range(events - 2))
    values.append({"type": "response.completed", "response": {**response, "status": "completed"}})
    values = [{**value, "sequence_number": number} for number, value in enumerate(values)]
    messages = [_wire(response_event_pb2.ResponseStreamEvent, value) for value in values[:-1]]
    last = from_json(response_event_pb2.ResponseStreamEvent, _json(values[-1]))
    _add_call_info(last.completed.response, CHAT)
    body = {"model": CHAT, "input": "What should I know about the tide?", "temperature": 0.5}
    return Exchange(
        rpc="/openai_grpc.v1.ResponsesService/StreamResponse",
        request=_wire(responses_pb2.CreateResponseRequest, body),
        http_path="/responses",
        http_body=_json({**body, "stream": True}),
        http_reply=tuple(b"event: %b\n%b" % (value["type"].encode(), _event(value)) for value in values),
        messages=(*messages, last.SerializeToString()),
        streaming=True,
    )


def _embeddings(count: int) -> Exchange:
    vectors = [
        b64encode(struct.pack(f"<{DIMENSIONS}f", *(math.sin(place + row) / 40 for place in range(DIMENSIONS)))).decode()
        for row in range(count)
    ]
    reply = {
        "object": "list",
        "data": [{"object": "embedding", "index": row, "embedding": vector} for row, vector in enumerate(vectors)],
        "model": EMBEDDING,
        "usage": {"prompt_tokens": 8 * count, "total_tokens": 8 * count},
    }
    body = {"model": EMBEDDING, "input": [f"the tide at pier {row}" for row in range(count)]}
    return Exchange(
        rpc="/openai_grpc.v1.EmbeddingsService/CreateEmbedding",
        request=_wire(embeddings_pb2.CreateEmbeddingRequest, body),
        http_path="/embeddings",
        http_body=_json({**body, "encoding_format": "base64"}),
        http_reply=(_json(reply),),
        messages=(_with_call_info(from_json(embeddings_pb2.CreateEmbeddingResponse, _json(reply)), EMBEDDING),),
    )


def _with_call_info(reply: Any, deployment: str) -> bytes:
    _add_call_info(reply, deployment)
    data: bytes = reply.SerializeToString()
    return data


def _add_call_info(reply: Any, deployment: str) -> None:
    reply.call_info.CopyFrom(common_pb2.CallInfo(deployment=deployment, request_id=UPSTREAM_REQUEST_ID, attempts=1))


def _wire(message_type: type[Message], value: dict[str, Any]) -> bytes:
    return from_json(message_type, _json(value)).SerializeToString()


def _event(value: dict[str, Any]) -> bytes:
    return b"data: %b\n\n" % _json(value)


def _json(value: dict[str, Any]) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def find(http_body: bytes, known: Iterable[Exchange]) -> Exchange | None:
    """Returns the exchange whose REST call has this body, whatever the order of its keys."""
    value = json.loads(http_body)
    return next((each for each in known if json.loads(each.http_body) == value), None)
