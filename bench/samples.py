"""Samples of a figure."""

from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Samples:
    """Samples of one figure.

    Attributes:
        values: What each round found.
    """

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle value."""
        return median(self.values)

    def __str__(self) -> str:
        size = abs(self.median)
        digits = 0 if size >= 100 else 1 if size >= 10 else 2
        least, most = f"{min(self.values):.{digits}f}", f"{max(self.values):.{digits}f}"
        middle = f"{self.median:.{digits}f}"
        return middle if least == most else f"{middle} ({least}-{most})"
