"""One HTTP request to an upstream: its parts, timeouts and body, which may be a multipart form."""

from __future__ import annotations

import re
import secrets
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx2

from openai_grpc_server.errors import InvalidArgumentError

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, AsyncIterator, Sequence

# The escapes and line ends of WHATWG's HTML standard, 4.10.21.8, which is what servers are tested against.
_ESCAPES = str.maketrans({'"': "%22", "\r": "%0D", "\n": "%0A"})
_LINE_END = re.compile(r"\r\n|\r|\n")
_MEDIA_TYPE = re.compile(r"[\x20-\x7e]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """Timeouts in seconds; None: no limit. The caller's deadline applies as well.

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
    """Body of a request as httpx2 types it; records when it was written.

    Attributes:
        data: The whole body, if it was given as bytes; empty for none.
        completed: When all of it had been handed to the transport, in `time.monotonic()` seconds; None before.
        error: Exception that the iterable of its parts raised.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePart:
    """A file of a form.

    Attributes:
        name: The form field, such as `file`.
        filename: The file's name; some servers guess the format from its ending.
        content: Its bytes, as they come.
        size: Its declared size in bytes, if known; what comes must agree.
        content_type: Its media type.
    """

    name: str
    filename: str
    content: AsyncIterable[bytes]
    size: int | None = None
    content_type: str = "application/octet-stream"


class Multipart:
    """multipart/form-data body (RFC 7578): an async iterable of its bytes, to be read once.

    Files are streamed: each chunk is passed on as it arrives.

    Args:
        fields: Names and values in order; names may repeat.
        files: The files, which follow the fields, so that upstream knows the fields before it reads a file.

    Attributes:
        content_type: For the `Content-Type` header.
        content_length: The size of the whole body, or None when the size of a file is not declared.
    """

    def __init__(self, fields: Sequence[tuple[str, str]], files: Sequence[FilePart]) -> None:
        boundary = secrets.token_hex(16)
        self.content_type = f"multipart/form-data; boundary={boundary}"
        self._files = files
        delimiter = f"--{boundary}\r\n".encode()
        head = b"".join(delimiter + _field(name, value) for name, value in fields)
        self._heads: list[bytes] = []
        for file in files:
            self._heads.append(head + delimiter + _file_head(file))
            head = b"\r\n"
        self._end = head + f"--{boundary}--\r\n".encode()
        self.content_length = self._length()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Yields the body.

        Raises:
            InvalidArgumentError: A file is not as large as declared.
        """
        for head, file in zip(self._heads, self._files, strict=True):
            yield head
            received = 0
            async for chunk in file.content:
                received += len(chunk)
                if file.size is not None and received > file.size:
                    raise _mismatch(file, f"more than {file.size}")
                if chunk:
                    yield chunk
            if file.size is not None and received < file.size:
                raise _mismatch(file, str(received))
        yield self._end

    def _length(self) -> int | None:
        total = len(self._end) + sum(map(len, self._heads))
        for file in self._files:
            if file.size is None:
                return None
            total += file.size
        return total


def _mismatch(file: FilePart, received: str) -> InvalidArgumentError:
    return InvalidArgumentError.of_field(file.name, f"{file.size} bytes were declared, but {received} came")


def _field(name: str, value: str) -> bytes:
    value = _LINE_END.sub("\r\n", value)
    return f'Content-Disposition: form-data; name="{_escaped_name(name)}"\r\n\r\n{value}\r\n'.encode("utf-8", "replace")


def _file_head(file: FilePart) -> bytes:
    if not _MEDIA_TYPE.fullmatch(file.content_type):
        raise InvalidArgumentError.of_field(file.name, f"{file.content_type!r} is not a media type")
    disposition = f'form-data; name="{_escaped_name(file.name)}"; filename="{file.filename.translate(_ESCAPES)}"'
    head = f"Content-Disposition: {disposition}\r\nContent-Type: {file.content_type}\r\n\r\n"
    return head.encode("utf-8", "replace")


def _escaped_name(name: str) -> str:
    return _LINE_END.sub("\r\n", name).translate(_ESCAPES)
