"""What is known of models."""

from typing import Any

import pytest

from openai_grpc_server.config import ModelInfo
from openai_grpc_server.models import ModelCatalog

EFFORTS = {
    "gpt-5.1": "none low medium high",
    "gpt-5": "minimal low medium high",
    "gpt-5-mini": "minimal low medium high",
    "gpt-5-nano": "minimal low medium high",
    "gpt-5-codex": "low medium high",
    "gpt-5.1-codex": "low medium high",
    "gpt-5.1-codex-mini": "low medium high",
    "gpt-5.1-codex-max": "low medium high xhigh",
    "gpt-5.2": "none low medium high xhigh",
    "gpt-5.2-pro": "medium high xhigh",
    "gpt-5-pro": "high",
    **dict.fromkeys(("gpt-5.3-codex", "gpt-5.2-codex"), "low medium high xhigh"),
    **dict.fromkeys(("gpt-5.4", "gpt-5.4-mini", "gpt-5.5"), "none low medium high xhigh"),
    **dict.fromkeys(("gpt-5.4-pro", "gpt-5.5-pro-2026-04-23"), "medium high xhigh"),
    **dict.fromkeys(("gpt-5.6", "gpt-5.6-terra", "gpt-6-luna", "gpt-6.1-terra"), "none low medium high xhigh max"),
    **dict.fromkeys(("gpt-6-astra", "gpt-6.1-sol", "gpt-6.2-sol", "gpt-6.2-astra"), "low medium high xhigh max"),
    **dict.fromkeys(("gpt-5.1-chat-latest", "o3-deep-research", "computer-use-preview"), "medium"),
}
DEFAULT_EFFORTS = {
    **dict.fromkeys(("gpt-5", "gpt-5-mini", "gpt-5-nano", "gpt-5.5", "gpt-5.6-sol", "gpt-6-sol", "o3"), "medium"),
    **dict.fromkeys(("gpt-5.1", "gpt-5.2", "gpt-5.4"), "none"),
    "gpt-5-pro": "high",
}
SUMMARIES = {
    **dict.fromkeys(("gpt-5", "gpt-5-codex", "gpt-5-pro"), "auto detailed"),
    **dict.fromkeys(
        ("o3-pro", "o4-mini", "o3", "gpt-5.1", "gpt-5.2", "gpt-5.2-pro", "gpt-5.1-codex", "gpt-6-luna"),
        "auto concise detailed",
    ),
    **dict.fromkeys(("o3-mini", "o1"), ""),
}
VERBOSITIES = {
    **dict.fromkeys(("gpt-5", "gpt-5.1", "gpt-5-mini", "gpt-5-nano", "gpt-5-pro"), "low medium high"),
    **dict.fromkeys(("gpt-4o", "gpt-4.1-mini", "o4-mini"), "medium"),
    **dict.fromkeys(("gpt-5-codex", "gpt-5.1-codex", "gpt-5.1-codex-mini", "gpt-5.1-codex-max"), ""),
}
TABLES = [
    (model, name, values)
    for name, table in {
        "reasoning_effort": EFFORTS,
        "reasoning_summary": SUMMARIES,
        "verbosity": VERBOSITIES,
    }.items()
    for model, values in table.items()
]


@pytest.mark.parametrize(("model", "name", "values"), TABLES)
def test_values(model: str, name: str, values: str) -> None:
    assert ModelCatalog().find(model).parameter_values[name] == tuple(values.split())


@pytest.mark.parametrize(("model", "effort"), DEFAULT_EFFORTS.items())
def test_default_efforts(model: str, effort: str) -> None:
    assert ModelCatalog().find(model).parameter_defaults["reasoning_effort"] == effort


MODES = {
    "gpt-9-pro": "responses",
    "gpt-7.1-pro-2028-01-31": "responses",
    "o9-pro": "responses",
    "gpt-7-codex": "responses",
    "gpt-5.3-codex-spark": "responses",
    "o7-deep-research-2027-06-26": "responses",
    "computer-use-preview-2025-03-11": "responses",
    "gpt-6.2-astra-law": "responses",
    "gpt-3.5-turbo-instruct-0914": "completion",
    "gpt-6.2-sol": None,
    "gpt-9": None,
}


