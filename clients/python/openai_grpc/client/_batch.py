"""Requests of a batch to submit: messages, alone or with the caller's ids."""

from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from google.protobuf.message import Message

from openai_grpc.client._request import Prepared, RequestStream, prepare
from openai_grpc.client._rpc import Rpc
from openai_grpc.v1 import (
    Batch,
    BatchRequestInput,
    CreateBatchRequest,
    CreateChatCompletionRequest,
    CreateCompletionRequest,
    CreateEmbeddingRequest,
    CreateImageEditRequest,
    CreateImageRequest,
    CreateModerationRequest,
    CreateResponseRequest,
    CreateVideoRequest,
    SubmitBatchRequest,
)

Request = (
    CreateChatCompletionRequest
    | CreateResponseRequest
    | CreateEmbeddingRequest
    | CreateCompletionRequest
    | CreateModerationRequest
    | CreateImageRequest
    | CreateImageEditRequest
    | CreateVideoRequest
)
BatchRequest = Request | tuple[str, Request] | BatchRequestInput
BatchRequests = Iterable[BatchRequest] | AsyncIterable[BatchRequest]

_ARMS = {
    field.message_type.full_name: field.name
    for field in BatchRequestInput.DESCRIPTOR.fields
    if field.message_type is not None
}


@dataclass(frozen=True, slots=True)
class Requests(RequestStream):
    """The stream of a batch that is submitted.

    Attributes:
        given: The requests.
    """

    given: BatchRequests

    def first(self, settings: Message) -> Message:
        """Returns the first message, which has the settings."""
        made = SubmitBatchRequest()
        made.config.MergeFrom(cast("CreateBatchRequest", settings))
        return made

    def messages(self) -> Iterator[Message]:
        """Yields the requests.

        Raises:
            TypeError: A request is not one, or they come from an asynchronous iterable.
        """
        if isinstance(self.given, AsyncIterable):
            raise TypeError("an asynchronous iterable can be submitted by AsyncClient only")
        for each in self.given:
            yield _message(each)

    async def async_messages(self) -> AsyncIterator[Message]:
        """Yields the requests; an iterable that may block is read in a thread."""
        if isinstance(self.given, AsyncIterable):
            async for each in self.given:
                yield _message(each)
        elif isinstance(self.given, Sequence):
            for each in self.given:
                yield _message(each)
        else:
            from asyncio import to_thread  # noqa: PLC0415 - asyncio takes its time to load; a blocking client needs none

            messages = self.messages()
            while (read := await to_thread(lambda: next(messages, None))) is not None:
                yield read


class SubmitRpc(Rpc[Batch]):
    """The RPC that submits a batch; it is given the requests."""

    def build(self, given: Any = None, /, **params: Any) -> Prepared:
        """Builds its stream from a caller's arguments.

        Raises:
            TypeError: An argument that a batch does not have, or a value of a wrong type.
        """
        return replace(prepare(CreateBatchRequest, None, params), upload=Requests(given))


SUBMIT_BATCH = SubmitRpc(
    CreateBatchRequest,
    Batch,
    "/openai_grpc.v1.BatchesService/SubmitBatch",
    doc="Submits a batch of requests.",
    upload_type=SubmitBatchRequest,
)


def _message(given: object) -> SubmitBatchRequest:
    custom_id: object = None
    request = given
    match given:
        case BatchRequestInput():
            return SubmitBatchRequest(request=given)
        case (custom_id, request):
            pass
    arm = _ARMS.get(request.DESCRIPTOR.full_name) if isinstance(request, Message) else None
    if arm is None or not (custom_id is None or isinstance(custom_id, str)):
        raise TypeError(f"a batch has requests, or pairs of an id and a request, not a {type(given).__name__}")
    made = SubmitBatchRequest()
    if custom_id is not None:
        made.request.custom_id = custom_id
    getattr(made.request, arm).CopyFrom(request)
    return made
