"""The server of the port: gRPC's own, or ours on the event loop, with the same settings."""

import ssl
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import grpc.aio

from openai_grpc_server.config import ConfigError, Problem, ServerSettings, TlsSettings
from openai_grpc_server.listen import http2
from openai_grpc_server.listen.tls import server_tls
from openai_grpc_server.server_options import check_trusted_peers, http2_limits, server_options


class RpcServer(Protocol):
    """What both servers can do."""

    def add_generic_rpc_handlers(self, generic_rpc_handlers: Sequence[grpc.GenericRpcHandler]) -> None:
        """Adds handlers that are asked for the method of each RPC."""

    def add_registered_method_handlers(
        self, service_name: str, method_handlers: Mapping[str, "grpc.RpcMethodHandler[Any, Any]"]
    ) -> None:
        """Adds the methods of a service."""

    async def start(self) -> None:
        """Begins to serve."""

    async def stop(self, grace: float) -> None:
        """Refuses new RPCs, and cuts off after the grace period what still runs."""


def rpc_server(settings: ServerSettings, longest_call: float, memory: http2.RequestMemory) -> tuple[RpcServer, str]:
    """Makes a server that has its port, and does not serve yet.

    Args:
        settings: The configuration.
        longest_call: The longest that an upstream call may take, in seconds.
        memory: Bounds the bytes of requests that are not complete. gRPC's own server does not tell of those.

    Returns:
        The server, and the address with the port that was taken.

    Raises:
        ConfigError: The address can't be listened on, a TLS file can't be used, or a trusted peer is not valid.
    """
    check_trusted_peers(settings)
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    address = f"{host}:{settings.port}"
    tls = (
        None if settings.tls is None else tls_context(settings.tls)
    )  # its errors name the files, whichever server it is
    try:
        if settings.http2 == "grpcio":
            server, port = _on_grpcio(settings, longest_call, address)
        else:
            server, port = _on_asyncio(settings, longest_call, tls, memory)
    except (RuntimeError, OSError) as error:
        hint = "is another server running there? --port 0 takes a free one"
        raise ConfigError(Problem(f"can't listen on {address}", hint=hint)) from error
    return server, f"{host}:{port}"


def _on_grpcio(settings: ServerSettings, longest_call: float, address: str) -> tuple[RpcServer, int]:
    server: Any = grpc.aio.server(options=server_options(settings, longest_call))  # registers methods; the stubs do not
    if settings.tls is None:
        return server, server.add_insecure_port(address)
    return server, server.add_secure_port(address, server_credentials(settings.tls))


def _on_asyncio(
    settings: ServerSettings, longest_call: float, tls: ssl.SSLContext | None, memory: http2.RequestMemory
) -> tuple[RpcServer, int]:
    server = http2.Server(http2_limits(settings, longest_call), memory)
    return server, server.bind(settings.host, settings.port, reuse_port=settings.reuse_port, tls=tls)


def tls_context(tls: TlsSettings) -> ssl.SSLContext:
    """Reads the files of the port's TLS.

    Raises:
        ConfigError: One of them can't be read, or is not what it should be.
    """
    files = [path for path in (tls.private_key, tls.certificate, tls.client_ca) if path is not None]
    for path in files:
        read_file(path)
    try:
        return server_tls(
            Path(tls.certificate), Path(tls.private_key), None if tls.client_ca is None else Path(tls.client_ca)
        )
    except ssl.SSLError as error:
        raise ConfigError(Problem(f"TLS of the port: can't use {' and '.join(files)}: {error}")) from error


def server_credentials(tls: TlsSettings) -> grpc.ServerCredentials:
    """Returns the files of the port's TLS as gRPC's server takes them.

    Raises:
        ConfigError: One of them can't be read.
    """
    client_ca = read_file(tls.client_ca) if tls.client_ca is not None else None
    return grpc.ssl_server_credentials(
        [(read_file(tls.private_key), read_file(tls.certificate))],
        root_certificates=client_ca,
        require_client_auth=client_ca is not None,
    )


def read_file(path: str) -> bytes:
    """Reads a file that the configuration names.

    Raises:
        ConfigError: It can't be read.
    """
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise ConfigError(Problem(f"can't be read: {error.strerror}", path)) from error
