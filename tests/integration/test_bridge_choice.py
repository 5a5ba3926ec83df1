"""Which API a deployment is called by, as its configuration and what is known of its model say."""

from pathlib import Path
from typing import Any

import pytest

from faults import answers
from faults.stand_in import StandIn
from integration.three_apis import (
    CHAT,
    CHAT_COMPLETION,
    COMPLETION,
    COMPLETIONS,
    ITEM,
    RESPONSE,
    RESPONSES,
    USER,
    as_json,
    chat,
)
from openai_grpc_server.bridge.adapter import ChatByResponses, chat_bridge
from openai_grpc_server.config import DeploymentConfig, load_config
from openai_grpc_server.config.settings import ModelInfo
from openai_grpc_server.routing import Deployment
from support.gateway import deployment, running_gateway

NO_CLIENT: Any = None

# As in LiteLLM's documentation: the prefix of `model` says by which API of the upstream it is served.
CONFIG = """
model_list:
  - model_name: gpt-5.4
    litellm_params: {model: openai/responses/gpt-5.4, api_key: sk-1, api_base: BASE}
  - model_name: gpt-3.5-turbo-instruct
    litellm_params: {model: text-completion-openai/gpt-3.5-turbo-instruct, api_key: sk-1, api_base: BASE}
  - model_name: gpt-5.1-codex
    litellm_params: {model: openai/gpt-5.1-codex, api_key: sk-1, api_base: BASE}
    model_info: {mode: responses}
  - model_name: gemma
    litellm_params: {model: openai/gemma, api_key: sk-1, api_base: BASE, supports_system_message: false}
"""
SERVED: dict[str, tuple[str, str, dict[str, Any]]] = {
    "openai/responses/": ("gpt-5.4", RESPONSES, {"model": "gpt-5.4", "instructions": "Be brief.", "input": [ITEM]}),
    "text-completion-openai/": (
        "gpt-3.5-turbo-instruct",
        COMPLETIONS,
        {"model": "gpt-3.5-turbo-instruct", "prompt": "System: Be brief.\n\nUser: Hi\n\nAssistant:"},
    ),
    "mode: responses": (
        "gpt-5.1-codex",
        RESPONSES,
        {"model": "gpt-5.1-codex", "instructions": "Be brief.", "input": [ITEM]},
    ),
    "supports_system_message: false": (
        "gemma",
        CHAT,
        {"model": "gemma", "messages": [{"role": "user", "content": "Be brief.\n\nHi"}]},
    ),
}


@pytest.mark.parametrize(("model", "path", "sent"), SERVED.values(), ids=SERVED)
def test_a_config_file_of_litellm(tmp_path: Path, model: str, path: str, sent: dict[str, Any]) -> None:
    with StandIn() as upstream:
        file = tmp_path / "config.yaml"
        file.write_text(CONFIG.replace("BASE", f"{upstream.url}/v1"))
        for each, answer in ((CHAT, CHAT_COMPLETION), (RESPONSES, RESPONSE), (COMPLETIONS, COMPLETION)):
            upstream.on("POST", each, answers.json(answer))
        with running_gateway(*load_config(file, {}).deployments) as gateway:
            system = {"role": "system", "content": "Be brief."}
            reply = gateway.chat.CreateChatCompletion(chat(model=model, messages=[system, USER]), timeout=10)
    received = upstream.requests[0]
    assert received.path == path
    assert {key: value for key, value in received.json().items() if key != "store"} == sent
    assert reply.choices[0].message.content == "Yo"


PARAMETERS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "a default of the upstream's API": ({"parameters": {"truncation": "auto"}}, {"store": False, "truncation": "auto"}),
    "a default of the caller's API": ({"parameters": {"max_tokens": 50}}, {"store": False, "max_output_tokens": 50}),
    "always dropped from the upstream's": ({"additional_drop_params": ("store",)}, {}),
}


@pytest.mark.parametrize(("config", "sent"), PARAMETERS.values(), ids=PARAMETERS)
def test_parameters_by_the_names_of_both_sides(config: dict[str, Any], sent: dict[str, Any]) -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url, mode="responses", **config)) as gateway:
        upstream.on("POST", RESPONSES, answers.json(RESPONSE))
        gateway.chat.CreateChatCompletion(chat(), timeout=10)
    assert upstream.requests[0].json() == {"model": "m", "input": [ITEM], **sent}


