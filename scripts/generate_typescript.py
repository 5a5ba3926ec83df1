"""Generates the TypeScript client from proto/: `python scripts/generate_typescript.py [OUT]`.

It needs Node and takes protoc's plugin from npm, at the version below, into .tools/.
"""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import grpc_tools

ROOT = Path(__file__).resolve().parent.parent
PROTO = ROOT / "proto"
SOURCES = "clients/typescript/src"
PACKAGE = f"{SOURCES}/openai_grpc/v1"
ERROR_DETAILS = "google/rpc/error_details.proto"

# The last version for Node 20.
PLUGIN = "@bufbuild/protoc-gen-es@2.13.0"


def generate(out: Path) -> None:
    """Writes the messages and services, and google.rpc's details of errors, under OUT/clients/typescript."""
    target = out / SOURCES
    (out / PACKAGE).mkdir(parents=True, exist_ok=True)
    for old in (out / PACKAGE).glob("*.ts"):
        old.unlink()
    files = sorted(str(path.relative_to(PROTO)) for path in PROTO.rglob("*.proto"))
    subprocess.run(
        [
            *(sys.executable, "-m", "grpc_tools.protoc"),
            *(f"-I{folder}" for folder in (PROTO, Path(grpc_tools.__file__).parent / "_proto", google_protos())),
            f"--plugin=protoc-gen-es={plugin()}",
            "--es_opt=target=ts,import_extension=js",
            f"--es_out={target}",
            *files,
            ERROR_DETAILS,
        ],
        check=True,
    )
    modules = sorted(path.stem for path in (out / PACKAGE).glob("*_pb.ts"))
    exports = "".join(f'export * from "./{module}.js";\n' for module in modules)
    doc = "/** The messages and services of the package `openai_grpc.v1`. Generated: do not edit. */\n"
    (out / PACKAGE / "index.ts").write_text(doc + exports)


def google_protos() -> Path:
    """Returns the folder from which googleapis-common-protos, which grpcio-status needs, has its protos imported."""
    found = find_spec("google.rpc.error_details_pb2")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("googleapis-common-protos is not installed")
    return Path(found.origin).parents[2]


def plugin() -> Path:
    """Returns the path of the plugin of protoc, which is installed if it is not there yet."""
    folder = ROOT / ".tools/npm" / PLUGIN.replace("/", "_")
    program = folder / "node_modules/.bin/protoc-gen-es"
    if not program.exists():
        install = ("npm", "install", "--no-save", "--no-audit", "--no-fund", "--prefix", str(folder), PLUGIN)
        subprocess.run(install, check=True)
    return program


if __name__ == "__main__":
    generate(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT)
