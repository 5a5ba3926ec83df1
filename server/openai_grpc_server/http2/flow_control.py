"""Flow control (RFC 9113, section 5.2), of what comes and of what goes."""

from openai_grpc_server.http2.settings import LARGEST_WINDOW


class ReceiveWindow:
    """How much more the peer may send.

    Args:
        size: How much at a time, in bytes.
    """

    __slots__ = ("_left", "_size", "_taken")

    def __init__(self, size: int) -> None:
        self._size = size
        self._left = size
        self._taken = 0

    def receive(self, size: int) -> bool:
        """Counts bytes that came; returns whether they were allowed."""
        self._left -= size
        return self._left >= 0

    def take(self, size: int) -> int:
        """Counts bytes that nobody holds any more.

        Returns:
            By how much the window is to be opened now: only by a good part of it at once, to send few frames.
        """
        self._taken += size
        if self._taken * 2 < self._size:
            return 0
        increment, self._taken = self._taken, 0
        self._left += increment
        return increment


def widened(window: int, increment: int) -> int | None:
    """Returns a window for sending after WINDOW_UPDATE, or None if it would be larger than any can be."""
    window += increment
    return window if window <= LARGEST_WINDOW else None
