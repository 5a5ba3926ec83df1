"""Recorded forms: the bytes of their files were not kept, so others of the same length stand in for them."""

import hashlib
import json
import re
from collections.abc import Iterator
from typing import Any

from google.protobuf.descriptor import Descriptor, MethodDescriptor

from conformance.corpus import Exchange
from conformance.operations import message_class
from openai_grpc.codec import from_object
from openai_grpc.codec._options import Kind, shape
from openai_grpc.rest import file_field, routes
from openai_grpc.v1 import UploadFile

CHUNK = 16_384
PERIOD = bytes(index * 31 % 251 for index in range(251))
_JSON = {Kind.BOOL, Kind.DOUBLE, Kind.INT32, Kind.INT64}  # forms write these as JSON does


def content(size: int) -> bytes:
    """Returns the bytes that stand in for a file of this length."""
    return (PERIOD * (size // len(PERIOD) + 1))[:size]


def parts(exchange: Exchange) -> list[dict[str, Any]]:
    """Returns the recorded parts of the form."""
    form: list[dict[str, Any]] = exchange.record.get("request_form") or []
    return form


def form_request(exchange: Exchange, upload: Descriptor) -> Any:
    """Writes a recorded form as the settings of an upload, the field `config` of its messages."""
    config = message_class(upload.fields_by_name["config"].message_type)
    keys = shape(config.DESCRIPTOR).by_key
    value: dict[str, Any] = {}
    file = UploadFile(filename="recording.mp3", size=1)
    for part in parts(exchange):
        name, repeated = re.subn(r"\[\]$", "", part["name"])
        name, _, inner = name.partition("[")
        if "filename" in part:
            file = UploadFile(filename=part["filename"], content_type=part.get("content_type"), size=part["size"])
        elif inner:  # of an object
            text = part["value"]
            value.setdefault(name, {})[inner.removesuffix("]")] = int(text) if text.isdecimal() else text
        elif repeated:
            value.setdefault(name, []).append(part["value"])
        elif name != "stream":
            json_text = any(field.kind in _JSON for field in keys.get(name, ()))
            value[name] = json.loads(part["value"]) if json_text else part["value"]
    request = from_object(config, value)
    request.file.CopyFrom(file)
    return request


def files_request(exchange: Exchange, method: MethodDescriptor) -> Any:
    """Writes a recorded form as one message with all of its files."""
    verb, path = exchange.record["method"], exchange.record["op_path"]
    match = routes.match(verb, f"/v1{path}")
    recorded = parts(exchange)
    value = match.read_form((part["name"], part["value"]) for part in recorded if "filename" not in part)
    value.pop("stream", None)
    request = from_object(message_class(method.input_type), value, keep_nulls=True)
    for part in recorded:
        if "filename" in part:
            file = UploadFile(
                filename=part["filename"], content_type=part.get("content_type"), data=content(part["size"])
            )
            field = getattr(request, file_field(part["name"]))
            if isinstance(field, UploadFile):
                field.CopyFrom(file)
            else:
                field.append(file)
    return request


def uploaded(config: Any, upload: Descriptor) -> Iterator[Any]:
    """Yields the messages of the upload."""
    message = message_class(upload)
    yield message(config=config)
    data = content(config.file.size)
    for start in range(0, len(data), CHUNK):
        yield message(chunk=data[start : start + CHUNK])


def form_differences(exchange: Exchange, body: bytes, content_type: str) -> Iterator[str]:
    """Yields what the upstream received of a form other than what was recorded."""
    sent: dict[str, Any] = {}
    for part in parts(exchange):
        if "filename" in part:
            # That there may be several is said by brackets, with a number or without.
            several = sum(file_field(each["name"]) == file_field(part["name"]) for each in parts(exchange)) > 1
            name = file_field(part["name"]) + ("[]" if several else "")
            sent.setdefault(name, []).append((part["filename"], hashlib.sha256(content(part["size"])).hexdigest()))
        else:
            sent.setdefault(part["name"], []).append(part["value"])
    received = read_form(body, content_type)
    if parts(exchange) and sent != received:
        yield "$.form changed: " + json.dumps({"sent": sent, "received": received})[:300]


def read_form(body: bytes, content_type: str) -> dict[str, Any]:
    """Reads a `multipart/form-data` body: values by name, files by name with the hash of their content."""
    boundary = re.search(r'boundary="?([^";]+)', content_type)
    found: dict[str, Any] = {}
    if boundary is None:
        return found
    for piece in body.split(b"--" + boundary[1].encode())[1:-1]:
        head, _, data = piece[2:-2].partition(b"\r\n\r\n")
        disposition = head.decode()
        name = re.search(r'[; ]name="([^"]*)"', disposition)
        filename = re.search(r'filename="([^"]*)"', disposition)
        if name is None:
            continue
        if filename:
            found.setdefault(name[1], []).append((filename[1], hashlib.sha256(data).hexdigest()))
        else:
            found.setdefault(name[1], []).append(data.decode())
    return found
