"""Call from the caller's side: the reply so far, its correctness and its times."""

import asyncio
from bisect import bisect_right
from collections.abc import Callable, Sequence
from time import monotonic


class WrongReplyError(Exception):
    """A server sent a wrong reply."""


class Call:
    """One call. Times are those of `time.monotonic`.

    Args:
        name: What is called.
        expected: The replies, any of which is right. They are of one length, and their messages end at the same places.
        ends: Where each message ends.
        cancel: Tells the server that the caller gave up.

    Attributes:
        done: Done when the call has ended, cancelled ones too; fails with `WrongReplyError`.
        started: When the call was sent.
        first: When the reply began.
        ended: When it was whole.
        arrivals: When more of it came, and how many bytes had come by then.
    """

    __slots__ = (
        "_begun",
        "_cancel",
        "_ends",
        "_expected",
        "_name",
        "_reply",
        "arrivals",
        "done",
        "ended",
        "first",
        "started",
    )

    def __init__(
        self, name: str, expected: Sequence[bytes], ends: Sequence[int], cancel: Callable[[], object] | None = None
    ) -> None:
        self._name = name
        self._expected = expected
        self._reply = expected[0]
        self._ends = ends
        self._cancel = cancel
        self._begun: asyncio.Future[None] | None = None
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.started = monotonic()
        self.first: float | None = None
        self.ended: float | None = None
        self.arrivals: list[tuple[float, int]] = []

    @property
    def messages(self) -> int:
        """The number of correct messages received."""
        return bisect_right(self._ends, self._received)

    def message_times(self) -> list[float]:
        """Returns the times at which messages were complete."""
        times: list[float] = []
        for time, received in self.arrivals:
            times.extend([time] * (bisect_right(self._ends, received) - len(times)))
        return times

    async def begun(self) -> None:
        """Waits for the first byte of the reply."""
        if self.first is None:
            self._begun = asyncio.get_running_loop().create_future()
            await asyncio.wait((self._begun, self.done), return_when=asyncio.FIRST_COMPLETED)
        if self.done.done():
            await self.done

    def data(self, payload: bytes, now: float) -> None:
        """Compares received data with the expected reply.

        Args:
            payload: The next bytes of the reply.
            now: The time.
        """
        if self.first is None:
            self.first = now
            if self._begun is not None and not self._begun.done():
                self._begun.set_result(None)
        start = self._received
        end = start + len(payload)
        if payload != self._reply[start:end] and not self._is_another(start, payload):
            self.failed(f"message {self.messages + 1} is another than it should be")
        self.arrivals.append((now, end))

    def complete(self, now: float) -> None:
        """Ends the call at the end of the reply."""
        self.ended = now
        if self._received != len(self._reply):
            self.failed(f"ended after {self.messages} messages")
        elif not self.done.done():
            self.done.set_result(None)

    def failed(self, reason: str) -> None:
        """Ends the call with a failure."""
        if not self.done.done():
            self.done.set_exception(WrongReplyError(f"{self._name}: {reason}"))
            self.done.exception()  # when one call has failed nobody may wait for the others

    def cancel(self) -> None:
        """Cancels the call."""
        if not self.done.done():
            self.done.set_result(None)
            if self._cancel is not None:
                self._cancel()

    @property
    def _received(self) -> int:
        return self.arrivals[-1][1] if self.arrivals else 0

    def _is_another(self, start: int, payload: bytes) -> bool:
        for reply in self._expected:
            if reply.startswith(self._reply[:start]) and reply.startswith(payload, start):
                self._reply = reply
                return True
        return False
