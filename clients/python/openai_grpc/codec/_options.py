"""JSON mapping of messages, read from descriptors and the options of `json.proto`."""

import enum
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from openai_grpc.codec._names import stem
from openai_grpc.options.v1 import json_pb2

EXTRA = "extra_json"
NULLS = "openai_grpc.nulls"
"""The key of `extra_json` that lists the keys which are null though the message always writes them."""
_GATEWAY = range(900, 1000)


class Kind(enum.IntEnum):
    """Kind of a field's JSON value. Fields that share a key are tried in this order."""

    DATA_URL = 0
    BASE64 = 1
    BOOL = 2
    INT32 = 3
    INT64 = 4
    DOUBLE = 5
    STRING = 6
    VECTOR = 7
    MESSAGE = 8
    RAW = 9


class Label(enum.Enum):
    """Cardinality of a field."""

    ONE = enum.auto()
    LIST = enum.auto()
    MAP = enum.auto()


_KINDS = {
    FieldDescriptor.TYPE_STRING: Kind.STRING,
    FieldDescriptor.TYPE_BOOL: Kind.BOOL,
    FieldDescriptor.TYPE_INT32: Kind.INT32,
    FieldDescriptor.TYPE_INT64: Kind.INT64,
    FieldDescriptor.TYPE_DOUBLE: Kind.DOUBLE,
    FieldDescriptor.TYPE_BYTES: Kind.BASE64,
    FieldDescriptor.TYPE_MESSAGE: Kind.MESSAGE,
}
_FORMS = {
    json_pb2.JSON_FORM_RAW: Kind.RAW,
    json_pb2.JSON_FORM_BASE64: Kind.BASE64,
    json_pb2.JSON_FORM_DATA_URL: Kind.DATA_URL,
    json_pb2.JSON_FORM_VECTOR: Kind.VECTOR,
}


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the JSON.

    Attributes:
        name: Its name in Protobuf.
        number: Its number.
        key: Its key in JSON.
        kind: Type of a single value.
        label: Cardinality of the field.
        message: The type of its values, when they are messages.
        oneof: The oneof that it is in, when it is in one of more than one field.
        write_empty: Whether an empty list or map of it is written.
        tags: The discriminators that choose it as an arm of a union, beside its own message's constant.
        has: The keys that choose it as an arm of a union, for an object without a discriminator.
        names: Kind of name in its value, or in each value of a list or map; a value of `JsonNames`.
        since: The revision of the contract that has it for the first time.
        inside: The field of the inline message that it is a field of; empty: it is one of the message itself.
    """

    name: str
    number: int
    key: str
    kind: Kind
    label: Label
    message: Descriptor | None
    oneof: str | None
    write_empty: bool
    tags: tuple[str, ...]
    has: tuple[str, ...]
    names: int
    since: int
    inside: str = ""


@dataclass(frozen=True, slots=True)
class Inline:
    """A field of one message whose fields are keys of the enclosing object.

    Attributes:
        name: Its name in Protobuf.
        message: The type of the message.
        fields: The fields of that, by number.
    """

    name: str
    message: Descriptor
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Shape:
    """JSON mapping of a message.

    Attributes:
        descriptor: The message's type.
        fields: The fields that are part of the JSON, by number, without those of inline messages.
        inlines: The inline messages, by number.
        constants: The keys whose value is fixed.
        extra: Whether the message keeps what its fields can't hold.
        transparent: Whether the message stands for the value of its field or oneof.
        union: The oneof that a transparent message stands for.
        tag: The key of the union's discriminator.
    """

    descriptor: Descriptor
    fields: tuple[Field, ...]
    inlines: tuple[Inline, ...]
    constants: dict[str, str]
    extra: bool
    transparent: bool
    union: str | None
    tag: str

    @cached_property
    def all_fields(self) -> tuple[Field, ...]:
        """The fields of the message, followed by those of its inline messages."""
        return (*self.fields, *(field for inline in self.inlines for field in inline.fields))

    @cached_property
    def by_key(self) -> dict[str, list[Field]]:
        """The fields by key, the most specific first. Fields of one key are in one message."""
        keys: dict[str, list[Field]] = {}
        for field in sorted(self.all_fields, key=lambda field: field.kind):
            keys.setdefault(field.key, []).append(field)
        return {field.key: keys[field.key] for field in self.all_fields}

    @cached_property
    def own(self) -> frozenset[str]:
        """The known keys, without those of inline messages."""
        return frozenset([*(field.key for field in self.fields), *self.constants])

    @cached_property
    def known(self) -> frozenset[str]:
        """The keys that are not extra."""
        return frozenset([*self.by_key, *self.constants])

    @cached_property
    def stems(self) -> dict[str, str]:
        """The keys of fields with names, by stem, with their kinds."""
        return {stem(field.key): field.key for field in self.all_fields if field.names}

    @cached_property
    def markers(self) -> frozenset[str]:
        """The keys whose null in `extra_json` means absent."""
        return frozenset([*self.constants, *(field.key for field in self.all_fields if field.write_empty)])

    @cached_property
    def vector(self) -> Field | None:
        """The vector field, if any."""
        return next((field for field in self.fields if field.kind is Kind.VECTOR), None)


@cache
def shape(descriptor: Descriptor) -> Shape:
    """Reads a message's options.

    Raises:
        TypeError: A field has a type or an option that has no meaning in JSON.
    """
    options = descriptor.GetOptions().Extensions[json_pb2.json_message]
    fields = tuple(sorted(_fields(descriptor), key=lambda field: field.number))
    inlines = tuple(_inlines(descriptor))
    extra = descriptor.fields_by_name.get(EXTRA)
    union, tag = None, "type"
    if options.transparent:
        oneofs = [oneof for oneof in descriptor.oneofs if not _synthetic(oneof.fields[0])]
        if oneofs:
            union, tag = oneofs[0].name, oneofs[0].GetOptions().Extensions[json_pb2.json_oneof].tag or "type"
        if len(fields) != (len(oneofs[0].fields) if oneofs else 1) or len(oneofs) > 1:
            raise TypeError(f"{descriptor.full_name} is transparent, so it needs one field or one oneof alone")
    found = Shape(
        descriptor=descriptor,
        fields=fields,
        inlines=inlines,
        constants={constant.key: constant.value for constant in options.constants},
        extra=extra is not None and _form(extra) == json_pb2.JSON_FORM_EXTRA,
        transparent=options.transparent,
        union=union,
        tag=tag,
    )
    if inlines:
        _check_inlines(found)
    return found


def holder(message: Any, field: Field) -> Any:
    """Returns the message that has a field: the one given, or an inline one in it."""
    return getattr(message, field.inside) if field.inside else message


def is_set(message: Any, field: Field) -> bool:
    """Returns whether a field of a message, or of an inline one in it, is set and not empty."""
    message = holder(message, field)
    if field.label is Label.ONE and field.kind is not Kind.VECTOR:
        return bool(message.HasField(field.name))
    return len(getattr(message, field.name)) > 0


def raw_arm(union: Shape) -> Field | None:
    """Returns the arm of a union for any JSON value, as text."""
    return next((field for field in union.fields if field.kind is Kind.RAW and field.label is Label.ONE), None)


def implied_tag(union: Shape, arm: Field) -> str | None:
    """Returns the discriminator implied by an arm whose message has no key for it."""
    if not arm.tags or arm.message is None:
        return None
    message = shape(arm.message)
    return None if message.transparent or union.tag in message.known else arm.tags[0]


@cache
def has_vector(descriptor: Descriptor) -> bool:
    """Returns whether a message, or one below it, has a vector."""
    seen = {descriptor}
    queue = [descriptor]
    for current in queue:
        for field in shape(current).all_fields:
            if field.kind is Kind.VECTOR:
                return True
            if field.message is not None and field.message not in seen:
                seen.add(field.message)
                queue.append(field.message)
    return False


def _fields(descriptor: Descriptor) -> Iterator[Field]:
    for field in descriptor.fields:
        if field.number not in _GATEWAY and _form(field) != json_pb2.JSON_FORM_EXTRA and not is_inline(field):
            yield _field(field)


def _inlines(descriptor: Descriptor) -> Iterator[Inline]:
    for field in sorted(descriptor.fields, key=lambda field: field.number):
        if not is_inline(field):
            continue
        message, oneof = field.message_type, field.containing_oneof
        if message is None or field.is_repeated or (oneof is not None and len(oneof.fields) > 1):
            raise TypeError(f"{field.full_name} is inline, so it must be one message, and no arm of a oneof")
        inner = shape(message)
        if inner.transparent or inner.constants or inner.extra or inner.inlines or inner.vector is not None:
            raise TypeError(
                f"{message.full_name} is inline, so it must be an object of fields: no union, constant, {EXTRA}, "
                "vector or inline message"
            )
        since = field.GetOptions().Extensions[json_pb2.json].since or 1
        fields = (replace(each, inside=field.name, since=max(since, each.since)) for each in inner.fields)
        yield Inline(field.name, message, tuple(fields))


def _check_inlines(found: Shape) -> None:
    if found.transparent or not found.extra:
        raise TypeError(f"{found.descriptor.full_name} has an inline message, so it must be an object with {EXTRA}")
    places = dict.fromkeys(found.own, found.descriptor.name)
    for field in found.all_fields:
        if places.setdefault(field.key, field.inside or found.descriptor.name) != (
            field.inside or found.descriptor.name
        ):
            raise TypeError(f"{found.descriptor.full_name}: the key {field.key!r} is in {field.inside}, and elsewhere")


def _field(field: FieldDescriptor) -> Field:
    options = field.GetOptions().Extensions[json_pb2.json]
    value, label = field, Label.ONE
    if field.is_repeated:
        label = Label.LIST
        if field.message_type is not None and field.message_type.GetOptions().map_entry:
            value, label = field.message_type.fields_by_name["value"], Label.MAP
    kind = _FORMS.get(options.form, _KINDS.get(value.type))
    if kind is None:
        raise TypeError(f"{field.full_name} has a type that has no JSON")
    if label is Label.ONE and not field.has_presence:
        raise TypeError(f"{field.full_name} must be optional: its absence is not its default")
    oneof = field.containing_oneof
    return Field(
        name=field.name,
        number=field.number,
        key=options.name or field.name,
        kind=kind,
        label=label,
        message=value.message_type if kind is Kind.MESSAGE else None,
        oneof=oneof.name if oneof is not None and len(oneof.fields) > 1 else None,
        write_empty=options.write_empty,
        tags=tuple(options.tag),
        has=tuple(options.has),
        names=options.names,
        since=options.since or 1,
    )


def is_inline(field: FieldDescriptor) -> bool:
    """Returns whether a field is an inline message."""
    return field.GetOptions().Extensions[json_pb2.json].inline


def _form(field: FieldDescriptor) -> int:
    return field.GetOptions().Extensions[json_pb2.json].form


def _synthetic(field: FieldDescriptor) -> bool:
    # `optional` is a oneof of one field in a descriptor, named after the field.
    oneof = field.containing_oneof
    return oneof is not None and len(oneof.fields) == 1 and oneof.name == f"_{field.name}"
