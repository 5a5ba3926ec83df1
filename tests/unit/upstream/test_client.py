"""Requests as they reach the upstream, and answers as they come back."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import httpx2
import pytest
from grpc import StatusCode

from faults import answers
from openai_grpc_server.errors import GatewayError, MessageTooLargeError
from openai_grpc_server.upstream import CallLimits, UpstreamClient, UpstreamRequest
from unit.upstream.conftest import connected

if TYPE_CHECKING:
    from faults.stand_in import StandIn
    from unit.upstream.conftest import Run


def create(path: str = "/chat/completions", *, streaming: bool = False, body: bytes = b"{}") -> UpstreamRequest:
    return UpstreamRequest(method="POST", path=path, body=body, content_type="application/json", streaming=streaming)


def get(path: str = "/models") -> UpstreamRequest:
    return UpstreamRequest(method="GET", path=path, safe=True)


def test_a_request_goes_up_as_it_is_and_with_nothing_else(upstream: StandIn, run: Run) -> None:
    upstream.on("POST", "/v1/responses/resp_1%2F2", answers.json({"id": "r"}))

    async def main() -> None:
        async with connected(f"{upstream.url}/v1/") as client:
            request = UpstreamRequest(
                method="POST",
                path="/responses/resp_1%2F2",
                query=[("include[]", "a b"), ("include[]", "c&d")],
                headers=[("authorization", "Bearer sk-1"), ("openai-project", "p")],
                body=b'{"a":1}',
                content_type="application/json",
            )
            async with await client.send(request) as response:
                assert (response.status, await response.read()) == (200, b'{"id":"r"}')

    run(main())
    received = upstream.requests[0]
    assert (received.method, received.path, received.json()) == ("POST", "/v1/responses/resp_1%2F2", {"a": 1})
    assert received.query == [("include[]", "a b"), ("include[]", "c&d")]
    headers = {name.lower(): value for name, value in received.headers}
    assert headers.pop("user-agent").startswith("openai-grpc")
    assert headers == {
        "host": upstream.url.removeprefix("http://"),
        "authorization": "Bearer sk-1",
        "openai-project": "p",
        "accept": "application/json",
        "accept-encoding": "gzip, deflate",
        "content-type": "application/json",
        "content-length": "7",
    }


def test_a_get_has_no_body_and_a_stream_is_not_compressed(upstream: StandIn, run: Run) -> None:
    upstream.on("GET", "/v1/models", answers.json({}))
    upstream.on("POST", "/v1/chat/completions", answers.stream([]))

    async def main() -> None:
        async with connected(f"{upstream.url}/v1") as client:
            for request in (get(), create(streaming=True)):
                async with await client.send(request) as response:
                    await response.read()

    run(main())
    plain, stream = upstream.requests
    assert (plain.header("content-length"), plain.header("transfer-encoding"), len(plain.body)) == (None, None, 0)
    assert (stream.header("accept"), stream.header("accept-encoding")) == ("text/event-stream", "identity")


def test_the_query_of_the_base_url_goes_with_every_request(upstream: StandIn, run: Run) -> None:
    upstream.on("GET", "/openai/models", answers.json({}))

    async def main() -> None:
        async with connected(f"{upstream.url}/openai?api-version=2026-01-01") as client:
            request = get()
            request.query = [("limit", "2")]
            await (await client.send(request)).close()

    run(main())
    assert upstream.requests[0].query == [("api-version", "2026-01-01"), ("limit", "2")]


@pytest.mark.parametrize("url", ["", "api.openai.com/v1", "ftp://x", "http://", "http://user:secret@host/v1"])
def test_a_base_url_that_is_none(url: str) -> None:
    with pytest.raises(ValueError, match="base URL") as caught:
        UpstreamClient(url)
    assert "secret" not in str(caught.value)


def test_an_answers_headers(upstream: StandIn, run: Run) -> None:
    headers = {"X-Request-ID": "req_1", "x-ratelimit-limit-requests": "5", "set-cookie": "a=b"}
    upstream.enqueue(answers.json({}, headers=headers), answers.json({}))

    async def main() -> None:
        async with connected(upstream.url) as client:
            for _ in range(2):
                async with await client.send(get("/")) as response:
                    await response.read()
                    if response.headers.get("x-request-id"):
                        assert response.metadata == (
                            ("openai-request-id", "req_1"),
                            ("x-ratelimit-limit-requests", "5"),
                        )

    run(main())
    assert upstream.requests[1].header("cookie") is None


def test_an_error_answer_is_raised_with_all_that_it_says(upstream: StandIn, run: Run) -> None:
    error = {"error": {"message": "slow down", "type": "requests", "param": None, "code": "rate_limit_exceeded"}}
    headers = {"retry-after-ms": "250", "x-request-id": "req_1", "x-ratelimit-remaining-requests": "0"}
    upstream.enqueue(answers.json(error, status=429, headers=headers), answers.json({}))

    async def main() -> None:
        async with connected(upstream.url) as client:
            with pytest.raises(GatewayError, match="slow down") as caught:
                await client.send(create())
            failure = caught.value
            assert (failure.code, failure.http_status) == (StatusCode.RESOURCE_EXHAUSTED, 429)
            assert (failure.retry_after, failure.request_id) == (0.25, "req_1")
            assert ("x-ratelimit-remaining-requests", "0") in failure.trailing_metadata()
            await (await client.send(create())).read()

    run(main())
    assert upstream.connections == 1


def test_redirects_are_not_followed(upstream: StandIn, run: Run) -> None:
    upstream.enqueue(answers.json({}, status=307, headers={"location": f"{upstream.url}/elsewhere"}))

    async def main() -> None:
        async with connected(upstream.url) as client:
            with pytest.raises(GatewayError) as caught:
                await client.send(get("/"))
            assert (caught.value.code, caught.value.reason) == (StatusCode.INTERNAL, "UPSTREAM_REDIRECT")

    run(main())
    assert len(upstream.requests) == 1


def test_only_the_beginning_of_a_huge_error_is_read(upstream: StandIn, run: Run) -> None:
    upstream.enqueue(answers.body(b"x" * 50_000_000, status=500, content_type="text/plain"))

    async def main() -> None:
        async with connected(upstream.url) as client:
            with pytest.raises(GatewayError, match=r"^x+$"):
                await client.send(create())
            await asyncio.wrap_future(upstream.exchange(0).closed)

    run(main())
    assert upstream.accepted_bytes < 50_000_000


@pytest.mark.parametrize("streaming", [False, True])
def test_an_answer_over_the_limit(upstream: StandIn, run: Run, streaming: bool) -> None:
    upstream.enqueue(answers.stream([b"data: " + b"x" * 500] * 3, then="stall"))

    async def main() -> None:
        async with connected(upstream.url, max_response_bytes=1000) as client:
            response = await client.send(create(streaming=streaming))
            with pytest.raises(MessageTooLargeError, match="1000 bytes") as caught:
                assert [event async for event in response.events()] if streaming else await response.read()
            assert caught.value.maybe_billed
            await asyncio.wrap_future(upstream.exchange(0).closed)

    run(main())


def test_events_of_any_size_encoding_and_cut(upstream: StandIn, run: Run) -> None:
    huge = b"x" * 5_000_000
    stream = (
        b": PROCESSING\n\n" + answers.event(huge) + answers.event(b"\xff\xfe", name="odd") + answers.event("[DONE]")
    )
    upstream.enqueue(answers.stream([stream[:3], stream[3:70_000], stream[70_000:]]))

    async def main() -> None:
        async with connected(upstream.url) as client, await client.send(create(streaming=True)) as response:
            events = [(event.event, event.data) async for event in response.events()]
            assert events == [("", huge), ("odd", b"\xff\xfe"), ("", b"[DONE]")]

    run(main())


def test_the_last_event_needs_no_empty_line(upstream: StandIn, run: Run) -> None:
    upstream.enqueue(answers.stream([b"data: a\n\ndata: [DO", b"NE]"]))

    async def main() -> None:
        async with connected(upstream.url) as client, await client.send(create(streaming=True)) as response:
            assert [event.data async for event in response.events()] == [b"a", b"[DONE]"]

    run(main())


def test_another_transport_can_be_injected(run: Run) -> None:
    seen: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        return httpx2.Response(200, content=b"data: a\n\n")

    async def main() -> None:
        async with connected("https://host/v1", transport=httpx2.MockTransport(answer)) as client:
            response = await client.send(create(streaming=True))
            assert [event.data async for event in response.events()] == [b"a"]

    run(main())
    assert str(seen[0].url) == "https://host/v1/chat/completions"
    assert seen[0].extensions["timeout"] == {"connect": 5.0}


@pytest.mark.parametrize(("seconds", "ended"), [(0.3, False), (0.398, False), (0.3995, True), (0.4, True), (0.5, True)])
def test_a_timer_that_fires_a_millisecond_early_ends_the_time_for_connecting(seconds: float, ended: bool) -> None:
    limits = CallLimits(started=0.0, connect=0.4)
    assert limits.not_connected(seconds / 2) is None
    assert (limits.not_connected(seconds / 2) is not None) == ended
