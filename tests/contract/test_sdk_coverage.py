"""Every field of OpenAI's own types is typed in the contract."""

from typing import TypedDict

import pytest

import openai_grpc.v1 as pb
from contract.sdk_coverage import EXCEPTIONS, Coverage, measure


class Unknown(TypedDict):
    id: str
    brand_new: str


class WrongType(TypedDict):
    id: list[str]


class WrongElement(TypedDict):
    input: list[dict[str, str]]


def test_every_field_is_typed() -> None:
    coverage = measure()
    assert not coverage.missing
    assert coverage.fields > 2_000


@pytest.mark.parametrize(
    ("sdk", "message", "missing"),
    [
        (Unknown, pb.ChatCompletionDeleted, ["X.brand_new"]),
        (WrongType, pb.ChatCompletionDeleted, ["X.id as list"]),
        (WrongElement, pb.CreateEmbeddingRequest, ["X.input as list"]),
    ],
)
def test_what_is_not_typed_is_reported(sdk: type, message: type, missing: list[str]) -> None:
    coverage = Coverage()
    coverage.message(sdk, message.DESCRIPTOR, "X")  # type: ignore[attr-defined]  # every message class has one
    assert coverage.missing == missing


def test_exceptions_have_reasons() -> None:
    assert all(EXCEPTIONS.values())
