"""LiteLLM's example configurations load, serve, and send what LiteLLM would; the curl commands beside them work."""

import json
import os
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from faults import answers
from faults.stand_in import StandIn
from openai_grpc.codec import from_object
from openai_grpc.v1 import chat_pb2, responses_pb2
from openai_grpc_server.config import load_config
from support.gateway import LIMIT, OWN_KEY, RunningGateway, deployment, running_door, running_gateway

KEY = "sk-of-openai"
USER_TEXT = {"role": "user", "content": "what llm are you"}
HELLO = [USER_TEXT]
SYSTEM = [{"role": "system", "content": "Be brief."}, USER_TEXT]

TWO_ROUTES = """
model_list:
  - model_name: gpt-3.5-turbo
    litellm_params:
      model: openai/gpt-3.5-turbo                          # The `openai/` prefix
      api_key: os.environ/OPENAI_API_KEY
  - model_name: gpt-3.5-turbo-instruct
    litellm_params:
      model: text-completion-openai/gpt-3.5-turbo-instruct # The `text-completion-openai/` prefix
      api_key: os.environ/OPENAI_API_KEY
"""
ALL_MODELS = """
model_list:
  - model_name: "*"
    litellm_params:
      model: openai/*
      api_key: os.environ/OPENAI_API_KEY
"""
ORGANIZATION = """
model_list:
  - model_name: "gpt-3.5-turbo"
    litellm_params:
      model: gpt-3.5-turbo
      api_key: os.environ/OPENAI_API_KEY

general_settings:
  forward_openai_org_id: true
"""
ONE_MODEL = """
model_list:
  - model_name: {name}
    litellm_params:
      model: {name}
      api_key: os.environ/OPENAI_API_KEY
"""
COMPATIBLE = """
model_list:
  - model_name: my-model
    litellm_params:
      model: openai/your-model-name  # add openai/ prefix to route as OpenAI provider
      api_base: os.environ/BASE      # add api base for OpenAI compatible provider
      api_key: api-key               # api key to send your model
"""
NO_SYSTEM_MESSAGES = """
model_list:
  - model_name: my-custom-model
    litellm_params:
      model: openai/google/gemma
      api_base: os.environ/BASE
      api_key: ""
      supports_system_message: False
"""


class Case(NamedTuple):
    """One call of an example.

    Attributes:
        config: The file.
        model: The model that the caller names.
        path: Where the request arrives.
        body: What it must say.
        headers: What its headers must be; None: absent.
        messages: The messages of a chat call; None: the call is for a response.
        metadata: The caller's metadata.
    """

    config: str
    model: str
    path: str
    body: Mapping[str, Any]
    headers: Mapping[str, str | None]
    messages: list[dict[str, str]] | None = None
    metadata: tuple[tuple[str, str], ...] = ()


