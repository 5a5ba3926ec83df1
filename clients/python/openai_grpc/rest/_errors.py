"""Error replies of failed calls, in OpenAI's form."""

from collections.abc import Iterable, Mapping
from typing import Any

import grpc

from openai_grpc.client._failure import DOMAIN, _details
from openai_grpc.codec import CodecError, dumps, loads
from openai_grpc.rest._headers import reply_headers

PUSHBACK = "grpc-retry-pushback-ms"
NEVER = "-1"
ATTEMPTS = "openai-grpc-attempts"

_STATUSES: Mapping[grpc.StatusCode, int] = {
    grpc.StatusCode.INVALID_ARGUMENT: 400,
    grpc.StatusCode.OUT_OF_RANGE: 416,
    grpc.StatusCode.FAILED_PRECONDITION: 400,
    grpc.StatusCode.UNAUTHENTICATED: 401,
    grpc.StatusCode.PERMISSION_DENIED: 403,
    grpc.StatusCode.NOT_FOUND: 404,
    grpc.StatusCode.UNIMPLEMENTED: 404,
    grpc.StatusCode.ABORTED: 409,
    grpc.StatusCode.ALREADY_EXISTS: 409,
    grpc.StatusCode.RESOURCE_EXHAUSTED: 429,
    grpc.StatusCode.CANCELLED: 499,
    grpc.StatusCode.UNAVAILABLE: 503,
    grpc.StatusCode.DEADLINE_EXCEEDED: 504,
}
_STATUSES_OF_REASONS = {
    "MESSAGE_TOO_LARGE": 413,
    "UPSTREAM_CONNECTION_LOST": 502,
    "UPSTREAM_TRUNCATED": 502,
    "UPSTREAM_PROTOCOL_ERROR": 502,
    "UPSTREAM_INVALID_JSON": 502,
    "UPSTREAM_REDIRECT": 502,
}
# As OpenAI's errors have them, for failures that no upstream answered.
_TYPES = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error", 499: "cancelled"}
_CODES = {
    "INVALID_KEY": "invalid_api_key",
    "MODEL_NOT_FOUND": "model_not_found",
    "INSUFFICIENT_QUOTA": "insufficient_quota",
    "BUDGET_EXCEEDED": "insufficient_quota",
    "KEY_LIMIT_EXCEEDED": "rate_limit_exceeded",
    "DEPLOYMENT_LIMIT": "rate_limit_exceeded",
    "RATE_LIMITED": "rate_limit_exceeded",
}
# Of a stream that upstream began and the gateway ended; upstream has told no error.
_BY_GATEWAY = frozenset(
    {
        *("CALLER_DEADLINE", "FIRST_TOKEN_TIMEOUT", "IDLE_TIMEOUT", "TOTAL_TIMEOUT", "DRAINING", "INTERNAL"),
        *("MESSAGE_TOO_LARGE", "UPSTREAM_TRUNCATED", "UPSTREAM_CONNECTION_LOST", "UPSTREAM_PROTOCOL_ERROR"),
        "UPSTREAM_INVALID_JSON",
    }
)
_OWN = frozenset({"http_status", "request_id", "type", "param", "code", "message"})


class HttpError(Exception):
    """An error reply.

    Args:
        status: The HTTP status.
        body: The JSON object, `{"error": {"message", "type", "param", "code"}}`, with whatever else upstream's has.
        headers: Headers besides the content's.

    Attributes:
        status: As above.
        body: As above.
        headers: As above.
    """

    def __init__(self, status: int, body: dict[str, Any], headers: Iterable[tuple[str, str]] = ()) -> None:
        super().__init__(status, body)
        self.status = status
        self.body = body
        self.headers = tuple(headers)

    @property
    def message(self) -> str:
        """The message."""
        return str(self.body["error"]["message"])

    def parts(self) -> tuple[int, list[tuple[str, str]], bytes]:
        """Returns status, headers and body."""
        data = dumps(self.body)
        own = [("content-type", "application/json"), ("content-length", str(len(data)))]
        return self.status, [*own, *self.headers], data

    def __str__(self) -> str:
        return f"{self.message} ({self.status})"


