"""The port: its sockets, and its TLS."""

import socket
import ssl
from pathlib import Path
from typing import Final

from openai_grpc_server.http2.connection import ALPN

# RFC 9113, section 9.2.2 forbids most suites of TLS 1.2.
_SUITES: Final = "ECDHE+AESGCM:ECDHE+CHACHA20"
_BACKLOG: Final = 4096  # connections that wait to be accepted; the system has a limit of its own


def open_sockets(host: str, port: int, *, reuse_port: bool) -> list[socket.socket]:
    """Takes a port by a socket for each address of a host, all to the same port; `::` takes IPv4, too.

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
