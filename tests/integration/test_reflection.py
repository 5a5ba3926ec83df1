"""Server reflection: both versions, everything that has a name, and the comments of the contract."""

from collections.abc import Iterator, Sequence
from typing import Any

import grpc
import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from grpc_reflection.v1alpha import reflection_pb2  # type: ignore[import-untyped]  # ships no py.typed

from openai_grpc_server.services import SERVICES
from support.failure import failure_of
from support.gateway import LIMIT, deployment, running_gateway

NOWHERE = deployment("http://127.0.0.1:1")
VERSIONS = ("grpc.reflection.v1", "grpc.reflection.v1alpha")
COMPLETE = "openai_grpc.v1.ChatService.CreateChatCompletion"
Request = reflection_pb2.ServerReflectionRequest


@pytest.fixture(scope="module")
def channel() -> Iterator[grpc.Channel]:
    with running_gateway(NOWHERE) as gateway:
        yield gateway.channel


def ask(channel: grpc.Channel, *requests: Any, version: str = VERSIONS[0]) -> list[Any]:
    """Asks on one stream. The messages of both versions are the same on the wire."""
    method: Any = channel.stream_stream(
        f"/{version}.ServerReflection/ServerReflectionInfo",
        request_serializer=Request.SerializeToString,
        response_deserializer=reflection_pb2.ServerReflectionResponse.FromString,
    )
    return list(method(iter(requests), timeout=LIMIT))


def files_of(response: Any) -> list[FileDescriptorProto]:
    return [FileDescriptorProto.FromString(each) for each in response.file_descriptor_response.file_descriptor_proto]


@pytest.mark.parametrize("version", VERSIONS)
def test_services_are_listed(channel: grpc.Channel, version: str) -> None:
    (response,) = ask(channel, Request(list_services=""), version=version)
    listed = [each.name for each in response.list_services_response.service]
    own = [each.descriptor.full_name for each in SERVICES]
    assert listed == sorted([*own, "grpc.health.v1.Health", *(f"{each}.ServerReflection" for each in VERSIONS)])


@pytest.mark.parametrize("version", VERSIONS)
def test_every_listed_service_can_be_described(channel: grpc.Channel, version: str) -> None:
    (listed,) = ask(channel, Request(list_services=""), version=version)
    for service in listed.list_services_response.service:
        (response,) = ask(channel, Request(file_containing_symbol=service.name), version=version)
        pool = described(files_of(response))
        for method in pool.FindServiceByName(service.name).methods:
            ((found),) = ask(channel, Request(file_containing_symbol=method.full_name), version=version)
            assert files_of(found)[0].name == files_of(response)[0].name


def described(files: Sequence[FileDescriptorProto]) -> DescriptorPool:
    """Builds a pool of nothing else than files that came: of an incomplete answer none can be built."""
    pool, left = DescriptorPool(), {each.name: each for each in files}
    while left:
        ready = [each for each in left.values() if not left.keys() & set(each.dependency)]
        for each in ready:
            pool.Add(left.pop(each.name))
    return pool


SYMBOLS = {
    "openai_grpc.v1.ChatService": "openai_grpc/v1/chat.proto",
    COMPLETE: "openai_grpc/v1/chat.proto",
    f".{COMPLETE}": "openai_grpc/v1/chat.proto",
    "openai_grpc.v1.CreateChatCompletionRequest": "openai_grpc/v1/chat.proto",
    "openai_grpc.v1.CreateChatCompletionRequest.model": "openai_grpc/v1/chat.proto",
    "openai_grpc.v1.ChatCompletion.Choice": "openai_grpc/v1/chat.proto",
    "openai_grpc.v1.EmbeddingInput.kind": "openai_grpc/v1/embeddings.proto",
    "openai_grpc.v1.VectorEncoding": "openai_grpc/v1/embeddings.proto",
    "openai_grpc.options.v1.json": "openai_grpc/options/v1/json.proto",
    "grpc.health.v1.Health.Watch": "grpc_health/v1/health.proto",
    "grpc.reflection.v1.ServerReflectionRequest": "grpc/reflection/v1/reflection.proto",
    "grpc.reflection.v1alpha.ServerReflection.ServerReflectionInfo": "grpc_reflection/v1alpha/reflection.proto",
}


