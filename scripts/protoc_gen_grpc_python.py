"""Generates gRPC stubs for Python and their type stubs, as a plugin of protoc, for files that have services.

Neither generator has a plugin of the form that buf runs and this project needs: grpc_tools keeps `grpc_python`
inside its protoc, and protoc-gen-mypy_grpc writes an empty stub for a file without services.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from google.protobuf.compiler.plugin_pb2 import CodeGeneratorRequest, CodeGeneratorResponse
from google.protobuf.descriptor_pb2 import FileDescriptorSet


def main() -> None:
    """Reads the request from standard input and writes the generated files to standard output."""
    request = CodeGeneratorRequest.FromString(sys.stdin.buffer.read())
    response = CodeGeneratorResponse(supported_features=CodeGeneratorResponse.FEATURE_PROTO3_OPTIONAL)
    wanted = set(request.file_to_generate)
    names = [file.name for file in request.proto_file if file.name in wanted and file.service]
    if names:
        for name, content in generate(FileDescriptorSet(file=request.proto_file), names):
            response.file.add(name=name, content=content)
    sys.stdout.buffer.write(response.SerializeToString())


def generate(descriptors: FileDescriptorSet, names: list[str]) -> list[tuple[str, str]]:
    """Returns the path and the text of each generated file."""
    plugin = Path(sys.executable).with_name("protoc-gen-mypy_grpc")
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "out")
        out.mkdir()
        described = Path(folder, "descriptors.binpb")
        described.write_bytes(descriptors.SerializeToString())
        subprocess.run(
            [
                *(sys.executable, "-m", "grpc_tools.protoc", f"--descriptor_set_in={described}"),
                *(f"--plugin=protoc-gen-mypy_grpc={plugin}", f"--grpc_python_out={out}"),
                *(f"--mypy_grpc_out=quiet,readable_stubs:{out}", *names),
            ],
            check=True,
        )
        files = sorted(path for path in out.rglob("*") if path.is_file())
        return [(str(path.relative_to(out)), path.read_text()) for path in files]


if __name__ == "__main__":
    main()
