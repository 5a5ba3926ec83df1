"""OpenTelemetry: its SDK, set up by `server.telemetry` and OpenTelemetry's environment variables.

The SDK is an extra, so that nothing here is imported before it is configured. Whether a call is sampled is decided at
its start; one that is not makes no span. A span holds names, numbers and statuses: what callers and upstreams say to
each other only with `content`. Baggage is not passed on.
"""

import os
import re
import time
from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
from importlib import import_module
from importlib.metadata import version
from itertools import repeat
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import urlsplit
from uuid import uuid4

from openai_grpc_server.config import ConfigError, Problem, TelemetrySettings

if TYPE_CHECKING:
    from opentelemetry.metrics import CallbackOptions, Meter, Observation

    from openai_grpc_server.telemetry.export import Alike, Batches, BatchLimits, Histogram, Mark, Source

SECTION: Final = "server.telemetry"
SCOPE: Final = "openai_grpc_server"
SCHEMA: Final = "https://opentelemetry.io/schemas/1.41.0"
MAX_REASONS: Final = 16  # finish reasons that a span names
MAX_REASON: Final = 64  # characters of one
MAX_CONTENT: Final = 32 * 1024  # characters of an answer
MAX_STATE: Final = 8192  # characters of `tracestate`
MAX_HELD: Final = 4  # spans of attempts that wait for that of their call
ID_BLOCK: Final = 6144  # random bytes that are read at once; those of 256 spans and their traces
NO_TRACE: Final = "0" * 32
NO_SPAN: Final = "0" * 16
# Flags of a span, encoded and in hexadecimal: whether its parent is another process'.
LOCAL: Final = "850100010000"
REMOTE: Final = "850100030000"
SAMPLERS: Final = {"always_on": 1.0, "always_off": 0.0, "traceidratio": None}  # the part that they sample
# By environment variable: spans that wait, spans of an export, milliseconds until fewer are exported.
BATCHES: Final = {
    "OTEL_BSP_MAX_QUEUE_SIZE": 2048,
    "OTEL_BSP_MAX_EXPORT_BATCH_SIZE": 512,
    "OTEL_BSP_SCHEDULE_DELAY": 5000,
}
EXEMPLARS: Final = {"trace_based": False, "always_on": True, "always_off": None}

_IDS: Final = re.compile("(.{16})(.{32})()")
_TRACEPARENT: Final = re.compile(r"[ \t]*(?!ff)([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?[ \t]*")

# Of `gen_ai.provider.name`, by the end of the upstream's host; other servers speak OpenAI's API.
PROVIDERS: Final = {
    "openai.azure.com": "azure.ai.openai",
    "services.ai.azure.com": "azure.ai.inference",
    "api.groq.com": "groq",
    "api.deepseek.com": "deepseek",
    "api.mistral.ai": "mistral_ai",
    "api.x.ai": "x_ai",
    "api.perplexity.ai": "perplexity",
    "generativelanguage.googleapis.com": "gcp.gemini",
}


class Unsampled(NamedTuple):
    """Trace context of a call that is not sampled, which makes no span.

    Attributes:
        span_id: Id that a span of the call would have, in hexadecimal.
        trace_id: Id of the trace, likewise.
        state: The caller's `tracestate`; empty: it has none.
    """

    span_id: str
    trace_id: str
    state: str

    def headers(self) -> list[tuple[str, str]]:
        """Returns the trace context for the upstream."""
        sender = ("traceparent", f"00-{self.trace_id}-{self.span_id}-00")
        return [sender, ("tracestate", self.state)] if self.state else [sender]


class Upstream(NamedTuple):
    """Attributes of an upstream.

    Attributes:
        provider: `gen_ai.provider.name`.
        host: `server.address`.
        port: `server.port`.
    """

    provider: str
    host: str
    port: int


