"""Text of streams. Made of `async_text_stream.py`: do not edit."""

from collections.abc import Iterator
from typing import Any, Generic, Self, TypeVar

from google.protobuf.message import Message

from openai_grpc.client._text import TextReader
from openai_grpc.client.metadata import CallMetadata
from openai_grpc.client.stream import Stream

F = TypeVar("F", bound=Message)


class TextStream(Iterator[str], Generic[F]):
    """Text of a stream, in fragments.

    It ends and is left as an `Stream` is.

    Raises:
        APIError: From iteration: the call failed, perhaps after some text.
        ResponseFailedError: From iteration: the model's response failed.
    """

    def __init__(self, stream: Stream[Any], reader: TextReader[Any, F]) -> None:
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

    def __next__(self) -> str:
        while True:
            piece = self._reader.read(next(self._stream))
            if piece:
                return piece

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the stream; cancels the RPC if it has not ended."""
        self._stream.close()

    def metadata(self) -> CallMetadata:
        """Waits for the initial metadata and returns it."""
        return self._stream.metadata()