OWN = {"authorization": f"Bearer {KEY}"}
CHAT, RESPONSES = "/v1/chat/completions", "/v1/responses"
CASES = {
    "the openai/ prefix": Case(
        TWO_ROUTES, "gpt-3.5-turbo", CHAT, {"model": "gpt-3.5-turbo", "messages": [USER_TEXT]}, OWN, HELLO
    ),
    "the text-completion-openai/ prefix": Case(
        TWO_ROUTES,
        "gpt-3.5-turbo-instruct",
        "/v1/completions",
        {"model": "gpt-3.5-turbo-instruct", "prompt": "what llm are you"},
        OWN,
        HELLO,
    ),
    "all OpenAI models": Case(ALL_MODELS, "gpt-4o-mini", CHAT, {"model": "gpt-4o-mini"}, OWN, HELLO),
    "forward_openai_org_id": Case(
        ORGANIZATION,
        "gpt-3.5-turbo",
        CHAT,
        {"model": "gpt-3.5-turbo"},
        {**OWN, "openai-organization": "my-special-org"},
        HELLO,
        (("openai-organization", "my-special-org"),),
    ),
    "responses of o1-pro": Case(
        ONE_MODEL.format(name="openai/o1-pro"), "openai/o1-pro", RESPONSES, {"model": "o1-pro", "input": "Hi"}, OWN
    ),
    "responses of gpt-4.1": Case(
        ONE_MODEL.format(name="openai/gpt-4.1"), "openai/gpt-4.1", RESPONSES, {"model": "gpt-4.1", "input": "Hi"}, OWN
    ),
    "responses of gpt-5.4": Case(
        ONE_MODEL.format(name="openai/gpt-5.4"), "openai/gpt-5.4", RESPONSES, {"model": "gpt-5.4", "input": "Hi"}, OWN
    ),
    "an OpenAI-compatible server": Case(
        COMPATIBLE, "my-model", CHAT, {"model": "your-model-name"}, {"authorization": "Bearer api-key"}, HELLO
    ),
    "a model without system messages": Case(
        NO_SYSTEM_MESSAGES,
        "my-custom-model",
        CHAT,
        {"model": "google/gemma", "messages": [{"role": "user", "content": "Be brief.\n\nwhat llm are you"}]},
        {"authorization": None},
        SYSTEM,
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_example(tmp_path: Path, case: Case) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(case.config)
    with StandIn() as upstream:
        for path in (CHAT, RESPONSES, "/v1/completions"):
            upstream.on("POST", path, answers.json({"id": "x", "choices": [], "output": []}))
        base = f"{upstream.url}/v1"
        config = load_config(file, {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": base, "BASE": base})
        assert config.warnings == ()
        with running_gateway(*config.deployments, general=config.general, router=config.router) as gateway:
            call(gateway, case)(timeout=10, metadata=case.metadata)
        (received,) = upstream.requests
    assert received.path == case.path
    assert {key: received.json().get(key) for key in case.body} == case.body
    assert {name: received.header(name) for name in case.headers} == case.headers


def call(gateway: RunningGateway, case: Case) -> Callable[..., object]:
    """Prepares the call of a case."""
    if case.messages is None:
        response = from_object(responses_pb2.CreateResponseRequest, {"model": case.model, "input": "Hi"})
        return lambda **options: gateway.responses.CreateResponse(response, **options)
    chat = from_object(chat_pb2.CreateChatCompletionRequest, {"model": case.model, "messages": case.messages})
    return lambda **options: gateway.chat.CreateChatCompletion(chat, **options)


# The forms of curl that LiteLLM's pages have, as a shell reads them; BASE is the address.
CURLS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "long options, a body that begins with a space, no key": (
        """curl --location 'BASE/chat/completions' \\
--header 'Content-Type: application/json' \\
--data ' {
      "model": "gpt-3.5-turbo",
      "messages": [
        {
          "role": "user",
          "content": "which harbour is this"
        }
      ]
    }
'""",
        "/v1/chat/completions",
        {"model": "gpt-3.5-turbo", "messages": [{"role": "user", "content": "which harbour is this"}]},
    ),
    "a key": (
        """curl --location 'BASE/chat/completions' \\
    --header 'Authorization: Bearer sk-1234' \\
    --header 'Content-Type: application/json' \\
    --data '{
    "model": "my-model",
    "messages": [
        {
        "role": "user",
        "content": "which harbour is this"
        }
    ]
}'""",
        "/v1/chat/completions",
        {"model": "my-model", "messages": [{"role": "user", "content": "which harbour is this"}]},
    ),
    "short options, /v1, a key of the environment, a prefix that chooses the API, tools of Responses": (
        """curl BASE/v1/chat/completions \\
-H "Authorization: Bearer $TIDE_KEY" \\
-H "Content-Type: application/json" \\
-d '{
"model": "openai/responses/gpt-5.4",
"messages": [{"role": "user", "content": "Find the berth of the Anna"}],
"tools": [
{"type": "tool_search"},
{"type": "namespace", "name": "port", "description": "Berths", "tools": [
{"type": "function", "name": "find_berth", "parameters": {"type": "object"}, "defer_loading": true}
]}
]
}'""",
        "/v1/responses",
        {
            "model": "gpt-5.4",
            "input": [{"type": "message", "role": "user", "content": "Find the berth of the Anna"}],
            "tools": [
                {"type": "tool_search"},
                {
                    "type": "namespace",
                    "name": "port",
                    "description": "Berths",
                    "tools": [
                        {
                            "type": "function",
                            "name": "find_berth",
                            "parameters": {"type": "object"},
                            "defer_loading": True,
                        }
                    ],
                },
            ],
        },
    ),
}
BERTH = {"type": "function_call", "id": "fc_1", "call_id": "c1", "name": "find_berth", "arguments": "{}"}
FOUND = {
    "id": "r1",
    "object": "response",
    "created_at": 1,
    "status": "completed",
    "model": "gpt-5.4",
    "output": [{**BERTH, "status": "completed"}],
    "usage": {"input_tokens": 1, "output_tokens": 1, "total_tokens": 2},
}
ANSWERED = {
    "id": "c1",
    "object": "chat.completion",
    "created": 1,
    "model": "m",
    "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "Brest"}}],
}


def curl(command: str, url: str) -> Any:
    """Runs a command in a shell, and returns what it prints."""
    done = subprocess.run(
        ["sh", "-c", command.replace("BASE", url.removesuffix("/v1"))],
        env={**os.environ, "TIDE_KEY": "sk-1234"},
        capture_output=True,
        check=True,
        timeout=LIMIT,
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize("name", CURLS)
def test_curl(name: str) -> None:
    command, path, sent = CURLS[name]
    with StandIn() as upstream, running_door(deployment(upstream.url)) as gateway:
        upstream.on("POST", "/v1/chat/completions", answers.json(ANSWERED))
        upstream.on("POST", "/v1/responses", answers.json(FOUND))
        reply = curl(command, gateway.url)
    (received,) = upstream.requests
    assert (received.path, received.json() | sent) == (path, received.json())
    assert received.header("authorization") == f"Bearer {OWN_KEY}"
    if path == "/v1/chat/completions":
        assert reply == ANSWERED
    else:
        assert reply["choices"][0]["message"]["tool_calls"][0]["function"] == {"name": "find_berth", "arguments": "{}"}


def test_curl_with_a_comma_too_many() -> None:
    """The JSON of one of those pages is no JSON: the refusal says where."""
    command, _, _ = CURLS["a key"]
    with StandIn() as upstream, running_door(deployment(upstream.url)) as gateway:
        error = curl(command.replace("\n    ]\n}", "\n    ],\n}"), gateway.url)["error"]
    assert error["type"] == "invalid_request_error"
    assert "at line 9 column 1" in error["message"]
    assert not upstream.exchanges
