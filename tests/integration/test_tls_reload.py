"""Certificates, CAs of clients and revocation lists change while the server runs, and no connection is dropped."""

import json
import shutil
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import grpc
import httpx2
import pytest

from faults import answers
from faults.stand_in import Gate, StandIn
from openai_grpc.v1 import chat_pb2, chat_pb2_grpc
from openai_grpc_server.config import AdminSettings, Config, ConfigError, HttpSettings, Secret, TlsSettings
from support.certificates import Authority
from support.gateway import HTTP2, LIMIT, RunningGateway, deployment, on_loop, running_gateway
from support.process import server_process

CHAT = "/v1/chat/completions"
REQUEST = chat_pb2.CreateChatCompletionRequest(model="m")
COMPLETION = answers.json({"id": "c1", "object": "chat.completion", "model": "m", "choices": []})
CHUNKS = [
    {"id": "c1", "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {"content": text}}]}
    for text in ("ebb", "flow")
]

Shown = tuple[Path, Path]


class Files:
    """The files of a server's TLS, which are replaced as an operator does it.

    Args:
        directory: Where they are.
        authority: Issues the server's certificate and those of its clients.
    """

    def __init__(self, directory: Path, authority: Authority) -> None:
        self._directory = directory
        self.use(*authority.issue("server"))
        shutil.copy(authority.certificate, directory / "clients.pem")
        shutil.copy(authority.revoke(), directory / "crl.pem")

    def use(self, certificate: Path, key: Path) -> None:
        """Replaces certificate and key."""
        shutil.copy(key, self._directory / "server.key")
        shutil.copy(certificate, self._directory / "server.pem")

    def put(self, name: str, file: Path) -> None:
        """Replaces another file."""
        shutil.copy(file, self._directory / name)

    def settings(self, **more: Any) -> TlsSettings:
        """Returns the settings that name them."""
        return TlsSettings(certificate=self.path("server.pem"), private_key=self.path("server.key"), **more)

    def path(self, name: str) -> str:
        """Returns the path of one."""
        return str(self._directory / name)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("reload") / "first")


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("reload") / "second")


@contextmanager
def serving(upstream: StandIn, tls: TlsSettings, **settings: Any) -> Iterator[RunningGateway]:
    with running_gateway(deployment(upstream.url), tls=tls, http=HttpSettings(port=0), **settings) as gateway:
        yield gateway


def reload(gateway: RunningGateway, tls: TlsSettings) -> list[str]:
    """Reloads the configuration, as SIGHUP does."""

    async def load() -> list[str]:
        server = replace(gateway.gateway.settings, tls=tls)
        return gateway.gateway.reload(Config(server=server, deployments=gateway.gateway._deployments))

    return on_loop(load())


@contextmanager
def channel(target: str, trusted: Authority, shown: Shown | None = None) -> Iterator[Any]:
    """Yields the chat service over a connection of its own."""
    pem = (None, None) if shown is None else (shown[1].read_bytes(), shown[0].read_bytes())
    credentials = grpc.ssl_channel_credentials(trusted.certificate.read_bytes(), *pem)
    with grpc.secure_channel(target, credentials, [("grpc.use_local_subchannel_pool", 1)]) as opened:
        yield chat_pb2_grpc.ChatServiceStub(opened)


def call(stub: Any) -> grpc.StatusCode:
    future: Any = stub.CreateChatCompletion.future(REQUEST, timeout=LIMIT)
    code: grpc.StatusCode = future.code()
    return code


def http_status(gateway: RunningGateway, trusted: Authority, shown: Shown | None = None) -> int:
    """Returns the status of a call by HTTP; 0 if TLS fails."""
    context = ssl.create_default_context(cafile=trusted.certificate)
    if shown is not None:
        context.load_cert_chain(*shown)
    url = gateway.url.replace("http://127.0.0.1", "https://localhost")
    try:
        with httpx2.Client(verify=context, timeout=LIMIT) as client:
            return client.post(f"{url}/chat/completions", json={"model": "m", "messages": []}).status_code
    except (httpx2.TransportError, ssl.SSLError):
        return 0


OK, LOST = grpc.StatusCode.OK, grpc.StatusCode.UNAVAILABLE


