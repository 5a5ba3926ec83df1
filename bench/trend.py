"""The slope of a series of values."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt
from statistics import fmean, linear_regression

BLOCKS = 12
# One in a hundred series without a slope seems to have one: Student's t with BLOCKS - 2 degrees of freedom, one-sided.
SURE = 2.764


@dataclass(frozen=True, slots=True)
class Trend:
    """A straight line by least squares.

    Attributes:
        slope: How much it rises for each unit of time.
        error: The slope's standard error.
    """

    slope: float
    error: float

    def rises(self, least: float) -> bool:
        """Returns whether it rises significantly, by more than a threshold."""
        return self.slope > max(least, SURE * self.error)


def trend(times: Sequence[float], values: Sequence[float]) -> Trend:
    """Returns the trend of at least three values.

    Args:
        times: When they were taken.
        values: The values.
    """
    slope, intercept = linear_regression(times, values)
    middle = sum(times) / len(times)
    spread = sum((time - middle) ** 2 for time in times)
    left = sum((value - intercept - slope * time) ** 2 for time, value in zip(times, values, strict=True))
    return Trend(slope, sqrt(left / (len(times) - 2) / spread))


def block_trend(times: Sequence[float], values: Sequence[float]) -> Trend:
    """Returns the trend of the means of blocks of values.

    What follows each other closely is alike, so that a slope of all values seems surer than it is.
    """
    count = min(BLOCKS, len(times) // 2)
    if count < 3:
        return trend(times, values)
    cuts = [len(times) * number // count for number in range(count + 1)]
    return trend(*([fmean(column[a:b]) for a, b in pairwise(cuts)] for column in (times, values)))
