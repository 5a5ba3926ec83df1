"""TLS of the port, for both HTTP/2 servers."""

import ssl
from pathlib import Path
from typing import Final

import grpc

from openai_grpc_server.config import ConfigError, Problem, TlsSettings
from openai_grpc_server.listen.http2.frames import ALPN as HTTP2

# RFC 9113, section 9.2.2 forbids most suites of TLS 1.2.
_SUITES: Final = "ECDHE+AESGCM:ECDHE+CHACHA20"
HTTP1: Final = "http/1.1"


def tls_context(tls: TlsSettings, protocol: str = HTTP2) -> ssl.SSLContext:
    """Returns the TLS context of a port.

    Args:
        tls: The settings.
        protocol: Protocol of the port, for ALPN.

    Raises:
        ConfigError: A file is unreadable or not valid PEM.
    """
    files = [path for path in (tls.private_key, tls.certificate, tls.client_ca) if path is not None]
    for path in files:
        read_file(path)
    try:
        return server_tls(
            Path(tls.certificate),
            Path(tls.private_key),
            None if tls.client_ca is None else Path(tls.client_ca),
            protocol,
        )
    except ssl.SSLError as error:
        hint = "PEM files of a certificate and its key, which must not be encrypted"
        raise ConfigError(Problem(f"TLS of the port: can't use {' and '.join(files)}: {error}", hint=hint)) from error


def server_credentials(tls: TlsSettings) -> grpc.ServerCredentials:
    """Returns the credentials of a port for gRPC's server.

    Raises:
        ConfigError: A file is unreadable.
    """
    client_ca = read_file(tls.client_ca) if tls.client_ca is not None else None
    return grpc.ssl_server_credentials(
        [(read_file(tls.private_key), read_file(tls.certificate))],
        root_certificates=client_ca,
        require_client_auth=client_ca is not None,
    )


def read_file(path: str) -> bytes:
    """Reads a file of the configuration.

    Raises:
        ConfigError: It is unreadable.
    """
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise ConfigError(Problem(f"can't be read: {error.strerror}", path)) from error


def server_tls(certificate: Path, private_key: Path, client_ca: Path | None, protocol: str = HTTP2) -> ssl.SSLContext:
    """Returns a TLS context.

    Args:
        certificate: PEM file of the server's certificate chain.
        private_key: PEM file of its private key.
        client_ca: PEM file of the authorities of client certificates; None: clients need no certificate.
        protocol: Protocol of the port, for ALPN.

    Raises:
        OSError: A file is unreadable or not valid PEM.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_RENEGOTIATION
    context.set_ciphers(_SUITES)
    context.set_alpn_protocols([protocol])
    context.load_cert_chain(certificate, private_key, password="")  # an encrypted key must not ask for one
    if client_ca is not None:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(client_ca)
    return context
