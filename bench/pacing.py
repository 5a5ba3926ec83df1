"""Paced events of many streams by one timer: one timer per stream would cost more than the writing."""

import asyncio
from collections.abc import Callable, Sequence
from itertools import count
from time import monotonic

TICK = 0.001  # seconds; an event loop keeps no shorter time


class Stream:
    """A stream whose events are written one after the other.

    Args:
        write: Writes an event.
        pieces: The events.
        end: Called after the last one.
    """

    __slots__ = ("_at", "_end", "_pieces", "_write", "stopped")

    def __init__(self, write: Callable[[bytes], None], pieces: Sequence[bytes], end: Callable[[], None]) -> None:
        self._write = write
        self._pieces = pieces
        self._end = end
        self._at = 0
        self.stopped = False

    def step(self) -> bool:
        """Writes the next event; returns whether there are more."""
        if self.stopped:
            return False
        self._write(self._pieces[self._at])
        self._at += 1
        if self._at == len(self._pieces):
            self._end()
            return False
        return True


class Pace:
    """Writes an event of each stream per interval; streams are spread over the interval.

    Args:
        pause: That time, in seconds.
    """

    def __init__(self, pause: float) -> None:
        self._slots: list[list[Stream]] = [[] for _ in range(max(1, round(pause / TICK)))]
        self._turn = count()
        self._streams = 0
        self._ticks = 0
        self._began = 0.0

    def add(self, stream: Stream) -> None:
        """Starts a stream."""
        if not self._streams:
            self._began, self._ticks = monotonic(), 0
            asyncio.get_running_loop().call_later(TICK, self._run)
        self._streams += 1
        # A step that shares no factor with the number of slots visits them all, and neighbours in time are far apart.
        self._slots[next(self._turn) * 37 % len(self._slots)].append(stream)

    def _run(self) -> None:
        # By the clock, so that a late tick does not delay the others.
        for tick in range(self._ticks, int((monotonic() - self._began) / TICK)):
            slot = self._slots[tick % len(self._slots)]
            if slot:
                going_on = [stream for stream in slot if stream.step()]
                self._streams -= len(slot) - len(going_on)
                slot[:] = going_on
            self._ticks = tick + 1
        if self._streams:
            asyncio.get_running_loop().call_later(TICK, self._run)
