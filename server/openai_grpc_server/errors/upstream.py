"""Error replies of upstreams: by HTTP status, as an object in a 200 reply, as an event of a stream.

Over 600 lines, as all three are read by one table of what servers send.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser
from http import HTTPStatus
from itertools import islice
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple
from urllib.parse import urlsplit, urlunsplit

from grpc import StatusCode

from openai_grpc.codec import CodecError, dumps, loads
from openai_grpc_server.errors.error import UpstreamError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from openai_grpc_server.errors.error import Facts


class UpstreamStatusError(UpstreamError):
    """Upstream replied with an HTTP status of 300 or more."""


class UpstreamCredentialsError(UpstreamStatusError):
    """Upstream refused the gateway's credentials; not the caller's fault. Its text, which quotes the key, stays out."""

    default_reason: ClassVar = "UPSTREAM_CREDENTIALS"


class UpstreamErrorObjectError(UpstreamError):
    """Upstream replied 200 with an error object in the body or the stream."""


class _Row(NamedTuple):
    code: StatusCode
    reason: str
    billable: bool = False  # such an answer to a create call may come after upstream began to bill


_SERVER_ERROR = _Row(StatusCode.INTERNAL, "UPSTREAM_ERROR", billable=True)
_REDIRECT = _Row(StatusCode.INTERNAL, "UPSTREAM_REDIRECT")
_CLIENT_ERROR = _Row(StatusCode.FAILED_PRECONDITION, "UPSTREAM_REJECTED")
_TIMEOUT = _Row(StatusCode.DEADLINE_EXCEEDED, "UPSTREAM_TIMEOUT", billable=True)
_UNAVAILABLE = _Row(StatusCode.UNAVAILABLE, "UPSTREAM_UNAVAILABLE")
_INVALID = _Row(StatusCode.INVALID_ARGUMENT, "INVALID_REQUEST")
_TABLE = {
    400: _INVALID,
    401: _Row(StatusCode.UNAUTHENTICATED, "UNAUTHENTICATED"),
    402: _Row(StatusCode.FAILED_PRECONDITION, "PAYMENT_REQUIRED"),
    403: _Row(StatusCode.PERMISSION_DENIED, "PERMISSION_DENIED"),
    404: _Row(StatusCode.NOT_FOUND, "NOT_FOUND"),
    408: _TIMEOUT,
    409: _Row(StatusCode.ABORTED, "CONFLICT"),
    413: _INVALID,
    422: _INVALID,
    429: _Row(StatusCode.RESOURCE_EXHAUSTED, "RATE_LIMITED"),
    503: _UNAVAILABLE,
    504: _TIMEOUT,
    # Cloudflare in front of an upstream that it can't connect to.
    521: _UNAVAILABLE,
    523: _UNAVAILABLE,
    524: _TIMEOUT,
    525: _UNAVAILABLE,
    526: _UNAVAILABLE,
    529: _UNAVAILABLE,  # "overloaded", of Anthropic and others
}

CREDENTIALS = frozenset({401, 403})  # statuses that refuse a key

WAITING = frozenset({StatusCode.RESOURCE_EXHAUSTED, StatusCode.UNAVAILABLE})  # statuses after which a retry is of use

# What `error.code`, `error.type` and Google's `error.status` mean where no HTTP status says it; in lower case.
_NAMES = {
    **dict.fromkeys(
        (
            "bad_request",
            "bad_request_error",
            "badrequesterror",
            "content_filter",
            "content_policy_violation",
            "context_length_exceeded",
            "empty_image_file",
            "exceed_context_size_error",
            "failed_precondition",
            "failed_to_download_image",
            "image_content_policy_violation",
            "image_file_not_found",
            "image_file_too_large",
            "image_parse_error",
            "image_too_large",
            "image_too_small",
            "invalid_argument",
            "invalid_base64_image",
            "invalid_image",
            "invalid_image_format",
            "invalid_image_mode",
            "invalid_image_url",
            "invalid_prompt",
            "invalid_request",
            "invalid_request_error",
            "invalid_type",
            "invalid_value",
            "missing_required_parameter",
            "moderation_blocked",
            "responsible_ai_policy_violation",
            "responsibleaipolicyviolation",
            "string_above_max_length",
            "tool_use_failed",
            "unknown_parameter",
            "unprocessableentityerror",
            "unsupported_image_media_type",
            "unsupported_parameter",
            "unsupported_value",
            "validation",
            "validationexception",
            "data_inspection_failed",
            "datainspectionfailed",
            "invalidparameter",
        ),
        400,
    ),
    **dict.fromkeys(("authentication_error", "authenticationerror", "invalid_api_key", "unauthenticated"), 401),
    **dict.fromkeys(("arrearage", "billing_error", "insufficient_balance"), 402),
    **dict.fromkeys(("permission_denied", "permission_error", "permissiondeniederror"), 403),
    **dict.fromkeys(("model_not_found", "not_found", "not_found_error", "notfounderror"), 404),
    **dict.fromkeys(("aborted", "conflict_error"), 409),
    "request_too_large": 413,
    **dict.fromkeys(
        (
            "insufficient_quota",
            "rate_limit_error",
            "rate_limit_exceeded",
            "ratelimiterror",
            "requests",
            "resource_exhausted",
            "tokens",
            "too_many_requests",
            "throttling",
            "throttlingexception",
        ),
        429,
    ),
    **dict.fromkeys(
        ("overloaded", "overloaded_error", "server_overloaded", "service_unavailable", "service_unavailable_error"), 503
    ),
    "unavailable": 503,
    **dict.fromkeys(("deadline_exceeded", "timeout", "timeout_error", "vector_store_timeout"), 504),
}


# OpenAI's types for codes of MiniMax's `base_resp`.
_OF_BASE_RESP = {
    **dict.fromkeys(("1001",), "timeout_error"),
    **dict.fromkeys(("1002", "1039", "1041", "2045"), "rate_limit_error"),
    **dict.fromkeys(("1008", "2056"), "insufficient_quota"),
    **dict.fromkeys(("1026", "1027", "1042", "2013"), "invalid_request_error"),
}


def from_http(  # noqa: PLR0913 - the facts of an answer are what they are
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    *,
    safe: bool,
    own_key: bool,
    request_id: str | None = None,
    metadata: tuple[tuple[str, str], ...] = (),
    hint: str = "",
) -> UpstreamStatusError:
    """Returns the error for an HTTP reply of status 300 or more.

    Args:
        status: The HTTP status.
        headers: The answer's headers; a mapping that ignores case, or has lower-case names.
        body: The body, or its beginning: JSON of any known shape, HTML or text.
        safe: The request changes and costs nothing (get, list, count), so that a retry is harmless.
        own_key: The gateway's own key was sent, not the caller's.
        request_id: The gateway's id of the request, for when upstream gives none.
        metadata: Upstream's headers that go out as trailers.
        hint: The operator's likely mistake.
    """
    error = error_of_body(body, headers.get("content-type", ""))
    request_id = headers.get("x-request-id") or request_id
    if own_key and status in CREDENTIALS:
        return UpstreamCredentialsError(
            f"the upstream refused the gateway's credentials (HTTP {status})",
            http_status=status,
            type=error.type,
            upstream_code=error.code,
            request_id=request_id,
            metadata=metadata,
        )
    message = error.message or f"the upstream answered {status} {_phrase(status)}".rstrip()
    if hint:
        message = f"{message} ({hint})"
    row = _row(status)
    if row is _REDIRECT:
        target = _target(headers.get("location", ""))
        if target:
            error.extra["location"] = target
            message = f"{message} (redirected to {target})"
    if safe and status in {502, 504}:
        row = _UNAVAILABLE
    facts = _facts(error, row, message, billed=row.billable and not safe)
    facts |= {"http_status": status, "request_id": request_id, "metadata": metadata}
    if row.code in WAITING and "quota" not in facts:
        asked = retry_after(headers)
        facts["retry_after"] = error.retry_after if asked is None else asked
    return UpstreamStatusError(message, **facts)


def from_error_object(  # noqa: PLR0913 - as above
    value: Any,
    *,
    safe: bool,
    own_key: bool = False,
    started: bool = False,
    request_id: str | None = None,
    metadata: tuple[tuple[str, str], ...] = (),
) -> UpstreamError:
    """Returns the error for an error object with HTTP 200.

    Args:
        value: The parsed body or event: `{"error": {...}}`, `{"error": "text"}`, a flat object such as that of the
            Responses `error` event, or the error itself.
        safe: As for `from_http`.
        own_key: As for `from_http`.
        started: Output of the call had been received before, so it is billed whatever the error says.
        request_id: Upstream's `x-request-id`, or else the gateway's id of the request.
        metadata: Upstream's headers that go out as trailers.
    """
    error = error_object(value)
    message = error.message or "the upstream answered with an error that says nothing"
    status = _implied_status(error)
    if own_key and status in CREDENTIALS:
        return UpstreamCredentialsError(
            f"the upstream refused the gateway's credentials (error {status})",
            http_status=200,
            type=error.type,
            upstream_code=error.code,
            maybe_billed=started and not safe,
            request_id=request_id,
            metadata=metadata,
        )
    row = _row(status)
    if row is _UNAVAILABLE and not safe:
        row = _SERVER_ERROR  # after a 200, upstream may have begun
    facts = _facts(error, row, message, billed=not safe and (started or row.billable))
    facts |= {"http_status": 200, "request_id": request_id, "metadata": metadata}
    if row.code in WAITING and "quota" not in facts:
        facts["retry_after"] = error.retry_after
    return UpstreamErrorObjectError(message, **facts)


def says_something(error: Any) -> bool:
    """Returns whether an `error` is one: some servers send an object of zeros and empty texts beside good chunks."""
    return any(error.values()) if isinstance(error, dict) else bool(error)


def stated_error(value: Mapping[str, Any]) -> Any:
    """Returns the error in an object with HTTP 200, for `from_error_object`, or None.

    Known shapes: `error`, `object` or `type` "error" (vLLM, LMDeploy), `base_resp` with a status (MiniMax).
    """
    if says_something(value.get("error")) or "error" in (value.get("object"), value.get("type")):
        return value
    base = value.get("base_resp")
    if isinstance(base, dict) and (code := base.get("status_code")):
        return {"message": base.get("status_msg") or base, "code": code, "type": _OF_BASE_RESP.get(str(code))}
    return None


# Of OpenRouter and Mistral; Cohere; SGLang and vLLM; DeepSeek; Zhipu.
FAILED_REASONS = frozenset(
    {"error", "ERROR", "TIMEOUT", "abort", "insufficient_system_resource", "network_error", "timeout"}
)


def choice_error(choice: Mapping[str, Any]) -> Any:
    """Returns the error of a choice of a completion, for `from_error_object`, or None."""
    if says_something(error := choice.get("error")):
        return error
    reason = choice.get("finish_reason")
    if reason and isinstance(reason, str) and reason in FAILED_REASONS:
        return f"the upstream ended a choice with finish_reason {reason}"
    return None


def from_reply(value: Any, key: str, *, safe: bool, own_key: bool = False) -> UpstreamError | None:
    """Returns the error for a reply with HTTP 200 that reports a failure or is invalid; else None.

    Args:
        value: The parsed body.
        key: The key that all such replies have, such as `choices`.
        safe: As for `from_http`.
        own_key: As for `from_http`.
    """
    if not isinstance(value, dict):
        return None
    billed = bool(value.get("usage"))
    choices = value.get("choices") if key == "choices" else None
    for choice in choices if isinstance(choices, list) else ():
        if isinstance(choice, dict) and (error := choice_error(choice)):
            return from_error_object(error, safe=safe, own_key=own_key, started=billed)
    if value.get(key) is not None:
        return None
    stated = stated_error(value)
    if (stated is None or key == "output") and _is_empty_reply(value, key):  # a response has its error in itself
        return None
    found = error_object(stated or value)
    status = _implied_status(found)
    if stated is value or (own_key and status in CREDENTIALS):
        return from_error_object(stated or value, safe=safe, own_key=own_key, started=billed)
    message = found.message if stated or found.message != _text(value) else ""
    message = message or f"the upstream answered without {key}: {_text(value)}"
    row = _row(status)
    # It is all of the answer, and nothing in it was generated.
    facts = _facts(found, _SERVER_ERROR if row is _UNAVAILABLE else row, message, billed=billed and not safe)
    facts["http_status"] = 200
    return UpstreamErrorObjectError(message, **facts)


def _is_empty_reply(value: Mapping[str, Any], key: str) -> bool:
    """Returns whether a reply that lacks its key is valid, from servers that omit empty values."""
    named = value.get("object")
    match key:
        case "choices":
            return named in ("chat.completion", "text_completion")
        case "data":
            return named == "list" or isinstance(value.get("models"), list)
        case "output":
            return named == "response" or bool(value.get("id"))
        case "text":
            return isinstance(value.get("segments"), list)
    return False


def _facts(error: ErrorObject, row: _Row, message: str, *, billed: bool) -> Facts:
    facts: Facts = {
        "code": row.code,
        "reason": row.reason,
        "type": error.type,
        "param": error.param,
        "upstream_code": error.code,
        "maybe_billed": billed,
        "extra": error.extra,
    }
    if row.code is StatusCode.INVALID_ARGUMENT:
        facts["violations"] = error.violations or ([(error.param, message)] if error.param else [])
    if row.reason == "RATE_LIMITED" and "insufficient_quota" in {error.code, error.type}:
        facts["reason"] = "INSUFFICIENT_QUOTA"
        facts["quota"] = [("insufficient_quota", message)]
    return facts


def _row(status: int) -> _Row:
    if row := _TABLE.get(status):
        return row
    if 400 <= status < 500:
        return _CLIENT_ERROR
    return _REDIRECT if 300 <= status < 400 else _SERVER_ERROR


def _implied_status(error: ErrorObject) -> int:
    for name in (error.code, error.type, *(error.extra.get(key) for key in _STATUS_KEYS)):
        if name is None:
            continue
        if len(name) == 3 and name.isdecimal() and 400 <= int(name) < 600:
            return int(name)
        lower = name.lower()
        if (status := _NAMES.get(lower) or _NAMES.get(lower.partition(".")[0])) is not None:
            return status
    return 500


def _target(location: str) -> str:
    """Returns the target of a redirect, without user and query, which may be secret."""
    try:
        parts = urlsplit(location)
        target = urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
    except ValueError:
        return ""
    return target[:MAX_TARGET] if target.isprintable() else ""


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


BOM = b"\xef\xbb\xbf"  # of UTF-8; a parser of JSON may ignore it (RFC 8259, 8.1)
MAX_TEXT = 4000  # characters kept of an error's text
MAX_TARGET = 500  # characters of where a redirect leads
MAX_EXTRA = 16  # keys of an error object besides the known ones
MAX_PAGE = 16 * 1024  # bytes of a page that are read: parsing HTML takes long, and its beginning says what is wrong


@dataclass(slots=True)
class ErrorObject:
    """Parts of an error.

    Attributes:
        message: Its message.
        type: Its `type`.
        param: Its `param`.
        code: Its `code`.
        violations: Pairs of field and description.
        extra: Its other keys, such as Azure's `innererror`, OpenRouter's `metadata` and Groq's `failed_generation`, as
            text or JSON.
        retry_after: Seconds to wait before a retry, where the error itself says so.
    """

    message: str = ""
    type: str | None = None
    param: str | None = None
    code: str | None = None
    violations: list[tuple[str, str]] = field(default_factory=list)
    extra: dict[str, str] = field(default_factory=dict)
    retry_after: float | None = None


# Keys of a flat error object that are of its envelope.
_ENVELOPE = frozenset({"error", "event_id", "object", "request_id", "sequence_number"})
_KNOWN = frozenset({"code", "detail", "message", "param", "type"})
_MESSAGES = ("message", "detail", "error", "msg", "error_msg", "Message", "errorMessage", "error_message")
# Further keys that say which error it is: Google's; TGI's; Groq's and Hugging Face's.
_STATUS_KEYS = ("status", "error_type", "http_status_code", "status_code", "statusCode")
_NOT_OF_A_NAME = re.compile(r"[^a-zA-Z0-9_-]")


def error_object(value: Any) -> ErrorObject:
    """Reads an error from parsed JSON.

    Known shapes: OpenAI's `{"error": {...}}`, `{"error": "text"}` (x.ai), `{"detail": "text"}` (Mistral) and
    `{"detail": [{"loc": [...], "msg": "..."}]}` (FastAPI), the flat object of vLLM and of the Responses `error` event,
    a list of any of these (Google), a bare string. Anything else is kept as its JSON text.

    Args:
        value: Any JSON value, as `loads` returns it.
    """
    while isinstance(value, list) and value:
        value = value[0]
    known = _KNOWN | _ENVELOPE
    while isinstance(value, dict) and isinstance(inner := value.get("error"), dict):
        value, known = inner, _KNOWN
    if not isinstance(value, dict):
        return ErrorObject(_text(value))
    if not any(value.get(key) for key in _MESSAGES) and isinstance(several := value.get("errors"), list) and several:
        first = several[0]  # Cloudflare's
        value = first if isinstance(first, dict) else {"message": first}
    message = next((value[key] for key in _MESSAGES if value.get(key)), value)
    if isinstance(message, dict) and message is not value:  # Mistral's, and FastAPI's where a service raises an object
        message = next((message[key] for key in _MESSAGES if message.get(key)), message)
    violations = _violations(message)
    if violations:
        message = "; ".join(f"{name}: {text}" for name, text in violations)
    # Where nothing but the whole object says what is wrong, it is the message; and a chunk of a stream is no error.
    extra = {} if message is value or "choices" in value else _extra(value, known)
    text = _text(message)
    raw = _raw(value.get("metadata"))
    if raw and raw not in text:
        text = f"{text}: {raw}"[:MAX_TEXT]
    return ErrorObject(
        text,
        type=_name(value.get("type")),
        param=_name(value.get("param")),
        code=_name(value.get("code")),
        violations=violations,
        extra=extra,
        retry_after=_asked(value, text),
    )


def _extra(value: dict[str, Any], known: frozenset[str]) -> dict[str, str]:
    """Returns the other keys of an error object, under names that `ErrorInfo` allows."""
    rest = ((key, each) for key, each in value.items() if key not in known and each not in (None, "", [], {}))
    named = ((_NOT_OF_A_NAME.sub("_", key)[:64], each) for key, each in rest)
    return {key: _text(each) for key, each in islice(named, MAX_EXTRA) if key}


def _raw(metadata: Any) -> str:
    """Returns the provider's message behind OpenRouter's "Provider returned error"."""
    raw = metadata.get("raw") if isinstance(metadata, dict) else None
    if isinstance(raw, str) and raw.lstrip()[:1] in {"{", "["}:
        with suppress(CodecError):
            raw = loads(raw)
    while isinstance(raw, list) and raw:
        raw = raw[0]
    while isinstance(raw, dict) and (inner := raw.get("error") or raw.get("message")):
        raw = inner
    return _text(raw)


_DURATION = re.compile(r"(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)(ms|s))?")
# OpenAI and Groq ask to "try again in 1m2.5s", Google to "retry in 39.5s", Azure to "retry after 26 seconds".
_ASKED = re.compile(
    r"\b(?:try again|retry) (?:in|after) (?:(\d[\d.]*) ?(ms|milliseconds?|s|seconds?)|((?:\d+h)?(?:\d+m)?\d[\d.]*s))\b",
    re.IGNORECASE,
)


def _asked(value: dict[str, Any], text: str) -> float | None:
    """Returns the retry delay in an error object, in seconds: from Google's details, a field, or its message."""
    details = value.get("details")
    for each in details if isinstance(details, list) else ():
        if isinstance(each, dict) and str(each.get("@type", "")).endswith("google.rpc.RetryInfo"):
            delay = each.get("retryDelay", each.get("retry_delay"))
            if isinstance(delay, dict):
                delay = delay.get("seconds")
            if (seconds := _duration(delay)) is not None:
                return seconds
    if (seconds := _duration(value.get("retry_after"))) is not None:
        return seconds
    if (found := _ASKED.search(text)) is None:
        return None
    number, unit, compound = found.groups()
    return _duration(compound or number + ("ms" if unit.lower().startswith("m") else "s"))


