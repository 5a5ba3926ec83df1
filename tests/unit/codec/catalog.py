"""Every message that the codec's general tests run over: those of `forms.proto` and the whole contract."""

import importlib
import pkgutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from google.protobuf.descriptor import Descriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

import openai_grpc.v1
from openai_grpc.codec import _options
from openai_grpc.options.v1 import json_pb2
from unit.codec.forms import MESSAGES


def _nested(descriptors: list[Descriptor]) -> Iterator[Descriptor]:
    for descriptor in descriptors:
        if not descriptor.GetOptions().map_entry:
            yield descriptor
            yield from _nested(list(descriptor.nested_types))


def _contract() -> Iterator[type[Message]]:
    for module in pkgutil.iter_modules(openai_grpc.v1.__path__):
        if module.name.endswith("_pb2"):
            file = importlib.import_module(f"openai_grpc.v1.{module.name}").DESCRIPTOR
            if file.name != json_pb2.DESCRIPTOR.name:
                yield from map(GetMessageClass, _nested(list(file.message_types_by_name.values())))


T = TypeVar("T")

FORMS = list(MESSAGES.values())
CONTRACT = list(_contract())


def name(message_type: type[Message]) -> str:
    """Returns what a test's id calls a message."""
    return message_type.DESCRIPTOR.full_name


@contextmanager
def about(message_type: type[Message]) -> Iterator[None]:
    """Has a failure name the message that it is about."""
    try:
        yield
    except Exception as error:
        error.add_note(f"of {name(message_type)}")
        raise


def in_groups(cases: Sequence[T]) -> list[Sequence[T]]:
    """Returns cases by fifties: a test of its own costs more than what most of them check."""
    return [cases[start : start + 50] for start in range(0, len(cases), 50)]


MARKERS = frozenset().union(*(_options.shape(each.DESCRIPTOR).markers for each in FORMS + CONTRACT))
"""The keys of which, somewhere, null and absent are the same."""


def keeps_all(message_type: type[Message]) -> bool:
    """Tells whether a message has room for what its fields can't hold."""
    shape = _options.shape(message_type.DESCRIPTOR)
    return shape.extra or any(field.kind is _options.Kind.RAW for field in shape.fields if shape.transparent)
