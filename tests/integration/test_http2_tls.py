"""What methods learn of callers by mTLS: from our own HTTP/2 the same as from gRPC's."""

import socket
import ssl
from ast import literal_eval
from contextlib import suppress
from pathlib import Path
from typing import Any

import grpc
import grpc.aio
import pytest

from openai_grpc_server.config import TlsSettings
from openai_grpc_server.listen.http2 import Limits, Server
from openai_grpc_server.listen.options import GrpcioTls, server_tls
from support.certificates import Authority
from support.gateway import LIMIT, on_loop
from support.http2_server import CONTEXT, ECHO, Methods


async def own(authority: Authority, certificate: Path, key: Path) -> tuple[Any, int]:
    server = Server(Limits(max_message_size=1 << 22))
    server.add_generic_rpc_handlers((Methods(),))
    port = server.bind("127.0.0.1", 0, reuse_port=False, tls=server_tls(certificate, key, authority.certificate))
    await server.start()
    return server, port


async def of_grpc(authority: Authority, certificate: Path, key: Path) -> tuple[Any, int]:
    server = grpc.aio.server()
    server.add_generic_rpc_handlers((Methods(),))
    tls = GrpcioTls(
        TlsSettings(certificate=str(certificate), private_key=str(key), client_ca=str(authority.certificate))
    )
    port = server.add_secure_port("127.0.0.1:0", tls.credentials)
    await server.start()
    return server, port


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("mtls") / "ours")


def test_what_a_method_learns_of_its_caller(authority: Authority) -> None:
    certificate, key = authority.issue("server")
    names = "URI:spiffe://example.org/ns/a/sa/b,DNS:web.internal,email:web@example.org,IP:127.0.0.1"
    client, client_key = authority.issue("client", names, "/C=DE/O=Ex, am+ple/OU=A+CN=web/emailAddress=web@example.org")
    ca = authority.certificate.read_bytes()
    credentials = grpc.ssl_channel_credentials(ca, client_key.read_bytes(), client.read_bytes())
    seen = []
    for start in (of_grpc, own):
        server, port = on_loop(start(authority, certificate, key))
        with grpc.secure_channel(f"localhost:{port}", credentials) as channel:
            call: Any = channel.unary_unary(CONTEXT)
            text = call(b"", timeout=LIMIT).decode()
            echo: Any = channel.unary_unary(ECHO)
            assert echo(b"x" * 1_000_000, timeout=LIMIT) == b"x" * 1_000_000
        on_loop(server.stop(0))
        seen.append(text)
    assert "x509_common_name" in seen[0]
    assert [facts(text) for text in seen] == [facts(seen[0])] * 2


def facts(text: str) -> dict[str, Any]:
    """Returns what grpc.aio tells of a certificate's owner."""
    _, _, _, context, *identities = literal_eval(text)
    names = (
        *("transport_security_type", "security_level", "x509_common_name", "x509_subject_alternative_name"),
        *("x509_subject", "peer_uri", "peer_dns", "peer_email", "peer_ip"),
    )
    return {**{name: context[name] for name in (*names, "x509_pem_cert")}, "identities": identities[:2]}


def test_a_client_without_alpn_is_not_served(authority: Authority) -> None:
    certificate, key = authority.issue("server")
    client, client_key = authority.issue("client")
    server, port = on_loop(own(authority, certificate, key))
    context = ssl.create_default_context(cafile=str(authority.certificate))
    context.load_cert_chain(client, client_key)
    with (
        socket.create_connection(("127.0.0.1", port), LIMIT) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as tls,
    ):
        assert tls.recv(1) == b""
    on_loop(server.stop(0))


def test_a_handshake_that_is_not_done_when_the_server_stops(authority: Authority) -> None:
    context = ssl.create_default_context(cafile=authority.certificate)
    context.load_cert_chain(*authority.issue("late"))
    context.set_alpn_protocols(["h2"])
    server, port = on_loop(own(authority, *authority.issue("server")))
    with socket.create_connection(("localhost", port), LIMIT) as begun:
        with socket.create_connection(("localhost", port), LIMIT) as done:  # accepted later, so both are
            context.wrap_socket(done, server_hostname="localhost").close()
        on_loop(server.stop(0))
        with suppress(OSError), context.wrap_socket(begun, server_hostname="localhost") as late:
            assert late.recv(1) == b""
