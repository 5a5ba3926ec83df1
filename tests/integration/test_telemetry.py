"""Traces and metrics by OpenTelemetry, as a collector has them."""

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import grpc
import pytest

from faults import answers
from faults.stand_in import StandIn
from openai_grpc.codec import from_object
from openai_grpc.v1 import chat_pb2, chat_pb2_grpc, responses_pb2
from openai_grpc_server.check import check
from openai_grpc_server.config import (
    AdminSettings,
    Config,
    ConfigError,
    GeneralSettings,
    HttpSettings,
    KeySettings,
    RouterConfig,
    Secret,
    ServerSettings,
    TelemetrySettings,
)
from support.failure import failure_of
from support.gateway import LIMIT, OWN_KEY, RunningGateway, deployment, running_gateway
from support.otlp import PATHS, Collector, HttpCollector, SpanFacts, attributes
from support.workers import connection, worker_server

CHAT = "/v1/chat/completions"
TRACE = "5b8efff798038103d269b633813fc60c"
CALLER = "eee19b7ec3c1b174"
USAGE = {
    "prompt_tokens": 40,
    "completion_tokens": 11,
    "total_tokens": 51,
    "prompt_tokens_details": {"cached_tokens": 8},
}
FAILING = answers.json({"error": {"message": "no"}}, status=503)


def completion(text: str) -> dict[str, Any]:
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}
    return {
        "id": "c1",
        "object": "chat.completion",
        "model": "gpt-4o-2024-08-06",
        "choices": [choice],
        "usage": USAGE,
    }


def chunks(*texts: str) -> list[bytes]:
    said = [{"id": "c1", "model": "m-1", "choices": [{"index": 0, "delta": {"content": each}}]} for each in texts]
    end = {"id": "c1", "model": "m-1", "choices": [{"index": 0, "delta": {}, "finish_reason": "length"}]}
    return answers.events([*said, end, {"id": "c1", "model": "m-1", "choices": [], "usage": USAGE}])


def traced(flags: str = "01") -> tuple[tuple[str, str], ...]:
    return (("traceparent", f"00-{TRACE}-{CALLER}-{flags}"), ("tracestate", "vendor=abc"))


@contextmanager
def two_models(**settings: Any) -> Iterator[tuple[RunningGateway, Collector | HttpCollector, StandIn, StandIn]]:
    """A gateway whose model `a` falls back to `b`, each at an upstream of its own, and a collector."""
    telemetry = {"telemetry": settings.pop("telemetry", {})}
    with ExitStack() as stack:
        by_http = telemetry["telemetry"].get("protocol") == "http/protobuf"
        collector: Collector | HttpCollector = HttpCollector() if by_http else Collector()
        stack.enter_context(collector)
        one, other = (stack.enter_context(StandIn()) for _ in range(2))
        deployments = [
            deployment(one.url, name="first", model_name="a", model="gpt-4o"),
            deployment(other.url, name="second", model_name="b", model="gpt-4o"),
        ]
        gateway = stack.enter_context(
            running_gateway(
                *deployments,
                router=settings.pop("router", RouterConfig(num_retries=0, fallbacks={"a": ("b",)}, cooldown_time=0)),
                telemetry=TelemetrySettings(endpoint=collector.url, **telemetry["telemetry"]),
                **settings,
            )
        )
        yield gateway, collector, one, other


def headers_of(upstream: StandIn, index: int) -> dict[str, str]:
    return {name.lower(): value for name, value in upstream.exchange(index).request.headers}


