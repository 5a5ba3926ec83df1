"""Interface of peers: other gateways, and our own HTTP port."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bench.exchanges import Exchange
from bench.http1 import Prepared
from bench.peers.content import Content, ContentCall
from bench.process import Process


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """A gateway that is called over HTTP/1.1.

    Attributes:
        name: Its name.
        version: The version that is measured.
        started: Installs it if need be and runs it until the block ends, in front of the upstream at an address, with
            its files in a directory. Raises `PeerUnavailableError`.
        headers: What its callers send, for the upstream at an address.
        same_bytes: Whether it passes bodies on as they are; else it writes their JSON anew.
    """

    name: str
    version: str
    started: Callable[[str, Path], AbstractAsyncContextManager[Process]]
    headers: Callable[[str], dict[str, str]]
    same_bytes: bool

    def prepared(self, exchange: Exchange, server: Process, upstream: str) -> Prepared:
        """Returns an exchange as its callers send it.

        Args:
            exchange: The exchange.
            server: The process that `started` gave.
            upstream: The upstream's address.
        """
        call = None if self.same_bytes else partial(ContentCall, Content(exchange))
        return Prepared(exchange, server.address, self.headers(upstream), call)
