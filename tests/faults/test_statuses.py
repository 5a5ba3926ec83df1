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
    521: Row(Code.UNAVAILABLE, "UPSTREAM_UNAVAILABLE"),
    522: Row(Code.INTERNAL, "UPSTREAM_ERROR", billed=True),
    524: Row(Code.DEADLINE_EXCEEDED, "UPSTREAM_TIMEOUT", billed=True),
    529: Row(Code.UNAVAILABLE, "UPSTREAM_UNAVAILABLE"),
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
    found = try_fault(rpc, of(status, body), api_key=None)
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


TARGETS = {
    "another path": ("/v1/chat/completions/", "/v1/chat/completions/"),
    "another host": ("http://127.0.0.1:1/v2/", "http://127.0.0.1:1/v2/"),
    "a login, whose query is a secret": ("https://u:p@sso.example/in?state=s3cret#x", "https://sso.example/in"),
    "no target": ("http://[", None),
}


@pytest.mark.parametrize("rpc", [CREATE_CHAT, STREAM_RESPONSE], ids=rpc_name)
@pytest.mark.parametrize(("location", "told"), TARGETS.values(), ids=TARGETS)
def test_a_redirect_tells_its_target(rpc: Rpc, location: str, told: str | None) -> None:
    found = try_fault(rpc, answers.body(b"", status=307, headers={"location": location}))
    assert (found.code, found.reason) == (Code.INTERNAL, "UPSTREAM_REDIRECT")
    assert found.info.get("location") == told
    assert (told or "307") in found.text
    assert "s3cret" not in found.text


EXTRAS: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "Azure, which filter it was": (
        {
            "code": "content_filter",
            "innererror": {"code": "Policy", "content_filter_result": {"hate": {"filtered": True}}},
        },
        {"innererror": '{"code":"Policy","content_filter_result":{"hate":{"filtered":true}}}'},
    ),
    "Groq, the call that the model wrote": (
        {"failed_generation": "<function=f{}>"},
        {"failed_generation": "<function=f{}>"},
    ),
    "llama.cpp, numbers": ({"n_prompt_tokens": 90, "n_ctx": 64}, {"n_prompt_tokens": "90", "n_ctx": "64"}),
    "a name that ErrorInfo does not allow": ({"what else": True}, {"what_else": "true"}),
    "nothing": ({"innererror": None, "details": [], "hint": ""}, {}),
}


@pytest.mark.parametrize("rpc", [CREATE_CHAT, STREAM_CHAT, UPLOAD_TRANSCRIPTION], ids=rpc_name)
@pytest.mark.parametrize(("fields", "told"), EXTRAS.values(), ids=EXTRAS)
def test_further_keys_of_an_error(rpc: Rpc, fields: dict[str, Any], told: dict[str, str]) -> None:
    found = try_fault(rpc, of(400, error(**fields)))
    assert (found.code, found.text) == (Code.INVALID_ARGUMENT, MESSAGE)
    assert set(found.info) - {"http_status", "type", "code", "request_id"} == set(told)
    assert {key: found.info[key] for key in told} == told


PROVIDERS = {
    "a text": ("the model is busy, come back", "the model is busy, come back"),
    "an error as text": ('{"error":{"message":"no such tool","code":7}}', "no such tool"),
    "an error": ({"message": "no such tool"}, "no such tool"),
}


@pytest.mark.parametrize(("raw", "told"), PROVIDERS.values(), ids=PROVIDERS)
def test_what_the_provider_behind_a_provider_said(raw: Any, told: str) -> None:
    metadata = {"raw": raw, "provider_name": "someone"}
    body = {"error": {"message": "Provider returned error", "code": 429, "metadata": metadata}, "user_id": "user_1"}
    found = try_fault(CREATE_CHAT, of(429, body))
    assert (found.code, found.text) == (Code.RESOURCE_EXHAUSTED, f"Provider returned error: {told}")
    assert "someone" in found.info["metadata"]
    assert "user_1" not in str(found)


def test_an_error_that_is_long_keeps_its_trailers_small() -> None:
    found = try_fault(
        CREATE_CHAT, of(400, error("m" * 5000, failed_generation="g" * 9000, innererror={"a": "b" * 5000}))
    )
    assert found.code is Code.INVALID_ARGUMENT
    assert found.info["failed_generation"].startswith("ggg")


WAITS: dict[str, tuple[Any, float | None]] = {
    "Google's detail": (
        [
            {
                "error": {
                    "message": "no",
                    "details": [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "3.5s"}],
                }
            }
        ],
        3.5,
    ),
    "a field": (error(retry_after=4), 4.0),
    "OpenAI's words": (error("Rate limit reached. Please try again in 1m2.5s. Visit us."), 62.5),
    "OpenAI's words, in milliseconds": (error("Please try again in 250ms."), 0.25),
    "Azure's words": (error("Please retry after 26 seconds."), 26.0),
    "no number": (error("Please try again in a moment.", retry_after="soon"), None),
}


@pytest.mark.parametrize(("body", "delay"), WAITS.values(), ids=WAITS)
def test_when_to_retry_in_the_body_alone(body: Any, delay: float | None) -> None:
    found = try_fault(CREATE_CHAT, of(429, body))
    assert (found.code, found.retry_delay) == (Code.RESOURCE_EXHAUSTED, delay)
    found = try_fault(CREATE_CHAT, of(429, body, retry_after="9"))
    assert found.retry_delay == 9.0  # the header is the sender's own word
    found = try_fault(CREATE_CHAT, of(400, body))
    assert found.retry_delay is None


REFUSED_INSIDE = {
    "Azure's filter": {"code": "content_filter", "type": None, "status": 400},
    "a status alone": {"status": 400},
    "Google's status": {"status": "INVALID_ARGUMENT"},
    "vLLM's type": {"type": "BadRequestError"},
    "an image": {"code": "invalid_image_url"},
}


@pytest.mark.parametrize("rpc", [STREAM_CHAT, STREAM_RESPONSE], ids=rpc_name)
@pytest.mark.parametrize("fields", REFUSED_INSIDE.values(), ids=REFUSED_INSIDE)
def test_a_refusal_inside_a_stream(rpc: Rpc, fields: dict[str, Any]) -> None:
    found = try_fault(rpc, answers.stream(answers.events([{"error": {"message": MESSAGE, **fields}}])))
    assert (found.code, found.text, found.pushback) == (Code.INVALID_ARGUMENT, MESSAGE, None)


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
