"""Names with a `*`, and several deployments under one name."""

from collections.abc import Iterator

import grpc
import pytest

from faults import answers
from faults.stand_in import StandIn
from openai_grpc.v1 import chat_pb2, models_pb2
from openai_grpc_server.config import load_config
from support.failure import failure_of
from support.gateway import RunningGateway, running_gateway

CONFIG = """
model_list:
  - {model_name: "openai/*", litellm_params: {model: "openai/*", api_key: sk-openai}}
  - {model_name: "openai/gpt-5*", litellm_params: {model: "openai/my-gpt-5*", api_key: sk-5}}
  - {model_name: "*-latest", litellm_params: {model: "openai/*", api_key: sk-latest}}
  - {model_name: openai/gpt-5, litellm_params: {model: exact, api_key: sk-exact}}
  - {model_name: "team-*", litellm_params: {model: one, api_key: sk-one}}
  - {model_name: two, litellm_params: {model: two-a, api_key: sk-a}, model_info: {id: first}}
  - {model_name: two, litellm_params: {model: two-b, api_key: sk-b}}
"""


@pytest.fixture(scope="module")
def upstream() -> Iterator[StandIn]:
    with StandIn() as upstream:
        upstream.on("POST", "/v1/chat/completions", answers.json({"id": "c", "choices": []}))
        yield upstream


@pytest.fixture(scope="module")
def gateway(upstream: StandIn, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningGateway]:
    file = tmp_path_factory.mktemp("config") / "config.yaml"
    file.write_text(CONFIG)
    config = load_config(file, {"OPENAI_BASE_URL": f"{upstream.url}/v1"})
    with running_gateway(*config.deployments, router=config.router) as gateway:
        yield gateway


NAMES = {
    "what the * matched goes upstream": ("openai/o3", "o3", "sk-openai"),
    "the longest pattern": ("openai/gpt-5-mini", "my-gpt-5-mini", "sk-5"),
    "the exact name before all": ("openai/gpt-5", "exact", "sk-exact"),
    "a * at the start": ("gpt-4o-latest", "gpt-4o", "sk-latest"),
    "many names of one model": ("team-x", "one", "sk-one"),
}


@pytest.mark.parametrize(("name", "model", "key"), NAMES.values(), ids=NAMES)
def test_wildcard(gateway: RunningGateway, upstream: StandIn, name: str, model: str, key: str) -> None:
    gateway.chat.CreateChatCompletion(chat_pb2.CreateChatCompletionRequest(model=name), timeout=10)
    received = upstream.requests[-1]
    assert (received.json()["model"], received.header("authorization")) == (model, f"Bearer {key}")


@pytest.mark.parametrize("name", ["gpt-4o", "openai/", "team-", "-latest"])
def test_a_name_that_nothing_matches(gateway: RunningGateway, name: str) -> None:
    request = chat_pb2.CreateChatCompletionRequest(model=name)
    failure = failure_of(lambda: gateway.chat.CreateChatCompletion(request, timeout=10))
    assert (failure.code, failure.reason) == (grpc.StatusCode.NOT_FOUND, "MODEL_NOT_FOUND")


def test_several_deployments_under_one_name(gateway: RunningGateway, upstream: StandIn) -> None:
    served = set()
    for _ in range(64):  # 2^-63 is the chance that one deployment gets them all
        request = chat_pb2.CreateChatCompletionRequest(model="two")
        _, call = gateway.chat.CreateChatCompletion.with_call(request, timeout=10)
        name = dict(call.initial_metadata())["openai-grpc-deployment"]
        served.add((name, upstream.requests[-1].json()["model"]))
    assert served == {("first", "two-a"), ("two#2", "two-b")}


def test_names_and_what_their_upstreams_list(gateway: RunningGateway, upstream: StandIn) -> None:
    upstream.on("GET", "/v1/models", answers.json({"object": "list", "data": [{"id": "o3"}, {"id": "my-gpt-5-mini"}]}))
    listed = gateway.models.ListModels(models_pb2.ListModelsRequest(), timeout=10)
    names = ["openai/o3", "openai/my-gpt-5-mini", "openai/gpt-5-mini", "o3-latest", "my-gpt-5-mini-latest"]
    assert sorted(each.id for each in listed.data) == sorted(["openai/gpt-5", "two", *names])
    roots = {each.id: each.root for each in listed.data}
    assert (roots["openai/gpt-5-mini"], roots["openai/o3"]) == ("my-gpt-5-mini", "o3")
