"""Structured logs on standard error. Neither secrets nor what callers and upstreams say to each other is logged.

What the gateway itself logs does not go through `logging`, whose records cost more than the rest of a call's
bookkeeping together. What libraries log goes to the same place in the same form.
"""

import json
import logging
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final, TextIO

import orjson

from openai_grpc_server.config import LogSettings
from openai_grpc_server.telemetry.output import LINE_LIMIT, Output

MAX_TEXT = 200  # characters of a value
MAX_ITEMS = 40  # of a list
MAX_EVENT = 1000  # characters of what a library logs
# (characters of a value, items of a list): tried one after the other until a line is short enough.
SHORTER: Final = ((MAX_TEXT, 12), (40, 4), (0, 0))
PLAIN: Final = frozenset({bool, int, float})
SELDOM: Final = 10.0  # seconds
DROPPED: Final = "log lines dropped"
LEVELS = {
    level: name.lower() for name, level in logging.getLevelNamesMapping().items() if name not in {"WARN", "FATAL"}
}

# Loggers of libraries that log whole exceptions, whose texts may quote requests.
TALKATIVE = ("asyncio", "grpc", "grpc._cython.cygrpc", "aiohttp")


class Clock:
    """Writes the time as RFC 3339 has it; what is the same for a second is written once."""

    def __init__(self) -> None:
        self._second = 0
        self._text = ""

    def now(self) -> str:
        """Returns the time in UTC, to the millisecond."""
        now = time.time()
        second = int(now)
        text = self._text
        if second != self._second:
            text = datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S")
            self._second, self._text = second, text
        return f"{text}.{int((now - second) * 1000):03}+00:00"


class Log:
    """Writes one line for each thing that happens.

    Args:
        out: Where it is written.
        settings: From which level on, and in which form.
    """

    def __init__(self, out: TextIO, settings: LogSettings) -> None:
        self.level = logging.getLevelNamesMapping()[settings.level.upper()]
        self._out = out
        self._output = out if isinstance(out, Output) else None
        if self._output is not None:
            self._output.on_recovered = self._tell_dropped
        self._line = json_line if settings.format == "json" else text_line
        self._clock = Clock()
        self._seldom: dict[str, tuple[float, int]] = {}

    @property
    def dropped(self) -> int:
        """How many lines were dropped so far as nobody read them."""
        return self._output.dropped if self._output is not None else 0

    def write(self, level: int, event: str, fields: Mapping[str, Any]) -> None:
        """Writes a line, or drops it if nobody reads; fields that are None or empty are left out."""
        if level < self.level:
            return
        if self._output is not None and self._output.dropped:
            self._tell_dropped()
        self._write(level, event, fields)

    def write_seldom(self, level: int, event: str, fields: Callable[[], Mapping[str, Any]]) -> None:
        """Writes a line unless there was one of the same event within `SELDOM` seconds; says how many it is for."""
        now = time.monotonic()
        after, times = self._seldom.get(event, (0.0, 0))
        if now < after:
            self._seldom[event] = (after, times + 1)
            return
        self._seldom[event] = (now + SELDOM, 0)
        self.write(level, event, {**fields(), "times": times + 1})

    def _write(self, level: int, event: str, fields: Mapping[str, Any]) -> None:
        known = {
            name: value[:MAX_TEXT] if type(value) is str else value if type(value) in PLAIN else cut(value)
            for name, value in fields.items()
            if value is not None and value != ""
        }
        name = LEVELS.get(level) or logging.getLevelName(level).lower()
        now = self._clock.now()
        line = self._line(now, name, event, known)
        if len(line) > LINE_LIMIT // 4 and len(line.encode("utf-8", "backslashreplace")) > LINE_LIMIT:
            line = self._shorter(now, name, event, known)
        try:
            self._out.write(line)
            self._out.flush()
        except OSError:
            pass  # nobody reads the log any more; calls go on without it

    def _shorter(self, now: str, name: str, event: str, known: Mapping[str, Any]) -> str:
        line = ""
        for text, items in SHORTER:
            fields = {name: cut(value, text, items) for name, value in known.items()} if items else {}
            line = self._line(now, name, event[:MAX_TEXT], {**fields, "cut": True})
            if len(line.encode("utf-8", "backslashreplace")) <= LINE_LIMIT:
                break
        return line

    def _tell_dropped(self) -> None:
        lines = self._output.take_dropped() if self._output is not None else 0
        if lines:
            self._write(logging.WARNING, DROPPED, {"lines": lines})


class Handler(logging.Handler):
    """Passes what libraries log on to a log.

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
    """Opens the log of this process, for the gateway and for what libraries log."""
    log = Log(out, settings)
    collect(log)
    return log


def collect(log: Log) -> None:
    """Makes what libraries log a part of a log."""
    logging.basicConfig(handlers=[Handler(log)], level=log.level, force=True)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.CRITICAL)


def standard_error(settings: LogSettings) -> Log:
    """Opens the log on standard error."""
    return open_log(sys.stderr, settings)


def frames(error: BaseException) -> list[str]:
    """Where an exception came from, without its text, which may quote a request."""
    return [
        f"{type(error).__name__} at {frame.filename}:{frame.lineno} in {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
    ]


def cut(value: Any, text: int = MAX_TEXT, items: int = MAX_ITEMS) -> Any:
    """Returns what is logged of a value: as much as can be written in a moment."""
    if type(value) in PLAIN:
        return value
    if isinstance(value, (str, bytes)):
        return value[:text]
    if isinstance(value, (list, tuple)):
        return [cut(each, text, items) for each in value[-items:]]  # of a traceback, the place of the failure
    return str(value)[:text]


def json_line(now: str, level: str, event: str, fields: Mapping[str, Any]) -> str:
    """One JSON object, for machines."""
    return visible(dumps({"time": now, "level": level, "event": event, **fields})) + "\n"


def text_line(now: str, level: str, event: str, fields: Mapping[str, Any]) -> str:
    """One line for people."""
    known = " ".join(f"{name}={printable(value)}" for name, value in fields.items())
    return visible(f"{now} {level:7} {event} {known}".rstrip()) + "\n"


def visible(line: str) -> str:
    """Escapes what ends a line for some readers, or commands a terminal: U+0085, U+2028, C1 controls and their like."""
    if line.isprintable():
        return line
    return "".join(char if char.isprintable() else json.dumps(char)[1:-1] for char in line)


def printable(value: Any) -> str:
    """Writes a value so that it can't be taken for more than one."""
    return str(value) if type(value) in PLAIN else dumps(value)


def dumps(value: Any) -> str:
    """Writes a value as JSON, whatever it holds."""
    try:
        return orjson.dumps(value, default=str).decode()
    except TypeError:  # an integer of more than 64 bits, half of a character
        return json.dumps(value, default=str)
