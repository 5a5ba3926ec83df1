"""When a deployment is left alone, as it fails, and when it is tried again."""

from collections import deque

PERIOD = 60.0  # seconds in which failures are counted
LONGEST = 300.0  # seconds: a mistaken Retry-After must not keep a deployment out for a day


class Health:
    """The circuit breaker of one deployment.

    It is closed until it fails too often; then open for the cooldown; then half open: one call probes it, and its
    outcome closes it or opens it anew. Times are in `time.monotonic()` seconds.

    Attributes:
        until: When its cooldown ends, or 0 while it is closed.
    """

    __slots__ = ("_failures", "_probing", "until")

    def __init__(self) -> None:
        self.until = 0.0
        self._failures: deque[float] = deque()
        self._probing = False

    def usable(self, now: float) -> bool:
        """Whether a call may be sent to it."""
        return not self.until or (now >= self.until and not self._probing)

    def begin(self) -> bool:
        """Notes that a call is sent to it; returns whether that call probes it."""
        if not self.until or self._probing:
            return False
        self._probing = True
        return True

    def abandoned(self, probe: bool) -> None:
        """Notes that a call ended without saying anything of the deployment."""
        if probe:
            self._probing = False

    def succeeded(self, probe: bool) -> None:
        """Notes that it answered. Only a probe ends a cooldown: other calls may have been sent before it began."""
        if probe:
            self._probing = False
            self.until = 0.0
            self._failures.clear()

    def failed(self, now: float, probe: bool, allowed: int) -> bool:
        """Notes a failure.

        Args:
            now: The time.
            probe: Whether the call probed it.
            allowed: How many failures a minute it may have.

        Returns:
            Whether its cooldown begins.
        """
        if probe:
            self._probing = False
            return True
        failures = self._failures
        failures.append(now)
        while failures[0] <= now - PERIOD:
            failures.popleft()
        return len(failures) > allowed

    def hold(self, now: float, seconds: float) -> None:
        """Begins a cooldown, or makes it longer."""
        self.until = max(self.until, now + min(seconds, LONGEST))
        self._failures.clear()
