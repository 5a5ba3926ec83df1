"""Upstream's HTTP statuses, and errors that come with status 200, each with its gRPC status and details."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import grpc
import pytest

from faults import answers
from faults.outcome import try_fault
from faults.rpcs import (
    CREATE_CHAT,
    CREATE_RESPONSE,
    CREATE_TRANSCRIPTION,
    CREATING,
    GET_RESPONSE,
    STREAM_CHAT,
    STREAM_RESPONSE,
    UPLOAD_TRANSCRIPTION,
    Rpc,
    rpc_name,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from faults.exchange import Answer

Code = grpc.StatusCode
IDS = {"x-request-id": "req_1", "x-ratelimit-remaining-requests": "0", "set-cookie": "session=1"}
MESSAGE = "That did not work"


class Row(NamedTuple):
    """What is expected of an HTTP status."""

    code: Code
    reason: str
    billed: bool = False


STATUSES = {
    400: Row(Code.INVALID_ARGUMENT, "INVALID_REQUEST"),
    401: Row(Code.UNAUTHENTICATED, "UNAUTHENTICATED"),
    402: Row(Code.FAILED_PRECONDITION, "PAYMENT_REQUIRED"),
    403: Row(Code.PERMISSION_DENIED, "PERMISSION_DENIED"),
    404: Row(Code.NOT_FOUND, "NOT_FOUND"),
    405: Row(Code.FAILED_PRECONDITION, "UPSTREAM_REJECTED"),
    408: Row(Code.DEADLINE_EXCEEDED, "UPSTREAM_TIMEOUT", billed=True),
    409: Row(Code.ABORTED, "CONFLICT"),
    413: Row(Code.INVALID_ARGUMENT, "INVALID_REQUEST"),
    418: Row(Code.FAILED_PRECONDITION, "UPSTREAM_REJECTED"),
    422: Row(Code.INVALID_ARGUMENT, "INVALID_REQUEST"),
    429: Row(Code.RESOURCE_EXHAUSTED, "RATE_LIMITED"),
    301: Row(Code.INTERNAL, "UPSTREAM_REDIRECT"),
    307: Row(Code.INTERNAL, "UPSTREAM_REDIRECT"),
    500: Row(Code.INTERNAL, "UPSTREAM_ERROR", billed=True),
    501: Row(Code.INTERNAL, "UPSTREAM_ERROR", billed=True),
    502: Row(Code.INTERNAL, "UPSTREAM_ERROR", billed=True),
    503: Row(Code.UNAVAILABLE, "UPSTREAM_UNAVAILABLE"),
    504: Row(Code.DEADLINE_EXCEEDED, "UPSTREAM_TIMEOUT", billed=True),
}


def error(message: str = MESSAGE, **fields: Any) -> dict[str, Any]:
    """OpenAI's error body."""
    return {"error": {"message": message, "type": "some_error", "param": None, "code": None, **fields}}


def of(status: int, body: Any, **headers: str) -> Answer:
    """An answer with a JSON body and the headers that OpenAI sends."""
    return answers.json(body, status=status, headers=IDS | {key.replace("_", "-"): headers[key] for key in headers})


@pytest.mark.parametrize("rpc", CREATING, ids=rpc_name)
@pytest.mark.parametrize("status", STATUSES)
def test_status(rpc: Rpc, status: int) -> None:
    expected = STATUSES[status]
    body = error(param="some.param", code="some_code")
    # The caller's key, as the gateway has none: refusals of it are the caller's.
    found = try_fault(rpc, of(status, body, location="http://127.0.0.1:1/"), api_key=None)
    assert (found.code, found.reason) == (expected.code, expected.reason)
    assert (found.text, found.messages) == (MESSAGE, [])
    assert found.pushback == ("-1" if expected.billed else None)
    assert found.info == {
        "http_status": str(status),
        "type": "some_error",
        "param": "some.param",
        "code": "some_code",
        "request_id": "req_1",
    }
    assert found.fields == (["some.param"] if expected.code is Code.INVALID_ARGUMENT else [])
    assert (found.quota, found.retry_delay) == ([], None)
    assert found.trailers["openai-request-id"] == "req_1"
    assert found.trailers["x-ratelimit-remaining-requests"] == "0"
    assert "set-cookie" not in found.trailers
    assert "openai-request-id" not in found.initial  # trailers only, so that a mesh may retry


@pytest.mark.parametrize("rpc", [CREATE_CHAT, STREAM_RESPONSE, UPLOAD_TRANSCRIPTION], ids=rpc_name)
@pytest.mark.parametrize("status", [401, 403])
def test_the_gateways_own_key_is_refused(rpc: Rpc, status: int) -> None:
    quoted = "Incorrect API key provided: sk-of-****eway"
    found = try_fault(rpc, of(status, error(quoted, code="invalid_api_key")))
    assert (found.code, found.reason) == (Code.INTERNAL, "UPSTREAM_CREDENTIALS")
    assert (found.info["http_status"], found.info["code"], found.pushback) == (str(status), "invalid_api_key", None)
    assert "sk-of" not in found.text


@pytest.mark.parametrize("status", [502, 504])
def test_a_safe_call_may_be_retried(status: int) -> None:
    found = try_fault(GET_RESPONSE, of(status, error()))
    assert (found.code, found.pushback) == (Code.UNAVAILABLE, None)


