"""What holds for any message and any JSON, of `forms.proto` and of the contract."""

import json
import random
from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

import pytest
from google.protobuf.message import Message
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openai_grpc.codec import CodecError, from_json, to_json
from openai_grpc.codec._options import has_vector
from unit.codec.catalog import CONTRACT, FORMS, MARKERS, about, in_groups, keeps_all
from unit.codec.documents import SEEDED, SHRINKING, json_values, messages
from unit.codec.exactly import read, without_nulls

T = TypeVar("T")
Choosers = st.SearchStrategy[random.Random]

_SETTINGS = settings(
    derandomize=True,  # so that a failure is the change's
    deadline=None,
    database=None,
    max_examples=15,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],  # a large message has large examples
)
_GROUPS = pytest.mark.parametrize(
    "cases",
    in_groups([*((each, SHRINKING) for each in FORMS), *((each, SEEDED) for each in FORMS + CONTRACT)]),
)


def _check(strategy: st.SearchStrategy[T], check: Callable[[T], None]) -> None:
    _SETTINGS(given(strategy)(check))()


@_GROUPS
def test_any_message_survives_json(cases: Sequence[tuple[type[Message], Choosers]]) -> None:
    for message_type, choosers in cases:
        with about(message_type):
            _message_survives_json(message_type, choosers)


def _message_survives_json(message_type: type[Message], choosers: Choosers) -> None:
    def check(message: Message) -> None:
        assert from_json(message_type, to_json(message)) == message

    _check(messages(message_type, choosers), check)


@_GROUPS
def test_any_json_survives_a_message(cases: Sequence[tuple[type[Message], Choosers]]) -> None:
    for message_type, choosers in cases:
        with about(message_type):
            _json_survives_a_message(message_type, choosers)


def _json_survives_a_message(message_type: type[Message], choosers: Choosers) -> None:
    rounded = has_vector(message_type.DESCRIPTOR)  # where a vector may be, numbers are read as doubles
    reader = partial(json.loads, parse_int=float) if rounded else read

    def check(data: bytes) -> None:
        try:
            message = from_json(message_type, data, keep_nulls=True)
        except CodecError:
            if keeps_all(message_type):
                raise
            return
        assert message_type.FromString(message.SerializeToString()) == message
        assert without_nulls(reader(to_json(message)), MARKERS) == without_nulls(reader(data), MARKERS)

    _check(json_values(message_type, choosers), check)
