"""hypercorn: an ASGI server on h2."""

import asyncio
from typing import Any

from hypercorn.asyncio import serve  # type: ignore[import-not-found]  # is in the candidate's environment alone
from hypercorn.config import Config  # type: ignore[import-not-found]  # as above

from bench.alternatives.asgi import Event, Receive, Send, respond
from bench.alternatives.rpc import Server as RpcServer
from bench.alternatives.rpc import listening


class Server(RpcServer):
    """Serves by hypercorn."""

    def add_insecure_port(self, address: str) -> int:
        """Takes a port and returns it."""
        self._socket = listening(address)
        port: int = self._socket.getsockname()[1]
        return port

    async def start(self) -> None:
        """Starts to serve."""
        config = Config()
        config.bind = [f"fd://{self._socket.detach()}"]
        config.accesslog = None
        config.include_date_header = config.include_server_header = False
        config.h2_max_concurrent_streams = 1000
        self._stopping = asyncio.Event()
        self._serving = asyncio.create_task(serve(self._respond, config, shutdown_trigger=self._stopping.wait))

    async def stop(self, grace: float | None) -> None:  # noqa: ARG002 - as grpc.aio's; hypercorn has its own
        """Stops."""
        self._stopping.set()
        await self._serving

    async def _respond(self, scope: Event, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await respond(self, scope, receive, send)


def server(options: Any) -> Server:  # noqa: ARG001 - hypercorn has none of gRPC's channel arguments
    """Makes a server."""
    return Server()
