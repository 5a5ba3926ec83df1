"""The Python client installs as its README says, from a checkout and as a wheel, in an environment of its own."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

from clients.live import README_ADDRESS, ROOT, check, live_gateway, programs

FOLDER = "clients/python"
README = ROOT / FOLDER / "README.md"
(INSTALL,) = re.findall(r"^```sh\n(pip install .*)\n```$", README.read_text(), re.MULTILINE)
FIRST, *_ = programs(README, "python")
TYPED = "from importlib.resources import files; print(files('openai_grpc.v1').joinpath('chat_pb2.pyi').is_file())"


def test_install(tmp_path: Path) -> None:
    """Runs the README's line beside a copy of the checkout, and its first program in an empty folder."""
    checkout, empty, own = tmp_path / "openai-grpc", tmp_path / "empty", tmp_path / "environment"
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", FOLDER]
    listed = subprocess.run(listing, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    for name in filter(None, listed.split("\0")):
        (checkout / name).parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).exists():
            shutil.copy(ROOT / name, checkout / name)
    empty.mkdir()
    check([sys.executable, "-m", "venv", str(own)], ".")
    python = str(own / "bin/python")
    nothing = {"PYTHONPATH": "", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    check([python, "-m", *INSTALL.split()], str(tmp_path), nothing)
    with live_gateway() as variables:
        program = empty / "program.py"
        program.write_text(FIRST.replace(README_ADDRESS, variables["OPENAI_GRPC_ADDRESS"]))
        (empty / "talk.mp3").write_bytes(b"sound")
        assert "Hello there" in check([python, "-W", "error", str(program)], str(empty), nothing)
        check([python, "-m", "pip", "wheel", "--no-deps", "--wheel-dir", ".", f"../openai-grpc/{FOLDER}"], str(empty))
        (wheel,) = empty.glob("*.whl")
        check([python, "-m", "pip", "install", "--force-reinstall", "--no-deps", str(wheel)], str(empty), nothing)
        assert "Hello there" in check([python, "-W", "error", str(program)], str(empty), nothing)
    assert check([python, "-c", TYPED], str(empty), nothing) == "True\n"
