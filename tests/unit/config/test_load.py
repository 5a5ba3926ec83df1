"""What a file and the environment come to."""

from pathlib import Path
from typing import Any

import pytest

from openai_grpc_server.config import ConfigError, DeploymentConfig, Environment, ModelInfo, Secret, load_config

KEY = "sk-not-to-be-seen"
OPENAI = "https://api.openai.com/v1"

ENVIRONMENTS: dict[str, tuple[dict[str, str], dict[str, Any] | None]] = {
    "nothing: the local engine": ({}, None),
    "empty values count as absent": ({"OPENAI_API_KEY": "", "OPENAI_BASE_URL": ""}, None),
    "a key: OpenAI": ({"OPENAI_API_KEY": KEY}, {"base_url": OPENAI, "api_key": Secret(KEY), "model_name": None}),
    "a base URL: the caller's key": ({"OPENAI_BASE_URL": "http://h/v1/"}, {"base_url": "http://h/v1", "api_key": None}),
    "LiteLLM's name of the base URL": ({"OPENAI_API_BASE": "http://h/v1"}, {"base_url": "http://h/v1"}),
    "OpenAI's name wins": (
        {"OPENAI_API_BASE": "http://a/v1", "OPENAI_BASE_URL": "http://b/v1"},
        {"base_url": "http://b/v1"},
    ),
    "organization and project": (
        {"OPENAI_API_KEY": KEY, "OPENAI_ORGANIZATION": "org-1", "OPENAI_PROJECT": "proj_1"},
        {"organization": "org-1", "project": "proj_1"},
    ),
}


@pytest.mark.parametrize(("environ", "expected"), ENVIRONMENTS.values(), ids=ENVIRONMENTS)
def test_environment(environ: dict[str, str], expected: dict[str, Any] | None) -> None:
    deployments = load_config(None, environ).deployments
    if expected is None:
        assert deployments == ()
    else:
        assert {name: getattr(deployments[0], name) for name in expected} == expected


PARAMS: dict[str, tuple[str, dict[str, Any]]] = {
    "the upstream of the environment, with its key": (
        "{model: openai/gpt-4o}",
        {
            "base_url": OPENAI,
            "api_key": Secret(KEY),
            "model": "gpt-4o",
            "organization": "org-env",
            "project": "proj-env",
        },
    ),
    "another host never gets the environment's key": (
        "{model: gpt-4o, api_base: 'http://h/v1'}",
        {"base_url": "http://h/v1", "api_key": None, "organization": None, "project": None},
    ),
    "a key from the environment by name": (
        "{model: m, api_base: 'http://h/v1', api_key: os.environ/OTHER}",
        {"api_key": Secret("sk-other")},
    ),
    "an empty key: none is sent": ("{model: m, api_key: ''}", {"api_key": Secret("")}),
    "one prefix is stripped, once": ("{model: openai/openai/gpt-oss-120b}", {"model": "openai/gpt-oss-120b"}),
    "another provider's prefix": ("{model: hosted_vllm/qwen, api_base: 'http://h/v1'}", {"model": "qwen"}),
    "what is no prefix stays": ("{model: mistralai/mixtral}", {"model": "mistralai/mixtral", "mode": "chat"}),
    "chat by the Responses API": ("{model: openai/responses/gpt-5}", {"model": "gpt-5", "mode": "responses"}),
    "legacy completions": ("{model: text-completion-openai/davinci}", {"model": "davinci", "mode": "completions"}),
    "a llamafile": ("{model: llamafile/tiny}", {"model": "tiny", "mode": "chat"}),
    "another name of api_base": ("{model: m, base_url: 'http://h/v1'}", {"base_url": "http://h/v1", "api_key": None}),
    "a project": ("{model: m, project: proj-own}", {"project": "proj-own"}),
    "a provider's well-known base": (
        "{model: mistral/small}",
        {"model": "small", "base_url": "https://api.mistral.ai/v1"},
    ),
    "another name of a provider's key": ("{model: together_ai/org/m}", {"model": "org/m", "api_key": Secret("sk-t")}),
    "a provider without the key of OpenAI": ("{model: deepseek/chat}", {"api_key": None, "organization": None}),
    "a provider's name at an aggregator": (
        "{model: deepseek/chat, api_base: 'https://openrouter.ai/api/v1'}",
        {"model": "deepseek/chat"},
    ),
    "an aggregator's own prefix": (
        "{model: openrouter/deepseek/chat}",
        {"model": "deepseek/chat", "base_url": "https://openrouter.ai/api/v1"},
    ),
    "a provider's OpenAI-compatible API": (
        "{model: anthropic/claude, api_base: 'https://api.anthropic.com/v1'}",
        {"model": "claude"},
    ),
    "a price of cached tokens": (
        "{model: m, cache_read_input_token_cost: 1e-7}",
        {"info": ModelInfo(cache_read_input_token_cost=1e-7)},
    ),
    "an exponent where JSON goes": ("{model: m, temperature: 1e-1}", {"parameters": {"temperature": 0.1}}),
    "a client certificate": ("{model: m, ssl_certificate: c.pem}", {"client_certificate": "c.pem"}),
    "headers": (
        "{model: m, extra_headers: {Helicone-Auth: os.environ/OTHER}}",
        {"extra_headers": (("helicone-auth", Secret("sk-other")),)},
    ),
    "what is sent where the caller left it out": (
        "{model: m, temperature: 0.5, stop: [a, b], extra_body: {top_k: 5, note: os.environ/OTHER}}",
        {"parameters": {"temperature": 0.5, "stop": ["a", "b"], "top_k": 5, "note": "sk-other"}},
    ),
    "limits": (
        "{model: m, rpm: 6, tpm: 7, weight: 0.5, max_parallel_requests: 8, max_retries: 0}",
        {"rpm": 6, "tpm": 7, "weight": 0.5, "max_parallel_requests": 8, "max_retries": 0},
    ),
    "dropping": (
        "{model: m, drop_params: true, additional_drop_params: [seed]}",
        {"drop_params": True, "additional_drop_params": ("seed",)},
    ),
    "what an upstream lacks": (
        "{model: m, supports_system_message: false, use_chat_completions_api: true}",
        {"supports_system_message": False, "responses_as_chat": True},
    ),
    "videos": (
        "{model: m, videos_as_forms: true, output_cost_per_video_per_second: 0.25}",
        {"videos_as_forms": True, "info": ModelInfo(output_cost_per_video_per_second=0.25)},
    ),
    "an organization": ("{model: m, organization: org-own}", {"organization": "org-own"}),
    "a CA file": ("{model: m, ssl_verify: ca.pem}", {"verify": "ca.pem"}),
    "no check of certificates": ("{model: m, ssl_verify: false}", {"verify": False}),
}


