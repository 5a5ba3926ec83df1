"""What crosses the gateway in headers and metadata, and what never does."""

from __future__ import annotations

import httpx2
import pytest

from openai_grpc_server.errors import InvalidArgumentError
from openai_grpc_server.upstream import extra_headers, request_headers, response_metadata


def test_what_goes_up() -> None:
    metadata: dict[str, str | bytes] = {
        "authorization": "Bearer the-mesh's-own",
        "openai-project": "theirs",
        "idempotency-key": "k1",
        "traceparent": "00-1-2-01",
        "tracestate": "a=b",
        "cookie": "session=1",
        "user-agent": "grpc-python",
        "x-forwarded-for": "10.0.0.1",
        "x-request-id": "theirs too",
    }
    headers = request_headers(
        metadata,
        api_key="sk-1",
        organization="ours",
        project="ours",
        request_id="id-1",
        extra=extra_headers({"OpenAI-Beta": "assistants=v2"}, ["openai-*"]),
    )
    assert headers == [
        ("authorization", "Bearer sk-1"),
        ("openai-organization", "ours"),
        ("openai-project", "theirs"),
        ("idempotency-key", "k1"),
        ("traceparent", "00-1-2-01"),
        ("tracestate", "a=b"),
        ("x-client-request-id", "id-1"),
        ("openai-beta", "assistants=v2"),
    ]


def test_defaults_where_the_caller_names_nothing() -> None:
    assert request_headers({}, organization="o", project="p") == [("openai-organization", "o"), ("openai-project", "p")]
    assert request_headers({}) == []


@pytest.mark.parametrize(
    "name",
    [
        *("Authorization", "api-key", "x-api-key", "Cookie", "proxy-authorization", "OpenAI-Project"),
        *("Host", "Connection", "Transfer-Encoding", "Content-Length", "content-type", "TE", "Upgrade"),
        *("X-Forwarded-Host", "grpc-timeout", "x-client-request-id", "Content-Encoding", "Set-Cookie", "Cookie2"),
        *(
            "transfer_encoding",
            "content_length",
            "x_api_key",
            "X_Forwarded_For",
            "authorization_",
            "Proxy_Authorization",
        ),
        *("x-original-url", "x-rewrite-url", "x-http-method-override", "X-Original-Host", "http2-settings"),
        *("bad name", "", "x:y", "x\r\ny", "caf\xe9"),
    ],
)
def test_headers_that_a_caller_cannot_set(name: str) -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        extra_headers({name: "1"}, ["*"])
    assert caught.value.violations[0][0] == f"call_options.extra_headers[{name!r}]"


@pytest.mark.parametrize(
    "name",
    [
        *("x-goog-api-key", "Ocp-Apim-Subscription-Key", "anthropic-api-key", "x-litellm-api-key", "x-apikey"),
        *("x-amz-security-token", "X-Amz-Date", "x-goog-user-project", "helicone-auth", "cf-aig-authorization"),
        *("x-vault-token", "x-client-secret", "x-hub-signature-256", "x-user-credentials", "x-functions-key"),
        *("x-ms-client-principal", "x-csrf", "cf-access-jwt-assertion", "x-db-password", "x-auth", "x_tenant_id"),
        *("cf-connecting-ip", "true-client-ip", "helicone-target-url", "x-host"),
    ],
)
def test_headers_that_no_wildcard_lets_through(name: str) -> None:
    for allowed in (["*"], [f"{name[:3]}*"]):
        with pytest.raises(InvalidArgumentError, match="may be a credential or an address"):
            extra_headers({name: "1"}, allowed)
    assert extra_headers({name: "1"}, ["*", name.upper()]) == [(name.lower(), "1")]


@pytest.mark.parametrize(
    "name",
    [
        *("OpenAI-Beta", "x-tenant-id", "helicone-user-id", "helicone-session-id", "x-keyboard", "x-authors", "x-ship"),
        *("x-stainless-lang", "cf-aig-cache-ttl", "x-request-id"),
    ],
)
def test_headers_that_a_wildcard_lets_through(name: str) -> None:
    assert extra_headers({name: "1"}, ["*"]) == [(name.lower(), "1")]


LIMITS: dict[str, tuple[dict[str, str], str]] = {
    "too many": ({f"x-{number}": "1" for number in range(65)}, "at most 64"),
    "a long name": ({"x" * 257: "1"}, "at most 256 bytes"),
    "a long value": ({"x-a": "1" * 8193}, "at most 8192 bytes"),
}


@pytest.mark.parametrize(("headers", "message"), LIMITS.values(), ids=LIMITS)
def test_limits(headers: dict[str, str], message: str) -> None:
    with pytest.raises(InvalidArgumentError, match=message) as caught:
        extra_headers(headers, ["*"])
    assert caught.value.violations[0][0].startswith("call_options.extra_headers")


@pytest.mark.parametrize(
    ("name", "limit"),
    [("openai-organization", 1024), ("idempotency-key", 1024), ("traceparent", 1024), ("tracestate", 8192)],
)
def test_limits_of_metadata_that_goes_up(name: str, limit: int) -> None:
    assert request_headers({name: "1" * limit}) == [(name, "1" * limit)]
    with pytest.raises(InvalidArgumentError, match=f"{name}: too long: at most {limit} bytes"):
        request_headers({name: "1" * (limit + 1)})


@pytest.mark.parametrize("value", ["a\r\nx: y", "a\0", "\N{SNOWMAN}", "\x7f"])
def test_values_that_are_no_header_values(value: str) -> None:
    with pytest.raises(InvalidArgumentError, match="extra_headers"):
        extra_headers({"x-a": value}, ["*"])
    with pytest.raises(InvalidArgumentError, match="tracestate"):
        request_headers({"tracestate": value})


def test_what_goes_out() -> None:
    headers = httpx2.Headers(
        [
            (b"X-Request-ID", b"req_1"),
            (b"openai-processing-ms", b"17"),
            (b"OpenAI-Organization", b"org"),
            (b"openai-version", b"2020-10-01"),
            (b"x-ratelimit-limit-requests", b"5"),
            (b"x-ratelimit-remaining-tokens_usage_based", b"7"),
            (b"x-ratelimit-odd-bin", b"not base64"),
            (b"x-ratelimit-\xff", b"no metadata key"),
            (b"Set-Cookie", b"session=1"),
            (b"authorization", b"Bearer leaked"),
            (b"www-authenticate", b"Bearer"),
            (b"x-api-key", b"leaked"),
            (b"server", b"cloudflare"),
        ]
    )
    assert response_metadata(headers.raw) == (
        ("openai-request-id", "req_1"),
        ("openai-processing-ms", "17"),
        ("openai-organization", "org"),
        ("openai-version", "2020-10-01"),
        ("x-ratelimit-limit-requests", "5"),
        ("x-ratelimit-remaining-tokens_usage_based", "7"),
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [(b"caf\xe9", "caf?"), (b"a\tb", "a?b"), (b" a ", "a"), (b"x" * 5000, "x" * 256), (b"", "")],
)
def test_values_become_legal_and_short(value: bytes, expected: str) -> None:
    assert response_metadata([(b"x-request-id", value)]) == (("openai-request-id", expected),)


def test_rate_limits_are_bounded_and_ids_always_go_out() -> None:
    limits = [(b"x-ratelimit-%d" % number, b"1" * 100) for number in range(1000)]
    found = response_metadata([*limits, (b"x-request-id", b"req_1"), (b"x-request-id", b"req_2")])
    assert found[-1] == ("openai-request-id", "req_1")
    assert sum(len(name) + len(value) + 32 for name, value in found[:-1]) in range(800, 1025)
