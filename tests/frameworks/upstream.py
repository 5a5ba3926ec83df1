"""An upstream that asks for a tool first, and answers once it has the tool's result."""

import json
import re
import secrets
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

from faults import answers

if TYPE_CHECKING:
    from faults.exchange import Exchange

SAID = "High water in Brest at six"
CALL = {"name": "tide", "arguments": '{"port":"Brest"}'}
USAGE = {"prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 12}
RESPONSE_USAGE = {
    "input_tokens": 9,
    "input_tokens_details": {"cached_tokens": 0},
    "output_tokens": 3,
    "output_tokens_details": {"reasoning_tokens": 0},
    "total_tokens": 12,
}


async def chat(exchange: "Exchange") -> None:
    """Answers `/chat/completions`, whole or as a stream."""
    request = json.loads(await exchange.body())
    calls = bool(request.get("tools")) and request["messages"][-1]["role"] != "tool"
    name = request["tools"][0]["function"]["name"] if calls else ""
    call = {"id": "call_1", "type": "function", "function": {**CALL, "name": name}}
    message: dict[str, Any] = {"role": "assistant", "content": None if calls else SAID, "refusal": None}
    message |= {"tool_calls": [call]} if calls else {}
    finish = "tool_calls" if calls else "stop"
    head = {
        "id": f"chatcmpl-{secrets.token_hex(4)}",
        "created": 1,
        "model": request["model"],
        "system_fingerprint": None,
    }
    if not request.get("stream"):
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": finish}
        await _answer(exchange, {**head, "object": "chat.completion", "choices": [choice], "usage": USAGE})
        return
    deltas: list[dict[str, Any]] = [{"role": "assistant", "content": "" if not calls else None}]
    if calls:
        deltas += [{"tool_calls": [{"index": 0, **call, "function": {"name": name, "arguments": ""}}]}]
        deltas += [{"tool_calls": [{"index": 0, "function": {"arguments": CALL["arguments"]}}]}]
    else:
        deltas += [{"content": word} for word in re.split(r"(?= )", SAID)]
    chunks: list[dict[str, Any]] = [
        {"choices": [{"index": 0, "delta": delta, "finish_reason": None}]} for delta in deltas
    ]
    chunks += [{"choices": [{"index": 0, "delta": {}, "finish_reason": finish}]}, {"choices": [], "usage": USAGE}]
    whole = [{**head, "object": "chat.completion.chunk", **each} for each in chunks]
    await answers.stream(answers.events(whole))(exchange)


async def responses(exchange: "Exchange") -> None:
    """Answers `/responses`, whole or as a stream."""
    request = json.loads(await exchange.body())
    given = request["input"]
    done = isinstance(given, list) and given[-1].get("type") == "function_call_output"
    item: dict[str, Any] = {"type": "function_call", "id": "fc_1", "call_id": "call_1", "status": "completed", **CALL}
    if done or not request.get("tools"):
        part = {"type": "output_text", "text": SAID, "annotations": [], "logprobs": []}
        item = {"type": "message", "id": "m_1", "role": "assistant", "status": "completed", "content": [part]}
    reply = {
        "id": f"resp_{secrets.token_hex(4)}",  # langgraph replaces a message by another one of its id
        "object": "response",
        "created_at": 1,
        "status": "completed",
        "error": None,
        "incomplete_details": None,
        "instructions": None,
        "metadata": {},
        "model": request["model"],
        "output": [item],
        "parallel_tool_calls": True,
        "temperature": 1.0,
        "tool_choice": "auto",
        "tools": [],
        "top_p": 1.0,
        "usage": RESPONSE_USAGE,
    }
    if not request.get("stream"):
        await _answer(exchange, reply)
        return
    events = [{**each, "sequence_number": number} for number, each in enumerate([each async for each in _told(reply)])]
    await answers.stream(answers.events(events, named=True))(exchange)


async def _told(reply: dict[str, Any]) -> AsyncIterator[dict[str, Any]]:
    (item,) = reply["output"]
    empty: dict[str, Any] = {"arguments": ""} if item["type"] == "function_call" else {"content": []}
    started = {**reply, "status": "in_progress", "output": [], "usage": None}
    yield {"type": "response.created", "response": started}
    yield {"type": "response.output_item.added", "output_index": 0, "item": {**item, "status": "in_progress", **empty}}
    place = {"item_id": item["id"], "output_index": 0}
    if item["type"] == "function_call":
        yield {"type": "response.function_call_arguments.delta", **place, "delta": item["arguments"]}
        yield {
            "type": "response.function_call_arguments.done",
            **place,
            "name": item["name"],
            "arguments": item["arguments"],
        }
    else:
        (part,) = item["content"]
        place |= {"content_index": 0}
        yield {"type": "response.content_part.added", **place, "part": {**part, "text": ""}}
        yield {"type": "response.output_text.delta", **place, "delta": SAID, "logprobs": []}
        yield {"type": "response.output_text.done", **place, "text": SAID, "logprobs": []}
        yield {"type": "response.content_part.done", **place, "part": part}
    yield {"type": "response.output_item.done", "output_index": 0, "item": item}
    yield {"type": "response.completed", "response": reply}


async def embeddings(exchange: "Exchange") -> None:
    """Answers `/embeddings`."""
    request = json.loads(await exchange.body())
    texts = request["input"] if isinstance(request["input"], list) else [request["input"]]
    vector: Any = "AACAPgAAAL8=" if request.get("encoding_format") == "base64" else [0.25, -0.5]
    data = [{"object": "embedding", "index": index, "embedding": vector} for index, _ in enumerate(texts)]
    await _answer(exchange, {"object": "list", "data": data, "model": request["model"], "usage": USAGE})


async def _answer(exchange: "Exchange", value: dict[str, Any]) -> None:
    await answers.json(value)(exchange)
