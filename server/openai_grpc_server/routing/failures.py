"""Failure classification: retry policy, fault of the deployment, fallbacks."""

import re
from collections.abc import Mapping
from enum import Enum

from openai_grpc_server.config import RouterConfig
from openai_grpc_server.errors import GatewayError, UpstreamError


class RetryPolicy(Enum):
    """Which deployments may be tried after a failure."""

    NONE = 0
    """None: another attempt would fail as well, or be billed again."""
    OTHER = 1
    """Another deployment."""
    ANY = 2
    """Another deployment, or the same one a little later."""


# `ErrorInfo.reason` of failures of a key, an account, models or objects: another deployment may not have them.
RETRY_OTHER = frozenset(
    {"INSUFFICIENT_QUOTA", "NOT_FOUND", "PAYMENT_REQUIRED", "UPSTREAM_CREDENTIALS", "UPSTREAM_REDIRECT"}
)
# `ErrorInfo.reason` of transient failures.
RETRY_ANY = frozenset(
    {
        "CONFLICT",
        "FIRST_TOKEN_TIMEOUT",
        "IDLE_TIMEOUT",
        "RATE_LIMITED",
        "TOTAL_TIMEOUT",
        "UPSTREAM_CONNECTION_LOST",
        "UPSTREAM_CONNECT_FAILED",
        "UPSTREAM_CONNECT_TIMEOUT",
        "UPSTREAM_ERROR",
        "UPSTREAM_INVALID_JSON",
        "UPSTREAM_PROTOCOL_ERROR",
        "UPSTREAM_TIMEOUT",
        "UPSTREAM_TRUNCATED",
        "UPSTREAM_UNAVAILABLE",
    }
)
# `ErrorInfo.reason` of failures that count against a deployment.
FAULTS = (RETRY_ANY | RETRY_OTHER) - {"CONFLICT", "NOT_FOUND"}
# Failures that start a cooldown at once.
COOLDOWN_AT_ONCE = frozenset(
    {
        "INSUFFICIENT_QUOTA",
        "PAYMENT_REQUIRED",
        "RATE_LIMITED",
        "UPSTREAM_CONNECT_FAILED",
        "UPSTREAM_CONNECT_TIMEOUT",
        "UPSTREAM_CREDENTIALS",
    }
)

CONTEXT_WINDOW_CODES = frozenset({"context_length_exceeded", "exceed_context_size_error", "string_above_max_length"})
# Messages of servers that have no code for it: vLLM, llama.cpp, Ollama, LiteLLM and others.
CONTEXT_WINDOW_TEXT = re.compile(
    r"maximum context length|context window|exceeds the (available )?context|prompt is too long|input is too long",
    re.IGNORECASE,
)
CONTENT_POLICY_CODES = frozenset(
    {
        "content_filter",
        "content_policy_violation",
        "invalid_prompt",
        "moderation_blocked",
        "responsible_ai_policy_violation",
    }
)
CONTENT_POLICY_TEXT = re.compile(r"content management policy|rejected .{0,40}safety system", re.IGNORECASE)


def retry_policy(error: GatewayError, *, retry_maybe_billed: bool) -> RetryPolicy:
    """Returns the retry policy of a failure.

    Args:
        error: The failure.
        retry_maybe_billed: Whether an attempt that upstream may have billed may be retried.
    """
    if not isinstance(error, UpstreamError) or (error.maybe_billed and not retry_maybe_billed):
        return RetryPolicy.NONE
    if error.reason in RETRY_ANY:
        return RetryPolicy.ANY
    return RetryPolicy.OTHER if error.reason in RETRY_OTHER else RetryPolicy.NONE


def is_deployments_fault(error: GatewayError) -> bool:
    """Whether a failure counts against its deployment."""
    return isinstance(error, UpstreamError) and error.reason in FAULTS


def may_fall_back(error: GatewayError, policy: RetryPolicy) -> bool:
    """Whether a fallback may serve the call: after a failure that may be retried, or a refusal by this one model."""
    return policy is not RetryPolicy.NONE or exceeds_context_window(error) or violates_content_policy(error)


def fallbacks(settings: RouterConfig, model: str, error: GatewayError) -> tuple[str, ...]:
    """Returns the fallbacks of a model, by the kind of its failure.

    Args:
        settings: The configuration.
        model: The model that failed.
        error: How it failed.
    """
    special: Mapping[str, tuple[str, ...]] = {}
    if exceeds_context_window(error):
        special = settings.context_window_fallbacks
    elif violates_content_policy(error):
        special = settings.content_policy_fallbacks
    names = _of(special, model) or _of(settings.fallbacks, model) or settings.default_fallbacks
    return tuple(name for name in names if name != model)[: settings.max_fallbacks]


def _of(table: Mapping[str, tuple[str, ...]], model: str) -> tuple[str, ...]:
    return table.get(model) or table.get("*") or ()


def exceeds_context_window(error: GatewayError) -> bool:
    """Whether the request was too long for the model."""
    return _says(error, CONTEXT_WINDOW_CODES, CONTEXT_WINDOW_TEXT)


def violates_content_policy(error: GatewayError) -> bool:
    """Whether the model's content policy refused the request."""
    return _says(error, CONTENT_POLICY_CODES, CONTENT_POLICY_TEXT)


def _says(error: GatewayError, codes: frozenset[str], text: re.Pattern[str]) -> bool:
    if not isinstance(error, UpstreamError) or error.reason != "INVALID_REQUEST":
        return False
    return error.upstream_code in codes or error.type in codes or text.search(error.message) is not None
