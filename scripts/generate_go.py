"""Generates the Go client from proto/: `python scripts/generate_go.py [OUT]`.

It needs Go and takes protoc's plugins from the Go module proxy, at the versions below, into .tools/.
"""

import os
import subprocess
import sys
from pathlib import Path

import grpc_tools

ROOT = Path(__file__).resolve().parent.parent
PROTO = ROOT / "proto"
MODULE = "github.com/openai-grpc/openai-grpc/clients/go"
PACKAGE = "openai_grpc/v1"

# A newer plugin raises the versions of the runtime, and of Go itself, that every caller needs.
PLUGINS = {
    "go": "google.golang.org/protobuf/cmd/protoc-gen-go@v1.36.11",
    "go-grpc": "google.golang.org/grpc/cmd/protoc-gen-go-grpc@v1.6.1",
}


def generate(out: Path) -> None:
    """Writes the messages and the stubs under OUT/clients/go."""
    target = out / "clients/go"
    (target / PACKAGE).mkdir(parents=True, exist_ok=True)
    for old in (target / PACKAGE).glob("*.pb.go"):
        old.unlink()
    files = sorted(str(path.relative_to(PROTO)) for path in PROTO.rglob("*.proto"))
    include = Path(grpc_tools.__file__).parent / "_proto"
    subprocess.run(
        [
            *(sys.executable, "-m", "grpc_tools.protoc", f"-I{PROTO}", f"-I{include}"),
            *(f"--plugin=protoc-gen-{name}={plugin(name, source)}" for name, source in PLUGINS.items()),
            *(f"--{name}_out=module={MODULE}:{target}" for name in PLUGINS),
            *files,
        ],
        check=True,
    )


def plugin(name: str, source: str) -> Path:
    """Returns the path of a plugin of protoc, which is installed if it is not there yet."""
    folder = ROOT / ".tools/go" / source.replace("/", "_")
    program = folder / f"protoc-gen-{name}"
    if not program.exists():
        subprocess.run(["go", "install", source], env={**os.environ, "GOBIN": str(folder)}, cwd=ROOT, check=True)
    return program


if __name__ == "__main__":
    generate(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT)
