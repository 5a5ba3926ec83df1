"""The bounds on all calls being served together: how many they are, and what their requests hold in memory."""

from grpc import StatusCode

from openai_grpc_server.errors import GatewayError
from openai_grpc_server.runtime.resources import Resources


class Admission:
    """Counts the calls being served, and the bytes of their requests, which need not be complete.

    Args:
        max_bytes: How many bytes there may be. A single request is let in whatever its size.
        max_calls: How many calls there may be; None: no limit.
        resources: What the process itself may use; None: that is not looked at.
    """

    def __init__(self, max_bytes: int, max_calls: int | None = None, resources: Resources | None = None) -> None:
        self._resources = resources
        self._max_bytes = max_bytes
        self._max_calls = max_calls
        self._bytes = 0
        self._calls = 0

    @property
    def held(self) -> int:
        """Bytes of the requests that are counted."""
        return self._bytes

    def enter(self) -> None:
        """Counts a call in.

        Raises:
            GatewayError: RESOURCE_EXHAUSTED, with a delay after which to retry.
        """
        if self._max_calls is not None and self._calls >= self._max_calls:
            raise overloaded("The gateway serves as many calls as it may; retry a little later")
        if self._resources is not None:
            self._resources.enter(self._calls)
        self._calls += 1

    def hold(self, size: int) -> None:
        """Counts the bytes of a request in.

        Raises:
            GatewayError: RESOURCE_EXHAUSTED, with a delay after which to retry.
        """
        if not self.take(size, 0):
            raise no_memory()

    def take(self, size: int, held: int) -> bool:
        """Counts bytes of a request in, of which some are counted already, unless there is no room for them."""
        if self._bytes > held and self._bytes + size > self._max_bytes:
            return False
        self._bytes += size
        return True

    def release(self, size: int) -> None:
        """Counts bytes of a request out."""
        self._bytes -= size
        if self._resources is not None:
            self._resources.freed(size)

    def leave(self, size: int) -> None:
        """Counts a call out that was let in, with the bytes of its request."""
        self._calls -= 1
        self.release(size)


def no_memory() -> GatewayError:
    """Makes the error of a call for whose request there is no room now."""
    return overloaded("The gateway holds as many request bytes as it may; retry a little later")


def overloaded(message: str) -> GatewayError:
    """Makes the error of a call for which there is no room now."""
    return GatewayError(message, code=StatusCode.RESOURCE_EXHAUSTED, reason="GATEWAY_OVERLOADED", retry_after=1.0)
