"""Reads an answer to its end although its caller has gone: what it used is billed, and is to be known."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from openai_grpc_server.services.call import Call

T = TypeVar("T")


async def drained(call: Call, work: Coroutine[Any, Any, T], limit: Callable[[], float]) -> T:
    """Serves a call; once its caller cancels, nothing is written any more, and the work goes on for a while.

    A second cancel, when the server stops, ends the work at once.

    Args:
        call: The call.
        work: What serves it.
        limit: Returns the seconds that it may take after the cancel.

    Raises:
        asyncio.CancelledError: The caller has cancelled, and the work is over.
    """
    task = asyncio.create_task(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        call.gone = True
        await asyncio.wait({task}, timeout=limit())
        raise
    finally:
        task.cancel()
        await asyncio.wait({task})
        if not task.cancelled():
            task.exception()  # nobody is left to be told of it
