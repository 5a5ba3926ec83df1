"""What is generated for the client is up to date, and all of the contract can be reached."""

import inspect
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import pytest
from google.protobuf.descriptor import FileDescriptor, MethodDescriptor
from google.protobuf.descriptor_pb2 import MethodOptions

from openai_grpc import AsyncClient, Client, v1
from openai_grpc.admin import v1 as admin
from openai_grpc.client import _rpcs as rpcs
from openai_grpc.client._inputs import STREAM_EMBEDDINGS
from support.contract import has_route

ROOT = Path(__file__).resolve().parents[3]
CLIENT = Path("clients/python/openai_grpc/client")
GENERATED = [
    *("params.py", "_rpcs.py", "_methods.py", "_async_methods.py"),
    *("_client.py", "resources.py", "streams.py", "text_stream.py", "tool_run.py"),
]


def test_nothing_has_drifted(tmp_path: Path) -> None:
    subprocess.run([sys.executable, ROOT / "scripts/generate_client.py", tmp_path], check=True)
    for name in GENERATED:
        assert (tmp_path / CLIENT / name).read_text() == (ROOT / CLIENT / name).read_text(), name


def methods() -> Iterator[MethodDescriptor]:
    """Yields the RPCs of the contract that are one REST call, or about an object, as those that watch a job."""
    about = ("Watch", "StreamBatchResults")
    for package in (v1, admin):
        for module in iter_modules(package.__path__):
            if module.name.endswith("_pb2"):
                descriptor: FileDescriptor = import_module(f"{package.__name__}.{module.name}").DESCRIPTOR
                for service in descriptor.services_by_name.values():
                    yield from (each for each in service.methods if has_route(each) or each.name.startswith(about))


def test_the_table_of_rpcs_is_the_contract() -> None:
    described = {
        f"/{method.containing_service.full_name}/{method.name}": (
            method.output_type.full_name,
            method.client_streaming,
            method.server_streaming,
            method.GetOptions().idempotency_level in {MethodOptions.NO_SIDE_EFFECTS, MethodOptions.IDEMPOTENT},
        )
        for method in methods()
    }
    assert described == {
        rpc.path: (rpc.reply_type.DESCRIPTOR.full_name, rpc.upload, rpc.streams, rpc.repeatable) for rpc in rpcs.ALL
    }


def reachable(namespace: object) -> Iterator[Any]:
    """Yields the RPCs that can be called on a client."""
    for value in vars(namespace).values():
        rpc = getattr(value, "_rpc", None)
        if rpc is not None:
            yield rpc
        elif type(value).__module__.endswith("resources"):
            yield from reachable(value)


@pytest.mark.parametrize("client", [Client(), AsyncClient()], ids=["blocking", "asyncio"])
def test_every_rpc_can_be_called(client: Client | AsyncClient) -> None:
    paths = [rpc.path for rpc in reachable(client)]
    assert sorted(paths) == sorted(rpc.path for rpc in (*rpcs.ALL, STREAM_EMBEDDINGS))


def test_a_call_tells_what_it_does_and_takes() -> None:
    call = Client().responses.create
    assert "REST: `POST /responses`" in (call.__doc__ or "")
    assert list(inspect.signature(call).parameters) == ["request", "params"]
