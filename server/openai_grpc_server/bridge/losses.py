"""Fields that a bridge can't convert: refused, or dropped if configured."""

from collections.abc import Collection, Iterable, Iterator
from functools import cache
from typing import Any, TypeVar

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from openai_grpc.codec import dumps, loads, to_json
from openai_grpc.options.v1 import json_pb2
from openai_grpc_server.errors import InvalidArgumentError

EXTRA = "extra_json"
# Of what the caller says, these are about it, not of it.
ABOUT = frozenset({"annotations", "async", "cache_control", "caller", "detail", "index", "name", "prefix"})
KEYS_OF_OTHERS = ("extra_json.", "provider_specific_fields_json.")


class Losses:
    """Refuses or drops fields that can't be converted.

    What the caller says, such as an image or a tool's result, is refused even where fields may be dropped: the model
    would answer another question.

    Args:
        target: The API that the request is written for, as the caller reads it.
        drop: Whether other fields are left out instead.

    Attributes:
        dropped: The fields that were left out.
    """

    def __init__(self, target: str, *, drop: bool = False) -> None:
        self.dropped: list[str] = []
        self._target = target
        self._drop = drop

    def lose(self, field: str, why: str = "") -> None:
        """Refuses a field, or records that it is dropped.

        Args:
            field: The field's path in the caller's request.
            why: Explanation for the caller. Default: the other API has no such field.

        Raises:
            InvalidArgumentError: Dropping was not asked for, or the field is what the caller says.
        """
        content = _is_content(field)
        if content or not self._drop:
            help_ = "" if content else "; drop_params drops it"
            raise InvalidArgumentError.of_field(field, (why or f"{self._target} can't express it") + help_)
        self.dropped.append(field)

    def only(self, message: Message, known: Collection[str], path: str = "") -> None:
        """Refuses every set field of a message except those that the bridge reads.

        Args:
            message: The message.
            known: The fields that it reads, of inline messages theirs.
            path: Where the message stands in the request.

        Raises:
            InvalidArgumentError: Another field is set.
        """
        for field, value in message.ListFields():
            if field.name == EXTRA:
                if EXTRA not in known:
                    self.only_extra(value, path)
            elif is_inline(field):
                self.only(value, known, join(path, field.name))
            elif field.name not in known:
                self.lose(join(path, field.name))

    def only_extra(self, extra_json: str, path: str = "") -> None:
        """Refuses the keys of an `extra_json`, except for null and empty values."""
        for key in telling(extra_json):
            self.lose(join(path, f"{EXTRA}.{key}"))


def _is_content(field: str) -> bool:
    """Returns whether a field is content instead of a setting."""
    said = field.startswith(("messages[", "input."))
    return said and field.rpartition(".")[2] not in ABOUT and not any(each in field for each in KEYS_OF_OTHERS)


def telling(extra_json: str) -> dict[str, Any]:
    """Returns the keys of an `extra_json` with values other than null or empty."""
    extra = loads(extra_json) if extra_json else {}
    return {key: value for key, value in extra.items() if value not in (None, [], {})}


def carry_extra(source: Any, target: Any) -> None:
    """Copies unknown keys between two equivalent messages.

    A key that its typed field holds nearly is handed on by that field.
    """
    extra = telling(source.extra_json)
    for field, value in source.ListFields() if extra else ():
        extra.pop(field.name, None)
        for inner, _ in value.ListFields() if is_inline(field) else ():
            extra.pop(inner.name, None)
    add_extra(target, **extra)


def add_extra(target: Any, **keys: Any) -> None:
    """Adds keys without a field in a message."""
    if keys:
        target.extra_json = dumps({**(loads(target.extra_json) if target.extra_json else {}), **keys}).decode()


def keys_without(message: Message, names: Collection[str]) -> dict[str, Any]:
    """Returns the JSON of a message without its constants and some fields."""
    rest = type(message)()
    rest.CopyFrom(message)
    for name in names:
        if name in message.DESCRIPTOR.fields_by_name:
            rest.ClearField(name)
    return {key: value for key, value in loads(to_json(rest)).items() if key not in names and key != "object"}


def is_inline(field: FieldDescriptor) -> bool:
    """Returns whether a field is an inline message."""
    return bool(field.GetOptions().Extensions[json_pb2.json].inline)


@cache
def typed_keys(descriptor: Descriptor) -> frozenset[str]:
    """Returns the names of a message's fields, and of those of its inline messages."""
    inline = [field.message_type for field in descriptor.fields if is_inline(field)]
    return frozenset(descriptor.fields_by_name).union(*(message.fields_by_name for message in inline if message))


def join(path: str, name: str) -> str:
    """Joins two parts of a path."""
    return f"{path}.{name}" if path else name


def copy_fields(source: Message, target: Message, names: Collection[str]) -> None:
    """Copies the set fields that two messages share by name and type."""
    for field, value in source.ListFields():
        if field.name not in names:
            continue
        if field.is_repeated:
            getattr(target, field.name).MergeFrom(value)
        elif field.message_type is not None:
            getattr(target, field.name).CopyFrom(value)
        else:
            setattr(target, field.name, value)


T = TypeVar("T")


def in_steps(items: Iterable[T]) -> Iterator[T]:
    """Yields items one by one and drops the reference to each.

    Protobuf's `extend` holds Python's lock until it has taken all of a list, 260 ms for 220,000 messages, and so does
    what frees such a list; between the items of a generator other threads run.
    """
    waiting = list(items)
    del items
    waiting.reverse()
    while waiting:
        yield waiting.pop()
