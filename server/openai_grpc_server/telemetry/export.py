"""Spans and histograms of calls on their way to the exporters of OpenTelemetry's SDK.

The SDK's own spans, queue and instruments took 300 us a call. Calls keep plain values. A span is encoded as it ends, in
1 us: left to the exporter's thread, it took 8 us, and the event loop waited for the GIL. Histograms are read in the
exporter's thread. This module imports the SDK, which is an extra: only `otel` imports it, once it is needed.
"""

import logging
import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import repeat
from math import inf
from struct import Struct
from threading import Event, Lock, Thread
from typing import Any, Final, NamedTuple

from opentelemetry.context import _SUPPRESS_INSTRUMENTATION_KEY, attach, set_value
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse
from opentelemetry.proto.common.v1.common_pb2 import AnyValue
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, Span
from opentelemetry.sdk.metrics import Exemplar
from opentelemetry.sdk.metrics.export import (
    AggregationTemporality,
    HistogramDataPoint,
    Metric,
    MetricsData,
)
from opentelemetry.sdk.metrics.export import Histogram as HistogramData
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanLimits
from opentelemetry.sdk.trace.export import SpanExportResult
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import SpanContext

MAX_COMMON: Final = 4096  # combinations of attributes that are kept encoded
MAX_ROWS: Final = 128  # calls that end alike whose values are counted at once, in 0.1 ms
MAX_SERIES: Final = 2000  # of a histogram, as in the SDK
MAX_BATCH: Final = 2 << 20  # bytes of one export; collectors take 4 MiB by default
MAX_WAITING: Final = 32 << 20  # bytes of spans that wait
CLOSE_LIMIT: Final = 30.0  # seconds that the last export may take, as in the SDK
TELL_AGAIN: Final = 60.0  # seconds between two log lines on dropped spans
EXPORT: Final = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"
FEW: Final = 128
VARINTS: Final = tuple(bytes((number,)) for number in range(FEW))
DOUBLE: Final = Struct("<d")
TIMES: Final = Struct("<BQBQ")
OVERFLOW: Final = (None,)  # the key of what is over it

Mark = tuple[int, str, str]
"""Time of a call's end in nanoseconds, and the ids of its trace and span in hexadecimal; empty: it has none."""

_COUNTING: Final = Lock()  # series are written by the event loop and by the exporter's thread
_LOGGER: Final = logging.getLogger(__name__)


class Source:
    """Origin of spans: their resource and scope, and the fields that they share.

    Args:
        resource: The resource.
        scope: The scope.

    Attributes:
        common: Returns the encoded fields that all entries of a key share; None if they share no field.
    """

    def __init__(self, resource: Resource, scope: InstrumentationScope) -> None:
        limits = SpanLimits()
        self._longest: int | None = limits.max_span_attribute_length
        self._most: int | None = limits.max_span_attributes
        self._limited = self._longest is not None or (self._most is not None and self._most < 100)
        self._common: dict[tuple[Any, ...], bytes] = {}
        self.common = self._common.get
        context = SpanContext(1, 1, is_remote=False)
        empty = ReadableSpan("", context, resource=resource, instrumentation_scope=scope)
        (found,) = encode_spans([empty]).resource_spans
        (spans,) = found.scope_spans
        del spans.spans[:]
        self._scope = spans.SerializeToString()
        self._resource = ResourceSpans(resource=found.resource, schema_url=found.schema_url).SerializeToString()

    def keep(
        self, key: tuple[Any, ...], name: str, attributes: Mapping[str, Any], *, failed: bool, client: bool
    ) -> bytes:
        """Returns the fields that spans share, encoded, which `common` returns from now on for this key.

        Args:
            key: The key.
            name: Name of the spans.
            attributes: Their attributes; those that are None are left out.
            failed: Whether their status is an error.
            client: Whether they are those of a client.
        """
        if len(self._common) >= MAX_COMMON:
            self._common.clear()
        kept = {name: value for name, value in attributes.items() if value is not None}
        status = b"\x7a\x02\x18\x02" if failed else b"\x7a\x00"
        parts = (text(b"\x2a", name), b"\x30\x03" if client else b"\x30\x02", encoded(kept), status)
        self._common[key] = found = b"".join(parts)
        return found

    def span(self, ids: str, start: int, common: bytes, own: bytes = b"") -> bytes:
        """Returns a span that ends now, encoded as an element of `ScopeSpans.spans`.

        Args:
            ids: Its ids and flags, encoded and in hexadecimal.
            start: When it began, in nanoseconds.
            common: The fields that others have as well, encoded.
            own: Further attributes, encoded.
        """
        times = TIMES.pack(0x39, start, 0x41, time.time_ns())
        body = b"".join((common, bytes.fromhex(ids), times, own))
        if self._limited:
            body = self._within_limits(body)
        return b"".join((b"\x12", varint(len(body)), body))

    def _within_limits(self, body: bytes) -> bytes:
        """Returns a span with the attributes within the limits of OpenTelemetry's environment variables."""
        span = Span.FromString(body)
        found = len(span.attributes)
        del span.attributes[self._most :]
        span.dropped_attributes_count = found - len(span.attributes)
        if self._longest is not None:
            for each in span.attributes:
                cut(each.value, self._longest)
        data: bytes = span.SerializeToString()
        return data

    def encode(self, spans: Sequence[bytes]) -> bytes:
        """Returns an export of encoded spans, as an `ExportTraceServiceRequest`."""
        body = b"".join((self._scope, *spans))
        inner = b"".join((self._resource, b"\x12", varint(len(body)), body))
        return b"".join((b"\x0a", varint(len(inner)), inner))