@pytest.mark.parametrize(("symbol", "file"), SYMBOLS.items(), ids=SYMBOLS)
def test_whatever_has_a_name_is_found(channel: grpc.Channel, symbol: str, file: str) -> None:
    by_symbol, by_name = ask(channel, Request(file_containing_symbol=symbol), Request(file_by_filename=file))
    assert [files_of(each)[0].name for each in (by_symbol, by_name)] == [file, file]
    assert by_symbol.original_request.file_containing_symbol == symbol


UNKNOWN = {
    "a symbol": Request(file_containing_symbol="openai_grpc.v1.Nothing"),
    "a method": Request(file_containing_symbol=f"{COMPLETE}s"),
    "a package": Request(file_containing_symbol="openai_grpc.v1"),
    "a file": Request(file_by_filename="../../etc/passwd"),
    "an extension": Request(
        file_containing_extension={"containing_type": "google.protobuf.FieldOptions", "extension_number": 1}
    ),
    "an extended type": Request(all_extension_numbers_of_type="openai_grpc.v1.Nothing"),
}


@pytest.mark.parametrize("request_", UNKNOWN.values(), ids=UNKNOWN)
def test_what_is_not_there_is_an_answer(channel: grpc.Channel, request_: Any) -> None:
    missing, after = ask(channel, request_, Request(list_services=""))
    assert missing.error_response.error_code == grpc.StatusCode.NOT_FOUND.value[0]
    assert after.list_services_response.service


def test_a_request_that_asks_for_nothing(channel: grpc.Channel) -> None:
    (response,) = ask(channel, Request(host="a"))
    assert response.error_response.error_code == grpc.StatusCode.INVALID_ARGUMENT.value[0]


def test_extensions(channel: grpc.Channel) -> None:
    extended = "google.protobuf.FieldOptions"
    (listed,) = ask(channel, Request(all_extension_numbers_of_type=extended))
    numbers = list(listed.all_extension_numbers_response.extension_number)
    assert 870231 in numbers
    assert numbers == sorted(numbers)
    one = {"containing_type": extended, "extension_number": 870231}
    (found,) = ask(channel, Request(file_containing_extension=one))
    assert files_of(found)[0].name == "openai_grpc/options/v1/json.proto"


def test_the_comments_of_the_contract_come_with_it(channel: grpc.Channel) -> None:
    (response,) = ask(channel, Request(file_containing_symbol=COMPLETE))
    ours = {each.name: each for each in files_of(response) if each.package.startswith("openai_grpc")}
    assert len(ours) > 5
    told = {name: comments_of(file) for name, file in ours.items()}
    assert all(told.values())
    chat = ours["openai_grpc/v1/chat.proto"]
    service = [each.name for each in chat.service].index("ChatService")
    method = [each.name for each in chat.service[service].method].index("CreateChatCompletion")
    assert "POST /chat/completions" in told[chat.name][6, service, 2, method]
    for place, message in enumerate(chat.message_type):
        for index, field in enumerate(message.field):
            assert told[chat.name].get((4, place, 2, index)), f"{message.name}.{field.name}"


def comments_of(file: FileDescriptorProto) -> dict[tuple[int, ...], str]:
    return {tuple(each.path): each.leading_comments for each in file.source_code_info.location}


def test_an_import_is_sent_once_on_a_stream(channel: grpc.Channel) -> None:
    first, second = ask(
        channel,
        Request(file_containing_symbol="openai_grpc.v1.ChatService"),
        Request(file_containing_symbol="openai_grpc.v1.ResponsesService"),
    )
    names = [[each.name for each in files_of(response)] for response in (first, second)]
    assert names[1][0] == "openai_grpc/v1/responses.proto"
    assert not set(names[0]) & set(names[1])
    assert described([*files_of(first), *files_of(second)]).FindServiceByName("openai_grpc.v1.ResponsesService")


@pytest.mark.parametrize("version", VERSIONS)
def test_switched_off(version: str) -> None:
    with running_gateway(NOWHERE, reflection=False) as gateway:
        failure = failure_of(lambda: ask(gateway.channel, Request(list_services=""), version=version))
    assert failure.code is grpc.StatusCode.UNIMPLEMENTED
