"""A collector: a server of OpenTelemetry's own services, by gRPC or by HTTP, which keeps what it receives.

with Collector() as collector, running_gateway(..., telemetry=TelemetrySettings(endpoint=collector.url)) as gateway:
    ...
spans = collector.spans()  # a gateway that has stopped has exported all
"""

import gzip
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, NamedTuple, Self

import grpc
from google.protobuf.message import Message
from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2
from opentelemetry.proto.metrics.v1.metrics_pb2 import Metric
from opentelemetry.proto.trace.v1.trace_pb2 import Span

PACKAGE = "opentelemetry.proto.collector"
SERVICES: dict[str, tuple[Any, Message]] = {
    f"{PACKAGE}.trace.v1.TraceService": (
        trace_service_pb2.ExportTraceServiceRequest,
        trace_service_pb2.ExportTraceServiceResponse(),
    ),
    f"{PACKAGE}.metrics.v1.MetricsService": (
        metrics_service_pb2.ExportMetricsServiceRequest,
        metrics_service_pb2.ExportMetricsServiceResponse(),
    ),
}

PATHS = {"/v1/traces": f"{PACKAGE}.trace.v1.TraceService", "/v1/metrics": f"{PACKAGE}.metrics.v1.MetricsService"}


class SpanFacts(NamedTuple):
    """A span.

    Attributes:
        name: Its name.
        trace: Id of its trace, in hexadecimal.
        id: Its own id, likewise.
        parent: Id of its parent, likewise; empty without one.
        failed: Whether its status is an error.
        attributes: Its attributes.
    """

    name: str
    trace: str
    id: str
    parent: str
    failed: bool
    attributes: dict[str, Any]


class Exports:
    """What a collector has received.

    Attributes:
        received: The exports.
    """

    def __init__(self) -> None:
        self.received: list[Any] = []

    def spans(self) -> list[SpanFacts]:
        """Returns all spans, by their ends."""
        found = [
            span
            for each in self.received
            for resource in getattr(each, "resource_spans", ())
            for scope in resource.scope_spans
            for span in scope.spans
        ]
        return [facts(span) for span in sorted(found, key=lambda span: span.end_time_unix_nano)]

    def metrics(self) -> dict[str, Metric]:
        """Returns the metrics of the last export, by their names."""
        exports = [each for each in self.received if hasattr(each, "resource_metrics")]
        return {
            metric.name: metric
            for resource in exports[-1].resource_metrics
            for scope in resource.scope_metrics
            for metric in scope.metrics
        }

    def instances(self) -> dict[str, dict[str, Metric]]:
        """Returns the metrics of each process' last export, by `service.instance.id`."""
        return {
            attributes(resource.resource.attributes)["service.instance.id"]: {
                metric.name: metric for scope in resource.scope_metrics for metric in scope.metrics
            }
            for each in self.received
            for resource in getattr(each, "resource_metrics", ())
        }


class Collector(Exports):
    """A collector by gRPC; a context manager.

    Attributes:
        url: Its address.
    """

    def __init__(self) -> None:
        super().__init__()
        self._server = grpc.server(ThreadPoolExecutor(4))
        self.url = f"http://127.0.0.1:{self._server.add_insecure_port('127.0.0.1:0')}"
        for service, (request_type, answer) in SERVICES.items():
            self._server.add_generic_rpc_handlers((self._taking(service, request_type, answer),))

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop(0).wait()

    def _taking(self, service: str, request_type: type[Message], answer: Message) -> grpc.GenericRpcHandler:
        def export(request: Message, _: grpc.ServicerContext) -> Message:
            self.received.append(request)
            return answer

        method = grpc.unary_unary_rpc_method_handler(export, request_type.FromString, type(answer).SerializeToString)
        return grpc.method_handlers_generic_handler(service, {"Export": method})


class HttpCollector(Exports):
    """A collector by HTTP; a context manager.

    Attributes:
        url: Its address, without `/v1/traces`.
        paths: The paths of its requests.
    """

    def __init__(self) -> None:
        super().__init__()
        self.paths: set[str] = set()
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                request_type, answer = SERVICES[PATHS[self.path]]
                body = self.rfile.read(int(self.headers["content-length"]))
                if self.headers.get("content-encoding") == "gzip":
                    body = gzip.decompress(body)
                collector.paths.add(self.path)
                collector.received.append(request_type.FromString(body))
                self.send_response(200)
                self.send_header("content-type", "application/x-protobuf")
                self.end_headers()
                self.wfile.write(answer.SerializeToString())

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread = Thread(target=self._server.serve_forever)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def facts(span: Span) -> SpanFacts:
    """Returns what tests look at."""
    return SpanFacts(
        span.name,
        span.trace_id.hex(),
        span.span_id.hex(),
        span.parent_span_id.hex(),
        span.status.code == 2,
        attributes(span.attributes),
    )


def attributes(pairs: Any) -> dict[str, Any]:
    """Returns attributes as a dict."""
    return {pair.key: plain(pair.value) for pair in pairs}


def plain(value: Any) -> Any:
    """Returns the value of an attribute."""
    kind = value.WhichOneof("value")
    if kind == "array_value":
        return [plain(each) for each in value.array_value.values]
    return getattr(value, kind)
