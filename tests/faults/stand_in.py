"""A stand-in for the HTTP upstream: a scriptable HTTP/1.1 server on a real loopback port.

It runs in a thread with an event loop of its own, so it serves blocking tests, asyncio tests and
gateways in other processes alike, and a test that blocks its own loop does not block the upstream:

    with StandIn() as upstream:
        upstream.on("POST", "/v1/chat/completions", answers.json({"id": "chatcmpl-1"}))
        upstream.enqueue(answers.reset(), answers.json({}))  # the next two requests, whatever they are
        ... drive the gateway with base URL f"{upstream.url}/v1" ...
        exchange = upstream.exchange(0)
        exchange.request.json()["model"]
        exchange.closed.result(10)                     # in blocking tests
        await asyncio.wrap_future(exchange.closed)     # in asyncio tests

An answer is an async function of an `Exchange`; `faults.answers` has the usual ones. What a test waits for
is a `concurrent.futures.Future` or raises after a generous limit; nothing needs a sleep.
"""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self

from faults.exchange import Connection, Exchange, Gate, promise
from faults.http_request import ReceivedRequest, read_head

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future

    from faults.exchange import Answer

__all__ = ["LIMIT", "Exchange", "Gate", "StandIn", "refusing", "silent"]

LIMIT = 20.0  # seconds after which a wait gives up: a hung test must fail, not hang


class StandIn:
    """The server; a context manager.

    Args:
        tls: Serves HTTPS with this context.
        send_buffer: SO_SNDBUF of accepted connections in bytes; small ones make backpressure visible early.

    Attributes:
        exchanges: All exchanges in the order of their requests.
        connections: How many connections were accepted.
        accepted_bytes: Bytes of all answers that the kernel has accepted.
        errors: What scripted answers raised; the first is raised when the context ends.
    """

    def __init__(self, *, tls: ssl.SSLContext | None = None, send_buffer: int | None = None) -> None:
        self.port = 0
        self.exchanges: list[Exchange] = []
        self.connections = 0
        self.accepted_bytes = 0
        self.errors: list[BaseException] = []
        self._tls = tls
        self._send_buffer = send_buffer
        self._queue: list[Answer] = []
        self._routes: dict[tuple[str, str], Answer] = {}
        self._open: set[Connection] = set()
        self._conversations: set[asyncio.Task[None]] = set()
        self._changed = threading.Condition()
        self._loop = asyncio.new_event_loop()
        self._stopping: asyncio.Event = asyncio.Event()
        self._ready: Future[None] = promise()
        self._thread = threading.Thread(target=self._run, name="stand-in", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.result(LIMIT)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join(LIMIT)
        if self.errors:
            raise self.errors[0]

    @property
    def url(self) -> str:
        """Scheme, host and port, without a path."""
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"

    def on(self, method: str, path: str, answer: Answer) -> None:
        """Answers every request for `path` (percent-encoded, without its query) that the queue leaves."""
        self._routes[method, path] = answer

    def enqueue(self, *given: Answer) -> None:
        """Answers the next requests, one each, before any route is looked at."""
        self._queue.extend(given)

    def clear_queue(self) -> None:
        """Forgets the answers of requests that never came."""
        self._queue.clear()

    def exchange(self, index: int) -> Exchange:
        """Blocks until the request of this index (0 is the first) has come, and returns its exchange."""
        self._wait(lambda: len(self.exchanges) > index, f"request {index} never came")
        return self.exchanges[index]

    @property
    def requests(self) -> list[ReceivedRequest]:
        """Everything received so far, in order."""
        return [exchange.request for exchange in self.exchanges]

    def settled_bytes(self, quiet: float = 0.3, limit: float = LIMIT) -> int:
        """Blocks until no byte of any answer was accepted for `quiet` seconds; returns the count so far."""
        deadline = time.monotonic() + limit
        with self._changed:
            while self._changed.wait(quiet):
                if time.monotonic() > deadline:
                    raise TimeoutError("the gateway never stopped reading")
            return self.accepted_bytes

    def drop_connections(self) -> None:
        """Closes all open connections in order, also idle ones, and waits until that is done."""
        dropped = list(self._open)
        for connection in dropped:
            self._loop.call_soon_threadsafe(connection.writer.close)
        for connection in dropped:
            connection.closed.result(LIMIT)

    def _wait(self, condition: Callable[[], bool], otherwise: str) -> None:
        with self._changed:
            if not self._changed.wait_for(condition, LIMIT):
                raise TimeoutError(otherwise)

    def _count(self, size: int) -> None:
        with self._changed:
            self.accepted_bytes += size
            self._changed.notify_all()

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        server = await self._loop.create_server(lambda: Connection(self._converse), "127.0.0.1", 0, ssl=self._tls)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set_result(None)
        await self._stopping.wait()
        # The server closes last: of what is accepted meanwhile asyncio would make half a transport, and leave it open.
        for listening in server.sockets:
            self._loop.remove_reader(listening.fileno())
        # Until nothing runs any more: a connection that was accepted just now has yet to begin its conversation, and
        # one whose conversation is over may still hold what its peer does not read.
        while (others := asyncio.all_tasks() - {asyncio.current_task()}) or self._open:
            for connection in tuple(self._open):
                connection.writer.transport.abort()
            for conversation in self._conversations:
                conversation.cancel()  # it may wait at a gate
            await (asyncio.wait(others, timeout=0.1) if others else self._turns())
        await self._turns()  # transports close, and the last `closed` futures are done
        server.close()

    @staticmethod
    async def _turns() -> None:
        """Lets the event loop do what it has put off, and what that puts off in turn."""
        for _ in range(4):
            await asyncio.sleep(0)

    async def _converse(self, connection: Connection) -> None:
        self.connections += 1
        self._open.add(connection)
        # Not before: closing may take long where the gateway does not read.
        connection.closed.add_done_callback(lambda _: self._open.discard(connection))
        conversation = asyncio.current_task()
        assert conversation is not None
        self._conversations.add(conversation)
        if self._send_buffer:
            accepted: Any = connection.writer.get_extra_info("socket")
            accepted.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, self._send_buffer)
        number = 0
        try:
            while request := await read_head(connection.reader):
                number += 1
                exchange = Exchange(request, number, connection, self._count)
                with self._changed:
                    self.exchanges.append(exchange)
                    self._changed.notify_all()
                await self._answer(request)(exchange)
                if not exchange.keep_alive or connection.closed.done():  # what is left is a body that nobody read
                    break
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the gateway went away (`exchange.closed` tells), or the stand-in stops
        except Exception as error:  # noqa: BLE001 - whatever a scripted answer raised belongs to the test, at exit
            self.errors.append(error)
        finally:
            connection.writer.close()
            self._conversations.discard(conversation)

    def _answer(self, request: ReceivedRequest) -> Answer:
        if self._queue:
            return self._queue.pop(0)
        answer = self._routes.get((request.method, request.path))
        if answer is None:
            raise LookupError(f"no answer is scripted for {request.method} {request.target}")
        return answer


@contextmanager
def refusing() -> Iterator[str]:
    """Yields the URL of a port that refuses connections as long as the context lasts."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))  # bound but not listening: nobody else can get the port meanwhile
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"


@contextmanager
def silent() -> Iterator[str]:
    """Yields the URL of a port where connections never come to stand, as the queue of its socket is full."""
    with socket.socket() as listening, socket.socket() as queued:
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        queued.connect(listening.getsockname())
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
