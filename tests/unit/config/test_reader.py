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
    "a text with a variable that is not set": (
        "server: {host: 'a os.environ/NOWHERE b'}\n",
        "1:16: the environment variable NOWHERE is not set",
    ),
    "a variable in another form": (
        "server: {host: 'x${NOWHERE:-y}'}\n",
        "1:16: ${ is not replaced here (write os.environ/NOWHERE, or $${ for the text ${)",
    ),
    "a variable of a shell": (
        "server: {host: $NOWHERE}\n",
        "1:16: $N is not replaced here (write os.environ/NOWHERE)",
    ),
    "a variable of Python": (
        "server: {host: 'os.environ[\"NOWHERE\"]'}\n",
        "1:16: os.environ is not replaced here (write os.environ/NOWHERE)",
    ),
    "a call of Python": (
        "server: {host: 'os.getenv(\"NOWHERE\")'}\n",
        "1:16: os.getenv is not replaced here (write os.environ/NOWHERE)",
    ),
    "a template": ("server: {host: '{{ .Values.host }}'}\n", "1:16: {{ is not replaced here (write os.environ/NAME)"),
    "another form where JSON goes": (
        MODEL + "      extra_body: {a: ['${X}']}\n",
        "6:24: ${ is not replaced here (write os.environ/X, or $${ for the text ${)",
    ),
    "a tag of other tools": (
        "server: {host: !ENV HOST}\n",
        "1:16: unknown tag 'ENV' (os.environ/NAME is a variable of the environment; include adds files)",
    ),
    "a tag on a mapping": (
        "server: !thing {host: h}\n",
        "1:9: unknown tag 'thing' (os.environ/NAME is a variable of the environment; include adds files)",
    ),
    "several merge keys": (
        "x-a: &a {host: h}\nserver:\n  <<: *a\n  <<: *a\n",
        "4:3: duplicate key '<<' (write one list: <<: [*one, *two])",
    ),
    "a header in the wrong place": (
        MODEL + "      x-team: t\n",
        "6:7: unknown key 'x-team' (put a header into extra_headers, and an anchor at the top of the file)",
    ),
    "a key of another section": (
        MODEL + "      cooldown_time: 1\n",
        "6:7: the key 'cooldown_time' has no effect here (it belongs to router_settings)",
    ),
    "a slip that resembles a family of keys": (
        "general_settings: {mastr_key: k}\n",
        "1:20: unknown key 'mastr_key' (did you mean 'master_key'?)",
    ),
    "a secret and its file": (
        MODEL + "      api_key: k\n      api_key_file: f\n",
        "7:7: both api_key and api_key_file (leave out one of them)",
    ),
    "tabs": (
        "server:\n\tport: 1\n",
        "2:1: found character that cannot start any token (indent with blanks: YAML takes no tabs there)",
    ),
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


def test_the_earlier_of_merged_mappings_wins(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(
        dedent("""
        x-base: &base {host: base, port: 1, grace_period: 1}
        x-one: &one {<<: *base, host: one}
        x-two: &two {host: two, port: 2, drain_limit: 2}
        server: {<<: [*one, *two], grace_period: 3}
        """)
    )
    server = load_config(file, {}).server
    assert (server.host, server.port, server.grace_period, server.drain_limit) == ("one", 1, 3, 2)


INCLUDES = {
    "a ring": (
        {"config.yaml": "include: [a.yaml]", "a.yaml": "include: [b.yaml]", "b.yaml": "include: [a.yaml]"},
        "b.yaml:1:11: a file includes itself: a.yaml -> b.yaml -> a.yaml (remove one include)",
    ),
    "itself": (
        {"config.yaml": "include: config.yaml"},
        "config.yaml:1:10: a file includes itself: config.yaml -> config.yaml (remove one include)",
    ),
    "a file that is not there": (
        {"config.yaml": "include: [a.yaml]"},
        "a.yaml can't be read: No such file or directory (paths are relative to the file that names them; all make one",
    ),
    "a path with a NUL": (
        {"config.yaml": 'include: ["a\\0"]'},
        "can't be read: not a file in UTF-8 (paths are relative",
    ),
    "no keys": ({"config.yaml": "include: [a.yaml]", "a.yaml": "- 1"}, "a.yaml:1:1: expected keys and values"),
    "no YAML": ({"config.yaml": "include: [a.yaml]", "a.yaml": "a: ["}, "a.yaml:1:5: expected the node content"),
    "a mistake inside": (
        {"config.yaml": "include: [a.yaml]", "a.yaml": "server: {prot: 1}"},
        "a.yaml:1:10: unknown key 'prot' (did you mean 'port'?)",
    ),
    "in a section": (
        {"config.yaml": "server: {include: [a.yaml]}"},
        "config.yaml:1:10: unknown key 'include' (known here:",
    ),
}


@pytest.mark.parametrize(("files", "expected"), INCLUDES.values(), ids=INCLUDES)
def test_problem_of_an_include(tmp_path: Path, files: dict[str, str], expected: str) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(ConfigError) as caught:
        load_config(tmp_path / "config.yaml", {})
    assert expected in str(caught.value)


def test_the_file_that_includes_another_wins(tmp_path: Path) -> None:
    file, other = tmp_path / "config.yaml", tmp_path / "other.yaml"
    file.write_text("include: [os.environ/OTHER, other.yaml]\nserver: {port: 1, log: {level: error}}\n")
    other.write_text("server: {port: 2, host: h, log: {format: text}}\n")
    config = load_config(file, {"OTHER": "other.yaml"})
    log = config.server.log
    assert (config.server.port, config.server.host, log.level, log.format) == (1, "h", "error", "text")
    (warning,) = config.warnings
    assert str(warning) == (
        f"{other}:1:10: the key 'port' has no effect (the file that includes this one sets it too, and wins)"
    )


SECRETS = {
    "a file": ("sk-own\n", "sk-own"),
    "with a BOM and a line break of Windows": ("\ufeffsk-own\r\n", "sk-own"),
}


@pytest.mark.parametrize(("text", "expected"), SECRETS.values(), ids=SECRETS)
def test_a_secret_of_a_file(tmp_path: Path, text: str, expected: str) -> None:
    file = tmp_path / "config.yaml"
    (tmp_path / "key").write_text(text)
    file.write_text(MODEL + "      api_key_file: key\n")
    config = load_config(file, {})
    key = config.deployments[0].api_key
    assert key is not None
    assert key.reveal() == expected
    assert list(config.secret_files) == [str(tmp_path / "key")]
    assert not config.warnings


@pytest.mark.parametrize(
    ("data", "expected"), [(b" \n", "the file is empty"), (b"\xff", "is not a file in UTF-8"), (b"a\nb", "line break")]
)
def test_a_file_without_a_secret(tmp_path: Path, data: bytes, expected: str) -> None:
    file = tmp_path / "config.yaml"
    (tmp_path / "key").write_bytes(data)
    file.write_text(MODEL + "      api_key_file: key\n")
    with pytest.raises(ConfigError, match=f":6:21: .*{expected}"):
        load_config(file, {})


@pytest.mark.parametrize(
    ("section", "expected"),
    [("{}", 4000), ("{http: {port: null}}", None), ("{http: {port: 0}}", 0), ("{http: }", 4000)],
)
def test_null_turns_off_what_has_a_default(tmp_path: Path, section: str, expected: int | None) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(f"server: {section}\n")
    assert load_config(file, {}).server.http.port == expected
