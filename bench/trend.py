"""The slope of a series of values."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import linear_regression


@dataclass(frozen=True, slots=True)
class Trend:
    """A straight line by least squares.

    Attributes:
        slope: How much it rises for each unit of time.
        error: The slope's standard error.
    """

    slope: float
    error: float


def trend(times: Sequence[float], values: Sequence[float]) -> Trend:
    """Returns the trend of values; there are at least three.

    Args:
        times: When they were taken.
        values: The values.
    """
    slope, intercept = linear_regression(times, values)
    middle = sum(times) / len(times)
    spread = sum((time - middle) ** 2 for time in times)
    left = sum((value - intercept - slope * time) ** 2 for time, value in zip(times, values, strict=True))
    return Trend(slope, sqrt(left / (len(times) - 2) / spread))
