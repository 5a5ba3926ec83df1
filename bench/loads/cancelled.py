"""Load of cancelled streams."""

import asyncio
from dataclasses import dataclass
from time import monotonic

from bench.call import Call
from bench.client import Client, Target, connections
from bench.exchanges import Exchange
from bench.loads.load import LIMIT, warm_up
from bench.measures import MILLISECONDS, Measures, Meter, beginnings, percentile

CLOSING = 10.0  # seconds in which the upstream's connections must be closed
LOOK = 0.05  # seconds between two looks at them


@dataclass(frozen=True, slots=True)
class Cancelled:
    """Streams that are cancelled as soon as they have begun.

    Attributes:
        exchange: What is called.
        in_flight: How many calls there are at a time.
        seconds: For how long new ones are begun.
    """

    exchange: str = "fast chat stream"
    in_flight: int = 32
    seconds: float = 1.5

    async def measure(self, target: Target, exchanges: dict[str, Exchange]) -> Measures:
        """Counts streams; their latency is the time from the cancel until the upstream's connection is closed."""
        async with asyncio.timeout(LIMIT), Client(target, exchanges, self.in_flight) as client:
            await warm_up(client, "chat", self.in_flight)
            await connections(target.upstream)
            meter = Meter(target.process, target.upstream)
            end = monotonic() + self.seconds
            workers = (self._in_turn(client, number, end) for number in range(self.in_flight))
            made = [call for calls in await asyncio.gather(*workers) for call in calls]
            broken = await self._broken(target, len(made))
            spent = meter.spent()
        # One by one in order: which of them was closed when is not known, but the order hardly differs.
        cancelled = sorted(time for _, time in made)
        took = [(after - before) * MILLISECONDS for before, after in zip(cancelled, broken, strict=True)]
        began = beginnings([call for call, _ in made])
        return spent.measures(len(made), p50=percentile(took, 50), p99=percentile(took, 99), **began)

    async def _in_turn(self, client: Client, number: int, end: float) -> list[tuple[Call, float]]:
        calls = []
        while monotonic() < end:
            call = client.call(self.exchange, number)
            await call.begun()
            calls.append((call, monotonic()))
            call.cancel()
        return calls

    async def _broken(self, target: Target, count: int) -> list[float]:
        broken: list[float] = []
        async with asyncio.timeout(CLOSING):
            while len(broken) < count:
                broken.extend((await connections(target.upstream)).broken)
                await asyncio.sleep(LOOK)
        return sorted(broken)
