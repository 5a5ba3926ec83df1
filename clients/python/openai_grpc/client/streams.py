"""Streams of each kind of reply. Made of `async_streams.py`: do not edit."""

import os
from collections.abc import Generator
from contextlib import nullcontext
from typing import Any, BinaryIO

from openai_grpc.client import _text
from openai_grpc.client._files import to_write
from openai_grpc.client._inputs import EmbeddingResult, result_of
from openai_grpc.client.stream import Stream
from openai_grpc.client.text_stream import TextStream
from openai_grpc.v1 import (
    Batch,
    BatchResult,
    ChatCompletion,
    ChatCompletionChunk,
    Completion,
    CreateEmbeddingResponse,
    FileChunk,
    ImageCompletedEvent,
    ImageStreamEvent,
    Response,
    ResponseStreamEvent,
    SpeechAudioDoneEvent,
    SpeechChunk,
    SpeechStreamEvent,
    StreamEmbeddingsReply,
    TranscriptionStreamEvent,
    TranscriptionTextDoneEvent,
    Video,
)


class ChatCompletionStream(Stream[ChatCompletionChunk]):
    """Chunks of a chat completion."""

    def text(self) -> TextStream[ChatCompletion]:
        """Returns the text of the first choice, to iterate over, instead of the chunks."""
        return TextStream(self, _text.chat_reader())

    def final(self) -> ChatCompletion:
        """Reads to the end and returns the whole completion, which the gateway put together.

        Raises:
            APIError: The call failed.
            OpenAIGrpcError: The stream was left before its end, or does not bring the whole.
        """
        return _text.whole(_text.chat_final(self.drain()))

    def get_final_completion(self) -> ChatCompletion:
        """Does the same as `final`, by the name that OpenAI's client has for it."""
        return self.final()


class CompletionStream(Stream[Completion]):
    """Chunks of a text completion."""

    def text(self) -> TextStream[Completion]:
        """Returns the text of the first choice, to iterate over, instead of the chunks."""
        return TextStream(self, _text.completion_reader())

    def final(self) -> Completion:
        """Reads to the end and returns the whole completion, which the gateway put together.

        Raises:
            APIError: The call failed.
            OpenAIGrpcError: The stream was left before its end, or does not bring the whole.
        """
        return _text.whole(_text.completion_final(self.drain()))


class ResponseStream(Stream[ResponseStreamEvent]):
    """Events of a response, for a `match` of `event.WhichOneof("kind")`."""

    def text(self) -> TextStream[Response]:
        """Returns the text, to iterate over, instead of the events."""
        return TextStream(self, _text.response_reader())

    def final(self) -> Response:
        """Reads to the end and returns the whole response, which the last event has.

        Raises:
            APIError: The call failed.
            OpenAIGrpcError: The stream was left before its end.
            ResponseFailedError: The response failed.
        """
        return _text.whole(_text.response_final(self.drain()))

    def get_final_response(self) -> Response:
        """Does the same as `final`, by the name that OpenAI's client has for it."""
        return self.final()


class ResponseStates(Stream[Response]):
    """States of a response that runs in the background, up to its last one."""

    def final(self) -> Response:
        """Waits until the response is done, and returns it, whatever its status.

        Raises:
            APIError: The call failed.
            OpenAIGrpcError: The stream was left before its end.
        """
        return self.drain()


class VideoStates(Stream[Video]):
    """States of a video, up to its last one."""

    def final(self) -> Video:
        """Waits until the video is done, and returns it, whatever its status.

        Raises:
            APIError: The call failed.
            OpenAIGrpcError: The stream was left before its end.
        """
        return self.drain()


class BatchStates(Stream[Batch]):
    """States of a batch, up to its last one."""

    def final(self) -> Batch:
        """Waits until the batch is done, and returns it, whatever its status.

        Raises:
            APIError: The call failed.
            OpenAIGrpcError: The stream was left before its end.
        """
        return self.drain()


class BatchResults(Stream[BatchResult]):
    """Results of a batch, for a `match` of `result.WhichOneof("result")`."""


class ImageStream(Stream[ImageStreamEvent]):
    """Events of images, partial and finished."""

    def final(self) -> ImageCompletedEvent:
        """Reads to the end and returns the last finished image.

        Raises:
            APIError: The call failed.
            OpenAIGrpcError: The stream was left before its end.
        """
        return _text.whole(_text.image_final(self.drain()))


