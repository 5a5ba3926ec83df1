"""Either server of the port with methods of the tests' own."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import grpc
import grpc.aio

from openai_grpc_server.listen.http2 import Limits, Server
from openai_grpc_server.listen.options import server_tls

SERVERS = ("grpcio", "asyncio")
_MESSAGE_SIZE = 64 << 20


@dataclass(frozen=True)
class Tls:
    """PEM files.

    Attributes:
        certificate: The server's certificate chain.
        private_key: Its private key.
        client_ca: The authority of client certificates; None: clients show none.
    """

    certificate: Path
    private_key: Path
    client_ca: Path | None = None


class Stoppable(Protocol):
    """A server that serves."""

    async def stop(self, grace: float) -> None:
        """Stops after a grace period in seconds."""


@dataclass(frozen=True)
class Methods(grpc.GenericRpcHandler):
    """Methods by path.

    Attributes:
        by_path: The methods.
    """

    by_path: "dict[str, grpc.RpcMethodHandler[Any, Any]]"

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> "grpc.RpcMethodHandler[Any, Any] | None":
        return self.by_path.get(handler_call_details.method)


async def started(
    kind: str, methods: Methods, *, tls: Tls | None = None, max_message_size: int = _MESSAGE_SIZE
) -> tuple[Stoppable, int]:
    """Starts a server on a free port of loopback.

    Args:
        kind: One of `SERVERS`.
        methods: What it serves.
        tls: Its TLS; None: plaintext.
        max_message_size: The largest request message, in bytes.

    Returns:
        The server and its port.
    """
    start = _on_asyncio if kind == "asyncio" else _on_grpcio
    return await start(methods, tls, max_message_size)


async def _on_asyncio(methods: Methods, tls: Tls | None, max_message_size: int) -> tuple[Stoppable, int]:
    server = Server(Limits(max_message_size=max_message_size))
    server.add_generic_rpc_handlers((methods,))
    context = None if tls is None else server_tls(tls.certificate, tls.private_key, tls.client_ca)
    port = server.bind("127.0.0.1", 0, reuse_port=False, tls=context)
    await server.start()
    return server, port


async def _on_grpcio(methods: Methods, tls: Tls | None, max_message_size: int) -> tuple[Stoppable, int]:
    server = grpc.aio.server(
        options=[("grpc.max_receive_message_length", max_message_size), ("grpc.max_send_message_length", -1)]
    )
    server.add_generic_rpc_handlers((methods,))
    if tls is None:
        port = server.add_insecure_port("127.0.0.1:0")
    else:
        authority = None if tls.client_ca is None else tls.client_ca.read_bytes()
        credentials = grpc.ssl_server_credentials(
            [(tls.private_key.read_bytes(), tls.certificate.read_bytes())], authority, authority is not None
        )
        port = server.add_secure_port("127.0.0.1:0", credentials)
    await server.start()
    return server, port
