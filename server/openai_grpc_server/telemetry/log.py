"""Structured logs on standard error, and standard streams that never block.

Neither secrets nor what callers and upstreams say to each other is logged. The gateway's own lines don't go through
`logging`, whose records cost more than the rest of a call's bookkeeping together; what libraries log goes to the same
place in the same form.

A write to a full pipe, a paused terminal or a journal that hangs would hold the event loop, and with it every call and
the signals that end the process. So the descriptors themselves become non-blocking, which covers what C libraries and
`faulthandler` write there too, and `sys.stdout` and `sys.stderr` become an `Output`: if nobody reads them, lines are
dropped and counted.
"""

import asyncio
import errno
import io
import json
import logging
import os
import select
import stat
import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Final, TextIO

import orjson

from openai_grpc_server.config import Config, ConfigError, LogSettings

MAX_TEXT = 200  # characters of a value
MAX_ITEMS = 40  # of a list
MAX_EVENT = 1000  # characters of what a library logs
# (characters of a value, items of a list): tried one after the other until a line is short enough.
SHORTER: Final = ((MAX_TEXT, 12), (40, 4), (0, 0))
PLAIN: Final = frozenset({bool, int, float})
SELDOM: Final = 10.0  # seconds
DROPPED: Final = "log lines dropped"
HEAD: Final = 3  # fields that each line begins with: time, level, event
_DELETE: Final = 0x7F
LEVELS = {
    level: name.lower() for name, level in logging.getLevelNamesMapping().items() if name not in {"WARN", "FATAL"}
}

# Loggers of libraries that log whole exceptions, whose texts may quote requests.
TALKATIVE = ("asyncio", "grpc", "grpc._cython.cygrpc", "aiohttp")


class Clock:
    """Times as RFC 3339, formatted once per millisecond, and the part up to the second once per second."""

    def __init__(self) -> None:
        self._second = 0
        self._begin = ""
        self._millisecond = 0
        self._text = ""

    def now(self) -> str:
        """Returns the time in UTC, to the millisecond."""
        now = int(time.time() * 1000)
        if now != self._millisecond:
            second, rest = divmod(now, 1000)
            if second != self._second:
                self._second = second
                self._begin = datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S")
            self._millisecond, self._text = now, f"{self._begin}.{rest:03}+00:00"
        return self._text


class Log:
    """Log with one line per event.

    Args:
        out: Where it is written.
        settings: Its level and form.
        facts: Fields of every line.
    """

    def __init__(self, out: TextIO, settings: LogSettings, facts: Mapping[str, Any] | None = None) -> None:
        self._facts = facts or {}
        self.level = logging.getLevelNamesMapping()[settings.level.upper()]
        self._out = out
        self._output = out if isinstance(out, Output) else None
        if self._output is not None:
            self._output.on_recovered = self._tell_dropped
        text = settings.format == "text" or (settings.format is None and out.isatty())
        self._text = text_line if text else json_line
        self._clock = Clock()
        self._seldom: dict[tuple[str, str], tuple[float, int]] = {}

    @property
    def dropped(self) -> int:
        """The number of lines dropped so far because nobody read them."""
        return self._output.dropped if self._output is not None else 0

    def write(self, level: int, event: str, fields: Mapping[str, Any]) -> None:
        """Writes a line, or drops it if nobody reads; fields that are None or empty are left out."""
        if level < self.level:
            return
        if self._output is not None and self._output.dropped:
            self._tell_dropped()
        line = self.begin(level, event)
        for name, value in fields.items():
            if value is not None and value != "":
                line[name] = value[:MAX_TEXT] if type(value) is str else value if type(value) in PLAIN else cut(value)
        self._write(line)

    def begin(self, level: int, event: str) -> dict[str, Any]:
        """Returns the first fields of a line: `HEAD` of them, and those of every line."""
        name = LEVELS.get(level) or logging.getLevelName(level).lower()
        head = {"time": self._clock.now(), "level": name, "event": event}
        return {**head, **self._facts} if self._facts else head

    def write_later(self, line: dict[str, Any]) -> None:
        """Writes a line within `LATEST` seconds, with others; as `write`, for what is logged often.

        Args:
            line: The fields of `begin` and those of the event: none is None or empty, or larger than `cut` would make
                it.
        """
        output = self._output
        if output is None:
            self._write(line)
            return
        if output.dropped:
            self._tell_dropped()
        data = self._text(line)
        output.write_later(data if len(data) <= LINE_LIMIT else self._shorter(line))

    def write_seldom(self, level: int, event: str, fields: Callable[[], Mapping[str, Any]], about: str = "") -> None:
        """Writes a line with the count of occurrences, at most one per event in `SELDOM` seconds.

        Args:
            level: The level of the line.
            event: The event.
            fields: Returns its fields.
            about: Distinguishes events of one name; one of few values, which are kept.
        """
        now, kind = time.monotonic(), (event, about)
        after, times = self._seldom.get(kind, (0.0, 0))
        if now < after:
            self._seldom[kind] = (after, times + 1)
            return
        self._seldom[kind] = (now + SELDOM, 0)
        self.write(level, event, {**fields(), "times": times + 1})

    def _write(self, line: dict[str, Any]) -> None:
        data = self._text(line)
        if len(data) > LINE_LIMIT:
            data = self._shorter(line)
        try:
            if self._output is not None:
                self._output.write_whole(data)
                return
            self._out.write(data.decode())
            self._out.flush()
        except OSError:
            pass  # nobody reads the log any more; calls go on without it

    def _shorter(self, line: dict[str, Any]) -> bytes:
        """Returns the text of a line that is too long, of at most `LINE_LIMIT` bytes."""
        data = b""
        head = dict(islice(line.items(), HEAD))
        head["event"] = head["event"][:MAX_TEXT]
        for text, items in SHORTER:
            fields = {name: cut(value, text, items) for name, value in line.items()} if items else {}
            data = self._text({**fields, **head, "cut": True})
            if len(data) <= LINE_LIMIT:
                break
        return data

    def _tell_dropped(self) -> None:
        lines = self._output.take_dropped() if self._output is not None else 0
        if lines:
            self._write(self.begin(logging.WARNING, DROPPED) | {"lines": lines})


