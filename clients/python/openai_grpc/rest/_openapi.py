"""OpenAPI document of the routes, made from the descriptors.

Objects are open, and so are lists of known values: servers add to both, and what is unknown passes through.
"""

from collections.abc import Iterable
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from openai_grpc.codec._options import Field, Kind, Label, Shape, implied_tag, shape
from openai_grpc.options.v1 import json_pb2
from openai_grpc.rest._operations import Operation, Route
from openai_grpc.rest._reply import OCTETS
from openai_grpc.rest._request import STREAM

VERSION = "3.1.0"
SCHEMAS = "#/components/schemas/"
ERROR = "Error"

Json = dict[str, Any]

_SCALARS: dict[Kind, Json] = {
    Kind.DATA_URL: {"type": "string", "format": "uri"},
    Kind.BASE64: {"type": "string", "contentEncoding": "base64"},
    Kind.BOOL: {"type": "boolean"},
    Kind.INT32: {"type": "integer", "format": "int32"},
    Kind.INT64: {"type": "integer", "format": "int64"},
    Kind.DOUBLE: {"type": "number"},
    Kind.STRING: {"type": "string"},
    Kind.VECTOR: {
        "anyOf": [{"type": "array", "items": {"type": "number"}}, {"type": "string", "contentEncoding": "base64"}]
    },
    Kind.RAW: {},
}
_ERROR: Json = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["message", "type", "param", "code"],
            "properties": {
                "message": {"type": "string"},
                "type": {"type": ["string", "null"]},
                "param": {"type": ["string", "null"]},
                "code": {"type": ["string", "null"]},
            },
        }
    },
}


def openapi(routes: Iterable[Route], title: str, version: str) -> Json:
    """Returns the OpenAPI document of routes.

    Args:
        routes: The routes.
        title: Its title.
        version: The version of what is described.
    """
    schemas = _Schemas()
    paths: dict[str, Json] = {}
    for route in routes:
        paths.setdefault(route.template, {})[route.method.lower()] = _operation(route, schemas)
    return {
        "openapi": VERSION,
        "info": {"title": title, "version": version},
        "servers": [{"url": "/v1"}],
        "security": [{"key": []}],
        "paths": dict(sorted(paths.items())),
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
            "schemas": {**dict(sorted(schemas.known.items())), ERROR: _ERROR},
        },
    }


def _operation(route: Route, schemas: "_Schemas") -> Json:
    whole = route.operation(streams=False, uploads=False)
    stream = route.operation(streams=True, uploads=False)
    any_of = whole or route.any
    fields = [field for field in any_of.shape.all_fields if field.key not in route.path_fields]
    told: Json = {
        "operationId": any_of.name,
        "tags": [any_of.service.rpartition(".")[2]],
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in route.path_fields
        ],
        "responses": {"200": _reply(whole, stream, schemas), "default": _content("An error", ERROR)},
    }
    if route.method == "POST":
        body = schemas.reference(any_of.shape.descriptor)
        if route.streams and route.asked_by is None:
            body = {"allOf": [body, {"properties": {STREAM: {"type": "boolean"}}}]}
        if any_of.files:
            told["requestBody"] = {"required": True, "content": _forms(any_of, body)}
        elif {field.key for field in fields} - any_of.query:
            told["requestBody"] = {"content": {"application/json": {"schema": body}}}
        told["parameters"] += [_parameter(field, any_of, schemas) for field in fields if field.key in any_of.query]
    else:
        told["parameters"] += [_parameter(field, any_of, schemas) for field in fields]
        if stream is not None and whole is not None:
            told["parameters"].append({"name": STREAM, "in": "query", "schema": {"type": "boolean"}})
    return told


def _forms(operation: Operation, body: Json) -> Json:
    """Returns the forms of a request with files; as JSON where none of them is required."""
    file: Json = {"type": "string", "contentMediaType": OCTETS}
    files = {name: {"type": "array", "items": file} if several else file for name, several in operation.files.items()}
    required = {"required": list(files)} if operation.takes_file else {}
    form = {"multipart/form-data": {"schema": {"allOf": [body, {"type": "object", **required, "properties": files}]}}}
    return form if operation.takes_file else {**form, "application/json": {"schema": body}}


