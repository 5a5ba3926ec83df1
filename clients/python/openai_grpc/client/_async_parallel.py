"""Carries out calls side by side, for asyncio; counterpart of `_parallel`."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from openai_grpc.client.tools import Tool

C = TypeVar("C")


async def carry_out(calls: Sequence[C], most: int, carry: Callable[[C], Awaitable[str]]) -> list[str]:
    """Carries out calls, at most so many at once; the first failure cancels the others."""
    slots = asyncio.Semaphore(most)

    async def one(call: C) -> str:
        async with slots:
            return await carry(call)

    tasks = [asyncio.create_task(one(call)) for call in calls]
    try:
        return list(await asyncio.gather(*tasks))
    except BaseException:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise


async def run(tool: Tool[Any], arguments: tuple[Any, ...]) -> Any:
    """Runs a tool; a blocking one in a thread of its own."""
    if tool.is_async:
        return await tool(*arguments)
    return await asyncio.to_thread(tool, *arguments)
