"""Which models a key that is limited to some may name, wherever in a request a model is named."""

from typing import Any

from google.protobuf.message import Message

from openai_grpc.codec import stem
from openai_grpc_server.access.caller import Caller
from openai_grpc_server.access.names import (
    MODELS,
    RefusedNameError,
    checked,
    has_hint,
    keys_below,
    texts_below,
    visit,
)

# Keys at the top of a request that choose a model, as far as `model` is not a part of them. Further down they are other
# things, such as the engine of a search.
_CHOOSERS = frozenset({"engine", "engineid", "deployment", "deploymentid", "deploymentname", "fallbacks", "preset"})
_HINTS = ("model", "engine", "deployment", "fallback", "preset")


def check_models(caller: Caller, request: Message, *, untyped: bool) -> None:
    """Checks every model that a request names besides the one that it is routed by.

    Args:
        caller: Whose key it came with.
        request: The request.
        untyped: Whether it may hold JSON that the contract does not know.

    Raises:
        GatewayError: PERMISSION_DENIED: the key may not use one of them.
        InvalidArgumentError: One of them can't be a name.
    """
    visit(request, _Check(caller, request), untyped=untyped)


class _Check:
    seeks = MODELS

    def __init__(self, caller: Caller, request: Message) -> None:
        self._caller = caller
        self._request = request

    def name(self, message: Any, name: str, kind: int) -> None:
        for text in checked(message, name, kind):
            self._check(text, name)

    def untyped(self, message: Any, name: str) -> None:
        text = getattr(message, name)
        if not has_hint(text, _HINTS):
            return
        try:
            for key, value, top in keys_below(text):
                plain = stem(key)
                if "model" in plain or (top and message is self._request and plain in _CHOOSERS):
                    for model in texts_below(value):
                        self._check(model, key[:64])
        except RefusedNameError as refused:
            refused.steps.append(name)
            raise

    def _check(self, model: str, step: str) -> None:
        if not self._caller.models.allow(model):
            raise RefusedNameError(lambda path: self._caller.model_denied(model[:256], path), step)
