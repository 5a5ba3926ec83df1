"""An environment for each candidate: what it needs beside what this one has, which stays as it is."""

import json
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

CACHE = Path(__file__).parents[2] / ".bench" / "alternatives"
MARK = "installed.json"


class UnavailableError(Exception):
    """A candidate can't be installed or started here."""


def python(name: str, requirements: tuple[str, ...]) -> Path:
    """Returns the interpreter of an environment, which is made when it is first asked for.

    Args:
        name: The candidate's name.
        requirements: What pip is to install. None: this interpreter is returned.

    Raises:
        UnavailableError: pip can't install it.
    """
    if not requirements:
        return Path(sys.executable)
    directory = CACHE / name.replace(" ", "-")
    mark = directory / MARK
    interpreter = directory / "bin" / "python"
    wanted = json.dumps([sys.version, *requirements])
    if mark.exists() and mark.read_text(encoding="utf-8") == wanted:
        return interpreter
    CACHE.mkdir(parents=True, exist_ok=True)
    (CACHE.parent / ".gitignore").write_text("*\n", encoding="utf-8")
    shutil.rmtree(directory, ignore_errors=True)
    _run(sys.executable, "-m", "venv", str(directory))
    # The gateway and all that it needs come from this environment; what is installed there goes before.
    site = f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n"
    (packages,) = directory.glob("lib/python*/site-packages")
    (packages / "gateway.pth").write_text(site, encoding="utf-8")
    _run(str(interpreter), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *requirements)
    mark.write_text(wanted, encoding="utf-8")
    return interpreter


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise UnavailableError(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "pip failed")
