"""HTTP request to an upstream: parts, body, multipart forms, time limits."""

from __future__ import annotations

import asyncio
import re
import secrets
import time
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, TypeAlias

import httpx2

from openai_grpc_server.errors import (
    CallerDeadlineError,
    FirstTokenTimeoutError,
    GatewayError,
    IdleTimeoutError,
    InvalidArgumentError,
    TotalTimeoutError,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, AsyncIterator, Callable, Sequence

# The escapes and line ends of WHATWG's HTML standard, 4.10.21.8, which is what servers are tested against.
_ESCAPES = str.maketrans({'"': "%22", "\r": "%0D", "\n": "%0A"})
_LINE_END = re.compile(r"\r\n|\r|\n")
_MEDIA_TYPE = re.compile(r"[\x20-\x7e]+")
_TICK = 0.001  # seconds: how exact the loop's timers are
_LOOK = 1.0  # seconds between two looks at limits that are far away
_NEAR = 2.0  # seconds from which on a limit has a timer of its own

Due: TypeAlias = tuple[float, type[GatewayError], str, float]
"""A limit: when it is reached, in `time.monotonic()` seconds, and the error that it then is, with its seconds."""


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
class CallLimits:
    """Time limits that a caller has set, shared by all attempts at the call; None: no limit.

    Attributes:
        started: When the call came, in `time.monotonic()` seconds.
        connect: Seconds for connecting to upstreams.
        first_message: Seconds from the end of the request until the first message of the reply.
        between_messages: Seconds between messages of a stream.
        total: Seconds for the whole call.
        connecting: Seconds that attempts have spent without getting a connection.
    """

    started: float
    connect: float | None = None
    first_message: float | None = None
    between_messages: float | None = None
    total: float | None = None
    connecting: float = 0.0

    @property
    def reply_due(self) -> float | None:
        """The deadline of the first byte of the reply, in `time.monotonic()` seconds, for a request in memory."""
        limits = [each for each in (self.first_message, self.total) if each is not None]
        return self.started + min(limits) if limits else None

    def connect_timeout(self, timeout: float | None) -> float | None:
        """Returns the seconds that an attempt may take to connect.

        Args:
            timeout: Those that its deployment allows.
        """
        if self.connect is None:
            return timeout
        left = max(self.connect - self.connecting, _TICK)
        return left if timeout is None else min(left, timeout)

    def not_connected(self, seconds: float) -> CallerDeadlineError | None:
        """Counts the seconds of an attempt that got no connection; returns an error if none are left."""
        self.connecting += seconds
        if self.connect is None or self.connecting < self.connect - _TICK:
            return None
        return CallerDeadlineError(f"no connection to the upstream within {self.connect:g} s, the call's limit")

    def due(
        self, request: UpstreamRequest, body: RequestBody, now: float, since: float, *, started: bool
    ) -> Due | None:
        """Returns which limit is reached next if nothing happens until then.

        Args:
            request: The request.
            body: Its body.
            now: The time, in `time.monotonic()` seconds as the next.
            since: When the wait for the next event began.
            started: Whether the first event of a stream has come.
        """
        found: list[Due] = []
        if self.total is not None:
            found.append((self.started + self.total, CallerDeadlineError, _OWN_TOTAL, self.total))
        if started and self.between_messages is not None and request.streaming:
            limit = self.between_messages
            found.append((since + limit, CallerDeadlineError, _OWN_SILENCE, limit))
        if not started and self.first_message is not None:
            begun, limit = self.started if body.data is not None else body.completed or now, self.first_message
            found.append((begun + limit, CallerDeadlineError, _OWN_FIRST, limit))
        return min(found, key=itemgetter(0), default=None)


_OWN_TOTAL = "the call took longer than {:g} s, its own limit"
_OWN_SILENCE = "the call was silent for {:g} s, its own limit"
_OWN_FIRST = "the call had no first message within {:g} s, its own limit"


def _message(due: Due) -> str:
    return due[2].format(due[3])


@dataclass(slots=True, kw_only=True)
class UpstreamRequest:
    """One HTTP request.

    Attributes:
        method: The HTTP method, upper case.
        path: Below the base URL, percent-encoded, with its leading slash.
        query: Query parameters, in order; names may repeat.
        headers: Request headers except content headers, such as those of `request_headers`.
        body: The body, or its parts as they come; these are read once, and never after the call has ended.
        content_type: `Content-Type` of the body.
        content_length: The size of a body that comes in parts; None sends it chunked.
        deadline: When the answer must be complete, in `time.monotonic()` seconds: the caller's deadline, less what
            the answer needs on its way back.
        limits: Time limits of the call; None: the caller has set none.
        safe: Changes and costs nothing (get, list, count).
        resend: Whether a safe request is sent once more if its connection is lost without an answer.
        streaming: The answer is to be a stream of events.
        own_key: The gateway's own key is sent, not the caller's.
        accept: `Accept`. Default: an event stream if one is asked for, else JSON.
    """

    method: str
    path: str
    query: Sequence[tuple[str, str]] = ()
    headers: Sequence[tuple[str, str]] = ()
    body: bytes | AsyncIterable[bytes] | None = None
    content_type: str | None = None
    content_length: int | None = None
    deadline: float | None = None
    limits: CallLimits | None = None
    safe: bool = False
    resend: bool = True
    streaming: bool = False
    own_key: bool = False
    accept: str | None = None


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


class SharedTimer:
    """Timer of all limits of a client that are far away, which looks at them once a second.

    Nearly all calls end long before their limits. A timer of the loop for each would cost them more than the rest of
    `TimeLimits`.
    """

    __slots__ = ("_far", "_handle")

    def __init__(self) -> None:
        self._far: set[TimeLimits] = set()
        self._handle: asyncio.TimerHandle | None = None

    def add(self, limits: TimeLimits) -> None:
        """Adds limits that are far away."""
        self._far.add(limits)
        if self._handle is None:
            self._handle = asyncio.get_running_loop().call_later(_LOOK, self._look)

    def remove(self, limits: TimeLimits) -> None:
        """Removes limits, if they are here."""
        self._far.discard(limits)

    def _look(self) -> None:
        self._handle = None
        if not self._far:
            return
        now = time.monotonic()
        near = now + _NEAR
        for limits in [each for each in self._far if each.due < near]:
            self._far.remove(limits)
            limits.approach(now)
        self._handle = asyncio.get_running_loop().call_later(_LOOK, self._look)


class TimeLimits:
    """Ends a call at its timeout or deadline.

    A task that waits for upstream is cancelled, and finds the reason in `reason_of_cancel`. If none waits (the caller
    is slow to read), `abandon` is called, and the next wait raises the reason.

    Args:
        timeouts: Timeouts of the upstream.
        request: The request.
        body: Its body.
        timer: The timer of limits that are far away.

    Attributes:
        started: The first event of a stream has come.
        abandon: Closes the upstream connection.
        due: When a limit is reached at the earliest, in `time.monotonic()` seconds.
        error: The error of the limit that was reached.
    """

    __slots__ = (
        "_body",
        "_cancelling",
        "_handle",
        "_hard",
        "_request",
        "_since",
        "_stopped",
        "_timeouts",
        "_timer",
        "_waiting",
        "abandon",
        "due",
        "error",
        "started",
    )

    def __init__(self, timeouts: Timeouts, request: UpstreamRequest, body: RequestBody, timer: SharedTimer) -> None:
        """Starts the timer.

        Raises:
            CallerDeadlineError: The deadline, or a limit of the call, has passed already.
        """
        now = time.monotonic()
        self._timeouts = timeouts
        self._request = request
        self._body = body
        self._timer = timer
        self._since = now
        self._waiting: asyncio.Task[object] | None = None
        self._cancelling: int | None = None
        self._stopped = False
        self.error: GatewayError | None = None
        self.started = False
        self.abandon: Callable[[], object] | None = None
        self._hard: Due | None = None
        if timeouts.total is not None:
            self._hard = (now + timeouts.total, TotalTimeoutError, "the call took longer than {:g} s", timeouts.total)
        deadline = request.deadline
        if deadline is not None:
            if deadline <= now:
                raise CallerDeadlineError("the deadline had passed before the request was sent")
            if self._hard is None or deadline < self._hard[0]:
                self._hard = (deadline, CallerDeadlineError, "the deadline passed before the answer was complete", 0.0)
        limits = request.limits
        if limits is not None:
            own = limits.due(request, body, now, now, started=False)
            if own is not None and own[0] <= now:
                raise CallerDeadlineError(f"{_message(own)}, which was over before the request was sent")
        self._handle: asyncio.TimerHandle | None = None
        self._schedule(now)

    def wait(self, task: asyncio.Task[object] | None) -> None:
        """Marks the start of a task's wait for upstream.

        Raises:
            GatewayError: The time is up.
        """
        if self.error is not None:
            raise self.error
        self._waiting = task
        self._since = time.monotonic()

    def first_event(self) -> None:
        """Marks the first event of a stream: the idle timeout applies from now on."""
        self.started = True
        if self.error is None and not self._stopped:
            self._cancel()
            self._schedule(time.monotonic())

    def heard(self) -> None:
        """Marks that upstream has sent something, for which the task does not stop to wait."""
        self._since = time.monotonic()

    def waited(self) -> None:
        """Marks the end of the wait."""
        self._waiting = None

    def reason_of_cancel(self, task: asyncio.Task[object] | None) -> GatewayError | None:
        """Returns the timeout that cancelled a task, and marks the cancellation as handled; None: another cause."""
        if self._cancelling is None or task is None or task.uncancel() > self._cancelling:
            return None
        return self.error

    def stop(self) -> None:
        """Stops the timer and drops the response."""
        self._stopped = True
        self._waiting = None
        self.abandon = None
        self._cancel()

    def approach(self, now: float) -> None:
        """Starts a timer for the limit that is near now."""
        self._handle = asyncio.get_running_loop().call_later(max(self.due - now, _TICK), self._fire)

    def _cancel(self) -> None:
        if self._handle is None:
            self._timer.remove(self)
        else:
            self._handle.cancel()
            self._handle = None

    def _schedule(self, now: float) -> None:
        due = self._next(now)
        if due is not None:
            self.due = due[0]
            if self.due > now + _NEAR:
                self._timer.add(self)
            else:
                self.approach(now)

    def _next(self, now: float) -> Due | None:
        """Returns the limit that is reached first."""
        soft = self._stream_limit(now) if self._request.streaming else None
        if self._request.limits is not None:
            since = self._waits_since(now)
            own = self._request.limits.due(self._request, self._body, now, since, started=self.started)
            return min(filter(None, (own, soft, self._hard)), key=itemgetter(0), default=None)
        if soft is None or self._hard is None:
            return soft or self._hard
        return min(soft, self._hard, key=itemgetter(0))

    def _waits_since(self, now: float) -> float:
        """Only waiting for upstream counts: a caller may take its time."""
        return now if self._waiting is None else self._since

    def _stream_limit(self, now: float) -> Due | None:
        limits = self._timeouts
        if not self.started:
            if limits.first_token is None:
                return None
            since = self._body.completed or now
            return since + limits.first_token, FirstTokenTimeoutError, "no event came within {:g} s", limits.first_token
        if limits.idle is None:
            return None
        return self._waits_since(now) + limits.idle, IdleTimeoutError, "the stream was silent for {:g} s", limits.idle

    def _fire(self) -> None:
        self._handle = None
        now = time.monotonic()
        due = self._next(now)
        if due is None or due[0] > now + _TICK:
            self._schedule(now)
            return
        self.error = due[1](_message(due), maybe_billed=not self._request.safe and self._body.completed is not None)
        task = self._waiting
        if task is not None:
            self._cancelling = task.cancelling()
            task.cancel()
        elif self.abandon is not None:
            self.abandon()


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
    """multipart/form-data body (RFC 7578): an async iterable of bytes, readable once.

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
