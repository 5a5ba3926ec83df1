"""Usage and cost for Prometheus, over HTTP."""

import re
import socket
import time
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from types import SimpleNamespace
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from faults import answers
from faults.stand_in import Gate, StandIn
from openai_grpc.v1 import chat_pb2
from openai_grpc_server.config import ConfigError, GeneralSettings, KeySettings, Secret
from openai_grpc_server.pipeline.observe import Metrics
from openai_grpc_server.process.pool import PROCESS_METRICS
from openai_grpc_server.telemetry import prometheus
from openai_grpc_server.telemetry.prometheus import LAG_NAME, LAG_TICK, MAX_CONNECTIONS, Labelled, LoopLag, Registry
from support.failure import failure_of
from support.gateway import LIMIT, RunningGateway, deployment, on_loop, running_gateway

KEY = "sk-v3R9xQ2mT7bK4wZ8nL5c"
GENERAL = GeneralSettings(keys=(KeySettings(name='the "team"', key=Secret(KEY)),))
METADATA = (("authorization", f"Bearer {KEY}"),)
USAGE = {"prompt_tokens": 1000, "completion_tokens": 100, "prompt_tokens_details": {"cached_tokens": 400}}
SAMPLE = re.compile(r'([a-z_]+)(?:\{((?:[a-z]+="(?:[^"\\\n]|\\["\\n])*",?)*)\})? (\S+)')
COUNTED = frozenset({"openai_grpc_calls_total", "openai_grpc_tokens_total", "openai_grpc_cost_dollars_total"})
DOCUMENTED = re.compile(r"^\| `(\w+)` \| (counter|gauge|histogram) \| [\w ]+ \| ((?:`\w+`(?:, )?)*) ?\| ", re.MULTILINE)
OPERATIONS = Path(__file__).parents[2] / "docs/operations.md"


def page(gateway: RunningGateway, method: str = "GET", path: str = "/metrics") -> tuple[str, str]:
    """Returns the content type and the text that are served, once nothing is being served any more."""
    gateway.logged("rpc")
    return scrape(gateway, method, path)


def scrape(gateway: RunningGateway, method: str = "GET", path: str = "/metrics") -> tuple[str, str]:
    """Returns the content type and the text that are served."""
    request = Request(f"http://127.0.0.1:{gateway.gateway.metrics_port}{path}", method=method)
    with urlopen(request, timeout=10) as answer:  # noqa: S310 - http
        return answer.headers["content-type"], answer.read().decode()


def samples(text: str) -> dict[tuple[str, str | None], float]:
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
        upstream.on(
            "POST", "/v1/chat/completions", answers.json({"id": "c1", "object": "chat.completion", "usage": USAGE})
        )
        fast = chat_pb2.CreateChatCompletionRequest(model="fast")
        for _ in range(2):
            gateway.chat.CreateChatCompletion(fast, metadata=METADATA, timeout=10)
        unknown = chat_pb2.CreateChatCompletionRequest(model="made-up")
        failure_of(lambda: gateway.chat.StreamChatCompletion(unknown, metadata=METADATA, timeout=10))
        failure_of(lambda: gateway.chat.CreateChatCompletion(fast, timeout=10))
        kind, text = page(gateway)
    values = samples(text)
    who = r'deployment="up",key="the \"team\"",model="fast"'
    chat = 'method="CreateChatCompletion"'
    no_model = r'deployment="",key="the \"team\"",method="StreamChatCompletion",model=""'
    calls = "openai_grpc_calls_total"
    expected = {
        (calls, rf'deployment="up",key="the \"team\"",{chat},model="fast",reason="",status="OK"'): 2,
        (calls, f'{no_model},reason="MODEL_NOT_FOUND",status="NOT_FOUND"'): 1,
        (calls, f'deployment="",key="",{chat},model="",reason="UNAUTHENTICATED",status="UNAUTHENTICATED"'): 1,
        ("openai_grpc_tokens_total", f'{who},type="input"'): 1200,
        ("openai_grpc_tokens_total", f'{who},type="cached_input"'): 800,
        ("openai_grpc_tokens_total", f'{who},type="output"'): 200,
        ("openai_grpc_cost_dollars_total", who): pytest.approx(2 * (600 * 2.5e-6 + 400 * 1.25e-6 + 100 * 1e-5)),
    }
    assert {name: value for name, value in values.items() if name[0] in COUNTED} == expected
    durations = 'deployment="up",method="CreateChatCompletion",model="fast",status="OK"'
    assert values["openai_grpc_call_duration_seconds_count", durations] == 2
    assert kind.startswith("text/plain; version=0.0.4")
    assert KEY not in text


