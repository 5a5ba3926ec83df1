"""Fair queue of calls beyond the limits of the process, and limits of each caller.

Start-time fair queueing: a waiting caller has a tag, at least the virtual time of its arrival, which grows with each of
its calls that are served by the inverse of its weight. The call with the smallest tag is next, so that callers who wait
are served in proportion to their weights, however many calls each sends. Of several priorities the highest goes first.

Source: P. Goyal, H. M. Vin, H. Cheng, "Start-time Fair Queueing: A Scheduling Algorithm for Integrated Services Packet
Switching Networks", SIGCOMM 1996. In place of packets there are calls, each of the same length.
"""

import asyncio
import time
from collections import deque
from collections.abc import Iterator
from itertools import chain
from typing import Final, NamedTuple

from grpc import StatusCode

from openai_grpc_server.config import AdmissionSettings
from openai_grpc_server.errors import GatewayError
from openai_grpc_server.runtime.resources import Admission

PRIORITIES: Final = ("high", "normal", "low")
"""The names of priorities, in the order in which they are served."""
MOST_CALLERS: Final = 4096  # whose accounts are kept while they have no call
RETRY_AFTER: Final = 1.0  # seconds: when another call ends can't be known


class Standing(NamedTuple):
    """Standing of a caller in the queue.

    Attributes:
        weight: Share relative to those of others; more than 0.
        priority: Index into `PRIORITIES`.
        max_priority: The highest that its calls may ask for, as an index.
        max_streams: Limit of its streams in flight; None: that of all callers.
        max_bytes: Limit of its requests in memory, in bytes; None: that of all callers.
    """

    weight: float = 1.0
    priority: int = 1
    max_priority: int = 1
    max_streams: int | None = None
    max_bytes: int | None = None


USUAL: Final = Standing()
"""The standing of callers for whom nothing is configured."""


class Waiter:
    """A call that waits.

    Attributes:
        account: Its caller's.
        priority: Index into `PRIORITIES`.
        streaming: Whether it is a stream.
        number: Order of arrival.
        outcome: Is set to None when it may begin, or to the error of its refusal.
        waits: Whether it is in the queue.
    """

    __slots__ = ("account", "number", "outcome", "priority", "streaming", "waits")

    def __init__(self, account: "Account", priority: int, number: int, *, streaming: bool) -> None:
        self.account = account
        self.priority = priority
        self.streaming = streaming
        self.number = number
        self.outcome: asyncio.Future[GatewayError | None] = asyncio.get_running_loop().create_future()
        self.waits = True


class Account:
    """Calls of one caller.

    Attributes:
        name: Kind and name of the caller, such as `key:team`.
        standing: Its standing.
        calls: Its calls in flight and waiting.
        streams: Those of them that are streams.
        held: Bytes of its requests in memory.
        tags: Its tag in each priority, in virtual time.
        waiting: Its waiting calls of each priority, unary ones and streams, in order of arrival.
    """

    __slots__ = ("calls", "held", "name", "standing", "streams", "tags", "waiting")

    def __init__(self, name: str, standing: Standing) -> None:
        self.name = name
        self.standing = standing
        self.calls = 0
        self.streams = 0
        self.held = 0
        self.tags = [0.0 for _ in PRIORITIES]
        self.waiting: list[tuple[deque[Waiter], deque[Waiter]]] = [(deque(), deque()) for _ in PRIORITIES]

    def backlog(self, priority: int) -> int:
        """Returns the number of its waiting calls of a priority."""
        unary, streams = self.waiting[priority]
        return len(unary) + len(streams)