def refusal(
    status: int,
    message: str,
    *,
    param: str | None = None,
    code: str | None = None,
    headers: tuple[tuple[str, str], ...] = (),
) -> HttpError:
    """Returns the error reply to a request refused before any call."""
    told = {"message": message, "type": "invalid_request_error", "param": param, "code": code}
    return HttpError(status, {"error": told}, headers)


def http_error(error: Any) -> HttpError:
    """Returns the error reply for a failed call.

    Args:
        error: The `grpc.RpcError` of grpc or grpc.aio: it has `code()`, `details()` and `trailing_metadata()`.
    """
    code: grpc.StatusCode = error.code()
    trailers: list[tuple[str, str | bytes]] = [(key, value) for key, value in error.trailing_metadata() or ()]
    reason, facts, delay = "", dict[str, str](), None
    for detail in _details(trailers):
        match detail.DESCRIPTOR.name:
            case "ErrorInfo" if detail.domain == DOMAIN:
                reason, facts = detail.reason, dict(detail.metadata)
            case "RetryInfo":
                delay = detail.retry_delay.ToMilliseconds()
    status = _status(code, reason, facts)
    message = error.details() or code.name.replace("_", " ").lower()
    return HttpError(status, _body(message, status, reason, facts), _headers(trailers, delay))


def _status(code: grpc.StatusCode, reason: str, facts: Mapping[str, str]) -> int:
    told = facts.get("http_status", "")
    upstream = int(told) if told.isdecimal() else 0
    implied = _STATUSES_OF_REASONS.get(reason) or _STATUSES.get(code, 500)
    # Upstream's own status, unless it is about the gateway: its key was refused, or it was sent elsewhere.
    if 400 <= upstream < 500 and (implied < 500 or code is grpc.StatusCode.DEADLINE_EXCEEDED):
        return upstream
    return upstream if 500 <= upstream < 600 and (implied >= 500 or code is grpc.StatusCode.CANCELLED) else implied


def _body(message: str, status: int, reason: str, facts: Mapping[str, str]) -> dict[str, Any]:
    answered = "http_status" in facts and reason not in _BY_GATEWAY
    kind, code = facts.get("type"), facts.get("code")
    if not answered:
        kind = kind or _TYPES.get(status) or ("invalid_request_error" if status < 500 else "server_error")
        code = code or _CODES.get(reason)
    told = {"message": message, "type": kind, "param": facts.get("param"), "code": code}
    return {"error": {**told, **{name: _value(text) for name, text in facts.items() if name not in _OWN}}}


def _value(text: str) -> Any:
    """Returns another key of upstream's error: a string, or JSON as the gateway writes it."""
    if text[:1] in {"{", "["}:
        try:
            value = loads(text)
        except CodecError:
            return text
        return value if dumps(value) == text.encode() else text
    return text


def _headers(trailers: list[tuple[str, str | bytes]], delay: int | None) -> list[tuple[str, str]]:
    told = dict(trailers)
    headers = reply_headers(trailers)
    replaced: list[tuple[str, str]] = []
    if delay is not None:
        replaced += [("retry-after", str(-(-delay // 1000))), ("retry-after-ms", str(delay))]
    attempts = told.get(ATTEMPTS, "1")
    # The gateway has spent its retries, or upstream may have billed the call: another attempt is the caller's decision.
    if told.get(PUSHBACK) == NEVER or (isinstance(attempts, str) and attempts.isdecimal() and int(attempts) > 1):
        replaced.append(("x-should-retry", "false"))
    names = {name for name, _ in replaced}
    return [*(pair for pair in headers if pair[0] not in names), *replaced]
