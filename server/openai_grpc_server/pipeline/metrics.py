"""Counts what is called, used and paid, and writes it as Prometheus reads it (its text format, version 0.0.4)."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Literal

from openai_grpc_server.calls.call import Call

MAX_SERIES = 10_000  # of one metric: what callers name is theirs to choose, and no reason to run out of memory
MAX_LABEL = 256  # characters of a value; a longer one reads "other"
OTHER = "other"

Labels = tuple[tuple[str, str], ...]


class Metric:
    """A counter with labels.

    Args:
        name: Its name.
        text: What it counts.
    """

    def __init__(self, name: str, text: str) -> None:
        self._name = name
        self._text = text
        self._values: Counter[Labels] = Counter()

    def add(self, amount: float, labels: Labels) -> None:
        """Adds to the series of these labels."""
        if labels not in self._values and len(self._values) >= MAX_SERIES:
            labels = tuple((name, OTHER) for name, _ in labels)
        self._values[labels] += amount  # type: ignore[assignment]  # a Counter takes any number

    def lines(self) -> Iterator[str]:
        """Yields it as text."""
        yield f"# HELP {self._name} {self._text}"
        yield f"# TYPE {self._name} counter"
        for labels, value in self._values.items():
            written = ",".join(f'{name}="{escape(text)}"' for name, text in labels)
            yield f"{self._name}{{{written}}} {value!r}"


class Reading:
    """A number without labels that is read when the page is asked for.

    Args:
        name: Its name.
        kind: Whether it only grows.
        text: Its description.
        read: Returns it.
    """

    def __init__(self, name: str, kind: Literal["counter", "gauge"], text: str, read: Callable[[], float]) -> None:
        self._head = (f"# HELP {name} {text}", f"# TYPE {name} {kind}")
        self._name = name
        self._read = read

    def lines(self) -> Iterator[str]:
        """Yields it as text."""
        yield from self._head
        yield f"{self._name} {self._read()!r}"


def dropped_lines(read: Callable[[], float]) -> Reading:
    """Returns the metric of the lines of a log that were dropped."""
    return Reading("openai_grpc_log_lines_dropped_total", "counter", "Log lines that nobody read.", read)


class Metrics:
    """What this process has served so far."""

    def __init__(self) -> None:
        self._calls = Metric("openai_grpc_calls_total", "Calls that ended, by their gRPC status.")
        self._seconds = Metric("openai_grpc_call_seconds_total", "Seconds that calls took.")
        self._tokens = Metric("openai_grpc_tokens_total", "Tokens that upstreams reported.")
        self._estimated = Metric(
            "openai_grpc_estimated_tokens_total", "Tokens of calls whose upstreams reported none, as estimated."
        )
        self._cost = Metric("openai_grpc_cost_dollars_total", "What calls cost, in US dollars, where it is known.")
        self._readings: list[Reading] = []

    def add(self, reading: Reading) -> None:
        """Adds a number to the page."""
        self._readings.append(reading)

    def observe(self, call: Call, status: str, seconds: float, reason: str = "") -> None:
        """Counts a call that has ended.

        Args:
            call: The call.
            status: The name of its gRPC status.
            seconds: How long it took.
            reason: `ErrorInfo.reason`, when it failed.
        """
        who = (
            ("key", call.caller.name if call.caller else ""),
            ("model", model_label(call, status)),
            ("deployment", call.deployment.name if call.deployment else ""),
        )
        ended = (*who, ("method", call.rpc.name), ("status", status), ("reason", reason))
        self._calls.add(1, ended)
        self._seconds.add(seconds, ended)
        used = call.used()
        kinds = {
            "input": used.input_tokens - used.cached_tokens,
            "cached_input": used.cached_tokens,
            "output": used.output_tokens,
        }
        metric = self._tokens if call.estimated is None else self._estimated
        for kind, tokens in kinds.items():
            if tokens:
                metric.add(tokens, (*who, ("type", kind)))
        if (cost := call.cost()) is not None:
            self._cost.add(cost, who)

    async def page(self) -> str:
        """Returns all of it, for a server of metrics."""
        return self.text()

    def text(self) -> str:
        """Returns all of it."""
        metrics: tuple[Metric | Reading, ...] = (
            self._calls,
            self._seconds,
            self._tokens,
            self._estimated,
            self._cost,
            *self._readings,
        )
        return "".join(f"{line}\n" for metric in metrics for line in metric.lines())


def model_label(call: Call, status: str) -> str:
    """Returns the model of a call; empty where its name was made up, perhaps: no such model answered."""
    if call.deployment is None:
        return ""
    configured = call.deployment.config.model_name
    if status != "OK" and (configured is None or "*" in configured):
        return ""
    return call.model if len(call.model) <= MAX_LABEL else OTHER


def escape(text: str) -> str:
    """Writes the value of a label."""
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
