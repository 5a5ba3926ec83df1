"""The contract only grows: what a caller of an older revision reads and sends goes on working.

`released/` has the descriptors of each release, which `make keep-release` writes.
"""

from pathlib import Path

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet
from google.protobuf.descriptor_pool import Default
from google.protobuf.message import Message

from contract import evolution
from contract.evolution import Contract, additions, problems
from contract.successor import REVISION, split, successor
from openai_grpc.options.v1 import json_pb2
from openai_grpc.v1 import CONTRACT_REVISION

RELEASED = sorted((Path(__file__).parent / "released").glob("*.binpb"))
PROTO = Path(__file__).parents[2] / "proto"


def present() -> Contract:
    """Returns the contract as the generated modules have it."""
    names = sorted(str(path.relative_to(PROTO)) for path in PROTO.rglob("*.proto"))
    files = FileDescriptorSet()
    for name in ["google/protobuf/descriptor.proto", *_in_order(names)]:
        Default().FindFileByName(name).CopyToProto(files.file.add())
    return Contract(files)


def _in_order(names: list[str]) -> list[str]:
    """Returns files after those that they import."""
    ordered: list[str] = []

    def add(name: str) -> None:
        file = FileDescriptorProto()
        Default().FindFileByName(name).CopyToProto(file)
        for dependency in file.dependency:
            if dependency in names:
                add(dependency)
        if name not in ordered:
            ordered.append(name)

    for name in names:
        add(name)
    return ordered


PRESENT = present()


def test_the_generated_revision_is_the_newest() -> None:
    assert PRESENT.revision == CONTRACT_REVISION


def test_a_release_is_kept() -> None:
    assert RELEASED


@pytest.mark.parametrize("path", RELEASED, ids=lambda path: path.stem)
def test_callers_of_a_release_go_on_working(path: Path) -> None:
    assert list(problems(Contract.read(path), PRESENT)) == []


@pytest.mark.parametrize("seed", range(8))
def test_callers_without_a_quarter_of_the_contract_go_on_working(seed: int) -> None:
    older, newer = map(Contract, split(PRESENT.files, seed))
    assert len(additions(older, newer)) > 100
    assert list(problems(older, newer)) == []


def test_additions_that_a_caller_would_lose_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def as_it_is(message: Message, revision: int) -> None:
        del message, revision

    newer = Contract(successor(PRESENT.files))
    names = {str(each) for each in additions(PRESENT, newer)}
    assert names == {
        "ChatCompletion.mood",
        "CreateChatCompletionRequest.pause_ms",
        "ResponseStreamEvent.browser_call_navigating",
        "ResponseTool.browser",
    }
    assert list(problems(PRESENT, newer)) == []
    monkeypatch.setattr(evolution, "to_revision", as_it_is)
    found = list(problems(PRESENT, newer))
    assert {problem.partition(":")[0] for problem in found} == names


def test_an_addition_without_its_revision_is_found() -> None:
    newer = successor(PRESENT.files)
    for file in newer.file:
        for message in file.message_type:
            for field in message.field:
                if field.options.Extensions[json_pb2.json].since == REVISION:
                    field.options.Extensions[json_pb2.json].since = 0
    found = list(problems(PRESENT, Contract(newer)))
    assert len(found) == 4
    assert all("say so by `since`" in problem for problem in found)


def test_a_field_that_is_gone_is_found() -> None:
    newer = FileDescriptorSet.FromString(PRESENT.files.SerializeToString())
    (chat,) = (file for file in newer.file if file.name.endswith("/chat.proto"))
    (message,) = (each for each in chat.message_type if each.name == "ChatCompletion")
    for field in message.field:
        if field.name == "created":
            field.number = 890
    assert list(problems(PRESENT, Contract(newer))) == [
        "openai_grpc.v1.ChatCompletion.created is gone, or is something else"
    ]
