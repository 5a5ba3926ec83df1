"""Exceptions of calls.

    OpenAIGrpcError
      + APIError                          the call failed; `status` and `reason` say how
        + BadRequestError                 INVALID_ARGUMENT, OUT_OF_RANGE
        + AuthenticationError             UNAUTHENTICATED
        + PermissionDeniedError           PERMISSION_DENIED
        + NotFoundError                   NOT_FOUND
        + ConflictError                   ABORTED, ALREADY_EXISTS
        + FailedPreconditionError         FAILED_PRECONDITION
        + ResourceExhaustedError          RESOURCE_EXHAUSTED, such as a message above a limit
          + RateLimitError                too many requests or tokens; `retry_after` says when to come back
          + QuotaExceededError            the quota is spent; waiting does not help
        + DeadlineExceededError           DEADLINE_EXCEEDED; also a TimeoutError
        + CallCancelledError              CANCELLED
        + UnavailableError                UNAVAILABLE; also a ConnectionError
        + UnimplementedError              UNIMPLEMENTED: the server is another one, or an older one
        + InternalError                   INTERNAL, UNKNOWN, DATA_LOSS
          + UpstreamConnectionLostError   the upstream may have carried the call out, and billed it
          + UpstreamTruncatedError        the answer broke off; what came of it is not the whole
          + UpstreamCredentialsError      the upstream refused the gateway's own key
      + ResponseFailedError               the model's response failed; raised by the shortcuts and by `final`
      + ReplyError                        the reply is not a value of the type that was asked for; has its `text`
        + RefusalError                    the model refused
        + CutReplyError                   the reply was cut: by a limit of tokens, or by a filter of content
        + InvalidReplyError               the reply is not JSON of the type
      + EmbeddingError                    an input of a stream of embeddings has no vector
      + RunError                          a run of tools that did not end with an answer; has its `messages`
        + ToolError                       a tool raised, of a run that ends with it
        + TooManyRoundsError              the model still calls tools after the last round
      + ChecksumError                     a file differs from its checksum
      + ClientClosedError                 the client is closed

A request that can't be built raises `TypeError`, `OSError` for a file that can't be read, or `CodecError`.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

import grpc
from google.protobuf.message import Message

from openai_grpc.client.metadata import CallMetadata

if TYPE_CHECKING:
    from google.rpc.error_details_pb2 import (  # type: ignore[import-untyped]  # ships no py.typed
        BadRequest,
        QuotaFailure,
    )

    from openai_grpc.v1 import ChatCompletionRequestMessage, Response, ResponseItem


class Facts(TypedDict, total=False):
    """Facts about a failure."""

    status: grpc.StatusCode
    reason: str
    http_status: int | None
    type: str | None
    param: str | None
    code: str | None
    request_id: str | None
    retry_after: float | None
    may_be_billed: bool
    details: Sequence[Message]
    metadata: CallMetadata


class OpenAIGrpcError(Exception):
    """Base of the exceptions of calls."""


class APIError(OpenAIGrpcError):
    """A failed call.

    Attributes:
        message: The error, for people.
        status: The gRPC status code.
        reason: The error, for programs: `ErrorInfo.reason` of the gateway, such as `IDLE_TIMEOUT`. Empty when
            the call failed on the way to the gateway.
        http_status: The HTTP status that the upstream answered with, if it answered.
        type: The type in the upstream's error object, such as `invalid_request_error`.
        param: The parameter of the request that is at fault.
        code: The code in the upstream's error object, such as `context_length_exceeded`.
        request_id: The upstream's id of the request, or else the gateway's.
        retry_after: Seconds after which it makes sense to try again, where the server said so.
        may_be_billed: Whether an upstream may have begun to work, and bill the call.
        field_violations: The fields of the request that are invalid, each with `field` and `description`.
        quota_violations: The quotas that are exceeded, each with `subject` and `description`.
        details: Everything that `google.rpc.Status` carried.
        metadata: Metadata of the error, such as rate limits.
    """

    def __init__(self, message: str = "", **facts: Unpack[Facts]) -> None:
        super().__init__(message)
        self.message = message
        self.status = facts.get("status", grpc.StatusCode.UNKNOWN)
        self.reason = facts.get("reason", "")
        self.http_status = facts.get("http_status")
        self.type = facts.get("type")
        self.param = facts.get("param")
        self.code = facts.get("code")
        self.request_id = facts.get("request_id")
        self.retry_after = facts.get("retry_after")
        self.may_be_billed = facts.get("may_be_billed", False)
        self.details = list(facts.get("details", ()))
        self.metadata = facts.get("metadata", CallMetadata())

    @property
    def field_violations(self) -> "Sequence[BadRequest.FieldViolation]":
        """The fields of the request that are invalid."""
        return self._violations("BadRequest", "field_violations")

    @property
    def quota_violations(self) -> "Sequence[QuotaFailure.Violation]":
        """The quotas that are exceeded."""
        return self._violations("QuotaFailure", "violations")

    def _violations(self, kind: str, field: str) -> Sequence[Any]:
        return [each for detail in self.details if detail.DESCRIPTOR.name == kind for each in getattr(detail, field)]

    def __str__(self) -> str:
        kind = f"{self.status.name}, {self.reason}" if self.reason else self.status.name
        ending = f" [request {self.request_id}]" if self.request_id else ""
        return f"{self.message} ({kind}){ending}"


class BadRequestError(APIError):
    """The request is invalid."""


class AuthenticationError(APIError):
    """The key is missing or not accepted."""


class PermissionDeniedError(APIError):
    """The key may not do this."""


class NotFoundError(APIError):
    """The model or object does not exist."""


class ConflictError(APIError):
    """Conflict with another change."""


class FailedPreconditionError(APIError):
    """The upstream refused the call for another reason than the request itself, such as an unpaid bill."""


class ResourceExhaustedError(APIError):
    """A limit was exceeded."""


class RateLimitError(ResourceExhaustedError):
    """Too many requests or tokens in too short a time."""


class QuotaExceededError(ResourceExhaustedError):
    """The quota is exhausted."""


class DeadlineExceededError(APIError, TimeoutError):
    """The deadline passed, or a timeout of the gateway or upstream."""


class CallCancelledError(APIError):
    """The call was cancelled."""


class UnavailableError(APIError, ConnectionError):
    """The gateway or the upstream could not be reached, is overloaded, or shuts down."""


class UnimplementedError(APIError):
    """The server does not know the RPC."""


class InternalError(APIError):
    """The gateway or the upstream failed."""


class UpstreamConnectionLostError(InternalError):
    """The connection was lost after the upstream got the request; it may have been billed."""


class UpstreamTruncatedError(InternalError):
    """The upstream's reply was truncated."""


