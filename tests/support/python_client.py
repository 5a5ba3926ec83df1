"""Drivers of both Python clients, for blocking tests.

with driver("asyncio", gateway.target) as drive:
    reply = drive(lambda client: client.chat("hello"))
    pieces = drive.read(lambda client: client.chat_stream("hello"))
"""

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from openai_grpc import AsyncClient, Client
from support.gateway import on_loop

KINDS = ("blocking", "asyncio")

Use = Callable[[Any], Any]


class BlockingDriver:
    """Drives `Client`."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def __call__(self, use: Use) -> Any:
        """Returns what a use of the client returns."""
        return use(self._client)

    def read(self, use: Use, into: list[Any] | None = None, most: int = -1) -> list[Any]:
        """Reads a stream.

        Args:
            use: Makes the stream.
            into: What is read goes here, also if the stream fails.
            most: After how many items to leave it; the stream is then dropped.
        """
        items = [] if into is None else into
        for item in use(self._client):
            items.append(item)
            if len(items) == most:
                break
        return items

    def close(self) -> None:
        """Closes the client."""
        self._client.close()


class AsyncDriver:
    """Drives `AsyncClient`, on the event loop of the gateways: gRPC's poller does not like several."""

    def __init__(self, client: AsyncClient) -> None:
        self._client = client

    def __call__(self, use: Use) -> Any:
        """Returns what a use of the client returns, or gives when it is awaited."""

        async def run() -> Any:
            result = use(self._client)
            return await result if inspect.isawaitable(result) else result

        return on_loop(run())

    def read(self, use: Use, into: list[Any] | None = None, most: int = -1) -> list[Any]:
        """Reads a stream, as `BlockingDriver.read` does."""
        items = [] if into is None else into

        async def run() -> None:
            async for item in use(self._client):
                items.append(item)
                if len(items) == most:
                    break

        on_loop(run())
        return items

    def close(self) -> None:
        """Closes the client."""
        on_loop(self._client.close())


Driver = BlockingDriver | AsyncDriver


@contextmanager
def driver(kind: str, target: str, **settings: Any) -> Iterator[Driver]:
    """Yields the driver of a client that is made with these settings."""
    driven: Driver = (
        BlockingDriver(Client(target, **settings))
        if kind == "blocking"
        else AsyncDriver(AsyncClient(target, **settings))
    )
    try:
        yield driven
    finally:
        driven.close()
