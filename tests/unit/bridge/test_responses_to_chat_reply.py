"""Chat completions, whole and streamed, as responses."""

from typing import Any

import pytest

from openai_grpc.codec import from_object, loads, to_json
from openai_grpc.v1 import chat_pb2, responses_pb2
from openai_grpc_server.bridge.responses_to_chat_reply import ResponseEvents, response

TOP = {"id": "chatcmpl-1", "created": 7, "model": "m"}
REQUEST = {"model": "alias", "instructions": "Be brief.", "temperature": 0.5, "metadata": {"k": "v"}, "input": "Hi"}
USAGE = {
    "prompt_tokens": 20,
    "prompt_tokens_details": {"cached_tokens": 5, "audio_tokens": 1},
    "completion_tokens": 9,
    "completion_tokens_details": {"reasoning_tokens": 4},
    "total_tokens": 29,
}
RESPONSE_USAGE = {
    "input_tokens": 20,
    "input_tokens_details": {"cached_tokens": 5, "audio_tokens": 1},
    "output_tokens": 9,
    "output_tokens_details": {"reasoning_tokens": 4},
    "total_tokens": 29,
}
LOGPROBS = [
    {
        "token": "Hi",
        "bytes": [72, 105],
        "logprob": -0.5,
        "top_logprobs": [{"token": "Yo", "bytes": [89, 111], "logprob": -1.5}],
    }
]
CITATION = {"url": "https://host", "title": "t", "start_index": 0, "end_index": 2}
CALL = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": '{"a":1}'}}


def text(value: str, **fields: Any) -> dict[str, Any]:
    return {"type": "output_text", "text": value, "annotations": [], **fields}


def message(index: int, *parts: dict[str, Any], status: str = "completed") -> dict[str, Any]:
    identity = {"id": f"msg_1_{index}", "type": "message", "role": "assistant"}
    return {**identity, "status": status, "content": list(parts)}


def reasoning(index: int, value: str, **fields: Any) -> dict[str, Any]:
    content = [{"type": "reasoning_text", "text": value}]
    identity = {"id": f"rs_1_{index}", "type": "reasoning", "summary": []}
    return {**identity, "status": "completed", "content": content, **fields}


def called(index: int, **fields: Any) -> dict[str, Any]:
    call = {"type": "function_call", "id": f"fc_1_{index}", "call_id": "c1", "name": "f", "arguments": '{"a":1}'}
    return {**call, "status": "completed", **fields}


SIGNED = {"type": "reasoning.text", "text": "Hm", "signature": "sig", "index": 0}
SECRET = {"type": "reasoning.encrypted", "data": "gAAA", "index": 0}