def cut(value: AnyValue, longest: int) -> None:
    """Truncates the texts of an attribute to a number of characters."""
    for each in value.array_value.values:
        cut(each, longest)
    if value.HasField("string_value"):
        value.string_value = value.string_value[:longest]


@lru_cache(4096)
def varint(number: int) -> bytes:
    """Returns a number of at least 0 as Protobuf has it."""
    if number < FEW:
        return VARINTS[number]
    return bytes((number & 0x7F | 0x80,)) + varint(number >> 7)


def text(tag: bytes, value: str) -> bytes:
    """Returns a string as a field with a tag."""
    data = value.encode("utf-8", "replace")
    return b"".join((tag, varint(len(data)), data))


def encoded(attributes: Mapping[str, Any]) -> bytes:
    """Returns attributes as elements of `Span.attributes`."""
    return b"".join(map(attribute, attributes, attributes.values()))


def attribute(name: str, value: Any) -> bytes:
    """Returns an attribute as an element of `Span.attributes`."""
    data = any_value(value)
    return head(name, len(data)) + data


def text_attribute(name: str, value: str) -> bytes:
    """Returns an attribute that is a text."""
    data = value.encode("utf-8", "replace")
    return text_head(name, len(data)) + data


def double_attribute(name: str, value: float) -> bytes:
    """Returns an attribute that is a floating-point number."""
    return double_head(name) + DOUBLE.pack(value)


@lru_cache(4096)
def number_attribute(name: str, value: int) -> bytes:
    """Returns an attribute that is a whole number, of which the same come again."""
    return attribute(name, value)


@lru_cache(1024)
def head(name: str, size: int) -> bytes:
    """Returns what comes before the value of an attribute that has a size."""
    start = text(b"\x0a", name) + b"\x12" + varint(size)
    return b"\x4a" + varint(len(start) + size) + start


@lru_cache(1024)
def text_head(name: str, size: int) -> bytes:
    """Returns what comes before the text of an attribute that has a number of bytes."""
    start = b"\x0a" + varint(size)
    return head(name, len(start) + size) + start


@lru_cache(64)
def double_head(name: str) -> bytes:
    """Returns what comes before the eight bytes of an attribute that is a floating-point number."""
    return head(name, 1 + DOUBLE.size) + b"\x21"