class UpstreamCredentialsError(InternalError):
    """The upstream refused the gateway's key; callers can't fix that."""


class ResponseFailedError(OpenAIGrpcError):
    """The call succeeded with a response whose status is `failed`.

    Attributes:
        response: The response; its `error` says why.
    """

    def __init__(self, response: "Response") -> None:
        super().__init__(response)
        self.response = response

    def __str__(self) -> str:
        error = self.response.error
        return f"the response failed: {error.message or error.code or 'upstream did not say why'}"


class ChecksumError(OpenAIGrpcError):
    """A file differs from its checksum."""


class ClientClosedError(OpenAIGrpcError):
    """A call of a client that is closed."""

    def __init__(self, message: str = "the client is closed: make a new one") -> None:
        super().__init__(message)


class ReplyError(OpenAIGrpcError):
    """A reply that is not a value of the type that was asked for.

    Attributes:
        text: The text of the reply, as far as it came.
        reply: The whole reply.
    """

    def __init__(self, message: str, text: str, reply: Message) -> None:
        super().__init__(message, text, reply)  # as unpickling takes them
        self.text = text
        self.reply = reply

    def __str__(self) -> str:
        message: str = self.args[0]
        return message


class RefusalError(ReplyError):
    """The model refused; `text` is why."""


class CutReplyError(ReplyError):
    """The reply was cut: by a limit of tokens, or by a filter of content."""


class InvalidReplyError(ReplyError):
    """The reply is not JSON of the type; `__cause__` says where."""


class EmbeddingError(OpenAIGrpcError):
    """An input of a stream of embeddings has no vector; the others have theirs.

    Attributes:
        index: Index of the input, from 0.
        status: The status that a call of it alone would have had.
        reason: The reason for programs, or None.
    """

    def __init__(self, message: str, index: int, status: grpc.StatusCode, reason: str | None) -> None:
        super().__init__(message, index, status, reason)  # as unpickling takes them
        self.index = index
        self.status = status
        self.reason = reason

    def __str__(self) -> str:
        return f"input {self.index}: {self.args[0]}"


class RunError(OpenAIGrpcError):
    """A run of tools that did not end with an answer.

    Attributes:
        messages: The conversation so far: messages of a chat, or input items of Responses.
    """

    def __init__(
        self, message: str, messages: "Sequence[ChatCompletionRequestMessage] | Sequence[ResponseItem]"
    ) -> None:
        super().__init__(message, messages)  # as unpickling takes them
        self.messages = messages

    def __str__(self) -> str:
        message: str = self.args[0]
        return message


class TooManyRoundsError(RunError):
    """The model still calls tools after the last round."""


class ToolError(RunError):
    """A tool raised in a run with `stop_on_error`; `__cause__` is what.

    Attributes:
        tool: The tool's name.
    """

    def __init__(self, message: str, messages: Sequence[Any], tool: str) -> None:
        super().__init__(message, messages)
        self.args = (message, messages, tool)
        self.tool = tool
