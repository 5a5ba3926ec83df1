"""Reads an answer to its end although its caller has gone: what it used is billed, and is to be known."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar, cast

from openai_grpc_server.calls.call import Call
from openai_grpc_server.errors.frames import forget_frames

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
    task = asyncio.create_task(outcome(work))
    try:
        result, error = await asyncio.shield(task)
    except asyncio.CancelledError:
        call.gone = True
        try:
            await asyncio.wait({task}, timeout=limit())
        finally:
            task.cancel()
            await asyncio.wait({task})
            if not task.cancelled() and (error := task.result()[1]) is not None:  # nobody is left to be told of it
                forget_frames(error)
        raise
    finally:
        del task
    if error is None:
        return cast("T", result)
    try:
        raise error
    finally:
        del error  # it holds this frame


async def outcome(work: Coroutine[Any, Any, T]) -> tuple[T | None, BaseException | None]:
    """Returns what some work returns, or what it raises: a task would keep the frames that an error passed through."""
    try:
        return await work, None
    except BaseException as error:  # noqa: BLE001 - raised by who is told of it
        return None, error
