"""A connection to an upstream that can't be opened because this process has no descriptor left."""

import asyncio
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
import uvloop

from openai_grpc_server.errors import ExhaustedError
from openai_grpc_server.routing.failures import RetryPolicy, is_deployments_fault, retry_policy
from openai_grpc_server.upstream import UpstreamRequest
from openai_grpc_server.upstream.transport import LARGE_BODY
from unit.upstream.conftest import connected


@contextmanager
def no_descriptor_left() -> Iterator[None]:
    """Uses up what this process may open."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    last = os.dup(0)
    held = [last]
    resource.setrlimit(resource.RLIMIT_NOFILE, (last + 1, hard))
    try:
        with suppress(OSError):
            while True:
                held.append(os.dup(0))
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        for each in held:
            os.close(each)


@pytest.mark.parametrize("size", [10, LARGE_BODY], ids=["a small request", "a large request"])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_the_gateway_is_to_blame(host: str, size: int) -> None:
    async def main() -> ExhaustedError:
        request = UpstreamRequest(method="POST", path="/chat/completions", body=b"x" * size)
        async with connected(f"http://{host}:1/v1") as client:
            with no_descriptor_left(), pytest.raises(ExhaustedError) as caught:
                await client.send(request)
        return caught.value

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        error = runner.run(main())
    assert error.what == "file descriptors"
    assert (error.code.name, error.reason, error.maybe_billed) == ("RESOURCE_EXHAUSTED", "GATEWAY_OVERLOADED", False)
    assert retry_policy(error, retry_maybe_billed=True) is RetryPolicy.NONE
    assert not is_deployments_fault(error)
