"""What goes wrong between the gateway and its upstream, and the exact failure that it becomes."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from grpc import StatusCode

from faults import answers
from faults.stand_in import Gate, StandIn, refusing
from openai_grpc_server.errors import CallerDeadlineError, GatewayError, InvalidArgumentError
from openai_grpc_server.upstream import AiohttpTransport, Timeouts, UpstreamClient, UpstreamRequest
from unit.upstream.conftest import connected

if TYPE_CHECKING:
    from collections.abc import Iterator

    from faults.exchange import Answer
    from unit.upstream.conftest import Run

INTERNAL, UNAVAILABLE = StatusCode.INTERNAL, StatusCode.UNAVAILABLE
DEADLINE = StatusCode.DEADLINE_EXCEEDED
EVENT = answers.event({"n": 1})
HTML = answers.body(b"<html><body>Bad gateway</body></html>", status=502, content_type="text/html")


def request(*, safe: bool = False, streaming: bool = True, deadline: float | None = None) -> UpstreamRequest:
    return UpstreamRequest(method="POST", path="/", body=b"{}", safe=safe, streaming=streaming, deadline=deadline)


async def failure(client: UpstreamClient, sent: UpstreamRequest) -> tuple[GatewayError, list[bytes]]:
    """The failure of a call, and the events that came before it."""
    events = []
    with pytest.raises(GatewayError) as caught:  # noqa: PT012 - where it surfaces depends on the fault
        async with await client.send(sent) as response:
            async for event in response.events():
                events.append(event.data)  # noqa: PERF401 - those before the failure count
    return caught.value, events


@pytest.mark.parametrize(
    ("answer", "code", "reason", "events"),
    [
        (answers.reset(), INTERNAL, "UPSTREAM_CONNECTION_LOST", 0),
        (answers.close(), INTERNAL, "UPSTREAM_CONNECTION_LOST", 0),
        (answers.raw(b"HTTP/1.1 200 OK\r\ncontent-"), INTERNAL, "UPSTREAM_CONNECTION_LOST", 0),
        (answers.raw(b"not HTTP at all\r\n\r\n"), INTERNAL, "UPSTREAM_PROTOCOL_ERROR", 0),
        (answers.raw(b"HTTP/1.1 200 OK\r\nbad header\r\n\r\n"), INTERNAL, "UPSTREAM_PROTOCOL_ERROR", 0),
        (answers.stream([EVENT, EVENT], then="truncate"), INTERNAL, "UPSTREAM_TRUNCATED", 2),
        (answers.stream([], then="truncate"), INTERNAL, "UPSTREAM_TRUNCATED", 0),
        (answers.raw(b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n" + EVENT), INTERNAL, "UPSTREAM_TRUNCATED", 1),
        (answers.json({"error": "down"}, status=503), UNAVAILABLE, "UPSTREAM_UNAVAILABLE", 0),
    ],
)
def test_faults_of_a_create_call(  # noqa: PLR0917 - a row of the table
    upstream: StandIn, run: Run, answer: Answer, code: StatusCode, reason: str, events: int
) -> None:
    upstream.enqueue(answer)

    async def main() -> None:
        async with connected(upstream.url) as client:
            error, came = await failure(client, request())
            assert (error.code, error.reason) == (code, reason)
            assert error.maybe_billed == (code is not UNAVAILABLE)
            assert len(came) == events

    run(main())
    assert len(upstream.requests) == 1


@pytest.mark.parametrize("then", ["reset", "truncate", "garbage"])
def test_a_stream_that_breaks_after_its_first_event(upstream: StandIn, run: Run, then: str) -> None:
    gate = Gate()
    upstream.enqueue(answers.stream([EVENT], gates={1: gate}, then=then))

    async def main() -> None:
        async with connected(upstream.url) as client, await client.send(request()) as response:
            events = response.events()
            assert (await anext(events)).data == b'{"n":1}'
            gate.open()
            with pytest.raises(GatewayError) as caught:
                await anext(events)
            assert (caught.value.code, caught.value.reason) == (INTERNAL, "UPSTREAM_TRUNCATED")
            assert caught.value.maybe_billed
            await asyncio.wrap_future(upstream.exchange(0).closed)

    run(main())


def test_events_that_came_before_the_connection_was_lost_are_not(upstream: StandIn, run: Run) -> None:
    gate = Gate()
    upstream.enqueue(answers.stream([EVENT] * 3, gates={1: gate}, then="truncate"), answers.json({}))

    async def main() -> None:
        async with connected(upstream.url) as client, await client.send(request()) as response:
            events = response.events()
            await anext(events)
            gate.open()
            await asyncio.wrap_future(upstream.exchange(0).closed)
            await (await client.send(request())).read()  # came later, so the loss has been noticed
            assert [(await anext(events)).data for _ in range(2)] == [b'{"n":1}'] * 2
            with pytest.raises(GatewayError, match="lost"):
                await anext(events)

    run(main())


def test_html_is_kept_as_text(upstream: StandIn, run: Run) -> None:
    upstream.enqueue(HTML, HTML)

    async def main() -> None:
        async with connected(upstream.url) as client:
            error, _ = await failure(client, request())
            assert (error.code, error.message, error.maybe_billed) == (INTERNAL, "Bad gateway", True)
            error, _ = await failure(client, request(safe=True))
            assert (error.code, error.message, error.maybe_billed) == (UNAVAILABLE, "Bad gateway", False)

    run(main())


@pytest.mark.parametrize("answer", [answers.reset(), answers.close()])
def test_a_safe_call_is_sent_once_more(upstream: StandIn, run: Run, answer: Answer) -> None:
    upstream.enqueue(answer, answers.json({}), answer, answer)

    async def main() -> None:
        async with connected(upstream.url) as client:
            assert await (await client.send(request(safe=True))).read() == b"{}"
            error, _ = await failure(client, request(safe=True))
            assert (error.reason, error.maybe_billed) == ("UPSTREAM_CONNECTION_LOST", False)

    run(main())
    assert len(upstream.requests) == 4


def test_refused(run: Run) -> None:
    async def main() -> None:
        with refusing() as url:
            async with connected(url) as client:
                error, _ = await failure(client, request())
        assert (error.code, error.reason, error.maybe_billed) == (UNAVAILABLE, "UPSTREAM_CONNECT_FAILED", False)
        assert "127.0.0.1" not in error.message  # where upstreams are is not the caller's business

    run(main())


@contextlib.contextmanager
def deaf() -> Iterator[str]:
    """The URL of a port whose queue of connections is full, so that the next one hangs."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def test_connect_timeout(run: Run) -> None:
    async def main() -> None:
        with deaf() as url:
            async with connected(url, timeouts=Timeouts(connect=0.05)) as client:
                error, _ = await failure(client, request())
        assert (error.code, error.reason, error.maybe_billed) == (UNAVAILABLE, "UPSTREAM_CONNECT_TIMEOUT", False)

    run(main())


