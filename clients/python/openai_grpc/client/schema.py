"""Strict JSON Schemas of a caller's types, and values of these types from JSON.

In strict mode every property is required and no other is allowed, so what is optional may be null instead. What strict
mode can't express is refused when the schema is made.

Over 600 lines, as a schema and the reading of its values mirror each other type by type.
"""

import json
import math
import os
import re
from collections.abc import Container, Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

from google.protobuf import json_format
from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor, OneofDescriptor
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.protobuf.message import Message

T = TypeVar("T")

# Limits of strict mode, as OpenAI documents them.
DEEPEST = 10
MOST_PROPERTIES = 5000
MOST_VALUES = 1000
LONGEST_NAME = 64


class TypeMismatchError(ValueError):
    """JSON that is not a value of a type.

    Attributes:
        path: Where: `items[2].name`. Empty for the whole value.
        reason: The problem.
    """

    def __init__(self, reason: str, path: str = "") -> None:
        super().__init__(f"{path}: {reason}" if path else reason)
        self.path = path
        self.reason = reason


class Schema(Generic[T]):
    """A strict JSON Schema of a type. `schema_of` makes it.

    Attributes:
        type: The type: a class of Protobuf messages, or a model of pydantic.
        name: Its name, for the model.
        description: What it is for.
        json: The schema.
    """

    def __init__(self, type_: type[T], name: str, description: str, schema: Mapping[str, Any]) -> None:
        self.type = type_
        self.name = name
        self.description = description
        self.json = schema

    def read(self, text: str) -> T:
        """Reads JSON text as a value of the type.

        Raises:
            TypeMismatchError: It is not JSON, or not of the type.
        """
        try:
            value = json.loads(text, parse_constant=_no_constant)
        except (ValueError, RecursionError) as error:
            raise TypeMismatchError(f"not JSON: {error}") from error
        made: Any = self.type
        if _is_message(made):
            message: T = _parsed(made, value)
            return message
        source = _pydantic_schema(made)
        kept = _without_nulls(value, source, source)
        try:
            model: T = made.model_validate_json(text if kept == value else json.dumps(kept))
        except ValueError as error:
            reason, place = _first_problem(error)
            raise TypeMismatchError(reason, place) from error
        return model


def schema_of(
    given: "type[T] | Schema[T]",
    *,
    name: str | None = None,
    description: str | None = None,
    comments: bytes | str | os.PathLike[str] | None = None,
) -> Schema[T]:
    """Makes the strict JSON Schema of a type.

    Of a message, fields have their names in the proto, enums the names of their values but for an unspecified first
    one, maps are lists of entries with `key` and `value`, and a oneof is an object with the one arm that is set. Of a
    model of pydantic, descriptions are those of its fields and its docstring.

    Args:
        given: A class of Protobuf messages, a model of pydantic, or a schema.
        name: Its name, for the model. Default: that of the class.
        description: What it is for. Default: none.
        comments: The comments of the protos, as descriptions: a serialized `FileDescriptorSet`, or its path, as
            `buf build -o types.binpb` or `protoc --include_source_info --include_imports -o types.binpb` writes it.
            Generated code has none.

    Raises:
        OSError: The file can't be read.
        TypeError: The type has something that strict mode can't express.
    """
    if isinstance(given, Schema):
        made = given
    elif comments is not None:
        data = comments if isinstance(comments, bytes) else Path(comments).read_bytes()
        made = _made(given, _comments(data))
    else:
        made = _cached(cast("Any", given))
    if name is None and description is None:
        return made
    return Schema(made.type, plain_name(name or made.name), description or made.description, made.json)


def plain_name(name: str) -> str:
    """Returns a name of what a schema's name may have: at most 64 of a-z, A-Z, 0-9, _ and -."""
    return re.sub(r"[^A-Za-z0-9_-]", "_", name)[:LONGEST_NAME] or "reply"


@lru_cache(maxsize=1024)
def _cached(type_: Any) -> Schema[Any]:
    return _made(type_, {})


