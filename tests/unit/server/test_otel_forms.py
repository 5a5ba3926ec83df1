"""Spans, histograms and sampling of calls against those of OpenTelemetry's SDK."""

from typing import Any

import pytest
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.sdk.metrics import Histogram as SdkHistogram
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import AggregationTemporality, InMemoryMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.sampling import Decision
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace.propagation import get_current_span
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from openai_grpc_server.config import TelemetrySettings
from openai_grpc_server.telemetry.export import MAX_SERIES, Common, Histogram, Parent, Source, Span, encoded
from openai_grpc_server.telemetry.otel import Telemetry, Trace

TRACE = "00f067aa0ba902b7a3ce929d0e0e4736"
ONE, OTHER = "00f067aa0ba902b7", "b7ad6b7169203331"
SHARED = {"rpc.method": "a.v1.S/M", "server.port": 65535, "reasons": ["stop", "length"], "estimated": True}
OWN = {
    "openai_grpc.cost": 0.000125,
    "tokens": 2**40 + 7,
    "below": -3,
    "few": 127,
    "more": 128,
    "text": "é" * 200,
    "empty": "",
    "no": False,
    "none": [],
}
PARENTS = (None, Parent(OTHER, remote=True, state="vendor=abc,k@t=1"), Parent(OTHER, remote=False, state=""))


