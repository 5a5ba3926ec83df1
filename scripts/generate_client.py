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
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import grpc_tools
from client_types import Types, arguments, typed_dict
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
# Keys that a method of its own has another argument for, with the type that lacks them.
SPLIT = {
    "CreateChatCompletionRequest": ("response_format", "ParseChatCompletionParams"),
    "CreateBatchRequest": ("input_file_id", "SubmitBatchParams"),
    "StreamBatchResultsRequest": ("batch_id", "BatchResultsParams"),
    "CreateEmbeddingRequest": ("input", "StreamEmbeddingsParams"),
}
STREAMED = {"CreateChatCompletion", "CreateCompletion", "CreateImage", "CreateImageEdit", "CreateResponse"}
"""RPCs that take `stream=True` in OpenAI's client."""
OF_AN_OBJECT = ("Watch", "StreamBatchResults")
"""Beginnings of the names of RPCs about an object, named by the first field, that are not one REST call."""
STREAMS = {
    "Batch": "BatchStates",
    "BatchResult": "BatchResults",
    "Video": "VideoStates",
    "ChatCompletionChunk": "ChatCompletionStream",
    "Completion": "CompletionStream",
    "FileChunk": "FileStream",
    "ImageStreamEvent": "ImageStream",
    "Response": "ResponseStates",
    "ResponseStreamEvent": "ResponseStream",
    "SpeechChunk": "SpeechStream",
    "SpeechStreamEvent": "SpeechEventStream",
    "TranscriptionStreamEvent": "TranscriptionStream",
}


def main(out: Path) -> None:
    """Writes the modules under OUT/clients/python/openai_grpc/client."""
    target = out / CLIENT
    target.mkdir(parents=True, exist_ok=True)
    found = dict(comments())
    types = Types(found)
    methods = (method for service in services() for method in service.methods)
    rpcs = [Rpc(method, found[method.full_name]) for method in methods if has_route(method)]
    types.find_tags(rpc.request for rpc in rpcs)
    written = {"params.py": params_module(rpcs, types), "_rpcs.py": rpcs_module(rpcs)}
    for prefix in ("Async", ""):
        name = "_async_methods" if prefix else "_methods"
        written[f"{name}.py"] = methods_module(rpcs, types, prefix)
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
    for package in ("v1", "admin/v1"):
        for path in sorted((PROTO / "openai_grpc" / package).glob("*.proto")):
            module = import_module(f"openai_grpc.{package.replace('/', '.')}.{path.stem}_pb2")
            yield from module.DESCRIPTOR.services_by_name.values()


def imports(rpcs: "list[Rpc]", names: Iterable[str]) -> str:
    """Returns the imports of messages, each from the package that has it."""
    administrative = {name for rpc in rpcs if rpc.package.endswith("admin.v1") for name in rpc.names}
    lines = (
        f"from {package} import {', '.join(sorted(given))}"
        for package, given in (
            ("openai_grpc.admin.v1", administrative & set(names)),
            ("openai_grpc.v1", set(names) - administrative),
        )
    )
    return "\n".join(lines)


def comments() -> Iterator[tuple[str, str]]:
    """Yields the comment of each RPC, message and field, which only the compiler keeps, by full name."""
    files = sorted(str(path.relative_to(PROTO)) for path in PROTO.rglob("*.proto"))
    include = Path(grpc_tools.__file__).parent / "_proto"
    with tempfile.NamedTemporaryFile() as file:
        command = [sys.executable, "-m", "grpc_tools.protoc", f"-I{PROTO}", f"-I{include}", "--include_source_info"]
        subprocess.run([*command, f"--descriptor_set_out={file.name}", *files], check=True)
        described = FileDescriptorSet.FromString(Path(file.name).read_bytes())
    for each in described.file:
        for location in each.source_code_info.location:
            # The path alternates between a repeated field of the descriptor and an index in it.
            node: Any = each
            names = [each.package]
            for number, index in zip(location.path[::2], location.path[1::2], strict=False):
                field = node.DESCRIPTOR.fields_by_number[number]
                if field.message_type is None or not field.is_repeated:
                    break
                node = getattr(node, field.name)[index]
                names.append(getattr(node, "name", ""))
            else:
                if len(location.path) % 2 == 0:
                    yield ".".join(names), location.leading_comments


def has_route(method: MethodDescriptor) -> bool:
    """Returns whether an RPC is one REST call, or about an object; helpers make the others, and sessions."""
    rest = method.GetOptions().Extensions[json_pb2.rest]
    return (bool(rest.path) and not rest.websocket) or method.name.startswith(OF_AN_OBJECT)


