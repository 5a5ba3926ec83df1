"""Generates the comments of the contract for reflection, as a plugin of protoc.

Descriptors in generated Python have no comments. So each file of the contract gets a JSON file with an array of
locations, one a line, in the order of protoc's `SourceCodeInfo`: path, leading comment, trailing comment and detached
leading comments. A path has the names of elements for their indexes, and there are no spans: a new field would change
both for all that follows.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Any

from google.protobuf.compiler.plugin_pb2 import CodeGeneratorRequest, CodeGeneratorResponse
from google.protobuf.descriptor_pb2 import FileDescriptorProto


def main() -> None:
    """Reads the request from standard input and writes the generated files to standard output."""
    request = CodeGeneratorRequest.FromString(sys.stdin.buffer.read())
    wanted = set(request.file_to_generate)
    response = CodeGeneratorResponse(supported_features=CodeGeneratorResponse.FEATURE_PROTO3_OPTIONAL)
    for file in request.proto_file:
        if file.name in wanted:
            response.file.add(name=str(PurePosixPath(file.name).with_suffix(".json")), content=comments(file))
    sys.stdout.buffer.write(response.SerializeToString())


def comments(file: FileDescriptorProto) -> str:
    """Returns the commented locations of a file."""
    lines = [
        json.dumps(
            [
                named(file, each.path),
                each.leading_comments,
                each.trailing_comments,
                list(each.leading_detached_comments),
            ],
            ensure_ascii=False,
            separators=(",", ":"),
        )
        for each in file.source_code_info.location
        if each.leading_comments or each.trailing_comments or each.leading_detached_comments
    ]
    return "[\n" + ",\n".join(lines) + "\n]\n"


def named(file: FileDescriptorProto, path: Sequence[int]) -> list[int | str]:
    """Returns a path with names, as far as elements have them, for indexes of repeated fields."""
    found: list[int | str] = []
    element: Any = file
    steps = iter(path)
    for number in steps:
        found.append(number)
        index = next(steps, None)
        if index is None:
            break
        element = getattr(element, element.DESCRIPTOR.fields_by_number[number].name)[index]
        found.append(getattr(element, "name", index))
    return found


if __name__ == "__main__":
    main()