class Attempt(NamedTuple):
    """How an attempt ended; as a key it is a plain tuple, which takes a tenth of the time.

    Attributes:
        number: Its number; 1 for the first.
        deployment: The deployment.
        base_url: Where it is.
        fault: Why the attempt failed; empty: it did not.
        model: The model, by the upstream's name.
        status: HTTP status of the answer or of the failure; 0: none came.
        bridge: REST path of another API that served it; empty: its own.
    """

    number: int
    deployment: str
    base_url: str
    fault: str
    model: str
    status: int
    bridge: str


def upstream_of(base_url: str, known: MutableMapping[str, Upstream]) -> Upstream:
    """Returns the upstream of a base URL, which is remembered."""
    found = known.get(base_url)
    if found is None:
        parts = urlsplit(base_url)
        host = parts.hostname or ""
        name = next((name for end, name in PROVIDERS.items() if host == end or host.endswith(f".{end}")), "openai")
        known[base_url] = found = Upstream(name, host, parts.port or (443 if parts.scheme == "https" else 80))
    return found


def check_telemetry(settings: TelemetrySettings | None) -> None:
    """Checks the settings and the environment.

    Raises:
        ConfigError: The extra `otel` is not installed, or a value can't be used.
    """
    if settings is None:
        return
    for signal in ("traces", "metrics"):
        _exporter(settings, signal)
    _sampling(settings)
    _exemplars()
    _batch_limits()


def _import(name: str) -> Any:
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith("opentelemetry"):
            raise
        hint = "pip install 'openai-grpc-server[otel]'"
        raise ConfigError(Problem("OpenTelemetry's SDK is not installed", SECTION, hint)) from None


def _exporter(settings: TelemetrySettings, signal: str) -> Callable[[Callable[[Any], Any]], Any] | None:
    """Returns what makes the exporter of `traces` or `metrics`, of a class derived from the SDK's.

    None: it is switched off.

    Raises:
        ConfigError: The extra is not installed, or a value can't be used.
    """
    _import("opentelemetry.sdk")
    name = f"OTEL_{signal.upper()}_EXPORTER"
    exporter = os.environ.get(name, "").strip() or "otlp"
    disabled = os.environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true"
    if disabled or exporter == "none" or not (settings.traces if signal == "traces" else settings.metrics):
        return None
    if exporter != "otlp":
        raise ConfigError(Problem(f"invalid exporter {exporter!r}: must be otlp or none", name, "unset it"))
    variable = f"OTEL_EXPORTER_OTLP_{signal.upper()}_PROTOCOL"
    if variable not in os.environ:
        variable = "OTEL_EXPORTER_OTLP_PROTOCOL"
    protocol = settings.protocol or os.environ.get(variable, "").strip() or "grpc"
    if protocol not in {"grpc", "http/protobuf"}:
        raise ConfigError(Problem(f"invalid protocol {protocol!r}: must be grpc or http/protobuf", variable, ""))
    endpoint = settings.endpoint
    if endpoint is not None and (urlsplit(endpoint).scheme not in {"http", "https"} or not urlsplit(endpoint).hostname):
        raise ConfigError(Problem("invalid URL: must be http(s)://host[:port]", f"{SECTION}.endpoint", ""))
    kind = "OTLPSpanExporter" if signal == "traces" else "OTLPMetricExporter"
    module = "trace_exporter" if signal == "traces" else "metric_exporter"
    package = "grpc" if protocol == "grpc" else "http"
    made = getattr(_import(f"opentelemetry.exporter.otlp.proto.{package}.{module}"), kind)
    if endpoint is not None and package == "http":
        endpoint = f"{endpoint.rstrip('/')}/v1/{signal}"
    return lambda derived: derived(made)(endpoint=endpoint)


class Sampling(NamedTuple):
    """Which calls are sampled.

    Attributes:
        by_parent: Whether the caller's flag decides, where it has a trace.
        bound: Else those whose trace's lower 64 bits, in hexadecimal, are below it.
    """

    by_parent: bool
    bound: str


