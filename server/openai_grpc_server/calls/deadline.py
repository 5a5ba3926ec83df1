"""The caller's deadline, as the limit of the upstream call."""

import time

MARGIN = 0.05  # seconds, and no more than a tenth: the answer must still reach the caller in time


def upstream_deadline(remaining: float | None) -> float | None:
    """Returns when the upstream must have answered, in `time.monotonic()` seconds.

    Args:
        remaining: Seconds that the caller is still willing to wait; None: for ever.
    """
    if remaining is None:
        return None
    return time.monotonic() + remaining - min(MARGIN, remaining / 10)
