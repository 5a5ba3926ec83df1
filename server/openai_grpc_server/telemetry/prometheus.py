"""Prometheus metrics of a process, by `prometheus_client`, and the lag of its event loop.

Names, models and deployments are label values, and some of them are the caller's to choose: each metric has at most
`MAX_SERIES` series, and further ones are counted as `other`.
"""

import asyncio
import re
import time
from abc import ABC, abstractmethod
from bisect import bisect_left
from collections.abc import Awaitable, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import accumulate
from math import inf
from typing import Any, Final, Generic, Literal, NamedTuple, TypeVar

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, Exemplar, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.core import Metric as Family
from prometheus_client.openmetrics import exposition as openmetrics
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

from openai_grpc_server.config import ConfigError
from openai_grpc_server.runtime.resources import listen_problem

MAX_SERIES: Final = 10_000  # of one counter or gauge
MAX_HISTOGRAMS: Final = 1_000  # of one histogram, each of which has a series for each bucket
MAX_LABEL: Final = 256  # characters of a label value
OTHER: Final = "other"  # the label value of what is over a limit

LAG_NAME: Final = "openai_grpc_event_loop_lag_seconds"
LAG_TICK: Final = 0.1  # seconds between two looks; a look takes a few microseconds
LAG_WINDOW: Final = 60.0  # seconds that the metric looks back on

_THREAD: Final = ThreadPoolExecutor(1, "metrics")  # pages wait for each other

S = TypeVar("S")


class Reading(NamedTuple):
    """Metric without labels, read when the page is rendered, possibly in another thread.

    Attributes:
        name: Its name; that of a counter ends with `_total`.
        kind: Whether it only grows.
        text: Its description.
        read: Returns it.
    """

    name: str
    kind: Literal["counter", "gauge"]
    text: str
    read: Callable[[], float]


class Number:
    """A counter or a gauge with certain label values.

    Attributes:
        value: Its value.
    """

    __slots__ = ("value",)

    def __init__(self) -> None:
        self.value = 0.0

    def inc(self, amount: float = 1) -> None:
        """Adds an amount."""
        self.value += amount

    def dec(self) -> None:
        """Subtracts 1, from a gauge."""
        self.value -= 1


class Distribution:
    """A histogram with certain label values.

    Args:
        bounds: Upper bounds of its buckets, the last one infinite.

    Attributes:
        counts: Values in each bucket alone.
        total: Sum of the values.
        exemplars: The last value with an exemplar, by bucket.
    """

    __slots__ = ("_bounds", "counts", "exemplars", "total")

    def __init__(self, bounds: Sequence[float]) -> None:
        self._bounds = bounds
        self.counts = [0] * len(bounds)
        self.total = 0.0
        self.exemplars: dict[int, Exemplar] = {}

    def observe(self, value: float, exemplar: dict[str, str] | None = None) -> None:
        """Records a value.

        Args:
            value: The value.
            exemplar: Labels of an exemplar; None: it is none.
        """
        bucket = bisect_left(self._bounds, value)
        self.counts[bucket] += 1
        self.total += value
        if exemplar is not None:
            self.exemplars[bucket] = Exemplar(exemplar, value, time.time())


class Labelled(Collector, ABC, Generic[S]):
    """Metric with labels: its series, in plain numbers that are read when the page is rendered, possibly in a thread.

    A lookup takes 0.2 us and a change 0.1 us, where `labels` and `inc` of the library take 2 us and 0.6 us.

    Args:
        name: Its name.
        text: Its description.
        labels: Names of its labels.
        limit: Maximum number of series.
    """

    def __init__(self, name: str, text: str, labels: Sequence[str], limit: int) -> None:
        self._name = name
        self._text = text
        self._labelnames = tuple(labels)
        self._limit = limit
        self._series: dict[tuple[str, ...], S] = {}

    @property
    def metric(self) -> "Labelled[S]":
        """The collector of its series."""
        return self

    def of(self, *labels: str) -> S:
        """Returns the series of some label values, in the order of the metric's labels."""
        return self._series.get(labels) or self._add(labels)

    def _add(self, labels: tuple[str, ...]) -> S:
        if len(self._series) >= self._limit:
            labels = (OTHER,) * len(labels)
            if labels in self._series:
                return self._series[labels]
        self._series[labels] = series = self._new()
        return series

    @abstractmethod
    def _new(self) -> S:
        """Returns a series without values."""

    @abstractmethod
    def _family(self) -> Any:
        """Returns the metric in the library's form, without series."""

    @abstractmethod
    def _show(self, family: Any, labels: tuple[str, ...], series: S) -> None:
        """Adds a series to the metric in the library's form."""

    def describe(self) -> list[Family]:
        """Returns the metric without series."""
        return [self._family()]

    def collect(self) -> Iterator[Family]:
        """Yields the metric."""
        family = self._family()
        for labels, series in list(self._series.items()):
            self._show(family, labels, series)
        yield family


