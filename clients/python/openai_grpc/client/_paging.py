"""Requests of further pages of a list."""

from collections.abc import Mapping
from typing import Any

from google.protobuf.message import Message


def next_page(request: object, params: Mapping[str, Any], after: str) -> tuple[Any, dict[str, Any]]:
    """Returns the request and arguments of the page after an item."""
    if not isinstance(request, Message):
        return request, {**params, "after": after}
    asked: Any = type(request)()
    asked.CopyFrom(request)
    asked.after = after
    return asked, dict(params)


def after_of(request: Any, params: Mapping[str, Any]) -> str | None:
    """Returns the id that the page of a request begins after, if it is not the first."""
    after: str | None = getattr(request, "after", None) if isinstance(request, Message) else params.get("after")
    return after or None


def last_of(page: Any) -> str | None:
    """Returns the id that the next page begins after, or None for the last page."""
    if "has_more" not in page.DESCRIPTOR.fields_by_name or not page.has_more or not page.data:
        return None
    last = page.data[-1]
    if "kind" in last.DESCRIPTOR.oneofs_by_name:
        last = getattr(last, last.WhichOneof("kind") or "", None)
    return getattr(page, "last_id", "") or getattr(last, "id", "") or None
