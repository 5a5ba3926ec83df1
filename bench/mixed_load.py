"""Load of every kind at a steady, moderate rate: what a gateway sees over a day, in minutes."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Coroutine
from functools import partial
from time import monotonic
from typing import Any

from bench.call import WrongReplyError
from bench.client import Client
from bench.strangers import Stranger, Strangers, WrongAnswerError

PACES = {"chat": 30.0, "chat stream": 0.5, "paced chat stream": 4.0, "embedding": 4.0, "16 embeddings": 1.0}
PACES |= {"response stream": 0.5, "response by chat": 0.5, "long prompt": 1.0, "large prompt": 0.2}
PACES |= {"failing chat": 4.0, "refused chat": 4.0, "throttled chat": 4.0, "cut chat stream": 2.0}
"""Calls per second, by kind."""

STRANGERS = 0.5  # of each kind a second

CANCELS = 4.0  # streams a second that are cancelled at their first chunk
READERS = 8  # that stall
PATIENCE = 20.0  # seconds until each of them gives up, and another one begins


class MixedLoad:
    """Load of every kind.

    Args:
        client: Makes the calls.
        stalled: Makes those that are never read: a client whose window is 0.
        strangers: Peers besides the callers.
        rate: By how much everything is begun more often.

    Attributes:
        counts: How many calls of each kind have ended.
        wrong: What was answered wrongly.
    """

    def __init__(self, client: Client, stalled: Client, strangers: Strangers, rate: float = 1.0) -> None:
        self._client = client
        self._stalled = stalled
        self._strangers = strangers
        self._rate = rate
        self._tasks: set[asyncio.Task[None]] = set()
        self.counts: Counter[str] = Counter()
        self.wrong: list[str] = []

    async def run(self, seconds: float) -> None:
        """Runs the load for a time, and until its calls have ended."""
        end = monotonic() + seconds
        async with asyncio.TaskGroup() as group:
            for name, pace in PACES.items():
                group.create_task(self._begin(partial(self._whole, name), pace, end))
            group.create_task(self._begin(self._cancelled, CANCELS, end))
            for name, stranger in self._strangers.kinds.items():
                group.create_task(self._begin(partial(self._strange, name, stranger), STRANGERS, end))
            for number in range(READERS):
                group.create_task(self._stall(number, end))
        await asyncio.gather(*self._tasks)

    async def _begin(self, call: Callable[[int], Coroutine[Any, Any, None]], pace: float, end: float) -> None:
        began = monotonic()
        number = 0
        while (due := began + number / pace / self._rate) < end:
            await asyncio.sleep(due - monotonic())
            task = asyncio.create_task(call(number))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
            number += 1

    async def _whole(self, name: str, number: int) -> None:
        try:
            await self._client.call(name, number).done
        except WrongReplyError as error:
            self.wrong.append(str(error))
        self.counts[name] += 1

    async def _cancelled(self, number: int) -> None:
        try:
            call = self._client.call("paced chat stream", number)
            await call.begun()
        except WrongReplyError as error:
            self.wrong.append(str(error))
        else:
            call.cancel()
        self.counts["cancelled"] += 1

    async def _strange(self, name: str, stranger: Stranger, number: int) -> None:
        try:
            await stranger(random.Random(f"{name} {number}"))  # noqa: S311 - no secret
        except (WrongAnswerError, OSError) as error:
            self.wrong.append(f"{name}: {error or type(error).__name__}")
        self.counts[name] += 1

    async def _stall(self, number: int, end: float) -> None:
        while (left := end - monotonic()) > 0:
            call = self._stalled.call("large chat stream", number)
            await asyncio.wait((call.done,), timeout=min(PATIENCE, left))
            if call.done.done() or call.messages:
                self.wrong.append("a stream went on that nobody read")
                return
            call.cancel()
            self.counts["stalled"] += 1
