"""What lists of models carry is typed, whoever sends it."""

from typing import Any

import pytest

from conformance.typed import Tally
from openai_grpc.codec import from_object, loads, to_json
from openai_grpc.v1 import models_pb2
from support.model_lists import MISTRAL, MODELS, OPENROUTER, TOGETHER, VLLM


def read(model: dict[str, Any]) -> models_pb2.Model:
    return from_object(models_pb2.ModelList, {"object": "list", "data": [model]}).data[0]


def without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    return [without_nulls(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_a_model_comes_back_as_it_was(model: dict[str, Any]) -> None:
    assert without_nulls(loads(to_json(read(model)))) == without_nulls(model)


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_nothing_of_a_model_is_untyped(model: dict[str, Any]) -> None:
    tally = Tally()
    tally.add(read(model))
    tally.untyped.pop("ModelPrice.unknown", None)  # tiers of a price, which are of any shape
    # OpenRouter and others leave out the constant.
    assert {key for key in tally.untyped if key != "Model+object"} == set()
    assert tally.typed >= len(model)


def test_keys_of_one_provider_are_in_its_message() -> None:
    openrouter = read(OPENROUTER)
    assert openrouter.openrouter.top_provider.max_completion_tokens == 32768
    assert openrouter.pricing.prices["prompt"].text == "0.0000004"
    assert openrouter.context_length == 262144
    mistral = read(MISTRAL)
    assert mistral.mistral.max_context_length == 131072
    assert mistral.capabilities.flags.values["function_calling"]
    assert mistral.deprecation.date == "2027-02-28T12:00:00Z"
    together = read(TOGETHER)
    assert together.together.config.stop == ["<end>"]
    assert together.pricing.prices["input"].number == 0.4
    vllm = read(VLLM)
    assert (vllm.vllm.max_model_len, vllm.permission[0].organization) == (32768, "*")


@pytest.mark.parametrize("model", [{"id": "m"}, {"id": "m", "name": "M", "context_length": 5}], ids=str)
def test_a_model_without_them_has_no_message_of_a_provider(model: dict[str, Any]) -> None:
    message = read(model)
    inline = [field.name for field, _ in message.ListFields() if field.message_type is not None]
    assert inline == []