class Numbers(Labelled[Number]):
    """A counter or a gauge.

    Args:
        family: The library's form of it.
        name: As above.
        text: As above.
        labels: As above.
    """

    def __init__(
        self,
        family: type[CounterMetricFamily] | type[GaugeMetricFamily],
        name: str,
        text: str,
        labels: Sequence[str],
    ) -> None:
        super().__init__(name, text, labels, MAX_SERIES)
        self._kind = family

    def _new(self) -> Number:
        return Number()

    def _family(self) -> Any:
        return self._kind(self._name, self._text, labels=self._labelnames)

    def _show(self, family: Any, labels: tuple[str, ...], series: Number) -> None:
        family.add_metric(labels, series.value)


class Distributions(Labelled[Distribution]):
    """A histogram.

    Args:
        name: As above.
        text: As above.
        labels: As above.
        buckets: Upper bounds of its buckets.
    """

    def __init__(self, name: str, text: str, labels: Sequence[str], buckets: Sequence[float]) -> None:
        super().__init__(name, text, labels, MAX_HISTOGRAMS)
        self._bounds = (*buckets, inf)

    def _new(self) -> Distribution:
        return Distribution(self._bounds)

    def _family(self) -> Any:
        return HistogramMetricFamily(self._name, self._text, labels=self._labelnames)

    def _show(self, family: Any, labels: tuple[str, ...], series: Distribution) -> None:
        below = accumulate(series.counts)
        buckets = [
            (floatToGoString(bound), float(count), series.exemplars.get(index))  # type: ignore[no-untyped-call]  # it has no types
            for index, (bound, count) in enumerate(zip(self._bounds, below, strict=True))
        ]
        family.add_metric(labels, buckets, series.total)


class Registry:
    """Metrics of a process and their page."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._readings = _Readings()
        self._registry.register(self._readings)

    def add(self, reading: Reading) -> None:
        """Adds a number to the page."""
        self._readings.readings.append(reading)

    def counter(self, name: str, text: str, labels: Sequence[str]) -> Labelled[Number]:
        """Adds a counter to the page; its name ends with `_total`."""
        return self._added(Numbers(CounterMetricFamily, name, text, labels))

    def gauge(self, name: str, text: str, labels: Sequence[str]) -> Labelled[Number]:
        """Adds a gauge to the page."""
        return self._added(Numbers(GaugeMetricFamily, name, text, labels))

    def histogram(
        self, name: str, text: str, labels: Sequence[str], buckets: Sequence[float]
    ) -> Labelled[Distribution]:
        """Adds a histogram to the page, with the upper bounds of its buckets."""
        return self._added(Distributions(name, text, labels, buckets))

    def _added(self, metric: Labelled[S]) -> Labelled[S]:
        self._registry.register(metric)
        return metric

    async def page(self) -> str:
        """Returns all metrics in Prometheus' text format, rendered in a thread: it may take a second."""
        return await asyncio.get_running_loop().run_in_executor(_THREAD, self.text)

    async def open_page(self) -> str:
        """Returns all metrics in the format of OpenMetrics, which has exemplars; rendered as `page` is."""
        return await asyncio.get_running_loop().run_in_executor(_THREAD, self.open_text)

    def open_text(self) -> str:
        """Returns all metrics in the format of OpenMetrics, version 1.0.0."""
        page: bytes = openmetrics.generate_latest(self._registry)  # type: ignore[no-untyped-call]  # it has no types
        return page.decode()

    def text(self) -> str:
        """Returns all metrics in Prometheus' text format, version 0.0.4."""
        return generate_latest(self._registry).decode()


class _Readings(Collector):
    """Adapter of readings to a collector of `prometheus_client`."""

    def __init__(self) -> None:
        self.readings: list[Reading] = []

    def describe(self) -> Iterator[Family]:
        """Yields nothing: readings are added later."""
        yield from ()

    def collect(self) -> Iterator[Family]:
        """Reads each."""
        for name, kind, text, read in self.readings:
            family = CounterMetricFamily if kind == "counter" else GaugeMetricFamily
            yield family(name, text, value=read())


