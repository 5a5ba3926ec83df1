"""Streams of embeddings by the Python clients: inputs of any kind, in order, failures by input, errors."""

import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any

import grpc
import pytest

from clients.upstream_script import script
from faults.stand_in import LIMIT, StandIn
from openai_grpc import BadRequestError, EmbeddingError, OpenAIGrpcError
from support.gateway import RunningGateway, deployment, running_gateway
from support.python_client import KINDS, Driver, driver


@pytest.fixture(scope="module")
def gateway() -> Iterator[RunningGateway]:
    with StandIn() as upstream, running_gateway(deployment(upstream.url, embeddings_batch_inputs=64)) as running:
        script(upstream)
        yield running


@pytest.fixture(params=KINDS)
def drive(request: pytest.FixtureRequest, gateway: RunningGateway) -> Iterator[Driver]:
    with driver(request.param, gateway.target) as driven:
        yield driven


def numbers(count: int) -> Iterator[str]:
    return ("many" if number == 150 else str(number) for number in range(count))


async def awaited() -> AsyncIterator[str]:
    for each in numbers(3):
        yield each


def test_vectors_are_in_order_and_an_input_fails_alone(drive: Driver) -> None:
    stream = drive(lambda c: c.embeddings.stream(numbers(300), model="counts"))
    results = drive.read(lambda _: stream.vectors())
    assert [each.index for each in results] == list(range(300))
    assert all(list(each.vector) == [each.index] for each in results if each.error is None)
    (failed,) = [each.error for each in results if each.error is not None]
    assert isinstance(failed, EmbeddingError)
    assert (failed.index, failed.status, str(failed)) == (
        *(150, grpc.StatusCode.INVALID_ARGUMENT),
        "input 150: Not a number",
    )
    assert drive(lambda _: stream.final()).total_tokens == 299
    assert drive(lambda _: stream.metadata()).deployment == "stand-in"


def test_an_input_is_taken_when_the_one_before_has_its_vector(drive: Driver) -> None:
    """Reads inputs by need: this generator waits for each vector before it yields the next input."""
    arrived = threading.Semaphore(1)

    def inputs() -> Iterator[str]:
        for number in range(5):
            assert arrived.acquire(timeout=LIMIT)
            yield str(number)

    class Noting(list[Any]):
        def append(self, result: Any) -> None:
            super().append(result)
            arrived.release()

    results = Noting()
    drive.read(lambda c: c.embeddings.stream(inputs(), model="counts").vectors(), results)
    assert [list(each.vector) for each in results] == [[0], [1], [2], [3], [4]]


def test_lists_and_replies_and_leaving(drive: Driver) -> None:
    replies = drive.read(lambda c: c.embeddings.stream(["1", "2"], model="counts"))
    assert [each.embedding.embedding for each in replies[:2]] == [[1], [2]]
    assert replies[2].usage.total_tokens == 2
    left = drive(lambda c: c.embeddings.stream(map(str, range(10**9)), model="counts"))
    assert [list(each.vector) for each in drive.read(lambda _: left.vectors(), most=3)] == [[0], [1], [2]]
    drive(lambda _: left.close())
    with pytest.raises(OpenAIGrpcError, match="left before its end"):
        drive(lambda _: left.final())
    if type(drive).__name__ == "AsyncDriver":
        found = drive.read(lambda c: c.embeddings.stream(awaited(), model="counts").vectors())
        assert [list(each.vector) for each in found] == [[0], [1], [2]]


def broken() -> Iterator[str]:
    yield "1"
    raise RuntimeError("no more tape")


REFUSED: dict[str, tuple[Any, type[Exception], str]] = {
    "a source that breaks": (lambda c: c.embeddings.stream(broken(), model="counts"), RuntimeError, "no more tape"),
    "a single text": (lambda c: c.embeddings.stream("one", model="counts"), TypeError, "inputs are several"),
    "bytes": (lambda c: c.embeddings.stream([b"1"], model="counts"), TypeError, "text, or a list of token ids"),
    "an unknown argument": (lambda c: c.embeddings.stream([], modle="counts"), TypeError, "modle"),
    "an input": (lambda c: c.embeddings.stream([], model="counts", input="x"), BadRequestError, "inputs follow"),
    "no token": (lambda c: c.embeddings.stream([["x"]], model="counts"), TypeError, "str"),
}


@pytest.mark.parametrize(("use", "kind", "words"), REFUSED.values(), ids=REFUSED)
def test_refused(use: Any, kind: type[Exception], words: str, drive: Driver) -> None:
    with pytest.raises(kind, match=words):
        drive.read(use)


def test_an_asynchronous_source_is_for_asyncio(gateway: RunningGateway) -> None:
    with driver("blocking", gateway.target) as drive, pytest.raises(TypeError, match="AsyncClient only"):
        drive.read(lambda c: c.embeddings.stream(awaited(), model="counts"))
