"""What a run found, as Markdown and as JSON."""

import platform
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from os import cpu_count
from statistics import median
from typing import Any

from bench.cases import CASES, Case

START_UP_LIMIT = 2.0  # seconds
IDLE_LIMIT = 80.0  # MB


@dataclass(frozen=True, slots=True)
class Samples:
    """One figure, measured several times."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle value."""
        return median(self.values)

    def __str__(self) -> str:
        digits = 0 if self.median >= 100 else 1 if self.median >= 10 else 2
        return f"{self.median:.{digits}f} ({min(self.values):.{digits}f}-{max(self.values):.{digits}f})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a run found.

    Attributes:
        floor: CPU of the floor by case, in microseconds a call or chunk.
        ours: The same of the gateway.
        start_up: Seconds from the start of the gateway until it serves.
        idle: The idle gateway's memory (PSS), in MB.
    """

    floor: dict[str, Samples]
    ours: dict[str, Samples]
    start_up: Samples
    idle: Samples

    def lines(self) -> Iterator[str]:
        """Yields the table, and then one line with a figure for each target."""
        yield f"{machine()}. CPU of the process in microseconds: median (least-most)."
        yield ""
        yield "| case | a | floor | openai-grpc | ratio |"
        yield "|---|---|---|---|---|"
        for case in CASES:
            floor, ours = self.floor[case.name], self.ours[case.name]
            yield f"| {case.name} | {case.unit} | {floor} | {ours} | {self._ratio(case):.2f} |"
        yield f"| start-up | s | | {self.start_up} | |"
        yield f"| idle memory (PSS) | MB | | {self.idle} | |"
        yield ""
        yield " | ".join(self._verdicts())

    def to_json(self) -> dict[str, Any]:
        """Returns all values."""
        return {
            "machine": machine(),
            "cases": [
                {
                    "name": case.name,
                    "unit": case.unit,
                    "floor_us": self.floor[case.name].values,
                    "ours_us": self.ours[case.name].values,
                    "ratio": self._ratio(case),
                    "target": case.limit,
                }
                for case in CASES
            ],
            "start_up_s": self.start_up.values,
            "idle_pss_mb": self.idle.values,
        }

    def _verdicts(self) -> Iterator[str]:
        for case in CASES:
            if case.limit is not None:
                yield _verdict(case.name, self._ratio(case), case.limit, "x")
        yield _verdict("start-up", self.start_up.median, START_UP_LIMIT, " s")
        yield _verdict("idle memory", self.idle.median, IDLE_LIMIT, " MB")

    def _ratio(self, case: Case) -> float:
        return self.ours[case.name].median / self.floor[case.name].median


def machine() -> str:
    """Describes where this runs."""
    parts = (f"{name} {version(name)}" for name in ("grpcio", "protobuf", "aiohttp", "uvloop"))
    return ", ".join((f"{cpu_count()} cores", f"Python {platform.python_version()}", *parts))


def _verdict(name: str, figure: float, limit: float, unit: str) -> str:
    return f"{name} {figure:.2f}{unit} (<= {limit:g} {'ok' if figure <= limit else 'missed'})"
