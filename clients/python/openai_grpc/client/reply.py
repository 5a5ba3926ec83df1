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
        text: What the model says, or heard.
        message: The whole reply: a `ChatCompletion`, a `Response`, a `Transcription`.
        metadata: What came beside it, such as rate limits.
    """

    text: str
    message: F
    metadata: CallMetadata

    def __str__(self) -> str:
        return self.text
