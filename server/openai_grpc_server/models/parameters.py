"""Parameters of a request: drops or refuses unsupported ones, adds a deployment's defaults."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from openai_grpc_server.config.deployment import DeploymentConfig
from openai_grpc_server.config.patterns import Path, matching, parse_pattern, remove, text_of, value_at
from openai_grpc_server.config.settings import ModelInfo, request_parameters
from openai_grpc_server.errors import InvalidArgumentError, UpstreamError
from openai_grpc_server.models.catalog import ModelCatalog

# Names of lists of parts: in messages, and in results of tools in Responses.
LISTS = ("content", "output")
# Paths of parameters that are nested in chat or in Responses.
PLACES: Mapping[str, tuple[Path, ...]] = {
    "reasoning_effort": (("reasoning_effort",), ("reasoning_effort", "effort"), ("reasoning", "effort")),
    "reasoning_summary": tuple(
        (parent, name) for parent in ("reasoning_effort", "reasoning") for name in ("summary", "generate_summary")
    ),
    "verbosity": (("verbosity",), ("text", "verbosity")),
}
EFFORT: Path = ("reasoning_effort",)  # a text, or LiteLLM's object of effort and summary
NO_REASONING = (None, "none", {"effort": "none"})  # that is what a model without reasoning does anyway
OUTPUT_LIMITS = ("max_completion_tokens", "max_tokens", "max_output_tokens")
WEB_SEARCH = "web_search"
# Capabilities that top-level parameters need.
ABILITIES: Mapping[str, tuple[str, ...]] = {
    "supports_function_calling": ("tools", "functions"),
    "supports_parallel_function_calling": ("parallel_tool_calls",),
    "supports_tool_choice": ("tool_choice", "function_call"),
    "supports_reasoning": ("reasoning_effort", "reasoning"),
    "supports_web_search": ("web_search_options",),
    "supports_audio_output": ("audio",),
}
# Capabilities that parts of messages need.
CONTENTS: Mapping[str, tuple[str, str]] = {
    "image_url": ("supports_vision", "images"),
    "input_image": ("supports_vision", "images"),
    "input_audio": ("supports_audio_input", "audio"),
    "file": ("supports_pdf_input", "files"),
    "input_file": ("supports_pdf_input", "files"),
}
# Synonyms: a request has one of them.
SYNONYMS = (
    frozenset({"max_tokens", "max_completion_tokens"}),
    frozenset({"reasoning_effort", "reasoning"}),
)

# The RPC decides whether it streams; upstreams refuse stream options without a stream.
BY_RPC = frozenset({"stream", "stream_options"})


def content_parts(value: dict[str, Any]) -> Iterator[tuple[Path, str]]:
    """Yields the path and type of each part of a request's messages."""
    for top in ("messages", "input"):
        for index, message in _objects(value.get(top)):
            for name in LISTS:
                for position, part in _objects(message.get(name)):
                    if isinstance(kind := part.get("type"), str):
                        yield (top, index, name, position), kind


def _objects(elements: Any) -> Iterator[tuple[int, dict[str, Any]]]:
    if isinstance(elements, list):
        yield from ((index, each) for index, each in enumerate(elements) if isinstance(each, dict))


@dataclass(frozen=True, slots=True)
class Objection:
    """An unsupported parameter or content part.

    Attributes:
        path: Its path in the request.
        reason: The reason, which completes `the model ...`.
        content: Whether it is content, not a parameter: it is never dropped.
    """

    path: Path
    reason: str
    content: bool = False


def objections(info: ModelInfo, value: dict[str, Any]) -> Iterator[Objection]:
    """Yields the parameters and content parts of a request that its model does not support.

    Args:
        info: Info of the model.
        value: The request's JSON object.
    """
    for find in CHECKS:
        yield from find(info, value)


def _values(info: ModelInfo, value: dict[str, Any]) -> Iterator[Objection]:
    for name, accepted in info.parameter_values.items():
        for path in PLACES.get(name, ((name,),)):
            given = value_at(value, path)
            if given is None or given in accepted:
                continue
            if isinstance(given, dict) and path == EFFORT:
                continue  # its parts have places of their own
            listed = " or ".join(map(repr, accepted))
            yield Objection(path, f"takes only {listed}, not {given!r}" if accepted else "does not take it")


def _abilities(info: ModelInfo, value: dict[str, Any]) -> Iterator[Objection]:
    for ability, names in ABILITIES.items():
        if getattr(info, ability) is False:
            for name in names:
                # No effort, no tool: that is what the model does anyway.
                if value.get(name) not in NO_REASONING:
                    yield Objection((name,), "does not take it")


def _tools(info: ModelInfo, value: dict[str, Any]) -> Iterator[Objection]:
    tools = value.get("tools")
    if not isinstance(tools, list):
        return
    for index, tool in enumerate(tools):
        kind = tool.get("type") if isinstance(tool, dict) else None
        if not isinstance(kind, str):
            continue
        searches = kind.startswith(WEB_SEARCH) and info.supports_web_search is False
        if searches or kind in info.unsupported_tools:
            yield Objection(("tools", index), f"does not take tools of the type {kind!r}")


