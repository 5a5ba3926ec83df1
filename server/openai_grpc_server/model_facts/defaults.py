"""Parameters that a deployment sends where the caller left them out."""

from collections.abc import Mapping
from typing import Any, Protocol

from openai_grpc_server.config.settings import request_parameters

# Parameters of which a request has one: they mean the same.
SYNONYMS = (
    frozenset({"max_tokens", "max_completion_tokens"}),
    frozenset({"reasoning_effort", "reasoning"}),
)

# Which RPC it is says whether there is a stream, and upstreams refuse options of a stream where there is none.
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
    """What a deployment sends where the caller left it out.

    Args:
        parameters: The parameters. One that only other requests of the contract have is left out; one that none has
            goes with every request for a model.
    """

    def __init__(self, parameters: Mapping[str, Any]) -> None:
        self._parameters = parameters
        self._by_rpc: dict[str, dict[str, Any]] = {}

    def __bool__(self) -> bool:
        return bool(self._parameters)

    def add(self, rpc: Method, value: dict[str, Any]) -> None:
        """Adds to a request's JSON object what it does not have."""
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
