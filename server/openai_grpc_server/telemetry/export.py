"""Spans and histograms of calls in the forms of OpenTelemetry's SDK, for its exporters.

The SDK's own spans and instruments took 300 us a call. Calls keep plain values; spans are encoded, and histograms read,
in the exporters' threads. This module imports the SDK, which is an extra: only `otel` imports it, once it is needed.
"""

import time
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from math import inf
from struct import Struct
from typing import Any, ClassVar, Final, NamedTuple

from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans
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
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import SpanContext, SpanKind, Status, StatusCode, TraceFlags, TraceState
from opentelemetry.util.types import Attributes

SAMPLED: Final = TraceFlags(TraceFlags.SAMPLED)
UNSET: Final = Status(StatusCode.UNSET)
FAILED: Final = Status(StatusCode.ERROR)
MAX_COMMON: Final = 4096  # combinations of attributes that are kept encoded
MAX_SERIES: Final = 2000  # of a histogram, as in the SDK
FEW: Final = 128
VARINTS: Final = tuple(bytes((number,)) for number in range(FEW))
DOUBLE: Final = Struct("<d")
TIMES: Final = Struct("<BQBQ")
LOCAL: Final = b"\x85\x01" + (0x100).to_bytes(4, "little")  # flags of a span: whether its parent is another process'
REMOTE: Final = b"\x85\x01" + (0x300).to_bytes(4, "little")
OVERFLOW: Final = (None,)  # the key of what is over it

Mark = tuple[int, str, str]
"""Time of a call's end in nanoseconds, and the ids of its trace and span in hexadecimal; empty: it has none."""


class Common(NamedTuple):
    """Attributes that many spans share.

    Attributes:
        attributes: The attributes.
        encoded: The same as Protobuf.
    """

    attributes: dict[str, Any]
    encoded: bytes


class Source:
    """Origin of spans: their resource and scope, and the attributes that they share.

    Args:
        resource: The resource.
        scope: The scope.
    """

    def __init__(self, resource: Resource, scope: InstrumentationScope) -> None:
        limits = SpanLimits()
        self.resource = resource
        self.scope = scope
        self.longest: int | None = limits.max_span_attribute_length
        self.most: int | None = limits.max_span_attributes
        self.limited = self.longest is not None or (self.most is not None and self.most < 100)
        self._common: dict[tuple[Any, ...], Common] = {}
        self.common = self._common.get
        empty = Span(self, "", "0" * 31 + "1", "0" * 15 + "1", None, 0, Common({}, b""), {})
        (found,) = encode_spans([empty]).resource_spans
        (spans,) = found.scope_spans
        del spans.spans[:]
        self._scope = spans.SerializeToString()
        self._resource = ResourceSpans(resource=found.resource, schema_url=found.schema_url).SerializeToString()

    def keep(self, key: tuple[Any, ...], attributes: Mapping[str, Any]) -> Common:
        """Returns attributes, which `common` returns from now on for this key; those that are None are left out."""
        if len(self._common) >= MAX_COMMON:
            self._common.clear()
        kept = {name: value for name, value in attributes.items() if value is not None}
        self._common[key] = found = Common(kept, encoded(kept))
        return found

    def cut(self, attributes: dict[str, Any]) -> dict[str, Any]:
        """Returns attributes with texts of the configured length at most."""
        longest = self.longest
        if longest is None:
            return attributes
        return {name: value[:longest] if type(value) is str else value for name, value in attributes.items()}

    def encode(self, spans: "Sequence[Span]") -> ExportTraceServiceRequest:
        """Returns an export of spans, as the SDK's `encode_spans` does in 60 us a call."""
        body = b"".join((self._scope, *(each.encode() for each in spans)))
        inner = b"".join((self._resource, b"\x12", varint(len(body)), body))
        return ExportTraceServiceRequest.FromString(b"".join((b"\x0a", varint(len(inner)), inner)))


class Parent(NamedTuple):
    """The parent of a span.

    Attributes:
        id: Its id, in hexadecimal.
        remote: Whether it is another process'.
        state: `tracestate`; empty without.
    """

    id: str
    remote: bool
    state: str


