"""A stand-in upstream, and a client of it in a running loop."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

import pytest
import uvloop

from faults.stand_in import LIMIT, StandIn
from openai_grpc_server.upstream import UpstreamClient

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine, Iterator

    Run = Callable[[Coroutine[Any, Any, None]], None]


@pytest.fixture
def upstream() -> Iterator[StandIn]:
    with StandIn() as stand_in:
        yield stand_in


@pytest.fixture(params=[asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
def run(request: pytest.FixtureRequest) -> Run:
    """Runs a test's coroutine to its end, on each kind of loop."""

    def call(work: Coroutine[Any, Any, None]) -> None:
        async def bounded() -> None:
            async with asyncio.timeout(LIMIT):
                await work

        with asyncio.Runner(loop_factory=request.param) as runner:
            runner.run(bounded())

    return call


@contextlib.asynccontextmanager
async def connected(base_url: str, **options: Any) -> AsyncIterator[UpstreamClient]:
    """A client of `base_url` that is closed in the end."""
    client = UpstreamClient(base_url, **options)
    try:
        yield client
    finally:
        await client.aclose()
