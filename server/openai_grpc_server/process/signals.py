"""Signal handlers of a serving process."""

import asyncio
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def on_signal(act: Callable[[], object]) -> Iterator[None]:
    """Calls a function on SIGTERM and SIGINT."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, act)
    try:
        yield
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)


_kept = threading.Event()


def keep_hangups() -> None:
    """Keeps SIGHUP, which would end a process that is still starting, for the first `on_hangup`."""
    signal.signal(signal.SIGHUP, lambda *_: _kept.set())


def on_hangup(act: Callable[[], object]) -> None:
    """Calls a function on SIGHUP, and soon for one that was kept: the configuration may have been read before it."""
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGHUP, act)
    if _kept.is_set():
        _kept.clear()
        loop.call_soon(act)


def nothing() -> None:
    """Does nothing: while the server stops there is nothing to reload."""


def exit_within(seconds: float) -> None:
    """Ends the process after a while even if something hangs, such as a thread that waits for a name server."""
    timer = threading.Timer(seconds, os._exit, (0,))
    timer.daemon = True
    timer.start()


def cancel_this_task() -> Callable[[], object]:
    """Returns what cancels the task that runs now."""
    task = asyncio.current_task()
    return task.cancel if task else lambda: None
