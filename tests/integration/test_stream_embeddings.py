"""Streams of embeddings: batches within limits, vectors in order, failures by input, usage, cancel."""

import threading
from collections.abc import Iterator
from typing import Any

import grpc
import pytest

from faults import answers
from faults.exchange import Exchange
from faults.http_request import ReceivedRequest
from faults.stand_in import LIMIT, StandIn
from openai_grpc.v1 import CreateEmbeddingRequest, EmbeddingInput, StreamEmbeddingsRequest
from openai_grpc_server.config import GeneralSettings, KeySettings, Secret
from support.failure import failure_of
from support.gateway import RunningGateway, deployment, running_gateway

KEY = "sk-of-the-harbour-office-00001"
SETTINGS = StreamEmbeddingsRequest(config=CreateEmbeddingRequest(model="buoy", dimensions=2))


class Embedder(StandIn):
    """Answers with a vector of the number in each text, in reverse order; refuses a request with `rock` in it.

    Attributes:
        sizes: Number of inputs of each request.
    """

    def __init__(self) -> None:
        super().__init__()
        self.sizes: list[int] = []

    def _answer(self, request: ReceivedRequest) -> Any:
        del request
        return self.embed

    async def embed(self, exchange: Exchange) -> None:
        await exchange.body()
        given = exchange.request.json()["input"]
        self.sizes.append(len(given))
        if "rock" in given:
            await answers.json({"error": {"message": "A rock.", "type": "invalid_request_error"}}, status=400)(exchange)
            return
        if "fog" in given:
            await answers.json({"error": {"message": "Fog.", "type": "server_error"}}, status=500)(exchange)
            return
        numbers = [float(each if isinstance(each, str) else each[0]) for each in given]
        data = [{"object": "embedding", "index": at, "embedding": [n, 1]} for at, n in enumerate(numbers)][::-1]
        usage = {"prompt_tokens": len(given), "total_tokens": len(given)}
        await answers.json({"object": "list", "model": "b", "data": data, "usage": usage})(exchange)


@pytest.fixture(scope="module")
def upstream() -> Iterator[Embedder]:
    with Embedder() as stand_in:
        yield stand_in


@pytest.fixture(scope="module")
def gateway(upstream: Embedder) -> Iterator[RunningGateway]:
    there = deployment(upstream.url, embeddings_batch_inputs=8, embeddings_batch_tokens=20, embeddings_in_flight=3)
    general = GeneralSettings(keys=(KeySettings(name="harbour", key=Secret(KEY), models=("buoy",)),))
    with running_gateway(there, general=general) as running:
        yield running


def texts(*given: str) -> list[StreamEmbeddingsRequest]:
    return [StreamEmbeddingsRequest(input=EmbeddingInput(text=each)) for each in given]


def stream(gateway: RunningGateway, messages: Any) -> Any:
    return gateway.embeddings.StreamEmbeddings(iter(messages), metadata=(("authorization", f"Bearer {KEY}"),))


def test_vectors_come_in_order_within_the_limits(gateway: RunningGateway, upstream: Embedder) -> None:
    upstream.sizes.clear()
    tokens = EmbeddingInput(tokens=EmbeddingInput.TokenIds(values=[500, 7]))
    given = [SETTINGS, *texts(*map(str, range(500))), StreamEmbeddingsRequest(input=tokens), *texts("501", "9" * 120)]
    *replies, last = list(stream(gateway, given))
    assert [each.index for each in replies] == list(range(503))
    assert [list(each.embedding.embedding) for each in replies[:502]] == [[number, 1.0] for number in range(502)]
    assert max(upstream.sizes) <= 8
    assert sum(upstream.sizes) == 503
    assert len(upstream.sizes) < 400  # they are sent together
    assert (last.usage.total_tokens, last.HasField("index")) == (503, False)
    assert last.call_info.deployment == "stand-in"
    line = gateway.logged("rpc")[-1]
    assert (line["input_tokens"], line["model"], line["key"]) == (503, "buoy", "harbour")
    sent = upstream.requests[-1].json()
    assert (sent["model"], sent["dimensions"], sent["encoding_format"]) == ("buoy", 2, "base64")


def test_an_input_that_fails_fails_alone(gateway: RunningGateway) -> None:
    *replies, last = list(stream(gateway, [SETTINGS, *texts("1", "2", "rock", "4", "5", "6")]))
    assert [each.index for each in replies if each.HasField("failure")] == [2]
    failure = replies[2].failure
    assert (failure.code, failure.message) == (grpc.StatusCode.INVALID_ARGUMENT.value[0], "A rock.")
    assert [each.embedding.embedding[0] for each in replies if each.HasField("embedding")] == [1, 2, 4, 5, 6]
    assert last.usage.total_tokens == 5
    *replies, _ = list(stream(gateway, [SETTINGS, *texts("fog")]))
    assert replies[0].failure.code == grpc.StatusCode.INTERNAL.value[0]


def test_a_vector_comes_before_the_next_input_is_sent(gateway: RunningGateway) -> None:
    arrived = threading.Semaphore(0)

    def messages() -> Iterator[StreamEmbeddingsRequest]:
        yield SETTINGS
        for message in texts("1", "2", "3"):
            yield message
            assert arrived.acquire(timeout=LIMIT)

    found = []
    for reply in stream(gateway, messages()):
        found.append(reply)
        arrived.release()
    assert [each.embedding.embedding[0] for each in found[:-1]] == [1, 2, 3]


WRONG = {
    "nothing": [],
    "no settings": texts("1"),
    "settings with an input": [
        StreamEmbeddingsRequest(config=CreateEmbeddingRequest(model="buoy", input=EmbeddingInput(text="1")))
    ],
    "settings twice": [SETTINGS, SETTINGS],
    "a list": [
        SETTINGS,
        StreamEmbeddingsRequest(input=EmbeddingInput(texts=EmbeddingInput.TextList(values=["1"]))),
    ],
}


@pytest.mark.parametrize("messages", WRONG.values(), ids=WRONG)
def test_what_is_no_stream_of_inputs_is_refused(gateway: RunningGateway, messages: Any) -> None:
    assert failure_of(lambda: list(stream(gateway, messages))).code is grpc.StatusCode.INVALID_ARGUMENT


def test_a_model_that_the_key_may_not_use_is_denied(gateway: RunningGateway) -> None:
    settings = StreamEmbeddingsRequest(config=CreateEmbeddingRequest(model="raft"))
    failure = failure_of(lambda: list(stream(gateway, [settings, *texts("1")])))
    assert failure.details["ErrorInfo"].reason == "MODEL_NOT_ALLOWED"


def test_a_cancelled_stream_ends(gateway: RunningGateway) -> None:
    done = threading.Event()

    def messages() -> Iterator[StreamEmbeddingsRequest]:
        yield SETTINGS
        yield from texts("1")
        done.wait(LIMIT)

    call = stream(gateway, messages())
    assert next(call).embedding.embedding[0] == 1
    call.cancel()
    done.set()
    assert gateway.logged("rpc")[-1]["status"] == "CANCELLED"
