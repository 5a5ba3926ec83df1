"""Namespaces of the client for asyncio, named as in OpenAI's client."""

from typing import Unpack

from openai_grpc.client import _rpcs as rpcs
from openai_grpc.client._async import AsyncConnection, AsyncServerStream, AsyncUnary
from openai_grpc.client._text import Prompt, chat_messages, chat_text
from openai_grpc.client.params import CreateChatCompletionParams
from openai_grpc.client.reply import Reply
from openai_grpc.v1 import ChatCompletion


class AsyncChat:
    """`client.chat`: namespace of chat completions; callable."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.completions = AsyncChatCompletions(connection)

    async def __call__(
        self, prompt: Prompt, /, *, system: str | None = None, **params: Unpack[CreateChatCompletionParams]
    ) -> Reply[ChatCompletion]:
        """Completes a chat.

        Args:
            prompt: The user's message, or the whole conversation as messages.
            system: The system message.
            **params: Further arguments, as of `chat.completions.create`.

        Raises:
            APIError: The call failed.
        """
        params["messages"] = chat_messages(prompt, system)
        completion, metadata = await self.completions.create.with_call(**params)
        return Reply(chat_text(completion), completion, metadata)


class AsyncChatCompletions:
    """`client.chat.completions`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.create = AsyncUnary(connection, rpcs.CREATE_CHAT_COMPLETION)
        self.stream = AsyncServerStream(connection, rpcs.STREAM_CHAT_COMPLETION)
        self.retrieve = AsyncUnary(connection, rpcs.GET_CHAT_COMPLETION)
        self.list = AsyncUnary(connection, rpcs.LIST_CHAT_COMPLETIONS)
        self.update = AsyncUnary(connection, rpcs.UPDATE_CHAT_COMPLETION)
        self.delete = AsyncUnary(connection, rpcs.DELETE_CHAT_COMPLETION)
        self.messages = AsyncChatCompletionMessages(connection)


class AsyncChatCompletionMessages:
    """`client.chat.completions.messages`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.list = AsyncUnary(connection, rpcs.LIST_CHAT_COMPLETION_MESSAGES)


class AsyncResponses:
    """`client.responses`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.create = AsyncUnary(connection, rpcs.CREATE_RESPONSE)
        self.stream = AsyncServerStream(connection, rpcs.STREAM_RESPONSE)
        self.retrieve = AsyncUnary(connection, rpcs.GET_RESPONSE)
        self.resume = AsyncServerStream(connection, rpcs.RESUME_RESPONSE)
        self.delete = AsyncUnary(connection, rpcs.DELETE_RESPONSE)
        self.cancel = AsyncUnary(connection, rpcs.CANCEL_RESPONSE)
        self.compact = AsyncUnary(connection, rpcs.COMPACT_RESPONSE)
        self.input_items = AsyncResponseInputItems(connection)
        self.input_tokens = AsyncResponseInputTokens(connection)


class AsyncResponseInputItems:
    """`client.responses.input_items`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.list = AsyncUnary(connection, rpcs.LIST_RESPONSE_INPUT_ITEMS)


class AsyncResponseInputTokens:
    """`client.responses.input_tokens`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.count = AsyncUnary(connection, rpcs.COUNT_RESPONSE_INPUT_TOKENS)


class AsyncCompletions:
    """`client.completions`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.create = AsyncUnary(connection, rpcs.CREATE_COMPLETION)
        self.stream = AsyncServerStream(connection, rpcs.STREAM_COMPLETION)


class AsyncModels:
    """`client.models`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.list = AsyncUnary(connection, rpcs.LIST_MODELS)
        self.retrieve = AsyncUnary(connection, rpcs.GET_MODEL)


class AsyncEmbeddings:
    """`client.embeddings`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.create = AsyncUnary(connection, rpcs.CREATE_EMBEDDING)


class AsyncAudio:
    """`client.audio`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.transcriptions = AsyncTranscriptions(connection)


class AsyncTranscriptions:
    """`client.audio.transcriptions`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.create = AsyncUnary(connection, rpcs.CREATE_TRANSCRIPTION)
        self.upload = AsyncUnary(connection, rpcs.UPLOAD_TRANSCRIPTION)
        self.stream = AsyncServerStream(connection, rpcs.STREAM_TRANSCRIPTION)
