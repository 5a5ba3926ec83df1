"""Signal handlers of a serving process, and files that it reads anew when they change."""

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


POLL = 1.0  # seconds between two looks at the files


@asynccontextmanager
async def on_change(files: Callable[[], Mapping[str, Fingerprint]], act: Callable[[], object]) -> AsyncIterator[None]:
    """Calls a function when one of some files is no longer the one that was read; once, until it changes again.

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
    """Ends the process after a while even if something hangs, such as a thread that waits for a name server."""
    timer = threading.Timer(seconds, os._exit, (0,))
    timer.daemon = True
    timer.start()


def cancel_this_task() -> Callable[[], object]:
    """Returns what cancels the task that runs now."""
    task = asyncio.current_task()
    return task.cancel if task else lambda: None
