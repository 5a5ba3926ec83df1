"""Responses, streamed."""

from typing import Any

from bench.exchanges.exchange import CHAT, Exchange, add_call_info, named_event, to_json, wire
from openai_grpc.codec import from_json
from openai_grpc.v1 import response_event_pb2, responses_pb2

STREAM = "/openai_grpc.v1.ResponsesService/StreamResponse"
RESPONSE: dict[str, Any] = {
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


def response_stream(events: int) -> Exchange:
    """Makes a stream of a number of events."""
    values = response_events(events)
    body = {"model": CHAT, "input": "What should I know about the tide?", "temperature": 0.5}
    return Exchange(
        rpc=STREAM,
        request=wire(responses_pb2.CreateResponseRequest, body),
        http_path="/responses",
        http_body=to_json({**body, "stream": True}),
        http_reply=tuple(named_event(value) for value in values),
        messages=event_messages(values, CHAT),
        streaming=True,
    )


def response_events(events: int) -> list[dict[str, Any]]:
    """Returns the events: start, text deltas, end."""
    delta = {
        "type": "response.output_text.delta",
        "item_id": "msg_0a1b2c",
        "output_index": 0,
        "content_index": 0,
        "logprobs": [],
        "obfuscation": "q1w2e3r4t5",
    }
    values: list[dict[str, Any]] = [{"type": "response.created", "response": RESPONSE}]
    values.extend({**delta, "delta": f" tide{number}"} for number in range(events - 2))
    values.append({"type": "response.completed", "response": {**RESPONSE, "status": "completed"}})
    return [{**value, "sequence_number": number} for number, value in enumerate(values)]


def event_messages(values: list[dict[str, Any]], deployment: str) -> tuple[bytes, ...]:
    """Returns events as the caller gets them, the last with `call_info`."""
    last = from_json(response_event_pb2.ResponseStreamEvent, to_json(values[-1]))
    add_call_info(last.completed.response, deployment)
    return (
        *(wire(response_event_pb2.ResponseStreamEvent, value) for value in values[:-1]),
        last.SerializeToString(),
    )