def by_parent(spans: list[SpanFacts]) -> tuple[SpanFacts, list[SpanFacts]]:
    """Returns the span of the only call, and those of its attempts in order."""
    (call,) = [span for span in spans if span.parent == CALLER]
    attempts = [span for span in spans if span.parent == call.id]
    assert len(attempts) == len(spans) - 1
    assert {span.trace for span in spans} == {TRACE}
    return call, attempts


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("protocol", ["grpc", "http/protobuf"])
def test_the_attempts_of_a_call_in_one_trace_from_the_caller_to_its_upstreams(*, stream: bool, protocol: str) -> None:
    request = chat_pb2.CreateChatCompletionRequest(model="a")
    with two_models(telemetry={"protocol": protocol}) as (gateway, collector, one, other):
        one.on("POST", CHAT, FAILING)
        other.on("POST", CHAT, answers.stream(chunks("x", "y")) if stream else answers.json(completion("x")))
        if stream:
            list(gateway.chat.StreamChatCompletion(request, metadata=traced(), timeout=10))
        else:
            gateway.chat.CreateChatCompletion(request, metadata=traced(), timeout=10)
        seen = [headers_of(each, 0) for each in (one, other)]
        (line,) = gateway.logged("rpc")
    if isinstance(collector, HttpCollector):
        assert collector.paths == PATHS.keys()
    assert "rpc.server.call.duration" in collector.metrics()
    call, attempts = by_parent(collector.spans())
    assert [each["traceparent"] for each in seen] == [f"00-{TRACE}-{each.id}-01" for each in attempts]
    assert {each["tracestate"] for each in seen} == {"vendor=abc"}
    assert (line["trace_id"], line["span_id"]) == (TRACE, call.id)
    method = "StreamChatCompletion" if stream else "CreateChatCompletion"
    assert call.name == f"openai_grpc.v1.ChatService/{method}"
    first = call.attributes.pop("gen_ai.response.time_to_first_chunk", None)
    assert (first is not None) is stream
    assert call.attributes.pop("openai_grpc.request_id") == line["request_id"]
    assert call.attributes == {
        "rpc.system.name": "grpc",
        "rpc.method": call.name,
        "rpc.response.status_code": "OK",
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "a",
        "gen_ai.response.model": "m-1" if stream else "gpt-4o-2024-08-06",
        "gen_ai.response.finish_reasons": ["length" if stream else "stop"],
        "gen_ai.usage.input_tokens": 40,
        "gen_ai.usage.cache_read.input_tokens": 8,
        "gen_ai.usage.output_tokens": 11,
        "openai_grpc.attempts": 2,
        "openai_grpc.deployment": "second",
        "openai_grpc.cost": pytest.approx(32 * 2.5e-6 + 8 * 1.25e-6 + 11 * 1e-5),
    }
    common = {"gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-4o", "server.address": "127.0.0.1"}
    assert [(each.name, each.failed, each.attributes) for each in attempts] == [
        (
            "attempt",
            True,
            {
                **common,
                "server.port": one.port,
                "openai_grpc.deployment": "first",
                "http.response.status_code": 503,
                "error.type": "UPSTREAM_UNAVAILABLE",
            },
        ),
        (
            "attempt",
            False,
            {
                **common,
                "server.port": other.port,
                "openai_grpc.deployment": "second",
                "http.response.status_code": 200,
                "http.request.resend_count": 1,
            },
        ),
    ]


DOCUMENTED = re.compile(
    r"^\| `([a-z_.]+)` \| (histogram|counter|up-down counter|gauge) \| (\S+) \| ((?:`[a-z_.]+`(?:, )?)*) ?\| ",
    re.MULTILINE,
)
PAGE = (Path(__file__).parents[2] / "docs/telemetry.md").read_text(encoding="utf-8")


def described(metric: Any) -> tuple[str, str, set[str]]:
    """Returns kind, unit and attributes of a metric, as the page lists them."""
    kind = metric.WhichOneof("data")
    points = getattr(metric, kind).data_points
    keys = {key for point in points for key in attributes(point.attributes)}
    if kind == "sum":
        kind = "counter" if metric.sum.is_monotonic else "up-down counter"
    return kind, metric.unit, keys