def _parameter(field: Field, operation: Operation, schemas: "_Schemas") -> Json:
    name, style = field.key, {}
    if field.label is Label.LIST:
        name = f"{field.key}[]"
    elif field.label is Label.MAP:
        style = {"style": "deepObject", "explode": True}
    return {"name": name, "in": "query", **style, "schema": schemas.field(operation.shape.descriptor, field)}


def _reply(whole: Operation | None, stream: Operation | None, schemas: "_Schemas") -> Json:
    content: Json = {}
    if whole is not None and not whole.streams:
        content["application/json"] = {"schema": schemas.reference(whole.reply_type.DESCRIPTOR)}
        if whole.text_reply and not whole.text_field:
            content = {whole.text_type or "text/plain": {"schema": {"type": "string"}}}
        elif whole.text_field:
            content["text/plain"] = {"schema": {"type": "string"}}
    if whole is not None and whole.streams and not whole.events:
        content[OCTETS] = {"schema": {"type": "string", "contentMediaType": OCTETS}}
    if stream is not None and stream.events:
        content["text/event-stream"] = {"schema": schemas.reference(stream.reply_type.DESCRIPTOR)}
    return {"description": "The reply", "content": content}


def _content(description: str, name: str) -> Json:
    return {"description": description, "content": {"application/json": {"schema": {"$ref": SCHEMAS + name}}}}


class _Schemas:
    """Schemas of messages, each written when it is first referred to.

    Attributes:
        known: The schemas by the names of their messages.
    """

    def __init__(self) -> None:
        self.known: dict[str, Json] = {}

    def reference(self, descriptor: Any) -> Json:
        """Returns a reference to the schema of a message."""
        name = descriptor.full_name.partition(".v1.")[2] or descriptor.full_name
        if name not in self.known:
            self.known[name] = {}  # messages refer to themselves
            self.known[name] = self._message(shape(descriptor))
        return {"$ref": SCHEMAS + name}

    def field(self, descriptor: Descriptor, field: Field) -> Json:
        """Returns the schema of a field."""
        one = self._one(descriptor, field)
        if field.label is Label.LIST and field.kind is not Kind.VECTOR:
            return {"type": "array", "items": one}
        return {"type": "object", "additionalProperties": one} if field.label is Label.MAP else one

    def _one(self, descriptor: Descriptor, field: Field) -> Json:
        if field.message is not None:
            return self.reference(field.message)
        found = _SCALARS[field.kind]
        values = list(_declared(descriptor, field).GetOptions().Extensions[json_pb2.json].values)
        return {**found, "examples": values} if values else found

    def _message(self, found: Shape) -> Json:
        if found.union is not None:
            return {"anyOf": [self._arm(found, arm) for arm in found.fields]}
        if found.transparent:
            return self.field(found.descriptor, found.fields[0])
        properties: dict[str, Json] = {key: {"const": value} for key, value in found.constants.items()}
        for key, fields in found.by_key.items():
            schemas = [self.field(found.descriptor, field) for field in fields]
            properties[key] = schemas[0] if len(schemas) == 1 else {"anyOf": schemas}
        return {"type": "object", "properties": properties}

    def _arm(self, union: Shape, arm: Field) -> Json:
        found = self.field(union.descriptor, arm)
        tag = implied_tag(union, arm)
        return found if tag is None else {"allOf": [found, {"properties": {union.tag: {"const": tag}}}]}


def _declared(descriptor: Descriptor, field: Field) -> FieldDescriptor:
    if field.inside:
        inner = descriptor.fields_by_name[field.inside].message_type
        return inner.fields_by_name[field.name]  # type: ignore[union-attr]  # an inline field is a message
    return descriptor.fields_by_name[field.name]
