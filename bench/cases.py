"""The cases: how each loads a server, and how the server's CPU is measured meanwhile."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from bench.exchanges import Exchange
from bench.http2 import Call, Connection, Prepared
from bench.process import Process

CONNECTIONS = 4
LIMIT = 60.0  # seconds for a case
SETTLE = 0.5  # seconds until paced streams have all begun
WATCH = 3.5  # seconds that they are then measured for


class Client:
    """Connections to one server; a context manager that opens and closes them.

    Args:
        server: The server.
        exchanges: What can be called, by name.
    """

    def __init__(self, server: Process, exchanges: dict[str, Exchange]) -> None:
        self.server = server
        self._exchanges = exchanges
        self._prepared = {name: Prepared(each, server.address) for name, each in exchanges.items()}
        self._connections: list[Connection] = []
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        host, _, port = self.server.address.rpartition(":")
        for _ in range(CONNECTIONS):
            transport, connection = await asyncio.get_running_loop().create_connection(Connection, host, int(port))
            self._stack.callback(transport.close)
            self._connections.append(connection)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, frames: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    def call(self, exchange: str, number: int) -> Call:
        """Starts an RPC on one of the connections."""
        return self._connections[number % CONNECTIONS].call(self._prepared[exchange])

    def paced(self, exchange: str) -> bool:
        """Says whether the messages of an exchange come one after the other."""
        return bool(self._exchanges[exchange].pause)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One way to load a server.

    Attributes:
        name: Its name in the table.
        exchange: The name of the exchange.
        unit: What is counted: `call`, or the messages of a stream.
        in_flight: How many calls there are at a time.
        each: How many calls follow each other in each of them.
        limit: The target: the most that ours may cost, as a multiple of the floor.
    """

    name: str
    exchange: str
    unit: str
    in_flight: int
    each: int = 1
    limit: float | None = None

    async def measure(self, client: Client) -> float:
        """Returns the server's CPU a message that it sent, in microseconds.

        Raises:
            WrongReplyError: A reply was not the expected one.
        """
        async with asyncio.timeout(LIMIT):
            if client.paced(self.exchange):
                return await self._measure_paced(client)
            before = client.server.cpu()
            counts = await asyncio.gather(*(self._in_turn(client, number) for number in range(self.in_flight)))
            return (client.server.cpu() - before) * 1e6 / sum(counts)

    async def warm_up(self, client: Client) -> None:
        """Makes a few calls on each connection."""
        async with asyncio.timeout(LIMIT):
            await asyncio.gather(*(client.call(self.exchange, number).done for number in range(2 * CONNECTIONS)))

    async def _in_turn(self, client: Client, number: int) -> int:
        messages = 0
        for _ in range(self.each):
            call = client.call(self.exchange, number)
            await call.done
            messages += call.messages
        return messages

    async def _measure_paced(self, client: Client) -> float:
        """Measures only while all streams run: what their beginnings and ends cost is no message's."""
        calls = [client.call(self.exchange, number) for number in range(self.in_flight)]
        await asyncio.sleep(SETTLE)
        before, count = client.server.cpu(), sum(call.messages for call in calls)
        await asyncio.sleep(WATCH)
        spent, count = client.server.cpu() - before, sum(call.messages for call in calls) - count
        await asyncio.gather(*(call.done for call in calls))
        return spent * 1e6 / count


CASES = (
    Case(name="unary, 1 in flight", exchange="chat", unit="call", in_flight=1, each=500, limit=1.8),
    Case(name="unary, 32 in flight", exchange="chat", unit="call", in_flight=32, each=60, limit=1.8),
    Case(name="chat chunks back to back, 32 streams", exchange="chat stream", unit="chunk", in_flight=32, limit=1.7),
    Case(
        name="chat chunks, 1,000/s on 100 streams",
        exchange="paced chat stream",
        unit="chunk",
        in_flight=100,
        limit=1.3,
    ),
    Case(
        name="response events back to back, 32 streams",
        exchange="response stream",
        unit="event",
        in_flight=32,
        limit=1.7,
    ),
    Case(name="embedding, 1 x 1536", exchange="embedding", unit="call", in_flight=8, each=60),
    Case(name="embeddings, 16 x 1536", exchange="16 embeddings", unit="call", in_flight=8, each=25),
)
