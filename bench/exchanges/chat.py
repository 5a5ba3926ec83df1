"""Chat completions: whole, as streams of several paces, and with a long prompt."""

from typing import Any

from bench.exchanges.exchange import (
    CHAT,
    OTHER_DEPLOYMENT,
    Exchange,
    event,
    to_json,
    wire,
    with_call_info,
)
from openai_grpc.codec import from_json
from openai_grpc.v1 import chat_pb2

FAILING = "gpt-bench-failing"

USAGE = {
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
MESSAGES = [
    {"role": "system", "content": "Answer in the voice of a harbour pilot."},
    {"role": "user", "content": "What should I know about the tide before I leave the bay this evening?"},
]
_PROMPT = "Leave an hour after high water and keep to the north side of the channel. "
_CREATE = "/openai_grpc.v1.ChatService/CreateChatCompletion"


def chat(prompt_bytes: int = 0) -> Exchange:
    """Makes a whole completion.

    Args:
        prompt_bytes: The size of a further message of the caller's; 0: there is none.
    """
    reply = {
        "id": "chatcmpl-9a8b7c6d5e4f",
        "object": "chat.completion",
        "created": 1787150055,
        "model": CHAT,
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": _PROMPT * 8, "refusal": None, "annotations": []},
                "logprobs": None,
                "finish_reason": "stop",
            }
        ],
        "usage": USAGE,
        "service_tier": "default",
        "system_fingerprint": "fp_1a2b3c",
    }
    long = [{"role": "user", "content": (_PROMPT * (prompt_bytes // len(_PROMPT) + 1))[:prompt_bytes]}]
    body = {
        "model": CHAT,
        "messages": [*MESSAGES, *(long if prompt_bytes else ())],
        "temperature": 0.5,
        "max_completion_tokens": 256,
    }
    first, other = (
        with_call_info(from_json(chat_pb2.ChatCompletion, to_json(reply)), name) for name in (CHAT, OTHER_DEPLOYMENT)
    )
    return Exchange(
        rpc=_CREATE,
        request=wire(chat_pb2.CreateChatCompletionRequest, body),
        http_path="/chat/completions",
        http_body=to_json(body),
        http_reply=(to_json(reply),),
        messages=(first,),
        other_messages=(other,),
    )


def chat_stream(model: str, chunks: int, pause: float = 0.0) -> Exchange:
    """Makes a stream.

    Args:
        model: The model, another one for each stream.
        chunks: How many chunks the caller gets.
        pause: Seconds between two of them.
    """
    values = [
        {**_head(model), "choices": [choice], "usage": None, "obfuscation": "q1w2e3r4t5"} for choice in choices(chunks)
    ]
    usage = {**_head(model), "choices": [], "usage": USAGE}
    body = {"model": model, "messages": MESSAGES, "temperature": 0.5}
    return Exchange(
        rpc="/openai_grpc.v1.ChatService/StreamChatCompletion",
        request=wire(chat_pb2.CreateChatCompletionRequest, body),
        http_path="/chat/completions",
        http_body=to_json({**body, "stream": True, "stream_options": {"include_usage": True}}),
        http_reply=(*(event(value) for value in (*values, usage)), b"data: [DONE]\n\n"),
        messages=tuple(wire(chat_pb2.ChatCompletionChunk, value) for value in values),
        streaming=True,
        pause=pause,
    )


def choices(chunks: int) -> list[dict[str, Any]]:
    """Returns the choice of each chunk: text fragments, then the finish reason."""
    return [
        *(
            {"index": 0, "delta": {"content": f" tide{number}"}, "logprobs": None, "finish_reason": None}
            for number in range(chunks - 1)
        ),
        {"index": 0, "delta": {}, "logprobs": None, "finish_reason": "stop"},
    ]


def _head(model: str) -> dict[str, Any]:
    return {
        "id": "chatcmpl-9a8b7c6d5e4f",
        "object": "chat.completion.chunk",
        "created": 1787150055,
        "model": model,
        "service_tier": "default",
        "system_fingerprint": "fp_1a2b3c",
    }
