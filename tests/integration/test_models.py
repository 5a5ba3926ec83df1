"""Which models there are: those of the configuration, or the upstream's own."""

from collections.abc import Iterator
from contextlib import contextmanager

import grpc
import pytest

from faults import answers
from faults.stand_in import StandIn
from openai_grpc.v1 import models_pb2
from openai_grpc_server.config import GeneralSettings, Secret
from openai_grpc_server.config.settings import KeySettings, ModelInfo
from openai_grpc_server.local.engine import LocalUpstream, LocalUpstreams, local_deployments
from support.failure import failure_of
from support.gateway import RunningGateway, deployment, running_gateway
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


OURS = {"object": "list", "data": [{"id": "gpt-5-mini", "object": "model", "created": 7}, {"id": "both"}]}
THEIRS = [{"id": "llama"}, {"id": "both"}, "no model"]


@contextmanager
def two_upstreams(**wildcards: str) -> Iterator[tuple[RunningGateway, StandIn, StandIn]]:
    """Serves what two upstreams list, each under a wildcard."""
    with StandIn() as ours, StandIn() as theirs:
        ours.on("GET", "/v1/models", answers.json(OURS))
        theirs.on("GET", "/v1/models", answers.json(THEIRS))
        deployments = [
            deployment(each.url, name=pattern, model_name=pattern, model=model)
            for each, (pattern, model) in zip((ours, theirs), wildcards.items(), strict=True)
        ]
        with running_gateway(*deployments) as gateway:
            yield gateway, ours, theirs


def test_the_lists_of_several_upstreams_are_merged() -> None:
    with two_upstreams(**{"openai/*": "*", "lab/*": "*"}) as (gateway, *_):
        models = gateway.models.ListModels(models_pb2.ListModelsRequest(), timeout=10).data
        raw = gateway.models.ListModels(models_pb2.ListModelsRequest(upstream=True), timeout=10).data
    assert [model.id for model in models] == ["openai/gpt-5-mini", "openai/both", "lab/llama", "lab/both"]
    assert [model.root for model in models] == ["gpt-5-mini", "both", "llama", "both"]
    assert models[0].created == 7
    assert models[0].model_info.parameter_defaults["reasoning_effort"] == "medium"
    assert [model.id for model in raw] == ["gpt-5-mini", "both", "llama"]


def test_what_another_pattern_serves_is_not_listed_twice() -> None:
    with two_upstreams(**{"*": "*", "l*": "l*"}) as (gateway, *_):
        models = gateway.models.ListModels(models_pb2.ListModelsRequest(), timeout=10).data
    assert [model.id for model in models] == ["llama", "gpt-5-mini", "both"]


def test_the_list_of_an_upstream_that_fails_is_left_out() -> None:
    with two_upstreams(**{"openai/*": "*", "lab/*": "*"}) as (gateway, ours, theirs):
        ours.on("GET", "/v1/models", answers.json({"error": {"message": "No"}}, status=401))
        models = gateway.models.ListModels(models_pb2.ListModelsRequest(), timeout=10).data
        theirs.on("GET", "/v1/models", answers.json({"object": "list"}))
        failure = failure_of(lambda: gateway.models.ListModels(models_pb2.ListModelsRequest(), timeout=10))
        lines = gateway.logged("rpc")
    assert [model.id for model in models] == ["lab/llama", "lab/both"]
    assert failure.reason == "UPSTREAM_CREDENTIALS"
    (missing,) = lines[0]["missing_lists"]
    assert missing.endswith(": UPSTREAM_CREDENTIALS")


def test_a_key_sees_the_models_that_it_may_use() -> None:
    key = KeySettings(name="lab", key=Secret("sk-lab-7d1f0a83c2e95b46"), models=("lab/*",))
    with two_upstreams(**{"openai/*": "*", "lab/*": "*"}) as (_, ours, theirs):
        deployments = [
            deployment(each.url, name=pattern, model_name=pattern, model="*")
            for each, pattern in ((ours, "openai/*"), (theirs, "lab/*"))
        ]
        with running_gateway(*deployments, general=GeneralSettings(keys=(key,))) as gateway:
            listed = gateway.models.ListModels(
                models_pb2.ListModelsRequest(),
                metadata=(("authorization", "Bearer sk-lab-7d1f0a83c2e95b46"),),
                timeout=10,
            )
    assert [model.id for model in listed.data] == ["lab/llama", "lab/both"]


