"""What becomes of parameters: they pass, are dropped, refused, or added where the caller left them out."""

from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf.message import Message

from faults import answers
from faults.stand_in import StandIn
from openai_grpc.codec import from_object
from openai_grpc.v1 import chat_pb2, embeddings_pb2, responses_pb2
from openai_grpc_server.config import ConfigError, DeploymentConfig, ModelInfo, load_config
from support.failure import Failure, failure_of
from support.gateway import RunningGateway, deployment, running_gateway

Request = dict[str, Any]

CHAT = "/v1/chat/completions"
RESPONSES = "/v1/responses"
ASK = {"messages": [{"role": "user", "content": "hi"}]}
IMAGE = {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}
SEE = {"messages": [{"role": "user", "content": [IMAGE]}]}
FUNCTION = {"type": "function", "function": {"name": "f", "parameters": {}}}
FORMAT = {"type": "json_schema", "json_schema": {"name": "s", "schema": {}}}


def call(gateway: RunningGateway, rpc: str, value: Request) -> Message:
    service, request_type = {
        "CreateChatCompletion": (gateway.chat, chat_pb2.CreateChatCompletionRequest),
        "CreateResponse": (gateway.responses, responses_pb2.CreateResponseRequest),
        "CreateEmbedding": (gateway.embeddings, embeddings_pb2.CreateEmbeddingRequest),
    }[rpc]
    reply: Message = getattr(service, rpc)(from_object(request_type, value), timeout=10)
    return reply


def sent(rpc: str, value: Request, **facts: Any) -> Request:
    """Returns what reaches the upstream of a request, less its model."""
    with StandIn() as upstream, running_gateway(deployment(upstream.url, **facts)) as gateway:
        upstream.on("POST", CHAT, answers.json({"object": "chat.completion"}))
        upstream.on("POST", RESPONSES, answers.json({"object": "response"}))
        upstream.on("POST", "/v1/embeddings", answers.json({"object": "list"}))
        call(gateway, rpc, value)
        received: Request = upstream.requests[0].json()
    del received["model"]
    return received


def refused(rpc: str, value: Request, **facts: Any) -> Failure:
    """Returns the failure of a request that never reaches the upstream."""
    with StandIn() as upstream, running_gateway(deployment(upstream.url, **facts)) as gateway:
        failure = failure_of(lambda: call(gateway, rpc, value))
    assert not upstream.requests
    assert (failure.code, failure.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "UNSUPPORTED_BY_MODEL")
    return failure


