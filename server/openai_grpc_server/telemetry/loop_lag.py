"""How long the event loop keeps what is ready waiting."""

import asyncio
import time

from openai_grpc_server.pipeline.metrics import Reading

NAME = "openai_grpc_event_loop_lag_seconds"
TICK = 0.1  # seconds between two looks; a look takes a few microseconds
WINDOW = 60.0  # seconds that the metric looks back on


class LoopLag:
    """Measures by a timer how much later than it should the event loop gets to it.

    While one call is worked on for too long, all others wait as long as this timer does.
    """

    def __init__(self) -> None:
        self._timer: asyncio.TimerHandle | None = None
        self._due = 0.0
        self._turn = 0.0
        self._now = 0.0  # the longest of this half of the window
        self._before = 0.0  # and of the half before

    def start(self) -> None:
        """Begins to measure, in the loop that is running."""
        self._turn = time.monotonic() + WINDOW / 2
        self._wait()

    def stop(self) -> None:
        """Ends it."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def seconds(self) -> float:
        """Returns the longest lag of the last minute, at least of half a minute."""
        late = time.monotonic() - self._due if self._timer is not None else 0.0  # also what has not ended yet
        return round(max(self._now, self._before, late), 4)

    def reading(self) -> Reading:
        """Returns the metric."""
        text = "The longest that the event loop kept a timer waiting, within the last minute."
        return Reading(NAME, "gauge", text, self.seconds)

    def _wait(self) -> None:
        self._due = time.monotonic() + TICK
        self._timer = asyncio.get_running_loop().call_later(TICK, self._look)

    def _look(self) -> None:
        now = time.monotonic()
        if now >= self._turn:
            self._turn = now + WINDOW / 2
            self._before, self._now = self._now, 0.0
        self._now = max(self._now, now - self._due)
        self._wait()