def test_metrics_of_calls_with_the_traces_of_some() -> None:
    with two_models() as (gateway, collector, one, other):
        one.on("POST", CHAT, answers.json(completion("x")))
        other.on("POST", CHAT, answers.stream(chunks("x", "y")))
        gateway.chat.CreateChatCompletion(
            chat_pb2.CreateChatCompletionRequest(model="a"), metadata=traced(), timeout=10
        )
        list(gateway.chat.StreamChatCompletion(chat_pb2.CreateChatCompletionRequest(model="b"), timeout=10))
        other.on("POST", CHAT, FAILING)
        for model in ("none", "b"):
            request = chat_pb2.CreateChatCompletionRequest(model=model)
            failure_of(partial(gateway.chat.CreateChatCompletion, request, timeout=10))
        gateway.logged("rpc")
    metrics = collector.metrics()
    points = {
        name: [(attributes(point.attributes), point.count, point.sum) for point in metric.histogram.data_points]
        for name, metric in metrics.items()
        if metric.HasField("histogram")
    }
    statuses = Counter(
        (each["rpc.method"].rpartition("/")[2], each["rpc.response.status_code"], each.get("error.type"))
        for each, _, _ in points["rpc.server.call.duration"]
    )
    assert statuses == {
        ("CreateChatCompletion", "OK", None): 1,
        ("StreamChatCompletion", "OK", None): 1,
        ("CreateChatCompletion", "NOT_FOUND", "MODEL_NOT_FOUND"): 1,
        ("CreateChatCompletion", "UNAVAILABLE", "UPSTREAM_UNAVAILABLE"): 1,
    }
    who = {"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai"}
    a = {**who, "gen_ai.request.model": "a", "openai_grpc.deployment": "first"}
    b = {**who, "gen_ai.request.model": "b", "openai_grpc.deployment": "second"}
    kind = "gen_ai.token.type"
    tokens = [(each, count, total) for each, count, total in points["gen_ai.client.token.usage"]]
    expected = [({**each, kind: name}, 1, n) for each in (a, b) for name, n in (("input", 40), ("output", 11))]
    assert sorted(tokens, key=str) == sorted(expected, key=str)
    assert [each[:2] for each in points["gen_ai.server.time_to_first_token"]] == [(b, 1)]
    assert [each[:2] for each in points["gen_ai.server.time_per_output_token"]] == [(b, 1)]
    costs = {
        attributes(each.attributes)["openai_grpc.deployment"]: each.as_double
        for each in metrics["openai_grpc.cost_dollars"].sum.data_points
    }
    assert costs == dict.fromkeys(("first", "second"), pytest.approx(32 * 2.5e-6 + 8 * 1.25e-6 + 11 * 1e-5))
    assert {each.as_int for each in metrics["openai_grpc.calls_in_flight"].sum.data_points} == {0}
    listed = {
        name: (kind, unit, set(re.findall(r"[a-z_.]+", keys))) for name, kind, unit, keys in DOCUMENTED.findall(PAGE)
    }
    assert listed == {name: described(metric) for name, metric in metrics.items()}
    call, _ = by_parent([span for span in collector.spans() if span.trace == TRACE])
    exemplars = {
        (each.trace_id.hex(), each.span_id.hex())
        for point in metrics["rpc.server.call.duration"].histogram.data_points
        for each in point.exemplars
    }
    assert (TRACE, call.id) in exemplars


def test_the_caller_decides_whether_it_is_sampled() -> None:
    with two_models(telemetry={"sample_ratio": 1.0}) as (gateway, collector, one, _):
        one.on("POST", CHAT, answers.json(completion("x")))
        request = chat_pb2.CreateChatCompletionRequest(model="a")
        for metadata in (traced("00"), (), (("traceparent", "none of W3C"), ("tracestate", "a=b"))):
            gateway.chat.CreateChatCompletion(request, metadata=metadata, timeout=10)
        seen = [headers_of(one, index) for index in range(3)]
    version, trace, _, flags = seen[0]["traceparent"].split("-")
    assert (version, trace, flags) == ("00", TRACE, "00")
    assert seen[0]["tracestate"] == "vendor=abc"
    spans = collector.spans()
    assert len(spans) == 4
    assert TRACE not in {span.trace for span in spans}
    for headers in seen[1:]:
        version, trace, parent, flags = headers["traceparent"].split("-")
        assert (version, int(flags, 16) & 1) == ("00", 1)
        assert (trace, parent) in {(span.trace, span.id) for span in spans if span.name == "attempt"}
        assert "tracestate" not in headers


