"""The same answer in the words of three APIs: chat completions, Responses and legacy completions."""

from typing import Any

from google.protobuf.message import Message

from openai_grpc.codec import from_object, loads, to_json
from openai_grpc.v1 import chat_pb2

CHAT = "/v1/chat/completions"
RESPONSES = "/v1/responses"
COMPLETIONS = "/v1/completions"

USER = {"role": "user", "content": "Hi"}
ITEM = {"type": "message", "role": "user", "content": "Hi"}
TOKENS = {"input_tokens": 3, "output_tokens": 2, "total_tokens": 5}
USAGE = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
SUMMARY = [{"type": "summary_text", "text": "Hm"}]
MESSAGE = {"type": "message", "id": "m", "role": "assistant", "content": [{"type": "output_text", "text": "Yo"}]}
RESPONSE = {
    "id": "resp_1",
    "object": "response",
    "created_at": 7,
    "model": "gpt-5-mini",
    "status": "completed",
    "output": [{"type": "reasoning", "id": "rs_1", "summary": SUMMARY}, MESSAGE],
    "usage": TOKENS,
}
PLACE = {"item_id": "m", "output_index": 1, "content_index": 0}
RESPONSE_EVENTS = [
    {"type": "response.created", "response": {**RESPONSE, "status": "in_progress", "output": [], "usage": None}},
    {"type": "response.reasoning_summary_text.delta", **PLACE, "output_index": 0, "summary_index": 0, "delta": "Hm"},
    {"type": "response.output_text.delta", **PLACE, "delta": "Y", "logprobs": []},
    {"type": "response.output_text.delta", **PLACE, "delta": "o", "logprobs": []},
    {"type": "response.completed", "response": RESPONSE},
]
FAILED = {**RESPONSE, "status": "failed", "output": [], "error": {"code": "server_error", "message": "It broke"}}

COMPLETION = {
    "id": "cmpl-1",
    "object": "text_completion",
    "created": 7,
    "model": "gpt-3.5-turbo-instruct",
    "choices": [{"index": 0, "text": "Yo", "finish_reason": "stop"}],
    "usage": USAGE,
}
COMPLETION_EVENTS = [
    {**COMPLETION, "choices": [{"index": 0, "text": "Y"}], "usage": None},
    {**COMPLETION, "choices": [{"index": 0, "text": "o", "finish_reason": "stop"}], "usage": None},
    {**COMPLETION, "choices": []},
]
CHAT_COMPLETION = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 7,
    "model": "llama",
    "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "Yo"}}],
    "usage": USAGE,
}
CHUNK = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 7, "model": "llama"}
CHUNKS = [
    {**CHUNK, "choices": [{"index": 0, "delta": {"role": "assistant", "content": "Y"}}]},
    {**CHUNK, "choices": [{"index": 0, "delta": {"content": "o"}}]},
    {**CHUNK, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
    {**CHUNK, "choices": [], "usage": USAGE},
]


def chat(**fields: Any) -> chat_pb2.CreateChatCompletionRequest:
    return from_object(chat_pb2.CreateChatCompletionRequest, {"model": "m", "messages": [USER], **fields})


def as_json(message: Message) -> Any:
    return loads(to_json(message))
