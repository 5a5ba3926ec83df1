"""The requests that the stand-in upstream received, parsed just enough to be asserted on."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import orjson

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

READ_SIZE = 65536


@dataclass(slots=True)
class ReceivedRequest:
    """One HTTP/1.1 request as it arrived; `body` grows while it is being read."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytearray = field(default_factory=bytearray)

    @property
    def path(self) -> str:
        """The path, still percent-encoded."""
        return urlsplit(self.target).path

    @property
    def query(self) -> list[tuple[str, str]]:
        """The decoded query parameters in their order."""
        return parse_qsl(urlsplit(self.target).query, keep_blank_values=True)

    def header(self, name: str) -> str | None:
        """The first value of a header, or None."""
        lowered = name.lower()
        return next((value for key, value in self.headers if key.lower() == lowered), None)

    def json(self) -> Any:
        """The body as JSON."""
        return orjson.loads(self.body)


async def read_head(reader: asyncio.StreamReader) -> ReceivedRequest | None:
    """Reads a request line and headers.

    Returns:
        The request without its body, or None when the peer closed before a whole head.
    """
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    lines = head.decode("latin-1").split("\r\n")
    method, target, _ = lines[0].split(" ", 2)
    headers = [(name, value.strip()) for name, _, value in (line.partition(":") for line in lines[1:] if line)]
    return ReceivedRequest(method, target, headers)


async def read_body(request: ReceivedRequest, reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    """Yields the body as it arrives (by length or chunked) and appends it to `request.body`.

    Raises:
        asyncio.IncompleteReadError: The peer closed inside the body.
    """
    if (request.header("transfer-encoding") or "").lower() == "chunked":
        while True:
            size = int((await reader.readuntil(b"\r\n")).split(b";")[0], 16)
            chunk = (await reader.readexactly(size + 2))[:-2]
            if not size:
                return
            request.body += chunk
            yield chunk
    left = int(request.header("content-length") or 0)
    while left:
        chunk = await reader.read(min(left, READ_SIZE))
        if not chunk:
            raise asyncio.IncompleteReadError(b"", left)
        left -= len(chunk)
        request.body += chunk
        yield chunk