def test_without_traces_the_context_of_callers_passes_as_it_is() -> None:
    with two_models(telemetry={"traces": False}) as (gateway, collector, one, _):
        one.on("POST", CHAT, answers.json(completion("x")))
        request = chat_pb2.CreateChatCompletionRequest(model="a")
        gateway.chat.CreateChatCompletion(request, metadata=traced(), timeout=10)
        headers = headers_of(one, 0)
        (line,) = gateway.logged("rpc")
    assert (headers["traceparent"], headers["tracestate"]) == tuple(value for _, value in traced())
    assert "trace_id" not in line
    assert collector.spans() == []
    assert "rpc.server.call.duration" in collector.metrics()


def test_a_call_by_rest_and_one_by_a_bridge() -> None:
    http = HttpSettings(port=0)
    with Collector() as collector, StandIn() as upstream:
        chat_only = deployment(upstream.url, name="chat only", responses_as_chat=True)
        telemetry = TelemetrySettings(endpoint=collector.url, service_name="the gateway")
        upstream.on("POST", CHAT, answers.json(completion("x")))
        with running_gateway(chat_only, telemetry=telemetry, http=http) as gateway:
            body = json.dumps({"model": "gpt-4o", "messages": [{"role": "user", "content": "hi"}]}).encode()
            headers = {"content-type": "application/json", **dict(traced())}
            with urlopen(Request(f"{gateway.url}/chat/completions", body, headers), timeout=10) as answer:  # noqa: S310
                assert answer.status == 200
            gateway.responses.CreateResponse(
                from_object(responses_pb2.CreateResponseRequest, {"model": "gpt-4o", "input": "hi"}), timeout=10
            )
            upstream_context = headers_of(upstream, 0)["traceparent"]
    spans = collector.spans()
    call, (attempt,) = by_parent([span for span in spans if span.trace == TRACE])
    assert call.name.endswith("/CreateChatCompletion")
    assert upstream_context == f"00-{TRACE}-{attempt.id}-01"
    bridged = [span for span in spans if span.trace != TRACE]
    assert {span.attributes["openai_grpc.bridge"] for span in bridged} == {"/chat/completions"}
    assert len(bridged) == 2
    resources = [attributes(each.resource.attributes) for one in collector.received for each in sent(one)]
    assert {each["service.name"] for each in resources} == {"the gateway"}
    assert len({each["service.instance.id"] for each in resources}) == 1


def sent(export: Any) -> Any:
    return getattr(export, "resource_spans", None) or export.resource_metrics


CONNECTIONS = 24  # that all of them reach one of two workers is as likely as 1 in 8,388,608


def test_each_worker_exports_its_own(tmp_path: Path) -> None:
    """The spans and the metrics of all calls are there once, from two instances of one service."""
    with Collector() as collector, StandIn() as upstream:
        upstream.on("POST", CHAT, answers.json(completion("x")))
        telemetry = {"endpoint": collector.url, "sample_ratio": 1.0}
        with worker_server(tmp_path, upstream=upstream.url, server={"telemetry": telemetry}) as server:
            for _ in range(CONNECTIONS):
                with connection(server.address) as channel:
                    request = chat_pb2.CreateChatCompletionRequest(model="m")
                    chat_pb2_grpc.ChatServiceStub(channel).CreateChatCompletion(request, timeout=LIMIT)
            server.stop()
        lines = server.entries("rpc")
    calls = [span for span in collector.spans() if span.name != "attempt"]
    assert len(calls) == CONNECTIONS
    assert {(span.trace, span.id) for span in calls} == {(line["trace_id"], line["span_id"]) for line in lines}
    counts = {
        instance: sum(point.count for point in metrics["rpc.server.call.duration"].histogram.data_points)
        for instance, metrics in collector.instances().items()
        if "rpc.server.call.duration" in metrics
    }
    by_worker = Counter(line["worker"] for line in lines)
    assert sorted(counts.values()) == sorted(by_worker.values())
    assert len(counts) == 2


