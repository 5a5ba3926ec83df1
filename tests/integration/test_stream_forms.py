"""Streams of forms that OpenAI does not send, which are read, and streams that fail before their output begins."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import grpc
import orjson
import pytest

from faults import answers
from faults.outcome import outcome
from faults.rpcs import CONTENT, CREATE_CHAT, RESPONSE_OBJECT, STREAM_CHAT, STREAM_RESPONSE, chunk
from faults.stand_in import Gate, StandIn
from openai_grpc_server.config import RouterConfig
from support.gateway import RunningGateway, deployment, running_gateway

OK = grpc.StatusCode.OK
BOM = b"\xef\xbb\xbf"
FIRST, SECOND, LAST = STREAM_CHAT.pieces
DONE = answers.event("[DONE]")
WHOLE = orjson.dumps(CREATE_CHAT.reply)
SAME = list(STREAM_CHAT.events)

GOOD: dict[str, tuple[list[bytes], str]] = {
    "frames without data": ([b"data:\n\n", FIRST, b"data: \n\n", SECOND, b"event: ping\ndata:\n\n", LAST, DONE], "SSE"),
    "blanks around the end": ([FIRST, SECOND, LAST, b"data:   [DONE] \t\n\n"], "SSE"),
    "labelled JSON": ([FIRST, SECOND, LAST, DONE], "application/json"),
    "labelled text, after a comment": ([b": hello\n\n", FIRST, SECOND, LAST, DONE], "text/plain; charset=utf-8"),
    "labelled as bytes, in small reads": (
        [FIRST[:2], FIRST[2:9], FIRST[9:], SECOND, LAST, DONE],
        "application/octet-stream",
    ),
    "the name of the field twice": ([b"data: " + FIRST, b"data: " + SECOND, LAST, DONE], "SSE"),
    "no empty lines": ([each[:-1] for each in (FIRST, SECOND, LAST, DONE)], "SSE"),
    "another spelling of the end": ([FIRST, SECOND, LAST, b"data: [done]\n\n"], "SSE"),
    "the end as text": ([FIRST, SECOND, LAST, b'data: "[DONE]"\n\n'], "SSE"),
    "carriage returns alone": ([each.replace(b"\n", b"\r") for each in (FIRST, SECOND, LAST, DONE)], "SSE"),
    "a mark of the byte order": ([BOM[:1], BOM[1:] + FIRST, SECOND, LAST, DONE], "application/json"),
}


@pytest.mark.parametrize(("pieces", "content_type"), GOOD.values(), ids=GOOD)
def test_good_streams_survive(pieces: list[bytes], content_type: str) -> None:
    kind = answers.SSE if content_type == "SSE" else content_type
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.enqueue(answers.stream(pieces, content_type=kind))
        found = outcome(STREAM_CHAT, STREAM_CHAT.start(gateway))
    assert (found.code, found.messages) == (OK, SAME)


LINES = [orjson.dumps(each) + b"\n" for each in STREAM_CHAT.events]


@pytest.mark.parametrize("content_type", ["application/x-ndjson", "application/json", "text/plain", answers.SSE])
@pytest.mark.parametrize("end", [b"", b"[DONE]\n", b"data: [DONE]\n\n"])
def test_json_lines_are_read_as_events(content_type: str, end: bytes) -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.enqueue(answers.stream([*LINES, *([end] if end else [])], content_type=content_type))
        found = outcome(STREAM_CHAT, STREAM_CHAT.start(gateway))
        upstream.enqueue(answers.stream([b"\n".join(LINES)], content_type=content_type))
        blank_lines_between = outcome(STREAM_CHAT, STREAM_CHAT.start(gateway))
    assert (found.code, found.messages) == (OK, SAME)
    assert (blank_lines_between.code, blank_lines_between.messages) == (OK, SAME)


def test_json_lines_are_read_as_they_come() -> None:
    gate = Gate()
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.enqueue(answers.stream(LINES, content_type="application/x-ndjson", gates={1: gate}))
        call = STREAM_CHAT.start(gateway)
        next(call)  # though the next line waits
        gate.open()
        assert len(list(call)) == 2


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (LINES[:1], "UPSTREAM_TRUNCATED"),
        ([LINES[0], b'{"error": {"message": "No room", "code": 429}}\n'], "RATE_LIMITED"),
        ([LINES[0], b"what\n"], "UPSTREAM_INVALID_JSON"),
    ],
    ids=["cut", "an error", "no JSON"],
)
def test_json_lines_that_fail(lines: list[bytes], reason: str) -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.enqueue(answers.stream(lines, content_type="application/x-ndjson"))
        found = outcome(STREAM_CHAT, STREAM_CHAT.start(gateway))
    assert (found.reason, found.messages) == (reason, SAME[:1])


@pytest.mark.parametrize("content_type", [answers.JSON, "text/plain", answers.SSE])
@pytest.mark.parametrize("body", [WHOLE, BOM + b"\n" + WHOLE], ids=["plain", "after a mark"])
def test_a_whole_reply_becomes_a_stream(body: bytes, content_type: str) -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.enqueue(answers.body(body, content_type=content_type))
        messages = list(STREAM_CHAT.start(gateway))
        (line,) = gateway.logged("rpc")
    assert "".join(each.choices[0].delta.content for each in messages if each.choices) == CONTENT
    assert all(each.call_info.synthetic_stream for each in messages)
    assert line["status"] == "OK"


def test_a_response_that_is_not_done_is_no_finished_stream() -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.enqueue(answers.json(RESPONSE_OBJECT | {"status": "queued"}))
        found = outcome(STREAM_RESPONSE, STREAM_RESPONSE.start(gateway))
    assert (found.code, found.reason) == (grpc.StatusCode.INTERNAL, "UPSTREAM_TRUNCATED")


def test_a_whole_reply_after_a_mark_of_the_byte_order() -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.enqueue(answers.body(BOM + WHOLE))
        assert outcome(CREATE_CHAT, CREATE_CHAT.start(gateway)).code is OK


@pytest.mark.parametrize(("size", "code"), [(10, OK), (4000, grpc.StatusCode.INTERNAL)])
def test_many_response_headers(size: int, code: grpc.StatusCode) -> None:
    headers = {f"x-edge-{index}": "v" * size for index in range(300)}
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.enqueue(answers.body(WHOLE, headers=headers))
        assert outcome(CREATE_CHAT, CREATE_CHAT.start(gateway)).code is code


@contextmanager
def pair() -> Iterator[tuple[RunningGateway, StandIn, StandIn]]:
    """A gateway with two deployments, of which the first is asked first."""
    with StandIn() as first, StandIn() as second:
        deployments = (
            deployment(first.url, name="first", model_name="*", weight=1),
            deployment(second.url, name="second", model_name="*", weight=0),
        )
        router = RouterConfig(num_retries=0, cooldown_time=0)
        with running_gateway(*deployments, router=router) as gateway:
            yield gateway, first, second


CREATED = STREAM_RESPONSE.events[0]
LIFECYCLE = [CREATED, CREATED | {"type": "response.in_progress"}, {"type": "keepalive", "sequence_number": 2}]
QUOTA = {"type": "insufficient_quota", "code": "insufficient_quota", "message": "No money"}
FAILED = {"type": "response.failed", "response": RESPONSE_OBJECT | {"status": "failed", "error": QUOTA}}
ROLE = chunk("") | {"choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}}]}

AT_FIRST: dict[str, tuple[Any, list[dict[str, Any]]]] = {
    "an error after lifecycle events": (STREAM_RESPONSE, [*LIFECYCLE, {"type": "error", "error": QUOTA}]),
    "an error and a failed response": (STREAM_RESPONSE, [*LIFECYCLE, {"type": "error", "error": QUOTA}, FAILED]),
    "a failed response alone": (STREAM_RESPONSE, [CREATED, FAILED]),
    "an error after the role": (STREAM_CHAT, [ROLE, {"error": QUOTA}]),
    "an error on a choice": (STREAM_CHAT, [ROLE, {"choices": [{"index": 0, "delta": {}, "error": QUOTA}]}]),
}


@pytest.mark.parametrize("name", AT_FIRST)
def test_a_failure_before_the_output_goes_elsewhere(name: str) -> None:
    rpc, events = AT_FIRST[name]
    with pair() as (gateway, first, second):
        first.enqueue(answers.stream(answers.events(events, named=rpc is STREAM_RESPONSE)))
        second.enqueue(rpc.well())
        found = outcome(rpc, rpc.start(gateway))
        (line,) = gateway.logged("rpc")
    assert (found.code, found.messages) == (OK, list(rpc.events))
    assert (line["deployment"], line["attempts"]) == ("second", 2)


def test_what_was_held_back_goes_out_where_no_other_deployment_is_left() -> None:
    error = {"type": "error", "sequence_number": 3, "error": QUOTA}
    failing = answers.stream(answers.events([*LIFECYCLE, error, FAILED], named=True))
    with pair() as (gateway, first, second):
        first.enqueue(failing)
        second.enqueue(failing)
        found = outcome(STREAM_RESPONSE, STREAM_RESPONSE.start(gateway))
    assert (found.code, found.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "INSUFFICIENT_QUOTA")
    kinds = [each["type"] for each in found.messages]
    assert kinds == [each["type"] for each in [*LIFECYCLE, error, FAILED]]


def test_a_failure_after_the_output_began_does_not_go_elsewhere() -> None:
    for rpc, begun in (
        (STREAM_CHAT, [ROLE, STREAM_CHAT.events[0]]),
        (STREAM_RESPONSE, list(STREAM_RESPONSE.events[:2])),
    ):
        error = {"error": QUOTA} if rpc is STREAM_CHAT else {"type": "error", "error": QUOTA}
        with pair() as (gateway, first, second):
            first.enqueue(answers.stream(answers.events([*begun, error], named=rpc is STREAM_RESPONSE)))
            found = outcome(rpc, rpc.start(gateway))
            assert second.requests == []
        assert (found.code, found.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "INSUFFICIENT_QUOTA")
        assert found.messages[: len(begun)] == begun


@pytest.mark.parametrize("rpc", [STREAM_RESPONSE, STREAM_CHAT], ids=["response", "chat"])
def test_the_first_output_and_long_waits_are_not_held_back(rpc: Any) -> None:
    """The upstream sends nothing more until the caller has what it has sent."""
    lifecycle, output = Gate(), Gate()
    events = [CREATED, *rpc.events[1:]] if rpc is STREAM_RESPONSE else [ROLE, *rpc.events]
    pieces = answers.events(events, named=rpc is STREAM_RESPONSE)
    with pair() as (gateway, first, _):
        first.enqueue(answers.stream(pieces, gates={1: lifecycle, 2: output}))
        call = rpc.start(gateway)
        next(call)  # though only a lifecycle event has come, and nothing follows
        lifecycle.open()
        next(call)
        output.open()
        assert len(list(call)) == len(events) - 2
