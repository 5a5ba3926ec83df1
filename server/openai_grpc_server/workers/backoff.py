"""When a worker that has ended is started again."""

FIRST = 0.5  # seconds
LONGEST = 30.0
STABLE = 60.0  # seconds after which a worker was not at fault from the start


class Backoff:
    """Waits twice as long each time that a worker ends soon after its start."""

    def __init__(self) -> None:
        self._wait = 0.0

    def after(self, lived: float) -> float:
        """Returns how many seconds to wait before the next start.

        Args:
            lived: How many seconds the worker was running that has ended.
        """
        if lived >= STABLE:
            self._wait = 0.0
        wait, self._wait = self._wait, min(max(self._wait * 2, FIRST), LONGEST)
        return wait