def _duration(value: Any) -> float | None:
    """Returns the seconds of `39.5s`, `500ms`, `1m2s`, or of a number."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str) and (found := _DURATION.fullmatch(value.strip())) and found.group():
        hours, minutes, rest, unit = found.groups()
        seconds = float(rest or 0) * (0.001 if unit == "ms" else 1)
        return _number(str(seconds + 60 * int(minutes or 0) + 3600 * int(hours or 0)), 1)
    return _number(str(value), 1)


def error_of_body(body: bytes, content_type: str) -> ErrorObject:
    """Reads the error of a whole body: JSON, HTML or text."""
    try:
        return error_object(loads(body.removeprefix(BOM)))
    except CodecError:
        return ErrorObject(plain_text(body, content_type))


def plain_text(body: bytes, content_type: str) -> str:
    """Returns the text at the beginning of an HTML or plain body, its white space collapsed."""
    text = body[:MAX_PAGE].decode("utf-8", "replace")
    if "html" in content_type.lower() or text.lstrip()[:1] == "<":
        parser = _HtmlText()
        with suppress(AssertionError):  # of an invalid declaration such as `<![x`
            parser.feed(text)
        text = " ".join(parser.parts)
    return " ".join(text.split())[:MAX_TEXT]


class _HtmlText(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._hidden = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self._hidden = tag in {"script", "style"}

    def handle_endtag(self, tag: str) -> None:
        del tag
        self._hidden = False

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data)


def _violations(detail: Any) -> list[tuple[str, str]]:
    if not isinstance(detail, list):
        return []
    return [
        (".".join(map(_text, item["loc"])) if isinstance(item.get("loc"), list) else "", _text(item["msg"]))
        for item in detail
        if isinstance(item, dict) and "msg" in item
    ]


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value[:MAX_TEXT]
    try:
        return dumps(value).decode()[:MAX_TEXT]
    except CodecError:
        return "(nested too deeply)"


def _name(value: Any) -> str | None:
    return None if value is None else _text(value)


YEAR = 365 * 86400


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Returns the seconds to wait, or None without a valid header (up to a year).

    `retry-after-ms` goes first, as it is the more exact; `retry-after` is in seconds or an HTTP date, which is compared
    with the sender's own `date`, whatever the clock here says.
    """
    for seconds in (_number(headers.get("retry-after-ms"), 0.001), _number(headers.get("retry-after"), 1)):
        if seconds is not None:
            return seconds
    return _until(_moment(headers.get("retry-after")), _moment(headers.get("date")))


def _number(value: str | None, unit: float) -> float | None:
    try:
        seconds = float(value or "") * unit
    except ValueError:
        return None
    return seconds if 0 <= seconds <= YEAR else None


def _until(moment: datetime | None, sent: datetime | None) -> float | None:
    if moment is None:
        return None
    seconds = (moment - (sent or datetime.now(UTC))).total_seconds()
    return max(seconds, 0.0) if seconds <= YEAR else None


def _moment(value: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)  # of the zone "-0000"