def _made(type_: Any, comments: Mapping[str, str]) -> Schema[Any]:
    if _is_message(type_):
        schema = _MessageSchemas(comments).root(type_.DESCRIPTOR)
    elif isinstance(type_, type) and hasattr(type_, "model_json_schema"):
        schema = _strict(_pydantic_schema(type_))
    else:
        name = getattr(type_, "__name__", repr(type_))
        raise TypeError(f"no schema of {name}: give a class of Protobuf messages or a model of pydantic")
    _check_limits(schema)
    return Schema(type_, plain_name(type_.__name__), "", schema)


def _is_message(type_: object) -> bool:
    return isinstance(type_, type) and issubclass(type_, Message)


def _no_constant(text: str) -> None:
    raise ValueError(f"{text} is not a JSON number")


# Messages of Protobuf

_INTEGERS = {
    FieldDescriptor.CPPTYPE_INT32,
    FieldDescriptor.CPPTYPE_INT64,
    FieldDescriptor.CPPTYPE_UINT32,
    FieldDescriptor.CPPTYPE_UINT64,
}
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/_-]{4})*(?:[A-Za-z0-9+/_-]{2,3}={0,2})?")
_WELL_KNOWN: dict[str, dict[str, Any]] = {
    "google.protobuf.Timestamp": {"type": "string", "format": "date-time"},
    "google.protobuf.Duration": {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]{1,9})?s$"},
}


class _MessageSchemas:
    """Writes the schemas of messages; one that contains itself is a definition."""

    def __init__(self, comments: Mapping[str, str]) -> None:
        self._comments = comments
        self._definitions: dict[str, dict[str, Any]] = {}
        self._active: list[str] = []
        self._recursive: set[str] = set()

    def root(self, descriptor: Descriptor) -> dict[str, Any]:
        if descriptor.file.package == "google.protobuf":
            raise TypeError(f"no schema of {descriptor.full_name}: the outermost type must be a message of your own")
        schema = self._object(descriptor, descriptor.name)
        definitions = {name: each for name, each in self._definitions.items() if name != descriptor.full_name}
        return {**schema, "$defs": definitions} if definitions else schema

    def _message(self, descriptor: Descriptor, path: str) -> dict[str, Any]:
        name = descriptor.full_name
        if name in _WELL_KNOWN:
            return dict(_WELL_KNOWN[name])
        if _is_wrapper(descriptor):
            return _scalar_schema(descriptor.fields[0])
        if descriptor.file.package == "google.protobuf":
            raise TypeError(f"{path}: strict mode can't express {name}: use a message of your own")
        if name in self._active or name in self._definitions:
            self._recursive.add(name)
            return {"$ref": "#" if self._active[:1] == [name] else f"#/$defs/{name}"}
        schema = self._object(descriptor, path)
        if name not in self._recursive:
            return schema
        self._definitions[name] = schema
        return {"$ref": f"#/$defs/{name}"}

    def _object(self, descriptor: Descriptor, path: str) -> dict[str, Any]:
        self._active.append(descriptor.full_name)
        properties = {}
        for member in _members(descriptor):
            place = f"{path}.{member.name}"
            if isinstance(member, OneofDescriptor):
                properties[member.name] = self._oneof(member, place)
            else:
                properties[member.name] = self._field(member, place)
        self._active.pop()
        return _describe(_closed(properties), self._comments.get(descriptor.full_name, ""))

    def _oneof(self, oneof: OneofDescriptor, path: str) -> dict[str, Any]:
        """Returns an object with the one arm that is set, so that strict mode allows neither two nor none."""
        arms = [_closed({field.name: self._field(field, f"{path}.{field.name}")}) for field in oneof.fields]
        return _describe({"anyOf": arms}, self._comments.get(oneof.full_name, ""))

    def _field(self, field: FieldDescriptor, path: str) -> dict[str, Any]:
        schema = self._value(field, path)
        if _is_nullable(field):
            schema = {"anyOf": [schema, {"type": "null"}]}
        return _describe(schema, self._comments.get(field.full_name, ""))

    def _value(self, field: FieldDescriptor, path: str) -> dict[str, Any]:
        if _is_map(field):
            # Strict mode has no maps: their entries are listed.
            entry: Any = field.message_type
            key, value = entry.fields_by_name["key"], entry.fields_by_name["value"]
            items = _closed({"key": _scalar_schema(key), "value": self._item(value, f"{path}[]")})
            return {"type": "array", "items": items}
        if field.is_repeated:
            return {"type": "array", "items": self._item(field, f"{path}[]")}
        return self._item(field, path)

    def _item(self, field: FieldDescriptor, path: str) -> dict[str, Any]:
        if field.message_type is not None:
            return self._message(field.message_type, path)
        if field.enum_type is not None:
            return self._enum(field.enum_type)
        return _scalar_schema(field)

    def _enum(self, descriptor: EnumDescriptor) -> dict[str, Any]:
        names = list(_names(descriptor))
        told = ((name, self._comments.get(f"{descriptor.full_name}.{name}", "")) for name in names)
        lines = [self._comments.get(descriptor.full_name, ""), *(f"{name}: {text}" for name, text in told if text)]
        return _describe({"type": "string", "enum": names}, "\n".join(filter(None, lines)))