KNOWN = {
    "under a wildcard, with what the upstream says": ({"model_name": "openai/*", "model": "*"}, "openai/gpt-5.1", True),
    "without a file": ({}, "gpt-5.1", True),
    "an upstream that has no such endpoint": ({}, "gpt-5.1", False),
    "under a name of its own": ({"model_name": "fast", "model": "gpt-5.1-2025-11-13"}, "fast", False),
    "for any name": ({"model": "gpt-5.1"}, "whatever", False),
}


@pytest.mark.parametrize(("facts", "name", "there"), KNOWN.values(), ids=KNOWN)
def test_what_is_known_of_a_model(facts: dict[str, str], name: str, there: bool) -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url, **facts)) as gateway:
        one = {"id": "gpt-5.1", "object": "model", "owned_by": "them"}
        answer = answers.json(one) if there else answers.json({"detail": "Not Found"}, status=404)
        upstream.on("GET", "/v1/models/gpt-5.1", answer)
        model = gateway.models.GetModel(models_pb2.GetModelRequest(model=name), timeout=10)
    info = model.model_info
    assert (model.id, model.owned_by) == (name, "them" if there else "openai-grpc")
    assert model.shutdown_date == ("" if there else "2027-04-01")
    assert list(info.parameter_values["reasoning_effort"].values) == ["none", "low", "medium", "high"]
    assert info.parameter_defaults == {"reasoning_effort": "none", "verbosity": "medium"}
    assert (info.max_input_tokens, info.max_output_tokens) == (400_000, 128_000)
    assert (info.input_cost_per_token, info.output_cost_per_token) == (1.25e-6, 1e-5)
    assert info.cache_read_input_token_cost == 1.25e-7
    assert (list(info.input_modalities), list(info.output_modalities)) == (["text", "image"], ["text"])


def test_a_model_of_which_nobody_knows_is_not_found() -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.on("GET", "/v1/models/nothing", answers.json({"error": {"message": "No"}}, status=404))
        failure = failure_of(lambda: gateway.models.GetModel(models_pb2.GetModelRequest(model="nothing"), timeout=10))
    assert failure.code is grpc.StatusCode.NOT_FOUND


def test_the_model_that_serves_any_name_is_listed() -> None:
    local = deployment("http://127.0.0.1:9", model="small", info=ModelInfo(max_input_tokens=4096))
    with running_gateway(local, deployment("http://127.0.0.1:9", name="a", model_name="whisper-1")) as gateway:
        models = gateway.models.ListModels(models_pb2.ListModelsRequest(), timeout=10).data
    assert {model.id: model.model_info.max_input_tokens for model in models} == {"whisper-1": 0, "small": 4096}


def test_the_local_models_are_known() -> None:
    nowhere = LocalUpstreams(LocalUpstream("http://127.0.0.1:9", "small"), LocalUpstream("http://127.0.0.1:9", "tiny"))
    with running_gateway(*local_deployments(nowhere)) as gateway:
        models = gateway.models.ListModels(models_pb2.ListModelsRequest(), timeout=10).data
        any_name = gateway.models.GetModel(models_pb2.GetModelRequest(model="gpt-5"), timeout=10)
    infos = {model.id: model.model_info for model in models}
    assert {"small", "tiny", "whisper-1"} <= set(infos)
    assert infos["small"].max_input_tokens == 4096
    assert (infos["small"].input_cost_per_token, infos["small"].HasField("input_cost_per_token")) == (0.0, True)
    assert list(infos["tiny"].input_modalities) == ["audio"]
    assert (any_name.id, any_name.root, any_name.model_info) == ("gpt-5", "small", infos["small"])
