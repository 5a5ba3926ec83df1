"""Event loop that records callbacks and task steps that block it too long.

A step's time is the CPU time of the loop's thread, so that a machine with other things to do fails no test. What
threads beside the loop take from it by Python's lock is not seen here, but by the metric of the loop's lag.
"""

import asyncio
import functools
import gc
import os
import threading
import time
from collections.abc import Callable
from contextvars import Context
from pathlib import Path
from typing import Any, TypeVarTuple

import uvloop

Args = TypeVarTuple("Args")

LIMIT = 0.1  # seconds
HELD_FILE = "OPENAI_GRPC_TEST_HELD"  # names the file in which servers that are processes note what held their loops

# What runs once, before there are callers, or instead of serving them.
ALLOWED = {
    "Gateway.start": "imports what is configured, reads its tables and files, and opens the port",
    "_serve": "as above, of the process",
    "_work": "as above, of a worker",
    "serve_locally": "starts the models that run on the same machine",
    "Pool.reload": "of the supervisor, which serves nobody",
}
PROTOCOL_METHODS = (
    "connection_made",
    "data_received",
    "eof_received",
    "connection_lost",
    "pause_writing",
    "resume_writing",
)

held: list[str] = []
_timed_types: set[type] = set()


class WatchedLoop(uvloop.Loop):
    """uvloop event loop with timed callbacks."""

    def call_soon(
        self, callback: Callable[[*Args], object], *args: *Args, context: Context | None = None
    ) -> asyncio.Handle:
        return super().call_soon(timed(callback), *args, context=context)

    def call_soon_threadsafe(
        self, callback: Callable[[*Args], object], *args: *Args, context: Context | None = None
    ) -> asyncio.Handle:
        return super().call_soon_threadsafe(timed(callback), *args, context=context)

    def call_later(
        self, delay: float, callback: Callable[[*Args], object], *args: *Args, context: Context | None = None
    ) -> asyncio.TimerHandle:
        return super().call_later(delay, timed(callback), *args, context=context)

    def call_at(
        self, when: float, callback: Callable[[*Args], object], *args: *Args, context: Context | None = None
    ) -> asyncio.TimerHandle:
        return super().call_at(when, timed(callback), *args, context=context)

    def add_reader(self, fd: Any, callback: Callable[[*Args], object], *args: *Args) -> None:
        super().add_reader(fd, timed(callback), *args)

    def add_writer(self, fd: Any, callback: Callable[[*Args], object], *args: *Args) -> None:
        super().add_writer(fd, timed(callback), *args)

    async def create_server(self, protocol_factory: Any, *args: Any, **options: Any) -> Any:
        return await super().create_server(timed_protocol(protocol_factory), *args, **options)

    async def create_connection(self, protocol_factory: Any, *args: Any, **options: Any) -> Any:
        return await super().create_connection(timed_protocol(protocol_factory), *args, **options)


def timed(callback: Callable[..., Any]) -> Callable[..., Any]:
    """Returns the callback, timed."""

    def run(*args: Any) -> Any:
        begun = time.thread_time() - collections.seconds
        try:
            return callback(*args)
        finally:
            spent = time.thread_time() - collections.seconds - begun
            if spent > LIMIT:
                note(callback, spent)

    return run


class Collections(threading.local):
    """CPU time of garbage collections by thread, if measured.

    Where gateways run in the process of the tests, a collection looks through all that the tests and their tools hold.
    A server that is a process has nothing of that, and there it counts.
    """

    begun = 0.0
    seconds = 0.0

    def leave_out(self) -> None:
        """Starts measuring them, to exclude them."""
        gc.callbacks.append(self._notice)

    def _notice(self, phase: str, _: dict[str, int]) -> None:
        if phase == "start":
            self.begun = time.thread_time()
        else:
            self.seconds += time.thread_time() - self.begun


collections = Collections()


def timed_protocol(factory: Callable[[], Any]) -> Callable[[], Any]:
    """Returns a factory of protocols whose methods are timed.

    Their classes are changed: a method in a protocol's own dictionary would be a reference cycle.
    """

    @functools.wraps(factory)
    def make() -> Any:
        protocol = factory()
        kind = type(protocol)
        if kind not in _timed_types and kind.__module__ != "asyncio.protocols":
            _timed_types.add(kind)
            for name in PROTOCOL_METHODS:
                if (method := getattr(kind, name, None)) is not None:
                    setattr(kind, name, timed_method(method))
        return protocol

    return make


def timed_method(method: Callable[..., Any]) -> Callable[..., Any]:
    """Returns the method of a class, timed."""

    @functools.wraps(method)
    def run(self: Any, *args: Any) -> Any:
        return timed(functools.partial(method, self))(*args)

    return run


def note(callback: Any, seconds: float) -> None:
    """Records what blocked the loop, unless it is allowed to."""
    names = name_of(callback)
    if not ALLOWED.keys() & set(names):
        line = f"{seconds * 1000:.0f} ms of CPU in one step of {' > '.join(names)}"
        if threading.current_thread() is threading.main_thread():  # of a server that is a process
            with Path(os.environ[HELD_FILE]).open("a") as file:
                file.write(f"{line} (process {os.getpid()})\n")
        else:
            held.append(line)


def take(file: Path) -> list[str]:
    """Returns what was recorded here and by child processes since the last call."""
    lines = [*held]
    held.clear()
    if file.stat().st_size:
        lines += file.read_text().splitlines()
        file.write_text("")
    return lines


def name_of(callback: Any) -> list[str]:
    """Names a callback; for a task step, its coroutines from the outermost to the current await."""
    task: Any = getattr(callback, "__self__", None)
    coroutine = task.get_coro() if hasattr(task, "get_coro") else None
    if coroutine is None:
        return [getattr(getattr(callback, "func", callback), "__qualname__", repr(callback))]
    names = []
    while coroutine is not None:
        names.append(getattr(coroutine, "__qualname__", type(coroutine).__name__))
        coroutine = getattr(coroutine, "cr_await", None)
    return names
