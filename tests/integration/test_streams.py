"""Streams: what goes out, what is kept back, and how they end."""

from typing import Any

import grpc
import pytest
from google.protobuf.message import Message

from faults import answers
from faults.stand_in import Gate, StandIn
from openai_grpc.codec import from_object, loads, to_json
from openai_grpc.v1 import chat_pb2, responses_pb2
from support.failure import Failure, failure_of
from support.gateway import LIMIT, deployment, running_gateway

CHAT = "/v1/chat/completions"
RESPONSES = "/v1/responses"
USAGE = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}


def chunk(*choices: dict[str, Any], **fields: Any) -> dict[str, Any]:
    top = {"id": "c1", "object": "chat.completion.chunk", "created": 7, "model": "gpt-4o"}
    return {**top, "choices": list(choices), **fields}


def delta(finish_reason: str | None = None, index: int = 0, **fields: Any) -> dict[str, Any]:
    ended = {"finish_reason": finish_reason} if finish_reason else {}
    return {"index": index, "delta": fields, **ended}


HELLO = [chunk(delta(role="assistant", content="Hel")), chunk(delta(content="lo")), chunk(delta("stop"))]
USAGE_CHUNK = chunk(usage=USAGE)

USAGE_CASES: dict[str, tuple[bool, dict[str, Any], Any, int]] = {
    "asked for by the gateway, and kept from the caller": (True, {}, {"include_usage": True}, 3),
    "asked for by the gateway beside other options": (
        True,
        {"stream_options": {"include_obfuscation": False}},
        {"include_obfuscation": False, "include_usage": True},
        3,
    ),
    "asked for by the caller": (True, {"stream_options": {"include_usage": True}}, {"include_usage": True}, 4),
    "refused by the caller": (True, {"stream_options": {"include_usage": False}}, {"include_usage": False}, 4),
    "not asked for by an upstream's setting": (False, {}, None, 4),
}


@pytest.mark.parametrize(("setting", "options", "sent", "messages"), USAGE_CASES.values(), ids=USAGE_CASES)
def test_usage(setting: bool, options: dict[str, Any], sent: Any, messages: int) -> None:
    request = from_object(chat_pb2.CreateChatCompletionRequest, {"model": "gpt-4o", **options})
    with StandIn() as upstream, running_gateway(deployment(upstream.url, include_usage=setting)) as gateway:
        upstream.on("POST", CHAT, answers.stream(answers.events([*HELLO, USAGE_CHUNK])))
        chunks = list(gateway.chat.StreamChatCompletion(request, timeout=10))
        (line,) = gateway.logged("rpc")
    received = upstream.requests[0].json()
    assert (received["stream"], received.get("stream_options")) == (True, sent)
    assert [as_json(each) for each in chunks] == [*HELLO, USAGE_CHUNK][:messages]
    assert (line["input_tokens"], line["output_tokens"], line["messages"]) == (3, 2, messages)


def test_what_comes_beside_the_usage_is_not_kept_back() -> None:
    timed = {**USAGE_CHUNK, "timings": {"predicted_n": 2}, "new": 1}
    request = from_object(chat_pb2.CreateChatCompletionRequest, {"model": "gpt-4o"})
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.on("POST", CHAT, answers.stream(answers.events([*HELLO, timed])))
        *_, last = gateway.chat.StreamChatCompletion(request, timeout=10)
    assert as_json(last) == {key: value for key, value in timed.items() if key != "usage"}


def test_initial_metadata_comes_before_the_first_chunk() -> None:
    gate = Gate()
    request = chat_pb2.CreateChatCompletionRequest(model="gpt-4o")
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        headers = {"x-request-id": "req_1"}
        upstream.on("POST", CHAT, answers.stream(answers.events(HELLO), gates={0: gate}, headers=headers))
        call = gateway.chat.StreamChatCompletion(request, timeout=LIMIT)
        assert dict(call.initial_metadata())["openai-request-id"] == "req_1"
        gate.open()
        assert len(list(call)) == 3


