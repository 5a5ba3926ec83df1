"""Non-blocking standard streams of this process and of its children; unread lines are dropped and counted.

A write to a full pipe, to a terminal that is paused or to a journal that hangs would hold the event loop, and with it
every call and the signals that end the process. So the descriptors themselves become non-blocking, which covers what
C libraries and `faulthandler` write there too, and `sys.stdout` and `sys.stderr` become an `Output`.
"""

import errno
import io
import json
import os
import select
import stat
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

LINE_LIMIT: Final = 4096  # bytes: PIPE_BUF, up to which writes of several processes to one pipe don't mix
BACKLOG: Final = 4 << 20  # bytes of lines that wait for a reader who is late
FLUSH_LIMIT: Final = 1.0  # seconds that a process that ends waits for its last lines
_RELAY_CHUNK: Final = 1 << 16
_POLL: Final = 0.01  # seconds
_REPORTS_BACKLOG: Final = 64 << 20  # bytes; a page of metrics may be one of many series


class Output(io.TextIOBase):
    """A text stream whose writes neither wait nor fail.

    What can't be written at once waits in a backlog, which a thread writes; what it has no room for is dropped.

    Args:
        descriptor: Where it is written; non-blocking, or a file.
        backlog: How many bytes may wait.

    Attributes:
        dropped: How many lines were dropped.
        on_recovered: Is called, perhaps in another thread, once lines that waited are written.
    """

    def __init__(self, descriptor: int, backlog: int = BACKLOG) -> None:
        self.dropped = 0
        self.on_recovered: Callable[[], object] = lambda: None
        self._descriptor = descriptor
        self._limit = backlog
        # Reentrant: a finalizer that runs inside of `write` may print as well.
        self._lock = threading.RLock()
        self._waiting: deque[bytes] = deque()
        self._waiting_bytes = 0
        self._told = 0
        self._empty = threading.Event()
        self._empty.set()

    def write(self, text: str, /) -> int:
        """Writes a text, now or later, or drops it."""
        data = text.encode("utf-8", "backslashreplace")
        if len(data) > LINE_LIMIT:
            for line in _pieces(data):
                self.write_whole(line)
        else:
            self.write_whole(data)
        return len(text)

    def fileno(self) -> int:
        """Returns the descriptor."""
        return self._descriptor

    def writable(self) -> bool:
        """Returns that it is."""
        return True

    def isatty(self) -> bool:
        """Returns whether it is a terminal."""
        return os.isatty(self._descriptor)

    def take_dropped(self) -> int:
        """Returns how many lines were dropped since it was last asked; 0 while lines still wait."""
        if self.dropped == self._told or self._waiting:
            return 0
        with self._lock:
            new, self._told = self.dropped - self._told, self.dropped
        return new

    def drain(self, limit: float = FLUSH_LIMIT) -> None:
        """Waits until everything is written, but no longer than some seconds."""
        self._empty.wait(limit)

    def write_whole(self, data: bytes) -> None:
        """Writes a line, now or later, or drops it; one over `LINE_LIMIT` may mix with those of other processes."""
        with self._lock:
            written = 0 if self._waiting else self._written(data)
            if written == len(data):
                return
            data = data[written:]
            if not written and self._waiting_bytes + len(data) > self._limit:
                self._drop(data)
                return
            self._waiting.append(data)
            self._waiting_bytes += len(data)
            if self._empty.is_set():
                self._empty.clear()
                threading.Thread(target=self._write_backlog, name="log backlog", daemon=True).start()

    def _written(self, data: bytes) -> int:
        """Writes what can be written at once, and returns how much is done with: nobody will ever read it, perhaps."""
        try:
            return os.write(self._descriptor, data)
        except BlockingIOError:
            return 0
        except OSError:  # closed, or the disk is full
            self._drop(data)
            return len(data)

    def _drop(self, data: bytes) -> None:
        self.dropped += data.count(b"\n") or 1

    def _write_backlog(self) -> None:
        ready = select.poll()
        ready.register(self._descriptor, select.POLLOUT)
        while True:
            ready.poll()
            with self._lock:
                data = self._waiting[0]
                written = self._written(data)
                self._waiting_bytes -= written
                if written == len(data):
                    self._waiting.popleft()
                else:
                    self._waiting[0] = data[written:]
                if not self._waiting:
                    self._empty.set()
                    break
            if not written:  # writable, but not for a whole line
                time.sleep(_POLL)
        self.on_recovered()


