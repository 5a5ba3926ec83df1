"""Reads `extra_json` and `unknown` of a caller into typed fields.

A caller that was made before a field was added sends its value in `extra_json`, and one made before an arm of a union
sends it in `unknown`. What is decided by typed fields holds for such a caller, too.
"""

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any, cast

from google.protobuf.message import Message
from google.protobuf.unknown_fields import UnknownFieldSet

from openai_grpc.codec._api import from_object
from openai_grpc.codec._errors import CodecError
from openai_grpc.codec._exact import dumps, loads
from openai_grpc.codec._options import EXTRA, Field, Kind, Label, Shape, holder, is_set, raw_arm, shape

if TYPE_CHECKING:
    from google.protobuf.descriptor import Descriptor

MARK = b"\xc2\x3e"
"""Tag of field 1000 on the wire, present if `extra_json` or `unknown` is set."""


def read_extra(message: Message, but: Collection[str] = ()) -> None:
    """Moves keys of `extra_json` into unset typed fields, and `unknown` into typed arms, in place.

    Only what a field holds exactly is moved. Text that is not JSON stays where it is: writing it is an error.

    Args:
        message: A message of `openai_grpc.v1`.
        but: Keys of the message itself that stay where they are.
    """
    found = shape(cast("Descriptor", message.DESCRIPTOR))
    if found.union is not None:
        _read_unknown(message, found)
    elif found.extra and getattr(message, EXTRA):
        _read_keys(message, found, but)
    for child in children(message):
        read_extra(child)


def children(message: Message) -> Iterator[Message]:
    """Yields the set messages in a message."""
    for field, value in message.ListFields():
        inner = field.message_type
        if inner is None:
            continue
        if not field.is_repeated:
            yield value
        elif not inner.GetOptions().map_entry:
            yield from value
        elif inner.fields_by_name["value"].message_type is not None:
            yield from value.values()


def has_unknown_fields(message: Message) -> bool:
    """Returns whether a message, or one inside it, has fields unknown to this revision of the contract."""
    return len(UnknownFieldSet(message)) > 0 or any(map(has_unknown_fields, children(message)))


def _read_unknown(message: Any, found: Shape) -> None:
    raw = raw_arm(found)
    if raw is None or message.WhichOneof(found.union) != raw.name:
        return
    try:
        read: Any = from_object(type(message), loads(getattr(message, raw.name)), keep_nulls=True)
    except CodecError:
        return
    if read.WhichOneof(found.union) != raw.name:
        message.ClearField(raw.name)  # fields beside the oneof stay
        message.MergeFrom(read)


def _read_keys(message: Any, found: Shape, but: Collection[str]) -> None:
    try:
        keys = loads(message.extra_json)
    except CodecError:
        return
    if type(keys) is not dict:
        return
    moved = False
    for key in [each for each in keys if each in found.by_key and each not in but]:
        fields = found.by_key[key]
        if keys[key] is None or any(_is_taken(message, field) for field in fields):
            continue
        read: Any = from_object(type(message), {key: keys[key]}, keep_nulls=True)
        held = next((field for field in fields if _holds(read, field, key)), None)
        if held is not None:
            _move(read, message, held)
            del keys[key]
            moved = True
    if not moved:
        return
    if keys:
        message.extra_json = dumps(keys).decode()
    else:
        message.ClearField(EXTRA)


def _is_taken(message: Any, field: Field) -> bool:
    """Returns whether a field, or another one of its oneof, is set."""
    taken = field.oneof is not None and holder(message, field).WhichOneof(field.oneof) is not None
    return taken or is_set(message, field)


def _holds(read: Any, field: Field, key: str) -> bool:
    """Returns whether a field of a parsed message holds a key exactly."""
    return is_set(read, field) and key not in (loads(read.extra_json) if read.extra_json else {})


def _move(read: Any, message: Any, field: Field) -> None:
    read, message = holder(read, field), holder(message, field)
    value = getattr(read, field.name)
    if field.kind is Kind.VECTOR or field.label is Label.LIST:
        getattr(message, field.name).extend(value)
        if field.kind is Kind.VECTOR:
            name = f"{field.name}_encoding"
            setattr(message, name, getattr(read, name))
    elif field.label is Label.MAP:
        getattr(message, field.name).MergeFrom(value)
    elif isinstance(value, Message):
        getattr(message, field.name).CopyFrom(value)
    else:
        setattr(message, field.name, value)
