"""Interface of loads."""

import asyncio
from typing import Protocol

from bench.client import Client, Target
from bench.exchanges import Exchange
from bench.measures import Measures

LIMIT = 120.0  # seconds for one measurement
KILOBYTE = 1e3
FEW = 8


class Load(Protocol):
    """A way to load a server."""

    async def measure(self, target: Target, exchanges: dict[str, Exchange]) -> Measures:
        """Loads a server and measures it.

        Raises:
            WrongReplyError: A reply was not the expected one.
        """


async def warm_up(client: Client, exchange: str, in_flight: int = FEW) -> None:
    """Makes a few calls at a time before anything is measured."""
    await asyncio.gather(*(client.call(exchange, number).done for number in range(in_flight)))