@pytest.mark.parametrize(("model", "mode"), MODES.items())
def test_modes(model: str, mode: str | None) -> None:
    assert ModelCatalog().find(model).mode == mode


@pytest.mark.parametrize(("model", "refused"), [("gpt-4o", True), ("gpt-5.2", True), ("gpt-5.4", False)])
def test_tool_search_needs_a_newer_model(model: str, refused: bool) -> None:
    assert ("tool_search" in ModelCatalog().find(model).unsupported_tools) is refused


GPT_5_PRO = {
    "mode": "responses",
    "supports_native_streaming": False,
    "max_input_tokens": 400_000,
    "max_output_tokens": 272_000,
    "supports_vision": True,
    "supports_audio_input": False,
    "supports_audio_output": False,
    "supports_web_search": True,
}


def test_gpt_5_pro() -> None:
    known = ModelCatalog().find("gpt-5-pro")
    assert {name: getattr(known, name) for name in GPT_5_PRO} == GPT_5_PRO
    assert {"code_interpreter", "computer_use_preview"} <= set(known.unsupported_tools)
    assert not {"web_search", "file_search", "image_generation", "mcp"} & set(known.unsupported_tools)


NAMES = {
    "a snapshot": ("gpt-5-pro-2025-10-06", "gpt-5-pro"),
    "an old snapshot": ("gpt-4-0613", "gpt-4"),
    "fine-tuned": ("ft:gpt-4o", "gpt-4o"),
    "a snapshot that was fine-tuned": ("ft:gpt-4o-2024-08-06:org::id", "gpt-4o"),
}


@pytest.mark.parametrize(("name", "base"), NAMES.values(), ids=NAMES)
def test_names(name: str, base: str) -> None:
    assert ModelCatalog().find(name) == ModelCatalog().find(base) != ModelInfo()


@pytest.mark.parametrize("name", ["a-model-of-tomorrow", "openai/gpt-5", "gpt-5-turbo"])
def test_models_of_which_nothing_is_known(name: str) -> None:
    assert ModelCatalog().find(name) == ModelInfo()


ADDED = {
    "gpt-5": ModelInfo(max_input_tokens=7, parameter_values={"verbosity": ("low",)}),
    "mine": ModelInfo(mode="chat"),
    "acme-*": ModelInfo(max_input_tokens=5, supports_vision=True),
    "acme-l*": ModelInfo(max_input_tokens=6),
    "gpt-9*": ModelInfo(mode="chat"),
}
OVERRIDES: dict[str, tuple[str, ModelInfo, dict[str, Any]]] = {
    "a model of the file": ("mine", ModelInfo(), {"mode": "chat"}),
    "a known model's facts in the file": ("gpt-5", ModelInfo(), {"max_input_tokens": 7, "supports_reasoning": True}),
    "its snapshots": ("gpt-5-2025-08-07", ModelInfo(), {"max_input_tokens": 7}),
    "a deployment's own, which win": ("gpt-5", ModelInfo(max_input_tokens=9), {"max_input_tokens": 9}),
    "a pattern of the file": ("acme-small", ModelInfo(), {"max_input_tokens": 5, "supports_vision": True}),
    "the longer pattern wins": ("acme-large", ModelInfo(), {"max_input_tokens": 6, "supports_vision": True}),
    "a pattern of the file over the gateway's own": ("gpt-9-pro", ModelInfo(), {"mode": "chat"}),
    "a deployment's base model": ("x", ModelInfo(base_model="gpt-5-pro"), {"supports_native_streaming": False}),
}


@pytest.mark.parametrize(("name", "own", "expected"), OVERRIDES.values(), ids=OVERRIDES)
def test_what_the_operator_says(name: str, own: ModelInfo, expected: dict[str, Any]) -> None:
    known = ModelCatalog(ADDED, own).find(name)
    assert {key: getattr(known, key) for key in expected} == expected


def test_values_are_replaced_one_parameter_at_a_time() -> None:
    values = ModelCatalog(ADDED).find("gpt-5").parameter_values
    assert values["verbosity"] == ("low",)
    assert values["reasoning_effort"] == ("minimal", "low", "medium", "high")