class _Relay:
    """A pipe whose content a thread passes on to a descriptor that can't be non-blocking for this process alone."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._reading, self.writing = os.pipe()
        os.set_blocking(self.writing, False)
        self._busy = True
        threading.Thread(target=self._copy, name="log relay", daemon=True).start()

    def drain(self, limit: float) -> None:
        """Waits until everything is passed on, but no longer than some seconds."""
        end = time.monotonic() + limit
        while (self._busy or _readable(self._reading, 0)) and time.monotonic() < end:
            time.sleep(_POLL)

    def _copy(self) -> None:
        try:
            while True:
                self._busy = False
                _readable(self._reading, None)
                self._busy = True
                data = memoryview(os.read(self._reading, _RELAY_CHUNK))
                while data:
                    data = data[os.write(self._target, data) :]
        except OSError:  # nobody has the target open any more, which whoever writes is to see as well
            os.close(self._reading)
            self._busy = False


_relays: list[_Relay] = []


def _readable(descriptor: int, timeout: float | None) -> bool:
    """Waits until there is something to read; a closed pipe has nothing."""
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return any(found & select.POLLIN for _, found in poll.poll(timeout))


def own_standard_streams() -> None:
    """Makes standard output and standard error of this process such that nothing ever waits for them."""
    for descriptor in (1, 2):
        unblock(descriptor)
    sys.stdout, sys.stderr = Output(1), Output(2)


def drain_standard_streams(limit: float = FLUSH_LIMIT) -> None:
    """Waits, but not for long, until standard output and standard error are written."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, Output):
            stream.drain(limit)
    for relay in _relays:
        relay.drain(limit)


@contextmanager
def error_of_child() -> Iterator[int]:
    """Yields a descriptor for the standard error of a child process, which opens ours anew where that is possible.

    libuv makes what it hands to a child blocking, and with it whatever shares the open file.
    """
    own = _opened_anew(2)
    if own is None:
        own = os.dup(2)
    blocking = os.get_blocking(2)
    try:
        yield own
    finally:
        os.close(own)
        os.set_blocking(2, blocking)


def unblock(descriptor: int) -> None:
    """Makes a descriptor non-blocking for this process and its children, and for nobody else.

    O_NONBLOCK belongs to the open file, which others share: a shell, another program in the same terminal. So a pipe
    or a terminal is opened anew; what can't be, such as the socket of a journal, gets a pipe and a thread.
    """
    try:
        mode = os.fstat(descriptor).st_mode
    except OSError as error:
        if error.errno != errno.EBADF:
            raise
        # It is closed, and the next socket would become standard error.
        _become(os.open(os.devnull, os.O_RDWR), descriptor)
        return
    never_waits = stat.S_ISREG(mode) or (stat.S_ISCHR(mode) and not os.isatty(descriptor))
    if never_waits or not os.get_blocking(descriptor):
        return
    opened = _opened_anew(descriptor)
    if opened is not None:
        _become(opened, descriptor)
        return
    relay = _Relay(os.dup(descriptor))
    _relays.append(relay)
    os.dup2(relay.writing, descriptor)


def _opened_anew(descriptor: int) -> int | None:
    """Opens a pipe or terminal once more, non-blocking; None: it can't be, or is a file, whose position is shared."""
    if sys.platform != "linux" or not (stat.S_ISFIFO(os.fstat(descriptor).st_mode) or os.isatty(descriptor)):
        return None
    try:
        return os.open(f"/proc/self/fd/{descriptor}", os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY)
    except OSError:  # another user's, or nobody has its other end open any more
        return None


def _become(opened: int, descriptor: int) -> None:
    if opened == descriptor:
        os.set_inheritable(descriptor, True)
        return
    os.dup2(opened, descriptor)
    os.close(opened)


def _pieces(data: bytes) -> list[bytes]:
    """Splits a text into whole lines, and those that are too long into pieces."""
    return [
        line[start : start + LINE_LIMIT]
        for line in data.splitlines(keepends=True)
        for start in range(0, len(line), LINE_LIMIT)
    ]


class ChildReports:
    """Reports of a child process to its parent: JSON lines on what was stdout.

    From here on, what a library prints to stdout goes to stderr.
    """

    def __init__(self) -> None:
        pipe = os.dup(1)
        os.dup2(2, 1)
        # A parent that hangs must not hold this process up. Nobody else has this end of the pipe.
        os.set_blocking(pipe, False)
        self._output = Output(pipe, _REPORTS_BACKLOG)

    def write(self, report: dict[str, Any]) -> None:
        """Writes a report without waiting; does nothing if the parent is gone."""
        self._output.write_whole(json.dumps(report).encode() + b"\n")

    def close(self) -> None:
        """Waits up to `FLUSH_LIMIT` seconds for the reports to be written."""
        self._output.drain()