ADMIN_PAGES = ("", "metrics", "state", "config", "calls", "connections", "deployments")
SECRET = "sk-canary-" + "q7Zp2" * 5
PROMPT = "canary-prompt-4471"
ANSWER = "canary-answer-9932"
KEYS = GeneralSettings(keys=(KeySettings(name="team", key=Secret(SECRET)),))


def pages_of(gateway: RunningGateway) -> list[str]:
    """Returns the metrics in both formats, and the pages of the admin port."""
    metrics = f"http://127.0.0.1:{gateway.gateway.metrics_port}/metrics"
    admin = [f"http://127.0.0.1:{gateway.gateway.admin_port}/{each}" for each in ADMIN_PAGES]
    requests = [Request(each) for each in (metrics, *admin)]  # noqa: S310 - its own
    requests.insert(1, Request(metrics, headers={"accept": "application/openmetrics-text"}))
    found = []
    for each in requests:
        with urlopen(each, timeout=LIMIT) as answer:  # noqa: S310 - its own
            found.append(answer.read().decode())
    return found


@pytest.mark.parametrize("content", [False, True])
def test_no_secret_and_no_content_in_spans_metrics_logs_and_errors(*, content: bool) -> None:
    """Of a run with failures of each kind; with `content` what was said is in the spans, and nowhere else."""
    who = (("authorization", f"Bearer {SECRET}"),)
    upstream_error = {"error": {"message": f"refused {PROMPT}", "type": "server_error"}}
    odd = [b"data: {" + PROMPT.encode() + b"\n\n"]
    runs = [
        answers.json(completion(ANSWER)),
        answers.json(upstream_error, status=503),
        answers.json(upstream_error, status=400),
        answers.raw(b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n" + PROMPT[:4].encode()),
        answers.reset(),
    ]
    streams = [
        answers.stream(chunks(ANSWER, "b")),
        answers.stream(odd),
        answers.stream(chunks(ANSWER)[:1], then="reset"),
    ]
    asked = {"model": "a", "messages": [{"role": "user", "content": PROMPT}], "x": PROMPT}
    request = from_object(chat_pb2.CreateChatCompletionRequest, asked)
    general = {"general": KEYS, "metrics_port": 0, "http": HttpSettings(port=0), "admin": AdminSettings(port=0)}
    router = RouterConfig(num_retries=0, cooldown_time=0)
    shown = []
    with two_models(telemetry={"content": content}, router=router, **general) as (gateway, collector, one, _):
        for answer in runs:
            one.enqueue(answer)
            try:
                gateway.chat.CreateChatCompletion(request, metadata=who, timeout=10)
            except grpc.RpcError as error:
                shown.append(f"{error.details()} {error.trailing_metadata()}")
        for answer in streams:
            one.enqueue(answer)
            try:
                list(gateway.chat.StreamChatCompletion(request, metadata=who, timeout=10))
            except grpc.RpcError as error:
                shown.append(f"{error.details()} {error.trailing_metadata()}")
        wrong = (("authorization", f"Bearer {SECRET}x"), ("traceparent", SECRET), ("baggage", f"k={PROMPT}"))
        shown.append(str(failure_of(lambda: gateway.chat.CreateChatCompletion(request, metadata=wrong, timeout=10))))
        body = json.dumps({"model": {"a": PROMPT}}).encode()
        headers = {"content-type": "application/json", "authorization": f"Bearer {SECRET}"}
        with pytest.raises(HTTPError) as refused:
            urlopen(Request(f"{gateway.url}/chat/completions", body, headers), timeout=10)  # noqa: S310
        refused.value.close()
        logged = gateway.logged("rpc")
        pages = pages_of(gateway)
        told = gateway.log.getvalue()
        upstream = [headers_of(one, index) for index in range(len(one.exchanges))]
    assert len(logged) == len(runs) + len(streams) + 2
    assert len([span for span in collector.spans() if span.name != "attempt"]) == len(logged)
    exported = b"".join(each.SerializeToString() for each in collector.received)
    for secret in (SECRET, OWN_KEY, *(() if content else (PROMPT, ANSWER))):
        assert secret.encode() not in exported
    for text in (SECRET, OWN_KEY, PROMPT, ANSWER):
        assert text not in told
        assert not [each for each in pages if text in each]
    # There are exemplars, in both.
    assert 'trace_id="' in pages[1]
    points = collector.metrics()["rpc.server.call.duration"].histogram.data_points
    assert [each for point in points for each in point.exemplars]
    # An upstream's own words, which quote the prompt here, are for its caller.
    assert not [each for each in shown if SECRET in each or OWN_KEY in each]
    assert not [each for each in upstream if "baggage" in each]
    if content:
        recorded = [span.attributes for span in collector.spans() if "gen_ai.input.messages" in span.attributes]
        part = {"role": "user", "parts": [{"type": "text", "content": PROMPT}]}
        assert {each["gen_ai.input.messages"] for each in recorded} == {json.dumps([part], separators=(",", ":"))}
        said = [json.loads(each["gen_ai.output.messages"])[0] for each in recorded if "gen_ai.output.messages" in each]
        assert [each["parts"][0]["content"] for each in said] == [ANSWER, f"{ANSWER}b", ANSWER]


WRONG: dict[str, tuple[dict[str, Any], dict[str, str], str]] = {
    "exporter": ({}, {"OTEL_TRACES_EXPORTER": "console"}, "invalid exporter 'console': must be otlp or none"),
    "protocol": ({}, {"OTEL_EXPORTER_OTLP_PROTOCOL": "http/json"}, "invalid protocol 'http/json'"),
    "sampler": (
        {},
        {"OTEL_TRACES_SAMPLER": "jaeger"},
        "invalid sampler 'jaeger': must be one of always_on, always_off, ",
    ),
    "ratio": (
        {},
        {"OTEL_TRACES_SAMPLER": "traceidratio", "OTEL_TRACES_SAMPLER_ARG": "10%"},
        "invalid ratio '10%': must be 0 to 1",
    ),
    "batch": ({}, {"OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "4096"}, "invalid size 4096: must be at most 2048"),
    "queue": ({}, {"OTEL_BSP_MAX_QUEUE_SIZE": "0"}, "invalid number '0': must be a whole number above 0"),
    "exemplars": ({}, {"OTEL_METRICS_EXEMPLAR_FILTER": "all"}, "invalid filter 'all': must be one of trace_based, "),
    "endpoint": ({"endpoint": "collector:4317"}, {}, "invalid URL: must be http(s)://host[:port]"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_can_not_be_exported_is_said_at_the_start(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    settings, environ, expected = WRONG[case]
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    config = Config(server=ServerSettings(telemetry=TelemetrySettings(**settings)))
    with pytest.raises(ConfigError, match=expected.replace("(", r"\(").replace(")", r"\)").replace("[", r"\[")):
        check(config)


def test_a_missing_extra_is_said_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk", None)
    check(Config())
    with pytest.raises(ConfigError) as raised:
        check(Config(server=ServerSettings(telemetry=TelemetrySettings())))
    (problem,) = raised.value.problems
    assert (problem.where, problem.hint) == ("server.telemetry", "pip install 'openai-grpc-server[otel]'")


def test_switched_off_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_SDK_DISABLED", "true")
    with two_models() as (gateway, collector, one, _):
        one.on("POST", CHAT, answers.json(completion("x")))
        request = chat_pb2.CreateChatCompletionRequest(model="a")
        gateway.chat.CreateChatCompletion(request, metadata=traced(), timeout=10)
        assert headers_of(one, 0)["traceparent"] == traced()[0][1]
    assert collector.received == []
