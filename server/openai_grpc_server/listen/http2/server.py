"""gRPC server that speaks HTTP/2 from the event loop: takes the port, accepts and counts connections."""

import asyncio
import errno
import logging
import socket
import ssl
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial
from ipaddress import IPv6Address
from typing import TYPE_CHECKING, Final

import grpc

from openai_grpc_server.config.patterns import parsed_address
from openai_grpc_server.listen.http2.call import Handler, Methods
from openai_grpc_server.listen.http2.connection import LAST_WORDS, Connection
from openai_grpc_server.listen.http2.limits import Limits
from openai_grpc_server.listen.http2.stream import UNBOUNDED, RequestMemory

if TYPE_CHECKING:
    from collections.abc import Callable


_BACKLOG: Final = 4096  # connections that wait to be accepted; the system has a limit of its own
_ACCEPTED_AT_ONCE: Final = 100  # in one turn of the loop
_EXHAUSTED: Final = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
_PAUSE: Final = 0.5  # seconds until it is tried again
_SILENCE: Final = 60.0  # seconds between two lines of the log that say the same
_SUBNET_BITS: Final = 64  # of an address of IPv6: who has one has them all
_LOG: Final = logging.getLogger(__name__)


class Server:
    """A gRPC server with the interface, handlers and contexts of `grpc.aio.Server`.

    Args:
        limits: Limits of connections.
        memory: Bounds the bytes of all requests together.

    Attributes:
        count: Counter of the connections, which the HTTP port shares.
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
        """Adds handlers that look up the method of each RPC."""
        self._methods.add_generic(generic_rpc_handlers)

    def add_registered_method_handlers(self, service_name: str, method_handlers: Mapping[str, Handler]) -> None:
        """Adds the methods of a service with requests of at most 16 KiB, since it needs no key."""
        self._methods.add_registered(service_name, method_handlers)

    def bind(self, host: str, port: int, *, reuse_port: bool, tls: ssl.SSLContext | None) -> int:
        """Binds a port; clients that connect are served after `start`.

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

    def use_tls(self, tls: ssl.SSLContext) -> None:
        """Replaces TLS for connections to come."""
        self._bound = [(bound, tls) for bound, _ in self._bound]
        for listener in self._listening:
            listener.tls = tls

    async def start(self) -> None:
        """Begins to serve."""
        for bound, tls in self._bound:
            listener = Listener(bound, tls, self._limits.setup_timeout, self.count, self._connect)
            self._listening.append(listener)
            listener.start()

    async def stop(self, grace: float) -> None:
        """Stops listening, sends GOAWAY, and aborts RPCs after the grace period.

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

    def connections(self) -> list[tuple[str, float, int]]:
        """Returns the peer of each connection, its age in seconds and the number of its RPCs in flight."""
        return [each.facts() for each in self._connections]

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


class ConnectionCount:
    """Counts connections, in total and by address.

    Args:
        limits: Limits of connections.

    Attributes:
        max_connections: Maximum number of connections; mutable.
    """

    def __init__(self, limits: Limits) -> None:
        self.max_connections = limits.max_connections
        self._per_address = limits.connections_per_address
        self._trusted = limits.trusted_peers
        self._total = 0
        self._from: Counter[str | int] = Counter()
        self._told = float("-inf")

    def enter(self, host: str) -> bool:
        """Counts a connection of an address in; returns whether it is within the limits."""
        origin = _origin(host)
        if not self._trusted.has_address(host):
            if self._total >= self.max_connections:
                self._tell("server.max_connections", self.max_connections)
                return False
            if self._from[origin] >= self._per_address:
                self._tell("server.abuse_limits.connections_per_address", self._per_address)
                return False
        self._total += 1
        self._from[origin] += 1
        return True

    def leave(self, host: str) -> None:
        """Counts a connection out."""
        origin = _origin(host)
        self._total -= 1
        self._from[origin] -= 1
        if not self._from[origin]:
            del self._from[origin]

    def _tell(self, name: str, limit: int) -> None:
        now = time.monotonic()
        if now - self._told >= _SILENCE:
            self._told = now
            _LOG.warning("refusing connections: %d are open, which is the limit (%s)", limit, name)


class Listener:
    """Accepts connections on a socket.

    Connections over a limit are closed before TLS is begun, which costs more than all that comes before it.

    Args:
        listening: The socket.
        tls: From `server_tls`; None: plain text.
        handshake_timeout: Until TLS is there, in seconds.
        count: Counts connections, and says which are over a limit.
        connect: Makes a connection from an address. It counts it out when it is closed.

    Attributes:
        tls: As above; may be replaced.
    """

    def __init__(
        self,
        listening: socket.socket,
        tls: ssl.SSLContext | None,
        handshake_timeout: float,
        count: ConnectionCount,
        connect: "Callable[[str], Connection]",
    ) -> None:
        self._listening = listening
        self.tls = tls
        self._handshake_timeout = None if tls is None else handshake_timeout
        self._count = count
        self._connect = connect
        self._beginning: set[asyncio.Task[None]] = set()
        self._retry: asyncio.TimerHandle | None = None
        self._told = float("-inf")

    def start(self) -> None:
        """Begins to accept."""
        self._retry = None
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._listening, self._accept)

    def close(self) -> None:
        """Stops accepting; TLS handshakes in progress continue."""
        if self._retry is not None:
            self._retry.cancel()
        elif self._listening.fileno() >= 0:
            self._loop.remove_reader(self._listening)
        self._listening.close()

    def _accept(self) -> None:
        for _ in range(_ACCEPTED_AT_ONCE):
            try:
                accepted, address = self._listening.accept()
            except BlockingIOError:
                return
            except OSError as error:
                if error.errno in _EXHAUSTED:
                    self._pause(error)
                    return
                continue  # it was reset before it was accepted
            host = address[0]
            if not self._count.enter(host):
                accepted.close()
                continue
            task = self._loop.create_task(self._begin(accepted, host))
            self._beginning.add(task)
            task.add_done_callback(self._beginning.discard)

    async def _begin(self, accepted: socket.socket, host: str) -> None:
        connection = self._connect(host)
        try:
            accepted.setblocking(False)
            accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            await self._loop.connect_accepted_socket(
                lambda: connection, accepted, ssl=self.tls, ssl_handshake_timeout=self._handshake_timeout
            )
        except OSError:  # the peer has gone, or speaks no TLS that is good enough
            pass
        finally:
            if not connection.begun:
                accepted.close()
                self._count.leave(host)

    def _pause(self, error: OSError) -> None:
        now = time.monotonic()
        if now - self._told >= _SILENCE:
            self._told = now
            _LOG.warning(
                "can't accept connections: %s: raise the limit of open files, or lower server.max_connections",
                error.strerror,
            )
        self._loop.remove_reader(self._listening)
        self._retry = self._loop.call_later(_PAUSE, self.start)


def _origin(host: str) -> str | int:
    """Returns the key under which connections of an address are counted."""
    try:
        address = parsed_address(host)
    except ValueError:
        return host
    return int(address) >> _SUBNET_BITS if isinstance(address, IPv6Address) else str(address)


def open_sockets(host: str, port: int, *, reuse_port: bool) -> list[socket.socket]:
    """Binds one socket per address of a host, all to the same port; `::` includes IPv4.

    Raises:
        OSError: The port can't be taken.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    sockets: list[socket.socket] = []
    try:
        for family, kind, protocol, _, address in dict.fromkeys(found):
            each = socket.socket(family, kind, protocol)
            sockets.append(each)
            each.setblocking(False)
            each.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if reuse_port:
                each.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            if family == socket.AF_INET6:
                each.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, int(address[0] != "::"))
            each.bind((address[0], port, *address[2:]))
            each.listen(_BACKLOG)  # now: two that only bind the same port would not notice
            port = each.getsockname()[1]
    except OSError:
        for each in sockets:
            each.close()
        raise
    return sockets
