"""Usage and cost for Prometheus, over HTTP."""

import re
import socket
import time
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from types import SimpleNamespace
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from faults import answers
from faults.stand_in import StandIn
from openai_grpc.v1 import chat_pb2
from openai_grpc_server.config import ConfigError, GeneralSettings, KeySettings, Secret
from openai_grpc_server.telemetry import loop_lag
from openai_grpc_server.telemetry.metrics_server import MAX_CONNECTIONS
from support.failure import failure_of
from support.gateway import LIMIT, RunningGateway, deployment, on_loop, running_gateway

KEY = "sk-v3R9xQ2mT7bK4wZ8nL5c"
GENERAL = GeneralSettings(keys=(KeySettings(name='the "team"', key=Secret(KEY)),))
METADATA = (("authorization", f"Bearer {KEY}"),)
USAGE = {"prompt_tokens": 1000, "completion_tokens": 100, "prompt_tokens_details": {"cached_tokens": 400}}
SAMPLE = re.compile(r'([a-z_]+)(?:\{((?:[a-z]+="(?:[^"\\\n]|\\["\\n])*",?)*)\})? (\S+)')
# What there is to say without a call, and how long calls took.
OTHERS = frozenset(
    {
        "openai_grpc_call_seconds_total",
        "openai_grpc_log_lines_dropped_total",
        "process_open_fds",
        "process_max_fds",
        loop_lag.NAME,
    }
)


def page(gateway: RunningGateway, method: str = "GET", path: str = "/metrics") -> tuple[str, str]:
    """Returns the content type and the text that are served, once nothing is being served any more."""
    gateway.logged("rpc")
    request = Request(f"http://127.0.0.1:{gateway.gateway.metrics_port}{path}", method=method)
    with urlopen(request, timeout=10) as answer:  # noqa: S310 - http
        return answer.headers["content-type"], answer.read().decode()


def samples(text: str) -> dict[tuple[str, str], float]:
    """Reads the samples of a page: their names and labels, and their values."""
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    found = [SAMPLE.fullmatch(line) for line in lines]
    assert all(found)
    return {(each[1], each[2]): float(each[3]) for each in found if each}


def test_what_was_called_used_and_paid() -> None:
    configured = {"name": "up", "model_name": "fast", "model": "gpt-4o"}
    with (
        StandIn() as upstream,
        running_gateway(deployment(upstream.url, **configured), general=GENERAL, metrics_port=0) as gateway,
    ):
        upstream.on("POST", "/v1/chat/completions", answers.json({"id": "c1", "usage": USAGE}))
        fast = chat_pb2.CreateChatCompletionRequest(model="fast")
        for _ in range(2):
            gateway.chat.CreateChatCompletion(fast, metadata=METADATA, timeout=10)
        unknown = chat_pb2.CreateChatCompletionRequest(model="made-up")
        failure_of(lambda: gateway.chat.StreamChatCompletion(unknown, metadata=METADATA, timeout=10))
        failure_of(lambda: gateway.chat.CreateChatCompletion(fast, timeout=10))
        kind, text = page(gateway)
    values = samples(text)
    who = r'key="the \"team\"",model="fast",deployment="up"'
    no_model = r'key="the \"team\"",model="",deployment="",method="StreamChatCompletion"'
    no_key = 'key="",model="",deployment="",method="CreateChatCompletion"'
    calls = "openai_grpc_calls_total"
    expected = {
        (calls, f'{who},method="CreateChatCompletion",status="OK",reason=""'): 2,
        (calls, f'{no_model},status="NOT_FOUND",reason="MODEL_NOT_FOUND"'): 1,
        (calls, f'{no_key},status="UNAUTHENTICATED",reason="UNAUTHENTICATED"'): 1,
        ("openai_grpc_tokens_total", f'{who},type="input"'): 1200,
        ("openai_grpc_tokens_total", f'{who},type="cached_input"'): 800,
        ("openai_grpc_tokens_total", f'{who},type="output"'): 200,
        ("openai_grpc_cost_dollars_total", who): pytest.approx(2 * (600 * 2.5e-6 + 400 * 1.25e-6 + 100 * 1e-5)),
    }
    assert {name: value for name, value in values.items() if name[0] not in OTHERS} == expected
    assert kind.startswith("text/plain; version=0.0.4")
    assert KEY not in text


def test_the_page_and_no_other() -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url), metrics_port=0) as gateway:
        assert page(gateway, "HEAD")[1] == ""
        with pytest.raises(HTTPError, match="404") as caught:
            page(gateway, path="/")
        caught.value.close()


def test_a_port_that_is_taken() -> None:
    with StandIn() as upstream, socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with (
            pytest.raises(ConfigError, match="metrics_port"),
            running_gateway(deployment(upstream.url), metrics_port=port),
        ):
            pass


def test_metrics_have_an_address_of_their_own() -> None:
    hosts = ("127.0.0.1", "127.0.0.2", "127.0.0.3")  # all loopback
    with StandIn() as upstream, running_gateway(deployment(upstream.url), host=hosts[1], metrics_port=0) as gateway:
        assert reachable(hosts, gateway.gateway.metrics_port) == [hosts[0]]
    with (
        StandIn() as upstream,
        running_gateway(deployment(upstream.url), metrics_host=hosts[2], metrics_port=0) as gateway,
    ):
        assert reachable(hosts, gateway.gateway.metrics_port) == [hosts[2]]


def reachable(hosts: Sequence[str], port: int) -> list[str]:
    """Returns the addresses at which somebody listens on a port."""
    found = []
    for host in hosts:
        with socket.socket() as asking:
            if asking.connect_ex((host, port)) == 0:
                found.append(host)
    return found


def test_scrapers_that_hang_are_in_nobodys_way() -> None:
    with (
        StandIn() as upstream,
        running_gateway(deployment(upstream.url), metrics_port=0) as gateway,
        ExitStack() as stack,
    ):
        address = ("127.0.0.1", gateway.gateway.metrics_port)
        hanging = [stack.enter_context(socket.create_connection(address, LIMIT)) for _ in range(MAX_CONNECTIONS)]
        with socket.create_connection(address, LIMIT) as one_more:
            one_more.settimeout(LIMIT)
            with suppress(ConnectionResetError):
                assert one_more.recv(1) == b""
        for each in hanging[:2]:
            each.sendall(b"no HTTP\r\n\r\n")
            assert each.recv(8) == b"HTTP/1.1"
            each.close()


async def hold_the_loop(seconds: float) -> None:
    time.sleep(seconds)  # noqa: ASYNC251 - that is the fault


def test_the_lag_of_the_event_loop() -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url), metrics_port=0) as gateway:
        on_loop(hold_the_loop(0.4))
        text = page(gateway)[1]
    found = re.search(rf"^{loop_lag.NAME} (\S+)$", text, re.MULTILINE)
    assert found
    assert f"# TYPE {loop_lag.NAME} gauge" in text
    assert float(found[1]) >= 0.4 - 1.5 * loop_lag.TICK


def test_the_lag_is_forgotten_after_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(loop_lag, "time", SimpleNamespace(monotonic=lambda: now))
    lag = loop_lag.LoopLag()

    async def ticks(*late: float) -> float:
        nonlocal now
        for each in late:
            now += loop_lag.TICK + each
            lag._look()
        return lag.seconds()

    async def measured() -> list[float]:
        lag.start()
        quiet = [0.0] * 305  # half a minute
        found = [await ticks(0.5), await ticks(*quiet), await ticks(*quiet)]
        lag.stop()
        return found

    assert on_loop(measured()) == pytest.approx([0.5, 0.5, 0.0])
