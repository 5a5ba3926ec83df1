"""The messages of types.proto, of its descriptors."""

from pathlib import Path

from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass


def message_types(described: Path) -> dict[str, type[Message]]:
    """Returns the classes of the last file of a descriptor set, by their names."""
    files = FileDescriptorSet.FromString(described.read_bytes())
    pool = DescriptorPool()
    for file in files.file:
        pool.Add(file)
    package = files.file[-1].package
    names = [message.name for message in files.file[-1].message_type]
    return {name: GetMessageClass(pool.FindMessageTypeByName(f"{package}.{name}")) for name in names}
