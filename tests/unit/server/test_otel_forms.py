"""Spans, histograms and sampling of calls against those of OpenTelemetry's SDK."""

from threading import Event, Semaphore
from time import time_ns
from typing import Any, NamedTuple

import pytest
from opentelemetry.attributes import BoundedAttributes
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.metrics import Histogram as SdkHistogram
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import AggregationTemporality, InMemoryMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanLimits, TracerProvider
from opentelemetry.sdk.trace.sampling import Decision
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import SpanContext, SpanKind, Status, StatusCode, TraceState
from opentelemetry.trace.propagation import get_current_span
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from openai_grpc_server.config import TelemetrySettings
from openai_grpc_server.telemetry.export import (
    MAX_BATCH,
    MAX_ROWS,
    MAX_SERIES,
    Alike,
    Batches,
    BatchLimits,
    Histogram,
    Source,
    attribute,
    double_attribute,
    encoded,
    number_attribute,
    text,
    text_attribute,
)
from openai_grpc_server.telemetry.otel import LOCAL, REMOTE, Telemetry, Trace

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
STATE = "vendor=abc,k@t=1"


class Parent(NamedTuple):
    """The parent of a span: whether it is another process', its `tracestate`, and what the span has of it."""

    remote: bool
    state: str
    encoded: str


PARENTS = (
    None,
    Parent(remote=True, state=STATE, encoded=f"{REMOTE}2208{OTHER}{text(bytes([0x1A]), STATE).hex()}"),
    Parent(remote=False, state="", encoded=f"{LOCAL}2208{OTHER}"),
)


def of_sdk(origin: dict[str, Any], parent: Parent | None, attributes: dict[str, Any], **facts: Any) -> ReadableSpan:
    """Returns a span of the SDK, with the limits of the environment."""
    limits = SpanLimits()
    state = TraceState.from_header([parent.state]) if parent is not None and parent.state else None
    ids = [SpanContext(int(TRACE, 16), int(each, 16), is_remote=False, trace_state=state) for each in (ONE, OTHER)]
    if parent is not None and parent.remote:
        ids[1] = SpanContext(int(TRACE, 16), int(OTHER, 16), is_remote=True, trace_state=state)
    kept = BoundedAttributes(
        limits.max_span_attributes, attributes, max_value_len=limits.max_span_attribute_length, immutable=False
    )
    above = None if parent is None else ids[1]
    return ReadableSpan("a.v1.S/M", ids[0], parent=above, attributes=kept, start_time=17, **facts, **origin)