class Rpc:
    """Generated data of an RPC."""

    def __init__(self, method: MethodDescriptor, comment: str) -> None:
        options = method.GetOptions()
        route = options.Extensions[json_pb2.rest]
        arms = method.input_type.fields_by_name
        self.type = method.name
        self.name = snake_case(method.name)
        self.package = method.containing_service.file.package
        self.path = f"/{method.containing_service.full_name}/{method.name}"
        self.upload = method.client_streaming
        # An upload's settings are the arm `config` of its first message.
        request: Descriptor | None = arms["config"].message_type if self.upload else method.input_type
        assert request is not None  # noqa: S101 - the type checker can't know what an arm `config` is
        self.request = request
        self.message = method.input_type.name
        self.reply = method.output_type.name
        self.streams = method.server_streaming
        self.repeatable = options.idempotency_level in REPEATABLE
        composed = self.type.startswith(OF_AN_OBJECT)
        self.id_field = (
            method.input_type.fields[0].name if composed else next(iter(PLACEHOLDER.findall(route.path)), None)
        )
        data = method.output_type.fields_by_name.get("data")
        listed = route.method != "POST" and self.reply.endswith("List")
        self.item = data.message_type.name if listed and data and data.message_type else None
        about = " ".join(comment.partition("\n\n")[0].split())
        self.doc = textwrap.fill(about, 100) + ("" if composed else f"\n\nREST: `{route.method} {route.path}`.")

    @property
    def names(self) -> set[str]:
        """The names of its messages."""
        return {name for name in (self.request.name, self.message, self.reply, self.item) if name}

    @property
    def params(self) -> str:
        """The name of the keyword arguments' type."""
        kind = "Upload" if self.upload else ""
        return f"{kind}{self.request.name.removesuffix('Request').removeprefix('Create' if self.upload else '')}Params"

    @property
    def kind(self) -> str:
        """The class of the object that is called, without `Async`."""
        if self.streams:
            return "ServerStream"
        return "Lister" if self.item else "Unary"


def params_module(rpcs: list[Rpc], types: Types) -> str:
    """Returns the module of the keyword arguments, and of the typed dictionaries in them."""
    requests = {rpc.request.full_name: rpc for rpc in rpcs if not rpc.upload}
    uploads = {rpc.params: rpc for rpc in rpcs if rpc.upload}
    blocks = []
    for rpc in requests.values():
        keys = [key._replace(required=False) for key in types.keys(rpc.request)]
        doc = f"Keyword arguments of `{rpc.request.name}`."
        apart, base = SPLIT.get(rpc.request.name, ("", "CallParams"))
        if apart:
            rest = [key for key in keys if key.name != apart]
            blocks.append(typed_dict(base, rest, f"{doc[:-1]}, without `{apart}`.", "CallParams"))
            keys = [key for key in keys if key.name == apart]
        blocks.append(typed_dict(rpc.params, keys, doc, base))
    for rpc in uploads.values():
        doc = f"Keyword arguments of an upload, which are those of `{rpc.request.name}`."
        base = requests[rpc.request.full_name].params
        blocks.append(f'class {rpc.params}({base}, UploadParams, total=False):\n    """{doc}"""\n')
    aliases = [block for block in types.blocks.values() if ": TypeAlias = " in block.partition("\n")[0]]
    classes = [block for block in types.blocks.values() if block not in aliases]
    imports = sorted({name.partition(".")[0] for name in types.messages})
    source = "\n\n".join([*classes, *blocks, "\n".join(aliases)])
    return f'''\
# ruff: noqa: D205, E501
"""The keyword arguments of calls, and the typed dictionaries that they take. Generated: do not edit.

The names are those of OpenAI's JSON. Type checkers hold open strings to their known values: `cast` a newer one, or pass
it in `extra_body`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence  # noqa: TC003 - whoever evaluates the annotations needs them
from typing import TYPE_CHECKING, Any, Literal, Required, TypeAlias, TypedDict

from openai_grpc.client._call_params import CallParams, UploadParams

if TYPE_CHECKING:
    from openai_grpc.client._files import File
    from openai_grpc.v1 import {", ".join(imports)}, values

{source}'''


