"""JSON that is nearly what a server sends: the changes that have shown every leniency so far."""

import copy
import json
import random
from collections.abc import Iterator
from typing import Any

import pytest
from google.protobuf.message import Message

from openai_grpc.codec import _options, from_json, to_json
from openai_grpc.v1 import chat_pb2, response_event_pb2, response_pb2, responses_pb2
from unit.codec.catalog import MARKERS, name
from unit.codec.documents import LONE_SURROGATES, TOKENS, Json, seeded
from unit.codec.exactly import Number, read, without_nulls, write
from unit.codec.forms import MESSAGES

_DOCUMENTS = 250
_MUTATIONS = 6
_OTHERS: list[Any] = [
    None,
    True,
    "",
    "x",
    "QQ==",
    [],
    {},
    [None],
    ["x"],
    [{}],
    {"type": "x"},
    {"a": None},
    *LONE_SURROGATES,
]


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else []
    for key in keys:
        yield value, key
        yield from _places(value[key])


def _mutated(value: Any, chooser: random.Random) -> Any:
    value = copy.deepcopy(value)
    places = list(_places(value))
    if not places:
        return value
    container, key = chooser.choice(places)
    kind = chooser.randrange(5)
    if kind == 0:
        del container[key]
    elif kind == 1:
        container[key] = None
    elif kind == 2:
        container[key] = copy.deepcopy(chooser.choice(_OTHERS))
    elif kind == 3:
        container[key] = Number(chooser.choice(TOKENS))
    elif isinstance(container, dict):
        container[chooser.choice(["new", "type", "role", "id", "extra_json"])] = copy.deepcopy(chooser.choice(_OTHERS))
    else:
        container.insert(key, copy.deepcopy(chooser.choice(_OTHERS)))
    return value


@pytest.mark.parametrize("keep_nulls", [False, True])
@pytest.mark.parametrize(
    "message_type",
    [
        MESSAGES["Wide"],
        MESSAGES["Provided"],
        MESSAGES["Served"],
        chat_pb2.CreateChatCompletionRequest,
        chat_pb2.ChatCompletion,
        chat_pb2.ChatCompletionChunk,
        responses_pb2.CreateResponseRequest,
        response_pb2.Response,
        response_event_pb2.ResponseStreamEvent,
    ],
    ids=name,
)
def test_nothing_is_lost(message_type: type[Message], keep_nulls: bool) -> None:
    chooser = seeded(20261121)
    shape = _options.shape(message_type.DESCRIPTOR)
    for _ in range(_DOCUMENTS):
        value = Json(chooser, wrong=0.02).value(shape)
        for _ in range(_MUTATIONS):
            data = write(value)
            message = from_json(message_type, data, keep_nulls=keep_nulls)
            assert message_type.FromString(message.SerializeToString()) == message
            assert _compared(to_json(message), keep_nulls) == _compared(data, keep_nulls), json.loads(data)
            value = _mutated(value, chooser)


def _compared(data: bytes, keep_nulls: bool) -> Any:
    return without_nulls(read(data), MARKERS if keep_nulls else _All())


class _All(frozenset[str]):
    """Every key."""

    def __contains__(self, key: object) -> bool:
        return True
