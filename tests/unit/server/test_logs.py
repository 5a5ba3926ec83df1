"""The forms of a line, what it leaves out, and what libraries log."""

import asyncio
import io
import logging
import os
from collections.abc import Iterator
from itertools import chain
from typing import Any, Literal, TextIO, cast

import orjson
import pytest

from openai_grpc_server.config import LogSettings
from openai_grpc_server.telemetry.log import Log, Output, open_log

FIELDS: dict[str, Any] = {"a": 1, "none": None, "empty": "", "text": 'x "y"\n', "zero": 0}
LINES: dict[Literal["json", "text"], str] = {
    "json": '"level":"warning","event":"happened","a":1,"text":"x \\"y\\"\\n","zero":0}\n',
    "text": ' warning happened a=1 text="x \\"y\\"\\n" zero=0\n',
}


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.mark.parametrize("form", LINES)
def test_line(form: Literal["json", "text"]) -> None:
    out = io.StringIO()
    Log(out, LogSettings(format=form)).write(logging.WARNING, "happened", FIELDS)
    assert out.getvalue().endswith(LINES[form])


@pytest.mark.parametrize("form", LINES)
@pytest.mark.parametrize("char", ["\n", "\r", "\x1b", "\x85", "\x9b", "\u2028", "\u2029", "\u202e"])
def test_no_text_ends_a_line_or_commands_a_terminal(form: Literal["json", "text"], char: str) -> None:
    out = io.StringIO()
    log = Log(out, LogSettings(format=form))
    log.write(logging.INFO, f"of a library{char}", {"model": f"a{char}b"})
    line = out.getvalue()
    assert (len(line.splitlines()), char in line.removesuffix("\n")) == (1, False)
    if form == "json":
        assert orjson.loads(line)["model"] == f"a{char}b"


def test_long_texts_are_cut() -> None:
    out = io.StringIO()
    Log(out, LogSettings()).write(logging.INFO, "happened", {"model": "m" * 1000})
    assert orjson.loads(out.getvalue())["model"] == "m" * 200


@pytest.mark.parametrize(("level", "lines"), [("debug", 2), ("info", 2), ("warning", 1), ("error", 0)])
def test_level(level: Literal["debug", "info", "warning", "error"], lines: int) -> None:
    out = io.StringIO()
    log = Log(out, LogSettings(level=level))
    log.write(logging.INFO, "one", {})
    log.write(logging.WARNING, "two", {})
    assert len(out.getvalue().splitlines()) == lines


def test_what_libraries_log_comes_without_the_text_of_exceptions() -> None:
    out = io.StringIO()
    open_log(out, LogSettings())
    try:
        int("what was said")
    except ValueError:
        logging.getLogger("some.library").exception("it failed")
    entry = orjson.loads(out.getvalue())
    assert (entry["event"], entry["logger"], entry["level"]) == ("it failed", "some.library", "error")
    assert entry["traceback"][0].startswith("ValueError at ")
    assert "what was said" not in out.getvalue()


@pytest.mark.parametrize("name", ["asyncio", "grpc", "grpc._cython.cygrpc", "aiohttp"])
def test_loggers_that_quote_requests_are_silent(name: str) -> None:
    out = io.StringIO()
    open_log(out, LogSettings())
    logging.getLogger(name).error("Task exception was never retrieved: what was said")
    assert out.getvalue() == ""


HUGE = "m" * (20 << 20)
UNUSUAL: dict[str, Any] = {
    "a text": HUGE,
    "bytes": HUGE.encode(),
    "a list": [HUGE] * 1000,
    "an exception": ValueError(HUGE),
    "an integer of many bits": 1 << 4000,
    "half of a character": "\ud800",
}


@pytest.mark.parametrize("form", LINES)
@pytest.mark.parametrize("value", UNUSUAL.values(), ids=UNUSUAL)
def test_lines_are_short(form: Literal["json", "text"], value: Any) -> None:
    out = io.StringIO()
    Log(out, LogSettings(format=form)).write(
        logging.INFO, "happened", {"value": value, **dict.fromkeys("abcdef", "é" * 200)}
    )
    assert len(out.getvalue().encode()) <= 4096
    assert out.getvalue().count("\n") == 1


