"""Ledger of calls by limited keys, in a store that may be shared and may fail.

A reply never waits for the store: calls are counted out afterwards. Changes that come while a batch is under way make
up the next batch, so that a key has no more than one request under way. A store that fails fails everybody who waits
for it; until it answers again, which one probe after the other finds out, calls of limited keys are refused at once.
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Coroutine, Sequence
from itertools import count
from math import inf
from uuid import uuid4

from grpc import StatusCode

from openai_grpc_server.access.keyring import Caller, Notice, Refusal
from openai_grpc_server.access.store import (
    LEASE,
    Batch,
    Change,
    Enter,
    Leave,
    MemoryStore,
    Renew,
    Reserve,
    Store,
    StoreError,
)
from openai_grpc_server.access.store import Answer as StoreAnswer
from openai_grpc_server.errors import GatewayError
from openai_grpc_server.telemetry.log import Log, frames

PROBE_INTERVAL = 0.05  # seconds between the probes of a store that does not answer
CLOSE_TIMEOUT = 2.5  # seconds
MAX_CHANGES = 1000  # of a batch: a Redis serves nobody else meanwhile

Answer = asyncio.Future[StoreAnswer]


def limits_unavailable(error: StoreError) -> GatewayError:
    """Returns the error of a call whose limits can't be looked up."""
    unavailable = GatewayError(
        "The limits of the key can't be looked up; retry a little later",
        code=StatusCode.UNAVAILABLE,
        reason="LIMITS_UNAVAILABLE",
    )
    unavailable.__cause__ = error
    return unavailable


class Entry:
    """A running call of a limited key. `leave` ends it.

    Args:
        ledger: Where it is counted.
        caller: Owner of the call's key.
        call: A unique id of the call.

    Attributes:
        warned: Whether the soft budget of the key is spent.
    """

    __slots__ = ("_ledger", "_reserved", "call", "caller", "warned")

    def __init__(self, ledger: "Ledger", caller: Caller, call: str) -> None:
        self._ledger = ledger
        self._reserved = False
        self.caller = caller
        self.call = call
        self.warned = False

    def reserve(self, tokens: int, cost: float) -> "Refusal | Coroutine[None, None, Refusal | None] | None":
        """Counts what the call may take until it ends.

        Args:
            tokens: Estimated tokens.
            cost: Estimated cost, in US dollars.

        Returns:
            Why it is refused, or None; a store that must be waited for is asked by a coroutine that returns it, and
            raises a `StoreError` if the store does not answer.
        """
        self._reserved = True
        memory = self._ledger.memory
        if memory is None:
            return self._reserve(tokens, cost)
        answer = memory.reserve_now(self.caller, self.call, tokens, cost)
        return answer if isinstance(answer, Refusal) else None

    async def _reserve(self, tokens: int, cost: float) -> Refusal | None:
        answer = await self._ledger.change(Reserve(self.caller, self.call, tokens, cost))
        return answer if isinstance(answer, Refusal) else None

    def leave(self, tokens: int, cost: float, once: str = "") -> None:
        """Counts the call out, asynchronously.

        Args:
            tokens: The tokens that it took.
            cost: Its cost, in US dollars.
            once: Id of the usage, if other calls may report the same: only the first is counted.
        """
        cost = cost if 0 <= cost < inf else 0.0
        tokens = tokens if tokens > 0 else 0  # noqa: FURB136 - `max` takes several times as long
        memory = self._ledger.memory
        if memory is not None:
            memory.leave_now(self.caller, self.call, tokens, cost, once, reserved=self._reserved)
        else:
            self._ledger.leave(Leave(self.caller, self.call, tokens, cost, once, self._reserved))


