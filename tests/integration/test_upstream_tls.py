"""TLS towards the upstream: whose certificate is trusted, and the certificate that the gateway shows."""

import ssl
from pathlib import Path

import grpc
import pytest

from faults import answers
from faults.stand_in import StandIn
from openai_grpc.v1 import chat_pb2
from openai_grpc_server.config import ConfigError
from support.certificates import Authority
from support.failure import failure_of
from support.gateway import deployment, running_gateway

REQUEST = chat_pb2.CreateChatCompletionRequest(model="m")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tls") / "upstream")


def server_context(authority: Authority, *, mutual: bool) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*authority.issue("server"))
    if mutual:
        context.load_verify_locations(authority.certificate)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def client_certificate(authority: Authority, directory: Path) -> str:
    certificate, key = authority.issue("gateway")
    both = directory / "gateway.pem"
    both.write_bytes(certificate.read_bytes() + key.read_bytes())
    return str(both)


CASES = {
    "the system's authorities": (False, "system", False, False),
    "our own authority": (False, "own", False, True),
    "no check at all": (False, "off", False, True),
    "a certificate is asked for and shown": (True, "own", True, True),
    "a certificate is asked for and not shown": (True, "own", False, False),
}


@pytest.mark.parametrize(("mutual", "verify", "shown", "connects"), CASES.values(), ids=CASES)
def test_tls(*, authority: Authority, tmp_path: Path, mutual: bool, verify: str, shown: bool, connects: bool) -> None:
    trusted = {"system": True, "own": str(authority.certificate), "off": False}[verify]
    certificate = client_certificate(authority, tmp_path) if shown else None
    with (
        StandIn(tls=server_context(authority, mutual=mutual)) as upstream,
        running_gateway(deployment(upstream.url, verify=trusted, client_certificate=certificate)) as gateway,
    ):
        upstream.on("POST", "/v1/chat/completions", answers.json({"id": "c1", "object": "chat.completion"}))
        if connects:
            assert gateway.chat.CreateChatCompletion(REQUEST, timeout=10).id == "c1"
        else:
            failure = failure_of(lambda: gateway.chat.CreateChatCompletion(REQUEST, timeout=10))
            assert failure.code in {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.INTERNAL}
            assert not upstream.requests


def test_a_certificate_that_is_not_there(tmp_path: Path) -> None:
    missing = str(tmp_path / "none.pem")
    nowhere = deployment("https://127.0.0.1:1", client_certificate=missing)
    with pytest.raises(ConfigError, match=r"none\.pem"), running_gateway(nowhere):
        pass