TOOL_CALL = {"index": 0, "id": "call_1", "type": "function", "function": {"name": "f", "arguments": '{"a"'}}
PIECES = [
    chunk(delta(role="assistant", content="", reasoning_content="Hm"), delta(index=1, content="B")),
    chunk(delta(content="A", reasoning_content="m", tool_calls=[TOOL_CALL]), obfuscation="xx"),
    chunk(delta(tool_calls=[{"index": 0, "function": {"arguments": ":1}"}}], new=["field"]), system_fingerprint="fp"),
    chunk(delta("tool_calls"), delta("stop", index=1)),
    chunk(usage=USAGE),
]
WHOLE = {
    "id": "c1",
    "object": "chat.completion",
    "created": 7,
    "model": "gpt-4o",
    "system_fingerprint": "fp",
    "usage": USAGE,
    "choices": [
        {
            "index": 0,
            "finish_reason": "tool_calls",
            "message": {
                "role": "assistant",
                "content": "A",
                "reasoning_content": "Hmm",
                "tool_calls": [
                    {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": '{"a":1}'}},
                ],
                "new": ["field"],
            },
        },
        {"index": 1, "finish_reason": "stop", "message": {"role": "assistant", "content": "B"}},
    ],
}


def test_accumulated() -> None:
    request = chat_pb2.CreateChatCompletionRequest(model="gpt-4o")
    request.call_options.accumulate = True
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.on("POST", CHAT, answers.stream(answers.events(PIECES), headers={"x-request-id": "req_1"}))
        *chunks, last = gateway.chat.StreamChatCompletion(request, timeout=10)
    assert len(chunks) == 4
    assert not any(each.HasField("accumulated") for each in chunks)
    assert as_json(last.accumulated) == WHOLE
    assert (last.call_info.deployment, last.call_info.request_id) == ("stand-in", "req_1")


def test_an_accumulated_object_over_the_limit() -> None:
    request = chat_pb2.CreateChatCompletionRequest(model="gpt-4o")
    request.call_options.accumulate = True
    pieces = [chunk(delta(content="x" * 900)), chunk(delta(content="y" * 900)), chunk(delta("stop"))]
    with StandIn() as upstream, running_gateway(deployment(upstream.url), max_message_bytes=1500) as gateway:
        upstream.on("POST", CHAT, answers.stream(answers.events(pieces)))
        failure = failure_of(lambda: gateway.chat.StreamChatCompletion(request, timeout=10))
        (line,) = gateway.logged("rpc")
    assert [as_json(each) for each in failure.received] == pieces
    check_too_large(failure, line)


def test_an_event_over_the_limit() -> None:
    request = responses_pb2.CreateResponseRequest(model="gpt-4o")
    pieces = [chunk(delta(content="x" * 900)), chunk(delta(content="y" * 900)), chunk(delta("stop"))]
    settings = {"responses_as_chat": True}
    with (
        StandIn() as upstream,
        running_gateway(deployment(upstream.url, **settings), max_message_bytes=1500) as gateway,
    ):
        upstream.on("POST", CHAT, answers.stream(answers.events(pieces)))
        failure = failure_of(lambda: gateway.responses.StreamResponse(request, timeout=10))
        (line,) = gateway.logged("rpc")
    deltas = [each.output_text_delta.delta for each in failure.received if each.HasField("output_text_delta")]
    assert deltas == ["x" * 900, "y" * 900]
    check_too_large(failure, line)


def check_too_large(failure: Failure, line: dict[str, Any]) -> None:
    assert (failure.code, failure.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "MESSAGE_TOO_LARGE")
    assert failure.trailers["grpc-retry-pushback-ms"] == "-1"
    assert failure.trailers["x-request-id"] == line["request_id"]
    assert (line["status"], line["reason"]) == ("RESOURCE_EXHAUSTED", "MESSAGE_TOO_LARGE")
    assert line["messages"] == len(failure.received)


def test_accumulated_content_of_texts_and_parts() -> None:
    request = chat_pb2.CreateChatCompletionRequest(model="gpt-4o")
    request.call_options.accumulate = True
    thinking = {"type": "thinking", "thinking": [{"type": "text", "text": "Hm"}]}
    pieces = [chunk(delta(content=[thinking])), chunk(delta(content="A")), chunk(delta("stop", content="B"))]
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.on("POST", CHAT, answers.stream(answers.events(pieces)))
        *_, last = gateway.chat.StreamChatCompletion(request, timeout=10)
    (choice,) = as_json(last.accumulated)["choices"]
    assert choice["message"]["content"] == [thinking, {"type": "text", "text": "AB"}]


ENDS: dict[str, tuple[list[bytes], str, int, grpc.StatusCode]] = {
    "as it should": (answers.events(HELLO), "end", 3, grpc.StatusCode.OK),
    "without [DONE], but every choice is finished": (
        answers.events(HELLO, done=False),
        "end",
        3,
        grpc.StatusCode.OK,
    ),
    "without [DONE], one of two choices unfinished": (
        answers.events([chunk(delta(index=1, content="x")), *HELLO], done=False),
        *("end", 4, grpc.StatusCode.INTERNAL),
    ),
    "without [DONE], unfinished": (answers.events(HELLO[:2], done=False), "end", 2, grpc.StatusCode.INTERNAL),
    "without anything": ([], "end", 0, grpc.StatusCode.INTERNAL),
    "cut off after every choice is finished": (
        answers.events(HELLO, done=False),
        *("truncate", 3, grpc.StatusCode.INTERNAL),
    ),
    "an error inside": (
        [*answers.events(HELLO[:2], done=False), answers.event({"error": {"message": "no", "type": "server_error"}})],
        *("end", 2, grpc.StatusCode.INTERNAL),
    ),
    "an error on a chunk": (
        answers.events([HELLO[0], HELLO[1] | {"error": {"message": "no"}}, HELLO[2]]),
        *("end", 3, grpc.StatusCode.INTERNAL),
    ),
    "an event that is no JSON": ([answers.event(HELLO[0]), answers.event("{")], "end", 1, grpc.StatusCode.INTERNAL),
    "an event that is no object": ([answers.event(HELLO[0]), answers.event("5")], "end", 1, grpc.StatusCode.INTERNAL),
}


@pytest.mark.parametrize(("pieces", "then", "messages", "status"), ENDS.values(), ids=ENDS)
def test_end_of_a_chat_stream(pieces: list[bytes], then: str, messages: int, status: grpc.StatusCode) -> None:
    request = chat_pb2.CreateChatCompletionRequest(model="gpt-4o")
    read = Gate()
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.on("POST", CHAT, answers.stream(pieces, then=then, gates={len(pieces): read}))
        call = gateway.chat.StreamChatCompletion(request, timeout=10)
        for _ in range(messages):
            next(call)
        read.open()
        assert (count(call), call.code()) == (0, status)
        if status is not grpc.StatusCode.OK:
            assert dict(call.trailing_metadata())["grpc-retry-pushback-ms"] == "-1"


@pytest.mark.parametrize(
    ("answer", "details"),
    [
        (answers.json({"error": {"message": "no"}}), "no"),
        (answers.json("c1"), "application/json"),
        (answers.json({"id": "c1"}), "without choices"),
        (answers.body(b"<p>hi", content_type="text/html"), "text/html"),
    ],
)
def test_a_reply_that_is_no_stream(answer: Any, details: str) -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.enqueue(answer)
        call = gateway.chat.StreamChatCompletion(chat_pb2.CreateChatCompletionRequest(model="m"), timeout=10)
        assert (count(call), call.code()) == (0, grpc.StatusCode.INTERNAL)
        assert details in call.details()


RESPONSE = {"id": "resp_1", "object": "response", "created_at": 1, "output": []}
EVENTS: list[dict[str, Any]] = [
    {"type": "response.created", "sequence_number": 0, "response": RESPONSE | {"status": "in_progress"}},
    {"type": "response.output_text.delta", "sequence_number": 1, "delta": "Hi", "item_id": "i", "output_index": 0},
    {"type": "keepalive", "sequence_number": 2},
    {"type": "response.brand.new", "sequence_number": 3},
]
TOKENS = {"input_tokens": 3, "output_tokens": 2, "total_tokens": 5}


def final(status: str) -> dict[str, Any]:
    return {
        "type": f"response.{status}",
        "sequence_number": 4,
        "response": RESPONSE | {"status": status, "usage": TOKENS},
    }


RESPONSE_ENDS: dict[str, tuple[list[dict[str, Any]], int, grpc.StatusCode]] = {
    "completed": ([*EVENTS, final("completed")], 5, grpc.StatusCode.OK),
    "incomplete": ([*EVENTS, final("incomplete")], 5, grpc.StatusCode.OK),
    "failed, which is an answer": ([*EVENTS, final("failed")], 5, grpc.StatusCode.OK),
    "no last event": (EVENTS, 4, grpc.StatusCode.INTERNAL),
    "an error event, flat": (
        [*EVENTS, {"type": "error", "sequence_number": 4, "message": "no"}],
        5,
        grpc.StatusCode.INTERNAL,
    ),
    "an error event, nested": (
        [*EVENTS, {"type": "error", "sequence_number": 4, "error": {"message": "no", "code": "rate_limit_exceeded"}}],
        5,
        grpc.StatusCode.RESOURCE_EXHAUSTED,
    ),
    "an error that is not an event": ([*EVENTS, {"error": {"message": "no"}}], 4, grpc.StatusCode.INTERNAL),
}


@pytest.mark.parametrize(("events", "messages", "status"), RESPONSE_ENDS.values(), ids=RESPONSE_ENDS)
def test_end_of_a_response(events: list[dict[str, Any]], messages: int, status: grpc.StatusCode) -> None:
    request = responses_pb2.CreateResponseRequest(model="gpt-4o")
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        pieces = [answers.event(event, name=event.get("type")) for event in events]
        upstream.on("POST", RESPONSES, answers.stream(pieces))
        call = gateway.responses.StreamResponse(request, timeout=10)
        received = [as_json(next(call)) for _ in range(messages)]
        assert (received, call.code()) == (events[:messages], status)
        if status is grpc.StatusCode.OK:
            (line,) = gateway.logged("rpc")
            assert (line["input_tokens"], line["output_tokens"]) == (3, 2)
    assert upstream.requests[0].json() == {"model": "gpt-4o", "stream": True}


def test_done_ends_a_stream_whose_body_goes_on() -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.on("POST", CHAT, answers.stream(answers.events(HELLO), then="stall"))
        assert len(list(gateway.chat.StreamChatCompletion(chat_pb2.CreateChatCompletionRequest(model="m")))) == 3


def test_what_happens_after_the_last_event_is_no_matter() -> None:
    read = Gate()
    events = [*EVENTS, final("completed")]
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        pieces = answers.events(events, named=True)
        upstream.on("POST", RESPONSES, answers.stream(pieces, then="reset", gates={len(pieces): read}))
        call = gateway.responses.StreamResponse(responses_pb2.CreateResponseRequest(model="m"), timeout=10)
        for _ in events:
            next(call)
        read.open()
        assert call.code() is grpc.StatusCode.OK


def test_resume_a_response() -> None:
    request = responses_pb2.ResumeResponseRequest(response_id="resp_1", starting_after=3)
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.on("GET", f"{RESPONSES}/resp_1", answers.stream(answers.events([final("completed")], named=True)))
        (event,) = gateway.responses.ResumeResponse(request, timeout=10)
    assert event.completed.response.call_info.deployment == "stand-in"
    assert sorted(upstream.requests[0].query) == [("starting_after", "3"), ("stream", "true")]


def as_json(message: Message) -> Any:
    """Returns a message as plain JSON values."""
    return loads(to_json(message))


def count(call: Any) -> int:
    """Reads a stream to its end, whatever that is, and returns how many messages came."""
    messages = 0
    try:
        for _ in call:
            messages += 1
    except grpc.RpcError:
        pass
    return messages
