"""Fields of the contract with their options, in a plugin of protoc.

Options are read by the descriptors of the request: the generated modules may be those of another contract.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from google.protobuf.descriptor_pb2 import DescriptorProto, FieldDescriptorProto, FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass

OPTION = "openai_grpc.options.v1.json"


@dataclass(frozen=True)
class ContractField:
    """A field.

    Attributes:
        message: The names of its message and of those around that, from outside in.
        proto: Its descriptor.
        options: Its `JsonField`.
    """

    message: tuple[str, ...]
    proto: FieldDescriptorProto
    options: Any


def contract_fields(files: Iterable[FileDescriptorProto]) -> Iterator[ContractField]:
    """Yields every field of files, which are in the order of their imports."""
    files = list(files)
    pool = DescriptorPool()
    for file in files:
        pool.Add(file)
    option: Any = pool.FindExtensionByName(OPTION)
    options_type = GetMessageClass(pool.FindMessageTypeByName("google.protobuf.FieldOptions"))
    for file in files:
        for message, field in _fields(file.message_type, ()):
            options: Any = options_type.FromString(field.options.SerializeToString())
            yield ContractField(message, field, options.Extensions[option])


def _fields(
    messages: Iterable[DescriptorProto], outer: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], FieldDescriptorProto]]:
    for message in messages:
        here = (*outer, message.name)
        for field in message.field:
            yield here, field
        yield from _fields(message.nested_type, here)