class SpeechStream(Stream[SpeechChunk]):
    """Audio in chunks of bytes."""

    def read(self) -> bytes:
        """Reads to the end and returns the audio.

        Raises:
            APIError: The call failed.
        """
        return b"".join([chunk.data for chunk in self])

    def write_to_file(self, file: str | os.PathLike[str]) -> None:
        """Writes the audio to a file as it arrives. A file that is cut off stays, as far as it came.

        Args:
            file: Its path; the file is replaced if it exists.

        Raises:
            APIError: The call failed.
            OSError: The file can't be written.
        """
        with to_write(file) as opened:
            for chunk in self:
                data: bytes = chunk.data
                opened.write(data)


class FileStream(Stream[FileChunk]):
    """A file in chunks of bytes, of which the last has the checksum. One that breaks off goes on where it was."""

    def read(self) -> bytes:
        """Reads to the end and returns the content.

        Raises:
            APIError: The call failed.
            OpenAIGrpcError: The content differs from its checksum, or has changed.
        """
        return b"".join([chunk.data for chunk in self])

    def write_to_file(self, file: str | os.PathLike[str] | BinaryIO) -> None:
        """Writes the content to a file as it arrives. One that is cut off stays, to be resumed at its size.

        Args:
            file: Its path, which is replaced if it exists; or a file open for writing, which stays open.

        Raises:
            APIError: The call failed.
            OpenAIGrpcError: The content differs from its checksum, or has changed.
            OSError: The file can't be written.
        """
        with to_write(file) if isinstance(file, str | os.PathLike) else nullcontext(file) as opened:
            for chunk in self:
                data: bytes = chunk.data
                opened.write(data)


class SpeechEventStream(Stream[SpeechStreamEvent]):
    """Events of speech, with audio in bytes."""

    def final(self) -> SpeechAudioDoneEvent:
        """Reads to the end and returns the last event, which has the usage.

        Raises:
            APIError: The call failed.
            OpenAIGrpcError: The stream was left before its end.
        """
        return _text.whole(_text.speech_final(self.drain()))


class EmbeddingStream(Stream[StreamEmbeddingsReply]):
    """Vectors of a stream of inputs, in their order. The last message has the usage."""

    def vectors(self) -> Generator[EmbeddingResult]:
        """Yields the vector of each input, or its error. Leaving the loop closes the stream.

        Raises:
            APIError: The call failed.
        """
        try:
            for reply in self:
                result = result_of(reply)
                if result is not None:
                    yield result
        except GeneratorExit:
            self.close()
            raise

    def final(self) -> CreateEmbeddingResponse.EmbeddingUsage:
        """Reads to the end and returns the usage of all inputs.

        Raises:
            APIError: The call failed.
            OpenAIGrpcError: The stream was left before its end.
        """
        return _text.whole(_text.embeddings_final(self.drain()))


class TranscriptionStream(Stream[TranscriptionStreamEvent]):
    """Events of a transcription."""

    def text(self) -> TextStream[TranscriptionTextDoneEvent]:
        """Returns the text, to iterate over, instead of the events."""
        return TextStream(self, _text.transcription_reader())

    def final(self) -> TranscriptionTextDoneEvent:
        """Reads to the end and returns the last event, which has the whole text.

        Raises:
            APIError: The call failed.
            OpenAIGrpcError: The stream was left before its end.
        """
        return _text.whole(_text.transcription_final(self.drain()))


STREAMS: dict[Any, Any] = {
    ChatCompletionChunk: ChatCompletionStream,
    Completion: CompletionStream,
    FileChunk: FileStream,
    ImageStreamEvent: ImageStream,
    Response: ResponseStates,
    Batch: BatchStates,
    BatchResult: BatchResults,
    Video: VideoStates,
    ResponseStreamEvent: ResponseStream,
    SpeechChunk: SpeechStream,
    StreamEmbeddingsReply: EmbeddingStream,
    SpeechStreamEvent: SpeechEventStream,
    TranscriptionStreamEvent: TranscriptionStream,
}
"""The class of a stream, by that of its messages."""
