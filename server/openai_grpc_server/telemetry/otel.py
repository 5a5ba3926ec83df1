"""OpenTelemetry: its SDK, set up by `server.telemetry` and OpenTelemetry's environment variables.

The SDK is an extra, so that nothing here is imported before it is configured. A span holds names, numbers and statuses:
what callers and upstreams say to each other only with `content`. Baggage is not passed on.
"""

import os
from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import urlsplit
from uuid import uuid4

from openai_grpc_server.config import ConfigError, Problem, TelemetrySettings

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.metrics import CallbackOptions, Histogram, Meter, Observation
    from opentelemetry.trace import Span, Tracer

SECTION: Final = "server.telemetry"
SCOPE: Final = "openai_grpc_server"
SCHEMA: Final = "https://opentelemetry.io/schemas/1.41.0"
MAX_REASONS: Final = 16  # finish reasons that a span names
MAX_REASON: Final = 64  # characters of one
MAX_CONTENT: Final = 32 * 1024  # characters of an answer

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


def _import(name: str) -> Any:
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith("opentelemetry"):
            raise
        hint = "pip install 'openai-grpc-server[otel]'"
        raise ConfigError(Problem("OpenTelemetry's SDK is not installed", SECTION, hint)) from None


def _exporter(settings: TelemetrySettings, signal: str) -> Callable[[], Any] | None:
    """Returns what makes the exporter of `traces` or `metrics`; None: it is switched off.

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
    return lambda: made(endpoint=endpoint)


class Telemetry:
    """The SDK's providers.

    Args:
        settings: Their settings.

    Raises:
        ConfigError: The extra `otel` is not installed, or a value can't be used.

    Attributes:
        tracer: Makes spans; those of a provider without exporter, where calls are not traced.
        meter: Makes instruments; None: no metrics are exported.
        content: Whether prompts and answers are recorded.
        known: Upstreams by their base URLs.
    """

    def __init__(self, settings: TelemetrySettings) -> None:
        spans, metrics = _exporter(settings, "traces"), _exporter(settings, "metrics")
        self.content = settings.content
        self.known: dict[str, Upstream] = {}
        trace_sdk, self.api = _import("opentelemetry.sdk.trace"), _import("opentelemetry.trace")
        self._propagator = _import("opentelemetry.trace.propagation.tracecontext").TraceContextTextMapPropagator()
        resource = _resource(settings)
        sampling = _import("opentelemetry.sdk.trace.sampling")
        ratio = settings.sample_ratio
        sampler = None if ratio is None else sampling.ParentBased(sampling.TraceIdRatioBased(ratio))
        if spans is None:
            sampler = sampling.ALWAYS_OFF
        tracers = trace_sdk.TracerProvider(resource=resource, sampler=sampler, shutdown_on_exit=False)
        if spans is not None:
            tracers.add_span_processor(_import("opentelemetry.sdk.trace.export").BatchSpanProcessor(spans()))
        self.traces = spans is not None
        self._providers = [tracers]
        self.tracer: Tracer = tracers.get_tracer(SCOPE, _version(), schema_url=SCHEMA)
        self.meter: Meter | None = None
        if metrics is not None:
            reader = _import("opentelemetry.sdk.metrics.export").PeriodicExportingMetricReader(metrics())
            meters = _import("opentelemetry.sdk.metrics").MeterProvider(
                [reader], resource=resource, shutdown_on_exit=False
            )
            self._providers.append(meters)
            self.meter = meters.get_meter(SCOPE, _version(), schema_url=SCHEMA)
        status = self.api.Status
        self.failed = status(self.api.StatusCode.ERROR)
        self.server, self.client = self.api.SpanKind.SERVER, self.api.SpanKind.CLIENT

    def histogram(self, name: str, unit: str, text: str, buckets: Sequence[float]) -> "Histogram | None":
        """Returns a histogram; None: no metrics are exported."""
        if self.meter is None:
            return None
        return self.meter.create_histogram(name, unit, text, explicit_bucket_boundaries_advisory=list(buckets))

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

    def begin(self, name: str, metadata: MutableMapping[str, Any]) -> "Trace":
        """Begins the trace of a call, within that of its caller if it has one.

        Args:
            name: The RPC, such as `openai_grpc.v1.ChatService/CreateChatCompletion`.
            metadata: The caller's metadata; of it the trace context is replaced by that of the call, for upstreams.
        """
        parent = None
        given = metadata.get("traceparent")
        if type(given) is str:
            state = metadata.get("tracestate")
            carrier = {"traceparent": given, "tracestate": state} if type(state) is str else {"traceparent": given}
            parent = self._propagator.extract(carrier)
        if self.traces:
            metadata.pop("tracestate", None)
        return Trace(self, self.tracer.start_span(name, parent, self.server), metadata)

    def inject(self, span: "Span", metadata: MutableMapping[str, Any]) -> None:
        """Makes a span the one that upstreams see as their parent."""
        context = span.get_span_context()
        metadata["traceparent"] = f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"
        if context.trace_state:
            metadata["tracestate"] = context.trace_state.to_header()

    def close(self) -> None:
        """Exports what is left, and ends; blocks."""
        for each in self._providers:
            each.shutdown()


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
    """The spans of one call.

    Args:
        telemetry: The providers.
        span: The span of the call.
        metadata: The caller's metadata; takes the trace context for upstreams.

    Attributes:
        trace_id: Id of the trace, in hexadecimal; None: calls are not traced.
        span_id: Id of the call's span, likewise.
        recording: Whether the call is sampled.
        content: Whether prompts and answers are recorded.
        context: The context of the call's span, for exemplars.
        model: The model that the upstream says it served.
        reasons: Why its choices ended, by their index.
        answer: What the model has said so far, where it is recorded.
    """

    __slots__ = (
        "_metadata",
        "_telemetry",
        "answer",
        "content",
        "context",
        "model",
        "reasons",
        "recording",
        "span",
        "span_id",
        "trace_id",
    )

    def __init__(self, telemetry: Telemetry, span: "Span", metadata: MutableMapping[str, Any]) -> None:
        self._telemetry = telemetry
        self._metadata = metadata
        self.span = span
        self.recording = span.is_recording()
        self.content = self.recording and telemetry.content
        context = span.get_span_context()
        self.trace_id = f"{context.trace_id:032x}" if telemetry.traces else None
        self.span_id = f"{context.span_id:016x}" if telemetry.traces else None
        self.context: Context = telemetry.api.set_span_in_context(span)
        self.model = ""
        self.reasons: dict[int, str] = {}
        self.answer: list[str] = []
        if telemetry.traces:
            telemetry.inject(span, metadata)

    def attempt(self, number: int, deployment: str, base_url: str) -> "AttemptSpan":
        """Begins the span of an attempt.

        Args:
            number: Its number; 1 for the first.
            deployment: The deployment.
            base_url: Where it is.
        """
        telemetry = self._telemetry
        span = telemetry.tracer.start_span("attempt", self.context, telemetry.client)
        if telemetry.traces:
            telemetry.inject(span, self._metadata)
        self.model, self.reasons = "", {}
        self.answer.clear()
        return AttemptSpan(telemetry, span, number, deployment, upstream_of(base_url, telemetry.known))

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
        for choice in getattr(reply, "choices", ()):
            self._stopped(choice.index, choice.finish_reason)
        if hasattr(reply, "status"):
            self._stopped(0, str(reply.status))

    def _stopped(self, index: Any, why: str) -> None:
        if why and len(self.reasons) < MAX_REASONS:
            self.reasons[index if type(index) is int else 0] = why[:MAX_REASON]

    def _said(self, delta: Any) -> None:
        text = (delta.get("content") or delta.get("text")) if type(delta) is dict else None
        if type(text) is str and len(self.answer) < MAX_CONTENT:
            self.answer.append(text)


class AttemptSpan:
    """The span of one attempt, as of a client of the upstream.

    Args:
        telemetry: The providers.
        span: The span.
        number: Number of the attempt.
        deployment: The deployment.
        upstream: The upstream.

    Attributes:
        status: HTTP status of a failure; 0: none came.
    """

    __slots__ = ("_deployment", "_number", "_span", "_telemetry", "_upstream", "status")

    def __init__(self, telemetry: Telemetry, span: "Span", number: int, deployment: str, upstream: Upstream) -> None:
        self._telemetry = telemetry
        self._span = span
        self._number = number
        self._deployment = deployment
        self._upstream = upstream
        self.status = 0

    def end(self, fault: str, model: str, status: int, bridge: str) -> None:
        """Ends the span.

        Args:
            fault: Why the attempt failed; empty: it did not.
            model: The model, by the upstream's name.
            status: HTTP status of the answer; 0: none came.
            bridge: REST path of another API that served it; empty: its own.
        """
        span = self._span
        if span.is_recording():
            attributes: dict[str, Any] = {
                "gen_ai.provider.name": self._upstream.provider,
                "server.address": self._upstream.host,
                "server.port": self._upstream.port,
                "openai_grpc.deployment": self._deployment,
            }
            if model:
                attributes["gen_ai.request.model"] = model
            if code := status or self.status:
                attributes["http.response.status_code"] = code
            if self._number > 1:
                attributes["http.request.resend_count"] = self._number - 1
            if bridge:
                attributes["openai_grpc.bridge"] = bridge
            if fault:
                attributes["error.type"] = fault
                span.set_status(self._telemetry.failed)
            span.set_attributes(attributes)
        span.end()