class Span(ReadableSpan):
    """A span that has ended, of a sampled call.

    Args:
        source: Its origin.
        name: Its name.
        trace: Id of its trace, in hexadecimal.
        own_id: Its own id, likewise.
        parent: Its parent; None: it has none.
        start: When it began, in nanoseconds.
        common: Attributes that others have as well.
        own: Further attributes.
        failed: Whether its status is an error.
        client: Whether it is that of a client.
    """

    __slots__ = ("_client", "_common", "_end", "_failed", "_id", "_label", "_own", "_source", "_start", "_trace", "_up")

    # The batch processor reads the flag alone, and for each span; `get_span_context` has all.
    context: ClassVar[SpanContext] = SpanContext(1, 1, is_remote=False, trace_flags=SAMPLED)
    _events = _links = ()  # it has none

    def __init__(  # noqa: PLR0913, PLR0917 - facts of a span; the SDK's own initializer resolves what is constant here
        self,
        source: Source,
        name: str,
        trace: str,
        own_id: str,
        parent: Parent | None,
        start: int,
        common: Common,
        own: dict[str, Any],
        *,
        failed: bool = False,
        client: bool = False,
    ) -> None:
        self._source = source
        self._label = name
        self._trace = trace
        self._id = own_id
        self._up = parent
        self._start = start
        self._common = common
        self._own = own
        self._failed = failed
        self._client = client
        self._end = time.time_ns()

    @property
    def name(self) -> str:
        """Its name."""
        return self._label

    def get_span_context(self) -> SpanContext:
        """Returns its ids."""
        return self._context_of(self._id, remote=False)

    @property
    def parent(self) -> SpanContext | None:
        """The ids of its parent."""
        return None if self._up is None else self._context_of(self._up.id, remote=self._up.remote)

    def _context_of(self, span: str, *, remote: bool) -> SpanContext:
        state = TraceState.from_header([self._up.state]) if self._up is not None and self._up.state else None
        return SpanContext(int(self._trace, 16), int(span, 16), remote, SAMPLED, state)

    @property
    def kind(self) -> SpanKind:
        """Its kind."""
        return SpanKind.CLIENT if self._client else SpanKind.SERVER

    @property
    def start_time(self) -> int:
        """When it began, in nanoseconds."""
        return self._start

    @property
    def end_time(self) -> int:
        """When it ended, in nanoseconds."""
        return self._end

    @property
    def status(self) -> Status:
        """Its status."""
        return FAILED if self._failed else UNSET

    @property
    def attributes(self) -> Attributes:
        """Its attributes, within the limits of OpenTelemetry's environment variables."""
        found = self._source.cut({**self._common.attributes, **self._own})
        return dict(islice(found.items(), self._source.most))

    @property
    def dropped_attributes(self) -> int:
        """Number of attributes beyond the limit."""
        found = len(self._common.attributes) + len(self._own)
        return 0 if self._source.most is None else max(0, found - self._source.most)

    @property
    def resource(self) -> Resource:
        """Its resource."""
        return self._source.resource

    @property
    def instrumentation_scope(self) -> InstrumentationScope:
        """Its scope."""
        return self._source.scope

    def encode(self) -> bytes:
        """Returns it as an element of `ScopeSpans.spans`."""
        up, common, own, label = self._up, self._common, self._own, self._label
        if self._source.limited:
            dropped = self.dropped_attributes
            attributes = encoded(self.attributes or {}) + (b"\x50" + varint(dropped) if dropped else b"")
        else:
            attributes = b"".join((common.encoded, *map(attribute, own, own.values())))
        body = b"".join(
            (
                b"\x0a\x10",
                bytes.fromhex(self._trace),
                b"\x12\x08",
                bytes.fromhex(self._id),
                b"" if up is None else b"\x22\x08" + bytes.fromhex(up.id),
                text(b"\x1a", up.state) if up is not None and up.state else b"",
                named(label),
                b"\x30\x03" if self._client else b"\x30\x02",
                TIMES.pack(0x39, self._start, 0x41, self._end),
                attributes,
                b"\x7a\x02\x18\x02" if self._failed else b"\x7a\x00",
                REMOTE if up is not None and up.remote else LOCAL,
            )
        )
        return b"".join((b"\x12", varint(len(body)), body))


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


