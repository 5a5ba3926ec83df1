"""Least-recently-used cache with a bound in bytes, since callers and upstreams choose the keys."""

from collections import OrderedDict
from threading import Lock
from typing import Generic, TypeVar

V = TypeVar("V")

ENTRY_BYTES = 200  # what an entry takes besides its text


class BoundedCache(Generic[V]):
    """Values by text; the least recently used are dropped first. Thread-safe.

    Args:
        max_bytes: Limit of all entries, in bytes: each counts `ENTRY_BYTES` and the size of its text. An entry of more
            than a sixteenth of the limit is not kept, so that a long name evicts few others.
    """

    __slots__ = ("_entries", "_lock", "_max_bytes", "bytes")

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._lock = Lock()
        self._entries: OrderedDict[str, tuple[V, int]] = OrderedDict()
        self.bytes = 0

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: str) -> V | None:
        """Returns the value of a key, or None if it is not cached."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        try:  # noqa: SIM105 - `suppress` takes longer than all the rest
            self._entries.move_to_end(key)
        except KeyError:  # another thread has dropped it just now
            pass
        return entry[0]

    def put(self, key: str, value: V, value_bytes: int = 0) -> None:
        """Caches a value.

        Args:
            key: Its key.
            value: The value.
            value_bytes: Bytes of text owned by the value.
        """
        size = ENTRY_BYTES + len(key) + value_bytes
        with self._lock:
            before = self._entries.pop(key, None)
            if before is not None:
                self.bytes -= before[1]
            if size > self._max_bytes // 16:
                return
            self._entries[key] = value, size
            self.bytes += size
            while self.bytes > self._max_bytes:
                _, (_, freed) = self._entries.popitem(last=False)
                self.bytes -= freed
