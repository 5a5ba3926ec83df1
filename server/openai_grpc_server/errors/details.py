"""`google.rpc` details of an error, small enough for any client's limit on trailers."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.duration_pb2 import Duration
from google.rpc import error_details_pb2 as rpc  # type: ignore[import-untyped] # ships no py.typed
from google.rpc import status_pb2

if TYPE_CHECKING:
    from google.protobuf.message import Message

    from openai_grpc_server.errors.base import GatewayError

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
    metadata = {name: shorten(value, min(limit, 256)) for name, value in facts.items() if value is not None}
    return rpc.ErrorInfo(reason=error.reason, domain=DOMAIN, metadata=metadata)


def _wire_size(status: status_pb2.Status) -> int:
    """Bytes in the trailers: the message is percent-encoded there, the details are base64."""
    details: int = status.ByteSize()
    return len(quote(status.message, safe=" !\"#$&'()*+,-./:;<=>?@[\\]^_`{|}~")) + (details + 2) // 3 * 4
