"""Python types of what the client's callers write, from the messages of the contract.

A message has a typed dictionary of its JSON, `NameParam`; a union has an alias of all that its JSON may be. A caller
who has a message may give it instead.
"""

import json
import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from keyword import iskeyword
from typing import NamedTuple

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from protoc_gen_values import camel_case

from openai_grpc.codec._options import _KINDS, Field, Kind, Label, shape
from openai_grpc.options.v1 import json_pb2

SCALARS = {
    Kind.STRING: "str",
    Kind.BOOL: "bool",
    Kind.INT32: "int",
    Kind.INT64: "int",
    Kind.DOUBLE: "float",
    Kind.BASE64: "str",
    Kind.DATA_URL: "str",
    Kind.RAW: "Any",
}
UPLOAD_FILE = "openai_grpc.v1.UploadFile"
GATEWAY_NUMBERS = range(900, 1000)
WIDTH = 112
REQUIRED = re.compile(r"(?:^|(?<=[.\s]))Required\.")


class Key(NamedTuple):
    """A key of a typed dictionary.

    Attributes:
        name: Its name.
        type: Its type.
        doc: Its documentation, on one line.
        required: Whether a dictionary without it is invalid.
    """

    name: str
    type: str
    doc: str
    required: bool


class Types:
    """The typed dictionaries and aliases that requests need.

    Args:
        comments: The comments of messages and fields, by full name.

    Attributes:
        blocks: The source of each, by name, in the order of their first use.
        messages: The messages that may be given instead.
    """

    def __init__(self, comments: Mapping[str, str]) -> None:
        self.blocks: dict[str, str] = {}
        self.messages: set[str] = set()
        self._comments = comments
        self._tags: dict[str, dict[str, tuple[list[str], bool]]] = {}

    def find_tags(self, requests: Iterable[Descriptor]) -> None:
        """Notes by which discriminators the messages inside requests are chosen."""
        seen: set[str] = set()
        todo = list(requests)
        while todo:
            message = todo.pop()
            if message.full_name in seen:
                continue
            seen.add(message.full_name)
            found = shape(message)
            for field in found.all_fields:
                if field.message is None:
                    continue
                todo.append(field.message)
                if found.union is not None:
                    tags = list(field.tags) or [
                        value for key, value in shape(field.message).constants.items() if key == found.tag
                    ]
                    known = self._tags.setdefault(field.message.full_name, {}).get(found.tag, ([], True))
                    merged = list(dict.fromkeys([*known[0], *tags])), known[1] and bool(tags) and not field.has
                    self._tags[field.message.full_name][found.tag] = merged

    def keys(self, message: Descriptor) -> Iterator[Key]:
        """Yields the keys of a message's JSON, and the fields of the gateway."""
        found = shape(message)
        tags = self._tags.get(message.full_name, {})
        for key, value in found.constants.items():
            chosen, required = tags.get(key, ([], False))
            yield Key(key, literal(chosen or [value]), "", required and bool(chosen))
        files = {field.name: field for field in message.fields if _is_file(field)}
        for key, fields in found.by_key.items():
            if key in found.constants or key in files:
                continue
            descriptor = _descriptor(message, fields[0])
            doc = self.comment(descriptor.full_name)
            types = list(dict.fromkeys(each for field in fields for each in self._field(message, field)))
            chosen, required = tags.get(key, ([], False))
            if chosen:
                yield Key(key, literal(chosen), doc, required)
            else:
                yield Key(key, " | ".join(types), doc, bool(REQUIRED.search(doc)))
        for key, (chosen, required) in tags.items():
            if chosen and key not in found.constants and key not in found.by_key:
                yield Key(key, literal(chosen), "", required)
        for gateway in message.fields:
            if gateway.number in GATEWAY_NUMBERS:
                # A file may have a key of its name, for what stands for it in JSON.
                others = found.by_key.get(gateway.name, []) if gateway.name in files else []
                types = [self._gateway(gateway), *(each for other in others for each in self._field(message, other))]
                yield Key(gateway.name, " | ".join(types), self.comment(gateway.full_name), required=False)

    def _gateway(self, field: FieldDescriptor) -> str:
        if field.message_type is None:
            return SCALARS[_KINDS[field.type]]
        if _is_file(field):
            return "File | list[File]" if field.is_repeated else "File"
        return self._given(field.message_type)

    def comment(self, full_name: str) -> str:
        """Returns the comment of a declaration, on one line."""
        return " ".join(self._comments.get(full_name, "").split())

    def _given(self, message: Descriptor) -> str:
        """Returns the types that a caller may give for a message."""
        self.messages.add(python_name(message))
        return f"{python_name(message)} | {self._plain(message)}"

    def _plain(self, message: Descriptor) -> str:
        """Returns the type of a message's JSON, and adds its block."""
        found = shape(message)
        name = param_name(message)
        if message.full_name == "google.protobuf.Struct":
            return "Mapping[str, Any]"
        if name in self.blocks:
            return name
        if found.union is None and not found.transparent:
            self.blocks[name] = ""  # its place; it may contain itself
            self.blocks[name] = typed_dict(name, self.keys(message), self.comment(message.full_name))
            return name
        if found.union is None or all(_is_scalar(field) for field in found.fields):
            return " | ".join(self._arms(message))
        self.blocks[name] = ""
        lines = "\n".join(textwrap.wrap(self.comment(message.full_name), WIDTH))
        self.blocks[name] = f'{name}: TypeAlias = "{" | ".join(self._arms(message))}"\n"""{lines}"""\n'
        return name

    def _arms(self, message: Descriptor) -> list[str]:
        arms = (field for field in shape(message).fields if field.kind is not Kind.RAW)
        return list(dict.fromkeys(each for field in arms for each in self._field(message, field)))

    def _field(self, message: Descriptor, field: Field) -> list[str]:
        item = self._item(message, field)
        if field.label is Label.LIST:
            return [f"Sequence[{item}]"]
        return [f"Mapping[str, {item}]"] if field.label is Label.MAP else _split(item)

    def _item(self, message: Descriptor, field: Field) -> str:
        if field.message is not None:
            return self._given(field.message)
        descriptor = _descriptor(message, field)
        if descriptor.GetOptions().Extensions[json_pb2.json].values:
            return f"values.{value_type(descriptor)}"
        return SCALARS[field.kind]