def _sampling(settings: TelemetrySettings) -> Sampling:
    """Returns which calls are sampled.

    Raises:
        ConfigError: A variable has a value that can't be used.
    """
    name, ratio = "parentbased_traceidratio", settings.sample_ratio
    if ratio is None:
        name = os.environ.get("OTEL_TRACES_SAMPLER", "").strip().lower() or "parentbased_always_on"
        given = os.environ.get("OTEL_TRACES_SAMPLER_ARG", "").strip() or "1"
        sampler = name.removeprefix("parentbased_")
        if sampler not in SAMPLERS:
            known = ", ".join((*SAMPLERS, *(f"parentbased_{each}" for each in SAMPLERS)))
            raise ConfigError(Problem(f"invalid sampler {name!r}: must be one of {known}", "OTEL_TRACES_SAMPLER", ""))
        ratio = SAMPLERS[sampler]
        if ratio is None:
            try:
                ratio = float(given)
            except ValueError:
                ratio = -1.0
            if not 0 <= ratio <= 1:
                problem = f"invalid ratio {given!r}: must be 0 to 1"
                raise ConfigError(Problem(problem, "OTEL_TRACES_SAMPLER_ARG", ""))
    bound = round(ratio * 2**64)
    return Sampling(name.startswith("parentbased_"), f"{bound:016x}" if bound < 2**64 else "g")  # "g" is above all


def _exemplars() -> bool | None:
    """Returns whether unsampled calls may be exemplars too, or None if no call is one.

    Raises:
        ConfigError: The variable has a value that can't be used.
    """
    name = "OTEL_METRICS_EXEMPLAR_FILTER"
    given = os.environ.get(name, "").strip().lower() or "trace_based"
    if given not in EXEMPLARS:
        raise ConfigError(Problem(f"invalid filter {given!r}: must be one of {', '.join(EXEMPLARS)}", name, ""))
    return EXEMPLARS[given]


def _batch_limits() -> "BatchLimits":
    """Returns the limits of spans that wait.

    Raises:
        ConfigError: A variable has a value that can't be used.
    """
    waiting, batch, delay = (_positive(name, usual) for name, usual in BATCHES.items())
    if batch > waiting:
        problem = f"invalid size {batch}: must be at most {waiting}, the size of the queue"
        raise ConfigError(Problem(problem, "OTEL_BSP_MAX_EXPORT_BATCH_SIZE", ""))
    made: BatchLimits = _import("openai_grpc_server.telemetry.export").BatchLimits(waiting, batch, delay / 1000)
    return made


def _positive(name: str, usual: int) -> int:
    given = os.environ.get(name, "").strip() or str(usual)
    if not given.isdecimal() or not int(given):
        raise ConfigError(Problem(f"invalid number {given!r}: must be a whole number above 0", name, ""))
    return int(given)


