"""Bridged streams: one API from an upstream that has the other, with the expected messages written out."""

from typing import Any

from bench.exchanges.chat import MESSAGES, choices
from bench.exchanges.exchange import CHAT, Exchange, event, named_event, to_json, wire
from bench.exchanges.responses import STREAM, event_messages, response_events
from openai_grpc.v1 import chat_pb2, responses_pb2

BY_CHAT = "gpt-bench-by-chat"
BY_RESPONSES = "gpt-bench-by-responses"
_ITEM = "msg_9a8b7c6d5e4f_0"


def response_by_chat(chunks: int) -> Exchange:
    """Returns a Responses stream from an upstream that has only chat."""
    head = {"id": "chatcmpl-9a8b7c6d5e4f", "object": "chat.completion.chunk", "created": 1787150055, "model": CHAT}
    usage = {"prompt_tokens": 24, "completion_tokens": 148, "total_tokens": 172}
    question = "What should I know about the tide?"
    http_body = {
        "model": BY_CHAT,
        "messages": [{"role": "user", "content": question}],
        "temperature": 0.5,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    values = [
        *({**head, "choices": [choice], "usage": None} for choice in choices(chunks)),
        {**head, "choices": [], "usage": usage},
    ]
    body = {"model": BY_CHAT, "input": question, "temperature": 0.5}
    return Exchange(
        rpc=STREAM,
        request=wire(responses_pb2.CreateResponseRequest, body),
        http_path="/chat/completions",
        http_body=to_json(http_body),
        http_reply=(*(event(value) for value in values), b"data: [DONE]\n\n"),
        messages=event_messages(_events(chunks), BY_CHAT),
        streaming=True,
    )


def chat_by_response(events: int) -> Exchange:
    """Returns a chat stream from an upstream that has only Responses."""
    system, user = MESSAGES
    http_body = {
        "model": BY_RESPONSES,
        "instructions": system["content"],
        "input": [{"type": "message", **user}],
        "temperature": 0.5,
        "store": False,
        "stream": True,
    }
    head = {"id": "resp_0a1b2c3d4e5f", "object": "chat.completion.chunk", "created": 1787150055, "model": CHAT}
    values: list[dict[str, Any]] = [
        {**head, "choices": [{"index": 0, "delta": {"content": f" tide{number}"}}], "obfuscation": "q1w2e3r4t5"}
        for number in range(events - 2)
    ]
    values[0]["choices"][0]["delta"]["role"] = "assistant"
    values.append({**head, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    body = {"model": BY_RESPONSES, "messages": MESSAGES, "temperature": 0.5}
    return Exchange(
        rpc="/openai_grpc.v1.ChatService/StreamChatCompletion",
        request=wire(chat_pb2.CreateChatCompletionRequest, body),
        http_path="/responses",
        http_body=to_json(http_body),
        http_reply=tuple(named_event(value) for value in response_events(events)),
        messages=tuple(wire(chat_pb2.ChatCompletionChunk, value) for value in values),
        streaming=True,
    )


def _events(chunks: int) -> list[dict[str, Any]]:
    response: dict[str, Any] = {
        "id": "resp_9a8b7c6d5e4f",
        "object": "response",
        "created_at": 1787150055,
        "model": CHAT,
        "parallel_tool_calls": True,
        "temperature": 0.5,
        "tool_choice": "auto",
        "status": "in_progress",
        "store": False,
        "metadata": {},
        "output": [],
        "tools": [],
    }
    usage = {
        "input_tokens": 24,
        "input_tokens_details": {"cached_tokens": 0},
        "output_tokens": 148,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": 172,
    }
    pieces = [f" tide{number}" for number in range(chunks - 1)]
    text = {"type": "output_text", "annotations": [], "text": "".join(pieces)}
    item = {"type": "message", "role": "assistant", "id": _ITEM}
    whole = {**item, "content": [text], "status": "completed"}
    of_item = {"item_id": _ITEM, "output_index": 0}
    of_part = {**of_item, "content_index": 0}
    values: list[dict[str, Any]] = [
        {"type": "response.created", "response": response},
        {"type": "response.in_progress", "response": response},
        {
            "type": "response.output_item.added",
            "item": {**item, "content": [], "status": "in_progress"},
            "output_index": 0,
        },
        {"type": "response.content_part.added", **of_part, "part": {**text, "text": ""}},
        *({"type": "response.output_text.delta", **of_part, "delta": piece, "logprobs": []} for piece in pieces),
        {"type": "response.output_text.done", **of_part, "text": text["text"], "logprobs": []},
        {"type": "response.content_part.done", **of_part, "part": text},
        {"type": "response.output_item.done", "item": whole, "output_index": 0},
        {
            "type": "response.completed",
            "response": {**response, "status": "completed", "output": [whole], "usage": usage},
        },
    ]
    return [{**value, "sequence_number": number} for number, value in enumerate(values)]
