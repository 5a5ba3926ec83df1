"""Loading a server: calls with a bound on how many there are at a time, each reply checked, and the CPU meanwhile."""

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from bench import http2
from bench.exchanges import Exchange
from bench.process import Process

CONNECTIONS = 4
LIMIT = 60.0  # seconds for a case
SETTLE = 0.5  # seconds until paced streams have all begun
WATCH = 3.5  # seconds that they are then measured for
# `grpc-status: 0` as servers write it that Huffman-code the name, the value or both (RFC 7541).
_NAME, _VALUE = b"\x88\x9a\xca\xc8\xb2\x124\xda\x8f", b"\x81\x07"
STATUS = {"name": _NAME + b"\x010", "value": b"\x0bgrpc-status" + _VALUE, "both": _NAME + _VALUE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One way to load a server.

    Attributes:
        name: What is counted, in the table.
        exchange: The name of the exchange.
        in_flight: How many calls there are at a time.
        each: How many calls follow each other in each of them.
    """

    name: str
    exchange: str
    in_flight: int
    each: int = 1


class Caller:
    """Connections to one server; a context manager that opens and closes them.

    Args:
        server: The server.
        exchanges: What can be called, by name.
        huffman: What of the status is Huffman-coded: its `name`, its `value`, `both`, or nothing.
    """

    def __init__(self, server: Process, exchanges: Mapping[str, Exchange], huffman: str = "") -> None:
        self._server = server
        self._exchanges = exchanges
        self._prepared = {name: http2.Prepared(each, server.address) for name, each in exchanges.items()}
        if huffman:
            for prepared in self._prepared.values():
                prepared.status = STATUS[huffman]
        self._connections: list[http2.Connection] = []
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        host, _, port = self._server.address.rpartition(":")
        for _ in range(CONNECTIONS):
            loop = asyncio.get_running_loop()
            transport, connection = await loop.create_connection(http2.Connection, host, int(port))
            self._stack.callback(transport.close)
            self._connections.append(connection)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, frames: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    async def measure(self, case: Case) -> float:
        """Returns the server's CPU a message that it sent, in microseconds.

        Raises:
            WrongReplyError: A reply was not the expected one.
        """
        async with asyncio.timeout(LIMIT):
            await asyncio.gather(*(self._call(case, number).done for number in range(2 * CONNECTIONS)))
            if self._exchanges[case.exchange].pause:
                return await self._measure_paced(case)
            before = self._server.cpu()
            counts = await asyncio.gather(*(self._in_turn(case, number) for number in range(case.in_flight)))
            return (self._server.cpu() - before) * 1e6 / sum(counts)

    async def _in_turn(self, case: Case, number: int) -> int:
        messages = 0
        for _ in range(case.each):
            call = self._call(case, number)
            await call.done
            messages += call.messages
        return messages

    async def _measure_paced(self, case: Case) -> float:
        """Measures only while all streams run: what their beginnings and ends cost is no message's."""
        calls = [self._call(case, number) for number in range(case.in_flight)]
        await asyncio.sleep(SETTLE)
        before, count = self._server.cpu(), sum(call.messages for call in calls)
        await asyncio.sleep(WATCH)
        spent, count = self._server.cpu() - before, sum(call.messages for call in calls) - count
        await asyncio.gather(*(call.done for call in calls))
        return spent * 1e6 / count

    def _call(self, case: Case, number: int) -> http2.Call:
        return self._connections[number % CONNECTIONS].call(self._prepared[case.exchange])
