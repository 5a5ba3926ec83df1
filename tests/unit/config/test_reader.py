"""Every mistake in a file is told with its place, and what to do about it."""

from pathlib import Path
from textwrap import dedent

import pytest

from openai_grpc_server.config import ConfigError, load_config

MODEL = """
model_list:
  - model_name: gpt
    litellm_params:
      model: openai/gpt-4o
"""

CASES = {
    "an unknown section": ("sever: {}\n", "1:1: unknown key 'sever' (did you mean 'server'?)"),
    "a key of LiteLLM's that must not be ignored": (
        "general_settings: {allowed_ips: [10.0.0.1]}\n",
        "1:20: the key 'allowed_ips' is not supported (let the network or the mesh decide which hosts reach the port)",
    ),
    "a key that resembles nothing": (
        "server: {log: {zzz: 1}}\n",
        "1:16: unknown key 'zzz' (known here: format, level)",
    ),
    "a date where JSON goes": (
        MODEL + "      extra_body: {a: [2026-01-01]}\n",
        "6:24: expected a value that JSON has (put it in quotes)",
    ),
    "a list for a mapping": (MODEL + "      extra_headers: []\n", "6:22: expected keys and values"),
    "a parameter that no request has": (
        MODEL + "      temperatur: 1\n",
        "6:7: unknown key 'temperatur' (did you mean 'temperature'?)",
    ),
    "an unknown key deep down": (MODEL + "      api_bas: x\n", "6:7: unknown key 'api_bas' (did you mean 'api_base'?)"),
    "a missing key": ("model_list:\n  - model_name: gpt\n", "2:5: the key 'litellm_params' is missing"),
    "a text for a number": ("server:\n  port: x\n", "2:9: expected a whole number"),
    "a fraction for a whole number": ("server:\n  port: 1.5\n", "2:9: expected a whole number"),
    "a number for a text": ("server:\n  host: 1\n", "2:9: expected text (put it in quotes)"),
    "a bool for a number": ("server:\n  grace_period: yes\n", "2:17: expected a number"),
    "a value of no choice": (
        "server: {log: {level: loud}}\n",
        "1:23: expected 'debug' or 'info' or 'warning' or 'error'",
    ),
    "too small": ("server: {timeouts: {idle: 0}}\n", "1:27: must be more than 0"),
    "too large": ("server: {port: 65536}\n", "1:16: must be at most 65535"),
    "negative": ("server: {port: -1}\n", "1:16: must be at least 0"),
    "a list for a section": ("server: []\n", "1:9: expected keys and values"),
    "a section for a list": ("model_list: {}\n", "1:13: expected a list"),
    "a section for a text": ("server: {host: {}}\n", "1:16: expected text"),
    "a duplicate key": ("server:\n  port: 1\n  port: 2\n", "3:3: duplicate key 'port'"),
    "an unset variable": (
        "server: {host: os.environ/NOWHERE}\n",
        "1:16: the environment variable NOWHERE is not set",
    ),
    "a variable of a wrong type": ("server: {port: os.environ/TEXT}\n", "1:16: expected a whole number"),
    "merging what has no keys": ("server: {<<: 1}\n", "1:14: expected keys and values to merge"),
    "merging itself": ("server: &a\n  <<: *a\n", "1:9: expected keys and values to merge"),
    "no YAML": ("server: [\n", "2:1: expected the node content, but found '<stream end>'"),
    "a key that is no text": ("server: {[1]: 2}\n", "1:10: expected a key"),
    "several documents": ("server: {}\n---\nserver: {}\n", "2:1: but found another document"),
}


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES)
def test_problem(tmp_path: Path, text: str, expected: str) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load_config(file, {"TEXT": "secret-text"})
    assert str(caught.value) == f"{file}:{expected}"


def test_all_problems_at_once(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("server:\n  prot: 1\n  host: 2\nmodels: []\n")
    with pytest.raises(ConfigError) as caught:
        load_config(file, {})
    assert [problem.where.rpartition(".yaml:")[2] for problem in caught.value.problems] == ["2:3", "3:9", "4:1"]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="can't be read: No such file"):
        load_config(tmp_path / "none.yaml", {})


def test_a_file_that_is_not_text(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="is not UTF-8"):
        load_config(file, {})


def test_merged_keys_and_anchors(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(
        dedent("""
        model_list:
          - model_name: a
            litellm_params: &params
              model: openai/a
              api_base: http://127.0.0.1:1/v1
              timeout: 7
          - model_name: b
            litellm_params:
              <<: *params
              model: openai/b
        """)
    )
    first, second = load_config(file, {}).deployments
    assert (first.model, first.timeouts.total) == ("a", 7)
    assert (second.model, second.timeouts.total, second.base_url) == ("b", 7, first.base_url)
