"""Regenerates the code that is made from proto/: `python scripts/generate.py [OUT]`.

OUT is the root that the generated packages are written under. Default: this checkout.
"""

import subprocess
import sys
from pathlib import Path

import grpc_tools

ROOT = Path(__file__).resolve().parent.parent
PROTO = ROOT / "proto"


def main(out: Path) -> None:
    """Writes the Python messages, stubs and type stubs under OUT/clients/python."""
    target = out / "clients/python"
    target.mkdir(parents=True, exist_ok=True)
    files = sorted(str(path.relative_to(PROTO)) for path in PROTO.rglob("*.proto"))
    include = Path(grpc_tools.__file__).parent / "_proto"
    subprocess.run(
        [
            *(sys.executable, "-m", "grpc_tools.protoc", f"-I{PROTO}", f"-I{include}"),
            f"--plugin=protoc-gen-mypy={Path(sys.executable).parent / 'protoc-gen-mypy'}",
            f"--plugin=protoc-gen-mypy_grpc={Path(sys.executable).parent / 'protoc-gen-mypy_grpc'}",
            *(f"--{kind}_out={target}" for kind in ("python", "grpc_python")),
            f"--mypy_out=readable_stubs:{target}",
            f"--mypy_grpc_out=readable_stubs:{target}",
            *files,
        ],
        check=True,
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT)
