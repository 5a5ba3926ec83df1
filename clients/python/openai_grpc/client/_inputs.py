"""Inputs of a stream of embeddings."""

from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import grpc
from google.protobuf.message import Message

from openai_grpc.client._request import Prepared, RequestStream, prepare
from openai_grpc.client._rpc import Rpc
from openai_grpc.client.errors import EmbeddingError
from openai_grpc.v1 import (
    CreateEmbeddingRequest,
    EmbeddingFailure,
    EmbeddingInput,
    StreamEmbeddingsReply,
    StreamEmbeddingsRequest,
)

Input = str | Sequence[int]
Inputs = Iterable[Input] | AsyncIterable[Input]

STREAM_EMBEDDINGS = Rpc(
    CreateEmbeddingRequest,
    StreamEmbeddingsReply,
    "/openai_grpc.v1.EmbeddingsService/StreamEmbeddings",
    doc="Embeds a stream of inputs.",
    upload_type=StreamEmbeddingsRequest,
    streams=True,
)
STATUSES = {code.value[0]: code for code in grpc.StatusCode}


@dataclass(frozen=True, slots=True)
class EmbeddingResult:
    """The vector of an input, or why it has none.

    Attributes:
        index: Index of the input, from 0.
        vector: The vector; empty if it failed.
        error: The failure; None if it has a vector.
    """

    index: int
    vector: Sequence[float]
    error: EmbeddingError | None


class InputStream(RequestStream):
    """Messages of the inputs, each taken when the one before is sent.

    Args:
        inputs: The inputs.
    """

    def __init__(self, inputs: Inputs) -> None:
        self._inputs = inputs

    def first(self, settings: Message) -> Message:
        """Returns the first message, which has the settings."""
        return StreamEmbeddingsRequest(config=cast("CreateEmbeddingRequest", settings))

    def messages(self) -> Iterator[StreamEmbeddingsRequest]:
        """Yields the messages.

        Raises:
            TypeError: An input is neither a text nor tokens, or they come from an asynchronous iterable.
        """
        if isinstance(self._inputs, AsyncIterable):
            raise TypeError("an asynchronous iterable can be sent by AsyncClient only")
        yield from map(message_of, self._inputs)

    async def async_messages(self) -> AsyncIterator[StreamEmbeddingsRequest]:
        """Yields the messages; what may block runs in a thread.

        Raises:
            TypeError: An input is neither a text nor tokens.
        """
        inputs = self._inputs
        if isinstance(inputs, AsyncIterable):
            async for each in inputs:
                yield message_of(each)
        elif isinstance(inputs, Sequence):
            for each in inputs:
                yield message_of(each)
        else:
            from asyncio import to_thread  # noqa: PLC0415 - asyncio takes its time to load; a blocking client needs none

            given = iter(inputs)
            while (read := await to_thread(next, given, None)) is not None:
                yield message_of(read)


def message_of(given: Input) -> StreamEmbeddingsRequest:
    """Returns the message of an input.

    Raises:
        TypeError: It is neither a text nor tokens.
    """
    if isinstance(given, str):
        return StreamEmbeddingsRequest(input=EmbeddingInput(text=given))
    if isinstance(given, Iterable) and not isinstance(given, bytes | bytearray):
        return StreamEmbeddingsRequest(input=EmbeddingInput(tokens=EmbeddingInput.TokenIds(values=given)))
    raise TypeError(f"an input is a text, or a list of token ids, not {type(given).__name__}")


def prepare_inputs(inputs: Inputs, params: Mapping[str, Any]) -> Prepared:
    """Builds the call of a stream of inputs.

    Raises:
        TypeError: The inputs are one text, or an argument does not exist.
    """
    if isinstance(inputs, str | bytes):
        raise TypeError("inputs are several: pass a list with the text")
    return replace(prepare(CreateEmbeddingRequest, None, params), upload=InputStream(inputs))


def result_of(reply: StreamEmbeddingsReply) -> EmbeddingResult | None:
    """Returns what a message says of an input; None: nothing."""
    if not reply.HasField("index"):
        return None
    failure = error_of(reply.index, reply.failure) if reply.HasField("failure") else None
    return EmbeddingResult(reply.index, cast("Sequence[float]", reply.embedding.embedding), failure)


def error_of(index: int, failure: EmbeddingFailure) -> EmbeddingError:
    """Returns the failure of an input as an error."""
    status = STATUSES.get(failure.code, grpc.StatusCode.UNKNOWN)
    return EmbeddingError(failure.message, index, status, failure.reason or None)
