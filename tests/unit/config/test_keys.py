"""Every key of the configuration is described, in the schema, and read by something."""

import ast
import dataclasses
import typing
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import openai_grpc_server
from openai_grpc_server.config import ConfigError, DeploymentConfig, RouterConfig, load_config
from openai_grpc_server.config.schema import attributes, schema
from openai_grpc_server.config.settings import Settings
from openai_grpc_server.config.unsupported import NOT_YET, UNSUPPORTED

PACKAGE = Path(openai_grpc_server.__file__).parent
RESOLVED = (DeploymentConfig, RouterConfig)


def settings_classes(kind: Any = Settings) -> Iterator[Any]:
    """Yields a settings class and those of its fields, however deep."""
    pending = [kind]
    while pending:
        each = pending.pop()
        if dataclasses.is_dataclass(each):
            yield each
            pending.extend(typing.get_type_hints(each).values())
        pending.extend(typing.get_args(each))


CLASSES = list(dict.fromkeys(settings_classes()))
KEYS = [(kind, each.name) for kind in CLASSES for each in dataclasses.fields(kind)]
IDS = [f"{kind.__name__}.{name}" for kind, name in KEYS]


@cache
def names_read(*, resolved: bool) -> set[str]:
    """The attributes, and the names in texts, that the package reads; `resolved`: outside of `config`."""
    found: set[str] = set()
    for file in PACKAGE.rglob("*.py"):
        if resolved and file.parent.name == "config":
            continue
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Attribute):
                found.add(node.attr)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
    return found


@pytest.mark.parametrize(("kind", "name"), KEYS, ids=IDS)
def test_a_key_is_described_and_read(kind: Any, name: str) -> None:
    assert attributes(kind)[name].endswith(".")
    not_yet = f"{kind.__name__}.{name}" in NOT_YET
    assert not_yet or name in names_read(resolved=False)
    assert not_yet or name in properties(kind) or name == "parameters"


@pytest.mark.parametrize("kind", RESOLVED)
def test_what_is_resolved_is_read(kind: Any) -> None:
    unread = {each.name for each in dataclasses.fields(kind)} - names_read(resolved=True)
    not_yet = {key.rpartition(".")[2] for key in NOT_YET}
    assert unread - not_yet - {"strip_prefix"} == set()  # `upstream_model` reads that one


def properties(kind: Any) -> dict[str, Any]:
    whole = schema()
    described = whole if kind is Settings else whole["$defs"][kind.__name__]
    return typing.cast("dict[str, Any]", described["properties"])


@pytest.mark.parametrize("key", NOT_YET)
def test_what_nothing_reads_is_a_key(key: str) -> None:
    assert key in IDS
    assert key.rpartition(".")[2] not in names_read(resolved=True)


def test_keys_of_litellm_that_are_not_supported_are_no_keys_here() -> None:
    sections = {name for kind, name in KEYS if kind.__name__ in {"LitellmSettings", "RouterSettings", "Settings"}}
    assert sections & set(UNSUPPORTED) == set()


WITHOUT_EFFECT = {
    "a callback": (
        "litellm_settings: {success_callback: [langfuse]}",
        "1:20: the key 'success_callback' is not supported (read the log, one JSON line an RPC on standard error)",
    ),
    "a database": ("general_settings: {database_url: x}", "1:20: the key 'database_url' is not supported (there is no"),
    "a note of the operator's": (
        "model_list: [{model_name: a, litellm_params: {model: m}, model_info: {team: x}}]",
        "1:71: unknown key 'team'",
    ),
    "what nothing reads yet": (
        "router_settings: {enable_pre_call_checks: true}",
        "1:19: the key 'enable_pre_call_checks' is not supported yet (",
    ),
    "a model of another provider": (
        "model_list: [{model_name: a, litellm_params: {model: anthropic/claude}}]",
        "1:47: OpenAI has no model 'anthropic/claude' (is its provider another one?",
    ),
    "a base URL without /v1": (
        "model_list: [{model_name: a, litellm_params: {model: m, api_base: 'http://h'}}]",
        "1:57: calls may answer 404: api_base has no /v1 in it, which most servers need",
    ),
    "a base URL with an endpoint": (
        "model_list: [{model_name: a, litellm_params: {model: m, api_base: 'http://h/v1/chat/completions'}}]",
        "1:57: calls may answer 404: api_base ends with /chat/completions, which the gateway adds itself",
    ),
}


@pytest.mark.parametrize(("text", "expected"), WITHOUT_EFFECT.values(), ids=WITHOUT_EFFECT)
def test_warning(tmp_path: Path, text: str, expected: str) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(text)
    (warning,) = load_config(file, {}).warnings
    assert str(warning).startswith(f"{file}:{expected}")


def test_warnings_are_told_with_problems(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("general_settings: {database_url: x, zzz: 1}")
    with pytest.raises(ConfigError, match="unknown key 'zzz'") as caught:
        load_config(file, {})
    (warning,) = caught.value.warnings
    assert "the key 'database_url' is not supported" in str(warning)