@lru_cache(1024)
def head(name: str, size: int) -> bytes:
    """Returns what comes before the value of an attribute that has a size."""
    start = text(b"\x0a", name) + b"\x12" + varint(size)
    return b"\x4a" + varint(len(start) + size) + start


@lru_cache(256)
def named(name: str) -> bytes:
    """Returns the name of a span as its field."""
    return text(b"\x2a", name)


def any_value(value: Any) -> bytes:
    """Returns the value of an attribute as an `AnyValue`."""
    kind = type(value)
    if kind is str:
        return text(b"\x0a", value)
    if kind is int:
        return b"\x18" + varint(value & 0xFFFFFFFFFFFFFFFF)
    if kind is float:
        return b"\x21" + DOUBLE.pack(value)
    if kind is bool:
        return b"\x10\x01" if value else b"\x10\x00"
    return b"\x2a" + sized(b"".join(b"\x0a" + sized(any_value(each)) for each in value))


def sized(data: bytes) -> bytes:
    """Returns bytes after their length."""
    return varint(len(data)) + data


def span_exporter(made: Any, source: Source) -> Any:
    """Returns the class of an exporter of spans that encodes them as `Source.encode`.

    By HTTP the exporter has no place for it, and encodes them as those of any other origin.
    """
    if not hasattr(made, "_translate_data"):
        return made
    return type(made.__name__, (made,), {"_translate_data": staticmethod(source.encode)})


class Series:
    """Values of a histogram with the same attributes.

    Attributes:
        attributes: The attributes.
        counts: Number of values in each bucket.
        total: Their sum.
        least: The smallest one.
        most: The largest one.
        exemplars: A value with its mark, by bucket.
        since: Start of what is reported next, in nanoseconds.
        told: Counts and sum of the report before, where reports are of what is new.
    """

    __slots__ = ("attributes", "counts", "exemplars", "least", "most", "since", "told", "total")

    def __init__(self, attributes: dict[str, Any], buckets: int) -> None:
        self.attributes = attributes
        self.counts = [0] * buckets
        self.total = 0.0
        self.least, self.most = inf, -inf
        self.exemplars: dict[int, tuple[float, Mark]] = {}
        self.since = time.time_ns()
        self.told: tuple[list[int], float] = ([0] * buckets, 0.0)

    def observe(self, bucket: int, value: float, mark: "Mark | None") -> None:
        """Records a value.

        Args:
            bucket: Index of its bucket.
            value: The value.
            mark: Where it is from, for an exemplar; None: it is none.
        """
        self.counts[bucket] += 1
        self.total += value
        if value < self.least:  # noqa: PLR1730 - `min` takes three times as long
            self.least = value
        if value > self.most:  # noqa: PLR1730 - likewise
            self.most = value
        if mark is not None:
            self.exemplars[bucket] = (value, mark)


class Histogram:
    """A histogram, observed in the event loop and read in the exporter's thread.

    An observation takes 0.6 us; the SDK's instruments take 10.

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
        series = self._series.get(key) or self._add(key)
        series.observe(bisect_left(self._bounds, value), value, mark)

    def bucket(self, value: float) -> int:
        """Returns the index of the bucket of a value, the same for all histograms with the same bounds."""
        return bisect_left(self._bounds, value)

    def series(self, key: tuple[Any, ...]) -> Series:
        """Returns the series with certain values of the attributes, in order; None: there is no such."""
        return self._series.get(key) or self._add(key)

    def _add(self, key: tuple[Any, ...]) -> Series:
        attributes = {name: value for name, value in zip(self._names, key, strict=False) if value is not None}
        if len(self._series) >= MAX_SERIES - 1:
            key, attributes = OVERFLOW, {"otel.metric.overflow": True}
            if key in self._series:
                return self._series[key]
        self._series[key] = series = Series(attributes, len(self._bounds) + 1)
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


def metric_exporter(made: Any, scope: InstrumentationScope, histograms: Sequence[Histogram], *, delta: bool) -> Any:
    """Returns the class of an exporter of metrics that adds histograms to each export.

    Args:
        made: Class of the exporter.
        scope: Scope of the histograms.
        histograms: The histograms.
        delta: Whether the exporter is told only what is new.
    """

    def export(self: Any, metrics_data: MetricsData, *arguments: Any, **named: Any) -> Any:
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