MESSAGES: dict[str, tuple[dict[str, Any], dict[str, Any], list[Any]]] = {
    "text": ({"content": "Hi"}, {}, [message(0, text("Hi"))]),
    "log probabilities": (
        {"content": "Hi"},
        {"logprobs": {"content": LOGPROBS}},
        [message(0, text("Hi", logprobs=LOGPROBS))],
    ),
    "a refusal": ({"refusal": "No"}, {}, [message(0, {"type": "refusal", "refusal": "No"})]),
    "a text and a refusal": (
        {"content": "Hi", "refusal": "No"},
        {},
        [message(0, text("Hi"), {"type": "refusal", "refusal": "No"})],
    ),
    "a citation": (
        {"content": "Hi", "annotations": [{"type": "url_citation", "url_citation": CITATION}]},
        {},
        [message(0, text("Hi", annotations=[{"type": "url_citation", **CITATION}]))],
    ),
    "reasoning": (
        {"content": "Hi", "reasoning_content": "Hm"},
        {},
        [reasoning(0, "Hm"), message(1, text("Hi"))],
    ),
    "reasoning under its other name": ({"reasoning": "Hm"}, {}, [reasoning(0, "Hm")]),
    "signed reasoning": (
        {"reasoning": "Hm", "reasoning_details": [SIGNED]},
        {},
        [reasoning(0, "Hm", reasoning_details=[SIGNED])],
    ),
    "encrypted reasoning": (
        {"reasoning_details": [SECRET]},
        {},
        [
            {
                "id": "rs_1_0",
                "type": "reasoning",
                "summary": [],
                "status": "completed",
                "encrypted_content": "gAAA",
                "reasoning_details": [SECRET],
            }
        ],
    ),
    "thoughts among the content": (
        {
            "content": [
                {"type": "thinking", "thinking": [{"type": "text", "text": "Hm"}]},
                {"type": "text", "text": "Hi"},
            ]
        },
        {},
        [reasoning(0, "Hm"), message(1, text("Hi"))],
    ),
    "tool calls": (
        {"content": "Let me see", "tool_calls": [CALL, {**CALL, "namespace": "n"}]},
        {},
        [message(0, text("Let me see")), called(1), called(2, namespace="n")],
    ),
    "a tool call with a signature": (
        {"tool_calls": [{**CALL, "extra_content": {"google": {"signature": "s"}}}]},
        {},
        [called(0, extra_content={"google": {"signature": "s"}})],
    ),
    "a call without an id": (
        {"tool_calls": [{"type": "function", "function": {"name": "f", "arguments": '{"a":1}'}}]},
        {},
        [called(0, call_id="call_1_0")],
    ),
    "a deprecated call": (
        {"function_call": {"name": "f", "arguments": '{"a":1}'}},
        {},
        [called(0, call_id="call_1_0")],
    ),
    "a custom tool call": (
        {"tool_calls": [{"id": "c1", "type": "custom", "custom": {"name": "sql", "input": "SELECT 1"}}]},
        {},
        [
            {
                "type": "custom_tool_call",
                "id": "ctc_1_0",
                "call_id": "c1",
                "name": "sql",
                "input": "SELECT 1",
                "status": "completed",
            }
        ],
    ),
    "an image": (
        {
            "content": "Look",
            "images": [{"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}}],
        },
        {},
        [
            message(0, text("Look")),
            {
                "type": "image_generation_call",
                "id": "ig_1_1",
                "status": "completed",
                "result": "iVBORw0KGgo=",
                "output_format": "png",
            },
        ],
    ),
    "nothing": ({}, {}, []),
}


@pytest.mark.parametrize(("fields", "choice", "output"), MESSAGES.values(), ids=MESSAGES)
def test_reply(fields: dict[str, Any], choice: dict[str, Any], output: list[Any]) -> None:
    completion = {
        **TOP,
        "usage": USAGE,
        "choices": [
            {"index": 0, "finish_reason": "stop", **choice, "message": {"role": "assistant", **fields}},
        ],
    }
    assert written(completion) == {
        "id": "resp_1",
        "object": "response",
        "created_at": 7,
        "model": "m",
        "status": "completed",
        "instructions": "Be brief.",
        "temperature": 0.5,
        "metadata": {"k": "v"},
        "tools": [],
        "tool_choice": "auto",
        "parallel_tool_calls": True,
        "store": False,
        "output": output,
        "usage": RESPONSE_USAGE,
    }


FINISHES: dict[str, tuple[str, str, str | None]] = {
    "done": ("stop", "completed", None),
    "tools": ("tool_calls", "completed", None),
    "too long": ("length", "incomplete", "max_output_tokens"),
    "filtered": ("content_filter", "incomplete", "content_filter"),
}


@pytest.mark.parametrize(("reason", "status", "incomplete"), FINISHES.values(), ids=FINISHES)
def test_status(reason: str, status: str, incomplete: str | None) -> None:
    reply = written({**TOP, "choices": [{"index": 0, "finish_reason": reason, "message": {"content": "Hi"}}]})
    assert (reply["status"], reply.get("incomplete_details", {}).get("reason")) == (status, incomplete)


HANDED_ON = ("citations", "new", "native_finish_reason", "usage_breakdown", "content_parts")


def test_what_a_response_has_no_field_for_is_handed_on() -> None:
    content = [{"type": "text", "text": "Hi"}, {"type": "reference", "reference_ids": [1]}]
    choice = {"index": 0, "finish_reason": "stop", "native_finish_reason": "end", "message": {"content": content}}
    reply = written({**TOP, "choices": [choice], "citations": ["https://host"], "new": 1, "usage_breakdown": {"x": 1}})
    handed_on = {key: reply[key] for key in HANDED_ON}
    assert handed_on == {
        "citations": ["https://host"],
        "new": 1,
        "native_finish_reason": "end",
        "usage_breakdown": {"x": 1},
        "content_parts": content[1:],
    }
    assert reply["output"] == [message(0, text("Hi"))]


USAGE_OF_PROVIDERS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "of OpenRouter": (
        {"cost": 0.5, "cost_details": {"upstream_inference_cost": 0.25}, "is_byok": False},
        {"cost": 0.5, "cost_details": {"upstream_inference_cost": 0.25}, "is_byok": False},
    ),
    "of xAI": ({"num_sources_used": 2, "cost_in_usd_ticks": 7}, {"num_sources_used": 2, "cost_in_usd_ticks": 7}),
    "of Groq": ({"queue_time": 0.5}, {"queue_time": 0.5}),
    "of Perplexity": ({"cost": {"total_cost": 0.5}}, {"cost": {"total_cost": 0.5}}),
    "unknown": ({"new": 1, "cost": 0.5}, {"new": 1, "cost": 0.5}),
}


@pytest.mark.parametrize(("usage", "expected"), USAGE_OF_PROVIDERS.values(), ids=USAGE_OF_PROVIDERS)
def test_usage_of_providers_is_handed_on(usage: dict[str, Any], expected: dict[str, Any]) -> None:
    reply = written({**TOP, "choices": [{"index": 0, "message": {"content": "Hi"}}], "usage": {**USAGE, **usage}})
    assert reply["usage"] == {**RESPONSE_USAGE, **expected}


@pytest.mark.parametrize("usage", [{"prompt_cache_hit_tokens": 3}, {"cached_tokens": 3}], ids=["DeepSeek", "Together"])
def test_tokens_out_of_the_cache_count_under_every_name(usage: dict[str, Any]) -> None:
    counts = {"prompt_tokens": 20, "completion_tokens": 9, "total_tokens": 29, **usage}
    reply = written({**TOP, "choices": [{"index": 0, "message": {"content": "Hi"}}], "usage": counts})
    assert reply["usage"]["input_tokens_details"]["cached_tokens"] == 3


def delta(finish_reason: str | None = None, **fields: Any) -> dict[str, Any]:
    return {**TOP, "choices": [{"index": 0, "delta": fields, "finish_reason": finish_reason}]}


def piece(index: int, arguments: str, **fields: Any) -> dict[str, Any]:
    return {"index": index, "function": {"arguments": arguments}, **fields}


CHUNKS = [
    delta(role="assistant", reasoning_content="H"),
    delta(reasoning_content="m"),
    delta(content="Y"),
    delta(content="o"),
    delta(tool_calls=[{**piece(0, ""), "id": "c1", "function": {"name": "f", "arguments": ""}}]),
    delta(tool_calls=[{**piece(1, ""), "id": "c2", "function": {"name": "g", "arguments": "{"}}]),
    delta(tool_calls=[piece(0, '{"a":1}'), piece(1, "}")]),
    delta("tool_calls"),
    {**TOP, "choices": [], "usage": USAGE},
]
# The events in their order, each with the item that it is about.
EVENTS = [
    ("response.created", None),
    ("response.in_progress", None),
    ("response.output_item.added", 0),
    ("response.content_part.added", 0),
    ("response.reasoning_text.delta", 0),
    ("response.reasoning_text.delta", 0),
    ("response.reasoning_text.done", 0),
    ("response.content_part.done", 0),
    ("response.output_item.done", 0),
    ("response.output_item.added", 1),
    ("response.content_part.added", 1),
    ("response.output_text.delta", 1),
    ("response.output_text.delta", 1),
    ("response.output_text.done", 1),
    ("response.content_part.done", 1),
    ("response.output_item.done", 1),
    ("response.output_item.added", 2),
    ("response.output_item.added", 3),
    ("response.function_call_arguments.delta", 3),
    ("response.function_call_arguments.delta", 2),
    ("response.function_call_arguments.delta", 3),
    ("response.function_call_arguments.done", 2),
    ("response.output_item.done", 2),
    ("response.function_call_arguments.done", 3),
    ("response.output_item.done", 3),
    ("response.completed", None),
]
OUTPUT = [
    reasoning(0, "Hm"),
    message(1, text("Yo")),
    called(2),
    called(3, call_id="c2", name="g", arguments="{}"),
]


def test_stream() -> None:
    events = streamed(CHUNKS)
    assert [(event["type"], event.get("output_index")) for event in events] == EVENTS
    assert [event["sequence_number"] for event in events] == list(range(len(EVENTS)))
    by_type: dict[str, list[Any]] = {}
    for event in events:
        by_type.setdefault(event["type"], []).append(event)
    assert [event["item"] for event in by_type["response.output_item.done"]] == OUTPUT
    begun = by_type["response.output_item.added"]
    assert [event["item"]["status"] for event in begun] == ["in_progress"] * 4
    assert begun[1]["item"] == message(1, status="in_progress")
    assert by_type["response.content_part.added"][1]["part"] == text("")
    assert by_type["response.content_part.done"][1]["part"] == text("Yo")
    assert {event["item_id"] for event in events if event.get("output_index") == 1 and "item_id" in event} == {
        "msg_1_1"
    }
    assert events[0]["response"]["status"] == "in_progress"
    last = events[-1]["response"]
    assert (last["status"], last["output"], last["usage"]) == ("completed", OUTPUT, RESPONSE_USAGE)


def test_a_part_after_another_has_the_next_index() -> None:
    events = streamed([delta(content="Hi"), delta(refusal="No"), delta("length")])
    parts = [(event["type"], event["content_index"]) for event in events if "content_index" in event]
    assert parts == [
        ("response.content_part.added", 0),
        ("response.output_text.delta", 0),
        ("response.output_text.done", 0),
        ("response.content_part.done", 0),
        ("response.content_part.added", 1),
        ("response.refusal.delta", 1),
        ("response.refusal.done", 1),
        ("response.content_part.done", 1),
    ]
    assert events[-1]["type"] == "response.incomplete"


def test_a_stream_of_nothing_is_a_response() -> None:
    events = streamed([])
    assert [event["type"] for event in events] == ["response.created", "response.in_progress", "response.completed"]
    assert events[0]["response"]["id"].startswith("resp_")


def written(completion: dict[str, Any]) -> Any:
    request = from_object(responses_pb2.CreateResponseRequest, REQUEST)
    return loads(to_json(response(request, from_object(chat_pb2.ChatCompletion, completion))))


def streamed(chunks: list[dict[str, Any]]) -> list[Any]:
    events = ResponseEvents(from_object(responses_pb2.CreateResponseRequest, REQUEST))
    read = [event for each in chunks for event in events.read(from_object(chat_pb2.ChatCompletionChunk, each))]
    return [loads(to_json(event)) for event in [*read, *events.end()]]
