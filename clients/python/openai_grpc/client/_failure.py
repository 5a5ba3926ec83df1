"""Converts a failed RPC into an exception."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

import grpc

from openai_grpc.client import errors
from openai_grpc.client.metadata import CallMetadata

DOMAIN = "openai-grpc"
STATUS_DETAILS = "grpc-status-details-bin"

_Pair = tuple[str, str | bytes]

_KINDS: dict[grpc.StatusCode, type[errors.APIError]] = {
    grpc.StatusCode.INVALID_ARGUMENT: errors.BadRequestError,
    grpc.StatusCode.OUT_OF_RANGE: errors.BadRequestError,
    grpc.StatusCode.UNAUTHENTICATED: errors.AuthenticationError,
    grpc.StatusCode.PERMISSION_DENIED: errors.PermissionDeniedError,
    grpc.StatusCode.NOT_FOUND: errors.NotFoundError,
    grpc.StatusCode.ABORTED: errors.ConflictError,
    grpc.StatusCode.ALREADY_EXISTS: errors.ConflictError,
    grpc.StatusCode.FAILED_PRECONDITION: errors.FailedPreconditionError,
    grpc.StatusCode.RESOURCE_EXHAUSTED: errors.ResourceExhaustedError,
    grpc.StatusCode.DEADLINE_EXCEEDED: errors.DeadlineExceededError,
    grpc.StatusCode.CANCELLED: errors.CallCancelledError,
    grpc.StatusCode.UNAVAILABLE: errors.UnavailableError,
    grpc.StatusCode.UNIMPLEMENTED: errors.UnimplementedError,
    grpc.StatusCode.INTERNAL: errors.InternalError,
    grpc.StatusCode.UNKNOWN: errors.InternalError,
    grpc.StatusCode.DATA_LOSS: errors.InternalError,
}
_BILLABLE = {
    grpc.StatusCode.CANCELLED,
    grpc.StatusCode.DEADLINE_EXCEEDED,
    grpc.StatusCode.INTERNAL,
    grpc.StatusCode.UNKNOWN,
    grpc.StatusCode.DATA_LOSS,
}
_UNBILLED = {"UPSTREAM_CREDENTIALS", "UPSTREAM_REDIRECT", "UPSTREAM_CONNECT_TIMEOUT"}
_UNCONNECTED = re.compile("failed to connect|DNS resolution failed|name resolution", re.IGNORECASE)
_REASONS: dict[str, type[errors.APIError]] = {
    "UPSTREAM_CONNECTION_LOST": errors.UpstreamConnectionLostError,
    "UPSTREAM_TRUNCATED": errors.UpstreamTruncatedError,
    "UPSTREAM_CREDENTIALS": errors.UpstreamCredentialsError,
}


def api_error(error: Any, *, begun: bool = False) -> errors.APIError:
    """Returns the exception for a failed call.

    Args:
        error: The `grpc.RpcError` of grpc or grpc.aio, which has the call's status and trailers.
        begun: Whether a part of the reply had arrived.
    """
    trailers: tuple[_Pair, ...] = tuple((key, value) for key, value in error.trailing_metadata() or ())
    details = list(_details(trailers))
    metadata = CallMetadata.from_pairs(pair for pair in trailers if pair[0] != STATUS_DETAILS)
    facts = errors.Facts(status=error.code(), details=details, metadata=metadata, request_id=metadata.request_id)
    has_quota = False
    for detail in details:
        match detail.DESCRIPTOR.name:
            case "ErrorInfo" if detail.domain == DOMAIN:
                facts.update(_facts(detail))
            case "RetryInfo":
                facts["retry_after"] = detail.retry_delay.ToMilliseconds() / 1000
            case "QuotaFailure":
                has_quota = True
    facts["may_be_billed"] = begun or _is_billable(error, facts)
    return _kind(facts, has_quota=has_quota)(error.details() or error.code().name.replace("_", " ").lower(), **facts)


def _details(trailers: Iterable[_Pair]) -> Iterator[Any]:
    """Yields the details of `google.rpc.Status`; those of unknown type stay packed."""
    data = next((value for key, value in trailers if key == STATUS_DETAILS), None)
    if not isinstance(data, bytes):
        return
    from google.protobuf.message import DecodeError  # noqa: PLC0415 - loaded when something failed
    from google.rpc import error_details_pb2, status_pb2  # type: ignore[import-untyped]  # noqa: PLC0415 - ships no py.typed; as above

    try:
        for packed in status_pb2.Status.FromString(data).details:
            kind = getattr(error_details_pb2, packed.TypeName().removeprefix("google.rpc."), None)
            yield packed if kind is None else kind.FromString(packed.value)
    except DecodeError:
        return


def _facts(info: Any) -> errors.Facts:
    """Reads `google.rpc.ErrorInfo` of the gateway."""
    told = dict(info.metadata)
    http_status = told.get("http_status", "")
    return {
        "reason": info.reason,
        "http_status": int(http_status) if http_status.isdecimal() else None,
        "type": told.get("type"),
        "param": told.get("param"),
        "code": told.get("code"),
        "request_id": told.get("request_id"),
    }


def _is_billable(error: Any, facts: errors.Facts) -> bool:
    """Returns whether an upstream may have begun to work for a call that failed without a part of a reply."""
    reason, status = facts.get("reason", ""), facts.get("status", grpc.StatusCode.UNKNOWN)
    if reason in _UNBILLED:
        return False
    if status is grpc.StatusCode.RESOURCE_EXHAUSTED:
        return reason in ("", "MESSAGE_TOO_LARGE")  # also of a reply
    if status is grpc.StatusCode.UNAVAILABLE:  # the gateway's own says that nothing was billed
        return not reason and not _UNCONNECTED.search(error.details() or "")
    return status in _BILLABLE


def _kind(facts: errors.Facts, *, has_quota: bool) -> type[errors.APIError]:
    reason, status = facts.get("reason", ""), facts.get("status", grpc.StatusCode.UNKNOWN)
    if status is grpc.StatusCode.RESOURCE_EXHAUSTED:
        if has_quota and reason != "KEY_LIMIT_EXCEEDED":  # the key's limit of a minute: waiting helps
            return errors.QuotaExceededError
        if reason in ("RATE_LIMITED", "KEY_LIMIT_EXCEEDED") or "retry_after" in facts:
            return errors.RateLimitError
    if status is grpc.StatusCode.INTERNAL and reason in _REASONS:
        return _REASONS[reason]
    return _KINDS.get(status, errors.APIError)
