"""Timeouts of one call, on one timer of the event loop, whatever the number of events."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from openai_grpc_server.errors import (
    CallerDeadlineError,
    FirstTokenTimeoutError,
    GatewayError,
    IdleTimeoutError,
    TotalTimeoutError,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from openai_grpc_server.upstream.request import RequestBody, Timeouts, UpstreamRequest

_TICK = 0.001  # seconds: how exact the loop's timers are


class TimeLimits:
    """Ends a call at its timeout or deadline.

    A task that waits for upstream is cancelled, and finds the reason in `reason_of_cancel`. If none waits (the caller
    is slow to read), `abandon` is called, and the next wait raises the reason.

    Attributes:
        started: The first event of a stream has come.
        abandon: Closes the upstream connection.
    """

    __slots__ = (
        "_body",
        "_cancelling",
        "_handle",
        "_hard",
        "_loop",
        "_request",
        "_since",
        "_timeouts",
        "_waiting",
        "abandon",
        "error",
        "started",
    )

    def __init__(self, timeouts: Timeouts, request: UpstreamRequest, body: RequestBody) -> None:
        """Starts the timer.

        Raises:
            CallerDeadlineError: The deadline has passed already.
        """
        now = time.monotonic()
        self._timeouts = timeouts
        self._request = request
        self._body = body
        self._since = now
        self._waiting: asyncio.Task[object] | None = None
        self._cancelling: int | None = None
        self.error: GatewayError | None = None
        self.started = False
        self.abandon: Callable[[], object] | None = None
        self._hard: tuple[float, type[GatewayError], str] | None = None
        if timeouts.total is not None:
            self._hard = (now + timeouts.total, TotalTimeoutError, f"the call took longer than {timeouts.total:g} s")
        deadline = request.deadline
        if deadline is not None:
            if deadline <= now:
                raise CallerDeadlineError("the deadline had passed before the request was sent")
            if self._hard is None or deadline < self._hard[0]:
                self._hard = (deadline, CallerDeadlineError, "the deadline passed before the upstream had answered")
        self._loop = asyncio.get_running_loop()
        self._handle: asyncio.TimerHandle | None = None
        self._schedule(now)

    def wait(self, task: asyncio.Task[object] | None) -> None:
        """Says that a task starts to wait for upstream.

        Raises:
            GatewayError: The time is up.
        """
        if self.error is not None:
            raise self.error
        self._waiting = task
        self._since = time.monotonic()

    def first_event(self) -> None:
        """Says that a stream has begun: from now on it may not be silent for long."""
        self.started = True
        if self._handle is not None:
            self._handle.cancel()
            self._schedule(time.monotonic())

    def waited(self) -> None:
        """Says that the wait is over."""
        self._waiting = None

    def reason_of_cancel(self, task: asyncio.Task[object] | None) -> GatewayError | None:
        """Returns the reason if a task's cancellation came from here alone, which then counts as handled."""
        if self._cancelling is None or task is None or task.uncancel() > self._cancelling:
            return None
        return self.error

    def stop(self) -> None:
        """Stops the timer, and lets go of the answer."""
        self._waiting = None
        self.abandon = None
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def _schedule(self, now: float) -> None:
        due = self._next(now)
        self._handle = None if due is None else self._loop.call_later(max(due[0] - now, _TICK), self._fire)

    def _next(self, now: float) -> tuple[float, type[GatewayError], str] | None:
        """The limit that is reached first if nothing happens until then."""
        soft = self._stream_limit(now) if self._request.streaming else None
        if soft is None or self._hard is None:
            return soft or self._hard
        return min(soft, self._hard, key=lambda limit: limit[0])

    def _stream_limit(self, now: float) -> tuple[float, type[GatewayError], str] | None:
        limits = self._timeouts
        if not self.started:
            if limits.first_token is None:
                return None
            since = self._body.completed or now
            return since + limits.first_token, FirstTokenTimeoutError, f"no event came within {limits.first_token:g} s"
        if limits.idle is None:
            return None
        # Only waiting for upstream counts: a caller may take its time.
        since = now if self._waiting is None else self._since
        return since + limits.idle, IdleTimeoutError, f"the stream was silent for {limits.idle:g} s"

    def _fire(self) -> None:
        now = time.monotonic()
        due = self._next(now)
        if due is None or due[0] > now + _TICK:
            self._schedule(now)
            return
        _, kind, message = due
        self._handle = None
        self.error = kind(message, maybe_billed=not self._request.safe and self._body.completed is not None)
        task = self._waiting
        if task is not None:
            self._cancelling = task.cancelling()
            task.cancel()
        elif self.abandon is not None:
            self.abandon()
