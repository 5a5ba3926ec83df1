"""Abuse limits: bounds on frames that cost a peer little to send, and this side more to serve."""

import time
from typing import Final

BURST: Final = 10.0  # seconds whose budget may be spent at once
RAPID: Final = 1.0  # seconds; a caller that waited longer before it cancelled has not sent the RPC to do harm
LATE_PER_STREAM: Final = 16
UPDATES_PER_STREAM: Final = 2
# As Envoy has it: ten of the stream's and ten of the connection's.
UPDATES_PER_FRAME: Final = 20
BYTES_PER_UPDATE: Final = 512  # of data in large frames, which a reader may take in parts
PING_STRIKES: Final = 2  # as gRPC has it


class Budget:
    """A token bucket that holds the tokens of ten seconds.

    Args:
        per_second: How fast it fills.
    """

    __slots__ = ("_at_once", "_filled", "_left", "_per_second")

    def __init__(self, per_second: float) -> None:
        self._at_once = per_second * BURST
        self._per_second = per_second
        self._left = self._at_once
        self._filled = time.monotonic()

    def spend(self, tokens: int = 1) -> bool:
        """Takes tokens; returns whether there were so many."""
        if self._left < tokens:
            self._fill()
            if self._left < tokens:
                return False
        self._left -= tokens
        return True

    def charge(self, tokens: int) -> None:
        """Takes tokens that may not be there; the debt is never larger than what the bucket holds."""
        self._left = max(self._left - tokens, -self._at_once)

    @property
    def exhausted(self) -> bool:
        """Whether there is no token."""
        if self._left < 1:
            self._fill()
        return self._left < 1

    def earn(self, tokens: int) -> None:
        """Puts tokens back, but no more than it holds."""
        self._left = min(self._left + tokens, self._at_once)

    def _fill(self) -> None:
        now = time.monotonic()
        self._left = min(self._left + (now - self._filled) * self._per_second, self._at_once)
        self._filled = now


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