@pytest.mark.parametrize(("params", "expected"), PARAMS.values(), ids=PARAMS)
def test_litellm_params(tmp_path: Path, params: str, expected: dict[str, Any]) -> None:
    deployment = one_model(tmp_path, f"model_list: [{{model_name: name, litellm_params: {params}}}]")
    assert {name: getattr(deployment, name) for name in expected} == expected
    assert deployment.model_name == "name"


TIMEOUTS = {
    "the server's": ("", "", (600.0, 300.0)),
    "the request timeout of LiteLLM": ("litellm_settings: {request_timeout: 9}", "", (9.0, 300.0)),
    "the model's own": ("litellm_settings: {request_timeout: 9}", ", timeout: 8, stream_timeout: 7", (8.0, 7.0)),
}


@pytest.mark.parametrize(("section", "params", "expected"), TIMEOUTS.values(), ids=TIMEOUTS)
def test_timeouts(tmp_path: Path, section: str, params: str, expected: tuple[float, float]) -> None:
    text = f"model_list: [{{model_name: name, litellm_params: {{model: m{params}}}}}]\n{section}"
    timeouts = one_model(tmp_path, text).timeouts
    assert (timeouts.total, timeouts.first_token) == expected


@pytest.mark.parametrize(
    ("server", "encoding", "expected"),
    [("{}", "{}", True), ("{include_usage: false}", "{}", False), ("{}", "{include_usage: false}", False)],
)
def test_encoding(tmp_path: Path, server: str, encoding: str, expected: bool) -> None:
    text = f"model_list: [{{model_name: n, litellm_params: {{model: m}}, encoding: {encoding}}}]\nserver: {server}"
    assert one_model(tmp_path, text).include_usage is expected


