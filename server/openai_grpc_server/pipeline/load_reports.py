"""Load reports (ORCA): utilization, rates and limits that are left, for proxies and clients that balance by load.

Weighted round robin divides the rate of calls by the utilization (gRFC A58). Here the utilization is the mean number of
calls in flight, relative to a capacity, over the same seconds as the rate. So, by Little's law, a replica's weight is
the inverse of the mean duration of its calls: one with slow upstreams gets fewer.

The messages are those of `xds.data.orca.v3.OrcaLoadReport` and `xds.service.orca.v3.OrcaLoadReportRequest`, as in the
package `xds-protos` of PyPI. That package has files of `googleapis-common-protos` and of OpenTelemetry's protos, which
others install as well, and breaks the namespace package `google`: so the two messages are declared here, in a pool of
their own.

Sources: cncf/xds, `xds/data/orca/v3/orca_load_report.proto` and `xds/service/orca/v3/orca.proto`; gRFC A51 (custom
backend metrics); gRFC A58 (weighted round robin).
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, NamedTuple

from google.protobuf import duration_pb2
from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass

from openai_grpc_server.calls.call import Call
from openai_grpc_server.config import LoadReportSettings
from openai_grpc_server.errors import GatewayError
from openai_grpc_server.routing.deployment import Left

TRAILER: Final = "endpoint-load-metrics-bin"
SERVICE: Final = "xds.service.orca.v3.OpenRcaService"
CAPACITY: Final = 100  # calls in flight at which the utilization is 1, without a limit of calls
WINDOW: Final = 10  # seconds over which rates and the utilization are taken
FRESH: Final = 0.1  # seconds for which a report is used again
TOLD_FOR: Final = 60.0  # seconds for which an upstream's word on its limits counts
TOKEN_BYTES: Final = 4  # of a request, for an estimate of its tokens
# Faults of the gateway or its upstreams. All others are the callers'.
FAULTS: Final = frozenset({"DATA_LOSS", "DEADLINE_EXCEEDED", "INTERNAL", "UNAVAILABLE", "UNKNOWN"})
_REMAINING: Final = {"x-ratelimit-remaining-requests": "requests", "x-ratelimit-remaining-tokens": "tokens"}

_DOUBLE, _UINT64, _STRING, _MESSAGE = (
    FieldDescriptorProto.TYPE_DOUBLE,
    FieldDescriptorProto.TYPE_UINT64,
    FieldDescriptorProto.TYPE_STRING,
    FieldDescriptorProto.TYPE_MESSAGE,
)
_SCALARS: Final = {
    "cpu_utilization": (1, _DOUBLE),
    "mem_utilization": (2, _DOUBLE),
    "rps": (3, _UINT64),
    "rps_fractional": (6, _DOUBLE),
    "eps": (7, _DOUBLE),
    "application_utilization": (9, _DOUBLE),
}
_MAPS: Final = {"request_cost": 4, "utilization": 5, "named_metrics": 8}


def _declared() -> DescriptorPool:
    """Returns a pool with the messages and the service of ORCA."""
    optional, repeated = FieldDescriptorProto.LABEL_OPTIONAL, FieldDescriptorProto.LABEL_REPEATED
    data = FileDescriptorProto(name="xds/data/orca/v3/orca_load_report.proto", package="xds.data.orca.v3")
    data.syntax = "proto3"
    report = data.message_type.add(name="OrcaLoadReport")
    for name, (number, scalar) in _SCALARS.items():
        report.field.add(name=name, number=number, type=scalar, label=optional)
    for name, number in _MAPS.items():
        entry = report.nested_type.add(name=f"{name.title().replace('_', '')}Entry")
        entry.options.map_entry = True
        entry.field.add(name="key", number=1, type=_STRING, label=optional)
        entry.field.add(name="value", number=2, type=_DOUBLE, label=optional)
        kind = f".xds.data.orca.v3.OrcaLoadReport.{entry.name}"
        report.field.add(name=name, number=number, type=_MESSAGE, label=repeated, type_name=kind)
    service = FileDescriptorProto(name="xds/service/orca/v3/orca.proto", package="xds.service.orca.v3")
    service.syntax = "proto3"
    service.dependency.extend([data.name, duration_pb2.DESCRIPTOR.name])
    asked = service.message_type.add(name="OrcaLoadReportRequest")
    interval = ".google.protobuf.Duration"
    asked.field.add(name="report_interval", number=1, type=_MESSAGE, label=optional, type_name=interval)
    asked.field.add(name="request_cost_names", number=2, type=_STRING, label=repeated)
    service.service.add(name="OpenRcaService").method.add(
        name="StreamCoreMetrics",
        input_type=".xds.service.orca.v3.OrcaLoadReportRequest",
        output_type=".xds.data.orca.v3.OrcaLoadReport",
        server_streaming=True,
    )
    pool = DescriptorPool()
    pool.AddSerializedFile(duration_pb2.DESCRIPTOR.serialized_pb)
    pool.Add(data)
    pool.Add(service)
    return pool


POOL: Final = _declared()
"""The descriptors of ORCA."""
OrcaLoadReport: Final[Any] = GetMessageClass(POOL.FindMessageTypeByName("xds.data.orca.v3.OrcaLoadReport"))
OrcaLoadReportRequest: Final[Any] = GetMessageClass(
    POOL.FindMessageTypeByName("xds.service.orca.v3.OrcaLoadReportRequest")
)


class Bucket:
    """Counts of one second.

    Attributes:
        second: The second, of `time.monotonic()`.
        calls: Calls that ended.
        faults: Those of them that failed by a fault of the gateway or its upstreams.
        tokens: Tokens of input and output that they used.
        busy: Seconds of calls in flight.
    """

    __slots__ = ("busy", "calls", "faults", "second", "tokens")

    def __init__(self, second: int) -> None:
        self.second = second
        self.calls = 0
        self.faults = 0
        self.tokens = 0
        self.busy = 0.0


class Rates(NamedTuple):
    """Means of the last seconds.

    Attributes:
        calls: Calls that ended, per second.
        faults: Faults per second.
        tokens: Tokens per second.
        in_flight: Calls in flight.
    """

    calls: float
    faults: float
    tokens: float
    in_flight: float


class LoadReports:
    """Load of this process, as reports.

    Args:
        settings: Settings of the reports.
        max_calls: Limit of calls in flight; None: no limit.
        max_bytes: Limit of request bytes in memory.
        held: Returns the request bytes in memory.
        limits: Returns the limits that are left at deployments.
        clock: Returns monotonic seconds.

    Attributes:
        per_call: Whether calls end with a report.
        min_interval: Least interval of out-of-band reports, in seconds.
    """

    def __init__(  # noqa: PLR0913 - each is one source of a report
        self,
        settings: LoadReportSettings,
        *,
        max_calls: int | None,
        max_bytes: int,
        held: Callable[[], int],
        limits: Callable[[], Iterable[Left]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.per_call = settings.per_call
        self.min_interval = settings.min_interval
        self._models = settings.models
        self._capacity = settings.capacity or max_calls or CAPACITY
        self._max_bytes = max_bytes
        self._held = held
        self._limits = limits
        self._clock = clock
        self._running: set[Call] = set()
        self._started = self._counted = clock()
        self._buckets: list[Bucket] = []
        self._told: dict[str, tuple[float, dict[str, int]]] = {}
        self._cpu = 0.0
        self._cpu_read = (clock(), time.process_time())
        self._made = float("-inf")
        self._report = b""
        self._left: Mapping[str, bytes] = {}

    def begin(self, call: Call) -> None:
        """Counts a call in."""
        self._count(self._clock())
        self._running.add(call)

    def end(self, call: Call) -> None:
        """Counts a call out."""
        self._count(self._clock())
        self._running.discard(call)

    def ended(self, call: Call, status: str, failure: GatewayError | None) -> None:
        """Counts the outcome of a call, before its report.

        Args:
            call: The call.
            status: The name of its gRPC status.
            failure: The failure; None: success, or cancelled.
        """
        fault = failure is not None and (status in FAULTS or failure.reason == "GATEWAY_OVERLOADED")
        if call.route.deployment is None and not fault:
            return  # it was the caller's fault, and no load
        bucket = self._bucket(self._clock())
        bucket.calls += 1
        bucket.faults += fault
        bucket.tokens += max(call.used().tokens, 0)
        self._note_limits(call)

    def trailer(self, call: Call) -> tuple[str, bytes]:
        """Returns the trailer of a call: the report, with the limits left of its model alone."""
        self._refresh()
        deployment = call.route.deployment
        model = None if deployment is None else deployment.config.model_name
        return TRAILER, self._report + (b"" if model is None else self._left.get(model, b""))

    def out_of_band(self) -> bytes:
        """Returns a report for `OpenRcaService`: an `OrcaLoadReport`."""
        self._refresh()
        # Messages that are joined are merged: their maps have the entries of both.
        return self._report + b"".join(self._left.values() if self._models else ())

    def _count(self, now: float) -> None:
        """Adds the time since the last change of the calls in flight to the buckets of its seconds."""
        while self._counted < now:
            second = int(self._counted)
            until = min(now, second + 1.0)
            self._bucket(self._counted).busy += (until - self._counted) * len(self._running)
            if now - until > WINDOW:
                until = now - WINDOW
            self._counted = until

    def _bucket(self, now: float) -> Bucket:
        second, buckets = int(now), self._buckets
        if not buckets or buckets[-1].second < second:
            buckets.append(Bucket(second))
            while buckets[0].second <= second - WINDOW:
                del buckets[0]
        return buckets[-1]

    def rates(self) -> Rates:
        """Returns the means of the last `WINDOW` seconds, the present one included."""
        now = self._clock()
        self._count(now)
        kept = [each for each in self._buckets if each.second > int(now) - WINDOW]
        span = max(min(now - self._started, now - (int(now) - WINDOW + 1)), FRESH)
        return Rates(
            sum(each.calls for each in kept) / span,
            sum(each.faults for each in kept) / span,
            sum(each.tokens for each in kept) / span,
            sum(each.busy for each in kept) / span,
        )

    def _refresh(self) -> None:
        now = self._clock()
        if now < self._made + FRESH:
            return
        self._made = now
        rates, held = self.rates(), self._held()
        in_flight, of_bytes = rates.in_flight / self._capacity, held / self._max_bytes
        named = {
            "calls_in_flight": len(self._running),
            "streams_in_flight": sum(each.rpc.server_streaming for each in self._running),
            "tokens_in_flight": sum(
                each.received.bytes // TOKEN_BYTES + each.sent.messages for each in self._running if each.rpc.creates
            ),
            "tokens_per_second": rates.tokens,
            "request_bytes_in_flight": held,
        }
        self._report = OrcaLoadReport(
            cpu_utilization=self._cpu_utilization(now),
            application_utilization=max(in_flight, of_bytes),
            rps_fractional=rates.calls,
            eps=rates.faults,
            utilization={"calls": in_flight, "request_bytes": of_bytes},
            named_metrics=named,
        ).SerializeToString()
        self._left = self._limits_left(now)

    def _cpu_utilization(self, now: float) -> float:
        """Returns the CPU time of this process per second, since the last report."""
        wall, cpu = self._cpu_read
        if now - wall >= FRESH:
            used = time.process_time()
            self._cpu = max(used - cpu, 0.0) / (now - wall)
            self._cpu_read = (now, used)
        return self._cpu

    def _limits_left(self, now: float) -> dict[str, bytes]:
        """Returns reports of the limits left, by model: the sums over its deployments that have a limit."""
        self._told = {name: told for name, told in self._told.items() if told[0] > now}
        found: dict[str, Counter[str]] = {}
        for each in self._limits():
            left = {"requests": each.requests, "tokens": each.tokens, "calls": each.calls}
            told = self._told.get(each.deployment, (0.0, {}))[1]
            for kind, value in left.items():
                known = [one for one in (value, told.get(kind)) if one is not None]
                if known:
                    found.setdefault(each.model, Counter())[f"{kind}_left.{each.model}"] += max(min(known), 0)
        return {model: OrcaLoadReport(named_metrics=left).SerializeToString() for model, left in found.items()}

    def _note_limits(self, call: Call) -> None:
        """Notes the limits left that the upstream has told of."""
        deployment = call.route.deployment
        if deployment is None:
            return
        told = {
            kind: int(value)
            for key, value in call.answer.metadata
            if (kind := _REMAINING.get(key)) and value.isascii() and value.isdecimal() and len(value) < 16
        }
        if told:
            self._told[deployment.name] = (self._clock() + TOLD_FOR, told)
