"""Log line and metrics of an ended RPC.

Buckets of histograms are those of OpenTelemetry's semantic conventions for generative AI, with further ones up to the
longest timeouts. Histograms have no label for the key, since each of their series has a line for each bucket.
"""

import logging
import time
from typing import TYPE_CHECKING, Any, Final, Protocol

from google.protobuf.message import Message

from openai_grpc_server.calls.call import REVISION_KEY, Call
from openai_grpc_server.cost.usage import Usage
from openai_grpc_server.errors import GatewayError
from openai_grpc_server.telemetry.log import MAX_TEXT, Log, cut
from openai_grpc_server.telemetry.prometheus import Distribution, Labelled, Number, Registry, label

if TYPE_CHECKING:
    from collections.abc import Callable


DURATIONS: Final = (
    *(0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92),
    *(163.84, 327.68, 655.36),
)
FIRST_MESSAGES: Final = (
    *(0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0),
    *(30.0, 60.0, 120.0, 300.0),
)
GAPS: Final = (
    *(0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0, 2.5),
    *(5.0, 10.0, 30.0, 120.0),
)

MAX_ENDINGS: Final = 1_000  # whose series are remembered

_FIELDS: dict[type[Message] | type[Usage], tuple[str, str]] = {Usage: ("input_tokens", "output_tokens")}


class Observer(Protocol):
    """Observes calls: by Prometheus, by OpenTelemetry, or by both."""

    def begin(self, call: Call) -> None:
        """Observes that a call begins."""

    def end(self, call: Call) -> None:
        """Observes that nothing is done for a call any more."""

    def observe(self, call: Call, status: str, seconds: float, failure: GatewayError | None = None) -> None:
        """Observes how a call ended; arguments as those of `Metrics.observe`."""


class _Ending:
    """Series of calls of an RPC that end alike, by caller, model and deployment; None: no such call has used any.

    Attributes:
        calls: Calls.
        seconds: Their seconds.
        duration: Their durations.
        tokens: Tokens of input, of cached input and of output.
        cost: Their cost.
    """

    __slots__ = ("calls", "cost", "duration", "seconds", "tokens")

    def __init__(self, calls: Number, seconds: Number, duration: Distribution) -> None:
        self.calls = calls
        self.seconds = seconds
        self.duration = duration
        self.tokens: list[Number | None] = [None, None, None]
        self.cost: Number | None = None


_TOKEN_TYPES: Final = ("input", "cached_input", "output")


