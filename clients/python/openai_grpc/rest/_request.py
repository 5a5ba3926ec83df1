"""Requests of a route as messages: JSON bodies, query parameters and forms."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import parse_qsl, quote

from google.protobuf.message import Message

from openai_grpc.codec import CodecError, from_object, loads
from openai_grpc.codec._options import Field, Kind, Label, Shape, shape
from openai_grpc.rest._errors import refusal
from openai_grpc.rest._operations import CHUNK, CONFIG, FILE, PLACEHOLDER, Framing, Operation, Route
from openai_grpc.rest._reply import JSON, TEXT, Body, Events, encode
from openai_grpc.v1.common_pb2 import UploadFile

STREAM = "stream"
MAX_DEPTH = 8  # brackets in the name of a parameter

_INDEX = re.compile(r"\[\d*\]$")
_NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
_INTEGER = re.compile(r"-?\d{1,20}", re.ASCII)
_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?", re.ASCII)
_RANGE = re.compile(r"bytes=(\d{1,18})-(\d{1,18})?", re.ASCII)
_BOOLEANS = {"true": True, "false": False}

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Match:
    """A route that a request matches.

    Attributes:
        route: The route.
        values: The fields of the request that are in its path.
    """

    route: Route
    values: dict[str, str]

    def read_body(self, body: bytes, content_type: str) -> Json:
        """Reads a body: JSON, or a text of the type that the reply has as well.

        Args:
            body: The body.
            content_type: Its content type.

        Raises:
            HttpError: 400: it is not a JSON object.
        """
        operation = self.route.any
        if operation.text_type and content_type.partition(";")[0].strip().lower() == operation.text_type:
            return {operation.text_reply: body.decode("utf-8", "replace")}
        return self.read_json(body)

    def read_json(self, body: bytes) -> Json:
        """Reads a JSON body; an empty one is an empty object.

        Raises:
            HttpError: 400: it is not a JSON object.
        """
        if not body.strip():
            return {}
        try:
            value = loads(body)
        except CodecError as error:
            raise refusal(400, f"The body is not valid JSON: {error}") from None
        if not isinstance(value, dict):
            raise refusal(400, "The body must be a JSON object")
        return value

    def read_query(self, query: str) -> Json:
        """Reads query parameters: `a=1`, `a[]=x`, `a[key]=x`, by the types of the fields."""
        return self.read_form(parse_qsl(query, keep_blank_values=True))

    def read_form(self, fields: Iterable[tuple[str, str]]) -> Json:
        """Reads the fields of a form without its files, like query parameters.

        Raises:
            HttpError: 400: a name has unbalanced brackets, or too many.
        """
        value: Json = {}
        for name, text in fields:
            found = _NAME.fullmatch(name)
            path = [found[1], *re.findall(r"\[([^\[\]]*)\]", found[2])] if found else []
            if not path or len(path) > MAX_DEPTH:
                raise refusal(
                    400, f"Invalid parameter name {name[:64]!r}: must be name, name[] or name[key]", param=name
                )
            _put(value, path, text, self.route.any.shape)
        return value

    def prepare(
        self, value: Json, file: UploadFile | None = None, others: Iterable[tuple[str, UploadFile]] = ()
    ) -> "Prepared":
        """Prepares a call.

        Args:
            value: The request's JSON object; it is not changed.
            file: The file `file` of a form: its name, type and size, and its `data` if all of it is there.
            others: The other files of a form, with all of their data, by their fields.

        Raises:
            HttpError: 400: the object is not a request of this route.
        """
        streams = self._streams(value)
        if self.values:
            value = {**value, **self.values}
        if STREAM in value and self.route.asked_by is None:
            value = {key: item for key, item in value.items() if key != STREAM}
        # A file that is there whole goes in one message, which can be sent again.
        operation = self.route.operation(streams=streams, uploads=file is not None and not file.data)
        if operation is None:
            path = f"{self.route.method} /v1{self.route.template}"
            raise refusal(400, f"{path} {'does not stream' if streams else 'streams only'}", param=STREAM)
        if operation.takes_file != (file is not None):
            told = "takes no file" if file is not None else "takes a file: send multipart/form-data"
            raise refusal(
                400, f"{self.route.method} /v1{self.route.template} {told}", param=self.route.any.file_part or FILE
            )
        try:
            request: Any = from_object(operation.request_type, value, keep_nulls=True)
        except CodecError as error:
            raise refusal(400, f"Invalid request: {error}", param=error.path or None) from None
        if file is not None:
            getattr(request, FILE).CopyFrom(file)
        for name, other in others:
            self._add(request, operation, name, other)
        return Prepared(operation, request)

    def _streams(self, value: Json) -> bool:
        """Returns whether a request asks for a stream of events.

        Raises:
            HttpError: 400: `stream` is no boolean.
        """
        if self.route.asked_by is not None:
            key, wanted = self.route.asked_by
            return bool(value.get(key) == wanted)
        streams = value.get(STREAM)
        if streams is not None and not isinstance(streams, bool):
            raise refusal(400, f"Invalid {STREAM}: must be true or false", param=STREAM)
        return bool(streams)

    def _add(self, request: Any, operation: Operation, name: str, file: UploadFile) -> None:
        several = operation.files.get(name)
        if several:
            getattr(request, name).append(file)
            return
        if several is None or request.HasField(name):
            told = f"takes no file {name[:64]!r}" if several is None else f"takes one file {name!r}"
            raise refusal(400, f"{self.route.method} /v1{self.route.template} {told}", param=name)
        getattr(request, name).CopyFrom(file)


@dataclass(slots=True)
class Prepared:
    """A prepared call.

    Attributes:
        operation: The RPC.
        request: Its request; of an upload, its settings, with the data of the file if all of it is there.
        headers: Headers of its reply, besides those of the call; complete once its body is written.
    """

    operation: Operation
    request: Any
    headers: list[tuple[str, str]] = field(default_factory=list)

    @property
    def status(self) -> int:
        """The HTTP status of its reply: 201 if that says where what it has made is."""
        return 201 if self.operation.location else 200

    def take_range(self, header: str | None) -> None:
        """Takes a `Range` header of one range from a first byte on; others are ignored, as HTTP allows."""
        found = _RANGE.fullmatch(header or "")
        if found is None or self.operation.framing is not Framing.BYTES or not hasattr(self.request, "offset"):
            return
        start, end = int(found[1]), int(found[2]) if found[2] else None
        if end is None or end >= start:
            self.request.offset = start
        if end is not None and end >= start:
            self.request.length = end - start + 1

    def messages(self, chunks: Iterable[bytes]) -> Iterator[Message]:
        """Yields the messages of an upload.

        Args:
            chunks: The content of the file, of any sizes.
        """
        yield self.first()
        for chunk in chunks:
            yield self.chunk(chunk)

    def first(self) -> Message:
        """Returns the first message of an upload, which has all but the content."""
        settings = type(self.request)()
        settings.CopyFrom(self.request)
        getattr(settings, FILE).ClearField("data")
        return self.operation.message_type(**{CONFIG: settings})

    def chunk(self, content: bytes) -> Message:
        """Returns a message of an upload with a part of the content."""
        return self.operation.message_type(**{CHUNK: content})

    @property
    def is_text(self) -> bool:
        """True if the reply is plain text instead of JSON."""
        name = self.operation.text_field
        if not name:
            return bool(self.operation.text_reply)
        return getattr(self.request, name) in self.operation.text_values

    @property
    def content_type(self) -> str:
        """The content type of a reply that is not a stream."""
        return (self.operation.text_type or TEXT) if self.is_text else JSON

    def body(self, reply: Any) -> tuple[str, bytes]:
        """Returns the content type and the body of a reply that is not a stream.

        Raises:
            CodecError: The reply has no JSON.
        """
        return self.content_type, self.event(reply)

    def event(self, reply: Any) -> bytes:
        """Returns the body alone; named as that of a stream's messages.

        Raises:
            CodecError: The reply has no JSON.
        """
        if self.is_text:
            if found := PLACEHOLDER.search(self.operation.location):
                name = quote(getattr(reply, found[1]), safe="")
                self.headers.append(("location", self.operation.location.replace(found[0], name)))
            return cast("bytes", getattr(reply, self.operation.text_reply).encode())
        return encode(reply)

    def head_of(self, reply: Message, data: bytes) -> bytes | None:  # noqa: ARG002 - as that of a stream's messages
        """Returns what precedes the JSON text that a reply was read from, as its body, or None if it is not that text.

        Reading and writing a message loses nothing of a text. Only vectors are numbers here, whatever they were.
        """
        return None if self.is_text or self.operation.has_vector else b""

    def events(self) -> "Events | Body":
        """Returns the framing of a streamed reply."""
        if self.operation.framing is not Framing.BYTES:
            return Events(self.operation.framing)
        if "offset" not in self.request.DESCRIPTOR.fields_by_name or not self.request.HasField("offset"):
            return Body()
        return Body(self.request.offset, self.request.length if self.request.HasField("length") else None)


def file_field(name: str) -> str:
    """Returns the field of a form's file: the name of its part, which has brackets where there may be several."""
    return _INDEX.sub("", name)


