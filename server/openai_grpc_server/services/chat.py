"""`ChatService`: chat completions."""

from openai_grpc.v1 import chat_pb2
from openai_grpc_server.services.accumulate import ChatAccumulator
from openai_grpc_server.services.base import Service, json_request
from openai_grpc_server.services.call import Call
from openai_grpc_server.services.chunks import ChunkEvents, ask_for_usage


class ChatService(Service):
    """Chat completions; those that are stored are got, listed, updated and deleted as they are."""

    descriptor = chat_pb2.DESCRIPTOR.services_by_name["ChatService"]

    async def stream_chat_completion(self, call: Call, request: chat_pb2.CreateChatCompletionRequest) -> None:
        """Serves `StreamChatCompletion`."""
        await self.route(call, request, self._stream)

    async def _stream(self, call: Call, request: chat_pb2.CreateChatCompletionRequest) -> None:
        value = self.prepare(call, request)
        value["stream"] = True
        events = ChunkEvents(
            call,
            chat_pb2.ChatCompletionChunk,
            hide_usage=call.chosen.config.include_usage and ask_for_usage(value),
            accumulator=ChatAccumulator() if request.call_options.accumulate else None,
        )
        await self.stream(call, json_request(call, value, self.settings.key_header, streaming=True), events)
