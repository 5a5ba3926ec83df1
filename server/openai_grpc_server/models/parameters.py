"""Parameters of a request: drops or refuses unsupported ones, adds a deployment's defaults."""

from collections.abc import Mapping
from typing import Any, Protocol

from openai_grpc_server.config.deployment import DeploymentConfig
from openai_grpc_server.config.patterns import matching, parse_pattern, remove, text_of
from openai_grpc_server.config.settings import request_parameters
from openai_grpc_server.errors import InvalidArgumentError
from openai_grpc_server.models.catalog import ModelCatalog
from openai_grpc_server.models.validate import Objection, objections

# Synonyms: a request has one of them.
SYNONYMS = (
    frozenset({"max_tokens", "max_completion_tokens"}),
    frozenset({"reasoning_effort", "reasoning"}),
)

# The RPC decides whether it streams; upstreams refuse stream options without a stream.
BY_RPC = frozenset({"stream", "stream_options"})


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
        """Whether the caller gets a stream."""


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
    """Refuses or drops parameters that a model does not take, drops configured ones, adds defaults.

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
                raise refusal(model, found)
            drop(value, found)
        self._defaults.add(rpc, value)


def refusal(model: str, found: list[Objection]) -> InvalidArgumentError:
    """Returns the error of a request that its model does not take."""
    violations = [(text_of(each.path), f"{model} {each.reason}") for each in found]
    field, _ = violations[0]
    message = "; ".join(f"{path}: {reason}" for path, reason in violations)
    return InvalidArgumentError(message, reason="UNSUPPORTED_BY_MODEL", param=field, violations=violations)


def drop(value: dict[str, Any], found: list[Objection]) -> None:
    """Removes parameters that a model does not take; content stays."""
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
