"""docs/operations.md names alerts, settings, commands, metrics and figures that exist."""

import dataclasses
import re
import subprocess
import sys
import typing
from pathlib import Path
from typing import Any

import yaml

from openai_grpc_server.config.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/operations.md").read_text()
ALERTS = [
    rule["alert"]
    for group in yaml.safe_load((ROOT / "deploy/prometheus/rules.yaml").read_text())["groups"]
    for rule in group["rules"]
]
SETTING = re.compile(r"\b(?:server|router_settings|general_settings)(?:\.[a-z_0-9]+)+")
SECTIONS = ("server", "router_settings", "general_settings")


def fields_of(kind: Any) -> dict[str, Any]:
    """Returns the types of the settings in a type, through optional ones and lists."""
    if dataclasses.is_dataclass(kind):
        return typing.get_type_hints(kind)
    return {name: type_ for each in typing.get_args(kind) for name, type_ in fields_of(each).items()}


def exists(setting: str) -> bool:
    kind: Any = Settings
    for name in setting.split("."):
        known = fields_of(kind)
        if name not in known and name.removesuffix("_file") not in known:
            return False
        kind = known.get(name, str)
    return True


def test_every_alert_has_its_entry() -> None:
    listed = re.findall(r"^\| `(OpenaiGrpc\w+)` \|", PAGE, re.MULTILINE)
    assert sorted(listed) == sorted(ALERTS)


def test_every_setting_exists() -> None:
    named = set(SETTING.findall(PAGE))
    assert len(named) > 30
    assert [each for each in sorted(named) if not exists(each)] == []


def test_every_command_exists() -> None:
    shown = subprocess.run(
        [Path(sys.executable).with_name("openai-grpc"), "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    commands = set(re.findall(r"^    ([a-z-]+)\b", shown.stdout, re.MULTILINE))
    named = set(re.findall(r"(?:`|^|/)openai-grpc ([a-z][a-z-]+)", PAGE, re.MULTILINE))
    assert {"serve", "keys", "check-config"} <= named
    assert named <= commands
    targets = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z0-9-]+)", PAGE)) <= targets
    for path in re.findall(r"\b(?:scripts|tests|deploy)/[\w/.-]*\w", PAGE):
        assert (ROOT / path).exists(), path


def test_every_metric_is_in_the_table() -> None:
    listed = set(re.findall(r"^\| `(openai_grpc_\w+)` \| (?:counter|gauge|histogram)", PAGE, re.MULTILINE))
    named = set(re.findall(r"openai_grpc_\w+_(?:total|seconds|queued|flight)\b", PAGE))
    assert named == listed


def test_the_figures_are_those_of_the_bench() -> None:
    command = [sys.executable, "scripts/sizing.py"]
    printed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert len(printed.splitlines()) > 10
    assert printed in PAGE
