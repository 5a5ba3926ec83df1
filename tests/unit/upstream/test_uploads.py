"""Bodies that go up while they arrive."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from grpc import StatusCode

from faults import answers
from faults.stand_in import Gate, StandIn
from openai_grpc_server.errors import GatewayError, InvalidArgumentError
from openai_grpc_server.upstream import FilePart, Multipart, Timeouts, UpstreamClient, UpstreamRequest
from unit.upstream.conftest import connected

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from faults.exchange import Exchange
    from unit.upstream.conftest import Run


async def exchange(upstream: StandIn) -> Exchange:
    return await asyncio.to_thread(upstream.exchange, 0)


def open_files() -> int:
    return sum(1 for _ in Path("/dev/fd").iterdir())


async def read(client: UpstreamClient, request: UpstreamRequest) -> bytes:
    async with await client.send(request) as response:
        return await response.read()


def upload(content: AsyncIterator[bytes], size: int | None = None, *, streaming: bool = False) -> UpstreamRequest:
    form = Multipart([("model", "whisper-1")], [FilePart(name="file", filename="a.wav", content=content, size=size)])
    return UpstreamRequest(
        method="POST",
        path="/audio/transcriptions",
        body=form,
        content_type=form.content_type,
        content_length=form.content_length,
        streaming=streaming,
    )


async def parts(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


@pytest.mark.parametrize("size", [None, 10])
def test_the_first_byte_goes_up_before_the_last_was_sent(upstream: StandIn, run: Run, size: int | None) -> None:
    upstream.enqueue(answers.json({"text": "hello"}))

    async def main() -> None:
        last_may_go = asyncio.Event()

        async def content() -> AsyncIterator[bytes]:
            yield b"first"
            await last_may_go.wait()
            yield b"after"

        async with connected(upstream.url) as client:
            call = asyncio.create_task(client.send(upload(content(), size)))
            received = await exchange(upstream)
            await asyncio.wrap_future(received.first_byte)
            assert not received.received.done()
            last_may_go.set()
            assert await (await call).read() == b'{"text":"hello"}'

    run(main())
    received = upstream.requests[0]
    assert b"firstafter" in received.body
    if size is None:
        assert received.header("transfer-encoding") == "chunked"
        assert received.header("content-length") is None
    else:
        assert received.header("content-length") == str(len(received.body))
        assert received.header("transfer-encoding") is None


def test_a_declared_size_that_is_not_kept(upstream: StandIn, run: Run) -> None:
    upstream.enqueue(answers.json({}))

    async def main() -> None:
        async with connected(upstream.url) as client:
            with pytest.raises(InvalidArgumentError, match="3 bytes were declared, but 2 came"):
                await client.send(upload(parts(b"12"), size=3))
            await asyncio.wrap_future(upstream.exchange(0).closed)

    run(main())


def test_what_the_body_raises_is_raised(upstream: StandIn, run: Run) -> None:
    upstream.enqueue(answers.json({}))

    async def content() -> AsyncIterator[bytes]:
        yield b"1"
        raise LookupError("the caller's stream broke")

    async def main() -> None:
        async with connected(upstream.url) as client:
            with pytest.raises(LookupError, match="the caller's stream broke"):
                await client.send(upload(content()))
            await asyncio.wrap_future(upstream.exchange(0).closed)

    run(main())


def test_an_upstream_that_answers_before_the_upload_has_ended(upstream: StandIn, run: Run) -> None:
    async def too_large(exchange: Exchange) -> None:
        async for _ in exchange.chunks():
            break
        body = b'{"error":{"message":"too large"}}'
        await exchange.send(answers.head(413, [("content-length", str(len(body)))]) + body)
        await exchange.stall()

    upstream.enqueue(too_large)

    async def main() -> None:
        closed = asyncio.Event()

        async def content() -> AsyncIterator[bytes]:
            try:
                while True:
                    yield b"x" * 1000
                    await asyncio.sleep(0)
            finally:
                closed.set()

        async with connected(upstream.url) as client:
            with pytest.raises(GatewayError, match="too large") as caught:
                await client.send(upload(content()))
            assert caught.value.code is StatusCode.INVALID_ARGUMENT
            await asyncio.wrap_future(upstream.exchange(0).closed)
            await closed.wait()

    run(main())


@pytest.mark.parametrize("answered", [False, True])
def test_an_abandoned_upload_that_nobody_reads_leaves_no_socket(upstream: StandIn, run: Run, answered: bool) -> None:
    async def deaf(exchange: Exchange) -> None:
        if answered:
            await exchange.send(answers.head(200, [("transfer-encoding", "chunked")]))
        await exchange.stall()

    upstream.enqueue(deaf)

    async def main() -> None:
        async def content() -> AsyncIterator[bytes]:
            while True:
                yield b"x" * 1_000_000  # more than the buffers of the system take

        async with connected(upstream.url) as client:
            call = asyncio.create_task(read(client, upload(content())))
            await exchange(upstream)
            await asyncio.wait({call}, timeout=0.5)
            sockets = open_files()
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
            for _ in range(10):  # turns of the loop
                await asyncio.sleep(0)
            assert open_files() < sockets

    run(main())


def test_a_connection_lost_inside_an_upload_was_not_billed(upstream: StandIn, run: Run) -> None:
    upstream.enqueue(answers.reset(read_request=False))

    async def main() -> None:
        async def content() -> AsyncIterator[bytes]:
            yield b"1"
            await asyncio.Event().wait()

        async with connected(upstream.url) as client:
            with pytest.raises(GatewayError) as caught:
                await client.send(upload(content()))
            error = caught.value
            assert (error.code, error.reason) == (StatusCode.UNAVAILABLE, "UPSTREAM_CONNECTION_LOST")
            assert not error.maybe_billed

    run(main())


def test_the_first_token_is_waited_for_from_the_end_of_the_upload(upstream: StandIn, run: Run) -> None:
    gate = Gate()
    upstream.enqueue(answers.stream([answers.event("a")]))

    async def content() -> AsyncIterator[bytes]:
        yield b"1"
        await gate.passed()
        yield b"2"

    async def main() -> None:
        async with connected(upstream.url, timeouts=Timeouts(first_token=0.5)) as client:
            call = asyncio.create_task(client.send(upload(content(), streaming=True)))
            await asyncio.wait({call}, timeout=0.7)
            gate.open()
            assert [event.data async for event in (await call).events()] == [b"a"]

    run(main())


def test_a_large_body_in_one_piece(upstream: StandIn, run: Run) -> None:
    upstream.enqueue(answers.json({}))
    body = bytes(range(256)) * 40_000

    async def main() -> None:
        async with connected(upstream.url) as client:
            await (await client.send(UpstreamRequest(method="POST", path="/", body=body))).read()

    run(main())
    assert upstream.requests[0].body == body
    assert upstream.requests[0].header("content-length") == str(len(body))