class Metrics(Registry):
    """Call metrics of a process."""

    def __init__(self) -> None:
        super().__init__()
        self._endings: dict[tuple[str, ...], _Ending] = {}
        who = ("key", "model", "deployment")
        where = ("method", "model", "deployment")
        ended = (*who, "method", "status", "reason")
        self._calls = self.counter("openai_grpc_calls_total", "Calls that ended, by their gRPC status.", ended)
        self._seconds = self.counter("openai_grpc_call_seconds_total", "Seconds that calls took.", ended)
        self._tokens = self.counter("openai_grpc_tokens_total", "Tokens that upstreams reported.", (*who, "type"))
        self._estimated = self.counter(
            "openai_grpc_estimated_tokens_total",
            "Tokens of calls whose upstreams reported none, as estimated.",
            (*who, "type"),
        )
        self._cost = self.counter(
            "openai_grpc_cost_dollars_total", "What calls cost, in US dollars, where it is known.", who
        )
        self._warned = self.counter(
            "openai_grpc_soft_budget_calls_total", "Calls whose key has spent its soft budget.", ("key",)
        )
        self._in_flight = self.gauge("openai_grpc_calls_in_flight", "Calls that are being served.", ("method",))
        self._duration = self.histogram(
            "openai_grpc_call_duration_seconds",
            "Duration of calls.",
            (*where, "status"),
            DURATIONS,
        )
        self._first_message = self.histogram(
            "openai_grpc_time_to_first_message_seconds",
            "Time from the start of a stream to its first message.",
            where,
            FIRST_MESSAGES,
        )
        self._gaps = self.histogram(
            "openai_grpc_time_between_messages_seconds",
            "Time between messages of a stream; those that the upstream sent together count as one.",
            where,
            GAPS,
        )

    def begin(self, call: Call) -> None:
        """Counts a call in, and times the writes of a stream."""
        self._in_flight.of(call.rpc.name).value += 1
        if call.rpc.server_streaming:
            call.on_write = Gaps(self._gaps).wrote

    def end(self, call: Call) -> None:
        """Counts a call out."""
        self._in_flight.of(call.rpc.name).value -= 1

    def observe(  # noqa: C901 - one series after the other
        self, call: Call, status: str, seconds: float, failure: GatewayError | None = None
    ) -> None:
        """Records an ended call.

        Args:
            call: The call.
            status: The name of its gRPC status.
            seconds: Duration in seconds.
            failure: The failure; None: success, or cancelled.
        """
        access, route, sent = call.access, call.route, call.sent
        reason = "" if failure is None else failure.reason
        key = access.caller.name if access.caller else ""
        method = call.rpc.name
        if access.warning:
            self._warned.of(key).inc()
        model = model_label(call, status)
        deployment = route.deployment.name if route.deployment else ""
        labels = (key, model, deployment, method, status, reason)
        ending = self._endings.get(labels) or self._ending(*labels)
        ending.calls.value += 1
        ending.seconds.value += seconds
        trace, exemplar = call.trace, None
        if trace is not None:
            exemplar = {"trace_id": trace.trace_id, "span_id": trace.span_id}
        ending.duration.observe(seconds, exemplar)
        if status == "OK" and route.deployment is not None and route.plan.attempt is None:
            # A deployment that is the only one is not chosen, so that routing does not measure it.
            first = sent.first_message - call.head.started if sent.first_message else seconds
            route.deployment.load.measured(call.rpc.server_streaming, first, time.monotonic())
        if sent.first_message:
            first = sent.first_message - call.head.started
            self._first_message.of(method, model, deployment).observe(first, exemplar)
        used, estimated = call.used(), call.estimated is not None
        tokens = (used.input_tokens - used.cached_tokens, used.cached_tokens, used.output_tokens)
        for index, count in enumerate(tokens):
            if count <= 0:  # upstreams may count anything, and a counter takes nothing below 0
                continue
            if estimated:
                self._estimated.of(key, model, deployment, _TOKEN_TYPES[index]).inc(count)
                continue
            series = ending.tokens[index]
            if series is None:
                series = ending.tokens[index] = self._tokens.of(key, model, deployment, _TOKEN_TYPES[index])
            series.value += count
        if (cost := call.cost()) is not None and cost >= 0:
            if ending.cost is None:
                ending.cost = self._cost.of(key, model, deployment)
            ending.cost.value += cost

    def _ending(  # noqa: PLR0913, PLR0917 - the labels
        self, key: str, model: str, deployment: str, method: str, status: str, reason: str
    ) -> _Ending:
        labels = (key, model, deployment, method, status, reason)
        duration = self._duration.of(method, model, deployment, status)
        ending = _Ending(self._calls.of(*labels), self._seconds.of(*labels), duration)
        if len(self._endings) >= MAX_ENDINGS:
            self._endings.clear()
        self._endings[labels] = ending
        return ending


class Gaps:
    """Times the writes of one stream.

    Args:
        histogram: The histogram that counts the time between two of them.
    """

    __slots__ = ("_histogram", "_last", "_observe")

    def __init__(self, histogram: Labelled[Distribution]) -> None:
        self._histogram = histogram
        self._observe: Callable[[float], None] | None = None
        self._last = 0.0

    def wrote(self, call: Call) -> None:
        """Records a write of one message or of several at once."""
        now = time.monotonic()
        if self._observe is not None:
            self._observe(now - self._last)
        elif call.route.deployment is not None:
            # An upstream that has sent a message serves the model, so that its name is not made up.
            series = self._histogram.of(call.rpc.name, model_label(call, "OK"), call.route.deployment.name)
            self._observe = series.observe
        self._last = now