def test_a_stream_while_it_runs_and_its_times() -> None:
    gates = {1: Gate(), 2: Gate()}
    pieces = answers.events([{"id": "c1", "choices": [{"index": 0, "delta": {"content": each}}]} for each in "abc"])
    in_flight = ("openai_grpc_calls_in_flight", 'method="StreamChatCompletion"')
    held = ("openai_grpc_request_bytes_in_flight", None)
    with StandIn() as upstream, running_gateway(deployment(upstream.url, name="up"), metrics_port=0) as gateway:
        upstream.on("POST", "/v1/chat/completions", answers.stream(pieces, gates=gates))
        request = chat_pb2.CreateChatCompletionRequest(model="m")
        began = time.monotonic()
        stream = gateway.chat.StreamChatCompletion(request, timeout=LIMIT)
        waited = 0.0
        for gate in gates.values():
            next(stream)
            received = time.monotonic()
            values = samples(scrape(gateway)[1])
            assert (values[in_flight], values[held]) == (1, request.ByteSize())
            waited += time.monotonic() - received
            gate.open()
        assert len(list(stream)) == 1
        values = samples(page(gateway)[1])
        lasted = time.monotonic() - began
    assert (values[in_flight], values[held]) == (0, 0)
    where = 'deployment="up",method="StreamChatCompletion",model="m"'
    assert values["openai_grpc_call_duration_seconds_count", f'{where},status="OK"'] == 1
    assert values["openai_grpc_call_duration_seconds_sum", f'{where},status="OK"'] >= waited
    assert values["openai_grpc_time_to_first_message_seconds_count", where] == 1
    assert values["openai_grpc_time_between_messages_seconds_count", where] == 2
    # The caller may have a message before its write has returned, so that no time of his is a lower bound.
    assert 0 < values["openai_grpc_time_between_messages_seconds_sum", where] < lasted


def test_the_documentation_lists_every_metric() -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url), metrics_port=0) as gateway:
        text = scrape(gateway)[1]
    kinds = dict(re.findall(r"^# TYPE (\w+) (\w+)$", text, re.MULTILINE))
    labelled = [each.metric for each in vars(Metrics()).values() if isinstance(each, Labelled)]
    labels = {each.describe()[0].name: each._labelnames for each in labelled}
    found = {(name, kind, labels.get(name.removesuffix("_total"), ())) for name, kind in kinds.items()}
    found |= {(name, kind, ("worker",)) for name, kind, _ in PROCESS_METRICS}
    listed = DOCUMENTED.findall(OPERATIONS.read_text(encoding="utf-8"))
    assert {(name, kind, tuple(re.findall(r"\w+", names))) for name, kind, names in listed} == found


@pytest.mark.parametrize("series", [1, 5])
def test_series_are_limited(series: int) -> None:
    counter = Registry().counter("made_up_total", "Made up.", ("a", "b"))
    counter._limit = 3
    for number in range(series):
        counter.of(str(number), "x").inc()
    (family,) = counter.metric.collect()
    values = {each.labels["a"]: each.value for each in family.samples}
    assert values == {str(number): 1 for number in range(min(series, 3))} | ({"other": 2} if series > 3 else {})


def test_counts_below_nothing_fail_no_call() -> None:
    usage = {"prompt_tokens": 3, "completion_tokens": -5, "prompt_tokens_details": {"cached_tokens": -7}}
    with (
        StandIn() as upstream,
        running_gateway(deployment(upstream.url, model="gpt-4o"), metrics_port=0) as gateway,
    ):
        upstream.on(
            "POST", "/v1/chat/completions", answers.json({"id": "c1", "object": "chat.completion", "usage": usage})
        )
        gateway.chat.CreateChatCompletion(chat_pb2.CreateChatCompletionRequest(model="m"), timeout=LIMIT)
        values = samples(page(gateway)[1])
    assert {name for name, _ in values} & COUNTED >= {"openai_grpc_calls_total"}
    assert not any('type="output"' in (labels or "") for _, labels in values)


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
    hosts = ("127.0.0.1", "127.0.0.2", "127.0.0.3")  # all loopback; at the first, anybody may have the same port
    with StandIn() as upstream, running_gateway(deployment(upstream.url), host=hosts[1], metrics_port=0) as gateway:
        assert reachable(hosts, gateway.gateway.metrics_port) == [hosts[0]]
    with (
        StandIn() as upstream,
        running_gateway(deployment(upstream.url), host=hosts[1], metrics_host=hosts[2], metrics_port=0) as gateway,
    ):
        assert reachable(hosts[1:], gateway.gateway.metrics_port) == [hosts[2]]


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
    found = re.search(rf"^{LAG_NAME} (\S+)$", text, re.MULTILINE)
    assert found
    assert f"# TYPE {LAG_NAME} gauge" in text
    assert float(found[1]) >= 0.4 - 1.5 * LAG_TICK


def test_the_lag_is_forgotten_after_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(prometheus, "time", SimpleNamespace(monotonic=lambda: now))
    lag = LoopLag()

    async def ticks(*late: float) -> float:
        nonlocal now
        for each in late:
            now += LAG_TICK + each
            lag._look()
        return lag.seconds()

    async def measured() -> list[float]:
        lag.start()
        quiet = [0.0] * 305  # half a minute
        found = [await ticks(0.5), await ticks(*quiet), await ticks(*quiet)]
        lag.stop()
        return found

    assert on_loop(measured()) == pytest.approx([0.5, 0.5, 0.0])