class Handler(logging.Handler):
    """Logging handler that writes records of libraries to a log.

    Args:
        log: The log.
    """

    def __init__(self, log: Log) -> None:
        super().__init__()
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """Writes one line."""
        error = record.exc_info[1] if record.exc_info else None
        fields = {"logger": record.name, "traceback": frames(error) if error else None}
        if isinstance(record.args, tuple):
            record.args = tuple(each[:MAX_EVENT] if isinstance(each, (str, bytes)) else each for each in record.args)
        try:
            message = record.getMessage()
        except Exception:  # noqa: BLE001 - whatever a library logs wrongly, or can't be written
            message = str(record.msg)
        self._log.write(record.levelno, message[:MAX_EVENT], fields)


def open_log(out: TextIO, settings: LogSettings) -> Log:
    """Opens the log of this process, for the gateway and for libraries."""
    log = Log(out, settings)
    collect(log)
    return log


def collect(log: Log) -> None:
    """Sends records of libraries to a log."""
    logging.basicConfig(handlers=[Handler(log)], level=log.level, force=True)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.CRITICAL)


def standard_error(settings: LogSettings) -> Log:
    """Opens the log on standard error."""
    return open_log(sys.stderr, settings)


def frames(error: BaseException) -> list[str]:
    """Returns the frames of a traceback, without the exception's text, which may quote a request."""
    return [
        f"{type(error).__name__} at {frame.filename}:{frame.lineno} in {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
    ]


def cut(value: Any, text: int = MAX_TEXT, items: int = MAX_ITEMS) -> Any:
    """Returns a value, truncated to a length that is fast to write."""
    if type(value) in PLAIN:
        return value
    if isinstance(value, (str, bytes)):
        return value[:text]
    if isinstance(value, (list, tuple)):
        return [cut(each, text, items) for each in value[-items:]]  # of a traceback, the place of the failure
    return str(value)[:text]


def json_line(line: Mapping[str, Any]) -> bytes:
    """Returns a line as a JSON object, for machines."""
    try:
        data = orjson.dumps(line, default=str, option=orjson.OPT_APPEND_NEWLINE)
    except TypeError:  # as in `dumps`
        return visible(json.dumps(line, default=str))
    # In ASCII, JSON leaves one control unescaped: that is found many times faster than each character is looked at.
    return data if data.isascii() and _DELETE not in data else visible(data[:-1].decode())


def text_line(line: Mapping[str, Any]) -> bytes:
    """Returns a line for people."""
    known = " ".join(f"{name}={printable(value)}" for name, value in islice(line.items(), HEAD, None))
    return visible(f"{line['time']} {line['level']:7} {line['event']} {known}".rstrip())


def visible(line: str) -> bytes:
    """Returns a line with line separators and terminal controls escaped: U+0085, U+2028, C1 controls."""
    if not line.isprintable():
        line = "".join(char if char.isprintable() else json.dumps(char)[1:-1] for char in line)
    return f"{line}\n".encode("utf-8", "backslashreplace")


def printable(value: Any) -> str:
    """Formats a value so that it reads as one value."""
    return str(value) if type(value) in PLAIN else dumps(value)


def dumps(value: Any) -> str:
    """Returns any value as JSON."""
    try:
        return orjson.dumps(value, default=str).decode()
    except TypeError:  # an integer of more than 64 bits, half of a character
        return json.dumps(value, default=str)


def log_warnings(config: Config, log: Log) -> None:
    """Logs the keys of a configuration that have no effect or look like a mistake."""
    for warning in config.warnings:
        log.write(logging.WARNING, "configuration", {"warning": str(warning)})


