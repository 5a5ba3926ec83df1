"""TLS, proxies, compression and the environment.

The certificates in `certs/` are for these tests alone: an authority, and a server and a client signed by it.
"""

from __future__ import annotations

import gzip
import ssl
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from grpc import StatusCode

from faults import answers
from faults.stand_in import StandIn
from openai_grpc_server.errors import GatewayError
from openai_grpc_server.upstream import TlsOptions, UpstreamRequest
from unit.upstream.conftest import connected

if TYPE_CHECKING:
    from collections.abc import Iterator

    from unit.upstream.conftest import Run

CERTS = Path(__file__).parent / "certs"
CA = str(CERTS / "ca.pem")
GET = UpstreamRequest(method="GET", path="/", safe=True)


@pytest.fixture(params=[False, True], ids=["tls", "mtls"])
def secure(request: pytest.FixtureRequest) -> Iterator[StandIn]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=CA)
    context.load_cert_chain(CERTS / "server.pem")
    context.verify_mode = ssl.CERT_REQUIRED if request.param else ssl.CERT_NONE
    with StandIn(tls=context) as upstream:
        upstream.on("GET", "/", answers.json({}))
        yield upstream


@pytest.mark.parametrize(
    "tls",
    [
        TlsOptions(ca_file=CA, client_cert=str(CERTS / "client.pem")),
        TlsOptions(verify=False, client_cert=str(CERTS / "client.pem")),
    ],
)
def test_tls(secure: StandIn, run: Run, tls: TlsOptions) -> None:
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
