"""What a failure says: whether another attempt may help, and whether the deployment is to be left alone."""

import re
from collections.abc import Mapping
from enum import Enum

from openai_grpc_server.config import RouterConfig
from openai_grpc_server.errors import GatewayError, UpstreamError


class Verdict(Enum):
    """What may follow a failure."""

    FINAL = 0
    """Nothing: another attempt would fail as well, or be billed again."""
    ELSEWHERE = 1
    """An attempt at another deployment."""
    AGAIN = 2
    """An attempt at another deployment, or at the same one a little later."""


# `ErrorInfo.reason` of failures that another deployment may not have: of its key, its account, its models and objects.
ELSEWHERE = frozenset(
    {"INSUFFICIENT_QUOTA", "NOT_FOUND", "PAYMENT_REQUIRED", "UPSTREAM_CREDENTIALS", "UPSTREAM_REDIRECT"}
)
# Of failures that pass.
AGAIN = frozenset(
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
# Of failures that count against a deployment.
FAULTS = (AGAIN | ELSEWHERE) - {"CONFLICT", "NOT_FOUND"}
# Of those of them after which it is left alone at once.
AT_ONCE = frozenset(
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
# What servers say that have no code for it: vLLM, llama.cpp, Ollama, LiteLLM's and others.
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


def verdict(error: GatewayError, *, retry_maybe_billed: bool) -> Verdict:
    """Returns what may follow a failure.

    Args:
        error: The failure.
        retry_maybe_billed: Whether an attempt may follow one that upstream may have billed.
    """
    if not isinstance(error, UpstreamError) or (error.maybe_billed and not retry_maybe_billed):
        return Verdict.FINAL
    if error.reason in AGAIN:
        return Verdict.AGAIN
    return Verdict.ELSEWHERE if error.reason in ELSEWHERE else Verdict.FINAL


def is_deployments_fault(error: GatewayError) -> bool:
    """Whether a failure counts against its deployment."""
    return isinstance(error, UpstreamError) and error.reason in FAULTS


def may_fall_back(error: GatewayError, found: Verdict) -> bool:
    """Whether another model may serve a call after a failure: also where this one took the request for a bad one."""
    return found is not Verdict.FINAL or exceeds_context_window(error) or violates_content_policy(error)


def fallbacks(settings: RouterConfig, model: str, error: GatewayError) -> tuple[str, ...]:
    """Returns the names of the models that may serve a call which its own model failed.

    Args:
        settings: What is configured.
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
