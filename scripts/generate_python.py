"""Generates the Python messages and stubs from proto/: `python scripts/generate_python.py [OUT]`.

OUT is the root that the generated packages are written under. Default: this checkout.
"""

import subprocess
import sys
from pathlib import Path

import grpc_tools
from google.protobuf import descriptor_pb2

ROOT = Path(__file__).resolve().parent.parent
PROTO = ROOT / "proto"
PACKAGE = "openai_grpc/v1"


def generate(out: Path) -> None:
    """Writes the messages, stubs, type stubs and the facade under OUT/clients/python."""
    target = out / "clients/python"
    (target / PACKAGE).mkdir(parents=True, exist_ok=True)
    for old in (target / PACKAGE).glob("*.py*"):
        old.unlink()
    descriptors = protoc(target)
    for file in descriptors.file:
        if file.package == "openai_grpc.v1" and not file.service:
            for suffix in (".py", ".pyi"):
                (target / file.name).with_name(Path(file.name).stem + "_pb2_grpc" + suffix).unlink()
    (target / PACKAGE / "__init__.py").write_text(facade(descriptors))


def protoc(target: Path) -> descriptor_pb2.FileDescriptorSet:
    """Runs the compiler for every file of proto/ and returns what it read."""
    files = sorted(str(path.relative_to(PROTO)) for path in PROTO.rglob("*.proto"))
    include = Path(grpc_tools.__file__).parent / "_proto"
    binaries = Path(sys.executable).parent
    descriptor_set = target / "descriptors.binpb"
    subprocess.run(
        [
            *(sys.executable, "-m", "grpc_tools.protoc", f"-I{PROTO}", f"-I{include}"),
            *(f"--plugin=protoc-gen-{plugin}={binaries / f'protoc-gen-{plugin}'}" for plugin in ("mypy", "mypy_grpc")),
            *(f"--{kind}_out={target}" for kind in ("python", "grpc_python")),
            *(f"--{kind}_out=quiet,readable_stubs:{target}" for kind in ("mypy", "mypy_grpc")),
            f"--descriptor_set_out={descriptor_set}",
            *files,
        ],
        check=True,
    )
    descriptors = descriptor_pb2.FileDescriptorSet.FromString(descriptor_set.read_bytes())
    descriptor_set.unlink()
    return descriptors


def facade(descriptors: descriptor_pb2.FileDescriptorSet) -> str:
    """Returns the module that offers every message, enum and service of the package under one name."""
    imports: list[str] = []
    names: list[str] = []
    for file in descriptors.file:
        stem = file.name.removesuffix(".proto").replace("/", ".")
        here = [message.name for message in file.message_type] + [enum.name for enum in file.enum_type]
        services = [f"{service.name}{kind}" for service in file.service for kind in ("Servicer", "Stub")]
        imports += [f"from {stem}_pb2 import {name} as {name}\n" for name in sorted(here)]
        imports += [f"from {stem}_pb2_grpc import {name} as {name}\n" for name in sorted(services)]
        names += here + services
    listed = "".join(f'    "{name}",\n' for name in sorted(names))
    doc = '"""The messages and services of the package `openai_grpc.v1`. Generated: do not edit."""\n\n'
    return f"{doc}{''.join(sorted(imports))}\n__all__ = [\n{listed}]\n"


if __name__ == "__main__":
    generate(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT)
