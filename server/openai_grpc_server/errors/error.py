"""`GatewayError` and its kinds, and its form on the wire: `google.rpc.Status` and trailing metadata."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING, ClassVar, Final, TypedDict, TypeVar
from urllib.parse import quote

import grpc
import grpc.aio
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.duration_pb2 import Duration
from google.rpc import error_details_pb2 as rpc  # type: ignore[import-untyped] # ships no py.typed
from google.rpc import status_pb2
from grpc import StatusCode

if TYPE_CHECKING:
    from collections.abc import Awaitable, Mapping, Sequence
    from typing import Self, Unpack

    from google.protobuf.message import Message

T = TypeVar("T")


class Facts(TypedDict, total=False):
    """Optional facts about a failure."""

    code: grpc.StatusCode
    reason: str
    http_status: int | None
    type: str | None
    param: str | None
    upstream_code: str | None
    request_id: str | None
    retry_after: float | None
    violations: Sequence[tuple[str, str]]
    quota: Sequence[tuple[str, str]]
    maybe_billed: bool
    metadata: tuple[tuple[str, str], ...]
    extra: Mapping[str, str]


class GatewayError(Exception):
    """A failure with its gRPC status and `google.rpc` details.

    The message may quote upstream's text and with it the caller's content: it is for the caller, not for logs.

    Attributes:
        message: For the caller.
        code: The gRPC status code.
        reason: `ErrorInfo.reason`, UPPER_SNAKE.
        http_status: The status that upstream answered with, if it answered.
        type: `error.type` of upstream's error object.
        param: `error.param` of upstream's error object.
        upstream_code: `error.code` of upstream's error object.
        request_id: Upstream's `x-request-id`; the gateway's own when upstream gave none.
        retry_after: Seconds to wait before a retry, as upstream asked.
        violations: Pairs of field and description, sent as `BadRequest`.
        quota: Pairs of subject and description, sent as `QuotaFailure`.
        maybe_billed: Upstream may have started to bill the call, so nothing may retry it unasked.
        metadata: Upstream's headers that go out as trailers.
        extra: Further keys of upstream's error object, such as `innererror`, sent in `ErrorInfo.metadata`.
        retried: The gateway has retried all that it is configured to, so that clients must not do so once more.
    """

    default_code: ClassVar[grpc.StatusCode] = grpc.StatusCode.INTERNAL
    default_reason: ClassVar[str] = "INTERNAL"

    def __init__(self, message: str, **facts: Unpack[Facts]) -> None:
        super().__init__(message)
        self.message = message
        self.code = facts.get("code", self.default_code)
        self.reason = facts.get("reason", self.default_reason)
        self.http_status = facts.get("http_status")
        self.type = facts.get("type")
        self.param = facts.get("param")
        self.upstream_code = facts.get("upstream_code")
        self.request_id = facts.get("request_id")
        self.retry_after = facts.get("retry_after")
        self.violations = list(facts.get("violations", ()))
        self.quota = list(facts.get("quota", ()))
        self.maybe_billed = facts.get("maybe_billed", False)
        self.metadata = facts.get("metadata", ())
        self.extra = facts.get("extra", {})
        self.retried = False

    def to_status(self) -> status_pb2.Status:
        """Returns the status with its details; the message may be shortened."""
        return build_status(self)

    def trailing_metadata(self) -> tuple[tuple[str, str | bytes], ...]:
        """Returns `grpc-status-details-bin`, upstream's headers and, if it applies, `grpc-retry-pushback-ms`."""
        trailers: list[tuple[str, str | bytes]] = [
            *self.metadata,
            ("grpc-status-details-bin", self.to_status().SerializeToString()),
        ]
        if self.maybe_billed or self.retried:
            trailers.append(("grpc-retry-pushback-ms", "-1"))
        elif self.retry_after is not None and self.code is grpc.StatusCode.UNAVAILABLE:
            # Of any other status it would be an order: grpc-java obeys it whatever its retry policy says, and a caller
            # over its rate limit would wait for minutes in silence. RetryInfo tells the delay to those who ask.
            trailers.append(("grpc-retry-pushback-ms", str(round(self.retry_after * 1000))))
        return tuple(trailers)


DOMAIN = "openai-grpc"
MAX_TRAILERS = 4096  # bytes on the wire of grpc-message and grpc-status-details-bin together
MAX_VIOLATIONS = 16

# Lengths of text in bytes, tried one after the other until all fits.
_TEXT_LIMITS = (1024, 512, 256, 128, 64)


def build_status(error: GatewayError) -> status_pb2.Status:
    """Builds the status of an error within `MAX_TRAILERS`.

    Long texts are shortened first; if that is not enough, details go from the least important on, `ErrorInfo` never.
    """
    status = status_pb2.Status()
    for limit in _TEXT_LIMITS:
        status = _status(error, limit)
        if _wire_size(status) <= MAX_TRAILERS:
            return status
    while len(status.details) > 1 and _wire_size(status) > MAX_TRAILERS:
        del status.details[-1]
    return status


