"""`ResponsesService`: responses."""

from collections.abc import AsyncIterator
from typing import Any

from google.protobuf.message import Message

from openai_grpc.codec import loads
from openai_grpc.v1 import response_pb2, responses_pb2
from openai_grpc_server.bridge import adapter as bridged
from openai_grpc_server.bridge.adapter import ResponsesByChat
from openai_grpc_server.calls.call import Call
from openai_grpc_server.calls.method import Rpc
from openai_grpc_server.config import DeploymentConfig
from openai_grpc_server.config.checks import is_openai
from openai_grpc_server.models.parameters import CHAT as CHAT_ONLY
from openai_grpc_server.runtime.offload import beside_loop
from openai_grpc_server.services.connection import Connection, LaneContext
from openai_grpc_server.services.jobs import Job, JobService
from openai_grpc_server.streams.responses import ResponseEvents

# Final statuses. Any other one is taken for transient: a watch that ends too soon would tell something wrong.
DONE = frozenset({"", "completed", "incomplete", "failed", "cancelled"})
# The longest interval between polls of a queued response, in seconds, by its completion window.
WINDOWS = {"2h": 60.0, "8h": 240.0}


def is_done(response: response_pb2.Response) -> bool:
    """Returns whether a response has its final status, or none."""
    return response.status in DONE


def longest_interval(response: response_pb2.Response, request: responses_pb2.WatchResponseRequest) -> float:
    """Returns the longest interval between polls of a response by its completion window, in seconds; 0: the usual."""
    if response.status != "queued":
        return 0.0
    window: str = request.completion_window
    if not window and "background_options" in response.extra_json:
        told = loads(response.extra_json).get("background_options")
        window = str(told.get("completion_window")) if isinstance(told, dict) else ""
    return WINDOWS.get(window, 0.0)


RESPONSE = Job(
    Rpc.from_descriptor(responses_pb2.DESCRIPTOR.services_by_name["ResponsesService"].methods_by_name["GetResponse"]),
    is_done,
    longest_interval,
)


class ResponsesService(JobService):
    """Responses, with unary calls for stored ones."""

    descriptor = responses_pb2.DESCRIPTOR.services_by_name["ResponsesService"]
    job = RESPONSE

    async def create_response(self, call: Call, request: responses_pb2.CreateResponseRequest) -> Message:
        """Serves `CreateResponse`."""
        return await self.route(call, request, self._create)

    async def once(self, call: Call, request: Message) -> Message:
        """Serves one attempt of an RPC with a JSON reply."""
        reply = await super().once(call, request)
        if call.access.meter is not None and isinstance(reply, response_pb2.Response):
            call.access.meter.ran(reply, created=call.rpc.creates)
        return reply

    async def stream_response(self, call: Call, request: responses_pb2.CreateResponseRequest) -> None:
        """Serves `StreamResponse`."""
        await self.route(call, request, self._create_stream)

    async def resume_response(self, call: Call, request: responses_pb2.ResumeResponseRequest) -> None:
        """Serves `ResumeResponse`."""
        await self.route(call, request, self._stream)

    async def watch_response(self, call: Call, request: responses_pb2.WatchResponseRequest) -> None:
        """Serves `WatchResponse`."""
        last = await self.watch(call, request)
        if call.access.meter is not None and isinstance(last, response_pb2.Response):
            call.access.meter.ran(last, created=False)

    async def connect(self, call: Call, messages: AsyncIterator[responses_pb2.ResponsesClientEvent]) -> None:
        """Serves `Connect`."""
        assert self.dispatch is not None  # noqa: S101 - set before calls are served
        await Connection(self, call, self.dispatch).serve(messages)

    async def _create(self, call: Call, request: Message) -> Message:
        config = call.route.chosen.config
        if not (config.responses_as_chat or self._refused(call)):
            return await self.once(call, request)
        return await bridged.fetch(self, call, ResponsesByChat(config, await self._value(call, request)))

    async def _create_stream(self, call: Call, request: Message) -> None:
        config = call.route.chosen.config
        if config.responses_as_chat or self._refused(call):
            await bridged.stream(self, call, ResponsesByChat(config, await self._value(call, request)))
        elif isinstance(call.context, LaneContext) and has_websocket(config):
            value = await self._value(call, request)
            if not await call.context.connection.stream(call, value):
                await self._stream(call, request)
        else:
            await self._stream(call, request)

    async def _stream(self, call: Call, request: Message) -> None:
        await self.stream(call, call.rpc, await self._value(call, request), ResponseEvents(call))

    async def _value(self, call: Call, request: Message) -> dict[str, Any]:
        return await beside_loop(call.received.large, self.prepare, call, request)

    def _refused(self, call: Call) -> bool:
        """Returns whether the upstream has refused `/responses` for the model recently."""
        route = call.route
        refusals = route.chosen.refusals
        return bool(refusals) and refusals.refuses(route.chosen.resolve(route.plan.model).model, CHAT_ONLY)


def has_websocket(config: DeploymentConfig) -> bool:
    """Returns whether an upstream serves responses over a WebSocket."""
    told = config.responses_websocket
    return is_openai(config.base_url) if told is None else told
