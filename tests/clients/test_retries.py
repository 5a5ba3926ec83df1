"""Retries of the gateway and of the Python clients do not multiply; other languages have tests like these."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import pytest

from clients.upstream_script import script
from faults import answers
from faults.stand_in import StandIn
from openai_grpc import APIError
from openai_grpc_server.config import RouterConfig
from support.gateway import RunningGateway, deployment, running_gateway
from support.python_client import KINDS, driver

if TYPE_CHECKING:
    from faults.exchange import Answer

# Requests that an upstream which always fails gets for one call with all defaults.
CREATING = {"fails-429": 3, "fails-500": 1, "fails-503": 3, "fails-closing": 1}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("model", "requests"), CREATING.items())
def test_a_call_that_creates(kind: str, model: str, requests: int) -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url), router=RouterConfig()) as gateway:
        script(upstream)
        with driver(kind, gateway.target) as drive:
            with pytest.raises(APIError):
                drive(lambda client: client.chat("hello", model=model))
            assert len(upstream.requests) == requests
            with pytest.raises(APIError):
                drive.read(lambda client: client.chat_stream("hello", model=model))
            assert len(upstream.requests) == 2 * requests


@contextmanager
def several(count: int, router: RouterConfig) -> Iterator[tuple[RunningGateway, list[StandIn]]]:
    """A gateway with several deployments of one name, each at an upstream that always fails."""
    with ExitStack() as stack:
        upstreams = [stack.enter_context(StandIn()) for _ in range(count)]
        deployments = [
            deployment(upstream.url, name=f"{number}", model_name="*") for number, upstream in enumerate(upstreams)
        ]
        for upstream in upstreams:
            script(upstream)
        yield stack.enter_context(running_gateway(*deployments, router=router)), upstreams


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("count", [2, 3, 5])
@pytest.mark.parametrize("model", ["fails-429", "fails-503"])
def test_several_deployments_of_one_name(kind: str, count: int, model: str) -> None:
    with several(count, RouterConfig()) as (gateway, upstreams), driver(kind, gateway.target) as drive:
        with pytest.raises(APIError):
            drive(lambda client: client.chat("hello", model=model))
        assert sum(len(upstream.requests) for upstream in upstreams) == 3
        with pytest.raises(APIError):
            drive.read(lambda client: client.chat_stream("hello", model=model))
        assert sum(len(upstream.requests) for upstream in upstreams) == 6


READING = {
    "429": answers.json({}, status=429),
    "500": answers.json({}, status=500),
    "502": answers.json({}, status=502),
    "503": answers.json({}, status=503),
    "closed": answers.close(),
    "reset": answers.reset(),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("answer", READING.values(), ids=READING)
def test_a_call_that_reads(kind: str, answer: "Answer") -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url), router=RouterConfig()) as gateway:
        upstream.on("GET", "/v1/responses/resp_1", answer)
        with driver(kind, gateway.target) as drive, pytest.raises(APIError):
            drive(lambda client: client.responses.retrieve("resp_1"))
        assert len(upstream.requests) == 3


def test_without_retries_of_the_gateway_clients_make_them() -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        script(upstream)
        with driver("blocking", gateway.target) as drive, pytest.raises(APIError):
            drive(lambda client: client.chat("hello", model="fails-503"))
        assert len(upstream.requests) == 3
