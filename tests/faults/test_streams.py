"""Streams that go wrong after they began: what came before arrives, and then the status says what happened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import grpc
import pytest

from faults import answers
from faults.outcome import check_failure, outcome, try_fault
from faults.rpcs import CONTENT, STREAM_CHAT, STREAM_RESPONSE, STREAM_TRANSCRIPTION, STREAMING, Rpc, chunk, rpc_name
from faults.stand_in import LIMIT, Gate, StandIn
from support.gateway import deployment, running_gateway

if TYPE_CHECKING:
    from faults.exchange import Exchange
    from faults.outcome import Outcome

Code = grpc.StatusCode
IDS = {"x-request-id": "req_1", "x-ratelimit-remaining-tokens": "5"}


def check_begun(rpc: Rpc, found: Outcome, count: int) -> None:
    """Checks that the messages before the fault arrived, and what the headers said."""
    assert found.messages == list(rpc.events[:count])
    assert (found.info["http_status"], found.info["request_id"], found.pushback) == ("200", "req_1", "-1")
    for metadata in (found.initial, found.trailers):
        assert (metadata["openai-request-id"], metadata["x-ratelimit-remaining-tokens"]) == ("req_1", "5")
        assert metadata["x-request-id"] == "mine"


ENDINGS = {"truncate": "closed", "reset": "reset", "end": "ended without its terminator"}


@pytest.mark.parametrize("rpc", STREAMING, ids=rpc_name)
@pytest.mark.parametrize("count", [0, 1, 2])
@pytest.mark.parametrize("then", ENDINGS, ids=ENDINGS.values())
def test_broken_off(rpc: Rpc, then: str, count: int) -> None:
    if then == "reset" and not count:
        then = "truncate"  # a reset may overtake the headers; `test_connections` has that
    found = try_fault(rpc, answers.stream(rpc.pieces[:count], then=then, headers=IDS))
    assert (found.code, found.reason) == (Code.INTERNAL, "UPSTREAM_TRUNCATED")
    check_begun(rpc, found, count)


def test_broken_off_inside_an_event() -> None:
    first, second, _ = STREAM_CHAT.pieces
    found = try_fault(STREAM_CHAT, answers.stream([first, second[:20]], then="truncate", headers=IDS))
    assert (found.code, found.reason) == (Code.INTERNAL, "UPSTREAM_TRUNCATED")
    check_begun(STREAM_CHAT, found, 1)


NO_EVENT: dict[str, bytes] = {
    "invalid JSON": b"data: {\n\n",
    "no object": b"data: 5\n\n",
    "null": b"data: null\n\n",
    "invalid UTF-8": b'data: {"id": "caf\xe9"}\n\n',
    "half a character": b'data: {"id": "caf\xc3"}\n\n',
    "NaN": b'data: {"created": NaN}\n\n',
    "HTML": b"data: <html>502 Bad Gateway</html>\n\n",
}


@pytest.mark.parametrize("rpc", STREAMING, ids=rpc_name)
@pytest.mark.parametrize("piece", NO_EVENT.values(), ids=NO_EVENT)
def test_an_event_that_is_none(rpc: Rpc, piece: bytes) -> None:
    pieces = [*rpc.pieces[:2], piece, *rpc.pieces[2:]]
    found = try_fault(rpc, answers.stream(pieces, then="stall", headers=IDS))
    assert (found.code, found.reason) == (Code.INTERNAL, "UPSTREAM_INVALID_JSON")
    check_begun(rpc, found, 2)


ERROR = {"message": "That did not work", "type": "server_error", "param": "p", "code": "some_code"}
OVERLOADED = {"message": "Later", "type": "overloaded_error"}
LIMITED = {"message": "Slower", "type": "requests", "code": "rate_limit_exceeded"}
INVALID = {"message": "No such image", "type": "invalid_request_error", "param": "messages[0]"}

SERVER_ERROR = (Code.INTERNAL, "UPSTREAM_ERROR", "That did not work")
RATE_LIMIT = (Code.RESOURCE_EXHAUSTED, "RATE_LIMITED", "Slower")

# RPC, the error as the upstream sends it, whether it is itself a message, and what the caller is told
ERRORS: dict[str, tuple[Rpc, dict[str, Any], bool, tuple[Code, str, str]]] = {
    "chat": (STREAM_CHAT, {"error": ERROR}, False, SERVER_ERROR),
    "chat, a bare string": (STREAM_CHAT, {"error": "no"}, False, (Code.INTERNAL, "UPSTREAM_ERROR", "no")),
    "chat, on a chunk": (STREAM_CHAT, chunk("x") | {"error": ERROR}, True, SERVER_ERROR),
    "chat, overloaded": (STREAM_CHAT, {"error": OVERLOADED}, False, (Code.INTERNAL, "UPSTREAM_ERROR", "Later")),
    "chat, a rate limit": (STREAM_CHAT, {"error": LIMITED}, False, RATE_LIMIT),
    "chat, a bad request": (
        *(STREAM_CHAT, {"error": INVALID}, False),
        (Code.INVALID_ARGUMENT, "INVALID_REQUEST", "No such image"),
    ),
    "response, flat": (
        STREAM_RESPONSE,
        {"type": "error", "sequence_number": 2, "code": "some_code", "message": "That did not work", "param": "p"},
        *(True, SERVER_ERROR),
    ),
    "response, nested": (
        STREAM_RESPONSE,
        {"type": "error", "sequence_number": 2, "error": ERROR},
        *(True, SERVER_ERROR),
    ),
    "response, no event at all": (STREAM_RESPONSE, {"error": LIMITED}, False, RATE_LIMIT),
    "transcription": (STREAM_TRANSCRIPTION, {"error": ERROR}, False, SERVER_ERROR),
    "transcription, an event": (STREAM_TRANSCRIPTION, {"type": "error", "error": ERROR}, False, SERVER_ERROR),
}


@pytest.mark.parametrize(("rpc", "error", "is_message", "expected"), ERRORS.values(), ids=ERRORS)
@pytest.mark.parametrize("then", ["end", "stall", "truncate"])
def test_an_error_inside(
    rpc: Rpc, error: dict[str, Any], is_message: bool, expected: tuple[Code, str, str], then: str
) -> None:
    found = try_fault(rpc, answers.stream([*rpc.pieces[:2], answers.event(error)], then=then, headers=IDS))
    assert (found.code, found.reason, found.text) == expected
    assert found.messages[2:] == ([error] if is_message else [])
    found.messages = found.messages[:2]
    check_begun(rpc, found, 2)


def test_a_failed_response_is_an_answer() -> None:
    failed = {
        "type": "response.failed",
        "sequence_number": 2,
        "response": {
            **STREAM_RESPONSE.events[-1]["response"],
            "status": "failed",
            "error": {"code": "server_error", "message": "That did not work"},
        },
    }
    events = [*STREAM_RESPONSE.events[:2], failed]
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.enqueue(answers.stream(answers.events(events, named=True)))
        found = outcome(STREAM_RESPONSE, STREAM_RESPONSE.start(gateway))
    assert (found.code, found.messages) == (Code.OK, events)


# Shapes that no server should send, of which each reaches the caller or is refused, and none is the gateway's failure.
ODD: dict[str, dict[str, Any]] = {
    "choices is text": {"choices": "x"},
    "choices is a number": {"choices": 5},
    "choices is an object": {"choices": {"index": 0}},
    "a choice is null": {"choices": [None]},
    "a choice is text": {"choices": ["x"]},
    "index is a list": {"choices": [{"index": []}]},
    "index is text": {"choices": [{"index": "0", "delta": {"content": "x"}}]},
    "delta is text": {"choices": [{"index": 0, "delta": "x"}]},
    "delta is a list": {"choices": [{"index": 0, "delta": ["x"]}]},
    "content is a list": {"choices": [{"index": 0, "delta": {"content": [{"type": "text", "text": "x"}]}}]},
    "audio is not base64": {"choices": [{"index": 0, "delta": {"audio": {"data": "abc"}}}]},
    "tool_calls is text": {"choices": [{"index": 0, "delta": {"tool_calls": "x"}}]},
    "a tool call is null": {"choices": [{"index": 0, "delta": {"tool_calls": [None]}}]},
    "usage is text": {"choices": [], "usage": "x"},
    "finish_reason is an object": {"choices": [{"index": 0, "delta": {}, "finish_reason": {"type": "stop"}}]},
    "created is text": {"choices": [], "created": "now"},
}


@pytest.mark.parametrize("accumulate", [False, True])
@pytest.mark.parametrize("value", ODD.values(), ids=ODD)
def test_odd_chunks(value: dict[str, Any], accumulate: bool) -> None:
    request = type(STREAM_CHAT.request)()
    request.CopyFrom(STREAM_CHAT.request)
    request.call_options.accumulate = accumulate
    rpc = Rpc(STREAM_CHAT.service, STREAM_CHAT.name, request, STREAM_CHAT.path, events=STREAM_CHAT.events)
    odd = {"id": "c1", "object": "chat.completion.chunk", "model": "gpt-4o", **value}
    pieces = [rpc.pieces[0], answers.event(odd), answers.event(odd), *rpc.pieces[1:], answers.event("[DONE]")]
    with StandIn() as upstream, running_gateway(deployment(upstream.url, include_usage=False)) as gateway:
        upstream.enqueue(answers.stream(pieces))
        found = outcome(rpc, rpc.start(gateway, metadata=[("x-request-id", "mine")]))
        if found.code is Code.OK:
            assert found.messages[1] == found.messages[2] == odd
            assert len(found.messages) == 5 + accumulate
        else:
            assert found.reason == "UPSTREAM_INVALID_JSON"
            assert found.messages[:1] == list(rpc.events[:1])
            check_failure(found, gateway)


LARGE = 5 * 1024 * 1024


def large(size: int) -> bytes:
    """A chunk whose line has about this size."""
    return answers.event(chunk("x" * size))


def test_a_line_of_5_megabytes() -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.enqueue(answers.stream([large(LARGE), *STREAM_CHAT.pieces, answers.event("[DONE]")]))
        found = outcome(STREAM_CHAT, STREAM_CHAT.start(gateway))
    assert found.messages == [chunk("x" * LARGE), *STREAM_CHAT.events]
    assert found.code is Code.OK


ABOVE: dict[str, tuple[list[bytes], int]] = {
    "an event": ([STREAM_CHAT.pieces[0], large(LARGE), *STREAM_CHAT.pieces[1:]], 1),
    "a line that never ends": ([STREAM_CHAT.pieces[0], b"data: ", b"x" * 16384], 1),
    "comments that never end": ([STREAM_CHAT.pieces[0], b": x\n" * 4096], 1),
    "many lines that never end": ([STREAM_CHAT.pieces[0], b"data: x\n" * 4096], 1),
}


@pytest.mark.parametrize(("pieces", "count"), ABOVE.values(), ids=ABOVE)
def test_an_event_above_the_limit(pieces: list[bytes], count: int) -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url), max_message_bytes=1 << 20) as gateway:
        upstream.enqueue(answers.stream(pieces, then="repeat", headers=IDS))
        found = outcome(STREAM_CHAT, STREAM_CHAT.start(gateway, metadata=[("x-request-id", "mine")]))
        check_failure(found, gateway)
        upstream.exchange(0).closed.result(20)
    assert (found.code, found.reason) == (Code.RESOURCE_EXHAUSTED, "MESSAGE_TOO_LARGE")
    check_begun(STREAM_CHAT, found, count)


def test_bytes_come_one_by_one() -> None:
    whole = b"".join([*STREAM_CHAT.pieces, answers.event("[DONE]")])
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.enqueue(answers.stream([bytes([byte]) for byte in whole]))
        found = outcome(STREAM_CHAT, STREAM_CHAT.start(gateway))
    assert (found.code, found.messages) == (Code.OK, list(STREAM_CHAT.events))
    assert CONTENT in found.messages[0]["choices"][0]["delta"]["content"]


@pytest.mark.parametrize("whole", [True, False], ids=["whole", "broken off"])
def test_a_body_that_ends_with_its_connection(*, whole: bool) -> None:
    gate, pieces = Gate(), STREAM_CHAT.pieces

    async def answer(exchange: Exchange) -> None:
        await exchange.body()
        head = answers.head(200, [("content-type", answers.SSE), ("connection", "close")])
        await exchange.send(head + pieces[0] + (b"".join(pieces[1:]) if whole else b""))
        await gate.passed()
        exchange.close()

    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.enqueue(answer)
        call = STREAM_CHAT.start(gateway, timeout=LIMIT)
        next(call)
        gate.open()
        if whole:
            assert len(list(call)) == len(STREAM_CHAT.events) - 1
        else:
            with pytest.raises(grpc.RpcError, match="before its end marker"):
                list(call)
        assert gateway.logged("rpc")[-1]["status"] == ("OK" if whole else "INTERNAL")
