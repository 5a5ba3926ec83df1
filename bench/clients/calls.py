"""Makes the calls that standard input names, with this repository's Python client, its stubs alone or OpenAI's.

    python -m bench.clients.calls ours ADDRESS async|sync
    python -m bench.clients.calls stubs ADDRESS async|sync
    python -m bench.clients.calls openai URL async|sync

A line is `KIND WORKERS CALLS`, where `KIND` is `chat`, `burst` (a stream as fast as it goes) or `paced`. What came of
it is written as a line: how many units were received, which are calls or chunks with text, and how many characters.
The programs of the other languages do the same.
"""

import asyncio
import sys
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import grpc
import grpc.aio
from openai import AsyncOpenAI, OpenAI

from bench.exchanges import CHAT, STREAMED
from bench.exchanges.chat import MESSAGES
from bench.exchanges.exchange import to_json
from openai_grpc import AsyncClient, Client
from openai_grpc.codec import from_json
from openai_grpc.v1.chat_pb2 import CreateChatCompletionRequest
from openai_grpc.v1.chat_pb2_grpc import ChatServiceStub

WHOLE: Any = {"model": CHAT, "messages": MESSAGES, "temperature": 0.5, "max_completion_tokens": 256}
STREAM: Any = {"messages": MESSAGES, "temperature": 0.5}
OPENAI_STREAM: Any = {**STREAM, "stream": True, "stream_options": {"include_usage": True}}
MODELS = {"burst": CHAT, "paced": STREAMED["fast chat stream"][0]}
CLIENTS = {
    ("ours", "sync"): Client,
    ("ours", "async"): AsyncClient,
    ("openai", "sync"): OpenAI,
    ("openai", "async"): AsyncOpenAI,
}
Received = tuple[int, int]  # units, characters


def text(chunk: Any) -> str:
    """Returns the text of a chunk."""
    return (chunk.choices[0].delta.content or "") if chunk.choices else ""


def count(texts: list[str]) -> Received:
    """Returns how many texts are not empty, and their characters."""
    return sum(map(bool, texts)), sum(map(len, texts))


def methods(library: str, address: str, style: str) -> tuple[Callable[[], Any], Callable[[str], Any]]:
    """Returns a call, and a stream of a model."""
    if library == "stubs":
        channel: Any = (grpc.aio if style == "async" else grpc).insecure_channel(address)
        stub: Any = ChatServiceStub(channel)
        whole = from_json(CreateChatCompletionRequest, to_json(WHOLE))

        def stream(model: str) -> Any:
            return stub.StreamChatCompletion(
                from_json(CreateChatCompletionRequest, to_json({"model": model, **STREAM}))
            )

        return partial(stub.CreateChatCompletion, whole), stream
    kind: Any = CLIENTS[library, style]
    client = kind(address) if library == "ours" else kind(base_url=address, api_key="sk-bench", max_retries=0)
    completions = client.chat.completions
    create = partial(completions.create, **WHOLE)
    if library == "ours":
        return create, lambda model: completions.stream(model=model, **STREAM)
    return create, lambda model: completions.create(model=model, **OPENAI_STREAM)


def sync_calls(library: str, address: str) -> dict[str, Callable[[], Received]]:
    """Returns the calls of a synchronous client."""
    create, start = methods(library, address, "sync")

    def chat() -> Received:
        return count([create().choices[0].message.content])

    def stream(model: str) -> Received:
        return count([text(chunk) for chunk in start(model)])

    return {"chat": chat, **{kind: partial(stream, model) for kind, model in MODELS.items()}}


def async_calls(library: str, address: str) -> dict[str, Callable[[], Coroutine[Any, Any, Received]]]:
    """Returns the calls of an asynchronous client."""
    create, start = methods(library, address, "async")

    async def chat() -> Received:
        return count([(await create()).choices[0].message.content])

    async def stream(model: str) -> Received:
        started = start(model)
        chunks = await started if library == "openai" else started
        return count([text(chunk) async for chunk in chunks])

    return {"chat": chat, **{kind: partial(stream, model) for kind, model in MODELS.items()}}


def main(library: str, address: str, style: str) -> None:
    """Makes calls until standard input ends."""
    if style == "async":
        asyncio.run(serve_async(library, address))
        return
    calls = sync_calls(library, address)
    for line in sys.stdin:
        kind, workers, number = line.split()
        with ThreadPoolExecutor(int(workers)) as pool:
            tell([received.result() for received in [pool.submit(calls[kind]) for _ in range(int(number))]])


async def serve_async(library: str, address: str) -> None:
    """Makes calls on an event loop until standard input ends."""
    calls = async_calls(library, address)
    while line := await asyncio.to_thread(sys.stdin.readline):
        kind, workers, number = line.split()
        left = iter(range(int(number)))

        async def work(kind: str = kind, left: Any = left) -> list[Received]:
            return [await calls[kind]() for _ in left]

        tell([each for some in await asyncio.gather(*(work() for _ in range(int(workers)))) for each in some])


def tell(received: list[Received]) -> None:
    """Writes what was received."""
    units, characters = map(sum, zip(*received, strict=True))
    sys.stdout.write(f"{units} {characters}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
