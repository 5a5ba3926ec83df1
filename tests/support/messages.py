"""Message types of a proto, made when a test runs."""

import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import grpc_tools
from google.protobuf import any_pb2, duration_pb2, struct_pb2, timestamp_pb2, wrappers_pb2
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.protobuf.descriptor_pool import Default
from google.protobuf.message_factory import GetMessageClass

LOADED = (any_pb2, duration_pb2, struct_pb2, timestamp_pb2, wrappers_pb2)  # what protos import


@cache
def described(proto: Path) -> bytes:
    """Returns the descriptor set of a proto and of what it imports, with its comments."""
    include = Path(grpc_tools.__file__).parent / "_proto"
    with tempfile.NamedTemporaryFile() as file:
        command = [sys.executable, "-m", "grpc_tools.protoc", f"-I{proto.parent}", f"-I{include}"]
        command += ["--include_source_info", "--include_imports", f"--descriptor_set_out={file.name}", proto.name]
        subprocess.run(command, check=True)
        return Path(file.name).read_bytes()


@cache
def message_types(proto: Path) -> dict[str, Any]:
    """Returns the classes of a proto's messages, by name, as generated code has them: without comments."""
    own = FileDescriptorSet.FromString(described(proto)).file[-1]
    own.ClearField("source_code_info")
    file = Default().AddSerializedFile(own.SerializeToString())
    return {name: GetMessageClass(descriptor) for name, descriptor in file.message_types_by_name.items()}