class Ledger:
    """Counts calls in and out.

    Args:
        store: Keeps what keys have used.
        log: Where failures of the store are logged.

    Attributes:
        memory: The store, if it is one in memory, which is changed at once and does not fail.
    """

    def __init__(self, store: Store, log: Log) -> None:
        self._store = store
        self.memory = store if isinstance(store, MemoryStore) else None
        self._numbers = count(1)
        self._log = log
        self._lease = LEASE if store.shared else inf
        self._waiting: deque[tuple[Change, Answer | None]] = deque()
        self._batches = 0
        self._uncounted = Batch(())  # of a batch that failed, what is to be counted all the same
        self._failure = ""
        self._failing_since = 0.0  # as the log says: on a full disk only probes may succeed
        self._leased: dict[str, Caller] = {}
        self._writing: asyncio.Task[None] | None = None
        self._renewing: asyncio.Task[None] | None = None
        self._settled = asyncio.Event()
        self._settled.set()

    async def enter(self, caller: Caller) -> Entry | Refusal:
        """Counts a call in, unless it is over a limit.

        Raises:
            StoreError: The store does not answer.
        """
        if self.memory is not None:
            return self.enter_now(caller, self.memory)
        entry = Entry(self, caller, uuid4().hex)
        answer = await self.change(Enter(caller, entry.call, self._lease))
        if isinstance(answer, Refusal):
            return answer
        entry.warned = answer is Notice.SOFT_BUDGET
        if self._store.shared and caller.limits.max_parallel_requests is not None:
            self._leased[entry.call] = caller
            if self._renewing is None or self._renewing.done():
                self._renewing = asyncio.create_task(self._renew())
        return entry

    def enter_now(self, caller: Caller, memory: MemoryStore) -> Entry | Refusal:
        """Counts a call in by the store in memory, unless it is over a limit."""
        entry = Entry(self, caller, str(next(self._numbers)))
        answer = memory.enter_now(caller, entry.call, inf)
        if answer is not None:
            if isinstance(answer, Refusal):
                return answer
            entry.warned = True
        return entry

    async def change(self, change: Enter | Reserve) -> StoreAnswer:
        """Makes a change and returns the store's answer.

        Raises:
            StoreError: The store does not answer.
        """
        if self._failure:
            raise StoreError(self._failure)
        if self._store.shared or self._waiting:
            return await self._answer(change)
        (answer,) = await self._store.apply(Batch((change,)))
        return answer

    def leave(self, change: Leave) -> None:
        """Counts a call out, asynchronously."""
        self._leased.pop(change.call, None)
        self._add(change)

    async def settled(self) -> None:
        """Waits until ended calls are counted out, or the store has failed."""
        await self._settled.wait()

    async def aclose(self) -> None:
        """Writes pending changes, if the store answers soon, and closes it; logs what was not counted."""
        if self._renewing is not None:
            self._renewing.cancel()
        if self._writing is not None:
            if self._waiting or self._uncounted.changes or not self._failure:
                await asyncio.wait((self._writing,), timeout=CLOSE_TIMEOUT)
            self._writing.cancel()
            await asyncio.wait((self._writing,))
        self._log_lost()
        await self._store.aclose()

    async def _answer(self, change: Enter | Reserve) -> StoreAnswer:
        answer: Answer = asyncio.get_running_loop().create_future()
        self._add(change, answer)
        try:
            return await answer
        except asyncio.CancelledError:
            if isinstance(change, Enter):  # else it has an entry, by which it leaves
                self._add(Leave(change.caller, change.call))
            raise

    def _add(self, change: Change, answer: Answer | None = None) -> None:
        self._waiting.append((change, answer))
        if self._writing is None or self._writing.done():
            self._settled.clear()
            self._writing = asyncio.create_task(self._write())

    async def _write(self) -> None:
        """Writes batches until no change is pending and the store answers."""
        while self._waiting or self._failure:
            if self._failure:
                await asyncio.sleep(PROBE_INTERVAL)
            if not (batch := self._uncounted).changes:
                waiting = [self._waiting.popleft() for _ in range(min(len(self._waiting), MAX_CHANGES))]
                self._batches += 1
                batch = Batch([change for change, _ in waiting], self._batches)
                answers = [answer for _, answer in waiting]
            else:
                answers = [None] * len(batch.changes)
            try:
                refusals = await self._store.apply(batch)
            except Exception as error:  # noqa: BLE001 - those who wait must be told of whatever it is
                text = str(error) if isinstance(error, StoreError) else type(error).__name__
                if not self._failing_since:
                    self._failing_since = time.monotonic()
                    seen = {} if isinstance(error, StoreError) else {"traceback": frames(error)}
                    self._log.write(logging.WARNING, "limits store does not answer", {"error": text, **seen})
                self._fail(batch, answers, text)
                continue
            for answer, refused in zip(answers, refusals, strict=True):
                if answer is not None and not answer.done():
                    answer.set_result(refused)
            self._uncounted = Batch(())
            if self._failing_since and any(answers):
                seconds = round(time.monotonic() - self._failing_since, 3)
                self._log.write(logging.WARNING, "limits store answers again", {"seconds": seconds})
                self._failing_since = 0.0
            if self._failure:
                self._failure = ""
                self._renew_all()
        self._settled.set()

    def _fail(self, batch: Batch, answers: Sequence[Answer | None], error: str) -> None:
        """Fails all waiting calls; other changes are kept until the store answers again."""
        self._failure = error
        self._uncounted = Batch([each for each in batch.changes if isinstance(each, Leave)], batch.number)
        left = [(each, None) for each, answer in self._waiting if isinstance(each, Leave)]
        # The store may have made the batch, and only its answer was lost.
        undone = [(Leave(each.caller, each.call), None) for each in batch.changes if isinstance(each, Enter)]
        for answer in (*answers, *(answer for _, answer in self._waiting)):
            if answer is not None and not answer.done():
                answer.set_exception(StoreError(error))
        self._waiting = deque((*undone, *left))
        self._settled.set()

    async def _renew(self) -> None:
        while self._leased:
            await asyncio.sleep(LEASE / 3)
            if not self._failure:
                self._renew_all()

    def _renew_all(self) -> None:
        for call, caller in self._leased.items():
            self._add(Renew(caller, call, self._lease))

    def _log_lost(self) -> None:
        lost: dict[str, tuple[int, int, float]] = {}
        for each in (*self._uncounted.changes, *(change for change, _ in self._waiting)):
            if isinstance(each, Leave) and (each.tokens or each.cost):
                calls, tokens, cost = lost.get(each.caller.name, (0, 0, 0.0))
                lost[each.caller.name] = calls + 1, tokens + each.tokens, cost + each.cost
        for key, (calls, tokens, cost) in lost.items():
            what = {"key": key, "calls": calls, "tokens": tokens, "cost": cost, "error": self._failure}
            self._log.write(logging.ERROR, "usage not counted", what)
