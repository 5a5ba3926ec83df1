"""A real Prometheus scrapes a gateway under mixed load, and answers the queries of the dashboard and the alerts."""

import json
import math
import re
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from clients.live import require
from faults import answers
from faults.stand_in import Gate, StandIn
from openai_grpc.v1 import chat_pb2
from openai_grpc_server.config import (
    AdmissionSettings,
    GeneralSettings,
    KeySettings,
    RouterConfig,
    Secret,
    TelemetrySettings,
)
from support.failure import failure_of
from support.gateway import LIMIT, RunningGateway, deployment, running_gateway
from support.otlp import Collector
from support.prometheus import Prometheus

CHAT = "/v1/chat/completions"
DASHBOARD = Path(__file__).parents[2] / "deploy/grafana/openai-grpc.json"
KEY = "sk-v3R9xQ2mT7bK4wZ8nL5c"
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
METADATA = (("authorization", f"Bearer {KEY}"), ("traceparent", f"00-{TRACE}-00f067aa0ba902b7-01"))
USAGE = {"prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1100}
SAID = {"index": 0, "message": {"role": "assistant", "content": "some words"}, "finish_reason": "stop"}
COMPLETION: dict[str, Any] = {"id": "c1", "object": "chat.completion", "choices": [SAID]}
CHUNKS: list[dict[str, Any]] = [
    {"id": "c1", "choices": [{"index": 0, "delta": {"content": "a"}}]},
    {"id": "c1", "choices": [{"index": 0, "delta": {"content": "b"}, "finish_reason": "stop"}]},
    {"id": "c1", "choices": [], "usage": USAGE},
]
CALLS = 5  # of `load`
GENERAL = GeneralSettings(keys=(KeySettings(name="team", key=Secret(KEY), soft_budget=0.001, tpm=10**9),))


def load(gateway: RunningGateway, upstream: StandIn) -> None:
    """Makes `CALLS` calls: with usage and without, streamed, failed upstream and in the gateway."""
    request = chat_pb2.CreateChatCompletionRequest(model="gpt-4o")
    call = partial(gateway.chat.CreateChatCompletion, timeout=LIMIT)
    upstream.enqueue(answers.json({**COMPLETION, "usage": USAGE}), answers.json(COMPLETION))
    for _ in range(2):
        call(request, metadata=METADATA)
    gate = Gate()
    upstream.enqueue(answers.stream(answers.events(CHUNKS), gates={1: gate}))
    for _ in gateway.chat.StreamChatCompletion(request, metadata=METADATA, timeout=LIMIT):
        gate.open()
    upstream.enqueue(answers.json({"error": {"message": "no"}}, status=503))
    for model in ("gpt-4o", "none"):
        asked = chat_pb2.CreateChatCompletionRequest(model=model)
        failure_of(partial(call, asked, metadata=METADATA))


def shows(prometheus: Prometheus, calls: int) -> bool:
    """Returns whether that many calls have been scraped."""
    return prometheus.query("sum(openai_grpc_calls_total)") == [calls]


@pytest.fixture(scope="module")
def scraped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Prometheus, RunningGateway]]:
    """Prometheus and the gateway, after two rounds of load that were scraped apart: a rate needs two values."""
    require("prometheus")
    with ExitStack() as stack:
        upstream, collector = stack.enter_context(StandIn()), stack.enter_context(Collector())
        gateway = stack.enter_context(
            running_gateway(
                deployment(upstream.url, model_name="gpt-4o", model="gpt-4o"),
                general=GENERAL,
                router=RouterConfig(num_retries=0, cooldown_time=0),
                telemetry=TelemetrySettings(endpoint=collector.url),
                admission=AdmissionSettings(),
                metrics_port=0,
            )
        )
        port = gateway.gateway.metrics_port
        prometheus = stack.enter_context(Prometheus(tmp_path_factory.mktemp("prometheus"), port))
        for number in (1, 2):
            load(gateway, upstream)
            prometheus.until(partial(shows, prometheus, number * CALLS))
        yield prometheus, gateway


def queries() -> Iterator[Any]:
    """Each query of the dashboard, by the title of its panel."""
    for panel in json.loads(DASHBOARD.read_text())["panels"]:
        for number, target in enumerate(panel["targets"]):
            yield pytest.param(target["expr"], id=f"{panel['title']} {number}")


@pytest.mark.parametrize("query", list(queries()))
def test_each_query_of_the_dashboard_has_values(scraped: tuple[Prometheus, RunningGateway], query: str) -> None:
    """None may be empty: a metric of a rare event is there from the start, or its event is in the load."""
    prometheus, _ = scraped
    expression = query.replace("$__rate_interval", "1m").replace("$model", ".*")
    prometheus.until(lambda: bool(prometheus.query(expression)))
    assert all(map(math.isfinite, prometheus.query(expression)))


def test_the_variable_of_the_dashboard_has_the_models(scraped: tuple[Prometheus, RunningGateway]) -> None:
    prometheus, _ = scraped
    (variable,) = [each for each in json.loads(DASHBOARD.read_text())["templating"]["list"] if each["type"] == "query"]
    found = re.fullmatch(r"label_values\((\w+), (\w+)\)", variable["query"])
    assert found is not None
    assert "gpt-4o" in prometheus.get(f"label/{found[2]}/values", **{"match[]": found[1]})


def test_the_alerts_are_evaluated(scraped: tuple[Prometheus, RunningGateway]) -> None:
    prometheus, _ = scraped

    def rules() -> list[Any]:
        return [each for group in prometheus.get("rules")["groups"] for each in group["rules"]]

    prometheus.until(lambda: all(each["health"] != "unknown" for each in rules()))
    assert {each["health"] for each in rules()} == {"ok"}, rules()


def test_exemplars_lead_to_the_trace_of_the_caller(scraped: tuple[Prometheus, RunningGateway]) -> None:
    prometheus, gateway = scraped
    for metric in ("openai_grpc_call_duration_seconds_bucket", "openai_grpc_time_to_first_message_seconds_bucket"):
        found = prometheus.get("query_exemplars", query=metric, start="0", end="9999999999")
        assert {each["labels"]["trace_id"] for series in found for each in series["exemplars"]} == {TRACE}
    url = f"http://127.0.0.1:{gateway.gateway.metrics_port}/metrics"
    with urlopen(url, timeout=LIMIT) as answer:
        assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
        assert TRACE not in answer.read().decode()
    asked = Request(url, headers={"accept": "application/openmetrics-text;version=1.0.0,text/plain;q=0.5"})
    with urlopen(asked, timeout=LIMIT) as answer:  # noqa: S310 - its own
        assert answer.headers["content-type"].startswith("application/openmetrics-text")
        text = answer.read().decode()
    assert text.endswith("# EOF\n")
    assert f'trace_id="{TRACE}"' in text