CASES: dict[str, tuple[str, Request, Request, ModelInfo, str]] = {
    "an effort of the wrong kind": (
        "CreateChatCompletion",
        {"model": "gpt-5.1", **ASK, "reasoning_effort": "minimal"},
        ASK,
        ModelInfo(),
        "reasoning_effort: gpt-5.1 takes only 'none' or 'low' or 'medium' or 'high', not 'minimal'",
    ),
    "an effort in Responses, beside a summary": (
        "CreateResponse",
        {"model": "gpt-5-pro", "input": "hi", "reasoning": {"effort": "low", "summary": "auto"}},
        {"input": "hi", "reasoning": {"summary": "auto"}},
        ModelInfo(),
        "reasoning.effort: gpt-5-pro takes only 'high', not 'low'",
    ),
    "effort and summary": (
        "CreateResponse",
        {"model": "gpt-5-pro", "input": "hi", "reasoning": {"effort": "low", "summary": "concise"}},
        {"input": "hi"},
        ModelInfo(),
        "reasoning.summary: gpt-5-pro takes only 'auto' or 'detailed', not 'concise'",
    ),
    "an object of effort and summary, one of which is wrong": (
        "CreateChatCompletion",
        {"model": "gpt-5-mini", **ASK, "reasoning_effort": {"effort": "xhigh", "summary": "auto"}},
        {**ASK, "reasoning_effort": {"summary": "auto"}},
        ModelInfo(),
        "reasoning_effort.effort: gpt-5-mini takes only 'minimal' or 'low' or 'medium' or 'high', not 'xhigh'",
    ),
    "the other of which is wrong": (
        "CreateChatCompletion",
        {"model": "gpt-5-mini", **ASK, "reasoning_effort": {"effort": "low", "generate_summary": "concise"}},
        {**ASK, "reasoning_effort": {"effort": "low"}},
        ModelInfo(),
        "reasoning_effort.generate_summary: gpt-5-mini takes only 'auto' or 'detailed', not 'concise'",
    ),
    "an object where there is no reasoning": (
        "CreateChatCompletion",
        {"model": "gpt-4o", **ASK, "reasoning_effort": {"effort": "low"}},
        ASK,
        ModelInfo(),
        "reasoning_effort: gpt-4o does not take it",
    ),
    "verbosity where there is none": (
        "CreateResponse",
        {"model": "gpt-5-codex", "input": "hi", "text": {"verbosity": "low"}},
        {"input": "hi"},
        ModelInfo(),
        "text.verbosity: gpt-5-codex does not take it",
    ),
    "an effort where there is no reasoning": (
        "CreateChatCompletion",
        {"model": "ft:gpt-4o-2024-08-06:org::id", **ASK, "reasoning_effort": "low"},
        ASK,
        ModelInfo(),
        "reasoning_effort: ft:gpt-4o-2024-08-06:org::id does not take it",
    ),
    "a parameter that a reasoning model does not take": (
        "CreateChatCompletion",
        {"model": "o3", **ASK, "temperature": 0.5, "top_p": 1},
        {**ASK, "top_p": 1},
        ModelInfo(),
        "temperature: o3 takes only 1, not 0.5",
    ),
    "one of several tools": (
        "CreateResponse",
        {
            "model": "gpt-5-pro",
            "input": "hi",
            "tools": [{"type": "code_interpreter", "container": "c"}, {"type": "web_search"}],
            "tool_choice": {"type": "code_interpreter"},
        },
        {"input": "hi", "tools": [{"type": "web_search"}]},
        ModelInfo(),
        "tools[0]: gpt-5-pro does not take tools of the type 'code_interpreter'",
    ),
    "all tools, and what they are used by": (
        "CreateChatCompletion",
        {"model": "m", **ASK, "tools": [FUNCTION], "tool_choice": "auto", "parallel_tool_calls": False},
        ASK,
        ModelInfo(supports_function_calling=False),
        "tools: m does not take it",
    ),
    "more tokens than a reply can have": (
        "CreateResponse",
        {"model": "gpt-5-pro", "input": "hi", "max_output_tokens": 272_001},
        {"input": "hi"},
        ModelInfo(),
        "max_output_tokens: gpt-5-pro writes at most 272000 tokens, not 272001",
    ),
    "audio of a model that does not speak": (
        "CreateChatCompletion",
        {"model": "m", **ASK, "modalities": ["text", "audio"], "audio": {"format": "wav", "voice": "alloy"}},
        ASK,
        ModelInfo(supports_audio_output=False),
        "modalities: m replies with text only",
    ),
    "a schema": (
        "CreateChatCompletion",
        {"model": "m", **ASK, "response_format": FORMAT},
        ASK,
        ModelInfo(supports_response_schema=False),
        "response_format: m does not take a JSON Schema",
    ),
    "what the caller says is never dropped": (
        "CreateChatCompletion",
        {"model": "gpt-3.5-turbo", **SEE},
        SEE,
        ModelInfo(),
        "messages[0].content[0]: gpt-3.5-turbo does not take images",
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_pass_by_default(case: tuple[str, Request, Request, ModelInfo, str]) -> None:
    rpc, value, _, info, _ = case
    assert sent(rpc, value, info=info) == {key: each for key, each in value.items() if key != "model"}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_drop(case: tuple[str, Request, Request, ModelInfo, str]) -> None:
    rpc, value, expected, info, _ = case
    assert sent(rpc, value, info=info, drop_params=True) == expected


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_refuse(case: tuple[str, Request, Request, ModelInfo, str]) -> None:
    rpc, value, _, info, message = case
    failure = refused(rpc, value, info=info, refuse_params=True)
    assert message in failure.message
    assert message.partition(": ")[0] in failure.message.partition(": ")[0] or "; " in failure.message


ACCEPTED: dict[str, tuple[str, Request]] = {
    "known values": ("CreateChatCompletion", {"model": "gpt-5.2", **ASK, "reasoning_effort": "xhigh"}),
    "a model of which nothing is known": ("CreateChatCompletion", {"model": "x", **ASK, "reasoning_effort": "max"}),
    "no effort, no reasoning": ("CreateChatCompletion", {"model": "gpt-4o", **ASK, "reasoning_effort": "none"}),
    "images of a model that sees": ("CreateChatCompletion", {"model": "gpt-4o", **SEE}),
}


@pytest.mark.parametrize(("rpc", "value"), ACCEPTED.values(), ids=ACCEPTED)
def test_what_a_model_takes_is_not_refused(rpc: str, value: Request) -> None:
    assert sent(rpc, value, refuse_params=True) == {key: each for key, each in value.items() if key != "model"}


ALWAYS: dict[str, tuple[tuple[str, ...], Request, Request]] = {
    "one": (("user",), {"user": "u", "seed": 1}, {"seed": 1}),
    "a nested one": (
        ("reasoning.summary",),
        {"reasoning": {"effort": "low", "summary": "auto"}},
        {"reasoning": {"effort": "low"}},
    ),
    "the last of an object": (("reasoning.effort",), {"reasoning": {"effort": "low"}}, {}),
    "in every element": (
        ("tools[*].function.description",),
        {"tools": [{"type": "function", "function": {"name": "f", "description": "d"}}]},
        {"tools": [{"type": "function", "function": {"name": "f"}}]},
    ),
    "what is not there": (("stop", "tools[3].type"), {"seed": 1}, {"seed": 1}),
}


@pytest.mark.parametrize(("dropped", "given", "expected"), ALWAYS.values(), ids=ALWAYS)
def test_additional_drop_params(dropped: tuple[str, ...], given: Request, expected: Request) -> None:
    value = {"model": "m", **ASK, **given}
    assert sent("CreateChatCompletion", value, additional_drop_params=dropped) == {**ASK, **expected}


DEFAULTS: dict[str, tuple[str, Request, Request, Request]] = {
    "what the caller left out": ("CreateChatCompletion", ASK, {"temperature": 0.2}, {**ASK, "temperature": 0.2}),
    "what the caller says wins": (
        "CreateChatCompletion",
        {**ASK, "temperature": 1.5},
        {"temperature": 0.2},
        {**ASK, "temperature": 1.5},
    ),
    "the caller's word for the same": (
        "CreateChatCompletion",
        {**ASK, "max_completion_tokens": 5},
        {"max_tokens": 9},
        {**ASK, "max_completion_tokens": 5},
    ),
    "none that only other requests have": (
        "CreateEmbedding",
        {"input": "hi", "encoding_format": "float"},
        {"temperature": 0.2, "dimensions": 3},
        {"input": "hi", "encoding_format": "float", "dimensions": 3},
    ),
    "no options of a stream where there is none": (
        "CreateChatCompletion",
        ASK,
        {"stream": True, "stream_options": {"include_obfuscation": False}, "seed": 1},
        {**ASK, "seed": 1},
    ),
    "one that no request of the contract has": (
        "CreateResponse",
        {"input": "hi"},
        {"guided_regex": "a+"},
        {"input": "hi", "guided_regex": "a+"},
    ),
}


@pytest.mark.parametrize(("rpc", "value", "parameters", "expected"), DEFAULTS.values(), ids=DEFAULTS)
def test_defaults(rpc: str, value: Request, parameters: Request, expected: Request) -> None:
    assert sent(rpc, {"model": "m", **value}, parameters=parameters) == expected


def test_a_dropped_parameter_with_a_default_is_the_deployments_to_say() -> None:
    facts: dict[str, Any] = {"parameters": {"temperature": 0.2}, "additional_drop_params": ("temperature",)}
    assert sent("CreateChatCompletion", {"model": "m", **ASK, "temperature": 2}, **facts) == {**ASK, "temperature": 0.2}


def test_a_call_without_a_body_gets_no_defaults() -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url, parameters={"user": "u"})) as gateway:
        upstream.on("GET", "/v1/responses/r", answers.json({"id": "r", "object": "response"}))
        gateway.responses.GetResponse(responses_pb2.GetResponseRequest(response_id="r"), timeout=10)
    assert upstream.requests[0].query == []


