"""Namespaces of the client, named as in OpenAI's client. Made of `async_resources.py`: do not edit."""

from typing import Unpack

from openai_grpc.client import _rpcs as rpcs
from openai_grpc.client._sync import Connection, ServerStream, Unary
from openai_grpc.client._text import Prompt, chat_messages, chat_text
from openai_grpc.client.params import CreateChatCompletionParams
from openai_grpc.client.reply import Reply
from openai_grpc.v1 import ChatCompletion


class Chat:
    """`client.chat`: namespace of chat completions; callable."""

    def __init__(self, connection: Connection) -> None:
        self.completions = ChatCompletions(connection)

    def __call__(
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
        completion, metadata = self.completions.create.with_call(**params)
        return Reply(chat_text(completion), completion, metadata)


class ChatCompletions:
    """`client.chat.completions`."""

    def __init__(self, connection: Connection) -> None:
        self.create = Unary(connection, rpcs.CREATE_CHAT_COMPLETION)
        self.stream = ServerStream(connection, rpcs.STREAM_CHAT_COMPLETION)
        self.retrieve = Unary(connection, rpcs.GET_CHAT_COMPLETION)
        self.list = Unary(connection, rpcs.LIST_CHAT_COMPLETIONS)
        self.update = Unary(connection, rpcs.UPDATE_CHAT_COMPLETION)
        self.delete = Unary(connection, rpcs.DELETE_CHAT_COMPLETION)
        self.messages = ChatCompletionMessages(connection)


class ChatCompletionMessages:
    """`client.chat.completions.messages`."""

    def __init__(self, connection: Connection) -> None:
        self.list = Unary(connection, rpcs.LIST_CHAT_COMPLETION_MESSAGES)


class Responses:
    """`client.responses`."""

    def __init__(self, connection: Connection) -> None:
        self.create = Unary(connection, rpcs.CREATE_RESPONSE)
        self.stream = ServerStream(connection, rpcs.STREAM_RESPONSE)
        self.retrieve = Unary(connection, rpcs.GET_RESPONSE)
        self.resume = ServerStream(connection, rpcs.RESUME_RESPONSE)
        self.delete = Unary(connection, rpcs.DELETE_RESPONSE)
        self.cancel = Unary(connection, rpcs.CANCEL_RESPONSE)
        self.compact = Unary(connection, rpcs.COMPACT_RESPONSE)
        self.input_items = ResponseInputItems(connection)
        self.input_tokens = ResponseInputTokens(connection)


class ResponseInputItems:
    """`client.responses.input_items`."""

    def __init__(self, connection: Connection) -> None:
        self.list = Unary(connection, rpcs.LIST_RESPONSE_INPUT_ITEMS)


class ResponseInputTokens:
    """`client.responses.input_tokens`."""

    def __init__(self, connection: Connection) -> None:
        self.count = Unary(connection, rpcs.COUNT_RESPONSE_INPUT_TOKENS)


class Completions:
    """`client.completions`."""

    def __init__(self, connection: Connection) -> None:
        self.create = Unary(connection, rpcs.CREATE_COMPLETION)
        self.stream = ServerStream(connection, rpcs.STREAM_COMPLETION)


class Models:
    """`client.models`."""

    def __init__(self, connection: Connection) -> None:
        self.list = Unary(connection, rpcs.LIST_MODELS)
        self.retrieve = Unary(connection, rpcs.GET_MODEL)


class Embeddings:
    """`client.embeddings`."""

    def __init__(self, connection: Connection) -> None:
        self.create = Unary(connection, rpcs.CREATE_EMBEDDING)


class Audio:
    """`client.audio`."""

    def __init__(self, connection: Connection) -> None:
        self.transcriptions = Transcriptions(connection)


class Transcriptions:
    """`client.audio.transcriptions`."""

    def __init__(self, connection: Connection) -> None:
        self.create = Unary(connection, rpcs.CREATE_TRANSCRIPTION)
        self.upload = Unary(connection, rpcs.UPLOAD_TRANSCRIPTION)
        self.stream = ServerStream(connection, rpcs.STREAM_TRANSCRIPTION)
