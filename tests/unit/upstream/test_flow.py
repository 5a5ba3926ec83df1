"""Cancellation, backpressure, and connections that are kept or dropped."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from faults import answers
from faults.stand_in import Gate, StandIn
from openai_grpc_server.errors import GatewayError, UpstreamConnectionLostError
from openai_grpc_server.upstream import Timeouts, UpstreamClient, UpstreamRequest
from unit.upstream.conftest import connected

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from faults.exchange import Exchange
    from openai_grpc_server.upstream import ServerSentEvent
    from unit.upstream.conftest import Run

EVENT = answers.event({"n": 1})


def request(body: bytes | AsyncIterator[bytes] = b"{}", *, streaming: bool = True) -> UpstreamRequest:
    return UpstreamRequest(method="POST", path="/", body=body, streaming=streaming)


async def consume(client: UpstreamClient, sent: UpstreamRequest, first: asyncio.Event | None = None) -> int:
    """Reads a stream to its end and returns the number of its events; `first` is set at the first."""
    count = 0
    async with await client.send(sent) as response:
        async for _ in response.events():
            count += 1
            if first is not None:
                first.set()
    return count


async def drain(events: AsyncIterator[object]) -> None:
    async for _ in events:
        pass


async def exchange(upstream: StandIn, index: int = 0) -> Exchange:
    return await asyncio.to_thread(upstream.exchange, index)


async def endless() -> AsyncIterator[bytes]:
    while True:
        yield b"x" * 65536


@pytest.mark.parametrize("phase", ["before the answer", "before an event", "inside an upload"])
def test_a_cancelled_task_closes_the_socket(upstream: StandIn, run: Run, phase: str) -> None:
    cancelled = Gate()

    async def slow(exchange: Exchange) -> None:
        await cancelled.passed()  # meanwhile the upload gets stuck in buffers
        await exchange.body()

    answer = {
        "before the answer": answers.stall(),
        "before an event": answers.stream([EVENT], then="stall"),
        "inside an upload": slow,
    }[phase]
    upstream.enqueue(answer)

    async def main() -> None:
        async with connected(upstream.url) as client:
            body = endless() if phase == "inside an upload" else b"{}"
            first = asyncio.Event()
            task = asyncio.create_task(consume(client, request(body), first))
            began = await exchange(upstream)
            if phase == "before an event":
                await first.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            cancelled.open()
            await asyncio.wrap_future(began.closed)

    run(main())


def test_leaving_a_stream_drops_its_connection(upstream: StandIn, run: Run) -> None:
    upstream.enqueue(answers.stream([EVENT], then="repeat"))

    async def main() -> None:
        async with connected(upstream.url) as client:
            async with await client.send(request()) as response:
                async for event in response.events():
                    assert event.data == b'{"n":1}'
                    break
            await asyncio.wrap_future(upstream.exchange(0).closed)

    run(main())


def test_a_reader_that_stops_stops_the_upstream(run: Run) -> None:
    with StandIn(send_buffer=65536) as upstream:
        upstream.enqueue(answers.stream([answers.event("x" * 1000)], then="repeat"))

        async def main() -> None:
            limits = Timeouts(idle=1)  # runs only while somebody waits
            async with connected(upstream.url, timeouts=limits) as client, await client.send(request()) as response:
                events = response.events()
                await anext(events)
                stopped = await asyncio.to_thread(upstream.settled_bytes, 0.7)
                assert stopped == await asyncio.to_thread(upstream.settled_bytes, 0.7)
                for _ in range(stopped // 1000 + 1000):
                    await anext(events)
                assert await asyncio.to_thread(upstream.settled_bytes, 0.7) > stopped

        run(main())


@pytest.mark.parametrize(
    ("then", "options", "reason"),
    [
        ("end", {}, ""),
        ("reset", {}, "UPSTREAM_TRUNCATED"),
        ("stall", {"timeouts": Timeouts(idle=0.3)}, "IDLE_TIMEOUT"),
        ("end", {"max_response_bytes": 12}, "MESSAGE_TOO_LARGE"),
    ],
    ids=["end", "reset", "silence", "too large"],
)
def test_events_are_offered_as_they_arrive(
    upstream: StandIn, run: Run, then: str, options: dict[str, Any], reason: str
) -> None:
    first, second, third, fourth, fifth = (answers.event({"n": n}) for n in range(5))
    pieces = [first, second[:9], second[9:] + third, fourth + fifth, answers.event({"n": 12345678})[:-1]]
    gates = {index: Gate() for index in (0, 1, 3, 4)}
    upstream.enqueue(answers.stream(pieces, gates=gates, then=then))
    offered: list[list[bytes]] = []

    def take(events: list[ServerSentEvent]) -> list[ServerSentEvent]:
        offered.append([event.data for event in events])
        for gate in [1, 3, 4][: len(offered)]:
            gates[gate].open()
        return events[1:] if len(offered) == 3 else []

    async def main() -> None:
        left: list[list[bytes]] = []
        failure = ""
        async with connected(upstream.url, **options) as client, await client.send(request()) as response:
            gates[0].open()
            try:
                async for events in response.event_batches(take):
                    left += [[event.data for event in events]]
            except GatewayError as error:
                failure = error.reason
        assert offered == [[b'{"n":0}'], [b'{"n":1}', b'{"n":2}'], [b'{"n":3}', b'{"n":4}']]
        assert left == [[b'{"n":4}'], *([] if reason else [[b'{"n":12345678}']])]
        assert failure == reason

    run(main())


def test_time_that_is_up_while_nobody_reads_drops_the_connection(upstream: StandIn, run: Run) -> None:
    upstream.enqueue(answers.stream([EVENT], then="repeat"))

    async def main() -> None:
        async with connected(upstream.url, timeouts=Timeouts(total=0.5)) as client:
            response = await client.send(request())
            events = response.events()
            await anext(events)
            await asyncio.wrap_future(upstream.exchange(0).closed)
            with pytest.raises(GatewayError) as caught:
                await drain(events)
            assert caught.value.reason == "TOTAL_TIMEOUT"

    run(main())


def test_connections_are_used_again(upstream: StandIn, run: Run) -> None:
    chat = answers.events([{"n": 1}])
    late = Gate()
    upstream.enqueue(
        answers.json({}),
        answers.stream(chat),
        answers.stream(chat, gates={2: late}),
        answers.json({"error": "no"}, status=400),
        answers.json({}),
    )

    async def main() -> None:
        async with connected(upstream.url) as client:
            await (await client.send(request(streaming=False))).read()
            assert await consume(client, request()) == 2
            async with await client.send(request()) as response:  # left at [DONE], before the body has ended
                async for event in response.events():
                    if event.data == b"[DONE]":
                        break
            late.open()
            await asyncio.wait(asyncio.all_tasks() - {asyncio.current_task()})  # what reads the end of the body
            with pytest.raises(GatewayError):
                await client.send(request())
            await (await client.send(request(streaming=False))).read()

    run(main())
    assert upstream.connections == 1


def test_a_pooled_connection_that_was_closed_is_replaced(upstream: StandIn, run: Run) -> None:
    upstream.on("POST", "/", answers.json({}))

    async def main() -> None:
        async with connected(upstream.url) as client:
            for _ in range(3):
                await (await client.send(request(streaming=False))).read()
                upstream.drop_connections()  # blocks the loop, so that only the kernel knows before the next request

    run(main())
    assert (len(upstream.requests), upstream.connections) == (3, 3)


def test_a_create_call_is_never_sent_twice(upstream: StandIn, run: Run) -> None:
    upstream.enqueue(answers.json({}), answers.close())

    async def main() -> None:
        async with connected(upstream.url) as client:
            await (await client.send(request(streaming=False))).read()
            with pytest.raises(UpstreamConnectionLostError):
                await client.send(request(streaming=False))

    run(main())
    assert (len(upstream.requests), upstream.connections) == (2, 1)


def test_many_calls_at_once_are_not_queued(upstream: StandIn, run: Run) -> None:
    gate = Gate()
    upstream.on("POST", "/", answers.stream([EVENT], gates={0: gate}))

    async def main() -> None:
        async with connected(upstream.url) as client:
            calls = [asyncio.create_task(consume(client, request())) for _ in range(150)]
            await exchange(upstream, 149)
            gate.open()
            assert await asyncio.gather(*calls) == [1] * 150

    run(main())
    assert upstream.connections == 150
