"""Names that callers make up: none of them is kept for long, whatever its length."""

import gc
import tracemalloc
from contextlib import suppress
from pathlib import Path

import grpc

import openai_grpc_server
from faults import answers
from faults.stand_in import StandIn
from openai_grpc.v1 import chat_pb2
from support.gateway import RunningGateway, deployment, running_gateway

NAME = 500_000  # characters
CALLS = 40
BOUND = 4_000_000  # bytes; the names together have 20 MB
SERVER = str(Path(openai_grpc_server.__file__).parent / "*")


def call(gateway: RunningGateway, model: str) -> None:
    with suppress(grpc.RpcError):  # it may be refused for its length, and is not to be kept then either
        gateway.chat.CreateChatCompletion(chat_pb2.CreateChatCompletionRequest(model=model), timeout=20)


def held() -> int:
    """Returns how many bytes the gateway's own code has allocated and holds."""
    gc.collect()
    snapshot = tracemalloc.take_snapshot().filter_traces([tracemalloc.Filter(inclusive=True, filename_pattern=SERVER)])
    return sum(each.size for each in snapshot.statistics("filename"))


def test_long_names_are_not_kept() -> None:
    usage = {"prompt_tokens": 1, "completion_tokens": 1}
    with (
        StandIn() as upstream,
        running_gateway(deployment(upstream.url, model_name="*"), metrics_port=0) as gateway,
    ):
        upstream.on("POST", "/v1/chat/completions", answers.json({"id": "c1", "usage": usage}))
        call(gateway, "short")
        tracemalloc.start()
        try:
            before = held()
            for number in range(CALLS):
                call(gateway, f"{number}" + "x" * NAME)
            gateway.logged("rpc")
            assert held() - before < BOUND
        finally:
            tracemalloc.stop()
