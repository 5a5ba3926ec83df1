"""What the soak counts, and what it calls a slope."""

import importlib
import random

import pytest

from bench.probe import COUNTED
from bench.soak import LEAST_SLOPE, Soaked
from bench.trend import block_trend

MINUTES = [number / 20 for number in range(400)]


def sizes(slope: float, steps: float = 0.0) -> list[float]:
    """Sizes in KB that rise by so much a minute, with a noise whose neighbours are alike."""
    noise = random.Random("sizes")  # noqa: S311 - no secret
    level = 0.0
    values = []
    for minute in MINUTES:
        level = 0.9 * level + noise.gauss(0, 100)
        values.append(70_000 + slope * minute + level + (steps if minute < 5 else 0))
    return values


@pytest.mark.parametrize(("slope", "rises"), [(0, False), (-500, False), (500, True), (LEAST_SLOPE / 2, False)])
def test_memory_that_rises(slope: float, rises: bool) -> None:
    assert block_trend(MINUTES, sizes(slope)).rises(LEAST_SLOPE) is rises


def test_the_first_half_does_not_count() -> None:
    found = Soaked(MINUTES, [int(size * 1000) for size in sizes(0, steps=-30_000)], {}, [], [], 0.1)
    assert found.faults() == []


def test_what_is_wrong_or_left_is_a_fault() -> None:
    found = Soaked(MINUTES, [70_000_000] * len(MINUTES), {}, ["chat: was reset"], ["2 tasks"], 0.1)
    assert found.faults() == ["1 wrong answers", "2 tasks left"]


@pytest.mark.parametrize("name", COUNTED)
def test_what_is_counted_exists(name: str) -> None:
    module, _, kind = name.rpartition(".")
    assert hasattr(importlib.import_module(module), kind)
