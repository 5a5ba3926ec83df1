"""Configuration files as people have them: prefixes of providers, merged and included files, secrets in files."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import grpc
import pytest

from faults import answers
from faults.stand_in import StandIn
from openai_grpc.codec import from_object
from openai_grpc.v1 import chat_pb2, chat_pb2_grpc, responses_pb2
from openai_grpc_server.config import config_of_command_line, load_config
from support.gateway import HTTP2, running_gateway
from support.process import ServerProcess, server_process

CHAT = "/chat/completions"
COMPLETION = answers.json({"id": "c1", "object": "chat.completion", "model": "m", "choices": []})


def one(params: str, more: str = "") -> str:
    return f"model_list: [{{model_name: m, litellm_params: {{{params}}}}}]\n{more}"


class Case(NamedTuple):
    """A file and the request that a chat of the model `m` leads to; `URL` is the upstream's, without a path.

    Attributes:
        text: The file.
        path: Where the request arrives.
        model: The upstream's name of the model.
        headers: What its headers must be; None: absent.
    """

    text: str
    path: str
    model: str
    headers: Mapping[str, str | None]


KEY = {"authorization": "Bearer k"}
FORMS = {
    "a provider with an own base": Case(
        one("model: mistral/small, api_base: URL/v1, api_key: k"), "/v1" + CHAT, "small", KEY
    ),
    "one that few have": Case(
        one("model: compactifai/small-slim, api_base: URL/v1, api_key: k"), "/v1" + CHAT, "small-slim", KEY
    ),
    "a provider whose base and key are in the environment": Case(
        one("model: groq/openai/gpt-oss"), "/groq/v1" + CHAT, "openai/gpt-oss", {"authorization": "Bearer sk-of-groq"}
    ),
    "an own base is not told the provider's key": Case(
        one("model: xai/grok, api_base: URL/v1, api_key: ''"), "/v1" + CHAT, "grok", {"authorization": None}
    ),
    "Azure's base of OpenAI's REST": Case(
        one("model: azure/mine, api_base: URL/openai/v1, api_key: k"), "/openai/v1" + CHAT, "mine", KEY
    ),
    "a proxy": Case(
        one("model: litellm_proxy/anthropic/claude, api_base: URL/v1, api_key: k"),
        "/v1" + CHAT,
        "anthropic/claude",
        KEY,
    ),
    "a server whose own API is at the root": Case(
        one("model: ollama_chat/qwen, api_base: URL, api_key: k"), "/v1" + CHAT, "qwen", KEY
    ),
    "a provider that is a key": Case(
        one("model: org/name, custom_llm_provider: hosted_vllm, api_base: URL/v1, api_key: k"),
        "/v1" + CHAT,
        "org/name",
        KEY,
    ),
    "chat by the Responses API of another provider": Case(
        one("model: xai/responses/grok, api_base: URL/v1, api_key: k"), "/v1/responses", "grok", KEY
    ),
    "what is no provider stays": Case(
        one("model: qwen/qwen3, api_base: URL/v1, api_key: k"), "/v1" + CHAT, "qwen/qwen3", KEY
    ),
    "settings of all models": Case(
        one(
            "model: openai/a, extra_headers: {x-two: own}",
            "litellm_settings: {api_base: URL/v1, api_key: k, organization: org-1, enable_preview_features: true,"
            " headers: {X-One: all, X-Two: all}}",
        ),
        "/v1" + CHAT,
        "a",
        {**KEY, "openai-organization": "org-1", "x-one": "all", "x-two": "own"},
    ),
    "OPENAI_API_KEY stays with OPENAI_BASE_URL": Case(
        one("model: openai/a", "litellm_settings: {api_base: URL/v1}"), "/v1" + CHAT, "a", {"authorization": None}
    ),
    "of merged mappings the earlier one wins": Case(
        """
x-first: &first {model: openai/first, api_base: URL/v1, api_key: k}
x-second: &second {model: openai/second, api_base: 'http://127.0.0.1:1/v1', api_key: z, extra_headers: {x-both: b}}
model_list:
  - model_name: m
    litellm_params: {<<: [*first, *second]}
