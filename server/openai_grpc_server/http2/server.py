"""A gRPC server that speaks HTTP/2 straight from the event loop."""

import asyncio
import logging
import ssl
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Final

import grpc

from openai_grpc_server.http2.connection import LAST_WORDS, Connection
from openai_grpc_server.http2.listening import ConnectionCount, Listener, open_sockets
from openai_grpc_server.http2.methods import Handler, Methods
from openai_grpc_server.http2.receiving import UNBOUNDED, RequestMemory
from openai_grpc_server.http2.settings import Limits

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

_LOG: Final = logging.getLogger(__name__)


class Server:
    """A gRPC server. Methods are added as to a `grpc.aio.Server`, and get the same handlers and contexts.

    Args:
        limits: What connections may cost.
        memory: Bounds the bytes of all requests together.

    Attributes:
        count: How many connections there are, and may be.
    """

    def __init__(self, limits: Limits, memory: RequestMemory = UNBOUNDED) -> None:
        self._limits = limits
        self._memory = memory
        self._methods = Methods()
        self._bound: list[tuple[socket.socket, ssl.SSLContext | None]] = []
        self.count = ConnectionCount(limits)
        self._listening: list[Listener] = []
        self._connections: set[Connection] = set()
        self._empty = asyncio.Event()
        self._empty.set()
        self._stopping = False

    def add_generic_rpc_handlers(self, generic_rpc_handlers: Sequence[grpc.GenericRpcHandler]) -> None:
        """Adds handlers that are asked for the method of each RPC."""
        self._methods.add_generic(generic_rpc_handlers)

    def add_registered_method_handlers(self, service_name: str, method_handlers: Mapping[str, Handler]) -> None:
        """Adds the methods of a service, whose requests may have 16 KiB at most: it is asked for without a key."""
        self._methods.add_registered(service_name, method_handlers)

    def bind(self, host: str, port: int, *, reuse_port: bool, tls: ssl.SSLContext | None) -> int:
        """Takes a port; those who connect are served once it is started.

        Args:
            host: A name or an address.
            port: The port; 0 takes a free one.
            reuse_port: Whether other processes may take it, too (SO_REUSEPORT).
            tls: From `server_tls`; None: plain text.

        Returns:
            The port.

        Raises:
            OSError: It can't be taken.
        """
        sockets = open_sockets(host, port, reuse_port=reuse_port)
        self._bound += [(each, tls) for each in sockets]
        number: int = sockets[0].getsockname()[1]
        return number

    async def start(self) -> None:
        """Begins to serve."""
        for bound, tls in self._bound:
            listener = Listener(bound, tls, self._limits.setup_timeout, self.count, self._connect)
            self._listening.append(listener)
            listener.start()

    async def stop(self, grace: float) -> None:
        """Listens no more, asks callers to reconnect elsewhere, and ends what still runs after the grace period.

        Called again while it stops, the shorter period counts.

        Args:
            grace: In seconds.
        """
        self._stopping = True
        for listener in self._listening:
            listener.close()
        for bound, _ in self._bound:
            bound.close()
        self._all(Connection.drain)
        if not await self._emptied(grace):
            self._all(Connection.end)
            if not await self._emptied(LAST_WORDS):
                self._all(Connection.abort)

    def _all(self, act: "Callable[[Connection], None]") -> None:
        for connection in tuple(self._connections):
            try:
                act(connection)
            except Exception as error:  # noqa: BLE001 - the others are to end all the same
                _LOG.exception("Unexpected [%s] as a connection ended", type(error).__name__)
                connection.abort()

    async def _emptied(self, limit: float) -> bool:
        try:
            async with asyncio.timeout(limit):
                await self._empty.wait()
        except TimeoutError:
            return False
        return True

    def _connect(self, host: str) -> Connection:
        return Connection(self._methods, self._limits, self._opened, partial(self._closed, host), self._memory)

    def _opened(self, connection: Connection) -> bool:
        if self._stopping:  # its TLS was not done before: it has no RPC that would be lost
            return False
        self._connections.add(connection)
        self._empty.clear()
        return True

    def _closed(self, host: str, connection: Connection) -> None:
        self._connections.discard(connection)
        self.count.leave(host)
        if not self._connections:
            self._empty.set()
