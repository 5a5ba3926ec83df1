"""Bounds on what is cheap for a peer to send, and not for this side to serve."""

import time
from typing import Final

RESETS_AT_ONCE: Final = 1000
RESETS_PER_SECOND: Final = 100.0
RAPID: Final = 1.0  # seconds; a caller that waited longer before it cancelled has not sent the RPC to do harm
FRAMES_AT_ONCE: Final = 1000
FRAMES_PER_SECOND: Final = 100.0
LATE_AT_ONCE: Final = 10_000
LATE_PER_SECOND: Final = 1000.0
LATE_PER_STREAM: Final = 16
PING_STRIKES: Final = 2  # as gRPC has it


class Budget:
    """A token bucket.

    Args:
        at_once: How many tokens it holds.
        per_second: How fast it fills.
    """

    __slots__ = ("_at_once", "_filled", "_left", "_per_second")

    def __init__(self, at_once: int, per_second: float) -> None:
        self._at_once = at_once
        self._per_second = per_second
        self._left = float(at_once)
        self._filled = time.monotonic()

    def spend(self, tokens: int = 1) -> bool:
        """Takes tokens; returns whether there were so many."""
        if self._left < tokens:
            now = time.monotonic()
            self._left = min(self._left + (now - self._filled) * self._per_second, self._at_once)
            self._filled = now
            if self._left < tokens:
                return False
        self._left -= tokens
        return True

    def earn(self, tokens: int) -> None:
        """Puts tokens back, but no more than it holds."""
        self._left = min(self._left + tokens, self._at_once)


class PingPolicy:
    """How often a peer may ping: gRPC's rule (A8, server-side keepalive).

    Args:
        min_interval: Seconds between two pings while no data goes to the peer.
    """

    __slots__ = ("_last", "_min_interval", "_strikes")

    def __init__(self, min_interval: float) -> None:
        self._min_interval = min_interval
        self._last = float("-inf")
        self._strikes = 0

    def sent(self) -> None:
        """Notes that headers or data went to the peer, which may measure its window by a ping then."""
        self._last = float("-inf")
        self._strikes = 0

    def ping(self) -> bool:
        """Notes a ping; returns whether the peer may go on."""
        now = time.monotonic()
        if now < self._last + self._min_interval:
            self._strikes += 1
        self._last = now
        return self._strikes <= PING_STRIKES
