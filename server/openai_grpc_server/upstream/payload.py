"""Large request bodies, written in slices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import Payload

if TYPE_CHECKING:
    from aiohttp.abc import AbstractStreamWriter

SLICE = 256 * 1024  # bytes


class LargeBytes(Payload):
    """Bytes that are written slice by slice, so that other calls go on meanwhile."""

    _value: bytes

    def __init__(self, value: bytes) -> None:
        super().__init__(value, content_type="application/octet-stream")
        self._size = len(value)

    async def write(self, writer: AbstractStreamWriter) -> None:
        """Writes all of it."""
        view = memoryview(self._value)
        for start in range(0, len(view), SLICE):
            await writer.write(view[start : start + SLICE])

    async def write_with_length(self, writer: AbstractStreamWriter, content_length: int | None) -> None:
        """Writes all of it: `Content-Length` is the size of the value."""
        del content_length
        await self.write(writer)

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        """Returns the value as text."""
        return self._value.decode(encoding, errors)
