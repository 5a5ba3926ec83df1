"""Failure classification: retry policy, fault of the deployment, fallbacks."""

import re
from collections.abc import Iterable, Mapping
from enum import Enum
from typing import NamedTuple

from grpc import StatusCode

from openai_grpc_server.config import RouterConfig
from openai_grpc_server.errors import GatewayError, UpstreamError


class RetryPolicy(Enum):
    """Deployments that may be tried after a failure."""

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

# `error.code` or `error.type` of a request that is too long for its model.
CONTEXT_WINDOW_CODES = frozenset(
    {
        "1261",  # Zhipu
        "context_length_exceeded",  # OpenAI, Azure, Groq, Cerebras
        "context_window_exceeded",
        "ContextWindowExceededError",  # LiteLLM
        "exceed_context_size_error",  # llama.cpp
        "model_context_window_exceeded",
        "model_max_prompt_tokens_exceeded",  # GitHub Copilot
    }
)
# OpenAI's code of any text that is too long: that of the prompt, or a name, a tag, a user's id.
TEXT_CODE = "string_above_max_length"
PROMPT_PARAM = re.compile(r"(input|instructions|messages|prompt)\.?(\[\d+\](\.content(\[\d+\]\.text)?)?)?")
# The same in the words of servers that have no code for it.
CONTEXT_WINDOW_WORDS = {
    "OpenAI, Azure, vLLM, DeepSeek, OpenRouter, Mistral": r"maximum (context|model|prompt) length",
    "OpenAI": r"exceeds? (the|this|model|model's|your|its)( model)? context (window|length|size)"
    r"|input tokens exceed the configured limit",
    "vLLM": r"too long to fit into the model|model's context length is only",
    "SGLang": r"longer than the model's context length|input length \(.{1,60}\) exceeds",
    "llama.cpp": r"exceeds? (the )?(available|maximum) context|is too large to process",
    "Ollama": r"exceed(s|ed)? (the )?(max |maximum )?context length",
    "LM Studio": r"is greater than the context length|loaded with context length of only|reached context length of",
    "Anthropic, Bedrock, Fireworks, Atlas": r"\b(prompt|input|request) (is |was )?too long",
    "Anthropic": r"exceeds? (the )?(model |model's )?context (limit|window)",
    "Bedrock": r"too many input tokens",
    "Gemini": r"input token count.{0,40}(exceeds the maximum|but model only supports)",
    "xAI": r"maximum prompt length is \d",
    "Groq, Cerebras": r"reduce the length of the (messages|prompt|input)",
    "Mistral": r"too large for model with",
    "Kimi": r"exceeded (the )?model('s)? token limit|input token length too long",
    "GitHub Copilot": r"prompt token count of .{1,20} exceeds",
    "MiniMax, Cloudflare": r"context window (exceeds|limit)|exceeded this model('s)? context window",
    "Zhipu": r"prompt exceeds max length|tokens in request more than max tokens allowed",
    "Qwen": r"range of input length should be",
    "Cohere": r"too many tokens: ",
    "TGI, TEI, Together": r"`inputs` (must have less than|tokens \+ `max_new_tokens` must be)",
    "TensorRT-LLM, NIM, DeepInfra": r"(prompt|input) length.{0,30} exceeds? (the )?maximum|exceeds max_seq_len"
    r"|sum of prompt length .{0,80}should not exceed",
    "LMDeploy": r"exceeds? session[_ ]len",
    "watsonx": r"number of input tokens .{0,20}cannot exceed",
    "Databricks, Snowflake and others": r"context (length|window|size) (has been |was |is )?exceeded"
    r"|(length|size) exceeds (the )?context",
}
CONTEXT_WINDOW_TEXT = re.compile("|".join(CONTEXT_WINDOW_WORDS.values()), re.IGNORECASE)
# What refuses a request for its rate, in similar words: Groq's limits of tokens a minute, Bedrock's throttling.
RATE_TEXT = re.compile(r"per (minute|min|hour|day|second)\b|rate[ _]limit|throttl|quota|\btp[md]\b", re.IGNORECASE)
# `ErrorInfo.reason` under which servers say it: some have no better status than 500.
_REFUSALS = frozenset({"INVALID_REQUEST", "UPSTREAM_ERROR", "UPSTREAM_REJECTED"})
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
    """Returns whether a failure counts against its deployment."""
    return isinstance(error, UpstreamError) and error.reason in FAULTS


