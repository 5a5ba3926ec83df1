"""Names in requests: every field that the contract marks is seen, wherever it is, and so is untyped JSON."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from grpc import StatusCode

from contract.test_named_fields import names
from openai_grpc.codec import dumps
from openai_grpc.v1 import (
    audio_pb2,
    chat_pb2,
    completions_pb2,
    embeddings_pb2,
    models_pb2,
    provider_chat_pb2,
    responses_pb2,
)
from openai_grpc_server.access.keyring import Caller
from openai_grpc_server.access.names import MAX_UNTYPED, MODELS, SEALED, check_models, check_names, may_hold_untyped
from openai_grpc_server.access.ownership import OWNER, Ownership, SealedId, Sealer
from openai_grpc_server.calls.method import Rpc
from openai_grpc_server.config import Secret
from openai_grpc_server.config.patterns import Patterns
from openai_grpc_server.cost.usage import survey
from openai_grpc_server.errors import GatewayError

FILES = (audio_pb2, chat_pb2, completions_pb2, embeddings_pb2, models_pb2, responses_pb2)
RPCS = [
    Rpc.from_descriptor(method)
    for file in FILES
    for service in file.DESCRIPTOR.services_by_name.values()
    for method in service.methods
]
REQUESTS = {rpc.request_type.DESCRIPTOR.full_name: rpc.request_type for rpc in RPCS if not rpc.client_streaming}
Path = tuple[FieldDescriptor, ...]
SEALER = Sealer(Secret("Wf4Yp9Ts2Gd7Xk1Nb6Vm"))
CALLER = Caller(name="team", models=Patterns(["small"]))


def paths(request: Descriptor) -> Iterator[Path]:
    """Yields a path to every field of a request, through every field that leads to its message, none of them twice."""
    queue: list[tuple[Descriptor, Path]] = [(request, ())]
    for current, path in queue:
        for field in current.fields:
            yield (*path, field)
            target = field.message_type
            if target is not None and is_map(field):
                target = target.fields_by_name["value"].message_type
            if target is not None and field not in path:
                queue.append((target, (*path, field)))


def build(request_type: Any, path: Path, text: str) -> Any:
    """Makes a request in which the field at the end of a path is set."""
    request = message = request_type()
    for field in path[:-1]:
        value = getattr(message, field.name)
        if field.is_repeated:
            value = value["k"] if is_map(field) else value.add()
        message = value
    if path[-1].is_repeated:
        getattr(message, path[-1].name).append(text)
    else:
        setattr(message, path[-1].name, text)
    return request


def step(field: FieldDescriptor) -> str:
    if not field.is_repeated:
        return str(field.name)
    return f"{field.name}['k']" if is_map(field) else f"{field.name}[0]"


def is_map(field: FieldDescriptor) -> bool:
    return field.message_type is not None and bool(field.message_type.GetOptions().map_entry)


def written(path: Path) -> str:
    return ".".join([*map(step, path[:-1]), path[-1].name])


def descriptor(request_type: Any) -> Descriptor:
    return request_type.DESCRIPTOR  # type: ignore[no-any-return]  # stubs name two classes


def named(sought: frozenset[int]) -> list[tuple[str, Path]]:
    return [
        (name, path) for name, each in REQUESTS.items() for path in paths(descriptor(each)) if names(path[-1]) in sought
    ]


def untyped() -> list[tuple[str, Path]]:
    """One place of `extra_json` or `unknown` for every message that requests can have."""
    found: dict[FieldDescriptor, tuple[str, Path]] = {}
    for name, each in REQUESTS.items():
        for path in paths(descriptor(each)):
            if path[-1].number == 1000:
                found.setdefault(path[-1], (name, path))
    return list(found.values())


def ids(places: list[tuple[str, Path]]) -> list[str]:
    return [f"{name.rpartition('.')[2]}.{written(path)}" for name, path in places]


def open_all(request: Any) -> None:
    """Opens the ids of a request as the caller `team`, of several."""
    call: Any = SimpleNamespace(
        caller=CALLER, stores=False, untyped=may_hold_untyped(request.SerializeToString()), rpc=None
    )
    Ownership(SEALER, several_keys=True).open_request(call, request)
    if hasattr(request, "metadata"):
        request.metadata.pop(OWNER, None)


def check_all(request: Any) -> None:
    """Checks the models of a request."""
    check_models(CALLER, request, untyped=may_hold_untyped(request.SerializeToString()))


def failure(check: Any, request: Any) -> GatewayError:
    with pytest.raises(GatewayError) as caught:
        check(request)
    return caught.value


NAMED_MODELS, NAMED_OBJECTS, UNTYPED = named(MODELS), named(SEALED), untyped()


def test_the_walk_of_an_estimate_sees_that_there_is_an_id() -> None:
    requests = [(build(REQUESTS[name], path, "x"), name, written(path)) for name, path in NAMED_OBJECTS]
    missed = [(name, path) for request, name, path in requests if not survey(request).named]
    assert not missed
    plain = chat_pb2.CreateChatCompletionRequest(model="small", max_completion_tokens=5)
    plain.messages.add().user.content.parts.parts.add().text.text = "file_id"
    plain.call_options.accumulate = True
    assert not survey(plain).named


@pytest.mark.parametrize(("name", "path"), NAMED_MODELS, ids=ids(NAMED_MODELS))
def test_every_model_is_checked(name: str, path: Path) -> None:
    check_all(build(REQUESTS[name], path, "small"))
    error = failure(check_all, build(REQUESTS[name], path, "big"))
    assert (error.code, error.param) == (StatusCode.PERMISSION_DENIED, written(path))
    error = failure(check_all, build(REQUESTS[name], path, "b" * 257))
    assert (error.code, error.param) == (StatusCode.INVALID_ARGUMENT, written(path))


@pytest.mark.parametrize(("name", "path"), NAMED_OBJECTS, ids=ids(NAMED_OBJECTS))
def test_every_id_is_opened(name: str, path: Path) -> None:
    request = build(REQUESTS[name], path, SEALER.seal(SealedId("team", "a", "resp_1")))
    open_all(request)
    assert request == build(REQUESTS[name], path, "resp_1")
    for text in ("resp_1", SEALER.seal(SealedId("another", "a", "resp_1"))):
        error = failure(open_all, build(REQUESTS[name], path, text))
        assert (error.code, error.param) == (StatusCode.NOT_FOUND, written(path))
    assert failure(open_all, build(REQUESTS[name], path, "x" * 1025)).code is StatusCode.INVALID_ARGUMENT


@pytest.mark.parametrize(("name", "path"), UNTYPED, ids=ids(UNTYPED))
def test_all_json_that_the_contract_does_not_know_is_searched(name: str, path: Path) -> None:
    def request(value: Any) -> Any:
        return build(REQUESTS[name], path, dumps({"a": [{"b": value}]}).decode())

    where = written(path)
    check_all(request({"Model": "small"}))
    error = failure(check_all, request({"Model": "big"}))
    assert (error.code, error.param) == (StatusCode.PERMISSION_DENIED, f"{where}.Model")

    opened = request({"previous_response_id": SEALER.seal(SealedId("team", "a", "resp_1"))})
    open_all(opened)
    assert opened == request({"previous_response_id": "resp_1"})
    error = failure(open_all, request({"previous_response_id": "resp_1"}))
    assert (error.code, error.param) == (StatusCode.NOT_FOUND, f"{where}.previous_response_id")
    error = failure(open_all, request({"previousResponseId": "resp_1"}))
    assert (error.code, error.param) == (StatusCode.INVALID_ARGUMENT, f"{where}.previousResponseId")


@pytest.mark.parametrize(("name", "path"), [each for each in NAMED_MODELS + NAMED_OBJECTS if len(each[1]) == 1])
def test_names_at_the_top_have_limits(name: str, path: Path) -> None:
    check_names(build(REQUESTS[name], path, "small"))
    error = failure(check_names, build(REQUESTS[name], path, "x" * 1025))
    assert (error.code, error.param) == (StatusCode.INVALID_ARGUMENT, path[-1].name)


MANY = provider_chat_pb2.OpenRouterRequest(models=["small"] * 257)


def test_a_list_of_names_has_a_limit() -> None:
    error = failure(check_names, chat_pb2.CreateChatCompletionRequest(openrouter=MANY))
    assert (error.code, error.message) == (StatusCode.INVALID_ARGUMENT, "openrouter.models: too many: at most 256")


EXTRA = chat_pb2.CreateChatCompletionRequest(extra_json="{}").SerializeToString()


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (EXTRA, True),
        (b"\xc2\xbe\x00" + EXTRA[2:], True),
        (b"\xc2\xbe\x80\x80\x00" + EXTRA[2:], True),
        (chat_pb2.CreateChatCompletionRequest(model="é ° < > Â", user="x" * 1000).SerializeToString(), False),
    ],
)
def test_untyped_json_is_found_however_its_tag_is_written(data: bytes, found: bool) -> None:
    """Parsers take a tag that is longer than it has to be."""
    assert bool(chat_pb2.CreateChatCompletionRequest.FromString(data).extra_json) == found
    assert may_hold_untyped(data) == found


BAD_JSON = {
    "not JSON": '{"model": ',
    "nested too deeply": '{"model":' + "[" * 100_000 + "]" * 100_000 + "}",
    "too large": '{"model": "' + "s" * MAX_UNTYPED + '"}',
}


@pytest.mark.parametrize("text", BAD_JSON.values(), ids=BAD_JSON)
def test_untyped_json_that_is_not_searched_is_refused(text: str) -> None:
    error = failure(check_all, chat_pb2.CreateChatCompletionRequest(extra_json=text))
    assert (error.code, error.param) == (StatusCode.INVALID_ARGUMENT, "extra_json")


def test_large_json_without_such_a_key_passes() -> None:
    text = dumps({"image": "s" * MAX_UNTYPED}).decode()
    request = chat_pb2.CreateChatCompletionRequest(model="small", extra_json=text)
    check_all(request)
    open_all(request)
