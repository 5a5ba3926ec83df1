"""`CompletionsService`: legacy completions."""

from openai_grpc.v1 import completions_pb2
from openai_grpc_server.calls.call import Call
from openai_grpc_server.runtime.offload import beside_loop
from openai_grpc_server.services.base import Service
from openai_grpc_server.streams.accumulate import CompletionAccumulator
from openai_grpc_server.streams.chat import ChunkEvents, ask_for_usage


class CompletionsService(Service):
    """Completions of a text, without messages."""

    descriptor = completions_pb2.DESCRIPTOR.services_by_name["CompletionsService"]

    async def stream_completion(self, call: Call, request: completions_pb2.CreateCompletionRequest) -> None:
        """Serves `StreamCompletion`."""
        await self.route(call, request, self._stream)

    async def _stream(self, call: Call, request: completions_pb2.CreateCompletionRequest) -> None:
        value = await beside_loop(call.received.large, self.prepare, call, request)
        events = ChunkEvents(
            call,
            completions_pb2.Completion,
            hide_usage=ask_for_usage(call, value),
            accumulator=CompletionAccumulator(call.max_message_bytes) if request.call_options.accumulate else None,
        )
        await self.stream(call, call.rpc, value, events)
