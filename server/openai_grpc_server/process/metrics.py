"""Sums the workers' metrics into one page in Prometheus' text format."""

import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from openai_grpc_server.telemetry.prometheus import LAG_NAME

TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
PAGE_SIZE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096

PROCESS_METRICS = (
    ("process_cpu_seconds_total", "counter", "CPU time of the worker."),
    ("process_resident_memory_bytes", "gauge", "Memory of the worker."),
    ("process_start_time_seconds", "gauge", "When the worker was started, since the epoch."),
)


# Metrics whose sum says nothing.
MAXIMA = frozenset({LAG_NAME})


class Pages:
    """Sum of the pages of several workers; for some metrics, the maximum."""

    def __init__(self) -> None:
        self._heads: dict[str, list[str]] = {}
        self._values: dict[str, dict[str, int | float]] = {}

    def add(self, page: str, *, ended: bool = False) -> None:
        """Adds a page, series by series.

        Args:
            page: The page.
            ended: Whether it is that of a worker that has ended: what it had counted stays, but its gauges don't.
        """
        heads: list[str] = []
        name = ""
        left_out = False
        for line in page.splitlines():
            if line.startswith("# HELP"):
                name, heads = line.split(" ", 3)[2], [line]
                left_out = False
            elif line.startswith("#"):
                heads.append(line)
                self._heads.setdefault(name, heads)
                left_out = ended and line.endswith(" gauge")
            elif not left_out:
                series, _, value = line.rpartition(" ")
                values = self._values.setdefault(name, {})
                number = _number(value)
                before = values.get(series, 0)
                values[series] = max(before, number) if name in MAXIMA else before + number

    def copy(self) -> "Pages":
        """Returns a copy."""
        other = Pages()
        other._heads = dict(self._heads)
        other._values = {name: dict(values) for name, values in self._values.items()}
        return other

    def lines(self) -> Iterator[str]:
        """Yields the lines of the page."""
        for name, heads in self._heads.items():
            yield from heads
            for series, value in self._values.get(name, {}).items():
                yield f"{series} {value!r}"


def process_lines(workers: Iterable[tuple[int, int]]) -> Iterator[str]:
    """Yields process metrics from /proc.

    Args:
        workers: The number and process id of each.
    """
    known = [(number, facts) for number, pid in workers if (facts := _facts(pid)) is not None]
    for index, (name, kind, text) in enumerate(PROCESS_METRICS):
        yield f"# HELP {name} {text}"
        yield f"# TYPE {name} {kind}"
        for number, facts in known:
            yield f'{name}{{worker="{number}"}} {facts[index]!r}'


def _facts(pid: int) -> tuple[float, int, float] | None:
    """Returns CPU seconds, memory in bytes and start time of a process (proc(5)); None: it has ended."""
    try:
        # The name of the program, in parentheses, may hold anything.
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return None
    user, system, started, resident = (int(fields[place - 3]) for place in (14, 15, 22, 24))
    booted = time.time() - time.clock_gettime(time.CLOCK_BOOTTIME)
    return (user + system) / TICKS, resident * PAGE_SIZE, round(booted + started / TICKS, 2)


def _number(text: str) -> int | float:
    return int(text) if text.isdecimal() else float(text)
