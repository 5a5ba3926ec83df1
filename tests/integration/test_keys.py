"""Who may call: keys, the models and RPCs that they may use, and what of it goes upstream."""

from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import grpc
import pytest

from faults import answers
from faults.stand_in import StandIn
from openai_grpc.codec import dumps, from_json
from openai_grpc.v1 import chat_pb2, embeddings_pb2, models_pb2, responses_pb2
from openai_grpc.v1.response_tool_pb2 import ResponseTool
from openai_grpc_server.config import Config, GeneralSettings, KeySettings, RouterConfig, Secret, ServerSettings
from support.failure import failure_of
from support.gateway import OWN_KEY, RunningGateway, deployment, on_loop, running_gateway
from support.process import run

MASTER = "sk-v3R9xQ2mT7bK4wZ8nL5c"
TEAM = "sk-Jq6Xh1uYf0sD9gRe2aPo"
CHAT_ONLY = "sk-Bn7Lw3kHc5tVz8iMq1dE"
CREATE_CHAT, CREATE_EMBEDDING = "CreateChatCompletion", "CreateEmbedding"
# `rpcs` of a key, its name and the key, and which RPCs it may call.
OF_SERVICES: dict[str, tuple[str, str, set[str]]] = {
    "ChatService.CreateChatCompletion": ("dot", "sk-Rt4Yp9Ts2Gd7Xk1Nb6VmA1", {CREATE_CHAT}),
    "ChatService/Create*": ("slash", "sk-Rt4Yp9Ts2Gd7Xk1Nb6VmA2", {CREATE_CHAT}),
    "/openai_grpc.v1.EmbeddingsService/CreateEmbedding": ("path", "sk-Rt4Yp9Ts2Gd7Xk1Nb6VmA3", {CREATE_EMBEDDING}),
    "openai_grpc.v1.*": ("package", "sk-Rt4Yp9Ts2Gd7Xk1Nb6VmA4", {CREATE_CHAT, CREATE_EMBEDDING}),
    "Create*": ("name", "sk-Rt4Yp9Ts2Gd7Xk1Nb6VmA5", {CREATE_CHAT, CREATE_EMBEDDING}),
    "*ChatService*": ("no service", "sk-Rt4Yp9Ts2Gd7Xk1Nb6VmA6", set()),  # without a dot it is the name of an RPC
    "ResponsesService.Create*": ("other", "sk-Rt4Yp9Ts2Gd7Xk1Nb6VmA7", set()),
}
KEYS = GeneralSettings(
    master_key=Secret(MASTER),
    keys=(
        KeySettings(name="team", hash=sha256(TEAM.encode()).hexdigest(), models=("small", "open/*")),
        KeySettings(name="chat", key=Secret(CHAT_ONLY), rpcs=("*ChatCompletion",)),
        *(KeySettings(name=name, key=Secret(key), rpcs=(rpcs,)) for rpcs, (name, key, *_) in OF_SERVICES.items()),
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


@pytest.mark.parametrize("rpcs", OF_SERVICES)
def test_rpcs_of_one_service(gateway: RunningGateway, rpcs: str) -> None:
    _, key, allowed = OF_SERVICES[rpcs]
    calls: dict[str, Callable[[], Any]] = {
        CREATE_CHAT: lambda: chat(gateway, "small", bearer(key)),
        CREATE_EMBEDDING: lambda: gateway.embeddings.CreateEmbedding(
            embeddings_pb2.CreateEmbeddingRequest(model="small"), metadata=bearer(key), timeout=10
        ),
    }
    for name, call in calls.items():
        if name in allowed:
            call()
        else:
            assert failure_of(call).reason == "RPC_NOT_ALLOWED"


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
    request = models_pb2.GetModelRequest(model="x" * 257)
    failure = failure_of(lambda: gateway.models.GetModel(request, metadata=bearer(TEAM), timeout=10))
    assert failure.code is grpc.StatusCode.INVALID_ARGUMENT


def request_of(request_type: Any, value: dict[str, Any]) -> Any:
    """Makes a request from JSON; what the contract does not know goes into `extra_json`."""
    return from_json(request_type, dumps(value))


HI = [{"role": "user", "content": "hi"}]
CHAT = {"model": "small", "messages": HI}
RESPONSE = {"model": "small", "input": "hi"}
ChatRequest, ResponseRequest = chat_pb2.CreateChatCompletionRequest, responses_pb2.CreateResponseRequest


def tool(**fields: Any) -> dict[str, Any]:
    return {**RESPONSE, "tools": [{"type": "function", "name": "f"}, fields]}


# Every way to name `big` by which a key of `small` would reach it: RPC, request, the field that the error names.
OTHER_WAYS: dict[str, tuple[str, Any, str]] = {
    "fallbacks of OpenRouter": (
        "CreateChatCompletion",
        request_of(ChatRequest, {**CHAT, "models": ["small", "big"]}),
        "openrouter.models",
    ),
    "fallbacks that are not all text": (
        "CreateChatCompletion",
        request_of(ChatRequest, {**CHAT, "models": ["big", 1]}),
        "extra_json.models",
    ),
    "moderation": (
        "CreateChatCompletion",
        request_of(ChatRequest, {**CHAT, "moderation": {"model": "big"}}),
        "moderation.model",
    ),
    "a hosted tool": (
        "CreateResponse",
        request_of(ResponseRequest, tool(type="image_generation", model="big")),
        "tools[1].image_generation.model",
    ),
    "a model within a hosted tool": (
        "StreamResponse",
        request_of(ResponseRequest, tool(type="image_generation", svg={"model": "big"})),
        "tools[1].image_generation.svg.model",
    ),
    "a tool in the input": (
        "CreateResponse",
        request_of(
            ResponseRequest,
            {
                **RESPONSE,
                "input": [{"type": "additional_tools", "tools": [{"type": "image_generation", "model": "big"}]}],
            },
        ),
        "input.items.items[0].additional_tools.tools[0].image_generation.model",
    ),
    "a tool that the contract does not know": (
        "CreateResponse",
        request_of(ResponseRequest, tool(type="video_generation", options={"Video_Model": "big"})),
        "tools[1].unknown.Video_Model",
    ),
    "the first of two keys, of which some readers take the first": (
        "CreateResponse",
        ResponseRequest(
            model="small", tools=[ResponseTool(unknown='{"type": "video", "model": "big", "model": "small"}')]
        ),
        "tools[0].unknown.model",
    ),
    "an escaped key": (
        "CreateResponse",
        ResponseRequest(model="small", tools=[ResponseTool(unknown='{"type": "video", "m\\u006fdel": "big"}')]),
        "tools[0].unknown.model",
    ),
    "a key that the contract does not know": (
        "CreateChatCompletion",
        request_of(ChatRequest, {**CHAT, "speculative": [{"draft_model": {"id": "big"}}]}),
        "extra_json.draft_model",
    ),
    "a part of a message": (
        "CreateChatCompletion",
        request_of(
            ChatRequest,
            {**CHAT, "messages": [{"role": "user", "content": [{"type": "text", "text": "hi", "model": "big"}]}]},
        ),
        "messages[0].user.content.parts.parts[0].text.extra_json.model",
    ),
    "an engine": ("CreateChatCompletion", request_of(ChatRequest, {**CHAT, "engine": "big"}), "extra_json.engine"),
    "a preset": ("CreateChatCompletion", request_of(ChatRequest, {**CHAT, "preset": "big"}), "extra_json.preset"),
    "an alias": ("CreateChatCompletion", request_of(ChatRequest, {**CHAT, "model": "alias"}), "model"),
    "none: chat": ("StreamChatCompletion", request_of(ChatRequest, {"messages": HI}), "model"),
    "none: a response": ("CreateResponse", request_of(ResponseRequest, {"input": "hi"}), "model"),
    "none: a stored prompt that names its own": (
        "CreateResponse",
        request_of(ResponseRequest, {"prompt": {"id": "pmpt_1"}}),
        "model",
    ),
    "none: an embedding": ("CreateEmbedding", embeddings_pb2.CreateEmbeddingRequest(), "model"),
    "none: tokens": ("CountResponseInputTokens", responses_pb2.CountResponseInputTokensRequest(), "model"),
}


@pytest.mark.parametrize(("rpc", "request_", "field"), OTHER_WAYS.values(), ids=OTHER_WAYS)
def test_no_other_way_to_a_model(upstream: StandIn, rpc: str, request_: Any, field: str) -> None:
    names = ("small", "big", "open/llama")
    deployments = [deployment(upstream.url, name=name, model_name=name, model=f"up-{name}") for name in names]
    router = RouterConfig(num_retries=0, aliases={"alias": "big"})
    before = len(upstream.exchanges)
    with running_gateway(*deployments, general=KEYS, router=router) as gateway:
        service: Any = gateway.chat if "Chat" in rpc else gateway.embeddings if "Embed" in rpc else gateway.responses
        failure = failure_of(lambda: getattr(service, rpc)(request_, metadata=bearer(TEAM), timeout=10))
    assert (failure.code, failure.reason) == (grpc.StatusCode.PERMISSION_DENIED, "MODEL_NOT_ALLOWED")
    assert failure.details["ErrorInfo"].metadata["param"] == field
    assert len(upstream.exchanges) == before


def test_a_model_in_a_large_request(gateway: RunningGateway) -> None:
    value = {**CHAT, "messages": [*HI * 5_000, {"role": "user", "content": [{"type": "new", "model": "big"}]}]}
    failure = failure_of(
        lambda: gateway.chat.CreateChatCompletion(request_of(ChatRequest, value), metadata=bearer(TEAM), timeout=10)
    )
    assert (failure.code, failure.reason) == (grpc.StatusCode.PERMISSION_DENIED, "MODEL_NOT_ALLOWED")
    assert failure.details["ErrorInfo"].metadata["param"] == "messages[5000].user.content.parts.parts[0].unknown.model"


def test_models_that_the_key_may_use_can_be_named_anywhere(gateway: RunningGateway, upstream: StandIn) -> None:
    value = {
        **CHAT,
        "models": ["small", "open/qwen"],
        "moderation": {"model": "open/moderation"},
        "draft_model": "open/draft",
        "metadata": {"model": "big"},
        "plugins": [{"id": "web", "engine": "exa"}],
        "guided_json": {"properties": {"model": {"type": "string"}}},
    }
    request = request_of(ChatRequest, value)
    assert gateway.chat.CreateChatCompletion(request, metadata=bearer(TEAM), timeout=10).id == "c1"
    assert upstream.requests[-1].json() == {**value, "model": "up-small"}


def test_a_key_without_limits_names_what_it_likes(gateway: RunningGateway, upstream: StandIn) -> None:
    request = request_of(ChatRequest, {**CHAT, "models": ["any"], "draft_model": "any"})
    assert gateway.chat.CreateChatCompletion(request, metadata=bearer(MASTER), timeout=10).id == "c1"
    assert upstream.requests[-1].json()["models"] == ["any"]


def test_a_key_of_every_model_needs_none(upstream: StandIn) -> None:
    keys = GeneralSettings(master_key=Secret(MASTER), keys=(KeySettings(name="all", key=Secret(TEAM), models=("*",)),))
    with running_gateway(deployment(upstream.url), general=keys) as gateway:
        request = request_of(ChatRequest, {"messages": HI})
        assert gateway.chat.CreateChatCompletion(request, metadata=bearer(TEAM), timeout=10).id == "c1"


def test_a_fallback_of_the_operators_is_open_to_all_who_may_use_the_first() -> None:
    with StandIn() as upstream:
        upstream.on("POST", "/v1/chat/completions", answers.json({"error": {"message": "no"}}, status=429))
        deployments = [deployment(upstream.url, name=name, model_name=name, model=name) for name in ("small", "big")]
        router = RouterConfig(num_retries=0, fallbacks={"small": ("big",)})
        with running_gateway(*deployments, general=KEYS, router=router) as gateway:
            failure_of(lambda: chat(gateway, "small", bearer(TEAM)))
        assert [request.json()["model"] for request in upstream.requests] == ["small", "big"]


def test_a_key_that_is_too_long_is_the_callers_mistake(gateway: RunningGateway) -> None:
    failure = failure_of(lambda: chat(gateway, "small", bearer("x" * 6144)))
    assert (failure.code, failure.message[:14]) == (grpc.StatusCode.INVALID_ARGUMENT, "authorization:")


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
    assert "general_settings.master_key: weak key" in checked.stderr
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