SHORT = 0.2  # seconds
ENOUGH = 0.8  # seconds in which an event comes also on a busy machine


@pytest.mark.parametrize(
    ("answer", "timeouts", "deadline", "reason", "events"),
    [
        (answers.stall(), Timeouts(first_token=SHORT), None, "FIRST_TOKEN_TIMEOUT", 0),
        (answers.stream([], then="stall"), Timeouts(first_token=SHORT), None, "FIRST_TOKEN_TIMEOUT", 0),
        (answers.stream([b": wait\n\n"], then="repeat"), Timeouts(first_token=SHORT), None, "FIRST_TOKEN_TIMEOUT", 0),
        (answers.stream([EVENT], then="stall"), Timeouts(idle=SHORT), None, "IDLE_TIMEOUT", 1),
        (
            answers.stream([EVENT, b": wait\n\n"], then="repeat"),
            Timeouts(total=2 * ENOUGH, idle=ENOUGH),
            None,
            "TOTAL_TIMEOUT",
            1,
        ),
        (answers.stall(), Timeouts(total=SHORT), None, "TOTAL_TIMEOUT", 0),
        (answers.stream([EVENT], then="stall"), Timeouts(total=ENOUGH), None, "TOTAL_TIMEOUT", 1),
        (answers.stall(), Timeouts(), SHORT, "CALLER_DEADLINE", 0),
        (answers.stream([EVENT], then="stall"), Timeouts(), ENOUGH, "CALLER_DEADLINE", 1),
    ],
)
def test_timers(  # noqa: PLR0917 - a row of the table
    upstream: StandIn,
    run: Run,
    answer: Answer,
    timeouts: Timeouts,
    deadline: float | None,
    reason: str,
    events: int,
) -> None:
    check_timer(upstream, run, answer, timeouts, deadline, reason, events)