def _put(value: Json, path: list[str], text: str, where: Shape | None) -> None:
    """Adds a parameter to an object, at the place and with the type of the request's fields."""
    key, rest = path[0], path[1:]
    field = _field(where, key)
    if not rest:
        is_list = field is not None and field.label is Label.LIST
        if is_list or key in value:
            known = value.setdefault(key, [])
            value[key] = [*(known if isinstance(known, list) else [known]), _typed(field, text)]
        else:
            value[key] = _typed(field, text)
    elif rest == [""]:
        items = value.setdefault(key, [])
        if isinstance(items, list):
            items.append(_typed(field, text))
    else:
        inner = value.setdefault(key, {})
        if isinstance(inner, dict):
            # A map has any keys, all of its values' type.
            is_map = field is not None and field.label is Label.MAP
            if is_map and len(rest) == 1:
                inner[rest[0]] = _typed(field, text)
            else:
                _put(inner, rest, text, None if field is None else _shape(field))


def _field(where: Shape | None, key: str) -> Field | None:
    fields = where.by_key.get(key, []) if where is not None else []
    if not fields and where is not None and where.union is not None:
        fields = [each for arm in where.fields if arm.message for each in shape(arm.message).by_key.get(key, [])]
    return fields[0] if fields else None


def _shape(field: Field) -> Shape | None:
    return shape(field.message) if field.message is not None else None


def _typed(field: Field | None, text: str) -> Any:
    """Returns a text as a field's type; unchanged if it does not fit, for upstream to judge."""
    kind = None if field is None else field.kind
    if kind is Kind.BOOL:
        return _BOOLEANS.get(text.lower(), text)
    if kind in {Kind.INT32, Kind.INT64} and _INTEGER.fullmatch(text):
        return int(text)
    if kind is Kind.DOUBLE and _NUMBER.fullmatch(text):
        return int(text) if _INTEGER.fullmatch(text) else float(text)
    if kind in {Kind.MESSAGE, Kind.RAW} and text[:1] in {"{", "["}:
        try:
            return loads(text)
        except CodecError:
            return text
    return _BOOLEANS.get(text, text) if field is None and text in _BOOLEANS else text
