"""The bound on retries: when much fails, they must not become most of what upstream has to do."""

CAPACITY = 20.0
SHARE = 0.2


class RetryBudget:
    """A bucket of tokens: a call puts a fifth of one in, a retry takes a whole one out.

    So in the long run there is at most one retry for five calls, and a short trouble may take `CAPACITY` at once.

    Attributes:
        calls: Calls whose share is not in the bucket yet; whoever makes a call counts it here.
    """

    __slots__ = ("_tokens", "calls")

    def __init__(self) -> None:
        self.calls = 0
        self._tokens = CAPACITY

    def take(self) -> bool:
        """Takes what a retry costs; returns whether it was there."""
        self._tokens = min(self._tokens + SHARE * self.calls, CAPACITY)
        self.calls = 0
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True
