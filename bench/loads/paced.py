"""Load of paced streams."""

import asyncio
from dataclasses import dataclass
from time import monotonic

from bench.call import Call
from bench.client import Client, Target
from bench.exchanges import Exchange
from bench.loads.load import KILOBYTE, LIMIT, warm_up
from bench.measures import Measures, Meter, beginnings, delays, percentile


@dataclass(frozen=True, slots=True)
class Paced:
    """Streams whose messages the upstream sends one after the other.

    Attributes:
        exchange: What is called.
        streams: How many there are.
        opening: Seconds in which they are opened, one after the other.
        watch: Seconds for which they are then measured: what their beginnings and ends cost is no message's.
        settle: Seconds between the two.
        cancel: Whether they are cancelled then, rather than read to their ends.
    """

    exchange: str
    streams: int
    opening: float = 0.3
    watch: float = 2.3
    settle: float = 0.3
    cancel: bool = False

    def __str__(self) -> str:
        return f"{self.streams} streams"

    async def measure(self, target: Target, exchanges: dict[str, Exchange]) -> Measures:
        """Counts messages."""
        async with asyncio.timeout(LIMIT), Client(target, exchanges, self.streams) as client:
            await warm_up(client, "chat")
            return await self.measure_with(client)

    async def measure_with(self, client: Client) -> Measures:
        """Counts messages, on open connections."""
        target, exchange = client.target, client.exchanges[self.exchange]
        empty = target.process.proportional_set_size()
        calls = await self._opened(client)
        await asyncio.sleep(self.settle)
        meter, count = Meter(target.process, target.upstream), sum(call.messages for call in calls)
        await asyncio.sleep(self.watch)
        spent, count = meter.spent(), sum(call.messages for call in calls) - count
        memory = (target.process.proportional_set_size() - empty) / KILOBYTE / self.streams
        if self.cancel:
            for call in calls:
                call.cancel()
        await asyncio.gather(*(call.done for call in calls))
        ideal = exchange.pause * len(exchange.http_reply)
        paces = [(call.ended - call.started) / ideal for call in calls if call.ended is not None]
        late = [delay for call in calls for delay in delays(call, exchange.pause)]
        pace = percentile(paces, 99) if paces else None
        return spent.measures(count, **beginnings(calls), delay_p99=percentile(late, 99), memory=memory, pace=pace)

    async def _opened(self, client: Client) -> list[Call]:
        began = monotonic()
        calls = []
        for number in range(self.streams):
            await asyncio.sleep(began + self.opening * number / self.streams - monotonic())
            calls.append(client.call(self.exchange, number))
        return calls