def may_fall_back(error: GatewayError, policy: RetryPolicy) -> bool:
    """Returns whether a fallback may serve the call: after a retryable failure, or a refusal by this model."""
    return policy is not RetryPolicy.NONE or exceeds_context_window(error) or violates_content_policy(error)


def fallbacks(settings: RouterConfig, model: str, error: GatewayError) -> tuple[str, ...]:
    """Returns the fallbacks of a model for a kind of failure.

    Args:
        settings: The configuration.
        model: The model that failed.
        error: The failure.
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
    """Returns whether the request was too long for the model."""
    if not isinstance(error, UpstreamError) or error.reason not in _REFUSALS:
        return False
    codes = {error.upstream_code, error.type}
    if codes & CONTEXT_WINDOW_CODES:
        return True
    if TEXT_CODE in codes and error.param:
        return PROMPT_PARAM.fullmatch(error.param) is not None
    return CONTEXT_WINDOW_TEXT.search(error.message) is not None and RATE_TEXT.search(error.message) is None


def violates_content_policy(error: GatewayError) -> bool:
    """Returns whether the model's content policy refused the request."""
    if not isinstance(error, UpstreamError) or error.reason != "INVALID_REQUEST":
        return False
    codes = {error.upstream_code, error.type}
    return bool(codes & CONTENT_POLICY_CODES) or CONTENT_POLICY_TEXT.search(error.message) is not None


class Added(NamedTuple):
    """A key that the gateway adds to requests.

    Attributes:
        words: Pattern of the messages that refuse it.
        setting: The setting that turns it off; empty: none does.
    """

    words: re.Pattern[str]
    setting: str = ""


ADDED_KEYS = {
    "stream_options": Added(re.compile(r"stream_options|include_usage"), "include_usage: false"),
    "encoding_format": Added(
        re.compile(
            r"encoding[_ ]format|base64.{0,40}(not |un)supported|unsupported.{0,40}base64|only.{0,20}\bfloat\b",
            re.IGNORECASE,
        ),
        "embeddings_base64: false",
    ),
    "include": Added(
        re.compile(
            r"[\"'`]include[\"'`]|\bbody\.include\b|reasoning\.encrypted_content|encrypted content is not supported",
            re.IGNORECASE,
        )
    ),
    "store": Added(re.compile(r"[\"'`]store[\"'`]|\bbody\.store\b", re.IGNORECASE)),
}


def blamed(error: GatewayError, keys: Iterable[str]) -> str | None:
    """Returns the added key that an upstream has refused; None: none.

    Such a refusal names the key, as servers do that do not know it (400, 422, with FastAPI as a violation, with some as
    500 or inside a stream); then nothing was begun.
    """
    if not isinstance(error, UpstreamError) or error.reason not in _REFUSALS:
        return None
    for key in keys:
        named = error.param is not None and error.param.split(".")[0].split("[")[0] == key
        if named or ADDED_KEYS[key].words.search(error.message):
            return key
    return None


def clear_caller(error: GatewayError, key: str) -> None:
    """Changes the refusal of an added key into an error that does not blame the caller."""
    error.code, error.reason, error.violations = StatusCode.FAILED_PRECONDITION, "UPSTREAM_REJECTED", []
    setting = ADDED_KEYS[key].setting
    advice = f"; {setting} turns it off" if setting else ""
    error.message = f"{error.message} ({key} is the gateway's, not the caller's{advice})"
