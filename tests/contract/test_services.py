"""A service of the contract is in every list that can't be derived from the descriptors."""

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from google.protobuf.descriptor import ServiceDescriptor
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from google.protobuf.descriptor_pool import Default, DescriptorPool

from conformance.corpus import INVENTED, Exchange, exchanges
from conformance.operations import operations_of
from contract.sdk_coverage import uncovered
from openai_grpc.options.v1 import json_pb2
from openai_grpc_server.services import SERVICES
from support.contract import has_route, services
from support.gateway import RunningGateway

ROOT = Path(__file__).resolve().parents[2]


def not_served(given: Iterable[ServiceDescriptor]) -> list[str]:
    """Returns the services that the server has no class for."""
    return [each.full_name for each in given if each.full_name not in {one.descriptor.full_name for one in SERVICES}]


def without_stub(given: Iterable[ServiceDescriptor]) -> list[str]:
    """Returns the services that `support.gateway` gives tests no stub of."""
    names = RunningGateway.__post_init__.__code__.co_names
    return [each.full_name for each in given if f"{each.name}Stub" not in names]


def without_exchange(given: Iterable[ServiceDescriptor]) -> list[str]:
    """Returns the routes that no invented exchange is of."""
    replayed = {each.route for each in exchanges(INVENTED) if isinstance(each, Exchange)}
    return sorted(operations_of(given).keys() - replayed)


def undocumented(given: Iterable[ServiceDescriptor]) -> list[str]:
    """Returns the RPCs that the guide to the contract does not name."""
    guide = (ROOT / "docs/contract.md").read_text()
    return [method.full_name for each in given for method in each.methods if f"`{method.name}`" not in guide]


def unknown_to_typescript(given: Iterable[ServiceDescriptor]) -> list[str]:
    """Returns the services with routes whose JSON TypeScript's codec does not know."""
    codec = (ROOT / "clients/typescript/src/json/index.ts").read_text()
    routed = [each for each in given if any(has_route(method) for method in each.methods)]
    return [each.full_name for each in routed if f"  file_openai_grpc_v1_{Path(each.file.name).stem},\n" not in codec]


LISTS = [not_served, without_stub, without_exchange, uncovered, undocumented, unknown_to_typescript]


@pytest.mark.parametrize("lacking", LISTS)
def test_every_service_is_listed(lacking: Callable[[Iterable[ServiceDescriptor]], list[str]]) -> None:
    assert not lacking(services())


@pytest.mark.parametrize("lacking", LISTS)
def test_a_new_service_is_missed(lacking: Callable[[Iterable[ServiceDescriptor]], list[str]]) -> None:
    assert lacking([made_up()])


def test_a_new_service_is_replayed_without_a_list() -> None:
    (path, operation), *rest = operations_of([made_up()]).items()
    assert (path, operation.unary.name, rest) == ("POST /moorings/{}", "CreateMooring", [])
    assert operation.request(mooring_id="m1").SerializeToString() == b"\x0a\x02m1"


def test_two_rpcs_of_one_kind_and_route_are_refused() -> None:
    service = made_up("CreateMooring", "CreateMooringToo")
    with pytest.raises(ValueError, match="are both the unary RPC of POST /moorings"):
        operations_of([service])


def made_up(*rpcs: str) -> ServiceDescriptor:
    """Returns a service that is not in the contract, in a descriptor pool of its own."""
    file = FileDescriptorProto(name="mooring.proto", package="openai_grpc.v1", syntax="proto2")
    file.dependency.append(json_pb2.DESCRIPTOR.name)
    request = file.message_type.add(name="CreateMooringRequest")
    for number, name in enumerate(("mooring_id", "rope"), 1):
        request.field.add(name=name, number=number, type="TYPE_STRING", label="LABEL_OPTIONAL")
    file.message_type.add(name="Mooring").field.add(name="id", number=1, type="TYPE_STRING", label="LABEL_OPTIONAL")
    service = file.service.add(name="MooringsService")
    for name in rpcs or ("CreateMooring",):
        method = service.method.add(
            name=name, input_type=".openai_grpc.v1.CreateMooringRequest", output_type=".openai_grpc.v1.Mooring"
        )
        rest = method.options.Extensions[json_pb2.rest]
        rest.method, rest.path = "POST", "/moorings/{mooring_id}"
    pool = DescriptorPool()
    for name in ("google/protobuf/descriptor.proto", json_pb2.DESCRIPTOR.name):
        pool.AddSerializedFile(Default().FindFileByName(name).serialized_pb)
    pool.AddSerializedFile(file.SerializeToString())
    return pool.FindServiceByName("openai_grpc.v1.MooringsService")
