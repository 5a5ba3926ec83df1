"""Which streams were closed of late."""

from typing import Final

_REMEMBERED: Final = 1000  # at least, and at most twice as many


class RecentIds:
    """The numbers of streams that were added last; older ones are forgotten."""

    __slots__ = ("_older", "_recent")

    def __init__(self) -> None:
        self._recent: set[int] = set()
        self._older: set[int] = set()

    def add(self, stream_id: int) -> None:
        """Adds a number."""
        self._recent.add(stream_id)
        if len(self._recent) >= _REMEMBERED:
            self._older, self._recent = self._recent, set()

    def __contains__(self, stream_id: int) -> bool:
        return stream_id in self._recent or stream_id in self._older
