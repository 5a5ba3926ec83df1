"""The HTTP library whose requests and responses these are: httpx2, or httpx where an older SDK has only that."""

from functools import cache
from types import ModuleType
from typing import Any

try:
    import httpx2 as default
except ImportError:  # before openai 3
    import httpx as default  # type: ignore[import-not-found, no-redef]

__all__ = ["async_stream", "default", "stream"]


@cache
def stream(module: ModuleType) -> Any:
    """Returns the class of response bodies of a module, for blocking code.

    It is made of an iterator of bytes, and what closes it.
    """

    class Stream(module.SyncByteStream):  # type: ignore[misc, name-defined]  # which module it is, is known only here
        def __init__(self, chunks: Any, close: Any) -> None:
            self._chunks = chunks
            self.close = close

        def __iter__(self) -> Any:
            return iter(self._chunks)

    return Stream


@cache
def async_stream(module: ModuleType) -> Any:
    """Returns the same for asyncio: it is made of an asynchronous iterator of bytes, and what closes it."""

    class Stream(module.AsyncByteStream):  # type: ignore[misc, name-defined]  # as above
        def __init__(self, chunks: Any, close: Any) -> None:
            self._chunks = chunks
            self._close = close

        def __aiter__(self) -> Any:
            return aiter(self._chunks)

        async def aclose(self) -> None:
            await self._chunks.aclose()
            self._close()

    return Stream