@pytest.mark.parametrize(
    "limits",
    [{}, {"OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT": "3"}, {"OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT": "6"}],
    ids=lambda limits: "".join(limits) or "no limits",
)
def test_spans_are_encoded_as_by_the_sdk(limits: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in limits.items():
        monkeypatch.setenv(name, value)
    resource, scope = Resource({"service.name": "x"}), InstrumentationScope("s", "1", "https://a.example/1")
    origin = {"resource": resource, "instrumentation_scope": scope}
    source = Source(resource, scope)
    spans: list[bytes] = []
    expected = []
    for parent, failed, client in zip(PARENTS, (True, False, False), (False, False, True), strict=True):
        for number, (common, own) in enumerate(((SHARED, OWN), ({}, {}))):
            key = (failed, client, number)
            kept = source.keep(key, "a.v1.S/M", {**common, "left out": None}, failed=failed, client=client)
            assert source.common(key) is kept
            ids = f"0a10{TRACE}1208{ONE}{LOCAL if parent is None else parent.encoded}"
            spans.append(source.span(ids, 17, kept, encoded(own)))
            status = Status(StatusCode.ERROR) if failed else Status(StatusCode.UNSET)
            kind = SpanKind.CLIENT if client else SpanKind.SERVER
            expected.append(of_sdk(origin, parent, {**common, **own}, kind=kind, status=status, end_time=18))
    exported = ExportTraceServiceRequest.FromString(source.encode(spans))
    found = exported.resource_spans[0].scope_spans[0].spans
    assert all(time_ns() >= span.end_time_unix_nano > 18 for span in found)
    for span in found:
        span.end_time_unix_nano = 18
    told = encode_spans(expected)
    # The SDK keeps the last attributes where there are too many.
    if "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT" in limits:
        for request in (exported, told):
            for span in request.resource_spans[0].scope_spans[0].spans:
                assert len(span.attributes) in {0, 6}
                del span.attributes[:]
    assert exported == told
    if "OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT" in limits:
        assert {"a.v", "ééé"} <= {each.value.string_value for each in found[0].attributes}


def test_attributes_of_a_type_are_encoded_as_any() -> None:
    for name, value in OWN.items():
        by_type: dict[type, Any] = {str: text_attribute, int: number_attribute, float: double_attribute}
        of_type = by_type.get(type(value), attribute)
        assert of_type(name, value) == attribute(name, value)


class Held:
    """An exporter that takes batches once it may, and keeps them."""

    def __init__(self) -> None:
        self.batches: list[list[bytes]] = []
        self.may = Event()
        self.came = Semaphore(0)
        self.closed = False

    def export(self, spans: list[bytes]) -> None:
        self.came.release()
        self.may.wait(LIMIT)
        self.batches.append(spans)
        if spans == [b"3"]:
            raise OSError

    def shutdown(self) -> None:
        self.closed = True


LIMIT = 10.0  # seconds


def test_spans_wait_within_limits_for_an_export_in_batches() -> None:
    held = Held()
    batches = Batches(held, BatchLimits(waiting=4, batch=2, delay=60))
    batches.add((b"1",))
    batches.add((b"2",))
    assert held.came.acquire(timeout=LIMIT)  # the first batch is on its way
    for each in (b"3", b"4", b"5", b"6", b"7", b"8"):
        batches.add((each,))
    held.may.set()
    batches.close()
    assert held.batches == [[b"1", b"2"], [b"3", b"4"], [b"5", b"6"]]
    assert (batches.dropped, held.closed) == (2, True)


def test_a_batch_of_long_spans_is_one_that_collectors_take_and_a_failed_one_ends_nothing() -> None:
    held = Held()
    held.may.set()
    long = b"l" * (MAX_BATCH // 2)
    batches = Batches(held, BatchLimits(waiting=100, batch=50, delay=60))
    for each in (long, long, long, b"4"):
        batches.add((each,))
    assert held.came.acquire(timeout=LIMIT)
    batches.close()
    assert [span for batch in held.batches for span in batch] == [long, long, long, b"4"]
    assert max(sum(map(len, each)) for each in held.batches) <= MAX_BATCH
    failing = Batches(held, BatchLimits(waiting=100, batch=1, delay=60))
    for each in (b"3", b"4"):
        failing.add((each,))
    failing.close()
    assert held.batches[-2:] == [[b"3"], [b"4"]]


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
    x = Alike((), (ours.series(("1", "x")),))
    by_way = {"x": lambda value: x.add((None, value, None)), "y": lambda value: ours.observe(("1", "y"), value, None)}
    for round_ in ([(0.5, "x"), (0.75, "x"), (99.0, "y")], [(10.0, "x"), (0.0, "x")] * MAX_ROWS, []):
        for value, b in round_:
            theirs.record(value, {"a": "1", "b": b})
            by_way[b](value)
        x.add((None, None, None))
        x.count()
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
        trace = telemetry.begin(metadata)
        recording = type(trace) is Trace
        number = int(trace.trace_id, 16)
        decision = sampler.should_sample(context, number, "name").decision
        assert recording is (decision is Decision.RECORD_AND_SAMPLE), given
        sent = dict(trace.headers())
        assert metadata == {}
        assert sent["traceparent"] == f"00-{trace.trace_id}-{trace.span_id}-{'01' if recording else '00'}"
        assert sent.get("tracestate") == ("a=b,c=d" if parent.is_valid else None)
        if parent.is_valid:
            assert number == parent.trace_id
            assert int(trace.span_id, 16) != parent.span_id
