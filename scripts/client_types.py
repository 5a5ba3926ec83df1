"""Python types of the client's keyword arguments, from message fields."""

import re
from collections.abc import Iterable, Iterator

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from protoc_gen_values import camel_case

from openai_grpc.options.v1 import json_pb2

SCALARS = {
    FieldDescriptor.TYPE_STRING: "str",
    FieldDescriptor.TYPE_BOOL: "bool",
    FieldDescriptor.TYPE_INT32: "int",
    FieldDescriptor.TYPE_INT64: "int",
    FieldDescriptor.TYPE_DOUBLE: "float",
}
OBJECT = "Mapping[str, Any]"
UPLOAD_FILE = "openai_grpc.v1.UploadFile"
KNOWN = {"Any", "File", "Mapping", "None", "Sequence"}


def key_types(message: Descriptor) -> Iterator[tuple[str, str]]:
    """Yields the keys of a request with their types."""
    types: dict[str, list[str]] = {}
    for field in message.fields:
        if _options(field).inline and field.message_type is not None:
            for key, type_ in key_types(field.message_type):
                types.setdefault(key, []).append(type_)
        elif _form(field) != json_pb2.JSON_FORM_EXTRA:
            types.setdefault(_options(field).name or field.name, []).extend(_field_types(field))
    for key, kinds in types.items():
        yield key, _union(kinds)


def imported_names(blocks: Iterable[str]) -> list[str]:
    """Returns the names of messages that the annotations use."""
    annotations = re.findall(r"^    \w+: (.*)$", "".join(blocks), re.MULTILINE)
    words = set(re.findall(r"(?<![.\w])[A-Z]\w*", " ".join(annotations)))
    return sorted(words - KNOWN)


def _field_types(field: FieldDescriptor) -> list[str]:
    if field.message_type is not None and field.message_type.GetOptions().map_entry:
        return [f"Mapping[str, {_union(_value_types(field.message_type.fields_by_name['value']))}]"]
    types = _value_types(field)
    return [f"Sequence[{_union(types)}]"] if field.is_repeated else types


def _value_types(field: FieldDescriptor) -> list[str]:
    message = field.message_type
    if _form(field) == json_pb2.JSON_FORM_RAW:
        return ["Any"]
    if message is None:
        return [f"values.{value_type(field)}" if _options(field).values else SCALARS[field.type]]
    if message.full_name == UPLOAD_FILE:
        return ["File"]
    return [message.full_name.removeprefix("openai_grpc.v1."), *_plain_types(message)]


def _plain_types(message: Descriptor) -> list[str]:
    """Returns the types of a message's JSON; for a union, those of its typed arms."""
    if not message.GetOptions().Extensions[json_pb2.json_message].transparent:
        return [OBJECT]
    types: list[str] = []
    for field in message.fields:
        if _form(field) == json_pb2.JSON_FORM_RAW:
            continue
        if field.message_type is None or field.is_repeated:
            types += _field_types(field)
        else:
            types += _plain_types(field.message_type)
    return types


def value_type(field: FieldDescriptor) -> str:
    """Returns the name of the type of a field's known values, as `protoc_gen_values.py` writes it."""
    parts = field.full_name.removeprefix("openai_grpc.v1.").split(".")
    return "".join(parts[:-1]) + camel_case(parts[-1])


def _union(types: Iterable[str]) -> str:
    return " | ".join(dict.fromkeys(types))


def _options(field: FieldDescriptor) -> json_pb2.JsonField:
    return field.GetOptions().Extensions[json_pb2.json]


def _form(field: FieldDescriptor) -> int:
    return _options(field).form
