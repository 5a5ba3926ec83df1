"""Generates the known values of open strings, as a plugin of protoc. The output folder is clients/.

The option `values` of a field becomes constants in Go and Java, a union type in TypeScript, and a `Literal` in Python.
The sets are open: upstream adds values. Only Python's types are closed, for type checkers to find typos by; a newer
value is `cast`.
"""

import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass

from contract_fields import ContractField, contract_fields
from google.protobuf.compiler.plugin_pb2 import CodeGeneratorRequest, CodeGeneratorResponse

OPEN = ("model", "id")
WORDS = re.compile(r"[A-Za-z]+|[0-9]+")


@dataclass(frozen=True)
class KnownValues:
    """The known values of one field.

    Attributes:
        field: The field, such as `ChatCompletion.Choice.finish_reason`.
        name: The name of their type, such as `ChatCompletionChoiceFinishReason`.
        values: The values.
        open: Whether they are but examples, as of models.
    """

    field: str
    name: str
    values: tuple[str, ...]
    open: bool


def main() -> None:
    """Reads the request from standard input and writes the generated files to standard output."""
    request = CodeGeneratorRequest.FromString(sys.stdin.buffer.read())
    found = [
        KnownValues(
            ".".join((*field.message, field.proto.name)), name_of(field), tuple(field.options.values), is_open(field)
        )
        for field in contract_fields(request.proto_file)
        if field.options.values
    ]
    names = [each.name for each in found]
    if len(set(names)) < len(names):
        sys.exit(f"two fields give one name: {sorted(name for name in names if names.count(name) > 1)}")
    response = CodeGeneratorResponse(supported_features=CodeGeneratorResponse.FEATURE_PROTO3_OPTIONAL)
    response.file.add(name="python/openai_grpc/v1/values.py", content=python(found))
    response.file.add(name="typescript/src/openai_grpc/v1/values.ts", content=typescript(found))
    response.file.add(name="go/openai_grpc/v1/values.pb.go", content=go(found))
    response.file.add(name="java/src/main/java/io/github/openai_grpc/KnownValues.java", content=java(found))
    sys.stdout.buffer.write(response.SerializeToString())


def name_of(field: ContractField) -> str:
    """Returns the name of the type of a field's known values."""
    return "".join(field.message) + camel_case(field.proto.name)


def is_open(field: ContractField) -> bool:
    """Returns whether the known values of a field are but examples, which nobody takes a typo from: names and ids."""
    return field.proto.name in OPEN


def python(found: Iterable[KnownValues]) -> str:
    """Returns the Python module."""
    doc = (
        '"""The known values of open strings. Generated: do not edit.\n\n'
        "Upstream adds values, and a program may use any string: `cast` a newer one for the type checker.\n"
        '"""\n\n'
    )
    types = "".join(
        f"{each.name}: TypeAlias = Literal[{', '.join(map(quoted, each.values))}]{' | str' if each.open else ''}\n"
        f'"""Known values of `{each.field}`."""\n'
        for each in found
    )
    return f"# ruff: noqa: E501\n{doc}from typing import Literal, TypeAlias\n\n{types}"


def typescript(found: Iterable[KnownValues]) -> str:
    """Returns the TypeScript module."""
    types = "".join(
        f"\n/** Known values of `{each.field}`; any other string is accepted, too. */\n"
        f"export type {each.name} = {' | '.join(map(quoted, each.values))} | (string & {{}});\n"
        for each in found
    )
    return f"// Generated: do not edit.\n{types}"


def go(found: Iterable[KnownValues]) -> str:
    """Returns the Go file."""
    blocks = []
    for each in found:
        names = [f"{each.name}{camel_case(value)}" for value in each.values]
        width = max(map(len, names))
        lines = "".join(f"\t{name:{width}} = {quoted(value)}\n" for name, value in zip(names, each.values, strict=True))
        blocks.append(f"\n// Known values of {each.field}; any other is accepted, too.\nconst (\n{lines})\n")
    return f"// Code generated from the contract. DO NOT EDIT.\n\npackage openaigrpcv1\n{''.join(blocks)}"


def java(found: Iterable[KnownValues]) -> str:
    """Returns the Java class."""
    classes = []
    for each in found:
        constants = "".join(
            f"    /** {{@code {value}}}. */\n    public static final String {upper_case(value)} = {quoted(value)};\n\n"
            for value in each.values
        )
        classes.append(
            f"\n  /** Known values of {{@code {each.field}}}; any other is accepted, too. */\n"
            f"  public static final class {each.name} {{\n{constants}    private {each.name}() {{}}\n  }}\n"
        )
    return (
        "// Generated: do not edit.\npackage io.github.openai_grpc;\n\n/** The known values of open strings. */\n"
        f"public final class KnownValues {{\n  private KnownValues() {{}}\n{''.join(classes)}}}\n"
    )


def camel_case(text: str) -> str:
    """Returns `CamelCase` of any text."""
    return "".join(word[:1].upper() + word[1:] for word in WORDS.findall(text))


def upper_case(text: str) -> str:
    """Returns a constant's name: `UPPER_CASE`, not beginning with a digit."""
    name = "_".join(WORDS.findall(text)).upper()
    return f"V_{name}" if name[0].isdigit() else name


def quoted(text: str) -> str:
    """Returns a string literal, which is the same in all four languages."""
    return f'"{text}"'


if __name__ == "__main__":
    main()