def loaded(directory: Path, text: str) -> DeploymentConfig:
    file = directory / "config.yaml"
    file.write_text(text)
    return load_config(file, {}).deployments[0]


MODEL = "model_list: [{model_name: m, litellm_params: {model: openai/gpt-5-pro%s}}]\n"
POLICIES: dict[str, tuple[str, str, tuple[bool, bool]]] = {
    "pass": ("", "", (False, False)),
    "LiteLLM's key for all models": ("", "litellm_settings: {drop_params: true}", (True, False)),
    "LiteLLM's key for one": (", drop_params: true", "", (True, False)),
    "our key: drop": ("", "server: {param_policy: drop}", (True, False)),
    "our key: refuse": ("", "server: {param_policy: refuse}", (False, True)),
}


@pytest.mark.parametrize(("params", "rest", "expected"), POLICIES.values(), ids=POLICIES)
def test_policies_of_a_file(tmp_path: Path, params: str, rest: str, expected: tuple[bool, bool]) -> None:
    config = loaded(tmp_path, MODEL % params + rest)
    assert (config.drop_params, config.refuse_params) == expected


def test_one_model_drops_where_all_others_refuse() -> None:
    value = {"model": "gpt-5-pro", "input": "hi", "reasoning": {"effort": "low"}}
    assert sent("CreateResponse", value, refuse_params=True, drop_params=True) == {"input": "hi"}


