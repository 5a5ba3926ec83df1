"""What calls cost, by the table and by the operator."""

import json
from pathlib import Path

import pytest

from openai_grpc_server.config import ConfigError, ModelInfo
from openai_grpc_server.cost.usage import Usage, load_prices
from openai_grpc_server.models import ModelCatalog

USED = Usage(input_tokens=1000, cached_tokens=400, output_tokens=100)
UNKNOWN = ModelInfo()

COSTS = {
    "by the table": ("gpt-4o", UNKNOWN, 600 * 2.5e-6 + 400 * 1.25e-6 + 100 * 1e-5),
    "of a dated name": ("gpt-4o-2024-11-20", UNKNOWN, 600 * 2.5e-6 + 400 * 1.25e-6 + 100 * 1e-5),
    "of a dated name with a price of its own": ("gpt-4o-2024-05-13", UNKNOWN, 1000 * 5e-6 + 100 * 1.5e-5),
    "of a model that costs nothing for output": ("text-embedding-3-small", UNKNOWN, 1000 * 2e-8),
    "of the model that it is based on": ("mine", ModelInfo(base_model="gpt-5-pro"), 1000 * 1.5e-5 + 100 * 1.2e-4),
    "by the operator": ("gpt-4o", ModelInfo(input_cost_per_token=1e-6, output_cost_per_token=0.0), 1000 * 1e-6),
    "free": ("local", ModelInfo(input_cost_per_token=0.0, output_cost_per_token=0.0), 0.0),
    "with the operator's price of the cache": (
        "mine",
        ModelInfo(input_cost_per_token=2e-6, cache_read_input_token_cost=1e-6),
        600 * 2e-6 + 400 * 1e-6,
    ),
    "by the second": ("whisper-1", UNKNOWN, 0.006),
    "unknown": ("nobody-knows", UNKNOWN, None),
}


@pytest.mark.parametrize(("model", "info", "cost"), COSTS.values(), ids=COSTS)
def test_cost(model: str, info: ModelInfo, cost: float | None) -> None:
    price = load_prices(None).find(model, info)
    used = Usage(seconds=60.0) if model == "whisper-1" else USED
    assert (price and price.cost(used)) == (cost if cost is None else pytest.approx(cost))


def test_the_operators_file_wins(tmp_path: Path) -> None:
    file = tmp_path / "prices.json"
    own = {"gpt-4o": {"input_cost_per_token": 1.0, "mode": "chat"}, "sample_spec": {"max_tokens": "text"}}
    file.write_text(json.dumps(own))
    prices = load_prices(str(file))
    found = [prices.find(model, UNKNOWN) for model in ("gpt-4o", "gpt-4", "sample_spec")]
    assert [price and price.input_cost_per_token for price in found] == [1.0, 3e-5, None]


BAD = {
    "no JSON": "{",
    "no object": "[]",
    "no object of objects": '{"gpt-4o": 1}',
    "less than nothing": '{"gpt-4o": {"input_cost_per_token": -1}}',
    "no number": '{"gpt-4o": {"input_cost_per_token": "1"}}',
}


@pytest.mark.parametrize("text", BAD.values(), ids=BAD)
def test_a_file_that_is_no_table(tmp_path: Path, text: str) -> None:
    file = tmp_path / "prices.json"
    file.write_text(text)
    with pytest.raises(ConfigError, match=str(file)):
        load_prices(str(file))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="can't be read"):
        load_prices(str(tmp_path / "prices.json"))


def test_a_price_follows_the_catalog() -> None:
    prices = load_prices(None)
    models = ModelCatalog({"mine": ModelInfo(input_cost_per_token=1.0)})
    before = prices.of("mine", models)
    models.replace({"mine": ModelInfo(input_cost_per_token=2.0)})
    found = [before, prices.of("mine", models), prices.of("nobody-knows", models)]
    assert [price and price.input_cost_per_token for price in found] == [1.0, 2.0, None]
