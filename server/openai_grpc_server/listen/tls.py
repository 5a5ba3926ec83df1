"""TLS of the port."""

import ssl
from pathlib import Path
from typing import Final

from openai_grpc_server.listen.http2.frames import ALPN

# RFC 9113, section 9.2.2 forbids most suites of TLS 1.2.
_SUITES: Final = "ECDHE+AESGCM:ECDHE+CHACHA20"


def server_tls(certificate: Path, private_key: Path, client_ca: Path | None) -> ssl.SSLContext:
    """Makes the TLS of a port.

    Args:
        certificate: The PEM file of the server's certificate chain.
        private_key: That of its private key.
        client_ca: That of the authorities whose clients are let in; None: no certificate is asked for.

    Raises:
        OSError: A file can't be read, or is none.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_RENEGOTIATION
    context.set_ciphers(_SUITES)
    context.set_alpn_protocols([ALPN])
    context.load_cert_chain(certificate, private_key)
    if client_ca is not None:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(client_ca)
    return context
