"""Lists that come in pages; counterpart of `async_pages`."""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from google.protobuf.message import Message

from openai_grpc.client._paging import last_of

T = TypeVar("T")
L = TypeVar("L", bound=Message)


class Page(Generic[T, L]):
    """One page of a list. A loop over it yields its items, and those of the pages after it, fetched when reached.

    Other attributes are those of the message, such as `has_more`.

    Attributes:
        message: The page, as the gateway sent it.
    """

    def __init__(self, message: L, fetch: "Callable[[str], Page[T, L]]", after: str | None) -> None:
        self.message = message
        self._fetch = fetch
        self._after = after

    @property
    def data(self) -> Sequence[T]:
        """The items of this page."""
        items: Sequence[T] = self.message.data  # type: ignore[attr-defined]  # every list has it
        return items

    def __iter__(self) -> Iterator[T]:
        for page in self.pages():
            yield from page.data

    def pages(self) -> "Iterator[Page[T, L]]":
        """Yields this page and those after it.

        Raises:
            APIError: A page can't be fetched.
        """
        page: Page[T, L] | None = self
        while page is not None:
            yield page
            page = page.next_page()

    def next_page(self) -> "Page[T, L] | None":
        """Fetches the next page, or returns None after the last one.

        Raises:
            APIError: It can't be fetched.
        """
        after = last_of(self.message)
        # A server that repeats a page would never end.
        return None if after is None or after == self._after else self._fetch(after)

    def __repr__(self) -> str:
        return f"Page({self.message!r})"

    if not TYPE_CHECKING:  # a type checker knows the attributes that are declared

        def __getattr__(self, name: str) -> Any:
            return getattr(self.message, name)
