"""`ChatService`: chat completions."""

from typing import Any

from google.protobuf.message import Message

from openai_grpc.v1 import chat_pb2
from openai_grpc_server.bridge import adapter as bridged
from openai_grpc_server.calls.call import Call
from openai_grpc_server.runtime.offload import beside_loop
from openai_grpc_server.services.base import Service
from openai_grpc_server.streams.accumulate import ChatAccumulator
from openai_grpc_server.streams.chat import ChunkEvents, ask_for_usage


class ChatService(Service):
    """Chat completions; those that are stored are got, listed, updated and deleted as they are."""

    descriptor = chat_pb2.DESCRIPTOR.services_by_name["ChatService"]

    async def create_chat_completion(self, call: Call, request: chat_pb2.CreateChatCompletionRequest) -> Message:
        """Serves `CreateChatCompletion`."""
        return await self.route(call, request, self._create)

    async def stream_chat_completion(self, call: Call, request: chat_pb2.CreateChatCompletionRequest) -> None:
        """Serves `StreamChatCompletion`."""
        await self.route(call, request, self._stream)

    def _value(self, call: Call, request: Message) -> dict[str, Any]:
        return bridged.system_messages(call.chosen.config, self.prepare(call, request))

    async def _create(self, call: Call, request: chat_pb2.CreateChatCompletionRequest) -> Message:
        value = await beside_loop(call.large, self._value, call, request)
        bridge = bridged.chat_bridge(call.chosen, value)
        return await (self.fetch(call, value) if bridge is None else bridged.fetch(self, call, bridge))

    async def _stream(self, call: Call, request: chat_pb2.CreateChatCompletionRequest) -> None:
        value = await beside_loop(call.large, self._value, call, request)
        bridge = bridged.chat_bridge(call.chosen, value)
        if bridge is not None:
            await bridged.stream(self, call, bridge, accumulate=request.call_options.accumulate)
            return
        events = ChunkEvents(
            call,
            chat_pb2.ChatCompletionChunk,
            hide_usage=call.chosen.config.include_usage and ask_for_usage(value, always=call.meter is not None),
            accumulator=ChatAccumulator(call.max_message_bytes) if request.call_options.accumulate else None,
        )
        await self.stream(call, value, events)
