"""Gateway errors other than error replies of upstreams."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING, ClassVar, Final

from grpc import StatusCode

from openai_grpc_server.errors.error import GatewayError

if TYPE_CHECKING:
    from typing import Self, Unpack

    from openai_grpc_server.errors.error import Facts


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
        what: What it is short of, such as `file descriptors`.

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
        error: What failed: a connection to an upstream, a file that can't be opened, anything unforeseen.
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
