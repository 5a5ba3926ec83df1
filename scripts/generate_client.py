"""Regenerates the Python client's code from the contract: `python scripts/generate_client.py [OUT]`.

Of every request it writes the keyword arguments, named as in OpenAI's JSON, and of every RPC its name, its types and
how to build its request. Of the client for asyncio it makes the blocking one. OUT is the root that the files are
written under. Default: this checkout.
"""

import re
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import grpc_tools
from client_types import imported_names, key_types
from google.protobuf.descriptor import Descriptor, MethodDescriptor, ServiceDescriptor
from google.protobuf.descriptor_pb2 import FileDescriptorSet, MethodOptions
from unasync import MODULES, unasync

from openai_grpc.options.v1 import json_pb2

ROOT = Path(__file__).resolve().parent.parent
PROTO = ROOT / "proto"
CLIENT = Path("clients/python/openai_grpc/client")
WORD_START = re.compile(r"(?<!^)(?=[A-Z])")
PLACEHOLDER = re.compile(r"\{(\w+)\}")
REPEATABLE = {MethodOptions.NO_SIDE_EFFECTS, MethodOptions.IDEMPOTENT}
METHOD_COMMENT = (6, 0, 2)  # in a file's source info: service, its index, method, its index


def main(out: Path) -> None:
    """Writes the modules under OUT/clients/python/openai_grpc/client."""
    target = out / CLIENT
    target.mkdir(parents=True, exist_ok=True)
    comments = dict(method_comments())
    rpcs = [Rpc(method, comments[method.full_name]) for service in services() for method in service.methods]
    written = {"params.py": params_module(rpcs), "_rpcs.py": rpcs_module(rpcs)}
    for source, name in MODULES.items():
        written[name] = unasync((ROOT / CLIENT / source).read_text(), source)
    for name, text in written.items():
        (target / name).write_text(text)
    ruff = Path(sys.executable).with_name("ruff")
    config = f"--config={ROOT / 'pyproject.toml'}"
    paths = [target / name for name in written]
    subprocess.run([ruff, "check", "--quiet", config, "--select=I,F401", "--fix", *paths], check=True)
    subprocess.run([ruff, "format", "--quiet", config, *paths], check=True)


def services() -> Iterator[ServiceDescriptor]:
    """Yields the services of the contract."""
    for path in sorted((PROTO / "openai_grpc/v1").glob("*.proto")):
        module = import_module(f"openai_grpc.v1.{path.stem}_pb2")
        yield from module.DESCRIPTOR.services_by_name.values()


def method_comments() -> Iterator[tuple[str, str]]:
    """Yields the comment of each RPC, which only the compiler keeps."""
    files = sorted(str(path.relative_to(PROTO)) for path in PROTO.rglob("*.proto"))
    include = Path(grpc_tools.__file__).parent / "_proto"
    with tempfile.NamedTemporaryFile() as file:
        command = [sys.executable, "-m", "grpc_tools.protoc", f"-I{PROTO}", f"-I{include}", "--include_source_info"]
        subprocess.run([*command, f"--descriptor_set_out={file.name}", *files], check=True)
        described = FileDescriptorSet.FromString(Path(file.name).read_bytes())
    for each in described.file:
        for location in each.source_code_info.location:
            path = tuple(location.path)
            if len(path) == len(METHOD_COMMENT) + 1 and path[: len(METHOD_COMMENT)] == METHOD_COMMENT:
                name = f"{each.package}.{each.service[0].name}.{each.service[0].method[path[-1]].name}"
                yield name, location.leading_comments