def model_label(call: Call, status: str) -> str:
    """Returns the model of a call; empty if no such model has answered, as its name may be invented."""
    if call.route.deployment is None:
        return ""
    configured = call.route.deployment.config.model_name
    if status != "OK" and (configured is None or "*" in configured):
        return ""
    return label(call.route.model)


def log_rpc(  # noqa: C901, PLR0912 - a field at a time: to filter a dict of all of them costs more than the line
    log: Log, call: Call, status: str, failure: GatewayError | None = None
) -> None:
    """Logs the end of an RPC, preceded by the place of a failure to read upstream's reply.

    Args:
        log: The log.
        call: The RPC.
        status: The name of its gRPC status.
        failure: The failure; None: success, or cancelled.
    """
    head, route, answer, sent = call.head, call.route, call.answer, call.sent
    if call.unreadable:
        shown = {"request_id": head.request_id, "trace_id": trace_id(call), "traceback": list(call.unreadable)}
        log.write(logging.WARNING, "upstream reply can't be read", shown)
    if log.level > logging.INFO:
        return
    fields = log.begin(logging.INFO, "rpc")
    fields["method"] = call.rpc.path
    fields["status"] = status
    if failure is not None and failure.reason:
        fields["reason"] = failure.reason[:MAX_TEXT]
    fields["duration_ms"] = _milliseconds(time.monotonic() - head.started)
    if sent.first_message:
        fields["first_message_ms"] = _milliseconds(sent.first_message - head.started)
    caller, meter, deployment, trace = call.access.caller, call.access.meter, route.deployment, call.trace_context
    if caller is not None and caller.name:
        fields["key"] = caller.name[:MAX_TEXT]
    if route.model:
        fields["model"] = route.model[:MAX_TEXT]
    if deployment is not None and deployment.name:
        fields["deployment"] = deployment.name[:MAX_TEXT]
    if route.attempts:
        fields["attempts"] = route.attempts
    if route.missing:
        fields["missing_lists"] = cut(list(route.missing))
    if upstream_status := answer.status or (failure and failure.http_status):
        fields["upstream_status"] = upstream_status
    if REVISION_KEY in head.metadata:
        fields["contract_revision"] = head.revision
    if head.request_id:
        fields["request_id"] = head.request_id[:MAX_TEXT]
    if trace is not None:
        fields["trace_id"] = trace.trace_id
        fields["span_id"] = trace.span_id
    if answer.request_id:
        fields["upstream_request_id"] = answer.request_id[:MAX_TEXT]
    fields["request_bytes"] = call.received.bytes
    fields["response_bytes"] = sent.bytes
    fields["messages"] = sent.messages
    _add_usage(fields, call, None if meter is None else meter.usage)
    log.write_later(fields)


def _add_usage(fields: dict[str, Any], call: Call, estimate: Usage | None) -> None:
    """Adds tokens and cost, as far as they are known."""
    usage = call.bill.usage if estimate is None else estimate
    if usage is not None:
        of_input, of_output = _FIELDS.get(type(usage)) or _fields(type(usage))
        if of_input:
            fields["input_tokens"] = getattr(usage, of_input)
        if of_output:
            fields["output_tokens"] = getattr(usage, of_output)
    if (cost := call.cost()) is not None:
        fields["cost"] = cost
    if estimate:
        fields["estimated"] = True


def trace_id(call: Call) -> str | None:
    """Returns the id of a call's trace, in hexadecimal; None: it has none."""
    return None if call.trace_context is None else call.trace_context.trace_id


def _fields(usage_type: type[Any]) -> tuple[str, str]:
    """Returns the field names of input and output tokens; empty if the usage has none."""
    known = usage_type.DESCRIPTOR.fields_by_name
    _FIELDS[usage_type] = names = (
        next((name for name in ("input_tokens", "prompt_tokens") if name in known), ""),
        next((name for name in ("output_tokens", "completion_tokens") if name in known), ""),
    )
    return names


def _milliseconds(seconds: float) -> float:
    return int(seconds * 10_000 + 0.5) / 10  # `round` to a digit takes ten times as long