DELAYS: dict[str, tuple[int, Mapping[str, str], float | None, str | None]] = {
    "in seconds": (429, {"retry_after": "7"}, 7.0, None),
    "in milliseconds, which are the more exact": (429, {"retry_after": "2", "retry_after_ms": "1500"}, 1.5, None),
    "a fraction": (429, {"retry_after": "0.25"}, 0.25, None),
    "a date that has passed": (429, {"retry_after": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0.0, None),
    "nonsense": (429, {"retry_after": "soon"}, None, None),
    "not at all": (429, {}, None, None),
    "of an overload": (503, {"retry_after": "3"}, 3.0, "3000"),
    "of a failure that may have been billed": (500, {"retry_after": "3"}, None, "-1"),
}


@pytest.mark.parametrize("rpc", [CREATE_CHAT, STREAM_CHAT], ids=rpc_name)
@pytest.mark.parametrize(("status", "headers", "delay", "pushback"), DELAYS.values(), ids=DELAYS)
def test_retry_after(
    rpc: Rpc, status: int, headers: Mapping[str, str], delay: float | None, pushback: str | None
) -> None:
    found = try_fault(rpc, of(status, error(), **headers))
    assert (found.retry_delay, found.pushback) == (delay, pushback)


@pytest.mark.parametrize("rpc", [CREATE_RESPONSE, STREAM_CHAT], ids=rpc_name)
def test_spent_quota(rpc: Rpc) -> None:
    spent = error(type="insufficient_quota", code="insufficient_quota")
    found = try_fault(rpc, of(429, spent, retry_after="1"))
    assert (found.code, found.reason) == (Code.RESOURCE_EXHAUSTED, "INSUFFICIENT_QUOTA")
    # A retry would not help.
    assert (found.quota, found.retry_delay, found.pushback) == (["insufficient_quota"], None, None)


HTML = b"<!doctype html><html><head><title>502 Bad Gateway</title></head><body><h1>cloudy</h1></body></html>"
BODIES: dict[str, tuple[bytes, str, str]] = {
    "HTML": (HTML, "text/html", "502 Bad Gateway cloudy"),
    "HTML that says it is JSON": (HTML, "application/json", "502 Bad Gateway cloudy"),
    "plain text": (b"upstream connect error", "text/plain", "upstream connect error"),
    "nothing": (b"", "text/plain", "the upstream answered 502 Bad Gateway"),
    "invalid UTF-8": (b"caf\xe9", "text/plain", "caf\N{REPLACEMENT CHARACTER}"),
    "a bare string": (b'{"error":"no"}', "application/json", "no"),
    "FastAPI's": (b'{"detail":"no"}', "application/json", "no"),
    "an object of its own": (b'{"a":1}', "application/json", '{"a":1}'),
}


@pytest.mark.parametrize("rpc", [CREATE_CHAT, STREAM_CHAT, CREATE_TRANSCRIPTION], ids=rpc_name)
@pytest.mark.parametrize(("body", "content_type", "text"), BODIES.values(), ids=BODIES)
def test_body_of_an_error(rpc: Rpc, body: bytes, content_type: str, text: str) -> None:
    found = try_fault(rpc, answers.body(body, status=502, content_type=content_type))
    assert (found.code, found.text, found.info["http_status"]) == (Code.INTERNAL, text, "502")


@pytest.mark.parametrize("rpc", [CREATE_CHAT, STREAM_CHAT], ids=rpc_name)
@pytest.mark.parametrize("letter", ["x", "ä", "\n"])
def test_trailers_stay_small(rpc: Rpc, letter: str) -> None:
    limits = {f"x-ratelimit-{number}": "9" * 4000 for number in range(40)}
    huge = error(letter * 1_000_000, param=letter * 5000, code="c" * 5000)
    found = try_fault(rpc, answers.json(huge, status=400, headers=limits | {"x-request-id": "req_1"}))
    assert found.code is Code.INVALID_ARGUMENT
    assert found.trailers["openai-request-id"] == "req_1"


IN_SUCCESS: dict[str, tuple[Any, Row]] = {
    "OpenAI's": (error(), Row(Code.INTERNAL, "UPSTREAM_ERROR", billed=True)),
    "a bare string": ({"error": MESSAGE}, Row(Code.INTERNAL, "UPSTREAM_ERROR", billed=True)),
    "a rate limit": (error(code="rate_limit_exceeded"), Row(Code.RESOURCE_EXHAUSTED, "RATE_LIMITED")),
    "a number": (error(code=400), Row(Code.INVALID_ARGUMENT, "INVALID_REQUEST")),
    "an overload": (error(type="overloaded_error"), Row(Code.INTERNAL, "UPSTREAM_ERROR", billed=True)),
}


@pytest.mark.parametrize("rpc", CREATING, ids=rpc_name)
@pytest.mark.parametrize(("body", "expected"), IN_SUCCESS.values(), ids=IN_SUCCESS)
def test_an_error_with_status_200(rpc: Rpc, body: Any, expected: Row) -> None:
    found = try_fault(rpc, of(200, body))
    assert (found.code, found.reason, found.text) == (expected.code, expected.reason, MESSAGE)
    assert found.pushback == ("-1" if expected.billed else None)
    assert (found.info["http_status"], found.info["request_id"]) == ("200", "req_1")
    assert (found.trailers["openai-request-id"], found.messages) == ("req_1", [])
