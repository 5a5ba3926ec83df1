"""Refusals of parameters by upstreams that name an alternative; they bill nothing."""

import re
from collections.abc import Iterable
from typing import Any

from openai_grpc_server.config.patterns import matching, parse_pattern, remove
from openai_grpc_server.errors import UpstreamError

RESPONSES = "by responses"
RESPONSES_WITH_TOOLS = "by responses, with tools"
CHAT = "by chat"
OTHER_API = frozenset({RESPONSES, RESPONSES_WITH_TOOLS, CHAT})
_DROP, _RENAME = "drop ", "rename "

# OpenAI's words. A refusal for tools holds for requests with tools alone.
_NO_CHAT = re.compile(
    r"not a chat model|only supported in v1/responses|(use|using) (the )?(/?v1/responses|Responses API)", re.IGNORECASE
)
_WITH_TOOLS = re.compile(r"tools? .{0,40}(not supported|reasoning)", re.IGNORECASE)
_NO_RESPONSES = re.compile(
    r"(not supported|cannot be used|isn't supported|not available) (with|in|by) the (Responses API|/?v1/responses)"
    r"|only supported in /?v1/chat/completions",
    re.IGNORECASE,
)
_NAMED = re.compile(r"(?:Unsupported|Unknown) (?:parameter|value): '([\w.\[\]]+)'")
_INSTEAD = re.compile(r"Use '(\w+)' instead")
_VALUE = re.compile(r"does not support '?([^' ]+?)'? with|Unsupported value: '([^']+)' is not supported with")
_PATH = re.compile(r"\w+(\.\w+|\[\d+\])*")
_CODES = frozenset({"unsupported_parameter", "unsupported_value", "unknown_parameter"})
# What a caller says, or what says where a request goes.
_NEVER = frozenset({"model", "messages", "input", "instructions", "prompt", "file", "stream"})


def refusal(error: UpstreamError, path: str, *, drops: bool) -> str | None:
    """Returns the key under which an upstream's refusal is remembered for a model; None: nothing to learn.

    Args:
        error: The refusal.
        path: The path of the REST call.
        drops: Whether parameters may be dropped.
    """
    if error.maybe_billed or error.http_status not in {400, 404}:
        return None
    if path == "/chat/completions" and _NO_CHAT.search(error.message):
        return RESPONSES_WITH_TOOLS if _WITH_TOOLS.search(error.message) else RESPONSES
    if path == "/responses" and _NO_RESPONSES.search(error.message):
        return CHAT
    return _of_parameter(error, drops=drops) if error.upstream_code in _CODES else None


def _of_parameter(error: UpstreamError, *, drops: bool) -> str | None:
    named = _NAMED.search(error.message)
    name = error.param or (named[1] if named and error.upstream_code != "unsupported_value" else "")
    if not _PATH.fullmatch(name) or parse_pattern(name)[0] in _NEVER:
        return None
    if (other := _INSTEAD.search(error.message)) and "." not in name and "[" not in name:
        return f"{_RENAME}{name} {other[1]}"
    if not drops:
        return None
    value = _VALUE.search(error.message) if error.upstream_code == "unsupported_value" else None
    return f"{_DROP}{name}" + (f" {value[1] or value[2]}" if value else "")


def apply(known: Iterable[str], value: dict[str, Any], *, drops: bool) -> None:
    """Renames or drops parameters of a request that its upstream has refused before.

    Args:
        known: Keys that `refusal` returned.
        value: The request's JSON object.
        drops: Whether parameters may be dropped.
    """
    for key in known:
        kind, _, rest = key.partition(" ")
        name, _, other = rest.partition(" ")
        if f"{kind} " == _RENAME and name in value:
            given = value.pop(name)
            value.setdefault(other, given)
        elif f"{kind} " == _DROP and drops:
            for path in matching(value, parse_pattern(name)):
                if not other or str(_at(value, path)) == other:
                    remove(value, path)


def _at(value: Any, path: Iterable[Any]) -> Any:
    for step in path:
        value = value[step]
    return value
