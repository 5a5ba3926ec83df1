"""A stop while calls come all the time: each ends as it should, or is told to go elsewhere."""

import asyncio
import signal
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import grpc
import grpc.aio
import pytest

from faults import answers
from faults.stand_in import StandIn
from openai_grpc.v1 import chat_pb2, chat_pb2_grpc
from support.gateway import LIMIT
from support.process import ServerProcess, server_process
from support.workers import OWN_CONNECTION, write_configuration

CHAT = "/v1/chat/completions"
REQUEST = chat_pb2.CreateChatCompletionRequest(model="m")
COMPLETION = answers.json({"id": "c1", "object": "chat.completion", "model": "m", "choices": []})
CALLERS = 20  # with a connection each
CALLS = 4  # at once on each connection
WARM_UP = 200  # calls


@dataclass
class Load:
    """Callers that call again and again.

    Attributes:
        warm: Is set once enough calls were served.
        ended: How calls ended.
    """

    warm: asyncio.Event = field(default_factory=asyncio.Event)
    ended: Counter[str] = field(default_factory=Counter)
    over: bool = False

    async def caller(self, stub: "chat_pb2_grpc.ChatServiceAsyncStub") -> None:
        """Calls until it is over."""
        while not self.over:
            try:
                await stub.CreateChatCompletion(REQUEST, timeout=LIMIT)
                self.ended["OK"] += 1
            except grpc.aio.AioRpcError as error:
                self.ended[error.code().name] += 1
            if self.ended["OK"] >= WARM_UP:
                self.warm.set()


async def stopped_under_load(server: ServerProcess) -> Counter[str]:
    """Stops a server and returns how calls ended until it was gone."""
    load = Load()
    channels = [grpc.aio.insecure_channel(server.address, OWN_CONNECTION) for _ in range(CALLERS)]
    stubs = [chat_pb2_grpc.ChatServiceStub(each) for each in channels]
    callers = [asyncio.create_task(load.caller(each)) for each in stubs for _ in range(CALLS)]
    async with asyncio.timeout(LIMIT):
        await load.warm.wait()
    server.send(signal.SIGTERM)
    code = await asyncio.to_thread(server.wait)
    load.over = True
    await asyncio.gather(*callers)
    for each in channels:
        await each.close()
    assert code == 0
    return load.ended


@pytest.mark.parametrize("workers", [1, 2])
def test_no_call_is_cancelled(tmp_path: Path, workers: int) -> None:
    file = tmp_path / "config.yaml"
    with StandIn() as upstream:
        upstream.on("POST", CHAT, COMPLETION)
        write_configuration(file, upstream=upstream.url, server={"workers": workers})
        with server_process(tmp_path / "log", "--config", str(file)) as server:
            ended = asyncio.run(stopped_under_load(server))
    assert set(ended) == {"OK", "UNAVAILABLE"}
