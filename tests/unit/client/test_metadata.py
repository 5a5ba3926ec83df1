"""What comes with a reply."""

import pytest

from openai_grpc.client.metadata import CallMetadata, RateLimits

PAIRS: list[tuple[str, str | bytes]] = [
    ("x-request-id", "g1"),
    ("openai-request-id", "req_1"),
    ("openai-grpc-deployment", "gpt-eu"),
    ("openai-processing-ms", "37"),
    ("openai-organization", "org"),
    ("x-ratelimit-limit-requests", "500"),
    ("x-ratelimit-remaining-requests", "499"),
    ("x-ratelimit-reset-requests", "120ms"),
    ("x-ratelimit-limit-tokens", "30000"),
    ("x-ratelimit-remaining-tokens", "29000"),
    ("x-ratelimit-reset-tokens", "6m0s"),
    ("other-bin", b"\x00"),
]


def test_all_of_it() -> None:
    assert CallMetadata.from_pairs(PAIRS) == CallMetadata(
        request_id="req_1",
        gateway_request_id="g1",
        deployment="gpt-eu",
        processing_ms=37,
        organization="org",
        rate_limits=RateLimits(500, 499, 0.12, 30000, 29000, 360.0),
        pairs=tuple(PAIRS),
    )


def test_nothing() -> None:
    assert CallMetadata.from_pairs(()) == CallMetadata(rate_limits=RateLimits())


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1s", 1.0),
        ("1h2m3.5s", 3723.5),
        ("1d", 86400.0),
        ("7.66s", 7.66),
        ("20ms", 0.02),
        ("12", 12.0),
        ("0.5", 0.5),
        ("", None),
        ("soon", None),
        ("1 s", None),
    ],
)
def test_durations(text: str, seconds: float | None) -> None:
    limits = CallMetadata.from_pairs([("x-ratelimit-reset-tokens", text)]).rate_limits
    assert limits.reset_tokens == (None if seconds is None else pytest.approx(seconds))


@pytest.mark.parametrize("text", ["", "many", "-1", "1.5"])
def test_what_is_no_count(text: str) -> None:
    assert CallMetadata.from_pairs([("x-ratelimit-remaining-tokens", text)]).rate_limits.remaining_tokens is None