RESPONSES_ONLY: dict[str, tuple[dict[str, Any], str]] = {
    "as its base model": ({"info": ModelInfo(base_model="gpt-5-pro")}, RESPONSES),
    "as the operator's models say": ({"models": {"m": ModelInfo(mode="responses")}}, RESPONSES),
    "a model of another server": ({"model": "gpt-5-pro"}, CHAT),
    "an unknown model": ({}, CHAT),
}


@pytest.mark.parametrize(("config", "path"), RESPONSES_ONLY.values(), ids=RESPONSES_ONLY)
def test_a_model_without_chat(config: dict[str, Any], path: str) -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url, **config)) as gateway:
        for each, answer in ((CHAT, CHAT_COMPLETION), (RESPONSES, RESPONSE)):
            upstream.on("POST", each, answers.json(answer))
        reply = gateway.chat.CreateChatCompletion(chat(), timeout=10)
    assert upstream.requests[0].path == path
    assert reply.choices[0].message.content == "Yo"


def test_a_model_without_chat_and_without_streams() -> None:
    config = {"info": ModelInfo(base_model="gpt-5-pro")}
    with StandIn() as upstream, running_gateway(deployment(upstream.url, **config)) as gateway:
        upstream.on("POST", RESPONSES, answers.json(RESPONSE))
        chunks = list(gateway.chat.StreamChatCompletion(chat(), timeout=10))
    assert "stream" not in upstream.requests[0].json()
    assert "".join(each.choices[0].delta.content for each in chunks if each.choices) == "Yo"


def test_openai_has_models_without_chat() -> None:
    openai = Deployment(DeploymentConfig(name="openai", base_url="https://api.openai.com/v1"), NO_CLIENT)
    assert isinstance(chat_bridge(openai, {"model": "gpt-5-pro-2025-10-06"}), ChatByResponses)
    assert chat_bridge(openai, {"model": "gpt-4o"}) is None


NAMESPACE = {
    "type": "namespace",
    "name": "billing",
    "description": "Billing tools",
    "tools": [
        {
            "type": "function",
            "name": "get_invoice",
            "description": "Get an invoice by ID",
            "parameters": {"type": "object", "properties": {"invoice_id": {"type": "string"}}},
            "defer_loading": True,
        }
    ],
}
SEARCHED = [
    {"type": "tool_search_call", "id": "ts_1", "execution": "server", "arguments": {"paths": ["billing"]}},
    {"type": "tool_search_output", "id": "to_1", "execution": "server", "tools": [NAMESPACE]},
]
INVOICE = {
    "type": "function_call",
    "call_id": "c1",
    "namespace": "billing",
    "name": "get_invoice",
    "arguments": '{"invoice_id":"INV-2024-001"}',
}


def test_tool_search_by_chat_and_back() -> None:
    question = {"role": "user", "content": "Look up invoice INV-2024-001"}
    tools = [{"type": "tool_search"}, NAMESPACE]
    with StandIn() as upstream, running_gateway(deployment(upstream.url, mode="responses")) as gateway:
        upstream.on("POST", RESPONSES, answers.json({**RESPONSE, "output": [*SEARCHED, INVOICE]}))
        reply = gateway.chat.CreateChatCompletion(chat(messages=[question], tools=tools), timeout=10)
        (call,) = reply.choices[0].message.tool_calls
        said = as_json(reply.choices[0].message)
        result = {"role": "tool", "tool_call_id": call.function.id, "content": "42 EUR"}
        gateway.chat.CreateChatCompletion(chat(messages=[question, said, result], tools=tools), timeout=10)
    assert upstream.requests[0].json()["tools"] == tools
    assert (call.function.namespace, call.function.function.name) == ("billing", "get_invoice")
    assert reply.choices[0].finish_reason == "tool_calls"
    output = {"type": "function_call_output", "call_id": "c1", "output": "42 EUR"}
    assert upstream.requests[1].json()["input"][1:] == [*SEARCHED, INVOICE, output]
