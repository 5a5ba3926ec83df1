"""The HTTP port: taking it, TLS, workers, backpressure, and an end in order."""

import http.client
import json
import shlex
import signal
import socket
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import openai
import pytest

from faults import answers
from faults.stand_in import Gate, StandIn
from openai_grpc_server import gateway as gateway_module
from openai_grpc_server.config import ConfigError, HttpSettings, TlsSettings
from support.certificates import Authority
from support.gateway import LIMIT, RunningGateway, deployment, on_loop, running_door
from support.process import run, server_process
from support.workers import worker_server

CHAT = "/v1/chat/completions"
SAID: Any = [{"role": "user", "content": "tide?"}]
BODY = {"model": "m", "messages": SAID}
COMPLETION = {
    "object": "chat.completion",
    "id": "c1",
    "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "ebb"}}],
}
CHUNKS = [
    {"object": "chat.completion.chunk", "id": "c1", "choices": [{"index": 0, "delta": {"content": "ebb"}}]},
    {"object": "chat.completion.chunk", "id": "c1", "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
]
NOWHERE = "http://127.0.0.1:1"


@pytest.fixture(scope="module")
def stand_in() -> Iterator[StandIn]:
    with StandIn() as running:
        yield running


@pytest.fixture
def upstream(stand_in: StandIn) -> StandIn:
    stand_in.exchanges.clear()
    stand_in.on("POST", CHAT, answers.json(COMPLETION))
    return stand_in


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


def test_a_port_that_is_taken(taken: int) -> None:
    with (
        pytest.raises(ConfigError, match=rf"server.http.port: can't listen on 127.0.0.1:{taken}: "),
        running_door(deployment(NOWHERE), http=HttpSettings(port=taken)),
    ):
        pass


@pytest.mark.parametrize("workers", [1, 2])
def test_a_port_of_the_command_line_that_is_taken(workers: int, taken: int) -> None:
    arguments = ("--port", "0", "--workers", str(workers), "--http-port", str(taken), "--api-base", f"{NOWHERE}/v1")
    done = run("serve", *arguments)
    assert done.returncode == 2
    assert f"can't listen on 127.0.0.1:{taken}" in done.stderr


def test_without_its_default_port_grpc_is_served(
    taken: int, upstream: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway_module, "HTTP_PORT", taken)
    with running_door(deployment(upstream.url), http=HttpSettings(port=taken)) as gateway:
        assert gateway.gateway.http_port == 0
        (line,) = gateway.logged("HTTP is not served")
    assert f"127.0.0.1:{taken}" in line["problem"]
    assert "server.http.port" in line["hint"]


def test_null_serves_none(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("server: {http: {port: null}}")
    env = {"OPENAI_BASE_URL": f"{NOWHERE}/v1"}
    for arguments in (("--config", str(file)), ()):
        with server_process(tmp_path / "log", "--http-port", "null", *arguments, env=env) as server:
            assert (server.url, "  curl" in server.welcome) == ("", False)


def test_the_curl_line_of_the_welcome(tmp_path: Path, upstream: StandIn) -> None:
    env = {"OPENAI_BASE_URL": f"{upstream.url}/v1", "OPENAI_API_KEY": "sk-secret"}
    with server_process(tmp_path / "log", env=env) as server:
        (line,) = (line for line in server.welcome.splitlines() if line.startswith("  curl "))
        done = subprocess.run([*shlex.split(line), "-sS"], capture_output=True, check=True, timeout=LIMIT)
    assert json.loads(done.stdout) == COMPLETION


def test_open_opens_a_browser_at_the_chat_page(tmp_path: Path, upstream: StandIn) -> None:
    upstream.on("GET", "/opened", answers.json({}))
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\ncurl -sS "{upstream.url}/opened?page=$1"\n')
    browser.chmod(0o700)
    env = {"OPENAI_BASE_URL": NOWHERE, "BROWSER": f"{browser} %s"}
    with server_process(tmp_path / "log", "--open", env=env) as server:
        (said,) = (line for line in server.welcome.splitlines() if "chat page" in line)
        opened = dict(upstream.exchange(0).request.query)["page"]
        assert opened == said.split()[-1] == f"{server.url.removesuffix('/v1')}/chat"
        assert httpx2.get(opened).headers["content-type"].startswith("text/html")


def test_open_without_a_page_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("server: {http: {chat_page: false}}")
    for arguments in (("--config", str(file)), ("--http-port", "null")):
        done = run("serve", "--open", *arguments, env={"OPENAI_BASE_URL": NOWHERE})
        assert done.returncode == 2
        assert "--open has no page to open" in done.stderr


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tls") / "ours")


@pytest.mark.parametrize("mutual", [False, True], ids=["TLS", "mTLS"])
def test_tls(mutual: bool, authority: Authority, upstream: StandIn) -> None:
    certificate, key = authority.issue("server")
    client_ca = str(authority.certificate) if mutual else None
    tls = TlsSettings(certificate=str(certificate), private_key=str(key), client_ca=client_ca)
    known = ssl.create_default_context(cafile=str(authority.certificate))
    with running_door(deployment(upstream.url), tls=tls) as gateway:
        url = gateway.url.replace("http://127.0.0.1", "https://localhost") + "/chat/completions"
        if mutual:
            with pytest.raises((httpx2.ReadError, httpx2.RemoteProtocolError, httpx2.ConnectError)):
                httpx2.post(url, json=BODY, verify=known)
            known.load_cert_chain(*authority.issue("client"))
        assert httpx2.post(url, json=BODY, verify=known).json() == COMPLETION
        with pytest.raises((httpx2.ReadError, httpx2.RemoteProtocolError)):
            httpx2.post(f"{gateway.url}/chat/completions", json=BODY)


def test_workers_share_the_port(tmp_path: Path, upstream: StandIn) -> None:
    with worker_server(tmp_path, upstream=upstream.url) as server:
        url = f"{server.supervisor.url}/chat/completions"
        for _ in range(20):
            assert httpx2.post(url, json=BODY).json() == COMPLETION
        server.reload()
        server.wait_for("workers replaced")
        assert httpx2.post(url, json=BODY).json() == COMPLETION
        server.stop()
    assert {line["worker"] for line in server.entries("rpc")} >= {1, 2}


def test_a_caller_on_a_connection_of_its_own_outlives_a_reload(tmp_path: Path, upstream: StandIn) -> None:
    with worker_server(tmp_path, upstream=upstream.url) as server, httpx2.Client() as client:
        url = f"{server.supervisor.url}/chat/completions"
        assert client.post(url, json=BODY).json() == COMPLETION
        server.reload()
        server.wait_for("workers replaced")
        assert client.post(url, json=BODY).json() == COMPLETION


def connected(gateway: RunningGateway) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", gateway.gateway.http_port, timeout=LIMIT)


def ask(connection: http.client.HTTPConnection, *, stream: bool) -> None:
    connection.request("POST", CHAT, json.dumps({**BODY, "stream": stream}), {"content-type": "application/json"})


def test_an_old_connection_is_closed_after_an_answer(upstream: StandIn) -> None:
    with running_door(deployment(upstream.url), max_connection_age=0.001) as gateway:
        connection = connected(gateway)
        ask(connection, stream=False)
        reply = connection.getresponse()
        assert (reply.status, reply.headers["connection"]) == (200, "close")
        assert json.loads(reply.read()) == COMPLETION
        connection.close()


def test_a_stream_survives_sigterm(tmp_path: Path, upstream: StandIn) -> None:
    gate = Gate()
    upstream.on("POST", CHAT, answers.stream(answers.events(CHUNKS), gates={1: gate}))
    env = {"OPENAI_BASE_URL": f"{upstream.url}/v1", "OPENAI_API_KEY": "sk-secret"}
    with (
        server_process(tmp_path / "log", env=env) as server,
        openai.OpenAI(base_url=server.url, api_key="k", max_retries=0) as client,
    ):
        stream = client.chat.completions.create(model="m", messages=SAID, stream=True)
        assert next(stream).choices[0].delta.content == "ebb"
        server.send(signal.SIGTERM)
        ready = server.url.removesuffix("/v1") + "/health/readiness"
        while httpx2.get(ready).status_code != 503:
            pass
        gate.open()
        assert [each.choices[0].finish_reason for each in stream] == ["stop"]
        assert server.wait() == 0
        assert '"event":"stopped"' in server.log()


def test_a_stream_that_is_cut_off_never_ends_well(upstream: StandIn) -> None:
    upstream.on("POST", CHAT, answers.stream(answers.events(CHUNKS[:1], done=False), then="stall"))
    with running_door(deployment(upstream.url)) as gateway, httpx2.Client() as client:
        received: list[bytes] = []
        url = f"{gateway.url}/chat/completions"
        with client.stream("POST", url, json={**BODY, "stream": True}) as reply:
            assert reply.status_code == 200
            on_loop(gateway.gateway.stop())
            with pytest.raises(httpx2.RemoteProtocolError):
                received.extend(reply.iter_raw())
    *_, last = b"".join(received).strip().split(b"\n\n")
    assert "shut down" in json.loads(last.removeprefix(b"data: "))["error"]["message"]


def test_a_caller_who_does_not_read_slows_the_upstream_down() -> None:
    # A stream of its own: what was accepted is counted for all streams of an upstream.
    with StandIn(send_buffer=1 << 14) as upstream:
        large = [{"choices": [{"index": 0, "delta": {"content": "ebb " * 4096}}]}]  # buffers are full after few of them
        upstream.on("POST", CHAT, answers.stream(answers.events(large, done=False), then="repeat"))
        with running_door(deployment(upstream.url)) as gateway:
            connection = socket.socket()
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 14)
            connection.connect(("127.0.0.1", gateway.gateway.http_port))
            body = json.dumps({**BODY, "stream": True}).encode()
            connection.sendall(
                b"POST %b HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n%b" % (CHAT.encode(), len(body), body)
            )
            assert upstream.settled_bytes() < 64 << 20  # most of it in buffers of the kernel
            connection.close()
            upstream.exchange(0).closed.result(LIMIT)


def test_both_ports_have_one_bound_on_calls(upstream: StandIn) -> None:
    gate = Gate()
    upstream.on("POST", CHAT, answers.stream(answers.events(CHUNKS), gates={1: gate}))
    with running_door(deployment(upstream.url), max_concurrent_rpcs=1) as gateway:
        first = connected(gateway)
        ask(first, stream=True)
        reply = first.getresponse()
        refused = httpx2.post(f"{gateway.url}/chat/completions", json=BODY)
        assert (refused.status_code, "as many calls as it may" in refused.text) == (429, True)
        with socket.create_connection(("127.0.0.1", gateway.gateway.http_port), LIMIT) as second:
            # Refused at its head: its body is not asked for.
            head = b"POST %b HTTP/1.1\r\nHost: h\r\nContent-Length: 99\r\nExpect: 100-continue\r\n\r\n"
            second.sendall(head % CHAT.encode())
            assert second.recv(1 << 16).startswith(b"HTTP/1.1 429 ")
        gate.open()
        assert reply.read().endswith(b"data: [DONE]\n\n")
        first.close()