""",
        "/v1" + CHAT,
        "first",
        {**KEY, "x-both": "b"},
    ),
    "a variable inside a longer text": Case(
        one("model: openai/a, api_base: os.environ/ROOT/v1, api_key: k, extra_headers: {X-Auth: Key os.environ/TOKEN}"),
        "/v1" + CHAT,
        "a",
        {**KEY, "x-auth": "Key t-1"},
    ),
    "a variable in a file": Case(
        one("model: openai/a, api_base: URL/v1, api_key: os.environ/MOUNTED"), "/v1" + CHAT, "a", KEY
    ),
    "a text with ${": Case(
        one("model: openai/a, api_base: URL/v1, api_key: k, user: '$${name}'"), "/v1" + CHAT, "a", KEY
    ),
}


@pytest.mark.parametrize("case", FORMS.values(), ids=FORMS)
def test_request(tmp_path: Path, case: Case) -> None:
    file, mounted = tmp_path / "config.yaml", tmp_path / "mounted"
    mounted.write_text("k\n")
    with StandIn() as upstream:
        file.write_text(case.text.replace("URL", upstream.url))
        upstream.on("POST", case.path, answers.json({"id": "x", "choices": [], "output": []}))
        environ = {
            "ROOT": upstream.url,
            "TOKEN": "t-1",
            "MOUNTED_FILE": str(mounted),
            "OPENAI_API_KEY": "sk-of-openai",
            "GROQ_API_KEY": "sk-of-groq",
            "GROQ_API_BASE": f"{upstream.url}/groq/v1",
            "XAI_API_KEY": "sk-of-xai",
        }
        config = load_config(file, environ)
        with running_gateway(*config.deployments, general=config.general, router=config.router) as gateway:
            chat = {"model": "m", "messages": [{"role": "user", "content": "Hi"}]}
            request = from_object(chat_pb2.CreateChatCompletionRequest, chat)
            gateway.chat.CreateChatCompletion(request, timeout=10)
        (received,) = upstream.requests
    assert (received.path, received.json()["model"]) == (case.path, case.model)
    assert {name: received.header(name) for name in case.headers} == case.headers
    if "user" in case.text:
        assert received.json()["user"] == "${name}"


def test_included_files_make_one_file(tmp_path: Path) -> None:
    parts = tmp_path / "parts"
    parts.mkdir()
    (parts / "deeper.yaml").write_text(
        "model_list: [{model_name: deep, litellm_params: {model: d, api_base: 'URL/v1', api_key: k}}]"
    )
    (parts / "models.yaml").write_text(
        "\ufeffinclude: deeper.yaml\r\nmodel_list:\r\n"
        "  - {model_name: part, litellm_params: {model: p, api_base: 'URL/v1'}}\r\n"
        "router_settings: {num_retries: 0, model_group_alias: {two: deep}}\r\n"
    )
    file = tmp_path / "config.yaml"
    file.write_text(
        "include: [parts/models.yaml]\n"
        "model_list: [{model_name: main, litellm_params: {model: m, api_base: 'URL/v1'}}]\n"
        f"router_settings: {{model_group_alias: {{one: part}}}}\nserver: {{http2: {HTTP2}}}\n"
    )
    with StandIn() as upstream:
        for each in (file, *parts.iterdir()):
            each.write_text(each.read_text().replace("URL", upstream.url))
        upstream.on("POST", f"/v1{CHAT}", COMPLETION)
        with (
            server_process(tmp_path / "log", "--config", str(file)) as server,
            grpc.insecure_channel(server.address) as channel,
        ):
            stub = chat_pb2_grpc.ChatServiceStub(channel)
            for name in ("main", "part", "deep", "one", "two"):
                stub.CreateChatCompletion(chat_pb2.CreateChatCompletionRequest(model=name), timeout=10)
        assert [each.json()["model"] for each in upstream.requests] == ["m", "p", "d", "p", "d"]


def wait_for(server: ServerProcess, *events: str) -> dict[str, Any]:
    """Follows the server's log until one of the events is in it."""
    return next(entry for entry in map(json.loads, server.follow_log()) if entry["event"] in events)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_secret_is_read_anew_when_its_file_changes(tmp_path: Path, workers: int) -> None:
    file, mounted, master = tmp_path / "config.yaml", tmp_path / "mounted", tmp_path / "master"
    mounted.mkdir()
    (mounted / "first").write_text("sk-first\n")
    (mounted / "second").write_text("sk-second\n")
    (mounted / "data").symlink_to("first")
    caller = "sk-3f9a1c77e05b4d2286ab"
    master.write_text(caller)
    with StandIn() as upstream:
        upstream.on("POST", f"/v1{CHAT}", COMPLETION)
        file.write_text(
            one(
                f"model: openai/a, api_base: '{upstream.url}/v1', api_key_file: mounted/data",
                f"general_settings: {{master_key_file: '{master}'}}\nserver: {{workers: {workers}, http2: {HTTP2}}}\n",
            )
        )
        with server_process(tmp_path / "log", "--config", str(file)) as server:
            call(server, caller)
            # As Kubernetes does it: another directory entry takes the name of the link.
            (mounted / "next").symlink_to("second")
            (mounted / "next").replace(mounted / "data")
            wait_for(server, "workers replaced" if workers > 1 else "configuration reloaded")
            call(server, caller)
            (mounted / "data").unlink()
            refused = wait_for(server, "configuration refused")
            call(server, caller)
        keys = [each.header("authorization") for each in upstream.requests]
    assert keys == ["Bearer sk-first", "Bearer sk-second", "Bearer sk-second"]
    assert "can't be read: " in refused["problem"]


