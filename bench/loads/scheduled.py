"""Calls at a fixed rate, whether those before have ended or not."""

import asyncio
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic

from bench.call import Call
from bench.client import Client, Target
from bench.exchanges import Exchange
from bench.loads.load import LIMIT, warm_up
from bench.measures import MILLISECONDS, Measures, Meter, percentile
from bench.peers import Peer
from bench.process import Process


def _runs(_: str, __: Path) -> AbstractAsyncContextManager[Process]:
    raise AssertionError("the upstream runs already")


# The upstream itself, called without a gateway.
DIRECT = Peer(name="upstream", version="", started=_runs, headers=lambda _: {}, same_bytes=True)


@dataclass(frozen=True, slots=True)
class Scheduled:
    """Calls in an open loop, whose latency counts from when each was due: a late call is not left out.

    Attributes:
        exchange: What is called.
        rate: Calls a second.
        seconds: For how long.
        settle: Seconds at the beginning that are not counted.
        connections: How many connections there are by gRPC.
    """

    exchange: str
    rate: int
    seconds: float = 2.0
    settle: float = 0.3
    connections: int = 8

    async def measure(self, target: Target, exchanges: dict[str, Exchange]) -> Measures:
        """Counts calls; what a server adds is over calls of the upstream itself at the same rate."""
        direct = replace(target, process=target.upstream, peer=DIRECT, metadata={}, authority=None)
        async with asyncio.timeout(LIMIT):
            _, without = await self._latencies(direct, exchanges)
            measures, within = await self._latencies(target, exchanges)
        added = {
            f"added_p{percent}": percentile(within, percent) - percentile(without, percent) for percent in (50, 99)
        }
        return replace(measures, p50=percentile(within, 50), p99=percentile(within, 99), **added)

    async def _latencies(self, target: Target, exchanges: dict[str, Exchange]) -> tuple[Measures, list[float]]:
        async with Client(target, exchanges, self.connections, connections=self.connections) as client:
            await warm_up(client, self.exchange, self.connections)
            await self._in_time(client, self.settle)
            meter = Meter(target.process, target.upstream)
            calls = await self._in_time(client, self.seconds)
            spent = meter.spent()
        took = [(call.ended - call.started) * MILLISECONDS for call in calls if call.ended is not None]
        return spent.measures(len(calls)), took

    async def _in_time(self, client: Client, seconds: float) -> list[Call]:
        calls: list[Call] = []
        began = monotonic()
        for number in range(round(self.rate * seconds)):
            due = began + number / self.rate
            if (early := due - monotonic()) > 0:
                await asyncio.sleep(early)
            call = client.call(self.exchange, number)
            call.started = due
            calls.append(call)
        await asyncio.gather(*(call.done for call in calls))
        return calls
