"""Says on the terminal how far something is that takes its time."""

from typing import TextIO


class Progress:
    """One line that is rewritten on a terminal; elsewhere a line for each thing that is done.

    Args:
        out: Where it is written.
        title: What all of it is.
    """

    def __init__(self, out: TextIO, title: str) -> None:
        self._out = out
        self._title = title
        self._parts: dict[str, float] = {}
        self._live = out.isatty()

    def report(self, name: str, fraction: float) -> None:
        """Notes how far a part is, from 0 to 1."""
        before = self._parts.get(name, 0.0)
        self._parts[name] = fraction
        if self._live:
            parts = "  ".join(f"{part} {done:4.0%}" for part, done in self._parts.items())
            self._out.write(f"\r{self._title}: {parts}")
        elif before < 1 <= fraction:
            self._out.write(f"{self._title}: {name} is ready\n")
        self._out.flush()

    def end(self) -> None:
        """Ends the line."""
        if self._live and self._parts:
            self._out.write("\n")
            self._out.flush()
