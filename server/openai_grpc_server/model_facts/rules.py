"""What a deployment does with the parameters of a request before it is sent."""

from typing import Any

from openai_grpc_server.config.deployment import DeploymentConfig
from openai_grpc_server.config.patterns import matching, parse_pattern, remove, text_of
from openai_grpc_server.errors import InvalidArgumentError
from openai_grpc_server.model_facts.accepts import Objection, objections
from openai_grpc_server.model_facts.defaults import Defaults, Method
from openai_grpc_server.model_facts.table import ModelTable


class ParameterRules:
    """Refuses or drops what a model is known not to take, drops what is always dropped, and adds what is left out.

    By default everything passes: a value that is new at the upstream works the day it appears.

    Args:
        config: The deployment.
        table: What is known of models.

    """

    def __init__(self, config: DeploymentConfig, table: ModelTable) -> None:
        self._table = table
        self._drop = config.drop_params
        self._refuse = config.refuse_params and not config.drop_params
        self._always = tuple(map(parse_pattern, config.additional_drop_params))
        self._defaults = Defaults(config.parameters)
        self.idle = not (self._drop or self._refuse or self._always or self._defaults)

    def apply(self, rpc: Method, value: dict[str, Any]) -> None:
        """Changes a request, whose `model` is the upstream's name, as the deployment's settings say.

        A default is added last, so `additional_drop_params` with it puts the deployment's value in the caller's place.

        Raises:
            InvalidArgumentError: The model is known not to take something in it, and such requests are refused.
        """
        for pattern in self._always:
            for path in matching(value, pattern):
                remove(value, path)
        if self._drop or self._refuse:
            model = value["model"]
            found = list(objections(self._table.find(model), value))
            if self._refuse and found:
                raise refusal(model, found)
            drop(value, found)
        self._defaults.add(rpc, value)


def refusal(model: str, found: list[Objection]) -> InvalidArgumentError:
    """Makes the error of a request that its model is known not to take."""
    violations = [(text_of(each.path), f"{model} {each.reason}") for each in found]
    field, _ = violations[0]
    message = "; ".join(f"{path}: {reason}" for path, reason in violations)
    return InvalidArgumentError(message, reason="UNSUPPORTED_BY_MODEL", param=field, violations=violations)


def drop(value: dict[str, Any], found: list[Objection]) -> None:
    """Removes what a model is known not to take, but nothing of what the caller says."""
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
