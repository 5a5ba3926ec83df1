"""Two revisions of the contract side by side: what a caller of the older one sends and reads.

A contract is a set of descriptors, as `buf build` writes them, in a descriptor pool of its own. For each field and arm
that only the newer one has, a sample message is made, and carried across: a reply to the older caller, and a request in
which the older caller has written the same JSON as `extra_json` or `unknown`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from google.protobuf.descriptor import Descriptor
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from openai_grpc.codec import (
    CodecError,
    dumps,
    from_object,
    has_unknown_fields,
    loads,
    read_extra,
    to_object,
    to_revision,
)
from openai_grpc.codec._options import Field, Kind, Label, Shape, holder, shape
from openai_grpc.options.v1 import json_pb2

PACKAGE = "openai_grpc.v1."
SAMPLES: dict[Kind, Any] = {
    Kind.STRING: "sample",
    Kind.BOOL: True,
    Kind.INT32: 7,
    Kind.INT64: 2**40,
    Kind.DOUBLE: 0.5,
    Kind.RAW: {"b": 1, "a": [2]},
    Kind.BASE64: "QUJD",
    Kind.DATA_URL: "data:text/plain;base64,QUJD",
    Kind.VECTOR: [0.5, 0.25],
}
DEPTH = 4  # messages of a sample


@dataclass(frozen=True)
class Contract:
    """A revision of the contract.

    Attributes:
        files: Its descriptors.
    """

    files: FileDescriptorSet

    @classmethod
    def read(cls, path: Path) -> "Contract":
        """Reads a contract from a file that `buf build --as-file-descriptor-set` wrote."""
        return cls(FileDescriptorSet.FromString(path.read_bytes()))

    @cached_property
    def pool(self) -> DescriptorPool:
        """Its descriptors, in a pool of their own."""
        pool = DescriptorPool()
        for file in self.files.file:
            pool.Add(file)
        return pool

    @cached_property
    def messages(self) -> dict[str, Descriptor]:
        """Its types of messages by name, but those of the options."""
        found: dict[str, Descriptor] = {}
        for file in self.files.file:
            if file.package + "." == PACKAGE and not file.name.endswith("/json.proto"):
                found.update(_messages(self.pool.FindFileByName(file.name).message_types_by_name.values()))
        return found

    @cached_property
    def inline(self) -> frozenset[str]:
        """Its types of messages that are inline in another one, by name."""
        every = (inline for message in self.messages.values() for inline in shape(message).inlines)
        return frozenset(inline.message.full_name for inline in every)

    @cached_property
    def revision(self) -> int:
        """The newest revision that a field of it names."""
        fields = (field for message in self.messages.values() for field in message.fields)
        return max(field.GetOptions().Extensions[json_pb2.json].since or 1 for field in fields)


@dataclass(frozen=True)
class Addition:
    """A field or an arm that only the newer of two contracts has, in a message that both have.

    Attributes:
        message: The message; for a field of an inline message one around that.
        field: The field.
    """

    message: str
    field: Field

    def __str__(self) -> str:
        return f"{self.message.removeprefix(PACKAGE)}.{self.field.name}"


def additions(older: Contract, newer: Contract) -> list[Addition]:
    """Returns what the newer contract adds to the messages of the older one."""
    found: list[Addition] = []
    for name, message in older.messages.items():
        if name not in newer.messages or name in newer.inline:
            continue
        for field in shape(newer.messages[name]).all_fields:
            place: Descriptor | None = message
            if field.inside:
                around = message.fields_by_name.get(field.inside)
                place = None if around is None else around.message_type
            if place is None or field.name not in place.fields_by_name:
                found.append(Addition(name, field))
    return found


def problems(older: Contract, newer: Contract) -> Iterator[str]:
    """Yields what a caller of the older contract would lose, or be refused, by a gateway of the newer one."""
    for name, message in older.messages.items():
        if name not in newer.messages:
            yield f"{name} is gone"
            continue
        for field in message.fields:
            now = newer.messages[name].fields_by_name.get(field.name)
            if now is None or (now.number, now.type) != (field.number, field.type):
                yield f"{name}.{field.name} is gone, or is something else"
    for addition in additions(older, newer):
        if not older.revision < addition.field.since <= newer.revision:
            yield f"{addition} is newer than revision {older.revision}: say so by `since`"
            continue
        yield from (f"{addition}: {problem}" for problem in lost(addition, older, newer))


def lost(addition: Addition, older: Contract, newer: Contract) -> Iterator[str]:
    """Yields what goes wrong with one addition, in replies and in requests."""
    target = shape(newer.messages[addition.message])
    value = sample(target, addition.field)
    old_type, new_type = (GetMessageClass(each.messages[addition.message]) for each in (older, newer))
    reply = from_object(new_type, value)
    if not _has(reply, addition.field):
        yield f"the sample {value} does not set it"
        return
    whole = _json(reply)
    to_revision(reply, older.revision)
    read = old_type.FromString(reply.SerializeToString())
    if has_unknown_fields(read):
        yield "a reply has a field that the older caller does not know"
    try:
        told = _json(read)
    except CodecError as error:
        yield f"the older caller can't read a reply: {error}"
        return
    if told != whole:
        yield f"a reply reads as {told}, not as {whole}"
    asked = new_type.FromString(read.SerializeToString())  # the older caller sends back what it has read
    read_extra(asked)
    if not _has(asked, addition.field):
        yield "a request of an older caller does not reach the typed field"
    try:
        sent = _json(asked)
    except CodecError as error:
        yield f"a request is refused: {error}"
        return
    if sent != whole:
        yield f"a request is sent on as {sent}, not as {whole}"


def sample(target: Shape, chosen: Field, depth: int = 0) -> Any:
    """Returns a JSON value of a message in which one field is set."""
    if target.transparent:
        return _value(chosen, target.tag, depth)
    value: dict[str, Any] = dict(target.constants)
    value |= {field.key: ([] if field.label is Label.LIST else {}) for field in target.fields if field.write_empty}
    return value | {chosen.key: _value(chosen, "", depth)}


def _json(message: Message) -> Any:
    return loads(dumps(to_object(message, strict=True)))


def _value(field: Field, tag: str, depth: int) -> Any:
    one = SAMPLES[field.kind] if field.message is None else _message(field, tag, depth)
    if field.label is Label.LIST:
        return [one] if field.kind is not Kind.VECTOR else one
    return {"key": one} if field.label is Label.MAP else one


def _message(field: Field, tag: str, depth: int) -> Any:
    assert field.message is not None
    inner = shape(field.message)
    usable = [each for each in inner.fields if each.kind is not Kind.RAW or not inner.transparent]
    if depth >= DEPTH:
        usable = [each for each in usable if each.message is None]
    if not usable:
        return dict(inner.constants)
    value = sample(inner, usable[0], depth + 1)
    if field.tags and isinstance(value, dict):
        value |= {tag: field.tags[0]}
    elif field.has and isinstance(value, dict):
        by_key = {each.key: each for each in inner.fields}
        value |= {key: _value(by_key[key], "", depth + 1) for key in field.has}
    return value


def _has(message: Any, field: Field) -> bool:
    message = holder(message, field)
    if field.label is Label.ONE:
        return bool(message.HasField(field.name))
    return len(getattr(message, field.name)) > 0


def _messages(messages: Any) -> Iterator[tuple[str, Descriptor]]:
    for message in messages:
        if not message.GetOptions().map_entry:
            yield message.full_name, message
            yield from _messages(message.nested_types)
