"""Metadata of a reply: request id and rate limits."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|d|h|m|s)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


@dataclass(frozen=True, slots=True)
class RateLimits:
    """Rate limits of the upstream, from its `x-ratelimit-*` headers; None: not sent.

    Attributes:
        limit_requests: Requests allowed in the current period.
        remaining_requests: Requests left in it.
        reset_requests: Seconds until they are all there again.
        limit_tokens: Tokens allowed in the current period.
        remaining_tokens: Tokens left in it.
        reset_tokens: Seconds until they are all there again.
    """

    limit_requests: int | None = None
    remaining_requests: int | None = None
    reset_requests: float | None = None
    limit_tokens: int | None = None
    remaining_tokens: int | None = None
    reset_tokens: float | None = None


@dataclass(frozen=True, slots=True)
class CallMetadata:
    """Metadata of a reply.

    Attributes:
        request_id: The upstream's id of the request (`openai-request-id`), for its support.
        gateway_request_id: The gateway's id of the call (`x-request-id`), which its log names.
        deployment: The deployment that answered, as the gateway's configuration names it.
        attempts: Number of upstream requests begun for the call.
        cost: Cost of the call in US dollars, by the gateway's price table.
        processing_ms: Processing time of the upstream, in milliseconds.
        organization: The organization that the call was billed to.
        rate_limits: Remaining rate limits.
        pairs: All of it.
    """

    request_id: str | None = None
    gateway_request_id: str | None = None
    deployment: str | None = None
    attempts: int | None = None
    cost: float | None = None
    processing_ms: int | None = None
    organization: str | None = None
    rate_limits: RateLimits = field(default_factory=RateLimits)
    pairs: tuple[tuple[str, str | bytes], ...] = ()

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str | bytes]], reply: Any) -> "CallMetadata":
        """Reads a call's metadata, and what the reply, or the last message of its stream, tells of the call."""
        found = cls.from_pairs(pairs)
        info = getattr(reply, "call_info", None)
        if info is None or not reply.HasField("call_info"):
            return found
        return replace(
            found,
            request_id=found.request_id or info.request_id or None,
            deployment=found.deployment or info.deployment or None,
            attempts=info.attempts if info.HasField("attempts") else None,
            cost=info.cost if info.HasField("cost") else None,
        )

    @classmethod
    def from_pairs(cls, pairs: Iterable[tuple[str, str | bytes]]) -> "CallMetadata":
        """Reads a call's metadata."""
        kept = tuple((key, value) for key, value in pairs)
        texts = {key: value for key, value in kept if isinstance(value, str)}
        limits = RateLimits(
            limit_requests=_integer(texts.get("x-ratelimit-limit-requests")),
            remaining_requests=_integer(texts.get("x-ratelimit-remaining-requests")),
            reset_requests=_duration(texts.get("x-ratelimit-reset-requests")),
            limit_tokens=_integer(texts.get("x-ratelimit-limit-tokens")),
            remaining_tokens=_integer(texts.get("x-ratelimit-remaining-tokens")),
            reset_tokens=_duration(texts.get("x-ratelimit-reset-tokens")),
        )
        return cls(
            request_id=texts.get("openai-request-id"),
            gateway_request_id=texts.get("x-request-id"),
            deployment=texts.get("openai-grpc-deployment"),
            processing_ms=_integer(texts.get("openai-processing-ms")),
            organization=texts.get("openai-organization"),
            rate_limits=limits,
            pairs=kept,
        )


def _integer(text: str | None) -> int | None:
    return int(text) if text is not None and text.isdecimal() else None


def _duration(text: str | None) -> float | None:
    """Reads `6m0s`, `20ms`, or a bare number of seconds."""
    if text is None:
        return None
    parts = _DURATION.findall(text)
    if "".join(number + unit for number, unit in parts) == text and parts:
        return sum(float(number) * _SECONDS[unit] for number, unit in parts)
    return float(text) if re.fullmatch(r"\d+(\.\d+)?", text) else None