def any_value(value: Any) -> bytes:
    """Returns the value of an attribute as an `AnyValue`."""
    kind = type(value)
    if kind is int:
        return b"\x18" + varint(value & 0xFFFFFFFFFFFFFFFF)
    if kind is str:
        return text(b"\x0a", value)
    if kind is float:
        return b"\x21" + DOUBLE.pack(value)
    if kind is bool:
        return b"\x10\x01" if value else b"\x10\x00"
    return b"\x2a" + sized(b"".join(b"\x0a" + sized(any_value(each)) for each in value))


def sized(data: bytes) -> bytes:
    """Returns bytes after their length."""
    return varint(len(data)) + data


def span_exporter(made: Any, source: Source) -> Any:
    """Returns the class of an exporter of spans that takes them encoded.

    Args:
        made: The class of the SDK's exporter, by gRPC or by HTTP.
        source: Their origin.
    """
    if not hasattr(made, "_translate_data"):

        def export(self: Any, spans: Sequence[bytes]) -> SpanExportResult:
            sent = self._client.export(source.encode(spans)).success
            return SpanExportResult.SUCCESS if sent else SpanExportResult.FAILURE

        return type(made.__name__, (made,), {"export": export})

    def connect(self: Any) -> None:
        made._initialize_channel_and_stub(self)  # noqa: SLF001 - the SDK has no public hook
        self._client = TraceService(self._channel)

    hooks = {"_translate_data": staticmethod(source.encode), "_initialize_channel_and_stub": connect}
    return type(made.__name__, (made,), hooks)


class TraceService:
    """Stub of a collector's service that takes encoded requests: to parse and serialize one again took 3 us a call.

    Args:
        channel: The channel.

    Attributes:
        Export: Its method.
    """

    def __init__(self, channel: Any) -> None:
        self.Export = channel.unary_unary(EXPORT, response_deserializer=ExportTraceServiceResponse.FromString)


class BatchLimits(NamedTuple):
    """Limits of spans that wait, by OpenTelemetry's environment variables.

    Attributes:
        waiting: Maximum number of spans that wait; further ones are dropped.
        batch: Number of spans that are exported at once.
        delay: Seconds after which fewer are exported.
    """

    waiting: int
    batch: int
    delay: float


class Batches:
    """Encoded spans that wait for their export in batches, by a thread.

    Args:
        exporter: The exporter.
        limits: Limits.

    Attributes:
        dropped: Number of spans that were dropped, since too many waited.
    """

    def __init__(self, exporter: Any, limits: BatchLimits) -> None:
        self.dropped = 0
        self._exporter = exporter
        self._most, self._batch, self._delay = limits
        self._waiting: list[bytes] = []
        self._size = 0
        self._lock = Lock()
        self._wake = Event()
        self._closed = False
        self._told = 0
        self._telling = 0.0
        self._thread = Thread(target=self._run, name="spans", daemon=True)
        self._thread.start()

    def add(self, spans: Sequence[bytes]) -> None:
        """Adds spans, or drops them if too many wait."""
        with self._lock:
            waiting, size = self._waiting, self._size
            before = len(waiting)
            if before >= self._most or size >= MAX_WAITING:
                self.dropped += len(spans)
                return
            waiting += spans
            self._size = grown = size + sum(map(len, spans))
            if not before < self._batch <= len(waiting) and not size < MAX_BATCH <= grown:
                return
        self._wake.set()

    def close(self) -> None:
        """Exports what waits, and ends; blocks."""
        self._closed = True
        self._wake.set()
        self._thread.join(CLOSE_LIMIT)
        self._exporter.shutdown()

    def _run(self) -> None:
        attach(set_value(_SUPPRESS_INSTRUMENTATION_KEY, True))  # exports are not traced, as the SDK does it
        while not self._closed:
            due = self._wake.wait(self._delay)
            self._wake.clear()
            spans = self._take(full=due)
            while spans:
                self._export(spans)
                spans = self._take(full=True)
        while spans := self._take(full=False):
            self._export(spans)

    def _take(self, *, full: bool) -> list[bytes]:
        """Takes a batch of those that wait.

        Args:
            full: Whether only one that is full is taken.
        """
        with self._lock:
            if full and len(self._waiting) < self._batch and self._size < MAX_BATCH:
                return []
            spans = self._waiting[: self._batch]
            size = sum(map(len, spans))
            while size > MAX_BATCH and len(spans) > 1:
                size -= len(spans.pop())
            del self._waiting[: len(spans)]
            self._size -= size
        return spans

    def _export(self, spans: list[bytes]) -> None:
        if self.dropped > self._told and time.monotonic() >= self._telling:
            _LOGGER.warning("dropped %d spans: the collector is too slow", self.dropped - self._told)
            self._told, self._telling = self.dropped, time.monotonic() + TELL_AGAIN
        try:
            self._exporter.export(spans)
        except Exception:  # what the exporter does not handle must not end the thread
            _LOGGER.exception("spans can't be exported")


