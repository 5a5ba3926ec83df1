"""Conversion of messages to older revisions of the contract.

A gateway is upgraded before its callers. A caller that was made before a field was added reads its value in
`extra_json` of the message, and one made before an arm of a union reads it in `unknown`: what they would have got from
a gateway of their own age.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from openai_grpc.codec._api import to_object
from openai_grpc.codec._exact import dumps, loads
from openai_grpc.codec._options import EXTRA, Field, Shape, holder, is_inline, is_set, raw_arm, shape


def to_revision(message: Message, revision: int) -> None:
    """Converts a message to an older revision, in place.

    Args:
        message: A message of `openai_grpc.v1`.
        revision: The revision that its reader knows, from 1 on.
    """
    reduction = _reduction(cast("Descriptor", message.DESCRIPTOR), revision)
    if reduction is not None:
        _reduce(message, reduction)


@dataclass(frozen=True)
class _Reduction:
    """Fields of a message type that a revision lacks.

    Attributes:
        shape: The message's mapping to JSON.
        newer: The fields that the revision lacks, those of inline messages among them.
        children: The other fields whose messages may have something that it lacks, and whether they are inline.
        revision: The revision.
    """

    shape: Shape
    newer: tuple[Field, ...]
    children: tuple[tuple[FieldDescriptor, bool], ...]
    revision: int


@cache
def _reduction(descriptor: Descriptor, revision: int, inline: bool = False) -> _Reduction | None:
    """Returns the fields of a message type that a revision lacks, or None.

    The newer fields of an inline message are those of the message around it.

    Raises:
        TypeError: The type has no place for what the revision lacks.
    """
    if not _lacks(descriptor, revision):
        return None
    found = shape(descriptor)
    newer = tuple(field for field in found.all_fields if field.since > revision)
    if inline:
        newer = ()
    if newer and not (found.extra or raw_arm(found)):
        raise TypeError(f"{descriptor.full_name} has neither {EXTRA} nor an arm of raw JSON for its newer fields")
    names = {field.name for field in newer if not field.inside}
    children = tuple(
        (field, is_inline(field))
        for field in descriptor.fields
        if field.name not in names and (message := _message(field)) is not None and _lacks(message, revision)
    )
    return _Reduction(found, newer, children, revision)


@cache
def _lacks(descriptor: Descriptor, revision: int) -> bool:
    """Returns whether a message type, or one below it, has a field that a revision lacks."""
    seen = {descriptor}
    queue = [descriptor]
    for current in queue:
        if any(field.since > revision for field in shape(current).all_fields):
            return True
        for field in current.fields:
            message = _message(field)
            if message is not None and message not in seen:
                seen.add(message)
                queue.append(message)
    return False


def _message(field: FieldDescriptor) -> Descriptor | None:
    """Returns the message type of a field or of a map's values."""
    message = field.message_type
    if message is not None and message.GetOptions().map_entry:
        message = message.fields_by_name["value"].message_type
    return message


def _reduce(message: Message, reduction: _Reduction) -> None:
    for field, inline in reduction.children:
        for child in _values(message, field):
            below = _reduction(cast("Descriptor", child.DESCRIPTOR), reduction.revision, inline)
            if below is not None:
                _reduce(child, below)
    if not reduction.newer:
        return
    if reduction.shape.union is not None:
        _reduce_union(message, reduction)
    else:
        _reduce_object(message, reduction)


def _values(message: Any, field: FieldDescriptor) -> Iterator[Message]:
    value = getattr(message, field.name)
    if not field.is_repeated:
        if message.HasField(field.name):
            yield value
    elif hasattr(value, "values"):
        yield from value.values()
    else:
        yield from value


def _is_there(message: Any, field: Field) -> bool:
    """Returns whether the inline message of a field is set; true for other fields."""
    return not field.inside or bool(message.HasField(field.inside))


def _reduce_union(message: Any, reduction: _Reduction) -> None:
    arm = message.WhichOneof(reduction.shape.union)
    unknown = raw_arm(reduction.shape)
    if unknown is not None and any(field.name == arm for field in reduction.newer):
        text = dumps(to_object(message)).decode()
        message.ClearField(arm)
        setattr(message, unknown.name, text)


def _reduce_object(message: Any, reduction: _Reduction) -> None:
    extra: dict[str, Any] = loads(message.extra_json) if message.extra_json else {}
    present = [
        field
        for field in reduction.newer
        if is_set(message, field) or (field.write_empty and field.key not in extra and _is_there(message, field))
    ]
    if present:
        whole = to_object(message)
        for field in present:
            extra.setdefault(field.key, whole[field.key])
            holder(message, field).ClearField(field.name)
    for inside in {field.inside for field in reduction.newer if field.inside}:
        if not getattr(message, inside).ListFields():
            message.ClearField(inside)
    for field in reduction.newer:
        if field.write_empty and field.key in extra and extra[field.key] is None:
            del extra[field.key]  # says that the list is absent, to a reader who knows the field
    if extra:
        message.extra_json = dumps(extra).decode()
    else:
        message.ClearField(EXTRA)
