"""Generates the modules that offer every name of a package in one place, as a plugin of protoc.

Python gets `__init__.py`, TypeScript `index.ts`. The output folder is clients/.
"""

import sys
from collections.abc import Iterable

from google.protobuf.compiler.plugin_pb2 import CodeGeneratorRequest, CodeGeneratorResponse
from google.protobuf.descriptor_pb2 import FileDescriptorProto


def main() -> None:
    """Reads the request from standard input and writes the generated files to standard output."""
    request = CodeGeneratorRequest.FromString(sys.stdin.buffer.read())
    wanted = set(request.file_to_generate)
    folders: dict[str, list[FileDescriptorProto]] = {}
    for file in request.proto_file:
        if file.name in wanted:
            folders.setdefault(file.name.rpartition("/")[0], []).append(file)
    response = CodeGeneratorResponse(supported_features=CodeGeneratorResponse.FEATURE_PROTO3_OPTIONAL)
    for folder, files in folders.items():
        response.file.add(name=f"python/{folder}/__init__.py", content=python_index(files))
        response.file.add(name=f"typescript/src/{folder}/index.ts", content=typescript_index(files))
    sys.stdout.buffer.write(response.SerializeToString())


def python_index(files: Iterable[FileDescriptorProto]) -> str:
    """Returns the Python module of a package's messages, enums, servicers and stubs."""
    imports: list[str] = []
    names: list[str] = []
    package = ""
    for file in files:
        package = file.package
        stem = file.name.removesuffix(".proto").replace("/", ".")
        here = [message.name for message in file.message_type] + [enum.name for enum in file.enum_type]
        services = [f"{service.name}{kind}" for service in file.service for kind in ("Servicer", "Stub")]
        imports += [f"from {stem}_pb2 import {name} as {name}\n" for name in sorted(here)]
        imports += [f"from {stem}_pb2_grpc import {name} as {name}\n" for name in sorted(services)]
        names += here + services
    listed = "".join(f'    "{name}",\n' for name in sorted(names))
    doc = f'"""The messages and services of the package `{package}`. Generated: do not edit."""\n\n'
    return f"{doc}{''.join(sorted(imports))}\n__all__ = [\n{listed}]\n"


def typescript_index(files: Iterable[FileDescriptorProto]) -> str:
    """Returns the TypeScript module that exports all modules of a package."""
    files = list(files)
    stems = sorted(file.name.rpartition("/")[2].removesuffix(".proto") for file in files)
    doc = f"/** The messages and services of the package `{files[0].package}`. Generated: do not edit. */\n"
    return doc + "".join(f'export * from "./{stem}_pb.js";\n' for stem in stems)


if __name__ == "__main__":
    main()