class Series:
    """Values of a histogram with the same attributes.

    Args:
        attributes: The attributes.
        bounds: Upper bounds of the buckets.

    Attributes:
        attributes: As above.
        counts: Number of values in each bucket.
        total: Their sum.
        least: The smallest one.
        most: The largest one.
        exemplars: A value with its mark, by bucket.
        since: Start of what is reported next, in nanoseconds.
        told: Counts and sum of the report before, where reports are of what is new.
    """

    __slots__ = ("_bounds", "attributes", "counts", "exemplars", "least", "most", "since", "told", "total")

    def __init__(self, attributes: dict[str, Any], bounds: Sequence[float]) -> None:
        buckets = len(bounds) + 1
        self._bounds = bounds
        self.attributes = attributes
        self.counts = [0] * buckets
        self.total = 0.0
        self.least, self.most = inf, -inf
        self.exemplars: dict[int, tuple[float, Mark]] = {}
        self.since = time.time_ns()
        self.told: tuple[list[int], float] = ([0] * buckets, 0.0)

    def count(self, values: list[float], marked: "Sequence[tuple[float, Mark]]") -> None:
        """Records values, under `_COUNTING`.

        Args:
            values: At least one value, sorted.
            marked: Those that are exemplars, in the order in which they came.
        """
        before = 0
        for bucket, bound in enumerate(self._bounds):
            below = bisect_right(values, bound, before)
            self.counts[bucket] += below - before
            before = below
        self.counts[-1] += len(values) - before
        self.total += sum(values)
        self.least, self.most = min(self.least, values[0]), max(self.most, values[-1])
        if marked:
            buckets = map(bisect_left, repeat(self._bounds), [value for value, _ in marked])
            self.exemplars.update(zip(buckets, marked, strict=True))


class Alike:
    """Calls with the same attributes: their values, which are counted in bulk, for a third of the time.

    Args:
        series: By value, the series that count it.
    """

    __slots__ = ("_rows", "_series")

    def __init__(self, *series: tuple[Series, ...]) -> None:
        self._series = series
        self._rows: list[tuple[Any, ...]] = []

    def add(self, row: tuple[Any, ...]) -> None:
        """Adds the values of a call, and its mark; None: it has no such value."""
        rows = self._rows
        rows.append(row)
        if len(rows) >= MAX_ROWS:
            self.count()

    def count(self) -> None:
        """Counts the values of the calls so far; in any thread."""
        with _COUNTING:
            rows = self._rows[:]
            if not rows:
                return
            del self._rows[: len(rows)]
            *columns, marks = zip(*rows, strict=True)
            marks = marks if any(marks) else ()
            for series, column in zip(self._series, columns, strict=True):
                values = sorted(column if None not in column else [value for value in column if value is not None])
                of = [pair for pair in zip(column, marks, strict=False) if None not in pair]
                for each in series if values else ():
                    each.count(values, of)


