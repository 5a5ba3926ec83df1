"""Return type of the shortcuts."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from google.protobuf.message import Message

from openai_grpc.client.metadata import CallMetadata

F = TypeVar("F", bound=Message)


@dataclass(frozen=True, slots=True)
class Reply(Generic[F]):
    """A reply with its text; `str()` returns the text.

    Attributes:
        text: The model's text, or the transcript.
        message: The whole reply: a `ChatCompletion`, a `Response`, a `Transcription`.
        metadata: Metadata of the reply, such as rate limits.
    """

    text: str
    message: F
    metadata: CallMetadata

    def __str__(self) -> str:
        return self.text