class LoopLag:
    """Lag of the event loop, measured by a timer.

    While one call is worked on for too long, all others wait as long as this timer does.
    """

    def __init__(self) -> None:
        self._timer: asyncio.TimerHandle | None = None
        self._due = 0.0
        self._turn = 0.0
        self._now = 0.0  # the longest of this half of the window
        self._before = 0.0  # and of the half before

    def start(self) -> None:
        """Starts measuring, in the running loop."""
        self._turn = time.monotonic() + LAG_WINDOW / 2
        self._wait()

    def stop(self) -> None:
        """Ends measuring."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def seconds(self) -> float:
        """Returns the longest lag of the last 30 to 60 seconds."""
        late = time.monotonic() - self._due if self._timer is not None else 0.0  # also what has not ended yet
        return round(max(self._now, self._before, late), 4)

    def reading(self) -> Reading:
        """Returns the metric."""
        text = "The longest that the event loop kept a timer waiting, within the last minute."
        return Reading(LAG_NAME, "gauge", text, self.seconds)

    def _wait(self) -> None:
        self._due = time.monotonic() + LAG_TICK
        self._timer = asyncio.get_running_loop().call_later(LAG_TICK, self._look)

    def _look(self) -> None:
        now = time.monotonic()
        if now >= self._turn:
            self._turn = now + LAG_WINDOW / 2
            self._before, self._now = self._now, 0.0
        self._now = max(self._now, now - self._due)
        self._wait()


def dropped_lines(read: Callable[[], float]) -> Reading:
    """Returns the metric of dropped log lines."""
    return Reading("openai_grpc_log_lines_dropped_total", "counter", "Log lines that nobody read.", read)


def label(text: str) -> str:
    """Returns a text as a label value; `other` if it is too long."""
    return text if len(text) <= MAX_LABEL else OTHER


CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
OPEN_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8"
_ACCEPTS_OPEN: Final = re.compile(rb"\r\naccept:[^\r\n]*\bapplication/openmetrics-text\b", re.IGNORECASE)
TIMEOUT = 10.0  # seconds in which a request must arrive and its answer be read
MAX_CONNECTIONS = 32


class MetricsServer:
    """HTTP server of one page.

    Args:
        page: Returns the page.
        open_page: Returns it for those who accept OpenMetrics; None: they get the same.
    """

    def __init__(
        self, page: Callable[[], Awaitable[str]], open_page: Callable[[], Awaitable[str]] | None = None
    ) -> None:
        self._page = page
        self._open_page = open_page
        self._serving: set[asyncio.Task[None]] = set()

    async def start(self, host: str, port: int) -> int:
        """Starts listening; returns the port.

        Raises:
            ConfigError: The address can't be listened on.
        """
        try:
            self._server = await asyncio.start_server(self._connected, host, port)
        except OSError as error:
            raise ConfigError(listen_problem(host, port, error, "server.metrics_port")) from error
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Stops, and drops requests in progress."""
        self._server.close()
        for task in self._serving:
            task.cancel()
        await self._server.wait_closed()

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._serving) >= MAX_CONNECTIONS:
            writer.transport.abort()
            return
        task = asyncio.create_task(self._serve(reader, writer))
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.transport.set_write_buffer_limits(0)  # `drain` waits until all is sent
        try:
            async with asyncio.timeout(TIMEOUT):
                head = await reader.readuntil(b"\r\n\r\n")
                writer.write(await self._answer(head))
                await writer.drain()
        except (TimeoutError, ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # the client has gone away, or does not speak HTTP
        finally:
            if writer.transport.get_write_buffer_size():  # nobody reads it
                writer.transport.abort()
            writer.close()

    async def _answer(self, head: bytes) -> bytes:
        method, _, rest = head.partition(b" ")
        target = rest.partition(b" ")[0].partition(b"?")[0]
        if target != b"/metrics" or method not in {b"GET", b"HEAD"}:
            return answer("404 Not Found", b"metrics are at /metrics\n", method)
        if self._open_page is not None and _ACCEPTS_OPEN.search(head):
            return answer("200 OK", (await self._open_page()).encode(), method, OPEN_TYPE)
        return answer("200 OK", (await self._page()).encode(), method)


def answer(status: str, body: bytes, method: bytes, content_type: str = CONTENT_TYPE) -> bytes:
    """Returns an HTTP response; without a body for HEAD."""
    lines = (f"HTTP/1.1 {status}", f"Content-Type: {content_type}", f"Content-Length: {len(body)}", "Connection: close")
    return "\r\n".join((*lines, "", "")).encode() + (b"" if method == b"HEAD" else body)
