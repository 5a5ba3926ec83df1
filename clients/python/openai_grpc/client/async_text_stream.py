"""Text of streams, for asyncio."""

from collections.abc import AsyncIterator
from typing import Any, Generic, Self, TypeVar

from google.protobuf.message import Message

from openai_grpc.client._text import TextReader
from openai_grpc.client.async_stream import AsyncStream
from openai_grpc.client.metadata import CallMetadata

F = TypeVar("F", bound=Message)


class AsyncTextStream(AsyncIterator[str], Generic[F]):
    """Text of a stream, in fragments.

    It ends and is left as an `AsyncStream` is.

    Raises:
        APIError: From iteration: the call failed, perhaps after some text.
        ResponseFailedError: From iteration: the model's response failed.
    """

    def __init__(self, stream: AsyncStream[Any], reader: TextReader[Any, F]) -> None:
        self._stream = stream
        self._reader = reader

    @property
    def text(self) -> str:
        """The text so far."""
        return self._reader.text

    @property
    def message(self) -> F | None:
        """The whole object (a `ChatCompletion`, a `Response`), once the stream has ended."""
        return self._reader.final or self._reader.final_of(self._stream.last)

    async def __anext__(self) -> str:
        while True:
            piece = self._reader.read(await anext(self._stream))
            if piece:
                return piece

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the stream; cancels the RPC if it has not ended."""
        self._stream.close()

    async def metadata(self) -> CallMetadata:
        """Waits for the initial metadata and returns it."""
        return await self._stream.metadata()
