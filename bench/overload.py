"""Measures how long a gateway takes to refuse a call that is one too many.

A process of each server of ours has all its calls in flight and its queue full, by one key. Then more calls with that
key come, for a unary reply or a stream: one after another, or at a rate. Measured is the time from a call to its status
at the caller, which is a part of it: grpc.aio in another process, on loopback. The CPU time is the gateway's alone,
which other load on the machine does not change.
"""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import Any

import grpc.aio
import yaml

from bench.process import started, supervise
from openai_grpc.v1 import chat_pb2, chat_pb2_grpc

SERVERS = ("asyncio", "grpcio")
RATES = (0, 500)  # calls a second; 0: one after another
CALLS = 100  # in flight
QUEUED = 100
KEY = "sk-Hq2Lw8vN4xT6yB9cJ3mF"
BEARER = (("authorization", f"Bearer {KEY}"),)
TEXT = "x" * 10_000  # of a request: a refusal does not read it


@asynccontextmanager
async def upstream() -> AsyncIterator[tuple[str, asyncio.Semaphore]]:
    """Serves requests without an answer; yields the base URL and what is released by each."""
    begun = asyncio.Semaphore(0)

    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if await reader.read(1):
            begun.release()
        while await reader.read(1 << 16):
            pass
        writer.close()

    server = await asyncio.start_server(hold, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1", begun


def configuration(base_url: str, http2: str) -> str:
    """Returns the gateway's configuration."""
    model = {"model": "openai/m", "api_base": base_url, "api_key": "sk-upstream"}
    admission = {"max_queued": QUEUED, "max_queue_time": 600}
    server = {"http2": http2, "max_concurrent_rpcs": CALLS, "admission": admission, "grace_period": 0}
    general = {"keys": [{"name": "noisy", "key": KEY}], "sealing_key": "Wf4Yp9Ts2Gd7Xk1Nb6Vm"}
    models = [{"model_name": "m", "litellm_params": model}]
    return yaml.safe_dump({"model_list": models, "server": server, "general_settings": general})


async def refusals(stub: Any, rate: float, seconds: float, *, streaming: bool) -> list[float]:
    """Makes calls that are refused, for some seconds; returns how long each took, in milliseconds."""
    took: list[float] = []
    request = chat_pb2.CreateChatCompletionRequest(model="m", metadata={"text": TEXT})

    async def call() -> None:
        began = perf_counter()
        try:
            if streaming:
                await stub.StreamChatCompletion(request, metadata=BEARER).read()
            else:
                await stub.CreateChatCompletion(request, metadata=BEARER)
        except grpc.aio.AioRpcError as error:
            if error.code() is not grpc.StatusCode.RESOURCE_EXHAUSTED:
                raise
            took.append((perf_counter() - began) * 1000)
        else:
            raise RuntimeError("a call was served that was one too many")

    first = perf_counter()
    async with asyncio.TaskGroup() as calls:
        while perf_counter() < first + seconds:
            if rate:
                calls.create_task(call())
                await asyncio.sleep(1 / rate)
            else:
                await call()
    return took


async def measure(http2: str, seconds: float, directory: Path) -> list[str]:
    """Returns the lines of a server's table."""
    async with AsyncExitStack() as stack:
        base_url, begun = await stack.enter_async_context(upstream())
        config = directory / f"{http2}.yaml"
        config.write_text(configuration(base_url, http2), encoding="utf-8")
        arguments = ["serve", "--config", str(config), "--port", "0", "--http-port", "0"]
        gateway = await stack.enter_async_context(started("openai_grpc_server", arguments, directory / f"{http2}.log"))
        options = [("grpc.enable_retries", 0)]
        channel = await stack.enter_async_context(grpc.aio.insecure_channel(gateway.address, options))
        stub: Any = chat_pb2_grpc.ChatServiceStub(channel)
        request = chat_pb2.CreateChatCompletionRequest(model="m")
        held = [stub.CreateChatCompletion(request, metadata=BEARER) for _ in range(CALLS + QUEUED)]
        for _ in range(CALLS):
            await begun.acquire()
        # A call that is refused comes after those that fill the queue, on the same connection.
        lines = []
        for rate in RATES:
            for streaming in (False, True):
                await refusals(stub, rate, 0.5, streaming=streaming)
                before = gateway.cpu()
                took = await refusals(stub, rate, seconds, streaming=streaming)
                cpu = (gateway.cpu() - before) / len(took) * 1000
                kind = "stream" if streaming else "unary"
                late = quantiles(took, n=100)[98]
                figures = f"{len(took)} | {median(took):.2f} | {late:.2f} | {max(took):.2f} | {cpu:.2f}"
                lines.append(f"| {http2} | {kind} | {f'{rate} a second' if rate else 'one by one'} | {figures} |")
        for each in held:
            each.cancel()
        return lines


async def run(seconds: float, directory: Path) -> list[str]:
    """Returns the lines of the table."""
    head = ["| `http2` | call | load | refusals | median, ms | 99 %, ms | most, ms | CPU, ms |", f"|{'---|' * 8}"]
    return [*head, *[line for http2 in SERVERS for line in await measure(http2, seconds, directory)]]


def main() -> int:
    """Runs it and prints the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.overload", description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0, help="how long each row is measured (default: 5)")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="openai-grpc-overload-") as directory:
        lines = supervise(run(args.seconds, Path(directory)))
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