def typed_dict(name: str, keys: Iterable[Key], doc: str, bases: str = "TypedDict") -> str:
    """Returns the source of a typed dictionary."""
    keys = list(keys)
    lines = []
    reserved = {key.name: f"{key.type} | None" for key in keys if iskeyword(key.name)}
    if reserved:  # a class can't have them
        lines.append(f'_{name} = TypedDict("_{name}", {json.dumps(reserved)}, total=False)\n\n')
        bases = f"_{name}"
    lines.append(f"class {name}({bases}, total=False):")
    lines += _docstring(doc)
    lines.append("")
    for key in keys:
        if key.name in reserved:
            continue
        optional = key.type if key.required or key.type == "Any" else f"{key.type} | None"
        lines.append(f"    {key.name}: {f'Required[{optional}]' if key.required else optional}")
        if key.doc:
            lines += _docstring(key.doc)
    return "\n".join(lines) + "\n"


def arguments(keys: Iterable[Key]) -> str:
    """Returns the documentation of a method's arguments."""
    lines = []
    for key in keys:
        text = f"{key.name}: {key.doc}" if key.doc else f"{key.name}:"
        lines.append(textwrap.fill(text, WIDTH - 12, initial_indent="    ", subsequent_indent="        "))
    return "\n".join(lines)


def _is_file(field: FieldDescriptor) -> bool:
    return field.message_type is not None and field.message_type.full_name == UPLOAD_FILE


def _is_scalar(field: Field) -> bool:
    """Returns whether the JSON of a field is a scalar, or a list of them."""
    if field.message is None:
        return True
    found = shape(field.message)
    return found.transparent and found.union is None and found.fields[0].message is None


def _split(union: str) -> list[str]:
    """Returns the members of a union, which may have unions in brackets."""
    parts, depth, start = [], 0, 0
    for index, char in enumerate(union):
        depth += {"[": 1, "]": -1}.get(char, 0)
        if char == "|" and not depth:
            parts.append(union[start:index].strip())
            start = index + 1
    return [*parts, union[start:].strip()]


def literal(values: Iterable[str]) -> str:
    """Returns the type of some strings."""
    quoted = ", ".join(f'"{value}"' for value in values)
    return f"Literal[{quoted}]"


def python_name(message: Descriptor) -> str:
    """Returns the name of a message's class, as seen from `openai_grpc.v1`."""
    return message.full_name.removeprefix("openai_grpc.v1.")


def param_name(message: Descriptor) -> str:
    """Returns the name of a message's typed dictionary or alias."""
    return python_name(message).replace(".", "") + "Param"


def value_type(field: FieldDescriptor) -> str:
    """Returns the name of the type of a field's known values, as `protoc_gen_values.py` writes it."""
    parts = field.full_name.removeprefix("openai_grpc.v1.").split(".")
    return "".join(parts[:-1]) + camel_case(parts[-1])


def _docstring(text: str) -> list[str]:
    text = text.replace("\\", "\\\\")
    if len(text) + 10 <= WIDTH:
        return [f'    """{text}"""']
    wrapped = textwrap.wrap(text, WIDTH)
    wrapped[0] = f'"""{wrapped[0]}'
    return [f"    {line}" for line in [*wrapped, '"""']]


def _descriptor(message: Descriptor, field: Field) -> FieldDescriptor:
    holder: Descriptor = message
    if field.inside:
        inner = message.fields_by_name[field.inside].message_type
        assert inner is not None  # noqa: S101 - an inline field is a message
        holder = inner
    return holder.fields_by_name[field.name]
