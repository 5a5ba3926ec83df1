"""Installs the frameworks into environments of their own, and runs their programs over gRPC and by HTTP."""

import subprocess
import sys
import tempfile
from pathlib import Path

from faults.stand_in import StandIn
from frameworks import upstream as script
from support.gateway import deployment, running_door

HERE = Path(__file__).parent
CLIENT = HERE.parents[1] / "clients/python"
SECONDS = 300


def installed(folder: str, requirements: str) -> Path:
    """Makes an environment with the frameworks and the client; returns its Python."""
    uv = Path(sys.executable).parent / "uv"
    python = Path(folder) / "bin/python"
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, folder], check=True)
    wanted: list[str | Path] = ["-r", HERE / requirements, "-e", CLIENT]
    subprocess.run([uv, "pip", "install", "--quiet", "--python", python, *wanted], check=True, timeout=SECONDS)
    return python


def main() -> int:
    """Returns 0 when every program went well."""
    failed = 0
    with StandIn() as upstream, running_door(deployment(upstream.url)) as gateway:
        upstream.on("POST", "/v1/chat/completions", script.chat)
        upstream.on("POST", "/v1/responses", script.responses)
        upstream.on("POST", "/v1/embeddings", script.embeddings)
        for requirements in ("requirements.txt", "requirements-older.txt"):
            with tempfile.TemporaryDirectory() as folder:
                program: list[str | Path] = [installed(folder, requirements), HERE / "programs.py"]
                targets = (gateway.target, gateway.url)
                failed += subprocess.run([*program, *targets], check=False, timeout=SECONDS).returncode
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
