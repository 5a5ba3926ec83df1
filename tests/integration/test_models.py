"""Which models there are: those of the configuration, or the upstream's own."""

import grpc
import pytest

from faults import answers
from faults.stand_in import StandIn
from openai_grpc.v1 import models_pb2
from openai_grpc_server.config.settings import ModelInfo
from support.failure import failure_of
from support.gateway import deployment, running_gateway
from support.model_lists import MISTRAL, OPENROUTER, TOGETHER, VLLM

INFO = ModelInfo(max_input_tokens=1000, supports_vision=True, parameter_values={"logprobs": (False,)})
UPSTREAM = {
    "object": "list",
    "data": [{"id": "gpt-4o", "object": "model", "created": 1715367049, "owned_by": "system", "new": 1}],
}


def test_configured_models_are_listed_without_asking_upstream() -> None:
    with (
        StandIn() as upstream,
        running_gateway(
            deployment(upstream.url, model_name="fast", model="some-model", info=INFO),
            deployment(upstream.url, model_name="gpt-4o"),
        ) as gateway,
    ):
        models = gateway.models.ListModels(models_pb2.ListModelsRequest(), timeout=10)
        one = gateway.models.GetModel(models_pb2.GetModelRequest(model="fast"), timeout=10)
        unknown = failure_of(lambda: gateway.models.GetModel(models_pb2.GetModelRequest(model="gpt-5"), timeout=10))
    assert [(model.id, model.root) for model in models.data] == [("fast", "some-model"), ("gpt-4o", "gpt-4o")]
    assert one == models.data[0]
    assert one.model_info.max_input_tokens == 1000
    assert one.model_info.supports_vision
    assert not one.model_info.HasField("supports_reasoning")
    assert one.model_info.parameter_values["logprobs"].values == ["false"]
    assert unknown.code is grpc.StatusCode.NOT_FOUND
    assert upstream.requests == []


@pytest.mark.parametrize(
    ("facts", "request_"),
    [({}, models_pb2.ListModelsRequest()), ({"model_name": "fast"}, models_pb2.ListModelsRequest(upstream=True))],
    ids=["nothing is configured", "asked for"],
)
def test_models_of_the_upstream(facts: dict[str, str], request_: models_pb2.ListModelsRequest) -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url, **facts)) as gateway:
        upstream.on("GET", "/v1/models", answers.json(UPSTREAM))
        models = gateway.models.ListModels(request_, timeout=10)
    (model,) = models.data
    assert (model.id, model.created, model.owned_by, model.extra_json) == ("gpt-4o", 1715367049, "system", '{"new":1}')


@pytest.mark.parametrize("bare", [False, True], ids=["a list", "an array alone"])
def test_models_of_other_providers_are_typed(bare: bool) -> None:
    sent = [OPENROUTER, MISTRAL, TOGETHER, VLLM]
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.on("GET", "/v1/models", answers.json(sent if bare else {"object": "list", "data": sent}))
        models = gateway.models.ListModels(models_pb2.ListModelsRequest(), timeout=10)
    openrouter, mistral, together, vllm = models.data
    assert openrouter.openrouter.canonical_slug == "acme/otter-2-20260301"
    assert mistral.mistral.max_context_length == 131072
    assert together.together.display_name == "Otter 2 Turbo"
    assert vllm.vllm.max_model_len == 32768
    assert not models.extra_json


def test_one_model_of_the_upstream() -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.on("GET", "/v1/models/ft%3Agpt-4o", answers.json({"id": "ft:gpt-4o", "object": "model"}))
        model = gateway.models.GetModel(models_pb2.GetModelRequest(model="ft:gpt-4o"), timeout=10)
    assert model.id == "ft:gpt-4o"
