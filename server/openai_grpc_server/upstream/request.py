"""What is sent upstream: one HTTP request and the limits of its time."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx2

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, AsyncIterator, Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """Limits in seconds; None is no limit. The caller's deadline holds beside them.

    Attributes:
        connect: Until the connection stands: DNS, TCP, TLS.
        first_token: Of a stream: from the end of the request until the first event.
        idle: Of a stream: from then on, how long it may be silent while its events are being waited for.
            Comments break the silence.
        total: The whole call.
    """

    connect: float | None = 5.0
    first_token: float | None = 300.0
    idle: float | None = 120.0
    total: float | None = 600.0


@dataclass(slots=True, kw_only=True)
class UpstreamRequest:
    """One HTTP request.

    Attributes:
        method: The HTTP method, upper case.
        path: Below the base URL, percent-encoded, with its leading slash.
        query: Query parameters, in order; names may repeat.
        headers: What goes up besides content headers, such as `request_headers` gives.
        body: The body, or its parts as they come; these are read once, and never after the call has ended.
        content_type: `Content-Type` of the body.
        content_length: The size of a body that comes in parts; None sends it chunked.
        deadline: When the answer must be complete, in `time.monotonic()` seconds: the caller's deadline, less what
            the answer needs on its way back.
        safe: Changes and costs nothing (get, list, count), so it may be sent twice.
        streaming: The answer is to be a stream of events.
        own_key: The gateway's own key is sent, not the caller's.
    """

    method: str
    path: str
    query: Sequence[tuple[str, str]] = ()
    headers: Sequence[tuple[str, str]] = ()
    body: bytes | AsyncIterable[bytes] | None = None
    content_type: str | None = None
    content_length: int | None = None
    deadline: float | None = None
    safe: bool = False
    streaming: bool = False
    own_key: bool = False


class RequestBody(httpx2.AsyncByteStream):
    """A request's body as httpx2 types it, which remembers how far it got.

    Attributes:
        data: The whole body, if it was given as bytes; empty for none.
        completed: When the last of it had been handed to the transport, in `time.monotonic()` seconds; None before.
        error: What the iterable of its parts raised.
    """

    def __init__(self, body: bytes | AsyncIterable[bytes] | None) -> None:
        self.data: bytes | None = None
        self.completed: float | None = None
        self.error: Exception | None = None
        self._parts: AsyncIterable[bytes] | None = None
        if body is None or isinstance(body, bytes):
            self.data = body or b""
            self.completed = time.monotonic()
        else:
            self._parts = body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        if self._parts is None:
            yield self.data or b""
            return
        try:
            async for part in self._parts:
                yield part
        except Exception as error:
            self.error = error
            raise
        self.completed = time.monotonic()
