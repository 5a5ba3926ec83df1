"""Catalog of models: capabilities and limits, the gateway's own and those of a configuration."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from functools import cache
from importlib.resources import files
from typing import Any

from openai_grpc_server.config.patterns import Wildcard
from openai_grpc_server.config.settings import ModelInfo
from openai_grpc_server.runtime.bounded_cache import BoundedCache

# A date at the end of a name: a snapshot of the model that has the rest of the name.
_SNAPSHOT = re.compile(r"-(\d{4}-\d{2}-\d{2}|\d{4})$")
_FINE_TUNED = "ft:"
_CACHE_BYTES = 1 << 20  # some 900 names; callers can make up names without end
_FACTS_BYTES = 1000  # of one `ModelInfo`


class ModelCatalog:
    """Model info by the upstream's name of a model.

    A name inherits the info of its base: a snapshot (`gpt-5-2025-08-07`) that of `gpt-5`, a fine-tuned model
    (`ft:gpt-4o-2024-08-06:org::id`) that of the tuned one. Info of the name itself takes precedence, and that of
    patterns such as `gpt-*-pro` comes last, of several the longest first.

    Args:
        added: Info of models in the configuration, by names and patterns; overrides the gateway's own catalog, key by
            key.
        own: Info of one deployment in the configuration, whichever model it serves; overrides both.

    Attributes:
        edition: Another object once the catalog says something else: a key for what is derived from it.
    """

    def __init__(self, added: Mapping[str, ModelInfo] | None = None, own: ModelInfo | None = None) -> None:
        self._added = ModelTable(added or {})
        self._own = own or ModelInfo()
        self._found: BoundedCache[ModelInfo] = BoundedCache(_CACHE_BYTES)
        self.edition = object()

    def replace(self, added: Mapping[str, ModelInfo]) -> None:
        """Replaces the configured model info."""
        self._added = ModelTable(added)
        self._found = BoundedCache(_CACHE_BYTES)
        self.edition = object()

    def operator_says(self, model: str) -> bool:
        """Returns whether the configuration has info on a model, in addition to the built-in catalog."""
        return self._own.base_model is not None or self._added.knows(model)

    def find(self, model: str) -> ModelInfo:
        """Returns the info of a model; empty for an unknown one."""
        found = self._found.get(model)
        if found is None:
            found = self._find(model)
            self._found.put(model, found, _FACTS_BYTES)
        return found

    def _find(self, model: str) -> ModelInfo:
        name = self._own.base_model or model
        return merged(merged(packaged().find(name), self._added.find(name)), self._own)


class ModelTable:
    """Info of models, by names and by patterns with `*`.

    Args:
        entries: The info.
    """

    def __init__(self, entries: Mapping[str, ModelInfo]) -> None:
        self._names = {name: info for name, info in entries.items() if "*" not in name}
        patterns = sorted((name for name in entries if "*" in name), key=len)
        self._patterns = [(Wildcard(name), entries[name]) for name in patterns]

    def find(self, model: str) -> ModelInfo:
        """Returns the info of a model; empty for an unknown one."""
        found = ModelInfo()
        for info in self._entries(model):
            found = merged(found, info)
        return found

    def knows(self, model: str) -> bool:
        """Returns whether it has info on a model."""
        return any(True for _ in self._entries(model))

    def _entries(self, model: str) -> Iterator[ModelInfo]:
        names = list(lineage(model))[::-1]
        for pattern, info in self._patterns:
            if any(pattern.matches(name) for name in names):
                yield info
        for name in names:
            if name in self._names:
                yield self._names[name]


@cache
def packaged() -> ModelTable:
    """Returns the built-in catalog."""
    text = files(__package__).joinpath("models.json").read_text(encoding="utf-8")
    return ModelTable(
        {name: ModelInfo(**{key: _frozen(value) for key, value in known.items()}) for name, known in _items(text)}
    )


def lineage(model: str) -> Iterator[str]:
    """Yields a model's name and those of its bases."""
    yield model
    if model.startswith(_FINE_TUNED):
        model = model.removeprefix(_FINE_TUNED).split(":", 1)[0]
        yield model
    base = _SNAPSHOT.sub("", model)
    if base != model:
        yield base


def merged(known: ModelInfo, over: ModelInfo) -> ModelInfo:
    """Returns info of a model, overridden by that of another source."""
    said = {field.name: getattr(over, field.name) for field in fields(ModelInfo)}
    changes = {name: value for name, value in said.items() if value is not None and value != ()}
    for name in ("parameter_values", "parameter_defaults"):
        changes[name] = {**getattr(known, name), **getattr(over, name)}
    return replace(known, **changes)


def _items(text: str) -> Iterator[tuple[str, dict[str, Any]]]:
    yield from json.loads(text).items()


def _frozen(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(value)
    return {key: _frozen(item) for key, item in value.items()} if isinstance(value, dict) else value
