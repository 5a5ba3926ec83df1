"""Why an upstream can't be reached: in the status without addresses; in the log and `check-config --live` with them."""

import socket
import socketserver
import ssl
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from threading import Thread

import aiohttp
import aiohttp.resolver
import grpc
import pytest
from _pytest.monkeypatch import MonkeyPatch

from faults.stand_in import StandIn, refusing, silent
from openai_grpc.v1 import chat_pb2
from openai_grpc_server.check import check_upstreams
from openai_grpc_server.config import Config, DeploymentConfig, ServerSettings, TimeoutSettings
from support.certificates import Authority
from support.failure import failure_of
from support.gateway import deployment, running_gateway

REQUEST = chat_pb2.CreateChatCompletionRequest(model="m")
HOST = "no-such-host.invalid"
OTHER = "127.0.0.2"  # no certificate is for it


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tls") / "upstream")


def context(authority: Authority, *, mutual: bool = False) -> ssl.SSLContext:
    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    made.load_cert_chain(*authority.issue("server"))
    if mutual:
        made.load_verify_locations(authority.certificate)
        made.verify_mode = ssl.CERT_REQUIRED
    return made


@contextmanager
def answering(answer: Callable[[socket.socket], object], host: str = "127.0.0.1") -> Iterator[int]:
    """Yields a port at which each connection is answered, and closed, in blocking code."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with suppress(OSError):
                answer(self.request)

    with socketserver.ThreadingTCPServer((host, 0), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def refused(_: Authority) -> Iterator[DeploymentConfig]:
    with refusing() as url:
        yield deployment(url)


@contextmanager
def no_such_host(_: Authority) -> Iterator[DeploymentConfig]:
    yield deployment(f"http://{HOST}:1")


@contextmanager
def timed_out(_: Authority) -> Iterator[DeploymentConfig]:
    with silent() as url:
        yield deployment(url, timeouts=TimeoutSettings(connect=0.05))


@contextmanager
def untrusted(authority: Authority) -> Iterator[DeploymentConfig]:
    with StandIn(tls=context(authority)) as upstream:
        yield deployment(upstream.url)


@contextmanager
def for_another_host(authority: Authority) -> Iterator[DeploymentConfig]:
    tls = context(authority)
    with answering(lambda connection: tls.wrap_socket(connection, server_side=True), OTHER) as port:
        yield deployment(f"https://{OTHER}:{port}", verify=str(authority.certificate))


@contextmanager
def no_tls(_: Authority) -> Iterator[DeploymentConfig]:
    with answering(lambda connection: connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as port:
        yield deployment(f"https://127.0.0.1:{port}")


@contextmanager
def wants_a_certificate(authority: Authority) -> Iterator[DeploymentConfig]:
    tls = context(authority, mutual=True)

    def answer(connection: socket.socket) -> None:
        secured = tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        with suppress(ssl.SSLError):
            secured.do_handshake()
        with socket.socket(fileno=secured.detach()) as plain:
            while plain.recv(4096):  # closing with bytes unread would reset the connection, and lose the alert
                pass

    with answering(answer) as port:
        yield deployment(f"https://127.0.0.1:{port}", verify=str(authority.certificate))


Case = Callable[[Authority], AbstractContextManager[DeploymentConfig]]
CASES: dict[str, tuple[Case, str]] = {
    "refused": (refused, "the upstream cannot be reached: connection refused"),
    "no such host": (no_such_host, "the upstream cannot be reached: no such host"),
    "timeout": (timed_out, "the connection to the upstream timed out"),
    "a certificate of nobody's": (untrusted, "its TLS certificate is not accepted: unable to get local issuer"),
    "a certificate of another host": (for_another_host, "its TLS certificate is not accepted: IP address mismatch"),
    "no TLS": (no_tls, "the upstream cannot be reached: TLS failed: "),
    "a certificate that is not shown": (wants_a_certificate, "the upstream refused the TLS connection: "),
}


@pytest.mark.parametrize(("case", "expected"), CASES.values(), ids=CASES)
def test_why(authority: Authority, case: Case, expected: str) -> None:
    with case(authority) as at, running_gateway(at) as gateway:
        failure = failure_of(lambda: gateway.chat.CreateChatCompletion(REQUEST, timeout=10))
        (line,) = gateway.logged("upstream unreachable")
    assert failure.code is grpc.StatusCode.UNAVAILABLE
    assert expected in failure.message
    assert not any(address in failure.message for address in ("127.0.0", "localhost", HOST))
    assert (line["level"], line["deployment"], line["why"]) == ("warning", "stand-in", failure.message)
    assert line["base_url"] == at.base_url


@pytest.mark.parametrize(("case", "expected"), CASES.values(), ids=CASES)
def test_why_in_check_config_live(authority: Authority, case: Case, expected: str) -> None:
    with case(authority) as at:
        (problem,) = check_upstreams(Config(server=ServerSettings(), deployments=(at,)))
    assert expected in str(problem)
    assert "stand-in" in str(problem)


def test_the_operator_gets_the_address() -> None:
    with refusing() as url:
        at = deployment(url)
        (problem,) = check_upstreams(Config(server=ServerSettings(), deployments=(at,)))
        with running_gateway(at) as gateway:
            failure_of(lambda: gateway.chat.CreateChatCompletion(REQUEST, timeout=10))
            (line,) = gateway.logged("upstream unreachable")
    assert "127.0.0.1" in str(problem)
    assert "127.0.0.1" in line["detail"]


def test_each_deployment_that_is_not_reached_is_told() -> None:
    with refusing() as one, refusing() as two:
        first, second = deployment(one, name="one"), deployment(two, name="two")
        with running_gateway(first, second) as gateway:
            failure_of(lambda: gateway.chat.CreateChatCompletion(REQUEST, timeout=10))
            told = {line["deployment"] for line in gateway.logged("upstream unreachable")}
    assert told == {"one", "two"}


def test_a_name_server_that_does_not_answer(monkeypatch: MonkeyPatch) -> None:
    async def look_up(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    with running_gateway(deployment(f"http://{HOST}:1")) as gateway:
        monkeypatch.setattr(aiohttp.resolver.ThreadedResolver, "resolve", look_up)
        failure = failure_of(lambda: gateway.chat.CreateChatCompletion(REQUEST, timeout=10))
    assert failure.message == "the upstream cannot be reached: its host name can't be looked up"