def _output(info: ModelInfo, value: dict[str, Any]) -> Iterator[Objection]:
    most = info.max_output_tokens or info.max_tokens
    for name in OUTPUT_LIMITS:
        given = value.get(name)
        if most is not None and isinstance(given, int | float) and given > most:
            yield Objection((name,), f"writes at most {most} tokens, not {given!r}")
    if info.supports_audio_output is False and "audio" in (value.get("modalities") or ()):
        yield Objection(("modalities",), "replies with text only")
    if info.supports_response_schema is False:
        for path in (("response_format",), ("text", "format")):
            if value_at(value, (*path, "type")) == "json_schema":
                yield Objection(path, "does not take a JSON Schema")


def _contents(info: ModelInfo, value: dict[str, Any]) -> Iterator[Objection]:
    if info.supports_vision is info.supports_audio_input is info.supports_pdf_input is None:
        return
    for path, kind in content_parts(value):
        ability, what = CONTENTS.get(kind, ("", ""))
        if ability and getattr(info, ability) is False:
            yield Objection(path, f"does not take {what}", content=True)


CHECKS: tuple[Callable[[ModelInfo, dict[str, Any]], Iterator[Objection]], ...] = (
    _values,
    _abilities,
    _tools,
    _output,
    _contents,
)


class Method(Protocol):
    """An RPC of the contract, as far as parameters depend on it."""

    @property
    def path(self) -> str:
        """Its HTTP/2 path."""

    @property
    def json_keys(self) -> frozenset[str]:
        """The keys of its request's JSON object."""

    @property
    def server_streaming(self) -> bool:
        """True if the reply is a stream."""


class Defaults:
    """Default parameters of a deployment.

    Args:
        parameters: The parameters. One that only other requests of the contract have is omitted; one that none has is
            sent with every request for a model.
    """

    def __init__(self, parameters: Mapping[str, Any]) -> None:
        self._parameters = parameters
        self._by_rpc: dict[str, dict[str, Any]] = {}

    def __bool__(self) -> bool:
        return bool(self._parameters)

    def add(self, rpc: Method, value: dict[str, Any]) -> None:
        """Adds missing parameters to a request's JSON object."""
        mine = self._by_rpc.get(rpc.path)
        if mine is None:
            elsewhere = (request_parameters() - rpc.json_keys) | BY_RPC
            if rpc.server_streaming:
                elsewhere -= {"stream_options"}
            mine = {key: each for key, each in self._parameters.items() if key not in elsewhere}
            self._by_rpc[rpc.path] = mine
        for key, each in mine.items():
            if key not in value and not any(key in group and group & value.keys() for group in SYNONYMS):
                value[key] = each


class ParameterRules:
    """Refuses or drops unsupported parameters, drops configured ones, adds defaults.

    By default everything passes: a value that is new at the upstream works the day it appears.

    Args:
        config: The deployment.
        catalog: Catalog of models.
    """

    def __init__(self, config: DeploymentConfig, catalog: ModelCatalog) -> None:
        self._catalog = catalog
        self._drop = config.drop_params
        self._refuse = config.refuse_params and not config.drop_params
        self._always = tuple(map(parse_pattern, config.additional_drop_params))
        self._defaults = Defaults(config.parameters)
        self.idle = not (self._drop or self._refuse or self._always or self._defaults)

    def apply(self, rpc: Method, value: dict[str, Any]) -> None:
        """Changes a request, whose `model` is the upstream's name, according to the deployment's settings.

        A default is added last, so `additional_drop_params` with it puts the deployment's value in the caller's place.

        Raises:
            InvalidArgumentError: The model does not take something in it, and such requests are refused.
        """
        for pattern in self._always:
            for path in matching(value, pattern):
                remove(value, path)
        if self._drop or self._refuse:
            model = value["model"]
            found = list(objections(self._catalog.find(model), value))
            if self._refuse and found:
                raise objection_error(model, found)
            drop(value, found)
        self._defaults.add(rpc, value)


def objection_error(model: str, found: list[Objection]) -> InvalidArgumentError:
    """Returns the error of a request that its model does not support."""
    violations = [(text_of(each.path), f"{model} {each.reason}") for each in found]
    field, _ = violations[0]
    message = "; ".join(f"{path}: {reason}" for path, reason in violations)
    return InvalidArgumentError(message, reason="UNSUPPORTED_BY_MODEL", param=field, violations=violations)


def drop(value: dict[str, Any], found: list[Objection]) -> None:
    """Removes unsupported parameters; content is kept."""
    had_tools = "tools" in value
    gone: set[Any] = set()
    # From the end, so that the places of a list's other elements stay true.
    for each in reversed(found):
        if each.content or each.path[0] not in value:
            continue
        if each.path[0] == "tools" and len(each.path) > 1:
            gone.add(value["tools"][each.path[1]]["type"])
        remove(value, each.path)
    # Upstreams refuse what says how tools are to be used where there are none.
    choice = value.get("tool_choice")
    if had_tools and "tools" not in value:
        value.pop("tool_choice", None)
        value.pop("parallel_tool_calls", None)
    elif isinstance(choice, dict) and choice.get("type") in gone:
        del value["tool_choice"]


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
