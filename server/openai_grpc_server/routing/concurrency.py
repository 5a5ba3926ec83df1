"""Adaptive concurrency: a limit of requests in flight that follows a deployment's latency.

Gradient2: the limit shrinks by the ratio of the long-term to the recent latency, and grows by a small queue while the
ratio is 1. Latency is the time to the first message of a stream, or to a whole reply; each kind has windows and a
long-term average of its own. Where an upstream says that it has too much to do, or answers too late, the limit shrinks
at once, as by additive increase and multiplicative decrease.

Under an overload that never pauses, the long-term latency follows the recent one within some ten minutes, and the limit
rises again, to its maximum at worst.

Source: Netflix, concurrency-limits, `Gradient2Limit`, `WindowedLimit` and `AIMDLimit`
(https://github.com/Netflix/concurrency-limits).
"""

from typing import Final

from openai_grpc_server.config import AdaptiveConcurrencySettings

WINDOW: Final = 1.0  # seconds of latencies that make a sample, at least
WINDOW_SIZE: Final = 10  # latencies that make a sample, at least
LONG_WINDOW: Final = 600  # samples of the long-term average
WARM_UP: Final = 10  # samples whose plain mean starts the long-term average
SMOOTHING: Final = 0.2  # weight of a new limit
QUEUE: Final = 4  # requests that may wait at the upstream
DRIFT: Final = 2.0  # times the recent latency, above which the long-term one sinks faster: an overload has ended
LEAST_GRADIENT: Final = 0.5
OVERLOADED: Final = frozenset({"FIRST_TOKEN_TIMEOUT", "RATE_LIMITED", "UPSTREAM_TIMEOUT", "UPSTREAM_UNAVAILABLE"})
"""`ErrorInfo.reason` of failures by which an upstream says that it has too much to do."""


class Latencies:
    """Latencies of one kind.

    Attributes:
        mean: Long-term average, in seconds.
        samples: Number of samples in it.
        total: Sum of the latencies of the present window, in seconds.
        count: Their number.
        in_flight: Most requests in flight in the window.
        since: Start of the window, in `time.monotonic()` seconds.
    """

    __slots__ = ("count", "in_flight", "mean", "samples", "since", "total")

    def __init__(self, now: float) -> None:
        self.mean = 0.0
        self.samples = 0
        self.open(now)

    def open(self, now: float) -> None:
        """Opens a window."""
        self.total = 0.0
        self.count = self.in_flight = 0
        self.since = now

    def sample(self) -> float:
        """Takes the mean of the window into the long-term average; returns it."""
        recent = self.total / self.count
        self.samples += 1
        self.mean += (recent - self.mean) * (1 / self.samples if self.samples <= WARM_UP else 2 / (LONG_WINDOW + 1))
        if self.mean > DRIFT * recent:
            self.mean *= 0.95
        return recent


class AdaptiveLimit:
    """Learned limit of a deployment's requests in flight.

    Args:
        settings: Its start and bounds.

    Attributes:
        limit: The limit.
    """

    __slots__ = ("_estimate", "_latencies", "_settings", "limit")

    def __init__(self, settings: AdaptiveConcurrencySettings) -> None:
        self._settings = settings
        self._latencies: dict[bool, Latencies] = {}
        self._set(float(settings.initial))

    def measured(self, streaming: bool, seconds: float, in_flight: int, now: float) -> None:
        """Records a latency.

        Args:
            streaming: Whether it is of a stream.
            seconds: The latency.
            in_flight: Requests in flight when it was measured, its own included.
            now: The time, in `time.monotonic()` seconds.
        """
        known = self._latencies.get(streaming)
        if known is None:
            known = self._latencies[streaming] = Latencies(now)
        known.total += seconds
        known.count += 1
        known.in_flight = max(known.in_flight, in_flight)
        if known.count < WINDOW_SIZE or now < known.since + WINDOW:
            return
        recent, most = known.sample(), known.in_flight
        known.open(now)
        if most < self._estimate / 2:  # the limit is not what holds calls back
            return
        gradient = max(LEAST_GRADIENT, min(1.0, self._settings.tolerance * known.mean / max(recent, 1e-9)))
        wanted = self._estimate * gradient + QUEUE
        self._set(self._estimate * (1 - SMOOTHING) + wanted * SMOOTHING)

    def dropped(self) -> None:
        """Records that the upstream had too much to do."""
        self._set(self._estimate * self._settings.backoff)

    def _set(self, estimate: float) -> None:
        least = float(self._settings.min)
        self._estimate = min(max(estimate, least), max(float(self._settings.max), least))
        self.limit = int(self._estimate)
