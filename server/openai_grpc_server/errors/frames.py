"""Errors without the frames that they passed through.

Frames hold requests and replies, and often the error itself: a cycle that only a garbage collection would end.
"""

from collections.abc import Awaitable
from typing import TypeVar

import grpc.aio

T = TypeVar("T")


def forget_frames(error: BaseException) -> None:
    """Lets go of the frames that an error passed through, of its causes, and of the frames of those."""
    links: list[BaseException | None] = [error]
    while links:
        link = links.pop()
        if link is not None:
            links += (link.__cause__, link.__context__)
            link.__traceback__ = link.__cause__ = link.__context__ = None  # an error may be among its own causes


async def unwound(work: Awaitable[T]) -> T | grpc.aio.AbortError:
    """Awaits what may abort an RPC.

    grpc.aio keeps the error of an abort with the RPC's context, and an error keeps the frames that it passes through.
    So the method that raises it again must hold nothing by then: `del` its arguments first, and the error itself after.

    Returns:
        Its result, or the error, without frames, which the method must raise.
    """
    try:
        return await work
    except grpc.aio.AbortError as error:
        return error.with_traceback(None)
