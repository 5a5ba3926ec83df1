"""`GatewayError` and its form on the wire: `google.rpc.Status` and trailing metadata."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, TypedDict

import grpc

from openai_grpc_server.errors.details import build_status

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Unpack

    from google.rpc import status_pb2  # type: ignore[import-untyped] # ships no py.typed


class Facts(TypedDict, total=False):
    """What can be known about a failure; all optional."""

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


class GatewayError(Exception):
    """A failure that is answered with a gRPC status and `google.rpc` details.

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

    def to_status(self) -> status_pb2.Status:
        """Returns the status with its details; its message may be a shortened one."""
        return build_status(self)

    def trailing_metadata(self) -> tuple[tuple[str, str | bytes], ...]:
        """Returns `grpc-status-details-bin`, upstream's headers and, if it applies, `grpc-retry-pushback-ms`."""
        trailers: list[tuple[str, str | bytes]] = [
            *self.metadata,
            ("grpc-status-details-bin", self.to_status().SerializeToString()),
        ]
        if self.maybe_billed:
            trailers.append(("grpc-retry-pushback-ms", "-1"))
        elif self.retry_after is not None and self.code is grpc.StatusCode.UNAVAILABLE:
            # Of any other status it would be an order: grpc-java obeys it whatever its retry policy says, and a caller
            # over its rate limit would wait for minutes in silence. RetryInfo tells the delay to those who ask.
            trailers.append(("grpc-retry-pushback-ms", str(round(self.retry_after * 1000))))
        return tuple(trailers)