class Rpc:
    """Generated data of an RPC."""

    def __init__(self, method: MethodDescriptor, comment: str) -> None:
        options = method.GetOptions()
        route = options.Extensions[json_pb2.rest]
        arms = method.input_type.fields_by_name
        self.name = snake_case(method.name)
        self.path = f"/{method.containing_service.full_name}/{method.name}"
        self.upload = method.client_streaming
        # An upload's settings are the arm `config` of its first message.
        request: Descriptor | None = arms["config"].message_type if self.upload else method.input_type
        assert request is not None  # noqa: S101 - the type checker can't know what an arm `config` is
        self.request = request
        self.message = method.input_type.name
        self.builder = self.name if self.upload else snake_case(self.request.name.removesuffix("Request"))
        self.reply = method.output_type.name
        self.streams = method.server_streaming
        self.repeatable = options.idempotency_level in REPEATABLE
        self.id_field = next(iter(PLACEHOLDER.findall(route.path)), None)
        about = " ".join(comment.partition("\n\n")[0].split())
        self.doc = f"{textwrap.fill(about, 100)}\n\nREST: `{route.method} {route.path}`."

    @property
    def params(self) -> str:
        """The name of the keyword arguments' type."""
        kind = "Upload" if self.upload else ""
        return f"{kind}{self.request.name.removesuffix('Request').removeprefix('Create' if self.upload else '')}Params"


def params_module(rpcs: list[Rpc]) -> str:
    """Returns the module of the keyword arguments."""
    requests = {rpc.request.full_name: rpc for rpc in rpcs if not rpc.upload}
    uploads = {rpc.params: rpc for rpc in rpcs if rpc.upload}
    blocks = []
    for rpc in requests.values():
        keys = "".join(f"    {key}: {kind} | None\n" for key, kind in key_types(rpc.request))
        doc = f"Keyword arguments of `{rpc.request.name}`, whose documentation they share."
        blocks.append(f'class {rpc.params}(CallParams, total=False):\n    """{doc}"""\n\n{keys}')
    for rpc in uploads.values():
        doc = f"Keyword arguments of an upload, which are those of `{rpc.request.name}`."
        base = requests[rpc.request.full_name].params
        blocks.append(f'class {rpc.params}({base}, UploadParams, total=False):\n    """{doc}"""\n')
    imports = imported_names(blocks)
    return f'''\
"""The keyword arguments of calls, with the names of OpenAI's JSON. Generated: do not edit."""

from collections.abc import Mapping, Sequence
from typing import Any

from openai_grpc.client._call_params import CallParams, UploadParams
from openai_grpc.client._files import File
from openai_grpc.v1 import {", ".join(imports)}, values

{chr(10).join(blocks)}'''


def rpcs_module(rpcs: list[Rpc]) -> str:
    """Returns the module of the RPCs."""
    builders = {}
    for rpc in rpcs:
        users = [each.path.rpartition("/")[2] for each in rpcs if each.builder == rpc.builder]
        builders[rpc.builder] = builder(rpc, users)
    entries = "\n".join(
        f"{rpc.name.upper()} = Rpc({rpc.builder}, {rpc.reply}, {rpc.path!r}, upload={rpc.upload}, "
        f'streams={rpc.streams}, repeatable={rpc.repeatable}, doc="""\\\n{rpc.doc}""")'
        for rpc in rpcs
    )
    names = sorted({name for rpc in rpcs for name in (rpc.request.name, rpc.message, rpc.reply)})
    params = sorted({rpc.params for rpc in rpcs})
    listed = ", ".join(rpc.name.upper() for rpc in rpcs)
    return f'''\
"""The RPCs of the contract, and the functions that build their requests. Generated: do not edit."""

from typing import Unpack

from openai_grpc.client._request import Prepared, prepare, prepare_upload
from openai_grpc.client._rpc import Rpc
from openai_grpc.client.params import {", ".join(params)}
from openai_grpc.v1 import {", ".join(names)}

{"".join(builders.values())}
{entries}

ALL = ({listed})
'''


def builder(rpc: Rpc, users: list[str]) -> str:
    """Returns the function that builds a request."""
    request = rpc.request.name
    given = f"{request} | str" if rpc.id_field else request
    id_field = f", id_field={rpc.id_field!r}" if rpc.id_field else ""
    function = "prepare_upload" if rpc.upload else "prepare"
    types = f"{request}, {rpc.message}" if rpc.upload else request
    return f'''
def {rpc.builder}(request: {given} | None = None, /, **params: Unpack[{rpc.params}]) -> Prepared:
    """Builds the request of {" and ".join(users)}."""
    return {function}({types}, request, params{id_field})
'''


def snake_case(name: str) -> str:
    """Turns the name of an RPC or a message into that of a function."""
    return WORD_START.sub("_", name).lower()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT)