def rpcs_module(rpcs: list[Rpc]) -> str:
    """Returns the module of the RPCs."""
    entries = []
    for rpc in rpcs:
        options = {
            "upload_type": rpc.message if rpc.upload else None,
            "streams": rpc.streams or None,
            "repeatable": rpc.repeatable or None,
            "id_field": repr(rpc.id_field) if rpc.id_field else None,
        }
        given = "".join(f"{name}={value}, " for name, value in options.items() if value is not None)
        entries.append(
            f'{rpc.name.upper()} = Rpc({rpc.request.name}, {rpc.reply}, {rpc.path!r}, doc="""\\\n{rpc.doc}""", {given})'
        )
    names = {name for rpc in rpcs for name in (rpc.request.name, rpc.message, rpc.reply)}
    listed = ", ".join(rpc.name.upper() for rpc in rpcs)
    lines = "\n".join(entries)
    return f'''\
"""The RPCs of the contract. Generated: do not edit."""

from openai_grpc.client._rpc import Rpc
{imports(rpcs, names)}

{lines}

ALL = ({listed})
'''


def methods_module(rpcs: list[Rpc], types: Types, prefix: str) -> str:
    """Returns the types and the documentation of the methods, which a program never loads."""
    by_type = {rpc.type: rpc for rpc in rpcs}
    blocks = "\n".join(method_class(rpc, by_type, types, prefix) for rpc in rpcs)
    streams, pages = ("async_streams", "async_pages") if prefix else ("streams", "pages")
    names = {name for rpc in rpcs for name in (rpc.request.name, rpc.reply, rpc.item) if name}
    return f'''\
# ruff: noqa: D205, D418
"""Types of the methods of the namespaces, for type checkers and editors alone. Generated: do not edit."""

from typing import Literal, Protocol, Unpack, overload

from openai_grpc.client.{pages} import {", ".join([f"{prefix}Page", *(["AsyncPages"] if prefix else [])])}
from openai_grpc.client.{streams} import {", ".join(f"{prefix}{name}" for name in STREAMS.values())}
from openai_grpc.client.metadata import CallMetadata
from openai_grpc.client.params import {", ".join(sorted({rpc.params for rpc in rpcs}))}
{imports(rpcs, names)}

{blocks}'''


def method_class(rpc: Rpc, by_type: dict[str, Rpc], types: Types, prefix: str) -> str:
    """Returns the class of one method."""
    given = f"{rpc.request.name} | str" if rpc.id_field else rpc.request.name
    head = f"self, request: {given} | None = None, /"
    params = f"**params: Unpack[{rpc.params}]"
    keys = [key for key in types.keys(rpc.request) if key.name != rpc.id_field]
    flag = "    stream: Whether to return a stream of the reply.\n" if rpc.type in STREAMED else ""
    args = f"Args:\n    request: The request, instead of the arguments.\n{flag}{arguments(keys)}"
    doc = textwrap.indent(f'"""{rpc.doc}\n\n{args}\n"""\n...', " " * 8)
    short = textwrap.indent(f'"""{rpc.doc}\n\nReturns the reply with its metadata.\n"""\n...', " " * 8)
    word = "async " if prefix else ""
    lines = [f'class {prefix}{rpc.type}(Protocol):\n    """Type of `{rpc.type}`."""\n']
    streaming = by_type[rpc.type.replace("Create", "Stream")] if rpc.type in STREAMED else None
    if rpc.streams:
        lines.append(f"    def __call__({head}, {params}) -> {prefix}{STREAMS[rpc.reply]}:\n{doc}")
        return "\n".join(lines) + "\n"
    reply = f"{prefix}Page[{rpc.item}, {rpc.reply}]" if rpc.item else rpc.reply
    if rpc.item and prefix:
        lines.append(f"    def __call__({head}, {params}) -> AsyncPages[{rpc.item}, {rpc.reply}]:\n{doc}")
    elif streaming is None:
        lines.append(f"    {word}def __call__({head}, {params}) -> {reply}:\n{doc}")
    else:
        stream = f"{prefix}{STREAMS[streaming.reply]}"
        given = f"{head}, *, stream: Literal[False] | None = None, {params}"
        lines.append(f"    @overload\n    {word}def __call__({given}) -> {reply}:\n{doc}")
        for type_, result in (("Literal[True]", stream), ("bool", f"{reply} | {stream}")):
            given = f"{head}, *, stream: {type_}, {params}"
            lines.append(f"    @overload\n    {word}def __call__({given}) -> {result}: ...")
    lines.append(f"    {word}def with_call({head}, {params}) -> tuple[{reply}, CallMetadata]:\n{short}")
    return "\n".join(lines) + "\n"


def snake_case(name: str) -> str:
    """Turns the name of an RPC or a message into that of a function."""
    return WORD_START.sub("_", name).lower()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT)
