"""The local engine's HTTP servers, with the real models: what the gateway may rely on."""

from __future__ import annotations

import base64
import json
import math
import struct
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openai_grpc_server.local import LocalUpstreams

CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
FUNCTIONS = [
    {"name": "get_time", "description": "Get the current time in a city", "parameters": CITY},
    {"name": "get_weather", "description": "Get the current weather in a city", "parameters": CITY},
]
TOOLS = [{"type": "function", "function": function} for function in FUNCTIONS]
TEXTS = ["The cat sleeps on the sofa.", "The cat is sleeping on the couch.", "Interest rates rose again."]
FLAT_TOOLS = [{"type": "function", **function} for function in FUNCTIONS]


@pytest.fixture
def http(local_engine: LocalUpstreams) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=local_engine.chat.base_url, timeout=60) as client:
        yield client


def post(http: httpx2.Client, path: str, **body: Any) -> Any:
    reply = http.post(path, json={"model": "smollm2-135m-instruct", "temperature": 0, **body})
    assert reply.status_code == 200, reply.text
    return reply.json()


def stream(http: httpx2.Client, path: str, **body: Any) -> list[Any]:
    """The data of a stream's events, up to its end."""
    body = {"model": "smollm2-135m-instruct", "temperature": 0, "stream": True, **body}
    with http.stream("POST", path, json=body) as reply:
        assert reply.status_code == 200
        lines = [line.removeprefix("data: ") for line in reply.iter_lines() if line.startswith("data: ")]
    return [json.loads(line) for line in lines if line != "[DONE]"]


