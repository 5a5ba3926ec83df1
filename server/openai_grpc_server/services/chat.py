"""`ChatService`: chat completions."""

from typing import Any

from openai_grpc.codec import from_object
from openai_grpc.v1 import chat_pb2
from openai_grpc_server.errors import GatewayError, from_error_object
from openai_grpc_server.services.accumulate import ChatAccumulator, numbered
from openai_grpc_server.services.base import Service, json_request
from openai_grpc_server.services.call import Call


class ChatService(Service):
    """Chat completions; those that are stored are got, listed, updated and deleted as they are."""

    descriptor = chat_pb2.DESCRIPTOR.services_by_name["ChatService"]

    async def stream_chat_completion(self, call: Call, request: chat_pb2.CreateChatCompletionRequest) -> None:
        """Serves `StreamChatCompletion`."""
        value = self.prepare(call, request)
        value["stream"] = True
        hide_usage = call.chosen.config.include_usage and ask_for_usage(value)
        events = ChatEvents(call, hide_usage=hide_usage, accumulate=request.call_options.accumulate)
        await self.stream(call, json_request(call, value, self.settings.key_header, streaming=True), events)


def ask_for_usage(value: dict[str, Any]) -> bool:
    """Asks for the usage of a stream unless the caller said whether to; returns whether it did."""
    options = value.setdefault("stream_options", {})
    if not isinstance(options, dict) or "include_usage" in options:
        return False
    options["include_usage"] = True
    return True


class ChatEvents:
    """Reads the chunks of a chat completion.

    They end with `[DONE]`. Servers that leave it out are believed when every choice has its `finish_reason`.

    Args:
        call: The call; its usage is noted.
        hide_usage: Whether the chunk that has nothing but the usage is kept from the caller, who did not ask for it.
        accumulate: Whether to send the whole completion as the last message.
    """

    def __init__(self, call: Call, *, hide_usage: bool, accumulate: bool) -> None:
        self.complete = False
        self.failure: GatewayError | None = None
        self._call = call
        self._hide_usage = hide_usage
        self._finished: dict[int, bool] = {}
        self._accumulator = ChatAccumulator() if accumulate else None

    def read(self, value: Any) -> chat_pb2.ChatCompletionChunk | None:
        """Returns the chunk of an event; an error that comes without choices is no chunk."""
        if value.get("error"):
            self.failure = from_error_object(value, safe=False, started=True)
            if not value.get("choices"):
                return None
        for index, choice in numbered(value.get("choices")):
            self._finished[index] = bool(choice.get("finish_reason")) or self._finished.get(index, False)
        if self._accumulator is not None:
            self._accumulator.add(value)
        chunk = from_object(chat_pb2.ChatCompletionChunk, value)
        if chunk.HasField("usage"):
            self._call.usage = chunk.usage
            if self._hide_usage and not chunk.choices:
                return None
        return chunk

    def ended(self) -> None:
        """Looks whether every choice is finished."""
        self.complete = bool(self._finished) and all(self._finished.values())

    def last(self) -> chat_pb2.ChatCompletionChunk | None:
        """Returns a chunk that has the whole completion, if that was asked for."""
        if self._accumulator is None:
            return None
        completion = from_object(chat_pb2.ChatCompletion, self._accumulator.completion())
        return chat_pb2.ChatCompletionChunk(
            id=completion.id,
            created=completion.created,
            model=completion.model,
            accumulated=completion,
            call_info=self._call.info(),
        )
