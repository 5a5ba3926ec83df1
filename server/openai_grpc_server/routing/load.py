"""What a deployment has to do: calls in flight, its latency, requests and tokens of the minute."""

from openai_grpc_server.config import DeploymentConfig

MINUTE = 60.0
WEIGHT = 0.3  # of the newest latency in the average
STALE = 60.0  # seconds after which a latency says nothing any more


class Load:
    """What one deployment has to do. Times are in seconds.

    Attributes:
        in_flight: Calls that it serves now.
        requests: Calls that it was sent in this minute.
        tokens: Tokens that it was seen to use in this minute.
    """

    __slots__ = ("_latency", "_minute", "in_flight", "requests", "tokens")

    def __init__(self) -> None:
        self.in_flight = 0
        self.requests = 0
        self.tokens = 0
        self._minute = 0
        self._latency: dict[bool, tuple[float, float]] = {}

    def turn(self, minute: int) -> None:
        """Begins a new count when a new minute has begun."""
        if minute != self._minute:
            self._minute = minute
            self.requests = 0
            self.tokens = 0

    def allows(self, config: DeploymentConfig) -> bool:
        """Whether the limits of its deployment leave room for one more call."""
        return (
            (config.rpm is None or self.requests < config.rpm)
            and (config.tpm is None or self.tokens < config.tpm)
            and (config.max_parallel_requests is None or self.in_flight < config.max_parallel_requests)
        )

    def measured(self, streaming: bool, seconds: float, now: float) -> None:
        """Notes how long a stream's first message, or a whole reply, took to come."""
        known = self.latency(streaming, now)
        average = seconds if known is None else known + WEIGHT * (seconds - known)
        self._latency[streaming] = (average, now)

    def latency(self, streaming: bool, now: float) -> float | None:
        """Returns the average latency, or None if it was not measured lately."""
        known = self._latency.get(streaming)
        return None if known is None or now - known[1] > STALE else known[0]