class FairQueue:
    """Admits calls within the limits of all and of each caller.

    Args:
        admission: The limits of all.
        settings: Limits of callers and of the queue.

    Attributes:
        priority_key: The metadata key by which calls ask for a priority, in lower case; None: none does.
        queued: Number of waiting calls.
    """

    def __init__(self, admission: Admission, settings: AdmissionSettings) -> None:
        self.priority_key = None if settings.priority_key is None else settings.priority_key.lower()
        self.queued = 0
        self._admission = admission
        self._settings = settings
        self._streams = 0
        self._accounts: dict[str, Account] = {}
        self._waiting: list[dict[str, Account]] = [{} for _ in PRIORITIES]
        self._times = [0.0 for _ in PRIORITIES]
        self._number = 0

    async def enter(
        self, name: str, standing: Standing, asked: str | None, *, streaming: bool, deadline: float | None
    ) -> Account:
        """Counts a call in, perhaps after a wait.

        Args:
            name: Kind and name of the caller, such as `key:team`.
            standing: Its standing.
            asked: The priority that the call asks for; None: none.
            streaming: Whether it is a stream.
            deadline: Deadline of the call, in `time.monotonic()` seconds.

        Returns:
            Its caller's account, for `leave`.

        Raises:
            GatewayError: RESOURCE_EXHAUSTED or UNAVAILABLE: beyond a limit; INVALID_ARGUMENT: an unknown priority.
        """
        priority = _priority(standing, asked)
        account = self._account(name, standing)
        self._check(account, streaming=streaming)
        if self._has_room(streaming=streaming):  # then nobody waits who could begin
            self._admission.enter()
            self._count(account, streaming=streaming)
        else:
            await self._wait(account, priority, streaming=streaming, deadline=deadline)
        return account

    def leave(self, account: Account, *, streaming: bool) -> None:
        """Counts a call out, after `Admission.leave`; the next ones begin."""
        account.calls -= 1
        if streaming:
            account.streams -= 1
            self._streams -= 1
        if self.queued:
            self._dispatch()

    def check_bytes(self, account: Account, size: int) -> None:
        """Checks that a caller may send more request bytes.

        Raises:
            GatewayError: RESOURCE_EXHAUSTED: beyond the caller's limit.
        """
        limit = (
            self._settings.max_bytes_per_caller if account.standing.max_bytes is None else account.standing.max_bytes
        )
        if limit is not None and account.held and account.held + size > limit:
            raise _over(account, "max_bytes_per_caller", limit)

    def _account(self, name: str, standing: Standing) -> Account:
        account = self._accounts.get(name)
        if account is None:
            if len(self._accounts) >= MOST_CALLERS:
                self._accounts = {key: each for key, each in self._accounts.items() if each.calls}
            account = self._accounts[name] = Account(name, standing)
        account.standing = standing  # a reload may have changed it
        return account

    def _check(self, account: Account, *, streaming: bool) -> None:
        settings, standing = self._settings, account.standing
        if settings.max_calls_per_caller is not None and account.calls >= settings.max_calls_per_caller:
            raise _over(account, "max_calls_per_caller", settings.max_calls_per_caller)
        streams = settings.max_streams_per_caller if standing.max_streams is None else standing.max_streams
        if streaming and streams is not None and account.streams >= streams:
            raise _over(account, "max_streams_per_caller", streams)

    def _has_room(self, *, streaming: bool) -> bool:
        most = self._settings.max_streams
        return not self._admission.full and not (streaming and most is not None and self._streams >= most)

    def _count(self, account: Account, *, streaming: bool) -> None:
        account.calls += 1
        if streaming:
            account.streams += 1
            self._streams += 1

    async def _wait(self, account: Account, priority: int, *, streaming: bool, deadline: float | None) -> None:
        self._make_room(account, priority)
        waiter = Waiter(account, priority, self._number, streaming=streaming)
        self._number += 1
        if not account.backlog(priority):
            account.tags[priority] = max(account.tags[priority], self._times[priority])
            self._waiting[priority][account.name] = account
        account.waiting[priority][streaming].append(waiter)
        account.calls += 1
        account.streams += streaming
        self.queued += 1
        longest = self._settings.max_queue_time
        if deadline is not None:
            longest = min(longest, max(deadline - time.monotonic(), 0.0))
        timer = asyncio.get_running_loop().call_later(longest, self._refuse, waiter)
        try:
            refused = await waiter.outcome
        except asyncio.CancelledError:
            if waiter.waits:
                self._remove(waiter)
            elif not waiter.outcome.cancelled() and waiter.outcome.result() is None:  # it was admitted at that moment
                self._admission.leave(0)
                self.leave(account, streaming=streaming)
            raise
        finally:
            timer.cancel()
        if refused is not None:
            raise refused

    def _make_room(self, account: Account, priority: int) -> None:
        """Drops a call if the queue is full: the last one of whoever waits with most calls, of the lowest priority.

        Raises:
            GatewayError: That would be the new call.
        """
        if self.queued < self._settings.max_queued:
            return
        lowest = next((each for each in reversed(range(len(PRIORITIES))) if self._waiting[each]), priority)
        if lowest < priority or not self.queued:
            raise self._admission.overloaded()
        others = self._waiting[lowest].values()
        most = max(others, key=lambda each: each.backlog(lowest) / each.standing.weight)
        own = (account.backlog(priority) + 1) / account.standing.weight
        if lowest == priority and most.backlog(lowest) / most.standing.weight <= own:
            raise self._admission.overloaded()
        last = max((queue[-1] for queue in most.waiting[lowest] if queue), key=lambda each: each.number)
        self._refuse(last)

    def _dispatch(self) -> None:
        """Admits waiting calls as long as there is room."""
        while self.queued and not self._admission.full:
            found = self._next()
            if found is None:
                return
            self._remove(found)
            if found.outcome.cancelled():
                continue
            try:
                self._admission.enter()
            except GatewayError as error:  # the process is short of something
                found.outcome.set_result(error)
                continue
            account, priority = found.account, found.priority
            self._times[priority] = account.tags[priority]
            account.tags[priority] += 1 / account.standing.weight
            self._count(account, streaming=found.streaming)
            found.outcome.set_result(None)

    def _next(self) -> Waiter | None:
        streams = self._has_room(streaming=True)
        for priority, accounts in enumerate(self._waiting):
            heads = chain.from_iterable(_heads(each, priority, streams=streams) for each in accounts.values())
            found = min(heads, key=lambda each: (each.account.tags[each.priority], each.number), default=None)
            if found is not None:
                return found
        return None

    def _refuse(self, waiter: Waiter) -> None:
        if waiter.outcome.done():
            return
        self._remove(waiter)
        waiter.outcome.set_result(self._admission.overloaded())

    def _remove(self, waiter: Waiter) -> None:
        waiter.waits = False
        account, priority = waiter.account, waiter.priority
        account.waiting[priority][waiter.streaming].remove(waiter)
        account.calls -= 1
        account.streams -= waiter.streaming
        self.queued -= 1
        if not account.backlog(priority):
            del self._waiting[priority][account.name]


def _heads(account: Account, priority: int, *, streams: bool) -> Iterator[Waiter]:
    """Yields the calls of a caller that may be next: the first of its unary calls and of its streams."""
    for queue in account.waiting[priority]:
        if queue and (streams or not queue[0].streaming):
            yield queue[0]


def _priority(standing: Standing, asked: str | None) -> int:
    if asked is None:
        return standing.priority
    if asked not in PRIORITIES:
        raise GatewayError(
            f"invalid priority {asked[:20]!r}: must be one of {', '.join(PRIORITIES)}",
            code=StatusCode.INVALID_ARGUMENT,
            reason="INVALID_REQUEST",
        )
    return max(PRIORITIES.index(asked), standing.max_priority)


def _over(account: Account, limit: str, value: int) -> GatewayError:
    """Returns the error of a call beyond a limit of its caller."""
    return GatewayError(
        f"The {account.name.replace(':', ' ', 1)} is at its limit: {limit} {value}; retry a little later",
        code=StatusCode.RESOURCE_EXHAUSTED,
        reason="CALLER_LIMIT_EXCEEDED",
        retry_after=RETRY_AFTER,
        quota=[(account.name, f"{limit}: {value}")],
    )