def test_a_new_certificate_of_the_server(tmp_path: Path, first: Authority, second: Authority) -> None:
    files, gate = Files(tmp_path, first), Gate()
    with StandIn() as upstream, serving(upstream, files.settings()) as gateway:
        upstream.enqueue(answers.stream(answers.events(CHUNKS), gates={1: gate}))
        upstream.on("POST", CHAT, COMPLETION)
        with channel(gateway.target, first) as old:
            stream = old.StreamChatCompletion(REQUEST, timeout=LIMIT)
            assert next(stream).choices[0].delta.content == "ebb"
            files.use(*second.issue("server"))
            assert reload(gateway, files.settings()) == []
            with channel(gateway.target, second) as new, channel(gateway.target, first) as refused:
                assert (call(new), call(refused)) == (OK, LOST)
            assert [http_status(gateway, each) for each in (second, first)] == [200, 0]
            gate.open()
            assert [each.choices[0].delta.content for each in stream] == ["flow"]
            assert call(old) is OK  # on the connection that was there


def test_a_new_authority_of_clients(tmp_path: Path, first: Authority, second: Authority) -> None:
    files = Files(tmp_path, first)
    tls = files.settings(client_ca=files.path("clients.pem"))
    before, after = first.issue("before"), second.issue("after")
    with StandIn() as upstream, serving(upstream, tls) as gateway:
        upstream.on("POST", CHAT, COMPLETION)
        with channel(gateway.target, first, before) as old, channel(gateway.target, first, after) as early:
            assert (call(old), call(early)) == (OK, LOST)
            files.put("clients.pem", second.certificate)
            reload(gateway, tls)
            with channel(gateway.target, first, after) as new, channel(gateway.target, first, before) as late:
                assert (call(new), call(late), call(old)) == (OK, LOST, OK)
            assert [http_status(gateway, first, each) for each in (after, before)] == [200, 0]


def test_a_certificate_is_revoked(tmp_path: Path, first: Authority) -> None:
    files = Files(tmp_path, first)
    tls = files.settings(client_ca=files.path("clients.pem"), crl=files.path("crl.pem"))
    one, other = first.issue("one"), first.issue("other")
    with StandIn() as upstream, serving(upstream, tls, http2="asyncio") as gateway:
        upstream.on("POST", CHAT, COMPLETION)
        with channel(gateway.target, first, one) as old:
            assert call(old) is OK
            files.put("crl.pem", first.revoke(one[0]))
            reload(gateway, tls)
            with channel(gateway.target, first, one) as revoked, channel(gateway.target, first, other) as valid:
                assert (call(revoked), call(valid), call(old)) == (LOST, OK, OK)
            assert [http_status(gateway, first, each) for each in (one, other)] == [0, 200]


def test_files_that_do_not_fit_change_nothing(tmp_path: Path, first: Authority, second: Authority) -> None:
    files = Files(tmp_path, first)
    with StandIn() as upstream, serving(upstream, files.settings()) as gateway:
        upstream.on("POST", CHAT, COMPLETION)
        files.put("server.pem", second.issue("server")[0])  # the key is still that of before
        with pytest.raises(ConfigError, match="can't use"):
            reload(gateway, files.settings())
        with channel(gateway.target, first) as stub:
            assert call(stub) is OK
        assert http_status(gateway, first) == 200


def test_files_are_read_when_they_change(tmp_path: Path, first: Authority, second: Authority) -> None:
    files = Files(tmp_path, first)
    config = {
        "model_list": [{"model_name": "m", "litellm_params": {"model": "m", "api_base": "URL/v1", "api_key": "k"}}],
        "server": {
            "http2": HTTP2,
            "tls": {"certificate": files.path("server.pem"), "private_key": files.path("server.key")},
        },
    }
    file = tmp_path / "config.yaml"
    with StandIn() as upstream:
        upstream.on("POST", CHAT, COMPLETION)
        file.write_text(json.dumps(config).replace("URL", upstream.url))
        with server_process(tmp_path / "log", "--config", str(file)) as server:
            port = server.address.rpartition(":")[2]
            with channel(f"localhost:{port}", first) as old:
                assert call(old) is OK
                files.use(*second.issue("server"))
                # Between the two files it may have looked, and found that they do not fit.
                events = (json.loads(line)["event"] for line in server.follow_log())
                assert next(each for each in events if each == "configuration reloaded")
                with channel(f"localhost:{port}", second) as new:
                    assert (call(new), call(old)) == (OK, OK)


def status(port: int, path: str, trusted: Authority, shown: Shown | None = None, key: str = "") -> int:
    """Returns the status of a request to the admin port; 0 if TLS fails."""
    context = ssl.create_default_context(cafile=trusted.certificate)
    if shown is not None:
        context.load_cert_chain(*shown)
    headers = {"authorization": f"Bearer {key}"} if key else {}
    try:
        with httpx2.Client(verify=context, timeout=LIMIT) as client:
            return client.get(f"https://localhost:{port}{path}", headers=headers).status_code
    except (httpx2.TransportError, ssl.SSLError):
        return 0


