"""Load of streams next to stalled readers."""

import asyncio
from dataclasses import dataclass, replace

from bench.call import WrongReplyError
from bench.client import Client, Target, connections
from bench.exchanges import Exchange
from bench.loads.load import KILOBYTE, LIMIT, warm_up
from bench.loads.paced import Paced
from bench.measures import Measures

CLOSING = 10.0  # seconds in which the upstream's connections must be closed
LOOK = 0.05  # seconds between two looks at them


@dataclass(frozen=True, slots=True)
class Stalled:
    """Paced streams, while other callers have opened streams that they never read.

    Attributes:
        paced: The streams that are read and measured.
        exchange: What the others call.
        readers: How many of them there are.
        settle: Seconds until the server has taken for them what it takes.
    """

    paced: Paced
    exchange: str = "large chat stream"
    readers: int = 64
    settle: float = 1.5

    async def measure(self, target: Target, exchanges: dict[str, Exchange]) -> Measures:
        """Counts messages of the paced streams; the memory is that of a stream that is not read."""
        async with (
            asyncio.timeout(LIMIT),
            Client(target, exchanges, self.paced.streams) as client,
            Client(target, exchanges, self.readers, initial_window=0) as stalled,
        ):
            await warm_up(client, "chat")
            empty = target.process.proportional_set_size()
            calls = [stalled.call(self.exchange, number) for number in range(self.readers)]
            await asyncio.sleep(self.settle)
            memory = (target.process.proportional_set_size() - empty) / KILOBYTE / self.readers
            measured = await self.paced.measure_with(client)
            if any(call.done.done() or call.messages for call in calls):
                raise WrongReplyError("a stream went on that nobody read")
            during = await connections(target.upstream)
            for call in calls:
                call.cancel()
            async with asyncio.timeout(CLOSING):
                while (await connections(target.upstream)).open > during.open - self.readers:  # noqa: ASYNC110 - remote
                    await asyncio.sleep(LOOK)
        return replace(measured, memory=memory)