def shorten(text: str, limit: int) -> str:
    """Cuts text to `limit` bytes of UTF-8, between characters; lone surrogates become `?`."""
    data = text.encode("utf-8", "replace")
    if len(data) <= limit:
        return data.decode()
    return data[: limit - 3].decode("utf-8", "ignore") + "\N{HORIZONTAL ELLIPSIS}"


def _status(error: GatewayError, limit: int) -> status_pb2.Status:
    details: list[Message] = [_error_info(error, limit)]
    if error.retry_after is not None:
        delay = Duration()
        delay.FromMilliseconds(round(error.retry_after * 1000))
        details.append(rpc.RetryInfo(retry_delay=delay))
    if error.quota:
        details.append(
            rpc.QuotaFailure(
                violations=[
                    rpc.QuotaFailure.Violation(subject=shorten(subject, limit), description=shorten(text, limit))
                    for subject, text in error.quota[:MAX_VIOLATIONS]
                ]
            )
        )
    if error.violations:
        details.append(
            rpc.BadRequest(
                field_violations=[
                    rpc.BadRequest.FieldViolation(field=shorten(name, limit), description=shorten(text, limit))
                    for name, text in error.violations[:MAX_VIOLATIONS]
                ]
            )
        )
    status = status_pb2.Status(code=error.code.value[0], message=shorten(error.message, limit))
    for detail in details:
        packed = AnyMessage()
        packed.Pack(detail)
        status.details.append(packed)
    return status


def _error_info(error: GatewayError, limit: int) -> rpc.ErrorInfo:
    facts = {
        "http_status": None if error.http_status is None else str(error.http_status),
        "type": error.type,
        "param": error.param,
        "code": error.upstream_code,
        "request_id": error.request_id,
    }
    metadata = {name: shorten(value, limit) for name, value in error.extra.items()}
    metadata |= {name: shorten(value, min(limit, 256)) for name, value in facts.items() if value is not None}
    return rpc.ErrorInfo(reason=error.reason, domain=DOMAIN, metadata=metadata)


def _wire_size(status: status_pb2.Status) -> int:
    """Returns the bytes in the trailers, where the message is percent-encoded and the details are base64."""
    details: int = status.ByteSize()
    return len(quote(status.message, safe=" !\"#$&'()*+,-./:;<=>?@[\\]^_`{|}~")) + (details + 2) // 3 * 4


