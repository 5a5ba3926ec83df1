"""Spans and metrics of calls for OpenTelemetry, with the names of its semantic conventions for RPCs and generative AI.

Metrics are plain numbers that are read at each export, since an instrument of the SDK takes 6 to 10 us a record.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Final

from google.protobuf.message import Message

from openai_grpc.codec import dumps, to_object
from openai_grpc_server.calls.call import Call
from openai_grpc_server.calls.method import Rpc
from openai_grpc_server.config import ServerSettings
from openai_grpc_server.cost.usage import Usage
from openai_grpc_server.errors import GatewayError
from openai_grpc_server.pipeline.observe import DURATIONS, FIRST_MESSAGES, GAPS, Metrics, model_label
from openai_grpc_server.telemetry.otel import MAX_CONTENT, Telemetry, Trace, upstream_of
from openai_grpc_server.telemetry.prometheus import MAX_LABEL, MAX_SERIES, OTHER, Reading

if TYPE_CHECKING:
    from openai_grpc_server.telemetry.export import Alike

# Of `gen_ai.operation.name`, by REST path. Other operations are called as their path.
OPERATIONS: Final = {
    "/chat/completions": "chat",
    "/responses": "chat",
    "/completions": "text_completion",
    "/embeddings": "embeddings",
}
# Statuses that are failures of a server, by the conventions of gRPC.
FAILURES: Final = frozenset({"UNKNOWN", "DEADLINE_EXCEEDED", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS"})
TOKENS: Final = tuple(4.0**power for power in range(14))
MAX_MODELS: Final = 1000  # of metrics; further ones are `other`


def operation_of(rpc: Rpc) -> str:
    """Returns the `gen_ai.operation.name` of an RPC; empty: it generates nothing."""
    if not rpc.creates:
        return ""
    return OPERATIONS.get(rpc.http_path) or rpc.http_path.strip("/").replace("/", "_")


class Tracing:
    """Observes calls by OpenTelemetry, and by Prometheus where that is served.

    Args:
        settings: Settings of the gateway, with those of telemetry.
        metrics: Prometheus' metrics; None: they are not served.

    Raises:
        ConfigError: The extra `otel` is not installed, or a setting can't be used.
    """

    def __init__(self, settings: ServerSettings, metrics: Metrics | None) -> None:
        assert settings.telemetry is not None  # noqa: S101 - made only then
        self.telemetry = telemetry = Telemetry(settings.telemetry)
        self._metrics = metrics
        self._in_flight: defaultdict[str, int] = defaultdict(int)
        self._costs: defaultdict[tuple[str, str, str], float] = defaultdict(float)
        self._models: set[str] = set()
        self._alike: dict[tuple[str, str, str | None, str, str, str], Alike] = {}
        telemetry.counts.append(self._count)
        failed = ("rpc.method", "rpc.response.status_code", "error.type", "rpc.system.name")
        who = ("gen_ai.operation.name", "gen_ai.provider.name", "gen_ai.request.model", "openai_grpc.deployment")
        self._duration = telemetry.histogram("rpc.server.call.duration", "s", "Duration of calls.", DURATIONS, failed)
        self._request = telemetry.histogram(
            "gen_ai.server.request.duration", "s", "Duration of calls that generate.", DURATIONS, (*who, "error.type")
        )
        self._first = telemetry.histogram(
            "gen_ai.server.time_to_first_token",
            "s",
            "Time from the start of a stream to its first message.",
            FIRST_MESSAGES,
            who,
        )
        self._per_token = telemetry.histogram(
            "gen_ai.server.time_per_output_token",
            "s",
            "Time per output token of a stream after its first message.",
            GAPS,
            who,
        )
        self._tokens = telemetry.histogram(
            "gen_ai.client.token.usage",
            "{token}",
            "Tokens of calls, as reported by upstreams.",
            TOKENS,
            (*who, "gen_ai.token.type"),
        )
        telemetry.observed(
            "up_down_counter",
            "openai_grpc.calls_in_flight",
            "{call}",
            "Calls that are being served.",
            lambda: [(count, {"rpc.method": path[1:]}) for path, count in list(self._in_flight.items())],
        )
        telemetry.observed(
            "counter",
            "openai_grpc.cost_dollars",
            "{USD}",
            "What calls cost, in US dollars, where it is known.",
            self._read_costs,
        )
        if (batches := telemetry.batches) is not None:
            telemetry.observed(
                "counter",
                "openai_grpc.spans_dropped",
                "{span}",
                "Spans dropped because too many waited for the collector.",
                lambda: [(batches.dropped, {})],
            )

    def _read_costs(self) -> list[tuple[float, dict[str, str]]]:
        names = ("openai_grpc.key", "gen_ai.request.model", "openai_grpc.deployment")
        return [(cost, dict(zip(names, who, strict=True))) for who, cost in list(self._costs.items())]

    def add(self, reading: Reading) -> None:
        """Adds a number of the process, which Prometheus has as well."""
        name = reading.name.removeprefix("openai_grpc_")
        if name == reading.name:
            return
        unit = "s" if name.endswith("_seconds") else "1"
        name = name.removesuffix("_total").removesuffix("_seconds")
        self.telemetry.observed(reading.kind, f"openai_grpc.{name}", unit, reading.text, lambda: [(reading.read(), {})])

    def begin(self, call: Call) -> None:
        """Begins the trace of a call and counts it in."""
        if self._metrics is not None:
            self._metrics.begin(call)
        self._in_flight[call.rpc.path] += 1
        if self.telemetry.traces:
            metadata: Any = call.head.metadata
            call.trace_context = begun = self.telemetry.begin(metadata)
            if type(begun) is Trace:
                call.trace = begun

    def end(self, call: Call) -> None:
        """Counts a call out."""
        if self._metrics is not None:
            self._metrics.end(call)
        self._in_flight[call.rpc.path] -= 1

    def observe(self, call: Call, status: str, seconds: float, failure: GatewayError | None = None) -> None:
        """Records an ended call, and ends its span; arguments as those of `Metrics.observe`."""
        if self._metrics is not None:
            self._metrics.observe(call, status, seconds, failure)
        fault = None if status == "OK" else status
        if failure is not None and failure.reason:
            fault = failure.reason
        used, cost, trace = call.used(), call.cost(), call.trace
        if self.telemetry.meter is not None:
            self._measure(call, status, fault, used, cost, seconds)
        if trace is not None:
            self._describe(call, trace, (status, fault), used, cost)

    def _describe(self, call: Call, trace: Trace, how: tuple[str, str | None], used: Usage, cost: float | None) -> None:
        """Ends the span of a call."""
        head, route, rpc, sent, meter = call.head, call.route, call.rpc, call.answer.rpc, call.access.meter
        caller, deployment, forms = call.access.caller, route.deployment, self.telemetry.forms
        bridge = None if sent is None or sent is rpc else sent.http_path
        estimated = meter is not None and meter.usage is not None
        shared = (
            *(rpc.path, *how, route.model, trace.model, tuple(trace.reasons.values()), estimated),
            *(None if caller is None else caller.name, route.attempts, deployment and deployment.name, bridge),
        )
        common = self.telemetry.source.common(shared) or self._common(shared, call, trace, how)
        number, double = forms.number_attribute, forms.double_attribute
        own = [forms.text_attribute("openai_grpc.request_id", head.request_id)]
        if used.input_tokens:
            own.append(number("gen_ai.usage.input_tokens", used.input_tokens))
        if used.cached_tokens:
            own.append(number("gen_ai.usage.cache_read.input_tokens", used.cached_tokens))
        if used.output_tokens:
            own.append(number("gen_ai.usage.output_tokens", used.output_tokens))
        if cost is not None:
            own.append(double("openai_grpc.cost", cost))
        if call.sent.first_message:
            own.append(double("gen_ai.response.time_to_first_chunk", call.sent.first_message - head.started))
        if trace.content and trace.answer:
            said = messages_of([{"role": "assistant", "content": "".join(trace.answer)[:MAX_CONTENT]}])
            own.append(forms.text_attribute("gen_ai.output.messages", said))
        trace.end(common, own)

    def _common(self, key: tuple[Any, ...], call: Call, trace: Trace, how: tuple[str, str | None]) -> bytes:
        """Returns the fields that the span of a call shares with others, encoded."""
        (status, fault), route, sent = how, call.route, call.answer.rpc
        found: dict[str, Any] = {
            "rpc.system.name": "grpc",
            "rpc.method": call.rpc.path[1:],
            "rpc.response.status_code": status,
            "error.type": fault,
            "gen_ai.operation.name": operation_of(call.rpc) or None,
            "gen_ai.request.model": route.model[:256] or None,
            "gen_ai.response.model": trace.model or None,
            "gen_ai.response.finish_reasons": list(trace.reasons.values()) or None,
            "openai_grpc.usage.estimated": True if call.estimated is not None else None,
            "openai_grpc.key": call.access.caller.name if call.access.caller else None,
            "openai_grpc.attempts": route.attempts or None,
        }
        if route.deployment is not None:
            config = route.deployment.config
            found["openai_grpc.deployment"] = config.name
            found["gen_ai.provider.name"] = upstream_of(config.base_url, self.telemetry.known).provider
        if sent is not None and sent is not call.rpc:
            found["openai_grpc.bridge"] = sent.http_path
        return self.telemetry.source.keep(key, call.rpc.path[1:], found, failed=status in FAILURES, client=False)

    def _measure(  # noqa: PLR0913, PLR0917 - facts of a call that are known already
        self, call: Call, status: str, fault: str | None, used: Usage, cost: float | None, seconds: float
    ) -> None:
        rpc, sent, deployment, trace = call.rpc, call.sent, call.route.deployment, call.trace
        mark = None
        if self.telemetry.exemplars or trace is not None:
            mark = self.telemetry.mark(trace)
        if deployment is None or not rpc.creates:
            self._duration.observe((rpc.path[1:], status, fault, "grpc"), seconds, mark)
            return
        config, first, per_token = deployment.config, None, None
        model = call.route.model
        if status != "OK" or len(model) > MAX_LABEL:
            model = model_label(call, status)
        same = (rpc.path, status, fault, model, config.base_url, config.name)
        alike = self._alike.get(same) or self._of_alike(same, operation_of(rpc))
        if sent.first_message:
            first = sent.first_message - call.head.started
            if used.output_tokens > 1:
                per_token = max(seconds - first, 0.0) / (used.output_tokens - 1)
        taken = used.input_tokens if used.input_tokens > 0 else None
        given = used.output_tokens if used.output_tokens > 0 else None
        alike.add((seconds, taken, given, first, per_token, mark))
        if cost is not None and cost > 0:
            key, costs = "" if call.access.caller is None else call.access.caller.name, self._costs
            of = (key, model, config.name)
            if of not in costs:
                of = (key, self._bounded(model), config.name)
                if of not in costs and len(costs) >= MAX_SERIES:
                    of = (OTHER, OTHER, OTHER)
            costs[of] += cost

    def _count(self) -> None:
        """Counts the calls so far into the histograms; in any thread."""
        for each in list(self._alike.values()):
            each.count()

    def _of_alike(self, same: "tuple[str, str, str | None, str, str, str]", operation: str) -> "Alike":
        """Returns those of calls with the same RPC, status, fault, model, upstream and deployment."""
        path, status, fault, model, base_url, deployment = same
        who = (operation, upstream_of(base_url, self.telemetry.known).provider, self._bounded(model), deployment)
        alike = self.telemetry.alike(
            (self._duration.series((path[1:], status, fault, "grpc")), self._request.series((*who, fault))),
            (self._tokens.series((*who, "input")),),
            (self._tokens.series((*who, "output")),),
            (self._first.series(who),),
            (self._per_token.series(who),),
        )
        if len(self._alike) >= MAX_MODELS:
            self._count()
            self._alike.clear()
        self._alike[same] = alike
        return alike

    def _bounded(self, model: str) -> str:
        if model not in self._models:
            if len(self._models) >= MAX_MODELS:
                return OTHER
            self._models.add(model)
        return model

    def with_content(self, rpc: Rpc, method: Callable[[Call, Any], Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        """Returns the method of an RPC, which records prompts and answers where that is configured."""
        if not self.telemetry.content or rpc.client_streaming or not operation_of(rpc):
            return method

        async def recorded(call: Call, request: Any) -> Any:
            trace = call.trace
            if trace is not None:
                record_input(trace, request)
            reply = await method(call, request)
            if trace is not None and isinstance(reply, Message):
                record_output(trace, reply)
            return reply

        return recorded


def record_input(trace: Trace, request: Message) -> None:
    """Records the prompt of a request as `gen_ai.input.messages`."""
    value: dict[str, Any] = to_object(request)
    given = value.get("messages") or value.get("input") or value.get("prompt")
    if given:
        messages = given if isinstance(given, list) else [given]
        trace.said["gen_ai.input.messages"] = messages_of(messages)
    if isinstance(told := value.get("instructions"), str):
        trace.said["gen_ai.system_instructions"] = text_parts(told)


def record_output(trace: Trace, reply: Message) -> None:
    """Records the answer of a reply as `gen_ai.output.messages`."""
    value: dict[str, Any] = to_object(reply)
    choices = [choice.get("message") or {"content": choice.get("text")} for choice in value.get("choices", ())]
    if messages := choices or value.get("output") or []:
        trace.said["gen_ai.output.messages"] = messages_of(messages)


def text_parts(text: str) -> str:
    """Returns a text as the JSON of parts."""
    return dumps([{"type": "text", "content": text[:MAX_CONTENT]}]).decode()


def messages_of(messages: list[Any]) -> str:
    """Returns messages in the JSON of the semantic conventions; each text is cut at `MAX_CONTENT` characters."""
    told = []
    for each in messages:
        message = each if isinstance(each, dict) else {"content": each}
        content = message.get("content")
        parts = content if isinstance(content, list) else [content]
        texts = [part.get("text") if isinstance(part, dict) else part for part in parts]
        told.append(
            {
                "role": message.get("role") or "user",
                "parts": [{"type": "text", "content": text[:MAX_CONTENT]} for text in texts if isinstance(text, str)],
            }
        )
    return dumps(told).decode()
