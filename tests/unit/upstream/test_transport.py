"""TLS, proxies, compression and the environment."""

from __future__ import annotations

import gzip
import ssl
from typing import TYPE_CHECKING

import pytest
from grpc import StatusCode

from faults import answers
from faults.stand_in import StandIn
from openai_grpc_server.errors import GatewayError
from openai_grpc_server.upstream import TlsOptions, UpstreamRequest
from support.certificates import Authority
from unit.upstream.conftest import connected

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from unit.upstream.conftest import Run

GET = UpstreamRequest(method="GET", path="/", safe=True)


@pytest.fixture(scope="module")
def certs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An authority, and a server and a client signed by it, each with its key in one file."""
    folder = tmp_path_factory.mktemp("certs") / "authority"
    authority = Authority(folder)
    for name in ("server", "client"):
        certificate, key = authority.issue(name)
        certificate.write_text(key.read_text() + certificate.read_text())
    return folder


@pytest.fixture(params=[False, True], ids=["tls", "mtls"])
def secure(request: pytest.FixtureRequest, certs: Path) -> Iterator[StandIn]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=certs / "ca.pem")
    context.load_cert_chain(certs / "server.pem")
    context.verify_mode = ssl.CERT_REQUIRED if request.param else ssl.CERT_NONE
    with StandIn(tls=context) as upstream:
        upstream.on("GET", "/", answers.json({}))
        yield upstream


@pytest.mark.parametrize("verify", [True, False])
def test_tls(secure: StandIn, run: Run, certs: Path, verify: bool) -> None:
    ca_file = str(certs / "ca.pem") if verify else None
    tls = TlsOptions(verify=verify, ca_file=ca_file, client_cert=str(certs / "client.pem"))

    async def main() -> None:
        async with connected(secure.url, tls=tls) as client:
            for _ in range(3):
                assert await (await client.send(GET)).read() == b"{}"

    run(main())
    assert secure.connections == 1


def test_a_certificate_that_nobody_vouches_for(secure: StandIn, run: Run) -> None:
    async def main() -> None:
        async with connected(secure.url) as client:
            with pytest.raises(GatewayError) as caught:
                await client.send(GET)
            assert (caught.value.code, caught.value.reason) == (StatusCode.UNAVAILABLE, "UPSTREAM_CONNECT_FAILED")

    run(main())
    assert secure.requests == []


def test_tls_files_are_read_at_once(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        TlsOptions(ca_file=str(tmp_path / "none.pem")).context()
    (tmp_path / "bad.pem").write_text("nothing")
    with pytest.raises(ssl.SSLError):
        TlsOptions(client_cert=str(tmp_path / "bad.pem")).context()


def test_a_configured_proxy(upstream: StandIn, run: Run) -> None:
    upstream.on("GET", "/v1/", answers.json({}))

    async def main() -> None:
        async with connected("http://api.example/v1", proxy=upstream.url) as client:
            assert await (await client.send(GET)).read() == b"{}"

    run(main())
    assert upstream.requests[0].target == "http://api.example/v1/"


def test_nothing_is_inherited_from_the_environment(
    upstream: StandIn, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    upstream.on("GET", "/", answers.json({}))
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login user password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")

    async def main() -> None:
        async with connected(upstream.url) as client:
            assert await (await client.send(GET)).read() == b"{}"

    run(main())
    assert upstream.requests[0].header("authorization") is None


def test_compressed_answers(upstream: StandIn, run: Run) -> None:
    text = b'{"text":"' + b"x" * 100_000 + b'"}'
    headers = {"content-encoding": "gzip"}
    upstream.enqueue(
        answers.body(gzip.compress(text), headers=headers),
        answers.body(gzip.compress(b'{"error":"packed"}'), status=400, headers=headers),
        answers.body(b"not gzip at all", headers=headers),
    )

    async def main() -> None:
        async with connected(upstream.url) as client:
            response = await client.send(GET)
            assert await response.read() == text
            assert "content-encoding" not in response.headers
            with pytest.raises(GatewayError, match="packed"):
                await client.send(GET)
            with pytest.raises(GatewayError) as caught:
                await (await client.send(GET)).read()
            assert caught.value.code is StatusCode.INTERNAL

    run(main())
