"""Benchmark of the codec against `google.protobuf.json_format`: `python bench/codec.py`.

Microseconds an operation: JSON text to message to wire, and message to JSON text. Best of several repeats.
"""

import base64
import json
import random
import struct
import timeit
from collections.abc import Callable
from typing import Any

from google.protobuf import json_format
from google.protobuf.message import Message

from bench.exchanges.chat import USAGE
from openai_grpc.codec import from_json, to_json
from openai_grpc.v1 import chat_pb2, embeddings_pb2, response_event_pb2, response_pb2

_REPEATS = 7
_SECONDS = 0.05

_CHUNK = {
    "id": "chatcmpl-9a8b7c6d5e4f",
    "object": "chat.completion.chunk",
    "created": 1787150055,
    "model": "gpt-5-mini",
    "service_tier": "default",
    "system_fingerprint": "fp_1a2b3c",
    "choices": [{"index": 0, "delta": {"content": " world"}, "logprobs": None, "finish_reason": None}],
    "usage": None,
    "obfuscation": "q1w2e3r4t5",
}
_CHAT = {
    "id": "chatcmpl-9a8b7c6d5e4f",
    "object": "chat.completion",
    "created": 1787150055,
    "model": "gpt-5-mini",
    "choices": [
        {
            "index": 0,
            "message": {"role": "assistant", "content": "Hello. " * 20, "refusal": None, "annotations": []},
            "logprobs": None,
            "finish_reason": "stop",
        }
    ],
    "usage": USAGE,
    "service_tier": "default",
    "system_fingerprint": "fp_1a2b3c",
}
_MESSAGES = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Say hello. " * 20}]
_REQUEST = {"model": "gpt-5-mini", "messages": _MESSAGES, "temperature": 0.5, "max_completion_tokens": 256}
_RESPONSE = {
    "id": "resp_0a1b2c3d4e5f",
    "object": "response",
    "created_at": 1787150055,
    "status": "completed",
    "background": False,
    "error": None,
    "incomplete_details": None,
    "instructions": None,
    "max_output_tokens": None,
    "model": "gpt-5-mini",
    "output": [
        {"id": "rs_0a1b2c", "type": "reasoning", "summary": []},
        {
            "id": "msg_0a1b2c",
            "type": "message",
            "status": "completed",
            "role": "assistant",
            "content": [{"type": "output_text", "annotations": [], "logprobs": [], "text": "Hello. " * 20}],
        },
    ],
    "parallel_tool_calls": True,
    "previous_response_id": None,
    "reasoning": {"effort": "medium", "summary": None},
    "service_tier": "default",
    "store": True,
    "temperature": 1.0,
    "text": {"format": {"type": "text"}, "verbosity": "medium"},
    "tool_choice": "auto",
    "tools": [],
    "top_logprobs": 0,
    "top_p": 1.0,
    "truncation": "disabled",
    "usage": {
        "input_tokens": 14,
        "input_tokens_details": {"cached_tokens": 0},
        "output_tokens": 48,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": 62,
    },
    "user": None,
    "metadata": {},
}
_DELTA = {
    "type": "response.output_text.delta",
    "sequence_number": 12,
    "item_id": "msg_0a1b2c",
    "output_index": 1,
    "content_index": 0,
    "delta": " world",
    "logprobs": [],
    "obfuscation": "q1w2e3r4t5",
}


def _embeddings(embedding: Any) -> dict[str, Any]:
    data = [{"object": "embedding", "index": 0, "embedding": embedding}]
    usage = {"prompt_tokens": 8, "total_tokens": 8}
    return {"object": "list", "data": data, "model": "text-embedding-3-small", "usage": usage}


def _cases() -> dict[str, tuple[type[Message], Any]]:
    chooser = random.Random(1)  # noqa: S311  # a vector, no secret
    packed = struct.pack("<1536f", *(chooser.gauss(0, 0.03) for _ in range(1536)))
    floats = struct.unpack("<1536f", packed)
    created = embeddings_pb2.CreateEmbeddingResponse
    return {
        "chat chunk": (chat_pb2.ChatCompletionChunk, _CHUNK),
        "chat response": (chat_pb2.ChatCompletion, _CHAT),
        "chat request": (chat_pb2.CreateChatCompletionRequest, _REQUEST),
        "Response": (response_pb2.Response, _RESPONSE),
        "text delta": (response_event_pb2.ResponseStreamEvent, _DELTA),
        "1536 floats, base64": (created, _embeddings(base64.b64encode(packed).decode())),
        "1536 floats, as doubles": (created, _embeddings(floats)),
        "1536 floats, shortest": (created, _embeddings([float(f"{number:.7g}") for number in floats])),
    }


def _microseconds(function: Callable[[], object]) -> float:
    function()
    timer = timeit.Timer(function)
    number = max(1, int(_SECONDS / max(timer.timeit(1), 1e-7)))
    return min(timer.repeat(_REPEATS, number)) / number * 1e6


def _costs(message_type: type[Message], value: Any) -> tuple[float, float, float, float]:
    data = json.dumps(value, separators=(",", ":")).encode()
    message = from_json(message_type, data)
    theirs = json_format.MessageToJson(message)
    return (
        _microseconds(lambda: from_json(message_type, data).SerializeToString()),
        _microseconds(lambda: json_format.Parse(theirs, message_type()).SerializeToString()),
        _microseconds(lambda: to_json(message)),
        _microseconds(lambda: json_format.MessageToJson(message)),
    )


def main() -> None:
    """Measures and prints every case."""
    print(f"{'':26}{'JSON to wire':>14}{'json_format':>14}{'to JSON':>12}{'json_format':>14}")
    for name, case in _cases().items():
        read, their_read, write, their_write = _costs(*case)
        print(f"{name:26}{read:14.1f}{their_read:14.1f}{write:12.1f}{their_write:14.1f}")


if __name__ == "__main__":
    main()