@pytest.mark.parametrize(
    "limits",
    [{}, {"OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT": "3"}, {"OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT": "6"}],
    ids=lambda limits: "".join(limits) or "no limits",
)
def test_spans_are_encoded_as_by_the_sdk(limits: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in limits.items():
        monkeypatch.setenv(name, value)
    source = Source(Resource({"service.name": "x"}), InstrumentationScope("s", "1", "https://a.example/1"))
    kept = source.keep(("any",), {**SHARED, "left out": None})
    assert source.common(("any",)) is kept
    spans = [
        Span(source, "a.v1.S/M", TRACE, ONE, parent, 17, common, own, failed=failed, client=client)
        for parent, failed, client in zip(PARENTS, (True, False, False), (False, False, True), strict=True)
        for common, own in ((kept, OWN), (Common({}, encoded({})), {}))
    ]
    exported = source.encode(spans)
    assert exported == encode_spans(spans)
    first = exported.resource_spans[0].scope_spans[0].spans[0]
    if not limits:
        assert (len(first.attributes), first.dropped_attributes_count) == (len(SHARED) + len(OWN), 0)
    if "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT" in limits:
        assert (len(first.attributes), first.dropped_attributes_count) == (6, len(SHARED) + len(OWN) - 6)
    if "OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT" in limits:
        assert {"a.v", "ééé"} <= {each.value.string_value for each in first.attributes}


def points_of(metric: Any) -> list[tuple[Any, ...]]:
    """Returns the points of a histogram, without their times."""
    return [
        (
            *(each.attributes, each.count, each.sum, each.min, each.max),
            *(tuple(each.bucket_counts), tuple(each.explicit_bounds)),
        )
        for each in metric.data.data_points
    ]


@pytest.mark.parametrize("delta", [False, True])
def test_histograms_are_read_as_those_of_the_sdk(*, delta: bool) -> None:
    bounds = (0.5, 1.0, 10.0)
    temporality = AggregationTemporality.DELTA if delta else AggregationTemporality.CUMULATIVE
    reader = InMemoryMetricReader(preferred_temporality={SdkHistogram: temporality})
    sdk = MeterProvider([reader], shutdown_on_exit=False).get_meter("m")
    theirs = sdk.create_histogram("h", "s", "text", explicit_bucket_boundaries_advisory=bounds)
    ours = Histogram("h", "s", "text", bounds, ("a", "b"))
    for round_ in ([(0.5, "x"), (0.75, "x"), (99.0, "y")], [(10.0, "x"), (0.0, "x")], []):
        for value, b in round_:
            theirs.record(value, {"a": "1", "b": b})
            ours.observe(("1", b), value, None)
        data = reader.get_metrics_data()
        expected = None if data is None else data.resource_metrics[0].scope_metrics[0].metrics[0]
        found = ours.read(delta=delta)
        assert (found is None) is (expected is None)
        if found is not None and expected is not None:
            assert points_of(found) == points_of(expected)
            assert (found.name, found.unit, found.description) == ("h", "s", "text")
            assert found.data.aggregation_temporality == expected.data.aggregation_temporality  # type: ignore[union-attr]


def test_series_beyond_the_limit_of_a_histogram_count_as_one() -> None:
    histogram = Histogram("h", "s", "text", (1.0,), ("a",))
    for number in range(MAX_SERIES + 5):
        histogram.observe((number,), 0.1, None)
    points = points_of(histogram.read(delta=False))
    assert len(points) == MAX_SERIES
    assert points[-1][:2] == ({"otel.metric.overflow": True}, 6)


SAMPLERS: dict[str, tuple[float | None, dict[str, str]]] = {
    "a ratio": (0.5, {"OTEL_TRACES_SAMPLER": "always_off"}),
    "by default": (None, {}),
    **{
        f"{name} {ratio}".strip(): (None, {"OTEL_TRACES_SAMPLER": name, "OTEL_TRACES_SAMPLER_ARG": ratio})
        for name in ("always_on", "always_off", "parentbased_always_on", "parentbased_always_off")
        for ratio in ("",)
    },
    **{
        f"{name} {ratio}": (None, {"OTEL_TRACES_SAMPLER": name, "OTEL_TRACES_SAMPLER_ARG": ratio})
        for name in ("traceidratio", "parentbased_traceidratio")
        for ratio in ("0", "0.3", "1")
    },
}
CONTEXTS = [
    *(f"00-{trace:032x}-{ONE}-{flags}" for trace in (1, 2**62, 2**63, 2**64 - 1, 2**127) for flags in ("00", "01")),
    *(f"00-{TRACE}-{ONE}-01-more", f"01-{TRACE}-{ONE}-03-more", f"ff-{TRACE}-{ONE}-01", f"00-{'0' * 32}-{ONE}-01"),
    *(f"00-{TRACE}-{'0' * 16}-01", f"00-{TRACE.upper()}-{ONE}-01", f" 00-{TRACE}-{ONE}-01\t", "none of it", ""),
]


@pytest.mark.parametrize("case", SAMPLERS)
def test_calls_are_sampled_as_by_the_sdk(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ratio, environ = SAMPLERS[case]
    monkeypatch.setenv("OTEL_TRACES_EXPORTER", "none")
    monkeypatch.setenv("OTEL_METRICS_EXPORTER", "none")
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    telemetry = Telemetry(TelemetrySettings(sample_ratio=ratio))
    if ratio is not None:
        monkeypatch.setenv("OTEL_TRACES_SAMPLER", "parentbased_traceidratio")
        monkeypatch.setenv("OTEL_TRACES_SAMPLER_ARG", str(ratio))
    sampler = TracerProvider(shutdown_on_exit=False).sampler
    for given in CONTEXTS:
        metadata: dict[str, Any] = {"traceparent": given, "tracestate": "a=b,c=d"}
        context = TraceContextTextMapPropagator().extract(metadata)
        parent = get_current_span(context).get_span_context()
        trace = Trace(telemetry, metadata)
        number = int(trace.trace_id, 16)
        decision = sampler.should_sample(context, number, "name").decision
        assert trace.recording is (decision is Decision.RECORD_AND_SAMPLE), given
        sent = dict(trace.headers)
        assert metadata == {}
        assert sent["traceparent"] == f"00-{trace.trace_id}-{trace.span_id}-{'01' if trace.recording else '00'}"
        assert sent.get("tracestate") == ("a=b,c=d" if parent.is_valid else None)
        if parent.is_valid:
            assert number == parent.trace_id
            assert int(trace.span_id, 16) != parent.span_id
