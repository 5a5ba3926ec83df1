"""Message classes of .proto files, compiled when a test needs them, in a descriptor pool of their own."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import grpc_tools
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClassesForFiles
from grpc_tools import protoc

_WELL_KNOWN = Path(grpc_tools.__file__).parent / "_proto"


def message_classes(root: Path, files: Sequence[str]) -> dict[str, type[Any]]:
    """Compiles .proto files.

    Args:
        root: The directory that imports are relative to.
        files: Their paths in it.

    Returns:
        The message classes by name, without their package.
    """
    with tempfile.TemporaryDirectory() as directory:
        out = Path(directory, "files.binpb")
        includes = [f"-I{path}" for path in (root, _WELL_KNOWN)]
        if protoc.main(["protoc", *includes, "--include_imports", f"--descriptor_set_out={out}", *files]):
            raise RuntimeError(f"protoc failed for {', '.join(files)} in {root}")
        compiled = FileDescriptorSet.FromString(out.read_bytes()).file
    pool = DescriptorPool()
    for file in compiled:
        pool.AddSerializedFile(file.SerializeToString())
    names = [file.name for file in compiled]
    return {name.rpartition(".")[2]: cls for name, cls in GetMessageClassesForFiles(names, pool).items()}
