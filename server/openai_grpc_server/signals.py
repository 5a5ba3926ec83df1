"""What a serving process does on the signals of whoever runs it."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def on_signal(act: Callable[[], object]) -> Iterator[None]:
    """Calls a function when the process is asked to end."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, act)
    try:
        yield
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)


def on_hangup(act: Callable[[], object]) -> None:
    """Calls a function on SIGHUP, which would end the process if nobody waited for it."""
    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, act)


def nothing() -> None:
    """Does nothing: while the server starts and stops there is nothing to reload."""


def cancel_this_task() -> Callable[[], object]:
    """Returns what cancels the task that runs now."""
    task = asyncio.current_task()
    return task.cancel if task else lambda: None
