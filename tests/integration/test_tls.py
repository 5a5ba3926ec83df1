"""TLS of the listening port, with and without certificates of the clients."""

from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc  # type: ignore[import-untyped]  # ships no py.typed

from openai_grpc_server.config import ConfigError, TlsSettings
from support.certificates import Authority
from support.gateway import deployment, running_gateway

NOWHERE = deployment("http://127.0.0.1:1")


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tls") / "ours")


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tls") / "theirs")


@pytest.fixture(scope="module", params=[False, True], ids=["TLS", "mTLS"])
def server(request: pytest.FixtureRequest, ours: Authority) -> Iterator[tuple[str, bool]]:
    certificate, key = ours.issue("server")
    client_ca = str(ours.certificate) if request.param else None
    tls = TlsSettings(certificate=str(certificate), private_key=str(key), client_ca=client_ca)
    with running_gateway(NOWHERE, tls=tls) as gateway:
        yield gateway.target, request.param


@pytest.mark.parametrize("shown", ["ours", "theirs", "none"])
def test_who_is_let_in(server: tuple[str, bool], ours: Authority, theirs: Authority, shown: str) -> None:
    target, mutual = server
    pem: tuple[bytes | None, bytes | None] = (None, None)
    if shown != "none":
        certificate, key = {"ours": ours, "theirs": theirs}[shown].issue("client")
        pem = key.read_bytes(), certificate.read_bytes()
    credentials = grpc.ssl_channel_credentials(ours.certificate.read_bytes(), *pem)
    with grpc.secure_channel(target, credentials) as channel:
        call = health_pb2_grpc.HealthStub(channel).Check.future(health_pb2.HealthCheckRequest(), timeout=10)
        let_in = not mutual or shown == "ours"
        assert call.code() is (grpc.StatusCode.OK if let_in else grpc.StatusCode.UNAVAILABLE)


def test_plain_text_is_not_let_in(server: tuple[str, bool]) -> None:
    target, _ = server
    with grpc.insecure_channel(target) as channel:
        call = health_pb2_grpc.HealthStub(channel).Check.future(health_pb2.HealthCheckRequest(), timeout=10)
        assert call.code() is grpc.StatusCode.UNAVAILABLE


def test_files_that_are_not_there(tmp_path: Path) -> None:
    tls = TlsSettings(certificate=str(tmp_path / "none.pem"), private_key=str(tmp_path / "none.key"))
    with pytest.raises(ConfigError, match="can't be read"), running_gateway(NOWHERE, tls=tls):
        pass


def test_files_that_are_no_certificates(tmp_path: Path) -> None:
    file = tmp_path / "file.pem"
    file.write_text("none")
    tls = TlsSettings(certificate=str(file), private_key=str(file))
    with pytest.raises(ConfigError, match=r"can't use .*file\.pem"), running_gateway(NOWHERE, tls=tls):
        pass