def _closed(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def _describe(schema: dict[str, Any], description: str) -> dict[str, Any]:
    """Puts a description before what the schema's own type says of itself."""
    if not description:
        return schema
    if "$ref" in schema:
        return {"anyOf": [schema], "description": description}  # strict mode allows nothing besides a reference
    return {**schema, "description": "\n".join(filter(None, [description, schema.get("description")]))}


def _members(descriptor: Descriptor) -> "Iterator[FieldDescriptor | OneofDescriptor]":
    """Yields the fields in their order, and each oneof in place of the first of its arms."""
    seen = set()
    for field in descriptor.fields:
        oneof = _real_oneof(field)
        if oneof is None:
            yield field
        elif oneof.name not in seen:
            seen.add(oneof.name)
            yield oneof


def _real_oneof(field: FieldDescriptor) -> OneofDescriptor | None:
    """Returns the oneof that a field is an arm of; none of one that stands for an `optional` field."""
    oneof = field.containing_oneof
    return None if oneof is None or oneof.name == f"_{field.name}" else oneof


def _is_wrapper(descriptor: Descriptor) -> bool:
    """Returns whether a message is a scalar that may be absent, such as `google.protobuf.StringValue`."""
    return descriptor.file.name == "google/protobuf/wrappers.proto"


def _is_map(field: FieldDescriptor) -> bool:
    return field.is_repeated and field.message_type is not None and field.message_type.GetOptions().map_entry


def _is_nullable(field: FieldDescriptor) -> bool:
    """Returns whether a field may be absent.

    One that is `optional`, a wrapper of a scalar, or a message that leads back to the one around it, which would have
    no end. Of a oneof, no arm may.
    """
    if field.is_repeated or _real_oneof(field) is not None:
        return False
    if field.message_type is None:
        return field.has_presence and not field.is_required
    parent: Any = field.containing_type
    return (
        field.containing_oneof is not None
        or _is_wrapper(field.message_type)
        or _reaches(field.message_type, parent, set())
    )


def _reaches(start: Descriptor, target: Descriptor, seen: set[str]) -> bool:
    if start.full_name == target.full_name:
        return True
    if start.full_name in seen:
        return False
    seen.add(start.full_name)
    return any(each.message_type is not None and _reaches(each.message_type, target, seen) for each in start.fields)


def _names(descriptor: EnumDescriptor) -> Iterator[str]:
    """Yields the values that can be asked for: all but an unspecified first one."""
    first, *rest = descriptor.values
    skips = first.number == 0 and first.name.endswith("UNSPECIFIED") and bool(rest)
    yield from (value.name for value in (rest if skips else descriptor.values))


def _scalar_schema(field: FieldDescriptor) -> dict[str, Any]:
    if field.type == FieldDescriptor.TYPE_BYTES:
        return {"type": "string", "description": "Base64."}
    if field.cpp_type == FieldDescriptor.CPPTYPE_STRING:
        return {"type": "string"}
    if field.cpp_type == FieldDescriptor.CPPTYPE_BOOL:
        return {"type": "boolean"}
    return {"type": "integer" if field.cpp_type in _INTEGERS else "number"}


def _comments(data: bytes) -> dict[str, str]:
    """Returns the leading comments of a descriptor set, by full name."""
    found: dict[str, str] = {}
    for file in FileDescriptorSet.FromString(data).file:
        for location in file.source_code_info.location:
            node: Any = file
            names = [file.package] if file.package else []
            for number, index in zip(location.path[::2], location.path[1::2], strict=False):
                field = node.DESCRIPTOR.fields_by_number[number]
                if field.message_type is None or not field.is_repeated:
                    break
                node = getattr(node, field.name)[index]
                names.append(getattr(node, "name", ""))
            else:
                text = location.leading_comments or location.trailing_comments
                if text and len(location.path) % 2 == 0:
                    found[".".join(names)] = " ".join(text.split())
    return found


def _parsed(type_: Any, value: Any) -> Any:
    read = _read_message(type_.DESCRIPTOR, value, "")
    try:
        return json_format.ParseDict(read, type_())
    except json_format.ParseError as error:
        raise TypeMismatchError(str(error)) from error


def _read_message(descriptor: Descriptor, value: Any, path: str) -> Any:
    """Reads a JSON value as the JSON of Protobuf of a message, and checks that it is of the message's schema."""
    if descriptor.full_name in _WELL_KNOWN:
        return value if isinstance(value, str) else _fail("must be a string", path)
    if _is_wrapper(descriptor):
        return _read_scalar(descriptor.fields[0], value, path)
    if not isinstance(value, dict):
        return _fail("must be an object", path)
    members = list(_members(descriptor))
    _no_others(value, [member.name for member in members], path)
    read: dict[str, Any] = {}
    for member in members:
        place = _at(path, member.name)
        if member.name not in value:
            _fail("is missing", place)
        item = value[member.name]
        if isinstance(member, OneofDescriptor):
            read |= _read_arm(member, item, place)
        elif item is not None:
            read[member.name] = _read_field(member, item, place)
        elif not _is_nullable(member):
            _fail("must not be null", place)
    return read


def _read_arm(oneof: OneofDescriptor, value: Any, path: str) -> dict[str, Any]:
    arms = {field.name: field for field in oneof.fields}
    if not isinstance(value, dict) or len(value) != 1 or not value.keys() <= arms.keys():
        _fail(f"must be an object with exactly one of {', '.join(arms)}", path)
    ((name, item),) = value.items()
    if item is None:
        _fail("must not be null", _at(path, name))
    return {name: _read_field(arms[name], item, _at(path, name))}


def _read_field(field: FieldDescriptor, value: Any, path: str) -> Any:
    if not field.is_repeated:
        return _read_one(field, value, path)
    if not isinstance(value, list):
        return _fail("must be an array", path)
    if not _is_map(field):
        return [_read_one(field, item, f"{path}[{index}]") for index, item in enumerate(value)]
    entry: Any = field.message_type
    read = {}
    for index, item in enumerate(value):
        place = f"{path}[{index}]"
        if not isinstance(item, dict) or set(item) != {"key", "value"}:
            _fail("must be an object of key and value", place)
        key = _read_scalar(entry.fields_by_name["key"], item["key"], f"{place}.key")
        name = json.dumps(key) if isinstance(key, bool) else str(key)
        if name in read:
            _fail(f"the key {name} is there twice", f"{place}.key")
        read[name] = _read_one(entry.fields_by_name["value"], item["value"], f"{place}.value")
    return read


def _read_one(field: FieldDescriptor, value: Any, path: str) -> Any:
    if field.message_type is not None:
        return _read_message(field.message_type, value, path)
    if field.enum_type is not None:
        names = list(_names(field.enum_type))
        return value if value in names else _fail(f"must be one of {', '.join(names)}", path)
    return _read_scalar(field, value, path)


def _read_scalar(field: FieldDescriptor, value: Any, path: str) -> Any:
    if field.cpp_type == FieldDescriptor.CPPTYPE_BOOL:
        return value if isinstance(value, bool) else _fail("must be a boolean", path)
    if field.cpp_type == FieldDescriptor.CPPTYPE_STRING:
        if not isinstance(value, str):
            _fail("must be a string", path)
        if field.type == FieldDescriptor.TYPE_BYTES and not _BASE64.fullmatch(value):
            _fail("must be base64", path)
        return value
    wanted = "must be an integer" if field.cpp_type in _INTEGERS else "must be a number"
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return _fail(wanted, path)
    if field.cpp_type not in _INTEGERS:
        return value
    return int(value) if int(value) == value else _fail(wanted, path)


def _no_others(names: Iterable[str], known: Container[str], path: str) -> None:
    for name in names:
        if name not in known:
            _fail("there is no such field", _at(path, name))


def _fail(reason: str, path: str) -> Any:
    raise TypeMismatchError(reason, path)


def _at(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


# Models of pydantic

_KEPT = (
    *(
        "type",
        "description",
        "enum",
        "const",
        "multipleOf",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
    ),
    *("minItems", "maxItems", "$ref"),
)
_FORMATS = {"date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"}
_REFUSED = (
    *("allOf", "not", "if", "then", "else", "dependentRequired", "dependentSchemas", "patternProperties"),
    *("propertyNames", "prefixItems", "contains", "unevaluatedProperties", "unevaluatedItems"),
)


def _first_problem(error: ValueError) -> tuple[str, str]:
    """Returns the reason and the place of the first problem that pydantic found."""
    problems: list[Any] = getattr(error, "errors", list)()
    if not problems:
        return str(error), ""
    place = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in problems[0]["loc"])
    return problems[0]["msg"], place.removeprefix(".")


@lru_cache(maxsize=1024)
def _pydantic_schema(model: Any) -> dict[str, Any]:
    try:
        schema: dict[str, Any] = model.model_json_schema()
    except Exception as error:  # pydantic's own, which is not loaded here
        raise TypeError(f"{model.__name__} has no JSON Schema: {error}") from error
    return schema


def _strict(root: Mapping[str, Any]) -> dict[str, Any]:
    definitions: Mapping[str, Any] = root.get("$defs", {})
    if "$ref" in root:  # a model that contains itself
        root = {**definitions[root["$ref"].rpartition("/")[2]], "$defs": definitions}
    if root.get("type") != "object":
        raise TypeError("the outermost type must be an object: wrap it in one")
    schema = _strict_node(root, "")
    if definitions:
        schema["$defs"] = {name: _strict_node(node, f"$defs.{name}") for name, node in definitions.items()}
    return schema


def _strict_node(node: Mapping[str, Any], path: str) -> dict[str, Any]:
    place = path or "the outermost type"
    refused = next((keyword for keyword in _REFUSED if keyword in node), None)
    if refused is not None:
        raise TypeError(f"{place}: strict mode can't express {refused}")
    schema = {key: node[key] for key in _KEPT if key in node}
    if node.get("format") in _FORMATS:
        schema["format"] = node["format"]
    elif "pattern" in node:
        schema["pattern"] = node["pattern"]
    choices = node.get("anyOf", node.get("oneOf"))
    if choices is not None:
        schema["anyOf"] = [_strict_node(choice, f"{path}({index})") for index, choice in enumerate(choices)]
    elif not any(key in node for key in ("type", "enum", "const", "$ref")):
        raise TypeError(f"{place}: strict mode can't express a value of any type")
    if node.get("type") == "array":
        if not node.get("items"):
            raise TypeError(f"{place}: strict mode needs the type of the items")
        schema["items"] = _strict_node(node["items"], f"{path}[]")
    if node.get("type") == "object":
        schema |= _strict_object(node, path)
    if "$ref" in schema and "description" in schema:
        schema = {"anyOf": [{"$ref": schema.pop("$ref")}], **schema}
    return schema


def _strict_object(node: Mapping[str, Any], path: str) -> dict[str, Any]:
    additional = node.get("additionalProperties", False)
    if additional is not False:
        place = path or "the outermost type"
        raise TypeError(f"{place}: strict mode can't express keys of any name: list entries instead")
    if "properties" not in node and path:
        raise TypeError(f"{path}: strict mode can't express keys of any name: list entries instead")
    properties = {}
    for name, given in node.get("properties", {}).items():
        schema = _strict_node(given, _at(path, name))
        if name not in node.get("required", ()) and not _takes_null(schema):
            description = {"description": schema.pop("description")} if "description" in schema else {}
            schema = {"anyOf": [schema, {"type": "null"}], **description}
        properties[name] = schema
    return {"properties": properties, "required": list(properties), "additionalProperties": False}


def _without_nulls(value: Any, node: Mapping[str, Any], root: Mapping[str, Any]) -> Any:
    """Leaves out nulls of properties that are optional and take none: strict mode has made them so."""
    target = _resolved(node, root)
    choices = target.get("anyOf", target.get("oneOf"))
    if choices is not None:
        fitting = (found for found in (_resolved(choice, root) for choice in choices) if _fits(value, found))
        chosen = next(fitting, None)
        return value if chosen is None else _without_nulls(value, chosen, root)
    if isinstance(value, list) and isinstance(target.get("items"), dict):
        return [_without_nulls(item, target["items"], root) for item in value]
    if not isinstance(value, dict) or "properties" not in target:
        return value
    kept = {}
    for name, item in value.items():
        given = target["properties"].get(name)
        is_optional = name not in target.get("required", ())
        if item is None and given is not None and is_optional and not _takes_null(_resolved(given, root)):
            continue
        kept[name] = item if given is None else _without_nulls(item, given, root)
    return kept


def _fits(value: Any, node: Mapping[str, Any]) -> bool:
    """Returns whether a value may be meant by one of several schemas: its constants are the value's."""
    if isinstance(value, list):
        return node.get("type") == "array"
    if not isinstance(value, dict) or node.get("type") != "object":
        return False
    properties: Mapping[str, Any] = node.get("properties", {})
    return all(
        name in value and ("const" not in given or given["const"] == value[name]) for name, given in properties.items()
    )


def _resolved(node: Mapping[str, Any], root: Mapping[str, Any]) -> Mapping[str, Any]:
    ref = node.get("$ref")
    if ref is None:
        return node
    found: Mapping[str, Any] = root if ref == "#" else root.get("$defs", {}).get(ref.rpartition("/")[2], {})
    return found


def _takes_null(node: Mapping[str, Any]) -> bool:
    types = node.get("type")
    named = "null" in types if isinstance(types, list) else types == "null"
    return named or ("const" in node and node["const"] is None) or any(map(_takes_null, _choices(node)))


def _choices(node: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    found: Iterable[Mapping[str, Any]] = node.get("anyOf", node.get("oneOf", ()))
    return found


def _check_limits(schema: Mapping[str, Any]) -> None:
    """Checks the limits of strict mode.

    Raises:
        TypeError: One is exceeded.
    """
    count = 0

    def visit(node: Mapping[str, Any], depth: int, path: str) -> None:
        nonlocal count
        inner = depth + (node.get("type") in ("object", "array"))
        if inner > DEEPEST:
            raise TypeError(f"{path}: nested too deeply: strict mode takes {DEEPEST} levels")
        if len(node.get("enum", ())) > MOST_VALUES:
            raise TypeError(f"{path}: {len(node['enum'])} values: strict mode takes {MOST_VALUES}")
        count += len(node.get("properties", ()))
        for name, item in node.get("properties", {}).items():
            visit(item, inner, _at(path, name))
        if "items" in node:
            visit(node["items"], inner, f"{path}[]")
        for choice in node.get("anyOf", ()):
            visit(choice, depth, path)
        for name, definition in node.get("$defs", {}).items():
            visit(definition, 0, name)

    visit(schema, 0, "")
    if count > MOST_PROPERTIES:
        raise TypeError(f"{count} properties: strict mode takes {MOST_PROPERTIES}")
