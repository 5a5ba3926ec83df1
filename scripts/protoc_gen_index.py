"""Plugin of protoc for code from the contract as a whole. The output folder is clients/.

- The modules that offer every name of a package in one place: Python's `__init__.py`, TypeScript's `index.ts`.
- The revision of the contract, the newest `since` of its fields, as a constant of each language.
"""

import sys
from collections.abc import Iterable

from contract_fields import contract_fields
from google.protobuf.compiler.plugin_pb2 import CodeGeneratorRequest, CodeGeneratorResponse
from google.protobuf.descriptor_pb2 import FileDescriptorProto

CONTRACT = "openai_grpc/v1"
NOTICE = "Generated: do not edit."


def main() -> None:
    """Reads the request from standard input and writes the generated files to standard output."""
    request = CodeGeneratorRequest.FromString(sys.stdin.buffer.read())
    wanted = set(request.file_to_generate)
    folders: dict[str, list[FileDescriptorProto]] = {}
    for file in request.proto_file:
        if file.name in wanted:
            folders.setdefault(file.name.rpartition("/")[0], []).append(file)
    revision = max((field.options.since for field in contract_fields(request.proto_file)), default=0) or 1
    response = CodeGeneratorResponse(supported_features=CodeGeneratorResponse.FEATURE_PROTO3_OPTIONAL)
    for folder, files in folders.items():
        constants = ["CONTRACT_REVISION"] if folder == CONTRACT else []
        modules = ["revision", "values"] if folder == CONTRACT else []
        response.file.add(name=f"python/{folder}/__init__.py", content=python_index(files, constants))
        response.file.add(name=f"typescript/src/{folder}/index.ts", content=typescript_index(files, modules))
    response.file.add(name=f"python/{CONTRACT}/revision.py", content=python_revision(revision))
    response.file.add(name=f"typescript/src/{CONTRACT}/revision.ts", content=typescript_revision(revision))
    response.file.add(name=f"go/{CONTRACT}/revision.pb.go", content=go_revision(revision))
    response.file.add(
        name="java/src/main/java/io/github/openai_grpc/ContractRevision.java", content=java_revision(revision)
    )
    sys.stdout.buffer.write(response.SerializeToString())


def python_index(files: Iterable[FileDescriptorProto], constants: list[str]) -> str:
    """Returns the Python module of a package's messages, enums, servicers and stubs."""
    imports: list[str] = []
    names = list(constants)
    package = ""
    for file in files:
        package = file.package
        stem = file.name.removesuffix(".proto").replace("/", ".")
        here = [message.name for message in file.message_type] + [enum.name for enum in file.enum_type]
        services = [f"{service.name}{kind}" for service in file.service for kind in ("Servicer", "Stub")]
        imports += [f"from {stem}_pb2 import {name} as {name}\n" for name in sorted(here)]
        imports += [f"from {stem}_pb2_grpc import {name} as {name}\n" for name in sorted(services)]
        names += here + services
    imports += [f"from {package}.revision import {name} as {name}\n" for name in constants]
    if constants:
        imports.append(f"from {package} import _additions as _additions\n")
    listed = "".join(f'    "{name}",\n' for name in sorted(names))
    doc = f'"""The messages and services of the package `{package}`. {NOTICE}"""\n\n'
    return f"{doc}{''.join(sorted(imports))}\n__all__ = [\n{listed}]\n"


def python_revision(revision: int) -> str:
    """Returns the Python module of the contract's revision."""
    return f"""\
\"\"\"The revision of the contract. {NOTICE}\"\"\"

from typing import Final

CONTRACT_REVISION: Final = {revision}
\"\"\"The revision of the contract that this code is generated from: clients send it as `openai-grpc-contract`.\"\"\"
"""


def typescript_index(files: Iterable[FileDescriptorProto], modules: list[str]) -> str:
    """Returns the TypeScript module that exports all modules of a package."""
    files = list(files)
    stems = sorted([*(file.name.rpartition("/")[2].removesuffix(".proto") + "_pb" for file in files), *modules])
    doc = f"/** The messages and services of the package `{files[0].package}`. {NOTICE} */\n"
    return doc + "".join(f'export * from "./{stem}.js";\n' for stem in stems)


def typescript_revision(revision: int) -> str:
    """Returns the TypeScript module of the contract's revision."""
    return f"""\
// {NOTICE}

/** The revision of the contract that this code is generated from: clients send it as `openai-grpc-contract`. */
export const contractRevision = {revision};
"""


def go_revision(revision: int) -> str:
    """Returns the Go file of the contract's revision."""
    return f"""\
// Code generated from the contract. DO NOT EDIT.

package openaigrpcv1

// ContractRevision is the revision of the contract that this code is generated from: clients send it as
// openai-grpc-contract.
const ContractRevision = {revision}
"""


def java_revision(revision: int) -> str:
    """Returns the Java class of the contract's revision."""
    return f"""\
// {NOTICE}
package io.github.openai_grpc;

/** The revision of the contract that this library is generated from: clients send it as openai-grpc-contract. */
public final class ContractRevision {{
  /** The revision, from 1 on. */
  public static final int VALUE = {revision};

  private ContractRevision() {{}}
}}
"""


if __name__ == "__main__":
    main()
