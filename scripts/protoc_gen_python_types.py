"""Generates the type stubs of Python's messages, as a plugin of protoc: those of mypy-protobuf, with two additions.

- A string with known values reads as one of them, so that a comparison with a misspelt one is told by type checkers. It
  may still be set to any string, and is another one where upstream has a newer value.
- `Response.output_text`, which `openai_grpc.v1` adds to the class.
"""

import re
import subprocess
import sys
from pathlib import Path

from contract_fields import ContractField, contract_fields
from google.protobuf.compiler.plugin_pb2 import CodeGeneratorRequest, CodeGeneratorResponse
from google.protobuf.descriptor_pb2 import FieldDescriptorProto
from protoc_gen_values import is_open, name_of

CLASS = re.compile(r"^( *)class (\w+)\(message\.Message\):$")
FIELD = re.compile(r"^( *)(\w+): builtins\.str$")
IMPORT = "import builtins as builtins\n"
OUTPUT_TEXT = '''\
    @property
    def output_text(self) -> builtins.str:
        """The text of all messages of the output, without refusals."""
'''


def main() -> None:
    """Reads the request from standard input and writes the generated files to standard output."""
    data = sys.stdin.buffer.read()
    request = CodeGeneratorRequest.FromString(data)
    plugin = Path(sys.executable).with_name("protoc-gen-mypy")
    made = subprocess.run([plugin], input=data, stdout=subprocess.PIPE, check=True).stdout
    response = CodeGeneratorResponse.FromString(made)
    known = {
        ".".join((*field.message, field.proto.name)): name_of(field)
        for field in contract_fields(request.proto_file)
        if field.options.values and not is_open(field) and is_single(field)
    }
    for file in response.file:
        file.content = improved(file.content, known)
    sys.stdout.buffer.write(response.SerializeToString())


def is_single(field: ContractField) -> bool:
    """Returns whether a field is no list."""
    return field.proto.label != FieldDescriptorProto.LABEL_REPEATED


def improved(stub: str, known: dict[str, str]) -> str:
    """Returns a stub with the additions.

    Args:
        stub: The stub.
        known: The names of the types of known values, by the field's name in its message.
    """
    lines = []
    classes: list[str] = []
    uses_values = False
    for line in stub.splitlines():
        if found := CLASS.match(line):
            classes = [*classes[: len(found[1]) // 4], found[2]]
        elif (found := FIELD.match(line)) and (name := known.get(".".join((*classes[: len(found[1]) // 4], found[2])))):
            uses_values = True
            indent, field = found[1], found[2]
            lines += [
                f"{indent}@property",
                f'{indent}def {field}(self) -> values.{name} | typing.Literal[""]: ...',
                f"{indent}@{field}.setter",
                f"{indent}def {field}(self, value: builtins.str) -> None: ...",
            ]
            continue
        if line == "    def __init__(" and classes[:1] == ["Response"]:
            lines += OUTPUT_TEXT.splitlines()
        lines.append(line)
    text = "\n".join(lines) + "\n"
    return text.replace(IMPORT, f"from openai_grpc.v1 import values as values\n{IMPORT}", 1) if uses_values else text


if __name__ == "__main__":
    main()