def test_a_file_of_models(tmp_path: Path) -> None:
    models = tmp_path / "models.yaml"
    models.write_text(
        "models: {gpt-5-pro: {parameter_values: {reasoning_effort: [high, ultra]}, max_output_tokens: 9}}"
    )
    config = loaded(tmp_path, MODEL % "" + f"server: {{models_file: '{models}', param_policy: refuse}}")
    value = {"model": "m", "input": "hi", "reasoning": {"effort": "ultra"}}
    facts = {"models": config.models, "model": config.model, "refuse_params": config.refuse_params}
    assert sent("CreateResponse", value, **facts)["reasoning"] == {"effort": "ultra"}
    failure = refused("CreateResponse", {**value, "max_output_tokens": 10}, **facts)
    assert "max_output_tokens: gpt-5-pro writes at most 9 tokens" in failure.message


BAD_FILES = {
    "not there": (None, "can't be read"),
    "an unknown key": ("models: {m: {max_input_tokens: many}}", "models.yaml:1:"),
}


@pytest.mark.parametrize(("text", "message"), BAD_FILES.values(), ids=BAD_FILES)
def test_a_file_of_models_that_is_none(tmp_path: Path, text: str | None, message: str) -> None:
    models = tmp_path / "models.yaml"
    if text is not None:
        models.write_text(text)
    with pytest.raises(ConfigError, match=message):
        loaded(tmp_path, MODEL % "" + f"server: {{models_file: '{models}'}}")


def test_options_of_a_stream_go_with_streams() -> None:
    options = {"include_obfuscation": False, "include_usage": True}
    with (
        StandIn() as upstream,
        running_gateway(deployment(upstream.url, parameters={"stream_options": options})) as gateway,
    ):
        upstream.on("POST", CHAT, answers.stream(answers.events([{"choices": []}])))
        list(gateway.chat.StreamChatCompletion(chat_pb2.CreateChatCompletionRequest(model="m"), timeout=10))
    assert upstream.requests[0].json()["stream_options"] == options


PATTERNS = {"tools[x]": "invalid parameter path", "model": "every request has a model"}


@pytest.mark.parametrize(("pattern", "message"), PATTERNS.items())
def test_patterns_that_are_none(tmp_path: Path, pattern: str, message: str) -> None:
    with pytest.raises(ConfigError, match=rf"config\.yaml:1:\d+.*{message}"):
        loaded(tmp_path, MODEL % f", additional_drop_params: ['{pattern}']")
