"""The contract as far as additions are decided by it: precedents by key, free numbers, and imports."""

import keyword
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor, FileDescriptor
from google.protobuf.descriptor_pb2 import DescriptorProto

from api_drift.proposal import UndecidedError
from openai_grpc.codec._options import shape
from openai_grpc.options.v1 import json_pb2

MAJORITY = 4  # arms of a union from which its names are learned
GATEWAY = 900  # the first number of fields that are no JSON
PACKAGE = "openai_grpc.v1"
SCALARS = {
    FieldDescriptor.TYPE_STRING: "string",
    FieldDescriptor.TYPE_BOOL: "bool",
    FieldDescriptor.TYPE_INT32: "int32",
    FieldDescriptor.TYPE_INT64: "int64",
    FieldDescriptor.TYPE_DOUBLE: "double",
    FieldDescriptor.TYPE_FLOAT: "float",
    FieldDescriptor.TYPE_BYTES: "bytes",
}


class Contract:
    """Fields, messages and known values of the contract by key, as precedents for additions.

    Attributes:
        messages: All its messages by name.
        covered: The messages by types of the package.
        released: The messages of the last release, with the names of their fields.
        revision: The revision that additions belong to.
    """

    def __init__(
        self,
        messages: dict[str, Descriptor],
        covered: dict[Any, list[Descriptor]],
        released: frozenset[str],
        revision: int,
    ) -> None:
        self.messages, self.covered, self.released, self.revision = messages, covered, released, revision
        self.fields: dict[str, list[FieldDescriptor]] = {}
        self.constants: set[str] = set()
        for message in messages.values():
            self.constants |= shape(message).constants.keys()
            for each in message.fields:
                if each.number < GATEWAY:
                    self.fields.setdefault(options(each).name or each.name, []).append(each)

    def alike(self, key: str) -> list[FieldDescriptor]:
        """Returns the fields of one JSON key."""
        return self.fields.get(key, [])

    def since(self, message: Descriptor) -> tuple[tuple[str, str], ...]:
        """Returns the option that says when a field came, for a message that a release has."""
        return (("since", str(self.revision)),) if message.full_name in self.released else ()


def options(descriptor: FieldDescriptor) -> Any:
    """Returns the `(json)` options of a field."""
    return descriptor.GetOptions().Extensions[json_pb2.json]


def short(descriptor: Descriptor) -> str:
    """Returns the name of a message within its package."""
    return str(descriptor.full_name.removeprefix(f"{descriptor.file.package}."))


def free_number(message: Descriptor, taken: Iterable[int] = ()) -> int:
    """Returns the lowest field number that a message has neither used nor reserved."""
    proto = DescriptorProto()
    message.CopyToProto(proto)
    used = {each.number for each in message.fields} | set(taken)
    used |= {number for gone in proto.reserved_range for number in range(gone.start, min(gone.end, GATEWAY))}
    return next(number for number in range(1, GATEWAY) if number not in used)


def next_revision(directory: Path, contract: Any) -> tuple[frozenset[str], int]:
    """Returns the messages of the last release, and the revision after its own."""
    newest = max(map(contract.read, directory.glob("*.binpb")), key=lambda each: each.revision)
    return frozenset(newest.messages), newest.revision + 1


def reachable(known: Descriptor, home: FileDescriptor | None) -> None:
    """Raises UndecidedError if a file can't import that of a message, which imports it."""
    if home is None or known.file.name == home.name:
        return
    queue = [known.file]
    for file in queue:
        if file.name == home.name:
            raise UndecidedError(f"{short(known)} is in {known.file.name}, which imports {home.name}: move it")
        queue.extend(file.dependencies)


def arm_name(tag: str, union: Descriptor) -> str:
    """Returns the name of an arm by its discriminator, as the other arms of the union have theirs."""
    tags = {arm.name: tag_of(arm, union) for arm in union.fields if tag_of(arm, union)}
    for prefix in ("", f"{tag.partition('.')[0]}."):
        agree = [name for name, other in tags.items() if _identifier(other, prefix) == name]
        name = _identifier(tag, prefix)
        if 2 * len(agree) > len(tags) and re.fullmatch(r"[a-z][a-z0-9_]*", name) and not keyword.iskeyword(name):
            return name
    raise UndecidedError(f"an arm of {short(union)} for `{tag}`: name it")


def affixed(name: str, union: Descriptor) -> str:
    """Returns the name of a new arm's message with the first or last word that most arms' messages have."""
    names = [arm.message_type.name for arm in union.fields if arm.message_type is not None]
    for pattern in (r"[A-Z][a-z]+", r"[A-Z][a-z]+$"):
        words = [found[0] for each in names if (found := re.search(pattern, each))]
        word = max(words, key=words.count, default="")
        if (
            len(names) >= MAJORITY
            and 10 * words.count(word) >= 6 * len(names)
            and word not in re.findall(r"[A-Z][a-z]+", name)
        ):
            name = f"{name}{word}" if pattern.endswith("$") else f"{word}{name}"
    return name


def _identifier(tag: str, prefix: str) -> str:
    return re.sub(r"[.\-]", "_", tag.removeprefix(prefix))


def tag_of(arm: FieldDescriptor, union: Descriptor) -> str:
    """Returns the first value of a union's discriminator that sets an arm; empty: none does."""
    if options(arm).tag:
        return str(options(arm).tag[0])
    constants = shape(arm.message_type).constants if arm.message_type is not None else {}
    return constants.get(shape(union).tag, "")
