"""Offloads work on large messages to a thread, so that it does not delay other calls.

What takes long with a message is its bytes or the number of its elements, so both decide. The thread shares Python's
lock with the loop: it hands it over between two steps of Python code, but not inside one of the parsers. So what a
parser is given at once is bounded, by `server.max_message_bytes` and `server.max_message_elements`.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar, TypeVarTuple

from google.protobuf.message import Message

from openai_grpc.codec import count_elements, count_json_elements

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
Args = TypeVarTuple("Args")

SMALL = 32 * 1024  # bytes: whatever a message of this size is made of, it takes a few milliseconds
LARGE = 512 * 1024  # bytes: a larger one takes as long even if it is a single text
MANY = 10_000  # elements; each takes up to two microseconds, where an API is served by another
MOST = 1_000_000  # elements that a message may have, unless configured otherwise

# One thread: large messages wait for each other, and small ones have half of a processor at least. They also grow one
# at a time.
_THREAD = ThreadPoolExecutor(1, "large-messages")


def is_large(message_type: type[Message], data: bytes) -> bool:
    """Returns whether a message is to be parsed in the thread."""
    return len(data) > SMALL and (len(data) > LARGE or count_elements(message_type, data, MANY) > MANY)


def is_large_json(data: bytes) -> bool:
    """Returns whether a JSON text is to be parsed in the thread."""
    return len(data) > SMALL and (len(data) > LARGE or count_json_elements(data, MANY) > MANY)


async def beside_loop(large: bool, function: "Callable[[*Args], T]", *args: *Args) -> T:
    """Calls a function, directly or in the thread.

    Args:
        large: Whether in the thread.
        function: The function; nothing else may use its arguments meanwhile.
        args: Its arguments.

    Raises:
        asyncio.CancelledError: The caller was cancelled.
    """
    return await in_thread(function, *args) if large else function(*args)


async def in_thread(function: "Callable[[*Args], T]", *args: *Args) -> T:
    """Calls a function in the thread.

    When the caller is cancelled meanwhile, the function is awaited all the same, unless it has not begun: what it holds
    counts for as long as it is held.

    Args:
        function: The function; nothing else may use its arguments meanwhile.
        args: Its arguments.

    Raises:
        asyncio.CancelledError: The caller was cancelled.
    """
    work = _THREAD.submit(function, *args)
    del args
    future = asyncio.wrap_future(work)
    try:
        return await asyncio.shield(future)
    except asyncio.CancelledError:
        if not work.cancel():
            with suppress(Exception):  # nobody is left to be told
                await future
        raise
    finally:
        del work, future  # one that failed holds the error, and that holds this frame
