"""Lists that come in pages, for asyncio; counterpart of `pages`."""

from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from google.protobuf.message import Message

from openai_grpc.client._paging import last_of

T = TypeVar("T")
L = TypeVar("L", bound=Message)


class AsyncPage(Generic[T, L]):
    """One page of a list. A loop over it yields its items, and those of the pages after it, fetched when reached.

    Other attributes are those of the message, such as `has_more`.

    Attributes:
        message: The page, as the gateway sent it.
    """

    def __init__(self, message: L, fetch: "Callable[[str], Awaitable[AsyncPage[T, L]]]", after: str | None) -> None:
        self.message = message
        self._fetch = fetch
        self._after = after

    @property
    def data(self) -> Sequence[T]:
        """The items of this page."""
        items: Sequence[T] = self.message.data  # type: ignore[attr-defined]  # every list has it
        return items

    async def __aiter__(self) -> AsyncIterator[T]:
        async for page in self.pages():
            for item in page.data:
                yield item

    async def pages(self) -> "AsyncIterator[AsyncPage[T, L]]":
        """Yields this page and those after it.

        Raises:
            APIError: A page can't be fetched.
        """
        page: AsyncPage[T, L] | None = self
        while page is not None:
            yield page
            page = await page.next_page()

    async def next_page(self) -> "AsyncPage[T, L] | None":
        """Fetches the next page, or returns None after the last one.

        Raises:
            APIError: It can't be fetched.
        """
        after = last_of(self.message)
        # A server that repeats a page would never end.
        return None if after is None or after == self._after else await self._fetch(after)

    def __repr__(self) -> str:
        return f"AsyncPage({self.message!r})"

    if not TYPE_CHECKING:  # a type checker knows the attributes that are declared

        def __getattr__(self, name: str) -> Any:
            return getattr(self.message, name)


class AsyncPages(Generic[T, L]):
    """A list: awaited, it is its first page; a loop over it yields the items of all pages."""

    def __init__(self, first: "Callable[[], Awaitable[AsyncPage[T, L]]]") -> None:
        self._first = first

    def __await__(self) -> Generator[Any, None, AsyncPage[T, L]]:
        return self._first().__await__()

    async def __aiter__(self) -> AsyncIterator[T]:
        async for item in await self._first():
            yield item

    async def pages(self) -> AsyncIterator[AsyncPage[T, L]]:
        """Yields the pages.

        Raises:
            APIError: A page can't be fetched.
        """
        async for page in (await self._first()).pages():
            yield page
