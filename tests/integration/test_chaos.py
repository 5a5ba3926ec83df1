"""Two upstreams that fail at random, many calls: nobody sees a failure that the other could have served."""

import asyncio
import random
from collections import Counter
from typing import TYPE_CHECKING, Any

import grpc.aio
import pytest

from faults import answers
from faults.stand_in import StandIn
from openai_grpc.v1 import chat_pb2, chat_pb2_grpc
from openai_grpc_server.config import RouterConfig
from support.gateway import deployment, on_loop, running_gateway

if TYPE_CHECKING:
    from faults.exchange import Answer, Exchange

CHAT = "/v1/chat/completions"
CALLS = 2000
AT_ONCE = 20
FAULT_RATE = 0.3
COMPLETION = answers.json({"id": "c1", "object": "chat.completion", "choices": []})
CHUNKS = answers.stream(
    answers.events([{"id": "c", "choices": [{"index": 0, "delta": {"content": "x"}, "finish_reason": "stop"}]}])
)
# Of these upstream bills nothing, so that any of them may be followed by another attempt.
HARMLESS: dict[str, "Answer"] = {
    "429": answers.json({"error": {"message": "slow down"}}, status=429, headers={"retry-after-ms": "1"}),
    "503": answers.json({"error": {"message": "no"}}, status=503),
    "401": answers.json({"error": {"message": "no"}}, status=401),
}
# After these nobody knows.
BILLED: dict[str, "Answer"] = {
    "500": answers.json({"error": {"message": "no"}}, status=500),
    "reset": answers.reset(),
    "close": answers.close(),
    "no JSON": answers.body(b"<html>what"),
}


class Faulty:
    """Answers with a fault now and then, but never to both attempts of one call: the other upstream could serve it.

    Args:
        faults: The faults.
        seed: Makes the faults the same in each run.

    Attributes:
        ledger: How many requests got which answer.
        faulted: The calls that have met a fault, by the `user` of their requests.
    """

    def __init__(self, faults: dict[str, "Answer"], seed: int) -> None:
        self.ledger: Counter[str] = Counter()
        self.faulted: dict[str, str] = {}
        self._faults = faults
        self._random = random.Random(seed)  # noqa: S311 - no secret

    async def answer(self, exchange: "Exchange") -> None:
        """Answers a request."""
        await exchange.body()
        value = exchange.request.json()
        fault = self._random.choice(list(self._faults))
        if value["user"] in self.faulted or self._random.random() >= FAULT_RATE:
            self.ledger["good"] += 1
            await (CHUNKS if value.get("stream") else COMPLETION)(exchange)
            return
        self.faulted[value["user"]] = fault
        self.ledger[fault] += 1
        await self._faults[fault](exchange)


async def call_all(target: str) -> list[tuple[str, int]]:
    """Makes the calls, every other one a stream; returns for each the status and the attempts that it tells of."""
    free = asyncio.Semaphore(AT_ONCE)

    async def one(stub: Any, number: int) -> tuple[str, int]:
        request = chat_pb2.CreateChatCompletionRequest(model="m", user=str(number))
        async with free:
            call = (stub.StreamChatCompletion if number % 2 else stub.CreateChatCompletion)(request, timeout=30)
            try:
                if number % 2:
                    assert len([message async for message in call]) == 1
                else:
                    await call
                metadata = await call.initial_metadata()
            except grpc.aio.AioRpcError as error:
                return error.code().name, attempts(error.trailing_metadata())
            return "OK", attempts(metadata)

    async with grpc.aio.insecure_channel(target) as channel:
        stub = chat_pb2_grpc.ChatServiceStub(channel)
        return await asyncio.gather(*(one(stub, number) for number in range(CALLS)))


def attempts(metadata: Any) -> int:
    return int(dict(metadata).get("openai-grpc-attempts", 1))


ROUTERS: dict[str, tuple[dict[str, "Answer"], RouterConfig, bool]] = {
    "faults that are not billed": (HARMLESS, RouterConfig(num_retries=0, cooldown_time=0.01), True),
    "faults that may be billed": (HARMLESS | BILLED, RouterConfig(num_retries=0, cooldown_time=0.01), False),
    "faults that may be billed, and calls that may be billed twice": (
        HARMLESS | BILLED,
        RouterConfig(num_retries=0, cooldown_time=0.01, retry_maybe_billed=True),
        True,
    ),
}


@pytest.mark.parametrize(("faults", "router", "all_served"), ROUTERS.values(), ids=ROUTERS)
def test_chaos(faults: dict[str, "Answer"], router: RouterConfig, all_served: bool) -> None:
    chaos = Faulty(faults, seed=1)
    with StandIn() as first, StandIn() as second:
        for upstream in (first, second):
            upstream.on("POST", CHAT, chaos.answer)
        with running_gateway(
            deployment(first.url, name="first", model_name="m"),
            deployment(second.url, name="second", model_name="m"),
            router=router,
        ) as gateway:
            outcomes = on_loop(call_all(gateway.target))
            logged = gateway.logged("rpc")
    failed = sum(status != "OK" for status, _ in outcomes)
    final = sum(fault in BILLED for fault in chaos.faulted.values())
    assert failed == (0 if all_served else final)
    assert chaos.faulted, "there were faults"
    requests = len(first.requests) + len(second.requests)
    assert requests == chaos.ledger.total() == sum(made for _, made in outcomes)
    assert requests == sum(line["attempts"] for line in logged)
    assert chaos.ledger["good"] == CALLS - failed
