"""Installs peers under `.bench/`, each version once, in its own directory."""

import fcntl
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2] / ".bench"
LIMIT = 600.0  # seconds; LiteLLM has a hundred dependencies


class PeerUnavailableError(Exception):
    """A peer can't be installed or started here.

    Args:
        reason: Why.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def python_package(name: str, requirement: str) -> Path:
    """Installs a Python package in a virtual environment of its own.

    Args:
        name: The directory's name.
        requirement: The package and its version, as pip takes them.

    Returns:
        The directory of the environment.

    Raises:
        PeerUnavailableError: That failed, or took longer than `LIMIT`.
    """
    pip = ["bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--prefer-binary"]
    commands = ([sys.executable, "-m", "venv", "."], [*pip, requirement])
    return _installed(name, f"{requirement} on Python {sys.version}", {}, commands)


def node_package(name: str, manifest: dict[str, Any]) -> Path:
    """Installs packages of npm.

    Args:
        name: The directory's name.
        manifest: What `package.json` says.

    Returns:
        The directory that holds `node_modules`.

    Raises:
        PeerUnavailableError: That failed, or took longer than `LIMIT`.
    """
    text = json.dumps(manifest, indent=2)
    # Scripts of packages are not needed to run them.
    install = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"]
    return _installed(name, text, {"package.json": text}, (install,))


def _installed(name: str, what: str, files: dict[str, str], commands: Sequence[Sequence[str]]) -> Path:
    directory = ROOT / name
    mark = directory / "installed"
    ROOT.mkdir(exist_ok=True)
    with (ROOT / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another run may be installing it
        if mark.exists() and mark.read_text(encoding="utf-8") == what:
            return directory
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir()
        for file, text in files.items():
            (directory / file).write_text(text, encoding="utf-8")
        deadline = time.monotonic() + LIMIT
        for command in commands:
            _run(command, directory, deadline - time.monotonic())
        mark.write_text(what, encoding="utf-8")
    return directory


def _run(command: Sequence[str], directory: Path, limit: float) -> None:
    try:
        subprocess.run(command, cwd=directory, check=True, capture_output=True, text=True, timeout=max(limit, 0.0))
    except FileNotFoundError:
        raise PeerUnavailableError(f"there is no {command[0]}") from None
    except subprocess.TimeoutExpired:
        raise PeerUnavailableError(f"installing it took longer than {LIMIT:.0f} s") from None
    except subprocess.CalledProcessError as error:
        lines = (error.stderr or error.stdout).strip().splitlines()
        raise PeerUnavailableError(f"it could not be installed: {lines[-1] if lines else command[0]}") from None
