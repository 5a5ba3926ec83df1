"""The bound on what all requests being served hold in memory together."""

from grpc import StatusCode

from openai_grpc_server.errors import GatewayError


class Admission:
    """Counts the bytes of the requests being served.

    Args:
        limit: How many there may be. A single request is let in whatever its size.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.in_flight = 0

    def enter(self, size: int) -> None:
        """Counts a request in.

        Raises:
            GatewayError: RESOURCE_EXHAUSTED, with a delay after which to retry.
        """
        if self.in_flight and self.in_flight + size > self.limit:
            raise GatewayError(
                "The gateway holds as many request bytes as it may; retry a little later",
                code=StatusCode.RESOURCE_EXHAUSTED,
                reason="GATEWAY_OVERLOADED",
                retry_after=1.0,
            )
        self.in_flight += size

    def leave(self, size: int) -> None:
        """Counts a request out that was let in."""
        self.in_flight -= size