def log_refusal(error: ConfigError, log: Log) -> None:
    """Logs the problems of a configuration that can't be used."""
    for problem in error.problems:
        log.write(logging.ERROR, "configuration refused", {"problem": str(problem)})


LINE_LIMIT: Final = 4096  # bytes: PIPE_BUF, up to which writes of several processes to one pipe don't mix
LATEST: Final = 0.05  # seconds that lines wait for others to be written with
BACKLOG: Final = 4 << 20  # bytes of lines that wait for a reader who is late
FLUSH_LIMIT: Final = 1.0  # seconds that a process that ends waits for its last lines
_RELAY_CHUNK: Final = 1 << 16
_POLL: Final = 0.01  # seconds
_REPORTS_BACKLOG: Final = 64 << 20  # bytes; a page of metrics may be one of many series


class Output(io.TextIOBase):
    """Text stream whose writes neither block nor fail.

    Lines that can't be written at once wait in a backlog, which a thread writes; beyond its limit they are dropped.

    Args:
        descriptor: The descriptor to write to; non-blocking, or a file.
        backlog: Limit of waiting bytes.

    Attributes:
        dropped: Number of dropped lines.
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
        self._lines: deque[bytes] = deque()  # of calls
        self._lines_bytes = 0
        self._timer: asyncio.TimerHandle | None = None  # for the lines
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

    def write_later(self, line: bytes) -> None:
        """Writes a line of up to `LINE_LIMIT` bytes within `LATEST` seconds with others, in order.

        A write costs more than making the line, so that in a busy process each has as many lines as may be.
        """
        if self._lines_bytes + len(line) > LINE_LIMIT:
            self._write_lines()
        self._lines.append(line)  # without the lock, so `_write_lines` counts them again
        self._lines_bytes += len(line)
        if self._timer is None:
            self._start_timer()

    def _start_timer(self) -> None:
        try:
            self._timer = asyncio.get_running_loop().call_later(LATEST, self._write_in_time)
        except RuntimeError:  # a thread without a loop
            self._write_lines()

    def _write_in_time(self) -> None:
        self._timer = None
        self._write_lines()

    def _write_lines(self) -> None:
        with self._lock:
            lines = self._lines
            self._lines_bytes = 0
            while lines:
                together = lines.popleft()
                while lines and len(together) + len(lines[0]) <= LINE_LIMIT:
                    together += lines.popleft()
                self._write_whole(together)

    def fileno(self) -> int:
        """Returns the descriptor."""
        return self._descriptor

    def writable(self) -> bool:
        """Returns true."""
        return True

    def isatty(self) -> bool:
        """Returns whether it is a terminal."""
        return os.isatty(self._descriptor)

    def take_dropped(self) -> int:
        """Returns the number of lines dropped since the last call; 0 while lines are pending."""
        if self.dropped == self._told or self._waiting:
            return 0
        with self._lock:
            new, self._told = self.dropped - self._told, self.dropped
        return new

    def drain(self, limit: float = FLUSH_LIMIT) -> None:
        """Waits until everything is written, with a timeout in seconds."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._write_lines()
        self._empty.wait(limit)

    def write_whole(self, data: bytes) -> None:
        """Writes a line, now or later, or drops it; one over `LINE_LIMIT` may mix with those of other processes."""
        with self._lock:
            if self._lines:
                self._write_lines()
            self._write_whole(data)

    def _write_whole(self, data: bytes) -> None:
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
        """Writes what fits without blocking; returns the bytes written, or dropped if it is closed."""
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
    """Pipe and thread for a descriptor that can't be made non-blocking for this process alone."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._reading, self.writing = os.pipe()
        os.set_blocking(self.writing, False)
        self._busy = True
        threading.Thread(target=self._copy, name="log relay", daemon=True).start()

    def drain(self, limit: float) -> None:
        """Waits until everything is copied, with a timeout in seconds."""
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
    """Waits until there is something to read; returns false for a closed pipe."""
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return any(found & select.POLLIN for _, found in poll.poll(timeout))


def own_standard_streams() -> None:
    """Makes standard output and standard error of this process non-blocking."""
    for descriptor in (1, 2):
        unblock(descriptor)
    sys.stdout, sys.stderr = Output(1), Output(2)


def drain_standard_streams(limit: float = FLUSH_LIMIT) -> None:
    """Waits briefly until standard output and standard error are written."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, Output):
            stream.drain(limit)
    for relay in _relays:
        relay.drain(limit)


@contextmanager
def error_of_child() -> Iterator[int]:
    """Yields a descriptor for a child's standard error: ours, reopened if possible.

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
    """Makes a descriptor non-blocking for this process and its children only.

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
    """Reopens a pipe or terminal, non-blocking; None: impossible, or a file, which shares its position."""
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
    """Splits a text into lines, and long lines into parts."""
    return [
        line[start : start + LINE_LIMIT]
        for line in data.splitlines(keepends=True)
        for start in range(0, len(line), LINE_LIMIT)
    ]


class ChildReports:
    """Reports of a child process to its parent, as JSON lines on the original stdout.

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