@pytest.mark.parametrize("workers", [1, 2])
def test_a_configuration_that_a_cluster_mounts_is_read_anew(tmp_path: Path, workers: int) -> None:
    """As a ConfigMap is mounted: the file is a link through a directory that another one replaces."""
    with StandIn() as upstream:
        upstream.on("POST", f"/v1{CHAT}", COMPLETION)
        server = f"server: {{workers: {workers}, http2: {HTTP2}, reload_on_change: true}}\n"
        for version in ("first", "second", "broken"):
            (tmp_path / version).mkdir()
            text = one(f"model: openai/a, api_base: '{upstream.url}/v1', api_key: sk-{version}")
            (tmp_path / version / "models.yaml").write_text("model_list: 1" if version == "broken" else text)
            (tmp_path / version / "config.yaml").write_text(f"include: [models.yaml]\n{server}")
        mounted = tmp_path / "data"
        mounted.symlink_to("first")
        with server_process(tmp_path / "log", "--config", str(mounted / "config.yaml")) as running:
            call(running, "sk-of-a-caller")
            for version, event in (
                ("second", "workers replaced" if workers > 1 else "configuration reloaded"),
                ("broken", "configuration refused"),
            ):
                (tmp_path / "next").symlink_to(version)
                (tmp_path / "next").replace(mounted)
                wait_for(running, event)
                call(running, "sk-of-a-caller")
        keys = [each.header("authorization") for each in upstream.requests]
    assert keys == ["Bearer sk-first", "Bearer sk-second", "Bearer sk-second"]


def test_variables_of_a_file_are_read_anew(tmp_path: Path) -> None:
    file, variables = tmp_path / "config.yaml", tmp_path / ".env"
    variables.write_text("# of the upstream\nexport TOKEN='sk-first' # the first\nBASE=http://127.0.0.1:1/v1\n")
    with StandIn() as upstream:
        upstream.on("POST", f"/v1{CHAT}", COMPLETION)
        more = f"server: {{http2: {HTTP2}}}\n"
        file.write_text(one("model: openai/a, api_base: os.environ/BASE, api_key: os.environ/TOKEN", more))
        arguments = ["--config", str(file), "--env-file", str(variables)]
        env = {"BASE": f"{upstream.url}/v1"}
        with server_process(tmp_path / "log", *arguments, env=env) as server:
            call(server, "sk-of-a-caller")
            variables.write_text('TOKEN="sk-second"\n')
            wait_for(server, "configuration reloaded")
            call(server, "sk-of-a-caller")
            variables.write_text("TOKEN\n")
            refused = wait_for(server, "configuration refused")
        keys = [each.header("authorization") for each in upstream.requests]
    assert keys == ["Bearer sk-first", "Bearer sk-second"]
    assert refused["problem"] == f"{variables}:1: invalid line: must be NAME=VALUE or a comment"


def call(server: ServerProcess, key: str) -> None:
    """Calls the model `m` with the caller's key, over a connection of its own."""
    with grpc.insecure_channel(server.address, [("grpc.use_local_subchannel_pool", 1)]) as channel:
        stub = chat_pb2_grpc.ChatServiceStub(channel)
        request = chat_pb2.CreateChatCompletionRequest(model="m")
        stub.CreateChatCompletion(request, timeout=20, metadata=(("authorization", f"Bearer {key}"),))


def test_a_provider_without_a_file() -> None:
    with StandIn() as upstream:
        upstream.on("POST", "/v1/responses", answers.json({"id": "r", "output": []}))
        env = {"MISTRAL_API_KEY": "sk-of-mistral", "MISTRAL_API_BASE": f"{upstream.url}/v1"}
        config = config_of_command_line("mistral/small", None, env)
        with running_gateway(*config.deployments) as gateway:
            gateway.responses.CreateResponse(responses_pb2.CreateResponseRequest(model="any"), timeout=10)
        (received,) = upstream.requests
    assert (received.json()["model"], received.header("authorization")) == ("small", "Bearer sk-of-mistral")