def test_a_line_that_is_too_long_keeps_the_end_of_its_traceback() -> None:
    out = io.StringIO()
    Log(out, LogSettings()).write(
        logging.ERROR, "failed", {"traceback": [f"frame {n} {'x' * 190}" for n in range(100)]}
    )
    entry = orjson.loads(out.getvalue())
    assert entry["cut"] is True
    assert entry["traceback"][-1].startswith("frame 99")


@pytest.mark.parametrize("form", LINES)
def test_nothing_that_a_terminal_obeys_or_that_ends_a_line(form: Literal["json", "text"]) -> None:
    out = io.StringIO()
    said = "a\x1b[31m\x9b31m\x85\u2028\u202e\r\nb"
    Log(out, LogSettings(format=form)).write(
        logging.INFO, "event\x9b", {"model": said, "other": [said], "more": {said: 1}}
    )
    assert out.getvalue()[:-1].isprintable()
    if form == "json":
        assert orjson.loads(out.getvalue())["model"] == said


def test_what_a_library_logs_wrongly() -> None:
    out = io.StringIO()
    open_log(out, LogSettings())
    logging.getLogger("some.library").warning("%d of %s", "no number", HUGE)
    assert orjson.loads(out.getvalue())["event"] == "%d of %s"
    logging.getLogger("some.library").warning("it was %s", HUGE)
    assert len(out.getvalue()) < 4096


class Closed(io.StringIO):
    """A stream that nobody reads any more."""

    def write(self, text: str) -> int:
        raise BrokenPipeError(text)


def test_a_log_that_nobody_reads_any_more_fails_nothing() -> None:
    Log(Closed(), LogSettings()).write(logging.ERROR, "happened", FIELDS)


class Writes:
    """Records each write to a descriptor, with a line of 300 bytes that is made for a number."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.done: list[bytes] = []
        self.wrote = asyncio.Event()
        self.output = Output(-1)
        self.log = Log(cast("TextIO", self.output), LogSettings(format="json"))
        monkeypatch.setattr(os, "write", self._write)

    def _write(self, descriptor: int, data: bytes) -> int:
        assert descriptor == -1
        self.done.append(data)
        self.wrote.set()
        return len(data)

    def end_call(self, number: int) -> None:
        self.log.write_later(self.log.begin(logging.INFO, "rpc") | {"number": number, "model": "m" * 200})

    async def next(self) -> None:
        await self.wrote.wait()
        self.wrote.clear()

    def lines(self) -> list[list[Any]]:
        """Returns the numbers of the lines of each write, and the events that have none."""
        written = [[orjson.loads(line) for line in data.splitlines()] for data in self.done]
        return [[line.get("number", line["event"]) for line in lines] for lines in written]


def test_lines_that_end_soon_after_each_other_are_written_together(monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> None:
        for number in range(3):
            writes.end_call(number)
        assert writes.lines() == []
        await writes.next()
        writes.end_call(3)
        await writes.next()

    writes = Writes(monkeypatch)
    asyncio.run(main())
    assert writes.lines() == [[0, 1, 2], [3]]


def test_lines_keep_their_order_whatever_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> None:
        writes.end_call(0)
        writes.log.write(logging.WARNING, "happened", {})
        writes.end_call(1)
        await asyncio.to_thread(writes.end_call, 2)
        writes.end_call(3)
        writes.output.drain()
        assert list(chain(*writes.lines())) == [0, "happened", 1, 2, 3]

    writes = Writes(monkeypatch)
    asyncio.run(main())
    writes.end_call(4)  # without a loop
    assert writes.lines()[-1] == [4]


def test_no_write_is_larger_than_what_does_not_mix_with_those_of_other_processes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def main() -> None:
        for number in range(50):
            writes.end_call(number)
        writes.output.drain()

    writes = Writes(monkeypatch)
    asyncio.run(main())
    assert [number for numbers in writes.lines() for number in numbers] == list(range(50))
    assert 1000 < max(map(len, writes.done)) <= 4096
