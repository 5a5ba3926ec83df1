"""Errors of the gateway and their gRPC statuses.

    GatewayError
      + InvalidArgumentError               INVALID_ARGUMENT    the caller's request cannot be sent
      + UnauthenticatedError               UNAUTHENTICATED     no credentials
      + MessageTooLargeError               RESOURCE_EXHAUSTED  over a configured limit
      + DrainingError                      UNAVAILABLE         the server is shutting down
      + ExhaustedError                     RESOURCE_EXHAUSTED  out of descriptors, memory or threads
      + CallerDeadlineError                DEADLINE_EXCEEDED   the caller's deadline passed
      + UpstreamError                      INTERNAL
        + UpstreamConnectError             UNAVAILABLE         no connection, nothing sent
        + UpstreamConnectionLostError      INTERNAL            lost after the request, nothing received
        + UpstreamTruncatedError           INTERNAL            the answer broke off
        + UpstreamProtocolError            INTERNAL            the answer is not HTTP
          + UnframedReplyError             INTERNAL            JSON between events
        + InvalidUpstreamJsonError         INTERNAL            the answer is not the JSON it should be
        + UpstreamTimeoutError             DEADLINE_EXCEEDED
          + FirstTokenTimeoutError
          + IdleTimeoutError
          + TotalTimeoutError
        + UpstreamStatusError              by HTTP status, see below
          + UpstreamCredentialsError       INTERNAL            the gateway's own key was refused
        + UpstreamErrorObjectError         by code and type    an error object with HTTP 200

    HTTP status                            gRPC status
    400, 413, 422                          INVALID_ARGUMENT
    401 / 403, the caller's key            UNAUTHENTICATED / PERMISSION_DENIED
    401, 403, the gateway's own key        INTERNAL, UPSTREAM_CREDENTIALS
    404 / 409 / 402 and other 4xx          NOT_FOUND / ABORTED / FAILED_PRECONDITION
    408, 504                               DEADLINE_EXCEEDED, UPSTREAM_TIMEOUT
    429                                    RESOURCE_EXHAUSTED with RetryInfo, or QuotaFailure for insufficient_quota
    503                                    UNAVAILABLE
    500, 502, other 5xx, 3xx               INTERNAL
    502, 504 of a safe call                UNAVAILABLE

UNAVAILABLE makes clients and meshes retry, so it is never used once upstream may have begun to bill a call; such
failures carry `grpc-retry-pushback-ms: -1`. CANCELLED is never used: some meshes retry it.
"""

from openai_grpc_server.errors.error import (
    CallerDeadlineError,
    DrainingError,
    ExhaustedError,
    Facts,
    FirstTokenTimeoutError,
    GatewayError,
    IdleTimeoutError,
    InvalidArgumentError,
    InvalidUpstreamJsonError,
    MessageTooLargeError,
    TotalTimeoutError,
    UnauthenticatedError,
    UnframedReplyError,
    UpstreamConnectError,
    UpstreamConnectionLostError,
    UpstreamError,
    UpstreamProtocolError,
    UpstreamTimeoutError,
    UpstreamTruncatedError,
    exhausted,
)
from openai_grpc_server.errors.upstream import (
    UpstreamCredentialsError,
    UpstreamErrorObjectError,
    UpstreamStatusError,
    choice_error,
    from_error_object,
    from_http,
    from_reply,
    stated_error,
)

__all__ = [
    "CallerDeadlineError",
    "DrainingError",
    "ExhaustedError",
    "Facts",
    "FirstTokenTimeoutError",
    "GatewayError",
    "IdleTimeoutError",
    "InvalidArgumentError",
    "InvalidUpstreamJsonError",
    "MessageTooLargeError",
    "TotalTimeoutError",
    "UnauthenticatedError",
    "UnframedReplyError",
    "UpstreamConnectError",
    "UpstreamConnectionLostError",
    "UpstreamCredentialsError",
    "UpstreamError",
    "UpstreamErrorObjectError",
    "UpstreamProtocolError",
    "UpstreamStatusError",
    "UpstreamTimeoutError",
    "UpstreamTruncatedError",
    "choice_error",
    "exhausted",
    "from_error_object",
    "from_http",
    "from_reply",
    "stated_error",
]