@pytest.mark.parametrize(
    ("answer", "timeouts", "deadline", "reason", "events"),
    [
        (answers.stall(), Timeouts(total=SHORT), None, "TOTAL_TIMEOUT", 0),
        (answers.stream([EVENT], then="stall"), Timeouts(idle=SHORT), None, "IDLE_TIMEOUT", 1),
        (answers.stream([EVENT], then="stall"), Timeouts(), ENOUGH, "CALLER_DEADLINE", 1),
    ],
)
def test_timers_of_limits_that_were_far_away(  # noqa: PLR0917 - a row of the table
    upstream: StandIn,
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    answer: Answer,
    timeouts: Timeouts,
    deadline: float | None,
    reason: str,
    events: int,
) -> None:
    monkeypatch.setattr("openai_grpc_server.upstream.request._NEAR", 0.02)
    monkeypatch.setattr("openai_grpc_server.upstream.request._LOOK", 0.01)
    check_timer(upstream, run, answer, timeouts, deadline, reason, events)


def check_timer(  # noqa: PLR0917 - a row of the table
    upstream: StandIn,
    run: Run,
    answer: Answer,
    timeouts: Timeouts,
    deadline: float | None,
    reason: str,
    events: int,
) -> None:
    upstream.enqueue(answers.json({}), answer)

    async def main() -> None:
        transport = AiohttpTransport()
        patient = UpstreamClient(upstream.url, transport=transport)
        await (await patient.send(request(safe=True))).read()  # connects, so that only the answer is timed
        async with connected(upstream.url, timeouts=timeouts, transport=transport) as client:
            end = None if deadline is None else time.monotonic() + deadline
            error, came = await failure(client, request(deadline=end))
            assert (error.code, error.reason, error.maybe_billed) == (DEADLINE, reason, True)
            assert len(came) == events
            await asyncio.wrap_future(upstream.exchange(1).closed)

    run(main())


def test_a_timer_of_a_safe_call_bills_nothing(upstream: StandIn, run: Run) -> None:
    upstream.enqueue(answers.stall())

    async def main() -> None:
        async with connected(upstream.url, timeouts=Timeouts(total=SHORT)) as client:
            error, _ = await failure(client, request(safe=True))
            assert (error.code, error.reason, error.maybe_billed) == (DEADLINE, "TOTAL_TIMEOUT", False)

    run(main())


def test_a_deadline_that_has_passed_sends_nothing(upstream: StandIn, run: Run) -> None:
    async def main() -> None:
        async with connected(upstream.url) as client:
            with pytest.raises(CallerDeadlineError) as caught:
                await client.send(request(deadline=time.monotonic() - 1))
            assert not caught.value.maybe_billed

    run(main())
    assert upstream.requests == []


UNSENDABLE: dict[str, tuple[dict[str, Any], str]] = {
    "a header beyond ASCII": ({"headers": [("x-a", "caf\u00e9")]}, "x-a: not a legal HTTP header value"),
    "a line break in a header": ({"headers": [("x-a", "1\r\nx-b: 2")]}, "x-a: not a legal HTTP header value"),
    "a path that is too long for a URL": ({"path": "/responses/" + "x" * 70_000}, "the path and query of"),
    "half a character in the query": ({"query": [("after", "\ud83c")]}, "the path and query of"),
}


@pytest.mark.parametrize(("facts", "message"), UNSENDABLE.values(), ids=UNSENDABLE)
@pytest.mark.parametrize("body", [b"{}", b"", b"x" * (1 << 20)], ids=["short", "none", "large"])
def test_a_request_that_cannot_be_written_is_no_fault_of_the_upstreams(
    upstream: StandIn, run: Run, facts: dict[str, Any], message: str, body: bytes
) -> None:
    async def main() -> None:
        async with connected(upstream.url) as client:
            sent: dict[str, Any] = {"method": "POST", "path": "/", "body": body, **facts}
            with pytest.raises(InvalidArgumentError, match=message):
                await client.send(UpstreamRequest(**sent))

    run(main())
    assert upstream.connections == 0


def test_a_connection_that_was_gone_before_its_body_was_read(
    upstream: StandIn, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def gone(_: aiohttp.StreamReader) -> bytes:
        raise RuntimeError("Connection closed.")

    upstream.enqueue(answers.stream([EVENT], then="stall"))
    monkeypatch.setattr(aiohttp.StreamReader, "readany", gone)

    async def main() -> None:
        async with connected(upstream.url) as client:
            error, _ = await failure(client, request())
            assert error.reason == "UPSTREAM_TRUNCATED"

    run(main())