class Telemetry:
    """Exporters of spans and metrics, with what they are made of.

    Args:
        settings: Their settings.

    Raises:
        ConfigError: The extra `otel` is not installed, or a value can't be used.

    Attributes:
        traces: Whether calls are traced.
        meter: Makes instruments that are read at each export; None: no metrics are exported.
        content: Whether prompts and answers are recorded.
        known: Upstreams by their base URLs.
        sampling: Which calls are sampled.
        exemplars: Whether unsampled calls may be exemplars too; None if no call is one.
        source: Origin of spans.
        forms: The module `export`.
        batches: Spans that wait for their export; None: calls are not traced.
        alike: The class of calls with the same attributes.
        counts: Are called, in another thread, before histograms are read.
    """

    def __init__(self, settings: TelemetrySettings) -> None:
        spans, metrics = _exporter(settings, "traces"), _exporter(settings, "metrics")
        self.content = settings.content
        self.known: dict[str, Upstream] = {}
        self.sampling = _sampling(settings)
        self._ids: list[Unsampled] = []
        self.forms = forms = _import("openai_grpc_server.telemetry.export")
        self.alike: type[Alike] = forms.Alike
        self.counts: list[Callable[[], None]] = []
        self._state = _import("opentelemetry.trace").TraceState
        resource = _resource(settings)
        scope = _import("opentelemetry.sdk.util.instrumentation").InstrumentationScope(SCOPE, _version(), SCHEMA)
        self.source: Source = forms.Source(resource, scope)
        self.traces = spans is not None
        self.batches: Batches | None = None
        self._histograms: list[Histogram] = []
        self._close: list[Callable[[], object]] = []
        if spans is not None:
            exporter = spans(lambda made: forms.span_exporter(made, self.source))
            self.batches = forms.Batches(exporter, _batch_limits())
            self._close.append(self.batches.close)
        self.meter: Meter | None = None
        if metrics is not None:
            temporality = os.environ.get("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "").strip().upper()
            delta = temporality in {"DELTA", "LOWMEMORY"}
            exporter = metrics(
                lambda made: forms.metric_exporter(made, scope, self._histograms, self._count, delta=delta)
            )
            reader = _import("opentelemetry.sdk.metrics.export").PeriodicExportingMetricReader(exporter)
            meters = _import("opentelemetry.sdk.metrics").MeterProvider(
                [reader], resource=resource, shutdown_on_exit=False
            )
            self._close.append(meters.shutdown)
            self.meter = meters.get_meter(SCOPE, _version(), schema_url=SCHEMA)
        self.exemplars = _exemplars()

    def histogram(self, name: str, unit: str, text: str, buckets: Sequence[float], names: Sequence[str]) -> "Histogram":
        """Adds a histogram; without metrics, nobody reads it.

        Args:
            name: Its name.
            unit: Its unit.
            text: Its description.
            buckets: Upper bounds of its buckets.
            names: Names of its attributes.
        """
        made: Histogram = self.forms.Histogram(name, unit, text, buckets, names)
        self._histograms.append(made)
        return made

    def _count(self) -> None:
        for each in self.counts:
            each()

    def begin(self, metadata: MutableMapping[str, Any]) -> "Trace | Unsampled":
        """Begins the trace of a call, or goes on with that of its caller.

        Args:
            metadata: The caller's metadata; its trace context is taken out of it.
        """
        if "traceparent" in metadata or "tracestate" in metadata:
            return self._join(metadata)
        ids = self._ids.pop() if self._ids else self.ids()
        return Trace(self, ids) if ids.trace_id[16:] < self.sampling.bound else ids

    def _join(self, metadata: MutableMapping[str, Any]) -> "Trace | Unsampled":
        """Goes on with the trace of the caller, if its context is valid."""
        given, state = metadata.pop("traceparent", None), metadata.pop("tracestate", None)
        found = _TRACEPARENT.fullmatch(given) if type(given) is str else None
        if found is None:
            return self.begin(metadata)
        revision, trace_id, parent, flags, more = found.groups()
        if (more and revision == "00") or trace_id == NO_TRACE or parent == NO_SPAN:
            return self.begin(metadata)
        by_parent, bound = self.sampling
        ids = Unsampled(self.ids().span_id, trace_id, self.state(state) if state and type(state) is str else "")
        sampled = int(flags, 16) & 1 == 1 if by_parent else trace_id[16:] < bound
        return Trace(self, ids, parent) if sampled else ids

    def ids(self) -> Unsampled:
        """Returns ids of a new span and of a new trace."""
        waiting = self._ids
        if not waiting:
            # Each read of random bytes is a system call, and each call of a class of tuples enters two functions.
            waiting += map(tuple.__new__, repeat(Unsampled), _IDS.findall(os.urandom(ID_BLOCK).hex()))
        return waiting.pop()

    def mark(self, trace: "Trace | None") -> "Mark | None":
        """Returns where the values of a call that ends are from; None: they are no exemplars."""
        if trace is None:
            return (time.time_ns(), "", "") if self.exemplars else None
        return None if self.exemplars is None else (time.time_ns(), trace.trace_id, trace.span_id)

    def observed(
        self,
        kind: str,
        name: str,
        unit: str,
        text: str,
        read: Callable[[], Iterable[tuple[float, Mapping[str, Any]]]],
    ) -> None:
        """Adds an instrument that is read at each export, in another thread.

        Args:
            kind: `counter`, `up_down_counter` or `gauge`.
            name: Its name.
            unit: Its unit.
            text: Its description.
            read: Returns its values with their attributes.
        """
        if self.meter is None:
            return
        observation = _import("opentelemetry.metrics").Observation

        def callback(_: "CallbackOptions") -> "Iterable[Observation]":
            return [observation(value, attributes) for value, attributes in read()]

        getattr(self.meter, f"create_observable_{kind}")(name, [callback], unit, text)

    def state(self, given: str) -> str:
        """Returns the valid part of a `tracestate`."""
        if len(given) > MAX_STATE:
            return ""
        return str(self._state.from_header([given]).to_header())

    def encoded_state(self, state: str) -> str:
        """Returns a `tracestate` as a field of a span, in hexadecimal."""
        field: bytes = self.forms.text(b"\x1a", state)
        return field.hex()

    def ended(self, spans: Sequence[bytes]) -> None:
        """Exports spans later."""
        if self.batches is not None:
            self.batches.add(spans)

    def common_of(self, attempt: Attempt) -> bytes:
        """Returns the fields of the spans of attempts that end alike, encoded."""
        upstream = upstream_of(attempt.base_url, self.known)
        attributes = {
            "gen_ai.provider.name": upstream.provider,
            "server.address": upstream.host,
            "server.port": upstream.port,
            "openai_grpc.deployment": attempt.deployment,
            "gen_ai.request.model": attempt.model or None,
            "http.response.status_code": attempt.status or None,
            "http.request.resend_count": attempt.number - 1 if attempt.number > 1 else None,
            "openai_grpc.bridge": attempt.bridge or None,
            "error.type": attempt.fault or None,
        }
        return self.source.keep(attempt, "attempt", attributes, failed=bool(attempt.fault), client=True)

    def close(self) -> None:
        """Exports what is left, and ends; blocks."""
        for each in self._close:
            each()


def _version() -> str:
    return version("openai-grpc-server")


def _resource(settings: TelemetrySettings) -> Any:
    given = {"service.version": _version(), "service.instance.id": str(uuid4())}
    if settings.service_name is not None:
        given["service.name"] = settings.service_name
    elif "OTEL_SERVICE_NAME" not in os.environ and "service.name=" not in os.environ.get(
        "OTEL_RESOURCE_ATTRIBUTES", ""
    ):
        given["service.name"] = "openai-grpc"
    return _import("opentelemetry.sdk.resources").Resource.create(given)


class Trace:
    """The spans of one call that is sampled, within the trace of its caller if it has one.

    Args:
        telemetry: The exporters.
        ids: Its ids.
        parent: Id of the caller's span, in hexadecimal; empty: it begins the trace.

    Attributes:
        trace_id: Id of the trace, in hexadecimal.
        span_id: Id of the call's span, likewise.
        content: Whether prompts and answers are recorded.
        model: The model that the upstream says it served.
        reasons: Why its choices ended, by their index.
        answer: What the model has said so far; set only with `content`.
        said: Attributes of the call's span with prompts and answers; likewise.
    """

    __slots__ = (
        "_attempts",
        "_sender",
        "_start",
        "_state",
        "_telemetry",
        "_up",
        "answer",
        "content",
        "model",
        "reasons",
        "said",
        "span_id",
        "trace_id",
    )

    def __init__(self, telemetry: Telemetry, ids: Unsampled, parent: str = "") -> None:
        self.span_id, self.trace_id, self._state = ids
        self._sender = self.span_id
        self._up = self._below(REMOTE, parent, telemetry) if parent else LOCAL
        self._telemetry = telemetry
        self._start = time.time_ns()
        self._attempts: list[bytes] | None = []
        self.content = telemetry.content
        self.model = ""
        self.reasons: dict[int, str] = {}
        if self.content:
            self.answer: list[str] = []
            self.said: dict[str, str] = {}

    def headers(self) -> list[tuple[str, str]]:
        """Returns the trace context for the upstream."""
        sender = ("traceparent", f"00-{self.trace_id}-{self._sender}-01")
        return [sender, ("tracestate", self._state)] if self._state else [sender]

    def _below(self, flags: str, parent: str, telemetry: Telemetry) -> str:
        """Returns what a span below another one has of it, encoded and in hexadecimal."""
        return f"{flags}2208{parent}{telemetry.encoded_state(self._state) if self._state else ''}"

    def end(self, common: bytes, own: list[bytes]) -> None:
        """Ends the call's span.

        Args:
            common: Fields that the spans of other calls have as well, encoded.
            own: Further attributes, encoded.
        """
        if self.content and self.said:
            own.append(self._telemetry.forms.encoded(self.said))
        span = self._span(self.span_id, self._up, self._start, common, b"".join(own))
        spans = (*(self._attempts or ()), span)
        self._attempts = None
        self._telemetry.ended(spans)

    def _span(self, span_id: str, up: str, start: int, common: bytes, own: bytes = b"") -> bytes:
        return self._telemetry.source.span(f"0a10{self.trace_id}1208{span_id}{up}", start, common, own)

    def begin_attempt(self) -> tuple[str, int]:
        """Begins an attempt; returns the id of its span, and when it began in nanoseconds."""
        self._sender = span_id = self._telemetry.ids().span_id
        self.model = ""
        if self.reasons:
            self.reasons = {}
        if self.content:
            self.answer.clear()
        return span_id, time.time_ns()

    def end_attempt(self, begun: tuple[str, int], *attempt: *tuple[int, str, str, str, str, int, str]) -> None:
        """Ends the span of an attempt, as of a client of the upstream.

        Args:
            begun: Result of `begin_attempt`.
            attempt: The values of an `Attempt`.
        """
        telemetry = self._telemetry
        common = telemetry.source.common(attempt) or telemetry.common_of(Attempt(*attempt))
        span_id, start = begun
        span = self._span(span_id, self._below(LOCAL, self.span_id, telemetry), start, common)
        # The call may have ended before, cancelled by its caller; a session has any number of attempts.
        if self._attempts is None or len(self._attempts) >= MAX_HELD:
            telemetry.ended((span,))
        else:
            self._attempts.append(span)

    def note(self, event: Mapping[str, Any]) -> None:
        """Reads model and finish reasons of an event of a stream, as the upstream sent it."""
        choices = event.get("choices")
        if type(choices) is list:
            for choice in choices:
                if type(choice) is dict and type(reason := choice.get("finish_reason")) is str:
                    self._stopped(choice.get("index"), reason)
                if self.content and type(choice) is dict:
                    self._said(choice.get("delta") or choice)
        elif type(response := event.get("response")) is dict:
            event = response
            if type(reason := event.get("status")) is str and reason in {"completed", "incomplete", "failed"}:
                self._stopped(0, reason)
        elif self.content and event.get("type") == "response.output_text.delta":
            self._said({"content": event.get("delta")})
        if not self.model and type(model := event.get("model")) is str:
            self.model = model[:256]

    def note_reply(self, reply: Any) -> None:
        """Reads model and finish reasons of a reply."""
        self.model = str(getattr(reply, "model", ""))[:256]
        choices = getattr(reply, "choices", None)
        if choices is not None:
            for choice in choices:
                self._stopped(choice.index, choice.finish_reason)
        elif hasattr(reply, "status"):
            self._stopped(0, str(reply.status))

    def _stopped(self, index: Any, why: str) -> None:
        if why and len(self.reasons) < MAX_REASONS:
            self.reasons[index if type(index) is int else 0] = why[:MAX_REASON]

    def _said(self, delta: Any) -> None:
        text = (delta.get("content") or delta.get("text")) if type(delta) is dict else None
        if type(text) is str and len(self.answer) < MAX_CONTENT:
            self.answer.append(text)