def test_tls_of_the_admin_port(tmp_path: Path, first: Authority, second: Authority) -> None:
    files, key = Files(tmp_path, first), "adm-6Tq9Wz3Lr8Vn1Xc5"
    tls = files.settings(client_ca=files.path("clients.pem"), crl=files.path("crl.pem"), min_version="1.3")
    one, other, stranger = first.issue("operator"), first.issue("former"), second.issue("stranger")
    admin = AdminSettings(port=0, host="0.0.0.0", key=Secret(key), tls=tls)
    with StandIn() as upstream, running_gateway(deployment(upstream.url), admin=admin) as gateway:
        port = gateway.gateway.admin_port or 0

        def found(path: str, trusted: Authority = first) -> list[int]:
            """Returns the statuses without a certificate or key, with one of them, with both, and of those refused."""
            shown = [(None, ""), (None, key), (one, ""), (one, key), (other, key), (stranger, key)]
            return [status(port, path, trusted, *each) for each in shown]

        assert found("/livez") == found("/readyz") == [200, 200, 200, 200, 200, 0]
        assert found("/calls") == found("/metrics") == [403, 403, 401, 200, 200, 0]
        assert found("/") == [403, 403, 200, 200, 200, 0]
        with pytest.raises(httpx2.TransportError):
            httpx2.get(f"http://127.0.0.1:{port}/livez", timeout=LIMIT)
        assert not handshake(port, first, ssl.TLSVersion.TLSv1_2)

        async def reload_admin(tls: TlsSettings | None) -> list[str]:
            server = replace(gateway.gateway.settings, admin=replace(admin, tls=tls))
            return gateway.gateway.reload(Config(server=server, deployments=gateway.gateway._deployments))

        files.put("server.pem", second.issue("server")[0])  # the key is still that of before
        with pytest.raises(ConfigError, match="can't use"):
            on_loop(reload_admin(tls))
        assert found("/livez") == [200, 200, 200, 200, 200, 0]
        files.use(*second.issue("server"))
        files.put("crl.pem", first.revoke(other[0]))
        assert on_loop(reload_admin(tls)) == []
        assert found("/calls", second) == [403, 403, 401, 200, 0, 0]
        assert on_loop(reload_admin(None)) == ["server.admin"]


@pytest.mark.parametrize("lowest", ["1.2", "1.3"])
def test_the_lowest_version(tmp_path: Path, first: Authority, lowest: Any) -> None:
    files = Files(tmp_path, first)
    with StandIn() as upstream, serving(upstream, files.settings(min_version=lowest), http2="asyncio") as gateway:
        ports = gateway.target.rpartition(":")[2], gateway.gateway.http_port
        assert [handshake(int(port), first, ssl.TLSVersion.TLSv1_2) for port in ports] == [lowest == "1.2"] * 2
        assert [handshake(int(port), first, ssl.TLSVersion.TLSv1_3) for port in ports] == [True] * 2


def handshake(port: int, trusted: Authority, version: ssl.TLSVersion) -> bool:
    """Returns whether TLS of a version, and of no later one, is spoken."""
    context = ssl.create_default_context(cafile=trusted.certificate)
    context.maximum_version = version
    with socket.create_connection(("127.0.0.1", port), LIMIT) as plain:
        try:
            context.wrap_socket(plain, server_hostname="localhost").close()
        except OSError:
            return False
    return True


REFUSED = {
    "revocation by gRPC's own server": ({"client_ca": "clients.pem", "crl": "crl.pem"}, "crl is not supported by"),
    "a lowest version by it": ({"min_version": "1.3"}, "min_version 1.3 is not supported by"),
    "a list without an authority": ({"crl": "crl.pem"}, "crl without client_ca"),
    "a list that is not there": ({"client_ca": "clients.pem", "crl": "none.pem"}, "can't be read"),
}


@pytest.mark.parametrize(("given", "problem"), REFUSED.values(), ids=REFUSED)
def test_settings_that_are_refused(tmp_path: Path, first: Authority, given: dict[str, str], problem: str) -> None:
    files = Files(tmp_path, first)
    paths = {key: files.path(value) if value.endswith(".pem") else value for key, value in given.items()}
    server = "asyncio" if problem == "can't be read" else "grpcio"
    with (
        pytest.raises(ConfigError, match=problem),
        running_gateway(deployment("http://127.0.0.1:1"), tls=files.settings(**paths), http2=server),
    ):
        pass