MISTAKES = {
    "a duplicate id": (
        "model_list: [&a {model_name: a, litellm_params: {model: m}, model_info: {id: x}}, *a]",
        "1:74: duplicate id 'x'",
    ),
    "a base URL that is none": (
        "model_list: [{model_name: a, litellm_params: {model: m, api_base: localhost}}]",
        "1:57: not an http or https URL (http://host:port/v1)",
    ),
    "a base URL with a query": (
        "model_list: [{model_name: a, litellm_params: {model: m, api_base: 'http://h/v1?api-version=1'}}]",
        "1:57: a base URL has no query and no fragment",
    ),
    "a port that is none": (
        "model_list: [{model_name: a, litellm_params: {model: m, api_base: 'http://h:x/v1'}}]",
        "1:57: not an http or https URL (http://host:port/v1)",
    ),
    "two wildcards": (
        "model_list: [{model_name: '*a*', litellm_params: {model: m}}]",
        "1:15: a name can have one * only",
    ),
    "a wildcard that stands for nothing": (
        "model_list: [{model_name: a, litellm_params: {model: 'openai/*'}}]",
        "1:47: invalid * in model: 'a' has none to match (model_name: \"*\" takes any name)",
    ),
    "a fallback to nowhere": (
        "model_list: [{model_name: a, litellm_params: {model: m}}]\nrouter_settings: {fallbacks: [{a: [b]}]}",
        "2:19: unknown model: 'b' is no model_name (model_list has 'a' (m))",
    ),
    "a fallback of nothing": (
        "model_list: [{model_name: a, litellm_params: {model: m}}]\nlitellm_settings: {fallbacks: [{b: [a]}]}",
        "2:20: unknown model: 'b' is no model_name (model_list has 'a' (m))",
    ),
    "a fallback that no wildcard matches": (
        "model_list: [{model_name: x/*, litellm_params: {model: m}}]\nrouter_settings: {default_fallbacks: [y/z]}",
        "2:19: unknown model: 'y/z' is no model_name (model_list has 'x/*' (m))",
    ),
    "a provider with another API": (
        "model_list: [{model_name: a, litellm_params: {model: anthropic/claude, api_base: 'http://h/v1'}}]",
        (
            "1:47: anthropic/ models are called by another API than OpenAI's (write openai/claude with api_base: "
            "https://api.anthropic.com/v1, its OpenAI-compatible API, or openai/anthropic/claude with"
        ),
    ),
    "a provider with another API and none of OpenAI's kind": (
        "model_list: [{model_name: a, litellm_params: {model: claude, custom_llm_provider: sagemaker}}]",
        "1:47: sagemaker/ models are called by another API than OpenAI's (write openai/sagemaker/claude with",
    ),
    "a provider at nobody's base": (
        "model_list: [{model_name: a, litellm_params: {model: hosted_vllm/a}}]",
        "1:47: the base URL of hosted_vllm/ is not known (give it an api_base, or HOSTED_VLLM_API_BASE in the",
    ),
    "Azure's own API": (
        "model_list: [{model_name: a, litellm_params: {model: azure/a, api_base: 'https://x.openai.azure.com'}}]",
        (
            "1:63: azure/ models are called by OpenAI's REST, which is not at this api_base (use one with /openai/v1 "
            "in it: https://x.openai.azure.com/openai/v1)"
        ),
    ),
    "a base URL that can't be parsed": (
        "model_list: [{model_name: a, litellm_params: {model: gemini/a, api_base: 'http://['}}]",
        "1:64: not an http or https URL (http://host:port/v1)",
    ),
    "a prefix without a name": (
        "model_list: [{model_name: a, litellm_params: {model: mistral/}}]",
        "1:47: the model has no name (write one)",
    ),
    "a provider that nobody knows": (
        "model_list: [{model_name: a, litellm_params: {model: m, custom_llm_provider: nobody}}]",
        "1:57: unknown provider 'nobody' (leave it out, or openai)",
    ),
    "Gemini's own API": (
        (
            "model_list: [{model_name: a, litellm_params: {model: gemini/a, "
            "api_base: 'https://generativelanguage.googleapis.com/v1beta'}}]"
        ),
        "(use one with /openai in it: https://generativelanguage.googleapis.com/v1beta/openai)",
    ),
    "an alias of nothing": (
        "model_list: [{model_name: a, litellm_params: {model: m}}]\nrouter_settings: {model_group_alias: {c: b}}",
        "2:19: unknown model: 'b' is no model_name (model_list has 'a' (m))",
    ),
    "a key in a URL": (
        "model_list: [{model_name: a, litellm_params: {model: m, api_base: 'http://me:pw@h/v1'}}]",
        "a URL must not hold credentials (use api_key)",
    ),
}


