"""Results of a measurement."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from bench.call import Call
from bench.process import Process

MICROSECONDS = 1e6
MILLISECONDS = 1e3


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """Results of one measurement; None: not applicable.

    Attributes:
        cpu: CPU of the server for each unit, in microseconds.
        p50: The median time of a whole call, in milliseconds.
        p99: Its 99th percentile.
        first_p50: The median time until the reply began, in milliseconds.
        first_p99: Its 99th percentile.
        delay_p99: How late a message is, in milliseconds, by the pace of its stream and the earliest of its messages.
        added_p50: The median time of a call over that of a call of the upstream itself, in milliseconds.
        added_p99: The same of the 99th percentiles.
        memory: PSS of the server a stream, in kilobytes.
        pace: The time that streams took, over what the upstream takes to send them: of 99 in 100 no more.
        rate: Units a second by the clock.
        server: CPU of the server in the meantime, as a share of one core.
        caller: The same of the caller.
        upstream: The same of the upstream.
    """

    cpu: float
    p50: float | None = None
    p99: float | None = None
    first_p50: float | None = None
    first_p99: float | None = None
    delay_p99: float | None = None
    added_p50: float | None = None
    added_p99: float | None = None
    memory: float | None = None
    pace: float | None = None
    rate: float
    server: float
    caller: float
    upstream: float


@dataclass(frozen=True, slots=True)
class Spent:
    """CPU and wall-clock time, in seconds.

    Attributes:
        server: CPU of the server.
        caller: CPU of this process.
        upstream: CPU of the upstream.
        wall: Time of the clock.
    """

    server: float
    caller: float
    upstream: float
    wall: float

    def measures(self, units: int, **others: float | None) -> Measures:
        """Returns the cost per unit, along with other figures."""
        return Measures(
            cpu=self.server * MICROSECONDS / units,
            rate=units / self.wall,
            server=self.server / self.wall,
            caller=self.caller / self.wall,
            upstream=self.upstream / self.wall,
            **others,
        )


class Meter:
    """Meter of the time since its creation.

    Args:
        server: The server.
        upstream: Its upstream.
    """

    def __init__(self, server: Process, upstream: Process) -> None:
        self._server = server
        self._upstream = upstream
        self._before = self._now()

    def spent(self) -> Spent:
        """Returns the time spent since then."""
        before, now = self._before, self._now()
        return Spent(*(after - earlier for earlier, after in zip(before, now, strict=True)))

    def _now(self) -> tuple[float, float, float, float]:
        return self._server.cpu(), time.process_time(), self._upstream.cpu(), time.monotonic()


def percentile(values: Sequence[float], percent: int) -> float:
    """Returns a percentile."""
    return sorted(values)[max(0, ceil(len(values) * percent / 100) - 1)]


def latencies(calls: Sequence[Call]) -> dict[str, float | None]:
    """Returns the latencies of calls, in milliseconds, by the field names of `Measures`."""
    whole = [(call.ended - call.started) * MILLISECONDS for call in calls if call.ended is not None]
    return {"p50": percentile(whole, 50), "p99": percentile(whole, 99)}


def beginnings(calls: Sequence[Call]) -> dict[str, float | None]:
    """Returns the times to the first byte; see `latencies`."""
    first = [(call.first - call.started) * MILLISECONDS for call in calls if call.first is not None]
    return {"first_p50": percentile(first, 50), "first_p99": percentile(first, 99)}


def delays(call: Call, pause: float) -> list[float]:
    """Returns the delays of a paced stream's messages, in milliseconds, relative to the earliest one."""
    offsets = [time - number * pause for number, time in enumerate(call.message_times())]
    earliest = min(offsets, default=0.0)
    return [(offset - earliest) * MILLISECONDS for offset in offsets]
