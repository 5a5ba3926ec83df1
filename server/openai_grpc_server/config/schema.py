"""JSON Schema of the configuration file, from the settings classes and their docstrings."""

import dataclasses
import inspect
import re
import types
import typing
from collections.abc import Mapping
from typing import Any, Literal, Union

import orjson

from openai_grpc_server.config.reader import FILE_KEY, OWN_KEY, has_default, is_secret
from openai_grpc_server.config.secret import Secret
from openai_grpc_server.config.settings import Settings
from openai_grpc_server.config.unsupported import NOT_YET

_ATTRIBUTE = re.compile(r"(\w+): (.+)")


def attributes(kind: Any) -> dict[str, str]:
    """Returns the one-line descriptions of a settings class's fields.

    They stand in the `Attributes` section of its docstring: a name, a colon and text, with further lines indented.
    """
    found: dict[str, str] = {}
    name = ""
    _, _, section = (inspect.getdoc(kind) or "").partition("Attributes:\n")
    for line in section.splitlines():
        text = line.strip()
        if line.startswith("        "):
            found[name] += f" {text}"
        elif match := _ATTRIBUTE.fullmatch(text):
            name = match[1]
            found[name] = match[2]
    return found


def first_line(kind: Any) -> str:
    """Returns the one-line description of a settings class."""
    return (inspect.getdoc(kind) or "").splitlines()[0]


TYPES = {bool: "boolean", int: "integer", float: "number", str: "string", Secret: "string"}
BOUNDS = {"above": "exclusiveMinimum", "minimum": "minimum", "maximum": "maximum"}
FROM_ENVIRONMENT = {"type": "string", "pattern": "^os\\.environ/"}


def schema_text() -> str:
    """Returns the schema as JSON text."""
    return orjson.dumps(schema(), option=orjson.OPT_INDENT_2).decode() + "\n"


def schema() -> dict[str, Any]:
    """Returns the schema of a whole file, in JSON Schema's draft 2020-12."""
    definitions: dict[str, Any] = {}
    root = _settings(Settings, definitions)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "The configuration of openai-grpc",
        **root,
        "$defs": definitions,
    }


def _settings(kind: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    hints = typing.get_type_hints(kind)
    descriptions = attributes(kind)
    fields = dataclasses.fields(kind)
    rest = next((each for each in fields if "keys" in each.metadata), None)
    properties = {
        each.name: {"description": descriptions[each.name], **_value(hints[each.name], each.metadata, definitions)}
        for each in fields
        if each is not rest and f"{kind.__name__}.{each.name}" not in NOT_YET
    }
    properties |= {
        f"{each.name}{FILE_KEY}": {"description": f"Path of a file with `{each.name}`.", "type": "string"}
        for each in fields
        if is_secret(hints[each.name])
    }
    if rest:
        keys = sorted(rest.metadata["keys"]() - set(properties))
        properties |= {key: {"description": "Sent where the caller left it out."} for key in keys}
    return {
        "type": "object",
        "description": first_line(kind),
        "properties": properties,
        "required": [each.name for each in fields if not has_default(each)],
        "additionalProperties": getattr(kind, "NOTES", False),
        **({} if rest else {"patternProperties": {f"^{OWN_KEY}": {}}}),
    }


def _value(kind: Any, limits: Mapping[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if kind is Any:
        return {}
    if dataclasses.is_dataclass(kind):
        return _reference(kind, definitions)
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin in {Union, types.UnionType}:
        return {"anyOf": [_value(each, limits, definitions) for each in arguments]}
    if origin in {tuple, Mapping}:
        name, inside, index = ("array", "items", 0) if origin is tuple else ("object", "additionalProperties", 1)
        return {"type": name, inside: _value(arguments[index], {}, definitions)}
    return _scalar(kind, limits)


def _reference(kind: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    name = kind.__name__
    if name not in definitions:
        definitions[name] = _settings(kind, definitions)
    return {"$ref": f"#/$defs/{name}"}


def _scalar(kind: Any, limits: Mapping[str, Any]) -> dict[str, Any]:
    if kind is types.NoneType:
        return {"type": "null"}
    value = {"type": TYPES[kind], **{BOUNDS[name]: bound for name, bound in limits.items() if name in BOUNDS}}
    return value if kind in {str, Secret} else {"anyOf": [value, FROM_ENVIRONMENT]}
