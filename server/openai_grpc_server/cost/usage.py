"""What a call has used, from the usage that the upstream reported."""

from collections.abc import Callable
from typing import Any, NamedTuple

from google.protobuf.message import Message

from openai_grpc.v1 import chat_pb2, embeddings_pb2, response_pb2, transcription_pb2


class Usage(NamedTuple):
    """What a call has used.

    Attributes:
        input_tokens: Tokens of input, also those that were cached.
        cached_tokens: Those of them that came out of the prompt cache.
        output_tokens: Tokens of output, also those of reasoning.
        seconds: Seconds of audio, where that is what is billed.
    """

    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    seconds: float = 0.0

    @property
    def tokens(self) -> int:
        """Tokens of input and output."""
        return self.input_tokens + self.output_tokens


NONE = Usage()


def read_usage(message: Message | None) -> Usage:
    """Reads the usage message of a reply, or of the last message of a stream."""
    read = _READERS.get(type(message))
    return read(message) if read else NONE


def _chat(usage: Any) -> Usage:
    return Usage(usage.prompt_tokens, usage.prompt_tokens_details.cached_tokens, usage.completion_tokens)


def _response(usage: Any) -> Usage:
    return Usage(usage.input_tokens, usage.input_tokens_details.cached_tokens, usage.output_tokens)


def _embedding(usage: Any) -> Usage:
    return Usage(usage.prompt_tokens, 0, usage.completion_tokens)


def _transcription_tokens(usage: Any) -> Usage:
    return Usage(usage.input_tokens, 0, usage.output_tokens)


def _transcription(usage: Any) -> Usage:
    return Usage(usage.tokens.input_tokens, 0, usage.tokens.output_tokens, usage.duration.seconds)


_READERS: dict[type[Any], Callable[[Any], Usage]] = {
    chat_pb2.CompletionUsage: _chat,
    response_pb2.ResponseUsage: _response,
    embeddings_pb2.CreateEmbeddingResponse.EmbeddingUsage: _embedding,
    transcription_pb2.TranscriptionUsageTokens: _transcription_tokens,
    transcription_pb2.TranscriptionUsage: _transcription,
}