@pytest.mark.parametrize(("text", "expected"), MISTAKES.values(), ids=MISTAKES)
def test_mistake(tmp_path: Path, text: str, expected: str) -> None:
    with pytest.raises(ConfigError) as caught:
        one_model(tmp_path, text)
    assert expected in str(caught.value)
    assert "me:pw" not in str(caught.value)


def test_secrets_are_never_printed(tmp_path: Path) -> None:
    deployment = one_model(tmp_path, "model_list: [{model_name: a, litellm_params: {model: m}}]")
    assert deployment.api_key is not None
    assert deployment.api_key.reveal() == KEY
    for text in (repr(deployment), f"{deployment.api_key}", str(deployment.api_key)):
        assert KEY not in text


VARIABLES = {
    "plain": ("A=b c\n", "b c"),
    "empty": ("A=\n", ""),
    "spaces": ("  A = b  \n", "b"),
    "exported": ("export A=b", "b"),
    "a comment": ("# A=x\n\nA=b # c", "b"),
    "a comment alone": ("A=# c", ""),
    "no comment": ("A=b#c", "b#c"),
    "single quotes": (r"A='b\n # c' # d", r"b\n # c"),
    "double quotes": (r'A="b\n\"c\" # d"', 'b\n"c" # d'),
    "an equals sign": ("A=b=c==", "b=c=="),
    "lines of Windows": ("\ufeffA=b\r\n", "b"),
    "the last counts": ("A=a\nA=b", "b"),
}


@pytest.mark.parametrize(("text", "expected"), VARIABLES.values(), ids=VARIABLES)
def test_variables_of_a_file(tmp_path: Path, text: str, expected: str) -> None:
    file = tmp_path / ".env"
    file.write_text(text)
    environment = Environment({"B": "own"}, str(file))
    assert (environment["A"], environment["B"], environment.get("C")) == (expected, "own", None)
    assert Environment({"A": "own"}, str(file))["A"] == "own"


def one_model(tmp_path: Path, text: str) -> DeploymentConfig:
    file = tmp_path / "config.yaml"
    file.write_text(text)
    environ = {
        "OPENAI_API_KEY": KEY,
        "OTHER": "sk-other",
        "TOGETHERAI_API_KEY": "sk-t",
        "OPENAI_ORGANIZATION": "org-env",
        "OPENAI_PROJECT": "proj-env",
    }
    (deployment,) = load_config(file, environ).deployments
    return deployment


@pytest.mark.parametrize(("server", "expected"), [("{}", 2), ("{admission: {}}", 0)])
def test_places_in_a_queue_that_does_not_exist(tmp_path: Path, server: str, expected: int) -> None:
    text = f"""
model_list: [{{model_name: n, litellm_params: {{model: m}}}}]
server: {server}
general_settings:
  keys: [{{name: a, key: sk-v3R9xQ2mT7bK4wZ8nL5c, weight: 2, priority: low}}, {{name: b, key: sk-Jq6Xh1u, weight: 1}}]
"""
    file = tmp_path / "config.yaml"
    file.write_text(text)
    warnings = [str(each) for each in load_config(file, {"OPENAI_API_KEY": "sk-x"}).warnings]
    found = [each for each in warnings if "has no effect without server.admission" in each]
    assert len(found) == expected, warnings
    assert all(f"{file}:5:" in each for each in found)


BOUNDS = {
    "server: {watch_min_interval: 31}": "watch_min_interval: must be at most watch_max_interval (30)",
    "server: {watch_max_interval: 0.5}": "watch_min_interval: must be at most watch_max_interval (0.5)",
    "server: {watch_min_interval: 2, watch_max_interval: 2}": None,
    "router_settings: {adaptive_concurrency: {min: 201}}": "min: must be at most max (200)",
}


@pytest.mark.parametrize("text", BOUNDS)
def test_bounds_that_exclude_each_other(tmp_path: Path, text: str) -> None:
    file, expected = tmp_path / "config.yaml", BOUNDS[text]
    file.write_text(f"model_list: [{{model_name: n, litellm_params: {{model: m}}}}]\n{text}\n")
    if expected is None:
        load_config(file, {"OPENAI_API_KEY": "sk-x"})
        return
    with pytest.raises(ConfigError) as raised:
        load_config(file, {"OPENAI_API_KEY": "sk-x"})
    assert expected in str(raised.value)
    assert f"{file}:2:" in str(raised.value)