def dot(one: list[float], other: list[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


def user(text: str) -> list[dict[str, Any]]:
    return [{"role": "user", "content": text}]


def test_each_server_lists_its_model(local_engine: LocalUpstreams) -> None:
    for upstream in (local_engine.chat, local_engine.audio):
        models = httpx2.get(f"{upstream.base_url}/models").json()
        assert [model["id"] for model in models["data"]] == [upstream.model]


def test_chat_streams_what_it_answers(http: httpx2.Client) -> None:
    request = {"messages": user("Say hello."), "max_tokens": 12}
    whole = post(http, "/chat/completions", **request)
    chunks = stream(http, "/chat/completions", stream_options={"include_usage": True}, **request)
    text = whole["choices"][0]["message"]["content"]
    assert text
    assert "".join(c["choices"][0]["delta"].get("content") or "" for c in chunks if c["choices"]) == text
    assert chunks[-2]["choices"][0]["finish_reason"] == whole["choices"][0]["finish_reason"] == "length"
    assert chunks[-1]["usage"]["completion_tokens"] == whole["usage"]["completion_tokens"] == 12


def test_chat_answers_in_the_schema(http: httpx2.Client) -> None:
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
    response_format = {"type": "json_schema", "json_schema": {"name": "number", "schema": schema}}
    reply = post(http, "/chat/completions", messages=user("A number?"), response_format=response_format, max_tokens=64)
    assert list(json.loads(reply["choices"][0]["message"]["content"])) == ["n"]


@pytest.mark.parametrize("tool_choice", ["auto", "required"])
@pytest.mark.parametrize(
    ("question", "name", "city"),
    [
        ("What is the weather in Paris?", "get_weather", "Paris"),
        ("Is it raining in Oslo?", "get_weather", "Oslo"),
        ("What time is it in Berlin?", "get_time", "Berlin"),
    ],
)
def test_chat_calls_a_tool(http: httpx2.Client, tool_choice: str, question: str, name: str, city: str) -> None:
    request = {"messages": user(question), "tools": TOOLS, "tool_choice": tool_choice, "max_tokens": 64}
    choice = post(http, "/chat/completions", **request)["choices"][0]
    assert choice["finish_reason"] == "tool_calls"
    (call,) = choice["message"]["tool_calls"]
    assert call["function"]["name"] == name
    assert json.loads(call["function"]["arguments"]) == {"city": city}

    chunks = [chunk["choices"][0] for chunk in stream(http, "/chat/completions", **request)]
    parts = [part["function"] for chunk in chunks for part in chunk["delta"].get("tool_calls", ())]
    assert parts[0]["name"] == name
    assert "".join(part["arguments"] for part in parts) == call["function"]["arguments"]
    assert chunks[-1]["finish_reason"] == "tool_calls"


def test_chat_answers_from_what_a_tool_returned(http: httpx2.Client) -> None:
    call = {"id": "call_1", "type": "function", "function": {"name": "get_weather", "arguments": '{"city":"Paris"}'}}
    messages = [
        *user("What is the weather in Paris?"),
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "call_1", "content": "18 degrees and sunny"},
    ]
    reply = post(http, "/chat/completions", messages=messages, tools=TOOLS, max_tokens=40)
    assert "18 degrees" in reply["choices"][0]["message"]["content"]


def test_responses_stream_what_they_answer(http: httpx2.Client) -> None:
    request = {"input": "Say hello.", "max_output_tokens": 8}
    whole = post(http, "/responses", **request)
    events = stream(http, "/responses", **request)
    text = whole["output"][0]["content"][0]["text"]
    assert text
    assert "".join(event["delta"] for event in events if event["type"] == "response.output_text.delta") == text
    assert [event["type"] for event in events if not event["type"].endswith(".delta")] == [
        "response.created",
        "response.in_progress",
        "response.output_item.added",
        "response.content_part.added",
        "response.output_text.done",
        "response.content_part.done",
        "response.output_item.done",
        "response.completed",
    ]


def test_responses_call_a_tool(http: httpx2.Client) -> None:
    request = {"input": "What is the weather in Paris?", "tools": FLAT_TOOLS, "max_output_tokens": 64}
    (call,) = post(http, "/responses", **request)["output"]
    assert (call["type"], call["name"], json.loads(call["arguments"])) == (
        "function_call",
        "get_weather",
        {"city": "Paris"},
    )
    deltas = [e["delta"] for e in stream(http, "/responses", **request) if e["type"].endswith("arguments.delta")]
    assert "".join(deltas) == call["arguments"]


def test_responses_count_their_input(http: httpx2.Client) -> None:
    counted = post(http, "/responses/input_tokens", input="Say hello.")
    used = post(http, "/responses", input="Say hello.", max_output_tokens=1)
    assert counted["input_tokens"] == used["usage"]["input_tokens"] > 0


def test_completions_stream_what_they_answer(http: httpx2.Client) -> None:
    request = {"prompt": "The capital of France is", "max_tokens": 4}
    text = post(http, "/completions", **request)["choices"][0]["text"]
    assert text.startswith(" Paris")
    assert "".join(chunk["choices"][0]["text"] for chunk in stream(http, "/completions", **request)) == text


def test_embeddings_are_unit_vectors_in_either_encoding(http: httpx2.Client) -> None:
    cat, same, other = (item["embedding"] for item in post(http, "/embeddings", input=TEXTS)["data"])
    assert [len(cat), math.hypot(*cat)] == [576, pytest.approx(1)]
    assert dot(cat, same) > dot(cat, other)
    packed = post(http, "/embeddings", input=TEXTS, encoding_format="base64")["data"][0]["embedding"]
    assert struct.unpack("<576f", base64.b64decode(packed)) == pytest.approx(cat, abs=1e-3)


def test_embeddings_do_not_depend_on_their_batch(http: httpx2.Client) -> None:
    together = [item["embedding"] for item in post(http, "/embeddings", input=TEXTS)["data"]]
    for text, embedding in zip(TEXTS, together, strict=True):
        alone = post(http, "/embeddings", input=text)["data"][0]["embedding"]
        assert dot(alone, embedding) == pytest.approx(1, abs=1e-2)


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/chat/completions", {"messages": "x"}, 400),
        ("/chat/completions", {"messages": user("long " * 4100)}, 400),
        ("/responses", {}, 400),
        ("/responses", {"input": "x", "previous_response_id": "resp_1"}, 400),
        ("/embeddings", {"input": ""}, 400),
        ("/moderations", {"input": "x"}, 404),
    ],
)
def test_what_is_refused_has_an_error_object(http: httpx2.Client, path: str, body: dict[str, Any], status: int) -> None:
    reply = http.post(path, json={"model": "smollm2-135m-instruct", **body})
    assert reply.status_code == status
    assert reply.json()["error"]["message"]


FIRST_QUESTIONS = ("hello", "What are gnocchi?", "List three fruits.", "Why is the sky blue?", "Tell me a joke")


@pytest.mark.parametrize("text", FIRST_QUESTIONS)
def test_answers_come_to_an_end(http: httpx2.Client, text: str) -> None:
    """Without a limit in the request, the small model stops by itself and does not repeat its lines."""
    (choice,) = post(http, "/chat/completions", messages=user(text), temperature=0)["choices"]
    assert choice["finish_reason"] == "stop"
    lines = [line for line in choice["message"]["content"].splitlines() if len(line) > 20]
    assert len(lines) == len(set(lines))
