"""The gateway's own HTTP/2 server: for the echo from here, for the gateway by its configuration."""

from typing import Any

from openai_grpc_server.http2 import Limits
from openai_grpc_server.http2 import Server as Http2Server

MOST = 4 << 20  # bytes of a message, as with grpc.aio when it is told nothing


class Server(Http2Server):
    """It, with a port taken as from grpc.aio's server."""

    def add_insecure_port(self, address: str) -> int:
        """Takes a port and returns it."""
        host, _, port = address.rpartition(":")
        return self.bind(host, int(port), reuse_port=False, tls=None)


def server(options: Any) -> Server:  # noqa: ARG001 - it has limits in place of channel arguments
    """Makes a server."""
    return Server(Limits(max_message_size=MOST))
