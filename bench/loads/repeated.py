"""Calls in a closed loop."""

import asyncio
from dataclasses import dataclass
from time import monotonic

from bench.call import Call
from bench.client import Client, Target
from bench.exchanges import Exchange
from bench.loads.load import FEW, LIMIT, warm_up
from bench.measures import Measures, Meter, beginnings, latencies


@dataclass(frozen=True, slots=True)
class Repeated:
    """Calls in a closed loop: each follows the one before.

    Attributes:
        exchange: What is called.
        in_flight: How many calls there are at a time.
        seconds: For how long new ones are begun.
        connections: On how many connections, by gRPC; 0: as many as are usual for so many calls.
    """

    exchange: str
    in_flight: int
    seconds: float = 1.0
    connections: int = 0

    def __str__(self) -> str:
        return f"{self.in_flight} in flight"

    async def measure(self, target: Target, exchanges: dict[str, Exchange]) -> Measures:
        """Counts calls, or the messages of streams."""
        async with (
            asyncio.timeout(LIMIT),
            Client(target, exchanges, self.in_flight, connections=self.connections) as client,
        ):
            await warm_up(client, self.exchange, max(self.in_flight, FEW))
            meter = Meter(target.process, target.upstream)
            end = monotonic() + self.seconds
            workers = (self._in_turn(client, number, end) for number in range(self.in_flight))
            calls = [call for made in await asyncio.gather(*workers) for call in made]
            spent = meter.spent()
        streaming = exchanges[self.exchange].streaming
        units = sum(call.messages for call in calls) if streaming else len(calls)
        return spent.measures(units, **latencies(calls), **(beginnings(calls) if streaming else {}))

    async def _in_turn(self, client: Client, number: int, end: float) -> list[Call]:
        calls: list[Call] = []
        while not calls or monotonic() < end:
            call = client.call(self.exchange, number)
            await call.done
            calls.append(call)
        return calls
