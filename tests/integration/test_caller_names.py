"""Prefixes in the names that callers use: which API and which model they reach, without a file and under wildcards."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest

from faults import answers
from faults.stand_in import Exchange, StandIn
from integration.three_apis import (
    CHAT,
    CHAT_COMPLETION,
    COMPLETION,
    COMPLETIONS,
    RESPONSE,
    RESPONSES,
    as_json,
    chat,
)
from openai_grpc.v1 import completions_pb2, embeddings_pb2, models_pb2, responses_pb2
from openai_grpc_server.config import DeploymentConfig, load_config
from openai_grpc_server.config.load import config_of_command_line
from support.failure import failure_of
from support.gateway import RunningGateway, running_gateway

MODELS = "/v1/models"
NO_FILE = ""
FILES = {
    "no file": NO_FILE,
    "under *": "{model_name: '*', litellm_params: {model: '*', api_base: BASE, api_key: sk-1}}",
    "under * that is openai/*": "{model_name: '*', litellm_params: {model: 'openai/*', api_base: BASE, api_key: sk-1}}",
    "under openai/*": "{model_name: 'openai/*', litellm_params: {model: 'openai/*', api_base: BASE, api_key: sk-1}}",
}
NAMES = {
    "openai/responses/gpt-5-mini": (RESPONSES, "gpt-5-mini"),
    "openai/responses/ft:gpt-4o:org/team::id": (RESPONSES, "ft:gpt-4o:org/team::id"),
    "text-completion-openai/gpt-3.5-turbo-instruct": (COMPLETIONS, "gpt-3.5-turbo-instruct"),
    "openai/your-model-name": (CHAT, "your-model-name"),
    "openai/responses": (CHAT, "responses"),
}


@contextmanager
def serving(upstream: StandIn, tmp_path: Path, entry: str) -> Iterator[RunningGateway]:
    """Serves at an upstream that has all three APIs, with one entry of `model_list` or without a file."""
    for path, answer in ((CHAT, CHAT_COMPLETION), (RESPONSES, RESPONSE), (COMPLETIONS, COMPLETION)):
        upstream.on("POST", path, answers.json(answer))
    with running_gateway(*deployments(upstream, tmp_path, entry)) as gateway:
        yield gateway


def deployments(upstream: StandIn, tmp_path: Path, entry: str) -> tuple[DeploymentConfig, ...]:
    if not entry:
        return config_of_command_line(None, f"{upstream.url}/v1", {"OPENAI_API_KEY": "sk-1"}).deployments
    file = tmp_path / "config.yaml"
    file.write_text(f"model_list: [{entry.replace('BASE', f'{upstream.url}/v1')}]")
    return load_config(file, {}).deployments


def posted(upstream: StandIn) -> list[tuple[str, str]]:
    """Returns the path and the model of each call that reached the upstream."""
    return [(each.path, each.json()["model"]) for each in upstream.requests if each.method == "POST"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("entry", FILES.values(), ids=FILES)
def test_a_name_chooses_the_api(tmp_path: Path, entry: str, name: str) -> None:
    with StandIn() as upstream, serving(upstream, tmp_path, entry) as gateway:
        reply = gateway.chat.CreateChatCompletion(chat(model=name), timeout=10)
    assert posted(upstream) == [NAMES[name]]
    assert reply.choices[0].message.content == "Yo"


OTHER_RPCS: dict[str, tuple[str, str, Callable[[RunningGateway, str], Any]]] = {
    "a response": (
        "openai/responses/gpt-5.4",
        RESPONSES,
        lambda gateway, name: gateway.responses.CreateResponse(
            responses_pb2.CreateResponseRequest(model=name), timeout=10
        ),
    ),
    "a completion": (
        "text-completion-openai/gpt-3.5-turbo-instruct",
        COMPLETIONS,
        lambda gateway, name: gateway.completions.CreateCompletion(
            completions_pb2.CreateCompletionRequest(model=name), timeout=10
        ),
    ),
    "an embedding": (
        "openai/GPT-J",
        "/v1/embeddings",
        lambda gateway, name: gateway.embeddings.CreateEmbedding(
            embeddings_pb2.CreateEmbeddingRequest(model=name), timeout=10
        ),
    ),
}


@pytest.mark.parametrize(("name", "path", "ask"), OTHER_RPCS.values(), ids=OTHER_RPCS)
def test_other_rpcs_strip_the_prefix(
    tmp_path: Path, name: str, path: str, ask: Callable[[RunningGateway, str], Any]
) -> None:
    with StandIn() as upstream, serving(upstream, tmp_path, NO_FILE) as gateway:
        upstream.on("POST", "/v1/embeddings", answers.json({"object": "list", "data": []}))
        ask(gateway, name)
    assert posted(upstream) == [(path, name.rsplit("/", 1)[1])]


def test_an_object_of_effort_and_summary_by_a_name(tmp_path: Path) -> None:
    effort = {"effort": "high", "summary": "auto"}
    with StandIn() as upstream, serving(upstream, tmp_path, NO_FILE) as gateway:
        request = chat(model="openai/responses/gpt-5-mini", reasoning_effort=effort)
        reply = gateway.chat.CreateChatCompletion(request, timeout=10)
    assert upstream.requests[-1].json()["reasoning"] == effort
    assert as_json(reply.choices[0].message)["reasoning_content"] == "Hm"


LISTED = {"object": "list", "data": [{"id": "openai/gpt-oss-20b"}, {"id": "openai/gpt-of-ours"}, {"id": "qwen"}]}


def test_weights_that_the_upstream_lists_keep_their_prefix(tmp_path: Path) -> None:
    with StandIn() as upstream, serving(upstream, tmp_path, FILES["under *"]) as gateway:
        upstream.on("GET", MODELS, answers.json(LISTED))
        for name in ("openai/gpt-oss-20b", "openai/responses/openai/gpt-oss-20b", "openai/gpt-oss-120b"):
            gateway.chat.CreateChatCompletion(chat(model=name), timeout=10)
        listed = [each.path for each in upstream.requests if each.method == "GET"]
    assert posted(upstream) == [(CHAT, "openai/gpt-oss-20b"), (RESPONSES, "openai/gpt-oss-20b"), (CHAT, "gpt-oss-120b")]
    assert listed == [MODELS], "and it is asked once"


async def only_prefixed(exchange: Exchange) -> None:
    """Answers like a server that knows models by names that begin with `openai/`."""
    await exchange.body()
    known = exchange.request.json()["model"].startswith("openai/")
    missing = {"error": {"message": "The model does not exist", "code": "model_not_found"}}
    await (answers.json(CHAT_COMPLETION) if known else answers.json(missing, status=404))(exchange)


def test_a_name_that_the_upstream_does_not_know_without_its_prefix(tmp_path: Path) -> None:
    with StandIn() as upstream, serving(upstream, tmp_path, NO_FILE) as gateway:
        upstream.on("POST", CHAT, only_prefixed)
        upstream.on("GET", MODELS, answers.json(LISTED))
        for _ in range(2):
            gateway.chat.CreateChatCompletion(chat(model="openai/gpt-of-ours"), timeout=10)
        failure = failure_of(lambda: gateway.chat.CreateChatCompletion(chat(model="openai/nothing"), timeout=10))
    assert [model for _, model in posted(upstream)] == ["gpt-of-ours", *["openai/gpt-of-ours"] * 2, "nothing"]
    assert failure.code is grpc.StatusCode.NOT_FOUND


def test_what_a_pattern_of_ones_own_matched_keeps_its_prefix(tmp_path: Path) -> None:
    entry = "{model_name: 'lab/*', litellm_params: {model: 'hosted_vllm/*', api_base: BASE, api_key: sk-1}}"
    with StandIn() as upstream, serving(upstream, tmp_path, entry) as gateway:
        gateway.chat.CreateChatCompletion(chat(model="lab/openai/gpt-oss-20b"), timeout=10)
    assert posted(upstream) == [(CHAT, "openai/gpt-oss-20b")]


def test_an_upstream_that_has_no_responses_serves_by_chat(tmp_path: Path) -> None:
    entry = (
        "{model_name: '*', litellm_params: {model: '*', api_base: BASE, api_key: sk-1, use_chat_completions_api: true}}"
    )
    with StandIn() as upstream, serving(upstream, tmp_path, entry) as gateway:
        gateway.chat.CreateChatCompletion(chat(model="openai/responses/llama"), timeout=10)
    assert posted(upstream) == [(CHAT, "llama")]


@pytest.mark.parametrize("host", ["openrouter.ai/api", "ai-gateway.vercel.sh", "models.github.ai/inference"])
def test_gateways_whose_names_begin_with_it_keep_it(host: str) -> None:
    (config,) = config_of_command_line(None, f"https://{host}/v1", {}).deployments
    assert config.resolve("openai/gpt-5.4") == ("openai/gpt-5.4", None)
    assert config.resolve("openai/responses/gpt-5.4") == ("openai/gpt-5.4", "responses")
    assert config.resolve("anthropic/claude") == ("anthropic/claude", None)


def test_one_model_of_the_upstream_is_asked_for_without_it(tmp_path: Path) -> None:
    with StandIn() as upstream, serving(upstream, tmp_path, NO_FILE) as gateway:
        upstream.on("GET", f"{MODELS}/mistral", answers.json({"id": "mistral", "object": "model"}))
        model = gateway.models.GetModel(models_pb2.GetModelRequest(model="openai/mistral"), timeout=10)
    assert model.root == "mistral" or model.id == "mistral"
