"""Signal handlers of a serving process, and reload of changed files. Imports little: a process defers hangups first."""

import asyncio
import os
import signal
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager

from openai_grpc_server.config.secret import Fingerprint, fingerprint


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
    """Defers SIGHUP during start-up, where it would end the process, to the first `on_hangup`."""
    signal.signal(signal.SIGHUP, lambda *_: _kept.set())


def on_hangup(act: Callable[[], object]) -> None:
    """Calls a function on SIGHUP, and soon for a deferred one, as the configuration may be older than it."""
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGHUP, act)
    if _kept.is_set():
        _kept.clear()
        loop.call_soon(act)


def nothing() -> None:
    """Ignores SIGHUP while the server stops."""


POLL = 1.0  # seconds between two looks at the files


@asynccontextmanager
async def on_change(files: Callable[[], Mapping[str, Fingerprint]], act: Callable[[], object]) -> AsyncIterator[None]:
    """Calls a function once for each change of one of some files.

    They are looked at every second: the kernel notifies of directories, and what Kubernetes mounts are symbolic links
    that change as a whole.

    Args:
        files: Returns the paths, each with the fingerprint of the file that was read.
        act: The function.
    """

    async def poll() -> None:
        tried: Mapping[str, Fingerprint] | None = None
        while True:
            await asyncio.sleep(POLL)
            read = files()
            found = {path: fingerprint(path) for path in read}
            if found not in (read, tried):
                act()
            tried = found

    task = asyncio.create_task(poll())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})


def exit_within(seconds: float) -> None:
    """Ends the process after a timeout, even if something hangs, such as a thread in a DNS lookup."""
    timer = threading.Timer(seconds, os._exit, (0,))
    timer.daemon = True
    timer.start()


def cancel_this_task() -> Callable[[], object]:
    """Returns a function that cancels the current task."""
    task = asyncio.current_task()
    return task.cancel if task else lambda: None
