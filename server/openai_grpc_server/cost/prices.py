"""What calls cost: a table of prices by model, which the operator can replace."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from importlib.resources import files
from pathlib import Path
from typing import Any

from openai_grpc_server.config import ConfigError, Problem
from openai_grpc_server.config.settings import ModelInfo
from openai_grpc_server.cost.usage import Usage

MOST_FOUND = 2000  # names that are remembered; callers may choose them
DATE = re.compile(r"-\d{4}-\d{2}-\d{2}$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What a model costs, in US dollars. The names are those of LiteLLM's table of prices.

    Attributes:
        input_cost_per_token: A token of input.
        output_cost_per_token: A token of output.
        cache_read_input_token_cost: A token of input out of the prompt cache; None: as any other.
        input_cost_per_second: A second of audio.
    """

    input_cost_per_token: float = 0.0
    output_cost_per_token: float = 0.0
    cache_read_input_token_cost: float | None = None
    input_cost_per_second: float = 0.0

    def cost(self, usage: Usage) -> float:
        """Returns what a call costs, in US dollars."""
        cached = self.cache_read_input_token_cost
        return (
            (usage.input_tokens - usage.cached_tokens) * self.input_cost_per_token
            + usage.cached_tokens * (self.input_cost_per_token if cached is None else cached)
            + usage.output_tokens * self.output_cost_per_token
            + usage.seconds * self.input_cost_per_second
        )


class PriceTable:
    """Prices by the upstream's name of the model; one without its date stands for all of its dates.

    Args:
        prices: The prices.
    """

    def __init__(self, prices: Mapping[str, Price]) -> None:
        self._prices = prices
        self._found: dict[str, tuple[ModelInfo, Price | None]] = {}

    def find(self, model: str, info: ModelInfo) -> Price | None:
        """Returns what a model costs, or None if nobody said.

        Args:
            model: The upstream's name of the model.
            info: What the operator says of it; its prices win over the table's.
        """
        found = self._found.get(model)
        if found is not None and found[0] is info:
            return found[1]
        price = self._find(model, info)
        if len(self._found) >= MOST_FOUND:
            self._found.clear()
        self._found[model] = info, price
        return price

    def _find(self, model: str, info: ModelInfo) -> Price | None:
        name = info.base_model or model
        known = self._prices.get(name) or self._prices.get(DATE.sub("", name))
        own = {each.name: value for each in fields(Price) if (value := getattr(info, each.name, None)) is not None}
        if not own:
            return known
        table = {each.name: getattr(known, each.name) for each in fields(Price)} if known else {}
        # A cached token of a model with its own price for input is not to cost what the table says of it.
        if "input_cost_per_token" in own:
            table.pop("cache_read_input_token_cost", None)
        return Price(**{**table, **own})


def load_prices(file: str | None) -> PriceTable:
    """Reads the table of prices that comes with the gateway, and the operator's own.

    Args:
        file: A JSON object of models with the keys of `Price`, as LiteLLM's `model_prices_and_context_window.json`;
            what else stands there is passed over. Its models win over those that come with the gateway.

    Raises:
        ConfigError: The file can't be read, or is no such table.
    """
    known = _parse(files(__package__).joinpath("prices.json").read_text(), "prices.json")
    if file is None:
        return PriceTable(known)
    try:
        own = _parse(Path(file).read_text(encoding="utf-8"), file)
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(Problem(f"can't be read: {error}", file)) from error
    return PriceTable({**known, **own})


def _parse(text: str, file: str) -> dict[str, Price]:
    try:
        table = json.loads(text)
    except ValueError as error:
        raise ConfigError(Problem(f"is no JSON: {error}", file)) from error
    if not isinstance(table, dict) or not all(isinstance(entry, dict) for entry in table.values()):
        raise ConfigError(Problem("is no JSON object of objects", file))
    return {model: _price(model, entry, file) for model, entry in table.items() if _is_priced(entry)}


def _is_priced(entry: Mapping[str, Any]) -> bool:
    return any(entry.get(each.name) is not None for each in fields(Price))


def _price(model: str, entry: Mapping[str, Any], file: str) -> Price:
    prices = {each.name: entry[each.name] for each in fields(Price) if entry.get(each.name) is not None}
    for name, value in prices.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
            raise ConfigError(Problem(f"{model}: {name} is no price", file, "US dollars, 0 or more"))
    return Price(**prices)
