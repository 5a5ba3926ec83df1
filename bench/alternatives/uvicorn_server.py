"""uvicorn: an ASGI server that speaks HTTP/2 by zttp."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn  # type: ignore[import-not-found]  # is in the candidate's environment alone

from bench.alternatives.asgi import Event, Receive, Send, respond
from bench.alternatives.rpc import Server as RpcServer
from bench.alternatives.rpc import listening


class Server(RpcServer):
    """Serves by uvicorn."""

    def add_insecure_port(self, address: str) -> int:
        """Takes a port and returns it."""
        self._socket = listening(address)
        port: int = self._socket.getsockname()[1]
        return port

    async def start(self) -> None:
        """Starts to serve."""
        only = {"interface": "asgi3", "http": "zttp", "http2": True, "lifespan": "off", "ws": "none"}
        without = {
            "log_config": None,
            "access_log": False,
            "proxy_headers": False,
            "server_header": False,
            "date_header": False,
        }
        self._uvicorn = Uvicorn(uvicorn.Config(self._respond, **only, **without))
        self._serving = asyncio.create_task(self._uvicorn.serve([self._socket]))

    async def stop(self, grace: float | None) -> None:  # noqa: ARG002 - as grpc.aio's; uvicorn has its own
        """Stops."""
        self._uvicorn.should_exit = True
        await self._serving

    async def _respond(self, scope: Event, receive: Receive, send: Send) -> None:
        await respond(self, scope, receive, send)


class Uvicorn(uvicorn.Server):  # type: ignore[misc]  # as above
    """uvicorn's server, which leaves signals to the gateway."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Captures none."""
        yield


def server(options: Any) -> Server:  # noqa: ARG001 - uvicorn has none of gRPC's channel arguments
    """Makes a server."""
    return Server()
