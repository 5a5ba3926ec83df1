"""The messages of `forms.proto`, compiled when the tests start."""

import tempfile
from pathlib import Path
from typing import Any

import grpc_tools
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.protobuf.descriptor_pool import Default
from google.protobuf.message_factory import GetMessageClassesForFiles
from grpc_tools import protoc

from openai_grpc.options.v1 import json_pb2

_HERE = Path(__file__).parent
_PROTO = _HERE.parents[2] / "proto"
_INCLUDE = Path(grpc_tools.__file__).parent / "_proto"


def _load() -> dict[str, type[Any]]:
    with tempfile.TemporaryDirectory() as directory:
        out = Path(directory, "forms.binpb")
        includes = [f"-I{path}" for path in (_HERE, _PROTO, _INCLUDE)]
        if protoc.main(["protoc", *includes, f"--descriptor_set_out={out}", "forms.proto"]):
            raise RuntimeError("forms.proto does not compile")
        files = FileDescriptorSet.FromString(out.read_bytes())
    pool = Default()
    pool.FindFileByName(json_pb2.DESCRIPTOR.name)  # what forms.proto imports
    for file in files.file:
        pool.AddSerializedFile(file.SerializeToString())
    return GetMessageClassesForFiles(["forms.proto"], pool)


_PACKAGE = "codec_forms."
MESSAGES = {name.removeprefix(_PACKAGE): cls for name, cls in _load().items()}
"""The classes by their names."""
