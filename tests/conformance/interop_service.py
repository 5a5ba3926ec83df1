"""grpc.testing.TestService, the service of gRPC's interoperability tests, and the ORCA load reports of two cases."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import grpc

from conformance.servers import Methods
from support.protos import message_classes

_SERVICE = "/grpc.testing.TestService/"
_LOAD_REPORTS = "/xds.service.orca.v3.OpenRcaService/StreamCoreMetrics"
_INITIAL, _TRAILING = "x-grpc-test-echo-initial", "x-grpc-test-echo-trailing-bin"
_LOAD = "endpoint-load-metrics-bin"
_MICROSECONDS = 1e6


def interop_methods() -> Methods:
    """Returns the methods of both services."""
    messages = message_classes(Path(__file__).parent, ["interop.proto"])
    service = _TestService(messages)

    def method(kind: str, behavior: Any, request: str, reply: str) -> "grpc.RpcMethodHandler[Any, Any]":
        make = getattr(grpc, f"{kind}_rpc_method_handler")
        made: grpc.RpcMethodHandler[Any, Any] = make(
            behavior,
            request_deserializer=messages[request].FromString,
            response_serializer=messages[reply].SerializeToString,
        )
        return made

    output = ("StreamingOutputCallRequest", "StreamingOutputCallResponse")
    return Methods(
        {
            f"{_SERVICE}EmptyCall": method("unary_unary", service.empty, "Empty", "Empty"),
            f"{_SERVICE}UnaryCall": method("unary_unary", service.unary, "SimpleRequest", "SimpleResponse"),
            f"{_SERVICE}StreamingInputCall": method(
                "stream_unary", service.streaming_input, "StreamingInputCallRequest", "StreamingInputCallResponse"
            ),
            f"{_SERVICE}StreamingOutputCall": method("unary_stream", service.streaming_output, *output),
            f"{_SERVICE}FullDuplexCall": method("stream_stream", service.full_duplex, *output),
            _LOAD_REPORTS: method("unary_stream", service.load_reports, "OrcaLoadReportRequest", "OrcaLoadReport"),
        }
    )


class _TestService:
    def __init__(self, messages: dict[str, type[Any]]) -> None:
        self._messages = messages
        self._load = messages["OrcaLoadReport"]()

    async def empty(self, _: Any, context: Any) -> Any:
        await _echo_metadata(context)
        return self._messages["Empty"]()

    async def unary(self, request: Any, context: Any) -> Any:
        if request.HasField("orca_per_query_report"):
            context.set_trailing_metadata(((_LOAD, self._report(request.orca_per_query_report).SerializeToString()),))
        await _echo_metadata(context)
        await _echo_status(request, context)
        return self._messages["SimpleResponse"](
            payload={"body": bytes(request.response_size)}, server_id="only" if request.fill_server_id else ""
        )

    async def streaming_input(self, requests: AsyncIterator[Any], _: Any) -> Any:
        size = sum([len(request.payload.body) async for request in requests])
        return self._messages["StreamingInputCallResponse"](aggregated_payload_size=size)

    async def streaming_output(self, request: Any, context: Any) -> None:
        await _echo_metadata(context)
        await self._answer(request, context)
        await _echo_status(request, context)

    async def full_duplex(self, requests: AsyncIterator[Any], context: Any) -> None:
        await _echo_metadata(context)
        async for request in requests:
            if request.HasField("orca_oob_report"):
                self._load = self._report(request.orca_oob_report)
            await _echo_status(request, context)
            await self._answer(request, context)

    async def load_reports(self, request: Any, context: Any) -> None:
        interval = request.report_interval.seconds + request.report_interval.nanos / 1e9
        while True:
            await context.write(self._load)
            await asyncio.sleep(interval)

    async def _answer(self, request: Any, context: Any) -> None:
        for parameters in request.response_parameters:
            if parameters.interval_us:
                await asyncio.sleep(parameters.interval_us / _MICROSECONDS)
            reply = self._messages["StreamingOutputCallResponse"](payload={"body": bytes(parameters.size)})
            await context.write(reply)

    def _report(self, report: Any) -> Any:
        return self._messages["OrcaLoadReport"](
            cpu_utilization=report.cpu_utilization,
            mem_utilization=report.memory_utilization,
            request_cost=dict(report.request_cost),
            utilization=dict(report.utilization),
        )


async def _echo_metadata(context: Any) -> None:
    for key, value in context.invocation_metadata():
        if key == _INITIAL:
            await context.send_initial_metadata(((_INITIAL, value),))
        elif key == _TRAILING:
            context.set_trailing_metadata(((_TRAILING, value),))


async def _echo_status(request: Any, context: Any) -> None:
    if request.response_status.code:
        code = next(code for code in grpc.StatusCode if code.value[0] == request.response_status.code)
        await context.abort(code, request.response_status.message)
