"""Who may call: keys, the models and RPCs that they may use, and what of it goes upstream."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import grpc
import pytest

from faults import answers
from faults.stand_in import StandIn
from openai_grpc.v1 import chat_pb2, embeddings_pb2, models_pb2
from openai_grpc_server.config import Config, GeneralSettings, KeySettings, Secret, ServerSettings
from support.failure import failure_of
from support.gateway import OWN_KEY, RunningGateway, deployment, on_loop, running_gateway
from support.process import run

MASTER = "sk-v3R9xQ2mT7bK4wZ8nL5c"
TEAM = "sk-Jq6Xh1uYf0sD9gRe2aPo"
CHAT_ONLY = "sk-Bn7Lw3kHc5tVz8iMq1dE"
KEYS = GeneralSettings(
    master_key=Secret(MASTER),
    keys=(
        KeySettings(name="team", hash=sha256(TEAM.encode()).hexdigest(), models=("small", "open/*")),
        KeySettings(name="chat", key=Secret(CHAT_ONLY), rpcs=("*ChatCompletion",)),
    ),
)

Pairs = tuple[tuple[str, str], ...]


def bearer(key: str) -> Pairs:
    return (("authorization", f"Bearer {key}"),)


@pytest.fixture(scope="module")
def upstream() -> Iterator[StandIn]:
    with StandIn() as running:
        running.on("POST", "/v1/chat/completions", answers.json({"id": "c1", "object": "chat.completion"}))
        running.on("POST", "/v1/embeddings", answers.json({"object": "list", "data": []}))
        listed = {"object": "list", "data": [{"id": "small"}, {"id": "big"}]}
        running.on("GET", "/v1/models", answers.json(listed))
        yield running


@pytest.fixture(scope="module")
def gateway(upstream: StandIn) -> Iterator[RunningGateway]:
    names = ("small", "big", "open/llama")
    deployments = (deployment(upstream.url, name=name, model_name=name, model=f"up-{name}") for name in names)
    with running_gateway(*deployments, general=KEYS) as running:
        yield running


def chat(gateway: RunningGateway, model: str, metadata: Pairs) -> Any:
    request = chat_pb2.CreateChatCompletionRequest(model=model)
    return gateway.chat.CreateChatCompletion(request, metadata=metadata, timeout=10)


ALLOWED = {
    "the master key": (bearer(MASTER), "big"),
    "the scheme in small letters": ((("authorization", f"bearer {MASTER}"),), "big"),
    "a key by its hash": (bearer(TEAM), "small"),
    "a model by a wildcard": (bearer(TEAM), "open/llama"),
    "an RPC by a wildcard": (bearer(CHAT_ONLY), "big"),
}


@pytest.mark.parametrize(("metadata", "model"), ALLOWED.values(), ids=ALLOWED)
def test_allowed(gateway: RunningGateway, upstream: StandIn, metadata: Pairs, model: str) -> None:
    assert chat(gateway, model, metadata).id == "c1"
    received = upstream.requests[-1]
    assert (received.header("authorization"), received.json()["model"]) == (f"Bearer {OWN_KEY}", f"up-{model}")


REFUSED = {
    "no key": ((), "small", grpc.StatusCode.UNAUTHENTICATED, "UNAUTHENTICATED"),
    "an unknown key": (bearer(MASTER + "x"), "small", grpc.StatusCode.UNAUTHENTICATED, "INVALID_KEY"),
    "the hash of a key": (
        bearer(sha256(TEAM.encode()).hexdigest()),
        "small",
        grpc.StatusCode.UNAUTHENTICATED,
        "INVALID_KEY",
    ),
    "another model": (bearer(TEAM), "big", grpc.StatusCode.PERMISSION_DENIED, "MODEL_NOT_ALLOWED"),
    "a model that a wildcard only begins like": (
        bearer(TEAM),
        "smaller",
        grpc.StatusCode.PERMISSION_DENIED,
        "MODEL_NOT_ALLOWED",
    ),
}


@pytest.mark.parametrize(("metadata", "model", "status", "reason"), REFUSED.values(), ids=REFUSED)
@pytest.mark.parametrize("rpc", ["CreateChatCompletion", "StreamChatCompletion"])
def test_refused(  # noqa: PLR0917 - a table
    gateway: RunningGateway, upstream: StandIn, rpc: str, metadata: Pairs, model: str, status: Any, reason: str
) -> None:
    before = len(upstream.exchanges)
    request = chat_pb2.CreateChatCompletionRequest(model=model)
    failure = failure_of(lambda: getattr(gateway.chat, rpc)(request, metadata=metadata, timeout=10))
    assert (failure.code, failure.reason) == (status, reason)
    assert len(upstream.exchanges) == before


def test_an_rpc_that_the_key_may_not_call(gateway: RunningGateway) -> None:
    request = embeddings_pb2.CreateEmbeddingRequest(model="small")
    failure = failure_of(lambda: gateway.embeddings.CreateEmbedding(request, metadata=bearer(CHAT_ONLY), timeout=10))
    assert (failure.code, failure.reason) == (grpc.StatusCode.PERMISSION_DENIED, "RPC_NOT_ALLOWED")


@pytest.mark.parametrize(
    ("key", "upstream_list", "models"),
    [(MASTER, False, ["small", "big", "open/llama"]), (TEAM, False, ["small", "open/llama"]), (TEAM, True, ["small"])],
)
def test_models_are_listed_that_the_key_may_use(
    gateway: RunningGateway, key: str, upstream_list: bool, models: list[str]
) -> None:
    request = models_pb2.ListModelsRequest(upstream=upstream_list)
    listed = gateway.models.ListModels(request, metadata=bearer(key), timeout=10)
    assert [model.id for model in listed.data] == models


def test_a_model_that_the_key_may_not_use_is_not_got(gateway: RunningGateway) -> None:
    request = models_pb2.GetModelRequest(model="big")
    failure = failure_of(lambda: gateway.models.GetModel(request, metadata=bearer(TEAM), timeout=10))
    assert failure.reason == "MODEL_NOT_ALLOWED"


def test_the_gateways_own_keys_never_go_upstream(upstream: StandIn) -> None:
    with running_gateway(deployment(upstream.url, api_key=None), general=KEYS) as gateway:
        chat(gateway, "small", bearer(TEAM))
    assert upstream.requests[-1].header("authorization") is None


def test_a_key_under_another_name_than_the_meshs_token(upstream: StandIn) -> None:
    metadata = (*bearer("of-the-mesh"), ("x-openai-grpc-key", TEAM))
    with running_gateway(deployment(upstream.url), general=KEYS, key_header="x-openai-grpc-key") as gateway:
        assert chat(gateway, "small", metadata).id == "c1"


def test_the_log_names_the_key_and_does_not_show_it(upstream: StandIn) -> None:
    with running_gateway(deployment(upstream.url), general=KEYS) as gateway:
        chat(gateway, "small", bearer(TEAM))
        failure_of(lambda: chat(gateway, "small", bearer("sk-not-one-of-the-gateways")))
        assert [entry.get("key") for entry in gateway.logged("rpc")] == ["team", None]
        assert not any(text in gateway.log.getvalue() for text in (TEAM, "sk-not-one-of-the-gateways"))


def test_keys_are_checked_before_anything_is_served(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("general_settings:\n  master_key: sk-1234\nserver:\n  prices_file: /does/not/exist\n")
    checked = run("check-config", str(file))
    assert checked.returncode == 2
    assert "general_settings.master_key: the key can be guessed" in checked.stderr
    assert "/does/not/exist" in checked.stderr
    assert "sk-1234" not in checked.stderr


def test_keys_are_taken_up_while_the_server_runs(upstream: StandIn) -> None:
    with running_gateway(deployment(upstream.url)) as gateway:
        assert chat(gateway, "small", ()).id == "c1"

        async def reload(general: GeneralSettings) -> None:
            config = Config(server=ServerSettings(port=0), general=general, deployments=(deployment(upstream.url),))
            gateway.gateway.reload(config)

        on_loop(reload(KEYS))
        assert failure_of(lambda: chat(gateway, "small", ())).reason == "UNAUTHENTICATED"
        assert chat(gateway, "small", bearer(TEAM)).id == "c1"
        on_loop(reload(GeneralSettings()))
        assert chat(gateway, "small", ()).id == "c1"
