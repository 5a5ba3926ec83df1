"""Failures and their gRPC statuses: DESIGN's table, row by row, and the details' shapes and bounds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html.parser import HTMLParser
from typing import Any, TypedDict

import orjson
import pytest
from google.rpc import error_details_pb2 as rpc  # type: ignore[import-untyped] # ships no py.typed
from google.rpc import status_pb2
from grpc import StatusCode

from openai_grpc.codec import RawNumber, RawString
from openai_grpc_server import errors
from openai_grpc_server.errors import GatewayError, from_error_object, from_http

OPENAI_ERROR = b'{"error":{"message":"No such thing.","type":"some_type","param":"messages[0]","code":"some_code"}}'
QUOTA = b'{"error":{"message":"You exceeded your quota.","type":"insufficient_quota","param":null,"code":"%s"}}'

DETAILS = {
    detail.DESCRIPTOR.full_name: detail for detail in (rpc.ErrorInfo, rpc.RetryInfo, rpc.QuotaFailure, rpc.BadRequest)
}


def details(error: GatewayError) -> dict[str, Any]:
    """The details of an error by their short names."""
    found = {}
    for packed in error.to_status().details:
        name = packed.TypeName()
        found[name.rsplit(".", 1)[1]] = DETAILS[name].FromString(packed.value)
    return found


def pushback(error: GatewayError) -> str | bytes | None:
    return dict(error.trailing_metadata()).get("grpc-retry-pushback-ms")


class How(TypedDict):
    safe: bool
    own_key: bool


CREATE: How = {"safe": False, "own_key": False}
SAFE: How = {"safe": True, "own_key": False}
OWN_KEY: How = {"safe": False, "own_key": True}


@pytest.mark.parametrize(
    ("status", "how", "code", "reason", "billed"),
    [
        (400, CREATE, StatusCode.INVALID_ARGUMENT, "INVALID_REQUEST", False),
        (413, CREATE, StatusCode.INVALID_ARGUMENT, "INVALID_REQUEST", False),
        (422, CREATE, StatusCode.INVALID_ARGUMENT, "INVALID_REQUEST", False),
        (401, OWN_KEY, StatusCode.INTERNAL, "UPSTREAM_CREDENTIALS", False),
        (403, OWN_KEY, StatusCode.INTERNAL, "UPSTREAM_CREDENTIALS", False),
        (401, CREATE, StatusCode.UNAUTHENTICATED, "UNAUTHENTICATED", False),
        (403, CREATE, StatusCode.PERMISSION_DENIED, "PERMISSION_DENIED", False),
        (404, CREATE, StatusCode.NOT_FOUND, "NOT_FOUND", False),
        (409, CREATE, StatusCode.ABORTED, "CONFLICT", False),
        (402, CREATE, StatusCode.FAILED_PRECONDITION, "PAYMENT_REQUIRED", False),
        (405, CREATE, StatusCode.FAILED_PRECONDITION, "UPSTREAM_REJECTED", False),
        (418, CREATE, StatusCode.FAILED_PRECONDITION, "UPSTREAM_REJECTED", False),
        (429, CREATE, StatusCode.RESOURCE_EXHAUSTED, "RATE_LIMITED", False),
        (500, CREATE, StatusCode.INTERNAL, "UPSTREAM_ERROR", True),
        (502, CREATE, StatusCode.INTERNAL, "UPSTREAM_ERROR", True),
        (529, CREATE, StatusCode.UNAVAILABLE, "UPSTREAM_UNAVAILABLE", False),
        (301, CREATE, StatusCode.INTERNAL, "UPSTREAM_REDIRECT", False),
        (307, SAFE, StatusCode.INTERNAL, "UPSTREAM_REDIRECT", False),
        (503, CREATE, StatusCode.UNAVAILABLE, "UPSTREAM_UNAVAILABLE", False),
        (408, CREATE, StatusCode.DEADLINE_EXCEEDED, "UPSTREAM_TIMEOUT", True),
        (504, CREATE, StatusCode.DEADLINE_EXCEEDED, "UPSTREAM_TIMEOUT", True),
        (408, SAFE, StatusCode.DEADLINE_EXCEEDED, "UPSTREAM_TIMEOUT", False),
        (500, SAFE, StatusCode.INTERNAL, "UPSTREAM_ERROR", False),
        (502, SAFE, StatusCode.UNAVAILABLE, "UPSTREAM_UNAVAILABLE", False),
        (504, SAFE, StatusCode.UNAVAILABLE, "UPSTREAM_UNAVAILABLE", False),
    ],
)
def test_http_status(status: int, how: How, code: StatusCode, reason: str, billed: bool) -> None:
    error = from_http(status, {"x-request-id": "req_1"}, OPENAI_ERROR, request_id="ours", **how)
    assert (error.code, error.reason, error.maybe_billed) == (code, reason, billed)
    assert error.to_status().code == code.value[0]
    info = details(error)["ErrorInfo"]
    assert (info.reason, info.domain) == (reason, "openai-grpc")
    facts = {"http_status": str(status), "type": "some_type", "code": "some_code", "request_id": "req_1"}
    if reason == "UPSTREAM_CREDENTIALS":
        assert "No such thing" not in error.message
    else:
        assert error.message == "No such thing."
        facts["param"] = "messages[0]"
    assert dict(info.metadata) == facts
    assert pushback(error) == ("-1" if billed else None)


@pytest.mark.parametrize(
    ("kind", "code", "reason"),
    [
        (errors.InvalidArgumentError, StatusCode.INVALID_ARGUMENT, "INVALID_REQUEST"),
        (errors.UnauthenticatedError, StatusCode.UNAUTHENTICATED, "UNAUTHENTICATED"),
        (errors.MessageTooLargeError, StatusCode.RESOURCE_EXHAUSTED, "MESSAGE_TOO_LARGE"),
        (errors.DrainingError, StatusCode.UNAVAILABLE, "DRAINING"),
        (errors.CallerDeadlineError, StatusCode.DEADLINE_EXCEEDED, "CALLER_DEADLINE"),
        (errors.UpstreamConnectError, StatusCode.UNAVAILABLE, "UPSTREAM_CONNECT_FAILED"),
        (errors.UpstreamConnectionLostError, StatusCode.INTERNAL, "UPSTREAM_CONNECTION_LOST"),
        (errors.UpstreamTruncatedError, StatusCode.INTERNAL, "UPSTREAM_TRUNCATED"),
        (errors.UpstreamProtocolError, StatusCode.INTERNAL, "UPSTREAM_PROTOCOL_ERROR"),
        (errors.InvalidUpstreamJsonError, StatusCode.INTERNAL, "UPSTREAM_INVALID_JSON"),
        (errors.UpstreamTimeoutError, StatusCode.DEADLINE_EXCEEDED, "UPSTREAM_TIMEOUT"),
        (errors.FirstTokenTimeoutError, StatusCode.DEADLINE_EXCEEDED, "FIRST_TOKEN_TIMEOUT"),
        (errors.IdleTimeoutError, StatusCode.DEADLINE_EXCEEDED, "IDLE_TIMEOUT"),
        (errors.TotalTimeoutError, StatusCode.DEADLINE_EXCEEDED, "TOTAL_TIMEOUT"),
    ],
)
def test_kinds(kind: type[GatewayError], code: StatusCode, reason: str) -> None:
    error = kind("what happened", request_id="req_1")
    status = error.to_status()
    assert (status.code, status.message) == (code.value[0], "what happened")
    assert details(error)["ErrorInfo"].reason == reason
    assert dict(details(error)["ErrorInfo"].metadata) == {"request_id": "req_1"}


def every_kind(kind: type[GatewayError] = GatewayError) -> list[type[GatewayError]]:
    return [kind, *(found for child in kind.__subclasses__() for found in every_kind(child))]


def test_nothing_is_cancelled_and_the_tree_is_drawn_whole() -> None:
    drawn = errors.__doc__ or ""
    for kind in every_kind():
        assert kind.default_code is not StatusCode.CANCELLED
        assert kind.__name__ in drawn


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after-ms": "1500", "retry-after": "7"}, 1.5),
        ({"retry-after-ms": "soon", "retry-after": "7"}, 7.0),
        ({"retry-after": "0.25"}, 0.25),
        ({"retry-after": "-1"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "1e300"}, None),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0.0),
        ({"retry-after": "Wed, 21 Oct 9015 07:28:00 GMT"}, None),
        ({"retry-after": "Wed, 21 Oct 9015 07:28:00 GMT", "date": "Wed, 21 Oct 9015 07:27:30 GMT"}, 30.0),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT", "date": "Wed, 21 Oct 2015 07:27:30 -0000"}, 30.0),
        ({"retry-after": "later"}, None),
        ({}, None),
    ],
)
def test_retry_after(headers: dict[str, str], seconds: float | None) -> None:
    error = from_http(429, headers, OPENAI_ERROR, **CREATE)
    assert error.retry_after == seconds
    overloaded = from_http(503, headers, OPENAI_ERROR, **CREATE)
    assert pushback(error) is None
    if seconds is None:
        assert "RetryInfo" not in details(error)
        assert pushback(overloaded) is None
    else:
        assert details(error)["RetryInfo"].retry_delay.ToMilliseconds() == round(seconds * 1000)
        assert pushback(overloaded) == str(round(seconds * 1000))


def test_retry_after_an_http_date() -> None:
    then = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    seconds = from_http(503, {"retry-after": then}, b"", **CREATE).retry_after
    assert seconds is not None
    assert 3000 < seconds <= 3600


def test_a_billed_failure_is_not_retried_whatever_upstream_says() -> None:
    error = from_http(500, {"retry-after": "1"}, OPENAI_ERROR, **CREATE)
    assert "RetryInfo" not in details(error)
    assert pushback(error) == "-1"


@pytest.mark.parametrize("code", [b"insufficient_quota", b"other"])
def test_insufficient_quota(code: bytes) -> None:
    error = from_http(429, {"retry-after": "1"}, QUOTA % code, **OWN_KEY)
    assert (error.code, error.reason) == (StatusCode.RESOURCE_EXHAUSTED, "INSUFFICIENT_QUOTA")
    found = details(error)
    assert [v.description for v in found["QuotaFailure"].violations] == ["You exceeded your quota."]
    assert "RetryInfo" not in found


@pytest.mark.parametrize(
    ("body", "content_type", "message"),
    [
        (
            b"<html><title>502</title><style>p{}</style><h1>Bad\n gateway &amp; more</h1><script>x()</script></html>",
            "text/html",
            "502 Bad gateway & more",
        ),
        (b"upstream  timed\nout", "text/plain", "upstream timed out"),
        (b"caf\xe9", "", "caf\N{REPLACEMENT CHARACTER}"),
        (b'{"error":"a bare string"}', "application/json", "a bare string"),
        (b'{"error":{"message":{"deep":1}}}', "application/json", '{"deep":1}'),
        (b'{"detail":"Not authorised"}', "application/json", "Not authorised"),
        (b'{"object":"error","message":"vLLM says","type":"T","code":400}', "application/json", "vLLM says"),
        (b'[{"error":{"message":"Google says","code":400}}]', "application/json", "Google says"),
        (b'"text"', "application/json", "text"),
        (b'{"unheard":[1,2]}', "application/json", '{"unheard":[1,2]}'),
        (b"", "", "the upstream answered 400 Bad Request"),
        (b"null", "application/json", "the upstream answered 400 Bad Request"),
        (b"{}", "application/json", "{}"),
        (b'{"error":' * 1000 + b"1" + b"}" * 1000, "application/json", "1"),
    ],
)
def test_the_text_is_kept(body: bytes, content_type: str, message: str) -> None:
    error = from_http(400, {"content-type": content_type}, body, **CREATE)
    assert error.message == error.to_status().message == message


@pytest.mark.parametrize(
    "begins", [b"<![x", b"<![endif", b"<!DOCTYPE [", b"</", b"<a b='", b"&#x", b"<script>", b"\xff<"]
)
def test_a_page_that_is_no_html(begins: bytes) -> None:
    assert from_http(502, {"content-type": "text/html"}, b"<p>Sorry</p>" + begins, **CREATE).message.startswith("Sorry")


def test_the_beginning_of_a_page_is_all_that_is_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    fed = []
    monkeypatch.setattr(HTMLParser, "feed", lambda _, text: fed.append(len(text)))
    from_http(502, {}, b"<p>x" * 1_000_000, **CREATE)
    assert fed == [16 * 1024]


DEEP: Any = []
for _ in range(400):
    DEEP = [{"a": DEEP}]
ODD = [10**30, "9" * 5000, RawNumber("9" * 5000), RawNumber("1e400"), RawString("\ud800"), True, [], {}, [{}], DEEP]


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_an_error_object_may_be_anything(odd: Any) -> None:
    shapes = [odd, [odd], {"error": odd}, {"error": {"error": odd}}, {"detail": [{"loc": [odd], "msg": odd}]}]
    shapes += [{"error": {name: odd}} for name in ("message", "type", "param", "code", "detail")]
    for value in shapes:
        assert from_error_object(value, safe=False).to_status().code == StatusCode.INTERNAL.value[0]


def test_bad_request_names_the_fields() -> None:
    openai = from_http(400, {}, OPENAI_ERROR, **CREATE)
    fastapi = from_http(422, {}, b'{"detail":[{"loc":["body","n",0],"msg":"too big"},{"msg":"odd"}]}', **CREATE)
    assert openai.violations == [("messages[0]", "No such thing.")]
    assert fastapi.violations == [("body.n.0", "too big"), ("", "odd")]
    own = errors.InvalidArgumentError.of_field("tools[1].parameters_json", "not JSON")
    found = details(own)["BadRequest"].field_violations
    assert [(v.field, v.description) for v in found] == [("tools[1].parameters_json", "not JSON")]


@pytest.mark.parametrize(
    ("value", "how", "code", "billed"),
    [
        ({"error": {"message": "m", "type": "server_error"}}, {}, StatusCode.INTERNAL, True),
        ({"error": "m"}, {}, StatusCode.INTERNAL, True),
        ({"error": {"message": "m", "code": 429}}, {}, StatusCode.RESOURCE_EXHAUSTED, False),
        ({"error": {"message": "m", "code": "429"}}, {"started": True}, StatusCode.RESOURCE_EXHAUSTED, True),
        ({"error": {"message": "m", "code": 502}}, {}, StatusCode.INTERNAL, True),
        ({"error": {"message": "m", "type": "overloaded_error"}}, {}, StatusCode.INTERNAL, True),
        ({"error": {"message": "m", "type": "overloaded_error"}}, {"safe": True}, StatusCode.UNAVAILABLE, False),
        ({"error": {"message": "m", "code": "timeout"}}, {}, StatusCode.DEADLINE_EXCEEDED, True),
        ({"type": "error", "code": "invalid_prompt", "message": "m"}, {}, StatusCode.INVALID_ARGUMENT, False),
        ({"type": "error", "error": {"message": "m", "code": "x"}}, {"safe": True}, StatusCode.INTERNAL, False),
        ({"message": "m", "type": "invalid_request_error"}, {"started": True}, StatusCode.INVALID_ARGUMENT, True),
        ({"error": {"message": "m", "code": 99999999999}}, {}, StatusCode.INTERNAL, True),
    ],
)
def test_error_objects_with_http_200(value: Any, how: dict[str, bool], code: StatusCode, billed: bool) -> None:
    error = from_error_object(value, safe=how.get("safe", False), started=how.get("started", False), request_id="req_1")
    assert (error.code, error.message, error.maybe_billed) == (code, "m", billed)
    assert details(error)["ErrorInfo"].metadata["http_status"] == "200"
    assert pushback(error) == ("-1" if billed else None)


@pytest.mark.parametrize("text", ["x" * 100_000, "\N{SNOWMAN}" * 50_000, "%\0\n" * 50_000, "\ud800" * 50_000])
def test_trailers_are_bounded(text: str) -> None:
    error = from_http(422, {}, orjson.dumps({"detail": "d"}), **CREATE)
    error.message = error.type = error.param = error.upstream_code = error.request_id = text
    error.violations = [(text, text)] * 1000
    error.quota = [(text, text)] * 1000
    error.retry_after = 3.0
    status = error.to_status()
    assert status.ByteSize() <= 4096
    found = details(error)
    assert found["ErrorInfo"].reason == "INVALID_REQUEST"
    assert found["RetryInfo"].retry_delay.seconds == 3
    assert status_pb2.Status.FromString(dict(error.trailing_metadata())["grpc-status-details-bin"]) == status


def test_upstreams_headers_ride_in_the_trailers() -> None:
    error = from_http(404, {}, OPENAI_ERROR, **CREATE, metadata=(("x-ratelimit-limit-requests", "5"),))
    assert ("x-ratelimit-limit-requests", "5") in error.trailing_metadata()