class Histogram:
    """A histogram, observed in the event loop and read in the exporter's thread; the SDK's take 10 us a value.

    Args:
        name: Its name.
        unit: Its unit.
        description: Its description.
        bounds: Upper bounds of the buckets.
        names: Names of its attributes.
    """

    def __init__(self, name: str, unit: str, description: str, bounds: Sequence[float], names: Sequence[str]) -> None:
        self._name = name
        self._unit = unit
        self._description = description
        self._bounds = tuple(bounds)
        self._names = tuple(names)
        self._series: dict[tuple[Any, ...], Series] = {}

    def observe(self, key: tuple[Any, ...], value: float, mark: Mark | None) -> None:
        """Records a value.

        Args:
            key: Values of the attributes, in order; None: there is no such.
            value: The value.
            mark: Where it is from, for an exemplar; None: it is none.
        """
        with _COUNTING:
            self.series(key).count([value], () if mark is None else ((value, mark),))

    def series(self, key: tuple[Any, ...]) -> Series:
        """Returns the series with certain values of the attributes, in order; None: there is no such."""
        return self._series.get(key) or self._add(key)

    def _add(self, key: tuple[Any, ...]) -> Series:
        attributes = {name: value for name, value in zip(self._names, key, strict=False) if value is not None}
        if len(self._series) >= MAX_SERIES - 1:
            key, attributes = OVERFLOW, {"otel.metric.overflow": True}
            if key in self._series:
                return self._series[key]
        self._series[key] = series = Series(attributes, self._bounds)
        return series

    def read(self, *, delta: bool) -> Metric | None:
        """Returns it in the SDK's form; None: it has no values.

        Args:
            delta: Whether only what is new since the last time is told.
        """
        now = time.time_ns()
        points = [point for each in list(self._series.values()) if (point := self._point(each, now, delta=delta))]
        if not points:
            return None
        temporality = AggregationTemporality.DELTA if delta else AggregationTemporality.CUMULATIVE
        return Metric(self._name, self._description, self._unit, HistogramData(points, temporality))

    def _point(self, series: Series, now: int, *, delta: bool) -> HistogramDataPoint | None:
        # The event loop may be between a count and its sum: both are right in the next report.
        counts, total, since = series.counts.copy(), series.total, series.since
        shown, sum_, least, most = counts, total, series.least, series.most
        exemplars, series.exemplars = series.exemplars, {}
        if delta:
            before, told = series.told
            series.told, series.since = (counts, total), now
            shown, sum_ = [new - old for new, old in zip(counts, before, strict=True)], total - told
            series.least, series.most = inf, -inf
        if not (count := sum(shown)):
            return None
        return HistogramDataPoint(
            attributes=series.attributes,
            start_time_unix_nano=since,
            time_unix_nano=now,
            count=count,
            sum=sum_,
            bucket_counts=shown,
            explicit_bounds=self._bounds,
            min=least,
            max=most,
            exemplars=[exemplar(value, mark) for value, mark in list(exemplars.values())],
        )


def exemplar(value: float, mark: Mark) -> Any:
    """Returns a value with its trace in the SDK's form."""
    when, trace, span = mark
    return Exemplar({}, value, when, int(span, 16) if span else None, int(trace, 16) if trace else None)


def metric_exporter(
    made: Any, scope: InstrumentationScope, histograms: Sequence[Histogram], count: Callable[[], None], *, delta: bool
) -> Any:
    """Returns the class of an exporter of metrics that adds histograms to each export.

    Args:
        made: Class of the exporter.
        scope: Scope of the histograms.
        histograms: The histograms.
        count: Is called before they are read.
        delta: Whether the exporter is told only what is new.
    """

    def export(self: Any, metrics_data: MetricsData, *arguments: Any, **named: Any) -> Any:
        count()
        return base(self, with_histograms(metrics_data, scope, histograms, delta=delta), *arguments, **named)

    base: Callable[..., Any] = made.export
    return type(made.__name__, (made,), {"export": export})


def with_histograms(
    data: MetricsData, scope: InstrumentationScope, histograms: Sequence[Histogram], *, delta: bool
) -> MetricsData:
    """Returns metrics that the SDK has collected, with histograms in their scope."""
    found = [metric for each in histograms if (metric := each.read(delta=delta)) is not None]
    resources = [
        replace(
            resource,
            scope_metrics=[
                replace(each, metrics=[*each.metrics, *found]) if each.scope == scope else each
                for each in resource.scope_metrics
            ],
        )
        for resource in data.resource_metrics
    ]
    return MetricsData(resources)
