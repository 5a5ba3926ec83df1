"""Chats, legacy completions of a text, moderations and decisions, each with its service."""

from collections.abc import Coroutine
from typing import Any

from google.protobuf.message import Message

from openai_grpc.v1 import chat_pb2, completions_pb2, decisions_pb2, moderations_pb2
from openai_grpc_server.bridge import adapter as bridged
from openai_grpc_server.calls.call import Call
from openai_grpc_server.runtime.offload import beside_loop, in_thread
from openai_grpc_server.services.base import Service
from openai_grpc_server.streams.accumulate import ChatAccumulator, CompletionAccumulator
from openai_grpc_server.streams.chat import ChunkEvents, ask_for_usage


class ChatService(Service):
    """Chat completions, with unary calls for stored ones."""

    descriptor = chat_pb2.DESCRIPTOR.services_by_name["ChatService"]

    def create_chat_completion(
        self, call: Call, request: chat_pb2.CreateChatCompletionRequest
    ) -> Coroutine[Any, Any, Message]:
        """Serves `CreateChatCompletion`."""
        return self.route(call, request, self._create)

    async def stream_chat_completion(self, call: Call, request: chat_pb2.CreateChatCompletionRequest) -> None:
        """Serves `StreamChatCompletion`."""
        await self.route(call, request, self._stream)

    def _value(self, call: Call, request: Message) -> dict[str, Any]:
        value = self.prepare(call, request)
        config = call.route.chosen.config
        return value if config.supports_system_message else bridged.system_messages(value)

    async def _create(self, call: Call, request: chat_pb2.CreateChatCompletionRequest) -> Message:
        large, chosen = call.received.large, call.route.chosen
        value = await in_thread(self._value, call, request) if large else self._value(call, request)
        api = call.route.api
        bridge = bridged.chat_bridge(chosen, value, api) if api or chosen.may_bridge_chat or chosen.refusals else None
        return await (
            self.fetch(call, call.rpc, value, relays=True) if bridge is None else bridged.fetch(self, call, bridge)
        )

    async def _stream(self, call: Call, request: chat_pb2.CreateChatCompletionRequest) -> None:
        large, chosen = call.received.large, call.route.chosen
        value = await in_thread(self._value, call, request) if large else self._value(call, request)
        api = call.route.api
        bridge = bridged.chat_bridge(chosen, value, api) if api or chosen.may_bridge_chat or chosen.refusals else None
        if bridge is not None:
            await bridged.stream(self, call, bridge, accumulate=request.call_options.accumulate)
            return
        events = ChunkEvents(
            call,
            chat_pb2.ChatCompletionChunk,
            hide_usage=ask_for_usage(call, value),
            accumulator=ChatAccumulator(call.max_message_bytes) if request.call_options.accumulate else None,
        )
        await self.stream(call, call.rpc, value, events)


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


class ModerationsService(Service):
    """Moderations."""

    descriptor = moderations_pb2.DESCRIPTOR.services_by_name["ModerationsService"]


class DecisionsService(Service):
    """Answers to closed questions."""

    descriptor = decisions_pb2.DESCRIPTOR.services_by_name["DecisionsService"]
