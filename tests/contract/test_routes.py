"""Every RPC names the REST call that it stands for, the same in its option and in its comment."""

import re
from pathlib import Path

import openai
import pytest
from google.protobuf.descriptor import MethodDescriptor

import openai_grpc.v1 as pb
from support.contract import methods, path_fields, route, unnamed

ROOT = Path(__file__).resolve().parents[2]
RESOURCES = Path(openai.__file__).parent / "resources"
CALL = re.compile(r'self\._(get_api_list|get|post|delete)\(\s*(?:path_template\(\s*)?f?"([^"]+)"')
METHODS = methods()


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_comment_and_option_agree(method: MethodDescriptor) -> None:
    source = (ROOT / "proto" / method.containing_service.file.name).read_text()
    before = source[: source.index(f"rpc {method.name}(")]
    assert re.findall(r"REST: `(\w+ \S+)`", before)[-1] == route(method)


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_path_parameters_are_fields(method: MethodDescriptor) -> None:
    for name in path_fields(method):
        config = method.input_type.fields_by_name["config"].message_type if method.client_streaming else None
        assert name in (config or method.input_type).fields_by_name


def test_every_route_is_one_of_openais_package() -> None:
    ours = {unnamed(route(method)) for method in METHODS}
    theirs = [sdk_routes(file) for file in RESOURCES.rglob("*.py")]
    assert ours <= set().union(*theirs)
    # A resource of which one route is here is here with all of them.
    beside = set().union(*(routes for routes in theirs if routes & ours))
    assert beside <= ours


def sdk_routes(file: Path) -> set[str]:
    """Returns the routes that a module of OpenAI's package calls, without the names of their parameters."""
    return {
        f"{'GET' if call == 'get_api_list' else call.upper()} {unnamed(path)}"
        for call, path in CALL.findall(file.read_text())
    }


def test_events_of_a_connection_are_those_of_a_stream() -> None:
    """The gateway passes encoded events of a stream on as events of a connection."""
    stream, connection = (
        {field.number: (field.name, field.message_type and field.message_type.name) for field in each.fields}
        for each in (pb.ResponseStreamEvent.DESCRIPTOR, pb.ResponsesServerEvent.DESCRIPTOR)
    )
    assert stream | {13: ("error", "ResponseSocketErrorEvent")} == {key: connection[key] for key in stream}
    errors, same = (
        {field.number: field.name for field in each.fields}
        for each in (pb.ResponseErrorEvent.DESCRIPTOR, pb.ResponseSocketErrorEvent.DESCRIPTOR)
    )
    assert errors.items() <= same.items()
    assert pb.ResponseError.DESCRIPTOR.fields_by_name.keys() <= (
        pb.ResponseSocketErrorEvent.Error.DESCRIPTOR.fields_by_name.keys()
    )