class RpcError(Exception):
    """Status of an RPC that our own HTTP/2 server ends before or during its method.

    Args:
        code: The status.
        details: Its message.
        metadata: More trailers.
    """

    def __init__(self, code: grpc.StatusCode, details: str, metadata: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(details)
        self.code = code
        self.details = details
        self.metadata = metadata


class RequestMemoryError(RpcError):
    """The memory bound leaves no room for a request; its received part is dropped."""

    def __init__(self) -> None:
        super().__init__(grpc.StatusCode.RESOURCE_EXHAUSTED, "no room for the request: retry a little later")


def forget_frames(error: BaseException) -> None:
    """Drops the traceback frames of an error and its causes.

    Frames hold requests and replies, and often the error itself: a cycle that only a garbage collection would end.
    """
    links: list[BaseException | None] = [error]
    while links:
        link = links.pop()
        if link is not None:
            links += (link.__cause__, link.__context__)
            link.__traceback__ = link.__cause__ = link.__context__ = None  # an error may be among its own causes


async def unwound(work: Awaitable[T]) -> T | grpc.aio.AbortError:
    """Awaits something that may abort an RPC.

    grpc.aio keeps the error of an abort with the RPC's context, and an error keeps the frames that it passes through.
    So the method that raises it again must hold nothing by then: `del` its arguments first, and the error itself after.

    Returns:
        Its result, or the error, without frames, which the method must raise.
    """
    try:
        return await work
    except grpc.aio.AbortError as error:
        return error.with_traceback(None)


class InvalidArgumentError(GatewayError):
    """The caller's request cannot be sent as it is."""

    default_code: ClassVar = StatusCode.INVALID_ARGUMENT
    default_reason: ClassVar = "INVALID_REQUEST"

    @classmethod
    def of_field(cls, field: str, description: str) -> Self:
        """A request with one bad field, named as in the request message."""
        return cls(f"{field}: {description}", param=field, violations=[(field, description)])


class UnauthenticatedError(GatewayError):
    """The caller sent no credentials, or bad ones."""

    default_code: ClassVar = StatusCode.UNAUTHENTICATED
    default_reason: ClassVar = "UNAUTHENTICATED"


class MessageTooLargeError(GatewayError):
    """A request, a reply or an event exceeds a configured limit."""

    default_code: ClassVar = StatusCode.RESOURCE_EXHAUSTED
    default_reason: ClassVar = "MESSAGE_TOO_LARGE"


class DrainingError(GatewayError):
    """The server is shutting down and refuses new calls; another one may accept them."""

    default_code: ClassVar = StatusCode.UNAVAILABLE
    default_reason: ClassVar = "DRAINING"


class ExhaustedError(GatewayError):
    """The gateway's process is out of a resource; another upstream would not help.

    Args:
        what: The exhausted resource, such as `file descriptors`.

    Attributes:
        what: As above.
    """

    default_code: ClassVar = StatusCode.RESOURCE_EXHAUSTED
    default_reason: ClassVar = "GATEWAY_OVERLOADED"

    def __init__(self, what: str) -> None:
        super().__init__(f"The gateway is short of {what}; retry a little later", retry_after=1.0)
        self.what = what


class CallerDeadlineError(GatewayError):
    """The caller's own deadline passed."""

    default_code: ClassVar = StatusCode.DEADLINE_EXCEEDED
    default_reason: ClassVar = "CALLER_DEADLINE"


class UpstreamError(GatewayError):
    """Upstream failed, or answered with an error."""

    default_reason: ClassVar = "UPSTREAM_ERROR"


class UpstreamConnectError(UpstreamError):
    """No connection (refused, unknown host, TLS, connect timeout); nothing was sent.

    Args:
        message: For the caller; names no address.
        detail: For the operator: the same with the address.
        facts: As for `GatewayError`.

    Attributes:
        detail: As above; empty: there is no more to say.
    """

    default_code: ClassVar = StatusCode.UNAVAILABLE
    default_reason: ClassVar = "UPSTREAM_CONNECT_FAILED"

    def __init__(self, message: str, *, detail: str = "", **facts: Unpack[Facts]) -> None:
        super().__init__(message, **facts)
        self.detail = detail


class UpstreamConnectionLostError(UpstreamError):
    """The connection was lost after the request was written and before a reply."""

    default_reason: ClassVar = "UPSTREAM_CONNECTION_LOST"


class UpstreamTruncatedError(UpstreamError):
    """The reply was truncated: the connection was lost, or a stream lacks its end marker."""

    default_reason: ClassVar = "UPSTREAM_TRUNCATED"


class UpstreamProtocolError(UpstreamError):
    """The reply is not HTTP."""

    default_reason: ClassVar = "UPSTREAM_PROTOCOL_ERROR"


class UnframedReplyError(UpstreamProtocolError):
    """An event stream has JSON without `data:`, such as a whole reply.

    Args:
        message: For the caller.
        data: The JSON.
        maybe_billed: As for `GatewayError`.

    Attributes:
        data: As above.
    """

    def __init__(self, message: str, *, data: bytes, maybe_billed: bool) -> None:
        super().__init__(message, maybe_billed=maybe_billed)
        self.data = data


class InvalidUpstreamJsonError(UpstreamError):
    """The reply is not valid JSON, or not of the expected type."""

    default_reason: ClassVar = "UPSTREAM_INVALID_JSON"


class UpstreamTimeoutError(UpstreamError):
    """A timeout of the gateway; the upstream request was closed."""

    default_code: ClassVar = StatusCode.DEADLINE_EXCEEDED
    default_reason: ClassVar = "UPSTREAM_TIMEOUT"


class FirstTokenTimeoutError(UpstreamTimeoutError):
    """No first event within the limit."""

    default_reason: ClassVar = "FIRST_TOKEN_TIMEOUT"


class IdleTimeoutError(UpstreamTimeoutError):
    """A stream was idle for longer than the limit."""

    default_reason: ClassVar = "IDLE_TIMEOUT"


class TotalTimeoutError(UpstreamTimeoutError):
    """The call as a whole took longer than the limit."""

    default_reason: ClassVar = "TOTAL_TIMEOUT"


_OF_ERRNO: Final = {
    errno.EMFILE: "file descriptors",
    errno.ENFILE: "file descriptors",
    errno.ENOBUFS: "memory",
    errno.ENOMEM: "memory",
}
_LONGEST_CHAIN: Final = 8
_NO_THREAD: Final = "can't start new thread"


def exhausted(error: BaseException) -> ExhaustedError | None:
    """Returns the caller's error if the gateway is out of a resource, else None.

    Args:
        error: The failure: of a connection to an upstream, of opening a file, or any other.
    """
    cause: BaseException | None = error
    for _ in range(_LONGEST_CHAIN):
        if cause is None:
            break
        if isinstance(cause, ExhaustedError):
            return cause
        what = _lacked(cause)
        if what is not None:
            return ExhaustedError(what)
        cause = cause.__cause__ or cause.__context__
    # Name servers and SQLite fail without saying that this is why.
    return ExhaustedError("file descriptors") if isinstance(error, Exception) and not _can_open() else None


def _lacked(error: BaseException) -> str | None:
    if isinstance(error, MemoryError):
        return "memory"
    if isinstance(error, RuntimeError) and str(error) == _NO_THREAD:
        return "threads"
    return _OF_ERRNO.get(error.errno or 0) if isinstance(error, OSError) else None


def _can_open() -> bool:
    try:
        os.close(os.dup(2))
    except OSError as error:
        return error.errno not in {errno.EMFILE, errno.ENFILE}
    return True
