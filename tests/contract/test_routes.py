"""Every RPC names the REST call that it stands for, the same in its option and in its comment."""

import json
import re
from pathlib import Path

import pytest
from google.protobuf.descriptor import MethodDescriptor

from openai_grpc.options.v1 import json_pb2
from openai_grpc.v1 import (
    audio_pb2,
    chat_pb2,
    completions_pb2,
    embeddings_pb2,
    models_pb2,
    responses_pb2,
)

ROOT = Path(__file__).resolve().parents[2]
OPERATIONS = ROOT.parent / "shared/api/operations.jsonl"
FILES = (audio_pb2, chat_pb2, completions_pb2, embeddings_pb2, models_pb2, responses_pb2)
METHODS = [
    method for file in FILES for service in file.DESCRIPTOR.services_by_name.values() for method in service.methods
]


def route(method: MethodDescriptor) -> str:
    """Returns an RPC's route, as in `GET /responses/{response_id}`."""
    rest = method.GetOptions().Extensions[json_pb2.rest]
    return f"{rest.method} {rest.path}"


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_comment_and_option_agree(method: MethodDescriptor) -> None:
    source = (ROOT / "proto" / method.containing_service.file.name).read_text()
    before = source[: source.index(f"rpc {method.name}(")]
    assert re.findall(r"REST: `(\w+ \S+)`", before)[-1] == route(method)


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_path_parameters_are_fields(method: MethodDescriptor) -> None:
    for name in re.findall(r"\{(\w+)\}", route(method)):
        assert name in method.input_type.fields_by_name


def test_every_central_operation_has_an_rpc() -> None:
    if not OPERATIONS.exists():
        pytest.skip(f"{OPERATIONS} is absent: there is no list of operations to hold the routes against")
    operations = [json.loads(line) for line in OPERATIONS.read_text().splitlines() if '"path"' in line]
    routes = {unnamed(route(method)) for method in METHODS}
    assert {unnamed(f"{o['method']} {o['path']}") for o in operations if o.get("tier") == "A"} <= routes
    assert routes <= {unnamed(f"{o['method']} {o['path']}") for o in operations}


def unnamed(path: str) -> str:
    """Returns a route without the names of its parameters."""
    return re.sub(r"\{\w+\}", "{}", path)
